//! What the model in service says of every customer, beside the health: the probability of leaving within each horizon.
//!
//! Not here: how a model comes to be in service (`models`), the same in lists and on pages (`risk`, `risk_page`).

use std::collections::BTreeMap;
use std::sync::Arc;

use indicators::{Population, Supply, evaluate_at};
use outcomes::{ChurnDefinition, Eligible, eligibility};
use vocab::{AsOf, Lang};

use crate::error::Error;
use crate::risk::champion::Champion;
use crate::{App, ColumnType, Table, Value};

impl App {
    /// Adds the columns of the model in service to a table whose first column is the customer.
    ///
    /// # Edges
    /// * A moment before the model's own history ended gets no columns and a note: the model was told what came after
    ///   it.
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
        let days: Vec<u32> = champion.model.horizons().iter().map(|horizon| horizon.days).collect();
        put_risks(table, &days, &champion.label, &|customer| {
            said.get(customer).map(|risks| risks.iter().copied().map(Some).collect())
        });
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
            let asked = champion.asked(&seen);
            for (place, customer) in seen.customers().iter().enumerate() {
                risks.insert(customer.to_string(), champion.risks(&asked.row(place)));
            }
        }
        Ok(risks)
    }
}

/// Adds a column for each horizon and one that names the model; `said` tells what it says of a customer, if anything.
pub(crate) fn put_risks(table: &mut Table, days: &[u32], label: &str, said: &dyn Fn(&str) -> Option<Vec<Option<f64>>>) {
    table.columns.extend(days.iter().map(|days| (format!("risk_{days}d"), ColumnType::Number)));
    table.columns.push(("risk_model".to_owned(), ColumnType::Text));
    for row in &mut table.rows {
        let risks = match row.first() {
            Some(Value::Text(customer)) => said(customer.as_str()),
            _ => None,
        };
        match risks {
            Some(risks) => {
                row.extend(risks.into_iter().map(|risk| risk.map_or(Value::Empty, Value::Number)));
                row.push(Value::Text(label.to_owned()));
            }
            None => row.extend(std::iter::repeat_n(Value::Empty, days.len() + 1)),
        }
    }
}
