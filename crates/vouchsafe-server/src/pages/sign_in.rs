//! Beginning and ending a session: with a passkey, or in the demo by choosing a person.

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::{HeaderMap, header};
use vouchsafe_app::Who;
use vouchsafe_core::id::UserId;
use vouchsafe_core::identity_provider::IdentityProvider;
use vouchsafe_core::permission::{Permission, Permissions};
use vouchsafe_core::person::PersonKind;
use vouchsafe_core::role;
use vouchsafe_core::setup::Account;
use vouchsafe_core::tenant::{Tenant, TenantKind};
use vouchsafe_web::page::{
    self, ChoosePersonView, ElsewhereView, EnrolView, EnterView, PersonChoice, SignInAsView, SignedOutView,
    TenantPeople,
};
use vouchsafe_web::{Notice, paths};

use super::answer::{Answer, Failure, page as show, scripted, see};
use super::cookies::Cookies;
use super::visitor::Surrounding;
use crate::Server;
use crate::pages::id::Id;

/// The way in.
pub(crate) async fn enter_page(State(server): State<Server>, around: Surrounding) -> Answer {
    let offered = server.app.offers_passkeys();
    let button = |provider: &IdentityProvider| ElsewhereView {
        name: provider.display_name.clone(),
        href: paths::sign_in_with(&provider.tenant.to_string(), &provider.id.to_string()),
    };
    let elsewhere = server.app.provider_sign_ins().iter().map(button).collect();
    scripted(page::enter(&EnterView { chrome: around.chrome(None), offered, elsewhere }))
}

/// Enrolling a passkey with a one-time pass.
pub(crate) async fn enrol_page(State(server): State<Server>, around: Surrounding) -> Answer {
    let offered = server.app.offers_passkeys();
    scripted(page::enrol(&EnrolView { chrome: around.chrome(None), offered }))
}

/// A form that the script would have taken. What was typed is dropped.
pub(crate) async fn needs_script(State(server): State<Server>, OriginalUri(uri): OriginalUri) -> Answer {
    let cookies = Cookies::of(&server.settings);
    let mut response = see(uri.path());
    response.headers_mut().append(header::SET_COOKIE, cookies.tell(Notice::PasskeyNeedsScript, None));
    Ok(response)
}

/// Demo: everyone who can be chosen.
pub(crate) async fn choose(State(server): State<Server>, around: Surrounding) -> Answer {
    let mut tenants = Vec::new();
    for tenant in &server.settings.demo_tenants {
        let (owner, accounts) = server.app.people_of(*tenant).await?;
        let people = accounts.iter().filter(|account| is_person(account)).map(choice).collect();
        let is_provider = owner.kind == TenantKind::Provider;
        tenants.push(TenantPeople { name: owner.display_name, is_provider, people });
    }
    show(page::choose_person(&ChoosePersonView { chrome: around.chrome(None), tenants }))
}

/// Demo: one person, and the button that signs in.
pub(crate) async fn person(
    State(server): State<Server>,
    around: Surrounding,
    Id(user): Id<UserId>,
) -> Answer {
    let (tenant, account) = find(&server, user).await?;
    let view = SignInAsView {
        chrome: around.chrome(None),
        person: choice(&account),
        tenant_name: tenant.display_name,
    };
    show(page::sign_in_as(&view))
}

/// Demo: signs in as this person, out of any other session of this browser.
pub(crate) async fn enter(State(server): State<Server>, Id(user): Id<UserId>, headers: HeaderMap) -> Answer {
    let (tenant, _) = find(&server, user).await?;
    let cookies = Cookies::of(&server.settings);
    if let Some(former) = cookies.session(&headers) {
        server.app.sign_out(&former).await?;
    }
    let secret = server.app.sign_in(Who::of(tenant.id, user)).await?;
    let mut response = see(&paths::home());
    response.headers_mut().append(header::SET_COOKIE, cookies.start(secret.expose()));
    Ok(response)
}

/// Ends the session here and in the browser.
pub(crate) async fn leave(State(server): State<Server>, headers: HeaderMap) -> Result<Response, Failure> {
    let cookies = Cookies::of(&server.settings);
    if let Some(secret) = cookies.session(&headers) {
        server.app.sign_out(&secret).await?;
    }
    let mut response = see(&paths::signed_out());
    response.headers_mut().append(header::SET_COOKIE, cookies.end());
    Ok(response)
}

/// After a session. A cookie that is still there belongs to one that ended by itself.
pub(crate) async fn left(State(server): State<Server>, around: Surrounding, headers: HeaderMap) -> Answer {
    let timed_out = Cookies::of(&server.settings).session(&headers).is_some() && around.0.is_none();
    let sign_in_href = if server.settings.demo { paths::demo() } else { paths::enter() };
    show(page::signed_out(&SignedOutView { chrome: around.chrome(None), timed_out, sign_in_href }))
}

/// A person of the demo with the tenant.
async fn find(server: &Server, user: UserId) -> Result<(Tenant, Account), Failure> {
    for tenant in &server.settings.demo_tenants {
        let (owner, accounts) = server.app.people_of(*tenant).await?;
        if let Some(account) = accounts.into_iter().find(|a| a.person.id == user && is_person(a)) {
            return Ok((owner, account));
        }
    }
    Err(Failure::not_found())
}

fn is_person(account: &Account) -> bool {
    match account.person.kind {
        PersonKind::User => account.person.active,
        PersonKind::Service => false,
    }
}

fn choice(account: &Account) -> PersonChoice {
    let person = &account.person;
    let roles: Vec<_> = account.roles.iter().filter_map(|one| role::by_template_id(&one.role)).collect();
    let permissions = Permissions::of(roles.iter().flat_map(|role| role.actions.iter().copied()), true);
    PersonChoice {
        user_id: person.id.to_string(),
        name: person.display_name.text().to_owned(),
        user_principal_name: person.user_principal_name.text().to_owned(),
        roles: roles.iter().map(|role| role.display_name.to_owned()).collect(),
        hint: hint(&permissions).to_owned(),
    }
}

/// What to try as somebody who may do this.
fn hint(permissions: &Permissions) -> &'static str {
    let hints = [
        (Permission::WorkRequests, "Ask customers for access, and read sign-ins under a live approval."),
        (Permission::ManageQueue, "Look at every open support request, and give one to another engineer."),
        (Permission::ManageProvider, "Looks after tenants and operation; sees no customer’s data."),
        (Permission::ApproveAccess, "Approve or reject what waits, see what was read, remove access."),
        (Permission::ReadAuditLog, "Look at the audit log and at what was read."),
        (Permission::ManageRequests, "Open support requests."),
    ];
    hints
        .iter()
        .find(|(permission, _)| permissions.allow(*permission))
        .map_or("Has no role here: sees what such people see.", |(_, hint)| hint)
}
