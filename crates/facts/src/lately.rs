//! Rows of customers who were lately asked about, kept by the files they lie in.
//!
//! Whoever opens a customer's page asks for its facts several times in one breath. A file never changes, so what was read
//! of it stays true as long as it is there; nothing is kept of what came in since. What counts for whom, what was corrected
//! and what a view leaves out is not decided here: that is asked anew of every row.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::build::RowRef;
use crate::error::Error;
use crate::fact::StoredFact;

/// What a property takes besides its letters.
const PROPERTY_BYTES: usize = 64;
/// What a file without rows takes.
const FILE_BYTES: usize = 64;

/// Keys of a customer and of its people, sorted: whose rows are meant.
pub(crate) type Who = (Vec<Box<str>>, Vec<Box<str>>);

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub customers: usize,
    pub bytes: usize,
    /// Whoever has more is not kept at all.
    pub bytes_of_one: usize,
}

/// Customers who were lately asked about. Whoever asks about one waits for whoever is reading the same one, and for nobody
/// else.
pub(crate) struct Lately<F> {
    bounds: Bounds,
    asked: AtomicU64,
    slots: Mutex<HashMap<Who, Slot<F>>>,
}

struct Slot<F> {
    kept: Arc<Kept<F>>,
    /// When it was last asked for, in questions.
    last: u64,
}

struct Kept<F> {
    held: Mutex<Held<F>>,
    /// What it takes, for whoever makes room meanwhile.
    bytes: AtomicUsize,
}

enum Held<F> {
    /// By the address of the file: it is no other's while something points there.
    Files(HashMap<usize, (Weak<F>, Gathered)>),
    TooMuch,
}

/// Rows of a file on their way into memory, as long as there is room for them.
pub(crate) struct Gathered {
    rows: Vec<StoredFact>,
    bytes: usize,
    room: usize,
}

impl Gathered {
    fn within(room: usize) -> Gathered {
        Gathered { rows: Vec::new(), bytes: FILE_BYTES, room }
    }

    /// Takes a row; false if there is no room for it.
    pub fn push(&mut self, stored: StoredFact) -> bool {
        self.bytes += size_of_one(&stored);
        if self.fits() {
            self.rows.push(stored);
        }
        self.fits()
    }

    fn fits(&self) -> bool {
        self.bytes <= self.room
    }
}

/// About how many bytes a fact takes.
fn size_of_one(stored: &StoredFact) -> usize {
    let row = RowRef::of(stored);
    let texts = [row.customer_id, row.actor_id, Some(row.name), row.currency, row.text, Some(row.source)];
    let ids = [Some(row.message_id), row.supersedes, row.retracts];
    let texts: usize = texts.into_iter().chain(ids).flatten().map(str::len).sum();
    let properties = stored.fact.properties.iter();
    let properties = properties.map(|(key, value)| PROPERTY_BYTES + key.len() + value.as_ref().map_or(0, String::len));
    size_of::<StoredFact>() + texts + properties.sum::<usize>()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<F> Lately<F> {
    pub fn new(bounds: Bounds) -> Lately<F> {
        Lately { bounds, asked: AtomicU64::new(0), slots: Mutex::default() }
    }

    /// Goes through somebody's rows in these files; `read` gathers those of a file that has not been read lately. False,
    /// and nothing was gone through, where they are more than is kept.
    ///
    /// # Errors
    /// Those of `read`; what was read before stays.
    pub fn each(
        &self,
        who: Who,
        files: &[&Arc<F>],
        read: &dyn Fn(&F, &mut Gathered) -> Result<(), Error>,
        take: &mut dyn FnMut(&StoredFact),
    ) -> Result<bool, Error> {
        let own = who.0.iter().chain(&who.1).map(|key| size_of::<Box<str>>() + key.len()).sum::<usize>();
        let Some(room) = self.bounds.bytes_of_one.checked_sub(own) else { return Ok(false) };
        let kept = self.kept_of(who, own);
        let gone_through = {
            let mut held = lock(&kept.held);
            let done = held.read(files, room, read);
            kept.bytes.store(own + held.bytes(), Ordering::Relaxed);
            done.map(|()| held.each(files, take))
        };
        self.make_room();
        gone_through
    }

    fn kept_of(&self, who: Who, own: usize) -> Arc<Kept<F>> {
        let last = self.asked.fetch_add(1, Ordering::Relaxed);
        let begin = || Kept { held: Mutex::new(Held::Files(HashMap::new())), bytes: AtomicUsize::new(own) };
        let mut slots = lock(&self.slots);
        let slot = slots.entry(who).or_insert_with(|| Slot { kept: Arc::new(begin()), last });
        slot.last = last;
        Arc::clone(&slot.kept)
    }

    /// Forgets whom nobody has asked about for longest, until the rest has room.
    fn make_room(&self) {
        let mut slots = lock(&self.slots);
        while slots.len() > self.bounds.customers || bytes_of(&slots) > self.bounds.bytes {
            let oldest = slots.iter().min_by_key(|(_, slot)| slot.last).map(|(who, _)| who.clone());
            let Some(oldest) = oldest else { return };
            slots.remove(&oldest);
        }
    }
}

fn bytes_of<F>(slots: &HashMap<Who, Slot<F>>) -> usize {
    slots.values().map(|slot| slot.kept.bytes.load(Ordering::Relaxed)).sum()
}

impl<F> Held<F> {
    /// Reads what is not there yet, and forgets files that are gone.
    fn read(
        &mut self,
        files: &[&Arc<F>],
        room: usize,
        read: &dyn Fn(&F, &mut Gathered) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Held::Files(held) = self else { return Ok(()) };
        held.retain(|_, (file, _)| file.strong_count() > 0);
        let mut bytes: usize = held.values().map(|(_, gathered)| gathered.bytes).sum();
        for file in files {
            if held.contains_key(&address(file)) {
                continue;
            }
            let mut gathered = Gathered::within(room.saturating_sub(bytes));
            read(file, &mut gathered)?;
            if !gathered.fits() {
                *self = Held::TooMuch;
                return Ok(());
            }
            bytes += gathered.bytes;
            gathered.rows.shrink_to_fit();
            held.insert(address(file), (Arc::downgrade(file), gathered));
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        match self {
            Held::Files(held) => held.values().map(|(_, gathered)| gathered.bytes).sum(),
            Held::TooMuch => 0,
        }
    }

    fn each(&self, files: &[&Arc<F>], take: &mut dyn FnMut(&StoredFact)) -> bool {
        let Held::Files(held) = self else { return false };
        for file in files {
            held.get(&address(file)).into_iter().flat_map(|(_, gathered)| &gathered.rows).for_each(&mut *take);
        }
        true
    }
}

fn address<F>(file: &Arc<F>) -> usize {
    Arc::as_ptr(file).addr()
}

impl<F> std::fmt::Debug for Lately<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lately").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::mpsc;

    use vocab::{Instant, Kind, MessageId};

    use super::*;
    use crate::fact::Fact;

    const BOUNDS: Bounds = Bounds { customers: 3, bytes: 60_000, bytes_of_one: 20_000 };

    /// A file is what it holds: how many rows.
    fn file(rows: usize) -> Arc<usize> {
        Arc::new(rows)
    }

    fn who(name: &str) -> Who {
        (vec![name.into()], Vec::new())
    }

    fn row(number: usize) -> StoredFact {
        let mut fact = Fact::new("A", Kind::Event, "Logged In", Instant::MIN);
        fact.message_id = MessageId::new(number.to_string());
        StoredFact { number: number as u64, recorded_at: Instant::MIN, fact }
    }

    fn fill(rows: &usize, gathered: &mut Gathered) {
        (0..*rows).all(|number| gathered.push(row(number)));
    }

    /// How many files were read, and the numbers that were gone through; `None` if there were too many.
    fn ask(lately: &Lately<usize>, name: &str, files: &[&Arc<usize>]) -> (usize, Option<Vec<u64>>) {
        let (reads, mut seen) = (AtomicUsize::new(0), Vec::new());
        let read = |rows: &usize, gathered: &mut Gathered| {
            reads.fetch_add(1, Ordering::Relaxed);
            fill(rows, gathered);
            Ok(())
        };
        let whole = lately.each(who(name), files, &read, &mut |stored| seen.push(stored.number)).unwrap();
        (reads.into_inner(), whole.then_some(seen))
    }

    #[test]
    fn a_file_is_read_once_for_a_customer_and_a_new_one_besides_it() {
        let (lately, one, other) = (Lately::new(BOUNDS), file(2), file(3));
        assert_eq!(ask(&lately, "A", &[&one]), (1, Some(vec![0, 1])));
        assert_eq!(ask(&lately, "A", &[&one]), (0, Some(vec![0, 1])));
        assert_eq!(ask(&lately, "A", &[&one, &other]), (1, Some(vec![0, 1, 0, 1, 2])));
        assert_eq!(
            ask(&lately, "A", &[&other]),
            (0, Some(vec![0, 1, 2])),
            "a view of fewer files has their rows alone"
        );
        assert_eq!(ask(&lately, "B", &[&one]), (1, Some(vec![0, 1])));
    }

    #[test]
    fn what_was_read_of_a_file_that_is_gone_is_forgotten_and_never_taken_for_another() {
        let lately = Lately::new(BOUNDS);
        for rows in 1..40 {
            // Each may lie where the one before it lay.
            let file = file(rows);
            let (reads, seen) = ask(&lately, "A", &[&file]);
            assert_eq!((reads, seen.map(|seen| seen.len())), (1, Some(rows)));
        }
        assert_eq!(ask(&lately, "A", &[]), (0, Some(Vec::new())));
        let slots = lock(&lately.slots);
        assert!(bytes_of(&slots) < 100, "{} bytes are kept of nothing", bytes_of(&slots));
    }

    #[test]
    fn whoever_has_very_much_is_never_kept_and_others_only_as_long_as_there_is_room() {
        let (lately, few, many, huge) = (Lately::new(BOUNDS), file(10), file(30), file(1_000_000));
        assert_eq!(ask(&lately, "huge", &[&few, &huge]), (2, None));
        assert_eq!(ask(&lately, "huge", &[&few, &huge]), (0, None), "it is known that it is too much");
        for turn in 0..20 {
            ask(&lately, &format!("customer {turn}"), &[&few, &many]);
            let slots = lock(&lately.slots);
            assert!(slots.len() <= BOUNDS.customers && bytes_of(&slots) <= BOUNDS.bytes);
        }
        assert_eq!(ask(&lately, "customer 19", &[&few, &many]).0, 0, "who was asked about last is still there");
        assert_eq!(ask(&lately, "customer 0", &[&few, &many]).0, 2);
        let long = "x".repeat(BOUNDS.bytes_of_one);
        assert_eq!(ask(&lately, &long, &[&few]), (0, None), "a customer of endless names");
    }

    #[test]
    fn many_who_ask_at_once_read_once_and_nobody_waits_for_another_customer() {
        let (lately, file, barrier, reads) = (Lately::new(BOUNDS), file(4), Barrier::new(5), AtomicUsize::new(0));
        let ask_at_once = || {
            let mut count = 0;
            let read = |rows: &usize, gathered: &mut Gathered| {
                reads.fetch_add(1, Ordering::Relaxed);
                fill(rows, gathered);
                Ok(())
            };
            barrier.wait();
            lately.each(who("A"), &[&file], &read, &mut |_| count += 1).unwrap();
            count
        };
        std::thread::scope(|scope| {
            let readers: Vec<_> = (0..5).map(|_| scope.spawn(ask_at_once)).collect();
            readers.into_iter().for_each(|reader| assert_eq!(reader.join().unwrap(), 4));
        });
        assert_eq!(reads.load(Ordering::Relaxed), 1);
        let ((begun, has_begun), (go_on, may_go_on)) = (mpsc::channel(), mpsc::channel::<()>());
        std::thread::scope(|scope| {
            let (lately, file) = (&lately, &file);
            scope.spawn(move || {
                let slow = |rows: &usize, gathered: &mut Gathered| {
                    begun.send(()).unwrap();
                    may_go_on.recv().unwrap();
                    fill(rows, gathered);
                    Ok(())
                };
                lately.each(who("slow"), &[file], &slow, &mut |_| {}).unwrap();
            });
            has_begun.recv().unwrap();
            assert_eq!(ask(lately, "quick", &[file]).0, 1, "answered while the other is still being read");
            go_on.send(()).unwrap();
        });
    }

    #[test]
    fn a_reading_that_fails_is_tried_again() {
        let (lately, file) = (Lately::new(BOUNDS), file(2));
        let broken = |_: &usize, gathered: &mut Gathered| {
            gathered.push(row(0));
            Err(Error::damaged("the file is cut off"))
        };
        assert!(lately.each(who("A"), &[&file], &broken, &mut |_| {}).is_err());
        assert_eq!(ask(&lately, "A", &[&file]), (1, Some(vec![0, 1])));
    }
}
