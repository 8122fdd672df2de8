//! Setting a deployment up: tenants, people, links and tokens, made by the service itself for `bootstrap` and `demo`.

use vouchsafe_core::account_link;
use vouchsafe_core::audit::Initiator;
use vouchsafe_core::engineer::EngineerProfile;
use vouchsafe_core::id::{TenantId, UserId};
use vouchsafe_core::permit::{SetUp, for_service};
use vouchsafe_core::person::{Person, PersonKind};
use vouchsafe_core::personal::Personal;
use vouchsafe_core::rejection::{Rejection, text_within};
use vouchsafe_core::retention::Retention;
use vouchsafe_core::role;
use vouchsafe_core::setup::{self as rules, Account, TokenRecord};
use vouchsafe_core::tenant::{SupportAccessPolicy, Tenant, TenantKind};
use vouchsafe_core::time::Duration;
use vouchsafe_signin::{Purpose, Secret};

use crate::{App, AppError, Who};

/// A tenant to be made.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its id; the provider's is the deployment's own.
    pub id: TenantId,
    /// Customer or provider.
    pub kind: TenantKind,
    /// Its name, 1 to 200 characters.
    pub display_name: String,
    /// Its domain, such as `contoso.example`.
    pub domain: String,
}

/// A person or service account to be made.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Its tenant.
    pub tenant: TenantId,
    /// Name.
    pub display_name: String,
    /// Sign-in name.
    pub user_principal_name: String,
    /// Person or service account.
    pub kind: PersonKind,
    /// Names of built-in roles.
    pub roles: Vec<String>,
    /// Employer, for staff.
    pub employer: String,
    /// Location, for staff.
    pub location: String,
    /// Problem types of declared expertise, for engineers.
    pub expertise: Vec<String>,
}

impl App {
    /// Makes a tenant.
    ///
    /// # Errors
    /// [`AppError::Rejected`] for a bad name; `conflict` if it exists.
    pub async fn create_tenant(&self, new: NewTenant) -> Result<(), AppError> {
        let mut work = self.store.work().await?;
        work.lock([new.id]).await?;
        if work.tenant(new.id).await?.is_some() {
            return Err(Rejection::Conflict.into());
        }
        let display_name = text_within("displayName", &new.display_name, 1, 200)?;
        let domain = text_within("domain", &new.domain, 1, 253)?;
        let tenant = Tenant {
            id: new.id,
            kind: new.kind,
            display_name,
            verified_domains: vec![domain],
            created: work.now(),
            policy: SupportAccessPolicy::default(),
            retention: Retention::default(),
        };
        let permit = for_service::<SetUp>(work.id(), new.id);
        let decided = rules::create_tenant(tenant, &work.context(Initiator::Service))?;
        work.record(permit, decided).await?;
        Ok(work.commit().await?)
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`AppError::Rejected`] for a role or name that is wrong; `conflict` if the sign-in name is taken.
    pub async fn add_person(&self, new: NewPerson) -> Result<UserId, AppError> {
        let mut work = self.work_on([new.tenant].into()).await?;
        let display_name = text_within("displayName", &new.display_name, 1, 200)?;
        let upn = text_within("userPrincipalName", &new.user_principal_name, 3, 320)?;
        if work.account_named(new.tenant, &upn).await?.is_some() {
            return Err(Rejection::Conflict.into());
        }
        let mut roles = Vec::with_capacity(new.roles.len());
        for name in &new.roles {
            let unknown = || Rejection::invalid("roles", format!("`{name}` is not a built-in role"));
            roles.push(role::by_name(name).ok_or_else(unknown)?.template_id);
        }
        let id: UserId = work.new_id(new.tenant);
        let person = Person {
            id,
            tenant: new.tenant,
            display_name: Personal::new(id, display_name),
            user_principal_name: Personal::new(id, upn),
            kind: new.kind,
            active: true,
            employer: new.employer,
            location: new.location,
            expertise: new.expertise,
            profile: EngineerProfile::default(),
            deleted: None,
        };
        let permit = for_service::<SetUp>(work.id(), new.tenant);
        let roles = roles.into_iter().map(role::Assignment::lasting).collect();
        let decided = rules::add_user(Account { person, roles }, &work.context(Initiator::Service));
        work.record(permit, decided).await?;
        work.commit().await?;
        Ok(id)
    }

    /// Declares two accounts to be one person.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn link(&self, one: Who, other: Who) -> Result<(), AppError> {
        let mut work = self.work_on([one.tenant, other.tenant].into()).await?;
        let account = work.account(one.tenant, one.user).await?.ok_or(AppError::NotFound)?;
        let tenant = work.tenant(one.tenant).await?.ok_or(AppError::NotFound)?;
        let other_account = work.account(other.tenant, other.user).await?.ok_or(AppError::NotFound)?;
        let other_tenant = work.tenant(other.tenant).await?.ok_or(AppError::NotFound)?;
        let ids = (work.new_id(one.tenant), work.new_id(other.tenant));
        let permit = for_service::<SetUp>(work.id(), one.tenant);
        let sides = ((&account.person, &tenant), (&other_account.person, &other_tenant));
        let decided = account_link::set_up(ids, sides.0, sides.1, &work.context(Initiator::Service));
        work.record(permit, decided).await?;
        Ok(work.commit().await?)
    }

    /// Makes an API token for an account. Its text is given here and never again.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an account that does not exist.
    pub async fn issue_token(&self, who: Who, lasts: Duration) -> Result<Secret, AppError> {
        let mut work = self.work_on([who.tenant].into()).await?;
        work.account(who.tenant, who.user).await?.ok_or(AppError::NotFound)?;
        let mut random = [0; vouchsafe_signin::SECRET_BYTES];
        work.random(who.tenant, &mut random);
        let secret = Secret::new(Purpose::ApiToken, who.tenant, random);
        let token = TokenRecord {
            id: work.new_id(who.tenant),
            tenant: who.tenant,
            user: who.user,
            name: Personal::new(who.user, ""),
            hash: secret.hash().0,
            scopes: None,
            created: work.now(),
            expires: work.now() + lasts,
            revoked: None,
            last_used: None,
        };
        let permit = for_service::<SetUp>(work.id(), who.tenant);
        let decided = rules::issue_token(token, &work.context(Initiator::Service));
        work.record(permit, decided).await?;
        work.commit().await?;
        Ok(secret)
    }

    /// Ends an API token at once.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a token that was never made.
    pub async fn revoke_token(&self, token: &Secret) -> Result<(), AppError> {
        let mut work = self.work_on([token.tenant()].into()).await?;
        let record = work.token(token.tenant(), token.hash().0).await?.ok_or(AppError::NotFound)?;
        let permit = for_service::<SetUp>(work.id(), token.tenant());
        let decided = rules::revoke_token(record, &work.context(Initiator::Service));
        work.record(permit, decided).await?;
        Ok(work.commit().await?)
    }
}
