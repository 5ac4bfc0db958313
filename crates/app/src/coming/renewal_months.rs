//! 续约日历: what falls due month by month, what became of it, what the owners promise and what was computed.
//!
//! Promise and computation stand side by side and are never summed: one is what people say, the other what the firm's
//! own past says of customers in the same band.

use std::collections::BTreeMap;

use outcomes::{Became, Retained};
use vocab::{Amount, AsOf, Instant, Scope};

use crate::coming::renewal_rows::{Item, PAST_MONTHS, major};
use crate::error::Error;
use crate::shown::written;
use crate::view::{RenewalMonth, RenewalMonths, RenewalOwner, RenewalTally};
use crate::{App, blocking};

/// Months from the present one on.
const AHEAD: i32 = 12;

impl App {
    /// The calendar of renewals of the customers in scope.
    pub async fn renewal_months(
        &self,
        scope: &Scope,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<RenewalMonths, Error> {
        let book = self.renewal_book(as_of, now).await?;
        let (app, scope) = (self.clone(), scope.clone());
        blocking(move || {
            let at = book.snapshot.as_of.instant();
            let starts: Vec<Instant> =
                (-PAST_MONTHS..=AHEAD).map(|months| app.zone().month_start(at, months)).collect();
            let month_of = |at: Instant| app.zone().date(at).get(..7).unwrap_or_default().to_owned();
            let names: Vec<String> = starts[..starts.len() - 1].iter().map(|start| month_of(*start)).collect();
            let mut due: Vec<Vec<Item<'_>>> = vec![Vec::new(); names.len()];
            let (mut later, mut short_count, mut near) = (RenewalTally::default(), 0, 0);
            for item in book.places(&app, &scope, None).map(|place| book.at(place)) {
                // What ends first comes first: the month is that of the item before, or soon after it.
                if names.get(near).is_none_or(|name| name != item.month()) {
                    near = names.binary_search_by(|name| name.as_str().cmp(item.month())).unwrap_or(names.len());
                }
                match due.get_mut(near) {
                    Some(_) if item.is_short() => short_count += 1,
                    Some(items) => items.push(item),
                    None if item.is_short() => {}
                    None => later.add(item.amount().map(Amount::to_f64)),
                }
            }
            let months: BTreeMap<&str, Vec<Item<'_>>> = names.iter().map(String::as_str).zip(due).collect();
            let this_month = month_of(at);
            let rate = |item: &Item<'_>| book.known.rate(book.snapshot.band(item.position)).rate;
            let shown = |(name, items): (&&str, &Vec<Item<'_>>)| month(name, *name < this_month.as_str(), items, &rate);
            let roll = &book.snapshot.roll;
            let keys: Vec<Option<&str>> = roll.owners().map(Some).chain([None]).collect();
            let number = |item: &Item<'_>| roll.owner_number(item.position);
            Ok(RenewalMonths {
                owners: owners(&months, &this_month, &keys, &number),
                months: months.iter().map(shown).collect(),
                this_month,
                rates: book.known.rates.clone(),
                later,
                short_count,
                contract_count: book.count(&scope),
                told_until: book.known.contracts.told_until.map(|end| app.zone().date(end.plus_micros(-1))),
                as_of: written(at),
            })
        })
        .await
    }
}

impl RenewalTally {
    fn add(&mut self, amount: Option<f64>) {
        self.count += 1;
        match amount {
            Some(amount) => self.amount += amount,
            None => self.unpriced += 1,
        }
    }
}

/// What falls due of each owner's customers from the present month on; who has the most first, nobody last. `number` is the
/// place of an item's owner among the keys.
fn owners(
    months: &BTreeMap<&str, Vec<Item<'_>>>,
    this_month: &str,
    keys: &[Option<&str>],
    number: &dyn Fn(&Item<'_>) -> usize,
) -> Vec<RenewalOwner> {
    let ahead: Vec<&Vec<Item<'_>>> = months.range(this_month..).map(|(_, items)| items).collect();
    let mut rows: Vec<Option<Vec<RenewalTally>>> = vec![None; keys.len()];
    for (place, items) in ahead.iter().enumerate() {
        for item in *items {
            let row = rows[number(item)].get_or_insert_with(|| vec![RenewalTally::default(); ahead.len()]);
            row[place].add(item.amount().map(Amount::to_f64));
        }
    }
    let row = |(owner, due): (&Option<&str>, Option<Vec<RenewalTally>>)| {
        Some(RenewalOwner { owner: owner.map(str::to_owned), due: due? })
    };
    let mut rows: Vec<RenewalOwner> = keys.iter().zip(rows).filter_map(row).collect();
    let worth = |row: &RenewalOwner| row.due.iter().map(|tally| tally.amount).sum::<f64>();
    rows.sort_by(|a, b| a.owner.is_none().cmp(&b.owner.is_none()).then(worth(b).total_cmp(&worth(a))));
    rows
}

fn month(name: &str, is_past: bool, items: &[Item<'_>], rate: &dyn Fn(&Item<'_>) -> Option<f64>) -> RenewalMonth {
    let kept = Retained::of(items.iter().map(|item| item.contract));
    let mut month = RenewalMonth {
        month: name.to_owned(),
        is_past,
        due: RenewalTally::default(),
        renewed: RenewalTally::default(),
        shrunk: RenewalTally::default(),
        lost: RenewalTally::default(),
        open: RenewalTally::default(),
        by_hand_count: 0,
        after_amount: 0.0,
        gross: kept.gross(),
        net: kept.net(),
        promised: RenewalTally::default(),
        unpromised: RenewalTally::default(),
        computed: RenewalTally::default(),
        uncomputed: RenewalTally::default(),
    };
    for item in items {
        let amount = item.amount().map(Amount::to_f64);
        month.due.add(amount);
        if let Became::Renewed { amount: Some(after), .. } = item.contract.became {
            month.after_amount += after.to_f64();
        }
        match item.fact() {
            Some("renewed") => month.renewed.add(amount),
            Some("shrunk") => month.shrunk.add(amount),
            Some(_) => month.lost.add(amount),
            None => {
                month.open.add(amount);
                month.by_hand_count += u64::from(item.said().is_some());
                forecast(&mut month, item, (amount, rate(item)));
            }
        }
    }
    month
}

/// What the owner promises of an open contract, and beside it what was computed. What was decided by hand is neither
/// promised nor computed any more.
fn forecast(month: &mut RenewalMonth, item: &Item<'_>, (amount, rate): (Option<f64>, Option<f64>)) {
    if item.said().is_some() {
        return;
    }
    let judgement = item.record.and_then(|record| record.judgement.as_ref());
    let said = judgement.and_then(|word| word.amount_minor).map(major);
    match item.judgement() {
        "renew" | "shrink" => month.promised.add(said.or(amount)),
        "leave" => month.promised.add(Some(0.0)),
        _ => month.unpromised.add(amount),
    }
    match amount.zip(rate) {
        Some((amount, rate)) => month.computed.add(Some(amount * rate)),
        None => month.uncomputed.add(amount),
    }
}

#[cfg(test)]
mod tests {
    use outcomes::Contract;
    use store::{Intention, RenewalKey, RenewalOutcome, RenewalRecord, RenewalStage, RenewalWord};

    use super::*;
    use crate::coming::renewal_rows::Listed;

    fn contract(amount: Option<f64>, became: Became) -> Contract {
        Contract {
            customer: "A".into(),
            number: None,
            signed_at: Instant::from_micros(0),
            starts_at: None,
            end_on: "2025-06-30".to_owned(),
            ends_at: Instant::from_micros(0),
            amount: amount.and_then(Amount::from_f64),
            became,
            is_settled: became != Became::Open,
        }
    }

    fn word<T>(says: T, amount_minor: Option<i64>) -> Option<RenewalWord<T>> {
        Some(RenewalWord { says, amount_minor, note: None, by: "wang".to_owned(), at: Instant::from_micros(0) })
    }

    fn record(
        judgement: Option<RenewalWord<Intention>>,
        outcome: Option<RenewalWord<RenewalOutcome>>,
    ) -> RenewalRecord {
        let key = RenewalKey { customer: "A".into(), contract: None, due_on: "2025-06-30".to_owned() };
        let stage = RenewalStage::NotStarted;
        let (answer, next_step, next_on, churn_reason) = (None, None, None, None);
        RenewalRecord { id: 1, version: 1, key, stage, judgement, answer, next_step, next_on, outcome, churn_reason }
    }

    fn month_of(contracts: &[(Contract, Option<RenewalRecord>)], rate: Option<f64>) -> RenewalMonth {
        let listed: Vec<Listed> = contracts.iter().map(|(one, _)| Listed::new(one, 0, 0)).collect();
        let item = |((contract, said), listed)| Item { contract, position: 0, record: Option::as_ref(said), listed };
        let items: Vec<Item<'_>> = contracts.iter().map(|(one, said)| (one, said)).zip(&listed).map(item).collect();
        month("2025-06", false, &items, &|_| rate)
    }

    #[test]
    fn promise_and_computation_stand_beside_each_other() {
        let open = |said| (contract(Some(1000.0), Became::Open), said);
        let found = month_of(
            &[
                open(Some(record(word(Intention::Renew, None), None))),
                open(Some(record(word(Intention::Renew, Some(120_000)), None))),
                open(Some(record(word(Intention::Shrink, Some(40_000)), None))),
                open(Some(record(word(Intention::Leave, None), None))),
                open(Some(record(word(Intention::Unsure, None), None))),
                open(None),
                // Decided by hand: neither promised nor computed.
                open(Some(record(word(Intention::Renew, None), word(RenewalOutcome::Lost, None)))),
            ],
            Some(0.5),
        );
        assert_eq!((found.due.count, found.open.count, found.by_hand_count), (7, 7, 1));
        assert_eq!((found.promised.count, found.promised.amount), (4, 1000.0 + 1200.0 + 400.0));
        assert_eq!((found.unpromised.count, found.unpromised.amount), (2, 2000.0));
        assert_eq!((found.computed.count, found.computed.amount, found.uncomputed.count), (6, 3000.0, 0));
    }

    #[test]
    fn without_a_record_nothing_is_computed_and_without_a_price_nothing_is_summed() {
        let without = [(contract(Some(1000.0), Became::Open), None), (contract(None, Became::Open), None)];
        let found = month_of(&without, None);
        assert_eq!((found.computed.count, found.uncomputed.count, found.uncomputed.unpriced), (0, 2, 1));
        assert_eq!(month_of(&without, Some(0.9)).computed.count, 1, "what is not priced has no amount");
        assert_eq!((found.gross, found.net), (None, None));
    }

    #[test]
    fn what_the_facts_decided_is_counted_by_what_became_of_it() {
        let at = Instant::from_micros(0);
        let renewed = |amount: f64| Became::Renewed { at, amount: Amount::from_f64(amount) };
        let found = month_of(
            &[
                (contract(Some(1000.0), renewed(1500.0)), None),
                (contract(Some(1000.0), renewed(500.0)), None),
                (contract(Some(1000.0), Became::Lost { at, cancelled: true }), None),
                (contract(None, Became::Renewed { at, amount: None }), None),
            ],
            Some(0.5),
        );
        assert_eq!((found.renewed.count, found.shrunk.count, found.lost.count, found.open.count), (2, 1, 1, 0));
        assert_eq!((found.gross, found.net, found.after_amount), (Some(0.5), Some(2.0 / 3.0), 2000.0));
    }
}
