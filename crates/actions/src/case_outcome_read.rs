//! The outcomes of a case type as they are written: read and checked, every fault with its place.
//!
//! What is checked besides the words: that a case can end with the customer kept and with the customer lost, that no outcome
//! takes a word by which the cycle takes work off the desk, and that a word that several types have means the same in each.

use indicators::definition::Node;
use vocab::{Finding, Text};

use crate::case_type::{CaseType, Means, Outcome, usual_outcomes};
use crate::case_type_read::twice;

/// How the cycle and putting off end a case: nobody says that of one.
const TAKEN_OFF: &[&str] = &["cleared", "put_off", "below_line"];

pub(crate) fn read(node: &Node, findings: &mut Vec<Finding>) -> Option<Outcome> {
    let mut fields = node.fields(&["id", "name", "about", "means"], findings)?;
    let (id, name, about) = (fields.id("id"), fields.both("name"), fields.both("about"));
    let means = fields.one_of("means", Means::ALL);
    Some(Outcome { id: id?, name: name?, about: about?, means: means? })
}

/// What the outcomes of one type must and must not be.
pub(crate) fn check(root: &Node, read: &CaseType, findings: &mut Vec<Finding>) {
    let mut complain =
        |code, zh: String, en: String, hint: Text| findings.push(root.finding(code, Text::new(zh, en), hint));
    if let Some(id) = twice(read.outcomes.iter().map(|one| one.id.as_str()).collect()) {
        let hint = Text::new("每个结果一个编号", "give each outcome its own id");
        complain("duplicate_id", format!("结果编号“{id}”重复"), format!("two outcomes are called \"{id}\""), hint);
    }
    for one in read.outcomes.iter().filter(|one| TAKEN_OFF.contains(&one.id.as_str())) {
        complain(
            "taken_word",
            format!("结果编号“{}”留给系统撤下的跟进单", one.id),
            format!("\"{}\" is how the system takes work off the desk", one.id),
            Text::new("请换一个编号", "choose another id"),
        );
    }
    for means in [Means::Kept, Means::Lost] {
        if read.outcomes.iter().all(|one| one.means != means) {
            let word = means.as_str();
            complain(
                "missing_outcome",
                format!("没有 means = \"{word}\" 的结果"),
                format!("no outcome has means = \"{word}\""),
                Text::new(
                    "客户留下、客户离开都要能说得出来",
                    "a case must be able to end with the customer kept and with the customer lost",
                ),
            );
        }
    }
}

/// A word means the same in every type, and what ships under it means what it always did.
pub(crate) fn check_among(root: &Node, read: &CaseType, types: &[CaseType], findings: &mut Vec<Finding>) {
    let known: Vec<Outcome> = types.iter().flat_map(|one| one.outcomes.clone()).chain(usual_outcomes()).collect();
    for one in &read.outcomes {
        let Some(other) = known.iter().find(|other| other.id == one.id && other.means != one.means) else { continue };
        let (id, word) = (&one.id, other.means.as_str());
        findings.push(root.finding(
            "two_meanings",
            Text::new(
                format!("结果“{id}”在别处是 means = \"{word}\""),
                format!("the outcome \"{id}\" has means = \"{word}\" elsewhere"),
            ),
            Text::new("写成一样，或换一个编号", "say the same, or choose another id"),
        ));
    }
}
