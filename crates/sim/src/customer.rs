//! One customer: who it is, what it has signed, where it stands. Made once, then lived day by day by `behaviour`.

use rand::Rng;
use vocab::{ActorId, CustomerId, Instant};

use crate::chance::{Purpose, normal, stream};
use crate::days::Days;
use crate::hidden::{Cause, Hidden, Rules, Stage, Subject, Taste, Terms, Treatment};
use crate::names::{self, CITIES, Contact, FirmNames, INDUSTRIES};
use crate::spec::{Usage, WorldSpec};

/// What is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    Basic,
    Pro,
    Enterprise,
}

impl Plan {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Plan::Basic => "basic",
            Plan::Pro => "pro",
            Plan::Enterprise => "enterprise",
        }
    }

    pub(crate) fn of(seats: u32) -> Plan {
        match seats {
            0..=7 => Plan::Basic,
            8..=29 => Plan::Pro,
            _ => Plan::Enterprise,
        }
    }

    /// Yuan per seat and year.
    pub(crate) fn price(self, spec: &WorldSpec) -> f64 {
        match self {
            Plan::Basic => spec.money.basic_seat_yearly,
            Plan::Pro => spec.money.pro_seat_yearly,
            Plan::Enterprise => spec.money.enterprise_seat_yearly,
        }
    }
}

/// A person who uses the product: how eager, against the average.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) actor: ActorId,
    pub(crate) eagerness: f64,
}

/// Something that will happen unless the customer is gone by then.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) day: i32,
    pub(crate) at: Instant,
    pub(crate) what: DueWhat,
}

/// What.
#[derive(Clone, Debug)]
pub(crate) enum DueWhat {
    Resolve { ticket: String, topic: &'static str, actor: ActorId, hours: f64 },
    Csat { ticket: String, actor: ActorId },
    Pay { invoice: String, amount: f64, attempt: u32 },
    Join,
}

/// A customer and everything that is true of it today.
#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) index: u32,
    pub(crate) id: CustomerId,
    pub(crate) name: String,
    pub(crate) industry: usize,
    pub(crate) city: usize,
    pub(crate) owner: Option<&'static str>,
    pub(crate) english: bool,
    pub(crate) contact: Contact,
    pub(crate) contact_number: u32,
    pub(crate) people: Vec<Person>,
    pub(crate) joined_day: i32,
    pub(crate) seats: u32,
    pub(crate) plan: Plan,
    /// Yuan a year.
    pub(crate) annual: f64,
    pub(crate) term_start: i32,
    pub(crate) terms: Terms,
    /// The first term on record is not the customer's first.
    pub(crate) renewed_before: bool,
    pub(crate) price_rise: bool,
    pub(crate) next_bill: i32,
    pub(crate) next_invoice: u32,
    pub(crate) taste: Taste,
    pub(crate) features: Vec<(&'static str, f64)>,
    pub(crate) hidden: Hidden,
    /// Share of its usual usage, 0 to 1.
    pub(crate) engagement: f64,
    pub(crate) week_noise: f64,
    pub(crate) due: Vec<Due>,
    pub(crate) next_message: u32,
    pub(crate) next_ticket: u32,
    pub(crate) left: Option<(i32, Instant)>,
}

/// What can be used, most used first.
pub(crate) const FEATURES: [&str; 12] = [
    "dashboard",
    "record_edit",
    "search",
    "report",
    "approval",
    "import",
    "mobile_checkin",
    "automation",
    "api",
    "permissions",
    "integration",
    "data_export",
];

impl Customer {
    /// Makes the customer of an index; everything about it is drawn from its own stream.
    pub(crate) fn make(index: u32, spec: &WorldSpec, days: &Days, firms: &mut FirmNames) -> Customer {
        let rng = &mut stream(spec.seed, index, Purpose::Birth, 0);
        let joined_day = joining_day(rng, spec);
        let (city, industry) = (rng.random_range(0..CITIES.len()), rng.random_range(0..INDUSTRIES.len()));
        let name = firms.next(rng, CITIES[city].0, industry);
        let staff = names::staff(spec.growth.staff_count);
        let owner = (rng.random::<f64>() >= spec.growth.unowned_share).then(|| staff[rng.random_range(0..staff.len())]);
        let taste = Taste {
            satisfaction_mean: spec.satisfaction.between_spread * normal(rng),
            price_sensitivity: rng.random::<f64>(),
            fit: normal(rng),
            need: normal(rng),
        };
        let seats = (spec.growth.seats_median * (spec.growth.seats_spread * normal(rng)).exp())
            .round()
            .clamp(2.0, 600.0) as u32;
        let id = CustomerId::new(format!("C{:05}", index + 1));
        let people = people(rng, &id, seats, spec);
        let plan = Plan::of(seats);
        let months = term_months(rng, spec);
        let (term_start, terms) = running_term(days, joined_day, months);
        let discount = 1.0 - 0.15 * rng.random::<f64>();
        let satisfaction = taste.satisfaction_mean + 0.5 * normal(rng);
        let mut customer = Customer {
            index,
            name,
            industry,
            city,
            owner,
            english: rng.random::<f64>() < spec.growth.english_share,
            contact: names::contact(rng, index + 1),
            contact_number: 1,
            people,
            joined_day,
            seats,
            plan,
            annual: (f64::from(seats) * plan.price(spec) * discount).round(),
            term_start,
            terms,
            renewed_before: term_start != joined_day,
            price_rise: false,
            next_bill: first_bill(days, term_start, months),
            next_invoice: 1,
            features: features(rng, taste.fit),
            taste,
            hidden: Hidden {
                satisfaction,
                contact_shock: 0.0,
                competitor_shock: 0.0,
                price_shock: 0.0,
                stage: Stage::Settled,
            },
            engagement: if joined_day < -30 { 1.0 } else { 0.4 },
            week_noise: 1.0,
            due: Vec::new(),
            next_message: 0,
            next_ticket: 0,
            left: None,
            id,
        };
        customer.live_before_the_record(spec);
        customer
    }

    /// Half a year of hidden life of whoever was there from the start, so that some waver on the first day already.
    /// Who would have left in it is not in the record: it stays, settled.
    fn live_before_the_record(&mut self, spec: &WorldSpec) {
        for day in self.joined_day.max(-182)..0 {
            let mut hidden = self.hidden;
            self.subject(spec).live(&mut hidden, day, Treatment::None);
            if matches!(hidden.stage, Stage::Gone(_)) {
                hidden.stage = Stage::Settled;
            }
            self.hidden = hidden;
            self.engage(&spec.usage);
        }
    }

    /// The customer as far as its hidden life is concerned.
    pub(crate) fn subject<'a>(&'a self, spec: &'a WorldSpec) -> Subject<'a> {
        Subject { rules: Rules { spec }, seed: spec.seed, customer: self.index, taste: &self.taste, terms: self.terms }
    }

    /// Usage follows the stage with a delay: it fades while the customer wavers and comes back when it settles.
    /// Whoever merely does not pay goes on using.
    pub(crate) fn engage(&mut self, usage: &Usage) {
        let fading = |pace: f64| (self.engagement * usage.decay_daily.powf(pace)).max(usage.floor);
        self.engagement = match self.hidden.stage {
            Stage::Wavering(Cause::NonPayment) | Stage::Settled => {
                self.engagement + (1.0 - self.engagement) / usage.ramp_days.max(1.0)
            }
            Stage::Wavering(Cause::Price) => fading(0.6),
            Stage::Wavering(Cause::ContactLeft | Cause::Silent) => fading(1.3),
            Stage::Wavering(_) | Stage::Gone(_) => fading(1.0),
        };
    }

    /// Whether the customer is there at the midnight that begins a day.
    pub(crate) fn is_here(&self, day: i32) -> bool {
        self.joined_day < day && self.left.is_none_or(|(left, _)| left >= day)
    }

    /// The feature that a share in `[0, 1)` falls on.
    pub(crate) fn feature(&self, share: f64) -> &'static str {
        let total: f64 = self.features.iter().map(|(_, weight)| weight).sum();
        let mut left = share * total;
        let found = self.features.iter().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        found.map_or(FEATURES[0], |(feature, _)| feature)
    }

    /// Moves to the next term.
    pub(crate) fn renew(&mut self, days: &Days) {
        self.term_start = self.terms.end_day + 1;
        self.terms = terms_from(days, self.term_start, self.terms.months);
    }
}

/// Before the first day for those who are there from the start, else any day, later ones likelier: a firm that grows.
fn joining_day(rng: &mut impl Rng, spec: &WorldSpec) -> i32 {
    let days = f64::from(spec.days);
    if rng.random::<f64>() < spec.growth.initial_share {
        return -1 - (-(1.0 - rng.random::<f64>()).ln() * 400.0).min(1_400.0) as i32;
    }
    let u = rng.random::<f64>();
    // Arrivals per day rise by half from the first day to the last.
    let share = ((1.0 + 1.25 * u).sqrt() - 1.0) / 0.5;
    (share * days).min(days - 1.0) as i32
}

fn people(rng: &mut impl Rng, id: &CustomerId, seats: u32, spec: &WorldSpec) -> Vec<Person> {
    let count = (1.1 * f64::from(seats).powf(0.45)).round().clamp(1.0, f64::from(spec.growth.people_max)) as u32;
    (1..=count.min(seats))
        .map(|number| Person {
            actor: ActorId::new(format!("{id}-u{number}")),
            eagerness: if number == 1 { 1.5 } else { 0.25 + 1.4 * rng.random::<f64>() },
        })
        .collect()
}

fn term_months(rng: &mut impl Rng, spec: &WorldSpec) -> i32 {
    let share = rng.random::<f64>();
    let money = &spec.money;
    if share < money.monthly_share {
        1
    } else if share < money.monthly_share + money.quarterly_share {
        3
    } else {
        12
    }
}

/// The term that runs on the first day, or the first one of a later customer.
///
/// Whoever came more than a year before the record begins has renewed since: the year's day is kept, the year is not.
fn running_term(days: &Days, joined_day: i32, months: i32) -> (i32, Terms) {
    let mut start = if joined_day < -365 { -1 - (-joined_day % 365) } else { joined_day };
    let mut terms = terms_from(days, start, months);
    while terms.end_day < 0 && joined_day < 0 {
        start = terms.end_day + 1;
        terms = terms_from(days, start, months);
    }
    (start, terms)
}

fn terms_from(days: &Days, start: i32, months: i32) -> Terms {
    let next = days.months_after(start, months);
    Terms { months, end_day: next - 1, next_end_day: days.months_after(next, months) - 1 }
}

/// Who pays by the month is billed monthly, the others by the quarter.
pub(crate) fn billing_months(term_months: i32) -> i32 {
    term_months.min(3)
}

/// The first bill of the record: what was billed before it is not in it.
fn first_bill(days: &Days, term_start: i32, months: i32) -> i32 {
    let mut bill = term_start;
    while bill < 0 {
        bill = days.months_after(bill, billing_months(months));
    }
    bill
}

/// Whoever the product suits uses more of it.
fn features(rng: &mut impl Rng, fit: f64) -> Vec<(&'static str, f64)> {
    let used = 0.5 + 0.18 * fit;
    let mut features: Vec<_> = FEATURES
        .iter()
        .enumerate()
        .filter(|(rank, _)| *rank == 0 || rng.random::<f64>() < used * (1.25 - 0.07 * *rank as f64))
        .map(|(rank, name)| (*name, 1.0 / (1.0 + 0.5 * rank as f64)))
        .collect();
    features.shrink_to_fit();
    features
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customers(count: u32) -> Vec<Customer> {
        let spec = WorldSpec::default();
        let days = Days::new(&spec);
        let mut firms = FirmNames::default();
        (0..count).map(|index| Customer::make(index, &spec, &days, &mut firms)).collect()
    }

    #[test]
    fn a_growing_firm_begins_with_somewhat_more_than_half_of_its_customers() {
        let there = customers(1_000).iter().filter(|customer| customer.joined_day < 0).count();
        assert!((510..=610).contains(&there), "{there}");
    }

    #[test]
    fn everyone_begins_under_a_running_contract() {
        for customer in customers(500) {
            assert!(customer.terms.end_day >= customer.joined_day.max(0) - 1, "{customer:?}");
            assert!(customer.term_start <= customer.joined_day.max(0) && customer.term_start >= -400, "{customer:?}");
            assert!(customer.annual > 0.0 && !customer.people.is_empty());
        }
    }

    #[test]
    fn a_customer_is_the_same_in_a_larger_world() {
        assert_eq!(customers(3)[2].id, customers(9)[2].id);
        assert_eq!(customers(3)[2].annual, customers(9)[2].annual);
    }
}
