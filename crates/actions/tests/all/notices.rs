//! Who is told what and when: a team's weeks on a virtual clock, over the spring festival of 2026.

use std::collections::{BTreeMap, BTreeSet};

use actions::{
    At, CaseLine, CaseState, CaseType, DayWork, Deadlines, Desks, DueFor, Morning, Nouns, Occasion, OnDesk,
    PromiseLine, Quiet, TeamLine, Watched, Work, day_work, morning, occasions, own_list, quiet_until, single, spread,
    team_list, warn_horizon,
};
use vocab::{Instant, Lang, Notice, NoticeKind, Severity, Text, Zone};

use crate::cases::{at, calendar, retention};

const STEP: i64 = 5 * 60_000_000;
const HEAD: i64 = 9;

fn zone() -> Zone {
    Zone::default()
}

fn name(who: i64) -> &'static str {
    match who {
        1 => "王芳",
        2 => "李雷",
        3 => "赵敏",
        _ => "钱主管",
    }
}

fn written(at: Instant) -> String {
    zone().date_time(at)[5..16].to_owned()
}

/// A team on a virtual clock: desks are the ids of people, and somebody heads them all.
#[derive(Default)]
struct Team {
    cases: Vec<(i64, &'static str, Instant, Work)>,
    left: BTreeSet<i64>,
    said: BTreeSet<String>,
    looked: BTreeSet<String>,
    told: Vec<String>,
    notices: Vec<Notice>,
}

impl Team {
    fn open(&mut self, customer: &'static str, desk: i64, severity: Severity, now: Instant) {
        let due = Deadlines::of(calendar(), now, 2, 24);
        let work = Work::new(severity, None, Some(desk.to_string()), due, now);
        self.cases.push((self.cases.len() as i64 + 1, customer, now, work));
    }

    /// A move of the newest case of a customer.
    fn moved(&mut self, customer: &str, id: &str, to: Option<i64>, now: Instant) {
        let case_type = retention();
        let (_, _, _, work) = self.cases.iter_mut().rev().find(|(_, name, ..)| *name == customer).unwrap();
        let (mover, receiver) = (work.desk.clone(), to.map(|desk| desk.to_string()));
        let desks = Desks { mover: mover.as_deref(), receiver: receiver.as_deref() };
        *work = case_type.step(case_type.a_move(id).unwrap(), work, desks, calendar(), now).unwrap();
    }

    /// The cycle takes the case off the desk: everything it worked on was put off.
    fn put_off(&mut self, customer: &str) {
        let (_, _, _, work) = self.cases.iter_mut().rev().find(|(_, name, ..)| *name == customer).unwrap();
        work.state = CaseState::Closed;
    }

    /// Somebody leaves; what is on the desk goes to a colleague, whatever its type says.
    fn leaves(&mut self, who: i64, to: i64) {
        self.left.insert(who);
        for (_, _, _, work) in &mut self.cases {
            if work.desk == Some(who.to_string()) && work.state != CaseState::Closed {
                work.desk = Some(to.to_string());
            }
        }
    }

    fn holder(&self, work: &Work) -> Option<i64> {
        work.desk.as_deref().and_then(|desk| desk.parse().ok()).filter(|who| !self.left.contains(who))
    }

    /// What a minute's look does.
    fn look(&mut self, now: Instant) {
        let zone = zone();
        let at = At { now, zone: &zone };
        let mut found: Vec<Occasion> = Vec::new();
        for (case, _, opened_at, work) in &self.cases {
            let holder = self.holder(work);
            let head = work.desk.as_deref().map(|_| HEAD);
            let opened_at = *opened_at;
            let watched =
                Watched { case: *case, opened_at, work, holder, head, warn_left_percent: 25, calendar: calendar() };
            found.extend(occasions(&watched, now));
        }
        // Quiet from nine in the evening; what is urgent comes all the same.
        let quiet = Quiet { hours: Some((21 * 60, 8 * 60)), urgent_breaks: true };
        let quiet: BTreeMap<i64, Quiet> = [1, 2, 3, HEAD].map(|who| (who, quiet)).into();
        for (one, from) in spread(found, &self.said, &quiet, now, &zone) {
            let (_, customer, ..) = self.cases[one.case as usize - 1];
            let holder = self.holder(&self.cases[one.case as usize - 1].3).map(|who| name(who).to_owned());
            let line = CaseLine { case: one.case, customer: customer.to_owned(), holder, ..CaseLine::default() };
            assert_eq!(from, now, "nothing of this team falls into quiet hours");
            self.tell(single(&one, &line, from, at), now);
        }
        if morning(calendar(), now) != Morning::Due || !self.looked.insert(zone.date(now)) {
            return;
        }
        let nouns = nouns();
        let on_desk = |who: i64| -> DayWork {
            let theirs = self.cases.iter().filter(|(_, _, _, work)| self.holder(work) == Some(who));
            let desk = theirs.filter_map(|(case, _, _, work)| {
                let (what, due) = work.due()?;
                Some(OnDesk { case: *case, severity: work.severity, what, due })
            });
            day_work(desk.collect(), now, &zone)
        };
        let mut lists: Vec<Notice> = Vec::new();
        let mut team = Vec::new();
        for who in [1, 2, 3].into_iter().filter(|who| !self.left.contains(who)) {
            lists.extend(own_list(who, &on_desk(who), &[], &[], &nouns, at));
            team.push(TeamLine { name: name(who).to_owned(), work: on_desk(who) });
        }
        lists.extend(team_list(HEAD, team, &[], &nouns, at));
        for list in lists {
            self.tell(list, now);
        }
    }

    fn tell(&mut self, notice: Notice, now: Instant) {
        assert!(self.said.insert(notice.key.clone()), "{} is said twice", notice.key);
        assert!(!self.left.contains(&notice.staff), "who has left is told nothing: {}", notice.key);
        let is_work = calendar().is_working_time(now.plus_micros(-STEP)) || calendar().is_working_time(now);
        let is_list = matches!(notice.kind, NoticeKind::Morning | NoticeKind::TeamMorning);
        let may = is_work || notice.is_urgent || is_list && calendar().is_working_day(now);
        assert!(may, "{} at {}", notice.key, written(now));
        self.told.push(format!("{} {} {}", written(now), name(notice.staff), notice.subject.zh));
        self.notices.push(notice);
    }
}

type Event = (&'static str, fn(&mut Team, Instant));

/// Lets the clock run in steps of five minutes; returns what was told.
fn run(from: &str, to: &str, events: &[Event]) -> Team {
    let mut team = Team::default();
    let mut events = events.iter().map(|(when, what)| (at(when), what)).peekable();
    let mut now = at(from);
    while now < at(to) {
        while let Some((_, what)) = events.next_if(|(when, _)| *when <= now) {
            what(&mut team, now);
        }
        team.look(now);
        // Looking again in the same moment adds nothing.
        let before = team.told.len();
        team.look(now);
        assert_eq!(team.told.len(), before, "planned twice at {}", written(now));
        now = now.plus_micros(STEP);
    }
    assert!(events.peek().is_none(), "every event took place");
    team
}

fn nouns() -> Nouns {
    Nouns { noun: Text::new("客户", "customer"), plural_en: "customers".to_owned(), measure_zh: "家".to_owned() }
}

#[test]
fn a_case_opened_on_friday_evening_reaches_its_owner_by_the_rules_of_its_calendar() {
    // An ordinary weekend.
    let team = run(
        "2026-01-16 17:00",
        "2026-01-20 09:00",
        &[("2026-01-16 17:50", |team, now| team.open("远山", 1, Severity::Warning, now))],
    );
    assert_eq!(
        team.told,
        [
            "01-19 08:45 王芳 今天要跟进 1 家客户",
            "01-19 08:45 钱主管 团队今天要跟进 1 家客户：0 个已超时，1 个今天到时限",
            "01-19 10:20 王芳 远山的受理时限快到了：今天 10:50",
            "01-19 10:55 钱主管 王芳手上的远山已超时：应在今天 10:50 前受理",
            "01-19 15:35 王芳 远山的处理时限快到了：今天 17:50",
            "01-19 17:55 钱主管 王芳手上的远山已超时：应在今天 17:50 前处理",
            "01-20 08:45 王芳 今天要跟进 1 家客户，1 个已超时",
            "01-20 08:45 钱主管 团队今天要跟进 1 家客户：1 个已超时，0 个今天到时限",
        ]
    );
    // The Saturday before the festival is worked: the list comes then, and nothing in the nine days off.
    let eve: &[Event] = &[
        ("2026-02-13 17:50", |team, now| team.open("远山", 1, Severity::Warning, now)),
        ("2026-02-14 09:30", |team, now| team.moved("远山", "acknowledge", None, now)),
    ];
    let team = run("2026-02-13 17:00", "2026-02-25 09:00", eve);
    assert_eq!(team.told[0], "02-14 08:45 王芳 今天要跟进 1 家客户");
    assert_eq!(team.told[2], "02-14 15:35 王芳 远山的处理时限快到了：今天 17:50", "{:#?}", team.told);
    assert!(!team.told.iter().any(|line| ("02-15".."02-24").contains(&&line[..5])), "{:#?}", team.told);
    // Urgent ones at once, and to the hour.
    let night: &[Event] = &[("2026-01-16 22:10", |team, now| team.open("远山", 1, Severity::Urgent, now))];
    let team = run("2026-01-16 22:00", "2026-01-19 08:00", night);
    assert_eq!(team.told, ["01-16 22:10 王芳 紧急：远山"]);
    assert_eq!(team.notices[0].lines[0].text.zh, "请在1月19日 11:00 前受理");
}

/// Eight weeks from 19 January 2026 with the spring festival in them.
const WEEKS: &[Event] = &[
    // A case that goes as it should.
    ("2026-01-19 09:10", |team, now| team.open("晨光", 1, Severity::Warning, now)),
    ("2026-01-19 10:00", |team, now| team.moved("晨光", "acknowledge", None, now)),
    ("2026-01-19 14:00", |team, now| team.moved("晨光", "act", None, now)),
    ("2026-01-23 11:00", |team, now| team.moved("晨光", "close", None, now)),
    // One that is handed on after its warning: the colleague is warned anew, and the head of what they miss.
    ("2026-01-26 09:00", |team, now| team.open("云帆", 1, Severity::Warning, now)),
    ("2026-01-26 10:40", |team, now| team.moved("云帆", "transfer", Some(2), now)),
    ("2026-01-27 09:15", |team, now| team.moved("云帆", "acknowledge", None, now)),
    ("2026-01-27 09:20", |team, now| team.moved("云帆", "act", None, now)),
    ("2026-01-28 10:00", |team, now| team.moved("云帆", "close", None, now)),
    // One that is put off over the festival and comes back as new work.
    ("2026-02-09 16:00", |team, now| team.open("海川", 3, Severity::Warning, now)),
    ("2026-02-09 16:30", |team, _| team.put_off("海川")),
    // An urgent one in the middle of the holidays.
    ("2026-02-18 20:00", |team, now| team.open("金石", 2, Severity::Urgent, now)),
    ("2026-02-24 00:30", |team, now| team.open("海川", 3, Severity::Warning, now)),
    ("2026-02-24 09:30", |team, now| team.moved("海川", "acknowledge", None, now)),
    ("2026-02-24 09:40", |team, now| team.moved("海川", "act", None, now)),
    ("2026-02-24 10:00", |team, now| team.moved("金石", "acknowledge", None, now)),
    ("2026-02-24 10:10", |team, now| team.moved("金石", "act", None, now)),
    ("2026-02-25 10:00", |team, now| team.moved("金石", "close", None, now)),
    ("2026-02-27 15:00", |team, now| team.moved("海川", "close", None, now)),
    // Somebody leaves; what was on the desk is a colleague's from then on.
    ("2026-03-02 11:00", |team, now| team.open("长河", 2, Severity::Warning, now)),
    ("2026-03-02 12:00", |team, _| team.leaves(2, 3)),
    ("2026-03-02 12:20", |team, now| team.moved("长河", "acknowledge", None, now)),
    ("2026-03-02 12:30", |team, now| team.moved("长河", "act", None, now)),
    // It was ended too early: opened again, its clock begins anew.
    ("2026-03-04 10:00", |team, now| team.moved("长河", "close", None, now)),
    ("2026-03-06 17:50", |team, now| team.moved("长河", "reopen", None, now)),
    ("2026-03-09 17:00", |team, now| team.moved("长河", "act", None, now)),
];

#[test]
fn eight_weeks_of_a_team_over_the_spring_festival() {
    let team = run("2026-01-19 00:00", "2026-03-16 00:00", WEEKS);
    insta::assert_snapshot!(team.told.join("\n"), @r"
    01-26 10:30 王芳 云帆的受理时限快到了：今天 11:00
    01-26 10:40 李雷 云帆的受理时限快到了：今天 11:00
    01-26 11:05 钱主管 李雷手上的云帆已超时：应在今天 11:00 前受理
    01-26 15:45 李雷 云帆的处理时限快到了：明天 09:00
    01-27 08:45 李雷 今天要跟进 1 家客户，1 个已超时
    01-27 08:45 钱主管 团队今天要跟进 1 家客户：1 个已超时，0 个今天到时限
    01-27 09:05 钱主管 李雷手上的云帆已超时：应在今天 09:00 前处理
    02-18 20:00 李雷 紧急：金石
    02-24 08:45 李雷 今天要跟进 1 家客户
    02-24 08:45 赵敏 今天要跟进 1 家客户
    02-24 08:45 钱主管 团队今天要跟进 2 家客户：0 个已超时，2 个今天到时限
    03-09 08:45 赵敏 今天要跟进 1 家客户
    03-09 08:45 钱主管 团队今天要跟进 1 家客户：0 个已超时，1 个今天到时限
    03-09 15:35 赵敏 长河的处理时限快到了：今天 17:50
    ");
}

#[test]
fn a_morning_is_made_up_for_while_it_is_morning() {
    let stands = |text: &str| morning(calendar(), at(text));
    assert_eq!(stands("2026-02-14 08:44"), Morning::NotYet, "a Saturday that is worked");
    assert_eq!(stands("2026-02-14 08:45"), Morning::Due);
    assert_eq!(stands("2026-02-14 11:59"), Morning::Due);
    assert_eq!(stands("2026-02-14 12:00"), Morning::Over);
    assert_eq!(stands("2026-02-17 08:45"), Morning::DayOff, "the first day of the year");
    assert_eq!(stands("2026-02-28 09:00"), Morning::Due, "worked in exchange");
}

#[test]
fn quiet_hours_push_to_their_end() {
    let until = |text: &str, quiet| written(quiet_until(at(text), Some(quiet), &zone()));
    let night = (21 * 60, 8 * 60);
    assert_eq!(until("2026-02-13 20:59", night), "02-13 20:59");
    assert_eq!(until("2026-02-13 21:00", night), "02-14 08:00");
    assert_eq!(until("2026-02-14 07:59", night), "02-14 08:00");
    assert_eq!(until("2026-02-14 08:00", night), "02-14 08:00");
    let noon = (12 * 60, 13 * 60 + 30);
    assert_eq!(until("2026-02-14 12:40", noon), "02-14 13:30");
    assert_eq!(until("2026-02-14 13:30", noon), "02-14 13:30");
    assert_eq!(until("2026-02-14 12:40", (60, 60)), "02-14 12:40", "both ends the same: none");
}

fn urgent(case: i64, at: Instant) -> Occasion {
    let (kind, staff) = (NoticeKind::Urgent, 1);
    Occasion { key: format!("urgent/case/{case}"), kind, staff, case, clock: None, arose_at: at, call: None }
}

#[test]
fn more_than_five_within_a_quarter_go_together() {
    let minute = |minutes: i64| at("2026-01-19 10:00").plus_micros(minutes * 60_000_000);
    let mut said = BTreeSet::new();
    let mut gone: Vec<(i64, i64)> = Vec::new();
    let mut all: Vec<Occasion> = Vec::new();
    // Three at ten, four more five minutes later, one in the next quarter; then thirty at once in another hour.
    let arise: Vec<(i64, i64)> = [(0, 3), (5, 4), (20, 1), (90, 30)].into();
    for now in 0..100 {
        for (_, many) in arise.iter().filter(|(when, _)| *when == now) {
            let next = all.len() as i64;
            all.extend((0..*many).map(|one| urgent(next + one, minute(now))));
        }
        for (one, from) in spread(all.clone(), &said, &BTreeMap::new(), minute(now), &zone()) {
            assert!(from >= minute(now));
            gone.push((now, (from.micros() - minute(0).micros()) / 60_000_000));
            said.insert(one.key);
        }
    }
    let count = |planned: i64, leaves: i64| gone.iter().filter(|one| **one == (planned, leaves)).count();
    assert_eq!(count(0, 0), 3, "one by one while they are few");
    assert_eq!(count(5, 15), 4, "the others wait until the quarter is over");
    assert_eq!(count(20, 20), 1);
    assert_eq!(count(90, 90), 30, "what comes all at once goes at once, together");
    assert_eq!(gone.len(), 38, "nothing is lost: {gone:?}");
}

#[test]
fn quiet_hours_hold_back_what_may_not_break_them() {
    let now = at("2026-01-19 22:00");
    let told = |urgent_breaks: bool| {
        let quiet = [(1, Quiet { hours: Some((21 * 60, 8 * 60)), urgent_breaks })].into();
        let told = spread(vec![urgent(1, now)], &BTreeSet::new(), &quiet, now, &zone());
        written(told[0].1)
    };
    assert_eq!((told(true).as_str(), told(false).as_str()), ("01-19 22:00", "01-20 08:00"));
}

#[test]
fn nothing_that_must_be_warned_of_lies_beyond_the_horizon() {
    // Whatever is opened whenever: at the moment of each warning the deadline is not beyond the horizon.
    let types = [retention()];
    let mut now = at("2026-02-09 08:00");
    while now < at("2026-02-27 20:00") {
        let due = Deadlines::of(calendar(), now, 2, 24);
        let work = Work::new(Severity::Warning, None, None, due, now);
        for clock in work.running(now) {
            let warned = clock.warn_at(calendar(), 25).unwrap();
            assert!(warned >= now && warned <= clock.due, "{} {clock:?}", written(now));
            let horizon = warn_horizon(types.iter(), calendar(), warned);
            assert!(clock.due <= horizon, "{}: {} after {}", written(now), written(clock.due), written(horizon));
        }
        now = now.plus_micros(25 * 60_000_000);
    }
}

#[test]
fn a_warning_is_as_early_as_its_type_says() {
    let text = "warn_left_percent = 25";
    let earlier =
        include_str!("../../../../definitions/case_types/retention.toml").replace(text, "warn_left_percent = 50");
    let earlier = CaseType::parse("mine.toml", &earlier).unwrap();
    let now = at("2026-01-19 09:00");
    let work = Work::new(Severity::Warning, None, None, Deadlines::of(calendar(), now, 2, 24), now);
    let warned = |left: u32| {
        let accept = work.running(now).find(|clock| clock.what == DueFor::Acknowledge).unwrap();
        written(accept.warn_at(calendar(), left).unwrap())
    };
    assert_eq!(warned(retention().warn_left_percent), "01-19 10:30");
    assert_eq!(warned(earlier.warn_left_percent), "01-19 10:00");
    let silent = include_str!("../../../../definitions/case_types/retention.toml").replace(text, "");
    assert_eq!(CaseType::parse("mine.toml", &silent).unwrap().warn_left_percent, 25);
    let never =
        include_str!("../../../../definitions/case_types/retention.toml").replace(text, "warn_left_percent = 0");
    let findings = CaseType::parse("mine.toml", &never).unwrap_err();
    assert_eq!(findings.iter().map(|one| one.code).collect::<Vec<_>>(), ["wrong_type"]);
}

/// A desk with twelve cases: two overdue since days before, four due today of which one is urgent, six later.
fn twelve() -> Vec<OnDesk> {
    let due = |case: i64| match case {
        1 | 2 => at("2026-02-10 10:00").plus_days(case),
        3..=6 => at("2026-02-13 10:00").plus_micros(case * 3_600_000_000),
        _ => at("2026-02-24 10:00"),
    };
    let severity = |case: i64| if case == 6 { Severity::Urgent } else { Severity::Warning };
    (1..=12).map(|case| OnDesk { case, severity: severity(case), what: DueFor::Act, due: due(case) }).collect()
}

fn line(case: i64, holder: Option<&str>) -> CaseLine {
    CaseLine {
        case,
        customer: format!("客户{case}"),
        reason: Text::new("近30天登录 3 天", "logged in on 3 days"),
        amount: (case == 1).then(|| Text::new("价值 ¥86.4 万", "worth ¥864k")),
        holder: holder.map(str::to_owned),
    }
}

fn said(notice: &Notice, lang: Lang) -> String {
    let lines = notice.lines.iter().map(|line| {
        let path = line.path.as_deref().unwrap_or("-");
        format!("{} -> {path}", line.text.get(lang))
    });
    std::iter::once(notice.subject.get(lang).to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_list_of_a_morning_says_what_is_to_be_done_first() {
    let now = at("2026-02-13 08:45");
    let zone = zone();
    let moment = At { now, zone: &zone };
    let work = day_work(twelve(), now, &zone);
    assert_eq!((work.open, work.overdue, work.due_today, work.list.len()), (12, 2, 4, 6));
    let lines: Vec<CaseLine> = (1..=6).map(|case| line(case, None)).collect();
    let promise =
        PromiseLine { customer: "客户7".to_owned(), words: "给新报价".to_owned(), due: at("2026-02-14") };
    let list = own_list(17, &work, &lines, &[promise], &nouns(), moment).unwrap();
    assert_eq!((list.key.as_str(), list.path.as_deref()), ("morning/2026-02-13/17", Some("/today")));
    insta::assert_snapshot!(said(&list, Lang::Zh), @r"
    今天要跟进 6 家客户，2 个已超时，1 件答应过的事到期
    客户1：近30天登录 3 天；价值 ¥86.4 万；已超时，应在2月11日 10:00 前处理 -> /cases/1
    客户2：近30天登录 3 天；已超时，应在昨天 10:00 前处理 -> /cases/2
    客户6：近30天登录 3 天；请在今天 16:00 前处理 -> /cases/6
    客户3：近30天登录 3 天；请在今天 13:00 前处理 -> /cases/3
    客户4：近30天登录 3 天；请在今天 14:00 前处理 -> /cases/4
    客户5：近30天登录 3 天；请在今天 15:00 前处理 -> /cases/5
    答应过客户7：给新报价（今天到期） -> /promises
    ");
    insta::assert_snapshot!(said(&list, Lang::En), @r"
    6 customers to look after today, 2 overdue, 1 promise due
    客户1: logged in on 3 days; worth ¥864k; overdue, was to be acted upon by 11 Feb 10:00 -> /cases/1
    客户2: logged in on 3 days; overdue, was to be acted upon by yesterday 10:00 -> /cases/2
    客户6: logged in on 3 days; to be acted upon by today 16:00 -> /cases/6
    客户3: logged in on 3 days; to be acted upon by today 13:00 -> /cases/3
    客户4: logged in on 3 days; to be acted upon by today 14:00 -> /cases/4
    客户5: logged in on 3 days; to be acted upon by today 15:00 -> /cases/5
    promised to 客户7: 给新报价 (due today) -> /promises
    ");
    assert_eq!(own_list(17, &DayWork::default(), &[], &[], &nouns(), moment), None, "nothing to do, nothing said");
}

#[test]
fn the_list_of_a_team_says_who_has_what_and_what_is_longest_overdue() {
    let now = at("2026-02-13 08:45");
    let zone = zone();
    let moment = At { now, zone: &zone };
    let team = vec![
        TeamLine { name: "李雷".to_owned(), work: DayWork { open: 4, ..DayWork::default() } },
        TeamLine { name: "王芳".to_owned(), work: day_work(twelve(), now, &zone) },
    ];
    let lines = [line(1, Some("王芳")), line(2, Some("王芳"))];
    let list = team_list(9, team, &lines, &nouns(), moment).unwrap();
    insta::assert_snapshot!(said(&list, Lang::Zh), @r"
    团队今天要跟进 6 家客户：2 个已超时，4 个今天到时限
    王芳：在手 12，超时 2，今天到时限 4 -> /team
    客户1（王芳）：近30天登录 3 天；价值 ¥86.4 万；已超时，应在2月11日 10:00 前处理 -> /cases/1
    客户2（王芳）：近30天登录 3 天；已超时，应在昨天 10:00 前处理 -> /cases/2
    ");
    insta::assert_snapshot!(said(&list, Lang::En), @r"
    Your team has 6 customers to look after today: 2 overdue, 4 due today
    王芳: 12 open, 2 overdue, 4 due today -> /team
    客户1 (王芳): logged in on 3 days; worth ¥864k; overdue, was to be acted upon by 11 Feb 10:00 -> /cases/1
    客户2 (王芳): logged in on 3 days; overdue, was to be acted upon by yesterday 10:00 -> /cases/2
    ");
    let idle = vec![TeamLine { name: "李雷".to_owned(), work: DayWork { open: 4, ..DayWork::default() } }];
    assert_eq!(team_list(9, idle, &[], &nouns(), moment), None);
}
