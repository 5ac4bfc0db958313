//! What is proven of a scorecard or a rule on the firm's own past: the badge beside it.
//!
//! The last replay of each is kept in the store, under `proof.SCORER`, with its history; the record in service is counted
//! from the alerts it has opened.

use std::collections::BTreeMap;

use store::{AlertFilter, AlertSlice, AlertState};
use vocab::{Instant, Scope};

use crate::error::Error;
use crate::view::{self, ProofBacktest, ProofOf, ProofService, ScorerProof, Words};
use crate::{App, Reader};

/// Under which settings proofs are kept: `proof.SCORER`.
pub(crate) const PREFIX: &str = "proof.";

impl App {
    /// What is proven of a scorer (`health`, `rule:ID`): never backtested, backtested with its counts, or in service with
    /// its record among the customers seen.
    ///
    /// # Edges
    /// A rule that is switched on and has not spoken yet is in service with no alerts.
    pub async fn proof(&self, reader: &Reader, scorer: &str) -> Result<ScorerProof, Error> {
        let kept = self.store().setting(&format!("{PREFIX}{scorer}")).await?;
        self.proven(reader, scorer, kept.as_deref()).await
    }

    /// What is proven of the scorecard in force and of every rule of the firm's.
    pub async fn proofs(&self, reader: &Reader) -> Result<Vec<ProofOf>, Error> {
        let firm = self.working_firm().await?;
        let policy = self.policy_in_use(&firm.template);
        let ids = policy.rules.iter().map(|rule| format!("rule:{}", rule.id));
        let kept: BTreeMap<String, String> = self.store().settings().await?;
        let mut all = Vec::new();
        for scorer in std::iter::once("health".to_owned()).chain(ids) {
            let proof =
                self.proven(reader, &scorer, kept.get(&format!("{PREFIX}{scorer}")).map(String::as_str)).await?;
            all.push(ProofOf { scorer, proof });
        }
        Ok(all)
    }

    async fn proven(&self, reader: &Reader, scorer: &str, kept: Option<&str>) -> Result<ScorerProof, Error> {
        // What an older release kept and this one cannot read proves nothing.
        let backtest: Option<ProofBacktest> = kept.and_then(|text| serde_json::from_str(text).ok());
        let service = match scorer.strip_prefix("rule:") {
            Some(rule) => self.record(reader, rule).await?,
            None => None,
        };
        let state = match (&service, &backtest) {
            (Some(_), _) => "in_service",
            (None, Some(_)) => "backtested",
            (None, None) => "never",
        };
        Ok(ScorerProof { state: state.to_owned(), backtest, service })
    }

    /// What a rule that is switched on has done so far.
    async fn record(&self, reader: &Reader, rule: &str) -> Result<Option<ProofService>, Error> {
        let firm = self.working_firm().await?;
        let policy = self.policy_in_use(&firm.template);
        if !policy.rule(rule).is_some_and(|rule| rule.active) {
            return Ok(None);
        }
        self.alerts_of(reader, vec![rule.to_owned()]).await.map(Some)
    }

    /// What some rules have opened so far, among the customers seen.
    pub(crate) async fn alerts_of(&self, reader: &Reader, rules: Vec<String>) -> Result<ProofService, Error> {
        let filter = |state| AlertFilter { state, rules: rules.clone(), ..AlertFilter::default() };
        let slice = AlertSlice::first(1);
        let all = self.store().alerts(&reader.scope, &filter(None), slice).await?.total;
        let open = self.store().alerts(&reader.scope, &filter(Some(AlertState::Open)), slice).await?.total;
        let counts = self.store().rule_counts(&reader.scope, Instant::MIN).await?;
        let own = counts.iter().filter(|count| rules.contains(&count.rule));
        Ok(ProofService { alerts: all, open, false_alarms: own.map(|count| count.false_alarms).sum() })
    }

    /// How far the list of the day is proven: by the last replay of the rules, else of the scorecard. Counts are told to
    /// who sees all customers.
    pub(crate) async fn list_proof(&self, scope: &Scope) -> Result<view::Proof, Error> {
        for scorer in ["rules", "health"] {
            let kept = self.store().setting(&format!("{PREFIX}{scorer}")).await?;
            let backtest: Option<ProofBacktest> = kept.and_then(|text| serde_json::from_str(&text).ok());
            let Some(ProofBacktest { result, .. }) = backtest else { continue };
            let sentence = match scope {
                Scope::All => Words::new(
                    format!("已在贵司数据上回测：流失 {} 位，可提前发现 {} 位", result.leavers, result.caught),
                    format!("Backtested on your own data: {} of {} leavers seen ahead", result.caught, result.leavers),
                ),
                Scope::Owners(_) => Words::new("已在贵司数据上回测", "Backtested on your own data"),
            };
            return Ok(view::Proof { stage: "backtested".to_owned(), sentence });
        }
        let sentence = Words::new("未在贵司数据上回测", "Not backtested on your own data");
        Ok(view::Proof { stage: "untested".to_owned(), sentence })
    }

    /// Keeps what a replay has shown.
    pub(crate) async fn prove(
        &self,
        run: &view::BacktestRun,
        result: &view::BacktestSummary,
        actor: &str,
        now: Instant,
    ) -> Result<(), Error> {
        let proof = ProofBacktest { id: run.id, at: run.started_at.clone(), result: result.clone() };
        let text = serde_json::to_string(&proof).map_err(Error::internal)?;
        Ok(self.store().put_setting(&format!("{PREFIX}{}", run.scorer), &text, actor, now).await?)
    }
}
