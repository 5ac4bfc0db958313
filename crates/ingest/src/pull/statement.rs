//! One `SELECT`, asked for what is new, in the words of each database.

use vocab::Text;

use super::settings::Dialect;
use super::watermark::Watermark;
use crate::refusal::Refusal;

/// What is asked.
pub(crate) struct Statement {
    dialect: Dialect,
    query: String,
}

impl Statement {
    /// Takes a query or the name of a table.
    ///
    /// # Errors
    /// When it is empty, more than one statement, or no `SELECT`. The session is read-only besides.
    pub(crate) fn of(dialect: Dialect, query: &str) -> Result<Statement, Refusal> {
        let query = query.trim().trim_end_matches([';', ' ', '\n', '\r', '\t']);
        if query.is_empty() {
            return Err(super::settings::bad(
                "缺少 query（查询语句或表名）",
                "query is missing: a SELECT or the name of a table",
            ));
        }
        if is_name(query) {
            let parts: Vec<String> = query.split('.').map(|part| quoted(dialect, part)).collect();
            return Ok(Statement { dialect, query: format!("SELECT * FROM {}", parts.join(".")) });
        }
        let first: String = query.chars().skip_while(|c| *c == '(').take_while(|c| c.is_ascii_alphabetic()).collect();
        if !matches!(first.to_ascii_lowercase().as_str(), "select" | "with") {
            return Err(not_a_query(
                ("只能是一条 SELECT 查询，或一个表名", "only one SELECT is allowed, or the name of a table"),
                ("以 SELECT 或 WITH 开头", "begin with SELECT or WITH"),
            ));
        }
        if has_several(query) {
            return Err(not_a_query(
                ("一次只能有一条语句", "only one statement is allowed"),
                ("去掉分号及其后的内容", "leave out the semicolon and what follows it"),
            ));
        }
        Ok(Statement { dialect, query: query.to_owned() })
    }

    /// Everything, or everything from a watermark on, in its order.
    pub(crate) fn since(&self, column: Option<&str>, since: Option<&Watermark>) -> String {
        let Some(column) = column else { return self.query.clone() };
        let column = quoted(self.dialect, column);
        let condition = match since {
            Some(since) => format!(" WHERE {column} >= {}", since.literal(self.dialect)),
            None => String::new(),
        };
        // The line ends keep a comment at the end of the query from swallowing what follows.
        format!("SELECT * FROM (\n{}\n) AS liuke_rows{condition} ORDER BY {column}", self.query)
    }

    /// The first rows, in whatever order they come.
    pub(crate) fn first(&self, count: usize) -> String {
        format!("SELECT * FROM (\n{}\n) AS liuke_rows LIMIT {count}", self.query)
    }
}

fn not_a_query(detail: (&str, &str), hint: (&str, &str)) -> Refusal {
    Refusal::new("not_a_query", Text::new(detail.0, detail.1), Text::new(hint.0, hint.1))
}

/// `orders`, `crm.orders`, `订单`.
fn is_name(query: &str) -> bool {
    query.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$'))
}

/// An identifier in the quotes of its database.
pub(crate) fn quoted(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        // SQLite takes a name in double quotes that it does not know for a text.
        Dialect::MySql | Dialect::Sqlite => format!("`{}`", name.replace('`', "``")),
    }
}

/// Whether a semicolon stands outside quotes and comments.
fn has_several(query: &str) -> bool {
    let mut chars = query.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ';' => return true,
            '\'' | '"' | '`' => _ = chars.by_ref().find(|next| *next == c),
            '-' if chars.peek() == Some(&'-') => _ = chars.by_ref().find(|next| *next == '\n'),
            '/' if chars.peek() == Some(&'*') => {
                let mut star = false;
                _ = chars.by_ref().skip(1).find(|next| std::mem::replace(&mut star, *next == '*') && *next == '/');
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(query: &str) -> &'static str {
        Statement::of(Dialect::Postgres, query).map_or_else(|refusal| refusal.code(), |_| "taken")
    }

    #[test]
    fn one_select_is_taken_and_nothing_else() {
        assert_eq!(code("SELECT 1"), "taken");
        assert_eq!(code(" select ';' -- a; b\n, \"x;y\" /* ; */ from t ; \n"), "taken");
        assert_eq!(code("with a as (select 1) select * from a"), "taken");
        assert_eq!(code("crm.订单"), "taken");
        assert_eq!(code("delete from orders"), "not_a_query");
        assert_eq!(code("select 1; drop table orders"), "not_a_query");
        assert_eq!(code("select 1) x; commit; delete from orders --"), "not_a_query");
        assert_eq!(code("  "), "bad_settings");
    }

    #[test]
    fn a_name_is_quoted_as_its_database_wants_it() {
        let asked = |dialect| Statement::of(dialect, "crm.orders").unwrap().since(Some("a\"b`c"), None);
        assert!(asked(Dialect::Postgres).ends_with("FROM \"crm\".\"orders\"\n) AS liuke_rows ORDER BY \"a\"\"b`c\""));
        assert!(asked(Dialect::MySql).ends_with("FROM `crm`.`orders`\n) AS liuke_rows ORDER BY `a\"b``c`"));
    }
}
