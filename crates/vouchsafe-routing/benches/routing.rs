//! Time of one ranking and of one more learned request, after 10,000 and after 100,000 resolved requests.
//!
//! The history is made up: fifty engineers, each at home in a few topics, a vocabulary with Zipf's distribution, texts
//! of about sixty words. `cargo bench -p vouchsafe-routing`; the histories alone take a while to learn.

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{BatchSize, Criterion};
use jiff::{SignedDuration, Timestamp};
use rustix::time::{ClockId, clock_gettime};
use vouchsafe_routing::{EngineerId, Expertise, Request, Resolved, TenantId};

const ENGINEERS: u64 = 50;
const TOPICS: [&str; 8] = [
    "signIn",
    "signIn/conditionalAccess",
    "signIn/passwordReset",
    "signIn/singleSignOn",
    "directory/groups",
    "directory/provisioning",
    "devices/registration",
    "applications/consent",
];
/// Words of a text, and how many different ones there are.
const TEXT_WORDS: usize = 60;
const VOCABULARY: f64 = 60_000.0;

/// A fixed sequence of numbers (SplitMix64).
struct Sequence(u64);

impl Sequence {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let bits = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A rank between 1 and [`VOCABULARY`], small ones often: the logarithm is spread evenly.
    fn rank(&mut self) -> u64 {
        let even = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        VOCABULARY.powf(even) as u64
    }
}

/// A made-up request.
struct Text {
    title: String,
    description: String,
    topic: &'static str,
    engineer: EngineerId,
}

impl Text {
    fn new(numbers: &mut Sequence) -> Self {
        let place = numbers.next() as usize % TOPICS.len();
        let topic = TOPICS.get(place).copied().unwrap_or_default();
        let engineer = EngineerId(u128::from((place as u64 * 7 + numbers.next() % 12) % ENGINEERS));
        let mut words = (0..TEXT_WORDS).map(|number| {
            // Every third word belongs to the topic.
            let home = if number % 3 == 0 { place } else { TOPICS.len() };
            format!("w{home}x{}", numbers.rank())
        });
        let title = words.by_ref().take(8).collect::<Vec<_>>().join(" ");
        let description = words.collect::<Vec<_>>().join(" ");
        Self { title, description, topic, engineer }
    }

    fn learn(&self, model: &mut Expertise, resolved: Timestamp) {
        let topics = [self.topic];
        let case = Resolved {
            request: self.request(&topics, resolved),
            number: "",
            tenant: TenantId(self.engineer.0 % 7),
            engineer: self.engineer,
            resolved,
            reopened: false,
        };
        black_box(model.learn(&case).is_ok());
    }

    fn request<'a>(&'a self, topics: &'a [&'a str], opened: Timestamp) -> Request<'a> {
        Request {
            title: &self.title,
            description: &self.description,
            problem_types: topics,
            priority: "moderate",
            opened,
        }
    }
}

/// Processor time of this thread.
struct ThreadTime;

impl ThreadTime {
    fn now() -> Duration {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or_default();
        Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), nanoseconds)
    }
}

impl Measurement for ThreadTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        Self::now()
    }

    fn end(&self, start: Duration) -> Duration {
        Self::now().saturating_sub(start)
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

/// A model that has learned, and what comes next.
struct World {
    model: Expertise,
    numbers: Sequence,
    now: Timestamp,
}

impl World {
    fn after(cases: u64) -> Self {
        let mut world =
            Self { model: Expertise::new(), numbers: Sequence(cases), now: Timestamp::UNIX_EPOCH };
        for _ in 0..cases {
            world.now += SignedDuration::from_mins(30);
            Text::new(&mut world.numbers).learn(&mut world.model, world.now);
        }
        world
    }
}

fn benchmark(criterion: &mut Criterion<ThreadTime>, cases: u64) {
    // Made by the first benchmark that runs, so that listing and choosing stay quick.
    let mut made = None;
    criterion.bench_function(&format!("rank one after {cases}"), |bencher| {
        let World { model, numbers, now } = made.get_or_insert_with(|| World::after(cases));
        let texts: Vec<Text> = (0..64).map(|_| Text::new(numbers)).collect();
        let mut turn = texts.iter().cycle();
        bencher.iter(|| {
            let Some(text) = turn.next() else { return };
            black_box(model.likelihoods(&text.request(&[text.topic], *now), *now));
        });
    });
    criterion.bench_function(&format!("learn one after {cases}"), |bencher| {
        let World { model, numbers, now } = made.get_or_insert_with(|| World::after(cases));
        bencher.iter_batched(|| Text::new(numbers), |text| text.learn(model, *now), BatchSize::SmallInput);
    });
}

fn main() {
    let mut criterion = Criterion::default()
        .with_measurement(ThreadTime)
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    for cases in [10_000, 100_000] {
        benchmark(&mut criterion, cases);
    }
    criterion.final_summary();
}
