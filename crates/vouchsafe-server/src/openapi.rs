//! The OpenAPI 3.1 document of the JSON routes.

pub(crate) mod parameters;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;
use http::header;
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref};
use utoipa::{PartialSchema as _, ToSchema as _};
use vouchsafe_api::header::PROBLEM_JSON;
use vouchsafe_api::problem::Problem;

use crate::Server;

const SCHEME: &str = "bearer";

/// Title, licence and sign-in, to which the routes add themselves.
pub(crate) fn info() -> OpenApi {
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let mut schemas = Vec::new();
    Problem::schemas(&mut schemas);
    schemas.push((Problem::name().into_owned(), Problem::schema()));
    let components =
        ComponentsBuilder::new().schemas_from_iter(schemas).security_scheme(SCHEME, bearer).build();
    let license = LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build();
    let info = InfoBuilder::new()
        .title("Vouchsafe")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Customer-approved support access."))
        .license(Some(license))
        .build();
    let needed = [SecurityRequirement::new(SCHEME, Vec::<String>::new())];
    OpenApiBuilder::new().info(info).components(Some(components)).security(Some(needed)).build()
}

/// The document with what is true of every operation: any of them may answer with a problem.
pub(crate) fn finished(mut document: OpenApi) -> OpenApi {
    // A placeholder that takes the rest of the path has no other form in OpenAPI; its description says so.
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths = paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response =
        ResponseBuilder::new().description("A problem (RFC 9457).").content(PROBLEM_JSON, problem).build();
    for path in document.paths.paths.values_mut() {
        let operations = [&mut path.get, &mut path.post, &mut path.put, &mut path.patch, &mut path.delete];
        for operation in operations.into_iter().filter_map(Option::as_mut) {
            operation.responses.responses.insert("default".to_owned(), RefOr::T(response.clone()));
        }
    }
    document
}

/// `GET /openapi.json`.
pub(crate) fn routes(document: OpenApi) -> Router<Server> {
    // Written once: what a handler holds is cloned with it, and a tree of this size is not for cloning.
    let document = serde_json::to_value(finished(document)).unwrap_or(Value::Null);
    let document = Bytes::from(document.to_string());
    Router::new().route("/openapi.json", get(move |State(_): State<Server>| answer(document.clone())))
}

async fn answer(document: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document).into_response()
}
