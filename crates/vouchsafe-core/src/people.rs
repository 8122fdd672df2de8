//! The people of a tenant: invited, changed, disabled and deleted by the tenant itself (`product.md`, promise 9). There is
//! no rule by which another tenant, the provider included, does any of it.

use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::engineer::EngineerProfile;
use crate::id::UserId;
use crate::passkey::CredentialsEnd;
use crate::permission::Permissions;
use crate::permit::{Caller, DeleteUser, EnableUser, InviteUser, UpdateUser};
use crate::person::{Person, PersonKind};
use crate::personal::Personal;
use crate::rejection::{Rejection, text_within};
use crate::setup::Account;
use crate::tenant::{Tenant, TenantKind};

/// Characters of a name.
pub const NAME_CHARS_MAX: usize = 200;
/// Characters of a sign-in name.
pub const UPN_CHARS_MAX: usize = 320;

/// Somebody to be invited.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The account's id.
    pub id: UserId,
    /// Name.
    pub display_name: String,
    /// Sign-in name, `local@domain`; the domain is one of the tenant's.
    pub user_principal_name: String,
    /// Whether the account may be used from the start.
    pub active: bool,
}

/// Adds somebody to the tenant. The account has no role and no way in yet.
///
/// # Errors
/// [`Rejection::Invalid`] names the field.
pub fn invite(new: NewUser, tenant: &Tenant, cx: &Context) -> Result<Decided<InviteUser>, Rejection> {
    let person = newcomer(new, tenant)?;
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant.id, Activity::UserAdded, person.id, None)
        .event(Event::UserAdded { user: Box::new(person.clone()), roles: Vec::new() })
        .put(Write::Account(Box::new(Account { person, roles: Vec::new() })));
    Ok(draft.decided(tenant.id))
}

/// The person of a new account, if the names are in order.
///
/// # Errors
/// [`Rejection::Invalid`] names the field.
pub(crate) fn newcomer(new: NewUser, tenant: &Tenant) -> Result<Person, Rejection> {
    let NewUser { id, active, .. } = new;
    let display_name = text_within("displayName", &new.display_name, 1, NAME_CHARS_MAX)?;
    let name = text_within("userPrincipalName", &new.user_principal_name, 3, UPN_CHARS_MAX)?;
    let wrong = |message: &str| Rejection::invalid("userPrincipalName", message);
    let (local, domain) = name.rsplit_once('@').ok_or_else(|| wrong("must look like `name@domain`"))?;
    if local.is_empty() || local.contains('@') || name.contains(char::is_whitespace) {
        return Err(wrong("must look like `name@domain`"));
    }
    if !tenant.verified_domains.iter().any(|known| known.eq_ignore_ascii_case(domain)) {
        return Err(wrong("must end in a domain of your organisation"));
    }
    Ok(Person {
        id,
        tenant: tenant.id,
        display_name: Personal::new(id, display_name),
        user_principal_name: Personal::new(id, name),
        kind: PersonKind::User,
        active,
        employer: match tenant.kind {
            TenantKind::Provider => tenant.display_name.clone(),
            TenantKind::Customer => String::new(),
        },
        location: String::new(),
        expertise: Vec::new(),
        profile: EngineerProfile::default(),
        deleted: None,
    })
}

/// Changes somebody's name. The same name is nothing recorded.
///
/// # Errors
/// [`Rejection::Invalid`]; [`Rejection::AlreadyEnded`] for a deleted account.
pub fn rename(account: &Account, name: &str, cx: &Context) -> Result<Decided<UpdateUser>, Rejection> {
    stands(account)?;
    let old = &account.person;
    let display_name = Personal::new(old.id, text_within("displayName", name, 1, NAME_CHARS_MAX)?);
    let mut draft = Draft::new(cx);
    if display_name != old.display_name {
        let person = Person { display_name: display_name.clone(), ..old.clone() };
        draft
            .entry(old.tenant, Activity::UserUpdated, old.id, None)
            .event(Event::UserChanged { user: old.id, display_name })
            .put(Write::Account(Box::new(Account { person, roles: account.roles.clone() })));
    }
    Ok(draft.decided(old.tenant))
}

/// Enables or disables an account. Whoever is disabled is signed out at once. `rights` is what the account's roles allow.
///
/// # Errors
/// [`Rejection::Forbidden`] for the own account and for one that is allowed more than the caller;
/// [`Rejection::AlreadyEnded`] for a deleted one.
pub fn enable(
    account: &Account,
    enabled: bool,
    by: &Caller,
    rights: &Permissions,
    cx: &Context,
) -> Result<Decided<EnableUser>, Rejection> {
    stands(account)?;
    let old = &account.person;
    let mut draft = Draft::new(cx);
    if enabled != old.active {
        if old.id == by.person.id {
            return Err(Rejection::Forbidden("nobody disables the own account"));
        }
        allows_no_more(rights, by)?;
        let activity = if enabled { Activity::AccountEnabled } else { Activity::AccountDisabled };
        let person = Person { active: enabled, ..old.clone() };
        draft
            .entry(old.tenant, activity, old.id, None)
            .event(Event::AccountEnabled { user: old.id, enabled })
            .put(Write::Account(Box::new(Account { person, roles: account.roles.clone() })));
        if !enabled {
            draft.put(Write::CredentialsEnd(Box::new(CredentialsEnd::signed_out(old))));
        }
    }
    Ok(draft.decided(old.tenant))
}

/// Deletes an account: no role, no way in, no way back. Its name stays where the log needs it, until it is erased.
///
/// # Errors
/// As [`enable`].
pub fn delete(
    account: &Account,
    by: &Caller,
    rights: &Permissions,
    cx: &Context,
) -> Result<Decided<DeleteUser>, Rejection> {
    stands(account)?;
    let old = &account.person;
    if old.id == by.person.id {
        return Err(Rejection::Forbidden("nobody deletes the own account"));
    }
    allows_no_more(rights, by)?;
    let person = Person { active: false, deleted: Some(cx.now), ..old.clone() };
    let mut draft = Draft::new(cx);
    draft
        .entry(old.tenant, Activity::UserDeleted, old.id, None)
        .event(Event::UserDeleted { user: old.id })
        .put(Write::Account(Box::new(Account { person, roles: Vec::new() })))
        .put(Write::CredentialsEnd(Box::new(CredentialsEnd {
            all: true,
            ..CredentialsEnd::signed_out(old)
        })));
    Ok(draft.decided(old.tenant))
}

/// Refuses changes to what was deleted or erased.
fn stands(account: &Account) -> Result<(), Rejection> {
    let gone = account.person.deleted.is_some() || account.person.display_name.is_erased();
    if gone { Err(Rejection::AlreadyEnded) } else { Ok(()) }
}

/// Refuses acts on somebody who may do what the caller may not: they would lend the caller those rights, or take them from
/// somebody above.
pub(crate) fn allows_no_more(rights: &Permissions, by: &Caller) -> Result<(), Rejection> {
    if rights.iter().all(|permission| by.permissions.allow(permission)) {
        Ok(())
    } else {
        Err(Rejection::Forbidden("their roles allow more than yours: ask somebody whose roles allow as much"))
    }
}

#[cfg(test)]
mod tests;
