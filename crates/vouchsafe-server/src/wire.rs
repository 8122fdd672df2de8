//! From the views of use cases to wire types, and from request bodies to commands. Names only; no rules.

pub(crate) mod account_links;
pub(crate) mod audit;
mod collections;
mod diagnostics;
pub(crate) mod engineers;
pub(crate) mod identity_providers;
mod requests;
pub(crate) mod roles;
pub(crate) mod users;
mod words;

use serde_json::{Map, Value};
use vouchsafe_api::access_request as access;
use vouchsafe_api::account::Person;
use vouchsafe_api::disclosed::Disclosed;
use vouchsafe_api::event::ChangeEvent;
use vouchsafe_api::grant as grants;
use vouchsafe_api::message::{Attachment, Message, Party};
use vouchsafe_api::policy as policies;
use vouchsafe_api::preview as previews;
use vouchsafe_api::read::{Read, ReadProperty, TypedValue};
use vouchsafe_api::record::GraphRecord;
use vouchsafe_api::reveal::Reveal;
use vouchsafe_api::scope as scopes;
use vouchsafe_api::support_request as wire_requests;
use vouchsafe_app::view::{
    AccessView, AskView, CaseView, ConsentTally, EndedView, GrantView, MessageView, RevealView, SideView,
};
use vouchsafe_app::{Change, Ranked, SignedVote};
use vouchsafe_core::access_request::{AccessSide, Side};
use vouchsafe_core::attachment;
use vouchsafe_core::consent::{Consent, ConsentStatus, ConsentVote};
use vouchsafe_core::id::UserId;
use vouchsafe_core::person::EngineerCard;
use vouchsafe_core::read::ReadRecord;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::reveal::RevealState;
use vouchsafe_core::scope::{DataCategory, DataFilter, Narrowing, Scope, users_typed};
use vouchsafe_core::support_request::command::NewContact;
use vouchsafe_core::support_request::{Amount, Assignment, Ground, RequestState};
use vouchsafe_core::tenant::{ApprovalRule, EngineerRules, SupportAccessPolicy};
use vouchsafe_diagnostics::resource::Resource;

pub(crate) use collections::{collection, collection_message};
pub(crate) use diagnostics::{changed_retention, import_result, retention, summary_by};
pub(crate) use requests::{Opened, opening};
pub(crate) use words::{FromWire, ToWire};

/// A support request.
pub(crate) fn case(view: CaseView) -> wire_requests::SupportRequest {
    let (status, resolution, closed) = match view.request.state {
        RequestState::Open => (wire_requests::SupportRequestStatus::Open, None, None),
        RequestState::Closed { at, resolution, .. } => {
            (wire_requests::SupportRequestStatus::Closed, Some(resolution.to_wire()), Some(at))
        }
    };
    let open = view.request.is_open();
    let consent = consent(&view);
    let request = view.request;
    wire_requests::SupportRequest {
        id: request.id,
        number: request.number,
        tenant_id: request.tenant,
        title: request.title.text().to_owned(),
        description: request.description.text().to_owned(),
        severity: request.severity.to_wire(),
        service: request.service,
        problem_type: request.problem_type,
        status,
        stage: open.then(|| request.stage.to_wire()),
        assigned_to: request.assignment.as_ref().map(engineer),
        allow_advanced_diagnostics: request.consent.is_yes(view.seen),
        consent,
        contact: request.contact.map_or_else(no_contact, |contact| wire_requests::Contact {
            name: contact.name.text().to_owned(),
            email: contact.email.text().to_owned(),
            language: contact.language,
            time_zone: contact.time_zone,
        }),
        resource_tenant_ids: request.resource_tenants,
        resolution,
        origin: request.origin.as_ref().map(|origin| origin.name.clone()),
        external_id: request.origin.map(|origin| origin.external_id),
        created_date_time: request.created,
        closed_date_time: closed,
    }
}

/// A request that was opened without a contact shows an empty one.
fn no_contact() -> wire_requests::Contact {
    wire_requests::Contact {
        name: String::new(),
        email: String::new(),
        language: "en".to_owned(),
        time_zone: "UTC".to_owned(),
    }
}

fn engineer(assignment: &Assignment) -> Person {
    Person { id: assignment.engineer, display_name: assignment.display_name.text().to_owned() }
}

fn consent(view: &CaseView) -> wire_requests::Consent {
    let status = view.consent_status();
    let (grant_id, expires_date_time) = match (&view.request.consent, status) {
        (Consent::Given { grant, expires, .. }, ConsentStatus::Given | ConsentStatus::Paused) => {
            (Some(*grant), Some(*expires))
        }
        (
            Consent::None
            | Consent::AwaitingApproval { .. }
            | Consent::Given { .. }
            | Consent::Expired { .. },
            _,
        ) => (None, None),
    };
    let approvals = view.consent_votes.as_ref().map(approvals);
    let renewal = view.renewal.as_ref().map(|renewal| wire_requests::ConsentRenewal {
        offered_since_date_time: renewal.since,
        approvals: self::approvals(&renewal.votes),
        read: renewal.read.as_ref().map(|read| wire_requests::ConsentRead {
            records: read.records,
            data_categories: read.categories.iter().map(ToWire::to_wire).collect(),
            last_date_time: read.last,
        }),
    });
    wire_requests::Consent { status: status.to_wire(), approvals, grant_id, expires_date_time, renewal }
}

fn approvals(tally: &ConsentTally) -> wire_requests::Approvals {
    let vote = |vote: &ConsentVote| wire_requests::Vote { user_id: vote.by, date_time: vote.at };
    wire_requests::Approvals { required: tally.required, given: tally.given.iter().map(vote).collect() }
}

/// Who works on a case and why.
pub(crate) fn assignment(view: &CaseView, ranking: Option<Vec<Ranked>>) -> wire_requests::Assignment {
    let assigned = view.request.assignment.as_ref();
    wire_requests::Assignment {
        support_request_id: view.request.id,
        assigned_to: assigned.map(engineer),
        since_date_time: assigned.map(|assignment| assignment.since),
        reason: assigned.map_or_else(
            || "No engineer is available for this problem yet. The request waits in the queue.".to_owned(),
            |assignment| assignment.reason.text().to_owned(),
        ),
        evidence: assigned.iter().flat_map(|assignment| &assignment.grounds).flat_map(evidence).collect(),
        ranking: ranking.map(|ranking| ranking.into_iter().map(ranked).collect()),
    }
}

/// What a topic rests on. A declared one tells of solved cases only where there are more than the least band, which
/// says nothing.
fn evidence(ground: &Ground) -> impl Iterator<Item = wire_requests::AssignmentEvidence> {
    let row = |source, amount| wire_requests::AssignmentEvidence {
        topic: ground.problem_type.clone(),
        source,
        amount,
    };
    let declared = ground.declared.then(|| row(wire_requests::EvidenceSource::DeclaredExpertise, None));
    let tells = !ground.declared || ground.solved != Amount::Some;
    let solved =
        tells.then(|| row(wire_requests::EvidenceSource::SolvedCases, Some(ground.solved.to_wire())));
    declared.into_iter().chain(solved)
}

/// One engineer in the ranking for the manager.
fn ranked(one: Ranked) -> wire_requests::RankedEngineer {
    wire_requests::RankedEngineer {
        engineer: Person { id: one.person.id, display_name: one.person.display_name.text().to_owned() },
        obstacles: one.obstacles,
        score: one.score,
        expertise: one.expertise,
        learned: one.learned,
        declared: one.declared,
        open_cases: one.open_cases,
        last_assigned_date_time: one.last_assigned,
    }
}

/// A message.
pub(crate) fn message(view: MessageView) -> Message {
    let message = view.message;
    Message {
        id: message.id,
        support_request_id: message.support_request,
        sender: Some(Person { id: message.from, display_name: message.from_name.text().to_owned() }),
        party: if message.from_engineer { Party::Engineer } else { Party::Customer },
        body: message.body.text().to_owned(),
        attachments: attachments(message.attachments, view.files_kept),
        created_date_time: message.created,
    }
}

/// The files of a message.
fn attachments(files: Vec<attachment::Attachment>, kept: bool) -> Vec<Attachment> {
    let file = |file: attachment::Attachment| Attachment {
        name: file.name.text().to_owned(),
        bytes: file.bytes,
        sha256: file.sha256,
        removed: file.removed,
        deleted: !kept,
    };
    files.into_iter().map(file).collect()
}

/// An access request as its reader sees it.
pub(crate) fn access_request(view: AccessView) -> access::AccessRequest {
    match view {
        AccessView::Side(view) => side(*view),
        AccessView::Ask(view) => ask(*view),
    }
}

/// A tenant's own record. S's shows no grant and no end where the data is another's.
pub(crate) fn side(view: SideView) -> access::AccessRequest {
    let status = view.side.status(view.seen).to_wire();
    let given = view.votes.into_iter();
    let side = view.side;
    let approval = side.approval();
    let (grant_id, expires_date_time) = match side.side {
        Side::SupportRequestTenant => (Disclosed::Withheld, Disclosed::Withheld),
        Side::ResourceTenant | Side::Both => (
            Disclosed::Shown(approval.and_then(|approval| approval.grant)),
            Disclosed::Shown(Some(ends(&side))),
        ),
    };
    access::AccessRequest {
        side: Some(side.side.to_wire()),
        status,
        approved: approval.map(|approval| scope(&approval.scope)),
        approvals: Some(wire_requests::Approvals {
            required: view.required,
            given: given.map(|vote| wire_requests::Vote { user_id: vote.by, date_time: vote.at }).collect(),
        }),
        grant_id,
        expires_date_time,
        id: side.id,
        support_request_id: side.support_request,
        support_request_number: side.support_request_number,
        resource_tenant_id: side.resource_tenant,
        requested_by: requester(&side.requested_by),
        reason_code: side.reason_code.to_wire(),
        justification: side.justification.text().to_owned(),
        requested: scope(&side.requested),
        linked_to: side.linked_to,
        created_date_time: side.created,
    }
}

/// When a record ends by itself: the access once approved, the wait before.
fn ends(side: &AccessSide) -> vouchsafe_core::time::Timestamp {
    side.approval().and_then(|approval| approval.expires).unwrap_or(side.pending_until)
}

/// The engineer's record.
fn ask(view: AskView) -> access::AccessRequest {
    let ask = view.ask;
    let live = view.grant.as_ref().map(|view| &view.grant);
    access::AccessRequest {
        id: ask.id,
        support_request_id: ask.support_request,
        support_request_number: ask.support_request_number,
        side: None,
        status: view.status.to_wire(),
        resource_tenant_id: ask.resource_tenant,
        requested_by: requester(&ask.requested_by),
        reason_code: ask.reason_code.to_wire(),
        justification: ask.justification.text().to_owned(),
        requested: scope(&ask.requested),
        approved: live.map(|grant| scopes::Scope {
            data_categories: grant.data_categories.iter().map(|category| category.to_wire()).collect(),
            filter: grant.filter.as_ref().map(filter),
            duration: ask.requested.duration,
        }),
        approvals: None,
        grant_id: Disclosed::Shown(live.map(|grant| grant.id)),
        linked_to: ask.linked_to,
        created_date_time: ask.created,
        expires_date_time: Disclosed::Shown(live.map(|grant| grant.expires)),
    }
}

fn requester(card: &EngineerCard) -> access::Requester {
    access::Requester {
        id: card.id,
        display_name: card.display_name.text().to_owned(),
        employer: card.employer.clone(),
        location: card.location.clone(),
    }
}

pub(crate) fn scope(scope: &Scope) -> scopes::Scope {
    scopes::Scope {
        data_categories: scope.data_categories.iter().map(|category| category.to_wire()).collect(),
        filter: scope.filter.as_ref().map(filter),
        duration: scope.duration,
    }
}

fn filter(filter: &DataFilter) -> scopes::DataFilter {
    let users = filter.users.as_ref();
    let users = users.map(|users| users.iter().map(|user| user.text().to_owned()).collect());
    scopes::DataFilter { data_from: filter.data_from, data_to: filter.data_to, users }
}

/// A grant.
pub(crate) fn grant(view: GrantView) -> grants::Grant {
    let status = view.status.to_wire();
    let grant = view.grant;
    grants::Grant {
        id: grant.id,
        status,
        tenant_id: grant.tenant,
        support_request_id: grant.support_request,
        access_request_id: grant.access_request,
        source: grant.source.to_wire(),
        data_categories: grant.data_categories.iter().map(|category| category.to_wire()).collect(),
        filter: grant.filter.as_ref().map(filter),
        expires_date_time: grant.expires,
    }
}

/// Access that has ended.
pub(crate) fn ended(view: &EndedView) -> Option<grants::Ended> {
    let id = match (view.id.parse(), view.id.parse()) {
        (Ok(id), _) => grants::EndedId::AccessRequest(id),
        (Err(_), Ok(id)) => grants::EndedId::Grant(id),
        (Err(_), Err(_)) => return None,
    };
    Some(grants::Ended {
        id,
        status: grants::EndedStatus::Revoked,
        reads_ended_date_time: view.reads_ended,
        decisions_end_by: view.decisions_end_by,
    })
}

/// A reveal, with the true value for the tenant of the data alone.
pub(crate) fn reveal(view: RevealView) -> Reveal {
    let reveal = view.reveal;
    let engineer = &reveal.engineer;
    Reveal {
        id: reveal.id,
        grant_id: reveal.grant,
        status: view.status.to_wire(),
        engineer: Person { id: engineer.id, display_name: engineer.display_name.text().to_owned() },
        property: reveal.property,
        shown: reveal.shown.text().to_owned(),
        value: view.own.then(|| reveal.value.text().to_owned()),
        justification: reveal.justification.map(|why| why.text().to_owned()),
        created_date_time: reveal.created,
        expires_date_time: match reveal.state {
            RevealState::Approved { until, .. } => until,
            RevealState::Pending | RevealState::Rejected { .. } => reveal.pending_until,
        },
    }
}

/// A preview.
pub(crate) fn preview(preview: vouchsafe_app::Preview) -> previews::Preview {
    let summary = preview.summary;
    let count = |(category, records): (DataCategory, u64)| previews::CategoryCount {
        data_category: category.to_wire(),
        records,
    };
    let sample = |(kind, record): (Resource, Value)| previews::Sample {
        resource: kind.schema().path.to_owned(),
        record: GraphRecord(record.as_object().cloned().unwrap_or_default()),
    };
    previews::Preview {
        records: summary.counts.values().sum(),
        counts: summary.counts.into_iter().map(count).collect(),
        people: summary.people.unwrap_or_default(),
        first_date_time: summary.first,
        last_date_time: summary.last,
        samples: preview.samples.into_iter().map(sample).collect(),
    }
}

/// A read record.
pub(crate) fn read(record: ReadRecord) -> Read {
    Read {
        id: record.id,
        grant_id: record.grant,
        engineer: Person {
            id: record.engineer.id,
            display_name: record.engineer.display_name.text().to_owned(),
        },
        date_time: record.at,
        query: record.query.text().to_owned(),
        typed: record
            .typed
            .iter()
            .map(|typed| TypedValue {
                property: typed.property.clone(),
                value: typed.value.text().to_owned(),
            })
            .collect(),
        count: u64::try_from(record.record_ids.len()).unwrap_or(u64::MAX),
        record_ids: record.record_ids,
        properties: record
            .properties
            .into_iter()
            .map(|property| ReadProperty {
                name: property.name,
                masked: property.masked,
                revealed: property.revealed,
            })
            .collect(),
        bytes: record.bytes,
    }
}

/// A tenant's settings.
pub(crate) fn policy(policy: SupportAccessPolicy) -> policies::SupportAccessPolicy {
    policies::SupportAccessPolicy {
        pending_expiry: policy.pending_expiry,
        max_duration: policy.max_duration,
        consent_offered: policy.consent_offered,
        consent_duration: policy.consent_duration,
        idle_pause: policy.idle_pause,
        approvals: policies::ApprovalRules {
            required: policy.approvals.required,
            approver_ids: policy.approvals.approver_ids,
        },
        decision_assurance: policy.decision_assurance.to_wire(),
        ticket_umbrella: policy.ticket_umbrella,
        inherit_on_reassign: policy.inherit_on_reassign,
        engineer_rules: policies::EngineerRules {
            regions: policy.engineer_rules.regions,
            clearances: policy.engineer_rules.clearances,
            excluded_engineer_ids: policy.engineer_rules.excluded_engineer_ids,
        },
    }
}

/// A tenant's settings with a change applied.
pub(crate) fn changed_policy(
    old: SupportAccessPolicy,
    change: policies::UpdateSupportAccessPolicy,
) -> SupportAccessPolicy {
    let approvals = change.approvals.unwrap_or_default();
    let rules = change.engineer_rules.unwrap_or_default();
    SupportAccessPolicy {
        pending_expiry: change.pending_expiry.unwrap_or(old.pending_expiry),
        max_duration: change.max_duration.unwrap_or(old.max_duration),
        consent_offered: change.consent_offered.unwrap_or(old.consent_offered),
        consent_duration: change.consent_duration.unwrap_or(old.consent_duration),
        idle_pause: change.idle_pause.unwrap_or(old.idle_pause),
        approvals: ApprovalRule {
            required: approvals.required.unwrap_or(old.approvals.required),
            approver_ids: approvals.approver_ids.unwrap_or(old.approvals.approver_ids),
        },
        decision_assurance: change.decision_assurance.map_or(old.decision_assurance, FromWire::from_wire),
        ticket_umbrella: change.ticket_umbrella.unwrap_or(old.ticket_umbrella),
        inherit_on_reassign: change.inherit_on_reassign.unwrap_or(old.inherit_on_reassign),
        engineer_rules: EngineerRules {
            regions: rules.regions.unwrap_or(old.engineer_rules.regions),
            clearances: rules.clearances.unwrap_or(old.engineer_rules.clearances),
            excluded_engineer_ids: rules
                .excluded_engineer_ids
                .unwrap_or(old.engineer_rules.excluded_engineer_ids),
        },
    }
}

/// A contact as typed.
pub(crate) fn new_contact(contact: wire_requests::Contact) -> NewContact {
    let wire_requests::Contact { name, email, language, time_zone } = contact;
    NewContact { name, email, language, time_zone }
}

/// Categories as typed.
pub(crate) fn categories(categories: Vec<scopes::DataCategory>) -> Vec<DataCategory> {
    categories.into_iter().map(FromWire::from_wire).collect()
}

/// A filter as `writer` typed it.
///
/// # Errors
/// [`Rejection::Invalid`] for people who cannot be meant; `field` is the filter's path.
pub(crate) fn data_filter(
    field: &str,
    filter: scopes::DataFilter,
    writer: UserId,
) -> Result<DataFilter, Rejection> {
    let users = filter.users.map(|users| users_typed(&format!("{field}/users"), &users, writer));
    Ok(DataFilter { data_from: filter.data_from, data_to: filter.data_to, users: users.transpose()? })
}

/// What was sent with a decision that had to be signed.
///
/// # Errors
/// [`Rejection::Invalid`] unless it is `{challengeId, credential}`.
pub(crate) fn signed(assertion: Option<Map<String, Value>>) -> Result<Option<SignedVote>, Rejection> {
    let Some(mut members) = assertion else { return Ok(None) };
    let (challenge_id, credential) = (members.remove("challengeId"), members.remove("credential"));
    match (challenge_id, credential) {
        (Some(Value::String(challenge_id)), Some(credential @ Value::Object(_))) if members.is_empty() => {
            Ok(Some(SignedVote { challenge_id, credential }))
        }
        _ => {
            let message = "must be `{challengeId, credential}`: the id of the challenge, and the browser's answer to it";
            Err(Rejection::invalid("assertion", message))
        }
    }
}

/// What an approver takes away, as typed.
///
/// # Errors
/// As [`data_filter`].
pub(crate) fn narrowing(narrow: Option<access::NarrowTo>, writer: UserId) -> Result<Narrowing, Rejection> {
    let Some(narrow) = narrow else { return Ok(Narrowing::default()) };
    let filter = narrow.filter.map(|filter| data_filter("narrowTo/filter", filter, writer));
    Ok(Narrowing {
        data_categories: narrow.data_categories.map(categories),
        duration: narrow.duration,
        filter: filter.transpose()?,
    })
}

/// What changed, as a stream tells it.
pub(crate) fn change(change: Change) -> ChangeEvent {
    let Change { id, at, activity, subject, resource } = change;
    ChangeEvent {
        id: id.to_string(),
        activity_date_time: at,
        activity_display_name: activity,
        resource_id: subject,
        resource,
    }
}
