//! SQL Server, and Azure SQL, over TDS: signing in, and every value as text.
//!
//! A session there cannot be made read-only. What is asked stands in brackets, where only a query can (`statement`), and
//! inside a transaction that is never committed.
//!
//! Times are printed as ISO 8601 writes them, which the server reads in every language a login may have; `money` passes
//! through a double and is exact up to nine hundred thousand million.

use std::borrow::Cow;
use std::io::ErrorKind;

use futures_util::TryStreamExt as _;
use tiberius::error::Error;
use tiberius::time::{DateTime, DateTime2, DateTimeOffset, SmallDateTime, Time};
use tiberius::{AuthMethod, Client, Column, ColumnData, ColumnType, Config, EncryptionLevel, QueryItem};
use tokio::net::TcpStream;
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt as _};

use super::database::Target;
use super::rows::Outlet;
use super::settings::{Dialect, Tls, bad};
use super::trouble;
use crate::refusal::Refusal;

/// Somebody signed in.
pub(crate) type Session = Client<Compat<TcpStream>>;

/// How often a server may send us on to another one.
const REDIRECTIONS: usize = 2;
/// The days from the first of the year 1 to that of 1900, from which the older types count.
const DAYS_TO_1900: i64 = 693_595;
const SECONDS_A_DAY: i64 = 86_400;

/// Signs in, encrypted as asked, and begins what is never committed.
pub(crate) async fn sign_in(target: &Target) -> Result<Session, Refusal> {
    let levels: &[EncryptionLevel] = match target.settings.tls {
        Tls::Off => &[EncryptionLevel::NotSupported],
        Tls::Prefer => &[EncryptionLevel::On, EncryptionLevel::NotSupported],
        Tls::Require | Tls::Verify => &[EncryptionLevel::Required],
    };
    let mut signed_in = session(target, levels[0]).await;
    for level in &levels[1..] {
        if signed_in.as_ref().is_err_and(cannot_encrypt) {
            signed_in = session(target, *level).await;
        }
    }
    let refused = |error: Error| target.addressee().refused_by_sql_server(&error);
    let mut session = signed_in.map_err(|error| match &error {
        // Servers that only speak what is no longer safe hang up.
        Error::Io { kind: ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof, message }
            if target.settings.tls != Tls::Off =>
        {
            trouble::tls_failed(&trouble::said(message, target.password.as_deref()))
        }
        _ => refused(error),
    })?;
    // Whoever waits for a row that another holds for longer than a minute hears so.
    let begun = session.simple_query("SET LOCK_TIMEOUT 60000; BEGIN TRANSACTION").await.map_err(refused)?;
    begun.into_results().await.map_err(refused)?;
    Ok(session)
}

/// Whether a server let us know that it speaks no encryption, or none that is still safe.
fn cannot_encrypt(error: &Error) -> bool {
    match error {
        Error::Tls(_) | Error::Protocol(_) => true,
        Error::Io { kind, .. } => {
            matches!(kind, ErrorKind::ConnectionReset | ErrorKind::InvalidData | ErrorKind::UnexpectedEof)
        }
        _ => false,
    }
}

async fn session(target: &Target, level: EncryptionLevel) -> Result<Session, Error> {
    let settings = &target.settings;
    let (mut host, mut port) = (settings.host.trim().to_owned(), settings.port(Dialect::SqlServer));
    let mut redirections = 0;
    loop {
        let stream = TcpStream::connect((host.as_str(), port)).await?;
        stream.set_nodelay(true)?;
        let config = config(target, level, &host, port);
        match Client::connect(config, stream.compat_write()).await {
            // Azure's gateway says where the database really is.
            Err(Error::Routing { host: there, port: at }) if redirections < REDIRECTIONS => {
                (host, port) = (there, at);
                redirections += 1;
            }
            signed_in => return signed_in,
        }
    }
}

fn config(target: &Target, level: EncryptionLevel, host: &str, port: u16) -> Config {
    let settings = &target.settings;
    let mut config = Config::new();
    config.host(host);
    config.port(port);
    config.database(&settings.database);
    config.application_name("liuke");
    config.readonly(true);
    config.encryption(level);
    config.authentication(AuthMethod::sql_server(&settings.user, target.password.as_deref().unwrap_or_default()));
    // A long answer is taken page by page, at our own pace.
    config.command_timeout(None);
    // Old rows may hold halves of characters.
    config.lossy_utf16_decoding(true);
    match (settings.tls, &settings.ca) {
        (Tls::Verify, Some(ca)) => config.trust_cert_ca_bundle(ca.as_bytes()),
        (Tls::Verify, None) => {}
        _ => config.trust_cert(),
    }
    config
}

/// Has the server look at a query, and asks for its name.
pub(crate) async fn named(session: &mut Session, query: &str, target: &Target) -> Result<String, Refusal> {
    let refused = |error: Error| target.addressee().refused_by_sql_server(&error);
    if !query.is_empty() {
        session.simple_query(query).await.map_err(refused)?.into_results().await.map_err(refused)?;
    }
    let row = session.simple_query("SELECT @@VERSION").await.map_err(refused)?.into_row().await.map_err(refused)?;
    let version = row.as_ref().and_then(|row| row.cells().next()).and_then(|(column, value)| cell(column, value));
    let version = version.as_deref().unwrap_or("SQL Server").lines().next().unwrap_or_default().trim().to_owned();
    Ok(version)
}

/// The rows of a query, as they come.
pub(crate) async fn stream(
    session: &mut Session,
    query: &str,
    target: &Target,
    outlet: &mut Outlet,
) -> Result<(), Refusal> {
    let refused = |error: Error| target.addressee().refused_by_sql_server(&error);
    let mut items = session.simple_query(query).await.map_err(refused)?;
    while let Some(item) = items.try_next().await.map_err(refused)? {
        match item {
            QueryItem::Metadata(told) if !outlet.has_columns() => {
                outlet.columns(told.columns().iter().map(|column| (column.name().to_owned(), is_number(column))));
            }
            QueryItem::Metadata(_) => {}
            QueryItem::Row(row) => outlet.row(row.cells().map(|(column, value)| cell(column, value))).await?,
        }
    }
    if outlet.has_columns() { Ok(()) } else { Err(bad("查询没有任何列", "the query has no columns")) }
}

/// Whether values of a column are written as numbers in a query; a row version is, by its eight bytes.
fn is_number(column: &Column) -> bool {
    use ColumnType::{
        BigBinary, Decimaln, Float4, Float8, Floatn, Int1, Int2, Int4, Int8, Intn, Money, Money4, Numericn,
    };
    matches!(
        column.column_type(),
        Int1 | Int2 | Int4 | Int8 | Intn | Decimaln | Numericn | Money | Money4 | Float4 | Float8 | Floatn | BigBinary
    )
}

/// A value as text; `None` for NULL.
fn cell<'a>(column: &Column, value: &'a ColumnData<'static>) -> Option<Cow<'a, str>> {
    let is_money = matches!(column.column_type(), ColumnType::Money | ColumnType::Money4);
    Some(Cow::Owned(match value {
        ColumnData::String(text) => return text.as_deref().map(Cow::Borrowed),
        ColumnData::U8(value) => (*value)?.to_string(),
        ColumnData::I16(value) => (*value)?.to_string(),
        ColumnData::I32(value) => (*value)?.to_string(),
        ColumnData::I64(value) => (*value)?.to_string(),
        ColumnData::F64(value) if is_money => format!("{:.4}", (*value)?),
        ColumnData::F32(value) => (*value)?.to_string(),
        ColumnData::F64(value) => (*value)?.to_string(),
        ColumnData::Bit(value) => u8::from((*value)?).to_string(),
        ColumnData::Guid(value) => (*value)?.to_string().to_uppercase(),
        ColumnData::Binary(value) => {
            let bytes = value.as_deref()?.iter().map(|byte| format!("{byte:02X}"));
            format!("0x{}", bytes.collect::<String>())
        }
        ColumnData::Numeric(value) => decimal((*value)?.value(), (*value)?.scale()),
        ColumnData::Xml(value) => value.as_deref()?.to_string(),
        ColumnData::DateTime(value) => date_time((*value)?),
        ColumnData::SmallDateTime(value) => small_date_time((*value)?),
        ColumnData::Time(value) => time((*value)?),
        ColumnData::Date(value) => day((*value)?.days().into()),
        ColumnData::DateTime2(value) => date_time_2((*value)?),
        ColumnData::DateTimeOffset(value) => date_time_offset((*value)?),
    }))
}

/// A number of so many decimal places, all of them written.
fn decimal(value: i128, scale: u8) -> String {
    let scale = usize::from(scale);
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if value < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// A date, by its days since the first of the year 1, in the calendar of today for all times.
///
/// # Source
/// The arithmetic of eras of 400 years, counted from the first of March of the year 0, as in H. Hinnant's
/// "chrono-compatible low-level date algorithms".
fn day(days: i64) -> String {
    let since_march = days + 306;
    let era = since_march.div_euclid(146_097);
    let of_era = since_march.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_since_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_since_march + 2) / 5 + 1;
    let month = if month_since_march < 10 { month_since_march + 3 } else { month_since_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A time of day, by its seconds and what is left in parts of so many decimal places; no zeros at the end.
fn clock(seconds: i64, fraction: u64, scale: u8) -> String {
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let fraction = format!("{fraction:0width$}", width = usize::from(scale));
    match fraction.trim_end_matches('0') {
        "" => format!("{hour:02}:{minute:02}:{second:02}"),
        fraction => format!("{hour:02}:{minute:02}:{second:02}.{fraction}"),
    }
}

/// Seconds and what is left of a time of day, with the scale of the latter.
fn parts(time: Time) -> (i64, u64, u8) {
    // The server knows no finer scale than seven; a larger one would be noise on the wire.
    let scale = time.scale().min(9);
    let unit = 10u64.pow(scale.into());
    (i64::try_from(time.increments() / unit).unwrap_or_default(), time.increments() % unit, scale)
}

fn time(time: Time) -> String {
    let (seconds, fraction, scale) = parts(time);
    clock(seconds, fraction, scale)
}

fn date_time_2(at: DateTime2) -> String {
    format!("{}T{}", day(at.date().days().into()), time(at.time()))
}

/// The wire holds it in UTC, and beside that the minutes by which its own clock was ahead.
fn date_time_offset(at: DateTimeOffset) -> String {
    let ahead = i64::from(at.offset());
    let (seconds, fraction, scale) = parts(at.datetime2().time());
    let seconds = seconds + ahead * 60;
    let date = day(i64::from(at.datetime2().date().days()) + seconds.div_euclid(SECONDS_A_DAY));
    let time = clock(seconds.rem_euclid(SECONDS_A_DAY), fraction, scale);
    let sign = if ahead < 0 { '-' } else { '+' };
    format!("{date}T{time}{sign}{:02}:{:02}", ahead.abs() / 60, ahead.abs() % 60)
}

/// The older type counts in 300ths of a second and prints milliseconds: 0, 3, 7, 10….
fn date_time(at: DateTime) -> String {
    let parts = u64::from(at.seconds_fragments());
    let millis = (parts % 300 * 10 + 1) / 3;
    let seconds = i64::try_from(parts / 300).unwrap_or_default();
    format!("{}T{}", day(DAYS_TO_1900 + i64::from(at.days())), clock(seconds, millis, 3))
}

/// The oldest one counts in minutes.
fn small_date_time(at: SmallDateTime) -> String {
    format!("{}T{}", day(DAYS_TO_1900 + i64::from(at.days())), clock(i64::from(at.seconds_fragments()) * 60, 0, 0))
}

#[cfg(test)]
mod tests {
    use tiberius::time::Date;

    use super::*;

    #[test]
    fn a_day_is_found_in_every_century() {
        assert_eq!(day(0), "0001-01-01");
        assert_eq!(day(DAYS_TO_1900), "1900-01-01");
        assert_eq!(day(DAYS_TO_1900 - 1), "1899-12-31");
        assert_eq!(day(738_578), "2023-02-28");
        assert_eq!(day(738_579), "2023-03-01");
        assert_eq!(day(738_943), "2024-02-28");
        assert_eq!(day(738_944), "2024-02-29");
        assert_eq!(day(3_652_058), "9999-12-31");
    }

    #[test]
    fn times_are_printed_as_the_server_reads_them() {
        let noon = Time::new(12 * 3_600 * 10_000_000 + 1_230_000, 7);
        let at = DateTime2::new(Date::new(738_943), noon);
        assert_eq!(date_time_2(at), "2024-02-28T12:00:00.123");
        assert_eq!(date_time_offset(DateTimeOffset::new(at, 13 * 60)), "2024-02-29T01:00:00.123+13:00");
        assert_eq!(date_time_offset(DateTimeOffset::new(at, -12 * 60 - 30)), "2024-02-27T23:30:00.123-12:30");
        assert_eq!(date_time(DateTime::new(0, 300 * 60 + 1)), "1900-01-01T00:01:00.003");
        assert_eq!(date_time(DateTime::new(1, 2)), "1900-01-02T00:00:00.007");
        assert_eq!(small_date_time(SmallDateTime::new(0, 61)), "1900-01-01T01:01:00");
        assert_eq!(time(Time::new(5, 0)), "00:00:05");
    }

    #[test]
    fn a_decimal_keeps_its_places() {
        assert_eq!(decimal(1_005, 2), "10.05");
        assert_eq!(decimal(-5, 2), "-0.05");
        assert_eq!(decimal(7, 0), "7");
        assert_eq!(decimal(-12_345, 4), "-1.2345");
    }
}
