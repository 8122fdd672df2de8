//! The one write path: a permit and what it permits, in one transaction (`architecture.md`, *Invariants*).

use serde::Serialize;
use vouchsafe_core::access_request::{AccessSide, EngineerRequest, SideState};
use vouchsafe_core::audit::{EntryDraft, Event};
use vouchsafe_core::consent::Consent;
use vouchsafe_core::decided::{Decided, Write};
use vouchsafe_core::grant::{Grant, GrantSource, GrantState};
use vouchsafe_core::id::TenantId;
use vouchsafe_core::permit::{Action, Permit};
use vouchsafe_core::read::ReadRecord;
use vouchsafe_core::setup::{Account, TokenRecord};
use vouchsafe_core::support_request::{Message, RequestState, SupportRequest, SupportRequestEvent};
use vouchsafe_core::tenant::{Tenant, TenantKind};
use vouchsafe_core::time::Timestamp;

use crate::desk::severity;
use crate::error::StoreError;
use crate::sql::{self, values};
use crate::token::TokenName;
use crate::work::Work;

impl Work {
    /// Records a decision: rows, audit entries and outbox items. Spends the permit, which must name the decision's
    /// subject and this unit of work. Gives the rows as they are now.
    ///
    /// # Errors
    /// [`StoreError::PermitMismatch`], [`StoreError::NotLocked`], [`StoreError::VersionConflict`]; after any error
    /// the unit of work can no longer be committed.
    pub async fn record<A: Action>(
        &mut self,
        permit: Permit<A>,
        decided: Decided<A>,
    ) -> Result<Vec<Write>, StoreError> {
        let recorded = self.try_record(permit, decided).await;
        if recorded.is_err() {
            self.spoil();
        }
        recorded
    }

    async fn try_record<A: Action>(
        &mut self,
        permit: Permit<A>,
        decided: Decided<A>,
    ) -> Result<Vec<Write>, StoreError> {
        if permit.work() != self.id() || permit.subject() != decided.subject() {
            return Err(StoreError::PermitMismatch);
        }
        let (entries, mut writes, notices) = decided.into_parts();
        for write in &mut writes {
            self.write(write, &entries).await?;
        }
        for entry in &entries {
            self.append(entry).await?;
        }
        self.notify(notices).await?;
        Ok(writes)
    }

    async fn write(&mut self, write: &mut Write, entries: &[EntryDraft]) -> Result<(), StoreError> {
        match write {
            Write::SupportRequest(row) => {
                self.write_support_request(row).await?;
                self.tell_desk(row, entries).await
            }
            Write::AccessSide(row) => self.write_access_side(row).await,
            Write::EngineerRequest(row) => self.write_engineer_request(row).await,
            Write::Grant(row) => self.write_grant(row).await,
            Write::Message(row) => self.write_message(row).await,
            Write::Read(row) => self.write_read(row).await,
            Write::Reveal(row) => self.write_reveal(row).await,
            Write::DataCollection(row) => self.write_collection(row).await,
            Write::CollectionMessage(row) => self.write_collection_message(row).await,
            Write::PastRequest(row) => self.write_past_request(row).await,
            Write::ProblemType(row) => self.write_problem_type(row).await,
            Write::Tenant(row) => self.write_tenant(row).await,
            Write::Account(row) => self.write_account(row).await,
            Write::Passkey(row) => self.write_passkey(row).await,
            Write::Enrolment(row) => self.write_enrolment(row).await,
            Write::IdentityProvider(row) => self.write_identity_provider(row).await,
            Write::IdentityProviderGone(row) => self.delete_identity_provider(row).await,
            Write::Identity(row) => self.write_identity(row).await,
            Write::CredentialsEnd(end) => self.end_credentials(end).await,
            Write::Erasure(erasure) => self.write_erasure(erasure).await,
            Write::LogKey(row) => self.write_log_key(row).await,
            Write::Role(row) => self.write_role(row).await,
            Write::RoleGone(row) => self.delete_role(row).await,
            Write::Link(row) => self.write_link(row).await,
            Write::LinkGone(row) => self.delete_link(row).await,
            Write::LinkRecord(row) => self.write_link_record(row).await,
            Write::Token(row) => self.write_token(row).await,
        }
    }

    /// Keeps the provider's desk in step with what happened to a case.
    async fn tell_desk(&mut self, row: &SupportRequest, entries: &[EntryDraft]) -> Result<(), StoreError> {
        let of_row = |event: &&Event| matches!(event, Event::SupportRequest { id, .. } if *id == row.id);
        let events: Vec<&SupportRequestEvent> = entries
            .iter()
            .flat_map(|entry| &entry.events)
            .filter(of_row)
            .filter_map(
                |event| if let Event::SupportRequest { event, .. } = event { Some(event) } else { None },
            )
            .collect();
        let concerns = events.iter().any(|event| event.concerns_desk());
        let other = |event: &&SupportRequestEvent| {
            event.concerns_desk() && !matches!(event, SupportRequestEvent::Updated { .. })
        };
        if events.iter().any(other) {
            self.write_desk_case(row).await?;
        } else if concerns {
            self.write_desk_severity(row).await?;
        }
        for event in events {
            self.note_resolution(row, event).await?;
        }
        Ok(())
    }

    /// A row may be written only under its owner's log head.
    pub(crate) fn must_hold(&self, tenant: TenantId) -> Result<(), StoreError> {
        if self.heads.contains_key(&tenant) { Ok(()) } else { Err(StoreError::NotLocked(tenant.to_string())) }
    }

    async fn write_support_request(&mut self, row: &mut SupportRequest) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        if let Some(known) = self.known() {
            known.request_changes(row.tenant, row.id);
        }
        let document = self.sealed(row.tenant, row).await?;
        let (status, closed) = match row.state {
            RequestState::Open => ("open", None),
            RequestState::Closed { at, .. } => ("closed", Some(at)),
        };
        let consent_expires = match row.consent {
            Consent::Given { expires, .. } => Some(expires),
            Consent::None | Consent::AwaitingApproval { .. } | Consent::Expired { .. } => None,
        };
        let (stage, severity, engineer) = (row.stage.name(), severity(row.severity), row.engineer());
        let changed = if row.version == 0 {
            let parameters = values![
                row.tenant,
                row.id,
                row.number.as_str(),
                status,
                stage,
                severity,
                row.problem_type.as_str(),
                engineer,
                row.created,
                closed,
                consent_expires,
                row.origin.as_ref().map(|origin| origin.name.as_str()),
                row.origin.as_ref().map(|origin| origin.external_id.as_str()),
                document,
            ];
            self.execute(sql::INSERT_SUPPORT_REQUEST, parameters).await?
        } else {
            let parameters = values![
                status,
                stage,
                severity,
                engineer,
                closed,
                consent_expires,
                document,
                row.tenant,
                row.id,
                row.version,
            ];
            self.execute(sql::UPDATE_SUPPORT_REQUEST, parameters).await?
        };
        next_version(changed, &mut row.version, "the support request")?;
        self.wrote_request(row);
        Ok(())
    }

    async fn write_access_side(&mut self, row: &mut AccessSide) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        let document = self.sealed(row.tenant, row).await?;
        let (status, ended) = side_columns(&row.state);
        let approved = row.approval().map(|approval| approval.at);
        let expires = row.approval().and_then(|approval| approval.expires);
        let changed = if row.version == 0 {
            let parameters = values![
                row.tenant,
                row.id,
                row.support_request,
                wire_name(&row.side),
                status,
                row.resource_tenant,
                row.created,
                row.pending_until,
                approved,
                expires,
                ended,
                document,
            ];
            self.execute(sql::INSERT_ACCESS_SIDE, parameters).await?
        } else {
            let parameters =
                values![status, approved, expires, ended, document, row.tenant, row.id, row.version];
            self.execute(sql::UPDATE_ACCESS_SIDE, parameters).await?
        };
        next_version(changed, &mut row.version, "the access request")
    }

    async fn write_engineer_request(&mut self, row: &EngineerRequest) -> Result<(), StoreError> {
        let document = self.sealed(row.tenant, row).await?;
        let parameters = values![
            row.tenant,
            row.id,
            row.support_request,
            row.support_tenant,
            row.resource_tenant,
            row.rests_on,
            row.requested_by.id,
            row.created,
            document,
        ];
        self.execute(sql::INSERT_ENGINEER_REQUEST, parameters).await.map(drop)
    }

    async fn write_grant(&mut self, row: &mut Grant) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        let document = self.sealed(row.tenant, row).await?;
        let (status, ended) = match row.state {
            GrantState::Live => ("live", None),
            GrantState::Paused { .. } => ("paused", None),
            GrantState::Ended { at, .. } => ("ended", Some(at)),
        };
        let changed = if row.version == 0 {
            let source = match row.source {
                GrantSource::Consent => "consent",
                GrantSource::AccessRequest => "accessRequest",
                GrantSource::Collection => "collection",
            };
            let parameters = values![
                row.tenant,
                row.id,
                row.support_request,
                row.access_request,
                source,
                status,
                row.created,
                row.expires,
                ended,
                row.usage.idle_at,
                row.idle_pause.as_micros(),
                row.usage.known,
                row.usage.since,
                document,
            ];
            self.execute(sql::INSERT_GRANT, parameters).await?
        } else {
            let parameters = values![
                status,
                ended,
                row.usage.idle_at,
                row.idle_pause.as_micros(),
                row.usage.known,
                row.usage.since,
                document,
                row.tenant,
                row.id,
                row.version,
            ];
            self.execute(sql::UPDATE_GRANT, parameters).await?
        };
        next_version(changed, &mut row.version, "the grant")
    }

    async fn write_message(&mut self, row: &Message) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        let document = self.sealed(row.tenant, row).await?;
        let parameters = values![row.tenant, row.support_request, row.id, row.created, document];
        self.execute(sql::INSERT_MESSAGE, parameters).await?;
        self.spoken_of(row).await
    }

    async fn write_read(&mut self, row: &ReadRecord) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        let document = self.sealed(row.tenant, row).await?;
        let parameters =
            values![row.tenant, row.id, row.support_request, row.grant, row.access_request, row.at, document];
        self.execute(sql::INSERT_READ, parameters).await?;
        self.used(row).await
    }

    async fn write_tenant(&mut self, row: &Tenant) -> Result<(), StoreError> {
        self.must_hold(row.id)?;
        if let Some(known) = self.known() {
            known.callers_change();
        }
        let document = self.sealed(row.id, row).await?;
        let kind = match row.kind {
            TenantKind::Provider => "provider",
            TenantKind::Customer => "customer",
        };
        self.execute(sql::PUT_TENANT, values![row.id, kind, document]).await.map(drop)
    }

    async fn write_account(&mut self, row: &Account) -> Result<(), StoreError> {
        let person = &row.person;
        self.must_hold(person.tenant)?;
        if let Some(known) = self.known() {
            known.callers_change();
        }
        let document = self.sealed(person.tenant, person).await?;
        // Nobody is found by a name that is gone; the column must hold something that no one else has.
        let id = person.id.to_string();
        let name = &person.user_principal_name;
        let upn = self.lookup_hash(person.tenant, if name.is_erased() { &id } else { name.text() });
        let roles: Vec<String> = row.roles.iter().map(ToString::to_string).collect();
        let parameters = values![person.tenant, person.id, person.active, upn, roles.join(" "), document];
        self.execute(sql::PUT_ACCOUNT, parameters).await?;
        self.write_assignments(row).await
    }

    async fn write_token(&mut self, row: &TokenRecord) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        if let Some(known) = self.known() {
            known.tokens_change();
        }
        let name = TokenName { id: row.id, name: row.name.clone() };
        let name = self.sealed(row.tenant, &name).await?;
        let scopes = row.scopes.map(|scopes| {
            let actions: Vec<&str> = scopes.iter().map(|scope| scope.action()).collect();
            actions.join(" ")
        });
        let parameters = values![
            row.tenant,
            row.id,
            row.user,
            row.hash.to_vec(),
            row.expires,
            row.revoked,
            scopes,
            row.created,
            name
        ];
        self.execute(sql::PUT_TOKEN, parameters).await.map(drop)
    }
}

pub(crate) fn next_version(changed: u64, version: &mut u64, what: &'static str) -> Result<(), StoreError> {
    if changed != 1 {
        return Err(StoreError::VersionConflict(what));
    }
    *version += 1;
    Ok(())
}

/// The stored status and end of a side.
fn side_columns(state: &SideState) -> (&'static str, Option<Timestamp>) {
    match state {
        SideState::Pending => ("pending", None),
        SideState::Approved { .. } => ("approved", None),
        SideState::Rejected { at, .. } => ("rejected", Some(*at)),
        SideState::Expired { at, .. } => ("expired", Some(*at)),
        SideState::Cancelled { at } => ("cancelled", Some(*at)),
        SideState::Revoked { at, .. } => ("revoked", Some(*at)),
        SideState::Completed { at, .. } => ("completed", Some(*at)),
    }
}

/// The wire name of a unit variant, which is how serde writes it.
fn wire_name(value: &impl Serialize) -> Option<String> {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned))
}
