//! A model of risk: a regression and an ensemble, weighed against each other by folds, and calibrated.

use estimators::boost::{Binned, BoostOptions, Boosted, Direction, Input, Watch, boost, grow_until};
use estimators::calibrate::{Platt, logistic};
use estimators::flat;
use estimators::linear::{self, Design, Logistic, Matrix};
use estimators::metrics::log_loss;
use estimators::trees::Forest;

use super::calibration::{Calibration, calibrate};
use super::folds::stratified;
use super::frame::{Frame, FrameColumn, Kind};
use super::together::together;

/// How a model is fitted; nothing of it is a setting of the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FitOptions {
    /// Where chance comes from.
    pub seed: u64,
    /// Threads; they change no answer.
    pub threads: usize,
}

/// What the folds inside the training rows decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Share of the regression in the margin; the rest is the ensemble's.
    pub linear_share: f64,
    /// Penalty of the regression.
    pub strength: f64,
    /// The ways of growing that the ensemble is the mean of: leaves of a tree, number of trees.
    pub trees: Vec<(usize, usize)>,
    /// Out-of-fold log loss of the regression, of the ensemble and of both together.
    pub losses: [f64; 3],
    /// Rows that the out-of-fold margins are of.
    pub out_of_fold: usize,
}

/// A fitted model.
#[derive(Clone, Debug)]
pub struct RiskModel {
    design: Design,
    linear: Logistic,
    forest: Forest,
    calibration: Calibration,
    choice: Choice,
}

flat!(Choice { linear_share, strength, trees, losses, out_of_fold });
flat!(RiskModel { design, linear, forest, calibration, choice });

/// Rows up to which folds are cross-validated; above, one part is held out.
const FOLDS_UP_TO: usize = 60_000;
/// Rows that the regression is fitted on at most: its weights are known long before.
const LINEAR_ROWS: usize = 40_000;
/// Penalties tried, strongest first.
const STRENGTHS: [f64; 7] = [0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001];
/// Directions that were declared are kept to as long as they cost no more of the log loss.
const DIRECTIONS_COST: f64 = 0.002;
/// Work on one frame.
struct Bench<'a> {
    frame: &'a Frame,
    positives: &'a [bool],
    binned: Binned,
    /// The same without categories of many levels, where there are any.
    plain: Option<Binned>,
    /// The same with the directions that were declared, where there are any.
    directed: Option<Binned>,
    design: &'a Design,
    options: FitOptions,
}

/// Training and held-out rows of a fold.
struct Fold {
    train: Vec<u32>,
    held: Vec<u32>,
}

/// A way to grow the ensemble.
#[derive(Clone, Copy)]
struct Recipe {
    leaves: usize,
    min_rows: usize,
    l2: f64,
    rate: f64,
    plain: bool,
    directed: bool,
}

/// A part of the ensemble.
#[derive(Clone, Copy)]
struct Part {
    recipe: Recipe,
    rounds: usize,
}

impl RiskModel {
    /// Fits on `rows` of a frame; `positives` has an entry for each row of the frame, `groups` the customer of each, so that
    /// no customer is on both sides of a fold.
    ///
    /// # Edges
    /// Panics unless both classes are among the rows.
    pub fn fit(frame: &Frame, positives: &[bool], rows: &[u32], groups: &[u32], options: FitOptions) -> RiskModel {
        RiskModel::fitted(frame, positives, rows, None, groups, options)
    }

    /// Fits on `rows`; the share of each learner and the calibration are decided by `later` rows that neither has seen, of
    /// moments after theirs. Then both are fitted once more, as decided, on `all` that may be learnt from.
    ///
    /// # Why
    /// Folds of the same months know the mood of those months. What is to be believed in the next ones, the next ones say. To
    /// let nothing be told too soon, whole months stand between the two and serve for nothing: once everything is decided, they
    /// and the later ones are learnt from like the others.
    ///
    /// # Edges
    /// Panics unless both classes are among `rows`. Later rows of one class give a share by them and no calibration.
    pub fn fit_in_time(
        frame: &Frame,
        positives: &[bool],
        rows: &[u32],
        (later, all): (&[u32], &[u32]),
        groups: &[u32],
        options: FitOptions,
    ) -> RiskModel {
        RiskModel::fitted(frame, positives, rows, Some((later, all)), groups, options)
    }

    fn fitted(
        frame: &Frame,
        positives: &[bool],
        rows: &[u32],
        later: Option<(&[u32], &[u32])>,
        groups: &[u32],
        options: FitOptions,
    ) -> RiskModel {
        let columns: Vec<(linear::Column, &[f64])> = frame
            .columns
            .iter()
            .map(|column| match &column.kind {
                Kind::Category(levels) => (linear::Column::Category(levels.len() as u32), &column.values[..]),
                _ => (linear::Column::Number, &column.values[..]),
            })
            .collect();
        let design = Design::learn(&columns, rows);
        let bench = Bench::new(frame, positives, rows, &design, options);
        let folds = folds(positives, rows, groups, options.seed);
        let (strength, linear_margins) = bench.choose_linear(&folds);
        let (parts, boost_margins) = bench.choose_boost(&folds);
        let (design, linear, forest, judged) = match later {
            None => {
                let judged = Judged::new(linear_margins, boost_margins, &folds, positives);
                let (linear, forest) = bench.refit(rows, strength, &parts, judged.linear_share);
                (design, linear, forest, judged)
            }
            Some((later, all)) => {
                // Both are fitted whole, whatever will be the share of each.
                let (linear, forest) = bench.refit(rows, strength, &parts, 0.5);
                let held = later_parts(positives, later, groups, options.seed);
                let (lines, trees) = bench.margins(&linear, &forest, &held);
                let judged = Judged::new(lines, trees, &held, positives);
                let design = Design::learn(&columns, all);
                let bench = Bench::new(frame, positives, all, &design, options);
                let (linear, forest) = bench.refit(all, strength, &parts, judged.linear_share);
                (design, linear, forest, judged)
            }
        };
        let choice = Choice {
            linear_share: judged.linear_share,
            strength,
            trees: parts.iter().map(|part| (part.recipe.leaves, part.rounds)).collect(),
            losses: judged.losses,
            out_of_fold: judged.rows,
        };
        RiskModel { design, linear, forest, calibration: judged.calibration, choice }
    }

    /// The log odds of a row before calibration; `value` gives the number in a column of the frame.
    pub fn margin(&self, value: impl Fn(usize) -> f64) -> f64 {
        let row: Vec<f64> = (0..self.forest.features()).map(&value).collect();
        let share = self.choice.linear_share;
        let mut terms = Vec::with_capacity(self.design.width());
        let linear = if share > 0.0 && self.design.width() > 0 {
            self.design.row(&value, &mut terms);
            self.linear.margin(&terms)
        } else {
            self.linear.intercept
        };
        let trees = if share < 1.0 { self.forest.margin(&row) } else { 0.0 };
        share * linear + (1.0 - share) * trees
    }

    /// The probability of a row.
    pub fn probability(&self, value: impl Fn(usize) -> f64) -> f64 {
        self.calibration.apply(self.margin(value))
    }

    /// What was decided, by the folds or by later rows.
    pub fn choice(&self) -> &Choice {
        &self.choice
    }

    /// How margins become probabilities.
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// The regression with what it sees of each column, and the ensemble, for reasons.
    pub(super) fn members(&self) -> (&Design, &Logistic, &Forest) {
        (&self.design, &self.linear, &self.forest)
    }
}

/// What margins on rows that were not learnt from decide.
struct Judged {
    linear_share: f64,
    calibration: Calibration,
    losses: [f64; 3],
    rows: usize,
}

impl Judged {
    /// Margins of both learners, part after part of the held-out rows.
    fn new(linear: Vec<f64>, boosted: Vec<f64>, parts: &[Fold], positives: &[bool]) -> Judged {
        let held = || parts.iter().flat_map(|part| part.held.iter());
        let outcomes: Vec<bool> = held().map(|&row| positives[row as usize]).collect();
        let (linear_share, margins) = weigh(&linear, &boosted, &outcomes);
        let sizes: Vec<usize> = parts.iter().map(|part| part.held.len()).collect();
        let calibration = calibrate(&margins, &outcomes, &sizes);
        let loss = |margins: &[f64]| {
            let p: Vec<f64> = margins.iter().map(|margin| logistic(*margin)).collect();
            log_loss(&p, &outcomes).unwrap_or(f64::INFINITY)
        };
        let losses = [loss(&linear), loss(&boosted), loss(&margins)];
        Judged { linear_share, calibration, losses, rows: outcomes.len() }
    }
}

/// Later rows in five parts with equal shares of leavers, so that a map is tried on parts that it was not fitted to.
fn later_parts(positives: &[bool], later: &[u32], groups: &[u32], seed: u64) -> Vec<Fold> {
    const PARTS: usize = 5;
    let of = stratified(positives, later, groups, PARTS, seed);
    let part = |fold: usize| {
        let held = later.iter().zip(&of).filter(|(_, of)| **of == fold).map(|(row, _)| *row).collect();
        Fold { train: Vec::new(), held }
    };
    (0..PARTS).map(part).collect()
}

impl<'a> Bench<'a> {
    fn new(
        frame: &'a Frame,
        positives: &'a [bool],
        rows: &[u32],
        design: &'a Design,
        options: FitOptions,
    ) -> Bench<'a> {
        let groups = if rows.len() < 1500 { 64 } else { 254 };
        let blank = vec![f64::NAN; frame.rows];
        let is_wide = |kind: &Kind| matches!(kind, Kind::Category(levels) if levels.len() > 12);
        let binned = |plain: bool, directed: bool| {
            let inputs: Vec<Input<'_>> = frame
                .columns
                .iter()
                .map(|column| match &column.kind {
                    kind if plain && is_wide(kind) => Input::Category { codes: &blank, levels: 1 },
                    Kind::Category(levels) => Input::Category { codes: &column.values, levels: levels.len() as u32 },
                    _ => Input::Number {
                        values: &column.values,
                        direction: if directed { column.direction } else { Direction::Either },
                    },
                })
                .collect();
            Binned::new(&inputs, frame.rows, rows, groups)
        };
        let plain = frame.columns.iter().any(|column| is_wide(&column.kind)).then(|| binned(true, false));
        let is_declared = |column: &FrameColumn| column.direction != Direction::Either;
        let directed = frame.columns.iter().any(is_declared).then(|| binned(false, true));
        Bench { frame, positives, binned: binned(false, false), plain, directed, design, options }
    }

    /// The regression on some rows for each penalty; of very many rows a part, evenly spread, is enough.
    fn fit_linear(&self, rows: &[u32], strengths: &[f64]) -> Vec<Logistic> {
        let width = self.design.width();
        let step = rows.len().div_ceil(LINEAR_ROWS).max(1);
        let used: Vec<u32> = rows.iter().copied().step_by(step).collect();
        let outcomes: Vec<bool> = used.iter().map(|&row| self.positives[row as usize]).collect();
        let mut values = Vec::with_capacity(used.len() * width);
        for &row in &used {
            self.design.row(|column| self.frame.columns[column].values[row as usize], &mut values);
        }
        let matrix = Matrix::new(width.max(1), values);
        let places: Vec<u32> = (0..used.len() as u32).collect();
        linear::fit_path(&matrix, &outcomes, &places, self.design.scales(), 0.0, strengths)
    }

    /// Out-of-fold margins of the penalty that does best.
    fn choose_linear(&self, folds: &[Fold]) -> (f64, Vec<f64>) {
        if self.design.width() == 0 {
            return (STRENGTHS[0], folds.iter().flat_map(|fold| fold.held.iter().map(|_| 0.0)).collect());
        }
        let strengths = if folds[0].train.len() > LINEAR_ROWS { &STRENGTHS[3..6] } else { &STRENGTHS[..] };
        let paths: Vec<Vec<Vec<f64>>> = together(folds.len(), self.options.threads, |place| {
            let fold = &folds[place];
            let path = self.fit_linear(&fold.train, strengths);
            let mut margins = vec![Vec::with_capacity(fold.held.len()); path.len()];
            let mut terms = Vec::with_capacity(self.design.width());
            for &row in &fold.held {
                terms.clear();
                self.design.row(|column| self.frame.columns[column].values[row as usize], &mut terms);
                margins.iter_mut().zip(&path).for_each(|(margins, model)| margins.push(model.margin(&terms)));
            }
            margins
        });
        let all = |strength: usize| paths.iter().flat_map(|path| path[strength].iter().copied()).collect::<Vec<f64>>();
        let outcomes: Vec<bool> = self.outcomes(folds);
        let loss = |strength: usize| {
            let p: Vec<f64> = all(strength).iter().map(|margin| logistic(*margin)).collect();
            log_loss(&p, &outcomes).unwrap_or(f64::INFINITY)
        };
        let losses: Vec<f64> = (0..strengths.len()).map(loss).collect();
        let best =
            (0..losses.len()).reduce(|best, next| if losses[next] < losses[best] { next } else { best }).unwrap_or(0);
        (strengths[best], all(best))
    }

    fn outcomes(&self, folds: &[Fold]) -> Vec<bool> {
        folds.iter().flat_map(|fold| fold.held.iter().map(|&row| self.positives[row as usize])).collect()
    }

    fn recipes(&self, rows: usize) -> Vec<Recipe> {
        let recipe = |leaves, min_rows, l2, rate| Recipe { leaves, min_rows, l2, rate, plain: false, directed: false };
        let mut recipes = match rows {
            0..20_000 => vec![recipe(4, 20, 5.0, 0.08), recipe(8, 8, 2.0, 0.06), recipe(16, 8, 1.0, 0.05)],
            20_000..FOLDS_UP_TO => vec![recipe(8, 40, 5.0, 0.1), recipe(24, 40, 5.0, 0.06)],
            _ => vec![recipe(31, 100, 5.0, 0.1)],
        };
        if rows < 1500 {
            recipes[2] = recipe(8, 8, 2.0, 0.05);
        }
        if self.plain.is_some() && rows < FOLDS_UP_TO {
            let plain: Vec<Recipe> = recipes.iter().map(|recipe| Recipe { plain: true, ..*recipe }).collect();
            recipes.extend(plain);
        }
        recipes
    }

    fn options_of(&self, recipe: Recipe, rounds: usize, seed: u64, threads: usize) -> BoostOptions {
        BoostOptions {
            rounds,
            learning_rate: recipe.rate,
            leaves: recipe.leaves,
            min_rows: recipe.min_rows,
            l2: recipe.l2,
            feature_share: 0.6,
            row_share: 0.8,
            seed,
            threads,
        }
    }

    fn table(&self, recipe: Recipe) -> &Binned {
        let own = match (recipe.directed, recipe.plain) {
            (true, _) => self.directed.as_ref(),
            (false, true) => self.plain.as_ref(),
            (false, false) => None,
        };
        own.unwrap_or(&self.binned)
    }

    /// Each way of growing with the number of trees that does best out of fold, and the margins there.
    fn grown(&self, recipes: &[Recipe], folds: &[Fold]) -> Vec<(Part, Vec<f64>)> {
        const ROUNDS: usize = 500;
        const PATIENCE: usize = 40;
        let pieces = recipes.len() * folds.len();
        let spare = if pieces == 1 { self.options.threads } else { 1 };
        let grown: Vec<Boosted> = together(pieces, self.options.threads, |piece| {
            let (recipe, fold) = (recipes[piece / folds.len()], &folds[piece % folds.len()]);
            let options = self.options_of(recipe, ROUNDS, self.options.seed, spare);
            let watch = Watch { rows: &fold.held, patience: PATIENCE };
            boost(self.table(recipe), self.positives, &fold.train, &options, Some(watch))
        });
        let best = |recipe: usize| {
            let fits = &grown[recipe * folds.len()..(recipe + 1) * folds.len()];
            let rounds = best_round(fits, folds);
            (Part { recipe: recipes[recipe], rounds }, self.held_margins(fits, folds, rounds))
        };
        (0..recipes.len()).map(best).collect()
    }

    /// One way of growing, or two together, that does best out of fold, and the margins there; the best one with the directions
    /// that were declared, unless that costs something.
    fn choose_boost(&self, folds: &[Fold]) -> (Vec<Part>, Vec<f64>) {
        let recipes = self.recipes(folds.iter().map(|fold| fold.train.len()).max().unwrap_or(0));
        let tried = self.grown(&recipes, folds);
        let outcomes = self.outcomes(folds);
        let loss = |margins: &[f64]| {
            let p: Vec<f64> = margins.iter().map(|margin| logistic(*margin)).collect();
            log_loss(&p, &outcomes).unwrap_or(f64::INFINITY)
        };
        let losses: Vec<f64> = tried.iter().map(|(_, margins)| loss(margins)).collect();
        let best =
            (0..tried.len()).reduce(|best, next| if losses[next] < losses[best] { next } else { best }).unwrap_or(0);
        // Two ways of growing often do better together than the better one alone.
        let mut chosen = (vec![tried[best].0], tried[best].1.clone(), losses[best]);
        for (_, (part, margins)) in tried.iter().enumerate().filter(|(other, _)| *other != best) {
            let both: Vec<f64> = margins.iter().zip(&tried[best].1).map(|(one, two)| (one + two) / 2.0).collect();
            let together = loss(&both);
            if together < chosen.2 {
                chosen = (vec![tried[best].0, *part], both, together);
            }
        }
        if self.directed.is_some() {
            let directed = Recipe { directed: true, plain: false, ..tried[best].0.recipe };
            let (part, margins) = self.grown(&[directed], folds).remove(0);
            if loss(&margins) <= chosen.2 * (1.0 + DIRECTIONS_COST) {
                return (vec![part], margins);
            }
        }
        (chosen.0, chosen.1)
    }

    /// Margins of the held-out rows, fold after fold, by the first trees of each.
    fn held_margins(&self, fits: &[Boosted], folds: &[Fold], rounds: usize) -> Vec<f64> {
        let mut row = vec![0.0; self.frame.columns.len()];
        let mut margins = Vec::new();
        for (fit, fold) in fits.iter().zip(folds) {
            let forest = grow_until(&fit.forest, rounds);
            for &at in &fold.held {
                self.fill_row(at as usize, &mut row);
                margins.push(forest.margin(&row));
            }
        }
        margins
    }

    /// Margins of both learners on the held-out rows, part after part.
    fn margins(&self, linear: &Logistic, forest: &Forest, parts: &[Fold]) -> (Vec<f64>, Vec<f64>) {
        let mut row = vec![0.0; self.frame.columns.len()];
        let mut terms = Vec::with_capacity(self.design.width());
        let held = parts.iter().flat_map(|part| part.held.iter());
        let both = held.map(|&at| {
            self.fill_row(at as usize, &mut row);
            terms.clear();
            self.design.row(|column| row[column], &mut terms);
            (linear.margin(&terms), forest.margin(&row))
        });
        both.unzip()
    }

    fn fill_row(&self, at: usize, row: &mut [f64]) {
        row.iter_mut().zip(&self.frame.columns).for_each(|(slot, column)| *slot = column.values[at]);
    }

    /// Both parts on all rows; the ensemble as the mean of several seeds where that is cheap.
    fn refit(&self, rows: &[u32], strength: f64, parts: &[Part], share: f64) -> (Logistic, Forest) {
        let fitted =
            if share > 0.0 && self.design.width() > 0 { self.fit_linear(rows, &[strength]) } else { Vec::new() };
        let nothing = || Logistic { intercept: 0.0, weights: vec![0.0; self.design.width()] };
        let linear = fitted.into_iter().next().unwrap_or_else(nothing);
        let seeds = if rows.len() < 20_000 { 6 / parts.len() } else { 1 };
        let pieces = if share < 1.0 { seeds * parts.len() } else { 0 };
        let spare = if pieces == 1 { self.options.threads } else { 1 };
        let grown = together(pieces, self.options.threads, |piece| {
            let (part, seed) = (parts[piece / seeds], self.options.seed.wrapping_add(1 + piece as u64));
            // More rows bear a little more growth.
            let rounds = (part.rounds as f64 * 1.1).round() as usize;
            let options = self.options_of(part.recipe, rounds, seed, spare);
            boost(self.table(part.recipe), self.positives, rows, &options, None).forest.scaled(1.0 / pieces as f64)
        });
        let columns = self.frame.columns.len();
        let forest = Forest::sum(grown).or_else(|| Forest::new(columns, 0.0, Vec::new()).ok());
        (linear, forest.unwrap_or_else(|| unreachable!("an ensemble without trees is sound")))
    }
}

/// The number of trees at which the folds together do best; folds that stopped keep their last loss.
fn best_round(fits: &[Boosted], folds: &[Fold]) -> usize {
    let longest = fits.iter().map(|fit| fit.losses.len()).max().unwrap_or(1);
    let loss = |round: usize| {
        let losses = fits.iter().zip(folds).map(|(fit, fold)| {
            let loss = fit.losses.get(round).or(fit.losses.last()).copied().unwrap_or(f64::INFINITY);
            loss * fold.held.len() as f64
        });
        losses.sum::<f64>()
    };
    let losses: Vec<f64> = (0..longest).map(loss).collect();
    (0..longest).reduce(|best, next| if losses[next] < losses[best] { next } else { best }).unwrap_or(0)
}

/// The fold of each of `rows` that a model of them makes its choices by, and how many there are: equal shares of leavers, no
/// group in two.
pub(crate) fn inner_folds(positives: &[bool], rows: &[u32], groups: &[u32], seed: u64) -> (Vec<usize>, usize) {
    let ups = rows.iter().filter(|&&row| positives[row as usize]).count();
    let count = match rows.len() {
        0..20_000 => 5,
        20_000..FOLDS_UP_TO => 3,
        _ => 5,
    };
    let count = count.min(ups.min(rows.len() - ups)).max(2);
    (stratified(positives, rows, groups, count, seed), count)
}

/// The training rows in folds, each with what is held out of it.
fn folds(positives: &[bool], rows: &[u32], groups: &[u32], seed: u64) -> Vec<Fold> {
    let (of, count) = inner_folds(positives, rows, groups, seed);
    let part = |fold: usize| {
        let side = |held: bool| {
            let chosen = rows.iter().zip(&of).filter(|(_, of)| (**of == fold) == held).map(|(row, _)| *row);
            chosen.collect::<Vec<u32>>()
        };
        Fold { train: side(false), held: side(true) }
    };
    let used = if rows.len() < FOLDS_UP_TO { count } else { 1 };
    (0..used).map(part).collect()
}

/// The share of the regression by which both together do best, after the best line; and their margins.
fn weigh(linear: &[f64], boosted: &[f64], outcomes: &[bool]) -> (f64, Vec<f64>) {
    let mix = |share: f64| -> Vec<f64> {
        linear.iter().zip(boosted).map(|(linear, boosted)| share * linear + (1.0 - share) * boosted).collect()
    };
    let loss = |share: f64| {
        let margins = mix(share);
        let Some(line) = Platt::fit(&margins, outcomes) else { return f64::INFINITY };
        let p: Vec<f64> = margins.iter().map(|margin| line.apply(*margin)).collect();
        log_loss(&p, outcomes).unwrap_or(f64::INFINITY)
    };
    let shares: Vec<f64> = (0..=10).map(|step| f64::from(step) / 10.0).collect();
    let losses: Vec<f64> = shares.iter().map(|share| loss(*share)).collect();
    let best =
        (0..shares.len()).reduce(|best, next| if losses[next] < losses[best] { next } else { best }).unwrap_or(0);
    (shares[best], mix(shares[best]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_keep_to_a_declared_direction_unless_it_costs() {
        // Who uses little leaves, in one of two groups. Declared is that less is worse, or the reverse of it.
        let mut chance = estimators::chance::Chance::new(3);
        let used: Vec<f64> = (0..900).map(|_| chance.uniform()).collect();
        let group: Vec<f64> = used.iter().map(|_| f64::from(u8::from(chance.uniform() < 0.5))).collect();
        let p = |row: usize| if group[row] > 0.5 && used[row] < 0.4 { 0.8 } else { 0.1 };
        let left: Vec<bool> = (0..used.len()).map(|row| chance.uniform() < p(row)).collect();
        let rows: Vec<u32> = (0..900).collect();
        let on_the_way = |direction: Direction| {
            let used = FrameColumn { direction, ..FrameColumn::new("used", Kind::Number, used.clone()) };
            let columns = vec![used, FrameColumn::new("group", Kind::Number, group.clone())];
            let frame = Frame { columns, rows: rows.len() };
            let model = RiskModel::fit(&frame, &left, &rows, &rows, FitOptions { seed: 1, threads: 2 });
            let forest = model.members().2;
            (0..=50).map(|step| forest.margin(&[f64::from(step) / 50.0, 1.0])).collect::<Vec<f64>>()
        };
        let turns = |margins: &[f64]| margins.windows(2).filter(|pair| pair[1] > pair[0] + 1e-12).count();
        let (declared, free) = (on_the_way(Direction::Falling), on_the_way(Direction::Either));
        assert!(turns(&declared) == 0 && declared[0] > declared[40] + 0.5, "{declared:?}");
        assert!(turns(&free) > 0, "by chance it goes up and down where nothing is declared: {free:?}");
        let reversed = on_the_way(Direction::Rising);
        assert_eq!(reversed, free, "a direction that history speaks against is not forced on it");
    }
}
