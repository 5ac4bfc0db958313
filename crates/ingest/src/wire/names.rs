//! What an event's name says about its sort: orders, payments, tickets, surveys and contracts by the names that the
//! Segment spec and common products give them. Every other name is an event of its own.

use std::cell::RefCell;

use serde_json::value::RawValue;
use vocab::{Amount, Kind};

use super::Event;
use super::json::{Members, flatten_members, number, word};

/// Names that say more than "something happened": name as sent (lower case, without separators) → kind, name kept.
const NAMES: &[(&str, Kind, &str)] = &[
    ("ordercompleted", Kind::Order, "Order Completed"),
    ("orderpaid", Kind::Order, "Order Completed"),
    ("purchase", Kind::Order, "Order Completed"),
    ("支付订单", Kind::Order, "Order Completed"),
    ("payorder", Kind::Order, "Order Completed"),
    ("ordercancelled", Kind::Order, "Order Cancelled"),
    ("ordercanceled", Kind::Order, "Order Cancelled"),
    ("取消订单", Kind::Order, "Order Cancelled"),
    ("orderrefunded", Kind::Payment, "Payment Refunded"),
    ("paymentrefunded", Kind::Payment, "Payment Refunded"),
    ("refundissued", Kind::Payment, "Payment Refunded"),
    ("退款", Kind::Payment, "Payment Refunded"),
    ("paymentreceived", Kind::Payment, "Payment Received"),
    ("paymentsucceeded", Kind::Payment, "Payment Received"),
    ("paymentcompleted", Kind::Payment, "Payment Received"),
    ("invoicepaid", Kind::Payment, "Payment Received"),
    ("回款", Kind::Payment, "Payment Received"),
    ("paymentfailed", Kind::Payment, "Payment Failed"),
    ("invoicepaymentfailed", Kind::Payment, "Payment Failed"),
    ("ticketopened", Kind::Ticket, "Ticket Opened"),
    ("ticketcreated", Kind::Ticket, "Ticket Opened"),
    ("supportticketcreated", Kind::Ticket, "Ticket Opened"),
    ("ticketresolved", Kind::Ticket, "Ticket Resolved"),
    ("ticketclosed", Kind::Ticket, "Ticket Resolved"),
    ("ticketsolved", Kind::Ticket, "Ticket Resolved"),
    ("surveyanswered", Kind::SurveyResponse, "Survey Answered"),
    ("surveycompleted", Kind::SurveyResponse, "Survey Answered"),
    ("npssubmitted", Kind::SurveyResponse, "Survey Answered"),
    ("feedbacksubmitted", Kind::SurveyResponse, "Survey Answered"),
    ("contractsigned", Kind::Contract, "Contract Signed"),
    ("subscriptionstarted", Kind::Contract, "Contract Signed"),
    ("subscriptioncreated", Kind::Contract, "Contract Signed"),
    ("contractrenewed", Kind::Contract, "Contract Renewed"),
    ("subscriptionrenewed", Kind::Contract, "Contract Renewed"),
    ("contractcancelled", Kind::Contract, "Contract Cancelled"),
    ("subscriptioncancelled", Kind::Contract, "Contract Cancelled"),
    ("subscriptioncanceled", Kind::Contract, "Contract Cancelled"),
];

/// Where a kind's number stands, the first that is there.
fn value_names(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Order => &["revenue", "total", "value", "amount"],
        Kind::Payment | Kind::Contract => &["amount", "revenue", "total", "value"],
        Kind::SurveyResponse => &["score", "rating", "nps", "value"],
        Kind::Event => &["revenue", "value"],
        _ => &[],
    }
}

/// Where a kind's words stand.
fn text_names(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Ticket => &["subject", "title", "text", "description", "message"],
        Kind::SurveyResponse => &["comment", "feedback", "text", "message"],
        _ => &["text"],
    }
}

/// The names of one call and what they say: most of its events have one of a few.
#[derive(Default)]
pub(crate) struct Sorts(RefCell<Vec<(String, Kind, String)>>);

/// So many names of a call are remembered.
const SORTS: usize = 16;

impl Sorts {
    fn of(&self, own: &str) -> (Kind, String) {
        let mut known = self.0.borrow_mut();
        if let Some((_, kind, name)) = known.iter().find(|(name, ..)| name == own) {
            return (*kind, name.clone());
        }
        let (kind, name) = sort_of(own);
        if known.len() < SORTS {
            known.push((own.to_owned(), kind, name.clone()));
        }
        (kind, name)
    }
}

/// The event behind a name and its properties.
pub(crate) fn event(own: &str, properties: Option<&RawValue>) -> Event {
    event_among(&Sorts::default(), own, properties)
}

/// The same, one of the events of a call.
pub(crate) fn event_among(sorts: &Sorts, own: &str, properties: Option<&RawValue>) -> Event {
    let (kind, name) = sorts.of(own);
    let members = properties.and_then(|properties| Members::of(properties.get()));
    let first = |names: &[&str], read: &dyn Fn(&RawValue) -> Option<String>| {
        let members = members.as_ref()?;
        names.iter().find_map(|name| read(members.get(name)?))
    };
    let value = members.as_ref().and_then(|members| {
        value_names(kind).iter().find_map(|name| Amount::from_f64(number(members.get(name)?)?).filter(fits))
    });
    let goes_back = matches!(name.as_str(), "Order Cancelled" | "Payment Refunded");
    let value = value.map(|value| if goes_back && value.millionths() > 0 { -value } else { value });
    let as_word = |value: &RawValue| word(value).map(|word| word.into_owned());
    let currency = first(&["currency"], &as_word).map(|code| code.to_ascii_uppercase());
    let text = first(text_names(kind), &as_word);
    let mut flat = Vec::new();
    if let Some(members) = members {
        flatten_members(members, &mut flat);
    }
    let mut kept: Vec<(String, String)> =
        flat.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect();
    if name != own {
        kept.push(("event".to_owned(), own.to_owned()));
    }
    Event {
        kind,
        name,
        value,
        currency: currency.filter(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())),
        text,
        properties: kept,
    }
}

/// What the record can keep.
fn fits(amount: &Amount) -> bool {
    amount.millionths().unsigned_abs() < i64::MAX as u128
}

fn sort_of(own: &str) -> (Kind, String) {
    // Most names are none of the list: the first byte of a lower-case copy is not worth making for them.
    if own.len() <= 40 {
        let mut folded = own.trim_start_matches('$').to_lowercase();
        folded.retain(|c| !matches!(c, ' ' | '_' | '-'));
        if let Some((_, kind, name)) = NAMES.iter().find(|(known, ..)| *known == folded) {
            return (*kind, (*name).to_owned());
        }
        match folded.as_str() {
            "pageview" => return (Kind::Event, "Page Viewed".to_owned()),
            "appviewscreen" | "mpviewscreen" => return (Kind::Event, "Screen Viewed".to_owned()),
            _ => {}
        }
    }
    (Kind::Event, crate::kind::event_name(own).map_or_else(|| own.to_owned(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, properties: &str) -> Event {
        event(name, Some(serde_json::from_str(properties).unwrap()))
    }

    #[test]
    fn an_order_has_the_value_of_its_revenue_and_a_cancelled_one_takes_it_back() {
        let order = read("Order Completed", r#"{"order_id":"O-1","revenue":"99.50","total":120,"currency":"cny"}"#);
        assert_eq!((order.kind, order.name.as_str()), (Kind::Order, "Order Completed"));
        assert_eq!((order.value.unwrap().to_string(), order.currency.as_deref()), ("99.5".to_owned(), Some("CNY")));
        let total = read("order_completed", r#"{"total":120}"#);
        assert_eq!(total.value.unwrap().to_string(), "120");
        assert!(total.properties.contains(&("event".to_owned(), "order_completed".to_owned())));
        assert_eq!(read("Order Cancelled", r#"{"total":120}"#).value.unwrap().to_string(), "-120");
        assert_eq!(read("Order Refunded", r#"{"total":-5}"#).value.unwrap().to_string(), "-5");
        assert_eq!(read("Order Completed", r#"{"revenue":1e300}"#).value, None);
    }

    #[test]
    fn common_names_are_known_and_own_names_stay() {
        for (name, kind, kept) in [
            ("Subscription Cancelled", Kind::Contract, "Contract Cancelled"),
            ("invoice_paid", Kind::Payment, "Payment Received"),
            ("Ticket Created", Kind::Ticket, "Ticket Opened"),
            ("用户登录", Kind::Event, "Logged In"),
            ("$pageview", Kind::Event, "Page Viewed"),
            ("Report Exported", Kind::Event, "Report Exported"),
        ] {
            let event = event(name, None);
            assert_eq!((event.kind, event.name.as_str()), (kind, kept), "{name}");
        }
        let answer = read("NPS Submitted", r#"{"score":9,"comment":"好用"}"#);
        assert_eq!((answer.value.unwrap().to_string(), answer.text.as_deref()), ("9".to_owned(), Some("好用")));
    }
}
