//! Data collections: what the customer sees and sends, and what the engineer reads of it.

pub(crate) mod act;
pub(crate) mod ask;

use axum::extract::State;
use http::StatusCode;
use vouchsafe_app::view::{CollectionMessageView, CollectionView};
use vouchsafe_app::{FileQuery, ListOptions};
use vouchsafe_core::data_collection::{CollectedEntry, CollectedFile, CollectionState, DataCollection};
use vouchsafe_core::id::{DataCollectionId, SupportRequestId, TenantId};
use vouchsafe_core::permission::Permission;
use vouchsafe_web::page::{
    self, CollectedEntryView, CollectedFileView, CollectionPart, CustomersPart, DataCollectionView,
    DataCollectionsView,
};
use vouchsafe_web::{
    Author, CaseRef, CollectionRow, CollectionStatus, FormErrors, MessageView, Section, paths,
};

use super::answer::{Answer, Failure, page as show, page_with};
use super::form::{Asked, Fields};
use super::home::unless_forbidden;
use super::id::Id;
use super::moment::moment;
use super::visitor::Visitor;
use super::{rows, words};
use crate::Server;
use crate::api::diagnostics::file as send_file;

/// Messages that a page shows at most.
const MESSAGES_SHOWN: u32 = 1_000;

/// `/data-collections`
pub(crate) async fn list(State(server): State<Server>, visitor: Visitor, asked: Asked) -> Answer {
    visitor.of_customer()?;
    let listed = server.app.collections(visitor.who, &asked.list("")).await?;
    show(page::data_collections(&DataCollectionsView {
        chrome: visitor.chrome(Some(Section::DataCollections)),
        rows: listed.items.iter().map(|view| row(&view.collection, engineer_of(view))).collect(),
        older_href: asked.older(listed.next.map(rows::token)),
    }))
}

/// `/data-collections/{id}`
pub(crate) async fn one(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<DataCollectionId>,
) -> Answer {
    show(page::data_collection(&view(&server, &visitor, id, None, FormErrors::default()).await?))
}

/// `/data-collections/{id}/download/{name}`
pub(crate) async fn download(
    State(server): State<Server>,
    visitor: Visitor,
    Id((collection, name)): Id<(DataCollectionId, String)>,
) -> Answer {
    let query = FileQuery { collection, name, entry: None, grant: None };
    Ok(send_file(&server, server.app.read_file(visitor.who, &query).await?))
}

/// `/data-collections/{id}/download/{name}/{entry}`
pub(crate) async fn download_entry(
    State(server): State<Server>,
    visitor: Visitor,
    Id((collection, name, entry)): Id<(DataCollectionId, String, String)>,
) -> Answer {
    let query = FileQuery { collection, name, entry: Some(entry), grant: None };
    Ok(send_file(&server, server.app.read_file(visitor.who, &query).await?))
}

/// What was asked to be collected for a case, of which the reader may know.
pub(crate) async fn of_case(
    server: &Server,
    visitor: &Visitor,
    case: SupportRequestId,
    name: impl Fn(TenantId) -> String,
) -> Result<Vec<CollectionRow>, Failure> {
    let filter = Some(format!("supportRequestId eq '{case}'"));
    let options = ListOptions { filter, top: 1_000, ..ListOptions::default() };
    let listed = server.app.collections(visitor.who, &options).await.map(|listed| listed.items);
    let who = |view: &CollectionView| {
        if visitor.is_provider() { name(view.collection.tenant) } else { engineer_of(view) }
    };
    Ok(unless_forbidden(listed)?.iter().map(|view| row(&view.collection, who(view))).collect())
}

fn engineer_of(view: &CollectionView) -> String {
    view.collection.engineer.display_name.text().to_owned()
}

fn row(collection: &DataCollection, who: String) -> CollectionRow {
    CollectionRow {
        id: collection.id.to_string(),
        number: collection.support_request_number.clone(),
        who,
        categories: words::categories(&collection.data_categories),
        status: status(&collection.state),
        asked: moment(collection.created),
    }
}

fn status(state: &CollectionState) -> CollectionStatus {
    match state {
        CollectionState::Requested => CollectionStatus::Requested,
        CollectionState::InPreparation => CollectionStatus::InPreparation,
        CollectionState::Submitted { .. } => CollectionStatus::Submitted,
        CollectionState::Accepted { .. } => CollectionStatus::Accepted,
        CollectionState::Returned { .. } => CollectionStatus::Returned,
        CollectionState::Declined { .. } => CollectionStatus::Declined,
        CollectionState::Cancelled { .. } => CollectionStatus::Cancelled,
    }
}

/// The page again, with what was typed and what is wrong with it.
async fn again(
    server: &Server,
    visitor: &Visitor,
    id: DataCollectionId,
    typed: Option<&Fields>,
    errors: FormErrors,
) -> Answer {
    let view = view(server, visitor, id, typed, errors).await?;
    page_with(StatusCode::BAD_REQUEST, page::data_collection(&view))
}

async fn view(
    server: &Server,
    visitor: &Visitor,
    id: DataCollectionId,
    typed: Option<&Fields>,
    errors: FormErrors,
) -> Result<DataCollectionView, Failure> {
    let found = server.app.collection(visitor.who, id).await?;
    let collection = &found.collection;
    let filter = collection.filter.clone().unwrap_or_default();
    let text = |name: &str| typed.map(|fields| fields.text(name).to_owned()).unwrap_or_default();
    let (case, tenant) = surroundings(server, visitor, collection).await?;
    let part = part(visitor, &found);
    let section = if visitor.is_provider() { Section::Desk } else { Section::DataCollections };
    Ok(DataCollectionView {
        chrome: visitor.chrome(Some(section)),
        id: collection.id.to_string(),
        version: found.version.to_string(),
        case,
        tenant,
        engineer: rows::engineer(&collection.engineer),
        status: status(&collection.state),
        categories: words::categories(&collection.data_categories),
        data_from: filter.data_from.map(moment),
        data_to: filter.data_to.map(moment),
        instructions: collection.instructions.text().to_owned(),
        asked: moment(collection.created),
        reason: reason(&collection.state),
        deleted: collection.deleted.map(moment),
        files: collection.files.iter().map(|of| file(of, visitor, &found)).collect(),
        messages: messages(server, visitor, id).await?,
        may_write: found.open && !matches!(part, CollectionPart::Reader),
        part,
        idempotency_key: visitor.fresh_key(server),
        body: text("body"),
        typed_reason: text("reason"),
        errors,
    })
}

/// The case and the tenant by name, as far as the reader may know them.
async fn surroundings(
    server: &Server,
    visitor: &Visitor,
    collection: &DataCollection,
) -> Result<(CaseRef, String), Failure> {
    let cases = rows::cases(server, visitor, [collection.support_request].into_iter()).await?;
    let case = match cases.get(&collection.support_request) {
        Some(case) if visitor.is_provider() => rows::desk_case(case),
        Some(case) => rows::own_case(case),
        None => CaseRef {
            number: collection.support_request_number.clone(),
            title: String::new(),
            href: String::new(),
        },
    };
    let tenant = match cases.get(&collection.support_request) {
        _ if collection.tenant == visitor.who.tenant => visitor.me.tenant.display_name.clone(),
        Some(case) => super::case::tenant_name(case, collection.tenant),
        None => collection.tenant.to_string(),
    };
    Ok((case, tenant))
}

fn reason(state: &CollectionState) -> String {
    let reason = match state {
        CollectionState::Declined { reason, .. } | CollectionState::Returned { reason, .. } => {
            reason.as_ref()
        }
        CollectionState::Requested
        | CollectionState::InPreparation
        | CollectionState::Submitted { .. }
        | CollectionState::Accepted { .. }
        | CollectionState::Cancelled { .. } => None,
    };
    reason.map(|reason| reason.text().to_owned()).unwrap_or_default()
}

fn file(file: &CollectedFile, visitor: &Visitor, of: &CollectionView) -> CollectedFileView {
    // Whoever collects has everything back; the engineer what holds no records, while it may be read.
    let own = !visitor.is_provider() && visitor.may(Permission::ManageCollections);
    let reads =
        visitor.is_provider() && visitor.may(Permission::WorkRequests) && of.grant.is_some() && of.open;
    let (id, name) = (of.collection.id.to_string(), file.name.text());
    let whole = own || reads && file.is_read_as_it_is();
    let entry = |entry: &CollectedEntry| CollectedEntryView {
        name: entry.name.text().to_owned(),
        size: rows::size(entry.bytes),
        download: (own || reads).then(|| paths::collected_entry(&id, name, entry.name.text())),
    };
    CollectedFileView {
        records: file.records,
        download: whole.then(|| paths::collected_file(&id, name)),
        entries: file.entries.iter().map(entry).collect(),
        name: file.name.text().to_owned(),
        size: rows::size(file.bytes),
        sha256: file.sha256.clone(),
        removed: file.removed.iter().map(|(kind, count)| (kind.clone(), count.to_string())).collect(),
        places: file
            .places
            .iter()
            .map(|removed| (removed.kind.clone(), removed.place.text().to_owned()))
            .collect(),
    }
}

/// What the reader may do with it.
fn part(visitor: &Visitor, found: &CollectionView) -> CollectionPart {
    let collection = &found.collection;
    let with_engineer =
        matches!(collection.state, CollectionState::Submitted { .. } | CollectionState::Accepted { .. });
    if !visitor.is_provider() {
        let collects = visitor.may(Permission::ManageCollections) && found.open;
        return CollectionPart::Customer(CustomersPart {
            may_fill: collects && collection.is_open(),
            may_send: collects
                && !collection.files.is_empty()
                && (collection.is_open() || with_engineer && found.grant.is_none()),
            grant_id: found.grant.map(|grant| grant.to_string()).unwrap_or_default(),
            may_remove: visitor.may(Permission::RemoveAccess),
        });
    }
    if !visitor.may(Permission::WorkRequests) {
        return CollectionPart::Reader;
    }
    let (case, tenant) = (collection.support_request.to_string(), collection.tenant.to_string());
    let sign_ins = || paths::collected_sign_ins(&case, &tenant, &collection.id.to_string());
    CollectionPart::Engineer {
        sign_ins: found.grant.map(|_| sign_ins()).filter(|_| with_engineer && found.open),
        may_review: found.open && matches!(collection.state, CollectionState::Submitted { .. }),
        may_cancel: found.open && collection.is_open(),
    }
}

async fn messages(
    server: &Server,
    visitor: &Visitor,
    id: DataCollectionId,
) -> Result<Vec<MessageView>, Failure> {
    let options = ListOptions { top: MESSAGES_SHOWN, ..ListOptions::default() };
    let listed = server.app.collection_messages(visitor.who, id, &options).await?;
    let shown = |view: &CollectionMessageView| {
        let message = &view.message;
        MessageView {
            author: match (message.from == visitor.who.user, message.from_engineer) {
                (true, _) => Author::You,
                (false, true) => Author::Support,
                (false, false) => Author::Customer,
            },
            name: message.from_name.text().to_owned(),
            at: moment(message.created),
            body: message.body.text().to_owned(),
            files: rows::attachments(&id.to_string(), message.id, &message.attachments, view.files_kept),
        }
    };
    Ok(listed.items.iter().map(shown).collect())
}
