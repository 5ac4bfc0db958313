//! Reads a source over HTTP page by page, as its definition says.

use std::borrow::Cow;
use std::collections::BTreeMap;

use reqwest::Url;
use serde_json::Value;
use vocab::{Text, Zone};

use super::super::rows::{Outlet, Rows};
use super::super::settings::bad;
use super::super::trouble::said;
use super::super::watermark::Watermark;
use super::HttpSettings;
use super::client::{Answer, Client, Prepared};
use super::definition::{Failure, HttpDefinition, Method, Paging, Request, SinceFormat};
use super::template::{Values, at, flat, overlay, text};
use crate::moment::{self, DateOrder};
use crate::refusal::Refusal;

/// More pages than this are a loop.
const PAGES: u64 = 1_000_000;

/// A source over HTTP and what it is asked.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) definition: HttpDefinition,
    pub(crate) settings: HttpSettings,
    pub(crate) secrets: BTreeMap<String, String>,
    pub(crate) zone: Zone,
}

impl Asked {
    /// The rows from a watermark on.
    pub(crate) fn rows(self, since: Option<Watermark>) -> Rows {
        Rows::begin(|mut outlet| async move {
            let mut session = Session::begin(&self, since.as_ref()).await?;
            while let Some(rows) = session.next().await? {
                self.hand_over(rows, &mut outlet).await?;
            }
            outlet.flush().await
        })
    }

    /// Signs in and asks for the first page: how many rows it has.
    pub(crate) async fn probe(&self) -> Result<u64, Refusal> {
        let mut session = Session::begin(self, None).await?;
        Ok(session.next().await?.map_or(0, |rows| rows.len() as u64))
    }

    fn client(&self) -> Result<Client, Refusal> {
        Client::new(self.settings.allow_private, self.secrets.values().cloned().collect())
    }

    /// What stands for the words of the templates before the first page.
    fn values(&self, since: Option<&Watermark>) -> Values {
        let mut values = Values::default();
        for parameter in &self.definition.parameters {
            let own = self.settings.parameters.get(&parameter.id).filter(|value| !value.trim().is_empty());
            if let Some(value) = own.or(parameter.default.as_ref()) {
                values.set(&parameter.id, value.trim());
            }
        }
        for secret in &self.definition.secrets {
            if let Some(value) = self.secrets.get(&secret.id) {
                values.set(&secret.id, value.as_str());
            }
        }
        if let Some(size) = self.definition.paging.size() {
            values.set("size", size);
        }
        match &self.definition.paging {
            Paging::Page { start, .. } => values.set("page", *start),
            Paging::Offset { .. } => values.set("offset", 0),
            _ => {}
        }
        if let (Some(asked), Some(since)) = (&self.definition.watermark, since)
            && let Some(since) = self.since(asked.format, since)
        {
            values.set("since", since);
        }
        values
    }

    fn since(&self, format: SinceFormat, since: &Watermark) -> Option<Value> {
        if format == SinceFormat::AsIs {
            let number = since.text.parse::<i64>().ok().filter(|_| since.is_number);
            return Some(number.map_or_else(|| Value::from(since.text.as_str()), Value::from));
        }
        let zone = self.settings.zone(&self.definition, &self.zone);
        let at = moment::read(&since.text)?.instant(DateOrder::MonthFirst, &zone)?;
        Some(match format {
            SinceFormat::Rfc3339 => Value::from(at.to_string()),
            SinceFormat::Local => Value::from(zone.date_time(at)),
            SinceFormat::Seconds => Value::from(at.micros() / 1_000_000),
            SinceFormat::Millis | SinceFormat::AsIs => Value::from(at.micros() / 1_000),
        })
    }

    async fn hand_over(&self, rows: Vec<Value>, outlet: &mut Outlet) -> Result<(), Refusal> {
        let named = match &self.definition.rows.columns {
            Some(columns) => self.values(None).fill(columns),
            None => None,
        };
        let named: Option<Vec<String>> =
            named.map(|columns| columns.split(',').map(|column| column.trim().to_owned()).collect());
        let cells = |row: &Value| -> Vec<(String, String, bool)> {
            let cell = |(name, value): (String, &Value)| (name, text(value), value.is_number());
            match (&named, row) {
                (Some(names), Value::Array(values)) => names.iter().cloned().zip(values).map(cell).collect(),
                _ => flat(row).into_iter().map(cell).collect(),
            }
        };
        if !outlet.has_columns() {
            let mut columns: Vec<(String, bool)> = Vec::new();
            for (name, _, is_number) in rows.iter().flat_map(cells) {
                match columns.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, known)) => *known |= is_number,
                    None => columns.push((name, is_number)),
                }
            }
            if columns.is_empty() {
                return Ok(());
            }
            outlet.columns(columns);
        }
        let headers = outlet.headers();
        for row in &rows {
            let mut own: BTreeMap<String, String> =
                cells(row).into_iter().map(|(name, cell, _)| (name, cell)).collect();
            let cells: Vec<Option<Cow<'_, str>>> =
                headers.iter().map(|header| own.remove(header).map(Cow::Owned)).collect();
            outlet.row(cells.into_iter()).await?;
        }
        Ok(())
    }
}

/// One reading on its way from page to page.
struct Session<'a> {
    asked: &'a Asked,
    client: Client,
    values: Values,
    /// The address of the next page where the answer names it.
    link: Option<Url>,
    pages: u64,
    ended: bool,
}

impl<'a> Session<'a> {
    async fn begin(asked: &'a Asked, since: Option<&Watermark>) -> Result<Session<'a>, Refusal> {
        let missing = asked
            .definition
            .secrets
            .iter()
            .find(|secret| secret.default.is_none() && !asked.secrets.contains_key(&secret.id));
        if let Some(secret) = missing {
            let (id, name) = (&secret.id, &secret.name);
            return Err(bad(
                &format!("缺少密钥 {id}（{}）", name.zh),
                &format!("the secret {id} is missing: {}", name.en),
            ));
        }
        let client = asked.client()?;
        let mut values = asked.values(since);
        if let Some(token) = &asked.definition.token {
            let answer = client.ask(&prepared(&token.request, &values, None)?).await?;
            sound(token.failure.as_ref(), &answer.json, asked)?;
            for (word, path) in &token.values {
                match at(&answer.json, path) {
                    Some(value) if !text(value).is_empty() => values.set(word, value.clone()),
                    _ => return Err(unsound(asked, &format!("{path}: {}", answer.json))),
                }
            }
        }
        Ok(Session { asked, client, values, link: None, pages: 0, ended: false })
    }

    /// The rows of the next page; `None` after the last.
    async fn next(&mut self) -> Result<Option<Vec<Value>>, Refusal> {
        if self.ended || self.pages >= PAGES {
            return Ok(None);
        }
        self.pages += 1;
        let definition = &self.asked.definition;
        let since = definition.watermark.as_ref().filter(|_| self.values.get("since").is_some());
        let mut request =
            prepared(&definition.request, &self.values, since.map(|since| (&since.query, since.body.as_ref())))?;
        if let Some(link) = &self.link {
            request.url = link.clone();
        }
        let answer = self.client.ask(&request).await?;
        sound(definition.failure.as_ref(), &answer.json, self.asked)?;
        let rows = match at(&answer.json, &definition.rows.path) {
            Some(Value::Array(rows)) => rows.clone(),
            Some(Value::Null) | None => Vec::new(),
            Some(_) => return Err(unsound(self.asked, &format!("{}: {}", definition.rows.path, answer.json))),
        };
        self.ended = !self.turn(&answer, &rows, &request.url)?;
        Ok(Some(rows))
    }

    /// Turns to the next page; whether there is one.
    fn turn(&mut self, answer: &Answer, rows: &[Value], url: &Url) -> Result<bool, Refusal> {
        let is_full = |size: u64| rows.len() as u64 >= size;
        let number = |values: &Values, word: &str| values.get(word).and_then(Value::as_u64).unwrap_or(0);
        Ok(match &self.asked.definition.paging {
            Paging::None => false,
            Paging::Page { size, .. } => {
                let page = number(&self.values, "page") + 1;
                self.values.set("page", page);
                is_full(*size)
            }
            Paging::Offset { size } => {
                let offset = number(&self.values, "offset") + rows.len() as u64;
                self.values.set("offset", offset);
                is_full(*size)
            }
            Paging::Cursor { path, .. } => self.turn_to(at(&answer.json, path)),
            Paging::LastRow { path, size } => is_full(*size) && self.turn_to(rows.last().and_then(|row| at(row, path))),
            Paging::NextLink { path, .. } => {
                let next = match path {
                    Some(path) => at(&answer.json, path).map(text),
                    None => answer.link.as_deref().and_then(next_of),
                };
                match next.filter(|next| !next.is_empty()) {
                    Some(next) => {
                        let next = url.join(&next).map_err(|error| unsound(self.asked, &error.to_string()))?;
                        if next.origin() != url.origin() {
                            return Err(unsound(self.asked, "the next page is on another server"));
                        }
                        self.link.replace(next.clone()) != Some(next)
                    }
                    None => false,
                }
            }
        })
    }

    /// A cursor that does not move would read the same page for ever.
    fn turn_to(&mut self, cursor: Option<&Value>) -> bool {
        match cursor {
            Some(cursor) if !text(cursor).is_empty() && self.values.get("cursor") != Some(cursor) => {
                self.values.set("cursor", cursor.clone());
                true
            }
            _ => false,
        }
    }
}

/// `<https://…?page=2>; rel="next"`.
fn next_of(link: &str) -> Option<String> {
    let next = link.split(',').find(|part| part.contains("rel=\"next\"") || part.contains("rel=next"))?;
    Some(next.split_once('<')?.1.split_once('>')?.0.to_owned())
}

type Added<'a> = (&'a BTreeMap<String, String>, Option<&'a Value>);

fn prepared(request: &Request, values: &Values, since: Option<Added<'_>>) -> Result<Prepared, Refusal> {
    let unfilled =
        |what: &str| bad(&format!("请求里的 {what} 还缺值"), &format!("{what} of the request lacks a value"));
    let url = values.fill_address(&request.url).ok_or_else(|| unfilled("url"))?;
    let mut url =
        Url::parse(&url).map_err(|error| bad(&format!("地址有误：{error}"), &format!("bad address: {error}")))?;
    let queries = request.query.iter().chain(since.iter().flat_map(|(query, _)| query.iter()));
    for (name, template) in queries {
        // What has no value yet (a cursor on the first page) is left out.
        if let Some(value) = values.fill(template) {
            url.query_pairs_mut().append_pair(name, &value);
        }
    }
    let headers = request.headers.iter().filter_map(|(name, template)| Some((name.clone(), values.fill(template)?)));
    let basic = match &request.basic {
        Some(basic) => {
            let filled = values.fill(&basic.user).zip(values.fill(&basic.password));
            Some(filled.ok_or_else(|| unfilled("basic"))?)
        }
        None => None,
    };
    let mut body = request.body.as_ref().and_then(|body| values.fill_json(body));
    if let (Some(body), Some((_, Some(over)))) = (&mut body, since)
        && let Some(over) = values.fill_json(over)
    {
        overlay(body, over);
    }
    Ok(Prepared { is_post: request.method == Method::Post, url, headers: headers.collect(), basic, body })
}

/// Refuses an answer that says itself that it is none.
fn sound(failure: Option<&Failure>, answer: &Value, asked: &Asked) -> Result<(), Refusal> {
    let Some(failure) = failure else { return Ok(()) };
    match at(answer, &failure.path) {
        Some(told) if !failure.ok.contains(told) => {
            let words = failure.message.as_deref().and_then(|path| at(answer, path)).map(text).unwrap_or_default();
            Err(unsound(asked, &format!("{} {words}", text(told))))
        }
        _ => Ok(()),
    }
}

fn unsound(asked: &Asked, words: &str) -> Refusal {
    let words = asked.secrets.values().fold(said(words, None), |words, secret| said(&words, Some(secret)));
    Refusal::new(
        "source_refused",
        Text::new(format!("对方报错：{words}"), format!("it answers with an error: {words}")),
        Text::new("按对方的错误码说明处理", "look the error up in its documentation"),
    )
}
