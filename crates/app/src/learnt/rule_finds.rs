//! Rules found in the firm's history, in the background: each ready to become a draft, each replayed over the last year.
//!
//! The search and the test are `training::discovery`'s. Nothing is switched on here: a person makes a draft of what is worth it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use alerts::AlertPolicy;
use indicators::{Catalog, unit_word};
use serde_json::{Value, json};
use training::backtest::{self, Leaving, Scorer, Spec};
use training::discovery::{DiscoveredRule, Discovery, RuleCondition, Saying, discover};
use training::lab::Tally;
use training::train::TrainSpec;
use vocab::{AsOf, Horizon, Instant, Text};

use crate::books::NOW;
use crate::error::{Error, from_findings};
use crate::learnt::backtest_shown::{counts, share};
use crate::learnt::backtests::{BacktestProgress, BacktestQuery, BacktestScorer};
use crate::learnt::efficacy::no_churn;
use crate::learnt::past_read::PastRead;
use crate::learnt::study::state_of;
use crate::learnt::trained::{TrainingQuery, failed, refusal, stretch};
use crate::shown::written;
use crate::staff::people::sees_all;
use crate::view::{
    DiscoveryPage, DiscoveryRequest, DiscoveryRun, FoundReplay, FoundRule, FoundRules, FoundTally, ModelRefusal, Words,
};
use crate::{App, Reader, blocking, threads};

/// What is left of the work once rules are found: replaying them.
const FOUND: f64 = 0.5;
/// Days for which a closed case keeps a rule from speaking again.
const COOLDOWN_DAYS: u32 = 30;
/// The cause of alerts by rules that were found, until a person gives another.
const CAUSE: &str = "discovered";
/// Letters of a digest in the id of a rule.
const DIGEST_LETTERS: usize = 8;

/// Where rules are looked for.
struct Wish {
    churn: String,
    as_of: AsOf,
    horizon: Horizon,
    template: String,
    scorecard: String,
    traits: Vec<String>,
    stretch: Option<(AsOf, AsOf)>,
    now: Instant,
}

/// What came of it: rules, or why there can be none.
type Answer = Result<FoundRules, ModelRefusal>;

impl App {
    /// Begins to look for rules in the background; one search runs at a time. For whoever sees all customers.
    ///
    /// # Errors
    /// `learning_running`; `unknown_choice` is said at once.
    pub async fn discover_rules(
        &self,
        reader: &Reader,
        asked: DiscoveryRequest,
        now: Instant,
    ) -> Result<DiscoveryRun, Error> {
        reader.may_act()?;
        sees_all(reader)?;
        let (churn, as_of, horizon) = self.learning_asked(asked.churn, asked.horizon_days, now).await?;
        let mut traits = self.definitions().traits.clone();
        traits.extend(self.reported_traits().await?);
        traits.sort_unstable();
        traits.dedup();
        let (firm, stretch) = (self.working_firm().await?, self.stretch(now).await?);
        let (template, scorecard) = (firm.template, firm.scorecard);
        let run = DiscoveryRun {
            state: "running".to_owned(),
            progress: Some(0.0),
            churn: churn.clone(),
            horizon_days: horizon.days,
            started_at: written(now),
            refusal: None,
            failure: None,
            answer: None,
        };
        let stop = self.discoveries().begin(run.clone())?;
        let (app, wish) = (self.clone(), Wish { churn, as_of, horizon, template, scorecard, traits, stretch, now });
        tokio::spawn(async move {
            let teller = app.clone();
            let progress: BacktestProgress = Arc::new(move |part| {
                teller.discoveries().tell(|run| run.progress = Some(part));
                !stop.load(Ordering::Relaxed)
            });
            let worked = app.find_rules(wish, progress).await;
            app.discoveries().end(|run| ended(run, worked));
        });
        Ok(run)
    }

    /// What was last found, or is looked for; for whoever sees all customers.
    pub async fn discovered_rules(&self, reader: &Reader) -> Result<DiscoveryPage, Error> {
        sees_all(reader)?;
        Ok(DiscoveryPage { run: self.discoveries().last() })
    }

    /// Stops the search.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn stop_discovery(&self, reader: &Reader) -> Result<(), Error> {
        reader.may_act()?;
        sees_all(reader)?;
        self.discoveries().stop()
    }

    async fn find_rules(&self, wish: Wish, progress: BacktestProgress) -> Result<Answer, Error> {
        let supply = self.supply().await?;
        let app = self.clone();
        blocking(move || {
            let definition = app.churn_definition(&wish.churn).ok_or_else(|| no_churn(&wish.churn))?;
            let catalog = app.definitions().catalog.clone().with_supply(supply);
            let (as_of, horizon, seed) = (wish.as_of, wish.horizon, TrainingQuery::default().seed);
            let spec = TrainSpec { catalog: &catalog, churn: definition, as_of, horizon, seed, threads: threads() };
            let PastRead { past, moments, since, span } = app.past_read(&spec, &wish.traits)?;
            let later = app.facts().after(since, span)?.known_before(as_of);
            let half = |part: f64| progress(part * FOUND);
            let Discovery { looked, leaks, verdict } =
                discover(&past, &later, moments, &wish.traits, &spec, &half).map_err(failed)?;
            let (found, looked) = match (verdict, looked) {
                (Ok(found), Some(looked)) => (found, looked),
                (Err(why), _) => return Ok(Err(refusal(&why))),
                (Ok(_), None) => return Err(Error::internal("rules of nobody")),
            };
            let drafts: Vec<Draft> =
                found.rules.iter().map(|rule| app.draft_of(&wish.template, &catalog, rule)).collect();
            let mut replays = app.replays(&wish, &catalog, &drafts, &progress)?.into_iter();
            let rule = |(rule, draft): (&DiscoveredRule, Draft)| shown(rule, draft, replays.next().flatten());
            let name = |id: &str| catalog.get(id).map_or_else(|| Words::new(id, id), |one| Words::from(&one.name));
            Ok(Ok(FoundRules {
                looked: stretch(&looked, app.zone()),
                tested: found.tested as u64,
                base: found.confirmed.share(),
                leaks: leaks.iter().filter(|leak| leak.is_certain).map(|leak| name(&leak.column)).collect(),
                rules: found.rules.iter().zip(drafts).map(rule).collect(),
            }))
        })
        .await
    }

    /// A rule as it could be handed in.
    fn draft_of(&self, template: &str, catalog: &Catalog, rule: &DiscoveredRule) -> Draft {
        let parts: Vec<Value> = rule.conditions.iter().map(|one| condition(catalog, one)).collect();
        let when = if parts.len() == 1 { parts[0].clone() } else { json!({ "all": parts }) };
        let id = format!("found_{}", &blake3::hash(when.to_string().as_bytes()).to_hex()[..DIGEST_LETTERS]);
        let plain = Text::new("历史上多有流失的情形", "as many who left before");
        let mut value = json!({
            "id": id, "name": words(&plain), "cause": CAUSE, "severity": "warning", "state": "active", "when": when,
            "cooldown_days": COOLDOWN_DAYS, "say": words(&said(catalog, rule).unwrap_or(plain)),
            "next_step": { "zh": "联系一次，了解情况", "en": "Get in touch and ask" },
        });
        // The condition as a person would say it is the rule's name.
        let sentence = match read(&value, &self.rule_catalog(template)) {
            Ok(policy) => policy.rules.first().map(|rule| self.condition_words(template, &rule.when)),
            Err(error) => {
                tracing::warn!(%error, "a rule that was found cannot be written down");
                None
            }
        };
        let sentence = sentence.unwrap_or_default();
        if !sentence.zh.is_empty() {
            value["name"] = json!({ "zh": sentence.zh, "en": sentence.en });
        }
        Draft { id, sentence, value }
    }

    /// What each would have seen of the last year, none of them switched on.
    fn replays(
        &self,
        wish: &Wish,
        catalog: &Catalog,
        drafts: &[Draft],
        progress: &BacktestProgress,
    ) -> Result<Vec<Option<FoundReplay>>, Error> {
        let Some((from, to)) = wish.stretch else { return Ok(drafts.iter().map(|_| None).collect()) };
        let definition = self.churn_definition(&wish.churn).ok_or_else(|| no_churn(&wish.churn))?;
        let own = self.rule_catalog(&wish.template);
        let silent = |draft: &Draft| {
            let mut value = draft.value.clone();
            value["state"] = json!("available");
            read(&value, &own)
        };
        let mut policy = AlertPolicy::clone(&self.policy_in_use(&wish.template));
        for draft in drafts {
            policy = policy.with(silent(draft)?);
        }
        let book = self.book_at(&wish.scorecard, NOW)?;
        let plain = BacktestQuery::new(BacktestScorer::Rules, from, to);
        let asked = Spec {
            catalog,
            book,
            policy: &policy,
            scorer: Scorer::Rules,
            leaving: Leaving::Definition(definition),
            from,
            to,
            known_until: wish.now,
            lead_days: plain.lead_days,
            horizon_days: plain.horizon_days,
            budget: None,
            knowing: self.replay_knowing(&wish.template),
        };
        let past = self.facts().as_of(to).frame(&asked.want())?;
        let hindsight = self.facts().after(from, asked.look_back())?;
        let mut replays = Vec::with_capacity(drafts.len());
        for (place, draft) in drafts.iter().enumerate() {
            let told = |part: f64| progress(FOUND + (1.0 - FOUND) * (place as f64 + part) / drafts.len() as f64);
            let spec = Spec { scorer: Scorer::Rule(&draft.id), ..asked.clone() };
            let report = backtest::backtest(&past, &hindsight, &spec, &told).map_err(failed)?;
            replays.push(Some(FoundReplay {
                from: written(from.instant()),
                to: written(to.instant()),
                counts: counts(&report.counts, report.precision, report.recall),
                headline: Words::from(&report.headline),
            }));
        }
        Ok(replays)
    }
}

/// A rule as it could be handed in.
struct Draft {
    id: String,
    sentence: Words,
    value: Value,
}

/// How the search ended.
fn ended(run: &mut DiscoveryRun, worked: Result<Answer, Error>) {
    run.progress = None;
    run.state = state_of(&worked, Result::is_ok);
    match worked {
        Ok(Ok(found)) => run.answer = Some(found),
        Ok(Err(why)) => run.refusal = Some(why),
        Err(error) if error.code() == "stopped" => {}
        Err(error) => {
            tracing::error!(%error, "a search for rules failed");
            run.failure = Some(error.detail().clone());
        }
    }
}

fn read(value: &Value, catalog: &Catalog) -> Result<AlertPolicy, Error> {
    let table = toml::Value::try_from(value).map_err(Error::internal)?;
    AlertPolicy::parse_value(&table, catalog).map_err(|findings| from_findings("bad_definition", &findings))
}

fn words(text: &Text) -> Value {
    json!({ "zh": text.zh, "en": text.en })
}

/// A condition with the fields of a rule file: a column of the catalogue is an indicator, any other a trait.
fn condition(catalog: &Catalog, one: &RuleCondition) -> Value {
    match &one.says {
        Saying::AtLeast(border) if catalog.get(&one.column).is_some() => {
            json!({ "of": one.column, "is": ">=", "than": border })
        }
        Saying::AtMost(border) if catalog.get(&one.column).is_some() => {
            json!({ "of": one.column, "is": "<=", "than": border })
        }
        Saying::Is(value) => json!({ "traits": { &one.column: [value] } }),
        Saying::AtLeast(border) => json!({ "traits": { &one.column: { "is": ">=", "than": border } } }),
        Saying::AtMost(border) => json!({ "traits": { &one.column: { "is": "<=", "than": border } } }),
    }
}

/// The figures of the condition as a sentence; `None` where it asks about no number.
fn said(catalog: &Catalog, rule: &DiscoveredRule) -> Option<Text> {
    let asked = rule.conditions.iter().filter_map(|one| catalog.get(&one.column));
    let (mut zh, mut en): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for indicator in asked {
        let unit = unit_word(&indicator.unit);
        zh.push(format!("{} {{{}}} {}", indicator.name.zh, indicator.id, unit.zh).trim_end().to_owned());
        en.push(format!("{}: {{{}}}", indicator.name.en, indicator.id));
    }
    zh.dedup();
    en.dedup();
    (!zh.is_empty()).then(|| Text::new(zh.join("，"), en.join(", ")))
}

fn shown(rule: &DiscoveredRule, draft: Draft, replay: Option<FoundReplay>) -> FoundRule {
    let figures = &rule.figures;
    FoundRule {
        id: draft.id,
        sentence: draft.sentence,
        rule: draft.value,
        found: tally(figures.found),
        confirmed: tally(figures.confirmed),
        precision: share(figures.precision),
        lift: figures.lift,
        recall: figures.recall,
        q: figures.q,
        replay,
    }
}

fn tally(one: Tally) -> FoundTally {
    FoundTally {
        rows: one.rows as u64,
        left: one.left as u64,
        customers: one.customers as u64,
        leavers: one.leavers as u64,
    }
}
