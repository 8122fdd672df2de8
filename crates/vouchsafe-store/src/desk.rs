//! What the provider's desk keeps for assignment: the engineers with their load, the cases that wait, and what was
//! resolved, in order.

use std::collections::BTreeMap;

use vouchsafe_core::id::{SupportRequestId, TenantId, UserId};
use vouchsafe_core::past_request::PastRequest;
use vouchsafe_core::permission::Permission;
use vouchsafe_core::person::Person;
use vouchsafe_core::problem_type::{ProblemType, ProblemTypes};
use vouchsafe_core::setup::Account;
use vouchsafe_core::support_request::{Resolution, Severity, SupportRequest, SupportRequestEvent};
use vouchsafe_core::time::Timestamp;

use crate::error::StoreError;
use crate::record::next_version;
use crate::session::Session;
use crate::sql::{self, values};
use crate::work::Work;

/// An engineer with what is open now.
#[derive(Debug, Clone)]
pub struct DeskEngineer {
    /// The account.
    pub person: Person,
    /// Critical cases open.
    pub critical: u32,
    /// Moderate cases open.
    pub moderate: u32,
    /// Minimal cases open.
    pub minimal: u32,
    /// When a case was last assigned to the engineer.
    pub last_assigned: Option<Timestamp>,
}

/// An open case that nobody who may work has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingCase {
    /// The case.
    pub id: SupportRequestId,
    /// Whose.
    pub tenant: TenantId,
    /// When it was opened.
    pub created: Timestamp,
}

/// One resolution of a case, or of a request of the time before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedCase {
    /// Its place in the order of the provider's resolutions, from 1 without gaps.
    pub position: u64,
    /// What was resolved.
    pub of: ResolvedOf,
    /// Who resolved it.
    pub engineer: UserId,
    /// How much it hurt when it was resolved; the case itself may say otherwise by now.
    pub severity: Severity,
    /// When.
    pub closed: Timestamp,
    /// Whether it had been resolved before and came back.
    pub reopened: bool,
}

/// What a resolution is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolvedOf {
    /// A case here.
    Case {
        /// Whose.
        tenant: TenantId,
        /// Which.
        id: SupportRequestId,
    },
    /// A past request of the provider, by its id.
    Past(String),
}

impl Session {
    /// Every engineer of a provider, disabled ones too, in order of id.
    ///
    /// # Errors
    /// [`StoreError`], as everything here.
    pub async fn desk_engineers(&mut self, provider: TenantId) -> Result<Vec<DeskEngineer>, StoreError> {
        let mut engineers: BTreeMap<UserId, DeskEngineer> = BTreeMap::new();
        for account in self.accounts(provider).await? {
            if self.permissions_of(&account, false).await?.allow(Permission::WorkRequests) {
                let Account { person, .. } = account;
                let idle = DeskEngineer { person, critical: 0, moderate: 0, minimal: 0, last_assigned: None };
                engineers.insert(idle.person.id, idle);
            }
        }
        for mut row in self.query(sql::OPEN_CASES, &values![provider]).await? {
            let (severity, count) = (severity_named(&row.text(1)?)?, row.count(2)?);
            let Some(engineer) = engineers.get_mut(&row.parsed(0)?) else { continue };
            let open = match severity {
                Severity::Critical => &mut engineer.critical,
                Severity::Moderate => &mut engineer.moderate,
                Severity::Minimal => &mut engineer.minimal,
            };
            *open = u32::try_from(count).unwrap_or(u32::MAX);
        }
        for mut row in self.query(sql::LAST_ASSIGNED, &values![provider]).await? {
            if let Some(engineer) = engineers.get_mut(&row.parsed(0)?) {
                engineer.last_assigned = Some(Timestamp::from_micros(row.int(1)?));
            }
        }
        Ok(engineers.into_values().collect())
    }

    /// Open cases that nobody who may work has, the oldest first, from the one that follows `after`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn waiting_cases(
        &mut self,
        provider: TenantId,
        after: Option<WaitingCase>,
        limit: u32,
    ) -> Result<Vec<WaitingCase>, StoreError> {
        let (created, id) =
            after.map_or((-1, String::new()), |after| (after.created.as_micros(), after.id.to_string()));
        let parameters = values![provider, created, id, i64::from(limit)];
        let rows = self.query(sql::WAITING_CASES, &parameters).await?;
        let waiting = rows.into_iter().map(|mut row| {
            let created = Timestamp::from_micros(row.int(2)?);
            Ok(WaitingCase { id: row.parsed(0)?, tenant: row.parsed(1)?, created })
        });
        waiting.collect()
    }

    /// Open cases of one engineer, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_cases_of(
        &mut self,
        provider: TenantId,
        engineer: UserId,
        limit: u32,
    ) -> Result<Vec<(SupportRequestId, TenantId)>, StoreError> {
        let parameters = values![provider, engineer, i64::from(limit)];
        let rows = self.query(sql::CASES_OF_ENGINEER, &parameters).await?;
        rows.into_iter().map(|mut row| Ok((row.parsed(0)?, row.parsed(1)?))).collect()
    }

    /// What was resolved after a place in the order, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn resolved_after(
        &mut self,
        provider: TenantId,
        position: u64,
        limit: u32,
    ) -> Result<Vec<ResolvedCase>, StoreError> {
        let rows = self.query(sql::RESOLVED_AFTER, &values![provider, position, i64::from(limit)]).await?;
        let resolved = rows.into_iter().map(|mut row| {
            let tenant: TenantId = row.parsed(2)?;
            let of = match tenant == provider {
                true => ResolvedOf::Past(row.text(1)?),
                false => ResolvedOf::Case { tenant, id: row.parsed(1)? },
            };
            Ok(ResolvedCase {
                position: row.count(0)?,
                of,
                engineer: row.parsed(3)?,
                severity: severity_named(&row.text(4)?)?,
                closed: Timestamp::from_micros(row.int(5)?),
                reopened: row.count(6)? > 0,
            })
        });
        resolved.collect()
    }

    /// A past request of a provider. Its texts are empty once whoever resolved it was erased.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn past_request(
        &mut self,
        provider: TenantId,
        id: &str,
    ) -> Result<Option<PastRequest>, StoreError> {
        let Some(mut row) = self.query_one(sql::PAST_REQUEST, &values![provider, id]).await? else {
            return Ok(None);
        };
        self.opened(provider, &row.bytes(0)?).await.map(Some)
    }

    /// The tree of problem types of a provider.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn problem_types(&mut self, provider: TenantId) -> Result<ProblemTypes, StoreError> {
        let changed = self.aggregates(provider, sql::PROBLEM_TYPES, &values![provider]).await?;
        Ok(ProblemTypes::of(provider, changed))
    }

    /// Whether a provider has a past request of this id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_past_request(&mut self, provider: TenantId, id: &str) -> Result<bool, StoreError> {
        Ok(self.query_one(sql::HAS_PAST_REQUEST, &values![provider, id]).await?.is_some())
    }
}

impl Work {
    pub(crate) async fn write_problem_type(&mut self, row: &mut ProblemType) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        let document = self.sealed(row.tenant, row).await?;
        let changed = if row.version == 0 {
            self.execute(sql::INSERT_PROBLEM_TYPE, values![row.tenant, row.id.as_str(), document]).await?
        } else {
            let parameters = values![document, row.tenant, row.id.as_str(), row.version];
            self.execute(sql::UPDATE_PROBLEM_TYPE, parameters).await?
        };
        next_version(changed, &mut row.version, "the problem type")
    }

    /// A past request, with its place in the order of resolutions.
    pub(crate) async fn write_past_request(&mut self, row: &PastRequest) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        let document = self.sealed(row.tenant, row).await?;
        self.execute(sql::INSERT_PAST_REQUEST, values![row.tenant, row.id.as_str(), document]).await?;
        self.lock_row(sql::postgres::QUEUE_RESOLUTIONS, &[]).await?;
        let parameters = values![
            row.tenant,
            row.id.as_str(),
            row.tenant,
            row.engineer,
            severity(row.severity),
            row.resolved
        ];
        self.execute(sql::INSERT_RESOLVED_CASE, parameters).await.map(drop)
    }

    /// The provider's row of a case: whose it is, who works on it since when, and whether.
    pub(crate) async fn write_desk_case(&mut self, row: &SupportRequest) -> Result<(), StoreError> {
        let status = if row.is_open() { "open" } else { "closed" };
        let desk = values![
            self.provider(),
            row.id,
            row.tenant,
            row.engineer(),
            status,
            row.created,
            severity(row.severity),
        ];
        self.execute(sql::PUT_DESK_CASE, desk).await?;
        let Some(assignment) = &row.assignment else { return Ok(()) };
        let last = values![self.provider(), assignment.engineer, assignment.since];
        self.execute(sql::PUT_LAST_ASSIGNED, last).await.map(drop)
    }

    /// The same where nothing but how much it hurts has changed: what says whose it is, and who works on it, stays as it
    /// is, with its indexes.
    pub(crate) async fn write_desk_severity(&mut self, row: &SupportRequest) -> Result<(), StoreError> {
        let parameters = values![severity(row.severity), self.provider(), row.id];
        match self.execute(sql::SET_DESK_SEVERITY, parameters).await? {
            0 => self.write_desk_case(row).await,
            _ => Ok(()),
        }
    }

    /// Notes a resolution for those who learn from it, if the event is one.
    pub(crate) async fn note_resolution(
        &mut self,
        row: &SupportRequest,
        event: &SupportRequestEvent,
    ) -> Result<(), StoreError> {
        let (SupportRequestEvent::Closed { at, resolution: Resolution::Resolved }, Some(engineer)) =
            (event, row.engineer())
        else {
            return Ok(());
        };
        self.lock_row(sql::postgres::QUEUE_RESOLUTIONS, &[]).await?;
        let parameters = values![self.provider(), row.id, row.tenant, engineer, severity(row.severity), *at];
        self.execute(sql::INSERT_RESOLVED_CASE, parameters).await.map(drop)
    }
}

/// The stored name.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::Moderate => "moderate",
        Severity::Minimal => "minimal",
    }
}

/// What a stored name means.
fn severity_named(name: &str) -> Result<Severity, StoreError> {
    [Severity::Critical, Severity::Moderate, Severity::Minimal]
        .into_iter()
        .find(|known| severity(*known) == name)
        .ok_or_else(|| StoreError::Corrupt(format!("`{name}` is no severity")))
}
