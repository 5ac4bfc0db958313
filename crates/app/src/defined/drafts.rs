//! A definition before anybody relies on it: what it can ask for, and how it would have foretold leaving.
//!
//! Its numbers of today, over time and for one customer are `indicator_pages`' business. Nothing of a draft is kept.

use std::collections::BTreeMap;

use training::efficacy::{self, Question};
use vocab::{AsOf, Instant, Kind};

use crate::defined::indicator_pages::tried;
use crate::error::Error;
use crate::learnt::efficacy::{no_churn, shown};
use crate::staff::people::sees_all;
use crate::view::{
    DraftEfficacyRequest, EfficacyReport, FieldQuality, IndicatorVocabulary, SelectableName, SelectableProperty,
};
use crate::{App, Reader, blocking};

/// Fields of the quality report that are no properties.
const OWN_FIELDS: [&str; 2] = ["value", "customer"];

/// A name that facts have, and the types of its properties.
type Found = (SelectableName, BTreeMap<String, &'static str>);

impl App {
    /// What definitions can ask for here, as the last look at the sources found it.
    ///
    /// # Edges
    /// Before the first cycle nothing is known: an empty list, and any name may still be asked for.
    pub async fn indicator_vocabulary(&self) -> Result<IndicatorVocabulary, Error> {
        let mut found: BTreeMap<(Kind, String), Found> = BTreeMap::new();
        for source in self.source_reports().await? {
            for name in source.names {
                let Ok(kind) = name.kind.parse::<Kind>() else { continue };
                let (entry, properties) = found.entry((kind, name.name.clone())).or_insert_with(|| {
                    let (kind, name) = (name.kind.clone(), name.name.clone());
                    (
                        SelectableName { kind, name, facts: 0, usual_per_day: 0.0, properties: Vec::new() },
                        BTreeMap::new(),
                    )
                });
                entry.facts += name.facts;
                entry.usual_per_day += name.usual_per_day;
                let own = name.fields.iter().filter(|field| !OWN_FIELDS.contains(&field.field.as_str()));
                properties.extend(own.map(|field| (field.field.clone(), sort_of(field))));
            }
        }
        let mut names: Vec<(Kind, SelectableName)> = found
            .into_iter()
            .map(|((kind, _), (mut name, properties))| {
                let property = |(name, sort): (String, &str)| SelectableProperty { name, sort: sort.to_owned() };
                name.properties = properties.into_iter().map(property).collect();
                (kind, name)
            })
            .collect();
        names.sort_by(|(kind, one), (other, two)| kind.cmp(other).then(two.facts.cmp(&one.facts)));
        Ok(IndicatorVocabulary { names: names.into_iter().map(|(_, name)| name).collect() })
    }

    /// How the indicators of a text would have foretold leaving, tested by themselves; for whoever sees all customers.
    ///
    /// # Why beside the report of the catalogue
    /// A draft is tested alone: what it says beside other signals, and how much luck there is among many trials, only
    /// the report of all can tell.
    ///
    /// # Errors
    /// `bad_definition` with everything that is wrong with it; `unknown_choice` for a churn definition that is none.
    pub async fn draft_efficacy(
        &self,
        reader: &Reader,
        request: DraftEfficacyRequest,
        now: Instant,
    ) -> Result<EfficacyReport, Error> {
        sees_all(reader)?;
        let churn = self.churn_asked(request.churn.as_deref()).await?;
        let (catalog, ids) = tried(&request.text)?;
        let as_of = AsOf(self.zone().midnight(now));
        let supply = self.supply().await?;
        let (app, firm) = (self.clone(), self.working_firm().await?);
        blocking(move || {
            let definition = app.churn_definition(&churn).ok_or_else(|| no_churn(&churn))?;
            let catalog = app.with_memberships(catalog, &firm, &supply)?.with_supply(supply);
            let question = Question { catalog: &catalog, churn: definition, as_of, horizon: None };
            let frame = app.facts().as_of(as_of).frame(&question.want())?;
            let mut report = shown(&efficacy::efficacy(&frame, &question, &|_| ()), &churn, app.zone());
            report.indicators.retain(|one| ids.contains(&one.id));
            Ok(report)
        })
        .await
    }
}

/// What most of the latest values of a field are; of a field that has gone, what they were.
fn sort_of(field: &FieldQuality) -> &'static str {
    let types = if field.missing_now < 1.0 { field.types_now } else { field.types_before };
    let sorts = [(types.number, "number"), (types.date, "date"), (types.truth, "truth")];
    sorts.into_iter().find(|(share, _)| *share > 0.5).map_or("text", |(_, sort)| sort)
}
