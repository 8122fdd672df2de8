//! The pages.

use axum::Router;

use crate::Server;

/// Every page, and the style sheet.
pub(crate) fn routes(_server: &Server) -> Router<Server> {
    Router::new()
}
