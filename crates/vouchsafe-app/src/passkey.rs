//! Passkeys of people, and the one-time passes by which they come to their first, or to one after a loss.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use vouchsafe_core::audit::Initiator;
use vouchsafe_core::id::{EnrolmentId, TenantId, UserId};
use vouchsafe_core::passkey::{
    self as rules, Enrolment, NewPasskey, PASS_LASTS, PassUse, Passkey, PasskeyRecord, Way,
};
use vouchsafe_core::permit::{
    Facts, KeepPasskey, ManageSignInMethods, ReadUsers, SetUp, authorize, for_service,
};
use vouchsafe_core::person::Person;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::setup::Account;
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_signin::challenge::{ChallengeUse, Challenger, NONCE_BYTES};
use vouchsafe_signin::passkey::{Attestation, BadCeremony, RelyingParty};
use vouchsafe_signin::{Purpose, Secret};
use vouchsafe_store::{PageSession, Session, Work};

use crate::call::{acting, finish, replayed, shown_after_commit};
use crate::case::LOOK;
use crate::people::{rights_of, standing};
use crate::signin::Began;
use crate::{App, AppError, Call, Who};

/// How long administrators are told that a passkey took the place of a lost one.
const RECOVERY_TOLD_FOR: Duration = Duration::days(7);
/// Most new passkeys that are looked at for that.
const RECOVERIES_MAX: u32 = 100;

/// What is shown of a pass.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PassView {
    /// Its id.
    pub id: EnrolmentId,
    /// For whom.
    pub user: UserId,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// Whether the person had a passkey before.
    pub recovery: bool,
}

/// What a browser needs to make a passkey.
#[derive(Debug, Clone)]
pub struct EnrolView {
    /// The person's name.
    pub display_name: String,
    /// The tenant's name.
    pub tenant_name: String,
    /// `PublicKeyCredentialCreationOptionsJSON`.
    pub options: Value,
}

impl App {
    /// Hands somebody of the own tenant a one-time pass. Its text is given here and never again: a repeated call with the
    /// same key gets none.
    ///
    /// # Errors
    /// [`AppError`], as every use case here.
    pub async fn offer_pass(
        &self,
        call: &Call,
        user: UserId,
        lasts: Option<Duration>,
    ) -> Result<(PassView, Option<Secret>), AppError> {
        let tenant = call.who.tenant;
        let mut work = self.work_on([tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        drop(authorize::<ReadUsers>(Facts::own_tenant(work.id(), &me.caller), tenant)?);
        let account = standing(&mut work, tenant, user).await?;
        let permit = authorize::<ManageSignInMethods>(Facts::own_tenant(work.id(), &me.caller), tenant)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return Ok((shown_after_commit(work, answer).await?, None));
        }
        let (enrolment, secret) = new_pass(&work, tenant, user, lasts.unwrap_or(PASS_LASTS));
        let recovery = !work.passkeys_of(tenant, user).await?.is_empty();
        let rights = rights_of(&mut work, tenant, user).await?;
        let cx = me.context(&work);
        let Enrolment { id, created, expires, .. } = enrolment;
        let decided = rules::offer(&account, enrolment, recovery, &me.caller, &rights, &cx)?;
        work.record(permit, decided).await?;
        let view = PassView { id, user, created, expires, recovery };
        Ok((finish(work, call, view).await?, Some(secret)))
    }

    /// Makes the pass of a new tenant's first person, for `bootstrap`.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn first_pass(&self, who: Who, lasts: Duration) -> Result<Secret, AppError> {
        let mut work = self.work_on([who.tenant].into()).await?;
        let account = standing(&mut work, who.tenant, who.user).await?;
        let (enrolment, secret) = new_pass(&work, who.tenant, who.user, lasts);
        let permit = for_service::<SetUp>(work.id(), who.tenant);
        let decided = rules::offer_first(&account, enrolment, &work.context(Initiator::Service))?;
        work.record(permit, decided).await?;
        work.commit().await?;
        Ok(secret)
    }

    /// What the browser of somebody with a pass is asked.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for a pass that was used, is over, or never was: all alike.
    pub async fn enrol_options(&self, pass: &str) -> Result<EnrolView, AppError> {
        let relying_party = self.relying_party()?;
        let mut reader = self.store.read()?;
        let (enrolment, account) = self.usable_pass(&mut reader, pass).await?;
        let challenge = self.challenge(ChallengeUse::EnrolByPass, &enrolment.hash, enrolment.tenant);
        let held = reader.passkeys_of(enrolment.tenant, enrolment.user).await?;
        let tenant = reader.tenant(enrolment.tenant).await?.ok_or(AppError::Unauthenticated)?;
        Ok(EnrolView {
            display_name: account.person.display_name.text().to_owned(),
            tenant_name: tenant.display_name,
            options: creation_options(relying_party, &challenge, &account, &held),
        })
    }

    /// Enrols a passkey with a pass, and signs its person in; gives the secret of the session's cookie.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for a pass or an answer that does not hold; [`AppError::Rejected`].
    pub async fn enrol_by_pass(&self, pass: &str, name: &str, sent: &Value) -> Result<Secret, AppError> {
        let relying_party = self.relying_party()?;
        let sent = Attestation::read(sent).map_err(refused)?;
        let tenant = Secret::parse(Purpose::Enrolment, pass).map_err(|_| AppError::Unauthenticated)?.tenant();
        let mut work = self.work_on([tenant].into()).await?;
        let (enrolment, account) = self.usable_pass(&mut work, pass).await?;
        self.own_challenge(ChallengeUse::EnrolByPass, &enrolment.hash, sent.challenge())?;
        let new = made(relying_party, &sent, name)?;
        let credential = new.credential.clone();
        let maker = match enrolment.offered_by {
            Some(maker) => work.caller(tenant, maker).await?.filter(|(maker, _)| maker.person.active),
            None => None,
        };
        let assurance =
            work.tenant(tenant).await?.ok_or(AppError::Unauthenticated)?.policy.decision_assurance;
        let using = PassUse {
            pass: &enrolment,
            maker: maker.as_ref().map(|(maker, _)| &**maker),
            rights: &rights_of(&mut work, tenant, enrolment.user).await?,
            assurance,
        };
        keep(&mut work, &account, new, Way::Pass(using)).await?;
        let who = Who::of(tenant, enrolment.user);
        let secret = self.open_session(&mut work, who, Began::Passkey(credential)).await?;
        work.commit().await?;
        Ok(secret)
    }

    /// What the browser of somebody signed in is asked, to add a passkey.
    ///
    /// # Errors
    /// [`AppError::Rejected`] unless the session began with a passkey a short while ago.
    pub async fn add_options(&self, cookie: &str) -> Result<Value, AppError> {
        let relying_party = self.relying_party()?;
        let session = self.fresh_session(cookie).await?;
        let mut reader = self.store.read()?;
        let account = standing(&mut reader, session.tenant, session.user).await?;
        let challenge = self.challenge(ChallengeUse::EnrolBySession, &session.hash, session.tenant);
        let held = reader.passkeys_of(session.tenant, session.user).await?;
        Ok(creation_options(relying_party, &challenge, &account, &held))
    }

    /// Adds a passkey to those of somebody signed in.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for an answer that does not hold; [`AppError::Rejected`].
    pub async fn add_passkey(&self, cookie: &str, name: &str, sent: &Value) -> Result<(), AppError> {
        let relying_party = self.relying_party()?;
        let session = self.fresh_session(cookie).await?;
        let sent = Attestation::read(sent).map_err(refused)?;
        self.own_challenge(ChallengeUse::EnrolBySession, &session.hash, sent.challenge())?;
        let new = made(relying_party, &sent, name)?;
        let mut work = self.work_on([session.tenant].into()).await?;
        let account = standing(&mut work, session.tenant, session.user).await?;
        let held = work.passkeys_of(session.tenant, session.user).await?;
        let with = with_passkey(&session, &held).ok_or(AppError::Unauthenticated)?;
        keep(&mut work, &account, new, Way::Session(with)).await?;
        Ok(work.commit().await?)
    }

    /// The passkeys of somebody of the own tenant; one's own always.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn passkeys(&self, who: Who, user: UserId) -> Result<Vec<PasskeyRecord>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        if user != who.user {
            let facts = Facts::own_tenant(LOOK, &me.caller);
            drop(authorize::<ReadUsers>(facts, who.tenant)?);
        }
        standing(&mut reader, who.tenant, user).await?;
        let mut held = reader.passkeys_of(who.tenant, user).await?;
        held.retain(|record| record.removed.is_none());
        Ok(held)
    }

    /// The passkeys of the own tenant that took the place of lost ones in the last seven days, the newest
    /// first, with whose they are: what administrators are told.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn recovered_passkeys(&self, who: Who) -> Result<Vec<(Person, Passkey)>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        drop(authorize::<ReadUsers>(Facts::own_tenant(LOOK, &me.caller), who.tenant)?);
        let since = reader.now() - RECOVERY_TOLD_FOR;
        let mut told = Vec::new();
        for PasskeyRecord { passkey, .. } in reader.passkeys_since(who.tenant, since, RECOVERIES_MAX).await? {
            if passkey.recovered {
                let account = standing(&mut reader, who.tenant, passkey.user).await?;
                told.push((account.person, passkey));
            }
        }
        Ok(told)
    }

    /// Removes a passkey of somebody of the own tenant, or one's own. Sessions that began with it end.
    ///
    /// # Errors
    /// [`AppError::Rejected`] for an own one by an API token: whoever has that is not known to be the person.
    pub async fn remove_passkey(&self, call: &Call, user: UserId, credential: &str) -> Result<(), AppError> {
        let tenant = call.who.tenant;
        let mut work = self.work_on([tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        if user != call.who.user {
            let facts = Facts::own_tenant(work.id(), &me.caller);
            drop(authorize::<ReadUsers>(facts, tenant)?);
        }
        let held = work.passkeys_of(tenant, user).await?;
        let here =
            |record: &&PasskeyRecord| record.removed.is_none() && record.passkey.credential == credential;
        let record = held.iter().find(here).ok_or(AppError::NotFound)?;
        let cx = me.context(&work);
        if user == call.who.user {
            if call.who.token.is_some() {
                let message = "your own passkeys are removed on the pages, after a fresh sign-in";
                return Err(Rejection::Forbidden(message).into());
            }
            let permit = for_service::<KeepPasskey>(work.id(), tenant);
            work.record(permit, rules::remove_own(record, &held, &cx)?).await?;
        } else {
            let facts = Facts::own_tenant(work.id(), &me.caller);
            let permit = authorize::<ManageSignInMethods>(facts, tenant)?;
            let rights = rights_of(&mut work, tenant, user).await?;
            work.record(permit, rules::remove_of_other(record, &me.caller, &rights, &cx)?).await?;
        }
        Ok(work.commit().await?)
    }

    /// The service as passkeys know it; nothing is found where it has no name that they can be bound to.
    pub(crate) fn relying_party(&self) -> Result<&RelyingParty, AppError> {
        self.relying_party.as_deref().ok_or(AppError::NotFound)
    }

    /// A challenge of this service.
    pub(crate) fn challenge(&self, purpose: ChallengeUse, binding: &[u8], stream: TenantId) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        self.store.random(stream, &mut nonce);
        let challenger = Challenger::new(self.store.master().challenges());
        challenger.make(purpose, binding, self.store.now(), nonce)
    }

    /// Until when a challenge can be answered that this service made for this.
    pub(crate) fn own_challenge(
        &self,
        purpose: ChallengeUse,
        binding: &[u8],
        challenge: &[u8],
    ) -> Result<Timestamp, AppError> {
        let now = self.store.now();
        let challenger = Challenger::new(self.store.master().challenges());
        let end = challenger.check(purpose, binding, challenge, now);
        end.ok_or(AppError::Unauthenticated)
    }

    async fn usable_pass(&self, session: &mut Session, pass: &str) -> Result<(Enrolment, Account), AppError> {
        let secret = Secret::parse(Purpose::Enrolment, pass).map_err(|_| AppError::Unauthenticated)?;
        let now = self.store.now();
        let found = session.enrolment(secret.tenant(), secret.hash().0).await?;
        let usable = found.filter(|enrolment| enrolment.is_usable(now));
        let enrolment = usable.ok_or(AppError::Unauthenticated)?;
        let account = session.account(enrolment.tenant, enrolment.user).await?;
        let account = account.filter(|account| account.person.active);
        Ok((enrolment, account.ok_or(AppError::Unauthenticated)?))
    }
}

/// The passkey that a session began with, if it is still one of its person's.
pub(crate) fn with_passkey<'p>(
    session: &PageSession,
    held: &'p [PasskeyRecord],
) -> Option<&'p PasskeyRecord> {
    let credential = session.credential.as_deref()?;
    held.iter().find(|record| record.removed.is_none() && record.passkey.credential == credential)
}

/// What the log of the server is told of an answer that does not hold; the caller is told nothing.
pub(crate) fn refused(cause: BadCeremony) -> AppError {
    tracing::info!(%cause, "a passkey was refused");
    AppError::Unauthenticated
}

fn new_pass(work: &Work, tenant: TenantId, user: UserId, lasts: Duration) -> (Enrolment, Secret) {
    let mut random = [0; vouchsafe_signin::SECRET_BYTES];
    work.random(tenant, &mut random);
    let secret = Secret::new(Purpose::Enrolment, tenant, random);
    let created = work.now();
    let (id, hash, expires) = (work.new_id(tenant), secret.hash().0, created + lasts);
    (Enrolment { id, tenant, user, hash, created, expires, used: None, offered_by: None }, secret)
}

fn creation_options(
    relying_party: &RelyingParty,
    challenge: &[u8],
    account: &Account,
    held: &[PasskeyRecord],
) -> Value {
    let person = &account.person;
    let standing = held.iter().filter(|record| record.removed.is_none());
    let known: Vec<String> = standing.map(|record| record.passkey.credential.clone()).collect();
    let names = (person.user_principal_name.text(), person.display_name.text());
    relying_party.creation_options(challenge, (person.tenant, person.id), names, &known)
}

/// Checks what a browser has made.
fn made(relying_party: &RelyingParty, sent: &Attestation, name: &str) -> Result<NewPasskey, AppError> {
    let registered = relying_party.register(sent, sent.challenge()).map_err(refused)?;
    Ok(NewPasskey {
        credential: registered.credential,
        public_key: registered.public_key,
        relying_party: relying_party.id().to_owned(),
        name: name.to_owned(),
        counter: registered.counter,
        backup_eligible: registered.backup_eligible,
    })
}

/// Records a new passkey, done by its person.
async fn keep(work: &mut Work, account: &Account, new: NewPasskey, way: Way<'_>) -> Result<(), AppError> {
    let (tenant, user) = (account.person.tenant, account.person.id);
    if work.knows_credential(tenant, &new.credential).await? {
        return Err(Rejection::invalid("credential", "is enrolled already").into());
    }
    let held = work.passkeys_of(tenant, user).await?;
    let cx = work.context(Initiator::User(Box::new(account.person.clone())));
    let decided = rules::enrol(account, new, way, &held, &cx)?;
    let permit = for_service::<KeepPasskey>(work.id(), tenant);
    work.record(permit, decided).await?;
    Ok(())
}
