//! Which nodes there are, and which are gone.

use std::collections::HashMap;
use std::time::Duration;

use super::Elapsed;

/// A node that has shown the same beat for so long is gone. Much longer than it goes on by itself without one.
pub const PEER_GONE_AFTER: Duration = Duration::from_secs(10);

/// One start of one node; random, so that no two are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u128);

/// The beats that this node has seen of the others.
#[derive(Debug, Default)]
pub struct Peers {
    seen: HashMap<NodeId, (u64, Elapsed)>,
}

impl Peers {
    /// Takes what the table of nodes says at `at`. Gives the nodes that are gone with their last beat: whoever takes one out
    /// must do so only if the beat is still that.
    pub fn observe(&mut self, table: &[(NodeId, u64)], at: Elapsed) -> Vec<(NodeId, u64)> {
        self.seen.retain(|node, _| table.iter().any(|(there, _)| there == node));
        let mut gone = Vec::new();
        for (node, beat) in table {
            let (last, since) = self.seen.entry(*node).or_insert((*beat, at));
            if *last != *beat {
                (*last, *since) = (*beat, at);
            } else if since.after(PEER_GONE_AFTER) <= at {
                gone.push((*node, *beat));
            }
        }
        gone
    }
}
