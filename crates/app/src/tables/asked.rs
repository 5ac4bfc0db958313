//! What is asked of the lake at the command line: facts and scores as tables.

use indicators::{Catalog, Cell, IndicatorFrame, Population, evaluate};
use outcomes::{Lifetimes, State};
use scores::{ScoreBook, ScoreFrame};
use vocab::{AsOf, CustomerId, Lang};

use crate::App;
use crate::error::Error;
use crate::firm::TOTALS;
use crate::table::{ColumnType, Table, Value};

fn text(text: Option<&str>) -> Value {
    text.map_or(Value::Empty, |text| Value::Text(text.to_owned()))
}

impl App {
    /// The facts of one customer or of all, as of a moment, ordered by customer and time.
    pub fn facts_table(&self, customer: Option<&CustomerId>, as_of: AsOf) -> Result<Table, Error> {
        use ColumnType::{At, Number, Text};
        let columns = [
            ("customer_id", Text),
            ("actor_id", Text),
            ("kind", Text),
            ("name", Text),
            ("occurred_at", At),
            ("known_at", At),
            ("recorded_at", At),
            ("value", Number),
            ("currency", Text),
            ("text", Text),
            ("properties", Text),
            ("source", Text),
            ("message_id", Text),
            ("supersedes", Text),
            ("retracts", Text),
        ];
        let mut table = Table::new(columns.iter().map(|(name, column)| ((*name).to_owned(), *column)).collect());
        let view = self.facts().as_of(as_of);
        match customer {
            Some(customer) => {
                let mut facts = view.facts_of(customer)?;
                facts.reverse();
                table.rows.extend(facts.iter().map(fact_row));
            }
            None => view.each(&mut |stored| table.rows.push(fact_row(stored)))?,
        }
        Ok(table)
    }

    /// Health of every customer as of a moment.
    ///
    /// Without a scorecard named: the active one, and in a folder that nobody has set up the one for totals where there
    /// is nothing else, or the shipped one of highest coverage, which the table's note names.
    ///
    /// Where a model is in service for the firm's churn definition, the probability of leaving within each of its horizons
    /// stands beside it (`risk_30d`…, empty for whoever is gone, too new or internal) and which model said so (`risk_model`).
    pub async fn score_table(&self, as_of: AsOf, scorecard: ScorecardChoice, lang: Lang) -> Result<Table, Error> {
        let firm = match self.firm().await? {
            Some(firm) => Some(firm),
            None => Some(self.working_firm().await?).filter(|firm| firm.scorecard == TOTALS),
        };
        let working = self.working_firm().await?;
        let (app, own) = (self.clone(), firm.map(|firm| firm.scorecard));
        let (champion, supply) = (self.champion(&working.churn).await?, self.supply().await?);
        let outside = self.outside_champion(&working.churn).await?;
        crate::blocking(move || {
            let mut table = app.scored(as_of, &scorecard, own.as_deref(), &working, lang)?;
            if let Some(champion) = champion {
                app.add_risk(&mut table, &champion, supply, as_of, lang)?;
            }
            if let Some(outside) = outside {
                app.add_outside_risk(&mut table, &outside, as_of, lang)?;
            }
            Ok(table)
        })
        .await
    }

    /// Tiers of value of everybody scored, by place; cut over those who had not left by the moment.
    fn tiers_then(
        &self,
        scores: &scores::ScoreFrame,
        firm: &crate::view::Firm,
    ) -> Result<Vec<Option<scores::Tier>>, Error> {
        let definitions = self.definitions();
        let (Some(book), Some(churn)) = (definitions.segments.get(&firm.template), self.churn_definition(&firm.churn))
        else {
            return Ok(vec![None; scores.customers().len()]);
        };
        let as_of = scores.as_of;
        let want = facts::Want { properties: churn.properties(), ..facts::Want::default() };
        let states = Lifetimes::of(&self.facts().as_of(as_of).frame(&want)?, churn, as_of).states();
        let stays = |place: usize| !matches!(states.state(&scores.customers()[place]), Some(State::Gone { .. }));
        Ok(scores::tiers(book.tiers, scores, &stays).1)
    }

    fn scored(
        &self,
        as_of: AsOf,
        choice: &ScorecardChoice,
        own: Option<&str>,
        firm: &crate::view::Firm,
        lang: Lang,
    ) -> Result<Table, Error> {
        let definitions = self.definitions();
        let catalog = &definitions.catalog;
        let frame = evaluate(&self.facts().as_of(as_of), catalog, &Population::Everyone)?;
        let (at, said) = (as_of.instant(), self.shelf().in_use().said.clone());
        let by = |book: &ScoreBook| scores::score_said(&frame, book, catalog, &said, at);
        let tried;
        let scored = match (choice, own) {
            (ScorecardChoice::Definition(text), _) => {
                tried = self.parse_book(text)?;
                (&tried, by(&tried), None)
            }
            (ScorecardChoice::Named(id), _) => {
                let book =
                    self.single_book_at(id, at).map_err(|error| unknown_scorecard(error, id, &self.scorecard_ids()))?;
                (book, by(book), None)
            }
            (ScorecardChoice::InUse, Some(id)) => {
                let book = self.book_at(id, at)?;
                (book, by(book), None)
            }
            (ScorecardChoice::InUse, None) => {
                let tried = definitions.scorecards.values().map(|book| (book, scores::score(&frame, book, catalog)));
                let best =
                    tried.max_by_key(|(book, scores)| (scores.mean_coverage(), std::cmp::Reverse(book.id.clone())));
                let (book, scores) = best.ok_or_else(|| Error::internal("no scorecard ships"))?;
                let note = match lang {
                    Lang::Zh => format!("尚未设置打分卡，按数据完整度选用“{}”（{}）", book.name.zh, book.id),
                    Lang::En => {
                        format!("no scorecard is set; using \"{}\" ({}), which covers most", book.name.en, book.id)
                    }
                };
                (book, scores, Some(note))
            }
        };
        let (book, scores, note) = scored;
        let mut table = scored_rows(&frame, book, &scores, catalog, lang);
        table.columns.push(("tier".to_owned(), ColumnType::Text));
        for (row, tier) in table.rows.iter_mut().zip(self.tiers_then(&scores, firm)?) {
            row.push(text(tier.map(scores::Tier::as_str)));
        }
        Ok(Table { note, ..table })
    }
}

/// A row for each score.
pub(crate) fn scored_rows(
    frame: &IndicatorFrame,
    book: &ScoreBook,
    scores: &ScoreFrame,
    catalog: &Catalog,
    lang: Lang,
) -> Table {
    let mut table = score_columns();
    for (position, (customer, score)) in scores.iter().enumerate() {
        let reasons = scores::reasons(score, book, catalog, frame, position);
        let reason = |place: usize| text(reasons.get(place).map(|reason| reason.get(lang)));
        table.rows.push(vec![
            Value::Text(customer.to_string()),
            score.health.map_or(Value::Empty, |health| Value::Number(health.points())),
            text(score.band.map(|band| band.as_str())),
            cell(score.value),
            reason(0),
            reason(1),
            reason(2),
            Value::Number(f64::from(score.coverage) / 10_000.0),
        ]);
    }
    table
}

/// By which scorecard a table of scores is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ScorecardChoice {
    /// The one in use at the moment.
    #[default]
    InUse,
    /// One that ships or is in use, in the version of the moment.
    Named(String),
    /// A definition file that is tried: its text.
    Definition(String),
}

pub(crate) fn unknown_scorecard(error: Error, id: &str, known: &[String]) -> Error {
    if error.class() != crate::Class::NotFound {
        return error;
    }
    Error::bad(
        "unknown_scorecard",
        (&format!("没有这张打分卡：“{id}”"), &format!("no such scorecard: \"{id}\"")),
        (&format!("可选：{}", known.join("、")), &format!("one of {}", known.join(", "))),
    )
}

pub(crate) fn score_columns() -> Table {
    use ColumnType::{Number, Text};
    let columns = [
        ("customer_id", Text),
        ("health", Number),
        ("band", Text),
        ("value", Number),
        ("reason_1", Text),
        ("reason_2", Text),
        ("reason_3", Text),
        ("coverage", Number),
    ];
    Table::new(columns.iter().map(|(name, column)| ((*name).to_owned(), *column)).collect())
}

fn cell(cell: Cell) -> Value {
    match cell {
        Cell::Known(value) => Value::Number(value),
        Cell::Unknown(_) => Value::Empty,
    }
}

fn fact_row(stored: &facts::StoredFact) -> Vec<Value> {
    let fact = &stored.fact;
    let properties: serde_json::Map<String, serde_json::Value> = fact
        .properties
        .iter()
        .map(|(key, value)| (key.clone(), value.as_ref().map_or(serde_json::Value::Null, |text| text.clone().into())))
        .collect();
    vec![
        text(fact.customer_id.as_ref().map(|id| id.as_str())),
        text(fact.actor_id.as_ref().map(|id| id.as_str())),
        text(Some(fact.kind.as_str())),
        text(Some(&fact.name)),
        Value::At(fact.occurred_at),
        Value::At(stored.known_at()),
        Value::At(stored.recorded_at),
        fact.value.map_or(Value::Empty, |value| Value::Number(value.to_f64())),
        text(fact.currency.as_deref()),
        text(fact.text.as_deref()),
        Value::Text(serde_json::Value::Object(properties).to_string()),
        text(Some(fact.source.as_str())),
        text(Some(fact.message_id.as_str())),
        text(fact.supersedes.as_ref().map(|id| id.as_str())),
        text(fact.retracts.as_ref().map(|id| id.as_str())),
    ]
}
