//! Columns that know the outcome: copies of the label, reasons filled in afterwards, somebody else's score.

use estimators::boost::{Binned, BoostOptions, Direction, Input, Watch, boost};
use estimators::metrics::auc;
use vocab::Text;

use super::frame::{Frame, FrameColumn, Kind};

/// A column under suspicion.
#[derive(Clone, Debug, PartialEq)]
pub struct Leak {
    /// Its header.
    pub column: String,
    /// How well it ranks alone, learnt on one half of the rows and judged on the other.
    pub auc: f64,
    /// Whether it is left out: it all but is the outcome, or it bears its name and beats all other columns together.
    pub is_certain: bool,
    /// What speaks against it.
    pub why: Text,
}

/// Beyond this a single column all but is the outcome.
const CERTAIN: f64 = 0.985;
/// Beyond this a single column is too good until shown otherwise.
const SUSPECT: f64 = 0.9;
/// By so much it beats all other columns together.
const AHEAD: f64 = 0.03;
/// Rows that the comparison needs at most.
const ROWS: usize = 20_000;

/// Columns that no honest column of the same table looks like.
///
/// * Whether a cell is filled tells the outcome (a reason for leaving, a date of leaving);
/// * a column alone ranks with an AUC of 0.985 or more: a copy of the label under another name;
/// * a column alone ranks with 0.9 or more and beats a model of all other columns by 0.03 or more: left out if its name
///   shares a word with the label's, else said.
///
/// # Edges
/// A column that says the outcome itself beforehand (a complaint that always ends in leaving) looks the same: that is for a
/// person to judge, so every column is named with its reason.
pub fn leaks(frame: &Frame, positives: &[bool], label: &str) -> Vec<Leak> {
    let mut found: Vec<Leak> = Vec::new();
    for column in &frame.columns {
        let named = shares_a_word(&column.name, label);
        if let Some(auc) = filled(column, positives).filter(|auc| *auc >= 0.95) {
            let why = Text::new("只在一类结果上才有值", "it has a value for one outcome only");
            found.push(Leak { column: column.name.clone(), auc, is_certain: true, why });
            continue;
        }
        let Some(alone) = alone(column, positives) else { continue };
        if alone >= CERTAIN {
            let why = Text::new(
                format!("单独一列就几乎等于结果（AUC {alone:.3}）"),
                format!("alone it all but is the outcome (AUC {alone:.3})"),
            );
            found.push(Leak { column: column.name.clone(), auc: alone, is_certain: true, why });
        } else if alone >= SUSPECT {
            let why = Text::new(
                format!("单独一列的 AUC 就有 {alone:.3}"),
                format!("alone it ranks with an AUC of {alone:.3}"),
            );
            found.push(Leak { column: column.name.clone(), auc: alone, is_certain: named, why });
        }
    }
    judge(frame, positives, &mut found);
    found
}

/// Keeps a suspicion below certainty only where the column beats all others together.
fn judge(frame: &Frame, positives: &[bool], found: &mut Vec<Leak>) {
    let is_open = |leak: &Leak| leak.auc < CERTAIN && !leak.why.en.contains("one outcome only");
    if !found.iter().any(is_open) {
        return;
    }
    let suspects: Vec<&str> = found.iter().map(|leak| leak.column.as_str()).collect();
    let others: Vec<&FrameColumn> =
        frame.columns.iter().filter(|column| !suspects.contains(&column.name.as_str())).collect();
    let rest = together(&others, positives).unwrap_or(0.5);
    found.retain(|leak| !is_open(leak) || leak.auc >= rest + AHEAD);
    for leak in found.iter_mut().filter(|leak| is_open(leak)) {
        leak.why.zh.push_str(&format!("，其余所有列合起来只有 {rest:.3}"));
        leak.why.en.push_str(&format!(", all other columns together with {rest:.3}"));
    }
}

/// How well the presence of a value ranks.
fn filled(column: &FrameColumn, positives: &[bool]) -> Option<f64> {
    let scores: Vec<f64> = column.values.iter().map(|value| f64::from(u8::from(value.is_nan()))).collect();
    auc(&scores, positives).map(|auc| auc.max(1.0 - auc))
}

/// How well a column ranks alone: the share of leavers in each group of values, learnt on every other row and judged on the
/// rest, and the reverse.
fn alone(column: &FrameColumn, positives: &[bool]) -> Option<f64> {
    const GROUPS: usize = 32;
    let (codes, count) = match &column.kind {
        Kind::Category(levels) => {
            let codes = column.values.iter().map(|value| if value.is_nan() { levels.len() } else { *value as usize });
            (codes.collect::<Vec<usize>>(), levels.len() + 1)
        }
        _ => {
            let mut known: Vec<f64> = column.values.iter().copied().filter(|value| !value.is_nan()).collect();
            known.sort_unstable_by(f64::total_cmp);
            let mut borders: Vec<f64> =
                (1..GROUPS).filter_map(|k| known.get(known.len() * k / GROUPS).copied()).collect();
            borders.dedup();
            let groups = borders.len() + 1;
            let code = |value: &f64| if value.is_nan() { groups } else { borders.partition_point(|b| b <= value) };
            (column.values.iter().map(code).collect(), groups + 1)
        }
    };
    let rate = positives.iter().filter(|is| **is).count() as f64 / positives.len() as f64;
    let mut tables = vec![vec![(0.0, 0.0); count]; 2];
    // Rows may come sorted or in turns: a half is drawn by a hash of the place.
    let half = |row: usize| (row.wrapping_mul(0x9E37_79B9) >> 16) & 1;
    for (row, code) in codes.iter().enumerate() {
        let cell = &mut tables[half(row)][*code];
        cell.0 += f64::from(u8::from(positives[row]));
        cell.1 += 1.0;
    }
    let score = |(row, code): (usize, &usize)| {
        let (ups, all) = tables[1 - half(row)][*code];
        (ups + 5.0 * rate) / (all + 5.0)
    };
    let scores: Vec<f64> = codes.iter().enumerate().map(score).collect();
    auc(&scores, positives)
}

/// How well columns rank together, by a small ensemble judged on rows that it was not grown on.
fn together(columns: &[&FrameColumn], positives: &[bool]) -> Option<f64> {
    if columns.is_empty() {
        return None;
    }
    let inputs: Vec<Input<'_>> = columns
        .iter()
        .map(|column| match &column.kind {
            Kind::Category(levels) => Input::Category { codes: &column.values, levels: levels.len() as u32 },
            _ => Input::Number { values: &column.values, direction: Direction::Either },
        })
        .collect();
    let step = positives.len().div_ceil(ROWS).max(1);
    let rows = (0..positives.len() as u32).step_by(step);
    let (train, held): (Vec<u32>, Vec<u32>) = rows.partition(|row| (row.wrapping_mul(0x9E37_79B9) >> 16) & 3 != 0);
    if train.is_empty() {
        return None;
    }
    let table = Binned::new(&inputs, positives.len(), &train, 64);
    let options = BoostOptions { rounds: 80, learning_rate: 0.1, ..BoostOptions::default() };
    let grown = boost(&table, positives, &train, &options, Some(Watch { rows: &held, patience: 80 }));
    let outcomes: Vec<bool> = held.iter().map(|&row| positives[row as usize]).collect();
    auc(&grown.watched, &outcomes)
}

/// Whether two headers share a word of at least four letters, or two Chinese characters in a row.
fn shares_a_word(left: &str, right: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let mut parted = String::new();
        let mut was_lower = false;
        for letter in text.chars() {
            if letter.is_uppercase() && was_lower {
                parted.push(' ');
            }
            was_lower = letter.is_lowercase();
            parted.push(if letter.is_alphanumeric() { letter } else { ' ' });
        }
        parted.to_lowercase().split(' ').map(str::to_owned).collect()
    };
    let (left, right) = (words(left), words(right));
    let is_long = |word: &&String| word.is_ascii() && word.len() >= 4;
    let latin = left.iter().filter(is_long).any(|word| right.contains(word));
    let pairs = |words: &[String]| -> Vec<(char, char)> {
        let letters: Vec<char> = words.concat().chars().collect();
        let pairs = letters.windows(2).map(|pair| (pair[0], pair[1]));
        pairs.filter(|(a, b)| ('\u{4e00}'..='\u{9fff}').contains(a) && ('\u{4e00}'..='\u{9fff}').contains(b)).collect()
    };
    latin || pairs(&left).iter().any(|pair| pairs(&right).contains(pair))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_share_a_word_are_told() {
        assert!(shares_a_word("Churn Score", "Churn Value") && shares_a_word("churnReason", "Churn"));
        assert!(shares_a_word("流失原因", "是否流失") && !shares_a_word("客户编号", "是否流失"));
        assert!(!shares_a_word("Tenure", "Churn"));
    }
}
