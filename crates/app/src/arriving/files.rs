//! 数据接入: what is in the lake, by source, and which imports there were.

use vocab::{Instant, Scope};

use crate::error::Error;
use crate::shown::written;
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

    /// Brings in a file of facts: the lake's own columns, as `liuke facts --out` and `liuke sim` write them.
    ///
    /// Facts keep their source and message id, so the same file again adds nothing. What a file does not say is taken as
    /// [`facts::read_parquet`] takes it.
    ///
    /// # Errors
    /// A file that holds no facts.
    pub async fn import_facts(&self, file: &std::path::Path, now: Instant) -> Result<FactsImported, Error> {
        let (app, file) = (self.clone(), file.to_owned());
        blocking(move || {
            let mut sum = FactsImported::default();
            let mut lot: Vec<facts::Fact> = Vec::new();
            let mut load = |lot: &mut Vec<facts::Fact>| -> Result<(), facts::Error> {
                let facts = std::mem::take(lot);
                let report = app.facts().load(facts::FactBatch { facts, ..facts::FactBatch::default() }, now)?;
                sum.received += report.received;
                sum.appended += report.appended;
                sum.duplicates += report.duplicates;
                sum.conflicts += report.conflicts;
                sum.earliest_changed = match (sum.earliest_changed, report.earliest_changed) {
                    (Some(known), Some(other)) => Some(known.min(other)),
                    (known, other) => known.or(other),
                };
                Ok(())
            };
            facts::read_parquet_in_lots(&file, &mut |read| {
                lot.extend(read.into_iter().map(|stored| stored.fact));
                if lot.len() >= LOT { load(&mut lot) } else { Ok(()) }
            })
            .and_then(|()| load(&mut lot))
            .map_err(|error| {
                let (shown, why) = (file.display(), error.to_string());
                Error::bad(
                    "bad_facts",
                    (&format!("{shown} 不是明细文件：{why}"), &format!("{shown} is no file of facts: {why}")),
                    (
                        "需要 Parquet，含 customer_id、kind、name、occurred_at 列",
                        "it must be Parquet with the columns customer_id, kind, name and occurred_at",
                    ),
                )
            })?;
            Ok(sum)
        })
        .await
    }
}

/// Facts loaded at once.
const LOT: usize = 200_000;

/// What a file of facts came to: received = appended + duplicates + conflicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FactsImported {
    /// Facts in the file.
    pub received: u64,
    /// Those that were new.
    pub appended: u64,
    /// Those that were there already.
    pub duplicates: u64,
    /// Those whose id was taken by other content.
    pub conflicts: u64,
    /// The earliest moment whose view has changed.
    pub earliest_changed: Option<Instant>,
}
