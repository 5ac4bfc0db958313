//! Tables of web pages and of Excel's XML (2003), which many systems export under the name `.xls`.
//!
//! Read as a stream of tags: nothing is laid out, scripts and styles are passed over, a table within a cell is its text.

use encoding_rs::Encoding;

use crate::decode::TextStream;
use crate::packed::Part;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::table::Flow;

/// A tag, a comment or a cell's text may be this long.
const PIECE_LIMIT: usize = 1024 * 1024;
const SPAN_LIMIT: usize = 2_000;

/// Every row of every table.
pub(crate) fn rows(
    part: &Part,
    encoding: &'static Encoding,
    visit: &mut dyn FnMut(&mut Record) -> Result<Flow, Refusal>,
) -> Result<(), Refusal> {
    let mut pieces =
        Pieces { stream: TextStream::open(part, encoding)?, part, buffer: Vec::new(), at: 0, ended: false };
    let mut grid = Grid::default();
    while let Some(piece) = pieces.next()? {
        let flow = match piece {
            Piece::Text(text) => {
                grid.text(&text);
                Flow::Go
            }
            Piece::Tag(tag) => match grid.tag(&tag) {
                Some(silent) => {
                    pieces.skip_past(silent)?;
                    Flow::Go
                }
                None => grid.hand_over(visit)?,
            },
        };
        if flow == Flow::Stop {
            return Ok(());
        }
    }
    grid.end_row();
    grid.hand_over(visit).map(|_| ())
}

enum Piece {
    Text(String),
    Tag(String),
}

struct Pieces<'a> {
    stream: TextStream,
    part: &'a Part,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Pieces<'_> {
    fn more(&mut self) -> Result<bool, Refusal> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let before = self.buffer.len();
        while !self.ended && self.buffer.len() <= before {
            let more = self.stream.more(&mut self.buffer);
            self.ended = !more.map_err(|error| Refusal::unreadable(&self.part.path, "HTML", error))?;
        }
        Ok(self.buffer.len() > before)
    }

    /// Where some bytes stand next; what is looked through without finding them is bounded.
    fn find(&mut self, wanted: &[u8]) -> Result<Option<usize>, Refusal> {
        let mut looked = 0;
        loop {
            let rest = &self.buffer[self.at..];
            let from = looked.min(rest.len());
            let found = rest[from..].windows(wanted.len()).position(|window| window.eq_ignore_ascii_case(wanted));
            if let Some(found) = found {
                return Ok(Some(self.at + from + found));
            }
            if rest.len() > PIECE_LIMIT {
                return Ok(None);
            }
            looked = rest.len().saturating_sub(wanted.len());
            if !self.more()? {
                return Ok(None);
            }
        }
    }

    fn next(&mut self) -> Result<Option<Piece>, Refusal> {
        if self.at == self.buffer.len() && !self.more()? {
            return Ok(None);
        }
        if self.buffer[self.at] != b'<' {
            let end = self.find(b"<")?.unwrap_or(self.buffer.len());
            return Ok(Some(Piece::Text(self.take(end, end))));
        }
        while self.buffer.len() - self.at < 4 && self.more()? {}
        if self.buffer[self.at..].starts_with(b"<!--") {
            self.at += 4;
            self.skip_past("-->")?;
            return Ok(Some(Piece::Text(String::new())));
        }
        let end = self.find(b">")?;
        let end = end.unwrap_or(self.buffer.len());
        let after = (end + 1).min(self.buffer.len());
        self.at += 1;
        Ok(Some(Piece::Tag(self.take(end.max(self.at), after.max(self.at)))))
    }

    fn take(&mut self, end: usize, after: usize) -> String {
        let text = String::from_utf8_lossy(&self.buffer[self.at..end]).into_owned();
        self.at = after;
        text
    }

    /// Goes on after some bytes, however far away they are.
    fn skip_past(&mut self, wanted: &str) -> Result<(), Refusal> {
        loop {
            if let Some(found) = self.find(wanted.as_bytes())? {
                self.at = found + wanted.len();
                return Ok(());
            }
            if self.ended {
                self.at = self.buffer.len();
                return Ok(());
            }
            self.at = self.buffer.len().saturating_sub(wanted.len()).max(self.at);
        }
    }
}

/// The row at hand, and what cells above reach down into it.
#[derive(Default)]
struct Grid {
    row: u64,
    cells: Vec<String>,
    cell: Option<Cell>,
    in_row: bool,
    depth: u32,
    /// Column → rows that a cell above still covers.
    covered: Vec<u32>,
    ready: Option<Record>,
}

struct Cell {
    text: String,
    columns: usize,
    rows: u32,
}

impl Grid {
    fn text(&mut self, text: &str) {
        let Some(cell) = &mut self.cell else { return };
        if cell.text.len() < PIECE_LIMIT {
            cell.text.push_str(&decoded(text));
        }
    }

    /// Takes a tag; what must be passed over without being looked at is answered.
    fn tag(&mut self, tag: &str) -> Option<&'static str> {
        let closes = tag.starts_with('/');
        let body = tag.trim_start_matches('/');
        let name: String =
            body.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '-')).collect::<String>();
        let name = name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
        match (name.as_str(), closes) {
            ("script", false) => return Some("</script>"),
            ("style", false) => return Some("</style>"),
            ("title", false) => return Some("</title>"),
            ("table", false) => self.depth += 1,
            ("table", true) => {
                if self.depth == 1 {
                    self.end_row();
                    self.covered.clear();
                }
                self.depth = self.depth.saturating_sub(1);
            }
            // What lies in a table within a cell is text of that cell.
            _ if self.depth > 1 => {}
            ("tr" | "row", false) => {
                self.end_row();
                self.in_row = true;
                if body.trim_end().ends_with('/') {
                    self.end_row();
                }
            }
            ("tr" | "row", true) => self.end_row(),
            ("td" | "th" | "cell", false) => self.begin_cell(body),
            ("td" | "th" | "cell", true) => self.end_cell(),
            ("br" | "p" | "div", _) => self.text(" "),
            _ => {}
        }
        None
    }

    fn begin_cell(&mut self, tag: &str) {
        self.end_cell();
        self.in_row = true;
        let number = |name: &str| attribute(tag, name).and_then(|value| value.parse::<usize>().ok());
        if let Some(index) = number("index") {
            while self.cells.len() + 1 < index.min(SPAN_LIMIT) {
                self.cells.push(String::new());
            }
        }
        let columns = number("colspan").or(number("mergeacross").map(|more| more + 1)).unwrap_or(1);
        let rows = number("rowspan").or(number("mergedown").map(|more| more + 1)).unwrap_or(1);
        let rows = u32::try_from(rows).unwrap_or(1).clamp(1, 1_000);
        self.cell = Some(Cell { text: String::new(), columns: columns.clamp(1, SPAN_LIMIT), rows });
        if tag.trim_end().ends_with('/') {
            self.end_cell();
        }
    }

    fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        self.pass_covered();
        let text = cell.text.split_whitespace().collect::<Vec<_>>().join(" ");
        for position in 0..cell.columns {
            let column = self.cells.len();
            if column >= SPAN_LIMIT {
                return;
            }
            self.cells.push(if position == 0 { text.clone() } else { String::new() });
            if cell.rows > 1 {
                if self.covered.len() <= column {
                    self.covered.resize(column + 1, 0);
                }
                // The row at hand counts too: it is taken off when the row ends.
                self.covered[column] = cell.rows;
            }
        }
    }

    /// Cells that one above covers are empty here.
    fn pass_covered(&mut self) {
        while self.covered.get(self.cells.len()).is_some_and(|rows| *rows > 0) {
            self.cells.push(String::new());
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        if !std::mem::take(&mut self.in_row) {
            return;
        }
        self.pass_covered();
        self.covered.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
        self.row += 1;
        let mut record = Record::default();
        record.clear(self.row);
        self.cells.drain(..).for_each(|cell| record.push(&cell));
        self.ready = Some(record);
    }

    fn hand_over(&mut self, visit: &mut dyn FnMut(&mut Record) -> Result<Flow, Refusal>) -> Result<Flow, Refusal> {
        match self.ready.take() {
            Some(mut record) => visit(&mut record),
            None => Ok(Flow::Go),
        }
    }
}

/// The value of an attribute, whatever prefix and quotes it has.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let lower = tag.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower[from..].find(name) {
        let start = from + found;
        from = start + name.len();
        let before = lower[..start].chars().next_back();
        let rest = tag[from..].trim_start();
        if before.is_some_and(|c| c.is_whitespace() || c == ':') && rest.starts_with('=') {
            let value = rest[1..].trim_start();
            return match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split(quote).next(),
                _ => value.split(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).next(),
            };
        }
    }
    None
}

/// Text with its character references replaced.
fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.char_indices().take(12).find(|(_, c)| *c == ';').map(|(end, _)| end);
        match end.and_then(|end| Some((end, reference(&rest[1..end])?))) {
            Some((end, c)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| *c != '\0');
    }
    Some(match name {
        "nbsp" => '\u{a0}',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "yen" => '¥',
        "euro" => '€',
        "mdash" => '—',
        "ndash" => '–',
        "middot" => '·',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn told(text: &str) -> String {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let mut lines = Vec::new();
        rows(&Part::plain(file.path()), encoding_rs::UTF_8, &mut |record| {
            let cells: Vec<&str> = (0..record.len()).map(|place| record.cell(place)).collect();
            lines.push(cells.join("~"));
            Ok(Flow::Go)
        })
        .unwrap();
        lines.join(" ")
    }

    #[test]
    fn a_web_page_that_calls_itself_a_workbook_is_read() {
        let page = "<html><head><style>td{a:b}</style><title>x</title></head><body><TABLE border=1>\n\
                    <!-- <tr><td>no</td></tr> --><tr><th>客户</th><th>金额&nbsp;</th></tr>\n\
                    <tr><td style='mso-number-format:\"\\@\"'>007</td><td>&yen;1,234.50<br/></td></tr>\
                    <tr><td>A&amp;B &#x7532;</td><td></table></body></html>";
        assert_eq!(told(page), "客户~金额 007~¥1,234.50 A&B 甲~");
    }

    #[test]
    fn cells_that_span_leave_the_others_in_their_columns() {
        let page = "<table><tr><td rowspan=2>区域</td><td colspan=\"2\">销售</td></tr><tr><td>额</td><td>单</td></tr>\
                    <tr><td>东</td><td>1</td><td>2</td></tr></table>";
        assert_eq!(told(page), "区域~销售~ ~额~单 东~1~2");
    }

    #[test]
    fn excels_xml_keeps_its_places() {
        let page = "<?xml version=\"1.0\"?><Workbook xmlns:ss=\"u\"><Worksheet ss:Name=\"S\"><Table>\
                    <Row><Cell><Data ss:Type=\"String\">a</Data></Cell><Cell ss:Index=\"3\"><Data>c</Data></Cell></Row>\
                    <Row><Cell/><Cell><Data>2</Data></Cell></Row></Table></Worksheet></Workbook>";
        assert_eq!(told(page), "a~~c ~2");
    }

    #[test]
    fn what_breaks_off_ends() {
        for page in
            ["<", "<table><tr><td", "<table><tr><td>&#;&", "<!--", "<script>", "<tr><td rowspan=99999 colspan=99999>x"]
        {
            told(page);
        }
    }
}
