//! Loaders: one thing by its tenant and id, and the facts that rules need. Shared by units of work and readers.

use std::collections::BTreeSet;
use std::sync::Arc;

use vouchsafe_core::access_request::{AccessSide, EngineerRequest};
use vouchsafe_core::case::{Case, Held};
use vouchsafe_core::data_collection::DataCollection;
use vouchsafe_core::grant::{Grant, GrantSource};
use vouchsafe_core::id::{AccessRequestId, GrantId, ReadId, SupportRequestId, TenantId, UserId};
use vouchsafe_core::pace::Usage;
use vouchsafe_core::permission::{Permission, Permissions};
use vouchsafe_core::permit::Caller;
use vouchsafe_core::person::Person;
use vouchsafe_core::personal::Personal;
use vouchsafe_core::read::ReadRecord;
use vouchsafe_core::reveal::Reveal;
use vouchsafe_core::setup::{Account, TokenRecord};
use vouchsafe_core::support_request::{Message, Origin, SupportRequest};
use vouchsafe_core::tenant::Tenant;
use vouchsafe_core::time::Timestamp;

use crate::error::StoreError;
use crate::opened::Document;
use crate::session::Session;
use crate::sql::{self, Row, Value, values};
use crate::token::TokenName;

/// Aggregates of which something is kept beside the document: the row version, in the row's second column.
pub(crate) trait Versioned {
    fn set_version(&mut self, version: u64);

    /// Takes what else stands beside the document, from the third column on.
    fn set_beside(&mut self, _row: &mut Row) -> Result<(), StoreError> {
        Ok(())
    }
}

macro_rules! versioned {
    ($($aggregate:ty),*) => {$(
        impl Versioned for $aggregate {
            fn set_version(&mut self, version: u64) {
                self.version = version;
            }
        }
    )*};
}

versioned!(
    SupportRequest,
    AccessSide,
    Reveal,
    DataCollection,
    vouchsafe_core::problem_type::ProblemType,
    vouchsafe_core::role::custom::CustomRole
);

impl Versioned for Grant {
    fn set_version(&mut self, version: u64) {
        self.version = version;
    }

    fn set_beside(&mut self, row: &mut Row) -> Result<(), StoreError> {
        let idle_at = Timestamp::from_micros(row.int(2)?);
        self.usage = Usage { idle_at, known: row.count(3)?, since: row.count(4)? };
        Ok(())
    }
}

impl Session {
    async fn document<T: Document>(
        &mut self,
        tenant: TenantId,
        sql: &str,
        parameters: &[Value],
    ) -> Result<Option<T>, StoreError> {
        match self.query_one(sql, parameters).await? {
            Some(mut row) => self.opened(tenant, &row.bytes(0)?).await.map(Some),
            None => Ok(None),
        }
    }

    /// Opens a row of document and version.
    pub(crate) async fn versioned<T: Document + Versioned>(
        &mut self,
        tenant: TenantId,
        mut row: Row,
    ) -> Result<T, StoreError> {
        let mut aggregate: T = self.opened(tenant, &row.bytes(0)?).await?;
        aggregate.set_version(row.count(1)?);
        aggregate.set_beside(&mut row)?;
        Ok(aggregate)
    }

    async fn aggregate<T: Document + Versioned>(
        &mut self,
        tenant: TenantId,
        sql: &str,
        parameters: &[Value],
    ) -> Result<Option<T>, StoreError> {
        match self.query_one(sql, parameters).await? {
            Some(row) => self.versioned(tenant, row).await.map(Some),
            None => Ok(None),
        }
    }

    pub(crate) async fn aggregates<T: Document + Versioned>(
        &mut self,
        tenant: TenantId,
        sql: &str,
        parameters: &[Value],
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.query(sql, parameters).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            found.push(self.versioned(tenant, row).await?);
        }
        Ok(found)
    }

    /// A tenant.
    ///
    /// # Errors
    /// [`StoreError`], as every loader here.
    pub async fn tenant(&mut self, id: TenantId) -> Result<Option<Tenant>, StoreError> {
        self.document(id, sql::TENANT, &values![id]).await
    }

    /// Whether there is such a tenant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_tenant(&mut self, id: TenantId) -> Result<bool, StoreError> {
        Ok(self.query_one(sql::HAS_TENANT, &values![id]).await?.is_some())
    }

    /// Every tenant, in order of id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tenants(&mut self) -> Result<Vec<TenantId>, StoreError> {
        let rows = self.query(sql::TENANTS, &values![]).await?;
        rows.into_iter().map(|mut row| row.parsed(0)).collect()
    }

    /// An account with its roles.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn account(&mut self, tenant: TenantId, id: UserId) -> Result<Option<Account>, StoreError> {
        match self.query_one(sql::ACCOUNT, &values![tenant, id]).await? {
            Some(row) => self.account_row(tenant, row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Every account of a tenant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn accounts(&mut self, tenant: TenantId) -> Result<Vec<Account>, StoreError> {
        let rows = self.query(sql::ACCOUNTS, &values![tenant]).await?;
        let mut accounts = Vec::with_capacity(rows.len());
        for row in rows {
            accounts.push(self.account_row(tenant, row).await?);
        }
        Ok(accounts)
    }

    /// The account with this sign-in name, in any case.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn account_named(&mut self, tenant: TenantId, upn: &str) -> Result<Option<UserId>, StoreError> {
        let hash = self.lookup_hash(tenant, upn);
        let row = self.query_one(sql::ACCOUNT_BY_UPN, &values![tenant, hash]).await?;
        row.map(|mut row| row.parsed(0)).transpose()
    }

    pub(crate) async fn account_row(
        &mut self,
        tenant: TenantId,
        mut row: Row,
    ) -> Result<Account, StoreError> {
        let person: Person = self.opened(tenant, &row.bytes(0)?).await?;
        let wrong = |_| StoreError::Corrupt("the roles of an account".to_owned());
        let roles = row.text(1)?.split_whitespace().map(str::parse).collect::<Result<_, _>>();
        Ok(Account { person, roles: roles.map_err(wrong)? })
    }

    /// An account with what it may do now, under its tenant's settings.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn caller(
        &mut self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Option<(Arc<Caller>, Arc<Tenant>)>, StoreError> {
        let now = self.instant();
        if let Some(known) = self.known().and_then(|known| known.caller(tenant, user, now)) {
            return Ok(Some(known));
        }
        self.lock_row(sql::postgres::KEEP_ACCOUNT, &values![tenant, user]).await?;
        let Some(account) = self.account(tenant, user).await? else { return Ok(None) };
        let Some(owner) = self.tenant(tenant).await? else { return Ok(None) };
        let permissions = self.permissions_of(&account, owner.policy.ticket_umbrella).await?;
        let until = account.roles.iter().filter(|one| one.is_held(now)).filter_map(|one| one.ends).min();
        let found = (Arc::new(Caller { person: account.person, permissions }), Arc::new(owner));
        if let Some(known) = self.known() {
            known.learn_caller(tenant, user, (found.clone(), until));
        }
        Ok(Some(found))
    }

    /// When the next of the roles that an account holds at this session's instant ends by itself.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn role_ends(
        &mut self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let now = self.instant();
        let Some(account) = self.account(tenant, user).await? else { return Ok(None) };
        Ok(account.roles.iter().filter(|role| role.is_held(now)).filter_map(|role| role.ends).min())
    }

    /// The accounts linked to this one as the same person.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn links(
        &mut self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Vec<(TenantId, UserId)>, StoreError> {
        let rows = self.query(sql::LINKS, &values![tenant, user]).await?;
        rows.into_iter().map(|mut row| Ok((row.parsed(0)?, row.parsed(1)?))).collect()
    }

    /// The API token with this hash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn token(
        &mut self,
        tenant: TenantId,
        hash: [u8; 32],
    ) -> Result<Option<TokenRecord>, StoreError> {
        match self.query_one(sql::TOKEN_BY_HASH, &values![tenant, hash.to_vec()]).await? {
            Some(row) => self.token_row(tenant, row).await.map(Some),
            None => Ok(None),
        }
    }

    /// A token from the columns id, account, hash, end, revocation, scopes, beginning, last use, name.
    pub(crate) async fn token_row(
        &mut self,
        tenant: TenantId,
        mut row: Row,
    ) -> Result<TokenRecord, StoreError> {
        let stored = <[u8; 32]>::try_from(row.bytes(2)?.as_slice());
        let user: UserId = row.parsed(1)?;
        let scopes = row.opt_text(5)?.map(|text| {
            // What is unknown allows nothing.
            text.split_whitespace().filter_map(Permission::of_action).collect::<Permissions>()
        });
        let name = match row.opt_bytes(8)? {
            Some(sealed) => self.opened::<TokenName>(tenant, &sealed).await?.name,
            None => Personal::new(user, ""),
        };
        Ok(TokenRecord {
            id: row.parsed(0)?,
            tenant,
            user,
            name,
            hash: stored.map_err(|_| StoreError::Corrupt("a token hash has a wrong length".to_owned()))?,
            scopes,
            created: Timestamp::from_micros(row.int(6)?),
            expires: Timestamp::from_micros(row.int(3)?),
            revoked: row.opt_int(4)?.map(Timestamp::from_micros),
            last_used: row.opt_int(7)?.map(Timestamp::from_micros),
        })
    }

    /// A support request of a tenant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn support_request(
        &mut self,
        tenant: TenantId,
        id: SupportRequestId,
    ) -> Result<Option<SupportRequest>, StoreError> {
        if let Some(known) = self.known_request(tenant, id) {
            return Ok(Some(known));
        }
        self.aggregate(tenant, sql::SUPPORT_REQUEST, &values![tenant, id]).await
    }

    /// The support request of a tenant that came from there, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn request_from(
        &mut self,
        tenant: TenantId,
        origin: &Origin,
    ) -> Result<Option<SupportRequest>, StoreError> {
        let parameters = values![tenant, origin.name.as_str(), origin.external_id.as_str()];
        self.aggregate(tenant, sql::SUPPORT_REQUEST_BY_ORIGIN, &parameters).await
    }

    /// A support request that a provider serves, wherever it belongs.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn desk_case(
        &mut self,
        provider: TenantId,
        id: SupportRequestId,
    ) -> Result<Option<SupportRequest>, StoreError> {
        let Some(mut row) = self.query_one(sql::DESK_CASE, &values![provider, id]).await? else {
            return Ok(None);
        };
        let tenant = row.parsed(0)?;
        self.support_request(tenant, id).await
    }

    /// Messages of a request in order, after one of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn messages(
        &mut self,
        tenant: TenantId,
        request: SupportRequestId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let rows = self.query(sql::MESSAGES, &values![tenant, request, after, i64::from(limit)]).await?;
        let mut messages = Vec::with_capacity(rows.len());
        for mut row in rows {
            messages.push(self.opened(tenant, &row.bytes(0)?).await?);
        }
        Ok(messages)
    }

    /// One tenant's record of an access request.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn access_side(
        &mut self,
        tenant: TenantId,
        id: AccessRequestId,
    ) -> Result<Option<AccessSide>, StoreError> {
        self.aggregate(tenant, sql::ACCESS_SIDE, &values![tenant, id]).await
    }

    /// The engineer's record of an access request.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn engineer_request(
        &mut self,
        provider: TenantId,
        id: AccessRequestId,
    ) -> Result<Option<EngineerRequest>, StoreError> {
        self.document(provider, sql::ENGINEER_REQUEST, &values![provider, id]).await
    }

    /// Access requests of an engineer that went to a tenant first after an instant: those for S, and those that went
    /// straight to R.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn requests_asked(
        &mut self,
        provider: TenantId,
        engineer: UserId,
        of: TenantId,
        since: Timestamp,
    ) -> Result<u64, StoreError> {
        let found = self.query_one(sql::REQUESTS_ASKED, &values![provider, engineer, since, of]).await?;
        let count: i64 = match found {
            Some(mut row) => row.int(0)?,
            None => 0,
        };
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// A tenant's grant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grant(&mut self, tenant: TenantId, id: GrantId) -> Result<Option<Grant>, StoreError> {
        self.aggregate(tenant, sql::GRANT, &values![tenant, id]).await
    }

    /// One read of a tenant's data.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read_record(
        &mut self,
        tenant: TenantId,
        id: ReadId,
    ) -> Result<Option<ReadRecord>, StoreError> {
        self.document(tenant, sql::READ_RECORD, &values![tenant, id]).await
    }

    /// A tenant's grants for one case, ended ones too.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grants_of_case(
        &mut self,
        tenant: TenantId,
        request: SupportRequestId,
    ) -> Result<Vec<Grant>, StoreError> {
        self.aggregates(tenant, sql::GRANTS_OF_CASE, &values![tenant, request]).await
    }

    /// A grant with what it rests on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn held(&mut self, grant: Grant) -> Result<Held, StoreError> {
        let side = match grant.access_request {
            Some(id) => self.access_side(grant.tenant, id).await?,
            None => None,
        };
        let request = match grant.source {
            GrantSource::Consent => self.support_request(grant.tenant, grant.support_request).await?,
            GrantSource::AccessRequest | GrantSource::Collection => None,
        };
        Ok(Held { grant, side, request })
    }

    /// A tenant's grants that have not ended on record, with what they rest on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn held_grants(&mut self, tenant: TenantId) -> Result<Vec<Held>, StoreError> {
        let grants: Vec<Grant> =
            self.aggregates(tenant, sql::OPEN_GRANTS_OF_TENANT, &values![tenant]).await?;
        let mut held = Vec::with_capacity(grants.len());
        for grant in grants {
            held.push(self.held(grant).await?);
        }
        Ok(held)
    }

    /// The tenants that a case has reached: S, and every R that an engineer asked for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tenants_of_case(
        &mut self,
        provider: TenantId,
        request: &SupportRequest,
    ) -> Result<BTreeSet<TenantId>, StoreError> {
        let asks = self.asks_of_case(provider, request.id).await?;
        Ok(asks.iter().map(|ask| ask.resource_tenant).chain([request.tenant]).collect())
    }

    /// The engineers' records of a case.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn asks_of_case(
        &mut self,
        provider: TenantId,
        request: SupportRequestId,
    ) -> Result<Vec<EngineerRequest>, StoreError> {
        let rows = self.query(sql::ENGINEER_REQUESTS_OF_CASE, &values![provider, request]).await?;
        let mut asks = Vec::with_capacity(rows.len());
        for mut row in rows {
            asks.push(self.opened(provider, &row.bytes(0)?).await?);
        }
        Ok(asks)
    }

    /// A whole case.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn case(&mut self, provider: TenantId, request: SupportRequest) -> Result<Case, StoreError> {
        let asks = self.asks_of_case(provider, request.id).await?;
        let tenants: BTreeSet<TenantId> =
            asks.iter().map(|ask| ask.resource_tenant).chain([request.tenant]).collect();
        let keepers: Vec<TenantId> = tenants.iter().copied().collect();
        let collections = self.collections_of_case(&keepers, request.id).await?;
        let (mut sides, mut grants) = (Vec::new(), Vec::new());
        for tenant in tenants {
            let parameters = values![tenant, request.id];
            sides
                .extend(self.aggregates::<AccessSide>(tenant, sql::ACCESS_SIDES_OF_CASE, &parameters).await?);
            grants.extend(self.grants_of_case(tenant, request.id).await?);
        }
        Ok(Case { request, asks, sides, grants, collections })
    }

    /// Tenants with records that time has ended but that do not say so yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tenants_due(&mut self, now: Timestamp) -> Result<BTreeSet<TenantId>, StoreError> {
        let rows = self.query(sql::TENANTS_DUE, &values![now]).await?;
        rows.into_iter().map(|mut row| row.parsed(0)).collect()
    }

    /// Records of a tenant that time has ended but that do not say so yet: access sides, then consents. The limit is
    /// the tenant's own: how much is due elsewhere does not show here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due(
        &mut self,
        tenant: TenantId,
        now: Timestamp,
        limit: u32,
    ) -> Result<(Vec<AccessSide>, Vec<SupportRequest>), StoreError> {
        let parameters = values![tenant, now, i64::from(limit)];
        let sides = self.aggregates(tenant, sql::ACCESS_SIDES_DUE, &parameters).await?;
        let consents = self.aggregates(tenant, sql::CONSENTS_DUE, &parameters).await?;
        Ok((sides, consents))
    }

    /// The logs that refused reads of past minutes belong to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn logs_of_denied(&mut self, now: Timestamp) -> Result<BTreeSet<TenantId>, StoreError> {
        let rows = self.query(sql::LOGS_OF_DENIED, &values![crate::work::minute(now)]).await?;
        rows.into_iter().map(|mut row| row.parsed(0)).collect()
    }
}
