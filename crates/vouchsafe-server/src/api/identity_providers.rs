//! Identity providers of the own tenant (Graph's `identityProviders`).

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use vouchsafe_api::collection::Collection;
use vouchsafe_api::identity_provider::{CreateIdentityProvider, IdentityProvider, UpdateIdentityProvider};
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_core::id::IdentityProviderId;
use vouchsafe_core::identity_provider::IdentityProvider as Row;

use super::{Answer, refuse, tagged};
use crate::Server;
use crate::extract::{Act, Base, Id, Look};
use crate::openapi::parameters::{IdempotencyParameter, IfMatchParameter};
use crate::wire::identity_providers as wire;

fn shown(status: StatusCode, base: &Base, row: Row) -> Response {
    tagged(status, row.version, wire::provider(&base.0, row))
}

/// The identity providers of the own tenant; of the provider, those of its configuration file.
#[utoipa::path(get, path = "/v1.0/identityProviders", operation_id = "listIdentityProviders", tag = "Identity providers", responses((status = 200, body = Collection<IdentityProvider>)))]
pub(crate) async fn list(State(server): State<Server>, Look(who): Look, base: Base) -> Answer {
    let rows = server.app.identity_providers(who).await.map_err(refuse("/v1.0/identityProviders"))?;
    let value: Vec<_> = rows.into_iter().map(|row| wire::provider(&base.0, row)).collect();
    let context = base.context("identityProviders");
    Ok(Json(Collection { context, count: None, value, next_link: None }).into_response())
}

/// One of them.
#[utoipa::path(get, path = "/v1.0/identityProviders/{id}", operation_id = "getIdentityProvider", tag = "Identity providers", params(("id" = String, Path,)),
    responses((status = 200, body = IdentityProvider)))]
pub(crate) async fn show(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<IdentityProviderId>,
    base: Base,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let row = server.app.identity_provider(who, id).await.map_err(refuse(uri.path()))?;
    Ok(shown(StatusCode::OK, &base, row))
}

/// Sets an identity provider up: who may give any role may, because it says who people are.
#[utoipa::path(post, path = "/v1.0/identityProviders", operation_id = "createIdentityProvider", tag = "Identity providers", params(IdempotencyParameter),
    request_body = CreateIdentityProvider, responses((status = 201, body = IdentityProvider)))]
pub(crate) async fn add(
    State(server): State<Server>,
    base: Base,
    OriginalUri(uri): OriginalUri,
    act: Act<CreateIdentityProvider>,
) -> Answer {
    let row = server.app.add_identity_provider(&act.call, wire::new_provider(act.body)).await;
    Ok(shown(StatusCode::CREATED, &base, row.map_err(refuse(uri.path()))?))
}

/// Changes an identity provider of the own tenant.
#[utoipa::path(patch, path = "/v1.0/identityProviders/{id}", operation_id = "updateIdentityProvider", tag = "Identity providers", params(("id" = String, Path,), IfMatchParameter),
    request_body = UpdateIdentityProvider, responses((status = 200, body = IdentityProvider)))]
pub(crate) async fn change(
    State(server): State<Server>,
    Id(id): Id<IdentityProviderId>,
    base: Base,
    OriginalUri(uri): OriginalUri,
    act: Act<UpdateIdentityProvider>,
) -> Answer {
    let mut body = act.body;
    let secret = body.client_secret.take().map(wire::secret);
    let change = |old| wire::changed_provider(old, body);
    let row = server.app.change_identity_provider(&act.call, id, secret, change).await;
    Ok(shown(StatusCode::OK, &base, row.map_err(refuse(uri.path()))?))
}

/// Takes an identity provider of the own tenant away. Who signed in with it is signed out.
#[utoipa::path(delete, path = "/v1.0/identityProviders/{id}", operation_id = "deleteIdentityProvider", tag = "Identity providers", params(("id" = String, Path,), IfMatchParameter),
    responses((status = 204)))]
pub(crate) async fn delete(
    State(server): State<Server>,
    Id(id): Id<IdentityProviderId>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    server.app.delete_identity_provider(&act.call, id).await.map_err(refuse(uri.path()))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
