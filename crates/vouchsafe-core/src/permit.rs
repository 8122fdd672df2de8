//! Permits: the proof that a caller may do one act on one thing, spent by the write it allows.
//!
//! A [`Permit`] is minted here alone, from [`Facts`] that were loaded in the unit of work that writes. It cannot be
//! built, cloned or used twice; it names its subject and its unit of work, and the store's `record` checks both.
//!
//! [`Denied`] says *hidden* or *forbidden*: who may not know that a thing exists is told that it does not. That is
//! decided in [`authorize`] and nowhere else.

mod scope;

use std::fmt::Debug;
use std::marker::PhantomData;

pub use self::scope::{Reach, Scope};
use crate::access_request::{AccessSide, EngineerRequest};
use crate::data_collection::DataCollection;
use crate::grant::Grant;
use crate::id::{AccessRequestId, DataCollectionId, GrantId, SupportRequestId, TenantId, UserId};
use crate::permission::{Permission, Permissions};
use crate::person::Person;
use crate::support_request::SupportRequest;

/// An authenticated account with what it may do in its own tenant now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub person: Person,
    /// What its roles allow now.
    pub permissions: Permissions,
}

/// The unit of work in which facts were loaded and in which a permit can be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkId(pub u64);

/// How a caller stands to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// It belongs to the caller's tenant.
    OwnTenant,
    /// The caller is the engineer whom the case is assigned to.
    AssignedEngineer,
    /// The caller belongs to the provider that serves the case, but it is not the caller's.
    Desk,
    /// The caller belongs to the provider that serves the case, and the case came from elsewhere.
    Intake,
    /// None of these.
    Stranger,
}

impl Relation {
    /// Every relation.
    pub const ALL: [Self; 5] =
        [Self::OwnTenant, Self::AssignedEngineer, Self::Desk, Self::Intake, Self::Stranger];
}

/// Who asks, how they stand to the thing, and in which unit of work that was found out.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    caller: &'a Caller,
    relation: Relation,
    /// A second way in which the caller stands to it.
    also: Option<Relation>,
    about: About,
    work: WorkId,
}

/// The thing whose facts were loaded. A permit for another thing of the same kind is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A tenant as a whole.
    Tenant(TenantId),
    /// A case.
    Case(SupportRequestId),
    /// A record of an access request.
    Access(AccessRequestId),
    /// A grant.
    Grant(GrantId),
    /// A data collection.
    Collection(DataCollectionId),
}

impl About {
    /// Whether both are of one kind, and yet not the same.
    fn contradicts(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other) && self != other
    }
}

impl From<TenantId> for About {
    fn from(id: TenantId) -> Self {
        Self::Tenant(id)
    }
}

impl From<SupportRequestId> for About {
    fn from(id: SupportRequestId) -> Self {
        Self::Case(id)
    }
}

impl From<AccessRequestId> for About {
    fn from(id: AccessRequestId) -> Self {
        Self::Access(id)
    }
}

impl From<DataCollectionId> for About {
    fn from(id: DataCollectionId) -> Self {
        Self::Collection(id)
    }
}

impl From<GrantId> for About {
    fn from(id: GrantId) -> Self {
        Self::Grant(id)
    }
}

impl<'a> Facts<'a> {
    /// About the caller's own tenant as a whole.
    #[must_use]
    pub fn own_tenant(work: WorkId, caller: &'a Caller) -> Self {
        Self { caller, relation: Relation::OwnTenant, also: None, about: caller.person.tenant.into(), work }
    }

    /// About a case. `desk` says whether the caller belongs to the provider that serves it.
    #[must_use]
    pub fn of_case(work: WorkId, caller: &'a Caller, request: &SupportRequest, desk: bool) -> Self {
        let relation = if request.tenant == caller.person.tenant {
            Relation::OwnTenant
        } else if desk && request.engineer() == Some(caller.person.id) {
            Relation::AssignedEngineer
        } else if desk {
            Relation::Desk
        } else {
            Relation::Stranger
        };
        let also = (desk && request.is_from_elsewhere()).then_some(Relation::Intake);
        Self { caller, relation, also, about: request.id.into(), work }
    }

    /// About one tenant's record of an access request.
    #[must_use]
    pub fn of_side(work: WorkId, caller: &'a Caller, side: &AccessSide) -> Self {
        Self::of_owner(work, caller, side.tenant, side.id)
    }

    /// About the engineer's record of an access request on a case with this assigned engineer. It is the assigned engineer's
    /// alone, whoever asked: what is pending ends when a case is handed over, and what is live passes on.
    #[must_use]
    pub fn of_ask(work: WorkId, caller: &'a Caller, ask: &EngineerRequest, assigned: Option<UserId>) -> Self {
        let mine = assigned == Some(caller.person.id);
        let relation = match (ask.tenant == caller.person.tenant, mine) {
            (true, true) => Relation::AssignedEngineer,
            (true, false) => Relation::Desk,
            (false, _) => Relation::Stranger,
        };
        Self { caller, relation, also: None, about: ask.id.into(), work }
    }

    /// About a grant.
    #[must_use]
    pub fn of_grant(work: WorkId, caller: &'a Caller, grant: &Grant) -> Self {
        Self::of_owner(work, caller, grant.tenant, grant.id)
    }

    /// About a data collection for this case. `desk` says whether the caller belongs to the provider that serves it.
    #[must_use]
    pub fn of_collection(
        work: WorkId,
        caller: &'a Caller,
        collection: &DataCollection,
        request: &SupportRequest,
        desk: bool,
    ) -> Self {
        let relation = if desk {
            Self::of_case(work, caller, request, desk).relation
        } else if collection.has_arrived() && collection.tenant == caller.person.tenant {
            Relation::OwnTenant
        } else {
            Relation::Stranger
        };
        Self { caller, relation, also: None, about: collection.id.into(), work }
    }

    fn of_owner(work: WorkId, caller: &'a Caller, owner: TenantId, about: impl Into<About>) -> Self {
        let relation = if owner == caller.person.tenant { Relation::OwnTenant } else { Relation::Stranger };
        Self { caller, relation, also: None, about: about.into(), work }
    }

    /// Made by the permission matrix, which tries every relation.
    #[cfg(test)]
    pub(crate) fn supposed(caller: &'a Caller, relation: Relation, about: impl Into<About>) -> Self {
        Self { caller, relation, also: None, about: about.into(), work: WorkId(0) }
    }
}

/// Something that can be done to a thing of kind `Subject`.
pub trait Action: sealed::Sealed + Debug {
    /// What it is done to.
    type Subject: Copy + Eq + Debug + Into<About>;
    /// Its name in the permission matrix.
    const NAME: &'static str;
    /// Who may: any of these pairs.
    const ALLOWED: &'static [(Relation, Permission)];
    /// Who may know that the thing exists, besides those who may act.
    const VISIBLE: &'static [(Relation, Permission)];
}

/// An action that the service does by itself: record an expiry, set a tenant up.
pub trait ServiceAction: Action {}

mod sealed {
    pub trait Sealed {}
}

/// The right to record one decision of action `A` about one subject, in one unit of work.
#[must_use = "a permit is spent by the write it allows"]
#[derive(Debug)]
pub struct Permit<A: Action> {
    subject: A::Subject,
    work: WorkId,
    action: PhantomData<A>,
}

impl<A: Action> Permit<A> {
    /// What may be written to.
    pub fn subject(&self) -> A::Subject {
        self.subject
    }

    /// The only unit of work that may spend it.
    pub fn work(&self) -> WorkId {
        self.work
    }
}

/// A refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The caller may not even know that the thing exists.
    #[error("not found")]
    Hidden,
    /// The caller may know the thing, but not do this.
    #[error("your roles do not allow this")]
    Forbidden,
}

/// Mints the permit for `A` on `subject`, or says how to refuse. Inactive accounts are refused everything, and so is
/// who comes with the facts of one thing and names another.
///
/// # Errors
/// [`Denied::Hidden`] or [`Denied::Forbidden`].
pub fn authorize<A: Action>(facts: Facts<'_>, subject: A::Subject) -> Result<Permit<A>, Denied> {
    let holds = |rules: &[(Relation, Permission)]| {
        facts.caller.person.active
            && !facts.about.contradicts(subject.into())
            && rules.iter().any(|(relation, permission)| {
                (*relation == facts.relation || Some(*relation) == facts.also)
                    && facts.caller.permissions.allow(*permission)
            })
    };
    if holds(A::ALLOWED) {
        Ok(Permit { subject, work: facts.work, action: PhantomData })
    } else if holds(A::VISIBLE) {
        Err(Denied::Forbidden)
    } else {
        Err(Denied::Hidden)
    }
}

/// Mints a permit for an act of the service itself. Only actions marked for it have one.
pub fn for_service<A: ServiceAction>(work: WorkId, subject: A::Subject) -> Permit<A> {
    Permit { subject, work, action: PhantomData }
}

use Permission::{
    ApproveAccess as Approve, Consent, CreateUsers, DisableUsers, EnterRequests, EraseUsers, ImportRecords,
    ManageCollections, ManagePolicy, ManageProvider, ManageQueue, ManageRequests, ManageRoles as Roles,
    ManageSignIn, ManageTokens, ReadAccessRequests, ReadAuditLog, ReadSignIns, RemoveAccess as Remove,
    UpdateUsers, WorkRequests,
};
use Relation::{AssignedEngineer, Desk, Intake, OwnTenant};

const SEES_CASE: &[(Relation, Permission)] = &[
    (OwnTenant, ManageRequests),
    (OwnTenant, Consent),
    (OwnTenant, ReadAccessRequests),
    (OwnTenant, Approve),
    (OwnTenant, Remove),
    (AssignedEngineer, WorkRequests),
    (AssignedEngineer, ManageQueue),
    (Desk, ManageQueue),
    (Intake, EnterRequests),
];
/// Everyone of [`SEES_CASE`] but the intake.
const SEES_CONVERSATION: &[(Relation, Permission)] = &[
    (OwnTenant, ManageRequests),
    (OwnTenant, Consent),
    (OwnTenant, ReadAccessRequests),
    (OwnTenant, Approve),
    (OwnTenant, Remove),
    (AssignedEngineer, WorkRequests),
    (AssignedEngineer, ManageQueue),
    (Desk, ManageQueue),
];
const SEES_ACCESS: &[(Relation, Permission)] = &[
    (OwnTenant, ReadAccessRequests),
    (OwnTenant, Approve),
    (OwnTenant, Remove),
    (AssignedEngineer, WorkRequests),
    (AssignedEngineer, ManageQueue),
    (Desk, ManageQueue),
];
/// A collection is shown to its tenant and to the engineer, to nobody else of the provider.
const SEES_COLLECTION: &[(Relation, Permission)] = &[
    (OwnTenant, ManageCollections),
    (OwnTenant, ReadAccessRequests),
    (OwnTenant, Approve),
    (OwnTenant, Remove),
    (AssignedEngineer, WorkRequests),
];
const SEES_POLICY: &[(Relation, Permission)] = &[
    (OwnTenant, ManageRequests),
    (OwnTenant, ReadAccessRequests),
    (OwnTenant, Approve),
    (OwnTenant, ReadAuditLog),
];

const SEES_USERS: &[(Relation, Permission)] = &[(OwnTenant, Permission::ReadUsers)];
/// Who sees the settings, and whoever may give roles: who holds which role is nothing that a tenant hides from its own people
/// who have to do with support.
const SEES_ROLES: &[(Relation, Permission)] = &[
    (OwnTenant, Roles),
    (OwnTenant, ManageRequests),
    (OwnTenant, ReadAccessRequests),
    (OwnTenant, Approve),
    (OwnTenant, ReadAuditLog),
];
/// Whoever may do anything in the own tenant but what only service accounts do: those have the tokens that they were given.
const ANYBODY: &[(Relation, Permission)] = &[
    (OwnTenant, ManageRequests),
    (OwnTenant, Consent),
    (OwnTenant, ReadAccessRequests),
    (OwnTenant, Approve),
    (OwnTenant, Remove),
    (OwnTenant, ManageCollections),
    (OwnTenant, ReadAuditLog),
    (OwnTenant, ReadSignIns),
    (OwnTenant, ManagePolicy),
    (OwnTenant, EraseUsers),
    (OwnTenant, Permission::ReadUsers),
    (OwnTenant, CreateUsers),
    (OwnTenant, UpdateUsers),
    (OwnTenant, DisableUsers),
    (OwnTenant, ManageSignIn),
    (OwnTenant, Roles),
    (OwnTenant, ManageTokens),
    (OwnTenant, WorkRequests),
    (OwnTenant, ManageQueue),
    (OwnTenant, ManageProvider),
];

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident on $subject:ty, allowed $allowed:expr, visible $visible:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name;
            impl sealed::Sealed for $name {}
            impl Action for $name {
                type Subject = $subject;
                const NAME: &'static str = stringify!($name);
                const ALLOWED: &'static [(Relation, Permission)] = $allowed;
                const VISIBLE: &'static [(Relation, Permission)] = $visible;
            }
        )*

        /// How `authorize` answers each action for one caller and relation, in the order of the table above.
        #[cfg(test)]
        pub(crate) fn verdicts(caller: &Caller, relation: Relation) -> Vec<(&'static str, Result<(), Denied>)> {
            fn verdict<A: Action>(
                caller: &Caller,
                relation: Relation,
                subject: A::Subject,
            ) -> (&'static str, Result<(), Denied>) {
                (A::NAME, authorize::<A>(Facts::supposed(caller, relation, subject), subject).map(drop))
            }
            vec![$(verdict::<$name>(caller, relation, tests::any_subject()),)*]
        }
    };
}

actions! {
    /// Open a support request.
    OpenRequest on SupportRequestId, allowed &[(OwnTenant, ManageRequests)], visible SEES_CASE;
    /// Enter a support request that came from elsewhere.
    EnterRequest on SupportRequestId, allowed &[(OwnTenant, EnterRequests)], visible SEES_CASE;
    /// Read a support request and its assignment.
    ReadRequest on SupportRequestId, allowed SEES_CASE, visible &[];
    /// Read the messages of a support request.
    ReadConversation on SupportRequestId, allowed SEES_CONVERSATION, visible SEES_CASE;
    /// Change severity, contact or resource tenants.
    UpdateRequest on SupportRequestId, allowed &[(OwnTenant, ManageRequests)], visible SEES_CASE;
    /// Ask for consent; alone it grants nothing.
    AskConsent on SupportRequestId, allowed &[(OwnTenant, ManageRequests)], visible SEES_CASE;
    /// Give consent, approve a *yes* that waits, or take consent back.
    DecideConsent on SupportRequestId, allowed &[(OwnTenant, Consent)], visible SEES_CASE;
    /// Write a message.
    PostMessage on SupportRequestId, allowed &[(OwnTenant, ManageRequests), (AssignedEngineer, WorkRequests)], visible SEES_CASE;
    /// Give the case to another engineer.
    AssignRequest on SupportRequestId, allowed &[(AssignedEngineer, WorkRequests), (AssignedEngineer, ManageQueue), (Desk, ManageQueue)], visible SEES_CASE;
    /// Close the case.
    CloseRequest on SupportRequestId, allowed &[(OwnTenant, ManageRequests), (AssignedEngineer, WorkRequests), (Intake, EnterRequests)], visible SEES_CASE;
    /// Open a closed case again.
    ReopenRequest on SupportRequestId, allowed &[(OwnTenant, ManageRequests)], visible SEES_CASE;
    /// Propose to open a closed case again.
    ProposeReopen on SupportRequestId, allowed &[(AssignedEngineer, WorkRequests)], visible SEES_CASE;
    /// Ask for access on a case.
    AskAccess on SupportRequestId, allowed &[(AssignedEngineer, WorkRequests)], visible SEES_CASE;
    /// See an access request.
    ReadAccess on AccessRequestId, allowed SEES_ACCESS, visible &[];
    /// Approve an access request.
    ApproveRequest on AccessRequestId, allowed &[(OwnTenant, Approve)], visible SEES_ACCESS;
    /// Reject an access request.
    RejectRequest on AccessRequestId, allowed &[(OwnTenant, Approve)], visible SEES_ACCESS;
    /// Take an approval back and end its access.
    RevokeRequest on AccessRequestId, allowed &[(OwnTenant, Remove)], visible SEES_ACCESS;
    /// Withdraw an access request, or give its access up.
    CancelRequest on AccessRequestId, allowed &[(AssignedEngineer, WorkRequests)], visible SEES_ACCESS;
    /// See what a pending access request would reach.
    PreviewRequest on AccessRequestId, allowed &[(OwnTenant, Approve)], visible &[];
    /// See a grant.
    ReadGrant on GrantId, allowed SEES_ACCESS, visible &[];
    /// End a grant.
    RemoveGrant on GrantId, allowed &[(OwnTenant, Remove)], visible SEES_ACCESS;
    /// Let a paused grant go on.
    ConfirmGrant on GrantId, allowed &[(OwnTenant, Approve), (OwnTenant, Remove)], visible SEES_ACCESS;
    /// Ask a tenant to collect data.
    AskCollection on SupportRequestId, allowed &[(AssignedEngineer, WorkRequests)], visible SEES_CASE;
    /// See a data collection and its messages.
    ReadCollection on DataCollectionId, allowed SEES_COLLECTION, visible &[];
    /// Put files into a data collection, or take them out.
    PrepareCollection on DataCollectionId, allowed &[(OwnTenant, ManageCollections)], visible SEES_COLLECTION;
    /// Send a data collection.
    SubmitCollection on DataCollectionId, allowed &[(OwnTenant, ManageCollections)], visible SEES_COLLECTION;
    /// Refuse to collect.
    DeclineCollection on DataCollectionId, allowed &[(OwnTenant, ManageCollections)], visible SEES_COLLECTION;
    /// Take the wish for a data collection back.
    CancelCollection on DataCollectionId, allowed &[(AssignedEngineer, WorkRequests)], visible SEES_COLLECTION;
    /// Accept a data collection, or give it back.
    ReviewCollection on DataCollectionId, allowed &[(AssignedEngineer, WorkRequests)], visible SEES_COLLECTION;
    /// Write a message about a data collection.
    WriteCollectionMessage on DataCollectionId, allowed &[(OwnTenant, ManageCollections), (AssignedEngineer, WorkRequests)], visible SEES_COLLECTION;
    /// Record that a data collection reached its tenant, or that its files were deleted.
    RecordCollection on DataCollectionId, allowed &[], visible &[];
    /// Ask to see a masked value in clear.
    AskReveal on GrantId, allowed &[(AssignedEngineer, WorkRequests)], visible SEES_ACCESS;
    /// Let a masked value show, or not. A reveal is a thing of the data's tenant; the engineer sees it as part of the grant.
    DecideReveal on GrantId, allowed &[(OwnTenant, Approve)], visible &[(OwnTenant, ReadAccessRequests), (OwnTenant, Remove)];
    /// End every grant of the tenant, or of one of its cases.
    RemoveAllGrants on TenantId, allowed &[(OwnTenant, Remove)], visible SEES_ACCESS;
    /// See what was read.
    ReadReads on TenantId, allowed &[(OwnTenant, ReadAuditLog), (OwnTenant, ReadAccessRequests)], visible &[];
    /// Read diagnostic data of a case; the grant is another question.
    ReadData on SupportRequestId, allowed &[(AssignedEngineer, WorkRequests)], visible &[];
    /// Read the tenant's whole audit log.
    ReadLog on TenantId, allowed &[(OwnTenant, ReadAuditLog)], visible &[];
    /// Read the entries of the lifecycle of access.
    ReadAccessLog on TenantId, allowed &[(OwnTenant, ReadAuditLog), (OwnTenant, Approve)], visible &[];
    /// Read the tenant's own sign-in logs.
    ReadOwnSignIns on TenantId, allowed &[(OwnTenant, ReadSignIns)], visible &[];
    /// Bring diagnostic data in.
    ImportData on TenantId, allowed &[(OwnTenant, ImportRecords)], visible &[];
    /// See the tenant's settings.
    ReadPolicy on TenantId, allowed SEES_POLICY, visible &[];
    /// Change the tenant's settings.
    ChangePolicy on TenantId, allowed &[(OwnTenant, ManagePolicy)], visible SEES_POLICY;
    /// See the tenant's people.
    ReadUsers on TenantId, allowed &[(OwnTenant, Permission::ReadUsers)], visible &[];
    /// Add somebody to the tenant.
    InviteUser on TenantId, allowed &[(OwnTenant, CreateUsers)], visible SEES_USERS;
    /// Change what is written of somebody of the tenant.
    UpdateUser on TenantId, allowed &[(OwnTenant, UpdateUsers)], visible SEES_USERS;
    /// Enable or disable an account of the tenant.
    EnableUser on TenantId, allowed &[(OwnTenant, DisableUsers)], visible SEES_USERS;
    /// Delete an account of the tenant.
    DeleteUser on TenantId, allowed &[(OwnTenant, EraseUsers)], visible SEES_USERS;
    /// Hand somebody of the tenant a one-time pass for a passkey, or remove somebody's passkey.
    ManageSignInMethods on TenantId, allowed &[(OwnTenant, ManageSignIn)], visible SEES_USERS;
    /// Enrol or remove one's own passkey: who may is shown by a pass or a session, not by a role.
    KeepPasskey on TenantId, allowed &[], visible &[];
    /// Erase a person of the tenant.
    EraseUser on TenantId, allowed &[(OwnTenant, EraseUsers)], visible SEES_USERS;
    /// See roles, and who holds them.
    ReadRoles on TenantId, allowed SEES_ROLES, visible &[];
    /// Define roles, give them to people, take them back.
    ManageRoles on TenantId, allowed &[(OwnTenant, Roles)], visible SEES_ROLES;
    /// See the tenant's identity providers.
    ReadIdentityProviders on TenantId, allowed SEES_ROLES, visible &[];
    /// Set identity providers up, change them, take them away: they say who people are, and may say which roles they have.
    ManageIdentityProviders on TenantId, allowed &[(OwnTenant, Roles)], visible SEES_ROLES;
    /// Link an account with who comes from an identity provider: who may is shown by the issuer's signature, not by a role.
    KeepIdentity on TenantId, allowed &[], visible &[];
    /// See the links of accounts, and confirm or remove those of others, is [`ManageRoles`]. Offer, accept, agree to and remove
    /// a link of the own account: whose it is shows the session.
    KeepAccountLink on TenantId, allowed ANYBODY, visible &[];
    /// See the own API tokens; make one that speaks for oneself; end one's own.
    UseOwnTokens on TenantId, allowed ANYBODY, visible &[];
    /// See and end everybody's API tokens; make those of service accounts.
    ManageAllTokens on TenantId, allowed &[(OwnTenant, ManageTokens)], visible ANYBODY;
    /// Record that too few can approve.
    RecordApprovers on TenantId, allowed &[], visible &[];
    /// Record that a request waits for a decision.
    RecordReminder on TenantId, allowed &[], visible &[];
    /// See the provider's engineers with what assignment knows of them.
    ReadStaff on TenantId, allowed &[(OwnTenant, ManageProvider), (OwnTenant, ManageQueue)], visible &[];
    /// Bring past requests in for assignment to learn from.
    ImportPast on TenantId, allowed &[(OwnTenant, ManageQueue)], visible &[(OwnTenant, ManageProvider), (OwnTenant, WorkRequests)];
    /// Add, rename and retire problem types.
    ManageProblemTypes on TenantId, allowed &[(OwnTenant, ManageQueue), (OwnTenant, ManageProvider)], visible &[(OwnTenant, WorkRequests)];
    /// Change an engineer's account.
    ManageStaff on TenantId, allowed &[(OwnTenant, ManageProvider)], visible &[(OwnTenant, ManageQueue)];
    /// See how everyone ranked for a case.
    ReadRanking on SupportRequestId, allowed &[(AssignedEngineer, ManageQueue), (Desk, ManageQueue)], visible SEES_CASE;
    /// Find an engineer for a case that has none who may work.
    RouteRequest on SupportRequestId, allowed &[], visible &[];
    /// Set tenants, people and tokens up.
    SetUp on TenantId, allowed &[], visible &[];
    /// Record that something ended by itself.
    RecordExpiry on TenantId, allowed &[], visible &[];
    /// Record that a grant is paused.
    RecordPause on GrantId, allowed &[], visible &[];
    /// Record refused reads.
    RecordDenied on TenantId, allowed &[], visible &[];
    /// Record that events were deleted because their time was over.
    RecordRetention on TenantId, allowed &[], visible &[];
    /// Give a log the key that signs it, or let it go on from what the database holds.
    ManageLog on TenantId, allowed &[], visible &[];
}

impl ServiceAction for RecordExpiry {}
impl ServiceAction for RecordPause {}
impl ServiceAction for RecordCollection {}
impl ServiceAction for RecordDenied {}
impl ServiceAction for RecordApprovers {}
impl ServiceAction for RecordReminder {}
impl ServiceAction for RecordRetention {}
impl ServiceAction for ManageLog {}
impl ServiceAction for SetUp {}
impl ServiceAction for KeepPasskey {}
impl ServiceAction for KeepIdentity {}
impl ServiceAction for RouteRequest {}

#[cfg(test)]
mod tests;
