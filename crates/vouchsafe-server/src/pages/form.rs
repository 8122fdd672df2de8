//! What forms and addresses send: fields with names that may repeat.

use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, FromRequestParts, RawQuery, Request};
use http::header;
use http::request::Parts;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use sha2::{Digest, Sha256};
use vouchsafe_api::problem::Code;
use vouchsafe_app::{Attaching, Call, Conversation, ListOptions, SignedVote, Who};
use vouchsafe_store::Answered;

use super::answer::Failure;
use super::complaint::refused_file;
use crate::Server;
use crate::extract::BODY_BYTES_MAX;
use crate::idle_body::is_silent;
use crate::message_form::{FILE, Files, is_form, multipart, not_whole, short};
use crate::problem::Refusal;
use crate::wire;

/// Rows of one page of a list.
pub(crate) const ROWS: u32 = 50;
/// The field that stands for `If-Match`.
const VERSION: &str = "version";
/// The field that stands for `Idempotency-Key`.
const KEY: &str = "idempotencyKey";
/// Fields of a form with files, besides the files.
const FIELDS_MAX: usize = 20;
/// Characters of that key.
const KEY_CHARS_MAX: usize = 64;
/// The query option that leads to the next page of a list.
const SKIP_TOKEN: &str = "$skiptoken";

/// Fields in the order in which they were sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        // Browsers send CR LF for each line break of a text.
        let plain = |text: String| text.replace("\r\n", "\n");
        let pairs = form_urlencoded::parse(bytes).into_owned();
        Self(pairs.map(|(name, value)| (name, plain(value))).collect())
    }

    /// The field as typed; empty if it was not sent.
    pub(crate) fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// The field without spaces around it; `None` where nothing is left.
    pub(crate) fn some(&self, name: &str) -> Option<&str> {
        Some(self.text(name).trim()).filter(|text| !text.is_empty())
    }

    /// What the script has put into the form of a decision: an answer to what had to be signed. Anything else is none.
    pub(crate) fn signed(&self) -> Option<SignedVote> {
        wire::signed(serde_json::from_str(self.some("assertion")?).ok()).ok()?
    }

    /// Every value of the field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The lines of the field that hold something.
    pub(crate) fn lines<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.text(name).split(['\n', ',', ' ']).map(str::trim).filter(|line| !line.is_empty())
    }
}

/// The fields of an address.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) fields: Fields,
    path: String,
}

impl FromRequestParts<Server> for Asked {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        let RawQuery(query) =
            RawQuery::from_request_parts(parts, server).await.unwrap_or_else(|never| match never {});
        let fields = Fields::parse(query.unwrap_or_default().as_bytes());
        Ok(Self { fields, path: parts.uri.path().to_owned() })
    }
}

impl Asked {
    /// The page of a list that the address asks for.
    pub(crate) fn list(&self, filter: impl Into<String>) -> ListOptions {
        let filter = Some(filter.into()).filter(|filter| !filter.is_empty());
        let skip_token = self.skip_token();
        ListOptions { filter, top: ROWS, skip_token, ..ListOptions::default() }
    }

    /// Where the page before this one ended.
    pub(crate) fn skip_token(&self) -> Option<String> {
        self.fields.some(SKIP_TOKEN).map(str::to_owned)
    }

    /// The address of the list with this field alone.
    pub(crate) fn with(&self, name: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair(name, value);
        format!("{}?{}", self.path, query.finish())
    }

    /// The address of the next page, with the same fields.
    pub(crate) fn older(&self, skip_token: Option<String>) -> Option<String> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let others = self.fields.0.iter().filter(|(name, value)| name != SKIP_TOKEN && !value.is_empty());
        query.extend_pairs(others);
        query.append_pair(SKIP_TOKEN, &skip_token?);
        Some(format!("{}?{}", self.path, query.finish()))
    }
}

/// A form that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) fields: Fields,
    endpoint: String,
    fingerprint: Vec<u8>,
}

impl FromRequest<Server> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, _server: &Server) -> Result<Self, Failure> {
        let (parts, stream) = request.into_parts();
        let refuse = |code, detail: &str| Failure::from(Refusal::new(code, detail, parts.uri.path()));
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let urlencoded = kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let body = match Limited::new(stream, BODY_BYTES_MAX).collect().await {
            Ok(collected) => collected.to_bytes(),
            Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => {
                return Err(refuse(Code::TooLarge, "The form holds more text than this service takes."));
            }
            Err(error) if is_silent(&*error) => return Err(Refusal::silent(parts.uri.path()).into()),
            Err(_) => return Err(refuse(Code::InvalidRequest, "The form did not arrive whole.")),
        };
        if !urlencoded && !body.is_empty() {
            return Err(refuse(Code::UnsupportedMediaType, "Send the form as browsers do."));
        }
        Ok(Self {
            fields: Fields::parse(&body),
            endpoint: format!("POST {}", parts.uri.path()),
            fingerprint: Sha256::digest(&body).to_vec(),
        })
    }
}

impl Form {
    /// The call that this form makes; sent twice with one key, it is made once.
    pub(crate) fn call(&self, who: Who) -> Call {
        let key = self
            .fields
            .some(KEY)
            .filter(|key| key.len() <= KEY_CHARS_MAX && key.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let idempotency = key.map(|key| Answered {
            tenant: who.tenant,
            principal: who.user,
            endpoint: self.endpoint.clone(),
            key: key.to_owned(),
            fingerprint: self.fingerprint.clone(),
        });
        Call { who, if_match: None, idempotency }
    }

    /// Reads a form that may come with files, which are taken in for a message as they come; or what is wrong with one of them.
    ///
    /// # Errors
    /// What has a page of its own.
    pub(crate) async fn with_files(
        server: &Server,
        who: Who,
        of: Conversation,
        request: Request,
    ) -> Result<(Self, Result<Option<Attaching>, String>), Failure> {
        if !is_form(request.headers()) {
            return Ok((Self::from_request(request, server).await?, Ok(None)));
        }
        let path = request.uri().path().to_owned();
        let whole = |error: &MultipartError| Failure::from(not_whole(error, &path));
        let mut parts = multipart(request, server).await.map_err(|_| {
            Failure::from(Refusal::new(Code::UnsupportedMediaType, "Send the form as browsers do.", &path))
        })?;
        let (mut fields, mut files, mut refused) = (Vec::new(), Files::new(&server.app, who, of), None);
        while let Some(field) = parts.next_field().await.map_err(|error| whole(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            if name != FILE {
                if fields.len() == FIELDS_MAX {
                    return Err(Refusal::new(Code::TooLarge, "The form has too many fields.", &path).into());
                }
                fields.push((name, short(field).await.map_err(|why| why.refusal(&path))?));
                continue;
            }
            let file = field.file_name().unwrap_or_default().to_owned();
            if let Err(error) = files.take(field).await {
                refused = Some(refused_file(&file, error)?);
                break;
            }
        }
        let mut fingerprint = Sha256::new();
        for (name, value) in &fields {
            fingerprint.update(name.as_bytes());
            fingerprint.update([0]);
            fingerprint.update(value.as_bytes());
            fingerprint.update([0]);
        }
        fingerprint.update(files.taken.as_ref().map(Attaching::fingerprint).unwrap_or_default());
        let form = Self {
            fields: Fields(fields),
            endpoint: format!("POST {path}"),
            fingerprint: fingerprint.finalize().to_vec(),
        };
        Ok((form, refused.map_or(Ok(files.taken), Err)))
    }

    /// A form that a script sends along, as if it had been sent to this address.
    pub(crate) fn of(text: &str, endpoint: &str) -> Self {
        let fingerprint = Sha256::digest(text).to_vec();
        Self { fields: Fields::parse(text.as_bytes()), endpoint: format!("POST {endpoint}"), fingerprint }
    }

    /// The call, refused if the thing has changed since the form was shown. A form without its version is an old one.
    pub(crate) fn versioned(&self, who: Who) -> Call {
        let seen = self.fields.text(VERSION).parse().unwrap_or(0);
        Call { if_match: Some(seen), ..self.call(who) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_repeat_and_lines_are_plain() {
        let fields = Fields::parse(b"a=1&b=x%0D%0Ay&a=2&c=+&d=p%2C%0Aq");
        assert_eq!(fields.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(fields.text("b"), "x\ny");
        assert_eq!((fields.some("c"), fields.text("z")), (None, ""));
        assert_eq!(fields.lines("d").collect::<Vec<_>>(), ["p", "q"]);
    }

    #[test]
    fn the_next_page_keeps_the_filter() {
        let asked =
            Asked { fields: Fields::parse(b"user=a%26b&from=&%24skiptoken=old"), path: "/x".to_owned() };
        assert_eq!(asked.older(Some("new".to_owned())).as_deref(), Some("/x?user=a%26b&%24skiptoken=new"));
        assert_eq!(asked.older(None), None);
    }
}
