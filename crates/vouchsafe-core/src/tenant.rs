//! Tenants and the settings that are theirs alone.

use serde::{Deserialize, Serialize};

use crate::id::{TenantId, UserId};
use crate::person::Person;
use crate::rejection::Rejection;
use crate::retention::Retention;
use crate::time::{Duration, Timestamp};
use crate::vote::{APPROVERS_MAX, REQUIRED_MAX};

/// One organisation. Everything belongs to exactly one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Customer or provider.
    pub kind: TenantKind,
    /// Name shown to its own people, and to the resource tenant of its approved access requests.
    pub display_name: String,
    /// Its domains, the default one first; people's sign-in names end in one of them.
    pub verified_domains: Vec<String>,
    /// When it was set up.
    pub created: Timestamp,
    /// Its settings.
    pub policy: SupportAccessPolicy,
    /// How long its imported events are kept.
    #[serde(default)]
    pub retention: Retention,
}

/// The two sides of support.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TenantKind {
    /// The vendor whose engineers ask.
    Provider,
    /// An organisation whose data it is.
    Customer,
}

/// Settings of a tenant (`api.md`, *supportAccessPolicy*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SupportAccessPolicy {
    /// How long a request waits for a decision; 1 hour to 30 days.
    pub pending_expiry: Duration,
    /// The longest access that may be approved; 15 minutes to 30 days.
    pub max_duration: Duration,
    /// Whether consent may be given on support requests at all.
    pub consent_offered: bool,
    /// How long a consent lasts; 1 to 30 days.
    pub consent_duration: Duration,
    /// Reads or messages must happen this often or the grant pauses; 1 to 30 days.
    pub idle_pause: Duration,
    /// How many approvers a decision needs, and who they may be.
    pub approvals: ApprovalRule,
    /// How sure the service must be of who decides.
    pub decision_assurance: Assurance,
    /// Whether `microsoft.azure.supportTickets/allEntities/allTasks` covers the narrow permissions.
    pub ticket_umbrella: bool,
    /// Whether a grant passes to the next engineer of a case.
    pub inherit_on_reassign: bool,
    /// Which engineers may work with this tenant's data.
    pub engineer_rules: EngineerRules,
}

/// Votes that a decision needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalRule {
    /// Number of approvers; 1 to 5.
    pub required: u32,
    /// If not empty, only these may approve.
    pub approver_ids: Vec<UserId>,
}

impl ApprovalRule {
    /// Whether a person's vote can count: the tenant names nobody, or this person too. The permission is asked
    /// for besides.
    #[must_use]
    pub fn admits(&self, person: UserId) -> bool {
        self.approver_ids.is_empty() || self.approver_ids.contains(&person)
    }

    /// Refuses the vote of somebody whom the tenant does not name.
    pub(crate) fn must_admit(&self, person: UserId) -> Result<(), Rejection> {
        let others = Rejection::Forbidden("your organisation names other people as approvers");
        if self.admits(person) { Ok(()) } else { Err(others) }
    }
}

/// Conditions on the engineer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EngineerRules {
    /// If not empty, the engineer's location must be one of these.
    pub regions: Vec<String>,
    /// Clearances that the engineer must hold.
    pub clearances: Vec<String>,
    /// Engineers whom the tenant excludes.
    pub excluded_engineer_ids: Vec<UserId>,
}

impl EngineerRules {
    /// Whether the tenant accepts an engineer: not excluded, working in one of the regions, holding every clearance.
    #[must_use]
    pub fn accept(&self, engineer: &Person) -> bool {
        !self.excluded_engineer_ids.contains(&engineer.id)
            && (self.regions.is_empty() || self.regions.contains(&engineer.location))
            && self.clearances.iter().all(|clearance| engineer.profile.clearances.contains(clearance))
    }
}

/// How sure the service is of who decides, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Assurance {
    /// A bearer token or session.
    Token,
    /// A fresh step-up at the identity provider.
    StepUp,
    /// A signature by the approver's own passkey.
    Passkey,
}

impl Assurance {
    /// Whether a yes counts that was or was not signed by its giver's passkey.
    #[must_use]
    pub fn accepts(self, signed: bool) -> bool {
        signed || self == Self::Token
    }
}

impl Default for SupportAccessPolicy {
    fn default() -> Self {
        Self {
            pending_expiry: Duration::days(4),
            max_duration: Duration::days(30),
            consent_offered: true,
            consent_duration: Duration::days(30),
            idle_pause: Duration::days(7),
            approvals: ApprovalRule { required: 1, approver_ids: Vec::new() },
            decision_assurance: Assurance::Token,
            ticket_umbrella: true,
            inherit_on_reassign: true,
            engineer_rules: EngineerRules::default(),
        }
    }
}

impl SupportAccessPolicy {
    /// Checks every setting against its bounds (`lifecycle.md`); names the first that is out of them.
    ///
    /// # Errors
    /// [`Rejection::Invalid`] with the setting's name.
    pub fn check(&self) -> Result<(), Rejection> {
        let bounds = [
            ("pendingExpiry", self.pending_expiry, Duration::hours(1), Duration::days(30)),
            ("maxDuration", self.max_duration, Duration::minutes(15), Duration::days(30)),
            ("consentDuration", self.consent_duration, Duration::days(1), Duration::days(30)),
            ("idlePause", self.idle_pause, Duration::days(1), Duration::days(30)),
        ];
        for (field, value, min, max) in bounds {
            if value < min || value > max {
                return Err(Rejection::invalid(field, format!("must be between {min} and {max}")));
            }
        }
        let ApprovalRule { required, approver_ids } = &self.approvals;
        if !(1..=REQUIRED_MAX).contains(required) {
            let message = format!("must be between 1 and {REQUIRED_MAX}");
            return Err(Rejection::invalid("approvals/required", message));
        }
        if approver_ids.len() > APPROVERS_MAX {
            let message = format!("may name at most {APPROVERS_MAX} people");
            return Err(Rejection::invalid("approvals/approverIds", message));
        }
        Ok(())
    }
}
