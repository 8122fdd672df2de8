//! The pages: forms and tables of the same use cases that the JSON routes call. Their addresses are
//! `vouchsafe_web::paths`, their words and templates `vouchsafe_web`. No page needs a script but those that use a passkey.

mod access;
mod account;
mod account_links;
mod answer;
mod audit;
mod case;
mod collections;
mod complaint;
mod cookies;
mod desk;
mod docs;
mod engineers;
mod federated;
mod form;
mod grants;
mod home;
mod id;
mod identity_providers;
mod moment;
mod passkeys;
mod people;
mod problem;
mod problem_types;
mod reads;
mod recent;
mod requests;
mod roles;
mod rows;
mod settings;
mod sign_in;
mod sign_ins;
mod tokens;
mod visitor;
mod words;

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use http::{HeaderValue, StatusCode, header};
use vouchsafe_web::FormErrors;

use crate::Server;

pub(crate) use problem::pages as problems_as_pages;

/// What was typed into a form that is shown again, and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Typed<'f> {
    fields: Option<&'f form::Fields>,
    errors: FormErrors,
}

/// Every page, and the style sheet. The demo's sign-in exists in the demo alone.
pub(crate) fn routes(server: &Server) -> Router<Server> {
    let pages = Router::new()
        .route("/", get(home::home))
        .route("/sign-out", post(sign_in::leave))
        .route("/signed-out", get(sign_in::left))
        .route("/docs", get(docs::reference))
        .route("/docs/problems", get(docs::problems))
        .route("/assets/{name}", get(asset))
        .route("/attachments/{id}/{messageId}/{name}", get(requests::attachment))
        .route("/audit-log", get(audit::log))
        .route("/audit-log/{id}", get(audit::entry))
        .route("/audit-log/{id}/receipt", get(audit::receipt))
        .merge(ways_in())
        .merge(people_of_the_tenant())
        .route("/settings/support-access", get(settings::policy).post(settings::change))
        .route("/settings/support-access/assurance", post(settings::change_assurance))
        .route("/settings/roles", get(roles::roles).post(roles::assign))
        .route("/settings/roles/take-back", post(roles::take_back))
        .route("/settings/api-tokens", get(tokens::tokens).post(tokens::make))
        .route("/settings/api-tokens/{id}/end", post(tokens::end))
        .merge(providers())
        .merge(support_requests())
        .merge(access_requests())
        .merge(data_collections())
        .merge(desk())
        .merge(staff());
    if !server.settings.demo {
        return pages;
    }
    pages
        .route("/demo", get(sign_in::choose))
        .route("/demo/sign-in/{userId}", get(sign_in::person).post(sign_in::enter))
}

fn ways_in() -> Router<Server> {
    Router::new()
        .route("/sign-in", get(sign_in::enter_page).post(sign_in::needs_script))
        .route("/sign-in/with/{tenantId}/{id}", get(federated::begin))
        .route("/sign-in/with/{tenantId}/{id}/callback", get(federated::back))
        .route("/sign-in/with/{tenantId}/{id}/logout", post(federated::signed_out_there))
        .route("/enrol", get(sign_in::enrol_page).post(sign_in::needs_script))
        .route("/passkeys/sign-in/options", post(passkeys::sign_in_options))
        .route("/passkeys/sign-in", post(passkeys::sign_in))
        .route("/passkeys/enrol/options", post(passkeys::enrol_options))
        .route("/passkeys/enrol", post(passkeys::enrol))
        .route("/passkeys/add/options", post(passkeys::add_options))
        .route("/passkeys/add", post(passkeys::add))
        .route("/passkeys/decide/options", post(passkeys::decide_options))
        .route("/account", get(account::show).post(account::needs_script))
        .route("/account/passkeys/remove", post(account::remove_passkey))
        .route("/account/sessions/end", post(account::end_session))
        .route("/account/sessions/end-others", post(account::end_other_sessions))
        .route("/account/links", get(account_links::list).post(account_links::offer))
        .route("/account/links/look", post(account_links::look))
        .route("/account/links/accept", post(account_links::accept))
        .route("/account/links/{id}/agree", post(account_links::agree))
        .route("/account/links/{id}/confirm", post(account_links::confirm))
        .route("/account/links/{id}/remove", post(account_links::remove))
}

fn providers() -> Router<Server> {
    use identity_providers::{add, change, delete, list, one};
    Router::new()
        .route("/settings/identity-providers", get(list).post(add))
        .route("/settings/identity-providers/{id}", get(one).post(change))
        .route("/settings/identity-providers/{id}/delete", post(delete))
}

fn people_of_the_tenant() -> Router<Server> {
    Router::new()
        .route("/people", get(people::list).post(people::invite))
        .route("/people/{id}", get(people::one).post(people::rename))
        .route("/people/{id}/enable", post(people::enable))
        .route("/people/{id}/delete", post(people::delete))
        .route("/people/{id}/pass", post(people::pass))
        .route("/people/{id}/passkeys/remove", post(people::remove_passkey))
}

fn support_requests() -> Router<Server> {
    use requests::{act, list, new, one};
    Router::new()
        .route("/support-requests", get(list).post(new::open))
        .route("/support-requests/new", get(new::form))
        .route("/support-requests/{id}", get(one))
        .route("/support-requests/{id}/consent", post(act::consent))
        .route("/support-requests/{id}/consent/approve", post(act::approve_consent))
        .route("/support-requests/{id}/consent/renew", post(act::renew_consent))
        .route("/support-requests/{id}/consent/reject", post(act::reject_consent))
        .route("/support-requests/{id}/messages", post(act::write))
        .route("/support-requests/{id}/resource-tenants", post(act::name_tenant))
        .route("/support-requests/{id}/close", get(act::ask_close).post(act::close))
        .route("/support-requests/{id}/reopen", post(act::reopen))
}

fn access_requests() -> Router<Server> {
    use access::{act, approved, history, one, pending};
    Router::new()
        .route("/access-requests/pending", get(pending))
        .route("/access-requests/approved", get(approved))
        .route("/access-requests/history", get(history))
        .route("/access-requests/{id}", get(one))
        .route("/access-requests/{id}/preview", post(access::preview))
        .route("/access-requests/{id}/approve", post(act::approve))
        .route("/access-requests/{id}/reject", post(act::reject))
        .route("/access-requests/{id}/revoke", get(act::ask_withdraw).post(act::withdraw))
        .route("/access-requests/{id}/cancel", post(act::cancel))
        .route("/access-requests/{id}/reads", get(reads::of_request))
        .route("/grants/remove-all", get(grants::ask_remove_all).post(grants::remove_all))
        .route("/grants/{id}/remove", get(grants::ask_remove).post(grants::remove))
        .route("/grants/{id}/confirm", post(grants::confirm_paused))
        .route("/reveals/{id}/approve", post(grants::approve_reveal))
        .route("/reveals/{id}/reject", post(grants::reject_reveal))
        .route("/grants/{id}/reads", get(reads::of_grant))
        .route("/reads/{id}", get(reads::one))
}

fn data_collections() -> Router<Server> {
    use collections::{act, download, download_entry, list, one};
    Router::new()
        .route("/data-collections", get(list))
        .route("/data-collections/{id}", get(one))
        .route("/data-collections/{id}/download/{name}", get(download))
        .route("/data-collections/{id}/download/{name}/{entry}", get(download_entry))
        // Files are streamed; how large they may be is the use case's to say.
        .route("/data-collections/{id}/files", post(act::put_files).layer(DefaultBodyLimit::disable()))
        .route("/data-collections/{id}/files/remove", post(act::remove_file))
        .route("/data-collections/{id}/submit", post(act::submit))
        .route("/data-collections/{id}/decline", post(act::decline))
        .route("/data-collections/{id}/messages", post(act::write))
        .route("/data-collections/{id}/accept", post(act::accept))
        .route("/data-collections/{id}/return", post(act::give_back))
        .route("/data-collections/{id}/cancel", post(act::cancel))
}

fn staff() -> Router<Server> {
    use engineers::{account, ask_account, change, list, one};
    Router::new()
        .route("/problem-types", get(problem_types::list).post(problem_types::add))
        .route("/problem-types/{id}", get(problem_types::one).post(problem_types::rename))
        .route("/problem-types/{id}/retire", post(problem_types::retire))
        .route("/engineers", get(list))
        .route("/engineers/{id}", get(one).post(change))
        .route("/engineers/{id}/account", get(ask_account).post(account))
}

fn desk() -> Router<Server> {
    use case::{ask, assign};
    Router::new()
        .route("/desk", get(desk::desk))
        .route("/desk/{id}", get(case::one))
        .route("/desk/{id}/ask", get(ask::form).post(ask::ask))
        .route("/desk/{id}/collect", get(collections::ask::form).post(collections::ask::ask))
        .route("/desk/{id}/messages", post(case::write))
        .route("/desk/{id}/reveals", post(case::reveal::ask))
        .route("/desk/{id}/close", get(case::ask_close).post(case::close))
        .route("/desk/{id}/reopen", post(case::propose_reopen))
        .route("/desk/{id}/assign", get(assign::hand_over_form).post(assign::hand_over))
        .route("/desk/{id}/{tenantId}/sign-ins", get(sign_ins::list))
        .route("/desk/{id}/{tenantId}/sign-ins/{recordId}", get(sign_ins::one))
        .route("/desk/{id}/{tenantId}/collections/{collectionId}/sign-ins", get(sign_ins::list))
        .route("/desk/{id}/{tenantId}/collections/{collectionId}/sign-ins/{recordId}", get(sign_ins::one))
        .route("/queue", get(desk::queue))
        .route("/queue/{id}/assign", get(assign::reassign_form).post(assign::reassign))
}

/// A file that pages load. Its address changes with its content.
async fn asset(OriginalUri(uri): OriginalUri) -> Response {
    let Some(asset) = vouchsafe_web::asset(uri.path()) else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = asset.bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, forever);
    response
}
