//! Tables that somebody else made: their scores, and the firm's own list of who left.

use training::backtest::OutsideScores;
use training::lab::Table;
use training::outside::OutsideRow;
use training::train::HORIZONS;
use vocab::{CustomerId, Instant, Lang, Zone};

use crate::error::Error;

const SCORE_COLUMNS: [&str; 7] = ["score", "risk", "probability", "p_90d", "p_30d", "risk_90d", "health"];
const PROBABILITY_COLUMNS: [&str; 3] = ["probability", "score", "risk"];
const HORIZON_COLUMNS: [&str; 2] = ["horizon_days", "horizon"];
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

/// A row of a table that is about a customer at a moment.
struct Dated {
    /// From 0.
    row: usize,
    customer: CustomerId,
    at: Instant,
    cell: String,
}

/// Rows of customer and moment, with a third cell; the first that cannot be read is named.
fn dated(table: &Table, dates: &[&str], third: Option<&str>, zone: &Zone) -> Result<Vec<Dated>, Error> {
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
        rows.push(Dated { row, customer: CustomerId::new(customer), at, cell: third.to_owned() });
    }
    Ok(rows)
}

/// Somebody else's scores out of a table.
pub(crate) fn outside_scores(table: &Table, zone: &Zone) -> Result<OutsideScores, Error> {
    let name = column(table, &SCORE_COLUMNS)?;
    let sign = if name == "health" { -1.0 } else { 1.0 };
    let rows = dated(table, &DATE_COLUMNS, Some(name), zone)?.into_iter();
    let rows =
        rows.map(|one| Ok((one.customer, one.at, sign * score(&one.cell)?))).collect::<Result<Vec<_>, Error>>()?;
    Ok(OutsideScores::new(rows))
}

/// A score as it is written.
fn score(text: &str) -> Result<f64, Error> {
    text.parse().ok().filter(|score: &f64| score.is_finite()).ok_or_else(|| {
        Error::bad(
            "bad_table",
            (&format!("不是分数：“{text}”"), &format!("no score: \"{text}\"")),
            ("分数要写成数字", "write scores as numbers"),
        )
    })
}

/// Somebody else's probabilities out of a table: a column for each horizon (`p_90d`, `risk_90d`), or one column with the
/// horizon beside it or, where there is none beside it, the horizon that is given.
pub(crate) fn outside_probabilities(table: &Table, horizon_days: u32, zone: &Zone) -> Result<Vec<OutsideRow>, Error> {
    let wide = HORIZONS.map(|days| (days, [format!("p_{days}d"), format!("risk_{days}d")]));
    let mut rows = Vec::new();
    for (days, names) in &wide {
        let Some(name) = names.iter().find(|name| table.column(name).is_ok()) else { continue };
        rows.extend(probabilities(table, name, zone, &|_| Ok(*days))?);
    }
    if !rows.is_empty() {
        return Ok(rows);
    }
    let name = column(table, &PROBABILITY_COLUMNS)?;
    let beside = HORIZON_COLUMNS.iter().find_map(|name| table.column(name).ok());
    probabilities(table, name, zone, &|row| {
        let text = beside.map_or("", |column| column.cell(row).trim());
        match text {
            "" => Ok(horizon_days),
            text => text.strip_suffix('d').unwrap_or(text).parse().map_err(|_| {
                let (file, row) = (table.name(), row + 2);
                Error::bad(
                    "bad_table",
                    (
                        &format!("{file} 第 {row} 行不是预测期：“{text}”"),
                        &format!("{file}, row {row}: no horizon: \"{text}\""),
                    ),
                    ("预测期写成天数：30、60、90 或 180", "write horizons in days: 30, 60, 90 or 180"),
                )
            }),
        }
    })
}

fn probabilities(
    table: &Table,
    name: &str,
    zone: &Zone,
    horizon: &dyn Fn(usize) -> Result<u32, Error>,
) -> Result<Vec<OutsideRow>, Error> {
    let row = |one: Dated| {
        let (horizon_days, probability) = (horizon(one.row)?, score(&one.cell)?);
        Ok(OutsideRow { customer: one.customer, at: one.at, horizon_days, probability })
    };
    dated(table, &DATE_COLUMNS, Some(name), zone)?.into_iter().map(row).collect()
}

/// The firm's own list of who left.
pub(crate) fn listed_leavers(table: &Table, zone: &Zone) -> Result<Vec<(CustomerId, Instant)>, Error> {
    let rows = dated(table, &LEFT_COLUMNS, None, zone)?;
    Ok(rows.into_iter().map(|one| (one.customer, one.at)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(headers: &str, rows: &[&str]) -> Table {
        let mut table = Table::new("theirs.csv", headers.split(',').map(str::to_owned));
        rows.iter().for_each(|row| table.push_row(row.split(',')));
        table
    }

    fn read(headers: &str, rows: &[&str]) -> Vec<(String, u32, f64)> {
        let rows = outside_probabilities(&table(headers, rows), 90, &Zone::default()).unwrap();
        rows.into_iter().map(|one| (one.customer.to_string(), one.horizon_days, one.probability)).collect()
    }

    #[test]
    fn probabilities_stand_in_a_column_for_each_horizon_or_beside_theirs() {
        let wide = read("customer_id,as_of,p_30d,risk_90d", &["A,2025-03-01,0.1,0.25", "B,2025-03-01,,0.5"]);
        let by = |who: &str, days: u32, p: f64| (who.to_owned(), days, p);
        assert_eq!(wide, [by("A", 30, 0.1), by("A", 90, 0.25), by("B", 90, 0.5)]);
        let long =
            read("customer_id,date,score,horizon", &["A,2025-03-01,0.1,30d", "B,2025-03-01,0.5,", ",2025-03-01,1,"]);
        assert_eq!(long, [by("A", 30, 0.1), by("B", 90, 0.5)]);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_row() {
        let zone = Zone::default();
        let fault = |headers: &str, row: &str| {
            let error = outside_probabilities(&table(headers, &["A,2025-03-01,0.1,30", row]), 90, &zone).unwrap_err();
            error.detail().en.clone()
        };
        let headers = "customer_id,date,score,horizon";
        assert_eq!(fault(headers, "B,2025-03-01,0.5,soon"), "theirs.csv, row 3: no horizon: \"soon\"");
        assert_eq!(fault(headers, "B,someday,0.5,30"), "theirs.csv, row 3 cannot be read: \"someday\"");
        assert_eq!(fault(headers, "B,2025-03-01,much,30"), "no score: \"much\"");
        assert!(
            fault("customer_id,date,points,horizon", "").starts_with("theirs.csv lacks a column, one of: probability")
        );
    }
}
