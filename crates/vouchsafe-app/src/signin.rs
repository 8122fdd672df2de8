//! Signing in to the pages, and the sessions that this begins.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use vouchsafe_core::id::SessionId;
use vouchsafe_core::passkey::PasskeyRecord;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_signin::challenge::ChallengeUse;
use vouchsafe_signin::passkey::{Assertion, Known};
use vouchsafe_signin::{Purpose, Secret};
use vouchsafe_store::{PageSession, SessionIdentity, Work};

use crate::call::acting;
use crate::passkey::refused;
use crate::{App, AppError, Who};

/// How long a session of the pages lasts, used or not.
const SESSION_LASTS: Duration = Duration::hours(12);
/// How long a session lasts without being used.
const SESSION_IDLE: Duration = Duration::hours(1);
/// How coarsely it is noted when a session was used.
const SEEN_EVERY: Duration = Duration::minutes(1);
/// For how long after its beginning a session may change how its person signs in.
const FRESH_FOR: Duration = Duration::minutes(15);
/// Sessions of one person that are shown.
const SESSIONS_SHOWN: u32 = 100;
/// Failures of one passkey in [`ATTEMPTS_FOR`] after which it is not looked at until that is over.
const FAILURES_MAX: u32 = 10;
/// How long failures are counted.
const ATTEMPTS_FOR: Duration = Duration::minutes(15);
/// Passkeys whose failures are counted at a time; beyond it the count starts afresh.
const COUNTED_MAX: usize = 10_000;

/// How somebody came in.
#[derive(Debug)]
pub(crate) enum Began {
    /// Chosen, in the demo.
    Chosen,
    /// With the passkey of this credential id.
    Passkey(String),
    /// At an identity provider.
    Elsewhere(SessionIdentity),
}

/// Wrong signatures in the name of somebody's passkey. Only these are counted: a pass or a challenge cannot be guessed, and
/// whoever sends anything else must not keep others out. The count is kept in memory: a start forgives all.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<Failures>);

#[derive(Debug, Default)]
struct Failures {
    since: Option<Timestamp>,
    by_credential: HashMap<String, u32>,
}

impl Attempts {
    fn with<T>(&self, now: Timestamp, look: impl FnOnce(&mut Failures) -> T) -> T {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.since.is_none_or(|since| now >= since + ATTEMPTS_FOR) {
            *failures = Failures { since: Some(now), ..Failures::default() };
        }
        look(&mut failures)
    }

    fn is_locked(&self, credential: &str, now: Timestamp) -> bool {
        self.with(now, |failures| {
            failures.by_credential.get(credential).is_some_and(|failed| *failed >= FAILURES_MAX)
        })
    }

    /// Counts one in the name of a passkey that is somebody's.
    fn failed(&self, credential: &str, now: Timestamp) {
        self.with(now, |failures| {
            if failures.by_credential.len() >= COUNTED_MAX {
                failures.by_credential.clear();
            }
            *failures.by_credential.entry(credential.to_owned()).or_default() += 1;
        });
    }
}

impl App {
    /// What a browser is asked to sign somebody in: whose passkey it is, the answer says.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where passkeys are not offered.
    pub fn sign_in_options(&self) -> Result<Value, AppError> {
        let relying_party = self.relying_party()?;
        let challenge = self.challenge(ChallengeUse::SignIn, &[], self.store.provider());
        Ok(relying_party.request_options(&challenge, &[]))
    }

    /// Signs somebody in with a passkey; gives the secret of the session's cookie.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for whatever does not hold: an unknown passkey, a removed one, a disabled account, a
    /// used challenge, a wrong signature. Nobody is told which.
    pub async fn sign_in_by_passkey(&self, sent: &Value) -> Result<Secret, AppError> {
        let relying_party = self.relying_party()?;
        let sent = Assertion::read(sent).map_err(refused)?;
        let end = self.own_challenge(ChallengeUse::SignIn, &[], sent.challenge())?;
        let (tenant, user) = sent.account().ok_or(AppError::Unauthenticated)?;
        let who = Who::of(tenant, user);
        let record = self.passkey_of(who, &sent.credential()).await?;
        let credential = record.passkey.credential.clone();
        if self.attempts.is_locked(&credential, self.store.now()) {
            return Err(AppError::Unauthenticated);
        }
        let checked = relying_party.verify(&sent, sent.challenge(), &known(&record)).map_err(refused);
        let counter = checked.map_err(|_| self.failed(&credential))?;
        let mut work = self.store.work().await?;
        // What was looked at without the writer must be so still.
        let held = work.passkeys_of(tenant, user).await?;
        let spent = Sha256::digest(sent.challenge()).into();
        if !held.contains(&record) || !work.spend_challenge(tenant, spent, end).await? {
            return Err(self.failed(&credential));
        }
        work.passkey_used(tenant, &credential, counter).await?;
        let secret = self.open_session(&mut work, who, Began::Passkey(credential)).await?;
        work.commit().await?;
        Ok(secret)
    }

    /// Counts a failure in the name of somebody's passkey, and says so to nobody.
    pub(crate) fn failed(&self, credential: &str) -> AppError {
        self.attempts.failed(credential, self.store.now());
        AppError::Unauthenticated
    }

    async fn passkey_of(&self, who: Who, credential: &str) -> Result<PasskeyRecord, AppError> {
        let held = self.store.read()?.passkeys_of(who.tenant, who.user).await?;
        let standing =
            |record: &PasskeyRecord| record.removed.is_none() && record.passkey.credential == credential;
        held.into_iter().find(standing).ok_or(AppError::Unauthenticated)
    }

    /// Opens a session of the pages for an account; gives the secret of its cookie.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an account that does not exist or is disabled.
    pub async fn sign_in(&self, who: Who) -> Result<Secret, AppError> {
        let mut work = self.store.work().await?;
        let secret =
            self.open_session(&mut work, who, Began::Chosen).await.map_err(|_| AppError::NotFound)?;
        work.commit().await?;
        Ok(secret)
    }

    /// Opens a session in a unit of work. Its secret is always a new one.
    pub(crate) async fn open_session(
        &self,
        work: &mut Work,
        who: Who,
        began: Began,
    ) -> Result<Secret, AppError> {
        acting(work, who).await?;
        let (credential, identity) = match began {
            Began::Chosen => (None, None),
            Began::Passkey(credential) => (Some(credential), None),
            Began::Elsewhere(identity) => (None, Some(identity)),
        };
        let mut random = [0; vouchsafe_signin::SECRET_BYTES];
        work.random(who.tenant, &mut random);
        let secret = Secret::new(Purpose::Session, who.tenant, random);
        let now = work.now();
        let session = PageSession {
            id: work.new_id(who.tenant),
            tenant: who.tenant,
            user: who.user,
            hash: secret.hash().0,
            credential,
            created: now,
            seen: now,
            expires: now + SESSION_LASTS,
            identity,
        };
        work.open_session(&session).await?;
        Ok(secret)
    }

    /// The session that a cookie belongs to, until it has lasted or lain idle too long. That it is used is noted.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`].
    pub async fn page_session(&self, cookie: &str) -> Result<PageSession, AppError> {
        let secret = Secret::parse(Purpose::Session, cookie).map_err(|_| AppError::Unauthenticated)?;
        let (found, now) = {
            let mut reader = self.store.read()?;
            let now = reader.now();
            (reader.page_session(secret.tenant(), secret.hash().0).await?, now)
        };
        let session = found.ok_or(AppError::Unauthenticated)?;
        if now >= session.expires || now >= session.seen + SESSION_IDLE {
            return Err(AppError::Unauthenticated);
        }
        if now >= session.seen + SEEN_EVERY {
            let mut work = self.store.work().await?;
            work.session_seen(session.tenant, session.hash).await?;
            work.commit().await?;
        }
        Ok(session)
    }

    /// Whom a session cookie belongs to.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`].
    pub async fn session(&self, cookie: &str) -> Result<Who, AppError> {
        let session = self.page_session(cookie).await?;
        Ok(Who::of(session.tenant, session.user))
    }

    /// A session that began with a passkey a short while ago: for changes of how its person signs in.
    pub(crate) async fn fresh_session(&self, cookie: &str) -> Result<PageSession, AppError> {
        let session = self.page_session(cookie).await?;
        if session.credential.is_none() || self.store.now() >= session.created + FRESH_FOR {
            let message = "this needs a fresh sign-in: sign out, and sign in with your passkey";
            return Err(Rejection::Forbidden(message).into());
        }
        Ok(session)
    }

    /// Refuses unless the session began with a passkey a short while ago.
    ///
    /// # Errors
    /// [`AppError::Rejected`].
    pub async fn must_be_fresh(&self, cookie: &str) -> Result<(), AppError> {
        self.fresh_session(cookie).await.map(drop)
    }

    /// Refuses unless the session began a short while ago, however it did: for changes of how others sign in.
    ///
    /// # Errors
    /// [`AppError::Rejected`].
    pub async fn must_be_recent(&self, cookie: &str) -> Result<(), AppError> {
        let session = self.page_session(cookie).await?;
        if self.store.now() >= session.created + FRESH_FOR {
            return Err(
                Rejection::Forbidden("this needs a fresh sign-in: sign out, and sign in again").into()
            );
        }
        Ok(())
    }

    /// The open sessions of somebody, the newest first.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn sessions(&self, who: Who) -> Result<Vec<PageSession>, AppError> {
        let mut reader = self.store.read()?;
        acting(&mut reader, who).await?;
        let now = reader.now();
        let mut sessions = reader.page_sessions(who.tenant, who.user, SESSIONS_SHOWN).await?;
        sessions.retain(|session| now < session.expires && now < session.seen + SESSION_IDLE);
        Ok(sessions)
    }

    /// Ends one of the own sessions.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for one that is not there, or somebody else's.
    pub async fn end_session(&self, who: Who, id: SessionId) -> Result<(), AppError> {
        let mut work = self.store.work().await?;
        let ended = work.close_session_of(who.tenant, who.user, id).await?;
        work.commit().await?;
        if ended { Ok(()) } else { Err(AppError::NotFound) }
    }

    /// Ends every session of the cookie's person but its own.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn end_other_sessions(&self, cookie: &str) -> Result<(), AppError> {
        let session = self.page_session(cookie).await?;
        let mut work = self.store.work().await?;
        work.close_other_sessions(session.tenant, session.user, session.id).await?;
        Ok(work.commit().await?)
    }

    /// Ends a session of the pages. Ending one that is over is no error.
    ///
    /// # Errors
    /// [`AppError::Unavailable`].
    pub async fn sign_out(&self, cookie: &str) -> Result<(), AppError> {
        if let Ok(secret) = Secret::parse(Purpose::Session, cookie) {
            let mut work = self.store.work().await?;
            work.close_session(secret.tenant(), secret.hash().0).await?;
            work.commit().await?;
        }
        Ok(())
    }
}

/// What an assertion is checked with.
pub(crate) fn known(record: &PasskeyRecord) -> Known {
    Known {
        credential: record.passkey.credential.clone(),
        public_key: record.passkey.public_key.clone(),
        counter: record.counter,
        backup_eligible: record.backup_eligible,
    }
}
