//! Sending a collection: what its files hold is loaded into a record store of its own, and the engineer may read it.

use std::io;
use std::ops::ControlFlow;

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use vouchsafe_core::data_collection::DataCollection;
use vouchsafe_core::data_collection::command::{self as rules, Submission};
use vouchsafe_core::id::{DataCollectionId, GrantId, Id as _, TenantId, uuid_v7};
use vouchsafe_core::pace::Extent;
use vouchsafe_core::permit::{Facts, SubmitCollection, authorize};
use vouchsafe_diagnostics::record::Record;
use vouchsafe_store::files::{Folder, SeekReader};
use vouchsafe_store::{RECORDS_PER_BATCH, Reach, RecordsOf, StoreError};

use super::contents::{each_file, each_record};
use super::upload::{failed, kept};
use super::{found, granted, shown};
use crate::call::{acting, finish, replayed, shown_after_commit, unchanged};
use crate::case::{LOOK, lost};
use crate::view::{CollectionView, Rows};
use crate::{App, AppError, Call, Who};

/// Batches that wait between the thread that reads and the store.
const BATCHES_WAITING: usize = 1;

impl App {
    /// Sends a collection. Only what its files hold now can be read by it, by the engineer of the case.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn submit_collection(
        &self,
        call: &Call,
        id: DataCollectionId,
    ) -> Result<CollectionView, AppError> {
        self.look_before_submission(call.who, id).await?;
        let turn = self.uploads.turn(format!("{id}")).await?;
        // It goes on even if nobody waits for the answer any more: what was loaded in vain is deleted in any case.
        let (app, call) = (self.clone(), call.clone());
        let submitted = tokio::spawn(async move {
            let _turn = turn;
            app.submit_in_turn(&call, id).await
        });
        submitted.await.map_err(|error| failed(&error))?
    }

    /// What is loaded lies under the grant that the submission makes. So nobody can read it before that is committed, and
    /// nobody reads it by a former one.
    async fn submit_in_turn(&self, call: &Call, id: DataCollectionId) -> Result<CollectionView, AppError> {
        let collection = match self.may_submit(call, id).await? {
            Submittable::Now(collection) => collection,
            Submittable::Before(answer) => return Ok(*answer),
        };
        let grant = self.new_grant_id(collection.tenant);
        let submitted = match self.load_collection(&collection, grant).await {
            Ok(extent) => self.record_submission(call, &collection, grant, extent).await,
            Err(error) => Err(error),
        };
        if submitted.as_ref().is_ok_and(|view| view.collection.grant == Some(grant)) {
            self.forget_submissions(id, Some(grant)).await;
        } else {
            self.forget_failed(&collection, grant).await;
        }
        submitted
    }

    /// The transaction of a submission: checks everything again at its own time.
    async fn record_submission(
        &self,
        call: &Call,
        loaded: &DataCollection,
        grant: GrantId,
        extent: Extent,
    ) -> Result<CollectionView, AppError> {
        let (mut work, me, now, request) = self.collection_at_work(call.who, loaded.id).await?;
        let facts = Facts::of_collection(work.id(), &me.caller, &now, &request, me.is_provider());
        let permit = authorize::<SubmitCollection>(facts, loaded.id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        unchanged(call, now.version)?;
        if now.version != loaded.version {
            // Something happened meanwhile; a file may have come in that was not loaded.
            return Err(AppError::Busy);
        }
        let before = granted(&mut work, &now).await?;
        let submission = Submission {
            request_open: request.is_open(),
            before: before.as_ref(),
            grant,
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

    /// Refuses whoever may not send it, before anything of it is waited for.
    async fn look_before_submission(&self, who: Who, id: DataCollectionId) -> Result<(), AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let (collection, request) = found(&mut reader, &me, id).await?;
        let facts = Facts::of_collection(LOOK, &me.caller, &collection, &request, me.is_provider());
        drop(authorize::<SubmitCollection>(facts, id)?);
        Ok(())
    }

    /// The collection, if it may be sent now, or what was answered to the same call before.
    async fn may_submit(&self, call: &Call, id: DataCollectionId) -> Result<Submittable, AppError> {
        let (mut work, me, collection, request) = self.collection_at_work(call.who, id).await?;
        let facts = Facts::of_collection(work.id(), &me.caller, &collection, &request, me.is_provider());
        drop(authorize::<SubmitCollection>(facts, id)?);
        if let Some(answer) = replayed(&mut work, call).await? {
            return Ok(Submittable::Before(Box::new(shown_after_commit(work, answer).await?)));
        }
        unchanged(call, collection.version)?;
        let before = granted(&mut work, &collection).await?;
        rules::may_submit(&collection, request.is_open(), before.as_ref(), work.now())?;
        Ok(Submittable::Now(Box::new(collection)))
    }

    /// The id of a submission's grant, drawn before its records are loaded, so that they lie under it.
    fn new_grant_id(&self, tenant: TenantId) -> GrantId {
        let mut random = [0; 10];
        self.store.random(tenant, &mut random);
        GrantId::from_uuid(uuid_v7(self.store.now(), random))
    }

    /// Deletes what was loaded for a submission that failed, unless nobody knows whether it did.
    async fn forget_failed(&self, collection: &DataCollection, grant: GrantId) {
        let now = match self.store.read() {
            Ok(mut reader) => reader.collection(collection.kept_by, collection.id).await,
            Err(error) => Err(error),
        };
        let deleted = match now {
            Ok(now) if now.as_ref().is_some_and(|now| now.grant == Some(grant)) => return,
            Ok(_) => self.store.delete_records(RecordsOf::submission(collection.id, grant)).await,
            Err(error) => Err(error),
        };
        still_there(deleted);
    }

    /// Deletes what was loaded for submissions of a collection, save one. Nobody can read it any more; what cannot be
    /// deleted now goes with the next submission, or with the collection.
    pub(super) async fn forget_submissions(&self, id: DataCollectionId, but: Option<GrantId>) {
        still_there(self.store.delete_submissions(id, but).await);
    }

    /// Loads the records of all files, and measures them. Files that hold no records are left out.
    async fn load_collection(&self, collection: &DataCollection, grant: GrantId) -> Result<Extent, AppError> {
        let of = RecordsOf::submission(collection.id, grant);
        let folder = self.folder(collection.tenant, collection.id).await?;
        for file in &collection.files {
            self.load_file(of, &folder, file.number).await?;
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

/// Whether a collection may be sent.
enum Submittable {
    /// As it is.
    Now(Box<DataCollection>),
    /// It was, by the same call.
    Before(Box<CollectionView>),
}

fn still_there(deleted: Result<(), StoreError>) {
    if let Err(error) = deleted {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "records that nobody can read any more could not be deleted"
        );
    }
}

/// Hands the records of a file over, or those of each file in an archive.
fn parse(source: SeekReader, batches: &mpsc::Sender<Vec<Record>>) -> io::Result<()> {
    let mut batch = Vec::with_capacity(RECORDS_PER_BATCH);
    let _ = each_file(source, &mut |file| {
        let mut listened = ControlFlow::Continue(());
        each_record(file.content, &mut |record| {
            batch.push(record);
            if batch.len() >= RECORDS_PER_BATCH {
                let whole = std::mem::replace(&mut batch, Vec::with_capacity(RECORDS_PER_BATCH));
                // Nobody listens once the store has failed, and says so itself.
                if batches.blocking_send(whole).is_err() {
                    listened = ControlFlow::Break(());
                }
            }
            listened
        });
        Ok(listened)
    })?;
    let _ = batches.blocking_send(batch);
    Ok(())
}
