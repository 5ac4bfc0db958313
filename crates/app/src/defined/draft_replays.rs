//! Which scorecard a replay scores by where it is not simply the one in force: a version that is being written, or one of
//! several by itself. What is proven by it is proven of that version and no other.

use scores::ScoreBook;
use store::Versioned;
use vocab::Instant;

use crate::books::NOW;
use crate::books::versions::{content, is_written};
use crate::defined::scorecards::exchanged;
use crate::error::Error;
use crate::learnt::backtests::BacktestScorer;
use crate::view::{self, ProofBacktest, ScorerProof};
use crate::{App, Reader};

/// The cause of alerts that speak of health.
const HEALTH: &str = "health";

/// A scorecard to replay, among those in use, and what the replay is called: `scorecard:ID@CONTENT`.
pub(crate) struct ReplayedCard {
    pub book: ScoreBook,
    pub key: String,
}

impl App {
    /// The scorecard of a scorer that names one; `None` for the others.
    ///
    /// # Errors
    /// `not_found` for a scorecard that is not there or of which nothing is being written.
    pub(crate) async fn replayed_card(
        &self,
        scorer: &BacktestScorer,
        firm: &view::Firm,
    ) -> Result<Option<ReplayedCard>, Error> {
        let (id, definition) = match scorer {
            BacktestScorer::Draft(id) => (id, self.written(id).await?),
            BacktestScorer::Scorecard(id) => (id, self.scorecard_source(id, NOW)),
            _ => return Ok(None),
        };
        let definition = definition.ok_or_else(|| Error::not_found(("这个版本", "the version")))?;
        let book = self.checked_book(id, &definition)?;
        let present = self.book_at(&firm.scorecard, NOW)?;
        let key = format!("scorecard:{id}@{}", content(&definition));
        Ok(Some(ReplayedCard { book: exchanged(present, id, &firm.scorecard, book), key }))
    }

    /// The definition that is being written.
    async fn written(&self, id: &str) -> Result<Option<String>, Error> {
        let records = self.store().versions(Versioned::Scorecard).await?;
        let own = records.into_iter().find(|record| record.of == id && is_written(record));
        Ok(own.map(|record| record.definition))
    }

    /// What is proven of a scorecard's version in use: by a replay of that very version, or of the scorecard in force since
    /// this version took over.
    pub(crate) async fn scorecard_proof(&self, reader: &Reader, id: &str) -> Result<ScorerProof, Error> {
        let Some(definition) = self.scorecard_source(id, NOW) else { return Ok(never()) };
        let firm = self.working_firm().await?;
        let is_own = firm.scorecard == id;
        let key = format!("scorecard:{id}@{}", content(&definition));
        let own = self.kept_proof(&key).await?;
        let whole = match is_own {
            true => self.kept_proof(HEALTH).await?.filter(|proof| proof.at.as_str() >= self.taken_over(id).as_str()),
            false => None,
        };
        // Of two the younger one counts: moments are written so that their texts are in order.
        let backtest = [own, whole].into_iter().flatten().max_by(|a, b| a.at.cmp(&b.at));
        let service = if is_own { self.health_record(reader, &firm).await? } else { None };
        let state = match (&service, &backtest) {
            (Some(_), _) => "in_service",
            (None, Some(_)) => "backtested",
            (None, None) => "never",
        };
        Ok(ScorerProof { state: state.to_owned(), backtest, service })
    }

    /// What an older release kept and this one cannot read proves nothing.
    async fn kept_proof(&self, scorer: &str) -> Result<Option<ProofBacktest>, Error> {
        let kept = self.store().setting(&format!("{}{scorer}", crate::learnt::proof::PREFIX)).await?;
        Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Since when the version in use is in use, as moments are written; empty for what was always in use.
    fn taken_over(&self, id: &str) -> String {
        let since = self.shelf().in_use().since(id, NOW);
        since.filter(|since| *since > Instant::MIN).map(crate::shown::written).unwrap_or_default()
    }

    /// The alerts that rules about health have opened; `None` while none of them is switched on.
    async fn health_record(&self, reader: &Reader, firm: &view::Firm) -> Result<Option<view::ProofService>, Error> {
        let policy = self.policy_in_use(&firm.template);
        let about = policy.rules.iter().filter(|rule| rule.active && rule.cause == HEALTH);
        let ids: Vec<String> = about.map(|rule| rule.id.clone()).collect();
        if ids.is_empty() { Ok(None) } else { self.alerts_of(reader, ids).await.map(Some) }
    }
}

fn never() -> ScorerProof {
    ScorerProof { state: "never".to_owned(), backtest: None, service: None }
}
