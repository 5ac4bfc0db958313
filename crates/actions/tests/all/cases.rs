//! Case types: read with every fault in its place, and what moves make of the work.

use std::sync::LazyLock;

use actions::{
    CaseBook, CaseState, CaseType, Desks, DueFor, Means, Move, NotAllowed, Verb, Work, churn_reasons, mentioned,
    usual_outcomes,
};
use calendar::WorkCalendar;
use proptest::prelude::*;
use vocab::{Finding, Instant, Severity, Zone};

const RETENTION: &str = include_str!("../../../../definitions/case_types/retention.toml");
const COMPLAINT: &str = include_str!("../../../../definitions/case_types/complaint.toml");
const REASONS: &str = include_str!("../../../../definitions/reasons/churn.toml");

pub fn retention() -> CaseType {
    CaseType::parse("retention.toml", RETENTION).unwrap()
}

fn complaint() -> CaseType {
    CaseType::parse("complaint.toml", COMPLAINT).unwrap()
}

pub fn at(text: &str) -> Instant {
    Zone::default().parse(text).unwrap()
}

pub fn calendar() -> &'static WorkCalendar {
    static CALENDAR: LazyLock<WorkCalendar> = LazyLock::new(|| WorkCalendar::standard(Zone::default()));
    &CALENDAR
}

fn clock(at: Instant) -> String {
    Zone::default().date_time(at)[..16].to_owned()
}

fn opened(case_type: &CaseType, desk: Option<&str>, now: Instant) -> Work {
    let (due, reply_by) = case_type.deadlines(Severity::Warning, None, calendar(), now);
    Work { reply_by, ..Work::new(Severity::Warning, None, desk.map(str::to_owned), due, now) }
}

/// A move by somebody, to somebody.
fn moved(
    case_type: &CaseType,
    work: &Work,
    id: &str,
    (mover, receiver): (&str, Option<&str>),
    now: Instant,
) -> Result<Work, NotAllowed> {
    let one = case_type.a_move(id).unwrap();
    case_type.step(one, work, Desks { mover: Some(mover), receiver }, calendar(), now)
}

fn places(findings: &[Finding]) -> Vec<(&str, Option<u32>)> {
    findings.iter().map(|one| (one.code, one.place.line)).collect()
}

#[test]
fn the_shipped_types_and_reasons_are_read() {
    let files = [("complaint.toml", COMPLAINT), ("retention.toml", RETENTION)];
    let book = CaseBook::parse(&files.map(|(file, text)| (file.to_owned(), text.to_owned()))).unwrap();
    let ids: Vec<&str> = book.types().iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["retention", "complaint"], "the one for alerts first");
    assert_eq!(book.for_alerts().unwrap().id, "retention");
    let hours = retention().hours(Severity::Urgent, Some("high"));
    assert_eq!((hours.acknowledge, hours.reply, hours.act), (2, None, 24), "SLA-01 and SLA-02");
    assert_eq!(complaint().hours(Severity::Info, None).reply, Some(1), "SLA-04");
    let reasons = churn_reasons("churn.toml", REASONS).unwrap();
    assert!(reasons.iter().any(|one| one.id == "price") && reasons.iter().any(|one| one.id == "not_said"));
}

#[test]
fn a_type_says_how_its_cases_end_and_what_that_means() {
    let usual = usual_outcomes();
    assert_eq!(retention().outcomes, usual, "what ships says what a type means that says nothing");
    let (before, _) = RETENTION.split_once("\n[[outcome]]").unwrap();
    let silent = format!("{before}\n{}", &RETENTION[RETENTION.find("[[stage]]").unwrap()..]);
    assert_eq!(CaseType::parse("mine.toml", &silent).unwrap().outcomes, usual);
    let means = |case_type: &CaseType, id: &str| case_type.outcome(id).map(|one| one.means);
    assert_eq!(means(&complaint(), "solved"), Some(Means::Kept));
    assert_eq!((means(&complaint(), "churned"), means(&complaint(), "false_alarm")), (Some(Means::Lost), None));
    let files = [("complaint.toml", COMPLAINT), ("retention.toml", RETENTION)];
    let book = CaseBook::parse(&files.map(|(file, text)| (file.to_owned(), text.to_owned()))).unwrap();
    let ids: Vec<String> = book.outcomes().into_iter().map(|one| one.id).collect();
    let every = ["retained", "churned", "no_action_needed", "false_alarm", "solved", "settled", "withdrawn"];
    assert_eq!(ids, every, "each once, those of alerts first");
    assert_eq!(book.outcome("settled").unwrap().name.zh, "已协商");
}

#[test]
fn what_is_wrong_with_outcomes_is_told() {
    let codes = |text: &str| {
        let findings = CaseType::parse("mine.toml", text).unwrap_err();
        findings.into_iter().map(|one| one.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(&RETENTION.replace("means = \"lost\"", "means = \"gone\"")), ["unknown_word"]);
    assert_eq!(codes(&RETENTION.replace("means = \"kept\"", "means = \"other\"")), ["missing_outcome"]);
    let twice = RETENTION.replace("id    = \"no_action_needed\"", "id    = \"churned\"");
    assert_eq!(codes(&twice), ["duplicate_id"]);
    let taken = RETENTION.replace("id    = \"no_action_needed\"", "id    = \"put_off\"");
    assert_eq!(codes(&taken), ["taken_word"]);
    let book = |complaint: &str| {
        let files = [("complaint.toml", complaint), ("retention.toml", RETENTION)];
        CaseBook::parse(&files.map(|(file, text)| (file.to_owned(), text.to_owned())))
    };
    let other = COMPLAINT.replace("id    = \"withdrawn\"", "id    = \"retained\"");
    let findings = book(&other).unwrap_err();
    assert_eq!(findings[0].code, "two_meanings", "{findings:?}");
    assert!(book(&COMPLAINT.replace("id    = \"solved\"", "id    = \"retained\"")).is_ok());
}

#[test]
fn every_fault_is_told_with_its_line() {
    let broken = RETENTION
        .replace("does = \"nudge\"", "does = \"nudgee\"")
        .replace("asks = [\"person\", \"reason\"]", "asks = [\"person\"]")
        .replace("to   = \"closed\"", "to   = \"closd\"")
        .replace("act_hours         = 24", "act_hours         = 0");
    let findings = CaseType::parse("mine.toml", &broken).unwrap_err();
    let line = |what: &str| broken.lines().position(|line| line.contains(what)).map(|at| at as u32 + 1);
    let told = places(&findings);
    assert!(told.contains(&("unknown_word", line("nudgee"))), "{told:?}");
    assert!(told.contains(&("unknown_word", line("closd"))), "{told:?}");
    assert!(told.contains(&("wrong_type", line("act_hours         = 0"))), "{told:?}");
    assert!(findings.iter().all(|one| one.place.column.is_some() && one.place.file.as_deref() == Some("mine.toml")));

    let silent = RETENTION.replace("asks = [\"person\", \"reason\"]", "asks = [\"person\"]");
    let findings = CaseType::parse("mine.toml", &silent).unwrap_err();
    assert_eq!(findings.iter().map(|one| one.code).collect::<Vec<_>>(), ["missing_ask"]);
    assert!(findings[0].detail.en.contains("transfer"), "{:?}", findings[0]);
}

#[test]
fn a_type_that_would_get_stuck_or_run_backwards_is_refused() {
    let code = |text: String| {
        let findings = CaseType::parse("mine.toml", &text).unwrap_err();
        findings.into_iter().map(|one| one.code).collect::<Vec<_>>()
    };
    let closing = "from = [\"new\", \"accepted\", \"contacted\"]\nto   = \"closed\"";
    assert_eq!(code(RETENTION.replace(closing, "from = [\"new\", \"accepted\"]\nto   = \"closed\"")), ["stuck_stage"]);
    let backwards = RETENTION.replace("to   = \"contacted\"", "to   = \"new\"");
    assert_eq!(code(backwards), ["backwards"], "work that was taken up is never new again");
    let out = RETENTION.replace("from = [\"closed\"]\nto   = \"accepted\"", "from = [\"closed\"]\nto   = \"new\"");
    assert_eq!(code(out), ["bad_move"], "a case is opened again into somebody's hands");
    let usual = RETENTION.replace("acknowledge_hours = 2", "severity          = \"urgent\"\nacknowledge_hours = 2");
    assert_eq!(code(usual), ["no_usual_limit"]);
    let nameless = RETENTION.replace("\"accepted\"", "\"taken\"").replace("state = \"taken\"", "state = \"accepted\"");
    assert!(code(nameless).contains(&"missing_stage"));
    let twice = format!("{RETENTION}\n[[limit]]\nacknowledge_hours = 1\nact_hours = 8\nreview_hours = 8\n");
    assert_eq!(code(twice), ["duplicate_limit"]);
}

#[test]
fn a_book_has_one_type_for_alerts_and_no_id_twice() {
    let read = |texts: &[&str]| {
        let files: Vec<(String, String)> =
            texts.iter().enumerate().map(|(at, text)| (format!("{at}.toml"), (*text).to_owned())).collect();
        CaseBook::parse(&files).map_err(|findings| findings.into_iter().map(|one| one.code).collect::<Vec<_>>())
    };
    assert_eq!(read(&[RETENTION, RETENTION]).unwrap_err(), ["duplicate_id", "two_for_alerts"]);
    assert_eq!(read(&[COMPLAINT]).unwrap_err(), ["no_usual_type", "none_for_alerts"]);
    let idle = RETENTION.replace("for_alerts = true", "for_alerts = false");
    assert_eq!(read(&[&idle]).unwrap_err(), ["none_for_alerts"]);
    assert!(read(&[RETENTION, COMPLAINT]).is_ok());
}

#[test]
fn limits_are_by_severity_and_tier_and_the_closest_line_counts() {
    let text = format!(
        "{RETENTION}\n[[limit]]\nseverity = \"urgent\"\nacknowledge_hours = 1\nact_hours = 8\nreview_hours = 24\n\
         \n[[limit]]\ntier = \"high\"\nacknowledge_hours = 1\nact_hours = 12\nreview_hours = 24\n\
         \n[[limit]]\nseverity = \"urgent\"\ntier = \"high\"\nacknowledge_hours = 1\nact_hours = 4\nreview_hours = 24\n"
    );
    let case_type = CaseType::parse("mine.toml", &text).unwrap();
    let act = |severity, tier| case_type.hours(severity, tier).act;
    assert_eq!(act(Severity::Warning, None), 24);
    assert_eq!(act(Severity::Urgent, None), 8);
    assert_eq!(act(Severity::Warning, Some("high")), 12);
    assert_eq!(act(Severity::Urgent, Some("high")), 4);
    assert_eq!(act(Severity::Urgent, Some("low")), 8);
    assert!(case_type.asks_tier() && !retention().asks_tier());
}

#[test]
fn each_clock_is_due_in_its_turn() {
    let (kind, start) = (complaint(), at("2025-03-05 15:00"));
    let work = opened(&kind, Some("wang"), start);
    let due = |work: &Work| work.due().map(|(what, at)| (what, clock(at)));
    assert_eq!(due(&work), Some((DueFor::Reply, "2025-03-05 16:00".to_owned())), "the customer waits first");
    let work = moved(&kind, &work, "acknowledge", ("wang", None), at("2025-03-05 15:10")).unwrap();
    assert_eq!(due(&work).unwrap().0, DueFor::Reply, "taking it up answers nobody");
    let work = moved(&kind, &work, "reply", ("wang", None), at("2025-03-05 15:20")).unwrap();
    assert_eq!(due(&work), Some((DueFor::Act, "2025-03-06 15:00".to_owned())));
    let work = moved(&kind, &work, "act", ("wang", None), at("2025-03-06 10:00")).unwrap();
    assert_eq!(due(&work), Some((DueFor::Review, "2025-03-13 10:00".to_owned())), "five working days on");
    let work = moved(&kind, &work, "close", ("wang", None), at("2025-03-07 10:00")).unwrap();
    assert_eq!((work.state, due(&work)), (CaseState::Closed, None));
    let work = moved(&kind, &work, "reopen", ("li", None), at("2025-03-10 10:00")).unwrap();
    assert_eq!(due(&work), Some((DueFor::Act, "2025-03-11 10:00".to_owned())), "the clock of acting begins anew");
    assert_eq!((work.reopened, work.acted_at, work.desk.as_deref()), (1, None, Some("wang")));
}

#[test]
fn an_answer_to_a_new_complaint_is_work_in_hand() {
    let (kind, start) = (complaint(), at("2025-03-05 15:00"));
    let work =
        moved(&kind, &opened(&kind, Some("wang"), start), "reply", ("wang", None), at("2025-03-05 15:20")).unwrap();
    assert_eq!((work.state, work.accepted_at), (CaseState::Accepted, Some(at("2025-03-05 15:20"))));
    let kind = retention();
    let noted = kind.acted(&opened(&kind, None, start), calendar(), at("2025-03-05 15:30"));
    assert_eq!((noted.stage.as_str(), noted.state), ("accepted", CaseState::Accepted), "a contact noted elsewhere");
}

#[test]
fn passing_the_buck_is_counted_until_something_is_done() {
    let (kind, now) = (retention(), at("2025-03-05 15:00"));
    let work = opened(&kind, Some("wang"), now);
    let work = moved(&kind, &work, "transfer", ("wang", Some("li")), now).unwrap();
    let work = moved(&kind, &work, "acknowledge", ("li", None), now).unwrap();
    let work = moved(&kind, &work, "assign", ("li", Some("zhao")), now).unwrap();
    assert_eq!((work.passes, work.desk.as_deref()), (2, Some("zhao")), "whoever has it passes it on by any name");
    let work = moved(&kind, &work, "assign", ("boss", Some("wang")), now).unwrap();
    assert_eq!(work.passes, 2, "a head who puts it on a desk passes nothing on");
    let work = moved(&kind, &work, "nudge", ("boss", None), now).unwrap();
    let work = moved(&kind, &work, "escalate", ("wang", Some("boss")), now).unwrap();
    assert_eq!(
        (work.passes, work.nudges, work.escalated_at),
        (2, 1, Some(now)),
        "neither urging nor reporting is work"
    );
    let work = moved(&kind, &work, "act", ("boss", None), now).unwrap();
    assert_eq!((work.passes, work.most_passes), (0, 2), "the longest row is kept");
    let work = moved(&kind, &work, "transfer", ("boss", Some("li")), now).unwrap();
    assert_eq!((work.passes, work.most_passes), (1, 2));
}

#[test]
fn who_cannot_do_what_is_told_why() {
    let (kind, now) = (retention(), at("2025-03-05 15:00"));
    let (taken, free) = (opened(&kind, Some("wang"), now), opened(&kind, None, now));
    assert_eq!(moved(&kind, &taken, "claim", ("li", None), now), Err(NotAllowed::Taken));
    assert_eq!(moved(&kind, &taken, "nudge", ("wang", None), now), Err(NotAllowed::Oneself));
    assert_eq!(moved(&kind, &taken, "transfer", ("wang", None), now), Err(NotAllowed::Nobody));
    assert_eq!(moved(&kind, &taken, "transfer", ("wang", Some("wang")), now), Err(NotAllowed::SameDesk));
    assert_eq!(moved(&kind, &taken, "reopen", ("wang", None), now), Err(NotAllowed::WrongStage));
    assert_eq!(moved(&kind, &free, "claim", ("li", None), now).unwrap().desk.as_deref(), Some("li"));
    let accepted = moved(&kind, &free, "acknowledge", ("li", None), now).unwrap();
    assert_eq!(accepted.desk.as_deref(), Some("li"), "who takes up what is nobody's has it");
    assert_eq!(moved(&kind, &accepted, "acknowledge", ("li", None), now), Err(NotAllowed::WrongStage));
}

#[test]
fn a_remark_mentions_the_longest_name_that_fits() {
    let names = ["王芳", "王芳芳", "Li", ""];
    assert_eq!(mentioned("请 @王芳芳 看一下，@Li 也看", &names), [1, 2]);
    assert_eq!(mentioned("@王芳，麻烦了。@王芳", &names), [0], "each once");
    assert_eq!(mentioned("a@b.cn 没有提到谁 @", &names), Vec::<usize>::new());
}

/// Every moment that a clock runs out.
fn clocks(work: &Work) -> [Option<Instant>; 4] {
    [Some(work.accept_by), work.reply_by, Some(work.act_by), work.review_by]
}

proptest! {
    /// Whatever people do in whatever order, at whatever pace: no clock runs backwards, work that was taken up is never new
    /// again, the count of passes agrees with a second count, and a case can always be ended.
    #[test]
    fn whatever_is_done_the_promises_hold(
        is_complaint: bool,
        steps in prop::collection::vec((0usize..40, 0usize..4, 0usize..4, 0i64..400_000), 1..40),
    ) {
        static KINDS: LazyLock<[CaseType; 2]> = LazyLock::new(|| [retention(), complaint()]);
        let kind = &KINDS[usize::from(is_complaint)];
        let desks = ["wang", "li", "zhao", "boss"];
        let mut now = at("2025-01-20 10:00");
        let mut work = opened(kind, None, now);
        let (mut row, mut longest) = (0, 0);
        for (which, mover, receiver, seconds) in steps {
            now = now.plus_micros(seconds * 1_000_000);
            let one: &Move = &kind.moves[which % kind.moves.len()];
            let desks = Desks { mover: Some(desks[mover]), receiver: Some(desks[receiver]) };
            let Ok(after) = kind.step(one, &work, desks, calendar(), now) else { continue };
            let handed_on = after.desk != work.desk && work.desk.as_deref() == desks.mover;
            match one.does {
                Verb::Reply | Verb::Act => row = 0,
                Verb::Transfer => row += 1,
                Verb::Assign if handed_on => row += 1,
                _ => {}
            }
            longest = longest.max(row);
            prop_assert_eq!((after.passes, after.most_passes), (row, longest));
            for (before, later) in clocks(&work).into_iter().zip(clocks(&after)) {
                if let (Some(before), Some(later)) = (before, later) {
                    prop_assert!(later >= before, "{:?} moved a clock back", one.does);
                }
            }
            prop_assert!(work.state == CaseState::New || after.state != CaseState::New);
            prop_assert_eq!(kind.stage(&after.stage).unwrap().state, after.state);
            prop_assert_eq!(after.due().is_none(), after.state == CaseState::Closed);
            prop_assert!(after.stage_since >= work.stage_since);
            prop_assert!(after.state == CaseState::Closed || kind.move_that(Verb::Close, &after.stage).is_some());
            work = after;
        }
    }
}
