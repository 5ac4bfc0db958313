//! Who is told what about work: looked at every minute, from the desks and clocks as they are.
//!
//! What is to be said is decided by `actions` ([`actions::occasions`], [`actions::own_list`], [`actions::team_list`]); here
//! the desks are read, the rows are put into words and what is new goes into the outbox. Nobody is told of a customer
//! whom they do not see. Planning again adds nothing: each notice has a key of its own. What people did that calls somebody
//! else is in `calls`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use actions::{
    At, CaseLine, DayWork, LIST_ROWS, Morning, Nouns, Occasion, OnDesk, PromiseLine, Quiet, TeamLine, Watched,
    WorkTimes,
};
use store::{
    AlertRecord, CaseFilter, CaseRecord, CaseSlice, CaseState, NoticeChoice, PromiseFilter, PromiseState, StaffRecord,
};
use vocab::{Instant, Notice, NoticeKind, Scope, Text};

use crate::App;
use crate::error::Error;
use crate::shown::{hidden, known};
use crate::staff::roster::{Roster, desk_of};
use crate::working::case_rows::customer_name;
use crate::working::work_times::{DAY, tomorrow};

/// Promises that the lists of one morning look at.
const MOST_PROMISES: u64 = 20_000;
/// Promises in the list of one person.
const PROMISES_EACH: usize = 5;
/// So near to the beginning of their work people are taken to be there.
const SOON: i64 = 30 * 60_000_000;
/// Of which day this process has planned the lists already: of the house, and of each team with hours of its own.
#[derive(Default)]
pub(crate) struct Mornings(Mutex<BTreeMap<Option<i64>, i64>>);

impl Mornings {
    fn has(&self, team: Option<i64>, day: i64) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&team) == Some(&day)
    }

    fn note(&self, looked: BTreeMap<Option<i64>, i64>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(looked);
    }
}

/// What a look at the desks led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticesPlanned {
    /// Notices that were not there before.
    pub new: u64,
    /// The day of which no list went out, since nothing ran while it was morning; told once.
    pub missed: Option<String>,
}

/// What a look at the desks is made with.
pub(super) struct Look<'a> {
    pub(super) roster: Roster,
    times: WorkTimes<'a>,
    choices: BTreeMap<i64, NoticeChoice>,
    pub(super) at: At<'a>,
}

impl Look<'_> {
    /// Everybody of these teams who may be given work.
    fn people(&self, teams: &BTreeSet<Option<i64>>) -> impl Iterator<Item = &StaffRecord> {
        self.roster.workers().filter(|one| teams.contains(&self.times.team(Some(desk_of(one)))))
    }

    /// What somebody wants of quiet hours. The usual ones, which nobody chose, do not silence a shift that works in them.
    fn quiet(&self, staff: i64) -> Quiet {
        let Some(choice) = self.choices.get(&staff) else {
            let usual = NoticeChoice::default();
            let soon = self.at.now.plus_micros(SOON);
            let at_work = self.times.of(self.roster.desk(staff)).next_working_start(self.at.now) <= soon;
            return Quiet { hours: usual.quiet.filter(|_| !at_work), urgent_breaks: usual.urgent_breaks_quiet };
        };
        Quiet { hours: choice.quiet, urgent_breaks: choice.urgent_breaks_quiet }
    }

    /// The key of the list of somebody's working day: that on which their shift began.
    fn morning_key(&self, kind: NoticeKind, staff: i64) -> String {
        let calendar = self.times.of(self.roster.desk(staff));
        actions::morning_key(kind, staff, At { now: calendar.opens(self.at.now), zone: self.at.zone })
    }
}

impl App {
    /// Plans what people are to be told now: warnings, what was missed, what is urgent; and the lists of the morning.
    ///
    /// A list that was missed is made up for within the morning and skipped later; the answer says so.
    pub async fn plan_notices(&self, now: Instant) -> Result<NoticesPlanned, Error> {
        if self.firm().await?.is_none() {
            return Ok(NoticesPlanned::default());
        }
        let at = At { now, zone: self.zone() };
        let roster = self.roster().await?;
        let (times, choices) = (self.times_of(&roster), self.store().notice_choices().await?);
        let look = Look { roster, times, choices, at };
        let mut notices = self.singles(&look).await?;
        // Each team's morning is its own; a night shift's is in the evening.
        let (mut due, mut over, mut looked) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
        for (team, calendar) in look.times.all() {
            let day = calendar.day_of(now);
            if self.mornings().has(team, day) {
                continue;
            }
            match actions::morning(calendar, now) {
                Morning::DayOff | Morning::NotYet => continue,
                Morning::Due => due.insert(team),
                Morning::Over => over.insert(team),
            };
            looked.insert(team, day);
        }
        if !due.is_empty() {
            notices.extend(self.morning_lists(&look, &due).await?);
        }
        let is_missed = !over.is_empty() && self.missed(&look, &over).await?;
        let new = self.put_notices(&notices, now).await?;
        self.mornings().note(looked);
        Ok(NoticesPlanned { new, missed: is_missed.then(|| self.zone().date(now)) })
    }

    /// What cannot wait for the next list.
    async fn singles(&self, look: &Look<'_>) -> Result<Vec<Notice>, Error> {
        let now = look.at.now;
        let book = &self.definitions().cases;
        let horizon = |(_, calendar)| actions::warn_horizon(book.types(), calendar, now);
        let until = look.times.all().map(horizon).max().unwrap_or(now);
        let filter = CaseFilter { watched: Some((now.plus_micros(-DAY), until)), ..open_cases() };
        let mut cases = self.store().cases(&Scope::All, &filter, CaseSlice::default()).await?.rows;
        // Looked up once for each desk and owner: there are thousands of cases, and few of those.
        let mut holders: HashMap<(&str, Option<&str>), Option<i64>> = HashMap::new();
        let mut heads: HashMap<(&str, Option<&str>), Option<i64>> = HashMap::new();
        let mut found: Vec<Occasion> = Vec::new();
        for case in &cases {
            let work = case.work();
            let owner = case.owner.as_deref();
            let holder = case.assigned_to.as_deref().and_then(|desk| {
                let works = |one: &&StaffRecord| look.roster.worker(one.id).is_some() && look.roster.sees(one, owner);
                let there = || look.roster.at_desk(desk).filter(works).map(|one| one.id);
                *holders.entry((desk, owner)).or_insert_with(there)
            });
            let head = case.assigned_to.as_deref().or(owner).and_then(|desk| {
                let above = || look.roster.head_above(desk, owner).map(|head| head.id);
                *heads.entry((desk, owner)).or_insert_with(above)
            });
            let watched = Watched {
                case: case.id,
                opened_at: case.opened_at,
                work: &work,
                holder,
                head,
                warn_left_percent: book
                    .case_type(&case.case_type)
                    .map_or(actions::USUAL_WARN_LEFT_PERCENT, |one| one.warn_left_percent),
                calendar: look.times.of(case.assigned_to.as_deref()),
            };
            found.extend(actions::occasions(&watched, now));
        }
        let (calls, of_calls) = self.calls(look).await?;
        found.extend(calls);
        cases.extend(of_calls);
        let keys: Vec<String> = found.iter().map(|one| one.key.clone()).collect();
        let said = self.store().notice_keys(&keys).await?;
        let people: BTreeSet<i64> = found.iter().map(|one| one.staff).collect();
        let quiet: BTreeMap<i64, Quiet> = people.into_iter().map(|staff| (staff, look.quiet(staff))).collect();
        let told = actions::spread(found, &said, &quiet, now, self.zone());
        let ids: BTreeSet<i64> = told.iter().map(|(one, _)| one.case).collect();
        let lines = self.case_lines(&cases, &ids, look).await?;
        let notices =
            told.iter().filter_map(|(one, from)| Some(actions::single(one, lines.get(&one.case)?, *from, look.at)));
        Ok(notices.collect())
    }

    /// The lists of this morning that are not said yet, of those whose team has its morning now.
    async fn morning_lists(&self, look: &Look<'_>, due: &BTreeSet<Option<i64>>) -> Result<Vec<Notice>, Error> {
        let (now, zone) = (look.at.now, look.at.zone);
        let cases = self.store().cases(&Scope::All, &open_cases(), CaseSlice::default()).await?.rows;
        let mut of_desk: HashMap<&str, Vec<(Option<&str>, OnDesk)>> = HashMap::new();
        for case in &cases {
            if let Some((desk, one)) = case.assigned_to.as_deref().zip(on_desk(case)) {
                of_desk.entry(desk).or_default().push((case.owner.as_deref(), one));
            }
        }
        // A person's desk, as far as whoever is told sees its customers.
        let work = |desk: &str, scope: &Scope| -> DayWork {
            let theirs = of_desk.get(desk).into_iter().flatten();
            let seen = theirs.filter(|(owner, _)| scope.admits(*owner)).map(|(_, one)| *one);
            actions::day_work(seen.collect(), now, zone)
        };
        let own: Vec<(i64, DayWork)> =
            look.people(due).map(|one| (one.id, work(desk_of(one), &look.roster.furthest(one)))).collect();
        let teams: Vec<(i64, Vec<TeamLine>)> = look
            .people(due)
            .map(|head| {
                let scope = look.roster.furthest(head);
                let line = |one: &StaffRecord| TeamLine { name: one.name.clone(), work: work(desk_of(one), &scope) };
                (head.id, look.roster.team_of(head.id).map(line).collect())
            })
            .collect();
        let mut ids: BTreeSet<i64> = BTreeSet::new();
        ids.extend(own.iter().flat_map(|(_, work)| first_cases(work)));
        ids.extend(teams.iter().flat_map(|(_, team)| first_cases(&actions::first_of(team))));
        let lines = self.case_lines(&cases, &ids, look).await?;
        let mut promises = self.promises_of_today(look).await?;
        let nouns = self.nouns().await?;
        let lines_of = |work: &DayWork, with_holder: bool| -> Vec<CaseLine> {
            let shown = first_cases(work).into_iter().filter_map(|case| lines.get(&case)).cloned();
            shown.map(|line| CaseLine { holder: line.holder.filter(|_| with_holder), ..line }).collect()
        };
        let mut notices = Vec::new();
        for (staff, work) in &own {
            let promised = promises.remove(staff).unwrap_or_default();
            notices.extend(actions::own_list(*staff, work, &lines_of(work, false), &promised, &nouns, look.at));
        }
        for (staff, team) in teams {
            let lines = lines_of(&actions::first_of(&team), true);
            notices.extend(actions::team_list(staff, team, &lines, &nouns, look.at));
        }
        for notice in &mut notices {
            notice.not_before = actions::quiet_until(now, look.quiet(notice.staff).hours, zone);
            notice.key = look.morning_key(notice.kind, notice.staff);
        }
        Ok(notices)
    }

    /// Whether the morning of these teams went by without any list though there was something to say.
    async fn missed(&self, look: &Look<'_>, over: &BTreeSet<Option<i64>>) -> Result<bool, Error> {
        let kinds = [NoticeKind::Morning, NoticeKind::TeamMorning];
        let keys = look.people(over).flat_map(|one| kinds.map(|kind| look.morning_key(kind, one.id)));
        let keys: Vec<String> = keys.collect();
        if keys.is_empty() && !over.contains(&None) {
            return Ok(false);
        }
        if !self.store().notice_keys(&keys).await?.is_empty() {
            return Ok(false);
        }
        let due = CaseFilter { overdue_at: Some(tomorrow(look.at)), ..open_cases() };
        Ok(self.store().case_count(&Scope::All, &due).await? > 0)
    }

    /// Promises that are due today or were due before, by whoever owns the customer.
    async fn promises_of_today(&self, look: &Look<'_>) -> Result<HashMap<i64, Vec<PromiseLine>>, Error> {
        let end = tomorrow(look.at);
        let filter =
            PromiseFilter { states: vec![PromiseState::Open], overdue_at: Some(end), ..PromiseFilter::default() };
        let due = self.store().promises(&Scope::All, &filter, (0, MOST_PROMISES), end).await?.rows;
        let mut of: HashMap<i64, Vec<PromiseLine>> = HashMap::new();
        if due.is_empty() {
            return Ok(of);
        }
        let snapshot = self.present_snapshot(look.at.now).await?;
        for one in due {
            let owner = one.owner.as_deref().and_then(|owner| look.roster.at_desk(owner));
            let Some(owner) = owner.filter(|owner| look.roster.worker(owner.id).is_some()) else { continue };
            let theirs = of.entry(owner.id).or_default();
            if theirs.len() < PROMISES_EACH {
                let customer = customer_name(&snapshot, &one.customer);
                theirs.push(PromiseLine { customer, words: hidden(&one.words), due: one.due_at });
            }
        }
        Ok(of)
    }

    /// These cases in words.
    async fn case_lines(
        &self,
        cases: &[CaseRecord],
        ids: &BTreeSet<i64>,
        look: &Look<'_>,
    ) -> Result<HashMap<i64, CaseLine>, Error> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let wanted: Vec<CaseRecord> = cases.iter().filter(|case| ids.contains(&case.id)).cloned().collect();
        let mut alerts: HashMap<i64, Vec<AlertRecord>> = HashMap::new();
        for alert in self.alerts_on(&Scope::All, &wanted, None).await? {
            if let Some(case) = alert.case_id.filter(|_| alert.state == store::AlertState::Open) {
                alerts.entry(case).or_default().push(alert);
            }
        }
        let snapshot = self.present_snapshot(look.at.now).await?;
        let currency = self.working_firm().await?.currency;
        let line = |case: &CaseRecord| {
            let holder = case.assigned_to.as_deref();
            let position = snapshot.position(&case.customer_id);
            let value = position.and_then(|at| known(snapshot.value(at)));
            CaseLine {
                case: case.id,
                customer: customer_name(&snapshot, &case.customer_id),
                reason: self.reason_of(case, alerts.get(&case.id).map_or(&[][..], Vec::as_slice)),
                amount: value.map(|value| worth_words(value, &currency)),
                holder: holder
                    .map(|desk| look.roster.at_desk(desk).map_or_else(|| desk.to_owned(), |one| one.name.clone())),
            }
        };
        Ok(wanted.iter().map(|case| (case.id, line(case))).collect())
    }

    /// Why a case is open: the first thing that its alerts say, else what was written on opening it.
    fn reason_of(&self, case: &CaseRecord, alerts: &[AlertRecord]) -> Text {
        let mut alerts: Vec<&AlertRecord> = alerts.iter().collect();
        alerts.sort_by_key(|alert| (std::cmp::Reverse(alert.severity), alert.opened_at, alert.id));
        let said = self.sentences(&alerts).into_iter().next().map(|words| Text::new(words.zh, words.en));
        said.or_else(|| case.about.as_ref().map(|about| Text::new(hidden(about), hidden(about)))).unwrap_or_default()
    }

    pub(crate) async fn nouns(&self) -> Result<Nouns, Error> {
        let firm = self.working_firm().await?;
        let noun = Text::new(firm.noun.zh, firm.noun.en);
        Ok(Nouns { noun, plural_en: firm.noun_plural_en, measure_zh: firm.measure_zh })
    }
}

fn open_cases() -> CaseFilter {
    CaseFilter { states: vec![CaseState::New, CaseState::Accepted], ..CaseFilter::default() }
}

fn on_desk(case: &CaseRecord) -> Option<OnDesk> {
    let (what, due) = case.work().due()?;
    Some(OnDesk { case: case.id, severity: case.severity, what, due })
}

fn first_cases(work: &DayWork) -> Vec<i64> {
    work.list.iter().take(LIST_ROWS).map(|one| one.case).collect()
}

/// What a customer is worth, as people say it: `价值 ¥86.4 万`, `worth ¥864k`.
fn worth_words(value: f64, currency: &str) -> Text {
    let mark = match currency {
        "CNY" | "JPY" => "¥".to_owned(),
        "USD" => "$".to_owned(),
        "EUR" => "€".to_owned(),
        "GBP" => "£".to_owned(),
        other => format!("{other} "),
    };
    // A unit from where it begins, without a decimal where there are three figures before it.
    let said = |steps: &[(f64, f64, &str)]| {
        let step = steps.iter().find(|(from, ..)| value.abs() >= *from);
        let (_, size, unit) = step.copied().unwrap_or((0.0, 1.0, ""));
        let amount = value / size;
        let amount = if unit.is_empty() || amount.abs() >= 100.0 { amount.round() } else { amount };
        format!("{mark}{}{unit}", indicators::figure(amount, "money"))
    };
    let zh = said(&[(99_950_000.0, 1e8, " 亿"), (10_000.0, 1e4, " 万")]);
    let en = said(&[(999_500.0, 1e6, "M"), (10_000.0, 1e3, "k")]);
    Text::new(format!("价值 {zh}"), format!("worth {en}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_said_as_people_say_them() {
        let said = |value: f64, currency: &str| {
            let text = worth_words(value, currency);
            format!("{} | {}", text.zh, text.en)
        };
        assert_eq!(said(864_000.0, "CNY"), "价值 ¥86.4 万 | worth ¥864k");
        assert_eq!(said(120_000_000.0, "CNY"), "价值 ¥1.2 亿 | worth ¥120M");
        assert_eq!(said(940.4, "USD"), "价值 $940 | worth $940");
        assert_eq!(said(12_300.0, "SGD"), "价值 SGD 1.2 万 | worth SGD 12.3k");
    }
}
