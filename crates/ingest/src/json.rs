//! Objects of JSON as rows: one a line (NDJSON), an array of them, or one after the other; nested keys dotted.
//!
//! One object is held at a time. The columns are the keys that any object has, so a file is read once to learn them.
//! Rows within the answer of an interface (`envelope`) are read from where they begin to where their list ends.

use std::collections::HashMap;

use encoding_rs::Encoding;
use serde_json::Value;

use crate::decode::TextStream;
use crate::delimited::RECORD_LIMIT;
use crate::envelope;
use crate::fault;
use crate::packed::Part;
use crate::record::{Mark, Record};
use crate::refusal::Refusal;
use crate::table::{COLUMN_LIMIT, Flow, too_many_columns};

/// The columns of a file of objects: a key of each, in the order in which they first appear.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    names: Vec<String>,
    places: HashMap<String, usize>,
    /// Where the rows begin, if something is wrapped around them.
    begins: Option<u64>,
}

impl Keys {
    /// Reads the whole file for its keys.
    pub(crate) fn of(part: &Part, encoding: &'static Encoding) -> Result<Keys, Refusal> {
        let mut keys = Keys { begins: envelope::rows_begin(part, encoding)?, ..Keys::default() };
        let mut objects = Objects::open(part, encoding, keys.begins)?;
        while let Some(object) = objects.next()? {
            let Ok(object) = object else { continue };
            leaves(&object, &mut String::new(), &mut |key, _| keys.put(key));
            if keys.names.len() > COLUMN_LIMIT {
                return Err(too_many_columns(&part.path, keys.names.len()));
            }
        }
        Ok(keys)
    }

    fn put(&mut self, key: &str) {
        if !self.places.contains_key(key) {
            self.places.insert(key.to_owned(), self.names.len());
            self.names.push(key.to_owned());
        }
    }
}

/// The keys as row 0, then every object; the first object is row 1.
pub(crate) fn rows(
    part: &Part,
    encoding: &'static Encoding,
    keys: &Keys,
    visit: &mut dyn FnMut(&mut Record) -> Result<Flow, Refusal>,
) -> Result<(), Refusal> {
    let mut record = Record::default();
    record.clear(0);
    keys.names.iter().for_each(|name| record.push(name));
    if visit(&mut record)? == Flow::Stop {
        return Ok(());
    }
    let mut objects = Objects::open(part, encoding, keys.begins)?;
    let mut cells: Vec<(String, Option<Mark>)> = vec![(String::new(), None); keys.names.len()];
    let mut row = 0;
    while let Some(object) = objects.next()? {
        row += 1;
        record.clear(row);
        match object {
            Err(fault) => record.fault = Some(fault),
            Ok(object) => {
                cells.iter_mut().for_each(|cell| *cell = (String::new(), None));
                leaves(&object, &mut String::new(), &mut |key, value| {
                    if let Some(place) = keys.places.get(key) {
                        cells[*place] = value;
                    }
                });
                for (cell, mark) in &cells {
                    record.push(cell);
                    if let Some(mark) = mark {
                        record.mark_last(*mark);
                    }
                }
            }
        }
        if visit(&mut record)? == Flow::Stop {
            break;
        }
    }
    Ok(())
}

/// A value as text, and what was lost in reading it.
type Told = (String, Option<Mark>);

/// Every value of an object under its dotted key; a list stays JSON, `null` says nothing.
fn leaves(object: &Value, path: &mut String, tell: &mut dyn FnMut(&str, Told)) {
    let Value::Object(entries) = object else { return };
    for (key, value) in entries {
        let length = path.len();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
        match value {
            Value::Object(_) => leaves(value, path, tell),
            Value::Null => tell(path, (String::new(), None)),
            Value::String(text) => tell(path, (text.clone(), None)),
            Value::Bool(truth) => tell(path, (truth.to_string(), None)),
            Value::Array(_) => tell(path, (value.to_string(), None)),
            Value::Number(number) => {
                let lost = number.as_i64().is_none() && number.as_f64().is_some_and(|number| number.abs() >= 1e15);
                tell(path, (number.to_string(), lost.then_some(Mark::DigitsLost)));
            }
        }
        path.truncate(length);
    }
}

/// How objects follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// Each on a line of its own: a broken one costs its line.
    Lines,
    /// In an array, or over several lines.
    Stream,
}

type Parsed = Result<Value, fault::Fault>;

struct Objects {
    stream: TextStream,
    part: Part,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
    style: Style,
    /// The rows end with the list they are in.
    is_wrapped: bool,
}

impl Objects {
    fn open(part: &Part, encoding: &'static Encoding, begins: Option<u64>) -> Result<Objects, Refusal> {
        let stream = TextStream::open(part, encoding)?;
        let mut objects = Objects {
            stream,
            part: part.clone(),
            buffer: Vec::new(),
            at: 0,
            ended: false,
            style: Style::Stream,
            is_wrapped: begins.is_some(),
        };
        if let Some(begins) = begins {
            objects.pass(begins)?;
            return Ok(objects);
        }
        objects.skip_between()?;
        let first = objects.line()?;
        if objects.buffer.get(objects.at) == Some(&b'{')
            && first.is_some_and(|end| is_object(&objects.buffer[objects.at..end]))
        {
            objects.style = Style::Lines;
        }
        Ok(objects)
    }

    fn more(&mut self) -> Result<bool, Refusal> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let before = self.buffer.len();
        while !self.ended && self.buffer.len() <= before {
            let more = self.stream.more(&mut self.buffer);
            self.ended = !more.map_err(|error| Refusal::unreadable(&self.part.path, "JSON", error))?;
        }
        Ok(self.buffer.len() > before)
    }

    /// Goes over so many bytes.
    fn pass(&mut self, mut bytes: u64) -> Result<(), Refusal> {
        loop {
            let here = usize::try_from(bytes).unwrap_or(usize::MAX).min(self.buffer.len() - self.at);
            self.at += here;
            bytes -= here as u64;
            if bytes == 0 || !self.more()? {
                return Ok(());
            }
        }
    }

    /// Goes over white space and what stands between objects.
    fn skip_between(&mut self) -> Result<(), Refusal> {
        loop {
            while let Some(byte) = self.buffer.get(self.at) {
                if self.is_wrapped && *byte == b']' {
                    self.ended = true;
                    self.at = self.buffer.len();
                    return Ok(());
                }
                if !byte.is_ascii_whitespace() && !matches!(byte, b',' | b'[' | b']') {
                    return Ok(());
                }
                self.at += 1;
            }
            if !self.more()? {
                return Ok(());
            }
        }
    }

    /// Where the line at hand ends, if that is within the limit of a record.
    fn line(&mut self) -> Result<Option<usize>, Refusal> {
        loop {
            let rest = &self.buffer[self.at..];
            if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                return Ok((end <= RECORD_LIMIT).then_some(self.at + end));
            }
            if rest.len() > RECORD_LIMIT {
                return Ok(None);
            }
            if !self.more()? {
                return Ok(Some(self.buffer.len()));
            }
        }
    }

    fn next(&mut self) -> Result<Option<Parsed>, Refusal> {
        self.skip_between()?;
        if self.at == self.buffer.len() {
            return Ok(None);
        }
        if self.style == Style::Lines || self.buffer[self.at] != b'{' && !self.is_wrapped {
            return self.next_line().map(Some);
        }
        if self.buffer[self.at] != b'{' {
            return self.pass_element().map(|()| Some(Err(fault::bad_json("not an object"))));
        }
        self.next_braces().map(Some)
    }

    /// Goes over an element of the list that is no object.
    fn pass_element(&mut self) -> Result<(), Refusal> {
        loop {
            while let Some(byte) = self.buffer.get(self.at) {
                if matches!(byte, b',' | b']') {
                    return Ok(());
                }
                self.at += 1;
            }
            if !self.more()? {
                return Ok(());
            }
        }
    }

    fn next_line(&mut self) -> Result<Parsed, Refusal> {
        match self.line()? {
            Some(end) => {
                let parsed = parse(&self.buffer[self.at..end]);
                self.at = end;
                Ok(parsed)
            }
            None => {
                self.skip_line()?;
                Ok(Err(fault::record_too_long(RECORD_LIMIT / 1024)))
            }
        }
    }

    fn skip_line(&mut self) -> Result<(), Refusal> {
        loop {
            if let Some(end) = self.buffer[self.at..].iter().position(|byte| *byte == b'\n') {
                self.at += end;
                return Ok(());
            }
            self.at = self.buffer.len();
            if !self.more()? {
                return Ok(());
            }
        }
    }

    /// From a brace to the one that closes it.
    fn next_braces(&mut self) -> Result<Parsed, Refusal> {
        let (mut depth, mut in_text, mut escaped, mut too_long) = (0u32, false, false, false);
        let mut seen = 0;
        loop {
            while let Some(byte) = self.buffer.get(self.at + seen) {
                seen += 1;
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if in_text => escaped = true,
                    b'"' => in_text = !in_text,
                    b'{' if !in_text => depth += 1,
                    b'}' if !in_text => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    let end = self.at + seen;
                    let parsed = match too_long {
                        true => Err(fault::record_too_long(RECORD_LIMIT / 1024)),
                        false => parse(&self.buffer[self.at..end]),
                    };
                    self.at = end;
                    return Ok(parsed);
                }
            }
            if seen > RECORD_LIMIT {
                // What is too long for a row is passed over, not held.
                too_long = true;
                self.at += seen;
                seen = 0;
            }
            if !self.more()? {
                self.at = self.buffer.len();
                return Ok(Err(fault::bad_json("it breaks off")));
            }
        }
    }
}

fn is_object(text: &[u8]) -> bool {
    matches!(serde_json::from_slice(text), Ok(Value::Object(_)))
}

fn parse(text: &[u8]) -> Parsed {
    match serde_json::from_slice(text.trim_ascii()) {
        Ok(object @ Value::Object(_)) => Ok(object),
        Ok(_) => Err(fault::bad_json("not an object")),
        Err(error) => Err(fault::bad_json(&error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn told(text: &str) -> String {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let part = Part::plain(file.path());
        let keys = Keys::of(&part, encoding_rs::UTF_8).unwrap();
        let mut lines = Vec::new();
        rows(&part, encoding_rs::UTF_8, &keys, &mut |record| {
            let cells: Vec<&str> = (0..record.len()).map(|place| record.raw(place)).collect();
            let fault = record.fault.as_ref().map_or("", |fault| fault.code);
            lines.push(format!("{}:{}{fault}", record.row, cells.join("~")));
            Ok(Flow::Go)
        })
        .unwrap();
        lines.join(" ")
    }

    #[test]
    fn objects_are_rows_however_they_follow_each_other() {
        let expected = "0:a~b.c~d 1:1~x~ 2:2~~true";
        assert_eq!(told("{\"a\":1,\"b\":{\"c\":\"x\"}}\n{\"a\":2,\"d\":true}\n"), expected);
        assert_eq!(told("[{\"a\":1,\"b\":{\"c\":\"x\"}},\n{\"a\":2,\"d\":true}]"), expected);
        assert_eq!(told("{\n \"a\":1,\n \"b\":{\"c\":\"x\"}\n}\n{\n\"a\":2,\"d\":true}"), expected);
    }

    #[test]
    fn a_broken_line_costs_itself_and_a_long_id_keeps_its_digits() {
        assert_eq!(told("{\"a\":1}\n{\"a\":\n{\"a\":3}\n"), "0:a 1:1 2:bad_json 3:3");
        assert_eq!(told("[{\"a\":320102199001011234},{\"a\":\"}{\"}]"), "0:a 1:320102199001011234 2:}{");
        assert_eq!(told("[{\"a\":1},{\"a\":[1,2]},7,{\"a\":"), "0:a 1:1 2:[1,2] 3:bad_json");
    }

    #[test]
    fn rows_within_the_answer_of_an_interface_are_read_alone() {
        let expected = "0:a~b.c~d 1:1~x~ 2:2~~true";
        let rows = "{\"a\":1,\"b\":{\"c\":\"x\"}}, {\"a\":2,\"d\":true}";
        assert_eq!(
            told(&format!("{{\"code\":0,\"data\":{{\"list\":[{rows}],\"total\":2}},\"msg\":\"ok\"}}")),
            expected
        );
        assert_eq!(told(&format!("{{\n \"rows\" : [\n{rows}\n]\n}}\n")), expected);
        assert_eq!(told("{\"data\":[{\"a\":1}, 7 , {\"a\":2}]}"), "0:a 1:1 2:bad_json 3:2");
    }
}
