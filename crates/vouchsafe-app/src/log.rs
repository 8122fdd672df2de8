//! A tenant's published log, for its own readers: checkpoint, tiles, keys, receipts (`evidence.md`).

use vouchsafe_core::id::{EntryId, ReadId, TenantId};
use vouchsafe_core::log_key::LogKey;
use vouchsafe_core::permit::{Facts, ReadLog, authorize};
use vouchsafe_log::note::Note;
use vouchsafe_log::opening::Enclosed;
use vouchsafe_log::receipt::Receipt;
use vouchsafe_log::tile::Tile;
use vouchsafe_log::tree::inclusion_proof;
use vouchsafe_store::{LogEntry, Published, Session, StoreError};

use crate::call::acting;
use crate::case::LOOK;
use crate::{App, AppError, EvidenceError, Who};

impl App {
    /// The newest checkpoint of the own tenant's log, with the signatures of the witnesses that have seen it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for every other log, and while nothing is published.
    pub async fn log_checkpoint(&self, who: Who, tenant: TenantId) -> Result<Note, AppError> {
        let mut reader = self.store.read()?;
        may_read_log(&mut reader, who, tenant).await?;
        let published = reader.cosigned_checkpoint(tenant).await?.ok_or(AppError::NotFound)?;
        Ok(published.note)
    }

    /// The bytes of a tile of the own tenant's log. A tile that reaches beyond the newest checkpoint is not there yet.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for every other log, and for tiles that the log does not have.
    pub async fn log_tile(&self, who: Who, tenant: TenantId, tile: Tile) -> Result<Vec<u8>, AppError> {
        let mut reader = self.store.read()?;
        may_read_log(&mut reader, who, tenant).await?;
        let published = reader.checkpoint(tenant).await?.ok_or(AppError::NotFound)?;
        if !tile.is_within(published.head.size) {
            return Err(AppError::NotFound);
        }
        reader.tile_bytes(tenant, tile).await?.ok_or(AppError::NotFound)
    }

    /// The keys that checkpoints of the own tenant's log are checked with, oldest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for who may not read the log.
    pub async fn log_keys(&self, who: Who) -> Result<Vec<LogKey>, AppError> {
        let mut reader = self.store.read()?;
        may_read_log(&mut reader, who, who.tenant).await.map_err(AppError::unhidden)?;
        Ok(reader.log_keys(who.tenant).await?)
    }

    /// The proof that an entry stands in the own tenant's log, with the entry and what it commits to. An entry that is
    /// younger than the newest checkpoint is published first.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an entry that the caller may not see; [`AppError::Unavailable`] while the log is not
    /// published.
    pub async fn receipt(&self, who: Who, id: EntryId) -> Result<Receipt, AppError> {
        let entry = {
            let mut reader = self.store.read()?;
            may_read_log(&mut reader, who, who.tenant).await?;
            reader.entry(who.tenant, id).await?.ok_or(AppError::NotFound)?
        };
        let unpublished = || StoreError::CommitFailed("the log is not published".to_owned());
        let mut published = self.store.read()?.cosigned_checkpoint(who.tenant).await?;
        if published.as_ref().is_none_or(|published| published.head.size <= entry.sequence) {
            self.publish().await.map_err(published_in_vain)?;
            published = self.store.read()?.cosigned_checkpoint(who.tenant).await?;
        }
        let published = published.filter(|published| published.head.size > entry.sequence);
        let Published { head, note } = published.ok_or_else(|| AppError::Unavailable(unpublished()))?;
        let mut reader = self.store.read()?;
        let index = entry.sequence;
        let proof = |nodes: &dyn vouchsafe_log::tree::Nodes| inclusion_proof(index, head.size, nodes);
        let path = reader.from_tree(who.tenant, head.size, proof).await?;
        let enclosed = enclosed(&mut reader, who.tenant, entry).await?;
        let extra = enclosed.to_bytes().map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Receipt { extra: Some(extra), index, path, checkpoint: note })
    }
}

/// The entry with what it commits to; a read's with the ids of what was read.
async fn enclosed(session: &mut Session, tenant: TenantId, entry: LogEntry) -> Result<Enclosed, AppError> {
    let read: Option<ReadId> =
        entry.entry.pointer("/events/0/read/id").and_then(|id| id.as_str()?.parse().ok());
    let record_ids = match read {
        Some(id) => session.read_record(tenant, id).await?.map(|record| record.record_ids),
        None => None,
    };
    let bytes = String::from_utf8(entry.bytes);
    Ok(Enclosed {
        entry: bytes.map_err(|_| StoreError::Corrupt("an entry is no text".to_owned()))?,
        openings: entry.openings.into_iter().map(|(pointer, opening)| (pointer, opening.into())).collect(),
        record_ids,
    })
}

/// Whether the caller may read this log. Whoever may not is told that there is none.
async fn may_read_log(session: &mut Session, who: Who, tenant: TenantId) -> Result<(), AppError> {
    let me = acting(session, who).await?;
    let facts = Facts::own_tenant(LOOK, &me.caller);
    authorize::<ReadLog>(facts, tenant).map(drop).map_err(|_| AppError::NotFound)
}

/// A receipt needs a checkpoint; why there is none is the operator's business.
fn published_in_vain(error: EvidenceError) -> AppError {
    match error {
        EvidenceError::App(error) => error,
        EvidenceError::Store(error) => error.into(),
        EvidenceError::Witness(cause) => StoreError::CommitFailed(cause.to_string()).into(),
        error @ (EvidenceError::NoHeads(_)
        | EvidenceError::LostEntries { .. }
        | EvidenceError::OtherTree { .. }
        | EvidenceError::OtherThanWitnessed { .. }
        | EvidenceError::OldHeads { .. }
        | EvidenceError::Checkpoint(_)) => AppError::Internal(StoreError::Corrupt(error.to_string())),
    }
}
