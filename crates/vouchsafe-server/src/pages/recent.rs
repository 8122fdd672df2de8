//! What a session may do only a short while after its person signed in: whatever lends rights that outlive the session. Who
//! steals a session that lies open gets none of them.

use http::HeaderMap;
use vouchsafe_app::AppError;
use vouchsafe_core::rejection::Rejection;

use super::answer::Failure;
use super::cookies::Cookies;
use crate::Server;

/// Whether the session began a short while ago.
pub(crate) async fn is_recent(server: &Server, headers: &HeaderMap) -> Result<bool, Failure> {
    let cookie = Cookies::of(&server.settings).session(headers).unwrap_or_default();
    match server.app.must_be_recent(&cookie).await {
        Ok(()) => Ok(true),
        Err(AppError::Rejected(Rejection::Forbidden(_))) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
