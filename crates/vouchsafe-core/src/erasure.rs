//! Erasing a person of one's own tenant (`evidence.md`, *Erasure*): the key is destroyed that the person's names, addresses
//! and texts are sealed under, wherever they stand. The log keeps its entries, whose commitments nobody can open any more.

use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::engineer::EngineerProfile;
use crate::id::{TenantId, UserId};
use crate::permit::EraseUser;
use crate::person::Person;
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::setup::Account;
use crate::time::{Duration, Timestamp};

/// For how long the name of somebody who decided on access stays in the log (`lifecycle.md`, *Audit entries*).
pub const DECIDERS_KEPT: Duration = Duration::days(365);

/// The person whose key is destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// The tenant.
    pub tenant: TenantId,
    /// The person.
    pub user: UserId,
}

/// Erases an account's person. `decided` is when that person last decided on access, if ever.
///
/// # Errors
/// [`Rejection::AlreadyEnded`] if that was done; [`Rejection::Forbidden`] for the caller itself;
/// [`Rejection::Invalid`] as long as the log must keep the name of somebody who decided.
pub fn erase_user(
    account: &Account,
    decided: Option<Timestamp>,
    by: &Person,
    cx: &Context,
) -> Result<Decided<EraseUser>, Rejection> {
    let Person { id: user, tenant, .. } = account.person;
    if user == by.id {
        return Err(Rejection::Forbidden("nobody erases the account they are signed in with"));
    }
    if account.person.display_name.is_erased() {
        return Err(Rejection::AlreadyEnded);
    }
    if let Some(until) = decided.map(|at| at + DECIDERS_KEPT).filter(|until| *until > cx.now) {
        let message = format!("names somebody who decided on access: the log keeps the name until {until}");
        return Err(Rejection::invalid("id", message));
    }
    let erased = Person {
        display_name: Personal::erased(user),
        user_principal_name: Personal::erased(user),
        active: false,
        employer: String::new(),
        location: String::new(),
        expertise: Vec::new(),
        profile: EngineerProfile::default(),
        ..account.person.clone()
    };
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant, Activity::UserErased, user, None)
        .event(Event::UserErased { user })
        .put(Write::Account(Box::new(Account { person: erased, roles: Vec::new() })))
        .put(Write::Erasure(Box::new(Erasure { tenant, user })));
    Ok(draft.decided(tenant))
}
