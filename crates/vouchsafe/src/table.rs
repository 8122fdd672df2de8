//! Tables for people, and the same as tab-separated text for pipes.

use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, TableStyle};

use crate::output::plain;

/// Columns of text that a person can read without it being cut into pieces.
const READABLE_COLUMNS: usize = 16;
/// Blank columns around each cell.
const COLUMN_GAP: usize = 3;

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
        if self.is_too_wide(width) {
            return self.render_one_by_one(width);
        }
        let mut table = comfy_table::Table::new();
        table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')));
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        if !self.header.is_empty() {
            table.set_header(self.header.iter().map(|name| name.to_uppercase()));
        }
        // A property without a value says nothing to people.
        let told = |row: &&Vec<String>| !self.header.is_empty() || row.iter().all(|cell| !cell.is_empty());
        for row in self.rows.iter().filter(told) {
            table.add_row(row.iter().map(|cell| plain(cell)));
        }
        if let Some(column) = table.column_mut(0) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
        table.trim_fmt()
    }

    /// Whether columns would be wrapped until nobody can read them: the first needs its whole width, the others
    /// up to [`READABLE_COLUMNS`].
    fn is_too_wide(&self, width: u16) -> bool {
        let needed = self.header.iter().enumerate().map(|(index, name)| {
            let cells = self.rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.chars().count());
            let natural = cells.chain([name.chars().count()]).max().unwrap_or_default();
            if index == 0 { natural } else { natural.min(READABLE_COLUMNS) }
        });
        needed.map(|columns| columns + COLUMN_GAP).sum::<usize>() > usize::from(width)
    }

    /// Each row as a list of properties.
    fn render_one_by_one(&self, width: u16) -> String {
        let item = |row: &Vec<String>| {
            let pairs =
                self.header.iter().zip(row).map(|(name, cell)| vec![(*name).to_owned(), cell.clone()]);
            Self { header: Vec::new(), rows: pairs.collect() }.render_for_people(width)
        };
        self.rows.iter().map(item).collect::<Vec<_>>().join("\n\n")
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Table {
        let mut table = Table::new(&["Id", "Title", "When"]);
        let title = "Sign-ins to the payroll application fail\nsince Monday \u{1b}[31m";
        table.row([
            "sr_018bcfe5680077078707070707070701".into(),
            title.into(),
            "2026-11-23 09:00 CET".into(),
        ]);
        table.row(["sr_018bcfe5680077078707070707070702".into(), "Short".into(), String::new()]);
        table
    }

    #[test]
    fn a_terminal_gets_columns_that_fit() {
        insta::assert_snapshot!(sample().render(Some(120)));
        insta::assert_snapshot!(sample().render(Some(80)));
        insta::assert_snapshot!(sample().render(Some(70)));
        insta::assert_snapshot!(
            Table::properties([
                ("Name", "Alex".to_owned()),
                ("Tenant", String::new()),
                ("Roles", "A\nB".to_owned())
            ])
            .render(Some(40))
        );
        assert_eq!(Table::new(&["Id"]).render(Some(80)), "Nothing to show.");
    }

    #[test]
    fn a_pipe_gets_one_line_a_row() {
        insta::assert_snapshot!(sample().render(None));
    }
}
