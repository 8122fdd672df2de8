//! The preview of a pending access request: what its scope would show, for approvers of the data's tenant alone
//! (`diagnostics.md`, *Preview*).

use crate::access_request::command::decidable;
use crate::access_request::{AccessSide, Side};
use crate::audit::{Activity, Event, PreviewSummary};
use crate::decided::{Context, Decided, Draft};
use crate::permit::PreviewRequest;
use crate::rejection::Rejection;

/// Whether a record is of the side whose data it is; only that side can be previewed.
#[must_use]
pub fn is_previewed(side: &AccessSide) -> bool {
    match side.side {
        Side::ResourceTenant | Side::Both => true,
        Side::SupportRequestTenant => false,
    }
}

/// Records that an approver is shown what a pending request would reach.
///
/// # Errors
/// As for deciding: [`Rejection::Conflict`], [`Rejection::AlreadyEnded`].
pub fn record(
    side: &AccessSide,
    preview: PreviewSummary,
    cx: &Context,
) -> Result<Decided<PreviewRequest>, Rejection> {
    decidable(side, cx)?;
    let mut draft = Draft::new(cx);
    draft
        .entry(side.tenant, Activity::PreviewShown, side.id, Some(side.support_request))
        .event(Event::PreviewShown { preview: Box::new(preview) });
    Ok(draft.decided(side.id))
}
