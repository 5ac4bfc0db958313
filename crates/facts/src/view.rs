//! Views: what could be known at a moment, taken from a state that no longer changes.
//!
//! Reading is by columns and pages; which facts count for whom and until when they stand is decided in `build`, once,
//! for every reader.

mod news;
mod of_one;
mod parts;
mod survey;

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashSet};
use std::fmt;
use std::sync::{Arc, OnceLock, mpsc};

use vocab::{ActorId, AsOf, CustomerId, Horizon, Instant, Zone};

use crate::build::{FrameBuilder, Overrides, RowRef, SettledOverrides};
use crate::columns::{COLUMNS, Rows};
use crate::encode::id_hash;
use crate::error::Error;
use crate::fact::{IdentityRole, StoredFact, StoredIdentity};
use crate::file::Selection;
use crate::frame::{FactFrame, Want};
use crate::keys::Keys;
use crate::lake::{FactFile, month_of};
use crate::packed::{FileOrder, Place, places, sort_for_file};
use crate::state::State;

use of_one::{KeySets, rows_of};

pub use news::Mark;
pub use survey::{SurveyRow, Surveyor};

const ROWS_PER_BATCH: usize = 8_192;
/// Columns that are enough to deal a row; the first, its number, is not always needed.
const DEALT: [&str; 7] = ["number", "customer_id", "kind", "name", "occurred_at", "known_at", "value"];
/// Rows that a merge of all files may hold at once.
const MERGE_ROWS: usize = 200_000;

/// Which rows a view is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    occurred_from: Instant,
    occurred_before: Instant,
    known_before: Instant,
    recorded_before: Instant,
    hindsight: bool,
}

impl Cut {
    pub fn as_of(t: AsOf) -> Cut {
        let t = t.instant();
        let (occurred_from, recorded_before) = (Instant::MIN, Instant::MAX);
        Cut { occurred_from, occurred_before: t, known_before: t, recorded_before, hindsight: false }
    }

    pub fn as_recorded(t: AsOf) -> Cut {
        Cut { recorded_before: t.instant(), ..Cut::as_of(t) }
    }

    fn after(t: AsOf, horizon: Horizon) -> Cut {
        let (from, end) = (t.instant(), t.instant().plus_days(i64::from(horizon.days)));
        let open = Instant::MAX;
        Cut { occurred_from: from, occurred_before: end, known_before: open, recorded_before: open, hindsight: true }
    }

    fn takes(&self, row: &RowRef<'_>, recorded_at: Instant) -> bool {
        let occurred = self.occurred_from <= row.occurred_at && row.occurred_at < self.occurred_before;
        occurred && row.known_at < self.known_before && recorded_at < self.recorded_before
    }

    fn is_as_recorded(&self) -> bool {
        self.recorded_before < Instant::MAX
    }
}

/// Everything that could be known at a moment. Cheap to clone; what is recorded later does not change it.
#[derive(Clone)]
pub struct FactView {
    state: Arc<State>,
    zone: Zone,
    as_of: AsOf,
    cut: Cut,
    keys: Arc<OnceLock<Arc<Keys>>>,
    overrides: Arc<OnceLock<Arc<SettledOverrides>>>,
    /// Whether any key was ever called another's name.
    has_aliases: Arc<OnceLock<bool>>,
}

/// What happened after a moment, as known today. Only outcomes and training may hold one.
#[derive(Clone)]
pub struct Hindsight {
    view: FactView,
    since: AsOf,
    horizon: Horizon,
}

impl Hindsight {
    pub(crate) fn new(state: Arc<State>, zone: Zone, since: AsOf, horizon: Horizon) -> Hindsight {
        let cut = Cut::after(since, horizon);
        Hindsight { view: FactView::new(state, zone, AsOf(cut.occurred_before), cut), since, horizon }
    }

    /// The same as far as it was known at a moment: what came to light at or after it is left out.
    ///
    /// # Why
    /// Whoever stands in the past knows of a late record as little as of the future.
    pub fn known_before(self, moment: AsOf) -> Hindsight {
        let Hindsight { view, since, horizon } = self;
        let cut = Cut { known_before: moment.instant(), ..view.cut };
        Hindsight { view: FactView::new(view.state, view.zone, view.as_of, cut), since, horizon }
    }

    /// The moment from which on nothing came to light that is told here; the end of time where all is told that is known.
    pub fn told_until(&self) -> Instant {
        self.view.cut.known_before
    }

    /// The moment that was looked back to.
    pub fn since(&self) -> AsOf {
        self.since
    }

    /// How far ahead of it.
    pub fn horizon(&self) -> Horizon {
        self.horizon
    }

    /// The end of the window, itself not in it.
    pub fn end(&self) -> AsOf {
        self.view.as_of
    }

    /// The firm's zone.
    pub fn zone(&self) -> &Zone {
        &self.view.zone
    }

    /// The facts that happened in the window, corrected by everything known today; each counts as known from the
    /// beginning of time.
    pub fn frame(&self, want: &Want) -> Result<FactFrame, Error> {
        self.view.frame(want)
    }

    /// The same with all that happened before the window, from the first fact on.
    ///
    /// # Why
    /// What happened before a moment and came to light after it (a renewal written down three days later) is neither in what
    /// was known then nor in what happened since: whoever asks when somebody left must know it all the same.
    pub fn frame_from_the_first(&self, want: &Want) -> Result<FactFrame, Error> {
        let FactView { state, zone, as_of, cut, .. } = self.view.clone();
        FactView::new(state, zone, as_of, Cut { occurred_from: Instant::MIN, ..cut }).frame(want)
    }
}

impl FactView {
    pub(crate) fn new(state: Arc<State>, zone: Zone, as_of: AsOf, cut: Cut) -> FactView {
        let (keys, overrides, has_aliases) = (Arc::default(), Arc::default(), Arc::default());
        FactView { state, zone, as_of, cut, keys, overrides, has_aliases }
    }

    /// The moment of the view.
    pub fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// The firm's zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    fn keys(&self) -> Arc<Keys> {
        if self.cut.known_before == Instant::MAX && self.cut.recorded_before == Instant::MAX {
            return self.state.keys();
        }
        let rows = || self.state.identities_before(self.cut.recorded_before);
        // Where everything that was ever said of keys was known by then, nobody has to learn it for this view alone.
        let keys = || match self.state.identities().all(|stored| self.knows(stored)) {
            true => self.state.keys(),
            false => Arc::new(Keys::new(rows(), self.cut.known_before)),
        };
        Arc::clone(self.keys.get_or_init(keys))
    }

    /// Whether an identity row was known and written by the view's moment.
    fn knows(&self, stored: &StoredIdentity) -> bool {
        stored.known_at() < self.cut.known_before && stored.recorded_at < self.cut.recorded_before
    }

    /// The customer that a key stands for at the view's moment: itself, unless it is another's name then.
    ///
    /// A person's key is not asked here: see [`FactView::customer_of_person`].
    pub fn customer_of(&self, key: &str) -> CustomerId {
        let is_alias = |stored: &StoredIdentity| stored.identity.role == IdentityRole::SameAs;
        // Where no key has another name, nobody has to learn where all of them lead.
        if !self.has_aliases.get_or_init(|| self.state.identities().any(is_alias)) {
            return CustomerId::new(key);
        }
        let keys = self.keys();
        let now = keys.stretches_of(key).and_then(<[_]>::last);
        now.map_or_else(|| CustomerId::new(key), |stretch| stretch.customer.clone())
    }

    /// The customer that a deed of a person just before the view's moment counts for: its only one then.
    pub fn customer_of_person(&self, actor: &ActorId) -> Option<CustomerId> {
        let before = self.as_of.instant().micros().saturating_sub(1);
        let keys = self.keys();
        let (customer, _) = keys.customer_of_actor(actor.as_str(), before)?;
        Some(self.customer_of(customer.as_str()))
    }

    /// The keys under which facts of a customer may lie, its own among them, and apart those of its people: all that
    /// ever led to it by what is known at the view's moment, sorted.
    pub fn keys_of(&self, customer: &CustomerId) -> (Vec<String>, Vec<String>) {
        let sorted = |keys: HashSet<Box<str>>| {
            let mut keys: Vec<String> = keys.into_iter().map(String::from).collect();
            keys.sort();
            keys
        };
        let (names, people) = self.keys().keys_of(customer);
        (sorted(names), sorted(people))
    }

    /// Every identity row known at the view's moment, in order of arrival.
    pub fn each_identity(&self, f: &mut dyn FnMut(&StoredIdentity)) {
        self.state.identities().filter(|stored| self.knows(stored)).for_each(f);
    }

    /// Corrections and retractions that act before the view's end.
    fn overrides(&self) -> Result<Arc<SettledOverrides>, Error> {
        if let Some(known) = self.overrides.get() {
            return Ok(Arc::clone(known));
        }
        let mut overrides = Overrides::default();
        let mut add = |one: crate::build::Override| {
            let known =
                one.known_at < self.cut.known_before.micros() && one.recorded_at < self.cut.recorded_before.micros();
            if known {
                overrides.add(one.target, if self.cut.hindsight { i64::MIN } else { one.known_at }, one.number);
            }
        };
        for file in self.state.files() {
            file.overrides()?.iter().copied().for_each(&mut add);
        }
        self.state.live_overrides().for_each(&mut add);
        Ok(Arc::clone(self.overrides.get_or_init(|| Arc::new(overrides.settle()))))
    }

    /// Files that may hold a row of the view.
    fn files(&self) -> impl Iterator<Item = &Arc<FactFile>> {
        let bounded = |at: Instant| (Instant::MIN < at && at < Instant::MAX).then(|| month_of(at));
        let (first, last) = (bounded(self.cut.occurred_from), bounded(self.cut.occurred_before));
        self.state.files().iter().filter(move |file| {
            let after = first.as_deref().is_none_or(|first| first <= file.month());
            after && last.as_deref().is_none_or(|last| file.month() <= last)
        })
    }

    /// The view as columns: what `want` asks for, grouped by customer and ordered in time.
    pub fn frame(&self, want: &Want) -> Result<FactFrame, Error> {
        let overrides = self.overrides()?;
        let has_overrides = !overrides.is_empty();
        let mut builder =
            FrameBuilder::with_keys(want.clone(), self.as_of, self.zone.clone(), self.keys()).knowing(overrides);
        if self.cut.hindsight {
            builder = builder.in_hindsight();
        }
        if want.customer.is_none() && want.kinds.is_empty() {
            let rows = self.files().map(|file| file.file.len()).sum::<Result<u64, Error>>()?;
            builder = builder.with_room(rows);
        }
        self.read(want, has_overrides, &mut |rows: Rows| {
            for place in 0..rows.len() {
                let row = rows.row(place);
                if self.cut.takes(&row, rows.recorded_at(place)) {
                    builder.push_row(row, rows.properties(place));
                }
            }
        })?;
        for fact in self.state.live_facts() {
            if self.cut.takes(&fact.row, fact.recorded_at) {
                builder.push_row(fact.row, fact.properties());
            }
        }
        if want.customer.is_some() {
            self.cover(&mut builder)?;
        }
        Ok(builder.finish())
    }

    /// Tells a frame of one customer what everyone delivered.
    fn cover(&self, builder: &mut FrameBuilder) -> Result<(), Error> {
        let recorded_before = self.cut.recorded_before;
        let mut tell = |digest: &crate::digest::Digest| {
            digest.coverage().for_each(|(kind, name, coverage)| builder.covered(kind, name, coverage));
        };
        for file in self.files() {
            match !self.cut.is_as_recorded() || file.is_recorded_before(recorded_before)? {
                true => tell(file.digest()?),
                false => tell(&file.digest_before(recorded_before)?),
            }
        }
        tell(&self.state.live_digest(recorded_before));
        Ok(())
    }

    /// Decodes on one thread what is taken in on another.
    fn read(&self, want: &Want, with_ids: bool, take: &mut dyn FnMut(Rows)) -> Result<(), Error> {
        let keys = want.customer.as_ref().map(|customer| self.keys().keys_of(customer));
        let (sender, receiver) = mpsc::sync_channel::<Result<Rows, Error>>(4);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for file in self.files() {
                    let mut send = |rows| sender.send(rows).is_ok();
                    match self.read_file(file, want, with_ids, keys.as_ref(), &mut send) {
                        Ok(true) => {}
                        Ok(false) => return,
                        Err(error) => {
                            send(Err(error));
                            return;
                        }
                    }
                }
            });
            for rows in receiver {
                take(rows?);
            }
            Ok(())
        })
    }

    /// The columns of a file that are needed.
    fn columns(&self, file: &FactFile, want: &Want, with_ids: bool) -> Result<Vec<&'static str>, Error> {
        let mut columns = DEALT.to_vec();
        let mut if_any = vec!["actor_id", "currency"];
        if want.text {
            if_any.push("text");
        }
        if want.all_properties || !want.properties.is_empty() {
            if_any.push("properties.key_value.key");
        }
        if with_ids {
            columns.extend(["source", "message_id"]);
            if_any.push("supersedes");
        }
        // Retractions are never seen: they must be told apart.
        if_any.push("retracts");
        for column in if_any {
            if !file.file.is_empty_column(column)? {
                columns.push(column.split('.').next().unwrap_or(column));
            }
        }
        if self.cut.is_as_recorded() && !file.is_recorded_before(self.cut.recorded_before)? {
            columns.push("recorded_at");
        }
        Ok(columns)
    }

    /// Sends the batches of a file; false when nobody listens any more.
    fn read_file(
        &self,
        file: &FactFile,
        want: &Want,
        with_ids: bool,
        keys: Option<&KeySets>,
        send: &mut dyn FnMut(Result<Rows, Error>) -> bool,
    ) -> Result<bool, Error> {
        let selection = keys.map(|keys| rows_of(file, keys)).transpose()?;
        if selection.as_ref().is_some_and(Selection::is_empty) {
            return Ok(true);
        }
        let columns = self.columns(file, want, with_ids)?;
        for batch in file.file.read(&columns, selection, ROWS_PER_BATCH)? {
            if !send(batch.and_then(|batch| Rows::of(&batch))) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a row is in the view: in its cut, no retraction, not corrected or taken back.
    fn shows(&self, row: &RowRef<'_>, recorded_at: Instant, overrides: &SettledOverrides) -> bool {
        let stands =
            || overrides.is_empty() || overrides.until(id_hash(row.source, row.message_id), row.number) == i64::MAX;
        self.cut.takes(row, recorded_at) && row.retracts.is_none() && stands()
    }

    /// Every visible fact, ordered by the customer's own key (those without one first, by their actor), the moment
    /// and the order of arrival. Facts of nobody's count too.
    pub fn each(&self, f: &mut dyn FnMut(&StoredFact)) -> Result<(), Error> {
        let overrides = self.overrides()?;
        let files: Vec<&Arc<FactFile>> = self.files().collect();
        let rows_per_batch = (MERGE_ROWS / files.len().max(1)).clamp(64, ROWS_PER_BATCH);
        let mut runs: Vec<Run<'_>> = Vec::new();
        for file in files {
            let batches = file.file.read(&COLUMNS, None, rows_per_batch)?;
            runs.push(Run { batches: Box::new(batches.map(|batch| Rows::of(&batch?))), rows: None, place: 0 });
        }
        let live_runs: Vec<_> = self.state.live_runs().cloned().collect();
        let mut live: Vec<Place<'_>> = places(&live_runs).collect();
        sort_for_file(&mut live);
        let mut live = live.iter().filter_map(|place| Some(place.read(&live_runs)?.stored()));
        let mut heap = BinaryHeap::new();
        for (run, rows) in runs.iter_mut().enumerate() {
            heap.extend(rows.next()?.map(|stored| Head { stored, run }));
        }
        let last = runs.len();
        heap.extend(live.next().map(|stored| Head { stored, run: last }));
        while let Some(Head { stored, run }) = heap.pop() {
            if self.shows(&RowRef::of(&stored), stored.recorded_at, &overrides) {
                f(&stored);
            }
            let next = match runs.get_mut(run) {
                Some(run) => run.next()?,
                None => live.next(),
            };
            heap.extend(next.map(|stored| Head { stored, run }));
        }
        Ok(())
    }
}

/// A sorted file on its way through a merge.
struct Run<'a> {
    batches: Box<dyn Iterator<Item = Result<Rows, Error>> + 'a>,
    rows: Option<Rows>,
    place: usize,
}

impl Run<'_> {
    fn next(&mut self) -> Result<Option<StoredFact>, Error> {
        loop {
            if let Some(rows) = self.rows.as_ref().filter(|rows| self.place < rows.len()) {
                self.place += 1;
                return Ok(Some(rows.stored(self.place - 1)));
            }
            self.place = 0;
            self.rows = self.batches.next().transpose()?;
            if self.rows.is_none() {
                return Ok(None);
            }
        }
    }
}

/// The next fact of a run; the heap gives the smallest first.
struct Head {
    stored: StoredFact,
    run: usize,
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        let order =
            |head: &'_ Head| FileOrder::of(&RowRef::of(&head.stored)).cmp(&FileOrder::of(&RowRef::of(&self.stored)));
        order(other).then_with(|| other.run.cmp(&self.run))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Head {}

impl fmt::Debug for FactView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FactView").field("as_of", &self.as_of).field("cut", &self.cut).finish_non_exhaustive()
    }
}

impl fmt::Debug for Hindsight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hindsight").field("since", &self.since).field("horizon", &self.horizon).finish_non_exhaustive()
    }
}
