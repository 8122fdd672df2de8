//! Lists about a tenant's accounts: who holds which role, and API tokens.

use vouchsafe_core::account_link::LinkRecord;
use vouchsafe_core::id::{TenantId, UserId};
use vouchsafe_core::permit::{Reach, Scope};
use vouchsafe_core::role::Assignment;
use vouchsafe_core::setup::TokenRecord;
use vouchsafe_core::time::Timestamp;

use super::{ListQuery, Listed, Source};
use crate::error::StoreError;
use crate::query::Property;
use crate::role::Holder;
use crate::session::Session;
use crate::sql::Value;

/// The columns that `Session::token_row` takes.
const TOKEN: &str =
    "t.id, t.user_id, t.hash, t.expires_at, t.revoked_at, t.scopes, t.created_at, t.last_used_at, t.name";

impl Session {
    /// Who holds which role of a tenant now.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a property that cannot be filtered by.
    pub async fn list_assignments(
        &mut self,
        scope: Scope,
        query: &ListQuery,
    ) -> Result<Listed<Holder>, StoreError> {
        let Reach::Tenant(tenant) = scope.reach() else { return Ok(Listed::nothing()) };
        let source = Source {
            select: "r.role_id, r.user_id, r.ends_at, r.created_at",
            from: "role_assignment r WHERE r.tenant_id = $1 AND (r.ends_at IS NULL OR r.ends_at > $2)"
                .to_owned(),
            values: vec![tenant.into(), self.instant().into()],
            sort: "r.created_at",
            id: "(r.role_id || '.' || r.user_id)",
            properties: vec![
                Property::text("id", "(r.role_id || '.' || r.user_id)"),
                Property::text("principalId", "r.user_id"),
                Property::text("roleDefinitionId", "r.role_id"),
                Property::time("createdDateTime", "r.created_at"),
                Property::time("endDateTime", "r.ends_at"),
            ],
        };
        let page = self.page(source, query).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for mut row in page.items {
            items.push(Holder {
                user: row.parsed(1)?,
                assignment: Assignment {
                    role: row.text(0)?,
                    ends: row.opt_int(2)?.map(Timestamp::from_micros),
                },
                created: Timestamp::from_micros(row.int(3)?),
            });
        }
        Ok(Listed { items, next: page.next, total: page.total })
    }

    /// API tokens of a tenant, or of one of its accounts.
    ///
    /// # Errors
    /// As [`Session::list_assignments`].
    pub async fn list_tokens(
        &mut self,
        tenant: TenantId,
        of: Option<UserId>,
        query: &ListQuery,
    ) -> Result<Listed<TokenRecord>, StoreError> {
        let (from, values) = of_account("api_token t WHERE t.tenant_id = $1", "t", tenant, of);
        let source = Source {
            select: TOKEN,
            from,
            values,
            sort: "t.created_at",
            id: "t.id",
            properties: vec![
                Property::text("id", "t.id"),
                Property::text("userId", "t.user_id"),
                Property::time("createdDateTime", "t.created_at"),
                Property::time("expiresDateTime", "t.expires_at"),
                Property::time("revokedDateTime", "t.revoked_at"),
            ],
        };
        let page = self.page(source, query).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for row in page.items {
            items.push(self.token_row(tenant, row).await?);
        }
        Ok(Listed { items, next: page.next, total: page.total })
    }

    /// A tenant's records of links, or those of one of its accounts.
    ///
    /// # Errors
    /// As [`Session::list_assignments`].
    pub async fn list_link_records(
        &mut self,
        tenant: TenantId,
        of: Option<UserId>,
        query: &ListQuery,
    ) -> Result<Listed<LinkRecord>, StoreError> {
        let (from, values) = of_account("account_link_record l WHERE l.tenant_id = $1", "l", tenant, of);
        let source = Source {
            select: "l.tenant_id, l.document, l.version, l.hash",
            from,
            values,
            sort: "l.created_at",
            id: "l.id",
            properties: vec![
                Property::text("id", "l.id"),
                Property::text("userId", "l.user_id"),
                Property::time("createdDateTime", "l.created_at"),
            ],
        };
        self.aggregates_of(source, query).await
    }
}

/// The rows of a tenant's table, narrowed to one of its accounts if one is named.
fn of_account(all: &str, alias: &str, tenant: TenantId, of: Option<UserId>) -> (String, Vec<Value>) {
    match of {
        Some(user) => (format!("{all} AND {alias}.user_id = $2"), vec![tenant.into(), user.into()]),
        None => (all.to_owned(), vec![tenant.into()]),
    }
}
