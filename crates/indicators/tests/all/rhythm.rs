//! A customer's own rhythm from facts: the cells are what the weeks counted by hand give, as of any moment.

use estimators::rhythm::{Nulls, Rhythm};
use facts::{Fact, StoredFact};
use indicators::{Catalog, Cell, Population, Rhythms, evaluate_at};
use vocab::{AsOf, CustomerId, Instant, Kind, MessageId, Unknown};

use crate::two_roads::{at, frame};

const WEEK: i64 = 7 * 86_400_000_000;
const WINDOWS: usize = 53;
const CUSTOMERS: u64 = 80;
/// Weeks lived; the moments asked about are ends of weeks.
const WEEKS: u64 = 60;

fn catalog() -> Catalog {
    let one = |id: &str, manner: &str| {
        format!(
            "[[indicator]]\nid = \"{id}\"\nname = {{ zh = \"名\", en = \"n\" }}\nquestion = {{ zh = \"问\", en = \"q\" }}\n\
             category = \"c\"\nof = {{ kind = \"event\", name = \"Seen\" }}\nmeasure = \"count\"\nwindow = \"7d\"\n\
             compare = {{ with = \"own_and_peers\", as = \"{manner}\", windows = 52 }}\nunit = \"ratio\"\nworse = \"none\"\n\
             when_absent = \"unknown\"\n"
        )
    };
    let text = [one("fall", "fall"), one("rise", "rise"), one("usual", "expected")].concat();
    Catalog::parse(&[("rhythm.toml".to_owned(), text)]).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

/// What customer `c` does in a week: more or less by its own number, all of them less in week 57; customer 0 stops in
/// week 55, customer 1 came only in week 20, customer 2 in week 50, customer 3 never does this at all.
fn count(customer: u64, week: u64) -> u64 {
    let (rate, luck) = (3 + customer % 5, (customer * 31 + week * 17 + (customer * week) % 7) % 5);
    let usual = rate + luck;
    match (customer, week) {
        (0, 55..) | (3, _) | (1, ..20) | (2, ..50) => 0,
        (_, 57) => usual / 3,
        _ => usual,
    }
}

fn facts() -> Vec<StoredFact> {
    let mut facts = Vec::new();
    let mut tell = |customer: u64, name: &str, occurred_at: Instant, known_at: Instant| {
        let number = facts.len() as u64;
        let mut fact = Fact::new(format!("C{customer:02}"), Kind::Event, name, occurred_at);
        fact.message_id = MessageId::from(format!("m{number}"));
        fact.known_at = Some(known_at);
        facts.push(StoredFact { number, recorded_at: known_at, fact });
    };
    for customer in 0..CUSTOMERS {
        let came = match customer {
            1 => 20,
            2 => 50,
            _ => 0,
        };
        let begin = at(0).plus_micros(came * WEEK).plus_micros(-1_000);
        tell(customer, "Joined", begin, begin);
        for week in 0..WEEKS {
            for one in 0..count(customer, week) {
                let when = at(0).plus_micros(week as i64 * WEEK + (1 + one as i64) * 3_600_000_000);
                // The last facts of customer 4 become known a week late.
                let late = if customer == 4 && week == 58 { WEEK } else { 0 };
                tell(customer, "Seen", when, when.plus_micros(late));
            }
        }
    }
    facts
}

fn end_of(weeks: u64) -> AsOf {
    AsOf(at(0).plus_micros(weeks as i64 * WEEK))
}

/// Counts of the latest 53 weeks, as could be known; of customers who were there before the first.
fn by_hand(weeks: u64) -> (Rhythm, impl Fn(u64) -> Vec<f64>) {
    let own = move |customer: u64| -> Vec<f64> {
        let from = match customer {
            1 => 20,
            2 => 50,
            _ => 0,
        };
        let known = |week: u64| if customer == 4 && week == 58 && weeks < 60 { 0 } else { count(customer, week) };
        // The first week whole: who comes just before a week begins is there in it.
        (weeks - WINDOWS as u64..weeks).filter(|week| *week >= from).map(|week| known(week) as f64).collect()
    };
    let peers = (0..CUSTOMERS).filter(|customer| ![1, 2].contains(customer));
    let flat: Vec<f32> = peers.flat_map(own).map(|count| count as f32).collect();
    let rhythm = Rhythm::of(&flat, WINDOWS, 34, &mut Nulls::default()).unwrap();
    (rhythm, own)
}

#[test]
fn cells_are_what_the_weeks_counted_by_hand_give_at_every_moment() {
    let (catalog, facts) = (catalog(), facts());
    let whole = frame(&facts, &catalog, end_of(60));
    let moments = [end_of(58), end_of(59), end_of(60)];
    let frames = evaluate_at(&whole, &catalog, &Population::Everyone, &moments);
    for (frame, weeks) in frames.iter().zip([58, 59, 60]) {
        let (rhythm, own) = by_hand(weeks);
        for customer in (0..CUSTOMERS).filter(|customer| ![2, 3].contains(customer)) {
            let place = frame.position(&CustomerId::new(format!("C{customer:02}"))).unwrap();
            let told = rhythm.told(&own(customer)).unwrap();
            for (id, expected) in [("fall", told.fall), ("rise", told.rise), ("usual", told.expected)] {
                let Cell::Known(found) = frame.cell(place, id) else { panic!("{id} of {customer}") };
                assert!((found - expected).abs() < 1e-9, "{id} of {customer} after {weeks}: {found}, not {expected}");
            }
        }
        let cell = |customer: &str, id| frame.cell(frame.position(&CustomerId::new(customer)).unwrap(), id);
        assert_eq!(cell("C02", "fall"), Cell::Unknown(Unknown::ShortHistory));
        assert_eq!(cell("C03", "fall"), Cell::Unknown(Unknown::NeverObserved));
    }
    // Whoever stopped is rare among the unchanged, and rarer than any of those who only shared the bad week.
    let last = &frames[2];
    let fall = |place: usize| last.cell(place, "fall").known().unwrap_or(1.0);
    assert!(fall(0) < 0.1, "{}", fall(0));
    assert!((4..CUSTOMERS as usize).all(|place| fall(place) > fall(0)));
}

#[test]
fn nothing_known_later_changes_what_was_said_before() {
    let (catalog, facts) = (catalog(), facts());
    let t = end_of(59);
    let before: Vec<StoredFact> = facts
        .iter()
        .filter(|one| one.fact.occurred_at < t.instant() && one.recorded_at < t.instant())
        .cloned()
        .collect();
    let then = evaluate_at(&frame(&before, &catalog, t), &catalog, &Population::Everyone, &[t]).remove(0);
    let later = evaluate_at(&frame(&facts, &catalog, end_of(60)), &catalog, &Population::Everyone, &[t]).remove(0);
    for id in ["fall", "rise", "usual"] {
        assert_eq!(then.column(id), later.column(id), "{id}");
    }
}

#[test]
fn the_picture_of_one_customer_says_what_its_cells_say() {
    let (catalog, facts) = (catalog(), facts());
    let (t, whole) = (end_of(60), frame(&facts, &catalog, end_of(60)));
    let cells = evaluate_at(&whole, &catalog, &Population::Everyone, &[t]).remove(0);
    let rhythms = Rhythms::of(&whole, &catalog, "usual", t).unwrap();
    for customer in [0, 1, 4, 33] {
        let id = CustomerId::new(format!("C{customer:02}"));
        let own = rhythms.own(&whole, &id).unwrap();
        let cell = |column| cells.cell(cells.position(&id).unwrap(), column).known().unwrap();
        assert_eq!((own.fall, own.rise), (cell("fall"), cell("rise")));
        let last = own.weeks.last().unwrap();
        let (expected, low, high) = last.expected.unwrap();
        assert_eq!(expected, cell("usual"));
        assert!(low < expected && expected < high);
        assert_eq!(last.count, count(customer, 59) as f64);
        assert_eq!(last.start, at(0).plus_micros(59 * WEEK));
        assert_eq!(own.weeks.len(), if customer == 1 { 40 } else { WINDOWS });
    }
    let stopped = rhythms.own(&whole, &"C00".into()).unwrap();
    let (since, level) = stopped.changed.unwrap();
    assert_eq!(since, at(0).plus_micros(55 * WEEK));
    assert!(level < 0.05, "{level}");
    assert!(rhythms.own(&whole, &"C02".into()).is_none(), "came too late");
    assert!(rhythms.own(&whole, &"C03".into()).is_none(), "never did it");
    assert!(rhythms.own(&whole, &"nobody".into()).is_none());
    assert!(Rhythms::of(&whole, &catalog, "no_such", t).is_none());
    assert!(Rhythms::of(&whole, &catalog, "usual", end_of(30)).is_none(), "too short a history");
}

#[test]
fn a_few_customers_are_no_peers() {
    let catalog = catalog();
    let few: Vec<StoredFact> =
        facts().into_iter().filter(|one| one.fact.customer_id.as_ref().is_some_and(|id| id.as_str() < "C40")).collect();
    let t = end_of(60);
    let frame = evaluate_at(&frame(&few, &catalog, t), &catalog, &Population::Everyone, &[t]).remove(0);
    assert_eq!(frame.cell(5, "fall"), Cell::Unknown(Unknown::ZeroBase));
}

#[test]
fn a_rhythm_is_one_of_weeks_beside_everybody() {
    let read = |window: &str, compare: &str| {
        let text = format!(
            "[[indicator]]\nid = \"a\"\nname = {{ zh = \"名\", en = \"n\" }}\nquestion = {{ zh = \"问\", en = \"q\" }}\ncategory = \"c\"\n\
             of = {{ kind = \"event\" }}\nmeasure = \"count\"\nwindow = \"{window}\"\ncompare = {compare}\nunit = \"ratio\"\n\
             worse = \"none\"\nwhen_absent = \"unknown\"\n"
        );
        Catalog::parse(&[("a.toml".to_owned(), text)]).map(|_| ()).map_err(|findings| findings[0].code)
    };
    let weeks = |with: &str, windows: u32| format!("{{ with = \"{with}\", as = \"fall\", windows = {windows} }}");
    assert_eq!(read("7d", &weeks("own_and_peers", 52)), Ok(()));
    assert_eq!(read("1w", &weeks("own_and_peers", 26)), Ok(()));
    assert_eq!(read("7d", &weeks("own_history", 52)), Err("senseless"));
    assert_eq!(read("30d", &weeks("own_and_peers", 52)), Err("senseless"));
    assert_eq!(read("7d", &weeks("own_and_peers", 25)), Err("wrong_type"));
}
