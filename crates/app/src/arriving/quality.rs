//! How the sources do: looked at in each cycle, before anybody is scored, so that a silent source is not taken for
//! silent customers.
//!
//! What is wrong is an alert about a source, kept apart from those about customers; what a silent source starves has no
//! number, and says why. Not here: the judgement (`ingest::quality`), what starving means (`indicators`).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use indicators::{Outage, Supply, Usual};
use ingest::quality::{DayType, SourceReport, Survey, Trouble, TroubleSort};
use scores::ScoreFrame;
use serde::{Deserialize, Serialize};
use store::{DataAlertRecord, NewDataAlert};
use vocab::{ActorId, AsOf, Instant, Kind, Scope, Severity, Text};

use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::shown::written;
use crate::view::{self, Count, DataAlert, SourceQuality, Words};
use crate::{App, Reader, blocking};

/// Rows of the quarantine that are looked at for their reasons.
const HELD_LOOKED_AT: usize = 1_000;

/// One kind and name that lack their facts, as kept with an alert.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Starved {
    kind: String,
    name: String,
    per_day: f64,
}

impl App {
    /// Reads what came in, for any number of moments up to `end`.
    pub(crate) async fn survey(&self, end: AsOf) -> Result<Arc<Survey>, Error> {
        let app = self.clone();
        blocking(move || {
            let view = app.facts().as_of(end);
            let mut survey = Survey::new(end, app.zone().clone());
            let mut people: HashMap<String, bool> = HashMap::new();
            view.survey(Survey::since(end), Survey::properties_since(end), &mut |row, properties| {
                let counts = row.customer_id.is_some()
                    || row.actor_id.is_some_and(|actor| match people.get(actor) {
                        Some(known) => *known,
                        None => {
                            let counts = view.customer_of_person(&ActorId::new(actor)).is_some();
                            people.insert(actor.to_owned(), counts);
                            counts
                        }
                    });
                survey.take(row, properties, counts);
            })?;
            Ok(Arc::new(survey))
        })
        .await
    }

    /// Judges the sources at a moment: opens and closes what is wrong with them, and keeps the report.
    pub(crate) async fn settle_quality(&self, survey: Arc<Survey>, as_of: AsOf, now: Instant) -> Result<(), Error> {
        let last = self.store().quality_report().await?.map(|(as_of, _)| as_of);
        if last.is_some_and(|last| as_of < last) {
            return Ok(());
        }
        let app = self.clone();
        let judged = survey.clone();
        let reports = blocking(move || Ok(judged.report_at(as_of, &|day| app.day_type(&judged, day)))).await?;
        let records = self.store().data_alerts(false).await?;
        // What a person said is no trouble is not found again, unless it began anew.
        let dismissed = |new: &NewDataAlert| {
            records.iter().any(|one| one.is_dismissed && is_same(new, &one.found) && one.found.since == new.since)
        };
        let found: Vec<NewDataAlert> = reports.iter().flat_map(new_alerts).filter(|new| !dismissed(new)).collect();
        let open = records.iter().filter(|record| record.closed_at.is_none());
        let is_over =
            |record: &&DataAlertRecord| record.as_of <= as_of && !found.iter().any(|new| is_same(new, &record.found));
        let mended: Vec<(i64, Instant)> =
            open.filter(is_over).filter_map(|record| Some((record.id, until(&survey, record, as_of)?))).collect();
        let report = serde_json::to_string(&reports).map_err(Error::internal)?;
        self.store().set_quality(&report, &found, &mended, as_of, now).await?;
        Ok(())
    }

    fn day_type(&self, survey: &Survey, day: i64) -> DayType {
        let noon = survey.start_of(day).plus_micros(12 * 3_600_000_000);
        // Day 0 was a Thursday.
        let weekday = (day + 3).rem_euclid(7) as u8;
        DayType { weekday, is_off: !self.definitions().calendar.is_working_day(noon) }
    }

    /// What the sources deliver and where they failed to, as kept.
    pub(crate) async fn supply(&self) -> Result<Arc<Supply>, Error> {
        let mut supply = Supply::default();
        for source in self.source_reports().await? {
            supply
                .usual
                .extend(source.names.iter().filter_map(|name| usual(&name.kind, &name.name, name.usual_per_day)));
        }
        for record in self.store().data_alerts(false).await? {
            if record.found.sort != TroubleSort::Silent.as_str() || record.is_dismissed {
                continue;
            }
            let starved: Vec<Starved> = serde_json::from_str(&record.found.starved).unwrap_or_default();
            supply.outages.extend(starved.iter().filter_map(|one| {
                Some(Outage {
                    source: record.found.source.clone(),
                    of: usual(&one.kind, &one.name, one.per_day)?,
                    since: record.found.since,
                    found_at: record.as_of.instant(),
                    until: record.until,
                })
            }));
        }
        Ok(Arc::new(supply))
    }

    /// Nobody's scores, if the scorecard rests on a silent source.
    pub(crate) fn muted_scores(&self, snapshot: &Snapshot, firm: &view::Firm) -> Result<Option<ScoreFrame>, Error> {
        let lens = self.lens(firm)?;
        let starved = lens.definitions.catalog.starved(&snapshot.supply, snapshot.as_of, self.zone());
        let rests = lens.book.indicators().iter().any(|id| starved.iter().any(|(one, _)| one.id == **id));
        Ok(rests.then(|| snapshot.nobody_scored(lens)))
    }

    pub(crate) async fn source_reports(&self) -> Result<Vec<SourceQuality>, Error> {
        match self.store().quality_report().await? {
            Some((_, text)) => serde_json::from_str(&text).map_err(Error::internal),
            None => Ok(Vec::new()),
        }
    }

    /// The quality page. For who sees all customers: what is wrong with a source is not a matter of one salesperson's.
    pub async fn quality(&self, reader: &Reader) -> Result<view::Quality, Error> {
        if reader.scope != Scope::All {
            return Err(Error::forbidden());
        }
        let as_of = self.store().quality_report().await?.map(|(as_of, _)| as_of);
        let mut sources = self.source_reports().await?;
        self.add_counts(&mut sources).await?;
        let supply = self.supply().await?;
        let records = self.store().data_alerts(false).await?;
        let shown = |record: &DataAlertRecord| self.data_alert(record, &supply, as_of);
        let mut alerts: Vec<DataAlert> = records.iter().filter(|one| one.closed_at.is_none()).map(shown).collect();
        let worst = |alert: &DataAlert| alert.severity.parse::<Severity>().ok();
        alerts.sort_by_key(|alert| (std::cmp::Reverse(worst(alert)), alert.source.clone(), alert.id));
        let past = records.iter().filter(|one| one.closed_at.is_some()).take(200).map(shown).collect();
        let in_trouble = |source: &SourceQuality| alerts.iter().any(|alert| alert.source == source.source);
        sources.sort_by_key(|source| (!in_trouble(source), source.source.clone()));
        Ok(view::Quality { as_of: as_of.map(|as_of| written(as_of.instant())), alerts, past_alerts: past, sources })
    }

    /// Says of something that it is no trouble: the source has ended, or is meant to be so. What it starved counts
    /// again as it stands.
    pub async fn dismiss_data_alert(&self, reader: &Reader, id: i64, now: Instant) -> Result<DataAlert, Error> {
        reader.may_administer()?;
        let record = self.store().dismiss_data_alert(id, &reader.actor(), now).await?;
        self.0.snapshots.clear();
        Ok(self.data_alert(&record, &Supply::default(), None))
    }

    /// What the report cannot know: quarantine, duplicates, refusals.
    async fn add_counts(&self, sources: &mut [SourceQuality]) -> Result<(), Error> {
        let jobs = self.store().import_jobs().await?;
        let registered = self.store().sources().await?;
        let facts = self.facts().clone();
        let names: Vec<String> = sources.iter().map(|source| source.source.clone()).collect();
        let held = blocking(move || held_because(&facts, &names)).await?;
        for (source, (count, because)) in sources.iter_mut().zip(held) {
            let own = jobs.iter().filter(|job| job.source == source.source);
            source.duplicates = own.clone().map(|job| job.duplicates).sum();
            source.conflicts = own.map(|job| job.conflicts).sum();
            (source.held, source.held_because) = (count, because);
            if let Some(row) = registered.iter().find(|row| row.name == source.source) {
                let counts = self.0.doors.counts(row.id);
                source.duplicates += counts.duplicates;
                source.refused = counts.refused;
            }
        }
        Ok(())
    }

    fn data_alert(&self, record: &DataAlertRecord, supply: &Supply, as_of: Option<AsOf>) -> DataAlert {
        let found = &record.found;
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let catalog = &self.definitions().catalog;
        let is_silent = found.sort == TroubleSort::Silent.as_str() && record.closed_at.is_none();
        let starving = |source: &str| source == found.source;
        let starved = match as_of.filter(|_| is_silent) {
            Some(as_of) => catalog
                .starved(supply, as_of, self.zone())
                .into_iter()
                .filter(|(_, outage)| starving(&outage.source))
                .map(|(indicator, _)| view::StarvedIndicator {
                    id: indicator.id.clone(),
                    name: Words::from(&indicator.name),
                })
                .collect(),
            None => Vec::new(),
        };
        let state = match (record.is_dismissed, record.closed_at) {
            (true, _) => "dismissed",
            (false, None) => "open",
            (false, Some(_)) => "closed",
        };
        DataAlert {
            id: record.id,
            source: found.source.clone(),
            kind: some(&found.kind),
            name: some(&found.name),
            sort: found.sort.clone(),
            severity: found.severity.as_str().to_owned(),
            state: state.to_owned(),
            sentence: Words::from(&found.sentence),
            since: written(found.since),
            opened_at: written(record.opened_at),
            closed_at: record.closed_at.map(written),
            until: record.until.map(written),
            starved,
        }
    }
}

type HeldBecause = (u64, Vec<Count>);

fn held_because(facts: &facts::Facts, names: &[String]) -> Result<Vec<HeldBecause>, Error> {
    #[derive(Deserialize)]
    struct Fault {
        code: String,
    }
    let counts = facts.held_count()?;
    let mut all = Vec::with_capacity(names.len());
    for name in names {
        let source = vocab::SourceName::new(name);
        let count = counts.get(&source).copied().unwrap_or(0);
        let mut by_code: BTreeMap<String, u64> = BTreeMap::new();
        if count > 0 {
            for row in facts.held(Some(&source), u64::MAX, HELD_LOOKED_AT)? {
                let code = serde_json::from_str::<Fault>(&row.held.fault).map(|fault| fault.code);
                *by_code.entry(code.unwrap_or_else(|_| "unknown".to_owned())).or_default() += 1;
            }
        }
        all.push((count, by_code.into_iter().map(|(key, count)| Count { key, count }).collect()));
    }
    Ok(all)
}

fn usual(kind: &str, name: &str, per_day: f64) -> Option<Usual> {
    Some(Usual { kind: kind.parse::<Kind>().ok()?, name: name.to_owned(), per_day })
}

/// Until when something lasted that is no more. A silence ends with the first fact that came again; what has been
/// silent for so long that nobody expects anything is silent all the same.
fn until(survey: &Survey, record: &DataAlertRecord, as_of: AsOf) -> Option<Instant> {
    if record.found.sort != TroubleSort::Silent.as_str() {
        return Some(as_of.instant());
    }
    let of = record.found.kind.parse::<Kind>().ok().map(|kind| (kind, record.found.name.as_str()));
    let again = survey.came_again(&record.found.source, of, record.found.since, as_of)?;
    Some(again.max(record.found.since))
}

fn is_same(new: &NewDataAlert, known: &NewDataAlert) -> bool {
    (&new.source, &new.kind, &new.name, &new.sort) == (&known.source, &known.kind, &known.name, &known.sort)
}

/// What a report finds wrong, as alerts about the source or one of its names.
fn new_alerts(source: &SourceReport) -> Vec<NewDataAlert> {
    let all: Vec<Starved> = source
        .names
        .iter()
        .map(|name| Starved { kind: name.kind.clone(), name: name.name.clone(), per_day: name.usual_per_day })
        .collect();
    let whole = source.troubles.iter().map(|trouble| new_alert(&source.source, None, trouble, &all));
    let names = source.names.iter().flat_map(|name| {
        let own = [Starved { kind: name.kind.clone(), name: name.name.clone(), per_day: name.usual_per_day }];
        let of = Some((name.kind.as_str(), name.name.as_str()));
        name.troubles.iter().map(move |trouble| new_alert(&source.source, of, trouble, &own)).collect::<Vec<_>>()
    });
    whole.chain(names).collect()
}

fn new_alert(source: &str, of: Option<(&str, &str)>, trouble: &Trouble, starved: &[Starved]) -> NewDataAlert {
    let (kind, name) = of.unwrap_or_default();
    let severity = match (trouble.sort, of) {
        (TroubleSort::Silent, None) => Severity::Urgent,
        (TroubleSort::VolumeHigh, _) => Severity::Info,
        _ => Severity::Warning,
    };
    let is_silent = trouble.sort == TroubleSort::Silent;
    NewDataAlert {
        source: source.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        sort: trouble.sort.as_str().to_owned(),
        severity,
        since: Instant::parse_rfc3339(&trouble.since).unwrap_or(Instant::MIN),
        starved: if is_silent { serde_json::to_string(starved).unwrap_or_default() } else { "[]".to_owned() },
        sentence: sentence(source, of.map(|(_, name)| name), trouble),
    }
}

fn sentence(source: &str, name: Option<&str>, trouble: &Trouble) -> Text {
    let (zh, en) = match name {
        Some(name) => (format!("“{source}”的“{name}”"), format!("{name} of {source}")),
        None => (format!("“{source}”"), source.to_owned()),
    };
    let (actual, usual, fields) = (trouble.actual, trouble.usual, trouble.fields.join(", "));
    match trouble.sort {
        TroubleSort::Silent => Text::new(
            format!("{zh}已 {actual} 天没有数据，往常应有约 {usual:.0} 条"),
            format!("{en}: nothing for {actual} days, where about {usual:.0} usually come"),
        ),
        TroubleSort::VolumeLow => Text::new(
            format!("{zh}近 7 天只有 {actual} 条，往常约 {usual:.0} 条"),
            format!("{en}: only {actual} in 7 days, where about {usual:.0} usually come"),
        ),
        TroubleSort::VolumeHigh => Text::new(
            format!("{zh}近 7 天有 {actual} 条，往常约 {usual:.0} 条"),
            format!("{en}: {actual} in 7 days, where about {usual:.0} usually come"),
        ),
        TroubleSort::Missing => Text::new(
            format!("{zh}有字段经常缺失：{fields}"),
            format!("{en}: fields that are often missing now: {fields}"),
        ),
        TroubleSort::TypeDrift => Text::new(
            format!("{zh}有字段的类型变了：{fields}"),
            format!("{en}: fields whose type has changed: {fields}"),
        ),
    }
}
