//! Many rows of a table with one statement: its text is the same for as many rows, and the cells go beside it.
//!
//! Not here: which rows there are and what the history tells of them.

use std::task::Poll;

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, EntityName, EntityTrait, IdenStatic, Iterable, Statement, Value,
};

use crate::Error;

/// The statement that writes rows, of which there is at least one and which all have the same columns set, and then does what
/// is said for those whose key is there already: `then` is its end. Columns that are empty in every row are left out, as the
/// tables give them nothing by default.
///
/// # Why
/// The query builder makes a tree of every cell before it writes the text: as dear as writing the row. And most of what a
/// cycle opens has not happened yet.
pub(crate) fn statement<A: ActiveModelTrait>(backend: DbBackend, rows: Vec<A>, then: &str) -> Statement {
    let columns: Vec<<A::Entity as EntityTrait>::Column> = <A::Entity as EntityTrait>::Column::iter().collect();
    let (count, width) = (rows.len(), columns.len());
    let mut cells: Vec<Option<Value>> = Vec::with_capacity(count * width);
    for mut row in rows {
        cells.extend(columns.iter().map(|column| row.take(*column).into_value()));
    }
    let tells = |cell: &Option<Value>| !matches!(cell, None | Some(Value::String(None) | Value::BigInt(None)));
    let told: Vec<bool> = (0..width).map(|at| cells.iter().skip(at).step_by(width).any(tells)).collect();
    let names =
        columns.iter().zip(&told).filter(|(_, told)| **told).map(|(column, _)| format!("\"{}\"", column.as_str()));
    let names: Vec<String> = names.collect();
    let table = A::Entity::default().table_name();
    let mut sql = format!("INSERT INTO \"{table}\" ({}) VALUES ", names.join(", "));
    push_places(&mut sql, backend, count, names.len());
    sql.push_str(then);
    let cells = cells.into_iter().enumerate().filter(|(at, _)| told[at % width]).filter_map(|(_, cell)| cell);
    Statement::from_sql_and_values(backend, sql, cells.collect::<Vec<Value>>())
}

/// Executes statements one after the other, the two of a pair in its order; the next pair is put into words while the database
/// does the first of the one before.
pub(crate) async fn in_turn(
    connection: &impl ConnectionTrait,
    mut next: impl FnMut() -> Result<Option<[Statement; 2]>, Error>,
    doing: &'static str,
) -> Result<(), Error> {
    let mut ahead = next()?;
    while let Some([first, second]) = ahead {
        let (done, after) = beside(connection.execute_raw(first), &mut next).await;
        done.map_err(Error::while_doing(doing))?;
        connection.execute_raw(second).await.map_err(Error::while_doing(doing))?;
        ahead = after?;
    }
    Ok(())
}

/// Begins something that goes on elsewhere, works meanwhile, and waits for both.
async fn beside<F: Future, T>(begun: F, work: impl FnOnce() -> T) -> (F::Output, T) {
    let mut begun = std::pin::pin!(begun);
    let first = std::future::poll_fn(|context| Poll::Ready(begun.as_mut().poll(context))).await;
    let worked = work();
    match first {
        Poll::Ready(done) => (done, worked),
        Poll::Pending => (begun.await, worked),
    }
}

/// `(?, ?), (?, ?)`: a place for each cell.
fn push_places(sql: &mut String, backend: DbBackend, rows: usize, columns: usize) {
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { ", " };
            match backend {
                DbBackend::Postgres => sql.push_str(&format!("{comma}${}", row * columns + column + 1)),
                _ => sql.extend([comma, "?"]),
            }
        }
        sql.push(')');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cell_has_a_place_in_the_database_s_own_words() {
        let places = |backend| {
            let mut sql = String::new();
            push_places(&mut sql, backend, 2, 3);
            sql
        };
        assert_eq!(places(DbBackend::Sqlite), "(?, ?, ?), (?, ?, ?)");
        assert_eq!(places(DbBackend::Postgres), "($1, $2, $3), ($4, $5, $6)");
    }
}
