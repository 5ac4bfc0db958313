//! A person looks at an indicator, tries one out of their own, and asks whether it would have helped.

use app::view::{CompareRequest, DraftEfficacyRequest, PreviewRequest};
use app::{IndicatorQuery, Reader, Value};
use vocab::Scope;

use crate::world::{empty, everyone, midnight, scored};

const DRAFT: &str = r#"[[indicator]]
id          = "login_days_45d"
name        = { zh = "近 45 天登录天数", en = "Login days, 45 days" }
question    = { zh = "来了几天？", en = "On how many days?" }
category    = "behaviour"
of          = { kind = "event", name = "Logged In" }
measure     = "distinct_days"
window      = "45d"
unit        = "day"
worse       = "lower"
when_absent = "zero"
"#;

fn draft() -> String {
    DRAFT.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_indicator_is_shown_with_its_own_definition_and_the_middle_half_over_time() {
    let house = scored().await;
    let page = house.app.indicator_page(&everyone(), "login_days_30d", None, house.now).await.unwrap();
    assert_eq!((page.card.unit_key.as_str(), page.card.known > 0), ("day", true));
    assert_eq!(page.definition["id"], "login_days_30d");
    assert_eq!(page.definition["of"]["kind"], "event");
    let last = page.trend.last().unwrap();
    let middle = (last.lower.unwrap(), last.median.unwrap(), last.upper.unwrap());
    let now = &page.distribution.quantiles;
    let bars = &page.distribution.bars;
    assert!(
        bars.len() <= 20 && bars.iter().all(|bar| bar.from.fract() == 0.0),
        "whole days have whole edges: {bars:?}"
    );
    assert_eq!(bars.iter().map(|bar| bar.count).sum::<u64>(), page.card.known);
    assert_eq!(middle, (now[1], now[2], now[3]), "the last moment of the trend is the moment of the page");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_builds_a_definition_is_told_what_the_sources_deliver() {
    let house = scored().await;
    let vocabulary = house.app.indicator_vocabulary().await.unwrap();
    let login = vocabulary.names.iter().find(|one| (one.kind.as_str(), one.name.as_str()) == ("event", "Logged In"));
    assert!(login.is_some_and(|one| one.facts > 100 && one.usual_per_day > 0.0), "{:?}", vocabulary.names);
    let properties = || vocabulary.names.iter().flat_map(|one| &one.properties);
    assert!(properties().all(|one| !["value", "customer"].contains(&one.name.as_str())));
    assert!(properties().any(|one| one.sort == "text"));
    assert!(vocabulary.names.is_sorted_by_key(|one| one.kind.parse::<vocab::Kind>().unwrap()));

    let empty = empty().await;
    assert!(
        empty.app.indicator_vocabulary().await.unwrap().names.is_empty(),
        "before the first cycle nothing is known"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_counts_the_facts_of_one_customer_and_no_others() {
    let house = scored().await;
    let shown = house.app.indicator_page(&everyone(), "login_days_30d", None, house.now).await.unwrap();
    let request = PreviewRequest { text: draft(), customer: Some(shown.best[0].id.clone()) };
    let preview = house.app.preview_indicator(&everyone(), request, None, house.now).await.unwrap();
    let test = preview.indicators[0].customer.as_ref().unwrap();
    let counted = || test.facts.iter().filter(|fact| fact.counted);
    assert!(counted().count() > 0 && counted().all(|fact| fact.name == "Logged In"));
    let other = |fact: &&app::view::TestedFact| fact.name != "Logged In" && fact.counted;
    assert_eq!(test.facts.iter().filter(other).count(), 0);
    let days: std::collections::BTreeSet<&str> = counted().map(|fact| &fact.occurred_at[..10]).collect();
    // Days are those of the firm's zone: an evening in UTC may be the next morning there.
    assert!((test.figure.value.unwrap() - days.len() as f64).abs() <= 3.0, "{:?} of {} days", test.figure, days.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_definitions_are_put_side_by_side_customer_by_customer() {
    let house = scored().await;
    let request = CompareRequest { left: "login_days_30d".to_owned(), right: draft() };
    let compared = house.app.compare_indicators(&everyone(), request, None, house.now).await.unwrap();
    assert_eq!(compared.points.len() as u64, compared.both_known, "fewer than 500 are all shown");
    assert!(compared.points.iter().all(|one| one.left <= one.right), "30 days lie within 45");
    let known = |one: &app::view::Previewed| one.distribution.known;
    assert_eq!(compared.both_known + compared.left_only, known(&compared.left));
    assert_eq!(compared.both_known + compared.right_only, known(&compared.right));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_put_to_history_by_whoever_sees_everybody() {
    let house = scored().await;
    let request = || DraftEfficacyRequest { text: draft(), churn: None };
    let report = house.app.draft_efficacy(&everyone(), request(), house.now).await.unwrap();
    assert_eq!(report.indicators.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["login_days_45d"]);
    assert!(report.rows > 0 && report.indicators[0].coverage > 0.0);

    let owner = Reader { scope: Scope::Owners(["x".to_owned()].into()), ..everyone() };
    let refused = house.app.draft_efficacy(&owner, request(), house.now).await.unwrap_err();
    assert_eq!(refused.code(), "forbidden");
    let wrong = DraftEfficacyRequest { text: DRAFT.replace("distinct_days", "distinct_dys"), churn: None };
    let told = house.app.draft_efficacy(&everyone(), wrong, house.now).await.unwrap_err();
    assert_eq!(told.code(), "bad_definition");
    assert!(told.detail().en.contains("line 7") && told.detail().en.contains("distinct_days"), "{}", told.detail().en);
}

/// The draft, put among those who have something in common.
fn among(within: &str) -> String {
    let compare = format!("compare     = {{ with = \"peers\", as = \"percentile\", within = {within}, least = 5 }}\n");
    DRAFT.replace("unit        = \"day\"\n", &format!("{compare}unit        = \"ratio\"\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_among_the_same_plan_says_among_how_many() {
    let house = scored().await;
    let id = "activity_percentile_plan";
    let page = house.app.indicator_page(&everyone(), id, None, house.now).await.unwrap();
    let plan = page.peers.unwrap();
    assert_eq!((plan.within.as_deref(), plan.property.as_deref(), plan.least), (Some("trait"), Some("plan"), 20));
    assert!(plan.groups.len() > 1 && plan.groups.iter().any(|group| group.is_enough), "{plan:?}");
    let known = |group: &app::view::PeerGroup| if group.is_enough { group.count } else { 0 };
    assert!(page.card.known <= plan.groups.iter().map(known).sum(), "whoever has left is a peer too, but is not shown");

    let customer = vocab::CustomerId::new(&page.best[0].id);
    let shown = house.app.customer(&Scope::All, &customer, None, house.now).await.unwrap();
    let row = shown.indicators.iter().find(|row| row.id == id).unwrap();
    assert_eq!(row.figure.value, Some(page.best[0].value));
    let among = row.peers.as_ref().unwrap();
    let group = plan.groups.iter().find(|group| group.name == among.name).unwrap();
    let plan_of = shown.traits.iter().find(|one| one.key == "plan").unwrap();
    assert_eq!(among.name.as_ref().map(|name| name.zh.as_str()), Some(plan_of.value.as_str()));
    assert_eq!(among.others, group.count - 1);
    let alone = shown.indicators.iter().find(|row| row.id == "login_days_30d").unwrap();
    assert!(alone.peers.is_none(), "a number of its own is no place among others");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_may_compare_within_segments_and_tiers_as_they_were_at_the_moment() {
    let house = scored().await;
    for as_of in [None, Some(vocab::AsOf(midnight("2025-04-01")))] {
        let request = PreviewRequest { text: among("\"tier\""), customer: None };
        let preview = house.app.preview_indicator(&everyone(), request, as_of, house.now).await.unwrap();
        let plan = preview.indicators[0].peers.clone().unwrap();
        let list = house.app.segments(&Scope::All, as_of, house.now).await.unwrap();
        for tier in list.tiers.iter().filter(|tier| tier.tier != "unknown") {
            let group = plan.groups.iter().find(|group| group.name.as_ref() == Some(&tier.name)).unwrap();
            assert!(group.count >= tier.count, "{}: {} of {}", tier.tier, group.count, tier.count);
        }
        assert!(preview.indicators[0].distribution.known > 0);
    }
    let text = among("{ segments = [\"high_value\", \"newcomer\"] }");
    let request = PreviewRequest { text, customer: None };
    let preview = house.app.preview_indicator(&everyone(), request, None, house.now).await.unwrap();
    let names: Vec<&str> = preview.indicators[0].examples.iter().map(|one| one.id.as_str()).collect();
    let list = house.app.segment(&Scope::All, "high_value", (None, 500), None, house.now).await.unwrap();
    assert!(list.members.iter().any(|member| names.contains(&member.id.as_str())), "{names:?}");
    assert!(preview.indicators[0].distribution.unknown.iter().any(|count| count.key == "too_few_peers"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_the_command_line_compares_within_segments_and_tiers_as_the_pages_do() {
    let house = scored().await;
    let file = house.dir.path().join("among.toml");
    let moment = vocab::AsOf(midnight("2025-04-01"));
    for within in ["\"tier\"", "{ segments = [\"high_value\", \"newcomer\"] }"] {
        std::fs::write(&file, among(within)).unwrap();
        let catalog = house.app.table_catalog(Some(&file)).await.unwrap();
        let asked = IndicatorQuery { catalog: None, moments: vec![moment], reasons: true };
        let table = house.app.indicators_table(&catalog, &asked, &|_| ()).unwrap().table();
        let request = PreviewRequest { text: among(within), customer: None };
        let preview = house.app.preview_indicator(&everyone(), request, Some(moment), house.now).await.unwrap();
        let shown = &preview.indicators[0];
        assert!(within.contains("segments") || shown.distribution.known > 0);
        for one in &shown.examples {
            let row = table.rows.iter().find(|row| row[0] == Value::Text(one.id.clone())).unwrap();
            assert_eq!(row[1], Value::Number(one.value), "{within}: {}", one.id);
        }
        let without = |row: &&Vec<Value>| row[2] == Value::Text("too_few_peers".to_owned());
        let of_no_group = table.rows.iter().filter(without).count() as u64;
        let told = shown.distribution.unknown.iter().find(|count| count.key == "too_few_peers");
        assert!(of_no_group >= told.map_or(0, |count| count.count), "{within}: {of_no_group}");
    }
    std::fs::write(&file, among("{ segments = [\"hihg_value\"] }")).unwrap();
    let refused = house.app.table_catalog(Some(&file)).await.unwrap_err();
    assert_eq!(refused.code(), "bad_definition");
    // A file of facts alone knows of no segment.
    let asked = IndicatorQuery { catalog: Some(&file), moments: vec![moment], reasons: false };
    let nowhere = house.dir.path().join("none.parquet");
    let refused = app::indicators_of_file(&nowhere, &asked, &vocab::Zone::default(), &|_| ()).unwrap_err();
    assert_eq!(refused.code(), "needs_segments");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_that_there_is_not_is_refused_by_name() {
    let house = scored().await;
    let request = PreviewRequest { text: among("{ segments = [\"hihg_value\"] }"), customer: None };
    let refused = house.app.preview_indicator(&everyone(), request, None, house.now).await.unwrap_err();
    assert_eq!(refused.code(), "bad_definition");
    assert!(refused.detail().en.contains("high_value"), "{}", refused.detail().en);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_indicator_is_shown_by_segment_and_by_tier() {
    let house = scored().await;
    let page = house.app.indicator_page(&everyone(), "login_days_30d", None, house.now).await.unwrap();
    let of = |sort: &str| page.groups.iter().filter(|group| group.sort == sort).collect::<Vec<_>>();
    assert!(of("segment").iter().all(|group| group.name.is_some()), "{:?}", of("segment"));
    let list = house.app.segments(&Scope::All, None, house.now).await.unwrap();
    for group in of("segment") {
        let row = list.segments.iter().find(|row| row.id == group.key).unwrap();
        assert!(group.known <= row.count, "{}: {} known of {}", group.key, group.known, row.count);
    }
    assert!(of("segment").len() > 2 && of("tier").len() == 3, "{:?}", page.groups);
}
