//! Who can approve, who holds which role, and giving one.

use std::collections::BTreeMap;

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use vouchsafe_app::{Approvers, RoleView};
use vouchsafe_core::id::UserId;
use vouchsafe_core::permission::Permission;
use vouchsafe_core::time::Duration;
use vouchsafe_web::page::{self, ApproverRow, ApproversView, AssignForm, AssignmentRow, RolesView};
use vouchsafe_web::{Choice, Notice, Section, paths};

use super::Typed;
use super::answer::{Answer, Failure, page as show, page_with};
use super::complaint::{Trouble, trouble, wrong};
use super::form::{Asked, Form};
use super::moment::{length, moment};
use super::recent::must_be_recent;
use super::rows::{name_of, token};
use super::visitor::Visitor;
use crate::Server;
use crate::wire::roles::assignment_id;

/// People that the form offers; others are given roles by the API or the command line.
const PEOPLE_MAX: usize = 1_000;

/// `/settings/roles`
pub(crate) async fn roles(State(server): State<Server>, visitor: Visitor, asked: Asked) -> Answer {
    show(page::roles(&view(&server, &visitor, &asked, Typed::default()).await?))
}

/// Gives a role.
pub(crate) async fn assign(
    State(server): State<Server>,
    visitor: Visitor,
    asked: Asked,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    must_be_recent(&server, &visitor, &headers, &paths::roles()).await?;
    let again = async |errors| {
        let typed = Typed { fields: Some(&form.fields), errors };
        let view = view(&server, &visitor, &asked, typed).await?;
        page_with(StatusCode::BAD_REQUEST, page::roles(&view))
    };
    let Ok(user) = form.fields.text("principalId").parse::<UserId>() else {
        return again(wrong("principalId", "Choose a person.")).await;
    };
    let ends = match form.fields.some("duration").map(str::parse::<Duration>) {
        None => None,
        Some(Ok(lasts)) => Some(server.app.now() + lasts),
        Some(Err(_)) => return again(wrong("duration", "Choose one of the lengths that are offered.")).await,
    };
    let role = form.fields.text("roleDefinitionId");
    match server.app.assign_role(&form.call(visitor.who), user, role, ends).await {
        Ok(_) => Ok(visitor.moved(&paths::roles(), Notice::RoleGiven)),
        Err(error) => match trouble(error, "principalId")? {
            Trouble::Over(Notice::AlreadyDecided) => {
                again(wrong("roleDefinitionId", "This person holds this role already.")).await
            }
            Trouble::Over(notice) => Ok(visitor.moved(&paths::roles(), notice)),
            Trouble::Form(errors) => again(errors).await,
        },
    }
}

/// Takes a role back.
pub(crate) async fn take_back(State(server): State<Server>, visitor: Visitor, form: Form) -> Answer {
    let id = form.fields.text("assignmentId");
    server.app.unassign_role(&form.call(visitor.who), id).await?;
    Ok(visitor.moved(&paths::roles(), Notice::RoleTakenBack))
}

async fn view(
    server: &Server,
    visitor: &Visitor,
    asked: &Asked,
    typed: Typed<'_>,
) -> Result<RolesView, Failure> {
    let who = visitor.who;
    let approvers = if visitor.is_provider() { None } else { Some(server.app.who_can_approve(who).await?) };
    let listed = server.app.role_assignments(who, &asked.list("")).await?;
    let (people, roles) = (server.app.principals(who).await?, server.app.role_definitions(who).await?);
    let names: BTreeMap<UserId, String> =
        people.iter().map(|person| (person.id, person.display_name.text().to_owned())).collect();
    let role_names: BTreeMap<String, String> =
        roles.iter().map(|role| (role.id(), name_of_role(role))).collect();
    let row = |holder: &vouchsafe_store::Holder| AssignmentRow {
        id: assignment_id(holder),
        name: name_of(&names, holder.user),
        role: role_names.get(&holder.assignment.role).cloned().unwrap_or_default(),
        until: holder.assignment.ends.map(moment),
    };
    let form = visitor.may(Permission::ManageRoles).then(|| {
        let people = names.iter().map(|(id, name)| (id.to_string(), name.clone()));
        let roles = roles.iter().filter(|role| can_be_given(role));
        AssignForm {
            idempotency_key: visitor.fresh_key(server),
            people: chosen(people.take(PEOPLE_MAX), &typed.text("principalId")),
            roles: chosen(roles.map(|role| (role.id(), name_of_role(role))), &typed.text("roleDefinitionId")),
            durations: durations(&typed.text("duration")),
            errors: typed.errors.clone(),
        }
    });
    Ok(RolesView {
        chrome: visitor.chrome(Some(if visitor.is_provider() { Section::Roles } else { Section::Approvers })),
        approvers: approvers.map(shown),
        assignments: listed.items.iter().map(row).collect(),
        older_href: asked.older(listed.next.map(token)),
        form,
    })
}

fn shown(approvers: Approvers) -> ApproversView {
    let suffice = approvers.suffice();
    let row = |one: vouchsafe_app::Approver| ApproverRow {
        name: one.person.display_name.text().to_owned(),
        user_principal_name: one.person.user_principal_name.text().to_owned(),
        roles: one.by.into_iter().map(|(role, _)| role).collect(),
        until: one.until.map(moment),
    };
    ApproversView {
        required: approvers.required,
        people: approvers.people.into_iter().map(row).collect(),
        suffice,
    }
}

fn name_of_role(role: &RoleView) -> String {
    match role {
        RoleView::BuiltIn(role) => role.display_name.to_owned(),
        RoleView::Custom(role) => role.display_name.clone(),
    }
}

fn can_be_given(role: &RoleView) -> bool {
    match role {
        RoleView::BuiltIn(_) => true,
        RoleView::Custom(role) => role.enabled,
    }
}

fn chosen(values: impl Iterator<Item = (String, String)>, selected: &str) -> Vec<Choice> {
    let choice = |(value, label): (String, String)| Choice {
        selected: value == selected,
        value,
        label,
        hint: String::new(),
    };
    let mut all: Vec<Choice> = values.map(choice).collect();
    all.sort_by(|a, b| a.label.cmp(&b.label));
    all
}

/// For how long a role can be given by the form.
fn durations(selected: &str) -> Vec<Choice> {
    let lasting = Choice {
        value: String::new(),
        label: "Until it is taken back".to_owned(),
        hint: String::new(),
        selected: selected.is_empty(),
    };
    let usual =
        [Duration::hours(1), Duration::hours(8), Duration::days(1), Duration::days(7), Duration::days(30)];
    let limited = usual.map(|lasts| Choice {
        selected: lasts.to_string() == selected,
        value: lasts.to_string(),
        label: length(lasts),
        hint: String::new(),
    });
    [lasting].into_iter().chain(limited).collect()
}
