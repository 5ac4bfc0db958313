//! What is written on a customer's card: name, owner and the end of the contract, as its traits and contracts said.

use facts::FactFrame;
use vocab::{AsOf, CustomerId, Kind};

use crate::shown::hidden;

/// Name, owner and contract end of a customer, as its traits and contracts said at the moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Card {
    pub name: Option<Box<str>>,
    pub owner: Option<Box<str>>,
    pub contract_end_on: Option<Box<str>>,
}

/// What traits and contracts said of some customers at a moment; they are in the order of their ids, as those of the frame are.
pub(crate) fn cards_of(frame: &FactFrame, customers: &[CustomerId], as_of: AsOf) -> Vec<Card> {
    let all = frame.customers();
    let mut at = customers.first().map_or(0, |first| all.partition_point(|one| one < first));
    let card_of = |customer: &CustomerId| {
        while all.get(at).is_some_and(|one| one < customer) {
            at += 1;
        }
        match all.get(at) == Some(customer) {
            true => card_at(frame, at, as_of),
            false => Card::default(),
        }
    };
    customers.iter().map(card_of).collect()
}

/// The same of one customer.
pub(crate) fn card(frame: &FactFrame, customer: &CustomerId, as_of: AsOf) -> Card {
    frame.position(customer).map(|position| card_at(frame, position, as_of)).unwrap_or_default()
}

/// The same of the customer at a position of the frame.
fn card_at(frame: &FactFrame, position: usize, as_of: AsOf) -> Card {
    let mut card = Card::default();
    for row in frame.rows_of(position).filter(|row| frame.is_visible(*row, as_of)) {
        match frame.kind(row) {
            Kind::Trait => {
                if let Some(name) = frame.property(row, "name") {
                    card.name = name.map(|name| hidden(name).into());
                }
                if let Some(owner) = frame.property(row, "owner") {
                    card.owner = owner.map(Box::from);
                }
            }
            Kind::Contract => {
                if let Some(Some(end)) = frame.property(row, "end_on") {
                    let later = card.contract_end_on.as_deref().is_none_or(|known| known < end);
                    if later {
                        card.contract_end_on = Some(end.into());
                    }
                }
            }
            _ => {}
        }
    }
    card
}
