//! What the cells of a column mean: numbers, yes and no, groups; and what is said about one that means nothing.

pub use vocab::Finding;
use vocab::Text;

use super::table::{Column, Table};

/// Whether a cell holds nothing: blank, or one of the words for it.
pub(super) fn is_empty(cell: &str) -> bool {
    let cell = cell.trim();
    cell.is_empty() || ["na", "n/a", "nan", "null", "none", "-", "#n/a"].contains(&cell.to_lowercase().as_str())
}

/// The number a cell holds; `1,234.5` is one.
pub(super) fn number(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    let parsed = match cell.parse::<f64>() {
        Ok(value) => Some(value),
        Err(_) if in_thousands(cell) => cell.replace(',', "").parse().ok(),
        Err(_) => None,
    };
    parsed.filter(|value| value.is_finite())
}

/// Whether commas stand where thousands end.
fn in_thousands(cell: &str) -> bool {
    let whole = cell.trim_start_matches('-').split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    whole.contains(',') && (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3)
}

/// The numbers of a column, none where it is empty.
///
/// # Errors
/// The first cell that is text.
pub(super) fn numbers(table: &Table, column: &Column) -> Result<Vec<Option<f64>>, Finding> {
    let read = |(row, cell): (usize, &str)| {
        if is_empty(cell) {
            return Ok(None);
        }
        number(cell).map(Some).ok_or_else(|| {
            table.fault(
                "not_a_number",
                column.name(),
                Some(row),
                Text::new(format!("不是数字：“{cell}”"), format!("not a number: \"{cell}\"")),
                Text::new("请改成数字，或留空", "write a number, or leave it empty"),
            )
        })
    };
    column.cells().enumerate().map(read).collect()
}

/// Whether each row says yes, none where it is empty.
///
/// `positive` is what means yes; without it 1/0, yes/no, true/false, 是/否 and the like are understood.
///
/// # Errors
/// A value that is neither, with what to do about it.
pub(super) fn answers(table: &Table, column: &Column, positive: Option<&str>) -> Result<Vec<Option<bool>>, Finding> {
    const YES: [&str; 11] = ["1", "1.0", "yes", "y", "true", "t", "是", "churned", "left", "流失", "已流失"];
    const NO: [&str; 11] = ["0", "0.0", "no", "n", "false", "f", "否", "active", "stayed", "留存", "未流失"];
    let read = |(row, cell): (usize, &str)| {
        let word = cell.trim().to_lowercase();
        if let Some(positive) = positive {
            return Ok((!is_empty(cell)).then(|| word == positive.trim().to_lowercase()));
        }
        match word.as_str() {
            yes if YES.contains(&yes) => Ok(Some(true)),
            no if NO.contains(&no) => Ok(Some(false)),
            _ if is_empty(cell) => Ok(None),
            _ => Err(table.fault(
                "not_yes_or_no",
                column.name(),
                Some(row),
                Text::new(format!("看不出是还是否：“{cell}”"), format!("neither yes nor no: \"{cell}\"")),
                Text::new(
                    "请写成 1 和 0，或用 --positive 指出哪个值表示“是”",
                    "write 1 and 0, or say with --positive which value means yes",
                ),
            )),
        }
    };
    let found: Vec<Option<bool>> = column.cells().enumerate().map(read).collect::<Result<_, _>>()?;
    if let Some(positive) = positive
        && !found.contains(&Some(true))
    {
        return Err(table.fault(
            "value_absent",
            column.name(),
            None,
            Text::new(format!("没有一行的值是“{positive}”"), format!("no row has the value \"{positive}\"")),
            Text::new("请检查 --positive 的写法", "check what --positive says"),
        ));
    }
    Ok(found)
}
