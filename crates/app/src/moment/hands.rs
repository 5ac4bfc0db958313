//! In whose hands a customer is today, laid over a snapshot of whatever moment.
//!
//! Scope is today's: who may see a customer now may see that customer's past, and who no longer may, may not. So a past
//! snapshot shows the owner of then and is filtered by the owner of now. And a hand-over acts at once, while the record of
//! facts as of the last cycle does not know of it yet.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use facts::{Fact, FactBatch};
use store::{GivenBy, GivenOwner};
use vocab::{AsOf, CustomerId, Instant, Kind, MessageId, Scope, SourceName};

use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::{App, blocking};

/// Source of the facts that a hand-over tells.
const HAND_OVER: &str = "hand_over";
/// Source of the facts that tell of one customer's owner.
pub(crate) const OWNERSHIP: &str = "ownership";

/// What is known of today's owners besides the facts of a moment.
pub(crate) enum Hands {
    /// The present: customers given another owner since the moment, or none.
    Given(HashMap<CustomerId, Option<String>>),
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
                        self.cards[position].owner = owner.as_deref().map(Box::from);
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

    /// With everybody in the hands of today, as another snapshot has it.
    pub(crate) fn in_hands_of(mut self, present: &Snapshot) -> Self {
        let keeper = |place: Option<usize>| place.and_then(|place| present.roll.keeper(place)).map(Box::from);
        let today: Vec<Option<Box<str>>> = present.places_along(self.customers()).map(keeper).collect();
        self.roll.keep(&today);
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

    /// Changes whose customers are whose: no cycle runs meanwhile, lists show it at once, and the facts are told.
    pub(crate) async fn changing_owners<T, E: Into<Error>>(
        &self,
        change: impl Future<Output = Result<T, E>>,
        now: Instant,
    ) -> Result<T, Error> {
        let no_cycle = self.0.cycling.lock().await;
        let no_building = self.0.building.lock().await;
        let changed = change.await.map_err(Into::into)?;
        match self.0.snapshots.present() {
            Some(present) => {
                let hands = self.hands(present.as_of, false).await?;
                let handed = blocking(move || Ok(Arc::new(present.handed(&hands)))).await?;
                self.0.snapshots.set_present(handed);
            }
            None => self.0.snapshots.clear(),
        }
        drop((no_cycle, no_building));
        self.tell_owners(now).await?;
        Ok(changed)
    }

    /// Tells the record of facts who was given another owner, each once: the message id is the hand-over's and the
    /// customer's, or the change's own.
    pub(crate) async fn tell_owners(&self, now: Instant) -> Result<(), Error> {
        let untold = self.store().owners_untold(&Scope::All).await?;
        if untold.is_empty() {
            return Ok(());
        }
        let told: BTreeSet<GivenBy> = untold.iter().map(|one| one.by).collect();
        let batch = FactBatch { facts: untold.into_iter().map(owner_fact).collect(), ..FactBatch::default() };
        let facts = self.facts().clone();
        blocking(move || Ok(facts.append(batch, now)?)).await?;
        Ok(self.store().owners_told(&told, now).await?)
    }
}

/// Whose a customer is from then on, as a fact; nobody's where the owner was taken away.
fn owner_fact(one: GivenOwner) -> Fact {
    let (source, id) = match one.by {
        GivenBy::HandOver(id) => (HAND_OVER, format!("{id}:{}", one.customer)),
        GivenBy::Change(id) => (OWNERSHIP, id.to_string()),
    };
    Fact {
        message_id: MessageId::new(id),
        source: SourceName::new(source),
        properties: [("owner".to_owned(), one.owner)].into(),
        ..Fact::new(one.customer, Kind::Trait, "Traits Changed", one.at)
    }
}
