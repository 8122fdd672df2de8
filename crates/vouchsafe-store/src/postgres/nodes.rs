//! The nodes on one database: which there are, and what they tell each other.
//!
//! A node has one connection for it. It listens, puts itself into the table of nodes, says again and again that it is there,
//! tells of the changes that were committed here, and says yes to those of others once it has forgotten what was. Whatever
//! goes wrong with the connection, the node forgets all and begins anew under another name: it may have missed something.
//! Messages only shorten a wait; what may be remembered, and for how long, is `vouchsafe_core::live_access`.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, mpsc, watch};
use tokio_postgres::{Client, Notification, Statement};
use vouchsafe_core::id::TenantId;
use vouchsafe_core::live_access::{Announcements, Elapsed, NodeId, Peers};

use super::PostgresUrl;
use crate::edge::os_random;
use crate::error::StoreError;
use crate::live::Live;
use crate::sql::postgres as sql;

/// Pause between two beats.
const BEAT_EVERY: Duration = Duration::from_millis(500);
/// How long a statement of this connection may take, and what is done on hearing of a change.
const PATIENCE: Duration = Duration::from_secs(1);
/// Changes that one message tells of: a message holds 8,000 bytes at most (PostgreSQL, NOTIFY), and one change takes some 60.
const CHANGES_PER_MESSAGE: usize = 100;

/// What this node has told and has still to tell.
#[derive(Debug)]
pub(crate) struct Nodes {
    url: PostgresUrl,
    telling: Mutex<Telling>,
    /// There is something to tell.
    wake: Notify,
    /// Somebody said yes.
    yes: Notify,
}

/// A change that was not told yet: its number, whose log has grown, and to which size.
type Untold = (u64, TenantId, u64);

#[derive(Debug, Default)]
struct Telling {
    announcements: Announcements,
    untold: Vec<Untold>,
}

/// What one node tells all others, by its first channel.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Changed {
    from: String,
    /// The announcements that this and all before it make up; none if more of them comes.
    up_to: Option<u64>,
    tenants: Vec<(TenantId, u64)>,
}

/// What a node answers, by the channel of who asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Yes {
    from: String,
    up_to: u64,
}

/// Why a node begins anew.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("the connection is gone")]
    Connection,
    #[error("another node has taken this one for gone")]
    TakenOut,
    #[error("the database did not answer in time")]
    Late(#[from] tokio::time::error::Elapsed),
    #[error("a statement failed")]
    Statement(#[from] tokio_postgres::Error),
    #[error("what was heard could not be acted on")]
    Heard(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the database cannot be reached")]
    Unreachable(#[from] StoreError),
}

/// One stay among the nodes.
struct Stay {
    client: Client,
    /// What is run again and again, prepared once: somebody waits for it.
    beats: Statement,
    nodes: Statement,
    notify: Statement,
    heard: mpsc::UnboundedReceiver<Notification>,
    me: NodeId,
    channel: String,
    peers: Peers,
}

impl Nodes {
    pub(crate) fn on(url: &PostgresUrl) -> Self {
        Self { url: url.clone(), telling: Mutex::default(), wake: Notify::new(), yes: Notify::new() }
    }

    fn telling(&self) -> MutexGuard<'_, Telling> {
        self.telling.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A change is committed: it will be told.
    pub(crate) fn announce(&self, tenant: TenantId, size: u64, at: Elapsed) {
        let mut telling = self.telling();
        telling.announcements.tidy(at);
        let number = telling.announcements.begin(at);
        telling.untold.push((number, tenant, size));
        let Telling { announcements, untold } = &mut *telling;
        // What nobody can rest on any more need not be told.
        untold.retain(|(number, _, _)| announcements.is_open(*number));
        self.wake.notify_one();
    }

    /// Waits until what was announced so far holds everywhere.
    pub(crate) async fn settled(&self, elapsed: impl Fn() -> Elapsed + Send) {
        let up_to = self.telling().announcements.last();
        loop {
            let mut yes = std::pin::pin!(self.yes.notified());
            yes.as_mut().enable();
            let Some(until) = self.telling().announcements.holds_from(up_to, elapsed()) else { return };
            let left = Duration::from_micros(until.as_micros().saturating_sub(elapsed().as_micros()));
            // Whether it was a yes or the time: the next look says so.
            drop(tokio::time::timeout(left, yes).await);
        }
    }

    /// Is one of the nodes until `stopped` says so.
    pub(crate) async fn join<F, E>(
        &self,
        live: &Live,
        act: impl Fn(BTreeSet<TenantId>) -> F + Send + Sync,
        stopped: &mut watch::Receiver<bool>,
    ) where
        F: Future<Output = Result<(), E>> + Send,
        E: std::error::Error + Send + Sync + 'static,
    {
        while !*stopped.borrow() {
            let lost = self.stay(live, &act, stopped).await;
            live.memory.forget();
            if let Err(error) = lost {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "not among the nodes; decisions ask the database"
                );
                tokio::time::sleep(BEAT_EVERY).await;
            }
        }
    }

    fn take_yes(&self, payload: &str) {
        let Ok(Yes { from, up_to }) = serde_json::from_str(payload) else { return };
        if let Some(node) = named(&from) {
            self.telling().announcements.acknowledged(up_to, node);
            self.yes.notify_waiters();
        }
    }

    async fn stay<F, E>(
        &self,
        live: &Live,
        act: &(impl Fn(BTreeSet<TenantId>) -> F + Send + Sync),
        stopped: &mut watch::Receiver<bool>,
    ) -> Result<(), Lost>
    where
        F: Future<Output = Result<(), E>> + Send,
        E: std::error::Error + Send + Sync + 'static,
    {
        let mut stay = Stay::begin(&self.url, live).await?;
        // What could not be told before is told now.
        self.wake.notify_one();
        let mut beat = tokio::time::interval(BEAT_EVERY);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = told_to_stop(stopped) => {
                    live.memory.forget();
                    return in_time(stay.client.execute(sql::NODE_LEAVES, &[&stay.name()])).await.map(drop);
                }
                _ = beat.tick() => stay.beat(live).await?,
                () = self.wake.notified() => stay.tell(self).await?,
                message = stay.heard.recv() => {
                    let message = message.ok_or(Lost::Connection)?;
                    if message.channel() == stay.channel {
                        stay.hear(live, act, message.payload()).await?;
                    } else {
                        self.take_yes(message.payload());
                    }
                }
            }
        }
    }
}

impl Stay {
    async fn begin(url: &PostgresUrl, live: &Live) -> Result<Self, Lost> {
        let (client, heard) = url.listening().await?;
        let mut random = [0; 16];
        os_random(&mut random);
        let (me, channel) = (NodeId(u128::from_le_bytes(random)), url.channel());
        let [beats, nodes, notify] =
            [sql::NODE_BEATS, sql::NODES, sql::NOTIFY].map(|text| client.prepare(text));
        let (beats, nodes, notify) = in_time(async { tokio::try_join!(beats, nodes, notify) }).await?;
        let stay = Self { client, beats, nodes, notify, heard, me, channel, peers: Peers::default() };
        // First it listens, then it is in the table: whoever finds it there is heard.
        let listen = format!("LISTEN {}; LISTEN {}_{}", stay.channel, stay.channel, stay.name());
        in_time(stay.client.batch_execute(&listen)).await?;
        let begun = live.elapsed();
        in_time(stay.client.execute(sql::NODE_JOINS, &[&stay.name()])).await?;
        // A beat that a crash loses is no loss; that the node is there must not be lost, and was written before.
        in_time(stay.client.batch_execute("SET synchronous_commit = off")).await?;
        live.memory.count_from(begun);
        Ok(stay)
    }

    fn name(&self) -> String {
        name(self.me)
    }

    /// Says that this node is there, and takes out those that have not for long.
    async fn beat(&mut self, live: &Live) -> Result<(), Lost> {
        let begun = live.elapsed();
        if in_time(self.client.execute(&self.beats, &[&self.name()])).await? != 1 {
            return Err(Lost::TakenOut);
        }
        live.memory.count_from(begun);
        let rows = in_time(self.client.query(&self.nodes, &[])).await?;
        let others = rows.iter().filter_map(|row| {
            let beat = u64::try_from(row.try_get::<_, i64>(1).ok()?).ok()?;
            named(row.try_get(0).ok()?).filter(|node| *node != self.me).map(|node| (node, beat))
        });
        let others: Vec<(NodeId, u64)> = others.collect();
        for (gone, beat) in self.peers.observe(&others, live.elapsed()) {
            let beat = i64::try_from(beat).unwrap_or(i64::MAX);
            in_time(self.client.execute(sql::NODE_IS_GONE, &[&name(gone), &beat])).await?;
        }
        Ok(())
    }

    /// Tells all others what was committed here, and notes who they are.
    async fn tell(&mut self, nodes: &Nodes) -> Result<(), Lost> {
        let untold = nodes.telling().untold.clone();
        let Some(up_to) = untold.iter().map(|(number, _, _)| *number).max() else { return Ok(()) };
        // Side by side: both come after the commits, and no yes is taken before this is done.
        let parts: Vec<_> = untold.chunks(CHANGES_PER_MESSAGE).collect();
        let table = in_time(self.client.query(&self.nodes, &[]));
        let told = self.tell_parts(&parts, up_to);
        let (table, told) = tokio::join!(table, told);
        told?;
        let table = table?;
        let others = table.iter().filter_map(|row| named(row.try_get(0).ok()?));
        let others: BTreeSet<NodeId> = others.filter(|node| *node != self.me).collect();
        let mut telling = nodes.telling();
        telling.untold.retain(|(number, _, _)| *number > up_to);
        telling.announcements.told(up_to, &others);
        nodes.yes.notify_waiters();
        Ok(())
    }

    async fn tell_parts(&self, parts: &[&[Untold]], up_to: u64) -> Result<(), Lost> {
        for (n, part) in parts.iter().enumerate() {
            let tenants = part.iter().map(|(_, tenant, size)| (*tenant, *size)).collect();
            let up_to = (n + 1 == parts.len()).then_some(up_to);
            self.send(&self.channel, &Changed { from: self.name(), up_to, tenants }).await?;
        }
        Ok(())
    }

    /// Forgets what another node says has changed, and says yes.
    async fn hear<F, E>(
        &self,
        live: &Live,
        act: &(impl Fn(BTreeSet<TenantId>) -> F + Send + Sync),
        payload: &str,
    ) -> Result<(), Lost>
    where
        F: Future<Output = Result<(), E>> + Send,
        E: std::error::Error + Send + Sync + 'static,
    {
        let Ok(Changed { from, up_to, tenants }) = serde_json::from_str(payload) else { return Ok(()) };
        if from == self.name() {
            return Ok(());
        }
        for (tenant, size) in &tenants {
            live.memory.changed(*tenant, *size, live.elapsed());
        }
        let acted = act(tenants.into_iter().map(|(tenant, _)| tenant).collect());
        tokio::time::timeout(PATIENCE, acted).await?.map_err(|error| Lost::Heard(Box::new(error)))?;
        match (up_to, named(&from)) {
            (Some(up_to), Some(_)) => {
                let channel = format!("{}_{from}", self.channel);
                self.send(&channel, &Yes { from: self.name(), up_to }).await
            }
            _ => Ok(()),
        }
    }

    async fn send(&self, channel: &str, message: &impl Serialize) -> Result<(), Lost> {
        let text = serde_json::to_string(message).map_err(|error| Lost::Heard(Box::new(error)))?;
        in_time(self.client.execute(&self.notify, &[&channel, &text])).await.map(drop)
    }
}

async fn told_to_stop(stopped: &mut watch::Receiver<bool>) {
    // Whoever could say so is gone: that is the end, too.
    drop(stopped.wait_for(|stopped| *stopped).await);
}

async fn in_time<T>(statement: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, Lost> {
    Ok(tokio::time::timeout(PATIENCE, statement).await??)
}

fn name(node: NodeId) -> String {
    format!("{:032x}", node.0)
}

fn named(text: &str) -> Option<NodeId> {
    u128::from_str_radix(text, 16).ok().map(NodeId)
}
