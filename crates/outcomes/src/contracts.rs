//! The contracts of every customer as of a moment, and what became of each that came to its end.
//!
//! A contract here is one term: signed once, running to one last day. What became of it is read off the facts alone: a
//! contract that follows it renews it, for more or for less; a cancellation or the end of the time of grace without one
//! loses it; where the facts are silent, nothing is said. Not here: what people say of a renewal (`store`), who is worth
//! worrying about (`scores`), whom a model learns from ([`crate::renewals`]).

use facts::{FactFrame, Want};
use indicators::{Matcher, Selector};
use vocab::{Amount, AsOf, CustomerId, Instant, Kind};

use crate::definition::{CONTRACT_ID, ChurnDefinition, ChurnRule};
use crate::lifetimes::{MICROS_PER_DAY, end_of_day};

/// Days of grace where the firm's definition of leaving knows no end of contracts.
const USUAL_GRACE_DAYS: u32 = 30;
/// A contract with a number never seen before continues one that ends no more than so many days after it was signed.
const LEAD_DAYS: i64 = 180;
const END_ON: &str = "end_on";
const START_ON: &str = "start_on";
/// Where files of contracts carry the number.
const CONTRACT_NO: &str = "contract_no";
const ENDINGS: [&str; 3] = ["Contract Cancelled", "Contract Terminated", "Subscription Cancelled"];

/// One term of a contract: from its signature to its last day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Whose.
    pub customer: CustomerId,
    /// Its number (`contract_id`, else `contract_no`), where the facts give one.
    pub number: Option<String>,
    /// When it was signed.
    pub signed_at: Instant,
    /// The midnight that begins its first day, where the facts say it.
    pub starts_at: Option<Instant>,
    /// Its last day, `YYYY-MM-DD` of the firm's zone.
    pub end_on: String,
    /// The midnight that ends its last day.
    pub ends_at: Instant,
    /// What it is worth in a year, in the firm's currency; unknown where the facts carry no number.
    pub amount: Option<Amount>,
    /// What became of it.
    pub became: Became,
    /// Whether its time of grace is over and the record of contracts reaches beyond it. A loss is known only then, so
    /// only such contracts count in rates: those renewed early would flatter them.
    pub is_settled: bool,
}

/// What became of a contract, by the facts visible at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// Nothing is known yet: it runs, its time of grace does, or the record of contracts ends before that does.
    Open,
    /// Another one followed it (已续; 缩减 where that is worth less).
    Renewed {
        /// When that was signed.
        at: Instant,
        /// What that is worth in a year.
        amount: Option<Amount>,
    },
    /// None did (流失).
    Lost {
        /// When it was cancelled, or the end of its time of grace.
        at: Instant,
        /// Whether the customer cancelled it.
        cancelled: bool,
    },
}

impl Contract {
    /// How long it runs, in days; `None` where the facts do not say its first day.
    pub fn term_days(&self) -> Option<i64> {
        self.starts_at.map(|start| (self.ends_at.micros() - start.micros()).div_euclid(MICROS_PER_DAY))
    }
}

/// Every contract of a firm, as known at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contracts {
    /// In the order of the customers, then of their signatures.
    pub terms: Vec<Contract>,
    /// The midnight that ends the day of the last contract fact: what was signed after it may not have arrived yet.
    /// Absent where there is none.
    pub told_until: Option<Instant>,
}

/// What a frame must hold for [`contracts`].
pub fn contracts_want(definition: &ChurnDefinition) -> Want {
    let (selector, property, _) = ending(definition);
    let mut properties = [property, CONTRACT_ID, CONTRACT_NO, START_ON].map(str::to_owned).to_vec();
    let cancelled = cancellations(definition);
    let asked = selector.into_iter().chain(cancelled.iter()).flat_map(Selector::properties).map(str::to_owned);
    properties.extend(asked);
    properties.sort_unstable();
    properties.dedup();
    Want { kinds: vec![Kind::Contract], properties, ..Want::default() }
}

/// Which contracts does every customer have, and what became of those that ended?
///
/// A contract fact with a last day is a signature. A signature that says the same last day of the same contract again
/// corrects it. A later last day of the same contract (the same number, or none on either) begins the next term and
/// renews the one before, if it was signed no later than the days of grace after its end. A number never seen before
/// renews, of the customer's terms that nothing followed, the one that ends first among those that end before it does, no
/// more than 180 days after its signature and within grace of it. Each signature renews one term at most. A cancellation
/// ends the terms of its contract, or all of the customer's where it names none, until a later signature; else a term is
/// lost with the end of its grace. Last day and grace are those of the firm's definition of leaving, `end_on` and 30 days
/// where it knows no contracts.
///
/// # Why
/// The definition of leaving asks whether the customer is still there; this asks what became of the money of each
/// contract. A customer who leaves one of two contracts has not left.
///
/// # Edges
/// * A term whose grace ends after the day of the last contract fact of anybody stays [`Became::Open`]: the next one may
///   be missing because the data end there.
/// * What is signed after the grace renews nothing: it begins a contract of its own.
/// * A named contract said to end earlier than before ends then; of terms without a number the latest end counts.
///
/// # Panics
/// If the frame ends before `as_of`: our own mistake.
pub fn contracts(frame: &FactFrame, definition: &ChurnDefinition, as_of: AsOf) -> Contracts {
    let cancelled = cancellations(definition);
    let reader = Reading::new(frame, definition, &cancelled);
    let (told_until, known_until) = reader.known_until(as_of);
    let mut terms = Vec::new();
    for (position, customer) in frame.customers().iter().enumerate() {
        let own = reader.terms_of(position, as_of);
        terms.extend(own.into_iter().map(|term| term.told(customer, reader.grace, known_until)));
    }
    Contracts { terms, told_until: told_until.map(Instant::from_micros) }
}

/// Which contracts were open and about to end, as was known at each of some moments?
///
/// For each moment with an end those of [`contracts`] as of it that are [`Became::Open`] and end after it, and no later than
/// that end; in their order. Only the customers of whom a signature says such a day are looked at, each for the moments
/// that it concerns.
///
/// # Panics
/// If the frame ends before one of the moments: our own mistake.
pub fn contracts_due(frame: &FactFrame, definition: &ChurnDefinition, spans: &[(AsOf, Instant)]) -> Vec<Vec<Contract>> {
    let cancelled = cancellations(definition);
    let reader = Reading::new(frame, definition, &cancelled);
    let until: Vec<i64> = spans.iter().map(|(as_of, _)| reader.known_until(*as_of).1).collect();
    let mut due = vec![Vec::new(); spans.len()];
    for (position, customer) in frame.customers().iter().enumerate() {
        for (place, (as_of, end)) in spans.iter().enumerate() {
            let within = |ends_at: i64| ends_at > as_of.instant().micros() && ends_at <= end.micros();
            if !frame.rows_of(position).filter_map(|row| reader.end_at(row)).any(within) {
                continue;
            }
            let own = reader.terms_of(position, *as_of).into_iter().filter(|term| within(term.ends_at));
            let told = own.map(|term| term.told(customer, reader.grace, until[place]));
            due[place].extend(told.filter(|one| one.became == Became::Open));
        }
    }
    due
}

fn ending(definition: &ChurnDefinition) -> (Option<&Selector>, &str, u32) {
    let found = definition.rules().into_iter().find_map(|rule| match rule {
        ChurnRule::ContractEnd { of, property, grace_days } => Some((Some(of), property.as_str(), *grace_days)),
        _ => None,
    });
    found.unwrap_or((None, END_ON, USUAL_GRACE_DAYS))
}

/// What of contracts says that they are cancelled: as the definition has it, or by the usual names.
fn cancellations(definition: &ChurnDefinition) -> Vec<Selector> {
    let said = definition.rules().into_iter().find_map(|rule| match rule {
        ChurnRule::Cancellation { of, .. } => Some(of.clone()),
        _ => None,
    });
    let mut said = said.unwrap_or_default();
    said.retain(|selector| selector.kinds.contains(&Kind::Contract));
    if said.is_empty() { vec![Selector::new(Kind::Contract, &ENDINGS)] } else { said }
}

/// One frame with what is looked for in it made ready.
struct Reading<'a> {
    frame: &'a FactFrame,
    signed: Option<Matcher<'a>>,
    cancelled: Vec<Matcher<'a>>,
    property: &'a str,
    /// The midnight that ends each last day, by the code of its text: many contracts end on the same day.
    ends: Vec<Option<i64>>,
    /// The midnight that begins each first day, likewise.
    starts: Vec<Option<Instant>>,
    /// In micros.
    grace: i64,
}

/// What each text of a property means, by its code; that of none first.
fn meanings<T>(frame: &FactFrame, property: &str, meaning: impl Fn(&str) -> Option<T>) -> Vec<Option<T>> {
    let texts = (1..).map_while(|code| frame.property_text(property, code));
    std::iter::once(None).chain(texts.map(meaning)).collect()
}

/// A term while its customer's facts are read.
struct Term {
    number: Option<String>,
    signed_at: Instant,
    starts_at: Option<Instant>,
    end_on: String,
    ends_at: i64,
    amount: Option<Amount>,
    followed: Option<(Instant, Option<Amount>)>,
    cancelled_at: Option<Instant>,
}

impl<'a> Reading<'a> {
    fn new(frame: &'a FactFrame, definition: &'a ChurnDefinition, cancelled: &'a [Selector]) -> Self {
        let (selector, property, grace_days) = ending(definition);
        Self {
            frame,
            signed: selector.map(|selector| selector.on(frame)),
            cancelled: cancelled.iter().map(|selector| selector.on(frame)).collect(),
            property,
            ends: meanings(frame, property, |date| end_of_day(frame.zone(), date)),
            starts: meanings(frame, START_ON, |date| frame.zone().parse(date).ok()),
            grace: i64::from(grace_days) * MICROS_PER_DAY,
        }
    }

    /// The midnight that ends the day of the last contract fact visible at a moment; and until when the record of
    /// contracts is complete, as far as is known then.
    fn known_until(&self, as_of: AsOf) -> (Option<i64>, i64) {
        let frame = self.frame;
        assert!(as_of <= frame.end(), "the frame ends at {}, asked about {as_of}", frame.end());
        let rows = (0..frame.len()).filter(|row| self.is_seen(*row, as_of));
        let last = rows.map(|row| frame.occurred_at(row)).max();
        let told_until = last.and_then(|last| end_of_day(frame.zone(), &frame.zone().date(last)));
        (told_until, told_until.unwrap_or(i64::MIN).min(as_of.instant().micros()))
    }

    fn is_seen(&self, row: usize, as_of: AsOf) -> bool {
        self.frame.is_visible(row, as_of) && self.frame.kind(row) == Kind::Contract
    }

    /// The end of the last day that a row says.
    fn end_at(&self, row: usize) -> Option<i64> {
        self.ends[self.frame.property_code(row, self.property) as usize]
    }

    /// The terms of one customer as known at a moment.
    fn terms_of(&self, position: usize, as_of: AsOf) -> Vec<Term> {
        let mut own = Vec::new();
        let rows = self.frame.rows_of(position).filter(|row| self.is_seen(*row, as_of));
        rows.for_each(|row| self.note(row, &mut own));
        own
    }

    fn note(&self, row: usize, terms: &mut Vec<Term>) {
        let said = |key: &str| self.frame.property(row, key).flatten();
        let number = said(CONTRACT_ID).or_else(|| said(CONTRACT_NO));
        let at = self.frame.occurred_at(row);
        if self.cancelled.iter().any(|matcher| matcher.matches(row)) {
            let of_it =
                |term: &&mut Term| number.is_none() || term.number.is_none() || term.number.as_deref() == number;
            terms.iter_mut().filter(of_it).filter(|term| term.followed.is_none()).for_each(|term| {
                term.cancelled_at.get_or_insert(at);
            });
            return;
        }
        let end_on = self.frame.property(row, self.property).flatten();
        let ends_at = self.end_at(row);
        let is_signed = self.signed.as_ref().is_none_or(|matcher| matcher.matches(row));
        if let (Some(end_on), Some(ends_at), true) = (end_on, ends_at, is_signed) {
            self.sign(row, (number, end_on, ends_at), terms);
        }
    }

    fn sign(&self, row: usize, (number, end_on, ends_at): (Option<&str>, &str, i64), terms: &mut Vec<Term>) {
        let (at, amount) = (self.frame.occurred_at(row), self.frame.value(row));
        let same = terms.iter().rposition(|term| term.number.as_deref() == number);
        if let Some(place) = same.filter(|place| ends_at <= terms[*place].ends_at) {
            let known = &mut terms[place];
            // Of terms without a number the latest end counts.
            if ends_at == known.ends_at || number.is_some() {
                (known.ends_at, known.end_on) = (ends_at, end_on.to_owned());
                known.amount = amount.or(known.amount);
                known.cancelled_at = None;
            }
            return;
        }
        let in_time = |term: &Term| at.micros() <= term.ends_at.saturating_add(self.grace);
        let continues = |term: &Term| {
            let ahead = term.ends_at.saturating_sub(LEAD_DAYS * MICROS_PER_DAY) <= at.micros();
            term.followed.is_none() && term.ends_at < ends_at && ahead && in_time(term)
        };
        let before = match same {
            Some(place) => Some(place).filter(|place| terms[*place].followed.is_none() && in_time(&terms[*place])),
            None => {
                (0..terms.len()).filter(|place| continues(&terms[*place])).min_by_key(|place| terms[*place].ends_at)
            }
        };
        if let Some(place) = before {
            terms[place].followed = Some((at, amount));
        }
        let starts_at = self.starts[self.frame.property_code(row, START_ON) as usize];
        let (number, end_on) = (number.map(str::to_owned), end_on.to_owned());
        let (followed, cancelled_at) = (None, None);
        terms.push(Term { number, signed_at: at, starts_at, end_on, ends_at, amount, followed, cancelled_at });
    }
}

impl Term {
    fn told(self, customer: &CustomerId, grace: i64, known_until: i64) -> Contract {
        let decided_at = self.ends_at.saturating_add(grace);
        let became = match (self.followed, self.cancelled_at) {
            (Some((at, amount)), _) => Became::Renewed { at, amount },
            (None, Some(at)) => Became::Lost { at, cancelled: true },
            _ if decided_at <= known_until => Became::Lost { at: Instant::from_micros(decided_at), cancelled: false },
            _ => Became::Open,
        };
        Contract {
            customer: customer.clone(),
            number: self.number,
            signed_at: self.signed_at,
            starts_at: self.starts_at,
            end_on: self.end_on,
            ends_at: Instant::from_micros(self.ends_at),
            amount: self.amount,
            became,
            is_settled: decided_at <= known_until,
        }
    }
}

/// How much of what was due stayed, by the facts.
///
/// Of settled contracts of known worth (those renewed for an unknown amount left out): `gross = Σ min(after,
/// before) ÷ Σ before`, what was kept of it without what grew; `net = Σ after ÷ Σ before`, growth included. A lost contract
/// counts 0 after. New contracts count in neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    /// Contracts counted.
    pub count: u64,
    /// What they were worth in a year before.
    pub before: Amount,
    /// What of that was kept, at most what it was before.
    pub kept: Amount,
    /// What those that followed are worth.
    pub after: Amount,
}

impl Retained {
    /// Over some contracts; those that are not settled yet are left out.
    pub fn of<'a>(contracts: impl IntoIterator<Item = &'a Contract>) -> Self {
        let mut sum = Self::default();
        for contract in contracts.into_iter().filter(|one| one.is_settled) {
            let after = match contract.became {
                Became::Open => continue,
                Became::Lost { .. } => Some(Amount::ZERO),
                Became::Renewed { amount, .. } => amount,
            };
            let (Some(before), Some(after)) = (contract.amount, after) else { continue };
            sum.count += 1;
            sum.before += before;
            sum.kept += after.min(before);
            sum.after += after;
        }
        sum
    }

    /// Gross retention (GRR), 0 to 1; `None` where nothing of worth is settled.
    pub fn gross(&self) -> Option<f64> {
        (self.before > Amount::ZERO).then(|| self.kept.to_f64() / self.before.to_f64())
    }

    /// Net retention (NRR), 0 or more; `None` where nothing of worth is settled.
    pub fn net(&self) -> Option<f64> {
        (self.before > Amount::ZERO).then(|| self.after.to_f64() / self.before.to_f64())
    }
}
