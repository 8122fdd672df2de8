//! Reveals: the engineer asks to see one masked value in clear; the tenant of the data decides.

use vouchsafe_core::grant::Grant;
use vouchsafe_core::id::{GrantId, RevealId, SupportRequestId, TenantId};
use vouchsafe_core::permit::{AskReveal, DecideReveal, Facts, ReadGrant, authorize};
use vouchsafe_core::rejection::{Rejection, text_within};
use vouchsafe_core::reveal::{self as rules, Question, Reveal, RevealFacts, RevealStatus};
use vouchsafe_core::support_request::SupportRequest;
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::mask::{Hidden, MaskKey, NotHidden, Registry, Revealed, hidden};
use vouchsafe_diagnostics::resource::Resource;
use vouchsafe_store::{Session, Work};

use crate::call::{Acting, acting, finish, replayed, shown_after_commit, unchanged};
use crate::case::{LOOK, lost};
use crate::pace::linked_to_provider;
use crate::view::{RevealView, Rows};
use crate::{App, AppError, Call, ListOptions, Who};

/// Longest path of a property, in characters.
const PROPERTY_CHARS_MAX: usize = 256;
/// Longest value, in characters.
const VALUE_CHARS_MAX: usize = 2_048;

/// What an engineer asks to see.
#[derive(Debug, Clone)]
pub struct RevealCommand {
    /// Path of the property, such as `userPrincipalName`.
    pub property: String,
    /// The value as it was shown under the grant, or a whole value.
    pub value: String,
    /// Why.
    pub justification: Option<String>,
}

impl App {
    /// Asks to see one masked value in clear.
    ///
    /// # Errors
    /// [`AppError`], as every use case here.
    pub async fn ask_reveal(
        &self,
        call: &Call,
        id: GrantId,
        command: RevealCommand,
    ) -> Result<RevealView, AppError> {
        let (tenant, case) = self.grant_at_work(call.who, id).await?;
        let mut work = self.work_on([tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let (grant, case) = at_work(&mut work, &me, tenant, case, id).await?;
        let permit = authorize::<AskReveal>(Facts::of_case(work.id(), &me.caller, &case, true), id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        let key = MaskKey::derive(self.store.master().masking().as_slice(), &grant.id.to_string());
        let question = question(work.new_id(tenant), command, &key)?;
        let others = work.reveals_of_grant(tenant, id).await?;
        let decided = rules::ask(&grant, &others, &me.caller.person, question, &me.context(&work))?;
        let rows = Rows(work.record(permit, decided).await?);
        let reveal = rows.reveal().cloned().ok_or_else(lost)?;
        let view = RevealView::of(reveal, &grant, false, work.now());
        finish(work, call, view).await
    }

    /// What was asked for under a grant, oldest first: with the true values for the tenant of the data, as it was
    /// written for the engineer, who sees an approved value in the data.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn reveals(&self, who: Who, id: GrantId) -> Result<Vec<RevealView>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let grant = if me.is_provider() {
            drop(reader);
            let grant = self.grant(who, id).await?.grant;
            reader = self.store.read()?;
            grant
        } else {
            let grant = reader.grant(who.tenant, id).await?.ok_or(AppError::NotFound)?;
            drop(authorize::<ReadGrant>(Facts::of_grant(LOOK, &me.caller, &grant), id)?);
            grant
        };
        let seen = reader.now();
        let reveals = reader.reveals_of_grant(grant.tenant, id).await?;
        let own = !me.is_provider();
        Ok(reveals.into_iter().map(|reveal| RevealView::of(reveal, &grant, own, seen)).collect())
    }

    /// Lets a value show in clear for a quarter of an hour.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn approve_reveal(&self, call: &Call, id: RevealId) -> Result<RevealView, AppError> {
        self.decide_reveal(call, id, None).await
    }

    /// Keeps a value masked.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn reject_reveal(
        &self,
        call: &Call,
        id: RevealId,
        reason: Option<&str>,
    ) -> Result<RevealView, AppError> {
        self.decide_reveal(call, id, Some(reason)).await
    }

    /// Decides: `refused` holds the reason of a rejection; without it, it is an approval.
    async fn decide_reveal(
        &self,
        call: &Call,
        id: RevealId,
        refused: Option<Option<&str>>,
    ) -> Result<RevealView, AppError> {
        let tenant = call.who.tenant;
        let mut work = self.work_on([tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let reveal = work.reveal(tenant, id).await?.ok_or(AppError::NotFound)?;
        let grant = work.grant(tenant, reveal.grant).await?.ok_or_else(lost)?;
        let permit = authorize::<DecideReveal>(Facts::of_grant(work.id(), &me.caller, &grant), grant.id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        unchanged(call, reveal.version)?;
        let linked_to_provider = linked_to_provider(&mut work, &me).await?;
        let facts = RevealFacts { grant: &grant, tenant: &me.tenant, linked_to_provider };
        let (by, cx) = (&me.caller.person, me.context(&work));
        let decided = match refused {
            None => rules::approve(&reveal, by, facts, &cx)?,
            Some(reason) => rules::reject(&reveal, by, reason, facts, &cx)?,
        };
        let rows = Rows(work.record(permit, decided).await?);
        let reveal = rows.reveal().cloned().ok_or_else(lost)?;
        let view = RevealView::of(reveal, &grant, true, work.now());
        finish(work, call, view).await
    }

    /// The tenant and the case of a grant that an engineer may use now.
    async fn grant_at_work(&self, who: Who, id: GrantId) -> Result<(TenantId, SupportRequestId), AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        if !me.is_provider() {
            // The own tenant's people may know the grant, but nobody asks oneself.
            let grant = reader.grant(who.tenant, id).await?.ok_or(AppError::NotFound)?;
            drop(authorize::<AskReveal>(Facts::of_grant(LOOK, &me.caller, &grant), id)?);
            return Err(AppError::Forbidden);
        }
        drop(reader);
        let mine = ListOptions { filter: Some(format!("id eq '{id}'")), ..ListOptions::default() };
        let found = self.grants(who, &mine).await.map_err(AppError::hidden)?.items.into_iter().next();
        let grant = found.ok_or(AppError::NotFound)?.grant;
        Ok((grant.tenant, grant.support_request))
    }
}

/// A grant with its case, in a unit of work of the provider's people.
async fn at_work(
    work: &mut Work,
    me: &Acting,
    tenant: TenantId,
    case: SupportRequestId,
    id: GrantId,
) -> Result<(Grant, SupportRequest), AppError> {
    let case = work.desk_case(me.tenant.id, case).await?.ok_or(AppError::NotFound)?;
    let grant = work.grant(tenant, id).await?.ok_or(AppError::NotFound)?;
    Ok((grant, case))
}

/// What the engineer wrote, with what it truly means under the grant's masks.
fn question(id: RevealId, command: RevealCommand, key: &MaskKey) -> Result<Question, Rejection> {
    let property = text_within("property", &command.property, 1, PROPERTY_CHARS_MAX)?;
    let shown = text_within("value", &command.value, 1, VALUE_CHARS_MAX)?;
    let found = hidden(masks_of(&property), key, &property, &shown);
    let Hidden { path, value } = found.map_err(|error| match error {
        NotHidden::Plain => Rejection::invalid("property", error.to_string()),
        NotHidden::OneWay | NotHidden::NotOne => Rejection::invalid("value", error.to_string()),
    })?;
    Ok(Question { id, property, shown, of: path, value, justification: command.justification })
}

/// The masks of the first kind of object that has a property at this path; sign-ins come first.
fn masks_of(path: &str) -> &'static Registry {
    let kinds = [Resource::SignIn].into_iter().chain(Resource::ALL.iter().copied());
    let mut masks = kinds.map(|kind| kind.schema().masks);
    let has = |masks: &&'static Registry| masks.entries().iter().any(|(known, _)| *known == path);
    masks.find(has).unwrap_or(Resource::SignIn.schema().masks)
}

/// A value that shows in clear: the path that it was asked for at, and the value.
pub(crate) type Shown = (String, String);

/// What shows in clear under a grant at an instant.
pub(crate) async fn shown_under(
    session: &mut Session,
    grant: &Grant,
    now: Timestamp,
) -> Result<Vec<Shown>, AppError> {
    let reveals = session.reveals_of_grant(grant.tenant, grant.id).await?.into_iter();
    let approved = reveals.filter(|reveal| reveal.status(grant, now) == RevealStatus::Approved);
    Ok(approved.map(|reveal| (reveal.of.clone(), reveal.value.text().to_owned())).collect())
}

/// The same for the masker.
pub(crate) fn revealed(shown: &[Shown]) -> Revealed {
    let mut revealed = Revealed::default();
    for (path, value) in shown {
        revealed.insert(masks_of(path).class(path), value);
    }
    revealed
}

/// The reveal as it may be told to one side.
impl RevealView {
    pub(crate) fn of(reveal: Reveal, grant: &Grant, own: bool, seen: Timestamp) -> Self {
        let status = reveal.status(grant, seen);
        Self { version: reveal.version, status, own, reveal, seen }
    }
}
