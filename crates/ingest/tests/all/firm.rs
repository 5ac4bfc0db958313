//! A firm with an empty data folder, and the one way these tests talk to the front door.

use std::path::{Path, PathBuf};

use facts::{Facts, Options, StoredFact};
use ingest::{ImportReport, Mapping, Plan, Refusal, TableKind, import, inspect};
use vocab::{AsOf, Instant, Lang, Zone};

pub struct Firm {
    folder: tempfile::TempDir,
    pub facts: Facts,
    pub now: Instant,
    pub rejects: Vec<u8>,
}

/// The moment of every import that does not say otherwise.
pub fn now() -> Instant {
    Zone::default().parse("2025-06-01 12:00").unwrap()
}

impl Firm {
    pub fn new() -> Firm {
        let folder = tempfile::tempdir().unwrap();
        let facts = Facts::open(&folder.path().join("data"), Options::default()).unwrap();
        Firm { folder, facts, now: now(), rejects: Vec::new() }
    }

    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Imports a table written out in a test, everything guessed.
    pub fn import(&mut self, text: &str) -> ImportReport {
        let path = self.file("table.csv", text);
        self.import_file(&path, &Plan::default()).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    pub fn import_as(&mut self, kind: TableKind, text: &str) -> ImportReport {
        let path = self.file("table.csv", text);
        let plan = Plan { kind: Some(kind), ..Plan::default() };
        self.import_file(&path, &plan).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    pub fn import_file(&mut self, path: &Path, plan: &Plan) -> Result<ImportReport, Refusal> {
        let mapping = guessed(path, plan)?;
        self.take(path, &mapping, false)
    }

    pub fn take(&mut self, path: &Path, mapping: &Mapping, dry_run: bool) -> Result<ImportReport, Refusal> {
        self.rejects.clear();
        let mut report = import(path, mapping, &self.facts, self.now, dry_run, Some(&mut self.rejects), &mut |_| {})?;
        // Where in the record it stands differs between a dry run and a real one.
        report.numbers = (0, 0);
        let rows = report.rows;
        assert_eq!(rows.received, rows.accepted + rows.duplicates + rows.rejected);
        Ok(report)
    }

    /// Every fact, corrections included, in the order of customer and time.
    pub fn stored(&self) -> Vec<StoredFact> {
        let mut stored = Vec::new();
        let end = AsOf(Instant::from_micros(4_000_000_000_000_000));
        self.facts.as_of(end).each(&mut |fact| stored.push(fact.clone())).unwrap();
        stored
    }

    /// `customer | name | day and time | value | properties` per fact.
    pub fn told(&self) -> String {
        let zone = Zone::default();
        let line = |stored: &StoredFact| {
            let fact = &stored.fact;
            let customer = fact.customer_id.as_ref().map_or("-", |customer| customer.as_str());
            let properties: Vec<String> = fact
                .properties
                .iter()
                .filter(|(key, _)| key.as_str() != "lines")
                .map(|(key, value)| format!("{key}={}", value.as_deref().unwrap_or("∅")))
                .collect();
            let value = fact.value.map(|value| value.to_string()).unwrap_or_default();
            let line = format!(
                "{customer} | {} | {} | {value} | {}",
                fact.name,
                zone.date_time(fact.occurred_at),
                properties.join(" ")
            );
            line.replace(" 00:00:00", "").trim_end_matches([' ', '|']).to_owned()
        };
        self.stored().iter().map(line).collect::<Vec<_>>().join("\n")
    }

    pub fn rejected(&self) -> String {
        String::from_utf8(self.rejects.clone()).unwrap()
    }
}

pub fn guessed(path: &Path, plan: &Plan) -> Result<Mapping, Refusal> {
    let inspection = inspect(path, plan)?;
    let blocking: Vec<String> = inspection.blocking.iter().map(|finding| finding.line(Lang::En)).collect();
    assert!(blocking.is_empty(), "{blocking:?}");
    Ok(inspection.mapping.unwrap())
}

/// `received accepted duplicates rejected`
pub fn counts(report: &ImportReport) -> [u64; 4] {
    [report.rows.received, report.rows.accepted, report.rows.duplicates, report.rows.rejected]
}

/// `row code` of every finding.
pub fn codes(report: &ImportReport) -> Vec<String> {
    let code = |finding: &vocab::Finding| match finding.place.row {
        Some(row) => format!("{row} {}", finding.code),
        None => finding.code.to_owned(),
    };
    report.findings.iter().map(code).collect()
}
