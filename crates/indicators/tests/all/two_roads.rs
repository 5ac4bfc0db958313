//! Two roads to every number: the kernel against an evaluator that goes through all facts for every single cell.
//!
//! The naive road shares nothing with the kernel but the definitions: it reads the facts as they were stored, decides
//! itself what is visible, and cuts windows with plain comparisons.

use facts::{Fact, FactFrame, StoredFact};
use indicators::{
    Basis, Catalog, Cell, Delivery, Indicator, IndicatorFrame, Measure, Population, WhenAbsent, evaluate_at,
    evaluate_delivered,
};
use proptest::prelude::*;
use vocab::{Amount, AsOf, CustomerId, Instant, Kind, MessageId, Unknown, Window, Zone};

const DAY: i64 = 86_400_000_000;

/// A definition for every measure, with and without window, offset, filters and silence as zero.
fn catalog() -> Catalog {
    let measures = [
        ("count", ""),
        ("sum", ""),
        ("mean", ""),
        ("last", ""),
        ("distinct_days", ""),
        ("distinct_values", "property = \"plan\""),
        ("days_since_first", ""),
        ("days_since_last", ""),
        ("days_until", "property = \"end_on\""),
        ("ratio_to_previous", "compares = \"count\""),
        ("ratio_to_previous", "compares = \"sum\""),
        ("ratio_to_previous", "compares = \"distinct_days\""),
    ];
    let selectors = [
        "{ kind = \"event\", name = \"Logged In\" }",
        "{ kind = [\"event\", \"order\"] }",
        "{ kind = \"order\", where = { plan = \"pro\" } }",
    ];
    let windows = ["", "window = \"3d\"", "window = \"1w\"", "window = \"2d\"\noffset = \"2d\""];
    let mut text = String::new();
    for (m, (measure, extra)) in measures.iter().enumerate() {
        for (s, selector) in selectors.iter().enumerate() {
            for (w, window) in windows.iter().enumerate() {
                let positional = measure.starts_with("days_");
                if (positional && window.contains("offset")) || (measure.starts_with("ratio") && window.is_empty()) {
                    continue;
                }
                let absent = if (m + s + w) % 2 == 0 || positional { "unknown" } else { "zero" };
                text.push_str(&format!(
                    "[[indicator]]\nid = \"i_{m}_{s}_{w}\"\nname = {{ zh = \"n\", en = \"n\" }}\nquestion = {{ zh = \"q\", en = \"q\" }}\n\
                     category = \"c\"\nof = {selector}\nmeasure = \"{measure}\"\n{extra}\n{window}\nunit = \"count\"\nworse = \"none\"\nwhen_absent = \"{absent}\"\n"
                ));
            }
        }
    }
    Catalog::parse(&[("all.toml".to_owned(), text)]).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

/// The naive road.
struct Naive<'a> {
    facts: &'a [StoredFact],
    zone: &'a Zone,
    as_of: i64,
}

impl<'a> Naive<'a> {
    fn known(&self, stored: &StoredFact) -> bool {
        stored.known_at().micros() < self.as_of
    }

    fn target(stored: &StoredFact) -> Option<&MessageId> {
        stored.fact.supersedes.as_ref().or(stored.fact.retracts.as_ref())
    }

    /// Everything known by now that speaks about a fact after it, or about the same fact as it does but later.
    fn is_replaced(&self, stored: &StoredFact) -> bool {
        self.facts.iter().filter(|other| self.known(other)).any(|other| {
            let Some(target) = Self::target(other) else { return false };
            let of_it = *target == stored.fact.message_id;
            let later = (other.known_at(), other.number) > (stored.known_at(), stored.number);
            of_it || (Self::target(stored) == Some(target) && later)
        })
    }

    fn visible(&self) -> Vec<&'a StoredFact> {
        let mut visible: Vec<&StoredFact> = self
            .facts
            .iter()
            .filter(|stored| self.known(stored) && stored.fact.occurred_at.micros() < self.as_of)
            .filter(|stored| stored.fact.retracts.is_none() && !self.is_replaced(stored))
            .collect();
        visible.sort_by_key(|stored| (stored.fact.occurred_at, stored.number));
        visible
    }

    fn customers(&self) -> Vec<CustomerId> {
        let mut customers: Vec<CustomerId> =
            self.visible().iter().map(|stored| stored.fact.customer_id.clone().unwrap()).collect();
        customers.sort();
        customers.dedup();
        customers
    }

    /// Whether it was part of a view for a moment at least: nothing that replaces it was known as early as itself.
    fn ever_stood(&self, stored: &StoredFact) -> bool {
        !self.facts.iter().filter_map(|other| Some((other, Self::target(other)?))).any(|(other, target)| {
            let of_it = *target == stored.fact.message_id && other.known_at() <= stored.known_at();
            let at_once = other.known_at() == stored.known_at() && other.number > stored.number;
            of_it || (Self::target(stored) == Some(target) && at_once)
        })
    }

    /// When the first fact happened that shows the source to deliver.
    fn first_delivered(&self, indicator: &Indicator) -> Option<i64> {
        let shows = |fact: &Fact| {
            let of_name = indicator.of.names.is_empty() || indicator.of.names.contains(&fact.name);
            indicator.of.kinds.contains(&fact.kind) && (fact.kind != Kind::Event || of_name)
        };
        self.facts
            .iter()
            .filter(|stored| self.known(stored) && stored.fact.occurred_at.micros() < self.as_of)
            .filter(|stored| shows(&stored.fact) && stored.fact.retracts.is_none() && self.ever_stood(stored))
            .map(|stored| stored.fact.occurred_at.micros())
            .min()
    }

    fn selected(&self, indicator: &Indicator, customer: &CustomerId) -> Vec<&'a StoredFact> {
        let takes = |fact: &Fact| {
            indicator.of.kinds.contains(&fact.kind)
                && (indicator.of.names.is_empty() || indicator.of.names.contains(&fact.name))
                && indicator
                    .of
                    .filters
                    .iter()
                    .all(|(key, value)| fact.properties.get(key) == Some(&Some(value.clone())))
        };
        let mut found = self.visible();
        found.retain(|stored| stored.fact.customer_id.as_ref() == Some(customer) && takes(&stored.fact));
        found
    }

    fn back(&self, from: i64, window: Option<Window>) -> i64 {
        match window {
            Some(Window::Days(days)) => from - i64::from(days) * DAY,
            Some(Window::Weeks(weeks)) => {
                // The zone of these tests keeps its clocks.
                from - i64::from(weeks) * 7 * DAY
            }
            Some(other) => panic!("not tried here: {other}"),
            None => i64::MIN,
        }
    }

    fn cell(&self, indicator: &Indicator, customer: &CustomerId) -> Cell {
        let end = self.as_of - indicator.offset.map_or(0, |offset| self.as_of - self.back(self.as_of, Some(offset)));
        let start = self.back(end, indicator.window);
        let ratio = matches!(indicator.measure, Measure::RatioToPrevious(_));
        let before = if ratio { self.back(start, indicator.window) } else { start };
        let Some(first) = self.first_delivered(indicator) else { return Cell::Unknown(Unknown::NotConnected) };
        let point = matches!(
            indicator.measure,
            Measure::Last | Measure::DaysSinceFirst | Measure::DaysSinceLast | Measure::DaysUntil { .. }
        );
        if !point && indicator.window.is_some() && before < first {
            return Cell::Unknown(Unknown::ShortHistory);
        }
        let all = self.selected(indicator, customer);
        let within = |from: i64, to: i64| -> Vec<&StoredFact> {
            let inside = |stored: &&&StoredFact| (from..to).contains(&stored.fact.occurred_at.micros());
            all.iter().filter(inside).copied().collect()
        };
        let (now, earlier) = (within(start, end), within(before, start));
        let answer = self.measure(indicator, &all, &now, &earlier, end);
        answer.map_or_else(Cell::Unknown, Cell::Known)
    }

    fn measure(
        &self,
        indicator: &Indicator,
        all: &[&StoredFact],
        now: &[&StoredFact],
        earlier: &[&StoredFact],
        end: i64,
    ) -> Result<f64, Unknown> {
        let absent = match indicator.when_absent {
            WhenAbsent::Zero => Ok(0.0),
            WhenAbsent::Unknown => Err(Unknown::NeverObserved),
        };
        let day = |stored: &&StoredFact| self.day(indicator, stored, end);
        let (counted, silent) = match indicator.measure {
            Measure::Count | Measure::Sum | Measure::DistinctDays | Measure::DistinctValues { .. } => {
                (true, all.is_empty())
            }
            Measure::RatioToPrevious(_) => (true, all.is_empty() && absent.is_err()),
            _ => (false, now.is_empty()),
        };
        if silent {
            return absent;
        }
        assert!(counted || !now.is_empty());
        let since = |stored: &StoredFact| ((self.as_of - stored.fact.occurred_at.micros()) / DAY) as f64;
        match &indicator.measure {
            Measure::Count => Ok(now.len() as f64),
            Measure::Sum => sum(now),
            Measure::Mean => sum(now).map(|sum| sum / now.iter().filter(|one| one.fact.value.is_some()).count() as f64),
            Measure::Last => {
                let value = now.iter().rev().find_map(|one| one.fact.value);
                value.map(Amount::to_f64).ok_or(Unknown::NoValue)
            }
            Measure::DistinctDays => Ok(different(now.iter().map(day))),
            Measure::DistinctValues { property } => {
                Ok(different(now.iter().filter_map(|one| one.fact.properties.get(property).cloned().flatten())))
            }
            Measure::DaysSinceFirst => Ok(since(now[0])),
            Measure::DaysSinceLast => Ok(since(now[now.len() - 1])),
            Measure::DaysUntil { property } => {
                let date = now.iter().rev().find_map(|one| one.fact.properties.get(property).cloned().flatten());
                let date = date.and_then(|text| self.zone.parse(&text).ok()).ok_or(Unknown::NoValue)?;
                Ok((date.micros() - self.as_of).div_euclid(DAY) as f64)
            }
            Measure::RatioToPrevious(basis) => {
                let total = |rows: &[&StoredFact]| match basis {
                    Basis::Count => Ok(rows.len() as f64),
                    Basis::Sum => sum(rows),
                    Basis::DistinctDays => Ok(different(rows.iter().map(day))),
                };
                let base = total(earlier)?;
                let above = total(now)?;
                if base > 0.0 { Ok(above / base) } else { Err(Unknown::ZeroBase) }
            }
        }
    }

    /// A name for the day a fact falls on.
    fn day(&self, indicator: &Indicator, stored: &StoredFact, end: i64) -> String {
        let at = stored.fact.occurred_at;
        match indicator.window {
            None | Some(Window::Days(_)) => ((end - at.micros() - 1) / DAY).to_string(),
            Some(_) => self.zone.date(at),
        }
    }
}

fn sum(rows: &[&StoredFact]) -> Result<f64, Unknown> {
    let valued: Vec<_> = rows.iter().filter(|one| one.fact.value.is_some()).collect();
    if valued.is_empty() {
        return if rows.is_empty() { Ok(0.0) } else { Err(Unknown::NoValue) };
    }
    if valued.iter().any(|one| one.fact.currency != valued[0].fact.currency) {
        return Err(Unknown::MixedCurrency);
    }
    Ok(valued.iter().filter_map(|one| one.fact.value).sum::<Amount>().to_f64())
}

fn different<T: Ord>(items: impl Iterator<Item = T>) -> f64 {
    items.collect::<std::collections::BTreeSet<T>>().len() as f64
}

/// Half-days since the epoch of the test, so that borders are hit often.
fn at(half_days: i64) -> Instant {
    Instant::from_micros(1_740_000_000_000_000 + half_days * DAY / 2)
}

prop_compose! {
    fn any_fact()(
        customer in 0usize..3,
        kind in 0usize..3,
        name in 0usize..2,
        happened in 0i64..30,
        late in prop_oneof![3 => Just(0i64), 1 => 0i64..12],
        value in prop_oneof![1 => Just(None), 3 => (-3i64..9).prop_map(Some)],
        currency in prop_oneof![9 => Just(None), 1 => Just(Some("USD".to_owned()))],
        plan in 0usize..3,
        end_on in 0i64..3,
        speaks_of in prop_oneof![4 => Just(None), 1 => (0usize..20, any::<bool>()).prop_map(Some)],
    ) -> (StoredFact, Option<(usize, bool)>) {
        let kind = [Kind::Event, Kind::Order, Kind::Ticket][kind];
        let mut fact = Fact::new(["A", "B", "C"][customer], kind, ["Logged In", "Seen"][name], at(happened));
        fact.known_at = Some(at(happened + late));
        fact.value = value.map(|value| Amount::from_millionths(i128::from(value) * 333_333));
        fact.currency = currency;
        if plan > 0 {
            fact.properties.insert("plan".to_owned(), Some(["pro", "free"][plan - 1].to_owned()));
        }
        if end_on > 0 {
            let text = if end_on == 1 { "2025-03-01" } else { "soon" };
            fact.properties.insert("end_on".to_owned(), Some(text.to_owned()));
        }
        (StoredFact { number: 0, recorded_at: at(happened), fact }, speaks_of)
    }
}

/// Some of the facts correct or take back an earlier one.
fn numbered(drawn: Vec<(StoredFact, Option<(usize, bool)>)>) -> Vec<StoredFact> {
    let mut facts = Vec::new();
    for (number, (mut stored, speaks_of)) in drawn.into_iter().enumerate() {
        stored.number = number as u64;
        stored.fact.message_id = MessageId::from(format!("m{number}"));
        if let Some((target, retracts)) = speaks_of.filter(|(target, _)| *target < number) {
            let target = Some(MessageId::from(format!("m{target}")));
            if retracts { stored.fact.retracts = target } else { stored.fact.supersedes = target }
        }
        facts.push(stored);
    }
    facts
}

fn moments() -> Vec<AsOf> {
    // Out of order, on and between the borders, one before everything.
    [30, 20, 11, 40, 0, 25].into_iter().map(|half_days| AsOf(at(half_days))).collect()
}

fn frame(facts: &[StoredFact], catalog: &Catalog, end: AsOf) -> FactFrame {
    FactFrame::of(facts, &[], &catalog.want(), end, &Zone::default())
}

fn assert_equal(found: &IndicatorFrame, naive: &Naive<'_>, catalog: &Catalog) -> Result<(), TestCaseError> {
    let customers = naive.customers();
    prop_assert_eq!(found.customers(), customers.as_slice());
    for indicator in catalog.indicators() {
        let column = found.column(&indicator.id).unwrap();
        for (customer, cell) in found.customers().iter().zip(column) {
            let expected = naive.cell(indicator, customer);
            let (id, as_of) = (&indicator.id, found.as_of());
            prop_assert_eq!(*cell, expected, "{} of {} at {}: {:?}", id, customer, as_of, indicator);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_kernel_says_what_going_through_every_fact_says(drawn in prop::collection::vec(any_fact(), 0..40)) {
        let (facts, catalog, zone) = (numbered(drawn), catalog(), Zone::default());
        let whole = frame(&facts, &catalog, AsOf(at(40)));
        let answers = evaluate_at(&whole, &catalog, &Population::Everyone, &moments());
        for (answer, as_of) in answers.iter().zip(moments()) {
            prop_assert_eq!(answer.as_of(), as_of);
            let naive = Naive { facts: &facts, zone: &zone, as_of: as_of.instant().micros() };
            assert_equal(answer, &naive, &catalog)?;
        }
    }

    #[test]
    fn a_moment_asked_alone_or_among_others_or_at_the_frames_end_gives_one_answer(drawn in prop::collection::vec(any_fact(), 0..40)) {
        let (facts, catalog) = (numbered(drawn), catalog());
        let whole = frame(&facts, &catalog, AsOf(at(60)));
        let together = evaluate_at(&whole, &catalog, &Population::Everyone, &moments());
        for (answer, as_of) in together.iter().zip(moments()) {
            let alone = evaluate_at(&whole, &catalog, &Population::Everyone, &[as_of]);
            prop_assert_eq!(answer, &alone[0]);
            let then = evaluate_at(&frame(&facts, &catalog, as_of), &catalog, &Population::Everyone, &[as_of]);
            prop_assert_eq!(answer, &then[0]);
        }
    }

    #[test]
    fn asking_about_one_customer_gives_their_row(drawn in prop::collection::vec(any_fact(), 1..40)) {
        let (facts, catalog) = (numbered(drawn), catalog());
        let whole = frame(&facts, &catalog, AsOf(at(40)));
        let all = evaluate_at(&whole, &catalog, &Population::Everyone, &[AsOf(at(30))]).remove(0);
        let asked = Population::These(vec!["nobody".into(), "B".into(), "B".into()]);
        let some = evaluate_at(&whole, &catalog, &asked, &[AsOf(at(30))]).remove(0);
        prop_assert_eq!(some.customers(), &[CustomerId::from("B"), CustomerId::from("nobody")]);
        if let Some(position) = all.position(&"B".into()) {
            for id in all.ids() {
                prop_assert_eq!(all.cell(position, id), some.cell(0, id));
            }
        }
    }
}

#[test]
fn the_number_of_customers_changes_no_answer() {
    // More customers than one core takes at once.
    let catalog = catalog();
    let mut facts = Vec::new();
    for number in 0..6_000u64 {
        let mut fact = Fact::new(format!("C{:04}", number % 1_500), Kind::Order, "Seen", at((number % 29) as i64));
        fact.value = Amount::from_f64(number as f64 / 7.0);
        fact.message_id = MessageId::from(format!("m{number}"));
        fact.known_at = Some(fact.occurred_at);
        facts.push(StoredFact { number, recorded_at: fact.occurred_at, fact });
    }
    let whole = frame(&facts, &catalog, AsOf(at(40)));
    let as_of = [AsOf(at(30))];
    let all = evaluate_at(&whole, &catalog, &Population::Everyone, &as_of).remove(0);
    assert_eq!(all.customers().len(), 1_500);
    assert!(all.customers().is_sorted());
    for customer in ["C0000", "C0777", "C1499"] {
        let one = evaluate_at(&whole, &catalog, &Population::These(vec![customer.into()]), &as_of).remove(0);
        let position = all.position(&customer.into()).unwrap();
        for id in all.ids() {
            assert_eq!(all.cell(position, id), one.cell(0, id), "{id} of {customer}");
        }
    }
}

#[test]
fn in_a_plain_file_every_source_counts_from_the_first_fact() {
    let catalog = catalog();
    let mut fact = Fact::new("A", Kind::Order, "Seen", at(0));
    fact.known_at = Some(at(0));
    let facts = [StoredFact { number: 0, recorded_at: at(0), fact }];
    let whole = frame(&facts, &catalog, AsOf(at(40)));
    let cell = |delivery, id| {
        let frames = evaluate_delivered(&whole, &catalog, &Population::Everyone, &[AsOf(at(20))], delivery);
        frames[0].cell(0, id)
    };
    // Logins within three days; silence is zero. No login was ever told of.
    let id = "i_0_0_1";
    assert_eq!(catalog.get(id).unwrap().when_absent, WhenAbsent::Zero);
    assert_eq!(cell(Delivery::Observed, id), Cell::Unknown(Unknown::NotConnected));
    assert_eq!(cell(Delivery::FromFirstFact, id), Cell::Known(0.0));
}
