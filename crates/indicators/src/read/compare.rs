//! Reading what a number is compared with: with whom, how, how many of them there must be.

use vocab::{Finding, Text};

use super::refuse;
use crate::definition::{Fields, Node};
use crate::measure::{Against, Compare, FEWEST_PEERS, With, Within};

pub(crate) const AGAINST: &[(&str, Against)] = &[
    ("ratio", Against::Ratio),
    ("change", Against::Change),
    ("difference", Against::Difference),
    ("z", Against::Z),
    ("percentile", Against::Percentile),
    ("ewma", Against::Ewma),
    ("cusum", Against::Cusum),
    ("fall", Against::Fall),
    ("rise", Against::Rise),
    ("expected", Against::Expected),
];
/// Words for what a number is put against.
pub(crate) const OTHERS: &[(&str, Other)] = &[
    ("previous", Other::Previous),
    ("own_history", Other::OwnHistory),
    ("own_and_peers", Other::OwnAndPeers),
    ("last_year", Other::LastYear),
    ("peers", Other::Peers),
];

/// What a number is put against, as a word.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Other {
    Previous,
    OwnHistory,
    OwnAndPeers,
    LastYear,
    Peers,
}
/// Fewest earlier windows of a course in time.
const COURSE: f64 = 12.0;
/// Fewest earlier weeks of a rhythm.
const RHYTHM: f64 = 26.0;

pub(super) fn read_compare(fields: &mut Fields<'_, '_>) -> Option<Option<Compare>> {
    let Some(node) = fields.optional("compare") else { return Some(None) };
    let mut inner = node.fields(&["with", "as", "windows", "align", "by", "within", "least"], fields.findings)?;
    let with = inner.one_of("with", OTHERS);
    let against = inner.one_of("as", AGAINST);
    let (with, against) = (with?, against?);
    if (with == Other::OwnAndPeers && !against.is_course()) || (against.is_course() && !is_own(with)) {
        inner.complain(
            "senseless",
            Text::new(
                "ewma 和 cusum 与 own_history 或 own_and_peers 搭配；own_and_peers 只能这样用",
                "ewma and cusum go with own_history or own_and_peers, and own_and_peers only with them",
            ),
            Text::default(),
        );
        return None;
    }
    if against.is_rhythm() && with != Other::OwnAndPeers {
        inner.complain(
            "senseless",
            Text::new(
                "fall、rise、expected 只和 own_and_peers 搭配：误报率靠同期其他客户来定",
                "fall, rise and expected go with own_and_peers only: the rate of false alarms is read off the others",
            ),
            Text::default(),
        );
        return None;
    }
    let least = match against {
        _ if against.is_rhythm() => RHYTHM,
        _ if against.is_course() => COURSE,
        _ => 2.0,
    };
    let mut unused = vec!["windows", "align", "by", "within", "least"];
    let with = match with {
        Other::Previous => With::Previous,
        Other::OwnHistory | Other::OwnAndPeers => {
            unused.retain(|key| *key != "windows");
            let windows = read_windows(&mut inner, least)?;
            if with == Other::OwnHistory { With::OwnHistory { windows } } else { With::OwnAndPeers { windows } }
        }
        Other::LastYear => {
            unused.retain(|key| *key != "align");
            let aligns = [("spring_festival", true), ("solar", false)];
            With::LastYear { spring_festival: inner.optional_one_of("align", &aligns).unwrap_or(true) }
        }
        Other::Peers => {
            unused.retain(|key| !["by", "within", "least"].contains(key));
            read_peers(&mut inner)?
        }
    };
    refuse(&mut inner, &unused, "这种比较", "this comparison");
    let single = matches!(with, With::Previous | With::LastYear { .. });
    if single && matches!(against, Against::Z | Against::Percentile) {
        inner.complain(
            "senseless",
            Text::new(
                "只和一个周期相比时，as 须为 ratio、change 或 difference",
                "against one window, as must be ratio, change or difference",
            ),
            Text::default(),
        );
        return None;
    }
    Some(Some(Compare { with, against }))
}

/// Among whom, and how many of them there must be.
fn read_peers(fields: &mut Fields<'_, '_>) -> Option<With> {
    let least = read_least(fields)?;
    let Some(node) = fields.optional("within") else {
        return Some(With::Peers { within: fields.optional_text("by").map(Within::Trait), least });
    };
    refuse(fields, &["by"], "有 within 时", "within");
    let within = read_within(node, fields.findings)?;
    Some(With::Peers { within: Some(within), least: least.or(Some(FEWEST_PEERS)) })
}

/// `Some(None)` if nothing is said, `None` after a complaint.
fn read_least(fields: &mut Fields<'_, '_>) -> Option<Option<u32>> {
    let Some(node) = fields.optional("least") else { return Some(None) };
    let count = fields.optional_number("least")?;
    if count.fract() != 0.0 || !(2.0..=1_000_000.0).contains(&count) {
        fields.findings.push(node.wrong_type(Text::new("不小于 2 的整数", "a whole number from 2 up")));
        return None;
    }
    Some(Some(count as u32))
}

fn read_within(node: &Node, findings: &mut Vec<Finding>) -> Option<Within> {
    if node.type_word() == "text" {
        return node.one_of(&[("tier", ())], findings).map(|()| Within::Tier);
    }
    let mut inner = node.fields(&["trait", "segments"], findings)?;
    match (inner.optional("trait"), inner.optional("segments")) {
        (Some(_), None) => inner.optional_text("trait").map(Within::Trait),
        (None, Some(list)) => {
            let ids: Option<Vec<String>> =
                list.as_list().and_then(|items| items.iter().map(|item| item.as_text().map(str::to_owned)).collect());
            let ids = ids.filter(|ids| !ids.is_empty());
            if ids.is_none() {
                inner.findings.push(list.wrong_type(Text::new("分群编号的列表", "a list of ids of segments")));
            }
            ids.map(Within::Segments)
        }
        _ => {
            inner.complain(
                "senseless",
                Text::new("trait 和 segments 二选一", "one of trait and segments, not both"),
                Text::new(
                    "例如 within = { trait = \"plan\" }，或 within = \"tier\"",
                    "for example within = { trait = \"plan\" }, or within = \"tier\"",
                ),
            );
            None
        }
    }
}

fn is_own(with: Other) -> bool {
    matches!(with, Other::OwnHistory | Other::OwnAndPeers)
}

fn read_windows(fields: &mut Fields<'_, '_>, least: f64) -> Option<u32> {
    let count = fields.number("windows")?;
    if count.fract() != 0.0 || !(least..=400.0).contains(&count) {
        let node = fields.required("windows")?;
        let (zh, en) = (format!("{least} 到 400 之间的整数"), format!("a whole number from {least} to 400"));
        fields.findings.push(node.wrong_type(Text::new(zh, en)));
        return None;
    }
    Some(count as u32)
}
