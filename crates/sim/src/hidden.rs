//! What nobody at the firm can see: how satisfied a customer is, what has shaken it, and whether it has begun to look
//! for the door. Pure: state and luck in, state out.
//!
//! The chance of leaving follows from this state alone. Usage follows from it too, but never acts back on it, so that
//! the true probability can be computed from the state without imagining every sign-in.

use rand::Rng;

use crate::chance::{self, Purpose, normal, stream, uniform};
use crate::spec::WorldSpec;

/// Why a customer leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Too expensive.
    Price,
    /// The product does not do what is needed.
    ProductFit,
    /// Let down when help was needed.
    Service,
    /// The person who wanted it has gone.
    ContactLeft,
    /// Somebody else's offer.
    Competitor,
    /// Does not pay: involuntary.
    NonPayment,
    /// Faded out without a word.
    Silent,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Cause; 7] = [
        Cause::Price,
        Cause::ProductFit,
        Cause::Service,
        Cause::ContactLeft,
        Cause::Competitor,
        Cause::NonPayment,
        Cause::Silent,
    ];

    /// The word written in the truth.
    pub fn as_str(self) -> &'static str {
        match self {
            Cause::Price => "price",
            Cause::ProductFit => "product_fit",
            Cause::Service => "service",
            Cause::ContactLeft => "contact_left",
            Cause::Competitor => "competitor",
            Cause::NonPayment => "non_payment",
            Cause::Silent => "silent",
        }
    }

    /// Whether the customer decides it: everything but not paying.
    pub fn is_voluntary(self) -> bool {
        self != Cause::NonPayment
    }
}

pub(crate) const CAUSES: usize = Cause::ALL.len();

/// What a customer is like and stays like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Taste {
    pub(crate) satisfaction_mean: f64,
    /// 0 to 1.
    pub(crate) price_sensitivity: f64,
    /// Standard normal: how well the product suits.
    pub(crate) fit: f64,
    /// Standard normal: how much it is needed.
    pub(crate) need: f64,
}

/// Where a customer stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stage {
    Settled,
    Wavering(Cause),
    Gone(Cause),
}

/// The hidden state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hidden {
    pub(crate) satisfaction: f64,
    pub(crate) contact_shock: f64,
    pub(crate) competitor_shock: f64,
    pub(crate) price_shock: f64,
    pub(crate) stage: Stage,
}

/// What a week brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Happened {
    pub(crate) incident: bool,
    pub(crate) contact_left: bool,
    pub(crate) competitor: bool,
    pub(crate) price_rise: bool,
}

/// When the customer's contract ends, as far as leaving is concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Months of a term.
    pub(crate) months: i32,
    /// Last day of the running term.
    pub(crate) end_day: i32,
    /// Last day of the term after it, should there be one.
    pub(crate) next_end_day: i32,
}

impl Terms {
    /// Days from a day to the end of the term that holds it; good for 90 days ahead of the running term.
    fn days_left(&self, day: i32) -> i32 {
        if day <= self.end_day { self.end_day - day } else { self.next_end_day - day }
    }

    /// Whether a renewal is a decision at all; who pays by the month decides every day alike.
    fn is_long(&self) -> bool {
        self.months >= 3
    }
}

/// What is done for a customer: the action whose effect is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treatment {
    None,
    /// Contacted at the beginning of this day.
    ContactedOn(i32),
}

/// Chances of one day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chances {
    /// Of a settled customer to leave at once.
    pub(crate) abrupt: f64,
    /// Of a settled customer that stays to begin wavering.
    pub(crate) waver: f64,
    /// Of a wavering customer to leave.
    pub(crate) depart: f64,
    /// Of a wavering customer that stays to settle again.
    pub(crate) recover: f64,
    /// How the causes share what a settled customer may do; sums to 1 unless nothing can happen.
    pub(crate) shares: [f64; CAUSES],
}

/// A world's rules of leaving.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    pub(crate) spec: &'a WorldSpec,
}

impl Rules<'_> {
    /// How a customer responds to being contacted: positive can be kept, negative is better left in peace.
    pub(crate) fn response(&self, taste: &Taste) -> f64 {
        let contact = &self.spec.contact;
        contact.price_weight * taste.price_sensitivity + contact.satisfaction_weight * taste.satisfaction_mean
            - contact.reserve
    }

    /// A week's drift of everything but the stage; weeks begin on days divisible by seven.
    pub(crate) fn drift(&self, hidden: &mut Hidden, taste: &Taste, renews: bool, rng: &mut impl Rng) -> Happened {
        let rules = &self.spec.satisfaction;
        let noise = normal(rng);
        let happened = Happened {
            incident: rng.random::<f64>() < rules.incident_weekly,
            contact_left: rng.random::<f64>() < rules.contact_left_weekly,
            competitor: rng.random::<f64>() < rules.competitor_weekly,
            price_rise: rng.random::<f64>() < rules.price_rise && renews,
        };
        let drop = -(1.0 - rng.random::<f64>()).ln() * rules.incident_drop;
        hidden.satisfaction +=
            rules.pull_weekly * (taste.satisfaction_mean - hidden.satisfaction) + rules.noise_weekly * noise;
        if happened.incident {
            hidden.satisfaction -= drop;
        }
        let shock = |before: f64, hit: bool| if hit { 1.0 } else { before * rules.shock_memory };
        hidden.contact_shock = shock(hidden.contact_shock, happened.contact_left);
        hidden.competitor_shock = shock(hidden.competitor_shock, happened.competitor);
        hidden.price_shock = shock(hidden.price_shock, happened.price_rise);
        happened
    }

    /// Chances that hold for the whole week after a drift, the nearness of a renewal and treatment left aside.
    pub(crate) fn chances(&self, hidden: &Hidden, taste: &Taste) -> Chances {
        let leaving = &self.spec.leaving;
        let unhappy = -leaving.satisfaction_effect * hidden.satisfaction;
        let by_taste = leaving.taste_effect;
        let shock = leaving.shock_effect;
        let price = 2.0 * taste.price_sensitivity - 1.0;
        let rates = [
            leaving.price * (2.0 * by_taste * price + 0.5 * unhappy + 0.6 * shock * hidden.price_shock).exp(),
            leaving.product_fit * (-by_taste * taste.fit + 0.8 * unhappy).exp(),
            leaving.service * (1.4 * unhappy).exp(),
            leaving.contact_left * (shock * hidden.contact_shock + 0.3 * unhappy).exp(),
            leaving.competitor * (shock * hidden.competitor_shock + 0.6 * unhappy).exp(),
            leaving.non_payment * (0.6 * by_taste * price).exp(),
            leaving.silent * (-by_taste * taste.need + 0.6 * unhappy).exp(),
        ];
        let total = rates.iter().sum::<f64>() * leaving.intensity;
        let intent = 1.0 - (-total).exp();
        let abrupt = intent * leaving.abrupt_share;
        Chances {
            abrupt,
            waver: (intent - abrupt) / (1.0 - abrupt).max(f64::MIN_POSITIVE),
            depart: leaving.departure_daily,
            recover: leaving.recovery_daily * (0.3 * hidden.satisfaction).exp(),
            shares: rates.map(|rate| if total > 0.0 { rate * leaving.intensity / total } else { 0.0 }),
        }
    }

    /// The chances of one day: those of its week, with renewal, and divided by `contact` (1 when nothing was done).
    pub(crate) fn on_day(&self, week: &Chances, terms: &Terms, day: i32, contact: f64) -> Chances {
        let leaving = &self.spec.leaving;
        let near = terms.is_long() && terms.days_left(day) < leaving.renewal_days.min(10_000) as i32;
        let renewal = if near { leaving.renewal_factor } else { 1.0 };
        Chances {
            abrupt: (week.abrupt / contact).clamp(0.0, 1.0),
            waver: (week.waver / contact).clamp(0.0, 1.0),
            depart: (week.depart * renewal / contact).clamp(0.0, 1.0),
            recover: (week.recover * contact).clamp(0.0, 1.0),
            shares: week.shares,
        }
    }
}

/// Who is asked about: one customer of one world.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) rules: Rules<'a>,
    pub(crate) seed: u64,
    pub(crate) customer: u32,
    pub(crate) taste: &'a Taste,
    pub(crate) terms: Terms,
}

impl Subject<'_> {
    /// Lives one day: the drift on the first day of a week, then at most one step of the stage. Common random
    /// numbers: leaves today iff `u < p`, with a `u` that does not depend on what was done.
    pub(crate) fn live(&self, hidden: &mut Hidden, day: i32, treatment: Treatment) -> Happened {
        let mut happened = Happened::default();
        if day.rem_euclid(7) == 0 {
            let mut rng = stream(self.seed, self.customer, Purpose::Drift, address(day));
            happened = self.rules.drift(hidden, self.taste, self.renews_in_week(day), &mut rng);
        }
        let week = self.rules.chances(hidden, self.taste);
        let contact = match treatment {
            Treatment::ContactedOn(from) if day < from + self.rules.spec.contact.days as i32 => self.contact_factor(),
            _ => 1.0,
        };
        let chances = self.rules.on_day(&week, &self.terms, day, contact);
        let leave = uniform(self.seed, self.customer, Purpose::Leave, address(day));
        let waver = uniform(self.seed, self.customer, Purpose::Waver, 2 * address(day));
        let cause = || {
            let share = uniform(self.seed, self.customer, Purpose::Waver, 2 * address(day) + 1);
            Cause::ALL[chance::weighted(share, &chances.shares)]
        };
        hidden.stage = match hidden.stage {
            Stage::Settled if leave < chances.abrupt => Stage::Gone(cause()),
            Stage::Settled if waver < chances.waver => Stage::Wavering(cause()),
            Stage::Wavering(cause) if leave < chances.depart => Stage::Gone(cause),
            Stage::Wavering(_) if waver < chances.recover => Stage::Settled,
            unchanged => unchanged,
        };
        happened
    }

    /// Whether the customer leaves within some days from the midnight that begins `day`, with the luck of the world.
    pub(crate) fn leaves_within(&self, hidden: &Hidden, day: i32, days: i32, treatment: Treatment) -> bool {
        let mut hidden = *hidden;
        (day..day + days).any(|today| {
            self.live(&mut hidden, today, treatment);
            matches!(hidden.stage, Stage::Gone(_))
        })
    }

    /// What a contact divides the chances of wavering and leaving by.
    pub(crate) fn contact_factor(&self) -> f64 {
        (self.rules.spec.contact.strength * self.rules.response(self.taste)).exp()
    }

    pub(crate) fn renews_in_week(&self, day: i32) -> bool {
        self.terms.is_long() && self.terms.days_left(day) < 7
    }
}

/// A day as part of an address; days before the first have one too.
pub(crate) fn address(day: i32) -> u64 {
    u64::from((day + (1 << 20)) as u32)
}
