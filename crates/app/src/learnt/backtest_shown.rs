//! A replay as a view, and as a table that leaves the house.

use std::collections::HashMap;

use alerts::AlertPolicy;
use facts::FactFrame;
use training::backtest::{BacktestReport, Counts, LeaverRow, Share, WarningRow};
use vocab::{AsOf, CustomerId, Lang, Text};

use crate::moment::cards::card;
use crate::shown::written;
use crate::table::{ColumnType, Table, Value};
use crate::view::{self, Words};

/// What a replay is told in.
pub(crate) struct Shown<'a> {
    pub frame: &'a FactFrame,
    pub policy: &'a AlertPolicy,
    pub scorer: String,
    pub churn: String,
    pub notes: Vec<view::BacktestNote>,
}

impl Shown<'_> {
    /// Everything, with the names that the customers bore at the end.
    pub(crate) fn report(&self, found: &BacktestReport) -> view::BacktestReport {
        let mut names: HashMap<CustomerId, String> = HashMap::new();
        for customer in
            found.leavers.iter().map(|row| &row.customer).chain(found.warnings.iter().map(|row| &row.customer))
        {
            names.entry(customer.clone()).or_insert_with(|| {
                let name = card(self.frame, customer, self.frame.end()).name;
                name.map_or_else(|| customer.to_string(), String::from)
            });
        }
        let name = |customer: &CustomerId| names.get(customer).cloned().unwrap_or_else(|| customer.to_string());
        let own =
            found.notes.iter().map(|note| view::BacktestNote { code: note.code.to_owned(), text: words(&note.text) });
        view::BacktestReport {
            scorer: self.scorer.clone(),
            churn: self.churn.clone(),
            from: at(found.from),
            to: at(found.to),
            told_until: written(found.told_until),
            moments: found.moments as u64,
            lead_days: found.lead_days,
            horizon_days: found.horizon_days,
            budget: found.budget,
            customers: found.customers as u64,
            is_few: found.is_few,
            headline: words(&found.headline),
            compared: words(&found.compared),
            counts: counts(&found.counts, found.precision, found.recall),
            alerts_per_week: found.alerts_per_week,
            alerts_per_owner_week: found.alerts_per_owner_week,
            lead: found.lead.as_ref().map(|lead| view::BacktestLead {
                median: lead.median,
                low_quartile: lead.quartiles.0,
                high_quartile: lead.quartiles.1,
                histogram: lead
                    .histogram
                    .iter()
                    .map(|bin| view::BacktestLeadBin { from_days: bin.from_days, leavers: bin.leavers as u64 })
                    .collect(),
            }),
            weeks: found
                .weeks
                .iter()
                .map(|week| view::BacktestWeek {
                    at: at(week.at),
                    counts: counts(&week.counts, week.precision, week.recall),
                })
                .collect(),
            comparisons: found
                .comparisons
                .iter()
                .map(|one| view::BacktestComparison {
                    id: one.id.to_owned(),
                    name: words(&one.name),
                    indicator: one.indicator.clone(),
                    counts: counts(&one.counts, one.precision, one.recall),
                })
                .collect(),
            segments: found
                .segments
                .iter()
                .map(|one| view::BacktestSegment {
                    by: one.by.to_owned(),
                    key: one.key.clone(),
                    name: one.name.as_ref().map(words),
                    counts: counts(&one.counts, one.precision, one.recall),
                })
                .collect(),
            bands: found
                .bands
                .iter()
                .map(|one| view::BacktestBand {
                    band: one.band.as_str().to_owned(),
                    stood: one.stood as u64,
                    left: one.left as u64,
                    share: one.share.map(share),
                })
                .collect(),
            leavers: found.leavers.iter().map(|row| self.leaver(row, name(&row.customer))).collect(),
            warnings: found.warnings.iter().map(|row| self.warning(row, name(&row.customer))).collect(),
            warning_count: found.warnings.len() as u64,
            notes: own.chain(self.notes.iter().cloned()).collect(),
        }
    }

    fn leaver(&self, row: &LeaverRow, name: String) -> view::BacktestLeaver {
        view::BacktestLeaver {
            customer: row.customer.to_string(),
            name,
            left_at: written(row.left_at),
            last_seen_at: row.last_seen.map(written),
            missed: row.missed.map(|why| why.as_str().to_owned()),
            warned_at: row.warned_at.map(at),
            lead_days: row.lead_days,
            signal_name: row.signal.as_deref().map(|signal| self.signal_name(signal)),
            signal: row.signal.clone(),
            sentence: row.sentence.as_ref().map(words),
            value: row.value,
            health: row.health,
            band: row.band.map(|band| band.as_str().to_owned()),
            owner: row.owner.clone(),
        }
    }

    fn warning(&self, row: &WarningRow, name: String) -> view::BacktestWarning {
        view::BacktestWarning {
            customer: row.customer.to_string(),
            name,
            at: at(row.at),
            signal_name: self.signal_name(&row.signal),
            signal: row.signal.clone(),
            sentence: words(&row.sentence),
            fate: row.fate.as_str().to_owned(),
            left_at: row.left_at.map(written),
            value: row.value,
            health: row.health,
            band: row.band.map(|band| band.as_str().to_owned()),
            owner: row.owner.clone(),
        }
    }

    fn signal_name(&self, signal: &str) -> Words {
        match signal {
            "health" => Words::new("健康分靠后", "lowest health"),
            "health_band" => Words::new("健康分落入高风险", "health in a high-risk band"),
            "rules" => Words::new("现有规则", "the rules in force"),
            "table" => Words::new("外部评分", "outside score"),
            id => self.policy.rule(id).map_or_else(|| Words::new(id, id), |rule| Words::from(&rule.name)),
        }
    }
}

fn at(moment: AsOf) -> String {
    written(moment.instant())
}

fn words(text: &Text) -> Words {
    Words::from(text)
}

pub(crate) fn counts(counts: &Counts, precision: Option<Share>, recall: Option<Share>) -> view::BacktestCounts {
    view::BacktestCounts {
        alerts: counts.alerts as u64,
        in_time: counts.in_time as u64,
        late: counts.late as u64,
        false_alarms: counts.false_alarms as u64,
        undecided: counts.undecided as u64,
        leavers: counts.leavers as u64,
        caught: counts.caught as u64,
        missed: counts.missed() as u64,
        precision: precision.map(share),
        recall: recall.map(share),
    }
}

pub(crate) fn share(one: Share) -> view::BacktestShare {
    view::BacktestShare { share: one.share, low: one.low, high: one.high }
}

/// In a line.
pub(crate) fn summary(report: &view::BacktestReport) -> view::BacktestSummary {
    view::BacktestSummary {
        from: report.from.clone(),
        to: report.to.clone(),
        leavers: report.counts.leavers,
        caught: report.counts.caught,
        alerts: report.counts.alerts,
        false_alarms: report.counts.false_alarms,
        undecided: report.counts.undecided,
        lead_days: report.lead.as_ref().map(|lead| lead.median),
        is_few: report.is_few,
        headline: report.headline.clone(),
        horizon_days: report.horizon_days,
        bands: report.bands.clone(),
    }
}

const COLUMNS: &[(&str, ColumnType)] = &[
    ("row", ColumnType::Text),
    ("customer_id", ColumnType::Text),
    ("name", ColumnType::Text),
    ("outcome", ColumnType::Text),
    ("left_at", ColumnType::Text),
    ("warned_at", ColumnType::Text),
    ("lead_days", ColumnType::Number),
    ("signal", ColumnType::Text),
    ("said", ColumnType::Text),
    ("value", ColumnType::Number),
    ("health", ColumnType::Number),
    ("band", ColumnType::Text),
    ("owner", ColumnType::Text),
];

/// A replay row by row: `leaver` rows (outcome `caught`, `never`, `too_late`, `too_early`, `no_time`), then `warning`
/// rows (outcome `in_time`, `late`, `false`, `undecided`).
pub fn backtest_table(report: &view::BacktestReport, lang: Lang) -> Table {
    let mut table = Table::new(COLUMNS.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect());
    let text = |text: &str| Value::Text(text.to_owned());
    let maybe = |one: Option<&str>| one.map_or(Value::Empty, text);
    let number = |one: Option<f64>| one.map_or(Value::Empty, Value::Number);
    let leavers = report.leavers.iter().map(|row| {
        vec![
            text("leaver"),
            text(&row.customer),
            text(&row.name),
            text(row.missed.as_deref().unwrap_or("caught")),
            text(&row.left_at),
            maybe(row.warned_at.as_deref()),
            number(row.lead_days),
            maybe(row.signal.as_deref()),
            maybe(row.sentence.as_ref().map(|said| said.get(lang))),
            number(row.value),
            number(row.health),
            maybe(row.band.as_deref()),
            maybe(row.owner.as_deref()),
        ]
    });
    let warnings = report.warnings.iter().map(|row| {
        vec![
            text("warning"),
            text(&row.customer),
            text(&row.name),
            text(&row.fate),
            maybe(row.left_at.as_deref()),
            text(&row.at),
            Value::Empty,
            text(&row.signal),
            text(row.sentence.get(lang)),
            number(row.value),
            number(row.health),
            maybe(row.band.as_deref()),
            maybe(row.owner.as_deref()),
        ]
    });
    table.rows = leavers.chain(warnings).collect();
    table
}
