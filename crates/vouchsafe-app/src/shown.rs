//! What pages show beside a record: who can read now, how much was read, names and numbers. All of it is the own
//! tenant's to know.

use std::collections::{BTreeMap, BTreeSet};

use vouchsafe_core::grant::Grant;
use vouchsafe_core::id::{GrantId, ReadId, SupportRequestId, TenantId, UserId};
use vouchsafe_core::permit::{
    DecideReveal, Facts, ReadAccessLog, ReadGrant, ReadReads, ReadRequest, Scope, authorize,
};
use vouchsafe_core::person::EngineerCard;
use vouchsafe_core::read::ReadRecord;
use vouchsafe_core::reveal::{Reveal, RevealStatus};
use vouchsafe_core::setup::Account;
use vouchsafe_core::tenant::Tenant;
use vouchsafe_core::time::Timestamp;
use vouchsafe_store::{ListQuery, Order, Reader, ReadsOf, Session};

use crate::call::{Acting, acting};
use crate::case::LOOK;
use crate::cursor::ListOptions;
use crate::{App, AppError, Who};

/// Most accesses that one page shows.
const ACCESSES_MAX: u32 = 200;
/// Most reads of one access that are added up.
pub(crate) const READS_COUNTED: u32 = 1_000;

/// An access to the own tenant's data, with what people ask about it.
#[derive(Debug, Clone)]
pub struct AccessStory {
    /// The grant.
    pub grant: Grant,
    /// The number of the support request.
    pub number: String,
    /// Its title, where it is the own tenant's and the caller may see it.
    pub title: Option<String>,
    /// Who can read under it; who could, once it has ended.
    pub engineer: Option<EngineerCard>,
    /// What was read; `None` where the caller may not know.
    pub reads: Option<ReadTotals>,
    /// Masked values that the engineer asks to see, for who may decide; the true ones too.
    pub reveals: Vec<Reveal>,
    /// When this was true.
    pub seen: Timestamp,
}

/// Reads, added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadTotals {
    /// Different records.
    pub records: u64,
    /// Reads in which a masked value showed in clear because it was allowed.
    pub revealed: u64,
    /// The last read.
    pub last: Option<Timestamp>,
}

impl App {
    /// Live and paused access to the own tenant's data.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for who may not see access; for the provider's people, who have no such data.
    pub async fn access_now(&self, who: Who) -> Result<Vec<AccessStory>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let scope = Scope::of_access(&me.caller, me.tenant.kind)?;
        if me.is_provider() {
            return Err(AppError::Forbidden);
        }
        let seen = reader.now();
        let listed = reader.list_grants(scope, &newest(ACCESSES_MAX), seen).await?;
        let mut stories = Vec::with_capacity(listed.items.len());
        for grant in listed.items {
            stories.push(self.story(&mut reader, &me, grant).await?);
        }
        Ok(stories)
    }

    /// One access to the own tenant's data, ended ones too.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn access_story(&self, who: Who, id: GrantId) -> Result<AccessStory, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let grant = reader.grant(who.tenant, id).await?.ok_or(AppError::NotFound)?;
        // Who may read the log may know of an access what its entries say.
        if authorize::<ReadReads>(Facts::own_tenant(LOOK, &me.caller), who.tenant).is_err() {
            drop(authorize::<ReadGrant>(Facts::of_grant(LOOK, &me.caller, &grant), id)?);
        }
        self.story(&mut reader, &me, grant).await
    }

    async fn story(&self, reader: &mut Reader, me: &Acting, grant: Grant) -> Result<AccessStory, AppError> {
        let seen = reader.now();
        let side = match grant.access_request {
            Some(id) => reader.access_side(grant.tenant, id).await?,
            None => None,
        };
        let own = reader.support_request(grant.tenant, grant.support_request).await?;
        let visible = own.as_ref().filter(|request| {
            let facts = Facts::of_case(LOOK, &me.caller, request, false);
            authorize::<ReadRequest>(facts, request.id).is_ok()
        });
        let title = visible.map(|request| request.title.text().to_owned());
        let number = own
            .map(|request| request.number)
            .or_else(|| side.as_ref().map(|side| side.support_request_number.clone()))
            .unwrap_or_default();
        let asked = side.map(|side| side.requested_by);
        let over = grant.status(seen) == vouchsafe_core::grant::GrantStatus::Ended;
        let engineer = match asked {
            Some(asked) if over => Some(asked),
            asked => self.engineer_of(reader, grant.support_request).await?.or(asked),
        };
        let reads = totals(reader, me, grant.id).await?;
        let mut reveals = Vec::new();
        if authorize::<DecideReveal>(Facts::of_grant(LOOK, &me.caller, &grant), grant.id).is_ok() {
            reveals = reader.reveals_of_grant(grant.tenant, grant.id).await?;
            reveals.retain(|reveal| reveal.status(&grant, seen) == RevealStatus::Pending);
        }
        Ok(AccessStory { grant, number, title, engineer, reads, reveals, seen })
    }

    /// The engineer who works on a case now, as the provider discloses it.
    async fn engineer_of(
        &self,
        session: &mut Session,
        case: SupportRequestId,
    ) -> Result<Option<EngineerCard>, AppError> {
        let provider = self.store.provider();
        let Some(request) = session.desk_case(provider, case).await? else { return Ok(None) };
        let Some(engineer) = request.engineer() else { return Ok(None) };
        let account = session.account(provider, engineer).await?;
        Ok(account.map(|account| account.person.card()))
    }

    /// One read of the own tenant's data.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn read_record(&self, who: Who, id: ReadId) -> Result<ReadRecord, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        drop(authorize::<ReadReads>(Facts::own_tenant(LOOK, &me.caller), who.tenant)?);
        reader.read_record(who.tenant, id).await?.ok_or(AppError::NotFound)
    }

    /// The names of people of the own tenant. Who is not one of them is left out.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn names(
        &self,
        who: Who,
        people: &BTreeSet<UserId>,
    ) -> Result<BTreeMap<UserId, String>, AppError> {
        let mut reader = self.store.read()?;
        acting(&mut reader, who).await?;
        let mut names = BTreeMap::new();
        for id in people {
            if let Some(account) = reader.account(who.tenant, *id).await? {
                names.insert(*id, account.person.display_name.text().to_owned());
            }
        }
        Ok(names)
    }

    /// The numbers of cases that entries of the own tenant's log name.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for who may not read the log.
    pub async fn case_numbers(
        &self,
        who: Who,
        cases: &BTreeSet<SupportRequestId>,
    ) -> Result<BTreeMap<SupportRequestId, String>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let facts = Facts::own_tenant(LOOK, &me.caller);
        drop(authorize::<ReadAccessLog>(facts, who.tenant).map_err(AppError::unhidden)?);
        let mut numbers = BTreeMap::new();
        for id in cases {
            if let Some(number) = number_of(&mut reader, &me, *id).await? {
                numbers.insert(*id, number);
            }
        }
        Ok(numbers)
    }

    /// A tenant with its people, for the demo's choice of a person. Only the demo may ask: nobody is signed in.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a tenant that does not exist.
    pub async fn people_of(&self, tenant: TenantId) -> Result<(Tenant, Vec<Account>), AppError> {
        let mut reader = self.store.read()?;
        let owner = reader.tenant(tenant).await?.ok_or(AppError::NotFound)?;
        Ok((owner, reader.accounts(tenant).await?))
    }
}

pub(crate) fn newest(top: u32) -> ListQuery {
    ListQuery { filter: None, order: Order::NewestFirst, top, after: None, count: false }
}

/// What was read under a grant, for who may know it.
async fn totals(session: &mut Session, me: &Acting, grant: GrantId) -> Result<Option<ReadTotals>, AppError> {
    let facts = Facts::own_tenant(LOOK, &me.caller);
    let Ok(permit) = authorize::<ReadReads>(facts, me.tenant.id) else { return Ok(None) };
    let scope = Scope::of_tenant(permit);
    let reads = session.list_reads(scope, ReadsOf::Grant(grant), &newest(READS_COUNTED)).await?.items;
    let records: BTreeSet<&str> =
        reads.iter().flat_map(|read| read.record_ids.iter().map(String::as_str)).collect();
    let records = u64::try_from(records.len()).unwrap_or(u64::MAX);
    let revealing = |read: &&ReadRecord| read.properties.iter().any(|property| property.revealed);
    let revealed = u64::try_from(reads.iter().filter(revealing).count()).unwrap_or(u64::MAX);
    Ok(Some(ReadTotals { records, revealed, last: reads.first().map(|read| read.at) }))
}

/// The number of a case, from the own tenant's records of it.
async fn number_of(
    reader: &mut Reader,
    me: &Acting,
    id: SupportRequestId,
) -> Result<Option<String>, AppError> {
    let tenant = me.tenant.id;
    if me.is_provider() {
        return Ok(reader.desk_case(tenant, id).await?.map(|request| request.number));
    }
    if let Some(request) = reader.support_request(tenant, id).await? {
        return Ok(Some(request.number));
    }
    let of_case =
        ListOptions { filter: Some(format!("supportRequestId eq '{id}'")), ..ListOptions::default() };
    let query = ListQuery { filter: of_case.filter()?, ..newest(1) };
    let now = reader.now();
    let sides = reader.list_sides(tenant, &query, now).await?;
    Ok(sides.items.into_iter().next().map(|side| side.support_request_number))
}
