//! How the objects of a kind lie in a tenant's file: tables and indexes, made from the kind's schema.
//!
//! Events have a table of their own whose key is their [place](super::place) in time, so that the table and every index
//! over it are in order of time. What many events share lies once in a table per group. Objects of all other kinds lie
//! in one table, with an inverted index over their columns.

use std::fmt::Write as _;
use std::sync::LazyLock;

use vouchsafe_diagnostics::resource::{Resource, Schema, Shape, Stored, Type};

use super::summary::SummaryBy;

/// Tables that every file has.
const COMMON: &str = include_str!("../../migrations/records/sqlite.sql");

/// Where the parts of an event lie.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) resource: Resource,
    pub(super) schema: &'static Schema,
    /// Name of the kind, and of the table of its events.
    pub(super) name: String,
    /// Groups of shared columns, in order of their first column.
    pub(super) groups: Vec<Group>,
    /// Columns that stand in the row, besides the id.
    pub(super) references: Vec<Own>,
    /// Columns with many values.
    pub(super) each: Vec<Own>,
    /// Whether events of several categories lie in the table.
    pub(super) has_category: bool,
    /// The groups that are counted by time.
    pub(super) counted: Vec<(SummaryBy, usize)>,
}

/// Columns that are kept together once per combination of their values.
#[derive(Debug)]
pub(super) struct Group {
    /// Its column in the row.
    pub(super) name: &'static str,
    /// Places of its columns in the schema.
    pub(super) columns: Vec<usize>,
    /// Names of its columns in the group's table, in the same order.
    pub(super) names: Vec<String>,
    pub(super) indexed: bool,
    /// A single number stands in the row itself; there is no table.
    pub(super) direct: bool,
}

/// A column that is no group's.
#[derive(Debug)]
pub(super) struct Own {
    /// Its place in the schema.
    pub(super) column: usize,
    /// Its name: of the column in the row, or of the end of the table's name.
    pub(super) name: String,
}

static LAYOUTS: LazyLock<Vec<Layout>> =
    LazyLock::new(|| Resource::ALL.into_iter().map(Layout::new).collect());

/// The text that makes or completes a file without the indexes of events.
pub(super) static TABLES: LazyLock<String> = LazyLock::new(|| {
    let events = events().map(Layout::tables);
    std::iter::once(COMMON.to_owned()).chain(events).collect()
});

/// The text that makes the indexes of events.
pub(super) static INDEXES: LazyLock<String> = LazyLock::new(|| events().map(Layout::indexes).collect());

/// The layouts of the kinds that are events.
pub(super) fn events() -> impl Iterator<Item = &'static Layout> {
    all().filter(|layout| layout.is_event())
}

/// The layouts of all kinds.
pub(super) fn all() -> impl Iterator<Item = &'static Layout> {
    LAYOUTS.iter()
}

/// The layout of a kind.
pub(super) fn of(resource: Resource) -> &'static Layout {
    static FALLBACK: LazyLock<Layout> = LazyLock::new(|| Layout::new(Resource::SignIn));
    // Every kind is in `ALL`.
    LAYOUTS.iter().find(|layout| layout.resource == resource).unwrap_or(&FALLBACK)
}

impl Layout {
    fn new(resource: Resource) -> Self {
        let schema = resource.schema();
        let mut layout = Self {
            resource,
            schema,
            name: snake(schema.graph_type.rsplit_once('.').map_or(schema.graph_type, |(_, name)| name)),
            groups: Vec::new(),
            references: Vec::new(),
            each: Vec::new(),
            has_category: schema.categories.len() > 1,
            counted: Vec::new(),
        };
        for (column, described) in schema.columns.iter().enumerate() {
            let name = snake(described.path);
            match described.stored {
                Stored::Id => {}
                Stored::Reference => layout.references.push(Own { column, name }),
                Stored::Each => layout.each.push(Own { column, name }),
                Stored::Shared { group, indexed } => layout.share(column, name, group, indexed),
            }
        }
        for group in &mut layout.groups {
            let holds = |column: &usize| schema.columns.get(*column).map(|column| column.holds);
            group.direct = matches!(group.columns.as_slice(), [one] if holds(one) != Some(Type::Text));
        }
        for by in SummaryBy::ALL {
            let holds = |column: &usize| schema.columns.get(*column).map(|column| column.path) == by.path();
            let group = layout.groups.iter().position(|group| group.columns.iter().any(holds));
            layout.counted.extend(group.filter(|_| by.path().is_some()).map(|group| (by, group)));
        }
        layout
    }

    fn share(&mut self, column: usize, name: String, group: &'static str, indexed: bool) {
        let known = self.groups.iter().position(|known| known.name == group);
        let place = known.unwrap_or_else(|| {
            let empty = Group { name: group, columns: Vec::new(), names: Vec::new(), indexed, direct: false };
            self.groups.push(empty);
            self.groups.len() - 1
        });
        if let Some(group) = self.groups.get_mut(place) {
            group.columns.push(column);
            group.names.push(name);
            group.indexed |= indexed;
        }
    }

    pub(super) fn is_event(&self) -> bool {
        matches!(self.schema.shape, Shape::Events { .. })
    }

    /// Path of the time of an event.
    pub(super) fn time(&self) -> Option<&'static str> {
        match self.schema.shape {
            Shape::Events { time } => Some(time),
            Shape::Objects | Shape::Singleton => None,
        }
    }

    /// The group that a column belongs to, and its name there.
    pub(super) fn group_of(&self, column: usize) -> Option<(&Group, &str)> {
        self.groups.iter().find_map(|group| {
            let at = group.columns.iter().position(|own| *own == column)?;
            Some((group, group.names.get(at)?.as_str()))
        })
    }

    /// The place of a path among the schema's columns.
    pub(super) fn column(&self, path: &str) -> Option<usize> {
        self.schema.columns.iter().position(|column| column.path == path)
    }

    /// The columns of a row that its JSON is made whole with, in the order of their marks.
    pub(super) fn spliced(&self) -> impl Iterator<Item = &str> {
        std::iter::once("id").chain(self.references.iter().map(|own| own.name.as_str()))
    }

    fn tables(&self) -> String {
        let name = &self.name;
        let mut sql = format!(
            "CREATE TABLE IF NOT EXISTS {name} (\n    at INTEGER PRIMARY KEY,\n    batch INTEGER NOT NULL,\n"
        );
        if self.has_category {
            sql.push_str("    category INTEGER NOT NULL,\n");
        }
        for group in &self.groups {
            let _ = writeln!(sql, "    {} INTEGER,", group.name);
        }
        sql.push_str("    id ANY NOT NULL,\n");
        for own in &self.references {
            let _ = writeln!(sql, "    {} ANY,", own.name);
        }
        sql.push_str("    packing INTEGER NOT NULL,\n    json BLOB NOT NULL\n) STRICT;\n");
        let _ = writeln!(
            sql,
            "CREATE TABLE IF NOT EXISTS {name}_original (at INTEGER PRIMARY KEY, packing INTEGER NOT NULL, json BLOB NOT NULL) STRICT;"
        );
        for group in self.groups.iter().filter(|group| !group.direct) {
            let table = format!("{name}_{}", group.name);
            let typed = group.columns.iter().zip(&group.names).map(|(column, own)| {
                let text = self.schema.columns.get(*column).is_none_or(|column| column.holds == Type::Text);
                format!(", {own} {}", if text { "TEXT" } else { "INTEGER" })
            });
            let typed: String = typed.collect();
            let _ =
                writeln!(sql, "CREATE TABLE IF NOT EXISTS {table} (id INTEGER PRIMARY KEY{typed}) STRICT;");
            let whole = group.names.join(", ");
            let _ = writeln!(sql, "CREATE INDEX IF NOT EXISTS {table}_whole ON {table} ({whole});");
            for own in group.names.iter().skip(1) {
                let _ = writeln!(sql, "CREATE INDEX IF NOT EXISTS {table}_by_{own} ON {table} ({own});");
            }
        }
        for own in &self.each {
            let _ = writeln!(
                sql,
                "CREATE TABLE IF NOT EXISTS {name}_each_{own} (value ANY NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (value, at)) STRICT, WITHOUT ROWID;\nCREATE INDEX IF NOT EXISTS {name}_each_{own}_at ON {name}_each_{own} (at);",
                own = own.name
            );
        }
        sql
    }

    fn indexes(&self) -> String {
        let name = &self.name;
        let mut sql = format!("CREATE INDEX IF NOT EXISTS {name}_by_id ON {name} (id);\n");
        let references = self.references.iter().map(|own| own.name.as_str());
        let groups = self.groups.iter().filter(|group| group.indexed).map(|group| group.name);
        for own in references.chain(groups) {
            let _ = writeln!(sql, "CREATE INDEX IF NOT EXISTS {name}_by_{own} ON {name} ({own});");
        }
        sql
    }
}

/// A property path or a type's name as an identifier: `status/errorCode` is `status_error_code`.
fn snake(path: &str) -> String {
    let mut name = String::with_capacity(path.len() + 4);
    let mut previous = '_';
    for c in path.chars() {
        if c.is_ascii_uppercase() && (previous.is_ascii_lowercase() || previous.is_ascii_digit()) {
            name.push('_');
        }
        name.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
        previous = c;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers() {
        assert_eq!(snake("status/errorCode"), "status_error_code");
        assert_eq!(snake("riskEventTypes_v2"), "risk_event_types_v2");
        assert_eq!(snake("ipAddress"), "ip_address");
    }

    #[test]
    fn every_kind_fits_the_layout() {
        for layout in all() {
            assert!(
                layout.spliced().count() < usize::from(super::super::splice::MARKS_END),
                "{}",
                layout.name
            );
            for own in &layout.each {
                assert_eq!(
                    layout.schema.columns[own.column].holds,
                    Type::Text,
                    "{} {}",
                    layout.name,
                    own.name
                );
            }
        }
        let names: std::collections::BTreeSet<_> = all().map(|layout| &layout.name).collect();
        assert_eq!(names.len(), Resource::ALL.len(), "two kinds have one name");
    }

    #[test]
    fn the_text_of_the_tables() {
        insta::assert_snapshot!("tables", format!("{}\n{}", *TABLES, *INDEXES));
    }
}
