//! Which facts a selector takes, as a condition that is true or false and never NULL; texts, names and numbers as SQL
//! writes them.

use vocab::Text;

use super::rows::said;
use crate::condition::Comparison;
use crate::filter::{Filter, TEXT, Test, VALUE};
use crate::selector::Selector;

/// A text in quotes.
pub(super) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name in quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A number as written.
pub(super) fn number(number: f64) -> String {
    if number < 0.0 { format!("({number:?})") } else { format!("{number:?}") }
}

/// The number that a text says, NULL where it says none.
pub(super) fn number_in(text: &str) -> String {
    const NUMBER: &str = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$";
    format!("CASE WHEN regexp_matches(trim({text}), '{NUMBER}') THEN TRY_CAST(trim({text}) AS DOUBLE) END")
}

/// Whether a column is one of some words, NULL where it is NULL.
pub(super) fn one_of<'w>(column: &str, words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.map(text).collect();
    match words.as_slice() {
        [word] => format!("{column} = {word}"),
        words => format!("{column} IN ({})", words.join(", ")),
    }
}

/// The facts that a selector takes.
pub(super) fn selector(of: &Selector) -> String {
    if of.kinds.is_empty() {
        return "FALSE".to_owned();
    }
    let mut conditions = vec![one_of("kind", of.kinds.iter().map(|kind| kind.as_str()))];
    if !of.names.is_empty() {
        conditions.push(one_of("name", of.names.iter().map(String::as_str)));
    }
    conditions.extend(of.filter.as_ref().map(filter));
    conditions.join(" AND ")
}

fn filter(filter: &Filter) -> String {
    let joined = |parts: &[Filter], joint: &str| {
        let parts: Vec<String> = parts.iter().map(self::filter).collect();
        format!("({})", parts.join(joint))
    };
    match filter {
        Filter::All(parts) if parts.is_empty() => "TRUE".to_owned(),
        Filter::Any(parts) if parts.is_empty() => "FALSE".to_owned(),
        Filter::All(parts) => joined(parts, " AND "),
        Filter::Any(parts) => joined(parts, " OR "),
        Filter::Not(part) => format!("(NOT {})", self::filter(part)),
        Filter::Property(key, test) if key == VALUE => of_value(test),
        Filter::Property(key, test) => of_text(&if key == TEXT { "text".to_owned() } else { said(key) }, test),
    }
}

fn of_value(test: &Test) -> String {
    match test {
        Test::Known(true) => "value IS NOT NULL".to_owned(),
        Test::Known(false) => "value IS NULL".to_owned(),
        Test::Compare(is, than) => compared("value", *is, *than),
        Test::In(words) => {
            // A number is one of the words if it is written as the word is.
            let numbers =
                words.iter().filter_map(|word| word.parse().ok().filter(|one: &f64| one.to_string() == *word));
            let numbers: Vec<String> = numbers.map(number).collect();
            match numbers.is_empty() {
                true => "FALSE".to_owned(),
                false => format!("coalesce(value IN ({}), FALSE)", numbers.join(", ")),
            }
        }
        // Has no form: see `no_form`.
        Test::Matches(_) => "FALSE".to_owned(),
    }
}

fn of_text(column: &str, test: &Test) -> String {
    match test {
        Test::Known(true) => format!("{column} IS NOT NULL"),
        Test::Known(false) => format!("{column} IS NULL"),
        Test::In(words) => format!("coalesce({}, FALSE)", one_of(column, words.iter().map(String::as_str))),
        Test::Matches(expression) => {
            format!("coalesce(regexp_matches({column}, {}), FALSE)", text(expression.as_str()))
        }
        Test::Compare(is, than) => compared(&number_in(column), *is, *than),
    }
}

fn compared(what: &str, is: Comparison, than: f64) -> String {
    let sign = if is == Comparison::NotEqual { "<>" } else { is.as_str() };
    format!("coalesce({what} {sign} {}, FALSE)", number(than))
}

/// Why a selector has no form in SQL; `None` where it has one.
pub(super) fn no_form(of: &Selector) -> Option<Text> {
    fn of_filter(filter: &Filter) -> Option<Text> {
        match filter {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().find_map(of_filter),
            Filter::Not(part) => of_filter(part),
            Filter::Property(key, Test::Matches(_)) if key == VALUE => Some(Text::new(
                "数值（_value）与正则表达式匹配没有 SQL 写法",
                "a number (_value) that matches an expression has no form in SQL",
            )),
            Filter::Property(_, Test::Matches(expression)) if !is_plain(expression.as_str()) => {
                let shown = expression.as_str();
                Some(Text::new(
                    format!("正则表达式“{shown}”在别的引擎里意思可能不同"),
                    format!("the expression \"{shown}\" may mean another thing to another engine"),
                ))
            }
            Filter::Property(..) => None,
        }
    }
    of.filter.as_ref().and_then(of_filter)
}

/// Whether every engine reads an expression alike: no classes by letter (`\d`, `\w`, which are of all scripts here), no
/// classes within classes or reckoned with others, no flags but `(?:` and `(?i)`.
fn is_plain(expression: &str) -> bool {
    let mut letters = expression.char_indices().peekable();
    let mut in_class = false;
    while let Some((at, letter)) = letters.next() {
        let rest = &expression[at..];
        match letter {
            '\\' => match letters.next() {
                Some((_, escaped)) if escaped.is_ascii_punctuation() => {}
                _ => return false,
            },
            '[' if in_class => return false,
            '[' => {
                in_class = true;
                // A bracket that closes at once stands for itself.
                letters.next_if(|(_, next)| *next == '^');
                letters.next_if(|(_, next)| *next == ']');
            }
            ']' => in_class = false,
            '&' | '-' | '~' if in_class && rest[1..].starts_with(letter) => return false,
            '(' if !in_class && rest.starts_with("(?") && !rest.starts_with("(?:") && !rest.starts_with("(?i)") => {
                return false;
            }
            _ => {}
        }
    }
    !in_class
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_said_only_where_every_engine_reads_it_alike() {
        for plain in
            ["竞品|competitor", "^/pricing", "别家.*功能|other .* has", "[a-z0-9]+\\.cn$", "(?i)refund", "(?:a|b)?"]
        {
            assert!(is_plain(plain), "{plain}");
        }
        for other in
            ["\\d+", "\\bword", "[[:alpha:]]", "[a-z&&[^b]]", "[a--b]", "(?s).", "(?P<x>a)", "\\p{Han}", "[a\\w]"]
        {
            assert!(!is_plain(other), "{other}");
        }
    }

    #[test]
    fn texts_and_names_cannot_leave_their_quotes() {
        assert_eq!(text("it's"), "'it''s'");
        assert_eq!(said("a\"b"), "\"p.a\"\"b\"");
    }
}
