//! 流失概览: what leaving means here, how many left each month, and who stands where now.

use std::cmp::Ordering;
use std::sync::Arc;

use outcomes::{Leaver, Month, State};
use vocab::{AsOf, Band, Instant, Scope};

use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::risk::worth::KeptScale;
use crate::shown::{BANDS, band_place, band_word, figure, known, written};
use crate::view::{self, ChurnMonth, Count, LeaverRow, Slice, Words};
use crate::{App, blocking};

/// How many months back the rate is shown.
const MONTHS: usize = 18;

impl App {
    /// The churn overview of the customers in scope.
    pub async fn churn(&self, scope: &Scope, as_of: Option<AsOf>, now: Instant) -> Result<view::ChurnOverview, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let definition = self.churn_definition(&snapshot.churn);
        let definition = definition.ok_or_else(|| Error::not_found(("流失口径", "the churn definition")))?;
        let scale = match snapshot.kept.of::<KeptScale>().read() {
            None => None,
            Some(scale) => {
                let snapshot = Arc::clone(&snapshot);
                let asked = move || {
                    scale.shares(&snapshot);
                    Ok(Some(scale))
                };
                blocking(asked).await?
            }
        };
        let shares = scale.as_ref().map(|scale| scale.shares(&snapshot));
        let counts = snapshot.state_counts(scope);
        let count = |key: &str, index: usize| Count { key: key.to_owned(), count: counts[index] };
        Ok(view::ChurnOverview {
            as_of: written(snapshot.as_of.instant()),
            churn: definition.id.clone(),
            churn_name: Words::from(&definition.name),
            sentence: Words::from(&definition.sentence),
            months: self.months(&snapshot, scope)?,
            state_counts: vec![count("current", 0), count("too_new", 1), count("gone", 2)],
            customer_count: counts.iter().sum(),
            by_band: by_band(&snapshot, scope, shares),
            by_owner: by_owner(&snapshot, scope, shares),
            risk_horizon_days: scale.as_ref().map(|scale| scale.horizon_days()),
            not_yet: snapshot.not_yet.as_ref().map(Words::from),
            by_product_line: definition.product_lines.is_some(),
        })
    }

    /// Past months of the customers in scope.
    fn judged_months(&self, snapshot: &Snapshot, scope: &Scope) -> Result<Vec<Month>, Error> {
        let definition = self.churn_definition(&snapshot.churn);
        let definition = definition.ok_or_else(|| Error::not_found(("流失口径", "the churn definition")))?;
        let lifetimes = &snapshot.lifetimes;
        let admitted = snapshot.roll.admitted(scope, None);
        let places = snapshot.places_along(lifetimes.customers());
        let seen: Vec<bool> = places.map(|place| place.is_some_and(|position| admitted.has(position))).collect();
        Ok(lifetimes.months_among(definition, MONTHS, &|place| seen[place]))
    }

    fn months(&self, snapshot: &Snapshot, scope: &Scope) -> Result<Vec<ChurnMonth>, Error> {
        let months = self.judged_months(snapshot, scope)?;
        Ok(months.iter().map(|month| self.month_row(month, snapshot.as_of)).collect())
    }

    /// A month as it is shown at a moment.
    pub(crate) fn month_row(&self, month: &Month, as_of: AsOf) -> ChurnMonth {
        ChurnMonth {
            month: self.month_word(month),
            customers_at_start: month.at_start,
            left_count: month.left.len() as u64,
            rate: month.rate(),
            unknown_because: match &month.judged {
                Err(why) => Some(Words::from(why)),
                Ok(()) if month.at_start == 0 => {
                    Some(Words::new("月初没有客户", "there was nobody at the start of the month"))
                }
                Ok(()) => None,
            },
            complete: month.is_complete(as_of),
        }
    }

    /// `YYYY-MM`.
    pub(crate) fn month_word(&self, month: &Month) -> String {
        self.zone().date(month.start).chars().take(7).collect()
    }

    /// The names behind one month's number, largest value first.
    pub async fn churn_month(
        &self,
        scope: &Scope,
        month: &str,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Vec<LeaverRow>, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let months = self.judged_months(&snapshot, scope)?;
        let found = months.iter().find(|one| self.month_word(one) == month);
        let found = found.ok_or_else(|| Error::not_found(("这个月份", "the month")))?;
        let mut rows: Vec<LeaverRow> = found.left.iter().filter_map(|one| leaver_row(&snapshot, one)).collect();
        rows.sort_by(most_valuable_first);
        Ok(rows)
    }
}

/// Somebody who left, as they are known now; `None` where nothing is known.
pub(crate) fn leaver_row(snapshot: &Snapshot, leaver: &Leaver) -> Option<LeaverRow> {
    let position = snapshot.position(&leaver.customer)?;
    Some(LeaverRow {
        customer_id: leaver.customer.to_string(),
        customer_name: snapshot.name(position).to_owned(),
        owner: snapshot.cards[position].owner.as_deref().map(str::to_owned),
        gone_at: written(leaver.at),
        last_seen_at: leaver.last_seen.map(written),
        value: figure(snapshot.value(position)),
    })
}

/// The order of lists of leavers.
pub(crate) fn most_valuable_first(a: &LeaverRow, b: &LeaverRow) -> Ordering {
    let value = |row: &LeaverRow| row.value.value.unwrap_or(0.0);
    value(b).total_cmp(&value(a)).then_with(|| a.customer_id.cmp(&b.customer_id))
}

fn present(snapshot: &Snapshot, scope: &Scope) -> impl Iterator<Item = usize> {
    let admitted = snapshot.roll.admitted(scope, None);
    (0..snapshot.customers().len())
        .filter(move |position| admitted.has(*position))
        .filter(move |position| !matches!(snapshot.state(*position), State::Gone { .. }))
}

/// Adds a customer; `shares` of everybody's value are at risk by a model in service.
fn add(slice: &mut Slice, snapshot: &Snapshot, position: usize, shares: Option<&[f64]>) {
    let value = known(snapshot.value(position)).unwrap_or(0.0);
    let is_high = snapshot.band(position) >= Some(Band::High);
    slice.count += 1;
    slice.value_sum += value;
    slice.at_risk_count += u64::from(is_high);
    slice.at_risk_value += match shares {
        Some(shares) => value * shares[position],
        None if is_high => value,
        None => 0.0,
    };
}

fn empty(key: &str) -> Slice {
    Slice { key: key.to_owned(), count: 0, value_sum: 0.0, at_risk_count: 0, at_risk_value: 0.0 }
}

fn by_band(snapshot: &Snapshot, scope: &Scope, shares: Option<&[f64]>) -> Vec<Slice> {
    let mut slices = BANDS.map(|band| empty(band_word(band)));
    for position in present(snapshot, scope) {
        add(&mut slices[band_place(snapshot.band(position))], snapshot, position, shares);
    }
    slices.to_vec()
}

fn by_owner(snapshot: &Snapshot, scope: &Scope, shares: Option<&[f64]>) -> Vec<Slice> {
    let mut slices: Vec<Slice> = snapshot.roll.owners().chain([""]).map(empty).collect();
    for position in present(snapshot, scope) {
        add(&mut slices[snapshot.roll.owner_number(position)], snapshot, position, shares);
    }
    slices.retain(|slice| slice.count > 0);
    slices.sort_by(|a, b| b.at_risk_value.total_cmp(&a.at_risk_value).then_with(|| a.key.cmp(&b.key)));
    slices
}
