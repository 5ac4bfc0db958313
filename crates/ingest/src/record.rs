//! One row of a table as text, whatever it came from.

use std::io::{Read, Write};

use crate::fault::Fault;

/// A row that was longer gives its memory back before the next one.
const KEPT_BYTES: usize = 64 * 1024;

/// Something a workbook says about a cell that its text does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// `#REF!`, `#N/A`…
    ErrorValue,
    /// A formula whose result was never saved.
    NoValue,
    /// A number with more digits than a spreadsheet keeps.
    DigitsLost,
}

/// A row: its cells one after the other in one text, so that reading the next row allocates nothing. What parts them in a
/// file may stand between them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// As a person counts it: the first row is 1.
    pub(crate) row: u64,
    /// Entry of the archive it stands in, where several are read together.
    pub(crate) part: Option<Box<str>>,
    text: String,
    /// Where each cell begins and ends.
    cells: Vec<(u32, u32)>,
    /// Bytes of the text that belong to no cell.
    between: usize,
    /// Why the row as a whole cannot be read.
    pub(crate) fault: Option<Fault>,
    marks: Vec<(usize, Mark)>,
}

impl Record {
    pub(crate) fn clear(&mut self, row: u64) {
        self.row = row;
        self.part = None;
        if self.text.capacity() > KEPT_BYTES {
            self.text = String::new();
        }
        if self.cells.capacity() > KEPT_BYTES {
            self.cells = Vec::new();
        }
        self.text.clear();
        self.cells.clear();
        self.between = 0;
        self.fault = None;
        self.marks.clear();
    }

    pub(crate) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.end_cell();
    }

    pub(crate) fn push_part(&mut self, part: &str) {
        self.text.push_str(part);
    }

    pub(crate) fn end_cell(&mut self) {
        let begin = self.cells.last().map_or(0, |(_, end)| *end);
        self.cells.push((begin, self.text.len() as u32));
    }

    /// Becomes a line whose cells end at `ends`, with one byte behind each but the last.
    pub(crate) fn become_line(&mut self, line: &str, ends: impl Iterator<Item = u32>) {
        self.text.push_str(line);
        let mut begin = 0;
        self.cells.extend(ends.map(|end| (std::mem::replace(&mut begin, end + 1), end)));
        self.between = self.cells.len().saturating_sub(1);
    }

    pub(crate) fn mark_last(&mut self, mark: Mark) {
        self.marks.push((self.cells.len() - 1, mark));
    }

    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// About how many bytes it takes: the same for the same row, whenever it is read.
    pub(crate) fn size(&self) -> u64 {
        (self.text.len() - self.between + self.cells.len() * size_of::<u64>()) as u64 + 16
    }

    /// A cell as it came; empty beyond the last.
    pub(crate) fn raw(&self, position: usize) -> &str {
        let Some(&(begin, end)) = self.cells.get(position) else { return "" };
        &self.text[begin as usize..end as usize]
    }

    /// A cell without what exports wrap around it: white space, `="00123"`, a leading `'`.
    pub(crate) fn cell(&self, position: usize) -> &str {
        cleaned(self.raw(position))
    }

    /// Whether nothing is said of any cell but its text.
    pub(crate) fn has_no_marks(&self) -> bool {
        self.marks.is_empty()
    }

    pub(crate) fn mark(&self, position: usize) -> Option<Mark> {
        self.marks.iter().find(|(at, _)| *at == position).map(|(_, mark)| *mark)
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.fault.is_none() && self.marks.is_empty() && (0..self.len()).all(|at| self.raw(at).chars().all(is_padding))
    }

    /// Puts the row where [`Record::read`] finds it again. A row that cannot be read is never put anywhere.
    pub(crate) fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        let part = self.part.as_deref().unwrap_or_default();
        out.write_all(&self.row.to_le_bytes())?;
        for length in [part.len(), self.text.len() - self.between, self.cells.len(), self.marks.len()] {
            out.write_all(&(length as u32).to_le_bytes())?;
        }
        out.write_all(part.as_bytes())?;
        (0..self.len()).try_for_each(|at| out.write_all(self.raw(at).as_bytes()))?;
        let mut written = 0;
        for (begin, end) in &self.cells {
            written += end - begin;
            out.write_all(&written.to_le_bytes())?;
        }
        self.marks.iter().try_for_each(|(at, mark)| out.write_all(&((*at as u32) << 2 | *mark as u32).to_le_bytes()))
    }

    /// The next row that was put there; `false` at the end.
    pub(crate) fn read(&mut self, from: &mut impl Read) -> std::io::Result<bool> {
        let mut row = [0; 8];
        match from.read_exact(&mut row) {
            Ok(()) => self.clear(u64::from_le_bytes(row)),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
        let mut number = || -> std::io::Result<usize> {
            let mut bytes = [0; 4];
            from.read_exact(&mut bytes)?;
            Ok(u32::from_le_bytes(bytes) as usize)
        };
        let (part, text, ends, marks) = (number()?, number()?, number()?, number()?);
        let mut part_bytes = vec![0; part];
        from.read_exact(&mut part_bytes)?;
        self.part = (part > 0).then(|| String::from_utf8_lossy(&part_bytes).into_owned().into_boxed_str());
        let mut bytes = vec![0; text];
        from.read_exact(&mut bytes)?;
        self.text = String::from_utf8(bytes).map_err(std::io::Error::other)?;
        for _ in 0..ends + marks {
            let mut bytes = [0; 4];
            from.read_exact(&mut bytes)?;
            let number = u32::from_le_bytes(bytes);
            if self.cells.len() < ends {
                self.cells.push((self.cells.last().map_or(0, |(_, end)| *end), number));
                continue;
            }
            let mark = [Mark::ErrorValue, Mark::NoValue, Mark::DigitsLost][(number as usize & 3).min(2)];
            self.marks.push((number as usize >> 2, mark));
        }
        Ok(true)
    }

    pub(crate) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|position| self.cell(position))
    }
}

fn is_padding(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')
}

/// A cell without what exports wrap around it.
pub(crate) fn cleaned(raw: &str) -> &str {
    let bytes = raw.as_bytes();
    let plain = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'=' | b'\'');
    if let (Some(first), Some(last)) = (bytes.first(), bytes.last())
        && plain(first)
        && plain(last)
    {
        return raw;
    }
    let trimmed = raw.trim_matches(is_padding);
    if let Some(inner) = trimmed.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        return inner.trim_matches(is_padding);
    }
    if let Some(rest) = trimmed.strip_prefix('\'')
        && rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '=' | '+' | '-' | '@'))
    {
        return rest;
    }
    trimmed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_put_aside_comes_back_as_it_was() {
        let mut record = Record::default();
        record.clear(7);
        record.part = Some("三月.csv".into());
        ["甲", "", "x"].into_iter().for_each(|cell| record.push(cell));
        record.mark_last(Mark::DigitsLost);
        let mut bytes = Vec::new();
        record.write(&mut bytes).unwrap();
        let (mut again, mut from) = (Record::default(), bytes.as_slice());
        assert!(again.read(&mut from).unwrap());
        assert_eq!(
            (again.row, again.part.as_deref(), again.raw(0), again.mark(2)),
            (7, Some("三月.csv"), "甲", Some(Mark::DigitsLost))
        );
        assert!(!again.read(&mut from).unwrap());
    }

    #[test]
    fn a_line_with_what_parts_its_cells_is_the_same_row_as_its_cells() {
        for cells in [&["甲", "", "x"][..], &["", "", ""], &["\u{3000}", ""], &["only"], &[""]] {
            let (mut one, mut other) = (Record::default(), Record::default());
            one.clear(7);
            cells.iter().for_each(|cell| one.push(cell));
            other.clear(7);
            let line = cells.join(",");
            let ends = cells.iter().scan(0, |end, cell| {
                let own = *end + cell.len() as u32;
                *end = own + 1;
                Some(own)
            });
            other.become_line(&line, ends);
            assert!(one.cells().eq(other.cells()) && one.len() == other.len());
            assert_eq!((one.size(), one.is_blank()), (other.size(), other.is_blank()), "{cells:?}");
            let mut written = [Vec::new(), Vec::new()];
            one.write(&mut written[0]).unwrap();
            other.write(&mut written[1]).unwrap();
            assert_eq!(written[0], written[1]);
        }
    }

    #[test]
    fn a_code_is_freed_from_what_exports_wrap_around_it() {
        assert_eq!(cleaned("=\"00123\""), "00123");
        assert_eq!(cleaned("'00123"), "00123");
        assert_eq!(cleaned("\t320102199001011234\u{3000}"), "320102199001011234");
        assert_eq!(cleaned("'tis"), "'tis");
        assert_eq!(cleaned("'=1+1"), "=1+1");
        assert_eq!(cleaned("  "), "");
    }
}
