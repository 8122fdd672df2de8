//! Data collections: what a customer collects and sends.

use std::io::Read;
use std::ops::ControlFlow;

use reqwest::header::{CONTENT_RANGE, CONTENT_TYPE};
use reqwest::{Body, Method, StatusCode};
use serde::Serialize;
use vouchsafe_api::access_request::Refuse;
use vouchsafe_api::data_collection::{CreateDataCollection, DataCollection, UploadProgress};
use vouchsafe_api::message::{CreateMessage, Message};
use vouchsafe_api::query::QueryOptions;
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_core::id::{DataCollectionId, SupportRequestId};

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;
use crate::import::ImportSource;
use crate::pages::Pages;
use crate::transport::FILE_TIMEOUT;

const COLLECTIONS: [&str; 3] = ["v1.0", "support", "dataCollections"];

/// What came of sending a file, or a part of one.
#[derive(Debug, Clone)]
pub enum Upload {
    /// More must come, from this byte on.
    More(u64),
    /// The file is in.
    Done(Box<Answer<DataCollection>>),
}

impl Client {
    /// The data collections that the caller may see.
    #[must_use]
    pub fn data_collections(&self, query: &QueryOptions) -> Pages<DataCollection> {
        Pages::new(self.clone(), self.address(&COLLECTIONS, &query.encode()), None)
    }

    /// One data collection.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn data_collection(&self, id: DataCollectionId) -> Result<Answer<DataCollection>, ClientError> {
        self.get(self.address(&under(&id.to_string(), &[]), ""), None).await
    }

    /// Asks a tenant to collect data for a case.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn ask_collection(
        &self,
        case: SupportRequestId,
        body: &CreateDataCollection,
    ) -> Result<Answer<DataCollection>, ClientError> {
        self.post(&["v1.0", "support", "requests", &case.to_string(), "dataCollections"], body).await
    }

    /// Sends it to the engineer.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn submit_collection(
        &self,
        id: DataCollectionId,
    ) -> Result<Answer<DataCollection>, ClientError> {
        self.act_on(id, "submit", &NoArguments {}).await
    }

    /// Says that the tenant does not want to collect.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn decline_collection(
        &self,
        id: DataCollectionId,
        body: &Refuse,
    ) -> Result<Answer<DataCollection>, ClientError> {
        self.act_on(id, "decline", body).await
    }

    /// Says that the engineer has what is needed.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn accept_collection(
        &self,
        id: DataCollectionId,
    ) -> Result<Answer<DataCollection>, ClientError> {
        self.act_on(id, "accept", &NoArguments {}).await
    }

    /// Gives it back because something is missing.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn return_collection(
        &self,
        id: DataCollectionId,
        body: &Refuse,
    ) -> Result<Answer<DataCollection>, ClientError> {
        self.act_on(id, "return", body).await
    }

    /// Takes the wish back.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn cancel_collection(
        &self,
        id: DataCollectionId,
    ) -> Result<Answer<DataCollection>, ClientError> {
        self.act_on(id, "cancel", &NoArguments {}).await
    }

    /// What was written about it.
    #[must_use]
    pub fn collection_messages(&self, id: DataCollectionId, query: &QueryOptions) -> Pages<Message> {
        let first = self.address(&under(&id.to_string(), &["messages"]), &query.encode());
        Pages::new(self.clone(), first, None)
    }

    /// Writes a message about it, to the other party.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn send_collection_message(
        &self,
        id: DataCollectionId,
        body: &CreateMessage,
    ) -> Result<Answer<Message>, ClientError> {
        self.post(&under(&id.to_string(), &["messages"]), body).await
    }

    async fn act_on<B: Serialize + Sync>(
        &self,
        id: DataCollectionId,
        act: &str,
        body: &B,
    ) -> Result<Answer<DataCollection>, ClientError> {
        self.post(&under(&id.to_string(), &[act]), body).await
    }

    /// Sends the bytes of a file from `from` to its end at `total`; `reader` begins at `from`. A file of no bytes goes whole.
    /// `progress` is called with the number of bytes of each piece.
    ///
    /// # Errors
    /// Any [`ClientError`]; after a cut, [`Client::upload_place`] says where to go on.
    pub async fn upload(
        &self,
        id: DataCollectionId,
        name: &str,
        (from, total): (u64, u64),
        reader: impl Read + Send + 'static,
        progress: impl FnMut(u64) + Send + 'static,
    ) -> Result<Upload, ClientError> {
        let body = Body::wrap_stream(ImportSource::as_it_is(reader).on_progress(progress).into_chunks());
        let range = total.checked_sub(1).map(|last| format!("bytes {from}-{last}/{total}"));
        self.put_file(id, name, range.as_deref(), body).await
    }

    /// Where the upload of a file goes on that was cut.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn upload_place(&self, id: DataCollectionId, name: &str) -> Result<Upload, ClientError> {
        self.put_file(id, name, Some("bytes */*"), Body::default()).await
    }

    /// Reads a file of a collection that holds no records, or one in an archive that does, as it is; `take` is called with each
    /// piece. What `take` says ends it.
    ///
    /// # Errors
    /// Any [`ClientError`]; [`ClientError::Unreachable`] also for a file that did not come to its end, because access ended
    /// or the connection did.
    pub async fn download(
        &self,
        id: DataCollectionId,
        (name, entry): (&str, Option<&str>),
        take: impl FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<(), ClientError> {
        let id = id.to_string();
        let mut path = under(&id, &["files", name]);
        path.extend(entry.iter().flat_map(|entry| ["entries", *entry]));
        self.get_pieces(self.address(&path, ""), take).await
    }

    async fn put_file(
        &self,
        id: DataCollectionId,
        name: &str,
        range: Option<&str>,
        body: Body,
    ) -> Result<Upload, ClientError> {
        let url = self.address(&under(&id.to_string(), &["files", name]), "");
        let mut request = self
            .request(Method::PUT, url)
            .timeout(FILE_TIMEOUT)
            .header(CONTENT_TYPE, "application/octet-stream");
        if let Some(range) = range {
            request = request.header(CONTENT_RANGE, range);
        }
        let response = self.send(request.body(body)).await?;
        if response.status() != StatusCode::ACCEPTED {
            return Ok(Upload::Done(Box::new(self.read(response).await?)));
        }
        let progress: Answer<UploadProgress> = self.read(response).await?;
        let next = progress.body.next_expected_ranges.first();
        let next = next.and_then(|range| range.split('-').next()?.parse().ok());
        Ok(Upload::More(next.unwrap_or_default()))
    }
}

/// `/v1.0/support/dataCollections/{id}/…`
fn under<'a>(id: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    COLLECTIONS.iter().copied().chain([id]).chain(rest.iter().copied()).collect()
}
