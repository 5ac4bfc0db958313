//! 续约: every contract that comes to its end, as the facts of a moment tell it, beside what people say of it.
//!
//! Worked out once for a snapshot: the contracts, what became of each (`outcomes`), and how often those of each band were
//! renewed here. Not here: what is asked of them ([`crate::coming::renewals`]), what they sum to by month
//! ([`crate::coming::renewal_months`]).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use facts::FactFrame;
use indicators::{Population, evaluate_at};
use outcomes::{Became, ChurnDefinition, Contract, Contracts, contracts, contracts_due, contracts_want};
use store::{RenewalKey, RenewalRecord, RenewalWord, Resource};
use vocab::{Amount, AsOf, Band, CustomerId, Instant, Scope};

use crate::customer::customers::{reasons, verdict};
use crate::error::Error;
use crate::moment::followed::Followed;
use crate::moment::snapshot::Snapshot;
use crate::shown::{BANDS, band_place, band_word, hidden, written};
use crate::view::{self, RenewalRate, RenewalRow};
use crate::{App, blocking};

/// Contracts that are known to run for less are renewed month by month, by themselves: nobody works on them.
const SHORT_DAYS: i64 = 45;
/// So many months back are looked at.
pub(crate) const PAST_MONTHS: i32 = 12;
/// Of fewer than so many decided contracts no rate is told.
const LEAST_DECIDED: u64 = 10;
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// The contracts of a snapshot, once they were asked for.
pub(crate) type KeptContracts = OnceLock<Arc<KnownContracts>>;

/// Every contract as of a moment, and how often those of each band were renewed.
pub(crate) struct KnownContracts {
    pub contracts: Contracts,
    /// In the order of [`BANDS`].
    pub rates: Vec<RenewalRate>,
    /// What lists ask of the contracts of known customers; what ends first, first.
    listed: Vec<Listed>,
    /// For each contract its place in the list.
    places: Vec<Option<u32>>,
    /// What is said of them now.
    said: Followed<Sayings>,
}

/// What was said of contracts, by their place in the list.
#[derive(Clone, Default)]
struct Sayings {
    of: HashMap<u32, Arc<RenewalRecord>>,
    /// A bit for each place of which something was said: of most nothing was, and a page asks of every one.
    marks: Vec<u64>,
}

impl Sayings {
    fn get(&self, place: u32) -> Option<&RenewalRecord> {
        let word = self.marks.get(place as usize / 64)?;
        if (word >> (place % 64)) & 1 == 0 {
            return None;
        }
        self.of.get(&place).map(Arc::as_ref)
    }

    fn put(&mut self, (place, record): (u32, Arc<RenewalRecord>)) {
        let word = place as usize / 64;
        if self.marks.len() <= word {
            self.marks.resize(word + 1, 0);
        }
        self.marks[word] |= 1 << (place % 64);
        self.of.insert(place, record);
    }

    /// Nothing was said of it, or it is put anew.
    fn forget(&mut self, place: u32) {
        self.of.remove(&place);
    }
}

/// What a list filters and counts a contract by, side by side: a million of them are walked for a page.
pub(crate) struct Listed {
    /// Place of the contract.
    term: u32,
    /// Place of its customer in the snapshot.
    position: u32,
    /// `YYYY-MM` of its last day.
    month: [u8; 7],
    is_short: bool,
    /// What the facts say became of it.
    fact: Option<&'static str>,
    ends_at: Instant,
    amount: Option<Amount>,
}

impl Listed {
    fn of(snapshot: &Snapshot, terms: &[Contract]) -> Vec<Listed> {
        let mut listed = Vec::with_capacity(terms.len());
        let (mut known, mut position) = (None, None);
        for (term, contract) in terms.iter().enumerate() {
            if known != Some(&contract.customer) {
                (known, position) = (Some(&contract.customer), snapshot.position(&contract.customer));
            }
            let Some(position) = position else { continue };
            listed.push(Listed::new(contract, term as u32, position as u32));
        }
        listed.sort_by_key(|one| (one.ends_at, one.position, terms[one.term as usize].signed_at));
        listed
    }

    /// One contract, and the place of its customer.
    pub(crate) fn new(contract: &Contract, term: u32, position: u32) -> Listed {
        let mut month = [b' '; 7];
        month.iter_mut().zip(contract.end_on.bytes()).for_each(|(to, from)| *to = from);
        Listed {
            term,
            position,
            month,
            is_short: contract.term_days().is_some_and(|days| days < SHORT_DAYS),
            fact: became_of(contract),
            ends_at: contract.ends_at,
            amount: contract.amount,
        }
    }
}

/// What the facts say became of a contract.
fn became_of(contract: &Contract) -> Option<&'static str> {
    match contract.became {
        Became::Open => None,
        Became::Lost { .. } => Some("lost"),
        Became::Renewed { amount, .. } => {
            let shrank = amount.zip(contract.amount).is_some_and(|(after, before)| after < before);
            Some(if shrank { "shrunk" } else { "renewed" })
        }
    }
}

impl KnownContracts {
    /// The contracts of one customer, by place.
    fn terms_of(&self, customer: &CustomerId) -> Range<usize> {
        let terms = &self.contracts.terms;
        let start = terms.partition_point(|one| one.customer < *customer);
        start..start + terms[start..].iter().take_while(|one| one.customer == *customer).count()
    }

    /// The places in the list of the contracts of one customer.
    fn places_of(&self, customer: &CustomerId) -> impl Iterator<Item = u32> {
        self.terms_of(customer).filter_map(|term| self.places[term])
    }

    /// What was said, each at the place of the contract that it was said of.
    fn placed(&self, said: Vec<RenewalRecord>) -> impl Iterator<Item = (u32, Arc<RenewalRecord>)> {
        let place = |record: RenewalRecord| {
            let terms = &self.contracts.terms;
            let named = |place: &u32| key_of(&terms[self.listed[*place as usize].term as usize]) == record.key;
            let places: Vec<u32> = self.places_of(&record.key.customer).filter(named).collect();
            let record = Arc::new(record);
            places.into_iter().map(move |place| (place, Arc::clone(&record)))
        };
        said.into_iter().flat_map(place)
    }

    /// The same as what is kept of them.
    fn sayings(&self, said: Vec<RenewalRecord>) -> Arc<Sayings> {
        let mut sayings = Sayings::default();
        self.placed(said).for_each(|one| sayings.put(one));
        Arc::new(sayings)
    }

    /// The record of a band.
    pub(crate) fn rate(&self, band: Option<Band>) -> &RenewalRate {
        &self.rates[band_place(band)]
    }
}

/// One contract on the list, with what people say of it.
#[derive(Clone, Copy)]
pub(crate) struct Item<'a> {
    pub contract: &'a Contract,
    /// Place of its customer in the snapshot.
    pub position: usize,
    pub record: Option<&'a RenewalRecord>,
    pub listed: &'a Listed,
}

impl<'a> Item<'a> {
    /// What the facts say became of it.
    pub(crate) fn fact(&self) -> Option<&'static str> {
        self.listed.fact
    }

    /// What it is worth in a year.
    pub(crate) fn amount(&self) -> Option<Amount> {
        self.listed.amount
    }

    /// What was said by hand.
    pub(crate) fn said(&self) -> Option<&'static str> {
        self.record.and_then(|record| record.outcome.as_ref()).map(|word| word.says.as_str())
    }

    /// What counts: the facts, and where they are silent what was said by hand.
    pub(crate) fn outcome(&self) -> Option<&'static str> {
        self.fact().or_else(|| self.said())
    }

    /// When that was decided: the facts' moment, else the hand's.
    pub(crate) fn decided_at(&self) -> Option<Instant> {
        match self.contract.became {
            Became::Renewed { at, .. } | Became::Lost { at, .. } => Some(at),
            Became::Open => self.record.and_then(|record| record.outcome.as_ref()).map(|word| word.at),
        }
    }

    /// Whether facts and hand say different things.
    pub(crate) fn contradicts(&self) -> bool {
        self.fact().zip(self.said()).is_some_and(|(fact, said)| fact != said)
    }

    /// The word of the judgement, or `none`.
    pub(crate) fn judgement(&self) -> &'static str {
        self.record.and_then(|record| record.judgement.as_ref()).map_or("none", |word| word.says.as_str())
    }

    /// The word of the answer, or `none`.
    pub(crate) fn answer(&self) -> &'static str {
        self.record.and_then(|record| record.answer.as_ref()).map_or("none", |word| word.says.as_str())
    }

    /// The word of the stage.
    pub(crate) fn stage(&self) -> &'static str {
        self.record.map_or(store::RenewalStage::NotStarted, |record| record.stage).as_str()
    }

    /// `YYYY-MM` of its last day.
    pub(crate) fn month(&self) -> &'a str {
        std::str::from_utf8(&self.listed.month).unwrap_or_default()
    }

    pub(crate) fn is_short(&self) -> bool {
        self.listed.is_short
    }
}

/// Everything that the pages of renewals are made of.
pub(crate) struct Book {
    pub snapshot: Arc<Snapshot>,
    pub known: Arc<KnownContracts>,
    said: Arc<Sayings>,
}

impl Book {
    /// Contracts of the reader's customers that ended in the last twelve months, or end later, by their place in the list; short
    /// ones too. What ends first comes first. With an owner only theirs (`-`: nobody's).
    pub(crate) fn places<'a>(
        &'a self,
        app: &App,
        scope: &Scope,
        owner: Option<&str>,
    ) -> impl Iterator<Item = u32> + use<'a> {
        let first = app.zone().month_start(self.snapshot.as_of.instant(), -PAST_MONTHS);
        let start = self.known.listed.partition_point(|one| one.ends_at <= first);
        let admitted = self.snapshot.roll.admitted(scope, owner);
        let places = (start..self.known.listed.len()).map(|place| place as u32);
        places.filter(move |place| admitted.has(self.known.listed[*place as usize].position as usize))
    }

    /// Contracts of one customer whom the reader may see.
    pub(crate) fn items_of<'a>(&'a self, scope: &Scope, customer: &CustomerId) -> Vec<Item<'a>> {
        let items = self.known.places_of(customer).map(|place| self.at(place));
        items.filter(|item| self.snapshot.admits(scope, item.position)).collect()
    }

    /// How many contracts of the reader's customers there are, of whatever time.
    pub(crate) fn count(&self, scope: &Scope) -> u64 {
        let admitted = self.snapshot.roll.admitted(scope, None);
        self.known.listed.iter().filter(|one| admitted.has(one.position as usize)).count() as u64
    }

    /// The contract at a place in the list.
    pub(crate) fn at(&self, place: u32) -> Item<'_> {
        let listed = &self.known.listed[place as usize];
        let contract = &self.known.contracts.terms[listed.term as usize];
        let record = self.said.get(place);
        Item { contract, position: listed.position as usize, record, listed }
    }

    pub(crate) fn row(&self, app: &App, item: &Item<'_>) -> RenewalRow {
        let Item { contract, position, record, .. } = *item;
        let snapshot = &*self.snapshot;
        let left = contract.ends_at.micros() - snapshot.as_of.instant().micros();
        let reason_id = record.and_then(|record| record.churn_reason.clone());
        let reasons_known = &app.definitions().churn_reasons;
        let named = reasons_known.iter().find(|one| Some(&one.id) == reason_id.as_ref());
        RenewalRow {
            customer_id: contract.customer.to_string(),
            customer_name: snapshot.name(position).to_owned(),
            owner: snapshot.cards[position].owner.as_deref().map(str::to_owned),
            contract: contract.number.clone(),
            due_on: contract.end_on.clone(),
            days_left: left.div_euclid(MICROS_PER_DAY),
            amount: contract.amount.map(|amount| amount.to_f64()),
            verdict: verdict(snapshot, position),
            reason: reasons(app, snapshot, position).into_iter().next(),
            version: record.map_or(0, |record| record.version),
            stage: item.stage().to_owned(),
            next_step: record.and_then(|record| record.next_step.as_deref()).map(hidden),
            next_on: record.and_then(|record| record.next_on.clone()),
            judgement: record.and_then(|record| record.judgement.as_ref()).map(|word| told(word, word.says.as_str())),
            answer: record.and_then(|record| record.answer.as_ref()).map(|word| told(word, word.says.as_str())),
            model: self.known.rate(snapshot.band(position)).clone(),
            fact: fact(item),
            said: record.and_then(|record| record.outcome.as_ref()).map(|word| told(word, word.says.as_str())),
            outcome: item.outcome().map(str::to_owned),
            contradicts: item.contradicts(),
            churn_reason: reason_id.clone(),
            churn_reason_name: named.map(|one| (&one.name).into()),
        }
    }
}

impl App {
    /// The contracts of a moment with what people said of them by then.
    pub(crate) async fn renewal_book(&self, as_of: Option<AsOf>, now: Instant) -> Result<Book, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let known = match snapshot.kept.of::<KeptContracts>().get() {
            Some(known) => Arc::clone(known),
            None => {
                let (app, snapshot) = (self.clone(), Arc::clone(&snapshot));
                blocking(move || {
                    let known = Arc::new(app.read_contracts(&snapshot)?);
                    Ok(Arc::clone(snapshot.kept.of::<KeptContracts>().get_or_init(|| known)))
                })
                .await?
            }
        };
        // Whose they are is looked at in the snapshot, customer by customer.
        let said = match as_of {
            Some(as_of) => known.sayings(self.store().renewals_said_then(&Scope::All, as_of.instant()).await?),
            None => self.said_now(&known).await?,
        };
        Ok(Book { snapshot, known, said })
    }

    /// What is said of contracts now: read once, and of those again of whom the history tells something new.
    async fn said_now(&self, known: &KnownContracts) -> Result<Arc<Sayings>, Error> {
        let (kept, news) = known.said.news(self.store(), &[Resource::Renewal]).await?;
        let said = match kept {
            Some(kept) if news.customers.is_empty() => kept,
            Some(kept) => {
                let some: Vec<CustomerId> = news.customers.iter().cloned().collect();
                let anew = self.store().renewals_said(&Scope::All, Some(&some)).await?;
                let mut said = Sayings::clone(&kept);
                for place in some.iter().flat_map(|customer| known.places_of(customer)) {
                    said.forget(place);
                }
                known.placed(anew).for_each(|one| said.put(one));
                Arc::new(said)
            }
            None => known.sayings(self.store().renewals_said(&Scope::All, None).await?),
        };
        known.said.keep(news.number, &said);
        Ok(said)
    }

    fn read_contracts(&self, snapshot: &Snapshot) -> Result<KnownContracts, Error> {
        let definition = self.churn_definition(&snapshot.churn);
        let definition = definition.ok_or_else(|| Error::not_found(("流失口径", "the churn definition")))?;
        let frame = self.facts().as_of(snapshot.as_of).frame(&contracts_want(definition))?;
        let found = contracts(&frame, definition, snapshot.as_of);
        let rates = self.renewal_rates(snapshot, (&frame, definition), &found);
        let listed = Listed::of(snapshot, &found.terms);
        let mut places = vec![None; found.terms.len()];
        listed.iter().zip(0..).for_each(|(one, place)| places[one.term as usize] = Some(place));
        Ok(KnownContracts { contracts: found, rates, listed, places, said: Followed::default() })
    }

    /// How often were contracts renewed here, by the band that their customers were in?
    ///
    /// Month by month over the last twelve: the contracts that, by what was known when the month began, were open and due
    /// in it; the band of each customer then, by the scorecard in use; what became of them by now. Those that
    /// are not settled yet count nowhere.
    fn renewal_rates(
        &self,
        snapshot: &Snapshot,
        (frame, definition): (&FactFrame, &ChurnDefinition),
        found: &Contracts,
    ) -> Vec<RenewalRate> {
        let mut counts = [(0, 0); BANDS.len()];
        let place = |one: &Contract| (one.customer.clone(), one.number.clone(), one.end_on.clone());
        let settled = found.terms.iter().filter(|one| one.is_settled);
        let became: HashMap<_, Became> = settled.map(|one| (place(one), one.became)).collect();
        let month = |back: i32| {
            let [start, end] =
                [-back, 1 - back].map(|months| self.zone().month_start(snapshot.as_of.instant(), months));
            (AsOf(start), end)
        };
        let months: Vec<(AsOf, Instant)> = (1..=PAST_MONTHS).map(month).collect();
        for ((AsOf(start), _), mut due) in months.iter().zip(contracts_due(frame, definition, &months)) {
            due.retain(|one| one.term_days().is_none_or(|days| days >= SHORT_DAYS));
            let bands = self.bands_at(snapshot, *start, due.iter().map(|one| one.customer.clone()).collect());
            for one in &due {
                let band = bands.get(&one.customer).copied().flatten();
                let (decided, renewed) = match became.get(&place(one)) {
                    Some(Became::Renewed { .. }) => (1, 1),
                    Some(Became::Lost { .. }) => (1, 0),
                    _ => continue,
                };
                let at = band_place(band);
                counts[at] = (counts[at].0 + decided, counts[at].1 + renewed);
            }
        }
        let rate = |(band, (decided, renewed)): (Option<Band>, (u64, u64))| RenewalRate {
            band: band.map(|band| band_word(Some(band)).to_owned()),
            decided,
            renewed,
            rate: (decided >= LEAST_DECIDED).then(|| renewed as f64 / decided as f64),
        };
        BANDS.into_iter().zip(counts).map(rate).collect()
    }

    /// The bands of some customers at a past moment, as known then.
    fn bands_at(
        &self,
        snapshot: &Snapshot,
        at: Instant,
        mut customers: Vec<CustomerId>,
    ) -> HashMap<CustomerId, Option<Band>> {
        customers.sort_unstable();
        customers.dedup();
        let Some(book) = self.book_of(snapshot).filter(|_| !customers.is_empty()) else { return HashMap::new() };
        let catalog = self.definitions().catalog.only(&book.indicators()).with_supply(Arc::clone(&snapshot.supply));
        let (said, _) = snapshot.heard();
        let frames = evaluate_at(snapshot.frame(), &catalog, &Population::These(customers.clone()), &[AsOf(at)]);
        let scores = frames.first().map(|frame| scores::score_said(frame, book, &catalog, said, at));
        let band = |customer: &CustomerId| scores.as_ref().and_then(|scores| scores.get(customer)?.band);
        customers.into_iter().map(|customer| (customer.clone(), band(&customer))).collect()
    }
}

/// What names a contract where people speak of it.
pub(crate) fn key_of(contract: &Contract) -> RenewalKey {
    RenewalKey {
        customer: contract.customer.clone(),
        contract: contract.number.clone(),
        due_on: contract.end_on.clone(),
    }
}

/// Hundredths as an amount.
pub(crate) fn major(minor: i64) -> f64 {
    minor as f64 / 100.0
}

fn told<T>(word: &RenewalWord<T>, says: &str) -> view::RenewalWord {
    view::RenewalWord {
        says: says.to_owned(),
        amount: word.amount_minor.map(major),
        note: word.note.as_deref().map(hidden),
        by: word.by.clone(),
        at: written(word.at),
    }
}

fn fact(item: &Item<'_>) -> Option<view::RenewalFact> {
    let outcome = item.fact()?.to_owned();
    Some(match item.contract.became {
        Became::Renewed { at, amount } => view::RenewalFact {
            outcome,
            at: written(at),
            amount: amount.map(|amount| amount.to_f64()),
            cancelled: false,
        },
        Became::Lost { at, cancelled } => view::RenewalFact { outcome, at: written(at), amount: None, cancelled },
        Became::Open => return None,
    })
}
