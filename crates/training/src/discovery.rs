//! Rules found in history: which customers, told in up to three conditions, left more often than others.
//!
//! Found on one half of the customers and confirmed on the other, on any labelled frame ([`mined`]) or on the firm's own past
//! ([`discover`]), where conditions are those that rules can ask: indicators and traits as they were known at the moment.
//!
//! Not here: the search and the test (`estimators::mining`), rules as they are written down (`app`), what a replay of one
//! brings (`backtest`).

use std::collections::BTreeMap;

use estimators::mining::{Clause, Field, MineOptions, MinedRule, Says, Tally, mine};
use facts::{FactFrame, Hindsight};
use indicators::TraitFrame;
use vocab::{AsOf, CustomerId, Text};

use crate::backtest::{Failure, Progress};
use crate::frames::{TrainingFrame, training_frame};
use crate::risk::{Frame, FrameColumn, Kind, Leak, OTHER, stratified};
use crate::train::{HORIZONS, Refusal, Stretch, TrainSpec};

/// Customers who left, at least: twenty to find by and twenty to confirm by.
pub const LEAST_LEAVERS: usize = 40;
/// A trait with more values than this tells customers apart, not sorts of them.
const MOST_VALUES: usize = 20;
/// A rule speaks of one customer in so many, at least.
const LEAST_SHARE: usize = 200;

/// What a condition says.
#[derive(Clone, Debug, PartialEq)]
pub enum Saying {
    /// `≥`
    AtLeast(f64),
    /// `≤`
    AtMost(f64),
    /// This value.
    Is(String),
}

/// A condition of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleCondition {
    /// The column.
    pub column: String,
    /// What is said of it.
    pub says: Saying,
}

/// A rule that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct DiscoveredRule {
    /// All of them hold.
    pub conditions: Vec<RuleCondition>,
    /// What speaks for it.
    pub figures: MinedRule,
}

/// Rules that were found.
#[derive(Clone, Debug, PartialEq)]
pub struct Discovered {
    /// The surest first.
    pub rules: Vec<DiscoveredRule>,
    /// Rules that were put to the test.
    pub tested: usize,
    /// The half that was searched.
    pub found: Tally,
    /// The half that confirms.
    pub confirmed: Tally,
}

/// Rules in the firm's past.
#[derive(Clone, Debug)]
pub struct Discovery {
    /// The months looked at; `None` without any.
    pub looked: Option<Stretch>,
    /// Columns that seem to know the outcome; the certain ones were not asked.
    pub leaks: Vec<Leak>,
    /// What was found, or why nothing could be.
    pub verdict: Result<Discovered, Refusal>,
}

/// Rules of a labelled frame: customers are dealt to two halves with equal shares of leavers, by the seed.
///
/// `left` and `groups` have an entry for each row; only `rows` are looked at. Numbers and categories are asked; dates, the
/// length of texts and rare words put together are not: they say nothing that would hold for the next customer.
///
/// # Edges
/// A rule speaks of ten customers at least, and of one in two hundred, in either half.
pub fn mined(frame: &Frame, left: &[bool], groups: &[u32], rows: &[u32], seed: u64) -> Discovered {
    let asked: Vec<&FrameColumn> = frame.columns.iter().filter(|column| field(column).is_some()).collect();
    let fields: Vec<Field<'_>> = asked.iter().filter_map(|column| field(column)).collect();
    let half = stratified(left, rows, groups, 2, seed);
    let of = |part: usize| {
        let rows = rows.iter().zip(&half).filter(|(_, half)| **half == part);
        rows.map(|(row, _)| *row).collect::<Vec<u32>>()
    };
    let (found, confirm) = (of(0), of(1));
    let mut customers: Vec<u32> = found.iter().map(|row| groups[*row as usize]).collect();
    customers.sort_unstable();
    customers.dedup();
    let plain = MineOptions::default();
    let least_customers = plain.least_customers.max(customers.len() / LEAST_SHARE);
    let mining = mine(&fields, left, groups, &found, &confirm, &MineOptions { least_customers, ..plain });
    let condition = |clause: &Clause| RuleCondition {
        column: asked[clause.column].name.clone(),
        says: match (clause.says, &asked[clause.column].kind) {
            (Says::AtLeast(border), _) => Saying::AtLeast(border),
            (Says::AtMost(border), _) => Saying::AtMost(border),
            (Says::Is(level), Kind::Category(levels)) => Saying::Is(levels[level as usize].clone()),
            (Says::Is(level), _) => Saying::Is(level.to_string()),
        },
    };
    let rule =
        |figures: MinedRule| DiscoveredRule { conditions: figures.clauses.iter().map(condition).collect(), figures };
    Discovered {
        rules: mining.rules.into_iter().map(rule).collect(),
        tested: mining.tested,
        found: mining.found,
        confirmed: mining.confirmed,
    }
}

/// What can be asked of a column.
fn field(column: &FrameColumn) -> Option<Field<'_>> {
    match &column.kind {
        Kind::Number => Some(Field::Number(&column.values)),
        Kind::Category(levels) => {
            let named = levels.iter().filter(|level| *level != OTHER).count() as u32;
            Some(Field::Category { codes: &column.values, levels: named })
        }
        Kind::Day | Kind::TextLength => None,
    }
}

/// Rules in the firm's past: who, as they were known on the first of each month, left within the horizon more often than others.
///
/// `traits` names what is asked besides the indicators; `past` holds it and what [`TrainSpec::want`] asks for. The rest is as for
/// [`crate::train::train`].
///
/// # Edges
/// * Fewer than [`LEAST_LEAVERS`] customers who left: a refusal, with how many are missing.
/// * What knows the outcome ([`TrainingFrame::leaks`]) is not asked; a trait with one value or more than twenty neither.
/// * A customer is seen at many moments: that is one customer, in one half, and the test knows it.
///
/// # Errors
/// Facts that cannot be read, nobody interested any more, a horizon that there is not.
///
/// # Panics
/// As [`crate::train::train`].
pub fn discover(
    past: &FactFrame,
    hindsight: &Hindsight,
    moments: Vec<AsOf>,
    traits: &[String],
    spec: &TrainSpec<'_>,
    progress: Progress<'_>,
) -> Result<Discovery, Failure> {
    let go_on = |part: f64| if progress(part) { Ok(()) } else { Err(Failure::Stopped) };
    go_on(0.05)?;
    let mut frame = training_frame(past, hindsight, &spec.asked(moments)?).map_err(Failure::Facts)?;
    go_on(0.6)?;
    let horizon = HORIZONS.iter().position(|days| *days == spec.horizon.days).unwrap_or_default();
    let rows = frame.told(horizon);
    let looked = Stretch::of(&frame, horizon, &rows);
    let leavers = looked.map_or(0, |looked| looked.leavers as usize);
    if leavers < LEAST_LEAVERS {
        return Ok(Discovery { looked, leaks: Vec::new(), verdict: Err(too_few(leavers)) });
    }
    let leaks = frame.leaks();
    frame.frame.columns.retain(|column| !leaks.iter().any(|leak| leak.is_certain && leak.column == column.name));
    let told = told_traits(past, &frame, traits);
    frame.frame.columns.extend(told);
    go_on(0.7)?;
    let left: Vec<bool> = frame.outcomes(horizon).iter().map(|left| *left == Some(true)).collect();
    let found = mined(&frame.frame, &left, &frame.groups(), &rows, spec.seed);
    go_on(1.0)?;
    Ok(Discovery { looked, leaks, verdict: Ok(found) })
}

/// Traits as columns: what was last said of each by the moment of the row.
fn told_traits(past: &FactFrame, frame: &TrainingFrame, keys: &[String]) -> Vec<FrameColumn> {
    let asked: Vec<&str> = keys.iter().map(String::as_str).collect();
    let mut said: Vec<Vec<Option<&str>>> = vec![Vec::with_capacity(frame.rows.len()); asked.len()];
    for same in frame.rows.chunk_by(|one, other| one.moment == other.moment) {
        let customers: Vec<CustomerId> = same.iter().map(|row| frame.customers[row.customer].clone()).collect();
        let traits = TraitFrame::of(past, &customers, &asked, frame.moments[same[0].moment].at);
        for (key, column) in asked.iter().zip(&mut said) {
            column.extend((0..customers.len()).map(|place| traits.said(place, key).flatten()));
        }
    }
    keys.iter().zip(said).filter_map(|(key, said)| category(key, &said)).collect()
}

/// A column of words; `None` where they say nothing of sorts of customers.
fn category(name: &str, said: &[Option<&str>]) -> Option<FrameColumn> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for word in said.iter().flatten() {
        *counts.entry(word).or_default() += 1;
    }
    if !(2..=MOST_VALUES).contains(&counts.len()) {
        return None;
    }
    let levels: Vec<&str> = counts.into_keys().collect();
    let code = |word: &Option<&str>| word.and_then(|word| levels.iter().position(|level| *level == word));
    let values = said.iter().map(|word| code(word).map_or(f64::NAN, |place| place as f64)).collect();
    let kind = Kind::Category(levels.iter().map(|level| (*level).to_owned()).collect());
    Some(FrameColumn::new(name, kind, values))
}

fn too_few(leavers: usize) -> Refusal {
    let more = LEAST_LEAVERS - leavers;
    Refusal {
        code: "too_few_leavers",
        detail: too_few_to_find(leavers),
        hint: Text::new(
            format!("请补录更早的历史，或换更宽的流失口径、更长的预测期，补足 {more} 位"),
            format!("import older history, or take a wider definition or a longer horizon: {more} more are needed"),
        ),
    }
}

/// Why so few leavers give no rules.
pub(crate) fn too_few_to_find(leavers: usize) -> Text {
    let more = LEAST_LEAVERS - leavers;
    Text::new(
        format!("只有 {leavers} 位流失客户：一半用来发现、一半用来验证，至少需要 {LEAST_LEAVERS} 位，还差 {more} 位"),
        format!(
            "only {leavers} customers left: half of them find and half confirm, so at least {LEAST_LEAVERS} are needed; \
             {more} more"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trait_of_one_value_or_of_very_many_is_no_sort_of_customers() {
        let many: Vec<String> = (0..30).map(|place| format!("v{place}")).collect();
        let said: Vec<Option<&str>> = many.iter().map(|word| Some(word.as_str())).collect();
        assert!(category("k", &said).is_none() && category("k", &[Some("一"), None]).is_none());
        let told = category("行业", &[Some("零售"), None, Some("制造"), Some("零售")]).expect("two values");
        let Kind::Category(levels) = &told.kind else { panic!("{told:?}") };
        let words: Vec<Option<&str>> =
            told.values.iter().map(|value| (!value.is_nan()).then(|| levels[*value as usize].as_str())).collect();
        assert_eq!(words, [Some("零售"), None, Some("制造"), Some("零售")]);
    }
}
