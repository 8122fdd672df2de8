//! What support requests are filed under: the tree, one kind of problem, adding, renaming, retiring.

use axum::extract::State;
use http::StatusCode;
use vouchsafe_app::version_of;
use vouchsafe_core::problem_type::{ProblemType, ProblemTypeChange, ProblemTypes};
use vouchsafe_web::page::{self, NewProblemTypeForm, ProblemTypeRow, ProblemTypeView, ProblemTypesView};
use vouchsafe_web::{Choice, Notice, Section, paths};

use super::Typed;
use super::answer::{Answer, Failure, page as show, page_with};
use super::complaint::{Trouble, trouble, wrong};
use super::form::Form;
use super::id::Id;
use super::visitor::Visitor;
use crate::Server;

/// `/problem-types`
pub(crate) async fn list(State(server): State<Server>, visitor: Visitor) -> Answer {
    must_keep(&visitor)?;
    show(page::problem_types(&tree(&server, &visitor, Typed::default())))
}

/// `POST /problem-types`
pub(crate) async fn add(State(server): State<Server>, visitor: Visitor, form: Form) -> Answer {
    must_keep(&visitor)?;
    let again = |errors| {
        let typed = Typed { fields: Some(&form.fields), errors };
        page_with(StatusCode::BAD_REQUEST, page::problem_types(&tree(&server, &visitor, typed)))
    };
    let (parent, word) = (form.fields.text("parent"), form.fields.text("id").trim());
    if word.contains('/') {
        return again(wrong("id", "Write one word, without `/`: what it stands below is chosen above."));
    }
    let id = if parent.is_empty() { word.to_owned() } else { format!("{parent}/{word}") };
    let name = form.fields.text("displayName");
    match server.app.add_problem_type(&form.call(visitor.who), &id, name).await {
        Ok(_) => Ok(visitor.moved(&paths::problem_types(), Notice::ProblemTypeAdded)),
        Err(error) => match trouble(error, "displayName")? {
            Trouble::Over(Notice::AlreadyDecided) => again(wrong("id", "This ID is taken.")),
            Trouble::Over(notice) => Ok(visitor.moved(&paths::problem_types(), notice)),
            Trouble::Form(errors) => again(errors),
        },
    }
}

/// `/problem-types/{id}`
pub(crate) async fn one(visitor: Visitor, Id(id): Id<String>) -> Answer {
    show(page::problem_type(&view(&visitor, kept(&visitor, &id)?, Typed::default())))
}

/// `POST /problem-types/{id}`
pub(crate) async fn rename(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<String>,
    form: Form,
) -> Answer {
    let name = form.fields.text("displayName").to_owned();
    let change = ProblemTypeChange { display_name: Some(name), ..ProblemTypeChange::default() };
    changed(&server, &visitor, &id, &form, change, Notice::ProblemTypeRenamed).await
}

/// `POST /problem-types/{id}/retire`
pub(crate) async fn retire(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<String>,
    form: Form,
) -> Answer {
    let retired = form.fields.text("retired") == "true";
    let change = ProblemTypeChange { retired: Some(retired), ..ProblemTypeChange::default() };
    let notice = if retired { Notice::ProblemTypeRetired } else { Notice::ProblemTypeBack };
    changed(&server, &visitor, &id, &form, change, notice).await
}

async fn changed(
    server: &Server,
    visitor: &Visitor,
    id: &str,
    form: &Form,
    change: ProblemTypeChange,
    notice: Notice,
) -> Answer {
    let known = kept(visitor, id)?;
    match server.app.change_problem_type(&form.versioned(visitor.who), id, change).await {
        Ok(_) => Ok(visitor.moved(&paths::problem_types(), notice)),
        Err(error) => match trouble(error, "displayName")? {
            Trouble::Over(notice) => Ok(visitor.moved(&paths::problem_type(id), notice)),
            Trouble::Form(errors) => {
                let typed = Typed { fields: Some(&form.fields), errors };
                page_with(StatusCode::BAD_REQUEST, page::problem_type(&view(visitor, known, typed)))
            }
        },
    }
}

fn must_keep(visitor: &Visitor) -> Result<(), Failure> {
    visitor.of_provider()?;
    if visitor.keeps_desk() { Ok(()) } else { Err(Failure::forbidden()) }
}

/// A kind of problem that this person may change.
fn kept<'v>(visitor: &'v Visitor, id: &str) -> Result<&'v ProblemType, Failure> {
    must_keep(visitor)?;
    visitor.problem_types.find(id).ok_or_else(Failure::not_found)
}

fn tree(server: &Server, visitor: &Visitor, typed: Typed<'_>) -> ProblemTypesView {
    let types = &visitor.problem_types;
    let offered: Vec<&str> = types.offered().map(|one| one.id.as_str()).collect();
    let row = |one: &ProblemType| ProblemTypeRow {
        id: one.id.clone(),
        name: one.display_name.clone(),
        above: above(types, one),
        offered: offered.contains(&one.id.as_str()),
        retired: types.is_retired(&one.id),
    };
    ProblemTypesView {
        chrome: visitor.chrome(Some(Section::ProblemTypes)),
        rows: types.all().iter().map(row).collect(),
        form: NewProblemTypeForm {
            idempotency_key: visitor.fresh_key(server),
            parents: parents(types, &typed.text("parent")),
            id: typed.text("id"),
            name: typed.text("displayName"),
            errors: typed.errors,
        },
    }
}

/// Names of what stands above, the root first.
fn above(types: &ProblemTypes, one: &ProblemType) -> Vec<String> {
    let mut names: Vec<String> =
        std::iter::successors(one.parent(), |id| id.rsplit_once('/').map(|(up, _)| up))
            .map(|id| types.name(id).to_owned())
            .collect();
    names.reverse();
    names
}

fn parents(types: &ProblemTypes, chosen: &str) -> Vec<Choice> {
    let choice = |value: &str, label: String| Choice {
        value: value.to_owned(),
        label,
        hint: String::new(),
        selected: value == chosen,
    };
    let known = types.all().iter().filter(|one| !types.is_retired(&one.id));
    let below_nothing = choice("", "Nothing: a group of its own".to_owned());
    [below_nothing].into_iter().chain(known.map(|one| choice(&one.id, types.path(&one.id)))).collect()
}

fn view(visitor: &Visitor, one: &ProblemType, typed: Typed<'_>) -> ProblemTypeView {
    let types = &visitor.problem_types;
    let retired_above = std::iter::successors(one.parent(), |id| id.rsplit_once('/').map(|(up, _)| up))
        .filter_map(|id| types.find(id))
        .find(|above| above.retired);
    let asked = typed.fields.and_then(|fields| fields.some("displayName")).map(str::to_owned);
    ProblemTypeView {
        chrome: visitor.chrome(Some(Section::ProblemTypes)),
        id: one.id.clone(),
        version: version_of(one).to_string(),
        name: one.display_name.clone(),
        typed: asked.unwrap_or_else(|| one.display_name.clone()),
        retired: one.retired,
        retired_above: retired_above.map(|above| above.display_name.clone()).unwrap_or_default(),
        has_finer: types.below(Some(&one.id)).next().is_some(),
        errors: typed.errors,
    }
}
