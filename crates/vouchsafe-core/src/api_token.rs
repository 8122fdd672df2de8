//! API tokens that people make: for themselves, or for a service account of their tenant; never for somebody else.
//!
//! A token is limited to some of its maker's own actions. What it may do at any moment is what stands in its scopes and
//! what its account may do then, so a role that is lost is lost for every token at once.

use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::id::{TenantId, TokenId};
use crate::permission::{Permission, Permissions};
use crate::permit::{Action, Caller, ManageAllTokens, UseOwnTokens};
use crate::person::{Person, PersonKind};
use crate::personal::Personal;
use crate::rejection::{Rejection, text_within};
use crate::setup::TokenRecord;
use crate::time::{Duration, Timestamp};

/// Characters of a token's name.
pub const NAME_CHARS_MAX: usize = 256;
/// Tokens of one account that are good at the same time.
pub const TOKENS_OF_ONE_MAX: usize = 50;
/// The longest time that a token can be good for.
pub const LASTS_MAX: Duration = Duration::days(365);
/// The shortest one.
pub const LASTS_MIN: Duration = Duration::minutes(5);

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Its id.
    pub id: TokenId,
    /// SHA-256 of its random bytes.
    pub hash: [u8; 32],
    /// 1 to [`NAME_CHARS_MAX`] characters.
    pub name: String,
    /// Resource actions, at least one.
    pub scopes: Vec<String>,
    /// When it ends by itself; [`LASTS_MIN`] to [`LASTS_MAX`] from now.
    pub expires: Timestamp,
    /// The end of the token that it is made with, if it is: a token makes none that outlives it.
    pub latest: Option<Timestamp>,
}

/// Makes a token that speaks for its maker. `good` is how many the account has that are good now.
///
/// # Errors
/// [`Rejection::Invalid`] names the field.
pub fn make_own(
    new: NewToken,
    caller: &Caller,
    good: usize,
    cx: &Context,
) -> Result<Decided<UseOwnTokens>, Rejection> {
    make(new, caller, &caller.person, good, cx)
}

/// Makes a token that speaks for a service account of the maker's tenant.
///
/// # Errors
/// As [`make_own`]; [`Rejection::Invalid`] for anybody but an active service account: nobody speaks for another person.
pub fn make_for_service(
    new: NewToken,
    caller: &Caller,
    account: &Person,
    good: usize,
    cx: &Context,
) -> Result<Decided<ManageAllTokens>, Rejection> {
    match account.kind {
        PersonKind::Service if account.active => make(new, caller, account, good, cx),
        PersonKind::Service => Err(Rejection::invalid("userId", "names an account that is disabled")),
        PersonKind::User => Err(Rejection::invalid(
            "userId",
            "names a person: only that person makes tokens that speak for them",
        )),
    }
}

/// Ends a token at once.
///
/// # Errors
/// [`Rejection::AlreadyEnded`] if that was done.
pub fn revoke<A: Action<Subject = TenantId>>(
    token: &TokenRecord,
    cx: &Context,
) -> Result<Decided<A>, Rejection> {
    if token.revoked.is_some() {
        return Err(Rejection::AlreadyEnded);
    }
    let mut draft = Draft::new(cx);
    draft
        .entry(token.tenant, Activity::TokenRevoked, token.id, None)
        .event(Event::TokenRevoked { user: token.user })
        .put(Write::Token(Box::new(TokenRecord { revoked: Some(cx.now), ..token.clone() })));
    Ok(draft.decided(token.tenant))
}

fn make<A: Action<Subject = TenantId>>(
    new: NewToken,
    caller: &Caller,
    account: &Person,
    good: usize,
    cx: &Context,
) -> Result<Decided<A>, Rejection> {
    if good >= TOKENS_OF_ONE_MAX {
        let message = format!("belongs to an account with {TOKENS_OF_ONE_MAX} tokens already: end one first");
        return Err(Rejection::invalid("userId", message));
    }
    let name = text_within("displayName", &new.name, 1, NAME_CHARS_MAX)?;
    let scopes = scopes(&new.scopes, caller)?;
    if new.expires < cx.now + LASTS_MIN || new.expires > cx.now + LASTS_MAX {
        let bounds = format!("must be between {LASTS_MIN} and {LASTS_MAX} from now");
        return Err(Rejection::invalid("expiresDateTime", bounds));
    }
    if let Some(latest) = new.latest.filter(|latest| new.expires > *latest) {
        let bounds = format!("must not be after {latest}, when the token that you use ends");
        return Err(Rejection::invalid("expiresDateTime", bounds));
    }
    let token = TokenRecord {
        id: new.id,
        tenant: account.tenant,
        user: account.id,
        name: Personal::new(caller.person.id, name),
        hash: new.hash,
        scopes: Some(scopes),
        created: cx.now,
        expires: new.expires,
        revoked: None,
        last_used: None,
    };
    let mut draft = Draft::new(cx);
    draft
        .entry(token.tenant, Activity::TokenIssued, token.id, None)
        .event(Event::TokenIssued {
            user: token.user,
            expires: token.expires,
            scopes: Some(scopes.iter().map(|scope| scope.action().to_owned()).collect()),
        })
        .put(Write::Token(Box::new(token)));
    Ok(draft.decided(account.tenant))
}

/// What was asked for, if the maker may do all of it.
fn scopes(asked: &[String], caller: &Caller) -> Result<Permissions, Rejection> {
    if asked.is_empty() {
        return Err(Rejection::invalid("scopes", "must hold at least one action"));
    }
    let mut scopes = Permissions::default();
    for (place, action) in asked.iter().enumerate() {
        let own = Permission::of_action(action).filter(|permission| caller.permissions.allow(*permission));
        let Some(permission) = own else {
            let message =
                format!("is `{action:.200}`, which is none of your own actions: see `allowedActions` of /me");
            return Err(Rejection::invalid(format!("scopes/{place}"), message));
        };
        scopes = scopes.with([permission].into_iter().collect());
    }
    Ok(scopes)
}
