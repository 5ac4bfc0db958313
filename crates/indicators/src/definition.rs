//! Definition files: TOML in which every fault has a line and a column.
//!
//! Whoever writes a definition is told everything that is wrong with it at once, where it stands and what was probably
//! meant. This module reads and complains; what a definition means is decided by the room that owns it (catalogue,
//! scorecard, rule, churn definition), and reading files from a disk is nobody's business here: text is handed in.

use vocab::{Finding, Place, Text};

use toml::de::{DeTable, DeValue};

/// A piece of a definition file that knows where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    place: Place,
    value: Value,
}

#[derive(Clone, Debug)]
enum Value {
    Text(String),
    Number(f64),
    Truth(bool),
    Moment(String),
    List(Vec<Node>),
    Table(Vec<Entry>),
}

#[derive(Clone, Debug)]
struct Entry {
    key: String,
    place: Place,
    node: Node,
}

/// Turns byte offsets into lines and columns.
struct Lines<'t> {
    file: &'t str,
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn new(file: &'t str, text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, text, starts }
    }

    fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let before = self.text.get(self.starts[line - 1]..offset.min(self.text.len())).unwrap_or("");
        Place {
            file: Some(self.file.to_owned()),
            line: Some(line as u32),
            column: Some(before.chars().count() as u32 + 1),
            ..Place::default()
        }
    }
}

impl Node {
    /// Reads a whole definition file.
    ///
    /// # Errors
    /// Text that is no TOML: one finding, `not_toml`.
    pub fn parse(file: &str, text: &str) -> Result<Node, Vec<Finding>> {
        let lines = Lines::new(file, text);
        match DeTable::parse(text) {
            Ok(table) => Ok(Node { place: lines.place(0), value: table_of(table.get_ref(), &lines) }),
            Err(error) => {
                let place = lines.place(error.span().map_or(0, |span| span.start));
                let message = error.message();
                Err(vec![
                    Finding::new(
                        "not_toml",
                        Text::new(format!("不是合法的 TOML:{message}"), format!("not valid TOML: {message}")),
                        Text::new("请检查引号、括号和等号是否成对", "check quotes, brackets and equal signs"),
                    )
                    .at(place),
                ])
            }
        }
    }

    /// A value that has lost its place: findings about it name none.
    pub fn from_value(value: &toml::Value) -> Node {
        Node::valued(value, None)
    }

    /// A value that never stood in a file: findings about it name the path to the fault, `rule.when.all[1].than`.
    pub fn from_value_named(value: &toml::Value, name: &str) -> Node {
        Node::valued(value, Some(name))
    }

    fn valued(value: &toml::Value, path: Option<&str>) -> Node {
        let place = Place { field: path.map(str::to_owned), ..Place::default() };
        let below = |step: String| path.map(|path| format!("{path}{step}"));
        let value = match value {
            toml::Value::String(text) => Value::Text(text.clone()),
            toml::Value::Integer(number) => Value::Number(*number as f64),
            toml::Value::Float(number) => Value::Number(*number),
            toml::Value::Boolean(truth) => Value::Truth(*truth),
            toml::Value::Datetime(moment) => Value::Moment(moment.to_string()),
            toml::Value::Array(items) => {
                let item = |(at, item): (usize, &toml::Value)| Node::valued(item, below(format!("[{at}]")).as_deref());
                Value::List(items.iter().enumerate().map(item).collect())
            }
            toml::Value::Table(table) => Value::Table(
                table
                    .iter()
                    .map(|(key, value)| {
                        let node = Node::valued(value, below(format!(".{key}")).as_deref());
                        Entry { key: key.clone(), place: node.place.clone(), node }
                    })
                    .collect(),
            ),
        };
        Node { place, value }
    }

    /// The same with numbers in the place of the names that stand for them: a text `$days` becomes the number called
    /// `days`. A name that there is none of is noted.
    pub fn with_numbers(&self, numbers: &[(&str, f64)], findings: &mut Vec<Finding>) -> Node {
        let value = match &self.value {
            Value::Text(text) => match text.strip_prefix('$') {
                Some(name) => match numbers.iter().find(|(known, _)| *known == name) {
                    Some((_, number)) => Value::Number(*number),
                    None => {
                        let known: Vec<&str> = numbers.iter().map(|(known, _)| *known).collect();
                        findings.push(self.finding(
                            "unknown_reference",
                            Text::new(format!("没有参数“{name}”"), format!("there is no parameter \"{name}\"")),
                            did_you_mean(name, &known),
                        ));
                        // A number all the same, so that the fault is told once.
                        Value::Number(0.0)
                    }
                },
                None => self.value.clone(),
            },
            Value::List(items) => Value::List(items.iter().map(|item| item.with_numbers(numbers, findings)).collect()),
            Value::Table(entries) => Value::Table(
                entries
                    .iter()
                    .map(|entry| Entry { node: entry.node.with_numbers(numbers, findings), ..entry.clone() })
                    .collect(),
            ),
            _ => self.value.clone(),
        };
        Node { place: self.place.clone(), value }
    }

    /// Where it stands.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one and finite.
    pub fn as_number(&self) -> Option<f64> {
        match &self.value {
            Value::Number(number) if number.is_finite() => Some(*number),
            _ => None,
        }
    }

    /// Whether it is true, if it is a truth value.
    pub fn as_truth(&self) -> Option<bool> {
        match &self.value {
            Value::Truth(truth) => Some(*truth),
            _ => None,
        }
    }

    /// Any single value as the text that a property of a fact would have: `pro`, `3`, `true`, `2025-03-01`.
    pub fn as_plain(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) | Value::Moment(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Truth(truth) => Some(truth.to_string()),
            Value::List(_) | Value::Table(_) => None,
        }
    }

    /// The items, if it is a list.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The keys, if it is a table, in the order of their names.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &Node)> {
        let entries: &[Entry] = match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        };
        entries.iter().map(|entry| (entry.key.as_str(), &entry.node))
    }

    /// The value under a key, if it is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.keys().find(|(name, _)| *name == key).map(|(_, node)| node)
    }

    /// A finding at this place.
    pub fn finding(&self, code: &'static str, detail: Text, hint: Text) -> Finding {
        Finding::new(code, detail, hint).at(self.place.clone())
    }

    /// Complains that something else was expected here.
    pub fn wrong_type(&self, expected: Text) -> Finding {
        let found = self.type_name();
        self.finding(
            "wrong_type",
            Text::new(
                format!("这里应为{}，现在是{}", expected.zh, found.zh),
                format!("expected {}, found {}", expected.en, found.en),
            ),
            Text::default(),
        )
    }

    fn type_name(&self) -> Text {
        match &self.value {
            Value::Text(_) => Text::new("文字", "a text"),
            Value::Number(_) => Text::new("数字", "a number"),
            Value::Truth(_) => Text::new("真假值", "true or false"),
            Value::Moment(_) => Text::new("日期时间", "a date or time"),
            Value::List(_) => Text::new("列表", "a list"),
            Value::Table(_) => Text::new("表", "a table"),
        }
    }

    /// What sort of value it is, in one word: `text`, `number`, `truth`, `moment`, `list` or `table`.
    pub fn type_word(&self) -> &'static str {
        match &self.value {
            Value::Text(_) => "text",
            Value::Number(_) => "number",
            Value::Truth(_) => "truth",
            Value::Moment(_) => "moment",
            Value::List(_) => "list",
            Value::Table(_) => "table",
        }
    }

    /// What it says, written so that equal values give equal text whatever their layout. `without` leaves out keys of
    /// the outermost table.
    pub fn canonical(&self, without: &[&str]) -> String {
        match &self.value {
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|item| item.canonical(&[])).collect();
                format!("[{}]", items.join(","))
            }
            Value::Table(entries) => {
                let kept = entries.iter().filter(|entry| !without.contains(&entry.key.as_str()));
                let pairs: Vec<String> =
                    kept.map(|entry| format!("{:?}={}", entry.key, entry.node.canonical(&[]))).collect();
                format!("{{{}}}", pairs.join(","))
            }
            Value::Text(text) => format!("{text:?}"),
            _ => self.as_plain().unwrap_or_default(),
        }
    }

    /// One of some words, or a complaint that names the nearest.
    pub fn one_of<'w, T: Copy>(&self, words: &[(&'w str, T)], findings: &mut Vec<Finding>) -> Option<T> {
        let Some(text) = self.as_text() else {
            findings.push(self.wrong_type(Text::new("文字", "a text")));
            return None;
        };
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*meaning);
        }
        let all: Vec<&'w str> = words.iter().map(|(word, _)| *word).collect();
        findings.push(self.finding(
            "unknown_word",
            Text::new(format!("不认识“{text}”"), format!("unknown word \"{text}\"")),
            did_you_mean(text, &all),
        ));
        None
    }

    /// Its fields, after a complaint about every key that is not among `allowed`. `None` if it is no table.
    pub fn fields<'n, 'f>(&'n self, allowed: &[&str], findings: &'f mut Vec<Finding>) -> Option<Fields<'n, 'f>> {
        let Value::Table(entries) = &self.value else {
            findings.push(self.wrong_type(Text::new("表", "a table")));
            return None;
        };
        for entry in entries {
            if !allowed.contains(&entry.key.as_str()) {
                let finding = Finding::new(
                    "unknown_key",
                    Text::new(format!("不认识的键“{}”", entry.key), format!("unknown key \"{}\"", entry.key)),
                    did_you_mean(&entry.key, allowed),
                );
                findings.push(finding.at(entry.place.clone()));
            }
        }
        Some(Fields { node: self, findings })
    }
}

/// The fields of a table, read one by one; what is missing or of the wrong type is noted.
pub struct Fields<'n, 'f> {
    node: &'n Node,
    /// Where complaints go.
    pub findings: &'f mut Vec<Finding>,
}

impl<'n> Fields<'n, '_> {
    /// A field that may be absent.
    pub fn optional(&self, key: &str) -> Option<&'n Node> {
        self.node.get(key)
    }

    /// A field that must be there.
    pub fn required(&mut self, key: &str) -> Option<&'n Node> {
        let found = self.node.get(key);
        if found.is_none() {
            self.findings.push(self.node.finding(
                "missing_key",
                Text::new(format!("缺少“{key}”"), format!("\"{key}\" is missing")),
                Text::new(format!("请补上 {key} = …"), format!("add {key} = …")),
            ));
        }
        found
    }

    /// A text that must be there and not be empty.
    pub fn text(&mut self, key: &str) -> Option<String> {
        let node = self.required(key)?;
        self.read_text(node)
    }

    /// A text that may be absent.
    pub fn optional_text(&mut self, key: &str) -> Option<String> {
        let node = self.optional(key)?;
        self.read_text(node)
    }

    /// A number that must be there.
    pub fn number(&mut self, key: &str) -> Option<f64> {
        let node = self.required(key)?;
        self.read_number(node)
    }

    /// A number that may be absent.
    pub fn optional_number(&mut self, key: &str) -> Option<f64> {
        let node = self.optional(key)?;
        self.read_number(node)
    }

    /// A sentence in both languages that must be there: `{ zh = "…", en = "…" }`.
    pub fn both(&mut self, key: &str) -> Option<Text> {
        let node = self.required(key)?;
        self.read_both(node)
    }

    /// A sentence in both languages that may be absent.
    pub fn optional_both(&mut self, key: &str) -> Option<Text> {
        let node = self.optional(key)?;
        self.read_both(node)
    }

    /// One of some words, if the field is there.
    pub fn optional_one_of<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let node = self.optional(key)?;
        node.one_of(words, self.findings)
    }

    /// One of some words; the field must be there.
    pub fn one_of<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let node = self.required(key)?;
        node.one_of(words, self.findings)
    }

    /// An identifier that must be there: lower-case letters, digits and underscores, a letter first.
    pub fn id(&mut self, key: &str) -> Option<String> {
        let node = self.required(key)?;
        let text = self.read_text(node)?;
        let fits = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !fits {
            self.findings.push(node.finding(
                "bad_id",
                Text::new(format!("编号“{text}”不合规"), format!("\"{text}\" is no id")),
                Text::new(
                    "只用小写字母、数字和下划线，字母开头",
                    "lower-case letters, digits and underscores, a letter first",
                ),
            ));
            return None;
        }
        Some(text)
    }

    /// Notes a finding at this table's place.
    pub fn complain(&mut self, code: &'static str, detail: Text, hint: Text) {
        self.findings.push(self.node.finding(code, detail, hint));
    }

    fn read_text(&mut self, node: &Node) -> Option<String> {
        match node.as_text() {
            Some(text) if !text.trim().is_empty() => Some(text.to_owned()),
            _ => {
                self.findings.push(node.wrong_type(Text::new("非空文字", "a text that is not empty")));
                None
            }
        }
    }

    fn read_number(&mut self, node: &Node) -> Option<f64> {
        let number = node.as_number();
        if number.is_none() {
            self.findings.push(node.wrong_type(Text::new("数字", "a finite number")));
        }
        number
    }

    fn read_both(&mut self, node: &Node) -> Option<Text> {
        let mut fields = node.fields(&["zh", "en"], self.findings)?;
        let (zh, en) = (fields.text("zh"), fields.text("en"));
        Some(Text { zh: zh?, en: en? })
    }
}

/// A hint that names the nearest of some words, or all of them if none is near and they are few.
pub fn did_you_mean(text: &str, words: &[&str]) -> Text {
    let nearest = words.iter().map(|word| (distance(text, word), *word)).min();
    match nearest {
        Some((edits, word)) if edits <= 2.max(text.chars().count() / 3) => {
            Text::new(format!("是否想写“{word}”？"), format!("did you mean \"{word}\"?"))
        }
        _ if words.len() <= 24 => {
            let list = words.join(", ");
            Text::new(format!("可用：{list}"), format!("one of: {list}"))
        }
        _ => Text::default(),
    }
}

/// Number of single-letter edits (a swap of neighbours counts as one) that make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

fn table_of(table: &DeTable<'_>, lines: &Lines<'_>) -> Value {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            place: lines.place(key.span().start),
            node: Node { place: lines.place(value.span().start), value: value_of(value.get_ref(), lines) },
        })
        .collect();
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    Value::Table(entries)
}

fn value_of(value: &DeValue<'_>, lines: &Lines<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            // A number too large for 64 bits becomes NaN, which every reader of numbers refuses.
            let digits = number.as_str().trim_start_matches('+');
            Value::Number(i64::from_str_radix(digits, number.radix()).map_or(f64::NAN, |number| number as f64))
        }
        DeValue::Float(number) => Value::Number(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(truth) => Value::Truth(*truth),
        DeValue::Datetime(moment) => Value::Moment(moment.to_string()),
        DeValue::Array(items) => Value::List(
            items
                .iter()
                .map(|item| Node { place: lines.place(item.span().start), value: value_of(item.get_ref(), lines) })
                .collect(),
        ),
        DeValue::Table(table) => table_of(table, lines),
    }
}

#[cfg(test)]
mod tests {
    use vocab::Lang;

    use super::*;

    #[test]
    fn a_misspelt_key_is_named_with_its_place_and_the_likely_word() {
        let node = Node::parse("a.toml", "id = \"x\"\nwindw = \"30d\"\n").unwrap();
        let mut findings = Vec::new();
        node.fields(&["id", "window"], &mut findings);
        assert_eq!(findings.len(), 1);
        assert_eq!(
            findings[0].line(Lang::En),
            "a.toml line 2, column 1: unknown key \"windw\" (did you mean \"window\"?)"
        );
    }

    #[test]
    fn broken_toml_points_at_the_place() {
        let findings = Node::parse("a.toml", "名 = \n").unwrap_err();
        assert_eq!(findings[0].code, "not_toml");
        assert_eq!(findings[0].place.line, Some(1));
    }

    #[test]
    fn columns_are_counted_in_characters() {
        let lines = Lines::new("a", "一二三x\ny");
        assert_eq!(lines.place("一二三".len()).column, Some(4));
        assert_eq!(lines.place("一二三x\n".len()), Lines::new("a", "一二三x\ny").place(11));
        assert_eq!(lines.place("一二三x\n".len()).line, Some(2));
    }

    #[test]
    fn a_swapped_pair_of_letters_is_one_edit() {
        assert_eq!(distance("widnow", "window"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
