//! Totals of columns in the same unit, where a table tells parts and nowhere the whole.
//!
//! Trees ask one column at a time: that a bill is high as a whole, told by time of day, by month or by product only, takes them
//! a cut for every way in which the parts may add up, which a few thousand rows do not carry. Which columns are parts of one
//! thing their headers say; the outcome is never looked at.
//!
//! Not here: what the columns are read as (`risk`), whether a total tells anything (the folds of the model).

use std::collections::BTreeMap;

use crate::risk::{Frame, FrameColumn, Kind};

/// Parts that make a total.
const LEAST_PARTS: usize = 3;
/// Totals of a table at most.
const MOST: usize = 12;
/// Groups of columns that are added up to see whether they tell anything new, at most.
const MOST_TRIED: usize = 60;
/// Letters of a header that are looked at, from its end.
const LETTERS: usize = 60;
/// A total this like a column of the table says nothing new.
const LIKENESS: f64 = 0.99;

/// The total of each group of three or more columns of numbers whose headers end alike (`day charge`, `night charge`…) or
/// differ by a number at their end (`bill1`, `bill2`…).
///
/// # Edges
/// * Headers end alike by four letters or two characters of Chinese; case, blanks and marks do not count.
/// * A part that is missing counts as the middle of its column; where all parts are missing, so is the total.
/// * A total that correlates 0.99 or more with a column of the table is left out. Twelve totals at most, of sixty groups.
/// * Of a header the last sixty letters count: a sentence is as good a name as any.
pub(super) fn totals(frame: &Frame) -> Vec<FrameColumn> {
    let numbers: Vec<&FrameColumn> = frame.columns.iter().filter(|column| column.kind == Kind::Number).collect();
    let mut found: Vec<FrameColumn> = Vec::new();
    for parts in alike(&numbers).into_iter().take(MOST_TRIED) {
        let parts: Vec<&FrameColumn> = parts.into_iter().map(|place| numbers[place]).collect();
        let total = total(&parts);
        let is_known = |column: &&FrameColumn| likeness(&total.values, &column.values) >= LIKENESS;
        if !numbers.iter().any(is_known) && !found.iter().any(|other| is_known(&other)) {
            found.push(total);
        }
        if found.len() == MOST {
            break;
        }
    }
    found
}

/// Groups of columns that are parts of one thing, by their headers; each once.
fn alike(columns: &[&FrameColumn]) -> Vec<Vec<usize>> {
    let mut by_ending: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, column) in columns.iter().enumerate() {
        let last = column.name.chars().rev().filter(|letter| letter.is_alphanumeric()).take(LETTERS);
        let mut letters: Vec<char> = last.flat_map(char::to_lowercase).collect();
        letters.reverse();
        for start in 0..letters.len() {
            let ending = &letters[start..];
            if weight(ending) < 4 {
                break;
            }
            by_ending.entry(ending.iter().collect()).or_default().push(place);
        }
        let counted = letters.iter().rev().take_while(|letter| letter.is_numeric()).count();
        let stem = &letters[..letters.len() - counted];
        if counted > 0 && weight(stem) >= 3 {
            by_ending.entry(format!("{}#", stem.iter().collect::<String>())).or_default().push(place);
        }
    }
    let mut groups: Vec<Vec<usize>> = by_ending.into_values().filter(|group| group.len() >= LEAST_PARTS).collect();
    groups.sort();
    groups.dedup();
    groups
}

/// How many letters there are, a Chinese character for two.
fn weight(letters: &[char]) -> usize {
    letters.iter().map(|letter| if !letter.is_alphabetic() { 0 } else { 1 + usize::from(!letter.is_ascii()) }).sum()
}

fn total(parts: &[&FrameColumn]) -> FrameColumn {
    const NAMED: usize = 4;
    let middles: Vec<f64> = parts.iter().map(|part| middle(&part.values)).collect();
    let sum = |row: usize| {
        if parts.iter().all(|part| part.values[row].is_nan()) {
            return f64::NAN;
        }
        let known = parts.iter().zip(&middles).map(|(part, middle)| match part.values[row] {
            value if value.is_nan() => *middle,
            value => value,
        });
        known.sum::<f64>().clamp(f64::MIN, f64::MAX)
    };
    let rows = parts.first().map_or(0, |part| part.values.len());
    let names: Vec<String> = parts.iter().take(NAMED).map(|part| shortened(&part.name)).collect();
    let more = if parts.len() > NAMED { " + …" } else { "" };
    let name = format!("合计 / total: {}{more}", names.join(" + "));
    FrameColumn::new(name, Kind::Number, (0..rows).map(sum).collect())
}

/// A header as part of a name.
fn shortened(header: &str) -> String {
    match header.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", &header[..end]),
        None => header.to_owned(),
    }
}

/// The value in the middle of those there are; 0 where there is none.
fn middle(values: &[f64]) -> f64 {
    let mut known: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    let at = known.len() / 2;
    if known.is_empty() { 0.0 } else { *known.select_nth_unstable_by(at, f64::total_cmp).1 }
}

/// The size of the correlation of two columns, on rows where both are known; 0 where one does not differ.
fn likeness(left: &[f64], right: &[f64]) -> f64 {
    let both = || left.iter().zip(right).filter(|(left, right)| left.is_finite() && right.is_finite());
    let count = both().count().max(1) as f64;
    let means = both().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / count, b + y / count));
    let sums = both().fold((0.0, 0.0, 0.0), |(xx, yy, xy), (x, y)| {
        let (x, y) = (x - means.0, y - means.1);
        (xx + x * x, yy + y * y, xy + x * y)
    });
    if sums.0 > 0.0 && sums.1 > 0.0 { (sums.2 / (sums.0 * sums.1).sqrt()).abs() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns of numbers that have nothing to do with each other.
    fn frame(names: &[&str]) -> Frame {
        let mut chance = estimators::chance::Chance::new(5);
        let mut column = |name: &&str| {
            let values = (0..300).map(|_| chance.uniform() * 10.0).collect();
            FrameColumn::new(*name, Kind::Number, values)
        };
        Frame { columns: names.iter().map(&mut column).collect(), rows: 300 }
    }

    fn names(frame: &Frame) -> Vec<String> {
        totals(frame).into_iter().map(|column| column.name).collect()
    }

    #[test]
    fn columns_that_end_alike_or_are_numbered_are_added_up() {
        let told = names(&frame(&["DayCharge", "age", "Eve charge", "night_charge", "tenure"]));
        assert_eq!(told, ["合计 / total: DayCharge + Eve charge + night_charge"]);
        assert_eq!(names(&frame(&["bill_amt1", "bill_amt2", "bill_amt3"])).len(), 1);
        assert_eq!(names(&frame(&["白天话费", "夜间话费", "国际话费", "年龄"])).len(), 1);
        let five = names(&frame(&["m1", "spend1", "spend2", "spend3", "spend4", "spend5"]));
        assert_eq!(five, ["合计 / total: spend1 + spend2 + spend3 + spend4 + …"]);
        // A header may be as long as a book.
        let book = "第几章".repeat(200_000);
        let long: Vec<String> = ["一", "二", "三"].iter().map(|part| format!("{part}{book}")).collect();
        let told = names(&frame(&long.iter().map(String::as_str).collect::<Vec<&str>>()));
        assert!(told.len() == 1 && told[0].chars().count() < 250, "{}", told.len());
        // Two are not enough, nor is a letter or a number that they share.
        let apart = ["MonthlyCharges", "TotalCharges", "v1", "v2", "v3", "a2024", "b2024", "c2024"];
        assert!(names(&frame(&apart)).is_empty());
    }

    #[test]
    fn a_total_is_the_sum_with_the_middle_for_what_is_missing_and_never_what_is_known_already() {
        let mut parts = frame(&["jan spend", "feb spend", "mar spend"]);
        (0..3).for_each(|place| parts.columns[place].values[0] = f64::NAN);
        parts.columns[1].values[1] = f64::NAN;
        let middle = middle(&parts.columns[1].values);
        let total = totals(&parts).remove(0).values;
        let [jan, feb, mar] = [0, 1, 2].map(|place| parts.columns[place].values.clone());
        assert!(total[0].is_nan());
        assert!((total[1] - (jan[1] + middle + mar[1])).abs() < 1e-12);
        assert!((total[7] - (jan[7] + feb[7] + mar[7])).abs() < 1e-12);
        // The table has the whole itself.
        parts.columns.push(FrameColumn::new("all", Kind::Number, total));
        assert!(totals(&parts).is_empty());
        // One part is so much larger that the others do not show.
        let mut lopsided = frame(&["jan spend", "feb spend", "mar spend"]);
        lopsided.columns[0].values.iter_mut().for_each(|value| *value *= 1e4);
        assert!(totals(&lopsided).is_empty());
    }
}
