//! `liuke run`: one whole cycle.

use app::App;
use serde_json::json;

use super::arguments::Run;
use super::console::Console;
use super::failure::{Done, Failure};
use crate::clock;

pub(crate) async fn run(app: &App, asked: &Run, console: &mut Console) -> Result<Done, Failure> {
    let now = clock::now();
    let as_of = match &asked.as_of {
        Some(text) => app.moment(text)?,
        None => app.last_midnight(now),
    };
    let outcome = app.run_cycle(as_of, now).await?;
    if console.json {
        console.print_json(&json!({
            "as_of": outcome.as_of.to_string(),
            "changed": outcome.changed,
            "scored": outcome.scored,
            "alerts_opened": outcome.opened,
            "alerts_resolved": outcome.resolved,
            "summary": outcome.summary,
            "plan": outcome.plan.get(console.lang),
        }))?;
        return Ok(Done::All);
    }
    console.out(outcome.plan.get(console.lang).as_bytes())?;
    let at = app.zone().date_time(outcome.as_of.instant());
    let (zh, en) = (&outcome.summary.zh, &outcome.summary.en);
    console.tell(format!("截至 {at}：{zh}"), format!("as of {at}: {en}"))?;
    Ok(Done::All)
}
