//! What is kept of an order beside its fact, in as few bytes as may be: there is one for every order ever told.
//!
//! The first byte says how it is written: 1 for what this module writes, an opening brace for the JSON of before.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::order::{Line, Order};
use super::short::Short;

const VERSION: u8 = 1;

/// What is kept of an order that is in the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Known {
    /// Id of the fact that stands for it.
    pub(crate) id: String,
    pub(crate) known_at: i64,
    pub(crate) revision: u32,
    pub(crate) order: Order,
    /// Each way a file has told it, so that the same file again changes nothing; none if the order itself is the only one.
    pub(crate) told: Vec<u64>,
}

/// What is kept of an order that is told for the first time, put behind what stands there already.
pub(crate) fn write_first(out: &mut Vec<u8>, id: &str, order: &Order) {
    write(out, id, order.occurred_at, 0, &[], order);
}

fn write(out: &mut Vec<u8>, id: &str, known_at: i64, revision: u32, told: &[u64], order: &Order) {
    out.push(VERSION);
    match halves(id) {
        Some(id) => {
            out.push(1);
            out.extend_from_slice(&id);
        }
        None => {
            out.push(0);
            put_text(out, id);
        }
    }
    put_signed(out, known_at);
    put_number(out, u64::from(revision));
    put_number(out, told.len() as u64);
    told.iter().for_each(|told| out.extend_from_slice(&told.to_le_bytes()));
    put_text(out, &order.customer);
    put_signed(out, order.occurred_at.wrapping_sub(known_at));
    let texts = [&order.actor, &order.original, &order.status, &order.currency, &order.text];
    let mut flags = texts.iter().enumerate().fold(0, |flags, (bit, text)| flags | u8::from(text.is_some()) << bit);
    flags |= u8::from(order.total.is_some()) << 5 | u8::from(order.cancelled) << 6;
    out.push(flags);
    texts.into_iter().flatten().for_each(|text| put_text(out, text));
    order.total.into_iter().for_each(|total| put_signed(out, total));
    put_number(out, order.properties.len() as u64);
    for (key, value) in &order.properties {
        put_text(out, key);
        put_text(out, value);
    }
    put_number(out, order.lines.len() as u64);
    order.lines.iter().for_each(|line| put_line(out, line));
}

impl Known {
    /// As it is kept.
    pub(crate) fn written(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + self.order.lines.len() * 24);
        write(&mut out, &self.id, self.known_at, self.revision, &self.told, &self.order);
        out
    }

    /// Reads what was kept; `None` if it is something else.
    pub(crate) fn read(bytes: &[u8]) -> Option<Known> {
        if bytes.first() == Some(&b'{') {
            return serde_json::from_slice(bytes).ok();
        }
        let mut rest = Rest(bytes);
        if rest.byte()? != VERSION {
            return None;
        }
        let id = match rest.byte()? {
            1 => rest.take::<16>()?.iter().map(|byte| format!("{byte:02x}")).collect(),
            _ => rest.text()?.to_owned(),
        };
        let known_at = rest.signed()?;
        let revision = u32::try_from(rest.number()?).ok()?;
        let told = (0..rest.number()?).map(|_| rest.take().map(u64::from_le_bytes)).collect::<Option<_>>()?;
        let order = rest.order(known_at)?;
        rest.0.is_empty().then_some(Known { id, known_at, revision, order, told })
    }
}

/// An id of 32 hexadecimal digits in half as many bytes.
fn halves(id: &str) -> Option<[u8; 16]> {
    let digits: &[u8; 32] = id.as_bytes().try_into().ok()?;
    let (mut bytes, mut all) = ([0; 16], 0);
    for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        let (upper, lower) = (DIGITS[usize::from(pair[0])], DIGITS[usize::from(pair[1])]);
        all |= upper | lower;
        *byte = upper << 4 | lower;
    }
    (all < 16).then_some(bytes)
}

/// What each byte stands for as a hexadecimal digit; 16 where it is none.
static DIGITS: [u8; 256] = {
    let mut values = [16; 256];
    let digits = b"0123456789abcdef";
    let mut value = 0;
    while value < digits.len() {
        values[digits[value] as usize] = value as u8;
        value += 1;
    }
    values
};

fn put_line(out: &mut Vec<u8>, line: &Line) {
    let texts = [&line.number, &line.sku, &line.item];
    let numbers = [line.quantity, line.price, line.amount, line.cost];
    let is_there = texts.iter().map(|text| text.is_some()).chain(numbers.iter().map(Option::is_some));
    out.push(is_there.enumerate().fold(0, |flags, (bit, there)| flags | u8::from(there) << bit));
    texts.into_iter().flatten().for_each(|text| put_text(out, text));
    numbers.into_iter().flatten().for_each(|number| put_signed(out, number));
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Seven bits to a byte, the lowest first.
fn put_number(out: &mut Vec<u8>, mut number: u64) {
    let (mut bytes, mut length) = ([0; 10], 0);
    while number > 0x7f {
        bytes[length] = number as u8 | 0x80;
        number >>= 7;
        length += 1;
    }
    bytes[length] = number as u8;
    match length {
        0 => out.push(bytes[0]),
        _ => out.extend_from_slice(&bytes[..=length]),
    }
}

/// The sign in the lowest bit.
fn put_signed(out: &mut Vec<u8>, number: i64) {
    put_number(out, (number << 1 ^ number >> 63) as u64);
}

/// What has not been read yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        self.number().map(|number| (number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.number()?).ok()?;
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(head).ok()
    }

    /// A text that may not be there, and its number if it is.
    fn text_if(&mut self, there: bool) -> Option<Option<&'a str>> {
        if there { self.text().map(Some) } else { Some(None) }
    }

    fn signed_if(&mut self, there: bool) -> Option<Option<i64>> {
        if there { self.signed().map(Some) } else { Some(None) }
    }

    fn order(&mut self, known_at: i64) -> Option<Order> {
        let customer = self.text()?.to_owned();
        let occurred_at = self.signed()?.wrapping_add(known_at);
        let flags = self.byte()?;
        let mut text = |bit: u8| Some(self.text_if(flags >> bit & 1 == 1)?.map(str::to_owned));
        let (actor, original, status, currency, words) = (text(0)?, text(1)?, text(2)?, text(3)?, text(4)?);
        let total = self.signed_if(flags >> 5 & 1 == 1)?;
        let mut properties = BTreeMap::new();
        for _ in 0..self.number()? {
            properties.insert(self.text()?.to_owned(), self.text()?.to_owned());
        }
        let mut lines = Vec::new();
        for _ in 0..self.number()? {
            lines.push(self.line()?);
        }
        let cancelled = flags >> 6 & 1 == 1;
        Some(Order {
            customer,
            actor,
            occurred_at,
            original,
            status,
            currency,
            text: words,
            total,
            cancelled,
            properties,
            lines,
        })
    }

    fn line(&mut self) -> Option<Line> {
        let flags = self.byte()?;
        let there = |bit: u8| flags >> bit & 1 == 1;
        let number = self.text_if(there(0))?.map(Short::from);
        let sku = self.text_if(there(1))?.map(Short::from);
        let item = self.text_if(there(2))?.map(Short::from);
        let quantity = self.signed_if(there(3))?;
        let price = self.signed_if(there(4))?;
        let amount = self.signed_if(there(5))?;
        // Notes of before costs were read never say that there is one.
        Some(Line { number, sku, item, quantity, price, amount, cost: self.signed_if(there(6))? })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts() -> impl Strategy<Value = Option<String>> {
        proptest::option::of("[a-z甲\"\\\\]{0,6}")
    }

    fn lines() -> impl Strategy<Value = Line> {
        let numbers = || proptest::option::of(any::<i64>());
        (texts(), texts(), texts(), numbers(), numbers(), numbers(), numbers()).prop_map(
            |(number, sku, item, quantity, price, amount, cost)| Line {
                number: number.as_deref().map(Short::from),
                sku: sku.as_deref().map(Short::from),
                item: item.as_deref().map(Short::from),
                quantity,
                price,
                amount,
                cost,
            },
        )
    }

    fn orders() -> impl Strategy<Value = Order> {
        let said = (texts(), texts(), texts(), texts(), texts(), proptest::option::of(any::<i64>()), any::<bool>());
        let rest =
            (proptest::collection::btree_map("[a-z]{1,4}", ".{0,4}", 0..3), proptest::collection::vec(lines(), 0..4));
        ("[A-Z甲]{0,5}", any::<i64>(), said, rest).prop_map(
            |(
                customer,
                occurred_at,
                (actor, original, status, currency, text, total, cancelled),
                (properties, lines),
            )| {
                Order {
                    customer,
                    actor,
                    occurred_at,
                    original,
                    status,
                    currency,
                    text,
                    total,
                    cancelled,
                    properties,
                    lines,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn an_order_is_known_again_as_it_was_kept_now_and_before(
            order in orders(),
            id in prop_oneof!["[0-9a-f]{32}", "[0-9a-g~]{1,34}"],
            known_at in any::<i64>(),
            told in proptest::collection::vec(any::<u64>(), 0..3),
        ) {
            let known = Known { id, known_at, revision: 3, order, told };
            let written = known.written();
            prop_assert_eq!(Known::read(&written), Some(known.clone()));
            let mut first = Vec::new();
            write_first(&mut first, &known.id, &known.order);
            let known_at = known.order.occurred_at;
            let again = Known { known_at, revision: 0, told: Vec::new(), ..known.clone() };
            prop_assert_eq!(Known::read(&first), Some(again));
            prop_assert_eq!(Known::read(&serde_json::to_vec(&known).unwrap()), Some(known.clone()));
            prop_assert!((0..written.len()).all(|length| Known::read(&written[..length]).is_none()));
        }
    }
}
