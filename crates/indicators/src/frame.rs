//! The answer: a row per customer, a column per indicator, as of a moment.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use vocab::{AsOf, CustomerId, Instant, Unknown};

use crate::catalog::Catalog;
use crate::peers::{PeerGroup, Peering};

/// A number, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    /// The number; always finite.
    Known(f64),
    /// The reason.
    Unknown(Unknown),
}

impl Cell {
    /// The number, if there is one.
    pub fn known(self) -> Option<f64> {
        match self {
            Cell::Known(value) => Some(value),
            Cell::Unknown(_) => None,
        }
    }

    /// The reason, if there is no number.
    pub fn unknown(self) -> Option<Unknown> {
        match self {
            Cell::Known(_) => None,
            Cell::Unknown(reason) => Some(reason),
        }
    }
}

/// The ids of a frame's columns, shared by the frames of one evaluation.
#[derive(Debug, PartialEq)]
pub(crate) struct Columns {
    ids: Vec<String>,
    positions: HashMap<String, usize>,
}

impl Columns {
    pub(crate) fn of(catalog: &Catalog) -> Arc<Columns> {
        let ids: Vec<String> = catalog.indicators().iter().map(|indicator| indicator.id.clone()).collect();
        let positions = ids.iter().enumerate().map(|(at, id)| (id.clone(), at)).collect();
        Arc::new(Columns { ids, positions })
    }
}

/// A row per customer, a column per indicator, as of a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct IndicatorFrame {
    as_of: AsOf,
    customers: Vec<CustomerId>,
    columns: Arc<Columns>,
    /// By column. What is unknown of everybody for one reason is the same column wherever it occurs: most of a catalogue is
    /// about sources that a firm has not connected.
    cells: Vec<Arc<Vec<Cell>>>,
    known_from: Vec<Option<Instant>>,
    /// By column, among whom customers were put; empty where none of them were.
    peerings: Vec<Option<Arc<Peering>>>,
}

/// The reason for which everybody's number is unknown, where there is one for all.
fn unknown_of_all(cells: &[Cell]) -> Option<Unknown> {
    let reason = cells.first()?.unknown()?;
    cells.iter().all(|cell| cell.unknown() == Some(reason)).then_some(reason)
}

/// The columns, those that are equal for want of a source shared; with so many rows where one was left empty, for the reason
/// told.
fn shared(cells: Vec<Vec<Cell>>, rows: usize, left_empty: &[Option<Unknown>]) -> Vec<Arc<Vec<Cell>>> {
    let mut known: Vec<(Unknown, Arc<Vec<Cell>>)> = Vec::new();
    let column = |(mut cells, left_empty): (Vec<Cell>, &Option<Unknown>)| {
        let Some(reason) = left_empty.or_else(|| unknown_of_all(&cells)) else {
            cells.shrink_to_fit();
            return Arc::new(cells);
        };
        if let Some((_, column)) = known.iter().find(|(of, _)| *of == reason) {
            return Arc::clone(column);
        }
        cells.resize(rows, Cell::Unknown(reason));
        let column = Arc::new(cells);
        known.push((reason, Arc::clone(&column)));
        column
    };
    cells.into_iter().zip(left_empty).map(column).collect()
}

impl IndicatorFrame {
    pub(crate) fn new(as_of: AsOf, customers: Vec<CustomerId>, columns: Arc<Columns>, cells: Vec<Vec<Cell>>) -> Self {
        let left_empty = vec![None; cells.len()];
        Self::filled_up(as_of, customers, columns, cells, &left_empty)
    }

    /// The same where columns were left empty that hold one reason for everybody: told by column.
    pub(crate) fn filled_up(
        as_of: AsOf,
        customers: Vec<CustomerId>,
        columns: Arc<Columns>,
        cells: Vec<Vec<Cell>>,
        left_empty: &[Option<Unknown>],
    ) -> Self {
        assert_eq!(columns.ids.len(), cells.len(), "a column of cells for every indicator");
        let is_whole = |(column, reason): (&Vec<Cell>, &Option<Unknown>)| {
            column.len() == if reason.is_some() { 0 } else { customers.len() }
        };
        assert!(cells.iter().zip(left_empty).all(is_whole), "a cell for every customer");
        let known_from = vec![None; cells.len()];
        let cells = shared(cells, customers.len(), left_empty);
        Self { as_of, customers, columns, cells, known_from, peerings: Vec::new() }
    }

    pub(crate) fn known_from_on(self, known_from: Vec<Option<Instant>>) -> Self {
        Self { known_from, ..self }
    }

    pub(crate) fn among(self, peerings: Vec<Option<Peering>>) -> Self {
        let peerings = match peerings.iter().any(Option::is_some) {
            true => peerings.into_iter().map(|peering| peering.map(Arc::new)).collect(),
            false => Vec::new(),
        };
        Self { peerings, ..self }
    }

    fn peering(&self, id: &str) -> Option<&Arc<Peering>> {
        self.columns.positions.get(id).and_then(|at| self.peerings.get(*at)?.as_ref())
    }

    /// Among whom an indicator put the customer at a position; `None` where it puts nobody against others, and of who
    /// belongs to no group.
    pub fn peers(&self, position: usize, id: &str) -> Option<&PeerGroup> {
        self.peering(id)?.group(position)
    }

    /// Every group within which an indicator put customers against each other; empty where it does not.
    pub fn peer_groups(&self, id: &str) -> &[PeerGroup] {
        self.peering(id).map_or(&[], |peering| peering.groups())
    }

    /// From when on an indicator that is unknown for want of history (`short_history`) will be known; `None` for every
    /// other.
    pub fn known_from(&self, id: &str) -> Option<Instant> {
        self.columns.positions.get(id).and_then(|at| self.known_from[*at])
    }

    /// The same with every column of another frame: what this one has not is taken from there, customer by customer; who
    /// is not there has nothing to be compared with (`zero_base`).
    pub fn with_rest_of(self, other: &IndicatorFrame) -> Self {
        let places: Vec<Option<usize>> = self.customers.iter().map(|customer| other.position(customer)).collect();
        let ids = &other.columns.ids;
        // Columns that are one there, because everybody lacks them for one reason, are one here.
        let mut taken: HashMap<*const Vec<Cell>, Arc<Vec<Cell>>> = HashMap::new();
        let column = |(id, theirs): (&String, &Arc<Vec<Cell>>)| match self.columns.positions.get(id) {
            Some(own) => Arc::clone(&self.cells[*own]),
            None => Arc::clone(taken.entry(Arc::as_ptr(theirs)).or_insert_with(|| {
                let cell =
                    |place: &Option<usize>| place.map_or(Cell::Unknown(Unknown::ZeroBase), |place| theirs[place]);
                Arc::new(places.iter().map(cell).collect())
            })),
        };
        let cells = ids.iter().zip(&other.cells).map(column).collect();
        let known_from = ids.iter().map(|id| self.known_from(id)).collect();
        let peering = |id: &String| match self.column(id) {
            Some(_) => self.peering(id).map(|own| own.as_ref().clone()),
            None => other.peering(id).map(|theirs| theirs.at(places.iter().copied())),
        };
        let peerings = ids.iter().map(peering).collect();
        let columns = Arc::clone(&other.columns);
        let frame =
            Self { as_of: self.as_of, customers: self.customers, columns, cells, known_from, peerings: Vec::new() };
        frame.among(peerings)
    }

    /// Frames of one evaluation at one moment, each of other customers, as one; `None` of none.
    ///
    /// # Panics
    /// If they are not: our own mistake.
    pub fn joined(parts: Vec<IndicatorFrame>) -> Option<IndicatorFrame> {
        let first = parts.first()?;
        let (as_of, columns, known_from) = (first.as_of, Arc::clone(&first.columns), first.known_from.clone());
        assert!(parts.iter().all(|part| part.as_of == as_of && part.columns.ids == columns.ids), "parts of one whole");
        let places = parts.iter().enumerate();
        let mut order: Vec<(&CustomerId, usize, usize)> = places
            .flat_map(|(at, part)| part.customers.iter().enumerate().map(move |(row, customer)| (customer, at, row)))
            .collect();
        order.sort_unstable();
        let customers = order.iter().map(|(customer, ..)| (*customer).clone()).collect();
        let cells = (0..columns.ids.len())
            .map(|column| order.iter().map(|(_, at, row)| parts[*at].cells[column][*row]).collect())
            .collect();
        Some(Self::new(as_of, customers, columns, cells).known_from_on(known_from))
    }

    /// The customer at a position alone, some numbers put in the place of its own: what would be if.
    ///
    /// # Edges
    /// Nothing is computed anew: a formula of what is changed stays as it was. An id that is not in the frame changes nothing.
    ///
    /// # Panics
    /// Beyond the last customer.
    pub fn what_if(&self, position: usize, changes: &[(&str, f64)]) -> Self {
        let mut cells: Vec<Vec<Cell>> = self.cells.iter().map(|column| vec![column[position]]).collect();
        for (id, value) in changes {
            if let Some(at) = self.columns.positions.get(*id) {
                cells[*at] = vec![Cell::Known(*value)];
            }
        }
        let customers = vec![self.customers[position].clone()];
        Self::new(self.as_of, customers, Arc::clone(&self.columns), cells).known_from_on(self.known_from.clone())
    }

    /// The customers at some positions alone.
    ///
    /// # Panics
    /// Beyond the last customer.
    pub fn part(&self, positions: Range<usize>) -> Self {
        let cells = self.cells.iter().map(|column| column[positions.clone()].to_vec()).collect();
        let customers = self.customers[positions].to_vec();
        Self::new(self.as_of, customers, Arc::clone(&self.columns), cells).known_from_on(self.known_from.clone())
    }

    /// A frame made by hand, for tests of whoever reads frames. `rows` give the cells of a customer in the order of
    /// `ids`.
    ///
    /// # Panics
    /// If a row has not one cell per id.
    pub fn by_hand(as_of: AsOf, ids: &[&str], rows: &[(&str, &[Cell])]) -> Self {
        let mut rows: Vec<_> = rows.to_vec();
        rows.sort_by_key(|(customer, _)| *customer);
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        let positions = ids.iter().enumerate().map(|(at, id)| (id.clone(), at)).collect();
        let cells = (0..ids.len()).map(|at| rows.iter().map(|(_, cells)| cells[at]).collect()).collect();
        let customers = rows.iter().map(|(customer, _)| CustomerId::new(customer)).collect();
        Self::new(as_of, customers, Arc::new(Columns { ids, positions }), cells)
    }

    /// The moment.
    pub fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// The customers, sorted by key.
    pub fn customers(&self) -> &[CustomerId] {
        &self.customers
    }

    /// The indicators, in the order of the catalogue.
    pub fn ids(&self) -> &[String] {
        &self.columns.ids
    }

    /// Cells of one indicator, in the order of the customers.
    pub fn column(&self, id: &str) -> Option<&[Cell]> {
        self.columns.positions.get(id).map(|at| self.cells[*at].as_slice())
    }

    /// Cell of the customer at a position; an indicator that is not in the frame is `not_connected`.
    ///
    /// # Panics
    /// Beyond the last customer.
    pub fn cell(&self, position: usize, id: &str) -> Cell {
        self.column(id).map_or(Cell::Unknown(Unknown::NotConnected), |column| column[position])
    }

    /// Position of a customer.
    pub fn position(&self, customer: &CustomerId) -> Option<usize> {
        self.customers.binary_search(customer).ok()
    }
}
