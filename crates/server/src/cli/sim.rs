//! `liuke sim`: a firm that never was, as files.

use serde_json::json;
use sim::{World, WorldSpec};
use vocab::Finding;

use super::arguments::Sim;
use super::console::Console;
use super::failure::{Done, Failure};

pub(crate) fn sim(asked: &Sim, console: &mut Console) -> Result<Done, Failure> {
    let spec = spec(asked, console)?;
    let mut world = World::new(spec).map_err(|findings| refused(&findings))?;
    let out = console.path(&asked.out);
    let mut tell = |now: sim::Progress| console.sink.progress(u64::from(now.days_done), Some(u64::from(now.days)));
    let done = world.write(&out, &mut tell).map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        Failure::failed(
            (format!("无法写入：{error}（{cause}）"), format!("{error} ({cause})")),
            ("请检查路径和权限", "check the path and the permissions"),
        )
    })?;
    let truth = world.truth();
    if console.json {
        console.print_json(&json!({
            "facts": done.facts,
            "customers": truth.customers.len(),
            "churned": truth.churn.len(),
            "out": out.display().to_string(),
        }))?;
        return Ok(Done::All);
    }
    let (facts, customers, left, shown) = (done.facts, truth.customers.len(), truth.churn.len(), out.display());
    console.tell(
        format!("{customers} 位客户，{facts} 条明细，其中 {left} 位流失；已写入 {shown}"),
        format!("{customers} customers, {facts} facts, {left} of them left; written to {shown}"),
    )?;
    Ok(Done::All)
}

/// The world asked for: the sample firm, changed by the world file, changed by the arguments.
fn spec(asked: &Sim, console: &Console) -> Result<WorldSpec, Failure> {
    let mut spec = WorldSpec::default();
    if let Some(file) = &asked.world {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(console.path(file)).map_err(|error| {
            Failure::failed(
                (format!("无法读取 {name}：{error}"), format!("cannot read {name}: {error}")),
                ("请检查路径", "check the path"),
            )
        })?;
        spec = WorldSpec::parse(&name, &text, spec).map_err(|findings| refused(&findings))?;
    }
    if let Some(end) = &asked.end {
        spec.end = spec.zone.parse(end).map_err(|_| {
            Failure::usage(
                (format!("不是日期：“{end}”"), format!("not a date: \"{end}\"")),
                ("请写成 2026-01-01", "write 2026-01-01"),
            )
        })?;
    }
    if let Some(template) = &asked.template {
        spec.template = template.clone();
    }
    spec.customers = asked.customers.unwrap_or(spec.customers);
    spec.days = asked.days.unwrap_or(spec.days);
    spec.seed = asked.seed.unwrap_or(spec.seed);
    Ok(spec)
}

/// A world that cannot be: a wrong call, whether it was written in a file or on the command line.
pub(super) fn refused(findings: &[Finding]) -> Failure {
    let lines = |lang| findings.iter().map(|finding| finding.line(lang)).collect::<Vec<_>>().join("\n");
    Failure::usage((lines(vocab::Lang::Zh), lines(vocab::Lang::En)), ("", ""))
}
