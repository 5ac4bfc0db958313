//! A person looks at an indicator, tries one out of their own, and asks whether it would have helped.

use app::Reader;
use app::view::{CompareRequest, DraftEfficacyRequest, PreviewRequest};
use vocab::Scope;

use crate::world::{empty, everyone, scored};

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
