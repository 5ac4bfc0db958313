//! What the model in service says of every customer, beside the health: the probability of leaving within each horizon.
//!
//! Not here: how a model comes to be in service (`models`).

use std::collections::BTreeMap;
use std::sync::Arc;

use indicators::{Population, Supply, evaluate_at};
use outcomes::{ChurnDefinition, Eligible, eligibility};
use store::{VersionState, Versioned};
use training::train::HorizonModel;
use vocab::{AsOf, Instant, Lang};

use crate::error::Error;
use crate::view::ModelPassport;
use crate::{App, ColumnType, Table, Value};

/// The letters of a digest that tell one model from another.
const DIGEST_LETTERS: usize = 12;

/// The model in service for a churn definition.
pub(crate) struct Champion {
    /// `CHURN/NUMBER@DIGEST`: stands beside every number that it says.
    label: String,
    churn: String,
    /// It knows history up to here.
    known_until: Instant,
    model: HorizonModel,
}

impl App {
    /// The model in service for a churn definition, if there is one.
    pub(crate) async fn champion(&self, churn: &str) -> Result<Option<Champion>, Error> {
        let known = self.store().versions(Versioned::Model).await?;
        let serves = known.into_iter().find(|one| one.of == churn && one.state == VersionState::Active);
        let Some(record) = serves else { return Ok(None) };
        let passport: ModelPassport = serde_json::from_str(&record.definition).map_err(Error::internal)?;
        let known_until = Instant::parse_rfc3339(&passport.as_of).map_err(Error::internal)?;
        let digest = record.content.get(..DIGEST_LETTERS).unwrap_or_default();
        let label = format!("{}/{}@{digest}", record.of, record.number);
        let model = self.kept_model(&record.content).await?;
        Ok(Some(Champion { label, churn: record.of, known_until, model }))
    }

    /// Adds the columns of the model in service to a table whose first column is the customer.
    ///
    /// # Edges
    /// * A moment before the model's own history ended gets no columns and a note: the model was told what came after it.
    /// * Whoever is gone, too new or internal has no number: nobody like that was learnt from.
    pub(crate) fn add_risk(
        &self,
        table: &mut Table,
        champion: &Champion,
        supply: Arc<Supply>,
        as_of: AsOf,
        lang: Lang,
    ) -> Result<(), Error> {
        if as_of.instant() < champion.known_until {
            let said = match lang {
                Lang::Zh => "在用模型的历史晚于这个时点，不给出流失概率".to_owned(),
                Lang::En => "the model in service was learnt from later history: no risk is given here".to_owned(),
            };
            table.note = Some(table.note.take().map_or(said.clone(), |note| format!("{note}\n{said}")));
            return Ok(());
        }
        let definition = self.churn_definition(&champion.churn);
        let definition = definition.ok_or_else(|| Error::not_found(("流失口径", "the churn definition")))?;
        let said = self.risks(champion, definition, supply, as_of)?;
        let horizons = champion.model.horizons();
        let names = horizons.iter().map(|horizon| (format!("risk_{}d", horizon.days), ColumnType::Number));
        table.columns.extend(names);
        table.columns.push(("risk_model".to_owned(), ColumnType::Text));
        for row in &mut table.rows {
            let risks = match row.first() {
                Some(Value::Text(customer)) => said.get(customer.as_str()),
                _ => None,
            };
            match risks {
                Some(risks) => {
                    row.extend(risks.iter().map(|risk| Value::Number(*risk)));
                    row.push(Value::Text(champion.label.clone()));
                }
                None => row.extend(std::iter::repeat_n(Value::Empty, horizons.len() + 1)),
            }
        }
        Ok(())
    }

    /// What a model says of everybody who is eligible at a moment.
    fn risks(
        &self,
        champion: &Champion,
        definition: &ChurnDefinition,
        supply: Arc<Supply>,
        as_of: AsOf,
    ) -> Result<BTreeMap<String, Vec<f64>>, Error> {
        let columns: Vec<&str> = champion.model.columns().iter().map(String::as_str).collect();
        let catalog = self.definitions().catalog.only(&columns).with_supply(supply);
        let mut want = catalog.want();
        for key in definition.properties() {
            if !want.properties.contains(&key) {
                want.properties.push(key);
            }
        }
        let frame = self.facts().as_of(as_of).frame(&want)?;
        let standing = eligibility(&frame, definition, as_of);
        let those = standing.iter().filter(|(_, standing)| *standing == Eligible::Yes);
        let population = Population::These(those.map(|(customer, _)| customer.clone()).collect());
        let mut risks = BTreeMap::new();
        for seen in evaluate_at(&frame, &catalog, &population, &[as_of]) {
            for (place, customer) in seen.customers().iter().enumerate() {
                let value = |column: usize| seen.cell(place, columns[column]).known().unwrap_or(f64::NAN);
                risks.insert(customer.to_string(), champion.model.probabilities(value));
            }
        }
        Ok(risks)
    }
}
