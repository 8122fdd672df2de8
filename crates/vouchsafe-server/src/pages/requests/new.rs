//! Opening a support request.

use axum::extract::State;
use http::StatusCode;
use vouchsafe_app::OpenCommand;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::permission::Permission;
use vouchsafe_core::problem_type::ProblemTypes;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::support_request::Severity;
use vouchsafe_core::support_request::command::{NewContact, NewRequest};
use vouchsafe_web::page::{self, NewSupportRequestForm, NewSupportRequestView};
use vouchsafe_web::{Choice, FormErrors, Notice, Section, paths};

use crate::Server;
use crate::pages::answer::{Answer, Failure, page as show, page_with};
use crate::pages::complaint::{Trouble, trouble, wrong};
use crate::pages::form::{Fields, Form};
use crate::pages::moment::{ZONE, length};
use crate::pages::visitor::Visitor;
use crate::pages::words;
use crate::pages::words::ToPage as _;

/// Languages to be answered in, with their own names.
const LANGUAGES: &[(&str, &str)] = &[
    ("en", "English"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("nb", "Norsk bokmål"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("sv", "Svenska"),
];

/// `/support-requests/new`
pub(crate) async fn form(State(server): State<Server>, visitor: Visitor) -> Answer {
    visitor.of_customer()?;
    if !visitor.may(Permission::ManageRequests) {
        return Err(Failure::forbidden());
    }
    show(page::new_support_request(&view(&server, &visitor, None, FormErrors::default())))
}

/// `POST /support-requests`
pub(crate) async fn open(State(server): State<Server>, visitor: Visitor, form: Form) -> Answer {
    visitor.of_customer()?;
    let again = |errors| {
        let view = view(&server, &visitor, Some(&form.fields), errors);
        page_with(StatusCode::BAD_REQUEST, page::new_support_request(&view))
    };
    let command = match command(&form.fields, visitor.me.tenant.policy.consent_offered) {
        Ok(command) => command,
        Err(errors) => return again(errors),
    };
    match server.app.open_request(&form.call(visitor.who), command).await {
        Ok(opened) => {
            let assigned = opened.request.assignment.is_some();
            let notice = if assigned { Notice::SupportRequestOpened } else { Notice::SupportRequestWaiting };
            Ok(visitor.moved(&paths::support_request(&opened.request.id.to_string()), notice))
        }
        Err(error) => match trouble(error, "title")? {
            Trouble::Form(errors) => again(errors),
            Trouble::Over(notice) => Ok(visitor.moved(&paths::support_requests(), notice)),
        },
    }
}

/// What the form says, or what cannot be understood in it.
fn command(fields: &Fields, consent_offered: bool) -> Result<OpenCommand, FormErrors> {
    let severity = match fields.text("severity") {
        "critical" => Severity::Critical,
        "moderate" => Severity::Moderate,
        "minimal" => Severity::Minimal,
        _ => return Err(wrong("severity", "Choose how severe it is.")),
    };
    let allow_advanced_diagnostics = match (fields.text("allowAdvancedDiagnostics"), consent_offered) {
        ("true", true) => true,
        ("false", true) | (_, false) => false,
        (_, true) => return Err(wrong("allowAdvancedDiagnostics", "Answer yes or no.")),
    };
    let mut resource_tenants = Vec::new();
    for line in fields.lines("resourceTenantIds") {
        let wrong = || wrong("resourceTenantIds", "Write one tenant ID on each line, 36 characters each.");
        resource_tenants.push(line.to_lowercase().parse::<TenantId>().map_err(|_| wrong())?);
    }
    let text = |name: &str| fields.text(name).to_owned();
    let contact = NewContact {
        name: text("contact.name"),
        email: text("contact.email"),
        language: text("contact.language"),
        time_zone: text("contact.timeZone"),
    };
    let new = NewRequest {
        title: text("title"),
        description: text("description"),
        severity,
        service: text("service"),
        problem_type: text("problemType"),
        contact: Some(contact),
        resource_tenants,
    };
    Ok(OpenCommand { new, allow_advanced_diagnostics })
}

fn view(
    server: &Server,
    visitor: &Visitor,
    typed: Option<&Fields>,
    errors: FormErrors,
) -> NewSupportRequestView {
    let policy = &visitor.me.tenant.policy;
    let text = |name: &str, otherwise: &str| typed.map_or(otherwise, |fields| fields.text(name)).to_owned();
    let person = &visitor.me.person;
    let severity = match text("severity", "moderate").as_str() {
        "critical" => Severity::Critical,
        "minimal" => Severity::Minimal,
        _ => Severity::Moderate,
    };
    NewSupportRequestView {
        chrome: visitor.chrome(Some(Section::SupportRequests)),
        consent_offered: policy.consent_offered,
        consent_categories: words::categories(&DataCategory::advanced()),
        consent_duration: length(policy.consent_duration),
        form: NewSupportRequestForm {
            idempotency_key: visitor.fresh_key(server),
            title: text("title", ""),
            description: text("description", ""),
            severity: severity.to_page(),
            services: vec![choice("identity", words::service("identity"), "identity")],
            problem_types: problem_types(
                &visitor.problem_types,
                &text("problemType", "signIn/conditionalAccess"),
            ),
            allow_advanced_diagnostics: match text("allowAdvancedDiagnostics", "").as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            contact_name: text("contact.name", person.display_name.text()),
            contact_email: text("contact.email", person.user_principal_name.text()),
            languages: languages(&text("contact.language", "en")),
            contact_time_zone: text("contact.timeZone", ZONE),
            resource_tenant_ids: text("resourceTenantIds", ""),
            errors,
        },
    }
}

fn languages(chosen: &str) -> Vec<Choice> {
    LANGUAGES.iter().map(|(tag, name)| choice(tag, (*name).to_owned(), chosen)).collect()
}

/// What a request can be filed under, each with its path.
fn problem_types(types: &ProblemTypes, chosen: &str) -> Vec<Choice> {
    types.offered().map(|leaf| choice(&leaf.id, types.path(&leaf.id), chosen)).collect()
}

fn choice(value: &str, label: String, chosen: &str) -> Choice {
    Choice { value: value.to_owned(), label, hint: String::new(), selected: value == chosen }
}
