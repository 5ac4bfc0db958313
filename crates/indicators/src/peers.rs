//! What is known only when everybody's figures are: formulas over whole columns, and each customer among its peers.

use std::collections::HashMap;

use facts::{FactFrame, Want};
use vocab::{AsOf, CustomerId, Kind, Unknown};

use crate::catalog::{Catalog, Figure};
use crate::frame::Cell;
use crate::measure::{Against, Compare, With, Within};
use crate::sorting::TIERS;

/// Who belongs to which segment and to which tier of value at a moment: what a comparison within one asks for.
///
/// Told by whoever knows segments and scores; a catalogue that compares within one is handed it by
/// [`Catalog::with_grouping`]. What it says must not hang on the comparisons themselves.
pub trait Grouping: std::fmt::Debug + Send + Sync {
    /// What a frame of facts must hold besides, for it to tell.
    fn want(&self) -> Want;

    /// By customer, which group it is of: the place among the segments named, or among [`TIERS`](crate::TIERS); `None`
    /// of who is of none, or of whom that is not known.
    fn groups(&self, within: &Within, frame: &FactFrame, customers: &[CustomerId], as_of: AsOf) -> Vec<Option<usize>>;
}

/// A group of customers who are put against each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerGroup {
    /// What they have in common: what the trait says, the id of the segment, the word of the tier. `None` where it is
    /// everybody, or everybody of whom the trait is not told.
    pub label: Option<String>,
    /// Of how many of them there is a number to be put against.
    pub count: u32,
}

/// Among whom the customers of a column were put.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Peering {
    groups: Vec<PeerGroup>,
    /// By customer, its group; [`NOBODY`] where it has none.
    of: Vec<u32>,
}

/// The group of a customer who is of none.
const NOBODY: u32 = u32::MAX;

impl Peering {
    /// The group of the customer at a place.
    pub(crate) fn group(&self, place: usize) -> Option<&PeerGroup> {
        self.groups.get(*self.of.get(place)? as usize)
    }

    /// Every group.
    pub(crate) fn groups(&self) -> &[PeerGroup] {
        &self.groups
    }

    /// The same of other customers: of each, its place in this one.
    pub(crate) fn at(&self, places: impl Iterator<Item = Option<usize>>) -> Peering {
        let of = places.map(|place| place.and_then(|place| self.of.get(place).copied()).unwrap_or(NOBODY)).collect();
        Peering { groups: self.groups.clone(), of }
    }
}

/// What is left to do with columns, in an order in which everything asked for is there before it is asked. Says by column
/// among whom customers were put.
///
/// Who is not `visible` is placed among the others, but is nobody's peer.
pub(crate) fn finish(
    catalog: &Catalog,
    frame: &FactFrame,
    as_of: AsOf,
    customers: &[CustomerId],
    visible: &[bool],
    cells: &mut [Vec<Cell>],
) -> Vec<Option<Peering>> {
    let mut peerings: Vec<Option<Peering>> = vec![None; cells.len()];
    for (column, indicator) in catalog.indicators().iter().enumerate() {
        let compare = indicator.measured().and_then(|measured| measured.compare.as_ref());
        if let Some(Compare { with: With::Peers { within, least }, against }) = compare {
            // Where nobody has a number there is nobody to be put with.
            if !cells[column].iter().any(|cell| cell.known().is_some()) {
                continue;
            }
            let mut peering = grouped(catalog, (within.as_ref(), *least), frame, customers, as_of);
            among_peers(&mut cells[column], &mut peering, visible, *against, *least);
            peerings[column] = Some(peering);
        }
    }
    let mut done: Vec<bool> =
        catalog.indicators().iter().map(|indicator| matches!(indicator.figure, Figure::Facts(_))).collect();
    for column in 0..done.len() {
        compute(catalog, column, &mut done, cells);
    }
    peerings
}

/// Who is put with whom; nothing is counted yet.
fn grouped(
    catalog: &Catalog,
    (within, least): (Option<&Within>, Option<u32>),
    frame: &FactFrame,
    customers: &[CustomerId],
    as_of: AsOf,
) -> Peering {
    let empty = |label: Option<&str>| PeerGroup { label: label.map(str::to_owned), count: 0 };
    match within {
        None => Peering { groups: vec![empty(None)], of: vec![0; customers.len()] },
        Some(Within::Trait(property)) => {
            let mut places: HashMap<Option<&str>, u32> = HashMap::new();
            let mut groups = Vec::new();
            let place = |customer: &CustomerId| {
                let said = trait_of(frame, customer, property, as_of);
                // The older form puts those of whom nothing is said together.
                if said.is_none() && least.is_some() {
                    return NOBODY;
                }
                *places.entry(said).or_insert_with(|| {
                    groups.push(empty(said));
                    groups.len() as u32 - 1
                })
            };
            let of = customers.iter().map(place).collect();
            Peering { groups, of }
        }
        Some(within @ (Within::Segments(_) | Within::Tier)) => {
            let labels: Vec<&str> = match within {
                Within::Segments(ids) => ids.iter().map(String::as_str).collect(),
                Within::Trait(_) | Within::Tier => TIERS.iter().map(|(word, ..)| *word).collect(),
            };
            let told = catalog.grouping().map(|grouping| grouping.groups(within, frame, customers, as_of));
            let of = told.map_or_else(
                || vec![NOBODY; customers.len()],
                |told| told.into_iter().map(|group| group.map_or(NOBODY, |group| group as u32)).collect(),
            );
            Peering { groups: labels.into_iter().map(|label| empty(Some(label))).collect(), of }
        }
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

/// Puts every number among those of its group, and counts these.
fn among_peers(column: &mut [Cell], peering: &mut Peering, visible: &[bool], against: Against, least: Option<u32>) {
    let mut members: Vec<Vec<f64>> = vec![Vec::new(); peering.groups.len()];
    for ((cell, group), visible) in column.iter().zip(&peering.of).zip(visible) {
        if let (Cell::Known(value), true, Some(values)) = (cell, *visible, members.get_mut(*group as usize)) {
            values.push(*value);
        }
    }
    let peers: Vec<Peers> = members.into_iter().map(Peers::new).collect();
    for (group, peers) in peering.groups.iter_mut().zip(&peers) {
        group.count = peers.sorted.len() as u32;
    }
    let is_enough = |peers: &&Peers| least.is_none_or(|least| peers.sorted.len() >= least as usize);
    for (cell, group) in column.iter_mut().zip(&peering.of) {
        if let Cell::Known(value) = *cell {
            let place = peers.get(*group as usize).filter(is_enough).ok_or(Unknown::TooFewPeers);
            *cell = place.and_then(|peers| peers.place(value, against)).map_or_else(Cell::Unknown, Cell::Known);
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
