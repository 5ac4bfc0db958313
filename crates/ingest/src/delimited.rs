//! Text with separators: records one at a time, each bounded, so that a file with one line of 200 MB is read as well
//! as any other.
//!
//! The rules are those of RFC 4180, read kindly: quotes only matter at the start of a cell, what follows a closing
//! quote belongs to the cell, lines end with LF, CRLF or CR.

use std::path::PathBuf;

use encoding_rs::Encoding;

use crate::decode::TextStream;
use crate::fault;
use crate::packed::Part;
use crate::record::Record;
use crate::refusal::Refusal;

/// A record may be this long.
pub(crate) const RECORD_LIMIT: usize = 1024 * 1024;

const SEPARATORS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// Records of a text file.
pub(crate) struct Records {
    stream: TextStream,
    path: PathBuf,
    separator: u8,
    sorts: [Sort; 256],
    /// Where the cells of the line at hand end.
    ends: Vec<u32>,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
    row: u64,
}

enum Parsed {
    Record { next: usize },
    Incomplete { in_quotes: bool },
}

impl Records {
    pub(crate) fn open(part: &Part, encoding: &'static Encoding, separator: u8) -> Result<Self, Refusal> {
        let stream = TextStream::open(part, encoding)?;
        let mut records = Self {
            stream,
            path: part.path.clone(),
            separator,
            sorts: sorts(separator),
            ends: Vec::new(),
            buffer: Vec::new(),
            at: 0,
            ended: false,
            row: 0,
        };
        records.more()?;
        if declared_separator(&records.buffer).is_some() {
            records.skip_line()?;
        }
        Ok(records)
    }

    /// The next record; `false` at the end. What cannot be a record carries its fault.
    pub(crate) fn next(&mut self, record: &mut Record) -> Result<bool, Refusal> {
        loop {
            if self.at == self.buffer.len() && !self.more()? {
                return Ok(false);
            }
            self.row += 1;
            record.clear(self.row);
            if let Some((line, next)) = plain_line(&self.buffer[self.at..], self.separator, &self.sorts, &mut self.ends)
            {
                record.become_line(line, self.ends.iter().copied());
                self.at += next;
                return Ok(true);
            }
            let parsed = parse(&self.buffer[self.at..], self.separator, self.ended, record);
            match parsed {
                Parsed::Record { next } => {
                    self.at += next;
                    return Ok(true);
                }
                Parsed::Incomplete { in_quotes } if self.ended || self.buffer.len() - self.at > RECORD_LIMIT => {
                    let fault = match in_quotes {
                        true => fault::unclosed_quote(),
                        false => fault::record_too_long(RECORD_LIMIT / 1024),
                    };
                    record.clear(self.row);
                    record.fault = Some(fault);
                    self.skip_line()?;
                    return Ok(true);
                }
                Parsed::Incomplete { .. } => {
                    self.row -= 1;
                    self.more()?;
                }
            }
        }
    }

    fn more(&mut self) -> Result<bool, Refusal> {
        self.buffer.drain(..self.at);
        self.at = 0;
        // A record that grows is looked at again from its start: doubling keeps that linear.
        let before = self.buffer.len();
        let target = before * 2;
        loop {
            let more =
                self.stream.more(&mut self.buffer).map_err(|error| Refusal::unreadable(&self.path, "", error))?;
            if !more {
                self.ended = true;
                return Ok(self.buffer.len() > before);
            }
            if self.buffer.len() > before && self.buffer.len() >= target {
                return Ok(true);
            }
        }
    }

    /// Goes on after the next line end, however far away it is.
    fn skip_line(&mut self) -> Result<(), Refusal> {
        loop {
            let rest = &self.buffer[self.at..];
            // A line that is too long holds no end for most of its length: asked as a whole that is seen at once.
            let has_end = rest.contains(&b'\n') || rest.contains(&b'\r');
            if has_end && let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
                let crlf = rest[end] == b'\r' && rest.get(end + 1) == Some(&b'\n');
                self.at += end + 1 + usize::from(crlf);
                return Ok(());
            }
            self.at = self.buffer.len();
            if !self.more()? {
                return Ok(());
            }
        }
    }
}

/// What a byte means to whoever looks for the end of a plain line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Plain,
    Separator,
    End,
    /// What makes a line one that is read byte by byte.
    Odd,
}

fn sorts(separator: u8) -> [Sort; 256] {
    let mut sorts = [Sort::Plain; 256];
    sorts[usize::from(separator)] = Sort::Separator;
    sorts[usize::from(b'\n')] = Sort::End;
    for odd in [0, b'"', b'\r'] {
        sorts[usize::from(odd)] = Sort::Odd;
    }
    sorts
}

/// Eight bytes in one word, all the same.
const fn eight(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Marks the bytes of a word that may not be plain, each by its highest bit: quotes, the separator, and whatever is not above
/// the carriage return.
fn marked(word: [u8; 8], separator: u64) -> u64 {
    const LOW_BITS: u64 = eight(0x7f);
    let word = u64::from_le_bytes(word);
    // No sum goes beyond its own byte, so each byte is judged by itself.
    let differs = |from: u64| (((word ^ from) & LOW_BITS) + LOW_BITS) | (word ^ from);
    let is_above = ((word & LOW_BITS) + eight(0x7f - b'\r')) | word;
    !(is_above & differs(eight(b'"')) & differs(separator)) & !LOW_BITS
}

/// What a line learns at one of its bytes.
enum Step {
    Goes,
    /// It ends here, with so many bytes behind it.
    Ends(usize),
    /// It is none that can be read at once.
    Odd,
}

fn step(bytes: &[u8], at: usize, sorts: &[Sort; 256], ends: &mut Vec<u32>) -> Step {
    let step = match sorts[usize::from(bytes[at])] {
        Sort::Plain => return Step::Goes,
        Sort::Separator => Step::Goes,
        Sort::End => Step::Ends(1),
        Sort::Odd if bytes[at..].starts_with(b"\r\n") => Step::Ends(2),
        Sort::Odd => return Step::Odd,
    };
    ends.push(at as u32);
    step
}

/// The line that `bytes` begin with, where the next one begins, and where its cells end: if it holds no quotes and its end is
/// at hand. Nearly every line is such a one.
fn plain_line<'a>(
    bytes: &'a [u8],
    separator: u8,
    sorts: &[Sort; 256],
    ends: &mut Vec<u32>,
) -> Option<(&'a str, usize)> {
    ends.clear();
    let line = |at: usize, behind: usize| Some((std::str::from_utf8(&bytes[..at]).ok()?, at + behind));
    let separators = eight(separator);
    let (words, rest) = bytes[..bytes.len().min(RECORD_LIMIT)].as_chunks::<8>();
    for (place, word) in words.iter().enumerate() {
        let mut open = marked(*word, separators);
        while open != 0 {
            let at = 8 * place + (open.trailing_zeros() / 8) as usize;
            match step(bytes, at, sorts, ends) {
                Step::Goes => open &= open - 1,
                Step::Ends(behind) => return line(at, behind),
                Step::Odd => return None,
            }
        }
    }
    let begin = 8 * words.len();
    for at in begin..begin + rest.len() {
        match step(bytes, at, sorts, ends) {
            Step::Goes => {}
            Step::Ends(behind) => return line(at, behind),
            Step::Odd => return None,
        }
    }
    None
}

/// Reads one record from the start of `bytes` into `record`.
fn parse(bytes: &[u8], separator: u8, ended: bool, record: &mut Record) -> Parsed {
    let mut at = 0;
    let mut has_nul = false;
    loop {
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            loop {
                let start = at;
                while at < bytes.len() && bytes[at] != b'"' {
                    has_nul |= bytes[at] == 0;
                    at += 1;
                }
                record.push_part(text(&bytes[start..at]));
                if at == bytes.len() {
                    return Parsed::Incomplete { in_quotes: true };
                }
                at += 1;
                if bytes.get(at) != Some(&b'"') {
                    break;
                }
                record.push_part("\"");
                at += 1;
            }
        }
        let start = at;
        while at < bytes.len() && bytes[at] != separator && !matches!(bytes[at], b'\n' | b'\r') {
            has_nul |= bytes[at] == 0;
            at += 1;
        }
        record.push_part(text(&bytes[start..at]));
        if at == bytes.len() && !ended || at > RECORD_LIMIT {
            return Parsed::Incomplete { in_quotes: false };
        }
        record.end_cell();
        if bytes.get(at) == Some(&separator) {
            at += 1;
            continue;
        }
        let end = match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'\r'), Some(b'\n')) => 2,
            // The line feed may only come with the next chunk.
            (Some(b'\r'), None) if !ended => return Parsed::Incomplete { in_quotes: false },
            (Some(_), _) => 1,
            (None, _) => 0,
        };
        if has_nul {
            record.fault = Some(fault::nul_byte());
        }
        return Parsed::Record { next: at + end };
    }
}

/// Cells end at ASCII bytes of decoded text, so they are always whole characters.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or("\u{fffd}")
}

/// The separator that a first line `sep=;` names, as Excel writes it.
fn declared_separator(bytes: &[u8]) -> Option<u8> {
    let line = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] => Some(*separator),
        _ => None,
    }
}

/// The separator of a text file: the one that cuts its first records most evenly into most cells.
pub(crate) fn separator_of(part: &Part, encoding: &'static Encoding) -> Result<u8, Refusal> {
    let mut stream = TextStream::open(part, encoding)?;
    let mut sample = Vec::new();
    let mut ended = false;
    while sample.len() < 256 * 1024 && !ended {
        ended = !stream.more(&mut sample).map_err(|error| Refusal::unreadable(&part.path, "", error))?;
    }
    if let Some(separator) = declared_separator(&sample) {
        return Ok(separator);
    }
    let mut best = (0, 0, b',');
    for separator in SEPARATORS {
        let (even, cells) = evenness(&sample, separator, ended);
        if cells > 1 && (even, cells) > (best.0, best.1) {
            best = (even, cells, separator);
        }
    }
    Ok(best.2)
}

/// How many percent of the records have the commonest number of cells, and that number.
fn evenness(sample: &[u8], separator: u8, ended: bool) -> (usize, usize) {
    let mut record = Record::default();
    let mut counts = std::collections::BTreeMap::new();
    let mut at = 0;
    let mut total = 0;
    while at < sample.len() && total < 200 {
        record.clear(0);
        let Parsed::Record { next } = parse(&sample[at..], separator, ended, &mut record) else { break };
        at += next;
        if !record.is_blank() {
            *counts.entry(record.len()).or_insert(0usize) += 1;
            total += 1;
        }
    }
    let Some((cells, count)) = counts.into_iter().max_by_key(|(cells, count)| (*count, *cells)) else { return (0, 0) };
    (count * 100 / total.max(1), cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn rows(text: &[u8], separator: u8) -> Vec<String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text).unwrap();
        let mut records = Records::open(&Part::plain(file.path()), encoding_rs::UTF_8, separator).unwrap();
        let mut record = Record::default();
        let mut rows = Vec::new();
        while records.next(&mut record).unwrap() {
            let cells: Vec<&str> = (0..record.len()).map(|position| record.raw(position)).collect();
            let fault = record.fault.as_ref().map_or("", |fault| fault.code);
            rows.push(format!("{}:{}{fault}", record.row, cells.join("~")));
        }
        rows
    }

    #[test]
    fn quotes_hold_separators_line_ends_and_quotes() {
        assert_eq!(
            rows(b"a,b\r\n\"x, \"\"y\"\"\nz\",2\n,\nlast,", b','),
            ["1:a~b", "2:x, \"y\"\nz~2", "3:~", "4:last~"]
        );
        assert_eq!(rows(b"5\" pipe,2\n\"a\"b,3\n", b','), ["1:5\" pipe~2", "2:ab~3"]);
        assert_eq!(rows(b"a\tb\rc\td", b'\t'), ["1:a~b", "2:c~d"]);
    }

    proptest::proptest! {
        #[test]
        fn a_plain_line_says_what_it_says_byte_by_byte(
            text in "[a,;\t\"\r\n\u{0}\u{7f}\u{7532} ]{0,40}",
            separator in proptest::sample::select(vec![b',', b';', b'\t', b'a']),
        ) {
            let bytes = text.as_bytes();
            let (mut ends, mut quick, mut slow) = (Vec::new(), Record::default(), Record::default());
            if let Some((line, next)) = plain_line(bytes, separator, &sorts(separator), &mut ends) {
                quick.become_line(line, ends.iter().copied());
                let parsed = parse(bytes, separator, false, &mut slow);
                let Parsed::Record { next: slow_next } = parsed else { panic!("{text:?}") };
                proptest::prop_assert_eq!(next, slow_next);
                proptest::prop_assert!(quick.cells().eq(slow.cells()) && slow.fault.is_none());
                proptest::prop_assert_eq!(quick.size(), slow.size());
            }
        }
    }

    #[test]
    fn a_quote_that_never_closes_costs_one_line() {
        assert_eq!(rows(b"a,b\n\"x,1\ny,2\n", b','), ["1:a~b", "2:unclosed_quote", "3:y~2"]);
    }

    #[test]
    fn a_line_of_two_megabytes_costs_one_row() {
        let mut text = b"a,b\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 2 * RECORD_LIMIT));
        text.extend_from_slice(b"\nc,d\n");
        assert_eq!(rows(&text, b','), ["1:a~b", "2:record_too_long", "3:c~d"]);
    }

    #[test]
    fn a_nul_costs_its_row() {
        assert_eq!(rows(b"a,b\n1,\0\n3,4\n", b','), ["1:a~b", "2:1~\0nul_byte", "3:3~4"]);
    }

    #[test]
    fn the_separator_is_the_one_that_cuts_evenly() {
        let separator = |text: &str| {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            separator_of(&Part::plain(file.path()), encoding_rs::UTF_8).unwrap() as char
        };
        assert_eq!(separator("a,b,c\n1,2,3\n"), ',');
        assert_eq!(separator("a;b\n1,5;2,5\n"), ';');
        assert_eq!(separator("a\tb\n1,5\t2\n"), '\t');
        assert_eq!(separator("a|b\n1|2\n"), '|');
        assert_eq!(separator("only\n1\n"), ',');
        assert_eq!(separator("sep=;\na;b\n"), ';');
    }
}
