//! Kinds of table whose rows each tell of one thing: events, tickets, surveys, contracts, payments, follow-ups.
//!
//! What became known later than the thing itself (how a ticket ended, that a contract was cancelled) is a fact of its
//! own at its own time, so that no view of the past sees it.

use facts::Fact;
use vocab::{ActorId, Kind};

use super::{amount, set};
use crate::fault::{self, Fault};
use crate::kind::TableKind;
use crate::layout::{Occurred, Row};
use crate::number::written;

/// A fact without its id yet.
pub(crate) struct Draft {
    pub(crate) fact: Fact,
    /// What tells it from the other facts of its row.
    pub(crate) part: &'static str,
}

/// What a row says.
pub(crate) struct Said {
    pub(crate) drafts: Vec<Draft>,
    /// What the source itself calls it, if it does.
    pub(crate) natural: Option<Vec<String>>,
}

/// Reads one row.
pub(crate) fn read(row: &mut Row<'_>) -> Result<Said, Fault> {
    match row.layout.kind {
        TableKind::Tickets => ticket(row),
        TableKind::Surveys => survey(row),
        TableKind::Contracts => contract(row),
        TableKind::Payments => payment(row),
        TableKind::FollowUps => follow_up(row),
        TableKind::Events | TableKind::Orders | TableKind::Customers | TableKind::Snapshot | TableKind::Ledger => {
            event(row)
        }
    }
}

/// A fact of this row's customer; which source and when is the same for all of them.
fn begun(row: &mut Row<'_>, kind: Kind, name: &str, occurred: &Occurred) -> Result<Fact, Fault> {
    let customer = row.customer()?;
    let has_actor = matches!(row.layout.kind, TableKind::Events | TableKind::Tickets | TableKind::Surveys);
    let actor = if has_actor { row.key("actor_id")?.map(ActorId::new) } else { None };
    if customer.is_none() && actor.is_none() {
        return Err(fault::missing_value(row.layout.slot("customer_id").header()));
    }
    let mut fact = Fact::new("", kind, name, occurred.at);
    fact.customer_id = customer;
    fact.actor_id = actor;
    fact.known_at = Some(occurred.at);
    fact.source = row.layout.source.clone();
    occurred.note(&mut fact.properties);
    Ok(fact)
}

fn happened(row: &mut Row<'_>) -> Result<Occurred, Fault> {
    let slot = row.layout.slot("occurred_at");
    row.occurred(slot)?.ok_or_else(|| fault::missing_value(slot.header()))
}

fn natural(row: &Row<'_>, field: &str) -> Result<Option<Vec<String>>, Fault> {
    Ok(row.key(field)?.map(|key| vec![key.to_owned()]))
}

fn event(row: &mut Row<'_>) -> Result<Said, Fault> {
    let layout = row.layout;
    let occurred = happened(row)?;
    let name = layout.event_name(row.needed(layout.slot("name"))?);
    let mut fact = begun(row, Kind::Event, &name, &occurred)?;
    fact.properties.append(&mut row.properties());
    fact.value = row.number(layout.slot("value"))?.map(amount);
    fact.currency = if fact.value.is_some() { row.currency()? } else { None };
    fact.text = row.words("text");
    Ok(Said { natural: natural(row, "message_id")?, drafts: vec![Draft { fact, part: "" }] })
}

/// A ticket: its opening tells only what was known then; other columns belong to its resolution, if the table has one.
fn ticket(row: &mut Row<'_>) -> Result<Said, Fault> {
    let layout = row.layout;
    let occurred = happened(row)?;
    let mut opened = begun(row, Kind::Ticket, "Ticket Opened", &occurred)?;
    let ticket = row.key("ticket_id")?;
    set(&mut opened, "ticket_id", ticket);
    for field in ["priority", "category", "channel"] {
        let value = row.words(field);
        set(&mut opened, field, value);
    }
    opened.text = match (row.words("subject"), row.words("text")) {
        (Some(subject), Some(text)) => Some(format!("{subject}\n{text}")),
        (subject, text) => subject.or(text),
    };
    let ends = layout.slot("resolved_at");
    let mut drafts = Vec::new();
    match row.occurred(ends)? {
        Some(resolved) if resolved.at >= opened.occurred_at => {
            let mut fact = begun(row, Kind::Ticket, "Ticket Resolved", &resolved)?;
            fact.properties.append(&mut row.properties());
            set(&mut fact, "ticket_id", ticket);
            for field in ["priority", "category", "channel", "status"] {
                let value = row.words(field);
                set(&mut fact, field, value);
            }
            drafts.push(Draft { fact, part: "resolved" });
        }
        Some(_) => row.warnings.push(fault::unread_value(ends.header(), row.text(ends)?.unwrap_or_default())),
        None if ends.is_absent() => opened.properties.append(&mut row.properties()),
        None => {}
    }
    drafts.insert(0, Draft { fact: opened, part: "" });
    Ok(Said { natural: natural(row, "ticket_id")?, drafts })
}

fn survey(row: &mut Row<'_>) -> Result<Said, Fault> {
    let layout = row.layout;
    let occurred = happened(row)?;
    let mut fact = begun(row, Kind::SurveyResponse, "Survey Answered", &occurred)?;
    fact.properties.append(&mut row.properties());
    let slot = layout.slot("score");
    let cell = row.needed(slot)?;
    let digits = cell.trim_end_matches(['分', '星', '颗']);
    let score = crate::number::decimal(digits).ok_or_else(|| fault::bad_number(slot.header(), cell))?;
    fact.value = Some(amount(score.clamp(-crate::number::LIMIT, crate::number::LIMIT)));
    fact.text = row.words("text");
    let survey = row.words("survey");
    set(&mut fact, "survey", survey);
    Ok(Said { natural: natural(row, "response_id")?, drafts: vec![Draft { fact, part: "" }] })
}

/// A contract is known from the day it was signed, or begins where no signing is told.
///
/// Its natural key is its number with that day: a renewal under the same number is another contract.
pub(crate) fn contract(row: &mut Row<'_>) -> Result<Said, Fault> {
    let layout = row.layout;
    let (signed_at, start_on) = (layout.slot("signed_at"), layout.slot("start_on"));
    let occurred = match row.occurred(signed_at)? {
        Some(occurred) => occurred,
        None => {
            let header = if signed_at.is_absent() { start_on } else { signed_at };
            row.occurred(start_on)?.ok_or_else(|| fault::missing_value(header.header()))?
        }
    };
    let mut signed = begun(row, Kind::Contract, "Contract Signed", &occurred)?;
    if layout.kind == TableKind::Contracts {
        signed.properties.append(&mut row.properties());
    }
    signed.value = row.number(layout.slot("amount"))?.map(amount);
    signed.currency = if signed.value.is_some() { row.currency()? } else { None };
    let number = row.key("contract_no")?;
    set(&mut signed, "contract_no", number);
    let plan = row.words("plan");
    set(&mut signed, "plan", plan.as_deref());
    for field in ["start_on", "end_on"] {
        let day = row.day(field)?;
        set(&mut signed, field, day);
    }
    let value = signed.value.map(|value| value.to_string());
    set(&mut signed, "amount", value);

    let day = layout.zone.date(occurred.at);
    let natural = number.map(|number| vec![number.to_owned(), day]);
    let mut drafts = vec![];
    let ends = layout.slot("cancelled_at");
    match row.occurred(ends) {
        Ok(Some(cancelled)) => {
            let mut fact = begun(row, Kind::Contract, "Contract Cancelled", &cancelled)?;
            set(&mut fact, "contract_no", number);
            set(&mut fact, "plan", plan);
            let status = row.words("status");
            set(&mut fact, "status", status);
            drafts.push(Draft { fact, part: "cancelled" });
        }
        Ok(None) => {}
        Err(fault) if fault.code == "future_date" => {
            row.warnings.push(fault::future_cancellation(ends.header(), row.text(ends)?.unwrap_or_default()));
        }
        Err(fault) => return Err(fault),
    }
    drafts.insert(0, Draft { fact: signed, part: "" });
    Ok(Said { natural, drafts })
}

/// Money that arrived, failed to, or went back (negative).
fn payment(row: &mut Row<'_>) -> Result<Said, Fault> {
    let layout = row.layout;
    let occurred = happened(row)?;
    let slot = layout.slot("amount");
    let value = row.number(slot)?.ok_or_else(|| fault::missing_value(slot.header()))?;
    let status_slot = layout.slot("status");
    let status = row.text(status_slot)?;
    let (name, value) = match settled(status.unwrap_or_default()) {
        Settled::Pending => return Err(fault::not_settled(status_slot.header(), status.unwrap_or_default())),
        Settled::Failed => ("Payment Failed", value),
        Settled::Refunded => ("Payment Refunded", -value.abs()),
        Settled::Yes if value < 0 => ("Payment Refunded", value),
        Settled::Yes => ("Payment Received", value),
    };
    let mut fact = begun(row, Kind::Payment, name, &occurred)?;
    fact.properties.append(&mut row.properties());
    fact.value = Some(amount(value));
    fact.currency = row.currency()?;
    fact.text = row.words("text");
    for field in ["method", "status", "order_no"] {
        let value = row.words(field);
        set(&mut fact, field, value);
    }
    let id = row.key("payment_id")?;
    set(&mut fact, "payment_id", id);
    // The same payment may first fail and then arrive: each is a fact.
    let natural = id.map(|id| vec![id.to_owned(), name.to_owned(), written(value)]);
    Ok(Said { natural, drafts: vec![Draft { fact, part: "" }] })
}

/// What was said and done with a customer: a call, a visit, a message.
fn follow_up(row: &mut Row<'_>) -> Result<Said, Fault> {
    let occurred = happened(row)?;
    let channel = row.words("channel");
    let mut fact = begun(row, Kind::Touch, touch_name(channel.as_deref().unwrap_or_default()), &occurred)?;
    fact.properties.append(&mut row.properties());
    fact.text = row.words("text");
    set(&mut fact, "channel", channel);
    for field in ["staff", "contact", "result"] {
        let value = row.words(field);
        set(&mut fact, field, value);
    }
    let next = row.day("next_on")?;
    set(&mut fact, "next_on", next);
    if let Some(said) = row.words("mood") {
        match mood(&said) {
            Some((word, number)) => {
                set(&mut fact, "mood", Some(word.to_owned()));
                fact.value = number.map(|number| amount(number * 1_000_000));
            }
            None => row.warnings.push(fault::unread_value(row.layout.slot("mood").header(), &said)),
        }
    }
    let id = row.key("follow_up_id")?;
    set(&mut fact, "follow_up_id", id);
    Ok(Said { natural: id.map(|id| vec![id.to_owned()]), drafts: vec![Draft { fact, part: "" }] })
}

fn touch_name(channel: &str) -> &'static str {
    let channel = channel.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| channel.contains(word));
    if says(&["拜访", "上门", "面谈", "走访", "visit", "meeting", "onsite", "on-site"]) {
        "Visit Logged"
    } else if says(&["邮件", "邮箱", "mail"]) {
        "Email Sent"
    } else if says(&["微信", "企微", "短信", "钉钉", "飞书", "消息", "wechat", "sms", "message", "chat", "qq"])
    {
        "Message Sent"
    } else if says(&["电话", "回访", "外呼", "call", "phone"]) {
        "Call Logged"
    } else {
        "Follow-up Logged"
    }
}

/// How the customer stands, as records made here have it: the word, and the number that indicators measure. A word that
/// says none of the three is kept nowhere, and that is told.
fn mood(said: &str) -> Option<(&'static str, Option<i128>)> {
    let said = said.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if says(&["要走", "想走", "不续", "不愿", "不想", "不会续", "流失", "离开", "leav", "churn"]) {
        Some(("leave", Some(-1)))
    } else if says(&["犹豫", "观望", "考虑", "一般", "中性", "unsure", "hesita", "neutral"]) {
        Some(("unsure", Some(0)))
    } else if says(&["想留", "愿意", "续约", "积极", "正面", "stay", "positive"]) {
        Some(("stay", Some(1)))
    } else if says(&["说不清", "不清楚", "unclear", "unknown"]) {
        Some(("unclear", None))
    } else {
        None
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Settled {
    Yes,
    Pending,
    Failed,
    Refunded,
}

fn settled(status: &str) -> Settled {
    let status = status.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| status.contains(word));
    if says(&["refund", "revers", "chargeback", "退款", "退回", "冲正"]) {
        Settled::Refunded
    } else if says(&["fail", "declin", "reject", "bounced", "error", "失败", "拒付", "拒绝", "退票", "扣款异常"])
    {
        Settled::Failed
    } else if says(&[
        "pending",
        "unpaid",
        "overdue",
        "scheduled",
        "processing",
        "未到账",
        "未回款",
        "未付",
        "未支付",
        "未收",
        "待",
        "逾期",
        "处理中",
    ]) {
        Settled::Pending
    } else {
        Settled::Yes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_that_has_not_arrived_is_no_payment() {
        assert!(
            settled("已到账") == Settled::Yes && settled("succeeded") == Settled::Yes && settled("") == Settled::Yes
        );
        assert!(settled("待支付") == Settled::Pending && settled("Unpaid") == Settled::Pending);
        assert!(settled("扣款失败") == Settled::Failed && settled("declined") == Settled::Failed);
        assert!(settled("已退款") == Settled::Refunded && settled("refunded") == Settled::Refunded);
    }
}
