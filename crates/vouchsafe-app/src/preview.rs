//! What a scope would show: the preview for approvers, and the count that an approval or a consent freezes.

use serde_json::Value;
use vouchsafe_core::access_request::{AccessSide, Side, SideStatus};
use vouchsafe_core::audit::PreviewSummary;
use vouchsafe_core::id::{AccessRequestId, TenantId};
use vouchsafe_core::pace::{Extent, Measured};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::permit::{ApproveRequest, Facts, PreviewRequest, authorize};
use vouchsafe_core::preview as rules;
use vouchsafe_core::reach::{DataPerson, Reach};
use vouchsafe_core::scope::{DataCategory, Scope};
use vouchsafe_diagnostics::mask::{MaskKey, Masker};
use vouchsafe_diagnostics::resource::Resource;
use vouchsafe_store::StoreError;

use crate::access::{VoteCommand, standing_of};
use crate::call::acting;
use crate::case::LOOK;
use crate::cursor::bad;
use crate::{App, AppError, Who};

/// What an approver is shown before deciding.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Numbers and times.
    pub summary: PreviewSummary,
    /// The newest records with their kinds, masked under a key that nobody has any more.
    pub samples: Vec<(Resource, Value)>,
}

impl App {
    /// Shows an approver of the data's tenant what a pending request would reach, and records that it was shown.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for anybody else; [`AppError::TooCostly`] where it takes more than 2 seconds;
    /// [`AppError::BadQuery`] where some of the data is read live.
    pub async fn preview(&self, who: Who, id: AccessRequestId) -> Result<Preview, AppError> {
        let asked = {
            let mut reader = self.store.read()?;
            let me = acting(&mut reader, who).await?;
            let side = reader.access_side(who.tenant, id).await?.ok_or(AppError::NotFound)?;
            drop(authorize::<PreviewRequest>(Facts::of_side(LOOK, &me.caller, &side), id)?);
            if !rules::is_previewed(&side) {
                return Err(AppError::NotFound);
            }
            side
        };
        // Looked up only where there is something to decide about; the transaction says why if not.
        let pending = asked.status(self.now()) == SideStatus::Pending;
        let (summary, samples) =
            if pending { self.look_ahead(who.tenant, &asked.requested).await? } else { Default::default() };
        let mut work = self.work_on([who.tenant].into()).await?;
        let me = acting(&mut work, who).await?;
        let side = work.access_side(who.tenant, id).await?.ok_or(AppError::NotFound)?;
        let permit = authorize::<PreviewRequest>(Facts::of_side(work.id(), &me.caller, &side), id)?;
        let decided = rules::record(&side, summary.clone(), &me.context(&work))?;
        work.record(permit, decided).await?;
        work.commit().await?;
        Ok(Preview { summary, samples })
    }

    /// What a scope reaches in a tenant's data now, with samples masked under a key that is thrown away.
    async fn look_ahead(
        &self,
        tenant: TenantId,
        scope: &Scope,
    ) -> Result<(PreviewSummary, Vec<(Resource, Value)>), AppError> {
        if self.upstreams.any_in(tenant, &scope.data_categories) {
            let why = "name data that is read live from its source, where it cannot be counted beforehand";
            return Err(bad("dataCategories", why.to_owned()));
        }
        let people = self.people_of_scope(tenant, scope).await?;
        let found = self.store.extent(tenant, &Reach::of(scope, people)).await?;
        let mut secret = [0; 32];
        self.store.random(tenant, &mut secret);
        let key = MaskKey::derive(&secret, "preview");
        let mut samples = Vec::with_capacity(found.samples.len());
        for (kind, record) in &found.samples {
            samples.push((*kind, masked(*kind, &key, &record.json)?));
        }
        let summary = PreviewSummary {
            people: Some(found.people),
            first: found.first,
            last: found.last,
            counts: found.counts.into_iter().collect(),
        };
        Ok((summary, samples))
    }

    /// The people whom a scope names, as they are found in a tenant's data; `None` where it names none. Of people who
    /// are at a live source only, nothing is known here but the text that names them.
    async fn people_of_scope(
        &self,
        tenant: TenantId,
        scope: &Scope,
    ) -> Result<Option<Vec<DataPerson>>, AppError> {
        let Some(users) = scope.filter.as_ref().and_then(|filter| filter.users.as_ref()) else {
            return Ok(None);
        };
        let texts: Vec<String> = users.iter().map(|user| user.text().to_owned()).collect();
        let mut people = self.store.people_named(tenant, &texts).await?;
        if self.upstreams.any_in(tenant, &scope.data_categories) {
            let known = |text: &String| people.iter().any(|person| is_called(person, text));
            let strangers: Vec<_> =
                texts.iter().map(|text| text.to_lowercase()).filter(|t| !known(t)).collect();
            people.extend(strangers.into_iter().map(stranger));
        }
        Ok(Some(people))
    }

    /// What an approval of a scope freezes: whom it names, and how much data it holds. Where counting takes too long, or
    /// some of the data is read live, the bound stands for the number.
    pub(crate) async fn measured(&self, tenant: TenantId, scope: &Scope) -> Result<Measured, AppError> {
        let people = self.people_of_scope(tenant, scope).await?;
        let extent = self.counted(tenant, Reach::of(scope, people.clone())).await?;
        Ok(Measured { people, extent })
    }

    async fn counted(&self, tenant: TenantId, reach: Reach) -> Result<Extent, AppError> {
        if self.upstreams.any_in(tenant, &reach.data_categories) {
            return Ok(Extent::BOUND);
        }
        match self.store.extent(tenant, &reach).await {
            Ok(found) => {
                let records = found.counts.iter().map(|(_, count)| count).sum();
                Ok(Extent { records, people: Some(found.people) })
            }
            Err(StoreError::TooSlow) => Ok(Extent::BOUND),
            Err(error) => Err(error.into()),
        }
    }

    /// What a vote would freeze on the own side, and on the side of the data where the same person approves there too.
    /// Looked up before the transaction of the vote; what cannot be decided is not looked up, and told by the vote.
    pub(crate) async fn measured_vote(
        &self,
        who: Who,
        id: AccessRequestId,
        vote: &VoteCommand,
    ) -> Result<Option<Measured>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let Some(side) = reader.access_side(who.tenant, id).await? else { return Ok(None) };
        let permitted = authorize::<ApproveRequest>(Facts::of_side(LOOK, &me.caller, &side), id).is_ok();
        if !permitted || side.status(reader.now()) != SideStatus::Pending {
            return Ok(None);
        }
        let standing = standing_of(&mut reader, &me, &side).await?;
        let Ok(scope) = side.proposed(&standing).narrowed(&vote.narrowing) else { return Ok(None) };
        let Some(tenant) = data_tenant(&side, &reader.links(who.tenant, who.user).await?) else {
            return Ok(None);
        };
        drop(reader);
        self.measured(tenant, &scope).await.map(Some)
    }

    /// How much data a *yes* to the consent question would open now; nobody who may not say yes makes it be counted.
    pub(crate) async fn consent_extent(&self, who: Who, yes: bool) -> Result<Extent, AppError> {
        if !yes {
            return Ok(Extent::BOUND);
        }
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        drop(reader);
        if me.is_provider() || !me.caller.permissions.allow(Permission::Consent) {
            return Ok(Extent::BOUND);
        }
        let reach = Reach { data_categories: DataCategory::advanced(), ..Reach::everything() };
        self.counted(who.tenant, reach).await
    }
}

fn is_called(person: &DataPerson, text: &String) -> bool {
    person.user_id.as_ref() == Some(text) || person.user_principal_name.as_ref() == Some(text)
}

/// Somebody of whom only a text in lower case is known: a UPN has an `@`, an id has none.
fn stranger(text: String) -> DataPerson {
    let (user_id, user_principal_name) =
        if text.contains('@') { (None, Some(text)) } else { (Some(text), None) };
    DataPerson { user_id, user_principal_name }
}

/// A record as an engineer would see it under this key.
fn masked(kind: Resource, key: &MaskKey, json: &str) -> Result<Value, AppError> {
    let mut shown = Vec::new();
    let damaged = |error: &dyn std::fmt::Display| {
        AppError::Internal(StoreError::Corrupt(format!("a stored record: {error}")))
    };
    Masker::new(kind.schema().masks, key)
        .mask_json(json, None, &mut shown)
        .map_err(|error| damaged(&error))?;
    serde_json::from_slice(&shown).map_err(|error| damaged(&error))
}

/// The tenant whose data a vote on this side may open at once: the own one, or another where the voter has an account.
fn data_tenant(side: &AccessSide, links: &[(TenantId, vouchsafe_core::id::UserId)]) -> Option<TenantId> {
    match side.side {
        Side::ResourceTenant | Side::Both => Some(side.tenant),
        Side::SupportRequestTenant => {
            links.iter().any(|(tenant, _)| *tenant == side.resource_tenant).then_some(side.resource_tenant)
        }
    }
}
