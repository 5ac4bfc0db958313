//! Files in: uploaded, looked at, tried, reported. The import itself is in `import_jobs`, saved mappings in `mappings`.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ingest::{EqualRows, ImportReport, Inspection, Mapping, Plan, Refusal, TableKind};
use rand::TryRngCore as _;
use store::ImportState;
use vocab::{AsOf, Finding, Instant, Lang};

use crate::error::{Error, from_findings};
use crate::shown::written;
use crate::view::{self, Count, FieldOption, FindingRow, ImportRequest, PreviewColumn, Words};
use crate::{App, Reader, blocking};

/// Where an upload is put.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Hand this back.
    pub id: String,
    /// The file to be filled.
    pub path: PathBuf,
}

impl App {
    /// A place for an upload. The name is kept beside it and never becomes a path.
    pub async fn new_upload(&self, reader: &Reader, file_name: &str) -> Result<Upload, Error> {
        reader.may_act()?;
        let mut bytes = [0u8; 12];
        rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(Error::internal)?;
        let id = URL_SAFE_NO_PAD.encode(bytes);
        let folder = self.uploads();
        std::fs::create_dir_all(&folder).map_err(Error::internal)?;
        let name: String = file_name.chars().filter(|c| !c.is_control()).take(200).collect();
        std::fs::write(folder.join(format!("{id}.name")), name).map_err(Error::internal)?;
        let path = folder.join(format!("{id}.upload"));
        Ok(Upload { id, path })
    }

    fn uploads(&self) -> PathBuf {
        self.dir().join("uploads")
    }

    pub(crate) fn upload(&self, id: &str) -> Result<(PathBuf, String), Error> {
        let good =
            !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let path = self.uploads().join(format!("{id}.upload"));
        if !good || !path.is_file() {
            return Err(Error::not_found(("这次上传的文件", "the upload")));
        }
        let name = std::fs::read_to_string(self.uploads().join(format!("{id}.name"))).map_err(Error::internal)?;
        Ok((path, name))
    }

    /// What an upload would become: nothing is written.
    pub async fn preview(
        &self,
        reader: &Reader,
        upload_id: &str,
        request: ImportRequest,
        now: Instant,
    ) -> Result<view::ImportPreview, Error> {
        reader.may_act()?;
        let (path, file_name) = self.upload(upload_id)?;
        let (inspection, saved) = self.look_at(&path, &request).await?;
        let (app, id) = (self.clone(), upload_id.to_owned());
        blocking(move || {
            let size = std::fs::metadata(&path).map_err(Error::internal)?.len();
            let mut shown = preview_of(id, &file_name, size, &inspection, &request);
            shown.saved_mapping = saved;
            shown.mapping_file = inspection.mapping.as_ref().map(Mapping::print);
            if let (Some(mapping), true) = (&inspection.mapping, inspection.blocking.is_empty()) {
                let report = ingest::import(&path, mapping, app.facts(), now, true, None, &mut |_| {});
                count(&mut shown, &report.map_err(refused)?);
            }
            Ok(shown)
        })
        .await
    }

    pub(crate) fn plan_of(&self, request: &ImportRequest) -> Result<Plan, Error> {
        let kind = match &request.kind {
            None => None,
            Some(word) => Some(word.parse::<TableKind>().map_err(|_| {
                Error::bad(
                    "unknown_kind",
                    (&format!("没有这种数据：“{word}”"), &format!("no such kind of table: \"{word}\"")),
                    ("请从列表中选择", "choose one from the list"),
                )
            })?),
        };
        let zone = match &request.timezone {
            None => self.zone().clone(),
            Some(name) => vocab::Zone::named(name).map_err(|_| {
                Error::bad(
                    "bad_zone",
                    (&format!("没有这个时区：“{name}”"), &format!("no such time zone: \"{name}\"")),
                    ("例如 Asia/Shanghai", "for example Asia/Shanghai"),
                )
            })?,
        };
        let observed_on = request.observed_on.as_deref().map(|text| self.moment(text)).transpose()?;
        let equal_rows = match request.equal_rows.as_deref() {
            None => None,
            Some(word) => Some(EqualRows::named(word).ok_or_else(|| {
                Error::bad(
                    "bad_equal_rows",
                    (&format!("相同的行不能按“{word}”算"), &format!("equal rows cannot count \"{word}\"")),
                    ("可以是 each（每行都算）或 once（只算一次）", "it can be each or once"),
                )
            })?),
        };
        Ok(Plan {
            kind,
            source: request.source.clone().filter(|source| !source.trim().is_empty()),
            sheet: request.sheet.clone(),
            mapping: request.mapping.clone(),
            observed_on: observed_on.map(AsOf::instant),
            equal_rows,
            zone,
            ..Plan::default()
        })
    }

    pub(crate) fn rejects_file(&self, id: i64) -> PathBuf {
        self.uploads().join(format!("job-{id}-rejects.csv"))
    }

    /// The rejected rows of an import, as a file that can be mended and imported again.
    pub async fn rejects(&self, reader: &Reader, id: i64) -> Result<Vec<u8>, Error> {
        let job = self.import_job(reader, id).await?;
        let path = self.rejects_file(id);
        if job.state == "running" || !path.is_file() {
            return Err(Error::not_found(("未导入的行", "the rejected rows")));
        }
        blocking(move || std::fs::read(path).map_err(Error::internal)).await
    }

    /// Imports, newest first.
    pub async fn imports(&self, reader: &Reader) -> Result<Vec<view::ImportJob>, Error> {
        reader.may_act()?;
        let jobs = self.store().import_jobs().await?;
        Ok(jobs.iter().map(job_view).collect())
    }

    /// One import.
    pub async fn import_job(&self, reader: &Reader, id: i64) -> Result<view::ImportJob, Error> {
        reader.may_act()?;
        let job = self.store().import_job(id).await?;
        job.as_ref().map(job_view).ok_or_else(|| Error::not_found(("这次导入", "the import")))
    }
}

pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let shown = path.display();
    Error::bad(
        "bad_file",
        (&format!("无法读写文件 {shown}：{error}"), &format!("cannot read or write {shown}: {error}")),
        ("请检查路径和权限", "check the path and the permissions"),
    )
}

pub(crate) fn refused(refusal: Refusal) -> Error {
    if refusal.is_storage() { Error::internal(refusal) } else { from_findings("cannot_import", refusal.findings()) }
}

/// The mapping of a file that can be imported.
pub(crate) fn mapping_of(inspection: Inspection) -> Result<Mapping, Error> {
    match inspection.mapping {
        Some(mapping) if inspection.blocking.is_empty() => Ok(mapping),
        _ => Err(from_findings("cannot_import", &inspection.blocking)),
    }
}

pub(crate) fn finding_row(finding: &Finding) -> FindingRow {
    FindingRow {
        code: finding.code.to_owned(),
        row: finding.place.row,
        field: finding.place.field.clone(),
        detail: Words::from(&finding.detail),
        hint: Words::from(&finding.hint),
    }
}

fn preview_of(
    upload_id: String,
    file_name: &str,
    size: u64,
    inspection: &Inspection,
    request: &ImportRequest,
) -> view::ImportPreview {
    let columns = inspection.columns.iter().map(|column| PreviewColumn {
        header: column.header.clone(),
        samples: column.samples.clone(),
        field: match &column.used {
            ingest::Use::Property => None,
            used => Some(used.as_str().to_owned()),
        },
        chosen: request.mapping.contains_key(&column.header),
    });
    let kind = inspection.kind;
    let fields = kind.map(ingest::fields).unwrap_or_default().iter().map(|field| FieldOption {
        id: field.id.clone(),
        name: Words::from(&field.name),
        required: field.required,
    });
    let equal_rows = inspection.mapping.as_ref().map(|mapping| mapping.equal_rows).unwrap_or_default();
    view::ImportPreview {
        upload_id,
        file_name: file_name.to_owned(),
        size,
        format: inspection.format.as_str().to_owned(),
        encoding: inspection.encoding.map(str::to_owned),
        sheets: inspection.sheets.clone(),
        sheet: inspection.sheet.clone(),
        kind: kind.map_or_else(String::new, |kind| kind.as_str().to_owned()),
        kinds: TableKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect(),
        fields: fields.collect(),
        columns: columns.collect(),
        row_count: 0,
        accepted: 0,
        duplicates: 0,
        rejected: 0,
        good: 0,
        warned: 0,
        bad: 0,
        conflicts: 0,
        facts: 0,
        findings: Vec::new(),
        finding_counts: Vec::new(),
        blocking: inspection.blocking.iter().map(finding_row).collect(),
        equal_rows: equal_rows.as_str().to_owned(),
        saved_mapping: None,
        mapping_file: None,
    }
}

fn count(shown: &mut view::ImportPreview, report: &ImportReport) {
    shown.row_count = report.rows.received;
    shown.accepted = report.rows.accepted;
    shown.duplicates = report.rows.duplicates;
    shown.rejected = report.rows.rejected;
    shown.warned = report.warned;
    shown.bad = report.rows.rejected;
    shown.good = report.rows.received.saturating_sub(report.rows.rejected + report.warned);
    shown.conflicts = report.conflicts;
    shown.facts = report.facts;
    shown.findings = report.findings.iter().map(finding_row).collect();
    let counts = report.finding_counts.iter();
    shown.finding_counts = counts.map(|(code, count)| Count { key: (*code).to_owned(), count: *count }).collect();
}

pub(crate) fn finished(report: &ImportReport) -> store::ImportResult {
    let rows: Vec<FindingRow> = report.findings.iter().map(finding_row).collect();
    store::ImportResult {
        received: report.rows.received,
        accepted: report.rows.accepted,
        duplicates: report.rows.duplicates,
        rejected: report.rows.rejected,
        warned: report.warned,
        last_number: report.numbers.1,
        facts: report.facts,
        conflicts: report.conflicts,
        earliest_changed: report.earliest_changed,
        findings: serde_json::to_string(&rows).unwrap_or_default(),
    }
}

fn job_view(job: &store::ImportJobRecord) -> view::ImportJob {
    let findings: Vec<FindingRow> = serde_json::from_str(&job.findings).unwrap_or_default();
    view::ImportJob {
        id: job.id,
        file_name: job.file_name.clone(),
        kind: job.kind.clone(),
        source: job.source.clone(),
        state: job.state.as_str().to_owned(),
        started_at: written(job.started_at),
        finished_at: job.finished_at.map(written),
        actor: job.actor.clone(),
        received: job.received,
        row_count: job.row_count,
        accepted: job.accepted,
        duplicates: job.duplicates,
        rejected: job.rejected,
        warned: job.warned,
        facts: job.facts,
        conflicts: job.conflicts,
        earliest_changed_moment: job.earliest_changed.map(written),
        findings,
        failure: job.failure.as_ref().map(Words::from),
        can_cancel: job.state == ImportState::Running,
        can_undo: matches!(job.state, ImportState::Done | ImportState::Failed) && job.numbers.is_some(),
        undone_at: job.undone_at.map(written),
    }
}

/// The import report in a few lines for a terminal.
pub fn report_lines(report: &ImportReport, lang: Lang) -> Vec<String> {
    let rows = &report.rows;
    let mut lines = vec![match lang {
        Lang::Zh => format!(
            "读到 {} 行：导入 {}，重复 {}，未导入 {}；生成动态 {} 条",
            rows.received, rows.accepted, rows.duplicates, rows.rejected, report.facts
        ),
        Lang::En => format!(
            "{} rows received: {} accepted, {} duplicates, {} rejected; {} facts",
            rows.received, rows.accepted, rows.duplicates, rows.rejected, report.facts
        ),
    }];
    lines.extend(report.findings.iter().take(20).map(|finding| finding.line(lang)));
    lines
}
