//! Why a call failed.

use vouchsafe_api::problem::Problem;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server answered with a problem of the contract.
    #[error("{}: {}", problem.title, problem.detail)]
    Problem {
        /// The problem.
        problem: Box<Problem>,
        /// Id of the request; `None` if the server sent none.
        request_id: Option<String>,
    },
    /// The server could not be reached, or the connection broke or timed out.
    #[error("cannot reach {server}")]
    Unreachable {
        /// Address of the server, without path.
        server: String,
        /// What went wrong on the way.
        source: reqwest::Error,
    },
    /// Something answered, but not as the contract says: a proxy's page, or a newer server.
    #[error("the server answered with status {status} and a body that is not of this API")]
    Unexpected {
        /// HTTP status.
        status: u16,
        /// Id of the request; `None` if the server sent none.
        request_id: Option<String>,
        /// What was wrong with the body; `None` if it was not JSON by its media type.
        source: Option<serde_json::Error>,
    },
    /// The answer is larger than a client takes.
    #[error("the answer is larger than {limit} bytes")]
    AnswerTooLarge {
        /// [`crate::MAX_ANSWER_BYTES`].
        limit: usize,
    },
    /// The address is not one that a token may be sent to.
    #[error("`{server}` is not a server address: {reason}")]
    InvalidServer {
        /// What was given.
        server: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The token is empty, too long, or not one printable word.
    #[error("the token is not one printable word")]
    InvalidToken,
    /// The program has installed no TLS provider, or the system has no certificates.
    #[error("TLS cannot be set up")]
    Tls {
        /// Why; `None` if no provider is installed.
        source: Option<reqwest::Error>,
    },
    /// A page's next link leads to another server.
    #[error("the next page is on another server; it is not followed")]
    ForeignLink,
}

impl ClientError {
    /// Id of the request, if the server answered and sent one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Problem { request_id, .. } | Self::Unexpected { request_id, .. } => request_id.as_deref(),
            Self::Unreachable { .. }
            | Self::AnswerTooLarge { .. }
            | Self::InvalidServer { .. }
            | Self::InvalidToken
            | Self::Tls { .. }
            | Self::ForeignLink => None,
        }
    }
}
