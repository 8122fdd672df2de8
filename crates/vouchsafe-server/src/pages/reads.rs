//! What was read: under one grant, under one access request, and one read.

use axum::extract::State;
use vouchsafe_core::access_request::Side;
use vouchsafe_core::grant::GrantSource;
use vouchsafe_core::id::{AccessRequestId, GrantId, ReadId};
use vouchsafe_core::read::ReadRecord;
use vouchsafe_web::page::{self, ReadProperty, ReadRow, ReadView, ReadsView};
use vouchsafe_web::{ReadsSummary, Section, paths};

use super::access::own_side;
use super::answer::{Answer, Failure, page as show};
use super::form::Asked;
use super::moment::exact;
use super::rows;
use super::visitor::Visitor;
use super::words::ToPage as _;
use crate::Server;
use crate::pages::id::Id;

/// `/grants/{id}/reads`
pub(crate) async fn of_grant(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<GrantId>,
    asked: Asked,
) -> Answer {
    visitor.of_customer()?;
    let story = server.app.access_story(visitor.who, id).await?;
    let listed = server.app.reads_of_grant(visitor.who, id, &asked.list("")).await?;
    let case = rows::story_case(&story);
    let access_href = match (story.grant.source, story.grant.access_request) {
        (GrantSource::AccessRequest, Some(id)) if visitor.sees_access() => {
            paths::access_request(&id.to_string())
        }
        (GrantSource::Consent, _) => case.href.clone(),
        (GrantSource::AccessRequest | GrantSource::Collection, _) => String::new(),
    };
    show(page::reads(&ReadsView {
        chrome: visitor.chrome(Some(section(&visitor))),
        case,
        engineer: story.engineer.as_ref().map_or_else(rows::nobody, rows::engineer),
        summary: without_link(rows::reads(&story.grant, story.reads)),
        access_href,
        rows: listed.items.iter().map(row).collect(),
        older_href: asked.older(listed.next.map(rows::token)),
    }))
}

/// `/access-requests/{id}/reads`
pub(crate) async fn of_request(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<AccessRequestId>,
    asked: Asked,
) -> Answer {
    let side = own_side(&server, &visitor, id).await?.side;
    // The side of the support request tenant has no reads where the data is another's.
    if side.side == Side::SupportRequestTenant {
        return Err(Failure::not_found());
    }
    let listed = server.app.reads_of_request(visitor.who, id, &asked.list("")).await?;
    let summary = match side.approval().and_then(|approval| approval.grant) {
        Some(grant) => {
            let story = server.app.access_story(visitor.who, grant).await?;
            without_link(rows::reads(&story.grant, story.reads))
        }
        None => ReadsSummary { records: 0, people: None, revealed: 0, last: None, href: String::new() },
    };
    let cases = rows::cases(&server, &visitor, [side.support_request].into_iter()).await?;
    show(page::reads(&ReadsView {
        chrome: visitor.chrome(Some(Section::ApprovedAccess)),
        case: rows::case_of(&side, &cases),
        engineer: rows::engineer(&side.requested_by),
        summary,
        access_href: paths::access_request(&id.to_string()),
        rows: listed.items.iter().map(row).collect(),
        older_href: asked.older(listed.next.map(rows::token)),
    }))
}

/// `/reads/{id}`
pub(crate) async fn one(State(server): State<Server>, visitor: Visitor, Id(id): Id<ReadId>) -> Answer {
    visitor.of_customer()?;
    let read = server.app.read_record(visitor.who, id).await?;
    let reads_href = match (read.grant, read.access_request) {
        (Some(grant), _) => paths::grant_reads(&grant.to_string()),
        (None, _) => paths::audit_log(),
    };
    show(page::read(&ReadView {
        chrome: visitor.chrome(Some(section(&visitor))),
        bytes: read.bytes,
        typed: read
            .typed
            .iter()
            .map(|typed| (typed.property.clone(), typed.value.text().to_owned()))
            .collect(),
        properties: read
            .properties
            .iter()
            .map(|property| ReadProperty {
                name: property.name.clone(),
                masked: property.masked,
                revealed: property.revealed,
            })
            .collect(),
        record_ids: read.record_ids.clone(),
        read: row(&read),
        reads_href,
    }))
}

/// Where the person came from: the access, or the log.
fn section(visitor: &Visitor) -> Section {
    if visitor.sees_access() { Section::ApprovedAccess } else { Section::AuditLog }
}

fn row(read: &ReadRecord) -> ReadRow {
    ReadRow {
        id: read.id.to_string(),
        at: exact(read.at),
        engineer_name: read.engineer.display_name.text().to_owned(),
        category: read.category.to_page(),
        query: read.query.text().to_owned(),
        count: u64::try_from(read.record_ids.len()).unwrap_or(u64::MAX),
        revealed: revealed(read),
    }
}

/// How many properties had a value in clear that is masked otherwise.
fn revealed(read: &ReadRecord) -> u64 {
    u64::try_from(read.properties.iter().filter(|property| property.revealed).count()).unwrap_or(u64::MAX)
}

fn without_link(summary: ReadsSummary) -> ReadsSummary {
    ReadsSummary { href: String::new(), ..summary }
}
