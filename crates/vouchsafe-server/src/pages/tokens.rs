//! API tokens: what there is, making one, ending one.

use std::collections::BTreeMap;

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use vouchsafe_app::TokenCommand;
use vouchsafe_core::id::{TokenId, UserId};
use vouchsafe_core::setup::TokenRecord;
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_web::page::{self, ApiTokensView, TokenRow, TokenState};
use vouchsafe_web::{Choice, Notice, Section, paths};

use super::Typed;
use super::answer::{Answer, Failure, page as show, page_with};
use super::complaint::{Trouble, trouble, wrong};
use super::form::{Asked, Form};
use super::home::unless_forbidden;
use super::id::Id;
use super::moment::{length, moment};
use super::recent::must_be_recent;
use super::rows::token;
use super::visitor::Visitor;
use crate::Server;

/// `/settings/api-tokens`
pub(crate) async fn tokens(State(server): State<Server>, visitor: Visitor, asked: Asked) -> Answer {
    show(page::api_tokens(&view(&server, &visitor, &asked, Typed::default()).await?))
}

/// Makes a token. The answer is the page itself, with the token on it: it belongs into no address and no cookie.
pub(crate) async fn make(
    State(server): State<Server>,
    visitor: Visitor,
    asked: Asked,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    must_be_recent(&server, &visitor, &headers, &paths::api_tokens()).await?;
    let again = async |errors| {
        let typed = Typed { fields: Some(&form.fields), errors };
        let view = view(&server, &visitor, &asked, typed).await?;
        page_with(StatusCode::BAD_REQUEST, page::api_tokens(&view))
    };
    let Ok(lasts) = form.fields.text("expiresDateTime").parse::<Duration>() else {
        return again(wrong("expiresDateTime", "Choose one of the lengths that are offered.")).await;
    };
    let command = TokenCommand {
        name: form.fields.text("displayName").to_owned(),
        user: None,
        scopes: form.fields.all("scopes").map(str::to_owned).collect(),
        expires: server.app.now() + lasts,
    };
    if command.scopes.is_empty() {
        return again(wrong("scopes", "Tick at least one.")).await;
    }
    match server.app.make_token(&form.call(visitor.who), command).await {
        Ok(made) => {
            let page = view(&server, &visitor, &asked, Typed::default()).await?;
            let page = ApiTokensView { made: made.secret.map(|secret| secret.expose()), ..page };
            show(page::api_tokens(&page))
        }
        Err(error) => match trouble(error, "displayName")? {
            Trouble::Over(notice) => Ok(visitor.moved(&paths::api_tokens(), notice)),
            Trouble::Form(errors) => again(errors).await,
        },
    }
}

/// Ends a token.
pub(crate) async fn end(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<TokenId>,
    form: Form,
) -> Answer {
    match server.app.end_token(&form.call(visitor.who), id).await {
        Ok(_) => Ok(visitor.moved(&paths::api_tokens(), Notice::TokenEnded)),
        Err(error) => match trouble(error, "displayName")? {
            Trouble::Over(notice) => Ok(visitor.moved(&paths::api_tokens(), notice)),
            Trouble::Form(_) => Err(Failure::not_found()),
        },
    }
}

async fn view(
    server: &Server,
    visitor: &Visitor,
    asked: &Asked,
    typed: Typed<'_>,
) -> Result<ApiTokensView, Failure> {
    let who = visitor.who;
    let listed = server.app.api_tokens(who, &asked.list("")).await?;
    // Names of others are shown to those who see their tokens and their roles.
    let people = unless_forbidden(server.app.principals(who).await)?;
    let names: BTreeMap<UserId, String> =
        people.into_iter().map(|person| (person.id, person.display_name.text().to_owned())).collect();
    let now = server.app.now();
    let row = |record: &TokenRecord| TokenRow {
        id: record.id.to_string(),
        name: record.name.text().to_owned(),
        account: if record.user == who.user {
            String::new()
        } else {
            names.get(&record.user).cloned().unwrap_or_else(|| record.user.to_string())
        },
        scopes: record.scopes.iter().flat_map(|all| all.iter()).map(|one| one.action().to_owned()).collect(),
        expires: moment(record.expires),
        last_used: record.last_used.map(moment),
        state: state(record, now),
    };
    let ticked: Vec<&str> = typed.fields.map(|fields| fields.all("scopes").collect()).unwrap_or_default();
    let scope = |action: &'static str| Choice {
        value: action.to_owned(),
        label: action.to_owned(),
        hint: String::new(),
        selected: ticked.contains(&action),
    };
    Ok(ApiTokensView {
        chrome: visitor.chrome(Some(Section::ApiTokens)),
        made: None,
        rows: listed.items.iter().map(row).collect(),
        older_href: asked.older(listed.next.map(token)),
        idempotency_key: visitor.fresh_key(server),
        name: typed.text("displayName"),
        scopes: visitor.me.allowed.iter().map(|permission| scope(permission.action())).collect(),
        durations: durations(&typed.text("expiresDateTime")),
        errors: typed.errors,
    })
}

fn state(record: &TokenRecord, now: Timestamp) -> TokenState {
    if record.revoked.is_some() {
        TokenState::Ended
    } else if record.expires <= now {
        TokenState::Expired
    } else {
        TokenState::Good
    }
}

fn durations(selected: &str) -> Vec<Choice> {
    let usual =
        [Duration::days(1), Duration::days(7), Duration::days(30), Duration::days(90), Duration::days(365)];
    let choice = |lasts: Duration| Choice {
        selected: lasts.to_string() == selected,
        value: lasts.to_string(),
        label: length(lasts),
        hint: String::new(),
    };
    usual.map(choice).into()
}
