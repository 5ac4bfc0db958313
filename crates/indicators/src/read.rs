//! Reading definitions of indicators: keys to meaning, and every fault with its place and a suggestion.

mod compare;

use std::collections::HashMap;

use vocab::{Finding, Text, Window};

use crate::catalog::{Figure, Indicator, UNITS, WhenAbsent, Worse, unknown_reference};
use crate::definition::{Fields, Node};
use crate::formula::Formula;
use crate::measure::{Against, Basis, Compare, Gap, Measure, Measured, REACHES, Reach, Since, StreakUnit, With};
use crate::selector::Selector;
use crate::template;

use compare::read_compare;
pub(crate) use compare::{AGAINST, OTHERS};

/// Keys of a definition, in the order in which they are usually written.
pub(crate) const KEYS: &[&str] = &[
    "id",
    "name",
    "question",
    "category",
    "census",
    "of",
    "measure",
    "compares",
    "property",
    "part",
    "step",
    "at",
    "window",
    "since",
    "offset",
    "days",
    "compare",
    "formula",
    "unit",
    "worse",
    "when_absent",
    "reason",
    "reason_zero",
    "reason_negative",
];
/// Keys that say nothing about the number.
const WORDING: &[&str] =
    &["name", "question", "category", "census", "worse", "reason", "reason_zero", "reason_negative"];
pub(crate) const BASES: &[(&str, Basis)] =
    &[("count", Basis::Count), ("sum", Basis::Sum), ("distinct_days", Basis::DistinctDays)];

/// Words for measures.
#[derive(Clone, Copy)]
pub(crate) enum Word {
    Plain(fn() -> Measure),
    RatioToPrevious,
    Values,
    Until,
    Share,
    Rate,
    Slope,
    ValueAt,
}

pub(crate) const MEASURES: &[(&str, Word)] = &[
    ("count", Word::Plain(|| Measure::Count)),
    ("sum", Word::Plain(|| Measure::Sum)),
    ("mean", Word::Plain(|| Measure::Mean)),
    ("min", Word::Plain(|| Measure::Min)),
    ("max", Word::Plain(|| Measure::Max)),
    ("first", Word::Plain(|| Measure::First)),
    ("last", Word::Plain(|| Measure::Last)),
    ("value_at", Word::ValueAt),
    ("distinct_days", Word::Plain(|| Measure::DistinctDays)),
    ("distinct_values", Word::Values),
    ("days_since_first", Word::Plain(|| Measure::DaysSinceFirst)),
    ("days_since_last", Word::Plain(|| Measure::DaysSinceLast)),
    ("days_until", Word::Until),
    ("gap_mean", Word::Plain(|| Measure::Gap(Gap::Mean))),
    ("gap_max", Word::Plain(|| Measure::Gap(Gap::Max))),
    ("gap_current", Word::Plain(|| Measure::Gap(Gap::Current))),
    ("gap_variation", Word::Plain(|| Measure::Gap(Gap::Variation))),
    ("streak_days_with", Word::Plain(|| Measure::Streak { unit: StreakUnit::Day, with: true })),
    ("streak_days_without", Word::Plain(|| Measure::Streak { unit: StreakUnit::Day, with: false })),
    ("streak_weeks_with", Word::Plain(|| Measure::Streak { unit: StreakUnit::Week, with: true })),
    ("streak_weeks_without", Word::Plain(|| Measure::Streak { unit: StreakUnit::Week, with: false })),
    ("share", Word::Share),
    ("rate_per_day", Word::Rate),
    ("slope", Word::Slope),
    ("ratio_to_previous", Word::RatioToPrevious),
];

/// What some files define, before it is known to hang together.
#[derive(Default)]
pub(crate) struct Definitions {
    pub entries: Vec<(Indicator, Node)>,
    pub covered_always: bool,
}

impl Definitions {
    /// Reads one file.
    pub fn file(&mut self, root: &Node, findings: &mut Vec<Finding>) {
        let Some(mut fields) = root.fields(&["indicator", "covered"], findings) else { return };
        self.covered_always |= fields.optional_one_of("covered", &[("always", ())]).is_some();
        let Some(list) = fields.optional("indicator") else { return };
        let Some(items) = list.as_list() else {
            fields.findings.push(list.wrong_type(Text::new("列表 [[indicator]]", "a list, [[indicator]]")));
            return;
        };
        for item in items {
            if let Some(indicator) = read_indicator(item, findings) {
                self.entries.push((indicator, item.clone()));
            }
        }
    }

    /// Everything that must be there: what sentences and formulas name. And formulas must end somewhere.
    pub fn check_references(&self, positions: &HashMap<String, usize>, findings: &mut Vec<Finding>) {
        let mut known: Vec<&str> = positions.keys().map(String::as_str).collect();
        known.sort_unstable();
        for (indicator, node) in &self.entries {
            let sentences = [
                ("reason", &indicator.reason),
                ("reason_zero", &indicator.reason_zero),
                ("reason_negative", &indicator.reason_negative),
            ];
            let named = sentences.iter().flat_map(|(key, sentence)| {
                let names = sentence.as_ref().map(template::names).unwrap_or_default();
                names.into_iter().map(move |id| (*key, id))
            });
            let asked = indicator.formula().map(Formula::indicators).unwrap_or_default();
            for (key, id) in named.chain(asked.into_iter().map(|id| ("formula", id))) {
                if !positions.contains_key(id) {
                    findings.push(unknown_reference(id, node.get(key).unwrap_or(node), &known));
                }
            }
        }
        self.check_circles(positions, findings);
    }

    fn check_circles(&self, positions: &HashMap<String, usize>, findings: &mut Vec<Finding>) {
        for (place, (indicator, node)) in self.entries.iter().enumerate() {
            let mut open = vec![place];
            let mut seen = vec![false; self.entries.len()];
            while let Some(next) = open.pop() {
                let asked = self.entries[next].0.formula().map(Formula::indicators).unwrap_or_default();
                let asked: Vec<usize> = asked.into_iter().filter_map(|id| positions.get(id).copied()).collect();
                if asked.contains(&place) {
                    let id = &indicator.id;
                    findings.push(node.get("formula").unwrap_or(node).finding(
                        "circle",
                        Text::new(
                            format!("“{id}”的算式绕回了自己"),
                            format!("the formula of \"{id}\" comes back to itself"),
                        ),
                        Text::default(),
                    ));
                    break;
                }
                open.extend(asked.into_iter().filter(|one| !std::mem::replace(&mut seen[*one], true)));
            }
        }
    }
}

fn read_indicator(node: &Node, findings: &mut Vec<Finding>) -> Option<Indicator> {
    let mut fields = node.fields(KEYS, findings)?;
    let id = fields.id("id");
    let name = fields.both("name");
    let question = fields.both("question");
    let category = fields.text("category");
    let census = read_census(&mut fields);
    let is_formula = fields.optional("formula").is_some();
    let figure = if is_formula {
        read_formula(&mut fields).map(Figure::Formula)
    } else {
        read_measured(&mut fields).map(Box::new).map(Figure::Facts)
    };
    let units: Vec<(&str, &str)> = UNITS.iter().map(|(word, ..)| (*word, *word)).collect();
    let unit = fields.one_of("unit", &units).map(str::to_owned);
    let directions = [("higher", Worse::Higher), ("lower", Worse::Lower), ("both", Worse::Both), ("none", Worse::None)];
    let worse = fields.one_of("worse", &directions);
    let silences = [("unknown", WhenAbsent::Unknown), ("zero", WhenAbsent::Zero)];
    let when_absent = match is_formula {
        // What silence means is told by the indicators it is made of.
        true => Some(WhenAbsent::Unknown),
        false => fields.one_of("when_absent", &silences),
    };
    let reason = fields.optional_both("reason");
    let reason_zero = fields.optional_both("reason_zero");
    let reason_negative = fields.optional_both("reason_negative");
    let indicator = Indicator {
        id: id?,
        name: name?,
        question: question?,
        category: category?,
        census: census?,
        figure: figure?,
        unit: unit?,
        worse: worse?,
        when_absent: when_absent?,
        reason,
        reason_zero,
        reason_negative,
        version: blake3::hash(node.canonical(WORDING).as_bytes()).to_hex()[..16].to_owned(),
    };
    check_sense(&indicator, &mut fields);
    Some(indicator)
}

fn read_census(fields: &mut Fields<'_, '_>) -> Option<Vec<String>> {
    let Some(node) = fields.optional("census") else { return Some(Vec::new()) };
    let items = node.as_list().unwrap_or(std::slice::from_ref(node));
    let lines: Option<Vec<String>> = items.iter().map(|item| item.as_text().map(str::to_owned)).collect();
    if lines.is_none() {
        fields.findings.push(node.wrong_type(Text::new("编号的列表", "a list of census ids")));
    }
    lines
}

fn read_formula(fields: &mut Fields<'_, '_>) -> Option<Formula> {
    const OF_FACTS: [&str; 12] =
        ["of", "measure", "compares", "property", "part", "step", "at", "window", "since", "offset", "days", "compare"];
    refuse(fields, &OF_FACTS, "算式", "a formula");
    refuse(fields, &["when_absent"], "算式", "a formula");
    let node = fields.required("formula")?;
    let text = fields.text("formula")?;
    match Formula::parse(&text) {
        Ok(formula) => Some(formula),
        Err((at, told)) => {
            fields.findings.push(node.finding(
                "bad_formula",
                Text::new(
                    format!("算式第 {at} 个字符：{}", told.zh),
                    format!("character {at} of the formula: {}", told.en),
                ),
                Text::new(
                    "可用编号、数字、+ - * /、括号和函数",
                    "use ids, numbers, + - * /, parentheses and functions",
                ),
            ));
            None
        }
    }
}

/// Complains about keys that make no sense beside the others.
fn refuse(fields: &mut Fields<'_, '_>, keys: &[&str], zh: &str, en: &str) {
    for key in keys {
        if let Some(node) = fields.optional(key) {
            fields.findings.push(node.finding(
                "senseless",
                Text::new(format!("{zh}不用“{key}”"), format!("{en} takes no \"{key}\"")),
                Text::new("请删去", "remove it"),
            ));
        }
    }
}

fn read_measured(fields: &mut Fields<'_, '_>) -> Option<Measured> {
    let of = fields.required("of").and_then(|of| Selector::read(of, fields.findings));
    let word = fields.one_of("measure", MEASURES);
    let measure = word.and_then(|word| read_measure(word, of.as_ref(), fields));
    let number = match measure.as_ref().is_some_and(Measure::takes_number) && !is_short(word) {
        true => fields.optional_text("property"),
        false => None,
    };
    let reach = read_reach(fields);
    let since = read_since(fields);
    let offset = read_window(fields, if matches!(word, Some(Word::ValueAt)) { "at" } else { "offset" });
    let working = fields.optional_one_of("days", &[("all", false), ("working", true)]).unwrap_or(false);
    let compare = match word {
        Some(Word::RatioToPrevious) => {
            refuse(fields, &["compare"], "环比 ratio_to_previous ", "ratio_to_previous");
            Some(Some(Compare { with: With::Previous, against: Against::Ratio }))
        }
        _ => read_compare(fields),
    };
    let measured = Measured {
        of: of?,
        measure: measure?,
        number,
        reach: reach?,
        since: since?,
        offset: offset?,
        working,
        compare: compare?,
    };
    if word.is_some_and(|word| matches!(word, Word::ValueAt)) && measured.offset.is_none() {
        fields.required("at");
        return None;
    }
    Some(measured)
}

/// Whether it is the short form of a comparison, which has no keys of its measure.
fn is_short(word: Option<Word>) -> bool {
    matches!(word, Some(Word::RatioToPrevious))
}

fn read_measure(word: Word, of: Option<&Selector>, fields: &mut Fields<'_, '_>) -> Option<Measure> {
    let basis = fields.optional_one_of("compares", BASES).unwrap_or(Basis::Count);
    let mut unused = vec!["property", "compares", "part", "step", "at"];
    let mut uses = |keys: &[&str]| unused.retain(|key| !keys.contains(key));
    let measure = match word {
        Word::Plain(measure) => {
            let measure = measure();
            if measure.takes_number() {
                uses(&["property"]);
            }
            Some(measure)
        }
        Word::RatioToPrevious => {
            uses(&["compares"]);
            Some(match basis {
                Basis::Count => Measure::Count,
                Basis::Sum => Measure::Sum,
                Basis::DistinctDays => Measure::DistinctDays,
            })
        }
        Word::Values => {
            uses(&["property"]);
            fields.text("property").map(|property| Measure::DistinctValues { property })
        }
        Word::Until => {
            uses(&["property"]);
            fields.text("property").map(|property| Measure::DaysUntil { property })
        }
        Word::ValueAt => {
            uses(&["at", "property"]);
            refuse(fields, &["offset"], "value_at ", "value_at");
            Some(Measure::Last)
        }
        Word::Share => {
            uses(&["compares", "part"]);
            let part = fields.required("part").and_then(|part| Selector::read(part, fields.findings));
            part.zip(of).map(|(part, of)| Measure::Share { part: of.and(&part), basis })
        }
        Word::Rate => {
            uses(&["compares"]);
            Some(Measure::RatePerDay(basis))
        }
        Word::Slope => {
            uses(&["compares", "step"]);
            read_step(fields).map(|step_days| Measure::Slope { basis, step_days })
        }
    };
    refuse(fields, &unused, "这种算法", "this measure");
    measure
}

fn read_step(fields: &mut Fields<'_, '_>) -> Option<u32> {
    match read_window(fields, "step")? {
        None => Some(7),
        Some(Window::Days(days)) => Some(days),
        Some(_) => {
            let node = fields.required("step")?;
            fields.findings.push(node.finding(
                "bad_window",
                Text::new("步长须以天计", "a step is counted in days of 24 hours"),
                Text::new("例如 7d", "for example 7d"),
            ));
            None
        }
    }
}

fn read_reach(fields: &mut Fields<'_, '_>) -> Option<Reach> {
    let Some(node) = fields.optional("window") else { return Some(Reach::All) };
    let named = node.as_text().and_then(|text| REACHES.iter().find(|(word, _)| *word == text));
    match named {
        Some((_, reach)) => Some(*reach),
        None => read_window(fields, "window")?.map(Reach::Trailing),
    }
}

/// `Some(None)` if the key is not there, `None` after a complaint.
fn read_window(fields: &mut Fields<'_, '_>, key: &str) -> Option<Option<Window>> {
    let Some(node) = fields.optional(key) else { return Some(None) };
    let window = node.as_text().and_then(|text| text.parse().ok());
    if window.is_none() {
        let (mut zh, mut en) = (
            "写法：30d（天）、30cd（自然日）、1w（周）、1mo（月）".to_owned(),
            "write 30d, 30cd (civil days), 1w or 1mo".to_owned(),
        );
        if key == "window" {
            zh.push_str("，或 this_month、last_quarter 等");
            en.push_str(", or this_month, last_quarter and the like");
        }
        fields.findings.push(node.finding("bad_window", Text::new("不是统计周期", "not a window"), Text::new(zh, en)));
        return None;
    }
    Some(window)
}

fn read_since(fields: &mut Fields<'_, '_>) -> Option<Option<Since>> {
    let Some(node) = fields.optional("since") else { return Some(None) };
    match node.type_word() {
        "text" => node.one_of(&[("start", ())], fields.findings).map(|()| Some(Since::Start)),
        _ => Selector::read(node, fields.findings).map(Since::LastOf).map(Some),
    }
}

/// What each part allows and together makes no sense.
fn check_sense(indicator: &Indicator, fields: &mut Fields<'_, '_>) {
    let mut complain = |when: bool, zh: &str, en: &str| {
        if when {
            fields.complain("senseless", Text::new(zh, en), Text::default());
        }
    };
    complain(
        (indicator.reason_zero.is_some() || indicator.reason_negative.is_some()) && indicator.reason.is_none(),
        "有 reason_zero 或 reason_negative 就要有 reason",
        "reason_zero and reason_negative need a reason beside them",
    );
    let Some(measured) = indicator.measured() else { return };
    let measure = &measured.measure;
    let in_time = measured.compare.as_ref().is_some_and(|compare| !matches!(compare.with, With::Peers { .. }));
    let is_ratio = in_time && measured.compare.as_ref().is_some_and(|compare| compare.with == With::Previous);
    complain(
        is_ratio && measured.reach == Reach::All,
        "环比需要统计周期 window",
        "a ratio to the previous window needs a window",
    );
    complain(
        in_time && !is_ratio && measured.reach == Reach::All,
        "与往期比较需要统计周期 window",
        "a comparison with earlier windows needs a window",
    );
    complain(
        in_time && measured.since.is_some(),
        "有 since 时不能与往期比较",
        "with since there are no earlier windows",
    );
    complain(
        in_time && (measure.is_positional() || matches!(measure, Measure::Streak { .. })),
        "天数类指标不能与往期比较",
        "a number of days is not compared with earlier windows",
    );
    complain(
        measure.is_positional() && measured.offset.is_some(),
        "天数类指标不能有 offset",
        "a number of days takes no offset",
    );
    complain(
        (measure.is_positional() || matches!(measure, Measure::Gap(_))) && indicator.when_absent == WhenAbsent::Zero,
        "没有发生过不等于 0 天：when_absent 应为 unknown",
        "never is not zero days: when_absent must be \"unknown\"",
    );
    let is_course = measured.compare.as_ref().is_some_and(|compare| compare.against.is_course());
    complain(
        is_course && (*measure != Measure::Count || !matches!(measured.reach, Reach::Trailing(_))),
        "ewma、cusum、fall、rise、expected 只用于次数 count，统计周期写成 7d、1w 一类",
        "ewma, cusum, fall, rise and expected are for a count, over a window like 7d or 1w",
    );
    complain(
        is_course && indicator.when_absent == WhenAbsent::Zero,
        "没有发生过就谈不上变化：when_absent 应为 unknown",
        "what never happened has not drifted: when_absent must be \"unknown\"",
    );
    let is_rhythm = measured.compare.as_ref().is_some_and(|compare| compare.against.is_rhythm());
    let is_weekly =
        matches!(measured.reach, Reach::Trailing(Window::Days(7) | Window::CalendarDays(7) | Window::Weeks(1)));
    complain(
        is_rhythm && !is_weekly,
        "fall、rise、expected 按周看：统计周期写 7d 或 1w",
        "fall, rise and expected look at weeks: the window must be 7d or 1w",
    );
    let takes_working = matches!(
        measure,
        Measure::DistinctDays
            | Measure::RatePerDay(_)
            | Measure::DaysSinceFirst
            | Measure::DaysSinceLast
            | Measure::DaysUntil { .. }
            | Measure::Streak { unit: StreakUnit::Day, .. }
    );
    complain(measured.working && !takes_working, "这种算法不分工作日", "this measure knows no working days");
    complain(
        matches!(measure, Measure::RatePerDay(_)) && measured.reach == Reach::All && measured.since.is_none(),
        "日均需要 window 或 since",
        "a rate per day needs a window or since",
    );
    if let Measure::Slope { step_days, .. } = measure {
        let fits = match measured.reach {
            Reach::Trailing(Window::Days(days)) => days % step_days == 0 && (3..=400).contains(&(days / step_days)),
            _ => false,
        };
        complain(
            !fits || measured.since.is_some(),
            "斜率的 window 须是 step 的整倍数，至少 3 步，最多 400 步",
            "the window of a slope must be a multiple of its step in days, from 3 steps to 400",
        );
    }
}
