//! Lists of support access requests: what waits, and everything.

use askama::Template;

use crate::error::render;
use crate::{AccessRow, Chrome, RenderError};

/// A page of support access requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessListView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Newest first.
    pub rows: Vec<AccessRow>,
    /// Where older ones are; `None` at the end.
    pub older_href: Option<String>,
}

#[derive(Template)]
#[template(path = "page/pending_requests.html")]
struct PendingRequestsPage<'a> {
    chrome: &'a Chrome,
    view: &'a AccessListView,
}

#[derive(Template)]
#[template(path = "page/access_history.html")]
struct AccessHistoryPage<'a> {
    chrome: &'a Chrome,
    view: &'a AccessListView,
}

/// Renders what waits for this tenant.
///
/// # Errors
/// See [`RenderError`].
pub fn pending_requests(view: &AccessListView) -> Result<String, RenderError> {
    render(&PendingRequestsPage { chrome: &view.chrome, view })
}

/// Renders everything that retention holds.
///
/// # Errors
/// See [`RenderError`].
pub fn access_history(view: &AccessListView) -> Result<String, RenderError> {
    render(&AccessHistoryPage { chrome: &view.chrome, view })
}
