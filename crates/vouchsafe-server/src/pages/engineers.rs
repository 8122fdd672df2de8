//! The provider's engineers: the list, one of them as a form, and the end of an account.

use axum::extract::State;
use http::StatusCode;
use vouchsafe_app::version_of;
use vouchsafe_core::engineer::{EngineerChange, EngineerProfile, WorkingHours};
use vouchsafe_core::id::UserId;
use vouchsafe_core::permission::Permission;
use vouchsafe_core::problem_type::{ProblemType, ProblemTypes};
use vouchsafe_store::DeskEngineer;
use vouchsafe_web::page::{
    self, EngineerAccountView, EngineerForm, EngineerPageView, EngineerRow, EngineersView,
};
use vouchsafe_web::{Choice, FormErrors, Notice, Section, paths};

use super::Typed;
use super::answer::{Answer, Failure, page as show, page_with};
use super::complaint::{Trouble, trouble};
use super::form::Form;
use super::id::Id;
use super::visitor::Visitor;
use crate::Server;

mod profile;

/// `/engineers`
pub(crate) async fn list(State(server): State<Server>, visitor: Visitor) -> Answer {
    visitor.of_provider()?;
    let staff = server.app.staff(visitor.who).await?;
    let may_change = visitor.may(Permission::ManageProvider);
    show(page::engineers(&EngineersView {
        chrome: visitor.chrome(Some(Section::Engineers)),
        rows: staff.iter().map(|one| row(one, &visitor.problem_types, may_change)).collect(),
    }))
}

fn row(one: &DeskEngineer, types: &ProblemTypes, may_change: bool) -> EngineerRow {
    let person = &one.person;
    EngineerRow {
        name: person.display_name.text().to_owned(),
        href: if may_change { paths::engineer(&person.id.to_string()) } else { String::new() },
        enabled: person.active,
        region: person.location.clone(),
        expertise: person.expertise.iter().map(|topic| types.path(topic)).collect(),
        languages: person.profile.languages.join(", "),
        hours: person.profile.hours.as_ref().map_or_else(|| "Always".to_owned(), hours),
        open_cases: open_cases(one),
    }
}

fn hours(hours: &WorkingHours) -> String {
    match hours.week.len() {
        0 => "Never".to_owned(),
        1 => format!("1 span a week, {}", hours.time_zone),
        spans => format!("{spans} spans a week, {}", hours.time_zone),
    }
}

fn open_cases(one: &DeskEngineer) -> String {
    one.critical.saturating_add(one.moderate).saturating_add(one.minimal).to_string()
}

/// `/engineers/{id}`
pub(crate) async fn one(State(server): State<Server>, visitor: Visitor, Id(id): Id<UserId>) -> Answer {
    let engineer = changeable(&server, &visitor, id).await?;
    show(page::engineer(&view(&visitor, &engineer, &Typed::default())))
}

/// `POST /engineers/{id}`
pub(crate) async fn change(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    form: Form,
) -> Answer {
    let engineer = changeable(&server, &visitor, id).await?;
    let change = match profile::change(&form.fields, &engineer.person.profile, id) {
        Ok(change) => change,
        Err(errors) => return again(&visitor, &engineer, &form, errors),
    };
    match server.app.change_engineer(&form.versioned(visitor.who), id, |_: &EngineerProfile| change).await {
        Ok(_) => Ok(visitor.moved(&paths::engineer(&id.to_string()), Notice::EngineerSaved)),
        Err(error) => match trouble(error, "declaredExpertise")? {
            Trouble::Over(notice) => Ok(visitor.moved(&paths::engineer(&id.to_string()), notice)),
            Trouble::Form(errors) => again(&visitor, &engineer, &form, profile::beside_fields(errors)),
        },
    }
}

fn again(visitor: &Visitor, engineer: &DeskEngineer, form: &Form, errors: FormErrors) -> Answer {
    let typed = Typed { fields: Some(&form.fields), errors };
    page_with(StatusCode::BAD_REQUEST, page::engineer(&view(visitor, engineer, &typed)))
}

/// `/engineers/{id}/account`
pub(crate) async fn ask_account(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<UserId>,
) -> Answer {
    let engineer = changeable(&server, &visitor, id).await?;
    show(page::engineer_account(&EngineerAccountView {
        chrome: visitor.chrome(Some(Section::Engineers)),
        id: id.to_string(),
        name: engineer.person.display_name.text().to_owned(),
        version: version_of(&engineer.person).to_string(),
        enabled: engineer.person.active,
        open_cases: open_cases(&engineer),
    }))
}

/// `POST /engineers/{id}/account`
pub(crate) async fn account(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    form: Form,
) -> Answer {
    let engineer = changeable(&server, &visitor, id).await?;
    let active = form.fields.text("accountEnabled") == "true";
    let change = EngineerChange { active: Some(active), ..EngineerChange::default() };
    match server.app.change_engineer(&form.versioned(visitor.who), id, |_: &EngineerProfile| change).await {
        Ok(_) => {
            let notice = if active { Notice::EngineerEnabled } else { Notice::EngineerDisabled };
            Ok(visitor.moved(&paths::engineers(), notice))
        }
        Err(error) => match trouble(error, "declaredExpertise")? {
            Trouble::Over(notice) => Ok(visitor.moved(&paths::engineer(&id.to_string()), notice)),
            Trouble::Form(errors) => again(&visitor, &engineer, &form, errors),
        },
    }
}

/// An engineer whom this person may change.
async fn changeable(server: &Server, visitor: &Visitor, id: UserId) -> Result<DeskEngineer, Failure> {
    visitor.of_provider()?;
    let engineer = server.app.staff_member(visitor.who, id).await?;
    if visitor.may(Permission::ManageProvider) { Ok(engineer) } else { Err(Failure::forbidden()) }
}

fn view(visitor: &Visitor, engineer: &DeskEngineer, typed: &Typed<'_>) -> EngineerPageView {
    let person = &engineer.person;
    EngineerPageView {
        chrome: visitor.chrome(Some(Section::Engineers)),
        id: person.id.to_string(),
        name: person.display_name.text().to_owned(),
        enabled: person.active,
        own: person.id == visitor.who.user,
        open_cases: open_cases(engineer),
        form: filled(engineer, &visitor.problem_types, typed),
    }
}

/// The form with what was typed, or with what is known.
fn filled(engineer: &DeskEngineer, types: &ProblemTypes, typed: &Typed<'_>) -> EngineerForm {
    let person = &engineer.person;
    let mut form = profile::form(person);
    form.version = version_of(person).to_string();
    form.errors = typed.errors.clone();
    let declared: Vec<String> = match typed.fields {
        Some(fields) => {
            profile::typed(&mut form, fields);
            fields.all("declaredExpertise").map(str::to_owned).collect()
        }
        None => person.expertise.clone(),
    };
    form.expertise = expertise(types, &declared);
    form
}

/// What can be declared: all that is offered, in groups or finer, and what is declared already.
fn expertise(types: &ProblemTypes, declared: &[String]) -> Vec<Choice> {
    let is_declared = |known: &ProblemType| declared.contains(&known.id);
    let shown = types.all().iter().filter(|known| !types.is_retired(&known.id) || is_declared(known));
    let choice = |known: &ProblemType| Choice {
        value: known.id.clone(),
        label: known.display_name.clone(),
        hint: if types.is_retired(&known.id) { "Retired.".to_owned() } else { String::new() },
        selected: is_declared(known),
    };
    shown.map(choice).collect()
}
