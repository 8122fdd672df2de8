//! The audit vocabulary: what an entry of a tenant's log says (`lifecycle.md`, *Audit entries*).

mod category;
mod summary;

use serde::{Deserialize, Serialize};

use crate::access_request::AccessEvent;
use crate::data_collection::CollectionEvent;
use crate::decision::{SignedDecision, SignedPolicy};
use crate::engineer::EngineerProfile;
use crate::grant::GrantEvent;
use crate::id::{
    AccessRequestId, DataCollectionId, EnrolmentId, GrantId, IdentityProviderId, RevealId, RoleId,
    SupportRequestId, TenantId, UserId,
};
use crate::identity_provider::IdentityProvider;
use crate::log_key::LogHead;
use crate::passkey::Passkey;
use crate::person::Person;
use crate::personal::Personal;
use crate::problem_type::ProblemType;
use crate::reminder::Urgency;
use crate::retention::Retention;
use crate::reveal::RevealEvent;
use crate::scope::DataCategory;
use crate::support_request::SupportRequestEvent;
use crate::tenant::SupportAccessPolicy;
use crate::time::Timestamp;

pub use category::AuditCategory;
pub use summary::{PreviewSummary, ReadSummary};

/// An audit entry before it has its place in the log: the store adds sequence, id, correlation id and leaf.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryDraft {
    /// Whose log it goes to.
    pub tenant: TenantId,
    /// What happened.
    pub activity: Activity,
    /// Who did it.
    pub initiated_by: Initiator,
    /// The thing it happened to: a `sr_`, `sar_` or `grt_` id, or a tenant or account.
    pub target: String,
    /// The case, if there is one.
    pub support_request: Option<SupportRequestId>,
    /// Whether the service did it in somebody's place because a rule says so.
    pub automatic: bool,
    /// Success, or failure with its reason code.
    pub outcome: Outcome,
    /// When it took effect.
    pub at: Timestamp,
    /// The changes it records; folded, they give the rows.
    pub events: Vec<Event>,
}

/// What came of the attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was refused.
    Failure {
        /// A problem code.
        reason: String,
    },
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Initiator {
    /// A person or service account.
    User(Box<Person>),
    /// Vouchsafe itself.
    Service,
}

/// One change. Which row it belongs to stands in its variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "of")]
pub enum Event {
    /// Of a support request.
    SupportRequest {
        /// Which.
        id: SupportRequestId,
        /// What.
        event: SupportRequestEvent,
    },
    /// Of one side's record of an access request.
    AccessRequest {
        /// Which.
        id: AccessRequestId,
        /// What.
        event: AccessEvent,
    },
    /// Of a grant.
    Grant {
        /// Which.
        id: GrantId,
        /// What.
        event: GrantEvent,
    },
    /// Of a question to see a masked value in clear.
    Reveal {
        /// Which.
        id: RevealId,
        /// What.
        event: RevealEvent,
    },
    /// Of a data collection.
    DataCollection {
        /// Which.
        id: DataCollectionId,
        /// What.
        event: CollectionEvent,
    },
    /// A read of diagnostic data.
    Read {
        /// What was read.
        read: Box<ReadSummary>,
    },
    /// An approver was shown what a pending request would reach.
    PreviewShown {
        /// What the approver was told.
        preview: Box<PreviewSummary>,
    },
    /// Refused reads of one minute that are alike.
    ReadDenied {
        /// Whose data was asked for.
        tenant: TenantId,
        /// The category asked for.
        category: DataCategory,
        /// How many.
        count: u64,
    },
    /// Records were imported.
    Imported {
        /// How many came in.
        imported: u64,
        /// How many were there already.
        already_present: u64,
        /// How many were refused.
        rejected: u64,
    },
    /// Events were deleted because their time was over.
    DataDeleted {
        /// Of which category.
        category: DataCategory,
        /// They happened and came in before.
        before: Timestamp,
        /// How many.
        events: u64,
    },
    /// How long events are kept changed.
    RetentionChanged {
        /// How long they are kept from now on.
        retention: Retention,
    },
    /// The tenant was set up.
    TenantCreated {
        /// Its name.
        display_name: String,
    },
    /// An account was added with these roles.
    UserAdded {
        /// The account.
        user: Box<Person>,
        /// Template ids of its roles.
        roles: Vec<String>,
    },
    /// What assignment must know of an engineer changed.
    EngineerChanged {
        /// Whose.
        user: UserId,
        /// Where the engineer works from now on.
        location: String,
        /// Declared problem types from now on.
        expertise: Vec<String>,
        /// The rest from now on.
        profile: Box<EngineerProfile>,
    },
    /// An account was enabled or disabled.
    AccountEnabled {
        /// Which.
        user: UserId,
        /// Whether it may do anything from now on.
        enabled: bool,
    },
    /// What is written of a person changed.
    UserChanged {
        /// Whose.
        user: UserId,
        /// The name from now on.
        display_name: Personal,
    },
    /// An account was deleted.
    UserDeleted {
        /// Which.
        user: UserId,
    },
    /// A one-time pass for enrolling a passkey was handed out.
    EnrolmentOffered {
        /// For whom.
        user: UserId,
        /// The pass.
        enrolment: EnrolmentId,
        /// Until when it can be used.
        expires: Timestamp,
        /// Whether the person had a passkey before, so that the new one signs no decision for a while.
        recovery: bool,
    },
    /// A person enrolled a passkey: what it signs from here on is that person's.
    PasskeyAdded {
        /// The passkey, with what its signatures are checked with.
        passkey: Box<Passkey>,
        /// The pass that was used, if it was not added by a session of the person.
        enrolment: Option<EnrolmentId>,
    },
    /// A passkey was removed: what it signs after this is nobody's.
    PasskeyRemoved {
        /// Whose.
        user: UserId,
        /// Its credential id, base64url.
        credential: String,
    },
    /// Whoever decided what stands beside this has signed it.
    DecisionSigned {
        /// What was signed, and the signature.
        decision: Box<SignedDecision>,
    },
    /// Two accounts were declared to be one person.
    AccountsLinked {
        /// The account of this tenant.
        user: UserId,
        /// The other tenant.
        other_tenant: TenantId,
        /// The account there.
        other_user: UserId,
    },
    /// An account of this tenant was offered to be linked with another of the same person.
    AccountLinkOffered {
        /// The account.
        user: UserId,
        /// Until when the offer can be accepted.
        expires: Timestamp,
    },
    /// Somebody accepted such an offer; the accounts are not linked yet.
    AccountLinkAccepted {
        /// The account of this tenant.
        user: UserId,
        /// The other tenant.
        other_tenant: TenantId,
        /// The account there.
        other_user: UserId,
        /// Whether the person of this tenant's account has agreed by that, in a session.
        agreed: bool,
    },
    /// The person, or the tenant, agreed to a link.
    AccountLinkConfirmed {
        /// The account of this tenant.
        user: UserId,
        /// Whether the person said so; the tenant else.
        as_person: bool,
    },
    /// A link, or what was to become one, ended.
    AccountLinkEnded {
        /// The account of this tenant.
        user: UserId,
        /// The other tenant and the account there, if it was known.
        other: Option<(TenantId, UserId)>,
    },
    /// A role was defined, or changed.
    RoleDefined {
        /// The role.
        role: RoleId,
        /// Its name.
        display_name: String,
        /// What it is for.
        description: Personal,
        /// Resource actions that it allows from now on.
        actions: Vec<String>,
        /// Whether it can be given to people from now on.
        enabled: bool,
    },
    /// A role was taken away; nobody held it.
    RoleDeleted {
        /// The role.
        role: RoleId,
    },
    /// An account got a role.
    RoleAssigned {
        /// The account.
        user: UserId,
        /// Template id or `rol_` id of the role.
        role: String,
        /// Until when it is held, if not until it is taken back.
        ends: Option<Timestamp>,
    },
    /// An account lost a role.
    RoleUnassigned {
        /// The account.
        user: UserId,
        /// Template id or `rol_` id of the role.
        role: String,
    },
    /// An identity provider was set up, or changed.
    IdentityProviderDefined {
        /// As it is from now on, without its secret.
        provider: Box<IdentityProvider>,
        /// Whether its secret is a new one.
        secret_changed: bool,
    },
    /// An identity provider was taken away: nobody's account is linked with it any more.
    IdentityProviderDeleted {
        /// Which.
        provider: IdentityProviderId,
    },
    /// An account belongs to a person at an identity provider from here on.
    IdentityLinked {
        /// The account.
        user: UserId,
        /// At which identity provider.
        provider: IdentityProviderId,
        /// The issuer.
        issuer: String,
        /// Who it is there.
        subject: Personal,
    },
    /// Fewer people can approve than an approval needs.
    ApproversMissing {
        /// How many an approval needs.
        required: u32,
        /// How many can.
        able: u32,
    },
    /// A request waits for the tenant's decision.
    DecisionReminded {
        /// Which.
        request: AccessRequestId,
        /// Until when.
        until: Timestamp,
        /// How urgent it is.
        urgency: Urgency,
    },
    /// A problem type was added, renamed, retired or brought back.
    ProblemTypeChanged {
        /// The type from now on.
        problem_type: ProblemType,
    },
    /// An API token was made.
    TokenIssued {
        /// For whom.
        user: UserId,
        /// Until when.
        expires: Timestamp,
        /// Resource actions that it is limited to; absent if it is good for all that the account may do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scopes: Option<Vec<String>>,
    },
    /// An API token was ended.
    TokenRevoked {
        /// Whose.
        user: UserId,
    },
    /// The tenant's settings changed.
    PolicyChanged {
        /// The settings from now on.
        policy: Box<SupportAccessPolicy>,
    },
    /// Whoever changed the settings beside this has signed them.
    PolicySigned {
        /// What was signed, and the signature.
        decision: Box<SignedPolicy>,
    },
    /// The key of a person was destroyed.
    UserErased {
        /// Whose.
        user: UserId,
    },
    /// Checkpoints of this log are signed with a new key.
    LogKeyAdded {
        /// What its signatures are checked with.
        verifier_key: String,
        /// Until when the keys before it sign as well, if there were any.
        others_until: Option<Timestamp>,
    },
    /// An operator let this log go on from what the database holds.
    LogHeadsAdopted {
        /// From where it goes on.
        adopted: LogHead,
        /// What the heads file said, if there was one.
        published: Option<LogHead>,
    },
}

macro_rules! activities {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $category:ident, $operation:literal;)*) => {
        /// What can stand in a log. Names of access activities are Entra's of October 2024.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Activity { $($(#[$doc])* $name,)* }

        impl Activity {
            /// Every activity.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// `activityDisplayName`.
            #[must_use]
            pub const fn name(self) -> &'static str { match self { $(Self::$name => $text,)* } }

            /// The category it is filed under.
            #[must_use]
            pub const fn category(self) -> AuditCategory { match self { $(Self::$name => AuditCategory::$category,)* } }

            /// Whether it may change what somebody may do: all but what is told of data that was read, refused, brought
            /// in or deleted.
            #[must_use]
            pub const fn may_change_access(self) -> bool {
                !matches!(self.category(), AuditCategory::SupportDataAccess)
            }

            /// Graph's `operationType`.
            #[must_use]
            pub const fn operation(self) -> &'static str { match self { $(Self::$name => $operation,)* } }
        }
    };
}

activities! {
    /// An engineer asked for access.
    RequestCreated = "Request created", SupportAccessManagement, "Add";
    /// A person of the tenant agreed, and more must.
    VoteGiven = "Approval vote given", SupportAccessManagement, "Update";
    /// The support request tenant approved.
    RequestApproved = "Request approved", SupportAccessManagement, "Update";
    /// The support request tenant rejected.
    RequestRejected = "Request rejected", SupportAccessManagement, "Update";
    /// The support request tenant took its approval back.
    RequestWithdrawn = "Request withdrawn", SupportAccessManagement, "Update";
    /// The case closed while the support request tenant's approval stood.
    RequestCompleted = "Request completed", SupportAccessManagement, "Update";
    /// A pending request ended without a decision.
    RequestCanceled = "Request canceled", SupportAccessManagement, "Update";
    /// A pending request waited too long.
    RequestExpired = "Request expired", SupportAccessManagement, "Update";
    /// The data's tenant approved; access is live.
    AccessApproved = "Access approved", SupportAccessManagement, "Add";
    /// The data's tenant rejected.
    AccessRejected = "Access rejected", SupportAccessManagement, "Update";
    /// Access ended.
    AccessRemoved = "Access removed", SupportAccessManagement, "Delete";
    /// An approver took something away from the scope.
    ScopeNarrowed = "Scope narrowed", SupportAccessManagement, "Update";
    /// Access passed to the next engineer of the case.
    AccessInherited = "Access inherited", SupportAccessManagement, "Update";
    /// Access rests until its tenant confirms it.
    AccessPaused = "Access paused", SupportAccessManagement, "Update";
    /// Paused access goes on.
    AccessConfirmed = "Access confirmed", SupportAccessManagement, "Update";
    /// An engineer asked to see a masked value in clear.
    RevealAsked = "Value reveal requested", SupportAccessManagement, "Add";
    /// A masked value shows in clear for a while.
    ValueRevealed = "Value revealed", SupportAccessManagement, "Update";
    /// A masked value stays masked.
    RevealRejected = "Value reveal rejected", SupportAccessManagement, "Update";
    /// An approver was shown what a pending request would reach.
    PreviewShown = "Preview shown", SupportAccessManagement, "Read";
    /// An engineer asked the tenant to collect data.
    CollectionRequested = "Collection requested", SupportAccessManagement, "Add";
    /// A file was put into a collection, or taken out.
    CollectionInPreparation = "Collection inPreparation", SupportAccessManagement, "Update";
    /// A collection was sent; the engineer may read it.
    CollectionSubmitted = "Collection submitted", SupportAccessManagement, "Update";
    /// The engineer has what is needed.
    CollectionAccepted = "Collection accepted", SupportAccessManagement, "Update";
    /// The engineer needs more.
    CollectionReturned = "Collection returned", SupportAccessManagement, "Update";
    /// The tenant does not want to collect.
    CollectionDeclined = "Collection declined", SupportAccessManagement, "Update";
    /// A collection is not needed any more.
    CollectionCancelled = "Collection cancelled", SupportAccessManagement, "Update";
    /// A message was written about a collection.
    CollectionMessageAdded = "Message added to collection", SupportAccessManagement, "Update";
    /// The files of a collection were deleted, and their key.
    CollectionDeleted = "Collection deleted", SupportAccessManagement, "Delete";
    /// *Allow collection of advanced diagnostic information* is on.
    ConsentGiven = "Consent given", SupportAccessManagement, "Add";
    /// Consent was asked for by someone who may not give it alone.
    ConsentAwaitingApproval = "Consent awaiting approval", SupportAccessManagement, "Add";
    /// *Allow collection of advanced diagnostic information* is off.
    ConsentWithdrawn = "Consent withdrawn", SupportAccessManagement, "Delete";
    /// Consent ended by itself.
    ConsentExpired = "Consent expired", SupportAccessManagement, "Delete";
    /// An engineer read diagnostic data.
    DataRead = "Diagnostic data read", SupportDataAccess, "Read";
    /// An engineer was refused diagnostic data.
    DataReadDenied = "Diagnostic data read denied", SupportDataAccess, "Read";
    /// Diagnostic data came in.
    DataImported = "Diagnostic data imported", SupportDataAccess, "Add";
    /// Diagnostic data was deleted because its time was over.
    DataDeleted = "Diagnostic data deleted", SupportDataAccess, "Delete";
    /// A case was opened.
    SupportRequestCreated = "Support request created", SupportRequestManagement, "Add";
    /// Severity, contact or resource tenants of a case changed.
    SupportRequestUpdated = "Support request updated", SupportRequestManagement, "Update";
    /// A case got an engineer.
    SupportRequestAssigned = "Support request assigned", SupportRequestManagement, "Assign";
    /// A case lost its engineer and waits for the next.
    SupportRequestQueued = "Support request returned to queue", SupportRequestManagement, "Assign";
    /// A message was added to a case.
    MessageAdded = "Message added to support request", SupportRequestManagement, "Update";
    /// A case was closed.
    SupportRequestClosed = "Support request closed", SupportRequestManagement, "Update";
    /// The engineer proposed to open a case again.
    SupportRequestReopenProposed = "Support request reopening proposed", SupportRequestManagement, "Update";
    /// Requests that were resolved before came in, for assignment to learn from.
    PastRequestsImported = "Resolved support requests imported", SupportRequestManagement, "Add";
    /// A problem type was added.
    ProblemTypeAdded = "Add problem type", SupportRequestManagement, "Add";
    /// A problem type was renamed or brought back.
    ProblemTypeUpdated = "Update problem type", SupportRequestManagement, "Update";
    /// A problem type is offered no more.
    ProblemTypeRetired = "Retire problem type", SupportRequestManagement, "Update";
    /// A case was opened again.
    SupportRequestReopened = "Support request reopened", SupportRequestManagement, "Update";
    /// The tenant was set up.
    TenantCreated = "Create tenant", DirectoryManagement, "Add";
    /// An account was added.
    UserAdded = "Add user", UserManagement, "Add";
    /// What is written of a person, or what assignment must know of an engineer, changed.
    UserUpdated = "Update user", UserManagement, "Update";
    /// An account was enabled.
    AccountEnabled = "Enable account", UserManagement, "Update";
    /// An account was disabled: it can do nothing more.
    AccountDisabled = "Disable account", UserManagement, "Update";
    /// An account was deleted.
    UserDeleted = "Delete user", UserManagement, "Delete";
    /// Somebody was handed a one-time pass; Entra's word for such things is *security info*.
    EnrolmentOffered = "Admin registered security info", UserManagement, "Add";
    /// A person enrolled a passkey.
    PasskeyAdded = "User registered security info", UserManagement, "Add";
    /// A person removed one of the own passkeys.
    PasskeyRemoved = "User deleted security info", UserManagement, "Delete";
    /// An administrator removed a passkey of somebody else.
    PasskeyRemovedByOther = "Admin deleted security info", UserManagement, "Delete";
    /// A person was erased; Entra's name for what cannot be undone.
    UserErased = "Hard Delete user", UserManagement, "Delete";
    /// Two accounts were linked as one person.
    AccountsLinked = "Link accounts", UserManagement, "Update";
    /// An account was offered to be linked.
    AccountLinkOffered = "Offer account link", UserManagement, "Add";
    /// Such an offer was accepted.
    AccountLinkAccepted = "Accept account link", UserManagement, "Update";
    /// The person of an account agreed to link it.
    AccountLinkAgreed = "Agree to account link", UserManagement, "Update";
    /// The tenant of an account confirmed its link.
    AccountLinkConfirmed = "Confirm account link", UserManagement, "Update";
    /// A link that was not made yet was given up.
    AccountLinkWithdrawn = "Withdraw account link", UserManagement, "Delete";
    /// Two accounts are one person no more.
    AccountsUnlinked = "Unlink accounts", UserManagement, "Delete";
    /// A role was defined.
    RoleDefined = "Add role definition", RoleManagement, "Add";
    /// A role was changed.
    RoleChanged = "Update role definition", RoleManagement, "Update";
    /// A role was taken away.
    RoleDeleted = "Delete role definition", RoleManagement, "Delete";
    /// An account got a role.
    RoleAssigned = "Add member to role", RoleManagement, "Assign";
    /// An account lost a role.
    RoleUnassigned = "Remove member from role", RoleManagement, "Unassign";
    /// The daily check found that fewer people can approve than an approval needs.
    ApproversMissing = "Approvers missing", SupportAccessManagement, "Read";
    /// A request has waited for half of its time.
    DecisionReminded = "Approval reminder", SupportAccessManagement, "Read";
    /// A request is in the last quarter of its time.
    DecisionEscalated = "Approval escalated", SupportAccessManagement, "Read";
    /// An identity provider was set up.
    IdentityProviderAdded = "Add identity provider", DirectoryManagement, "Add";
    /// An identity provider was changed.
    IdentityProviderChanged = "Update identity provider", DirectoryManagement, "Update";
    /// An identity provider was taken away.
    IdentityProviderDeleted = "Delete identity provider", DirectoryManagement, "Delete";
    /// An account belongs to a person at an identity provider.
    IdentityLinked = "Add external identity", UserManagement, "Add";
    /// An API token was made.
    TokenIssued = "Create API token", UserManagement, "Add";
    /// An API token was ended.
    TokenRevoked = "Revoke API token", UserManagement, "Delete";
    /// Checkpoints are signed with a new key.
    LogKeyAdded = "Add log signing key", DirectoryManagement, "Add";
    /// A log went on from what the database holds.
    LogHeadsAdopted = "Adopt log heads", DirectoryManagement, "Update";
    /// The tenant's support access settings changed.
    PolicyUpdated = "Update support access policy", Policy, "Update";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found_again() {
        for activity in Activity::ALL {
            assert_eq!(Activity::named(activity.name()), Some(*activity));
        }
        assert_eq!(Activity::named("Approval removed"), Some(Activity::AccessRemoved));
        assert_eq!(Activity::named("removed"), None);
    }
}
