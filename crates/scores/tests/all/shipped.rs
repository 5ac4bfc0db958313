//! The scorecards that ship, on a few customers with a story.

use std::fmt::Write;

use facts::{Fact, FactFrame, StoredFact};
use indicators::{Catalog, Population, evaluate_at};
use scores::{ScoreBook, ScoreFrame, reasons, score};
use vocab::{Amount, AsOf, Kind, MessageId, Zone};

use crate::definitions;

/// Facts with a date each, oldest first.
struct Story {
    zone: Zone,
    facts: Vec<StoredFact>,
}

impl Story {
    fn new() -> Self {
        Self { zone: Zone::default(), facts: Vec::new() }
    }

    fn tell(&mut self, customer: &str, kind: Kind, name: &str, on: &str, more: impl FnOnce(&mut Fact)) {
        let at = self.zone.parse(on).unwrap();
        let number = self.facts.len() as u64;
        let mut fact = Fact::new(customer, kind, name, at);
        fact.known_at = Some(at);
        fact.message_id = MessageId::from(format!("m{number}"));
        more(&mut fact);
        self.facts.push(StoredFact { number, recorded_at: at, fact });
    }

    /// A thing that happens at noon on so many days, counted back from a date in steps.
    fn repeat(&mut self, customer: &str, kind: Kind, name: &str, last: &str, days: usize, step: i64) {
        for at in 0..days as i64 {
            let noon = self.zone.parse(last).unwrap().plus_days(-at * step).plus_micros(12 * 3_600_000_000);
            let on = self.zone.date_time(noon);
            self.tell(customer, kind, name, &on, |fact| {
                fact.value = (kind == Kind::Order).then(|| Amount::from_f64(100.0)).flatten();
                fact.properties.insert("feature".to_owned(), Some(format!("f{}", at % 4)));
            });
        }
    }

    fn score(&self, book: &ScoreBook, catalog: &Catalog, on: &str) -> (ScoreFrame, String) {
        let as_of = AsOf(self.zone.parse(on).unwrap());
        let facts = FactFrame::of(&self.facts, &[], &catalog.want(), as_of, &self.zone);
        let frame = evaluate_at(&facts, catalog, &Population::Everyone, &[as_of]).remove(0);
        let scores = score(&frame, book, catalog);
        let mut printed = String::new();
        for (position, (customer, one)) in scores.iter().enumerate() {
            let health = one.health.map_or_else(|| "–".to_owned(), |health| health.to_string());
            let band = one.band.map_or("–", |band| band.as_str());
            let percent = f64::from(one.coverage) / 100.0;
            writeln!(printed, "{customer}: {health} {band}, {percent:.0} % known").unwrap();
            for reason in reasons(one, book, catalog, &frame, position) {
                writeln!(printed, "  {} / {}", reason.zh, reason.en).unwrap();
            }
        }
        (scores, printed)
    }
}

#[test]
fn a_software_firms_customers() {
    let mut story = Story::new();
    let event = Kind::Event;
    for (customer, last, days, step) in
        [("busy", "2025-05-31", 150, 1), ("fading", "2025-05-20", 60, 2), ("new", "2025-05-31", 6, 2)]
    {
        story.repeat(customer, event, "Logged In", last, days, step);
        story.repeat(customer, event, "Feature Used", last, days, step);
    }
    for (customer, end_on) in [("busy", "2026-03-01"), ("fading", "2025-06-20"), ("late", "2025-05-22")] {
        story.tell(customer, Kind::Contract, "Contract Signed", "2024-06-20", |fact| {
            fact.value = Amount::from_f64(12_000.0);
            fact.properties.insert("end_on".to_owned(), Some(end_on.to_owned()));
        });
    }
    story.tell("busy", Kind::ContactChange, "Contact Joined", "2024-09-01", |_| {});
    story.tell("fading", Kind::ContactChange, "Contact Left", "2025-04-20", |_| {});
    story.tell("fading", Kind::SurveyResponse, "Survey Answered", "2025-05-02", |fact| {
        fact.value = Amount::from_f64(4.0);
        fact.properties.insert("type".to_owned(), Some("nps".to_owned()));
    });
    let catalog = definitions::catalog();
    let (scores, printed) = story.score(&definitions::scorecard("saas", &catalog), &catalog, "2025-06-01");
    insta::assert_snapshot!(printed, @r#"
busy: 89.95 low, 35 % known
fading: 45.60 high, 44 % known
  最近一次推荐意愿只打了 4 分（满分 10） / latest answer on recommending us: 4 of 10
  近 90 天有 1 位联系人离开 / 1 contact left in the last 90 days
  已经 11 天没有登录 / no login for 11 days
late: – –, 10 % known
new: – –, 26 % known
"#);
    assert_eq!(scores.get(&"busy".into()).unwrap().value.known(), Some(12_000.0));
}

#[test]
fn two_figures_that_read_alike_are_not_held_against_each_other() {
    let mut story = Story::new();
    // Seven times in half a year: written with one decimal, none a day.
    story.repeat("faint", Kind::Event, "Logged In", "2025-04-15", 12, 22);
    story.repeat("faint", Kind::Event, "Feature Used", "2025-05-31", 18, 10);
    story.tell("faint", Kind::Contract, "Contract Signed", "2024-06-20", |fact| {
        fact.value = Amount::from_f64(12_000.0);
        fact.properties.insert("end_on".to_owned(), Some("2025-06-20".to_owned()));
    });
    story.tell("faint", Kind::SurveyResponse, "Survey Answered", "2025-05-02", |fact| {
        fact.value = Amount::from_f64(9.0);
        fact.properties.insert("type".to_owned(), Some("nps".to_owned()));
    });
    let catalog = definitions::catalog();
    let (_, printed) = story.score(&definitions::scorecard("saas", &catalog), &catalog, "2025-06-01");
    assert!(printed.contains("近 30 天没有登录 / no login in the last 30 days"), "{printed}");
    assert!(!printed.contains("往常 0 次"), "{printed}");
}

#[test]
fn a_shops_customers() {
    let mut story = Story::new();
    story.repeat("regular", Kind::Order, "Order Completed", "2025-05-28", 18, 20);
    story.repeat("slipping", Kind::Order, "Order Completed", "2025-02-20", 8, 30);
    story.repeat("once", Kind::Order, "Order Completed", "2025-05-25", 1, 1);
    story.repeat("long ago", Kind::Order, "Order Completed", "2024-08-10", 3, 10);
    story.tell("registered", Kind::Trait, "Traits Changed", "2025-05-01", |_| {});
    let catalog = definitions::catalog();
    let (_, printed) = story.score(&definitions::scorecard("ecommerce", &catalog), &catalog, "2025-06-01");
    insta::assert_snapshot!(printed, @r"
    long ago: 15.57 critical, 82 % known
      近 180 天没有下单 / no order in the last 180 days
      已经 294 天没有下单 / no order for 294 days
    once: 44.13 medium, 82 % known
      近 180 天只下过 1 单 / only 1 order in the last 180 days
      至今一共只下过 1 单 / only 1 order so far
    registered: – –, 2 % known
    regular: 91.77 low, 90 % known
    slipping: 48.82 medium, 90 % known
      近 90 天没有下单 / no order in the last 90 days
      近 90 天没有消费，再前 90 天 300 / ordered nothing in the last 90 days, for 300 in the 90 before
      已经 100 天没有下单 / no order for 100 days
    ");
}

#[test]
fn any_firm_with_some_sign_of_life() {
    let catalog = definitions::catalog();
    let book = definitions::scorecard("general", &catalog);
    for (kind, name) in
        [(Kind::Ticket, "Ticket Opened"), (Kind::Payment, "Payment Received"), (Kind::Snapshot, "Monthly Totals")]
    {
        let mut story = Story::new();
        story.repeat("steady", kind, name, "2025-05-25", 12, 30);
        story.repeat("gone quiet", kind, name, "2025-02-10", 9, 30);
        let (scores, printed) = story.score(&book, &catalog, "2025-06-01");
        let health = |customer: &str| scores.get(&customer.into()).unwrap().health.unwrap();
        assert!(health("steady").points() > health("gone quiet").points() + 20.0, "{name}: {printed}");
    }
    let mut story = Story::new();
    story.repeat("steady", Kind::Event, "Called", "2025-05-25", 12, 30);
    story.repeat("gone quiet", Kind::Event, "Called", "2025-02-10", 9, 30);
    story.tell("a name only", Kind::Trait, "Traits Changed", "2025-05-01", |_| {});
    let (_, printed) = story.score(&book, &catalog, "2025-06-01");
    insta::assert_snapshot!(printed, @r"
    a name only: – –, 0 % known
    gone quiet: 11.93 critical, 75 % known
      已经 110 天没有任何动静 / no sign of life for 110 days
      近 90 天没有任何动静 / no sign of life in the last 90 days
      近 90 天没有活跃，再前 90 天 3 天 / active on none of the last 90 days, on 3 of the 90 before
    steady: 70.82 low, 85 % known
      近 30 天只有 1 天有动静 / active on only 1 of the last 30 days
    ");
}

#[test]
fn every_shipped_scorecard_can_reach_every_band() {
    let catalog = definitions::catalog();
    for id in ["saas", "ecommerce", "general"] {
        let book = definitions::scorecard(id, &catalog);
        let end = |best: bool| -> f64 {
            let reach = |points: &[(f64, f64)]| {
                let points = points.iter().map(|(_, points)| *points);
                if best { points.fold(0.0, f64::max) } else { points.fold(100.0, f64::min) }
            };
            book.measures().map(|(_, measure, share)| share * reach(measure.curve.corners())).sum()
        };
        let lowest_floor = book.bands[book.bands.len() - 2].1.points();
        assert!(end(true) > book.bands[0].1.points() && end(false) < lowest_floor, "{id}");
        assert!(book.base >= book.bands[1].1, "{id}: a typical customer is no reason to worry");
    }
}
