//! One row of a table as text, whatever it came from.

use crate::fault::Fault;

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

/// A row: its cells one after the other in one text, so that reading the next row allocates nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// As a person counts it: the first row is 1.
    pub(crate) row: u64,
    text: String,
    ends: Vec<usize>,
    /// Why the row as a whole cannot be read.
    pub(crate) fault: Option<Fault>,
    marks: Vec<(usize, Mark)>,
}

impl Record {
    pub(crate) fn clear(&mut self, row: u64) {
        self.row = row;
        self.text.clear();
        self.ends.clear();
        self.fault = None;
        self.marks.clear();
    }

    pub(crate) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    pub(crate) fn push_part(&mut self, part: &str) {
        self.text.push_str(part);
    }

    pub(crate) fn end_cell(&mut self) {
        self.ends.push(self.text.len());
    }

    pub(crate) fn mark_last(&mut self, mark: Mark) {
        self.marks.push((self.ends.len() - 1, mark));
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A cell as it came; empty beyond the last.
    pub(crate) fn raw(&self, position: usize) -> &str {
        let Some(&end) = self.ends.get(position) else { return "" };
        let start = if position == 0 { 0 } else { self.ends[position - 1] };
        &self.text[start..end]
    }

    /// A cell without what exports wrap around it: white space, `="00123"`, a leading `'`.
    pub(crate) fn cell(&self, position: usize) -> &str {
        cleaned(self.raw(position))
    }

    pub(crate) fn mark(&self, position: usize) -> Option<Mark> {
        self.marks.iter().find(|(at, _)| *at == position).map(|(_, mark)| *mark)
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.fault.is_none() && self.marks.is_empty() && self.text.chars().all(is_padding)
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
    fn a_code_is_freed_from_what_exports_wrap_around_it() {
        assert_eq!(cleaned("=\"00123\""), "00123");
        assert_eq!(cleaned("'00123"), "00123");
        assert_eq!(cleaned("\t320102199001011234\u{3000}"), "320102199001011234");
        assert_eq!(cleaned("'tis"), "'tis");
        assert_eq!(cleaned("'=1+1"), "=1+1");
        assert_eq!(cleaned("  "), "");
    }
}
