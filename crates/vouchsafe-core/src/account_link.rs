//! Links of accounts: one person's accounts in two tenants (`lifecycle.md`, *One person in both tenants*).
//!
//! Each tenant has a record of its own. A link counts once four have said yes: the person in a signed-in session of either
//! account, having seen what the other is called, and each tenant by somebody who may manage its roles. Names, addresses and
//! claims never link. A tenant's record says of the other its id and the account's id, besides what the person was shown.

use serde::{Deserialize, Serialize};

use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::id::{AccountLinkId, TenantId, UserId};
use crate::permit::{Action, Caller, KeepAccountLink, ManageRoles, SetUp};
use crate::person::{Person, PersonKind};
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::setup::AccountLink;
use crate::tenant::Tenant;
use crate::time::{Duration, Timestamp};

/// How long an offer can be accepted: long enough to sign out and in again.
pub const OFFER_LASTS: Duration = Duration::hours(1);
/// How long a link that was accepted waits for everybody's yes.
pub const WAITS: Duration = Duration::days(7);
/// Links of one account that have not ended.
pub const LINKS_OF_ONE_MAX: usize = 10;

/// One tenant's record of a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkRecord {
    /// Its id, in this tenant.
    pub id: AccountLinkId,
    /// Whose record it is.
    pub tenant: TenantId,
    /// The account of this tenant.
    pub user: UserId,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it waits; counts no more once it is active.
    pub expires: Timestamp,
    /// The account that it is linked with; none for an offer that nobody accepted.
    pub other: Option<OtherAccount>,
    /// When the person agreed in a session of this account.
    pub agreed: Option<Timestamp>,
    /// Who confirmed it for this tenant.
    pub confirmed_by: Option<UserId>,
    /// Since when both accounts are one person.
    pub active: Option<Timestamp>,
    /// When it ended, by either side.
    pub ended: Option<Timestamp>,
    /// SHA-256 of the code with which an offer is accepted; none once it was.
    #[serde(skip)]
    pub hash: Option<[u8; 32]>,
    /// Row version; 0 before it is stored.
    #[serde(skip)]
    pub version: u64,
}

/// The account on the other side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OtherAccount {
    /// Its tenant.
    pub tenant: TenantId,
    /// The account.
    pub user: UserId,
    /// The record there.
    pub link: AccountLinkId,
    /// What the person is shown of it, as it was when the offer was accepted; under the key of this tenant's person.
    pub shown: Personal,
}

/// Where a link stands, as its tenant sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkStatus {
    /// A code was made, and nobody has used it.
    Offered,
    /// The person of this tenant must agree in a session.
    AwaitingAgreement,
    /// This tenant must confirm.
    AwaitingConfirmation,
    /// The other side has not finished.
    AwaitingOther,
    /// Both accounts are one person.
    Active,
    /// It was removed, or waited too long.
    Ended,
}

impl LinkRecord {
    /// Where it stands at an instant.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> LinkStatus {
        match (self.ended, self.active, &self.other) {
            (Some(_), _, _) => LinkStatus::Ended,
            (None, Some(_), _) => LinkStatus::Active,
            (None, None, _) if now >= self.expires => LinkStatus::Ended,
            (None, None, None) => LinkStatus::Offered,
            (None, None, Some(_)) if self.agreed.is_none() => LinkStatus::AwaitingAgreement,
            (None, None, Some(_)) if self.confirmed_by.is_none() => LinkStatus::AwaitingConfirmation,
            (None, None, Some(_)) => LinkStatus::AwaitingOther,
        }
    }

    /// Whether its own side has nothing left to say.
    fn is_settled(&self) -> bool {
        self.agreed.is_some() && self.confirmed_by.is_some()
    }

    fn is_open(&self, now: Timestamp) -> bool {
        self.status(now) != LinkStatus::Ended
    }
}

/// A new record, and the hash of the code that comes with an offer.
#[derive(Debug, Clone, Copy)]
pub struct NewLink {
    /// Its id.
    pub id: AccountLinkId,
    /// SHA-256 of the code.
    pub hash: Option<[u8; 32]>,
}

/// Offers to link an account of the caller's with another of the same person. `own` are all records of the account; an
/// earlier offer that nobody has accepted ends.
///
/// # Errors
/// [`Rejection::Forbidden`] for a service account; [`Rejection::TooMany`] beyond [`LINKS_OF_ONE_MAX`].
pub fn offer(
    new: NewLink,
    by: &Person,
    own: &[LinkRecord],
    cx: &Context,
) -> Result<Decided<KeepAccountLink>, Rejection> {
    let record = blank(new, by, own, cx)?;
    let mut draft = Draft::new(cx);
    for old in own.iter().filter(|old| old.status(cx.now) == LinkStatus::Offered) {
        draft
            .entry(old.tenant, Activity::AccountLinkWithdrawn, old.id, None)
            .event(Event::AccountLinkEnded { user: old.user, other: None })
            .put(Write::LinkRecord(Box::new(LinkRecord { ended: Some(cx.now), hash: None, ..old.clone() })));
    }
    draft
        .entry(record.tenant, Activity::AccountLinkOffered, record.id, None)
        .event(Event::AccountLinkOffered { user: record.user, expires: record.expires })
        .put(Write::LinkRecord(Box::new(record)));
    Ok(draft.decided(by.tenant))
}

/// Accepts an offer with its code. `in_session` says whether the caller is signed in to the pages, and so has seen whose
/// offer it is; a token accepts without agreeing.
///
/// # Errors
/// [`Rejection::Invalid`] for an offer that cannot be accepted; as [`offer`].
pub fn accept(
    new: NewLink,
    (by, here): (&Person, &Tenant),
    (offered, maker, there): (&LinkRecord, &Person, &Tenant),
    own: &[LinkRecord],
    in_session: bool,
    cx: &Context,
) -> Result<Decided<KeepAccountLink>, Rejection> {
    if offered.status(cx.now) != LinkStatus::Offered {
        return Err(unknown_code());
    }
    if offered.tenant == by.tenant {
        return Err(Rejection::invalid(
            "code",
            "was made in your own organisation: sign in to another first",
        ));
    }
    let linked = |record: &LinkRecord| {
        record.is_open(cx.now)
            && record
                .other
                .as_ref()
                .is_some_and(|other| (other.tenant, other.user) == (maker.tenant, maker.id))
    };
    if own.iter().any(linked) {
        return Err(Rejection::invalid("code", "is of an account that yours is linked with already"));
    }
    let expires = cx.now + WAITS;
    let mine = LinkRecord {
        other: Some(other_of(offered, maker, there, by.id)),
        expires,
        agreed: in_session.then_some(cx.now),
        ..blank(new, by, own, cx)?
    };
    let theirs = LinkRecord {
        other: Some(other_of(&mine, by, here, maker.id)),
        expires,
        hash: None,
        ..offered.clone()
    };
    let mut draft = Draft::new(cx);
    draft
        .entry(mine.tenant, Activity::AccountLinkAccepted, mine.id, None)
        .event(Event::AccountLinkAccepted {
            user: mine.user,
            other_tenant: theirs.tenant,
            other_user: theirs.user,
            agreed: in_session,
        })
        .entry(theirs.tenant, Activity::AccountLinkAccepted, theirs.id, None)
        .by_service(false)
        .event(Event::AccountLinkAccepted {
            user: theirs.user,
            other_tenant: mine.tenant,
            other_user: mine.user,
            agreed: false,
        })
        .put(Write::LinkRecord(Box::new(mine)))
        .put(Write::LinkRecord(Box::new(theirs)));
    Ok(draft.decided(by.tenant))
}

/// The person says, in a session of this account, that the other one is theirs too.
///
/// # Errors
/// [`Rejection::AlreadyEnded`]; [`Rejection::Conflict`] if that was said before.
pub fn agree(
    (mine, theirs): (&LinkRecord, &LinkRecord),
    cx: &Context,
) -> Result<Decided<KeepAccountLink>, Rejection> {
    waits(mine, theirs, cx)?;
    if mine.agreed.is_some() {
        return Err(Rejection::Conflict);
    }
    let mine = LinkRecord { agreed: Some(cx.now), ..mine.clone() };
    Ok(said(Activity::AccountLinkAgreed, mine, theirs.clone(), cx))
}

/// Somebody who may manage the roles of a tenant confirms a link of one of its accounts, once its person has agreed.
///
/// # Errors
/// As [`agree`]; [`Rejection::Forbidden`] before the person has agreed, and for an account whose roles allow more (`rights`)
/// than the caller's: whoever links it lends it another's approvals.
pub fn confirm(
    (mine, theirs): (&LinkRecord, &LinkRecord),
    by: &Caller,
    rights: &crate::permission::Permissions,
    cx: &Context,
) -> Result<Decided<ManageRoles>, Rejection> {
    waits(mine, theirs, cx)?;
    if mine.agreed.is_none() {
        return Err(Rejection::Forbidden(
            "the person has not agreed yet: that is done on the pages, signed in to this account",
        ));
    }
    if mine.confirmed_by.is_some() {
        return Err(Rejection::Conflict);
    }
    crate::people::allows_no_more(rights, by)?;
    let mine = LinkRecord { confirmed_by: Some(by.person.id), ..mine.clone() };
    Ok(said(Activity::AccountLinkConfirmed, mine, theirs.clone(), cx))
}

/// Ends a link, for both tenants. What was approved under it stands; nothing follows from it any more.
///
/// # Errors
/// [`Rejection::AlreadyEnded`].
pub fn remove<A: Action<Subject = TenantId>>(
    mine: &LinkRecord,
    theirs: Option<&LinkRecord>,
    cx: &Context,
) -> Result<Decided<A>, Rejection> {
    if !mine.is_open(cx.now) {
        return Err(Rejection::AlreadyEnded);
    }
    let activity =
        if mine.active.is_some() { Activity::AccountsUnlinked } else { Activity::AccountLinkWithdrawn };
    let mut draft = Draft::new(cx);
    for (own, record) in [(true, Some(mine)), (false, theirs)] {
        let Some(record) = record else { continue };
        let other = record.other.as_ref().map(|other| (other.tenant, other.user));
        draft
            .entry(record.tenant, activity, record.id, None)
            .event(Event::AccountLinkEnded { user: record.user, other });
        if !own {
            // Who of a tenant ends a link is that tenant's matter.
            draft.by_service(false);
        }
        let ended = LinkRecord { ended: Some(cx.now), hash: None, ..record.clone() };
        draft.put(Write::LinkRecord(Box::new(ended)));
    }
    if let (Some(_), Some(other)) = (mine.active, &mine.other) {
        draft.put(Write::LinkGone(Box::new(between(mine, other))));
    }
    Ok(draft.decided(mine.tenant))
}

/// Declares two accounts to be one person when a deployment is set up, as a link that everybody has agreed to.
pub fn set_up(
    ids: (AccountLinkId, AccountLinkId),
    (one, of_one): (&Person, &Tenant),
    (other, of_other): (&Person, &Tenant),
    cx: &Context,
) -> Decided<SetUp> {
    let record = |id, person: &Person| LinkRecord {
        id,
        tenant: person.tenant,
        user: person.id,
        created: cx.now,
        expires: cx.now,
        other: None,
        agreed: Some(cx.now),
        confirmed_by: None,
        active: Some(cx.now),
        ended: None,
        hash: None,
        version: 0,
    };
    let mut mine = record(ids.0, one);
    let mut theirs = record(ids.1, other);
    mine.other = Some(other_of(&theirs, other, of_other, one.id));
    theirs.other = Some(other_of(&mine, one, of_one, other.id));
    let mut draft = Draft::new(cx);
    for (tenant, user, other_tenant, other_user) in [
        (mine.tenant, mine.user, theirs.tenant, theirs.user),
        (theirs.tenant, theirs.user, mine.tenant, mine.user),
    ] {
        draft.entry(tenant, Activity::AccountsLinked, user, None).event(Event::AccountsLinked {
            user,
            other_tenant,
            other_user,
        });
    }
    if let Some(other) = &mine.other {
        draft.put(Write::Link(Box::new(between(&mine, other))));
    }
    draft.put(Write::LinkRecord(Box::new(mine))).put(Write::LinkRecord(Box::new(theirs)));
    draft.decided(one.tenant)
}

/// The answer to a code that is none, or none any more.
#[must_use]
pub fn unknown_code() -> Rejection {
    Rejection::invalid("code", "is not a code that can be used: it may be used or over, so make another")
}

fn blank(new: NewLink, by: &Person, own: &[LinkRecord], cx: &Context) -> Result<LinkRecord, Rejection> {
    if by.kind != PersonKind::User {
        return Err(Rejection::Forbidden("only accounts of people are linked"));
    }
    let counted =
        |record: &&LinkRecord| record.is_open(cx.now) && record.status(cx.now) != LinkStatus::Offered;
    if own.iter().filter(counted).count() >= LINKS_OF_ONE_MAX {
        let message = format!("this account has {LINKS_OF_ONE_MAX} links already: remove one first");
        return Err(Rejection::TooMany(message));
    }
    Ok(LinkRecord {
        id: new.id,
        tenant: by.tenant,
        user: by.id,
        created: cx.now,
        expires: cx.now + OFFER_LASTS,
        other: None,
        agreed: None,
        confirmed_by: None,
        active: None,
        ended: None,
        hash: new.hash,
        version: 0,
    })
}

fn other_of(record: &LinkRecord, person: &Person, of: &Tenant, reader: UserId) -> OtherAccount {
    let shown = format!(
        "{} ({}), {}",
        person.display_name.text(),
        person.user_principal_name.text(),
        of.display_name
    );
    OtherAccount {
        tenant: record.tenant,
        user: record.user,
        link: record.id,
        shown: Personal::new(reader, shown),
    }
}

fn waits(mine: &LinkRecord, theirs: &LinkRecord, cx: &Context) -> Result<(), Rejection> {
    let open = mine.is_open(cx.now) && theirs.is_open(cx.now);
    if !open || mine.other.is_none() || mine.active.is_some() { Err(Rejection::AlreadyEnded) } else { Ok(()) }
}

/// Records a yes of this side, and the link once it was the last.
fn said<A: Action<Subject = TenantId>>(
    activity: Activity,
    mut mine: LinkRecord,
    mut theirs: LinkRecord,
    cx: &Context,
) -> Decided<A> {
    let tenant = mine.tenant;
    let mut draft = Draft::new(cx);
    draft.entry(tenant, activity, mine.id, None).event(Event::AccountLinkConfirmed {
        user: mine.user,
        as_person: activity == Activity::AccountLinkAgreed,
    });
    let link = mine.other.as_ref().map(|other| between(&mine, other));
    if let Some(link) = link.filter(|_| mine.is_settled() && theirs.is_settled()) {
        let AccountLink { tenant, user, other_tenant, other_user } = link;
        draft
            .entry(tenant, Activity::AccountsLinked, mine.id, None)
            .by_service(false)
            .event(Event::AccountsLinked { user, other_tenant, other_user })
            .entry(other_tenant, Activity::AccountsLinked, theirs.id, None)
            .by_service(false)
            .event(Event::AccountsLinked { user: other_user, other_tenant: tenant, other_user: user })
            .put(Write::Link(Box::new(link)));
        mine.active = Some(cx.now);
        theirs.active = Some(cx.now);
        draft.put(Write::LinkRecord(Box::new(theirs)));
    }
    draft.put(Write::LinkRecord(Box::new(mine)));
    draft.decided(tenant)
}

fn between(mine: &LinkRecord, other: &OtherAccount) -> AccountLink {
    AccountLink { tenant: mine.tenant, user: mine.user, other_tenant: other.tenant, other_user: other.user }
}
