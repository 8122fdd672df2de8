//! What a customer does to a support request: answer the consent question, write, name a tenant, close, reopen.

use axum::extract::{Request, State};
use http::StatusCode;
use vouchsafe_app::view::CaseView;
use vouchsafe_app::{AppError, Conversation, UpdateCommand};
use vouchsafe_core::id::{SupportRequestId, TenantId};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::support_request::{REOPEN_WITHIN, Resolution};
use vouchsafe_web::page::{self, CloseSupportRequestView};
use vouchsafe_web::{Chrome, ConsentStatus, FormErrors, Notice, Section, paths};

use super::{again, only};
use crate::Server;
use crate::message_form::ATTACHMENT;
use crate::pages::answer::{Answer, Failure, page as show, page_with};
use crate::pages::complaint::{Trouble, trouble, wrong};
use crate::pages::form::{Fields, Form};
use crate::pages::id::Id;
use crate::pages::moment::length;
use crate::pages::visitor::Visitor;
use crate::pages::words::ToPage as _;
use crate::pages::{Typed, rows};

/// `POST /support-requests/{id}/consent`
pub(crate) async fn consent(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
    form: Form,
) -> Answer {
    let yes = match form.fields.text("allowAdvancedDiagnostics") {
        "true" => true,
        "false" => false,
        _ => {
            let errors = wrong("allowAdvancedDiagnostics", "Answer yes or no.");
            return again(&server, &visitor, id, only(errors)).await;
        }
    };
    let command = UpdateCommand { allow_advanced_diagnostics: Some(yes), ..UpdateCommand::default() };
    let result = server.app.update_request(&form.versioned(visitor.who), id, command).await;
    changed(&server, &visitor, id, &form, "allowAdvancedDiagnostics", result.map(|case| noticed(&case))).await
}

/// `POST /support-requests/{id}/consent/approve`
pub(crate) async fn approve_consent(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
    form: Form,
) -> Answer {
    let signed = form.fields.signed();
    let result = server.app.approve_consent(&form.versioned(visitor.who), id, signed.as_ref()).await;
    changed(&server, &visitor, id, &form, "allowAdvancedDiagnostics", result.map(|case| noticed(&case))).await
}

/// `POST /support-requests/{id}/consent/renew`
pub(crate) async fn renew_consent(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
    form: Form,
) -> Answer {
    let signed = form.fields.signed();
    let result = server.app.renew_consent(&form.versioned(visitor.who), id, signed.as_ref()).await;
    let noticed = |case: &CaseView| match &case.renewal {
        Some(_) => Notice::RenewalVoted,
        None => Notice::ConsentRenewed,
    };
    changed(&server, &visitor, id, &form, "allowAdvancedDiagnostics", result.map(|case| noticed(&case))).await
}

/// `POST /support-requests/{id}/consent/reject`
pub(crate) async fn reject_consent(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
    form: Form,
) -> Answer {
    let result = server.app.reject_consent(&form.versioned(visitor.who), id, None).await;
    changed(&server, &visitor, id, &form, "allowAdvancedDiagnostics", result.map(|case| noticed(&case))).await
}

/// What the answer to the consent question did.
fn noticed(case: &CaseView) -> Notice {
    match case.consent_status().to_page() {
        ConsentStatus::Given | ConsentStatus::Paused => Notice::ConsentGiven,
        ConsentStatus::AwaitingApproval => Notice::ConsentAwaiting,
        ConsentStatus::None | ConsentStatus::Expired | ConsentStatus::NotOffered => Notice::ConsentWithdrawn,
    }
}

/// `POST /support-requests/{id}/messages`
pub(crate) async fn write(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
    request: Request,
) -> Answer {
    visitor.of_customer()?;
    let of = Conversation::Request(id);
    let (form, files) = Form::with_files(&server, visitor.who, of, request).await?;
    let files = match files {
        Ok(files) => files,
        Err(why) => {
            let typed = Typed { fields: Some(&form.fields), errors: wrong(ATTACHMENT, &why) };
            return again(&server, &visitor, id, typed).await;
        }
    };
    let (call, body) = (form.call(visitor.who), form.fields.text("body"));
    let result = server.app.post_message_with(&call, id, body, files).await;
    changed(&server, &visitor, id, &form, "body", result.map(|_| Notice::MessageSent)).await
}

/// `POST /support-requests/{id}/resource-tenants`
pub(crate) async fn name_tenant(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
    form: Form,
) -> Answer {
    let field = "resourceTenantId";
    let typed = form.fields.text(field).trim().to_lowercase();
    let Ok(named) = typed.parse::<TenantId>() else {
        let errors =
            wrong(field, "Write a tenant ID: 36 characters, such as 7b0c2c1e-52a4-4f7e-9a55-0d6f3f1c9e21.");
        return again(&server, &visitor, id, Typed { fields: Some(&form.fields), errors }).await;
    };
    if named == visitor.who.tenant {
        let errors = wrong(field, "This is your own organisation. Engineers may ask for its data anyway.");
        return again(&server, &visitor, id, Typed { fields: Some(&form.fields), errors }).await;
    }
    let mut tenants = server.app.request(visitor.who, id).await?.request.resource_tenants;
    tenants.push(named);
    let command = UpdateCommand { resource_tenants: Some(tenants), ..UpdateCommand::default() };
    let result = server.app.update_request(&form.call(visitor.who), id, command).await;
    changed(&server, &visitor, id, &form, field, result.map(|_| Notice::ResourceTenantNamed)).await
}

/// `POST /support-requests/{id}/reopen`
pub(crate) async fn reopen(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
    form: Form,
) -> Answer {
    visitor.of_customer()?;
    let result = server.app.reopen(&form.versioned(visitor.who), id).await;
    changed(&server, &visitor, id, &form, "body", result.map(|_| Notice::SupportRequestReopened)).await
}

/// After a form of the page: back to it with a notice, or the form again.
async fn changed(
    server: &Server,
    visitor: &Visitor,
    id: SupportRequestId,
    form: &Form,
    field: &str,
    result: Result<Notice, AppError>,
) -> Answer {
    let notice = match result {
        Ok(notice) => notice,
        Err(error) => match trouble(error, field)? {
            Trouble::Over(notice) => notice,
            Trouble::Form(mut errors) => {
                // The list of the contract is one field here.
                errors.items.iter_mut().for_each(|error| field.clone_into(&mut error.field));
                let typed = Typed { fields: Some(&form.fields), errors };
                return again(server, visitor, id, typed).await;
            }
        },
    };
    Ok(visitor.moved(&paths::support_request(&id.to_string()), notice))
}

/// `/support-requests/{id}/close`
pub(crate) async fn ask_close(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
) -> Answer {
    visitor.of_customer()?;
    let case = server.app.request(visitor.who, id).await?;
    if !case.request.is_open() {
        return Ok(visitor.moved(&paths::support_request(&id.to_string()), Notice::CaseClosed));
    }
    if !visitor.may(Permission::ManageRequests) {
        return Err(Failure::forbidden());
    }
    let chrome = visitor.chrome(Some(Section::SupportRequests));
    show(page::close_support_request(&closing(chrome, &case, Desk::Customer, FormErrors::default())))
}

/// `POST /support-requests/{id}/close`
pub(crate) async fn close(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
    form: Form,
) -> Answer {
    visitor.of_customer()?;
    let back = paths::support_request(&id.to_string());
    let Some(how) = resolution(&form.fields) else {
        let case = server.app.request(visitor.who, id).await?;
        let chrome = visitor.chrome(Some(Section::SupportRequests));
        let view = closing(chrome, &case, Desk::Customer, how_missing());
        return page_with(StatusCode::BAD_REQUEST, page::close_support_request(&view));
    };
    match server.app.close(&form.versioned(visitor.who), id, how).await {
        Ok(_) => Ok(visitor.moved(&back, Notice::SupportRequestClosed)),
        Err(error) => over(&visitor, &back, error),
    }
}

/// A refusal without a form to show again.
pub(crate) fn over(visitor: &Visitor, back: &str, error: AppError) -> Answer {
    match trouble(error, "")? {
        Trouble::Over(notice) => Ok(visitor.moved(back, notice)),
        Trouble::Form(_) => Ok(visitor.moved(back, Notice::PageWasOld)),
    }
}

/// Whose page asks before closing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Desk {
    /// The customer's.
    Customer,
    /// The engineer's.
    Engineer,
}

/// The question before closing.
pub(crate) fn closing(
    chrome: Chrome,
    case: &CaseView,
    desk: Desk,
    errors: FormErrors,
) -> CloseSupportRequestView {
    let id = case.request.id.to_string();
    let (named, action) = match desk {
        Desk::Customer => (rows::own_case(case), paths::close_support_request(&id)),
        Desk::Engineer => (rows::desk_case(case), paths::close_case(&id)),
    };
    CloseSupportRequestView {
        chrome,
        case: named,
        action,
        version: case.version.to_string(),
        reopen_within: length(REOPEN_WITHIN),
        resolution: None,
        errors,
    }
}

/// How a support request ends, as chosen.
pub(crate) fn resolution(fields: &Fields) -> Option<Resolution> {
    match fields.text("resolution") {
        "resolved" => Some(Resolution::Resolved),
        "withdrawn" => Some(Resolution::Withdrawn),
        "duplicate" => Some(Resolution::Duplicate),
        "notReproducible" => Some(Resolution::NotReproducible),
        _ => None,
    }
}

/// Nothing was chosen.
pub(crate) fn how_missing() -> FormErrors {
    wrong("resolution", "Choose how it ends.")
}
