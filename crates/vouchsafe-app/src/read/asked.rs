//! What a read asks, understood: pseudonyms turned into true values, order and cursor checked, and the query in
//! canonical form for its record.

use vouchsafe_core::scope::DataCategory;
use vouchsafe_diagnostics::filter::{Filter, parse};
use vouchsafe_diagnostics::mask::{Rewriter, Rewritten, check_order};
use vouchsafe_diagnostics::resource::{Resource, Schema, Shape};
use vouchsafe_store::{Order, Reach, RecordPage, RecordQuery, Summary, SummaryBy, SummaryQuery};

use super::{Looked, ReadQuery, Wanted};
use crate::cursor::{ListOptions, RecordCursor, bad};
use crate::{App, AppError};

/// Objects of one id that are looked for: a pseudonym may be a true id too.
const OF_ONE_ID_MAX: u32 = 2;
/// Values that a summary lists at most: the hours of 41 days.
const SUMMARY_ROWS_MAX: u32 = 1_000;

/// A read, understood.
pub(super) struct Asked {
    /// The question to the store.
    question: Question,
    /// The category that stands in the read record: the first that the grant and the kind have in common.
    pub(super) category: DataCategory,
    /// What the engineer typed, in canonical form.
    pub(super) text: String,
}

enum Question {
    Records(RecordQuery),
    Counts(SummaryQuery),
}

/// What the store answered.
pub(super) enum Found {
    Records(RecordPage),
    Counts(SummaryBy, Summary),
}

impl Asked {
    pub(super) fn of(app: &App, query: &ReadQuery, looked: &Looked) -> Result<Self, AppError> {
        let schema = query.resource.schema();
        known_properties(schema, query.select.as_deref())?;
        let reach = looked.reach(query.resource);
        let category = reach.data_categories.first().or(schema.categories.first()).copied();
        let category = category.ok_or(AppError::NotFound)?;
        let (question, text) = match &query.wanted {
            Wanted::One(id) => {
                let filter = Rewriter::new(schema.masks, &looked.key).id(id)?.filter;
                let one = RecordQuery {
                    filter: Some(filter),
                    top: OF_ONE_ID_MAX,
                    ..RecordQuery::new(query.resource, reach)
                };
                (Question::Records(one), format!("/{}/{id}", schema.path))
            }
            Wanted::Only => {
                let only = RecordQuery { top: 1, ..RecordQuery::new(query.resource, reach) };
                (Question::Records(only), format!("/{}", schema.path))
            }
            Wanted::Page(options) => {
                let filter = options.filter()?;
                let rewritten = rewritten(schema, looked, filter.as_ref())?;
                if let Some((property, _)) = &options.order_by {
                    check_order(schema.masks, property).map_err(AppError::MaskedOrder)?;
                }
                let mut page =
                    record_query(query.resource, options, rewritten.map(|found| found.filter), reach)?;
                if let Some(token) = &options.skip_token {
                    let basis = cursor_basis(&looked.label, query.resource);
                    page.after = Some(RecordCursor::parse(token)?.place(app.store.master(), &basis)?);
                }
                (
                    Question::Records(page),
                    canonical(schema, options, filter.as_ref(), query.select.as_deref()),
                )
            }
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
                    filter: rewritten.map(|found| found.filter),
                    reach,
                    top: SUMMARY_ROWS_MAX,
                };
                (Question::Counts(counts), text)
            }
        };
        Ok(Self { question, category, text })
    }
}

impl App {
    /// Asks the store.
    pub(super) async fn fetch(&self, query: &ReadQuery, asked: &Asked) -> Result<Found, AppError> {
        match &asked.question {
            Question::Records(records) => {
                Ok(Found::Records(self.store.records(query.tenant, records.clone()).await?))
            }
            Question::Counts(counts) => {
                Ok(Found::Counts(counts.by, self.store.summary(query.tenant, counts.clone()).await?))
            }
        }
    }
}

/// What a cursor is sealed for: a list of one kind under one label.
pub(super) fn cursor_basis(label: &str, resource: Resource) -> String {
    format!("{label}|{}", resource.schema().path)
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
