//! Files that customers send: in a local folder or an S3-compatible bucket, sealed piece by piece.
//!
//! A collection's files lie together in a [`Folder`] under one key, which the database keeps wrapped by the master key:
//! once that is destroyed, no copy of the files can be read. A file is a row of pieces of [`PIECE_BYTES`], each an object
//! of its own, sealed for its place in the file and for being the last or not. So pieces cannot be swapped, and a file
//! that lost its end is not whole. Memory is bounded by one piece, and an upload that was cut goes on after its last
//! whole piece.

mod bucket;
mod piece;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use object_store::{ObjectStore, ObjectStoreExt as _, path::Path as ObjectPath};
use vouchsafe_core::id::{DataCollectionId, MessageId, TenantId};

pub use bucket::Bucket;
pub use piece::PIECE_BYTES;
pub use reader::{FileReader, SeekReader};
pub use writer::{FileWriter, PieceWriter, Written};

use crate::error::StoreError;
use crate::seal::{Key, keyed_hash};
use crate::store::private_folder;
use piece::Piece;

/// Where files lie.
#[derive(Debug, Clone)]
pub struct Files {
    objects: Arc<dyn ObjectStore>,
}

impl Files {
    /// In a local folder, made if there is none. What is written is durable when the call returns.
    ///
    /// # Errors
    /// [`StoreError::File`].
    pub fn in_folder(folder: &Path) -> Result<Self, StoreError> {
        private_folder(folder)?;
        let local = object_store::local::LocalFileSystem::new_with_prefix(folder)?;
        Ok(Self { objects: Arc::new(local.with_fsync(true).with_automatic_cleanup(true)) })
    }

    /// In a bucket.
    ///
    /// # Errors
    /// [`StoreError::Files`] for a bucket that cannot be named so. It is first spoken to when a file comes.
    pub fn in_bucket(bucket: &Bucket) -> Result<Self, StoreError> {
        Ok(Self { objects: Arc::new(bucket.connect()?) })
    }

    /// The files of one collection under its key.
    #[must_use]
    pub fn folder(&self, tenant: TenantId, collection: DataCollectionId, key: Key) -> Folder {
        Folder {
            objects: Arc::clone(&self.objects),
            path: folder_path(tenant, collection),
            key: Arc::new(key),
        }
    }

    /// The files of one message under its key.
    #[must_use]
    pub fn attachments(&self, tenant: TenantId, message: MessageId, key: Key) -> Folder {
        Folder {
            objects: Arc::clone(&self.objects),
            path: attachments_path(tenant, message),
            key: Arc::new(key),
        }
    }

    /// Deletes the files of a message. Deleting what is gone is no error.
    ///
    /// # Errors
    /// [`StoreError::Files`].
    pub async fn delete_attachments(&self, tenant: TenantId, message: MessageId) -> Result<(), StoreError> {
        delete_under(&*self.objects, &attachments_path(tenant, message)).await
    }

    /// Deletes everything of a collection. Deleting what is gone is no error.
    ///
    /// # Errors
    /// [`StoreError::Files`].
    pub async fn delete(&self, tenant: TenantId, collection: DataCollectionId) -> Result<(), StoreError> {
        delete_under(&*self.objects, &folder_path(tenant, collection)).await
    }
}

/// The files of one collection.
#[derive(Debug, Clone)]
pub struct Folder {
    objects: Arc<dyn ObjectStore>,
    path: ObjectPath,
    key: Arc<Key>,
}

/// How much of a file is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Bytes in whole pieces from the beginning on: where an upload goes on.
    pub bytes: u64,
    /// Whether the last piece is there.
    pub complete: bool,
}

impl Folder {
    /// How much of a file is there.
    ///
    /// # Errors
    /// [`StoreError::Files`].
    pub async fn held(&self, file: &str) -> Result<Held, StoreError> {
        Ok(held(&self.pieces(file).await?))
    }

    /// Bytes of every file together, unfinished ones included, without what sealing adds.
    ///
    /// # Errors
    /// [`StoreError::Files`].
    pub async fn bytes(&self) -> Result<u64, StoreError> {
        let sizes = self.objects.list(Some(&self.path)).map_ok(|object| piece::plain_bytes(object.size));
        Ok(sizes.try_fold(0u64, |sum, size| async move { Ok(sum.saturating_add(size)) }).await?)
    }

    /// Goes on with a file after its last whole piece, or begins it. Whoever calls sees to it that a file has one
    /// writer at a time.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Corrupt`] for a file that is whole already.
    pub async fn write(&self, file: &str) -> Result<FileWriter, StoreError> {
        let held = self.held(file).await?;
        if held.complete {
            return Err(StoreError::Corrupt("a whole file was written to".to_owned()));
        }
        FileWriter::after(self.clone(), file, held.bytes).await
    }

    /// Reads a file that is whole.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if it is not.
    pub async fn read(&self, file: &str) -> Result<FileReader, StoreError> {
        let held = self.held(file).await?;
        if !held.complete {
            return Err(StoreError::Corrupt("a file is not whole".to_owned()));
        }
        Ok(FileReader::new(self.clone(), file, held.bytes))
    }

    /// Deletes a file, whole or not. Deleting what is gone is no error.
    ///
    /// # Errors
    /// [`StoreError::Files`].
    pub async fn delete(&self, file: &str) -> Result<(), StoreError> {
        delete_under(&*self.objects, &self.file_path(file)).await
    }

    /// The sizes of a file's pieces and whether each is the last, by their number.
    async fn pieces(&self, file: &str) -> Result<BTreeMap<u64, (bool, u64)>, StoreError> {
        let path = self.file_path(file);
        let mut objects = self.objects.list(Some(&path));
        let mut pieces = BTreeMap::new();
        while let Some(object) = objects.try_next().await? {
            if let Some(Piece { number, last }) = object.location.filename().and_then(Piece::named) {
                pieces.insert(number, (last, piece::plain_bytes(object.size)));
            }
        }
        Ok(pieces)
    }

    /// A file's name stands nowhere in clear.
    fn file_path(&self, file: &str) -> ObjectPath {
        let name = derive(&self.key, "name", file);
        self.path.clone().join(vouchsafe_log::hex(name.get(..16).unwrap_or_default()))
    }

    /// The key of one file.
    fn file_key(&self, file: &str) -> Key {
        derive(&self.key, "file", file)
    }
}

fn held(pieces: &BTreeMap<u64, (bool, u64)>) -> Held {
    let mut held = Held::default();
    for (expected, (number, (last, bytes))) in (0..).zip(pieces) {
        // A piece that is too short and not the last was never written by us.
        if *number != expected || held.complete || !(*last || *bytes == PIECE_BYTES) {
            break;
        }
        held = Held { bytes: held.bytes.saturating_add(*bytes), complete: *last };
    }
    held
}

fn folder_path(tenant: TenantId, collection: DataCollectionId) -> ObjectPath {
    ObjectPath::from_iter([tenant.to_string(), collection.to_string()])
}

fn attachments_path(tenant: TenantId, message: MessageId) -> ObjectPath {
    ObjectPath::from_iter([tenant.to_string(), message.to_string()])
}

async fn delete_under(objects: &dyn ObjectStore, path: &ObjectPath) -> Result<(), StoreError> {
    let found: Vec<_> = objects.list(Some(path)).map_ok(|object| object.location).try_collect().await?;
    for object in found {
        match objects.delete(&object).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// A key or name for one use, from the collection's key.
fn derive(key: &Key, purpose: &str, file: &str) -> Key {
    keyed_hash(key, format!("vouchsafe {purpose} v1|{file}").as_bytes())
}
