//! What has become of the model in service: worked out when a month begins and when the outcomes of a month are told, kept,
//! and told to analysts and administrators if something is wrong.
//!
//! The arithmetic is `training`'s ([`training::drift`]). Not here: trainings that follow from it (`model_schedule`).

use std::collections::BTreeSet;

use store::{ModelWatch, Role, StaffRecord, VersionRecord, VersionState, Versioned};
use training::drift::{self, Before, Drift, Kept, Month, Shift, drift};
use vocab::{AsOf, Horizon, Instant, Notice, NoticeKind, NoticeLine, Text};

use crate::error::Error;
use crate::learnt::efficacy::no_churn;
use crate::modelled::model_looks::{Asked, months};
use crate::modelled::outside_models::KeptModel;
use crate::shown::written;
use crate::staff::people::sees_all;
use crate::view::{
    ModelBefore, ModelCard, ModelDrift, ModelInput, ModelKept, ModelLeaving, ModelMetric, ModelMonth, ModelShift,
    ModelSign, Words,
};
use crate::{App, Reader, blocking};

/// Months since the model was judged that are looked at, at most.
const MOST_MONTHS: usize = 12;

/// A model with everything that is needed to ask it about the past.
pub(crate) struct Asking {
    pub record: VersionRecord,
    pub card: ModelCard,
    pub model: KeptModel,
}

impl Asking {
    /// The first and the last moment of the months that the model was judged by within a horizon; `None` if it was not.
    pub(crate) fn judged(&self, app: &App, days: u32) -> Option<(Instant, Instant)> {
        let tested = &self.card.horizons.iter().find(|one| one.days == days)?.tested;
        Some((app.zone().parse(&tested.first).ok()?, app.zone().parse(&tested.last).ok()?))
    }

    /// The indicators that it asks for.
    pub(crate) fn columns(&self) -> BTreeSet<String> {
        self.model.sayer().columns().iter().cloned().collect()
    }
}

impl App {
    /// A model with its card and whatever it is made of.
    pub(crate) async fn asking(&self, record: VersionRecord) -> Result<Asking, Error> {
        let (card, model) = (self.kept_card(&record).await?, self.any_model(&record).await?);
        Ok(Asking { record, card, model })
    }

    /// What has become of a model, as it was kept last; `None` where nothing was worked out yet. For whoever sees all customers.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn model_drift(&self, reader: &Reader, id: i64) -> Result<Option<ModelDrift>, Error> {
        sees_all(reader)?;
        let record = self.model_record(id).await?;
        let watch = self.store().model_watch(record.id).await?;
        watch.map(|watch| serde_json::from_str(&watch.report).map_err(Error::internal)).transpose()
    }

    /// Works out anew what has become of a model, and keeps it; for whoever sees all customers.
    ///
    /// # Errors
    /// `not_found`; `model_damaged`.
    pub async fn look_at_model(&self, reader: &Reader, id: i64, now: Instant) -> Result<ModelDrift, Error> {
        reader.may_act()?;
        sees_all(reader)?;
        let record = self.model_record(id).await?;
        self.look(record, now).await
    }

    /// Looks at the model in service where a month has begun or the outcomes of a month are told since the last look, and
    /// tells people what is wrong with it. Whether there was anything to look at.
    pub(crate) async fn watch_champion(&self, churn: &str, now: Instant) -> Result<Option<ModelDrift>, Error> {
        let known = self.store().versions(Versioned::Model).await?;
        let serves = |one: &VersionRecord| one.of == churn && one.state == VersionState::Active;
        let Some(record) = known.into_iter().find(serves) else { return Ok(None) };
        let kept = self.store().model_watch(record.id).await?;
        let drift = match kept {
            Some(kept) if !self.is_look_due(&kept, now)? => {
                serde_json::from_str(&kept.report).map_err(Error::internal)?
            }
            _ => self.look(record.clone(), now).await?,
        };
        self.tell_drift(&record, &drift, now).await?;
        Ok(Some(drift))
    }

    /// Whether a month has begun, or the outcomes of a month are told, since the last look.
    fn is_look_due(&self, kept: &ModelWatch, now: Instant) -> Result<bool, Error> {
        let (then, today) = (kept.as_of.instant(), self.last_midnight(now).instant());
        let has_begun = self.zone().month_start(today, 0) > then;
        let report: ModelDrift = serde_json::from_str(&kept.report).map_err(Error::internal)?;
        let told = report.months.iter().filter_map(|month| self.zone().parse(&month.told_on).ok());
        Ok(has_begun || told.into_iter().any(|at| then < at && at <= today))
    }

    async fn look(&self, record: VersionRecord, now: Instant) -> Result<ModelDrift, Error> {
        let (asking, supply, as_of) = (self.asking(record).await?, self.supply().await?, self.last_midnight(now));
        let (app, id) = (self.clone(), asking.record.id);
        let found = blocking(move || {
            let days = asking.card.horizon_days;
            let churn = &asking.record.of;
            let definition = app.churn_definition(churn).ok_or_else(|| no_churn(churn))?;
            let judged = asking.judged(&app, days);
            let (first, last) = judged.ok_or_else(|| Error::internal("the reported horizon has no figures"))?;
            let before = months(app.zone(), first, last);
            let mut since = months(app.zone(), app.zone().month_start(last, 1), as_of.instant());
            since.drain(..since.len().saturating_sub(MOST_MONTHS));
            let moments: Vec<AsOf> = before.iter().chain(&since).copied().collect();
            let asked = Asked { definition, columns: asking.columns(), supply, moments, as_of };
            let mut looks = app.looks_at(&asked, &[days])?.pop().unwrap_or_default();
            let since = looks.split_off(before.len());
            let sayer = asking.model.sayer();
            let found = drift(&looks, &since, sayer, Horizon { days }, definition.late_days);
            // Where facts were taken back nobody may be left of those months: then nothing is said of those since.
            let nobody = Before { first: AsOf(first), last: AsOf(last), customers: 0, leaving: None };
            let found = found.unwrap_or(Drift { before: nobody, months: Vec::new(), signs: Vec::new() });
            Ok(app.drift_shown(&found, days, as_of))
        })
        .await?;
        let report = serde_json::to_string(&found).map_err(Error::internal)?;
        self.store().keep_model_watch(id, &ModelWatch { as_of, report }, now).await?;
        Ok(found)
    }

    /// Tells analysts and administrators what is wrong with a model: each of them once for what is wrong in a month.
    async fn tell_drift(&self, record: &VersionRecord, drift: &ModelDrift, now: Instant) -> Result<(), Error> {
        let Some(last) = drift.signs.iter().map(|sign| sign.at.as_str()).max() else { return Ok(()) };
        let codes: Vec<&str> = drift.signs.iter().map(|sign| sign.code.as_str()).collect();
        let choices = self.store().notice_choices().await?;
        let (id, number) = (record.id, record.number);
        let says = |words: &Words| Text::new(words.zh.clone(), words.en.clone());
        let notice = |staff: &StaffRecord| {
            let quiet = choices.get(&staff.id).cloned().unwrap_or_default().quiet;
            Notice {
                key: format!("{}/{id}/{last}/{}/{}", NoticeKind::ModelDrift, codes.join("+"), staff.id),
                staff: staff.id,
                kind: NoticeKind::ModelDrift,
                subject: Text::new(
                    format!("在用的流失模型（第 {number} 个）可能不准了，请看一看"),
                    format!("the churn model in service (no. {number}) may be off: have a look"),
                ),
                lines: drift.signs.iter().map(|sign| NoticeLine { text: says(&sign.says), path: None }).collect(),
                path: Some(format!("/models/{id}")),
                is_urgent: false,
                not_before: actions::quiet_until(now, quiet, self.zone()),
            }
        };
        let staff = self.store().staff().await?;
        let told = staff.iter().filter(|one| one.active && matches!(one.role, Role::Admin | Role::Analyst));
        let notices: Vec<Notice> = told.map(notice).collect();
        self.put_notices(&notices, now).await?;
        Ok(())
    }

    fn drift_shown(&self, found: &Drift, horizon_days: u32, as_of: AsOf) -> ModelDrift {
        let date = |at: Instant| self.zone().date(at);
        let sign = |sign: &drift::Sign| ModelSign {
            code: sign.code.to_owned(),
            at: date(sign.at.instant()),
            says: Words::from(&sign.says),
        };
        ModelDrift {
            as_of: written(as_of.instant()),
            horizon_days,
            before: ModelBefore {
                first: date(found.before.first.instant()),
                last: date(found.before.last.instant()),
                customers: found.before.customers,
                leaving: found.before.leaving.map(share),
            },
            months: found.months.iter().map(|month| self.month_shown(month)).collect(),
            signs: found.signs.iter().map(sign).collect(),
            watch: drift::WATCH,
            moved: drift::MOVED,
            off: drift::OFF,
        }
    }

    fn month_shown(&self, month: &Month) -> ModelMonth {
        let catalog = &self.definitions().catalog;
        let name = |id: &str| catalog.get(id).map_or_else(|| Words::new(id, id), |one| Words::from(&one.name));
        let input = |(id, found): &(String, Shift)| ModelInput { id: id.clone(), name: name(id), shift: shift(*found) };
        ModelMonth {
            at: self.zone().date(month.at.instant()),
            told_on: self.zone().date(month.told_at),
            customers: month.customers,
            unsaid: month.unsaid,
            score: month.score.map(shift),
            inputs: month.inputs.iter().map(input).collect(),
            kept: month.kept.map(kept),
            leaving: month.leaving.map(|one| ModelLeaving { share: share(one.share), is_off: one.is_off }),
        }
    }
}

fn shift(found: Shift) -> ModelShift {
    ModelShift { psi: found.psi, chance: found.chance, level: found.level.as_str().to_owned() }
}

fn share(found: drift::Share) -> ModelMetric {
    ModelMetric { value: found.share, low: found.low, high: found.high }
}

fn kept(found: Kept) -> ModelKept {
    let ratio = ModelMetric { value: found.ratio, low: found.low, high: found.high };
    ModelKept { said: found.said, left: found.left, ratio, is_off: found.is_off }
}
