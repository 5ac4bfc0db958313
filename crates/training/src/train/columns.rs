//! Which indicators a model learns from: those that tell something that the others do not, no more than the leavers can
//! carry.

use estimators::calibrate::logistic;
use estimators::linear::{Matrix, fit_path};
use estimators::metrics::{information_value, weight_of_evidence};
use vocab::Text;

use super::parts::{Parts, leavers};
use crate::frames::TrainingFrame;
use crate::risk::{Frame, FrameColumn, Leak, SetAside};

/// A column for so many leavers.
const LEAVERS_PER_COLUMN: usize = 5;
/// Columns at least, where there are as many.
const LEAST: usize = 6;
/// Columns at most.
const MOST: usize = 40;
/// Columns that leavers carry from which on what seldom happens, and what is told beyond others, is told from chance.
const MANY: usize = 12;
/// Rows of those who left, and of those who stayed, that columns are compared on, at most.
const ROWS: usize = 6_000;
/// Groups of equal size that values are put into.
const GROUPS: usize = 10;
/// Two columns so alike tell the same.
const ALIKE: f64 = 0.95;
/// Spreads above what chance makes of it that a column tells at least: chance alone goes so far one time in twenty.
const ABOVE_CHANCE: f64 = 1.64;
/// Penalty of the regression that says what the columns chosen tell together.
const STRENGTH: f64 = 0.001;

/// A column learnt from.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptColumn {
    /// The indicator.
    pub name: String,
    /// How much it tells alone: its information value in the months before those judged by.
    pub information: f64,
    /// Share of the rows that have a number.
    pub coverage: f64,
}

/// What is learnt from, and what is not.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) kept: Vec<KeptColumn>,
    pub(super) set_aside: Vec<SetAside>,
}

/// Chooses by the months before those judged by: leaks, columns without a number and columns that never differ are left out; of
/// the others the one that tells most is chosen, then the one that tells most beyond it, and so on, none that goes with one
/// already chosen, as long as more is told than chance would make of it and as many as the leavers carry. Up to a half of
/// these, the most telling alone are added.
///
/// # Why
/// The columns that tell most alone are all measures of use, and tell the same: what seldom happens (a payment that failed,
/// a ticket about the price) tells less alone and more beside them. It is told from chance by many leavers only: the months
/// that weigh and calibrate are compared as well, and below sixty leavers to learn from the most telling alone are chosen.
pub(super) fn choose(frame: &TrainingFrame, leaks: &[Leak], parts: &Parts, horizon: usize) -> Chosen {
    let outcomes = frame.outcomes(horizon);
    let most = (leavers(frame, horizon, &parts.told).len() / LEAVERS_PER_COLUMN).clamp(LEAST, MOST);
    let compared = if most < MANY { parts.fit.clone() } else { parts.before() };
    let (gone, stayed): (Vec<u32>, Vec<u32>) =
        compared.into_iter().partition(|row| outcomes[*row as usize] == Some(true));
    let thinned = |rows: &Vec<u32>| rows.iter().copied().step_by(rows.len().div_ceil(ROWS).max(1)).collect();
    let mut rows: Vec<u32> = [&gone, &stayed].map::<_, Vec<u32>>(thinned).concat();
    rows.sort_unstable();
    let left: Vec<bool> = rows.iter().map(|row| outcomes[*row as usize] == Some(true)).collect();
    let mut set_aside = Vec::new();
    let mut told: Vec<Ranked<'_>> = Vec::new();
    for column in &frame.frame.columns {
        let leak = leaks.iter().find(|leak| leak.is_certain && leak.column == column.name);
        let ranked = Ranked::of(column, &rows, most >= MANY);
        let why = match (leak, ranked.known, ranked.is_constant) {
            (Some(leak), _, _) => Some(("leak", leak.why.clone())),
            (None, 0, _) => {
                Some(("empty", Text::new("评判期之前没有任何值", "no value in the months before those judged by")))
            }
            (None, _, true) => Some((
                "constant",
                Text::new("评判期之前所有客户都一样", "the same for everybody in the months before those judged by"),
            )),
            _ => None,
        };
        match why {
            Some((code, why)) => set_aside.push(SetAside { name: column.name.clone(), code, why }),
            None => told.push(ranked),
        }
    }
    let times = left.iter().filter(|left| **left).count() as f64 / leavers(frame, horizon, &rows).len().max(1) as f64;
    let (kept, rest) = tell_most(told, &left, times, most);
    set_aside.extend(rest.iter().map(|one| left_out(one, &kept, most)));
    let column = |one: &Ranked<'_>| KeptColumn {
        name: one.name.to_owned(),
        information: one.information(&left),
        coverage: one.known as f64 / rows.len().max(1) as f64,
    };
    let mut kept: Vec<KeptColumn> = kept.iter().map(column).collect();
    kept.sort_by(|one, other| other.information.total_cmp(&one.information).then_with(|| one.name.cmp(&other.name)));
    Chosen { kept, set_aside }
}

/// Columns chosen, and the others. Of many: one by one for what each tells beyond those before it, as long as chance would not tell
/// as much; then up to a half of what the leavers carry for what they tell alone. Of few: by their information. `times` is how
/// often a customer who left is counted among the rows.
fn tell_most<'a>(
    columns: Vec<Ranked<'a>>,
    left: &[bool],
    times: f64,
    most: usize,
) -> (Vec<Ranked<'a>>, Vec<Ranked<'a>>) {
    let share = left.iter().filter(|left| **left).count() as f64 / left.len().max(1) as f64;
    let (by_share, is_many) = (vec![share; left.len()], most >= MANY);
    let alone = |one: &Ranked<'a>| match is_many {
        true => one.beyond(left, &by_share, times),
        false => one.information(left),
    };
    let mut told: Vec<(f64, Ranked<'a>)> = columns.into_iter().map(|one| (alone(&one), one)).collect();
    told.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.name.cmp(other.1.name)));
    let (mut kept, mut expected): (Vec<Ranked<'a>>, Vec<f64>) = (Vec::new(), by_share.clone());
    while is_many && kept.len() < most {
        let beyond: Vec<f64> = told.iter().map(|(_, one)| one.beyond(left, &expected, times)).collect();
        let mut places: Vec<usize> = (0..told.len()).filter(|place| beyond[*place] >= ABOVE_CHANCE).collect();
        places.sort_by(|one, other| beyond[*other].total_cmp(&beyond[*one]));
        let Some(next) = places.into_iter().find(|place| twin(&told[*place].1, &kept).is_none()) else { break };
        kept.push(told.remove(next).1);
        expected = expect(&kept, left);
    }
    let mut rest = Vec::new();
    for (alone, one) in told {
        let is_room = match is_many {
            true => kept.len() < LEAST || (kept.len() < most / 2 && alone >= ABOVE_CHANCE),
            false => kept.len() < most,
        };
        let side = if is_room && twin(&one, &kept).is_none() { &mut kept } else { &mut rest };
        side.push(one);
    }
    (kept, rest)
}

/// The probability of leaving of each row by some columns together: a regression on the weight of evidence of each.
fn expect(kept: &[Ranked<'_>], left: &[bool]) -> Vec<f64> {
    let told: Vec<Vec<f64>> = kept.iter().map(|one| one.evidence(left)).collect();
    let values = (0..left.len()).flat_map(|row| told.iter().map(move |column| column[row])).collect();
    let matrix = Matrix::new(kept.len(), values);
    let rows: Vec<u32> = (0..left.len() as u32).collect();
    let path = fit_path(&matrix, left, &rows, &vec![1.0; kept.len()], 0.0, &[STRENGTH]);
    let of_row = |row: usize| path.iter().map(|fitted| logistic(fitted.margin(matrix.row(row)))).sum();
    (0..left.len()).map(of_row).collect()
}

/// The column among those kept that a column goes with.
fn twin<'k, 'a>(one: &Ranked<'_>, kept: &'k [Ranked<'a>]) -> Option<&'k Ranked<'a>> {
    kept.iter().find(|other| one.likeness(other) >= ALIKE)
}

/// Why a column that tells something is not among those kept.
fn left_out(one: &Ranked<'_>, kept: &[Ranked<'_>], most: usize) -> SetAside {
    let (code, why) = match twin(one, kept) {
        Some(twin) => (
            "copy",
            Text::new(format!("与“{}”几乎同涨同落", twin.name), format!("it rises and falls with \"{}\"", twin.name)),
        ),
        None if kept.len() >= most => (
            "weak",
            Text::new(
                format!("流失客户的数量只支持 {most} 个指标，它在入选的之外能说明的不如它们"),
                format!("the leavers carry {most} columns, and beside those chosen it tells less than they do"),
            ),
        ),
        None => (
            "weak",
            Text::new("在入选的指标之外，它说明不了更多", "beside those chosen it tells nothing that chance would not"),
        ),
    };
    SetAside { name: one.name.to_owned(), code, why }
}

/// The columns learnt from, as a table of their own.
pub(super) fn table(frame: &TrainingFrame, kept: &[KeptColumn]) -> Frame {
    let find = |one: &KeptColumn| frame.frame.columns.iter().find(|column| column.name == one.name);
    Frame { columns: kept.iter().filter_map(find).cloned().collect(), rows: frame.frame.rows }
}

/// A column on the rows compared: the group of each value, 0 for unknown, and its rank about the middle.
struct Ranked<'a> {
    name: &'a str,
    /// Numbered from 0, none empty.
    groups: Vec<usize>,
    /// Ranks less their mean, 0 where unknown, scaled to length 1.
    ranks: Vec<f64>,
    known: usize,
    is_constant: bool,
}

impl<'a> Ranked<'a> {
    /// `is_fine`: a value that fills groups ends with them, so that what seldom happens is told from what never did.
    fn of(column: &'a FrameColumn, rows: &[u32], is_fine: bool) -> Ranked<'a> {
        let values: Vec<f64> = rows.iter().map(|row| column.values[*row as usize]).collect();
        let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let known = sorted.len();
        let mut borders: Vec<f64> = (1..GROUPS).filter_map(|k| sorted.get(known * k / GROUPS).copied()).collect();
        let above = |border: &f64| sorted.get(sorted.partition_point(|value| value <= border)).copied();
        let filled = borders.windows(2).filter(|pair| is_fine && pair[0] == pair[1]);
        let ends: Vec<f64> = filled.filter_map(|pair| above(&pair[0])).collect();
        borders.extend(ends);
        borders.sort_unstable_by(f64::total_cmp);
        borders.dedup();
        let group = |value: &f64| match value.is_nan() {
            true => 0,
            false => 1 + borders.partition_point(|border| border <= value),
        };
        let rank = |value: &f64| {
            let below = sorted.partition_point(|one| one < value);
            let not_above = sorted.partition_point(|one| one <= value);
            (below + not_above) as f64 / 2.0 - known as f64 / 2.0
        };
        let mut ranks: Vec<f64> = values.iter().map(|value| if value.is_nan() { 0.0 } else { rank(value) }).collect();
        let length = ranks.iter().map(|rank| rank * rank).sum::<f64>().sqrt();
        if length > 0.0 {
            ranks.iter_mut().for_each(|rank| *rank /= length);
        }
        let is_constant = sorted.first() == sorted.last() && (known == rows.len() || known == 0);
        let numbered: Vec<usize> = values.iter().map(group).collect();
        let mut met = numbered.clone();
        met.sort_unstable();
        met.dedup();
        let groups = numbered.iter().map(|number| met.partition_point(|one| one < number)).collect();
        Ranked { name: &column.name, groups, ranks, known, is_constant }
    }

    /// Those who stayed and those who left in each group.
    fn counts(&self, left: &[bool]) -> (Vec<f64>, Vec<f64>) {
        let (mut good, mut bad) = (vec![0.0; self.count()], vec![0.0; self.count()]);
        for (group, left) in self.groups.iter().zip(left) {
            let side = if *left { &mut bad } else { &mut good };
            side[*group] += 1.0;
        }
        (good, bad)
    }

    fn count(&self) -> usize {
        self.groups.iter().max().map_or(0, |most| most + 1)
    }

    /// How much the groups tell of leaving.
    fn information(&self, left: &[bool]) -> f64 {
        let (good, bad) = self.counts(left);
        information_value(&good, &bad).unwrap_or(0.0)
    }

    /// For each row the evidence of leaving that its group is.
    fn evidence(&self, left: &[bool]) -> Vec<f64> {
        let (good, bad) = self.counts(left);
        let weights = weight_of_evidence(&good, &bad).unwrap_or_else(|| vec![0.0; good.len()]);
        self.groups.iter().map(|group| -weights[*group]).collect()
    }

    /// What the groups tell of leaving beyond what is `expected` of each row, in spreads above what chance makes of it.
    ///
    /// Rao's score of the groups, `Σ_g (Σ (left − p))² / Σ p (1 − p)`, over how often a customer who left is counted (months
    /// of one customer are no customers of their own); chance makes a χ² of it with a degree for each group but one.
    fn beyond(&self, left: &[bool], expected: &[f64], times: f64) -> f64 {
        let (mut apart, mut spread) = (vec![0.0; self.count()], vec![0.0; self.count()]);
        for ((group, left), p) in self.groups.iter().zip(left).zip(expected) {
            apart[*group] += f64::from(u8::from(*left)) - p;
            spread[*group] += p * (1.0 - p);
        }
        let each = apart.iter().zip(&spread).filter(|(_, spread)| **spread > 0.0);
        let score = each.map(|(apart, spread)| apart * apart / spread).sum::<f64>() / times;
        let degrees = (self.count().max(2) - 1) as f64;
        (score - degrees) / (2.0 * degrees).sqrt()
    }

    /// The correlation of ranks, without its sign.
    fn likeness(&self, other: &Ranked<'_>) -> f64 {
        self.ranks.iter().zip(&other.ranks).map(|(one, other)| one * other).sum::<f64>().abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::Kind;

    fn column(values: Vec<f64>) -> FrameColumn {
        FrameColumn::new("x", Kind::Number, values)
    }

    #[test]
    fn a_column_that_rises_with_another_is_alike_and_one_that_tells_more_has_more_information() {
        let rows: Vec<u32> = (0..200).collect();
        let left: Vec<bool> = (0..200).map(|row| row >= 150).collect();
        let straight = column((0..200).map(f64::from).collect());
        let bent = column((0..200).map(|row| -f64::from(row * row)).collect());
        let noise = column((0..200).map(|row| f64::from(row * 7919 % 97)).collect());
        let unknown = column(vec![f64::NAN; 200]);
        let of = |column| Ranked::of(column, &rows, true);
        assert!(of(&straight).likeness(&of(&bent)) > 0.999, "the same order, turned round");
        assert!(of(&straight).likeness(&of(&noise)) < 0.3);
        assert!(of(&straight).information(&left) > 10.0 * of(&noise).information(&left));
        assert_eq!((of(&unknown).known, of(&unknown).information(&left)), (0, 0.0));
    }

    #[test]
    fn what_seldom_happens_is_told_from_what_never_does() {
        let rows: Vec<u32> = (0..400).collect();
        let left: Vec<bool> = (0..400).map(|row| row >= 360).collect();
        let failed = column((0..400).map(|row| if row >= 390 { f64::from(row - 389) } else { 0.0 }).collect());
        let anybody = column((0..400).map(|row| f64::from(u8::from(row % 40 == 0))).collect());
        let of = |column| Ranked::of(column, &rows, true);
        assert_eq!(of(&failed).counts(&left), (vec![360.0, 0.0], vec![30.0, 10.0]), "ten of four hundred");
        assert!(of(&failed).information(&left) > 0.5, "only leavers");
        assert!(of(&anybody).information(&left) < 0.01, "leavers as often as others");
    }

    #[test]
    fn each_column_is_chosen_for_what_it_tells_beyond_those_before_it_and_chance_is_not() {
        let rows: Vec<u32> = (0..3_000).collect();
        let mut chance = estimators::chance::Chance::new(7);
        // Use and a like measure of it, a rare event that use knows nothing of, and columns of chance alone.
        let use_of: Vec<f64> = rows.iter().map(|_| chance.uniform()).collect();
        let like: Vec<f64> = use_of.iter().map(|value| value + 0.5 * chance.uniform()).collect();
        let failed: Vec<f64> = rows.iter().map(|_| f64::from(u8::from(chance.uniform() < 0.03))).collect();
        let noise: Vec<Vec<f64>> = (0..12).map(|_| rows.iter().map(|_| chance.uniform()).collect()).collect();
        let p = |row: usize| 0.02 + 0.3 * (1.0 - use_of[row]).powi(3) + 0.4 * failed[row];
        let left: Vec<bool> = (0..rows.len()).map(|row| chance.uniform() < p(row)).collect();
        let named = |name: &str, values: &[f64]| FrameColumn::new(name, Kind::Number, values.to_vec());
        let mut columns = vec![named("use", &use_of), named("like", &like), named("failed", &failed)];
        columns.extend(noise.iter().enumerate().map(|(at, values)| named(&format!("noise_{at:02}"), values)));
        let ranked = || columns.iter().map(|column| Ranked::of(column, &rows, true)).collect::<Vec<Ranked<'_>>>();
        let (kept, rest) = tell_most(ranked(), &left, 1.0, 40);
        let names: Vec<&str> = kept.iter().map(|one| one.name).collect();
        assert_eq!(
            &names[..2],
            ["use", "failed"],
            "what seldom happens before a second measure of the same: {names:?}"
        );
        assert!(kept.len() <= LEAST + 1, "chance is not chosen: {names:?}");
        assert_eq!(kept.len() + rest.len(), columns.len());
        let alone: Vec<f64> = ranked().iter().map(|one| one.information(&left)).collect();
        assert!(alone[1] > alone[2], "alone the second measure tells more: {alone:?}");
        let (few, _) = tell_most(ranked(), &left, 1.0, MANY - 1);
        let names: Vec<&str> = few.iter().map(|one| one.name).collect();
        assert_eq!((&names[..2], few.len()), (&["use", "like"][..], MANY - 1), "of few leavers the most telling alone");
        // The same customers seen three times over tell no more than once.
        let three = |values: &[f64]| named("failed", &values.repeat(3));
        let (thrice, all): (FrameColumn, Vec<u32>) = (three(&failed), (0..9_000).collect());
        let share = left.iter().filter(|left| **left).count() as f64 / 3_000.0;
        let once = Ranked::of(&columns[2], &rows, true).beyond(&left, &vec![share; 3_000], 1.0);
        let again = Ranked::of(&thrice, &all, true).beyond(&left.repeat(3), &vec![share; 9_000], 3.0);
        assert!((once - again).abs() < 1e-6, "{once} {again}");
    }
}
