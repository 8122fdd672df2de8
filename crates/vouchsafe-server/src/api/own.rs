//! `me`, `organization`, and the tenant's own settings.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse as _;
use http::StatusCode;
use vouchsafe_api::account::{Me, Organization, VerifiedDomain};
use vouchsafe_api::collection::Collection;
use vouchsafe_api::policy::{SupportAccessPolicy, UpdateSupportAccessPolicy};
use vouchsafe_api::retention::{DiagnosticRetention, UpdateDiagnosticRetention};
use vouchsafe_app::version_of;
use vouchsafe_core::permission::Permission;

use super::{Answer, refuse, tagged};
use crate::extract::{Act, Base, Look};
use crate::openapi::parameters::IfMatchParameter;
use crate::{Server, wire};

/// The caller's account, roles and allowed actions.
#[utoipa::path(get, path = "/v1.0/me", operation_id = "getMe", tag = "Account", responses((status = 200, body = Me)))]
pub(crate) async fn me(State(server): State<Server>, Look(who): Look) -> Answer {
    let view = server.app.me(who).await.map_err(refuse("/v1.0/me"))?;
    let me = Me {
        id: view.person.id,
        display_name: view.person.display_name.text().to_owned(),
        user_principal_name: view.person.user_principal_name.text().to_owned(),
        tenant_id: view.person.tenant,
        roles: view.roles,
        allowed_actions: view
            .allowed
            .iter()
            .map(|permission| Permission::action(*permission).to_owned())
            .collect(),
    };
    Ok(Json(me).into_response())
}

/// The caller's own tenant.
#[utoipa::path(get, path = "/v1.0/organization", operation_id = "listOrganization", tag = "Account", responses((status = 200, body = Collection<Organization>)))]
pub(crate) async fn organization(State(server): State<Server>, Look(who): Look, base: Base) -> Answer {
    let tenant = server.app.me(who).await.map_err(refuse("/v1.0/organization"))?.tenant;
    let verified_domains = tenant.verified_domains.into_iter().enumerate();
    let organization = Organization {
        id: tenant.id,
        display_name: tenant.display_name,
        verified_domains: verified_domains
            .map(|(n, name)| VerifiedDomain { name, is_default: n == 0 })
            .collect(),
        created_date_time: tenant.created,
    };
    let context = base.context("organization");
    let answer = Collection { context, count: None, value: vec![organization], next_link: None };
    Ok(Json(answer).into_response())
}

/// The tenant's support access settings.
#[utoipa::path(get, path = "/v1.0/policies/supportAccess", operation_id = "getSupportAccessPolicy", tag = "Settings", responses((status = 200, body = SupportAccessPolicy)))]
pub(crate) async fn policy(State(server): State<Server>, Look(who): Look) -> Answer {
    let policy = server.app.policy(who).await.map_err(refuse("/v1.0/policies/supportAccess"))?;
    Ok(tagged(StatusCode::OK, version_of(&policy), wire::policy(policy)))
}

/// Changes the tenant's support access settings. Where decisions are signed, letting them be less sure is signed as well: 403
/// `assuranceRequired` with what to sign, then the same call with `assertion`.
#[utoipa::path(patch, path = "/v1.0/policies/supportAccess", operation_id = "updateSupportAccessPolicy", tag = "Settings", params(IfMatchParameter), request_body = UpdateSupportAccessPolicy,
    responses((status = 200, body = SupportAccessPolicy)))]
pub(crate) async fn change_policy(
    State(server): State<Server>,
    act: Act<UpdateSupportAccessPolicy>,
) -> Answer {
    let path = "/v1.0/policies/supportAccess";
    let mut body = act.body;
    let signed = wire::signed(body.assertion.take()).map_err(|rejection| refuse(path)(rejection.into()))?;
    let change = |old| wire::changed_policy(old, body);
    let changed = server.app.change_policy_signed(&act.call, signed.as_ref(), change).await;
    let policy = changed.map_err(refuse(path))?;
    Ok(tagged(StatusCode::OK, version_of(&policy), wire::policy(policy)))
}

/// How long the tenant's imported events are kept.
#[utoipa::path(get, path = "/v1.0/policies/diagnosticRetention", operation_id = "getDiagnosticRetention", tag = "Settings", responses((status = 200, body = DiagnosticRetention)))]
pub(crate) async fn retention(State(server): State<Server>, Look(who): Look) -> Answer {
    let retention = server.app.retention(who).await.map_err(refuse("/v1.0/policies/diagnosticRetention"))?;
    Ok(tagged(StatusCode::OK, version_of(&retention), wire::retention(&retention)))
}

/// Changes how long the tenant's imported events are kept.
#[utoipa::path(patch, path = "/v1.0/policies/diagnosticRetention", operation_id = "updateDiagnosticRetention", tag = "Settings", params(IfMatchParameter), request_body = UpdateDiagnosticRetention,
    responses((status = 200, body = DiagnosticRetention)))]
pub(crate) async fn change_retention(
    State(server): State<Server>,
    act: Act<UpdateDiagnosticRetention>,
) -> Answer {
    let change = |old| wire::changed_retention(old, act.body);
    let changed = server.app.change_retention(&act.call, change).await;
    let retention = changed.map_err(refuse("/v1.0/policies/diagnosticRetention"))?;
    Ok(tagged(StatusCode::OK, version_of(&retention), wire::retention(&retention)))
}
