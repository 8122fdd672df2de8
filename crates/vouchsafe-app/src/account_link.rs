//! Links of accounts: one person's accounts in several tenants, offered and accepted by the person, confirmed by each
//! tenant, removable by either.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vouchsafe_core::account_link::{self as rules, LinkRecord, NewLink};
use vouchsafe_core::id::{AccountLinkId, TenantId};
use vouchsafe_core::permit::{Facts, KeepAccountLink, ManageRoles, authorize};
use vouchsafe_core::person::Person;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::tenant::Tenant;
use vouchsafe_core::time::Timestamp;
use vouchsafe_signin::{Purpose, Secret};
use vouchsafe_store::{Listed, Session, Work};

use crate::call::{Acting, acting, finish, replayed, shown_after_commit};
use crate::case::{LOOK, lost};
use crate::people::rights_of;
use crate::{App, AppError, Call, ListOptions, Who};

/// How often a link is looked for that changes meanwhile.
const LOOKED_FOR: u32 = 4;

/// An offer that was just made: the only time that the text of its code exists outside of its person's hands.
#[derive(Debug, Clone)]
pub struct MadeLink {
    /// What is kept of it.
    pub record: LinkRecord,
    /// The code; `None` for what was accepted, and where the same call is answered again.
    pub code: Option<Secret>,
}

/// What is remembered of the answer: not the code.
#[derive(Serialize, Deserialize)]
struct Made(AccountLinkId);

/// A link under the log heads of both tenants.
struct Held {
    work: Work,
    me: Acting,
    mine: LinkRecord,
    theirs: Option<LinkRecord>,
}

impl App {
    /// The links of the own account; of every account for who may manage roles.
    ///
    /// # Errors
    /// [`AppError`], as every use case here.
    pub async fn account_links(
        &self,
        who: Who,
        options: &ListOptions,
    ) -> Result<Listed<LinkRecord>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let query = options.understood("createdDateTime")?;
        let of = if sees_all(&me) { None } else { Some(own(&me)?) };
        Ok(reader.list_link_records(me.tenant.id, of, &query).await?)
    }

    /// One of them.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn account_link(&self, who: Who, id: AccountLinkId) -> Result<LinkRecord, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let record = reader.link_record(who.tenant, id).await?.ok_or(AppError::NotFound)?;
        if record.user == who.user || sees_all(&me) { Ok(record) } else { Err(AppError::NotFound) }
    }

    /// Offers to link the own account with another of the same person; gives the code to accept it with.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn offer_link(&self, call: &Call) -> Result<MadeLink, AppError> {
        let tenant = call.who.tenant;
        let mut work = self.work_on([tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let permit = authorize::<KeepAccountLink>(Facts::own_tenant(work.id(), &me.caller), tenant)
            .map_err(AppError::unhidden)?;
        not_limited(call.who)?;
        if let Some(Made(id)) = replayed(&mut work, call).await? {
            let record = work.link_record(tenant, id).await?.ok_or(AppError::NotFound)?;
            return shown_after_commit(work, MadeLink { record, code: None }).await;
        }
        let mut random = [0; vouchsafe_signin::SECRET_BYTES];
        work.random(tenant, &mut random);
        let code = Secret::new(Purpose::AccountLink, tenant, random);
        let id: AccountLinkId = work.new_id(tenant);
        let held = work.link_records_of(tenant, call.who.user).await?;
        let new = NewLink { id, hash: Some(code.hash().0) };
        let decided = rules::offer(new, &me.caller.person, &held, &me.context(&work))?;
        work.record(permit, decided).await?;
        let record = work.link_record(tenant, id).await?.ok_or_else(lost)?;
        finish(work, call, Made(id)).await?;
        Ok(MadeLink { record, code: Some(code) })
    }

    /// Whose offer a code is of, for whoever has it: name, sign-in name and organisation.
    ///
    /// # Errors
    /// [`AppError::Rejected`] for a code that cannot be used.
    pub async fn offered_link(&self, who: Who, code: &str) -> Result<(Person, Tenant), AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        own(&me)?;
        let secret = secret(code)?;
        let now = reader.now();
        let (_, maker, there) = offered(&mut reader, &secret, now).await?;
        Ok((maker, there))
    }

    /// Accepts an offer with its code, for the own account. In a session of the pages that is the person's yes; with a token
    /// the person still has to agree there.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn accept_link(&self, call: &Call, code: &str) -> Result<MadeLink, AppError> {
        let tenant = call.who.tenant;
        let secret = secret(code)?;
        let mut work = self.work_on([tenant, secret.tenant()].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let permit = authorize::<KeepAccountLink>(Facts::own_tenant(work.id(), &me.caller), tenant)
            .map_err(AppError::unhidden)?;
        not_limited(call.who)?;
        if let Some(Made(id)) = replayed(&mut work, call).await? {
            let record = work.link_record(tenant, id).await?.ok_or(AppError::NotFound)?;
            return shown_after_commit(work, MadeLink { record, code: None }).await;
        }
        let now = work.now();
        let (offer, maker, there) = offered(&mut work, &secret, now).await?;
        let held = work.link_records_of(tenant, call.who.user).await?;
        let id: AccountLinkId = work.new_id(tenant);
        let new = NewLink { id, hash: None };
        let in_session = call.who.token.is_none();
        let here = (&me.caller.person, &*me.tenant);
        let cx = me.context(&work);
        let decided = rules::accept(new, here, (&offer, &maker, &there), &held, in_session, &cx)?;
        work.record(permit, decided).await?;
        let record = work.link_record(tenant, id).await?.ok_or_else(lost)?;
        finish(work, call, Made(id)).await?;
        Ok(MadeLink { record, code: None })
    }

    /// The person says in a session of the own account that the other one is theirs.
    ///
    /// # Errors
    /// [`AppError::Rejected`] with a token: whoever has that is not known to be the person.
    pub async fn agree_to_link(&self, call: &Call, id: AccountLinkId) -> Result<LinkRecord, AppError> {
        let Held { mut work, me, mine, theirs } = self.held_link(call.who, id).await?;
        if mine.user != call.who.user {
            return Err(AppError::NotFound);
        }
        if call.who.token.is_some() {
            let message = "agreeing to a link is done on the pages, signed in to this account";
            return Err(Rejection::Forbidden(message).into());
        }
        let permit = authorize::<KeepAccountLink>(Facts::own_tenant(work.id(), &me.caller), mine.tenant)?;
        let theirs = theirs.ok_or(Rejection::AlreadyEnded)?;
        let decided = rules::agree((&mine, &theirs), &me.context(&work))?;
        work.record(permit, decided).await?;
        reloaded(work, call, &mine).await
    }

    /// Somebody who may manage the tenant's roles confirms a link of one of its accounts.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn confirm_link(&self, call: &Call, id: AccountLinkId) -> Result<LinkRecord, AppError> {
        let Held { mut work, me, mine, theirs } = self.held_link(call.who, id).await?;
        let permit = authorize::<ManageRoles>(Facts::own_tenant(work.id(), &me.caller), mine.tenant)
            .map_err(|_| AppError::Forbidden)?;
        if let Some(Made(_)) = replayed(&mut work, call).await? {
            return shown_after_commit(work, mine).await;
        }
        let theirs = theirs.ok_or(Rejection::AlreadyEnded)?;
        let rights = rights_of(&mut work, mine.tenant, mine.user).await?;
        let decided = rules::confirm((&mine, &theirs), &me.caller, &rights, &me.context(&work))?;
        work.record(permit, decided).await?;
        reloaded(work, call, &mine).await
    }

    /// Ends a link, or what was to become one, for both tenants: the person's own, or anybody's of the tenant for who may
    /// manage its roles.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn remove_link(&self, call: &Call, id: AccountLinkId) -> Result<(), AppError> {
        let Held { mut work, me, mine, theirs } = self.held_link(call.who, id).await?;
        let facts = Facts::own_tenant(work.id(), &me.caller);
        let cx = me.context(&work);
        if mine.user == call.who.user {
            not_limited(call.who)?;
            let permit = authorize::<KeepAccountLink>(facts, mine.tenant)?;
            work.record(permit, rules::remove(&mine, theirs.as_ref(), &cx)?).await?;
        } else {
            let permit = authorize::<ManageRoles>(facts, mine.tenant).map_err(|_| AppError::NotFound)?;
            work.record(permit, rules::remove(&mine, theirs.as_ref(), &cx)?).await?;
        }
        Ok(work.commit().await?)
    }

    /// A link that the caller may see, in a unit of work on the log heads of both tenants.
    async fn held_link(&self, who: Who, id: AccountLinkId) -> Result<Held, AppError> {
        for _ in 0..LOOKED_FOR {
            let known = self.account_link(who, id).await?;
            let tenants = tenants_of(&known);
            let mut work = self.work_on(tenants.clone()).await?;
            let me = acting(&mut work, who).await?;
            let mine = work.link_record(who.tenant, id).await?.ok_or(AppError::NotFound)?;
            if mine.user != who.user && !sees_all(&me) {
                return Err(AppError::NotFound);
            }
            // Somebody may have accepted it meanwhile.
            if !tenants_of(&mine).is_subset(&tenants) {
                continue;
            }
            let theirs = match &mine.other {
                Some(other) => work.link_record(other.tenant, other.link).await?,
                None => None,
            };
            return Ok(Held { work, me, mine, theirs });
        }
        Err(AppError::Busy)
    }
}

fn tenants_of(record: &LinkRecord) -> BTreeSet<TenantId> {
    record.other.iter().map(|other| other.tenant).chain([record.tenant]).collect()
}

/// Whether the caller sees the links of everybody in the own tenant.
fn sees_all(me: &Acting) -> bool {
    authorize::<ManageRoles>(Facts::own_tenant(LOOK, &me.caller), me.tenant.id).is_ok()
}

/// The caller's account, if it may have links.
fn own(me: &Acting) -> Result<vouchsafe_core::id::UserId, AppError> {
    let facts = Facts::own_tenant(LOOK, &me.caller);
    drop(authorize::<KeepAccountLink>(facts, me.tenant.id).map_err(AppError::unhidden)?);
    Ok(me.caller.person.id)
}

/// A limited token does not speak for the whole person.
fn not_limited(who: Who) -> Result<(), AppError> {
    match who.scopes {
        None => Ok(()),
        Some(_) => {
            Err(Rejection::Forbidden("a limited token does not link accounts, nor unlink its own").into())
        }
    }
}

fn secret(code: &str) -> Result<Secret, AppError> {
    Ok(Secret::parse(Purpose::AccountLink, code.trim()).map_err(|_| rules::unknown_code())?)
}

/// The offer of a code with its maker, as long as that one's account can be used.
async fn offered(
    session: &mut Session,
    code: &Secret,
    now: Timestamp,
) -> Result<(LinkRecord, Person, Tenant), AppError> {
    let (tenant, hash) = (code.tenant(), code.hash().0);
    let offer = session.link_offered(tenant, hash).await?.ok_or_else(rules::unknown_code)?;
    let maker = session.account(tenant, offer.user).await?.map(|account| account.person);
    let maker = maker.filter(|maker| maker.active).ok_or_else(rules::unknown_code)?;
    let there = session.tenant(tenant).await?.ok_or_else(rules::unknown_code)?;
    if offer.status(now) != rules::LinkStatus::Offered {
        return Err(rules::unknown_code().into());
    }
    Ok((offer, maker, there))
}

async fn reloaded(mut work: Work, call: &Call, old: &LinkRecord) -> Result<LinkRecord, AppError> {
    let record = work.link_record(old.tenant, old.id).await?.ok_or_else(lost)?;
    finish(work, call, Made(record.id)).await?;
    Ok(record)
}
