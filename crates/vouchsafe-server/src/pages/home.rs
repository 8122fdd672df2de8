//! The start page: the customer's overview, or the way to where a person's work is.

use axum::extract::State;
use vouchsafe_app::{AppError, ListOptions};
use vouchsafe_core::permission::Permission;
use vouchsafe_web::page::{self, HomeView, LandingView, RecoveredView};
use vouchsafe_web::{Section, paths};

use super::answer::{Answer, Failure, page as show};
use super::moment::moment;
use super::rows;
use super::visitor::Visitor;
use crate::Server;

/// Open support requests that the overview shows.
const LATEST: u32 = 5;

/// `/`
pub(crate) async fn home(State(server): State<Server>, visitor: Visitor) -> Answer {
    if visitor.is_provider() && visitor.may(Permission::WorkRequests) {
        return Err(Failure::Elsewhere(paths::desk()));
    }
    if visitor.is_provider() && visitor.may(Permission::ManageQueue) {
        return Err(Failure::Elsewhere(paths::queue()));
    }
    if visitor.is_provider() || !visitor.sees_cases() {
        return show(page::landing(&landing(&visitor)));
    }
    let may_see_access = visitor.sees_access();
    let stories = if may_see_access { server.app.access_now(visitor.who).await? } else { Vec::new() };
    let filter = Some("status eq 'open'".to_owned());
    let open = ListOptions { filter, top: LATEST, ..ListOptions::default() };
    let open = server.app.requests(visitor.who, &open).await?;
    let manages = visitor.may(Permission::ManageRoles);
    let approvers_missing = manages && !server.app.who_can_approve(visitor.who).await?.suffice();
    show(page::home(&HomeView {
        approvers_missing,
        recovered: recovered(&server, &visitor).await?,
        chrome: visitor.chrome(Some(Section::Home)),
        grants: stories.iter().map(|story| rows::grant_row(story, &visitor)).collect(),
        may_see_access,
        open_requests: open
            .items
            .iter()
            .map(|case| rows::request_row(case, paths::support_request(&case.request.id.to_string())))
            .collect(),
        may_open: visitor.may(Permission::ManageRequests),
    }))
}

/// What administrators are told of passkeys that took the place of lost ones.
async fn recovered(server: &Server, visitor: &Visitor) -> Result<Vec<RecoveredView>, Failure> {
    if !visitor.may(Permission::ManageRoles) || !visitor.may(Permission::ReadUsers) {
        return Ok(Vec::new());
    }
    let told = server.app.recovered_passkeys(visitor.who).await?;
    let shown = told.into_iter().map(|(person, passkey)| RecoveredView {
        name: person.display_name.text().to_owned(),
        path: paths::person(&person.id.to_string()),
        at: moment(passkey.created),
        signs_from: (passkey.signs_from > server.app.now()).then(|| moment(passkey.signs_from)),
    });
    Ok(shown.collect())
}

/// The start page of people whose roles have no list of their own.
fn landing(visitor: &Visitor) -> LandingView {
    let mut links = Vec::new();
    if visitor.sees_log() {
        links.push(("Audit log".to_owned(), paths::audit_log()));
    }
    let lead = if visitor.is_provider() && visitor.may(Permission::ManageProvider) {
        "You look after tenants, staff and operation. In this version that is done on the server’s command line. \
         No customer’s data can be seen from here."
    } else if visitor.sees_log() {
        "Your roles let you read your organisation’s audit log: who asked for access, who decided, and what was \
         read."
    } else {
        "You are signed in, but none of your roles gives you anything to do here. If you need to open support \
         requests or decide about access, ask an administrator of your organisation for a role."
    };
    LandingView { chrome: visitor.chrome(Some(Section::Home)), lead: lead.to_owned(), links }
}

/// Whether a list may not be seen: then its part of a page is left out.
pub(crate) fn unless_forbidden<T: Default>(result: Result<T, AppError>) -> Result<T, AppError> {
    match result {
        Err(AppError::Forbidden) => Ok(T::default()),
        result => result,
    }
}
