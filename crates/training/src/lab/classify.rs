//! `lab classify`: out-of-fold probabilities of the risk model on any labelled table, and how good they are.
//!
//! Every figure is of rows that the model had not seen: each fold is judged by a model of the others, which made all its
//! choices by folds of its own.
//!
//! Not here: reading and writing files, words on a terminal.

use std::collections::{BTreeMap, HashMap};

use estimators::metrics::{
    AucInterval, Profit, ReliabilityBin, auc, auc_interval_by_cluster, average_precision, brier, calibration_error,
    lift_at, log_loss, reliability,
};
use vocab::{Finding, Text};

use super::label::{Labels, labels, plain};
use super::totals::totals;
use super::words::{Words, of_many_words};
use super::{Column, Table};
use crate::risk::{Choice, FitOptions, Frame, Kind, Leak, RiskModel, SetAside, leaks, stratified, understand};

/// Leavers, and stayers, that a model of risk needs at least.
pub const LEAST: usize = 20;

/// What to classify, and how it is judged.
#[derive(Clone, Debug)]
pub struct ClassifySpec<'a> {
    /// The column of the outcome.
    pub label: &'a str,
    /// The value of the label that means left; guessed where a label has two values of which one plainly means yes.
    pub positive: Option<&'a str>,
    /// The column that names customers; all rows of one are in one fold.
    pub id: Option<&'a str>,
    /// How the rows are dealt to folds.
    pub folds: FoldsBy<'a>,
    /// Where chance comes from.
    pub seed: u64,
    /// Threads; they change no answer.
    pub threads: usize,
}

/// How rows are dealt to folds.
#[derive(Clone, Copy, Debug)]
pub enum FoldsBy<'a> {
    /// So many, with equal shares of leavers.
    Count(usize),
    /// As another table says in a column: by its column `row` (1 is the first row), by the id's column, or row by row.
    Given(&'a Table, &'a str),
}

/// A row with its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassifiedRow {
    /// Place in the table, from 1.
    pub row: usize,
    /// Whether it left.
    pub left: bool,
    /// Its fold.
    pub fold: usize,
    /// Its probability by a model that had not seen it.
    pub probability: f64,
}

/// How good the probabilities are.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Mean over folds.
    pub auc: f64,
    /// AUC of all folds together with its 95 % interval, by customer.
    pub pooled: AucInterval,
    /// Mean over folds.
    pub log_loss: f64,
    /// Mean over folds.
    pub average_precision: f64,
    /// Of all folds together.
    pub brier: f64,
    /// Of all folds together, ten groups of equal size.
    pub calibration_error: f64,
    /// Of all folds together, among the top tenth.
    pub lift: f64,
    /// Expected maximum profit per customer with the defaults of [`Profit`].
    pub profit: f64,
    /// What was said beside what came of it, ten groups.
    pub reliability: Vec<ReliabilityBin>,
}

/// What came of classifying a table.
#[derive(Clone, Debug)]
pub struct Classified {
    /// Rows with a label, in the order of the table.
    pub rows: Vec<ClassifiedRow>,
    /// Names of the folds.
    pub folds: Vec<String>,
    /// The column of the outcome, as the table calls it.
    pub label: String,
    /// The column that names customers, as the table calls it.
    pub id: Option<String>,
    /// The value of the label that was taken as left.
    pub positive: String,
    /// The values that were taken as stayed.
    pub stayed: Vec<String>,
    /// How many left.
    pub leavers: usize,
    /// Rows without a label.
    pub unlabelled: usize,
    /// Names of the columns learnt from, and what each is read as; totals of columns in the same unit, and what words of
    /// columns that have very many tell, among them.
    pub columns: Vec<(String, Kind)>,
    /// Columns not learnt from, and why.
    pub set_aside: Vec<SetAside>,
    /// Columns that seem to know the outcome; the certain ones are among those set aside.
    pub leaks: Vec<Leak>,
    /// What the model of each fold decided.
    pub choices: Vec<Choice>,
    /// How good the probabilities are.
    pub figures: Figures,
    /// What the reader should know besides.
    pub notes: Vec<Finding>,
}

impl Classified {
    /// Whether the columns tell anything: the interval of the AUC lies above 0.5.
    pub fn has_signal(&self) -> bool {
        self.figures.pooled.low > 0.5
    }
}

/// A labelled table made ready to learn from.
pub(super) struct Ready<'t> {
    pub label: &'t Column,
    pub id: Option<&'t Column>,
    pub labels: Labels,
    /// A row for each labelled one, without what cannot be learnt from.
    pub frame: Frame,
    pub set_aside: Vec<SetAside>,
    pub leaks: Vec<Leak>,
    /// The customer of each row.
    pub groups: Vec<u32>,
}

/// Reads the label and the columns, and leaves aside what knows the outcome.
///
/// # Errors
/// As [`classify`], but for the folds.
pub(super) fn ready<'t>(
    table: &'t Table,
    label: &str,
    positive: Option<&str>,
    id: Option<&str>,
) -> Result<Ready<'t>, Finding> {
    let label = table.column(label)?;
    let id = id.map(|id| table.column(id)).transpose()?;
    let labels = labels(table, label, positive)?;
    enough(table, label, &labels)?;
    let mut skip = vec![label.name()];
    skip.extend(id.map(Column::name));
    let mut understood = understand(table, &labels.rows, &skip);
    let leaks = leaks(&understood.frame, &labels.left, label.name());
    for leak in leaks.iter().filter(|leak| leak.is_certain) {
        understood.frame.columns.retain(|column| column.name != leak.column);
        understood.set_aside.push(SetAside { name: leak.column.clone(), code: "leak", why: leak.why.clone() });
    }
    if understood.frame.columns.is_empty() {
        return Err(table.fault(
            "nothing_to_learn",
            label.name(),
            None,
            Text::new("除标签外没有可以学习的列", "besides the label there is no column to learn from"),
            Text::new("需要至少一列随客户变化的数据", "at least one column that differs between customers is needed"),
        ));
    }
    let groups = groups(table, &labels.rows, id);
    Ok(Ready { label, id, labels, frame: understood.frame, set_aside: understood.set_aside, leaks, groups })
}

/// Out-of-fold probabilities for each labelled row.
///
/// # Errors
/// `unknown_column`, `no_label`, `one_class`, `positive_unclear`, `unknown_positive`, `too_few_leavers`, `too_few_stayers`,
/// `nothing_to_learn`, `bad_folds`; each says where and what to do, in both languages.
pub fn classify(table: &Table, spec: &ClassifySpec<'_>) -> Result<Classified, Finding> {
    let Ready { label, id, labels, mut frame, set_aside, leaks, groups } =
        ready(table, spec.label, spec.positive, spec.id)?;
    let totals = totals(&frame);
    let words = of_many_words(table, &labels.rows, &frame);
    let told_apart = frame.columns.len() + totals.len();
    frame.columns.extend(totals.into_iter().chain(words.iter().map(Words::column)));
    let rows: Vec<u32> = (0..labels.rows.len() as u32).collect();
    let (fold, folds) = match spec.folds {
        FoldsBy::Count(count) => {
            let few = labels.left.iter().filter(|left| **left).count();
            let count = count.clamp(2, few.min(labels.left.len() - few));
            let fold = stratified(&labels.left, &rows, &groups, count, spec.seed);
            (fold, (0..count).map(|fold| fold.to_string()).collect())
        }
        FoldsBy::Given(other, column) => given(table, &labels, id, other, column)?,
    };
    let options = FitOptions { seed: spec.seed, threads: spec.threads };
    let mut probabilities = vec![0.5; rows.len()];
    let mut choices = Vec::with_capacity(folds.len());
    for place in 0..folds.len() {
        let train: Vec<u32> = rows.iter().copied().filter(|&row| fold[row as usize] != place).collect();
        for (column, words) in frame.columns[told_apart..].iter_mut().zip(&words) {
            column.values = words.log_odds(&labels.left, &train, &groups, spec.seed);
        }
        let model = RiskModel::fit(&frame, &labels.left, &train, &groups, options);
        for row in (0..rows.len()).filter(|&row| fold[row] == place) {
            probabilities[row] = model.probability(|column| frame.columns[column].values[row]);
        }
        choices.push(model.choice().clone());
    }
    let figures = figures(&probabilities, &labels.left, &fold, folds.len(), &groups);
    let row = |place: usize| ClassifiedRow {
        row: labels.rows[place] + 1,
        left: labels.left[place],
        fold: fold[place],
        probability: probabilities[place],
    };
    Ok(Classified {
        rows: (0..rows.len()).map(row).collect(),
        folds,
        label: label.name().to_owned(),
        id: id.map(|id| id.name().to_owned()),
        positive: labels.positive.clone(),
        stayed: labels.stayed.clone(),
        leavers: labels.left.iter().filter(|left| **left).count(),
        unlabelled: table.row_count() - labels.rows.len(),
        columns: frame.columns.into_iter().map(|column| (column.name, column.kind)).collect(),
        set_aside,
        leaks,
        choices,
        figures,
        notes: table.notes().to_vec(),
    })
}

/// Refuses where nothing sound can be learnt.
fn enough(table: &Table, label: &Column, labels: &Labels) -> Result<(), Finding> {
    let leavers = labels.left.iter().filter(|left| **left).count();
    let stayers = labels.left.len() - leavers;
    let (count, code, zh, en) = match (leavers < LEAST, stayers < LEAST) {
        (true, _) => (leavers, "too_few_leavers", "流失", "left"),
        (_, true) => (stayers, "too_few_stayers", "留存", "stayed"),
        _ => return Ok(()),
    };
    let more = LEAST - count;
    Err(table.fault(
        code,
        label.name(),
        None,
        Text::new(
            format!("只有 {count} 位客户{zh}，不足以训练模型，至少需要 {LEAST} 位，还差 {more} 位"),
            format!("only {count} customers {en}: too few for a model, which needs at least {LEAST}; {more} more"),
        ),
        Text::new(
            "在此之前请用规则与打分卡；或把时间拉长、把流失口径放宽",
            "until then use rules and scorecards, or take a longer time or a wider definition of leaving",
        ),
    ))
}

/// Which rows are of one customer: by the id, else rows that are equal cell by cell, unless a row comes four times over on the mean:
/// a table of a few words has equal customers.
fn groups(table: &Table, rows: &[usize], id: Option<&Column>) -> Vec<u32> {
    let mut known: HashMap<String, u32> = HashMap::new();
    let mut group = |key: String| {
        let next = known.len() as u32;
        *known.entry(key).or_insert(next)
    };
    let key = |row: usize| match id {
        Some(id) if id.cell(row).trim().is_empty() => format!("\u{0}{row}"),
        Some(id) => id.cell(row).trim().to_owned(),
        None => table.columns().iter().map(|column| column.cell(row)).collect::<Vec<_>>().join("\u{1f}"),
    };
    let groups: Vec<u32> = rows.iter().map(|&row| group(key(row))).collect();
    match id.is_some() || known.len() * 4 > rows.len() {
        true => groups,
        false => (0..rows.len() as u32).collect(),
    }
}

/// The folds another table gives, and their names.
fn given(
    table: &Table,
    labels: &Labels,
    id: Option<&Column>,
    other: &Table,
    column: &str,
) -> Result<(Vec<usize>, Vec<String>), Finding> {
    let folds = other.column(column)?;
    let fault = |row: Option<usize>, zh: String, en: String| {
        let hint = Text::new(
            "分折文件需有“row”列（从 1 起的行号）、与客户编号同名的列，或与数据表行数相同",
            "the file of folds needs a column \"row\" (1 is the first), one named as the id, or as many rows as the table",
        );
        other.fault("bad_folds", folds.name(), row, Text::new(zh, en), hint)
    };
    let by_key: HashMap<String, usize>;
    let rows_column = other.columns().iter().find(|column| column.name() == "row");
    let id_pair = id.and_then(|id| other.column(id.name()).ok().map(|of| (id, of)));
    let keys: Box<dyn Fn(usize) -> String> = match (rows_column, id_pair) {
        (Some(keys), _) => {
            by_key = (0..other.row_count()).map(|row| (plain(keys.cell(row)), row)).collect();
            Box::new(|row| (row + 1).to_string())
        }
        (None, Some((id, of))) => {
            by_key = (0..other.row_count()).map(|row| (of.cell(row).trim().to_owned(), row)).collect();
            Box::new(|row| id.cell(row).trim().to_owned())
        }
        (None, None) if other.row_count() == table.row_count() => {
            by_key = (0..other.row_count()).map(|row| (row.to_string(), row)).collect();
            Box::new(|row| row.to_string())
        }
        _ => {
            let (theirs, ours) = (other.row_count(), table.row_count());
            let (zh, en) =
                (format!("有 {theirs} 行，数据表有 {ours} 行"), format!("{theirs} rows, the table has {ours}"));
            return Err(fault(None, zh, en));
        }
    };
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    let mut cells = Vec::with_capacity(labels.rows.len());
    for &row in &labels.rows {
        let key = keys(row);
        let place = by_key.get(&key).copied();
        let cell = place.map(|place| folds.cell(place).trim()).filter(|cell| !cell.is_empty());
        let cell = cell.ok_or_else(|| fault(place, format!("“{key}”没有分折"), format!("\"{key}\" has no fold")))?;
        names.insert(cell, 0);
        cells.push(cell);
    }
    names.values_mut().enumerate().for_each(|(place, slot)| *slot = place);
    let fold: Vec<usize> = cells.iter().map(|cell| names[cell]).collect();
    if names.len() < 2 || names.len() > 100 {
        let count = names.len();
        return Err(fault(
            None,
            format!("有 {count} 折，应为 2 到 100 折"),
            format!("{count} folds; 2 to 100 are sensible"),
        ));
    }
    for (name, place) in &names {
        let inside =
            |is: bool| labels.left.iter().zip(&fold).filter(|(left, fold)| **fold == *place && **left == is).count();
        let lacks = inside(true) == 0 || inside(false) == 0;
        let rest = |is: bool| labels.left.iter().filter(|left| **left == is).count() - inside(is);
        if lacks || rest(true) < 2 || rest(false) < 2 {
            let (zh, en) =
                (format!("第“{name}”折里只有一类客户"), format!("fold \"{name}\" has customers of one class only"));
            return Err(fault(None, zh, en));
        }
    }
    Ok((fold, names.into_keys().map(str::to_owned).collect()))
}

/// A measure of scores against what became of them; `None` where it is not defined.
type Measure<'m> = dyn Fn(&[f64], &[bool]) -> Option<f64> + 'm;

fn figures(p: &[f64], left: &[bool], fold: &[usize], folds: usize, groups: &[u32]) -> Figures {
    let mean = |measure: &Measure<'_>| {
        let of = |place: usize| {
            let inside = || (0..p.len()).filter(move |&row| fold[row] == place);
            let scores: Vec<f64> = inside().map(|row| p[row]).collect();
            let outcomes: Vec<bool> = inside().map(|row| left[row]).collect();
            measure(&scores, &outcomes)
        };
        let values: Vec<f64> = (0..folds).filter_map(of).collect();
        values.iter().sum::<f64>() / values.len().max(1) as f64
    };
    let clusters: Vec<usize> = groups.iter().map(|group| *group as usize).collect();
    let none = AucInterval { auc: 0.5, standard_error: 0.5, low: 0.0, high: 1.0 };
    Figures {
        auc: mean(&auc),
        pooled: auc_interval_by_cluster(p, left, &clusters).unwrap_or(none),
        log_loss: mean(&log_loss),
        average_precision: mean(&average_precision),
        brier: brier(p, left).unwrap_or(f64::NAN),
        calibration_error: calibration_error(p, left, 10).unwrap_or(f64::NAN),
        lift: lift_at(p, left, 0.1).unwrap_or(f64::NAN),
        profit: Profit::default().expected_maximum(p, left).map_or(f64::NAN, |best| best.profit),
        reliability: reliability(p, left, 10),
    }
}
