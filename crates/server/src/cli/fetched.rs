//! `liuke source test`, `preview`, `run`, `runs`: sources that are fetched; and the settings of one that is added.
//!
//! Passwords come from files: what stands on a command line can be read by everybody on the machine.

use std::collections::BTreeMap;
use std::path::Path;

use app::{App, Reader, view};
use serde_json::{Map, Value, json};
use vocab::{Finding, Instant, Lang, Place, Text};

use super::arguments::SourceAdd;
use super::console::Console;
use super::failure::{Done, Failure};
use crate::clock;

fn read(path: &Path, console: &Console) -> Result<String, Failure> {
    std::fs::read_to_string(console.path(path)).map_err(|error| {
        let shown = path.display();
        Failure::usage(
            (&format!("读不了 {shown}：{error}"), &format!("cannot read {shown}: {error}")),
            ("请检查路径和权限", "check the path and the permissions"),
        )
    })
}

fn object(path: &Path, console: &Console) -> Result<Map<String, Value>, Failure> {
    let text = read(path, console)?;
    serde_json::from_str(&text).map_err(|error| {
        let shown = path.display();
        Failure::usage(
            (&format!("{shown} 不是 JSON 对象：{error}"), &format!("{shown} is no JSON object: {error}")),
            ("写成 {\"名称\": 值}", "write {\"name\": value}"),
        )
    })
}

/// The settings of a source to be added; `None` when nothing was said.
pub(super) fn settings(add: &SourceAdd, console: &Console) -> Result<Option<Value>, Failure> {
    let given = &add.fetched;
    let mut settings = match &given.settings {
        Some(path) => object(path, console)?,
        None => Map::new(),
    };
    let path = given.path.as_ref().map(|path| console.path(path).display().to_string());
    let texts = [
        ("host", &given.host),
        ("database", &given.database),
        ("user", &given.user),
        ("path", &path),
        ("tls", &given.tls),
        ("query", &given.query),
        ("watermark", &given.watermark),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            settings.insert(name.to_owned(), json!(text));
        }
    }
    if let Some(port) = given.port {
        settings.insert("port".to_owned(), json!(port));
    }
    if let Some(minutes) = given.every_minutes {
        settings.insert("schedule".to_owned(), json!({ "every_minutes": minutes }));
    }
    if let Some(time) = &given.daily_at {
        settings.insert("schedule".to_owned(), json!({ "daily_at": time }));
    }
    let mapping = settings.entry("mapping").or_insert_with(|| json!({}));
    if let Some(kind) = &given.kind_of_rows {
        mapping["kind"] = json!(kind);
    }
    if !given.key.is_empty() {
        mapping["key"] = json!(given.key);
    }
    if settings.get("mapping") == Some(&json!({})) {
        settings.remove("mapping");
    }
    Ok((!settings.is_empty()).then_some(Value::Object(settings)))
}

/// The secrets of a source to be added.
pub(super) fn secrets(add: &SourceAdd, console: &Console) -> Result<BTreeMap<String, String>, Failure> {
    let mut secrets = BTreeMap::new();
    if let Some(path) = &add.fetched.secrets {
        let written = object(path, console)?;
        secrets.extend(written.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))));
    }
    if let Some(path) = &add.fetched.password_file {
        secrets.insert("password".to_owned(), read(path, console)?.trim_end_matches(['\r', '\n']).to_owned());
    }
    Ok(secrets)
}

pub(super) async fn test(app: &App, reader: &Reader, name: &str, console: &mut Console) -> Result<(), Failure> {
    let id = app.source_of_name(reader, name, clock::now()).await?.id;
    let test = app.test_source(reader, id).await?;
    match console.json {
        true => console.print_json(&json!(test)),
        false => console.tell(format!("连接成功：{}", test.server), format!("it answers: {}", test.server)),
    }
}

pub(super) async fn preview(app: &App, reader: &Reader, name: &str, console: &mut Console) -> Result<(), Failure> {
    let id = app.source_of_name(reader, name, clock::now()).await?.id;
    let preview = app.preview_source(reader, id, clock::now()).await?;
    if console.json {
        return console.print_json(&json!(preview));
    }
    let (zh, en) = (read_as(&preview, "、", "（无）"), read_as(&preview, ", ", "none"));
    console.tell(
        format!("数据种类：{}；水位列：{}；主键：{}", zh.0, zh.1, zh.2),
        format!("kind: {}; watermark: {}; key: {}", en.0, en.1, en.2),
    )?;
    for column in &preview.columns {
        let (field, samples) = (column.field.as_deref().unwrap_or("property"), column.samples.join(" | "));
        console.out(format!("{}\t{field}\t{samples}\n", column.header).as_bytes())?;
    }
    for finding in preview.blocking.iter().chain(&preview.findings) {
        let line = finding_line(finding, console.lang);
        console.sink.err(&line);
    }
    let [received, accepted, rejected] = [preview.received, preview.accepted, preview.rejected];
    console.say(
        format!("试读 {received} 行：可导入 {accepted}，有问题 {rejected}"),
        format!("{received} rows tried: {accepted} would be taken, {rejected} would not"),
    );
    Ok(())
}

/// A fault with its place and what to do about it.
fn finding_line(row: &view::FindingRow, lang: Lang) -> String {
    let text = |words: &view::Words| Text::new(words.zh.clone(), words.en.clone());
    let place = Place { row: row.row, field: row.field.clone(), ..Place::default() };
    Finding::new("", text(&row.detail), text(&row.hint)).at(place).line(lang)
}

/// What the rows are, what grows with every change, what tells one from another.
fn read_as<'a>(preview: &'a view::SourcePreview, comma: &str, nothing: &'a str) -> (&'a str, &'a str, String) {
    let key = if preview.key.is_empty() { nothing.to_owned() } else { preview.key.join(comma) };
    (preview.kind.as_deref().unwrap_or(nothing), preview.watermark.as_deref().unwrap_or(nothing), key)
}

pub(super) async fn run(app: &App, reader: &Reader, name: &str, console: &mut Console) -> Result<Done, Failure> {
    let id = app.source_of_name(reader, name, clock::now()).await?.id;
    let run = app.run_source_now(reader, id, clock::now()).await?;
    told(app, &run, console)?;
    Ok(match (run.error.is_some(), run.rejected) {
        (true, _) => return Err(failed(&run)),
        (false, 0) => Done::All,
        (false, _) => Done::SomeRejected,
    })
}

fn failed(run: &view::SourceRun) -> Failure {
    let words = run.error.clone().unwrap_or_else(|| view::RunError {
        code: String::new(),
        detail: view::Words::default(),
        hint: view::Words::default(),
    });
    Failure::failed((&words.detail.zh, &words.detail.en), (&words.hint.zh, &words.hint.en))
}

pub(super) async fn runs(app: &App, reader: &Reader, name: &str, console: &mut Console) -> Result<(), Failure> {
    let id = app.source_of_name(reader, name, clock::now()).await?.id;
    let runs = app.source_runs(reader, id, None, 50).await?;
    if console.json {
        return console.print_json(&json!(runs));
    }
    if runs.items.is_empty() {
        console.say("还没有读取过", "it has not been read yet");
    }
    runs.items.iter().try_for_each(|run| told(app, run, console))
}

fn told(app: &App, run: &view::SourceRun, console: &mut Console) -> Result<(), Failure> {
    if console.json {
        return console.print_json(&json!(run));
    }
    let counts = [run.received, run.accepted, run.duplicates, run.rejected, run.facts];
    let [received, accepted, duplicates, rejected, facts] = counts;
    let begun = Instant::parse_rfc3339(&run.started_at).map(|at| app.zone().date_time(at));
    let (begun, state) = (begun.unwrap_or_else(|_| run.started_at.clone()), state_in_words(&run.state));
    console.tell(
        format!(
            "{begun} {}：读到 {received} 行，新 {accepted}，重复 {duplicates}，未导入 {rejected}，动态 {facts} 条",
            state.0
        ),
        format!(
            "{begun} {}: {received} rows, {accepted} new, {duplicates} known, {rejected} rejected, {facts} facts",
            state.1
        ),
    )
}

fn state_in_words(state: &str) -> (&str, &str) {
    match state {
        "running" => ("读取中", "running"),
        "done" => ("完成", "done"),
        "failed" => ("失败", "failed"),
        other => (other, other),
    }
}
