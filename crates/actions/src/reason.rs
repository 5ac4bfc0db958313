//! Why customers leave, as a firm tells it: the codes that a person chooses from on closing a case.

use indicators::definition::Node;
use vocab::{Finding, Text};

/// A confirmed reason for leaving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChurnReason {
    /// Stable code.
    pub id: String,
    /// Its name.
    pub name: Text,
}

/// Reads a file of reasons, in the order in which they are offered.
///
/// # Errors
/// Every fault, each with its line and column.
pub fn churn_reasons(file: &str, text: &str) -> Result<Vec<ChurnReason>, Vec<Finding>> {
    let root = Node::parse(file, text)?;
    let mut findings = Vec::new();
    let mut reasons: Vec<ChurnReason> = Vec::new();
    if let Some(mut fields) = root.fields(&["reason"], &mut findings)
        && let Some(list) = fields.required("reason")
    {
        match list.as_list() {
            Some(items) => items.iter().for_each(|item| read(item, &mut reasons, fields.findings)),
            None => fields.findings.push(list.wrong_type(Text::new("[[reason]] 的列表", "a list of [[reason]]"))),
        }
    }
    if findings.is_empty() { Ok(reasons) } else { Err(findings) }
}

fn read(node: &Node, reasons: &mut Vec<ChurnReason>, findings: &mut Vec<Finding>) {
    let Some(mut fields) = node.fields(&["id", "name"], findings) else { return };
    let (Some(id), Some(name)) = (fields.id("id"), fields.both("name")) else { return };
    if reasons.iter().any(|known| known.id == id) {
        let detail = Text::new(format!("原因编号“{id}”重复"), format!("two reasons are called \"{id}\""));
        findings.push(node.finding(
            "duplicate_id",
            detail,
            Text::new("每个原因一个编号", "give each reason its own id"),
        ));
    }
    reasons.push(ChurnReason { id, name });
}
