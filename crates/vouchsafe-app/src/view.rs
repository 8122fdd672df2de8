//! What use cases answer: aggregates with what a reader needs to show them. Serializable, because answers to calls
//! with an `Idempotency-Key` are remembered.

use serde::{Deserialize, Serialize};
use vouchsafe_core::access_request::{AccessSide, EngineerRequest, EngineerStatus};
use vouchsafe_core::consent::{ConsentStatus, ConsentVote};
use vouchsafe_core::data_collection::{CollectionMessage, DataCollection};
use vouchsafe_core::decided::Write;
use vouchsafe_core::grant::{Grant, GrantStatus};
use vouchsafe_core::id::{GrantId, SupportRequestId, TenantId};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::person::Person;
use vouchsafe_core::reveal::{Reveal, RevealStatus};
use vouchsafe_core::scope::Scope;
use vouchsafe_core::support_request::{Message, SupportRequest};
use vouchsafe_core::tenant::Tenant;
use vouchsafe_core::time::Timestamp;
use vouchsafe_core::vote::Vote;

use crate::case::RenewalView;

/// A support request at an instant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CaseView {
    /// The request.
    pub request: SupportRequest,
    /// Its row version, for `ETag`.
    pub version: u64,
    /// The name of its tenant. Whoever sees the case may know it.
    pub tenant_name: String,
    /// Whether its tenant offers consent.
    pub consent_offered: bool,
    /// Whether the access that consent gives is paused.
    pub consent_paused: bool,
    /// How the votes on a *yes* stand, for the tenant's own people alone.
    pub consent_votes: Option<ConsentTally>,
    /// The renewal that the tenant's own people are shown, in the last days of a *yes* and after its end.
    pub renewal: Option<RenewalView>,
    /// When this was true.
    pub seen: Timestamp,
}

impl CaseView {
    /// How the consent property looks.
    #[must_use]
    pub fn consent_status(&self) -> ConsentStatus {
        let status = self.request.consent.status(self.seen, self.consent_offered);
        if status == ConsentStatus::Given && self.consent_paused { ConsentStatus::Paused } else { status }
    }
}

/// Votes on a *yes* to the consent question.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ConsentTally {
    /// How many decide.
    pub required: u32,
    /// Those that count, oldest first.
    pub given: Vec<ConsentVote>,
    /// Whether the reader's is among them.
    pub voted: bool,
}

/// An access request as one party sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum AccessView {
    /// A tenant's own record.
    Side(Box<SideView>),
    /// The engineer's.
    Ask(Box<AskView>),
}

/// A tenant's own record at an instant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SideView {
    /// The record.
    pub side: AccessSide,
    /// Its row version, for `ETag`.
    pub version: u64,
    /// How many votes decide, or have decided.
    pub required: u32,
    /// The votes that count, or have counted, oldest first.
    pub votes: Vec<Vote>,
    /// Whether the reader's is among them.
    pub voted: bool,
    /// What the next vote is about: what was asked, or what the votes so far have left of it.
    pub proposed: Scope,
    /// When this was true.
    pub seen: Timestamp,
}

/// The engineer's record at an instant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskView {
    /// The record.
    pub ask: EngineerRequest,
    /// All that the engineer is told.
    pub status: EngineerStatus,
    /// The grant while it is live or paused, with what may be read.
    pub grant: Option<GrantView>,
    /// When this was true.
    pub seen: Timestamp,
}

/// A grant at an instant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GrantView {
    /// The grant.
    pub grant: Grant,
    /// Its row version, for `ETag`.
    pub version: u64,
    /// How it looks.
    pub status: GrantStatus,
    /// When this was true.
    pub seen: Timestamp,
}

impl GrantView {
    /// A grant as it is when seen.
    #[must_use]
    pub fn of(grant: Grant, seen: Timestamp) -> Self {
        Self { version: grant.version, status: grant.status(seen), grant, seen }
    }
}

/// A reveal at an instant, for one side.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RevealView {
    /// The reveal.
    pub reveal: Reveal,
    /// Its row version, for `ETag`.
    pub version: u64,
    /// How it looks.
    pub status: RevealStatus,
    /// Whether the reader belongs to the tenant of the data, and so may see the true value.
    pub own: bool,
    /// When this was true.
    pub seen: Timestamp,
}

/// A data collection at an instant, for one side.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CollectionView {
    /// The collection; for the engineer without files that were not sent.
    pub collection: DataCollection,
    /// Its row version, for `ETag`.
    pub version: u64,
    /// Whether the reader belongs to the tenant whose data it is.
    pub own: bool,
    /// The grant that opens it to the engineer, until that ends.
    pub grant: Option<GrantId>,
    /// Whether the case is open.
    pub open: bool,
    /// When this was true.
    pub seen: Timestamp,
}

/// A message about a data collection.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CollectionMessageView {
    /// The message.
    pub message: CollectionMessage,
    /// The case.
    pub support_request: SupportRequestId,
    /// Whether its files are still there.
    #[serde(default)]
    pub files_kept: bool,
}

/// Access that has ended, and when that holds everywhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndedView {
    /// Id of the access request or grant.
    pub id: String,
    /// From when on no read succeeds.
    pub reads_ended: Timestamp,
    /// When the decision point of the last node says no.
    pub decisions_end_by: Timestamp,
}

/// The answer of *Remove all support access*.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemovedAll {
    /// The grants that were ended.
    pub grants: Vec<GrantId>,
    /// From when on no read succeeds.
    pub reads_ended: Timestamp,
    /// When the decision point of the last node says no.
    pub decisions_end_by: Timestamp,
}

/// A page of messages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MessageView {
    /// The message.
    pub message: Message,
    /// Whether its files are still there.
    #[serde(default)]
    pub files_kept: bool,
}

/// The caller's own account.
#[derive(Debug, Clone)]
pub struct MeView {
    /// Who.
    pub person: Person,
    /// Names of the roles that are held now.
    pub roles: Vec<String>,
    /// What they allow now.
    pub allowed: Vec<Permission>,
    /// The tenant.
    pub tenant: Tenant,
    /// Whether the person also has an account of the provider, and so decides nothing here.
    pub works_for_provider: bool,
}

/// Finds the rows of a recorded decision.
pub(crate) struct Rows(pub(crate) Vec<Write>);

impl Rows {
    pub(crate) fn into_request(self) -> Option<SupportRequest> {
        self.0
            .into_iter()
            .find_map(|write| if let Write::SupportRequest(row) = write { Some(*row) } else { None })
    }

    pub(crate) fn side(&self, tenant: TenantId) -> Option<&AccessSide> {
        self.0.iter().find_map(|write| {
            if let Write::AccessSide(row) = write
                && row.tenant == tenant
            {
                Some(&**row)
            } else {
                None
            }
        })
    }

    pub(crate) fn ask(&self) -> Option<&EngineerRequest> {
        self.0
            .iter()
            .find_map(|write| if let Write::EngineerRequest(row) = write { Some(&**row) } else { None })
    }

    pub(crate) fn grant(&self) -> Option<&Grant> {
        self.0.iter().find_map(|write| if let Write::Grant(row) = write { Some(&**row) } else { None })
    }

    pub(crate) fn reveal(&self) -> Option<&Reveal> {
        self.0.iter().find_map(|write| if let Write::Reveal(row) = write { Some(&**row) } else { None })
    }

    pub(crate) fn message(&self) -> Option<&Message> {
        self.0.iter().find_map(|write| if let Write::Message(row) = write { Some(&**row) } else { None })
    }

    pub(crate) fn collection(&self) -> Option<&DataCollection> {
        self.0
            .iter()
            .find_map(|write| if let Write::DataCollection(row) = write { Some(&**row) } else { None })
    }

    pub(crate) fn collection_message(&self) -> Option<&CollectionMessage> {
        self.0
            .iter()
            .find_map(|write| if let Write::CollectionMessage(row) = write { Some(&**row) } else { None })
    }

    /// The grants that this decision has ended.
    pub(crate) fn ended_grants(&self) -> Vec<GrantId> {
        ended_grants(&self.0)
    }
}

/// The grants that a decision with these rows ends.
pub(crate) fn ended_grants(rows: &[Write]) -> Vec<GrantId> {
    let ended = |write: &Write| {
        if let Write::Grant(row) = write { (!row.is_open_on_record()).then_some(row.id) } else { None }
    };
    rows.iter().filter_map(ended).collect()
}
