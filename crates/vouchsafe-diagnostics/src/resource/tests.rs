//! Tests of the schemas: that each is whole, and that objects are told apart.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::mask::{Class, MaskKey, mask};

#[test]
fn registries_ascend_and_know_every_path_that_a_schema_names() {
    for kind in Resource::ALL {
        let schema = kind.schema();
        let entries = schema.masks.entries();
        assert!(entries.windows(2).all(|two| two[0].0 < two[1].0), "{kind:?} does not ascend");
        let known = |path: &str| entries.iter().any(|(entry, _)| *entry == path);
        for column in schema.columns {
            assert!(known(column.path), "{kind:?}: column {}", column.path);
        }
        for path in schema.people.iter().chain(schema.tenants) {
            assert!(known(path), "{kind:?}: {path}");
            assert_ne!(schema.masks.class(path), Class::Plain, "{kind:?}: {path} is somebody's");
        }
        if let Shape::Events { time } = schema.shape {
            assert_eq!(schema.masks.class(time), Class::Plain, "{kind:?}: times of events stay");
        }
        assert_eq!(schema.columns.first().map(|column| column.path), Some("id"), "{kind:?}");
        assert!(schema.columns.iter().skip(1).all(|column| column.stored != Stored::Id), "{kind:?}");
    }
}

#[test]
fn no_two_kinds_share_a_path_or_a_type() {
    let schemas = || Resource::ALL.into_iter().map(Resource::schema);
    let paths: BTreeSet<_> = schemas().map(|schema| schema.path).collect();
    let types: Vec<_> = schemas()
        .flat_map(|schema| schema.derived_types.iter().chain(std::iter::once(&schema.graph_type)))
        .collect();
    assert_eq!(paths.len(), Resource::ALL.len());
    assert_eq!(types.iter().collect::<BTreeSet<_>>().len(), types.len());
    for kind in Resource::ALL {
        assert_eq!(Resource::at_path(kind.schema().path), Some(kind));
        assert_eq!(Resource::of_type(&format!("#{}", kind.schema().graph_type)), Some(kind));
    }
    assert_eq!(Resource::of_type("#microsoft.graph.ipNamedLocation"), Some(Resource::NamedLocation));
    assert_eq!(Resource::of_type("microsoft.graph.message"), None);
}

#[test]
fn groups_of_columns_are_identifiers() {
    for kind in Resource::ALL {
        for column in kind.schema().columns {
            if let Stored::Shared { group, .. } = column.stored {
                assert!(!group.is_empty() && group.bytes().all(|byte| byte.is_ascii_lowercase()), "{kind:?}");
            }
        }
    }
}

#[test]
fn contexts_name_kinds() {
    let base = "https://graph.microsoft.com/v1.0/$metadata#";
    for (fragment, kind) in [
        ("auditLogs/signIns", Some(Resource::SignIn)),
        ("auditLogs/directoryAudits/$entity", Some(Resource::DirectoryAudit)),
        ("users", Some(Resource::User)),
        ("users(id,displayName,signInActivity)", Some(Resource::User)),
        ("users(id,manager(id))/$entity", Some(Resource::User)),
        ("Collection(microsoft.graph.group)", Some(Resource::Group)),
        ("identity/conditionalAccess/policies", Some(Resource::ConditionalAccessPolicy)),
        ("conditionalAccess/namedLocations/$entity", Some(Resource::NamedLocation)),
        ("authenticationMethodsPolicy", Some(Resource::AuthenticationMethodsPolicy)),
        ("policies/authorizationPolicy/$entity", Some(Resource::AuthorizationPolicy)),
        ("organization", Some(Resource::Organization)),
        ("vouchsafe/clientLogs", Some(Resource::ClientLog)),
        ("groups('0c1d2e3f')/members", None),
        ("directoryObjects", None),
        ("ers", None),
        ("", None),
        ("(", None),
    ] {
        assert_eq!(Resource::of_context(&format!("{base}{fragment}")), kind, "{fragment}");
    }
    assert_eq!(Resource::of_context("users"), None);
}

#[test]
fn members_tell_kinds_apart() {
    let of = |names: &[&str]| Resource::of_members(|name| names.contains(&name));
    assert_eq!(of(&["id", "createdDateTime", "userId"]), Recognised::As(Resource::SignIn));
    assert_eq!(of(&["id", "activityDateTime"]), Recognised::As(Resource::DirectoryAudit));
    assert_eq!(of(&["id", "userPrincipalName", "mail"]), Recognised::As(Resource::User));
    assert_eq!(of(&["id", "createdDateTime", "userPrincipalName"]), Recognised::Nothing);
    assert_eq!(
        of(&["activityDateTime", "ipRanges"]),
        Recognised::Several(Resource::DirectoryAudit, Resource::NamedLocation)
    );
    // The signs of one kind are never all among the members of another; what this product's own logs have in common
    // with sign-ins makes them name their type.
    for kind in Resource::ALL {
        let members: BTreeSet<&str> = kind
            .schema()
            .masks
            .entries()
            .iter()
            .map(|(path, _)| path.split('/').next().unwrap_or(path))
            .collect();
        let found = Resource::of_members(|name| members.contains(name));
        let logs = matches!(kind, Resource::ClientLog | Resource::HealthTelemetry);
        assert!(found == Recognised::As(kind) || logs, "{kind:?}: {found:?}");
    }
}

#[test]
fn device_registrations_are_a_category_of_their_own() {
    let category = |audit: &Value| Resource::DirectoryAudit.schema().category.of(audit);
    let audit = |service: Value| json!({ "loggedByService": service });
    assert_eq!(
        category(&audit(json!("Device Registration Service"))),
        vouchsafe_core::scope::DataCategory::DeviceRegistrationLogs
    );
    for service in [json!("Core Directory"), json!("device registration service"), json!(7), Value::Null] {
        assert_eq!(category(&audit(service)), vouchsafe_core::scope::DataCategory::AuditLogs);
    }
}

#[test]
fn the_classes_of_all_paths_are_pinned() {
    for kind in Resource::ALL {
        let schema = kind.schema();
        let lines: Vec<String> = schema
            .masks
            .entries()
            .iter()
            .filter(|(_, class)| *class != Class::Plain)
            .map(|(path, class)| format!("{path}: {class:?}"))
            .collect();
        insta::assert_snapshot!(format!("personal_{kind:?}"), lines.join("\n"));
    }
}

#[test]
fn secrets_and_dates_of_a_life_are_not_shown_at_all() {
    let key = MaskKey::derive(b"secret", "grt_1");
    let user = json!({ "id": "x", "birthday": "1990-05-01T00:00:00Z", "passwordProfile": { "password": "hunter2" } });
    let (masked, _) = mask(Resource::User.schema().masks, &key, &user);
    assert_eq!((&masked["birthday"], &masked["passwordProfile"]["password"]), (&Value::Null, &Value::Null));
    let policy = json!({ "conditions": { "users": { "includeUsers": ["All"], "excludeUsers": ["ada"] } } });
    let (masked, _) = mask(Resource::ConditionalAccessPolicy.schema().masks, &key, &policy);
    assert_eq!(masked["conditions"]["users"]["includeUsers"], json!(["All"]));
    assert_ne!(masked["conditions"]["users"]["excludeUsers"], json!(["ada"]));
}
