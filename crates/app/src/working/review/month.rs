//! 月度盘点: a month by owner. What they look after, what was worrying, what was done in time, what was lost, what was
//! promised and decided.

use std::collections::BTreeMap;

use outcomes::State;
use store::PromiseState;
use vocab::{AsOf, Instant};

use super::counted::Of;
use super::gathered::Gathered;
use crate::error::Error;
use crate::shown::{known, written};
use crate::view::{ReviewMonth, ReviewOwner, Words};
use crate::{App, Reader};

impl App {
    /// A month by owner, of the customers that the reader sees; the month before the moment asked about where none is named.
    ///
    /// # Edges
    /// Asked again later a month that has ended says the same: it stands at its end, by what was recorded and known then.
    /// Who owns a customer is told as of that end, and who may see it as of now.
    ///
    /// # Errors
    /// `bad_month`, `future_month`.
    pub async fn review_month(
        &self,
        reader: &Reader,
        month: Option<&str>,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<ReviewMonth, Error> {
        let zone = self.zone();
        let span = self.month(month, as_of, now)?;
        let gathered = self.gather(&reader.scope, span, now).await?;
        let roster = self.roster().await?;
        let promises = self.store().promises_then(&reader.scope, span.at).await?;
        let decisions = self.decisions_due(reader, &roster, &span).await?;
        let mut owners: BTreeMap<Option<String>, ReviewOwner> = BTreeMap::new();
        count_customers(&gathered, reader, &mut owners);
        count_desk(&gathered, &mut owners);
        // The end of a promise's day is the midnight after it.
        let within = |at: Instant| (span.from..span.at).contains(&at.plus_micros(-1));
        for promise in promises.iter().filter(|one| within(one.due_at)) {
            let row = owners.entry(gathered.owner(&promise.customer)).or_default();
            row.promises_due += 1;
            row.promises_kept += u64::from(promise.state == PromiseState::Kept);
        }
        for (desk, decision) in decisions {
            let row = owners.entry(desk).or_default();
            row.decisions_due += 1;
            row.decisions_done += u64::from(decision.done_at.is_some());
        }
        let can_say = gathered.not_yet.is_none();
        let mut rows: Vec<ReviewOwner> = owners
            .into_iter()
            .map(|(owner, row)| ReviewOwner { owner, lost: row.lost.or(can_say.then_some(0)), ..row })
            .collect();
        rows.sort_by(|a, b| {
            let worth = |row: &ReviewOwner| row.amount.unwrap_or(0.0);
            let order = a.owner.is_none().cmp(&b.owner.is_none());
            order.then_with(|| worth(b).total_cmp(&worth(a))).then_with(|| a.owner.cmp(&b.owner))
        });
        let mut total = ReviewOwner { lost: can_say.then_some(0), ..ReviewOwner::default() };
        rows.iter().for_each(|row| add(&mut total, row));
        let word = |at: Instant| zone.date(at).chars().take(7).collect::<String>();
        let next = span.to;
        Ok(ReviewMonth {
            month: word(span.from),
            previous: word(zone.month_start(span.from, -1)),
            next: (next < span.asked).then(|| word(next)),
            at: written(span.at),
            is_complete: span.is_complete(),
            reach: reader.reach.as_str().to_owned(),
            rows,
            total,
            churn_name: self.churn_name(&gathered.snapshot),
            not_yet: gathered.not_yet.as_ref().map(Words::from),
        })
    }
}

fn count_customers(gathered: &Gathered, reader: &Reader, owners: &mut BTreeMap<Option<String>, ReviewOwner>) {
    let snapshot = &gathered.snapshot;
    let admitted = snapshot.roll.admitted(&reader.scope, None);
    // By the owner's number; nobody's last.
    let keys: Vec<Option<&str>> = snapshot.roll.owners().map(Some).chain([None]).collect();
    let mut rows = vec![ReviewOwner::default(); keys.len()];
    for position in (0..snapshot.customers().len()).filter(|at| admitted.has(*at)) {
        if matches!(snapshot.state(position), State::Gone { .. }) {
            continue;
        }
        let row = &mut rows[snapshot.roll.owner_number(position)];
        row.customers += 1;
        row.amount = plus(row.amount, known(snapshot.value(position)));
    }
    let rows = keys.into_iter().zip(rows).filter(|(_, row)| row.customers > 0);
    owners.extend(rows.map(|(owner, row)| (owner.map(str::to_owned), row)));
}

fn count_desk(gathered: &Gathered, owners: &mut BTreeMap<Option<String>, ReviewOwner>) {
    for one in &gathered.counted[&Of::Opened] {
        owners.entry(gathered.owner(&one.customer)).or_default().opened += 1;
    }
    for one in &gathered.counted[&Of::Lost] {
        let row = owners.entry(gathered.owner(&one.customer)).or_default();
        row.lost = Some(row.lost.unwrap_or(0) + 1);
        let value = gathered.position(&one.customer).and_then(|position| known(gathered.snapshot.value(position)));
        row.lost_amount = plus(row.lost_amount, value);
    }
    for (customer, was_kept) in &gathered.act_due {
        let row = owners.entry(gathered.owner(customer)).or_default();
        row.act_due += 1;
        row.act_in_time += u64::from(*was_kept);
    }
}

fn add(total: &mut ReviewOwner, row: &ReviewOwner) {
    total.customers += row.customers;
    total.amount = plus(total.amount, row.amount);
    total.opened += row.opened;
    total.act_due += row.act_due;
    total.act_in_time += row.act_in_time;
    total.lost = total.lost.zip(row.lost).map(|(a, b)| a + b);
    total.lost_amount = plus(total.lost_amount, row.lost_amount);
    total.promises_due += row.promises_due;
    total.promises_kept += row.promises_kept;
    total.decisions_due += row.decisions_due;
    total.decisions_done += row.decisions_done;
}

/// The sum of what is known; nothing where nothing is.
pub(super) fn plus(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one + other),
        (one, other) => one.or(other),
    }
}
