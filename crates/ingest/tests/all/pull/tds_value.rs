//! How the stand-in for SQL Server tells its columns and writes its values, by the types of [MS-TDS].

use vocab::Zone;

/// Simplified Chinese, as servers in China are set up: `varchar` is GBK there.
const CHINESE: [u8; 5] = [0x04, 0x08, 0, 0, 0];

/// What a column holds.
#[derive(Clone, Copy, PartialEq)]
pub enum Type {
    Int,
    BigInt,
    Bit,
    Float,
    Money,
    Decimal { places: u8 },
    Varchar,
    Text,
    Bytes,
    RowVersion,
    Guid,
    Date,
    DateTime,
    DateTime2,
    DateTimeOffset,
}

impl Type {
    /// By the word with which a table was made.
    pub fn declared(word: &str) -> Type {
        let (name, sizes) = word.split_once('(').unwrap_or((word, ""));
        let places = sizes.trim_end_matches(')').split(',').nth(1).and_then(|places| places.trim().parse().ok());
        match name.to_ascii_lowercase().as_str() {
            "int" | "integer" => Type::Int,
            "bigint" => Type::BigInt,
            "bit" => Type::Bit,
            "double precision" => Type::Float,
            "money" => Type::Money,
            "decimal" => Type::Decimal { places: places.unwrap_or(0) },
            "varchar" => Type::Varchar,
            "varbinary" => Type::Bytes,
            "rowversion" => Type::RowVersion,
            "uniqueidentifier" => Type::Guid,
            "date" => Type::Date,
            "datetime" => Type::DateTime,
            "datetime2" => Type::DateTime2,
            "datetimeoffset" => Type::DateTimeOffset,
            _ => Type::Text,
        }
    }

    /// As columns are told.
    pub fn told(self) -> Vec<u8> {
        let text = |kind: u8| [&[kind, 0x40, 0x1f][..], &CHINESE].concat();
        match self {
            Type::Int => vec![0x26, 4],
            Type::BigInt => vec![0x26, 8],
            Type::Bit => vec![0x68, 1],
            Type::Float => vec![0x6d, 8],
            Type::Money => vec![0x6e, 8],
            Type::Decimal { places } => vec![0x6a, 17, 38, places],
            Type::Varchar => text(0xa7),
            Type::Text => text(0xe7),
            Type::Bytes => vec![0xa5, 0x40, 0x1f],
            Type::RowVersion => vec![0xad, 8, 0],
            Type::Guid => vec![0x24, 16],
            Type::Date => vec![0x28],
            Type::DateTime => vec![0x6f, 8],
            Type::DateTime2 => vec![0x2a, 7],
            Type::DateTimeOffset => vec![0x2b, 7],
        }
    }
}

/// A text as the wire holds names and messages.
pub fn string(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A cell of the file as a value of the wire.
pub fn written(kind: Type, cell: Option<&[u8]>) -> Vec<u8> {
    let is_long = matches!(kind, Type::Varchar | Type::Text | Type::Bytes | Type::RowVersion);
    let Some(cell) = cell else { return if is_long { vec![0xff, 0xff] } else { vec![0] } };
    if is_long {
        let bytes = match kind {
            Type::Varchar => encoding_rs::GBK.encode(std::str::from_utf8(cell).unwrap()).0.into_owned(),
            Type::Text => string(std::str::from_utf8(cell).unwrap()),
            _ => cell.to_vec(),
        };
        return [&u16::try_from(bytes.len()).unwrap().to_le_bytes()[..], &bytes].concat();
    }
    let value = short(kind, std::str::from_utf8(cell).unwrap());
    [&[u8::try_from(value.len()).unwrap()][..], &value].concat()
}

fn short(kind: Type, text: &str) -> Vec<u8> {
    match kind {
        Type::Int => text.parse::<i32>().unwrap().to_le_bytes().to_vec(),
        Type::BigInt => text.parse::<i64>().unwrap().to_le_bytes().to_vec(),
        Type::Bit => vec![u8::from(text != "0")],
        Type::Float => text.parse::<f64>().unwrap().to_le_bytes().to_vec(),
        Type::Money => {
            let parts = scaled(text, 4) as i64;
            [((parts >> 32) as i32).to_le_bytes(), (parts as u32).to_le_bytes()].concat()
        }
        Type::Decimal { places } => {
            let parts = scaled(text, places);
            [&[u8::from(parts >= 0)][..], &parts.unsigned_abs().to_le_bytes()].concat()
        }
        Type::Guid => {
            let digits = text.replace('-', "");
            let byte = |at: usize| u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).unwrap();
            let mut bytes: Vec<u8> = (0..16).map(byte).collect();
            // The first three groups are numbers, their low byte first.
            bytes[..4].reverse();
            bytes[4..6].reverse();
            bytes[6..8].reverse();
            bytes
        }
        Type::Date => days(at(text)).to_le_bytes()[..3].to_vec(),
        Type::DateTime => {
            let (day, micros) = (days(at(text)) as i32 - 693_595, at(text).rem_euclid(DAY));
            [day.to_le_bytes(), ((micros * 300 / 1_000_000) as u32).to_le_bytes()].concat()
        }
        Type::DateTime2 => moment(at(text)),
        Type::DateTimeOffset => {
            let (local, ahead) = text.split_at(text.len() - 3);
            let minutes = ahead.parse::<i16>().unwrap() * 60;
            [moment(at(local) - i64::from(minutes) * 60_000_000), minutes.to_le_bytes().to_vec()].concat()
        }
        Type::Varchar | Type::Text | Type::Bytes | Type::RowVersion => unreachable!("long values"),
    }
}

const DAY: i64 = 86_400_000_000;

/// Microseconds since 1970 on the clock of the text, which may show the last day there is.
fn at(text: &str) -> i64 {
    let parts: Vec<i64> = text.split(['-', ' ', ':', '.']).take(6).map(|part| part.parse().unwrap()).collect();
    let date = format!("{:04}-{:02}-{:02}", parts[0] - 400, parts[1], parts[2]);
    // The calendar repeats itself every 400 years.
    let day = Zone::utc().parse(&date).unwrap().micros() + 146_097 * DAY;
    let time = |at: usize| parts.get(at).copied().unwrap_or_default();
    let micros = text.split_once('.').map_or(0, |(_, fraction)| format!("{fraction:0<6}").parse().unwrap());
    day + ((time(3) * 60 + time(4)) * 60 + time(5)) * 1_000_000 + micros
}

/// Days since the first of the year 1.
fn days(micros: i64) -> u32 {
    u32::try_from(micros.div_euclid(DAY) + 719_162).unwrap()
}

fn moment(micros: i64) -> Vec<u8> {
    let time = (micros.rem_euclid(DAY) * 10).to_le_bytes();
    [&time[..5], &days(micros).to_le_bytes()[..3]].concat()
}

/// A decimal number in parts of so many places.
fn scaled(text: &str, places: u8) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<width$}", width = usize::from(places)).parse().unwrap()
}
