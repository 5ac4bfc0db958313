//! `liuke run`: one whole cycle.

use app::App;
use serde_json::json;
use vocab::{AsOf, Instant};

use super::arguments::Run;
use super::console::Console;
use super::failure::{Done, Failure};
use crate::clock;

pub(crate) async fn run(app: &App, asked: &Run, console: &mut Console) -> Result<Done, Failure> {
    let now = clock::now();
    let as_of = match &asked.as_of {
        Some(text) => reached(app.moment(text)?, text, now)?,
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

/// A moment that has been reached. The cycles of the days before one that has not would open nothing: alerts are about the
/// latest moment looked at.
fn reached(as_of: AsOf, text: &str, now: Instant) -> Result<AsOf, Failure> {
    if as_of.instant() <= now {
        return Ok(as_of);
    }
    Err(Failure::usage(
        (format!("截至时点还没有到：“{text}”"), format!("the moment has not come yet: \"{text}\"")),
        (
            "不写 --as-of 则为最近一个零点；只想看那时的数字，用 liuke score",
            "leave --as-of out for the last midnight passed; `liuke score` looks at any moment and changes nothing",
        ),
    ))
}

#[cfg(test)]
mod tests {
    use vocab::Zone;

    use super::*;

    #[test]
    fn a_cycle_stands_at_no_moment_that_has_not_come() {
        let at = |text: &str| Zone::default().parse(text).unwrap();
        let now = at("2025-06-30 12:00");
        let asked = |text: &str| reached(AsOf(at(text)), text, now).map_err(|failure| failure.status());
        assert_eq!(asked("2025-06-30").map(AsOf::instant), Ok(at("2025-06-30")));
        assert_eq!(asked("2025-06-30 12:00").map(AsOf::instant), Ok(now));
        assert_eq!(asked("2052-06-30").map(AsOf::instant), Err(2));
    }
}
