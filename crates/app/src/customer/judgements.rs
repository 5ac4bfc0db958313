//! What people say of a customer's health: a staff pulse, or that the health is another than was computed.

use store::{Judgement, NewJudgement};
use vocab::{CustomerId, Instant, Scope};

use crate::books::NOW;
use crate::error::{Class, Error};
use crate::shown::written;
use crate::view::{self, JudgementRow};
use crate::{App, Reader};

/// A word on a health stands a year at most: then somebody has to look again.
const LONGEST_DAYS: i64 = 366;
const LONGEST_REASON: usize = 500;

impl App {
    /// What people had said of a customer's health by a moment, newest first.
    pub(crate) async fn judgements(
        &self,
        scope: &Scope,
        customer: &CustomerId,
        at: Instant,
    ) -> Result<Vec<JudgementRow>, Error> {
        let all = self.store().judgements(scope).await?;
        let theirs = all.into_iter().rev().filter(|one| one.said.customer == *customer && one.said_at <= at);
        Ok(theirs.map(|one| row(one, at)).collect())
    }

    /// Keeps a person's word on a customer's health. Lists follow at once, alerts with the next cycle.
    ///
    /// # Errors
    /// `bad_health`, `bad_reason`, `bad_until`, `unknown_measure`; `not_found` for a customer that the reader may not see.
    pub async fn judge(
        &self,
        reader: &Reader,
        customer: &CustomerId,
        asked: view::NewJudgement,
        now: Instant,
    ) -> Result<JudgementRow, Error> {
        reader.may_act()?;
        let snapshot = self.snapshot(None, now).await?;
        self.place(&snapshot, &reader.scope, customer)?;
        let reason = asked.reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
            return Err(Error::bad(
                "bad_reason",
                ("请写明理由，最多 500 字", "say why, in 1 to 500 letters"),
                ("例如：对接人说预算已批", "for example: they told us the budget is approved"),
            ));
        }
        let until = self.end_of(&asked, now)?;
        self.check_value(&asked).await?;
        let new = NewJudgement {
            customer: customer.clone(),
            measure: asked.measure,
            value: asked.value,
            reason: reason.to_owned(),
            until,
        };
        // The snapshot has looked at the scope; the store's own projection follows with the cycle.
        let kept = self.store().add_judgement(&Scope::All, &new, &reader.actor(), now).await?;
        self.refresh_scorecards().await?;
        Ok(row(kept, now))
    }

    /// Takes a word on a customer's health back.
    pub async fn withdraw_judgement(
        &self,
        reader: &Reader,
        customer: &CustomerId,
        id: i64,
        now: Instant,
    ) -> Result<JudgementRow, Error> {
        reader.may_act()?;
        let snapshot = self.snapshot(None, now).await?;
        self.place(&snapshot, &reader.scope, customer)?;
        let missing = || Error::not_found(("这条人工调整", "the word"));
        let all = self.store().judgements(&Scope::All).await?;
        all.iter().find(|one| one.id == id && one.said.customer == *customer).ok_or_else(missing)?;
        let taken =
            self.store().withdraw_judgement(&Scope::All, id, &reader.actor(), now).await.map_err(
                |error| match error.is_conflict() {
                    true => Error::new(
                        Class::Conflict,
                        "already_withdrawn",
                        ("这条人工调整已经撤回", "the word was taken back already"),
                        ("无需再做", "there is nothing left to do"),
                    ),
                    false => error.into(),
                },
            )?;
        self.refresh_scorecards().await?;
        Ok(row(taken, now))
    }

    async fn check_value(&self, asked: &view::NewJudgement) -> Result<(), Error> {
        let Some(measure) = &asked.measure else {
            return (0.0..=100.0).contains(&asked.value).then_some(()).ok_or_else(|| {
                Error::bad(
                    "bad_health",
                    ("健康分应在 0 到 100 之间", "health goes from 0 to 100"),
                    ("请改成 0–100 的数字", "write a number from 0 to 100"),
                )
            });
        };
        if asked.value.is_finite() && self.asks_people(measure).await? {
            return Ok(());
        }
        Err(Error::bad(
            "unknown_measure",
            (&format!("打分卡里没有由人填写的“{measure}”"), &format!("the scorecard asks nobody about \"{measure}\"")),
            ("请在打分卡里加一项 pulse", "add a measure with pulse to the scorecard"),
        ))
    }

    fn end_of(&self, asked: &view::NewJudgement, now: Instant) -> Result<Option<Instant>, Error> {
        let bad = || {
            Error::bad(
                "bad_until",
                ("请给出截止日期：晚于现在，最多一年以后", "say when it ends: later than now and at most a year ahead"),
                ("例如 2025-09-30", "for example 2025-09-30"),
            )
        };
        match asked.until.as_deref() {
            None if asked.measure.is_some() => Ok(None),
            None => Err(bad()),
            Some(text) => {
                let until = self.zone().parse(text).map_err(|_| bad())?;
                (now < until && until <= now.plus_days(LONGEST_DAYS)).then_some(Some(until)).ok_or_else(bad)
            }
        }
    }

    /// Whether a scorecard in use asks people for this measure.
    async fn asks_people(&self, measure: &str) -> Result<bool, Error> {
        let firm = self.working_firm().await?;
        let book = self.book_at(&firm.scorecard, NOW)?;
        let mut books = std::iter::once(book).chain(book.special());
        Ok(books.any(|book| book.measure(measure).is_some_and(|measure| measure.manual.is_some())))
    }
}

fn row(word: Judgement, now: Instant) -> JudgementRow {
    let stands = word.ends_at() > now;
    JudgementRow {
        id: word.id,
        measure: word.said.measure,
        value: word.said.value,
        reason: word.said.reason,
        author: word.author,
        said_at: written(word.said_at),
        until: word.said.until.map(written),
        withdrawn_at: word.withdrawn_at.map(written),
        withdrawn_by: word.withdrawn_by,
        stands,
    }
}
