//! Everybody at past moments, for models that are watched, compared, judged or replayed: facts read once for several horizons.

use std::collections::BTreeSet;
use std::sync::Arc;

use indicators::Supply;
use outcomes::ChurnDefinition;
use training::backtest::{OutsideScores, weekly};
use training::looks::{Look, LookSpec, looks};
use vocab::{AsOf, Horizon, Instant, Zone};

use crate::App;
use crate::error::Error;
use crate::learnt::efficacy::no_churn;
use crate::modelled::model_watch::Asking;

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// What is looked at.
pub(crate) struct Asked<'a> {
    pub definition: &'a ChurnDefinition,
    /// Indicators that are measured.
    pub columns: BTreeSet<String>,
    pub supply: Arc<Supply>,
    /// When, in the order of time.
    pub moments: Vec<AsOf>,
    /// The moment up to which history is known.
    pub as_of: AsOf,
}

impl App {
    /// Everybody at each moment with what became of them, for each horizon; nothing that came to light later is looked at.
    pub(crate) fn looks_at(&self, asked: &Asked<'_>, horizons: &[u32]) -> Result<Vec<Vec<Look>>, Error> {
        let Some(since) = asked.moments.first().copied() else { return Ok(vec![Vec::new(); horizons.len()]) };
        let columns: Vec<&str> = asked.columns.iter().map(String::as_str).collect();
        let catalog = self.definitions().catalog.only(&columns).with_supply(Arc::clone(&asked.supply));
        let spec = |days: u32| LookSpec {
            catalog: &catalog,
            churn: asked.definition,
            moments: asked.moments.clone(),
            horizon: Horizon { days },
        };
        let past = self.facts().as_of(asked.as_of).frame(&spec(0).want())?;
        let span = (asked.as_of.instant().micros() - since.instant().micros()).div_euclid(MICROS_PER_DAY);
        let reach = Horizon { days: u32::try_from(span.max(1)).unwrap_or(1) };
        let later = self.facts().after(since, reach)?.known_before(asked.as_of);
        horizons.iter().map(|days| Ok(looks(&past, &later, &spec(*days))?)).collect()
    }
}

impl App {
    /// What a model says of everybody each week of a replay, within the horizon asked for if it answers that, else within
    /// the one it reports.
    ///
    /// # Errors
    /// `learnt_from` where the replay begins before the months that the model was judged by.
    pub(crate) fn scores_of_model(
        &self,
        model: &Asking,
        supply: Arc<Supply>,
        (from, to): (AsOf, AsOf),
        horizon_days: u32,
    ) -> Result<OutsideScores, Error> {
        let days = Some(horizon_days).filter(|days| model.model.horizons().contains(days));
        let days = days.unwrap_or(model.card.horizon_days);
        if let Some((first, _)) = model.judged(self, days).filter(|(first, _)| from.instant() < *first) {
            let day = self.zone().date(first);
            return Err(Error::bad(
                "learnt_from",
                (
                    &format!("模型学习过 {day} 以前的月份，在那里回测没有意义"),
                    &format!("the model had learnt from the months before {day}: a replay there would flatter it"),
                ),
                (&format!("起点请不早于 {day}"), &format!("begin on {day} or later")),
            ));
        }
        let churn = &model.record.of;
        let definition = self.churn_definition(churn).ok_or_else(|| no_churn(churn))?;
        let asked = Asked { definition, columns: model.columns(), supply, moments: weekly(from, to), as_of: to };
        let looks = self.looks_at(&asked, &[days])?.pop().unwrap_or_default();
        let sayer = model.model.sayer();
        let rows = looks.iter().flat_map(|look| {
            let said = sayer.said(look, Horizon { days }).into_iter();
            look.customers.iter().zip(said).filter_map(|(one, said)| Some((one.clone(), look.at.instant(), said?)))
        });
        Ok(OutsideScores::new(rows).lasting(1))
    }
}

/// The first days of months from one moment to another, both included.
pub(crate) fn months(zone: &Zone, from: Instant, to: Instant) -> Vec<AsOf> {
    let mut months: Vec<AsOf> =
        (0..).map(|back: i32| zone.month_start(to, -back)).take_while(|at| *at >= from).map(AsOf).collect();
    months.reverse();
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_begin_and_end_with_the_firsts_that_lie_between() {
        let zone = Zone::default();
        let dates = |from: &str, to: &str| -> Vec<String> {
            let found = months(&zone, zone.parse(from).unwrap(), zone.parse(to).unwrap());
            found.iter().map(|at| zone.date(at.instant())).collect()
        };
        assert_eq!(dates("2024-12-01", "2025-02-28"), ["2024-12-01", "2025-01-01", "2025-02-01"]);
        assert_eq!(dates("2024-12-02", "2025-01-01"), ["2025-01-01"]);
        assert!(dates("2025-01-02", "2025-01-31").is_empty());
    }
}
