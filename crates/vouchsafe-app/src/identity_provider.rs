//! Identity providers of the own tenant, and people who come from one.

mod sign_in;

use vouchsafe_core::id::{IdentityProviderId, TenantId};
use vouchsafe_core::identity_provider::{
    self as rules, Around, IdentityProvider, NewProvider, ProviderText, SECRET_BYTES_MAX,
};
use vouchsafe_core::permit::{self, Facts, authorize};
use vouchsafe_core::rejection::Rejection;
use vouchsafe_signin::oidc;
use vouchsafe_store::{Session, Work};
use zeroize::Zeroizing;

use crate::call::{Acting, acting, finish, replayed, shown_after_commit, unchanged};
use crate::case::LOOK;
use crate::{App, AppError, Call, Who};

pub use sign_in::{BegunSignIn, DoneSignIn};

/// An identity provider to be set up.
#[derive(Clone)]
pub struct ProviderCommand {
    /// The issuer's address.
    pub issuer: String,
    /// Who this service is there.
    pub client_id: String,
    /// Its secret there.
    pub client_secret: Option<Zeroizing<String>>,
    /// All else.
    pub text: ProviderText,
}

impl App {
    /// The identity providers of the own tenant, the oldest first; the provider's are those of its configuration file.
    ///
    /// # Errors
    /// [`AppError`], as every use case here.
    pub async fn identity_providers(&self, who: Who) -> Result<Vec<IdentityProvider>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let facts = Facts::own_tenant(LOOK, &me.caller);
        let permit = authorize::<permit::ReadIdentityProviders>(facts, me.tenant.id);
        drop(permit.map_err(AppError::unhidden)?);
        if me.is_provider() {
            return Ok(self.provider_sign_ins().to_vec());
        }
        Ok(reader.identity_providers(me.tenant.id).await?)
    }

    /// One of them.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn identity_provider(
        &self,
        who: Who,
        id: IdentityProviderId,
    ) -> Result<IdentityProvider, AppError> {
        let all = self.identity_providers(who).await.map_err(AppError::hidden)?;
        all.into_iter().find(|provider| provider.id == id).ok_or(AppError::NotFound)
    }

    /// The provider's own, which everybody may see: their buttons stand where its people sign in.
    #[must_use]
    pub fn provider_sign_ins(&self) -> &[IdentityProvider] {
        self.federation.as_ref().map(|federation| federation.configured()).unwrap_or_default()
    }

    /// Sets an identity provider up.
    ///
    /// # Errors
    /// [`AppError`]; `conflict` for a client that is there already.
    pub async fn add_identity_provider(
        &self,
        call: &Call,
        command: ProviderCommand,
    ) -> Result<IdentityProvider, AppError> {
        let managing = self.managing_identity_providers(call.who).await;
        let (mut work, me, permit) = managing.map_err(AppError::unhidden)?;
        let tenant = me.tenant.id;
        if let Some(id) = replayed::<IdentityProviderId>(&mut work, call).await? {
            let provider = work.identity_provider(tenant, id).await?.ok_or(AppError::NotFound)?;
            return shown_after_commit(work, provider).await;
        }
        let ProviderCommand { issuer, client_id, client_secret, text } = command;
        let issuer = issuer.trim().to_owned();
        oidc::address(&issuer, false).map_err(|why| Rejection::invalid("issuer", why))?;
        let id = work.new_id(tenant);
        let secret = self.sealed_secret(tenant, id, client_secret)?;
        let known = Surroundings::of(&mut work, &me).await?;
        let new = NewProvider { id, issuer, client_id, secret };
        let decided = rules::define(new, text, known.around(), &me.context(&work))?;
        work.record(permit, decided).await?;
        let provider = work.identity_provider(tenant, id).await?.ok_or(AppError::NotFound)?;
        finish(work, call, id).await?;
        Ok(provider)
    }

    /// Changes an identity provider of the own tenant.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn change_identity_provider(
        &self,
        call: &Call,
        id: IdentityProviderId,
        client_secret: Option<Zeroizing<String>>,
        change: impl FnOnce(ProviderText) -> ProviderText,
    ) -> Result<IdentityProvider, AppError> {
        let (mut work, me, permit) = self.managing_identity_providers(call.who).await?;
        let tenant = me.tenant.id;
        let provider = self.own(&mut work, &me, id).await?;
        unchanged(call, provider.version)?;
        let secret = self.sealed_secret(tenant, id, client_secret)?;
        let known = Surroundings::of(&mut work, &me).await?;
        let text = change(provider.text());
        let decided = rules::change(&provider, text, secret, known.around(), &me.context(&work))?;
        work.record(permit, decided).await?;
        let provider = work.identity_provider(tenant, id).await?.ok_or(AppError::NotFound)?;
        work.commit().await?;
        Ok(provider)
    }

    /// Takes an identity provider of the own tenant away; who signed in with it is signed out.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn delete_identity_provider(
        &self,
        call: &Call,
        id: IdentityProviderId,
    ) -> Result<(), AppError> {
        let (mut work, me, permit) = self.managing_identity_providers(call.who).await?;
        let provider = self.own(&mut work, &me, id).await?;
        unchanged(call, provider.version)?;
        let decided = rules::delete(&provider, &me.context(&work));
        work.record(permit, decided).await?;
        Ok(work.commit().await?)
    }

    async fn own(
        &self,
        work: &mut Work,
        me: &Acting,
        id: IdentityProviderId,
    ) -> Result<IdentityProvider, AppError> {
        if me.is_provider() && self.provider_sign_ins().iter().any(|provider| provider.id == id) {
            let message = "the provider's own identity providers are in its configuration file";
            return Err(Rejection::Forbidden(message).into());
        }
        work.identity_provider(me.tenant.id, id).await?.ok_or(AppError::NotFound)
    }

    async fn managing_identity_providers(
        &self,
        who: Who,
    ) -> Result<(Work, Acting, permit::Permit<permit::ManageIdentityProviders>), AppError> {
        let mut work = self.work_on([who.tenant].into()).await?;
        let me = acting(&mut work, who).await?;
        let facts = Facts::own_tenant(work.id(), &me.caller);
        let permit = authorize::<permit::ManageIdentityProviders>(facts, me.tenant.id)?;
        Ok((work, me, permit))
    }

    fn sealed_secret(
        &self,
        tenant: TenantId,
        id: IdentityProviderId,
        secret: Option<Zeroizing<String>>,
    ) -> Result<Option<Vec<u8>>, AppError> {
        let Some(secret) = secret else { return Ok(None) };
        if secret.is_empty() || secret.len() > SECRET_BYTES_MAX || secret.chars().any(char::is_control) {
            let message = format!("must have 1 to {SECRET_BYTES_MAX} bytes and no control characters");
            return Err(Rejection::invalid("clientSecret", message).into());
        }
        Ok(Some(self.store.master().seal_client_secret(tenant, id, &secret)?))
    }
}

/// What the rules look at besides.
struct Surroundings {
    tenant: (TenantId, vouchsafe_core::tenant::TenantKind),
    others: Vec<IdentityProvider>,
    roles: Vec<vouchsafe_core::role::custom::CustomRole>,
}

impl Surroundings {
    async fn of(session: &mut Session, me: &Acting) -> Result<Self, AppError> {
        let tenant = me.tenant.id;
        Ok(Self {
            tenant: (tenant, me.tenant.kind),
            others: session.identity_providers(tenant).await?,
            roles: session.custom_roles(tenant).await?,
        })
    }

    fn around(&self) -> Around<'_> {
        Around { tenant: self.tenant, others: &self.others, roles: &self.roles }
    }
}
