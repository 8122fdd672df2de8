//! The own account: passkeys and sessions.

use axum::extract::State;
use http::HeaderMap;
use vouchsafe_app::{AppError, Call};
use vouchsafe_core::passkey::PasskeyRecord;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::time::Timestamp;
use vouchsafe_store::PageSession;
use vouchsafe_web::page::{self, AccountView, PasskeyRow, SessionRow};
use vouchsafe_web::{Notice, Section, paths};

use super::answer::{Answer, scripted};
use super::cookies::Cookies;
use super::form::Form;
use super::moment::moment;
use super::visitor::Visitor;
use crate::Server;

/// `/account`
pub(crate) async fn show(State(server): State<Server>, visitor: Visitor, headers: HeaderMap) -> Answer {
    let current = current(&server, &headers).await?;
    let held = server.app.passkeys(visitor.who, visitor.who.user).await?;
    let sessions = server.app.sessions(visitor.who).await?;
    let removable = held.len() > 1;
    scripted(page::account(&AccountView {
        chrome: visitor.chrome(Some(Section::Account)),
        user_principal_name: visitor.me.person.user_principal_name.text().to_owned(),
        offered: server.app.offers_passkeys(),
        passkeys: held.iter().map(|record| passkey(record, server.app.now(), removable)).collect(),
        sessions: sessions.iter().map(|session| row(session, &current, &held)).collect(),
    }))
}

async fn current(server: &Server, headers: &HeaderMap) -> Result<PageSession, AppError> {
    let cookie = Cookies::of(&server.settings).session(headers).unwrap_or_default();
    server.app.page_session(&cookie).await
}

/// A passkey's row.
pub(crate) fn passkey(record: &PasskeyRecord, now: Timestamp, removable: bool) -> PasskeyRow {
    let passkey = &record.passkey;
    PasskeyRow {
        credential: passkey.credential.clone(),
        name: passkey.name.text().to_owned(),
        created: moment(passkey.created),
        used: record.last_used.map(moment),
        signs_from: (passkey.signs_from > now).then(|| moment(passkey.signs_from)),
        removable,
    }
}

fn row(session: &PageSession, current: &PageSession, held: &[PasskeyRecord]) -> SessionRow {
    let begun_with = |record: &&PasskeyRecord| {
        session.credential.as_ref().is_some_and(|credential| *credential == record.passkey.credential)
    };
    SessionRow {
        id: session.id.to_string(),
        began: moment(session.created),
        seen: moment(session.seen),
        ends: moment(session.expires),
        passkey: held
            .iter()
            .find(begun_with)
            .map(|record| record.passkey.name.text().to_owned())
            .unwrap_or_default(),
        current: session.id == current.id,
    }
}

/// `POST /account`: the script would have added a passkey.
pub(crate) async fn needs_script(visitor: Visitor) -> Answer {
    Ok(visitor.moved(&paths::account(), Notice::PasskeyNeedsScript))
}

/// `POST /account/passkeys/remove`
pub(crate) async fn remove_passkey(
    State(server): State<Server>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let cookie = Cookies::of(&server.settings).session(&headers).unwrap_or_default();
    if let Err(AppError::Rejected(_)) = server.app.must_be_fresh(&cookie).await {
        return Ok(visitor.moved(&paths::account(), Notice::NotFresh));
    }
    let call = Call::from(visitor.who);
    let removed = server.app.remove_passkey(&call, visitor.who.user, form.fields.text("credential")).await;
    let notice = match removed {
        Ok(()) => Notice::PasskeyRemoved,
        Err(AppError::Rejected(Rejection::Forbidden(_))) => Notice::OnlyPasskey,
        Err(error) => return Err(error.into()),
    };
    Ok(visitor.moved(&paths::account(), notice))
}

/// `POST /account/sessions/end`
pub(crate) async fn end_session(State(server): State<Server>, visitor: Visitor, form: Form) -> Answer {
    let id = form.fields.text("sessionId").parse().map_err(|_| AppError::NotFound)?;
    server.app.end_session(visitor.who, id).await?;
    Ok(visitor.moved(&paths::account(), Notice::SessionEnded))
}

/// `POST /account/sessions/end-others`
pub(crate) async fn end_other_sessions(
    State(server): State<Server>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Answer {
    let cookie = Cookies::of(&server.settings).session(&headers).unwrap_or_default();
    server.app.end_other_sessions(&cookie).await?;
    Ok(visitor.moved(&paths::account(), Notice::OtherSessionsEnded))
}
