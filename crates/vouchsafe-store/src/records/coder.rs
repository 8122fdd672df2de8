//! Records as they are stored, made off the thread that writes.

use std::collections::HashMap;
use std::sync::Arc;

use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::record::{ColumnValue, Record};
use vouchsafe_diagnostics::resource::Resource;

use super::groups::{Hashes, Shared, value};
use super::layout::{self, Layout};
use super::packing::{PLAIN, Packer};
use super::splice::{self, Key};
use crate::error::StoreError;

/// A record, packed and coded.
#[derive(Debug)]
pub(super) struct Coded {
    pub(super) resource: Resource,
    /// Place of its category among the kind's.
    pub(super) category: i64,
    pub(super) at: Option<Timestamp>,
    pub(super) id: Key,
    pub(super) references: Vec<Option<Key>>,
    pub(super) shared: Vec<Shared>,
    pub(super) values: Vec<(usize, ColumnValue)>,
    pub(super) packing: i64,
    pub(super) json: Vec<u8>,
    pub(super) original: Option<Vec<u8>>,
}

/// A dictionary that records of a kind are packed with from now on.
#[derive(Debug, Clone)]
pub(super) struct Dictionary {
    pub(super) resource: Resource,
    pub(super) id: i64,
    pub(super) bytes: Arc<[u8]>,
}

/// Packs and codes.
pub(super) struct Coder {
    hashes: Hashes,
    packers: HashMap<Resource, Packer>,
    cut: Vec<u8>,
}

impl Coder {
    pub(super) fn new(hashes: Hashes) -> Self {
        Self { hashes, packers: HashMap::new(), cut: Vec::new() }
    }

    /// Packs records of a kind with another dictionary.
    pub(super) fn take(&mut self, dictionary: &Dictionary) -> Result<(), StoreError> {
        let packer = Packer::new(dictionary.id, &dictionary.bytes)?;
        self.packers.insert(dictionary.resource, packer);
        Ok(())
    }

    /// Packs and codes a record.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a record whose text is no JSON.
    pub(super) fn code(&mut self, record: Record) -> Result<Coded, StoreError> {
        let layout = layout::of(record.resource);
        if splice::has_mark(&record.json) {
            return Err(StoreError::Corrupt("a record is no JSON".to_owned()));
        }
        let id = Key::new(&record.id);
        let text = |column| match value(&record.values, column) {
            Some(ColumnValue::Text(text)) => Some(Key::new(text)),
            Some(ColumnValue::Int(_) | ColumnValue::Bool(_)) | None => None,
        };
        let events = layout.is_event();
        let references: Vec<_> =
            layout.references.iter().filter(|_| events).map(|own| text(own.column)).collect();
        let shared = layout.groups.iter().filter(|_| events);
        let shared = shared.map(|group| self.hashes.shared(group, &record.values)).collect();
        // Objects keep their id as text; only events have it as bytes beside the JSON.
        let keys = std::iter::once(events.then_some(&id)).chain(references.iter().map(Option::as_ref));
        let keys: Vec<_> = keys.collect();
        splice::cut(&record.json, &keys, &mut self.cut);
        let packer = match self.packers.entry(record.resource) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => entry.insert(Packer::new(PLAIN, &[])?),
        };
        let json = packer.pack(&self.cut)?;
        let original =
            record.original.as_ref().map(|original| packer.pack(original.as_bytes())).transpose()?;
        Ok(Coded {
            resource: record.resource,
            category: category(layout, record.category),
            at: record.at,
            id,
            references,
            shared,
            values: record.values,
            packing: packer.id,
            json,
            original,
        })
    }
}

/// The place of a category among the kind's.
pub(super) fn category(layout: &Layout, category: DataCategory) -> i64 {
    let place = layout.schema.categories.iter().position(|own| *own == category);
    place.and_then(|place| i64::try_from(place).ok()).unwrap_or(0)
}
