//! What the organisation is: objects of its directory and its configuration.

use std::fmt;

use super::catalogue::{Machine, OFFICES, Office};
use super::organisation::{App, Group};
use super::people::{Person, Registration};
use super::{Resource, World};

mod apps;
mod directory;
pub(super) mod policies;
mod settings;

use policies::Policy;

/// An object that is to be written.
enum Object<'w> {
    Organization,
    User(&'w Person),
    Group(&'w Group),
    Device(&'w Person, &'static Machine, &'w Registration),
    Application(&'w App),
    ServicePrincipal(&'w App),
    Network(usize, &'static Office),
    Countries,
    Policy(&'static Policy),
    AuthenticationMethods,
    CrossTenantAccess,
    Authorization,
}

/// The objects of a [`World`], each written on demand, kind after kind.
pub struct Objects<'w> {
    world: &'w World,
    left: Box<dyn Iterator<Item = Object<'w>> + 'w>,
}

impl fmt::Debug for Objects<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objects").finish_non_exhaustive()
    }
}

impl<'w> Objects<'w> {
    pub(super) fn new(world: &'w World) -> Self {
        let devices = |person: &'w Person| {
            person.devices().map(move |(machine, registration)| Object::Device(person, machine, registration))
        };
        let own = |app: &&App| app.spec.id.is_none() && !world.apps.is_managed_identity(app);
        let networks = OFFICES.iter().enumerate().filter(|(_, office)| office.trusted);
        let left = std::iter::once(Object::Organization)
            .chain(world.people.iter().map(Object::User))
            .chain(world.groups.list.iter().map(Object::Group))
            .chain(world.people.iter().flat_map(devices))
            .chain(world.apps.all().filter(own).map(Object::Application))
            .chain(world.apps.all().map(Object::ServicePrincipal))
            .chain(networks.map(|(at, office)| Object::Network(at, office)))
            .chain([Object::Countries])
            .chain(policies::ALL.into_iter().map(Object::Policy))
            .chain([Object::AuthenticationMethods, Object::CrossTenantAccess, Object::Authorization]);
        Self { world, left: Box::new(left) }
    }

    /// Appends the next object to `out`, as one JSON object without line breaks. `None` after the last.
    pub fn write_next(&mut self, out: &mut Vec<u8>) -> Option<Resource> {
        let world = self.world;
        let kind = match self.left.next()? {
            Object::Organization => {
                settings::organization(world, out);
                Resource::Organization
            }
            Object::User(person) => {
                directory::user(world, person, out);
                Resource::User
            }
            Object::Group(group) => {
                directory::group(world, group, out);
                Resource::Group
            }
            Object::Device(owner, machine, registration) => {
                directory::device(owner, machine, registration, out);
                Resource::Device
            }
            Object::Application(app) => {
                apps::application(world, app, out);
                Resource::Application
            }
            Object::ServicePrincipal(app) => {
                apps::service_principal(world, app, out);
                Resource::ServicePrincipal
            }
            Object::Network(at, office) => {
                policies::network(world, at, office, out);
                Resource::NamedLocation
            }
            Object::Countries => {
                policies::countries(world, out);
                Resource::NamedLocation
            }
            Object::Policy(policy) => {
                policies::policy(world, policy, out);
                Resource::ConditionalAccessPolicy
            }
            Object::AuthenticationMethods => {
                settings::authentication_methods(world, out);
                Resource::AuthenticationMethodsPolicy
            }
            Object::CrossTenantAccess => {
                settings::cross_tenant_access(world, out);
                Resource::CrossTenantAccessPolicy
            }
            Object::Authorization => {
                settings::authorization(out);
                Resource::AuthorizationPolicy
            }
        };
        Some(kind)
    }
}
