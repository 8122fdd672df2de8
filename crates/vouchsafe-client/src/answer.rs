//! What a call answers.

use vouchsafe_api::header;
use vouchsafe_core::id::ReadId;

/// A typed answer with what came along.
#[derive(Debug, Clone)]
pub struct Answer<T> {
    /// The body.
    pub body: T,
    /// The text that the body was read from, exactly as the server sent it.
    pub raw: String,
    /// Id of the request, to name it to the operator; `None` if the server sent none.
    pub request_id: Option<String>,
    /// Version of the resource, for `If-Match`; `None` if it has none.
    pub etag: Option<String>,
    /// The grant that a diagnostic read used: an id, or `none` for a basic read; `None` elsewhere.
    pub grant: Option<String>,
    /// The record of a diagnostic read; `None` elsewhere.
    pub read: Option<ReadId>,
}

/// Headers of an answer that callers may want.
#[derive(Debug, Clone, Default)]
pub(crate) struct Envelope {
    pub(crate) request_id: Option<String>,
    etag: Option<String>,
    grant: Option<String>,
    read: Option<ReadId>,
}

impl Envelope {
    pub(crate) fn of(response: &reqwest::Response) -> Self {
        let text = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        Self {
            request_id: text(header::REQUEST_ID),
            etag: text("etag"),
            grant: text(header::GRANT),
            read: text(header::READ).and_then(|id| id.parse().ok()),
        }
    }

    pub(crate) fn around<T>(self, body: T, raw: String) -> Answer<T> {
        let Self { request_id, etag, grant, read } = self;
        Answer { body, raw, request_id, etag, grant, read }
    }
}
