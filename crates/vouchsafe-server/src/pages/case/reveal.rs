//! Asking to see a masked value.

use axum::extract::State;
use http::StatusCode;
use vouchsafe_app::RevealCommand;
use vouchsafe_app::view::GrantView;
use vouchsafe_core::grant::GrantStatus;
use vouchsafe_core::id::SupportRequestId;
use vouchsafe_web::page::{self, RevealForm};
use vouchsafe_web::{Choice, Notice, paths};

use super::{CaseView, tenant_name, view};
use crate::Server;
use crate::pages::Typed;
use crate::pages::answer::{Answer, Failure, page_with};
use crate::pages::complaint::{Trouble, trouble};
use crate::pages::form::{Fields, Form};
use crate::pages::id::Id;
use crate::pages::visitor::Visitor;

/// `POST /desk/{id}/reveals`
pub(crate) async fn ask(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
    form: Form,
) -> Answer {
    visitor.of_provider()?;
    let back = paths::case(&id.to_string());
    let grant = form.fields.text("grantId").parse().map_err(|_| Failure::not_found())?;
    let command = RevealCommand {
        property: form.fields.text("property").to_owned(),
        value: form.fields.text("value").to_owned(),
        justification: form.fields.some("justification").map(str::to_owned),
    };
    match server.app.ask_reveal(&form.call(visitor.who), grant, command).await {
        Ok(_) => Ok(visitor.moved(&back, Notice::RevealAsked)),
        Err(error) => match trouble(error, "value")? {
            Trouble::Over(notice) => Ok(visitor.moved(&back, notice)),
            Trouble::Form(errors) => {
                let typed = Typed { fields: Some(&form.fields), errors };
                let view = view(&server, &visitor, id, typed).await?;
                page_with(StatusCode::BAD_REQUEST, page::case(&view))
            }
        },
    }
}

/// The form, where the reader can read something of this case.
pub(super) fn form(
    grants: &[GrantView],
    case: &CaseView,
    mine: bool,
    fields: Option<&Fields>,
) -> Option<RevealForm> {
    let text = |name: &str| fields.map(|fields| fields.text(name).to_owned()).unwrap_or_default();
    let chosen = text("grantId");
    let live = grants.iter().filter(|view| mine && view.status == GrantStatus::Live);
    let grants: Vec<Choice> = live
        .map(|view| Choice {
            value: view.grant.id.to_string(),
            label: tenant_name(case, view.grant.tenant),
            hint: String::new(),
            selected: view.grant.id.to_string() == chosen,
        })
        .collect();
    (!grants.is_empty()).then(|| RevealForm {
        grants,
        property: text("property"),
        value: text("value"),
        justification: text("justification"),
    })
}
