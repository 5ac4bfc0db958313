//! The kinds of table that can be imported and the fields each of them has, with the headers firms give them.
//!
//! The words live in `definitions/sources/tables.toml`, so that a header can be taught without touching code. Which
//! column is which field is guessed in `guess`.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::Deserialize;
use vocab::Text;

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableKind {
    /// Orders, or lines of orders.
    Orders,
    /// Things customers did.
    Events,
    /// Customers and what is known of them.
    Customers,
    /// Requests for help.
    Tickets,
    /// Answers to surveys.
    Surveys,
    /// Contracts and subscriptions.
    Contracts,
    /// Money that arrived, failed or went back.
    Payments,
    /// What we said to customers, and they to us: calls, visits, messages.
    FollowUps,
    /// Customer × period × totals.
    Snapshot,
    /// 客户台账: customer, owner, contact, contract and last visit in one row.
    Ledger,
}

impl TableKind {
    /// Every kind.
    pub const ALL: [TableKind; 10] = [
        TableKind::Orders,
        TableKind::Events,
        TableKind::Customers,
        TableKind::Tickets,
        TableKind::Surveys,
        TableKind::Contracts,
        TableKind::Payments,
        TableKind::FollowUps,
        TableKind::Snapshot,
        TableKind::Ledger,
    ];

    /// The word on the command line and in mapping files; also the default name of the source.
    pub fn as_str(self) -> &'static str {
        match self {
            TableKind::Orders => "orders",
            TableKind::Events => "events",
            TableKind::Customers => "customers",
            TableKind::Tickets => "tickets",
            TableKind::Surveys => "surveys",
            TableKind::Contracts => "contracts",
            TableKind::Payments => "payments",
            TableKind::FollowUps => "follow-ups",
            TableKind::Snapshot => "snapshot",
            TableKind::Ledger => "ledger",
        }
    }

    /// The field that names what a row tells of, so that the same row is known again.
    pub(crate) fn key_field(self) -> Option<&'static str> {
        Some(match self {
            TableKind::Orders => "order_no",
            TableKind::Events => "message_id",
            TableKind::Tickets => "ticket_id",
            TableKind::Surveys => "response_id",
            TableKind::Contracts => "contract_no",
            TableKind::Payments => "payment_id",
            TableKind::FollowUps => "follow_up_id",
            TableKind::Customers | TableKind::Snapshot | TableKind::Ledger => "customer_id",
        })
    }

    /// Whether rows also say what a customer is: name, owner and whatever else is kept.
    pub(crate) fn has_traits(self) -> bool {
        matches!(self, TableKind::Customers | TableKind::Snapshot | TableKind::Ledger)
    }

    /// What people call it.
    pub fn name(self) -> &'static Text {
        &DICTIONARY.kinds[self as usize].name
    }
}

impl fmt::Display for TableKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TableKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        TableKind::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// A field that a kind of table can have.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The word in mappings.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// Without it no row can be read.
    #[serde(default)]
    pub required: bool,
    /// Whether it names something (a customer, an order) rather than measures it.
    #[serde(default)]
    pub key: bool,
    /// How much a column that fits speaks for this kind of table.
    #[serde(default = "one")]
    pub(crate) weight: u32,
    /// Headers that mean this field, normalised.
    pub(crate) headers: Vec<String>,
    /// Headers that mean it if no other column does, normalised.
    #[serde(default)]
    pub(crate) weak: Vec<String>,
}

fn one() -> u32 {
    1
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindWords {
    id: String,
    name: Text,
    field: Vec<Field>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    kind: Vec<KindWords>,
    event_names: HashMap<String, Vec<String>>,
    metric_names: HashMap<String, Vec<String>>,
}

struct Dictionary {
    kinds: Vec<KindWords>,
    event_names: HashMap<String, String>,
    metric_names: HashMap<String, String>,
}

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    let mut words: Words = toml::from_str(include_str!("../../../definitions/sources/tables.toml"))
        .unwrap_or_else(|error| panic!("definitions/sources/tables.toml, which ships inside, does not parse: {error}"));
    let ids: Vec<&str> = words.kind.iter().map(|kind| kind.id.as_str()).collect();
    assert_eq!(
        ids,
        TableKind::ALL.map(TableKind::as_str),
        "tables.toml lists the kinds in the order of TableKind::ALL"
    );
    for field in words.kind.iter_mut().flat_map(|kind| &mut kind.field) {
        for header in field.headers.iter_mut().chain(&mut field.weak) {
            *header = normalized(header);
        }
    }
    let by_other = |names: HashMap<String, Vec<String>>| {
        let pairs = names.into_iter().flat_map(|(name, others)| {
            others.into_iter().map(move |other| (normalized(&other), name.clone())).collect::<Vec<_>>()
        });
        pairs.collect()
    };
    Dictionary {
        kinds: words.kind,
        event_names: by_other(words.event_names),
        metric_names: by_other(words.metric_names),
    }
});

/// The fields that a kind of table can have.
pub fn fields(kind: TableKind) -> &'static [Field] {
    &DICTIONARY.kinds[kind as usize].field
}

/// The field of a kind with this id.
pub fn field(kind: TableKind, id: &str) -> Option<&'static Field> {
    fields(kind).iter().find(|field| field.id == id)
}

/// The name that shipped definitions use for an event, if the firm's own name for it is a common one.
pub(crate) fn event_name(own: &str) -> Option<&'static str> {
    DICTIONARY.event_names.get(&normalized(own)).map(String::as_str)
}

/// The name that shipped definitions use for a total, if the firm's header for it is a common one.
pub(crate) fn metric_name(header: &str) -> Option<&'static str> {
    DICTIONARY.metric_names.get(&normalized(header)).map(String::as_str)
}

/// Whether a field holds numbers.
pub(crate) fn is_number(field: &str) -> bool {
    matches!(
        field,
        "amount" | "order_amount" | "unit_price" | "quantity" | "score" | "value" | "cost" | "unit_cost" | "margin"
    )
}

/// A header reduced to what distinguishes it: lower case, half width, without separators and without a unit in
/// brackets at its end.
pub(crate) fn normalized(header: &str) -> String {
    let mut folded: String = header.chars().map(half_width).flat_map(char::to_lowercase).collect();
    let trimmed = folded.trim_end().len();
    folded.truncate(trimmed);
    if folded.ends_with(')')
        && let Some(open) = folded.rfind('(')
        && open > 0
    {
        folded.truncate(open);
    }
    folded.retain(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '.' | '*' | ':' | '#' | '"' | '\'' | '\u{feff}'));
    folded
}

/// Full-width forms as their ASCII counterparts; everything else unchanged.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
        '\u{2212}' | '\u{2013}' => '-',
        '\u{ffe5}' => '¥',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_the_same_however_it_is_written() {
        for header in ["Customer ID", "customer_id", "customerId", "CUSTOMER-ID", " customerID* "] {
            assert_eq!(normalized(header), "customerid");
        }
        assert_eq!(normalized("金额(元)"), "金额");
        assert_eq!(normalized("金额（元）"), "金额");
        assert_eq!(normalized("ＩＤ"), "id");
    }

    #[test]
    fn every_kind_has_a_customer_and_no_header_twice_in_one_field() {
        for kind in TableKind::ALL {
            assert!(field(kind, "customer_id").is_some(), "{kind}");
            for field in fields(kind) {
                let mut seen: Vec<&String> = field.headers.iter().chain(&field.weak).collect();
                let count = seen.len();
                seen.sort();
                seen.dedup();
                assert_eq!(seen.len(), count, "{kind}.{} repeats a header", field.id);
            }
        }
    }

    #[test]
    fn a_login_is_known_under_the_names_firms_give_it() {
        assert_eq!(event_name("登录"), Some("Logged In"));
        assert_eq!(event_name("user_login"), Some("Logged In"));
        assert_eq!(event_name("exported report"), None);
    }
}
