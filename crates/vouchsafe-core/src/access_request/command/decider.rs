//! Who may decide, and on what.

use crate::access_request::{AccessSide, SideState, SideStatus};
use crate::decided::Context;
use crate::id::UserId;
use crate::person::Person;
use crate::rejection::Rejection;
use crate::tenant::Tenant;

/// Whether a side waits for a decision.
pub(crate) fn decidable(side: &AccessSide, cx: &Context) -> Result<(), Rejection> {
    if side.status(cx.now) == SideStatus::Pending { Ok(()) } else { Err(refusal(side, cx)) }
}

/// `conflict` if someone of this tenant has decided, else `alreadyEnded`. Nothing else enters the answer.
pub(super) fn refusal(side: &AccessSide, cx: &Context) -> Rejection {
    match side.status(cx.now) {
        SideStatus::Pending | SideStatus::Approved | SideStatus::Rejected => Rejection::Conflict,
        SideStatus::Revoked if matches!(side.state, SideState::Revoked { by: Some(_), .. }) => {
            Rejection::Conflict
        }
        SideStatus::Revoked | SideStatus::Expired | SideStatus::Cancelled | SideStatus::Completed => {
            Rejection::AlreadyEnded
        }
    }
}

/// Whether this person may decide on what `asker` asked.
pub(crate) fn may_decide(
    asker: UserId,
    by: &Person,
    tenant: &Tenant,
    linked_to_provider: bool,
) -> Result<(), Rejection> {
    let policy = &tenant.policy;
    if asker == by.id {
        return Err(Rejection::Forbidden("nobody decides on a request that they made"));
    }
    if linked_to_provider {
        return Err(Rejection::Forbidden("the provider's own people do not decide for a customer"));
    }
    policy.approvals.must_admit(by.id)
}
