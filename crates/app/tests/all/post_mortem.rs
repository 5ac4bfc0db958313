//! Customers that were lost, looked back upon: what could be seen then is what could be seen then.

use app::view::PostMortem;
use vocab::{AsOf, CustomerId, Scope};

use crate::world::{House, a_moment, all, everyone, scored};

/// Those who left in the last half year, most recently first.
async fn lost(house: &House) -> Vec<String> {
    let rows = house.app.customers(&Scope::All, &all(), None, house.now).await.unwrap().rows;
    let mut gone: Vec<_> = rows.into_iter().filter(|row| row.standing.state == "gone").collect();
    gone.sort_by(|a, b| b.standing.gone_at.cmp(&a.standing.gone_at));
    gone.into_iter().map(|row| row.id).collect()
}

async fn told(house: &House, id: &str) -> PostMortem {
    house.app.post_mortem(&everyone(), &CustomerId::new(id), house.now).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_of_health_is_what_the_lists_of_those_days_showed_and_no_fact_behind_a_sign_came_later() {
    let house = scored().await;
    let ids = lost(&house).await;
    assert!(ids.len() >= 8, "{} have left", ids.len());
    let mut signs = 0;
    for id in ids.iter().take(8) {
        let page = told(&house, id).await;
        // Lists of a past day are built for everybody: one day of two of them is enough.
        for point in page.health.iter().rev().skip(9).take(usize::from(signs < 4)) {
            let at = AsOf(house.app.moment(&point.at).unwrap().instant());
            let then = house.app.customer(&Scope::All, &CustomerId::new(id), Some(at), house.now).await.unwrap();
            assert_eq!(then.row.verdict.health, point.health, "{id} at {}", point.at);
            assert_eq!(then.row.verdict.band, point.band);
        }
        let order: Vec<bool> = page.signs.iter().map(|sign| !sign.is_active).collect();
        assert!(order.is_sorted(), "rules that are switched on come first");
        for sign in &page.signs {
            assert!(sign.at <= page.left_at && !sign.sentence.zh.is_empty(), "{sign:?}");
            assert!(sign.fact.as_ref().is_none_or(|fact| fact.known_at < sign.at), "{sign:?}");
            signs += 1;
        }
        assert!(!page.sentence.zh.is_empty() && !page.sentence.en.is_empty());
    }
    assert!(signs > 8, "most leavings cast a shadow: {signs}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_left_and_who_is_somebody_elses_is_not_looked_back_upon() {
    let house = scored().await;
    let rows = house.app.customers(&Scope::All, &all(), None, house.now).await.unwrap().rows;
    let there = rows.iter().find(|row| row.standing.state == "current").unwrap();
    let refused = house.app.post_mortem(&everyone(), &CustomerId::new(&there.id), house.now).await.unwrap_err();
    assert_eq!(refused.code(), "not_lost");
    let gone = lost(&house).await.remove(0);
    let mut reader = everyone();
    reader.scope = Scope::Owners(["somebody else".to_owned()].into());
    let refused = house.app.post_mortem(&reader, &CustomerId::new(&gone), house.now).await.unwrap_err();
    assert_eq!(refused.code(), "not_found");
    let refused = house.app.propose_rule(&reader, &CustomerId::new(&gone), house.now).await.unwrap_err();
    assert_eq!(refused.code(), "forbidden", "a proposal tells of everybody's past");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_would_have_warned_two_weeks_ahead_and_says_what_it_costs() {
    let house = scored().await;
    let mut proposed = 0;
    for id in lost(&house).await.into_iter().take(6) {
        let customer = CustomerId::new(&id);
        house.app.propose_rule(&everyone(), &customer, house.now).await.unwrap();
        let run = loop {
            let run = told(&house, &id).await.proposal;
            if run.state != "running" {
                break run;
            }
            a_moment().await;
        };
        assert_eq!(run.state, "done", "{run:?}");
        let Some(proposal) = run.proposal else {
            assert!(run.because.is_some(), "nothing to propose is said so");
            continue;
        };
        proposed += 1;
        assert!(proposal.lead_days.unwrap() >= 14.0, "{proposal:?}");
        let counts = &proposal.counts;
        assert_eq!(counts.alerts, counts.in_time + counts.late + counts.false_alarms + counts.undecided);
        assert_eq!(counts.leavers, counts.caught + counts.missed);
        if let Some(present) = &proposal.present {
            assert_eq!(present.leavers, counts.leavers, "the same past is asked of both");
        }
        break;
    }
    assert!(proposed > 0, "something can be learnt from one of six");
}
