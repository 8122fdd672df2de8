//! One data collection, for its tenant and for the engineer.

use askama::Template;

use crate::error::render;
use crate::{
    CaseRef, Category, Chrome, CollectionStatus, EngineerView, FormErrors, MessageView, RenderError,
    TimeView, paths,
};

/// A file that was checked and cleaned of secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectedFileView {
    /// Its name.
    pub name: String,
    /// Its size, for people.
    pub size: String,
    /// SHA-256 of the cleaned file, in hex.
    pub sha256: String,
    /// What was taken out: kind and number, such as `jwt` and `3`.
    pub removed: Vec<(String, String)>,
    /// Where the first of them were: kind and place.
    pub places: Vec<(String, String)>,
    /// Records in it; `None` if they were never counted.
    pub records: Option<u64>,
    /// Where the reader has it as it is; `None` where the reader has not.
    pub download: Option<String>,
    /// Of an archive with records: the files in it without any.
    pub entries: Vec<CollectedEntryView>,
}

/// A file without records in an archive that holds some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectedEntryView {
    /// Its path in the archive.
    pub name: String,
    /// Its size, for people.
    pub size: String,
    /// Where the reader has it as it is; `None` where the reader has not.
    pub download: Option<String>,
}

/// What the reader may do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CollectionPart {
    /// Whoever collects for the tenant.
    Customer(CustomersPart),
    /// The engineer of the support request.
    Engineer {
        /// The sign-ins in it; `None` while it cannot be read.
        sign_ins: Option<String>,
        /// Whether it waits for the engineer's word: shows accept and return.
        may_review: bool,
        /// Whether it can be taken back.
        may_cancel: bool,
    },
    /// Somebody who may look, and no more.
    Reader,
}

/// What its tenant may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomersPart {
    /// Whether files can be put in and taken out.
    pub may_fill: bool,
    /// Whether it can be sent, for the first time or once more.
    pub may_send: bool,
    /// The grant that opens it; empty while nothing can be read.
    pub grant_id: String,
    /// Whether the access can be taken away.
    pub may_remove: bool,
}

/// One data collection.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/data_collection.html")]
pub struct DataCollectionView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The `dc_` id.
    pub id: String,
    /// The version that the forms are about.
    pub version: String,
    /// For which support request.
    pub case: CaseRef,
    /// Whose data.
    pub tenant: String,
    /// Who asks.
    pub engineer: EngineerView,
    /// Where it stands.
    pub status: CollectionStatus,
    /// What is asked for.
    pub categories: Vec<Category>,
    /// The time range that is asked for.
    pub data_from: Option<TimeView>,
    /// Its end.
    pub data_to: Option<TimeView>,
    /// What to do, in the engineer's words.
    pub instructions: String,
    /// When it was asked.
    pub asked: TimeView,
    /// Why it was declined, or what is missing.
    pub reason: String,
    /// When its files were deleted for good.
    pub deleted: Option<TimeView>,
    /// The files; for the engineer those that were sent.
    pub files: Vec<CollectedFileView>,
    /// What the reader may do.
    pub part: CollectionPart,
    /// The conversation about it, oldest first.
    pub messages: Vec<MessageView>,
    /// Whether the reader may write.
    pub may_write: bool,
    /// Makes sending twice write one message.
    pub idempotency_key: String,
    /// The message, to show again.
    pub body: String,
    /// The reason, to show again.
    pub typed_reason: String,
    /// What is wrong.
    pub errors: FormErrors,
}

impl DataCollectionView {
    fn is_for_engineer(&self) -> bool {
        matches!(self.part, CollectionPart::Engineer { .. })
    }
}

/// Renders one data collection.
///
/// # Errors
/// See [`RenderError`].
pub fn data_collection(view: &DataCollectionView) -> Result<String, RenderError> {
    render(view)
}
