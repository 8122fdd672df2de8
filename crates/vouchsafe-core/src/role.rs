//! Roles: named sets of resource actions.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::permission::{Permission, Permissions};
use crate::tenant::TenantKind;
use crate::time::Timestamp;

mod built_in;
pub mod custom;
pub mod manage;

/// A role that comes with the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleDefinition {
    /// Name, as in Microsoft Entra where it exists there.
    pub display_name: &'static str,
    /// Stable id, as in Microsoft Entra where it exists there.
    pub template_id: &'static str,
    /// What it allows.
    pub actions: &'static [&'static str],
}

/// Every built-in role.
#[must_use]
pub fn built_in() -> &'static [RoleDefinition] {
    built_in::BUILT_IN
}

/// The built-in role of this template id.
#[must_use]
pub fn by_template_id(id: &str) -> Option<&'static RoleDefinition> {
    built_in().iter().find(|role| role.template_id == id)
}

/// What accounts with these roles may do in a tenant that leaves the ticket umbrella open, or not. Unknown template ids
/// allow nothing.
pub fn permissions<'a>(template_ids: impl IntoIterator<Item = &'a str>, umbrella_open: bool) -> Permissions {
    /// Each built-in role's permissions, without and with the umbrella: worked out once, asked in every unit of work.
    static OF_ROLES: LazyLock<HashMap<&str, [Permissions; 2]>> = LazyLock::new(|| {
        let of = |role: &RoleDefinition, open| Permissions::of(role.actions.iter().copied(), open);
        built_in().iter().map(|role| (role.template_id, [of(role, false), of(role, true)])).collect()
    });
    let mut all = Permissions::default();
    for [closed, open] in template_ids.into_iter().filter_map(|id| OF_ROLES.get(id)) {
        all = all.with(if umbrella_open { *open } else { *closed });
    }
    all
}

impl RoleDefinition {
    /// Whether a tenant of this kind can give it: everything that it allows is for such tenants.
    #[must_use]
    pub fn is_for(&self, kind: TenantKind) -> bool {
        Permissions::of(self.actions.iter().copied(), true).iter().all(|permission| permission.is_for(kind))
    }
}

/// A role that an account holds, for good or for a time. One account holds a role once.
///
/// Its text is the role's id, with `@` and the end in microseconds behind it if there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// Template id of a built-in role, or the `rol_` id of one of the tenant's own.
    pub role: String,
    /// From when on it is held no more.
    pub ends: Option<Timestamp>,
}

impl Assignment {
    /// A role that is held until it is taken back.
    pub fn lasting(role: impl Into<String>) -> Self {
        Self { role: role.into(), ends: None }
    }

    /// Whether it is held at this instant. Computed, never waited for.
    #[must_use]
    pub fn is_held(&self, now: Timestamp) -> bool {
        self.ends.is_none_or(|ends| now < ends)
    }
}

impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ends {
            Some(ends) => write!(f, "{}@{}", self.role, ends.as_micros()),
            None => f.write_str(&self.role),
        }
    }
}

impl FromStr for Assignment {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split_once('@') {
            Some((role, ends)) => {
                Self { role: role.to_owned(), ends: Some(Timestamp::from_micros(ends.parse()?)) }
            }
            None => Self::lasting(text),
        })
    }
}

/// Every resource action that a custom role of such a tenant may hold, in a fixed order.
pub fn actions_for(kind: TenantKind) -> impl Iterator<Item = &'static str> {
    let umbrella = matches!(kind, TenantKind::Customer).then_some(crate::permission::TICKET_UMBRELLA);
    let narrow = Permission::ALL.iter().filter(move |permission| permission.is_for(kind));
    narrow.map(|permission| permission.action()).chain(umbrella)
}

/// The built-in role of this name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static RoleDefinition> {
    built_in().iter().find(|role| role.display_name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::permission::{Permission, Permissions};

    #[test]
    fn forty_five_entra_roles_may_approve_and_eight_of_them_may_read_the_log() {
        let customers = built_in().iter().filter(|role| !role.template_id.starts_with("0d4b7a30"));
        let approvers: Vec<_> = customers
            .map(|role| Permissions::of(role.actions.iter().copied(), true))
            .filter(|permissions| permissions.allow(Permission::ApproveAccess))
            .collect();
        let readers =
            approvers.iter().filter(|permissions| permissions.allow(Permission::ReadAuditLog)).count();
        assert_eq!((approvers.len(), readers), (45, 8));
    }

    #[test]
    fn an_assignment_is_held_until_its_end_and_its_text_round_trips() {
        let ends = Timestamp::from_micros(7);
        let limited = Assignment { role: "rol_1".to_owned(), ends: Some(ends) };
        assert!(limited.is_held(Timestamp::from_micros(6)) && !limited.is_held(ends));
        assert!(Assignment::lasting("x").is_held(Timestamp::from_micros(i64::MAX)));
        for one in [limited, Assignment::lasting("62e90394-69f5-4237-9190-012177145e10")] {
            assert_eq!(one.to_string().parse(), Ok(one));
        }
        assert!("x@soon".parse::<Assignment>().is_err());
    }

    #[test]
    fn every_built_in_role_is_for_one_kind_of_tenant_or_for_both() {
        for role in built_in() {
            assert!(role.is_for(TenantKind::Customer) || role.is_for(TenantKind::Provider), "{role:?}");
        }
        let manages = |kind| {
            let of = |role: &&RoleDefinition| {
                role.is_for(kind)
                    && Permissions::of(role.actions.iter().copied(), true).allow(Permission::ManageRoles)
            };
            built_in().iter().filter(of).map(|role| role.display_name).collect::<Vec<_>>()
        };
        assert_eq!(manages(TenantKind::Customer), ["Global Administrator", "Privileged Role Administrator"]);
        assert_eq!(
            manages(TenantKind::Provider),
            ["Privileged Role Administrator", "Provider Administrator"]
        );
        assert!(!actions_for(TenantKind::Customer).any(|action| action.starts_with("vouchsafe.provider")));
    }

    #[test]
    fn ids_and_names_are_unique() {
        let ids: BTreeSet<_> = built_in().iter().map(|role| role.template_id).collect();
        let names: BTreeSet<_> = built_in().iter().map(|role| role.display_name).collect();
        assert_eq!((ids.len(), names.len()), (built_in().len(), built_in().len()));
    }
}
