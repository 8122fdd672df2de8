//! Health, for operators.

use axum::extract::State;
use http::StatusCode;

use crate::Server;

/// The process is up.
#[utoipa::path(get, path = "/healthz", operation_id = "isLive", tag = "Operation", responses((status = 200, description = "The process is up.")), security(()))]
pub(crate) async fn live() -> StatusCode {
    StatusCode::OK
}

/// The database answers.
#[utoipa::path(get, path = "/readyz", operation_id = "isReady", tag = "Operation",
    responses((status = 200, description = "The database answers."), (status = 503, description = "It does not.")), security(()))]
pub(crate) async fn ready(State(server): State<Server>) -> StatusCode {
    if server.app.is_ready().await { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}
