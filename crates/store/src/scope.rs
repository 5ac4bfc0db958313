//! How a scope, an owner and a set of customers become a condition in the database.
//!
//! The rule itself is [`vocab::Scope::admits`]; this is the same rule over the projection `customer_owner`, so that it
//! is applied before anything is counted or paged.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter};
use vocab::{CustomerId, Scope};

use crate::Error;
use crate::entity::{alerts, customer_owner};

/// The condition that keeps an alert the reader may see. Alerts carry their customer's owner with them, so that a
/// hundred thousand of them are counted without asking for each; [`crate::Store::set_owners`] keeps it true.
pub(crate) fn admitted_alerts(scope: &Scope) -> Option<Expr> {
    match scope {
        Scope::All => None,
        Scope::Owners(owners) => Some(alerts::Column::Owner.is_in(owners.iter().map(String::as_str))),
    }
}

/// The condition that keeps alerts of customers of one owner; `-` means customers whom nobody owns.
pub(crate) fn alerts_of_owner(owner: &str) -> Expr {
    match owner {
        "-" => alerts::Column::Owner.is_null(),
        _ => alerts::Column::Owner.eq(owner),
    }
}

/// The condition that keeps a row whose `customer` the reader may see; none is needed when all may be seen.
pub(crate) fn admitted(scope: &Scope, customer: impl ColumnTrait) -> Option<Expr> {
    match scope {
        Scope::All => None,
        Scope::Owners(owners) => Some(owned_by(customer, owners.iter().map(String::as_str))),
    }
}

/// The same condition for rows that are few and named already: each is looked up, while [`admitted`] begins with all of the
/// reader's customers, who may be a hundred thousand.
pub(crate) fn admitted_few(scope: &Scope, customer: impl ColumnTrait) -> Option<Expr> {
    let Scope::Owners(owners) = scope else { return None };
    let theirs = Query::select()
        .expr(Expr::val(1))
        .from(customer_owner::Entity)
        .and_where(
            Expr::col((customer_owner::Entity, customer_owner::Column::CustomerId)).equals(customer.as_column_ref()),
        )
        .and_where(Expr::col(customer_owner::Column::Owner).is_in(owners.iter().map(String::as_str)))
        .take();
    Some(Expr::exists(theirs))
}

/// The condition that keeps rows of customers of one owner; `-` means customers whom nobody owns.
pub(crate) fn of_owner(owner: &str, customer: impl ColumnTrait) -> Expr {
    if owner != "-" {
        return owned_by(customer, [owner]);
    }
    let owned = Query::select().column(customer_owner::Column::CustomerId).from(customer_owner::Entity).take();
    customer.not_in_subquery(owned)
}

fn owned_by<'a>(customer: impl ColumnTrait, owners: impl IntoIterator<Item = &'a str>) -> Expr {
    let mine = Query::select()
        .column(customer_owner::Column::CustomerId)
        .from(customer_owner::Entity)
        .and_where(Expr::col(customer_owner::Column::Owner).is_in(owners))
        .take();
    customer.in_subquery(mine)
}

/// The condition that keeps rows whose column is one of these texts, however many: they travel as one parameter.
pub(crate) fn listed_text(connection: &impl ConnectionTrait, column: impl IntoColumnRef, texts: &[String]) -> Expr {
    match connection.get_database_backend() {
        DbBackend::Postgres => Expr::cust_with_exprs("$1 = ANY($2)", [Expr::col(column), Expr::val(texts.to_vec())]),
        _ => in_json(column, serde_json::Value::from(texts.to_vec())),
    }
}

/// The same for numbers.
pub(crate) fn listed(connection: &impl ConnectionTrait, column: impl IntoColumnRef, numbers: &[i64]) -> Expr {
    match connection.get_database_backend() {
        DbBackend::Postgres => Expr::cust_with_exprs("$1 = ANY($2)", [Expr::col(column), Expr::val(numbers.to_vec())]),
        _ => in_json(column, serde_json::Value::from(numbers.to_vec())),
    }
}

/// SQLite has no arrays to bind; a JSON text read as a table serves.
fn in_json(column: impl IntoColumnRef, list: serde_json::Value) -> Expr {
    Expr::cust_with_exprs("? IN (SELECT value FROM json_each(?))", [Expr::col(column), Expr::val(list.to_string())])
}

/// The same for customers.
pub(crate) fn among(connection: &impl ConnectionTrait, column: impl IntoColumnRef, customers: &[CustomerId]) -> Expr {
    let texts: Vec<String> = customers.iter().map(|customer| customer.as_str().to_owned()).collect();
    listed_text(connection, column, &texts)
}

/// The present owners of these customers; customers whom nobody owns are not in it.
pub(crate) async fn owners_of<'a>(
    connection: &impl ConnectionTrait,
    customers: impl Iterator<Item = &'a str>,
) -> Result<HashMap<String, String>, Error> {
    let mut ids: Vec<String> = customers.map(str::to_owned).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = customer_owner::Entity::find()
        .filter(listed_text(connection, (customer_owner::Entity, customer_owner::Column::CustomerId), &ids))
        .all(connection)
        .await
        .map_err(Error::while_doing("reading owners"))?;
    Ok(rows.into_iter().map(|row| (row.customer_id, row.owner)).collect())
}
