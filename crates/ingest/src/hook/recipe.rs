//! How the rows of a body become facts: a mapping by JSON path, read once from a source's settings.
//!
//! ```json
//! { "rows": "$.orders[*]",
//!   "facts": [ { "when": [{ "path": "body:$.event", "is": ["order.paid"] }],
//!                "kind": "order", "name": "Order Completed", "id": "$.no", "customer": "$.buyer.phone",
//!                "customer_key": "phone", "occurred_at": "$.paid_at", "value": "$.total", "minor": true,
//!                "properties": { "order_no": "$.no", "channel": "body:$.shop" } } ],
//!   "identities": [ { "key": "$.user", "customer": "$.company", "role": "member_of" } ] }
//! ```

use std::collections::BTreeMap;

use facts::IdentityRole;
use serde::Deserialize;
use serde_json::Value;
use serde_json_path::JsonPath;
use vocab::{Finding, KeyType, Kind, Zone};

use super::fault;
use super::path::{Context, Expression};

/// A mapping of bodies to facts.
#[derive(Clone, Debug)]
pub struct Recipe {
    pub(super) rows: Option<(String, JsonPath)>,
    pub(super) facts: Vec<FactRule>,
    pub(super) identities: Vec<KeyRule>,
    pub(super) zone: Zone,
}

/// When a rule applies: the value at a path is (or is not) one of some words.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    path: Expression,
    is: Vec<String>,
    is_not: Vec<String>,
}

/// Which properties a fact carries.
#[derive(Clone, Debug)]
pub(super) enum Properties {
    /// Everything below a node, keys dotted.
    All(Expression),
    /// These, by name.
    Named(Vec<(String, Expression)>),
}

/// One fact of a row.
#[derive(Clone, Debug)]
pub(super) struct FactRule {
    pub(super) when: Vec<Condition>,
    pub(super) kind: Kind,
    pub(super) name: Option<Expression>,
    pub(super) customer: Option<Expression>,
    pub(super) customer_key: KeyType,
    pub(super) actor: Option<Expression>,
    pub(super) occurred_at: Option<Expression>,
    pub(super) value: Option<Expression>,
    pub(super) minor: bool,
    pub(super) currency: Option<Expression>,
    pub(super) text: Option<Expression>,
    pub(super) properties: Properties,
    /// What the source calls this happening, once and for ever.
    pub(super) id: Option<Expression>,
    /// What the source calls the record that this is a state of: a later state corrects an earlier one.
    pub(super) record: Option<Expression>,
    /// When the state was true; an older one never replaces a newer one.
    pub(super) version: Option<Expression>,
    /// When these hold, the record was removed.
    pub(super) removed_when: Vec<Condition>,
}

/// One identity row of a row.
#[derive(Clone, Debug)]
pub(super) struct KeyRule {
    pub(super) when: Vec<Condition>,
    pub(super) key: Expression,
    pub(super) key_type: KeyType,
    pub(super) customer: Expression,
    pub(super) customer_key: KeyType,
    pub(super) role: IdentityRole,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRecipe {
    rows: Option<String>,
    timezone: Option<String>,
    #[serde(default)]
    facts: Vec<WrittenFact>,
    #[serde(default)]
    identities: Vec<WrittenKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCondition {
    path: String,
    #[serde(default)]
    is: Vec<String>,
    #[serde(default)]
    is_not: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenProperties {
    All(String),
    Named(BTreeMap<String, String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFact {
    #[serde(default)]
    when: Vec<WrittenCondition>,
    kind: String,
    name: Option<String>,
    customer: Option<String>,
    customer_key: Option<String>,
    actor: Option<String>,
    occurred_at: Option<String>,
    value: Option<String>,
    #[serde(default)]
    minor: bool,
    currency: Option<String>,
    text: Option<String>,
    properties: Option<WrittenProperties>,
    id: Option<String>,
    record: Option<String>,
    version: Option<String>,
    #[serde(default)]
    removed_when: Vec<WrittenCondition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenKey {
    #[serde(default)]
    when: Vec<WrittenCondition>,
    key: String,
    key_type: Option<String>,
    customer: String,
    customer_key: Option<String>,
    role: Option<String>,
}

impl Recipe {
    /// Reads a mapping; `zone` is the firm's, for times without one.
    ///
    /// # Errors
    /// Every fault with the path of what is wrong in the mapping.
    pub fn parse(mapping: &Value, zone: &Zone) -> Result<Recipe, Vec<Finding>> {
        let written: WrittenRecipe = serde_json::from_value(mapping.clone()).map_err(|error| {
            vec![fault::bad_recipe("mapping", format!("映射有误：{error}"), format!("the mapping is wrong: {error}"))]
        })?;
        let mut reader = Reader { faults: Vec::new() };
        let rows = written.rows.and_then(|text| match JsonPath::parse(&text) {
            Ok(path) => Some((text, path)),
            Err(error) => {
                reader.bad_path("rows", &error.to_string());
                None
            }
        });
        let zone = match written.timezone.as_deref().map(Zone::named) {
            Some(Ok(zone)) => zone,
            Some(Err(_)) => {
                reader.wrong("timezone", "没有这个时区", "no such time zone");
                zone.clone()
            }
            None => zone.clone(),
        };
        if written.facts.is_empty() && written.identities.is_empty() {
            reader.wrong("facts", "映射里没有一条规则", "the mapping has no rule");
        }
        let facts = written.facts.into_iter().enumerate().map(|(at, rule)| reader.fact(at, rule)).collect();
        let identities =
            written.identities.into_iter().enumerate().map(|(at, rule)| reader.key_rule(at, rule)).collect();
        if reader.faults.is_empty() { Ok(Recipe { rows, facts, identities, zone }) } else { Err(reader.faults) }
    }
}

struct Reader {
    faults: Vec<Finding>,
}

impl Reader {
    fn wrong(&mut self, at: &str, zh: &str, en: &str) {
        self.faults.push(fault::bad_recipe(at, zh, en));
    }

    fn bad_path(&mut self, at: &str, why: &str) {
        self.faults.push(fault::bad_recipe(at, format!("JSON 路径有误：{why}"), format!("no JSON path: {why}")));
    }

    /// An expression; a faulty one is noted and stands as an empty constant, which is never used.
    fn needed(&mut self, at: &str, written: &str) -> Expression {
        match Expression::parse(written) {
            Ok(expression) => expression,
            Err(why) => {
                self.bad_path(at, &why);
                Expression::Constant(String::new())
            }
        }
    }

    fn expression(&mut self, at: &str, written: Option<String>) -> Option<Expression> {
        written.map(|text| self.needed(at, &text))
    }

    fn conditions(&mut self, at: &str, written: Vec<WrittenCondition>) -> Vec<Condition> {
        let read = |(place, one): (usize, WrittenCondition)| Condition {
            path: self.needed(&format!("{at}[{place}].path"), &one.path),
            is: one.is,
            is_not: one.is_not,
        };
        written.into_iter().enumerate().map(read).collect()
    }

    fn key_type(&mut self, at: &str, written: Option<&str>) -> KeyType {
        let read = written.map_or(Ok(KeyType::External), str::parse);
        read.unwrap_or_else(|()| {
            let known: Vec<&str> = KeyType::ALL.map(KeyType::as_str).to_vec();
            let known = known.join(", ");
            self.wrong(at, &format!("编号类型可以是 {known}"), &format!("a key is one of {known}"));
            KeyType::External
        })
    }

    fn fact(&mut self, at: usize, rule: WrittenFact) -> FactRule {
        let at = |field: &str| format!("facts[{at}].{field}");
        let kind = rule.kind.parse::<Kind>().unwrap_or_else(|()| {
            let known: Vec<&str> = Kind::ALL.map(Kind::as_str).to_vec();
            let known = known.join(", ");
            self.wrong(&at("kind"), &format!("kind 可以是 {known}"), &format!("kind is one of {known}"));
            Kind::Event
        });
        if rule.name.is_none() && kind != Kind::Trait {
            self.wrong(&at("name"), "没有 name", "name is missing");
        }
        if rule.customer.is_none() && rule.actor.is_none() {
            self.wrong(&at("customer"), "customer 和 actor 至少写一个", "a fact needs a customer or an actor");
        }
        let properties = match rule.properties {
            None => Properties::Named(Vec::new()),
            Some(WrittenProperties::All(text)) => Properties::All(self.needed(&at("properties"), &text)),
            Some(WrittenProperties::Named(map)) => {
                let named = map.into_iter().map(|(key, text)| {
                    let expression = self.needed(&at(&format!("properties.{key}")), &text);
                    (key, expression)
                });
                Properties::Named(named.collect())
            }
        };
        FactRule {
            when: self.conditions(&at("when"), rule.when),
            kind,
            name: self.expression(&at("name"), rule.name),
            customer: self.expression(&at("customer"), rule.customer),
            customer_key: self.key_type(&at("customer_key"), rule.customer_key.as_deref()),
            actor: self.expression(&at("actor"), rule.actor),
            occurred_at: self.expression(&at("occurred_at"), rule.occurred_at),
            value: self.expression(&at("value"), rule.value),
            minor: rule.minor,
            currency: self.expression(&at("currency"), rule.currency),
            text: self.expression(&at("text"), rule.text),
            properties,
            id: self.expression(&at("id"), rule.id),
            record: self.expression(&at("record"), rule.record),
            version: self.expression(&at("version"), rule.version),
            removed_when: self.conditions(&at("removed_when"), rule.removed_when),
        }
    }

    fn key_rule(&mut self, at: usize, rule: WrittenKey) -> KeyRule {
        let at = |field: &str| format!("identities[{at}].{field}");
        let role = match rule.role.as_deref() {
            None | Some("same_as") => IdentityRole::SameAs,
            Some("member_of") => IdentityRole::MemberOf,
            Some(_) => {
                self.wrong(&at("role"), "role 可以是 same_as、member_of", "role is same_as or member_of");
                IdentityRole::SameAs
            }
        };
        KeyRule {
            when: self.conditions(&at("when"), rule.when),
            key: self.needed(&at("key"), &rule.key),
            key_type: self.key_type(&at("key_type"), rule.key_type.as_deref()),
            customer: self.needed(&at("customer"), &rule.customer),
            customer_key: self.key_type(&at("customer_key"), rule.customer_key.as_deref()),
            role,
        }
    }
}

/// Whether all conditions hold; no condition always holds.
pub(super) fn hold(conditions: &[Condition], context: Context<'_>) -> bool {
    conditions.iter().all(|condition| {
        let value = condition.path.text(context).unwrap_or_default();
        let is = condition.is.is_empty() || condition.is.contains(&value);
        is && !condition.is_not.contains(&value)
    })
}
