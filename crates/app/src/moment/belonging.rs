//! Who belongs where as of a snapshot's moment: tiers of value, cells of RFM, segments and tags, by place.
//!
//! Worked out when somebody first asks and kept with the snapshot until a tag changes. The present carries the tags that
//! stand now, the past those that stood then; tags are the only part that is not a function of the facts.
//!
//! Not here: which pages show it (`segments`), how tags are changed (`tags`), what a segment is (`scores`).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use facts::giving_way;
use indicators::{IndicatorFrame, Population, Sorting, TraitFrame, evaluate_by};
use outcomes::{Lifetimes, State};
use scores::{Portrait, RfmCell, ScoreFrame, SegmentBook, SegmentFrame, Tier};
use store::TagRecord;
use vocab::{AsOf, CustomerId, Instant, Scope};

use crate::error::Error;
use crate::moment::snapshot::{Lens, Snapshot};
use crate::{App, blocking};

/// Moments of a segment's history: the beginnings of the last twelve months, and the moment itself.
const MONTHS: i32 = 12;

/// So many customers times moments are measured in one pass at most, but never less than everybody at one.
const CELLS: usize = 300_000;

/// What a piece of work was done with: the last change of tags, and the past moment if it is one.
type Stamp = (i64, Option<Instant>, String);

/// Work on one snapshot that is kept until what it was done with changes.
#[derive(Default)]
pub(crate) struct Worked {
    belonging: Mutex<Option<(Stamp, Arc<Belonging>)>>,
    history: Mutex<Option<(Stamp, Arc<History>)>>,
    /// Held while the history is worked out: whoever asks meanwhile waits for it.
    remembering: tokio::sync::Mutex<()>,
}

fn kept<T>(slot: &Mutex<Option<(Stamp, Arc<T>)>>, stamp: &Stamp) -> Option<Arc<T>> {
    let slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    slot.as_ref().filter(|(of, _)| of == stamp).map(|(_, work)| work.clone())
}

fn keep<T>(slot: &Mutex<Option<(Stamp, Arc<T>)>>, stamp: Stamp, work: Arc<T>) {
    *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some((stamp, work));
}

/// Whether somebody waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Haste {
    /// Somebody does: it is worked out by no more threads than these.
    Waited(usize),
    /// Nobody does yet: one thread works it out and gives way to all others.
    Ahead,
}

impl Haste {
    /// Does work that so many threads share.
    fn done<T: Send>(self, work: impl FnOnce(usize) -> T + Send) -> T {
        match self {
            Haste::Waited(threads) => work(threads),
            Haste::Ahead => giving_way(true, || work(1)),
        }
    }
}

/// The tags of customers, by customer.
#[derive(Default)]
pub(crate) struct Tags(HashMap<CustomerId, Vec<TagRecord>>);

impl Tags {
    fn new(records: Vec<TagRecord>) -> Tags {
        let mut tags: HashMap<CustomerId, Vec<TagRecord>> = HashMap::new();
        for record in records {
            tags.entry(record.customer.clone()).or_default().push(record);
        }
        Tags(tags)
    }

    /// Those of a customer, by name.
    pub(crate) fn of(&self, customer: &CustomerId) -> &[TagRecord] {
        self.0.get(customer).map_or(&[], Vec::as_slice)
    }

    fn has(&self, customer: &CustomerId, tag: &str) -> bool {
        self.of(customer).iter().any(|record| record.tag == tag)
    }
}

/// Where everybody of a snapshot belongs, by place.
pub(crate) struct Belonging {
    /// The segments; `None` where the firm's template has no book.
    book: Option<SegmentBook>,
    frame: Option<SegmentFrame>,
    /// Who carries which tag.
    pub tags: Tags,
}

impl Belonging {
    /// The firm's segments.
    pub(crate) fn book(&self) -> Option<&SegmentBook> {
        self.book.as_ref()
    }

    /// What was worked out, where there is a book.
    pub(crate) fn frame(&self) -> Option<&SegmentFrame> {
        self.frame.as_ref()
    }

    /// Tier of value of the customer at a place.
    pub(crate) fn tier(&self, position: usize) -> Option<Tier> {
        self.frame.as_ref()?.tier(position)
    }

    /// Cell of RFM of the customer at a place.
    pub(crate) fn cell(&self, position: usize) -> Option<RfmCell> {
        self.frame.as_ref()?.cell(position)
    }

    /// Whether the customer at a place belongs to a segment, carries a tag, is of a tier or in a cell.
    pub(crate) fn is_in(&self, snapshot: &Snapshot, position: usize, sorting: Sorting, name: &str) -> Option<bool> {
        match sorting {
            Sorting::Segment => self.frame.as_ref()?.is_in(self.book.as_ref()?.place(name)?, position),
            Sorting::Tag => Some(self.tags.has(&snapshot.customers()[position], name)),
            Sorting::Tier => self.tier(position).map(|tier| tier.as_str() == name),
            Sorting::Rfm => self.cell(position).map(|cell| cell.as_str() == name),
        }
    }
}

/// Who was in each segment at the beginnings of months, and at the moment itself.
pub(crate) struct History {
    /// The moments, oldest first.
    pub moments: Vec<AsOf>,
    /// By moment and segment: places in the snapshot of its members who had not left.
    pub members: Vec<Vec<Places>>,
}

/// Some places, a bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places(Vec<u64>);

impl FromIterator<usize> for Places {
    fn from_iter<I: IntoIterator<Item = usize>>(places: I) -> Self {
        let mut words: Vec<u64> = Vec::new();
        for place in places {
            if words.len() <= place / 64 {
                words.resize(place / 64 + 1, 0);
            }
            words[place / 64] |= 1 << (place % 64);
        }
        Places(words)
    }
}

impl Places {
    /// Those of them that are wanted.
    pub(crate) fn only(&self, wanted: impl Fn(usize) -> bool) -> Places {
        self.iter().filter(|place| wanted(*place)).collect()
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// How many are among others too.
    pub(crate) fn shared_with(&self, others: &Places) -> u64 {
        self.0.iter().zip(&others.0).map(|(a, b)| u64::from((a & b).count_ones())).sum()
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.0
            .iter()
            .enumerate()
            .filter(|(_, word)| **word != 0)
            .flat_map(|(at, word)| (0..64).filter(move |bit| (word >> bit) & 1 == 1).map(move |bit| at * 64 + bit))
    }
}

impl App {
    async fn stamp(&self, as_of: Option<AsOf>, template: &str) -> Result<Stamp, Error> {
        Ok((self.store().last_tag_change().await?, as_of.map(AsOf::instant), template.to_owned()))
    }

    /// Where everybody of a snapshot belongs; `as_of` is the moment that the reader asked for, none for the present.
    pub(crate) async fn belonging(
        &self,
        snapshot: &Arc<Snapshot>,
        as_of: Option<AsOf>,
    ) -> Result<Arc<Belonging>, Error> {
        let template = self.working_firm().await?.template;
        let stamp = self.stamp(as_of, &template).await?;
        if let Some(found) = kept(&snapshot.belonging.belonging, &stamp) {
            return Ok(found);
        }
        let tags = Tags::new(self.store().tags(&Scope::All, as_of.map(AsOf::instant)).await?);
        let book = self.definitions().segments.get(&template).cloned();
        let snapshot = snapshot.clone();
        blocking(move || {
            let frame = book.as_ref().map(|book| sorted(&snapshot, book, &tags));
            let work = Arc::new(Belonging { book, frame, tags });
            keep(&snapshot.belonging.belonging, stamp, work.clone());
            Ok(work)
        })
        .await
    }

    /// Who was in each segment over the last year, as could be known at each moment; worked out when first asked for.
    pub(crate) async fn segment_history(
        &self,
        snapshot: &Arc<Snapshot>,
        belonging: &Arc<Belonging>,
        as_of: Option<AsOf>,
        haste: Haste,
    ) -> Result<Arc<History>, Error> {
        let firm = self.working_firm().await?;
        let asks_tags = belonging.book().is_some_and(SegmentBook::asks_tags);
        let stamp = match asks_tags {
            true => self.stamp(as_of, &firm.template).await?,
            // A tag changes nothing of segments that ask for none.
            false => (0, as_of.map(AsOf::instant), firm.template.clone()),
        };
        let known = || kept(&snapshot.belonging.history, &stamp);
        if let Some(found) = known() {
            return Ok(found);
        }
        // Nobody who is waited for waits for work that gives way.
        let _one_at_a_time = match haste {
            Haste::Waited(_) => Some(snapshot.belonging.remembering.lock().await),
            Haste::Ahead => None,
        };
        if let Some(found) = known() {
            return Ok(found);
        }
        let last = snapshot.as_of;
        let months = (0..MONTHS).rev().map(|back| AsOf(self.zone().month_start(last.instant(), -back)));
        let mut moments: Vec<AsOf> = months.filter(|moment| *moment < last).collect();
        let mut tags: BTreeMap<AsOf, Tags> = BTreeMap::new();
        for moment in moments.iter().filter(|_| asks_tags) {
            tags.insert(*moment, Tags::new(self.store().tags(&Scope::All, Some(moment.instant())).await?));
        }
        let tags = Arc::new(tags);
        let mut members = Vec::with_capacity(moments.len() + 1);
        if belonging.book().is_some() {
            // Some moments after the other: who no longer waits for them ends the work between two of these.
            for some in moments.chunks((CELLS / snapshot.customers().len().max(1)).max(1)) {
                if let Some(found) = known() {
                    return Ok(found);
                }
                let (app, firm, some) = (self.clone(), firm.clone(), some.to_vec());
                let (snapshot, belonging, tags) = (snapshot.clone(), belonging.clone(), tags.clone());
                let measured = blocking(move || {
                    let Some(book) = belonging.book() else { return Ok(Vec::new()) };
                    let (lens, none) = (app.lens(&firm)?, Tags::default());
                    let then = haste.done(|threads| Then::of(&snapshot, lens, book, &some, threads));
                    let members = some
                        .iter()
                        .zip(then)
                        .map(|(moment, then)| then.members(&snapshot, lens, book, tags.get(moment).unwrap_or(&none)));
                    Ok(members.collect::<Vec<_>>())
                });
                members.extend(measured.await?);
            }
            let (snapshot, belonging) = (snapshot.clone(), belonging.clone());
            let today = blocking(move || Ok(belonging.book().map(|book| now(&snapshot, &belonging, book))));
            members.extend(today.await?);
            moments.push(last);
        }
        let work = Arc::new(History { moments, members });
        keep(&snapshot.belonging.history, stamp, work.clone());
        Ok(work)
    }
}

/// Sorts everybody of a snapshot.
fn sorted(snapshot: &Snapshot, book: &SegmentBook, tags: &Tags) -> SegmentFrame {
    let customers = snapshot.customers();
    let traits = TraitFrame::of(snapshot.frame(), customers, &book.traits(), snapshot.as_of);
    let portrait = Portrait {
        indicators: &snapshot.indicators,
        scores: &snapshot.scores,
        traits: &traits,
        tagged: &|position, tag| tags.has(&customers[position], tag),
        stays: &|position| !matches!(snapshot.state(position), State::Gone { .. }),
        health_before: &|position| snapshot.health_week_ago(position),
    };
    scores::sort(book, &portrait)
}

/// Members of each segment now who have not left, by place.
fn now(snapshot: &Snapshot, belonging: &Belonging, book: &SegmentBook) -> Vec<Places> {
    let Some(frame) = belonging.frame() else { return Vec::new() };
    let stays = |position: usize| !matches!(snapshot.state(position), State::Gone { .. });
    let of = |segment: usize| {
        let places = (0..snapshot.customers().len()).filter(|place| stays(*place));
        places.filter(|place| frame.is_in(segment, *place) == Some(true)).collect()
    };
    (0..book.segments.len()).map(of).collect()
}

/// What segments and the scorecard read of everybody at an earlier moment, as it could be known then.
struct Then {
    indicators: IndicatorFrame,
    scores: ScoreFrame,
    /// A week before, where segments ask how health has changed.
    before: Option<ScoreFrame>,
}

impl Then {
    /// Everybody at some moments, each measured anew; in one pass over the facts.
    fn of(snapshot: &Snapshot, lens: Lens<'_>, book: &SegmentBook, moments: &[AsOf], threads: usize) -> Vec<Then> {
        let catalog = lens.definitions.catalog.only(&[lens.book.indicators(), book.indicators()].concat());
        let catalog = catalog.with_supply(snapshot.supply.clone());
        let measured = |moments: &[AsOf]| {
            let frames = evaluate_by(threads, snapshot.frame(), &catalog, &Population::Everyone, moments);
            frames.into_iter().map(|frame| (scores::score(&frame, lens.book, &catalog), frame)).collect::<Vec<_>>()
        };
        let week_before: Vec<AsOf> = moments.iter().map(|moment| AsOf(moment.instant().plus_days(-7))).collect();
        let before: Vec<ScoreFrame> = match book.asks_health_change() {
            true => measured(&week_before).into_iter().map(|(scores, _)| scores).collect(),
            false => Vec::new(),
        };
        let mut before = before.into_iter();
        let then = |(scores, indicators)| Then { indicators, scores, before: before.next() };
        measured(moments).into_iter().map(then).collect()
    }

    /// Members of each segment at the moment who had not left by then, by place in the snapshot.
    fn members(&self, snapshot: &Snapshot, lens: Lens<'_>, book: &SegmentBook, tags: &Tags) -> Vec<Places> {
        let (facts, moment) = (snapshot.frame(), self.indicators.as_of());
        let customers = self.indicators.customers();
        let states = Lifetimes::of(facts, lens.churn, moment).states();
        let traits = TraitFrame::of(facts, customers, &book.traits(), moment);
        let stays = |place: usize| !matches!(states.state(&customers[place]), Some(State::Gone { .. }));
        let health = |place: usize| Some(self.before.as_ref()?.get(&customers[place])?.health?.points());
        let portrait = Portrait {
            indicators: &self.indicators,
            scores: &self.scores,
            traits: &traits,
            tagged: &|place, tag| tags.has(&customers[place], tag),
            stays: &stays,
            health_before: &health,
        };
        let frame = scores::sort(book, &portrait);
        let places: Vec<Option<usize>> = snapshot.places_along(customers).collect();
        let of = |segment: usize| {
            let members = (0..customers.len()).filter(|place| stays(*place));
            let members = members.filter(|place| frame.is_in(segment, *place) == Some(true));
            members.filter_map(|place| places[place]).collect()
        };
        (0..book.segments.len()).map(of).collect()
    }
}

/// What rules are told of the customers of a snapshot.
pub(crate) struct Told<'a> {
    snapshot: &'a Snapshot,
    belonging: &'a Belonging,
    /// Whose traits are told.
    customers: &'a [CustomerId],
    traits: TraitFrame<'a>,
}

impl<'a> Told<'a> {
    /// Traits, segments, tags, tiers and cells as of the snapshot's moment.
    pub(crate) fn of(snapshot: &'a Snapshot, belonging: &'a Belonging, keys: &[&str]) -> Told<'a> {
        Self::of_some(snapshot, belonging, snapshot.customers(), keys)
    }

    /// The same of some customers, sorted.
    pub(crate) fn of_some(
        snapshot: &'a Snapshot,
        belonging: &'a Belonging,
        customers: &'a [CustomerId],
        keys: &[&str],
    ) -> Told<'a> {
        let traits = TraitFrame::of(snapshot.frame(), customers, keys, snapshot.as_of);
        Told { snapshot, belonging, customers, traits }
    }
}

impl alerts::Belonging for Told<'_> {
    fn said(&self, customer: &CustomerId, key: &str) -> Option<Option<&str>> {
        self.traits.said(self.customers.binary_search(customer).ok()?, key)
    }

    fn is_in(&self, customer: &CustomerId, sorting: Sorting, name: &str) -> Option<bool> {
        self.belonging.is_in(self.snapshot, self.snapshot.position(customer)?, sorting, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_shared_and_picked_as_a_set_would() {
        let places = |some: &[usize]| some.iter().copied().collect::<Places>();
        let (few, many) = (places(&[0, 63, 64, 200]), places(&[1, 63, 64, 65, 199, 200, 900]));
        assert_eq!((few.count(), many.count(), Places::default().count()), (4, 7, 0));
        assert_eq!((few.shared_with(&many), many.shared_with(&few), few.shared_with(&Places::default())), (3, 3, 0));
        assert_eq!(many.only(|place| place % 2 == 1).iter().collect::<Vec<usize>>(), [1, 63, 65, 199]);
    }
}
