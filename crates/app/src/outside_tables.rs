//! Tables that somebody else made: their scores, and the firm's own list of who left.

use training::backtest::OutsideScores;
use training::lab::Table;
use vocab::{CustomerId, Instant, Lang, Zone};

use crate::error::Error;

const SCORE_COLUMNS: [&str; 7] = ["score", "risk", "probability", "p_90d", "p_30d", "risk_90d", "health"];
const DATE_COLUMNS: [&str; 4] = ["date", "as_of", "day", "at"];
const LEFT_COLUMNS: [&str; 5] = ["left_at", "left_on", "churned_at", "churned_on", "date"];

/// The first column of these names.
fn column<'a>(table: &Table, names: &[&'a str]) -> Result<&'a str, Error> {
    let found = names.iter().find(|name| table.column(name).is_ok());
    found.copied().ok_or_else(|| {
        let names = names.join(", ");
        let file = table.name();
        Error::bad(
            "bad_table",
            (&format!("{file} 缺少一列，应为其中之一：{names}"), &format!("{file} lacks a column, one of: {names}")),
            ("请给列改名", "rename the column"),
        )
    })
}

/// Rows of customer and moment, with a third cell; the first that cannot be read is named.
fn dated(
    table: &Table,
    dates: &[&str],
    third: Option<&str>,
    zone: &Zone,
) -> Result<Vec<(CustomerId, Instant, String)>, Error> {
    let bad = |row: usize, what: &str| {
        let (file, row) = (table.name(), row + 2);
        Error::bad(
            "bad_table",
            (&format!("{file} 第 {row} 行读不懂：“{what}”"), &format!("{file}, row {row} cannot be read: \"{what}\"")),
            ("日期写成 2025-06-01，分数写成数字", "write dates as 2025-06-01 and scores as numbers"),
        )
    };
    let cells = |name: &str| {
        table
            .column(name)
            .map_err(|finding| Error::bad("bad_table", (&finding.line(Lang::Zh), &finding.line(Lang::En)), ("", "")))
    };
    let customers = cells("customer_id")?;
    let dates = cells(column(table, dates)?)?;
    let thirds = third.map(cells).transpose()?;
    let mut rows = Vec::with_capacity(table.row_count());
    for row in 0..table.row_count() {
        let (customer, date) = (customers.cell(row).trim(), dates.cell(row).trim());
        let third = thirds.map_or("", |column| column.cell(row).trim());
        if customer.is_empty() || date.is_empty() || (thirds.is_some() && third.is_empty()) {
            continue;
        }
        let at = zone.parse(date).or_else(|_| zone.parse(&date.replace(' ', "T"))).map_err(|_| bad(row, date))?;
        rows.push((CustomerId::new(customer), at, third.to_owned()));
    }
    Ok(rows)
}

/// Somebody else's scores out of a table.
pub(crate) fn outside_scores(table: &Table, zone: &Zone) -> Result<OutsideScores, Error> {
    let name = column(table, &SCORE_COLUMNS)?;
    let sign = if name == "health" { -1.0 } else { 1.0 };
    let mut rows = Vec::new();
    for (customer, at, text) in dated(table, &DATE_COLUMNS, Some(name), zone)? {
        let score: f64 = text.parse().ok().filter(|score: &f64| score.is_finite()).ok_or_else(|| {
            Error::bad(
                "bad_table",
                (&format!("不是分数：“{text}”"), &format!("no score: \"{text}\"")),
                ("分数要写成数字", "write scores as numbers"),
            )
        })?;
        rows.push((customer, at, sign * score));
    }
    Ok(OutsideScores::new(rows))
}

/// The firm's own list of who left.
pub(crate) fn listed_leavers(table: &Table, zone: &Zone) -> Result<Vec<(CustomerId, Instant)>, Error> {
    let rows = dated(table, &LEFT_COLUMNS, None, zone)?;
    Ok(rows.into_iter().map(|(customer, at, _)| (customer, at)).collect())
}
