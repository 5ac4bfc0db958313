//! Who was there at each of many past moments, as known at each: whom a replay may speak of.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use facts::FactFrame;
use vocab::{AsOf, CustomerId, Instant};

use crate::definition::{ChurnDefinition, ChurnRule};
use crate::lifetimes::{Lifetimes, Signs, State};

/// Whether a customer was there at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not yet: nothing is visible of it.
    Unseen,
    /// There, but not long enough to say anything.
    TooNew,
    /// There.
    Current,
    /// Left.
    Gone,
}

/// Everybody at one moment, in the order of [`Presence::customers`].
#[derive(Clone, Debug, PartialEq, Eq)]
struct Roll {
    standings: Vec<Standing>,
    last_seen: Vec<Option<Instant>>,
}

/// Where every customer of a frame stood at each of some moments, as known at each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    moments: Vec<AsOf>,
    customers: Vec<CustomerId>,
    rolls: Vec<Roll>,
}

impl Presence {
    /// The moments, as they were asked for.
    pub fn moments(&self) -> &[AsOf] {
        &self.moments
    }

    /// Every customer of the frame, sorted.
    pub fn customers(&self) -> &[CustomerId] {
        &self.customers
    }

    /// Where the customer at a place stood at the moment at a place.
    ///
    /// # Panics
    /// Beyond the last moment or customer.
    pub fn standing(&self, moment: usize, customer: usize) -> Standing {
        self.rolls[moment].standings[customer]
    }

    /// Its last sign of life before the moment, as known then; see [`crate::Life::last_seen`].
    ///
    /// # Panics
    /// Beyond the last moment or customer.
    pub fn last_seen(&self, moment: usize, customer: usize) -> Option<Instant> {
        self.rolls[moment].last_seen[customer]
    }
}

/// Where everybody stood at each moment by a definition, knowing no more than was known then.
///
/// Equal, moment by moment, to [`crate::states`].
///
/// # Panics
/// At a moment after the frame's end: our own mistake.
pub fn presence(frame: &FactFrame, definition: &ChurnDefinition, moments: &[AsOf]) -> Presence {
    let roll = |at: AsOf| {
        let lifetimes = Lifetimes::of(frame, definition, at);
        let mut roll = empty(frame);
        let mut place = 0;
        for (customer, life) in lifetimes.customers.iter().zip(&lifetimes.lives) {
            // Both are sorted, and whoever has a life has rows.
            while frame.customers()[place] != *customer {
                place += 1;
            }
            roll.standings[place] = match life.state(at.instant(), definition.too_new_days) {
                Some(State::Current) => Standing::Current,
                Some(State::TooNew) => Standing::TooNew,
                Some(State::Gone { .. }) => Standing::Gone,
                None => Standing::Unseen,
            };
            roll.last_seen[place] = life.last_seen;
        }
        roll
    };
    by_moment(frame, moments, &roll)
}

/// The same where a list says who left and when, and no definition is asked: gone from the moment listed on, too new for
/// `too_new_days` after the first fact.
///
/// # Edges
/// What the list says of a moment counts from that moment on; nobody on it comes back. A sign of life is whatever
/// customers do of their own accord.
///
/// # Panics
/// At a moment after the frame's end: our own mistake.
pub fn presence_by_list(
    frame: &FactFrame,
    left: &[(CustomerId, Instant)],
    too_new_days: u32,
    moments: &[AsOf],
) -> Presence {
    let customer_made = ChurnRule::customer_made();
    let signs = Signs::new(frame, &customer_made);
    let mut gone_at: Vec<Option<Instant>> = vec![None; frame.customers().len()];
    for (customer, at) in left {
        if let Some(place) = frame.position(customer) {
            let earliest = gone_at[place].map_or(*at, |known| known.min(*at));
            gone_at[place] = Some(earliest);
        }
    }
    let roll = |at: AsOf| {
        let mut roll = empty(frame);
        for (place, gone_at) in gone_at.iter().enumerate() {
            let visible = || frame.rows_of(place).filter(|row| frame.is_visible(*row, at));
            let Some(first) = visible().next() else { continue };
            let is_new = frame.occurred_at(first) >= at.instant().plus_days(-i64::from(too_new_days));
            roll.standings[place] = match gone_at {
                Some(gone) if *gone < at.instant() => Standing::Gone,
                _ if is_new => Standing::TooNew,
                _ => Standing::Current,
            };
            roll.last_seen[place] = visible().rev().find(|row| signs.take(*row)).map(|row| frame.occurred_at(row));
        }
        roll
    };
    by_moment(frame, moments, &roll)
}

fn empty(frame: &FactFrame) -> Roll {
    let count = frame.customers().len();
    Roll { standings: vec![Standing::Unseen; count], last_seen: vec![None; count] }
}

/// One roll after the other, several at a time.
fn by_moment(frame: &FactFrame, moments: &[AsOf], roll: &(dyn Fn(AsOf) -> Roll + Sync)) -> Presence {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(moments.len())));
    let work = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(at) = moments.get(place) else { return };
            let rolled = roll(*at);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((place, rolled));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
        work();
    });
    let mut rolls = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    rolls.sort_by_key(|(place, _)| *place);
    let rolls = rolls.into_iter().map(|(_, roll)| roll).collect();
    Presence { moments: moments.to_vec(), customers: frame.customers().to_vec(), rolls }
}
