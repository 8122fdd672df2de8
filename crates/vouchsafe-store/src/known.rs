//! What is known of rows without asking the database again.
//!
//! [`Known`] lies with the writer: whoever holds it holds the lock that every change of these rows needs, and a
//! transaction begins by asking whether anybody else has written, so what is remembered is what a statement would find.
//! [`Tokens`] is for readers: a token is looked up once, then known by its hash until anything about tokens changes;
//! no other process serves the data folder (`FolderLock`).

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use vouchsafe_core::id::{SupportRequestId, TenantId, UserId};
use vouchsafe_core::permit::Caller;
use vouchsafe_core::setup::TokenRecord;
use vouchsafe_core::support_request::SupportRequest;
use vouchsafe_core::tenant::Tenant;
use vouchsafe_core::time::Timestamp;

use crate::opened::SealedTexts;

/// Callers kept at most; beyond it the memory starts afresh.
const CALLERS_MAX: usize = 10_000;
/// Support requests kept at most; beyond it the memory starts afresh.
const REQUESTS_MAX: usize = 2_000;
/// Log heads kept at most; beyond it the memory starts afresh with the next transaction.
const HEADS_MAX: usize = 100_000;
/// Tokens kept at most; beyond it the memory starts afresh.
const TOKENS_MAX: usize = 100_000;

/// Rows that the writer knows, as its running transaction has them.
#[derive(Debug, Default)]
pub(crate) struct Known {
    heads: HashMap<TenantId, Head>,
    /// Heads that their rows do not say yet.
    grown: BTreeSet<TenantId>,
    callers: HashMap<(TenantId, UserId), UntilThen>,
    /// Support requests as they were written last.
    requests: HashMap<(TenantId, SupportRequestId), KnownRequest>,
    /// How often the keys of people had been forgotten when these were learnt ([`OpenedDocuments::age`]).
    ///
    /// [`OpenedDocuments::age`]: crate::opened::OpenedDocuments::age
    requests_age: u64,
    /// The running unit of work has changed what callers are made of, and may yet be undone.
    callers_change: bool,
    /// The running transaction has changed tokens.
    tokens_change: bool,
    /// SQLite's count of what other connections have written.
    written_by_others: i64,
}

/// A caller, and its tenant.
type KnownCaller = (Arc<Caller>, Arc<Tenant>);

/// A caller with the instant until which it is what was read, if one of its roles has an end.
type UntilThen = (KnownCaller, Option<Timestamp>);

/// A support request, and its personal values in both forms.
pub(crate) type KnownRequest = (Arc<SupportRequest>, SealedTexts);

/// Size of a tenant's log.
#[derive(Debug, Clone, Copy)]
struct Head {
    size: u64,
    /// What the row says.
    stored: u64,
}

/// A head whose row is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GrownHead {
    pub(crate) tenant: TenantId,
    pub(crate) size: u64,
    pub(crate) stored: u64,
}

impl Known {
    /// A transaction begins. `written_by_others` is SQLite's `data_version`: another number than before means that
    /// another connection, say an operator's, has changed something.
    pub(crate) fn begins(&mut self, written_by_others: i64) {
        if self.written_by_others != written_by_others {
            *self = Self { written_by_others, ..Self::default() };
        }
    }

    /// Whether nobody else has written since the transaction began.
    pub(crate) fn holds(&self, written_by_others: i64) -> bool {
        self.written_by_others == written_by_others
    }

    /// The size of a tenant's log.
    pub(crate) fn head(&self, tenant: TenantId) -> Option<u64> {
        self.heads.get(&tenant).map(|head| head.size)
    }

    /// Remembers what a head's row says.
    pub(crate) fn learn_head(&mut self, tenant: TenantId, stored: u64) {
        self.heads.entry(tenant).or_insert(Head { size: stored, stored });
    }

    /// Remembers what a unit of work that is kept has appended.
    pub(crate) fn grow(&mut self, tenant: TenantId, size: u64) {
        // A head that was not known is one that the unit of work has made, and its row says 0.
        let head = self.heads.entry(tenant).or_insert(Head { size: 0, stored: 0 });
        head.size = size;
        if head.size != head.stored {
            self.grown.insert(tenant);
        }
    }

    /// The heads whose rows must be written before the transaction ends.
    pub(crate) fn grown(&self) -> Vec<GrownHead> {
        let of = |tenant: &TenantId| {
            self.heads.get(tenant).map(|head| GrownHead {
                tenant: *tenant,
                size: head.size,
                stored: head.stored,
            })
        };
        self.grown.iter().filter_map(of).collect()
    }

    /// A caller with its tenant, as it is at this instant.
    pub(crate) fn caller(&self, tenant: TenantId, user: UserId, now: Timestamp) -> Option<KnownCaller> {
        let (known, until) = self.callers.get(&(tenant, user))?;
        until.is_none_or(|until| now < until).then(|| known.clone())
    }

    /// Remembers a caller that was read.
    pub(crate) fn learn_caller(&mut self, tenant: TenantId, user: UserId, found: UntilThen) {
        if self.callers_change {
            return;
        }
        if self.callers.len() >= CALLERS_MAX {
            self.callers.clear();
        }
        self.callers.insert((tenant, user), found);
    }

    /// Forgets all callers: the running unit of work changes an account or a tenant's settings.
    pub(crate) fn callers_change(&mut self) {
        self.callers.clear();
        self.callers_change = true;
    }

    /// A support request as the running transaction has it, opened while the keys of people had this age.
    pub(crate) fn request(&self, tenant: TenantId, id: SupportRequestId, age: u64) -> Option<KnownRequest> {
        if age == self.requests_age { self.requests.get(&(tenant, id)).cloned() } else { None }
    }

    /// Forgets a support request: the running unit of work changes it, and may yet be undone.
    pub(crate) fn request_changes(&mut self, tenant: TenantId, id: SupportRequestId) {
        self.requests.remove(&(tenant, id));
    }

    /// Remembers what a unit of work that is kept has written.
    pub(crate) fn learn_requests(&mut self, written: Vec<KnownRequest>, age: u64) {
        if age != self.requests_age || self.requests.len() + written.len() > REQUESTS_MAX {
            self.requests.clear();
            self.requests_age = age;
        }
        self.requests.extend(written.into_iter().map(|known| ((known.0.tenant, known.0.id), known)));
    }

    /// The running unit of work changes a token.
    pub(crate) fn tokens_change(&mut self) {
        self.tokens_change = true;
    }

    /// A unit of work has ended, kept or undone.
    pub(crate) fn unit_ended(&mut self) {
        self.callers_change = false;
    }

    /// The transaction is on disk. Says whether it has changed tokens.
    pub(crate) fn committed(&mut self) -> bool {
        for tenant in std::mem::take(&mut self.grown) {
            if let Some(head) = self.heads.get_mut(&tenant) {
                head.stored = head.size;
            }
        }
        if self.heads.len() > HEADS_MAX {
            self.heads.clear();
        }
        std::mem::take(&mut self.tokens_change)
    }

    /// The transaction was undone: nothing that was learnt in it holds.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Tokens by tenant and hash.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<KnownTokens>);

#[derive(Debug, Default)]
struct KnownTokens {
    by_hash: HashMap<(TenantId, [u8; 32]), TokenRecord>,
    /// Counts the times that all were forgotten.
    age: u64,
}

/// When a look-up of a token began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Age(u64);

impl Tokens {
    /// The token, or when the look-up for it begins.
    pub(crate) fn get(&self, tenant: TenantId, hash: [u8; 32]) -> Result<TokenRecord, Age> {
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.by_hash.get(&(tenant, hash)).cloned().ok_or(Age(tokens.age))
    }

    /// Remembers a token that a look-up has found, unless tokens have changed since it began.
    pub(crate) fn put(&self, token: TokenRecord, begun: Age) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.age != begun.0 {
            return;
        }
        if tokens.by_hash.len() >= TOKENS_MAX {
            tokens.by_hash.clear();
        }
        tokens.by_hash.insert((token.tenant, token.hash), token);
    }

    /// Forgets all: a change of tokens was committed, and nobody has been told yet.
    pub(crate) fn forget(&self) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.by_hash.clear();
        tokens.age += 1;
    }
}
