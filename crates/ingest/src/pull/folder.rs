//! A folder into which files are put: each is imported once it has stopped growing, then filed under `done` or
//! `failed` with a report beside it.
//!
//! A file is moved only after its facts are on disk. Killed in between, it is imported again, which adds nothing: the
//! ids of its facts are made of what it says.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use facts::Facts;
use serde::{Deserialize, Serialize};
use vocab::{Finding, Instant, Text, Zone};

use super::PullReport;
use super::settings::{RowMapping, bad, of_json};
use crate::inspect::{Inspection, inspect};
use crate::mapping::Mapping;
use crate::plan::Plan;
use crate::refusal::Refusal;
use crate::report::ImportReport;

/// Seconds that a file must have rested where nothing is said.
const REST_SECONDS: u64 = 30;
/// Findings kept of all files together.
const FINDINGS: usize = 100;
const DONE: &str = "done";
const FAILED: &str = "failed";

/// A folder that is watched.
///
/// As JSON, for instance `{"path": "/srv/exports", "patterns": ["orders*.csv"], "mapping": {"kind": "orders"}}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FolderSettings {
    /// Where it is.
    pub path: PathBuf,
    /// Which files are taken: names with `*` and `?`; all when empty.
    pub patterns: Vec<String>,
    /// Seconds since the last change after which a file counts as whole; 30 when absent.
    pub rest_seconds: Option<u64>,
    /// Sheet of workbooks; the first when absent.
    pub sheet: Option<String>,
    /// How rows become facts; `key` is a matter of files themselves and not used.
    pub mapping: RowMapping,
}

impl FolderSettings {
    /// Reads the settings of a source.
    ///
    /// # Errors
    /// When a word is unknown or the path is missing.
    pub fn read(settings: &serde_json::Value) -> Result<FolderSettings, Refusal> {
        let read: FolderSettings = of_json(settings)?;
        if read.path.as_os_str().is_empty() {
            return Err(bad("缺少 path（目录）", "path is missing: the folder"));
        }
        Ok(read)
    }

    pub(super) fn plan(&self, source: &str, zone: &Zone) -> Result<Plan, Refusal> {
        Ok(Plan { sheet: self.sheet.clone(), ..self.mapping.plan(source, zone)? })
    }
}

/// What is known about files before they are looked at.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// What the source says.
    pub(super) plan: &'a Plan,
    /// What people have saved for files with certain headers.
    pub(super) saved: &'a [Mapping],
}

impl Known<'_> {
    /// Looks at a file. Where the source leaves its mapping open, one that was saved for such headers is used.
    pub(super) fn inspect(self, path: &Path) -> Result<Inspection, Refusal> {
        let seen = inspect(path, self.plan)?;
        let is_open = self.plan.kind.is_none() && self.plan.mapping.is_empty();
        let headers_of = |mapping: &Mapping| mapping.columns.keys().cloned().collect::<Vec<_>>();
        let fits = |mapping: &&Mapping| Mapping::fingerprint(&headers_of(mapping)) == seen.fingerprint;
        let Some(mapping) = self.saved.iter().find(|mapping| is_open && fits(mapping)) else { return Ok(seen) };
        let headers: Vec<String> = seen.columns.into_iter().map(|column| column.header).collect();
        let (source, sheet) = (self.plan.source.clone(), self.plan.sheet.clone());
        inspect(path, &Plan { source, sheet, ..Plan::again(mapping, &headers) })
    }
}

/// What became of a file, as it is written beside it.
#[derive(Serialize)]
struct Told {
    file: String,
    taken: bool,
    received: u64,
    accepted: u64,
    duplicates: u64,
    rejected: u64,
    facts: u64,
    /// `row code zh / en`.
    findings: Vec<String>,
}

/// Whether the folder can be watched.
///
/// # Errors
/// Why not.
pub(super) fn probe(settings: &FolderSettings) -> Result<String, Refusal> {
    for part in [DONE, FAILED] {
        fs::create_dir_all(settings.path.join(part)).map_err(|error| unusable(&settings.path, &error))?;
    }
    let waiting = ready(settings, i64::MAX)?.len();
    Ok(format!("{}: {waiting}", settings.path.display()))
}

/// Takes every file that rests; stops between two files when `progress` says so.
pub(super) fn take(
    settings: &FolderSettings,
    known: Known<'_>,
    into: &Facts,
    now: Instant,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<PullReport, Refusal> {
    let rest = i64::try_from(settings.rest_seconds.unwrap_or(REST_SECONDS)).unwrap_or(i64::MAX);
    take_until(settings, known, into, now, now.micros() / 1_000_000 - rest, progress)
}

/// Takes every file that has not changed since a moment, in seconds since 1970.
pub(super) fn take_until(
    settings: &FolderSettings,
    known: Known<'_>,
    into: &Facts,
    now: Instant,
    until: i64,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<PullReport, Refusal> {
    probe(settings)?;
    let mut report = PullReport { is_complete: true, ..PullReport::default() };
    for file in ready(settings, until)? {
        take_file(&settings.path, &file, known, into, now, &mut report)?;
        if !progress(report.rows.received) {
            report.is_complete = false;
            break;
        }
    }
    Ok(report)
}

/// The first file that waits, for a look.
pub(super) fn first(settings: &FolderSettings) -> Result<Option<PathBuf>, Refusal> {
    Ok(ready(settings, i64::MAX)?.into_iter().next().map(|file| settings.path.join(file.name)))
}

struct Waiting {
    name: String,
    size: u64,
    changed: Option<SystemTime>,
}

/// Files that have not changed since a moment (in seconds since 1970), the oldest first.
fn ready(settings: &FolderSettings, until: i64) -> Result<Vec<Waiting>, Refusal> {
    let entries = fs::read_dir(&settings.path).map_err(|error| unusable(&settings.path, &error))?;
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| unusable(&settings.path, &error))?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        // What vanished meanwhile was not whole; a link could lead anywhere.
        let Ok(about) = entry.path().symlink_metadata() else { continue };
        let changed = about.modified().ok();
        let seconds = changed.and_then(|at| at.duration_since(UNIX_EPOCH).ok()).map_or(0, |age| age.as_secs() as i64);
        if about.is_file() && seconds <= until && is_wanted(&name, &settings.patterns) {
            files.push(Waiting { name, size: about.len(), changed });
        }
    }
    files.sort_by(|a, b| (a.changed, &a.name).cmp(&(b.changed, &b.name)));
    Ok(files)
}

/// Whether a name fits one of the patterns and is not that of a file still on its way.
pub(super) fn is_wanted(name: &str, patterns: &[String]) -> bool {
    const ON_ITS_WAY: [&str; 6] = [".tmp", ".part", ".partial", ".filepart", ".crdownload", ".writing"];
    let lower = name.to_lowercase();
    let is_whole = !name.starts_with(['.', '~']) && !ON_ITS_WAY.iter().any(|ending| lower.ends_with(ending));
    is_whole && (patterns.is_empty() || patterns.iter().any(|pattern| fits(name, pattern)))
}

/// `*` is any run of characters, `?` any one.
fn fits(name: &str, pattern: &str) -> bool {
    let (name, pattern): (Vec<char>, Vec<char>) = (name.chars().collect(), pattern.chars().collect());
    let (mut at, mut wanted) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < name.len() {
        match pattern.get(wanted) {
            Some('*') => {
                star = Some((wanted, at));
                wanted += 1;
            }
            Some(c) if *c == '?' || *c == name[at] => (at, wanted) = (at + 1, wanted + 1),
            _ => match star {
                Some((place, from)) => {
                    star = Some((place, from + 1));
                    (at, wanted) = (from + 1, place + 1);
                }
                None => return false,
            },
        }
    }
    pattern[wanted..].iter().all(|c| *c == '*')
}

fn take_file(
    folder: &Path,
    file: &Waiting,
    known: Known<'_>,
    into: &Facts,
    now: Instant,
    report: &mut PullReport,
) -> Result<(), Refusal> {
    let path = folder.join(&file.name);
    let rejects = folder.join(DONE).join(format!(".{}.rejects.writing", file.name));
    let taken = import_file(&path, known, into, now, &rejects);
    let still = path.symlink_metadata().ok();
    if still.is_none_or(|about| about.len() != file.size || about.modified().ok() != file.changed) {
        // It went on growing while it was read: what was taken stays, the whole comes at the next look.
        fs::remove_file(&rejects).ok();
        return Ok(());
    }
    match taken {
        Ok(imported) => {
            add(report, &imported);
            let name = free_name(&folder.join(DONE), &file.name);
            keep_rejects(&rejects, folder, &name, imported.rows.rejected)?;
            file_away(folder, DONE, &file.name, &name, &told_of(&file.name, &imported))
        }
        Err(refusal) if refusal.is_storage() => Err(refusal),
        Err(refusal) => {
            fs::remove_file(&rejects).ok();
            for finding in refusal.findings() {
                *report.finding_counts.entry(finding.code).or_insert(0) += 1;
            }
            let left = FINDINGS.saturating_sub(report.findings.len());
            report.findings.extend(refusal.findings().iter().take(left).cloned());
            let told = Told {
                file: file.name.clone(),
                taken: false,
                received: 0,
                accepted: 0,
                duplicates: 0,
                rejected: 0,
                facts: 0,
                findings: lines(refusal.findings()),
            };
            let name = free_name(&folder.join(FAILED), &file.name);
            file_away(folder, FAILED, &file.name, &name, &told)
        }
    }
}

fn import_file(
    path: &Path,
    known: Known<'_>,
    into: &Facts,
    now: Instant,
    rejects: &Path,
) -> Result<ImportReport, Refusal> {
    let inspection = known.inspect(path)?;
    let mapping = match inspection.mapping {
        Some(mapping) if inspection.blocking.is_empty() => mapping,
        _ => return Err(Refusal::of(inspection.blocking).of_file(path)),
    };
    let mut sink = std::io::BufWriter::new(fs::File::create(rejects).map_err(|error| unusable(rejects, &error))?);
    let report = crate::import::import(path, &mapping, into, now, false, Some(&mut sink), &mut |_| {})?;
    sink.flush().map_err(Refusal::storage)?;
    Ok(report)
}

fn add(report: &mut PullReport, imported: &ImportReport) {
    let own = PullReport {
        rows: imported.rows,
        facts: imported.facts,
        conflicts: imported.conflicts,
        earliest_changed: imported.earliest_changed,
        findings: imported.findings.clone(),
        finding_counts: imported.finding_counts.clone(),
        ..PullReport::default()
    };
    join(report, own);
}

/// Adds what became of some files to what became of others.
pub(super) fn join(report: &mut PullReport, more: PullReport) {
    report.rows.received += more.rows.received;
    report.rows.accepted += more.rows.accepted;
    report.rows.duplicates += more.rows.duplicates;
    report.rows.rejected += more.rows.rejected;
    report.facts += more.facts;
    report.conflicts += more.conflicts;
    report.earliest_changed = match (report.earliest_changed, more.earliest_changed) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    for (code, count) in &more.finding_counts {
        *report.finding_counts.entry(code).or_insert(0) += count;
    }
    let left = FINDINGS.saturating_sub(report.findings.len());
    report.findings.extend(more.findings.into_iter().take(left));
}

fn told_of(file: &str, imported: &ImportReport) -> Told {
    Told {
        file: file.to_owned(),
        taken: true,
        received: imported.rows.received,
        accepted: imported.rows.accepted,
        duplicates: imported.rows.duplicates,
        rejected: imported.rows.rejected,
        facts: imported.facts,
        findings: lines(&imported.findings),
    }
}

fn lines(findings: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| format!("{} / {}", finding.line(vocab::Lang::Zh), finding.line(vocab::Lang::En));
    findings.iter().map(line).collect()
}

/// A name that nothing has yet: `orders.csv`, `orders (2).csv`….
fn free_name(folder: &Path, name: &str) -> String {
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let mut free = name.to_owned();
    let mut count = 1;
    while folder.join(&free).exists() {
        count += 1;
        free = format!("{stem} ({count}){ending}");
    }
    free
}

fn keep_rejects(rejects: &Path, folder: &Path, name: &str, count: u64) -> Result<(), Refusal> {
    let kept = match count {
        0 => fs::remove_file(rejects),
        _ => fs::rename(rejects, folder.join(DONE).join(format!("{name}.rejects.csv"))),
    };
    kept.map_err(|error| unusable(folder, &error))
}

/// Writes the report, then moves the file: a file that has gone always has its report.
fn file_away(folder: &Path, into: &str, file: &str, name: &str, told: &Told) -> Result<(), Refusal> {
    let target = folder.join(into);
    let text =
        serde_json::to_string_pretty(told).unwrap_or_else(|error| unreachable!("a report is plain data: {error}"));
    fs::write(target.join(format!("{name}.report.json")), text)
        .and_then(|()| fs::rename(folder.join(file), target.join(name)))
        .map_err(|error| unusable(folder, &error))
}

fn unusable(path: &Path, error: &std::io::Error) -> Refusal {
    let shown = path.display();
    Refusal::new(
        "folder_unusable",
        Text::new(format!("目录 {shown} 无法使用：{error}"), format!("the folder {shown} cannot be used: {error}")),
        Text::new("检查路径，以及留客进程对它的读写权限", "check the path, and that Liuke may read and write there"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_patterns_and_files_on_their_way_are_left_alone() {
        let wanted = |name: &str, pattern: &str| is_wanted(name, &[pattern.to_owned()]);
        assert!(wanted("orders-2025.csv", "orders*.csv") && wanted("订单1.xlsx", "订单?.xlsx") && wanted("a.csv", "*"));
        assert!(!wanted("orders.csv.tmp", "*") && !wanted(".hidden.csv", "*") && !wanted("~$book.xlsx", "*"));
        assert!(!wanted("customers.csv", "orders*.csv") && wanted("aXbXc", "a*b*c") && !wanted("ab", "a?b"));
    }
}
