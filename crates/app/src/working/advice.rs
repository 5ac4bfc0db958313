//! 处理建议: what to do about a customer, by the worst reason and by how valuable it is; and the library behind it, which a
//! firm may rewrite entry by entry.

use std::collections::BTreeMap;

use alerts::{Advice, AdviceBook, GENERAL};
use store::{AlertFilter, AlertSlice, AlertState, PromiseState};
use vocab::{AsOf, CustomerId, Instant, Scope};

use crate::books::definitions::advice_texts;
use crate::error::{Error, from_findings};
use crate::moment::snapshot::Snapshot;
use crate::permission::Permission;
use crate::view::{AdviceChoice, AdviceEntry, AdvicePage, AdviceText, Words};
use crate::working::promises::{ordered, promise_row};
use crate::{App, Reader};

/// Settings under which a firm's own entries are kept; an empty one is the shipped entry again.
pub(crate) const SETTING: &str = "advice:";
const LONGEST: usize = 20_000;

impl App {
    /// What to do about a customer. `reason` asks for another reason than the one that speaks loudest: the cause of the
    /// severest open alert, else what costs its health most.
    ///
    /// # Errors
    /// `not_found` for a customer that the reader may not see, and for a reason that the library does not know.
    pub async fn advice(
        &self,
        scope: &Scope,
        customer: &CustomerId,
        reason: Option<&str>,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<AdvicePage, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let position = self.place(&snapshot, scope, customer)?;
        let belonging = self.belonging(&snapshot, as_of).await?;
        let book = self.advice_book().await?;
        let (entry, because) = match reason {
            Some(id) => {
                let entry = book.entry(id);
                (entry.ok_or_else(|| Error::not_found(("这个原因的建议", "advice for this reason")))?, None)
            }
            None => self.loudest(&book, &snapshot, position, as_of).await?,
        };
        let tier = belonging.tier(position).map(|tier| tier.as_str());
        let (act, at) = (entry.act(tier), as_of.map_or(now, AsOf::instant));
        let mut promises = self.promises_of(customer, as_of, now).await?;
        promises.retain(|one| one.state != PromiseState::Kept);
        let choices = book.entries().iter();
        let version = self.advice_version(&entry.id).await?;
        let results = if as_of.is_none() { self.advice_results(scope).await?.remove(&entry.id) } else { None };
        Ok(AdvicePage {
            customer_id: customer.to_string(),
            customer_name: snapshot.name(position).to_owned(),
            version,
            result: results.into_iter().flatten().find(|one| one.version == version),
            reason: entry.id.clone(),
            reason_name: Words::from(&entry.name),
            because,
            tier: tier.map(str::to_owned),
            who: Words::from(&act.who),
            first_step: Words::from(&act.first_step),
            openings: entry.openings.iter().map(Words::from).collect(),
            not_offer: Words::from(entry.not_offer(tier)),
            tutorial: Words::from(&entry.tutorial),
            promises: ordered(promises, at).iter().map(|one| promise_row(one, snapshot.name(position), at)).collect(),
            choices: choices.map(|one| AdviceChoice { id: one.id.clone(), name: Words::from(&one.name) }).collect(),
        })
    }

    /// The entry for the reason that speaks loudest, and what it says.
    async fn loudest<'b>(
        &self,
        book: &'b AdviceBook,
        snapshot: &Snapshot,
        position: usize,
        as_of: Option<AsOf>,
    ) -> Result<(&'b Advice, Option<Words>), Error> {
        let customer = &snapshot.customers()[position];
        // The snapshot has looked at the scope.
        let mut alerts = match as_of {
            Some(_) => self.open_alerts(&Scope::All, as_of).await?,
            None => {
                let filter = AlertFilter { customers: Some(vec![customer.clone()]), ..AlertFilter::default() };
                self.store().alerts(&Scope::All, &filter, AlertSlice::default()).await?.rows
            }
        };
        alerts.retain(|alert| alert.customer_id == *customer && alert.state == AlertState::Open);
        alerts.sort_by_key(|alert| (std::cmp::Reverse(alert.severity), alert.opened_at, alert.id));
        let worst = self.costliest(book, snapshot, position);
        for alert in &alerts {
            let entry = self.rule_named(&alert.rule).and_then(|rule| book.for_cause(&rule.cause));
            let Some(entry) = entry.or_else(|| book.for_cause(&alert.cause)) else { continue };
            // That health is low says nothing of why: what costs it most does.
            let entry = if entry.id == GENERAL { worst.as_ref().map_or(entry, |(entry, _)| *entry) } else { entry };
            return Ok((entry, Some(Words::from(&alert.sentence))));
        }
        if let Some((entry, because)) = worst {
            return Ok((entry, because));
        }
        let general = book.entry(GENERAL).ok_or_else(|| Error::internal("the library has no general advice"))?;
        Ok((general, None))
    }

    /// The entry for the indicator that costs a customer's health most.
    fn costliest<'b>(
        &self,
        book: &'b AdviceBook,
        snapshot: &Snapshot,
        position: usize,
    ) -> Option<(&'b Advice, Option<Words>)> {
        let costs = snapshot.score(position)?.contributions.iter();
        let costs = costs.filter_map(|one| Some((one.points_hundredths.filter(|points| *points < 0)?, one)));
        let (_, costliest) = costs.min_by_key(|(points, one)| (*points, one.indicator))?;
        let indicator = self.definitions().catalog.get(costliest.indicator)?;
        let because = crate::customer::customers::reasons(self, snapshot, position).into_iter().next();
        Some((book.for_category(&indicator.category)?, because))
    }

    /// The library in use: the firm's own entries in the place of the shipped ones.
    pub(crate) async fn advice_book(&self) -> Result<AdviceBook, Error> {
        let mut book = self.definitions().advice.clone();
        for (id, text) in self.own_advice().await? {
            // What was good when it was written is read again; a key that no longer exists leaves the shipped entry.
            if let Ok(own) = AdviceBook::parse(&[(id, text)]) {
                book = book.with_own(own);
            }
        }
        Ok(book)
    }

    /// The firm's own entries by id.
    pub(crate) async fn own_advice(&self) -> Result<BTreeMap<String, String>, Error> {
        let settings = self.store().settings().await?.into_iter();
        let own = settings.filter_map(|(key, text)| Some((key.strip_prefix(SETTING)?.to_owned(), text)));
        Ok(own.filter(|(_, text)| !text.is_empty()).collect())
    }

    /// The library, entry by entry, each with its definition.
    pub async fn advice_entries(&self, reader: &Reader) -> Result<Vec<AdviceEntry>, Error> {
        reader.may(Permission::SeeDefinitions)?;
        let (book, own, shipped) = (self.advice_book().await?, self.own_advice().await?, advice_texts());
        let mut results = self.advice_results(&reader.scope).await?;
        let mut entries: Vec<AdviceEntry> = book
            .entries()
            .iter()
            .map(|entry| AdviceEntry {
                id: entry.id.clone(),
                name: Words::from(&entry.name),
                causes: entry.causes.clone(),
                categories: entry.categories.clone(),
                text: own.get(&entry.id).or_else(|| shipped.get(&entry.id)).cloned().unwrap_or_default(),
                is_own: own.contains_key(&entry.id),
                is_shipped: shipped.contains_key(&entry.id),
                results: results.remove(&entry.id).unwrap_or_default(),
            })
            .collect();
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(entries)
    }

    /// Writes an entry of the firm's own in the place of the shipped one, or a new one.
    ///
    /// # Errors
    /// `bad_definition` with every fault at its line and column; `bad_advice` where the text holds another entry than this
    /// one, or several.
    pub async fn put_advice(
        &self,
        reader: &Reader,
        id: &str,
        asked: AdviceText,
        now: Instant,
    ) -> Result<Vec<AdviceEntry>, Error> {
        reader.may(Permission::EditDefinitions)?;
        let text = asked.text.trim();
        let own = AdviceBook::parse(&[(format!("{id}.toml"), asked.text.clone())]);
        let own = own.map_err(|findings| from_findings("bad_definition", &findings))?;
        let is_this = matches!(own.entries(), [entry] if entry.id == id);
        if !is_this || text.len() > LONGEST {
            return Err(Error::bad(
                "bad_advice",
                (&format!("这里只能写“{id}”这一条建议"), &format!("only the entry \"{id}\" can be written here")),
                (
                    &format!("一个 [[advice]]，id = \"{id}\"，不超过 20 KB"),
                    &format!("one [[advice]] with id = \"{id}\", at most 20 KB"),
                ),
            ));
        }
        self.store().put_setting(&format!("{SETTING}{id}"), text, &reader.actor(), now).await?;
        self.advice_entries(reader).await
    }

    /// Takes the firm's own entry away: the shipped one answers again.
    ///
    /// # Errors
    /// `not_found` where the firm has none of this id.
    pub async fn remove_advice(&self, reader: &Reader, id: &str, now: Instant) -> Result<(), Error> {
        reader.may(Permission::EditDefinitions)?;
        if !self.own_advice().await?.contains_key(id) {
            return Err(Error::not_found(("自己写的这条建议", "your own entry")));
        }
        Ok(self.store().put_setting(&format!("{SETTING}{id}"), "", &reader.actor(), now).await?)
    }
}
