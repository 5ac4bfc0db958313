//! From rows to facts, one module per shape: what one row says (`single`), an order of many rows (`order`), a
//! customer whose properties change (`customer`), totals of a period (`snapshot`), all of a customer in one row
//! (`ledger`).

pub(crate) mod customer;
pub(crate) mod ledger;
pub(crate) mod order;
mod order_lines;
pub(crate) mod order_note;
pub(crate) mod order_said;
mod short;
pub(crate) mod single;
pub(crate) mod snapshot;

use facts::Fact;
use vocab::{Amount, MessageId};

use crate::fault::{self, Fault};
use crate::record::Record;

pub(crate) fn message_id(id: u128) -> MessageId {
    let mut digits = [0; 32];
    for (place, byte) in id.to_be_bytes().into_iter().enumerate() {
        digits[2 * place] = HEX[usize::from(byte >> 4)];
        digits[2 * place + 1] = HEX[usize::from(byte & 15)];
    }
    MessageId::new(std::str::from_utf8(&digits).unwrap_or_default())
}

const HEX: &[u8; 16] = b"0123456789abcdef";

pub(crate) fn amount(millionths: i128) -> Amount {
    Amount::from_millionths(millionths)
}

/// A property of a fact, if there is something to say.
pub(crate) fn set(fact: &mut Fact, key: &str, value: Option<impl Into<String>>) {
    if let Some(value) = value {
        fact.properties.insert(key.to_owned(), Some(value.into()));
    }
}

/// Names of rows that sum up others. The first word may be a customer's name only in the last list.
const TOTALS: [&str; 12] = [
    "合计",
    "总计",
    "小计",
    "共计",
    "累计",
    "总合计",
    "本页合计",
    "本页小计",
    "合计金额",
    "subtotal",
    "grand total",
    "sub total",
];
const TOTALS_IF_FAULTY: [&str; 4] = ["total", "totals", "sum", "汇总"];

/// A row that only sums up others: named so in its key, or named so and lacking what a row needs.
pub(crate) fn total_row(
    record: &Record,
    columns: &[crate::table::Column],
    key_at: Option<usize>,
    faulty: bool,
) -> Option<Fault> {
    let is_total = |cell: &str| {
        let word: String =
            cell.chars().filter(|c| !c.is_whitespace() || c.is_ascii()).collect::<String>().to_lowercase();
        let word = word.trim_end_matches([':', '：']).trim();
        let closed = word.replace(' ', "");
        TOTALS.iter().any(|total| *total == word || total.replace(' ', "") == closed)
            || faulty && TOTALS_IF_FAULTY.contains(&word)
            || faulty
                && cell.chars().count() <= 24
                && ["合计", "总计", "小计"].iter().any(|total| word.starts_with(total))
    };
    let named = |at: usize| {
        let cell = record.cell(at);
        (may_be_total(cell) && is_total(cell)).then_some(cell)
    };
    let candidates = columns.iter().filter(|column| faulty || key_at == Some(column.at));
    candidates.filter_map(|column| named(column.at).map(|cell| fault::total_row(&column.header, cell))).next()
}

/// A quick look that lets nearly every cell pass by.
fn may_be_total(cell: &str) -> bool {
    let begins =
        cell.as_bytes().first().is_some_and(|byte| matches!(byte.to_ascii_lowercase(), b't' | b's' | b'g' | 0x80..));
    begins && cell.len() <= 80 && (cell.len() <= 13 || cell.contains('计'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;

    #[test]
    fn an_id_is_written_in_hexadecimal() {
        for id in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210] {
            assert_eq!(message_id(id).as_str(), format!("{id:032x}"));
        }
    }

    #[test]
    fn a_total_row_is_not_a_customer() {
        let columns = [
            Column { header: "客户".into(), at: 0, twin_of: None },
            Column { header: "金额".into(), at: 1, twin_of: None },
        ];
        let is_total = |cells: &[&str], faulty| {
            let mut record = Record::default();
            cells.iter().for_each(|cell| record.push(cell));
            total_row(&record, &columns, Some(0), faulty).is_some()
        };
        assert!(is_total(&["合 计", "500"], false));
        assert!(is_total(&["合计:", "500"], false));
        assert!(is_total(&["", "小计"], true));
        assert!(!is_total(&["", "小计"], false));
        assert!(is_total(&["Total", "500"], true));
        assert!(!is_total(&["Total", "500"], false), "an oil company");
        assert!(!is_total(&["合计科技有限公司", "500"], false));
    }
}
