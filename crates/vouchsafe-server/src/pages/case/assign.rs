//! Giving a support request to another engineer: the manager reassigns, the engineer hands over.

use axum::extract::State;
use http::StatusCode;
use vouchsafe_app::Ranked;
use vouchsafe_app::view::CaseView;
use vouchsafe_core::id::{SupportRequestId, UserId};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::person::Person;
use vouchsafe_core::problem_type::ProblemTypes;
use vouchsafe_core::setup::Account;
use vouchsafe_web::page::{self, EngineerChoice, EngineerFigures, ReassignKind, ReassignView};
use vouchsafe_web::{FormErrors, Notice, Section, paths};

use super::works_on;
use crate::Server;
use crate::pages::answer::{Answer, Failure, page as show, page_with};
use crate::pages::complaint::{Trouble, trouble, wrong};
use crate::pages::form::Form;
use crate::pages::id::Id;
use crate::pages::moment::moment;
use crate::pages::visitor::Visitor;
use crate::pages::{Typed, rows};

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
    let ranking = match kind {
        ReassignKind::Manager => server.app.ranking(visitor.who, case.request.id).await?,
        ReassignKind::HandOver => None,
    };
    let engineers = match ranking {
        Some(ranking) => {
            ranking.iter().map(|one| ranked(one, &visitor.problem_types, assigned, &chosen)).collect()
        }
        None => known(server, visitor, case, &chosen).await?,
    };
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
        engineers,
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
async fn known(
    server: &Server,
    visitor: &Visitor,
    case: &CaseView,
    chosen: &str,
) -> Result<Vec<EngineerChoice>, Failure> {
    let mut engineers = server.app.engineers(visitor.who).await?;
    engineers.sort_by_key(|account| !knows(account, &case.request.problem_type));
    let others = engineers.iter().filter(|account| Some(account.person.id) != case.request.engineer());
    Ok(others
        .map(|account| choice(&account.person, expertise(&account.person, &visitor.problem_types), chosen))
        .collect())
}

fn expertise(person: &Person, types: &ProblemTypes) -> String {
    let topics: Vec<String> = person.expertise.iter().map(|topic| types.path(topic)).collect();
    if topics.is_empty() { String::new() } else { format!("Expertise: {}.", topics.join(", ")) }
}

/// How one ranks, with the figures: for the manager alone. Whoever has the case stays in the ranking.
fn ranked(one: &Ranked, types: &ProblemTypes, assigned: Option<UserId>, chosen: &str) -> EngineerChoice {
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let figures = EngineerFigures {
        score: format!("{:.2}", one.score),
        expertise: percent(one.expertise),
        learned: percent(one.learned),
        declared: one.declared,
        open_cases: one.open_cases.to_string(),
        last_assigned: one.last_assigned.map(moment),
    };
    let works = Some(one.person.id) == assigned;
    let hint = if works {
        "Works on it now.".to_owned()
    } else if one.obstacles.is_empty() {
        expertise(&one.person, types)
    } else {
        format!("Not eligible: {}.", one.obstacles.join("; "))
    };
    let choice = choice(&one.person, hint, chosen);
    EngineerChoice { figures: Some(figures), available: choice.available && !works, ..choice }
}

fn choice(person: &Person, hint: String, chosen: &str) -> EngineerChoice {
    EngineerChoice {
        id: person.id.to_string(),
        name: person.display_name.text().to_owned(),
        hint,
        figures: None,
        available: person.active,
        selected: person.id.to_string() == chosen,
    }
}
