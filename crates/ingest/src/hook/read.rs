//! A proved delivery read by its mapping: facts, identity rows, and what is held.

use std::collections::HashMap;

use facts::{Fact, Identity, Properties as FactProperties};
use serde_json::Value;
use vocab::{ActorId, Amount, CustomerId, Finding, Instant, Kind, MessageId, SourceName};

use super::path::{Context, Expression, content, flatten, id_of, written};
use super::recipe::{FactRule, KeyRule, Properties, Recipe, hold};
use super::{Memory, fault, record};
use crate::moment::{self, DateOrder};
use crate::number;

const DAY_MICROS: i64 = 86_400_000_000;
/// 1990-01-01T00:00:00Z.
const EARLIEST: Instant = Instant::from_micros(631_152_000_000_000);
/// What a held row and the body it stood in are called in the quarantine.
const ROW: &str = "row";
const BODY: &str = "body";
/// Properties of one fact, at most.
const MOST_PROPERTIES: usize = 256;

/// What came with a body, beside its content.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// The source it came to.
    pub source: SourceName,
    /// What the other side calls this delivery; sent again it carries the same id.
    pub delivery_id: Option<String>,
    /// When.
    pub now: Instant,
}

/// What became of a body.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// Facts, in order, each with whether its moment is only that of its arrival.
    pub facts: Vec<(Fact, bool)>,
    /// Which key leads to which customer.
    pub identities: Vec<Identity>,
    /// Rows that cannot be facts: their id, what is wrong, the row as JSON.
    pub held: Vec<(MessageId, Finding, String)>,
    /// What is to be remembered with them.
    pub notes: Vec<(Vec<u8>, Vec<u8>)>,
    /// Rows that say nothing new.
    pub unchanged: u64,
}

/// Reads a body row by row. A row that cannot be read is held; the others are taken.
///
/// # Edges
/// A body that is no JSON, has no row or fits no rule is held whole.
pub fn read(recipe: &Recipe, body: &[u8], arrived: &Arrived, memory: &mut Memory<'_>) -> Read {
    let mut out = Read::default();
    let body: Value = match serde_json::from_slice(body) {
        Ok(body) => body,
        Err(error) => {
            let text = Value::String(String::from_utf8_lossy(body).into_owned());
            out.hold(arrived, &text, fault::not_json(&error.to_string()));
            return out;
        }
    };
    let rows: Vec<&Value> = match &recipe.rows {
        None => vec![&body],
        Some((_, path)) => path.query(&body).all(),
    };
    if rows.is_empty() {
        let path = recipe.rows.as_ref().map_or("", |(text, _)| text.as_str());
        out.hold(arrived, &body, fault::no_rows(path));
    }
    each(recipe, &body, &rows, arrived, memory, &mut out);
    out
}

/// Reads again what was held, as it stands in the quarantine or as a person mended it.
pub fn again(recipe: &Recipe, held: &Value, arrived: &Arrived, memory: &mut Memory<'_>) -> Read {
    let alone = held.as_object().filter(|map| recipe.rows.is_some() && map.len() == 2);
    let Some((row, body)) = alone.and_then(|map| Some((map.get(ROW)?, map.get(BODY)?))) else {
        return read(recipe, held.to_string().as_bytes(), arrived, memory);
    };
    let mut out = Read::default();
    each(recipe, body, &[row], arrived, memory, &mut out);
    out
}

/// Reads rows of a body, one after the other; each sees what those before it noted.
fn each(recipe: &Recipe, body: &Value, rows: &[&Value], arrived: &Arrived, memory: &mut Memory<'_>, out: &mut Read) {
    let mut repeats = HashMap::new();
    let mut notes = HashMap::new();
    for (place, row) in rows.iter().enumerate() {
        let mut work = Row { recipe, arrived, context: Context { row, body }, place, repeats: &mut repeats };
        let mut remembered = |key: &[u8]| notes.get(key).cloned().or_else(|| memory(key));
        match work.read(&mut remembered) {
            Ok(taken) => {
                notes.extend(taken.notes.iter().cloned());
                out.facts.extend(taken.facts);
                out.identities.extend(taken.identities);
                out.notes.extend(taken.notes);
                out.unchanged += taken.unchanged;
            }
            // A row of many keeps what it stood in, so that it can be read again.
            Err(finding) if recipe.rows.is_some() => {
                out.hold(arrived, &serde_json::json!({ ROW: row, BODY: without_rows(body) }), *finding);
            }
            Err(finding) => out.hold(arrived, row, *finding),
        }
    }
}

/// The body without its long lists: what a row of one of them may still refer to.
fn without_rows(body: &Value) -> Value {
    match body {
        Value::Object(map) => {
            let kept = map.iter().filter(|(_, value)| !matches!(value, Value::Array(items) if items.len() > 1));
            Value::Object(kept.map(|(key, value)| (key.clone(), value.clone())).collect())
        }
        Value::Array(_) => Value::Null,
        other => other.clone(),
    }
}

impl Read {
    /// What stands for each fact's content: of a fact dated by its arrival everything but that date, so that a delivery
    /// sent again is the same.
    pub fn fingerprints(&self) -> Vec<u128> {
        self.facts.iter().map(|(fact, dated)| record::fingerprint(fact, !*dated)).collect()
    }

    fn hold(&mut self, arrived: &Arrived, row: &Value, finding: Finding) {
        let id = match &arrived.delivery_id {
            Some(delivery) => id_of(&["held", delivery, &content(row)]),
            None => id_of(&["held", &content(row)]),
        };
        self.held.push((MessageId::new(id), finding, row.to_string()));
    }
}

/// A fault of a row; boxed, since most rows have none.
pub(super) type Fault = Box<Finding>;

/// One row on its way.
struct Row<'a> {
    recipe: &'a Recipe,
    arrived: &'a Arrived,
    context: Context<'a>,
    place: usize,
    /// How often an equal row has come in this body.
    repeats: &'a mut HashMap<String, u64>,
}

impl Row<'_> {
    fn read(&mut self, memory: &mut Memory<'_>) -> Result<Read, Fault> {
        if !self.context.row.is_object() {
            let path = self.recipe.rows.as_ref().map_or("$", |(text, _)| text.as_str());
            return Err(Box::new(fault::not_an_object(path)));
        }
        let (recipe, context) = (self.recipe, self.context);
        let mut out = Read::default();
        let mut fits = false;
        for rule in recipe.facts.iter().filter(|rule| hold(&rule.when, context)) {
            fits = true;
            self.take(rule, memory, &mut out)?;
        }
        for rule in recipe.identities.iter().filter(|rule| hold(&rule.when, self.context)) {
            fits = true;
            out.identities.extend(self.identity(rule)?);
        }
        if fits { Ok(out) } else { Err(Box::new(fault::no_rule())) }
    }

    fn take(&mut self, rule: &FactRule, memory: &mut Memory<'_>, out: &mut Read) -> Result<(), Fault> {
        let removed = !rule.removed_when.is_empty() && hold(&rule.removed_when, self.context);
        let Some(of) = &rule.record else {
            if removed {
                return Ok(());
            }
            let (mut fact, dated) = self.fact(rule)?;
            fact.message_id = self.own_id(rule, &fact)?;
            out.facts.push((fact, dated));
            return Ok(());
        };
        let name =
            of.text(self.context).ok_or_else(|| Box::new(fault::missing(of.shown(), "记录编号", "the record's id")))?;
        let told = record::Told {
            key: [b"hook", self.arrived.source.as_str().as_bytes(), rule.kind.as_str().as_bytes(), name.as_bytes()]
                .join(&0),
            name: &name,
            version: self.version(rule)?,
        };
        let known = memory(&told.key).and_then(|note| serde_json::from_slice(&note).ok());
        let taken = if removed {
            record::remove(&told, known, rule.kind, self.arrived)
        } else {
            let (fact, _) = self.fact(rule)?;
            record::state(&told, known, fact)
        };
        match taken {
            record::Taken::Unchanged => out.unchanged += 1,
            record::Taken::Older => return Err(Box::new(fault::older_than_known(of.shown()))),
            record::Taken::Changed(fact, note) => {
                out.facts.push((*fact, false));
                out.notes.push((told.key, note));
            }
        }
        Ok(())
    }

    fn version(&self, rule: &FactRule) -> Result<Instant, Fault> {
        match &rule.version {
            None => Ok(self.arrived.now),
            Some(expression) => Ok(self.moment(expression)?.map_or(self.arrived.now, |(at, _)| at)),
        }
    }

    /// The fact of a rule, without its id, and whether its moment is only that of its arrival.
    fn fact(&self, rule: &FactRule) -> Result<(Fact, bool), Fault> {
        let occurred = match &rule.occurred_at {
            Some(expression) => self.moment(expression)?,
            None => None,
        };
        let (at, original) = occurred.clone().unwrap_or((self.arrived.now, None));
        let name = match &rule.name {
            Some(expression) => expression
                .text(self.context)
                .ok_or_else(|| Box::new(fault::missing(expression.shown(), "名称", "the name")))?,
            None => "Traits Changed".to_owned(),
        };
        let mut fact = Fact::new("", rule.kind, crate::kind::event_name(&name).unwrap_or(&name), at);
        fact.customer_id = match &rule.customer {
            Some(expression) => self.key(expression, rule.customer_key)?,
            None => None,
        };
        fact.actor_id = rule.actor.as_ref().and_then(|one| one.text(self.context)).map(ActorId::new);
        if fact.customer_id.is_none() && fact.actor_id.is_none() {
            let path = rule.customer.as_ref().or(rule.actor.as_ref()).map_or("", Expression::shown);
            return Err(Box::new(fault::missing(path, "客户", "the customer")));
        }
        fact.value = self.amount(rule)?;
        let currency = rule.currency.as_ref().and_then(|one| one.text(self.context));
        fact.currency = currency.filter(|_| fact.value.is_some()).map(|text| text.to_uppercase());
        fact.text = rule.text.as_ref().and_then(|one| one.text(self.context));
        fact.properties = self.properties(rule);
        if let Some(original) = original {
            fact.properties.insert("occurred_at_original".to_owned(), Some(original));
        }
        fact.source = self.arrived.source.clone();
        Ok((fact, occurred.is_none()))
    }

    fn key(&self, expression: &Expression, sort: vocab::KeyType) -> Result<Option<CustomerId>, Fault> {
        if expression.node(self.context).is_some_and(|node| node.is_object() || node.is_array()) {
            let shown = expression.text(self.context).unwrap_or_default();
            return Err(Box::new(fault::damaged_key(expression.shown(), &shown)));
        }
        let Some(text) = expression.text(self.context) else { return Ok(None) };
        let key = sort.key(&text).filter(|key| key.as_str().len() <= 512 && !number::is_masked(&text));
        key.map(Some).ok_or_else(|| Box::new(fault::damaged_key(expression.shown(), &text)))
    }

    fn amount(&self, rule: &FactRule) -> Result<Option<Amount>, Fault> {
        let Some(expression) = &rule.value else { return Ok(None) };
        let Some(text) = expression.text(self.context) else { return Ok(None) };
        let read = number::decimal(&text).filter(|value| value.abs() <= number::LIMIT);
        let millionths = read.ok_or_else(|| Box::new(fault::bad_number(expression.shown(), &text)))?;
        Ok(Some(Amount::from_millionths(if rule.minor { millionths / 100 } else { millionths })))
    }

    /// A moment, and how it was written if it had to be moved: up to 24 hours ahead it is taken as now.
    fn moment(&self, expression: &Expression) -> Result<Option<(Instant, Option<String>)>, Fault> {
        let Some(text) = expression.text(self.context) else { return Ok(None) };
        let reading = moment::read(&text).and_then(|one| one.instant(DateOrder::MonthFirst, &self.recipe.zone));
        let path = expression.shown();
        let at = reading.ok_or_else(|| Box::new(fault::bad_date(path, &text)))?;
        let now = self.arrived.now;
        if at > now.plus_micros(DAY_MICROS) {
            return Err(Box::new(fault::future_date(path, &text)));
        }
        if at < EARLIEST {
            return Err(Box::new(fault::date_too_old(path, &text)));
        }
        Ok(Some(if at > now { (now, Some(text)) } else { (at, None) }))
    }

    fn properties(&self, rule: &FactRule) -> FactProperties {
        let mut properties = FactProperties::new();
        match &rule.properties {
            Properties::Named(named) => {
                for (key, expression) in named {
                    if let Some(text) = expression.text(self.context) {
                        properties.insert(key.clone(), Some(text));
                    }
                }
            }
            Properties::All(expression) => {
                if let Some(node) = expression.node(self.context) {
                    flatten("", node, &mut |key, value| {
                        if let Some(text) = written(value).filter(|text| !text.is_empty())
                            && properties.len() < MOST_PROPERTIES
                        {
                            properties.insert(key, Some(text));
                        }
                    });
                }
            }
        }
        properties
    }

    /// The id of a fact that is no state of a record: the source's own, else that of its delivery and place, else what
    /// the row says and how many equal rows came before it in this body.
    fn own_id(&mut self, rule: &FactRule, fact: &Fact) -> Result<MessageId, Fault> {
        let kind = rule.kind.as_str();
        if let Some(expression) = &rule.id {
            let id = expression.text(self.context);
            let id = id.ok_or_else(|| Box::new(fault::missing(expression.shown(), "编号", "the id")))?;
            return Ok(MessageId::new(id_of(&["id", kind, &fact.name, &id])));
        }
        let id = match &self.arrived.delivery_id {
            Some(delivery) => id_of(&["delivery", delivery, &self.place.to_string(), kind, &fact.name]),
            None => {
                let row = content(self.context.row);
                let count = self.repeats.entry(format!("{kind} {} {row}", fact.name)).or_insert(0);
                *count += 1;
                id_of(&["content", kind, &fact.name, &row, &count.to_string()])
            }
        };
        Ok(MessageId::new(id))
    }

    fn identity(&self, rule: &KeyRule) -> Result<Option<Identity>, Fault> {
        let (key, customer) = (self.key(&rule.key, rule.key_type)?, self.key(&rule.customer, rule.customer_key)?);
        let Some((key, customer_id)) = key.zip(customer).filter(|(key, customer)| key != customer) else {
            return Ok(None);
        };
        let source = self.arrived.source.clone();
        Ok(Some(Identity::new(key.as_str(), rule.role, customer_id, source)))
    }
}

/// Whether facts of this kind say only what changed.
pub(super) fn says_differences(kind: Kind) -> bool {
    kind == Kind::Trait
}

/// Holds a body whole, because the mapping that would read it is wrong.
pub fn hold_all(body: &[u8], arrived: &Arrived, findings: Vec<Finding>) -> Read {
    let mut out = Read::default();
    let text = || Value::String(String::from_utf8_lossy(body).into_owned());
    let value = serde_json::from_slice(body).unwrap_or_else(|_| text());
    let finding = findings.into_iter().next().unwrap_or_else(fault::no_rule);
    out.hold(arrived, &value, finding);
    out
}
