//! Lists of objects that are no events.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{Value, ValueRef};
use sha2::{Digest as _, Sha256};
use vouchsafe_diagnostics::resource::{Condition, Stored};

use super::expression::{Parameter, Sql};
use super::files::View;
use super::layout::Layout;
use super::list::{
    Asked, PlaceKey, RecordKey, RecordPage, RecordQuery, SortValue, StoredRecord, json, number, sort_value,
};
use crate::error::{QueryRefusal, StoreError};
use crate::list::Order;

/// Objects that are fetched at once.
const CHUNK: i64 = 1_000;

/// Refuses an order that a kind does not have.
pub(super) fn check_order(layout: &Layout, order_by: Option<&str>) -> Result<(), QueryRefusal> {
    let Some(path) = order_by else { return Ok(()) };
    let column = layout.schema.columns.iter().find(|column| column.path == path);
    let ordered = match layout.time() {
        Some(time) => path == time,
        None => path == "id" || column.is_some_and(|column| column.stored != Stored::Each),
    };
    let message = match layout.time() {
        Some(time) => format!("cannot be sorted by; `{time}` can"),
        None => "cannot be sorted by; sort by the id or a property that is found from an index".to_owned(),
    };
    if ordered { Ok(()) } else { Err(QueryRefusal { path: path.to_owned(), message }) }
}

/// A page of objects.
pub(super) fn page(view: &View<'_>, asked: &Asked, query: &RecordQuery) -> Result<RecordPage, StoreError> {
    let sort = query.order_by.as_deref().filter(|path| *path != "id");
    let after = match &query.after {
        Some(RecordKey::Object { sort, id }) => Some((sort.clone(), id.clone())),
        Some(RecordKey::Event(_)) | None => None,
    };
    let places = query.places.filter(|_| query.order_by.as_deref() != Some("id"));
    let mut walk = ObjectWalk { view, asked, sort, order: query.order, places, after };
    let total = query.count.then(|| walk.count()).transpose()?;
    let wanted = usize::try_from(query.top).unwrap_or(usize::MAX);
    let mut page = RecordPage { total, ..RecordPage::default() };
    loop {
        let (chunk, is_last) = walk.fetch()?;
        for (key, record) in chunk {
            if page.records.len() == wanted {
                return Ok(page);
            }
            page.next = None;
            page.records.push(record);
            if page.records.len() == wanted {
                page.next = Some(key);
            }
        }
        if is_last {
            page.next = None;
            return Ok(page);
        }
    }
}

/// How many objects there are.
pub(super) fn count(view: &View<'_>, asked: &Asked) -> Result<u64, StoreError> {
    ObjectWalk { view, asked, sort: None, order: Order::OldestFirst, places: None, after: None }.count()
}

type Fetched = Vec<(RecordKey, StoredRecord)>;

struct ObjectWalk<'w> {
    view: &'w View<'w>,
    asked: &'w Asked,
    /// Path of the column that is sorted by; the id otherwise.
    sort: Option<&'w str>,
    order: Order,
    /// What orders objects in place of their ids.
    places: Option<PlaceKey>,
    /// What the last one was sorted by, and its id or place.
    after: Option<(Option<SortValue>, String)>,
}

impl<'w> ObjectWalk<'w> {
    /// The next objects that are asked for, and whether they were the last.
    fn fetch(&mut self) -> Result<(Fetched, bool), StoreError> {
        self.view.go_on()?;
        let (sql, rest) = self.statement()?;
        let mut statement = self.view.connection.prepare_cached(&sql.text)?;
        let mut rows = statement.query(rusqlite::params_from_iter(sql.values.iter().map(Parameter)))?;
        let mut chunk = Vec::new();
        let mut seen = 0;
        while let Some(row) = rows.next()? {
            seen += 1;
            let id: String = row.get(0)?;
            let sort = match row.get_ref(1)? {
                ValueRef::Text(text) => Some(SortValue::Text(String::from_utf8_lossy(text).into_owned())),
                ValueRef::Integer(number) => Some(SortValue::Int(number)),
                ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => None,
            };
            let (packing, packed): (i64, Vec<u8>) = (row.get(2)?, row.get(3)?);
            let mut text = Vec::new();
            self.view.unpacker.unpack(self.view.connection, packing, &packed, &mut text)?;
            let damaged = |error| StoreError::Corrupt(format!("a stored record: {error}"));
            let holds = match rest {
                Some(rest) => rest.holds(&serde_json::from_slice(&text).map_err(damaged)?),
                None => true,
            };
            let place: Option<String> = row.get(4)?;
            let at = place.unwrap_or_else(|| id.clone());
            self.after = Some((sort.clone(), at.clone()));
            if holds {
                chunk.push((RecordKey::Object { sort, id: at }, StoredRecord { id, json: json(text)? }));
            }
        }
        Ok((chunk, seen < CHUNK))
    }

    fn count(&self) -> Result<u64, StoreError> {
        let (sql, rest) = self.asked.sql(self.asked.dialect(self.view)?, "o");
        if rest.is_none() {
            let kind = self.asked.layout.name.clone();
            let mut counting = Sql::new("SELECT COUNT(*) FROM object o WHERE o.kind = ?").with(kind);
            if let Some(sql) = sql {
                counting.text.push_str(" AND ");
                counting.push(sql);
            }
            return number(self.view, &counting);
        }
        let (view, asked) = (self.view, self.asked);
        let mut walk =
            ObjectWalk { view, asked, sort: None, order: Order::OldestFirst, places: None, after: None };
        let mut count = 0;
        loop {
            let (chunk, is_last) = walk.fetch()?;
            count += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            if is_last {
                return Ok(count);
            }
        }
    }

    fn statement(&self) -> Result<(Sql, Option<&'w Condition>), StoreError> {
        let kind = Value::Text(self.asked.layout.name.clone());
        let (asked, rest) = self.asked.sql(self.asked.dialect(self.view)?, "o");
        let mut sql = Sql::new("SELECT o.id, ");
        match self.sort {
            Some(path) => {
                let value = "(SELECT v.value FROM object_value v WHERE v.kind = o.kind AND v.path = ? AND v.id = o.id)";
                sql.push(Sql::new(format!("{value} AS sort")).with(path.to_owned()));
            }
            None => sql.push(Sql::new("NULL AS sort")),
        }
        sql.push(Sql::new(", o.packing, o.json, "));
        match self.places {
            Some(_) => sql.push(self.at()),
            None => sql.push(Sql::new("NULL")),
        }
        sql.push(Sql::new(" AS place FROM object o WHERE o.kind = ?").with(kind));
        if let Some(asked) = asked {
            sql.text.push_str(" AND ");
            sql.push(asked);
        }
        if let Some((sort, id)) = &self.after {
            sql.push(self.behind(sort.as_ref(), id));
        }
        let direction = match self.order {
            Order::NewestFirst => "DESC",
            Order::OldestFirst => "ASC",
        };
        let order = if self.sort.is_some() { format!("sort {direction}, ") } else { String::new() };
        let at = if self.places.is_some() { "place" } else { "o.id" };
        sql.push(Sql::new(format!(" ORDER BY {order}{at} {direction} LIMIT ?")).with(CHUNK));
        Ok((sql, rest))
    }

    /// Behind an object, nothing being less than any value.
    fn behind(&self, sort: Option<&SortValue>, id: &str) -> Sql {
        let id = id.to_owned();
        let value = || sort_value(sort);
        // SQLite lets a result column's name stand in a condition.
        let at = if self.places.is_some() { "place" } else { "o.id" };
        match (self.sort.is_some(), self.order) {
            (false, Order::OldestFirst) => Sql::new(format!(" AND {at} > ?")).with(id),
            (false, Order::NewestFirst) => Sql::new(format!(" AND {at} < ?")).with(id),
            (true, Order::OldestFirst) => Sql::new(format!(
                " AND ((sort IS NOT NULL AND (? IS NULL OR sort > ?)) OR (sort IS ? AND {at} > ?))"
            ))
            .with(value())
            .with(value())
            .with(value())
            .with(id),
            (true, Order::NewestFirst) => Sql::new(format!(
                " AND ((sort IS NULL AND ? IS NOT NULL) OR sort < ? OR (sort IS ? AND {at} < ?))"
            ))
            .with(value())
            .with(value())
            .with(value())
            .with(id),
        }
    }

    /// The place of an object among those of its kind.
    fn at(&self) -> Sql {
        match self.places {
            Some(PlaceKey(key)) => Sql::new("place_of(?, o.id)").with(Value::Blob(key.to_vec())),
            None => Sql::new("o.id"),
        }
    }
}

/// Teaches a connection where objects stand in an order that a key makes: the SHA-256 of key and id, in hex. It leaves the
/// service only inside of a sealed cursor.
pub(crate) fn teach_places(connection: &Connection) -> Result<(), StoreError> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("place_of", 2, flags, |context| {
        let (key, id) = (context.get_raw(0).as_blob()?, context.get_raw(1).as_str()?);
        Ok(vouchsafe_log::hex(&Sha256::new().chain_update(key).chain_update(id).finalize()))
    })?;
    Ok(())
}
