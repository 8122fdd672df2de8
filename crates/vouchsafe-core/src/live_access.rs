//! Who may read what now, as one node remembers it for the decision point (`lifecycle.md`, *Effective access*; `api.md`,
//! *Decision point*). Diagnostic reads never rest on it.
//!
//! # The lease and the epoch
//!
//! A node learns facts from the database, each with the size of the log of the tenant that it belongs to: every change of
//! what somebody may do is an entry of that log, so the size is the tenant's *epoch*, and a fact is as the database has it
//! while the epoch is the same. What was learnt or found unchanged is good for [`REMEMBERED_FOR`], counted by the node's own
//! monotonic clock **from before the database was asked**. So whatever is lost, late or paused, nobody is permitted anything
//! later than [`REMEMBERED_FOR`] after the commit that ended it.
//!
//! Whoever ends access is answered sooner if all nodes say that they have forgotten what was ([`Announcements`]). Which nodes
//! there are is a table of the database. A node uses what it remembers only while it stands there: it says so with a beat
//! again and again, and stops by itself [`REMEMBERED_FOR`] after the last one that the database has taken. Others take a node
//! out of the table when they have seen the same beat for much longer by their own clocks ([`Peers`]). No clock is compared
//! with another's, so none of this rests on clocks being right.
//!
//! `crates/vouchsafe-core/tests/leases` drives all of this through random schedules of nodes that are late, paused, cut off
//! and killed.

mod announcements;
mod peers;
mod shards;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

pub use self::announcements::Announcements;
pub use self::peers::{NodeId, PEER_GONE_AFTER, Peers};
use self::shards::Shards;
use crate::effective::opened_by;
use crate::grant::{Grant, GrantSource};
use crate::id::{SupportRequestId, TenantId, UserId};
use crate::scope::DataCategory;
use crate::support_request::SupportRequest;
use crate::time::Timestamp;

/// How long a node may rest on what it remembers without asking the database again.
pub const REMEMBERED_FOR: Duration = Duration::from_secs(2);
/// Facts that a node remembers at most, of each kind. Beyond it all are forgotten, and learnt anew as they are asked for.
const FACTS_MAX: usize = 2_000_000;

/// A moment by a monotonic clock of one process, in microseconds since some moment of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Elapsed(u64);

impl Elapsed {
    /// That many microseconds after the beginning.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since the beginning.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// The moment so much later.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(span.as_micros()).unwrap_or(u64::MAX)))
    }
}

/// May `engineer` read `category` of `tenant` for `case`?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccessQuestion {
    /// The engineer.
    pub engineer: UserId,
    /// Whose data.
    pub tenant: TenantId,
    /// Which data.
    pub category: DataCategory,
    /// For which support request.
    pub case: SupportRequestId,
}

/// Who asks the decision point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// Whose account.
    pub tenant: TenantId,
    /// The account.
    pub user: UserId,
    /// About whom it may ask.
    pub about: AskedAbout,
    /// Until when this holds, unless the log says otherwise before: the token ends, or a role.
    pub until: Timestamp,
}

/// About whom somebody may ask the decision point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedAbout {
    /// A service of the provider that decides for others.
    Everybody,
    /// An engineer.
    Oneself,
    /// A customer.
    OwnTenant,
}

impl Asker {
    /// Whether the answer to this question is theirs to know.
    #[must_use]
    pub fn may_ask(&self, question: &AccessQuestion) -> bool {
        match self.about {
            AskedAbout::Everybody => true,
            AskedAbout::Oneself => self.user == question.engineer,
            AskedAbout::OwnTenant => self.tenant == question.tenant,
        }
    }
}

/// What an engineer's account says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineerFacts {
    /// Whether the account is active and may work on requests.
    pub works: bool,
    /// When a role of it ends by itself.
    pub until: Option<Timestamp>,
}

/// Who may read what of one tenant for one case. There are many of these, so they are small: of the ends of several grants,
/// only the first is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseFacts {
    engineer: Option<UserId>,
    /// What may be read as long as nothing changes.
    always: Categories,
    /// What may be read until then.
    granted: Categories,
    until: Timestamp,
}

/// A set of categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Categories(u8);

const _: () = assert!(DataCategory::ALL.len() <= u8::BITS as usize, "a bit for each category");

impl Categories {
    fn has(self, category: DataCategory) -> bool {
        self.0 & (1 << category as u8) != 0
    }

    fn add(&mut self, category: DataCategory) {
        self.0 |= 1 << category as u8;
    }
}

impl CaseFacts {
    /// Nobody may read anything.
    pub const NOTHING: Self =
        Self { engineer: None, always: Categories(0), granted: Categories(0), until: Timestamp::LAST };

    /// The facts that follow at `now` from a case and every grant of (tenant, case). At any later instant they say what
    /// [`crate::effective::basis`] would say of the same rows, or [`Over`].
    #[must_use]
    pub fn of(case: &SupportRequest, tenant: TenantId, grants: &[Grant], now: Timestamp) -> Self {
        let mut facts = Self::NOTHING;
        if !case.is_open() {
            return facts;
        }
        facts.engineer = case.engineer();
        let opened_here = opened_by(case, tenant);
        for category in DataCategory::ALL {
            let covers = |grant: &&Grant| {
                grant.source != GrantSource::Collection
                    && (grant.tenant, grant.support_request) == (tenant, case.id)
                    && grant.data_categories.contains(&category)
                    && grant.is_live(now)
            };
            if opened_here && !category.is_advanced() {
                facts.always.add(category);
            } else if let Some(until) =
                grants.iter().filter(covers).map(|grant| grant.expires.min(grant.usage.idle_at)).max()
            {
                facts.granted.add(category);
                facts.until = facts.until.min(until);
            }
        }
        facts
    }

    /// Whether this engineer may, as far as case and grants say.
    ///
    /// # Errors
    /// [`Over`]: what was granted was so until a moment that has passed, and must be asked anew: a read may have moved it on,
    /// and another grant may go on.
    pub fn allow(&self, engineer: UserId, category: DataCategory, now: Timestamp) -> Result<bool, Over> {
        if self.engineer != Some(engineer) {
            return Ok(false);
        }
        if self.always.has(category) {
            return Ok(true);
        }
        match self.granted.has(category) {
            false => Ok(false),
            true if now < self.until => Ok(true),
            true => Err(Over),
        }
    }
}

/// What was known held until a moment that has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over;

/// A fact that has to be learnt before a question can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Missing {
    /// Of an engineer's account.
    Engineer(UserId),
    /// Of one tenant's data for one case.
    Case(TenantId, SupportRequestId),
}

/// The beginning of asking the database for facts. What comes of it counts from here.
#[derive(Debug, Clone, Copy)]
pub struct Asking {
    at: Elapsed,
    age: u64,
}

/// What a view of the database says beside the facts.
#[derive(Debug, Clone, Copy)]
pub struct Epoch {
    /// Whose log.
    pub tenant: TenantId,
    /// How long it was in that view.
    pub size: u64,
    /// The time of the database, taken after the question.
    pub now: Timestamp,
}

/// One fact, and what it rests on.
#[derive(Debug, Clone, Copy)]
struct Fact<T> {
    is: T,
    size: u64,
    /// What the database's clock is ahead of this node's monotonic one; at most too much by the time that asking took.
    ahead: i64,
}

/// What a node knows of a tenant's log.
#[derive(Debug)]
struct Standing {
    /// The longest that the log was ever seen or said to be.
    size: u64,
    /// Until when facts of that size may be used.
    good_until: Elapsed,
    /// When it was last told that the log has grown: what is asked before must not come in after.
    told: Elapsed,
    /// Whether anybody used it since it was last confirmed.
    used: AtomicBool,
}

/// What one node remembers.
#[derive(Debug)]
pub struct LiveAccess {
    provider: TenantId,
    tenants: Shards<TenantId, Standing>,
    askers: Shards<[u8; 32], Fact<Asker>>,
    engineers: Shards<UserId, Fact<EngineerFacts>>,
    cases: Shards<(TenantId, SupportRequestId), Fact<CaseFacts>>,
    /// Until when other nodes wait for what this one says.
    counted_until: AtomicU64,
    /// Counts the times that all was forgotten.
    age: AtomicU64,
}

impl LiveAccess {
    /// The memory of the only node on a database.
    #[must_use]
    pub fn alone(provider: TenantId) -> Self {
        let memory = Self::among_nodes(provider);
        memory.counted_until.store(u64::MAX, Ordering::SeqCst);
        memory
    }

    /// The memory of a node among others. Before [`Self::count_from`] it remembers nothing.
    #[must_use]
    pub fn among_nodes(provider: TenantId) -> Self {
        Self {
            provider,
            tenants: Shards::default(),
            askers: Shards::default(),
            engineers: Shards::default(),
            cases: Shards::default(),
            counted_until: AtomicU64::new(0),
            age: AtomicU64::new(0),
        }
    }

    /// The table of nodes names this one, by a beat that began at `begun`.
    pub fn count_from(&self, begun: Elapsed) {
        self.counted_until.fetch_max(begun.after(REMEMBERED_FOR).0, Ordering::SeqCst);
    }

    /// The table does not name this node, or may not any more: all is forgotten.
    pub fn forget(&self) {
        self.counted_until.store(0, Ordering::SeqCst);
        self.age.fetch_add(1, Ordering::SeqCst);
        self.tenants.clear();
        self.askers.clear();
        self.engineers.clear();
        self.cases.clear();
    }

    fn is_counted(&self, at: Elapsed) -> bool {
        at.0 < self.counted_until.load(Ordering::SeqCst)
    }

    /// Who holds the token with this hash; none if that is not known now. `now` is the time if whoever asks knows it better
    /// than by this node's monotonic clock.
    #[must_use]
    pub fn asker(&self, hash: &[u8; 32], at: Elapsed, now: Option<Timestamp>) -> Option<Asker> {
        let fact = self.askers.copied(hash)?;
        let now = now.unwrap_or_else(|| fact.now(at));
        (self.holds(fact.is.tenant, &fact, at) && now < fact.is.until).then_some(fact.is)
    }

    /// The answer to a question that may be asked, or what has to be learnt first.
    ///
    /// # Errors
    /// [`Missing`].
    pub fn answer(
        &self,
        question: &AccessQuestion,
        at: Elapsed,
        now: Option<Timestamp>,
    ) -> Result<bool, Missing> {
        let engineer =
            self.engineers.copied(&question.engineer).filter(|fact| self.holds(self.provider, fact, at));
        let missing = Missing::Engineer(question.engineer);
        let engineer = engineer.ok_or(missing)?;
        let then = now.unwrap_or_else(|| engineer.now(at));
        if engineer.is.until.is_some_and(|until| then >= until) {
            return Err(missing);
        }
        if !engineer.is.works {
            return Ok(false);
        }
        let key = (question.tenant, question.case);
        let missing = Missing::Case(question.tenant, question.case);
        let case =
            self.cases.copied(&key).filter(|fact| self.holds(question.tenant, fact, at)).ok_or(missing)?;
        let now = now.unwrap_or_else(|| case.now(at));
        case.is.allow(question.engineer, question.category, now).map_err(|Over| missing)
    }

    /// Whether a fact may be used at this moment.
    fn holds<T>(&self, tenant: TenantId, fact: &Fact<T>, at: Elapsed) -> bool {
        self.is_counted(at)
            && self.tenants.look(&tenant, |standing| {
                if !standing.used.load(Ordering::Relaxed) {
                    standing.used.store(true, Ordering::Relaxed);
                }
                standing.size == fact.size && at < standing.good_until
            }) == Some(true)
    }

    /// Call before the database is asked for facts. None while this node may remember nothing.
    #[must_use]
    pub fn asking(&self, at: Elapsed) -> Option<Asking> {
        let age = self.age.load(Ordering::SeqCst);
        self.is_counted(at).then_some(Asking { at, age })
    }

    /// Remembers who holds a token.
    pub fn learn_asker(&self, asking: Asking, epoch: Epoch, hash: [u8; 32], asker: Asker) {
        self.learn(asking, epoch, asker, |fact| self.askers.put(hash, fact, FACTS_MAX));
    }

    /// Remembers what an engineer's account says.
    pub fn learn_engineer(&self, asking: Asking, epoch: Epoch, engineer: UserId, facts: EngineerFacts) {
        self.learn(asking, epoch, facts, |fact| self.engineers.put(engineer, fact, FACTS_MAX));
    }

    /// Remembers who may read what of a tenant for a case.
    pub fn learn_case(&self, asking: Asking, epoch: Epoch, case: SupportRequestId, facts: CaseFacts) {
        self.learn(asking, epoch, facts, |fact| self.cases.put((epoch.tenant, case), fact, FACTS_MAX));
    }

    fn learn<T>(&self, asking: Asking, epoch: Epoch, is: T, keep: impl FnOnce(Fact<T>)) {
        if self.seen(asking, epoch.tenant, epoch.size) {
            let Epoch { size, now, .. } = epoch;
            let ahead = now.as_micros().saturating_sub_unsigned(asking.at.0);
            keep(Fact { is, size, ahead });
        }
    }

    /// What a view of the database said of a log, that was asked for at `asking`. Says whether it is the newest known.
    fn seen(&self, asking: Asking, tenant: TenantId, size: u64) -> bool {
        if asking.age != self.age.load(Ordering::SeqCst) {
            return false;
        }
        let good_until = asking.at.after(REMEMBERED_FOR);
        self.tenants.change(tenant, Standing::unknown, |standing| {
            if size > standing.size {
                standing.size = size;
                standing.good_until = good_until;
            } else if size == standing.size {
                standing.good_until = standing.good_until.max(good_until);
            }
            size == standing.size
        })
    }

    /// A tenant's log has grown to this size by a change of what somebody may do: what was known of it before is forgotten,
    /// and what is still on its way from the database will not be taken.
    pub fn changed(&self, tenant: TenantId, size: u64, at: Elapsed) {
        self.tenants.change(tenant, Standing::unknown, |standing| {
            standing.told = standing.told.max(at);
            if size > standing.size {
                standing.size = size;
                standing.good_until = Elapsed::default();
            }
        });
    }

    /// The tenants that were asked about since this was last called: their epochs are worth asking for.
    #[must_use]
    pub fn in_use(&self) -> Vec<TenantId> {
        self.tenants.keys_where(|standing| standing.used.swap(false, Ordering::Relaxed))
    }

    /// Takes what the database said of the epochs of these tenants, asked for at `asking`: facts of the same epoch are good for
    /// as long again.
    pub fn confirm(&self, asking: Asking, epochs: &[(TenantId, u64)]) {
        for (tenant, size) in epochs {
            self.seen(asking, *tenant, *size);
        }
    }

    /// Drops what cannot be used any more.
    pub fn tidy(&self, at: Elapsed) {
        let long_ago = |moment: Elapsed| moment.after(REMEMBERED_FOR) < at;
        self.tenants.retain(|_, standing| !(long_ago(standing.good_until) && long_ago(standing.told)));
        self.askers.retain(|_, fact| self.has_standing(fact.is.tenant, fact));
        self.engineers.retain(|_, fact| self.has_standing(self.provider, fact));
        self.cases.retain(|(tenant, _), fact| self.has_standing(*tenant, fact));
    }

    fn has_standing<T>(&self, tenant: TenantId, fact: &Fact<T>) -> bool {
        self.tenants.look(&tenant, |standing| standing.size == fact.size) == Some(true)
    }

    /// Whose engineers these are.
    #[must_use]
    pub fn provider(&self) -> TenantId {
        self.provider
    }
}

impl<T> Fact<T> {
    /// The database's time at this moment, or a little later.
    fn now(&self, at: Elapsed) -> Timestamp {
        Timestamp::from_micros(self.ahead.saturating_add_unsigned(at.0))
    }
}

impl Standing {
    fn unknown() -> Self {
        Self {
            size: 0,
            good_until: Elapsed::default(),
            told: Elapsed::default(),
            used: AtomicBool::new(true),
        }
    }
}

#[cfg(test)]
mod tests;
