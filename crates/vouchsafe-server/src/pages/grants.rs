//! Ending access to the own tenant's data: one grant, or all of them.

use axum::extract::State;
use http::StatusCode;
use vouchsafe_app::AccessStory;
use vouchsafe_core::grant::GrantStatus;
use vouchsafe_core::id::{GrantId, RevealId, SupportRequestId};
use vouchsafe_core::permission::Permission;
use vouchsafe_web::page::{self, Act, ConfirmView};
use vouchsafe_web::{Fact, FormErrors, Notice, Section, paths};

use super::access::act::fact;
use super::answer::{Answer, Failure, page as show, page_with};
use super::complaint::{Trouble, trouble};
use super::form::{Asked, Fields, Form};
use super::requests::act::over;
use super::visitor::Visitor;
use super::{rows, words};
use crate::Server;
use crate::pages::id::Id;

/// `/grants/{id}/remove`
pub(crate) async fn ask_remove(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<GrantId>,
) -> Answer {
    visitor.of_customer()?;
    let story = server.app.access_story(visitor.who, id).await?;
    if story.grant.status(story.seen) == GrantStatus::Ended {
        return Ok(visitor.moved(&paths::approved_access(), Notice::AlreadyEnded));
    }
    let act = Act::RemoveAccess { grant_id: id.to_string() };
    show(page::confirm(&confirm(&visitor, act, facts(&story), String::new(), FormErrors::default())?))
}

/// `POST /grants/{id}/remove`
pub(crate) async fn remove(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<GrantId>,
    form: Form,
) -> Answer {
    visitor.of_customer()?;
    let back = paths::approved_access();
    match server.app.remove_grant(&form.call(visitor.who), id, form.fields.some("reason")).await {
        Ok(ended) => Ok(visitor.moved_ended(&back, Notice::AccessRemoved, ended.reads_ended)),
        Err(error) => match trouble(error, "reason")? {
            Trouble::Over(notice) => Ok(visitor.moved(&back, notice)),
            Trouble::Form(errors) => {
                let story = server.app.access_story(visitor.who, id).await?;
                let act = Act::RemoveAccess { grant_id: id.to_string() };
                let reason = form.fields.text("reason").to_owned();
                let view = confirm(&visitor, act, facts(&story), reason, errors)?;
                page_with(StatusCode::BAD_REQUEST, page::confirm(&view))
            }
        },
    }
}

/// `POST /grants/{id}/confirm`
pub(crate) async fn confirm_paused(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<GrantId>,
    form: Form,
) -> Answer {
    visitor.of_customer()?;
    let back = paths::approved_access();
    match server.app.confirm_grant(&form.call(visitor.who), id).await {
        Ok(_) => Ok(visitor.moved(&back, Notice::AccessConfirmed)),
        Err(error) => over(&visitor, &back, error),
    }
}

/// `POST /reveals/{id}/approve`
pub(crate) async fn approve_reveal(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<RevealId>,
    form: Form,
) -> Answer {
    visitor.of_customer()?;
    let back = paths::approved_access();
    match server.app.approve_reveal(&form.call(visitor.who), id).await {
        Ok(_) => Ok(visitor.moved(&back, Notice::RevealApproved)),
        Err(error) => over(&visitor, &back, error),
    }
}

/// `POST /reveals/{id}/reject`
pub(crate) async fn reject_reveal(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<RevealId>,
    form: Form,
) -> Answer {
    visitor.of_customer()?;
    let back = paths::approved_access();
    match server.app.reject_reveal(&form.call(visitor.who), id, None).await {
        Ok(_) => Ok(visitor.moved(&back, Notice::RevealRejected)),
        Err(error) => over(&visitor, &back, error),
    }
}

/// `/grants/remove-all`
pub(crate) async fn ask_remove_all(State(server): State<Server>, visitor: Visitor, asked: Asked) -> Answer {
    let case = case_of(&asked.fields)?;
    let (act, facts) = all(&server, &visitor, case).await?;
    show(page::confirm(&confirm(&visitor, act, facts, String::new(), FormErrors::default())?))
}

/// `POST /grants/remove-all`
pub(crate) async fn remove_all(State(server): State<Server>, visitor: Visitor, form: Form) -> Answer {
    visitor.of_customer()?;
    let case = case_of(&form.fields)?;
    let back = back_of(case);
    let reason = form.fields.some("reason");
    match server.app.remove_all_grants(&form.call(visitor.who), case, reason).await {
        Ok(ended) => Ok(visitor.moved_ended(&back, Notice::AllAccessRemoved, ended.reads_ended)),
        Err(error) => match trouble(error, "reason")? {
            Trouble::Over(notice) => Ok(visitor.moved(&back, notice)),
            Trouble::Form(errors) => {
                let (act, facts) = all(&server, &visitor, case).await?;
                let typed = form.fields.text("reason").to_owned();
                let view = confirm(&visitor, act, facts, typed, errors)?;
                page_with(StatusCode::BAD_REQUEST, page::confirm(&view))
            }
        },
    }
}

/// The support request whose access is to end; `None` for all.
fn case_of(fields: &Fields) -> Result<Option<SupportRequestId>, Failure> {
    let id = fields.some("supportRequestId").map(str::parse).transpose();
    id.map_err(|_| Failure::not_found())
}

fn back_of(case: Option<SupportRequestId>) -> String {
    case.map_or_else(paths::approved_access, |id| paths::support_request(&id.to_string()))
}

/// What ends, and the facts about it.
async fn all(
    server: &Server,
    visitor: &Visitor,
    case: Option<SupportRequestId>,
) -> Result<(Act, Vec<Fact>), Failure> {
    visitor.of_customer()?;
    let mut stories = server.app.access_now(visitor.who).await?;
    stories.retain(|story| case.is_none_or(|case| story.grant.support_request == case));
    let count = u32::try_from(stories.len()).unwrap_or(u32::MAX);
    let support_request_id = case.map(|case| case.to_string()).unwrap_or_default();
    let line = |story: &AccessStory| {
        let who = story.engineer.as_ref().map_or_else(rows::nobody, rows::engineer).name;
        fact(&who, &format!("{}, for support request {}", what(story), story.number))
    };
    Ok((Act::RemoveAll { support_request_id, count }, stories.iter().map(line).collect()))
}

fn what(story: &AccessStory) -> String {
    let categories = words::categories(&story.grant.data_categories);
    categories.iter().map(|category| category.label()).collect::<Vec<_>>().join(", ")
}

fn facts(story: &AccessStory) -> Vec<Fact> {
    let engineer = story.engineer.as_ref().map_or_else(rows::nobody, rows::engineer);
    let who: Vec<String> = [engineer.name, engineer.employer, engineer.location]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    vec![
        fact("Who can read", &who.join(", ")),
        fact("What", &what(story)),
        fact("Support request ID", &story.number),
    ]
}

fn confirm(
    visitor: &Visitor,
    act: Act,
    facts: Vec<Fact>,
    reason: String,
    errors: FormErrors,
) -> Result<ConfirmView, Failure> {
    if !visitor.may(Permission::RemoveAccess) {
        return Err(Failure::forbidden());
    }
    let cancel_href = match &act {
        Act::RemoveAll { support_request_id, .. } if !support_request_id.is_empty() => {
            paths::support_request(support_request_id)
        }
        Act::RemoveAll { .. } | Act::RemoveAccess { .. } | Act::WithdrawApproval { .. } => {
            paths::approved_access()
        }
    };
    let chrome = visitor.chrome(Some(Section::ApprovedAccess));
    Ok(ConfirmView { chrome, act, facts, reason, errors, cancel_href })
}
