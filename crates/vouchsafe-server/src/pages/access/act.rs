//! What people do to a support access request: approve, reject, withdraw an approval; the engineer: take it back.

use axum::extract::State;
use http::StatusCode;
use vouchsafe_app::view::{AccessView, SideView};
use vouchsafe_app::{AppError, VoteCommand};
use vouchsafe_core::access_request::{Side, SideState, SideStatus};
use vouchsafe_core::id::{AccessRequestId, UserId};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::scope::{DataCategory, Narrowing, Scope};
use vouchsafe_web::page::{self, Act, ConfirmView};
use vouchsafe_web::{Fact, FormErrors, Notice, Section, paths};

use super::{narrowed, own_side, view};
use crate::Server;
use crate::pages::Typed;
use crate::pages::answer::{Answer, Failure, page as show, page_with};
use crate::pages::complaint::{Trouble, time, trouble, users, wrong};
use crate::pages::form::{Fields, Form};
use crate::pages::id::Id;
use crate::pages::visitor::Visitor;
use crate::pages::words;

/// `POST /access-requests/{id}/approve`
pub(crate) async fn approve(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<AccessRequestId>,
    form: Form,
) -> Answer {
    let vote = match vote(&server, &visitor, id, &form.fields).await? {
        Ok(vote) => vote,
        Err(errors) => return again(&server, &visitor, id, &form, errors).await,
    };
    let result = server.app.approve(&form.versioned(visitor.who), id, vote).await;
    let noticed = result.map(|view| match view.side.status(view.seen) {
        SideStatus::Pending => Notice::VoteRecorded,
        SideStatus::Approved
        | SideStatus::Rejected
        | SideStatus::Expired
        | SideStatus::Cancelled
        | SideStatus::Revoked
        | SideStatus::Completed => Notice::RequestApproved,
    });
    decided(&server, &visitor, id, &form, noticed).await
}

/// The vote that the form of an approval is.
pub(crate) async fn vote(
    server: &Server,
    visitor: &Visitor,
    id: AccessRequestId,
    fields: &Fields,
) -> Result<Result<VoteCommand, FormErrors>, Failure> {
    let asked = own_side(server, visitor, id).await?.proposed;
    let vote = narrowing(fields, &asked, visitor.who.user).map(|narrowing| VoteCommand {
        comment: fields.some("comment").map(str::to_owned),
        narrowing,
        signed: fields.signed(),
    });
    Ok(vote)
}

/// `POST /access-requests/{id}/reject`
pub(crate) async fn reject(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<AccessRequestId>,
    form: Form,
) -> Answer {
    visitor.of_customer()?;
    let result = server.app.reject(&form.versioned(visitor.who), id, form.fields.some("reason")).await;
    decided(&server, &visitor, id, &form, result.map(|_| Notice::RequestRejected)).await
}

async fn decided(
    server: &Server,
    visitor: &Visitor,
    id: AccessRequestId,
    form: &Form,
    result: Result<Notice, AppError>,
) -> Answer {
    let notice = match result {
        Ok(notice) => notice,
        Err(error) => match trouble(error, "comment")? {
            Trouble::Over(Notice::PageWasOld) => since(&own_side(server, visitor, id).await?, visitor),
            Trouble::Over(notice) => notice,
            Trouble::Form(errors) => return again(server, visitor, id, form, errors).await,
        },
    };
    Ok(visitor.moved(&paths::access_request(&id.to_string()), notice))
}

/// What has become of a request since its page was opened. Who pressed the button twice is told what the first did.
fn since(view: &SideView, visitor: &Visitor) -> Notice {
    match &view.side.state {
        SideState::Pending if view.voted => Notice::VoteRecorded,
        SideState::Pending => Notice::PageWasOld,
        SideState::Approved { approval } if approval.by == visitor.who.user => Notice::RequestApproved,
        SideState::Rejected { by, .. } if *by == visitor.who.user => Notice::RequestRejected,
        SideState::Approved { .. } | SideState::Rejected { .. } => Notice::AlreadyDecided,
        SideState::Expired { .. }
        | SideState::Cancelled { .. }
        | SideState::Revoked { .. }
        | SideState::Completed { .. } => Notice::AlreadyEnded,
    }
}

async fn again(
    server: &Server,
    visitor: &Visitor,
    id: AccessRequestId,
    form: &Form,
    errors: FormErrors,
) -> Answer {
    // The form that rejects has no scope: what was asked stays ticked.
    let typed = if form.fields.all("duration").next().is_some() {
        Typed { fields: Some(&form.fields), errors }
    } else {
        Typed { fields: None, errors }
    };
    let view = view(server, visitor, id, typed).await?;
    page_with(StatusCode::BAD_REQUEST, page::access_request(&view))
}

/// What the form takes away from what was asked.
fn narrowing(fields: &Fields, asked: &Scope, writer: UserId) -> Result<Narrowing, FormErrors> {
    let unknown = |_| wrong("dataCategories", "Tick at least one, and none that was not asked for.");
    let ticked: Result<Vec<DataCategory>, _> = fields.all("dataCategories").map(str::parse).collect();
    let mut ticked = ticked.map_err(unknown)?;
    ticked.sort_unstable();
    let duration = fields.text("duration").parse();
    let duration = duration.map_err(|_| wrong("duration", "Choose for how long."))?;
    let time = |name: &str| time(fields, name).map(|at| (fields.text(name), at));
    let users = users(fields, "narrowTo/filter/users", writer)?;
    if users.is_none() && asked.filter.as_ref().is_some_and(|filter| filter.users.is_some()) {
        return Err(wrong("users", "Tick at least one."));
    }
    Ok(Narrowing {
        data_categories: (ticked != asked.data_categories).then_some(ticked),
        duration: (duration != asked.duration).then_some(duration),
        filter: narrowed(asked, time("dataFrom")?, time("dataTo")?, users),
    })
}

/// `/access-requests/{id}/revoke`
pub(crate) async fn ask_withdraw(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<AccessRequestId>,
) -> Answer {
    show(page::confirm(&withdrawing(&server, &visitor, id, String::new(), FormErrors::default()).await?))
}

async fn withdrawing(
    server: &Server,
    visitor: &Visitor,
    id: AccessRequestId,
    reason: String,
    errors: FormErrors,
) -> Result<ConfirmView, Failure> {
    let found = own_side(server, visitor, id).await?;
    let back = paths::access_request(&id.to_string());
    match (found.side.side, found.side.status(found.seen)) {
        (Side::SupportRequestTenant, SideStatus::Approved) => {}
        (Side::SupportRequestTenant | Side::ResourceTenant | Side::Both, _) => {
            return Err(Failure::Elsewhere(back));
        }
    }
    if !visitor.may(Permission::RemoveAccess) {
        return Err(Failure::forbidden());
    }
    let side = found.side;
    let categories = words::categories(&side.requested.data_categories);
    let categories: Vec<&str> = categories.iter().map(|category| category.label()).collect();
    let facts = vec![
        fact("Who asked", side.requested_by.display_name.text()),
        fact("What", &categories.join(", ")),
        fact("Whose data", &format!("Tenant {}", side.resource_tenant)),
        fact("Support request ID", &side.support_request_number),
    ];
    Ok(ConfirmView {
        chrome: visitor.chrome(Some(Section::ApprovedAccess)),
        act: Act::WithdrawApproval { access_request_id: id.to_string() },
        facts,
        reason,
        errors,
        cancel_href: back,
    })
}

pub(crate) fn fact(label: &str, value: &str) -> Fact {
    Fact { label: label.to_owned(), value: value.to_owned(), masked: false }
}

/// `POST /access-requests/{id}/revoke`
pub(crate) async fn withdraw(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<AccessRequestId>,
    form: Form,
) -> Answer {
    visitor.of_customer()?;
    let back = paths::access_request(&id.to_string());
    match server.app.revoke(&form.call(visitor.who), id, form.fields.some("reason")).await {
        Ok(_) => Ok(visitor.moved(&back, Notice::ApprovalWithdrawn)),
        Err(error) => match trouble(error, "reason")? {
            Trouble::Over(notice) => Ok(visitor.moved(&back, notice)),
            Trouble::Form(errors) => {
                let reason = form.fields.text("reason").to_owned();
                let view = withdrawing(&server, &visitor, id, reason, errors).await?;
                page_with(StatusCode::BAD_REQUEST, page::confirm(&view))
            }
        },
    }
}

/// `POST /access-requests/{id}/cancel`
pub(crate) async fn cancel(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<AccessRequestId>,
    form: Form,
) -> Answer {
    visitor.of_provider()?;
    let case = match server.app.access_request(visitor.who, id).await? {
        AccessView::Ask(view) => view.ask.support_request,
        AccessView::Side(_) => return Err(Failure::not_found()),
    };
    let back = paths::case(&case.to_string());
    match server.app.cancel(&form.call(visitor.who), id).await {
        Ok(_) => Ok(visitor.moved(&back, Notice::AccessWithdrawn)),
        Err(error) => crate::pages::requests::act::over(&visitor, &back, error),
    }
}
