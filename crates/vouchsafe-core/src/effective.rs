//! Effective access: may this engineer read this category of this tenant for this case, now?
//! (`lifecycle.md`, *Effective access*). Anything unknown, missing or failing denies.

use crate::grant::{Grant, GrantSource, GrantStatus};
use crate::id::{DataCollectionId, GrantId, TenantId};
use crate::scope::DataCategory;
use crate::support_request::SupportRequest;
use crate::time::Timestamp;

/// What a read rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis<'a> {
    /// One live grant. Its filter is added to the query.
    Grant(&'a Grant),
    /// A basic category of the support request tenant, which needs no grant where somebody of that tenant opened the
    /// case.
    Basic,
}

/// Why a read is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadRefusal {
    /// No live grant covers the category.
    #[error("no live grant covers this data")]
    NoLiveGrant,
    /// The grant that the caller named has ended.
    #[error("the grant has ended")]
    GrantEnded,
    /// Only a paused grant covers it.
    #[error("access is paused until the organisation whose data it is confirms it")]
    GrantPaused,
}

/// The basis of a read of data of `categories` in `tenant` for `request`, given every grant of (tenant, request).
/// `named` is the grant that the caller asked to use; without one, the oldest live grant that covers at least one of
/// the categories counts. `collection` is the data collection whose files are read instead of the tenant's data: its own
/// grant opens it, and nothing else.
///
/// The caller must already be known to be the case's engineer and active (`Permit<ReadData>`).
///
/// # Errors
/// [`ReadRefusal`].
pub fn basis<'a>(
    request: &SupportRequest,
    tenant: TenantId,
    collection: Option<DataCollectionId>,
    categories: &[DataCategory],
    grants: &'a [Grant],
    named: Option<GrantId>,
    now: Timestamp,
) -> Result<Basis<'a>, ReadRefusal> {
    let belongs = |grant: &&Grant| {
        let of_collection = grant.source == GrantSource::Collection;
        (grant.tenant, grant.support_request, grant.collection) == (tenant, request.id, collection)
            && of_collection == collection.is_some()
    };
    let covers = |grant: &Grant| categories.iter().any(|category| grant.data_categories.contains(category));
    if let Some(id) = named {
        let grant =
            grants.iter().filter(belongs).find(|grant| grant.id == id).ok_or(ReadRefusal::NoLiveGrant)?;
        return match grant.status(now) {
            _ if !request.is_open() => Err(ReadRefusal::GrantEnded),
            GrantStatus::Ended => Err(ReadRefusal::GrantEnded),
            GrantStatus::Live | GrantStatus::Paused if !covers(grant) => Err(ReadRefusal::NoLiveGrant),
            GrantStatus::Paused => Err(ReadRefusal::GrantPaused),
            GrantStatus::Live => Ok(Basis::Grant(grant)),
        };
    }
    if !request.is_open() {
        return Err(ReadRefusal::NoLiveGrant);
    }
    if collection.is_none()
        && opened_by(request, tenant)
        && categories.iter().any(|category| !category.is_advanced())
    {
        return Ok(Basis::Basic);
    }
    let covering = || grants.iter().filter(belongs).filter(|grant| covers(grant));
    let oldest = covering().filter(|grant| grant.is_live(now)).min_by_key(|grant| (grant.created, grant.id));
    oldest.map(Basis::Grant).ok_or_else(|| {
        let paused = covering().any(|grant| grant.status(now) == GrantStatus::Paused);
        if paused { ReadRefusal::GrantPaused } else { ReadRefusal::NoLiveGrant }
    })
}

/// Whether it is somebody of this tenant who opened the case: basic categories of it need no grant then.
pub(crate) fn opened_by(request: &SupportRequest, tenant: TenantId) -> bool {
    tenant == request.tenant && !request.is_from_elsewhere()
}

#[cfg(test)]
pub(crate) mod tests;
