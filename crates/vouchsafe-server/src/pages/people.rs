//! The people of the own tenant.

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use vouchsafe_app::{AppError, InviteCommand, UserCommand, version_of};
use vouchsafe_core::id::UserId;
use vouchsafe_core::permission::Permission;
use vouchsafe_core::person::PersonKind;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::setup::Account;
use vouchsafe_core::time::Timestamp;
use vouchsafe_web::page::{self, PassView, PeopleView, PersonActs, PersonRow, PersonView};
use vouchsafe_web::{FormErrors, Notice, Section, paths};

use super::account::passkey;
use super::answer::{Answer, Failure, page as show, page_with};
use super::complaint::{Trouble, trouble, wrong};
use super::form::{Fields, Form};
use super::id::Id;
use super::moment::moment;
use super::recent::must_be_recent;
use super::visitor::Visitor;
use crate::Server;
use crate::extract::Base;
use crate::wire::users::enrolment_url;
use crate::wire::users::role_names;

/// `/people`
pub(crate) async fn list(State(server): State<Server>, visitor: Visitor) -> Answer {
    show(page::people(&people(&server, &visitor, &Fields::default(), FormErrors::default()).await?))
}

async fn people(
    server: &Server,
    visitor: &Visitor,
    typed: &Fields,
    errors: FormErrors,
) -> Result<PeopleView, Failure> {
    let accounts = server.app.users(visitor.who).await?;
    let mut rows: Vec<PersonRow> = accounts.iter().map(|account| row(account, server.app.now())).collect();
    rows.sort_by_cached_key(|row| (row.name.is_empty(), row.name.to_lowercase(), row.id.clone()));
    Ok(PeopleView {
        chrome: visitor.chrome(Some(Section::People)),
        rows,
        may_invite: visitor.may(Permission::CreateUsers),
        idempotency_key: visitor.fresh_key(server),
        display_name: typed.text("displayName").to_owned(),
        user_principal_name: typed.text("userPrincipalName").to_owned(),
        errors,
    })
}

fn row(account: &Account, now: Timestamp) -> PersonRow {
    let person = &account.person;
    PersonRow {
        id: person.id.to_string(),
        name: person.display_name.text().to_owned(),
        user_principal_name: person.user_principal_name.text().to_owned(),
        roles: role_names(account, now),
        enabled: person.active,
        service: person.kind == PersonKind::Service,
    }
}

/// `POST /people`
pub(crate) async fn invite(State(server): State<Server>, visitor: Visitor, form: Form) -> Answer {
    let text = |name: &str| form.fields.text(name).to_owned();
    let command = InviteCommand {
        display_name: text("displayName"),
        user_principal_name: text("userPrincipalName"),
        account_enabled: true,
    };
    let errors = match server.app.invite(&form.call(visitor.who), command).await {
        Ok(account) => {
            let to = paths::person(&account.person.id.to_string());
            return Ok(visitor.moved(&to, Notice::UserInvited));
        }
        Err(AppError::Rejected(Rejection::Conflict)) => {
            wrong("userPrincipalName", "Somebody has this sign-in name already.")
        }
        Err(error) => match trouble(error, "displayName")? {
            Trouble::Form(errors) => errors,
            Trouble::Over(notice) => return Ok(visitor.moved(&paths::people(), notice)),
        },
    };
    page_with(StatusCode::BAD_REQUEST, page::people(&people(&server, &visitor, &form.fields, errors).await?))
}

/// `/people/{id}`
pub(crate) async fn one(State(server): State<Server>, visitor: Visitor, Id(id): Id<UserId>) -> Answer {
    show(page::person(&person(&server, &visitor, id, FormErrors::default()).await?))
}

async fn person(
    server: &Server,
    visitor: &Visitor,
    id: UserId,
    errors: FormErrors,
) -> Result<PersonView, Failure> {
    let account = server.app.user(visitor.who, id).await?;
    let held = server.app.passkeys(visitor.who, id).await?;
    let other = id != visitor.who.user;
    let acts = PersonActs {
        rename: visitor.may(Permission::UpdateUsers) && !account.person.display_name.is_erased(),
        enable: other && visitor.may(Permission::DisableUsers),
        delete: other && visitor.may(Permission::EraseUsers),
        sign_in: other && visitor.may(Permission::ManageSignIn),
    };
    Ok(PersonView {
        chrome: visitor.chrome(Some(Section::People)),
        person: row(&account, server.app.now()),
        version: version_of(&account),
        idempotency_key: visitor.fresh_key(server),
        passkeys: held.iter().map(|record| passkey(record, server.app.now(), true)).collect(),
        acts,
        errors,
    })
}

/// `POST /people/{id}`
pub(crate) async fn rename(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    form: Form,
) -> Answer {
    let display_name = Some(form.fields.text("displayName").to_owned());
    let command = UserCommand { display_name, account_enabled: None };
    changed(&server, &visitor, id, &form, command, Notice::UserChanged).await
}

/// `POST /people/{id}/enable`
pub(crate) async fn enable(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    form: Form,
) -> Answer {
    let enabled = form.fields.text("accountEnabled") == "true";
    let command = UserCommand { display_name: None, account_enabled: Some(enabled) };
    let notice = if enabled { Notice::UserEnabled } else { Notice::UserDisabled };
    changed(&server, &visitor, id, &form, command, notice).await
}

async fn changed(
    server: &Server,
    visitor: &Visitor,
    id: UserId,
    form: &Form,
    command: UserCommand,
    notice: Notice,
) -> Answer {
    let to = paths::person(&id.to_string());
    match server.app.change_user(&form.versioned(visitor.who), id, command).await {
        Ok(_) => Ok(visitor.moved(&to, notice)),
        Err(error) => match trouble(error, "displayName")? {
            Trouble::Over(notice) => Ok(visitor.moved(&to, notice)),
            Trouble::Form(errors) => {
                let view = person(server, visitor, id, errors).await?;
                page_with(StatusCode::BAD_REQUEST, page::person(&view))
            }
        },
    }
}

/// `POST /people/{id}/delete`
pub(crate) async fn delete(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    form: Form,
) -> Answer {
    match server.app.delete_user(&form.versioned(visitor.who), id).await {
        Ok(()) => Ok(visitor.moved(&paths::people(), Notice::UserDeleted)),
        Err(AppError::Stale) => Ok(visitor.moved(&paths::person(&id.to_string()), Notice::PageWasOld)),
        Err(error) => Err(error.into()),
    }
}

/// `POST /people/{id}/pass`: the link is on the page that answers, and nowhere else.
pub(crate) async fn pass(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Base(base): Base,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    must_be_recent(&server, &visitor, &headers, &paths::person(&id.to_string())).await?;
    let account = server.app.user(visitor.who, id).await?;
    let (pass, secret) = server.app.offer_pass(&form.call(visitor.who), id, None).await?;
    show(page::pass(&PassView {
        chrome: visitor.chrome(Some(Section::People)),
        name: account.person.display_name.text().to_owned(),
        person_href: paths::person(&id.to_string()),
        link: secret.map(|secret| enrolment_url(&base, &secret.expose())).unwrap_or_default(),
        expires: moment(pass.expires),
        recovery: pass.recovery,
    }))
}

/// `POST /people/{id}/passkeys/remove`
pub(crate) async fn remove_passkey(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    form: Form,
) -> Answer {
    let credential = form.fields.text("credential");
    server.app.remove_passkey(&form.call(visitor.who), id, credential).await?;
    Ok(visitor.moved(&paths::person(&id.to_string()), Notice::PasskeyRemoved))
}
