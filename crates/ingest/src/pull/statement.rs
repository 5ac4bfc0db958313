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
        let bare = bare(dialect, query);
        if bare.iter().any(|(_, c)| *c == ';') {
            return Err(not_a_query(
                ("一次只能有一条语句", "only one statement is allowed"),
                ("去掉分号及其后的内容", "leave out the semicolon and what follows it"),
            ));
        }
        if dialect == Dialect::SqlServer && (!is_balanced(&bare) || is_led(query) && rows_of(query, &bare).is_none()) {
            // Statements need no semicolon there: what closes our brackets could begin another one.
            return Err(not_a_query(
                ("括号不成对，或 WITH 之后没有 SELECT", "brackets do not match, or no SELECT follows WITH"),
                ("先在数据库客户端里试通这条查询", "try the query in a database client first"),
            ));
        }
        Ok(Statement { dialect, query: query.to_owned() })
    }

    /// Everything, or everything from a watermark on, in its order.
    pub(crate) fn since(&self, column: Option<&str>, since: Option<&Watermark>) -> String {
        match column {
            Some(column) => self.select("", &self.from(column, since)),
            // Where a session cannot be read-only, only what may stand in brackets is asked: that cannot write.
            None if self.dialect == Dialect::SqlServer => self.select("", ""),
            None => self.query.clone(),
        }
    }

    /// What has the database look at the statement without giving rows.
    pub(crate) fn checked(&self, column: Option<&str>) -> String {
        match (self.dialect, column) {
            // Preparing a statement there does not say what is wrong with it.
            (Dialect::SqlServer, Some(column)) => self.select("TOP (0) ", &self.from(column, None)),
            (Dialect::SqlServer, None) => self.select("TOP (0) ", ""),
            _ => self.since(column, None),
        }
    }

    /// The first rows, in whatever order they come.
    pub(crate) fn first(&self, count: usize) -> String {
        match self.dialect {
            Dialect::SqlServer => self.select(&format!("TOP ({count}) "), ""),
            _ => self.select("", &format!(" LIMIT {count}")),
        }
    }

    fn from(&self, column: &str, since: Option<&Watermark>) -> String {
        let column = quoted(self.dialect, column);
        let condition = match since {
            Some(since) => format!(" WHERE {column} >= {}", since.literal(self.dialect)),
            None => String::new(),
        };
        format!("{condition} ORDER BY {column}")
    }

    /// The query in brackets. The line ends keep a comment at its end from swallowing what follows.
    fn select(&self, top: &str, rest: &str) -> String {
        if self.dialect == Dialect::SqlServer
            && is_led(&self.query)
            && let Some(at) = rows_of(&self.query, &bare(self.dialect, &self.query))
        {
            // SQL Server takes WITH at the beginning of a statement only.
            let (with, rows) = self.query.split_at(at);
            return format!("{with}\n, liuke_rows AS (\n{rows}\n)\nSELECT {top}* FROM liuke_rows{rest}");
        }
        format!("SELECT {top}* FROM (\n{}\n) AS liuke_rows{rest}", self.query)
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
        Dialect::SqlServer => format!("[{}]", name.replace(']', "]]")),
        // SQLite takes a name in double quotes that it does not know for a text.
        Dialect::MySql | Dialect::Sqlite => format!("`{}`", name.replace('`', "``")),
    }
}

/// The characters outside quotes and comments, and where each stands.
fn bare(dialect: Dialect, query: &str) -> Vec<(usize, char)> {
    let nests = matches!(dialect, Dialect::Postgres | Dialect::SqlServer);
    let mut bare = Vec::new();
    let mut chars = query.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        match c {
            '\'' | '"' | '`' => _ = chars.find(|(_, end)| *end == c),
            '[' if dialect == Dialect::SqlServer => _ = chars.find(|(_, end)| *end == ']'),
            '-' if next == Some('-') => _ = chars.find(|(_, end)| *end == '\n'),
            '/' if next == Some('*') => pass_comment(&mut chars, nests),
            _ => bare.push((at, c)),
        }
    }
    bare
}

/// Goes on to behind a comment of which the stroke has been read.
fn pass_comment(chars: &mut impl Iterator<Item = (usize, char)>, nests: bool) {
    let (mut depth, mut last) = (1, ' ');
    for (_, c) in chars.skip(1) {
        let change = match (last, c) {
            ('*', '/') => -1,
            ('/', '*') if nests => 1,
            _ => 0,
        };
        depth += change;
        last = if change == 0 { c } else { ' ' };
        if depth == 0 {
            return;
        }
    }
}

/// How deep in brackets the text is at each bare character, itself included.
fn depths(bare: &[(usize, char)]) -> impl Iterator<Item = i32> {
    bare.iter().scan(0, |depth, (_, c)| {
        *depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        Some(*depth)
    })
}

fn is_balanced(bare: &[(usize, char)]) -> bool {
    depths(bare).all(|depth| depth >= 0) && depths(bare).last().is_none_or(|depth| depth == 0)
}

/// Whether a query begins with WITH.
fn is_led(query: &str) -> bool {
    query.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("with"))
}

/// Where, after the tables that WITH names, the SELECT begins that gives the rows.
fn rows_of(query: &str, bare: &[(usize, char)]) -> Option<usize> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '@' | '#' | '$');
    let mut before = ' ';
    bare.iter().zip(depths(bare)).find_map(|((at, c), depth)| {
        let begins = !is_word(std::mem::replace(&mut before, *c)) && depth == 0;
        let word = query.get(*at..*at + 6).is_some_and(|word| word.eq_ignore_ascii_case("select"));
        (begins && word && !query[*at + 6..].starts_with(is_word)).then_some(*at)
    })
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
        assert!(asked(Dialect::SqlServer).ends_with("FROM [crm].[orders]\n) AS liuke_rows ORDER BY [a\"b`c]"));
    }

    #[test]
    fn sql_server_is_asked_only_what_can_stand_in_brackets() {
        let of = |query| Statement::of(Dialect::SqlServer, query);
        let code = |query| of(query).map_or_else(|refusal| refusal.code(), |_| "taken");
        assert_eq!(of("select 1 as a").unwrap().since(None, None), "SELECT * FROM (\nselect 1 as a\n) AS liuke_rows");
        // Two statements without a semicolon between them: in brackets they are none.
        let two = of("select 1 delete from t").unwrap().first(3);
        assert_eq!(two, "SELECT TOP (3) * FROM (\nselect 1 delete from t\n) AS liuke_rows");
        assert_eq!(code("select 1 as a) x delete from t select * from (select 1 as b"), "not_a_query");
        assert_eq!(code("with gone as (select 1 as a) delete from gone"), "not_a_query");
        assert_eq!(code("select ')' as [a(], /* ( /* ( */ */ 1 as b -- ("), "taken");
        let led = of("with a as (select 1 as x), selected(y) as (select 2) select * from a, selected").unwrap();
        assert_eq!(
            led.checked(Some("x")),
            "with a as (select 1 as x), selected(y) as (select 2) \n, liuke_rows AS (\nselect * from a, selected\n)\n\
             SELECT TOP (0) * FROM liuke_rows ORDER BY [x]"
        );
    }
}
