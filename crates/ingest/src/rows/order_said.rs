//! An order as its fact says it: the amount, and its lines as properties.

use facts::{Fact, RowRef};
use vocab::{ActorId, CustomerId, Instant, Kind, SourceName};

use super::amount;
use super::order::{Line, Order};
use crate::number::{self, ONE, written};

/// Beyond this the lines are counted, but no longer listed in the fact.
const LINES_LIMIT: usize = 1024 * 1024;

impl Order {
    /// The fact of the order, without its id.
    pub(crate) fn fact(&self, source: &SourceName, order_no: Option<&str>) -> Fact {
        let (mut texts, mut properties) = (Texts::default(), Vec::new());
        texts.tell(self);
        let row = self.row(source, order_no, &texts, &mut properties);
        let mut fact = Fact::new(CustomerId::new(&self.customer), row.kind, row.name, row.occurred_at);
        fact.actor_id = row.actor_id.map(ActorId::new);
        fact.known_at = Some(row.known_at);
        fact.value = row.value.map(|value| amount(i128::from(value)));
        fact.currency = self.currency.clone();
        fact.text = self.text.clone();
        fact.source = source.clone();
        fact.properties =
            properties.iter().map(|(key, value)| ((*key).to_owned(), Some((*value).to_owned()))).collect();
        fact
    }

    /// The same, borrowed, and its properties in the order of their keys; `texts` are those of this order.
    pub(crate) fn row<'a>(
        &'a self,
        source: &'a SourceName,
        order_no: Option<&'a str>,
        texts: &'a Texts,
        properties: &mut Vec<(&'a str, &'a str)>,
    ) -> RowRef<'a> {
        let value = self.value().unwrap_or(0).clamp(-number::LIMIT, number::LIMIT);
        let is_cancelled = self.cancelled || value < 0 || value == 0 && texts.is_negative;
        let (name, value) = if is_cancelled { ("Order Cancelled", -value.abs()) } else { ("Order Completed", value) };
        properties.clear();
        properties.extend(self.properties.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        let mut put = |key, value: Option<&'a str>| {
            let Some(value) = value else { return };
            // What the order itself says goes before a column of the same name.
            match properties.iter_mut().find(|(own, _)| *own == key) {
                Some((_, own)) => *own = value,
                None => properties.push((key, value)),
            }
        };
        let if_any = |text: &'a str| (!text.is_empty()).then_some(text);
        put("order_no", order_no);
        put("status", self.status.as_deref());
        put("occurred_at_original", self.original.as_deref());
        put("line_count", Some(&texts.line_count));
        put("quantity", if_any(&texts.quantity));
        put("cost", if_any(&texts.cost));
        put("lines", if_any(&texts.lines));
        put("lines_left_out", if_any(&texts.left_out));
        properties.sort_unstable_by_key(|(key, _)| *key);
        let occurred_at = Instant::from_micros(self.occurred_at);
        RowRef {
            number: 0,
            customer_id: Some(&self.customer),
            actor_id: self.actor.as_deref(),
            kind: Kind::Order,
            name,
            occurred_at,
            known_at: occurred_at,
            value: i64::try_from(value).ok(),
            currency: self.currency.as_deref(),
            text: self.text.as_deref(),
            source: source.as_str(),
            message_id: "",
            supersedes: None,
            retracts: None,
        }
    }
}

/// What is written of an order in its fact, in memory that is used again; empty where there is nothing to say.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    line_count: String,
    quantity: String,
    cost: String,
    is_negative: bool,
    lines: String,
    left_out: String,
}

impl Texts {
    /// Takes the texts of an order.
    pub(crate) fn tell(&mut self, order: &Order) {
        for text in [&mut self.line_count, &mut self.quantity, &mut self.cost, &mut self.lines, &mut self.left_out] {
            text.clear();
        }
        number::write_to(&mut self.line_count, order.lines.len() as i64 * ONE as i64);
        let quantity: i128 = order.lines.iter().map(Line::quantity).sum();
        self.is_negative = quantity < 0;
        if order.lines.iter().any(|line| line.quantity.is_some()) {
            match i64::try_from(quantity) {
                Ok(quantity) => number::write_to(&mut self.quantity, quantity),
                Err(_) => self.quantity = written(quantity),
            }
        }
        // Of an order that tells the cost of some lines only, nobody knows the cost.
        let cost: Option<i64> = order.lines.iter().try_fold(0i64, |sum, line| sum.checked_add(line.cost?));
        if let Some(cost) = cost.filter(|_| !order.lines.is_empty()) {
            number::write_to(&mut self.cost, cost);
        }
        if !order.lines.iter().any(Line::is_detailed) {
            return;
        }
        self.lines.push('[');
        let mut listed = 0;
        for line in &order.lines {
            let before = self.lines.len();
            if listed > 0 {
                self.lines.push(',');
            }
            line.write(&mut self.lines);
            if self.lines.len() > LINES_LIMIT {
                self.lines.truncate(before);
                break;
            }
            listed += 1;
        }
        self.lines.push(']');
        if listed < order.lines.len() {
            number::write_to(&mut self.left_out, (order.lines.len() - listed) as i64 * ONE as i64);
        }
    }
}

impl Line {
    /// As a compact JSON object.
    fn write(&self, json: &mut String) {
        let begin = json.len();
        let name = |json: &mut String, key: &str| {
            json.push(if json.len() == begin { '{' } else { ',' });
            json.push_str(key);
        };
        for (key, text) in [("\"sku\":", &self.sku), ("\"name\":", &self.item)] {
            if let Some(text) = text {
                name(json, key);
                write_text(json, text);
            }
        }
        let numbers = [("\"quantity\":", self.quantity), ("\"price\":", self.price), ("\"amount\":", self.amount)];
        for (key, value) in numbers {
            if let Some(value) = value {
                name(json, key);
                number::write_to(json, value);
            }
        }
        json.push_str(if json.len() == begin { "{}" } else { "}" });
    }
}

/// A text as JSON.
fn write_text(json: &mut String, text: &str) {
    let is_plain = text.bytes().all(|byte| byte >= b' ' && !matches!(byte, b'"' | b'\\'));
    match is_plain {
        true => {
            json.push('"');
            json.push_str(text);
            json.push('"');
        }
        false => json.push_str(&serde_json::Value::from(text).to_string()),
    }
}
