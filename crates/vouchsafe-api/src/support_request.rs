//! The case: a support request and the acts on it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::{GrantId, SupportRequestId, TenantId, UserId};
use vouchsafe_core::time::Timestamp;

use crate::account::Person;
use crate::body::{not_null, not_null_object, optional_object};
use crate::scope::DataCategory;
use crate::wire_enum::wire_enum;

/// A support request as its tenant and its engineer see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SupportRequest {
    /// Id of the case.
    #[schema(value_type = String, example = "sr_018bcfe568007707870707070707070a")]
    pub id: SupportRequestId,
    /// The number that people say on the phone: 16 decimal digits.
    #[schema(example = "2611230040001234")]
    pub number: String,
    /// The support request tenant.
    #[schema(value_type = String, format = "uuid")]
    pub tenant_id: TenantId,
    /// One line.
    pub title: String,
    /// What happens, since when, for whom.
    pub description: String,
    /// How bad it is.
    pub severity: Severity,
    /// The service it is about.
    #[schema(example = "identity")]
    pub service: String,
    /// Id of a problem type.
    #[schema(example = "signIn/conditionalAccess")]
    pub problem_type: String,
    /// Open or closed.
    pub status: SupportRequestStatus,
    /// Whose turn it is while open; null once closed.
    #[schema(required = true)]
    pub stage: Option<Stage>,
    /// The assigned engineer; null while it waits in the queue.
    #[schema(required = true)]
    pub assigned_to: Option<Person>,
    /// The property *Allow collection of advanced diagnostic information*.
    pub allow_advanced_diagnostics: bool,
    /// What that property amounts to now.
    pub consent: Consent,
    /// Whom the engineer talks to.
    pub contact: Contact,
    /// Other tenants that the engineer may ask for; only grows.
    #[schema(value_type = Vec<String>)]
    pub resource_tenant_ids: Vec<TenantId>,
    /// How it ended; null while open.
    #[schema(required = true)]
    pub resolution: Option<Resolution>,
    /// The other system or way in that it came from; absent where somebody of the tenant opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub origin: Option<String>,
    /// What it is called there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub external_id: Option<String>,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub created_date_time: Timestamp,
    /// When it was closed; null while open.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub closed_date_time: Option<Timestamp>,
}

/// State of the consent that the property gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// Where it stands.
    pub status: ConsentStatus,
    /// Votes on a *yes*, for the tenant's own people; null for others.
    #[schema(required = true)]
    pub approvals: Option<Approvals>,
    /// The grant it gave; null if none is live or paused.
    #[schema(value_type = Option<String>, required = true)]
    pub grant_id: Option<GrantId>,
    /// When that grant ends by itself.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub expires_date_time: Option<Timestamp>,
    /// In the last 7 days of a consent and after its end, for the tenant's own people: what was read so far, and the votes
    /// to renew it by `POST …/consent/renew`; absent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub renewal: Option<ConsentRenewal>,
}

/// A consent that can be renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsentRenewal {
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub offered_since_date_time: Timestamp,
    /// The votes to renew a consent that still holds.
    pub approvals: Approvals,
    /// What was read under consent for this case; null for who may not know.
    #[schema(required = true)]
    pub read: Option<ConsentRead>,
}

/// What was read under consent for one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsentRead {
    /// Different records.
    pub records: u64,
    /// Of which categories.
    pub data_categories: Vec<DataCategory>,
    /// When something was read last; null if nothing was.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub last_date_time: Option<Timestamp>,
}

/// Votes of one tenant on one exact scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Approvals {
    /// How many votes decide.
    pub required: u32,
    /// The votes that count now, oldest first.
    pub given: Vec<Vote>,
}

/// One vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Vote {
    /// Who gave it.
    #[schema(value_type = String)]
    pub user_id: UserId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub date_time: Timestamp,
}

/// Whom the engineer talks to, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contact {
    /// Name of the person.
    pub name: String,
    /// Address of the person.
    pub email: String,
    /// Language tag (BCP 47).
    #[serde(default = "default_language")]
    #[schema(example = "en")]
    pub language: String,
    /// Zone name of the IANA time zone database.
    #[serde(default = "default_time_zone")]
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
}

fn default_language() -> String {
    "en".to_owned()
}

fn default_time_zone() -> String {
    "UTC".to_owned()
}

/// Body of `POST /support/requests`. Customers answer the consent question and name a contact; the provider's intake, which
/// enters what came from elsewhere, gives `tenantId`, `origin` and `externalId` instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateSupportRequest {
    /// One line.
    pub title: String,
    /// What happens, since when, for whom.
    pub description: String,
    /// How bad it is.
    pub severity: Severity,
    /// The service it is about.
    pub service: String,
    /// Id of a problem type.
    pub problem_type: String,
    /// The answer to *Allow collection of advanced diagnostic information*. Never assumed: customers must give it. A case
    /// from elsewhere carries none.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub allow_advanced_diagnostics: Option<bool>,
    /// Whom the engineer talks to. Customers must say it.
    #[serde(default, deserialize_with = "not_null_object", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub contact: Option<Contact>,
    /// Other tenants where the problem shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub resource_tenant_ids: Option<Vec<TenantId>>,
    /// Short for a list of one. Not together with `resourceTenantIds`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub resource_tenant_id: Option<TenantId>,
    /// Intake only: whose case it is.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "uuid", required = false)]
    pub tenant_id: Option<TenantId>,
    /// Intake only: the other system or way in, such as `phone`.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "phone")]
    pub origin: Option<String>,
    /// Intake only: what the case is called there. The same tenant, origin and id again answer the first case.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub external_id: Option<String>,
}

impl CreateSupportRequest {
    /// The resource tenants, however they were given; `None` if both members are present.
    #[must_use]
    pub fn resource_tenants(&self) -> Option<Vec<TenantId>> {
        match (&self.resource_tenant_ids, self.resource_tenant_id) {
            (Some(_), Some(_)) => None,
            (Some(list), None) => Some(list.clone()),
            (None, one) => Some(one.into_iter().collect()),
        }
    }

    /// Whether any member is there that only the intake gives.
    #[must_use]
    pub fn is_from_elsewhere(&self) -> bool {
        self.tenant_id.is_some() || self.origin.is_some() || self.external_id.is_some()
    }
}

/// Body of `PATCH /support/requests/{id}`. Absent members stay as they are; null is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateSupportRequest {
    /// Changes the consent property. *Yes* is an approval, *no* ends the grant.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub allow_advanced_diagnostics: Option<bool>,
    /// Changes the severity.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub severity: Option<Severity>,
    /// Replaces the contact.
    #[serde(default, deserialize_with = "not_null_object", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub contact: Option<Contact>,
    /// The whole new list, which must hold every tenant of the old one.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<String>, required = false)]
    pub resource_tenant_ids: Option<Vec<TenantId>>,
}

/// Body of `POST …/close`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CloseSupportRequest {
    /// How it ended.
    pub resolution: Resolution,
}

/// Body of acts that take nothing: `POST …/reopen`, `POST …/cancel`. May be empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoArguments {}

/// Body of `POST …/assign`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignSupportRequest {
    /// Who takes over.
    #[schema(value_type = String)]
    pub engineer_id: UserId,
    /// Why, for the record.
    pub reason: String,
}

/// Body of `POST …/consent/approve`: a further vote on a *yes*.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApproveConsent {
    /// Answer to the challenge of an `assuranceRequired` problem.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub assertion: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Body of `POST …/consent/reject`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RejectConsent {
    /// Why, for the tenant's own record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Answer of `GET …/assignment`: who, since when, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// The case.
    #[schema(value_type = String)]
    pub support_request_id: SupportRequestId,
    /// The engineer; null while it waits in the queue.
    #[schema(required = true)]
    pub assigned_to: Option<Person>,
    /// Since when; null while it waits.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub since_date_time: Option<Timestamp>,
    /// Why, in words.
    pub reason: String,
    /// What the words rest on; no figures, no other customer's data.
    pub evidence: Vec<AssignmentEvidence>,
    /// How everyone ranks for it now, the eligible first; for the support manager alone, absent for everyone else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub ranking: Option<Vec<RankedEngineer>>,
}

/// One engineer in the ranking for a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RankedEngineer {
    /// Who.
    pub engineer: Person,
    /// Why the engineer may not get it, in words; empty if eligible.
    pub obstacles: Vec<String>,
    /// Expertise against load; the greatest is first among the eligible.
    pub score: f64,
    /// Learned and declared expertise, 0 to 1.
    pub expertise: f64,
    /// What was learned from resolved requests, 0 to 1.
    pub learned: f64,
    /// Whether declared expertise covers the problem type.
    pub declared: bool,
    /// Cases open now.
    pub open_cases: u32,
    /// When a case was last assigned to the engineer; null if never.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub last_assigned_date_time: Option<Timestamp>,
}

/// One ground of an assignment, coarse enough to tell nothing about other customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssignmentEvidence {
    /// The topic, such as a problem type.
    pub topic: String,
    /// Where it is known from.
    pub source: EvidenceSource,
    /// How many solved cases, in bands; null for declared expertise.
    #[schema(required = true)]
    pub amount: Option<EvidenceAmount>,
}

wire_enum! {
    /// How bad a case is.
    Severity {
        /// Work stands still.
        Critical = "critical",
        /// Work is hindered.
        Moderate = "moderate",
        /// A question or a blemish.
        Minimal = "minimal",
    }
}

wire_enum! {
    /// Whether a case is worked on.
    SupportRequestStatus {
        /// It is.
        Open = "open",
        /// It is not; every access of it has ended.
        Closed = "closed",
    }
}

wire_enum! {
    /// Whose turn it is in an open case.
    Stage {
        /// The engineer has not begun.
        WaitingForEngineer = "waitingForEngineer",
        /// The engineer works on it.
        InProgress = "inProgress",
        /// The engineer asked something.
        WaitingForCustomer = "waitingForCustomer",
    }
}

wire_enum! {
    /// Where consent stands.
    ConsentStatus {
        /// The property is *no*.
        None = "none",
        /// The property is *yes*, votes are missing, nothing is granted.
        AwaitingApproval = "awaitingApproval",
        /// A live grant covers all advanced categories of the tenant.
        Given = "given",
        /// The grant rests until the tenant confirms.
        Paused = "paused",
        /// The grant has ended by itself.
        Expired = "expired",
        /// The tenant has switched consent off, or the case came from elsewhere.
        NotOffered = "notOffered",
    }
}

wire_enum! {
    /// How a case ended.
    Resolution {
        /// It works now.
        Resolved = "resolved",
        /// The customer no longer asks.
        Withdrawn = "withdrawn",
        /// Another case covers it.
        Duplicate = "duplicate",
        /// It could not be seen again.
        NotReproducible = "notReproducible",
    }
}

wire_enum! {
    /// Where an expertise is known from.
    EvidenceSource {
        /// The engineer's declared problem types.
        DeclaredExpertise = "declaredExpertise",
        /// Solved cases of other tenants; at least five of them, where the topic is not declared.
        SolvedCases = "solvedCases",
        /// The engineer is on shift.
        OnShift = "onShift",
    }
}

wire_enum! {
    /// A number of solved cases, in bands.
    EvidenceAmount {
        /// Below 10.
        Some = "some",
        /// 10 to 49.
        Many = "many",
        /// 50 or more.
        VeryMany = "veryMany",
    }
}
