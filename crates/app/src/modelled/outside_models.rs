//! Models of somebody else: a table of what one said, brought in as a challenger, judged like our own, in service if a person
//! says so, silent where its last word is too old.
//!
//! Not here: how such a table is read (`outside_tables`), what a card says (`model_card`), two models beside each other
//! (`model_compare`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use facts::Want;
use outcomes::{ChurnDefinition, Eligible, eligibility};
use store::{VersionRecord, VersionState, Versioned};
use training::looks::{Look, Sayer};
use training::outside::{OutsideFault, OutsideModel};
use training::train::{HORIZONS, HorizonModel, figures};
use vocab::{AsOf, CustomerId, Horizon, Instant, Lang};

use crate::error::Error;
use crate::learnt::efficacy::no_churn;
use crate::learnt::outside_tables::outside_probabilities;
use crate::learnt::trained::SEED;
use crate::modelled::lab::named_table;
use crate::modelled::model_card::{judged, moment, passport};
use crate::modelled::model_looks::{Asked, months};
use crate::modelled::models::{damaged, page};
use crate::risk::columns::put_risks;
use crate::shown::written;
use crate::staff::people::sees_all;
use crate::view::{ModelCard, ModelHorizon, ModelOutside, ModelPage, ModelPassport, ModelStretch, Words};
use crate::{App, Reader, Table, blocking};

/// The horizon of a table that names none.
const HORIZON_DAYS: u32 = 90;
/// How long a score lasts where nobody said so.
const LASTS_DAYS: u32 = 45;
/// Past months judged by, at most.
const MOST_MONTHS: usize = 36;
/// The letters of a digest that tell one model from another.
const DIGEST_LETTERS: usize = 12;
/// The longest name, in letters.
const NAME_CHARS: usize = 80;

/// A table of somebody else's scores, and what is to be known of it.
#[derive(Clone, Debug, Default)]
pub struct OutsideAsked {
    /// What it is to be called; the file's name when absent.
    pub name: Option<String>,
    /// Churn definition; the firm's when absent.
    pub churn: Option<String>,
    /// The horizon of a table that names none, and the one that is reported where there are several; 90 days when absent.
    pub horizon_days: Option<u32>,
    /// How long a score lasts, in days; 45 when absent.
    pub lasts_days: Option<u32>,
}

/// A model as it is kept, whoever made it.
pub(crate) enum KeptModel {
    Own(Box<HorizonModel>),
    Outside(OutsideModel),
}

impl KeptModel {
    pub(crate) fn sayer(&self) -> Sayer<'_> {
        match self {
            KeptModel::Own(model) => Sayer::Own(model),
            KeptModel::Outside(model) => Sayer::Outside(model),
        }
    }

    /// The horizons it answers, in days.
    pub(crate) fn horizons(&self) -> Vec<u32> {
        match self {
            KeptModel::Own(model) => model.horizons().iter().map(|horizon| horizon.days).collect(),
            KeptModel::Outside(model) => model.horizons(),
        }
    }
}

/// A model of somebody else that is in service.
pub(crate) struct OutsideChampion {
    label: String,
    churn: String,
    model: OutsideModel,
}

/// Whether somebody else made a model.
pub(crate) fn is_outside(record: &VersionRecord) -> bool {
    serde_json::from_str::<ModelPassport>(&record.definition).is_ok_and(|passport| passport.outside.is_some())
}

impl App {
    /// A model as it was kept, whoever made it.
    ///
    /// # Errors
    /// `model_damaged` where its file is gone or is not what was kept.
    pub(crate) async fn any_model(&self, record: &VersionRecord) -> Result<KeptModel, Error> {
        if !is_outside(record) {
            return Ok(KeptModel::Own(Box::new(self.kept_model(&record.content).await?)));
        }
        let (file, content) = (self.model_folder(&record.content).join("model"), record.content.clone());
        blocking(move || {
            let bytes = std::fs::read(&file).map_err(|_| damaged(&file))?;
            let is_same = blake3::hash(&bytes).to_hex().as_str() == content;
            let model = OutsideModel::from_bytes(&bytes).filter(|_| is_same).ok_or_else(|| damaged(&file))?;
            Ok(KeptModel::Outside(model))
        })
        .await
    }

    /// Brings in a table of somebody else's scores as a challenger, judged on the months that it speaks of; for whoever sees
    /// all customers.
    ///
    /// # Edges
    /// The same table again is the same challenger. Whether the scores were made with what was known at their date cannot be
    /// seen; the card says so.
    ///
    /// # Errors
    /// `bad_table` names the row; `not_a_probability`, `no_scores`, `bad_expiry`, `unknown_choice`; `nothing_told` where no
    /// score is old enough to be judged, or nobody left or stayed.
    pub async fn add_outside_model(
        &self,
        reader: &Reader,
        file: &Path,
        asked: OutsideAsked,
        now: Instant,
    ) -> Result<ModelPage, Error> {
        reader.may_act()?;
        sees_all(reader)?;
        let churn = self.churn_asked(asked.churn.as_deref()).await?;
        let given = asked.name.clone().or_else(|| file.file_name().map(|name| name.to_string_lossy().into_owned()));
        let name: String = given.unwrap_or_default().chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect();
        let (app, file, as_of) = (self.clone(), file.to_owned(), self.last_midnight(now));
        let (passport, card, bytes) = blocking(move || {
            let definition = app.churn_definition(&churn).ok_or_else(|| no_churn(&churn))?;
            let wished = asked.horizon_days.unwrap_or(HORIZON_DAYS);
            let rows = outside_probabilities(&named_table(&file, &name)?, wished, app.zone())?;
            let model = OutsideModel::new(rows, asked.lasts_days.unwrap_or(LASTS_DAYS)).map_err(refused)?;
            let reported = reported(&model, asked.horizon_days)?;
            let bytes = model.bytes();
            let judging = Judging { app: &app, definition, model: &model, reported, as_of };
            let card = judging.card(&blake3::hash(&bytes).to_hex(), &name)?;
            let passport = passport(&card, app.sequence()).ok_or_else(|| nothing_told(reported))?;
            Ok((passport, card, bytes))
        })
        .await?;
        let record = self.register(&passport, &card, bytes, &reader.actor(), now).await?;
        page(&record, &self.store().version_terms(Versioned::Model).await?, card)
    }

    /// The model of somebody else that is in service for a churn definition, if one is.
    pub(crate) async fn outside_champion(&self, churn: &str) -> Result<Option<OutsideChampion>, Error> {
        let known = self.store().versions(Versioned::Model).await?;
        let serves = |one: &VersionRecord| one.of == churn && one.state == VersionState::Active && is_outside(one);
        let Some(record) = known.into_iter().find(|one| serves(one)) else { return Ok(None) };
        let digest = record.content.get(..DIGEST_LETTERS).unwrap_or_default();
        let label = format!("{}/{}@{digest}", record.of, record.number);
        match self.any_model(&record).await? {
            KeptModel::Outside(model) => Ok(Some(OutsideChampion { label, churn: record.of, model })),
            KeptModel::Own(_) => Ok(None),
        }
    }

    /// Adds the columns of a model of somebody else to a table whose first column is the customer.
    ///
    /// # Edges
    /// Whoever is gone, too new or internal has no number, and nobody whose last score has lapsed: the note counts them.
    pub(crate) fn add_outside_risk(
        &self,
        table: &mut Table,
        champion: &OutsideChampion,
        as_of: AsOf,
        lang: Lang,
    ) -> Result<(), Error> {
        let definition = self.churn_definition(&champion.churn);
        let definition = definition.ok_or_else(|| Error::not_found(("流失口径", "the churn definition")))?;
        let want = Want { properties: definition.properties(), ..Want::default() };
        let standing = eligibility(&self.facts().as_of(as_of).frame(&want)?, definition, as_of);
        let those = standing.iter().filter(|(_, standing)| *standing == Eligible::Yes);
        let mut lapsed = 0;
        let mut said: BTreeMap<&str, Vec<Option<f64>>> = BTreeMap::new();
        for (customer, _) in those {
            let risks = champion.model.probabilities(customer, as_of);
            if risks.iter().all(Option::is_none) {
                lapsed += 1;
            } else {
                said.insert(customer.as_str(), risks);
            }
        }
        put_risks(table, &champion.model.horizons(), &champion.label, &|customer| said.get(customer).cloned());
        if lapsed > 0 {
            let days = champion.model.lasts_days();
            let note = match lang {
                Lang::Zh => format!("外部模型没有 {lapsed} 位客户 {days} 天内的分数，不给出流失概率"),
                Lang::En => format!(
                    "the model of somebody else has no score of the last {days} days for {lapsed} customers: no risk is \
                     given"
                ),
            };
            table.note = Some(table.note.take().map_or(note.clone(), |before| format!("{before}\n{note}")));
        }
        Ok(())
    }
}

/// What is needed to judge a table of scores.
struct Judging<'a> {
    app: &'a App,
    definition: &'a ChurnDefinition,
    model: &'a OutsideModel,
    reported: u32,
    as_of: AsOf,
}

impl Judging<'_> {
    fn card(&self, content: &str, name: &str) -> Result<ModelCard, Error> {
        let (first, last) = self.model.span().ok_or_else(|| nothing_told(self.reported))?;
        let zone = self.app.zone();
        let end = last.plus_days(i64::from(self.model.lasts_days())).min(self.as_of.instant());
        let mut moments = months(zone, first, end);
        moments.drain(..moments.len().saturating_sub(MOST_MONTHS));
        let asked = Asked {
            definition: self.definition,
            columns: BTreeSet::new(),
            supply: Default::default(),
            moments,
            as_of: self.as_of,
        };
        let horizons = self.model.horizons();
        let looks = self.app.looks_at(&asked, &horizons)?;
        let told: Vec<ModelHorizon> =
            horizons.iter().zip(&looks).filter_map(|(days, looks)| self.horizon(looks, *days)).collect();
        if told.iter().all(|one| one.days != self.reported) {
            return Err(nothing_told(self.reported));
        }
        let shown = horizons.iter().position(|days| *days == self.reported).unwrap_or_default();
        Ok(ModelCard {
            churn: self.definition.id.clone(),
            churn_name: Words::from(&self.definition.name),
            churn_sentence: Words::from(&self.definition.sentence),
            label_delay_days: self.definition.label_delay_days(),
            late_days: self.definition.late_days,
            horizon_days: self.reported,
            as_of: written(last),
            snapshot: content.get(..16).unwrap_or(content).to_owned(),
            content: content.to_owned(),
            code_version: env!("CARGO_PKG_VERSION").to_owned(),
            seed: SEED,
            readiness: None,
            outside: Some(ModelOutside {
                name: name.to_owned(),
                scores: self.model.row_count(),
                first: zone.date(first),
                last: zone.date(last),
                lasts_days: self.model.lasts_days(),
            }),
            moments: looks[shown].iter().map(|look| moment(&look.counts(), zone)).collect(),
            columns: Vec::new(),
            set_aside: Vec::new(),
            unlearnt_days: horizons.iter().copied().filter(|days| told.iter().all(|one| one.days != *days)).collect(),
            horizons: told,
            limits: self.limits(),
        })
    }

    /// How good it was within one horizon; `None` where that cannot be told.
    fn horizon(&self, looks: &[Look], days: u32) -> Option<ModelHorizon> {
        let (horizon, zone) = (Horizon { days }, self.app.zone());
        let mut places: BTreeMap<&CustomerId, u32> = BTreeMap::new();
        let (mut said, mut left, mut customers, mut at) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut leavers = BTreeSet::new();
        for look in looks.iter().filter(|look| look.is_told()) {
            let all = Sayer::Outside(self.model).said(look, horizon);
            for ((customer, probability), gone) in look.customers.iter().zip(all).zip(&look.left) {
                let (Some(probability), Some(gone)) = (probability, *gone) else { continue };
                let next = places.len() as u32;
                let place = *places.entry(customer).or_insert(next);
                said.push(probability);
                left.push(gone);
                customers.push(place);
                at.push(look.at);
                if gone {
                    leavers.insert(place);
                }
            }
        }
        let found = figures(&said, &left, &customers, horizon, SEED)?;
        let tested = ModelStretch {
            first: zone.date(at.iter().min()?.instant()),
            last: zone.date(at.iter().max()?.instant()),
            rows: said.len() as u64,
            customers: places.len() as u64,
            leavers: leavers.len() as u64,
        };
        Some(judged(horizon, &found, tested))
    }

    fn limits(&self) -> Vec<Words> {
        let lasts = self.model.lasts_days();
        vec![
            Words::new(
                "这是外部模型的分数表：它用了什么数据、是否用到了当时还不知道的信息，这里看不到",
                "this is a table of somebody else's scores: what they were made of, and whether with what was known only \
                 later, cannot be seen here",
            ),
            Words::new(
                format!("分数 {lasts} 天后失效，之后不再使用，请按时上传新的分数表"),
                format!("a score lapses after {lasts} days and is not used any more: bring in a new table in time"),
            ),
            Words::new(
                "它没有风险原因，也不显示在客户页上；只在 liuke score 的表里给出流失概率",
                "it gives no reasons and stands on no customer's page; the probabilities are in the table of liuke score",
            ),
        ]
    }
}

/// The horizon that is reported: the one wished for, else 90 days, else the longest.
fn reported(model: &OutsideModel, wished: Option<u32>) -> Result<u32, Error> {
    let known = model.horizons();
    match wished {
        Some(days) if known.contains(&days) => Ok(days),
        Some(days) => {
            let all: Vec<String> = known.iter().map(u32::to_string).collect();
            let all = all.join(", ");
            Err(Error::bad(
                "unknown_choice",
                (&format!("分数表里没有 {days} 天的预测期"), &format!("the table has no horizon of {days} days")),
                (&format!("表里有：{all}"), &format!("it has: {all}")),
            ))
        }
        None => Ok(known
            .iter()
            .copied()
            .find(|days| *days == HORIZON_DAYS)
            .or(known.last().copied())
            .unwrap_or(HORIZONS[0])),
    }
}

fn refused(fault: OutsideFault) -> Error {
    let (detail, hint) = (fault.detail, fault.hint);
    Error::bad(fault.code, (&detail.zh, &detail.en), (&hint.zh, &hint.en))
}

fn nothing_told(days: u32) -> Error {
    Error::bad(
        "nothing_told",
        (
            &format!("没有一个月初的分数可以检验：结果要等 {days} 天才知道，还要既有流失也有留存的客户"),
            &format!(
                "no score of a month's first day can be judged: outcomes take {days} days, and some must have left and \
                 some stayed"
            ),
        ),
        (
            "请上传更早的分数，每月至少一次，或把有效期写长一些",
            "bring in older scores, at least once a month, or let them last longer",
        ),
    )
}
