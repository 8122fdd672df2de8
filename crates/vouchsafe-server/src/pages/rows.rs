//! Rows of lists: support requests, access requests, grants; and what stands beside them.

use std::collections::{BTreeMap, BTreeSet};

use vouchsafe_app::view::{AccessView, CaseView, MessageView, SideView};
use vouchsafe_app::{AccessStory, AppError, Cursor, ListOptions, ReadTotals};
use vouchsafe_core::access_request::{AccessSide, Side, SideState, SideStatus};
use vouchsafe_core::attachment::Attachment;
use vouchsafe_core::grant::{Grant, GrantSource};
use vouchsafe_core::id::{MessageId, SupportRequestId, UserId};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::person::EngineerCard;
use vouchsafe_core::reveal::Reveal;
use vouchsafe_core::time::Timestamp;
use vouchsafe_store::PageKey;
use vouchsafe_web::{
    AccessRow, AttachmentView, Author, CaseRef, EngineerView, GrantRow, ReadsSummary, RevealRow,
    SupportRequestRow, paths,
};

use super::answer::Failure;
use super::moment::moment;
use super::visitor::Visitor;
use super::words::{self, ToPage as _};
use crate::Server;

/// Messages of a conversation that a page shows at most, in steps of a thousand.
const MESSAGE_STEPS: u32 = 10;

/// Support requests by id.
pub(crate) type Cases = BTreeMap<SupportRequestId, CaseView>;

/// The own or served support requests among these, for their titles.
pub(crate) async fn cases(
    server: &Server,
    visitor: &Visitor,
    ids: impl Iterator<Item = SupportRequestId>,
) -> Result<Cases, Failure> {
    let ids: BTreeSet<String> = ids.map(|id| format!("'{id}'")).collect();
    if ids.is_empty() {
        return Ok(Cases::new());
    }
    let filter = Some(format!("id in ({})", ids.into_iter().collect::<Vec<_>>().join(", ")));
    let asked = ListOptions { filter, top: 1_000, ..ListOptions::default() };
    match server.app.requests(visitor.who, &asked).await {
        Ok(listed) => Ok(listed.items.into_iter().map(|case| (case.request.id, case)).collect()),
        Err(AppError::Forbidden) => Ok(Cases::new()),
        Err(error) => Err(error.into()),
    }
}

/// A side's support request: with title and page on the side that it belongs to, with its number alone on the other.
pub(crate) fn case_of(side: &AccessSide, cases: &Cases) -> CaseRef {
    let number = side.support_request_number.clone();
    let own = match side.side {
        Side::ResourceTenant => None,
        Side::SupportRequestTenant | Side::Both => cases.get(&side.support_request),
    };
    match own {
        Some(case) => CaseRef {
            number,
            title: case.request.title.text().to_owned(),
            href: paths::support_request(&case.request.id.to_string()),
        },
        None => CaseRef { number, title: String::new(), href: String::new() },
    }
}

/// An engineer, as the provider discloses him or her.
pub(crate) fn engineer(card: &EngineerCard) -> EngineerView {
    EngineerView {
        name: card.display_name.text().to_owned(),
        employer: card.employer.clone(),
        location: card.location.clone(),
    }
}

/// The own sides among what an access list holds.
pub(crate) fn sides(items: Vec<AccessView>) -> Vec<SideView> {
    let own = |view| match view {
        AccessView::Side(side) => Some(*side),
        AccessView::Ask(_) => None,
    };
    items.into_iter().filter_map(own).collect()
}

/// Rows of the own sides, with the titles of the own support requests.
pub(crate) async fn access_rows(
    server: &Server,
    visitor: &Visitor,
    sides: &[SideView],
) -> Result<Vec<AccessRow>, Failure> {
    let cases = cases(server, visitor, sides.iter().map(|view| view.side.support_request)).await?;
    Ok(sides.iter().map(|view| access_row(view, &cases)).collect())
}

fn access_row(view: &SideView, cases: &Cases) -> AccessRow {
    let side = &view.side;
    let status = side.status(view.seen);
    AccessRow {
        id: side.id.to_string(),
        case: case_of(side, cases),
        engineer: engineer(&side.requested_by),
        categories: words::categories(&side.requested.data_categories),
        status: status.to_page(),
        other_tenant_id: match side.side {
            Side::SupportRequestTenant => side.resource_tenant.to_string(),
            Side::ResourceTenant | Side::Both => String::new(),
        },
        asked: moment(side.created),
        decide_by: (status == SideStatus::Pending).then(|| moment(side.pending_until)),
        ended: ended(side, view.seen).map(moment),
    }
}

/// When a record ended on its own side.
pub(crate) fn ended(side: &AccessSide, now: Timestamp) -> Option<Timestamp> {
    match &side.state {
        SideState::Pending => Some(side.pending_until).filter(|until| now >= *until),
        SideState::Approved { approval } => approval.expires.filter(|until| now >= *until),
        SideState::Rejected { at, .. }
        | SideState::Expired { at, .. }
        | SideState::Cancelled { at }
        | SideState::Revoked { at, .. }
        | SideState::Completed { at, .. } => Some(*at),
    }
}

/// What was read under a grant, in one sentence.
pub(crate) fn reads(grant: &Grant, totals: Option<ReadTotals>) -> ReadsSummary {
    let totals = totals.unwrap_or_default();
    ReadsSummary {
        records: totals.records,
        people: None,
        revealed: totals.revealed,
        last: totals.last.map(moment),
        href: paths::grant_reads(&grant.id.to_string()),
    }
}

/// A row of a live or paused grant.
pub(crate) fn grant_row(story: &AccessStory, visitor: &Visitor) -> GrantRow {
    let grant = &story.grant;
    let case = story_case(story);
    GrantRow {
        id: grant.id.to_string(),
        source: grant.source.to_page(),
        href: match (grant.source, grant.access_request) {
            (GrantSource::AccessRequest, Some(id)) => paths::access_request(&id.to_string()),
            (GrantSource::Consent, _) => case.href.clone(),
            (GrantSource::Collection, _) => grant
                .collection
                .map(|collection| paths::data_collection(&collection.to_string()))
                .unwrap_or_default(),
            (GrantSource::AccessRequest, None) => String::new(),
        },
        case,
        engineer: story.engineer.as_ref().map_or_else(nobody, engineer),
        categories: words::categories(&grant.data_categories),
        status: grant.status(story.seen).to_page(),
        pause: grant.pause(story.seen).map(|(_, why)| why.to_page()),
        since: moment(grant.created),
        until: Some(moment(grant.expires)),
        reads: reads(grant, story.reads),
        reveals: story.reveals.iter().map(reveal).collect(),
        may_remove: visitor.may(Permission::RemoveAccess),
        may_confirm: visitor.may_confirm(),
    }
}

fn reveal(reveal: &Reveal) -> RevealRow {
    RevealRow {
        id: reveal.id.to_string(),
        property: reveal.of.clone(),
        value: reveal.value.text().to_owned(),
        justification: reveal.justification.as_ref().map(|why| why.text().to_owned()).unwrap_or_default(),
        asked: moment(reveal.created),
    }
}

/// The support request of an access to the own data.
pub(crate) fn story_case(story: &AccessStory) -> CaseRef {
    let own = story.title.is_some();
    CaseRef {
        number: story.number.clone(),
        title: story.title.clone().unwrap_or_default(),
        href: if own {
            paths::support_request(&story.grant.support_request.to_string())
        } else {
            String::new()
        },
    }
}

/// Where no engineer works on the case, nobody can read.
pub(crate) fn nobody() -> EngineerView {
    EngineerView { name: "Nobody at present".to_owned(), employer: String::new(), location: String::new() }
}

/// A row of a support request. `page` is its address for this reader.
pub(crate) fn request_row(case: &CaseView, page: String) -> SupportRequestRow {
    let request = &case.request;
    let assigned = request.assignment.as_ref().map(|assignment| assignment.display_name.text().to_owned());
    SupportRequestRow {
        case: CaseRef { number: request.number.clone(), title: request.title.text().to_owned(), href: page },
        tenant_name: case.tenant_name.clone(),
        severity: request.severity.to_page(),
        stage: words::stage(request),
        assigned_to: assigned.unwrap_or_default(),
        opened: moment(request.created),
        reassign_href: String::new(),
    }
}

/// A support request by name, on its customer's pages.
pub(crate) fn own_case(case: &CaseView) -> CaseRef {
    request_row(case, paths::support_request(&case.request.id.to_string())).case
}

/// A support request by name, on the provider's pages.
pub(crate) fn desk_case(case: &CaseView) -> CaseRef {
    request_row(case, paths::case(&case.request.id.to_string())).case
}

/// The conversation, oldest first.
pub(crate) async fn messages(
    server: &Server,
    visitor: &Visitor,
    id: SupportRequestId,
) -> Result<Vec<vouchsafe_web::MessageView>, Failure> {
    let mut options = ListOptions { top: 1_000, ..ListOptions::default() };
    let mut messages = Vec::new();
    for _ in 0..MESSAGE_STEPS {
        let listed = server.app.messages(visitor.who, id, &options).await?;
        messages.extend(listed.items.iter().map(|view| message(view, visitor.who.user)));
        let Some(key) = listed.next else { break };
        options.skip_token = Some(token(key));
    }
    Ok(messages)
}

fn message(view: &MessageView, me: UserId) -> vouchsafe_web::MessageView {
    let message = &view.message;
    let author = match (message.from == me, message.from_engineer) {
        (true, _) => Author::You,
        (false, true) => Author::Support,
        (false, false) => Author::Customer,
    };
    vouchsafe_web::MessageView {
        author,
        name: message.from_name.text().to_owned(),
        at: moment(message.created),
        body: message.body.text().to_owned(),
        files: attachments(
            &message.support_request.to_string(),
            message.id,
            &message.attachments,
            view.files_kept,
        ),
    }
}

/// The files of a message in the conversation of `of`.
pub(crate) fn attachments(
    of: &str,
    message: MessageId,
    files: &[Attachment],
    kept: bool,
) -> Vec<AttachmentView> {
    let message = message.to_string();
    let file = |file: &Attachment| AttachmentView {
        name: file.name.text().to_owned(),
        size: size(file.bytes),
        removed: file.removed.values().sum(),
        href: kept.then(|| paths::attachment(of, &message, file.name.text())),
    };
    files.iter().map(file).collect()
}

/// The text that leads to the page after this key.
pub(crate) fn token(key: PageKey) -> String {
    Cursor { key }.text()
}

/// The name of a colleague; people who were erased have none.
pub(crate) fn name_of(names: &BTreeMap<UserId, String>, id: UserId) -> String {
    names.get(&id).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| "Somebody".to_owned())
}

/// A number of bytes for people, in steps of 1,024.
pub(crate) fn size(bytes: u64) -> String {
    let (mut whole, mut tenths, mut unit) = (bytes, 0, "bytes");
    for next in ["KiB", "MiB", "GiB"] {
        if whole < 1_024 {
            break;
        }
        (tenths, whole, unit) = ((whole % 1_024) * 10 / 1_024, whole / 1_024, next);
    }
    if unit == "bytes" { format!("{whole} bytes") } else { format!("{whole}.{tenths} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_for_people() {
        let shown = [0, 1_023, 1_024, 1_536, 512 << 20, 1 << 30].map(size);
        assert_eq!(shown, ["0 bytes", "1023 bytes", "1.0 KiB", "1.5 KiB", "512.0 MiB", "1.0 GiB"]);
    }
}
