//! In whose hands a customer is today, laid over a snapshot of whatever moment.
//!
//! Scope is today's: who may see a customer now may see that customer's past, and who no longer may, may not. So a past
//! snapshot shows the owner of then and is filtered by the owner of now. And a hand-over acts at once, while the record of
//! facts as of the last cycle does not know of it yet.

use std::collections::{BTreeSet, HashMap};

use facts::{Fact, FactBatch};
use vocab::{AsOf, CustomerId, Instant, Kind, MessageId, Scope, SourceName};

use crate::error::Error;
use crate::snapshot::Snapshot;
use crate::{App, blocking};

/// Source of the facts that a hand-over tells.
const SOURCE: &str = "hand_over";

/// What is known of today's owners besides the facts of a moment.
pub(crate) enum Hands {
    /// The present: customers handed over since the moment.
    Given(HashMap<CustomerId, String>),
    /// A moment that is past: every customer's owner today.
    Today(HashMap<CustomerId, String>),
}

impl Snapshot {
    /// With today's owners.
    pub(crate) fn in_hands(mut self, hands: &Hands) -> Self {
        match hands {
            Hands::Given(given) if given.is_empty() => {}
            Hands::Given(given) => {
                for (customer, owner) in given {
                    if let Some(position) = self.position(customer) {
                        self.cards[position].owner = Some(owner.as_str().into());
                    }
                }
                self.roll.own(&self.cards);
            }
            Hands::Today(owners) => {
                let today = |customer: &CustomerId| owners.get(customer).map(|owner| Box::from(owner.as_str()));
                let today: Vec<Option<Box<str>>> = self.customers().iter().map(today).collect();
                self.roll.keep(&today);
            }
        }
        self
    }
}

impl App {
    /// What to lay over a snapshot of a moment.
    pub(crate) async fn hands(&self, as_of: AsOf, is_past: bool) -> Result<Hands, Error> {
        if is_past {
            return Ok(Hands::Today(self.store().owners(&Scope::All).await?.into_iter().collect()));
        }
        let given = self.store().owners_given(&Scope::All, as_of.instant()).await?;
        Ok(Hands::Given(given.into_iter().map(|one| (one.customer, one.owner)).collect()))
    }

    /// Tells the record of facts who was handed over, each once: the message id is the hand-over's and the customer's.
    pub(crate) async fn tell_owners(&self, now: Instant) -> Result<(), Error> {
        let untold = self.store().owners_untold(&Scope::All).await?;
        if untold.is_empty() {
            return Ok(());
        }
        let hand_overs: BTreeSet<i64> = untold.iter().map(|one| one.hand_over_id).collect();
        let told = untold.into_iter().map(|one| Fact {
            message_id: MessageId::new(format!("{}:{}", one.hand_over_id, one.customer)),
            source: SourceName::new(SOURCE),
            properties: [("owner".to_owned(), Some(one.owner))].into(),
            ..Fact::new(one.customer, Kind::Trait, "Traits Changed", one.at)
        });
        let batch = FactBatch { facts: told.collect(), ..FactBatch::default() };
        let facts = self.facts().clone();
        blocking(move || Ok(facts.append(batch, now)?)).await?;
        Ok(self.store().owners_told(&hand_overs, now).await?)
    }
}
