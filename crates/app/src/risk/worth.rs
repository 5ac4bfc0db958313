//! What stands at risk with a customer, for the order of alerts and for the budget: from the model in service, and from the
//! present scores where there is none.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use alerts::{Worth, typical, worth, worth_by_risk};
use outcomes::State;
use training::risk::together;
use vocab::{AsOf, CustomerId, Health, Severity};

use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::risk::champion::{CHUNK, Champion, Crowd};
use crate::view::AlertRank;
use crate::{App, blocking, threads};

/// The value of the middle customer of a snapshot, worked out once.
#[derive(Default)]
pub(crate) struct Middle(Mutex<Option<Kept>>);

/// Of which moment, record and scorecard, and the value.
type Kept = (AsOf, u64, String, Option<f64>);

/// What worries at a snapshot are weighed by, as it was when last asked; none where the scores weigh them.
#[derive(Default)]
pub(crate) struct KeptScale(RwLock<Option<Arc<Scale>>>);

/// The model in service, and whom it is asked about.
pub(crate) struct Scale {
    champion: Arc<Champion>,
    crowd: Arc<Crowd>,
    /// The mean risk of those.
    usual: f64,
    /// The share of everybody's value that is at risk, by place, worked out when first asked for.
    shares: OnceLock<Vec<f64>>,
}

impl Scale {
    /// How many days ahead the risk looks.
    pub(crate) fn horizon_days(&self) -> u32 {
        self.champion.horizon().days
    }

    /// The share of each customer's value that is at risk, by place: the risk, and its mean of whom the model is not asked
    /// about. Asks about everybody the first time; call it off the request threads.
    pub(crate) fn shares(&self, snapshot: &Snapshot) -> &[f64] {
        self.shares.get_or_init(|| {
            let asked = self.champion.asked(&snapshot.indicators);
            let share = |place: usize| match self.crowd.eligible[place] {
                true => self.champion.risks(&asked.row(place))[self.champion.place],
                false => self.usual,
            };
            let everybody = self.crowd.eligible.len();
            let part = |at: usize| (at * CHUNK..((at + 1) * CHUNK).min(everybody)).map(share).collect::<Vec<f64>>();
            together(everybody.div_ceil(CHUNK), threads(), part).concat()
        })
    }

    /// The risk of the customer at a place; `None` of whom the model is not asked about.
    fn risk(&self, snapshot: &Snapshot, place: usize) -> Option<f64> {
        let asked = || self.champion.asked(&snapshot.indicators).row(place);
        self.crowd.eligible[place].then(|| self.champion.risks(&asked())[self.champion.place])
    }
}

impl App {
    /// Asks which model serves: what is at risk at this snapshot is told by it from then on.
    ///
    /// # Edges
    /// Nothing changes hands without a model, with one that cannot be read, one of somebody else, one that knows a later
    /// history, and on a snapshot that does not measure what the model asks.
    pub(crate) async fn weigh_by_risk(&self, snapshot: &Arc<Snapshot>) -> Result<(), Error> {
        let is_whole =
            |one: &Arc<Champion>| one.model.columns().iter().all(|column| snapshot.indicators.column(column).is_some());
        let champion = self.champion_of_lists(snapshot).await?.filter(is_whole);
        let id = |scale: &Arc<Scale>| scale.champion.id;
        if snapshot.kept.of::<KeptScale>().read().as_ref().map(id) == champion.as_ref().map(|champion| champion.id) {
            return Ok(());
        }
        let scale = match champion {
            None => None,
            Some(champion) => {
                let (app, snapshot) = (self.clone(), Arc::clone(snapshot));
                let read = move || {
                    let crowd = Crowd::of(&app, &snapshot);
                    let usual = crowd.said(&champion, &snapshot).usual[champion.place];
                    Ok(Some(Arc::new(Scale { champion, crowd, usual, shares: OnceLock::new() })))
                };
                blocking(read).await?
            }
        };
        *snapshot.kept.of::<KeptScale>().0.write().unwrap_or_else(PoisonError::into_inner) = scale;
        Ok(())
    }

    /// The value of the middle customer, of those who are there.
    pub(crate) fn middle_value(&self, snapshot: &Snapshot) -> Option<f64> {
        let key = (snapshot.as_of, snapshot.sequence, snapshot.scores.version.as_str());
        let mut kept = self.middle().0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((as_of, sequence, version, value)) = kept.as_ref()
            && (*as_of, *sequence, version.as_str()) == key
        {
            return *value;
        }
        let there = (0..snapshot.customers().len()).filter(|at| matches!(snapshot.state(*at), State::Current));
        let value = typical(there.filter_map(|at| snapshot.value(at).known()).collect());
        *kept = Some((key.0, key.1, key.2.to_owned(), value));
        value
    }

    /// What stands at risk with a customer whose severest worry this is; see [`App::weigh_by_risk`].
    pub(crate) fn worth_of(&self, snapshot: &Snapshot, customer: &CustomerId, severity: Severity) -> Worth {
        self.worth_told(snapshot, customer, severity).0
    }

    /// The same with what the worry was taken from, and how many days ahead it looks.
    fn worth_told(
        &self,
        snapshot: &Snapshot,
        customer: &CustomerId,
        severity: Severity,
    ) -> (Worth, &'static str, Option<u32>) {
        let position = snapshot.position(customer);
        let value = position.and_then(|at| snapshot.value(at).known());
        let middle = self.middle_value(snapshot);
        if let Some(scale) = snapshot.kept.of::<KeptScale>().read() {
            let days = Some(scale.horizon_days());
            return match position.and_then(|at| scale.risk(snapshot, at)) {
                Some(risk) => (worth_by_risk(value, risk, middle), "risk", days),
                None => (worth_by_risk(value, scale.usual, middle), "usual_risk", days),
            };
        }
        let health = health_of(snapshot, position);
        let by = if health.is_some() { "health" } else { "severity" };
        (worth(value, health, severity, middle), by, None)
    }

    /// What is at risk with how it came about, for a row.
    pub(crate) fn rank_of(&self, snapshot: &Snapshot, customer: &CustomerId, severity: Severity) -> AlertRank {
        let (worth, by, horizon_days) = self.worth_told(snapshot, customer, severity);
        AlertRank {
            place: None,
            at_risk: (!worth.is_typical).then_some(worth.at_risk),
            value: worth.value,
            is_typical: worth.is_typical,
            worry: worth.worry,
            by: by.to_owned(),
            horizon_days,
            health: health_of(snapshot, snapshot.position(customer)).map(Health::points),
        }
    }
}

impl KeptScale {
    /// What worries are weighed by now.
    pub(crate) fn read(&self) -> Option<Arc<Scale>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn health_of(snapshot: &Snapshot, position: Option<usize>) -> Option<Health> {
    position.and_then(|at| snapshot.score(at)).and_then(|score| score.health)
}

/// Hundredths, as lists are ordered by them.
pub(crate) fn hundredths(amount: f64) -> i64 {
    (amount * 100.0).round() as i64
}
