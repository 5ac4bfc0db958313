//! `liuke backtest`: a scorecard, a rule, all rules or an outside score table replayed over the firm's own past.

use std::sync::Arc;

use app::view::{BacktestLeaver, BacktestReport, BacktestSegment, BacktestShare, Words};
use app::{App, BacktestChurn, BacktestQuery, BacktestScorer, Reader, backtest_table, figure_in_words};
use vocab::{Instant, Lang, Zone};

use super::arguments::Backtest;
use super::console::Console;
use super::failure::{Done, Failure};
use super::tables::Target;
use crate::clock;

/// Leavers and warnings printed of each sort; all of them are in the file.
const PRINTED: usize = 20;

pub(crate) async fn backtest(app: &App, asked: &Backtest, console: &mut Console) -> Result<Done, Failure> {
    let target = asked.out.as_deref().map(|out| Target::of(Some(out), console)).transpose()?;
    let query = query(app, asked, console)?;
    let (tell, mut told) = tokio::sync::watch::channel(0.0);
    let progress = Arc::new(move |part: f64| {
        tell.send_replace(part);
        true
    });
    let reader = Reader::command_line();
    let mut work = std::pin::pin!(app.backtest(&reader, query, progress, clock::now()));
    let report = loop {
        tokio::select! {
            found = &mut work => break found?,
            Ok(()) = told.changed() => {
                let part = *told.borrow_and_update();
                console.sink.progress((part * 100.0) as u64, Some(100));
            }
        }
    };
    if let Some(target) = &target {
        target.write(&backtest_table(&report, console.lang), console)?;
    }
    if console.json {
        let value = serde_json::to_value(&report).map_err(|error| Failure::from(std::io::Error::other(error)))?;
        console.print_json(&value)?;
    } else {
        console.out(text(&report, app.zone(), console.lang).as_bytes())?;
    }
    Ok(Done::All)
}

fn query(app: &App, asked: &Backtest, console: &Console) -> Result<BacktestQuery, Failure> {
    let scorer = match BacktestScorer::parse(&asked.scorer)? {
        BacktestScorer::Table(file) => BacktestScorer::Table(console.path(&file)),
        scorer => scorer,
    };
    let mut query = BacktestQuery::new(scorer, app.moment(&asked.from)?, app.moment(&asked.to)?);
    query.churn = match asked.churn.as_deref() {
        None => BacktestChurn::OfFirm,
        Some(text) => match text.strip_prefix("table:") {
            Some(file) => BacktestChurn::Table(console.path(file.as_ref())),
            None => BacktestChurn::Definition(text.to_owned()),
        },
    };
    query.template = asked.template.clone();
    query.budget = asked.budget;
    query.lead_days = asked.lead;
    query.horizon_days = asked.horizon;
    Ok(query)
}

/// Days, with or without their unit: `14d` or `14`.
pub(super) fn days(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix('d').unwrap_or(text).parse();
    let number: u32 = number.map_err(|_| "not a number of days, for example 14d".to_owned())?;
    if (1..=730).contains(&number) { Ok(number) } else { Err(format!("{text} is not in 1d..=730d")) }
}

fn said(words: &Words, lang: Lang) -> &str {
    words.get(lang)
}

/// The answer, what must be known beside it, the comparison, then names.
fn text(report: &BacktestReport, zone: &Zone, lang: Lang) -> String {
    let mut text = format!("{}\n", said(&report.headline, lang));
    for note in &report.notes {
        text.push_str(&format!("! {}\n", said(&note.text, lang)));
    }
    if !said(&report.compared, lang).is_empty() {
        text.push_str(&format!("{}\n", said(&report.compared, lang)));
    }
    for (by, head) in [("segment", ("按分群", "By segment")), ("value", ("按客户价值", "By value"))] {
        text.push_str(&parts(report, by, head, lang));
    }
    let caught: Vec<&BacktestLeaver> = report.leavers.iter().filter(|row| row.missed.is_none()).collect();
    let missed: Vec<&BacktestLeaver> = report.leavers.iter().filter(|row| row.missed.is_some()).collect();
    let head = |text: &mut String, zh: &str, en: &str, count: usize| {
        if count > 0 {
            text.push_str(&match lang {
                Lang::Zh => format!("\n{zh}（{count}）\n"),
                Lang::En => format!("\n{en} ({count})\n"),
            });
        }
    };
    head(&mut text, "可提前发现", "Seen ahead", caught.len());
    caught.iter().take(PRINTED).for_each(|row| text.push_str(&caught_line(row, zone, lang)));
    head(&mut text, "漏掉", "Missed", missed.len());
    missed.iter().take(PRINTED).for_each(|row| text.push_str(&missed_line(row, zone, lang)));
    let wrong: Vec<_> = report.warnings.iter().filter(|row| row.fate == "false").collect();
    head(&mut text, "误报", "Mistaken", wrong.len());
    for row in wrong.iter().take(PRINTED) {
        text.push_str(&format!("  {}  {}  {}\n", day(&row.at, zone), row.name, said(&row.sentence, lang)));
    }
    text
}

/// The figures cut one way: each part with its leavers and its warnings; shares only where leavers are not few.
fn parts(report: &BacktestReport, by: &str, head: (&str, &str), lang: Lang) -> String {
    let of: Vec<&BacktestSegment> = report.segments.iter().filter(|part| part.by == by).collect();
    if of.is_empty() {
        return String::new();
    }
    let share = |one: &Option<BacktestShare>| one.as_ref().map(interval).unwrap_or_default();
    let line = |part: &&BacktestSegment| {
        let (name, counts, recall) = (part_name(part, lang), &part.counts, share(&part.counts.recall));
        let (leavers, caught, wrong, alerts) = (counts.leavers, counts.caught, counts.false_alarms, counts.alerts);
        match lang {
            Lang::Zh => format!("  {name}  流失 {leavers}，提前发现 {caught}{recall}；预警 {alerts}，误报 {wrong}\n"),
            Lang::En => {
                format!("  {name}  {caught} of {leavers} seen ahead{recall}; {wrong} of {alerts} warnings mistaken\n")
            }
        }
    };
    let title = if lang == Lang::Zh { head.0 } else { head.1 };
    std::iter::once(format!("\n{title}\n")).chain(of.iter().map(line)).collect()
}

/// A share in whole percent with its interval.
fn interval(one: &BacktestShare) -> String {
    format!(" ({:.0}%, {:.0}%–{:.0}%)", one.share * 100.0, one.low * 100.0, one.high * 100.0)
}

fn part_name(part: &BacktestSegment, lang: Lang) -> String {
    let words = match (part.by.as_str(), part.key.as_str()) {
        ("segment", "") => Words::new("不在任何分群里", "in no segment"),
        ("value", "high") => Words::new("高价值", "high"),
        ("value", "middle") => Words::new("中价值", "middle"),
        ("value", "low") => Words::new("低价值", "low"),
        ("value", _) => Words::new("价值未知", "unknown"),
        (_, key) => part.name.clone().unwrap_or_else(|| Words::new(key, key)),
    };
    words.get(lang).to_owned()
}

fn caught_line(row: &BacktestLeaver, zone: &Zone, lang: Lang) -> String {
    let left = day(&row.left_at, zone);
    let warned = row.warned_at.as_deref().map(|at| day(at, zone)).unwrap_or_default();
    let days = row.lead_days.unwrap_or_default();
    let sentence = row.sentence.as_ref().map_or("", |sentence| said(sentence, lang));
    let value = row.value.map(|value| format!("  {}", figure_in_words(value, "money"))).unwrap_or_default();
    match lang {
        Lang::Zh => format!("  {left} 流失  {warned} 预警（提前 {days:.0} 天）  {}{value}  {sentence}\n", row.name),
        Lang::En => format!("  left {left}  warned {warned} ({days:.0} days ahead)  {}{value}  {sentence}\n", row.name),
    }
}

fn missed_line(row: &BacktestLeaver, zone: &Zone, lang: Lang) -> String {
    let left = day(&row.left_at, zone);
    let why = match (row.missed.as_deref(), lang) {
        (Some("too_late"), Lang::Zh) => "预警太晚",
        (Some("too_late"), Lang::En) => "warned too late",
        (Some("too_early"), Lang::Zh) => "预警太早，早过了预测期",
        (Some("too_early"), Lang::En) => "warned too early, before the horizon",
        (Some("no_time"), Lang::Zh) => "回放刚开始就流失，来不及预警",
        (Some("no_time"), Lang::En) => "left right after the beginning",
        (_, Lang::Zh) => "没有预警",
        (_, Lang::En) => "never warned of",
    };
    let value = row.value.map(|value| format!("  {}", figure_in_words(value, "money"))).unwrap_or_default();
    match lang {
        Lang::Zh => format!("  {left} 流失  {}{value}  {why}\n", row.name),
        Lang::En => format!("  left {left}  {}{value}  {why}\n", row.name),
    }
}

/// The firm's own date of an instant that is written in UTC.
fn day(text: &str, zone: &Zone) -> String {
    Instant::parse_rfc3339(text).map_or_else(|_| text.to_owned(), |at| zone.date(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_with_and_without_their_unit() {
        assert_eq!((days("14d"), days("90")), (Ok(14), Ok(90)));
        assert!(days("0d").is_err() && days("soon").is_err() && days("9000").is_err());
    }

    #[test]
    fn who_left_is_told_by_the_firms_own_days() {
        assert_eq!(day("2025-03-09T16:00:00Z", &Zone::default()), "2025-03-10");
        assert_eq!(day("2025-03-09T16:00:00Z", &Zone::utc()), "2025-03-09");
    }
}
