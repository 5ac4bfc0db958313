//! Standing state: the rows that a catalogue looks at, of every customer, kept ready. "Now" is answered without reading a
//! fact, and a new fact costs what it touches.
//!
//! A cache, never a source: what it says is what [`crate::evaluate`] says of the same facts, and it is built from them
//! again whenever it is missing, of another catalogue or in doubt. It keeps the moments of the rows themselves and no
//! totals of days: so a window may end at any instant, and nothing has to be done when time passes. How it is written
//! down and read back is told in `keep`; who reads the facts and when is the caller's business.

mod follow;
mod keep;

use std::collections::HashMap;
use std::sync::Arc;

use facts::{FactFrame, Mark, StoredFact};
use vocab::{AsOf, CustomerId, Instant, Kind, Unknown, Zone};

use crate::catalog::Catalog;
use crate::frame::{Cell, Columns, IndicatorFrame};
use crate::kernel::{Answering, in_parallel};
use crate::peers;
use crate::plan::{Delivery, Plan};
use crate::selector::Selector;
use crate::series::{Rows, RowsRef, held, number_in};
use crate::supply::Supply;

pub use follow::Followed;

/// Touched rows of a lane are folded into it when they are more than this, and than half of its own: so that what is touched
/// takes no more room than that, and a row is moved a few times at the most.
const FOLD: usize = 65_536;

/// Which rows a lane holds and what of them.
#[derive(Clone, Debug)]
struct Shape {
    selector: Selector,
    /// The property whose number stands for the value.
    number: Option<String>,
    values: bool,
    said: Vec<String>,
}

/// The rows of one selector, customer after customer.
#[derive(Clone, Debug, Default)]
struct Lane {
    /// Where each customer's begin; one more than there are customers.
    starts: Vec<u32>,
    rows: Rows,
}

/// A kind of fact, and the lanes that take it.
type Route = (Kind, Arc<[u16]>);

/// The rows that a catalogue looks at, of every customer, ready to be asked about any moment from now on.
///
/// A clone shares the rows in the lanes: cheap right after [`Standing::settle`].
#[derive(Clone, Debug)]
pub struct Standing {
    catalog: Arc<Catalog>,
    /// What was delivered since when and the texts of codes, without a row.
    ground: FactFrame,
    shapes: Vec<Shape>,
    /// By name, the lanes that take it with each kind.
    routes: HashMap<String, Vec<Route>>,
    /// How far the record was followed.
    mark: Mark,
    /// Whether any fact of the record so far tells of a person alone; `None` until somebody has to know.
    tells_of_people: Option<bool>,
    /// Everything taken is known from this moment on: none before it can be asked.
    from: i64,
    customers: Vec<CustomerId>,
    /// So many of them, from the first, lie in the order of their keys.
    in_order: usize,
    places: HashMap<CustomerId, u32>,
    /// When the first fact of each happened; [`i64::MAX`] of whom nothing is left.
    first: Vec<i64>,
    /// When the last fact of each happened; [`i64::MIN`] of whom nothing is left.
    last: Vec<i64>,
    lanes: Vec<Arc<Lane>>,
    /// Rows that differ from those in the lanes, by customer and lane.
    touched: HashMap<u32, Vec<(u16, Rows)>>,
    /// By lane, how many rows that are.
    touched_rows: Vec<usize>,
}

impl Standing {
    /// An empty one for a catalogue; `ground` says what was delivered, see [`FactFrame::ground`].
    ///
    /// `None` for a catalogue that compares customers within groups or by their facts, which are not at hand here.
    pub fn new(catalog: Arc<Catalog>, ground: FactFrame, mark: Mark) -> Option<Standing> {
        if catalog.needs_others() {
            return None;
        }
        let shapes: Vec<Shape> = {
            // Which rows are looked at is the same at every moment.
            let some = [AsOf(Instant::from_micros(0))];
            let plan = Plan::new(&ground, &catalog, &some, Delivery::Observed);
            let shape = |group: &crate::plan::Group<'_>| Shape {
                selector: group.selector().clone(),
                number: group.number.map(str::to_owned),
                values: group.values,
                said: group.said.iter().map(|key| (*key).to_owned()).collect(),
            };
            plan.groups.iter().map(shape).collect()
        };
        let lanes = shapes.iter().map(|_| Arc::new(Lane { starts: vec![0], rows: Rows::default() })).collect();
        let touched_rows = vec![0; shapes.len()];
        Some(Standing {
            catalog,
            ground,
            shapes,
            routes: HashMap::new(),
            mark,
            tells_of_people: None,
            from: i64::MIN,
            customers: Vec::new(),
            in_order: 0,
            places: HashMap::new(),
            first: Vec::new(),
            last: Vec::new(),
            lanes,
            touched: HashMap::new(),
            touched_rows,
        })
    }

    /// Takes in the customers of a frame, none of whom it has yet, up to everything that will ever be known of them.
    pub fn add(&mut self, frame: &FactFrame) {
        for position in 0..frame.customers().len() {
            let rows = self.rows_of(frame, position);
            let place = self.seat(&frame.customers()[position]);
            (self.first[place as usize], self.last[place as usize]) = ends_of(frame, position);
            for (lane, rows) in self.lanes.iter_mut().zip(rows) {
                Arc::make_mut(lane).push(&rows);
            }
        }
        self.from = self.from.max(known_by(frame));
    }

    /// A seat for a customer, at the end if it is new.
    fn seat(&mut self, customer: &CustomerId) -> u32 {
        if let Some(place) = self.places.get(customer) {
            return *place;
        }
        let place = self.customers.len() as u32;
        if self.in_order == self.customers.len() && self.customers.last().is_none_or(|last| last < customer) {
            self.in_order += 1;
        }
        self.customers.push(customer.clone());
        self.places.insert(customer.clone(), place);
        self.first.push(i64::MAX);
        self.last.push(i64::MIN);
        place
    }

    /// By lane, the rows of a customer of a frame that stand.
    fn rows_of(&mut self, frame: &FactFrame, position: usize) -> Vec<Rows> {
        let mut rows: Vec<Rows> = self.shapes.iter().map(|_| Rows::default()).collect();
        for row in frame.rows_of(position).filter(|row| frame.until(*row) == Instant::MAX) {
            let (kind, name) = (frame.kind(row), frame.name(row));
            for lane in self.lanes_of(kind, name).iter().copied() {
                let shape = &self.shapes[lane as usize];
                if shape.selector.filter.as_ref().is_some_and(|filter| !filter.passes_row(frame, row)) {
                    continue;
                }
                let own = &mut rows[lane as usize];
                own.at.push(frame.occurred_at(row).micros());
                if shape.values {
                    own.values.push(match &shape.number {
                        None => held(frame.value(row)),
                        Some(key) => held(frame.property(row, key).flatten().and_then(number_in)),
                    });
                    let currency = frame.currency(row).map_or(0, |text| self.ground.currency_code_of(text));
                    own.add_currency(currency);
                }
                for key in &shape.said {
                    let said = frame.property(row, key).flatten();
                    own.said.push(said.map_or(0, |text| self.ground.property_code_of(key, text)));
                }
            }
        }
        rows
    }

    /// The lanes that take a kind and name, filters apart.
    fn lanes_of(&mut self, kind: Kind, name: &str) -> Arc<[u16]> {
        let known = self.routes.get(name).and_then(|routes| routes.iter().find(|(of, _)| *of == kind));
        if let Some((_, lanes)) = known {
            return Arc::clone(lanes);
        }
        let takes = |shape: &Shape| {
            let names = &shape.selector.names;
            shape.selector.kinds.contains(&kind) && (names.is_empty() || names.iter().any(|one| one == name))
        };
        let places = self.shapes.iter().enumerate().filter(|(_, shape)| takes(shape));
        let lanes: Arc<[u16]> = places.map(|(place, _)| place as u16).collect();
        self.routes.entry(name.to_owned()).or_default().push((kind, Arc::clone(&lanes)));
        lanes
    }

    /// Takes in a fact that corrects nothing, of this customer.
    fn append(&mut self, customer: &CustomerId, stored: &StoredFact) {
        let fact = &stored.fact;
        let place = self.seat(customer);
        self.first[place as usize] = self.first[place as usize].min(fact.occurred_at.micros());
        self.last[place as usize] = self.last[place as usize].max(fact.occurred_at.micros());
        for lane in self.lanes_of(fact.kind, &fact.name).iter().copied() {
            let shape = &self.shapes[lane as usize];
            let said = |key: &str| match key {
                crate::filter::TEXT => fact.text.as_deref(),
                key => fact.properties.get(key).and_then(|value| value.as_deref()),
            };
            let number = fact.value.map(vocab::Amount::to_f64);
            if shape.selector.filter.as_ref().is_some_and(|filter| !filter.passes(&said, number)) {
                continue;
            }
            let row = Row {
                at: fact.occurred_at.micros(),
                value: shape.values.then(|| match &shape.number {
                    None => held(fact.value),
                    Some(key) => held(said(key).and_then(number_in)),
                }),
                currency: fact.currency.as_deref().map_or(0, |text| self.ground.currency_code_of(text)),
                said: shape
                    .said
                    .iter()
                    .map(|key| said(key).map_or(0, |text| self.ground.property_code_of(key, text)))
                    .collect(),
            };
            self.touch(place, lane).insert(row);
            self.touched_rows[usize::from(lane)] += 1;
        }
    }

    /// The rows of a customer in a lane, apart from the others so that they can be changed.
    fn touch(&mut self, place: u32, lane: u16) -> &mut Rows {
        let of_customer = self.touched.entry(place).or_default();
        let known = of_customer.iter().position(|(one, _)| *one == lane);
        let at = known.unwrap_or_else(|| {
            let rows =
                self.lanes[lane as usize].rows_at(place as usize, self.shapes[lane as usize].said.len()).to_rows();
            self.touched_rows[usize::from(lane)] += rows.at.len();
            of_customer.push((lane, rows));
            of_customer.len() - 1
        });
        &mut of_customer[at].1
    }

    /// Puts everything known of a customer in the place of what was; a frame without it leaves nothing.
    fn replace(&mut self, customer: &CustomerId, frame: &FactFrame) {
        let position = frame.position(customer);
        let rows = match position {
            Some(position) => self.rows_of(frame, position),
            None if !self.places.contains_key(customer) => return,
            None => self.shapes.iter().map(|_| Rows::default()).collect(),
        };
        let place = self.seat(customer);
        (self.first[place as usize], self.last[place as usize]) =
            position.map_or((i64::MAX, i64::MIN), |position| ends_of(frame, position));
        self.touched_rows.iter_mut().zip(&rows).for_each(|(touched, rows)| *touched += rows.at.len());
        self.touched.insert(place, rows.into_iter().enumerate().map(|(lane, rows)| (lane as u16, rows)).collect());
    }

    /// Puts what was touched back among the others, in the order of the customers' keys.
    pub fn settle(&mut self) {
        if self.touched.is_empty() && self.in_order == self.customers.len() {
            return;
        }
        let order = self.places_in_order();
        // A lane at a time: of one only there are two.
        for lane in 0..self.lanes.len() {
            let mut settled = self.lanes[lane].emptied(order.len());
            order.iter().for_each(|place| settled.push_ref(self.rows(*place as usize, lane)));
            self.lanes[lane] = Arc::new(settled);
        }
        self.first = order.iter().map(|place| self.first[*place as usize]).collect();
        self.last = order.iter().map(|place| self.last[*place as usize]).collect();
        self.customers = order.iter().map(|place| self.customers[*place as usize].clone()).collect();
        self.in_order = self.customers.len();
        self.places = self.customers.iter().cloned().zip(0..).collect();
        self.touched = HashMap::new();
        self.touched_rows.fill(0);
    }

    /// Puts what was touched of one lane back among its others; whether there is such a lane. Customers keep their places.
    ///
    /// # Why
    /// Whoever feels waits while it is done: better for one lane at a time than for all of them.
    pub fn settle_lane(&mut self, lane: usize) -> bool {
        let Some(before) = self.lanes.get(lane) else { return false };
        if self.touched_rows[lane] == 0 {
            return true;
        }
        let mut settled = before.emptied(self.customers.len());
        (0..self.customers.len()).for_each(|place| settled.push_ref(self.rows(place, lane)));
        self.lanes[lane] = Arc::new(settled);
        self.touched.retain(|_, rows| {
            rows.retain(|(one, _)| usize::from(*one) != lane);
            !rows.is_empty()
        });
        self.touched_rows[lane] = 0;
        true
    }

    /// Folds the lane of which most was touched, where that is much.
    fn settle_if_due(&mut self) {
        let is_due = |lane: &usize| self.touched_rows[*lane] > FOLD.max(self.lanes[*lane].rows.at.len() / 2);
        if let Some(lane) = (0..self.lanes.len()).filter(is_due).max_by_key(|lane| self.touched_rows[*lane]) {
            self.settle_lane(lane);
        }
    }

    /// Every customer's place, in the order of their keys: those who came late are put among the others.
    fn places_in_order(&self) -> Vec<u32> {
        let key = |place: &u32| &self.customers[*place as usize];
        let (settled, count) = (self.in_order as u32, self.customers.len() as u32);
        let mut late: Vec<u32> = (settled..count).collect();
        late.sort_unstable_by(|one, other| key(one).cmp(key(other)));
        let mut places = Vec::with_capacity(self.customers.len());
        let mut next = 0;
        for place in late {
            let before = self.customers[next as usize..self.in_order].partition_point(|one| one < key(&place)) as u32;
            places.extend(next..next + before);
            places.push(place);
            next += before;
        }
        places.extend(next..settled);
        places
    }

    /// Whether any row of a customer happened at this very moment.
    fn has_row_at(&self, customer: &CustomerId, at: i64) -> bool {
        let Some(place) = self.places.get(customer) else { return false };
        self.all_rows(*place as usize).any(|rows| rows.at.binary_search(&at).is_ok())
    }

    fn rows(&self, place: usize, lane: usize) -> RowsRef<'_> {
        self.rows_beside(self.touched.get(&(place as u32)), place, lane)
    }

    /// The rows of a customer, lane after lane.
    fn all_rows(&self, place: usize) -> impl Iterator<Item = RowsRef<'_>> {
        let touched = self.touched.get(&(place as u32));
        (0..self.lanes.len()).map(move |lane| self.rows_beside(touched, place, lane))
    }

    /// Those in a lane, unless what was touched has others.
    fn rows_beside<'s>(&'s self, touched: Option<&'s Vec<(u16, Rows)>>, place: usize, lane: usize) -> RowsRef<'s> {
        match touched.and_then(|touched| touched.iter().find(|(one, _)| usize::from(*one) == lane)) {
            Some((_, rows)) => rows.all(),
            None => self.lanes[lane].rows_at(place, self.shapes[lane].said.len()),
        }
    }

    /// The catalogue it answers.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Tells where sources failed to deliver, as [`Catalog::with_supply`] does.
    pub fn set_supply(&mut self, supply: &Arc<Supply>) {
        if self.catalog.supply() != supply.as_ref() {
            self.catalog = Arc::new(self.catalog.as_ref().clone().with_supply(Arc::clone(supply)));
        }
    }

    /// How far it followed the record.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// The earliest moment it can be asked about: everything taken in is known by then.
    pub fn from(&self) -> AsOf {
        AsOf(Instant::from_micros(self.from))
    }

    /// Who did something at a moment or since, sorted.
    pub fn seen_since(&self, moment: AsOf) -> Vec<CustomerId> {
        let since = moment.instant().micros();
        let all = self.customers.iter().zip(&self.last);
        let mut found: Vec<CustomerId> =
            all.filter(|(_, last)| **last >= since).map(|(customer, _)| customer.clone()).collect();
        found.sort_unstable();
        found
    }

    /// How many customers it has.
    pub fn customers(&self) -> usize {
        self.customers.len()
    }

    /// How many rows it holds; a row that several selectors take counts for each.
    pub fn rows_held(&self) -> usize {
        let touched = self.touched.values().flatten().map(|(_, rows)| rows.at.len());
        self.lanes.iter().map(|lane| lane.rows.at.len()).sum::<usize>() + touched.sum::<usize>()
    }

    /// Memory that it takes, keys of customers included.
    pub fn bytes(&self) -> usize {
        let touched = self.touched.values().flatten().map(|(_, rows)| rows.bytes() + 150);
        let lanes = self.lanes.iter().map(|lane| lane.rows.bytes() + 4 * lane.starts.len());
        let keys: usize = self.customers.iter().map(|one| one.as_str().len() + 16 + 2 * 16 + 24).sum();
        touched.sum::<usize>() + lanes.sum::<usize>() + keys + 16 * self.first.len()
    }

    fn zone(&self) -> &Zone {
        self.ground.zone()
    }

    /// Every indicator of everybody of whom anything is visible, as of a moment; `None` before [`Standing::from`].
    pub fn answer(&self, as_of: AsOf, delivery: Delivery, threads: usize) -> Option<IndicatorFrame> {
        self.answer_at(&self.places_in_order(), as_of, delivery, threads)
    }

    /// The same of some customers, those of them of whom anything is visible; `None` also if the catalogue puts
    /// customers against each other.
    pub fn answer_of(&self, customers: &[CustomerId], as_of: AsOf, delivery: Delivery) -> Option<IndicatorFrame> {
        if self.catalog.compares_peers() {
            return None;
        }
        let mut asked: Vec<&CustomerId> = customers.iter().collect();
        asked.sort_unstable();
        asked.dedup();
        let places: Vec<u32> = asked.into_iter().filter_map(|one| self.places.get(one).copied()).collect();
        self.answer_at(&places, as_of, delivery, 1)
    }

    fn answer_at(&self, places: &[u32], as_of: AsOf, delivery: Delivery, threads: usize) -> Option<IndicatorFrame> {
        if as_of.instant().micros() < self.from {
            return None;
        }
        let moments = [as_of];
        let plan = Plan::new(&self.ground, &self.catalog, &moments, delivery);
        let seen = |place: &&u32| self.first[**place as usize] < as_of.instant().micros();
        let seen: Vec<u32> = places.iter().filter(seen).copied().collect();
        let mut parts = in_parallel(&seen, threads, |part| {
            // With room for everybody: the first part becomes the whole.
            let mut customers: Vec<CustomerId> = Vec::with_capacity(seen.len());
            let room = |reason: &Option<Unknown>| if reason.is_some() { 0 } else { seen.len() };
            let mut cells: Vec<Vec<Cell>> =
                plan.left_empty(0).iter().map(|reason| Vec::with_capacity(room(reason))).collect();
            let mut answering = Answering::new(&plan);
            let mut rows: Vec<RowsRef<'_>> = Vec::with_capacity(self.lanes.len());
            for place in part {
                let place = *place as usize;
                rows.clear();
                rows.extend(self.all_rows(place));
                answering.meet(|lane| rows[lane]);
                answering.fill(|lane| rows[lane], 0, Some(self.first[place]), &mut cells);
                customers.push(self.customers[place].clone());
            }
            (customers, cells)
        });
        let (mut customers, mut cells) = parts.remove(0);
        for (mut others, part) in parts {
            customers.append(&mut others);
            cells.iter_mut().zip(part).for_each(|(all, mut some)| all.append(&mut some));
        }
        let visible = vec![true; customers.len()];
        let peerings = peers::finish(&self.catalog, &self.ground, as_of, &customers, &visible, &mut cells);
        let known_from = plan.known_from.iter().map(|of| of.first().copied().flatten()).collect();
        let (columns, left_empty) = (Columns::of(&self.catalog), plan.left_empty(0));
        let frame = IndicatorFrame::filled_up(as_of, customers, columns, cells, &left_empty);
        Some(frame.known_from_on(known_from).among(peerings))
    }
}

/// A row on its way into a lane.
struct Row {
    at: i64,
    value: Option<i64>,
    currency: u32,
    said: Vec<u32>,
}

impl Rows {
    /// Puts a row after those that happened before it or with it.
    fn insert(&mut self, row: Row) {
        let place = self.at.partition_point(|at| *at <= row.at);
        self.at.insert(place, row.at);
        if let Some(value) = row.value {
            if row.currency != 0 && self.currencies.is_empty() {
                self.currencies = vec![0; self.values.len()];
            }
            self.values.insert(place, value);
            if row.currency != 0 || !self.currencies.is_empty() {
                self.currencies.insert(place, row.currency);
            }
        }
        let words = row.said.len();
        self.said.splice(place * words..place * words, row.said);
    }

    /// Adds the currency of the value added last.
    fn add_currency(&mut self, currency: u32) {
        if currency != 0 && self.currencies.is_empty() {
            self.currencies = vec![0; self.values.len() - 1];
        }
        if currency != 0 || !self.currencies.is_empty() {
            self.currencies.push(currency);
        }
    }

    fn bytes(&self) -> usize {
        8 * (self.at.len() + self.values.len()) + 4 * (self.currencies.len() + self.said.len())
    }
}

impl RowsRef<'_> {
    fn to_rows(self) -> Rows {
        Rows {
            // Somebody is about to add a row.
            at: with_room(self.at),
            values: with_room(self.values),
            currencies: self.currencies.to_vec(),
            said: self.said.to_vec(),
            ..Rows::default()
        }
    }
}

fn with_room(cells: &[i64]) -> Vec<i64> {
    let mut room = Vec::with_capacity(cells.len() + 1);
    room.extend_from_slice(cells);
    room
}

impl Lane {
    /// Without a row, and with room for those it has of so many customers.
    fn emptied(&self, customers: usize) -> Lane {
        let mut emptied = Lane { starts: Vec::with_capacity(customers + 1), rows: Rows::default() };
        emptied.starts.push(0);
        emptied.rows.at.reserve_exact(self.rows.at.len());
        emptied.rows.values.reserve_exact(self.rows.values.len());
        emptied
    }

    /// A customer's rows; none of one who came after the lane was filled.
    fn rows_at(&self, place: usize, words: usize) -> RowsRef<'_> {
        let (Some(begin), Some(end)) = (self.starts.get(place), self.starts.get(place + 1)) else {
            return RowsRef::default();
        };
        let (begin, end) = (*begin as usize, *end as usize);
        let rows = &self.rows;
        RowsRef {
            at: &rows.at[begin..end],
            values: rows.values.get(begin..end).unwrap_or_default(),
            currencies: rows.currencies.get(begin..end).unwrap_or_default(),
            said: rows.said.get(begin * words..end * words).unwrap_or_default(),
            ..RowsRef::default()
        }
    }

    fn push(&mut self, rows: &Rows) {
        self.push_ref(rows.all());
    }

    /// Adds the rows of the next customer.
    fn push_ref(&mut self, rows: RowsRef<'_>) {
        let before = self.rows.values.len();
        self.rows.at.extend_from_slice(rows.at);
        self.rows.values.extend_from_slice(rows.values);
        if !rows.currencies.is_empty() && self.rows.currencies.is_empty() {
            self.rows.currencies = vec![0; before];
        }
        if !rows.currencies.is_empty() {
            self.rows.currencies.extend_from_slice(rows.currencies);
        } else if !self.rows.currencies.is_empty() {
            self.rows.currencies.resize(self.rows.values.len(), 0);
        }
        self.rows.said.extend_from_slice(rows.said);
        self.starts.push(self.rows.at.len() as u32);
    }
}

/// When the first and the last of a customer's rows that stand happened.
fn ends_of(frame: &FactFrame, position: usize) -> (i64, i64) {
    let rows = || frame.rows_of(position).filter(move |row| frame.until(*row) == Instant::MAX);
    let at = |row: usize| frame.occurred_at(row).micros();
    (rows().next().map_or(i64::MAX, at), rows().next_back().map_or(i64::MIN, at))
}

/// The moment by which everything in a frame is known and every correction acts.
fn known_by(frame: &FactFrame) -> i64 {
    if frame.is_prompt() {
        return i64::MIN;
    }
    // What was known when it happened bars no moment: before it happened nobody finds it.
    let late = (0..frame.len()).filter(|row| frame.known_at(*row) > frame.occurred_at(*row));
    let known = late.map(|row| frame.known_at(row).micros());
    let corrected = (0..frame.len()).map(|row| frame.until(row)).filter(|until| *until < Instant::MAX);
    known.chain(corrected.map(Instant::micros)).max().map_or(i64::MIN, |last| last.saturating_add(1))
}
