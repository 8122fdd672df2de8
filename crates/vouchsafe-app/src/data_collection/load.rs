//! Sending a collection: what its files hold is loaded into a record store of its own, and the engineer may read it.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use vouchsafe_core::data_collection::DataCollection;
use vouchsafe_core::data_collection::command::{self as rules, Submission};
use vouchsafe_core::id::DataCollectionId;
use vouchsafe_core::pace::Extent;
use vouchsafe_core::permit::{Facts, SubmitCollection, authorize};
use vouchsafe_diagnostics::import::{Imported, read};
use vouchsafe_diagnostics::record::Record;
use vouchsafe_store::files::{Folder, SeekReader};
use vouchsafe_store::{RECORDS_PER_BATCH, Reach, RecordsOf, StoreError};

use super::upload::{failed, kept};
use super::{found, shown};
use crate::call::{acting, finish, replayed, shown_after_commit, unchanged};
use crate::case::{LOOK, lost};
use crate::view::{CollectionView, Rows};
use crate::{App, AppError, Call, Who};

/// Batches that wait between the thread that reads and the store.
const BATCHES_WAITING: usize = 1;
/// How an archive of the zip kind begins.
const ZIP: &[u8] = b"PK\x03\x04";

impl App {
    /// Sends a collection. Only what its files hold can be read by it, by the engineer of the case.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn submit_collection(
        &self,
        call: &Call,
        id: DataCollectionId,
    ) -> Result<CollectionView, AppError> {
        self.may_submit(call.who, id).await?;
        let _turn = self.uploads.turn(format!("{id}")).await?;
        let collection = self.may_submit(call.who, id).await?;
        let extent = self.load_collection(&collection).await?;
        let (mut work, me, now, request) = self.collection_at_work(call.who, id).await?;
        let facts = Facts::of_collection(work.id(), &me.caller, &now, &request, me.is_provider());
        let permit = authorize::<SubmitCollection>(facts, id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        unchanged(call, now.version)?;
        if now.files != collection.files {
            // A file came in meanwhile that was not loaded.
            return Err(AppError::Busy);
        }
        let before = match now.grant {
            Some(grant) => work.grant(now.tenant, grant).await?,
            None => None,
        };
        let submission = Submission {
            request_open: request.is_open(),
            before: before.as_ref(),
            grant: work.new_id(now.tenant),
            extent,
            policy: &me.tenant.policy,
        };
        let decided = rules::submit(&now, &submission, &me.caller.person, &me.context(&work))?;
        let rows = Rows(work.record(permit, decided).await?);
        let ended = rows.ended_grants();
        let collection = rows.collection().cloned().ok_or_else(lost)?;
        let seen = work.now();
        let view = shown(&mut work, collection, &request, true, seen).await?;
        let view = finish(work, call, view).await?;
        self.end_access(&ended).await;
        Ok(view)
    }

    /// The collection, if the caller may send it.
    async fn may_submit(&self, who: Who, id: DataCollectionId) -> Result<DataCollection, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let (collection, request) = found(&mut reader, &me, id).await?;
        let facts = Facts::of_collection(LOOK, &me.caller, &collection, &request, me.is_provider());
        drop(authorize::<SubmitCollection>(facts, id)?);
        Ok(collection)
    }

    /// Loads the records of all files anew, and measures them. Files that hold no records are left out.
    async fn load_collection(&self, collection: &DataCollection) -> Result<Extent, AppError> {
        let of = RecordsOf::from(collection.id);
        self.store.delete_records(of).await?;
        if !collection.files.is_empty() {
            let folder = self.folder(collection.tenant, collection.id).await?;
            for file in &collection.files {
                self.load_file(of, &folder, file.number).await?;
            }
        }
        match self.store.extent(of, &Reach::everything()).await {
            Ok(extent) => {
                let records = extent.counts.iter().fold(0u64, |sum, (_, count)| sum.saturating_add(*count));
                Ok(Extent { records, people: Some(extent.people) })
            }
            Err(StoreError::TooSlow) => Ok(Extent::BOUND),
            Err(error) => Err(error.into()),
        }
    }

    async fn load_file(&self, of: RecordsOf, folder: &Folder, number: u32) -> Result<(), AppError> {
        let source = folder.read(&kept(number)).await?.blocking(Handle::current());
        let (batches, mut coming) = mpsc::channel(BATCHES_WAITING);
        let parsing = tokio::task::spawn_blocking(move || parse(source, &batches));
        let mut writer = self.store.record_writer(of).await?;
        while let Some(records) = coming.recv().await {
            writer.add(records).await?;
        }
        writer.finish().await?;
        parsing.await.map_err(|error| failed(&error))?.map_err(|error| {
            AppError::Unavailable(StoreError::Corrupt(format!("a file could not be read: {error}")))
        })
    }
}

/// Reads the records of a file, or of each file in an archive.
fn parse(mut source: SeekReader, batches: &mpsc::Sender<Vec<Record>>) -> io::Result<()> {
    let mut beginning = Vec::new();
    source.by_ref().take(4).read_to_end(&mut beginning)?;
    source.seek(SeekFrom::Start(0))?;
    if beginning != ZIP {
        records(source, batches);
        return Ok(());
    }
    let mut archive = zip::ZipArchive::new(source)?;
    for index in 0..archive.len() {
        let entry = archive.by_index(index)?;
        if entry.is_file() {
            records(entry, batches);
        }
    }
    Ok(())
}

/// Hands the records of one file over. What is no record, or no file of records, is no error here: people may send logs
/// and traces beside them.
fn records(source: impl Read, batches: &mpsc::Sender<Vec<Record>>) {
    let mut batch = Vec::with_capacity(RECORDS_PER_BATCH);
    for item in read(BufReader::new(source)) {
        match item {
            Ok(Imported::Record { record, .. }) => batch.push(*record),
            Ok(Imported::Rejected { .. }) => {}
            Err(_) => break,
        }
        if batch.len() >= RECORDS_PER_BATCH {
            let whole = std::mem::replace(&mut batch, Vec::with_capacity(RECORDS_PER_BATCH));
            if batches.blocking_send(whole).is_err() {
                return;
            }
        }
    }
    // Nobody listens once the store has failed, and says so itself.
    let _ = batches.blocking_send(batch);
}
