//! What a customer is worth in the year to come: its value of a year, as far as the model in service expects it to stay.
//!
//! Not here: the sum (`training::worth`), what value is measured by (`defined::value`).

use indicators::{Catalog, Indicator, Measure, Reach};
use training::train::Bin;
use training::worth::{Ahead, DISCOUNT, MONTHS, worth_ahead};
use vocab::{Kind, Window};

use crate::App;
use crate::risk::champion::Champion;
use crate::risk::page::Told;
use crate::view::{ModelBin, RiskHorizon, Words, WorthAhead};

const DAYS_OF_YEAR: f64 = 365.0;

impl App {
    /// What a customer brings in the year to come, as far as the model expects it to stay.
    ///
    /// # Edges
    /// `None` where value is unknown or below zero, or measured by what is no amount of a year: an amount of the last so many
    /// days is carried on to a year, a contract's amount is one of a year already.
    pub(crate) fn worth_ahead(&self, told: &Told<'_>, horizons: &[RiskHorizon]) -> Option<WorthAhead> {
        let catalog = &self.definitions().catalog;
        let id = self.book_of(told.lists)?.value.as_deref()?;
        let indicator = catalog.get(id)?;
        let value = told.shown.value(told.place).known().filter(|value| *value >= 0.0)?;
        let yearly = value * parts_of_year(catalog, indicator)?;
        let ahead: Vec<Ahead> = horizons.iter().map(|one| judged(told.champion, one)).collect();
        let worth = worth_ahead(yearly, &ahead);
        Some(WorthAhead {
            measure: Words::from(&indicator.name),
            yearly,
            months: MONTHS,
            discount: DISCOUNT,
            value: worth.value,
            low: worth.low,
            high: worth.high,
            whole: worth_ahead(yearly, &[]).value,
        })
    }
}

/// A probability with how far off the model was where it said the like.
fn judged(champion: &Champion, said: &RiskHorizon) -> Ahead {
    let Some(card) = champion.judged.iter().find(|one| one.days == said.days) else {
        return Ahead::judged(said.days, said.risk, &[], 1.0);
    };
    let bin = |bin: &ModelBin| Bin { count: bin.count as usize, expected: bin.expected, observed: bin.observed };
    let bins: Vec<Bin> = card.reliability.iter().map(bin).collect();
    Ahead::judged(said.days, said.risk, &bins, card.customers as f64 / card.rows.max(1) as f64)
}

/// By what an amount is multiplied to be one of a year; `None` where that cannot be told.
fn parts_of_year(catalog: &Catalog, indicator: &Indicator) -> Option<f64> {
    if let Some(formula) = indicator.formula() {
        let mut parts = formula.indicators().into_iter().map(|id| parts_of_year(catalog, catalog.get(id)?));
        let first = parts.next()??;
        return parts.all(|part| part == Some(first)).then_some(first);
    }
    let measured = indicator.measured()?;
    match (&measured.measure, measured.reach) {
        (Measure::Sum, Reach::Trailing(Window::Days(days))) if days > 0 => Some(DAYS_OF_YEAR / f64::from(days)),
        (Measure::Last, Reach::All) => measured.of.kinds.iter().all(|kind| *kind == Kind::Contract).then_some(1.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_some_days_and_of_contracts_are_carried_to_a_year_and_others_are_not() {
        let definitions = crate::books::definitions::Definitions::shipped(&vocab::Zone::default()).unwrap();
        let parts = |id: &str| parts_of_year(&definitions.catalog, definitions.catalog.get(id).unwrap());
        assert_eq!(parts("contract_amount"), Some(1.0));
        assert_eq!((parts("amount_365d"), parts("paid_365d")), (Some(1.0), Some(1.0)));
        assert_eq!(parts("amount_90d"), Some(365.0 / 90.0));
        assert_eq!(parts("margin_365d"), Some(1.0), "both its parts are of a year");
        assert_eq!(parts("total_spend_mean_2mo"), None, "of a period that nobody named");
        assert_eq!((parts("order_mean_90d"), parts("balance_last")), (None, None));
    }
}
