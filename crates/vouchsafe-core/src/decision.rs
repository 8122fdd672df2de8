//! Decisions that are signed by the passkey of whoever decides.
//!
//! What is signed is a [`Statement`]: who decides what about which request, and the exact scope. Its hash (SHA-256 of its RFC
//! 8785 form) is the challenge of a WebAuthn assertion, so the assertion is the signature. Statement and assertion stand in
//! the entry of the decision, beside the event that they must agree with; the key stands in an earlier entry of the same log.

use serde::{Deserialize, Serialize};

use crate::access_request::AccessSide;
use crate::id::{AccessRequestId, SupportRequestId, TenantId, UserId};
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::scope::{DataCategory, Scope};
use crate::support_request::SupportRequest;
use crate::tenant::SupportAccessPolicy;
use crate::time::{Duration, Timestamp};

/// What every statement says it is, so that no other signature can pass for one.
pub const STATEMENT_TYPE: &str = "vouchsafe/decision/v1";

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Decision {
    /// A vote for one side of an access request.
    ApproveAccess,
    /// A vote for *Allow collection of advanced diagnostic information*.
    GiveConsent,
}

/// The scope as it is signed. People are named by a digest: a statement is public in its entry, their names are not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatedScope {
    /// Which data.
    pub data_categories: Vec<DataCategory>,
    /// For how long.
    pub duration: Duration,
    /// Data from then on.
    pub data_from: Option<Timestamp>,
    /// Data before then.
    pub data_to: Option<Timestamp>,
    /// SHA-256, in hex, of a salt and the RFC 8785 form of the list of people; none where everybody is meant.
    pub users_digest: Option<String>,
}

/// What a person signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    /// [`STATEMENT_TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
    /// What is decided.
    pub decision: Decision,
    /// The tenant whose decision it is.
    pub tenant_id: TenantId,
    /// Who decides.
    pub user_id: UserId,
    /// The case.
    pub support_request_id: SupportRequestId,
    /// The access request; none for consent.
    pub access_request_id: Option<AccessRequestId>,
    /// What is approved.
    pub scope: StatedScope,
    /// What makes it another statement each time.
    pub nonce: String,
}

/// A statement with the assertion over it; the assertion's parts are base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedDecision {
    /// What was signed.
    pub statement: Statement,
    /// The salt of its digest of people, in hex: who is erased cannot be guessed from the digest any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users_salt: Option<Personal>,
    /// The passkey's credential id.
    pub credential: String,
    /// `clientDataJSON`.
    pub client_data: String,
    /// `authenticatorData`.
    pub authenticator_data: String,
    /// The signature over both.
    pub signature: String,
}

/// What every statement about settings says it is.
pub const POLICY_STATEMENT_TYPE: &str = "vouchsafe/policy/v1";

/// What a person signs to let decisions be less sure from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyStatement {
    /// [`POLICY_STATEMENT_TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
    /// The tenant whose settings they are.
    pub tenant_id: TenantId,
    /// Who changes them.
    pub user_id: UserId,
    /// All settings from then on.
    pub policy: SupportAccessPolicy,
    /// What makes it another statement each time.
    pub nonce: String,
}

impl PolicyStatement {
    /// These settings from now on.
    #[must_use]
    pub fn of(tenant: TenantId, user: UserId, policy: SupportAccessPolicy, nonce: String) -> Self {
        Self { kind: POLICY_STATEMENT_TYPE.to_owned(), tenant_id: tenant, user_id: user, policy, nonce }
    }
}

/// Such a statement with the assertion over it; the assertion's parts are base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedPolicy {
    /// What was signed.
    pub statement: PolicyStatement,
    /// The passkey's credential id.
    pub credential: String,
    /// `clientDataJSON`.
    pub client_data: String,
    /// `authenticatorData`.
    pub authenticator_data: String,
    /// The signature over both.
    pub signature: String,
}

/// Refuses settings that let decisions be less sure than the tenant asks now, unless they are signed as decisions are: else
/// whoever has an administrator's token switches signatures off first.
pub(crate) fn assured_lowering(
    (tenant, old): (TenantId, &SupportAccessPolicy),
    new: &SupportAccessPolicy,
    by: Option<UserId>,
    signed: Option<&SignedPolicy>,
) -> Result<(), Rejection> {
    if new.decision_assurance >= old.decision_assurance || old.decision_assurance.accepts(false) {
        return Ok(());
    }
    let agrees = |signed: &SignedPolicy| {
        let statement = &signed.statement;
        let expected = |by| PolicyStatement::of(tenant, by, new.clone(), statement.nonce.clone());
        by.is_some_and(|by| *statement == expected(by))
    };
    if signed.is_some_and(agrees) { Ok(()) } else { Err(Rejection::AssuranceRequired) }
}

/// Texts of the people that a scope names, in its order.
#[must_use]
pub fn users_of(scope: &Scope) -> Option<Vec<&str>> {
    let users = scope.filter.as_ref()?.users.as_ref()?;
    Some(users.iter().map(Personal::text).collect())
}

fn stated(scope: &Scope, users_digest: Option<String>) -> StatedScope {
    let filter = scope.filter.as_ref();
    StatedScope {
        data_categories: scope.data_categories.clone(),
        duration: scope.duration,
        data_from: filter.and_then(|filter| filter.data_from),
        data_to: filter.and_then(|filter| filter.data_to),
        users_digest,
    }
}

impl Statement {
    /// A vote for this scope of one side of an access request.
    #[must_use]
    pub fn of_access(
        side: &AccessSide,
        user: UserId,
        scope: &Scope,
        users_digest: Option<String>,
        nonce: String,
    ) -> Self {
        Self {
            kind: STATEMENT_TYPE.to_owned(),
            decision: Decision::ApproveAccess,
            tenant_id: side.tenant,
            user_id: user,
            support_request_id: side.support_request,
            access_request_id: Some(side.id),
            scope: stated(scope, users_digest),
            nonce,
        }
    }

    /// A vote for consent on a case.
    #[must_use]
    pub fn of_consent(
        request: &SupportRequest,
        user: UserId,
        policy: &SupportAccessPolicy,
        nonce: String,
    ) -> Self {
        let scope = StatedScope {
            data_categories: DataCategory::advanced(),
            duration: policy.consent_duration,
            data_from: None,
            data_to: None,
            users_digest: None,
        };
        Self {
            kind: STATEMENT_TYPE.to_owned(),
            decision: Decision::GiveConsent,
            tenant_id: request.tenant,
            user_id: user,
            support_request_id: request.id,
            access_request_id: None,
            scope,
            nonce,
        }
    }
}

/// Refuses a decision that is not as sure as the tenant asks, or whose signature is over something else. `expected` makes
/// the statement that must have been signed, from the nonce and the digest of people of the one that was.
pub(crate) fn assured(
    policy: &SupportAccessPolicy,
    signed: Option<&SignedDecision>,
    expected: impl FnOnce(&Statement) -> Statement,
) -> Result<(), Rejection> {
    match signed {
        None if policy.decision_assurance.accepts(false) => Ok(()),
        None => Err(Rejection::AssuranceRequired),
        Some(signed) if signed.statement == expected(&signed.statement) => Ok(()),
        Some(_) => Err(Rejection::AssuranceRequired),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::uuid_v7;
    use crate::tenant::Assurance;

    fn id<I: crate::id::Id>(n: u8) -> I {
        I::from_uuid(uuid_v7(Timestamp::from_millis(9), [n; 10]))
    }

    fn statement() -> Statement {
        Statement {
            kind: STATEMENT_TYPE.to_owned(),
            decision: Decision::ApproveAccess,
            tenant_id: id(1),
            user_id: id(2),
            support_request_id: id(3),
            access_request_id: Some(id(4)),
            scope: StatedScope {
                data_categories: vec![DataCategory::SignInLogs],
                duration: Duration::hours(1),
                data_from: None,
                data_to: None,
                users_digest: None,
            },
            nonce: "n".to_owned(),
        }
    }

    fn signed(statement: Statement) -> SignedDecision {
        let text = String::new;
        let (credential, client_data, authenticator_data, signature) = (text(), text(), text(), text());
        SignedDecision { statement, users_salt: None, credential, client_data, authenticator_data, signature }
    }

    #[test]
    fn a_signature_over_anything_else_is_none() {
        let asks =
            |decision_assurance| SupportAccessPolicy { decision_assurance, ..SupportAccessPolicy::default() };
        let decided = |policy: &SupportAccessPolicy, signed: Option<&SignedDecision>| {
            assured(policy, signed, |_| statement())
        };
        for (assurance, unsigned) in [
            (Assurance::Token, Ok(())),
            (Assurance::StepUp, Err(Rejection::AssuranceRequired)),
            (Assurance::Passkey, Err(Rejection::AssuranceRequired)),
        ] {
            let policy = asks(assurance);
            assert_eq!(decided(&policy, None), unsigned);
            assert_eq!(decided(&policy, Some(&signed(statement()))), Ok(()));
            let changes: [fn(&mut Statement); 9] = [
                |it| it.kind.push('2'),
                |it| it.decision = Decision::GiveConsent,
                |it| it.tenant_id = id(9),
                |it| it.user_id = id(9),
                |it| it.support_request_id = id(9),
                |it| it.access_request_id = None,
                |it| it.scope.data_categories.push(DataCategory::AuditLogs),
                |it| it.scope.duration = Duration::hours(2),
                |it| it.scope.users_digest = Some("00".to_owned()),
            ];
            for change in changes {
                let mut other = statement();
                change(&mut other);
                assert_eq!(decided(&policy, Some(&signed(other))), Err(Rejection::AssuranceRequired));
            }
        }
    }
}
