//! Days on which somebody should think of a customer, and festivals before which it is greeted.

use actions::{
    Answered, Birthday, Due, Known, ReminderBook, ReminderState, Story, reminder_schema, true_line,
    working_days_before, working_days_between,
};
use calendar::{WorkCalendar, day_of, day_written, written_day};
use indicators::Catalog;
use proptest::prelude::*;
use vocab::Zone;

const CATALOG: &str = r#"
[[indicator]]
id          = "days_since_activity"
name        = { zh = "静默", en = "Silence" }
question    = { zh = "多久没动静？", en = "How long silent?" }
category    = "activity"
of          = { kind = "event" }
measure     = "days_since_last"
unit        = "day"
worse       = "higher"
when_absent = "unknown"

[[indicator]]
id          = "ticket_backlog_180d"
name        = { zh = "未解决的工单", en = "Open tickets" }
question    = { zh = "还有几张？", en = "How many?" }
category    = "service"
of          = { kind = "ticket" }
measure     = "count"
unit        = "ticket"
worse       = "higher"
when_absent = "zero"
"#;

fn catalog() -> Catalog {
    Catalog::parse(&[("indicators.toml".to_owned(), CATALOG.to_owned())]).unwrap()
}

fn shipped() -> ReminderBook {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let files = [
        file("reminders/festivals.toml", include_str!("../../../../definitions/reminders/festivals.toml")),
        file("reminders/reminders.toml", include_str!("../../../../definitions/reminders/reminders.toml")),
    ];
    ReminderBook::parse(&files, &catalog()).unwrap()
}

fn day(text: &str) -> i64 {
    day_written(text).unwrap()
}

/// What is listed on a day, as `kind key`.
fn listed(book: &ReminderBook, known: &Known, on: &str) -> Vec<String> {
    let today = day(on);
    let due = book.due(known, today..=today);
    let open = |one: &&Due<'_>| matches!(one.standing(None, known, today), ReminderState::Due(_));
    due.iter().filter(open).map(|one| format!("{} {}", one.kind.id, one.key)).collect()
}

#[test]
fn a_contract_reminds_ninety_sixty_and_thirty_days_ahead_one_at_a_time() {
    let (book, known) = (shipped(), Known { contract_end: Some(day("2025-12-31")), ..Known::default() });
    let on = |text: &str| listed(&book, &known, text);
    assert_eq!(on("2025-10-01"), Vec::<String>::new(), "91 days ahead");
    assert_eq!(on("2025-10-02"), ["renewal 2025-12-31:90"]);
    assert_eq!(on("2025-10-31"), ["renewal 2025-12-31:90"]);
    assert_eq!(on("2025-11-01"), ["renewal 2025-12-31:60"], "the next takes its place");
    assert_eq!(on("2025-12-31"), ["renewal 2025-12-31:30"]);
    assert_eq!(on("2026-01-01"), Vec::<String>::new(), "it has ended");
    let due = book.due(&known, day("2025-12-01")..=day("2025-12-01"));
    assert_eq!(due[0].sentence(day("2025-12-01")).zh, "合同 12 月 31 日到期，提前谈续约");
    // Whoever talked to them after the sixtieth day has done what it asked; the thirtieth comes all the same.
    let touched = Known { last_touch: Some(day("2025-11-05")), ..known };
    assert_eq!(listed(&book, &touched, "2025-11-06"), Vec::<String>::new());
    assert_eq!(listed(&book, &touched, "2025-12-02"), ["renewal 2025-12-31:30"]);
}

#[test]
fn a_birthday_comes_every_year_by_either_calendar() {
    let book = shipped();
    let of = |text: &str, is_lunar: bool| Known {
        birthdays: vec![("contact".to_owned(), Birthday::read(text, is_lunar).unwrap())],
        ..Known::default()
    };
    let leap = of("2000-02-29", false);
    assert_eq!(listed(&book, &leap, "2024-02-29"), ["birthday contact:2024"]);
    assert_eq!(listed(&book, &leap, "2025-02-25"), ["birthday contact:2025"], "three days before the 28th");
    assert_eq!(listed(&book, &leap, "2025-02-24"), Vec::<String>::new());
    assert_eq!(listed(&book, &leap, "2025-03-04"), Vec::<String>::new(), "three days after it is over");
    // The last day of the lunar year 2024 lies in the solar year 2025.
    let lunar = of("腊月三十", false);
    assert_eq!(listed(&book, &lunar, "2025-01-27"), ["birthday contact:2024"]);
    let leap_month = of("闰六月初八", false);
    assert_eq!(listed(&book, &leap_month, "2025-08-01"), ["birthday contact:2025"]);
    let today = day("2025-08-01");
    assert_eq!(book.due(&leap_month, today..=today)[0].sentence(today).zh, "8 月 1 日是联系人的生日");
}

#[test]
fn what_was_agreed_stands_until_somebody_is_in_touch_again() {
    let book = shipped();
    let agreed = |touch: &str| Known {
        next_contact: Some((day("2025-07-01"), day("2025-06-24"))),
        last_touch: Some(day(touch)),
        ..Known::default()
    };
    assert_eq!(listed(&book, &agreed("2025-06-24"), "2025-06-30"), Vec::<String>::new());
    assert_eq!(listed(&book, &agreed("2025-06-24"), "2025-07-01"), ["call_back 2025-07-01"]);
    assert_eq!(listed(&book, &agreed("2025-06-24"), "2025-08-30"), ["call_back 2025-07-01"], "overdue, not forgotten");
    assert_eq!(listed(&book, &agreed("2025-07-01"), "2025-07-01"), Vec::<String>::new());
    // Agreed on the same day: the record that says so is not the contact.
    let same = Known { next_contact: Some((day("2025-07-01"), day("2025-07-01"))), ..agreed("2025-07-01") };
    assert_eq!(listed(&book, &same, "2025-07-01"), ["call_back 2025-07-01"]);
}

#[test]
fn who_was_not_met_or_heard_of_is_named_again_a_month_after_a_call() {
    let book = shipped();
    let met = Known { last_meeting: Some(day("2025-01-01")), ..Known::default() };
    assert_eq!(listed(&book, &met, "2025-07-01"), Vec::<String>::new());
    assert_eq!(listed(&book, &met, "2025-07-02"), ["no_meeting 2025-07-02"]);
    let called = Known { last_touch: Some(day("2025-07-03")), ..met.clone() };
    assert_eq!(listed(&book, &called, "2025-07-04"), Vec::<String>::new());
    assert_eq!(listed(&book, &called, "2025-08-02"), ["no_meeting 2025-08-02"]);
    assert_eq!(listed(&book, &Known::default(), "2025-08-02"), Vec::<String>::new(), "never met: nothing to miss");
    let silent = Known { last_seen: Some(day("2025-05-01")), ..Known::default() };
    assert_eq!(listed(&book, &silent, "2025-06-15"), ["silent 2025-06-15"]);
    let today = day("2025-06-15");
    assert_eq!(book.due(&silent, today..=today)[0].sentence(today).en, "nothing heard since 1 May, 45 days");
}

#[test]
fn an_answer_is_kept_and_a_kind_is_not_wanted_this_year() {
    let (book, known) = (shipped(), Known { last_meeting: Some(day("2025-01-01")), ..Known::default() });
    let today = day("2025-07-02");
    let due = book.due(&known, today..=today);
    let stands = |answer: Option<Answered>, on: i64| due[0].standing(answer, &known, on);
    assert_eq!(stands(Some(Answered::Done), today), ReminderState::Done);
    assert_eq!(stands(Some(Answered::NotThisYear), today), ReminderState::Skipped);
    let until = Some(Answered::PutOff(today + 20));
    assert_eq!(stands(until, today + 19), ReminderState::Coming(today + 20));
    assert_eq!(stands(until, today + 20), ReminderState::Due(today + 20));
    assert_eq!(stands(until, today + 50), ReminderState::Due(today + 20), "as long as it would have stood");
    assert_eq!(stands(until, today + 51), ReminderState::Lapsed);
    assert_eq!(stands(None, today + 31), ReminderState::Lapsed);
    assert_eq!(due[0].year(), Some(2025));
}

fn some_day() -> impl Strategy<Value = Option<i64>> {
    prop::option::of(19_700_i64..20_700)
}

prop_compose! {
    fn some_known()(
        next in some_day(), end in some_day(), met in some_day(), seen in some_day(), touch in some_day(),
        month in 1_u8..=12, date in 1_u8..=28, is_lunar in any::<bool>(), has_birthday in any::<bool>(),
    ) -> Known {
        let birthday = Birthday { month, day: date, is_lunar, is_leap: false };
        Known {
            next_contact: next.map(|on| (on, on - 7)),
            birthdays: if has_birthday { vec![("customer".to_owned(), birthday)] } else { Vec::new() },
            contract_end: end,
            last_meeting: met,
            last_seen: seen,
            last_touch: touch,
        }
    }
}

/// The other road: whether something is due on a day, asked of each day by itself and in the words of the definition.
fn naive(known: &Known, today: i64) -> Vec<&'static str> {
    let touched_since = |due: i64| known.last_touch.is_some_and(|touch| touch >= due);
    let mut due = Vec::new();
    if known.next_contact.is_some_and(|(on, _)| (on..=on + 60).contains(&today) && !touched_since(on)) {
        due.push("call_back");
    }
    for (_, birthday) in &known.birthdays {
        let kept = (today - 3..=today + 3).filter(|on| {
            let (year, month, date) = calendar::date_of(*on).unwrap();
            match birthday.is_lunar {
                true => [year - 1, year]
                    .iter()
                    .any(|year| calendar::lunar_day(*year, birthday.month, birthday.day, false) == Some(*on)),
                false => (month as u8, date as u8) == (birthday.month, birthday.day),
            }
        });
        due.extend(kept.filter(|on| !touched_since(on - 3)).map(|_| "birthday"));
    }
    let left = known.contract_end.map(|end| end - today);
    for (from, to) in [(90, 61), (60, 31), (30, 0)] {
        if left.is_some_and(|left| (to..=from).contains(&left) && !touched_since(today + left - from)) {
            due.push("renewal");
        }
    }
    for (since, after, kind) in [(known.last_meeting, 182, "no_meeting"), (known.last_seen, 45, "silent")] {
        let first = since.map(|since| since + after);
        let begins = first.map(|first| match known.last_touch {
            Some(touch) if touch >= first => touch + 30,
            _ => first,
        });
        if begins.is_some_and(|begins| (begins..=begins + 30).contains(&today)) {
            due.push(kind);
        }
    }
    due.sort_unstable();
    due
}

proptest! {
    #[test]
    fn what_is_listed_on_a_day_is_what_asking_that_day_alone_says(known in some_known(), from in 19_700_i64..20_700) {
        let book = shipped();
        let whole = book.due(&known, from..=from + 40);
        for today in from..=from + 40 {
            let open = |one: &&Due<'_>| matches!(one.standing(None, &known, today), ReminderState::Due(_));
            let mut listed: Vec<&str> = whole.iter().filter(open).map(|one| one.kind.id.as_str()).collect();
            listed.sort_unstable();
            prop_assert_eq!(listed, naive(&known, today), "{} {:?}", written_day(today), known);
        }
    }
}

#[test]
fn customers_are_greeted_five_working_days_before_with_moved_days_counted() {
    let (calendar, book) = (WorkCalendar::standard(Zone::default()), shipped());
    let festival = |id: &str| book.festivals().iter().find(|one| one.id == id).unwrap();
    let opens = |id: &str, year: i16| {
        let on = festival(id).on(year).unwrap();
        (written_day(on), written_day(working_days_before(&calendar, on, 5)))
    };
    // 2025: days off from Tuesday 28 January; Sunday the 26th is worked instead.
    assert_eq!(opens("spring_festival", 2025), ("2025-01-29".to_owned(), "2025-01-22".to_owned()));
    // 2025: 国庆 and 中秋 in one stretch; Sunday 28 September is worked.
    assert_eq!(opens("national_day", 2025), ("2025-10-01".to_owned(), "2025-09-25".to_owned()));
    assert_eq!(opens("mid_autumn", 2025), ("2025-10-06".to_owned(), "2025-09-25".to_owned()));
    // 2024: 端午 on a Monday without moved days.
    assert_eq!(opens("dragon_boat", 2024), ("2024-06-10".to_owned(), "2024-06-03".to_owned()));
    // 2027 is not announced: weekends only.
    assert_eq!(opens("national_day", 2027), ("2027-10-01".to_owned(), "2027-09-24".to_owned()));
    assert_eq!(working_days_between(&calendar, day("2025-01-22"), day("2025-01-29")), 5);
    assert_eq!(festival("mid_autumn").next(day("2025-10-06")), Some((2025, day("2025-10-06"))));
    assert_eq!(festival("mid_autumn").next(day("2025-10-07")), Some((2026, day("2026-09-25"))));
}

#[test]
fn a_line_says_what_happened_and_nothing_where_nothing_did() {
    let today = day_of(2025, 9, 26).unwrap();
    let story = Story {
        since: Some(day("2022-09-27")),
        renewed_on: Some(day("2024-10-05")),
        resolved_this_month: 2,
        resolved_last_month: 5,
        orders_this_year: 7,
        praised: Some((day("2025-08-01"), 9.0, 10.0)),
    };
    let line = true_line(&story, today).unwrap();
    assert_eq!(line.about.zh, "去年 10 月续约，客服本月解决了 2 个问题");
    assert_eq!(line.about.en, "renewed in October last year, our service resolved 2 requests this month");
    let book = shipped();
    let festival = &book.festivals()[2];
    assert_eq!(
        festival.greet("王经理", Some(&line)).zh,
        "王经理，中秋快乐！谢谢您去年 10 月继续选择我们。本月您提的 2 个问题已经处理好，有别的随时找我。祝团团圆圆。"
    );
    assert_eq!(festival.greet("王经理", None).zh, "王经理，中秋快乐！祝团团圆圆。");
    assert_eq!(
        festival.greet("Wang", None).en,
        "Happy Mid-Autumn Festival, Wang! We wish you good company under the moon."
    );
    let old = Story { renewed_on: Some(day("2024-08-20")), ..Story::default() };
    assert_eq!(true_line(&old, today), None, "more than a year and a month ago");
    let years = Story { since: Some(day("2022-09-27")), orders_this_year: 7, ..Story::default() };
    assert_eq!(true_line(&years, today).unwrap().about.zh, "合作满 2 年，今年下了 7 次单", "a day short of three");
    assert_eq!(true_line(&Story { orders_this_year: 1, ..Story::default() }, today), None);
    assert_eq!(true_line(&Story::default(), today), None);
}

#[test]
fn every_fault_of_a_definition_is_told_with_its_place() {
    let faults = |text: &str| -> Vec<(&'static str, u32)> {
        let read = ReminderBook::parse(&[("mine.toml".to_owned(), text.to_owned())], &catalog());
        let place = |finding: &vocab::Finding| finding.place.line.unwrap_or(0);
        read.unwrap_err().iter().map(|finding| (finding.code, place(finding))).collect()
    };
    let kind = "[[reminder]]\nid = \"a\"\nname = { zh = \"甲\", en = \"A\" }\nsay = { zh = \"甲\", en = \"A\" }\n";
    assert_eq!(faults(&format!("{kind}of = \"luck\"\nkeep_days = 3\n")), [("unknown_word", 5)]);
    assert_eq!(faults(&format!("{kind}of = \"next_contact\"\nkeep_days = 1.5\n")), [("wrong_type", 6)]);
    assert_eq!(faults(&format!("{kind}of = \"contract_end\"\nkeep_days = 3\n")), [("missing_key", 1)]);
    let silence =
        "of = \"silence\"\nkeep_days = 3\nafter_days = 9\nagain_days = 9\nindicator = \"days_since_activty\"\n";
    assert_eq!(faults(&format!("{kind}{silence}")), [("unknown_indicator", 9)]);
    let good = format!("{kind}of = \"next_contact\"\nkeep_days = 3\n");
    assert_eq!(faults(&format!("{good}{good}")), [("duplicate_id", 7)]);
    let festival =
        "[[festival]]\nid = \"f\"\nname = { zh = \"节\", en = \"F\" }\ngreeting = { zh = \"好\", en = \"Hi\" }\n";
    assert_eq!(faults(festival), [("missing_key", 1)]);
    assert_eq!(faults(&format!("{festival}lunar = [13, 1]\n")), [("wrong_type", 5)]);
    assert_eq!(faults("[[reminders]]\n"), [("unknown_key", 1)]);
}

#[test]
fn the_schema_knows_every_word_that_the_shipped_files_use() {
    let schema: serde_json::Value = serde_json::from_str(&reminder_schema()).unwrap();
    for text in [
        include_str!("../../../../definitions/reminders/festivals.toml"),
        include_str!("../../../../definitions/reminders/reminders.toml"),
    ] {
        let file: toml::Value = toml::from_str(text).unwrap();
        for (list, items) in file.as_table().unwrap() {
            let described = &schema["$defs"][list.as_str()];
            for item in items.as_array().unwrap() {
                let item = item.as_table().unwrap();
                for key in item.keys() {
                    assert!(described["properties"].get(key).is_some(), "{list}.{key}");
                }
                for key in described["required"].as_array().unwrap() {
                    assert!(item.contains_key(key.as_str().unwrap()), "{list} without {key}");
                }
            }
        }
    }
}
