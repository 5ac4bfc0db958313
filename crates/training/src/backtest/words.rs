//! The answer in sentences, in both languages.

use vocab::{Text, Zone};

use super::judge::Judge;
use super::past::{Glimpse, Seen};
use super::pick::Warned;
use super::report::{BacktestReport, Comparison, Note};
use super::{LEAST_LEAVERS, Scorer, Spec};

/// What was said about a customer: the rule's words, else what drags its health down most.
pub(super) fn said(one: &Warned, glimpse: &Glimpse) -> Text {
    if let Some(sentence) = &one.sentence {
        return sentence.clone();
    }
    let health = glimpse.health.map(|health| {
        let points = health.round();
        Text::new(format!("健康分 {points} 分"), format!("health is {points}"))
    });
    match (health, &glimpse.reason) {
        (Some(health), Some(reason)) => {
            Text::new(format!("{}：{}", health.zh, reason.zh), format!("{}: {}", health.en, reason.en))
        }
        (Some(health), None) => health,
        (None, Some(reason)) => reason.clone(),
        (None, None) => Text::new("没有健康分", "no health"),
    }
}

/// An outside score in words.
pub(super) fn outside(score: Option<f64>) -> Text {
    let score = score.map(|score| (score * 1e4).round() / 1e4);
    let shown = score.map_or_else(String::new, |score| score.to_string());
    Text::new(format!("外部评分 {shown}"), format!("outside score {shown}"))
}

/// What the scorer is called.
fn scorer(spec: &Spec<'_>) -> Text {
    match spec.scorer {
        Scorer::Health => {
            Text::new(format!("打分卡“{}”", spec.book.name.zh), format!("the scorecard \"{}\"", spec.book.name.en))
        }
        Scorer::Rules => Text::new("现有规则", "the rules in force"),
        Scorer::Rule(id) => {
            let name = spec.policy.rule(id).map_or_else(|| Text::new(id, id), |rule| rule.name.clone());
            Text::new(format!("规则“{}”", name.zh), format!("the rule \"{}\"", name.en))
        }
        Scorer::Table(_) => Text::new("外部评分", "the outside scores"),
    }
}

/// Fills in the notes and the two sentences.
pub(super) fn tell(report: &mut BacktestReport, spec: &Spec<'_>, seen: &Seen, judge: &Judge, zone: &Zone) {
    report.notes = notes(report, seen, judge, zone);
    report.headline = headline(report, &scorer(spec), zone);
    report.compared = compared(report);
}

fn notes(report: &BacktestReport, seen: &Seen, judge: &Judge, zone: &Zone) -> Vec<Note> {
    let mut notes = Vec::new();
    if report.is_few {
        let leavers = report.counts.leavers;
        notes.push(Note {
            code: "too_few_leavers",
            text: Text::new(
                format!("这段时间只流失了 {leavers} 位，少于 {LEAST_LEAVERS} 位：只列名单和个数，任何比例都靠不住"),
                format!(
                    "only {leavers} customers left, fewer than {LEAST_LEAVERS}: names and counts are shown, no share would hold"
                ),
            ),
        });
    }
    if let Some(doubt) = &judge.doubt {
        notes.push(Note { code: "not_yet", text: doubt.clone() });
    }
    if report.counts.undecided > 0 {
        let (undecided, horizon) = (report.counts.undecided, report.horizon_days);
        let until = zone.date(report.told_until);
        notes.push(Note {
            code: "facts_end",
            text: Text::new(
                format!("数据到 {until} 为止：有 {undecided} 条预警之后不满 {horizon} 天，对错还不能定，单独计数"),
                format!(
                    "facts reach to {until}: {undecided} warnings have less than {horizon} days after them, are undecided and counted apart"
                ),
            ),
        });
    }
    let first = report.weeks.first().map_or(0, |week| week.counts.alerts);
    if report.budget.is_none() && first as f64 > 3.0 * report.alerts_per_week && first >= 10 {
        notes.push(Note {
            code: "first_week",
            text: Text::new(
                format!("启用的第一周会一次冒出 {first} 条预警：积压的客户都在这一周报出来"),
                format!(
                    "the first week after switching it on brings {first} warnings at once: everything that had piled up"
                ),
            ),
        });
    }
    if seen.untried > 0 {
        let untried = seen.untried;
        notes.push(Note {
            code: "untried",
            text: Text::new(
                format!("客户太多，有 {untried} 个指标没有单独试过"),
                format!("there are so many customers that {untried} indicators were not tried alone"),
            ),
        });
    }
    notes
}

fn headline(report: &BacktestReport, scorer: &Text, zone: &Zone) -> Text {
    let (from, to) = (zone.date(report.from.instant()), zone.date(report.to.instant()));
    let counts = &report.counts;
    let (leavers, caught, missed) = (counts.leavers, counts.caught, counts.missed());
    if leavers == 0 {
        return Text::new(
            format!("{from} 到 {to} 没有看到客户流失，没有什么可检验；当时会发出 {} 条预警", counts.alerts),
            format!(
                "Between {from} and {to}, nobody was seen to leave, so there is nothing to judge by; {} warnings would have been given",
                counts.alerts
            ),
        );
    }
    let mut said = Text::new(
        format!("{from} 到 {to} 流失 {leavers} 位。若当时用{}，{caught} 位可提前发现", scorer.zh),
        format!("Between {from} and {to}, {leavers} left. With {}, {caught} would have been seen ahead", scorer.en),
    );
    if let Some(lead) = &report.lead {
        said.zh.push_str(&format!("，中位提前 {:.0} 天", lead.median));
        said.en.push_str(&format!(", a median of {:.0} days", lead.median));
    }
    said.zh.push_str(&format!("，漏掉 {missed} 位；平均每周 {} 条预警", shown(report.alerts_per_week)));
    said.en.push_str(&format!(", {missed} missed; {} warnings a week", shown(report.alerts_per_week)));
    if let Some(each) = report.alerts_per_owner_week {
        said.zh.push_str(&format!("，每人 {} 条", shown(each)));
        said.en.push_str(&format!(", {} for each person", shown(each)));
    }
    let (decided, wrong) = (counts.decided(), counts.false_alarms);
    match report.precision {
        Some(precision) => {
            let share = 100.0 * (1.0 - precision.share);
            said.zh.push_str(&format!("，其中 {share:.0}% 是误报（{} 天内没有流失）", report.horizon_days));
            said.en
                .push_str(&format!(", {share:.0} % of them false (nobody left within {} days)", report.horizon_days));
        }
        None => {
            said.zh.push_str(&format!("；能定对错的 {decided} 条预警里误报 {wrong} 条"));
            said.en.push_str(&format!("; of {decided} warnings that can be judged {wrong} were false"));
        }
    }
    said
}

/// At equal warnings a week.
fn compared(report: &BacktestReport) -> Text {
    let found = |one: &Comparison| {
        let caught = one.counts.caught;
        (format!("{}可发现 {caught} 位", one.name.zh), format!("{} by {}", caught, one.name.en))
    };
    let (zh, en): (Vec<String>, Vec<String>) = report.comparisons.iter().map(found).unzip();
    if zh.is_empty() || report.counts.leavers == 0 {
        return Text::default();
    }
    Text::new(
        format!("同样多的预警：{}（最好的单个指标是事后挑的，占了便宜）", zh.join("，")),
        format!(
            "Seen ahead with as many warnings: {} (the best indicator is chosen afterwards, which flatters it)",
            en.join(", ")
        ),
    )
}

/// One decimal where there are few.
fn shown(number: f64) -> String {
    if number >= 10.0 { format!("{number:.0}") } else { format!("{number:.1}") }
}
