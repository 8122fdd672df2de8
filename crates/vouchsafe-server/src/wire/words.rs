//! Closed vocabularies that the core and the wire share, word by word. A word that one side lacks does not compile.

use vouchsafe_api as api;
use vouchsafe_core as core;

/// A value of the core as its word on the wire.
pub(crate) trait ToWire {
    /// The wire's enum.
    type Wire;
    /// The same word.
    fn to_wire(&self) -> Self::Wire;
}

/// A word from the wire as the core's value.
pub(crate) trait FromWire {
    /// The wire's enum.
    type Wire;
    /// The same word.
    fn from_wire(wire: Self::Wire) -> Self;
}

macro_rules! out {
    ($($core:ident::$inner:ident::$name:ident => $wire:ident::$module:ident::$word:ident { $($variant:ident),+ })+) => {$(
        impl ToWire for $core::$inner::$name {
            type Wire = $wire::$module::$word;
            fn to_wire(&self) -> Self::Wire {
                match self { $(Self::$variant => Self::Wire::$variant,)+ }
            }
        }
    )+};
}

macro_rules! both_ways {
    ($($core:ident::$inner:ident::$name:ident = $wire:ident::$module:ident::$word:ident { $($variant:ident),+ })+) => {$(
        out! { $core::$inner::$name => $wire::$module::$word { $($variant),+ } }

        impl FromWire for $core::$inner::$name {
            type Wire = $wire::$module::$word;
            fn from_wire(wire: Self::Wire) -> Self {
                match wire { $($wire::$module::$word::$variant => Self::$variant,)+ }
            }
        }
    )+};
}

both_ways! {
    core::support_request::Severity = api::support_request::Severity { Critical, Moderate, Minimal }
    core::support_request::Resolution = api::support_request::Resolution { Resolved, Withdrawn, Duplicate, NotReproducible }
    core::access_request::ReasonCode = api::access_request::ReasonCode { Troubleshooting, Reproduction, VerifyFix, SecurityInvestigation }
    core::engineer::Weekday = api::engineer::Weekday { Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday }
    core::tenant::Assurance = api::policy::DecisionAssurance { Token, StepUp, Passkey }
    core::scope::DataCategory = api::scope::DataCategory {
        TenantProfile, DirectoryObjects, ServiceConfiguration, SignInLogs, AuditLogs, DeviceRegistrationLogs, ClientLogs, HealthTelemetry
    }
}

out! {
    core::support_request::Stage => api::support_request::Stage { WaitingForEngineer, InProgress, WaitingForCustomer }
    core::support_request::Amount => api::support_request::EvidenceAmount { Some, Many, VeryMany }
    core::consent::ConsentStatus => api::support_request::ConsentStatus { None, AwaitingApproval, Given, Paused, Expired, NotOffered }
    core::access_request::Side => api::access_request::Side { SupportRequestTenant, ResourceTenant, Both }
    core::access_request::SideStatus => api::access_request::AccessRequestStatus {
        Pending, Approved, Rejected, Expired, Cancelled, Revoked, Completed
    }
    core::access_request::EngineerStatus => api::access_request::AccessRequestStatus { Pending, Live, Paused, Ended }
    core::grant::GrantStatus => api::grant::GrantStatus { Live, Paused, Ended }
    core::reveal::RevealStatus => api::reveal::RevealStatus { Pending, Approved, Rejected, Ended }
    core::grant::GrantSource => api::grant::GrantSource { Consent, AccessRequest, Collection }
}
