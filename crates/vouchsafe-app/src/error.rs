//! What a use case can answer instead of its result.

use vouchsafe_core::effective::ReadRefusal;
use vouchsafe_core::permit::Denied;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::mask::MaskError;
use vouchsafe_store::{QueryRefusal, StoreError};

use crate::decision::AssuranceView;
use crate::federation::SignInError;
use crate::upstream::UpstreamError;

/// A refusal or failure. Each case but [`AppError::Internal`] is one that a caller can act on.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// No usable credentials.
    #[error("sign in to use this")]
    Unauthenticated,
    /// The token's time is over.
    #[error("the token has expired")]
    TokenExpired,
    /// The token was ended.
    #[error("the token was revoked")]
    TokenRevoked,
    /// The thing does not exist, or the caller may not know that it does.
    #[error("not found")]
    NotFound,
    /// The caller may know the thing but not do this.
    #[error("your roles do not allow this")]
    Forbidden,
    /// A rule says no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The decision must be signed first, with what is to be signed.
    #[error("sign the challenge with your passkey, and repeat the decision with the assertion")]
    Assurance(Box<AssuranceView>),
    /// No live grant.
    #[error(transparent)]
    NoRead(#[from] ReadRefusal),
    /// A stale `If-Match`.
    #[error("the resource changed since it was read")]
    Stale,
    /// The idempotency key came with another body.
    #[error("the idempotency key belongs to another request")]
    IdempotencyMismatch,
    /// A query option that is wrong.
    #[error("`{parameter}` {message}")]
    BadQuery {
        /// Which option.
        parameter: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// A filter that would undo a mask.
    #[error(transparent)]
    Masked(#[from] MaskError),
    /// An order that would undo a mask.
    #[error(transparent)]
    MaskedOrder(MaskError),
    /// The query ran into its time limit.
    #[error("the query takes too long: narrow it by time, user, error code or correlation id")]
    TooCostly,
    /// More different values were typed on a masked property than one hour allows.
    #[error(
        "too many different values were typed on a masked property: at most 20 an hour; pseudonyms do not count"
    )]
    TooManyTyped {
        /// When this was said.
        now: Timestamp,
        /// When the next hour begins.
        next_hour: Timestamp,
    },
    /// A live source that does not answer as it should.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// Somebody who comes from an identity provider is not signed in.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// An uploaded file that cannot be read on.
    #[error("{0}")]
    BadImport(String),
    /// A file that is larger than allowed.
    #[error("{0}")]
    TooLarge(String),
    /// A file that cannot be cleaned of secrets, with what is wrong with it.
    #[error("the file was not taken: {0}")]
    FileRefused(String),
    /// An upload that cannot go on like this, with how it can.
    #[error("{0}")]
    BadUpload(String),
    /// Nothing more of an upload came for a while; it goes on from this byte.
    #[error("nothing came for a while; the upload goes on at byte {0}")]
    Stalled(u64),
    /// Somebody else is busy with the same thing, or too many are busy.
    #[error("this is busy at the moment: try again in a few seconds")]
    Busy,
    /// The service cannot answer now. Trying again later may help.
    #[error("the service is not available")]
    Unavailable(#[source] StoreError),
    /// A fault of this program.
    #[error("the service failed")]
    Internal(#[source] StoreError),
}

impl AppError {
    /// A refusal at an address without an id. Such an address is no secret, so nobody is told that it does not exist.
    pub(crate) fn unhidden(refused: impl Into<Self>) -> Self {
        let error = refused.into();
        if matches!(error, Self::NotFound) { Self::Forbidden } else { error }
    }

    /// A refusal at one thing of a list that the caller may not see: who may not see a list is not told what is in it.
    pub(crate) fn hidden(refused: impl Into<Self>) -> Self {
        let error = refused.into();
        if matches!(error, Self::Forbidden) { Self::NotFound } else { error }
    }
}

impl From<Denied> for AppError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::NotFound,
            Denied::Forbidden => Self::Forbidden,
        }
    }
}

impl From<QueryRefusal> for AppError {
    fn from(refusal: QueryRefusal) -> Self {
        Self::BadQuery { parameter: "$filter", message: refusal.to_string() }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => refusal.into(),
            StoreError::TooSlow => Self::TooCostly,
            StoreError::IdempotencyMismatch => Self::IdempotencyMismatch,
            // Two units of work met in spite of the locks: the caller may simply try again.
            StoreError::VersionConflict(_)
            | StoreError::Unavailable(_)
            | StoreError::GivenUp(_)
            | StoreError::CommitFailed(_)
            | StoreError::Files(_)
            | StoreError::Injected => Self::Unavailable(error),
            StoreError::PermitMismatch
            | StoreError::NotLocked(_)
            | StoreError::Corrupt(_)
            | StoreError::Entry(_)
            | StoreError::Schema(_)
            | StoreError::InUse
            | StoreError::File { .. } => Self::Internal(error),
        }
    }
}
