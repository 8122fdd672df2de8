//! A message that comes with files: `multipart/form-data` (RFC 7578) with the text in `body` and each file in `file`.

use axum::extract::multipart::{Field, Multipart, MultipartError, MultipartRejection};
use axum::extract::{DefaultBodyLimit, FromRequest as _, FromRequestParts as _, Request};
use bytes::Bytes;
use http::{HeaderMap, header};
use tokio::sync::mpsc;
use vouchsafe_api::message::CreateMessage;
use vouchsafe_api::problem::Code;
use vouchsafe_app::{App, AppError, Attaching, BodyFault, Call, Conversation, Who};

use crate::Server;
use crate::extract::{Act, BODY_BYTES_MAX, Caller, conditions};
use crate::idle_body::is_silent;
use crate::import_body::fault;
use crate::problem::Refusal;

/// The field that holds files.
pub(crate) const FILE: &str = "file";
/// Where the pages say what is wrong with a message's file: a data collection's page has files of its own.
pub(crate) const ATTACHMENT: &str = "attachment";
/// The field that holds the text.
const BODY: &str = "body";
/// Pieces of a file that wait for the store at most.
pub(crate) const PIECES_WAITING_MAX: usize = 8;

/// A message that may come with files.
pub(crate) struct Written {
    pub(crate) call: Call,
    pub(crate) body: String,
    pub(crate) files: Option<Attaching>,
}

impl Written {
    /// Reads JSON, or a form with files, which are cleaned as they come.
    pub(crate) async fn of(
        server: &Server,
        conversation: Conversation,
        request: Request,
    ) -> Result<Self, Refusal> {
        if !is_form(request.headers()) {
            let act = Act::<CreateMessage>::from_request(request, server).await?;
            return Ok(Self { call: act.call, body: act.body.body, files: None });
        }
        let (mut parts, body) = request.into_parts();
        let Caller(who) = Caller::from_request_parts(&mut parts, server).await?;
        let (head, path) = (parts.clone(), parts.uri.path().to_owned());
        let mut form = multipart(Request::from_parts(parts, body), server)
            .await
            .map_err(|_| Refusal::new(Code::InvalidRequest, "The form did not arrive whole.", &path))?;
        let (mut text, mut files) = (None, Files::new(&server.app, who, conversation));
        while let Some(field) = form.next_field().await.map_err(|error| not_whole(&error, &path))? {
            match field.name() {
                Some(BODY) => text = Some(short(field).await.map_err(|why| why.refusal(&path))?),
                Some(FILE) => files.take(field).await.map_err(|error| Refusal::of(&error, &path))?,
                name => {
                    let detail = format!("`{}` is not a field of this form.", name.unwrap_or_default());
                    return Err(Refusal::new(Code::UnknownField, detail, &path));
                }
            }
        }
        let Some(body) = text else {
            return Err(Refusal::new(Code::InvalidRequest, "The form has no field `body`.", &path));
        };
        let files = files.taken;
        let fingerprint = files.as_ref().map(Attaching::fingerprint).unwrap_or_default();
        let call = conditions(&head, who, &[body.as_bytes(), &[0], &fingerprint].concat())?;
        Ok(Self { call, body, files })
    }
}

/// Whether a form with files comes.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("multipart/form-data"))
}

/// The form, however long: each of its parts has a limit of its own.
pub(crate) async fn multipart(
    mut request: Request,
    server: &Server,
) -> Result<Multipart, MultipartRejection> {
    DefaultBodyLimit::disable().apply(&mut request);
    Multipart::from_request(request, server).await
}

/// The files of a form, taken in from the first one on.
pub(crate) struct Files<'s> {
    app: &'s App,
    who: Who,
    conversation: Conversation,
    pub(crate) taken: Option<Attaching>,
}

impl<'s> Files<'s> {
    pub(crate) fn new(app: &'s App, who: Who, conversation: Conversation) -> Self {
        Self { app, who, conversation, taken: None }
    }

    /// Takes one file in. What a browser sends where no file was chosen is none.
    ///
    /// # Errors
    /// As [`Attaching::take`].
    pub(crate) async fn take(&mut self, field: Field<'_>) -> Result<(), AppError> {
        let name = field.file_name().unwrap_or_default().to_owned();
        if name.is_empty() {
            return Ok(());
        }
        let mut files = match self.taken.take() {
            Some(files) => files,
            None => self.app.attach(self.who, self.conversation).await?,
        };
        let (sender, pieces) = mpsc::channel(PIECES_WAITING_MAX);
        // What a client says a file is, depends on the machine it runs on: the content decides.
        let (taken, ()) = tokio::join!(files.take(&name, None, pieces), feed(field, sender));
        taken?;
        self.taken = Some(files);
        Ok(())
    }
}

/// Sends the pieces of a field, until it ends or nobody takes them any more.
pub(crate) async fn feed(mut field: Field<'_>, sender: mpsc::Sender<Result<Bytes, BodyFault>>) {
    loop {
        let piece = match field.chunk().await {
            Ok(Some(piece)) => Ok(piece),
            Ok(None) => return,
            Err(error) => Err(fault(&error, "the file did not arrive whole")),
        };
        let last = piece.is_err();
        if sender.send(piece).await.is_err() || last {
            return;
        }
    }
}

/// Why a text of a form is not taken.
pub(crate) enum TextFault {
    TooLong,
    NotText,
    NotWhole(MultipartError),
}

impl TextFault {
    pub(crate) fn refusal(&self, path: &str) -> Refusal {
        match self {
            Self::TooLong => {
                Refusal::new(Code::TooLarge, "The form holds more text than this service takes.", path)
            }
            Self::NotText => Refusal::new(Code::InvalidRequest, "The text of the form is not UTF-8.", path),
            Self::NotWhole(error) => not_whole(error, path),
        }
    }
}

/// A text of the form.
pub(crate) async fn short(mut field: Field<'_>) -> Result<String, TextFault> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(TextFault::NotWhole)? {
        if bytes.len().saturating_add(piece.len()) > BODY_BYTES_MAX {
            return Err(TextFault::TooLong);
        }
        bytes.extend_from_slice(&piece);
    }
    let text = String::from_utf8(bytes).map_err(|_| TextFault::NotText)?;
    // Browsers send CR LF for each line break of a text.
    Ok(text.replace("\r\n", "\n"))
}

/// A form that broke off.
pub(crate) fn not_whole(error: &MultipartError, path: &str) -> Refusal {
    if is_silent(error) {
        return Refusal::silent(path);
    }
    Refusal::new(Code::InvalidRequest, "The form did not arrive whole.", path)
}
