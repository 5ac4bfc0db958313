//! Where every customer stands as of one moment: indicators, health, state, name and owner, side by side.
//!
//! Built in one pass over the facts known at that moment and kept in memory, so that lists, boards and exports read
//! the same numbers. The present snapshot stands at the moment of the last cycle; past ones are built when somebody
//! asks and the few last asked for are kept. A past snapshot is scored by the scorecard that was in use
//! then; its other definitions are today's.

use std::collections::{BTreeSet, HashMap};
use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use alerts::AlertPolicy;
use facts::{FactFrame, Facts, Want};
use indicators::{Catalog, Cell, IndicatorFrame, Population, Supply, evaluate_at, in_parallel};
use outcomes::{ChurnDefinition, Lifetimes, State, StateFrame};
use scores::{CustomerScore, Said, ScoreBook, ScoreFrame};
use vocab::{AsOf, Band, CustomerId, Instant, Scope, Text};

use crate::App;
use crate::books::definitions::Definitions;
use crate::error::Error;
use crate::moment::belonging::Worked;
use crate::moment::cards::{Card, cards_of};
use crate::moment::followed::Followed;
use crate::moment::hands::Hands;
use crate::moment::kept::KeptByType;
use crate::moment::roll::Roll;

/// Weekly points of a health trend: 26 weeks back and the moment itself.
pub(crate) const TREND_POINTS: usize = 27;
const CHUNK: usize = 4_000;
const UNKNOWN: i16 = -1;
const KEPT: usize = 3;

/// Every customer as of one moment. Positions are those of [`Snapshot::customers`].
pub(crate) struct Snapshot {
    pub cards: Vec<Card>,
    pub roll: Roll,
    pub(crate) measured: Arc<Measured>,
}

/// What of a snapshot is the same whoever owns the customers.
pub(crate) struct Measured {
    pub as_of: AsOf,
    pub sequence: u64,
    pub scorecard: String,
    pub churn: String,
    pub indicators: IndicatorFrame,
    pub scores: ScoreFrame,
    pub states: StateFrame,
    pub lifetimes: Lifetimes,
    pub not_yet: Option<Text>,
    trend: Vec<i16>,
    before_30d: Vec<i16>,
    reading: Arc<Reading>,
    /// Where sources failed to deliver, as known when it was built.
    pub supply: Arc<Supply>,
    /// Who belongs where, worked out when first asked for.
    pub(crate) belonging: Worked,
    /// What rooms above worked out of it.
    pub(crate) kept: KeptByType,
    /// Whether each has an open alert, by place; followed once it was asked for.
    pub(crate) alerted: Followed<Vec<bool>>,
    /// Customers whose health rose, worked out when first asked for.
    pub(crate) risers: OnceLock<Vec<(f64, usize)>>,
    /// Places that were looked up before.
    places: RwLock<HashMap<CustomerId, Option<usize>>>,
}

impl Deref for Snapshot {
    type Target = Measured;

    fn deref(&self) -> &Measured {
        &self.measured
    }
}

/// What a snapshot is built by.
#[derive(Clone, Copy)]
pub(crate) struct Lens<'a> {
    pub definitions: &'a Definitions,
    pub book: &'a ScoreBook,
    pub churn: &'a ChurnDefinition,
}

/// Moments at which the trend is read, oldest first; the last is `as_of` itself.
pub(crate) fn trend_moments(as_of: AsOf) -> Vec<AsOf> {
    (0..TREND_POINTS as i64).rev().map(|week| AsOf(as_of.instant().plus_days(-7 * week))).collect()
}

/// What a snapshot is for, and so how much of it is measured.
#[derive(Clone, Copy)]
pub(crate) enum Purpose<'a> {
    /// To be looked at: every indicator, and half a year of weekly health.
    Screens,
    /// To plan alerts and to be passed by: what the scorecard and these rules read, these columns of the model in service, and
    /// the health of the week before.
    Rules(&'a AlertPolicy, &'a [String]),
    /// To look at one customer alone: what puts customers side by side, and who is current and who is gone, is taken from
    /// this snapshot of everybody.
    Alone(&'a Snapshot),
}

/// Everything a snapshot needs to know of the facts, read once for any number of moments up to `end`.
pub(crate) struct Reading {
    frame: FactFrame,
    sequence: u64,
    said: Arc<Said>,
    heard: Heard,
}

/// Up to when people are heard about their customers' health at the moment of a snapshot; at the moments of its trend
/// they are heard up to each of them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Heard {
    /// Up to the moment: a look at the past.
    Then,
    /// Up to now: what is on the screens.
    Until(Instant),
    /// Up to now, but no later than the day that follows the moment: a cycle.
    DayAfter(Instant),
}

impl Heard {
    fn at(self, as_of: AsOf) -> Instant {
        match self {
            Heard::Then => as_of.instant(),
            Heard::Until(now) => now.max(as_of.instant()),
            Heard::DayAfter(now) => now.clamp(as_of.instant(), as_of.instant().plus_days(1)),
        }
    }
}

impl Reading {
    /// Reads the facts known by `end`, with these traits besides those that what ships asks about.
    pub(crate) fn of(facts: &Facts, lens: Lens<'_>, traits: &[&str], end: AsOf) -> Result<Self, Error> {
        Self::read(facts, lens, traits, end, None)
    }

    /// The same of one customer alone.
    pub(crate) fn of_one(facts: &Facts, lens: Lens<'_>, end: AsOf, customer: CustomerId) -> Result<Self, Error> {
        Self::read(facts, lens, &[], end, Some(customer))
    }

    fn read(
        facts: &Facts,
        lens: Lens<'_>,
        traits: &[&str],
        end: AsOf,
        customer: Option<CustomerId>,
    ) -> Result<Self, Error> {
        let sequence = facts.sequence();
        let mut want: Want = lens.definitions.catalog.want();
        want.kinds.clear();
        want.customer = customer;
        for key in ["name", "owner", "end_on"] {
            if !want.properties.iter().any(|one| one == key) {
                want.properties.push(key.to_owned());
            }
        }
        let traits = traits.iter().map(|key| (*key).to_owned()).chain(lens.definitions.traits.iter().cloned());
        for key in lens.churn.properties().into_iter().chain(traits) {
            if !want.properties.contains(&key) {
                want.properties.push(key);
            }
        }
        let frame = facts.as_of(end).frame(&want)?;
        Ok(Self { frame, sequence, said: Arc::default(), heard: Heard::Then })
    }

    /// With what people said of customers.
    pub(crate) fn hearing(self, said: Arc<Said>, heard: Heard) -> Self {
        Self { said, heard, ..self }
    }
}

impl Snapshot {
    /// Builds the snapshot of a moment. Takes as long as measuring everybody does; call it off the request threads.
    pub(crate) fn build(
        reading: Arc<Reading>,
        supply: Arc<Supply>,
        lens: Lens<'_>,
        as_of: AsOf,
        purpose: Purpose<'_>,
    ) -> Result<Self, Error> {
        let frame = &reading.frame;
        let catalog = &match purpose {
            Purpose::Screens => lens.definitions.catalog.clone(),
            Purpose::Rules(policy, columns) => {
                let columns = columns.iter().map(String::as_str).collect();
                let read = [lens.book.indicators(), lens.definitions.indicators_of(policy), columns].concat();
                lens.definitions.catalog.only(&read)
            }
            Purpose::Alone(_) => lens.definitions.catalog.without_looking_across(),
        }
        .with_supply(supply.clone());
        let mut now = evaluate_at(frame, catalog, &Population::Everyone, &[as_of]);
        let mut indicators = now.pop().ok_or_else(|| Error::internal("no frame for the moment"))?;
        if let Purpose::Alone(everybody) = purpose {
            indicators = indicators.with_rest_of(&everybody.indicators);
        }
        let scored_by = if matches!(purpose, Purpose::Alone(_)) { &lens.definitions.catalog } else { catalog };
        // Rules ask no reasons, and a cycle tells them part by part where it writes the scores down.
        let score = if matches!(purpose, Purpose::Rules(..)) { scores::score_said_lightly } else { scores::score_said };
        let scores = score(&indicators, lens.book, scored_by, &reading.said, reading.heard.at(as_of));
        let lifetimes = Lifetimes::of(frame, lens.churn, as_of);
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let some = |some: &[CustomerId]| cards_of(frame, some, as_of);
        let cards: Vec<Card> = in_parallel(indicators.customers(), threads, some).into_iter().flatten().collect();
        let states = lifetimes.states();
        let standing = {
            // Both are in the order of the customers.
            let mut standing = states.iter().peekable();
            let state = |customer: &CustomerId| {
                let found = match purpose {
                    Purpose::Alone(everybody) => everybody.position(customer).map(|position| everybody.state(position)),
                    Purpose::Screens | Purpose::Rules(..) => None,
                };
                while standing.next_if(|(one, _)| *one < customer).is_some() {}
                let own = standing.peek().filter(|(one, _)| *one == customer).map(|(_, state)| *state);
                found.or(own).unwrap_or(State::TooNew)
            };
            indicators.customers().iter().map(state).collect()
        };
        let roll = Roll::new(standing, &scores, &cards);
        let (trend, before_30d) = match purpose {
            Purpose::Alone(everybody) => everybody.trends_up_to(&scores),
            Purpose::Screens | Purpose::Rules(..) => {
                trends(&reading, lens, catalog, indicators.customers(), as_of, purpose)
            }
        };
        let measured = Measured {
            as_of,
            sequence: reading.sequence,
            scorecard: lens.book.id.clone(),
            churn: lens.churn.id.clone(),
            states,
            not_yet: lifetimes.not_yet(lens.churn),
            lifetimes,
            indicators,
            scores,
            trend,
            before_30d,
            reading,
            supply,
            belonging: Worked::default(),
            kept: KeptByType::default(),
            alerted: Followed::default(),
            risers: OnceLock::new(),
            places: RwLock::default(),
        };
        Ok(Self { cards, roll, measured: Arc::new(measured) })
    }

    /// The same measurements in other hands: nothing is measured again.
    pub(crate) fn handed(&self, hands: &Hands) -> Self {
        let same = Self { cards: self.cards.clone(), roll: self.roll.clone(), measured: Arc::clone(&self.measured) };
        same.in_hands(hands)
    }

    /// The customer's indicators at the weekly moments of the trend, oldest first; without those that put everybody
    /// side by side, which would take as long as measuring everybody so many times.
    pub(crate) fn weeks(&self, catalog: &Catalog, customer: &CustomerId) -> Vec<IndicatorFrame> {
        let only = Population::These(vec![customer.clone()]);
        let catalog = catalog.without_looking_across().with_supply(self.supply.clone());
        evaluate_at(&self.reading.frame, &catalog, &only, &trend_moments(self.as_of))
    }

    /// The customer's score a week before the moment.
    pub(crate) fn score_week_ago(&self, lens: Lens<'_>, customer: &CustomerId) -> Option<CustomerScore> {
        let only = Population::These(vec![customer.clone()]);
        let catalog = lens.definitions.catalog.only(&lens.book.indicators()).with_supply(self.supply.clone());
        let week_ago = AsOf(self.as_of.instant().plus_days(-7));
        let frame = evaluate_at(&self.reading.frame, &catalog, &only, &[week_ago]).pop()?;
        let said = &self.reading.said;
        scores::score_said(&frame, lens.book, &catalog, said, week_ago.instant()).get(customer).cloned()
    }

    /// Scores of nobody: what is to be taken for unknown of everybody.
    pub(crate) fn nobody_scored(&self, lens: Lens<'_>) -> ScoreFrame {
        let catalog = lens.definitions.catalog.only(&lens.book.indicators());
        let frames = evaluate_at(&self.reading.frame, &catalog, &Population::These(Vec::new()), &[self.as_of]);
        scores::score(&frames[0], lens.book, &catalog)
    }

    /// What people said, and up to when they were heard about the moment itself.
    pub(crate) fn heard(&self) -> (&Arc<Said>, Instant) {
        (&self.reading.said, self.reading.heard.at(self.as_of))
    }

    /// What was read of the facts for it, for a look at an earlier moment.
    pub(crate) fn reading(&self) -> Arc<Reading> {
        Arc::clone(&self.reading)
    }

    /// The facts it was built from.
    pub(crate) fn frame(&self) -> &FactFrame {
        &self.reading.frame
    }

    /// Every customer known at the moment, sorted by id.
    pub(crate) fn customers(&self) -> &[CustomerId] {
        self.indicators.customers()
    }

    /// Place of a customer.
    pub(crate) fn position(&self, customer: &CustomerId) -> Option<usize> {
        self.customers().binary_search(customer).ok()
    }

    /// Places of customers who stand in the order of their ids: both lists are walked once.
    pub(crate) fn places_along<'c>(&'c self, sorted: &'c [CustomerId]) -> impl Iterator<Item = Option<usize>> + 'c {
        let mut own = self.customers().iter().enumerate().peekable();
        sorted.iter().map(move |customer| {
            while own.next_if(|(_, one)| *one < customer).is_some() {}
            own.peek().filter(|(_, one)| *one == customer).map(|(place, _)| *place)
        })
    }

    /// Places of customers who are asked for again and again: each is looked for once.
    pub(crate) fn placed<'c>(&self, customers: impl Iterator<Item = &'c CustomerId>) -> Vec<Option<usize>> {
        let customers: Vec<&CustomerId> = customers.collect();
        let find = |places: &HashMap<CustomerId, Option<usize>>| -> Option<Vec<Option<usize>>> {
            customers.iter().map(|customer| places.get(*customer).copied()).collect()
        };
        if let Some(found) = find(&self.places.read().unwrap_or_else(PoisonError::into_inner)) {
            return found;
        }
        let mut places = self.places.write().unwrap_or_else(PoisonError::into_inner);
        for customer in &customers {
            if !places.contains_key(*customer) {
                places.insert((*customer).clone(), self.position(customer));
            }
        }
        customers.iter().map(|customer| places.get(*customer).copied().flatten()).collect()
    }

    /// Score of the customer at a place.
    pub(crate) fn score(&self, position: usize) -> Option<&CustomerScore> {
        (position < self.scores.customers().len()).then(|| self.scores.at(position))
    }

    /// Verdict of the customer at a place.
    pub(crate) fn band(&self, position: usize) -> Option<Band> {
        self.roll.band(position)
    }

    /// State of the customer at a place.
    pub(crate) fn state(&self, position: usize) -> State {
        self.roll.state(position)
    }

    /// Whether a reader with this scope sees the customer at a place.
    pub(crate) fn admits(&self, scope: &Scope, position: usize) -> bool {
        scope.admits(self.roll.keeper(position))
    }

    /// Value in the firm's currency, where known.
    pub(crate) fn value(&self, position: usize) -> Cell {
        self.roll.value(position)
    }

    /// Name to show: the known one, or the id.
    pub(crate) fn name(&self, position: usize) -> &str {
        self.cards[position].name.as_deref().unwrap_or_else(|| self.customers()[position].as_str())
    }

    /// Weekly health, oldest first, the present one last; `None` where unknown.
    pub(crate) fn trend(&self, position: usize) -> impl Iterator<Item = Option<f64>> + '_ {
        let row = &self.trend[position * TREND_POINTS..(position + 1) * TREND_POINTS];
        row.iter().map(|health| points(*health))
    }

    /// The trend of some customers, ended by what they are scored now: flattened, and the health 30 days ago. Of whom
    /// nothing was known here there is no more than that.
    fn trends_up_to(&self, scores: &ScoreFrame) -> (Vec<i16>, Vec<i16>) {
        let mut trend = Vec::with_capacity(scores.customers().len() * TREND_POINTS);
        let mut before = Vec::with_capacity(scores.customers().len());
        for (customer, score) in scores.iter() {
            let place = self.position(customer);
            match place {
                Some(place) => trend.extend(&self.trend[place * TREND_POINTS..(place + 1) * TREND_POINTS - 1]),
                None => trend.extend([UNKNOWN; TREND_POINTS - 1]),
            }
            trend.push(score.health.map_or(UNKNOWN, |health| health.hundredths() as i16));
            before.push(place.map_or(UNKNOWN, |place| self.before_30d[place]));
        }
        (trend, before)
    }

    /// Health a week before the moment.
    pub(crate) fn health_week_ago(&self, position: usize) -> Option<f64> {
        points(self.trend[position * TREND_POINTS + TREND_POINTS - 2])
    }

    /// Change of health over the last 30 days.
    pub(crate) fn health_change_30d(&self, position: usize) -> Option<f64> {
        let now = self.score(position)?.health?.points();
        Some(now - points(self.before_30d[position])?)
    }

    /// Sorts and spells what lists ask for, ahead of the first of them.
    pub(crate) fn make_ready(&self) {
        self.roll.make_ready(self);
    }

    /// Customers in each state among those that the scope admits: current, too new, gone.
    pub(crate) fn state_counts(&self, scope: &Scope) -> [u64; 3] {
        self.roll.state_counts(scope)
    }

    /// Customers that alerts may speak of, and those that are gone.
    pub(crate) fn eligible_and_gone(&self) -> (BTreeSet<CustomerId>, BTreeSet<CustomerId>) {
        let of = |wanted: usize| {
            let customers = self.customers().iter().enumerate();
            customers
                .filter(|(position, _)| state_index(self.state(*position)) == wanted)
                .map(|(_, one)| one.clone())
                .collect()
        };
        (of(0), of(2))
    }
}

/// 0 current, 1 too new, 2 gone.
pub(crate) fn state_index(state: State) -> usize {
    match state {
        State::Current => 0,
        State::TooNew => 1,
        State::Gone { .. } => 2,
    }
}

fn points(hundredths: i16) -> Option<f64> {
    (hundredths != UNKNOWN).then(|| f64::from(hundredths) / 100.0)
}

/// Weekly health of every customer, flattened, and the health 30 days ago; in hundredths, −1 where unknown.
fn trends(
    reading: &Reading,
    lens: Lens<'_>,
    catalog: &Catalog,
    customers: &[CustomerId],
    as_of: AsOf,
    purpose: Purpose<'_>,
) -> (Vec<i16>, Vec<i16>) {
    // Each moment with its place in the trend; the one after the last place is that of 30 days ago.
    let mut wanted: Vec<(usize, AsOf)> = trend_moments(as_of).into_iter().enumerate().collect();
    wanted.push((TREND_POINTS, AsOf(as_of.instant().plus_days(-30))));
    if matches!(purpose, Purpose::Rules(..)) {
        wanted.retain(|(place, _)| *place == TREND_POINTS - 2);
    }
    let moments: Vec<AsOf> = wanted.iter().map(|(_, moment)| *moment).collect();
    let catalog = catalog.only(&lens.book.indicators());
    let mut trend = vec![UNKNOWN; customers.len() * TREND_POINTS];
    let mut before = vec![UNKNOWN; customers.len()];
    let parts = customers.chunks(CHUNK).zip(trend.chunks_mut(CHUNK * TREND_POINTS)).zip(before.chunks_mut(CHUNK));
    let left = Mutex::new(parts);
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        while let Some(((chunk, trend), before)) = next() {
            let frames = evaluate_at(&reading.frame, &catalog, &Population::These(chunk.to_vec()), &moments);
            for ((point, _), frame) in wanted.iter().zip(&frames) {
                let moment = frame.as_of();
                let heard = if moment == as_of { reading.heard.at(as_of) } else { moment.instant() };
                let healths = scores::healths_said(frame, lens.book, &catalog, &reading.said, heard);
                // Whoever is asked for is answered for, in the order of the ids.
                for (offset, health) in healths.into_iter().enumerate() {
                    let health = health.map_or(UNKNOWN, |health| health.hundredths() as i16);
                    match *point < TREND_POINTS {
                        true => trend[offset * TREND_POINTS + point] = health,
                        false => before[offset] = health,
                    }
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        work();
        others.into_iter().for_each(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
    });
    (trend, before)
}

/// The snapshots in memory: the present one and the few past ones last asked for.
#[derive(Default)]
pub(crate) struct Snapshots {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    present: Option<Arc<Snapshot>>,
    past: Vec<Arc<Snapshot>>,
}

impl Snapshots {
    /// The present snapshot, once there is one.
    pub(crate) fn present(&self) -> Option<Arc<Snapshot>> {
        self.lock().present.clone()
    }

    /// Replaces the present snapshot. Past ones are let go of: who owns whom today may have changed.
    pub(crate) fn set_present(&self, snapshot: Arc<Snapshot>) {
        *self.lock() = Kept { present: Some(snapshot), past: Vec::new() };
    }

    /// A past snapshot, if it is kept and still true: built by the same definitions from the same facts.
    pub(crate) fn past(&self, as_of: AsOf, sequence: u64, scorecard: &str, churn: &str) -> Option<Arc<Snapshot>> {
        let kept = self.lock();
        let fits = |one: &&Arc<Snapshot>| {
            one.as_of == as_of && one.sequence == sequence && one.scorecard == scorecard && one.churn == churn
        };
        kept.past.iter().chain(kept.present.iter()).find(fits).cloned()
    }

    /// Keeps a past snapshot, letting go of the oldest.
    pub(crate) fn keep(&self, snapshot: Arc<Snapshot>) {
        let mut kept = self.lock();
        kept.past.retain(|one| one.as_of != snapshot.as_of);
        if kept.past.len() >= KEPT {
            kept.past.remove(0);
        }
        kept.past.push(snapshot);
    }

    /// Forgets everything: the definitions changed.
    pub(crate) fn clear(&self) {
        *self.lock() = Kept::default();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Owner of every customer, for the operational memory's projection.
pub(crate) fn owners(snapshot: &Snapshot) -> Vec<(&CustomerId, Option<&str>)> {
    let cards = snapshot.customers().iter().zip(&snapshot.cards);
    cards.map(|(customer, card)| (customer, card.owner.as_deref())).collect()
}

/// Owner keys in use, sorted, that a scope admits.
pub(crate) fn owner_keys(snapshot: &Snapshot, scope: &Scope) -> Vec<String> {
    snapshot.roll.owners().filter(|owner| scope.admits(Some(owner))).map(str::to_owned).collect()
}

impl App {
    /// The scorecard by which a snapshot was scored.
    pub(crate) fn book_of(&self, snapshot: &Snapshot) -> Option<&ScoreBook> {
        self.book_with(&snapshot.scorecard, &snapshot.scores.version)
    }
}
