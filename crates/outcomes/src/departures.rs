//! Who left within a stretch of the past, and when: the answer a replay is judged by.

use facts::{Hindsight, Want};
use vocab::{CustomerId, Instant, Text};

use crate::definition::ChurnDefinition;
use crate::lifetimes::Lifetimes;

/// A customer that left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// Who.
    pub customer: CustomerId,
    /// The moment from which it counts as gone.
    pub at: Instant,
    /// Its last sign of life before.
    pub last_seen: Option<Instant>,
}

/// Who left, and how far that can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departures {
    /// Everybody who left in `[since, told_until)`, by the moment of leaving; a customer that came back and left again is
    /// here each time.
    pub left: Vec<Departure>,
    /// From here on nothing can be said: the look back ends, or the facts do.
    pub told_until: Instant,
    /// Why part of the stretch asked about cannot be judged, if so.
    pub doubt: Option<Text>,
}

/// Who left in the window of a look back, by what is known today.
///
/// The look back tells what happened before the window and in it, with everything that came out later. `until` is how far
/// whoever asks would like to be told.
///
/// # Edges
/// * Leaving is dated by the definition: the end of the silence it waits for, the end of the days of grace.
/// * Where the facts end before the window, silence after their end is no leaving: `told_until` says where they end.
pub fn departures(
    hindsight: &Hindsight,
    definition: &ChurnDefinition,
    until: Instant,
) -> Result<Departures, facts::Error> {
    let want = Want { properties: definition.properties(), ..Want::default() };
    let told = hindsight.frame_from_the_first(&want)?;
    let (since, end) = (hindsight.since(), told.end());
    let lives = Lifetimes::of(&told, definition, end);
    let ended = lives.coverage.told_until();
    let told_until = end.instant().min(ended);
    let mut left = Vec::new();
    for (customer, life) in lives.customers.iter().zip(&lives.lives) {
        let within =
            life.absences.iter().filter(|spell| spell.gone_at >= since.instant() && spell.gone_at < told_until);
        left.extend(within.map(|spell| Departure {
            customer: customer.clone(),
            at: spell.gone_at,
            last_seen: spell.last_seen,
        }));
    }
    left.sort_by(|a, b| (a.at, &a.customer).cmp(&(b.at, &b.customer)));
    let doubt = lives.coverage.unjudged(definition, since.instant(), until.min(end.instant()), hindsight.zone());
    Ok(Departures { left, told_until, doubt })
}
