//! Passkeys: what is kept of them, how a person comes to one, and from when on it signs decisions.
//!
//! A passkey is enrolled with a one-time pass that an administrator hands out, or by a session of its person that began with
//! a passkey. Whoever had one before and gets a pass has lost it, or somebody says so: the new one signs no decision for
//! [`RECOVERED_WAITS`], and what it adds in that time waits as long. So does a first one, where decisions must be signed. Enrolment and removal are entries of the tenant's log
//! with the public key in them, so that the log alone says whose signature one is.

use serde::{Deserialize, Serialize};

use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::id::{EnrolmentId, TenantId, UserId};
use crate::people::allows_no_more;
use crate::permission::Permissions;
use crate::permit::{Action, Caller, KeepPasskey, ManageSignInMethods, SetUp};
use crate::person::{Person, PersonKind};
use crate::personal::Personal;
use crate::rejection::{Rejection, text_within};
use crate::setup::Account;
use crate::tenant::Assurance;
use crate::time::{Duration, Timestamp};

/// How long a recovered passkey signs no decision.
pub const RECOVERED_WAITS: Duration = Duration::hours(24);
/// Passkeys of one person at a time.
pub const PASSKEYS_MAX: usize = 20;
/// Characters of a passkey's name.
pub const NAME_CHARS_MAX: usize = 100;
/// How long a one-time pass can be used if nothing else is said.
pub const PASS_LASTS: Duration = Duration::days(1);
/// The shortest time for which a one-time pass can be used.
pub const PASS_LASTS_MIN: Duration = Duration::minutes(10);
/// The longest time for which a one-time pass can be used.
pub const PASS_LASTS_MAX: Duration = Duration::days(7);

/// A passkey as it was enrolled. Nothing of this ever changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Passkey {
    /// The tenant of its person.
    pub tenant: TenantId,
    /// Whose it is.
    pub user: UserId,
    /// Its credential id, base64url without padding.
    pub credential: String,
    /// Its public key as a `COSE_Key` (RFC 9052 section 7), base64url without padding.
    pub public_key: String,
    /// The relying party id that it is bound to: the host of this service.
    pub relying_party: String,
    /// What its person calls it.
    pub name: Personal,
    /// When it was enrolled.
    pub created: Timestamp,
    /// From when on it signs decisions.
    pub signs_from: Timestamp,
    /// Whether its person had lost the passkeys before it.
    pub recovered: bool,
}

/// A passkey with what changes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRecord {
    /// As it was enrolled.
    pub passkey: Passkey,
    /// How often it has signed, as far as it says; 0 for those that do not count.
    pub counter: u32,
    /// Whether it may be copied to other devices of its person.
    pub backup_eligible: bool,
    /// When it was last used to sign in.
    pub last_used: Option<Timestamp>,
    /// When it was removed.
    pub removed: Option<Timestamp>,
}

/// A one-time pass: whoever holds its secret enrols one passkey for its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Its id.
    pub id: EnrolmentId,
    /// The tenant.
    pub tenant: TenantId,
    /// For whom.
    pub user: UserId,
    /// SHA-256 of its random bytes.
    pub hash: [u8; 32],
    /// When it was made.
    pub created: Timestamp,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// When it was used.
    pub used: Option<Timestamp>,
    /// Who handed it out; none for a tenant's first one.
    pub offered_by: Option<UserId>,
}

impl Enrolment {
    /// Whether it can be used now.
    #[must_use]
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.used.is_none() && now < self.expires
    }
}

/// What of a person's ways in ends at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialsEnd {
    /// The tenant.
    pub tenant: TenantId,
    /// Whose.
    pub user: UserId,
    /// Whether passkeys end as well, and nothing is kept of tokens: not only sessions, tokens and unused passes.
    pub all: bool,
}

impl CredentialsEnd {
    /// Every session, every API token and every unused pass: whoever is enabled again comes back with a passkey, and makes
    /// new tokens.
    #[must_use]
    pub fn signed_out(person: &Person) -> Self {
        Self { tenant: person.tenant, user: person.id, all: false }
    }
}

/// A passkey on its way in, checked against the ceremony that made it.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    /// Its credential id, base64url.
    pub credential: String,
    /// Its public key, `COSE_Key`, base64url.
    pub public_key: String,
    /// The relying party id.
    pub relying_party: String,
    /// What its person calls it.
    pub name: String,
    /// Its counter.
    pub counter: u32,
    /// Whether it may be copied.
    pub backup_eligible: bool,
}

/// What lets a person enrol.
#[derive(Debug, Clone, Copy)]
pub enum Way<'a> {
    /// A one-time pass.
    Pass(PassUse<'a>),
    /// A session that began with this passkey of the same person.
    Session(&'a PasskeyRecord),
}

/// A one-time pass, and what is so at the moment of its use.
#[derive(Debug, Clone, Copy)]
pub struct PassUse<'a> {
    /// The pass.
    pub pass: &'a Enrolment,
    /// Who handed it out, as they are now; none if they may not do anything any more.
    pub maker: Option<&'a Caller>,
    /// What its person may do now.
    pub rights: &'a Permissions,
    /// What the tenant asks of decisions.
    pub assurance: Assurance,
}

impl PassUse<'_> {
    /// Whether it counts: whoever handed it out could use it, so its person may still do no more than they.
    fn counts(&self, user: UserId, now: Timestamp) -> bool {
        let by_service = self.pass.offered_by.is_none();
        let within = |maker: &Caller| {
            self.pass.offered_by == Some(maker.person.id) && allows_no_more(self.rights, maker).is_ok()
        };
        self.pass.user == user && self.pass.is_usable(now) && (by_service || self.maker.is_some_and(within))
    }

    /// From when on what it enrols signs decisions, and whether it takes the place of something lost. Where decisions must be
    /// signed, whoever can hand out passes could otherwise make as many signers as are asked for, at once.
    fn signs(&self, had_one: bool, now: Timestamp) -> (bool, Timestamp) {
        let waits = had_one || (self.pass.offered_by.is_some() && !self.assurance.accepts(false));
        (had_one, if waits { now + RECOVERED_WAITS } else { now })
    }
}

/// Checks that somebody can be given a pass at all.
fn can_enrol(person: &Person) -> Result<(), Rejection> {
    let wrong = |message: &str| Err(Rejection::invalid("id", message));
    match person.kind {
        PersonKind::Service => wrong("is a service account, which has no passkey"),
        PersonKind::User if person.deleted.is_some() => Err(Rejection::AlreadyEnded),
        PersonKind::User if !person.active => wrong("is a disabled account"),
        PersonKind::User => Ok(()),
    }
}

/// Hands somebody a one-time pass. `had_one` says whether the person ever had a passkey, `rights` what the person may do.
///
/// # Errors
/// [`Rejection::Forbidden`] for the caller itself, and for somebody who may do more than the caller: whoever hands the
/// pass out could use it. [`Rejection::Invalid`] for a service account or a disabled one, or for a time out of its bounds.
pub fn offer(
    account: &Account,
    enrolment: Enrolment,
    had_one: bool,
    by: &Caller,
    rights: &Permissions,
    cx: &Context,
) -> Result<Decided<ManageSignInMethods>, Rejection> {
    can_enrol(&account.person)?;
    if account.person.id == by.person.id {
        return Err(Rejection::Forbidden("nobody makes a pass for the own account"));
    }
    allows_no_more(rights, by)?;
    let Enrolment { created, expires, .. } = enrolment;
    if expires < created + PASS_LASTS_MIN || expires > created + PASS_LASTS_MAX {
        let (min, max) = (PASS_LASTS_MIN.as_minutes(), PASS_LASTS_MAX.as_minutes());
        return Err(Rejection::invalid("lifetimeInMinutes", format!("must be between {min} and {max}")));
    }
    Ok(offered(Enrolment { offered_by: Some(by.person.id), ..enrolment }, had_one, cx))
}

/// Makes the pass of a new tenant's first administrator.
///
/// # Errors
/// As [`offer`] says of the account.
pub fn offer_first(
    account: &Account,
    enrolment: Enrolment,
    cx: &Context,
) -> Result<Decided<SetUp>, Rejection> {
    can_enrol(&account.person)?;
    Ok(offered(Enrolment { offered_by: None, ..enrolment }, false, cx))
}

fn offered<A: Action<Subject = TenantId>>(enrolment: Enrolment, recovery: bool, cx: &Context) -> Decided<A> {
    let Enrolment { tenant, user, id, expires, .. } = enrolment;
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant, Activity::EnrolmentOffered, user, None)
        .event(Event::EnrolmentOffered { user, enrolment: id, expires, recovery })
        .put(Write::Enrolment(Box::new(enrolment)));
    draft.decided(tenant)
}

/// Enrols a passkey. `held` is every passkey that the person ever had.
///
/// # Errors
/// [`Rejection::AlreadyEnded`] for a pass that was used, is over, or was handed out by somebody who may not do as much as
/// this person any more; [`Rejection::Invalid`] for a name that is too long, a credential that is known already, or one
/// passkey too many.
pub fn enrol(
    account: &Account,
    new: NewPasskey,
    way: Way<'_>,
    held: &[PasskeyRecord],
    cx: &Context,
) -> Result<Decided<KeepPasskey>, Rejection> {
    let Person { id: user, tenant, .. } = account.person;
    can_enrol(&account.person)?;
    let name = text_within("name", &new.name, 1, NAME_CHARS_MAX)?;
    if held.iter().any(|known| known.passkey.credential == new.credential) {
        return Err(Rejection::invalid("credential", "is enrolled already"));
    }
    if held.iter().filter(|known| known.removed.is_none()).count() >= PASSKEYS_MAX {
        return Err(Rejection::invalid("credential", format!("is one more than {PASSKEYS_MAX}")));
    }
    let (recovered, signs_from, pass) = match way {
        Way::Pass(using) if !using.counts(user, cx.now) => return Err(Rejection::AlreadyEnded),
        Way::Pass(using) => {
            let (recovered, signs_from) = using.signs(!held.is_empty(), cx.now);
            (recovered, signs_from, Some(using.pass))
        }
        Way::Session(with) => (with.passkey.recovered, with.passkey.signs_from.max(cx.now), None),
    };
    let passkey = Passkey {
        tenant,
        user,
        credential: new.credential,
        public_key: new.public_key,
        relying_party: new.relying_party,
        name: Personal::new(user, name),
        created: cx.now,
        signs_from,
        recovered,
    };
    let event =
        Event::PasskeyAdded { passkey: Box::new(passkey.clone()), enrolment: pass.map(|pass| pass.id) };
    let (counter, backup_eligible) = (new.counter, new.backup_eligible);
    let record = PasskeyRecord { passkey, counter, backup_eligible, last_used: None, removed: None };
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant, Activity::PasskeyAdded, user, None)
        .event(event)
        .put(Write::Passkey(Box::new(record)));
    if let Some(pass) = pass {
        draft.put(Write::Enrolment(Box::new(Enrolment { used: Some(cx.now), ..pass.clone() })));
    }
    Ok(draft.decided(tenant))
}

/// Removes one of the own passkeys. `held` is every passkey that the person ever had.
///
/// # Errors
/// [`Rejection::AlreadyEnded`] if it is removed; [`Rejection::Forbidden`] for the only one.
pub fn remove_own(
    record: &PasskeyRecord,
    held: &[PasskeyRecord],
    cx: &Context,
) -> Result<Decided<KeepPasskey>, Rejection> {
    if held.iter().filter(|known| known.removed.is_none()).count() <= 1 && record.removed.is_none() {
        return Err(Rejection::Forbidden("this is your only passkey: add another one first"));
    }
    removed(record, Activity::PasskeyRemoved, cx)
}

/// Removes somebody else's passkey. `rights` is what that person may do.
///
/// # Errors
/// [`Rejection::AlreadyEnded`] if it is removed; [`Rejection::Forbidden`] for somebody who may do more than the caller.
pub fn remove_of_other(
    record: &PasskeyRecord,
    by: &Caller,
    rights: &Permissions,
    cx: &Context,
) -> Result<Decided<ManageSignInMethods>, Rejection> {
    allows_no_more(rights, by)?;
    removed(record, Activity::PasskeyRemovedByOther, cx)
}

fn removed<A: Action<Subject = TenantId>>(
    record: &PasskeyRecord,
    activity: Activity,
    cx: &Context,
) -> Result<Decided<A>, Rejection> {
    if record.removed.is_some() {
        return Err(Rejection::AlreadyEnded);
    }
    let Passkey { tenant, user, credential, .. } = record.passkey.clone();
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant, activity, user, None)
        .event(Event::PasskeyRemoved { user, credential })
        .put(Write::Passkey(Box::new(PasskeyRecord { removed: Some(cx.now), ..record.clone() })));
    Ok(draft.decided(tenant))
}

#[cfg(test)]
mod tests;
