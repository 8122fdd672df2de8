//! Messages with files, of support requests and of data collections.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::ops::ControlFlow;

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use vouchsafe_api::message::Message;
use vouchsafe_core::id::{DataCollectionId, MessageId, SupportRequestId};

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;
use crate::transport::FILE_TIMEOUT;

/// Where messages stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversation {
    /// Of a support request.
    Request(SupportRequestId),
    /// About a data collection.
    Collection(DataCollectionId),
}

/// A file to send with a message.
#[derive(Debug, Clone)]
pub struct NewAttachment {
    /// Its name, without a path.
    pub name: String,
    /// Its bytes, at most 25 MiB.
    pub bytes: Vec<u8>,
}

impl Client {
    /// Writes a message that comes with files, at most five.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn send_message_with_files(
        &self,
        to: Conversation,
        body: &str,
        files: &[NewAttachment],
    ) -> Result<Answer<Message>, ClientError> {
        let boundary = boundary();
        let url = self.address(&as_strs(&path(to, &["messages"])), "");
        let request = self
            .request(Method::POST, url)
            .timeout(FILE_TIMEOUT)
            .header(CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"))
            .body(form(&boundary, body, files));
        self.read(self.send(request).await?).await
    }

    /// Reads a file of a message. `take` is called with each piece; what it says ends it.
    ///
    /// # Errors
    /// Any [`ClientError`]; [`ClientError::Unreachable`] also for a file that did not come to its end.
    pub async fn attachment(
        &self,
        of: Conversation,
        message: MessageId,
        name: &str,
        take: impl FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<(), ClientError> {
        let path = path(of, &["messages", &message.to_string(), "attachments", name]);
        self.get_pieces(self.address(&as_strs(&path), ""), take).await
    }
}

fn path(of: Conversation, rest: &[&str]) -> Vec<String> {
    let (kind, id) = match of {
        Conversation::Request(id) => ("requests", id.to_string()),
        Conversation::Collection(id) => ("dataCollections", id.to_string()),
    };
    ["v1.0", "support", kind, &id].into_iter().chain(rest.iter().copied()).map(str::to_owned).collect()
}

fn as_strs(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

/// A boundary that no file holds by chance (RFC 2046 section 5.1.1).
fn boundary() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("vouchsafe-{:016x}{:016x}", random(), random())
}

/// The form (RFC 7578).
fn form(boundary: &str, body: &str, files: &[NewAttachment]) -> Vec<u8> {
    let mut form = Vec::new();
    let mut part = |disposition: &str, content: &[u8]| {
        form.extend_from_slice(
            format!("--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n").as_bytes(),
        );
        form.extend_from_slice(content);
        form.extend_from_slice(b"\r\n");
    };
    part("name=\"body\"", body.as_bytes());
    for file in files {
        // As browsers do it (HTML, multipart/form-data encoding algorithm).
        let name = file.name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
        part(&format!("name=\"file\"; filename=\"{name}\""), &file.bytes);
    }
    form.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    form
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_the_text_and_each_file_between_boundaries() {
        let files = [NewAttachment { name: "a \"b\".log".to_owned(), bytes: b"x\r\ny".to_vec() }];
        let text = String::from_utf8(form("B", "Hello", &files)).unwrap();
        let expected = "--B\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nHello\r\n--B\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"a %22b%22.log\"\r\n\r\nx\r\ny\r\n--B--\r\n";
        assert_eq!(text, expected);
        assert_ne!(boundary(), boundary());
    }
}
