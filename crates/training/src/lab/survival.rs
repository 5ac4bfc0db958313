//! `lab survival`: from a table to survival curves and Cox's model, with words for what was done to the columns.

use estimators::chance::Chance;
use estimators::survival::{
    Cox, CoxOptions, CurvePoint, Lifetime, LogRank, ProportionalityTest, SurvivalCurve, Ties, TimeScale, Unfit,
    log_rank,
};
use vocab::Text;

use super::cells::{Finding, answers, is_empty, number, numbers};
use super::table::{Column, Table};

/// What is asked of a table.
#[derive(Clone, Debug, Default)]
pub struct SurvivalSpec {
    /// Column of durations.
    pub duration: String,
    /// Column that says whether the customer left.
    pub event: String,
    /// The value of it that means leaving; understood by itself when absent.
    pub positive: Option<String>,
    /// Columns to explain it with; `all` stands for every other column.
    pub covariates: Vec<String>,
    /// Ridge penalty: see [`CoxOptions`].
    pub penalty: f64,
    /// How to count customers who leave at the same time.
    pub ties: Ties,
    /// A column whose values get a curve each, compared by the log-rank test.
    pub group: Option<String>,
    /// Times at which the curves are told.
    pub times: Vec<f64>,
    /// How the model is tried on customers it was not fitted to.
    pub folds: Option<FoldPlan>,
}

/// Which rows are left out together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoldPlan {
    /// So many parts, drawn from a seed, leavers spread evenly.
    Drawn {
        /// How many.
        folds: usize,
        /// The seed.
        seed: u64,
    },
    /// Named for each row.
    Given(Vec<String>),
}

/// A curve as it is told.
#[derive(Clone, Debug)]
pub struct CurveReport {
    /// Value of the group column; none for everybody.
    pub group: Option<String>,
    /// The curve.
    pub curve: SurvivalCurve,
    /// The curve at each time asked for: the share, its standard error, its 95 % band.
    pub at: Vec<ShareAt>,
}

/// A time, the share that is left then, its standard error and its 95 % band.
pub type ShareAt = (f64, f64, Option<f64>, Option<(f64, f64)>);

/// One coefficient of the model.
#[derive(Clone, Debug)]
pub struct Coefficient {
    /// The column, or `column=level` of a text column.
    pub name: String,
    /// β.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// β over its error.
    pub z: f64,
    /// How likely as far from 0 if it is 0.
    pub p: f64,
    /// 95 % interval of β.
    pub interval: (f64, f64),
    /// Whether the effect changes with time.
    pub proportionality: Option<ProportionalityTest>,
}

/// The model as it is told.
#[derive(Clone, Debug)]
pub struct CoxReport {
    /// One for each column or level.
    pub coefficients: Vec<Coefficient>,
    /// Text columns with the level that the others are compared with.
    pub references: Vec<(String, String)>,
    /// The model itself.
    pub model: Cox,
    /// In-sample concordance.
    pub concordance: Option<f64>,
    /// Concordance of each part that was left out.
    pub out_of_fold: Vec<Option<f64>>,
    /// Rows without a value in some column, which the model did not see.
    pub incomplete: usize,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct SurvivalReport {
    /// Rows of the table.
    pub received: usize,
    /// Rows without a duration or an answer, left out; and the first of them.
    pub left_out: usize,
    /// Everybody's curve first, then one for each group.
    pub curves: Vec<CurveReport>,
    /// Whether the groups differ.
    pub log_rank: Option<LogRank>,
    /// The model, if covariates were asked for.
    pub cox: Option<CoxReport>,
    /// What a reader should know.
    pub notes: Vec<Text>,
}

/// Text columns with more different values than this are names or ids, not groups.
const LEVELS: usize = 50;

/// Curves and model of a table.
///
/// # Errors
/// The first thing that is wrong with the table, with its place and what to do.
pub fn survival(table: &Table, spec: &SurvivalSpec) -> Result<SurvivalReport, Finding> {
    let (duration, event) = (table.column(&spec.duration)?, table.column(&spec.event)?);
    let rows = lifetimes(table, duration, event, spec.positive.as_deref())?;
    let kept: Vec<usize> = (0..rows.len()).filter(|&row| rows[row].is_some()).collect();
    let lives: Vec<Lifetime> = rows.iter().copied().flatten().collect();
    if lives.is_empty() {
        return Err(table.fault(
            "no_rows",
            duration.name(),
            None,
            Text::new(
                "没有一行可用：表是空的，或缺少时长",
                "no row can be used: the table is empty, or has no durations",
            ),
            Text::new("请检查文件和列名", "check the file and the column"),
        ));
    }
    if lives.iter().all(|life| !life.ended) {
        return Err(table.fault(
            "nobody_left",
            event.name(),
            None,
            Text::new("没有一位客户流失：无从学起", "nobody left: there is nothing to learn about leaving"),
            Text::new(
                "请检查该列，或用 --positive 指出哪个值表示流失",
                "check the column, or say with --positive which value means leaving",
            ),
        ));
    }
    let mut notes = Vec::new();
    let mut curves = vec![told(None, &lives, &spec.times).map_err(|unfit| unfitted(table, duration, &unfit))?];
    let mut test = None;
    if let Some(group) = &spec.group {
        let (of_groups, found) = grouped(table, table.column(group)?, &kept, &lives, spec)?;
        curves.extend(of_groups);
        test = found;
    }
    let cox = match spec.covariates.is_empty() {
        true => None,
        false => Some(model(table, spec, (duration, event), &kept, &lives, &mut notes)?),
    };
    Ok(SurvivalReport { received: rows.len(), left_out: rows.len() - kept.len(), curves, log_rank: test, cox, notes })
}

/// A lifetime of each row, none where a cell is empty.
fn lifetimes(
    table: &Table,
    duration: &Column,
    event: &Column,
    positive: Option<&str>,
) -> Result<Vec<Option<Lifetime>>, Finding> {
    let durations = numbers(table, duration)?;
    if let Some(row) = durations.iter().position(|value| value.is_some_and(|value| value < 0.0)) {
        return Err(table.fault(
            "negative_duration",
            duration.name(),
            Some(row),
            Text::new(
                format!("时长不能是负数：“{}”", duration.cell(row)),
                format!("a duration cannot be negative: \"{}\"", duration.cell(row)),
            ),
            Text::new("请改成 0 或更大的数", "write a number of at least 0"),
        ));
    }
    let ended = answers(table, event, positive)?;
    let pairs = durations.into_iter().zip(ended);
    Ok(pairs.map(|(duration, ended)| Some(Lifetime { duration: duration?, ended: ended? })).collect())
}

fn told(group: Option<String>, lives: &[Lifetime], times: &[f64]) -> Result<CurveReport, Unfit> {
    let curve = SurvivalCurve::fit(lives)?;
    let at = times
        .iter()
        .map(|&time| (time, curve.survival_at(time), curve.standard_error_at(time), curve.band_at(time, 0.95)))
        .collect();
    Ok(CurveReport { group, curve, at })
}

/// A curve for each value of a column, and whether they differ.
fn grouped(
    table: &Table,
    column: &Column,
    kept: &[usize],
    lives: &[Lifetime],
    spec: &SurvivalSpec,
) -> Result<(Vec<CurveReport>, Option<LogRank>), Finding> {
    let values = levels(column, kept);
    if values.len() > LEVELS {
        return Err(too_many_levels(table, column, values.len()));
    }
    let mut groups = Vec::new();
    let mut curves = Vec::new();
    for value in values {
        let of_value: Vec<Lifetime> = kept
            .iter()
            .zip(lives)
            .filter(|(row, _)| column.cell(**row).trim() == value)
            .map(|(_, life)| *life)
            .collect();
        curves.push(told(Some(value), &of_value, &spec.times).map_err(|unfit| unfitted(table, column, &unfit))?);
        groups.push(of_value);
    }
    Ok((curves, log_rank(&groups).ok()))
}

/// The different values of a column in these rows, sorted.
fn levels(column: &Column, kept: &[usize]) -> Vec<String> {
    let mut values: Vec<String> = kept
        .iter()
        .map(|&row| column.cell(row))
        .filter(|cell| !is_empty(cell))
        .map(|cell| cell.trim().to_owned())
        .collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// Numbers for the model: named columns, each with a value or nothing per kept row.
struct Design {
    columns: Vec<(String, Vec<Option<f64>>)>,
    references: Vec<(String, String)>,
}

fn design(
    table: &Table,
    spec: &SurvivalSpec,
    used: (&Column, &Column),
    kept: &[usize],
    notes: &mut Vec<Text>,
) -> Result<Design, Finding> {
    let every = spec.covariates.iter().any(|name| name == "all");
    let chosen: Vec<&Column> = match every {
        true => {
            let other = |column: &&Column| column.name() != used.0.name() && column.name() != used.1.name();
            table.columns().iter().filter(other).collect()
        }
        false => spec.covariates.iter().map(|name| table.column(name)).collect::<Result<_, _>>()?,
    };
    let mut design = Design { columns: Vec::new(), references: Vec::new() };
    for column in chosen {
        let values: Vec<Option<f64>> = kept.iter().map(|&row| number(column.cell(row))).collect();
        let written = |at: usize| !is_empty(column.cell(kept[at]));
        if (0..kept.len()).all(|at| values[at].is_some() || !written(at)) {
            design.columns.push((column.name().to_owned(), values));
            continue;
        }
        let levels = levels(column, kept);
        if levels.len() > LEVELS {
            if !every {
                return Err(too_many_levels(table, column, levels.len()));
            }
            notes.push(Text::new(
                format!("列“{}”有 {} 个不同的值，像编号或名称，没有用于模型", column.name(), levels.len()),
                format!(
                    "column \"{}\" has {} different values, like an id or a name: left out of the model",
                    column.name(),
                    levels.len()
                ),
            ));
            continue;
        }
        for level in levels.iter().skip(1) {
            let of_row = |&row: &usize| {
                let cell = column.cell(row).trim();
                (!is_empty(cell)).then(|| f64::from(u8::from(cell == level)))
            };
            design.columns.push((format!("{}={level}", column.name()), kept.iter().map(of_row).collect()));
        }
        if let Some(reference) = levels.first() {
            design.references.push((column.name().to_owned(), reference.clone()));
        }
    }
    Ok(design)
}

fn model(
    table: &Table,
    spec: &SurvivalSpec,
    used: (&Column, &Column),
    kept: &[usize],
    lives: &[Lifetime],
    notes: &mut Vec<Text>,
) -> Result<CoxReport, Finding> {
    let mut design = design(table, spec, used, kept, notes)?;
    let complete: Vec<usize> =
        (0..kept.len()).filter(|&at| design.columns.iter().all(|(_, values)| values[at].is_some())).collect();
    let lives: Vec<Lifetime> = complete.iter().map(|&at| lives[at]).collect();
    let options = CoxOptions { ties: spec.ties, penalty: spec.penalty };
    // A column that says nothing of its own is left out and named, until a model stands.
    let (cox, covariates) = loop {
        let width = design.columns.len();
        let covariates: Vec<f64> = complete
            .iter()
            .flat_map(|&at| design.columns.iter().map(move |(_, values)| values[at].unwrap_or_default()))
            .collect();
        match Cox::fit(&lives, &covariates, width, options) {
            Ok(cox) => break (cox, covariates),
            Err(Unfit::Constant { column } | Unfit::Dependent { column }) if width > 1 => {
                let (name, _) = design.columns.remove(column);
                notes.push(Text::new(
                    format!("“{name}”只有一个值，或可由前面的列推出，没有用于模型（加 --penalty 可保留）"),
                    format!("\"{name}\" is constant or follows from the columns before it: left out of the model (--penalty keeps it)"),
                ));
            }
            Err(unfit) => return Err(unfitted(table, used.0, &unfit)),
        }
    };
    for &column in &cox.runaway {
        let name = &design.columns[column].0;
        notes.push(Text::new(
            format!("“{name}”的系数没有边界：有它（或没有它）的客户无一流失；请加 --penalty"),
            format!("the coefficient of \"{name}\" has no bound: nobody with (or without) it left; use --penalty"),
        ));
    }
    let tests = cox.proportionality(&lives, &covariates, TimeScale::Rank);
    let coefficients = (0..design.columns.len()).map(|k| {
        let (z, p) = cox.z_and_p(k);
        Coefficient {
            name: design.columns[k].0.clone(),
            value: cox.coefficients[k],
            standard_error: cox.standard_errors[k],
            z,
            p,
            interval: cox.interval(k, 0.95),
            proportionality: tests.as_ref().map(|tests| tests[k]),
        }
    });
    Ok(CoxReport {
        coefficients: coefficients.collect(),
        references: design.references,
        concordance: cox.concordance(&lives, &covariates),
        out_of_fold: out_of_fold(spec, kept, &complete, &lives, &covariates, options),
        incomplete: kept.len() - complete.len(),
        model: cox,
    })
}

/// Concordance on each part of the customers by a model of all others.
fn out_of_fold(
    spec: &SurvivalSpec,
    kept: &[usize],
    complete: &[usize],
    lives: &[Lifetime],
    covariates: &[f64],
    options: CoxOptions,
) -> Vec<Option<f64>> {
    let folds: Vec<String> = match &spec.folds {
        None => return Vec::new(),
        Some(FoldPlan::Given(names)) => {
            complete.iter().map(|&at| names.get(kept[at]).cloned().unwrap_or_default()).collect()
        }
        Some(FoldPlan::Drawn { folds, seed }) => {
            let mut chance = Chance::new(*seed);
            let mut order: Vec<usize> = (0..lives.len()).collect();
            chance.shuffle(&mut order);
            order.sort_by_key(|&row| lives[row].ended);
            let mut drawn = vec![String::new(); lives.len()];
            for (place, &row) in order.iter().enumerate() {
                drawn[row] = (place % folds).to_string();
            }
            drawn
        }
    };
    let width = covariates.len() / lives.len().max(1);
    let mut names = folds.clone();
    names.sort_unstable();
    names.dedup();
    let of_fold = |name: &String| {
        let part = |inside: bool| {
            let rows: Vec<usize> = (0..lives.len()).filter(|&row| (folds[row] == *name) == inside).collect();
            let values: Vec<f64> =
                rows.iter().flat_map(|&row| covariates[row * width..(row + 1) * width].iter().copied()).collect();
            (rows.iter().map(|&row| lives[row]).collect::<Vec<Lifetime>>(), values)
        };
        let ((others, of_others), (held, of_held)) = (part(false), part(true));
        // A column may be constant in a part: a trace of penalty makes up its mind.
        let fitted = Cox::fit(&others, &of_others, width, options)
            .or_else(|_| Cox::fit(&others, &of_others, width, CoxOptions { penalty: 1e-6, ..options }));
        fitted.ok()?.concordance(&held, &of_held)
    };
    names.iter().map(of_fold).collect()
}

fn too_many_levels(table: &Table, column: &Column, count: usize) -> Finding {
    table.fault(
        "too_many_levels",
        column.name(),
        None,
        Text::new(
            format!("有 {count} 个不同的文字值，像编号或名称，不能当分组用"),
            format!("has {count} different texts, like an id or a name: no use as groups"),
        ),
        Text::new("请去掉这一列，或先归成几类", "leave the column out, or put its values into a few classes first"),
    )
}

fn unfitted(table: &Table, column: &Column, unfit: &Unfit) -> Finding {
    let (detail, hint) = match unfit {
        Unfit::TiesTooMany => (
            ("同一时刻流失的客户太多，精确法算不完", "too many leave at the same time for the exact method"),
            ("请用 --ties efron", "use --ties efron"),
        ),
        Unfit::Constant { .. } | Unfit::Dependent { .. } => (
            ("没有一列可用于模型：它们只有一个值", "no column is of use to the model: they are constant"),
            ("请换别的列", "choose other columns"),
        ),
        Unfit::NobodyLeft => (
            ("各列都有值的客户中无人流失", "of the customers with a value in every column nobody left"),
            ("请去掉空值多的列", "leave out columns that are mostly empty"),
        ),
        Unfit::Empty => (
            ("没有一行在各列都有值", "no row has a value in every column"),
            ("请去掉空值多的列", "leave out columns that are mostly empty"),
        ),
        _ => (("系数没有收敛", "the coefficients did not converge"), ("请加 --penalty 0.01", "use --penalty 0.01")),
    };
    table.fault("not_fitted", column.name(), None, Text::new(detail.0, detail.1), Text::new(hint.0, hint.1))
}

/// The points of a curve at which somebody left or was censored.
impl CurveReport {
    /// Every point of the curve.
    pub fn points(&self) -> &[CurvePoint] {
        self.curve.points()
    }
}
