//! Reading diagnostic data. A read is: query; one transaction that checks case, engineer, grant and filter again and
//! writes the read record; send (`lifecycle.md`, *Effective access*). So no read rests on what was true before.

use serde_json::Value;
use vouchsafe_core::effective::{Basis, ReadRefusal, basis};
use vouchsafe_core::grant::Grant;
use vouchsafe_core::id::{GrantId, Id as _, ReadId, SupportRequestId, TenantId, uuid_v7};
use vouchsafe_core::permit::{Facts, ReadData, ReadOwnSignIns, authorize};
use vouchsafe_core::personal::Personal;
use vouchsafe_core::read::{self as rules, DeniedReads, PropertyRead, ReadRecord};
use vouchsafe_core::scope::{DataCategory, DataFilter};
use vouchsafe_core::support_request::SupportRequest;
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::mask::{IdSpace, MaskKey, Masker, Select, Shown, check_order, rewrite_filter};
use vouchsafe_diagnostics::sign_in::{COLUMNS, MASKS};
use vouchsafe_store::{PageKey, Session, SignInPage, SignInQuery, StoreError, StoredSignIn};

use crate::call::{Acting, acting};
use crate::case::LOOK;
use crate::cursor::{Cursor, ListOptions, bad};
use crate::live::LiveAnswer;
use crate::{App, AppError, Who};

/// What an engineer wants to read.
#[derive(Debug, Clone)]
pub struct ReadQuery {
    /// For which case.
    pub case: SupportRequestId,
    /// Whose data.
    pub tenant: TenantId,
    /// The grant to use, if the engineer named one.
    pub grant: Option<GrantId>,
    /// Which records.
    pub wanted: Wanted,
    /// `$select`: top-level properties; all without it.
    pub select: Option<Vec<String>>,
}

/// One record or a list.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// The record with this id, true or pseudonymous.
    One(String),
    /// A page.
    Page(ListOptions),
}

/// Masked records, ready to be put into an answer's body.
#[derive(Debug, Clone)]
pub struct MaskedPage {
    /// The read record that will stand for this answer.
    pub read: ReadId,
    /// The grant that it rests on; none for a basic category.
    pub grant: Option<Grant>,
    /// The records.
    pub records: Vec<Value>,
    /// `$skiptoken` of the next page.
    pub next: Option<String>,
    /// `@odata.count`.
    pub total: Option<u64>,
}

/// A body whose read record is durable, and which may be sent as long as its access lasts.
#[derive(Debug)]
pub struct ReadAnswer {
    /// The bytes.
    pub body: Vec<u8>,
    /// Whether there was anything to read.
    pub found: bool,
    /// The grant it rests on; none for a basic category.
    pub grant: Option<GrantId>,
    /// When that grant ends by itself.
    pub expires: Option<Timestamp>,
    /// The read record.
    pub read: ReadId,
    /// Says when sending must stop.
    pub live: Option<LiveAnswer>,
}

/// The own tenant's sign-ins, unmasked.
#[derive(Debug, Clone)]
pub struct SignInListing {
    /// The records.
    pub records: Vec<Value>,
    /// `$skiptoken` of the next page.
    pub next: Option<String>,
    /// `@odata.count`.
    pub total: Option<u64>,
}

/// What a look before the transaction found.
struct Looked {
    me: Acting,
    grant: Option<Grant>,
    key: MaskKey,
}

/// What a read is about to return, for its record.
struct Returned {
    read: ReadId,
    query: String,
    record_ids: Vec<String>,
    properties: Vec<PropertyRead>,
    bytes: u64,
}

const CATEGORY: DataCategory = DataCategory::SignInLogs;

impl App {
    /// Reads sign-ins of a tenant for a case. `render` makes the body; it is called before the record is written,
    /// because the record holds the body's length.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for anybody but the case's engineer; [`AppError::NoRead`] without a live grant.
    pub async fn read_sign_ins(
        &self,
        who: Who,
        query: &ReadQuery,
        render: impl FnOnce(&MaskedPage) -> Vec<u8> + Send,
    ) -> Result<ReadAnswer, AppError> {
        match self.read_permitted(who, query, render).await {
            Err(AppError::NoRead(refusal)) => {
                let reason = match refusal {
                    ReadRefusal::GrantEnded => "grantEnded",
                    ReadRefusal::NoLiveGrant => "noLiveGrant",
                };
                self.note_refusal(who, query, reason).await?;
                Err(refusal.into())
            }
            Err(AppError::NotFound) => {
                self.note_refusal(who, query, "notFound").await?;
                Err(AppError::NotFound)
            }
            result => result,
        }
    }

    async fn read_permitted(
        &self,
        who: Who,
        query: &ReadQuery,
        render: impl FnOnce(&MaskedPage) -> Vec<u8> + Send,
    ) -> Result<ReadAnswer, AppError> {
        let looked = self.look(who, query).await?;
        // Registered before the grant is checked for the last time, so that its end cannot slip in between.
        let live = looked.grant.as_ref().map(|grant| self.live.register(grant.id));
        let within = looked.grant.as_ref().and_then(|grant| grant.filter).unwrap_or_default();
        let (page, text) = self.fetch(query, &looked, within).await?;
        let record_ids: Vec<String> = page.records.iter().map(|record| record.id.clone()).collect();
        let read = self.new_read_id(query.tenant);
        let (masked, properties) = masked(&page, query, &looked, read)?;
        let body = render(&masked);
        let bytes = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let returned = Returned { read, query: text, record_ids, properties, bytes };
        self.record_read(who, query, &looked, returned).await?;
        let found = !masked.records.is_empty() || matches!(query.wanted, Wanted::Page(_));
        let (grant, expires) = looked.grant.map(|grant| (grant.id, grant.expires)).unzip();
        Ok(ReadAnswer { body, found, grant, expires, read, live })
    }

    /// What the read rests on, before its transaction.
    async fn look(&self, who: Who, query: &ReadQuery) -> Result<Looked, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let now = reader.now();
        let (case, grants) = case_and_grants(&mut reader, &me, query).await?;
        drop(authorize::<ReadData>(Facts::of_case(LOOK, &me.caller, &case, true), query.case)?);
        let named = named_grant(query)?;
        let grant = match basis(&case, query.tenant, CATEGORY, &grants, named, now)? {
            Basis::Grant(grant) => Some(grant.clone()),
            Basis::Basic => None,
        };
        let label = grant.as_ref().map_or_else(|| query.case.to_string(), |grant| grant.id.to_string());
        let key = MaskKey::derive(self.store.master().masking().as_slice(), &label);
        Ok(Looked { me, grant, key })
    }

    /// The stored records, and the query in canonical form with what was typed.
    async fn fetch(
        &self,
        query: &ReadQuery,
        looked: &Looked,
        within: DataFilter,
    ) -> Result<(SignInPage, String), AppError> {
        match &query.wanted {
            Wanted::One(id) => {
                let mut records = Vec::new();
                for id in looked.key.read_id(IdSpace::SignIn, id).ids {
                    records.extend(self.store.sign_in(query.tenant, &id, within).await?);
                }
                let text = format!("/auditLogs/signIns/{id}");
                Ok((SignInPage { records, next: None, total: None }, text))
            }
            Wanted::Page(options) => {
                let filter = options.filter()?;
                let rewritten =
                    filter.as_ref().map(|filter| rewrite_filter(&MASKS, &looked.key, filter)).transpose()?;
                if let Some((property, _)) = &options.order_by {
                    check_order(&MASKS, property).map_err(AppError::MaskedOrder)?;
                }
                let after = match &options.skip_token {
                    Some(token) => Some(unmasked_key(Cursor::parse(token)?, &looked.key)?),
                    None => None,
                };
                let asked = SignInQuery {
                    filter: rewritten.map(|rewritten| rewritten.filter),
                    within,
                    order: options.order("createdDateTime")?,
                    top: options.top,
                    after,
                    count: options.count,
                };
                let page = self.store.sign_ins(query.tenant, asked).await?;
                Ok((page, canonical(options, filter.as_ref(), query.select.as_deref())))
            }
        }
    }

    /// The transaction of a read: checks everything again at its own time and writes the record.
    async fn record_read(
        &self,
        who: Who,
        query: &ReadQuery,
        looked: &Looked,
        returned: Returned,
    ) -> Result<(), AppError> {
        let mut work = self.work_on([query.tenant].into()).await?;
        let me = acting(&mut work, who).await?;
        let now = work.now();
        let (case, grants) = case_and_grants(&mut work, &me, query).await?;
        let permit = authorize::<ReadData>(Facts::of_case(work.id(), &me.caller, &case, true), query.case)?;
        let used = looked.grant.as_ref().map(|grant| grant.id);
        let grant = match basis(&case, query.tenant, CATEGORY, &grants, used, now)? {
            Basis::Grant(grant) if looked.grant.as_ref().is_some_and(|seen| same_reach(seen, grant)) => {
                Some(grant)
            }
            Basis::Basic if used.is_none() => None,
            Basis::Grant(_) | Basis::Basic => return Err(ReadRefusal::GrantEnded.into()),
        };
        let root = vouchsafe_log::hex(&vouchsafe_log::root(returned.record_ids.iter().map(String::as_bytes)));
        let record = ReadRecord {
            id: returned.read,
            tenant: query.tenant,
            support_request: query.case,
            grant: grant.map(|grant| grant.id),
            access_request: grant.and_then(|grant| grant.access_request),
            engineer: looked.me.caller.person.card(),
            at: now,
            category: CATEGORY,
            query: Personal::new(me.caller.person.id, returned.query),
            record_ids: returned.record_ids,
            properties: returned.properties,
            bytes: returned.bytes,
        };
        let decided = rules::record(record, root, &me.context(&work));
        work.record(permit, decided).await?;
        Ok(work.commit().await?)
    }

    /// The id of a read record, drawn before the answer is made, so that the answer can name it.
    fn new_read_id(&self, tenant: TenantId) -> ReadId {
        let mut random = [0; 10];
        self.store.random(tenant, &mut random);
        ReadId::from_uuid(uuid_v7(self.store.now(), random))
    }

    /// Counts a refused read for the log that may know of it: S's for S's data; R's once R's side exists; else the
    /// provider's. A case that does not exist is nobody's.
    async fn note_refusal(&self, who: Who, query: &ReadQuery, reason: &str) -> Result<(), AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        if !me.is_provider() {
            return Ok(());
        }
        let Some(request) = reader.desk_case(who.tenant, query.case).await? else { return Ok(()) };
        let case = reader.case(who.tenant, request.clone()).await?;
        let reached = case.sides.iter().any(|side| side.tenant == query.tenant);
        let log = if query.tenant == request.tenant || reached { query.tenant } else { who.tenant };
        drop(reader);
        let mut work = self.store.work().await?;
        let denied = DeniedReads {
            log,
            tenant: query.tenant,
            support_request: query.case,
            category: CATEGORY,
            reason: reason.to_owned(),
            at: work.now(),
            count: 1,
        };
        work.count_denied(&denied, who.tenant, who.user).await?;
        Ok(work.commit().await?)
    }

    /// The own tenant's sign-ins, unmasked, without a grant and without a record.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] without the permission.
    pub async fn own_sign_ins(
        &self,
        who: Who,
        options: &ListOptions,
        select: Option<&[String]>,
    ) -> Result<SignInListing, AppError> {
        // That the list exists is no secret.
        let listed = |error| if matches!(error, AppError::NotFound) { AppError::Forbidden } else { error };
        self.may_read_own(who).await.map_err(listed)?;
        let after = match &options.skip_token {
            Some(token) => Some(Cursor::parse(token)?.key),
            None => None,
        };
        let asked = SignInQuery {
            filter: options.filter()?,
            within: DataFilter::default(),
            order: options.order("createdDateTime")?,
            top: options.top,
            after,
            count: options.count,
        };
        known_properties(select)?;
        let page = self.store.sign_ins(who.tenant, asked).await?;
        let records = page.records.iter().map(|record| selected(record, select)).collect::<Result<_, _>>()?;
        let next = page.next.map(|key| Cursor { grant: None, key }.text());
        Ok(SignInListing { records, next, total: page.total })
    }

    /// One of the own tenant's sign-ins, unmasked.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn own_sign_in(
        &self,
        who: Who,
        id: &str,
        select: Option<&[String]>,
    ) -> Result<Value, AppError> {
        self.may_read_own(who).await?;
        known_properties(select)?;
        let found = self.store.sign_in(who.tenant, id, DataFilter::default()).await?;
        selected(&found.ok_or(AppError::NotFound)?, select)
    }

    async fn may_read_own(&self, who: Who) -> Result<(), AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        drop(authorize::<ReadOwnSignIns>(Facts::own_tenant(LOOK, &me.caller), who.tenant)?);
        Ok(())
    }
}

/// The case and the grants of (tenant, case), for the provider that serves it.
async fn case_and_grants(
    session: &mut Session,
    me: &Acting,
    query: &ReadQuery,
) -> Result<(SupportRequest, Vec<Grant>), AppError> {
    if !me.is_provider() {
        return Err(AppError::NotFound);
    }
    let request = session.desk_case(me.tenant.id, query.case).await?.ok_or(AppError::NotFound)?;
    let grants = session.grants_of_case(query.tenant, query.case).await?;
    Ok((request, grants))
}

/// The grant that the header or the page's cursor names; both must agree.
fn named_grant(query: &ReadQuery) -> Result<Option<GrantId>, AppError> {
    let Wanted::Page(ListOptions { skip_token: Some(token), .. }) = &query.wanted else {
        return Ok(query.grant);
    };
    let bound = Cursor::parse(token)?.grant;
    match (query.grant, bound) {
        (Some(named), Some(bound)) if named != bound => {
            Err(bad("$skiptoken", "belongs to another grant than the one named in the header".to_owned()))
        }
        (named, bound) => Ok(bound.or(named)),
    }
}

/// Whether the grant still reaches exactly as far as when the records were fetched.
fn same_reach(seen: &Grant, now: &Grant) -> bool {
    seen.id == now.id && seen.filter == now.filter && seen.data_categories == now.data_categories
}

/// Masks a page, and turns its cursor into one that shows no true id.
fn masked(
    page: &SignInPage,
    query: &ReadQuery,
    looked: &Looked,
    read: ReadId,
) -> Result<(MaskedPage, Vec<PropertyRead>), AppError> {
    known_properties(query.select.as_deref())?;
    let mut masker = Masker::new(&MASKS, &looked.key);
    let select = query.select.as_deref().map(|names| Select::new(names.iter().cloned()));
    let mut records = Vec::with_capacity(page.records.len());
    let mut json = Vec::new();
    for record in &page.records {
        json.clear();
        masker.mask_json(&record.json, select.as_ref(), &mut json).map_err(damaged)?;
        records.push(serde_json::from_slice(&json).map_err(damaged)?);
    }
    let next = page.next.as_ref().map(|key| {
        let id = looked.key.mask_id(IdSpace::SignIn, &key.id);
        let grant = looked.grant.as_ref().map(|grant| grant.id);
        Cursor { grant, key: PageKey { sort: key.sort, id } }.text()
    });
    let properties = masker
        .into_properties()
        .into_iter()
        .map(|p| PropertyRead { name: p.name, masked: p.shown == Shown::Masked })
        .collect();
    let grant = looked.grant.clone();
    Ok((MaskedPage { read, grant, records, next, total: page.total }, properties))
}

fn unmasked_key(cursor: Cursor, key: &MaskKey) -> Result<PageKey, AppError> {
    let wrong =
        || bad("$skiptoken", "is not a token of this service: follow @odata.nextLink as it is".to_owned());
    let id = key.reveal_id(IdSpace::SignIn, &cursor.key.id).ok_or_else(wrong)?;
    Ok(PageKey { sort: cursor.key.sort, id })
}

fn damaged(error: impl std::fmt::Display) -> AppError {
    AppError::Internal(StoreError::Corrupt(format!("a stored record: {error}")))
}

/// The record as JSON with only the selected top-level properties.
fn selected(record: &StoredSignIn, select: Option<&[String]>) -> Result<Value, AppError> {
    let mut value: Value = serde_json::from_str(&record.json).map_err(damaged)?;
    if let (Some(select), Value::Object(members)) = (select, &mut value) {
        members.retain(|name, _| select.contains(name));
    }
    Ok(value)
}

/// Checks that every selected property is one of a sign-in.
fn known_properties(select: Option<&[String]>) -> Result<(), AppError> {
    let first = |path: &'static str| path.split(['/', '[']).next().unwrap_or(path);
    for name in select.unwrap_or_default() {
        let known =
            MASKS.entries().iter().map(|(path, _)| *path).chain(COLUMNS.iter().map(|column| column.path));
        if !known.into_iter().any(|path| first(path) == name) {
            return Err(bad("$select", format!("`{name}` is not a property of a sign-in")));
        }
    }
    Ok(())
}

/// The query as the read record keeps it: what the engineer typed, in canonical form.
fn canonical(
    options: &ListOptions,
    filter: Option<&vouchsafe_diagnostics::filter::Filter>,
    select: Option<&[String]>,
) -> String {
    let mut parts = Vec::new();
    if let Some(filter) = filter {
        parts.push(format!("$filter={filter}"));
    }
    if let Some((property, descending)) = &options.order_by {
        parts.push(format!("$orderby={property} {}", if *descending { "desc" } else { "asc" }));
    }
    if let Some(select) = select {
        parts.push(format!("$select={}", select.join(",")));
    }
    parts.push(format!("$top={}", options.top));
    if options.count {
        parts.push("$count=true".to_owned());
    }
    if options.skip_token.is_some() {
        parts.push("$skiptoken=…".to_owned());
    }
    format!("/auditLogs/signIns?{}", parts.join("&"))
}
