//! The snapshot of the next cycle, measured while people do their part after this one.
//!
//! What a snapshot measures rests on the facts, which a series of cycles reads once, and on the definitions in use. What
//! happens between two cycles rarely changes those: so the next moment is measured ahead, and the answer is taken only if it
//! is what would be measured now. Not here: what a cycle does with it (`cycle`).

use std::sync::Arc;

use indicators::Supply;
use tokio::task::JoinHandle;
use vocab::AsOf;

use crate::books::bookshelf::InUse;
use crate::books::versions::Terms;
use crate::error::Error;
use crate::moment::hands::Hands;
use crate::moment::snapshot::{Purpose, Reading, Snapshot};
use crate::{App, blocking, view};

/// A series of cycles over facts that are read once.
pub(crate) struct Series {
    app: App,
    firm: Arc<view::Firm>,
    reading: Arc<Reading>,
    /// What the model in service asks of everybody.
    columns: Arc<[String]>,
    ahead: Option<Ahead>,
}

/// A moment that is being measured.
struct Ahead {
    moment: Moment,
    by: Books,
    measuring: JoinHandle<Result<Snapshot, Error>>,
}

/// A moment of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// When.
    pub as_of: AsOf,
    /// Whether the screens show it afterwards.
    pub is_shown: bool,
}

/// The definitions that everybody is measured by.
struct Books {
    scorecards: Arc<InUse>,
    rules: Arc<Terms>,
    churn: Arc<Terms>,
}

impl Books {
    fn of(app: &App) -> Books {
        Books { scorecards: app.shelf().in_use(), rules: app.rulebook().in_use(), churn: app.churnbook().in_use() }
    }

    /// Whether nothing was put in use since; a book that was only looked up again counts as another.
    fn stand(&self, app: &App) -> bool {
        let now = Books::of(app);
        Arc::ptr_eq(&self.scorecards, &now.scorecards)
            && Arc::ptr_eq(&self.rules, &now.rules)
            && Arc::ptr_eq(&self.churn, &now.churn)
    }
}

impl Snapshot {
    /// The same measurements with what is known of the sources by now. `None` where one of them failed to deliver, by what
    /// was known before or by this: numbers rest on that, and on nothing else that is known of sources.
    fn supplied(mut self, supply: Arc<Supply>) -> Option<Self> {
        if !self.supply.outages.is_empty() || !supply.outages.is_empty() {
            return None;
        }
        Arc::get_mut(&mut self.measured)?.supply = supply;
        Some(self)
    }
}

impl Series {
    pub(crate) fn new(app: App, firm: Arc<view::Firm>, reading: Arc<Reading>, columns: Arc<[String]>) -> Series {
        Series { app, firm, reading, columns, ahead: None }
    }

    /// Begins to measure a moment, by what is in use and known of the sources now.
    pub(crate) fn begin(&mut self, moment: Moment, supply: Arc<Supply>) {
        let by = Books::of(&self.app);
        let measuring = tokio::spawn(blocking(self.work(moment, supply)));
        self.ahead = Some(Ahead { moment, by, measuring });
    }

    /// The snapshot of a moment: what was begun, if that is what would be measured now, else measured now.
    pub(crate) async fn snapshot(
        &mut self,
        moment: Moment,
        supply: Arc<Supply>,
        hands: Hands,
    ) -> Result<Arc<Snapshot>, Error> {
        let begun = match self.ahead.take() {
            Some(ahead) if ahead.moment == moment && ahead.by.stand(&self.app) => {
                ahead.measuring.await.map_err(Error::internal)??.supplied(supply.clone())
            }
            _ => None,
        };
        let measured = match begun {
            Some(begun) => begun,
            None => blocking(self.work(moment, supply)).await?,
        };
        blocking(move || Ok(Arc::new(measured.in_hands(&hands)))).await
    }

    fn work(&self, moment: Moment, supply: Arc<Supply>) -> impl FnOnce() -> Result<Snapshot, Error> + Send + use<> {
        let (app, firm, reading, columns) =
            (self.app.clone(), self.firm.clone(), self.reading.clone(), self.columns.clone());
        move || {
            let policy = app.policy_in_use(&firm.template);
            let purpose = if moment.is_shown { Purpose::Screens } else { Purpose::Rules(&policy, &columns) };
            Snapshot::build(reading, supply, app.lens(&firm)?, moment.as_of, purpose)
        }
    }
}
