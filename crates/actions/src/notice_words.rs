//! The sentences of notices about work, in both languages: what a person reads on the way to it.

use vocab::{Instant, Notice, NoticeKind, NoticeLine, Text, Zone};

use crate::clock::{Clock, clock};
use crate::day::DayWork;
use crate::notices::{Call, CallFor, Occasion};
use crate::work::DueFor;

/// So many cases stand in a list; of the rest it says how many.
pub const LIST_ROWS: usize = 10;
/// So many colleagues stand in the list of a team.
pub const TEAM_ROWS: usize = 15;

/// What a firm calls its customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nouns {
    /// One of them.
    pub noun: Text,
    /// Several, in English.
    pub plural_en: String,
    /// The Chinese measure word.
    pub measure_zh: String,
}

/// A case in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseLine {
    /// The case.
    pub case: i64,
    /// Whom it is about.
    pub customer: String,
    /// Why; empty where nothing is said.
    pub reason: Text,
    /// What the customer is worth; none where it is not known.
    pub amount: Option<Text>,
    /// Who has it on the desk.
    pub holder: Option<String>,
}

/// A promise in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromiseLine {
    /// To whom it was made, as shown.
    pub customer: String,
    /// What.
    pub words: String,
    /// The end of its day.
    pub due: Instant,
}

/// A colleague in the list of a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamLine {
    /// Who.
    pub name: String,
    /// What is on the desk.
    pub work: DayWork,
}

/// When a notice is written, and by which wall clock.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// Now.
    pub now: Instant,
    /// The firm's zone.
    pub zone: &'a Zone,
}

impl At<'_> {
    /// A moment as people say it: 今天 10:50, 2月24日 09:30.
    pub fn words(&self, at: Instant) -> Text {
        let reading = self.zone.civil(at);
        let time = format!("{:02}:{:02}", reading.hour, reading.minute);
        let day = self.day(at);
        Text::new(format!("{} {time}", day.zh), format!("{} {time}", day.en))
    }

    fn day(&self, at: Instant) -> Text {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let reading = self.zone.civil(at);
        match self.zone.day_number(at) - self.zone.day_number(self.now) {
            -1 => Text::new("昨天", "yesterday"),
            0 => Text::new("今天", "today"),
            1 => Text::new("明天", "tomorrow"),
            _ => {
                let month = usize::try_from(reading.month - 1).ok().and_then(|at| MONTHS.get(at)).copied();
                Text::new(
                    format!("{}月{}日", reading.month, reading.day),
                    format!("{} {}", reading.day, month.unwrap_or_default()),
                )
            }
        }
    }
}

fn deed(what: DueFor) -> (&'static str, &'static str) {
    match what {
        DueFor::Acknowledge => ("受理", "accepted"),
        DueFor::Reply => ("首次回复", "answered"),
        DueFor::Act => ("处理", "acted upon"),
        DueFor::Review => ("回看", "looked at again"),
    }
}

/// By when something is to be done, or was.
fn limit(what: DueFor, due: Instant, at: At<'_>) -> Text {
    let ((zh, en), when) = (deed(what), at.words(due));
    match clock(due, at.now, at.zone) {
        Clock::Overdue => {
            Text::new(format!("已超时，应在{} 前{zh}", when.zh), format!("overdue, was to be {en} by {}", when.en))
        }
        _ => Text::new(format!("请在{} 前{zh}", when.zh), format!("to be {en} by {}", when.en)),
    }
}

fn joined(parts: Vec<Text>) -> Text {
    let join = |texts: Vec<&str>, stop: &str| {
        let said: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        said.join(stop)
    };
    let zh = join(parts.iter().map(|part| part.zh.as_str()).collect(), "；");
    Text::new(zh, join(parts.iter().map(|part| part.en.as_str()).collect(), "; "))
}

fn of_case(case: i64) -> Option<String> {
    Some(format!("/cases/{case}"))
}

/// A single notice about a case.
pub fn single(one: &Occasion, line: &CaseLine, not_before: Instant, at: At<'_>) -> Notice {
    let customer = &line.customer;
    let limits = one.clock.map(|clock| limit(clock.what, clock.due, at)).unwrap_or_default();
    let subject = match (one.kind, one.clock) {
        (NoticeKind::BreachSoon, Some(clock)) => {
            let ((zh, en), when) = (deed(clock.what), at.words(clock.due));
            Text::new(
                format!("{customer}的{zh}时限快到了：{}", when.zh),
                format!("{customer} is to be {en} by {}", when.en),
            )
        }
        (NoticeKind::Breach, Some(clock)) => {
            let ((zh, en), when) = (deed(clock.what), at.words(clock.due));
            let (who_zh, who_en) = match &line.holder {
                Some(name) => (format!("{name}手上的"), format!(", in hand of {name},")),
                None => ("没人接手的".to_owned(), ", in nobody's hands,".to_owned()),
            };
            Text::new(
                format!("{who_zh}{customer}已超时：应在{} 前{zh}", when.zh),
                format!("{customer}{who_en} is overdue: was to be {en} by {}", when.en),
            )
        }
        (NoticeKind::Called, _) => one.call.as_ref().map(|call| called_words(call, customer)).unwrap_or_default(),
        _ => Text::new(format!("紧急：{customer}"), format!("Urgent: {customer}")),
    };
    // The limit stands in the subject of every other kind.
    let is_without = matches!(one.kind, NoticeKind::Urgent | NoticeKind::Called);
    let last = if is_without { limits } else { Text::default() };
    let words = one.call.as_ref().map(|call| Text::new(&call.words, &call.words)).unwrap_or_default();
    let said = joined(vec![words, line.reason.clone(), line.amount.clone().unwrap_or_default(), last]);
    let lines = if said.zh.is_empty() { Vec::new() } else { vec![NoticeLine { text: said, path: of_case(one.case) }] };
    Notice {
        key: one.key.clone(),
        staff: one.staff,
        kind: one.kind,
        subject,
        lines,
        path: of_case(one.case),
        is_urgent: one.is_urgent(),
        not_before,
    }
}

/// What somebody did on the case of a customer, to whoever is called by it.
fn called_words(call: &Call, customer: &str) -> Text {
    let by = &call.by;
    let (zh, en) = match call.what {
        CallFor::Given => (format!("{by}把{customer}交给您"), format!("{by} gave you {customer}")),
        CallFor::Escalated => (format!("{by}向您上报{customer}"), format!("{by} escalated {customer} to you")),
        CallFor::Urged => (format!("{by}催办{customer}"), format!("{by} urges you about {customer}")),
        CallFor::Mentioned => {
            (format!("{by}在{customer}的留言里提到您"), format!("{by} mentioned you about {customer}"))
        }
        CallFor::Task => (format!("{by}给您派了{customer}的任务"), format!("{by} gave you a task for {customer}")),
    };
    Text::new(zh, en)
}

/// The key of a list of a morning: one for each person and day.
pub fn morning_key(kind: NoticeKind, staff: i64, at: At<'_>) -> String {
    format!("{kind}/{}/{staff}", at.zone.date(at.now))
}

/// The list with which an owner begins the day; none where nothing is to be done.
///
/// `lines` says more of the first cases of the list, in any order; those without a line are only counted.
pub fn own_list(
    staff: i64,
    work: &DayWork,
    lines: &[CaseLine],
    promises: &[PromiseLine],
    nouns: &Nouns,
    at: At<'_>,
) -> Option<Notice> {
    let total = work.list.len();
    if total + promises.len() == 0 {
        return None;
    }
    let mut shown: Vec<NoticeLine> = rows(work, lines, at);
    for one in promises {
        let (customer, words) = (&one.customer, &one.words);
        let is_over = clock(one.due.plus_micros(-1), at.now, at.zone) == Clock::Overdue;
        let day = at.day(one.due.plus_micros(-1));
        let (zh, en) = if is_over { ("已过期", "overdue since") } else { ("到期", "due") };
        let text = Text::new(
            format!("答应过{customer}：{words}（{}{zh}）", day.zh),
            format!("promised to {customer}: {words} ({en} {})", day.en),
        );
        shown.push(NoticeLine { text, path: Some("/promises".to_owned()) });
    }
    let left = total.saturating_sub(LIST_ROWS);
    if left > 0 {
        let text = Text::new(format!("还有 {left} {}", measured(nouns)), format!("{left} more"));
        shown.push(NoticeLine { text, path: Some("/today".to_owned()) });
    }
    Some(Notice {
        key: morning_key(NoticeKind::Morning, staff, at),
        staff,
        kind: NoticeKind::Morning,
        subject: own_subject(work, promises.len(), nouns),
        lines: shown,
        path: Some("/today".to_owned()),
        is_urgent: false,
        not_before: at.now,
    })
}

pub(crate) fn measured(nouns: &Nouns) -> String {
    format!("{}{}", nouns.measure_zh, nouns.noun.zh)
}

pub(crate) fn counted(many: usize, nouns: &Nouns) -> Text {
    let en = if many == 1 { &nouns.noun.en } else { &nouns.plural_en };
    Text::new(format!("{many} {}", measured(nouns)), format!("{many} {en}"))
}

fn own_subject(work: &DayWork, promises: usize, nouns: &Nouns) -> Text {
    let many = counted(work.list.len(), nouns);
    let mut parts = Vec::new();
    if !work.list.is_empty() {
        parts.push(Text::new(format!("今天要跟进 {}", many.zh), format!("{} to look after today", many.en)));
    }
    if work.overdue > 0 {
        parts.push(Text::new(format!("{} 个已超时", work.overdue), format!("{} overdue", work.overdue)));
    }
    if promises > 0 {
        let en = if promises == 1 { "1 promise due".to_owned() } else { format!("{promises} promises due") };
        parts.push(Text::new(format!("{promises} 件答应过的事到期"), en));
    }
    let zh: Vec<&str> = parts.iter().map(|part| part.zh.as_str()).collect();
    let en: Vec<&str> = parts.iter().map(|part| part.en.as_str()).collect();
    Text::new(zh.join("，"), en.join(", "))
}

fn rows(work: &DayWork, lines: &[CaseLine], at: At<'_>) -> Vec<NoticeLine> {
    let row = |one: &crate::day::OnDesk| {
        let line = lines.iter().find(|line| line.case == one.case)?;
        let amount = line.amount.clone().unwrap_or_default();
        let said = joined(vec![line.reason.clone(), amount, limit(one.what, one.due, at)]);
        let holder = line.holder.as_ref();
        let text = Text::new(
            holder.map_or_else(|| line.customer.clone(), |name| format!("{}（{name}）", line.customer))
                + "："
                + &said.zh,
            holder.map_or_else(|| line.customer.clone(), |name| format!("{} ({name})", line.customer))
                + ": "
                + &said.en,
        );
        Some(NoticeLine { text, path: of_case(one.case) })
    };
    work.list.iter().take(LIST_ROWS).filter_map(row).collect()
}

/// The list with which a head begins the day; none where nobody of the team has anything overdue or due today.
///
/// A line for each colleague who has, what is overdue first; then the first cases of all of them, as `lines` tells.
pub fn team_list(staff: i64, mut team: Vec<TeamLine>, lines: &[CaseLine], nouns: &Nouns, at: At<'_>) -> Option<Notice> {
    team.retain(|one| !one.work.list.is_empty());
    team.sort_by(|a, b| {
        let key = |one: &TeamLine| (std::cmp::Reverse(one.work.overdue), std::cmp::Reverse(one.work.due_today));
        key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
    });
    let overdue: usize = team.iter().map(|one| one.work.overdue).sum();
    let today: usize = team.iter().map(|one| one.work.due_today).sum();
    if team.is_empty() {
        return None;
    }
    let many = counted(overdue + today, nouns);
    let subject = Text::new(
        format!("团队今天要跟进 {}：{overdue} 个已超时，{today} 个今天到时限", many.zh),
        format!("Your team has {} to look after today: {overdue} overdue, {today} due today", many.en),
    );
    let colleague = |one: &TeamLine| {
        let (name, work) = (&one.name, &one.work);
        let (open, overdue, today) = (work.open, work.overdue, work.due_today);
        let text = Text::new(
            format!("{name}：在手 {open}，超时 {overdue}，今天到时限 {today}"),
            format!("{name}: {open} open, {overdue} overdue, {today} due today"),
        );
        NoticeLine { text, path: Some("/team".to_owned()) }
    };
    let mut shown: Vec<NoticeLine> = team.iter().take(TEAM_ROWS).map(colleague).collect();
    if let Some(left) = team.len().checked_sub(TEAM_ROWS).filter(|left| *left > 0) {
        let text = Text::new(format!("还有 {left} 位同事"), format!("{left} more colleagues"));
        shown.push(NoticeLine { text, path: Some("/team".to_owned()) });
    }
    shown.extend(rows(&first_of(&team), lines, at));
    Some(Notice {
        key: morning_key(NoticeKind::TeamMorning, staff, at),
        staff,
        kind: NoticeKind::TeamMorning,
        subject,
        lines: shown,
        path: Some("/team".to_owned()),
        is_urgent: false,
        not_before: at.now,
    })
}

/// What a whole team has overdue, longest first, as one desk.
pub fn first_of(team: &[TeamLine]) -> DayWork {
    let overdue = |one: &TeamLine| one.work.list.iter().take(one.work.overdue).copied().collect::<Vec<_>>();
    let mut list: Vec<crate::day::OnDesk> = team.iter().flat_map(overdue).collect();
    list.sort_by_key(|one| (one.due, one.case));
    DayWork { open: list.len(), overdue: list.len(), due_today: 0, list }
}
