//! Documents that were opened before, by their exact stored bytes: what the database holds is read each time, but the
//! same bytes are parsed and unsealed once. A value that did not change keeps its sealed form, so that a change of one
//! field does not seal the others anew. Bytes are known for their tenant only: a document that was moved to another
//! tenant does not open there, opened before or not.
//!
//! Like the keys of people, and what the writer knows of callers, these stay in memory; whoever destroys a key must
//! clear them all.

use std::any::Any;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use vouchsafe_core::id::{TenantId, UserId};

/// Documents kept at most; beyond it the cache starts afresh.
const DOCUMENTS_MAX: usize = 2_000;
/// Bytes of a document by which it is looked for: an aggregate begins with its id. So one version of a row is kept, the
/// last that was opened or written, and only so many bytes are hashed; whether it is the one is decided by all of them.
const HEAD_BYTES: usize = 64;

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
    document: Box<[u8]>,
    row: Arc<dyn Any + Send + Sync>,
    texts: SealedTexts,
}

/// Tenant and first bytes of a document, filled up with zeros.
type Head = (TenantId, [u8; HEAD_BYTES]);

/// The cache, by tenant and bytes.
#[derive(Default)]
pub(crate) struct OpenedDocuments {
    documents: Mutex<HashMap<Head, Opened>>,
    /// Counts the times that a key was destroyed.
    age: AtomicU64,
}

impl std::fmt::Debug for OpenedDocuments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenedDocuments")
    }
}

impl OpenedDocuments {
    /// The aggregate that these bytes are, if they were opened before.
    pub(crate) fn get<T: Document>(&self, tenant: TenantId, document: &[u8]) -> Option<(T, SealedTexts)> {
        let documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = documents.get(&head(tenant, document)).filter(|opened| *opened.document == *document)?;
        let row = opened.row.downcast_ref::<T>()?.clone();
        Some((row, Arc::clone(&opened.texts)))
    }

    /// Forgets all of them: a key was destroyed.
    pub(crate) fn clear(&self) {
        self.age.fetch_add(1, Ordering::SeqCst);
        self.documents.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// A number that changes whenever a key is destroyed: what was opened before must not be used after.
    pub(crate) fn age(&self) -> u64 {
        self.age.load(Ordering::SeqCst)
    }

    pub(crate) fn put<T: Document>(&self, tenant: TenantId, document: &[u8], row: T, texts: SealedTexts) {
        let opened = Opened { document: document.into(), row: Arc::new(row), texts };
        let mut documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        if documents.len() >= DOCUMENTS_MAX {
            documents.clear();
        }
        documents.insert(head(tenant, document), opened);
    }
}

fn head(tenant: TenantId, document: &[u8]) -> Head {
    let mut head = [0; HEAD_BYTES];
    head.iter_mut().zip(document).for_each(|(to, from)| *to = *from);
    (tenant, head)
}
