//! Somebody comes from an identity provider: whose account it is, and which roles its groups stand for.
//!
//! An account and a person at an identity provider find each other once, by the sign-in name within one tenant, and belong
//! together by the issuer's `sub` from then on. What a name says later changes nothing. Nothing here ever links accounts of
//! two tenants (`lifecycle.md`, *Support access request*).

use std::collections::BTreeSet;

use super::{IdentityProvider, RoleMapping};
use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::id::{IdentityProviderId, TenantId, UserId};
use crate::people::{NewUser, newcomer};
use crate::permit::KeepIdentity;
use crate::person::{Person, PersonKind};
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::role::Assignment;
use crate::role::custom::CustomRole;
use crate::role::manage::{ROLES_OF_ONE_MAX, Role};
use crate::setup::Account;
use crate::tenant::Tenant;
use crate::time::{Duration, Timestamp};

/// How long a role is held that a group stands for, unless its person comes again and is still in the group.
pub const MAPPED_FOR: Duration = Duration::days(30);
/// What must be left of that time for it not to be renewed, so that not every sign-in is an entry.
const RENEWED_BELOW: Duration = Duration::days(15);

/// An account that belongs to a person at an identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalIdentity {
    /// The tenant.
    pub tenant: TenantId,
    /// At which identity provider.
    pub provider: IdentityProviderId,
    /// The issuer.
    pub issuer: String,
    /// Who it is there. It is stored as a keyed hash.
    pub subject: String,
    /// The account here.
    pub user: UserId,
    /// Since when.
    pub created: Timestamp,
}

/// What a token says of somebody, and was checked.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// Who it is at the issuer.
    pub subject: &'a str,
    /// The sign-in name.
    pub user_name: Option<&'a str>,
    /// The name.
    pub display_name: Option<&'a str>,
    /// The groups; none if the issuer does not tell them.
    pub groups: Option<&'a [&'a str]>,
}

/// What is known here.
#[derive(Debug, Clone, Copy)]
pub struct KnownHere<'a> {
    /// The tenant.
    pub tenant: &'a Tenant,
    /// The account that belongs to this person.
    pub linked: Option<&'a Account>,
    /// The account that has the sign-in name.
    pub named: Option<&'a Account>,
    /// Whether that account belongs to another person at the same identity provider.
    pub named_is_linked: bool,
    /// The tenant's own roles.
    pub roles: &'a [CustomRole],
    /// The id that a new account gets.
    pub new_id: UserId,
}

/// Lets somebody in: finds the account, or makes one where the tenant allows that, and brings its roles in step with the
/// groups. Gives the account's id.
///
/// Roles that were given for good are left alone: an administrator gave them. A role that a mapping names and that has an end
/// is the identity provider's to give and to take.
///
/// # Errors
/// [`Rejection::Forbidden`] with what to tell the person; [`Rejection::Invalid`] if a name does for no account.
pub fn arrive(
    provider: &IdentityProvider,
    arrival: Arrival<'_>,
    known: KnownHere<'_>,
    cx: &Context,
) -> Result<(UserId, Decided<KeepIdentity>), Rejection> {
    let tenant = provider.tenant;
    let mut draft = Draft::new(cx);
    let account = match known.linked {
        Some(account) => usable(account)?.clone(),
        None => {
            let account = match known.named {
                Some(_) if known.named_is_linked => {
                    return Err(Rejection::Forbidden(
                        "the account with your sign-in name belongs to somebody else at your identity provider: ask an administrator of your organisation",
                    ));
                }
                Some(account) => usable(account)?.clone(),
                None => made(provider, arrival, known, &mut draft)?,
            };
            let user = account.person.id;
            draft
                .entry(tenant, Activity::IdentityLinked, user, None)
                .by_service(true)
                .event(Event::IdentityLinked {
                    user,
                    provider: provider.id,
                    issuer: provider.issuer.clone(),
                    subject: Personal::new(user, arrival.subject),
                })
                .put(Write::Identity(Box::new(ExternalIdentity {
                    tenant,
                    provider: provider.id,
                    issuer: provider.issuer.clone(),
                    subject: arrival.subject.to_owned(),
                    user,
                    created: cx.now,
                })));
            account
        }
    };
    let user = account.person.id;
    if let Some(groups) = arrival.groups {
        in_step(provider, account, groups, known, &mut draft, cx);
    }
    Ok((user, draft.decided(tenant)))
}

fn usable(account: &Account) -> Result<&Account, Rejection> {
    let Person { active, kind, deleted, .. } = &account.person;
    if *active && *kind == PersonKind::User && deleted.is_none() {
        Ok(account)
    } else {
        Err(Rejection::Forbidden("your account here is disabled: ask an administrator of your organisation"))
    }
}

/// An account for somebody who has none.
fn made(
    provider: &IdentityProvider,
    arrival: Arrival<'_>,
    known: KnownHere<'_>,
    draft: &mut Draft<'_>,
) -> Result<Account, Rejection> {
    if !provider.just_in_time {
        return Err(Rejection::Forbidden(
            "your identity provider knows you, but you have no account here: ask an administrator of your organisation",
        ));
    }
    let user_name = arrival.user_name.ok_or(Rejection::Forbidden(
        "your identity provider does not say what your sign-in name is: ask an administrator of your organisation",
    ))?;
    let new = NewUser {
        id: known.new_id,
        display_name: arrival.display_name.unwrap_or(user_name).to_owned(),
        user_principal_name: user_name.to_owned(),
        active: true,
    };
    let person = newcomer(new, known.tenant)?;
    let account = Account { person, roles: Vec::new() };
    draft
        .entry(provider.tenant, Activity::UserAdded, known.new_id, None)
        .by_service(true)
        .event(Event::UserAdded { user: Box::new(account.person.clone()), roles: Vec::new() })
        .put(Write::Account(Box::new(account.clone())));
    Ok(account)
}

/// Gives and takes the roles that groups stand for.
fn in_step(
    provider: &IdentityProvider,
    account: Account,
    groups: &[&str],
    known: KnownHere<'_>,
    draft: &mut Draft<'_>,
    cx: &Context,
) {
    let member = |mapping: &&RoleMapping| groups.contains(&mapping.group.as_str());
    let can_be_given = |role: &&str| match Role::find(role, known.roles) {
        Some(Role::BuiltIn(built_in)) => built_in.is_for(known.tenant.kind),
        Some(Role::Custom(custom)) => custom.enabled,
        None => false,
    };
    let wanted: BTreeSet<&str> = provider
        .role_mappings
        .iter()
        .filter(member)
        .map(|mapping| mapping.role.as_str())
        .filter(can_be_given)
        .collect();
    let (tenant, user) = (account.person.tenant, account.person.id);
    let ours = |role: &str| provider.role_mappings.iter().any(|mapping| mapping.role == role);
    let mut roles: Vec<Assignment> =
        account.roles.iter().filter(|one| one.is_held(cx.now)).cloned().collect();
    let mut changed = false;
    roles.retain(|one| {
        let taken = one.ends.is_some() && ours(&one.role) && !wanted.contains(one.role.as_str());
        if taken {
            changed = true;
            draft
                .entry(tenant, Activity::RoleUnassigned, user, None)
                .by_service(true)
                .event(Event::RoleUnassigned { user, role: one.role.clone() });
        }
        !taken
    });
    for role in wanted {
        let ends = Some(cx.now + MAPPED_FOR);
        let full = roles.len() >= ROLES_OF_ONE_MAX;
        let given = match roles.iter_mut().find(|one| one.role == role) {
            Some(Assignment { ends: None, .. }) => false,
            Some(Assignment { ends: Some(before), .. }) if *before >= cx.now + RENEWED_BELOW => false,
            Some(one) => {
                one.ends = ends;
                true
            }
            None if full => false,
            None => {
                roles.push(Assignment { role: role.to_owned(), ends });
                true
            }
        };
        if given {
            changed = true;
            draft
                .entry(tenant, Activity::RoleAssigned, user, None)
                .by_service(true)
                .event(Event::RoleAssigned { user, role: role.to_owned(), ends });
        }
    }
    if changed {
        draft.put(Write::Account(Box::new(Account { person: account.person, roles })));
    }
}
