//! One support request on the provider's side: what its engineer sees and does.

pub(crate) mod ask;
pub(crate) mod assign;
pub(crate) mod reveal;

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use vouchsafe_app::view::{AccessView, AskView, CaseView, GrantView};
use vouchsafe_app::{Conversation, ListOptions};
use vouchsafe_core::access_request::EngineerStatus;
use vouchsafe_core::grant::{GrantSource, GrantStatus};
use vouchsafe_core::id::{SupportRequestId, TenantId};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::support_request::{Contact, REOPEN_WITHIN};
use vouchsafe_web::page::{self, CaseAccess};
use vouchsafe_web::{FormErrors, Notice, Section, paths};

use super::answer::{Answer, Failure, page as show, page_with};
use super::complaint::{Trouble, trouble, wrong};
use super::form::Form;
use super::moment::{in_zone, moment};
use super::requests::act::{Desk, closing, how_missing, over, resolution};
use super::visitor::Visitor;
use super::words::{self, ToPage as _};
use super::{Typed, collections, rows};
use crate::Server;
use crate::message_form::ATTACHMENT;
use crate::pages::id::Id;

/// `/desk/{id}`
pub(crate) async fn one(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
) -> Answer {
    show(page::case(&view(&server, &visitor, id, Typed::default()).await?))
}

/// Whether the person works on it now.
pub(crate) fn works_on(visitor: &Visitor, case: &CaseView) -> bool {
    case.request.engineer() == Some(visitor.who.user) && visitor.may(Permission::WorkRequests)
}

/// The open case that the person works on, or the answer that leads back to a closed one.
///
/// # Errors
/// [`Failure`] for who has no part in it.
pub(crate) async fn to_work_on(
    server: &Server,
    visitor: &Visitor,
    id: SupportRequestId,
) -> Result<Result<CaseView, Response>, Failure> {
    let case = server.app.request(visitor.who, id).await?;
    if !case.request.is_open() {
        return Ok(Err(visitor.moved(&paths::case(&id.to_string()), Notice::CaseClosed)));
    }
    if works_on(visitor, &case) { Ok(Ok(case)) } else { Err(Failure::forbidden()) }
}

/// Where the person came from: the own desk, or the queue.
fn section(visitor: &Visitor, case: &CaseView) -> Section {
    if works_on(visitor, case) || !visitor.may(Permission::ManageQueue) {
        Section::Desk
    } else {
        Section::Queue
    }
}

async fn view(
    server: &Server,
    visitor: &Visitor,
    id: SupportRequestId,
    typed: Typed<'_>,
) -> Result<page::CaseView, Failure> {
    visitor.of_provider()?;
    let case = server.app.request(visitor.who, id).await?;
    // The hours that an engineer works say where.
    let zone = visitor.me.person.profile.hours.as_ref().map(|hours| hours.time_zone.clone());
    in_zone(zone, view_of(server, visitor, case, typed)).await
}

async fn view_of(
    server: &Server,
    visitor: &Visitor,
    case: CaseView,
    typed: Typed<'_>,
) -> Result<page::CaseView, Failure> {
    let request = &case.request;
    let id = request.id;
    let closure = words::closure(request);
    let in_time = closure.is_some_and(|(at, _)| case.seen <= at + REOPEN_WITHIN);
    let filter = Some(format!("supportRequestId eq '{id}'"));
    let of_case = ListOptions { filter, top: 1_000, ..ListOptions::default() };
    let grants = server.app.grants(visitor.who, &of_case).await?.items;
    Ok(page::CaseView {
        chrome: visitor.chrome(Some(section(visitor, &case))),
        back: section(visitor, &case),
        id: request.id.to_string(),
        number: request.number.clone(),
        title: request.title.text().to_owned(),
        description: request.description.text().to_owned(),
        tenant_name: case.tenant_name.clone(),
        severity: request.severity.to_page(),
        service: words::service(&request.service),
        problem_type: visitor.problem_types.path(&request.problem_type),
        stage: words::stage(request),
        origin: words::origin(request),
        opened: moment(request.created),
        may_propose_reopen: in_time && works_on(visitor, &case),
        reopen_proposed: words::reopen_proposed(request),
        closed: closure.map(|(at, _)| moment(at)),
        resolution: closure.map(|(_, resolution)| resolution),
        contact: request.contact.as_ref().map(contact).unwrap_or_default(),
        assignment: super::requests::assignment(request, &visitor.problem_types),
        access: access(server, visitor, &case, &grants, &of_case).await?,
        collections: collections::of_case(server, visitor, id, |tenant| tenant_name(&case, tenant)).await?,
        reveal: reveal::form(&grants, &case, works_on(visitor, &case), typed.fields),
        messages: rows::messages(server, visitor, id).await?,
        idempotency_key: visitor.fresh_key(server),
        body: typed.text("body"),
        may_work: works_on(visitor, &case) && request.is_open(),
        errors: typed.errors,
    })
}

fn contact(contact: &Contact) -> String {
    let parts = [contact.name.text(), contact.email.text(), &contact.language, &contact.time_zone];
    parts.join(", ")
}

/// What was asked for and what consent gives, newest first.
async fn access(
    server: &Server,
    visitor: &Visitor,
    case: &CaseView,
    grants: &[GrantView],
    of_case: &ListOptions,
) -> Result<Vec<CaseAccess>, Failure> {
    let mut access = Vec::new();
    let mine = works_on(visitor, case);
    for view in grants {
        match view.grant.source {
            GrantSource::Consent => access.push(by_consent(view, case, mine)),
            GrantSource::AccessRequest | GrantSource::Collection => {}
        }
    }
    for view in server.app.access_requests(visitor.who, of_case).await?.items {
        match view {
            AccessView::Ask(view) => access.push(by_request(&view, case, mine, visitor)),
            AccessView::Side(_) => {}
        }
    }
    Ok(access)
}

fn by_consent(view: &GrantView, case: &CaseView, mine: bool) -> CaseAccess {
    let grant = &view.grant;
    let status = match view.status {
        GrantStatus::Live => EngineerStatus::Live,
        GrantStatus::Paused => EngineerStatus::Paused,
        GrantStatus::Ended => EngineerStatus::Ended,
    };
    CaseAccess {
        access_request_id: String::new(),
        tenant_id: grant.tenant.to_string(),
        tenant: tenant_name(case, grant.tenant),
        categories: words::categories(&grant.data_categories),
        status: status.to_page(),
        until: (status != EngineerStatus::Ended).then(|| moment(grant.expires)),
        can_read_sign_ins: mine && readable(status, &grant.data_categories),
        may_cancel: false,
    }
}

fn by_request(view: &AskView, case: &CaseView, mine: bool, visitor: &Visitor) -> CaseAccess {
    let ask = &view.ask;
    let grant = view.grant.as_ref().map(|view| &view.grant);
    let categories = grant.map_or(&ask.requested.data_categories, |grant| &grant.data_categories);
    CaseAccess {
        access_request_id: ask.id.to_string(),
        tenant_id: ask.resource_tenant.to_string(),
        tenant: tenant_name(case, ask.resource_tenant),
        categories: words::categories(categories),
        status: view.status.to_page(),
        until: grant.map(|grant| moment(grant.expires)),
        can_read_sign_ins: mine && readable(view.status, categories),
        may_cancel: mine && visitor.may(Permission::WorkRequests) && view.status != EngineerStatus::Ended,
    }
}

fn readable(status: EngineerStatus, categories: &[DataCategory]) -> bool {
    status == EngineerStatus::Live && categories.contains(&DataCategory::SignInLogs)
}

/// The customer by name, any other tenant by the id that the customer gave.
pub(crate) fn tenant_name(case: &CaseView, tenant: TenantId) -> String {
    if tenant == case.request.tenant { case.tenant_name.clone() } else { tenant.to_string() }
}

/// `POST /desk/{id}/messages`
pub(crate) async fn write(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
    request: Request,
) -> Answer {
    visitor.of_provider()?;
    let back = paths::case(&id.to_string());
    let of = Conversation::Request(id);
    let (form, files) = Form::with_files(&server, visitor.who, of, request).await?;
    let files = match files {
        Ok(files) => files,
        Err(why) => {
            let typed = Typed { fields: Some(&form.fields), errors: wrong(ATTACHMENT, &why) };
            let view = view(&server, &visitor, id, typed).await?;
            return page_with(StatusCode::BAD_REQUEST, page::case(&view));
        }
    };
    let (call, body) = (form.call(visitor.who), form.fields.text("body"));
    match server.app.post_message_with(&call, id, body, files).await {
        Ok(_) => Ok(visitor.moved(&back, Notice::MessageSent)),
        Err(error) => match trouble(error, "body")? {
            Trouble::Over(notice) => Ok(visitor.moved(&back, notice)),
            Trouble::Form(errors) => {
                let typed = Typed { fields: Some(&form.fields), errors };
                let view = view(&server, &visitor, id, typed).await?;
                page_with(StatusCode::BAD_REQUEST, page::case(&view))
            }
        },
    }
}

/// `POST /desk/{id}/reopen`
pub(crate) async fn propose_reopen(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
    form: Form,
) -> Answer {
    visitor.of_provider()?;
    let back = paths::case(&id.to_string());
    match server.app.reopen(&form.call(visitor.who), id).await {
        Ok(_) => Ok(visitor.moved(&back, Notice::ReopenProposed)),
        Err(error) => over(&visitor, &back, error),
    }
}

/// `/desk/{id}/close`
pub(crate) async fn ask_close(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
) -> Answer {
    visitor.of_provider()?;
    let case = match to_work_on(&server, &visitor, id).await? {
        Ok(case) => case,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let chrome = visitor.chrome(Some(Section::Desk));
    show(page::close_support_request(&closing(chrome, &case, Desk::Engineer, FormErrors::default())))
}

/// `POST /desk/{id}/close`
pub(crate) async fn close(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
    form: Form,
) -> Answer {
    visitor.of_provider()?;
    let back = paths::case(&id.to_string());
    let Some(how) = resolution(&form.fields) else {
        let case = server.app.request(visitor.who, id).await?;
        let chrome = visitor.chrome(Some(Section::Desk));
        let view = closing(chrome, &case, Desk::Engineer, how_missing());
        return page_with(StatusCode::BAD_REQUEST, page::close_support_request(&view));
    };
    match server.app.close(&form.versioned(visitor.who), id, how).await {
        Ok(_) => Ok(visitor.moved(&back, Notice::SupportRequestClosed)),
        Err(error) => over(&visitor, &back, error),
    }
}
