//! Who left, as a table says it: which column tells, and which of its values means left.

use std::collections::BTreeMap;

use vocab::{Finding, Text};

use super::{Column, Table};

/// Words that plainly mean that somebody left.
const YES: [&str; 32] = [
    "yes",
    "y",
    "true",
    "t",
    "1",
    "churn",
    "churned",
    "churner",
    "left",
    "leave",
    "lost",
    "exited",
    "attrited",
    "attrited customer",
    "cancelled",
    "canceled",
    "terminated",
    "是",
    "有",
    "真",
    "√",
    "流失",
    "已流失",
    "流失客户",
    "离网",
    "已离网",
    "离开",
    "退订",
    "已退订",
    "注销",
    "已注销",
    "不续",
];

/// Words that plainly mean that somebody stayed.
const NO: [&str; 24] = [
    "no",
    "n",
    "false",
    "f",
    "0",
    "stay",
    "stayed",
    "retained",
    "kept",
    "active",
    "existing customer",
    "否",
    "无",
    "假",
    "×",
    "未流失",
    "没有流失",
    "留存",
    "在网",
    "未离网",
    "在用",
    "正常",
    "续约",
    "已续约",
];

/// Of these a label of more than two values means something else: the first of three grades is nobody who left.
const YES_OF_TWO: [&str; 5] = ["1", "t", "y", "有", "√"];

/// Words in the header of a column that tells who left.
const CALLED: [&str; 14] = [
    "churn",
    "left",
    "exited",
    "attrition",
    "attrited",
    "leaver",
    "lapsed",
    "unsubscribed",
    "target",
    "label",
    "流失",
    "离网",
    "退订",
    "标签",
];

/// Labelled rows of a table: places, outcomes, the value that means left.
pub(super) struct Labels {
    pub rows: Vec<usize>,
    pub left: Vec<bool>,
    pub positive: String,
    /// The other values, which mean stayed.
    pub stayed: Vec<String>,
}

/// A label's value for comparing: without case and white space, numbers by value.
pub(super) fn plain(cell: &str) -> String {
    let cell = cell.trim();
    match cell.parse::<f64>() {
        Ok(value) if value.is_finite() => value.to_string(),
        _ => cell.trim_end_matches('.').to_lowercase(),
    }
}

/// The values of a label, each with one way in which it is written, and the rows that have one.
type Values<'t> = (BTreeMap<String, &'t str>, Vec<usize>);

fn values<'t>(table: &'t Table, label: &'t Column) -> Values<'t> {
    let is_missing = |cell: &str| matches!(plain(cell).as_str(), "" | "na" | "n/a" | "nan" | "null" | "?");
    let rows: Vec<usize> = (0..table.row_count()).filter(|&row| !is_missing(label.cell(row))).collect();
    let mut values: BTreeMap<String, &str> = BTreeMap::new();
    for &row in &rows {
        values.entry(plain(label.cell(row))).or_insert(label.cell(row).trim());
    }
    (values, rows)
}

/// The value that plainly means left: the only one that says so, or of two the one beside what plainly means stayed.
fn plainly_left(values: &BTreeMap<String, &str>) -> Option<String> {
    let only = |words: &[&str]| {
        let mut found = values.keys().filter(|value| words.contains(&value.as_str()));
        found.next().filter(|_| found.next().is_none())
    };
    let beside = || only(&NO).filter(|_| values.len() == 2).and_then(|no| values.keys().find(|value| *value != no));
    let is_plain = |value: &&String| values.len() == 2 || !YES_OF_TWO.contains(&value.as_str());
    only(&YES).filter(is_plain).or_else(beside).cloned()
}

/// The column that says who left, where nobody named one: the only one that is called so and has two values of which one
/// plainly means left (or that one which `positive` names).
///
/// # Errors
/// `label_unclear`, which names the columns it could be.
pub fn label_of<'t>(table: &'t Table, positive: Option<&str>) -> Result<&'t str, Finding> {
    const SHOWN: usize = 10;
    let tells = |column: &&Column| {
        let (values, _) = values(table, column);
        let wanted = positive.map_or_else(|| plainly_left(&values), |wanted| Some(plain(wanted)));
        values.len() == 2 && wanted.is_some_and(|wanted| values.contains_key(&wanted))
    };
    let all: Vec<&str> = table.columns().iter().filter(tells).map(Column::name).collect();
    let is_called = |name: &&&str| CALLED.iter().any(|word| name.to_lowercase().contains(word));
    let called: Vec<&str> = all.iter().filter(is_called).copied().collect();
    if let [only] = called[..] {
        return Ok(only);
    }
    let could = if called.is_empty() { &all } else { &called };
    let shown: Vec<&str> = could.iter().take(SHOWN).copied().collect();
    let hint = match shown.is_empty() {
        true => Text::new(
            "请用 --label 指明，需要时再用 --positive 指明哪个值表示流失",
            "say it with --label, and with --positive which value means left",
        ),
        false => Text::new(
            format!("请用 --label 指明，可能是：{}", shown.join("、")),
            format!("say it with --label; it could be: {}", shown.join(", ")),
        ),
    };
    let detail = match called.is_empty() {
        true => Text::new("看不出哪一列是“是否流失”", "no column is plainly the one that says who left"),
        false => Text::new("不止一列像“是否流失”", "more than one column seems to say who left"),
    };
    Err(table.fault_of_all("label_unclear", detail, hint))
}

/// Reads the label.
///
/// # Errors
/// `no_label`, `one_class`, `unknown_positive`, `positive_unclear`.
pub(super) fn labels(table: &Table, label: &Column, positive: Option<&str>) -> Result<Labels, Finding> {
    let (values, rows) = values(table, label);
    let fault = |code, zh: String, en: String, hint: (&str, &str)| {
        table.fault(code, label.name(), None, Text::new(zh, en), Text::new(hint.0, hint.1))
    };
    let shown: Vec<&str> = values.values().take(10).copied().collect();
    if rows.is_empty() {
        let hint = ("请确认标签列选对了", "check that this is the column of the label");
        return Err(fault("no_label", "没有任何标签".into(), "it has no label at all".into(), hint));
    }
    if values.len() == 1 {
        let (zh, en) = (format!("所有行都是“{}”", shown[0]), format!("every row says \"{}\"", shown[0]));
        let hint = ("需要既有流失、也有留存的客户", "customers who left and customers who stayed are both needed");
        return Err(fault("one_class", zh, en, hint));
    }
    let chosen = match positive {
        Some(wanted) => Some(plain(wanted)).filter(|wanted| values.contains_key(wanted)).ok_or_else(|| {
            let (zh, en) = (format!("没有一行是“{wanted}”"), format!("no row says \"{wanted}\""));
            let hint = (format!("标签的值：{}", shown.join("、")), format!("the label says: {}", shown.join(", ")));
            fault("unknown_positive", zh, en, (&hint.0, &hint.1))
        })?,
        None => plainly_left(&values).ok_or_else(|| {
            let (zh, en) = (
                format!("看不出哪个值表示流失：{}", shown.join("、")),
                format!("which value means left is unclear: {}", shown.join(", ")),
            );
            fault("positive_unclear", zh, en, ("请用 --positive 指明", "say it with --positive"))
        })?,
    };
    let left = rows.iter().map(|&row| plain(label.cell(row)) == chosen).collect();
    let stayed = values.iter().filter(|(value, _)| **value != chosen).map(|(_, shown)| (*shown).to_owned()).collect();
    let positive = values.get(&chosen).map_or(chosen, |shown| (*shown).to_owned());
    Ok(Labels { rows, left, positive, stayed })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(headers: &[&str], rows: &[&[&str]]) -> Table {
        let mut table = Table::new("客户.csv", headers.iter().map(|header| (*header).to_owned()));
        rows.iter().for_each(|row| table.push_row(row.iter().copied()));
        table
    }

    #[test]
    fn what_means_left_is_read_off_the_words_for_leaving_or_for_staying() {
        for (left, stayed) in [
            ("是", "否"),
            ("流失", "留存"),
            ("已流失", "未流失"),
            ("True", "FALSE"),
            ("1.0", "0"),
            ("Y", "N"),
            ("Churned", "Active"),
            ("gone", "active"),
            ("停用", "正常"),
            ("√", "×"),
            ("Attrited Customer", "Existing Customer"),
        ] {
            let table = table(&["churn"], &[&[left], &[stayed], &[" "], &[left], &["N/A"]]);
            let told = labels(&table, &table.columns()[0], None).unwrap_or_else(|finding| panic!("{finding}"));
            assert_eq!((told.positive.as_str(), told.left, told.rows), (left, vec![true, false, true], vec![0, 1, 3]));
        }
        for (one, other) in [("A", "B"), ("yes", "true"), ("1", "2.5x")] {
            let table = table(&["churn"], &[&[one], &[other]]);
            let unclear = labels(&table, &table.columns()[0], None).err().map(|finding| finding.code);
            assert_eq!(unclear, (one != "1").then_some("positive_unclear"), "{one} {other}");
        }
    }

    #[test]
    fn of_three_values_a_word_for_leaving_means_left_and_the_first_number_does_not() {
        let words = table(&["state"], &[&["Active"], &["Churned"], &["Paused"], &["churned"]]);
        let told = labels(&words, &words.columns()[0], None).unwrap_or_else(|finding| panic!("{finding}"));
        assert_eq!((told.positive.as_str(), told.left), ("Churned", vec![false, true, false, true]));
        assert_eq!(told.stayed, ["Active", "Paused"]);
        let grades = table(&["churn"], &[&["1"], &["2"], &["3"], &["1"]]);
        let unclear = labels(&grades, &grades.columns()[0], None).err().map(|finding| finding.code);
        assert_eq!(unclear, Some("positive_unclear"));
        let told = labels(&grades, &grades.columns()[0], Some("1")).unwrap_or_else(|finding| panic!("{finding}"));
        assert_eq!(told.left, [true, false, false, true], "unless somebody says so");
    }

    #[test]
    fn a_label_that_nobody_named_is_the_only_column_called_so_with_two_plain_values() {
        let headers = ["客户编号", "是否会员", "churn reason", "是否\n流失"];
        let rows: [&[&str]; 3] = [&["K1", "是", "价格", "否"], &["K2", "否", "", "是"], &["K3", "是", "服务", "否"]];
        assert_eq!(label_of(&table(&headers, &rows), None).ok(), Some("是否\n流失"));
        let two = table(&["churn", "Left", "x"], &[&["1", "yes", "3"], &["0", "no", "4"]]);
        let unclear = label_of(&two, None).expect_err("two are called so");
        assert!(unclear.code == "label_unclear" && unclear.hint.en.ends_with("churn, Left"), "{unclear}");
        let none = table(&["vip", "x"], &[&["1", "3"], &["0", "4"]]);
        assert!(label_of(&none, None).expect_err("none is called so").hint.zh.ends_with("vip"));
        let words = table(&["label"], &[&["A"], &["B"]]);
        assert_eq!((label_of(&words, Some("b")).ok(), label_of(&words, None).is_err()), (Some("label"), true));
    }
}
