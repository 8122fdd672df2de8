//! A connection in use, with the keys it needs: what units of work and readers have in common.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::sync::Arc;

use rusqlite::Connection;
use vouchsafe_core::id::{TenantId, UserId};

use crate::error::StoreError;
use crate::known::Known;
use crate::opened::{Document, OpenedDocuments, SealedText, SealedTexts};
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
    master: Arc<MasterKey>,
    committed: Arc<KeyCache>,
    /// Keys seen in this session; they reach the shared cache only once they are known to be committed.
    keys: HashMap<(TenantId, UserId), Key>,
    documents: Arc<OpenedDocuments>,
    /// Personal values of the documents that this session has opened, in both forms.
    texts: Vec<SealedTexts>,
    faults: Option<Arc<dyn Faults>>,
    /// A statement failed or a decision was refused: what was written so far is half of something.
    broken: bool,
}

#[derive(Debug)]
enum Held {
    Unit(Unit),
    Reader(PooledReader),
}

impl Session {
    pub(crate) fn writing(
        unit: Unit,
        master: Arc<MasterKey>,
        committed: Arc<KeyCache>,
        documents: Arc<OpenedDocuments>,
        faults: Option<Arc<dyn Faults>>,
    ) -> Self {
        Self::holding(Held::Unit(unit), master, committed, documents, faults)
    }

    pub(crate) fn reading(
        reader: PooledReader,
        master: Arc<MasterKey>,
        committed: Arc<KeyCache>,
        documents: Arc<OpenedDocuments>,
    ) -> Self {
        Self::holding(Held::Reader(reader), master, committed, documents, None)
    }

    fn holding(
        connection: Held,
        master: Arc<MasterKey>,
        committed: Arc<KeyCache>,
        documents: Arc<OpenedDocuments>,
        faults: Option<Arc<dyn Faults>>,
    ) -> Self {
        let (keys, texts) = (HashMap::new(), Vec::new());
        Self { connection, master, committed, keys, documents, texts, faults, broken: false }
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

    /// The master key.
    pub(crate) fn master(&self) -> &MasterKey {
        &self.master
    }

    /// Makes a commit impossible.
    pub(crate) fn spoil(&mut self) {
        self.broken = true;
    }

    /// Commits a writing session, whose logs have these sizes now, and lets its keys be shared.
    pub(crate) async fn commit(self, logs: &BTreeMap<TenantId, u64>) -> Result<(), StoreError> {
        if self.broken {
            return Err(StoreError::CommitFailed("a statement of this unit of work failed".to_owned()));
        }
        if let Held::Unit(unit) = self.connection {
            unit.commit(logs).await?;
        }
        for ((tenant, person), key) in self.keys {
            self.committed.put(tenant, person, key);
        }
        Ok(())
    }

    /// What the writer knows; nothing for a reader, whose view is its own.
    pub(crate) fn known(&mut self) -> Option<&mut Known> {
        match &mut self.connection {
            Held::Unit(unit) => unit.known(),
            Held::Reader(_) => None,
        }
    }

    fn connection(&self) -> Result<&Connection, StoreError> {
        match &self.connection {
            Held::Unit(unit) => unit.connection(),
            Held::Reader(reader) => reader.connection(),
        }
    }

    pub(crate) async fn execute(
        &mut self,
        sql: &'static str,
        parameters: impl Into<Vec<Value>>,
    ) -> Result<u64, StoreError> {
        let done = self.may_run(sql).map(drop).and_then(|()| match &mut self.connection {
            Held::Unit(unit) => unit.execute(sql, parameters.into()),
            Held::Reader(reader) => sqlite::execute(reader.connection()?, sql, &parameters.into()),
        });
        self.broken |= done.is_err();
        done
    }

    pub(crate) async fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        let found = self.may_run(sql).and_then(|connection| sqlite::query(connection, sql, parameters));
        self.broken |= found.is_err();
        found
    }

    /// The connection, unless a test wants this statement to fail.
    fn may_run(&self, sql: &str) -> Result<&Connection, StoreError> {
        if let Some(faults) = &self.faults {
            faults.before(sql)?;
        }
        self.connection()
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
