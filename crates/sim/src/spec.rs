//! What a world is made of: every parameter, with the default firm as its default. Nothing happens here.

use serde::Deserialize;
use vocab::{Finding, Instant, Place, Text, Zone};

/// Every parameter of a world. Same spec, same world, byte for byte.
///
/// The default is the sample firm: a Chinese software vendor with 2,000 business customers, of whom somewhat more than
/// half were there when its 18 months of history begin.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldSpec {
    /// What sort of firm; `saas` is the one there is.
    pub template: String,
    /// How many customers there ever are.
    pub customers: u32,
    /// How many days of history, ending at `end`.
    pub days: u32,
    /// Where all luck comes from.
    pub seed: u64,
    /// Midnight after the last day, in the firm's zone.
    pub end: Instant,
    /// The firm's zone.
    pub zone: Zone,
    /// How customers arrive and what they are like.
    pub growth: Growth,
    /// How hidden satisfaction moves.
    pub satisfaction: Satisfaction,
    /// How customers leave.
    pub leaving: Leaving,
    /// What customers do in the product.
    pub usage: Usage,
    /// What befalls everybody at once.
    pub common: Common,
    /// Tickets, surveys and calls.
    pub service: Service,
    /// Plans, orders, contracts and payments.
    pub money: MoneySpec,
    /// What contacting a customer would change.
    pub contact: ContactSpec,
    /// What reaches us late or twice.
    pub delivery: Delivery,
    /// Imagined futures per customer and month over which the true probabilities are averaged.
    pub truth_paths: u32,
}

impl Default for WorldSpec {
    fn default() -> Self {
        WorldSpec::saas(Instant::from_micros(1_767_196_800_000_000))
    }
}

macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type),+ }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default),+ }
            }
        }
    };
}

section! {
    /// How customers arrive and what they are like.
    Growth {
        /// Share of the customers who are there on the first day.
        initial_share: f64 = 0.56,
        /// Median number of seats.
        seats_median: f64 = 9.0,
        /// Spread of the logarithm of seats.
        seats_spread: f64 = 0.85,
        /// People of a customer who are ever seen, at most.
        people_max: u32 = 9,
        /// Share of customers whose people write English.
        english_share: f64 = 0.14,
        /// Share of customers without an owner.
        unowned_share: f64 = 0.03,
        /// How many staff own customers.
        staff_count: u32 = 12,
        /// Yearly rate at which a customer is handed to another owner.
        owner_change_yearly: f64 = 0.08,
    }
}

section! {
    /// How hidden satisfaction moves: weekly, drawn back to the customer's own mean, pushed by incidents.
    Satisfaction {
        /// Spread of the customers' own means.
        between_spread: f64 = 0.85,
        /// Share of the distance to its mean that is closed each week.
        pull_weekly: f64 = 0.06,
        /// Spread of a week's noise.
        noise_weekly: f64 = 0.22,
        /// Chance of an incident in a week.
        incident_weekly: f64 = 0.02,
        /// Mean loss of satisfaction by an incident.
        incident_drop: f64 = 0.9,
        /// Chance that the main contact leaves in a week.
        contact_left_weekly: f64 = 0.004,
        /// Chance that a competitor knocks in a week.
        competitor_weekly: f64 = 0.007,
        /// Chance that a renewal raises the price.
        price_rise: f64 = 0.25,
        /// What is left of a shock a week later.
        shock_memory: f64 = 0.88,
    }
}

section! {
    /// How customers leave. Daily chances of starting to waver, by cause, for a customer in the middle of everything;
    /// exponents move them with hidden satisfaction, price sensitivity, fit, need and shocks.
    Leaving {
        /// Over the price.
        price: f64 = 0.000_068,
        /// Because the product does not fit.
        product_fit: f64 = 0.000_044,
        /// Over service.
        service: f64 = 0.000_020,
        /// After the main contact left.
        contact_left: f64 = 0.000_042,
        /// To a competitor.
        competitor: f64 = 0.000_042,
        /// By not paying.
        non_payment: f64 = 0.000_062,
        /// Faded out without a word.
        silent: f64 = 0.000_042,
        /// Multiplies all of the above.
        intensity: f64 = 1.0,
        /// How strongly satisfaction acts.
        satisfaction_effect: f64 = 1.1,
        /// How strongly price sensitivity, fit and need act.
        taste_effect: f64 = 0.7,
        /// How strongly shocks act.
        shock_effect: f64 = 2.2,
        /// Share of decisions that are carried out at once, without a sign.
        abrupt_share: f64 = 0.07,
        /// Daily chance that a wavering customer leaves.
        departure_daily: f64 = 0.006,
        /// Daily chance that a wavering customer settles again.
        recovery_daily: f64 = 0.0013,
        /// What the last days of a long contract multiply departures by.
        renewal_factor: f64 = 4.0,
        /// How many days those are.
        renewal_days: u32 = 14,
        /// Share of voluntary leavers who give notice, so that a cancellation is recorded.
        notice_share: f64 = 0.7,
    }
}

section! {
    /// What customers do in the product.
    Usage {
        /// Chance that an average person signs in on a working day.
        login_daily: f64 = 0.24,
        /// Spread of the logarithm of a customer's need.
        need_spread: f64 = 0.45,
        /// How strongly satisfaction moves usage.
        satisfaction_effect: f64 = 0.28,
        /// Spread of the logarithm of a customer's week-to-week noise.
        noise_spread: f64 = 0.18,
        /// Features used per sign-in.
        features_per_login: f64 = 0.8,
        /// Activity on a weekend day against a working day.
        weekend: f64 = 0.16,
        /// Activity on a public holiday against a working day.
        holiday: f64 = 0.07,
        /// What is left of a wavering customer's usage a day later.
        decay_daily: f64 = 0.962,
        /// Usage of a wavering customer falls no further than this share.
        floor: f64 = 0.06,
        /// Days until a new customer is in full use.
        ramp_days: f64 = 30.0,
    }
}

section! {
    /// What befalls everybody's use of the product at once. Nothing, unless a world says so.
    Common {
        /// Spread of the logarithm of what a week does to everybody.
        week_spread: f64 = 0.0,
        /// Height of the season through the year, as a share.
        season: f64 = 0.0,
        /// Days that a customer is closed before and after the holiday of 春节, at most; how many differs.
        spring_days: u32 = 0,
        /// How much more is done in the weeks of 618 and 双11, at most; how much differs.
        sale_lift: f64 = 0.0,
    }
}

section! {
    /// Tickets, surveys and calls.
    Service {
        /// Tickets per customer and week without incident.
        tickets_weekly: f64 = 0.13,
        /// Chance that an incident or a complaint is written down.
        complaint_share: f64 = 0.75,
        /// Median hours until a ticket is resolved.
        resolution_hours: f64 = 14.0,
        /// Chance that a satisfaction question after a ticket is answered.
        csat_answer: f64 = 0.34,
        /// Chance that the quarterly recommendation question is answered.
        nps_answer: f64 = 0.42,
        /// Calls logged per customer and month.
        calls_monthly: f64 = 0.3,
    }
}

section! {
    /// Plans, orders, contracts and payments, in yuan.
    MoneySpec {
        /// Seat and year of the basic plan.
        basic_seat_yearly: f64 = 720.0,
        /// Seat and year of the pro plan.
        pro_seat_yearly: f64 = 1_260.0,
        /// Seat and year of the enterprise plan.
        enterprise_seat_yearly: f64 = 1_980.0,
        /// Add-on orders per customer and month.
        orders_monthly: f64 = 0.12,
        /// Chance that a payment fails although the customer is able and willing.
        payment_failure: f64 = 0.02,
        /// Chance that a renewal changes the number of seats.
        seat_change: f64 = 0.22,
        /// Share of contracts by month; the rest by quarter and year.
        monthly_share: f64 = 0.28,
        /// Share of contracts by quarter.
        quarterly_share: f64 = 0.27,
    }
}

section! {
    /// What contacting a customer would change, for this many days: chances of wavering and leaving are divided, and
    /// of settling again multiplied, by `exp(strength × response)`.
    ///
    /// `response = price_weight × price sensitivity + satisfaction_weight × mean satisfaction − reserve`: whoever is
    /// sensitive to price and well disposed can be kept; whoever is neither is better left in peace (negative).
    ContactSpec {
        /// How strongly.
        strength: f64 = 1.0,
        /// How long.
        days: u32 = 45,
        /// Weight of price sensitivity (0 to 1).
        price_weight: f64 = 1.2,
        /// Weight of the customer's own mean satisfaction.
        satisfaction_weight: f64 = 0.25,
        /// What a contact costs in goodwill.
        reserve: f64 = 0.35,
    }
}

section! {
    /// What reaches us late or twice.
    Delivery {
        /// Share of product events known hours late.
        event_late: f64 = 0.003,
        /// Share of other facts known days late.
        other_late: f64 = 0.015,
        /// Share of facts delivered twice, word for word.
        duplicate: f64 = 0.002,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    template: Option<String>,
    customers: Option<u32>,
    days: Option<u32>,
    seed: Option<u64>,
    end: Option<String>,
    zone: Option<String>,
    truth_paths: Option<u32>,
    #[serde(default)]
    growth: Growth,
    #[serde(default)]
    satisfaction: Satisfaction,
    #[serde(default)]
    leaving: Leaving,
    #[serde(default)]
    usage: Usage,
    #[serde(default)]
    common: Common,
    #[serde(default)]
    service: Service,
    #[serde(default)]
    money: MoneySpec,
    #[serde(default)]
    contact: ContactSpec,
    #[serde(default)]
    delivery: Delivery,
}

impl WorldSpec {
    /// The sample firm with its history ending at a midnight.
    pub fn saas(end: Instant) -> Self {
        Self {
            template: "saas".to_owned(),
            customers: 2_000,
            days: 548,
            seed: 1,
            end,
            zone: Zone::default(),
            growth: Growth::default(),
            satisfaction: Satisfaction::default(),
            leaving: Leaving::default(),
            usage: Usage::default(),
            common: Common::default(),
            service: Service::default(),
            money: MoneySpec::default(),
            contact: ContactSpec::default(),
            delivery: Delivery::default(),
            truth_paths: 16,
        }
    }

    /// Reads a world file; what it does not name is as in `base`. Faults name line and column, or the field.
    ///
    /// # Example
    /// ```
    /// let spec = sim::WorldSpec::parse("calm.toml", "customers = 50\n[leaving]\nintensity = 0.5\n", Default::default());
    /// assert_eq!(spec.unwrap().leaving.intensity, 0.5);
    /// let findings = sim::WorldSpec::parse("typo.toml", "custmers = 50\n", Default::default()).unwrap_err();
    /// assert_eq!(findings[0].place.line, Some(1));
    /// ```
    pub fn parse(file: &str, text: &str, base: WorldSpec) -> Result<WorldSpec, Vec<Finding>> {
        let read: File = toml::from_str(text).map_err(|error| vec![syntax(file, text, &error)])?;
        let zone = match &read.zone {
            Some(name) => Zone::named(name).map_err(|_| vec![wrong(file, "zone", name)])?,
            None => base.zone,
        };
        let end = match &read.end {
            Some(date) => zone.parse(date).map_err(|_| vec![wrong(file, "end", date)])?,
            None => base.end,
        };
        let spec = WorldSpec {
            template: read.template.unwrap_or(base.template),
            customers: read.customers.unwrap_or(base.customers),
            days: read.days.unwrap_or(base.days),
            seed: read.seed.unwrap_or(base.seed),
            truth_paths: read.truth_paths.unwrap_or(base.truth_paths),
            end,
            zone,
            growth: read.growth,
            satisfaction: read.satisfaction,
            leaving: read.leaving,
            usage: read.usage,
            common: read.common,
            service: read.service,
            money: read.money,
            contact: read.contact,
            delivery: read.delivery,
        };
        let findings = spec.findings(file);
        if findings.is_empty() { Ok(spec) } else { Err(findings) }
    }

    /// What no world can be made of.
    pub(crate) fn findings(&self, file: &str) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut refuse = |field: &str, ok: bool, value: String| {
            if !ok {
                findings.push(wrong(file, field, &value));
            }
        };
        refuse("template", self.template == "saas", self.template.clone());
        refuse("customers", (1..=2_000_000).contains(&self.customers), self.customers.to_string());
        refuse("days", (1..=7_300).contains(&self.days), self.days.to_string());
        refuse("truth_paths", (1..=10_000).contains(&self.truth_paths), self.truth_paths.to_string());
        refuse("growth.people_max", (1..=500).contains(&self.growth.people_max), self.growth.people_max.to_string());
        refuse("growth.staff_count", (1..=24).contains(&self.growth.staff_count), self.growth.staff_count.to_string());
        refuse("common.spring_days", self.common.spring_days <= 40, self.common.spring_days.to_string());
        refuse("growth.seats_median", self.growth.seats_median >= 1.0, self.growth.seats_median.to_string());
        for (field, share) in self.shares() {
            refuse(field, (0.0..=1.0).contains(&share), share.to_string());
        }
        for (field, size) in self.sizes() {
            refuse(field, (0.0..=1e6).contains(&size), size.to_string());
        }
        let contract = self.money.monthly_share + self.money.quarterly_share;
        refuse("money.quarterly_share", contract <= 1.0, contract.to_string());
        findings
    }

    fn shares(&self) -> [(&'static str, f64); 32] {
        let (leaving, usage, money) = (&self.leaving, &self.usage, &self.money);
        [
            ("growth.initial_share", self.growth.initial_share),
            ("growth.english_share", self.growth.english_share),
            ("growth.unowned_share", self.growth.unowned_share),
            ("growth.owner_change_yearly", self.growth.owner_change_yearly),
            ("satisfaction.pull_weekly", self.satisfaction.pull_weekly),
            ("satisfaction.incident_weekly", self.satisfaction.incident_weekly),
            ("satisfaction.contact_left_weekly", self.satisfaction.contact_left_weekly),
            ("satisfaction.competitor_weekly", self.satisfaction.competitor_weekly),
            ("satisfaction.price_rise", self.satisfaction.price_rise),
            ("satisfaction.shock_memory", self.satisfaction.shock_memory),
            ("leaving.price", leaving.price),
            ("leaving.product_fit", leaving.product_fit),
            ("leaving.service", leaving.service),
            ("leaving.contact_left", leaving.contact_left),
            ("leaving.competitor", leaving.competitor),
            ("leaving.non_payment", leaving.non_payment),
            ("leaving.silent", leaving.silent),
            ("leaving.abrupt_share", leaving.abrupt_share),
            ("leaving.departure_daily", leaving.departure_daily),
            ("leaving.recovery_daily", leaving.recovery_daily),
            ("leaving.notice_share", leaving.notice_share),
            ("usage.login_daily", usage.login_daily),
            ("usage.decay_daily", usage.decay_daily),
            ("usage.floor", usage.floor),
            ("common.season", self.common.season),
            ("service.complaint_share", self.service.complaint_share),
            ("service.csat_answer", self.service.csat_answer),
            ("service.nps_answer", self.service.nps_answer),
            ("money.payment_failure", money.payment_failure),
            ("money.seat_change", money.seat_change),
            ("money.monthly_share", money.monthly_share),
            ("money.quarterly_share", money.quarterly_share),
        ]
    }

    fn sizes(&self) -> [(&'static str, f64); 28] {
        [
            ("growth.seats_spread", self.growth.seats_spread),
            ("satisfaction.between_spread", self.satisfaction.between_spread),
            ("satisfaction.noise_weekly", self.satisfaction.noise_weekly),
            ("satisfaction.incident_drop", self.satisfaction.incident_drop),
            ("leaving.intensity", self.leaving.intensity),
            ("leaving.satisfaction_effect", self.leaving.satisfaction_effect),
            ("leaving.taste_effect", self.leaving.taste_effect),
            ("leaving.shock_effect", self.leaving.shock_effect),
            ("leaving.renewal_factor", self.leaving.renewal_factor),
            ("usage.need_spread", self.usage.need_spread),
            ("usage.satisfaction_effect", self.usage.satisfaction_effect),
            ("usage.noise_spread", self.usage.noise_spread),
            ("usage.features_per_login", self.usage.features_per_login),
            ("usage.weekend", self.usage.weekend),
            ("usage.holiday", self.usage.holiday),
            ("usage.ramp_days", self.usage.ramp_days),
            ("common.week_spread", self.common.week_spread),
            ("common.sale_lift", self.common.sale_lift),
            ("service.tickets_weekly", self.service.tickets_weekly),
            ("service.resolution_hours", self.service.resolution_hours),
            ("service.calls_monthly", self.service.calls_monthly),
            ("money.basic_seat_yearly", self.money.basic_seat_yearly),
            ("money.pro_seat_yearly", self.money.pro_seat_yearly),
            ("money.enterprise_seat_yearly", self.money.enterprise_seat_yearly),
            ("money.orders_monthly", self.money.orders_monthly),
            ("delivery.event_late", self.delivery.event_late),
            ("delivery.other_late", self.delivery.other_late),
            ("delivery.duplicate", self.delivery.duplicate),
        ]
    }
}

fn syntax(file: &str, text: &str, error: &toml::de::Error) -> Finding {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or(text);
    let place = Place {
        file: Some(file.to_owned()),
        line: Some(before.matches('\n').count() as u32 + 1),
        column: Some(before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) as u32 + 1),
        ..Place::default()
    };
    let detail = Text::new(format!("无法读取：{}", error.message()), format!("cannot be read: {}", error.message()));
    let hint = Text::new("参数名见 sim::WorldSpec 的说明", "the parameters are those of sim::WorldSpec");
    Finding::new("bad_world", detail, hint).at(place)
}

fn wrong(file: &str, field: &str, value: &str) -> Finding {
    let detail = Text::new(format!("不能取这个值：{value}"), format!("cannot be {value}"));
    let hint = Text::new("份额取 0 到 1；template 目前只有 saas", "shares are 0 to 1; the only template is saas");
    let place = Place { file: Some(file.to_owned()), field: Some(field.to_owned()), ..Place::default() };
    Finding::new("bad_world_value", detail, hint).at(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_firm_is_a_possible_world() {
        assert_eq!(WorldSpec::default().findings("-"), Vec::new());
        assert_eq!(WorldSpec::default().zone.date(WorldSpec::default().end), "2026-01-01");
    }

    #[test]
    fn an_impossible_world_is_refused_by_field() {
        let text = "customers = 0\n[usage]\nfloor = 1.5\n";
        let findings = WorldSpec::parse("w.toml", text, WorldSpec::default()).unwrap_err();
        let fields: Vec<_> = findings.iter().map(|finding| finding.place.field.as_deref().unwrap()).collect();
        assert_eq!(fields, ["customers", "usage.floor"]);
    }

    #[test]
    fn a_misspelt_parameter_is_pointed_at() {
        let findings = WorldSpec::parse("w.toml", "seed = 3\n[usage]\nflor = 1\n", WorldSpec::default()).unwrap_err();
        assert_eq!((findings[0].place.line, findings[0].place.column), (Some(3), Some(1)));
    }

    #[test]
    fn a_world_file_may_name_its_end_and_zone() {
        let spec = WorldSpec::parse("w.toml", "zone = \"UTC\"\nend = \"2025-01-01\"", WorldSpec::default()).unwrap();
        assert_eq!(spec.end.to_string(), "2025-01-01T00:00:00Z");
    }
}
