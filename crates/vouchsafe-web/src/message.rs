//! The conversation of a support request.

use crate::TimeView;

/// Who wrote, seen from the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The reader.
    You,
    /// Somebody of the customer.
    Customer,
    /// Somebody of the provider.
    Support,
    /// The service itself.
    Service,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageView {
    /// Who wrote, seen from the reader.
    pub author: Author,
    /// The writer's name.
    pub name: String,
    /// When.
    pub at: TimeView,
    /// The text; line breaks are kept.
    pub body: String,
    /// Files that came with it.
    pub files: Vec<AttachmentView>,
}

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentView {
    /// Its name.
    pub name: String,
    /// Its size, for people.
    pub size: String,
    /// How many secrets were taken out.
    pub removed: u64,
    /// Where it is; `None` once it was deleted.
    pub href: Option<String>,
}
