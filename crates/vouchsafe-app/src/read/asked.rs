//! What a read asks, understood: pseudonyms turned into true values, order and cursor checked, and the query in
//! canonical form for its record.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_diagnostics::filter::{Filter, parse};
use vouchsafe_diagnostics::mask::{Rewriter, Rewritten, TypedValue, check_order};
use vouchsafe_diagnostics::resource::{Resource, Schema, Shape};
use vouchsafe_store::{Order, PlaceKey, Reach, RecordQuery, StoredRecord, Summary, SummaryBy, SummaryQuery};

use super::upstream::{LiveQuestion, no_summary};
use super::{Looked, ReadQuery, Wanted};
use crate::cursor::{ListOptions, RecordCursor, bad};
use crate::upstream::Upstream;
use crate::{App, AppError};

/// Objects of one id that are looked for: a pseudonym may be a true id too.
const OF_ONE_ID_MAX: u32 = 2;
/// Values that a summary lists at most: the hours of 41 days.
const SUMMARY_ROWS_MAX: u32 = 1_000;

/// A read, understood.
pub(super) struct Asked {
    /// The question to the store or to the live source.
    question: Question,
    /// The category that stands in the read record: the first that the grant and the kind have in common.
    pub(super) category: DataCategory,
    /// What the engineer typed, in canonical form.
    pub(super) text: String,
    /// The whole values in it that were typed on masked properties.
    pub(super) typed: Vec<TypedValue>,
}

enum Question {
    Records(RecordQuery),
    Counts(SummaryQuery),
    Live(LiveQuestion),
}

/// What was found.
pub(super) enum Found {
    Records(FoundRecords),
    Counts(SummaryBy, Summary),
}

/// Objects that were found.
pub(super) struct FoundRecords {
    pub(super) records: Vec<StoredRecord>,
    /// `$skiptoken` of the next page.
    pub(super) next: Option<String>,
    /// How many there are in all, if asked for.
    pub(super) total: Option<u64>,
}

impl Asked {
    pub(super) fn of(app: &App, query: &ReadQuery, looked: &Looked) -> Result<Self, AppError> {
        let schema = query.resource.schema();
        known_properties(schema, query.select.as_deref())?;
        let reach = looked.reach(query.resource);
        let category = reach.data_categories.first().or(schema.categories.first()).copied();
        let category = category.ok_or(AppError::NotFound)?;
        let is_live = app.source_of(query).is_some();
        let mut typed = Vec::new();
        let mut true_filter = |found: Rewritten| {
            typed = found.typed;
            found.filter
        };
        let (question, text) = match &query.wanted {
            Wanted::One(id) => {
                let filter = true_filter(Rewriter::new(schema.masks, &looked.key).id(id)?);
                let question = if is_live {
                    Question::Live(LiveQuestion::one(query.resource, &filter, &reach)?)
                } else {
                    let top = OF_ONE_ID_MAX;
                    let one = RecordQuery::new(query.resource, reach);
                    Question::Records(RecordQuery { filter: Some(filter), top, ..one })
                };
                (question, format!("/{}/{id}", schema.path))
            }
            Wanted::Only => {
                let question = if is_live {
                    Question::Live(LiveQuestion::only(query.resource, &reach)?)
                } else {
                    Question::Records(RecordQuery { top: 1, ..RecordQuery::new(query.resource, reach) })
                };
                (question, format!("/{}", schema.path))
            }
            Wanted::Page(options) => {
                let filter = options.filter()?;
                let rewritten = rewritten(schema, looked, filter.as_ref())?.map(&mut true_filter);
                let question = app.page_question(query, looked, options, rewritten, reach)?;
                (question, canonical(schema, options, filter.as_ref(), query.select.as_deref()))
            }
            Wanted::Summary { .. } if is_live => return Err(no_summary()),
            Wanted::Summary { by, filter } => {
                let wrong =
                    |error: vouchsafe_diagnostics::filter::FilterError| bad("$filter", error.to_string());
                let filter = filter.as_deref().map(parse).transpose().map_err(wrong)?;
                let rewritten = rewritten(schema, looked, filter.as_ref())?;
                let filtered = filter.map(|filter| format!("&$filter={filter}")).unwrap_or_default();
                let text = format!("/{}/summary?by={}{filtered}", schema.path, by.name());
                let counts = SummaryQuery {
                    resource: query.resource,
                    by: *by,
                    filter: rewritten.map(&mut true_filter),
                    reach,
                    top: SUMMARY_ROWS_MAX,
                };
                (Question::Counts(counts), text)
            }
        };
        Ok(Self { question, category, text, typed })
    }
}

impl App {
    /// A page of the store's, or of the live source's.
    fn page_question(
        &self,
        query: &ReadQuery,
        looked: &Looked,
        options: &ListOptions,
        filter: Option<Filter>,
        reach: Reach,
    ) -> Result<Question, AppError> {
        if let Some((property, _)) = &options.order_by {
            check_order(query.resource.schema().masks, property).map_err(AppError::MaskedOrder)?;
        }
        if self.source_of(query).is_some() {
            let from = self.opened_place(query, looked, options)?;
            let page = LiveQuestion::page(query.resource, options, filter.as_ref(), &reach, from)?;
            return Ok(Question::Live(page));
        }
        let page = record_query(query.resource, options, filter, reach)?;
        let after = self.opened_place(query, looked, options)?;
        // A place in a list of objects is masked as their ids are.
        let places = Some(PlaceKey(looked.key.order()));
        Ok(Question::Records(RecordQuery { after, places, ..page }))
    }

    /// The live source of what is asked for; what was collected is never live.
    fn source_of(&self, query: &ReadQuery) -> Option<&Arc<dyn Upstream>> {
        self.upstreams.of(query.tenant, query.resource).filter(|_| query.collection.is_none())
    }

    /// Asks the store, or the live source.
    pub(super) async fn fetch(
        &self,
        query: &ReadQuery,
        looked: &Looked,
        asked: Asked,
    ) -> Result<Found, AppError> {
        match asked.question {
            Question::Records(records) => {
                let page = self.store.records(looked.records(query)?, records).await?;
                let next = page.next.map(|place| self.sealed_place(query, looked, &place)).transpose()?;
                Ok(Found::Records(FoundRecords { records: page.records, next, total: page.total }))
            }
            Question::Counts(counts) => {
                Ok(Found::Counts(counts.by, self.store.summary(looked.records(query)?, counts).await?))
            }
            Question::Live(question) => {
                let source = self.source_of(query).ok_or(AppError::NotFound)?;
                let question = question.with_select(query.select.as_deref());
                let found = question.answer(source.as_ref(), self.upstreams.patience()).await?;
                let next = found.next.map(|place| self.sealed_place(query, looked, &place)).transpose()?;
                Ok(Found::Records(FoundRecords { records: found.records, next, total: None }))
            }
        }
    }

    /// Where a list goes on, for its next page.
    fn sealed_place(
        &self,
        query: &ReadQuery,
        looked: &Looked,
        place: &impl Serialize,
    ) -> Result<String, AppError> {
        let grant = looked.grant.as_ref().map(|grant| grant.id);
        RecordCursor::text(self.store.master(), grant, &self.cursor_basis(query, looked), place)
    }

    /// Where a list goes on, as the caller's token says.
    fn opened_place<P: DeserializeOwned>(
        &self,
        query: &ReadQuery,
        looked: &Looked,
        options: &ListOptions,
    ) -> Result<Option<P>, AppError> {
        let Some(token) = &options.skip_token else { return Ok(None) };
        RecordCursor::parse(token)?.place(self.store.master(), &self.cursor_basis(query, looked)).map(Some)
    }

    /// What a cursor is sealed for: a list of one kind under one label, stored or live.
    fn cursor_basis(&self, query: &ReadQuery, looked: &Looked) -> String {
        let live = self.source_of(query).map_or("", |_| "live|");
        format!("{live}{}|{}", looked.label, query.resource.schema().path)
    }
}

/// A list's options as a question to the store, but for the cursor.
pub(crate) fn record_query(
    resource: Resource,
    options: &ListOptions,
    filter: Option<Filter>,
    reach: Reach,
) -> Result<RecordQuery, AppError> {
    let plain = RecordQuery::new(resource, reach);
    let (order, order_by) = match &options.order_by {
        None => (plain.order, None),
        Some((property, descending)) => {
            sortable(resource.schema(), property)?;
            let order = if *descending { Order::NewestFirst } else { Order::OldestFirst };
            (order, Some(property.clone()))
        }
    };
    Ok(RecordQuery { filter, order, order_by, top: options.top, count: options.count, ..plain })
}

/// Checks that a kind can be sorted by a property.
fn sortable(schema: &Schema, property: &str) -> Result<(), AppError> {
    match schema.shape {
        Shape::Events { time } if property == time => Ok(()),
        Shape::Events { time } => {
            Err(bad("$orderby", format!("can sort by `{time}` only, not by `{property}`")))
        }
        Shape::Objects | Shape::Singleton if schema.columns.iter().any(|column| column.path == property) => {
            Ok(())
        }
        Shape::Objects | Shape::Singleton => {
            let known: Vec<_> = schema.columns.iter().map(|column| format!("`{}`", column.path)).collect();
            Err(bad("$orderby", format!("can sort by one of {}, not by `{property}`", known.join(", "))))
        }
    }
}

/// Checks that every selected property is one of the kind.
pub(crate) fn known_properties(schema: &Schema, select: Option<&[String]>) -> Result<(), AppError> {
    for name in select.unwrap_or_default() {
        let mut known = schema.masks.entries().iter().map(|(path, _)| path.split('/').next());
        if !known.any(|known| known == Some(name)) {
            return Err(bad("$select", format!("`{name}` is not a property of `{}`", schema.path)));
        }
    }
    Ok(())
}

/// The filter that runs on true values.
fn rewritten(
    schema: &Schema,
    looked: &Looked,
    filter: Option<&Filter>,
) -> Result<Option<Rewritten>, AppError> {
    let rewrite = |filter| Rewriter::new(schema.masks, &looked.key).filter(filter);
    Ok(filter.map(rewrite).transpose()?)
}

/// The query as the read record keeps it: what the engineer typed, in canonical form.
fn canonical(
    schema: &Schema,
    options: &ListOptions,
    filter: Option<&Filter>,
    select: Option<&[String]>,
) -> String {
    let mut parts = Vec::new();
    if let Some(filter) = filter {
        parts.push(format!("$filter={filter}"));
    }
    if let Some((property, descending)) = &options.order_by {
        parts.push(format!("$orderby={property} {}", if *descending { "desc" } else { "asc" }));
    }
    if let Some(select) = select {
        parts.push(format!("$select={}", select.join(",")));
    }
    parts.push(format!("$top={}", options.top));
    if options.count {
        parts.push("$count=true".to_owned());
    }
    if options.skip_token.is_some() {
        parts.push("$skiptoken=…".to_owned());
    }
    format!("/{}?{}", schema.path, parts.join("&"))
}
