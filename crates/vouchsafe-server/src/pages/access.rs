//! Support access requests on the customer's side: what waits, what was approved, everything, and one of them.

pub(crate) mod act;

use axum::extract::State;
use vouchsafe_app::AccessStory;
use vouchsafe_app::view::{AccessView, SideView};
use vouchsafe_core::access_request::{AccessSide, Side, SideStatus};
use vouchsafe_core::grant::{Grant, GrantState};
use vouchsafe_core::id::AccessRequestId;
use vouchsafe_core::permission::Permission;
use vouchsafe_core::personal::Personal;
use vouchsafe_core::scope::{DataFilter, Scope};
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_core::vote::Vote;
use vouchsafe_web::page::{
    self, AccessListView, AccessRequestSide, AccessRequestView, ApprovedAccessView, DataAccess, Decision,
    DecisionForm, PreviewPart, PreviewView,
};
use vouchsafe_web::{CategoryChoice, Choice, Section, VoteView, VotesView};

use super::answer::{Answer, Failure, page as show, scripted_if};
use super::form::Asked;
use super::form::Fields;
use super::moment::{field, lengths, moment};
use super::requests::act::over;
use super::visitor::Visitor;
use super::words::{self, ToPage as _};
use super::{Typed, rows};
use crate::Server;
use crate::pages::id::Id;

/// How long ended access stays in the list of approved ones.
const RECENT: Duration = Duration::days(30);

/// `/access-requests/pending`
pub(crate) async fn pending(State(server): State<Server>, visitor: Visitor, asked: Asked) -> Answer {
    show(page::pending_requests(
        &list(&server, &visitor, &asked, "status eq 'pending'", Section::PendingRequests).await?,
    ))
}

/// `/access-requests/history`
pub(crate) async fn history(State(server): State<Server>, visitor: Visitor, asked: Asked) -> Answer {
    show(page::access_history(&list(&server, &visitor, &asked, "", Section::History).await?))
}

async fn list(
    server: &Server,
    visitor: &Visitor,
    asked: &Asked,
    filter: &str,
    section: Section,
) -> Result<AccessListView, Failure> {
    visitor.of_customer()?;
    let listed = server.app.access_requests(visitor.who, &asked.list(filter)).await?;
    let older_href = asked.older(listed.next.map(rows::token));
    let rows = rows::access_rows(server, visitor, &rows::sides(listed.items)).await?;
    Ok(AccessListView { chrome: visitor.chrome(Some(section)), rows, older_href })
}

/// `/access-requests/approved`
pub(crate) async fn approved(State(server): State<Server>, visitor: Visitor, asked: Asked) -> Answer {
    visitor.of_customer()?;
    let stories = server.app.access_now(visitor.who).await?;
    let mut all = asked.list("side eq 'supportRequestTenant' and status eq 'approved'");
    (all.skip_token, all.top) = (None, 1_000);
    let others = rows::sides(server.app.access_requests(visitor.who, &all).await?.items);
    let since = server.app.now() - RECENT;
    let ended = format!("status in ('expired', 'revoked', 'completed') and endedDateTime ge {since}");
    let listed = server.app.access_requests(visitor.who, &asked.list(ended)).await?;
    let mut ended = rows::sides(listed.items);
    // What expired while it waited was never approved.
    ended.retain(|view| view.side.approval().is_some());
    show(page::approved_access(&ApprovedAccessView {
        chrome: visitor.chrome(Some(Section::ApprovedAccess)),
        grants: stories.iter().map(|story| rows::grant_row(story, &visitor)).collect(),
        for_others: rows::access_rows(&server, &visitor, &others).await?,
        ended: rows::access_rows(&server, &visitor, &ended).await?,
        may_remove_all: visitor.may(Permission::RemoveAccess),
        older_href: asked.older(listed.next.map(rows::token)),
    }))
}

/// `/access-requests/{id}`
pub(crate) async fn one(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<AccessRequestId>,
) -> Answer {
    let view = view(&server, &visitor, id, Typed::default()).await?;
    scripted_if(visitor.signs(), page::access_request(&view))
}

/// The own side of a request.
pub(crate) async fn own_side(
    server: &Server,
    visitor: &Visitor,
    id: AccessRequestId,
) -> Result<SideView, Failure> {
    visitor.of_customer()?;
    match server.app.access_request(visitor.who, id).await? {
        AccessView::Side(side) => Ok(*side),
        AccessView::Ask(_) => Err(Failure::not_found()),
    }
}

pub(crate) async fn view(
    server: &Server,
    visitor: &Visitor,
    id: AccessRequestId,
    typed: Typed<'_>,
) -> Result<AccessRequestView, Failure> {
    let found = own_side(server, visitor, id).await?;
    let SideView { side, seen, .. } = &found;
    let seen = *seen;
    let cases = rows::cases(server, visitor, [side.support_request].into_iter()).await?;
    let status = side.status(seen);
    let approval = side.approval();
    let story = match approval.and_then(|approval| approval.grant) {
        Some(grant) => Some(server.app.access_story(visitor.who, grant).await?),
        None => None,
    };
    let section = match status {
        SideStatus::Pending => Section::PendingRequests,
        SideStatus::Approved => Section::ApprovedAccess,
        SideStatus::Rejected
        | SideStatus::Expired
        | SideStatus::Cancelled
        | SideStatus::Revoked
        | SideStatus::Completed => Section::History,
    };
    Ok(AccessRequestView {
        chrome: visitor.chrome(Some(section)),
        id: side.id.to_string(),
        case: rows::case_of(side, &cases),
        status: status.to_page(),
        engineer: rows::engineer(&side.requested_by),
        reason_code: side.reason_code.to_page(),
        justification: side.justification.text().to_owned(),
        requested: words::scope(&side.requested),
        approved: approval.map(|approval| words::scope(&approval.scope)),
        agreed: (found.proposed != side.requested).then(|| words::scope(&found.proposed)),
        votes: votes(&found),
        asked: moment(side.created),
        decide_by: (status == SideStatus::Pending).then(|| moment(side.pending_until)),
        ended: rows::ended(side, seen).map(moment),
        preview: preview_part(side, status, visitor),
        decision: decision(&found, status, visitor, typed),
        side: side_of(side, status, story.as_ref(), visitor),
    })
}

/// `POST /access-requests/{id}/preview`
pub(crate) async fn preview(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<AccessRequestId>,
) -> Answer {
    visitor.of_customer()?;
    let ahead = match server.app.preview(visitor.who, id).await {
        Ok(ahead) => ahead,
        Err(error) => return over(&visitor, &vouchsafe_web::paths::access_request(&id.to_string()), error),
    };
    let mut view = view(&server, &visitor, id, Typed::default()).await?;
    let pretty = |record: &serde_json::Value| serde_json::to_string_pretty(record).unwrap_or_default();
    view.preview = PreviewPart::Shown(Box::new(PreviewView {
        counts: ahead.summary.counts.iter().map(|(category, count)| (category.to_page(), *count)).collect(),
        people: ahead.summary.people.unwrap_or_default(),
        span: ahead.summary.first.zip(ahead.summary.last).map(|(first, last)| (moment(first), moment(last))),
        samples: ahead.samples.iter().map(|(_, record)| pretty(record)).collect(),
    }));
    show(page::access_request(&view))
}

fn preview_part(side: &AccessSide, status: SideStatus, visitor: &Visitor) -> PreviewPart {
    let pending = status == SideStatus::Pending && vouchsafe_core::preview::is_previewed(side);
    if pending && visitor.may(Permission::ApproveAccess) { PreviewPart::Offered } else { PreviewPart::Closed }
}

fn votes(found: &SideView) -> VotesView {
    let vote = |vote: &Vote| VoteView { name: vote.by_name.text().to_owned(), at: moment(vote.at) };
    let given = found.votes.iter().map(vote).collect();
    VotesView { required: found.required, given, mine: found.voted }
}

/// What only this side may see. The side of the support request tenant has nothing of the other.
fn side_of(
    side: &AccessSide,
    status: SideStatus,
    story: Option<&AccessStory>,
    visitor: &Visitor,
) -> AccessRequestSide {
    let access = story.map(|story| data_access(story, visitor));
    match side.side {
        Side::Both => AccessRequestSide::Both { access },
        Side::ResourceTenant => AccessRequestSide::ResourceTenant {
            asked_through: side.support_tenant_name.clone(),
            automatic: side.approval().is_some_and(|approval| approval.automatic),
            access,
        },
        Side::SupportRequestTenant => AccessRequestSide::SupportRequestTenant {
            resource_tenant_id: side.resource_tenant.to_string(),
            may_withdraw: status == SideStatus::Approved && visitor.may(Permission::RemoveAccess),
        },
    }
}

fn data_access(story: &AccessStory, visitor: &Visitor) -> DataAccess {
    let grant = &story.grant;
    let ended = ended_at(grant, story.seen);
    DataAccess {
        grant_id: grant.id.to_string(),
        status: grant.status(story.seen).to_page(),
        pause: grant.pause(story.seen).map(|(_, why)| why.to_page()),
        until: ended.is_none().then(|| moment(grant.expires)),
        ended: ended.map(moment),
        reads: rows::reads(grant, story.reads),
        may_remove: ended.is_none() && visitor.may(Permission::RemoveAccess),
        may_confirm: visitor.may_confirm(),
    }
}

/// When a grant ended, on record or by its time.
fn ended_at(grant: &Grant, now: Timestamp) -> Option<Timestamp> {
    match grant.state {
        GrantState::Ended { at, .. } => Some(at),
        GrantState::Live | GrantState::Paused { .. } => Some(grant.expires).filter(|end| now >= *end),
    }
}

fn decision(found: &SideView, status: SideStatus, visitor: &Visitor, typed: Typed<'_>) -> Decision {
    if status != SideStatus::Pending {
        return Decision::Closed;
    }
    if !visitor.may(Permission::ApproveAccess) {
        return Decision::NotYours("Your roles do not let you decide about this request.".to_owned());
    }
    if visitor.me.works_for_provider {
        let why = "You also work for the provider: nobody of the provider decides for a customer.";
        return Decision::NotYours(why.to_owned());
    }
    if !visitor.me.tenant.policy.approvals.admits(visitor.who.user) {
        return Decision::NotYours("Your organisation names other people as approvers.".to_owned());
    }
    let asked = &found.proposed;
    let most = longest(found, visitor);
    let filter = asked.filter.clone().unwrap_or_default();
    let ticked = |value: &str| match typed.fields {
        Some(fields) => fields.all("dataCategories").any(|ticked| ticked == value),
        None => true,
    };
    let text = |name: &str, otherwise: String| match typed.fields {
        Some(fields) => fields.text(name).to_owned(),
        None => otherwise,
    };
    let chosen = text("duration", String::new()).parse().unwrap_or(most);
    let choice =
        |category: vouchsafe_web::Category| CategoryChoice { checked: ticked(category.value()), category };
    Decision::Open(Box::new(DecisionForm {
        version: found.version.to_string(),
        categories: words::categories(&asked.data_categories).into_iter().map(choice).collect(),
        durations: lengths(most, chosen),
        data_from: text("dataFrom", field(filter.data_from)),
        data_to: text("dataTo", field(filter.data_to)),
        users: people(asked, typed.fields),
        users_typed: asked_of_all(asked).then(|| text("users", String::new())),
        comment: typed.text("comment"),
        reason: typed.text("reason"),
        signed: visitor.signs(),
        errors: typed.errors,
    }))
}

/// The longest access that this side may approve.
fn longest(found: &SideView, visitor: &Visitor) -> Duration {
    let asked = found.proposed.duration;
    match found.side.side {
        Side::SupportRequestTenant => asked,
        Side::ResourceTenant | Side::Both => asked.min(visitor.me.tenant.policy.max_duration),
    }
}

/// The people asked for, ticked as they were, or all of them at first.
fn people(asked: &Scope, fields: Option<&Fields>) -> Vec<Choice> {
    let users = asked.filter.iter().filter_map(|filter| filter.users.as_ref()).flatten();
    users
        .map(|user| Choice {
            value: user.text().to_owned(),
            label: user.text().to_owned(),
            hint: String::new(),
            selected: fields.is_none_or(|fields| fields.all("users").any(|ticked| ticked == user.text())),
        })
        .collect()
}

/// Whether nobody in particular was asked for.
fn asked_of_all(asked: &Scope) -> bool {
    asked.filter.as_ref().is_none_or(|filter| filter.users.is_none())
}

/// What a form takes away from the rows: what still shows what was asked takes nothing away.
pub(crate) fn narrowed(
    asked: &Scope,
    from: (&str, Option<Timestamp>),
    to: (&str, Option<Timestamp>),
    users: Option<Vec<Personal>>,
) -> Option<DataFilter> {
    let known = asked.filter.clone().unwrap_or_default();
    let changed = |(text, at): (&str, Option<Timestamp>), known: Option<Timestamp>| {
        at.filter(|_| text.trim() != field(known))
    };
    let filter = DataFilter {
        data_from: changed(from, known.data_from),
        data_to: changed(to, known.data_to),
        users: users.filter(|users| known.users.as_ref().is_none_or(|known| known.len() != users.len())),
    };
    (filter != DataFilter::default()).then_some(filter)
}
