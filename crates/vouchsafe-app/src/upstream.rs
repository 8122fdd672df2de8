//! Live sources: data of a tenant that stays where it is and is asked for when somebody reads
//! (`diagnostics.md`, *Getting it in*).
//!
//! A source only answers; what may be shown is decided here. A filter that is sent to it narrows what comes back and
//! is never relied upon: every object is held against the caller's filter and the grant's reach once more
//! (`read::upstream`). So a source that ignores filters, or lies, can hide objects but never widen a read.

mod narrow;

use std::collections::HashMap;
use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_diagnostics::filter::Filter;
use vouchsafe_diagnostics::resource::Resource;

pub(crate) use narrow::narrowings;

/// Objects that one page is asked to have at most: the largest page of Graph's users.
pub const PAGE_OBJECTS_MAX: u32 = 999;
/// How long one read may take at its source, if nothing else is said.
const READ_TIME_MAX: Duration = Duration::from_secs(10);

/// Something that answers questions about a tenant's objects, such as Microsoft Graph.
pub trait Upstream: Debug + Send + Sync {
    /// Asks for one page, or one object.
    ///
    /// # Errors
    /// [`UpstreamError`], at the latest when [`UpstreamQuestion::deadline`] is over.
    fn ask<'a>(&'a self, question: &'a UpstreamQuestion) -> Answering<'a>;
}

/// An answer that is on its way.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<UpstreamPage, UpstreamError>> + Send + 'a>>;

/// What a source is asked.
#[derive(Debug, Clone)]
pub struct UpstreamQuestion {
    /// Which kind of objects.
    pub resource: Resource,
    /// Which of them.
    pub wanted: UpstreamWanted,
    /// The only properties that are needed; those that the source gives by itself without it.
    pub select: Option<Vec<String>>,
    /// Until when an answer is of use.
    pub deadline: Instant,
}

/// Which objects a source is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum UpstreamWanted {
    /// The object with this true id; none is an empty page.
    One(String),
    /// The one object of a kind of which a tenant has one.
    Only,
    /// The first page of a list, in the source's own order, which is the newest first for events.
    First {
        /// Narrows the list, with true values.
        filter: Option<Filter>,
        /// How many objects the page should have at most.
        top: u32,
    },
    /// The page that a page before it led to.
    Next(String),
}

/// What a source answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpstreamPage {
    /// Each object as JSON.
    pub objects: Vec<String>,
    /// Leads to the next page.
    pub next: Option<String>,
}

/// Why a source does not answer. The text is for the caller and tells nothing of what the source said; the cause is
/// for the operator's log.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// It cannot be reached, is busy, or took too long.
    #[error("the live source of this data cannot answer now: try again later")]
    Unavailable {
        /// After how long it asks to be tried again.
        retry_after: Option<Duration>,
        /// Why.
        #[source]
        cause: Cause,
    },
    /// It does not take what was asked: a filter that it does not know, a link that is too old.
    #[error("the live source of this data refuses this query")]
    Refused(#[source] Cause),
    /// It does not accept this server's credentials, or they may not read this kind.
    #[error(
        "the live source of this data does not accept this server's credentials: its operator must see to it"
    )]
    Denied(#[source] Cause),
    /// Its answer is not what Graph's would be.
    #[error("the live source of this data gave an answer that cannot be used: the operator must see to it")]
    Malformed(#[source] Cause),
}

/// What is behind a source's error.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Which kinds of which tenants are read live, and from where. It does not change while the program runs.
#[derive(Debug, Clone)]
pub struct Upstreams {
    sources: HashMap<(TenantId, Resource), Arc<dyn Upstream>>,
    patience: Duration,
}

impl Default for Upstreams {
    fn default() -> Self {
        Self { sources: HashMap::new(), patience: READ_TIME_MAX }
    }
}

impl Upstreams {
    /// The same sources, for readers who wait so long for one read.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// How long one read may take at its source.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// Reads objects of a kind of a tenant from this source from now on; `false` if there is another one already.
    #[must_use]
    pub fn add(&mut self, tenant: TenantId, resource: Resource, source: Arc<dyn Upstream>) -> bool {
        let taken = self.sources.contains_key(&(tenant, resource));
        if !taken {
            self.sources.insert((tenant, resource), source);
        }
        !taken
    }

    /// Whether any kind of a tenant's objects in these categories is read live: then nobody knows how many there are.
    #[must_use]
    pub fn any_in(&self, tenant: TenantId, categories: &[DataCategory]) -> bool {
        let reached = |kind: &Resource| kind.schema().categories.iter().any(|own| categories.contains(own));
        self.sources.keys().any(|(own, kind)| *own == tenant && reached(kind))
    }

    /// The source of a tenant's objects of a kind; none where they are stored here.
    #[must_use]
    pub fn of(&self, tenant: TenantId, resource: Resource) -> Option<&Arc<dyn Upstream>> {
        self.sources.get(&(tenant, resource))
    }
}
