//! The kinds of diagnostic objects: Microsoft Graph's own, and two of this product (`lifecycle.md`, *Effective access*;
//! `api.md`, *Reading diagnostic data*).
//!
//! Everything that is particular to one kind stands in its [`Schema`]: its Graph type and path, the category it is read
//! under, what filters find from an index, which properties name a person, and what each property holds for masks.
//! Importers, storage, filters and masks know no kind by name.

use serde_json::Value;
use vouchsafe_core::scope::DataCategory;

use crate::mask::Registry;

mod application;
mod authentication_methods_policy;
mod authorization_policy;
mod client_log;
mod column;
mod condition;
mod conditional_access_policy;
mod cross_tenant_access_policy;
mod device;
mod directory_audit;
mod group;
mod health_telemetry;
mod named_location;
mod organization;
mod recognise;
mod service_principal;
pub mod sign_in;
mod user;
mod vocabulary;

pub use column::{Column, Fold, Stored, Type};
pub use condition::{Condition, Test, Unanswerable, Wanted};
pub use recognise::Recognised;
pub(crate) use recognise::Signs;

/// A kind of diagnostic object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// Graph `signIn`: interactive, non-interactive, service principal and managed identity.
    SignIn,
    /// Graph `directoryAudit`.
    DirectoryAudit,
    /// Graph `user`.
    User,
    /// Graph `group`.
    Group,
    /// Graph `device`.
    Device,
    /// Graph `application`.
    Application,
    /// Graph `servicePrincipal`.
    ServicePrincipal,
    /// Graph `conditionalAccessPolicy`.
    ConditionalAccessPolicy,
    /// Graph `namedLocation`: of addresses and of countries.
    NamedLocation,
    /// Graph `authenticationMethodsPolicy`.
    AuthenticationMethodsPolicy,
    /// Graph `crossTenantAccessPolicy`.
    CrossTenantAccessPolicy,
    /// Graph `authorizationPolicy`.
    AuthorizationPolicy,
    /// Graph `organization`.
    Organization,
    /// A line of a trace that a client uploaded.
    ClientLog,
    /// A measurement of the service.
    HealthTelemetry,
}

/// What there is to know about a kind.
#[derive(Debug)]
pub struct Schema {
    /// Graph's name of the type, without `#`, such as `microsoft.graph.signIn`.
    pub graph_type: &'static str,
    /// Types derived from it, which its objects may name instead.
    pub derived_types: &'static [&'static str],
    /// Path of the collection under a base URL, such as `auditLogs/signIns`.
    pub path: &'static str,
    /// How many there are and how they are ordered.
    pub shape: Shape,
    /// The categories that its objects may belong to; [`Schema::category`] tells which one an object does.
    pub categories: &'static [DataCategory],
    /// Which of `categories` an object belongs to.
    pub category: Category,
    /// What filters find from an index. Every other property is looked at in the object itself.
    pub columns: &'static [Column],
    /// Paths of the properties that name a person by object id or user principal name: a scope that names people
    /// admits an object only if one of these is one of them. Empty where no person is named.
    pub people: &'static [&'static str],
    /// Members whose ids name the tenant that the object is from, or one of the two that it is between.
    pub tenants: &'static [&'static str],
    /// How objects that do not name their type are recognised: by having all members of one of these sets, which
    /// objects of no other kind have.
    pub signs: &'static [&'static [&'static str]],
    /// What each property holds, for masks; a property that does not stand there is not known.
    pub masks: &'static Registry,
}

/// Which category an object belongs to.
#[derive(Debug)]
pub enum Category {
    /// All objects of the kind to one.
    Always(DataCategory),
    /// As the text of a member says.
    By {
        /// Name of the member.
        member: &'static str,
        /// The category for its text; none where it is absent or no text.
        of: fn(Option<&str>) -> DataCategory,
    },
}

impl Category {
    /// The category of an object.
    #[must_use]
    pub fn of(&self, object: &Value) -> DataCategory {
        let text = self.decided_by().and_then(|member| object.get(member)?.as_str());
        self.decided(text)
    }

    /// The member that decides.
    pub(crate) fn decided_by(&self) -> Option<&'static str> {
        match self {
            Self::Always(_) => None,
            Self::By { member, .. } => Some(member),
        }
    }

    /// The category of an object where the member that decides has this text.
    pub(crate) fn decided(&self, text: Option<&str>) -> DataCategory {
        match self {
            Self::Always(category) => *category,
            Self::By { of, .. } => of(text),
        }
    }
}

/// How many objects of a kind there are, and in which order they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Things that happened: many, never changed, newest first, deleted by retention.
    Events {
        /// Path of the time of the event.
        time: &'static str,
    },
    /// Things that are: replaced when imported anew, ordered by id.
    Objects,
    /// The one object of a tenant.
    Singleton,
}

impl Resource {
    /// All kinds, the most frequent first.
    pub const ALL: [Self; 15] = [
        Self::SignIn,
        Self::DirectoryAudit,
        Self::User,
        Self::Group,
        Self::Device,
        Self::Application,
        Self::ServicePrincipal,
        Self::ConditionalAccessPolicy,
        Self::NamedLocation,
        Self::AuthenticationMethodsPolicy,
        Self::CrossTenantAccessPolicy,
        Self::AuthorizationPolicy,
        Self::Organization,
        Self::ClientLog,
        Self::HealthTelemetry,
    ];

    /// What there is to know about it.
    #[must_use]
    pub fn schema(self) -> &'static Schema {
        match self {
            Self::SignIn => &sign_in::SCHEMA,
            Self::DirectoryAudit => &directory_audit::SCHEMA,
            Self::User => &user::SCHEMA,
            Self::Group => &group::SCHEMA,
            Self::Device => &device::SCHEMA,
            Self::Application => &application::SCHEMA,
            Self::ServicePrincipal => &service_principal::SCHEMA,
            Self::ConditionalAccessPolicy => &conditional_access_policy::SCHEMA,
            Self::NamedLocation => &named_location::SCHEMA,
            Self::AuthenticationMethodsPolicy => &authentication_methods_policy::SCHEMA,
            Self::CrossTenantAccessPolicy => &cross_tenant_access_policy::SCHEMA,
            Self::AuthorizationPolicy => &authorization_policy::SCHEMA,
            Self::Organization => &organization::SCHEMA,
            Self::ClientLog => &client_log::SCHEMA,
            Self::HealthTelemetry => &health_telemetry::SCHEMA,
        }
    }

    /// The kind whose collection has this path under a base URL.
    #[must_use]
    pub fn at_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.schema().path == path)
    }
}

#[cfg(test)]
mod tests;
