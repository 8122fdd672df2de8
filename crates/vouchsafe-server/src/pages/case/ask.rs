//! Asking for access.

use axum::extract::State;
use http::StatusCode;
use vouchsafe_app::AskCommand;
use vouchsafe_app::view::CaseView;
use vouchsafe_core::access_request::ReasonCode;
use vouchsafe_core::id::{SupportRequestId, TenantId, UserId};
use vouchsafe_core::scope::{DURATION_DEFAULT, DataCategory, DataFilter};
use vouchsafe_core::time::Duration;
use vouchsafe_web::page::{self, AskForAccessView};
use vouchsafe_web::{CategoryChoice, Choice, FormErrors, Notice, Section, paths};

use super::{tenant_name, to_work_on};
use crate::Server;
use crate::pages::answer::{Answer, page as show, page_with};
use crate::pages::complaint::{Trouble, time, trouble, users, wrong};
use crate::pages::form::{Fields, Form};
use crate::pages::id::Id;
use crate::pages::moment::lengths;
use crate::pages::visitor::Visitor;
use crate::pages::{rows, words};

/// The longest access that can be asked for; what a tenant allows may be less.
const LONGEST: Duration = Duration::days(30);

/// `/desk/{id}/ask`
pub(crate) async fn form(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
) -> Answer {
    visitor.of_provider()?;
    let case = match to_work_on(&server, &visitor, id).await? {
        Ok(case) => case,
        Err(elsewhere) => return Ok(elsewhere),
    };
    show(page::ask_for_access(&view(&server, &visitor, &case, None, FormErrors::default())))
}

/// `POST /desk/{id}/ask`
pub(crate) async fn ask(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
    form: Form,
) -> Answer {
    visitor.of_provider()?;
    let case = server.app.request(visitor.who, id).await?;
    let again = |errors| {
        let view = view(&server, &visitor, &case, Some(&form.fields), errors);
        page_with(StatusCode::BAD_REQUEST, page::ask_for_access(&view))
    };
    let command = match command(&form.fields, visitor.who.user) {
        Ok(command) => command,
        Err(errors) => return again(errors),
    };
    let back = paths::case(&id.to_string());
    match server.app.ask(&form.call(visitor.who), id, command).await {
        Ok(_) => Ok(visitor.moved(&back, Notice::AccessAsked)),
        Err(error) => match trouble(error, "justification")? {
            Trouble::Form(errors) => again(errors),
            Trouble::Over(notice) => Ok(visitor.moved(&back, notice)),
        },
    }
}

/// What the form says, or what cannot be understood in it.
fn command(fields: &Fields, writer: UserId) -> Result<AskCommand, FormErrors> {
    let tenant = fields.text("resourceTenantId").parse::<TenantId>();
    let users = users(fields, "filter/users", writer)?;
    let filter = DataFilter { data_from: time(fields, "dataFrom")?, data_to: time(fields, "dataTo")?, users };
    let categories: Result<Vec<DataCategory>, _> = fields.all("dataCategories").map(str::parse).collect();
    let reason_code = match fields.text("reasonCode") {
        "troubleshooting" => ReasonCode::Troubleshooting,
        "reproduction" => ReasonCode::Reproduction,
        "verifyFix" => ReasonCode::VerifyFix,
        "securityInvestigation" => ReasonCode::SecurityInvestigation,
        _ => return Err(wrong("reasonCode", "Choose why.")),
    };
    let duration = fields.text("duration").parse();
    Ok(AskCommand {
        resource_tenant: tenant.map_err(|_| wrong("resourceTenantId", "Choose whose data."))?,
        data_categories: categories.map_err(|_| wrong("dataCategories", "Tick at least one."))?,
        filter: (filter != DataFilter::default()).then_some(filter),
        duration: Some(duration.map_err(|_| wrong("duration", "Choose for how long."))?),
        reason_code,
        justification: fields.text("justification").to_owned(),
    })
}

/// The customer, and the tenants that the customer named.
pub(crate) fn tenants(case: &CaseView, typed: Option<&str>) -> Vec<Choice> {
    let own = case.request.tenant;
    let choice = |tenant: TenantId| {
        let value = tenant.to_string();
        Choice {
            selected: typed.map_or(tenant == own, |typed| typed == value),
            value,
            label: tenant_name(case, tenant),
            hint: String::new(),
        }
    };
    [own].into_iter().chain(case.request.resource_tenants.iter().copied()).map(choice).collect()
}

fn view(
    server: &Server,
    visitor: &Visitor,
    case: &CaseView,
    typed: Option<&Fields>,
    errors: FormErrors,
) -> AskForAccessView {
    let text = |name: &str| typed.map(|fields| fields.text(name).to_owned()).unwrap_or_default();
    let request = &case.request;
    let ticked = |category: &str| match typed {
        Some(fields) => fields.all("dataCategories").any(|ticked| ticked == category),
        None => category == vouchsafe_web::Category::SignInLogs.value(),
    };
    let choice = |value: String, label: String, chosen: &str| Choice {
        selected: value == chosen,
        value,
        label,
        hint: String::new(),
    };
    let reason = text("reasonCode");
    let categories = words::categories(&DataCategory::advanced());
    let length = text("duration").parse().unwrap_or(DURATION_DEFAULT);
    AskForAccessView {
        chrome: visitor.chrome(Some(Section::Desk)),
        id: request.id.to_string(),
        case: rows::desk_case(case),
        idempotency_key: visitor.fresh_key(server),
        tenants: tenants(case, typed.map(|fields| fields.text("resourceTenantId"))),
        categories: categories
            .into_iter()
            .map(|category| CategoryChoice { checked: ticked(category.value()), category })
            .collect(),
        reasons: vouchsafe_web::ReasonCode::ALL
            .iter()
            .map(|known| choice(known.value().to_owned(), known.label().to_owned(), &reason))
            .collect(),
        justification: text("justification"),
        durations: lengths(LONGEST, length),
        data_from: text("dataFrom"),
        data_to: text("dataTo"),
        users: Some(text("users")),
        errors,
    }
}
