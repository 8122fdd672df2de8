//! Links of one person's accounts in several organisations: offered, accepted, agreed to, confirmed, removed.

use std::collections::BTreeMap;

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use vouchsafe_app::{AppError, Call};
use vouchsafe_core::account_link::{LinkRecord, LinkStatus};
use vouchsafe_core::id::{AccountLinkId, UserId};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_web::page::{self, AccountLinksView, LinkRow, LinkState, OfferView};
use vouchsafe_web::{FormErrors, Notice, Section, paths};

use super::answer::{Answer, Failure, page as show, page_with};
use super::complaint::{Trouble, trouble};
use super::form::{Asked, Form};
use super::home::unless_forbidden;
use super::id::Id;
use super::moment::moment;
use super::recent::must_be_recent;
use super::rows::token;
use super::visitor::Visitor;
use crate::Server;

/// `/account/links`
pub(crate) async fn list(State(server): State<Server>, visitor: Visitor, asked: Asked) -> Answer {
    show(page::account_links(&view(&server, &visitor, &asked).await?))
}

/// Makes an offer. The answer is the page itself, with the code on it: it belongs into no address and no cookie.
pub(crate) async fn offer(
    State(server): State<Server>,
    visitor: Visitor,
    asked: Asked,
    headers: HeaderMap,
) -> Answer {
    must_be_recent(&server, &visitor, &headers, &paths::account_links()).await?;
    let made = server.app.offer_link(&Call::from(visitor.who)).await?;
    let page = view(&server, &visitor, &asked).await?;
    show(page::account_links(&AccountLinksView { made: made.code.map(|code| code.expose()), ..page }))
}

/// Shows whose offer a code is of.
pub(crate) async fn look(State(server): State<Server>, visitor: Visitor, asked: Asked, form: Form) -> Answer {
    let code = form.fields.text("code").trim().to_owned();
    match server.app.offered_link(visitor.who, &code).await {
        Ok((person, tenant)) => {
            let offer = OfferView {
                code,
                name: person.display_name.text().to_owned(),
                user_principal_name: person.user_principal_name.text().to_owned(),
                tenant: tenant.display_name,
            };
            let page = view(&server, &visitor, &asked).await?;
            show(page::account_links(&AccountLinksView { offer: Some(offer), ..page }))
        }
        Err(error) => again(&server, &visitor, &asked, error).await,
    }
}

/// Accepts an offer: the person has seen whose it is.
pub(crate) async fn accept(
    State(server): State<Server>,
    visitor: Visitor,
    asked: Asked,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    must_be_recent(&server, &visitor, &headers, &paths::account_links()).await?;
    match server.app.accept_link(&Call::from(visitor.who), form.fields.text("code")).await {
        Ok(_) => Ok(visitor.moved(&paths::account_links(), Notice::LinkAccepted)),
        Err(error) => again(&server, &visitor, &asked, error).await,
    }
}

/// The person agrees.
pub(crate) async fn agree(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<AccountLinkId>,
    headers: HeaderMap,
) -> Answer {
    must_be_recent(&server, &visitor, &headers, &paths::account_links()).await?;
    moved(&visitor, server.app.agree_to_link(&Call::from(visitor.who), id).await, Notice::LinkAgreed)
}

/// Somebody confirms for the organisation.
pub(crate) async fn confirm(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<AccountLinkId>,
    headers: HeaderMap,
) -> Answer {
    must_be_recent(&server, &visitor, &headers, &paths::account_links()).await?;
    moved(&visitor, server.app.confirm_link(&Call::from(visitor.who), id).await, Notice::LinkConfirmed)
}

/// Ends a link: that needs no fresh sign-in, because it gives nobody anything.
pub(crate) async fn remove(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<AccountLinkId>,
) -> Answer {
    moved(&visitor, server.app.remove_link(&Call::from(visitor.who), id).await, Notice::LinkRemoved)
}

fn moved<T>(visitor: &Visitor, done: Result<T, AppError>, notice: Notice) -> Answer {
    let notice = match done {
        Ok(_) => notice,
        Err(AppError::Rejected(Rejection::Forbidden(_))) => Notice::LinkNotConfirmed,
        Err(error) => match trouble(error, "code")? {
            Trouble::Over(notice) => notice,
            Trouble::Form(_) => return Err(Failure::not_found()),
        },
    };
    Ok(visitor.moved(&paths::account_links(), notice))
}

async fn again(server: &Server, visitor: &Visitor, asked: &Asked, error: AppError) -> Answer {
    match trouble(error, "code")? {
        Trouble::Over(notice) => Ok(visitor.moved(&paths::account_links(), notice)),
        Trouble::Form(errors) => {
            let page = view(server, visitor, asked).await?;
            page_with(StatusCode::BAD_REQUEST, page::account_links(&AccountLinksView { errors, ..page }))
        }
    }
}

async fn view(server: &Server, visitor: &Visitor, asked: &Asked) -> Result<AccountLinksView, Failure> {
    let who = visitor.who;
    let listed = server.app.account_links(who, &asked.list("")).await?;
    let people = unless_forbidden(server.app.principals(who).await)?;
    let names: BTreeMap<UserId, String> =
        people.into_iter().map(|person| (person.id, person.display_name.text().to_owned())).collect();
    let now = server.app.now();
    let manages = visitor.may(Permission::ManageRoles);
    let row = |record: &LinkRecord| {
        let (status, mine) = (record.status(now), record.user == who.user);
        LinkRow {
            id: record.id.to_string(),
            account: if mine {
                String::new()
            } else {
                names.get(&record.user).cloned().unwrap_or_else(|| record.user.to_string())
            },
            shown: match &record.other {
                Some(other) if mine => other.shown.text().to_owned(),
                Some(_) | None => String::new(),
            },
            other_tenant: record.other.as_ref().map(|other| other.tenant.to_string()).unwrap_or_default(),
            created: moment(record.created),
            state: state(status),
            can_agree: mine && status == LinkStatus::AwaitingAgreement,
            can_confirm: manages && status == LinkStatus::AwaitingConfirmation,
            can_remove: (mine || manages) && status != LinkStatus::Ended,
        }
    };
    Ok(AccountLinksView {
        chrome: visitor.chrome(Some(Section::Account)),
        made: None,
        offer: None,
        rows: listed.items.iter().map(row).collect(),
        older_href: asked.older(listed.next.map(token)),
        errors: FormErrors::default(),
    })
}

const fn state(status: LinkStatus) -> LinkState {
    match status {
        LinkStatus::Offered => LinkState::Offered,
        LinkStatus::AwaitingAgreement => LinkState::AwaitingAgreement,
        LinkStatus::AwaitingConfirmation => LinkState::AwaitingConfirmation,
        LinkStatus::AwaitingOther => LinkState::AwaitingOther,
        LinkStatus::Active => LinkState::Active,
        LinkStatus::Ended => LinkState::Ended,
    }
}
