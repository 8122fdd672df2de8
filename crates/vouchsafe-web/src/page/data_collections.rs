//! What support asked the customer to collect.

use askama::Template;

use crate::error::render;
use crate::{Chrome, CollectionRow, RenderError};

/// The customer's data collections.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/data_collections.html")]
pub struct DataCollectionsView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Newest first.
    pub rows: Vec<CollectionRow>,
    /// Where older ones are; `None` at the end.
    pub older_href: Option<String>,
}

/// Renders the data collections.
///
/// # Errors
/// See [`RenderError`].
pub fn data_collections(view: &DataCollectionsView) -> Result<String, RenderError> {
    render(view)
}
