//! Links of accounts on their way out.

use vouchsafe_api::account_link::{AccountLink, AccountLinkStatus};
use vouchsafe_app::MadeLink;
use vouchsafe_core::account_link::{LinkRecord, LinkStatus};
use vouchsafe_core::time::Timestamp;

/// A link as its tenant sees it at an instant. What its person was shown of the other account stays on the person's page.
pub(crate) fn link(record: LinkRecord, now: Timestamp) -> AccountLink {
    let status = match record.status(now) {
        LinkStatus::Offered => AccountLinkStatus::Offered,
        LinkStatus::AwaitingAgreement => AccountLinkStatus::AwaitingAgreement,
        LinkStatus::AwaitingConfirmation => AccountLinkStatus::AwaitingConfirmation,
        LinkStatus::AwaitingOther => AccountLinkStatus::AwaitingOther,
        LinkStatus::Active => AccountLinkStatus::Active,
        LinkStatus::Ended => AccountLinkStatus::Ended,
    };
    let waits = !matches!(status, AccountLinkStatus::Active | AccountLinkStatus::Ended);
    AccountLink {
        id: record.id,
        user_id: record.user,
        status,
        other_tenant_id: record.other.as_ref().map(|other| other.tenant),
        other_user_id: record.other.as_ref().map(|other| other.user),
        created_date_time: record.created,
        expires_date_time: waits.then_some(record.expires),
        agreed_date_time: record.agreed,
        confirmed_by: record.confirmed_by,
        active_date_time: record.active,
        ended_date_time: record.ended,
        code: None,
    }
}

/// A link that was just offered or accepted.
pub(crate) fn made(made: MadeLink, now: Timestamp) -> AccountLink {
    AccountLink { code: made.code.map(|code| code.expose()), ..link(made.record, now) }
}
