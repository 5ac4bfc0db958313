//! What came in after a mark, and whom it concerns: for whoever keeps something standing and follows the record.
//!
//! What is done with the news is not decided here, see `indicators::Standing`. Attribution and corrections are those of
//! `build`; here it is only found out whose facts they may move.

use std::collections::{BTreeSet, HashMap, HashSet};

use vocab::CustomerId;

use super::{FactView, ROWS_PER_BATCH, rows_of};
use crate::build::{Override, RowRef};
use crate::columns::{COLUMNS, Rows};
use crate::encode::id_hash;
use crate::error::Error;
use crate::fact::{IdentityRole, StoredFact, StoredIdentity};
use crate::file::Selection;
use crate::lake::FactFile;

/// Up to so many corrections are looked up customer by customer; more, in one walk through the record.
const FEW: usize = 64;

/// How far somebody has followed the record: everything up to a number, apart from a load that was under way.
///
/// A load is numbered when it begins and seen when it is done; what came in live meanwhile has larger numbers and is
/// seen before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    number: u64,
    awaited: Option<(u64, u64)>,
}

impl Mark {
    /// Nothing was seen yet.
    pub const BEGINNING: Mark = Mark { number: 0, awaited: None };

    /// The largest number seen.
    pub fn number(self) -> u64 {
        self.number
    }

    /// As numbers that can be written down.
    pub fn to_numbers(self) -> [u64; 3] {
        let (first, last) = self.awaited.unwrap_or((1, 0));
        [self.number, first, last]
    }

    /// What [`Mark::to_numbers`] gave.
    pub fn of_numbers([number, first, last]: [u64; 3]) -> Mark {
        Mark { number, awaited: (first <= last).then_some((first, last)) }
    }

    fn is_before(self, number: u64) -> bool {
        number > self.number || self.awaited.is_some_and(|(first, last)| first <= number && number <= last)
    }

    /// Whether any of these numbers, the first and the last of them, may come after it.
    fn is_before_any(self, (first, last): (u64, u64)) -> bool {
        last > self.number || self.awaited.is_some_and(|awaited| first <= awaited.1 && awaited.0 <= last)
    }
}

/// Facts that are looked for: by their own id, or by their number.
#[derive(Default)]
struct Sought {
    ids: HashSet<u128>,
    numbers: HashSet<u64>,
}

impl Sought {
    fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.numbers.is_empty()
    }

    /// Whether a row is one of them; it is then no longer looked for.
    fn takes(&mut self, row: &RowRef<'_>) -> bool {
        let by_number = self.numbers.remove(&row.number);
        (!self.ids.is_empty() && self.ids.remove(&id_hash(row.source, row.message_id))) || by_number
    }
}

impl FactView {
    /// How far the view goes.
    pub fn mark(&self) -> Mark {
        Mark { number: self.state.sequence(), awaited: self.state.awaited() }
    }

    /// At most how many facts came after a mark.
    pub fn count_after(&self, mark: Mark) -> Result<u64, Error> {
        let mut count = 0;
        for file in self.files() {
            count += if may_follow(file, mark)? { file.file.len()? } else { 0 };
        }
        let runs = self.state.live_runs().filter(|run| mark.is_before(run.last_number()));
        Ok(count + runs.map(|run| run.len() as u64).sum::<u64>())
    }

    /// Every fact of the view that came after a mark, in order of arrival; corrections and retractions as they came.
    pub fn facts_after(&self, mark: Mark) -> Result<Vec<StoredFact>, Error> {
        let mut news = Vec::new();
        for file in self.files() {
            if !may_follow(file, mark)? {
                continue;
            }
            for batch in file.file.read(&COLUMNS, None, ROWS_PER_BATCH)? {
                let rows = Rows::of(&batch?)?;
                for place in 0..rows.len() {
                    let row = rows.row(place);
                    if mark.is_before(row.number) && self.cut.takes(&row, rows.recorded_at(place)) {
                        news.push(rows.stored(place));
                    }
                }
            }
        }
        for run in self.state.live_runs().filter(|run| mark.is_before(run.last_number())) {
            let rows = run.rows().filter(|fact| mark.is_before(fact.row.number));
            news.extend(rows.filter(|fact| self.cut.takes(&fact.row, fact.recorded_at)).map(|fact| fact.stored()));
        }
        news.sort_by_key(|stored| stored.number);
        Ok(news)
    }

    /// Every identity row of the view that came after a mark, in order of arrival.
    pub fn identities_after(&self, mark: Mark) -> Vec<StoredIdentity> {
        let mut news = Vec::new();
        self.each_identity(&mut |stored| {
            if mark.is_before(stored.number) {
                news.push(stored.clone());
            }
        });
        news
    }

    /// Whether any fact of the record may tell of a person alone, so that who belongs to which customer says for whom it
    /// counts.
    pub fn tells_of_people(&self) -> Result<bool, Error> {
        for file in self.state.files() {
            if !file.file.is_full_column("customer_id")? {
                return Ok(true);
            }
        }
        Ok(self.state.live_facts().any(|fact| fact.row.customer_id.is_none()))
    }

    /// The customer that a fact counts for at the view's moment.
    pub fn whose(&self, fact: &StoredFact) -> Option<CustomerId> {
        self.owner(&RowRef::of(fact))
    }

    fn owner(&self, row: &RowRef<'_>) -> Option<CustomerId> {
        match (row.customer_id, row.actor_id) {
            (Some(own), _) => Some(self.customer_of(own)),
            (None, Some(actor)) => {
                let keys = self.keys();
                let (own, _) = keys.customer_of_actor(actor, row.occurred_at.micros())?;
                Some(self.customer_of(own.as_str()))
            }
            (None, None) => None,
        }
    }

    /// The customers to whom facts may move, or from whom, by these identity rows: everybody whom rows of the view tie
    /// to somebody they name, over any number of steps, whether the tie still holds or not.
    pub fn tied_to(&self, rows: &[StoredIdentity]) -> BTreeSet<CustomerId> {
        let mut ties: HashMap<String, Vec<String>> = HashMap::new();
        let mut people: HashSet<String> = HashSet::new();
        let mut names: HashSet<String> = HashSet::new();
        self.each_identity(&mut |stored| {
            let row = &stored.identity;
            let key: &str = row.key.as_str();
            match row.role {
                IdentityRole::MemberOf => people.insert(key.to_owned()),
                IdentityRole::SameAs => names.insert(key.to_owned()),
            };
            for customer in std::iter::once(&row.customer_id).chain(&row.supersedes) {
                names.insert(customer.as_str().to_owned());
                ties.entry(key.to_owned()).or_default().push(customer.as_str().to_owned());
                ties.entry(customer.as_str().to_owned()).or_default().push(key.to_owned());
            }
        });
        let mut found: BTreeSet<String> = BTreeSet::new();
        let mut open: Vec<String> = rows.iter().map(|stored| stored.identity.key.as_str().to_owned()).collect();
        while let Some(name) = open.pop() {
            open.extend(ties.get(&name).into_iter().flatten().filter(|one| !found.contains(*one)).cloned());
            found.insert(name);
        }
        // A person who is nobody's other name has no facts as a customer.
        let is_customer = |name: &&String| !people.contains(*name) || names.contains(*name);
        found.iter().filter(is_customer).map(CustomerId::new).collect()
    }

    /// The numbers of those of some facts that a correction or retraction in the view speaks of: it may have come first.
    pub fn corrected_among(&self, facts: &[StoredFact]) -> Result<HashSet<u64>, Error> {
        let id = |stored: &StoredFact| id_hash(stored.fact.source.as_str(), stored.fact.message_id.as_str());
        // Mostly nothing was ever corrected: then no id is hashed.
        let mut numbers: Option<HashMap<u128, u64>> = None;
        let mut corrected = HashSet::new();
        self.each_override(&mut |one| {
            let numbers =
                numbers.get_or_insert_with(|| facts.iter().map(|stored| (id(stored), stored.number)).collect());
            corrected.extend(numbers.get(&one.target));
        })?;
        Ok(corrected)
    }

    /// The customers whose facts these corrections and retractions change: their own, those of the facts that they
    /// speak of, and those of earlier corrections of the same facts.
    ///
    /// Few are looked for among the facts of the customer that the correction itself counts for; only what is not there,
    /// or if there are many, is looked for in the whole record.
    pub fn spoken_of(&self, corrections: &[StoredFact]) -> Result<BTreeSet<CustomerId>, Error> {
        let mut found = BTreeSet::new();
        let mut sought = Sought::default();
        let mut own: BTreeSet<CustomerId> = BTreeSet::new();
        for correction in corrections {
            let row = RowRef::of(correction);
            own.extend(self.owner(&row));
            sought.ids.extend(row.supersedes.or(row.retracts).map(|target| id_hash(row.source, target)));
        }
        let new: HashSet<u64> = corrections.iter().map(|correction| correction.number).collect();
        let mut earlier = HashSet::new();
        self.each_override(&mut |one| {
            if sought.ids.contains(&one.target) && !new.contains(&one.number) {
                earlier.insert(one.number);
            }
        })?;
        sought.numbers = earlier;
        if own.len() <= FEW {
            for customer in &own {
                self.find(&mut sought, Some(customer), &mut found)?;
            }
        }
        self.find(&mut sought, None, &mut found)?;
        found.append(&mut own);
        Ok(found)
    }

    fn each_override(&self, take: &mut dyn FnMut(&Override)) -> Result<(), Error> {
        for file in self.state.files() {
            file.overrides()?.iter().for_each(&mut *take);
        }
        self.state.live_overrides().for_each(|one| take(&one));
        Ok(())
    }

    /// Looks for facts among one customer's or all, until each was found.
    fn find(
        &self,
        sought: &mut Sought,
        among: Option<&CustomerId>,
        owners: &mut BTreeSet<CustomerId>,
    ) -> Result<(), Error> {
        const IDS: [&str; 6] = ["number", "customer_id", "actor_id", "occurred_at", "source", "message_id"];
        if sought.is_empty() {
            return Ok(());
        }
        let mut look = |row: &RowRef<'_>| {
            if sought.takes(row) {
                owners.extend(self.owner(row));
            }
            sought.is_empty()
        };
        if self.state.live_facts().any(|fact| look(&fact.row)) {
            return Ok(());
        }
        let keys = among.map(|customer| self.keys().keys_of(customer));
        for file in self.files() {
            let selection: Option<Selection> = keys.as_ref().map(|keys| rows_of(file, keys)).transpose()?;
            for batch in file.file.read(&IDS, selection, ROWS_PER_BATCH)? {
                let rows = Rows::of(&batch?)?;
                if (0..rows.len()).any(|place| look(&rows.row(place))) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Whether a file may hold facts that came after a mark.
fn may_follow(file: &FactFile, mark: Mark) -> Result<bool, Error> {
    let bounds = file.file.bounds("number")?;
    Ok(bounds.is_none_or(|(first, last)| mark.is_before_any((first as u64, last as u64))))
}
