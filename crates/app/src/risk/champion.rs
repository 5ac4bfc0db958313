//! The model in service: kept in memory, asked about everybody, or about the rows of a list.
//!
//! Not here: how a model comes to be in service (`models`), the page of one customer (`risk_page`), a whole table
//! (`risk_columns`).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use indicators::{Cell, IndicatorFrame};
use outcomes::Eligible;
use store::{VersionRecord, VersionState, Versioned};
use training::risk::{RiskExplainer, together};
use training::train::HorizonModel;
use vocab::{CustomerId, Horizon, Instant};

use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::risk::page::{Told, strongest};
use crate::risk::reasons::Likely;
use crate::view::{CustomerRow, ModelHorizon, ModelPassport, RiskModelName, RiskShort, Words};
use crate::{App, blocking, threads};

/// The letters of a digest that tell one model from another.
const DIGEST_LETTERS: usize = 12;
/// Customers whom a thread asks about in one go.
pub(crate) const CHUNK: usize = 500;
/// Customers whose figures stand for everybody's, at most: their mean is known to a hundredth long before.
const SAMPLE: usize = 2_000;

/// The model in service for a churn definition.
pub(crate) struct Champion {
    /// Its number among everything.
    pub id: i64,
    /// Its number among the models of its churn definition.
    pub number: i64,
    /// `CHURN/NUMBER@DIGEST`: stands beside every number that it says.
    pub label: String,
    pub churn: String,
    pub passport: ModelPassport,
    /// It knows history up to here.
    pub known_until: Instant,
    pub model: HorizonModel,
    /// Place of the reported horizon among those of the model.
    pub place: usize,
    /// Of the reported horizon.
    pub explainer: RiskExplainer,
    /// How it was judged, by horizon.
    pub judged: Vec<ModelHorizon>,
}

/// The champions that were read: read once, as they never change.
#[derive(Default)]
pub(crate) struct Champions(Mutex<BTreeMap<i64, Arc<Champion>>>);

impl Champion {
    /// What it is called by, and how good it was.
    pub(crate) fn name(&self) -> RiskModelName {
        RiskModelName {
            id: self.id,
            label: self.label.clone(),
            number: self.number,
            churn_name: self.passport.churn_name.clone(),
            horizon_days: self.passport.horizon_days,
            sentence: self.passport.sentence.clone(),
        }
    }

    /// The reported horizon.
    pub(crate) fn horizon(&self) -> Horizon {
        self.model.horizons()[self.place]
    }

    /// The columns that it asks of a frame.
    pub(crate) fn asked<'f>(&self, frame: &'f IndicatorFrame) -> Asked<'f> {
        Asked(self.model.columns().iter().map(|id| frame.column(id)).collect())
    }

    /// The probability of leaving within each horizon.
    pub(crate) fn risks(&self, row: &[f64]) -> Vec<f64> {
        self.model.probabilities(|column| row[column])
    }
}

/// Columns of a frame in the order of a model.
pub(crate) struct Asked<'f>(Vec<Option<&'f [Cell]>>);

impl Asked<'_> {
    /// The customer at a place as the model sees it: NaN where a number is unknown or the frame has none.
    pub(crate) fn row(&self, place: usize) -> Vec<f64> {
        let value = |column: &Option<&[Cell]>| column.and_then(|cells| cells[place].known()).unwrap_or(f64::NAN);
        self.0.iter().map(value).collect()
    }
}

/// Whom a model is asked about at the moment of a snapshot.
pub(crate) struct Crowd {
    /// By place: whether the customer is there, old enough and no insider.
    pub eligible: Vec<bool>,
    /// Places of those, evenly thinned to what is enough for a mean and a middle.
    pub sample: Vec<usize>,
    /// Their numbers in a column, sorted, worked out when first asked for.
    sorted: Mutex<BTreeMap<String, Arc<Vec<f64>>>>,
    /// What the champion with this number says of them.
    said: Mutex<Option<(i64, Arc<CrowdSaid>)>>,
}

/// What a model says of the crowd.
#[derive(Default)]
pub(crate) struct CrowdSaid {
    /// Mean risk of the sample at each horizon.
    pub usual: Vec<f64>,
    /// The likeliest to leave, worked out when first asked for.
    pub likeliest: OnceLock<Vec<Likely>>,
}

/// The crowd of a snapshot, worked out when first asked for.
#[derive(Default)]
pub(crate) struct KeptCrowd(OnceLock<Arc<Crowd>>);

impl Crowd {
    /// The crowd of a snapshot of everybody. Takes a look at everybody's standing; call it off the request threads.
    pub(crate) fn of(app: &App, lists: &Snapshot) -> Arc<Crowd> {
        let read = || {
            let definition = app.churn_definition(&lists.churn);
            let standing = definition.map(|definition| lists.lifetimes.eligibility(lists.frame(), definition));
            let is_eligible =
                |customer: &CustomerId| standing.as_ref()?.standing(customer).map(|one| one == Eligible::Yes);
            let eligible: Vec<bool> =
                lists.customers().iter().map(|customer| is_eligible(customer).unwrap_or(false)).collect();
            let places: Vec<usize> = (0..eligible.len()).filter(|place| eligible[*place]).collect();
            let step = places.len().div_ceil(SAMPLE).max(1);
            let sample = places.into_iter().step_by(step).collect();
            Arc::new(Crowd { eligible, sample, sorted: Mutex::default(), said: Mutex::new(None) })
        };
        Arc::clone(lists.kept.of::<KeptCrowd>().0.get_or_init(read))
    }

    /// What a champion says of the crowd.
    pub(crate) fn said(&self, champion: &Champion, lists: &Snapshot) -> Arc<CrowdSaid> {
        let mut kept = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((id, said)) = kept.as_ref()
            && *id == champion.id
        {
            return Arc::clone(said);
        }
        let asked = champion.asked(&lists.indicators);
        let mut usual = vec![0.0; champion.model.horizons().len()];
        for place in &self.sample {
            let risks = champion.risks(&asked.row(*place));
            usual.iter_mut().zip(risks).for_each(|(sum, risk)| *sum += risk / self.sample.len() as f64);
        }
        let said = Arc::new(CrowdSaid { usual, likeliest: OnceLock::new() });
        *kept = Some((champion.id, Arc::clone(&said)));
        said
    }

    /// The sorted numbers of the sample in a column of the snapshot; empty where nobody's is known.
    pub(crate) fn sorted(&self, lists: &Snapshot, id: &str) -> Arc<Vec<f64>> {
        let mut kept = self.sorted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sorted) = kept.get(id) {
            return Arc::clone(sorted);
        }
        let cells = lists.indicators.column(id).unwrap_or_default();
        let mut known: Vec<f64> =
            self.sample.iter().filter_map(|place| cells.get(*place).and_then(|cell| cell.known())).collect();
        known.sort_unstable_by(f64::total_cmp);
        let sorted = Arc::new(known);
        kept.insert(id.to_owned(), Arc::clone(&sorted));
        sorted
    }
}

/// The middle one of sorted numbers.
pub(crate) fn middle(sorted: &[f64]) -> Option<f64> {
    sorted.get(sorted.len() / 2).copied()
}

/// Whether rows of a list are told why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reasoned {
    /// The number alone.
    No,
    /// And the strongest cause in a sentence.
    Yes,
}

impl App {
    /// The model in service for a churn definition, if there is one that can be asked: of somebody else's model there
    /// are only the scores it brought.
    ///
    /// # Errors
    /// `model_damaged`.
    pub(crate) async fn champion(&self, churn: &str) -> Result<Option<Arc<Champion>>, Error> {
        let known = self.store().versions(Versioned::Model).await?;
        let serves = known.into_iter().find(|one| one.of == churn && one.state == VersionState::Active);
        let Some(record) = serves else { return Ok(None) };
        let kept = self.0.champions.0.lock().unwrap_or_else(PoisonError::into_inner).get(&record.id).cloned();
        if kept.is_some() {
            return Ok(kept);
        }
        let Some(champion) = self.read_champion(record).await?.map(Arc::new) else { return Ok(None) };
        let mut champions = self.0.champions.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One model serves at a time for a churn definition: those before it are let go of.
        champions.retain(|_, one| one.churn != champion.churn);
        champions.insert(champion.id, Arc::clone(&champion));
        Ok(Some(champion))
    }

    /// What the model in service for a churn definition asks of a customer; nothing without one, or where it cannot be read.
    pub(crate) async fn columns_in_service(&self, churn: &str) -> Result<Arc<[String]>, Error> {
        let columns = |champion: Arc<Champion>| champion.model.columns().into();
        match self.champion(churn).await {
            Ok(champion) => Ok(champion.map(columns).unwrap_or_default()),
            Err(error) if error.code() == "model_damaged" => Ok(Arc::default()),
            Err(error) => Err(error),
        }
    }

    async fn read_champion(&self, record: VersionRecord) -> Result<Option<Champion>, Error> {
        let passport: ModelPassport = serde_json::from_str(&record.definition).map_err(Error::internal)?;
        if passport.outside.is_some() {
            return Ok(None);
        }
        let known_until = Instant::parse_rfc3339(&passport.as_of).map_err(Error::internal)?;
        let digest = record.content.get(..DIGEST_LETTERS).unwrap_or_default();
        let label = format!("{}/{}@{digest}", record.of, record.number);
        let model = self.kept_model(&record.content).await?;
        let judged = self.kept_card(&record).await?.horizons;
        let reported = model.horizons().iter().position(|horizon| horizon.days == passport.horizon_days);
        let place = reported.ok_or_else(|| Error::internal("a model without the horizon it reports"))?;
        blocking(move || {
            let explainer = model.explainer(place);
            let (id, number, churn) = (record.id, record.number, record.of);
            Ok(Some(Champion { id, number, label, churn, passport, known_until, model, place, explainer, judged }))
        })
        .await
    }

    /// The model in service for lists: a model that cannot be read takes no list away, and is told once by the log.
    pub(crate) async fn champion_of_lists(&self, lists: &Snapshot) -> Result<Option<Arc<Champion>>, Error> {
        match self.champion(&lists.churn).await {
            Ok(champion) => Ok(champion.filter(|one| lists.as_of.instant() >= one.known_until)),
            Err(error) if error.code() == "model_damaged" => {
                tracing::warn!(%error, "the model in service cannot be read");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Puts what the model in service says into rows of customers, as of the snapshot's moment.
    ///
    /// # Edges
    /// Whoever is gone, too new or internal has no risk, and nobody at a moment before the model's own history ended.
    pub(crate) async fn tell_risks<'r>(
        &self,
        lists: &Arc<Snapshot>,
        rows: impl Iterator<Item = &'r mut CustomerRow> + Send,
        reasoned: Reasoned,
    ) -> Result<(), Error> {
        let rows: Vec<&mut CustomerRow> = rows.collect();
        let places = rows.iter().map(|row| lists.position(&CustomerId::new(&row.id))).collect();
        let told = self.risks_at(lists, places, reasoned).await?.unwrap_or_default();
        for (row, risk) in rows.into_iter().zip(told) {
            row.risk = risk;
        }
        Ok(())
    }

    /// What the model in service says of the customers at some places of a snapshot; `None` where there is no such model.
    pub(crate) async fn risks_at(
        &self,
        lists: &Arc<Snapshot>,
        places: Vec<Option<usize>>,
        reasoned: Reasoned,
    ) -> Result<Option<Vec<Option<RiskShort>>>, Error> {
        let Some(champion) = self.champion_of_lists(lists).await? else { return Ok(None) };
        let (app, lists) = (self.clone(), Arc::clone(lists));
        let told = blocking(move || {
            let crowd = Crowd::of(&app, &lists);
            let asked = champion.asked(&lists.indicators);
            let why = |place: usize| app.first_cause(&champion, &lists, &crowd, place);
            let short = |place: usize| RiskShort {
                risk: champion.risks(&asked.row(place))[champion.place],
                horizon_days: champion.horizon().days,
                model: champion.label.clone(),
                reason: if reasoned == Reasoned::Yes { why(place) } else { None },
            };
            let one = |place: &Option<usize>| place.filter(|place| crowd.eligible[*place]).map(short);
            let chunks: Vec<&[Option<usize>]> = places.chunks(CHUNK).collect();
            let each = |at: usize| chunks[at].iter().map(one).collect::<Vec<Option<RiskShort>>>();
            Ok(together(chunks.len(), threads(), each).into_iter().flatten().collect())
        });
        told.await.map(Some)
    }

    /// The strongest cause of a customer's risk in a sentence.
    fn first_cause(&self, champion: &Champion, lists: &Snapshot, crowd: &Crowd, place: usize) -> Option<Words> {
        let told = Told { champion, shown: lists, place, lists, crowd };
        strongest(&told.explained(self)).cloned()
    }
}
