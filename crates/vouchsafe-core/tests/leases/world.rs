//! Database, messages, nodes, and what may happen next.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use vouchsafe_core::consent::Consent;
use vouchsafe_core::grant::{Grant, GrantSource, GrantState};
use vouchsafe_core::id::{Id, uuid_v7};
use vouchsafe_core::live_access::{
    AccessQuestion, Announcements, Asking, CaseFacts, Elapsed, EngineerFacts, Epoch, LiveAccess, NodeId,
    Peers, REMEMBERED_FOR,
};
use vouchsafe_core::pace::{Extent, Usage};
use vouchsafe_core::personal::Personal;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::support_request::{Assignment, RequestState, Severity, Stage, SupportRequest};
use vouchsafe_core::time::Timestamp;

use crate::random::Random;

const NODES: usize = 3;

/// What may happen in a step, with how often it usually does.
macro_rules! happenings {
    ($($name:ident = $weight:literal,)*) => {
        #[derive(Debug, Clone, Copy)]
        pub(crate) enum Happening { $($name,)* }

        impl Happening {
            const ALL: [Self; WEIGHTS.len()] = [$(Self::$name,)*];
        }

        const WEIGHTS: [usize; [$($weight,)*].len()] = [$($weight,)*];
    };
}

happenings! {
    Pause = 1,
    CutOff = 1,
    Kill = 1,
    Grant = 1,
    Remove = 4,
    RemoveElsewhere = 4,
    Ask = 24,
    Load = 14,
    Confirm = 8,
    Beat = 16,
    Tell = 14,
    Hear = 24,
    Answer = 10,
    LookForTheGone = 4,
}

const FUTURE: i64 = 1 << 60;

/// What was seen.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Found {
    /// Questions permitted from memory.
    pub permits: u64,
    /// Questions refused from memory.
    pub refused: u64,
    /// Removals answered because all nodes had said yes.
    pub early: u64,
    /// Removals answered at the bound.
    pub late: u64,
    /// Facts that came too late to be remembered.
    pub stale: u64,
    /// Nodes taken out of the table by others.
    pub gone: u64,
    /// Nodes that found themselves taken out or cut off and began anew.
    pub again: u64,
}

impl std::ops::Add for Found {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            permits: self.permits + other.permits,
            refused: self.refused + other.refused,
            early: self.early + other.early,
            late: self.late + other.late,
            stale: self.stale + other.stale,
            gone: self.gone + other.gone,
            again: self.again + other.again,
        }
    }
}

/// The promise is broken.
#[derive(Debug)]
pub(crate) struct Broken;

/// What can be wrong in the steps between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// What was learnt counts from the database's answer.
    LearntFromAnswer,
    /// A node says yes before it has forgotten.
    YesFirst,
    /// A node that was cut off goes on under its name, with what it knew.
    GoesOn,
    /// The table of nodes is as it was read for an end of access before.
    OldTable,
    /// What could not be told is not told again.
    ToldOnce,
    /// A node is taken out at the first sight of a beat that has not moved.
    Impatient,
}

impl Fault {
    /// Those that random schedules come upon soon enough.
    pub(crate) const OFTEN: [Self; 5] =
        [Self::LearntFromAnswer, Self::YesFirst, Self::OldTable, Self::ToldOnce, Self::Impatient];
}

/// What the database holds.
#[derive(Default)]
struct Database {
    live: bool,
    size: u64,
    nodes: BTreeMap<NodeId, u64>,
}

/// A removal that was committed.
struct Removal {
    size: u64,
    at: u64,
    answered: Option<u64>,
}

/// A question for facts: when it was asked, and what the database said of size and access.
type Load = (Option<Asking>, Option<(u64, bool)>);

struct Node {
    id: NodeId,
    /// What its clock is ahead of time.
    offset: u64,
    memory: LiveAccess,
    announcements: Announcements,
    peers: Peers,
    paused_until: u64,
    cut_off_until: u64,
    /// Its connection broke and it has not noticed.
    deaf: bool,
    registered: bool,
    /// Questions to the database on their way: there, and with what it said.
    loads: VecDeque<Load>,
    confirming: Option<(Asking, Option<u64>)>,
    beating: Option<(Elapsed, Option<bool>)>,
    /// Ends of access: number, size, and the removal that waits for it.
    removing: Vec<(u64, u64, usize)>,
    /// Not told yet: number and size, 0 where it is another tenant's; and whom to tell once the table was read.
    untold: Vec<(u64, u64)>,
    table: Option<(u64, BTreeSet<NodeId>)>,
    last_table: BTreeSet<NodeId>,
    taking_out: Vec<(NodeId, u64)>,
}

#[derive(Clone, Copy)]
enum Message {
    Changed { size: u64, up_to: u64 },
    Yes { up_to: u64 },
}

pub(crate) struct World {
    random: Random,
    fault: Option<Fault>,
    now: u64,
    /// Until when time passes in great steps.
    slow_until: u64,
    names: u128,
    database: Database,
    removals: Vec<Removal>,
    nodes: Vec<Node>,
    /// In order for each pair.
    messages: BTreeMap<(NodeId, NodeId), VecDeque<Message>>,
    facts: CaseFacts,
}

fn id<I: Id>(n: u8) -> I {
    I::from_uuid(uuid_v7(Timestamp::from_millis(1), [n; 10]))
}

fn question() -> AccessQuestion {
    let category = DataCategory::SignInLogs;
    AccessQuestion { engineer: id(9), tenant: id(1), category, case: id(1) }
}

/// Facts that permit the question.
fn permitting() -> CaseFacts {
    let (user, past, future) = (id(9), Timestamp::from_micros(0), Timestamp::from_micros(FUTURE));
    let text = || Personal::new(user, "");
    let case = SupportRequest {
        id: id(1),
        tenant: id(1),
        number: "1000000000000000".to_owned(),
        title: text(),
        description: text(),
        severity: Severity::Moderate,
        service: "identity".to_owned(),
        problem_type: "signIn".to_owned(),
        contact: None,
        opened_by: user,
        origin: None,
        created: past,
        resource_tenants: Vec::new(),
        assignment: Some(Assignment {
            engineer: user,
            display_name: text(),
            since: past,
            reason: text(),
            grounds: Vec::new(),
        }),
        stage: Stage::InProgress,
        state: RequestState::Open,
        consent: Consent::None,
        version: 1,
    };
    let grant = Grant {
        id: id(1),
        tenant: case.tenant,
        support_request: case.id,
        access_request: None,
        collection: None,
        source: GrantSource::AccessRequest,
        data_categories: vec![DataCategory::SignInLogs],
        filter: None,
        people: None,
        extent: Extent::BOUND,
        records_max: 1,
        idle_pause: vouchsafe_core::time::Duration::days(7),
        created: past,
        expires: future,
        state: GrantState::Live,
        usage: Usage::begun(future),
        version: 1,
    };
    CaseFacts::of(&case, case.tenant, &[grant], past)
}

impl World {
    pub(crate) fn new(seed: u64, fault: Option<Fault>) -> Self {
        thread_local!(static FACTS: CaseFacts = permitting());
        let mut world = Self {
            random: Random::of(seed),
            fault,
            now: 1 << 40,
            slow_until: 0,
            names: 0,
            database: Database { live: true, size: 1, ..Database::default() },
            removals: Vec::new(),
            nodes: Vec::new(),
            messages: BTreeMap::new(),
            facts: FACTS.with(|facts| *facts),
        };
        for _ in 0..NODES {
            let node = world.new_node();
            world.nodes.push(node);
        }
        world
    }

    fn new_node(&mut self) -> Node {
        self.names += 1;
        Node {
            id: NodeId(self.names),
            offset: self.random.next() >> 20,
            memory: LiveAccess::among_nodes(id(8)),
            announcements: Announcements::default(),
            peers: Peers::default(),
            paused_until: 0,
            cut_off_until: 0,
            deaf: false,
            registered: false,
            loads: VecDeque::new(),
            confirming: None,
            beating: None,
            removing: Vec::new(),
            untold: Vec::new(),
            table: None,
            last_table: BTreeSet::new(),
            taking_out: Vec::new(),
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// Lets one thing happen.
    pub(crate) fn step(&mut self, found: &mut Found) -> Result<(), Broken> {
        let slow = self.now < self.slow_until;
        if slow {
            self.now += self.random.span(22);
        } else if self.random.one_in(3) {
            // Mostly what a message takes, now and then what a lease lasts.
            let bits = if self.random.one_in(16) { 22 } else { 15 };
            self.now += self.random.span(bits);
        }
        let (n, kind) = (self.random.below(NODES), self.happening());
        let paused = self.now < self.nodes[n].paused_until;
        match kind {
            Happening::Pause => self.pause(n),
            Happening::CutOff => self.cut_off(n),
            // Whoever waits for an answer of it never gets one.
            Happening::Kill => self.nodes[n] = self.new_node(),
            Happening::Grant => {
                self.database.live = true;
                self.database.size += 1;
            }
            _ if paused => {}
            _ if slow && self.random.one_in(2) => self.look_for_the_gone(n, found),
            kind => self.act(kind, n, found)?,
        }
        Ok(())
    }

    /// Lets a node do something.
    pub(crate) fn act(&mut self, kind: Happening, n: usize, found: &mut Found) -> Result<(), Broken> {
        match kind {
            Happening::Pause | Happening::CutOff | Happening::Kill | Happening::Grant => {}
            Happening::Remove => self.remove(n),
            Happening::RemoveElsewhere => self.remove_elsewhere(n),
            Happening::Ask => self.ask(n, found)?,
            Happening::Load => self.load(n, found),
            Happening::Confirm => self.confirm(n),
            Happening::Beat => self.beat(n, found),
            Happening::Tell => (0..=self.random.below(2)).for_each(|_| self.tell(n)),
            Happening::Hear => (0..=self.random.below(4)).for_each(|_| self.hear(n)),
            Happening::Answer => self.answer(n, found),
            Happening::LookForTheGone => self.look_for_the_gone(n, found),
        }
        Ok(())
    }

    /// A node's connection breaks, and can be had again at once.
    pub(crate) fn break_connection(&mut self, n: usize) {
        self.nodes[n].deaf = true;
    }

    /// Whether an end of access was answered, and not only because it was time.
    pub(crate) fn is_answered(&self) -> bool {
        self.removals.iter().any(|removal| removal.answered.is_some())
    }

    fn happening(&mut self) -> Happening {
        let all: usize = WEIGHTS.iter().sum();
        let mut drawn = self.random.below(all);
        let mut kinds = Happening::ALL.into_iter().zip(WEIGHTS);
        loop {
            let (kind, weight) = kinds.next().unwrap();
            if drawn < weight {
                return kind;
            }
            drawn -= weight;
        }
    }

    fn pause(&mut self, n: usize) {
        // Long ones are lived through in great steps, in which the others take the node for gone.
        let long = self.random.one_in(3);
        let span = if long { 9_000_000 + self.random.span(23) } else { self.random.span(22) };
        self.nodes[n].paused_until = self.now + span;
        self.slow_until = self.now + if long { span } else { 0 };
    }

    fn cut_off(&mut self, n: usize) {
        let span = self.random.span(23);
        (self.nodes[n].cut_off_until, self.nodes[n].deaf) = (self.now + span, true);
    }

    fn elapsed(&self, n: usize) -> Elapsed {
        Elapsed::from_micros(self.now + self.nodes[n].offset)
    }

    fn is_cut_off(&self, n: usize) -> bool {
        self.now < self.nodes[n].cut_off_until
    }

    /// Asks a node. What it permits must not be over for good.
    fn ask(&mut self, n: usize, found: &mut Found) -> Result<(), Broken> {
        let at = self.elapsed(n);
        let answer = self.nodes[n].memory.answer(&question(), at, None);
        match answer {
            Ok(true) => {
                found.permits += 1;
                let over = self.removals.last().filter(|_| !self.database.live);
                let bound = u64::try_from(REMEMBERED_FOR.as_micros()).unwrap();
                if over.is_some_and(|over| over.answered.is_some() || self.now >= over.at + bound) {
                    return Err(Broken);
                }
            }
            Ok(false) => found.refused += 1,
            Err(_) if self.nodes[n].loads.len() < 3 => {
                if let Some(asking) = self.nodes[n].memory.asking(at) {
                    self.nodes[n].loads.push_back((Some(asking), None));
                }
            }
            Err(_) => {}
        }
        Ok(())
    }

    /// A question for facts goes on by one step: the database answers it, or the answer comes in.
    fn load(&mut self, n: usize, found: &mut Found) {
        let (cut_off, at) = (self.is_cut_off(n), self.elapsed(n));
        let (size, live, late) = (self.database.size, self.database.live, self.has(Fault::LearntFromAnswer));
        let (facts, random) = (self.facts, self.random.next());
        let node = &mut self.nodes[n];
        let Some(place) =
            node.loads.len().checked_sub(1).map(|last| usize::try_from(random).unwrap_or(0) % (last + 1))
        else {
            return;
        };
        match node.loads[place] {
            _ if cut_off => drop(node.loads.remove(place)),
            (asking, None) => node.loads[place] = (asking, Some((size, live))),
            (asking, Some((size, live))) => {
                node.loads.remove(place);
                let asking = if late { node.memory.asking(at) } else { asking };
                let Some(asking) = asking else { return };
                let epoch = |tenant, size| Epoch { tenant, size, now: Timestamp::from_micros(1) };
                let works = EngineerFacts { works: true, until: None };
                node.memory.learn_engineer(asking, epoch(id(8), 1), id(9), works);
                let facts = if live { facts } else { CaseFacts::NOTHING };
                node.memory.learn_case(asking, epoch(id(1), size), id(1), facts);
                let taken = node.memory.answer(&question(), at, None) == Ok(live);
                found.stale += u64::from(!taken);
            }
        }
    }

    fn confirm(&mut self, n: usize) {
        let (cut_off, at, size) = (self.is_cut_off(n), self.elapsed(n), self.database.size);
        let node = &mut self.nodes[n];
        match node.confirming {
            None => node.confirming = node.memory.asking(at).map(|asking| (asking, None)),
            Some(_) if cut_off => node.confirming = None,
            Some((asking, None)) => node.confirming = Some((asking, Some(size))),
            Some((asking, Some(size))) => {
                node.confirming = None;
                node.memory.confirm(asking, &[(id(1), size), (id(8), 1)]);
                node.memory.tidy(at);
            }
        }
    }

    /// A node says that it is there: it begins, the database takes it, the answer comes in.
    fn beat(&mut self, n: usize, found: &mut Found) {
        let (cut_off, at) = (self.is_cut_off(n), self.elapsed(n));
        let keeps = self.has(Fault::GoesOn);
        let failed = cut_off || (self.nodes[n].deaf && !keeps);
        match self.nodes[n].beating {
            None => self.nodes[n].beating = Some((at, None)),
            Some(_) if failed && self.nodes[n].registered => {
                self.nodes[n].beating = None;
                if !keeps {
                    self.begin_anew(n, found);
                }
            }
            Some(_) if cut_off => self.nodes[n].beating = None,
            Some((begun, None)) => {
                let node = &mut self.nodes[n];
                // It listens before it is in the table.
                node.deaf = false;
                let taken = if node.registered {
                    self.database.nodes.get_mut(&node.id).is_some_and(|beat| {
                        *beat += 1;
                        true
                    })
                } else {
                    self.database.nodes.insert(node.id, 0).is_none()
                };
                node.beating = Some((begun, Some(taken)));
            }
            Some((_, Some(false))) => {
                self.nodes[n].beating = None;
                self.begin_anew(n, found);
            }
            Some((begun, Some(true))) => {
                let node = &mut self.nodes[n];
                (node.beating, node.registered) = (None, true);
                node.memory.count_from(begun);
            }
        }
    }

    /// Forgets all, and goes on under another name.
    fn begin_anew(&mut self, n: usize, found: &mut Found) {
        found.again += 1;
        self.names += 1;
        let node = &mut self.nodes[n];
        node.memory.forget();
        (node.id, node.registered, node.table) = (NodeId(self.names), false, None);
    }

    /// Ends access to another tenant's data through this node.
    fn remove_elsewhere(&mut self, n: usize) {
        if !self.is_cut_off(n) {
            let at = self.elapsed(n);
            let number = self.nodes[n].announcements.begin(at);
            self.nodes[n].untold.push((number, 0));
        }
    }

    /// Ends access through this node: it is committed, and the node knows.
    fn remove(&mut self, n: usize) {
        if self.is_cut_off(n) || !self.database.live {
            return;
        }
        self.database.live = false;
        self.database.size += 1;
        let removal = Removal { size: self.database.size, at: self.now, answered: None };
        self.removals.push(removal);
        // The commit's answer takes a while; meanwhile others go on.
        if self.random.one_in(2) {
            self.now += self.random.span(12);
        }
        let (at, size) = (self.elapsed(n), self.database.size);
        let removal = self.removals.len() - 1;
        let node = &mut self.nodes[n];
        node.memory.changed(id(1), size, at);
        let number = node.announcements.begin(at);
        node.removing.push((number, size, removal));
        node.untold.push((number, size));
    }

    /// Reads the table of nodes, then tells them.
    fn tell(&mut self, n: usize) {
        if self.nodes[n].untold.is_empty() || !self.nodes[n].registered {
            return;
        }
        let once = self.has(Fault::ToldOnce);
        if self.is_cut_off(n) || self.nodes[n].deaf || self.random.one_in(8) {
            self.nodes[n].table = None;
            if once {
                self.nodes[n].untold.clear();
            }
            return;
        }
        let Some((up_to, table)) = self.nodes[n].table.take() else {
            let old = self.has(Fault::OldTable);
            let node = &mut self.nodes[n];
            if !old || node.last_table.is_empty() {
                node.last_table = self.database.nodes.keys().copied().collect();
            }
            node.table = Some((node.announcements.last(), node.last_table.clone()));
            return;
        };
        let from = self.nodes[n].id;
        let others: BTreeSet<NodeId> = table.into_iter().filter(|node| *node != from).collect();
        let told = self.nodes[n].untold.iter().filter(|(number, _)| *number <= up_to);
        if let Some(size) = told.map(|(_, size)| *size).max() {
            // Who does not listen never hears of it.
            for to in self.nodes.iter().filter(|node| !node.deaf).map(|node| node.id).filter(|to| *to != from)
            {
                self.messages.entry((from, to)).or_default().push_back(Message::Changed { size, up_to });
            }
        }
        let node = &mut self.nodes[n];
        node.untold.retain(|(number, _)| *number > up_to);
        node.announcements.told(up_to, &others);
    }

    /// Takes the next message of somebody.
    fn hear(&mut self, n: usize) {
        let me = self.nodes[n].id;
        let waiting: Vec<NodeId> = self
            .messages
            .iter()
            .filter(|((_, to), of)| *to == me && !of.is_empty())
            .map(|((from, _), _)| *from)
            .collect();
        if waiting.is_empty() {
            return;
        }
        let from = waiting[self.random.below(waiting.len())];
        let at = self.elapsed(n);
        let Some(message) = self.messages.get_mut(&(from, me)).and_then(VecDeque::pop_front) else { return };
        let deaf = self.nodes[n].deaf || self.is_cut_off(n);
        match message {
            // What was under way on a broken connection is lost.
            _ if deaf => {}
            Message::Changed { size, up_to } => {
                if self.has(Fault::YesFirst) {
                    self.messages.entry((me, from)).or_default().push_back(Message::Yes { up_to });
                    if self.random.one_in(2) {
                        self.nodes[n].paused_until = self.now + self.random.span(12);
                        self.messages
                            .entry((from, me))
                            .or_default()
                            .push_front(Message::Changed { size, up_to });
                        return;
                    }
                }
                self.nodes[n].memory.changed(id(1), size, at);
                self.messages.entry((me, from)).or_default().push_back(Message::Yes { up_to });
            }
            Message::Yes { up_to } => self.nodes[n].announcements.acknowledged(up_to, from),
        }
    }

    /// Answers who waits for an end of access, if it holds everywhere.
    fn answer(&mut self, n: usize, found: &mut Found) {
        let at = self.elapsed(n);
        let bound = u64::try_from(REMEMBERED_FOR.as_micros()).unwrap();
        let removing = std::mem::take(&mut self.nodes[n].removing);
        for (number, size, removal) in removing {
            if self.nodes[n].announcements.holds_from(number, at).is_some() {
                self.nodes[n].removing.push((number, size, removal));
                continue;
            }
            let over = &mut self.removals[removal];
            assert_eq!(over.size, size);
            over.answered = Some(self.now);
            if self.now < over.at + bound { found.early += 1 } else { found.late += 1 }
        }
        self.nodes[n].announcements.tidy(at);
    }

    fn look_for_the_gone(&mut self, n: usize, found: &mut Found) {
        if self.is_cut_off(n) {
            return;
        }
        let (at, me) = (self.elapsed(n), self.nodes[n].id);
        let impatient = self.has(Fault::Impatient);
        for (gone, beat) in std::mem::take(&mut self.nodes[n].taking_out) {
            if self.database.nodes.get(&gone) == Some(&beat) {
                self.database.nodes.remove(&gone);
                found.gone += 1;
            }
        }
        let table: Vec<(NodeId, u64)> = self
            .database
            .nodes
            .iter()
            .map(|(node, beat)| (*node, *beat))
            .filter(|(node, _)| *node != me)
            .collect();
        let gone = self.nodes[n].peers.observe(&table, at);
        self.nodes[n].taking_out = if impatient { table } else { gone };
    }
}
