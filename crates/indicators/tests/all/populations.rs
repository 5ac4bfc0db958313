//! Who is asked about, and what was delivered of them: neither changes what is said of anybody.

use facts::{Fact, StoredFact};
use indicators::{Cell, Delivery, Population, WhenAbsent, evaluate_at, evaluate_delivered};
use vocab::{Amount, AsOf, Kind, MessageId, Unknown};

use crate::two_roads::{at, catalog, frame};

#[test]
fn the_number_of_customers_changes_no_answer() {
    // More customers than one core takes at once.
    let catalog = catalog();
    let mut facts = Vec::new();
    for number in 0..6_000u64 {
        let mut fact = Fact::new(format!("C{:04}", number % 1_500), Kind::Order, "Seen", at((number % 29) as i64));
        fact.value = Amount::from_f64(number as f64 / 7.0);
        fact.message_id = MessageId::from(format!("m{number}"));
        fact.known_at = Some(fact.occurred_at);
        facts.push(StoredFact { number, recorded_at: fact.occurred_at, fact });
    }
    let whole = frame(&facts, catalog, AsOf(at(40)));
    let as_of = [AsOf(at(30))];
    let all = evaluate_at(&whole, catalog, &Population::Everyone, &as_of).remove(0);
    assert_eq!(all.customers().len(), 1_500);
    assert!(all.customers().is_sorted());
    for customer in ["C0000", "C0777", "C1499"] {
        let one = evaluate_at(&whole, catalog, &Population::These(vec![customer.into()]), &as_of).remove(0);
        let position = all.position(&customer.into()).unwrap();
        for id in all.ids() {
            assert_eq!(all.cell(position, id), one.cell(0, id), "{id} of {customer}");
        }
    }
}

#[test]
fn in_a_plain_file_every_source_counts_from_the_first_fact() {
    let catalog = catalog();
    let mut fact = Fact::new("A", Kind::Order, "Seen", at(0));
    fact.known_at = Some(at(0));
    let facts = [StoredFact { number: 0, recorded_at: at(0), fact }];
    let whole = frame(&facts, catalog, AsOf(at(40)));
    let cell = |delivery, id| {
        let frames = evaluate_delivered(&whole, catalog, &Population::Everyone, &[AsOf(at(20))], delivery);
        frames[0].cell(0, id)
    };
    // Logins within three days; silence is zero. No login was ever told of.
    let id = "i_0_0_1";
    assert_eq!(catalog.get(id).unwrap().when_absent, WhenAbsent::Zero);
    assert_eq!(cell(Delivery::Observed, id), Cell::Unknown(Unknown::NotConnected));
    assert_eq!(cell(Delivery::FromFirstFact, id), Cell::Known(0.0));
}
