//! `lab btyd`: from a table of purchases to how often each customer will buy again and what they are worth, tried on
//! what came after the calibration if the table goes on.

use std::collections::HashMap;
use std::time::Duration;

use estimators::btyd::{
    Draws, Fitted, Future, GammaGamma, Histories, History, Model, NotIdentified, Spend, Unfit, fit, outlook, value,
};
use estimators::metrics::auc;
use vocab::Text;

use super::cells::{Finding, is_empty, numbers};
use super::days::{day_of, day_stands_first, day_text, days_of_span};
use super::table::{Column, Table};

/// What is asked of a table.
#[derive(Clone, Debug)]
pub struct BtydSpec {
    /// Column of customers.
    pub customer: String,
    /// Column of days.
    pub date: String,
    /// Column of amounts.
    pub amount: Option<String>,
    /// The last day that is learnt from, itself included; the last of the table when absent.
    pub calibration_end: Option<String>,
    /// How far ahead, as `39w`; to the end of the table, or a year, when absent.
    pub horizon: Option<String>,
    /// Days of the unit of time that parameters are told in.
    pub unit_days: f64,
    /// Models; the first gives the figures of customers.
    pub models: Vec<Model>,
    /// By how much a payment a year later counts less.
    pub discount: f64,
    /// The share of an amount that is margin.
    pub margin: f64,
    /// Futures drawn of each customer for the range of their value; 0 for none.
    pub draws: u32,
    /// The seed of all luck.
    pub seed: u64,
}

impl Default for BtydSpec {
    fn default() -> Self {
        Self {
            customer: String::new(),
            date: String::new(),
            amount: None,
            calibration_end: None,
            horizon: None,
            unit_days: 7.0,
            models: vec![Model::BgNbd],
            discount: 0.1,
            margin: 1.0,
            draws: 200,
            seed: 1,
        }
    }
}

/// Rows that were not used, and why.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// How many.
    pub count: usize,
    /// The first of them, counted from 0.
    pub first: usize,
    /// Why.
    pub why: Text,
    /// Whether something is wrong with them, rather than that they are of no use here.
    pub rejected: bool,
}

/// A model and what was learnt of it.
#[derive(Clone, Debug)]
pub struct ModelFit {
    /// The fit.
    pub fitted: Fitted,
    /// What it is said not to know, in words.
    pub warnings: Vec<Text>,
    /// Its forecast of what came after the calibration.
    pub forecast: Option<Forecast>,
}

/// A forecast and what came.
#[derive(Clone, Copy, Debug)]
pub struct Forecast {
    /// Purchases expected of all customers.
    pub total: f64,
    /// Correlation between expected and actual purchases.
    pub correlation: Option<f64>,
    /// How well expected purchases rank those who buy again.
    pub auc: Option<f64>,
}

/// What came after the calibration.
#[derive(Clone, Copy, Debug)]
pub struct Holdout {
    /// Its last day.
    pub until: i64,
    /// How long it is, in units of time.
    pub length: f64,
    /// Purchases of the customers known by the end of the calibration.
    pub purchases: u64,
    /// How many of them bought.
    pub active: u64,
}

/// One customer.
#[derive(Clone, Debug)]
pub struct CustomerOutlook {
    /// As the table names them.
    pub customer: String,
    /// What is known.
    pub history: History,
    /// Mean amount of their repeat purchases.
    pub mean: Option<f64>,
    /// Probability of still being there. Never a churn score.
    pub alive: f64,
    /// Expected purchases within the horizon.
    pub expected: f64,
    /// Between which numbers they lie, in 9 of 10 futures.
    pub range: Option<(f64, f64)>,
    /// Value within the horizon, discounted.
    pub value: Option<f64>,
    /// Between which numbers it lies, in 9 of 10 futures.
    pub value_range: Option<(f64, f64)>,
    /// Purchases in the holdout.
    pub actual: Option<u64>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct BtydReport {
    /// Rows of the table.
    pub received: usize,
    /// Rows that were not used.
    pub left_out: Vec<LeftOut>,
    /// First and last day learnt from.
    pub days: (i64, i64),
    /// Customers.
    pub customers: usize,
    /// Their repeat purchases.
    pub repeats: f64,
    /// How many of them never bought again.
    pub once: usize,
    /// Greatest age, in units of time.
    pub age: f64,
    /// How far ahead the figures of customers look, in units of time.
    pub horizon: f64,
    /// The models, in the order asked for.
    pub models: Vec<ModelFit>,
    /// What purchases are worth.
    pub spend: Option<GammaGamma>,
    /// What came after.
    pub holdout: Option<Holdout>,
    /// Every customer, in the order in which the table first names them.
    pub outlooks: Vec<CustomerOutlook>,
    /// What a reader should know.
    pub notes: Vec<Text>,
    /// Time the fits of all models took.
    pub fitting: Duration,
}

/// A purchase: customer, day, amount.
type Purchase = (u32, i64, f64);

/// Fits models of purchases to a table. `clock` tells how much time has passed since any moment, for
/// [`BtydReport::fitting`].
///
/// # Errors
/// The first thing that is wrong with the table or the question, with its place and what to do.
pub fn btyd(table: &Table, spec: &BtydSpec, clock: &dyn Fn() -> Duration) -> Result<BtydReport, Finding> {
    let (customer, date) = (table.column(&spec.customer)?, table.column(&spec.date)?);
    let amount = spec.amount.as_deref().map(|name| table.column(name)).transpose()?;
    let read = Read::of(table, customer, date, amount)?;
    let Some(last) = read.purchases.iter().map(|&(_, day, _)| day).max() else {
        return Err(wrong(
            table,
            customer.name(),
            "no_rows",
            ("没有一笔可用的购买记录", "there is no purchase to learn from"),
            ("请检查文件和列名", "check the file and the columns"),
        ));
    };
    let end = match &spec.calibration_end {
        None => last,
        Some(text) => day_of(text, false)
            .ok_or_else(|| asked("calibration_end", text, ("请写成 1997-09-30", "write a day like 1997-09-30")))?,
    };
    let span = spec.horizon.as_deref().map(|text| {
        days_of_span(text)
            .ok_or_else(|| asked("horizon", text, ("请写成 39w、90d、6mo 或 1y", "write 39w, 90d, 6mo or 1y")))
    });
    let horizon_days = match span.transpose()? {
        Some(days) => days,
        None if last > end => (last - end) as f64,
        None => 364.0,
    };
    let known = known(&read, end, horizon_days, spec.unit_days);
    if known.histories.is_empty() {
        return Err(wrong(
            table,
            date.name(),
            "nobody_yet",
            ("到校准截止日还没有任何客户", "by the end of the calibration there is no customer"),
            ("请把 --calibration-end 改晚", "choose a later --calibration-end"),
        ));
    }
    let begun = clock();
    let histories = Histories::of(&known.histories).map_err(|unfit| not_fitted(table, date, &unfit))?;
    let mut models = Vec::new();
    for &model in &spec.models {
        let fitted = fit(model, &histories).map_err(|unfit| not_fitted(table, date, &unfit))?;
        models.push(ModelFit { warnings: warnings(&fitted), fitted, forecast: None });
    }
    let mut notes = Vec::new();
    let spend = amount.and_then(|_| spending(&known, &mut notes));
    let fitting = clock() - begun;
    let until = last.min(end + horizon_days as i64);
    let holdout = (until > end).then(|| Holdout {
        until,
        length: (until - end) as f64 / spec.unit_days,
        purchases: known.later.iter().sum(),
        active: known.later.iter().filter(|count| **count > 0).count() as u64,
    });
    if let Some(holdout) = &holdout {
        for model in &mut models {
            model.forecast = Some(forecast(&model.fitted, &known, holdout.length));
        }
    }
    let horizon = horizon_days / spec.unit_days;
    let outlooks = match models.first() {
        Some(first) => outlooks(&first.fitted, spend.as_ref(), &known, &read.names, spec, horizon, holdout.is_some()),
        None => Vec::new(),
    };
    Ok(BtydReport {
        received: table.row_count(),
        left_out: read.left_out,
        days: (read.purchases.iter().map(|&(_, day, _)| day).min().unwrap_or(end), end),
        customers: known.histories.len(),
        repeats: histories.repeats(),
        once: known.histories.iter().filter(|history| history.frequency == 0).count(),
        age: known.histories.iter().map(|history| history.age).fold(0.0, f64::max),
        horizon,
        models,
        spend,
        holdout,
        outlooks,
        notes,
        fitting,
    })
}

/// Purchases as the table has them.
struct Read {
    names: Vec<String>,
    purchases: Vec<Purchase>,
    left_out: Vec<LeftOut>,
}

impl Read {
    fn of(table: &Table, customer: &Column, date: &Column, amount: Option<&Column>) -> Result<Self, Finding> {
        let amounts = amount.map(|column| numbers(table, column)).transpose()?;
        let day_first = day_stands_first(date.cells());
        let mut read = Read { names: Vec::new(), purchases: Vec::new(), left_out: Vec::new() };
        let mut numbers_of: HashMap<&str, u32> = HashMap::new();
        let (mut nobody, mut undated, mut unpriced, mut returned) =
            (Rows::default(), Rows::default(), Rows::default(), Rows::default());
        for (row, (name, day)) in customer.cells().zip(date.cells()).enumerate() {
            let (name, day) = (name.trim(), day.trim());
            if is_empty(name) {
                nobody.add(row);
                continue;
            }
            if is_empty(day) {
                undated.add(row);
                continue;
            }
            let day = day_of(day, day_first).ok_or_else(|| {
                table.fault(
                    "not_a_day",
                    date.name(),
                    Some(row),
                    Text::new(format!("不是日期：“{day}”"), format!("not a day: \"{day}\"")),
                    Text::new("请写成 2025-06-01", "write it like 2025-06-01"),
                )
            })?;
            let paid = match amounts.as_ref().map(|amounts| amounts[row]) {
                None => 0.0,
                Some(None) => {
                    unpriced.add(row);
                    continue;
                }
                Some(Some(paid)) if paid < 0.0 => {
                    returned.add(row);
                    continue;
                }
                Some(Some(paid)) => paid,
            };
            let next = read.names.len() as u32;
            let number = *numbers_of.entry(name).or_insert(next);
            if number == next {
                read.names.push(name.to_owned());
            }
            read.purchases.push((number, day, paid));
        }
        for (rows, rejected, zh, en) in [
            (nobody, true, "没有客户", "no customer"),
            (undated, true, "没有日期", "no day"),
            (unpriced, true, "没有金额", "no amount"),
            (returned, false, "金额为负（退货），不算购买", "a negative amount (a return) is no purchase"),
        ] {
            if let Some(first) = rows.first {
                read.left_out.push(LeftOut { count: rows.count, first, why: Text::new(zh, en), rejected });
            }
        }
        // Purchases of one day are one.
        read.purchases.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
        read.purchases.dedup_by(|next, kept| {
            let same = (next.0, next.1) == (kept.0, kept.1);
            if same {
                kept.2 += next.2;
            }
            same
        });
        Ok(read)
    }
}

#[derive(Default)]
struct Rows {
    count: usize,
    first: Option<usize>,
}

impl Rows {
    fn add(&mut self, row: usize) {
        self.count += 1;
        self.first.get_or_insert(row);
    }
}

/// The customers known by the end of the calibration.
#[derive(Default)]
struct Known {
    /// Their places among the names.
    of: Vec<u32>,
    histories: Vec<History>,
    /// Mean amount of repeat purchases, where there are any.
    means: Vec<Option<f64>>,
    /// Purchases of each after the calibration, within the horizon.
    later: Vec<u64>,
}

fn known(read: &Read, end: i64, horizon_days: f64, unit: f64) -> Known {
    let mut known = Known::default();
    for purchases in read.purchases.chunk_by(|a, b| a.0 == b.0) {
        let within = purchases.iter().take_while(|purchase| purchase.1 <= end).count();
        if within == 0 {
            continue;
        }
        let (before, after) = purchases.split_at(within);
        let (first, last) = (before[0].1, before[within - 1].1);
        let repeats = (within - 1) as u32;
        known.of.push(before[0].0);
        known.histories.push(History {
            frequency: repeats,
            recency: (last - first) as f64 / unit,
            age: (end - first) as f64 / unit,
        });
        let paid: f64 = before[1..].iter().map(|purchase| purchase.2).sum();
        known.means.push((repeats > 0).then(|| paid / f64::from(repeats)));
        known.later.push(after.iter().filter(|purchase| (purchase.1 - end) as f64 <= horizon_days).count() as u64);
    }
    known
}

impl Known {
    fn spend(&self, at: usize) -> Option<Spend> {
        let mean = self.means[at].filter(|mean| *mean > 0.0)?;
        Some(Spend { purchases: self.histories[at].frequency, mean })
    }
}

/// What purchases are worth, or a note why that cannot be said.
fn spending(known: &Known, notes: &mut Vec<Text>) -> Option<GammaGamma> {
    let spends: Vec<Spend> = (0..known.histories.len()).filter_map(|at| known.spend(at)).collect();
    match GammaGamma::fit(&spends) {
        Ok(fitted) => {
            if fitted.population_mean().is_none() {
                notes.push(Text::new(
                    "客单价差异过大（q ≤ 1），平均金额没有上限：没有复购记录的客户无法估值",
                    "amounts differ without bound (q ≤ 1): customers without a repeat purchase have no value",
                ));
            }
            if let Some(correlation) = fitted.correlation.filter(|correlation| correlation.abs() > 0.3) {
                notes.push(Text::new(
                    format!("购买次数与客单价相关（{correlation:.2}），而金额模型假定不相关：客户价值仅供参考"),
                    format!("how often and how much customers buy go together ({correlation:.2}), which the model of amounts takes not to be so: read values with care"),
                ));
            }
            Some(fitted)
        }
        Err(_) => {
            notes.push(Text::new(
                "有金额的复购客户太少或金额都相同：没有估计客户价值",
                "too few customers bought again for an amount, or all for the same: no value is given",
            ));
            None
        }
    }
}

fn forecast(fitted: &Fitted, known: &Known, length: f64) -> Forecast {
    let expected: Vec<f64> =
        known.histories.iter().map(|history| Future::of(fitted, history).purchases(length)).collect();
    let bought: Vec<bool> = known.later.iter().map(|count| *count > 0).collect();
    let actual: Vec<f64> = known.later.iter().map(|count| *count as f64).collect();
    Forecast {
        total: expected.iter().sum(),
        correlation: correlation(&expected, &actual),
        auc: auc(&expected, &bought),
    }
}

fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (x_mean, y_mean) = (mean(x), mean(y));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        xx += (x - x_mean) * (x - x_mean);
        yy += (y - y_mean) * (y - y_mean);
        xy += (x - x_mean) * (y - y_mean);
    }
    (xx > 0.0 && yy > 0.0).then(|| xy / (xx * yy).sqrt())
}

fn outlooks(
    fitted: &Fitted,
    spend: Option<&GammaGamma>,
    known: &Known,
    names: &[String],
    spec: &BtydSpec,
    horizon: f64,
    held_out: bool,
) -> Vec<CustomerOutlook> {
    // The discount of a year, for one unit of time.
    let discount = (spec.discount.ln_1p() * spec.unit_days / 365.25).exp_m1();
    let seen: Vec<(History, Option<Spend>)> =
        (0..known.histories.len()).map(|at| (known.histories[at], known.spend(at))).collect();
    let draws = Draws { horizon, discount, margin: spec.margin, count: spec.draws, confidence: 0.9, seed: spec.seed };
    let ranges = if spec.draws == 0 { Vec::new() } else { outlook(fitted, spend, &seen, &draws) };
    let mut rows: Vec<CustomerOutlook> = (0..seen.len())
        .map(|at| {
            let (history, own) = seen[at];
            let future = Future::of(fitted, &history);
            let amount = spend.and_then(|spend| spend.expected(own));
            CustomerOutlook {
                customer: names[known.of[at] as usize].clone(),
                history,
                mean: spec.amount.as_ref().and(known.means[at]),
                alive: future.alive,
                expected: future.purchases(horizon),
                range: ranges.get(at).map(|range| range.purchases),
                value: amount.map(|amount| value::purchases_within(&future, amount * spec.margin, horizon, discount)),
                value_range: amount.and(ranges.get(at)).and_then(|range| range.value),
                actual: held_out.then(|| known.later[at]),
            }
        })
        .collect();
    rows.shrink_to_fit();
    rows
}

/// What a model is said not to know.
fn warnings(fitted: &Fitted) -> Vec<Text> {
    let word = |what: &NotIdentified| match what {
        NotIdentified::Dropout => Text::new(
            "数据看不出客户是否会离开（dropout 不可识别）：没有人离开的模型拟合得几乎一样好。“仍在”概率没有意义，预期购买次数可用",
            "dropout is not identified: a model in which nobody ever leaves fits (nearly) as well. The probability of being alive means nothing here; expected purchases do",
        ),
        NotIdentified::DropoutDifferences => Text::new(
            "数据看不出客户之间离开的难易有何差别：相应参数没有标准误",
            "the data do not say how customers differ in dropping out: those parameters have no standard error",
        ),
        NotIdentified::RateDifferences => Text::new(
            "数据看不出客户之间购买快慢有何差别：相应参数没有标准误",
            "the data do not say how customers differ in how often they buy: those parameters have no standard error",
        ),
    };
    fitted.not_identified.iter().map(word).collect()
}

fn not_fitted(table: &Table, date: &Column, unfit: &Unfit) -> Finding {
    let (detail, hint) = match unfit {
        Unfit::NobodyBoughtAgain => (
            ("没有一位客户再次购买：无从学起", "nobody ever bought again: there is nothing to learn"),
            (
                "请检查客户列是否每行都不同，或换更长的时间",
                "check whether the customer column differs in every row, or take a longer time",
            ),
        ),
        Unfit::NoTimePassed => {
            (("所有购买都在同一天", "all purchases are of one day"), ("请换更长的时间", "take a longer time"))
        }
        _ => (
            ("没有找到最可能的参数", "the most likely parameters were not found"),
            ("客户太少，或数据与模型不合", "there are too few customers, or the data do not suit the model"),
        ),
    };
    wrong(table, date.name(), "not_fitted", detail, hint)
}

fn wrong(table: &Table, column: &str, code: &'static str, detail: (&str, &str), hint: (&str, &str)) -> Finding {
    table.fault(code, column, None, Text::new(detail.0, detail.1), Text::new(hint.0, hint.1))
}

fn asked(what: &'static str, text: &str, hint: (&str, &str)) -> Finding {
    Finding::new(
        what,
        Text::new(format!("看不懂：“{text}”"), format!("cannot be read: \"{text}\"")),
        Text::new(hint.0, hint.1),
    )
}

impl BtydReport {
    /// Whether some rows could not be used because something is wrong with them.
    pub fn some_rejected(&self) -> bool {
        self.left_out.iter().any(|rows| rows.rejected)
    }

    /// The days learnt from, as text.
    pub fn day_texts(&self) -> (String, String) {
        (day_text(self.days.0), day_text(self.days.1))
    }
}
