//! `liuke source`: the ways by which data comes in.

use std::path::Path;

use app::view;
use app::{App, Reader};
use serde_json::{Value, json};

use super::arguments::SourceAction;
use super::console::Console;
use super::failure::{Done, Failure};
use super::fetched;
use crate::clock;

impl SourceAction {
    /// The folder it works on.
    pub(super) fn data(&self) -> &Path {
        match self {
            SourceAction::Add(add) => &add.data,
            SourceAction::List(list) => &list.data,
            SourceAction::Test(test) => &test.named.data,
            SourceAction::Preview(preview) => &preview.named.data,
            SourceAction::Run(run) => &run.named.data,
            SourceAction::Runs(runs) => &runs.named.data,
            SourceAction::Rotate(rotate) => &rotate.data,
            SourceAction::Remove(remove) => &remove.data,
        }
    }
}

pub(crate) async fn source(app: &App, asked: &SourceAction, console: &mut Console) -> Result<Done, Failure> {
    let (reader, now) = (Reader::command_line(), clock::now());
    match asked {
        SourceAction::Add(add) => {
            let new = view::NewSource {
                name: add.name.clone(),
                kind: add.kind.clone(),
                is_strict: add.strict,
                settings: fetched::settings(add, console)?,
                secrets: fetched::secrets(add, console)?,
            };
            told(&app.add_source(&reader, new, now).await?, console)?;
        }
        SourceAction::Test(test) => fetched::test(app, &reader, &test.named.name, console).await?,
        SourceAction::Preview(preview) => fetched::preview(app, &reader, &preview.named.name, console).await?,
        SourceAction::Run(run) => return fetched::run(app, &reader, &run.named.name, console).await,
        SourceAction::Runs(runs) => fetched::runs(app, &reader, &runs.named.name, console).await?,
        SourceAction::List(_) => list(&app.sources(&reader, now).await?, console)?,
        SourceAction::Rotate(rotate) => {
            let id = app.source_of_name(&reader, &rotate.name, now).await?.id;
            told(&app.rotate_source(&reader, id, now).await?, console)?;
        }
        SourceAction::Remove(remove) => {
            let source = app.source_of_name(&reader, &remove.name, now).await?;
            app.remove_source(&reader, source.id, now).await?;
            let name = &source.name;
            match console.json {
                true => console.print_json(&json!({ "removed": name }))?,
                false => console.tell(
                    format!("已移除来源“{name}”；它带来的明细仍在"),
                    format!("removed the source \"{name}\"; the facts it brought stay"),
                )?,
            }
        }
    }
    Ok(Done::All)
}

fn told(source: &view::Source, console: &mut Console) -> Result<(), Failure> {
    if console.json {
        return console.print_json(&of_machine(source));
    }
    let name = &source.name;
    let Some(key) = source.key.as_deref() else {
        return console.tell(
            format!(
                "已添加来源“{name}”（{}）；先用 liuke source test 试连，再用 source preview 看样例",
                source.kind_name.zh
            ),
            format!(
                "added the source \"{name}\" ({}); try it with liuke source test, then preview",
                source.kind_name.en
            ),
        );
    };
    console.tell(
        format!("来源“{name}”（{}）的写入密钥：{key}", source.kind_name.zh),
        format!("the write key of the source \"{name}\" ({}): {key}", source.kind_name.en),
    )
}

fn list(sources: &[view::Source], console: &mut Console) -> Result<(), Failure> {
    if console.json {
        let rows: Vec<Value> = sources.iter().map(of_machine).collect();
        return console.print_json(&json!({ "items": rows }));
    }
    if sources.is_empty() {
        console.say("还没有来源", "there is no source yet");
    }
    for source in sources {
        let (key, last) = (source.key.as_deref().unwrap_or("-"), source.last_recorded_at.as_deref().unwrap_or("-"));
        console.out(format!("{}\t{}\t{}\t{}\t{last}\n", source.name, source.kind, key, source.facts).as_bytes())?;
    }
    Ok(())
}

fn of_machine(source: &view::Source) -> Value {
    json!({
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "write_key": source.key,
        "is_strict": source.is_strict,
        "is_enabled": source.is_enabled,
        "facts": source.facts,
        "last_recorded_at": source.last_recorded_at,
    })
}
