//! People: one account per person and tenant.

use serde::{Deserialize, Serialize};

use crate::engineer::EngineerProfile;
use crate::id::{TenantId, UserId};
use crate::personal::Personal;
use crate::time::Timestamp;

/// An account in one tenant, as far as rules and audit entries need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The account.
    pub id: UserId,
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// Name shown to others.
    pub display_name: Personal,
    /// Sign-in name, `local@domain`.
    pub user_principal_name: Personal,
    /// A person or a service account.
    pub kind: PersonKind,
    /// A disabled account may do nothing.
    pub active: bool,
    /// Employer as the provider discloses it; only for staff.
    pub employer: String,
    /// Working location as the provider discloses it; only for staff.
    pub location: String,
    /// Problem types in which an engineer declared expertise.
    pub expertise: Vec<String>,
    /// What else assignment must know of an engineer.
    #[serde(default, skip_serializing_if = "EngineerProfile::is_empty")]
    pub profile: EngineerProfile,
    /// When the account was deleted. It stays as who did what in the log, and can do nothing any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Timestamp>,
}

/// What stands behind an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PersonKind {
    /// A human being.
    User,
    /// A service account: data feed, log reader and the like.
    Service,
}

/// The engineer as a customer sees the asker: name, employer and location as the provider discloses them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EngineerCard {
    /// The engineer's account at the provider.
    pub id: UserId,
    /// Name.
    pub display_name: Personal,
    /// Employer.
    pub employer: String,
    /// Location.
    pub location: String,
}

impl Person {
    /// What customers are shown of this engineer.
    #[must_use]
    pub fn card(&self) -> EngineerCard {
        EngineerCard {
            id: self.id,
            display_name: self.display_name.clone(),
            employer: self.employer.clone(),
            location: self.location.clone(),
        }
    }
}
