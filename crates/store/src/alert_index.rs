//! Every alert in few words, kept in memory beside the cases: who has one that is open, where those stand that speak for their
//! customers, and what came of each rule's.
//!
//! It is followed and read anew with the cases ([`crate::case_index`]), which know whose customer is whose and what became of
//! each case.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, QueryOrder, QuerySelect};
use vocab::{CustomerId, Instant, Severity};

use crate::Error;
use crate::alert::{AlertResolution, AlertState, Standing};
use crate::entity::alerts;
use crate::line::RuleCount;
use crate::names::{Gate, Names};
use crate::words::severity_number;

/// What became of a case: whether anybody worked it, and whether it was a false alarm.
#[derive(Clone, Copy)]
pub(crate) struct Became {
    pub(crate) is_worked: bool,
    pub(crate) is_false: bool,
}

/// One alert.
#[derive(Debug)]
struct Row {
    id: i64,
    customer: CustomerId,
    /// Number of the customer among those who ever had an alert.
    whose: u32,
    owner: u32,
    rule: u32,
    severity: i64,
    opened_at: i64,
    case_id: Option<i64>,
    is_open: bool,
    is_snoozed: bool,
    resolution: Option<AlertResolution>,
}

impl Row {
    /// What speaks for a customer comes first: awake before put off, severest, oldest.
    fn rank(&self) -> (bool, i64, i64, i64) {
        (self.is_snoozed, -self.severity, self.opened_at, self.id)
    }

    fn standing(&self) -> Standing {
        match self.is_snoozed {
            true => Standing::Snoozed,
            false if self.case_id.is_some() => Standing::Desk,
            false if self.severity >= severity_number(Severity::Warning) => Standing::Below,
            false => Standing::Notice,
        }
    }
}

/// The columns that a row is made of.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Columns {
    id: i64,
    customer_id: String,
    rule: String,
    severity: i64,
    opened_at: i64,
    state: String,
    resolution: Option<String>,
    case_id: Option<i64>,
    snoozed_until: Option<i64>,
    owner: Option<String>,
}

impl Columns {
    pub(crate) fn of(row: alerts::Model, owner: Option<String>) -> Columns {
        Columns {
            id: row.id,
            customer_id: row.customer_id,
            rule: row.rule,
            severity: row.severity,
            opened_at: row.opened_at,
            state: row.state,
            resolution: row.resolution,
            case_id: row.case_id,
            snoozed_until: row.snoozed_until,
            owner,
        }
    }
}

/// The alerts of a database, as far as they were followed.
#[derive(Debug, Default)]
pub(crate) struct Alerts {
    /// By id.
    rows: Vec<Row>,
    of_customer: HashMap<CustomerId, Theirs>,
    rules: Names,
}

/// A customer's number, and the ids of its alerts.
#[derive(Debug)]
struct Theirs {
    number: u32,
    ids: Vec<i64>,
}

impl Alerts {
    pub(crate) fn put(&mut self, columns: Columns, owners: &mut Names) -> Result<(), Error> {
        let customer = CustomerId::from(columns.customer_id);
        let next = u32::try_from(self.of_customer.len()).unwrap_or(u32::MAX);
        let theirs = self.of_customer.entry(customer.clone()).or_insert(Theirs { number: next, ids: Vec::new() });
        let row = Row {
            id: columns.id,
            customer,
            whose: theirs.number,
            owner: owners.place_of(columns.owner.as_deref()),
            rule: self.rules.place(&columns.rule),
            severity: columns.severity,
            opened_at: columns.opened_at,
            case_id: columns.case_id,
            is_open: AlertState::read(&columns.state)? == AlertState::Open,
            is_snoozed: columns.snoozed_until.is_some(),
            resolution: columns.resolution.as_deref().map(AlertResolution::read).transpose()?,
        };
        match self.rows.binary_search_by_key(&row.id, |row| row.id) {
            Ok(place) => self.rows[place] = row,
            Err(place) => {
                theirs.ids.push(row.id);
                self.rows.insert(place, row);
            }
        }
        Ok(())
    }

    /// The customer's owner is another.
    pub(crate) fn own(&mut self, customer: &str, owner: u32) {
        for id in self.of_customer.get(customer).into_iter().flat_map(|theirs| &theirs.ids) {
            if let Ok(place) = self.rows.binary_search_by_key(id, |row| row.id) {
                self.rows[place].owner = owner;
            }
        }
    }

    fn open<'a>(&'a self, owners: &'a Gate) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(|row| row.is_open && owners.passes(row.owner))
    }

    /// Who has an open alert, each once, of the owners that pass.
    pub(crate) fn alerted(&self, owners: &Gate) -> Vec<CustomerId> {
        let mut seen = vec![false; self.of_customer.len()];
        let is_first = |row: &&Row| !std::mem::replace(&mut seen[row.whose as usize], true);
        self.open(owners).filter(is_first).map(|row| row.customer.clone()).collect()
    }

    /// How many customers there are with open alerts, by where the one stands that speaks for them.
    pub(crate) fn standing_counts(&self, owners: &Gate) -> BTreeMap<Standing, u64> {
        let mut leads: Vec<Option<&Row>> = vec![None; self.of_customer.len()];
        for row in self.open(owners) {
            let lead = &mut leads[row.whose as usize];
            if lead.is_none_or(|lead| row.rank() < lead.rank()) {
                *lead = Some(row);
            }
        }
        let mut counts = BTreeMap::new();
        for lead in leads.into_iter().flatten() {
            *counts.entry(lead.standing()).or_default() += 1;
        }
        counts
    }

    /// What came of each rule's alerts that were opened from a moment on; by rule. `became` tells of a case.
    pub(crate) fn rule_counts(
        &self,
        owners: &Gate,
        from: Instant,
        became: impl Fn(i64) -> Option<Became>,
    ) -> Vec<RuleCount> {
        let mut counts: BTreeMap<u32, RuleCount> = BTreeMap::new();
        let since = self.rows.iter().filter(|row| row.opened_at >= from.micros() && owners.passes(row.owner));
        for row in since {
            let count = counts.entry(row.rule).or_default();
            let case = row.case_id.and_then(&became);
            let is_false = row.resolution == Some(AlertResolution::FalseAlarm);
            let closed_false =
                row.resolution == Some(AlertResolution::Closed) && case.is_some_and(|case| case.is_false);
            count.opened += 1;
            count.acted += u64::from(is_false || case.is_some_and(|case| case.is_worked));
            count.false_alarms += u64::from(is_false || closed_false);
        }
        let named = |(rule, count)| RuleCount { rule: self.rules.name(rule).unwrap_or_default().to_owned(), ..count };
        let mut counts: Vec<RuleCount> = counts.into_iter().map(named).collect();
        counts.sort_by(|a, b| a.rule.cmp(&b.rule));
        counts
    }
}

/// Every alert, by id.
pub(crate) async fn everything(read: &impl ConnectionTrait) -> Result<Vec<Columns>, Error> {
    use alerts::Column as C;
    alerts::Entity::find()
        .select_only()
        .columns([C::Id, C::CustomerId, C::Rule, C::Severity, C::OpenedAt, C::State, C::Resolution, C::CaseId])
        .columns([C::SnoozedUntil, C::Owner])
        .order_by_asc(C::Id)
        .into_model::<Columns>()
        .all(read)
        .await
        .map_err(Error::while_doing("reading alerts"))
}
