//! How the decision point grows (docs/SCALING.md): so many questions a second about so many cases, asked of so many nodes, each
//! of which remembers for two seconds and confirms twice a second. Questions are drawn one by one; what is counted is what
//! the nodes ask the database, tell each other and hold in memory.

use std::collections::{HashMap, HashSet};

use clap::Args;

use crate::Failure;

/// How long a node rests on what it remembers (`vouchsafe_core::live_access::REMEMBERED_FOR`), in ticks of half a second.
const REMEMBERED_FOR: u64 = 4;
/// Tenants whose epochs one statement asks for (`vouchsafe_store::live`).
const EPOCHS_AT_ONCE: u64 = 1_000;
/// Statements for one fact: begin, time, epoch, case (two), grants, end.
const STATEMENTS_PER_FACT: u64 = 7;
/// Statements for one change that is told: the table of nodes, the message; each other node's yes is one more.
const STATEMENTS_PER_CHANGE: u64 = 2;

/// What is assumed.
#[derive(Debug, Args)]
pub(crate) struct Assumed {
    /// Tenants
    #[arg(long, default_value_t = 10_000_000)]
    tenants: u64,
    /// Cases that are open at once
    #[arg(long, default_value_t = 300_000)]
    open_cases: u64,
    /// Questions a second
    #[arg(long, default_value_t = 1_000_000)]
    decisions: u64,
    /// Questions that one node answers a second, at most (docs/PERFORMANCE.md)
    #[arg(long, default_value_t = 30_000)]
    per_node: u64,
    /// Changes of access a second, of all tenants
    #[arg(long, default_value_t = 200)]
    changes: u64,
    /// Statements that one shard of the database answers a second
    #[arg(long, default_value_t = 20_000)]
    per_shard: u64,
    /// Seconds to go through
    #[arg(long, default_value_t = 6)]
    seconds: u64,
    /// Seed of what is drawn
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What one run of some seconds came to, from the third second on: before that the nodes only learn.
#[derive(Debug, Default)]
struct Counted {
    seconds: u64,
    questions: u64,
    facts_asked: u64,
    epochs_asked: u64,
    epoch_statements: u64,
    messages: u64,
    facts_held_most: u64,
}

#[derive(Debug, Default)]
struct Node {
    /// Case by the tick until which its fact is good.
    facts: HashMap<u64, u64>,
    /// Tenants that were asked about since the last confirmation.
    in_use: HashSet<u64>,
}

/// Goes through it twice: every question to any node, and each tenant's questions to one.
pub(crate) fn run(assumed: &Assumed) -> Result<bool, Failure> {
    let nodes = assumed.decisions.div_ceil(assumed.per_node).max(1);
    println!(
        "{} tenants, {} open cases, {} questions a second (some cases are asked about far more often than others),\n{} changes a second, {nodes} nodes of {} questions a second each: all of this is assumed\n",
        assumed.tenants, assumed.open_cases, assumed.decisions, assumed.changes, assumed.per_node
    );
    for (how, by_tenant) in
        [("any node answers any question", false), ("a tenant's questions go to one node", true)]
    {
        let counted = through(assumed, nodes, by_tenant);
        let a_second = |count: u64| count / counted.seconds.max(1);
        let facts = a_second(counted.facts_asked) * STATEMENTS_PER_FACT;
        let told = a_second(counted.messages);
        let statements = facts + a_second(counted.epoch_statements) + told;
        println!("{how}:");
        println!("  questions answered           {:>12} a second", a_second(counted.questions));
        println!(
            "  facts asked of the database  {:>12} a second, {facts} statements",
            a_second(counted.facts_asked)
        );
        println!(
            "  epochs confirmed             {:>12} a second, {} statements",
            a_second(counted.epochs_asked),
            a_second(counted.epoch_statements)
        );
        println!("  changes told                 {told:>12} statements a second");
        println!("  facts held by a node, most   {:>12}", counted.facts_held_most);
        println!(
            "  statements                   {statements:>12} a second: {} shards of {}\n",
            statements.div_ceil(assumed.per_shard),
            assumed.per_shard
        );
    }
    Ok(true)
}

fn through(assumed: &Assumed, nodes: u64, by_tenant: bool) -> Counted {
    let mut random = Random(assumed.seed);
    let mut all: Vec<Node> = (0..nodes).map(|_| Node::default()).collect();
    let mut counted = Counted::default();
    let ticks = assumed.seconds.max(3) * 2;
    for tick in 0..ticks {
        let counts = tick >= 4;
        for _ in 0..assumed.decisions / 2 {
            let case = random.skewed(assumed.open_cases);
            let tenant = mixed(case) % assumed.tenants.max(1);
            let place = if by_tenant { mixed(tenant) } else { random.next() } % nodes;
            let Some(node) = usize::try_from(place).ok().and_then(|place| all.get_mut(place)) else {
                continue;
            };
            node.in_use.insert(tenant);
            let good_until = node.facts.entry(case).or_insert(0);
            if *good_until <= tick {
                *good_until = tick + REMEMBERED_FOR;
                counted.facts_asked += u64::from(counts);
            }
            counted.questions += u64::from(counts);
        }
        for node in &mut all {
            let tenants = node.in_use.len() as u64;
            counted.epochs_asked += if counts { tenants } else { 0 };
            counted.epoch_statements += if counts { tenants.div_ceil(EPOCHS_AT_ONCE) } else { 0 };
            let in_use = std::mem::take(&mut node.in_use);
            for (case, good_until) in &mut node.facts {
                if in_use.contains(&(mixed(*case) % assumed.tenants.max(1))) {
                    *good_until = tick + 1 + REMEMBERED_FOR;
                }
            }
            node.facts.retain(|_, good_until| *good_until > tick);
            counted.facts_held_most = counted.facts_held_most.max(node.facts.len() as u64);
        }
        for _ in 0..assumed.changes / 2 {
            let changed = random.skewed(assumed.open_cases);
            for node in &mut all {
                node.facts.remove(&changed);
            }
            counted.messages += if counts { STATEMENTS_PER_CHANGE + nodes - 1 } else { 0 };
        }
    }
    counted.seconds = (ticks - 4) / 2;
    counted
}

/// Spreads numbers that are close to each other (`SplitMix64`'s finish).
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(1);
        mixed(self.0)
    }

    /// Below `end`, small numbers more often: the logarithm is even, so that each tenfold of places gets the same share.
    fn skewed(&mut self, end: u64) -> u64 {
        let share = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        let place = ((end.max(1) as f64).ln() * share).exp() as u64;
        place.saturating_sub(1).min(end.saturating_sub(1))
    }
}
