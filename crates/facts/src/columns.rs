//! Facts as the columns of a Parquet file: the lake's own files and plain event files have the same ones.
//!
//! Deliberately nothing that only our own reader understands: strings are strings, properties are a
//! `MAP<STRING,STRING>`, instants are microseconds in UTC, values are decimals with six places.

use std::str::FromStr;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayBuilder, ArrayRef, AsArray, Decimal128Array, Decimal128Builder, Int32Array, Int64Array, Int64Builder,
    MapArray, MapBuilder, MapFieldNames, StringArray, StringBuilder, TimestampMicrosecondArray,
    TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Field, Fields, Int32Type, Schema, SchemaRef, TimeUnit};
use arrow::record_batch::RecordBatch;
use vocab::{ActorId, Amount, CustomerId, Instant, Kind, MessageId, SourceName};

use crate::build::RowRef;
use crate::error::{Error, Sort};
use crate::fact::{Fact, Properties, StoredFact};
use crate::packed::PackedRow;

/// Digits of a stored value and those behind the point: what 64 bits of millionths can hold.
pub(crate) const VALUE_DIGITS: (u8, i8) = (19, 6);

/// Names of the columns, in order.
pub(crate) const COLUMNS: [&str; 17] = [
    "number",
    "customer_id",
    "actor_id",
    "kind",
    "name",
    "occurred_at",
    "known_at",
    "recorded_at",
    "value",
    "currency",
    "text",
    "properties",
    "source",
    "message_id",
    "supersedes",
    "retracts",
    "month",
];

/// The columns as they lie in a file; the month is in the path.
pub(crate) fn schema() -> SchemaRef {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    let time = |name: &str| Field::new(name, DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false);
    let entry = DataType::Struct(Fields::from(vec![text("key", false), text("value", true)]));
    Arc::new(Schema::new(vec![
        Field::new("number", DataType::Int64, false),
        text("customer_id", true),
        text("actor_id", true),
        text("kind", false),
        text("name", false),
        time("occurred_at"),
        time("known_at"),
        time("recorded_at"),
        Field::new("value", DataType::Decimal128(VALUE_DIGITS.0, VALUE_DIGITS.1), true),
        text("currency", true),
        text("text", true),
        Field::new("properties", DataType::Map(Arc::new(Field::new("key_value", entry, false)), false), true),
        text("source", false),
        text("message_id", false),
        text("supersedes", true),
        text("retracts", true),
    ]))
}

/// The same columns with those that repeat as dictionaries, for reading our own files.
pub(crate) fn reading_schema() -> SchemaRef {
    let repeated = ["customer_id", "actor_id", "kind", "name", "currency", "source"];
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let plain = schema();
    let fields = plain.fields().iter().map(|field| match repeated.contains(&field.name().as_str()) {
        true => Arc::new(field.as_ref().clone().with_data_type(dictionary.clone())),
        false => field.clone(),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Facts as one batch of columns.
pub(crate) fn to_batch(facts: &[PackedRow<'_>]) -> Result<RecordBatch, Error> {
    let mut columns = Columns::with_room(facts.len());
    facts.iter().try_for_each(|fact| columns.push(fact))?;
    columns.finish()
}

/// Facts on their way into columns, one after the other: none of them is held.
pub(crate) struct Columns {
    numbers: Int64Builder,
    /// Customer, actor, kind, name.
    names: [StringBuilder; 4],
    /// Occurred at, known at, recorded at.
    times: [TimestampMicrosecondBuilder; 3],
    values: Decimal128Builder,
    /// Currency, text.
    words: [StringBuilder; 2],
    properties: MapBuilder<StringBuilder, StringBuilder>,
    /// Source, message id, supersedes, retracts.
    ids: [StringBuilder; 4],
    /// Bytes of texts.
    size: usize,
}

impl Columns {
    pub fn with_room(rows: usize) -> Columns {
        // Room that nothing is written to takes no memory; room that grows is copied.
        let texts = |bytes: usize| StringBuilder::with_capacity(rows, rows * bytes);
        let some = |bytes: usize| StringBuilder::with_capacity(4 * rows, 4 * rows * bytes);
        let times = || TimestampMicrosecondBuilder::with_capacity(rows).with_timezone("UTC");
        let names = MapFieldNames { entry: "key_value".into(), key: "key".into(), value: "value".into() };
        let properties = MapBuilder::with_capacity(Some(names), some(8), some(48), rows)
            .with_keys_field(Field::new("key", DataType::Utf8, false))
            .with_values_field(Field::new("value", DataType::Utf8, true));
        Columns {
            numbers: Int64Builder::with_capacity(rows),
            names: std::array::from_fn(|_| texts(12)),
            times: std::array::from_fn(|_| times()),
            values: Decimal128Builder::with_capacity(rows),
            words: std::array::from_fn(|_| texts(12)),
            properties,
            ids: std::array::from_fn(|_| texts(36)),
            size: 0,
        }
    }

    /// Adds a fact.
    pub fn push(&mut self, fact: &PackedRow<'_>) -> Result<(), Error> {
        let row = &fact.row;
        self.numbers.append_value(row.number as i64);
        let names = [row.customer_id, row.actor_id, Some(row.kind.as_str()), Some(row.name)];
        let ids = [Some(row.source), Some(row.message_id), row.supersedes, row.retracts];
        let texts = names.into_iter().chain([row.currency, row.text]).chain(ids);
        let columns = self.names.iter_mut().chain(&mut self.words).chain(&mut self.ids);
        for (column, text) in columns.zip(texts) {
            self.size += text.map_or(0, str::len);
            column.append_option(text);
        }
        for (column, at) in self.times.iter_mut().zip([row.occurred_at, row.known_at, fact.recorded_at]) {
            column.append_value(at.micros());
        }
        self.values.append_option(row.value.map(i128::from));
        for (key, value) in fact.properties() {
            self.size += key.len() + value.map_or(0, str::len);
            self.properties.keys().append_value(key);
            self.properties.values().append_option(value);
        }
        let appended = self.properties.append(fact.has_properties());
        appended.map_err(|source| Error::because(Sort::Invalid, "properties do not fit their column", source))
    }

    /// How many facts there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// About how many bytes they take.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The batch.
    pub fn finish(self) -> Result<RecordBatch, Error> {
        let texts = |mut column: StringBuilder| -> ArrayRef { Arc::new(column.finish()) };
        let times = |mut column: TimestampMicrosecondBuilder| -> ArrayRef { Arc::new(column.finish()) };
        let Columns { mut numbers, names, times: moments, mut values, words, mut properties, ids, .. } = self;
        let values = values.finish().with_precision_and_scale(VALUE_DIGITS.0, VALUE_DIGITS.1);
        let values =
            values.map_err(|source| Error::because(Sort::Invalid, "values do not fit their column", source))?;
        let mut columns: Vec<ArrayRef> = vec![Arc::new(numbers.finish())];
        columns.extend(names.map(texts));
        columns.extend(moments.map(times));
        columns.push(Arc::new(values));
        columns.extend(words.map(texts));
        columns.push(Arc::new(properties.finish()));
        columns.extend(ids.map(texts));
        RecordBatch::try_new(schema(), columns)
            .map_err(|source| Error::because(Sort::Invalid, "facts do not fit their columns", source))
    }
}

/// A column of texts, plain or with each text once.
#[derive(Clone)]
pub(crate) enum Texts {
    Plain(StringArray),
    Coded(Int32Array, StringArray),
}

impl Texts {
    fn of(array: &ArrayRef) -> Option<Texts> {
        match array.data_type() {
            DataType::Utf8 => Some(Texts::Plain(array.as_string::<i32>().clone())),
            DataType::Dictionary(..) => {
                let coded = array.as_dictionary_opt::<Int32Type>()?;
                Some(Texts::Coded(coded.keys().clone(), coded.values().as_string_opt::<i32>()?.clone()))
            }
            _ => None,
        }
    }

    #[inline]
    pub fn get(&self, row: usize) -> Option<&str> {
        match self {
            Texts::Plain(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Texts::Coded(codes, texts) => codes.is_valid(row).then(|| texts.value(codes.value(row) as usize)),
        }
    }
}

enum Kinds {
    Each(Vec<Kind>),
    Coded(Int32Array, Vec<Kind>),
}

impl Kinds {
    fn of(texts: &Texts) -> Result<Kinds, Error> {
        let parse = |text: Option<&str>| {
            let text = text.unwrap_or_default();
            Kind::from_str(text).map_err(|()| Error::damaged(format!("there is no kind of fact called {text:?}")))
        };
        match texts {
            Texts::Plain(texts) => Ok(Kinds::Each(texts.iter().map(parse).collect::<Result<_, _>>()?)),
            Texts::Coded(codes, _) if codes.null_count() > 0 => Err(Error::damaged("a fact has no kind")),
            Texts::Coded(codes, texts) => {
                Ok(Kinds::Coded(codes.clone(), texts.iter().map(parse).collect::<Result<_, _>>()?))
            }
        }
    }

    #[inline]
    fn get(&self, row: usize) -> Kind {
        match self {
            Kinds::Each(kinds) => kinds[row],
            Kinds::Coded(codes, kinds) => kinds[codes.value(row) as usize],
        }
    }
}

/// A batch of a lake file, ready to be read row by row; columns that were not asked for are absent.
pub(crate) struct Rows {
    len: usize,
    number: Option<Int64Array>,
    customer_id: Option<Texts>,
    actor_id: Option<Texts>,
    kind: Option<Kinds>,
    name: Option<Texts>,
    occurred_at: Option<TimestampMicrosecondArray>,
    known_at: Option<TimestampMicrosecondArray>,
    recorded_at: Option<TimestampMicrosecondArray>,
    value: Option<Decimal128Array>,
    currency: Option<Texts>,
    text: Option<Texts>,
    properties: Option<Maps>,
    source: Option<Texts>,
    message_id: Option<Texts>,
    supersedes: Option<Texts>,
    retracts: Option<Texts>,
}

struct Maps {
    map: MapArray,
    keys: StringArray,
    values: StringArray,
}

impl Rows {
    pub fn of(batch: &RecordBatch) -> Result<Rows, Error> {
        let wrong =
            |name: &str| Error::damaged(format!("column {name} of a fact file has another type or holds nothing"));
        let texts = |name: &str| match batch.column_by_name(name) {
            None => Ok(None),
            Some(array) => Texts::of(array).map(Some).ok_or_else(|| wrong(name)),
        };
        let times = |name: &str| match batch.column_by_name(name) {
            None => Ok(None),
            Some(array) => match array.as_any().downcast_ref::<TimestampMicrosecondArray>() {
                Some(times) if times.null_count() == 0 => Ok(Some(times.clone())),
                _ => Err(wrong(name)),
            },
        };
        let number = match batch.column_by_name("number") {
            None => None,
            Some(array) => match array.as_any().downcast_ref::<Int64Array>() {
                Some(numbers) if numbers.null_count() == 0 => Some(numbers.clone()),
                _ => return Err(wrong("number")),
            },
        };
        let value = match batch.column_by_name("value") {
            None => None,
            Some(array) => {
                Some(array.as_any().downcast_ref::<Decimal128Array>().ok_or_else(|| wrong("value"))?.clone())
            }
        };
        let properties = match batch.column_by_name("properties") {
            None => None,
            Some(array) => Some(Maps::of(array).ok_or_else(|| wrong("properties"))?),
        };
        Ok(Rows {
            len: batch.num_rows(),
            number,
            customer_id: texts("customer_id")?,
            actor_id: texts("actor_id")?,
            kind: texts("kind")?.map(|texts| Kinds::of(&texts)).transpose()?,
            name: texts("name")?,
            occurred_at: times("occurred_at")?,
            known_at: times("known_at")?,
            recorded_at: times("recorded_at")?,
            value,
            currency: texts("currency")?,
            text: texts("text")?,
            properties,
            source: texts("source")?,
            message_id: texts("message_id")?,
            supersedes: texts("supersedes")?,
            retracts: texts("retracts")?,
        })
    }

    pub fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn time(column: &Option<TimestampMicrosecondArray>, row: usize) -> Instant {
        Instant::from_micros(column.as_ref().map_or(0, |times| times.value(row)))
    }

    #[inline]
    fn texts(column: &Option<Texts>, row: usize) -> Option<&str> {
        column.as_ref().and_then(|texts| texts.get(row))
    }

    #[inline]
    pub fn recorded_at(&self, row: usize) -> Instant {
        Self::time(&self.recorded_at, row)
    }

    /// A row, with whatever columns are there.
    #[inline]
    pub fn row(&self, row: usize) -> RowRef<'_> {
        let value = self.value.as_ref().filter(|values| values.is_valid(row));
        RowRef {
            number: self.number.as_ref().map_or(0, |numbers| numbers.value(row) as u64),
            customer_id: Self::texts(&self.customer_id, row),
            actor_id: Self::texts(&self.actor_id, row),
            kind: self.kind.as_ref().map_or(Kind::Event, |kinds| kinds.get(row)),
            name: Self::texts(&self.name, row).unwrap_or_default(),
            occurred_at: Self::time(&self.occurred_at, row),
            known_at: Self::time(&self.known_at, row),
            value: value.and_then(|values| i64::try_from(values.value(row)).ok()),
            currency: Self::texts(&self.currency, row),
            text: Self::texts(&self.text, row),
            source: Self::texts(&self.source, row).unwrap_or_default(),
            message_id: Self::texts(&self.message_id, row).unwrap_or_default(),
            supersedes: Self::texts(&self.supersedes, row),
            retracts: Self::texts(&self.retracts, row),
        }
    }

    /// The properties of a row.
    pub fn properties(&self, row: usize) -> impl Iterator<Item = (&str, Option<&str>)> {
        let maps = self.properties.as_ref().filter(|maps| maps.map.is_valid(row));
        maps.into_iter().flat_map(move |maps| {
            let offsets = maps.map.value_offsets();
            let entries = offsets[row] as usize..offsets[row + 1] as usize;
            entries.map(|entry| (maps.keys.value(entry), maps.values.is_valid(entry).then(|| maps.values.value(entry))))
        })
    }

    /// A row as a fact of its own; every column must be there.
    pub fn stored(&self, row: usize) -> StoredFact {
        let read = self.row(row);
        let properties: Properties =
            self.properties(row).map(|(key, value)| (key.to_owned(), value.map(str::to_owned))).collect();
        let fact = Fact {
            customer_id: read.customer_id.map(CustomerId::new),
            actor_id: read.actor_id.map(ActorId::new),
            kind: read.kind,
            name: read.name.to_owned(),
            occurred_at: read.occurred_at,
            known_at: Some(read.known_at),
            value: read.value.map(|value| Amount::from_millionths(i128::from(value))),
            currency: read.currency.map(str::to_owned),
            text: read.text.map(str::to_owned),
            properties,
            source: SourceName::new(read.source),
            message_id: MessageId::new(read.message_id),
            supersedes: read.supersedes.map(MessageId::new),
            retracts: read.retracts.map(MessageId::new),
        };
        StoredFact { number: read.number, recorded_at: self.recorded_at(row), fact }
    }
}

impl Maps {
    fn of(array: &ArrayRef) -> Option<Maps> {
        let map = array.as_map_opt()?.clone();
        let keys = map.keys().as_string_opt::<i32>()?.clone();
        let values = map.values().as_string_opt::<i32>()?.clone();
        (keys.null_count() == 0).then_some(Maps { map, keys, values })
    }
}
