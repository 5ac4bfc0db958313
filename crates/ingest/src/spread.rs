//! Tables with a column for each period: `2025-01`, `2025年2月销售额`, `登录次数(2025Q1)`. What a header says beside its
//! period is what is counted.

use std::collections::{BTreeMap, BTreeSet};

use vocab::Zone;

use crate::kind::{half_width, normalized};
use crate::moment::DateOrder;
use crate::period::{Period, Span};

/// Columns of one period make no such table.
const PERIODS: usize = 2;
/// Letters of a header that are looked at.
const HEADER_CHARS: usize = 80;
/// What may stand between a period and the rest of a header.
const BETWEEN: [char; 14] = [' ', '_', '-', '/', ':', '：', '·', '|', '(', ')', '[', ']', '【', '】'];

/// The columns whose headers name a period, and what else each says; empty unless there are two periods.
///
/// # Edges
/// Spreadsheets keep a month as its first day: where every period is such a day, months are meant.
pub(crate) fn columns<'a>(headers: impl Iterator<Item = &'a str>) -> BTreeMap<String, (Period, String)> {
    let mut found: BTreeMap<String, (Period, String)> =
        headers.filter_map(|header| Some((header.to_owned(), named(header)?))).collect();
    let first_days: Option<Vec<Period>> = found.values().map(|(period, _)| period.month_of_first_day()).collect();
    if let Some(months) = first_days {
        found.values_mut().zip(months).for_each(|((period, _), month)| *period = month);
    }
    let periods: BTreeSet<Period> = found.values().map(|(period, _)| *period).collect();
    if periods.len() < PERIODS { BTreeMap::new() } else { found }
}

/// Whether a column beside those of periods is their sum, which is no fact of its own.
pub(crate) fn is_sum(header: &str) -> bool {
    const SUMS: [&str; 10] = ["合计", "总计", "小计", "累计", "平均", "均值", "total", "sum", "average", "grandtotal"];
    SUMS.contains(&normalized(header).as_str())
}

/// The period that a header names, at its beginning or at its end, and the rest of it.
fn named(header: &str) -> Option<(Period, String)> {
    let text: String = header.chars().map(half_width).collect();
    let text = text.trim();
    let has_year = text.as_bytes().windows(4).any(|four| four.iter().all(u8::is_ascii_digit));
    if !has_year || text.chars().count() > HEADER_CHARS {
        return None;
    }
    let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).skip(1).collect();
    let ahead = cuts.iter().rev().map(|at| text.split_at(*at));
    let ahead = ahead.filter(|(left, right)| !is_one_word(left, right)).find_map(|(period, rest)| split(period, rest));
    let behind = cuts.iter().map(|at| text.split_at(*at));
    let mut behind = behind.filter(|(left, right)| !is_one_word(left, right));
    ahead.or_else(|| behind.find_map(|(rest, period)| split(period, rest)))
}

/// Whether a cut would go through a word or a number.
fn is_one_word(left: &str, right: &str) -> bool {
    let touches = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    touches(left.chars().next_back()) && touches(right.chars().next())
}

fn split(period: &str, rest: &str) -> Option<(Period, String)> {
    // A bracket that belongs to the rest stays with it: 销售额(万元) [2025-02].
    if period.starts_with([')', ']', '】']) || period.ends_with(['(', '[', '【']) {
        return None;
    }
    let trimmed = period.trim_matches(BETWEEN);
    // A number alone is a period only where it is written as one.
    if !rest.is_empty() && trimmed.len() == 4 && !rest.starts_with(BETWEEN) && !rest.ends_with(BETWEEN) {
        return None;
    }
    let starts_with_year = trimmed.get(..4).is_some_and(|year| ("1970".."2200").contains(&year));
    let period = Period::read(trimmed, Span::Day, DateOrder::MonthFirst, &Zone::utc()).filter(|_| starts_with_year)?;
    let rest = rest.trim_matches([' ', '_', '-', '/', ':', '·', '|']);
    // Brackets belong to the rest if they are whole: 销售额(万元).
    Some((period, rest.trim_start_matches([')', ']', '】']).trim_end_matches(['(', '[', '【']).trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(headers: &[&str]) -> String {
        let found = columns(headers.iter().copied());
        let lines = found.iter().map(|(_, (period, rest))| format!("{}={rest}", period.name()));
        lines.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_header_names_its_period_and_what_is_counted() {
        assert_eq!(told(&["客户", "2025-01", "2025-02"]), "2025-01= 2025-02=");
        assert_eq!(told(&["2025年1月销售额", "2025年12月 销售额"]), "2025-12=销售额 2025-01=销售额");
        assert_eq!(told(&["登录次数(2025Q1)", "登录次数（2025Q2）"]), "2025-Q1=登录次数 2025-Q2=登录次数");
        assert_eq!(told(&["销售额 2025.01", "销售额 2025.02"]), "2025-01=销售额 2025-02=销售额");
        assert_eq!(
            told(&["2025-01 销售额(万元)", "销售额(万元) [2025-02]"]),
            "2025-01=销售额(万元) 2025-02=销售额(万元)"
        );
        assert_eq!(told(&["202501", "202502", "logins_202503"]), "2025-01= 2025-02= 2025-03=logins");
        assert_eq!(told(&["2025/1/1", "2025/2/1"]), "2025-01= 2025-02=", "a spreadsheet's months");
        assert_eq!(told(&["2025-01-01", "2025-01-02"]), "2025-01-01= 2025-01-02=");
        assert_eq!(told(&["2023年", "2024年"]), "2023= 2024=");
    }

    #[test]
    fn what_only_looks_like_a_period_is_none() {
        for headers in [
            &["客户", "金额", "备注"][..],
            &["2025-01", "金额"],
            &["地址2025号", "电话2026号"],
            &["id2025", "id2026"],
            &["13800138000", "13900139000"],
            &["iso9001", "iso14001"],
        ] {
            assert_eq!(told(headers), "", "{headers:?}");
        }
    }
}
