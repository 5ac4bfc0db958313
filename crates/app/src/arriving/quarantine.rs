//! Quarantine: what came in and could not be a fact; looked at, mended, replayed or thrown away.

use facts::{Fate, HeldRow};
use ingest::Again;
use ingest::wire::{Arrival, Taken, Via};
use vocab::{Finding, Instant, SourceName};

use crate::arriving::inspector::{may_watch, outcome_of};
use crate::arriving::intake::Dialect;
use crate::arriving::pulls::refused;
use crate::error::{Class, Error};
use crate::permission::Permission;
use crate::shown::{hidden, written};
use crate::view::{self, Words};
use crate::{App, Reader, blocking};

/// How many rows one request may replay or discard.
const TOGETHER: usize = 1_000;
const BODY_BYTES: usize = 512 << 10;

impl App {
    /// Rows of the quarantine, the newest first; go on with the mark of the answer.
    pub async fn quarantine(
        &self,
        reader: &Reader,
        source: Option<String>,
        after: Option<u64>,
        limit: usize,
    ) -> Result<view::Items<view::QuarantineRow>, Error> {
        may_watch(reader)?;
        let facts = self.facts().clone();
        let rows = blocking(move || {
            let source = source.map(SourceName::from);
            Ok(facts.held(source.as_ref(), after.unwrap_or(u64::MAX), limit)?)
        })
        .await?;
        let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.number.to_string());
        // Whoever mends a row needs it as it came; nobody else does.
        let whole = reader.may(Permission::ManageData).is_ok();
        let shown = |row: HeldRow| match (row_view(row), whole) {
            (row, true) => row,
            (row, false) => view::QuarantineRow { body: hidden(&row.body), ..row },
        };
        Ok(view::Items { items: rows.into_iter().map(shown).collect(), next })
    }

    /// Reads a row again, as it came or as somebody mended it; it leaves the quarantine when it can be a fact.
    pub async fn replay(
        &self,
        reader: &Reader,
        number: u64,
        body: Option<String>,
        now: Instant,
    ) -> Result<view::Replayed, Error> {
        may_watch(reader)?;
        reader.may_act()?;
        if body.as_ref().is_some_and(|body| body.len() > BODY_BYTES) {
            return Err(Error::bad(
                "too_large",
                ("内容太长", "the body is too long"),
                ("不超过 512 KB", "at most 512 KB"),
            ));
        }
        let replayed = self.replay_row(number, body, now).await?.ok_or_else(gone)?;
        self.store().record("quarantine_replayed", &number.to_string(), &reader.actor(), now).await?;
        Ok(replayed)
    }

    /// Reads many rows again.
    pub async fn replay_many(
        &self,
        reader: &Reader,
        numbers: &[u64],
        now: Instant,
    ) -> Result<view::ReplayedMany, Error> {
        may_watch(reader)?;
        reader.may_act()?;
        not_too_many(numbers)?;
        let mut many = view::ReplayedMany::default();
        for number in numbers {
            match self.replay_row(*number, None, now).await {
                Ok(Some(replayed)) if replayed.outcome == "held" => many.held += 1,
                Ok(Some(_)) => many.replayed += 1,
                Ok(None) => many.missing += 1,
                // One that cannot be read does not keep the others back.
                Err(error) if error.class() == Class::BadInput => many.held += 1,
                Err(error) => return Err(error),
            }
        }
        self.store().record("quarantine_replayed", &listed(numbers), &reader.actor(), now).await?;
        Ok(many)
    }

    /// Throws rows away; what is sent again under their ids is not held again.
    pub async fn discard(&self, reader: &Reader, numbers: Vec<u64>, now: Instant) -> Result<view::Discarded, Error> {
        may_watch(reader)?;
        reader.may_act()?;
        not_too_many(&numbers)?;
        let (facts, said) = (self.facts().clone(), listed(&numbers));
        let discarded = blocking(move || Ok(facts.discard(&numbers, now)?)).await?;
        self.store().record("quarantine_discarded", &said, &reader.actor(), now).await?;
        Ok(view::Discarded { discarded })
    }

    /// `None`: the row is not there (any more).
    async fn replay_row(
        &self,
        number: u64,
        body: Option<String>,
        now: Instant,
    ) -> Result<Option<view::Replayed>, Error> {
        let facts = self.facts().clone();
        let Some(row) = blocking(move || Ok(facts.held_row(number)?)).await? else { return Ok(None) };
        let source = self.store().source_named(row.held.source.as_str()).await?;
        let source = source.ok_or_else(cannot_replay)?;
        let dialect = match source.kind.as_str() {
            "segment" => Dialect::Segment(None),
            "sensors" => Dialect::Sensors,
            "webhook" | "jiandaoyun" | "wecom" => return self.replay_hook(source, row, body, now).await,
            _ => return self.replay_pulled(source, row, body, now).await,
        };
        let subject = self.subject_of(&source, now).await?;
        let app = self.clone();
        blocking(move || {
            // The moment it arrived at: that is what its own clock is measured against.
            let arrival = Arrival { now: row.recorded_at, number: u128::from(number) };
            let body = body.unwrap_or(row.held.body);
            let mut call = match app.read_call(dialect, body.as_bytes(), arrival) {
                Ok(call) => call,
                Err(fault) => return Ok(Some(still_held(&fault))),
            };
            if let Some(faulty) = call.faulty.first() {
                return Ok(Some(still_held(&faulty.fault)));
            }
            call.keep_id(row.held.message_id.as_str());
            let via = Via { source: row.held.source, subject };
            match app.0.door.replay(app.facts(), &via, number, call, now) {
                Ok(taken) => Ok(Some(replayed(taken))),
                Err(error) if error.is_missing() => Ok(None),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }
}

impl App {
    /// Reads a row that a webhook brought.
    async fn replay_hook(
        &self,
        source: store::Source,
        row: HeldRow,
        body: Option<String>,
        now: Instant,
    ) -> Result<Option<view::Replayed>, Error> {
        let app = self.clone();
        blocking(move || {
            let body = json(body.as_deref().unwrap_or(&row.held.body))?;
            let batch = match app.reread_hook(&source, &row, &body)? {
                Ok(batch) => batch,
                Err(finding) => return Ok(Some(still_wrong(&finding))),
            };
            match app.facts().release(row.number, batch, now) {
                Ok(report) => Ok(Some(outcome(report.fates.first().copied()))),
                Err(error) if error.is_missing() => Ok(None),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    /// Reads a row that came from a source that is fetched.
    async fn replay_pulled(
        &self,
        source: store::Source,
        row: HeldRow,
        body: Option<String>,
        now: Instant,
    ) -> Result<Option<view::Replayed>, Error> {
        let source = self.pull_source(&source).await.map_err(|_| cannot_replay())?;
        let facts = self.facts().clone();
        blocking(move || {
            let body = json(body.as_deref().unwrap_or(&row.held.body))?;
            Ok(match ingest::pull_again(&source, &facts, row.number, &body, now).map_err(refused)? {
                Again::Taken(report) => Some(outcome(report.fates.first().copied())),
                Again::Held(finding) => Some(still_wrong(&finding)),
                Again::Gone => None,
            })
        })
        .await
    }
}

fn json(body: &str) -> Result<serde_json::Value, Error> {
    serde_json::from_str(body)
        .map_err(|_| Error::bad("not_json", ("内容不是 JSON", "this is not JSON"), ("请改成 JSON", "mend it")))
}

fn replayed(taken: Taken) -> view::Replayed {
    outcome(taken.outcomes.first().map(|outcome| outcome.fate))
}

fn outcome(fate: Option<Fate>) -> view::Replayed {
    // What says nothing new has no fact, and no fate: it was taken all the same.
    let outcome = fate.filter(|fate| *fate != Fate::Held).map_or("accepted", outcome_of);
    view::Replayed { outcome: outcome.to_owned(), fault_code: None, fault_path: None, fault: None }
}

fn still_held(fault: &ingest::wire::Fault) -> view::Replayed {
    view::Replayed {
        outcome: "held".to_owned(),
        fault_code: Some(fault.code.to_owned()),
        fault_path: Some(fault.path.clone()),
        fault: Some(Words::new(fault.zh, fault.en)),
    }
}

fn still_wrong(finding: &Finding) -> view::Replayed {
    view::Replayed {
        outcome: "held".to_owned(),
        fault_code: Some(finding.code.to_owned()),
        fault_path: finding.place.field.clone(),
        fault: Some(Words::from(&finding.detail)),
    }
}

fn row_view(row: HeldRow) -> view::QuarantineRow {
    let fault: serde_json::Value = serde_json::from_str(&row.held.fault).unwrap_or_default();
    let said = |name: &str| fault.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    view::QuarantineRow {
        number: row.number,
        at: written(row.recorded_at),
        source: row.held.source.as_str().to_owned(),
        message_id: row.held.message_id.as_str().to_owned(),
        fault_code: said("code"),
        fault_path: said("path"),
        fault: Words::new(said("zh"), said("en")),
        body: row.held.body,
    }
}

fn listed(numbers: &[u64]) -> String {
    let (first, count) = (numbers.first().copied().unwrap_or_default(), numbers.len());
    format!("{first} ({count})")
}

fn not_too_many(numbers: &[u64]) -> Result<(), Error> {
    match numbers.len() {
        1..=TOGETHER => Ok(()),
        _ => Err(Error::bad(
            "bad_numbers",
            ("一次须为 1 至 1000 条", "1 to 1000 rows at once"),
            ("请分批处理", "do it in several requests"),
        )),
    }
}

fn gone() -> Error {
    Error::not_found(("这条待修正记录", "the row of the quarantine"))
}

fn cannot_replay() -> Error {
    Error::bad(
        "cannot_replay",
        ("这条记录的来源已移除，或不支持在此重新提交", "the source of this row is gone, or cannot be replayed here"),
        ("请修正后由原来源重新发送", "mend it and send it again from its source"),
    )
}
