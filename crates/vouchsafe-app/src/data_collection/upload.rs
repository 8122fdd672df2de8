//! Putting a file in: streamed into the store of files, resumable, then checked and cleaned, one at a time.

use std::collections::HashMap;
use std::hash::Hash;
use std::io::{BufWriter, Write as _};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, mpsc};
use vouchsafe_core::data_collection::command as rules;
use vouchsafe_core::data_collection::{
    COLLECTION_BYTES_MAX, CollectedFile, DataCollection, FILE_BYTES_MAX, PLACES_KEPT_MAX, RemovedSecret,
};
use vouchsafe_core::id::{DataCollectionId, TenantId};
use vouchsafe_core::permit::{Facts, PrepareCollection, authorize};
use vouchsafe_core::personal::Personal;
use vouchsafe_scrub::{Limits, Reason, Report, Source, scrub};
use vouchsafe_store::StoreError;
use vouchsafe_store::files::{Folder, PieceWriter, Written};

use super::contents::Contents;
use super::{found, shown};
use crate::call::acting;
use crate::case::{LOOK, lost};
use crate::view::{CollectionView, Rows};
use crate::{App, AppError, Call, Who};

/// Uploads at a time, of all tenants; each holds a few megabytes.
const UPLOADS_MAX: usize = 64;
/// Uploads at a time of one tenant, so that no tenant can take the places of the others.
const UPLOADS_OF_TENANT_MAX: usize = 8;
/// How long an upload waits for the one before it of the same file, whose connection may have been cut.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes between the cleaning and the store.
const BUFFER_BYTES: usize = 64 * 1024;
/// Files that are read as they are at a time; each holds a few megabytes.
const READINGS_MAX: usize = 32;

/// What comes with a file.
#[derive(Debug, Clone)]
pub struct UploadCommand {
    /// Its name.
    pub name: String,
    /// The media type that it is said to have.
    pub declared: Option<String>,
    /// Which part of it comes.
    pub range: UploadRange,
}

/// Which part of a file comes (RFC 9110 section 14.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadRange {
    /// All of it.
    Whole,
    /// From a byte to before another one, of so many.
    Part {
        /// The first byte.
        from: u64,
        /// The byte after the last one.
        to: u64,
        /// Bytes of the whole file.
        total: u64,
    },
    /// Nothing: the caller wants to know where to go on.
    Nothing,
}

/// Why no more of a body comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyFault {
    /// Nothing came for longer than anybody waits.
    Silent,
    /// Something else, in words for whoever sent it.
    Broken(String),
}

/// What came of an upload.
#[derive(Debug, Clone)]
pub enum Uploaded {
    /// More must come, from this byte on.
    More(u64),
    /// The file is in.
    Done(Box<CollectionView>),
}

/// What is being uploaded and cleaned.
#[derive(Debug, Clone)]
pub(crate) struct Uploads {
    turns: Arc<Named<String, tokio::sync::Mutex<()>>>,
    places: Arc<Semaphore>,
    places_of: Arc<Named<TenantId, Semaphore>>,
    /// A JSON document is held in memory while it is cleaned, so that only one is at a time.
    cleaning: Arc<Semaphore>,
    cleaning_of: Arc<Named<TenantId, tokio::sync::Mutex<()>>>,
    readings: Arc<Semaphore>,
}

impl Default for Uploads {
    fn default() -> Self {
        Self {
            turns: Arc::default(),
            places: Arc::new(Semaphore::new(UPLOADS_MAX)),
            places_of: Arc::default(),
            cleaning: Arc::new(Semaphore::new(1)),
            cleaning_of: Arc::default(),
            readings: Arc::new(Semaphore::new(READINGS_MAX)),
        }
    }
}

/// Things that are there by name as long as somebody has them.
#[derive(Debug)]
struct Named<K, V>(Mutex<HashMap<K, Weak<V>>>);

impl<K, V> Default for Named<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Named<K, V> {
    /// The thing of this name, made if nobody has it.
    fn get(&self, name: K, make: impl FnOnce() -> V) -> Arc<V> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, thing| thing.strong_count() > 0);
        known.get(&name).and_then(Weak::upgrade).unwrap_or_else(|| {
            let thing = Arc::new(make());
            known.insert(name, Arc::downgrade(&thing));
            thing
        })
    }
}

/// A place among the uploads, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _of_tenant: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

/// The turn to clean a file, until it is dropped.
#[derive(Debug)]
pub(crate) struct Cleaner {
    _of_tenant: OwnedMutexGuard<()>,
    _of_all: OwnedSemaphorePermit,
}

impl Uploads {
    /// A place for one more upload of a tenant.
    ///
    /// # Errors
    /// [`AppError::Busy`] if the tenant has as many as one may have, or all have.
    pub(crate) fn place(&self, tenant: TenantId) -> Result<Place, AppError> {
        let own = self.places_of.get(tenant, || Semaphore::new(UPLOADS_OF_TENANT_MAX));
        let busy = |_| AppError::Busy;
        Ok(Place {
            _of_tenant: own.try_acquire_owned().map_err(busy)?,
            _of_all: Arc::clone(&self.places).try_acquire_owned().map_err(busy)?,
        })
    }

    /// A place for one more file that is read as it is.
    ///
    /// # Errors
    /// [`AppError::Busy`] if all are taken.
    pub(crate) fn reading(&self) -> Result<OwnedSemaphorePermit, AppError> {
        Arc::clone(&self.readings).try_acquire_owned().map_err(|_| AppError::Busy)
    }

    /// Waits for the turn at one thing.
    ///
    /// # Errors
    /// [`AppError::Busy`] after a while.
    pub(super) async fn turn(&self, what: String) -> Result<OwnedMutexGuard<()>, AppError> {
        let lock = self.turns.get(what, tokio::sync::Mutex::default);
        tokio::time::timeout(TURN_TIMEOUT, lock.lock_owned()).await.map_err(|_| AppError::Busy)
    }

    /// Waits for the turn to clean a file of a tenant. One file of each tenant waits for it, so that who has one is behind
    /// one of each other tenant at most.
    pub(crate) async fn cleaner(&self, tenant: TenantId) -> Result<Cleaner, AppError> {
        let own = self.cleaning_of.get(tenant, tokio::sync::Mutex::default).lock_owned().await;
        let one = Arc::clone(&self.cleaning).acquire_owned().await.map_err(|_| AppError::Busy)?;
        Ok(Cleaner { _of_tenant: own, _of_all: one })
    }
}

/// A file on its way in.
#[derive(Clone)]
struct Incoming {
    who: Who,
    tenant: TenantId,
    id: DataCollectionId,
    name: String,
    declared: Option<String>,
    folder: Folder,
}

impl Incoming {
    fn place(&self) -> String {
        format!("incoming/{}", self.name)
    }
}

/// What a cleaned file is called in the store of files.
pub(crate) fn kept(number: u32) -> String {
    format!("kept/{number}")
}

impl App {
    /// Takes a file, or a part of one, into a collection. Once it is whole it is checked, cleaned of secrets and
    /// recorded; what came stays where it was if the connection is cut, and the upload goes on from there.
    ///
    /// # Errors
    /// [`AppError`]; [`AppError::TooLarge`], [`AppError::FileRefused`], [`AppError::BadUpload`] and [`AppError::Stalled`] say
    /// what to change.
    pub async fn upload(
        &self,
        call: &Call,
        id: DataCollectionId,
        command: UploadCommand,
        body: mpsc::Receiver<Result<Bytes, BodyFault>>,
    ) -> Result<Uploaded, AppError> {
        let who = call.who;
        let tenant = self.may_upload(who, id, &command.name).await?;
        let place = self.uploads.place(tenant)?;
        let turn = self.uploads.turn(format!("{id}/{}", command.name)).await?;
        let folder = self.folder(tenant, id).await?;
        let incoming = Incoming { who, tenant, id, name: command.name, declared: command.declared, folder };
        let held = incoming.folder.held(&incoming.place()).await?;
        if command.range == UploadRange::Nothing && !held.complete {
            return Ok(Uploaded::More(held.bytes));
        }
        if command.range != UploadRange::Nothing
            && let Some(next) = receive(&incoming, command.range, body).await?
        {
            return Ok(Uploaded::More(next));
        }
        // It goes on even if nobody waits for the answer any more, and keeps its place as long.
        let app = self.clone();
        let finished = tokio::spawn(async move {
            let _held = (turn, place);
            app.take_in(&incoming).await
        });
        let view = finished.await.map_err(|error| failed(&error))??;
        Ok(Uploaded::Done(Box::new(view)))
    }

    /// Whether the caller may put a file of this name in now; gives the collection's tenant.
    async fn may_upload(&self, who: Who, id: DataCollectionId, name: &str) -> Result<TenantId, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let (collection, request) = found(&mut reader, &me, id).await?;
        let facts = Facts::of_collection(LOOK, &me.caller, &collection, &request, me.is_provider());
        drop(authorize::<PrepareCollection>(facts, id)?);
        rules::may_add(&collection, request.is_open(), name)?;
        Ok(collection.tenant)
    }

    /// A collection's files, under its key.
    pub(crate) async fn folder(&self, tenant: TenantId, id: DataCollectionId) -> Result<Folder, AppError> {
        let key = self.store.read()?.collection_key(tenant, id).await?.ok_or(AppError::NotFound)?;
        Ok(self.store.files().folder(tenant, id, key))
    }

    /// Checks, cleans and records a file that is whole. What came is deleted either way.
    async fn take_in(&self, incoming: &Incoming) -> Result<CollectionView, AppError> {
        let _only = self.uploads.cleaner(incoming.tenant).await?;
        let result = self.clean_and_record(incoming).await;
        incoming.folder.delete(&incoming.place()).await?;
        result
    }

    async fn clean_and_record(&self, incoming: &Incoming) -> Result<CollectionView, AppError> {
        let number = {
            let mut reader = self.store.read()?;
            let me = acting(&mut reader, incoming.who).await?;
            found(&mut reader, &me, incoming.id).await?.0.next_number()
        };
        // A crash before it was recorded may have left one.
        incoming.folder.delete(&kept(number)).await?;
        let (from, to) = (incoming.place(), kept(number));
        let (name, declared) = (incoming.name.clone(), incoming.declared.clone());
        let recorded = match cleaned(&incoming.folder, (&from, &to), name, declared).await {
            Ok(cleaned) => self.record_file(incoming, number, cleaned).await,
            Err(error) => Err(error),
        };
        match recorded {
            Ok((view, replaced)) => {
                if let Some(replaced) = replaced {
                    incoming.folder.delete(&kept(replaced)).await?;
                }
                Ok(view)
            }
            Err(error) => {
                incoming.folder.delete(&kept(number)).await?;
                Err(error)
            }
        }
    }

    /// Records a cleaned file; gives the number of the one that gave way.
    async fn record_file(
        &self,
        incoming: &Incoming,
        number: u32,
        Cleaned { written, report, contents }: Cleaned,
    ) -> Result<(CollectionView, Option<u32>), AppError> {
        let call = Call::from(incoming.who);
        let (mut work, me, collection, request) = self.collection_at_work(call.who, incoming.id).await?;
        let facts = Facts::of_collection(work.id(), &me.caller, &collection, &request, me.is_provider());
        let permit = authorize::<PrepareCollection>(facts, incoming.id)?;
        let replaced = collection.file_named(&incoming.name).map(|file| file.number);
        let mine = |text: &str| Personal::new(me.caller.person.id, text);
        let places = report.findings.iter().take(PLACES_KEPT_MAX).map(|finding| RemovedSecret {
            kind: finding.kind.name().to_owned(),
            place: mine(&format!("{}, {}", finding.path, finding.place)),
        });
        let file = CollectedFile {
            number,
            name: mine(&incoming.name),
            bytes: written.bytes,
            sha256: vouchsafe_log::hex(&written.sha256),
            received: work.now(),
            removed: report.counts.iter().map(|(kind, count)| (kind.name().to_owned(), *count)).collect(),
            places: places.collect(),
            records: Some(contents.records),
            entries: contents.entries(mine),
        };
        let decided = rules::add_file(&collection, request.is_open(), file, &me.context(&work))?;
        let rows = Rows(work.record(permit, decided).await?);
        let collection: DataCollection = rows.collection().cloned().ok_or_else(lost)?;
        let seen = work.now();
        let view = shown(&mut work, collection, &request, true, seen).await?;
        work.commit().await?;
        Ok((view, replaced))
    }

    /// Deletes a cleaned file that was taken out of its collection.
    pub(super) async fn forget_kept(
        &self,
        tenant: TenantId,
        id: DataCollectionId,
        number: u32,
    ) -> Result<(), AppError> {
        Ok(self.folder(tenant, id).await?.delete(&kept(number)).await?)
    }
}

/// Stores what comes; gives the next byte while the file is not whole.
async fn receive(
    incoming: &Incoming,
    range: UploadRange,
    mut body: mpsc::Receiver<Result<Bytes, BodyFault>>,
) -> Result<Option<u64>, AppError> {
    let (folder, place) = (&incoming.folder, incoming.place());
    let (from, to, total) = match range {
        UploadRange::Whole => (0, None, None),
        UploadRange::Part { from, to, total } => (from, Some(to), Some(total)),
        UploadRange::Nothing => return Ok(None),
    };
    if total.is_some_and(|total| total > FILE_BYTES_MAX) {
        return Err(too_large());
    }
    if from == 0 {
        folder.delete(&place).await?;
    }
    let held = folder.held(&place).await?.bytes;
    if held != from {
        return Err(AppError::BadUpload(format!(
            "the part must begin at byte {held}, where the upload goes on"
        )));
    }
    let others = folder.bytes().await?.saturating_sub(held);
    let most = FILE_BYTES_MAX.min(COLLECTION_BYTES_MAX.saturating_sub(others));
    if total.is_some_and(|total| total > most) {
        return Err(full());
    }
    let mut writer = folder.write(&place).await?;
    while let Some(piece) = body.recv().await {
        let piece = match piece {
            Ok(piece) => piece,
            Err(fault) => {
                let next = writer.pause().await?;
                return Err(match fault {
                    BodyFault::Silent => AppError::Stalled(next),
                    BodyFault::Broken(reason) => {
                        AppError::BadUpload(format!("{reason}; the upload goes on at byte {next}"))
                    }
                });
            }
        };
        let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        let after = writer.received().saturating_add(length);
        if to.is_some_and(|to| after > to) {
            return Err(AppError::BadUpload("the body is longer than `Content-Range` says".to_owned()));
        }
        if after > most {
            drop(writer);
            folder.delete(&place).await?;
            return Err(if after > FILE_BYTES_MAX { too_large() } else { full() });
        }
        writer.write(&piece).await?;
    }
    let received = writer.received();
    if to.is_some_and(|to| received < to) {
        let next = writer.pause().await?;
        return Err(AppError::BadUpload(format!(
            "the body is shorter than `Content-Range` says; the upload goes on at byte {next}"
        )));
    }
    if total.is_some_and(|total| received < total) {
        return Ok(Some(writer.pause().await?));
    }
    writer.finish().await?;
    Ok(None)
}

/// A file that was cleaned and looked through.
pub(crate) struct Cleaned {
    pub(crate) written: Written,
    pub(crate) report: Report,
    pub(crate) contents: Contents,
}

/// Cleans a file that is whole of secrets, from one place of its folder into another, and counts the records in it.
pub(crate) async fn cleaned(
    folder: &Folder,
    (from, to): (&str, &str),
    name: String,
    declared: Option<String>,
) -> Result<Cleaned, AppError> {
    let runtime = Handle::current();
    let input = folder.read(from).await?.blocking(runtime.clone());
    let output = PieceWriter::new(folder.write(to).await?, runtime);
    let cleaning = tokio::task::spawn_blocking(move || {
        let mut output = BufWriter::with_capacity(BUFFER_BYTES, output);
        let source = Source { name: &name, declared: declared.as_deref() };
        let report = scrub(source, input, &mut output, &Limits::default());
        let flushed = output.flush();
        report.map(|report| (report, flushed, output))
    });
    let (report, flushed, output) = match cleaning.await.map_err(|error| failed(&error))? {
        Ok(done) => done,
        Err(refusal) => return Err(refused(refusal)),
    };
    let output = flushed.and_then(|()| output.into_inner().map_err(std::io::IntoInnerError::into_error));
    let output = output.map_err(|error| AppError::Unavailable(StoreError::Corrupt(error.to_string())))?;
    let written = output.into_inner().finish().await?;
    let kept = folder.read(to).await?.blocking(Handle::current());
    let counted = tokio::task::spawn_blocking(move || Contents::of(kept));
    let contents = counted.await.map_err(|error| failed(&error))?.map_err(|error| {
        AppError::Unavailable(StoreError::Corrupt(format!("a cleaned file could not be read: {error}")))
    })?;
    Ok(Cleaned { written, report, contents })
}

/// What a refusal means to whoever sent the file.
fn refused(refusal: vouchsafe_scrub::Refusal) -> AppError {
    let said = refusal.to_string();
    if let Reason::Io(cause) = refusal.reason {
        AppError::Unavailable(StoreError::Corrupt(cause.to_string()))
    } else {
        AppError::FileRefused(said)
    }
}

fn too_large() -> AppError {
    AppError::TooLarge(format!("a file may have at most {FILE_BYTES_MAX} bytes"))
}

fn full() -> AppError {
    AppError::TooLarge(format!(
        "the files of a collection may have at most {COLLECTION_BYTES_MAX} bytes in all"
    ))
}

pub(super) fn failed(error: &tokio::task::JoinError) -> AppError {
    AppError::Internal(StoreError::Corrupt(format!("a task failed: {error}")))
}

#[cfg(test)]
mod tests;
