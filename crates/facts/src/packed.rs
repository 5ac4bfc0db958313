//! Facts packed as bytes: one run of numbered facts as it lies in the intake log and, shared with it, in memory.
//!
//! A live fact is written into bytes once, by the thread that brings it, and read from there by whoever looks at it:
//! no text of it is copied on its way to the log, the views and the lake. Files have columns: see `columns`.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use fjall::Slice;
use vocab::{ActorId, Amount, CustomerId, Instant, Kind, MessageId, SourceName};

use crate::build::{Override, RowRef};
use crate::encode::{Reader, hash_of_content, id_hash, put_content, put_known_and_names, put_u32};
use crate::fact::{Fact, Properties, StoredFact};
use crate::lake::override_of;

/// First byte of a record that holds a run of facts.
pub(crate) const FACTS: u8 = 4;
/// Marks the record, says when it was written and how many facts there are.
const HEADER: usize = 1 + 8 + 4;

/// Facts written into bytes one after the other; who they are and what they say is hashed on the way.
///
/// A fact takes a fraction here of what it takes as a [`Fact`]. Less than 4 GiB of facts go into one of these.
#[derive(Debug, Default)]
pub(crate) struct PackedFacts {
    bytes: Vec<u8>,
    offsets: Vec<u32>,
    /// Of each fact, what stands for its id and for what it says.
    pub(crate) hashes: Vec<(u128, u128)>,
}

impl PackedFacts {
    pub(crate) fn with_room(facts: usize) -> PackedFacts {
        let mut bytes = Vec::with_capacity(HEADER + facts * 256);
        bytes.resize(HEADER, 0);
        PackedFacts { bytes, offsets: Vec::with_capacity(facts), hashes: Vec::with_capacity(facts) }
    }

    /// Bytes they take.
    pub fn size(&self) -> usize {
        self.bytes.len() + self.offsets.len() * (size_of::<u32>() + size_of::<(u128, u128)>())
    }

    /// The message id of the fact at a place.
    pub(crate) fn message_id(&self, place: usize) -> Option<MessageId> {
        self.row(place, Instant::MIN).map(|row| MessageId::new(row.row.message_id))
    }

    /// The fact at a place, as if it were recorded at a moment.
    pub(crate) fn row(&self, place: usize, recorded_at: Instant) -> Option<PackedRow<'_>> {
        PackedRow::read(bytes_of(&self.bytes, &self.offsets, place)?, 0, recorded_at)
    }

    /// Adds a fact that was checked.
    pub(crate) fn put(&mut self, fact: &Fact) {
        self.put_told(fact, None);
    }

    /// The same; `told` stands for what the fact says, where that is no hash of it.
    pub(crate) fn put_told(&mut self, fact: &Fact, told: Option<u128>) {
        let out = &mut self.bytes;
        if out.is_empty() {
            out.resize(HEADER, 0);
        }
        let begin = out.len();
        self.offsets.push(begin as u32);
        put_u32(out, 0);
        put_known_and_names(out, fact.known_at, fact.source.as_str(), fact.message_id.as_str());
        let content = out.len();
        put_content(out, fact);
        let length = (out.len() - begin - 4) as u32;
        out[begin..begin + 4].copy_from_slice(&length.to_le_bytes());
        let id = id_hash(fact.source.as_str(), fact.message_id.as_str());
        self.hashes.push((id, told.unwrap_or_else(|| hash_of_content(&out[content..]))));
    }

    /// The facts for which `takes` holds, as a record; `None` if there are none.
    pub(crate) fn pack(
        mut self,
        takes: &dyn Fn(usize) -> bool,
        first_number: u64,
        recorded_at: Instant,
    ) -> Option<Packed> {
        if !(0..self.offsets.len()).all(takes) {
            let mut kept = PackedFacts::with_room(0);
            for place in (0..self.offsets.len()).filter(|place| takes(*place)) {
                let begin = self.offsets[place] as usize;
                let end = self.offsets.get(place + 1).map_or(self.bytes.len(), |next| *next as usize);
                kept.offsets.push(kept.bytes.len() as u32);
                kept.bytes.extend_from_slice(&self.bytes[begin..end]);
            }
            self = kept;
        }
        if self.offsets.is_empty() {
            return None;
        }
        self.bytes[0] = FACTS;
        self.bytes[1..9].copy_from_slice(&recorded_at.micros().to_le_bytes());
        self.bytes[9..HEADER].copy_from_slice(&(self.offsets.len() as u32).to_le_bytes());
        Some(Packed::new(Slice::from(self.bytes), self.offsets.into(), first_number, recorded_at))
    }
}

/// A run of facts that were written together; their numbers follow each other. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Packed {
    bytes: Slice,
    offsets: Arc<[u32]>,
    pub first_number: u64,
    recorded_at: Instant,
    /// Its corrections and retractions, once somebody has asked.
    overrides: Arc<OnceLock<Vec<Override>>>,
}

impl Packed {
    fn new(bytes: Slice, offsets: Arc<[u32]>, first_number: u64, recorded_at: Instant) -> Packed {
        Packed { bytes, offsets, first_number, recorded_at, overrides: Arc::default() }
    }

    /// Reads a record back; `None` if it is not what was written.
    pub fn read(first_number: u64, bytes: Slice) -> Option<Packed> {
        let mut reader = Reader::of(bytes.get(1..)?);
        let recorded_at = reader.instant()?;
        let count = u32::from_le_bytes(reader.take()?);
        let mut offsets = Vec::new();
        for _ in 0..count {
            let begin = bytes.len() - reader.rest().len();
            offsets.push(begin as u32);
            reader.skip_text()?;
        }
        if !reader.is_at_end() {
            return None;
        }
        let packed = Packed::new(bytes, offsets.into(), first_number, recorded_at);
        (0..packed.len()).all(|place| packed.read_row(place).is_some()).then_some(packed)
    }

    /// One fact, as it stands.
    pub fn of_one(stored: &StoredFact) -> Packed {
        let mut packer = PackedFacts::with_room(1);
        packer.put(&stored.fact);
        let begin = HEADER as u32;
        let packed = packer.pack(&|_| true, stored.number, stored.recorded_at);
        let empty = || Packed::new(Slice::from(Vec::new()), [begin].into(), stored.number, stored.recorded_at);
        packed.unwrap_or_else(empty)
    }

    pub fn bytes(&self) -> &Slice {
        &self.bytes
    }

    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Memory it takes.
    pub fn size(&self) -> usize {
        self.bytes.len() + 4 * self.offsets.len() + 96
    }

    pub fn last_number(&self) -> u64 {
        self.first_number + self.offsets.len() as u64 - 1
    }

    /// Its facts, in order of arrival. Every one can be read: that was seen to when the record was made.
    pub fn rows(&self) -> impl Iterator<Item = PackedRow<'_>> {
        (0..self.len()).filter_map(|place| self.read_row(place))
    }

    pub fn row(&self, place: usize) -> Option<PackedRow<'_>> {
        self.read_row(place)
    }

    /// Its corrections and retractions.
    pub fn overrides(&self) -> &[Override] {
        let found = || self.rows().filter_map(|fact| override_of(&fact.row, fact.recorded_at)).collect();
        self.overrides.get_or_init(found)
    }

    fn read_row(&self, place: usize) -> Option<PackedRow<'_>> {
        let number = self.first_number + place as u64;
        PackedRow::read(bytes_of(&self.bytes, &self.offsets, place)?, number, self.recorded_at)
    }
}

/// What lies at a place, without its length.
fn bytes_of<'a>(bytes: &'a [u8], offsets: &[u32], place: usize) -> Option<&'a [u8]> {
    let begin = *offsets.get(place)? as usize;
    let end = offsets.get(place + 1).map_or(bytes.len(), |next| *next as usize);
    bytes.get(begin + 4..end)
}

impl<'a> PackedRow<'a> {
    /// Reads what was put there; `None` if it is something else.
    pub fn read(bytes: &'a [u8], number: u64, recorded_at: Instant) -> Option<PackedRow<'a>> {
        let mut reader = Reader::of(bytes);
        let known_at = match reader.byte()? {
            0 => recorded_at,
            1 => reader.instant()?,
            _ => return None,
        };
        let (source, message_id) = (reader.text()?, reader.text()?);
        let (customer_id, actor_id) = (reader.optional()?, reader.optional()?);
        let kind = Kind::from_number(reader.byte()?)?;
        let (name, occurred_at) = (reader.text()?, reader.instant()?);
        let value = match reader.byte()? {
            0 => None,
            1 => Some(i64::try_from(i128::from_le_bytes(reader.take()?)).ok()?),
            _ => return None,
        };
        let (currency, text) = (reader.optional()?, reader.optional()?);
        let properties = reader.rest();
        for _ in 0..u32::from_le_bytes(reader.take()?) {
            reader.skip_text()?;
            match reader.byte()? {
                0 => {}
                1 => reader.skip_text()?,
                _ => return None,
            }
        }
        let (supersedes, retracts) = (reader.optional()?, reader.optional()?);
        let row = RowRef {
            number,
            customer_id,
            actor_id,
            kind,
            name,
            occurred_at,
            known_at,
            value,
            currency,
            text,
            source,
            message_id,
            supersedes,
            retracts,
        };
        let row = PackedRow { row, recorded_at, properties: Pairs::Packed(properties) };
        reader.is_at_end().then_some(row)
    }
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packed").field("first_number", &self.first_number).field("len", &self.len()).finish()
    }
}

/// A fact with everything it says, borrowed from wherever it lies.
#[derive(Clone, Copy)]
pub(crate) struct PackedRow<'a> {
    pub row: RowRef<'a>,
    pub recorded_at: Instant,
    properties: Pairs<'a>,
}

#[derive(Clone, Copy)]
enum Pairs<'a> {
    Map(&'a Properties),
    Packed(&'a [u8]),
}

impl<'a> PackedRow<'a> {
    pub fn of(stored: &'a StoredFact) -> PackedRow<'a> {
        let properties = Pairs::Map(&stored.fact.properties);
        PackedRow { row: RowRef::of(stored), recorded_at: stored.recorded_at, properties }
    }

    pub fn properties(&self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> + use<'a> {
        let (map, packed) = match self.properties {
            Pairs::Map(map) => (Some(map), None),
            Pairs::Packed(bytes) => (None, Some(bytes)),
        };
        let from_map = map.into_iter().flatten().map(|(key, value)| (key.as_str(), value.as_deref()));
        let from_bytes = packed.into_iter().flat_map(|bytes| {
            let mut reader = Reader::of(bytes);
            let count = reader.take().map_or(0, u32::from_le_bytes);
            (0..count).map_while(move |_| Some((reader.text()?, reader.optional()?)))
        });
        from_map.chain(from_bytes)
    }

    pub fn has_properties(&self) -> bool {
        match self.properties {
            Pairs::Map(map) => !map.is_empty(),
            Pairs::Packed(bytes) => bytes.get(..4).is_some_and(|count| count != [0; 4]),
        }
    }

    /// The fact as one of its own.
    pub fn stored(&self) -> StoredFact {
        let row = &self.row;
        let fact = Fact {
            customer_id: row.customer_id.map(CustomerId::new),
            actor_id: row.actor_id.map(ActorId::new),
            kind: row.kind,
            name: row.name.to_owned(),
            occurred_at: row.occurred_at,
            known_at: Some(row.known_at),
            value: row.value.map(|value| Amount::from_millionths(i128::from(value))),
            currency: row.currency.map(str::to_owned),
            text: row.text.map(str::to_owned),
            properties: self.properties().map(|(key, value)| (key.to_owned(), value.map(str::to_owned))).collect(),
            source: SourceName::new(row.source),
            message_id: MessageId::new(row.message_id),
            supersedes: row.supersedes.map(MessageId::new),
            retracts: row.retracts.map(MessageId::new),
        };
        StoredFact { number: row.number, recorded_at: self.recorded_at, fact }
    }
}

/// Where a fact belongs in a file: by customer (those without one first, by their actor), time and arrival.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileOrder<'a> {
    customer: Option<&'a str>,
    actor: Option<&'a str>,
    occurred_at: Instant,
    number: u64,
}

impl<'a> FileOrder<'a> {
    pub fn of(row: &RowRef<'a>) -> FileOrder<'a> {
        let actor = if row.customer_id.is_none() { row.actor_id } else { None };
        FileOrder { customer: row.customer_id, actor, occurred_at: row.occurred_at, number: row.number }
    }

    pub fn occurred_at(&self) -> Instant {
        self.occurred_at
    }

    pub fn number(&self) -> u64 {
        self.number
    }
}

/// A fact of a run, by the place of the run and its own.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// What tells most customers apart: the eight bytes of their names after those that all have in common.
    prefix: u64,
    pub order: FileOrder<'a>,
    run: u32,
    row: u32,
}

impl<'a> Place<'a> {
    pub fn read(&self, runs: &'a [Arc<Packed>]) -> Option<PackedRow<'a>> {
        runs.get(self.run as usize)?.row(self.row as usize)
    }
}

/// The places of all facts of some runs, unsorted.
pub(crate) fn places(runs: &[Arc<Packed>]) -> impl Iterator<Item = Place<'_>> {
    runs.iter().enumerate().flat_map(|(run, packed)| {
        (0..packed.len()).filter_map(move |at| {
            let order = FileOrder::of(&packed.row(at)?.row);
            Some(Place { prefix: 0, order, run: run as u32, row: at as u32 })
        })
    })
}

/// Puts places in the order of a file.
pub(crate) fn sort_for_file(places: &mut [Place<'_>]) {
    let names = || places.iter().filter_map(|place| place.order.customer);
    let first = names().next().unwrap_or_default();
    let same = |name: &str| first.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
    let common = names().map(same).min().unwrap_or(0);
    for place in places.iter_mut() {
        let rest = place.order.customer.map_or(&[][..], |name| &name.as_bytes()[common..]);
        let mut bytes = [0; 8];
        let length = rest.len().min(8);
        bytes[..length].copy_from_slice(&rest[..length]);
        place.prefix = u64::from_be_bytes(bytes);
    }
    places.sort_unstable_by(|a, b| match a.prefix.cmp(&b.prefix) {
        Ordering::Equal => a.order.cmp(&b.order),
        order => order,
    });
}
