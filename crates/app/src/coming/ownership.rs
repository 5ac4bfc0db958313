//! 归属与公海: who had a customer when, and customers whom nobody owns, for people to take within the firm's limits.
//!
//! The pool is closed until an administrator opens it. What it shows of a customer is less than its page does: whoever may
//! take a customer need not be one who sees everybody. Not here: how an owner changes and becomes a fact (`hands`).

use std::collections::HashMap;
use std::ops::RangeInclusive;

use actions::ReturnRule;
use store::{OwnerCause, OwnerChange, PoolClaim};
use vocab::{AsOf, CustomerId, Instant, Kind, Scope};

use crate::customer::search::Needle;
use crate::error::{Class, Error};
use crate::moment::hands::OWNERSHIP;
use crate::shown::{figure, page, written};
use crate::view::{OwnerTerm, Ownership, OwnershipRules, PoolList, PoolRow, usual_warn_days};
use crate::{App, Reader, blocking};

const SETTING: &str = "ownership";
const MOST_PER_DAY: u32 = 100;
const MOST_CUSTOMERS: u32 = 100_000;
const RETURN_DAYS: RangeInclusive<u32> = 7..=3_650;
const WARN_DAYS: RangeInclusive<u32> = 1..=60;
/// How many a day where a firm opens the pool and says no number.
const USUAL_PER_DAY: u32 = 5;

impl Default for OwnershipRules {
    fn default() -> Self {
        let (pool_open, claims_per_day, return_warn_days) = (false, USUAL_PER_DAY, usual_warn_days());
        Self { pool_open, claims_per_day, most_customers: None, return_after_days: None, return_warn_days }
    }
}

impl OwnershipRules {
    /// When customers go back to the pool for want of a record; never while it is closed.
    pub(crate) fn returning(&self) -> Option<ReturnRule> {
        let after_days = self.return_after_days.filter(|_| self.pool_open)?;
        Some(ReturnRule { after_days, warn_days: self.return_warn_days })
    }
}

impl App {
    /// The rules, and what they leave to the reader today.
    pub async fn ownership(&self, reader: &Reader, now: Instant) -> Result<Ownership, Error> {
        let rules = self.ownership_rules().await?;
        let own = owner_key(reader);
        let (taken, had) = match own {
            Some(own) => self.store().claims(own, self.zone().midnight(now)).await?,
            None => (0, 0),
        };
        let may_claim = rules.pool_open && reader.can_act && own.is_some();
        let today = u64::from(rules.claims_per_day).saturating_sub(taken);
        let room = rules.most_customers.map_or(today, |most| u64::from(most).saturating_sub(had));
        Ok(Ownership {
            left_today: if may_claim { today.min(room) } else { 0 },
            may_claim,
            claimed_today: taken,
            customer_count: had,
            rules,
        })
    }

    /// Chooses the rules.
    ///
    /// # Errors
    /// `bad_ownership` for a number beyond its range.
    pub async fn put_ownership(
        &self,
        reader: &Reader,
        rules: OwnershipRules,
        now: Instant,
    ) -> Result<Ownership, Error> {
        reader.may_administer()?;
        let fits = (1..=MOST_PER_DAY).contains(&rules.claims_per_day)
            && rules.most_customers.is_none_or(|most| (1..=MOST_CUSTOMERS).contains(&most))
            && RETURN_DAYS.contains(&rules.return_after_days.unwrap_or(*RETURN_DAYS.end()))
            && WARN_DAYS.contains(&rules.return_warn_days)
            && rules.return_after_days.is_none_or(|after| rules.return_warn_days < after);
        if !fits {
            return Err(Error::bad(
                "bad_ownership",
                (
                    "每人每天可领 1 到 100 位；名下上限 1 到 100,000 位；7 到 3650 天无跟进可回公海，提前 1 到 60 天提醒，且少于前者",
                    "one may take 1 to 100 customers a day, and have 1 to 100,000; they go back after 7 to 3,650 days, warned of \
                     1 to 60 days before, which are fewer",
                ),
                ("不设上限、不自动回公海就留空", "leave empty what has no limit and what is never to go back"),
            ));
        }
        let text = serde_json::to_string(&rules).map_err(Error::internal)?;
        self.store().put_setting(SETTING, &text, &reader.actor(), now).await?;
        self.ownership(reader, now).await
    }

    pub(crate) async fn ownership_rules(&self) -> Result<OwnershipRules, Error> {
        match self.store().setting(SETTING).await? {
            Some(text) => serde_json::from_str(&text).map_err(Error::internal),
            None => Ok(OwnershipRules::default()),
        }
    }

    /// Customers whom nobody owns and who have not left, the most valuable first, for whoever may take them.
    ///
    /// # Errors
    /// `pool_closed` where the firm has not opened it.
    pub async fn pool(
        &self,
        reader: &Reader,
        (search, cursor): (Option<String>, Option<&str>),
        limit: usize,
        now: Instant,
    ) -> Result<PoolList, Error> {
        let ownership = self.ownership(reader, now).await?;
        if !ownership.rules.pool_open {
            return Err(pool_closed());
        }
        let snapshot = self.present_snapshot(now).await?;
        let belonging = self.belonging(&snapshot, None).await?;
        let whole = snapshot.roll.pool(&snapshot);
        let needle = search.as_deref().and_then(Needle::new);
        let found: Option<Vec<u32>> = needle.map(|needle| {
            let places = needle.places(&snapshot);
            whole.iter().copied().filter(|place| places.contains(&(*place as usize))).collect()
        });
        let matches = found.as_deref().unwrap_or(whole);
        let (places, next_cursor) = page(matches, cursor, limit)?;
        let places: Vec<usize> = places.iter().map(|place| *place as usize).collect();
        let shown: Vec<CustomerId> = places.iter().map(|place| snapshot.customers()[*place].clone()).collect();
        let changes = self.store().last_owner_changes(&Scope::All, &shown).await?;
        let row = |place: &usize| {
            let customer = &snapshot.customers()[*place];
            let last = changes.get(customer).filter(|change| change.owner.is_none());
            PoolRow {
                id: customer.to_string(),
                name: snapshot.name(*place).to_owned(),
                band: snapshot.band(*place).map(|band| band.as_str().to_owned()),
                value: figure(snapshot.value(*place)),
                tier: belonging.tier(*place).map(|tier| tier.as_str().to_owned()),
                last_seen_at: snapshot.states.last_seen(customer).map(written),
                since: last.map(|change| written(change.at)),
                was: last.and_then(|change| change.was.clone()),
            }
        };
        Ok(PoolList { rows: places.iter().map(row).collect(), total: matches.len() as u64, next_cursor, ownership })
    }

    /// Takes a customer from the pool.
    ///
    /// # Errors
    /// `pool_closed`; `no_owner_key` for whoever owns nobody in the data; `claim_limit`; `has_owner` where somebody was
    /// faster; not found.
    pub async fn claim_customer(
        &self,
        reader: &Reader,
        customer: &CustomerId,
        now: Instant,
    ) -> Result<Ownership, Error> {
        reader.may_act()?;
        let before = self.ownership(reader, now).await?;
        if !before.rules.pool_open {
            return Err(pool_closed());
        }
        let own = owner_key(reader).ok_or_else(no_owner_key)?;
        let snapshot = self.snapshot(None, now).await?;
        let place = snapshot.position(customer).ok_or_else(|| Error::not_found(("这位客户", "the customer")))?;
        if snapshot.cards[place].owner.is_some() {
            // Whose it is, is told to whoever sees the customer.
            self.place(&snapshot, &reader.scope, customer)?;
            return Err(has_owner());
        }
        if before.left_today == 0 {
            return Err(claim_limit(&before.rules));
        }
        let actor = reader.actor();
        let claim = PoolClaim {
            customer,
            owner: own,
            actor: &actor,
            per_day: (u64::from(before.rules.claims_per_day), self.zone().midnight(now)),
            most: before.rules.most_customers.map(u64::from),
        };
        let claiming = async {
            let claimed = self.store().claim_customer(claim, now).await;
            claimed.map_err(|error| match (error.is_conflict(), error.is_refused()) {
                (true, _) => has_owner(),
                (_, true) => claim_limit(&before.rules),
                _ => error.into(),
            })
        };
        self.changing_owners(claiming, now).await?;
        self.ownership(reader, now).await
    }

    /// Who had a customer when, the latest first, as the facts of a moment say.
    pub async fn owner_terms(
        &self,
        scope: &Scope,
        customer: &CustomerId,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Vec<OwnerTerm>, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        self.place(&snapshot, scope, customer)?;
        let (view, wanted) = (self.facts().as_of(as_of.unwrap_or(AsOf(Instant::MAX))), customer.clone());
        let facts = blocking(move || Ok(view.facts_of(&wanted)?)).await?;
        // The snapshot has looked at the scope.
        let changes = self.store().owner_changes(&Scope::All, customer).await?;
        let changes: HashMap<String, OwnerChange> =
            changes.into_iter().map(|change| (change.id.to_string(), change)).collect();
        let mut terms: Vec<OwnerTerm> = Vec::new();
        // The facts come newest first.
        for stored in facts.iter().rev().filter(|stored| stored.fact.kind == Kind::Trait) {
            let fact = &stored.fact;
            let Some(owner) = fact.properties.get("owner") else { continue };
            if terms.last().map_or(owner.is_none(), |last| last.owner == *owner) {
                continue;
            }
            let own = (fact.source.as_str() == OWNERSHIP).then(|| changes.get(fact.message_id.as_str())).flatten();
            let from = written(fact.occurred_at);
            if let Some(last) = terms.last_mut() {
                last.until = Some(from.clone());
            }
            terms.push(OwnerTerm {
                owner: owner.clone(),
                from,
                until: None,
                how: own.map_or_else(|| fact.source.to_string(), |change| change.cause.as_str().to_owned()),
                by: own.filter(|change| change.cause != OwnerCause::Returned).map(|change| change.actor.clone()),
            });
        }
        terms.reverse();
        Ok(terms)
    }
}

fn owner_key(reader: &Reader) -> Option<&str> {
    reader.staff.as_ref()?.owner_key.as_deref()
}

fn pool_closed() -> Error {
    Error::new(
        Class::Forbidden,
        "pool_closed",
        ("公海没有开放", "the pool is closed"),
        ("管理员可以在“设置 → 归属与公海”里开放", "an administrator opens it under Settings → Ownership"),
    )
}

fn no_owner_key() -> Error {
    Error::new(
        Class::Conflict,
        "no_owner_key",
        ("您没有填写“数据中的负责人”，不能领取客户", "you have no owner key, so no customer can be yours"),
        ("请管理员在“员工与部门”里填写", "ask an administrator to fill it in under Staff"),
    )
}

fn has_owner() -> Error {
    Error::new(
        Class::Conflict,
        "has_owner",
        ("这位客户已有负责人", "this customer has an owner already"),
        ("请换一位", "choose another one"),
    )
}

fn claim_limit(rules: &OwnershipRules) -> Error {
    let most = rules.most_customers.map_or_else(String::new, |most| format!("，名下最多 {most} 位"));
    let most_en = rules.most_customers.map_or_else(String::new, |most| format!(", and have {most} in all"));
    Error::new(
        Class::Conflict,
        "claim_limit",
        (
            &format!("每人每天最多领取 {} 位{most}", rules.claims_per_day),
            &format!("one may take {} customers a day{most_en}", rules.claims_per_day),
        ),
        ("请明天再来，或请管理员调整上限", "come back tomorrow, or ask an administrator for a higher limit"),
    )
}
