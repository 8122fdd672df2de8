//! Votes: how many people of a tenant must agree, and which of the votes given so far still count
//! (`lifecycle.md`, *Votes*).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::personal::Personal;
use crate::scope::Scope;
use crate::time::Timestamp;

/// Most approvers that a tenant can ask for.
pub const REQUIRED_MAX: u32 = 5;
/// Most people whom a tenant can name as its only approvers.
pub const APPROVERS_MAX: usize = 100;

/// One person's agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vote {
    /// Whose.
    pub by: UserId,
    /// That person's name.
    pub by_name: Personal,
    /// When.
    pub at: Timestamp,
    /// Whether the service recorded it because the same person approved in another tenant.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub automatic: bool,
    /// Whether it was signed by the person's passkey. One that was not stops counting once the tenant asks for that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub signed: bool,
    /// What the approver remarked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Personal>,
}

/// Votes of one tenant for one exact scope that do not decide yet, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ballot {
    /// What they are for.
    pub scope: Scope,
    /// Whose they are.
    pub votes: Vec<Vote>,
}

impl Ballot {
    /// The ballot after one more vote. A vote for another scope restarts the count at one.
    #[must_use]
    pub fn after(before: Option<Self>, vote: &Vote, scope: &Scope) -> Self {
        let before = before.filter(|before| before.scope == *scope);
        let mut votes = before.map(|before| before.votes).unwrap_or_default();
        votes.retain(|known| known.by != vote.by);
        votes.push(vote.clone());
        Self { scope: scope.clone(), votes }
    }
}

/// What is known of the votes given so far at the moment of the next one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The voters who may still decide. One account for each person.
    pub counting: BTreeSet<UserId>,
    /// The voters that are accounts of the person who votes now.
    pub own: BTreeSet<UserId>,
}

/// What one more vote comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Weight<V> {
    /// It decides, together with these.
    Decides(Vec<V>),
    /// More are needed.
    Waits,
    /// The person's vote is counted already, and more are needed.
    Counted,
}

impl Standing {
    /// Whether somebody's vote counts.
    #[must_use]
    pub fn counts(&self, voter: UserId) -> bool {
        self.counting.contains(&voter)
    }

    /// Weighs a vote of `by` beside `given` for the same thing.
    pub(crate) fn weigh<V: Clone>(
        &self,
        given: &[V],
        voter: impl Fn(&V) -> UserId,
        by: UserId,
        required: u32,
    ) -> Weight<V> {
        let own = |vote: &&V| voter(vote) == by || self.own.contains(&voter(vote));
        let counting = || given.iter().filter(|vote| self.counts(voter(vote)));
        let others: Vec<V> = counting().filter(|vote| !own(vote)).cloned().collect();
        if u32::try_from(others.len()).unwrap_or(u32::MAX).saturating_add(1) >= required {
            Weight::Decides(others)
        } else if counting().any(|vote| own(&vote)) {
            Weight::Counted
        } else {
            Weight::Waits
        }
    }
}
