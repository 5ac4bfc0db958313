//! How a fact is written in the intake log, and the hashes by which it is recognised.
//!
//! A record is read back only by the version that is written in its first byte; anything else is damage, never a
//! guess. The lake's own format is in `columns`.

use fjall::Slice;
use vocab::{ActorId, Amount, CustomerId, Instant, Kind, MessageId, SourceName};

use crate::build::RowRef;
use crate::error::Error;
use crate::fact::{Fact, Identity, IdentityRole, Properties, StoredFact, StoredIdentity};
use crate::packed::{FACTS, Packed};

/// One fact: what the first version wrote.
const FACT: u8 = 1;
/// An identity row that ends no other: what the first version wrote.
const IDENTITY: u8 = 2;
const SUPERSEDING_IDENTITY: u8 = 3;

/// One row of the intake log.
#[derive(Debug)]
pub(crate) enum Record {
    Facts(Packed),
    Identity(StoredIdentity),
}

/// 128 bits that stand for a message id of a source, for ever.
pub(crate) fn id_hash(source: &str, message_id: &str) -> u128 {
    let (source_end, end) = (8 + source.len(), 8 + source.len() + message_id.len());
    let mut bytes = [0; 160];
    if end <= bytes.len() {
        // In one piece, which is twice as quick; nearly every id is short.
        bytes[..8].copy_from_slice(&(source.len() as u64).to_le_bytes());
        bytes[8..source_end].copy_from_slice(source.as_bytes());
        bytes[source_end..end].copy_from_slice(message_id.as_bytes());
        return first_128(blake3::hash(&bytes[..end]));
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(source.len() as u64).to_le_bytes());
    hasher.update(source.as_bytes());
    hasher.update(message_id.as_bytes());
    first_128(hasher.finalize())
}

/// 128 bits that stand for what a fact says, as [`put_content`] has written it. Its id is not part of it, nor when it
/// could be known: the same row sent again a day later says the same.
pub(crate) fn hash_of_content(content: &[u8]) -> u128 {
    first_128(blake3::hash(content))
}

pub(crate) fn first_128(hash: blake3::Hash) -> u128 {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    u128::from_le_bytes(bytes)
}

pub(crate) fn put_content(out: &mut Vec<u8>, fact: &Fact) {
    let properties = fact.properties.iter().map(|(key, value)| (key.as_str(), value.as_deref()));
    put_said(out, &RowRef::of_fact(fact), fact.properties.len(), properties);
}

/// When a packed fact could be known, where it came from and its id: what stands before what it says.
pub(crate) fn put_known_and_names(out: &mut Vec<u8>, known_at: Option<Instant>, source: &str, message_id: &str) {
    match known_at {
        None => out.push(0),
        Some(known_at) => {
            out.push(1);
            put_i64(out, known_at.micros());
        }
    }
    put_text(out, source);
    put_text(out, message_id);
}

/// What a row says, in the bytes of [`put_content`]; `properties` are `count`, in the order of their keys.
pub(crate) fn put_said<'p>(
    out: &mut Vec<u8>,
    row: &RowRef<'_>,
    count: usize,
    properties: impl Iterator<Item = (&'p str, Option<&'p str>)>,
) {
    put_optional(out, row.customer_id);
    put_optional(out, row.actor_id);
    out.push(row.kind as u8);
    put_text(out, row.name);
    put_i64(out, row.occurred_at.micros());
    match row.value {
        None => out.push(0),
        Some(millionths) => {
            out.push(1);
            out.extend_from_slice(&i128::from(millionths).to_le_bytes());
        }
    }
    put_optional(out, row.currency);
    put_optional(out, row.text);
    put_u32(out, count);
    for (key, value) in properties {
        put_text(out, key);
        put_optional(out, value);
    }
    put_optional(out, row.supersedes);
    put_optional(out, row.retracts);
}

/// The record of an identity row.
pub(crate) fn encode_identity(stored: &StoredIdentity) -> Vec<u8> {
    let mut out = Vec::with_capacity(96);
    out.push(if stored.identity.supersedes.is_some() { SUPERSEDING_IDENTITY } else { IDENTITY });
    put_i64(&mut out, stored.recorded_at.micros());
    put_i64(&mut out, stored.known_at().micros());
    put_text(&mut out, &stored.identity.key);
    put_text(&mut out, stored.identity.customer_id.as_str());
    out.push(stored.identity.role as u8);
    put_text(&mut out, stored.identity.source.as_str());
    if let Some(ended) = &stored.identity.supersedes {
        put_text(&mut out, ended.as_str());
    }
    out
}

/// Reads a record back.
pub(crate) fn decode(number: u64, bytes: Slice) -> Result<Record, Error> {
    let damaged = || Error::damaged(format!("row {number} of the intake log cannot be read"));
    if bytes.first() == Some(&FACTS) {
        return Packed::read(number, bytes).map(Record::Facts).ok_or_else(damaged);
    }
    let mut reader = Reader { rest: &bytes };
    let record = match reader.byte() {
        Some(FACT) => reader.fact(number).map(|stored| Record::Facts(Packed::of_one(&stored))),
        Some(IDENTITY) => reader.identity(number, false).map(Record::Identity),
        Some(SUPERSEDING_IDENTITY) => reader.identity(number, true).map(Record::Identity),
        _ => None,
    };
    record.filter(|_| reader.is_at_end()).ok_or_else(damaged)
}

pub(crate) fn put_i64(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(&value.to_le_bytes());
}

pub(crate) fn put_u32(out: &mut Vec<u8>, value: usize) {
    out.extend_from_slice(&(value as u32).to_le_bytes());
}

pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_u32(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn put_optional(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        None => out.push(0),
        Some(text) => {
            out.push(1);
            put_text(out, text);
        }
    }
}

/// Reads a record piece by piece; `None` where it ends too soon or says what cannot be.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn of(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*head)
    }

    pub fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    pub fn instant(&mut self) -> Option<Instant> {
        self.take().map(i64::from_le_bytes).map(Instant::from_micros)
    }

    pub fn text(&mut self) -> Option<&'a str> {
        let length = u32::from_le_bytes(self.take()?) as usize;
        let (head, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        std::str::from_utf8(head).ok()
    }

    /// Passes over a text without reading it.
    pub fn skip_text(&mut self) -> Option<()> {
        let length = u32::from_le_bytes(self.take()?) as usize;
        self.rest = self.rest.split_at_checked(length)?.1;
        Some(())
    }

    /// What is left.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub fn optional(&mut self) -> Option<Option<&'a str>> {
        match self.byte()? {
            0 => Some(None),
            1 => self.text().map(Some),
            _ => None,
        }
    }

    fn fact(&mut self, number: u64) -> Option<StoredFact> {
        let recorded_at = self.instant()?;
        let known_at = self.instant()?;
        let source = SourceName::new(self.text()?);
        let message_id = MessageId::new(self.text()?);
        let customer_id = self.optional()?.map(CustomerId::new);
        let actor_id = self.optional()?.map(ActorId::new);
        let kind = Kind::from_number(self.byte()?)?;
        let name = self.text()?.to_owned();
        let occurred_at = self.instant()?;
        let value = match self.byte()? {
            0 => None,
            1 => Some(Amount::from_millionths(i128::from_le_bytes(self.take()?))),
            _ => return None,
        };
        let currency = self.optional()?.map(str::to_owned);
        let text = self.optional()?.map(str::to_owned);
        let count = u32::from_le_bytes(self.take()?);
        let mut properties = Properties::new();
        for _ in 0..count {
            let key = self.text()?.to_owned();
            properties.insert(key, self.optional()?.map(str::to_owned));
        }
        let supersedes = self.optional()?.map(MessageId::new);
        let retracts = self.optional()?.map(MessageId::new);
        let fact = Fact {
            customer_id,
            actor_id,
            kind,
            name,
            occurred_at,
            known_at: Some(known_at),
            value,
            currency,
            text,
            properties,
            source,
            message_id,
            supersedes,
            retracts,
        };
        Some(StoredFact { number, recorded_at, fact })
    }

    fn identity(&mut self, number: u64, supersedes: bool) -> Option<StoredIdentity> {
        let recorded_at = self.instant()?;
        let known_at = self.instant()?;
        let key = self.text()?.to_owned();
        let customer_id = CustomerId::new(self.text()?);
        let role = match self.byte()? {
            0 => IdentityRole::SameAs,
            1 => IdentityRole::MemberOf,
            _ => return None,
        };
        let source = SourceName::new(self.text()?);
        let supersedes = if supersedes { Some(CustomerId::new(self.text()?)) } else { None };
        let identity = Identity { key, customer_id, role, known_at: Some(known_at), source, supersedes };
        Some(StoredIdentity { number, recorded_at, identity })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> StoredFact {
        let mut fact = Fact::new("甲公司", Kind::Order, "Order Completed", Instant::from_micros(7));
        fact.known_at = Some(Instant::from_micros(9));
        fact.value = Some(Amount::from_millionths(-12_500_000));
        fact.text = Some("加急".into());
        fact.properties.insert("plan".into(), Some("pro".into()));
        fact.properties.insert("seats".into(), None);
        fact.message_id = MessageId::new("m-1");
        fact.supersedes = Some(MessageId::new("m-0"));
        StoredFact { number: 3, recorded_at: Instant::from_micros(11), fact }
    }

    /// As the first version wrote it.
    fn old_record(stored: &StoredFact) -> Vec<u8> {
        let mut out = vec![FACT];
        put_i64(&mut out, stored.recorded_at.micros());
        put_i64(&mut out, stored.known_at().micros());
        put_text(&mut out, stored.fact.source.as_str());
        put_text(&mut out, stored.fact.message_id.as_str());
        put_content(&mut out, &stored.fact);
        out
    }

    fn facts_of(record: Record) -> Vec<StoredFact> {
        let Record::Facts(packed) = record else { return Vec::new() };
        packed.rows().map(|row| row.stored()).collect()
    }

    #[test]
    fn an_order_is_read_back_as_it_was_written_by_this_version_and_the_first() {
        let stored = order();
        let packed = Packed::of_one(&stored);
        for bytes in [packed.bytes().to_vec(), old_record(&stored)] {
            assert_eq!(facts_of(decode(3, Slice::from(bytes)).unwrap()), std::slice::from_ref(&stored));
        }
    }

    #[test]
    fn a_cut_or_longer_record_is_damage() {
        for bytes in [Packed::of_one(&order()).bytes().to_vec(), old_record(&order())] {
            for length in 0..bytes.len() {
                assert!(decode(3, Slice::from(&bytes[..length])).unwrap_err().is_damaged());
            }
            let mut longer = bytes;
            longer.push(0);
            assert!(decode(3, Slice::from(longer)).unwrap_err().is_damaged());
        }
    }

    #[test]
    fn a_customers_fact_is_the_same_whenever_it_is_sent_but_not_with_another_amount() {
        let mut again = order().fact;
        again.known_at = None;
        let content_hash = |fact: &Fact| {
            let mut content = Vec::new();
            put_content(&mut content, fact);
            hash_of_content(&content)
        };
        assert_eq!(content_hash(&order().fact), content_hash(&again));
        again.value = Some(Amount::from_millionths(-12_500_001));
        assert_ne!(content_hash(&order().fact), content_hash(&again));
    }

    #[test]
    fn an_id_belongs_to_its_source_and_is_the_same_however_long_it_is() {
        assert_ne!(id_hash("ab", "c"), id_hash("a", "bc"));
        for length in [1, 140, 147, 148, 149, 400] {
            let id = "x".repeat(length);
            let whole = [&4u64.to_le_bytes()[..], b"shop", id.as_bytes()].concat();
            assert_eq!(id_hash("shop", &id), first_128(blake3::hash(&whole)), "{length}");
        }
    }
}
