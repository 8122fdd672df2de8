//! Reads from a live source: page by page, each object held against the caller's filter and the grant's reach.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};
use vouchsafe_core::scope::DataCategory;
use vouchsafe_diagnostics::filter::{Filter, Literal};
use vouchsafe_diagnostics::record::Record;
use vouchsafe_diagnostics::resource::{Condition, Resource, Schema, Shape};
use vouchsafe_store::{QueryRefusal, Reach, StoredRecord, Within};

use crate::AppError;
use crate::cursor::{ListOptions, bad};
use crate::upstream::{
    PAGE_OBJECTS_MAX, Upstream, UpstreamError, UpstreamPage, UpstreamQuestion, UpstreamWanted, narrowings,
};

/// Pages that one read asks its source for at most.
const PAGES_MAX: usize = 20;
/// Objects of one page at most; a source that ignores how many it was asked for may send more than that.
const OBJECTS_MAX: usize = 5_000;
/// Objects that a page is asked to have where many of them may not be shown.
const WIDE_PAGE_OBJECTS: u32 = PAGE_OBJECTS_MAX;
/// Why some options are not offered.
const LIVE: &str = "this data is read live from its source";

/// What Graph tells of a user that is not asked for anything else (`user`, v1.0, *Properties*). Filters and lists use
/// more, so users are asked for by name.
const USER_DEFAULTS: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
];

/// A read from a live source, understood.
#[derive(Debug)]
pub(super) struct LiveQuestion {
    resource: Resource,
    wanted: LiveWanted,
    /// The caller's filter and the reach.
    condition: Option<Condition>,
    categories: Vec<DataCategory>,
    select: Option<Vec<String>>,
}

#[derive(Debug)]
enum LiveWanted {
    /// The first of these objects that is there.
    One(Vec<String>),
    Only,
    Page {
        /// What the first page is asked, the narrowest first; each is for a source that refuses the one before.
        first: Vec<UpstreamWanted>,
        top: usize,
        from: LivePlace,
    },
}

/// Where a page of a live list ended. It holds true values: it leaves sealed only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LivePlace {
    /// Leads to the source's page; its first one without it.
    link: Option<String>,
    /// The object on that page after which it goes on; at its beginning without it.
    after: Option<String>,
}

/// What a live source had.
#[derive(Debug, Default)]
pub(super) struct LiveFound {
    pub(super) records: Vec<StoredRecord>,
    pub(super) next: Option<LivePlace>,
}

impl LiveQuestion {
    /// One object, by the filter that its id became.
    pub(super) fn one(resource: Resource, filter: &Filter, reach: &Reach) -> Result<Self, AppError> {
        let mut ids = Vec::new();
        named(filter, &mut ids);
        Self::new(resource, LiveWanted::One(ids), Some(filter), reach)
    }

    /// The one object of a kind.
    pub(super) fn only(resource: Resource, reach: &Reach) -> Result<Self, AppError> {
        Self::new(resource, LiveWanted::Only, None, reach)
    }

    /// A page of a list. `filter` has true values.
    ///
    /// # Errors
    /// [`AppError::BadQuery`] for an order or a count, which a live source does not give.
    pub(super) fn page(
        resource: Resource,
        options: &ListOptions,
        filter: Option<&Filter>,
        reach: &Reach,
        from: Option<LivePlace>,
    ) -> Result<Self, AppError> {
        let schema = resource.schema();
        check_order(schema, options.order_by.as_ref())?;
        if options.count {
            return Err(bad("$count", format!("is not offered here: {LIVE}")));
        }
        let people = reach.people_of(schema);
        let asked = filter.cloned().into_iter().chain(people).reduce(Filter::and);
        let first = narrowings(schema, asked.as_ref(), reach.times_of(schema).as_ref()).into_iter();
        let first = first.map(|narrowing| {
            let top = if narrowing.is_tight { options.top } else { WIDE_PAGE_OBJECTS };
            UpstreamWanted::First { filter: narrowing.filter, top: top.min(PAGE_OBJECTS_MAX) }
        });
        let top = usize::try_from(options.top).unwrap_or(usize::MAX);
        let wanted = LiveWanted::Page { first: first.collect(), top, from: from.unwrap_or_default() };
        Self::new(resource, wanted, filter, reach)
    }

    fn new(
        resource: Resource,
        wanted: LiveWanted,
        filter: Option<&Filter>,
        reach: &Reach,
    ) -> Result<Self, AppError> {
        let schema = resource.schema();
        let asked = filter.cloned().into_iter().chain(reach.filter(schema)).reduce(Filter::and);
        let condition = asked.map(|asked| Condition::new(schema, &asked)).transpose();
        let condition = condition.map_err(QueryRefusal::from)?;
        let categories = reach.data_categories.clone();
        let select = (resource == Resource::User).then(|| needed(schema, filter));
        Ok(Self { resource, wanted, condition, categories, select })
    }

    /// Asks for these properties too, where the source has to be told which.
    pub(super) fn with_select(mut self, names: Option<&[String]>) -> Self {
        if let Some(select) = &mut self.select {
            select.extend(names.unwrap_or_default().iter().cloned());
            select.sort_unstable();
            select.dedup();
        }
        self
    }

    /// Asks the source.
    ///
    /// # Errors
    /// [`AppError::Upstream`]; [`AppError::TooCostly`] where nothing was found within the limits.
    pub(super) async fn answer(
        &self,
        source: &dyn Upstream,
        patience: Duration,
    ) -> Result<LiveFound, AppError> {
        let asking = Asking { source, question: self, deadline: Instant::now() + patience };
        match &self.wanted {
            LiveWanted::One(ids) => {
                for id in ids {
                    let found = asking.single(UpstreamWanted::One(id.clone())).await?;
                    if !found.records.is_empty() {
                        return Ok(found);
                    }
                }
                Ok(LiveFound::default())
            }
            LiveWanted::Only => asking.single(UpstreamWanted::Only).await,
            LiveWanted::Page { first, top, from } => asking.pages(first, *top, from.clone()).await,
        }
    }

    fn admits(&self, object: &Value, record: &Record) -> bool {
        self.categories.contains(&record.category)
            && self.condition.as_ref().is_none_or(|condition| condition.holds(object))
    }
}

/// Refuses every order but that in which a source lists events by itself.
fn check_order(schema: &Schema, order_by: Option<&(String, bool)>) -> Result<(), AppError> {
    let Some((property, descending)) = order_by else { return Ok(()) };
    match schema.shape {
        Shape::Events { time } if property == time && *descending => Ok(()),
        Shape::Events { time } => Err(bad("$orderby", format!("can be `{time} desc` only: {LIVE}"))),
        Shape::Objects | Shape::Singleton => Err(bad("$orderby", format!("is not offered here: {LIVE}"))),
    }
}

/// The summary of a live list: none.
pub(super) fn no_summary() -> AppError {
    bad("by", format!("is not offered here: {LIVE}"))
}

/// The ids that a filter of one object names.
fn named(filter: &Filter, ids: &mut Vec<String>) {
    let mut add = |value: &Literal| {
        if let Literal::String(text) = value
            && !ids.contains(text)
        {
            ids.push(text.clone());
        }
    };
    match filter {
        Filter::Compare { value, .. } => add(value),
        Filter::In { values, .. } => values.iter().for_each(add),
        Filter::Or(a, b) => {
            named(a, ids);
            named(b, ids);
        }
        Filter::And(..) | Filter::Not(_) | Filter::Text { .. } | Filter::Any { .. } => {}
    }
}

/// The properties of a kind that are needed to filter, to mask and to list it.
fn needed(schema: &Schema, filter: Option<&Filter>) -> Vec<String> {
    let member = |path: &str| path.split('/').next().unwrap_or(path).to_owned();
    let mut names: Vec<_> = USER_DEFAULTS.iter().map(|name| (*name).to_owned()).collect();
    names.extend(schema.columns.iter().map(|column| member(column.path)));
    names.extend(filter.into_iter().flat_map(members));
    names.sort_unstable();
    names.dedup();
    names
}

/// The top-level members that a filter names.
fn members(filter: &Filter) -> Vec<String> {
    match filter {
        Filter::And(a, b) | Filter::Or(a, b) => [members(a), members(b)].concat(),
        Filter::Not(inner) => members(inner),
        Filter::Compare { path, .. }
        | Filter::In { path, .. }
        | Filter::Text { path, .. }
        | Filter::Any { path, .. } => path.segments().take(1).map(str::to_owned).collect(),
    }
}

/// One read's questions to its source.
struct Asking<'a> {
    source: &'a dyn Upstream,
    question: &'a LiveQuestion,
    deadline: Instant,
}

impl Asking<'_> {
    async fn single(&self, wanted: UpstreamWanted) -> Result<LiveFound, AppError> {
        let page = self.ask(wanted).await?;
        let admitted = self.objects(page.objects)?.into_iter().find(|(_, admitted)| *admitted);
        let records = admitted.map(|(record, _)| record).into_iter().collect();
        Ok(LiveFound { records, next: None })
    }

    async fn pages(
        &self,
        first: &[UpstreamWanted],
        top: usize,
        from: LivePlace,
    ) -> Result<LiveFound, AppError> {
        let mut found = LiveFound { next: Some(from), ..LiveFound::default() };
        for number in 0..PAGES_MAX {
            let Some(place) = found.next.take() else { break };
            if found.records.len() >= top {
                found.next = Some(place);
                return Ok(found);
            }
            let page = match self.page(first, &place).await {
                Ok(page) => page,
                // What was found is not lost; whoever follows the link goes on from here.
                Err(AppError::Upstream(UpstreamError::Unavailable { .. })) if !found.records.is_empty() => {
                    found.next = Some(place);
                    return Ok(found);
                }
                Err(AppError::Upstream(UpstreamError::Unavailable { .. }))
                    if number > 0 && Instant::now() >= self.deadline =>
                {
                    return Err(AppError::TooCostly);
                }
                Err(error) => return Err(error),
            };
            found.next = self.take(page, place, top, &mut found.records)?;
        }
        if found.next.is_some() && found.records.is_empty() { Err(AppError::TooCostly) } else { Ok(found) }
    }

    /// Takes what may be shown from a page; says where the next one begins.
    fn take(
        &self,
        page: UpstreamPage,
        place: LivePlace,
        top: usize,
        records: &mut Vec<StoredRecord>,
    ) -> Result<Option<LivePlace>, AppError> {
        let mut objects = self.objects(page.objects)?.into_iter();
        let mut last = place.after.clone();
        if let Some(after) = &place.after
            && !objects.any(|(record, _)| record.id == *after)
        {
            return Err(bad(
                "$skiptoken",
                "is too old: the list changed at its source. Start again".to_owned(),
            ));
        }
        for (record, admitted) in objects {
            if !admitted {
                continue;
            }
            if records.len() == top {
                return Ok(Some(LivePlace { link: place.link, after: last }));
            }
            last = Some(record.id.clone());
            records.push(record);
        }
        if page.next.is_some() && page.next == place.link {
            return Err(malformed("a page leads to itself").into());
        }
        Ok(page.next.map(|link| LivePlace { link: Some(link), after: None }))
    }

    async fn page(&self, first: &[UpstreamWanted], place: &LivePlace) -> Result<UpstreamPage, AppError> {
        if let Some(link) = &place.link {
            return match self.ask(UpstreamWanted::Next(link.clone())).await {
                Err(AppError::Upstream(UpstreamError::Refused(_))) => Err(bad(
                    "$skiptoken",
                    "no longer works at the source of this data. Start again".to_owned(),
                )),
                answer => answer,
            };
        }
        let mut refused = None;
        for wanted in first {
            match self.ask(wanted.clone()).await {
                Err(AppError::Upstream(UpstreamError::Refused(cause))) => refused = Some(cause),
                answer => return answer,
            }
        }
        match refused {
            Some(cause) => Err(UpstreamError::Refused(cause).into()),
            // Nobody can be admitted, so that nobody is asked for.
            None => Ok(UpstreamPage::default()),
        }
    }

    async fn ask(&self, wanted: UpstreamWanted) -> Result<UpstreamPage, AppError> {
        let question = UpstreamQuestion {
            resource: self.question.resource,
            wanted,
            select: self.question.select.clone(),
            deadline: self.deadline,
        };
        let slow = |_| UpstreamError::Unavailable { retry_after: None, cause: "no answer in time".into() };
        Ok(timeout_at(self.deadline, self.source.ask(&question)).await.map_err(slow)??)
    }

    /// The objects as they are kept here, each with whether it may be shown.
    fn objects(&self, objects: Vec<String>) -> Result<Vec<(StoredRecord, bool)>, AppError> {
        if objects.len() > OBJECTS_MAX {
            return Err(malformed("a page has too many objects").into());
        }
        Ok(objects.iter().map(|json| self.object(json)).collect::<Result<_, _>>()?)
    }

    /// What could not be imported cannot be shown either: without id, time and category nothing can be decided. The
    /// JSON is written anew, so that what was looked at is what is shown, whatever stands there twice.
    fn object(&self, json: &str) -> Result<(StoredRecord, bool), UpstreamError> {
        let mut object: Value = serde_json::from_str(json).map_err(|_| malformed("an object is no JSON"))?;
        if let Value::Object(members) = &mut object {
            members.remove("@odata.context");
        }
        let record = Record::from_value(self.question.resource, &object, object.to_string());
        let record = record.map_err(|reason| UpstreamError::Malformed(reason.into()))?;
        let admitted = self.question.admits(&object, &record);
        Ok((StoredRecord { id: record.id, json: record.json }, admitted))
    }
}

fn malformed(what: &'static str) -> UpstreamError {
    UpstreamError::Malformed(what.into())
}
