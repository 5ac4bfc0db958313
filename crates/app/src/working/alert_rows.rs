//! An alert as a row: with its rule's words, where it stands, why it ranks where it does, and, where a list has a line for
//! each customer, what all of the customer's alerts say together.

use std::cmp::Reverse;
use std::collections::HashMap;

use indicators::Cell;
use store::{AlertFilter, AlertRecord, AlertSlice, Standing};
use vocab::{CustomerId, Scope, Unknown};

use crate::App;
use crate::customer::customers::verdict;
use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::shown::{figure, written};
use crate::view::{AlertPart, AlertRow, SnoozeRow, Words};

impl App {
    /// One alert as a row.
    pub(crate) fn alert_row(&self, snapshot: &Snapshot, alert: &AlertRecord) -> AlertRow {
        let position = snapshot.position(&alert.customer_id);
        AlertRow {
            id: alert.id,
            customer_id: alert.customer_id.to_string(),
            customer_name: position.map_or_else(|| alert.customer_id.to_string(), |at| snapshot.name(at).to_owned()),
            owner: alert.owner.clone(),
            rule: alert.rule.clone(),
            rule_name: self.rule_name(&alert.rule),
            cause: alert.cause.clone(),
            severity: alert.severity.as_str().to_owned(),
            sentence: Words::from(&alert.sentence),
            state: alert.state.as_str().to_owned(),
            opened_at: written(alert.opened_at),
            resolved_at: alert.resolved_at.map(written),
            resolution: alert.resolution.map(|resolution| resolution.as_str().to_owned()),
            version: alert.version,
            standing: alert.standing().map(|standing: Standing| standing.as_str().to_owned()),
            snooze: alert.snooze.as_ref().map(|snooze| SnoozeRow {
                until: written(snooze.until),
                at: written(snooze.at),
                by: snooze.by.clone(),
                reason: snooze.reason.clone(),
            }),
            false_reason: alert.false_reason.clone(),
            rank: self.rank_of(snapshot, &alert.customer_id, alert.severity),
            next_step: self.next_step(Some(alert)),
            reasons: Vec::new(),
            others: Vec::new(),
            case_id: alert.case_id,
            case_state: alert.case_state.map(|state| state.as_str().to_owned()),
            case_version: alert.case_version,
            assigned_to: alert.assigned_to.clone(),
            due_at: alert.due_at.map(written),
            verdict: position.map(|at| verdict(snapshot, at)),
            value: figure(position.map_or(Cell::Unknown(Unknown::NeverObserved), |at| snapshot.value(at))),
        }
    }

    /// What a rule is called; its id where it is no longer known.
    pub(crate) fn rule_name(&self, id: &str) -> Words {
        self.rule_named(id).map_or_else(|| Words::new(id, id), |rule| Words::from(&rule.name))
    }

    /// Puts beside each customer's leading alert what the others say: one line of work. What another alert says already
    /// is not said twice.
    pub(crate) async fn join_lines(
        &self,
        scope: &Scope,
        leads: &[AlertRecord],
        rows: &mut [AlertRow],
    ) -> Result<(), Error> {
        let customers = leads.iter().map(|alert| alert.customer_id.clone()).collect();
        let filter = AlertFilter { customers: Some(customers), ..AlertFilter::default() };
        let all = self.store().alerts(scope, &filter, AlertSlice::default()).await?.rows;
        let mut of: HashMap<&CustomerId, Vec<&AlertRecord>> = HashMap::new();
        for alert in &all {
            of.entry(&alert.customer_id).or_default().push(alert);
        }
        for (lead, row) in leads.iter().zip(rows) {
            let mut together = of.remove(&lead.customer_id).unwrap_or_default();
            together.sort_by_key(|alert| (alert.id != lead.id, Reverse(alert.severity), alert.opened_at, alert.id));
            row.reasons = self.sentences(&together);
            let others = together.into_iter().filter(|alert| alert.id != lead.id);
            row.others = others.map(|alert| self.alert_part(alert)).collect();
        }
        Ok(())
    }

    fn alert_part(&self, alert: &AlertRecord) -> AlertPart {
        AlertPart {
            id: alert.id,
            version: alert.version,
            rule: alert.rule.clone(),
            rule_name: self.rule_name(&alert.rule),
            severity: alert.severity.as_str().to_owned(),
            sentence: Words::from(&alert.sentence),
        }
    }
}
