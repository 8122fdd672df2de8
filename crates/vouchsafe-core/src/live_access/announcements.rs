//! What a node has told the others of ends of access, and who has not said yes yet.

use std::collections::{BTreeMap, BTreeSet};

use super::{Elapsed, NodeId, REMEMBERED_FOR};

/// The announcements of one node, each with a number, in order.
#[derive(Debug, Default)]
pub struct Announcements {
    last: u64,
    open: BTreeMap<u64, Open>,
}

#[derive(Debug)]
struct Open {
    /// When nobody can rest on what was any more, whoever has heard of it.
    until: Elapsed,
    /// Who has not said yes; none until the table of nodes was read.
    waiting: Option<BTreeSet<NodeId>>,
}

impl Announcements {
    /// A change is committed, at `at` or before. Gives its number.
    pub fn begin(&mut self, at: Elapsed) -> u64 {
        self.last += 1;
        self.open.insert(self.last, Open { until: at.after(REMEMBERED_FOR), waiting: None });
        self.last
    }

    /// The number of the newest.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.last
    }

    /// All up to this number were told to these nodes, whom the table named **after** the commits.
    pub fn told(&mut self, up_to: u64, nodes: &BTreeSet<NodeId>) {
        for open in self.open.range_mut(..=up_to).map(|(_, open)| open) {
            open.waiting.get_or_insert_with(|| nodes.clone());
        }
        self.close();
    }

    /// A node has forgotten what the announcements up to this number speak of.
    pub fn acknowledged(&mut self, up_to: u64, node: NodeId) {
        for waiting in self.open.range_mut(..=up_to).filter_map(|(_, open)| open.waiting.as_mut()) {
            waiting.remove(&node);
        }
        self.close();
    }

    /// When the announcements up to this number hold everywhere: now, or at this moment at the latest.
    #[must_use]
    pub fn holds_from(&self, up_to: u64, at: Elapsed) -> Option<Elapsed> {
        let last = self.open.range(..=up_to).map(|(_, open)| open.until).max()?;
        (at < last).then_some(last)
    }

    /// Whether somebody could still wait for it.
    #[must_use]
    pub fn is_open(&self, number: u64) -> bool {
        self.open.contains_key(&number)
    }

    /// Drops what lies so far back that nobody waits for it.
    pub fn tidy(&mut self, at: Elapsed) {
        self.open.retain(|_, open| at < open.until);
    }

    fn close(&mut self) {
        self.open.retain(|_, open| open.waiting.as_ref().is_none_or(|waiting| !waiting.is_empty()));
    }
}
