//! `liuke import`: files in, with a report that adds up.

use std::path::{Path, PathBuf};

use app::{App, ImportReport, ImportSpec, Reader};
use serde_json::json;
use vocab::{Instant, Lang, Text, Zone};

use super::arguments::Import;
use super::console::Console;
use super::failure::{Done, Failure};
use super::folder;
use crate::clock;

/// What all files of one call came to. Received is accepted, duplicates and rejected together.
#[derive(Default)]
struct Sum {
    received: u64,
    accepted: u64,
    duplicates: u64,
    rejected: u64,
    facts: u64,
    conflicts: u64,
    earliest_changed: Option<Instant>,
}

impl Sum {
    fn add(&mut self, report: &ImportReport) {
        self.received += report.rows.received;
        self.accepted += report.rows.accepted;
        self.duplicates += report.rows.duplicates;
        self.rejected += report.rows.rejected;
        self.facts += report.facts;
        self.conflicts += report.conflicts;
        self.earliest_changed = match (self.earliest_changed, report.earliest_changed) {
            (Some(known), Some(other)) => Some(known.min(other)),
            (known, other) => known.or(other),
        };
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "rows": {
                "received": self.received,
                "accepted": self.accepted,
                "duplicates": self.duplicates,
                "rejected": self.rejected,
            },
            "facts": self.facts,
            "conflicts": self.conflicts,
            "earliest_changed_moment": self.earliest_changed.map(|at| at.to_string()),
        })
    }
}

pub(crate) async fn import(app: &App, asked: &Import, console: &mut Console) -> Result<Done, Failure> {
    if let Some(number) = asked.undo {
        return undo(app, number, console).await;
    }
    if asked.kind.as_deref() == Some(FACTS) {
        return facts(app, asked, console).await;
    }
    let mut sum = Sum::default();
    for (place, file) in asked.files.iter().enumerate() {
        let path = console.path(file);
        let spec = spec(app, asked, place, console)?;
        let mut tell = |now: app::ImportProgress| console.sink.progress(now.received, now.row_count);
        let (number, report) = app.import_file(&path, &spec, clock::now(), &mut tell).await?;
        say(app, &report, file, asked.dry_run, console)?;
        if let Some(number) = number.filter(|_| report.facts > 0) {
            let data = asked.data.display().to_string();
            console.say(
                format!("如需撤销：liuke import --data {data} --undo {number}"),
                format!("to take it back: liuke import --data {data} --undo {number}"),
            );
        }
        sum.add(&report);
    }
    if console.json {
        console.print_json(&sum.json())?;
    } else if sum.facts > 0 && !asked.dry_run {
        let data = asked.data.display().to_string();
        console.say(
            format!("下一步：liuke run --data {data} 重新计算名单"),
            format!("next: liuke run --data {data} computes the list anew"),
        );
    }
    Ok(if sum.rejected > 0 { Done::SomeRejected } else { Done::All })
}

/// The word for files that hold facts as the lake does.
const FACTS: &str = "facts";

/// Refuses what can be seen to be wrong without a folder: before one is made, and before the first of many files is in.
pub(super) fn check(asked: &Import, console: &Console) -> Result<(), Failure> {
    match asked.kind.as_deref() {
        Some(FACTS) if asked.dry_run || asked.rejects.is_some() => {
            return Err(Failure::usage(
                ("明细文件没有试运行，也没有未导入的行", "a file of facts has no dry run and no rejected rows"),
                ("去掉 --dry-run 和 --rejects", "leave --dry-run and --rejects out"),
            ));
        }
        None | Some(FACTS) => {}
        Some(word) => {
            kind(word)?;
        }
    }
    if let Some(text) = &asked.observed_on {
        super::indicators::moment(&Zone::default(), text)?;
    }
    match asked.files.iter().chain(&asked.mapping).find(|file| !console.path(file).is_file()) {
        Some(file) => Err(Failure::failed(
            (format!("没有这个文件：{}", file.display()), format!("no such file: {}", file.display())),
            ("请检查路径", "check the path"),
        )),
        None => Ok(()),
    }
}

fn kind(word: &str) -> Result<app::TableKind, Failure> {
    word.parse().map_err(|()| unknown_kind(word))
}

/// Files of facts: no column is guessed and no row is mapped.
async fn facts(app: &App, asked: &Import, console: &mut Console) -> Result<Done, Failure> {
    let mut sum = Sum::default();
    for file in &asked.files {
        let came = app.import_facts(&console.path(file), clock::now()).await?;
        sum.received += came.received;
        sum.accepted += came.appended;
        sum.duplicates += came.duplicates + came.conflicts;
        sum.facts += came.appended;
        sum.conflicts += came.conflicts;
        sum.earliest_changed = match (sum.earliest_changed, came.earliest_changed) {
            (Some(known), Some(other)) => Some(known.min(other)),
            (known, other) => known.or(other),
        };
    }
    match console.json {
        true => console.print_json(&sum.json())?,
        false => console.tell(
            format!("读到 {} 条明细，新增 {}，已有 {}", sum.received, sum.accepted, sum.duplicates),
            format!("{} facts, {} new, {} known", sum.received, sum.accepted, sum.duplicates),
        )?,
    }
    Ok(Done::All)
}

/// Takes an earlier import back.
async fn undo(app: &App, number: i64, console: &mut Console) -> Result<Done, Failure> {
    let undone = app.undo_import(&Reader::command_line(), number, clock::now()).await?;
    let moment = undone.earliest_changed_moment;
    if console.json {
        console.print_json(&json!({ "facts": undone.facts, "earliest_changed_moment": moment }))?;
        return Ok(Done::All);
    }
    console.say(
        format!("已撤销导入 {number}：{} 条动态", undone.facts),
        format!("import {number} taken back: {} facts", undone.facts),
    );
    if let Some(at) = moment.and_then(|at| Instant::parse_rfc3339(&at).ok()) {
        let changed = changed(app, at);
        console.say(changed.get(Lang::Zh), changed.get(Lang::En));
    }
    Ok(Done::All)
}

fn spec(app: &App, asked: &Import, place: usize, console: &Console) -> Result<ImportSpec, Failure> {
    let kind = asked.kind.as_deref().map(kind).transpose()?;
    let zone = folder::zone(asked.timezone.as_deref())?.unwrap_or_else(|| app.zone().clone());
    let observed_on = match &asked.observed_on {
        None => None,
        Some(text) => Some(app.moment(text)?.instant()),
    };
    let plan = app::ImportPlan {
        kind,
        source: asked.source.clone(),
        sheet: asked.sheet.clone(),
        observed_on,
        zone,
        ..app::ImportPlan::default()
    };
    Ok(ImportSpec {
        plan,
        mapping: asked.mapping.as_ref().map(|mapping| console.path(mapping)),
        rejects: asked.rejects.as_ref().map(|rejects| numbered(&console.path(rejects), place)),
        dry_run: asked.dry_run,
    })
}

/// Every file has rejects of its own, as its columns are its own: the second file's go to `NAME-2.csv`.
fn numbered(rejects: &Path, place: usize) -> PathBuf {
    if place == 0 {
        return rejects.to_owned();
    }
    let stem = rejects.file_stem().unwrap_or_default().to_string_lossy();
    let ending = rejects.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    rejects.with_file_name(format!("{stem}-{}{ending}", place + 1))
}

fn unknown_kind(word: &str) -> Failure {
    let kinds: Vec<&str> = app::TableKind::ALL.iter().map(|kind| kind.as_str()).chain([FACTS]).collect();
    Failure::usage(
        (format!("没有这种数据：“{word}”"), format!("no such kind of table: \"{word}\"")),
        (&format!("可选：{}", kinds.join("、")), &format!("one of {}", kinds.join(", "))),
    )
}

/// The mapping used and what became of the rows; on standard error when standard output is for a machine.
fn say(app: &App, report: &ImportReport, file: &Path, dry_run: bool, console: &mut Console) -> Result<(), Failure> {
    let shown = file.display();
    let mapping = report.mapping.print();
    let mut lines = vec![match (console.lang, dry_run) {
        (Lang::Zh, false) => format!("# {shown}"),
        (Lang::Zh, true) => format!("# {shown}（试运行，未写入）"),
        (Lang::En, false) => format!("# {shown}"),
        (Lang::En, true) => format!("# {shown} (dry run, nothing written)"),
    }];
    lines.extend(mapping.lines().map(str::to_owned));
    lines.push(String::new());
    lines.extend(app::report_lines(report, console.lang));
    lines.extend(report.earliest_changed.map(|at| changed(app, at).get(console.lang).to_owned()));
    for line in lines {
        if console.json {
            console.sink.err(&line);
        } else {
            console.out(format!("{line}\n").as_bytes())?;
        }
    }
    Ok(())
}

/// From when on what is told of the past is told otherwise, by the firm's clock.
fn changed(app: &App, at: Instant) -> Text {
    let at = app.zone().date_time(at);
    Text::new(format!("从 {at} 起的历史视图有变化"), format!("views from {at} on have changed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_has_rejects_of_its_own() {
        assert_eq!(numbered(Path::new("/x/bad.csv"), 0), Path::new("/x/bad.csv"));
        assert_eq!(numbered(Path::new("/x/bad.csv"), 1), Path::new("/x/bad-2.csv"));
        assert_eq!(numbered(Path::new("bad"), 2), Path::new("bad-3"));
    }
}
