//! A connection in use, with the keys it needs: what units of work and readers have in common.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::sync::Arc;

use vouchsafe_core::id::{SupportRequestId, TenantId, UserId};
use vouchsafe_core::support_request::SupportRequest;
use vouchsafe_core::time::Timestamp;

use crate::error::StoreError;
use crate::known::{Known, KnownRequest};
use crate::opened::{Document, OpenedDocuments, SealedText, SealedTexts};
use crate::postgres::Transaction;
use crate::seal::{Key, KeyCache, MasterKey, new_key};
use crate::sql::{self, Row, Value, values};
use crate::sqlite::{self, Unit};
use crate::store::PooledReader;

/// Asked before every statement; tests let it fail one.
pub trait Faults: Debug + Send + Sync {
    /// Whether the statement may run.
    ///
    /// # Errors
    /// Any error stands for the failure of the statement.
    fn before(&self, statement: &str) -> Result<(), StoreError>;
}

/// A connection with what sealing needs. Loaders are its methods, so that units of work and readers share them.
#[derive(Debug)]
pub struct Session {
    connection: Held,
    provider: TenantId,
    master: Arc<MasterKey>,
    committed: Arc<KeyCache>,
    /// Keys seen in this session; they reach the shared cache only once they are known to be committed.
    keys: HashMap<(TenantId, UserId), Key>,
    documents: Arc<OpenedDocuments>,
    /// Their age when this session began.
    age: u64,
    /// Personal values of the documents that this session has opened, in both forms.
    texts: Vec<SealedTexts>,
    /// Support requests that this unit of work has written, for the writer to know.
    written: Vec<KnownRequest>,
    faults: Option<Arc<dyn Faults>>,
    /// The instant that computed expiry is asked for. Until it is set, everything with an end has ended.
    instant: Timestamp,
    /// A statement failed or a decision was refused: what was written so far is half of something.
    broken: bool,
    /// The statement that failed was given up by the database in favour of others: whoever begins anew may succeed.
    given_up: bool,
}

#[derive(Debug)]
enum Held {
    Unit(Unit),
    Reader(PooledReader),
    Transaction(Transaction),
}

impl Session {
    pub(crate) fn writing(
        unit: Unit,
        provider: TenantId,
        master: Arc<MasterKey>,
        committed: Arc<KeyCache>,
        documents: Arc<OpenedDocuments>,
        faults: Option<Arc<dyn Faults>>,
    ) -> Self {
        Self::holding(Held::Unit(unit), provider, master, committed, documents, faults)
    }

    pub(crate) fn reading(
        reader: PooledReader,
        provider: TenantId,
        master: Arc<MasterKey>,
        committed: Arc<KeyCache>,
        documents: Arc<OpenedDocuments>,
    ) -> Self {
        Self::holding(Held::Reader(reader), provider, master, committed, documents, None)
    }

    /// A session on a database that other nodes write to as well: what it opens it keeps to itself, so that a key that
    /// another node destroys is gone here too.
    pub(crate) fn shared(
        transaction: Transaction,
        provider: TenantId,
        master: Arc<MasterKey>,
        faults: Option<Arc<dyn Faults>>,
    ) -> Self {
        Self::holding(
            Held::Transaction(transaction),
            provider,
            master,
            Arc::default(),
            Arc::default(),
            faults,
        )
    }

    fn holding(
        connection: Held,
        provider: TenantId,
        master: Arc<MasterKey>,
        committed: Arc<KeyCache>,
        documents: Arc<OpenedDocuments>,
        faults: Option<Arc<dyn Faults>>,
    ) -> Self {
        let (keys, texts, written) = (HashMap::new(), Vec::new(), Vec::new());
        let instant = Timestamp::from_micros(i64::MAX);
        Self {
            connection,
            provider,
            master,
            committed,
            keys,
            age: documents.age(),
            documents,
            texts,
            written,
            faults,
            instant,
            broken: false,
            given_up: false,
        }
    }

    /// Says at which instant this session looks.
    pub(crate) fn set_instant(&mut self, now: Timestamp) {
        self.instant = now;
    }

    /// The instant at which this session looks.
    pub(crate) fn instant(&self) -> Timestamp {
        self.instant
    }

    /// The provider.
    #[must_use]
    pub fn provider(&self) -> TenantId {
        self.provider
    }

    /// The aggregate that these bytes are, if they were opened before.
    pub(crate) fn opened_before<T: Document>(&mut self, tenant: TenantId, document: &[u8]) -> Option<T> {
        let (row, texts) = self.documents.get(tenant, document)?;
        self.texts.push(texts);
        Some(row)
    }

    /// Keeps an aggregate by its stored bytes.
    pub(crate) fn remember_opened<T: Document>(
        &mut self,
        tenant: TenantId,
        document: &[u8],
        row: T,
        texts: SealedTexts,
    ) {
        self.documents.put(tenant, document, row, Arc::clone(&texts));
        self.texts.push(texts);
    }

    /// The sealed form that a value of this tenant and place had when it was opened, if it is still the same.
    pub(crate) fn sealed_before(
        &self,
        tenant: TenantId,
        person: UserId,
        place: &str,
        text: &str,
    ) -> Option<String> {
        let mut known = self.texts.iter().flat_map(|texts| texts.iter());
        let here = |known: &&SealedText| {
            (known.tenant, known.person, known.place.as_str()) == (tenant, person, place)
        };
        let same = known.find(|known| here(known) && known.text == text);
        same.map(|known| known.sealed.clone())
    }

    /// A support request that the writer knows, so that nothing has to be asked of the database.
    pub(crate) fn known_request(&mut self, tenant: TenantId, id: SupportRequestId) -> Option<SupportRequest> {
        let age = self.age;
        let (row, texts) = self.known()?.request(tenant, id, age)?;
        self.texts.push(texts);
        Some(SupportRequest::clone(&row))
    }

    /// Notes a support request that was written a moment ago, where the writer may know it.
    pub(crate) fn wrote_request(&mut self, row: &SupportRequest) {
        if self.known().is_none() {
            return;
        }
        self.written.retain(|(written, _)| (written.tenant, written.id) != (row.tenant, row.id));
        // The values that were sealed last are this row's.
        self.written.extend(self.texts.last().map(|texts| (Arc::new(row.clone()), Arc::clone(texts))));
    }

    /// The master key.
    pub(crate) fn master(&self) -> &MasterKey {
        &self.master
    }

    /// Makes a commit impossible after a failure.
    fn note_failure<T>(&mut self, done: &Result<T, StoreError>) {
        if let Err(error) = done {
            self.broken = true;
            self.given_up |= matches!(error, StoreError::GivenUp(_));
        }
    }

    /// Makes a commit impossible.
    pub(crate) fn spoil(&mut self) {
        self.broken = true;
    }

    /// Commits a writing session, whose logs have these sizes now, and lets its keys be shared.
    pub(crate) async fn commit(mut self, logs: &BTreeMap<TenantId, u64>) -> Result<(), StoreError> {
        self.write_heads(logs).await?;
        if self.given_up {
            return Err(StoreError::GivenUp(Box::from("a statement of this unit of work was")));
        }
        if self.broken {
            return Err(StoreError::CommitFailed("a statement of this unit of work failed".to_owned()));
        }
        match self.connection {
            Held::Unit(mut unit) => {
                if let Some(known) = unit.known() {
                    known.learn_requests(self.written, self.age);
                }
                unit.commit(logs).await?;
            }
            Held::Transaction(transaction) => {
                may_run(self.faults.as_deref(), "COMMIT")?;
                transaction.commit().await?;
            }
            Held::Reader(_) => {}
        }
        for ((tenant, person), key) in self.keys {
            self.committed.put(tenant, person, key);
        }
        Ok(())
    }

    /// Writes the heads of the logs that a transaction has appended to; SQLite's writer does it once for a group.
    async fn write_heads(&mut self, logs: &BTreeMap<TenantId, u64>) -> Result<(), StoreError> {
        let Held::Transaction(transaction) = &self.connection else { return Ok(()) };
        for (tenant, size, stored) in transaction.grown(logs) {
            if self.execute(sql::SET_LOG_SIZE, values![size, tenant, stored]).await? != 1 {
                return Err(StoreError::VersionConflict("the log head"));
            }
        }
        Ok(())
    }

    /// What the writer knows; nothing for a reader, whose view is its own, nor where other nodes write, too.
    pub(crate) fn known(&mut self) -> Option<&mut Known> {
        match &mut self.connection {
            Held::Unit(unit) => unit.known(),
            Held::Reader(_) | Held::Transaction(_) => None,
        }
    }

    /// The size of a tenant's log, locked to the end of this unit of work; none if it has no log. Whoever holds SQLite's
    /// writer holds every head.
    pub(crate) async fn lock_head(&mut self, tenant: TenantId) -> Result<Option<u64>, StoreError> {
        if let Held::Transaction(transaction) = &mut self.connection {
            may_run(self.faults.as_deref(), sql::postgres::LOCK_LOG_HEAD)?;
            let locked = transaction.lock_head(tenant).await;
            self.note_failure(&locked);
            return locked;
        }
        if let Some(size) = self.known().and_then(|known| known.head(tenant)) {
            return Ok(Some(size));
        }
        let Some(mut row) = self.query_one(sql::LOG_SIZE, &values![tenant]).await? else {
            return Ok(None);
        };
        let size = row.count(0)?;
        if let Some(known) = self.known() {
            known.learn_head(tenant, size);
        }
        Ok(Some(size))
    }

    /// Makes the head of a log that was not found, and locks it; gives the size, which is not 0 if another node made it
    /// first.
    pub(crate) async fn add_head(&mut self, tenant: TenantId) -> Result<u64, StoreError> {
        self.execute(sql::ADD_LOG_HEAD, values![tenant]).await?;
        // The writer does not learn this row before the unit of work is kept: undone, it takes the row with it.
        if !self.is_shared() {
            return Ok(0);
        }
        let missing = || StoreError::Corrupt("the head of a log is missing".to_owned());
        self.lock_head(tenant).await?.ok_or_else(missing)
    }

    /// Whether other nodes write to the same database.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.connection, Held::Transaction(_))
    }

    /// The time of whoever orders the units of work: the database's, where several nodes share one and each has a clock
    /// of its own; none where there is one node.
    pub(crate) async fn shared_time(&mut self) -> Result<Option<Timestamp>, StoreError> {
        match &mut self.connection {
            Held::Transaction(transaction) => transaction.now().await.map(Some),
            Held::Unit(_) | Held::Reader(_) => Ok(None),
        }
    }

    /// Runs a lock of PostgreSQL's; SQLite's writer holds everything already.
    pub(crate) async fn lock_row(
        &mut self,
        statement: &'static str,
        parameters: &[Value],
    ) -> Result<(), StoreError> {
        match &self.connection {
            Held::Transaction(transaction) if transaction.is_unit() => {
                self.query(statement, parameters).await.map(drop)
            }
            Held::Unit(_) | Held::Reader(_) | Held::Transaction(_) => Ok(()),
        }
    }

    pub(crate) async fn execute(
        &mut self,
        sql: &'static str,
        parameters: impl Into<Vec<Value>>,
    ) -> Result<u64, StoreError> {
        let done = match (may_run(self.faults.as_deref(), sql), &mut self.connection) {
            (Err(refused), _) => Err(refused),
            (Ok(()), Held::Unit(unit)) => unit.execute(sql, parameters.into()),
            (Ok(()), Held::Reader(reader)) => reader
                .connection()
                .and_then(|connection| sqlite::execute(connection, sql, &parameters.into())),
            (Ok(()), Held::Transaction(transaction)) => transaction.execute(sql, &parameters.into()).await,
        };
        self.note_failure(&done);
        done
    }

    pub(crate) async fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        let found = match (may_run(self.faults.as_deref(), sql), &mut self.connection) {
            (Err(refused), _) => Err(refused),
            (Ok(()), Held::Unit(unit)) => {
                unit.connection().and_then(|connection| sqlite::query(connection, sql, parameters))
            }
            (Ok(()), Held::Reader(reader)) => {
                reader.connection().and_then(|connection| sqlite::query(connection, sql, parameters))
            }
            (Ok(()), Held::Transaction(transaction)) => transaction.query(sql, parameters).await,
        };
        self.note_failure(&found);
        found
    }

    pub(crate) async fn query_one(
        &mut self,
        sql: &str,
        parameters: &[Value],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, parameters).await?.into_iter().next())
    }

    /// The keyed hash by which an account is found.
    pub(crate) fn lookup_hash(&self, tenant: TenantId, value: &str) -> Vec<u8> {
        self.master.lookup_hash(tenant, value)
    }

    /// Loads a person's key if there is one.
    pub(crate) async fn find_key(&mut self, tenant: TenantId, person: UserId) -> Result<bool, StoreError> {
        if self.keys.contains_key(&(tenant, person)) {
            return Ok(true);
        }
        if let Some(key) = self.committed.get(tenant, person) {
            self.keys.insert((tenant, person), key);
            return Ok(true);
        }
        let Some(mut row) = self.query_one(sql::PERSON_KEY, &values![tenant, person]).await? else {
            return Ok(false);
        };
        let wrapped = row.bytes(0)?;
        if wrapped.is_empty() {
            // The person was erased.
            return Ok(false);
        }
        let key = self.master.unwrap(&wrapped, tenant, person)?;
        if matches!(self.connection, Held::Reader(_)) {
            self.committed.put(tenant, person, key.clone());
        }
        self.keys.insert((tenant, person), key);
        Ok(true)
    }

    /// Drops a key from this unit of work: it is destroyed here.
    pub(crate) fn forget_key(&mut self, tenant: TenantId, person: UserId) {
        self.keys.remove(&(tenant, person));
        self.texts.clear();
        self.written.clear();
    }

    /// Loads a person's key, or makes it in this unit of work. An erased person has none and gets none.
    pub(crate) async fn ensure_key(&mut self, tenant: TenantId, person: UserId) -> Result<(), StoreError> {
        if !self.find_key(tenant, person).await? {
            if self.query_one(sql::PERSON_KEY, &values![tenant, person]).await?.is_some() {
                return Ok(());
            }
            let key = new_key();
            let wrapped = self.master.wrap(&key, tenant, person)?;
            self.execute(sql::PUT_PERSON_KEY, values![tenant, person, wrapped]).await?;
            self.keys.insert((tenant, person), key);
        }
        Ok(())
    }

    /// Whether a person's key was found or made before: an erased person has none.
    pub(crate) fn has_key(&self, tenant: TenantId, person: UserId) -> bool {
        self.keys.contains_key(&(tenant, person))
    }

    /// A key that was found or made before.
    pub(crate) fn loaded_key(&self, tenant: TenantId, person: UserId) -> Result<Key, StoreError> {
        let missing = || StoreError::Corrupt("a person's key is missing".to_owned());
        self.keys.get(&(tenant, person)).cloned().ok_or_else(missing)
    }
}

/// Whether a statement may run, or a test wants it to fail.
fn may_run(faults: Option<&dyn Faults>, statement: &str) -> Result<(), StoreError> {
    faults.map_or(Ok(()), |faults| faults.before(statement))
}
