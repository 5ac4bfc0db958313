//! What people do to alerts besides working their cases: put them off, take them up again, call them false, do one thing
//! to many; and the filters that they save.
//!
//! Whoever changes an alert or a case sends back the version they saw; who was slower is told what the faster one did.

use actions::Verb;
use store::{Resource, Snoozing, StaffRecord, Standing};
use vocab::{Instant, Scope};

use crate::error::{Class, Error};
use crate::staff::roster::works;
use crate::view::{self, AlertRow, Assignee, BulkRow, Count, RuleRecord, Words};
use crate::working::case_moves::Meant;
use crate::{App, Reader};

/// An alert is put off for a year at most: then somebody has to look again.
const LONGEST_SNOOZE_DAYS: i64 = 366;
const LONGEST_REASON: usize = 500;
const MOST_AT_ONCE: usize = 500;
/// What came of rules is counted over so many days.
const RECORD_DAYS: i64 = 90;
const PAGES: [&str; 2] = ["alerts", "cases"];

impl App {
    /// What the alerts page needs besides its rows, within the reader's scope.
    pub async fn desk_page(&self, reader: &Reader, now: Instant) -> Result<view::DeskPage, Error> {
        let counted = self.store().standing_counts(&reader.scope).await?;
        let standing_counts = Standing::ALL.iter().map(|standing| Count {
            key: standing.as_str().to_owned(),
            count: counted.get(standing).copied().unwrap_or(0),
        });
        let staff = if reader.can_act { self.store().staff().await? } else { Vec::new() };
        let assignees = staff.into_iter().filter(works).map(|one| Assignee { id: one.id, name: one.name }).collect();
        let counts = self.store().rule_counts(&reader.scope, now.plus_days(-RECORD_DAYS)).await?;
        let rules = counts.into_iter().map(|one| RuleRecord {
            rule: one.rule,
            opened: one.opened,
            acted: one.acted,
            false_alarms: one.false_alarms,
        });
        Ok(view::DeskPage {
            standing_counts: standing_counts.collect(),
            assignees,
            rules: rules.collect(),
            week: self.budget_week(now).await?,
        })
    }

    /// 稍后处理: puts an open alert off until a day; it comes back by itself then, or before if it gets worse.
    ///
    /// # Errors
    /// `version_conflict` when somebody else was faster; `bad_until`, `bad_reason`.
    pub async fn snooze_alert(
        &self,
        reader: &Reader,
        id: i64,
        request: view::SnoozeAlert,
        now: Instant,
    ) -> Result<AlertRow, Error> {
        reader.may_act()?;
        let until = self.snooze_end(&request.until, now)?;
        let reason = reason(&request.reason)?;
        let snapshot = self.snapshot(None, now).await?;
        let known = self.store().alert(&reader.scope, id).await?;
        let position = known.and_then(|alert| snapshot.position(&alert.customer_id));
        let health = position.and_then(|at| snapshot.score(at)).and_then(|score| score.health);
        let health = health.map(|health| i64::from(health.hundredths()));
        let snoozing = Snoozing { until, reason, health };
        let put_off =
            self.store().snooze_alert(&reader.scope, id, request.version, snoozing, &reader.actor(), now).await;
        match put_off {
            Ok(alert) => Ok(self.alert_row(&snapshot, &alert)),
            Err(error) => Err(self.told_by(&reader.scope, Resource::Alert, (id, request.version), error).await),
        }
    }

    /// Takes an alert up again before its day.
    ///
    /// # Errors
    /// `version_conflict` when somebody else was faster or it is not put off.
    pub async fn wake_alert(
        &self,
        reader: &Reader,
        id: i64,
        request: view::WakeAlert,
        now: Instant,
    ) -> Result<AlertRow, Error> {
        reader.may_act()?;
        let snapshot = self.snapshot(None, now).await?;
        match self.store().wake_alert(&reader.scope, id, request.version, &reader.actor(), now).await {
            Ok(alert) => Ok(self.alert_row(&snapshot, &alert)),
            Err(error) => Err(self.told_by(&reader.scope, Resource::Alert, (id, request.version), error).await),
        }
    }

    /// 已核实无风险: somebody looked, and there is nothing to warn of. Counted against the rule.
    ///
    /// # Errors
    /// `version_conflict` when somebody else was faster; `bad_reason`.
    pub async fn call_alert_false(
        &self,
        reader: &Reader,
        id: i64,
        request: view::FalseAlert,
        now: Instant,
    ) -> Result<AlertRow, Error> {
        reader.may_act()?;
        let reason = reason(&request.reason)?;
        let snapshot = self.snapshot(None, now).await?;
        match self.store().call_alert_false(&reader.scope, id, request.version, reason, &reader.actor(), now).await {
            Ok(alert) => Ok(self.alert_row(&snapshot, &alert)),
            Err(error) => Err(self.told_by(&reader.scope, Resource::Alert, (id, request.version), error).await),
        }
    }

    /// Does one thing to many alerts, one after the other: what cannot be done is said by row and hinders no other.
    ///
    /// # Errors
    /// `unknown_choice`, `too_many_alerts`, and what is wrong with the request as a whole.
    pub async fn bulk_alerts(
        &self,
        reader: &Reader,
        request: view::BulkRequest,
        now: Instant,
    ) -> Result<view::BulkResult, Error> {
        reader.may_act()?;
        if request.alerts.is_empty() || request.alerts.len() > MOST_AT_ONCE {
            return Err(Error::bad(
                "too_many_alerts",
                ("一次可处理 1 到 500 条预警", "1 to 500 alerts can be done at once"),
                ("请分几次", "do it in several goes"),
            ));
        }
        let deed = self.deed(&request, now).await?;
        let mut rows = Vec::with_capacity(request.alerts.len());
        let mut cases_done = std::collections::BTreeSet::new();
        for alert in &request.alerts {
            let done = self.do_to(reader, alert, &deed, &mut cases_done, now).await;
            let error = done.as_ref().err();
            rows.push(BulkRow {
                id: alert.id,
                done: done.is_ok(),
                code: error.map(|error| error.code().to_owned()),
                detail: error.map(|error| error.detail().clone()),
            });
        }
        let done_count = rows.iter().filter(|row| row.done).count() as u64;
        Ok(view::BulkResult { rows, done_count })
    }

    async fn deed(&self, request: &view::BulkRequest, now: Instant) -> Result<Deed, Error> {
        let why = || reason(request.reason.as_deref().unwrap_or_default()).map(str::to_owned);
        match request.action.as_str() {
            "accept" => Ok(Deed::Accept),
            "wake" => Ok(Deed::Wake),
            "false_alarm" => Ok(Deed::False(why()?)),
            "snooze" => {
                let until = request.until.clone().unwrap_or_default();
                self.snooze_end(&until, now)?;
                Ok(Deed::Snooze { until, reason: why()? })
            }
            "close" => {
                let outcome = request.outcome.clone().unwrap_or_default();
                let book = &self.definitions().cases;
                // Whether the type of each case has it is seen when its turn comes.
                let known = book.outcome(&outcome);
                let known = known.ok_or_else(|| crate::working::case_moves::bad_outcome(&book.outcomes()))?;
                let churn_reason = request.churn_reason.clone();
                if known.means == actions::Means::Lost && churn_reason.is_none() {
                    return Err(self.bad_churn_reason());
                }
                Ok(Deed::Close { outcome, note: request.note.clone(), churn_reason })
            }
            "assign" => {
                let id = request.to.unwrap_or_default();
                let person = self.store().staff_by_id(id).await?.filter(works);
                person.map(Deed::Assign).ok_or_else(|| Error::not_found(("这位员工", "the person")))
            }
            other => Err(Error::bad(
                "unknown_choice",
                (&format!("没有这个批量操作：“{other}”"), &format!("no such bulk action: \"{other}\"")),
                (
                    "可用：accept、assign、snooze、wake、close、false_alarm",
                    "one of: accept, assign, snooze, wake, close, false_alarm",
                ),
            )),
        }
    }

    /// One alert of many. Alerts of one case are done with it, once.
    async fn do_to(
        &self,
        reader: &Reader,
        alert: &view::BulkAlert,
        deed: &Deed,
        cases_done: &mut std::collections::BTreeSet<i64>,
        now: Instant,
    ) -> Result<(), Error> {
        let version = alert.version;
        match deed {
            Deed::Snooze { until, reason } => {
                let request = view::SnoozeAlert { version, until: until.clone(), reason: reason.clone() };
                return self.snooze_alert(reader, alert.id, request, now).await.map(drop);
            }
            Deed::Wake => return self.wake_alert(reader, alert.id, view::WakeAlert { version }, now).await.map(drop),
            Deed::False(reason) => {
                let request = view::FalseAlert { version, reason: reason.clone() };
                return self.call_alert_false(reader, alert.id, request, now).await.map(drop);
            }
            Deed::Accept | Deed::Close { .. } | Deed::Assign(_) => {}
        }
        let record = self.store().alert(&reader.scope, alert.id).await?;
        let record = record.ok_or_else(|| Error::not_found(("这条预警", "the alert")))?;
        let Some((case, current)) = record.case_id.zip(record.case_version) else {
            return Err(Error::new(
                Class::Conflict,
                "no_case",
                (
                    "这条预警没有跟进单：还在线下、已稍后或仅供知悉",
                    "no case works on this alert: it waits, is put off, or is worth knowing only",
                ),
                ("请先唤醒它，或等它排上来", "take it up again, or wait until it rises"),
            ));
        };
        if cases_done.contains(&case) {
            return Ok(());
        }
        let version = alert.case_version.unwrap_or(current);
        match deed {
            Deed::Accept => drop(self.accept_case(reader, case, view::AcceptCase { version }, now).await?),
            Deed::Close { outcome, note, churn_reason } => {
                let (outcome, note, churn_reason) = (outcome.clone(), note.clone(), churn_reason.clone());
                drop(
                    self.close_case(reader, case, view::CloseCase { version, outcome, note, churn_reason }, now)
                        .await?,
                );
            }
            Deed::Assign(person) => {
                let request = view::MoveCase { version, to: Some(person.id), ..view::MoveCase::default() };
                self.make_move(reader, case, Meant::Does(Verb::Assign), &request, now).await?;
            }
            Deed::Snooze { .. } | Deed::Wake | Deed::False(_) => {}
        }
        cases_done.insert(case);
        Ok(())
    }

    /// A refusal by the store; of a conflict, who was faster and what they did.
    pub(crate) async fn told_by(
        &self,
        scope: &Scope,
        resource: Resource,
        (id, seen): (i64, i64),
        error: store::Error,
    ) -> Error {
        if !error.is_conflict() {
            return error.into();
        }
        self.faster(scope, resource, (id, seen)).await
    }

    /// Somebody was faster than whoever saw that version: who, when and what they did.
    pub(crate) async fn faster(&self, scope: &Scope, resource: Resource, (id, seen): (i64, i64)) -> Error {
        let history = self.store().history_of(scope, resource, &id.to_string()).await.unwrap_or_default();
        let Some(last) = history.last().filter(|entry| entry.version > seen) else { return Error::changed_meanwhile() };
        let at = self.zone().date_time(last.at);
        let at = at.get(..16).unwrap_or(&at);
        let actor = if last.actor == store::CYCLE_ACTOR { "Liuke" } else { last.actor.as_str() };
        let done = deed_in_words(&last.cause);
        Error::new(
            Class::Conflict,
            "version_conflict",
            (
                &format!("{actor} 刚在 {at} 改过：{}", done.zh),
                &format!("{actor} has just changed this, at {at}: {}", done.en),
            ),
            ("请刷新后再试", "reload and try again"),
        )
    }

    /// The moment at which a snooze ends.
    fn snooze_end(&self, until: &str, now: Instant) -> Result<Instant, Error> {
        let end = self.moment(until)?.instant();
        if end <= now || end > now.plus_days(LONGEST_SNOOZE_DAYS) {
            return Err(Error::bad(
                "bad_until",
                ("请选明天起一年之内的日期", "choose a day from tomorrow to a year ahead"),
                ("到那天会自动回到待办", "it comes back by itself on that day"),
            ));
        }
        Ok(end)
    }

    /// A person's saved filters of a page.
    ///
    /// # Errors
    /// `unknown_choice` for a page that saves none; `forbidden` for whoever is no person.
    pub async fn saved_views(&self, reader: &Reader, page: &str) -> Result<Vec<view::SavedView>, Error> {
        check_page(page)?;
        let rows = self.store().saved_views(person(reader)?, page).await?;
        Ok(rows.into_iter().map(shown).collect())
    }

    /// Saves a filter under a name.
    ///
    /// # Errors
    /// `bad_name`, `unknown_choice`.
    pub async fn put_saved_view(
        &self,
        reader: &Reader,
        asked: view::NewSavedView,
        now: Instant,
    ) -> Result<view::SavedView, Error> {
        check_page(&asked.page)?;
        let name = asked.name.trim();
        if name.is_empty() || name.chars().count() > 40 || asked.query.chars().count() > 1_000 {
            return Err(Error::bad(
                "bad_name",
                ("名称须为 1 到 40 个字", "the name must have 1 to 40 characters"),
                ("例如：本周到期的大客户", "for example: large customers due this week"),
            ));
        }
        let view = (asked.page.as_str(), name, asked.query.as_str());
        Ok(shown(self.store().put_saved_view(person(reader)?, view, &reader.actor(), now).await?))
    }

    /// Forgets a saved filter of one's own.
    ///
    /// # Errors
    /// `not_found`, also for somebody else's.
    pub async fn remove_saved_view(&self, reader: &Reader, id: i64, now: Instant) -> Result<(), Error> {
        Ok(self.store().remove_saved_view(person(reader)?, id, &reader.actor(), now).await?)
    }
}

/// One thing to do to many.
enum Deed {
    Accept,
    Assign(StaffRecord),
    Snooze { until: String, reason: String },
    Wake,
    Close { outcome: String, note: Option<String>, churn_reason: Option<String> },
    False(String),
}

fn person(reader: &Reader) -> Result<i64, Error> {
    reader.staff.as_ref().map(|staff| staff.id).ok_or_else(Error::forbidden)
}

fn check_page(page: &str) -> Result<(), Error> {
    if PAGES.contains(&page) {
        return Ok(());
    }
    Err(Error::bad(
        "unknown_choice",
        (&format!("这个页面没有保存的视图：“{page}”"), &format!("no views are saved for this page: \"{page}\"")),
        ("可用：alerts、cases", "one of: alerts, cases"),
    ))
}

fn shown(view: store::SavedView) -> view::SavedView {
    view::SavedView { id: view.id, page: view.page, name: view.name, query: view.query }
}

pub(crate) fn reason(text: &str) -> Result<&str, Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_REASON {
        return Err(Error::bad(
            "bad_reason",
            ("请写明理由，最多 500 字", "say why, in 1 to 500 letters"),
            ("例如：客户说下月初再谈", "for example: they asked to talk again next month"),
        ));
    }
    Ok(text)
}

/// What the history calls a change, for a person.
pub(crate) fn deed_in_words(cause: &str) -> Words {
    let (zh, en) = match cause {
        "opened" => ("已新开", "opened"),
        "accepted" => ("已受理", "accepted"),
        "assigned" => ("已分派", "assigned"),
        "claimed" => ("已领取", "claimed"),
        "transferred" => ("已转交", "handed over to somebody else"),
        "escalated" => ("已上报", "escalated"),
        "nudged" => ("已催办", "urged"),
        "replied" => ("已首次回复客户", "answered the customer"),
        "acted" => ("已联系处理", "acted upon"),
        "advanced" => ("换了状态", "moved to another stage"),
        "reopened" => ("已重新打开", "opened again"),
        "task_done" | "done" => ("完成了任务", "finished a task"),
        "handed_over" => ("随离职交接转走", "went to somebody else with a hand-over"),
        "closed" | "resolved:closed" => ("已结案", "closed"),
        "cleared" | "resolved:cleared" => ("情况已解除", "the worry was over"),
        "resolved:gone" => ("客户已流失", "the customer had left"),
        "resolved:false_alarm" => ("已核实无风险", "called a false alert"),
        "snoozed" | "put_off" => ("已稍后处理", "put off"),
        "below_line" => ("本周名额已满，移到线下", "no room this week"),
        "made" => ("已答应客户", "promised"),
        "kept" => ("承诺已兑现", "said that it was kept"),
        "broken" => ("承诺未兑现", "said that it was broken"),
        "taken_back" => ("撤回了承诺的结果", "took back what became of it"),
        "judgement" => ("改了续约判断", "judged the renewal anew"),
        "answer" => ("记下了客户对续约的答复", "noted what the customer answered"),
        "stage" => ("换了续约阶段", "moved the renewal to another stage"),
        "next" => ("改了续约的下一步", "changed what comes next"),
        "outcome" | "reason" => ("改了续约结果", "changed what became of the contract"),
        "detached" | "attached" => ("换了跟进单", "moved to another case"),
        _ if cause.starts_with("woken") => ("已回到待办", "taken up again"),
        _ => ("内容已更新", "changed"),
    };
    Words::new(zh, en)
}
