//! What is known only when everybody's figures are: formulas over whole columns, and each customer among its peers.

use std::collections::HashMap;

use facts::FactFrame;
use vocab::{AsOf, CustomerId, Kind, Unknown};

use crate::catalog::{Catalog, Figure};
use crate::frame::Cell;
use crate::measure::{Against, Compare, With};

/// What is left to do with columns, in an order in which everything asked for is there before it is asked.
///
/// Who is not `visible` is placed among the others, but is nobody's peer.
pub(crate) fn finish(
    catalog: &Catalog,
    frame: &FactFrame,
    as_of: AsOf,
    customers: &[CustomerId],
    visible: &[bool],
    cells: &mut [Vec<Cell>],
) {
    for (column, indicator) in catalog.indicators().iter().enumerate() {
        let compare = indicator.measured().and_then(|measured| measured.compare.as_ref());
        if let Some(Compare { with: With::Peers { by }, against }) = compare {
            let groups = match by {
                Some(property) => customers.iter().map(|one| trait_of(frame, one, property, as_of)).collect(),
                None => vec![None; customers.len()],
            };
            among_peers(&mut cells[column], &groups, visible, *against);
        }
    }
    let mut done: Vec<bool> =
        catalog.indicators().iter().map(|indicator| matches!(indicator.figure, Figure::Facts(_))).collect();
    for column in 0..done.len() {
        compute(catalog, column, &mut done, cells);
    }
}

/// Computes a formula after those that it asks for; the catalogue has seen to it that they end somewhere.
fn compute(catalog: &Catalog, column: usize, done: &mut [bool], cells: &mut [Vec<Cell>]) {
    if std::mem::replace(&mut done[column], true) {
        return;
    }
    let Some(formula) = catalog.indicators()[column].formula() else { return };
    let needs: Vec<(&str, usize)> =
        formula.indicators().into_iter().filter_map(|id| Some((id, catalog.position(id)?))).collect();
    for (_, need) in &needs {
        compute(catalog, *need, done, cells);
    }
    let rows = cells[column].len();
    let answer = |row: usize| {
        let cell = |id: &str| {
            let need = needs.iter().find(|(name, _)| *name == id);
            need.map_or(Cell::Unknown(Unknown::NotConnected), |(_, need)| cells[*need][row])
        };
        formula.value(&cell)
    };
    let answers: Vec<Cell> = (0..rows).map(answer).collect();
    cells[column] = answers;
}

/// What the latest trait that speaks of a property says of it.
fn trait_of<'f>(frame: &'f FactFrame, customer: &CustomerId, property: &str, as_of: AsOf) -> Option<&'f str> {
    let rows = frame.rows_of(frame.position(customer)?);
    let says = |row: usize| if frame.kind(row) == Kind::Trait { frame.property(row, property) } else { None };
    rows.rev().filter(|row| frame.is_visible(*row, as_of)).find_map(says).flatten()
}

fn among_peers(column: &mut [Cell], groups: &[Option<&str>], visible: &[bool], against: Against) {
    let mut members: HashMap<Option<&str>, Vec<f64>> = HashMap::new();
    for ((cell, group), visible) in column.iter().zip(groups).zip(visible) {
        if let (Cell::Known(value), true) = (cell, *visible) {
            members.entry(*group).or_default().push(*value);
        }
    }
    let groups_of: HashMap<Option<&str>, Peers> =
        members.into_iter().map(|(group, values)| (group, Peers::new(values))).collect();
    for (cell, group) in column.iter_mut().zip(groups) {
        if let Cell::Known(value) = *cell {
            let place = groups_of.get(group).map_or(Err(Unknown::ZeroBase), |peers| peers.place(value, against));
            *cell = place.map_or_else(Cell::Unknown, Cell::Known);
        }
    }
}

/// The figures of a group.
struct Peers {
    sorted: Vec<f64>,
    mean: f64,
    deviation: f64,
}

impl Peers {
    fn new(mut values: Vec<f64>) -> Peers {
        values.sort_by(f64::total_cmp);
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Peers { sorted: values, mean, deviation: (squares / (count - 1.0)).sqrt() }
    }

    /// One alone has nobody to be compared with.
    fn place(&self, value: f64, against: Against) -> Result<f64, Unknown> {
        match against {
            _ if self.sorted.len() < 2 => Err(Unknown::ZeroBase),
            Against::Difference => Ok(value - self.mean),
            Against::Ratio if self.mean > 0.0 => Ok(value / self.mean),
            Against::Change if self.mean > 0.0 => Ok(value / self.mean - 1.0),
            Against::Z if self.deviation > 0.0 => Ok((value - self.mean) / self.deviation),
            Against::Percentile => {
                let below = self.sorted.partition_point(|other| *other < value);
                let up_to = self.sorted.partition_point(|other| *other <= value);
                Ok((below as f64 + 0.5 * (up_to - below) as f64) / self.sorted.len() as f64)
            }
            _ => Err(Unknown::ZeroBase),
        }
    }
}
