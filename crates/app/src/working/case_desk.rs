//! Tasks of a case, and remarks that mention people.

use store::{NewCaseTask, Resource, TaskChange};
use vocab::{AsOf, Instant};

use crate::error::Error;
use crate::view;
use crate::working::case_list::no_case;
use crate::working::case_work::receiver;
use crate::{App, Reader};

pub(crate) const LONGEST_TITLE: usize = 200;
const LONGEST_REMARK: usize = 2_000;
/// From the middle of one day to that of the next, in microseconds: safely within a day whatever the clocks do at night.
const DAY_AND_A_HALF: i64 = 36 * 3_600_000_000;

impl App {
    /// Writes a task of a case down.
    ///
    /// # Errors
    /// `bad_title`, `bad_due`, `cannot_see` for somebody who does not see the customer; `version_conflict` where the case is
    /// closed.
    pub async fn add_case_task(
        &self,
        reader: &Reader,
        case: i64,
        request: view::NewCaseTask,
        now: Instant,
    ) -> Result<view::CaseWork, Error> {
        reader.may_act()?;
        let task = NewCaseTask {
            title: title(&request.title)?,
            staff_id: request.to,
            due_at: self.task_due(request.due.as_deref())?,
        };
        self.check_receiver(reader, case, request.to).await?;
        self.store().add_case_task(&reader.scope, case, &task, &reader.actor(), now).await?;
        self.case_work(reader, case, now).await
    }

    /// Changes a task, or says that it is done.
    ///
    /// # Errors
    /// `version_conflict`, with who did what, when somebody else was faster; otherwise as [`App::add_case_task`].
    pub async fn change_case_task(
        &self,
        reader: &Reader,
        (case, id): (i64, i64),
        request: view::CaseTaskChange,
        now: Instant,
    ) -> Result<view::CaseWork, Error> {
        reader.may_act()?;
        let tasks = self.store().case_tasks(&reader.scope, &[case]).await?;
        let before = tasks.into_iter().find(|task| task.id == id);
        let before = before.ok_or_else(|| Error::not_found(("这个任务", "the task")))?;
        let task = NewCaseTask {
            title: match &request.title {
                Some(text) => title(text)?,
                None => before.title,
            },
            staff_id: request.to.or(before.staff_id),
            due_at: self.task_due(request.due.as_deref())?.or(before.due_at),
        };
        self.check_receiver(reader, case, request.to).await?;
        let change = TaskChange { task, done: request.done.unwrap_or(before.done_at.is_some()) };
        let of = (case, id, request.version);
        if let Err(error) = self.store().change_case_task(&reader.scope, of, &change, &reader.actor(), now).await {
            return Err(self.told_by(&reader.scope, Resource::CaseTask, (id, request.version), error).await);
        }
        self.case_work(reader, case, now).await
    }

    /// Somebody remarks on a case; `@` and a name mentions whoever may be given it.
    ///
    /// # Errors
    /// `bad_comment`.
    pub async fn add_case_comment(
        &self,
        reader: &Reader,
        case: i64,
        request: view::NewCaseComment,
        now: Instant,
    ) -> Result<view::CaseWork, Error> {
        reader.may_act()?;
        let body = request.body.trim();
        if body.is_empty() || body.chars().count() > LONGEST_REMARK {
            return Err(Error::bad(
                "bad_comment",
                ("请写 1 到 2000 字", "write 1 to 2,000 characters"),
                ("用 @姓名 提醒同事", "@ and a name calls a colleague"),
            ));
        }
        let of = self.store().case(&reader.scope, case).await?.ok_or_else(no_case)?;
        let people = self.roster().await?.people_for(of.owner.as_deref());
        let names: Vec<&str> = people.iter().map(|one| one.name.as_str()).collect();
        let mentions: Vec<i64> = actions::mentioned(body, &names).into_iter().map(|place| people[place].id).collect();
        self.store().add_case_comment(&reader.scope, case, (body, &mentions), &reader.actor(), now).await?;
        self.case_work(reader, case, now).await
    }

    /// Whoever is named for a task must see the customer.
    async fn check_receiver(&self, reader: &Reader, case: i64, to: Option<i64>) -> Result<(), Error> {
        let Some(id) = to else { return Ok(()) };
        let of = self.store().case(&reader.scope, case).await?.ok_or_else(no_case)?;
        receiver(&self.roster().await?, id, of.owner.as_deref()).map(drop)
    }

    /// By when: a day means its end.
    fn task_due(&self, text: Option<&str>) -> Result<Option<Instant>, Error> {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
        let at = self.moment(text).map(AsOf::instant).map_err(|_| {
            Error::bad(
                "bad_due",
                (&format!("不是日期或时间：“{text}”"), &format!("not a date or time: \"{text}\"")),
                ("请写成 2025-06-01", "write 2025-06-01"),
            )
        })?;
        let is_day = text.chars().count() <= "2025-06-01".len();
        let end = || self.zone().midnight(at.plus_micros(DAY_AND_A_HALF)).plus_micros(-1);
        Ok(Some(if is_day { end() } else { at }))
    }
}

pub(crate) fn title(text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_TITLE {
        return Err(Error::bad(
            "bad_title",
            ("请用 1 到 200 字写明要做什么", "say what is to be done in 1 to 200 characters"),
            ("例如：周三前发新报价", "for example: send the new offer by Wednesday"),
        ));
    }
    Ok(text.to_owned())
}
