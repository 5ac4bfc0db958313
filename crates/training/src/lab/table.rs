//! A plain table of named columns of text, as a file had it, and how to find a column in it.

use vocab::{Finding, Place, Text};

/// A column: its name and its cells, one after the other in one text.
#[derive(Clone, Debug)]
pub struct Column {
    name: String,
    text: String,
    ends: Vec<usize>,
}

impl Column {
    /// A column without cells.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), text: String::new(), ends: Vec::new() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A cell; rows count from 0. Empty where the file had nothing.
    ///
    /// Panics beyond the last row.
    pub fn cell(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.text[start..self.ends[row]]
    }

    /// All cells in the order of the rows.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        (0..self.ends.len()).map(|row| self.cell(row))
    }

    /// Adds a cell below.
    pub fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }
}

/// A plain table: columns of text of equal length, and what was odd about its file.
#[derive(Clone, Debug, Default)]
pub struct Table {
    name: String,
    columns: Vec<Column>,
    rows: usize,
    rejected: Vec<Finding>,
    notes: Vec<Finding>,
}

impl Table {
    /// A table without rows. `name` is what findings call it: its file.
    pub fn new(name: impl Into<String>, headers: impl IntoIterator<Item = String>) -> Self {
        let columns = headers.into_iter().map(Column::new).collect();
        Self { name: name.into(), columns, ..Self::default() }
    }

    /// Adds a row; cells that are missing are empty, cells beyond the last column are dropped.
    pub fn push_row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        let mut cells = cells.into_iter();
        for column in &mut self.columns {
            column.push(cells.next().unwrap_or_default());
        }
        self.rows += 1;
    }

    /// Counts a row of the file that could not be read.
    pub fn reject(&mut self, finding: Finding) {
        self.rejected.push(finding);
    }

    /// Adds something worth knowing about the file.
    pub fn note(&mut self, finding: Finding) {
        self.notes.push(finding);
    }

    /// What findings call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its columns, in the order of the file.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many rows it has.
    pub fn row_count(&self) -> usize {
        self.rows
    }

    /// Rows of the file that are not in it, and why.
    pub fn rejected(&self) -> &[Finding] {
        &self.rejected
    }

    /// What is worth knowing about the file.
    pub fn notes(&self) -> &[Finding] {
        &self.notes
    }

    /// The column of a name: exactly, else the only one that differs by case, white space or marks.
    ///
    /// # Errors
    /// `unknown_column`, which names the columns there are.
    pub fn column(&self, name: &str) -> Result<&Column, Finding> {
        if let Some(column) = self.columns.iter().find(|column| column.name == name) {
            return Ok(column);
        }
        let wanted = folded(name);
        let mut alike = self.columns.iter().filter(|column| folded(&column.name) == wanted && !wanted.is_empty());
        match (alike.next(), alike.next()) {
            (Some(column), None) => Ok(column),
            _ => Err(self.unknown(name)),
        }
    }

    /// A fault at a cell of this table; rows count from 0 here and are told as the file counts them, header first.
    pub fn fault(&self, code: &'static str, column: &str, row: Option<usize>, detail: Text, hint: Text) -> Finding {
        let row = row.map(|row| row as u64 + 2);
        let place = Place { file: Some(self.name.clone()), row, field: Some(column.to_owned()), ..Place::default() };
        Finding::new(code, detail, hint).at(place)
    }

    /// A fault of the table as a whole.
    pub fn fault_of_all(&self, code: &'static str, detail: Text, hint: Text) -> Finding {
        Finding::new(code, detail, hint).at(Place { file: Some(self.name.clone()), ..Place::default() })
    }

    fn unknown(&self, name: &str) -> Finding {
        const SHOWN: usize = 40;
        let names: Vec<&str> = self.columns.iter().take(SHOWN).map(|column| column.name.as_str()).collect();
        let more = if self.columns.len() > SHOWN { "…" } else { "" };
        let hint = Text::new(
            format!("表里的列：{}{more}", names.join("、")),
            format!("the table has: {}{more}", names.join(", ")),
        );
        let detail = Text::new(format!("没有列“{name}”"), format!("there is no column \"{name}\""));
        self.fault_of_all("unknown_column", detail, hint)
    }
}

/// A name without case, white space and marks.
fn folded(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new("客户.csv", ["Customer ID", "流失", "流失?"].map(str::to_owned));
        table.push_row(["A", "是"]);
        table.push_row(["B", "", "否", "beyond"]);
        table
    }

    #[test]
    fn a_row_too_short_ends_in_empty_cells_and_one_too_long_is_cut() {
        let table = table();
        assert_eq!(table.row_count(), 2);
        let cells: Vec<&str> = table.columns().iter().flat_map(Column::cells).collect();
        assert_eq!(cells, ["A", "B", "是", "", "", "否"]);
    }

    #[test]
    fn a_column_is_found_by_its_name_or_one_that_only_looks_different() {
        let table = table();
        assert_eq!(table.column("customer_id").map(Column::name), Ok("Customer ID"));
        assert_eq!(table.column("流失?").map(Column::name), Ok("流失?"));
        let missing = table.column("Churn").expect_err("no such column");
        assert!(missing.line(vocab::Lang::En).contains("Customer ID, 流失, 流失?"), "{missing}");
    }
}
