//! Names of the HTTP headers that the contract adds, in lower case.

/// Grant that a diagnostic read used (answer), or must use (request). `none` for a basic read.
pub const GRANT: &str = "vouchsafe-grant";
/// Id of the read record that was written before the answer left.
pub const READ: &str = "vouchsafe-read";
/// Id of the request: echoed if the caller sent one, made if not.
pub const REQUEST_ID: &str = "x-request-id";
/// Microsoft Graph's name for the caller's own request id; accepted like [`REQUEST_ID`].
pub const CLIENT_REQUEST_ID: &str = "client-request-id";
/// Makes a POST safe to repeat for 24 hours.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The last event that a client of a stream has received (WHATWG HTML, section 9.2.4).
pub const LAST_EVENT_ID: &str = "last-event-id";
/// Media type of every error answer (RFC 9457).
pub const PROBLEM_JSON: &str = "application/problem+json";
