//! Every way a request can fail.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::scope::Scope;
use crate::wire_enum::wire_enum;

/// An error answer: RFC 9457 members, the stable code, and a member that Microsoft Graph clients can read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Where the kind of problem is explained; relative to the server.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems#notFound")]
    pub type_uri: String,
    /// The kind of problem in a few words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened in this case. Never an internal cause.
    pub detail: String,
    /// Path of the request.
    pub instance: String,
    /// The kind of problem for programs.
    pub code: Code,
    /// Code and detail again, where Graph clients look.
    pub error: GraphError,
    /// Which members or parameters are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<Pointer>,
    /// With `assuranceRequired`: names the challenge when the decision is repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_id: Option<String>,
    /// With `assuranceRequired`: what must be signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    /// With `assuranceRequired`: the exact scope that the decision is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
}

impl Problem {
    /// The problem of this code with its fixed status, title and address.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>, instance: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            type_uri: code.type_uri(),
            title: code.title().to_owned(),
            status: code.status(),
            instance: instance.into(),
            code,
            error: GraphError { code, message: detail.clone() },
            detail,
            errors: Vec::new(),
            challenge_id: None,
            challenge: None,
            scope: None,
        }
    }

    /// The same problem, naming one more place that is wrong.
    #[must_use]
    pub fn at(mut self, place: Pointer) -> Self {
        self.errors.push(place);
        self
    }
}

/// The error as Microsoft Graph clients read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GraphError {
    /// Same as [`Problem::code`].
    pub code: Code,
    /// Same as [`Problem::detail`].
    pub message: String,
}

/// A place that is wrong: a member of the body or a query option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pointer {
    /// JSON pointer (RFC 6901) into the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Name of a query option, header or path segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// What is wrong there.
    pub message: String,
}

impl Pointer {
    /// A member of the body, by JSON pointer.
    #[must_use]
    pub fn field(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: Some(pointer.into()), parameter: None, message: message.into() }
    }

    /// A query option, header or path segment, by name.
    #[must_use]
    pub fn parameter(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: None, parameter: Some(name.into()), message: message.into() }
    }
}

wire_enum! {
    /// The kinds of problems. Closed and stable: scripts branch on them.
    Code {
        /// The request is not well formed, or a value is out of bounds.
        InvalidRequest = "invalidRequest",
        /// The body has a member that the contract does not know.
        UnknownField = "unknownField",
        /// The address has a query option that this resource does not take.
        UnknownQueryOption = "unknownQueryOption",
        /// The body is not of a media type that this resource takes.
        UnsupportedMediaType = "unsupportedMediaType",
        /// The resource does not know the method.
        MethodNotAllowed = "methodNotAllowed",
        /// No token, or one that is not valid.
        Unauthenticated = "unauthenticated",
        /// The token's time is over.
        TokenExpired = "tokenExpired",
        /// The token was revoked.
        TokenRevoked = "tokenRevoked",
        /// The caller may see the thing but not do this to it.
        Forbidden = "forbidden",
        /// There is no such thing, or the caller may not know of it.
        NotFound = "notFound",
        /// Someone of the caller's own tenant has decided.
        Conflict = "conflict",
        /// The caller's own side ended otherwise.
        AlreadyEnded = "alreadyEnded",
        /// The support request is closed.
        CaseClosed = "caseClosed",
        /// No live grant covers what was asked for.
        NoLiveGrant = "noLiveGrant",
        /// The grant that was named has ended.
        GrantEnded = "grantEnded",
        /// The query would see through a mask.
        MaskedProperty = "maskedProperty",
        /// The query cannot be answered within the time limit.
        TooCostly = "tooCostly",
        /// The decision needs a stronger proof of who decides.
        AssuranceRequired = "assuranceRequired",
        /// The resource has changed since it was read.
        PreconditionFailed = "preconditionFailed",
        /// The idempotency key was used for another request.
        IdempotencyMismatch = "idempotencyMismatch",
        /// The body did not come on for a while.
        RequestTimeout = "requestTimeout",
        /// The body or one of its parts is too large.
        TooLarge = "tooLarge",
        /// Too many requests in a short time.
        TooManyRequests = "tooManyRequests",
        /// The service cannot answer now.
        Unavailable = "unavailable",
    }
}

impl Code {
    /// The HTTP status of this kind.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidRequest
            | Self::UnknownField
            | Self::UnknownQueryOption
            | Self::MaskedProperty
            | Self::TooCostly => 400,
            Self::Unauthenticated | Self::TokenExpired | Self::TokenRevoked => 401,
            Self::Forbidden | Self::NoLiveGrant | Self::GrantEnded | Self::AssuranceRequired => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::Conflict | Self::AlreadyEnded | Self::CaseClosed => 409,
            Self::PreconditionFailed => 412,
            Self::TooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::IdempotencyMismatch => 422,
            Self::TooManyRequests => 429,
            Self::Unavailable => 503,
        }
    }

    /// The kind in a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request is not valid",
            Self::UnknownField => "The body has an unknown field",
            Self::UnknownQueryOption => "The address has an unknown query option",
            Self::UnsupportedMediaType => "The media type is not supported",
            Self::MethodNotAllowed => "The method is not allowed here",
            Self::Unauthenticated => "Sign in first",
            Self::TokenExpired => "The token has expired",
            Self::TokenRevoked => "The token was revoked",
            Self::Forbidden => "This is not allowed",
            Self::NotFound => "There is no such thing",
            Self::Conflict => "Someone has already decided",
            Self::AlreadyEnded => "It has already ended",
            Self::CaseClosed => "The support request is closed",
            Self::NoLiveGrant => "No live grant covers this",
            Self::GrantEnded => "The grant has ended",
            Self::MaskedProperty => "The property is masked",
            Self::TooCostly => "The query is too costly",
            Self::AssuranceRequired => "This decision needs a stronger proof of who you are",
            Self::PreconditionFailed => "It has changed since you read it",
            Self::IdempotencyMismatch => "The idempotency key was used for another request",
            Self::RequestTimeout => "The request did not arrive in time",
            Self::TooLarge => "The request is too large",
            Self::TooManyRequests => "Too many requests",
            Self::Unavailable => "The service cannot answer now",
        }
    }

    /// Where the kind is explained; relative to the server.
    #[must_use]
    pub fn type_uri(self) -> String {
        format!("/docs/problems#{}", self.as_str())
    }
}
