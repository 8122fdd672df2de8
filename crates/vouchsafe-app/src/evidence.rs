//! Publishing logs: trees, signed checkpoints, receipts (`evidence.md`).
//!
//! Entries get their place in the log in the transaction of the change they record. What follows from them is made
//! afterwards, in rounds: the tree's new nodes and a signed checkpoint. The order keeps the one promise of a checkpoint,
//! that no other one of its log contradicts it: the entries are durable, then the heads file says so, then the
//! checkpoint is stored, and only what is stored is served.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use vouchsafe_core::audit::Initiator;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::log_key::{LogHead, LogKey, add_log_key, adopt_heads};
use vouchsafe_core::permit::{ManageLog, for_service};
use vouchsafe_log::checkpoint::{Checkpoint, CheckpointError};
use vouchsafe_log::note::Note;
use vouchsafe_store::{Head, Heads, Published, Reader, StoreError, StoredNode};

use crate::witness::WitnessError;
use crate::{App, AppError};

/// Logs that one round publishes at most; the others wait for the next, which follows at once.
const LOGS_PER_ROUND: usize = 256;
/// Entries of one log that one round takes in at most.
const ENTRIES_PER_ROUND: u64 = 65_536;
/// Leaf hashes that are read at once.
const LEAVES_AT_ONCE: u64 = 8_192;
/// How long a node without a heads file waits for another one's: these look for questions in every round.
const PEER_ANSWERS_WITHIN: Duration = Duration::from_secs(3);
/// Levels of the tree in a level of tiles.
const TILE_HEIGHT: u32 = 8;

/// Why logs cannot be published.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The heads file is not there, though checkpoints were published.
    #[error(
        "logs were published before, but there is no heads file at {0}: without it nobody can tell whether the database has lost entries. Put the file back, or run `vouchsafe-server adopt-heads` to go on from what the database holds; every log will say so"
    )]
    NoHeads(PathBuf),
    /// The database has fewer entries than were published.
    #[error(
        "the database has lost entries: the log of tenant {tenant} was published with {published} entries, but has {stored}. Restore a newer backup"
    )]
    LostEntries {
        /// Whose log.
        tenant: TenantId,
        /// What the heads file says.
        published: u64,
        /// What the database holds.
        stored: u64,
    },
    /// The database holds other entries than were published.
    #[error(
        "the log of tenant {tenant} is not the one that was published: its first {size} entries have another root"
    )]
    OtherTree {
        /// Whose log.
        tenant: TenantId,
        /// Up to where it was published.
        size: u64,
    },
    /// A witness has seen another history.
    #[error(
        "the log of tenant {tenant} is not the one that the witness `{witness}` has seen: its {size} published entries do not follow from those"
    )]
    OtherThanWitnessed {
        /// Whose log.
        tenant: TenantId,
        /// What operators call the witness.
        witness: String,
        /// Entries that were published, as the database says.
        size: u64,
    },
    /// The heads file is older than the checkpoints in the database.
    #[error(
        "the heads file says less than was published of the log of tenant {tenant} ({heads} of {published} entries): it was put back from a backup. Put the newest one back, or run `vouchsafe-server adopt-heads`"
    )]
    OldHeads {
        /// Whose log.
        tenant: TenantId,
        /// What the heads file says.
        heads: u64,
        /// What the database says was published.
        published: u64,
    },
    /// The checkpoint cannot be signed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A witness that does not answer.
    #[error(transparent)]
    Witness(#[from] WitnessError),
    /// The store, the heads file included.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A use case that it rests on.
    #[error(transparent)]
    App(#[from] AppError),
}

/// The right to publish, which one process has, and the heads file that goes with it.
#[derive(Debug, Clone)]
pub(crate) struct Publisher(Arc<Mutex<Publishing>>);

#[derive(Debug)]
struct Publishing {
    /// Host of the logs' origins.
    host: String,
    heads: Heads,
    /// Logs to look at in the next round.
    behind: BTreeSet<TenantId>,
    /// Logs that were looked at in the last round: what had grown may not have been committed by then.
    again: BTreeSet<TenantId>,
}

/// A log's next checkpoint.
struct Growth {
    tenant: TenantId,
    nodes: Vec<StoredNode>,
    head: Head,
    keys: Vec<LogKey>,
    /// There are more entries than one round takes.
    more: bool,
}

impl App {
    /// The same application, which publishes logs under `host` and writes down in the heads file what it has published.
    /// Without a file, one is made if nothing was published yet, from the heads that another node has written down, or if of
    /// each log a witness signs that what was published follows from the newest that it has seen.
    ///
    /// # Errors
    /// [`EvidenceError`] if file and database do not fit together; then nothing may be published.
    pub async fn publishing(self, host: &str, file: &Path) -> Result<Self, EvidenceError> {
        let mut reader = self.store.read()?;
        let published = reader.published_heads().await?;
        let heads = match Heads::open(file)? {
            Some(heads) => heads,
            None => {
                drop(reader);
                let found = self.heads_of_others(&published).await?;
                reader = self.store.read()?;
                Heads::create(file, found.ok_or_else(|| EvidenceError::NoHeads(file.to_owned()))?)?
            }
        };
        for (tenant, head) in heads.iter() {
            let stored = reader.entries_in_log(tenant).await?;
            if stored < head.size {
                return Err(EvidenceError::LostEntries { tenant, published: head.size, stored });
            }
        }
        let behind = reader.logs_behind().await?;
        let mut publishing = Publishing { host: host.to_owned(), heads, behind, again: BTreeSet::new() };
        if self.is_among_nodes() {
            followed(&mut publishing.heads, &mut reader, published).await?;
        } else {
            for (tenant, head) in published {
                agrees(tenant, Some(head), publishing.heads.get(tenant))?;
            }
        }
        drop(reader);
        Ok(Self { publisher: Some(Publisher(Arc::new(Mutex::new(publishing)))), ..self })
    }

    /// What a node without a heads file may begin one with, if anybody can tell.
    async fn heads_of_others(
        &self,
        published: &BTreeMap<TenantId, Head>,
    ) -> Result<Option<BTreeMap<TenantId, Head>>, EvidenceError> {
        if self.is_among_nodes()
            && let Some(heads) = self.store.heads_of_a_peer(PEER_ANSWERS_WITHIN).await?
        {
            tracing::info!("there was no heads file: it begins with what another node has written down");
            return Ok(Some(heads));
        }
        if published.is_empty() {
            return Ok(Some(BTreeMap::new()));
        }
        if self.witnesses.is_empty() || self.witnessed(published).await?.is_none() {
            return Ok(None);
        }
        tracing::warn!("there was no heads file: witnesses have signed what the database says was published");
        Ok(Some(published.clone()))
    }

    /// Publishes what has been logged since the last round: one checkpoint for each log that has grown. Gives the number
    /// of checkpoints. What is wrong with one log delays no other.
    ///
    /// # Errors
    /// The first [`EvidenceError`]; what was published for others stays.
    pub async fn publish(&self) -> Result<usize, EvidenceError> {
        let Some(Publisher(publisher)) = &self.publisher else { return Ok(0) };
        let mut publishing = publisher.lock().await;
        if self.is_among_nodes() {
            // Whatever the database says by now: who asks wants to know what this node has seen.
            self.store.tell_heads(&publishing.heads).await?;
            let mut reader = self.store.read()?;
            let published = reader.published_heads().await?;
            followed(&mut publishing.heads, &mut reader, published).await?;
            drop(reader);
            if !self.leads("publish").await? {
                return Ok(0);
            }
        }
        let grown = self.store.take_grown().await?;
        publishing.behind.extend(&grown);
        let again = std::mem::replace(&mut publishing.again, grown);
        publishing.behind.extend(again);
        let mut published = Ok(0);
        let mut failed = BTreeSet::new();
        while !publishing.behind.is_empty() {
            let round: Vec<TenantId> = publishing.behind.iter().copied().take(LOGS_PER_ROUND).collect();
            let mut growths = Vec::new();
            for tenant in &round {
                publishing.behind.remove(tenant);
                match self.growth(&publishing, *tenant).await {
                    Ok(growth) => growths.extend(growth),
                    Err(error) => {
                        failed.insert(*tenant);
                        published = published.and(Err(error));
                    }
                }
            }
            let outcome = self.put_out(&mut publishing, growths).await;
            if outcome.is_err() {
                failed.extend(&round);
            }
            published = published.and_then(|sum| outcome.map(|count| sum + count));
        }
        publishing.behind = failed;
        published
    }

    /// What a log's next checkpoint says, if the log has grown. The first one brings a key with it.
    async fn growth(
        &self,
        publishing: &Publishing,
        tenant: TenantId,
    ) -> Result<Option<Growth>, EvidenceError> {
        let keys = self.store.read()?.log_keys(tenant).await?;
        let now = self.store.now();
        let keys = if keys.iter().any(|key| key.signs_until.is_none() && !key.is_worn(now)) {
            keys
        } else {
            self.add_log_key(tenant, &publishing.host).await?
        };
        let mut reader = self.store.read()?;
        let size = reader.entries_in_log(tenant).await?;
        let published = reader.checkpoint(tenant).await?.map(|published| published.head);
        let from = published.map_or(0, |head| head.size);
        let written = publishing.heads.get(tenant);
        agrees(tenant, published, written)?;
        if let Some(written) = written.filter(|written| written.size > size) {
            return Err(EvidenceError::LostEntries { tenant, published: written.size, stored: size });
        }
        if size <= from {
            return Ok(None);
        }
        let mut edge = reader.frontier(tenant, from).await?;
        if published.is_some_and(|published| published.root != edge.root()) {
            return Err(EvidenceError::OtherTree { tenant, size: from });
        }
        // Where a crash came between the heads file and the database, the file is ahead by one round.
        let end = written.map_or(0, |written| written.size).max(size.min(from + ENTRIES_PER_ROUND));
        let mut nodes = Vec::new();
        while edge.size() < end {
            let limit = LEAVES_AT_ONCE.min(end - edge.size());
            let leaves = reader.leaves_from(tenant, edge.size(), limit).await?;
            if leaves.is_empty() {
                let stored = edge.size();
                return Err(EvidenceError::LostEntries { tenant, published: end, stored });
            }
            for leaf in leaves {
                let complete = edge.append(leaf);
                nodes.extend(complete.iter().filter_map(stored_node));
                if written.is_some_and(|head| head.size == edge.size() && head.root != edge.root()) {
                    return Err(EvidenceError::OtherTree { tenant, size: edge.size() });
                }
            }
        }
        let head = Head { size: edge.size(), root: edge.root() };
        Ok(Some(Growth { tenant, nodes, head, keys, more: head.size < size }))
    }

    /// Makes these checkpoints public, in the order that a crash at any place leaves consistent.
    async fn put_out(
        &self,
        publishing: &mut Publishing,
        growths: Vec<Growth>,
    ) -> Result<usize, EvidenceError> {
        if growths.is_empty() {
            return Ok(0);
        }
        self.store.settle().await?;
        let heads: Vec<_> = growths.iter().map(|growth| (growth.tenant, growth.head)).collect();
        publishing.heads.advance(&heads)?;
        let mut work = self.store.work().await?;
        for growth in &growths {
            let note = self.signed(growth)?;
            let published = Published { head: growth.head, note };
            work.publish(growth.tenant, &growth.nodes, &published).await?;
        }
        work.commit().await?;
        self.published.send_replace(());
        publishing.behind.extend(growths.iter().filter(|growth| growth.more).map(|growth| growth.tenant));
        Ok(growths.len())
    }

    /// The checkpoint, signed with every key that signs now.
    fn signed(&self, growth: &Growth) -> Result<Note, EvidenceError> {
        let now = self.store.now();
        let mut note: Option<Note> = None;
        for key in growth.keys.iter().filter(|key| key.signs(now)) {
            let signer = self.store.log_signer(key)?;
            match &mut note {
                Some(note) => signer.sign(note, 0),
                None => {
                    let origin = signer.verifier().name().to_owned();
                    let Head { size, root } = growth.head;
                    let checkpoint = Checkpoint { origin, size, root, extensions: Vec::new() };
                    note = Some(checkpoint.signed(&signer)?);
                }
            }
        }
        note.ok_or_else(|| StoreError::Corrupt("a log has no key that signs".to_owned()).into())
    }

    /// Gives a log its next signing key, and says so in the log. Its origin never changes once it has one.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn add_log_key(&self, tenant: TenantId, host: &str) -> Result<Vec<LogKey>, AppError> {
        let mut work = self.work_on([tenant].into()).await?;
        let before = work.log_keys(tenant).await?;
        let origin = match before.first().and_then(|key| key.verifier_key.split('+').next()) {
            Some(origin) => origin.to_owned(),
            None => format!("{host}/log/{tenant}"),
        };
        let key = work.new_log_key(tenant, &origin)?;
        let permit = for_service::<ManageLog>(work.id(), tenant);
        let decided = add_log_key(key, &before, &work.context(Initiator::Service));
        work.record(permit, decided).await?;
        let keys = work.log_keys(tenant).await?;
        work.commit().await?;
        Ok(keys)
    }

    /// Lets every log go on from what the database holds, whatever the heads file says, and writes a new one. Each log
    /// that was published gets an entry that says from where, and what the file said. For operators, with no server running.
    ///
    /// # Errors
    /// [`EvidenceError`].
    pub async fn adopt_heads(&self, file: &Path) -> Result<usize, EvidenceError> {
        let before = Heads::open(file)?;
        let published = self.store.read()?.published_heads().await?;
        let known = before.iter().flat_map(|heads| heads.iter().map(|(tenant, _)| tenant));
        let tenants: BTreeSet<TenantId> = published.keys().copied().chain(known).collect();
        let mut heads = BTreeMap::new();
        for tenant in &tenants {
            let mut work = self.work_on([*tenant].into()).await?;
            // Where the database has lost the checkpoint as well, the log begins anew.
            let adopted = published
                .get(tenant)
                .copied()
                .unwrap_or(Head { size: 0, root: vouchsafe_log::tree::empty_root() });
            let permit = for_service::<ManageLog>(work.id(), *tenant);
            let said = before.as_ref().and_then(|heads| heads.get(*tenant));
            let cx = work.context(Initiator::Service);
            let decided = adopt_heads(*tenant, log_head(adopted), said.map(log_head), &cx);
            work.record(permit, decided).await?;
            work.commit().await?;
            heads.insert(*tenant, adopted);
        }
        Heads::create(file, heads)?;
        Ok(tenants.len())
    }
}

/// Writes down what other nodes have published since, once it is certain that it only goes on from what this node knows.
async fn followed(
    heads: &mut Heads,
    reader: &mut Reader,
    published: BTreeMap<TenantId, Head>,
) -> Result<(), EvidenceError> {
    let mut newer = Vec::new();
    for (tenant, head) in published {
        let known = heads.get(tenant);
        if known.is_some_and(|known| known.size >= head.size) {
            agrees(tenant, Some(head), known)?;
            continue;
        }
        if let Some(known) = known
            && reader.frontier(tenant, known.size).await?.root() != known.root
        {
            return Err(EvidenceError::OtherTree { tenant, size: known.size });
        }
        newer.push((tenant, head));
    }
    if !newer.is_empty() {
        heads.advance(&newer)?;
    }
    Ok(())
}

/// Whether what the database says was published is what the heads file says, or the file is ahead of it.
fn agrees(tenant: TenantId, published: Option<Head>, written: Option<Head>) -> Result<(), EvidenceError> {
    let Some(published) = published else { return Ok(()) };
    let heads = written.map_or(0, |head| head.size);
    if heads < published.size {
        return Err(EvidenceError::OldHeads { tenant, heads, published: published.size });
    }
    if written.is_some_and(|head| head.size == published.size && head.root != published.root) {
        return Err(EvidenceError::OtherTree { tenant, size: published.size });
    }
    Ok(())
}

/// A complete node, if it is one of those that are stored.
fn stored_node(node: &vouchsafe_log::tree::Node) -> Option<StoredNode> {
    let level = u8::try_from(node.level / TILE_HEIGHT).ok().filter(|level| *level > 0)?;
    node.level.is_multiple_of(TILE_HEIGHT).then_some(StoredNode {
        level,
        number: node.index,
        hash: node.hash,
    })
}

fn log_head(head: Head) -> LogHead {
    LogHead { size: head.size, root: vouchsafe_log::hex(&head.root) }
}
