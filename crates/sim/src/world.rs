//! The world itself: its customers, its days, what it says and what is really so.

use facts::{Fact, FactBatch};
use vocab::Finding;

use crate::behaviour::{Delivered, Sources, Today};
use crate::customer::Customer;
use crate::days::Days;
use crate::hidden::{Hidden, Rules, Stage, Subject, Terms, Treatment};
use crate::names::{self, FirmNames};
use crate::spec::WorldSpec;
use crate::truth::{ChurnTruth, CustomerTruth, EffectTruth, HazardTruth, Truth};

/// A seeded world of customers, lived day by day.
///
/// Same spec, same facts, byte for byte, however the days are cut into calls of [`World::advance`]. Memory holds the
/// customers, what is late on its way and the truth; facts are handed out and forgotten.
///
/// # Example
/// ```
/// let spec = sim::WorldSpec { customers: 20, days: 10, ..Default::default() };
/// let mut world = sim::World::new(spec).unwrap();
/// let first = world.advance(1);
/// assert!(first.facts.iter().any(|fact| fact.name == "Traits Changed"));
/// while !world.is_over() {
///     world.advance(3);
/// }
/// assert_eq!(world.truth().customers.len(), 20);
/// ```
pub struct World {
    spec: WorldSpec,
    days: Days,
    sources: Sources,
    customers: Vec<Customer>,
    on_the_way: Vec<Delivered>,
    day: i32,
    /// Month starts whose truth nobody has asked for yet.
    untold: Vec<Standing>,
    truth: Truth,
}

/// Where a customer stood at a midnight: all that the truth about it depends on.
struct Standing {
    customer: usize,
    day: i32,
    hidden: Hidden,
    terms: Terms,
}

impl World {
    /// Makes a world that has not yet begun; the spec's faults name their fields.
    pub fn new(spec: WorldSpec) -> Result<World, Vec<Finding>> {
        let findings = spec.findings("world");
        if !findings.is_empty() {
            return Err(findings);
        }
        let days = Days::new(&spec);
        let mut firms = FirmNames::default();
        let customers = (0..spec.customers).map(|index| Customer::make(index, &spec, &days, &mut firms)).collect();
        let sources = Sources::default();
        Ok(World {
            spec,
            days,
            sources,
            customers,
            on_the_way: Vec::new(),
            day: 0,
            untold: Vec::new(),
            truth: Truth::default(),
        })
    }

    /// What it is made of.
    pub fn spec(&self) -> &WorldSpec {
        &self.spec
    }

    /// Names of the staff who own customers, as they stand in the trait `owner`.
    pub fn staff(&self) -> &'static [&'static str] {
        names::staff(self.spec.growth.staff_count)
    }

    /// How many days have been lived.
    pub fn days_lived(&self) -> u32 {
        self.day as u32
    }

    /// Whether the last day has been lived.
    pub fn is_over(&self) -> bool {
        self.day as u32 >= self.spec.days
    }

    /// Lives some days and hands out what reached the firm in them, in the order in which it arrived.
    ///
    /// `known_at` is always set. Some facts arrive late (`known_at` after `occurred_at`), some a second time word for
    /// word. What would arrive after the last day never does. After the last day: nothing.
    pub fn advance(&mut self, days: u32) -> FactBatch {
        let facts = self.deliver(days).into_iter().map(|delivered| delivered.fact).collect();
        FactBatch { facts, ..FactBatch::default() }
    }

    /// The same without what is delivered twice: the record, not the post.
    pub(crate) fn advance_record(&mut self, days: u32) -> Vec<Fact> {
        let once = self.deliver(days).into_iter().filter(|delivered| !delivered.again);
        once.map(|delivered| delivered.fact).collect()
    }

    fn deliver(&mut self, days: u32) -> Vec<Delivered> {
        let mut arrived = Vec::new();
        for _ in 0..days.min(self.spec.days - self.day as u32) {
            self.note_standing();
            self.live_day();
            self.hand_over(&mut arrived);
            self.day += 1;
            if self.is_over() {
                self.note_standing();
            }
        }
        arrived
    }

    /// Moves what arrives before the coming midnight to `arrived`, in order of arrival; what arrives at the same moment
    /// in the order in which it was said. Facts are large: their places are sorted, and each is moved once.
    fn hand_over(&mut self, arrived: &mut Vec<Delivered>) {
        let midnight = self.days.midnight(self.day + 1);
        let due = self.on_the_way.iter().enumerate().filter(|(_, delivered)| delivered.at < midnight);
        let mut order: Vec<_> = due.map(|(place, delivered)| (delivered.at, place)).collect();
        order.sort_unstable();
        let mut slots: Vec<Option<Delivered>> = self.on_the_way.drain(..).map(Some).collect();
        arrived.extend(order.into_iter().filter_map(|(_, place)| slots[place].take()));
        self.on_the_way.extend(slots.into_iter().flatten());
    }

    fn live_day(&mut self) {
        for customer in &mut self.customers {
            if customer.joined_day.max(0) > self.day || customer.left.is_some() {
                continue;
            }
            let (spec, days, sources) = (&self.spec, &self.days, &self.sources);
            let day = self.day;
            Today { spec, days, sources, day, customer: &mut *customer, out: &mut self.on_the_way }.live();
            if let (Some((_, at)), Stage::Gone(cause)) = (customer.left, customer.hidden.stage) {
                let date = self.days.date(self.day);
                self.truth.churn.push(ChurnTruth { customer_id: customer.id.clone(), at, date, cause });
            }
        }
    }

    /// Writes down where everyone stands at a month start, before anything of the day has happened.
    fn note_standing(&mut self) {
        let day = self.day;
        if self.days.begins_month(day) {
            let here = self.customers.iter().enumerate().filter(|(_, customer)| customer.is_here(day));
            self.untold.extend(here.map(|(place, customer)| Standing {
                customer: place,
                day,
                hidden: customer.hidden,
                terms: customer.terms,
            }));
        }
    }

    /// Whoever has left so far, in order of leaving: what [`World::truth`] says of them, without the rest of it.
    pub fn leavers(&self) -> &[ChurnTruth] {
        &self.truth.churn
    }

    fn tell(&mut self, standing: &Standing) {
        let (customer, day) = (&self.customers[standing.customer], standing.day);
        let subject = Subject { terms: standing.terms, ..customer.subject(&self.spec) };
        let (untreated, treated) = subject.outlook(&standing.hidden, day);
        self.truth.hazard.push(HazardTruth {
            customer_id: customer.id.clone(),
            at: self.days.midnight(day),
            date: self.days.date(day),
            p_30d: untreated.p_30d,
            p_90d: untreated.p_90d,
            main_cause: untreated.main_cause,
        });
        self.truth.effects.push(EffectTruth {
            customer_id: customer.id.clone(),
            date: self.days.date(day),
            treatment: "contact",
            p_90d_untreated: untreated.p_90d,
            p_90d_treated: treated.p_90d,
            leaves_untreated: subject.leaves_within(&standing.hidden, day, 90, Treatment::None),
            leaves_treated: subject.leaves_within(&standing.hidden, day, 90, Treatment::ContactedOn(day)),
        });
    }

    /// What is really so, up to the day reached.
    ///
    /// Probabilities are computed when they are asked for: a world that is only lived does not pay for them.
    pub fn truth(&mut self) -> Truth {
        for standing in std::mem::take(&mut self.untold) {
            self.tell(&standing);
        }
        let rules = Rules { spec: &self.spec };
        let come = self.customers.iter().filter(|customer| customer.joined_day < self.day);
        let customers = come
            .map(|customer| CustomerTruth {
                customer_id: customer.id.clone(),
                joined_on: self.days.date(customer.joined_day),
                satisfaction_mean: customer.taste.satisfaction_mean,
                price_sensitivity: customer.taste.price_sensitivity,
                product_fit: customer.taste.fit,
                need: customer.taste.need,
                response: rules.response(&customer.taste),
                annual_amount: customer.annual,
            })
            .collect();
        Truth { customers, ..self.truth.clone() }
    }
}
