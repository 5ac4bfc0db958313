//! A model of somebody else: not the model, only what it said of whom when. It stands beside the firm's own, and lapses.
//!
//! What it is worth is judged like everybody else's (`train::figures`, [`crate::rivals`]). Not here: files and how their
//! columns are called (`app`).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use vocab::{AsOf, CustomerId, Instant, Text};

use crate::backtest::OutsideScores;
use crate::train::{HORIZONS, rising};

/// What stands before the rows.
const MARK: &str = "liuke outside scores 1\n";
const HEADER: &str = "customer_id,as_of,horizon_days,probability\n";
/// A score lasts at most so long.
pub const LONGEST_LASTS_DAYS: u32 = 366;

/// One thing that was said.
#[derive(Clone, Debug, PartialEq)]
pub struct OutsideRow {
    /// Of whom.
    pub customer: CustomerId,
    /// When.
    pub at: Instant,
    /// Within how many days: one of [`HORIZONS`].
    pub horizon_days: u32,
    /// The probability of leaving within them.
    pub probability: f64,
}

/// Why a table of scores is no model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideFault {
    /// `no_scores`, `not_a_probability`, `unknown_choice` or `bad_expiry`.
    pub code: &'static str,
    /// What is wrong, with its row.
    pub detail: Text,
    /// What to do.
    pub hint: Text,
}

/// What somebody else's model said of customers, and how long a word of it lasts.
#[derive(Clone, Debug)]
pub struct OutsideModel {
    lasts_days: u32,
    by_horizon: BTreeMap<u32, OutsideScores>,
}

impl OutsideModel {
    /// From rows in any order; of several of one customer, moment and horizon the last one counts.
    ///
    /// # Errors
    /// No row at all, a probability outside 0 to 1, a horizon that there is not, an expiry that is none.
    pub fn new(rows: Vec<OutsideRow>, lasts_days: u32) -> Result<OutsideModel, OutsideFault> {
        if !(1..=LONGEST_LASTS_DAYS).contains(&lasts_days) {
            return Err(fault(
                "bad_expiry",
                (format!("有效期 {lasts_days} 天不行"), format!("scores cannot last {lasts_days} days")),
                ("有效期 1 到 366 天", "they last 1 to 366 days"),
            ));
        }
        let mut last: BTreeMap<(u32, CustomerId, Instant), f64> = BTreeMap::new();
        for (place, row) in rows.into_iter().enumerate() {
            check(place, &row)?;
            last.insert((row.horizon_days, row.customer, row.at), row.probability);
        }
        let mut by_horizon: BTreeMap<u32, Vec<(CustomerId, Instant, f64)>> = BTreeMap::new();
        for ((days, customer, at), probability) in last {
            by_horizon.entry(days).or_default().push((customer, at, probability));
        }
        if by_horizon.is_empty() {
            return Err(fault(
                "no_scores",
                ("表里没有一行分数".to_owned(), "the table has no score".to_owned()),
                ("每行写客户、日期和概率", "write a customer, a date and a probability on each row"),
            ));
        }
        let by_horizon =
            by_horizon.into_iter().map(|(days, rows)| (days, OutsideScores::new(rows).lasting(lasts_days))).collect();
        Ok(OutsideModel { lasts_days, by_horizon })
    }

    /// How long a word lasts, in days.
    pub fn lasts_days(&self) -> u32 {
        self.lasts_days
    }

    /// The horizons it speaks of, in days, the shortest first.
    pub fn horizons(&self) -> Vec<u32> {
        self.by_horizon.keys().copied().collect()
    }

    /// How many things were said, of all horizons.
    pub fn row_count(&self) -> u64 {
        self.by_horizon.values().map(|scores| scores.rows().count() as u64).sum()
    }

    /// When it said something for the first time and for the last.
    pub fn span(&self) -> Option<(Instant, Instant)> {
        let times = || self.by_horizon.values().flat_map(|scores| scores.rows().map(|(_, at, _)| at));
        Some((times().min()?, times().max()?))
    }

    /// The probability of leaving within each of its horizons, made to rise with the horizon as [`rising`] does; `None` where
    /// nothing was said, or too long ago.
    pub fn probabilities(&self, customer: &CustomerId, moment: AsOf) -> Vec<Option<f64>> {
        let said: Vec<Option<f64>> = self.by_horizon.values().map(|scores| scores.at(customer, moment)).collect();
        let mut known: Vec<f64> = said.iter().flatten().copied().collect();
        rising(&mut known);
        let mut known = known.into_iter();
        said.into_iter().map(|one| one.and_then(|_| known.next())).collect()
    }

    /// The model as bytes, readable as a table: the same scores, the same bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = format!("{MARK}lasts_days,{}\n{HEADER}", self.lasts_days);
        for (days, scores) in &self.by_horizon {
            for (customer, at, probability) in scores.rows() {
                let name = customer.as_str().replace('"', "\"\"");
                // A text takes whatever is written to it.
                let _ = writeln!(text, "\"{name}\",{},{days},{probability}", at.micros());
            }
        }
        text.into_bytes()
    }

    /// A model from its bytes.
    ///
    /// # Edges
    /// `None` for bytes of anything else, or cut off within a row.
    pub fn from_bytes(bytes: &[u8]) -> Option<OutsideModel> {
        let rest = std::str::from_utf8(bytes).ok()?.strip_prefix(MARK)?;
        let (lasts, rest) = rest.strip_prefix("lasts_days,")?.split_once('\n')?;
        let mut rest = rest.strip_prefix(HEADER)?;
        let mut rows = Vec::new();
        while !rest.is_empty() {
            let (row, after) = read_row(rest)?;
            rows.push(row);
            rest = after;
        }
        OutsideModel::new(rows, lasts.parse().ok()?).ok()
    }
}

/// A row and what comes after it. A name may hold quotation marks and line breaks.
fn read_row(text: &str) -> Option<(OutsideRow, &str)> {
    let text = text.strip_prefix('"')?;
    let mut from = 0;
    let end = loop {
        let quote = from + text.get(from..)?.find('"')?;
        if !text[quote + 1..].starts_with('"') {
            break quote;
        }
        from = quote + 2;
    };
    let (cells, after) = text[end + 1..].strip_prefix(',')?.split_once('\n')?;
    let mut cells = cells.split(',');
    let row = OutsideRow {
        customer: CustomerId::new(text[..end].replace("\"\"", "\"")),
        at: Instant::from_micros(cells.next()?.parse().ok()?),
        horizon_days: cells.next()?.parse().ok()?,
        probability: cells.next()?.parse().ok()?,
    };
    cells.next().is_none().then_some((row, after))
}

fn check(place: usize, row: &OutsideRow) -> Result<(), OutsideFault> {
    let number = place + 1;
    if !HORIZONS.contains(&row.horizon_days) {
        let days = row.horizon_days;
        return Err(fault(
            "unknown_choice",
            (
                format!("第 {number} 个分数：没有 {days} 天的预测期"),
                format!("score {number}: no horizon of {days} days"),
            ),
            ("可用：30、60、90、180 天", "one of 30, 60, 90, 180 days"),
        ));
    }
    if (0.0..=1.0).contains(&row.probability) {
        return Ok(());
    }
    let said = row.probability;
    Err(fault(
        "not_a_probability",
        (
            format!("第 {number} 个分数是 {said}，不是 0 到 1 的概率"),
            format!("score {number} is {said}, no probability from 0 to 1"),
        ),
        (
            "请先换算成概率；其他分数可用 liuke backtest --scorer table:文件 回放",
            "make probabilities of it first; other scores can be replayed by liuke backtest --scorer table:FILE",
        ),
    ))
}

fn fault(code: &'static str, (zh, en): (String, String), hint: (&str, &str)) -> OutsideFault {
    OutsideFault { code, detail: Text::new(zh, en), hint: Text::new(hint.0, hint.1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: i64) -> Instant {
        Instant::from_micros(0).plus_days(number)
    }

    fn row(customer: &str, at: i64, horizon_days: u32, probability: f64) -> OutsideRow {
        OutsideRow { customer: CustomerId::new(customer), at: day(at), horizon_days, probability }
    }

    #[test]
    fn a_word_lasts_until_the_next_and_no_longer_than_it_may() {
        let rows = vec![row("A", 10, 90, 0.25), row("A", 5, 90, 0.5), row("A", 5, 90, 0.125), row("B", 10, 30, 0.5)];
        let model = OutsideModel::new(rows, 7).unwrap();
        let said = |customer: &str, at: i64| model.probabilities(&CustomerId::new(customer), AsOf(day(at)));
        assert_eq!(said("A", 4), [None, None], "not yet said");
        assert_eq!(said("A", 5), [None, Some(0.125)], "the last word of a moment counts");
        assert_eq!(said("A", 10), [None, Some(0.25)]);
        assert_eq!(
            (said("A", 17), said("A", 18)),
            (vec![None, Some(0.25)], vec![None, None]),
            "it lapses after seven days"
        );
        assert_eq!((model.horizons(), model.row_count(), model.span()), (vec![30, 90], 3, Some((day(5), day(10)))));
    }

    #[test]
    fn a_longer_horizon_never_has_less_risk() {
        let rows = vec![row("A", 0, 30, 0.5), row("A", 0, 90, 0.25), row("A", 0, 180, 0.75)];
        let said = OutsideModel::new(rows, 1).unwrap().probabilities(&CustomerId::new("A"), AsOf(day(0)));
        assert_eq!(said, [Some(0.375), Some(0.375), Some(0.75)]);
    }

    #[test]
    fn what_was_kept_is_read_back_as_it_was_and_nothing_else_is() {
        let rows = vec![row("A \"x\",\ny", -3, 30, 0.1), row("B", 12, 90, 1.0 / 3.0), row("\"", 1, 90, 1.0)];
        let bytes = OutsideModel::new(rows, 45).unwrap().bytes();
        let read = OutsideModel::from_bytes(&bytes).unwrap();
        assert_eq!(read.bytes(), bytes);
        assert_eq!(read.probabilities(&CustomerId::new("B"), AsOf(day(12))), [None, Some(1.0 / 3.0)]);
        assert_eq!(read.probabilities(&CustomerId::new("\""), AsOf(day(1))), [None, Some(1.0)]);
        assert!(OutsideModel::from_bytes(&bytes[..bytes.len() - 1]).is_none());
        assert!(OutsideModel::from_bytes(b"liuke horizon model 1\n").is_none());
    }

    #[test]
    fn what_is_no_probability_is_refused_with_its_row() {
        let code = |rows: Vec<OutsideRow>, lasts: u32| OutsideModel::new(rows, lasts).map(drop).unwrap_err();
        let wrong = code(vec![row("A", 0, 90, 0.5), row("B", 0, 90, 70.0)], 45);
        assert_eq!(
            (wrong.code, wrong.detail.en.as_str()),
            ("not_a_probability", "score 2 is 70, no probability from 0 to 1")
        );
        assert_eq!(code(vec![row("A", 0, 90, f64::NAN)], 45).code, "not_a_probability");
        assert_eq!(code(vec![row("A", 0, 45, 0.5)], 45).code, "unknown_choice");
        assert_eq!((code(Vec::new(), 45).code, code(vec![row("A", 0, 90, 0.5)], 0).code), ("no_scores", "bad_expiry"));
    }
}
