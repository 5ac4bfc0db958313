//! 续约: contracts that come to their end, listed and worked on.
//!
//! What the facts say stands; people add what they judge, what the customer answered, how far the work is and what comes
//! next, and where the facts are silent what became of it. The three intentions are never mixed.

use outcomes::Contract;
use store::{Intention, RenewalOutcome, RenewalSaying, RenewalStage, RenewalStep, Resource};
use vocab::{Amount, AsOf, CustomerId, Instant, Scope};

use crate::coming::renewal_rows::{Book, Item, key_of, major};
use crate::customer::search::Needle;
use crate::error::{Class, Error};
use crate::moment::snapshot::owner_keys;
use crate::risk::worth::hundredths;
use crate::shown::{band_word, hidden, page, written};
use crate::view::{self, Count, CustomerRenewals, RenewalList, RenewalRow, SayRenewal};
use crate::working::follow_ups::short;
use crate::working::work::unknown_word;
use crate::{App, Reader, blocking};

const LONGEST_NOTE: usize = 500;
const LONGEST_STEP: usize = 200;
/// Beyond this an amount is a slip of the finger.
const MOST: f64 = 1e12;
const STATES: [&str; 4] = ["open", "decided", "contradicted", "all"];
const BANDS: [&str; 5] = ["critical", "high", "medium", "low", "unknown"];

/// Which renewals, which page.
#[derive(Clone, Debug, Default)]
pub struct RenewalQuery {
    /// Due in this month, `YYYY-MM`.
    pub month: Option<String>,
    /// Only this owner's customers; `-` = nobody's.
    pub owner: Option<String>,
    /// Only customers in one of these bands now; `unknown` is one of them. Empty = all.
    pub bands: Vec<String>,
    /// Only those judged so: `renew`, `shrink`, `unsure`, `leave`, `none`.
    pub judgement: Option<String>,
    /// Only those answered so: the same words.
    pub answer: Option<String>,
    /// Only in this stage.
    pub stage: Option<String>,
    /// `open` (default: neither facts nor people have decided), `decided`, `contradicted`, `all`.
    pub state: Option<String>,
    /// Part of a customer's name or id.
    pub search: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Rows on the page.
    pub limit: usize,
}

/// What a query matches, by place in the list, with what is counted along.
struct Matching {
    places: Vec<u32>,
    amount: Amount,
    stages: Counts,
    judgements: Counts,
}

/// How many of each of a few words, by their places.
#[derive(Default)]
struct Counts([u64; 5]);

impl Counts {
    fn note(&mut self, place: usize) {
        self.0[place] += 1;
    }

    /// Each word with its count, in their order.
    fn told<'a>(&self, words: impl Iterator<Item = &'a str>) -> Vec<Count> {
        words.zip(self.0).map(|(key, count)| Count { key: key.to_owned(), count }).collect()
    }
}

/// The stages, then what is decided.
fn stage_words() -> impl Iterator<Item = &'static str> {
    RenewalStage::ALL.iter().map(|stage| stage.as_str()).chain(["decided"])
}

/// The judgements, then none.
fn judgement_words() -> impl Iterator<Item = &'static str> {
    Intention::ALL.iter().map(|one| one.as_str()).chain(["none"])
}

/// What a query makes of what was decided and said of a contract.
#[derive(Clone, Copy)]
struct Told {
    is_answered: bool,
    is_judged: bool,
    stands: bool,
    /// Among [`stage_words`].
    stage: usize,
    /// Among [`judgement_words`].
    judgement: usize,
}

impl Told {
    fn of(query: &RenewalQuery, item: &Item<'_>) -> Self {
        let is_asked = |asked: Option<&str>, word: &str| asked.is_none_or(|asked| asked == word);
        let is_in_state = match query.state.as_deref().unwrap_or("open") {
            "open" => item.outcome().is_none(),
            "decided" => item.outcome().is_some(),
            "contradicted" => item.contradicts(),
            _ => true,
        };
        let stage = if item.outcome().is_some() { "decided" } else { item.stage() };
        Self {
            is_answered: is_asked(query.answer.as_deref(), item.answer()),
            is_judged: is_asked(query.judgement.as_deref(), item.judgement()),
            stands: is_in_state && is_asked(query.stage.as_deref(), item.stage()),
            stage: stage_words().position(|word| word == stage).unwrap_or_default(),
            judgement: judgement_words().position(|word| word == item.judgement()).unwrap_or_default(),
        }
    }
}

impl App {
    /// A page of contracts that come, or came, to their end; those that renew by themselves are left out.
    ///
    /// # Errors
    /// `bad_filter`, `bad_cursor`.
    pub async fn renewals(
        &self,
        scope: &Scope,
        query: &RenewalQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<RenewalList, Error> {
        check(query)?;
        let book = self.renewal_book(as_of, now).await?;
        let (app, scope, query) = (self.clone(), scope.clone(), query.clone());
        blocking(move || {
            let matching = matching(&app, &book, &scope, &query);
            let (shown, next_cursor) = page(&matching.places, query.cursor.as_deref(), query.limit)?;
            Ok(RenewalList {
                rows: shown.iter().map(|place| book.row(&app, &book.at(*place))).collect(),
                total: matching.places.len() as u64,
                amount: matching.amount.to_f64(),
                next_cursor,
                stage_counts: matching.stages.told(stage_words()),
                judgement_counts: matching.judgements.told(judgement_words()),
                owners: owner_keys(&book.snapshot, &scope),
                as_of: written(book.snapshot.as_of.instant()),
            })
        })
        .await
    }

    /// Every renewal that a query matches, in order.
    pub(crate) async fn every_renewal(
        &self,
        scope: &Scope,
        query: &RenewalQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Vec<RenewalRow>, Error> {
        check(query)?;
        let book = self.renewal_book(as_of, now).await?;
        let (app, scope, query) = (self.clone(), scope.clone(), query.clone());
        blocking(move || {
            let found = matching(&app, &book, &scope, &query).places;
            Ok(found.iter().map(|place| book.row(&app, &book.at(*place))).collect())
        })
        .await
    }

    /// The contracts of one customer, and everything that was said of them.
    ///
    /// # Errors
    /// `not_found` for a customer that the reader may not see.
    pub async fn customer_renewals(
        &self,
        scope: &Scope,
        customer: &CustomerId,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<CustomerRenewals, Error> {
        let book = self.renewal_book(as_of, now).await?;
        self.place(&book.snapshot, scope, customer)?;
        let mut items = book.items_of(scope, customer);
        items.retain(|item| !item.is_short());
        items.sort_by_key(|item| std::cmp::Reverse((item.contract.ends_at, item.contract.signed_at)));
        let rows: Vec<RenewalRow> = items.iter().map(|item| book.row(self, item)).collect();
        // The snapshot has looked at the scope.
        let steps = self.store().renewal_steps(&Scope::All, customer, as_of.map(AsOf::instant)).await?;
        Ok(CustomerRenewals {
            next: rows.iter().rev().find(|row| row.outcome.is_none()).cloned(),
            rows,
            steps: steps.into_iter().rev().map(|one| self.renewal_step(one)).collect(),
        })
    }

    /// Says one thing of a renewal, and answers how it stands then.
    ///
    /// # Errors
    /// `version_conflict`, with who did what, when somebody else was faster; `facts_decided` for an outcome where the facts
    /// have said one; `bad_renewal_word`, `bad_amount`, `bad_note`, `bad_day`, `bad_churn_reason`; `not_found` for a
    /// contract that is not there or that the reader may not see.
    pub async fn say_renewal(
        &self,
        reader: &Reader,
        customer: &CustomerId,
        due_on: &str,
        request: SayRenewal,
        now: Instant,
    ) -> Result<RenewalRow, Error> {
        reader.may_act()?;
        let book = self.renewal_book(None, now).await?;
        let (key, saying, id) = {
            let item = wanted(&book, &reader.scope, customer, (due_on, request.contract.as_deref()))?;
            let saying = self.saying(&item, &request, now)?;
            (key_of(item.contract), saying, item.record.map(|record| record.id))
        };
        // The snapshot has looked at the scope; the store's own projection follows with the cycle.
        let said = self.store().say_renewal(&Scope::All, &key, request.version, &saying, &reader.actor(), now).await;
        if let Err(error) = said {
            return Err(match id {
                Some(id) => self.told_by(&Scope::All, Resource::Renewal, (id, request.version), error).await,
                None => error.into(),
            });
        }
        let book = self.renewal_book(None, now).await?;
        let item = wanted(&book, &reader.scope, customer, (due_on, request.contract.as_deref()))?;
        Ok(book.row(self, &item))
    }

    /// What is said, checked against the contract it is said of.
    fn saying(&self, item: &Item<'_>, request: &SayRenewal, now: Instant) -> Result<RenewalSaying, Error> {
        let says = request.says.as_deref().filter(|says| !says.is_empty());
        let intention = || says.map(|says| word(says, Intention::ALL, Intention::as_str)).transpose();
        match request.what.as_str() {
            "judgement" => {
                let Some(says) = intention()? else { return Ok(RenewalSaying::Judgement(None)) };
                let amount = match says {
                    Intention::Renew => amount(item, request.amount, Needed::MayBe)?,
                    Intention::Shrink => amount(item, request.amount, Needed::Less)?,
                    Intention::Unsure | Intention::Leave => amount(item, request.amount, Needed::Not)?,
                };
                let note = short(request.note.clone(), LONGEST_NOTE, "bad_note")?;
                Ok(RenewalSaying::Judgement(Some((says, amount, note))))
            }
            "answer" => {
                let note = short(request.note.clone(), LONGEST_NOTE, "bad_note")?;
                Ok(RenewalSaying::Answer(intention()?.map(|says| (says, note))))
            }
            "stage" => {
                let stage = word(says.unwrap_or_default(), RenewalStage::ALL, RenewalStage::as_str)?;
                Ok(RenewalSaying::Stage(stage))
            }
            "next" => {
                let Some(step) = short(request.note.clone(), LONGEST_STEP, "bad_note")? else {
                    return Ok(RenewalSaying::Next(None));
                };
                let day = request.on.as_deref().filter(|day| !day.is_empty());
                let day = day.map(|day| self.day_ahead(day, now)).transpose()?;
                Ok(RenewalSaying::Next(Some((step, day.map(|day| self.zone().date(day))))))
            }
            "outcome" => {
                let Some(says) = says else { return Ok(RenewalSaying::Outcome(None)) };
                let says = word(says, RenewalOutcome::ALL, RenewalOutcome::as_str)?;
                self.outcome(item, request, says)
            }
            "reason" => {
                if says.is_some_and(|id| !self.knows_reason(id)) || (says.is_some() && !went_less(item.outcome())) {
                    return Err(self.bad_churn_reason());
                }
                Ok(RenewalSaying::Reason(says.map(str::to_owned)))
            }
            other => Err(not_a_word(other, &["judgement", "answer", "stage", "next", "outcome", "reason"])),
        }
    }

    fn outcome(&self, item: &Item<'_>, request: &SayRenewal, says: RenewalOutcome) -> Result<RenewalSaying, Error> {
        if let Some(fact) = item.fact() {
            return Err(facts_decided(fact));
        }
        let reason = request.churn_reason.as_deref().filter(|id| !id.is_empty());
        let reason_fits = match says {
            RenewalOutcome::Renewed => reason.is_none(),
            RenewalOutcome::Shrunk => reason.is_none_or(|id| self.knows_reason(id)),
            RenewalOutcome::Lost => reason.is_some_and(|id| self.knows_reason(id)),
        };
        if !reason_fits {
            return Err(self.bad_churn_reason());
        }
        let amount = match says {
            RenewalOutcome::Renewed => amount(item, request.amount, Needed::MayBe)?,
            RenewalOutcome::Shrunk => amount(item, request.amount, Needed::Less)?,
            RenewalOutcome::Lost => amount(item, request.amount, Needed::Not)?,
        };
        Ok(RenewalSaying::Outcome(Some((says, amount, reason.map(str::to_owned)))))
    }

    /// One thing that was said, from the record as it was left.
    fn renewal_step(&self, step: RenewalStep) -> view::RenewalStep {
        let RenewalStep { at, actor, said, after } = step;
        let mut shown = view::RenewalStep {
            due_on: after.key.due_on,
            contract: after.key.contract,
            what: said,
            says: None,
            amount: None,
            note: None,
            reason_name: None,
            on: None,
            by: actor,
            at: written(at),
        };
        let reasons = &self.definitions().churn_reasons;
        let reason = reasons.iter().find(|one| Some(&one.id) == after.churn_reason.as_ref());
        match shown.what.as_str() {
            "judgement" | "answer" => {
                let word = if shown.what == "answer" { after.answer } else { after.judgement };
                shown.says = word.as_ref().map(|word| word.says.as_str().to_owned());
                shown.amount = word.as_ref().and_then(|word| word.amount_minor).map(major);
                shown.note = word.and_then(|word| word.note).as_deref().map(hidden);
            }
            "outcome" => {
                shown.says = after.outcome.as_ref().map(|word| word.says.as_str().to_owned());
                shown.amount = after.outcome.and_then(|word| word.amount_minor).map(major);
                shown.reason_name = reason.map(|one| (&one.name).into());
            }
            "stage" => shown.says = Some(after.stage.as_str().to_owned()),
            "next" => (shown.note, shown.on) = (after.next_step.as_deref().map(hidden), after.next_on),
            _ => {
                shown.says.clone_from(&after.churn_reason);
                shown.reason_name = reason.map(|one| (&one.name).into());
            }
        }
        shown
    }

    fn knows_reason(&self, id: &str) -> bool {
        self.definitions().churn_reasons.iter().any(|reason| reason.id == id)
    }
}

/// Whether less came of it than there was: only then is there a reason to tell.
fn went_less(outcome: Option<&str>) -> bool {
    matches!(outcome, Some("shrunk" | "lost"))
}

/// The contract of a customer that ends on a day.
fn wanted<'a>(
    book: &'a Book,
    scope: &Scope,
    customer: &CustomerId,
    (due_on, number): (&str, Option<&str>),
) -> Result<Item<'a>, Error> {
    let number = number.filter(|number| !number.is_empty());
    let meant = |one: &Contract| one.end_on == due_on && one.number.as_deref() == number;
    let found = book.items_of(scope, customer).into_iter().find(|item| meant(item.contract));
    found.ok_or_else(|| Error::not_found(("这份合同", "the contract")))
}

/// Whether an amount belongs to what is said.
#[derive(Clone, Copy)]
enum Needed {
    /// It does not.
    Not,
    /// It may.
    MayBe,
    /// It does, and is less than before.
    Less,
}

fn amount(item: &Item<'_>, asked: Option<f64>, needed: Needed) -> Result<Option<i64>, Error> {
    let before = item.contract.amount.map(|amount| amount.to_f64());
    let fits = match (needed, asked) {
        (Needed::Not | Needed::MayBe, None) => true,
        (Needed::Not, Some(_)) | (Needed::Less, None) => false,
        (Needed::MayBe, Some(amount)) => amount > 0.0 && amount <= MOST,
        (Needed::Less, Some(amount)) => amount > 0.0 && amount < before.unwrap_or(MOST),
    };
    if fits {
        return Ok(asked.map(hundredths));
    }
    Err(Error::bad(
        "bad_amount",
        (
            "缩减要写年金额，大于 0 且小于现在的；续约可写可不写；不续和不一定不写",
            "say what a smaller contract is worth in a year, above 0 and below what it is now; a renewed one may have an amount, others have none",
        ),
        ("金额按年算，单位与合同相同", "a year's worth, in the firm's currency"),
    ))
}

fn word<T: Copy>(text: &str, all: &[T], as_str: fn(T) -> &'static str) -> Result<T, Error> {
    let found = all.iter().copied().find(|one| as_str(*one) == text);
    found.ok_or_else(|| not_a_word(text, &all.iter().map(|one| as_str(*one)).collect::<Vec<_>>()))
}

fn not_a_word(text: &str, known: &[&str]) -> Error {
    Error::bad(
        "bad_renewal_word",
        (&format!("续约里没有这个词：“{text}”"), &format!("no such word on a renewal: \"{text}\"")),
        (&format!("可用：{}", known.join("、")), &format!("one of: {}", known.join(", "))),
    )
}

fn facts_decided(outcome: &str) -> Error {
    let (zh, en) = match outcome {
        "renewed" => ("已续", "renewed"),
        "shrunk" => ("缩减", "renewed for less"),
        _ => ("流失", "lost"),
    };
    Error::new(
        Class::Conflict,
        "facts_decided",
        (
            &format!("合同记录已经说明结果：{zh}"),
            &format!("the record of contracts has already told what became of it: {en}"),
        ),
        ("如果记录不对，请更正合同数据", "if the record is wrong, correct the data of contracts"),
    )
}

fn check(query: &RenewalQuery) -> Result<(), Error> {
    let one_of = |asked: Option<&str>, known: &[&str]| match asked {
        Some(word) if !known.contains(&word) => Err(unknown_word(word)),
        _ => Ok(()),
    };
    let intentions: Vec<&str> = judgement_words().collect();
    let stages: Vec<&str> = RenewalStage::ALL.iter().map(|one| one.as_str()).collect();
    one_of(query.state.as_deref(), &STATES)?;
    one_of(query.judgement.as_deref(), &intentions)?;
    one_of(query.answer.as_deref(), &intentions)?;
    one_of(query.stage.as_deref(), &stages)?;
    for band in &query.bands {
        one_of(Some(band), &BANDS)?;
    }
    match query.month.as_deref() {
        Some(month) if !is_month(month) => Err(unknown_word(month)),
        _ => Ok(()),
    }
}

/// `YYYY-MM`.
fn is_month(text: &str) -> bool {
    let digits = |part: &str, count| part.len() == count && part.chars().all(|one| one.is_ascii_digit());
    text.split_once('-').is_some_and(|(year, month)| digits(year, 4) && digits(month, 2))
}

fn matching(app: &App, book: &Book, scope: &Scope, query: &RenewalQuery) -> Matching {
    let snapshot = &*book.snapshot;
    let needle = query.search.as_deref().and_then(Needle::new).map(|needle| needle.places(snapshot));
    let around = |item: &Item<'_>| {
        !item.is_short()
            && query.month.as_deref().is_none_or(|month| item.month() == month)
            && (query.bands.is_empty()
                || query.bands.iter().any(|band| band == band_word(snapshot.band(item.position))))
            && needle.as_ref().is_none_or(|meant| meant.contains(&item.position))
    };
    let mut found = Matching {
        places: Vec::new(),
        amount: Amount::default(),
        stages: Counts::default(),
        judgements: Counts::default(),
    };
    // Of most nothing was said: what a query makes of those hangs on the facts alone, so it is looked up once for each outcome.
    let mut silent: [Option<Told>; 2] = [None; 2];
    // Each count leaves out its own filter and keeps the others.
    for place in book.places(app, scope, query.owner.as_deref()) {
        let item = book.at(place);
        let told = match item.record {
            Some(_) => Told::of(query, &item),
            None => *silent[usize::from(item.fact().is_some())].get_or_insert_with(|| Told::of(query, &item)),
        };
        if !told.is_answered || !(told.is_judged || told.stands) || !around(&item) {
            continue;
        }
        if told.is_judged {
            found.stages.note(told.stage);
        }
        if told.stands {
            found.judgements.note(told.judgement);
        }
        if told.is_judged && told.stands {
            found.places.push(place);
            found.amount += item.amount().unwrap_or_default();
        }
    }
    // What was decided is looked back upon: what was decided last, first. Everything else stands by when it ends.
    if query.state.as_deref() == Some("decided") {
        found.places.sort_by_key(|place| std::cmp::Reverse(book.at(*place).decided_at()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_four_digits_and_two() {
        for (text, is) in [("2025-06", true), ("2025-6", false), ("202506", false), ("二〇二五-06", false)] {
            assert_eq!(is_month(text), is, "{text}");
        }
    }
}
