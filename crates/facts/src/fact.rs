//! One thing that happened to one customer, and what makes it the same thing when it is told again.

use std::collections::BTreeMap;

use vocab::{ActorId, Amount, CustomerId, Instant, Kind, MessageId, SourceName};

/// Properties of a fact as text. `None` means the key was removed (traits only).
pub type Properties = BTreeMap<String, Option<String>>;

/// One thing that happened. Appended, never updated.
///
/// `customer_id` and `actor_id` are the source's own keys (see [`CustomerId`]); a fact may have only an actor, and then
/// counts for the customer that the actor is a member of.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// The customer, by the source's own key.
    pub customer_id: Option<CustomerId>,
    /// The person, by the source's own key.
    pub actor_id: Option<ActorId>,
    /// What sort of thing.
    pub kind: Kind,
    /// What exactly, in the words of the Segment spec where it has one: `Order Completed`.
    pub name: String,
    /// When it happened in the world.
    pub occurred_at: Instant,
    /// When we could have known. `None` for live rows: they could be known when they are recorded.
    pub known_at: Option<Instant>,
    /// Its number: an amount, a score.
    pub value: Option<Amount>,
    /// ISO 4217; `None` is the firm's own currency or no money at all.
    pub currency: Option<String>,
    /// Words, as they came.
    pub text: Option<String>,
    /// Everything else, nested keys dotted.
    pub properties: Properties,
    /// Where it came from.
    pub source: SourceName,
    /// Unique within the source, for ever.
    pub message_id: MessageId,
    /// The fact of the same source that this one corrects.
    pub supersedes: Option<MessageId>,
    /// The fact of the same source that this one takes back. A retraction is itself never seen in a view.
    pub retracts: Option<MessageId>,
}

impl Fact {
    /// A fact with nothing but what every fact has; fill in the rest with struct update syntax.
    pub fn new(customer: impl Into<CustomerId>, kind: Kind, name: impl Into<String>, occurred_at: Instant) -> Self {
        Self {
            customer_id: Some(customer.into()),
            actor_id: None,
            kind,
            name: name.into(),
            occurred_at,
            known_at: None,
            value: None,
            currency: None,
            text: None,
            properties: Properties::new(),
            source: SourceName::new("test"),
            message_id: MessageId::new(""),
            supersedes: None,
            retracts: None,
        }
    }
}

/// A fact as it stands in the record.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredFact {
    /// Its place in the order of arrival, unique within the folder.
    pub number: u64,
    /// When it was written.
    pub recorded_at: Instant,
    /// The fact; `known_at` is always `Some`.
    pub fact: Fact,
}

impl StoredFact {
    /// When we could have known.
    pub fn known_at(&self) -> Instant {
        self.fact.known_at.unwrap_or(self.recorded_at)
    }
}

/// What a key has to do with a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum IdentityRole {
    /// The key is another name of the customer.
    SameAs = 0,
    /// The person behind the key belongs to the customer.
    MemberOf = 1,
}

impl IdentityRole {
    /// `same_as` or `member_of`.
    pub fn as_str(self) -> &'static str {
        match self {
            IdentityRole::SameAs => "same_as",
            IdentityRole::MemberOf => "member_of",
        }
    }
}

/// A row of the identity table: append-only, like the facts.
///
/// What it says holds from the moment it could be known. A row that ends another (see [`Identity::ending`]) undoes a
/// merge, or says that a person has left: a key that was another name leads to itself again, for whoever asks about a
/// later moment; what a person does after the moment counts for the customer no more, what it did before still does.
///
/// # Edges
/// An end with the `known_at` of what it ends takes it back altogether: it never held.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The key: an actor id (`member_of`) or another customer key (`same_as`).
    pub key: String,
    /// The customer it leads to.
    pub customer_id: CustomerId,
    /// How.
    pub role: IdentityRole,
    /// When we could have known; `None` for live rows.
    pub known_at: Option<Instant>,
    /// Where it came from.
    pub source: SourceName,
    /// The customer that an earlier row of the same key and role led to, and that this one ends. The same as
    /// `customer_id`: nothing takes its place.
    pub supersedes: Option<CustomerId>,
}

impl Identity {
    /// A row that says where a key leads from now on.
    pub fn new(
        key: impl Into<String>,
        role: IdentityRole,
        customer: impl Into<CustomerId>,
        source: SourceName,
    ) -> Identity {
        Identity { key: key.into(), customer_id: customer.into(), role, known_at: None, source, supersedes: None }
    }

    /// A row that ends what an earlier one said, from now on, and puts nothing in its place.
    pub fn ending(
        key: impl Into<String>,
        role: IdentityRole,
        customer: impl Into<CustomerId>,
        source: SourceName,
    ) -> Identity {
        let customer = customer.into();
        Identity { supersedes: Some(customer.clone()), ..Identity::new(key, role, customer, source) }
    }

    /// Whether it only ends an earlier row.
    pub fn is_end(&self) -> bool {
        self.supersedes.as_ref() == Some(&self.customer_id)
    }
}

/// An identity row as it stands in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredIdentity {
    /// Its place in the order of arrival, unique within the folder.
    pub number: u64,
    /// When it was written.
    pub recorded_at: Instant,
    /// The row; `known_at` is always `Some`.
    pub identity: Identity,
}

impl StoredIdentity {
    /// When we could have known.
    pub fn known_at(&self) -> Instant {
        self.identity.known_at.unwrap_or(self.recorded_at)
    }
}
