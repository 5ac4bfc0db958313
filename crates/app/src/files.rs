//! 数据接入: what is in the lake, by source, and which imports there were.

use vocab::{Instant, Scope};

use crate::error::Error;
use crate::snapshot::written;
use crate::view::{self, Count, SourceRow};
use crate::{App, Reader, blocking};

impl App {
    /// The data page. Sources are counted whole: they say how much came in, not who is in it.
    pub async fn data(&self, reader: &Reader, now: Instant) -> Result<view::DataPage, Error> {
        let imports = self.imports(reader).await?;
        let facts = self.facts().clone();
        let sources = blocking(move || Ok(facts.sources()?)).await?;
        let snapshot = self.snapshot(None, now).await?;
        let seen = |scope: &Scope| {
            (0..snapshot.customers().len()).filter(|position| snapshot.admits(scope, *position)).count() as u64
        };
        let rows = sources.iter().map(|source| SourceRow {
            name: source.source.to_string(),
            facts: source.total(),
            first_at: written(source.first_occurred_at),
            last_at: written(source.last_occurred_at),
            recorded_at: written(source.last_recorded_at),
            kinds: source
                .counts
                .iter()
                .map(|(kind, count)| Count { key: kind.as_str().to_owned(), count: *count })
                .collect(),
        });
        Ok(view::DataPage {
            sources: rows.collect(),
            imports,
            facts: sources.iter().map(facts::SourceSummary::total).sum(),
            customers: seen(&reader.scope),
        })
    }

    /// Brings a lot of history in, as an import does, but from facts that are made already: the sample company's.
    pub async fn load_facts(&self, batch: facts::FactBatch, now: Instant) -> Result<facts::Report, Error> {
        let facts = self.facts().clone();
        blocking(move || Ok(facts.load(batch, now)?)).await
    }
}
