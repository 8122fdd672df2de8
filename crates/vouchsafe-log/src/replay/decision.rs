//! Decisions that are signed by passkeys: what is signed, and whether a log's entries bear each signature out.
//!
//! What a person signs is a statement, a JSON object. The challenge of the WebAuthn assertion is the SHA-256 of its RFC 8785
//! form. The cryptography of the assertion itself is somebody else's ([`SignatureCheck`]): this room knows the entries.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{EntryError, canonical, hex};

/// What every statement says it is.
const STATEMENT_TYPE: &str = "vouchsafe/decision/v1";
/// What a statement about settings says it is.
const POLICY_STATEMENT_TYPE: &str = "vouchsafe/policy/v1";

/// The challenge that the signature of a statement answers.
///
/// # Errors
/// [`EntryError`] for a statement that has no canonical form.
pub fn challenge(statement: &Value) -> Result<[u8; 32], EntryError> {
    Ok(Sha256::digest(canonical(statement)?).into())
}

/// The digest by which a statement names people, in hex.
///
/// # Errors
/// [`EntryError`] for a list that has no canonical form.
pub fn users_digest(salt: &str, users: &[&str]) -> Result<String, EntryError> {
    let list = canonical(&Value::from(users))?;
    Ok(hex(&Sha256::new().chain_update(salt).chain_update([0]).chain_update(list).finalize()))
}

/// An assertion with the key that must have made it; texts are base64url.
#[derive(Debug, Clone, Copy)]
pub struct Signature<'e> {
    /// The relying party id that the passkey is bound to.
    pub relying_party: &'e str,
    /// The passkey's `COSE_Key`.
    pub public_key: &'e str,
    /// Its credential id.
    pub credential: &'e str,
    /// What must have been signed.
    pub challenge: [u8; 32],
    /// `clientDataJSON`.
    pub client_data: &'e str,
    /// `authenticatorData`.
    pub authenticator_data: &'e str,
    /// The signature.
    pub signature: &'e str,
}

/// Checks an assertion by the rules of WebAuthn; what is wrong, in words.
pub type SignatureCheck = fn(&Signature<'_>) -> Result<(), String>;

/// A passkey that an entry has enrolled.
#[derive(Debug)]
struct Key {
    user: String,
    public_key: String,
    relying_party: String,
    signs_from: String,
}

/// The passkeys of a log's people so far, and what they have signed.
#[derive(Debug, Default)]
pub(crate) struct Signers {
    check: Option<SignatureCheck>,
    keys: HashMap<String, Key>,
    used: HashSet<[u8; 32]>,
    /// What each person signed last about each request, without what names people.
    agreed: HashMap<(String, String), Value>,
    /// How sure the tenant asks to be: 0 for a token, 1 for a step-up, 2 for a passkey.
    level: u8,
}

impl Signers {
    pub(crate) fn checked_by(check: SignatureCheck) -> Self {
        Self { check: Some(check), ..Self::default() }
    }

    /// An entry enrols a passkey, by its person.
    pub(crate) fn added(&mut self, entry: &Value, event: &Value) -> Result<(), String> {
        let passkey = event.get("passkey").ok_or("a passkey says nothing")?;
        let (user, credential) = (text(passkey, "user")?, text(passkey, "credential")?);
        if entry.pointer("/initiatedBy/user/id").and_then(Value::as_str) != Some(user) {
            return Err(format!("the passkey {credential} was enrolled by somebody else"));
        }
        let key = Key {
            user: user.to_owned(),
            public_key: text(passkey, "publicKey")?.to_owned(),
            relying_party: text(passkey, "relyingParty")?.to_owned(),
            signs_from: super::instant(text(passkey, "signsFrom")?)?,
        };
        match self.keys.insert(credential.to_owned(), key) {
            None => Ok(()),
            Some(_) => Err(format!("the passkey {credential} is enrolled a second time")),
        }
    }

    pub(crate) fn removed(&mut self, event: &Value) -> Result<(), String> {
        self.keys.remove(text(event, "credential")?);
        Ok(())
    }

    /// Somebody lost every way in.
    pub(crate) fn left(&mut self, event: &Value) -> Result<(), String> {
        let user = text(event, "user")?;
        self.keys.retain(|_, key| key.user != user);
        Ok(())
    }

    /// Whether the tenant asks for more than a token.
    fn demands_signatures(&self) -> bool {
        self.level > 0
    }

    /// The settings change. Where the tenant asks for signatures, asking for less must be signed: these very settings.
    pub(crate) fn policy(&mut self, beside: &[Value], event: &Value) -> Result<(), String> {
        let level = match event.pointer("/policy/decisionAssurance").and_then(Value::as_str) {
            Some("passkey") => 2,
            Some("stepUp") => 1,
            _ => 0,
        };
        let signs = |signed: &Value| {
            signed.get("of").and_then(Value::as_str) == Some("policySigned")
                && signed.pointer("/decision/statement/policy") == event.get("policy")
        };
        if level < self.level && !beside.iter().any(signs) {
            return Err("decisions may be less sure from here on, which nobody has signed".to_owned());
        }
        self.level = level;
        Ok(())
    }

    /// Checks signed settings; as [`Signers::signed`].
    pub(crate) fn policy_signed(
        &mut self,
        entry: &Value,
        beside: &[Value],
        event: &Value,
    ) -> Result<bool, String> {
        let decision = event.get("decision").ok_or("signed settings say nothing")?;
        let statement = decision.get("statement").ok_or("signed settings state nothing")?;
        if text(statement, "type")? != POLICY_STATEMENT_TYPE {
            return Err("a signed statement is of a kind that is not understood".to_owned());
        }
        let changed = |event: &Value| {
            event.get("of").and_then(Value::as_str) == Some("policyChanged")
                && event.get("policy") == statement.get("policy")
        };
        let user = by_its_person(entry, statement)?;
        if !beside.iter().any(changed) {
            return Err(format!("{user} signed other settings than what was recorded"));
        }
        self.holds(entry, decision, statement, user)
    }

    /// A vote for access: where the tenant asks for a signature, one stands beside it. What the service records for a person
    /// who decided in another tenant has none, and is no vote where one is asked for.
    pub(crate) fn voted(&self, beside: &[Value], id: &str, event: &Value) -> Result<(), String> {
        let vote = match event.get("type").and_then(Value::as_str) {
            Some("approved") => event.get("approval"),
            Some("voted") => event.get("vote"),
            _ => None,
        };
        let scope = event.pointer("/approval/scope").map(in_words);
        self.earlier(id, event.pointer("/approval/earlier"), scope.as_ref())?;
        match vote.and_then(|vote| vote.get("by")).and_then(Value::as_str) {
            Some(by) => self.agreed(beside, by),
            None => Ok(()),
        }
    }

    /// A vote for consent, likewise. A *yes* that only asks others for theirs is none.
    pub(crate) fn consented(&mut self, beside: &[Value], id: &str, event: &Value) -> Result<(), String> {
        self.earlier(id, event.get("votes"), None)?;
        if matches!(event.get("type").and_then(Value::as_str), Some("consentEnded" | "consentExpired")) {
            self.agreed.retain(|(request, _), _| request != id);
        }
        let by = match event.get("type").and_then(Value::as_str) {
            Some("consentGiven") => event.get("by"),
            Some("consentVoted") => event.pointer("/vote/by"),
            Some("consentAwaiting") if event.get("counts") == Some(&Value::Bool(true)) => event.get("by"),
            _ => None,
        };
        by.and_then(Value::as_str).map_or(Ok(()), |by| self.agreed(beside, by))
    }

    /// Votes that a decision took into account: where the tenant asks for signatures, each was signed, and over this scope.
    fn earlier(&self, id: &str, votes: Option<&Value>, scope: Option<&Value>) -> Result<(), String> {
        for vote in
            votes.and_then(Value::as_array).into_iter().flatten().filter(|_| self.demands_signatures())
        {
            let by = text(vote, "by")?;
            let signed = self.agreed.get(&(id.to_owned(), by.to_owned()));
            if signed.is_none_or(|signed| scope.is_some_and(|scope| scope != signed)) {
                return Err(format!(
                    "the vote of {by} counted, which was not signed, or over something else"
                ));
            }
        }
        Ok(())
    }

    fn agreed(&self, beside: &[Value], by: &str) -> Result<(), String> {
        let signs = |event: &Value| {
            event.get("of").and_then(Value::as_str) == Some("decisionSigned")
                && event.pointer("/decision/statement/userId").and_then(Value::as_str) == Some(by)
        };
        if self.demands_signatures() && !beside.iter().any(signs) {
            return Err(format!("{by} agreed without a signature, though the tenant asks for one"));
        }
        Ok(())
    }

    /// Checks one signed decision. Tells whether its signature was looked at, or only all that it is about.
    pub(crate) fn signed(&mut self, entry: &Value, beside: &[Value], event: &Value) -> Result<bool, String> {
        let decision = event.get("decision").ok_or("a signed decision says nothing")?;
        let statement = decision.get("statement").ok_or("a signed decision states nothing")?;
        if text(statement, "type")? != STATEMENT_TYPE {
            return Err("a signed statement is of a kind that is not understood".to_owned());
        }
        let user = by_its_person(entry, statement)?;
        if !beside.iter().any(|event| is_decided(event, statement)) {
            return Err(format!("{user} signed something else than what was recorded"));
        }
        if !beside.iter().all(|event| is_within(entry, event, statement)) {
            return Err(format!("{user} signed less than what was given"));
        }
        let checked = self.holds(entry, decision, statement, user)?;
        let about =
            ["accessRequestId", "supportRequestId"].map(|name| statement.get(name).and_then(Value::as_str));
        if let (Some(request), Some(scope)) = (about[0].or(about[1]), statement.get("scope")) {
            self.agreed.insert((request.to_owned(), user.to_owned()), in_words(scope));
        }
        Ok(checked)
    }

    /// Whether the signature under a statement of somebody is of a key of theirs, and not used before. Tells whether it was
    /// looked at itself.
    fn holds(
        &mut self,
        entry: &Value,
        decision: &Value,
        statement: &Value,
        user: &str,
    ) -> Result<bool, String> {
        let credential = text(decision, "credential")?;
        let key = self.keys.get(credential).filter(|key| key.user == user);
        let key = key.ok_or_else(|| {
            format!("{user} signed with {credential}, which was not enrolled before, or was removed")
        })?;
        if super::instant(text(entry, "activityDateTime")?)? < key.signs_from {
            return Err(format!("{user} signed with {credential} before it signs decisions"));
        }
        let challenge = challenge(statement).map_err(|error| error.to_string())?;
        if !self.used.insert(challenge) {
            return Err(format!("a signature of {user} stands in a second entry"));
        }
        let Some(check) = self.check else { return Ok(false) };
        check(&Signature {
            relying_party: &key.relying_party,
            public_key: &key.public_key,
            credential,
            challenge,
            client_data: text(decision, "clientData")?,
            authenticator_data: text(decision, "authenticatorData")?,
            signature: text(decision, "signature")?,
        })
        .map_err(|fault| format!("the signature of {user} does not hold: {fault}"))?;
        Ok(true)
    }
}

/// Whose a statement is: of the person who did what the entry says, in that tenant.
fn by_its_person<'s>(entry: &Value, statement: &'s Value) -> Result<&'s str, String> {
    let user = text(statement, "userId")?;
    if text(statement, "tenantId")? != text(entry, "tenantId")?
        || entry.pointer("/initiatedBy/user/id").and_then(Value::as_str) != Some(user)
    {
        return Err("a signed decision is somebody else's".to_owned());
    }
    Ok(user)
}

/// Whether an event is what a statement says was decided.
fn is_decided(event: &Value, statement: &Value) -> bool {
    let member = |name: &str| statement.get(name).filter(|value| !value.is_null());
    let stated = |name: &str| statement.pointer(&format!("/scope/{name}")).filter(|value| !value.is_null());
    let told = event.get("event");
    let kind = told.and_then(|told| told.get("type")).and_then(Value::as_str);
    let of = |pointer: &str| told.and_then(|told| told.pointer(pointer)).filter(|value| !value.is_null());
    match (statement.get("decision").and_then(Value::as_str), kind) {
        (Some("approveAccess"), Some("approved" | "voted")) => {
            let scope =
                |name: &str| of(&format!("/approval/scope/{name}")).or_else(|| of(&format!("/scope/{name}")));
            event.get("id") == member("accessRequestId")
                && of("/approval/by").or_else(|| of("/vote/by")) == member("userId")
                && scope("dataCategories") == stated("dataCategories")
                && scope("duration") == stated("duration")
                && scope("filter/dataFrom") == stated("dataFrom")
                && scope("filter/dataTo") == stated("dataTo")
                && scope("filter/users").is_some() == stated("usersDigest").is_some()
        }
        (Some("giveConsent"), Some("consentGiven" | "consentVoted" | "consentAwaiting")) => {
            event.get("id") == member("supportRequestId")
                && of("/by").or_else(|| of("/vote/by")) == member("userId")
        }
        _ => false,
    }
}

/// A scope without its people, in one form for statements, which have no `filter`, and for approvals, which have.
fn in_words(scope: &Value) -> Value {
    let of = |name: &str| scope.get(name).or_else(|| scope.pointer(&format!("/filter/{name}"))).cloned();
    ["dataCategories", "duration", "dataFrom", "dataTo"]
        .map(|name| of(name).unwrap_or_default())
        .to_vec()
        .into()
}

/// Whether an event gives no more access than a statement says: a grant of these categories and times, for no longer.
fn is_within(entry: &Value, event: &Value, statement: &Value) -> bool {
    let Some(grant) = event.pointer("/event/grant").filter(|grant| grant.is_object()) else { return true };
    let stated = |name: &str| statement.pointer(&format!("/scope/{name}")).filter(|value| !value.is_null());
    let filter = |name: &str| grant.pointer(&format!("/filter/{name}")).filter(|value| !value.is_null());
    let ends = || -> Option<bool> {
        let at: jiff::Timestamp = entry.get("activityDateTime")?.as_str()?.parse().ok()?;
        let lasts: jiff::Span = stated("duration")?.as_str()?.parse().ok()?;
        let lasts = lasts.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
        let expires: jiff::Timestamp = grant.get("expires")?.as_str()?.parse().ok()?;
        Some(expires.duration_since(at) <= lasts)
    };
    grant.get("dataCategories") == stated("dataCategories")
        && filter("dataFrom") == stated("dataFrom")
        && filter("dataTo") == stated("dataTo")
        && filter("users").is_some() == stated("usersDigest").is_some()
        && ends() == Some(true)
}

fn text<'a>(value: &'a Value, member: &str) -> Result<&'a str, String> {
    super::text(value, member)
}
