//! Tables for people, and the same as tab-separated text for pipes.

use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, TableStyle};

use crate::output::plain;

/// Rows of texts under a header, or pairs of name and value without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns. The first one holds an id and is never wrapped, so that it can be copied.
    pub(crate) fn new(header: &[&'static str]) -> Self {
        Self { header: header.to_vec(), rows: Vec::new() }
    }

    /// A list of properties.
    pub(crate) fn properties<const N: usize>(pairs: [(&str, String); N]) -> Self {
        let rows = pairs.into_iter().map(|(name, value)| vec![name.to_owned(), value]);
        Self { header: Vec::new(), rows: rows.collect() }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.to_vec());
    }

    /// The text for a terminal `width` columns wide, or tab-separated for `None`.
    pub(crate) fn render(&self, width: Option<u16>) -> String {
        match width {
            Some(width) => self.render_for_people(width),
            None => self.render_for_programs(),
        }
    }

    fn render_for_people(&self, width: u16) -> String {
        if self.rows.is_empty() {
            return "Nothing to show.".to_owned();
        }
        let mut table = comfy_table::Table::new();
        table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')));
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        if !self.header.is_empty() {
            table.set_header(self.header.iter().map(|name| name.to_uppercase()));
        }
        for row in &self.rows {
            table.add_row(row.iter().map(|cell| plain(cell)));
        }
        if let Some(column) = table.column_mut(0) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
        table.trim_fmt()
    }

    fn render_for_programs(&self) -> String {
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| plain(cell).replace('\n', " ")).collect();
            cells.join("\t")
        };
        let header: Vec<String> = self.header.iter().map(|name| (*name).to_owned()).collect();
        let header = (!header.is_empty()).then(|| line(&header));
        header.into_iter().chain(self.rows.iter().map(|row| line(row))).collect::<Vec<_>>().join("\n")
    }
}
