//! What a regression sees of a column: a line, a logarithm and a smooth curve for a number, a level for a category.

use crate::flat;
use crate::flat::Flat;

/// What a column of numbers is to be read as. A category is its code as a number; NaN is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// A quantity.
    Number,
    /// Codes below so many levels.
    Category(u32),
}

/// How rows of columns become rows of a [`Matrix`](super::Matrix), learnt from training rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    parts: Vec<Part>,
    /// For each column of the matrix, the column it comes from.
    origins: Vec<usize>,
    scales: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Nothing,
    Curve(Curve),
    /// For each code the column of its level, if it has one.
    Levels {
        places: Vec<Option<usize>>,
        missing: Option<usize>,
        width: usize,
    },
}

/// A number as standardised terms.
#[derive(Clone, Debug, PartialEq)]
struct Curve {
    low: f64,
    high: f64,
    middle: f64,
    /// Origin and unit of the logarithm, where the number has a long tail to the right.
    log: Option<(f64, f64)>,
    /// Knots of the smooth curve; none for few values.
    knots: Vec<f64>,
    /// Values that have a level of their own, for few values.
    steps: Vec<f64>,
    has_missing: bool,
    /// Mean and deviation of each term.
    terms: Vec<(f64, f64)>,
}

flat!(Design { parts, origins, scales });
flat!(Curve { low, high, middle, log, knots, steps, has_missing, terms });

impl Flat for Part {
    fn put(&self, to: &mut Vec<u8>) {
        match self {
            Part::Nothing => 0u8.put(to),
            Part::Curve(curve) => {
                1u8.put(to);
                curve.put(to);
            }
            Part::Levels { places, missing, width } => {
                2u8.put(to);
                places.put(to);
                missing.put(to);
                width.put(to);
            }
        }
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(match u8::take(from)? {
            0 => Part::Nothing,
            1 => Part::Curve(Curve::take(from)?),
            2 => Part::Levels { places: Flat::take(from)?, missing: Flat::take(from)?, width: Flat::take(from)? },
            _ => return None,
        })
    }
}

/// Rows that a level must have to be told from the others.
const LEVEL_ROWS: usize = 8;
/// Values up to which each has a level of its own.
const FEW: usize = 10;
const KNOTS: [f64; 6] = [0.05, 0.23, 0.41, 0.59, 0.77, 0.95];
/// Columns of the matrix beyond which numbers are not bent: a line and a logarithm for each must do.
const BENT_UP_TO: usize = 600;

impl Design {
    /// Learns middle, spread, knots and levels from `rows` of the columns.
    ///
    /// # Edges
    /// Where curves would make more than 600 columns of the matrix, numbers have none: hundreds of columns carry more than
    /// their outcomes tell already.
    pub fn learn(columns: &[(Column, &[f64])], rows: &[u32]) -> Design {
        let bent = Design::of(columns, rows, true);
        if bent.width() > BENT_UP_TO { Design::of(columns, rows, false) } else { bent }
    }

    fn of(columns: &[(Column, &[f64])], rows: &[u32], is_bent: bool) -> Design {
        let mut design = Design { parts: Vec::new(), origins: Vec::new(), scales: Vec::new() };
        for (origin, (kind, values)) in columns.iter().enumerate() {
            let part = match kind {
                Column::Number => Curve::learn(values, rows, is_bent).map_or(Part::Nothing, Part::Curve),
                Column::Category(levels) => levels_of(values, rows, *levels as usize),
            };
            let width = part.width();
            design.origins.extend(std::iter::repeat_n(origin, width));
            // Standardised terms spread by 1, levels by less: a common penalty would bear harder on rare levels anyway.
            design.scales.extend(std::iter::repeat_n(if matches!(part, Part::Curve(_)) { 1.0 } else { 0.3 }, width));
            design.parts.push(part);
        }
        design
    }

    /// How many columns the matrix has.
    pub fn width(&self) -> usize {
        self.origins.len()
    }

    /// For each column of the matrix, the place of the column it comes from.
    pub fn origins(&self) -> &[usize] {
        &self.origins
    }

    /// How much of the penalty each column of the matrix bears.
    pub fn scales(&self) -> &[f64] {
        &self.scales
    }

    /// Adds the terms of a row to `out`; `value` gives the number in a column.
    pub fn row(&self, value: impl Fn(usize) -> f64, out: &mut Vec<f64>) {
        for (place, part) in self.parts.iter().enumerate() {
            match part {
                Part::Nothing => {}
                Part::Curve(curve) => curve.terms_of(value(place), out, true),
                Part::Levels { places, missing, width } => {
                    let start = out.len();
                    out.resize(start + width, 0.0);
                    let code = value(place);
                    let level = if code >= 0.0 { places.get(code as usize).copied().flatten() } else { *missing };
                    if let Some(level) = level {
                        out[start + level] = 1.0;
                    }
                }
            }
        }
    }
}

impl Part {
    fn width(&self) -> usize {
        match self {
            Part::Nothing => 0,
            Part::Curve(curve) => curve.terms.len(),
            Part::Levels { width, .. } => *width,
        }
    }
}

fn levels_of(values: &[f64], rows: &[u32], levels: usize) -> Part {
    let mut counts = vec![0usize; levels + 1];
    for &row in rows {
        let code = values[row as usize];
        counts[if code >= 0.0 && code < levels as f64 { code as usize } else { levels }] += 1;
    }
    let mut width = 0;
    let mut place = |count: &usize| {
        (*count >= LEVEL_ROWS && *count < rows.len()).then(|| {
            width += 1;
            width - 1
        })
    };
    let missing = place(&counts[levels]);
    let places = counts[..levels].iter().map(&mut place).collect();
    if width == 0 { Part::Nothing } else { Part::Levels { places, missing, width } }
}

impl Curve {
    fn learn(values: &[f64], rows: &[u32], is_bent: bool) -> Option<Curve> {
        let mut known: Vec<f64> =
            rows.iter().map(|&row| values[row as usize]).filter(|value| value.is_finite()).collect();
        known.sort_unstable_by(f64::total_cmp);
        let (first, last) = (*known.first()?, *known.last()?);
        let missing = rows.len() - known.len();
        let has_missing = missing >= LEVEL_ROWS;
        if first == last && !has_missing {
            return None;
        }
        let at = |share: f64| known[((known.len() - 1) as f64 * share).round() as usize];
        let mut distinct = known.clone();
        distinct.dedup();
        // Outliers do not steer the curve: what lies beyond nearly all is taken as there.
        let (low, high) = match distinct.len() > FEW && at(0.999) > at(0.001) {
            true => (at(0.001), at(0.999)),
            false => (first, last),
        };
        let mut curve = Curve {
            low,
            high,
            middle: at(0.5),
            log: None,
            knots: Vec::new(),
            steps: Vec::new(),
            has_missing,
            terms: Vec::new(),
        };
        if distinct.len() > FEW {
            curve.knots = KNOTS.map(at).to_vec();
            curve.knots.dedup();
            if curve.knots.len() < 3 || !is_bent {
                curve.knots.clear();
            }
            let spread = at(0.75) - at(0.25);
            let unit = if spread > 0.0 { spread / 10.0 } else { (high - low) / 50.0 };
            curve.log = Some((low, unit));
        } else if distinct.len() > 2 {
            let count = |value: f64| {
                known.partition_point(|known| *known <= value) - known.partition_point(|known| *known < value)
            };
            curve.steps = distinct.into_iter().filter(|value| count(*value) >= LEVEL_ROWS).collect();
        }
        curve.standardise(values, rows);
        Some(curve)
    }

    fn standardise(&mut self, values: &[f64], rows: &[u32]) {
        let mut raw = Vec::new();
        self.terms_of(self.middle, &mut raw, false);
        let width = raw.len();
        let (mut sums, mut squares) = (vec![0.0; width], vec![0.0; width]);
        for &row in rows {
            raw.clear();
            self.terms_of(values[row as usize], &mut raw, false);
            for (place, value) in raw.iter().enumerate() {
                sums[place] += value;
                squares[place] += value * value;
            }
        }
        let count = rows.len() as f64;
        let term = |(sum, square): (f64, f64)| {
            let mean: f64 = sum / count;
            let deviation = (square / count - mean * mean).max(0.0).sqrt();
            (mean, if deviation > 1e-9 { deviation } else { f64::INFINITY })
        };
        self.terms = sums.into_iter().zip(squares).map(term).collect();
    }

    /// Terms of a value: line, logarithm, curve, levels, whether it is missing.
    fn terms_of(&self, value: f64, out: &mut Vec<f64>, standardised: bool) {
        let start = out.len();
        let is_missing = !value.is_finite();
        let x = if is_missing { self.middle } else { value.clamp(self.low, self.high) };
        out.push(x);
        if let Some((origin, unit)) = self.log {
            out.push(((x - origin) / unit).ln_1p());
        }
        if let [.., before, last] = self.knots[..] {
            // Restricted cubic spline: straight beyond the outer knots.
            let cube = |knot: f64| (x - knot).max(0.0).powi(3);
            let unit = (last - self.knots[0]).powi(2);
            for knot in &self.knots[..self.knots.len() - 2] {
                let bent = cube(*knot) - cube(before) * (last - knot) / (last - before)
                    + cube(last) * (before - knot) / (last - before);
                out.push(bent / unit);
            }
        }
        out.extend(self.steps.iter().map(|step| f64::from(u8::from(x == *step && !is_missing))));
        if self.has_missing {
            out.push(f64::from(u8::from(is_missing)));
        }
        if standardised {
            out[start..].iter_mut().zip(&self.terms).for_each(|(term, (mean, spread))| *term = (*term - mean) / spread);
        }
    }
}
