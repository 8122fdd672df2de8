//! Roles that tenants define, and who holds which.

use std::collections::BTreeSet;

use vouchsafe_core::id::{Id as _, RoleId, TenantId, UserId};
use vouchsafe_core::permission::Permissions;
use vouchsafe_core::role::custom::CustomRole;
use vouchsafe_core::role::{self, Assignment};
use vouchsafe_core::setup::Account;
use vouchsafe_core::time::Timestamp;

use crate::error::StoreError;
use crate::record::next_version;
use crate::session::Session;
use crate::sql::{self, values};
use crate::work::Work;

/// Somebody who holds a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub user: UserId,
    /// The role, and until when.
    pub assignment: Assignment,
    /// Since when; the beginning of time for what was there before assignments had one.
    pub created: Timestamp,
}

impl Work {
    pub(crate) async fn write_role(&mut self, row: &mut CustomRole) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        if let Some(known) = self.known() {
            known.callers_change();
        }
        let document = self.sealed(row.tenant, row).await?;
        let changed = if row.version == 0 {
            self.execute(sql::INSERT_ROLE, values![row.tenant, row.id, document]).await?
        } else {
            self.execute(sql::UPDATE_ROLE, values![document, row.tenant, row.id, row.version]).await?
        };
        next_version(changed, &mut row.version, "the role")
    }

    pub(crate) async fn delete_role(&mut self, row: &mut CustomRole) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        if let Some(known) = self.known() {
            known.callers_change();
        }
        let changed = self.execute(sql::DELETE_ROLE, values![row.tenant, row.id, row.version]).await?;
        // What is left of it is over.
        self.execute(sql::DELETE_ASSIGNMENTS_OF_ROLE, values![row.tenant, row.id]).await?;
        next_version(changed, &mut row.version, "the role")
    }

    /// Writes the roles of an account once more, by role.
    pub(crate) async fn write_assignments(&mut self, account: &Account) -> Result<(), StoreError> {
        let (tenant, user, now) = (account.person.tenant, account.person.id, self.now());
        let kept: BTreeSet<&str> = account.roles.iter().map(|one| one.role.as_str()).collect();
        for mut row in self.query(sql::ASSIGNMENTS_OF, &values![tenant, user]).await? {
            let role = row.text(0)?;
            if !kept.contains(role.as_str()) {
                self.execute(sql::DELETE_ASSIGNMENT, values![tenant, role, user]).await?;
            }
        }
        for one in &account.roles {
            let parameters = values![tenant, one.role.as_str(), user, now, one.ends];
            self.execute(sql::PUT_ASSIGNMENT, parameters).await?;
        }
        Ok(())
    }
}

impl Session {
    /// The roles that a tenant has defined, oldest first.
    ///
    /// # Errors
    /// [`StoreError`], as everything here.
    pub async fn custom_roles(&mut self, tenant: TenantId) -> Result<Vec<CustomRole>, StoreError> {
        self.aggregates(tenant, sql::ROLES, &values![tenant]).await
    }

    /// Who holds which role of a tenant now, by account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn assignments(&mut self, tenant: TenantId) -> Result<Vec<(UserId, Assignment)>, StoreError> {
        let now = self.instant();
        let rows = self.query(sql::ASSIGNMENTS, &values![tenant, now]).await?;
        let of = |mut row: sql::Row| {
            let ends = row.opt_int(2)?.map(Timestamp::from_micros);
            Ok((row.parsed(1)?, Assignment { role: row.text(0)?, ends }))
        };
        rows.into_iter().map(of).collect()
    }

    /// What an account's roles allow at this session's instant, in a tenant that leaves the ticket umbrella open, or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn permissions_of(
        &mut self,
        account: &Account,
        umbrella_open: bool,
    ) -> Result<Permissions, StoreError> {
        let tenant = account.person.tenant;
        let held: Vec<&str> = account.held(self.instant()).collect();
        let mut permissions = role::permissions(held.iter().copied(), umbrella_open);
        for id in held.iter().filter_map(|id| id.parse::<RoleId>().ok()) {
            let found: Vec<CustomRole> = self.aggregates(tenant, sql::ROLE, &values![tenant, id]).await?;
            for role in found {
                permissions = permissions.with(role.permissions(umbrella_open));
            }
        }
        Ok(permissions)
    }

    /// When an activity about the tenant itself was last recorded in its log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_of(
        &mut self,
        tenant: TenantId,
        activity: vouchsafe_core::audit::Activity,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.last_about(tenant, &tenant.uuid().hyphenated().to_string(), activity).await
    }

    /// When an activity about a target, such as a `sar_` id, was last recorded in a tenant's log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_about(
        &mut self,
        tenant: TenantId,
        target: &str,
        activity: vouchsafe_core::audit::Activity,
    ) -> Result<Option<Timestamp>, StoreError> {
        let row = self.query_one(sql::LAST_OF_ACTIVITY, &values![tenant, target, activity.name()]).await?;
        match row {
            Some(mut row) => Ok(row.opt_int(0)?.map(Timestamp::from_micros)),
            None => Ok(None),
        }
    }

    /// Tenants that have something to decide.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tenants_waiting(&mut self, now: Timestamp) -> Result<Vec<TenantId>, StoreError> {
        let rows = self.query(sql::TENANTS_WAITING, &values![now]).await?;
        rows.into_iter().map(|mut row| row.parsed(0)).collect()
    }

    /// What a tenant has to decide, what ends first before the rest.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sides_waiting(
        &mut self,
        tenant: TenantId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<vouchsafe_core::access_request::AccessSide>, StoreError> {
        self.aggregates(tenant, sql::SIDES_WAITING, &values![tenant, now, i64::from(limit)]).await
    }
}
