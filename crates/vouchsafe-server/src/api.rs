//! The JSON routes of `api.md`. One module per resource; a handler extracts, calls one use case, and maps.

pub mod access;
pub mod account_links;
pub mod authentication;
pub mod collections;
pub mod diagnostics;
pub mod engineers;
pub mod evaluation;
pub mod events;
pub mod evidence;
pub mod grants;
pub mod health;
pub mod identity_providers;
pub mod logs;
pub mod own;
pub mod problem_types;
pub mod requests;
pub mod reveals;
pub mod roles;
pub mod tokens;
pub mod users;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::Value;
use utoipa::PartialSchema;
use vouchsafe_api::collection::Collection;
use vouchsafe_api::problem::{Code, Pointer, Problem};
use vouchsafe_app::{AppError, Cursor};
use vouchsafe_store::Listed;

use crate::extract::Asked;
use crate::problem::Refusal;

/// What a handler answers.
pub(crate) type Answer = Result<Response, Refusal>;

/// Turns a use case's error into an answer for the request at `path`.
pub(crate) fn refuse(path: &str) -> impl Fn(AppError) -> Refusal + '_ {
    move |error| Refusal::of(&error, path)
}

/// A resource with its row version as `ETag`.
pub(crate) fn tagged(status: StatusCode, version: u64, body: impl Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// A page of a list in Graph's envelope, with `$select` applied.
pub(crate) fn page<T, W: Serialize + PartialSchema>(
    asked: &Asked,
    listed: Listed<T>,
    wire: impl FnMut(T) -> W,
) -> Answer {
    let properties = properties::<W>();
    if let Some(unknown) = asked.options.select.iter().flatten().find(|name| !properties.contains(name)) {
        let message = format!("`{unknown}` is not a property of this resource");
        let problem = Problem::new(Code::InvalidRequest, format!("$select: {message}."), &asked.path);
        return Err(Refusal::from(problem.at(Pointer::parameter("$select", message))));
    }
    let next = listed.next.map(|key| asked.next_link(Cursor { key }.text()));
    let value = listed.items.into_iter().map(wire).map(|item| selected(item, asked)).collect();
    Ok(Json(Collection { context: context(asked), count: listed.total, value, next_link: next })
        .into_response())
}

/// The address of a collection's description, as Graph writes it.
pub(crate) fn context(asked: &Asked) -> String {
    let (root, resource) =
        asked.path.split_once("/v1.0/").unwrap_or(("", asked.path.trim_start_matches('/')));
    format!("{}{root}/v1.0/$metadata#{resource}", asked.base)
}

fn selected(item: impl Serialize, asked: &Asked) -> Value {
    let mut value = serde_json::to_value(item).unwrap_or_default();
    if let (Some(select), Value::Object(members)) = (&asked.options.select, &mut value) {
        members.retain(|name, _| select.contains(name));
    }
    value
}

/// Names of a wire type's properties, from its schema.
fn properties<W: PartialSchema>() -> Vec<String> {
    let schema = serde_json::to_value(W::schema()).unwrap_or_default();
    let members = schema.get("properties").and_then(Value::as_object);
    members.map(|members| members.keys().cloned().collect()).unwrap_or_default()
}
