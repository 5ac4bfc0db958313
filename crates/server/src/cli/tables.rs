//! `liuke facts`, `indicators`, `score`: tables to a file by its ending, or to the terminal.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use app::{App, Format, ScorecardChoice, Table, Value};
use serde_json::json;
use vocab::{AsOf, CustomerId};

use super::arguments::{Facts, Score};
use super::console::Console;
use super::failure::{Done, Failure};
use super::folder;
use crate::clock;

pub(crate) fn facts(app: &App, asked: &Facts, console: &mut Console) -> Result<Done, Failure> {
    let target = Target::of(asked.out.as_deref(), console)?;
    let as_of = match &asked.as_of {
        Some(text) => app.moment(text)?,
        None => AsOf(clock::now()),
    };
    let customer = asked.customer.as_deref().map(CustomerId::from);
    let table = app.facts_table(customer.as_ref(), as_of)?;
    if let (Some(id), true) = (&asked.customer, table.rows.is_empty()) {
        console.say(format!("没有客户“{id}”的明细"), format!("there are no facts of a customer \"{id}\""));
    }
    target.answer(&table, console)
}

pub(crate) async fn score(app: &App, asked: &Score, console: &mut Console) -> Result<Done, Failure> {
    let target = Target::of(asked.out.as_deref(), console)?;
    let as_of = app.moment(&asked.as_of)?;
    let scorecard = scorecard(asked, console)?;
    target.answer(&app.score_table(as_of, scorecard, console.lang).await?, console)
}

/// Of the customers in a plain file of facts, without a lake.
pub(crate) fn score_of_file(asked: &Score, console: &mut Console) -> Result<Done, Failure> {
    let target = Target::of(asked.out.as_deref(), console)?;
    let zone = folder::zone(asked.timezone.as_deref())?.unwrap_or_default();
    let as_of = super::indicators::moment(&zone, &asked.as_of)?;
    let file = console.path(asked.facts.as_deref().unwrap_or(Path::new("")));
    let scorecard = scorecard(asked, console)?;
    target.answer(&app::scores_of_file(&file, as_of, &scorecard, &zone, console.lang)?, console)
}

/// The scorecard asked for: by id, or read from a file that is to be tried.
fn scorecard(asked: &Score, console: &Console) -> Result<ScorecardChoice, Failure> {
    let Some(named) = &asked.scorecard else { return Ok(ScorecardChoice::InUse) };
    if !named.ends_with(".toml") {
        return Ok(ScorecardChoice::Named(named.clone()));
    }
    let text = std::fs::read_to_string(console.path(Path::new(named))).map_err(|error| {
        Failure::failed(
            (format!("无法读取 {named}：{error}"), format!("cannot read {named}: {error}")),
            ("请检查路径", "check the path"),
        )
    })?;
    Ok(ScorecardChoice::Definition(text))
}

/// Where a table goes. Chosen before anything is computed, so that a wrong ending costs nothing.
pub(super) enum Target {
    File(PathBuf, Format),
    Terminal,
    Stream(Format),
}

impl Target {
    pub(super) fn of(out: Option<&Path>, console: &Console) -> Result<Target, Failure> {
        match out {
            Some(path) => {
                let format =
                    Format::of(path).map_err(|error| Failure::Usage(error.detail().clone(), error.hint().clone()))?;
                Ok(Target::File(console.path(path), format))
            }
            None if console.json => Ok(Target::Stream(Format::Json)),
            None if console.tty => Ok(Target::Terminal),
            None => Ok(Target::Stream(Format::Csv)),
        }
    }

    /// Writes a table that is the whole answer.
    pub(super) fn answer(&self, table: &Table, console: &mut Console) -> Result<Done, Failure> {
        self.write(table, console)?;
        if let Target::File(path, _) = self {
            tell_of_file(path, Some(table.rows.len()), console)?;
        }
        Ok(Done::All)
    }

    pub(super) fn write(&self, table: &Table, console: &mut Console) -> Result<(), Failure> {
        if let Some(note) = &table.note {
            console.sink.err(note);
        }
        match self {
            Target::File(path, format) => {
                write_file(path, |file| table.write(*format, file))?;
                let (count, shown) = (table.rows.len(), path.display());
                console.say(format!("{count} 行已写入 {shown}"), format!("{count} rows written to {shown}"));
            }
            Target::Terminal => console.out(aligned(table).as_bytes())?,
            Target::Stream(format) => {
                let mut stream = Stream { console, failure: None };
                let written = {
                    let mut buffered = BufWriter::with_capacity(1 << 16, &mut stream);
                    table.write(*format, &mut buffered).map(|()| buffered.flush())
                };
                if let Some(failure) = stream.failure {
                    return Err(failure);
                }
                written??;
            }
        }
        Ok(())
    }
}

/// Tells a machine where its answer lies when that is a file, and how many rows it has where they were counted.
pub(super) fn tell_of_file(path: &Path, rows: Option<usize>, console: &mut Console) -> Result<(), Failure> {
    match console.json {
        true => console.print_json(&json!({ "file": path.display().to_string(), "rows": rows })),
        false => Ok(()),
    }
}

/// Writes a file that appears whole or not at all.
pub(super) fn write_file<T, E: Into<Failure>>(
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<T, E>,
) -> Result<T, Failure> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let unwritable = |error: io::Error| {
        let shown = path.display();
        Failure::failed(
            (format!("无法写入 {shown}：{error}"), format!("cannot write {shown}: {error}")),
            ("请检查路径和权限", "check the path and the permissions"),
        )
    };
    let mut file = BufWriter::new(File::create(&partial).map_err(unwritable)?);
    let written = write(&mut file).map_err(E::into);
    let written = written.and_then(|answer| file.flush().map(|()| answer).map_err(unwritable));
    drop(file);
    match written {
        Ok(answer) => std::fs::rename(&partial, path).map(|()| answer).map_err(unwritable),
        Err(failure) => {
            let _ = std::fs::remove_file(&partial);
            Err(failure)
        }
    }
}

/// The console as a writer that remembers why it stopped.
struct Stream<'a> {
    console: &'a mut Console,
    failure: Option<Failure>,
}

impl Write for Stream<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.console.out(bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(failure) => {
                self.failure = Some(failure);
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Columns under one another, for eyes; a Chinese character is two wide.
pub(super) fn aligned(table: &Table) -> String {
    let heads: Vec<String> = table.columns.iter().map(|(name, _)| name.clone()).collect();
    let rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(shown).collect()).collect();
    let mut widths: Vec<usize> = heads.iter().map(|head| width(head)).collect();
    for row in &rows {
        for (wide, cell) in widths.iter_mut().zip(row) {
            *wide = (*wide).max(width(cell));
        }
    }
    let mut out = String::new();
    for row in std::iter::once(&heads).chain(&rows) {
        let mut line = String::new();
        for (cell, wide) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', wide - width(cell) + 2));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Empty => String::new(),
        Value::Text(text) => text.clone(),
        Value::Number(number) => ((number * 1000.0).round() / 1000.0).to_string(),
        Value::Whole(number) => number.to_string(),
        Value::At(at) => at.to_string(),
    };
    // Nothing that came in from outside may steer the terminal.
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Columns that a character takes on a terminal: two for the letters and signs of East Asia, none for what is laid over the
/// letter before it. A dash, an arrow or a quotation mark takes one, wherever it stands in Unicode.
fn columns(letter: char) -> usize {
    match letter as u32 {
        0x0300..=0x036f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xac00..=0xd7a3 => 2,
        0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff => 2,
        0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use app::ColumnType;

    use super::*;

    #[test]
    fn columns_stand_under_one_another_and_no_name_steers_the_terminal() {
        let table = Table {
            columns: vec![("customer_id".into(), ColumnType::Text), ("health".into(), ColumnType::Number)],
            rows: vec![
                vec![Value::Text("云栈".into()), Value::Number(61.25)],
                vec![Value::Text("\u{1b}[2J".into()), Value::Empty],
            ],
            note: None,
        };
        assert_eq!(aligned(&table), "customer_id  health\n云栈         61.25\n [2J\n");
    }

    #[test]
    fn a_dash_takes_one_column_and_a_chinese_comma_two() {
        for (text, wide) in [("30–60 天", 8), ("是，否", 6), ("√ … →", 5), ("e\u{301}", 1), ("😀", 2)] {
            assert_eq!(width(text), wide, "{text}");
        }
    }
}
