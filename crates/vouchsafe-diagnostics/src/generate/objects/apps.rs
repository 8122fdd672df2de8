//! Applications and service principals.

use super::super::catalogue::MICROSOFT;
use super::super::json::object;
use super::super::organisation::App;
use super::super::{DAY, World};

/// How long a credential of an app is valid, in days.
const CREDENTIAL: i64 = 730;

pub(super) fn application(world: &World, app: &App, out: &mut Vec<u8>) {
    let is_daemon = is_daemon(world, app);
    let slug = slug(app);
    let address = format!("https://{slug}.{}/signin", world.plan.domain);
    object(out, |json| {
        json.text("@odata.type", "#microsoft.graph.application")
            .id("id", app.application)
            .id("appId", app.id);
        json.time("createdDateTime", app.created).text("displayName", app.spec.name);
        let identifier = format!("api://{}", app.id);
        json.texts("identifierUris", [identifier.as_str()]);
        json.list("passwordCredentials", is_daemon.then_some(()), |json, ()| {
            json.text("displayName", "deployment").time("endDateTime", world.start + CREDENTIAL * DAY);
            json.id("keyId", app.application).time("startDateTime", app.created);
        });
        json.text("publisherDomain", &world.plan.domain).text("signInAudience", "AzureADMyOrg");
        json.inner("web", |json| {
            json.texts("redirectUris", (!is_daemon).then_some(address.as_str()));
        });
    });
}

pub(super) fn service_principal(world: &World, app: &App, out: &mut Vec<u8>) {
    let is_identity = world.apps.is_managed_identity(app);
    let owner = if app.spec.id.is_some() { MICROSOFT } else { world.tenant() };
    object(out, |json| {
        json.text("@odata.type", "#microsoft.graph.servicePrincipal").id("id", app.principal);
        json.flag("accountEnabled", true).text("appDisplayName", app.spec.name).id("appId", app.id);
        json.id("appOwnerOrganizationId", owner);
        json.flag("appRoleAssignmentRequired", app.id == world.apps.payroll.id);
        json.time("createdDateTime", app.created).text("displayName", app.spec.name);
        let id = app.id.to_string();
        json.texts("servicePrincipalNames", [id.as_str()]);
        json.text("servicePrincipalType", if is_identity { "ManagedIdentity" } else { "Application" });
        json.maybe(
            "signInAudience",
            (!is_identity).then_some(if owner == MICROSOFT { "AzureADMultipleOrgs" } else { "AzureADMyOrg" }),
        );
        json.texts("tags", (!is_identity).then_some("WindowsAzureActiveDirectoryIntegratedApp"));
    });
}

fn is_daemon(world: &World, app: &App) -> bool {
    world.apps.daemons.iter().any(|daemon| daemon.id == app.id)
}

/// The last word of the name, for addresses.
fn slug(app: &App) -> String {
    app.spec.name.rsplit(' ').next().unwrap_or_default().to_lowercase()
}
