//! Asking for access.

use super::super::{
    ASKED_MAX, AccessEvent, AccessSide, EngineerRequest, JUSTIFICATION_CHARS, PENDING_MAX, ReasonCode, Side,
    SideState,
};
use crate::audit::Activity;
use crate::decided::{Context, Decided, Draft, Write};
use crate::id::{AccessRequestId, TenantId};
use crate::permit::AskAccess;
use crate::person::Person;
use crate::personal::Personal;
use crate::rejection::{Rejection, text_within};
use crate::scope::Scope;
use crate::support_request::command::open_only;
use crate::support_request::{Stage, SupportRequest, SupportRequestEvent};
use crate::tenant::Tenant;

/// What an engineer asks.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The request's id.
    pub id: AccessRequestId,
    /// Whose data.
    pub resource_tenant: TenantId,
    /// Why, in one word.
    pub reason_code: ReasonCode,
    /// Why, 20 to 2,000 characters.
    pub justification: String,
    /// What.
    pub scope: Scope,
    /// The request that this one extends.
    pub linked_to: Option<AccessRequestId>,
}

/// What the rule must know of the tenants concerned.
#[derive(Debug)]
pub struct AskFacts<'a> {
    /// S, with its settings.
    pub support_tenant: &'a Tenant,
    /// A standing approval of S for the same resource tenant that covers the scope: the request goes straight
    /// to R.
    pub standing: Option<&'a AccessSide>,
    /// R, if S ≠ R and it exists here. Read only where S's approval stands, so that asking S is the same whether
    /// R exists or not.
    pub resource_tenant: Option<&'a Tenant>,
    /// What the tenant that is asked next has on its hands already.
    pub load: AskLoad,
}

/// What the tenant that a request goes to first has on its hands: S, or R where S's approval stands. Each is counted by its
/// own records and by what the engineer sees anyway, so that neither S nor the engineer learns more of R.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AskLoad {
    /// Requests of this case for this data that wait for it ([`Case::waiting`](crate::case::Case::waiting)).
    pub waiting: usize,
    /// Requests of this engineer that have reached it within [`ASKED_WITHIN`](crate::access_request::ASKED_WITHIN).
    pub asked: u64,
}

/// Asks for access: a record for the engineer, and a pending one for S, or for R where S's approval stands.
///
/// # Errors
/// [`Rejection::CaseClosed`]; [`Rejection::Invalid`] for a short justification or a tenant that S has not named;
/// [`Rejection::TooMany`] if too many wait, or were asked of late.
pub fn ask(
    request: &SupportRequest,
    engineer: &Person,
    ask: Ask,
    facts: &AskFacts<'_>,
    cx: &Context,
) -> Result<Decided<AskAccess>, Rejection> {
    open_only(request)?;
    if !request.names(ask.resource_tenant) {
        let message = "is not a tenant that the customer named on this support request";
        return Err(Rejection::invalid("resourceTenantId", message));
    }
    let (min, max) = JUSTIFICATION_CHARS;
    let justification = text_within("justification", &ask.justification, min, max)?;
    not_too_many(facts.load)?;
    let record = EngineerRequest {
        id: ask.id,
        tenant: engineer.tenant,
        support_request: request.id,
        support_request_number: request.number.clone(),
        support_tenant: request.tenant,
        resource_tenant: ask.resource_tenant,
        requested_by: engineer.card(),
        reason_code: ask.reason_code,
        justification: Personal::new(engineer.id, justification),
        requested: ask.scope,
        linked_to: ask.linked_to,
        rests_on: facts.standing.map(|standing| standing.id),
        created: cx.now,
        version: 0,
    };
    let mut draft = Draft::new(cx);
    if facts.standing.is_some() {
        if let Some(resource) = facts.resource_tenant {
            let side = resource_side(&record, &record.requested, facts.support_tenant, resource, cx);
            create(&mut draft, side);
        }
    } else {
        let side =
            if request.tenant == ask.resource_tenant { Side::Both } else { Side::SupportRequestTenant };
        let tenant = facts.support_tenant;
        create(&mut draft, side_of(&record, side, &record.requested, tenant, tenant, cx));
        if request.stage != Stage::WaitingForCustomer {
            let stage = Stage::WaitingForCustomer;
            draft.support_request(Some(request), SupportRequestEvent::StageChanged { stage });
        }
    }
    draft.put(Write::EngineerRequest(Box::new(record)));
    Ok(draft.decided(request.id))
}

fn not_too_many(load: AskLoad) -> Result<(), Rejection> {
    if load.waiting >= PENDING_MAX {
        return Err(Rejection::TooMany(format!(
            "{PENDING_MAX} requests for this data wait for a decision: wait for one, or withdraw one"
        )));
    }
    if load.asked >= ASKED_MAX {
        return Err(Rejection::TooMany(format!(
            "you have sent this organisation {ASKED_MAX} requests within an hour: wait before you send more"
        )));
    }
    Ok(())
}

pub(super) fn create(draft: &mut Draft<'_>, side: AccessSide) {
    draft
        .entry(side.tenant, Activity::RequestCreated, side.id, Some(side.support_request))
        .by_service(false)
        .access(None, AccessEvent::Created { side: Box::new(side) });
}

/// R's record, as it begins once S has approved: it asks for what S approved.
pub(super) fn resource_side(
    ask: &EngineerRequest,
    scope: &Scope,
    support: &Tenant,
    resource: &Tenant,
    cx: &Context,
) -> AccessSide {
    side_of(ask, Side::ResourceTenant, scope, support, resource, cx)
}

fn side_of(
    ask: &EngineerRequest,
    side: Side,
    scope: &Scope,
    support: &Tenant,
    owner: &Tenant,
    cx: &Context,
) -> AccessSide {
    AccessSide {
        id: ask.id,
        tenant: owner.id,
        side,
        support_request: ask.support_request,
        support_request_number: ask.support_request_number.clone(),
        support_tenant: support.id,
        support_tenant_name: support.display_name.clone(),
        resource_tenant: ask.resource_tenant,
        requested_by: ask.requested_by.clone(),
        reason_code: ask.reason_code,
        justification: ask.justification.clone(),
        requested: scope.clone(),
        linked_to: ask.linked_to,
        rests_on: match side {
            Side::ResourceTenant => Some(ask.rests_on.unwrap_or(ask.id)),
            Side::SupportRequestTenant | Side::Both => None,
        },
        created: cx.now,
        pending_until: cx.now + owner.policy.pending_expiry,
        state: SideState::Pending,
        ballot: None,
        version: 0,
    }
}
