//! Which indicators a model learns from: those that tell something, each once, no more than the leavers can carry.

use estimators::metrics::information_value;
use vocab::Text;

use super::parts::{Parts, leavers};
use crate::frames::TrainingFrame;
use crate::risk::{Frame, FrameColumn, Kind, Leak, SetAside};

/// A column for so many leavers.
const LEAVERS_PER_COLUMN: usize = 5;
/// Columns at least, where there are as many.
const LEAST: usize = 6;
/// Columns at most.
const MOST: usize = 40;
/// Rows that columns are compared on, at most.
const ROWS: usize = 6_000;
/// Groups of equal size that values are put into.
const GROUPS: usize = 10;
/// Two columns so alike tell the same.
const ALIKE: f64 = 0.95;

/// A column learnt from.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptColumn {
    /// The indicator.
    pub name: String,
    /// How much it tells alone: its information value in the months learnt from.
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

/// Chooses by the months learnt from alone: leaks, columns without a number and columns that never differ are left out; of
/// the others the most telling first, none that goes with one already chosen, as many as the leavers carry.
pub(super) fn choose(frame: &TrainingFrame, leaks: &[Leak], parts: &Parts, horizon: usize) -> Chosen {
    let outcomes = frame.outcomes(horizon);
    let step = parts.fit.len().div_ceil(ROWS).max(1);
    // All who left and an even part of those who stayed: leavers are what there is too little of.
    let is_used = |(place, row): &(usize, &u32)| outcomes[**row as usize] == Some(true) || place.is_multiple_of(step);
    let rows: Vec<u32> = parts.fit.iter().enumerate().filter(is_used).map(|(_, row)| *row).collect();
    let left: Vec<bool> = rows.iter().map(|row| outcomes[*row as usize] == Some(true)).collect();
    let most = (leavers(frame, horizon, &parts.fit).len() / LEAVERS_PER_COLUMN).clamp(LEAST, MOST);
    let mut chosen = Chosen { kept: Vec::new(), set_aside: Vec::new() };
    let mut told: Vec<(f64, Ranked<'_>)> = Vec::new();
    for column in &frame.frame.columns {
        let leak = leaks.iter().find(|leak| leak.is_certain && leak.column == column.name);
        let ranked = Ranked::of(column, &rows);
        let why = match (leak, ranked.known, ranked.is_constant) {
            (Some(leak), _, _) => Some(("leak", leak.why.clone())),
            (None, 0, _) => Some(("empty", Text::new("学习期内没有任何值", "no value in the months learnt from"))),
            (None, _, true) => Some((
                "constant",
                Text::new("学习期内所有客户都一样", "the same for everybody in the months learnt from"),
            )),
            _ => None,
        };
        match why {
            Some((code, why)) => chosen.set_aside.push(SetAside { name: column.name.clone(), code, why }),
            None => told.push((ranked.information(&left), ranked)),
        }
    }
    told.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.name.cmp(other.1.name)));
    let mut kept: Vec<&(f64, Ranked<'_>)> = Vec::new();
    for one in &told {
        let twin = kept.iter().find(|other| one.1.likeness(&other.1) >= ALIKE);
        let why = match twin {
            Some(twin) => Some((
                "copy",
                Text::new(
                    format!("与“{}”几乎同涨同落", twin.1.name),
                    format!("it rises and falls with \"{}\"", twin.1.name),
                ),
            )),
            None if kept.len() >= most => Some((
                "weak",
                Text::new(
                    format!("流失客户的数量只支持 {most} 个指标，它单独能说明的不如入选的"),
                    format!("the leavers carry {most} columns, and alone it tells less than those chosen"),
                ),
            )),
            None => None,
        };
        match why {
            Some((code, why)) => {
                chosen.set_aside.push(SetAside { name: one.1.name.to_owned(), code, why });
            }
            None => kept.push(one),
        }
    }
    let column = |(information, ranked): &&(f64, Ranked<'_>)| KeptColumn {
        name: ranked.name.to_owned(),
        information: *information,
        coverage: ranked.known as f64 / rows.len().max(1) as f64,
    };
    chosen.kept = kept.iter().map(column).collect();
    chosen
}

/// The columns learnt from, as a table of their own.
pub(super) fn table(frame: &TrainingFrame, kept: &[KeptColumn]) -> Frame {
    let find = |one: &KeptColumn| frame.frame.columns.iter().find(|column| column.name == one.name);
    let column = |column: &FrameColumn| FrameColumn {
        name: column.name.clone(),
        kind: Kind::Number,
        values: column.values.clone(),
    };
    Frame { columns: kept.iter().filter_map(find).map(column).collect(), rows: frame.frame.rows }
}

/// A column on the rows compared: the group of each value, 0 for unknown, and its rank about the middle.
struct Ranked<'a> {
    name: &'a str,
    groups: Vec<usize>,
    /// Ranks less their mean, 0 where unknown, scaled to length 1.
    ranks: Vec<f64>,
    known: usize,
    is_constant: bool,
}

impl<'a> Ranked<'a> {
    fn of(column: &'a FrameColumn, rows: &[u32]) -> Ranked<'a> {
        let values: Vec<f64> = rows.iter().map(|row| column.values[*row as usize]).collect();
        let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let known = sorted.len();
        let mut borders: Vec<f64> = (1..GROUPS).filter_map(|k| sorted.get(known * k / GROUPS).copied()).collect();
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
        Ranked { name: &column.name, groups: values.iter().map(group).collect(), ranks, known, is_constant }
    }

    /// How much the groups tell of leaving.
    fn information(&self, left: &[bool]) -> f64 {
        let count = self.groups.iter().max().map_or(0, |most| most + 1);
        let (mut good, mut bad) = (vec![0.0; count], vec![0.0; count]);
        for (group, left) in self.groups.iter().zip(left) {
            let side = if *left { &mut bad } else { &mut good };
            side[*group] += 1.0;
        }
        let is_met = |group: &usize| good[*group] + bad[*group] > 0.0;
        let met: Vec<usize> = (0..count).filter(is_met).collect();
        let of = |counts: &[f64]| met.iter().map(|group| counts[*group]).collect::<Vec<f64>>();
        information_value(&of(&good), &of(&bad)).unwrap_or(0.0)
    }

    /// The correlation of ranks, without its sign.
    fn likeness(&self, other: &Ranked<'_>) -> f64 {
        self.ranks.iter().zip(&other.ranks).map(|(one, other)| one * other).sum::<f64>().abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: Vec<f64>) -> FrameColumn {
        FrameColumn { name: "x".to_owned(), kind: Kind::Number, values }
    }

    #[test]
    fn a_column_that_rises_with_another_is_alike_and_one_that_tells_more_has_more_information() {
        let rows: Vec<u32> = (0..200).collect();
        let left: Vec<bool> = (0..200).map(|row| row >= 150).collect();
        let straight = column((0..200).map(f64::from).collect());
        let bent = column((0..200).map(|row| -f64::from(row * row)).collect());
        let noise = column((0..200).map(|row| f64::from(row * 7919 % 97)).collect());
        let unknown = column(vec![f64::NAN; 200]);
        let of = |column| Ranked::of(column, &rows);
        assert!(of(&straight).likeness(&of(&bent)) > 0.999, "the same order, turned round");
        assert!(of(&straight).likeness(&of(&noise)) < 0.3);
        assert!(of(&straight).information(&left) > 10.0 * of(&noise).information(&left));
        assert_eq!((of(&unknown).known, of(&unknown).information(&left)), (0, 0.0));
    }
}
