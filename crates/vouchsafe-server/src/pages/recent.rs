//! What a session may do only a short while after its person signed in: whatever lends rights that outlive the session. Who
//! steals a session that lies open gets none of them.

use http::HeaderMap;
use vouchsafe_app::AppError;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_web::Notice;

use super::answer::Failure;
use super::cookies::Cookies;
use super::visitor::Visitor;
use crate::Server;

/// Goes on only in a session that began a short while ago.
///
/// # Errors
/// Back to a page that says so.
pub(crate) async fn must_be_recent(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    back: &str,
) -> Result<(), Failure> {
    let cookie = Cookies::of(&server.settings).session(headers).unwrap_or_default();
    match server.app.must_be_recent(&cookie).await {
        Ok(()) => Ok(()),
        Err(AppError::Rejected(Rejection::Forbidden(_))) => {
            Err(Failure::Told(Box::new(visitor.moved(back, Notice::NotFresh))))
        }
        Err(error) => Err(error.into()),
    }
}
