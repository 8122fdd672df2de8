//! The provider's lists: an engineer's support requests, and the manager's queue.

use axum::extract::State;
use vouchsafe_app::ListOptions;
use vouchsafe_app::view::CaseView;
use vouchsafe_core::permission::Permission;
use vouchsafe_core::support_request::Severity;
use vouchsafe_web::page::{self, DeskView, QueueView};
use vouchsafe_web::{Section, SupportRequestRow, paths};

use super::answer::{Answer, Failure, page as show};
use super::form::Asked;
use super::rows;
use super::visitor::Visitor;
use crate::Server;

/// Open support requests on one page of the queue or desk.
const OPEN_ROWS: u32 = 500;

/// `/desk`
pub(crate) async fn desk(State(server): State<Server>, visitor: Visitor, asked: Asked) -> Answer {
    visitor.of_provider()?;
    if !visitor.may(Permission::WorkRequests) {
        return Err(Failure::forbidden());
    }
    let mine = format!("assignedTo/id eq '{}'", visitor.who.user);
    let open =
        server.app.requests(visitor.who, &oldest_first(format!("{mine} and status eq 'open'"))).await?;
    let closed = asked.list(format!("{mine} and status eq 'closed'"));
    let closed = server.app.requests(visitor.who, &closed).await?;
    show(page::desk(&DeskView {
        chrome: visitor.chrome(Some(Section::Desk)),
        open: worst_first(open.items).iter().map(row).collect(),
        closed: closed.items.iter().map(row).collect(),
        older_href: asked.older(closed.next.map(rows::token)),
    }))
}

/// `/queue`
pub(crate) async fn queue(State(server): State<Server>, visitor: Visitor, asked: Asked) -> Answer {
    visitor.of_provider()?;
    if !visitor.may(Permission::ManageQueue) {
        return Err(Failure::forbidden());
    }
    let mut options = oldest_first("status eq 'open'".to_owned());
    options.skip_token = asked.skip_token();
    let listed = server.app.requests(visitor.who, &options).await?;
    let reassignable = |case: &CaseView| SupportRequestRow {
        reassign_href: paths::reassign(&case.request.id.to_string()),
        ..row(case)
    };
    let rows = worst_first(listed.items);
    let (waiting, assigned): (Vec<_>, Vec<_>) =
        rows.iter().partition(|case| case.request.assignment.is_none());
    show(page::queue(&QueueView {
        chrome: visitor.chrome(Some(Section::Queue)),
        waiting: waiting.into_iter().map(reassignable).collect(),
        rows: assigned.into_iter().map(reassignable).collect(),
        older_href: asked.older(listed.next.map(rows::token)),
    }))
}

fn row(case: &CaseView) -> SupportRequestRow {
    rows::request_row(case, paths::case(&case.request.id.to_string()))
}

fn oldest_first(filter: String) -> ListOptions {
    let order_by = Some(("createdDateTime".to_owned(), false));
    ListOptions { filter: Some(filter), order_by, top: OPEN_ROWS, ..ListOptions::default() }
}

/// Worst first, and in the order they came among equals.
fn worst_first(mut cases: Vec<CaseView>) -> Vec<CaseView> {
    cases.sort_by_key(|case| match case.request.severity {
        Severity::Critical => 0,
        Severity::Moderate => 1,
        Severity::Minimal => 2,
    });
    cases
}
