//! A table of finished strings: the one form in which figures reach every renderer.

use serde::Serialize;

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table of finished strings. Backticks mark words of the model, as in Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// What the table shows; empty where the text above it says so.
    pub title: String,
    /// The columns' heads and how they are set.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
    /// Sentences below the table: formulas, what was left out.
    pub notes: Vec<String>,
}

/// A column's head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The head.
    pub head: String,
    /// How it is set.
    pub align: Align,
}

impl Table {
    /// Makes an empty table; a head that starts with `>` is a column of numbers.
    pub fn new(title: impl Into<String>, heads: &[&str]) -> Self {
        let columns = heads
            .iter()
            .map(|head| match head.strip_prefix('>') {
                Some(head) => Column { head: head.to_owned(), align: Align::Right },
                None => Column { head: (*head).to_owned(), align: Align::Left },
            })
            .collect();
        Self { title: title.into(), columns, rows: Vec::new(), notes: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.columns.len(), "a row has a cell per column");
        self.rows.push(cells);
    }

    /// Adds a sentence below the table.
    pub fn note(&mut self, sentence: impl Into<String>) {
        self.notes.push(sentence.into());
    }

    /// Cuts the table to a number of rows and says how many were left out.
    pub fn limit(&mut self, most: usize, what: &str) {
        if self.rows.len() > most {
            let left_out = self.rows.len() - most;
            self.rows.truncate(most);
            self.note(format!("{left_out} more {what} are in `--format json`."));
        }
    }

    /// Leaves out the columns, but the first, in which every cell is empty.
    pub fn drop_empty_columns(&mut self) {
        for column in (1..self.columns.len()).rev() {
            if self.rows.iter().all(|row| row[column].is_empty()) {
                self.columns.remove(column);
                for row in &mut self.rows {
                    row.remove(column);
                }
            }
        }
    }

    /// Returns the table with every string changed.
    #[must_use]
    pub fn map(&self, change: &dyn Fn(&str) -> String) -> Self {
        Self {
            title: change(&self.title),
            columns: self.columns.iter().map(|column| Column { head: change(&column.head), align: column.align }).collect(),
            rows: self.rows.iter().map(|row| row.iter().map(|cell| change(cell)).collect()).collect(),
            notes: self.notes.iter().map(|note| change(note)).collect(),
        }
    }
}
