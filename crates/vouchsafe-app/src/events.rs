//! What changed for somebody, told while it happens (`api.md`, `GET /v1.0/events`).
//!
//! It comes from the outbox, so that what is told was committed. Each change is held against what the reader may see now:
//! nobody hears of anything that they could not open.

use std::collections::{BTreeMap, BTreeSet};

use vouchsafe_core::id::{OutboxId, TenantId};
use vouchsafe_core::permit::{Facts, ReadAccess, ReadLog, authorize};
use vouchsafe_core::time::Timestamp;
use vouchsafe_store::{OUTBOX_KEPT, OutboxItem};

use crate::access::look_at;
use crate::call::acting;
use crate::case::{LOOK, visible_case};
use crate::{App, AppError, Who};

/// Seconds that a place looks back: what was committed later may stand before what was told already.
const LOOKED_AGAIN_S: i64 = 10;
/// Seconds from one look so far back to the next; in between it looks only behind what it has told.
const LOOKS_AGAIN_EVERY_S: i64 = 5;
/// After so many changes a look ends.
const CHANGES_MAX: usize = 200;
/// Items that are read at once.
const PAGE: u32 = 200;

/// Something that changed and that the reader may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its id; a change that is told again has the same.
    pub id: OutboxId,
    /// When.
    pub at: Timestamp,
    /// What happened: the activity as the own tenant's log names it. The provider's people hear only what kind of thing changed.
    pub activity: String,
    /// The id of what changed.
    pub subject: String,
    /// Where the API shows it, below the base address; none for what has no address of its own.
    pub resource: Option<String>,
}

/// How far a reader has been told.
#[derive(Debug, Clone)]
pub struct Place {
    from: OutboxId,
    looked_back: Timestamp,
    told: BTreeSet<OutboxId>,
}

impl Place {
    /// From now on.
    #[must_use]
    pub fn now(now: Timestamp) -> Self {
        Self { from: OutboxItem::first_of(now), looked_back: now, told: BTreeSet::new() }
    }

    /// Behind a change that was told before. What happened in the ten seconds before it may be told again. None if
    /// changes of that time are kept no more, and something may have been missed.
    #[must_use]
    pub fn after(last: OutboxId, now: Timestamp) -> Option<Self> {
        let drawn = OutboxItem::drawn_at(last);
        let from = OutboxItem::first_of(earlier(drawn, LOOKED_AGAIN_S));
        (drawn > now - OUTBOX_KEPT).then(|| Self { from, looked_back: now, told: BTreeSet::from([last]) })
    }

    /// Where this look begins.
    fn begins(&mut self, now: Timestamp) -> OutboxId {
        if earlier(now, LOOKS_AGAIN_EVERY_S) < self.looked_back {
            return self.from;
        }
        self.looked_back = now;
        let back = OutboxItem::first_of(earlier(now, LOOKED_AGAIN_S));
        self.told = self.told.split_off(&back);
        self.told.insert(self.from);
        self.from.min(back)
    }
}

impl App {
    /// What changed for somebody behind a place, which moves on; at most 400 changes at once. The caller asks again and
    /// again, with the account authenticated anew each time.
    ///
    /// # Errors
    /// [`AppError`], as every use case here.
    pub async fn changes(&self, who: Who, place: &mut Place) -> Result<Vec<Change>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let sees_log = authorize::<ReadLog>(Facts::own_tenant(LOOK, &me.caller), me.tenant.id).is_ok();
        let mut begin = place.begins(self.store.now());
        let mut new = Vec::new();
        while new.len() < CHANGES_MAX {
            let items = reader.outbox_from(who.tenant, begin, PAGE).await?;
            let Some(last) = items.last().map(|item| item.id).filter(|last| *last != begin) else { break };
            new.extend(items.into_iter().filter(|item| place.told.insert(item.id)));
            begin = last;
            place.from = place.from.max(last);
        }
        drop(reader);
        let (mut seen, mut changes) = (BTreeMap::new(), Vec::new());
        for item in new {
            let visible = match seen.get(&item.subject) {
                Some(visible) => *visible,
                None => {
                    let visible = self.shows(who, &item.subject, sees_log).await?;
                    seen.insert(item.subject.clone(), visible);
                    visible
                }
            };
            if visible {
                let resource = address_of(&item.subject, who.tenant);
                let OutboxItem { id, topic, subject, at } = item;
                changes.push(Change { id, at, activity: topic, subject, resource });
            }
        }
        Ok(changes)
    }

    /// Whether somebody may see a thing now. What is no thing of a case is told to who reads the whole log.
    async fn shows(&self, who: Who, subject: &str, sees_log: bool) -> Result<bool, AppError> {
        let found = match subject.split_once('_') {
            Some(("sr", _)) => {
                let mut reader = self.store.read()?;
                let me = acting(&mut reader, who).await?;
                visible_case(&mut reader, &me, parsed(subject)?).await.map(drop)
            }
            Some(("sar", _)) => {
                let mut reader = self.store.read()?;
                let me = acting(&mut reader, who).await?;
                look_at::<ReadAccess>(&mut reader, &me, parsed(subject)?).await
            }
            Some(("grt", _)) => self.grant(who, parsed(subject)?).await.map(drop),
            Some(("dc", _)) => self.collection(who, parsed(subject)?).await.map(drop),
            Some(_) | None => return Ok(sees_log),
        };
        match found {
            Ok(()) => Ok(true),
            Err(AppError::NotFound | AppError::Forbidden) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn earlier(time: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_micros(time.as_micros().saturating_sub(seconds.saturating_mul(1_000_000)))
}

fn parsed<T: std::str::FromStr>(id: &str) -> Result<T, AppError> {
    id.parse().map_err(|_| AppError::NotFound)
}

/// Where the API shows a thing.
fn address_of(subject: &str, tenant: TenantId) -> Option<String> {
    let list = match subject.split_once('_').map(|(kind, _)| kind) {
        Some("sr") => "support/requests",
        Some("sar") => "support/accessRequests",
        Some("grt") => "support/grants",
        Some("dc") => "support/dataCollections",
        Some("usr") => "users",
        Some(_) => return None,
        None if subject == tenant.to_string() => return Some("/v1.0/organization".to_owned()),
        None => return None,
    };
    Some(format!("/v1.0/{list}/{subject}"))
}
