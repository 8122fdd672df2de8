//! Signing in at an identity provider, and being signed out by one.
//!
//! Nothing waits for an issuer inside a transaction. The state of a sign-in is spent before its code is shown to the issuer,
//! so that an answer is looked at once, whatever becomes of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use sha2::{Digest as _, Sha256};
use vouchsafe_core::audit::Initiator;
use vouchsafe_core::id::{IdentityProviderId, TenantId, UserId};
use vouchsafe_core::identity_provider::IdentityProvider;
use vouchsafe_core::identity_provider::arrival::{Arrival, KnownHere, arrive};
use vouchsafe_core::permit::{KeepIdentity, for_service};
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::time::Timestamp;
use vouchsafe_signin::Secret;
use vouchsafe_signin::oidc::flow::{
    ANSWER_CHARS_MAX, Answer, Client, Flow, RANDOM_BYTES, error_of, id_token_of,
};
use vouchsafe_signin::oidc::jws::TOKEN_BYTES_MAX;
use vouchsafe_signin::oidc::metadata::Metadata;
use vouchsafe_signin::oidc::token::{Expected, IdToken, LogoutToken};
use vouchsafe_store::{SessionIdentity, Work};

use crate::federation::{Federation, SignInError};
use crate::people::USERS_MAX;
use crate::roles::cases_left;
use crate::signin::Began;
use crate::{App, AppError, Who};

/// The claim that says whether the address in `email` is the person's (OpenID Connect Core 1.0 section 5.1).
const EMAIL: &str = "email";

/// A sign-in that has begun.
#[derive(Debug)]
pub struct BegunSignIn {
    /// Where the person is sent.
    pub address: String,
    /// What the browser keeps until it is back.
    pub cookie: String,
}

/// A sign-in that is done.
#[derive(Debug)]
pub struct DoneSignIn {
    /// The secret of the session's cookie.
    pub secret: Secret,
    /// Where the person wants to be: a path of this service.
    pub return_to: String,
}

impl App {
    /// Begins a sign-in. `redirect_uri` is where the issuer sends the person back to.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an identity provider that is none, or with which nobody can sign in;
    /// [`AppError::SignIn`].
    pub async fn begin_sign_in(
        &self,
        tenant: TenantId,
        id: IdentityProviderId,
        redirect_uri: &str,
        return_to: Option<&str>,
    ) -> Result<BegunSignIn, AppError> {
        let now = self.store.now();
        let (federation, provider) = self.offered(tenant, id).await?;
        let metadata = federation.metadata(&provider.issuer, now).await?;
        let mut random = [0; RANDOM_BYTES];
        self.store.random(tenant, &mut random);
        let flow = Flow::begin(&random, return_to, now);
        let address = flow.address(&metadata, client(&provider, redirect_uri));
        let address = address.map_err(|error| SignInError::Malformed(error.into()))?;
        let kept = serde_json::to_vec(&flow).map_err(|error| SignInError::Malformed(error.into()))?;
        let cookie = BASE64URL.encode(self.store.master().seal_sign_in(tenant, id, &kept)?);
        Ok(BegunSignIn { address, cookie })
    }

    /// Ends a sign-in: somebody is back from the issuer with an answer, in the browser that keeps `cookie`.
    ///
    /// # Errors
    /// [`AppError::SignIn`]; [`AppError::Rejected`] with what to tell the person; [`AppError::NotFound`].
    pub async fn finish_sign_in(
        &self,
        (tenant, id): (TenantId, IdentityProviderId),
        redirect_uri: &str,
        cookie: Option<&str>,
        answer: Answer,
    ) -> Result<DoneSignIn, AppError> {
        let now = self.store.now();
        let (federation, provider) = self.offered(tenant, id).await?;
        let flow = self.flow_of(tenant, id, cookie).ok_or(SignInError::NotOurs)?;
        let metadata = federation.metadata(&provider.issuer, now).await?;
        let code = accepted(&flow, &answer, &metadata, now)?;
        self.spend(tenant, flow.fingerprint(), flow.ends()).await?;
        let token = self.token_for(&federation, &provider, &metadata, (&flow, code, redirect_uri)).await?;
        let secret = self.arrived(&provider, &token).await?;
        Ok(DoneSignIn { secret, return_to: flow.return_to().to_owned() })
    }

    /// Signs somebody out because an issuer says so (OpenID Connect Back-Channel Logout 1.0).
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::SignIn`] for a token that is not the issuer's, or was used.
    pub async fn sign_out_by_issuer(
        &self,
        tenant: TenantId,
        id: IdentityProviderId,
        token: &str,
    ) -> Result<(), AppError> {
        let now = self.store.now();
        let (federation, provider) = self.offered(tenant, id).await?;
        if token.len() > TOKEN_BYTES_MAX {
            return Err(SignInError::NotOurs.into());
        }
        let metadata = federation.metadata(&provider.issuer, now).await?;
        let expected = Expected { issuer: &provider.issuer, client_id: &provider.client_id, now };
        let check = |keys: &[_]| LogoutToken::check(token, keys, expected);
        let told = federation.checked(&metadata, now, check).await?;
        let own = Sha256::new().chain_update("oidc logout ").chain_update(&provider.issuer);
        let own = own.chain_update([0]).chain_update(&told.id).finalize().into();
        let mut work = self.store.work().await?;
        if !work.spend_challenge(tenant, own, told.expires).await? {
            return Err(SignInError::NotOurs.into());
        }
        let master = self.store.master();
        let subject = told.subject.map(|subject| master.identity_hash(&provider.issuer, &subject));
        match (told.session, subject) {
            (Some(sid), subject) => {
                let sid = master.sid_hash(&provider.issuer, &sid);
                work.close_sessions_of_sid(tenant, id, &sid, subject.as_deref()).await?;
            }
            (None, Some(subject)) => work.close_sessions_of_subject(tenant, id, &subject).await?,
            (None, None) => {}
        }
        Ok(work.commit().await?)
    }

    /// An identity provider with which people can sign in now.
    async fn offered(
        &self,
        tenant: TenantId,
        id: IdentityProviderId,
    ) -> Result<(std::sync::Arc<Federation>, IdentityProvider), AppError> {
        let federation = self.federation.clone().ok_or(AppError::NotFound)?;
        let provider = if tenant == self.store.provider() {
            federation.of_configuration(id).cloned()
        } else {
            self.store.read()?.identity_provider(tenant, id).await?
        };
        let provider = provider.filter(|provider| provider.enabled).ok_or(AppError::NotFound)?;
        Ok((federation, provider))
    }

    fn flow_of(&self, tenant: TenantId, id: IdentityProviderId, cookie: Option<&str>) -> Option<Flow> {
        let sealed = BASE64URL.decode(cookie?).ok()?;
        let kept = self.store.master().open_sign_in(tenant, id, &sealed).ok()?;
        serde_json::from_slice(&kept).ok()
    }

    async fn spend(&self, tenant: TenantId, hash: [u8; 32], ends: Timestamp) -> Result<(), AppError> {
        let mut work = self.store.work().await?;
        let first = work.spend_challenge(tenant, hash, ends).await?;
        work.commit().await?;
        if first { Ok(()) } else { Err(SignInError::NotOurs.into()) }
    }

    /// What the issuer says of the person, for the code that the person brought.
    async fn token_for(
        &self,
        federation: &Federation,
        provider: &IdentityProvider,
        metadata: &Metadata,
        (flow, code, redirect_uri): (&Flow, &str, &str),
    ) -> Result<IdToken, AppError> {
        let secret = match &provider.secret {
            Some(sealed) => {
                Some(self.store.master().open_client_secret(provider.tenant, provider.id, sealed)?)
            }
            None => None,
        };
        let client = client(provider, redirect_uri);
        let request = flow.token_request(code, client, secret.as_ref().map(|text| text.as_str()), metadata);
        let endpoint = metadata.token_endpoint.clone();
        let fetched = federation.post(endpoint, request.form, request.authorization).await?;
        if fetched.status != 200 {
            let said = error_of(&fetched.body).unwrap_or_else(|| "no error code".to_owned());
            let cause = format!("the token endpoint answered {}: {said}", fetched.status);
            let unwell = fetched.status >= 500 || fetched.status == 429;
            return Err(match unwell {
                true => SignInError::Unreachable(cause.into()).into(),
                false => SignInError::Malformed(cause.into()).into(),
            });
        }
        let token = id_token_of(&fetched.body)
            .ok_or_else(|| SignInError::Malformed("the token endpoint's answer holds no ID token".into()))?;
        let now = self.store.now();
        let expected = Expected { issuer: &provider.issuer, client_id: &provider.client_id, now };
        let check = |keys: &[_]| IdToken::check(&token, keys, expected, flow.nonce());
        Ok(federation.checked(metadata, now, check).await?)
    }

    /// Finds the person's account, or makes it, and opens a session.
    async fn arrived(&self, provider: &IdentityProvider, token: &IdToken) -> Result<Secret, AppError> {
        if !provider.required_claims.iter().all(|required| token.says(&required.claim, &required.value)) {
            return Err(SignInError::NotAdmitted.into());
        }
        let (tenant, master) = (provider.tenant, self.store.master());
        let subject = master.identity_hash(&provider.issuer, token.subject());
        let sid = token.session().map(|sid| master.sid_hash(&provider.issuer, sid));
        let mut work = self.work_on([tenant].into()).await?;
        // It may have been changed, or taken away, while its person was on the way.
        if tenant != self.store.provider()
            && work.identity_provider(tenant, provider.id).await?.as_ref() != Some(provider)
        {
            return Err(SignInError::NotOurs.into());
        }
        let user = self.let_in(&mut work, provider, token, &subject).await?;
        let stopped = cases_left(&mut work, tenant, user).await?;
        let identity = SessionIdentity { provider: provider.id, subject, sid };
        let secret = self.open_session(&mut work, Who::of(tenant, user), Began::Elsewhere(identity)).await?;
        work.commit().await?;
        self.end_access_for(&stopped).await;
        Ok(secret)
    }

    async fn let_in(
        &self,
        work: &mut Work,
        provider: &IdentityProvider,
        token: &IdToken,
        subject: &[u8],
    ) -> Result<UserId, AppError> {
        let tenant = provider.tenant;
        let owner = work.tenant(tenant).await?.ok_or(AppError::NotFound)?;
        // An address that the issuer has not seen to be the person's could be anybody's.
        let claim = provider.user_name_claim.as_str();
        let proven = claim != EMAIL || token.is_true("email_verified");
        let user_name = token.text(claim).filter(|_| proven);
        let linked = match work.identity_owner(tenant, provider.id, subject).await? {
            Some(user) => work.account(tenant, user).await?,
            None => None,
        };
        let named = match (&linked, user_name) {
            (None, Some(name)) => work.account_named(tenant, name).await?,
            (Some(_), _) | (None, None) => None,
        };
        let named = match named {
            Some(user) => work.account(tenant, user).await?,
            None => None,
        };
        let named_is_linked = match &named {
            Some(account) => work.has_identity(tenant, provider.id, account.person.id).await?,
            None => false,
        };
        if linked.is_none() && named.is_none() && work.accounts(tenant).await?.len() >= USERS_MAX {
            return Err(Rejection::Forbidden("your organisation has as many accounts as it may have").into());
        }
        let roles = work.custom_roles(tenant).await?;
        let groups = token.groups(&provider.groups_claim);
        let arrival = Arrival {
            subject: token.subject(),
            user_name,
            display_name: token.text("name"),
            groups: groups.as_deref(),
        };
        let known = KnownHere {
            tenant: &owner,
            linked: linked.as_ref(),
            named: named.as_ref(),
            named_is_linked,
            roles: &roles,
            new_id: work.new_id(tenant),
        };
        let cx = work.context(Initiator::Service);
        let (user, decided) = arrive(provider, arrival, known, &cx)?;
        let permit = for_service::<KeepIdentity>(work.id(), tenant);
        work.record(permit, decided).await?;
        Ok(user)
    }
}

fn client<'c>(provider: &'c IdentityProvider, redirect_uri: &'c str) -> Client<'c> {
    Client { id: &provider.client_id, redirect_uri, scope: &provider.scope }
}

/// The code of an answer to this sign-in.
fn accepted<'a>(
    flow: &Flow,
    answer: &'a Answer,
    metadata: &Metadata,
    now: Timestamp,
) -> Result<&'a str, SignInError> {
    use vouchsafe_signin::oidc::flow::BadAnswer;
    let parts = [&answer.state, &answer.code, &answer.issuer];
    if parts.into_iter().flatten().any(|part| part.len() > ANSWER_CHARS_MAX) {
        return Err(SignInError::NotOurs);
    }
    flow.accept(answer, metadata, now).map_err(|bad| {
        tracing::info!(cause = %bad, "an answer of an identity provider was refused");
        match bad {
            BadAnswer::State | BadAnswer::Late | BadAnswer::Issuer => SignInError::NotOurs,
            BadAnswer::NoCode => SignInError::Malformed(bad.into()),
            BadAnswer::Refused => SignInError::Refused,
        }
    })
}
