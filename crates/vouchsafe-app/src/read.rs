//! Reading diagnostic data. A read is: query; one transaction that checks case, engineer, grant and filter again and
//! writes the read record; send (`lifecycle.md`, *Effective access*). So no read rests on what was true before. The query
//! goes to the store, or to the live source of the tenant's data; all the rest is the same.

mod asked;
mod file;
mod masked;
mod refused;
mod upstream;

use vouchsafe_core::effective::{Basis, ReadRefusal, basis};
use vouchsafe_core::grant::Grant;
use vouchsafe_core::id::{DataCollectionId, GrantId, Id as _, ReadId, SupportRequestId, TenantId, uuid_v7};
use vouchsafe_core::permit::{Facts, ReadData, authorize};
use vouchsafe_core::personal::Personal;
use vouchsafe_core::read::{self as rules, ReadRecord, TypedValue};
use vouchsafe_core::support_request::SupportRequest;
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::mask::{self, MaskKey};
use vouchsafe_diagnostics::resource::Resource;
use vouchsafe_store::{Reach, RecordsOf, Session, StoreError, SummaryBy};

use crate::call::{Acting, acting};
use crate::case::LOOK;
use crate::cursor::{ListOptions, RecordCursor, bad};
use crate::live::{self, LiveAnswer};
use crate::reveal::{Shown, shown_under};
use crate::{App, AppError, Who};
use asked::Asked;
pub(crate) use asked::{known_properties, record_query};
pub use file::{FileAnswer, FileQuery, FileRead};
pub use masked::{Count, MaskedAnswer, MaskedRecords};
use refused::code_of;

/// What an engineer wants to read.
#[derive(Debug, Clone)]
pub struct ReadQuery {
    /// For which case.
    pub case: SupportRequestId,
    /// Whose data.
    pub tenant: TenantId,
    /// The data collection that is read instead of the tenant's data, if one is.
    pub collection: Option<DataCollectionId>,
    /// The grant to use, if the engineer named one.
    pub grant: Option<GrantId>,
    /// Which kind of objects.
    pub resource: Resource,
    /// Which of them.
    pub wanted: Wanted,
    /// `$select`: top-level properties; all without it.
    pub select: Option<Vec<String>>,
}

impl ReadQuery {
    fn target(&self) -> Target {
        Target { case: self.case, tenant: self.tenant, collection: self.collection }
    }
}

/// What a read is about: the data of a tenant for a case, or what it collected for that.
#[derive(Debug, Clone, Copy)]
struct Target {
    case: SupportRequestId,
    tenant: TenantId,
    collection: Option<DataCollectionId>,
}

/// One object, a list, or how many there are.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// The object with this id, true or pseudonymous.
    One(String),
    /// The one object of a kind of which a tenant has one.
    Only,
    /// A page.
    Page(ListOptions),
    /// Counts by some value.
    Summary {
        /// Which value.
        by: SummaryBy,
        /// `$filter`.
        filter: Option<String>,
    },
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
    /// Says when sending must stop; who sends takes it out.
    pub live: Option<LiveAnswer>,
}

/// What a look before the transaction found.
struct Looked {
    me: Acting,
    grant: Option<Grant>,
    /// What masks and cursors hang on: the grant; the case for basic categories.
    label: String,
    key: MaskKey,
    /// What shows in clear.
    reveals: Vec<Shown>,
}

impl Looked {
    /// Where the records lie: of a data collection, what was submitted with the grant that is used.
    fn records(&self, query: &ReadQuery) -> Result<RecordsOf, AppError> {
        match (query.collection, &self.grant) {
            (None, _) => Ok(RecordsOf::from(query.tenant)),
            (Some(collection), Some(grant)) => Ok(RecordsOf::submission(collection, grant.id)),
            (Some(_), None) => Err(ReadRefusal::NoLiveGrant.into()),
        }
    }

    /// How far the read may see.
    fn reach(&self, resource: Resource) -> Reach {
        let mut reach = self.grant.as_ref().map_or_else(Reach::everything, Grant::reach);
        if self.grant.is_none() {
            reach.data_categories.retain(|category| !category.is_advanced());
        }
        reach.data_categories.retain(|category| resource.schema().categories.contains(category));
        reach
    }
}

impl App {
    /// Reads objects of a tenant for a case. `render` makes the body; it is called before the record is written,
    /// because the record holds the body's length.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for anybody but the case's engineer; [`AppError::NoRead`] without a live grant.
    pub async fn read(
        &self,
        who: Who,
        query: &ReadQuery,
        render: impl FnOnce(&MaskedAnswer) -> Vec<u8> + Send,
    ) -> Result<ReadAnswer, AppError> {
        match self.read_permitted(who, query, render).await {
            Err(AppError::NoRead(refusal)) => {
                self.note_refusal(who, query.refused(code_of(refusal))).await?;
                Err(refusal.into())
            }
            Err(AppError::NotFound) => {
                self.note_refusal(who, query.refused("notFound")).await?;
                Err(AppError::NotFound)
            }
            Err(error @ AppError::TooManyTyped { .. }) => {
                self.note_refusal(who, query.refused("tooManyRequests")).await?;
                Err(error)
            }
            result => result,
        }
    }

    async fn read_permitted(
        &self,
        who: Who,
        query: &ReadQuery,
        render: impl FnOnce(&MaskedAnswer) -> Vec<u8> + Send,
    ) -> Result<ReadAnswer, AppError> {
        let looked = self.look(who, query).await?;
        // Registered before everything is checked for the last time, so that no end of it can slip in between.
        let live = self.live.register(live::Basis {
            case: query.case,
            engineer: who.user,
            tenant: query.tenant,
            grant: looked.grant.as_ref().map(|grant| grant.id),
        });
        let asked = Asked::of(self, query, &looked)?;
        let (category, text, typed) = (asked.category, asked.text.clone(), asked.typed.clone());
        let found = self.fetch(query, &looked, asked).await?;
        let read = self.new_read_id(query.tenant);
        let (masked, properties) = self.mask(query, &looked, found, read).await?;
        let body = render(&masked);
        let record = ReadRecord {
            id: read,
            tenant: query.tenant,
            support_request: query.case,
            grant: None,
            access_request: None,
            engineer: looked.me.caller.person.card(),
            at: self.now(),
            category,
            query: Personal::new(who.user, text),
            typed: typed.into_iter().map(|typed| typed_value(typed, who)).collect(),
            record_ids: masked.record_ids,
            properties,
            bytes: u64::try_from(body.len()).unwrap_or(u64::MAX),
        };
        self.record_read(who, query, &looked, record).await?;
        let found = masked.found || !matches!(query.wanted, Wanted::One(_) | Wanted::Only);
        let (grant, expires) = looked.grant.map(|grant| (grant.id, grant.expires)).unzip();
        Ok(ReadAnswer { body, found, grant, expires, read, live: Some(live) })
    }

    /// What the read rests on, before its transaction.
    async fn look(&self, who: Who, query: &ReadQuery) -> Result<Looked, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let now = reader.now();
        let (case, grants) = case_and_grants(&mut reader, &me, query.target()).await?;
        drop(authorize::<ReadData>(Facts::of_case(LOOK, &me.caller, &case, true), query.case)?);
        let named = named_grant(query)?;
        let categories = query.resource.schema().categories;
        let grant = match basis(&case, query.tenant, query.collection, categories, &grants, named, now)? {
            Basis::Grant(grant) => Some(grant.clone()),
            Basis::Basic => None,
        };
        let label = grant.as_ref().map_or_else(|| query.case.to_string(), |grant| grant.id.to_string());
        let key = MaskKey::derive(self.store.master().masking().as_slice(), &label);
        let reveals = match &grant {
            Some(grant) => shown_under(&mut reader, grant, now).await?,
            None => Vec::new(),
        };
        Ok(Looked { me, grant, label, key, reveals })
    }

    /// The transaction of a read: checks everything again at its own time and writes the record.
    async fn record_read(
        &self,
        who: Who,
        query: &ReadQuery,
        looked: &Looked,
        record: ReadRecord,
    ) -> Result<(), AppError> {
        let mut work = self.work_on([query.tenant].into()).await?;
        let me = acting(&mut work, who).await?;
        let now = work.now();
        let (case, grants) = case_and_grants(&mut work, &me, query.target()).await?;
        let permit = authorize::<ReadData>(Facts::of_case(work.id(), &me.caller, &case, true), query.case)?;
        let used = looked.grant.as_ref().map(|grant| grant.id);
        let categories = query.resource.schema().categories;
        let grant = match basis(&case, query.tenant, query.collection, categories, &grants, used, now)? {
            Basis::Grant(grant) if looked.grant.as_ref().is_some_and(|seen| same_reach(seen, grant)) => {
                Some(grant)
            }
            Basis::Basic if used.is_none() => None,
            Basis::Grant(_) | Basis::Basic => return Err(ReadRefusal::GrantEnded.into()),
        };
        if let Some(grant) = grant
            && shown_under(&mut work, grant, now).await? != looked.reveals
        {
            // What was shown in clear a moment ago is masked again, or the other way round: the next try finds it so.
            return Err(AppError::Unavailable(StoreError::VersionConflict("a reveal")));
        }
        let root = vouchsafe_log::hex(&vouchsafe_log::root(record.record_ids.iter().map(String::as_bytes)));
        let record = ReadRecord {
            grant: grant.map(|grant| grant.id),
            access_request: grant.and_then(|grant| grant.access_request),
            at: now,
            ..record
        };
        let mut work = self.in_pace(work, grant, &record).await?;
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
}

/// The case and the grants of (tenant, case), for the provider that serves it.
async fn case_and_grants(
    session: &mut Session,
    me: &Acting,
    target: Target,
) -> Result<(SupportRequest, Vec<Grant>), AppError> {
    if !me.is_provider() {
        return Err(AppError::NotFound);
    }
    let request = session.desk_case(me.tenant.id, target.case).await?.ok_or(AppError::NotFound)?;
    let mut grants = session.grants_of_case(target.tenant, target.case).await?;
    if let Some(id) = target.collection {
        let known = session.desk_collection(me.tenant.id, id).await?.ok_or(AppError::NotFound)?;
        if (known.tenant, known.support_request) != (target.tenant, target.case) {
            return Err(AppError::NotFound);
        }
        // What its tenant has back is nobody else's, whatever a grant's row may say.
        grants.retain(|grant| !grant.is_open_on_record() || known.is_open_to(grant.id));
    }
    Ok((request, grants))
}

/// The grant that the header or the page's cursor names; both must agree.
fn named_grant(query: &ReadQuery) -> Result<Option<GrantId>, AppError> {
    let Wanted::Page(ListOptions { skip_token: Some(token), .. }) = &query.wanted else {
        return Ok(query.grant);
    };
    let bound = RecordCursor::parse(token)?.grant;
    match (query.grant, bound) {
        (Some(named), Some(bound)) if named != bound => {
            Err(bad("$skiptoken", "belongs to another grant than the one named in the header".to_owned()))
        }
        (named, bound) => Ok(bound.or(named)),
    }
}

fn typed_value(typed: mask::TypedValue, who: Who) -> TypedValue {
    TypedValue { property: typed.property, value: Personal::new(who.user, typed.value) }
}

/// Whether the grant still reaches exactly as far as when the records were fetched.
fn same_reach(seen: &Grant, now: &Grant) -> bool {
    seen.id == now.id && seen.reach() == now.reach()
}
