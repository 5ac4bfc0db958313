//! From a fact back to the indicators that look at it: which numbers can it have moved?
//!
//! Says nothing of how much, nor of whether the fact lies in a window at some moment: `scores` compares two moments.

use std::collections::BTreeSet;

use facts::FactFrame;

use crate::catalog::{Catalog, Indicator};

impl Catalog {
    /// The indicators that look at a row: those whose facts it is one of, and the formulas over them, in the order of
    /// the catalogue.
    ///
    /// # Edges
    /// The frame must hold the properties that the definitions name ([`Catalog::want`]): what it lacks matches nothing.
    /// An indicator that compares the customer with its peers is moved by their facts too; only its own count here.
    pub fn touched_by(&self, frame: &FactFrame, row: usize) -> Vec<&Indicator> {
        let looks_at = |one: &&Indicator| {
            one.measured().is_some_and(|measured| measured.selectors().any(|selector| selector.on(frame).matches(row)))
        };
        let ids = self.indicators().iter().filter(looks_at).map(|one| one.id.as_str()).collect();
        self.with_formulas_over(ids)
    }

    /// The rows of a customer, at a place of the frame, that an indicator looks at.
    ///
    /// # Panics
    /// Beyond the last customer.
    pub fn rows_behind(&self, indicator: &str, frame: &FactFrame, place: usize) -> Vec<usize> {
        let parts = self.only(&[indicator]);
        let matchers: Vec<_> = parts
            .indicators()
            .iter()
            .filter_map(Indicator::measured)
            .flat_map(|measured| measured.selectors().map(|selector| selector.on(frame)).collect::<Vec<_>>())
            .collect();
        frame.rows_of(place).filter(|row| matchers.iter().any(|matcher| matcher.matches(*row))).collect()
    }

    /// Some indicators and every formula that hangs on one of them.
    fn with_formulas_over<'a>(&'a self, mut ids: BTreeSet<&'a str>) -> Vec<&'a Indicator> {
        loop {
            let hangs = |one: &&Indicator| {
                let parts = one.formula().map(crate::Formula::indicators).unwrap_or_default();
                !ids.contains(one.id.as_str()) && parts.iter().any(|part| ids.contains(part))
            };
            let more: Vec<&str> = self.indicators().iter().filter(hangs).map(|one| one.id.as_str()).collect();
            if more.is_empty() {
                return self.indicators().iter().filter(|one| ids.contains(one.id.as_str())).collect();
            }
            ids.extend(more);
        }
    }
}

#[cfg(test)]
mod tests {
    use facts::{Fact, StoredFact};
    use vocab::{AsOf, Instant, Kind, Zone};

    use super::*;

    const FILE: &str = r#"
[[indicator]]
id = "logins"
name = { zh = "登录", en = "Logins" }
question = { zh = "q", en = "q" }
category = "c"
of = { kind = "event", name = "Logged In", where = { plan = "pro" } }
measure = "count"
window = "30d"
unit = "count"
worse = "lower"
when_absent = "zero"

[[indicator]]
id = "tickets"
name = { zh = "工单", en = "Tickets" }
question = { zh = "q", en = "q" }
category = "c"
of = { kind = "ticket" }
measure = "count"
window = "30d"
unit = "count"
worse = "higher"
when_absent = "zero"

[[indicator]]
id = "tickets_per_login"
name = { zh = "每次登录工单", en = "Tickets per login" }
question = { zh = "q", en = "q" }
category = "c"
formula = "tickets / logins"
unit = "ratio"
worse = "higher"
"#;

    #[test]
    fn a_fact_touches_what_looks_at_it_and_the_formulas_over_that() {
        let catalog = Catalog::parse(&[("a.toml".to_owned(), FILE.to_owned())]).unwrap();
        let fact = |number: u64, kind, name: &str, plan: Option<&str>| {
            let at = Instant::from_micros(number as i64);
            let mut fact = Fact::new("A", kind, name, at);
            fact.known_at = Some(at);
            fact.message_id = format!("m{number}").as_str().into();
            fact.properties.extend(plan.map(|plan| ("plan".to_owned(), Some(plan.to_owned()))));
            StoredFact { number, recorded_at: at, fact }
        };
        let facts = [
            fact(1, Kind::Event, "Logged In", Some("pro")),
            fact(2, Kind::Event, "Logged In", Some("basic")),
            fact(3, Kind::Ticket, "Ticket Opened", None),
        ];
        let end = AsOf(Instant::from_micros(9));
        let frame = FactFrame::of(&facts, &[], &catalog.want(), end, &Zone::default());
        let touched = |row| catalog.touched_by(&frame, row).iter().map(|one| one.id.as_str()).collect::<Vec<_>>();
        assert_eq!(touched(0), ["logins", "tickets_per_login"]);
        assert_eq!(touched(1), [""; 0]);
        assert_eq!(touched(2), ["tickets", "tickets_per_login"]);
        assert_eq!(catalog.rows_behind("logins", &frame, 0), [0]);
        assert_eq!(catalog.rows_behind("tickets_per_login", &frame, 0), [0, 2]);
    }
}
