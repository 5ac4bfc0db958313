//! Indicators as a query: the definitions printed as SQL for a warehouse of the firm's own.

use std::path::Path;

use indicators::definition::did_you_mean;
use indicators::{Delivery, Sql, SqlProperties, SqlSource};
use vocab::{AsOf, Zone};

use super::indicator_table::{bad_file, read_catalog};
use crate::error::Error;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct SqlQuery<'a> {
    /// A file or folder of definitions that takes the place of the shipped ones.
    pub catalog: Option<&'a Path>,
    /// Only these indicators; none = all that have a form in SQL.
    pub ids: &'a [String],
    /// The moment.
    pub as_of: AsOf,
    /// Where the facts lie.
    pub from: SqlFrom<'a>,
}

/// Where the facts lie that a query reads, and from when on sources cover time.
#[derive(Clone, Copy, Debug)]
pub enum SqlFrom<'a> {
    /// A plain event file: its first fact covers everything, as [`crate::indicators_of_file`] has it.
    File(&'a Path),
    /// A table with the lake's columns: each source covers from its own first fact on, as a folder has it.
    Table(&'a str),
}

/// The query that gives these indicators of every customer, and those that have no form in SQL.
///
/// # Errors
/// Definitions or a file that cannot be read, ids that there are not, and ids asked for by name that have no form.
pub fn indicators_sql(asked: &SqlQuery<'_>, zone: &Zone) -> Result<Sql, Error> {
    let catalog = match asked.catalog {
        Some(path) => read_catalog(path)?,
        None => crate::books::definitions::Definitions::shipped(zone)?.catalog,
    };
    if let Some(id) = asked.ids.iter().find(|id| catalog.get(id).is_none()) {
        let known: Vec<&str> = catalog.indicators().iter().map(|one| one.id.as_str()).collect();
        let hint = did_you_mean(id, &known);
        let detail = (format!("没有名为“{id}”的指标"), format!("there is no indicator \"{id}\""));
        return Err(Error::bad("unknown_indicator", (&detail.0, &detail.1), (&hint.zh, &hint.en)));
    }
    let (source, delivery) = match asked.from {
        SqlFrom::Table(name) => (SqlSource::table(name), Delivery::Observed),
        SqlFrom::File(path) => (file(path)?, Delivery::FromFirstFact),
    };
    let ids: Vec<&str> = asked.ids.iter().map(String::as_str).collect();
    let sql = Sql::of(&catalog, &ids, asked.as_of, zone, delivery, &source);
    match sql.left_out.first().filter(|_| !ids.is_empty() || sql.text.is_empty()) {
        None => Ok(sql),
        Some(left) => {
            let (zh, en) = (&left.why.zh, &left.why.en);
            let detail = (format!("指标“{}”：{zh}", left.id), format!("indicator \"{}\": {en}", left.id));
            let hint = ("不写 --id 则写出其余能写的指标", "without --id, all others that have a form are written");
            Err(Error::bad("no_sql", (&detail.0, &detail.1), hint))
        }
    }
}

fn file(path: &Path) -> Result<SqlSource, Error> {
    let columns = facts::columns_of_parquet(path).map_err(|error| bad_file(path, &error))?;
    let is_map = columns.iter().any(|(name, is_map)| name == "properties" && *is_map);
    let properties = if is_map { SqlProperties::Map } else { SqlProperties::Json };
    let columns = columns.into_iter().map(|(name, _)| name).collect();
    Ok(SqlSource::file(&path.display().to_string(), columns, properties))
}
