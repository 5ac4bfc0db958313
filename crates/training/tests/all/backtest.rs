//! Replays are counted right, and nothing that was future at a moment warned of anybody.

use alerts::AlertPolicy;
use facts::{Fact, FactBatch, Facts, Options};
use indicators::Catalog;
use outcomes::ChurnDefinition;
use scores::{ScoreBook, SegmentBook};
use training::backtest::{
    BacktestReport, Failure, Fate, Knowing, LEAST_LEAVERS, Leaving, Missed, OutsideScores, Scorer, Spec, Week, backtest,
};
use vocab::{AsOf, CustomerId, Instant, Kind};

use crate::efficacy::{at, catalog, churn, fact};

const CANCELLED: &str = "[[gone_when]]\n[gone_when.cancellation]\nof = [{ kind = \"event\", name = \"Cancelled\" }]\n\
     undone_by = [{ kind = \"event\", name = \"Subscription Started\" }]\n";

const BOOK: &str = "id = \"card\"\nname = { zh = \"卡\", en = \"Card\" }\nabout = { zh = \"关于\", en = \"about\" }\nbase = 60\n\
     bands = { low = 70, medium = 50, high = 30 }\nmin_coverage = 0.5\n[[dimension]]\nid = \"use\"\n\
     name = { zh = \"使用\", en = \"Use\" }\nweight = 1\n[[dimension.measure]]\nindicator = \"visit\"\nweight = 1\n\
     curve = [[0, 0], [4, 100]]\n";

const RULES: &str = "[[rule]]\nid = \"quiet\"\nname = { zh = \"没有来过\", en = \"Quiet\" }\ncause = \"usage\"\nseverity = \"warning\"\n\
     when = { of = \"visit\", is = \"<=\", than = 0 }\nclear = { of = \"visit\", is = \">=\", than = 2 }\ncooldown_days = 14\n\
     say = { zh = \"近 28 天来过 {visit} 次\", en = \"{visit} visits in 28 days\" }\nnext_step = { zh = \"打电话\", en = \"Call\" }\n\
     [[rule]]\nid = \"form\"\nname = { zh = \"填了表\", en = \"Form filled in\" }\ncause = \"form\"\nseverity = \"urgent\"\nstate = \"available\"\n\
     when = { of = \"exit_form\", is = \">=\", than = 1 }\ncooldown_days = 14\nsay = { zh = \"填了 {exit_form} 张表\", en = \"{exit_form} forms\" }\n\
     next_step = { zh = \"打电话\", en = \"Call\" }\n";

/// When the rule speaks.
const QUIET: &str = "{ of = \"visit\", is = \"<=\", than = 0 }";

/// A firm with everything that a replay reads.
struct Firm {
    catalog: Catalog,
    book: ScoreBook,
    policy: AlertPolicy,
    churn: ChurnDefinition,
    facts: Vec<Fact>,
}

impl Firm {
    fn new() -> Firm {
        let catalog = catalog(&[
            ("visit", "{ kind = \"event\", name = \"Visit\" }", "lower"),
            ("exit_form", "{ kind = \"event\", name = \"Exit Form\" }", "higher"),
        ]);
        let book = ScoreBook::parse("card.toml", BOOK, &catalog).unwrap_or_else(|findings| panic!("{findings:#?}"));
        let rules = [("rules.toml".to_owned(), RULES.to_owned())];
        let policy = AlertPolicy::parse(&rules, &catalog).unwrap_or_else(|findings| panic!("{findings:#?}"));
        Firm { catalog, book, policy, churn: churn(CANCELLED), facts: Vec::new() }
    }

    fn tell(&mut self, customer: &str, name: &str, at: Instant) {
        let number = self.facts.len() as u64;
        self.facts.push(fact(number, customer, Kind::Event, name, at).fact);
    }

    /// Comes every six days from 2024-06-01 until a moment, but not within `pause`.
    fn visits(&mut self, customer: &str, until: Instant, pause: Option<(Instant, Instant)>) {
        let mut day = at("2024-06-01 10:00");
        while day < until {
            if pause.is_none_or(|(begin, end)| day < begin || day >= end) {
                self.tell(customer, "Visit", day);
            }
            day = day.plus_days(6);
        }
    }

    fn spec<'a>(&'a self, scorer: Scorer<'a>, budget: Option<u32>) -> Spec<'a> {
        Spec {
            catalog: &self.catalog,
            book: &self.book,
            policy: &self.policy,
            scorer,
            leaving: Leaving::Definition(&self.churn),
            from: AsOf(at("2025-01-01")),
            to: AsOf(at("2025-10-01")),
            known_until: at("2026-02-01"),
            lead_days: 14,
            horizon_days: 90,
            budget,
            knowing: Knowing::default(),
        }
    }

    fn folder(&self) -> (tempfile::TempDir, Facts) {
        let dir = tempfile::tempdir().unwrap();
        let folder = Facts::open(dir.path(), Options::default()).unwrap();
        folder.load(FactBatch { facts: self.facts.clone(), ..FactBatch::default() }, at("2026-02-01")).unwrap();
        (dir, folder)
    }

    fn replayed(&self, spec: &Spec<'_>) -> Result<BacktestReport, Failure> {
        let (_dir, folder) = self.folder();
        let past = folder.as_of(spec.to).frame(&spec.want()).unwrap();
        let hindsight = folder.after(spec.from, spec.look_back()).unwrap();
        backtest(&past, &hindsight, spec, &|_| true)
    }
}

/// So many leavers, one every eight days from 2025-03-01 on, silent for the last sixty days; twelve who stay, of whom two
/// are once silent for six weeks.
fn firm(leavers: i64) -> Firm {
    let mut firm = Firm::new();
    for leaver in 0..leavers {
        let (name, leaves) = (format!("L{leaver:02}"), at("2025-03-01 12:00").plus_days(8 * leaver));
        firm.visits(&name, leaves.plus_days(-60), None);
        firm.tell(&name, "Cancelled", leaves);
    }
    for stayer in 0..12 {
        let pause = (stayer < 2).then(|| (at("2025-05-01"), at("2025-06-12")));
        firm.visits(&format!("S{stayer:02}"), at("2026-01-31"), pause);
    }
    firm
}

#[test]
fn a_rule_that_speaks_a_month_before_is_credited_with_every_leaver_and_blamed_for_two_false_alarms() {
    let firm = firm(24);
    let report = firm.replayed(&firm.spec(Scorer::Rule("quiet"), None)).unwrap();
    let counts = report.counts;
    assert_eq!((counts.leavers, counts.caught, counts.false_alarms), (24, 24, 2), "{:?}", report.headline);
    assert_eq!((counts.alerts, counts.late, counts.undecided), (26, 0, 0), "{counts:?}");
    let lead = report.lead.as_ref().unwrap();
    assert!((25.0..=38.0).contains(&lead.median), "{lead:?}");
    assert_eq!(lead.histogram.iter().map(|bin| bin.leavers).sum::<usize>(), 24);
    assert_eq!(report.weeks.iter().map(|week| week.counts.alerts).sum::<usize>(), 26);
    assert_eq!(report.weeks.iter().map(|week| week.counts.caught).sum::<usize>(), 24);
    let precision = report.precision.unwrap();
    assert!((precision.share - 24.0 / 26.0).abs() < 1e-12 && precision.low < precision.share, "{precision:?}");
    assert!(
        report.headline.zh.contains("流失 24 位") && report.headline.zh.contains("8% 是误报"),
        "{:?}",
        report.headline
    );
    assert!(report.headline.en.starts_with("Between 20") && report.headline.en.contains(", 24 left. With "));
    assert!(report.compared.en.starts_with("Seen ahead with as many warnings: "), "{}", report.compared.en);
    let first = &report.leavers[0];
    assert_eq!((first.customer.as_str(), first.left_at, first.missed), ("L00", at("2025-03-01 12:00"), None));
    assert_eq!(first.sentence.as_ref().unwrap().zh, "近 28 天来过 0 次");
    let ids: Vec<&str> = report.comparisons.iter().map(|one| one.id).collect();
    assert_eq!(ids, ["present", "everyone", "recency", "single"]);
    assert!(report.comparisons.iter().all(|one| one.counts.alerts <= 26), "as many warnings and no more");
    assert!(report.comparisons[1].counts.caught < 24, "a blind turn finds fewer: {:?}", report.comparisons[1]);
}

#[test]
fn what_became_of_a_band_counts_nobody_twice_for_one_leaving() {
    let firm = firm(24);
    let report = firm.replayed(&firm.spec(Scorer::Health, None)).unwrap();
    // Looked at on 1 January, 2 April and 2 July: 36, 32 and 20 are there, of whom 4, 12 and 8 leave within 90 days.
    let (stood, left) = report.bands.iter().fold((0, 0), |sum, one| (sum.0 + one.stood, sum.1 + one.left));
    assert_eq!((stood, left), (88, 24), "{:?}", report.bands);
    let worst = report.bands.iter().find(|one| one.stood > 0).unwrap();
    assert_eq!(worst.share.unwrap().share, worst.left as f64 / worst.stood as f64);
}

#[test]
fn few_leavers_are_named_and_no_share_is_told() {
    let firm = firm(8);
    let report = firm.replayed(&firm.spec(Scorer::Rule("quiet"), None)).unwrap();
    assert!(report.is_few && report.counts.leavers < LEAST_LEAVERS);
    assert!(report.notes.iter().any(|note| note.code == "too_few_leavers"), "{:?}", report.notes);
    let shares = report.weeks.iter().flat_map(|week| [week.precision, week.recall]);
    let of_others = report.comparisons.iter().flat_map(|one| [one.precision, one.recall]);
    let of_parts = report.segments.iter().map(|one| one.recall);
    let of_bands = report.bands.iter().map(|one| one.share);
    let all = shares.chain(of_others).chain(of_parts).chain(of_bands).chain([report.precision, report.recall]);
    assert!(all.into_iter().all(|share| share.is_none()));
    for said in [&report.headline, &report.compared] {
        assert!(!said.zh.contains('%') && !said.en.contains('%'), "{said:?}");
    }
    let names: Vec<&str> = report.leavers.iter().map(|row| row.customer.as_str()).collect();
    assert_eq!(names, ["L00", "L01", "L02", "L03", "L04", "L05", "L06", "L07"]);
}

#[test]
fn what_was_known_only_later_warned_of_nobody() {
    let mut firm = firm(24);
    // Dated twenty days before the leaving, written down only the day after it.
    for leaver in 0..24 {
        let leaves = at("2025-03-01 12:00").plus_days(8 * leaver);
        firm.tell(&format!("L{leaver:02}"), "Exit Form", leaves.plus_days(-20));
        firm.facts.last_mut().unwrap().known_at = Some(leaves.plus_days(1));
    }
    let report = firm.replayed(&firm.spec(Scorer::Rule("form"), None)).unwrap();
    assert_eq!((report.counts.caught, report.counts.in_time, report.counts.late), (0, 0, 0), "{:?}", report.counts);
    assert!(report.leavers.iter().all(|row| row.missed == Some(Missed::Never)));
}

#[test]
fn what_becomes_known_after_a_moment_changes_no_warning_before_it() {
    let before = firm(24);
    let mut after = firm(24);
    let cut = at("2025-06-04");
    // Visits that happened long ago but came in after the cut, and others that happened after it.
    for customer in 0..24 {
        let name = format!("L{customer:02}");
        for day in 0..30 {
            after.tell(&name, "Visit", at("2025-04-01 09:00").plus_days(7 * day));
            let happened = after.facts.last().unwrap().occurred_at;
            after.facts.last_mut().unwrap().known_at = Some(happened.max(cut));
        }
    }
    for scorer in [Scorer::Rules, Scorer::Health] {
        for budget in [None, Some(2)] {
            let told = |firm: &Firm| -> Vec<(AsOf, CustomerId)> {
                let report = firm.replayed(&firm.spec(scorer, budget)).unwrap();
                let early = report.warnings.iter().filter(|row| row.at.instant() <= cut);
                early.map(|row| (row.at, row.customer.clone())).collect()
            };
            let (before, after) = (told(&before), told(&after));
            assert!(!before.is_empty());
            assert_eq!(before, after, "{scorer:?} {budget:?}");
        }
    }
}

#[test]
#[should_panic(expected = "the past ends at")]
fn a_past_that_reaches_beyond_the_end_is_refused() {
    let firm = firm(2);
    let spec = firm.spec(Scorer::Rules, None);
    let (_dir, folder) = firm.folder();
    let tomorrow = AsOf(spec.to.instant().plus_days(1));
    let past = folder.as_of(tomorrow).frame(&spec.want()).unwrap();
    let hindsight = folder.after(spec.from, spec.look_back()).unwrap();
    let _ = backtest(&past, &hindsight, &spec, &|_| true);
}

#[test]
fn a_budget_is_never_exceeded_and_names_nobody_twice_within_the_days_it_spoke_of() {
    let firm = firm(24);
    let report = firm.replayed(&firm.spec(Scorer::Health, Some(3))).unwrap();
    assert!(report.weeks.iter().all(|week| week.counts.alerts <= 3));
    assert_eq!(report.weeks[0].counts.alerts, 3);
    let mut last = std::collections::BTreeMap::new();
    for row in &report.warnings {
        let before = last.insert(&row.customer, row.at.instant());
        assert!(before.is_none_or(|before| row.at.instant() >= before.plus_days(76)), "{row:?}");
    }
    assert!(report.counts.caught >= 20, "{:?}", report.headline);
    assert!(report.leavers[0].sentence.as_ref().unwrap().zh.starts_with("健康分 "), "{:?}", report.leavers[0]);
}

#[test]
fn the_room_that_rules_leave_goes_to_the_lowest_healths_of_the_others() {
    let firm = firm(24);
    let named = |budget| {
        let report = firm.replayed(&firm.spec(Scorer::Rules, Some(budget))).unwrap();
        let of = |week: &Week, signal: &str| {
            let rows = report.warnings.iter().filter(|row| row.at == week.at && row.signal == signal);
            rows.map(|row| (row.customer.clone(), row.health)).collect::<Vec<_>>()
        };
        report.weeks.iter().map(|week| (of(week, "rules"), of(week, "health"))).collect::<Vec<_>>()
    };
    let (narrow, ample) = (named(3), named(1_000));
    // With room for all everybody is named at once, whoever a rule speaks of by its name.
    let there = ample[0].0.len() + ample[0].1.len();
    assert!(there > 12 && !ample[0].1.is_empty(), "{ample:?}");
    assert_eq!(narrow[0].0.len(), ample[0].0.len().min(3));
    assert!(narrow.iter().all(|(spoken, filled)| spoken.len() + filled.len() <= 3));
    let filling = &narrow[0].1;
    assert_eq!(filling.len(), 3 - narrow[0].0.len());
    let highest = filling.iter().filter_map(|(_, health)| *health).fold(0.0, f64::max);
    let lower = ample[0].1.iter().filter(|(_, health)| health.is_some_and(|health| health < highest));
    assert!(lower.count() < filling.len(), "nobody lower was left out: {filling:?}");
    assert!(narrow.iter().any(|(spoken, _)| !spoken.is_empty()), "rules do speak");
}

#[test]
fn an_outside_score_counts_from_its_date_on_and_not_before() {
    let firm = firm(24);
    let row = |leaver: i64, days: i64| {
        let leaves = at("2025-03-01").plus_days(8 * leaver);
        (CustomerId::new(format!("L{leaver:02}")), leaves.plus_days(-days), 0.9)
    };
    let told = |days: i64| {
        let scores = OutsideScores::new((0..24).map(|leaver| row(leaver, days)));
        firm.replayed(&firm.spec(Scorer::Table(&scores), Some(5))).unwrap()
    };
    assert_eq!(told(30).counts.caught, 24);
    let late = told(5);
    assert_eq!(late.counts.caught, 0);
    assert!(late.leavers.iter().all(|row| matches!(row.missed, Some(Missed::TooLate | Missed::Never))), "{late:?}");
    let none = OutsideScores::default();
    let refused = firm.replayed(&firm.spec(Scorer::Table(&none), Some(5)));
    assert!(matches!(refused, Err(Failure::Refused { code: "bad_table", .. })), "{refused:?}");
}

#[test]
fn a_list_of_leavers_is_counted_as_it_says() {
    let firm = firm(24);
    let listed: Vec<(CustomerId, Instant)> = (0..24)
        .map(|leaver| (CustomerId::new(format!("L{leaver:02}")), at("2025-03-01 12:00").plus_days(8 * leaver)))
        .collect();
    let by_definition = firm.replayed(&firm.spec(Scorer::Rules, None)).unwrap();
    let spec = Spec { leaving: Leaving::Listed(&listed), ..firm.spec(Scorer::Rules, None) };
    let by_list = firm.replayed(&spec).unwrap();
    assert_eq!(by_definition.counts, by_list.counts);
}

#[test]
fn warnings_whose_days_are_not_over_are_counted_apart() {
    let firm = firm(24);
    let spec = Spec { to: AsOf(at("2025-10-01")), known_until: at("2025-10-02"), ..firm.spec(Scorer::Health, Some(2)) };
    let report = firm.replayed(&spec).unwrap();
    let (from, until) = (at("2025-10-01").plus_days(-90), report.told_until);
    assert!(report.counts.undecided > 0 && report.notes.iter().any(|note| note.code == "facts_end"));
    for row in &report.warnings {
        let is_open = row.fate == Fate::Undecided;
        assert!(!is_open || row.at.instant() > from, "{row:?} could be told by {until}");
        assert!(row.at.instant() < from || is_open || row.left_at.is_some(), "{row:?} cannot be told by {until}");
    }
}

/// What the replay of another condition in the place of the rule's counts: caught and false alarms.
fn replayed_with(firm: &Firm, when: &str, knowing: Knowing<'_>) -> (usize, usize) {
    let text = RULES.replace(QUIET, when);
    let segments = knowing.segments.map(SegmentBook::ids).unwrap_or_default();
    let catalog = firm.catalog.clone().with_segments(segments);
    let policy = AlertPolicy::parse(&[("rules.toml".to_owned(), text)], &catalog)
        .unwrap_or_else(|findings| panic!("{findings:#?}"));
    let spec = Spec { policy: &policy, knowing, ..firm.spec(Scorer::Rule("quiet"), None) };
    let counts = firm.replayed(&spec).unwrap().counts;
    (counts.caught, counts.false_alarms)
}

#[test]
fn a_rule_that_asks_about_traits_is_replayed_with_what_was_known_of_them_then() {
    let mut firm = firm(24);
    for leaver in 0..24 {
        // Half of them are told to be in the east, of a quarter only once they have left.
        let told_at = match leaver % 4 {
            0 => at("2024-06-02"),
            1 => at("2025-12-01"),
            _ => continue,
        };
        let number = firm.facts.len() as u64;
        let mut told = fact(number, &format!("L{leaver:02}"), Kind::Trait, "Traits Changed", told_at).fact;
        told.properties.insert("region".to_owned(), Some("east".to_owned()));
        firm.facts.push(told);
    }
    let east = format!("{{ all = [{QUIET}, {{ traits = {{ region = \"east\" }} }}] }}");
    assert_eq!(replayed_with(&firm, &east, Knowing::default()), (6, 0));
}

const SEGMENTS: &str = "[value]\ntiers = { by = \"share\", high = 0.2, middle = 0.5 }\n[[segment]]\nid = \"quiet\"\n\
     name = { zh = \"没来的\", en = \"Quiet\" }\nabout = { zh = \"关于\", en = \"about\" }\n\
     when = { of = \"visit\", is = \"<=\", than = 0 }\n";

#[test]
fn a_rule_that_asks_about_a_segment_is_replayed_as_what_makes_the_segment_is() {
    let firm = firm(24);
    let book = SegmentBook::parse(&[("segments.toml".to_owned(), SEGMENTS.to_owned())], &firm.catalog)
        .unwrap_or_else(|findings| panic!("{findings:#?}"));
    let knowing = Knowing { segments: Some(&book), ..Knowing::default() };
    let by_segment = replayed_with(&firm, "{ segment = \"quiet\" }", knowing);
    assert_eq!(by_segment, replayed_with(&firm, QUIET, Knowing::default()));
    assert_eq!(by_segment, (24, 2));
}

#[test]
fn the_figures_are_cut_by_the_segments_in_which_customers_stood_then_and_tags_tell_nothing_of_the_past() {
    let firm = firm(24);
    let more = "[[segment]]\nid = \"starred\"\nname = { zh = \"标星\", en = \"Starred\" }\nabout = { zh = \"关于\", en = \"about\" }\n\
         when = { tag = \"star\" }\n[[segment]]\nid = \"unstarred\"\nname = { zh = \"没标星\", en = \"Not starred\" }\n\
         about = { zh = \"关于\", en = \"about\" }\nwhen = { not = { segment = \"starred\" } }\n[[segment]]\nid = \"busy\"\n\
         name = { zh = \"常来的\", en = \"Busy\" }\nabout = { zh = \"关于\", en = \"about\" }\nwhen = { of = \"visit\", is = \">=\", than = 4 }\n";
    let book = SegmentBook::parse(&[("segments.toml".to_owned(), format!("{SEGMENTS}{more}"))], &firm.catalog)
        .unwrap_or_else(|findings| panic!("{findings:#?}"));
    let knowing = Knowing { segments: Some(&book), ..Knowing::default() };
    let cut = |firm: &Firm, scorer| {
        let report = firm.replayed(&Spec { knowing, ..firm.spec(scorer, None) }).unwrap();
        let named = report.segments.into_iter().filter(|one| one.by == "segment");
        let told = |one: training::backtest::Segment| {
            let (counts, name) = (one.counts, one.name.map(|name| name.en));
            (
                (one.key, name),
                (counts.leavers, counts.caught, counts.alerts, counts.false_alarms),
                one.recall,
                one.precision,
            )
        };
        named.map(told).collect::<Vec<_>>()
    };
    let parts = cut(&firm, Scorer::Rule("quiet"));
    let [(names, counts, recall, precision)] = &parts[..] else { panic!("{parts:?}") };
    assert_eq!(*names, ("quiet".to_owned(), Some("Quiet".to_owned())));
    assert_eq!(*counts, (24, 24, 26, 2));
    let (recall, precision) = (recall.unwrap(), precision.unwrap());
    assert!(recall.share == 1.0 && recall.low < 1.0 && precision.low < 24.0 / 26.0, "{recall:?} {precision:?}");
    // Warned of by nothing, each stands where it stood last before leaving: in no other segment.
    let missed = cut(&firm, Scorer::Rule("form"));
    assert_eq!((missed[0].0.0.as_str(), missed[0].1), ("quiet", (24, 0, 0, 0)), "{missed:?}");
    let few = cut(&self::firm(8), Scorer::Rule("quiet"));
    assert!(few.iter().all(|one| one.2.is_none() && one.3.is_none()), "{few:?}");
}

#[test]
fn what_lasts_is_replayed_day_by_day() {
    let firm = firm(24);
    // Silent for 28 days on each of 28 days is silent for 55: of leavers, silent for sixty, that comes too late, and
    // who is back after six weeks is never warned of.
    let lasting = format!("{{ holds = {QUIET}, for_days = 28 }}");
    assert_eq!(replayed_with(&firm, &lasting, Knowing::default()), (0, 0));
    let lasting = format!("{{ holds = {QUIET}, for_days = 2 }}");
    assert_eq!(replayed_with(&firm, &lasting, Knowing::default()), (24, 2));
    let counted = "{ count_of = { kind = \"event\", name = \"Visit\" }, within_days = 28, is = \"<=\", than = 0 }";
    assert_eq!(replayed_with(&firm, counted, Knowing::default()), (24, 2), "counted as the indicator counts");
}

#[test]
fn whoever_has_lost_interest_is_not_kept_waiting() {
    let firm = firm(4);
    let spec = firm.spec(Scorer::Rules, None);
    let (_dir, folder) = firm.folder();
    let past = folder.as_of(spec.to).frame(&spec.want()).unwrap();
    let hindsight = folder.after(spec.from, spec.look_back()).unwrap();
    assert!(matches!(backtest(&past, &hindsight, &spec, &|_| false), Err(Failure::Stopped)));
}

#[test]
fn a_stretch_or_a_rule_that_is_none_is_refused_in_words() {
    let firm = firm(1);
    let code = |spec: &Spec<'_>| match firm.replayed(spec) {
        Err(Failure::Refused { code, .. }) => code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(&firm.spec(Scorer::Rule("none"), None)), "unknown_choice");
    let asks = RULES.replace(QUIET, "{ tag = \"重点\" }");
    let policy = AlertPolicy::parse(&[("rules.toml".to_owned(), asks)], &firm.catalog).unwrap();
    assert_eq!(code(&Spec { policy: &policy, ..firm.spec(Scorer::Rule("quiet"), None) }), "not_replayable");
    assert_eq!(code(&Spec { lead_days: 90, ..firm.spec(Scorer::Rules, None) }), "bad_lead");
    assert_eq!(code(&Spec { known_until: at("2025-05-01"), ..firm.spec(Scorer::Rules, None) }), "future_moment");
}
