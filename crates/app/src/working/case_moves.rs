//! Moving a case as its type allows: who may, what is asked, and what is told to whoever was slower.

use actions::{CaseType, Course, Desks, Field, Means, Move, NotAllowed, Outcome, Verb, Work, WorkTimes};
use store::{CaseMoving, CaseOutcome, CaseRecord, CaseStep, Closing, Resource};
use vocab::{Instant, Scope};

use crate::error::{Class, Error};
use crate::staff::roster::{Roster, desk_of, desk_of_reader};
use crate::view::{self, CaseRow};
use crate::working::case_list::no_case;
use crate::working::case_work::{bad_case_type, is_theirs, offered, receiver};
use crate::working::desk::reason;
use crate::working::work_times::course_of;
use crate::{App, Reader};

const LONGEST_NOTE: usize = 2_000;

/// Which move is meant.
#[derive(Clone, Copy)]
pub(crate) enum Meant<'a> {
    /// The one of this id.
    Id(&'a str),
    /// The first of the type that does this.
    Does(Verb),
}

/// What comes with a move, checked.
pub(crate) struct Told<'a> {
    /// What was said with it.
    pub said: Option<&'a str>,
    /// How the case ends, of a move that closes it.
    pub closing: Option<Closing<'a>>,
    /// The same in the word of its case type.
    pub ended_as: Option<&'a str>,
    /// Why the customer left, of a move that closes it so.
    pub churn_reason: Option<&'a str>,
}

/// What a move makes of the work on a case.
pub(crate) type Step<'a> = Box<dyn Fn(&Work) -> Result<Work, NotAllowed> + Send + Sync + 'a>;

impl App {
    /// Moves a case and answers the work on it.
    ///
    /// # Errors
    /// `version_conflict`, with who did what, when somebody else was faster; `move_not_allowed` where it does not start from
    /// where the case is; `not_yours`, `cannot_see`, `no_head`, `case_open`; `unknown_move`, `bad_reason`, `note_too_long`,
    /// `note_needed`, `person_needed`, `bad_outcome`, `bad_churn_reason`.
    pub async fn move_case(
        &self,
        reader: &Reader,
        id: i64,
        request: view::MoveCase,
        now: Instant,
    ) -> Result<view::CaseWork, Error> {
        self.make_move(reader, id, Meant::Id(&request.by), &request, now).await?;
        self.case_work(reader, id, now).await
    }

    /// 受理: somebody takes the case on.
    ///
    /// # Errors
    /// As [`App::move_case`].
    pub async fn accept_case(
        &self,
        reader: &Reader,
        id: i64,
        request: view::AcceptCase,
        now: Instant,
    ) -> Result<CaseRow, Error> {
        let request = view::MoveCase { version: request.version, ..view::MoveCase::default() };
        self.make_move(reader, id, Meant::Does(Verb::Acknowledge), &request, now).await?;
        self.case(&reader.scope, id, None, now).await
    }

    /// 结案: the case ends with an outcome, and its alerts with it.
    ///
    /// # Errors
    /// As [`App::move_case`].
    pub async fn close_case(
        &self,
        reader: &Reader,
        id: i64,
        request: view::CloseCase,
        now: Instant,
    ) -> Result<CaseRow, Error> {
        let request = view::MoveCase {
            version: request.version,
            note: request.note,
            outcome: Some(request.outcome),
            churn_reason: request.churn_reason,
            ..view::MoveCase::default()
        };
        self.make_move(reader, id, Meant::Does(Verb::Close), &request, now).await?;
        self.case(&reader.scope, id, None, now).await
    }

    /// Makes a move; the version that the case has after it.
    pub(crate) async fn make_move(
        &self,
        reader: &Reader,
        id: i64,
        meant: Meant<'_>,
        request: &view::MoveCase,
        now: Instant,
    ) -> Result<i64, Error> {
        reader.may_act()?;
        let case = self.store().case(&reader.scope, id).await?.ok_or_else(no_case)?;
        let (case_type, one) = self.meant(&case, meant)?;
        // What was never possible is told before what is not possible any more.
        let told = self.told(case_type, one, request)?;
        if case.version != request.version {
            return Err(self.faster(&reader.scope, Resource::Case, (id, request.version)).await);
        }
        let roster = self.roster().await?;
        check_move(reader, &roster, (case_type, one), &case)?;
        if one.does == Verb::Reopen {
            self.may_reopen(reader, &case).await?;
        }
        let gets_it = receiver_of(one, request, &case, &roster)?;
        let desks = Desks { mover: desk_of_reader(reader), receiver: gets_it.as_deref() };
        let (times, course) = (self.times_of(&roster), self.course(&reader.scope, &case).await?);
        let step = |work: &Work| -> Result<Work, NotAllowed> {
            let after = case_type.step(one, work, desks, times.of(work.desk.as_deref()), now)?;
            Ok(case_type.carried_over(work, after, &course, &times, now))
        };
        if let Err(why) = step(&case.work()) {
            return Err(match why {
                NotAllowed::WrongStage => not_allowed(reader, &roster, case_type, &case),
                why => refused(why, &case, &roster),
            });
        }
        let moving = CaseMoving {
            does: one.does,
            step: &step,
            said: told.said,
            closing: told.closing,
            ended_as: told.ended_as,
            churn_reason: told.churn_reason,
        };
        match self.store().move_case(&reader.scope, id, request.version, moving, &reader.actor(), now).await {
            Ok(moved) => Ok(moved.version),
            Err(error) => {
                if one.does == Verb::Reopen {
                    self.no_other_case(&reader.scope, &case.customer_id).await?;
                }
                Err(self.told_by(&reader.scope, Resource::Case, (id, request.version), error).await)
            }
        }
    }

    /// The way of a case so far.
    async fn course(&self, scope: &Scope, case: &CaseRecord) -> Result<Course, Error> {
        let steps = self.store().case_steps(scope, &[case.id], None).await?.remove(&case.id);
        Ok(course_of(case.opened_at, &steps.unwrap_or_default()))
    }

    /// The move that is meant, of a case of that type.
    fn meant(&self, case: &CaseRecord, meant: Meant<'_>) -> Result<(&CaseType, &Move), Error> {
        let case_type = self.definitions().cases.case_type(&case.case_type).ok_or_else(bad_case_type)?;
        let one = match meant {
            Meant::Id(word) => case_type.a_move(word).ok_or_else(|| unknown_move(case_type, word))?,
            Meant::Does(verb) => {
                let anywhere = || case_type.moves.iter().find(|one| one.does == verb);
                let found = case_type.move_that(verb, &case.stage).or_else(anywhere);
                found.ok_or_else(|| unknown_move(case_type, verb.as_str()))?
            }
        };
        Ok((case_type, one))
    }

    /// What closing a case takes, where its type, its stage and whose desk it is on allow it to this reader.
    ///
    /// # Errors
    /// As [`App::close_case`], but for who was faster.
    pub(crate) fn closing<'a>(
        &'a self,
        reader: &'a Reader,
        roster: &Roster,
        case: &CaseRecord,
        request: &'a view::MoveCase,
        now: Instant,
    ) -> Result<(Told<'a>, Step<'a>), Error> {
        let (case_type, one) = self.meant(case, Meant::Does(Verb::Close))?;
        let told = self.told(case_type, one, request)?;
        check_move(reader, roster, (case_type, one), case)?;
        let desks = Desks { mover: desk_of_reader(reader), receiver: None };
        let calendar = &self.definitions().calendar;
        let step: Step<'a> = Box::new(move |work| case_type.step(one, work, desks, calendar, now));
        step(&case.work()).map_err(|why| refused(why, case, roster))?;
        Ok((told, step))
    }

    /// What opening a case again makes of the work on it; not allowed where its type does not let it.
    pub(crate) fn reopening<'a>(
        &'a self,
        reader: &'a Reader,
        times: &'a WorkTimes<'a>,
        now: Instant,
    ) -> impl Fn(&str, &Work) -> Result<Work, NotAllowed> + Sync + 'a {
        move |case_type, work| {
            let case_type = self.definitions().cases.case_type(case_type).ok_or(NotAllowed::WrongStage)?;
            let one = case_type.move_that(Verb::Reopen, &work.stage).ok_or(NotAllowed::WrongStage)?;
            let desks = Desks { mover: desk_of_reader(reader), receiver: None };
            case_type.step(one, work, desks, times.of(work.desk.as_deref()), now)
        }
    }

    /// What becomes of the work on a case that comes to another desk because its customer goes to somebody else: its clocks go on
    /// by the hours of that desk.
    pub(crate) fn carrying<'a>(
        &'a self,
        times: &'a WorkTimes<'a>,
        now: Instant,
    ) -> impl Fn(&CaseRecord, &[CaseStep], Option<&str>) -> Work + Sync + 'a {
        move |case, steps, desk| {
            let before = case.work();
            let after = Work { desk: desk.map(str::to_owned), ..before.clone() };
            match self.definitions().cases.case_type(&case.case_type) {
                Some(one) => one.carried_over(&before, after, &course_of(case.opened_at, steps), times, now),
                None => after,
            }
        }
    }

    /// A case is opened again where a person ended it and the customer has no other.
    async fn may_reopen(&self, reader: &Reader, case: &CaseRecord) -> Result<(), Error> {
        if !case.outcome.is_some_and(CaseOutcome::is_said) {
            return Err(Error::new(
                Class::Conflict,
                "move_not_allowed",
                (
                    "这张跟进单是系统撤下的，不能重新打开",
                    "this case was taken off the desk, not ended: it is not opened again",
                ),
                (
                    "情况再出现时系统会另开一张；也可以手工新开",
                    "a new one opens when it comes again, or open one by hand",
                ),
            ));
        }
        self.no_other_case(&reader.scope, &case.customer_id).await
    }

    /// What comes with a move, as its type asks for it.
    fn told<'a>(&self, case_type: &CaseType, one: &Move, request: &'a view::MoveCase) -> Result<Told<'a>, Error> {
        let filled = |text: &'a Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let note = filled(&request.note);
        if note.is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
            return Err(Error::bad(
                "note_too_long",
                ("备注不能超过 2000 字", "the note may have at most 2,000 characters"),
                ("请写得短一些", "make it shorter"),
            ));
        }
        if one.requires(Field::Note) && note.is_none() {
            return Err(Error::bad(
                "note_needed",
                ("请写一句做了什么", "say in a sentence what was done"),
                (
                    "例如：电话沟通，客户同意月底复谈",
                    "for example: called them, they will talk again at the month's end",
                ),
            ));
        }
        let why = match filled(&request.reason) {
            None if !one.requires(Field::Reason) => None,
            text => Some(reason(text.unwrap_or_default())?),
        };
        if one.does != Verb::Close {
            return Ok(Told { said: why.or(note), closing: None, ended_as: None, churn_reason: None });
        }
        let word = request.outcome.as_deref().unwrap_or_default();
        let outcome = case_type.outcome(word).ok_or_else(|| bad_outcome(&case_type.outcomes))?;
        let churn_reason = filled(&request.churn_reason);
        let known = |id: &str| self.definitions().churn_reasons.iter().any(|reason| reason.id == id);
        let fits = match outcome.means {
            Means::Lost => churn_reason.is_some_and(known),
            _ => churn_reason.is_none(),
        };
        if !fits {
            return Err(self.bad_churn_reason());
        }
        let closing = Closing { outcome: CaseOutcome::from(outcome.means), note };
        Ok(Told { said: note, closing: Some(closing), ended_as: Some(word), churn_reason })
    }

    /// No such reason, or one where the customer has not left.
    pub(crate) fn bad_churn_reason(&self) -> Error {
        let known: Vec<&str> = self.definitions().churn_reasons.iter().map(|reason| reason.id.as_str()).collect();
        let list = known.join("、");
        Error::bad(
            "bad_churn_reason",
            (
                "客户离开了就选一个流失原因；其他结果不填",
                "choose why the customer left where they have left, and only there",
            ),
            (&format!("可选：{list}"), &format!("one of {}", known.join(", "))),
        )
    }
}

/// Whether a move starts from where the case is and is the reader's to make.
fn check_move(
    reader: &Reader,
    roster: &Roster,
    (case_type, one): (&CaseType, &Move),
    case: &CaseRecord,
) -> Result<(), Error> {
    if !one.from.contains(&case.stage) {
        return Err(not_allowed(reader, roster, case_type, case));
    }
    if !is_theirs(reader, roster, one, case) {
        return Err(not_yours(case, roster));
    }
    Ok(())
}

/// On whose desk a move puts the case, where it puts it on anybody's.
fn receiver_of(
    one: &Move,
    request: &view::MoveCase,
    case: &CaseRecord,
    roster: &Roster,
) -> Result<Option<String>, Error> {
    let owner = case.owner.as_deref();
    match one.does {
        Verb::Assign | Verb::Transfer => receiver(roster, request.to.ok_or_else(person_needed)?, owner).map(Some),
        Verb::Escalate => {
            let head = case.assigned_to.as_deref().and_then(|desk| roster.head_above(desk, owner));
            head.map(|head| Some(desk_of(head).to_owned())).ok_or_else(no_head)
        }
        _ => Ok(None),
    }
}

/// None of the outcomes that a case of its type may end in.
pub(crate) fn bad_outcome(known: &[Outcome]) -> Error {
    let list = |said: fn(&Outcome) -> &str, glue: &str| {
        known.iter().map(|one| format!("{} {}", one.id, said(one))).collect::<Vec<_>>().join(glue)
    };
    Error::bad(
        "bad_outcome",
        ("没有这个结果", "no such outcome"),
        (&format!("可选：{}", list(|one| &one.name.zh, "、")), &format!("one of {}", list(|one| &one.name.en, ", "))),
    )
}

fn unknown_move(case_type: &CaseType, word: &str) -> Error {
    let known: Vec<&str> = case_type.moves.iter().map(|one| one.id.as_str()).collect();
    Error::bad(
        "unknown_move",
        (&format!("这种跟进单没有动作“{word}”"), &format!("a case of this type has no move \"{word}\"")),
        (&format!("可用：{}", known.join("、")), &format!("one of {}", known.join(", "))),
    )
}

/// The move does not start from where the case is; what does is said.
fn not_allowed(reader: &Reader, roster: &Roster, case_type: &CaseType, case: &CaseRecord) -> Error {
    let stage = case_type.stage(&case.stage).map(|stage| stage.name.clone()).unwrap_or_default();
    let moves: Vec<&Move> = offered(reader, roster, case_type, case).collect();
    let names = |pick: fn(&Move) -> &str, glue: &str| {
        let names: Vec<&str> = moves.iter().map(|one| pick(one)).collect();
        if names.is_empty() { "-".to_owned() } else { names.join(glue) }
    };
    Error::new(
        Class::Conflict,
        "move_not_allowed",
        (
            &format!("跟进单现在是“{}”，不能这样做", stage.zh),
            &format!("the case is \"{}\" now: that cannot be done", stage.en),
        ),
        (
            &format!("现在可以：{}", names(|one| &one.name.zh, "、")),
            &format!("what can be done now: {}", names(|one| &one.name.en, ", ")),
        ),
    )
}

fn not_yours(case: &CaseRecord, roster: &Roster) -> Error {
    let desk = case.assigned_to.as_deref();
    let name = desk.and_then(|desk| roster.at_desk(desk)).map_or(desk.unwrap_or("-"), |person| person.name.as_str());
    Error::new(
        Class::Forbidden,
        "not_yours",
        (
            &format!("这张跟进单在 {name} 手上，只有本人或其主管能这样做"),
            &format!("this case is with {name}: only they and whoever heads them can do that"),
        ),
        ("可以催办，或请主管处理", "urge them, or ask their head"),
    )
}

fn refused(why: NotAllowed, case: &CaseRecord, roster: &Roster) -> Error {
    let desk = case.assigned_to.as_deref().unwrap_or("-");
    let name = roster.at_desk(desk).map_or(desk, |person| person.name.as_str());
    let (detail, hint) = match why {
        NotAllowed::Taken => (
            (format!("{name} 已经在处理，不用领取"), format!("{name} has it already: it is not to be claimed")),
            ("可以催办，或请对方转交", "urge them, or ask them to hand it over"),
        ),
        NotAllowed::SameDesk => {
            ((format!("已经在 {name} 手上"), format!("{name} has it already")), ("请选另一位", "choose somebody else"))
        }
        NotAllowed::Oneself => (
            ("这张跟进单在您自己手上".to_owned(), "this case is on your own desk".to_owned()),
            ("请直接处理，或转交、上报", "act on it, or hand it over or escalate it"),
        ),
        NotAllowed::Nobody | NotAllowed::WrongStage => (
            ("请指定由谁来接".to_owned(), "say who gets it".to_owned()),
            ("从列表中选一位", "choose one from the list"),
        ),
    };
    Error::new(Class::Conflict, "move_not_allowed", (&detail.0, &detail.1), hint)
}

fn person_needed() -> Error {
    Error::bad("person_needed", ("请选择交给谁", "say who gets it"), ("从列表中选一位", "choose one from the list"))
}

fn no_head() -> Error {
    Error::new(
        Class::Conflict,
        "no_head",
        (
            "找不到可以上报的主管：没有部门负责人，或负责人看不到这位客户",
            "nobody to escalate to: the unit has no head, or none who sees this customer",
        ),
        ("请管理员在“员工与部门”里设定负责人", "ask an administrator to name a head of the unit"),
    )
}
