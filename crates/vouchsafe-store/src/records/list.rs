//! Lists of records, and one record.

use rusqlite::types::Value;
use serde::{Deserialize, Serialize};
use vouchsafe_core::id::TenantId;
use vouchsafe_diagnostics::filter::{Filter, Literal, Op};
use vouchsafe_diagnostics::resource::{Condition, Resource, Shape};

use super::expression::{Dialect, Parameter, Sql};
use super::files::{RecordsOf, View};
use super::layout::{self, Layout};
use super::plan::{self, Access, Span};
use super::reach::{Reach, Within, categories};
use super::walk::{EventRow, Walk, Wish};
use super::{object_list, summary};
use crate::error::{QueryRefusal, StoreError};
use crate::list::Order;
use crate::store::Store;

/// A question about a tenant's records of one kind.
#[derive(Debug, Clone)]
pub struct RecordQuery {
    /// The kind.
    pub resource: Resource,
    /// The caller's filter, with true values.
    pub filter: Option<Filter>,
    /// How far the caller sees.
    pub reach: Reach,
    /// In which order: of time for events; of `order_by`, then id, for objects, where the oldest stands for the least.
    pub order: Order,
    /// By which property: nothing, the time of an event, or the id or a column of an object.
    pub order_by: Option<String>,
    /// How many at most.
    pub top: u32,
    /// After which record.
    pub after: Option<RecordKey>,
    /// Whether to count all that the filter and the reach admit.
    pub count: bool,
    /// In place of the order of ids, one that only who has the key can tell from any other; events keep their time.
    pub places: Option<PlaceKey>,
}

/// The key of an order of objects. Never printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PlaceKey(pub [u8; 32]);

impl std::fmt::Debug for PlaceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PlaceKey(…)")
    }
}

impl RecordQuery {
    /// All records of a kind within reach: the newest events first, objects by ascending id, 100 at most.
    #[must_use]
    pub fn new(resource: Resource, reach: Reach) -> Self {
        let order = match resource.schema().shape {
            Shape::Events { .. } => Order::NewestFirst,
            Shape::Objects | Shape::Singleton => Order::OldestFirst,
        };
        Self {
            resource,
            filter: None,
            reach,
            order,
            order_by: None,
            top: 100,
            after: None,
            count: false,
            places: None,
        }
    }
}

/// A record as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// Its true id, folded.
    pub id: String,
    /// The Graph object, unchanged.
    pub json: String,
}

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordKey {
    /// At the event that lies here. Says when it happened, and nothing else.
    Event(i64),
    /// At an object.
    Object {
        /// What it was sorted by, if by a property that it has.
        sort: Option<SortValue>,
        /// Its id, or its place where those are ordered by a key.
        id: String,
    },
}

/// A value of a column that objects are sorted by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SortValue {
    /// A folded text.
    Text(String),
    /// A number, or 0 and 1 for false and true.
    Int(i64),
}

/// A page of records.
#[derive(Debug, Clone, Default)]
pub struct RecordPage {
    /// The records.
    pub records: Vec<StoredRecord>,
    /// Where the next page begins.
    pub next: Option<RecordKey>,
    /// How many there are in all, if asked for.
    pub total: Option<u64>,
}

impl Store {
    /// A page of a tenant's records. A tenant without any has an empty one.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a property that the kind does not have or a comparison that it does not know;
    /// [`StoreError::TooSlow`] after 2 seconds.
    pub async fn records(
        &self,
        of: impl Into<RecordsOf>,
        query: RecordQuery,
    ) -> Result<RecordPage, StoreError> {
        let total = query.count.then_some(0);
        self.with_records(of.into(), move |view| {
            // Even where nothing is stored, a wrong filter is told.
            let asked = Asked::new(&query)?;
            match (view, asked) {
                (Some(view), Some(asked)) if asked.layout.is_event() => asked.page(view, &query),
                (Some(view), Some(asked)) => object_list::page(view, &asked, &query),
                (None, _) | (_, None) => Ok(RecordPage { total, ..RecordPage::default() }),
            }
        })
        .await
    }

    /// One record by its true id, if the reach admits it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record(
        &self,
        tenant: TenantId,
        resource: Resource,
        id: &str,
        reach: &Reach,
    ) -> Result<Option<StoredRecord>, StoreError> {
        self.record_by(tenant, resource, "id", id, reach).await
    }

    /// The first record whose property has this value, if the reach admits it: a user by UPN.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a property that the kind does not have.
    pub async fn record_by(
        &self,
        tenant: TenantId,
        resource: Resource,
        property: &str,
        value: &str,
        reach: &Reach,
    ) -> Result<Option<StoredRecord>, StoreError> {
        if value.is_empty() {
            return Ok(None);
        }
        let path = property.parse().map_err(|_| QueryRefusal {
            path: property.to_owned(),
            message: "is not a property".to_owned(),
        })?;
        let filter = Filter::Compare { path, op: Op::Eq, value: Literal::String(value.to_owned()) };
        let query = RecordQuery { filter: Some(filter), top: 1, ..RecordQuery::new(resource, reach.clone()) };
        Ok(self.records(tenant, query).await?.records.into_iter().next())
    }
}

/// What is asked of one kind: the caller's filter and the reach as one condition.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) layout: &'static Layout,
    pub(super) condition: Option<Condition>,
    /// The categories within reach, where the kind has several and not all are.
    pub(super) categories: Option<Vec<i64>>,
    /// Whether nothing but categories and time limits what is asked.
    pub(super) plain: bool,
}

impl Asked {
    /// `None` where no record of the kind can be within reach.
    pub(super) fn new(query: &RecordQuery) -> Result<Option<Self>, StoreError> {
        let layout = layout::of(query.resource);
        object_list::check_order(layout, query.order_by.as_deref())?;
        Self::within(layout, query.filter.as_ref(), &query.reach)
    }

    pub(super) fn within(
        layout: &'static Layout,
        filter: Option<&Filter>,
        reach: &Reach,
    ) -> Result<Option<Self>, StoreError> {
        let schema = layout.schema;
        let own =
            filter.map(|filter| Condition::new(schema, filter)).transpose().map_err(QueryRefusal::from)?;
        let people = reach.people_of(schema);
        let people = people.map(|people| Condition::new(schema, &people)).transpose();
        let people = people.map_err(QueryRefusal::from)?;
        let plain = own.is_none() && people.is_none();
        let time = reach.times_of(schema);
        let time = time.map(|time| Condition::new(schema, &time)).transpose().map_err(QueryRefusal::from)?;
        let condition = own.into_iter().chain(people).chain(time).reduce(Condition::and);
        let categories = categories(reach, layout);
        if categories.is_empty() {
            return Ok(None);
        }
        let categories = (categories.len() < schema.categories.len()).then_some(categories);
        Ok(Some(Self { layout, condition, categories, plain }))
    }

    pub(super) fn dialect(&self, view: &View<'_>) -> Result<Dialect, StoreError> {
        let sql = "SELECT 1 FROM crowded WHERE kind = ?";
        let crowded = view.connection.prepare_cached(sql)?.exists([&self.layout.name])?;
        Ok(Dialect { layout: self.layout, crowded })
    }

    /// What a row is asked in SQL, and the condition where that is too little.
    pub(super) fn sql(&self, dialect: Dialect, row: &str) -> (Option<Sql>, Option<&Condition>) {
        let (asked, rest) = match &self.condition {
            None => (None, None),
            Some(condition) => match dialect.exact(condition) {
                Some(exact) => (Some(exact), None),
                None => (dialect.wider(condition), Some(condition)),
            },
        };
        let categories = self.categories.as_ref().map(|categories| {
            let listed: Vec<_> = categories.iter().map(i64::to_string).collect();
            Sql::new(format!("{row}.category IN ({})", listed.join(", ")))
        });
        (asked.into_iter().chain(categories).reduce(Sql::and), rest)
    }

    fn page(&self, view: &View<'_>, query: &RecordQuery) -> Result<RecordPage, StoreError> {
        let dialect = self.dialect(view)?;
        let mut span = self.span(dialect);
        let access = plan::access(view, dialect, self.condition.as_ref(), span)?;
        let total = query.count.then(|| self.count(view, dialect, &access)).transpose()?;
        match (&query.after, query.order) {
            (Some(RecordKey::Event(at)), Order::NewestFirst) => {
                span.last = span.last.min(at.saturating_sub(1))
            }
            (Some(RecordKey::Event(at)), Order::OldestFirst) => {
                span.first = span.first.max(at.saturating_add(1))
            }
            (Some(RecordKey::Object { .. }) | None, _) => {}
        }
        let (sql, rest) = self.sql(dialect, "r");
        let wish = Wish { dialect, sql, rest, span, order: query.order };
        let mut walk = Walk::new(view, &wish, &access, i64::from(query.top) + 1)?;
        let wanted = usize::try_from(query.top).unwrap_or(usize::MAX);
        let mut page = RecordPage { total, ..RecordPage::default() };
        let mut last = None;
        while let Some(row) = walk.next()? {
            if page.records.len() == wanted {
                page.next = last;
                break;
            }
            page.records.push(stored(view, &row)?);
            last = Some(RecordKey::Event(row.at));
        }
        Ok(page)
    }

    /// The places where events within reach can be.
    pub(super) fn span(&self, dialect: Dialect) -> Span {
        self.condition.as_ref().map_or(Span::ALL, |condition| Span::of(condition, dialect.crowded))
    }

    /// How many events there are.
    pub(super) fn count(
        &self,
        view: &View<'_>,
        dialect: Dialect,
        access: &Access,
    ) -> Result<u64, StoreError> {
        if self.plain && !dialect.crowded {
            return summary::count(view, self, self.span(dialect));
        }
        let span = self.span(dialect);
        let (sql, rest) = self.sql(dialect, "r");
        if rest.is_some() {
            let wish = Wish { dialect, sql, rest, span, order: Order::NewestFirst };
            let mut walk = Walk::new(view, &wish, access, i64::MAX)?;
            let mut count = 0;
            while walk.next()?.is_some() {
                count += 1;
            }
            return Ok(count);
        }
        let counted = match access {
            Access::Cursors(cursors) => plan::listed(dialect, cursors),
            Access::Table => None,
        };
        let mut counting = counted.unwrap_or_else(|| Sql::new(format!("{} r WHERE 1", self.layout.name)));
        counting.text.insert_str(0, "SELECT COUNT(*) FROM ");
        counting.push(Sql::new(" AND r.at >= ? AND r.at <= ?").with(span.first).with(span.last));
        if let Some(sql) = sql {
            counting.text.push_str(" AND ");
            counting.push(sql);
        }
        number(view, &counting)
    }
}

/// The number that a statement gives.
pub(super) fn number(view: &View<'_>, sql: &Sql) -> Result<u64, StoreError> {
    let mut statement = view.connection.prepare_cached(&sql.text)?;
    let parameters = rusqlite::params_from_iter(sql.values.iter().map(Parameter));
    let number: i64 = statement.query_row(parameters, |row| row.get(0))?;
    u64::try_from(number).map_err(|_| StoreError::Corrupt("a count is negative".to_owned()))
}

/// The record of a row.
pub(super) fn stored(view: &View<'_>, row: &EventRow) -> Result<StoredRecord, StoreError> {
    let mut text = Vec::new();
    row.text(view, &mut text)?;
    Ok(StoredRecord { id: row.id(), json: json(text)? })
}

/// Stored bytes as text.
pub(super) fn json(bytes: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(bytes).map_err(|_| StoreError::Corrupt("a stored record is no text".to_owned()))
}

/// The value of a sort key as SQLite has it.
pub(super) fn sort_value(sort: Option<&SortValue>) -> Value {
    match sort {
        None => Value::Null,
        Some(SortValue::Text(text)) => Value::Text(text.clone()),
        Some(SortValue::Int(number)) => Value::Integer(*number),
    }
}
