//! Rules as a firm changes them: a template switched on with other thresholds, a rule of its own that asks how things
//! stood earlier, and what a draft would have done.

use std::collections::{BTreeMap, BTreeSet};

use app::view::{RuleDraft, RuleSwitch, RuleText, ScorecardStep};
use app::{AlertQuery, CustomerQuery};
use serde_json::json;
use sim::{World, WorldSpec};
use vocab::{AsOf, Instant, Scope};

use crate::world::{House, all, empty, everyone, firm, midnight, scored};

const DAY: i64 = 86_400_000_000;

/// The sample firm as its lists stood a week before its facts end: later the logins would be a source that fell silent.
async fn a_week_ago() -> House {
    let house = firm().await;
    house.app.run_cycle(AsOf(midnight("2025-06-24")), midnight("2025-06-24 09:00")).await.unwrap();
    house
}

/// A rule about how long nobody has logged in.
fn away(condition: serde_json::Value) -> serde_json::Value {
    json!({
        "id": "away", "name": {"zh": "没来", "en": "Away"}, "cause": "own_usage", "severity": "warning",
        "when": condition, "cooldown_days": 14,
        "say": {"zh": "已经 {days_since_login} 天没有登录", "en": "no login for {days_since_login} days"},
        "next_step": {"zh": "打电话", "en": "Call"},
    })
}

fn text(rule: serde_json::Value) -> RuleText {
    RuleText { definition: None, rule: Some(rule) }
}

/// Who has an open alert of a rule.
async fn warned(house: &House, rule: &str, now: Instant) -> BTreeSet<String> {
    let query = AlertQuery { rule: Some(rule.to_owned()), limit: 500, ..AlertQuery::default() };
    let alerts = house.app.alerts(&Scope::All, &query, None, now).await.unwrap();
    alerts.rows.into_iter().map(|row| row.customer_id).collect()
}

/// The template switched on for whoever was away so many days.
fn on(days: f64) -> RuleSwitch {
    RuleSwitch {
        is_active: true,
        parameters: BTreeMap::from([("days".to_owned(), days)]),
        note: Some("我们的客户每周都来".to_owned()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_put_in_use_between_two_cycles_of_a_series_speaks_with_the_second() {
    let moments = ["2025-06-17", "2025-06-24"].map(|day| (AsOf(midnight(day)), midnight(day).plus_micros(DAY / 2)));
    let between = moments[0].1.plus_micros(60_000_000);
    let (at_once, one_by_one) = (firm().await, firm().await);
    let mut cycles = 0;
    let people = async |_: &app::CycleOutcome| {
        cycles += 1;
        if cycles == 1 {
            at_once.app.switch_rule(&everyone(), "saas_away_7d", on(2.0), between).await?;
        }
        Ok(())
    };
    at_once.app.run_cycles(&moments, people).await.unwrap();
    one_by_one.app.run_cycle(moments[0].0, moments[0].1).await.unwrap();
    one_by_one.app.switch_rule(&everyone(), "saas_away_7d", on(2.0), between).await.unwrap();
    one_by_one.app.run_cycle(moments[1].0, moments[1].1).await.unwrap();
    let spoken = warned(&at_once, "saas_away_7d", at_once.now).await;
    assert!(!spoken.is_empty());
    assert_eq!(spoken, warned(&one_by_one, "saas_away_7d", one_by_one.now).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_switched_on_with_other_thresholds_and_back_to_what_ships() {
    let house = a_week_ago().await;
    let rows = house.app.rules(&everyone()).await.unwrap();
    let row = rows.iter().find(|row| row.id == "saas_away_7d").unwrap();
    assert!(!row.is_active && row.is_shipped && !row.is_own && row.draft.is_none(), "{row:?}");
    let first_off = rows.iter().position(|row| !row.is_active).unwrap();
    assert!(rows[first_off..].iter().all(|row| !row.is_active), "what speaks stands first");

    let later = house.now.plus_micros(60_000_000);
    let refused = house.app.switch_rule(&everyone(), "saas_away_7d", on(900.0), later).await.unwrap_err();
    assert_eq!(refused.code(), "bad_parameter");
    let mut reader = everyone();
    reader.is_admin = false;
    let refused = house.app.switch_rule(&reader, "saas_away_7d", on(2.0), later).await.unwrap_err();
    assert_eq!(refused.code(), "forbidden");
    let page = house.app.switch_rule(&everyone(), "saas_away_7d", on(2.0), later).await.unwrap();
    assert!(page.row.is_active && page.row.is_own);
    assert_eq!((page.parameters[0].value, page.parameters[0].shipped), (2.0, Some(7.0)));
    assert!(page.row.sentence.zh.contains(" 2 天"), "{:?}", page.row.sentence);
    assert_eq!(page.versions.len(), 2, "what ships is kept as the first version");

    assert!(warned(&house, "saas_away_7d", later).await.is_empty(), "a rule speaks with the next cycle");
    let (next, then) = (AsOf(midnight("2025-07-01")), midnight("2025-07-01 20:00"));
    let cycle = house.app.run_cycle(next, then).await.unwrap();
    assert!(cycle.plan.zh.contains("saas_away_7d"), "{}", cycle.plan.zh);
    let again = house.app.run_cycle(next, then).await.unwrap();
    assert!(!again.changed, "the cycle twice changes nothing: {}", again.plan.zh);

    let step = ScorecardStep { number: None, version: page.versions[0].version };
    let back = house.app.roll_back_rule(&everyone(), "saas_away_7d", step, then).await.unwrap();
    assert!(!back.row.is_active && !back.row.is_own);
    assert_eq!(back.parameters[0].value, 7.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_of_the_firms_own_that_asks_how_things_stood_earlier_speaks_once_it_is_in_use() {
    let house = a_week_ago().await;
    let lasting = json!({"holds": {"of": "days_since_login", "is": ">=", "than": 1}, "for_days": 2});
    let draft = |version| RuleDraft { rule: Some(away(lasting.clone())), version, ..RuleDraft::default() };
    let page = house.app.put_rule_draft(&everyone(), "away", draft(None), house.now).await.unwrap();
    assert_eq!((page.row.is_active, page.row.draft.as_deref()), (false, Some("draft")));
    assert_eq!(page.draft_rule.as_ref().unwrap()["when"], lasting, "{:?}", page.draft_definition);
    let wrong = house.app.put_rule_draft(&everyone(), "other", draft(None), house.now).await.unwrap_err();
    assert_eq!(wrong.code(), "other_id");
    let late = house.app.put_rule_draft(&everyone(), "away", draft(None), house.now).await.unwrap_err();
    assert_eq!(late.code(), "version_conflict");
    let as_file = RuleDraft { definition: page.draft_definition.clone(), version: Some(1), ..RuleDraft::default() };
    let page = house.app.put_rule_draft(&everyone(), "away", as_file, house.now).await.unwrap();
    let step = ScorecardStep { number: None, version: page.versions[0].version };
    let page = house.app.activate_rule(&everyone(), "away", step, house.now).await.unwrap();
    assert!(page.row.is_active && !page.row.is_shipped);

    let (next, then) = (AsOf(midnight("2025-07-01")), midnight("2025-07-01 20:00"));
    house.app.run_cycle(next, then).await.unwrap();
    // Away for a day on each of two days is away for two.
    let preview = text(away(json!({"of": "days_since_login", "is": ">=", "than": 3})));
    let preview = house.app.preview_rule(&everyone(), preview, then).await.unwrap();
    let mut caught: BTreeSet<String> = preview.examples.into_iter().map(|one| one.id).collect();
    let warned: BTreeSet<String> = warned(&house, "away", then).await;
    // A login that was told late was not known the day before.
    assert!(warned.len() as u64 >= preview.caught, "{} of {}", warned.len(), preview.caught);
    let same = house.app.preview_rule(&everyone(), text(away(lasting)), then).await.unwrap();
    assert_eq!(warned.len() as u64, same.caught, "what the preview of this very rule counts");
    caught.retain(|id| !warned.contains(id));
    assert!(!warned.is_empty() && caught.is_empty(), "{caught:?}");
    assert!(!house.app.run_cycle(next, then).await.unwrap().changed);
}

/// Alerts that counting by hand opens in each of the last 26 weeks: from the logins themselves and from who was there.
async fn by_hand(house: &House, logins: &BTreeMap<String, Vec<Instant>>, days: i64, now: Instant) -> Vec<u64> {
    let last = midnight("2025-07-01");
    let mut open: BTreeSet<String> = BTreeSet::new();
    let mut closed: BTreeMap<String, Instant> = BTreeMap::new();
    let mut weeks = Vec::new();
    for week in (0..=26).rev() {
        let at = last.plus_days(-7 * week);
        let query = CustomerQuery { limit: 500, ..all() };
        let rows = house.app.customers(&Scope::All, &query, Some(AsOf(at)), now).await.unwrap().rows;
        let mut opened = 0;
        for row in rows {
            let away = logins.get(&row.id).and_then(|times| times.iter().rfind(|time| **time < at));
            let away = away.map(|time| (at.micros() - time.micros()).div_euclid(DAY) >= days);
            let rested = closed.get(&row.id).is_none_or(|closed| closed.plus_days(14) <= at);
            match row.standing.state.as_str() {
                "gone" if open.remove(&row.id) => {
                    closed.insert(row.id, at);
                }
                "current" if away == Some(true) && !open.contains(&row.id) && rested => {
                    open.insert(row.id);
                    opened += 1;
                }
                "current" if away == Some(false) && open.contains(&row.id) => {
                    open.remove(&row.id);
                    closed.insert(row.id, at);
                }
                _ => {}
            }
        }
        weeks.push(opened);
    }
    weeks.remove(0);
    weeks
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_counts_what_counting_by_hand_counts() {
    let house = empty().await;
    let mut spec = WorldSpec::saas(midnight("2025-07-01"));
    (spec.customers, spec.days, spec.seed) = (80, 365, 11);
    let mut world = World::new(spec).unwrap();
    house.app.set_up_demo(app::view::Words::new("测试", "Test"), "saas", midnight("2025-01-01")).await.unwrap();
    let mut logins: BTreeMap<String, Vec<Instant>> = BTreeMap::new();
    while !world.is_over() {
        let batch = world.advance(120);
        for fact in batch.facts.iter().filter(|fact| fact.name.as_str() == "Logged In") {
            if let Some(customer) = &fact.customer_id {
                logins.entry(customer.to_string()).or_default().push(fact.occurred_at);
            }
        }
        house.app.load_facts(batch, house.now).await.unwrap();
    }
    logins.values_mut().for_each(|times| times.sort_unstable());
    house.app.run_cycle(AsOf(midnight("2025-07-01")), house.now).await.unwrap();
    let rule = text(away(json!({"of": "days_since_login", "is": ">=", "than": 12})));
    let preview = house.app.preview_rule(&everyone(), rule, house.now).await.unwrap();
    let weeks: Vec<u64> = preview.weeks.iter().map(|week| week.opened).collect();
    assert_eq!(weeks, by_hand(&house, &logins, 12, house.now).await);
    assert_eq!((preview.opened, preview.sample), (weeks.iter().sum(), None));
    assert!(preview.opened > 5 && preview.left <= preview.opened_customers, "{preview:?}");

    let by_hand = logins.iter().filter_map(|(id, times)| Some((id, *times.last()?)));
    let away: BTreeSet<&String> = by_hand
        .filter(|(_, last)| (midnight("2025-07-01").micros() - last.micros()) >= 12 * DAY)
        .map(|(id, _)| id)
        .collect();
    let rows = house.app.customers(&Scope::All, &all(), None, house.now).await.unwrap().rows;
    let current = rows.iter().filter(|row| row.standing.state == "current" && away.contains(&row.id));
    assert_eq!(preview.caught, current.count() as u64);
    assert!(preview.examples.iter().all(|one| one.figures[0].value.value >= Some(12.0)), "{:?}", preview.examples);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_rule_is_told_with_its_place() {
    let house = scored().await;
    let preview = async |text: RuleText| house.app.preview_rule(&everyone(), text, house.now).await.unwrap_err();
    let ahead = away(json!({"change_of": "login_7d", "over_days": -7, "is": "<", "than": 0}));
    let error = preview(text(ahead)).await;
    assert_eq!(error.code(), "bad_definition");
    assert!(error.detail().en.contains("rule.when.over_days"), "{}", error.detail().en);
    let nothing = preview(RuleText::default()).await;
    assert_eq!(nothing.code(), "bad_definition");
    let unknown = house.app.rule(&everyone(), "none").await.unwrap_err();
    assert_eq!(unknown.code(), "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vocabulary_knows_what_was_seen() {
    let house = scored().await;
    let told = house.app.rule_vocabulary(&everyone(), house.now).await.unwrap();
    let login = told.quantities.iter().find(|one| one.id == "days_since_login").unwrap();
    assert_eq!((login.unit.as_str(), login.worse.as_str(), login.quartiles.len()), ("day", "higher", 5));
    assert!(login.known > 50 && login.quartiles.is_sorted());
    assert!(told.quantities.iter().any(|one| one.id == "health" && one.known > 50));
    assert!(told.events.iter().any(|event| event.name == "Logged In"), "{:?}", told.events);
    assert!(told.segments.len() > 3 && told.tiers.len() == 3 && told.rfm.len() == 8);
    assert!(told.traits.iter().any(|one| !one.values.is_empty()), "{:?}", told.traits);
}
