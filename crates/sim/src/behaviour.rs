//! One day of one customer, as the firm's systems see it: what follows from the hidden state, never the state itself.

use rand::Rng;
use rand_pcg::Pcg64Mcg;
use vocab::{ActorId, Amount, Instant, Kind, MessageId, SourceName};

use facts::{Fact, Properties};

use crate::chance::{Purpose, normal, pick, poisson, stream, uniform};
use crate::customer::{Customer, Due, DueWhat, Plan, billing_months};
use crate::days::{DayKind, Days};
use crate::hidden::{Cause, Happened, Stage, Treatment, address};
use crate::names::{self, CITIES, INDUSTRIES};
use crate::shocks;
use crate::spec::WorldSpec;
use crate::words::{self, Topic};

const MICROS_PER_HOUR: f64 = 3.6e9;

/// A fact with the moment it reaches the firm.
#[derive(Clone, Debug)]
pub(crate) struct Delivered {
    pub(crate) at: Instant,
    pub(crate) fact: Fact,
    /// The same fact was delivered before.
    pub(crate) again: bool,
}

/// The names of the systems that facts come from.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    product: SourceName,
    crm: SourceName,
    helpdesk: SourceName,
    billing: SourceName,
}

impl Default for Sources {
    fn default() -> Self {
        Self {
            product: SourceName::new("product"),
            crm: SourceName::new("crm"),
            helpdesk: SourceName::new("helpdesk"),
            billing: SourceName::new("billing"),
        }
    }
}

/// A customer's day being lived.
pub(crate) struct Today<'a> {
    pub(crate) spec: &'a WorldSpec,
    pub(crate) days: &'a Days,
    pub(crate) sources: &'a Sources,
    pub(crate) day: i32,
    pub(crate) customer: &'a mut Customer,
    pub(crate) out: &'a mut Vec<Delivered>,
}

/// What makes up a fact besides its customer.
struct Said<'s> {
    kind: Kind,
    name: &'s str,
    at: Instant,
    source: SourceName,
    actor: Option<ActorId>,
    value: Option<f64>,
    text: Option<String>,
    properties: Vec<(&'static str, String)>,
}

impl Today<'_> {
    /// Lives the day. Nothing is said after the moment of leaving.
    pub(crate) fn live(mut self) {
        if self.day == self.customer.joined_day.max(0) {
            self.arrive();
        }
        if self.day <= self.customer.joined_day || self.customer.left.is_some() {
            return;
        }
        let mut hidden = self.customer.hidden;
        let happened = self.customer.subject(self.spec).live(&mut hidden, self.day, Treatment::None);
        self.customer.hidden = hidden;
        let mut affairs = self.stream(Purpose::Affairs);
        if let Stage::Gone(cause) = hidden.stage {
            self.leave(cause, &mut affairs);
            return;
        }
        self.customer.engage(&self.spec.usage);
        let mut behaviour = self.stream(Purpose::Behaviour);
        self.use_product(&mut behaviour);
        self.ask_for_help(happened, &mut affairs);
        self.answer_surveys(&mut affairs);
        self.be_called(&mut affairs);
        self.trade(&mut affairs);
        self.change_people(happened, &mut affairs);
        self.renew(happened, &mut affairs);
        self.settle_due(&mut affairs);
    }

    fn stream(&self, purpose: Purpose) -> Pcg64Mcg {
        stream(self.spec.seed, self.customer.index, purpose, address(self.day))
    }

    fn say(&mut self, said: Said<'_>) {
        let customer = &mut *self.customer;
        let number = customer.next_message;
        customer.next_message += 1;
        let delivery = &self.spec.delivery;
        let luck = |k: u64| uniform(self.spec.seed, customer.index, Purpose::Delivery, u64::from(number) * 4 + k);
        let (late_share, late_hours) = match said.kind {
            Kind::Event => (delivery.event_late, 0.5 + 30.0 * luck(1)),
            _ => (delivery.other_late, 6.0 + 114.0 * luck(1)),
        };
        let known_at = if luck(0) < late_share { plus_hours(said.at, late_hours) } else { said.at };
        let properties: Properties =
            said.properties.into_iter().map(|(key, value)| (key.to_owned(), Some(value))).collect();
        let fact = Fact {
            actor_id: said.actor,
            known_at: Some(known_at),
            value: said.value.and_then(Amount::from_f64),
            text: said.text,
            properties,
            source: said.source,
            message_id: MessageId::from(format!("{}-{number}", customer.id)),
            ..Fact::new(customer.id.clone(), said.kind, said.name, said.at)
        };
        if luck(2) < delivery.duplicate {
            let again_at = plus_hours(known_at, 1.0 + 40.0 * luck(3));
            self.out.push(Delivered { at: again_at, fact: fact.clone(), again: true });
        }
        self.out.push(Delivered { at: known_at, fact, again: false });
    }

    /// A time of the working day, mostly.
    fn hour(&self, rng: &mut impl Rng) -> Instant {
        let (which, a, b) = (rng.random::<f64>(), rng.random::<f64>(), rng.random::<f64>());
        let hour = match which {
            w if w < 0.46 => 8.6 + 1.7 * (a + b),
            w if w < 0.94 => 13.2 + 2.6 * (a + b),
            _ => 18.6 + 2.4 * (a + b),
        };
        self.days.at(self.day, hour)
    }

    fn arrive(&mut self) {
        let customer = &*self.customer;
        let at = self.days.at(customer.term_start.min(self.day), 9.0 + f64::from(customer.index % 480) / 60.0);
        let contact = &customer.contact;
        let mut traits = vec![
            ("name", customer.name.clone()),
            ("industry", INDUSTRIES[customer.industry].0.to_owned()),
            ("region", CITIES[customer.city].1.to_owned()),
            ("city", CITIES[customer.city].0.to_owned()),
            ("plan", customer.plan.as_str().to_owned()),
            ("seats", customer.seats.to_string()),
        ];
        traits.extend(contact_traits(contact));
        if let Some(owner) = customer.owner {
            traits.push(("owner", owner.to_owned()));
        }
        self.traits(at, traits);
        let name = if self.customer.renewed_before { "Contract Renewed" } else { "Contract Signed" };
        self.contract(name, plus_hours(at, 0.2));
    }

    fn traits(&mut self, at: Instant, properties: Vec<(&'static str, String)>) {
        let source = self.sources.crm.clone();
        self.say(Said {
            kind: Kind::Trait,
            name: "Traits Changed",
            at,
            source,
            actor: None,
            value: None,
            text: None,
            properties,
        });
    }

    fn contract(&mut self, name: &str, at: Instant) {
        let customer = &*self.customer;
        let properties = vec![
            ("start_on", self.days.date(customer.term_start)),
            ("end_on", self.days.date(customer.terms.end_day)),
            ("plan", customer.plan.as_str().to_owned()),
            ("seats", customer.seats.to_string()),
            ("term_months", customer.terms.months.to_string()),
        ];
        let value = Some(customer.annual);
        let source = self.sources.crm.clone();
        self.say(Said { kind: Kind::Contract, name, at, source, actor: None, value, text: None, properties });
    }

    fn leave(&mut self, cause: Cause, rng: &mut impl Rng) {
        let at = self.days.at(self.day, 9.0 + 8.0 * rng.random::<f64>());
        let gives_notice = match cause {
            Cause::NonPayment | Cause::Silent => false,
            Cause::ContactLeft => rng.random::<f64>() < 0.6 * self.spec.leaving.notice_share,
            _ => rng.random::<f64>() < self.spec.leaving.notice_share,
        };
        if gives_notice {
            let customer = &*self.customer;
            let properties = vec![
                ("start_on", self.days.date(customer.term_start)),
                ("end_on", self.days.date(self.day.min(customer.terms.end_day))),
                ("plan", customer.plan.as_str().to_owned()),
                ("seats", customer.seats.to_string()),
            ];
            let (source, value) = (self.sources.crm.clone(), Some(customer.annual));
            let (kind, name) = (Kind::Contract, "Contract Cancelled");
            self.say(Said { kind, name, at, source, actor: None, value, text: None, properties });
        }
        self.customer.due.clear();
        self.customer.left = Some((self.day, at));
    }

    fn use_product(&mut self, rng: &mut impl Rng) {
        let usage = &self.spec.usage;
        let factor = match self.days.kind(self.day) {
            DayKind::Working => 1.0,
            DayKind::Weekend => usage.weekend,
            DayKind::Holiday => usage.holiday,
        } * shocks::factor(self.spec, self.days, self.customer.index, self.day);
        if self.day.rem_euclid(7) == 0 {
            self.customer.week_noise = (usage.noise_spread * normal(rng)).exp();
        }
        let customer = &*self.customer;
        let level = usage.login_daily
            * factor
            * customer.engagement
            * customer.week_noise
            * (usage.need_spread * customer.taste.need + usage.satisfaction_effect * customer.hidden.satisfaction)
                .exp();
        let exporting = customer.hidden.stage == Stage::Wavering(Cause::Competitor);
        for position in 0..customer.people.len() {
            let chance = (level * self.customer.people[position].eagerness).min(0.97);
            if rng.random::<f64>() >= chance {
                continue;
            }
            let actor = self.customer.people[position].actor.clone();
            let at = self.hour(rng);
            self.event("Logged In", at, &actor, None);
            let uses = poisson(rng, usage.features_per_login);
            for used in 0..uses {
                let mut feature = self.customer.feature(rng.random());
                if exporting && rng.random::<f64>() < 0.25 {
                    feature = "data_export";
                }
                let later = 0.02 + 0.25 * f64::from(used) + 0.2 * rng.random::<f64>();
                let end_of_day = self.days.midnight(self.day + 1).plus_micros(-1);
                self.event("Feature Used", plus_hours(at, later).min(end_of_day), &actor, Some(feature));
            }
        }
    }

    fn event(&mut self, name: &str, at: Instant, actor: &ActorId, feature: Option<&'static str>) {
        let source = self.sources.product.clone();
        let properties = feature.map(|feature| ("feature", feature.to_owned())).into_iter().collect();
        let actor = Some(actor.clone());
        self.say(Said { kind: Kind::Event, name, at, source, actor, value: None, text: None, properties });
    }

    /// What falls due today happens, and what follows from it today as well.
    fn settle_due(&mut self, rng: &mut impl Rng) {
        let mut position = 0;
        while position < self.customer.due.len() {
            if self.customer.due[position].day > self.day {
                position += 1;
                continue;
            }
            let due = self.customer.due.remove(position);
            match due.what {
                DueWhat::Resolve { ticket, topic, actor, hours } => {
                    self.resolve(due.at, ticket, topic, actor, hours, rng)
                }
                DueWhat::Csat { ticket, actor } => self.answer_csat(due.at, &ticket, actor, rng),
                DueWhat::Pay { invoice, amount, attempt } => self.pay(due.at, invoice, amount, attempt, rng),
                DueWhat::Join => self.contact_joins(due.at, rng),
            }
        }
    }

    fn plan(&mut self, at: Instant, what: DueWhat) {
        let mut day = self.day;
        while self.days.midnight(day + 1) <= at {
            day += 1;
        }
        self.customer.due.push(Due { day, at, what });
    }

    fn ask_for_help(&mut self, happened: Happened, rng: &mut impl Rng) {
        let service = &self.spec.service;
        let working = if self.days.kind(self.day) == DayKind::Working { 1.0 } else { 0.15 };
        let engaged = 0.3 + 0.7 * self.customer.engagement;
        let everyday = service.tickets_weekly / 5.3 * working * engaged;
        for _ in 0..poisson(rng, everyday) {
            let topic = pick(rng, &words::EVERYDAY);
            self.open_ticket(topic, false, rng);
        }
        if happened.incident && rng.random::<f64>() < service.complaint_share {
            let topic = pick(rng, &[Topic::Bug, Topic::Performance, Topic::Bug, Topic::Billing]);
            self.open_ticket(topic, rng.random::<f64>() < 0.6, rng);
        }
        if let Stage::Wavering(cause) = self.customer.hidden.stage
            && let Some(topic) = Topic::of_complaint(cause)
            && rng.random::<f64>() < service.complaint_share * 0.07 * working
        {
            self.open_ticket(topic, rng.random::<f64>() < 0.5, rng);
        }
    }

    fn open_ticket(&mut self, topic: Topic, angry: bool, rng: &mut impl Rng) {
        let at = self.hour(rng);
        let customer = &mut *self.customer;
        customer.next_ticket += 1;
        let ticket = format!("T{:05}-{}", customer.index + 1, customer.next_ticket);
        let actor = customer.people[rng.random_range(0..customer.people.len())].actor.clone();
        let text = words::ticket(rng, topic, customer.english, angry);
        let priority = if angry { "high" } else { pick(rng, &["low", "normal", "normal"]) };
        let unhappy = (-0.35 * customer.hidden.satisfaction).exp();
        let hours = self.spec.service.resolution_hours * unhappy * (0.9 * normal(rng)).exp();
        let properties = vec![
            ("ticket_id", ticket.clone()),
            ("category", topic.as_str().to_owned()),
            ("priority", priority.to_owned()),
        ];
        let source = self.sources.helpdesk.clone();
        let (kind, name, text) = (Kind::Ticket, "Ticket Opened", Some(text));
        self.say(Said { kind, name, at, source, actor: Some(actor.clone()), value: None, text, properties });
        let resolve = DueWhat::Resolve { ticket, topic: topic.as_str(), actor, hours };
        self.plan(plus_hours(at, hours.max(0.3)), resolve);
    }

    fn resolve(
        &mut self,
        at: Instant,
        ticket: String,
        topic: &'static str,
        actor: ActorId,
        hours: f64,
        rng: &mut impl Rng,
    ) {
        let properties = vec![
            ("ticket_id", ticket.clone()),
            ("category", topic.to_owned()),
            ("resolution_hours", format!("{hours:.1}")),
        ];
        let source = self.sources.helpdesk.clone();
        let (kind, name) = (Kind::Ticket, "Ticket Resolved");
        self.say(Said { kind, name, at, source, actor: None, value: None, text: None, properties });
        if rng.random::<f64>() < self.spec.service.csat_answer {
            self.plan(plus_hours(at, 2.0 + 30.0 * rng.random::<f64>()), DueWhat::Csat { ticket, actor });
        }
    }

    fn answer_csat(&mut self, at: Instant, ticket: &str, actor: ActorId, rng: &mut impl Rng) {
        let score = (3.7 + 0.8 * self.customer.hidden.satisfaction + 0.7 * normal(rng)).round().clamp(1.0, 5.0);
        let properties = vec![("type", "csat".to_owned()), ("ticket_id", ticket.to_owned())];
        self.survey(at, actor, score, score <= 2.0, properties, rng);
    }

    fn answer_surveys(&mut self, rng: &mut impl Rng) {
        let asked = (self.day + self.customer.index as i32 * 7).rem_euclid(91) == 0;
        let wavering = matches!(self.customer.hidden.stage, Stage::Wavering(_));
        let willing = self.spec.service.nps_answer * if wavering { 0.6 } else { 1.0 };
        if !asked || rng.random::<f64>() >= willing {
            return;
        }
        let mood = self.customer.hidden.satisfaction - if wavering { 0.8 } else { 0.0 };
        let score = (7.4 + 1.7 * mood + 1.2 * normal(rng)).round().clamp(0.0, 10.0);
        let actor = self.customer.people[rng.random_range(0..self.customer.people.len())].actor.clone();
        let at = self.hour(rng);
        self.survey(at, actor, score, score <= 6.0, vec![("type", "nps".to_owned())], rng);
    }

    fn survey(
        &mut self,
        at: Instant,
        actor: ActorId,
        score: f64,
        unhappy: bool,
        properties: Vec<(&'static str, String)>,
        rng: &mut impl Rng,
    ) {
        let text = words::survey(rng, unhappy, self.customer.english);
        let source = self.sources.helpdesk.clone();
        let (kind, name) = (Kind::SurveyResponse, "Survey Answered");
        self.say(Said { kind, name, at, source, actor: Some(actor), value: Some(score), text, properties });
    }

    fn be_called(&mut self, rng: &mut impl Rng) {
        let Some(owner) = self.customer.owner else { return };
        let size = (self.customer.annual / 12_000.0).powf(0.3).clamp(0.4, 2.5);
        let chance = self.spec.service.calls_monthly / 21.0 * size;
        if self.days.kind(self.day) != DayKind::Working || rng.random::<f64>() >= chance {
            return;
        }
        let unhappy = self.customer.hidden.satisfaction + 0.6 * normal(rng) < -0.7;
        let text = Some(words::call_note(rng, unhappy).to_owned());
        let name = pick(rng, &["Call Logged", "Call Logged", "Call Logged", "Email Sent", "Visit Logged"]);
        let properties = vec![("staff", owner.to_owned())];
        let (at, source) = (self.hour(rng), self.sources.crm.clone());
        self.say(Said { kind: Kind::Touch, name, at, source, actor: None, value: None, text, properties });
    }

    /// Add-on orders, and bills that fall due today.
    fn trade(&mut self, rng: &mut impl Rng) {
        let customer = &*self.customer;
        let keen = (0.5 * customer.hidden.satisfaction + 0.3 * customer.taste.need).exp() * customer.engagement;
        if rng.random::<f64>() < self.spec.money.orders_monthly / 30.4 * keen {
            let (product, price) = pick(
                rng,
                &[
                    ("sms_pack", 300.0),
                    ("storage", 600.0),
                    ("training", 2_000.0),
                    ("api_quota", 1_200.0),
                    ("e_sign", 980.0),
                ],
            );
            let quantity = 1 + poisson(rng, f64::from(self.customer.seats).ln() * 0.4);
            let properties = vec![("product", product.to_owned()), ("quantity", quantity.to_string())];
            let (at, source) = (self.hour(rng), self.sources.billing.clone());
            let actor = Some(self.customer.people[0].actor.clone());
            let (kind, name, value) = (Kind::Order, "Order Completed", Some(price * f64::from(quantity)));
            self.say(Said { kind, name, at, source, actor, value, text: None, properties });
        }
        let refuses = self.customer.hidden.stage == Stage::Wavering(Cause::NonPayment);
        let owing = self.customer.due.iter().any(|due| matches!(due.what, DueWhat::Pay { .. }));
        let billed = self.day >= self.customer.next_bill;
        if billed || (refuses && !owing) {
            let months = billing_months(self.customer.terms.months);
            let amount = (self.customer.annual * f64::from(months) / 12.0 * 100.0).round() / 100.0;
            let invoice = format!("F{:05}-{}", self.customer.index + 1, self.customer.next_invoice);
            self.customer.next_invoice += 1;
            if billed {
                self.customer.next_bill = self.days.months_after(self.customer.next_bill, months);
            }
            let delay = 24.0 * (1.0 + 6.0 * rng.random::<f64>() * rng.random::<f64>());
            let at = plus_hours(self.hour(rng), delay);
            self.plan(at, DueWhat::Pay { invoice, amount, attempt: 1 });
        }
    }

    fn pay(&mut self, at: Instant, invoice: String, amount: f64, attempt: u32, rng: &mut impl Rng) {
        let failure = match self.customer.hidden.stage {
            Stage::Wavering(Cause::NonPayment) => 0.95,
            Stage::Wavering(_) => 2.5 * self.spec.money.payment_failure,
            _ => self.spec.money.payment_failure,
        };
        let fails = rng.random::<f64>() < failure;
        let method = pick(rng, &["bank_transfer", "bank_transfer", "alipay", "wechat_pay"]);
        let mut properties =
            vec![("invoice", invoice.clone()), ("method", method.to_owned()), ("attempt", attempt.to_string())];
        if fails {
            let reason = pick(rng, &["insufficient_funds", "insufficient_funds", "card_expired", "bank_refused"]);
            properties.push(("reason", reason.to_owned()));
        }
        let name = if fails { "Payment Failed" } else { "Payment Received" };
        let (kind, source, value) = (Kind::Payment, self.sources.billing.clone(), Some(amount));
        self.say(Said { kind, name, at, source, actor: None, value, text: None, properties });
        if fails {
            let again = plus_hours(at, 24.0 * (3.0 + 4.0 * rng.random::<f64>()));
            self.plan(again, DueWhat::Pay { invoice, amount, attempt: attempt + 1 });
        }
    }

    fn change_people(&mut self, happened: Happened, rng: &mut impl Rng) {
        if happened.contact_left {
            let at = self.hour(rng);
            self.contact_fact("Contact Left", at);
            self.plan(plus_hours(at, 24.0 * (4.0 + 22.0 * rng.random::<f64>())), DueWhat::Join);
        }
        if rng.random::<f64>() < self.spec.growth.owner_change_yearly / 365.0 {
            let staff = names::staff(self.spec.growth.staff_count);
            let owner = pick(rng, staff);
            if self.customer.owner != Some(owner) {
                self.customer.owner = Some(owner);
                let at = self.hour(rng);
                self.traits(at, vec![("owner", owner.to_owned())]);
            }
        }
    }

    fn contact_joins(&mut self, at: Instant, rng: &mut impl Rng) {
        self.customer.contact = names::contact(rng, self.customer.index + 1);
        self.customer.contact_number += 1;
        self.contact_fact("Contact Joined", at);
        let traits = contact_traits(&self.customer.contact);
        self.traits(plus_hours(at, 0.1), traits);
    }

    fn contact_fact(&mut self, name: &str, at: Instant) {
        let customer = &*self.customer;
        let actor = Some(ActorId::new(format!("{}-k{}", customer.id, customer.contact_number)));
        let properties =
            vec![("contact_name", customer.contact.name.clone()), ("title", customer.contact.title.to_owned())];
        let (kind, source) = (Kind::ContactChange, self.sources.crm.clone());
        self.say(Said { kind, name, at, source, actor, value: None, text: None, properties });
    }

    /// On the last day of a term, whoever is still there renews.
    fn renew(&mut self, happened: Happened, rng: &mut impl Rng) {
        self.customer.price_rise |= happened.price_rise;
        if self.day != self.customer.terms.end_day {
            return;
        }
        let at = self.hour(rng);
        let before = (self.customer.seats, self.customer.plan);
        let raised = std::mem::take(&mut self.customer.price_rise);
        let per_seat = self.customer.annual / f64::from(before.0) * if raised { 1.12 } else { 1.0 };
        let yearly = f64::from(self.customer.terms.months) / 12.0;
        if rng.random::<f64>() < self.spec.money.seat_change * yearly.max(0.1) {
            let trend = 0.12 + 0.2 * self.customer.hidden.satisfaction + 0.4 * (self.customer.engagement - 1.0);
            let factor = (trend + 0.25 * normal(rng)).exp();
            self.customer.seats = (f64::from(before.0) * factor).round().clamp(2.0, 900.0) as u32;
        }
        let plan = Plan::of(self.customer.seats);
        let price_ratio = plan.price(self.spec) / before.1.price(self.spec).max(1.0);
        self.customer.plan = plan;
        self.customer.annual = (per_seat * price_ratio * f64::from(self.customer.seats)).round();
        self.customer.renew(self.days);
        self.contract("Contract Renewed", at);
        if (self.customer.seats, self.customer.plan) != before {
            let mut traits = vec![("seats", self.customer.seats.to_string())];
            if self.customer.plan != before.1 {
                traits.push(("plan", self.customer.plan.as_str().to_owned()));
            }
            self.traits(plus_hours(at, 0.05), traits);
        }
    }
}

fn contact_traits(contact: &names::Contact) -> Vec<(&'static str, String)> {
    let mut traits = vec![
        ("contact_name", contact.name.clone()),
        ("contact_title", contact.title.to_owned()),
        ("contact_phone", contact.phone.clone()),
        ("contact_email", contact.email.clone()),
    ];
    traits.extend(contact_birthday(contact).map(|day| ("contact_birthday", day)));
    traits
}

/// The birthday that somebody noted of a contact: of one in three. It follows from the telephone number, so that no chance
/// is drawn for it.
fn contact_birthday(contact: &names::Contact) -> Option<String> {
    let number: u32 = contact.phone.get(7..)?.parse().ok()?;
    let (year, month, day) = (1970 + number % 30, number / 3 % 12 + 1, number / 36 % 28 + 1);
    number.is_multiple_of(3).then(|| format!("{year}-{month:02}-{day:02}"))
}

fn plus_hours(at: Instant, hours: f64) -> Instant {
    at.plus_micros((hours * MICROS_PER_HOUR) as i64)
}
