//! Every route, in one table of contents.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{Server, again, api, middleware, openapi, pages};

/// The whole server as one service.
pub fn router(server: Server) -> Router {
    let (api, mut document) = api_routes().split_for_parts();
    let (decisions, of_decisions) = decision_routes().split_for_parts();
    document.merge(of_decisions);
    // A decision is asked for often, is no unit of work and no page: it goes through no more layers than it needs.
    let decisions = decisions
        .method_not_allowed_fallback(middleware::wrong_method)
        .layer(CatchPanicLayer::custom(middleware::panicked));
    Router::new()
        .merge(api)
        .merge(openapi::routes(document))
        .merge(pages::routes(&server).layer(CsrfLayer::new()))
        .fallback(middleware::nothing_here)
        .method_not_allowed_fallback(middleware::wrong_method)
        .layer(from_fn(again::if_given_up))
        .layer(CatchPanicLayer::custom(middleware::panicked))
        .layer(from_fn_with_state(server.clone(), pages::problems_as_pages))
        .merge(decisions)
        .layer(from_fn_with_state(server.clone(), middleware::frame))
        .with_state(server)
}

/// The description of every JSON route.
pub(crate) fn document() -> OpenApi {
    let (_, document) = api_routes().merge(decision_routes()).split_for_parts();
    document
}

/// The decision point (`api.md`, *Decision point*).
fn decision_routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(api::evaluation::one)).routes(routes!(api::evaluation::several))
}

/// The other JSON routes, each beside its description (`api.md`, *Resources*).
fn api_routes() -> OpenApiRouter<Server> {
    OpenApiRouter::with_openapi(openapi::info())
        .routes(routes!(api::own::me))
        .routes(routes!(api::own::organization))
        .routes(routes!(api::events::stream))
        .routes(routes!(api::own::policy, api::own::change_policy))
        .routes(routes!(api::own::retention, api::own::change_retention))
        .routes(routes!(api::users::list, api::users::invite))
        .routes(routes!(api::users::show, api::users::update, api::users::delete))
        .routes(routes!(api::users::erase))
        .routes(routes!(api::authentication::offer))
        .routes(routes!(api::authentication::passkeys))
        .routes(routes!(api::authentication::remove))
        .routes(routes!(api::roles::definitions, api::roles::define))
        .routes(routes!(api::roles::definition, api::roles::change, api::roles::delete))
        .routes(routes!(api::roles::assignments, api::roles::assign))
        .routes(routes!(api::roles::assignment, api::roles::unassign))
        .routes(routes!(api::identity_providers::list, api::identity_providers::add))
        .routes(routes!(
            api::identity_providers::show,
            api::identity_providers::change,
            api::identity_providers::delete
        ))
        .routes(routes!(api::account_links::list, api::account_links::create))
        .routes(routes!(api::account_links::show, api::account_links::delete))
        .routes(routes!(api::account_links::confirm))
        .routes(routes!(api::tokens::list, api::tokens::make))
        .routes(routes!(api::tokens::revoke))
        .routes(routes!(api::logs::audits))
        .routes(routes!(api::logs::audit))
        .routes(routes!(api::evidence::receipt))
        .routes(routes!(api::evidence::keys))
        .routes(routes!(api::evidence::checkpoint))
        .routes(routes!(api::evidence::tile))
        .routes(routes!(api::logs::sign_ins))
        .routes(routes!(api::logs::sign_in))
        .routes(routes!(api::diagnostics::import))
        .routes(routes!(api::evaluation::metadata))
        .routes(routes!(api::health::live))
        .routes(routes!(api::health::ready))
        .merge(support_routes())
        .merge(api::diagnostics::routes())
}

/// Support requests, and all that hangs on one.
fn support_routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(api::requests::list, api::requests::open))
        .routes(routes!(api::requests::show, api::requests::update))
        .routes(routes!(api::requests::approve_consent))
        .routes(routes!(api::requests::renew_consent))
        .routes(routes!(api::requests::reject_consent))
        .routes(routes!(api::problem_types::list, api::problem_types::add))
        .routes(routes!(api::problem_types::show, api::problem_types::change))
        .routes(routes!(api::requests::close))
        .routes(routes!(api::requests::reopen))
        .routes(routes!(api::requests::assign))
        .routes(routes!(api::requests::assignment))
        .routes(routes!(api::requests::messages, api::requests::post_message))
        .routes(routes!(api::requests::attachment))
        .routes(routes!(api::engineers::list))
        .routes(routes!(api::engineers::import_resolved))
        .routes(routes!(api::engineers::show, api::engineers::update))
        .routes(routes!(api::access::ask))
        .routes(routes!(api::access::list))
        .routes(routes!(api::access::show))
        .routes(routes!(api::access::approve))
        .routes(routes!(api::access::reject))
        .routes(routes!(api::access::revoke))
        .routes(routes!(api::access::cancel))
        .routes(routes!(api::access::reads))
        .routes(routes!(api::access::preview))
        .routes(routes!(api::grants::list))
        .routes(routes!(api::grants::remove_all))
        .routes(routes!(api::grants::show))
        .routes(routes!(api::grants::remove))
        .routes(routes!(api::grants::confirm))
        .routes(routes!(api::grants::reads))
        .routes(routes!(api::collections::ask))
        .routes(routes!(api::collections::list))
        .routes(routes!(api::collections::show))
        .routes(routes!(api::collections::messages, api::collections::write_message))
        .routes(routes!(api::collections::attachment))
        .routes(routes!(
            api::collections::get_file,
            api::collections::put_file,
            api::collections::remove_file
        ))
        .routes(routes!(api::collections::get_entry))
        .routes(routes!(api::collections::submit))
        .routes(routes!(api::collections::decline))
        .routes(routes!(api::collections::cancel))
        .routes(routes!(api::collections::accept))
        .routes(routes!(api::collections::give_back))
        .routes(routes!(api::reveals::ask, api::reveals::list))
        .routes(routes!(api::reveals::approve))
        .routes(routes!(api::reveals::reject))
}
