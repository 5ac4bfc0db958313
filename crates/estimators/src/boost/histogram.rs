//! Sums of gradients by group: for each column of a leaf, what its rows add up to.

use super::bins::Binned;

/// Sums over rows: gradient, curvature, count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sums {
    pub(super) slope: f64,
    pub(super) bend: f64,
    pub(super) count: f64,
}

impl Sums {
    pub(super) fn plus(self, other: Sums) -> Sums {
        Sums { slope: self.slope + other.slope, bend: self.bend + other.bend, count: self.count + other.count }
    }

    pub(super) fn less(self, other: Sums) -> Sums {
        Sums { slope: self.slope - other.slope, bend: self.bend - other.bend, count: self.count - other.count }
    }
}

/// The sums of all columns of a leaf, column after column, missing last in each.
pub(super) type Histogram = Vec<Sums>;

/// Where the columns stand in a histogram.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) starts: Vec<usize>,
    pub(super) total: usize,
}

impl Layout {
    pub(super) fn of(table: &Binned) -> Layout {
        let mut total = 0;
        let mut starts = Vec::with_capacity(table.columns.len());
        for column in &table.columns {
            starts.push(total);
            total += column.groups + 1;
        }
        Layout { starts, total }
    }
}

/// Rows times columns from which a second thread is worth its start.
const WORTH: usize = 400_000;

/// Adds up the rows of a leaf in the columns that are used. Each column is summed by one thread in the order of the
/// rows, so that the number of threads changes no bit.
pub(super) fn fill(
    table: &Binned,
    layout: &Layout,
    used: &[usize],
    rows: &[u32],
    slopes: &[(f32, f32)],
    threads: usize,
    histogram: &mut Histogram,
) {
    histogram.clear();
    histogram.resize(layout.total, Sums::default());
    // Gathered once, so that each column reads them in a row.
    let gathered: Vec<(f32, f32)> = rows.iter().map(|&row| slopes[row as usize]).collect();
    let mut slots: Vec<(usize, &mut [Sums])> = Vec::with_capacity(used.len());
    let mut rest: &mut [Sums] = histogram;
    let mut passed = 0;
    for &column in used {
        let (start, size) = (layout.starts[column], table.columns[column].groups + 1);
        let (_, tail) = rest.split_at_mut(start - passed);
        let (slot, tail) = tail.split_at_mut(size);
        slots.push((column, slot));
        rest = tail;
        passed = start + size;
    }
    let threads = if rows.len() * used.len() < WORTH { 1 } else { threads.clamp(1, slots.len().max(1)) };
    let work = |slots: &mut [(usize, &mut [Sums])]| {
        for (column, slot) in slots {
            add(&table.columns[*column].codes, rows, &gathered, slot);
        }
    };
    if threads == 1 {
        return work(&mut slots);
    }
    let share = slots.len().div_ceil(threads);
    std::thread::scope(|scope| {
        for part in slots.chunks_mut(share) {
            scope.spawn(move || work(part));
        }
    });
}

fn add(codes: &[u8], rows: &[u32], gathered: &[(f32, f32)], slot: &mut [Sums]) {
    for (&row, &(slope, bend)) in rows.iter().zip(gathered) {
        let sums = &mut slot[codes[row as usize] as usize];
        sums.slope += f64::from(slope);
        sums.bend += f64::from(bend);
        sums.count += 1.0;
    }
}

/// The sums of a leaf's other half: what is left of the whole.
pub(super) fn subtract(whole: &mut Histogram, half: &Histogram) {
    whole.iter_mut().zip(half).for_each(|(whole, half)| *whole = whole.less(*half));
}
