//! Product lines are left one by one: every count has its names, within what a reader sees.

use std::collections::BTreeSet;

use app::Reader;
use app::view::{ChurnActivation, ChurnText};
use vocab::Scope;

use crate::world::{all, scored};

#[tokio::test(flavor = "multi_thread")]
async fn plans_are_left_one_by_one_and_every_count_has_its_names() {
    let (house, reader) = (scored().await, Reader::command_line());
    let untold = house.app.product_lines(&Scope::All, None, house.now).await.unwrap();
    assert!(untold.lines.is_empty() && untold.unknown_because.is_some(), "{untold:?}");

    let in_use = house.app.churn_definitions().await.unwrap()[0].id.clone();
    let by_plan = Some("plan".to_owned());
    let asked = ChurnText { of: in_use.clone(), product_line: by_plan.clone(), ..ChurnText::default() };
    let tried = house.app.preview_churn(&reader, asked, house.now).await.unwrap();
    let choice = tried.line_choices.iter().find(|one| one.property == "plan").unwrap();
    let tried = tried.product_lines.unwrap();
    assert_eq!(choice.lines, tried.line_count, "{:?}", tried.lines);

    let wished = ChurnActivation { product_line: by_plan, ..ChurnActivation::default() };
    house.app.activate_churn(&reader, &in_use, wished, house.now).await.unwrap();
    assert!(house.app.churn(&Scope::All, None, house.now).await.unwrap().by_product_line);
    let page = house.app.product_lines(&Scope::All, None, house.now).await.unwrap();
    assert_eq!(page, tried, "what was tried is what is in use");
    assert!(page.lines.len() > 1, "{page:?}");
    for line in &page.lines {
        let sum = line.current + line.too_new + line.left_line + line.left_altogether;
        assert_eq!(line.customers, sum, "{line:?}");
        let with_leavers = line.months.iter().filter(|one| one.month.left_count > 0);
        for one in with_leavers.rev().take(2) {
            let which = (line.name.as_str(), one.month.month.as_str());
            let names = house.app.line_leavers(&Scope::All, which, None, house.now).await.unwrap();
            let stayed = names.iter().filter(|row| row.stayed).count() as u64;
            assert_eq!((names.len() as u64, stayed), (one.month.left_count, one.stayed_count), "{which:?}");
        }
    }
    assert!(page.lines.iter().any(|line| line.left_altogether > 0), "{page:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_product_line_a_reader_sees_their_own_customers() {
    let (house, reader) = (scored().await, Reader::command_line());
    let in_use = house.app.churn_definitions().await.unwrap()[0].id.clone();
    let wished = ChurnActivation { product_line: Some("plan".to_owned()), ..ChurnActivation::default() };
    house.app.activate_churn(&reader, &in_use, wished, house.now).await.unwrap();
    let everybody = house.app.customers(&Scope::All, &all(), None, house.now).await.unwrap().rows;
    let owner = everybody.iter().find_map(|row| row.owner.clone()).unwrap();
    let mine = Scope::Owners(BTreeSet::from([owner.clone()]));
    let ever_in = |page: &app::view::ProductLines| page.lines.iter().map(|line| line.customers).sum::<u64>();
    let (own, whole) = (
        house.app.product_lines(&mine, None, house.now).await.unwrap(),
        house.app.product_lines(&Scope::All, None, house.now).await.unwrap(),
    );
    assert!(0 < ever_in(&own) && ever_in(&own) < ever_in(&whole), "{} of {}", ever_in(&own), ever_in(&whole));
    for (line, one) in whole.lines.iter().flat_map(|line| line.months.iter().map(move |one| (line, one))) {
        let which = (line.name.as_str(), one.month.month.as_str());
        let Ok(names) = house.app.line_leavers(&mine, which, None, house.now).await else { continue };
        assert!(names.iter().all(|row| row.leaver.owner.as_ref() == Some(&owner)), "{which:?}");
    }
}
