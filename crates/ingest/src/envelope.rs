//! An answer of an interface saved as a file: one object that holds the rows in a list, `{"code": 0, "data": [{…}, …]}`.
//!
//! The file is read once, byte by byte and without keeping it, to see whether it is one object and which of its lists
//! are the rows. An object that is a row itself, such as an order with a list of its lines, is left alone.

use encoding_rs::Encoding;

use crate::decode::TextStream;
use crate::kind::normalized;
use crate::packed::Part;
use crate::refusal::Refusal;

/// Objects within objects, at most.
const DEEPEST: usize = 64;
/// Letters of a key that are looked at.
const KEY_BYTES: usize = 80;
/// What lists of rows are called, normalised.
const ROWS: [&str; 20] = [
    "data",
    "rows",
    "row",
    "records",
    "recordlist",
    "results",
    "result",
    "list",
    "datalist",
    "items",
    "entries",
    "values",
    "value",
    "objects",
    "content",
    "数据",
    "列表",
    "记录",
    "结果",
    "明细",
];
/// What stands beside them, normalised.
const BESIDE: [&str; 40] = [
    "code",
    "msg",
    "message",
    "success",
    "status",
    "statuscode",
    "ok",
    "errcode",
    "errmsg",
    "error",
    "errorcode",
    "errormessage",
    "total",
    "totalcount",
    "totalpages",
    "count",
    "page",
    "pageno",
    "pagenum",
    "pagenumber",
    "pageindex",
    "pagesize",
    "currentpage",
    "pages",
    "size",
    "limit",
    "offset",
    "hasmore",
    "hasnext",
    "next",
    "nexturl",
    "nextcursor",
    "cursor",
    "previous",
    "requestid",
    "traceid",
    "timestamp",
    "time",
    "version",
    "took",
];

/// Where the rows begin, in bytes of decoded text: behind the bracket of their list. `None` where the file is no
/// envelope.
pub(crate) fn rows_begin(part: &Part, encoding: &'static Encoding) -> Result<Option<u64>, Refusal> {
    let mut stream = TextStream::open(part, encoding)?;
    let mut walk = Walk::default();
    let mut chunk = Vec::new();
    loop {
        chunk.clear();
        let more = stream.more(&mut chunk).map_err(|error| Refusal::unreadable(&part.path, "JSON", error))?;
        if chunk.iter().any(|byte| walk.step(*byte).is_none()) {
            return Ok(None);
        }
        if !more {
            return Ok(walk.rows());
        }
    }
}

#[derive(Default)]
struct Level {
    is_object: bool,
    /// Of an object: the key at hand, and whether the next text is one.
    key: String,
    awaits_key: bool,
    /// Of a list: where its first element may stand, and whether it has one.
    begins: u64,
    is_begun: bool,
}

#[derive(Default)]
struct Walk {
    at: u64,
    open: Vec<Level>,
    text: Option<Vec<u8>>,
    is_escaped: bool,
    /// The outermost object has ended.
    is_over: bool,
    /// Keys of the outermost object whose values are no containers.
    beside: Vec<String>,
    /// Lists of objects: the last key that leads to each, and where its first element stands.
    lists: Vec<(String, u64)>,
}

impl Walk {
    /// Takes a byte; `None` once the file cannot be an envelope.
    fn step(&mut self, byte: u8) -> Option<()> {
        self.at += 1;
        if let Some(text) = &mut self.text {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.text_ends(),
                _ if text.len() < KEY_BYTES => text.push(byte),
                _ => {}
            }
            return Some(());
        }
        if byte.is_ascii_whitespace() {
            return Some(());
        }
        if self.is_over {
            return None;
        }
        match byte {
            b'"' => {
                self.text = Some(Vec::new());
                if !self.open.last()?.awaits_key {
                    self.value_begins(false)?;
                }
            }
            b'{' | b'[' => {
                self.value_begins(true)?;
                if byte == b'{' {
                    self.list_has_objects();
                }
                if self.open.len() == DEEPEST {
                    return None;
                }
                let is_object = byte == b'{';
                self.open.push(Level { is_object, awaits_key: is_object, begins: self.at, ..Level::default() });
            }
            b'}' | b']' => {
                self.open.pop()?;
                self.is_over = self.open.is_empty();
            }
            b',' => {
                let level = self.open.last_mut()?;
                level.awaits_key = level.is_object;
                level.is_begun = true;
            }
            b':' => self.open.last_mut()?.awaits_key = false,
            _ => self.value_begins(false)?,
        }
        Some(())
    }

    fn text_ends(&mut self) {
        let text = self.text.take().unwrap_or_default();
        if let Some(level) = self.open.last_mut().filter(|level| level.awaits_key) {
            level.key = String::from_utf8_lossy(&text).into_owned();
        }
    }

    /// The outermost value must be an object; what it holds beside lists is remembered.
    fn value_begins(&mut self, is_container: bool) -> Option<()> {
        match self.open.as_slice() {
            [] => is_container.then_some(()),
            [outermost] if outermost.is_object && !is_container => {
                let key = normalized(&outermost.key);
                if self.beside.last() != Some(&key) && self.beside.len() < DEEPEST {
                    self.beside.push(key);
                }
                Some(())
            }
            [outermost, ..] => outermost.is_object.then_some(()),
        }
    }

    /// An object begins: if it is the first of a list that only objects hold, the list may be the rows.
    fn list_has_objects(&mut self) {
        let Some((list, around)) = self.open.split_last() else { return };
        if list.is_object || list.is_begun || !around.iter().all(|level| level.is_object) {
            return;
        }
        if let Some(key) = around.last().map(|level| normalized(&level.key))
            && self.lists.len() < DEEPEST
            && self.lists.last().is_none_or(|(_, begins)| *begins != list.begins)
        {
            self.lists.push((key, list.begins));
        }
    }

    /// Which list is the rows, once the file has been read.
    fn rows(&self) -> Option<u64> {
        if !self.is_over {
            return None;
        }
        let is_envelope = self.beside.iter().all(|key| BESIDE.contains(&key.as_str()));
        let named = self.lists.iter().find(|(key, _)| ROWS.contains(&key.as_str()));
        match (named, self.lists.as_slice()) {
            // Where something else stands beside them, only the plainest names are believed.
            (Some((key, begins)), _) if is_envelope || matches!(key.as_str(), "data" | "rows" | "records") => {
                Some(*begins)
            }
            (None, [(_, begins)]) if is_envelope => Some(*begins),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(text: &str) -> Option<&str> {
        let mut walk = Walk::default();
        text.bytes().try_for_each(|byte| walk.step(byte))?;
        walk.rows().map(|begins| &text[begins as usize..])
    }

    #[test]
    fn rows_are_found_within_what_an_interface_wraps_around_them() {
        assert_eq!(rest("{\"data\":[{\"a\":1}]}"), Some("{\"a\":1}]}"));
        assert_eq!(
            rest("{\"code\":0,\"msg\":\"[{\",\"data\":{\"total\":2,\"list\": [ {\"a\":[{}]}]}}"),
            Some(" {\"a\":[{}]}]}}")
        );
        assert_eq!(rest("{\"客户\":[{\"a\":1}],\"total\":1}\n"), Some("{\"a\":1}],\"total\":1}\n"));
        assert_eq!(rest("{\"tags\":[\"x\",{}],\"records\":[{}],\"firm\":\"x\"}"), Some("{}],\"firm\":\"x\"}"));
    }

    #[test]
    fn what_is_a_row_itself_is_left_alone() {
        for text in [
            "{\"order_no\":\"A1\",\"items\":[{\"sku\":1}]}",
            "{\"order_no\":\"A1\",\"lines\":[{\"sku\":1}]}",
            "{\"data\":[{\"a\":1}]}\n{\"data\":[{\"a\":2}]}",
            "{\"data\":[{\"a\":1}]",
            "[{\"data\":[{\"a\":1}]}]",
            "{\"data\":[1,{\"a\":1}]}",
            "{\"customers\":[{\"a\":1}],\"orders\":[{\"a\":1}]}",
            "7",
        ] {
            assert_eq!(rest(text), None, "{text}");
        }
    }
}
