//! What people do with cases: moved as their type allows, opened by hand, acted upon from elsewhere.
//!
//! What a move makes of the work is decided by [`actions::CaseType::step`], handed in; here it is made true at once with
//! everything that hangs on it (alerts, history), or not at all.

use std::collections::HashMap;

use actions::{NotAllowed, Verb, Work};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use vocab::{AsOf, CustomerId, Instant, Scope};

use crate::alert::{AlertResolution, AlertState};
use crate::case::{
    CaseRecord, CaseState, CaseStep, Closing, Ending, blank, close, finish, remember, seen, show_on_alerts,
};
use crate::cycle::{last_id, rewrite};
use crate::entity::{alerts, cases};
use crate::history::steps_of;
use crate::open::Writing;
use crate::scope::owners_of;
use crate::words::severity_number;
use crate::{Error, Store};

/// A move of a case.
#[derive(Clone, Copy)]
pub struct CaseMoving<'a> {
    /// What it does; the history calls it [`Verb::done`].
    pub does: Verb,
    /// What it makes of the work as it is.
    pub step: &'a (dyn Fn(&Work) -> Result<Work, NotAllowed> + Sync),
    /// What was said with it.
    pub said: Option<&'a str>,
    /// How it ends, of a move that closes.
    pub closing: Option<Closing<'a>>,
    /// The outcome as the case type calls it, of a move that closes.
    pub ended_as: Option<&'a str>,
    /// Why the customer left, of a move that closes a case so.
    pub churn_reason: Option<&'a str>,
}

/// What becomes of the work on an open case that comes to another desk, or to nobody's, because its customer goes to somebody
/// else: told the case, its steps in order and the desk.
pub type Carrying<'a> = &'a (dyn Fn(&CaseRecord, &[CaseStep], Option<&str>) -> Work + Sync);

/// What an act on a customer makes of the work on an open case, told the case type's id and the work.
pub type Acting<'a> = &'a (dyn Fn(&str, &Work) -> Work + Sync);

/// A case that somebody opens.
#[derive(Clone, Copy, Debug)]
pub struct CaseOpening<'a> {
    /// Whom it is about.
    pub customer: &'a CustomerId,
    /// Its type.
    pub case_type: &'a str,
    /// What it is about.
    pub about: &'a str,
    /// The work on it.
    pub work: &'a Work,
    /// The moment whose facts were looked at.
    pub as_of: AsOf,
}

impl Store {
    /// Somebody moves a case. `version` is the one they saw. One that ends resolves its open alerts as `closed`, and their
    /// cooldown begins.
    ///
    /// # Errors
    /// Not found outside the scope; a conflict if the case has changed since, if its work does not allow the move, or if it
    /// is opened again while the customer has another; refused for an end without an outcome, and for an outcome that no
    /// person says ([`crate::CaseOutcome::is_said`]).
    pub async fn move_case(
        &self,
        scope: &Scope,
        id: i64,
        version: i64,
        moving: CaseMoving<'_>,
        actor: &str,
        now: Instant,
    ) -> Result<CaseRecord, Error> {
        let mut writing = self.write(now).await?;
        let row = moved(&mut writing, scope, (id, version), moving, actor, now).await?;
        finish(writing, vec![row]).await
    }

    /// Somebody opens a case. Open alerts of the customer that stand alone join it.
    ///
    /// # Errors
    /// Not found outside the scope; a conflict if the customer has an open case.
    pub async fn open_case(
        &self,
        scope: &Scope,
        opening: CaseOpening<'_>,
        actor: &str,
        now: Instant,
    ) -> Result<CaseRecord, Error> {
        let doing = "opening a case";
        let mut writing = self.write(now).await?;
        let owners = owners_of(&writing.transaction, [opening.customer.as_str()].into_iter()).await?;
        if !scope.admits(owners.get(opening.customer.as_str()).map(String::as_str)) {
            return Err(Error::not_found(format!("customer {}", opening.customer)));
        }
        let highest = cases::Entity::find().select_only().column_as(cases::Column::Id.max(), "id");
        let work = opening.work;
        let id = last_id(&writing, highest).await? + 1;
        let blank = cases::Model {
            case_type: opening.case_type.to_owned(),
            severity: severity_number(work.severity),
            about: Some(opening.about.to_owned()),
            said: Some(opening.about.to_owned()),
            tier: work.tier.clone(),
            ..blank(id, opening.customer, actor, (now, opening.as_of))
        };
        let row = written(&blank, work, actor);
        cases::Entity::insert(row.clone().into_active_model())
            .exec_without_returning(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        remember(&mut writing, &row, actor, "opened")?;
        let alone = alerts::Entity::find()
            .filter(alerts::Column::CustomerId.eq(row.customer_id.as_str()))
            .filter(alerts::Column::State.eq(AlertState::Open.as_str()))
            .filter(alerts::Column::CaseId.is_null())
            .filter(alerts::Column::SnoozedUntil.is_null())
            .order_by_asc(alerts::Column::Id)
            .all(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        let joined = alone.into_iter().map(|alert| alerts::Model {
            version: alert.version + 1,
            case_id: Some(row.id),
            case_state: Some(row.state.clone()),
            ..alert
        });
        rewrite(&mut writing, joined.collect(), actor, "attached").await?;
        finish(writing, vec![row]).await
    }
}

/// Moves a case in the transaction of what else is done. What refuses the move has written nothing.
pub(crate) async fn moved(
    writing: &mut Writing,
    scope: &Scope,
    (id, version): (i64, i64),
    moving: CaseMoving<'_>,
    actor: &str,
    now: Instant,
) -> Result<cases::Model, Error> {
    if moving.closing.is_some_and(|closing| !closing.outcome.is_said()) {
        return Err(Error::refused("only the cycle clears a case; a person says how it ended"));
    }
    let before = seen(writing, scope, id, version).await?;
    let work = work_of(&before)?;
    let after = (moving.step)(&work).map_err(|why| {
        Error::conflict(format!("case {id} cannot be {} now: {why:?}", moving.does.done()), Some(before.version))
    })?;
    if after.state == actions::CaseState::Closed && work.state != actions::CaseState::Closed {
        let closing = moving.closing.ok_or_else(|| Error::refused("a case ends with an outcome"))?;
        let ended_as = moving.ended_as;
        let ending = Ending { closing, stage: &after.stage, ended_as, churn_reason: moving.churn_reason };
        return end(writing, before, ending, actor, now).await;
    }
    let mut row = cases::Model { said: moving.said.map(str::to_owned), ..written(&before, &after, actor) };
    if work.state == actions::CaseState::Closed {
        (row.closed_at, row.closed_by, row.note) = (None, None, None);
        (row.outcome, row.ended_as, row.churn_reason) = (None, None, None);
    }
    save(writing, &row).await?;
    if row.state != before.state {
        show_on_alerts(writing, &[id], CaseState::read(&row.state)?).await?;
    }
    remember(writing, &row, actor, moving.does.done())?;
    Ok(row)
}

/// Notes on the open case of a customer that somebody acted upon it, in the transaction of what they did. Returns the case;
/// none where none is open.
pub(crate) async fn note_act(
    writing: &mut Writing,
    customer: &str,
    acting: Acting<'_>,
    actor: &str,
) -> Result<Option<i64>, Error> {
    let before = cases::Entity::find()
        .filter(cases::Column::CustomerId.eq(customer))
        .filter(cases::Column::State.ne(CaseState::Closed.as_str()))
        .one(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading the case of a customer"))?;
    let Some(before) = before else { return Ok(None) };
    let after = acting(&before.case_type, &work_of(&before)?);
    let row = cases::Model { said: None, ..written(&before, &after, actor) };
    save(writing, &row).await?;
    if row.state != before.state {
        show_on_alerts(writing, &[row.id], CaseState::read(&row.state)?).await?;
    }
    remember(writing, &row, actor, Verb::Act.done())?;
    Ok(Some(row.id))
}

/// Puts an open case on another desk, or on nobody's, because its customer has gone to somebody else: in the transaction of
/// what else is done.
pub(crate) async fn pass_on(
    writing: &mut Writing,
    before: cases::Model,
    desk: Option<&str>,
    (carrying, actor): (Carrying<'_>, &str),
) -> Result<(), Error> {
    let record = CaseRecord::new(before.clone(), &HashMap::new())?;
    let steps = steps_of(&writing.transaction, &Scope::All, &[before.id], None).await?.remove(&before.id);
    let after = carrying(&record, &steps.unwrap_or_default(), desk);
    let row = cases::Model { said: None, ..written(&before, &after, actor) };
    save(writing, &row).await?;
    remember(writing, &row, actor, "handed_over")
}

async fn end(
    writing: &mut Writing,
    before: cases::Model,
    ending: Ending<'_>,
    actor: &str,
    now: Instant,
) -> Result<cases::Model, Error> {
    let id = before.id;
    let mut closed = close(writing, vec![before], actor, ending, now).await?;
    let open = alerts::Entity::find()
        .filter(alerts::Column::CaseId.eq(id))
        .filter(alerts::Column::State.eq(AlertState::Open.as_str()))
        .all(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading the alerts of a case"))?;
    crate::cycle::resolve(writing, open, AlertResolution::Closed, actor, now).await?;
    let customers: Vec<String> = closed.iter().map(|case| case.customer_id.clone()).collect();
    crate::line::lead_anew(writing, &customers).await?;
    closed.pop().ok_or_else(|| Error::not_found(format!("case {id}")))
}

fn work_of(row: &cases::Model) -> Result<Work, Error> {
    Ok(CaseRecord::new(row.clone(), &HashMap::new())?.work())
}

/// The row with what has become of the work, a version on.
fn written(before: &cases::Model, after: &Work, actor: &str) -> cases::Model {
    let micros = |at: Option<Instant>| at.map(Instant::micros);
    // Whoever sets a moment is named with it.
    let by = |was: Option<i64>, is: Option<Instant>, named: &Option<String>| match (was, is) {
        (_, None) => None,
        (Some(was), Some(is)) if was == is.micros() => named.clone(),
        _ => Some(actor.to_owned()),
    };
    cases::Model {
        version: before.version + 1,
        state: after.state.as_str().to_owned(),
        stage: after.stage.clone(),
        stage_since: after.stage_since.micros(),
        assigned_to: after.desk.clone(),
        accept_by: after.accept_by.micros(),
        reply_by: micros(after.reply_by),
        act_by: after.act_by.micros(),
        review_by: micros(after.review_by),
        due_at: after.due().map(|(_, at)| at.micros()),
        accepted_at: micros(after.accepted_at),
        accepted_by: by(before.accepted_at, after.accepted_at, &before.accepted_by),
        replied_at: micros(after.replied_at),
        replied_by: by(before.replied_at, after.replied_at, &before.replied_by),
        acted_at: micros(after.acted_at),
        acted_by: by(before.acted_at, after.acted_at, &before.acted_by),
        passes: i64::from(after.passes),
        most_passes: i64::from(after.most_passes),
        nudge_count: i64::from(after.nudges),
        nudged_at: micros(after.nudged_at),
        escalated_at: micros(after.escalated_at),
        reopened_count: i64::from(after.reopened),
        ..before.clone()
    }
}

pub(crate) async fn save(writing: &Writing, row: &cases::Model) -> Result<(), Error> {
    cases::Entity::update(row.clone().into_active_model().reset_all())
        .exec(&writing.transaction)
        .await
        .map_err(Error::while_doing("changing a case"))?;
    Ok(())
}
