//! Reads events in order of time from wherever they are: several values of an index are merged, never sorted.

use std::collections::{BinaryHeap, VecDeque};

use rusqlite::Row;
use rusqlite::types::Value;
use vouchsafe_diagnostics::resource::Condition;

use super::expression::{Dialect, Parameter, Sql, read_key};
use super::files::View;
use super::plan::{Access, Cursor, Span};
use super::splice::{self, Key};
use crate::error::StoreError;
use crate::list::Order;

/// Rows that are fetched at once at most.
const CHUNK_MAX: i64 = 2_048;
/// Rows that are fetched of the table at once at least.
const CHUNK_MIN: i64 = 4;

/// An event as it lies in its row.
#[derive(Debug)]
pub(super) struct EventRow {
    pub(super) at: i64,
    pub(super) keys: Vec<Option<Key>>,
    pub(super) packing: i64,
    pub(super) json: Vec<u8>,
}

/// What of each event is looked for.
#[derive(Debug)]
pub(super) struct Wish<'c> {
    pub(super) dialect: Dialect,
    /// What SQL asks of a row.
    pub(super) sql: Option<Sql>,
    /// What the object itself is asked, where SQL asked too little.
    pub(super) rest: Option<&'c Condition>,
    pub(super) span: Span,
    pub(super) order: Order,
}

/// One source of a walk: the table, or a value of an index.
struct Source {
    /// The statement up to the bounds.
    text: String,
    at: &'static str,
    value: Option<Value>,
    fetched: VecDeque<EventRow>,
    /// Where the next chunk begins.
    span: Span,
    ended: bool,
    chunk: i64,
}

/// A walk over events.
pub(super) struct Walk<'v> {
    view: &'v View<'v>,
    wish: &'v Wish<'v>,
    sources: Vec<Source>,
    /// The next event of each source, the nearest on top.
    nearest: BinaryHeap<(i64, usize)>,
    last: Option<i64>,
    text: Vec<u8>,
    lower: Vec<u8>,
}

impl<'v> Walk<'v> {
    /// A walk of which about so many events are wanted.
    pub(super) fn new(
        view: &'v View<'v>,
        wish: &'v Wish<'v>,
        access: &Access,
        wanted: i64,
    ) -> Result<Self, StoreError> {
        let dialect = wish.dialect;
        let columns: Vec<_> = dialect.layout.spliced().map(|name| format!("r.{name}")).collect();
        let select = format!("SELECT r.at, r.packing, r.json, {}", columns.join(", "));
        let source = |from: String, at, value, chunk| Source {
            text: format!("{select} FROM {from}"),
            at,
            value,
            fetched: VecDeque::new(),
            span: wish.span,
            ended: false,
            chunk,
        };
        let sources = match access {
            Access::Table => {
                let from = format!("{} r NOT INDEXED WHERE 1", dialect.layout.name);
                vec![source(from, "r.at", None, wanted.clamp(CHUNK_MIN, CHUNK_MAX))]
            }
            Access::Cursors(cursors) => {
                let share = (wanted / i64::try_from(cursors.len().max(1)).unwrap_or(1)).saturating_add(1);
                let from = |cursor: &Cursor| format!("{} = ?", cursor.index.rows(dialect));
                let of = |cursor: &Cursor| {
                    let chunk = share.clamp(1, CHUNK_MAX);
                    source(from(cursor), cursor.index.at(), Some(cursor.value.clone()), chunk)
                };
                cursors.iter().map(of).collect()
            }
        };
        let (text, lower) = (Vec::new(), Vec::new());
        let mut walk = Self { view, wish, sources, nearest: BinaryHeap::new(), last: None, text, lower };
        for source in 0..walk.sources.len() {
            walk.enter(source)?;
        }
        Ok(walk)
    }

    /// The next event that is wished for.
    pub(super) fn next(&mut self) -> Result<Option<EventRow>, StoreError> {
        while let Some((_, source)) = self.nearest.pop() {
            let row = self.sources.get_mut(source).and_then(|source| source.fetched.pop_front());
            self.enter(source)?;
            let Some(row) = row else { continue };
            // Under several values of one index lies the same event.
            if self.last.replace(row.at) != Some(row.at) && self.fulfils(&row)? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// Puts the next event of a source among the nearest.
    fn enter(&mut self, place: usize) -> Result<(), StoreError> {
        let Some(source) = self.sources.get_mut(place) else { return Ok(()) };
        if source.fetched.is_empty() && !source.ended {
            self.view.go_on()?;
            source.fetch(self.view, self.wish)?;
        }
        if let Some(row) = source.fetched.front() {
            let near = match self.wish.order {
                Order::NewestFirst => row.at,
                // Exact for every place but one that no event has.
                Order::OldestFirst => row.at.checked_neg().unwrap_or(i64::MAX),
            };
            self.nearest.push((near, place));
        }
        Ok(())
    }

    /// Whether the event itself fulfils what SQL could not ask.
    fn fulfils(&mut self, row: &EventRow) -> Result<bool, StoreError> {
        let Some(rest) = self.wish.rest else { return Ok(true) };
        row.text(self.view, &mut self.text)?;
        if let Some(needle) = rest.needle()
            && self.text.is_ascii()
            && memchr::memchr(b'\\', &self.text).is_none()
        {
            self.lower.clear();
            self.lower.extend(self.text.iter().map(u8::to_ascii_lowercase));
            if memchr::memmem::find(&self.lower, needle.as_bytes()).is_none() {
                return Ok(false);
            }
        }
        let value = serde_json::from_slice(&self.text);
        Ok(rest.holds(&value.map_err(|error| StoreError::Corrupt(format!("a stored record: {error}")))?))
    }
}

impl Source {
    /// Fetches the next rows; each time more of them.
    fn fetch(&mut self, view: &View<'_>, wish: &Wish<'_>) -> Result<(), StoreError> {
        let mut sql = Sql::new(self.text.clone());
        sql.values.extend(self.value.clone());
        let at = self.at;
        sql.push(
            Sql::new(format!(" AND {at} >= ? AND {at} <= ?")).with(self.span.first).with(self.span.last),
        );
        if let Some(asked) = &wish.sql {
            sql.text.push_str(" AND ");
            sql.push(asked.clone());
        }
        let direction = match wish.order {
            Order::NewestFirst => "DESC",
            Order::OldestFirst => "ASC",
        };
        sql.push(Sql::new(format!(" ORDER BY {at} {direction} LIMIT ?")).with(self.chunk));
        let mut statement = view.connection.prepare_cached(&sql.text)?;
        let mut rows = statement.query(rusqlite::params_from_iter(sql.values.iter().map(Parameter)))?;
        let keys = wish.dialect.layout.spliced().count();
        while let Some(row) = rows.next()? {
            self.fetched.push_back(EventRow::read(row, keys)?);
        }
        self.ended = i64::try_from(self.fetched.len()).is_ok_and(|fetched| fetched < self.chunk);
        if let Some(last) = self.fetched.back() {
            match wish.order {
                Order::NewestFirst => self.span.last = last.at.saturating_sub(1),
                Order::OldestFirst => self.span.first = last.at.saturating_add(1),
            }
        }
        self.chunk = self.chunk.saturating_mul(2).min(CHUNK_MAX);
        Ok(())
    }
}

impl EventRow {
    /// Reads `at, packing, json` and the keys.
    pub(super) fn read(row: &Row<'_>, keys: usize) -> rusqlite::Result<Self> {
        let keys = (3..3 + keys).map(|column| read_key(row, column)).collect::<Result<_, _>>()?;
        Ok(Self { at: row.get(0)?, packing: row.get(1)?, json: row.get(2)?, keys })
    }

    /// The JSON, whole.
    pub(super) fn text(&self, view: &View<'_>, text: &mut Vec<u8>) -> Result<(), StoreError> {
        let mut cut = Vec::new();
        view.unpacker.unpack(view.connection, self.packing, &self.json, &mut cut)?;
        splice::join(&cut, &self.keys, text);
        Ok(())
    }

    /// The id.
    pub(super) fn id(&self) -> String {
        self.keys.first().and_then(Option::as_ref).map_or_else(String::new, Key::to_string)
    }
}
