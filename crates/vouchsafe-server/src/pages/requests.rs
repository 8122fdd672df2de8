//! The customer's support requests: the list, and one of them.

pub(crate) mod act;
pub(crate) mod new;

use std::collections::BTreeMap;

use axum::extract::State;
use http::StatusCode;
use vouchsafe_app::view::CaseView;
use vouchsafe_app::{AccessStory, Conversation, ListOptions};
use vouchsafe_core::consent::{Consent, ConsentVote};
use vouchsafe_core::id::{MessageId, SupportRequestId, UserId};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::problem_type::ProblemTypes;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::support_request::{Contact, REOPEN_WITHIN, SupportRequest};
use vouchsafe_web::page::{self, AssignmentView, NamedTenant, SupportRequestView, SupportRequestsView};
use vouchsafe_web::{
    ConsentStatus, ConsentView, FormErrors, ReadsSummary, RenewalView, Section, VoteView, VotesView, paths,
};

use super::answer::{Answer, Failure, page as show, page_with, scripted_if};
use super::form::Asked;
use super::home::unless_forbidden;
use super::moment::{in_zone, length, moment};
use super::visitor::Visitor;
use super::words::{self, ToPage as _};
use super::{Typed, collections, rows};
use crate::Server;
use crate::api::diagnostics::file;
use crate::pages::id::Id;

/// `/support-requests`
pub(crate) async fn list(State(server): State<Server>, visitor: Visitor, asked: Asked) -> Answer {
    visitor.of_customer()?;
    let listed = server.app.requests(visitor.who, &asked.list("")).await?;
    let row = |case: &CaseView| rows::request_row(case, paths::support_request(&case.request.id.to_string()));
    show(page::support_requests(&SupportRequestsView {
        chrome: visitor.chrome(Some(Section::SupportRequests)),
        rows: listed.items.iter().map(row).collect(),
        may_open: visitor.may(Permission::ManageRequests),
        older_href: asked.older(listed.next.map(rows::token)),
    }))
}

/// `/support-requests/{id}`
pub(crate) async fn one(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<SupportRequestId>,
) -> Answer {
    scripted_if(visitor.signs(), page::support_request(&view(&server, &visitor, id, Typed::default()).await?))
}

/// `/attachments/{id}/{messageId}/{name}`
pub(crate) async fn attachment(
    State(server): State<Server>,
    visitor: Visitor,
    Id((of, message, name)): Id<(Conversation, MessageId, String)>,
) -> Answer {
    Ok(file(&server, server.app.attachment(visitor.who, of, message, &name).await?))
}

/// The page again, with what was typed and what is wrong with it.
pub(crate) async fn again(
    server: &Server,
    visitor: &Visitor,
    id: SupportRequestId,
    typed: Typed<'_>,
) -> Answer {
    let view = view(server, visitor, id, typed).await?;
    page_with(StatusCode::BAD_REQUEST, page::support_request(&view))
}

async fn view(
    server: &Server,
    visitor: &Visitor,
    id: SupportRequestId,
    typed: Typed<'_>,
) -> Result<SupportRequestView, Failure> {
    visitor.of_customer()?;
    let case = server.app.request(visitor.who, id).await?;
    let zone = case.request.contact.as_ref().map(|contact| contact.time_zone.clone());
    in_zone(zone, view_of(server, visitor, case, typed)).await
}

async fn view_of(
    server: &Server,
    visitor: &Visitor,
    case: CaseView,
    typed: Typed<'_>,
) -> Result<SupportRequestView, Failure> {
    let id = case.request.id;
    let stories = unless_forbidden(server.app.access_now(visitor.who).await)?;
    let of_case: Vec<&AccessStory> =
        stories.iter().filter(|story| story.grant.support_request == id).collect();
    let filter = Some(format!("supportRequestId eq '{id}'"));
    let asked = ListOptions { filter, top: 1_000, ..ListOptions::default() };
    let sides = server.app.access_requests(visitor.who, &asked).await.map(|listed| rows::sides(listed.items));
    let sides = unless_forbidden(sides)?;
    let consent = consent(server, visitor, &case, &of_case).await?;
    let request = &case.request;
    let closure = words::closure(request);
    let reopen_until = closure.map(|(at, _)| at + REOPEN_WITHIN).filter(|until| case.seen <= *until);
    Ok(SupportRequestView {
        chrome: visitor.chrome(Some(Section::SupportRequests)),
        id: request.id.to_string(),
        version: case.version.to_string(),
        number: request.number.clone(),
        title: request.title.text().to_owned(),
        description: request.description.text().to_owned(),
        severity: request.severity.to_page(),
        service: words::service(&request.service),
        problem_type: visitor.problem_types.path(&request.problem_type),
        stage: words::stage(request),
        origin: words::origin(request),
        opened: moment(request.created),
        closed: closure.map(|(at, _)| moment(at)),
        resolution: closure.map(|(_, resolution)| resolution),
        contact: request.contact.as_ref().map(contact).unwrap_or_default(),
        assignment: assignment(request, &visitor.problem_types),
        consent,
        consent_categories: words::categories(&DataCategory::advanced()),
        consent_duration: length(visitor.me.tenant.policy.consent_duration),
        access_requests: rows::access_rows(server, visitor, &sides).await?,
        may_remove_all: visitor.may(Permission::RemoveAccess) && !of_case.is_empty(),
        collections: collections::of_case(server, visitor, id, |_| String::new()).await?,
        messages: rows::messages(server, visitor, id).await?,
        idempotency_key: visitor.fresh_key(server),
        body: typed.text("body"),
        may_manage: visitor.may(Permission::ManageRequests),
        may_export: visitor.may(Permission::ReadAuditLog),
        reopen_proposed: words::reopen_proposed(request),
        reopen_until: reopen_until.map(moment),
        resource_tenants: request
            .resource_tenants
            .iter()
            .map(|tenant| NamedTenant { id: tenant.to_string() })
            .collect(),
        resource_tenant_id: typed.text("resourceTenantId"),
        errors: typed.errors,
    })
}

/// Whom to contact, in one line.
fn contact(contact: &Contact) -> String {
    format!("{}, {}", contact.name.text(), contact.email.text())
}

/// Who works on it, and why. The reason says nothing of other customers.
pub(crate) fn assignment(request: &SupportRequest, types: &ProblemTypes) -> Option<AssignmentView> {
    request.assignment.as_ref().map(|assignment| AssignmentView {
        engineer_name: assignment.display_name.text().to_owned(),
        since: moment(assignment.since),
        reason: assignment.reason.text().to_owned(),
        evidence: assignment.grounds.iter().map(|ground| words::ground(ground, types)).collect(),
    })
}

async fn consent(
    server: &Server,
    visitor: &Visitor,
    case: &CaseView,
    stories: &[&AccessStory],
) -> Result<ConsentView, Failure> {
    let status = case.consent_status().to_page();
    let (grant, until, asker) = match &case.request.consent {
        Consent::Given { grant, expires, .. } => (Some(*grant), Some(*expires), None),
        Consent::AwaitingApproval { by, .. } => (None, None, Some(*by)),
        Consent::None | Consent::Expired { .. } => (None, None, None),
    };
    let tally = case.consent_votes.clone().unwrap_or_default();
    let names = server.app.names(visitor.who, &tally.given.iter().map(|vote| vote.by).collect()).await?;
    let given =
        tally.given.iter().map(|vote| VoteView { name: rows::name_of(&names, vote.by), at: moment(vote.at) });
    let story = stories.iter().find(|story| Some(story.grant.id) == grant);
    let decides = visitor.may(Permission::Consent);
    let rules = &visitor.me.tenant.policy.approvals;
    let renewal = match &case.renewal {
        Some(renewal) => {
            let voters = renewal.votes.given.iter().map(|vote| vote.by).collect();
            let names = server.app.names(visitor.who, &voters).await?;
            let may_renew = decides
                && !renewal.votes.voted
                && !visitor.me.works_for_provider
                && rules.admits(visitor.who.user);
            Some(renewal_view(renewal, status, &names, may_renew))
        }
        None => None,
    };
    Ok(ConsentView {
        renewal,
        signed: visitor.signs(),
        status,
        until: until.map(moment),
        votes: VotesView { required: tally.required, given: given.collect(), mine: tally.voted },
        grant_id: grant.map(|grant| grant.to_string()).unwrap_or_default(),
        reads: story.map(|story| rows::reads(&story.grant, story.reads)),
        may_change: case.request.is_open()
            && (case.consent_offered || status.is_yes())
            && (decides || visitor.may(Permission::ManageRequests)),
        may_vote: decides
            && !tally.voted
            && !visitor.me.works_for_provider
            && rules.admits(visitor.who.user)
            // Where a yes must be signed, whoever said it signs it here.
            && asker.is_some_and(|asker| visitor.signs() || asker != visitor.who.user),
    })
}

fn renewal_view(
    renewal: &vouchsafe_app::RenewalView,
    status: ConsentStatus,
    names: &BTreeMap<UserId, String>,
    may_renew: bool,
) -> RenewalView {
    let vote = |vote: &ConsentVote| VoteView { name: rows::name_of(names, vote.by), at: moment(vote.at) };
    let read = renewal.read.as_ref();
    let categories: Vec<DataCategory> =
        read.map(|read| read.categories.iter().copied().collect()).unwrap_or_default();
    RenewalView {
        over: status == ConsentStatus::Expired,
        categories: words::categories(&categories).iter().map(|one| one.label().to_owned()).collect(),
        reads: read.map(|read| ReadsSummary {
            records: read.records,
            people: None,
            revealed: read.revealed,
            last: read.last.map(moment),
            href: String::new(),
        }),
        votes: VotesView {
            required: renewal.votes.required,
            given: renewal.votes.given.iter().map(vote).collect(),
            mine: renewal.votes.voted,
        },
        may_renew,
    }
}

impl Typed<'_> {
    /// What was typed into this field.
    pub(crate) fn text(&self, field: &str) -> String {
        self.fields.map(|fields| fields.text(field).to_owned()).unwrap_or_default()
    }
}

/// Errors beside nothing typed.
pub(crate) fn only(errors: FormErrors) -> Typed<'static> {
    Typed { fields: None, errors }
}
