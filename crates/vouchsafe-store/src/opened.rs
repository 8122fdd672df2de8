//! Documents that were opened before, by their exact stored bytes: what the database holds is read each time, but the
//! same bytes are parsed and unsealed once. A value that did not change keeps its sealed form, so that a change of one
//! field does not seal the others anew. Bytes are known for their tenant only: a document that was moved to another
//! tenant does not open there, opened before or not.
//!
//! Like the keys of people, and what the writer knows of callers, these stay in memory; whoever destroys a key must
//! clear them all.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use vouchsafe_core::id::{Id as _, TenantId, UserId};

/// Documents kept at most; beyond it the cache starts afresh.
const DOCUMENTS_MAX: usize = 2_000;

/// What can be stored as a document.
pub(crate) trait Document: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static> Document for T {}

/// A personal value in both forms.
#[derive(Debug)]
pub(crate) struct SealedText {
    /// Whose key of the person it is sealed under: one request has a record in several tenants.
    pub(crate) tenant: TenantId,
    pub(crate) person: UserId,
    /// What it is sealed for: the row and the pointer in it.
    pub(crate) place: String,
    pub(crate) text: String,
    /// Base64.
    pub(crate) sealed: String,
}

/// The personal values of one document.
pub(crate) type SealedTexts = Arc<[SealedText]>;

struct Opened {
    row: Arc<dyn Any + Send + Sync>,
    texts: SealedTexts,
}

/// The cache, by tenant and bytes.
#[derive(Default)]
pub(crate) struct OpenedDocuments(Mutex<HashMap<Vec<u8>, Opened>>);

impl std::fmt::Debug for OpenedDocuments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenedDocuments")
    }
}

impl OpenedDocuments {
    /// The aggregate that these bytes are, if they were opened before.
    pub(crate) fn get<T: Document>(&self, tenant: TenantId, document: &[u8]) -> Option<(T, SealedTexts)> {
        let documents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = documents.get(&key(tenant, document))?;
        let row = opened.row.downcast_ref::<T>()?.clone();
        Some((row, Arc::clone(&opened.texts)))
    }

    /// Forgets all of them: a key was destroyed.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn put<T: Document>(&self, tenant: TenantId, document: &[u8], row: T, texts: SealedTexts) {
        let mut documents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if documents.len() >= DOCUMENTS_MAX {
            documents.clear();
        }
        documents.insert(key(tenant, document), Opened { row: Arc::new(row), texts });
    }
}

fn key(tenant: TenantId, document: &[u8]) -> Vec<u8> {
    [tenant.uuid().as_bytes().as_slice(), document].concat()
}
