//! The tree of problem types: everybody sees it, the provider keeps it.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use vouchsafe_api::collection::Collection;
use vouchsafe_api::problem_type::{CreateProblemType, ProblemType, UpdateProblemType};
use vouchsafe_app::{AppError, version_of};
use vouchsafe_core::problem_type::{ProblemTypeChange, ProblemTypes};

use super::{Answer, refuse, tagged};
use crate::Server;
use crate::extract::{Act, Base, Id, Look};
use crate::openapi::parameters::{IdempotencyParameter, IfMatchParameter};

/// One type of a tree, with all that is below it.
fn shown(
    status: StatusCode,
    types: &ProblemTypes,
    id: &str,
    path: &str,
) -> Result<Response, crate::problem::Refusal> {
    let found = types.find(id).ok_or(AppError::NotFound).map_err(refuse(path))?;
    Ok(tagged(status, version_of(found), node(types, found)))
}

fn node(types: &ProblemTypes, known: &vouchsafe_core::problem_type::ProblemType) -> ProblemType {
    ProblemType {
        id: known.id.clone(),
        display_name: known.display_name.clone(),
        retired: types.is_retired(&known.id),
        children: types.below(Some(&known.id)).map(|child| node(types, child)).collect(),
    }
}

/// The tree of problem types. Those that are retired stand in it, as they stand on cases.
#[utoipa::path(get, path = "/v1.0/support/problemTypes", operation_id = "listProblemTypes", tag = "Support requests", responses((status = 200, body = Collection<ProblemType>)))]
pub(crate) async fn list(State(server): State<Server>, Look(who): Look, base: Base) -> Answer {
    let types = server.app.problem_types(who).await.map_err(refuse("/v1.0/support/problemTypes"))?;
    let value = types.below(None).map(|root| node(&types, root)).collect();
    let context = base.context("support/problemTypes");
    Ok(Json(Collection { context, count: None, value, next_link: None }).into_response())
}

/// One problem type, with all that is below it.
#[utoipa::path(get, path = "/v1.0/support/problemTypes/{id}", operation_id = "getProblemType", tag = "Support requests", params(("id" = String, Path,)), responses((status = 200, body = ProblemType)))]
pub(crate) async fn show(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<String>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let types = server.app.problem_types(who).await.map_err(refuse(uri.path()))?;
    shown(StatusCode::OK, &types, &id, uri.path())
}

/// Adds a problem type; for the provider's managers and administrators.
#[utoipa::path(post, path = "/v1.0/support/problemTypes", operation_id = "createProblemType", tag = "Support requests", params(IdempotencyParameter),
    request_body = CreateProblemType, responses((status = 201, body = ProblemType)))]
pub(crate) async fn add(
    State(server): State<Server>,
    OriginalUri(uri): OriginalUri,
    act: Act<CreateProblemType>,
) -> Answer {
    let CreateProblemType { id, display_name } = &act.body;
    let types = server.app.add_problem_type(&act.call, id, display_name).await.map_err(refuse(uri.path()))?;
    shown(StatusCode::CREATED, &types, id, uri.path())
}

/// Renames a problem type, retires it or brings it back; for the provider's managers and administrators.
#[utoipa::path(patch, path = "/v1.0/support/problemTypes/{id}", operation_id = "updateProblemType", tag = "Support requests", params(("id" = String, Path,), IfMatchParameter),
    request_body = UpdateProblemType, responses((status = 200, body = ProblemType)))]
pub(crate) async fn change(
    State(server): State<Server>,
    Id(id): Id<String>,
    OriginalUri(uri): OriginalUri,
    act: Act<UpdateProblemType>,
) -> Answer {
    let UpdateProblemType { display_name, retired } = act.body;
    let change = ProblemTypeChange { display_name, retired };
    let types = server.app.change_problem_type(&act.call, &id, change).await.map_err(refuse(uri.path()))?;
    shown(StatusCode::OK, &types, &id, uri.path())
}
