//! Roles: named sets of resource actions.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::permission::Permissions;

mod built_in;

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
        all.extend(if umbrella_open { open } else { closed });
    }
    all
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
    fn ids_and_names_are_unique() {
        let ids: BTreeSet<_> = built_in().iter().map(|role| role.template_id).collect();
        let names: BTreeSet<_> = built_in().iter().map(|role| role.display_name).collect();
        assert_eq!((ids.len(), names.len()), (built_in().len(), built_in().len()));
    }
}
