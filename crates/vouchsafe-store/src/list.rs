//! Lists: filtered, sorted and paged in SQL, within a scope. Keyset paging: what is added while somebody pages
//! neither repeats nor hides an item.

mod accounts;
mod people;

use vouchsafe_core::access_request::{AccessSide, EngineerRequest, UNANSWERED_FOR};
use vouchsafe_core::grant::Grant;
use vouchsafe_core::id::{AccessRequestId, GrantId, SupportRequestId, TenantId};
use vouchsafe_core::permit::{Reach, Scope};
use vouchsafe_core::read::ReadRecord;
use vouchsafe_core::support_request::{Message, SupportRequest};
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::filter::Filter;

use crate::entry::LogEntry;
use crate::error::StoreError;
use crate::load::Versioned;
use crate::opened::Document;
use crate::query::{Condition, Property};
use crate::session::Session;
use crate::sql::{Row, Value};

/// What a caller asks of a list.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// Which items.
    pub filter: Option<Filter>,
    /// In which order of time.
    pub order: Order,
    /// How many at most.
    pub top: u32,
    /// After which item.
    pub after: Option<PageKey>,
    /// Whether to count all items that the filter admits.
    pub count: bool,
}

/// Order of time; ties are broken by id in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Latest first.
    NewestFirst,
    /// Earliest first.
    OldestFirst,
}

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageKey {
    /// The sort value of its last item.
    pub sort: i64,
    /// The id of its last item.
    pub id: String,
}

/// One page.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// Its items.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<PageKey>,
    /// Number of all items that the filter admits, if asked for.
    pub total: Option<u64>,
}

impl<T> Listed<T> {
    /// The same page with other items.
    pub fn map<U>(self, items: impl FnMut(T) -> U) -> Listed<U> {
        Listed { items: self.items.into_iter().map(items).collect(), next: self.next, total: self.total }
    }
}

/// A list as SQL: what is selected, from where, how it is sorted.
pub(crate) struct Source {
    pub(crate) select: &'static str,
    pub(crate) from: String,
    pub(crate) values: Vec<Value>,
    /// The sort column and the id column; both never null.
    pub(crate) sort: &'static str,
    pub(crate) id: &'static str,
    pub(crate) properties: Vec<Property>,
}

impl Session {
    /// Support requests.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a property that cannot be filtered by.
    pub async fn list_cases(
        &mut self,
        scope: Scope,
        query: &ListQuery,
    ) -> Result<Listed<SupportRequest>, StoreError> {
        let (from, values) = match scope.reach() {
            Reach::Tenant(tenant) => ("support_request r WHERE r.tenant_id = $1", vec![tenant.into()]),
            Reach::Desk(provider) => (DESK_CASES, vec![provider.into()]),
            Reach::Intake(provider) => (INTAKE_CASES, vec![provider.into()]),
            Reach::Engineer { provider, engineer } => {
                (ENGINEER_CASES, vec![provider.into(), engineer.into()])
            }
        };
        let source = Source {
            select: "r.tenant_id, r.document, r.version",
            from: from.to_owned(),
            values,
            sort: "r.created_at",
            id: "r.id",
            properties: vec![
                Property::text("id", "r.id"),
                Property::text("number", "r.number"),
                Property::text("tenantId", "r.tenant_id"),
                Property::text("status", "r.status"),
                Property::text("stage", "CASE WHEN r.status = 'open' THEN r.stage END"),
                Property::text("severity", "r.severity"),
                Property::text("problemType", "r.problem_type"),
                Property::text("assignedTo/id", "r.assigned_to"),
                Property::text("origin", "r.origin"),
                Property::text("externalId", "r.external_id"),
                Property::time("createdDateTime", "r.created_at"),
                Property::time("closedDateTime", "r.closed_at"),
            ],
        };
        self.aggregates_of(source, query).await
    }

    /// Messages of a tenant's support request.
    ///
    /// # Errors
    /// As [`Session::list_cases`].
    pub async fn list_messages(
        &mut self,
        tenant: TenantId,
        request: SupportRequestId,
        query: &ListQuery,
    ) -> Result<Listed<Message>, StoreError> {
        let source = Source {
            select: "m.document",
            from: "message m WHERE m.tenant_id = $1 AND m.support_request = $2".to_owned(),
            values: vec![tenant.into(), request.into()],
            sort: "m.created_at",
            id: "m.id",
            properties: vec![Property::text("id", "m.id"), Property::time("createdDateTime", "m.created_at")],
        };
        self.documents_of(tenant, source, query).await
    }

    /// A tenant's own records of access requests. Status is that of `now`.
    ///
    /// # Errors
    /// As [`Session::list_cases`].
    pub async fn list_sides(
        &mut self,
        tenant: TenantId,
        query: &ListQuery,
        now: Timestamp,
    ) -> Result<Listed<AccessSide>, StoreError> {
        let source = Source {
            select: "a.tenant_id, a.document, a.version",
            from: "access_side a WHERE a.tenant_id = $1 AND CAST($2 AS BIGINT) = $2".to_owned(),
            values: vec![tenant.into(), now.into()],
            sort: "a.created_at",
            id: "a.id",
            properties: vec![
                Property::text("id", "a.id"),
                Property::text("supportRequestId", "a.support_request"),
                Property::text("resourceTenantId", "a.resource_tenant"),
                Property::text("side", "a.side"),
                Property::text("status", SIDE_STATUS),
                Property::time("createdDateTime", "a.created_at"),
                Property::time("endedDateTime", "COALESCE(a.ended_at, a.expires_at)"),
            ],
        };
        self.aggregates_of(source, query).await
    }

    /// Engineers' records of access requests.
    ///
    /// # Errors
    /// As [`Session::list_cases`].
    pub async fn list_asks(
        &mut self,
        provider: TenantId,
        engineer: Option<vouchsafe_core::id::UserId>,
        query: &ListQuery,
        now: Timestamp,
    ) -> Result<Listed<EngineerRequest>, StoreError> {
        let mut values: Vec<Value> = vec![now.into(), (now - UNANSWERED_FOR).into(), provider.into()];
        let mut from = ENGINEER_ASKS.to_owned();
        if let Some(engineer) = engineer {
            from.push_str(" AND d.assigned_to = $4");
            values.push(engineer.into());
        }
        let source = Source {
            select: "e.document",
            from,
            values,
            sort: "e.created_at",
            id: "e.id",
            properties: vec![
                Property::text("id", "e.id"),
                Property::text("supportRequestId", "e.support_request"),
                Property::text("resourceTenantId", "e.resource_tenant"),
                Property::text("status", "q.status"),
                Property::time("createdDateTime", "e.created_at"),
            ],
        };
        self.documents_of(provider, source, query).await
    }

    /// Grants that are live or paused at `now`.
    ///
    /// # Errors
    /// As [`Session::list_cases`].
    pub async fn list_grants(
        &mut self,
        scope: Scope,
        query: &ListQuery,
        now: Timestamp,
    ) -> Result<Listed<Grant>, StoreError> {
        let (from, values) = match scope.reach() {
            Reach::Tenant(tenant) => (TENANT_GRANTS, vec![now.into(), tenant.into()]),
            Reach::Desk(provider) => (DESK_GRANTS, vec![now.into(), provider.into()]),
            Reach::Intake(_) => return Ok(Listed::nothing()),
            Reach::Engineer { provider, engineer } => {
                (ENGINEER_GRANTS, vec![now.into(), provider.into(), engineer.into()])
            }
        };
        let source = Source {
            select: "g.tenant_id, g.document, g.version, g.idle_at, g.records_known, g.records_since",
            from: from.to_owned(),
            values,
            sort: "g.created_at",
            id: "g.id",
            properties: vec![
                Property::text("id", "g.id"),
                Property::text("tenantId", "g.tenant_id"),
                Property::text("supportRequestId", "g.support_request"),
                Property::text("accessRequestId", "g.access_request"),
                Property::text("source", "g.source"),
                Property::text("status", GRANT_STATUS),
                Property::time("expiresDateTime", "g.expires_at"),
            ],
        };
        self.aggregates_of(source, query).await
    }

    /// Read records of a tenant: under one grant, or under every grant of one access request.
    ///
    /// # Errors
    /// As [`Session::list_cases`].
    pub async fn list_reads(
        &mut self,
        scope: Scope,
        of: ReadsOf,
        query: &ListQuery,
    ) -> Result<Listed<ReadRecord>, StoreError> {
        let Reach::Tenant(tenant) = scope.reach() else { return Ok(Listed::nothing()) };
        let (from, of) = match of {
            ReadsOf::Grant(id) => {
                ("read_record d WHERE d.tenant_id = $1 AND d.grant_id = $2", Value::from(id))
            }
            ReadsOf::AccessRequest(id) => {
                ("read_record d WHERE d.tenant_id = $1 AND d.access_request = $2", Value::from(id))
            }
        };
        let source = Source {
            select: "d.document",
            from: from.to_owned(),
            values: vec![tenant.into(), of],
            sort: "d.created_at",
            id: "d.id",
            properties: vec![Property::text("id", "d.id"), Property::time("dateTime", "d.created_at")],
        };
        self.documents_of(tenant, source, query).await
    }

    /// Entries of a tenant's log; `lifecycle_only` leaves only those of the lifecycle of access.
    ///
    /// # Errors
    /// As [`Session::list_cases`].
    pub async fn list_entries(
        &mut self,
        scope: Scope,
        lifecycle_only: bool,
        query: &ListQuery,
    ) -> Result<Listed<LogEntry>, StoreError> {
        self.entries_by("l.activity_at", scope, lifecycle_only, query).await
    }

    /// The same in the order of the log. Places are given in the order in which entries become visible, so whoever goes
    /// on after the last place that was seen misses none.
    ///
    /// # Errors
    /// As [`Session::list_cases`].
    pub async fn list_entries_by_sequence(
        &mut self,
        scope: Scope,
        lifecycle_only: bool,
        query: &ListQuery,
    ) -> Result<Listed<LogEntry>, StoreError> {
        self.entries_by("l.sequence", scope, lifecycle_only, query).await
    }

    async fn entries_by(
        &mut self,
        sort: &'static str,
        scope: Scope,
        lifecycle_only: bool,
        query: &ListQuery,
    ) -> Result<Listed<LogEntry>, StoreError> {
        let Reach::Tenant(tenant) = scope.reach() else { return Ok(Listed::nothing()) };
        let mut query = query.clone();
        if let Some(filter) = query.filter.take() {
            query.filter = Some(self.with_people(tenant, filter).await?);
        }
        let only = if lifecycle_only { " AND l.category = 'SupportAccessManagement'" } else { "" };
        let source = Source {
            select: "l.sequence, l.entry, l.openings, l.leaf",
            from: format!("audit_entry l WHERE l.tenant_id = $1{only}"),
            values: vec![tenant.into()],
            sort,
            id: "l.id",
            properties: ENTRY_PROPERTIES.to_vec(),
        };
        let page = self.page(source, &query).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for row in page.items {
            items.push(self.log_entry(tenant, row).await?);
        }
        Ok(Listed { items, next: page.next, total: page.total })
    }

    /// A page of a source that selects the tenant, the document and what stands beside it.
    pub(crate) async fn aggregates_of<T: Document + Versioned>(
        &mut self,
        source: Source,
        query: &ListQuery,
    ) -> Result<Listed<T>, StoreError> {
        let page = self.page(source, query).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for mut row in page.items {
            let tenant: TenantId = row.parsed(0)?;
            row.skip(1);
            items.push(self.versioned(tenant, row).await?);
        }
        Ok(Listed { items, next: page.next, total: page.total })
    }

    /// A page of a source of `tenant` that selects the document alone.
    pub(crate) async fn documents_of<T: Document>(
        &mut self,
        tenant: TenantId,
        source: Source,
        query: &ListQuery,
    ) -> Result<Listed<T>, StoreError> {
        let page = self.page(source, query).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for mut row in page.items {
            items.push(self.opened(tenant, &row.bytes(0)?).await?);
        }
        Ok(Listed { items, next: page.next, total: page.total })
    }

    /// Runs one page of a source. One row more than asked for tells whether another page follows.
    pub(crate) async fn page(
        &mut self,
        source: Source,
        query: &ListQuery,
    ) -> Result<Listed<Row>, StoreError> {
        let Source { select, from, values, sort, id, properties } = source;
        let mut condition = Condition::new(&properties, values);
        let filtered = match &query.filter {
            Some(filter) => format!(" AND {}", condition.sql(filter)?),
            None => String::new(),
        };
        let total = if query.count {
            let sql = format!("SELECT COUNT(*) FROM {from}{filtered}");
            let row = self.query_one(&sql, &condition.values.clone()).await?;
            Some(row.map_or(Ok(0), |mut row| row.count(0))?)
        } else {
            None
        };
        let (direction, beyond) = match query.order {
            Order::NewestFirst => ("DESC", "<"),
            Order::OldestFirst => ("ASC", ">"),
        };
        let after = match &query.after {
            Some(key) => {
                let (at, last) = (condition.bind(key.sort), condition.bind(key.id.as_str()));
                format!(" AND ({sort}, {id}) {beyond} ({at}, {last})")
            }
            None => String::new(),
        };
        let limit = condition.bind(i64::from(query.top) + 1);
        let sql = format!(
            "SELECT {sort}, {id}, {select} FROM {from}{filtered}{after} ORDER BY {sort} {direction}, {id} {direction} LIMIT {limit}"
        );
        let mut items = self.query(&sql, &condition.values).await?;
        let wanted = usize::try_from(query.top).unwrap_or(usize::MAX);
        let more = items.len() > wanted;
        items.truncate(wanted);
        let mut next = None;
        for row in &mut items {
            // The last row that is kept says where the next page begins.
            next = Some(PageKey { sort: row.int(0)?, id: row.text(1)? });
            row.skip(2);
        }
        let next = next.filter(|_| more);
        Ok(Listed { items, next, total })
    }
}

/// Whose read records.
#[derive(Debug, Clone, Copy)]
pub enum ReadsOf {
    /// Of one grant.
    Grant(GrantId),
    /// Of the grant that one access request made.
    AccessRequest(AccessRequestId),
}

impl<T> Listed<T> {
    pub(crate) fn nothing() -> Self {
        Self { items: Vec::new(), next: None, total: Some(0) }
    }
}

const DESK_CASES: &str = "desk_case d JOIN support_request r ON r.tenant_id = d.support_tenant AND r.id = d.id WHERE d.tenant_id = $1";
const ENGINEER_CASES: &str = "desk_case d JOIN support_request r ON r.tenant_id = d.support_tenant AND r.id = d.id WHERE d.tenant_id = $1 AND d.assigned_to = $2";
const INTAKE_CASES: &str = "support_request r JOIN desk_case d ON d.support_tenant = r.tenant_id AND d.id = r.id WHERE d.tenant_id = $1 AND r.origin IS NOT NULL";
/// Grants that are live or paused at $1.
const TENANT_GRANTS: &str =
    "access_grant g WHERE g.status <> 'ended' AND g.expires_at > $1 AND g.tenant_id = $2";
const DESK_GRANTS: &str = "desk_case d JOIN access_grant g ON g.support_request = d.id WHERE g.status <> 'ended' AND g.expires_at > $1 AND d.tenant_id = $2 AND d.status = 'open'";
const ENGINEER_GRANTS: &str = "desk_case d JOIN access_grant g ON g.support_request = d.id WHERE g.status <> 'ended' AND g.expires_at > $1 AND d.tenant_id = $2 AND d.assigned_to = $3 AND d.status = 'open'";

/// The status at $1 of a grant that has not ended, as [`Grant::status`] gives it; a test holds the two together.
const GRANT_STATUS: &str = "CASE WHEN g.idle_at <= $1 THEN 'paused' ELSE g.status END";

/// The status of a side at $2, as [`AccessSide::status`] gives it; a test holds the two together.
const SIDE_STATUS: &str = "CASE WHEN a.status = 'pending' AND a.pending_until <= $2 THEN 'expired' WHEN a.status = 'approved' AND a.expires_at <= $2 THEN 'expired' ELSE a.status END";

/// The engineer's view at $1, as `engineer_status` gives it; a test holds the two together.
const ENGINEER_ASKS: &str = "(SELECT e.tenant_id, e.id, CASE
    WHEN r.id IS NOT NULL THEN CASE
        WHEN r.status = 'pending' AND r.pending_until > $1 THEN 'pending'
        WHEN r.status = 'approved' AND g.expires_at > $1 AND g.status <> 'ended' THEN
            CASE WHEN g.idle_at <= $1 THEN 'paused' ELSE g.status END
        ELSE 'ended' END
    WHEN s.status = 'pending' AND s.pending_until > $1 THEN 'pending'
    WHEN s.status = 'approved' AND s.approved_at > $2 THEN 'pending'
    ELSE 'ended' END AS status
  FROM engineer_request e
  LEFT JOIN access_side s ON s.tenant_id = e.support_tenant AND s.id = COALESCE(e.rests_on, e.id)
  LEFT JOIN access_side r ON r.tenant_id = e.resource_tenant AND r.id = e.id
  LEFT JOIN access_grant g ON g.tenant_id = e.resource_tenant AND g.access_request = e.id) q
  JOIN engineer_request e ON e.tenant_id = q.tenant_id AND e.id = q.id
  JOIN desk_case d ON d.tenant_id = e.tenant_id AND d.id = e.support_request
  WHERE e.tenant_id = $3";

const ENTRY_PROPERTIES: &[Property] = &[
    Property::text("id", "l.id"),
    Property::text("activityDisplayName", "l.activity"),
    Property::text("category", "l.category"),
    Property::text("result", "l.result"),
    Property::text("correlationId", "l.correlation_id"),
    Property::text("loggedByService", "'Core Directory'"),
    Property::text("initiatedBy/user/id", "l.initiator"),
    Property::text("initiatedBy/app/displayName", "CASE WHEN l.initiator IS NULL THEN 'Vouchsafe' END"),
    Property::text("targetResources/id", "l.target"),
    Property::text("supportRequestId", "l.support_request"),
    Property::number("sequence", "l.sequence"),
    Property::time("activityDateTime", "l.activity_at"),
];
