//! Trees and checkpoints of logs: what is stored above the leaf hashes, and the tiles that follow from it
//! (`evidence.md`, *Format*; C2SP `tlog-tiles`).
//!
//! Only the hashes of full subtrees of 256, 65,536, … entries are stored, one for 256 entries. Every tile is made from
//! these, from the leaf hashes and from the entries' bytes, so that there is no second copy that could say anything else.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use vouchsafe_core::id::TenantId;
use vouchsafe_core::log_key::LogKey;
use vouchsafe_core::time::Timestamp;
use vouchsafe_log::Hash;
use vouchsafe_log::note::{KeyKind, Note, NoteError, Signer};
use vouchsafe_log::tile::{Tile, TileKind, TileNodes, push_entry};
use vouchsafe_log::tree::{Frontier, Nodes, ProofError};

use crate::error::StoreError;
use crate::heads::Head;
use crate::session::Session;
use crate::sql::{self, Row, values};
use crate::store::Store;
use crate::work::Work;

/// A checkpoint that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Size and root.
    pub head: Head,
    /// The signed note.
    pub note: Note,
}

/// The hash of a full subtree that is stored: `number`-th of those of 256^`level` leaves, `level` being at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredNode {
    /// Level of tiles.
    pub level: u8,
    /// Place within the level.
    pub number: u64,
    /// The hash.
    pub hash: Hash,
}

impl Session {
    /// Entries of a tenant's log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn entries_in_log(&mut self, tenant: TenantId) -> Result<u64, StoreError> {
        match self.query_one(sql::LOG_SIZE, &values![tenant]).await? {
            Some(mut row) => row.count(0),
            None => Ok(0),
        }
    }

    /// The newest checkpoint of a tenant's log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn checkpoint(&mut self, tenant: TenantId) -> Result<Option<Published>, StoreError> {
        let Some(mut row) = self.query_one(sql::CHECKPOINT, &values![tenant]).await? else { return Ok(None) };
        let note = row.text(2)?.parse().map_err(|_: NoteError| damaged("a checkpoint is no signed note"))?;
        Ok(Some(Published { head: head(&mut row)?, note }))
    }

    /// The heads of all published checkpoints.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn published_heads(&mut self) -> Result<BTreeMap<TenantId, Head>, StoreError> {
        let mut heads = BTreeMap::new();
        for mut row in self.query(sql::CHECKPOINTS, &[]).await? {
            let tenant = row.parsed(2)?;
            heads.insert(tenant, head(&mut row)?);
        }
        Ok(heads)
    }

    /// Tenants whose logs have grown since their last checkpoint.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn logs_behind(&mut self) -> Result<BTreeSet<TenantId>, StoreError> {
        self.query(sql::LOGS_BEHIND, &[]).await?.iter_mut().map(|row| row.parsed(0)).collect()
    }

    /// The keys of a tenant's log, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn log_keys(&mut self, tenant: TenantId) -> Result<Vec<LogKey>, StoreError> {
        let rows = self.query(sql::LOG_KEYS, &values![tenant]).await?;
        let key = |mut row: Row| {
            Ok(LogKey {
                tenant,
                id: row.text(0)?,
                verifier_key: row.text(1)?,
                sealed: row.bytes(2)?,
                created: Timestamp::from_micros(row.int(3)?),
                signs_until: row.opt_int(4)?.map(Timestamp::from_micros),
            })
        };
        rows.into_iter().map(key).collect()
    }

    /// Leaf hashes from a place on, at most so many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn leaves_from(
        &mut self,
        tenant: TenantId,
        from: u64,
        limit: u64,
    ) -> Result<Vec<Hash>, StoreError> {
        self.hashes(sql::LEAVES_FROM, &values![tenant, from, limit]).await
    }

    /// The hashes of a tile; none if not all of them are there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tile_hashes(
        &mut self,
        tenant: TenantId,
        tile: Tile,
    ) -> Result<Option<Vec<Hash>>, StoreError> {
        let first = tile.number.saturating_mul(vouchsafe_log::tile::TILE_WIDTH);
        let limit = u64::from(tile.width);
        let hashes = match tile.kind {
            TileKind::Entries => return Ok(None),
            TileKind::Hashes(0) => self.leaves_from(tenant, first, limit).await?,
            TileKind::Hashes(level) => {
                self.hashes(sql::LOG_NODES_FROM, &values![tenant, i64::from(level), first, limit]).await?
            }
        };
        Ok((hashes.len() == usize::from(tile.width)).then_some(hashes))
    }

    /// The bytes of a tile, as it is served; none if not all of it is there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tile_bytes(&mut self, tenant: TenantId, tile: Tile) -> Result<Option<Vec<u8>>, StoreError> {
        if let TileKind::Hashes(_) = tile.kind {
            return Ok(self.tile_hashes(tenant, tile).await?.map(|hashes| hashes.concat()));
        }
        let first = tile.number.saturating_mul(vouchsafe_log::tile::TILE_WIDTH);
        let rows = self.query(sql::ENTRY_BYTES_FROM, &values![tenant, first, u64::from(tile.width)]).await?;
        if rows.len() != usize::from(tile.width) {
            return Ok(None);
        }
        let mut bundle = Vec::new();
        for mut row in rows {
            push_entry(&mut bundle, &row.bytes(0)?).map_err(|error| damaged(&error.to_string()))?;
        }
        Ok(Some(bundle))
    }

    /// What `ask` makes of the nodes of a tenant's tree of `size`: a proof, or the right edge. `ask` is called twice: to
    /// learn which tiles it needs, and with these.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Corrupt`] if a node is missing.
    pub async fn from_tree<T>(
        &mut self,
        tenant: TenantId,
        size: u64,
        ask: impl Fn(&dyn Nodes) -> Result<T, ProofError> + Send + Sync,
    ) -> Result<T, StoreError> {
        let mut tiles = BTreeMap::new();
        for tile in tiles_asked(size, &ask).map_err(|error| damaged(&error.to_string()))? {
            if let Some(hashes) = self.tile_hashes(tenant, tile).await? {
                tiles.insert(tile, hashes);
            }
        }
        let nodes = TileNodes { size, tile: |tile: Tile| tiles.get(&tile).cloned() };
        ask(&nodes).map_err(|error| damaged(&error.to_string()))
    }

    /// The right edge of a tenant's tree as it was at `size`.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Corrupt`] if a node is missing.
    pub async fn frontier(&mut self, tenant: TenantId, size: u64) -> Result<Frontier, StoreError> {
        self.from_tree(tenant, size, |nodes| Frontier::of(size, nodes)).await
    }

    async fn hashes(
        &mut self,
        sql: &'static str,
        parameters: &[sql::Value],
    ) -> Result<Vec<Hash>, StoreError> {
        let rows = self.query(sql, parameters).await?;
        rows.into_iter().map(|mut row| hash(&mut row, 0)).collect()
    }
}

impl Work {
    /// Stores what follows from a log's entries: the nodes of its tree, and its checkpoint. Not audited: it says nothing
    /// that the entries do not say.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn publish(
        &mut self,
        tenant: TenantId,
        nodes: &[StoredNode],
        published: &Published,
    ) -> Result<(), StoreError> {
        for StoredNode { level, number, hash } in nodes {
            let parameters = values![tenant, i64::from(*level), *number, hash.to_vec()];
            self.execute(sql::PUT_LOG_NODE, parameters).await?;
        }
        let Head { size, root } = published.head;
        let parameters = values![tenant, size, root.to_vec(), published.note.to_string()];
        // Another node that was away for a while may still hold the one before: a checkpoint never makes a log shorter.
        if self.execute(sql::PUT_CHECKPOINT, parameters).await? != 1 {
            return Err(StoreError::VersionConflict("the checkpoint"));
        }
        Ok(())
    }

    pub(crate) async fn write_log_key(&mut self, row: &LogKey) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        let LogKey { tenant, id, verifier_key, sealed, created, signs_until } = row.clone();
        let parameters = values![tenant, id, verifier_key, sealed, created, signs_until];
        self.execute(sql::PUT_LOG_KEY, parameters).await.map(drop)
    }

    /// A new key of this name for a tenant's log.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a name that no key can have.
    pub fn new_log_key(&self, tenant: TenantId, origin: &str) -> Result<LogKey, StoreError> {
        let mut seed = zeroize::Zeroizing::new([0; 32]);
        self.random(tenant, seed.as_mut_slice());
        let signer = signer(origin, &seed)?;
        let id = vouchsafe_log::hex(&signer.verifier().id());
        Ok(LogKey {
            tenant,
            sealed: self.master().seal_log_key(&seed, tenant, &id)?,
            verifier_key: signer.verifier().to_string(),
            id,
            created: self.now(),
            signs_until: None,
        })
    }
}

impl Store {
    /// What signs with a log's key.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a key that does not open, or is not the one it says.
    pub fn log_signer(&self, key: &LogKey) -> Result<Signer, StoreError> {
        let seed = self.master().open_log_key(&key.sealed, key.tenant, &key.id)?;
        let origin = key.verifier_key.split('+').next().unwrap_or_default();
        let signer = signer(origin, &seed)?;
        if signer.verifier().to_string() == key.verifier_key {
            Ok(signer)
        } else {
            Err(damaged("a log's key is not the one that its row names"))
        }
    }
}

/// The tiles whose nodes are asked for.
fn tiles_asked<T>(
    size: u64,
    ask: impl Fn(&dyn Nodes) -> Result<T, ProofError>,
) -> Result<BTreeSet<Tile>, ProofError> {
    let asked = RefCell::new(BTreeSet::new());
    let noted = TileNodes {
        size,
        tile: |tile: Tile| {
            asked.borrow_mut().insert(tile);
            Some(vec![[0; 32]; usize::from(tile.width)])
        },
    };
    ask(&noted)?;
    Ok(asked.take())
}

fn signer(origin: &str, seed: &[u8; 32]) -> Result<Signer, StoreError> {
    Signer::new(origin, KeyKind::Log, seed).map_err(|error| damaged(&error.to_string()))
}

/// Size and root, from the first two columns.
fn head(row: &mut Row) -> Result<Head, StoreError> {
    Ok(Head { size: row.count(0)?, root: hash(row, 1)? })
}

fn hash(row: &mut Row, column: usize) -> Result<Hash, StoreError> {
    row.bytes(column)?.try_into().map_err(|_| damaged("a hash has a wrong length"))
}

fn damaged(what: &str) -> StoreError {
    StoreError::Corrupt(what.to_owned())
}
