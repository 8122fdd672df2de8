//! Importing: records are packed on threads of their own while one thread writes.
//!
//! A tenant's first import loads a file of its own name, without a journal and without indexes, which gets its real name
//! when it is whole: a crash leaves all of it or nothing, and what is left over is removed at the next start. Into a file
//! that is there, each batch is one durable transaction; readers go on meanwhile.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::Connection;
use tokio::sync::{OwnedMutexGuard, mpsc};
use vouchsafe_core::id::TenantId;
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::record::Record;
use vouchsafe_diagnostics::resource::Resource;

use super::coder::{Coded, Coder, Dictionary};
use super::events::{Added, EventWriter, delete_repeated};
use super::files::RecordsOf;
use super::groups::Hashes;
use super::packing::{self, SAMPLES_MAX, SAMPLES_MIN, Unpacker};
use super::{layout, load, objects};
use crate::error::StoreError;
use crate::sqlite;
use crate::store::{Store, private_folder};

/// Records that are best handed over at once.
pub const RECORDS_PER_BATCH: usize = 2_048;
/// Records that are packed at once.
const CHUNK: usize = 1_024;
/// Threads that pack.
const CODERS: usize = 2;
/// Chunks that wait for a thread that packs, and then for the one that writes, each.
const CHUNKS_WAITING: usize = 2;

/// What came of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportBatch {
    /// Records that are new, or replace one of another content.
    pub imported: u64,
    /// Records that were there.
    pub already_present: u64,
}

/// An import that is going on. Dropped, it ends as if [`RecordWriter::finish`] had been called: what was handed over
/// comes whole.
#[derive(Debug)]
pub struct RecordWriter {
    batches: Option<mpsc::Sender<Vec<Record>>>,
    outcome: tokio::task::JoinHandle<Result<ImportBatch, StoreError>>,
}

impl RecordWriter {
    /// Hands records over; they are added all or none. [`RECORDS_PER_BATCH`] is a good number.
    ///
    /// # Errors
    /// [`StoreError`] of this or an earlier batch; then the import has ended.
    pub async fn add(&mut self, records: Vec<Record>) -> Result<(), StoreError> {
        if records.is_empty() {
            return Ok(());
        }
        if let Some(batches) = &self.batches
            && batches.send(records).await.is_ok()
        {
            return Ok(());
        }
        self.batches = None;
        let ended = || StoreError::Corrupt("an import went on after its end".to_owned());
        if self.outcome.is_finished() {
            return Err(joined((&mut self.outcome).await).err().unwrap_or_else(ended));
        }
        Err(ended())
    }

    /// Waits until all that was handed over is durable, and tells what came of it.
    ///
    /// # Errors
    /// [`StoreError`]. What was added to a file that was there stays up to the last whole batch; a file that was being
    /// loaded is gone.
    pub async fn finish(mut self) -> Result<ImportBatch, StoreError> {
        self.batches = None;
        joined(self.outcome.await)
    }
}

fn joined(
    outcome: Result<Result<ImportBatch, StoreError>, tokio::task::JoinError>,
) -> Result<ImportBatch, StoreError> {
    outcome.unwrap_or_else(|error| Err(StoreError::Corrupt(format!("an import failed: {error}"))))
}

impl Store {
    /// Begins to import records of a tenant, of any kinds; a record whose id is there already stays as it is, and an
    /// object is replaced by one of another content. Waits for an import of the same tenant that is going on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_writer(&self, of: impl Into<RecordsOf>) -> Result<RecordWriter, StoreError> {
        let of = of.into();
        let turn = self.records.turn(of).await;
        let (folder, path) = (self.records.folder().to_owned(), self.records.path(of));
        let now = self.now();
        let (batches, coming) = mpsc::channel(1);
        let outcome = tokio::task::spawn_blocking(move || run(&folder, path, now, coming, turn));
        Ok(RecordWriter { batches: Some(batches), outcome })
    }

    /// Imports records of a tenant that are all there.
    ///
    /// # Errors
    /// [`StoreError`]; then none was added.
    pub async fn import_records(
        &self,
        tenant: TenantId,
        records: Vec<Record>,
    ) -> Result<ImportBatch, StoreError> {
        let mut writer = self.record_writer(tenant).await?;
        writer.add(records).await?;
        writer.finish().await
    }
}

fn run(
    folder: &Path,
    path: PathBuf,
    now: Timestamp,
    mut coming: mpsc::Receiver<Vec<Record>>,
    _turn: OwnedMutexGuard<()>,
) -> Result<ImportBatch, StoreError> {
    let Some(first) = coming.blocking_recv() else { return Ok(ImportBatch::default()) };
    private_folder(folder)?;
    let mut target = Target::open(path, now)?;
    let hashes = Hashes::default();
    let written = std::thread::scope(|scope| {
        let mut coders = Coders::default();
        for _ in 0..CODERS {
            let (work, to_do) = sync_channel(CHUNKS_WAITING);
            let (done, coded) = sync_channel(CHUNKS_WAITING);
            let coder = Coder::new(hashes.clone());
            scope.spawn(move || pack(coder, &to_do, &done));
            coders.all.push((work, coded));
        }
        let mut next = Some(first);
        while let Some(batch) = next {
            target.add(batch, &mut coders)?;
            next = coming.blocking_recv();
        }
        target.drain(&mut coders, 0)
    });
    match written {
        Ok(()) => target.finish(),
        Err(error) => {
            target.undo();
            Err(error)
        }
    }
}

/// What a thread that packs is told.
enum Work {
    Dictionary(Dictionary),
    Records(Vec<Record>),
}

type CodedChunk = Result<Vec<Coded>, StoreError>;

fn pack(mut coder: Coder, to_do: &Receiver<Work>, done: &SyncSender<CodedChunk>) {
    while let Ok(work) = to_do.recv() {
        let coded = match work {
            Work::Dictionary(dictionary) => match coder.take(&dictionary) {
                Ok(()) => continue,
                Err(error) => Err(error),
            },
            Work::Records(records) => records.into_iter().map(|record| coder.code(record)).collect(),
        };
        if done.send(coded).is_err() {
            return;
        }
    }
}

/// The threads that pack. Each chunk goes to the next of them, and comes back in the same order.
#[derive(Default)]
struct Coders {
    all: Vec<(SyncSender<Work>, Receiver<CodedChunk>)>,
    given: usize,
    /// Who holds the chunks that have not come back, in order.
    waiting: VecDeque<usize>,
}

impl Coders {
    fn give(&mut self, records: Vec<Record>) -> Result<(), StoreError> {
        let coder = self.given % CODERS;
        self.given += 1;
        self.send(coder, Work::Records(records))?;
        self.waiting.push_back(coder);
        Ok(())
    }

    fn tell(&self, dictionary: &Dictionary) -> Result<(), StoreError> {
        (0..CODERS).try_for_each(|coder| self.send(coder, Work::Dictionary(dictionary.clone())))
    }

    fn send(&self, coder: usize, work: Work) -> Result<(), StoreError> {
        let sent = self.all.get(coder).map(|(to, _)| to.send(work));
        if matches!(sent, Some(Ok(()))) { Ok(()) } else { Err(gone()) }
    }

    /// The oldest chunk that has not come back.
    fn next(&mut self) -> Option<CodedChunk> {
        let coder = self.waiting.pop_front()?;
        let coded = self.all.get(coder).and_then(|(_, coded)| coded.recv().ok());
        Some(coded.unwrap_or_else(|| Err(gone())))
    }
}

fn gone() -> StoreError {
    StoreError::Corrupt("a thread that packs records has ended".to_owned())
}

/// The file that is written.
struct Target {
    connection: Connection,
    path: PathBuf,
    /// Whether it gets its name at the end only.
    loading: bool,
    now: Timestamp,
    kinds: HashMap<Resource, EventWriter>,
    /// Kinds that have a dictionary.
    trained: HashMap<Resource, bool>,
    unpacker: Unpacker,
    added: Added,
}

impl Target {
    fn open(path: PathBuf, now: Timestamp) -> Result<Self, StoreError> {
        let loading = !path.exists();
        let connection = if loading {
            load::create(&path)?
        } else {
            let connection = sqlite::open(&path, true)?;
            load::complete(&connection)?;
            connection
        };
        if loading {
            connection.execute_batch("BEGIN")?;
        }
        let (kinds, trained) = (HashMap::new(), HashMap::new());
        let (unpacker, added) = (Unpacker::default(), Added::default());
        Ok(Self { connection, path, loading, now, kinds, trained, unpacker, added })
    }

    /// Adds a batch; into a file that was there as one transaction.
    fn add(&mut self, batch: Vec<Record>, coders: &mut Coders) -> Result<(), StoreError> {
        if !self.loading {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
        }
        self.train(&batch, coders)?;
        let mut records = batch.into_iter();
        loop {
            let chunk: Vec<_> = records.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                break;
            }
            self.drain(coders, CODERS * CHUNKS_WAITING - 1)?;
            coders.give(chunk)?;
        }
        if self.loading {
            return Ok(());
        }
        self.drain(coders, 0)?;
        for writer in self.kinds.values_mut() {
            writer.settle(&self.connection)?;
        }
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    /// Trains dictionaries for the kinds that have none and of which there is enough.
    fn train(&mut self, batch: &[Record], coders: &Coders) -> Result<(), StoreError> {
        let mut counts: HashMap<Resource, usize> = HashMap::new();
        for record in batch {
            *counts.entry(record.resource).or_default() += 1;
        }
        for (resource, count) in counts {
            if self.trained.get(&resource).copied().unwrap_or(false) {
                continue;
            }
            let layout = layout::of(resource);
            let mut dictionary = packing::newest(&self.connection, &layout.name)?;
            if dictionary.is_none() && count >= SAMPLES_MIN {
                let step = count.div_ceil(SAMPLES_MAX);
                let samples = batch.iter().filter(|record| record.resource == resource).step_by(step);
                let samples = samples.map(|record| record.json.as_str());
                dictionary = packing::train(&self.connection, &layout.name, layout.schema.masks, samples)?;
            }
            self.trained.insert(resource, dictionary.is_some());
            if let Some((id, bytes)) = dictionary {
                coders.tell(&Dictionary { resource, id, bytes: Arc::from(bytes) })?;
            }
        }
        Ok(())
    }

    /// Writes what has been packed, until so many chunks are left.
    fn drain(&mut self, coders: &mut Coders, left: usize) -> Result<(), StoreError> {
        while coders.waiting.len() > left {
            let Some(coded) = coders.next() else { break };
            self.write(coded?)?;
        }
        Ok(())
    }

    fn write(&mut self, chunk: Vec<Coded>) -> Result<(), StoreError> {
        let mut events: HashMap<Resource, Vec<Coded>> = HashMap::new();
        for coded in chunk {
            if layout::of(coded.resource).is_event() {
                events.entry(coded.resource).or_default().push(coded);
            } else {
                let added = objects::put(&self.connection, &self.unpacker, &coded)?;
                self.count(added);
            }
        }
        for (resource, events) in events {
            let writer = self.kinds.entry(resource);
            let writer = writer.or_insert_with(|| EventWriter::new(layout::of(resource), self.loading));
            let added = writer.add(&self.connection, events, self.now)?;
            self.count(added);
        }
        Ok(())
    }

    fn count(&mut self, added: Added) {
        self.added.imported += added.imported;
        self.added.already_present += added.already_present;
    }

    fn finish(mut self) -> Result<ImportBatch, StoreError> {
        if self.loading {
            let result = self.name();
            if result.is_err() {
                load::remove(&self.path);
            }
            result?;
        }
        let Added { imported, already_present } = self.added;
        Ok(ImportBatch { imported, already_present })
    }

    /// Makes what was loaded whole and gives the file its name.
    fn name(&mut self) -> Result<(), StoreError> {
        for writer in self.kinds.values_mut() {
            writer.settle(&self.connection)?;
        }
        self.connection.execute_batch("COMMIT")?;
        load::index(&self.connection)?;
        self.connection.execute_batch("BEGIN")?;
        for layout in layout::events().filter(|layout| self.kinds.contains_key(&layout.resource)) {
            let repeated = delete_repeated(&self.connection, layout)?;
            self.added.imported -= repeated;
            self.added.already_present += repeated;
        }
        self.connection.execute_batch("COMMIT")?;
        let nothing = Connection::open_in_memory()?;
        let connection = std::mem::replace(&mut self.connection, nothing);
        load::publish(connection, &self.path)
    }

    /// Undoes what is not whole.
    fn undo(&mut self) {
        if self.loading {
            load::remove(&self.path);
        } else if let Err(error) = self.connection.execute_batch("ROLLBACK") {
            // The connection is closed next, which undoes it as well.
            tracing::debug!(%error, "a rollback of an import failed");
        }
    }
}
