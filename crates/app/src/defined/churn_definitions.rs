//! What leaving means, as configuration: looked at, tried on the firm's own facts, put in use, gone back from.

use std::collections::BTreeSet;

use facts::{FactFrame, Want};
use outcomes::{
    Away, ChurnDefinition, ChurnRule, LEAST_WATCHED, Lifetimes, MOST_FALSE, MOST_LINES, RevenueDrop, State, away,
    lateness, line_names, partly_gone, product_lines,
};
use store::Versioned;
use vocab::{CustomerId, Instant, USUAL_LINE_NAMES};

use crate::books::NOW;
use crate::books::churnbook::parse;
use crate::books::definitions::Definitions;
use crate::books::version_steps::{Step, check_id, check_length, new_version};
use crate::books::versions::shown;
use crate::customer::product_lines::shown_lines;
use crate::error::Error;
use crate::shown::written;
use crate::view::{
    ChurnActivation, ChurnAway, ChurnDefinitionPage, ChurnDefinitionRow, ChurnEligibility, ChurnGapBar, ChurnLateness,
    ChurnLineChoice, ChurnMoved, ChurnPartial, ChurnQuantile, ChurnText, ChurnTrial, ChurnWindow, Count, ScorecardStep,
    Words,
};
use crate::{App, Reader, blocking};

/// Months shown of a definition that is tried.
const MONTHS: usize = 12;
/// Leavers are counted over so many days.
const YEAR_DAYS: i64 = 365;

impl App {
    /// Every churn definition that ships or is in use; the firm's own choice first.
    pub async fn churn_definitions(&self) -> Result<Vec<ChurnDefinitionRow>, Error> {
        let chosen = self.working_firm().await?.churn;
        let ids = self.churn_ids();
        let rows = ids.iter().filter_map(|id| self.churn_definition(id).map(|one| self.churn_row(one, &chosen)));
        let mut rows: Vec<ChurnDefinitionRow> = rows.collect();
        rows.sort_by(|a, b| (!a.is_in_use, !a.is_own, &a.id).cmp(&(!b.is_in_use, !b.is_own, &b.id)));
        Ok(rows)
    }

    fn churn_row(&self, definition: &ChurnDefinition, chosen: &str) -> ChurnDefinitionRow {
        ChurnDefinitionRow {
            id: definition.id.clone(),
            name: Words::from(&definition.name),
            says: Words::from(definition.in_words()),
            is_in_use: definition.id == chosen,
            is_shipped: self.definitions().churn.contains_key(&definition.id),
            is_own: self.churn_stamp(&definition.id) != definition.id,
        }
    }

    /// Everything about one churn definition.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn churn_definition_page(&self, id: &str) -> Result<ChurnDefinitionPage, Error> {
        let definition = self.churn_definition(id).ok_or_else(missing)?;
        let chosen = self.working_firm().await?.churn;
        let kept = self.kept_versions(Versioned::Churn).await?;
        Ok(ChurnDefinitionPage {
            row: self.churn_row(definition, &chosen),
            definition: self.churn_source(id).ok_or_else(missing)?,
            window_days: window(definition),
            versions: shown(id, &kept.records, &kept.terms),
        })
    }

    /// What a churn definition makes of the customers that the reader sees, beside the one in use. Nothing is kept.
    ///
    /// # Errors
    /// `bad_definition` with everything that is wrong with it; `no_window` where another window is asked of a definition
    /// that waits for no silence; `not_found`.
    pub async fn preview_churn(&self, reader: &Reader, text: ChurnText, now: Instant) -> Result<ChurnTrial, Error> {
        let (definition, source) =
            self.churn_asked_for(&text.of, text.definition.as_deref(), text.window_days, text.product_line.as_deref())?;
        let firm = self.working_firm().await?;
        let snapshot = self.snapshot(None, now).await?;
        let (app, scope) = (self.clone(), reader.scope.clone());
        blocking(move || {
            let in_use = app.churn_definition(&firm.churn).ok_or_else(missing)?;
            let as_of = snapshot.as_of;
            let usual = USUAL_LINE_NAMES.map(str::to_owned);
            let asked: BTreeSet<String> =
                definition.properties().into_iter().chain(in_use.properties()).chain(usual).collect();
            let want = Want { properties: asked.into_iter().collect(), ..Want::default() };
            let frame = app.facts().as_of(as_of).frame(&want)?;
            let sees = |customer: &CustomerId| {
                snapshot.position(customer).is_some_and(|position| snapshot.admits(&scope, position))
            };
            let lives = Lifetimes::of(&frame, &definition, as_of);
            let seen: Vec<bool> = lives.customers().iter().map(sees).collect();
            let eligible = lives.eligibility(&frame, &definition);
            let year_ago = as_of.instant().plus_days(-YEAR_DAYS);
            let left = lives.left_by_way(&definition, year_ago, as_of.instant(), &sees);
            let partial = partly_gone(&frame, &definition, &eligible).zip(definition.partial);
            let partial = partial.map(|(found, drop)| {
                shown_partial(found.map(|found| found.iter().filter(|one| sees(&one.customer)).count() as u64), drop)
            });
            let is_other = definition != *in_use;
            let moved = is_other.then(|| {
                let before = Lifetimes::of(&frame, in_use, as_of);
                moved(in_use, &before, &lives, &sees)
            });
            let counts = eligible.counts(&sees);
            let months = lives.months_among(&definition, MONTHS, &|place| seen[place]);
            let lines = product_lines(&frame, &definition, &lives);
            let lines = lines.map(|lines| shown_lines(&app, &definition, (&lives, &lives.states()), &lines, &sees));
            Ok(ChurnTrial {
                id: definition.id.clone(),
                name: Words::from(&definition.name),
                says: Words::from(definition.in_words()),
                definition: source,
                window_days: window(&definition),
                own_rhythm: definition.rules().iter().any(|rule| matches!(rule, ChurnRule::PurchaseGap { .. })),
                as_of: written(as_of.instant()),
                delay_days: definition.label_delay_days(),
                late_days: definition.late_days,
                lateness: lateness(&frame, as_of)
                    .map(|found| ChurnLateness { most_days: found.most_days, nearly_all_days: found.nearly_all_days }),
                too_new_days: definition.too_new_days,
                eligibility: ChurnEligibility {
                    customers: counts.customers(),
                    eligible: counts.eligible,
                    too_new: counts.too_new,
                    gone: counts.gone,
                    internal: counts.internal,
                },
                left: left.iter().map(|(way, count)| Count { key: way.as_str().to_owned(), count: *count }).collect(),
                partial,
                product_lines: lines,
                line_choices: line_choices(&frame),
                moved,
                months: months.iter().map(|month| app.month_row(month, as_of)).collect(),
                away: shown_away(away(&frame, &definition, as_of, &sees)),
                not_yet: lives.not_yet(&definition).as_ref().map(Words::from),
            })
        })
        .await
    }

    /// Puts a churn definition in use: as it stands, with another window, or as it is written. Lists follow at once,
    /// warnings with the next cycle; the past is judged by it too.
    ///
    /// # Errors
    /// As [`App::preview_churn`]; `other_id` if the text is of another id; `version_conflict` if somebody else was quicker.
    pub async fn activate_churn(
        &self,
        reader: &Reader,
        id: &str,
        wished: ChurnActivation,
        now: Instant,
    ) -> Result<ChurnDefinitionPage, Error> {
        reader.may_administer()?;
        let mut firm = self.firm().await?.ok_or_else(|| Error::not_found(("企业设置", "the firm's settings")))?;
        let (definition, source) =
            self.churn_asked_for(id, wished.definition.as_deref(), wished.window_days, wished.product_line.as_deref())?;
        if wished.definition.is_some() {
            check_id(&definition.id, id)?;
        }
        let chosen = definition.id.clone();
        self.keep_churn_in_use(&chosen, now).await?;
        if self.churn_definition(&chosen) != Some(&definition) {
            let seen = self.churnbook().in_use().term(&chosen, NOW).map(|term| term.version_id);
            let new = new_version(Versioned::Churn, &chosen, source, wished.note);
            self.store().put_version_in_use(&new, seen, "activated", &reader.actor(), now).await?;
            self.refresh_churn().await?;
        }
        if firm.churn != chosen {
            firm.churn.clone_from(&chosen);
            self.keep_firm(&firm, &reader.actor(), now).await?;
        }
        self.churn_definition_page(&chosen).await
    }

    /// Puts the version of a churn definition in use again that was in use before the present one, or an earlier one that
    /// is named.
    ///
    /// # Errors
    /// `nothing_before` where no other version ever was in use; `version_conflict`.
    pub async fn roll_back_churn(
        &self,
        reader: &Reader,
        id: &str,
        step: ScorecardStep,
        now: Instant,
    ) -> Result<ChurnDefinitionPage, Error> {
        self.take_step(reader, Versioned::Churn, id, Step::RollBack, &step, now).await?;
        self.churn_definition_page(id).await
    }

    /// A definition as it was asked for, and as it is written.
    fn churn_asked_for(
        &self,
        of: &str,
        written: Option<&str>,
        window_days: Option<u32>,
        product_line: Option<&str>,
    ) -> Result<(ChurnDefinition, String), Error> {
        if let Some(text) = written {
            check_length(text)?;
            return Ok((parse(text)?, text.to_owned()));
        }
        let (definition, source) = match window_days {
            Some(days) => self.with_window(of, days)?,
            None => {
                let found = self.churn_definition(of).ok_or_else(missing)?;
                (found.clone(), self.churn_source(of).ok_or_else(missing)?)
            }
        };
        match product_line {
            Some(property) => with_product_line(definition, source, property.trim()),
            None => Ok((definition, source)),
        }
    }

    /// A definition with another window: what there is of it, or a new one whose id, name and sentence say so.
    fn with_window(&self, of: &str, days: u32) -> Result<(ChurnDefinition, String), Error> {
        let found = self.churn_definition(of).ok_or_else(missing)?;
        let source = self.churn_source(of).ok_or_else(missing)?;
        if window(found) == Some(days) {
            return Ok((found.clone(), source));
        }
        let id = id_with_window(of, days);
        if let Some(there) = self.churn_definition(&id).filter(|there| id != of && window(there) == Some(days)) {
            return Ok((there.clone(), self.churn_source(&id).ok_or_else(missing)?));
        }
        let mut table: toml::Table = source.parse().map_err(Error::internal)?;
        let rules = table.get_mut("gone_when").and_then(toml::Value::as_array_mut);
        let window = rules.into_iter().flatten().find_map(|rule| {
            let rule = rule.as_table_mut()?;
            let key = ["inactivity", "no_order"].into_iter().find(|key| rule.contains_key(*key))?;
            rule.get_mut(key)?.get_mut("days")
        });
        let Some(window) = window else {
            return Err(Error::bad(
                "no_window",
                ("这个流失口径不看沉默天数", "this definition waits for no days of silence"),
                ("请换一个按天数判断的口径，或直接修改定义", "choose one that does, or change its text"),
            ));
        };
        *window = toml::Value::Integer(i64::from(days));
        table.insert("id".to_owned(), id.into());
        let says = |text: vocab::Text| {
            toml::Value::Table(toml::Table::from_iter([
                ("zh".to_owned(), toml::Value::String(text.zh)),
                ("en".to_owned(), toml::Value::String(text.en)),
            ]))
        };
        let changed = parse(&toml::to_string(&table).map_err(Error::internal)?)?;
        table.insert("sentence".to_owned(), says(changed.in_words()));
        if let Some(name) = changed.short_name() {
            table.insert("name".to_owned(), says(name));
        }
        let text = toml::to_string(&table).map_err(Error::internal)?;
        Ok((parse(&text)?, text))
    }

    /// Every churn definition of the firm's own that has no shipped one behind it.
    pub(crate) fn own_churn_definitions(&self) -> Vec<&ChurnDefinition> {
        let ids = self.churn_ids();
        let own = ids.iter().filter(|id| Definitions::source("churn", id).is_none());
        own.filter_map(|id| self.churn_definition(id)).collect()
    }
}

/// A definition that leaves product lines one by one, named by a property; by none at all where that is empty.
fn with_product_line(
    definition: ChurnDefinition,
    source: String,
    property: &str,
) -> Result<(ChurnDefinition, String), Error> {
    let names = definition.product_lines.as_ref().map(|names| names.properties.join(","));
    if names.unwrap_or_default() == property {
        return Ok((definition, source));
    }
    let mut table: toml::Table = source.parse().map_err(Error::internal)?;
    match property {
        "" => table.remove("product_lines"),
        _ => table.insert(
            "product_lines".to_owned(),
            toml::Table::from_iter([("property".to_owned(), property.into())]).into(),
        ),
    };
    let text = toml::to_string(&table).map_err(Error::internal)?;
    Ok((parse(&text)?, text))
}

/// The usual names of product lines that the facts of a frame know, the one with the fewest lines first.
fn line_choices(frame: &FactFrame) -> Vec<ChurnLineChoice> {
    let known = USUAL_LINE_NAMES.map(|property| (property, line_names(frame, property)));
    let known = known.into_iter().filter(|(_, lines)| (1..=MOST_LINES).contains(lines));
    let mut choices: Vec<ChurnLineChoice> =
        known.map(|(property, lines)| ChurnLineChoice { property: property.to_owned(), lines: lines as u64 }).collect();
    choices.sort_by(|a, b| (a.lines, &a.property).cmp(&(b.lines, &b.property)));
    choices
}

/// Days of silence that the first rule waits for that waits so long for everybody.
fn window(definition: &ChurnDefinition) -> Option<u32> {
    definition.rules().into_iter().find_map(|rule| match rule {
        ChurnRule::Inactivity { days, .. } | ChurnRule::NoOrder { days } => Some(*days),
        _ => None,
    })
}

/// `inactive_60d` with 45 days is `inactive_45d`; an id that names no days stays.
fn id_with_window(id: &str, days: u32) -> String {
    let digits = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let named = id.rsplit_once('_').filter(|(_, last)| last.strip_suffix('d').as_ref().is_some_and(digits));
    named.map_or_else(|| id.to_owned(), |(stem, _)| format!("{stem}_{days}d"))
}

fn moved(
    in_use: &ChurnDefinition,
    before: &Lifetimes,
    after: &Lifetimes,
    sees: &dyn Fn(&CustomerId) -> bool,
) -> ChurnMoved {
    let is_gone = |state: State| matches!(state, State::Gone { .. });
    let (before, after) = (before.states(), after.states());
    let pairs = after.iter().filter(|(customer, _)| sees(customer));
    let pairs = pairs.filter_map(|(customer, state)| Some((is_gone(before.state(customer)?), is_gone(state))));
    let (mut newly_gone, mut no_longer_gone) = (0, 0);
    for pair in pairs {
        newly_gone += u64::from(pair == (false, true));
        no_longer_gone += u64::from(pair == (true, false));
    }
    ChurnMoved { id: in_use.id.clone(), name: Words::from(&in_use.name), newly_gone, no_longer_gone }
}

fn shown_partial(found: Result<u64, vocab::Text>, drop: RevenueDrop) -> ChurnPartial {
    let (customers, why) = match found {
        Ok(count) => (Some(count), None),
        Err(why) => (None, Some(Words::from(why))),
    };
    ChurnPartial { days: drop.days, share: drop.share, customers, unknown_because: why }
}

fn shown_away(away: Away) -> ChurnAway {
    let windows = away.tried.iter().map(|one| ChurnWindow {
        days: one.days,
        gone_now: one.gone_now,
        left: one.left,
        watched: one.watched,
        returned: one.returned,
        return_rate: one.return_rate(),
    });
    let bars =
        away.bars.iter().map(|bar| ChurnGapBar { from_days: bar.from_days, to_days: bar.to_days, count: bar.count });
    ChurnAway {
        until: written(away.until),
        watch_days: away.watch_days,
        customers: away.customers,
        gaps: away.gaps,
        quantiles: away.quantiles.iter().map(|(share, days)| ChurnQuantile { share: *share, days: *days }).collect(),
        bars: bars.collect(),
        windows: windows.collect(),
        proposed_days: away.proposed.as_ref().ok().copied(),
        not_proposed: away.proposed.as_ref().err().map(Words::from),
        most_false: MOST_FALSE,
        least_watched: LEAST_WATCHED,
    }
}

fn missing() -> Error {
    Error::not_found(("流失口径", "the churn definition"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_names_its_days_follows_the_window() {
        assert_eq!(id_with_window("inactive_60d", 45), "inactive_45d");
        assert_eq!(id_with_window("no_order_180d", 90), "no_order_90d");
        assert_eq!(id_with_window("saas_contract", 45), "saas_contract");
        assert_eq!(id_with_window("own_d", 45), "own_d");
    }
}
