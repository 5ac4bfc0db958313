//! The deployment's words and choices.

use app::{Class, TodayQuery};

use crate::world::{empty, everyone};

#[tokio::test(flavor = "multi_thread")]
async fn every_template_has_its_churn_definitions_scorecard_and_rules() {
    let house = empty().await;
    let templates = house.app.templates();
    assert_eq!(templates.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["saas", "ecommerce", "general"]);
    for template in templates {
        let firm = house.app.template_firm(&template.id);
        assert_eq!(firm.churn, template.churn[0].id, "the default comes first");
        house.app.put_firm(&everyone(), firm, house.now).await.unwrap();
        let rows = house.app.definition_rows().await.unwrap();
        for sort in ["indicator", "scorecard", "churn", "rule"] {
            assert!(rows.iter().any(|row| row.sort == sort && row.active), "{}: no active {sort}", template.id);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_definition_shows_its_source() {
    let house = empty().await;
    for row in house.app.definition_rows().await.unwrap() {
        let source = house.app.definition_source(&row.sort, &row.id).unwrap();
        assert!(source.contains(&format!("\"{}\"", row.id)), "{} {}", row.sort, row.id);
    }
    assert_eq!(house.app.definition_source("indicator", "nothing").unwrap_err().class(), Class::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_that_does_not_exist_is_refused() {
    let house = empty().await;
    let mut firm = house.app.template_firm("saas");
    firm.churn = "whenever".to_owned();
    assert_eq!(house.app.put_firm(&everyone(), firm, house.now).await.unwrap_err().code(), "unknown_choice");
    let mut firm = house.app.template_firm("saas");
    firm.timezone = "Europe/Berlin".to_owned();
    assert_eq!(house.app.put_firm(&everyone(), firm, house.now).await.unwrap_err().code(), "zone_is_fixed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firm_without_data_reads_why_there_is_no_list() {
    let house = empty().await;
    let today = house.app.today(&everyone().scope, &TodayQuery::default(), None, house.now).await.unwrap();
    assert_eq!(today.total, 0);
    assert!(today.not_yet.is_some());
    let churn = house.app.churn(&everyone().scope, None, house.now).await.unwrap();
    assert_eq!(churn.customer_count, 0);
    assert!(churn.months.is_empty());
}
