//! Identity providers of the own tenant: what there is, setting one up, changing one, taking one away.

use std::collections::BTreeMap;

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use vouchsafe_app::{AppError, ProviderCommand, RoleView};
use vouchsafe_core::id::IdentityProviderId;
use vouchsafe_core::identity_provider::{IdentityProvider, ProviderText, RequiredClaim, RoleMapping};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_web::page::{self, IdentityProviderView, IdentityProvidersView, ProviderForm, ProviderRow};
use vouchsafe_web::{FormErrors, Notice, Section, paths};
use zeroize::Zeroizing;

use super::Typed;
use super::answer::{Answer, Failure, page as show, page_with};
use super::complaint::{Trouble, trouble, wrong};
use super::form::{Fields, Form};
use super::id::Id;
use super::recent::must_be_recent;
use super::visitor::Visitor;
use crate::Server;
use crate::extract::Base;

/// `/settings/identity-providers`
pub(crate) async fn list(State(server): State<Server>, visitor: Visitor) -> Answer {
    show(page::identity_providers(&all(&server, &visitor, Typed::default()).await?))
}

async fn all(server: &Server, visitor: &Visitor, typed: Typed<'_>) -> Result<IdentityProvidersView, Failure> {
    let rows = server.app.identity_providers(visitor.who).await?;
    let in_file = visitor.is_provider();
    let form = (!in_file && visitor.may(Permission::ManageRoles)).then(|| {
        let blank = ProviderText::default();
        let form = match typed.fields {
            Some(fields) => typed_form(fields),
            None => of_text(&blank, &BTreeMap::new()),
        };
        ProviderForm { idempotency_key: visitor.fresh_key(server), errors: typed.errors, ..form }
    });
    Ok(IdentityProvidersView {
        chrome: visitor.chrome(Some(Section::IdentityProviders)),
        rows: rows.iter().map(row).collect(),
        form,
        in_file,
    })
}

/// `/settings/identity-providers/{id}`
pub(crate) async fn one(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<IdentityProviderId>,
    Base(base): Base,
) -> Answer {
    show(page::identity_provider(&single(&server, &visitor, id, &base, Typed::default()).await?))
}

async fn single(
    server: &Server,
    visitor: &Visitor,
    id: IdentityProviderId,
    base: &str,
    typed: Typed<'_>,
) -> Result<IdentityProviderView, Failure> {
    let provider = server.app.identity_provider(visitor.who, id).await?;
    let names = role_names(server, visitor).await?;
    let form = (!visitor.is_provider() && visitor.may(Permission::ManageRoles)).then(|| {
        let form = match typed.fields {
            Some(fields) => typed_form(fields),
            None => of_text(&provider.text(), &names),
        };
        ProviderForm { version: provider.version.to_string(), errors: typed.errors, ..form }
    });
    let (tenant, id) = (provider.tenant.to_string(), id.to_string());
    Ok(IdentityProviderView {
        chrome: visitor.chrome(Some(Section::IdentityProviders)),
        row: row(&provider),
        sign_in_url: format!("{base}{}", paths::sign_in_with(&tenant, &id)),
        redirect_uri: format!("{base}{}", paths::sign_in_callback(&tenant, &id)),
        logout_uri: format!("{base}{}", paths::back_channel_logout(&tenant, &id)),
        form,
    })
}

/// `POST /settings/identity-providers`
pub(crate) async fn add(
    State(server): State<Server>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let again = async |errors| {
        let view = all(&server, &visitor, Typed { fields: Some(&form.fields), errors }).await?;
        page_with(StatusCode::BAD_REQUEST, page::identity_providers(&view))
    };
    must_be_recent(&server, &visitor, &headers, &paths::identity_providers()).await?;
    let text = match text(&form.fields, &role_names(&server, &visitor).await?, true) {
        Ok(text) => text,
        Err(errors) => return again(errors).await,
    };
    let command = ProviderCommand {
        issuer: form.fields.text("issuer").to_owned(),
        client_id: form.fields.text("clientId").to_owned(),
        client_secret: secret(&form.fields),
        text,
    };
    match server.app.add_identity_provider(&form.call(visitor.who), command).await {
        Ok(made) => Ok(visitor.moved(&paths::identity_provider(&made.id.to_string()), Notice::ProviderAdded)),
        Err(AppError::Rejected(Rejection::Conflict)) => {
            again(wrong("clientId", "This client of this issuer is set up already.")).await
        }
        Err(error) => match trouble(error, "displayName")? {
            Trouble::Over(notice) => Ok(visitor.moved(&paths::identity_providers(), notice)),
            Trouble::Form(errors) => again(errors).await,
        },
    }
}

/// `POST /settings/identity-providers/{id}`
pub(crate) async fn change(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<IdentityProviderId>,
    Base(base): Base,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let to = paths::identity_provider(&id.to_string());
    let again = async |errors| {
        let typed = Typed { fields: Some(&form.fields), errors };
        let view = single(&server, &visitor, id, &base, typed).await?;
        page_with(StatusCode::BAD_REQUEST, page::identity_provider(&view))
    };
    must_be_recent(&server, &visitor, &headers, &to).await?;
    let enabled = form.fields.text("isEnabled") == "true";
    let text = match text(&form.fields, &role_names(&server, &visitor).await?, enabled) {
        Ok(text) => text,
        Err(errors) => return again(errors).await,
    };
    let call = form.versioned(visitor.who);
    match server.app.change_identity_provider(&call, id, secret(&form.fields), |_| text).await {
        Ok(_) => Ok(visitor.moved(&to, Notice::ProviderChanged)),
        Err(error) => match trouble(error, "displayName")? {
            Trouble::Over(notice) => Ok(visitor.moved(&to, notice)),
            Trouble::Form(errors) => again(errors).await,
        },
    }
}

/// `POST /settings/identity-providers/{id}/delete`
pub(crate) async fn delete(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<IdentityProviderId>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let to = paths::identity_provider(&id.to_string());
    must_be_recent(&server, &visitor, &headers, &to).await?;
    match server.app.delete_identity_provider(&form.versioned(visitor.who), id).await {
        Ok(()) => Ok(visitor.moved(&paths::identity_providers(), Notice::ProviderDeleted)),
        Err(AppError::Stale) => Ok(visitor.moved(&to, Notice::PageWasOld)),
        Err(error) => Err(error.into()),
    }
}

fn row(provider: &IdentityProvider) -> ProviderRow {
    ProviderRow {
        id: provider.id.to_string(),
        name: provider.display_name.clone(),
        issuer: provider.issuer.clone(),
        client_id: provider.client_id.clone(),
        has_secret: provider.secret.is_some(),
        enabled: provider.enabled,
    }
}

/// Names of the roles that can be given, by id.
async fn role_names(server: &Server, visitor: &Visitor) -> Result<BTreeMap<String, String>, Failure> {
    let roles = server.app.role_definitions(visitor.who).await?;
    let named = |role: &RoleView| match role {
        RoleView::BuiltIn(built_in) => built_in.display_name.to_owned(),
        RoleView::Custom(custom) => custom.display_name.clone(),
    };
    Ok(roles.iter().map(|role| (role.id(), named(role))).collect())
}

fn of_text(text: &ProviderText, names: &BTreeMap<String, String>) -> ProviderForm {
    let named = |role: &String| names.get(role).unwrap_or(role).clone();
    let claims = text.required_claims.iter().map(|one| format!("{} = {}", one.claim, one.value));
    let groups = text.role_mappings.iter().map(|one| format!("{} = {}", one.group, named(&one.role)));
    ProviderForm {
        display_name: text.display_name.clone(),
        scope: text.scope.clone(),
        user_name_claim: text.user_name_claim.clone(),
        groups_claim: text.groups_claim.clone(),
        required_claims: claims.collect::<Vec<_>>().join("\n"),
        just_in_time: text.just_in_time,
        role_mappings: groups.collect::<Vec<_>>().join("\n"),
        enabled: text.enabled,
        ..ProviderForm::default()
    }
}

/// The form as it was typed, but for the secret.
fn typed_form(fields: &Fields) -> ProviderForm {
    let text = |name: &str| fields.text(name).to_owned();
    ProviderForm {
        display_name: text("displayName"),
        issuer: text("issuer"),
        client_id: text("clientId"),
        scope: text("scope"),
        user_name_claim: text("claimsMapping.userPrincipalName"),
        groups_claim: text("claimsMapping.groups"),
        required_claims: text("requiredClaims"),
        just_in_time: fields.text("justInTimeAccounts") == "true",
        role_mappings: text("roleMappings"),
        enabled: fields.text("isEnabled") == "true",
        ..ProviderForm::default()
    }
}

fn secret(fields: &Fields) -> Option<Zeroizing<String>> {
    fields.some("clientSecret").map(|text| Zeroizing::new(text.to_owned()))
}

/// What the form says.
fn text(
    fields: &Fields,
    names: &BTreeMap<String, String>,
    enabled: bool,
) -> Result<ProviderText, FormErrors> {
    let mut required_claims = Vec::new();
    for line in lines(fields.text("requiredClaims")) {
        let (claim, value) = line
            .split_once('=')
            .ok_or_else(|| wrong("requiredClaims", "Write a claim, = and its value, one a line."))?;
        required_claims
            .push(RequiredClaim { claim: claim.trim().to_owned(), value: value.trim().to_owned() });
    }
    let mut role_mappings = Vec::new();
    for line in lines(fields.text("roleMappings")) {
        // A group's name may hold the sign, a role's does not.
        let (group, role) = line
            .rsplit_once('=')
            .ok_or_else(|| wrong("roleMappings", "Write a group, = and the name of a role, one a line."))?;
        let role = role.trim();
        let known = names.iter().find(|(id, name)| *id == role || name.eq_ignore_ascii_case(role));
        let unknown = || wrong("roleMappings", &format!("“{role}” is no role of your organisation."));
        let (id, _) = known.ok_or_else(unknown)?;
        role_mappings.push(RoleMapping { group: group.trim().to_owned(), role: id.clone() });
    }
    Ok(ProviderText {
        display_name: fields.text("displayName").to_owned(),
        scope: fields.text("scope").to_owned(),
        user_name_claim: fields.text("claimsMapping.userPrincipalName").to_owned(),
        groups_claim: fields.text("claimsMapping.groups").to_owned(),
        required_claims,
        just_in_time: fields.text("justInTimeAccounts") == "true",
        role_mappings,
        enabled,
    })
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}
