//! Asking a customer to collect data.

use axum::extract::State;
use http::StatusCode;
use vouchsafe_app::CollectCommand;
use vouchsafe_app::view::CaseView;
use vouchsafe_core::id::{SupportRequestId, TenantId};
use vouchsafe_core::scope::{DataCategory, DataFilter};
use vouchsafe_web::page::{self, AskCollectionView};
use vouchsafe_web::{CategoryChoice, FormErrors, Notice, Section, paths};

use crate::Server;
use crate::pages::answer::{Answer, page as show, page_with};
use crate::pages::case::ask::tenants;
use crate::pages::case::to_work_on;
use crate::pages::complaint::{Trouble, time, trouble, wrong};
use crate::pages::form::{Fields, Form};
use crate::pages::id::Id;
use crate::pages::visitor::Visitor;
use crate::pages::{rows, words};

/// `/desk/{id}/collect`
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
    show(page::ask_collection(&view(&server, &visitor, &case, None, FormErrors::default())))
}

/// `POST /desk/{id}/collect`
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
        page_with(StatusCode::BAD_REQUEST, page::ask_collection(&view))
    };
    let command = match command(&form.fields) {
        Ok(command) => command,
        Err(errors) => return again(errors),
    };
    let back = paths::case(&id.to_string());
    match server.app.ask_collection(&form.call(visitor.who), id, command).await {
        Ok(_) => Ok(visitor.moved(&back, Notice::CollectionAsked)),
        Err(error) => match trouble(error, "instructions")? {
            Trouble::Form(errors) => again(errors),
            Trouble::Over(notice) => Ok(visitor.moved(&back, notice)),
        },
    }
}

/// What the form says, or what cannot be understood in it.
fn command(fields: &Fields) -> Result<CollectCommand, FormErrors> {
    let tenant = fields.text("tenantId").parse::<TenantId>();
    let categories: Result<Vec<DataCategory>, _> = fields.all("dataCategories").map(str::parse).collect();
    let filter =
        DataFilter { data_from: time(fields, "dataFrom")?, data_to: time(fields, "dataTo")?, users: None };
    Ok(CollectCommand {
        tenant: tenant.map_err(|_| wrong("tenantId", "Choose whose data."))?,
        data_categories: categories.map_err(|_| wrong("dataCategories", "Tick at least one."))?,
        filter: (filter != DataFilter::default()).then_some(filter),
        instructions: fields.text("instructions").to_owned(),
    })
}

fn view(
    server: &Server,
    visitor: &Visitor,
    case: &CaseView,
    typed: Option<&Fields>,
    errors: FormErrors,
) -> AskCollectionView {
    let text = |name: &str| typed.map(|fields| fields.text(name).to_owned()).unwrap_or_default();
    let ticked = |category: &str| match typed {
        Some(fields) => fields.all("dataCategories").any(|ticked| ticked == category),
        None => category == vouchsafe_web::Category::SignInLogs.value(),
    };
    let categories = words::categories(&DataCategory::advanced());
    AskCollectionView {
        chrome: visitor.chrome(Some(Section::Desk)),
        id: case.request.id.to_string(),
        case: rows::desk_case(case),
        idempotency_key: visitor.fresh_key(server),
        tenants: tenants(case, typed.map(|fields| fields.text("tenantId"))),
        categories: categories
            .into_iter()
            .map(|category| CategoryChoice { checked: ticked(category.value()), category })
            .collect(),
        data_from: text("dataFrom"),
        data_to: text("dataTo"),
        instructions: text("instructions"),
        errors,
    }
}
