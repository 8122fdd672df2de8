//! Links of accounts: one person's accounts in several tenants.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::{AccountLinkId, TenantId, UserId};
use vouchsafe_core::time::Timestamp;

use crate::body::not_null;

/// Where a link stands, as the caller's tenant sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum AccountLinkStatus {
    /// A code was made, and nobody has used it.
    Offered,
    /// The person of the own tenant must agree, signed in to the pages.
    AwaitingAgreement,
    /// The own tenant must confirm.
    AwaitingConfirmation,
    /// The other side has not finished.
    AwaitingOther,
    /// Both accounts are one person.
    Active,
    /// It was removed, or waited too long.
    Ended,
}

/// A tenant's record of a link between one of its accounts and one of another tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountLink {
    /// Its id; the other tenant's record has another.
    #[schema(value_type = String, example = "lnk_018bcfe5680077078707070707070707")]
    pub id: AccountLinkId,
    /// The account of the own tenant.
    #[schema(value_type = String)]
    pub user_id: UserId,
    /// Where it stands.
    pub status: AccountLinkStatus,
    /// The other tenant; null until somebody has accepted.
    #[schema(value_type = Option<String>, required = true)]
    pub other_tenant_id: Option<TenantId>,
    /// The account there; null until somebody has accepted.
    #[schema(value_type = Option<String>, required = true)]
    pub other_user_id: Option<UserId>,
    /// When it was offered or accepted.
    #[schema(value_type = String, format = DateTime)]
    pub created_date_time: Timestamp,
    /// Until when it waits; null once it is active or ended.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub expires_date_time: Option<Timestamp>,
    /// When the person of the own tenant agreed.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub agreed_date_time: Option<Timestamp>,
    /// Who confirmed it for the own tenant.
    #[schema(value_type = Option<String>, required = true)]
    pub confirmed_by: Option<UserId>,
    /// Since when both accounts are one person.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub active_date_time: Option<Timestamp>,
    /// When it ended by somebody's act.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub ended_date_time: Option<Timestamp>,
    /// The code with which the person's other account accepts: only in the answer that made it, and never again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub code: Option<String>,
}

/// Body of `POST /accountLinks`: nothing makes an offer, a code accepts one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateAccountLink {
    /// The code of the offer to accept; absent to make one.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub code: Option<String>,
}
