//! Following the record: what came in since is taken in, and whoever a correction or a merge touches is read again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use facts::{FactView, IdentityRole, StoredFact, StoredIdentity, Want};
use vocab::{AsOf, CustomerId, Instant, Kind};

use super::Standing;
use crate::catalog::Catalog;

/// From so many facts on it is quicker to begin anew than to take in one after the other.
const MANY_FACTS: u64 = 400_000;
/// From so many customers on it is quicker to read everybody than one after the other.
const MANY_CUSTOMERS: usize = 256;

/// What following the record changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Followed {
    /// The customers whose answers may be others now, sorted.
    pub customers: Vec<CustomerId>,
    /// Those of them whom something live touched: facts, corrections or merges that were known when they were written,
    /// and not dated by the file that they came in.
    pub live: Vec<CustomerId>,
    /// How many customers were read again from the record.
    pub read_again: usize,
    /// When live facts that came in were written, corrections and retractions among them, and how many at each moment.
    pub written: BTreeMap<Instant, u64>,
}

impl Standing {
    /// The moment of the view that it is built from and follows: the end of time, so that what becomes known later is
    /// in it already.
    pub const VIEW: AsOf = AsOf(Instant::MAX);

    /// Built from everything in a view of [`Standing::VIEW`]; `None` as of [`Standing::new`].
    ///
    /// # Errors
    /// What the facts cannot be read for.
    pub fn build(catalog: Arc<Catalog>, view: &FactView, threads: usize) -> Result<Option<Standing>, facts::Error> {
        let want = catalog.want();
        let mut built: Option<Standing> = None;
        match view.parts(&want, threads)? {
            Some(parts) => {
                for part in 0..parts.len() {
                    let frame = parts.take(part)?;
                    if built.is_none() {
                        built = Standing::new(Arc::clone(&catalog), frame.ground(), view.mark());
                    }
                    let Some(standing) = &mut built else { return Ok(None) };
                    standing.add(&frame);
                }
            }
            None => {
                let frame = view.frame(&want)?;
                built = Standing::new(catalog, frame.ground(), view.mark());
                if let Some(standing) = &mut built {
                    standing.add(&frame);
                }
            }
        }
        if let Some(standing) = &mut built {
            // A tie that will be known later makes known later what it attributes, facts that are still to come too.
            view.each_identity(&mut |row| standing.know_by(row.known_at()));
            standing.settle();
        }
        Ok(built)
    }

    /// Whether so much came in since that it is quicker to begin anew than to follow.
    ///
    /// # Errors
    /// What the facts cannot be read for.
    pub fn is_far_behind(&self, view: &FactView) -> Result<bool, facts::Error> {
        Ok(view.mark() != self.mark && view.count_after(self.mark)? >= MANY_FACTS)
    }

    /// Takes in what came to the record since: `view` is a later one of [`Standing::VIEW`].
    ///
    /// A fact that only adds is put in its place, however late it comes. Whoever a correction, a retraction or a merge
    /// speaks of is read again from the record, before or after the fact it speaks of. Where very much came at once,
    /// everything is.
    ///
    /// # Errors
    /// What the facts cannot be read for; nothing is taken in then.
    pub fn follow(&mut self, view: &FactView) -> Result<Followed, facts::Error> {
        if view.mark() == self.mark {
            return Ok(Followed::default());
        }
        if self.is_far_behind(view)? {
            return self.begin_anew(view);
        }
        let facts = view.facts_after(self.mark)?;
        let identities = view.identities_after(self.mark);
        self.tells_of_people = match self.tells_of_people {
            Some(before) => Some(before || facts.iter().any(|stored| stored.fact.customer_id.is_none())),
            None if identities.is_empty() => None,
            None => Some(view.tells_of_people()?),
        };
        // Where every fact names its customer, who belongs to whom moves none.
        let moves =
            |row: &&StoredIdentity| self.tells_of_people == Some(true) || row.identity.role == IdentityRole::SameAs;
        let moving: Vec<StoredIdentity> = identities.iter().filter(moves).cloned().collect();
        let mut dirty = if moving.is_empty() { BTreeSet::new() } else { view.tied_to(&moving) };
        let speaks = |stored: &&StoredFact| stored.fact.supersedes.is_some() || stored.fact.retracts.is_some();
        let corrections: Vec<StoredFact> = facts.iter().filter(speaks).cloned().collect();
        if !corrections.is_empty() {
            dirty.append(&mut view.spoken_of(&corrections)?);
        }
        let corrected = view.corrected_among(&facts)?;
        let owners: Vec<Option<CustomerId>> = facts.iter().map(|stored| view.whose(stored)).collect();
        let of_corrected = facts.iter().zip(&owners).filter(|(stored, _)| corrected.contains(&stored.number));
        dirty.extend(of_corrected.filter_map(|(_, owner)| owner.clone()));
        // A load that was overtaken by what came in live was first all the same: where the clock does not tell the two
        // apart, the number does, and it is not at hand here.
        let overtaken = facts.iter().zip(&owners).filter(|(stored, _)| stored.number <= self.mark.number());
        let is_tied = |(stored, owner): &(&StoredFact, &Option<CustomerId>)| {
            owner.as_ref().is_some_and(|owner| self.has_row_at(owner, stored.fact.occurred_at.micros()))
        };
        dirty.extend(overtaken.filter(is_tied).filter_map(|(_, owner)| owner.clone()));

        self.take(view, &facts, &owners, &dirty)?;
        identities.iter().for_each(|row| self.know_by(row.known_at()));
        self.mark = view.mark();
        self.settle_if_due();
        let mut followed = Followed { read_again: dirty.len(), ..Followed::default() };
        let live_ties = identities.iter().any(|row| row.known_at() == row.recorded_at);
        let mut live: Vec<&CustomerId> = Vec::new();
        let mut touched: Vec<&CustomerId> = dirty.iter().collect();
        if live_ties || corrections.iter().any(is_live) {
            live.extend(&dirty);
        }
        for (stored, owner) in facts.iter().zip(&owners) {
            touched.extend(owner);
            if is_live(stored) {
                live.extend(owner);
                *followed.written.entry(stored.recorded_at).or_default() += 1;
            }
        }
        followed.customers = each_once(touched);
        followed.live = each_once(live);
        Ok(followed)
    }

    /// Takes in these facts with their owners, and puts what the record says of the dirty in the place of what was.
    fn take(
        &mut self,
        view: &FactView,
        facts: &[StoredFact],
        owners: &[Option<CustomerId>],
        dirty: &BTreeSet<CustomerId>,
    ) -> Result<(), facts::Error> {
        let again = self.read_again(view, dirty)?;
        // Of each kind and name, one that was told: what was known and happened no earlier tells nothing more.
        let mut told: HashMap<(Kind, &str), (Instant, Instant)> = HashMap::new();
        for (stored, owner) in facts.iter().zip(owners) {
            let fact = &stored.fact;
            if fact.retracts.is_some() {
                continue;
            }
            let (known_at, occurred_at) = (stored.known_at(), fact.occurred_at);
            let what = (fact.kind, fact.name.as_str());
            if told.get(&what).is_none_or(|first| known_at < first.0 || occurred_at < first.1) {
                self.ground.deliver(fact.kind, &fact.name, known_at, occurred_at);
                let first = told.entry(what).or_insert((known_at, occurred_at));
                if known_at <= first.0 && occurred_at <= first.1 {
                    *first = (known_at, occurred_at);
                }
            }
            if let Some(customer) = owner.as_ref().filter(|customer| !dirty.contains(*customer)) {
                if known_at > occurred_at {
                    self.know_by(known_at);
                }
                self.append(customer, stored);
            }
        }
        for (frame, customers) in &again {
            customers.iter().for_each(|customer| self.replace(customer, frame));
            self.from = self.from.max(super::known_by(frame));
        }
        Ok(())
    }

    /// Frames with everything known of some customers, and which of them are in each.
    fn read_again(
        &self,
        view: &FactView,
        dirty: &BTreeSet<CustomerId>,
    ) -> Result<Vec<(facts::FactFrame, Vec<CustomerId>)>, facts::Error> {
        let want = self.catalog.want();
        if dirty.len() > MANY_CUSTOMERS {
            return Ok(vec![(view.frame(&want)?, dirty.iter().cloned().collect())]);
        }
        let alone = |customer: &CustomerId| {
            let want = Want { customer: Some(customer.clone()), ..want.clone() };
            Ok((view.frame(&want)?, vec![customer.clone()]))
        };
        dirty.iter().map(alone).collect()
    }

    fn begin_anew(&mut self, view: &FactView) -> Result<Followed, facts::Error> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let Some(built) = Standing::build(Arc::clone(&self.catalog), view, threads)? else {
            return Ok(Followed::default());
        };
        let mut customers: Vec<CustomerId> = self.customers.iter().chain(&built.customers).cloned().collect();
        customers.sort_unstable();
        customers.dedup();
        *self = built;
        Ok(Followed { read_again: customers.len(), customers, ..Followed::default() })
    }

    /// Notes that something is known from a moment on.
    fn know_by(&mut self, known_at: Instant) {
        self.from = self.from.max(known_at.micros().saturating_add(1));
    }
}

/// Each of them once, sorted.
fn each_once(mut customers: Vec<&CustomerId>) -> Vec<CustomerId> {
    customers.sort_unstable();
    customers.dedup();
    customers.into_iter().cloned().collect()
}

/// Whether a fact was known when it was written.
fn is_live(stored: &StoredFact) -> bool {
    stored.known_at() == stored.recorded_at
}
