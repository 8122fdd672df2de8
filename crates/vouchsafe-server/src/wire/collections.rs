//! Data collections.

use vouchsafe_api::account::Person;
use vouchsafe_api::data_collection as wire;
use vouchsafe_api::message::{Message, Party};
use vouchsafe_app::view::{CollectionMessageView, CollectionView};
use vouchsafe_core::data_collection::{CollectedFile, CollectionState};

use super::{ToWire as _, filter, requester};

/// A collection as its reader sees it.
pub(crate) fn collection(view: CollectionView) -> wire::DataCollection {
    let collection = view.collection;
    let (status, reason) = match collection.state {
        CollectionState::Requested => (wire::DataCollectionStatus::Requested, None),
        CollectionState::InPreparation => (wire::DataCollectionStatus::InPreparation, None),
        CollectionState::Submitted { .. } => (wire::DataCollectionStatus::Submitted, None),
        CollectionState::Accepted { .. } => (wire::DataCollectionStatus::Accepted, None),
        CollectionState::Returned { reason, .. } => (wire::DataCollectionStatus::Returned, reason),
        CollectionState::Declined { reason, .. } => (wire::DataCollectionStatus::Declined, reason),
        CollectionState::Cancelled { .. } => (wire::DataCollectionStatus::Cancelled, None),
    };
    wire::DataCollection {
        id: collection.id,
        support_request_id: collection.support_request,
        support_request_number: collection.support_request_number,
        tenant_id: collection.tenant,
        status,
        requested_by: requester(&collection.engineer),
        data_categories: collection.data_categories.iter().map(|category| category.to_wire()).collect(),
        filter: collection.filter.as_ref().map(filter),
        instructions: collection.instructions.text().to_owned(),
        files: collection.files.into_iter().map(file).collect(),
        grant_id: view.grant,
        reason: reason.map(|reason| reason.text().to_owned()),
        created_date_time: collection.created,
        deleted_date_time: collection.deleted,
    }
}

fn file(file: CollectedFile) -> wire::CollectedFile {
    let places = file
        .places
        .into_iter()
        .map(|removed| wire::RemovedSecret { kind: removed.kind, place: removed.place.text().to_owned() });
    wire::CollectedFile {
        name: file.name.text().to_owned(),
        bytes: file.bytes,
        sha256: file.sha256,
        removed: file.removed,
        places: places.collect(),
        records: file.records,
        entries: file
            .entries
            .into_iter()
            .map(|entry| wire::CollectedEntry { name: entry.name.text().to_owned(), bytes: entry.bytes })
            .collect(),
        received_date_time: file.received,
    }
}

/// A message about a collection.
pub(crate) fn collection_message(view: CollectionMessageView) -> Message {
    let message = view.message;
    Message {
        id: message.id,
        support_request_id: view.support_request,
        sender: Some(Person { id: message.from, display_name: message.from_name.text().to_owned() }),
        party: if message.from_engineer { Party::Engineer } else { Party::Customer },
        body: message.body.text().to_owned(),
        attachments: super::attachments(message.attachments, view.files_kept),
        created_date_time: message.created,
    }
}
