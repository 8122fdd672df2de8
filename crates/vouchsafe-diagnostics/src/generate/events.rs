//! What happened, minute by minute.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::rhythm::{Clocks, Hour};
use super::schedule::Stream;
use super::sign_in::{self, Scene};
use super::{HOUR, MINUTE, Resource, World, audit, client_log, telemetry};

/// One sign-in of so many belongs to the incident.
const INCIDENT_SHARE: u64 = 40;
/// One sign-in of so many belongs to each night of tried passwords.
const SPRAY_SHARE: u64 = 250;
/// Of a hundred sign-ins so many are by programs with a credential, and by managed identities.
const DAEMON_PERCENT: u64 = 14;
const IDENTITY_PERCENT: u64 = 6;

/// What a stream's events are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Everyday,
    Daemon,
    Identity,
    Incident,
    Spray,
    Audit,
    Change,
    Registration,
    ClientLog,
    Telemetry,
}

/// An event that has a time, and no more yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    /// Seconds since 1970.
    at: i64,
    stream: usize,
}

/// The next try of somebody whose first one failed.
struct Later<'w> {
    at: i64,
    number: u64,
    stream: usize,
    scene: Scene<'w>,
}

impl Later<'_> {
    fn key(&self) -> (i64, u64) {
        (self.at, self.number)
    }
}

impl PartialEq for Later<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Later<'_> {}

impl PartialOrd for Later<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Later<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

/// The events of a [`World`], oldest first, each written on demand.
pub struct Events<'w> {
    world: &'w World,
    clocks: Clocks,
    streams: Vec<(What, Stream)>,
    /// The minute that comes next, counted from the start, and how many there are.
    minute: u64,
    minutes: u64,
    hour: Hour,
    /// What begins in this minute, the earliest last.
    queue: Vec<Due>,
    later: BinaryHeap<Reverse<Later<'w>>>,
    /// How many tries have been put off so far.
    number: u64,
}

impl<'w> Events<'w> {
    pub(super) fn new(world: &'w World) -> Self {
        let clocks = Clocks::new();
        let streams = streams(world, &clocks);
        let minutes = u64::try_from((world.end - world.start) / MINUTE).unwrap_or(0);
        Self {
            world,
            clocks,
            streams,
            minute: 0,
            minutes,
            hour: Hour::default(),
            queue: Vec::new(),
            later: BinaryHeap::new(),
            number: 0,
        }
    }

    /// Appends the next event to `out`, as one JSON object without line breaks. `None` after the last.
    pub fn write_next(&mut self, out: &mut Vec<u8>) -> Option<Resource> {
        loop {
            let next = self.queue.last().copied();
            let minute_end = self.world.start + i64::try_from(self.minute).unwrap_or(i64::MAX) * MINUTE;
            let waiting = self.later.peek().map(|Reverse(later)| later.at).filter(|at| *at < minute_end);
            match (next, waiting) {
                (Some(due), None) => {
                    self.queue.pop();
                    return Some(self.begin(due, out));
                }
                (Some(due), Some(at)) if due.at < at => {
                    self.queue.pop();
                    return Some(self.begin(due, out));
                }
                (_, Some(_)) => {
                    let Reverse(later) = self.later.pop()?;
                    return Some(self.sign_in(later.at, later.stream, later.scene, out));
                }
                (None, None) if self.minute < self.minutes => self.plan_minute(),
                (None, None) => return None,
            }
        }
    }

    /// Draws the times of the next minute's events.
    fn plan_minute(&mut self) {
        let start = self.world.start + i64::try_from(self.minute).unwrap_or(0) * MINUTE;
        if self.minute.is_multiple_of(60) {
            self.hour = self.clocks.hour(start);
        }
        for (number, (what, stream)) in self.streams.iter_mut().enumerate() {
            for _ in 0..stream.take(self.minute) {
                // The policy's own time of change is whole, too.
                let second = if *what == What::Change { 0 } else { stream.dice.between(0, MINUTE - 1) };
                self.queue.push(Due { at: start + second, stream: number });
            }
        }
        self.queue.sort_unstable_by(|one, other| other.cmp(one));
        self.minute += 1;
    }

    fn begin(&mut self, due: Due, out: &mut Vec<u8>) -> Resource {
        let (world, hour, at) = (self.world, &self.hour, due.at);
        let Some((what, stream)) = self.streams.get_mut(due.stream) else { return Resource::SignIn };
        let dice = &mut stream.dice;
        let scene = match what {
            What::Everyday => sign_in::everyday(world, hour, dice, at),
            What::Daemon => sign_in::daemon(world, dice),
            What::Identity => sign_in::identity(world, dice),
            What::Incident => sign_in::incident(world, dice),
            What::Spray => sign_in::spray(world, dice),
            What::Audit => {
                audit::everyday(world, dice, at, out);
                return Resource::DirectoryAudit;
            }
            What::Change => {
                audit::change(world, dice, at, out);
                return Resource::DirectoryAudit;
            }
            What::Registration => {
                audit::registration(world, dice, at, out);
                return Resource::DirectoryAudit;
            }
            What::ClientLog => {
                client_log::write(world, hour, dice, at, out);
                return Resource::ClientLog;
            }
            What::Telemetry => {
                telemetry::write(world, dice, at, out);
                return Resource::HealthTelemetry;
            }
        };
        self.sign_in(at, due.stream, scene, out)
    }

    fn sign_in(&mut self, at: i64, number: usize, scene: Scene<'w>, out: &mut Vec<u8>) -> Resource {
        if let Some((_, stream)) = self.streams.get_mut(number) {
            scene.write(self.world, &mut stream.dice, at, out);
            if let Some((delay, scene)) = scene.next_try(&mut stream.dice) {
                let at = at + delay;
                if at < self.world.end && stream.promise() {
                    self.number += 1;
                    self.later.push(Reverse(Later { at, number: self.number, stream: number, scene }));
                }
            }
        }
        Resource::SignIn
    }
}

/// The streams of a world. Their purposes are part of what a seed means: a new name gives other records.
fn streams(world: &World, clocks: &Clocks) -> Vec<(What, Stream)> {
    let counts = world.plan.counts;
    let hours = u64::from(world.plan.days) * 24;
    let hour_of = |at: i64| u64::try_from((at - world.start) / HOUR).unwrap_or(0);
    let busy = |hour: u64| {
        let hour = clocks.hour(world.start + i64::try_from(hour).unwrap_or(0) * HOUR);
        let people = world.offices.iter().map(|people| u64::try_from(people.len()).unwrap_or(0));
        people.zip(hour.weights).map(|(people, weight)| people * u64::from(weight)).sum::<u64>()
    };
    let of_new_office = |hour: u64| {
        let hour = clocks.hour(world.start + i64::try_from(hour).unwrap_or(0) * HOUR);
        hour.weights.get(super::NEW_OFFICE).copied().map_or(1, u64::from)
    };
    let steady = |_: u64| 100;

    let change = hour_of(world.change);
    let incident = if world.affected().is_empty() { 0 } else { counts.sign_ins / INCIDENT_SHARE };
    let spray = counts.sign_ins / SPRAY_SHARE;
    let daemon = counts.sign_ins * DAEMON_PERCENT / 100;
    let identity = counts.sign_ins * IDENTITY_PERCENT / 100;
    let everyday = counts.sign_ins - incident - 2 * spray - daemon - identity;
    let changes = counts.directory_audits.min(1);

    let stream = |purpose, total, window, weight: &dyn Fn(u64) -> u64| {
        Stream::new(world.dice(purpose), total, window, weight)
    };
    let night = |share: u64| hours * share / 10..hours * share / 10 + 1;
    vec![
        (What::Everyday, stream("everyday", everyday, 0..hours, &busy)),
        (What::Daemon, stream("daemons", daemon, 0..hours, &steady)),
        (What::Identity, stream("identities", identity, 0..hours, &steady)),
        (What::Incident, stream("incident", incident, change + 1..hours, &of_new_office)),
        (What::Spray, stream("first night", spray, night(3), &steady)),
        (What::Spray, stream("second night", spray, night(8), &steady)),
        (What::Audit, stream("audits", counts.directory_audits - changes, 0..hours, &busy)),
        (What::Change, stream("change", changes, change..change + 1, &steady)),
        (What::Registration, stream("registrations", counts.device_registrations, 0..hours, &busy)),
        (What::ClientLog, stream("client logs", counts.client_logs, 0..hours, &busy)),
        (What::Telemetry, stream("telemetry", counts.telemetry, 0..hours, &steady)),
    ]
}
