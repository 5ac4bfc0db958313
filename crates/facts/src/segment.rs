//! Facts of a haul on their way into order: a segment is filled by whoever brings them, and hashed, sorted and put behind
//! the others on a thread of its own while the next one fills.

use std::thread::JoinHandle;

use vocab::Instant;

use crate::build::RowRef;
use crate::encode::{Reader, hash_of_content, id_hash, put_known_and_names, put_said};
use crate::error::Error;
use crate::lake::month_number;
use crate::runs::{Entry, Runs, Section};

/// Facts packed one behind the other, in the order in which they came.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Segment {
    bytes: Vec<u8>,
    facts: Vec<Open>,
}

/// Where the key of a fact, the fact itself and what it says lie in its segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Open {
    moment: i64,
    key: u32,
    row: u32,
    content: u32,
    end: u32,
}

/// The key by which a file is sorted: facts without a customer first, by their actor.
fn put_key(out: &mut Vec<u8>, customer: Option<&str>, actor: Option<&str>) {
    match (customer, actor) {
        (Some(customer), _) => {
            out.push(1);
            out.extend_from_slice(customer.as_bytes());
        }
        (None, Some(actor)) => {
            out.extend_from_slice(&[0, 1]);
            out.extend_from_slice(actor.as_bytes());
        }
        (None, None) => out.push(0),
    }
}

impl Segment {
    /// Adds a fact that was checked; its properties are `count`, in the order of their keys.
    pub fn put<'p>(
        &mut self,
        row: &RowRef<'_>,
        known_at: Option<Instant>,
        count: usize,
        properties: impl Iterator<Item = (&'p str, Option<&'p str>)>,
    ) {
        let key = self.bytes.len();
        put_key(&mut self.bytes, row.customer_id, row.actor_id);
        let begin = self.bytes.len();
        put_known_and_names(&mut self.bytes, known_at, row.source, row.message_id);
        let content = self.bytes.len();
        put_said(&mut self.bytes, row, count, properties);
        self.facts.push(Open {
            moment: row.occurred_at.micros(),
            key: key as u32,
            row: begin as u32,
            content: content as u32,
            end: self.bytes.len() as u32,
        });
    }

    /// Bytes it takes.
    pub fn size(&self) -> usize {
        self.bytes.len() + self.facts.len() * size_of::<Open>()
    }

    /// Begins anew in the memory it has.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.facts.clear();
    }

    fn key(&self, fact: &Open) -> &[u8] {
        &self.bytes[fact.key as usize..fact.row as usize]
    }

    /// What stands for the id of a fact and for what it says; `None` if it is not what was put there.
    fn hashes(&self, fact: &Open) -> Option<(u128, u128)> {
        let mut names = Reader::of(&self.bytes[fact.row as usize..fact.content as usize]);
        if names.byte()? == 1 {
            names.instant()?;
        }
        let id = id_hash(names.text()?, names.text()?);
        Some((id, hash_of_content(&self.bytes[fact.content as usize..fact.end as usize])))
    }

    /// The places of the facts by month and by the order of a file.
    fn order(&self) -> Vec<(i32, u64, u32)> {
        let first = self.facts.first().map_or(&[][..], |fact| self.key(fact));
        let same = |fact: &Open| first.iter().zip(self.key(fact)).take_while(|(a, b)| a == b).count();
        let common = self.facts.iter().map(same).min().unwrap_or(0);
        // What tells most keys apart: eight bytes after those that all have in common.
        let prefix = |fact: &Open| {
            let rest = &self.key(fact)[common..];
            let mut begin = [0; 8];
            let length = rest.len().min(8);
            begin[..length].copy_from_slice(&rest[..length]);
            u64::from_be_bytes(begin)
        };
        let month = |fact: &Open| month_number(Instant::from_micros(fact.moment));
        let mut order: Vec<(i32, u64, u32)> =
            self.facts.iter().zip(0..).map(|(fact, at)| (month(fact), prefix(fact), at)).collect();
        order.sort_unstable_by(|a, b| {
            (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| {
                let (one, other) = (&self.facts[a.2 as usize], &self.facts[b.2 as usize]);
                (self.key(one), one.moment, a.2).cmp(&(self.key(other), other.moment, b.2))
            })
        });
        order
    }
}

/// Facts in order, run by run.
#[derive(Debug, Default)]
pub(crate) struct Sorted {
    pub runs: Runs,
    /// Month and place of each sorted run.
    pub sections: Vec<(i32, Section)>,
    /// Of each fact, what stands for its id and for what it says, in the order in which they came.
    pub hashes: Vec<(u128, u128)>,
}

impl Sorted {
    /// Takes the facts of a segment, which came behind all others.
    fn take(&mut self, segment: &Segment) -> Result<(), Error> {
        let before = self.hashes.len() as u32;
        for fact in &segment.facts {
            let hashes = segment.hashes(fact).ok_or_else(|| Error::damaged("a packed fact is not what was packed"))?;
            self.hashes.push(hashes);
        }
        let (mut month, mut begin) = (None, self.runs.end());
        for (own, _, at) in segment.order() {
            let fact = &segment.facts[at as usize];
            if month != Some(own) {
                self.sections.extend(month.map(|month| (month, begin..self.runs.end())));
                (month, begin) = (Some(own), self.runs.end());
            }
            let value = &segment.bytes[fact.row as usize..fact.end as usize];
            self.runs.put(&Entry { key: segment.key(fact), moment: fact.moment, place: before + at, value })?;
        }
        self.sections.extend(month.map(|month| (month, begin..self.runs.end())));
        Ok(())
    }
}

/// What a thread gives back: what is in order now, the segment it took, and whether it could.
type Taken = (Sorted, Segment, Result<(), Error>);

/// What is in order, and the thread that puts one more segment behind it.
#[derive(Debug, Default)]
pub(crate) struct Sorting {
    /// Empty while the thread has it.
    sorted: Sorted,
    /// A segment that is in order and can be filled again.
    spare: Segment,
    away: Option<JoinHandle<Taken>>,
    /// Bytes of the segment that the thread has.
    size_away: usize,
}

impl Sorting {
    /// Begins to put a segment in order; gives one to fill meanwhile. One at a time: waits for the one before.
    pub fn begin(&mut self, segment: Segment) -> Result<Segment, Error> {
        self.wait()?;
        let mut sorted = std::mem::take(&mut self.sorted);
        self.size_away = segment.size();
        self.away = Some(std::thread::spawn(move || {
            let taken = sorted.take(&segment);
            (sorted, segment, taken)
        }));
        Ok(std::mem::take(&mut self.spare))
    }

    /// Puts the segment at hand in order behind all others; it is empty then.
    pub fn finish(&mut self, last: &mut Segment) -> Result<(), Error> {
        self.wait()?;
        let taken = self.sorted.take(last);
        last.clear();
        taken
    }

    /// What stands for each fact, taken out once everything is in order.
    pub fn take_hashes(&mut self) -> Vec<(u128, u128)> {
        std::mem::take(&mut self.sorted.hashes)
    }

    /// What is in order, once everything is.
    pub fn sorted(&self) -> &Sorted {
        &self.sorted
    }

    /// Bytes of memory it takes, but for what stands for each fact.
    pub fn size(&self) -> usize {
        self.size_away + self.sorted.runs.size()
    }

    /// Begins anew in the memory it has, once everything was in order.
    pub fn clear(&mut self, hashes: Vec<(u128, u128)>) {
        self.sorted.runs.clear();
        self.sorted.sections.clear();
        self.sorted.hashes = hashes;
    }

    fn wait(&mut self) -> Result<(), Error> {
        let Some(away) = self.away.take() else { return Ok(()) };
        let (sorted, mut segment, taken) = away.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        segment.clear();
        (self.sorted, self.spare, self.size_away) = (sorted, segment, 0);
        taken
    }
}
