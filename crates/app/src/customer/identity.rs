//! One customer under several keys: found by rule each cycle, decided by people where rules must not, shown as of any
//! moment.
//!
//! A merge is an identity row from now on, never a change of facts: a view of before still shows two customers, and an
//! unmerge is another row. What a person decided is kept in the store, so that no rule undoes it.
//!
//! Not here: the rules (`ingest::identity`), where a key leads at a moment (`facts`).

use std::collections::{BTreeMap, BTreeSet};

use facts::{FactBatch, FactView, Identity, IdentityRole, StoredFact, StoredIdentity, Want};
use ingest::identity::{Claim, Sort, plan};
use store::{ConflictRecord, ConflictState, NewConflict};
use vocab::{AsOf, CustomerId, Instant, KeyType, Kind, Scope, SourceName};

use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::shown::{hidden, written};
use crate::view::{self, ContactRow, IdentityConflict, KeyEvent, KeyRow, Words};
use crate::{App, Reader, blocking};

/// Source of what a rule said.
const BY_RULE: &str = "identity";
/// Source of what a person said.
const BY_PEOPLE: &str = "people";

type Pairs = BTreeSet<(CustomerId, CustomerId)>;

/// What a look at everybody's keys found.
struct Found {
    links: Vec<Identity>,
    conflicts: Vec<NewConflict>,
}

impl App {
    /// Merges what the rules may merge and notes what a person must decide. Finding the same again changes nothing.
    pub(crate) async fn settle_identities(&self, now: Instant) -> Result<(), Error> {
        let apart = self.store().apart().await?;
        let app = self.clone();
        let found = blocking(move || app.found(&apart)).await?;
        if !found.links.is_empty() {
            let facts = self.facts().clone();
            let batch = FactBatch { identities: found.links, ..FactBatch::default() };
            blocking(move || Ok(facts.append(batch, now)?)).await?;
        }
        self.store().set_conflicts(&found.conflicts, now).await?;
        Ok(())
    }

    fn found(&self, apart: &Pairs) -> Result<Found, Error> {
        let policy = &self.definitions().identity;
        let view = self.facts().as_of(AsOf(Instant::MAX));
        let properties: Vec<String> = policy.traits().map(str::to_owned).collect();
        let want =
            Want { kinds: vec![Kind::Trait], everybody: true, properties: properties.clone(), ..Want::default() };
        let frame = view.frame(&want)?;
        let end = frame.end();
        let mut claims = Vec::new();
        let mut keyed = BTreeSet::new();
        for (position, customer) in frame.customers().iter().enumerate() {
            if KeyType::of(customer.as_str()) != KeyType::External {
                keyed.insert(customer.clone());
            }
            let mut last: BTreeMap<&str, Option<&str>> = BTreeMap::new();
            for row in frame.rows_of(position) {
                if frame.kind(row) == Kind::Trait && frame.is_visible(row, end) {
                    let said = properties.iter().filter_map(|key| Some((key.as_str(), frame.property(row, key)?)));
                    last.extend(said);
                }
            }
            let keys = last.iter().filter_map(|(name, value)| policy.key_of(name, (*value)?));
            claims.extend(keys.map(|key| Claim { key, customer: customer.clone() }));
        }
        let leads_to = |key: &CustomerId| view.customer_of(key.as_str());
        let exists = |key: &CustomerId| keyed.contains(key);
        let plan = plan(&claims, policy, &leads_to, &exists, &|a, b| are_apart(apart, a, b));
        let source = SourceName::new(BY_RULE);
        let links = plan.links.iter().map(|link| Identity {
            supersedes: link.before.clone(),
            ..Identity::new(link.name.as_str(), IdentityRole::SameAs, link.customer.clone(), source.clone())
        });
        let conflicts = plan.conflicts.iter().map(|one| NewConflict {
            key: one.key.as_str().to_owned(),
            sort: one.sort.as_str().to_owned(),
            customers: one.customers.clone(),
            count: one.count as u64,
        });
        Ok(Found { links: links.collect(), conflicts: conflicts.collect() })
    }

    /// Who a customer is: its keys with source and since, its contacts, what was said about it; as of a moment.
    pub async fn customer_identity(
        &self,
        scope: &Scope,
        customer: &CustomerId,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<view::CustomerIdentity, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let until = as_of.unwrap_or(AsOf(Instant::MAX));
        let view = self.facts().as_of(until);
        let root = view.customer_of(customer.as_str());
        // Whoever sees the customer that a key leads to sees the key; one that the last cycle has not seen yet is asked
        // about by the key itself.
        let subject = if snapshot.position(&root).is_some() { &root } else { customer };
        self.may_see(&snapshot, scope, subject)?;
        let records = self.store().conflicts(Some(ConflictState::Open)).await?;
        let mine = |one: &&ConflictRecord| as_of.is_none() && one.found.customers.contains(&root);
        let conflicts = records.iter().filter(mine).filter_map(|one| self.conflict_view(&snapshot, scope, one));
        let conflicts = conflicts.collect();
        let policy = &self.definitions().identity;
        let (asked, key_of) = (root.clone(), |name: &str, value: &str| policy.key_of(name, value));
        let reading = view.clone();
        let facts = blocking(move || Ok(reading.facts_of(&asked)?)).await?;
        if facts.is_empty() && snapshot.position(&root).is_none() {
            return Err(Error::not_found(("这位客户", "the customer")));
        }
        let (names, people) = view.keys_of(&root);
        let mut said: Vec<StoredIdentity> = Vec::new();
        view.each_identity(&mut |stored| {
            let row = &stored.identity;
            let about = names.binary_search(&row.key).is_ok() || people.binary_search(&row.key).is_ok();
            said.extend(about.then(|| stored.clone()));
        });
        Ok(view::CustomerIdentity {
            keys: keys(&view, &root, &names, &said, &facts, key_of),
            contacts: contacts(&said, &facts),
            history: said.iter().rev().map(key_event).collect(),
            conflicts,
            as_of: as_of.map(|as_of| written(as_of.instant())),
            customer_id: root.to_string(),
        })
    }

    /// A customer whose first fact came after the last cycle has no place in the snapshot; only who sees all sees it.
    fn may_see(&self, snapshot: &Snapshot, scope: &Scope, customer: &CustomerId) -> Result<(), Error> {
        match snapshot.position(customer) {
            None if *scope == Scope::All => Ok(()),
            _ => self.place(snapshot, scope, customer).map(|_| ()),
        }
    }

    /// What people must decide: conflicts of which the reader sees every customer.
    pub async fn identity_conflicts(
        &self,
        reader: &Reader,
        state: Option<&str>,
        now: Instant,
    ) -> Result<view::IdentityConflicts, Error> {
        let state = match state.unwrap_or("open") {
            "all" => None,
            word => Some(word.parse::<ConflictState>().map_err(|()| bad_word("state", word))?),
        };
        let snapshot = self.snapshot(None, now).await?;
        let shown = |records: Vec<ConflictRecord>| -> Vec<IdentityConflict> {
            records.iter().filter_map(|one| self.conflict_view(&snapshot, &reader.scope, one)).collect()
        };
        let items = shown(self.store().conflicts(state).await?);
        let open_count = match state {
            Some(ConflictState::Open) => items.len(),
            _ => shown(self.store().conflicts(Some(ConflictState::Open)).await?).len(),
        };
        Ok(view::IdentityConflicts { items, open_count: open_count as u64 })
    }

    /// A person's word on a conflict: one customer from now on, or never to be asked again.
    pub async fn decide_identity(
        &self,
        reader: &Reader,
        id: i64,
        decision: view::ConflictDecision,
        now: Instant,
    ) -> Result<IdentityConflict, Error> {
        reader.may_act()?;
        let snapshot = self.snapshot(None, now).await?;
        let none = || Error::not_found(("这条待确认", "the conflict"));
        let record = self.store().conflict(id).await?.ok_or_else(none)?;
        self.conflict_view(&snapshot, &reader.scope, &record).ok_or_else(none)?;
        let (version, note) = (decision.version, decision.note.as_deref());
        let state = match decision.action.as_str() {
            "merge" => ConflictState::Merged,
            "apart" => ConflictState::Apart,
            word => return Err(bad_word("action", word)),
        };
        let members = &record.found.customers;
        let into = decision.into.as_deref().map(CustomerId::new);
        if state == ConflictState::Merged {
            let fits = into.as_ref().is_some_and(|into| members.contains(into));
            if !fits || record.found.count as usize > members.len() {
                return Err(Error::bad(
                    "bad_target",
                    ("请指明保留其中哪一位客户", "say which of these customers stays"),
                    ("超过 20 位共用的号码不能一次合并", "a key of more than twenty cannot be merged at once"),
                ));
            }
        }
        let decided = self.store().decide_conflict(id, version, state, note, &reader.actor(), now).await?;
        match into.filter(|_| state == ConflictState::Merged) {
            Some(into) => {
                for member in members.iter().filter(|member| **member != into) {
                    self.append_merge(reader, member, &into, now).await?;
                }
            }
            None => {
                for (at, one) in members.iter().enumerate() {
                    for other in &members[at + 1..] {
                        self.store().set_apart(one, other, true, &reader.actor(), now).await?;
                    }
                }
            }
        }
        self.conflict_view(&snapshot, &reader.scope, &decided).ok_or_else(none)
    }

    /// Says that two keys are one customer, from now on.
    pub async fn merge_customers(
        &self,
        reader: &Reader,
        request: view::MergeRequest,
        now: Instant,
    ) -> Result<view::CustomerIdentity, Error> {
        reader.may_act()?;
        let snapshot = self.snapshot(None, now).await?;
        let view = self.facts().as_of(AsOf(Instant::MAX));
        let (name, into) = (CustomerId::new(&request.customer), view.customer_of(&request.into));
        self.may_merge(&snapshot, reader, &into).await?;
        if view.customer_of(name.as_str()) == into {
            return Err(Error::bad(
                "already_merged",
                ("已是同一位客户", "they are one customer already"),
                ("不需要处理", "nothing to do"),
            ));
        }
        self.may_merge(&snapshot, reader, &name).await?;
        self.append_merge(reader, &name, &into, now).await?;
        self.customer_identity(&reader.scope, &into, None, now).await
    }

    /// Who sees everybody may merge customers that the last cycle has not seen yet; nobody may invent one.
    async fn may_merge(&self, snapshot: &Snapshot, reader: &Reader, customer: &CustomerId) -> Result<(), Error> {
        let place = self.place(snapshot, &reader.scope, customer).map(|_| ());
        match reader.scope == Scope::All && self.has_facts(customer).await? {
            true => Ok(()),
            false => place,
        }
    }

    async fn has_facts(&self, customer: &CustomerId) -> Result<bool, Error> {
        let (view, asked) = (self.facts().as_of(AsOf(Instant::MAX)), customer.clone());
        blocking(move || Ok(!view.facts_of(&asked)?.is_empty())).await
    }

    async fn append_merge(
        &self,
        reader: &Reader,
        name: &CustomerId,
        into: &CustomerId,
        now: Instant,
    ) -> Result<(), Error> {
        let view = self.facts().as_of(AsOf(Instant::MAX));
        let before = standing(&view, name);
        let row = Identity {
            supersedes: before,
            ..Identity::new(name.as_str(), IdentityRole::SameAs, into.clone(), SourceName::new(BY_PEOPLE))
        };
        self.append_identity(row, now).await?;
        self.store().set_apart(name, into, false, &reader.actor(), now).await?;
        self.store().record("merged", &format!("customer {name} into {into}"), &reader.actor(), now).await?;
        Ok(())
    }

    /// Makes a key a customer of its own again, from now on; no rule merges the two again.
    pub async fn unmerge_customer(
        &self,
        reader: &Reader,
        request: view::UnmergeRequest,
        now: Instant,
    ) -> Result<view::CustomerIdentity, Error> {
        reader.may_act()?;
        let snapshot = self.snapshot(None, now).await?;
        let view = self.facts().as_of(AsOf(Instant::MAX));
        let key = CustomerId::new(&request.key);
        let root = view.customer_of(key.as_str());
        self.may_see(&snapshot, &reader.scope, &root)?;
        let Some(target) = standing(&view, &key) else {
            return Err(Error::bad(
                "not_merged",
                ("这个编号没有并入别的客户", "this key is no other name of a customer"),
                ("从客户页的编号列表里选一个", "choose one of the keys on the customer's page"),
            ));
        };
        let source = SourceName::new(BY_PEOPLE);
        self.append_identity(Identity::ending(key.as_str(), IdentityRole::SameAs, target.clone(), source), now).await?;
        for other in BTreeSet::from([&target, &root]).into_iter().filter(|other| **other != key) {
            self.store().set_apart(&key, other, true, &reader.actor(), now).await?;
        }
        self.store().record("unmerged", &format!("customer {key} from {target}"), &reader.actor(), now).await?;
        self.customer_identity(&reader.scope, &root, None, now).await
    }

    async fn append_identity(&self, row: Identity, now: Instant) -> Result<(), Error> {
        let facts = self.facts().clone();
        let batch = FactBatch { identities: vec![row], ..FactBatch::default() };
        blocking(move || Ok(facts.append(batch, now)?)).await?;
        Ok(())
    }

    /// A conflict as shown to a reader who sees each of its customers; `None` for anyone else.
    fn conflict_view(&self, snapshot: &Snapshot, scope: &Scope, record: &ConflictRecord) -> Option<IdentityConflict> {
        let mut customers = Vec::new();
        for customer in &record.found.customers {
            let position = snapshot.position(customer);
            let admitted = position.map_or(*scope == Scope::All, |position| snapshot.admits(scope, position));
            if !admitted {
                return None;
            }
            let card = position.map(|position| &snapshot.cards[position]);
            customers.push(view::ConflictCustomer {
                id: customer.to_string(),
                name: position.map_or(customer.as_str(), |position| snapshot.name(position)).to_owned(),
                owner: card.and_then(|card| card.owner.as_deref()).map(str::to_owned),
            });
        }
        Some(IdentityConflict {
            id: record.id,
            version: record.version,
            key: record.found.key.clone(),
            sort: record.found.sort.clone(),
            sentence: sentence(record),
            customers,
            customer_count: record.found.count,
            state: record.state.as_str().to_owned(),
            found_at: written(record.found_at),
            decided_at: record.decided_at.map(written),
            decided_by: record.decided_by.clone(),
            note: record.note.clone(),
        })
    }
}

fn are_apart(apart: &Pairs, a: &CustomerId, b: &CustomerId) -> bool {
    apart.contains(&if a <= b { (a.clone(), b.clone()) } else { (b.clone(), a.clone()) })
}

/// The customer that a key itself was last said to be, if that still stands.
fn standing(view: &FactView, key: &CustomerId) -> Option<CustomerId> {
    let mut last: Option<(Instant, CustomerId)> = None;
    view.each_identity(&mut |stored| {
        let row = &stored.identity;
        if row.key == key.as_str() && row.role == IdentityRole::SameAs {
            let target = (stored.known_at(), row.customer_id.clone());
            match &last {
                Some((at, _)) if *at > target.0 => {}
                _ => last = Some(target).filter(|(_, customer)| !row.is_end() && customer != key),
            }
        }
    });
    last.map(|(_, customer)| customer)
}

fn keys(
    view: &FactView,
    root: &CustomerId,
    names: &[String],
    said: &[StoredIdentity],
    facts: &[StoredFact],
    key_of: impl Fn(&str, &str) -> Option<CustomerId>,
) -> Vec<KeyRow> {
    let row = |key: &str, source: Option<String>, since: Option<Instant>, is_merged| KeyRow {
        key: key.to_owned(),
        sort: KeyType::of(key).as_str().to_owned(),
        source,
        since: since.map(written),
        is_merged,
    };
    let mut rows = vec![row(root.as_str(), None, None, true)];
    for name in names.iter().filter(|name| name.as_str() != root.as_str() && view.customer_of(name) == *root) {
        let last = said.iter().rev().find(|stored| stored.identity.key == **name && !stored.identity.is_end());
        let source = last.map(|stored| stored.identity.source.to_string());
        rows.push(row(name, source, last.map(StoredIdentity::known_at), true));
    }
    // Newest first: the first word on a trait is the one that stands.
    let mut told = BTreeSet::new();
    for stored in facts.iter().filter(|stored| stored.fact.kind == Kind::Trait) {
        for (name, value) in &stored.fact.properties {
            let is_new = told.insert(name.as_str());
            let key = value.as_deref().filter(|_| is_new).and_then(|value| key_of(name, value));
            let is_there = |row: &KeyRow, key: &str| row.key == key || row.key == hidden(key);
            if let Some(key) = key.filter(|key| !rows.iter().any(|row| is_there(row, key.as_str()))) {
                let source = Some(stored.fact.source.to_string());
                rows.push(row(&hidden(key.as_str()), source, Some(stored.fact.occurred_at), false));
            }
        }
    }
    rows
}

/// The customer's people: members by identity rows, and whoever its contact facts name.
fn contacts(said: &[StoredIdentity], facts: &[StoredFact]) -> Vec<ContactRow> {
    let mut people: BTreeMap<String, ContactRow> = BTreeMap::new();
    for stored in said.iter().filter(|stored| stored.identity.role == IdentityRole::MemberOf) {
        let row = &stored.identity;
        let person = people.entry(row.key.clone()).or_default();
        person.source = row.source.to_string();
        match row.is_end() {
            true => person.left_at = Some(written(stored.known_at())),
            false => {
                person.left_at = None;
                person.since.get_or_insert_with(|| written(stored.known_at()));
            }
        }
    }
    for stored in facts.iter().rev() {
        let fact = &stored.fact;
        let property = |names: &[&str]| {
            names.iter().find_map(|name| fact.properties.get(*name).cloned().flatten()).filter(|text| !text.is_empty())
        };
        // A colleague of ours who acts is no contact of the customer's.
        let names_staff = fact.properties.contains_key("staff") || fact.properties.contains_key("chat_id");
        let is_contact = fact.kind == Kind::ContactChange && !names_staff;
        let own = fact.kind == Kind::Trait && fact.customer_id.is_none();
        let id = fact.actor_id.as_ref().map(|actor| actor.as_str().to_owned());
        let id = id.or_else(|| property(&["contact_id", "contact_name"]).filter(|_| is_contact));
        let Some(id) = id.filter(|id| is_contact || own || people.contains_key(id)) else { continue };
        let person = people.entry(id).or_default();
        let say = |field: &mut Option<String>, names: &[&str]| {
            if let Some(text) = property(names) {
                *field = Some(text);
            }
        };
        if is_contact || fact.kind == Kind::Trait {
            say(&mut person.name, &["contact_name", "name", "姓名"]);
            say(&mut person.role, &["role", "title", "contact_title", "position", "职务", "角色"]);
            say(&mut person.phone, &["phone", "mobile", "contact_phone", "手机号"]);
            say(&mut person.email, &["email", "contact_email", "邮箱"]);
        }
        if is_contact {
            match fact.name.as_str() {
                "Contact Left" => person.left_at = Some(written(fact.occurred_at)),
                _ => person.left_at = None,
            }
        }
        person.since.get_or_insert_with(|| written(fact.occurred_at));
        if person.source.is_empty() {
            person.source = fact.source.to_string();
        }
    }
    let shown = |(id, row): (String, ContactRow)| ContactRow {
        id: hidden(&id),
        name: row.name.as_deref().map(hidden),
        phone: row.phone.as_deref().map(hidden),
        email: row.email.as_deref().map(hidden),
        ..row
    };
    let mut rows: Vec<ContactRow> = people.into_iter().map(shown).collect();
    rows.sort_by_key(|row| (row.left_at.is_some(), row.id.clone()));
    rows
}

fn key_event(stored: &StoredIdentity) -> KeyEvent {
    let row = &stored.identity;
    KeyEvent {
        key: row.key.clone(),
        customer_id: row.customer_id.to_string(),
        role: row.role.as_str().to_owned(),
        ended: row.is_end(),
        at: written(stored.known_at()),
        source: row.source.to_string(),
    }
}

fn sentence(record: &ConflictRecord) -> Words {
    let (key, count) = (&record.found.key, record.found.count);
    let shown = key.split_once(':').map_or(key.as_str(), |(_, bare)| bare);
    match record.found.sort.as_str() {
        word if word == Sort::SharedByMany.as_str() => Words::new(
            format!("{count} 位客户都用 {shown}，这个号码不说明他们是谁"),
            format!("{count} customers have {shown}: it does not say who they are"),
        ),
        word if word == Sort::PerhapsSame.as_str() => Words::new(
            format!("{count} 位客户都用 {shown}（可能是公用的），也许是同一位"),
            format!("{count} customers have {shown}, which may be shared: perhaps they are one"),
        ),
        _ => Words::new(
            format!("{count} 位客户都用 {shown}，可能是同一位"),
            format!("{count} customers have {shown}: they may be one"),
        ),
    }
}

fn bad_word(what: &str, word: &str) -> Error {
    let word: String = word.chars().take(80).collect();
    Error::bad(
        "bad_word",
        (&format!("{what} 不能是“{word}”"), &format!("{what} cannot be \"{word}\"")),
        ("可用的值见 /docs", "/docs lists what it can be"),
    )
}
