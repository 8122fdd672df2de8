//! From the body that opens a support request to the command that the caller can mean.

use vouchsafe_api::support_request::CreateSupportRequest;
use vouchsafe_app::{EnterCommand, OpenCommand};
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::support_request::command::{NewFromElsewhere, NewRequest};

use super::{FromWire, new_contact};

/// Who opens a request.
pub(crate) enum Opened {
    /// A customer, here.
    Here(OpenCommand),
    /// The provider's intake, for a case that came from elsewhere.
    Elsewhere(EnterCommand),
}

/// What a body asks for.
///
/// # Errors
/// [`Rejection::Invalid`] for a member that one of both must give, or must not.
pub(crate) fn opening(body: CreateSupportRequest) -> Result<Opened, Rejection> {
    let both = || Rejection::invalid("resourceTenantId", "cannot stand together with `resourceTenantIds`");
    let missing = |field: &'static str| move || Rejection::invalid(field, "is missing");
    let resource_tenants = body.resource_tenants().ok_or_else(both)?;
    let elsewhere = body.is_from_elsewhere();
    let new = NewRequest {
        title: body.title,
        description: body.description,
        severity: FromWire::from_wire(body.severity),
        service: body.service,
        problem_type: body.problem_type,
        contact: body.contact.map(new_contact),
        resource_tenants,
    };
    if !elsewhere {
        let allow_advanced_diagnostics =
            body.allow_advanced_diagnostics.ok_or_else(missing("allowAdvancedDiagnostics"))?;
        if new.contact.is_none() {
            return Err(missing("contact")());
        }
        return Ok(Opened::Here(OpenCommand { new, allow_advanced_diagnostics }));
    }
    if body.allow_advanced_diagnostics.is_some() {
        let message = "is for the customer to answer: a case from elsewhere carries no consent";
        return Err(Rejection::invalid("allowAdvancedDiagnostics", message));
    }
    Ok(Opened::Elsewhere(EnterCommand {
        tenant: body.tenant_id.ok_or_else(missing("tenantId"))?,
        entered: NewFromElsewhere {
            new,
            origin: body.origin.ok_or_else(missing("origin"))?,
            external_id: body.external_id.ok_or_else(missing("externalId"))?,
        },
    }))
}
