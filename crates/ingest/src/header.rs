//! Where the header of a table stands, and what its columns are called: titles above it are passed over, a header of two
//! lines (区域 over 销售额 and 订单数) is read as one.

use std::collections::HashSet;

use crate::record::Record;
use crate::{moment, number};

/// The header of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// What each column is called; empty where nothing is written.
    pub(crate) names: Vec<String>,
    /// Position, among the rows looked at, of its last line.
    pub(crate) last: usize,
}

/// The header among the first rows that are not blank.
pub(crate) fn of(head: &[Record]) -> Option<Header> {
    let position = position(head)?;
    let top_is_above = position > 0 && is_two_lines(&head[position - 1..]);
    let top = if top_is_above { position - 1 } else { position };
    if top_is_above || is_two_lines(&head[top..]) {
        return Some(Header { names: joined(&head[top], &head[top + 1]), last: top + 1 });
    }
    let names = (0..head[position].len()).map(|at| written(&head[position], at)).collect();
    Some(Header { names, last: position })
}

/// Whether most cells of a would-be header are numbers or dates.
pub(crate) fn looks_like_data(names: &[String]) -> bool {
    let cells: Vec<&String> = names.iter().filter(|cell| !cell.is_empty()).collect();
    let values = cells.iter().filter(|cell| is_value(cell)).count();
    values * 2 > cells.len()
}

fn is_value(cell: &str) -> bool {
    number::decimal(cell).is_some() || moment::read(cell).is_some()
}

fn written(record: &Record, at: usize) -> String {
    record.cell(at).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn filled(record: &Record) -> usize {
    record.cells().filter(|cell| !cell.is_empty()).count()
}

/// The first row that is about as full as the table is wide: titles and remarks above it are passed over.
fn position(head: &[Record]) -> Option<usize> {
    let sound = |record: &&Record| record.fault.is_none();
    let most = head.iter().filter(sound).map(filled).max()?;
    head.iter().position(|record| record.fault.is_none() && filled(record) > 0 && filled(record) * 2 >= most)
}

/// Whether the first of these rows spreads its names over those of the second: an empty cell of the upper line beside a
/// name, with a name below it, and values below that. A title of a single cell spreads over nothing.
fn is_two_lines(rows: &[Record]) -> bool {
    let [upper, lower, rest @ ..] = rows else { return false };
    if upper.fault.is_some() || lower.fault.is_some() || filled(upper) < 2 || filled(lower) < 2 {
        return false;
    }
    let width = upper.len().max(lower.len());
    let is_name = |record: &Record, at: usize| !record.cell(at).is_empty() && !is_value(record.cell(at));
    if (0..lower.len()).any(|at| !lower.cell(at).is_empty() && !is_name(lower, at)) {
        return false;
    }
    let mut used = (0..width).filter(|at| rest.iter().any(|row| !row.cell(*at).is_empty()));
    if used.any(|at| upper.cell(at).is_empty() && lower.cell(at).is_empty()) {
        return false;
    }
    // A name of the upper line stands above or to the left of every column, or the column has only an upper name.
    let spreads =
        |at: usize| upper.cell(at).is_empty() && !lower.cell(at).is_empty() && spread_from(upper, at).is_some();
    let spread: Vec<usize> = (0..width).filter(|at| spreads(*at)).collect();
    let has_values = |at: usize| rest.iter().any(|row| is_value(row.cell(at)));
    let is_only_above = (0..width).any(|at| !upper.cell(at).is_empty() && lower.cell(at).is_empty());
    !spread.is_empty() && (spread.iter().any(|at| has_values(*at)) || is_only_above)
}

/// The column of the upper name that reaches over a column.
fn spread_from(upper: &Record, at: usize) -> Option<usize> {
    (0..at).rev().find(|left| !upper.cell(*left).is_empty())
}

/// The names of two lines as one: the lower name where it is clear by itself, else both.
fn joined(upper: &Record, lower: &Record) -> Vec<String> {
    let width = upper.len().max(lower.len());
    let mut seen = HashSet::new();
    let mut twice = HashSet::new();
    for at in 0..width {
        let own = if lower.cell(at).is_empty() { written(upper, at) } else { written(lower, at) };
        if !own.is_empty() && !seen.insert(own.clone()) {
            twice.insert(own);
        }
    }
    let name = |at: usize| {
        let below = written(lower, at);
        if below.is_empty() {
            return written(upper, at);
        }
        let above = match upper.cell(at) {
            "" => spread_from(upper, at).map(|left| written(upper, left)),
            _ => Some(written(upper, at)),
        };
        match above {
            Some(above) if twice.contains(&below) && above != below => format!("{above} {below}"),
            _ => below,
        }
    };
    (0..width).map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Option<(String, usize)> {
        let records: Vec<Record> = text
            .lines()
            .map(|line| {
                let mut record = Record::default();
                line.split(',').for_each(|cell| record.push(cell));
                record
            })
            .collect();
        of(&records).map(|header| (header.names.join("|"), header.last))
    }

    #[test]
    fn a_header_of_two_lines_is_read_as_one() {
        let merged = "客户编号,区域,,业绩,\n,大区,城市,销售额,订单数\nC1,华东,上海,5,1\n";
        assert_eq!(header(merged), Some(("客户编号|大区|城市|销售额|订单数".into(), 1)));
        let months = "客户,1月,,2月,\n,销售额,订单数,销售额,订单数\n甲,5,1,6,2\n";
        assert_eq!(header(months), Some(("客户|1月 销售额|1月 订单数|2月 销售额|2月 订单数".into(), 1)));
        let titled = "2025年报表,,,\n客户,区域,,\n,大区,销售额,订单数\n甲,华东,5,1\n";
        assert_eq!(header(titled), Some(("客户|大区|销售额|订单数".into(), 2)));
    }

    #[test]
    fn a_header_of_one_line_stays_one() {
        assert_eq!(header("客户,金额\n甲,5\n"), Some(("客户|金额".into(), 0)));
        assert_eq!(header("客户,备注,\n甲,好,补充\n乙,坏,说明\n"), Some(("客户|备注|".into(), 0)));
        assert_eq!(header("名单,,\n客户,金额,备注\n甲,5,\n"), Some(("客户|金额|备注".into(), 1)));
        assert_eq!(header("客户,名称,电话\n甲,甲公司,1\n"), Some(("客户|名称|电话".into(), 0)));
    }
}
