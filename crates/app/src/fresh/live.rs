//! What has just come in, felt at once: indicators, health and alerts of the customers whom it touches.
//!
//! Between two cycles the lists keep their order, so that they agree with each other. What must not wait does not:
//! whoever a new fact touches is measured again from the standing state, and the rules are asked about these customers
//! alone. What came by file was dated by its file and is weighed by the cycle that follows an import. Who is current,
//! who is gone and who belongs where stays what the last cycle found.
//!
//! Not here: how pages show it (`fresh`), what the standing state is (`indicators`).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alerts::Evidence;
use facts::{FactView, Facts, Mark};
use indicators::{Catalog, Delivery, Followed, IndicatorFrame, Standing, names};
use outcomes::State;
use scores::ScoreBook;
use store::CycleRecord;
use vocab::{AsOf, CustomerId, Instant, Scope, Text, Zone};

use crate::error::Error;
use crate::fresh::aside::Aside;
use crate::fresh::cycle::LONGEST_COOLDOWN_DAYS;
use crate::moment::belonging::Told;
use crate::moment::snapshot::Snapshot;
use crate::{App, blocking, view};

/// At most so many customers are measured at once: the next come a moment later.
const AT_ONCE: usize = 5_000;
/// At most so many alerts get another sentence, and nothing else, at once: where very much comes in, the others keep theirs
/// until their customer is heard of again or the next cycle comes, so that what matters is not late for the sake of figures.
const SAID_AT_ONCE: usize = 200;
/// A standing state of more rows than this is made anew beside the one that answers: fewer are read in less time than anybody
/// notices.
const ROWS_AT_ONCE: usize = 500_000;
/// Between two lanes that are folded before they are written down: whoever waits to feel goes first.
const BETWEEN_LANES: Duration = Duration::from_millis(2);
/// Lists older than this are not felt upon: the cycle that is due comes first.
const OLDEST_LISTS_DAYS: i64 = 2;

/// What comes of making a standing state.
type Made = Result<Option<Standing>, Error>;

/// What is kept standing between cycles.
#[derive(Default)]
pub(crate) struct Live {
    kept: Mutex<Option<Kept>>,
    /// What will take its place where something else is looked at, by the ids of what is.
    aside: Mutex<Aside<Vec<String>, Made>>,
    memory: Mutex<Memory>,
    /// Held while the standing state is written down.
    keeping: Mutex<()>,
    /// One at a time; and not at all while a series of past moments is lived through.
    pub feeling: tokio::sync::Mutex<()>,
    /// Whether there was a cycle: before the first one nothing is felt.
    has_begun: AtomicBool,
    /// Held from the making of a plan until it is applied: a cycle and what is felt do not plan past each other.
    pub planning: tokio::sync::Mutex<()>,
}

/// A standing state with what it was asked to look at.
struct Kept {
    standing: Standing,
    /// Ids of the indicators that scorecards and rules read, sorted.
    ids: Vec<String>,
    /// How far it had followed the record when it was last written down.
    written: Option<Mark>,
}

/// What was heard and is not felt yet.
#[derive(Default)]
struct Memory {
    /// The snapshot that it is counted from: its moment, and how much of the record it had seen.
    of: Option<(AsOf, u64)>,
    /// Whom a fact touched since that moment, and when it was last heard of.
    touched: HashMap<CustomerId, Instant>,
    /// Who must be measured again because of live facts.
    due: Due,
    /// Who must be because a cycle left them out.
    left_out: BTreeSet<CustomerId>,
    size: Option<StandingSize>,
}

/// Customers whom live facts touched, in the order in which it was heard, so that nobody waits for those heard of later.
#[derive(Default)]
struct Due {
    queue: VecDeque<CustomerId>,
    waiting: HashSet<CustomerId>,
    /// How many have left the queue so far.
    settled: u64,
    heard: VecDeque<Heard>,
}

/// What one look at the record brought.
struct Heard {
    /// When its facts were written, and how many at each moment.
    written: BTreeMap<Instant, u64>,
    /// They are felt when so many have left the queue.
    until: u64,
}

impl Due {
    /// Queues the customers whom facts touched that were written at these moments.
    fn hear(&mut self, customers: Vec<CustomerId>, written: BTreeMap<Instant, u64>) {
        for customer in customers {
            if self.waiting.insert(customer.clone()) {
                self.queue.push_back(customer);
            }
        }
        if !written.is_empty() {
            self.heard.push_back(Heard { written, until: self.settled + self.queue.len() as u64 });
        }
    }

    /// Takes those who are first in the queue out of it: they were measured. When the facts were written that are felt with
    /// that, and how many at each moment.
    fn settle(&mut self, felt: &[CustomerId]) -> BTreeMap<Instant, u64> {
        for customer in felt {
            if self.queue.front() == Some(customer) {
                self.queue.pop_front();
                self.waiting.remove(customer);
                self.settled += 1;
            }
        }
        let done = self.heard.iter().take_while(|heard| heard.until <= self.settled).count();
        let mut written = BTreeMap::new();
        for (at, facts) in self.heard.drain(..done).flat_map(|heard| heard.written) {
            *written.entry(at).or_default() += facts;
        }
        written
    }
}

/// What was felt of new facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Felt {
    /// Facts that came in.
    pub facts: u64,
    /// When they were written, and how many at each moment.
    pub written: BTreeMap<Instant, u64>,
    /// Customers who were measured again.
    pub customers: u64,
    /// Alerts opened.
    pub opened: u64,
    /// Alerts resolved.
    pub resolved: u64,
}

/// How large the standing state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandingSize {
    /// Customers it has.
    pub customers: u64,
    /// Rows it holds; a row that several selectors take counts for each.
    pub rows: u64,
    /// Memory that it takes.
    pub bytes: u64,
}

impl StandingSize {
    fn of(standing: &Standing) -> StandingSize {
        StandingSize {
            customers: standing.customers() as u64,
            rows: standing.rows_held() as u64,
            bytes: standing.bytes() as u64,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memory {
    /// Hears what following the record changed.
    fn hear(&mut self, followed: Followed, now: Instant) {
        self.touched.extend(followed.customers.into_iter().map(|customer| (customer, now)));
        self.due.hear(followed.live, followed.written);
    }

    /// Counts from another snapshot: whoever did something since its moment, or was heard of since, it says less of than
    /// is known.
    fn begin(&mut self, of: (AsOf, u64), did: Vec<CustomerId>, now: Instant) {
        self.of = Some(of);
        self.touched.retain(|_, heard| *heard >= of.0.instant());
        self.touched.extend(did.into_iter().map(|customer| (customer, now)));
        self.left_out = self.touched.keys().cloned().collect();
    }

    /// Whom to measure next, those touched by live facts first.
    fn next(&self) -> Vec<CustomerId> {
        let left_out = self.left_out.iter().filter(|one| !self.due.waiting.contains(*one));
        self.due.queue.iter().chain(left_out).take(AT_ONCE).cloned().collect()
    }

    /// Notes that these were measured and their alerts stand.
    fn settle(&mut self, felt: &[CustomerId], (opened, resolved): (u64, u64)) -> Felt {
        for customer in felt {
            self.left_out.remove(customer);
        }
        let written = self.due.settle(felt);
        Felt { facts: written.values().sum(), written, customers: felt.len() as u64, opened, resolved }
    }
}

impl Live {
    /// Those of some customers whom a fact has touched since the present snapshot's moment.
    pub(crate) fn touched_among<'c>(&self, customers: impl Iterator<Item = &'c str>) -> Vec<CustomerId> {
        let memory = lock(&self.memory);
        if memory.touched.is_empty() {
            return Vec::new();
        }
        customers.map(CustomerId::new).filter(|customer| memory.touched.contains_key(customer)).collect()
    }

    /// What the standing state says of some customers; `None` if there is none.
    pub(crate) fn answer_of(&self, customers: &[CustomerId], now: Instant) -> Option<IndicatorFrame> {
        let kept = lock(&self.kept);
        let standing = &kept.as_ref()?.standing;
        standing.answer_of(customers, AsOf(now).max(standing.from()), Delivery::Observed)
    }

    fn size(&self) -> Option<StandingSize> {
        let now = self.kept.try_lock().ok().and_then(|kept| kept.as_ref().map(|kept| StandingSize::of(&kept.standing)));
        let mut memory = lock(&self.memory);
        memory.size = now.or(memory.size);
        memory.size
    }

    /// Who did something at a moment or since, or was heard of since: whom what is felt speaks for. Nobody while nothing
    /// is felt.
    pub(crate) fn seen_since(&self, moment: AsOf) -> HashSet<CustomerId> {
        let did = lock(&self.kept).as_ref().map(|kept| kept.standing.seen_since(moment)).unwrap_or_default();
        let memory = lock(&self.memory);
        let heard = memory.touched.iter().filter(|(_, heard)| **heard >= moment.instant());
        heard.map(|(customer, _)| customer.clone()).chain(did).collect()
    }
}

/// What the rules are to be asked about.
struct Measured {
    /// Whom it was asked for.
    asked: Vec<CustomerId>,
    /// Those of them of whom anything is visible.
    frame: IndicatorFrame,
}

impl App {
    /// Lets what came in since the last call be felt: whoever it touches is measured again, and alerts are opened and
    /// resolved by the ordinary rules. With nothing new it does nothing. Called by a timer, several times a second.
    ///
    /// # Edges
    /// Before the first cycle, while a series of cycles is lived through, and where the last cycle is more than two days
    /// old, nothing. The first call of a process reads or builds the standing state, which takes as long as reading the
    /// facts does. When it fails, the next call tries again what this one left.
    pub async fn feel(&self, now: Instant) -> Result<Felt, Error> {
        let live = &self.0.live;
        let Ok(_alone) = live.feeling.try_lock() else { return Ok(Felt::default()) };
        if !live.has_begun.load(Ordering::Relaxed) {
            let has_begun = self.store().last_cycle(&Scope::All).await?.is_some();
            live.has_begun.store(has_begun, Ordering::Relaxed);
            if !has_begun {
                return Ok(Felt::default());
            }
        }
        let snapshot = self.present_snapshot(now).await?;
        if snapshot.as_of.instant().plus_days(OLDEST_LISTS_DAYS) < now {
            return Ok(Felt::default());
        }
        let (app, shown, firm) = (self.clone(), snapshot.clone(), self.working_firm().await?);
        let Some(measured) = blocking(move || app.measure_touched(&shown, &firm, now)).await? else {
            return Ok(Felt::default());
        };
        let asked = measured.asked;
        let changed = match asked.is_empty() {
            true => (0, 0),
            false => self.alert_live(&snapshot, measured.frame, now).await?,
        };
        Ok(lock(&live.memory).settle(&asked, changed))
    }

    /// Follows the record, and measures whom it touched; `None` if there is nothing to feel.
    fn measure_touched(&self, present: &Snapshot, firm: &view::Firm, now: Instant) -> Result<Option<Measured>, Error> {
        let live = &self.0.live;
        let view = self.facts().as_of(Standing::VIEW);
        self.follow(&view, self.looked_at(firm)?, present.as_of, now)?;
        let mut kept = lock(&live.kept);
        let Some(Kept { standing, .. }) = &mut *kept else { return Ok(None) };
        let (asked, has_news) = {
            let mut memory = lock(&live.memory);
            let of = (present.as_of, present.sequence);
            if memory.of != Some(of) {
                memory.begin(of, standing.seen_since(present.as_of), now);
            }
            (memory.next(), !memory.due.heard.is_empty())
        };
        let as_of = AsOf(now).max(standing.from());
        if (asked.is_empty() && !has_news) || as_of.instant() > now.plus_days(1) {
            return Ok(None);
        }
        standing.set_supply(&present.supply);
        Ok(standing.answer_of(&asked, as_of, Delivery::Observed).map(|frame| Measured { asked, frame }))
    }

    /// Takes in what came to the record. Where scorecards or rules look at something else than before the standing state is
    /// made anew: a large one aside, while the old one goes on answering. Where very much came in at once it is made here.
    fn follow(&self, view: &FactView, ids: Vec<String>, listed: AsOf, now: Instant) -> Result<(), Error> {
        let live = &self.0.live;
        let mut is_far_behind = false;
        if let Some(kept) = &mut *lock(&live.kept) {
            is_far_behind = kept.standing.is_far_behind(view)?;
            if !is_far_behind {
                let followed = kept.standing.follow(view)?;
                lock(&live.memory).hear(followed, now);
                if kept.ids == ids {
                    return Ok(());
                }
                if kept.standing.rows_held() > ROWS_AT_ONCE {
                    if let Some(mut standing) = self.made_aside(&ids)? {
                        // Whom the facts touched is known from the old one.
                        standing.follow(view)?;
                        *kept = Kept { standing, ids, written: None };
                    }
                    return Ok(());
                }
            }
        }
        let (catalog, threads) = (self.catalog_of(&ids), crate::threads());
        let Some(mut standing) = standing_of(catalog, self.zone(), &self.standing_path(), view, threads)? else {
            return Ok(());
        };
        let followed = standing.follow(view)?;
        let mut memory = lock(&live.memory);
        memory.hear(followed, now);
        if is_far_behind {
            // Whom it all touched was not heard one by one.
            let everybody = standing.seen_since(AsOf(Instant::MIN));
            memory.touched.extend(everybody.into_iter().map(|customer| (customer, now)));
            memory.left_out.extend(standing.seen_since(listed));
        }
        drop(memory);
        *lock(&live.kept) = Some(Kept { standing, ids, written: None });
        Ok(())
    }

    /// Ids of the indicators that scorecards and rules read, and that their sentences name, sorted.
    fn looked_at(&self, firm: &view::Firm) -> Result<Vec<String>, Error> {
        let lens = self.lens(firm)?;
        let policy = self.policy_in_use(&firm.template);
        let mut ids = policy.indicators();
        ids.extend(named(lens.book, &lens.definitions.catalog));
        ids.sort_unstable();
        ids.dedup();
        Ok(ids.into_iter().map(str::to_owned).collect())
    }

    fn catalog_of(&self, ids: &[String]) -> Arc<Catalog> {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        Arc::new(self.definitions().catalog.without_looking_across().only(&ids))
    }

    /// The standing state of other ids than now, once it is ready.
    fn made_aside(&self, ids: &[String]) -> Result<Option<Standing>, Error> {
        let catalog = self.catalog_of(ids);
        let (facts, zone, path): (Arc<Facts>, _, _) = (self.0.facts.clone(), self.zone().clone(), self.standing_path());
        let make = move || {
            let mut made = standing_of(catalog, &zone, &path, &facts.as_of(Standing::VIEW), 1)?;
            if let Some(standing) = &mut made {
                standing.follow(&facts.as_of(Standing::VIEW))?;
            }
            Ok(made)
        };
        Ok(lock(&self.0.live.aside).take(ids.to_owned(), make).transpose()?.flatten())
    }

    fn standing_path(&self) -> PathBuf {
        self.dir().join("state").join("standing")
    }

    /// Writes the standing state down, so that the next process need not build it. Called by a timer and at stop; a
    /// file that is not whole is passed over when it is read. What comes in meanwhile is felt.
    pub async fn keep_standing(&self) -> Result<(), Error> {
        let app = self.clone();
        blocking(move || {
            let _alone = lock(&app.0.live.keeping);
            let mut lane = 0;
            let (mut copy, ids) = loop {
                let mut held = lock(&app.0.live.kept);
                let Some(kept) = held.as_mut().filter(|kept| kept.written != Some(kept.standing.mark())) else {
                    return Ok(());
                };
                if !kept.standing.settle_lane(lane) {
                    break (kept.standing.clone(), kept.ids.clone());
                }
                lane += 1;
                drop(held);
                std::thread::sleep(BETWEEN_LANES);
            };
            let path = app.standing_path();
            let partial = path.with_extension("partial");
            std::fs::create_dir_all(app.dir().join("state")).map_err(Error::internal)?;
            let mut file = BufWriter::with_capacity(1 << 20, File::create(&partial).map_err(Error::internal)?);
            copy.write(&mut file).and_then(|()| file.flush()).map_err(Error::internal)?;
            std::fs::rename(&partial, &path).map_err(Error::internal)?;
            if let Some(kept) = lock(&app.0.live.kept).as_mut().filter(|kept| kept.ids == ids) {
                kept.written = Some(copy.mark());
            }
            Ok(())
        })
        .await
    }

    /// How large the standing state is; `None` until there is one.
    pub fn standing_size(&self) -> Option<StandingSize> {
        self.0.live.size()
    }

    /// Asks the rules about the customers measured; how many alerts were opened and resolved.
    async fn alert_live(
        &self,
        snapshot: &Arc<Snapshot>,
        measured: IndicatorFrame,
        now: Instant,
    ) -> Result<(u64, u64), Error> {
        let is_current = |customer: &&CustomerId| {
            snapshot.position(customer).is_some_and(|position| snapshot.state(position) == State::Current)
        };
        let eligible: BTreeSet<CustomerId> = measured.customers().iter().filter(is_current).cloned().collect();
        if eligible.is_empty() {
            return Ok((0, 0));
        }
        let firm = self.working_firm().await?;
        let policy = self.policy_in_use(&firm.template);
        let lens = self.lens(&firm)?;
        // What puts customers side by side stands as the last cycle found it.
        let measured = measured.with_rest_of(&snapshot.indicators);
        let said = self.shelf().in_use().said.clone();
        // Rules ask how somebody is, and not why.
        let scores = scores::score_said_lightly(&measured, lens.book, &lens.definitions.catalog, &said, now);
        let belonging = match policy.asks_belonging() {
            true => Some(self.belonging(snapshot, None).await?),
            false => None,
        };
        let muted = self.muted_scores(snapshot, &firm)?;
        let customers: Vec<CustomerId> = eligible.iter().cloned().collect();
        let _planning = self.0.live.planning.lock().await;
        let closed_from = now.plus_days(-LONGEST_COOLDOWN_DAYS);
        let open = self.store().open_alerts_of(&Scope::All, closed_from, &customers).await?;
        let plan = {
            let evidence = Evidence {
                indicators: &measured,
                scores: muted.as_ref().unwrap_or(&scores),
                eligible: &eligible,
                gone: &BTreeSet::new(),
                health_before: &|place| snapshot.health_week_ago(snapshot.position(&measured.customers()[place])?),
            };
            let told = belonging.as_ref();
            let told = told.map(|belonging| Told::of_some(snapshot, belonging, &customers, &policy.traits()));
            // How things stood earlier is counted from the moment of the lists.
            self.plan_alerts(snapshot, &evidence, told.as_ref(), &open, &policy)?.saying_at_most(SAID_AT_ONCE, &open)
        };
        if plan.is_empty() {
            return Ok((0, 0));
        }
        self.weigh_by_risk(snapshot).await?;
        // Whoever has no worry, old or new, has nothing on a desk that could change.
        let worried =
            open.open.iter().map(|alert| &alert.customer).chain(plan.open.iter().map(|alert| &alert.customer));
        let worried: Vec<CustomerId> = worried.collect::<BTreeSet<_>>().into_iter().cloned().collect();
        let desk = self.store().desk_of(&Scope::All, &worried).await?;
        let limits = self.desk_limits(now).await?;
        let work = self.work_within(&limits, (snapshot.as_ref(), &plan, &open, &desk), now);
        let work = self.hand_out_alerts(snapshot, work, &desk, now).await?;
        let record = CycleRecord {
            as_of: measured.as_of(),
            started_at: now,
            finished_at: now,
            summary: Text::default(),
            plan: String::new(),
        };
        let applied = self.store().apply_between_cycles(&plan, &work, &record).await?;
        if applied.changed {
            self.put_in_order(snapshot, Some(&worried)).await?;
        }
        Ok((applied.alerts_opened, applied.alerts_resolved))
    }
}

/// The standing state as it was written down at a path, or built anew by so many threads; `None` where the catalogue cannot be
/// answered so.
fn standing_of(
    catalog: Arc<Catalog>,
    zone: &Zone,
    path: &Path,
    view: &FactView,
    threads: usize,
) -> Result<Option<Standing>, Error> {
    let written = File::open(path).ok().and_then(|file| {
        let read = Standing::read(catalog.clone(), zone, &mut BufReader::with_capacity(1 << 20, file))?;
        (read.mark().number() <= view.mark().number()).then_some(read)
    });
    let was_written = written.is_some();
    let standing = match written {
        Some(standing) => Some(standing),
        None => Standing::build(catalog, view, threads)?,
    };
    if let Some(standing) = &standing {
        let StandingSize { customers, rows, bytes } = StandingSize::of(standing);
        let each = bytes / customers.max(1);
        tracing::info!(was_written, customers, rows, bytes, bytes_per_customer = each, "standing state is ready");
    }
    Ok(standing)
}

/// The indicators that a scorecard reads, and those that its sentences name.
fn named<'a>(book: &'a ScoreBook, catalog: &'a Catalog) -> Vec<&'a str> {
    let read = book.indicators();
    let books = || book.special().iter().chain(std::iter::once(book));
    let sentences = read.iter().flat_map(|id| {
        let indicator = catalog.get(id);
        let of_indicator = indicator.into_iter().flat_map(|one| [&one.reason, &one.reason_zero, &one.reason_negative]);
        books().filter_map(move |book| book.reason_of(id)).chain(of_indicator.flatten())
    });
    let told: Vec<&str> = sentences.flat_map(names).collect();
    read.into_iter().chain(told).filter(|id| catalog.get(id).is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Vec<CustomerId> {
        names.iter().copied().map(CustomerId::new).collect()
    }

    #[test]
    fn nobody_waits_for_those_heard_of_later_and_facts_are_felt_with_the_last_of_theirs() {
        let at = |second: i64, facts: u64| BTreeMap::from([(Instant::from_micros(second * 1_000_000), facts)]);
        let mut due = Due::default();
        due.hear(named(&["M", "Z"]), at(1, 3));
        // M is in the queue already, A is behind both.
        due.hear(named(&["A", "M"]), at(2, 2));
        assert_eq!(Vec::from(due.queue.clone()), named(&["M", "Z", "A"]));
        assert_eq!(due.settle(&named(&["M"])), BTreeMap::new(), "Z is not measured yet");
        // M did something again meanwhile, and comes after A.
        due.hear(named(&["M"]), at(3, 1));
        assert_eq!(due.settle(&named(&["Z", "A"])), at(1, 3).into_iter().chain(at(2, 2)).collect());
        // Facts of nobody are felt at once.
        assert_eq!(due.settle(&named(&["M"])), at(3, 1));
        due.hear(Vec::new(), at(4, 4));
        assert_eq!(due.settle(&[]), at(4, 4));
        assert!(due.queue.is_empty() && due.waiting.is_empty() && due.heard.is_empty());
    }
}
