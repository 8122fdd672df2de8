//! Decisions that their person signs with a passkey, where the tenant asks for that: what is to be signed, and whether it was.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use vouchsafe_core::decision::{PolicyStatement, SignedDecision, SignedPolicy, Statement, users_of};
use vouchsafe_core::pace::Extent;
use vouchsafe_core::passkey::PasskeyRecord;
use vouchsafe_core::permission::Permission;
use vouchsafe_core::personal::Personal;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::scope::{DataCategory, Scope};
use vouchsafe_core::support_request::SupportRequest;
use vouchsafe_core::support_request::command::Answer;
use vouchsafe_core::tenant::{Assurance, SupportAccessPolicy};
use vouchsafe_core::time::Timestamp;
use vouchsafe_log::replay::decision as log;
use vouchsafe_signin::challenge::{ChallengeUse, Challenger};
use vouchsafe_signin::passkey::Assertion;
use vouchsafe_store::Work;

use crate::call::Acting;
use crate::pace::linked_to_provider;
use crate::passkey::refused;
use crate::signin::known;
use crate::{App, AppError};

/// An answer to an [`AssuranceView`].
#[derive(Debug, Clone)]
pub struct SignedVote {
    /// Its `challengeId`.
    pub challenge_id: String,
    /// What the browser made of it: `PublicKeyCredential.toJSON()`.
    pub credential: Value,
}

/// What must be signed before a decision is taken.
#[derive(Debug, Clone)]
pub struct AssuranceView {
    /// Names it when the decision is repeated.
    pub challenge_id: String,
    /// What the assertion must answer, base64url.
    pub challenge: String,
    /// The exact scope that it is about; none where settings are changed.
    pub scope: Option<Scope>,
    /// `PublicKeyCredentialRequestOptionsJSON`; none where no passkey can be used.
    pub options: Option<Value>,
}

/// A statement for this nonce and this digest of people.
pub(crate) type Stated<'s> = &'s (dyn Fn(String, Option<String>) -> Statement + Sync);

impl App {
    /// The caller's signature under a decision, checked; none where the tenant asks for none and none was given.
    ///
    /// # Errors
    /// [`AppError::Assurance`] says what is to be signed; [`AppError::Unauthenticated`] for a signature that does not hold;
    /// [`AppError::Rejected`] for a passkey that does not sign decisions yet.
    pub(crate) async fn signature(
        &self,
        work: &mut Work,
        me: &Acting,
        scope: &Scope,
        given: Option<&SignedVote>,
        stated: Stated<'_>,
    ) -> Result<Option<SignedDecision>, AppError> {
        let person = &me.caller.person;
        let Some(given) = given else {
            if me.tenant.policy.decision_assurance == Assurance::Token {
                return Ok(None);
            }
            let held = work.passkeys_of(person.tenant, person.id).await?;
            return Err(self.assurance(work, me, scope, &held, stated)?);
        };
        let nonce = BASE64URL.decode(&given.challenge_id).map_err(|_| AppError::Unauthenticated)?;
        let end = self.own_challenge(ChallengeUse::Decide, &binding(me, stated), &nonce)?;
        let (statement, salt) = self.statement(&given.challenge_id, &nonce, scope, stated)?;
        let challenge = challenge_of(&statement)?;
        let sent = self.checked_assertion(work, me, given, (&nonce, end), &challenge).await?;
        let parts = sent.parts();
        Ok(Some(SignedDecision {
            users_salt: statement.scope.users_digest.is_some().then(|| Personal::new(person.id, salt)),
            statement,
            credential: parts.credential,
            client_data: parts.client_data,
            authenticator_data: parts.authenticator_data,
            signature: parts.signature,
        }))
    }

    /// The caller's assertion over a challenge of this service, checked and spent.
    async fn checked_assertion(
        &self,
        work: &mut Work,
        me: &Acting,
        given: &SignedVote,
        (nonce, end): (&[u8], Timestamp),
        challenge: &[u8],
    ) -> Result<Assertion, AppError> {
        let person = &me.caller.person;
        let relying_party = self.relying_party()?;
        let sent = Assertion::read(&given.credential).map_err(refused)?;
        let held = work.passkeys_of(person.tenant, person.id).await?;
        let credential = sent.credential();
        let of_caller =
            |record: &&PasskeyRecord| record.removed.is_none() && record.passkey.credential == credential;
        let record = held.iter().find(of_caller).ok_or(AppError::Unauthenticated)?;
        let checked = relying_party.verify(&sent, challenge, &known(record)).map_err(refused);
        let counter = checked.map_err(|_| self.failed(&credential))?;
        if work.now() < record.passkey.signs_from {
            let message = "this passkey replaces a lost one, and signs no decision in its first 24 hours";
            return Err(Rejection::Forbidden(message).into());
        }
        if !work.spend_challenge(person.tenant, Sha256::digest(nonce).into(), end).await? {
            return Err(self.failed(&credential));
        }
        work.passkey_used(person.tenant, &credential, counter).await?;
        Ok(sent)
    }

    /// The caller's signature under new settings, where they let decisions be less sure than one that is signed; none else.
    ///
    /// # Errors
    /// As [`App::signature`].
    pub(crate) async fn signed_policy(
        &self,
        work: &mut Work,
        me: &Acting,
        policy: &SupportAccessPolicy,
        given: Option<&SignedVote>,
    ) -> Result<Option<SignedPolicy>, AppError> {
        let old = me.tenant.policy.decision_assurance;
        if policy.decision_assurance >= old || old == Assurance::Token {
            return Ok(None);
        }
        let (tenant, user) = (me.tenant.id, me.caller.person.id);
        let binding = format!("{tenant} {user} policy").into_bytes();
        let challenge_for = |challenge_id: &str| {
            let statement = PolicyStatement::of(tenant, user, policy.clone(), challenge_id.to_owned());
            let value = serde_json::to_value(&statement).map_err(|_| uncanonical())?;
            Ok::<_, AppError>((statement, log::challenge(&value).map_err(|_| uncanonical())?))
        };
        let Some(given) = given else {
            let nonce = self.challenge(ChallengeUse::Decide, &binding, work.provider());
            let challenge_id = BASE64URL.encode(&nonce);
            let (_, challenge) = challenge_for(&challenge_id)?;
            let held = work.passkeys_of(tenant, user).await?;
            let standing = held.iter().filter(|record| record.removed.is_none());
            let credentials: Vec<String> = standing.map(|record| record.passkey.credential.clone()).collect();
            let options = self.relying_party().ok();
            return Err(AppError::Assurance(Box::new(AssuranceView {
                challenge_id,
                challenge: BASE64URL.encode(challenge),
                scope: None,
                options: options.map(|party| party.request_options(&challenge, &credentials)),
            })));
        };
        let nonce = BASE64URL.decode(&given.challenge_id).map_err(|_| AppError::Unauthenticated)?;
        let end = self.own_challenge(ChallengeUse::Decide, &binding, &nonce)?;
        let (statement, challenge) = challenge_for(&given.challenge_id)?;
        let sent = self.checked_assertion(work, me, given, (&nonce, end), &challenge).await?;
        let parts = sent.parts();
        Ok(Some(SignedPolicy {
            statement,
            credential: parts.credential,
            client_data: parts.client_data,
            authenticator_data: parts.authenticator_data,
            signature: parts.signature,
        }))
    }

    /// The caller's signature under a vote for consent, as [`App::signature`].
    pub(crate) async fn signed_consent(
        &self,
        work: &mut Work,
        me: &Acting,
        request: &SupportRequest,
        given: Option<&SignedVote>,
    ) -> Result<Option<SignedDecision>, AppError> {
        let (by, policy) = (me.caller.person.id, &me.tenant.policy);
        let data_categories = DataCategory::advanced();
        let scope = Scope { data_categories, filter: None, duration: policy.consent_duration };
        let stated = |nonce, _| Statement::of_consent(request, by, policy, nonce);
        self.signature(work, me, &scope, given, &stated).await
    }

    /// Refuses to ask for signatures before whoever asks for them can sign: nobody could decide any more.
    pub(crate) async fn can_sign(&self, work: &mut Work, me: &Acting) -> Result<(), AppError> {
        let person = &me.caller.person;
        let held = work.passkeys_of(person.tenant, person.id).await?;
        let signs =
            |record: &PasskeyRecord| record.removed.is_none() && record.passkey.signs_from <= work.now();
        if self.relying_party().is_ok() && held.iter().any(signs) {
            return Ok(());
        }
        let message = "needs a passkey of your own that signs decisions: else nobody might be able to decide";
        Err(Rejection::invalid("decisionAssurance", message).into())
    }

    /// What is to be signed.
    fn assurance(
        &self,
        work: &Work,
        me: &Acting,
        scope: &Scope,
        held: &[PasskeyRecord],
        stated: Stated<'_>,
    ) -> Result<AppError, AppError> {
        let nonce = self.challenge(ChallengeUse::Decide, &binding(me, stated), work.provider());
        let challenge_id = BASE64URL.encode(&nonce);
        let (statement, _) = self.statement(&challenge_id, &nonce, scope, stated)?;
        let challenge = challenge_of(&statement)?;
        let standing = held.iter().filter(|record| record.removed.is_none());
        let credentials: Vec<String> = standing.map(|record| record.passkey.credential.clone()).collect();
        let options = self.relying_party().ok();
        let options = options.map(|relying_party| relying_party.request_options(&challenge, &credentials));
        Ok(AppError::Assurance(Box::new(AssuranceView {
            challenge_id,
            challenge: BASE64URL.encode(challenge),
            scope: Some(scope.clone()),
            options,
        })))
    }

    /// The statement, and the salt of its digest of people.
    fn statement(
        &self,
        challenge_id: &str,
        nonce: &[u8],
        scope: &Scope,
        stated: Stated<'_>,
    ) -> Result<(Statement, String), AppError> {
        let challenger = Challenger::new(self.store.master().challenges());
        let salt = vouchsafe_log::hex(&challenger.salt(nonce));
        let digest = users_of(scope).map(|users| log::users_digest(&salt, &users));
        let digest = digest.transpose().map_err(|_| uncanonical())?;
        Ok((stated(challenge_id.to_owned(), digest), salt))
    }
}

/// What a challenge is bound to: the caller, and everything that is decided but the scope, which the signature covers.
fn binding(me: &Acting, stated: Stated<'_>) -> Vec<u8> {
    let Statement { decision, tenant_id, support_request_id, access_request_id, .. } =
        stated(String::new(), None);
    let request = access_request_id.map(|id| id.to_string()).unwrap_or_default();
    let user = me.caller.person.id;
    format!("{tenant_id} {user} {decision:?} {support_request_id} {request}").into_bytes()
}

fn challenge_of(statement: &Statement) -> Result<[u8; 32], AppError> {
    let value = serde_json::to_value(statement).map_err(|_| uncanonical())?;
    log::challenge(&value).map_err(|_| uncanonical())
}

/// A statement is made of ids, times and words: it always has a canonical form.
fn uncanonical() -> AppError {
    crate::case::lost()
}

/// What a yes or no means from this person. The *yes* of somebody who also works for the provider waits for another
/// one's, as nobody of the provider decides for a customer.
pub(crate) async fn answer_of(
    work: &mut Work,
    me: &Acting,
    yes: bool,
    extent: Extent,
) -> Result<Answer, AppError> {
    if !yes {
        return Ok(Answer::No);
    }
    if me.caller.permissions.allow(Permission::Consent) && !linked_to_provider(work, me).await? {
        return Ok(Answer::Yes(work.new_id(me.tenant.id), extent));
    }
    Ok(Answer::YesIfApproved)
}
