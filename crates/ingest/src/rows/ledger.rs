//! Rows of a customer ledger (客户台账): what beside the customer's traits one row tells, as facts of their own kinds: the
//! contact, the contract, the last visit.
//!
//! A part whose cells are empty says nothing. A part that cannot be read rejects its row, so that nothing of it is lost
//! silently.

use facts::Fact;
use vocab::Kind;

use super::customer::{Described, Known};
use super::single::{self, Draft};
use super::{amount, set};
use crate::fault::Fault;
use crate::layout::Row;

/// The facts of a row beside its traits, each with the parts of its natural key.
pub(crate) fn read(row: &mut Row<'_>, described: &Described) -> Result<Vec<(Fact, Vec<String>)>, Fault> {
    let customer = described.customer.as_str().to_owned();
    let mut facts = Vec::new();
    contract(row, described, &customer, &mut facts)?;
    visit(row, &customer, &mut facts)?;
    Ok(facts)
}

/// The contract of a row: signed where the row says when, else recorded as it stood on the day of the ledger.
fn contract(
    row: &mut Row<'_>,
    described: &Described,
    customer: &str,
    facts: &mut Vec<(Fact, Vec<String>)>,
) -> Result<(), Fault> {
    let layout = row.layout;
    let says = |row: &Row<'_>, field: &str| row.text(layout.slot(field)).map(|text| text.is_some());
    let is_dated = says(row, "signed_at")? || says(row, "start_on")?;
    if is_dated {
        let said = single::contract(row)?;
        let key = said.natural.unwrap_or_else(|| vec![layout.zone.date(said.drafts[0].fact.occurred_at)]);
        for Draft { fact, part } in said.drafts {
            let mut parts = vec!["contract".to_owned(), customer.to_owned(), part.to_owned()];
            parts.extend(key.iter().cloned());
            facts.push((fact, parts));
        }
        return Ok(());
    }
    if !(says(row, "end_on")? || says(row, "contract_no")? || says(row, "amount")?) {
        return Ok(());
    }
    let mut fact = Fact::new(described.customer.clone(), Kind::Contract, "Contract Recorded", described.observed);
    fact.known_at = Some(described.observed);
    fact.source = layout.source.clone();
    fact.value = row.number(layout.slot("amount"))?.map(amount);
    fact.currency = if fact.value.is_some() { row.currency()? } else { None };
    let number = row.key("contract_no")?.map(str::to_owned);
    set(&mut fact, "contract_no", number.clone());
    let plan = row.words("plan");
    set(&mut fact, "plan", plan);
    let end = row.day("end_on")?;
    set(&mut fact, "end_on", end.clone());
    let value = fact.value.map(|value| value.to_string());
    set(&mut fact, "amount", value.clone());
    // What the ledger says of the contract names it: told again unchanged it adds nothing, told otherwise it is news.
    let said = [number, end, value].map(Option::unwrap_or_default);
    let parts = ["recorded".to_owned(), customer.to_owned()].into_iter().chain(said);
    facts.push((fact, parts.collect()));
    Ok(())
}

fn visit(row: &mut Row<'_>, customer: &str, facts: &mut Vec<(Fact, Vec<String>)>) -> Result<(), Fault> {
    let layout = row.layout;
    let Some(visited) = row.occurred(layout.slot("last_visit_at"))? else { return Ok(()) };
    let mut fact = Fact::new(customer, Kind::Touch, "Visit Logged", visited.at);
    fact.known_at = Some(visited.at);
    fact.source = layout.source.clone();
    fact.text = row.words("visit_text");
    let staff = row.words("owner");
    set(&mut fact, "staff", staff);
    visited.note(&mut fact.properties);
    let parts = vec!["visit".to_owned(), customer.to_owned(), layout.zone.date(visited.at)];
    facts.push((fact, parts));
    Ok(())
}

/// What a ledger's contact says beside what was known: recorded at first, later one that left and one that came.
pub(crate) fn contact(row: &mut Row<'_>, described: &Described, known: &Known) -> Vec<(Fact, Vec<String>)> {
    let layout = row.layout;
    let slot = layout.slot("contact");
    let Some(name) = row.text(slot).ok().flatten() else { return Vec::new() };
    let before = known.stands(described.observed, "contact");
    let mut facts = Vec::new();
    let mut tell = |what: &str, name: &str| {
        let mut fact = Fact::new(described.customer.clone(), Kind::ContactChange, what, described.observed);
        fact.known_at = Some(described.observed);
        fact.source = layout.source.clone();
        set(&mut fact, "name", Some(name));
        let day = layout.zone.date(described.observed);
        let dated = if what == "Contact Recorded" { String::new() } else { day };
        let parts = vec![what.to_owned(), described.customer.as_str().to_owned(), name.to_owned(), dated];
        facts.push((fact, parts));
    };
    match before {
        None => tell("Contact Recorded", name),
        Some(before) if before != name => {
            tell("Contact Left", &before);
            tell("Contact Joined", name);
        }
        Some(_) => {}
    }
    facts
}
