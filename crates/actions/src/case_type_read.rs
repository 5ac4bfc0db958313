//! Case types as they are written: read and checked, every fault with its line and column.
//!
//! What is checked besides the words: that a case can always be acknowledged and closed, that no move leads out of a closed
//! case but reopening, that work once taken up never becomes new again (its clock would run backwards), and that a move
//! asks for what it cannot do without.

use indicators::TIERS;
use indicators::definition::{Fields, Node, did_you_mean};
use vocab::{Finding, Severity, Text};

use crate::case_outcome_read;
use crate::case_type::{
    ACCEPTED_STAGE, Ask, By, CLOSED_STAGE, CaseType, FIRST_STAGE, Field, HandOut, HandTo, Hours, Limit, Move, Stage,
    USUAL_TYPE, USUAL_WARN_LEFT_PERCENT, Verb, usual_outcomes,
};
use crate::plan::CaseState;

const FIELDS: &[&str] = &[
    "id",
    "census",
    "name",
    "about",
    "for_alerts",
    "warn_left_percent",
    "stage",
    "move",
    "outcome",
    "limit",
    "hand_out",
];
const ROLES: &[(&str, &str)] =
    &[("admin", "admin"), ("manager", "manager"), ("owner", "owner"), ("service", "service")];
/// Longer than a year is a slip of the pen.
const LONGEST_HOURS: f64 = 8_784.0;

#[derive(Clone, Copy)]
enum To {
    Owner,
    Role,
    Team,
    Anyone,
}

const TO: &[(&str, To)] = &[("owner", To::Owner), ("role", To::Role), ("team", To::Team), ("anyone", To::Anyone)];

pub(crate) fn read(file: &str, text: &str) -> Result<CaseType, Vec<Finding>> {
    let root = Node::parse(file, text)?;
    let mut findings = Vec::new();
    let read = read_type(&root, &mut findings);
    match read {
        Some(read) if findings.is_empty() => Ok(read),
        _ => Err(findings),
    }
}

pub(crate) fn read_all(files: &[(String, String)]) -> Result<Vec<CaseType>, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut types: Vec<CaseType> = Vec::new();
    for (file, text) in files {
        let root = match Node::parse(file, text) {
            Ok(root) => root,
            Err(faults) => {
                findings.extend(faults);
                continue;
            }
        };
        let Some(read) = read_type(&root, &mut findings) else { continue };
        let complain = |code, zh: String, en: String| {
            root.finding(code, Text::new(zh, en), Text::new("请改其中一个", "change one of them"))
        };
        if types.iter().any(|known| known.id == read.id) {
            let (zh, en) =
                (format!("跟进单类型编号“{}”重复", read.id), format!("two types are called \"{}\"", read.id));
            findings.push(complain("duplicate_id", zh, en));
        }
        if read.for_alerts && types.iter().any(|known| known.for_alerts) {
            let zh = "只能有一个类型写 for_alerts = true".to_owned();
            findings.push(complain("two_for_alerts", zh, "only one type may say for_alerts = true".to_owned()));
        }
        case_outcome_read::check_among(&root, &read, &types, &mut findings);
        types.push(read);
    }
    let last = files.last().map_or("", |(file, _)| file.as_str());
    let missing = |code, detail: Text, hint: Text| {
        let place = vocab::Place { file: Some(last.to_owned()), ..vocab::Place::default() };
        Finding::new(code, detail, hint).at(place)
    };
    // Where a type could not be read, nothing is said about those that seem to be missing.
    let is_whole = findings.is_empty();
    if is_whole && !types.iter().any(|one| one.id == USUAL_TYPE) {
        findings.push(missing(
            "no_usual_type",
            Text::new(format!("缺少类型“{USUAL_TYPE}”"), format!("there is no type \"{USUAL_TYPE}\"")),
            Text::new("以前开出的跟进单都属于它", "cases opened before are of it"),
        ));
    }
    if is_whole && !types.iter().any(|one| one.for_alerts) {
        findings.push(missing(
            "none_for_alerts",
            Text::new("没有哪个类型接预警", "no type is for alerts"),
            Text::new("请在一个类型里写 for_alerts = true", "say for_alerts = true in one type"),
        ));
    }
    types.sort_by_key(|one| !one.for_alerts);
    if findings.is_empty() { Ok(types) } else { Err(findings) }
}

fn read_type(root: &Node, findings: &mut Vec<Finding>) -> Option<CaseType> {
    let mut fields = root.fields(FIELDS, findings)?;
    let id = fields.id("id");
    let census = fields.optional_text("census");
    let (name, about) = (fields.both("name"), fields.both("about"));
    let for_alerts = match fields.optional("for_alerts") {
        Some(node) => truth(node, fields.findings),
        None => Some(false),
    };
    let warn_left_percent = match fields.optional("warn_left_percent") {
        Some(node) => percent(node, fields.findings),
        None => Some(USUAL_WARN_LEFT_PERCENT),
    };
    let stages = listed(&mut fields, "stage", read_stage);
    let known: Vec<Stage> = stages.clone().unwrap_or_default();
    let moves = listed(&mut fields, "move", |node, findings| read_move(node, &known, findings));
    let outcomes = match fields.optional("outcome") {
        Some(_) => listed(&mut fields, "outcome", case_outcome_read::read),
        None => Some(usual_outcomes()),
    };
    let limits = listed(&mut fields, "limit", read_limit);
    let hand_out = match fields.optional("hand_out") {
        Some(_) => listed(&mut fields, "hand_out", read_hand_out),
        None => Some(Vec::new()),
    };
    let read = CaseType {
        id: id?,
        census,
        name: name?,
        about: about?,
        for_alerts: for_alerts?,
        stages: stages?,
        moves: moves?,
        outcomes: outcomes?,
        limits: limits?,
        warn_left_percent: warn_left_percent?,
        hand_out: hand_out?,
    };
    check_stages(root, &read, findings);
    check_moves(root, &read, findings);
    case_outcome_read::check(root, &read, findings);
    check_limits(root, &read, findings);
    Some(read)
}

/// The items of a list that must be there and hold something; `None` if any is at fault.
fn listed<T>(
    fields: &mut Fields<'_, '_>,
    key: &str,
    mut read: impl FnMut(&Node, &mut Vec<Finding>) -> Option<T>,
) -> Option<Vec<T>> {
    let node = fields.required(key)?;
    let items = node.as_list().filter(|items| !items.is_empty());
    let Some(items) = items else {
        let expected = Text::new(format!("[[{key}]] 的列表"), format!("a list of [[{key}]]"));
        fields.findings.push(node.wrong_type(expected));
        return None;
    };
    // Every item is read before giving up, so that every fault is told.
    let read: Vec<Option<T>> = items.iter().map(|item| read(item, fields.findings)).collect();
    read.into_iter().collect()
}

/// True or false, as written.
pub(crate) fn truth(node: &Node, findings: &mut Vec<Finding>) -> Option<bool> {
    let truth = node.as_truth();
    if truth.is_none() {
        findings.push(node.wrong_type(Text::new("true 或 false", "true or false")));
    }
    truth
}

fn read_stage(node: &Node, findings: &mut Vec<Finding>) -> Option<Stage> {
    let mut fields = node.fields(&["id", "name", "state"], findings)?;
    let (id, name) = (fields.id("id"), fields.both("name"));
    let states: Vec<(&str, CaseState)> = CaseState::ALL.iter().map(|one| (one.as_str(), *one)).collect();
    let state = fields.one_of("state", &states);
    Some(Stage { id: id?, name: name?, state: state? })
}

fn read_move(node: &Node, stages: &[Stage], findings: &mut Vec<Finding>) -> Option<Move> {
    let mut fields = node.fields(&["id", "does", "name", "from", "to", "asks", "by"], findings)?;
    let id = fields.id("id");
    let does = fields.one_of("does", Verb::ALL);
    let name = fields.both("name");
    let from = listed(&mut fields, "from", |node, findings| known_stage(node, stages, findings));
    let to = match fields.optional("to") {
        Some(node) => known_stage(node, stages, fields.findings).map(Some),
        None => Some(None),
    };
    let asks = match fields.optional("asks") {
        Some(_) => listed(&mut fields, "asks", read_ask),
        None => Some(Vec::new()),
    };
    let by = match fields.optional("by") {
        Some(node) => node.one_of(By::ALL, fields.findings),
        None => Some(By::Anyone),
    };
    let read = Move { id: id?, does: does?, name: name?, from: from?, to: to?, asks: asks?, by: by? };
    check_move(node, &read, stages, findings);
    Some(read)
}

/// A stage of the type, by its id.
fn known_stage(node: &Node, stages: &[Stage], findings: &mut Vec<Finding>) -> Option<String> {
    // Where no stage could be read, nothing is said about those that are named.
    if stages.is_empty() {
        return node.as_text().map(str::to_owned);
    }
    let ids: Vec<(&str, &str)> = stages.iter().map(|stage| (stage.id.as_str(), stage.id.as_str())).collect();
    node.one_of(&ids, findings).map(str::to_owned)
}

/// `reason`, or `note?` for what may be left out.
fn read_ask(node: &Node, findings: &mut Vec<Finding>) -> Option<Ask> {
    let Some(text) = node.as_text() else {
        findings.push(node.wrong_type(Text::new("要填的内容", "something to ask for")));
        return None;
    };
    let (word, required) = match text.strip_suffix('?') {
        Some(word) => (word, false),
        None => (text, true),
    };
    if let Some((_, field)) = Field::ALL.iter().find(|(known, _)| *known == word) {
        return Some(Ask { field: *field, required });
    }
    let known: Vec<&str> = Field::ALL.iter().map(|(word, _)| *word).collect();
    let detail = Text::new(format!("不认识“{word}”"), format!("unknown word \"{word}\""));
    findings.push(node.finding("unknown_word", detail, did_you_mean(word, &known)));
    None
}

fn read_limit(node: &Node, findings: &mut Vec<Finding>) -> Option<Limit> {
    let keys = &["severity", "tier", "acknowledge_hours", "reply_hours", "act_hours", "review_hours"];
    let mut fields = node.fields(keys, findings)?;
    let severity = match fields.optional("severity") {
        Some(node) => node.one_of(&severities(), fields.findings).map(Some),
        None => Some(None),
    };
    let tier = match fields.optional("tier") {
        Some(node) => node.one_of(&tiers(), fields.findings).map(|tier| Some(tier.to_owned())),
        None => Some(None),
    };
    let acknowledge = fields.required("acknowledge_hours").and_then(|node| hours(node, fields.findings));
    let reply = match fields.optional("reply_hours") {
        Some(node) => hours(node, fields.findings).map(Some),
        None => Some(None),
    };
    let act = fields.required("act_hours").and_then(|node| hours(node, fields.findings));
    let review = fields.required("review_hours").and_then(|node| hours(node, fields.findings));
    let hours = Hours { acknowledge: acknowledge?, reply: reply?, act: act?, review: review? };
    Some(Limit { severity: severity?, tier: tier?, hours })
}

fn hours(node: &Node, findings: &mut Vec<Finding>) -> Option<u32> {
    match node.as_number() {
        Some(hours) if hours.fract() == 0.0 && (1.0..=LONGEST_HOURS).contains(&hours) => Some(hours as u32),
        _ => {
            let expected = Text::new("1 到 8784 之间的整数小时", "a whole number of hours from 1 to 8784");
            findings.push(node.wrong_type(expected));
            None
        }
    }
}

fn percent(node: &Node, findings: &mut Vec<Finding>) -> Option<u32> {
    match node.as_number() {
        Some(percent) if percent.fract() == 0.0 && (1.0..=90.0).contains(&percent) => Some(percent as u32),
        _ => {
            let expected = Text::new("1 到 90 之间的整数（百分之几）", "a whole number of percent from 1 to 90");
            findings.push(node.wrong_type(expected));
            None
        }
    }
}

fn severities() -> Vec<(&'static str, Severity)> {
    Severity::ALL.iter().map(|one| (one.as_str(), *one)).collect()
}

fn tiers() -> Vec<(&'static str, &'static str)> {
    TIERS.iter().map(|(word, ..)| (*word, *word)).collect()
}

fn read_hand_out(node: &Node, findings: &mut Vec<Finding>) -> Option<HandOut> {
    let mut fields = node.fields(&["severities", "tiers", "to", "role", "team"], findings)?;
    let of_severity = match fields.optional("severities") {
        Some(_) => listed(&mut fields, "severities", |node, findings| node.one_of(&severities(), findings)),
        None => Some(Vec::new()),
    };
    let of_tier = match fields.optional("tiers") {
        Some(_) => {
            let read = |node: &Node, findings: &mut Vec<Finding>| node.one_of(&tiers(), findings).map(str::to_owned);
            listed(&mut fields, "tiers", read)
        }
        None => Some(Vec::new()),
    };
    let to = match fields.one_of("to", TO) {
        Some(To::Owner) => Some(HandTo::Owner),
        Some(To::Anyone) => Some(HandTo::Anyone),
        Some(To::Role) => fields.one_of("role", ROLES).map(|role| HandTo::Role(role.to_owned())),
        Some(To::Team) => fields.text("team").map(HandTo::Team),
        None => None,
    };
    Some(HandOut { severities: of_severity?, tiers: of_tier?, to: to? })
}

fn state_of(stages: &[Stage], id: &str) -> Option<CaseState> {
    stages.iter().find(|stage| stage.id == id).map(|stage| stage.state)
}

/// What a move must and must not do.
fn check_move(node: &Node, one: &Move, stages: &[Stage], findings: &mut Vec<Finding>) {
    use CaseState::{Accepted, Closed, New};
    let from: Vec<CaseState> = one.from.iter().filter_map(|id| state_of(stages, id)).collect();
    let to = one.to.as_deref().and_then(|id| state_of(stages, id));
    let open = !from.contains(&Closed);
    let fits = match one.does {
        Verb::Acknowledge => from.iter().all(|state| *state == New) && to == Some(Accepted),
        Verb::Close => open && to == Some(Closed),
        Verb::Reopen => from.iter().all(|state| *state == Closed) && to == Some(Accepted),
        Verb::Nudge => open && to.is_none(),
        _ => open && to != Some(Closed),
    };
    let complain = |code, zh: String, en: String, hint: Text| node.finding(code, Text::new(zh, en), hint);
    if !fits && !stages.is_empty() {
        findings.push(complain(
            "bad_move",
            format!("“{}”不能从这些状态走到那个状态", one.id),
            format!("\"{}\" cannot lead from these stages to that one", one.id),
            Text::new(
                "受理从待受理到处理中；结案到已结案；重新打开从已结案到处理中；催办没有 to；其余不进出已结案",
                "acknowledge: from new to accepted; close: to closed; reopen: from closed to accepted; nudge: no `to`; others keep out of closed",
            ),
        ));
    } else if to == Some(New) && from.iter().any(|state| *state != New) {
        findings.push(complain(
            "backwards",
            format!("“{}”会让已受理的跟进单回到待受理", one.id),
            format!("\"{}\" would make work that was taken up new again", one.id),
            Text::new("时钟不能倒着走，请换一个 to", "a clock never runs backwards: choose another `to`"),
        ));
    }
    for field in one.does.must_ask().iter().filter(|field| !one.requires(**field)) {
        findings.push(complain(
            "missing_ask",
            format!("“{}”必须要求填写 {}", one.id, field.as_str()),
            format!("\"{}\" must ask for {}", one.id, field.as_str()),
            Text::new(
                format!("请在 asks 里加上 \"{}\"", field.as_str()),
                format!("add \"{}\" to asks", field.as_str()),
            ),
        ));
    }
    if one.does != Verb::Close
        && let Some(ask) = one.asks.iter().find(|ask| matches!(ask.field, Field::Outcome | Field::ChurnReason))
    {
        findings.push(complain(
            "useless_ask",
            format!("只有结案才问 {}", ask.field.as_str()),
            format!("only closing asks for {}", ask.field.as_str()),
            Text::new("请从 asks 里去掉", "take it out of asks"),
        ));
    }
}

pub(crate) fn twice(mut ids: Vec<&str>) -> Option<&str> {
    ids.sort_unstable();
    ids.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
}

fn check_stages(root: &Node, read: &CaseType, findings: &mut Vec<Finding>) {
    let mut complain =
        |code, zh: String, en: String, hint: Text| findings.push(root.finding(code, Text::new(zh, en), hint));
    if let Some(id) = twice(read.stages.iter().map(|stage| stage.id.as_str()).collect()) {
        let hint = Text::new("每个状态一个编号", "give each stage its own id");
        complain("duplicate_id", format!("状态编号“{id}”重复"), format!("two stages are called \"{id}\""), hint);
    }
    let wanted = [
        (FIRST_STAGE, CaseState::New, read.stages.first().is_some_and(|stage| stage.id == FIRST_STAGE)),
        (ACCEPTED_STAGE, CaseState::Accepted, true),
        (CLOSED_STAGE, CaseState::Closed, true),
    ];
    for (id, state, is_placed) in wanted {
        if !is_placed || state_of(&read.stages, id) != Some(state) {
            complain(
                "missing_stage",
                format!("缺少状态“{id}”（state = \"{}\"；new 要排在最前）", state.as_str()),
                format!("there is no stage \"{id}\" with state \"{}\" (new comes first)", state.as_str()),
                Text::new(
                    "每个类型都有 new、accepted、closed 三个状态",
                    "every type has the stages new, accepted and closed",
                ),
            );
        }
    }
}

fn check_moves(root: &Node, read: &CaseType, findings: &mut Vec<Finding>) {
    if let Some(id) = twice(read.moves.iter().map(|one| one.id.as_str()).collect()) {
        let detail = Text::new(format!("动作编号“{id}”重复"), format!("two moves are called \"{id}\""));
        findings.push(root.finding("duplicate_id", detail, Text::new("每个动作一个编号", "give each move its own id")));
    }
    for stage in &read.stages {
        let needs: &[Verb] = match stage.state {
            CaseState::New => &[Verb::Acknowledge, Verb::Close],
            CaseState::Accepted => &[Verb::Close],
            CaseState::Closed => &[],
        };
        for verb in needs.iter().filter(|verb| read.move_that(**verb, &stage.id).is_none()) {
            let word = verb.as_str();
            findings.push(root.finding(
                "stuck_stage",
                Text::new(
                    format!("在状态“{}”里没有 does = \"{word}\" 的动作", stage.id),
                    format!("no move with does = \"{word}\" starts from stage \"{}\"", stage.id),
                ),
                Text::new("任何时候都要能受理、能结案", "a case can always be taken up and closed"),
            ));
        }
    }
}

fn check_limits(root: &Node, read: &CaseType, findings: &mut Vec<Finding>) {
    let is_usual = read.limits.first().is_some_and(|limit| limit.severity.is_none() && limit.tier.is_none());
    if !is_usual {
        findings.push(root.finding(
            "no_usual_limit",
            Text::new("第一条 [[limit]] 必须适用于所有跟进单", "the first [[limit]] must be for all cases"),
            Text::new("不写 severity 和 tier", "without severity and tier"),
        ));
    }
    let mut seen: Vec<(Option<Severity>, Option<&str>)> = Vec::new();
    for limit in &read.limits {
        let of = (limit.severity, limit.tier.as_deref());
        if seen.contains(&of) {
            findings.push(root.finding(
                "duplicate_limit",
                Text::new(
                    "同样的严重度和价值分层写了两条 [[limit]]",
                    "two [[limit]] are of the same severity and tier",
                ),
                Text::new("只留一条", "keep one of them"),
            ));
        }
        seen.push(of);
    }
}
