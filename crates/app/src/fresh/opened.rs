//! Pages of customers whom a fact has touched since the lists were made: shown as of the moment they are opened.
//!
//! A customer's own page is computed from the facts; rows of lists are answered by the standing state (`live`) and keep
//! their place. A page of a past moment is never touched.

use std::sync::Arc;

use vocab::{AsOf, CustomerId, Instant};

use crate::customer::customers::verdict_of;
use crate::error::Error;
use crate::moment::snapshot::{Heard, Purpose, Reading, Snapshot};
use crate::shown::figure;
use crate::view::{CustomerRow, Words};
use crate::{App, blocking};

impl App {
    /// The snapshot that a customer's own page shows: that of the lists, or one of this customer alone as of `now` if a
    /// fact has touched it since they were made.
    pub(crate) async fn fresh_of(
        &self,
        lists: &Arc<Snapshot>,
        customer: &CustomerId,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Arc<Snapshot>, Error> {
        let is_touched = || !self.0.live.touched_among(std::iter::once(customer.as_str())).is_empty();
        if as_of.is_some() || now < lists.as_of.instant() || !is_touched() {
            return Ok(lists.clone());
        }
        let (app, lists, customer) = (self.clone(), lists.clone(), customer.clone());
        let (firm, hands) = (self.working_firm().await?, self.hands(lists.as_of, false).await?);
        blocking(move || {
            let (lens, as_of) = (app.lens(&firm)?, AsOf(now));
            let said = app.shelf().in_use().said.clone();
            let reading = Reading::of_one(app.facts(), lens, as_of, customer)?.hearing(said, Heard::Until(now));
            let supply = lists.supply.clone();
            let built = Snapshot::build(Arc::new(reading), supply, lens, as_of, Purpose::Alone(&lists))?;
            Ok(Arc::new(built.in_hands(&hands)))
        })
        .await
    }

    /// Puts fresh figures into rows of customers whom a fact has touched since the snapshot's moment.
    ///
    /// # Edges
    /// While the standing state is being built, rows stay as the last cycle found them.
    pub(crate) async fn freshen<'r>(
        &self,
        snapshot: &Arc<Snapshot>,
        rows: impl Iterator<Item = &'r mut CustomerRow> + Send,
        now: Instant,
    ) -> Result<(), Error> {
        let rows: Vec<&mut CustomerRow> = rows.collect();
        let touched = self.0.live.touched_among(rows.iter().map(|row| row.id.as_str()));
        if touched.is_empty() {
            return Ok(());
        }
        let (app, shown, firm) = (self.clone(), snapshot.clone(), self.working_firm().await?);
        let fresh = blocking(move || {
            let Some(measured) = app.0.live.answer_of(&touched, now) else { return Ok(None) };
            let (measured, lens) = (measured.with_rest_of(&shown.indicators), app.lens(&firm)?);
            let said = app.shelf().in_use().said.clone();
            let scores = scores::score_said(&measured, lens.book, &lens.definitions.catalog, &said, now);
            Ok(Some((measured, scores)))
        });
        let Some((measured, scores)) = fresh.await? else { return Ok(()) };
        let firm = self.working_firm().await?;
        let lens = self.lens(&firm)?;
        for row in rows {
            let customer = CustomerId::new(&row.id);
            let (Some(position), Some(score)) = (measured.position(&customer), scores.get(&customer)) else { continue };
            let verdict = verdict_of(Some(score));
            let moved = verdict.health.zip(row.verdict.health).map(|(now, then)| now - then);
            // Health is told in hundredths, and so is what it changed by.
            let changed = |(change, moved): (f64, f64)| ((change + moved) * 100.0).round() / 100.0;
            row.health_change_30d = row.health_change_30d.zip(moved).map(changed);
            if let Some(last) = row.trend.last_mut() {
                *last = verdict.health;
            }
            row.verdict = verdict;
            row.value = figure(score.value);
            let reasons = scores::reasons(score, lens.book, &lens.definitions.catalog, &measured, position);
            row.reason = reasons.into_iter().next().map(Words::from);
        }
        Ok(())
    }
}
