//! History on its way in: any number of facts and notes, put in the order of the lake's files outside of memory.
//!
//! A fact is packed when it comes. What has come is hashed and sorted segment by segment, on a thread of its own (`segment`),
//! and put aside; the files of a load are written by merging the segments. So a load is large without holding its facts:
//! what stays in memory is what stands for each of them.

use std::collections::{BTreeMap, HashMap};

use arrow::record_batch::RecordBatch;
use vocab::{Instant, MessageId};

use crate::build::RowRef;
use crate::columns::Columns;
use crate::error::Error;
use crate::fact::Fact;
use crate::haul_notes::HaulNotes;
use crate::lake::month_name;
use crate::packed::PackedRow;
use crate::runs::{Merge, Section};
use crate::segment::{Segment, Sorting};
use crate::writer::check_fact;

/// Bytes of facts that are sorted at once.
const SEGMENT: usize = 3 << 20;
/// Facts and bytes of them that become columns at once: so few that their memory is used again before the allocator gives
/// it back.
const ROWS_PER_WRITE: usize = 1_024;
const BYTES_PER_WRITE: usize = 4 << 20;
/// Stands for the number of a fact that is not taken.
const NOT_TAKEN: u32 = u32::MAX;

/// Facts and notes for one load, as many as are brought: see [`crate::Facts::load_haul`].
///
/// What is held of a fact is what stands for it: about a tenth of what the fact takes.
#[derive(Debug, Default)]
pub struct Haul {
    open: Segment,
    sorting: Sorting,
    shown: Vec<Shown>,
    pub(crate) notes: HaulNotes,
}

/// From when on views show a fact.
#[derive(Clone, Copy, Debug)]
enum Shown {
    From(i64),
    /// Once it is recorded, and not before that moment.
    Recorded(i64),
}

impl Shown {
    fn of(row: &RowRef<'_>, known_at: Option<Instant>) -> Shown {
        let speaks_of_another = row.supersedes.is_some() || row.retracts.is_some();
        let occurred_at = if speaks_of_another { i64::MIN } else { row.occurred_at.micros() };
        match known_at {
            Some(known_at) => Shown::From(known_at.micros().max(occurred_at)),
            None => Shown::Recorded(occurred_at),
        }
    }

    fn when(self, recorded_at: Instant) -> Instant {
        match self {
            Shown::From(moment) => Instant::from_micros(moment),
            Shown::Recorded(moment) => recorded_at.max(Instant::from_micros(moment)),
        }
    }
}

impl Haul {
    /// Adds a fact.
    ///
    /// # Errors
    /// A fact without a message id, or with a value beyond ±9.2e12, is refused ([`Error::is_invalid`]); the disk may
    /// refuse what is put aside.
    pub fn push(&mut self, fact: &Fact) -> Result<(), Error> {
        check_fact(fact)?;
        let properties = fact.properties.iter().map(|(key, value)| (key.as_str(), value.as_deref()));
        self.put(&RowRef::of_fact(fact), fact.known_at, fact.properties.len(), properties)
    }

    /// Adds a fact that was never made one of its own: as [`Haul::push`]. Its number says nothing, and its properties stand in
    /// the order of their keys, each key once.
    ///
    /// # Errors
    /// As [`Haul::push`].
    pub fn push_row(&mut self, row: &RowRef<'_>, properties: &[(&str, &str)]) -> Result<(), Error> {
        if row.message_id.is_empty() || row.value.is_some_and(|value| value.unsigned_abs() >= i64::MAX as u64) {
            return Err(Error::invalid(format!("a fact of the source {} has no id, or too large a value", row.source)));
        }
        debug_assert!(properties.is_sorted_by(|one, next| one.0 < next.0), "in the order of their keys");
        let said = properties.iter().map(|(key, value)| (*key, Some(*value)));
        self.put(row, Some(row.known_at), properties.len(), said)
    }

    fn put<'p>(
        &mut self,
        row: &RowRef<'_>,
        known_at: Option<Instant>,
        count: usize,
        properties: impl Iterator<Item = (&'p str, Option<&'p str>)>,
    ) -> Result<(), Error> {
        self.shown.push(Shown::of(row, known_at));
        self.open.put(row, known_at, count, properties);
        if self.open.size() < SEGMENT {
            return Ok(());
        }
        self.open = self.sorting.begin(std::mem::take(&mut self.open))?;
        Ok(())
    }

    /// Adds a note of the front door; of those with one key the last stands.
    ///
    /// # Errors
    /// An empty key is refused; the disk may refuse what is put aside.
    pub fn note(&mut self, key: &[u8], value: &[u8]) -> Result<(), Error> {
        self.notes.push(key, value)
    }

    /// How many facts there are.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Whether there is neither a fact nor a note.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty() && self.notes.len() == 0
    }

    /// Bytes of memory it takes.
    pub fn size(&self) -> usize {
        let of_each = size_of::<(u128, u128)>() + size_of::<Shown>();
        self.open.size() + self.shown.len() * of_each + self.sorting.size() + self.notes.size()
    }

    /// Begins anew in the memory and the files it has; what stands for the ids is the memory that was given away.
    pub(crate) fn clear(&mut self, hashes: Vec<(u128, u128)>) {
        self.open.clear();
        self.sorting.clear(hashes);
        self.shown.clear();
        self.notes.clear();
    }

    /// From when on views would show the fact at a place, recorded at a moment.
    pub(crate) fn shown(&self, place: usize, recorded_at: Instant) -> Option<Instant> {
        self.shown.get(place).map(|shown| shown.when(recorded_at))
    }

    /// Puts everything in order.
    pub(crate) fn close(&mut self) -> Result<(), Error> {
        self.notes.seal()?;
        self.sorting.finish(&mut self.open)
    }

    /// Of each fact that was put in order, what stands for its id and for what it says.
    pub(crate) fn hashes(&self) -> &[(u128, u128)] {
        &self.sorting.sorted().hashes
    }

    /// The same, taken out.
    pub(crate) fn take_hashes(&mut self) -> Vec<(u128, u128)> {
        self.sorting.take_hashes()
    }

    /// The message ids of the facts at some places, in order; everything is put in order for that.
    pub(crate) fn message_ids(&mut self, places: &[u32]) -> Result<Vec<MessageId>, Error> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        self.sorting.finish(&mut self.open)?;
        let sorted = self.sorting.sorted();
        let mut wanted: HashMap<u32, Option<MessageId>> = places.iter().map(|place| (*place, None)).collect();
        let mut merge = sorted.runs.merge(sorted.sections.iter().map(|(_, section)| section.clone()))?;
        while let Some(entry) = merge.first() {
            if let Some(found) = wanted.get_mut(&entry.place) {
                *found = PackedRow::read(entry.value, 0, Instant::MIN).map(|row| MessageId::new(row.row.message_id));
            }
            merge.pass()?;
        }
        Ok(places.iter().filter_map(|place| wanted.get_mut(place)?.take()).collect())
    }
}

/// A haul whose facts have their fates and numbers.
#[derive(Debug)]
pub(crate) struct Numbered {
    pub haul: Haul,
    /// How far each fact's number lies behind the first one; nothing where every fact is taken.
    behind: Option<Vec<u32>>,
    pub first_number: u64,
    /// Facts that are taken.
    pub count: u64,
    recorded_at: Instant,
}

impl Numbered {
    /// Numbers the facts that are taken; `None` where none is.
    pub fn of(haul: Haul, takes: &dyn Fn(usize) -> bool, first_number: u64, recorded_at: Instant) -> Option<Numbered> {
        let mut count = 0;
        let mut behind = Vec::with_capacity(haul.len());
        for place in 0..haul.len() {
            let is_taken = takes(place);
            behind.push(if is_taken { count } else { NOT_TAKEN });
            count += u32::from(is_taken);
        }
        let behind = (count as usize != haul.len()).then_some(behind);
        (count > 0).then_some(Numbered { haul, behind, first_number, count: u64::from(count), recorded_at })
    }

    /// From when on views show that one of them is there.
    pub fn changes_from(&self) -> Option<Instant> {
        let taken = (0..self.haul.len()).filter(|place| self.number(*place as u32).is_some());
        taken.filter_map(|place| self.haul.shown(place, self.recorded_at)).min()
    }

    fn number(&self, place: u32) -> Option<u64> {
        let behind = match &self.behind {
            None => place,
            Some(behind) => *behind.get(place as usize)?,
        };
        (behind != NOT_TAKEN).then(|| self.first_number + u64::from(behind))
    }

    /// The facts of each month in the order of a file.
    pub fn months(&self) -> Vec<(String, MonthRows<'_>)> {
        let mut months: BTreeMap<i32, Vec<Section>> = BTreeMap::new();
        for (month, section) in &self.haul.sorting.sorted().sections {
            months.entry(*month).or_default().push(section.clone());
        }
        let rows = |sections| MonthRows { of: self, sections, merge: None };
        months.into_iter().map(|(month, sections)| (month_name(month), rows(sections))).collect()
    }
}

/// The facts of a month, batch by batch.
#[derive(Debug)]
pub(crate) struct MonthRows<'a> {
    of: &'a Numbered,
    sections: Vec<Section>,
    /// Once it is begun.
    merge: Option<Merge<'a>>,
}

impl MonthRows<'_> {
    /// The next facts as columns, each handed to `count` before; nothing after the last.
    pub fn next(&mut self, count: &mut dyn FnMut(&PackedRow<'_>)) -> Result<Option<RecordBatch>, Error> {
        let merge = match &mut self.merge {
            Some(merge) => merge,
            none => {
                none.insert(self.of.haul.sorting.sorted().runs.merge(std::mem::take(&mut self.sections).into_iter())?)
            }
        };
        let mut columns: Option<Columns> = None;
        while columns.as_ref().is_none_or(|own| own.len() < ROWS_PER_WRITE && own.size() < BYTES_PER_WRITE)
            && let Some(entry) = merge.first()
        {
            if let Some(number) = self.of.number(entry.place) {
                let row = PackedRow::read(entry.value, number, self.of.recorded_at);
                let row = row.ok_or_else(|| Error::damaged("a temporary file is not what was written"))?;
                count(&row);
                columns.get_or_insert_with(|| Columns::with_room(ROWS_PER_WRITE)).push(&row)?;
            }
            merge.pass()?;
        }
        columns.map(Columns::finish).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::FileOrder;

    fn fact(n: u32) -> Fact {
        let at = Instant::from_micros(1_700_000_000_000_000 + i64::from(n.wrapping_mul(7_919) % 300) * 86_400_000_000);
        let mut fact =
            Fact::new(format!("C{:04}", n.wrapping_mul(31) % 977), vocab::Kind::Order, "Order Completed", at);
        if n.is_multiple_of(11) {
            fact.customer_id = None;
            fact.actor_id = (n.is_multiple_of(2)).then(|| format!("a{}", n % 7).as_str().into());
        }
        fact.known_at = (!n.is_multiple_of(5)).then(|| at.plus_days(i64::from(n % 3)));
        fact.text = Some("x".repeat(n as usize % 700));
        fact.message_id = MessageId::new(format!("m{n}"));
        fact
    }

    #[test]
    fn facts_come_out_by_month_in_the_order_of_a_file_and_only_those_taken() {
        let mut haul = Haul::default();
        (0..20_000).for_each(|n| haul.push(&fact(n)).unwrap());
        let mut packed = crate::packed::PackedFacts::default();
        (0..20_000).for_each(|n| packed.put(&fact(n)));
        haul.close().unwrap();
        assert!(haul.hashes() == packed.hashes, "known again when they come live, each in its place");
        assert!(haul.sorting.sorted().sections.len() > 20, "several segments");
        let recorded_at = Instant::from_micros(1_800_000_000_000_000);
        let takes = |place: usize| !place.is_multiple_of(3);
        let numbered = Numbered::of(haul, &takes, 101, recorded_at).unwrap();
        assert_eq!(numbered.count, 13_333);
        let mut seen = std::collections::BTreeSet::new();
        let mut earliest = Instant::MAX;
        for (month, mut rows) in numbered.months() {
            let mut before: Option<(Option<String>, Option<String>, Instant, u64)> = None;
            let mut check = |row: &PackedRow<'_>| {
                let own = row.stored();
                let n: u32 = own.fact.message_id.as_str()[1..].parse().unwrap();
                let mut expected = fact(n);
                expected.known_at = expected.known_at.or(Some(recorded_at));
                assert_eq!((&own.fact, own.recorded_at), (&expected, recorded_at));
                assert_eq!(own.number, 101 + u64::from(n) - u64::from(n / 3) - 1, "{n}");
                assert_eq!(crate::lake::month_of(own.fact.occurred_at), month);
                earliest = earliest.min(crate::writer::changes_from(&row.row));
                let actor = row.row.actor_id.filter(|_| row.row.customer_id.is_none());
                let order =
                    (row.row.customer_id.map(str::to_owned), actor.map(str::to_owned), row.row.occurred_at, own.number);
                assert_eq!(FileOrder::of(&row.row).number(), own.number);
                assert!(before.as_ref().is_none_or(|before| *before < order));
                before = Some(order);
                assert!(seen.insert(n));
            };
            while let Some(batch) = rows.next(&mut check).unwrap() {
                assert!(batch.num_rows() > 0);
            }
        }
        assert_eq!(seen.len(), 13_333);
        assert_eq!(numbered.changes_from(), Some(earliest));
    }

    #[test]
    fn a_row_says_what_its_fact_says_and_ids_are_found_again() {
        let (mut one, mut other) = (Haul::default(), Haul::default());
        let mut told = fact(7);
        told.value = Some(vocab::Amount::from_millionths(-12_500_000));
        told.currency = Some("USD".into());
        told.properties.insert("a".into(), Some("1".into()));
        told.properties.insert("b".into(), Some("甲".into()));
        one.push(&told).unwrap();
        let row = RowRef { known_at: told.known_at.unwrap(), ..RowRef::of_fact(&told) };
        other.push_row(&row, &[("a", "1"), ("b", "甲")]).unwrap();
        assert_eq!(one.open, other.open);
        let mut packed = crate::packed::PackedFacts::default();
        packed.put(&told);
        one.close().unwrap();
        assert_eq!(packed.hashes, one.hashes(), "known again when it comes live");
        assert!(other.push_row(&RowRef { message_id: "", ..row }, &[]).unwrap_err().is_invalid());
        (8..30).for_each(|n| one.push(&fact(n)).unwrap());
        let ids: Vec<String> = one.message_ids(&[20, 0, 3]).unwrap().iter().map(|id| id.as_str().to_owned()).collect();
        assert_eq!(ids, ["m27", "m7", "m10"]);
    }
}
