//! How customers stood at the earlier moments that rules ask about: whether something lasts, how a number changed.
//!
//! Only those are looked up whom the present leaves undecided, all their moments in one pass over their facts, each as
//! could be known then. The present and every replay look back by this one road.
//!
//! Not here: what a rule makes of it (`alerts`), which moments it asks about (`alerts::AlertPolicy::days_back`).

use alerts::{AlertPolicy, Belonging, Earlier, Evidence, undecided};
use facts::FactFrame;
use indicators::{Catalog, IndicatorFrame, Population, Sorting, TraitFrame, evaluate_at};
use scores::{ScoreBook, ScoreFrame};
use vocab::{AsOf, CustomerId};

/// Traits of some customers at a moment; of nothing else is told.
pub struct Traits<'f> {
    customers: Vec<CustomerId>,
    frame: TraitFrame<'f>,
}

impl<'f> Traits<'f> {
    /// What was last said of each key by the moment. Customers in order.
    pub fn of(frame: &'f FactFrame, customers: &[CustomerId], keys: &[&str], as_of: AsOf) -> Traits<'f> {
        Traits { customers: customers.to_vec(), frame: TraitFrame::of(frame, customers, keys, as_of) }
    }
}

impl Belonging for Traits<'_> {
    fn said(&self, customer: &CustomerId, key: &str) -> Option<Option<&str>> {
        self.frame.said(self.customers.binary_search(customer).ok()?, key)
    }

    fn is_in(&self, _: &CustomerId, _: Sorting, _: &str) -> Option<bool> {
        None
    }
}

/// Scores a frame of indicators that the cut-down catalogue gave.
pub type Scoring<'a> = &'a (dyn Fn(&IndicatorFrame, &Catalog) -> ScoreFrame + Sync);

/// What the rules of a policy ask about earlier moments.
pub struct LookBack<'a> {
    frame: &'a FactFrame,
    policy: AlertPolicy,
    catalog: Catalog,
    days: Vec<u32>,
    counts: Vec<String>,
    scoring: Option<Scoring<'a>>,
}

impl<'a> LookBack<'a> {
    /// For the rules of a policy that are switched on. `catalog` holds every indicator that they and the scorecard name.
    pub fn new(
        frame: &'a FactFrame,
        catalog: &Catalog,
        book: &ScoreBook,
        policy: &AlertPolicy,
        scoring: Scoring<'a>,
    ) -> LookBack<'a> {
        let policy = policy.active().asking_more();
        let asks_scores = policy.asks_scores_back();
        let mut ids = policy.indicators();
        if asks_scores {
            ids.extend(book.indicators());
        }
        let catalog = catalog.only(&ids).with_counts(policy.counts());
        let days = policy.days_back().into_iter().collect();
        let counts = policy.counts().into_iter().map(ToString::to_string).collect();
        LookBack { frame, catalog, days, counts, scoring: asks_scores.then_some(scoring), policy }
    }

    /// How those stood earlier whom the evidence leaves undecided.
    pub fn from(&self, evidence: &Evidence<'_>, belonging: &dyn Belonging, as_of: AsOf) -> LookedBack<'a> {
        let mut days = self.days.clone();
        if self.counts.iter().any(|id| evidence.indicators.column(id).is_none()) {
            days.push(0);
        }
        if days.is_empty() {
            return LookedBack(Vec::new());
        }
        let customers = undecided(evidence, belonging, &self.policy);
        if customers.is_empty() {
            return LookedBack(Vec::new());
        }
        days.sort_unstable_by(|a, b| b.cmp(a));
        let moments: Vec<AsOf> = days.iter().map(|days| AsOf(as_of.instant().plus_days(-i64::from(*days)))).collect();
        let population = Population::These(customers.clone());
        let frames = evaluate_at(self.frame, &self.catalog, &population, &moments);
        let keys = self.policy.traits();
        let stood = days.into_iter().zip(frames).map(|(days, indicators)| Stood {
            days,
            scores: self.scoring.map(|scoring| scoring(&indicators, &self.catalog)),
            traits: Traits::of(self.frame, &customers, &keys, indicators.as_of()),
            indicators,
        });
        LookedBack(stood.collect())
    }
}

/// How some customers stood at one earlier moment.
struct Stood<'f> {
    days: u32,
    indicators: IndicatorFrame,
    scores: Option<ScoreFrame>,
    traits: Traits<'f>,
}

/// How some customers stood at earlier moments.
pub struct LookedBack<'f>(Vec<Stood<'f>>);

impl LookedBack<'_> {
    /// As a plan takes it.
    pub fn earlier(&self) -> Vec<Earlier<'_>> {
        let earlier = self.0.iter().map(|stood| Earlier {
            days: stood.days,
            indicators: &stood.indicators,
            scores: stood.scores.as_ref(),
            belonging: &stood.traits,
        });
        earlier.collect()
    }
}
