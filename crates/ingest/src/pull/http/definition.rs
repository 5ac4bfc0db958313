//! A source over HTTP, written down: TOML in `definitions/sources/http`, or a firm's own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use vocab::{Finding, Place, Text};

use super::super::settings::RowMapping;

/// How a source over HTTP is asked and how its answers are read.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpDefinition {
    /// Stable word.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// Where the shape of its answers is documented.
    pub documentation: String,
    /// What a firm must say about its own account, none of it secret.
    #[serde(default, rename = "parameter")]
    pub parameters: Vec<HttpParameter>,
    /// What a firm must say that is secret.
    #[serde(default, rename = "secret")]
    pub secrets: Vec<HttpParameter>,
    /// A request before all others, whose answer holds values for them.
    pub(crate) token: Option<Token>,
    pub(crate) request: Request,
    #[serde(default)]
    pub(crate) paging: Paging,
    pub(crate) rows: RowsAt,
    /// Where an answer says that it is none.
    pub(crate) failure: Option<Failure>,
    pub(crate) watermark: Option<Since>,
    /// How rows become facts, as far as that is the same for every firm.
    #[serde(default)]
    pub(crate) mapping: RowMapping,
}

/// Something a firm must say.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpParameter {
    /// Its word in templates.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// What it is when nothing is said.
    pub default: Option<String>,
}

/// A request; texts may hold `{parameters}`, `{secrets}`, `{since}` and what paging counts.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    #[serde(default)]
    pub(crate) method: Method,
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) basic: Option<Basic>,
    /// Sent as JSON; whatever has no value yet is left out.
    pub(crate) body: Option<serde_json::Value>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Method {
    #[default]
    Get,
    Post,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Basic {
    pub(crate) user: String,
    pub(crate) password: String,
}

/// A request whose answer is needed by the others.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    pub(crate) request: Request,
    /// Word in templates → path in the answer.
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) failure: Option<Failure>,
}

/// How the next page is found.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Paging {
    /// There is one page.
    #[default]
    None,
    /// Pages are numbered: `{page}`; a page that is not full is the last.
    Page { start: u64, size: u64 },
    /// Rows are counted: `{offset}`; a page that is not full is the last.
    Offset { size: u64 },
    /// The answer says how to go on: `{cursor}`; when it does not, it was the last.
    Cursor { path: String, size: u64 },
    /// The last row says how to go on: `{cursor}`; a page that is not full is the last.
    LastRow { path: String, size: u64 },
    /// The answer holds the address of the next page, at this path or in the `Link` header.
    NextLink { path: Option<String>, size: u64 },
}

impl Paging {
    pub(crate) fn size(&self) -> Option<u64> {
        match self {
            Paging::None => None,
            Paging::Page { size, .. }
            | Paging::Offset { size }
            | Paging::Cursor { size, .. }
            | Paging::LastRow { size, .. }
            | Paging::NextLink { size, .. } => Some(*size),
        }
    }
}

/// Where the rows are.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowsAt {
    /// Path of the list; empty: the answer is the list.
    pub(crate) path: String,
    /// Names of the values where rows are lists themselves, set apart by commas.
    pub(crate) columns: Option<String>,
}

/// An answer that is none, although its status says so.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Failure {
    /// Path of what tells; an answer that lacks it is sound.
    pub(crate) path: String,
    /// What it is when all is well.
    pub(crate) ok: Vec<serde_json::Value>,
    /// Path of what went wrong, in words.
    pub(crate) message: Option<String>,
}

/// How only what is new is asked for.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Since {
    /// The column that grows with every change.
    pub(crate) column: String,
    /// How `{since}` is written.
    #[serde(default)]
    pub(crate) format: SinceFormat,
    /// How far before the last one reading begins again.
    pub(crate) overlap: Option<u64>,
    /// Added to the request once there is a watermark.
    #[serde(default)]
    pub(crate) query: BTreeMap<String, String>,
    /// Laid over the body once there is a watermark.
    pub(crate) body: Option<serde_json::Value>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SinceFormat {
    /// As the source itself writes it.
    #[default]
    AsIs,
    /// `2025-03-08T10:00:00Z`.
    Rfc3339,
    /// `2025-03-08 10:00:00` in the zone of the rows.
    Local,
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Millis,
}

impl HttpDefinition {
    /// Reads a definition.
    ///
    /// # Errors
    /// Every fault with its line and column.
    pub fn parse(file: &str, text: &str) -> Result<HttpDefinition, Vec<Finding>> {
        let definition: HttpDefinition = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            vec![fault(file, text, at, &format!("定义有误：{}", error.message()), error.message())]
        })?;
        let known = definition.words();
        let mut findings = Vec::new();
        for (at, word) in placeholders(text) {
            if !known.contains(word) {
                let (zh, en) = (format!("没有名为“{word}”的值"), format!("there is no value called \"{word}\""));
                findings.push(fault(file, text, at, &zh, &en));
            }
        }
        let loops = matches!(definition.paging.size(), Some(0));
        if loops {
            findings.push(fault(file, text, 0, "每页行数不能为 0", "a page cannot have 0 rows"));
        }
        if findings.is_empty() { Ok(definition) } else { Err(findings) }
    }

    fn words(&self) -> BTreeSet<&str> {
        let own = self.parameters.iter().chain(&self.secrets).map(|parameter| parameter.id.as_str());
        let token = self.token.iter().flat_map(|token| token.values.keys().map(String::as_str));
        own.chain(token).chain(["page", "offset", "cursor", "size", "since"]).collect()
    }
}

fn fault(file: &str, text: &str, at: usize, zh: &str, en: &str) -> Finding {
    let (line, column) = crate::mapping::line_and_column(text, at);
    let place = Place { file: Some(file.to_owned()), line: Some(line), column: Some(column), ..Place::default() };
    let hint = Text::new("参照 definitions/sources/http 里的例子", "see the examples in definitions/sources/http");
    Finding::new("bad_definition", Text::new(zh, en), hint).at(place)
}

/// Every `{word}` in a text and where it stands. Tables in braces hold more than a word.
fn placeholders(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('{').filter_map(move |(at, _)| {
        let inside = text[at + 1..].split_once('}')?.0;
        let word = inside.strip_suffix("[]").unwrap_or(inside);
        let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        is_word.then_some((at, word))
    })
}

static RECIPES: LazyLock<Vec<HttpDefinition>> = LazyLock::new(|| {
    let shipped = [
        ("jiandaoyun.toml", include_str!("../../../../../definitions/sources/http/jiandaoyun.toml")),
        ("kingdee.toml", include_str!("../../../../../definitions/sources/http/kingdee.toml")),
        ("wecom.toml", include_str!("../../../../../definitions/sources/http/wecom.toml")),
        ("fxiaoke.toml", include_str!("../../../../../definitions/sources/http/fxiaoke.toml")),
    ];
    let parse = |(file, text): (&str, &str)| {
        HttpDefinition::parse(file, text).unwrap_or_else(|findings| {
            let lines: Vec<String> = findings.iter().map(|finding| finding.line(vocab::Lang::En)).collect();
            panic!("a definition that ships inside does not parse: {}", lines.join("; "))
        })
    };
    shipped.into_iter().map(parse).collect()
});

/// The definitions that ship.
pub fn recipes() -> &'static [HttpDefinition] {
    &RECIPES
}

/// The definition that ships under this id.
pub fn recipe(id: &str) -> Option<&'static HttpDefinition> {
    RECIPES.iter().find(|recipe| recipe.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = r#"id = "shop"
name = { zh = "商城", en = "Shop" }
documentation = "https://shop.example/docs"

[[parameter]]
id = "shop"
name = { zh = "店铺", en = "Shop" }

[request]
url = "https://{shop}.example/orders"
query = { page = "{page}" }

[rows]
path = "orders"
"#;

    #[test]
    fn a_slip_in_a_definition_is_shown_with_its_line() {
        assert_eq!(HttpDefinition::parse("own", OWN).unwrap().rows.path, "orders");
        let line = |text: &str| HttpDefinition::parse("own", text).unwrap_err()[0].line(vocab::Lang::En);
        assert!(
            line(&OWN.replace("{shop}.e", "{store}.e"))
                .starts_with("own line 10, column 16: there is no value called \"store\"")
        );
        assert!(line(&OWN.replace("path =", "pfad =")).starts_with("own line 14, column 1: unknown field `pfad`"));
        assert!(line("id = 1").starts_with("own line 1, column 6"), "{}", line("id = 1"));
    }

    #[test]
    fn every_recipe_says_where_its_shape_is_documented() {
        for recipe in recipes() {
            assert!(recipe.documentation.starts_with("https://"), "{}", recipe.id);
        }
    }
}
