//! Roles that a tenant defines itself (Graph's `unifiedRoleDefinition`). The built-in ones cannot be changed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::actions_for;
use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::id::{RoleId, TenantId};
use crate::permission::Permissions;
use crate::permit::ManageRoles;
use crate::person::Person;
use crate::personal::Personal;
use crate::rejection::{Rejection, text_within};
use crate::role::by_name;
use crate::tenant::TenantKind;
use crate::time::Timestamp;

use super::manage::Managers;

/// Roles that one tenant may define.
pub const CUSTOM_ROLES_MAX: usize = 100;
/// Characters of a role's name.
pub const NAME_CHARS_MAX: usize = 256;
/// Characters of a role's description.
pub const DESCRIPTION_CHARS_MAX: usize = 1_024;

/// A role that a tenant has defined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomRole {
    /// Its id.
    pub id: RoleId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Its name. It names work, not a person.
    pub display_name: String,
    /// What it is for, in the words of whoever wrote it.
    pub description: Personal,
    /// Resource actions, each once, in order; without wildcards but the ticket umbrella.
    pub actions: Vec<String>,
    /// Whether it can be given to people. Who holds it keeps it.
    pub enabled: bool,
    /// When it was defined.
    pub created: Timestamp,
    /// Row version; 0 before it is stored.
    #[serde(skip)]
    pub version: u64,
}

/// What a role is to be.
#[derive(Debug, Clone)]
pub struct RoleText {
    /// 1 to [`NAME_CHARS_MAX`] characters.
    pub display_name: String,
    /// At most [`DESCRIPTION_CHARS_MAX`] characters.
    pub description: String,
    /// Resource actions, at least one.
    pub actions: Vec<String>,
    /// Whether it can be given to people.
    pub enabled: bool,
}

impl CustomRole {
    /// What it allows.
    #[must_use]
    pub fn permissions(&self, umbrella_open: bool) -> Permissions {
        Permissions::of(self.actions.iter().map(String::as_str), umbrella_open)
    }
}

/// Defines a role. `others` are the tenant's own roles so far.
///
/// # Errors
/// [`Rejection::Invalid`] names the field; [`Rejection::Conflict`] for a name that is taken.
pub fn define(
    id: RoleId,
    (tenant, kind): (TenantId, TenantKind),
    text: RoleText,
    others: &[CustomRole],
    (by, cx): (&Person, &Context),
) -> Result<Decided<ManageRoles>, Rejection> {
    if others.len() >= CUSTOM_ROLES_MAX {
        let message =
            format!("would be one more than the {CUSTOM_ROLES_MAX} roles that an organisation may define");
        return Err(Rejection::invalid("displayName", message));
    }
    let role = CustomRole {
        id,
        tenant,
        display_name: String::new(),
        description: Personal::new(by.id, ""),
        actions: Vec::new(),
        enabled: true,
        created: cx.now,
        version: 0,
    };
    let role = checked(role, text, others, kind, by)?;
    Ok(written(Activity::RoleDefined, role, cx))
}

/// Changes a role, for everybody who holds it, at once. Nothing changed is nothing recorded.
///
/// # Errors
/// As [`define`]; [`Rejection::Forbidden`] if nobody would be left who may manage roles.
pub fn change(
    role: &CustomRole,
    kind: TenantKind,
    text: RoleText,
    (others, managers): (&[CustomRole], &Managers),
    (by, cx): (&Person, &Context),
) -> Result<Decided<ManageRoles>, Rejection> {
    let changed = checked(role.clone(), text, others, kind, by)?;
    if changed == *role {
        return Ok(Draft::new(cx).decided(role.tenant));
    }
    if !changed.permissions(false).allow(crate::permission::Permission::ManageRoles) {
        managers.must_survive_without(|held| held.role == role.id.to_string())?;
    }
    Ok(written(Activity::RoleChanged, changed, cx))
}

/// Takes a role away that nobody holds.
///
/// # Errors
/// [`Rejection::Invalid`] as long as somebody holds it, or would if its time were not over.
pub fn delete(role: &CustomRole, holders: usize, cx: &Context) -> Result<Decided<ManageRoles>, Rejection> {
    if holders > 0 {
        let message = format!("is still assigned, {holders} times: take the assignments back first");
        return Err(Rejection::invalid("id", message));
    }
    let mut draft = Draft::new(cx);
    draft
        .entry(role.tenant, Activity::RoleDeleted, role.id, None)
        .event(Event::RoleDeleted { role: role.id })
        .put(Write::RoleGone(Box::new(role.clone())));
    Ok(draft.decided(role.tenant))
}

fn written(activity: Activity, role: CustomRole, cx: &Context) -> Decided<ManageRoles> {
    let tenant = role.tenant;
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant, activity, role.id, None)
        .event(Event::RoleDefined {
            role: role.id,
            display_name: role.display_name.clone(),
            description: role.description.clone(),
            actions: role.actions.clone(),
            enabled: role.enabled,
        })
        .put(Write::Role(Box::new(role)));
    draft.decided(tenant)
}

/// The role with this text, if it is in order.
fn checked(
    role: CustomRole,
    text: RoleText,
    others: &[CustomRole],
    kind: TenantKind,
    by: &Person,
) -> Result<CustomRole, Rejection> {
    let display_name = text_within("displayName", &text.display_name, 1, NAME_CHARS_MAX)?;
    let same = |name: &str| name.to_lowercase() == display_name.to_lowercase();
    let taken = others.iter().any(|other| other.id != role.id && same(&other.display_name));
    if taken || by_name(&display_name).is_some() {
        return Err(Rejection::Conflict);
    }
    let words = text_within("description", &text.description, 0, DESCRIPTION_CHARS_MAX)?;
    // Unchanged words stay whose they are.
    let description =
        if words == role.description.text() { role.description } else { Personal::new(by.id, words) };
    let actions: BTreeSet<String> = text.actions.into_iter().collect();
    let field = "rolePermissions/0/allowedResourceActions";
    if actions.is_empty() {
        return Err(Rejection::invalid(field, "must hold at least one action"));
    }
    let known: BTreeSet<&str> = actions_for(kind).collect();
    if let Some(foreign) = actions.iter().find(|action| !known.contains(action.as_str())) {
        let message = format!("holds `{foreign}`, which is not an action that your organisation can give");
        return Err(Rejection::invalid(field, message));
    }
    let actions = actions.into_iter().collect();
    Ok(CustomRole { display_name, description, actions, enabled: text.enabled, ..role })
}
