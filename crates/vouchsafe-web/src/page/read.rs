//! One read record.

use askama::Template;

use crate::error::render;
use crate::page::ReadRow;
use crate::{Chrome, RenderError};

/// One property of a read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadProperty {
    /// Its path, such as `deviceDetail/displayName`.
    pub name: String,
    /// Whether the engineer saw a pseudonym.
    pub masked: bool,
    /// Whether a value was shown in clear because somebody of the tenant allowed it.
    pub revealed: bool,
}

/// One read record: which records, which fields.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/read.html")]
pub struct ReadView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The read.
    pub read: ReadRow,
    /// How many bytes were sent.
    pub bytes: u64,
    /// Whole values that the engineer wrote, with the property that each was looked for in.
    pub typed: Vec<(String, String)>,
    /// The properties, in the order of the answer.
    pub properties: Vec<ReadProperty>,
    /// The true ids of the records.
    pub record_ids: Vec<String>,
    /// The list this read stands in.
    pub reads_href: String,
}

/// Renders one read record.
///
/// # Errors
/// See [`RenderError`].
pub fn read(view: &ReadView) -> Result<String, RenderError> {
    render(view)
}
