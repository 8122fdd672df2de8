//! Giving a support request to another engineer: the manager reassigns, the engineer hands over.

use axum::extract::State;
use http::StatusCode;
use vouchsafe_app::Ranked;
use vouchsafe_app::view::CaseView;
use vouchsafe_core::id::{SupportRequestId, UserId};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::person::Person;
use vouchsafe_core::setup::Account;
use vouchsafe_web::page::{self, EngineerChoice, ReassignKind, ReassignView};
use vouchsafe_web::{FormErrors, Notice, Section, paths};

use super::works_on;
use crate::Server;
use crate::pages::answer::{Answer, Failure, page as show, page_with};
use crate::pages::complaint::{Trouble, trouble, wrong};
use crate::pages::form::Form;
use crate::pages::id::Id;
use crate::pages::visitor::Visitor;
use crate::pages::{Typed, rows, words};

/// `/desk/{id}/assign`
pub(crate) async fn hand_over_form(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
) -> Answer {
    form(&server, &visitor, id, ReassignKind::HandOver).await
}

/// `/queue/{id}/assign`
pub(crate) async fn reassign_form(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
) -> Answer {
    form(&server, &visitor, id, ReassignKind::Manager).await
}

/// `POST /desk/{id}/assign`
pub(crate) async fn hand_over(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
    form: Form,
) -> Answer {
    assign(&server, &visitor, id, ReassignKind::HandOver, &form).await
}

/// `POST /queue/{id}/assign`
pub(crate) async fn reassign(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
    form: Form,
) -> Answer {
    assign(&server, &visitor, id, ReassignKind::Manager, &form).await
}

async fn form(server: &Server, visitor: &Visitor, id: SupportRequestId, kind: ReassignKind) -> Answer {
    visitor.of_provider()?;
    let case = server.app.request(visitor.who, id).await?;
    if !case.request.is_open() {
        return Ok(visitor.moved(&paths::case(&id.to_string()), Notice::CaseClosed));
    }
    let may = match kind {
        ReassignKind::Manager => visitor.may(Permission::ManageQueue),
        ReassignKind::HandOver => works_on(visitor, &case),
    };
    if !may {
        return Err(Failure::forbidden());
    }
    show(page::reassign(&view(server, visitor, &case, kind, Typed::default()).await?))
}

async fn assign(
    server: &Server,
    visitor: &Visitor,
    id: SupportRequestId,
    kind: ReassignKind,
    form: &Form,
) -> Answer {
    visitor.of_provider()?;
    // Read before: afterwards the former engineer may not know of it any more.
    let case = server.app.request(visitor.who, id).await?;
    let result = match form.fields.text("engineerId").parse::<UserId>() {
        Ok(engineer) => {
            let reason = form.fields.text("reason");
            server.app.assign(&form.versioned(visitor.who), id, engineer, reason).await
        }
        Err(_) => {
            return again(server, visitor, &case, kind, form, wrong("engineerId", "Choose an engineer."))
                .await;
        }
    };
    let (list, page) = match kind {
        ReassignKind::Manager => (paths::queue(), paths::case(&id.to_string())),
        ReassignKind::HandOver => (paths::desk(), paths::case(&id.to_string())),
    };
    match result {
        Ok(_) => Ok(visitor.moved(&list, Notice::Reassigned)),
        Err(error) => match trouble(error, "reason")? {
            Trouble::Over(notice) => Ok(visitor.moved(&page, notice)),
            Trouble::Form(errors) => again(server, visitor, &case, kind, form, errors).await,
        },
    }
}

async fn again(
    server: &Server,
    visitor: &Visitor,
    case: &CaseView,
    kind: ReassignKind,
    form: &Form,
    errors: FormErrors,
) -> Answer {
    let typed = Typed { fields: Some(&form.fields), errors };
    let view = view(server, visitor, case, kind, typed).await?;
    page_with(StatusCode::BAD_REQUEST, page::reassign(&view))
}

async fn view(
    server: &Server,
    visitor: &Visitor,
    case: &CaseView,
    kind: ReassignKind,
    typed: Typed<'_>,
) -> Result<ReassignView, Failure> {
    let id = case.request.id.to_string();
    let chosen = typed.text("engineerId");
    let assigned = case.request.engineer();
    let engineers = match server.app.ranking(visitor.who, case.request.id).await? {
        Some(ranking) => ranking.iter().map(|one| (one.person.clone(), standing(one))).collect(),
        None => known(server, visitor, &case.request.problem_type).await?,
    };
    let others = engineers.into_iter().filter(|(person, _)| Some(person.id) != assigned);
    let (section, action) = match kind {
        ReassignKind::Manager => (Section::Queue, paths::reassign(&id)),
        ReassignKind::HandOver => (Section::Desk, paths::hand_over(&id)),
    };
    let row = rows::request_row(case, paths::case(&id));
    Ok(ReassignView {
        chrome: visitor.chrome(Some(section)),
        case: row.case,
        kind,
        action,
        version: case.version.to_string(),
        assigned_to: row.assigned_to,
        engineers: others.map(|(person, hint)| choice(&person, hint, &chosen)).collect(),
        reason: typed.text("reason"),
        errors: typed.errors,
    })
}

/// Whether the engineer declared expertise in this problem type or in one above it.
fn knows(account: &Account, topic: &str) -> bool {
    account.person.expertise.iter().any(|declared| {
        topic.strip_prefix(declared.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// The engineers as one of them may know them: those who declared the problem type first.
async fn known(server: &Server, visitor: &Visitor, topic: &str) -> Result<Vec<(Person, String)>, Failure> {
    let mut engineers = server.app.engineers(visitor.who).await?;
    engineers.sort_by_key(|account| !knows(account, topic));
    Ok(engineers.into_iter().map(|account| (account.person.clone(), expertise(&account.person))).collect())
}

fn expertise(person: &Person) -> String {
    let topics: Vec<String> = person.expertise.iter().map(|topic| words::problem_type(topic)).collect();
    if topics.is_empty() { String::new() } else { format!("Expertise: {}.", topics.join(", ")) }
}

/// How one ranks, with the figures: for the manager alone.
fn standing(one: &Ranked) -> String {
    let Ranked { score, learned, open_cases, .. } = one;
    let figures = format!(
        "Score {score:.2}: expertise {:.0} % (learned {:.0} %), open cases {open_cases}.",
        one.expertise * 100.0,
        learned * 100.0,
    );
    let obstacles = one.obstacles.join("; ");
    let obstacles = if obstacles.is_empty() { String::new() } else { format!("Not eligible: {obstacles}.") };
    [expertise(&one.person), figures, obstacles]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn choice(person: &Person, hint: String, chosen: &str) -> EngineerChoice {
    EngineerChoice {
        id: person.id.to_string(),
        name: person.display_name.text().to_owned(),
        hint,
        available: person.active,
        selected: person.id.to_string() == chosen,
    }
}
