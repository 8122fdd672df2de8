//! The product's whole path: a read under a grant, masked, with its durable read record, over HTTP.

use std::fs::File;
use std::io::Write as _;
use std::time::{Duration, Instant};

use super::engines::Engines;
use super::postgres::recorded_reads;
use super::product::{Access, Product, SMALLER, Stored};
use super::question::{PAGE, Question};
use super::sqlite::Sqlite;
use super::stands::Stands;
use crate::http::Script;
use crate::rounds::{Goal, Series, Times, judged, line};

/// People whose sign-ins are read: an engineer may type 20 names an hour.
const PEOPLE: usize = 16;
/// Clients at once.
const CLIENTS: usize = 32;
/// Rows of a page, to see what grows with them.
const PAGES: [usize; 4] = [10, PAGE, 100, 1_000];
/// Pairs of reads in one round, at most.
const PAIRS_MAX: usize = 200;
/// What masking and read record may add to a page of 50 rows, in milliseconds.
const ADDED_MS: f64 = 2.0;

/// Measures and prints.
pub(crate) async fn run(engines: &mut Engines, stands: &Stands, rounds: usize, lasts: Duration) {
    eprintln!("reads: importing the second tenant's part");
    engines.product.import_part(&stands.file);
    let all = Access::to(&mut engines.product, Stored::All).await;
    let part = Access::to(&mut engines.product, Stored::Part).await;
    whole_path(engines, stands, &all, rounds, lasts).await;
    added_cost(engines, &[(Stored::Part, &part), (Stored::All, &all)], stands.file.count, rounds, lasts)
        .await;
}

/// Against the least that a read with a durable record can cost, and against PostgreSQL doing the same.
async fn whole_path(engines: &mut Engines, stands: &Stands, access: &Access, rounds: usize, lasts: Duration) {
    let week = engines.draw.week;
    let people = engines.draw.busy(&engines.sqlite, PAGE, PEOPLE);
    let kinds = [
        ("newest 50 of a week", vec![Question::Newest(week)]),
        (
            "user and week, newest 50",
            people.into_iter().map(|user| Question::User(user, week)).collect::<Vec<_>>(),
        ),
    ];
    let mut synced = Synced::beside(stands);
    for (name, questions) in kinds {
        let rows: usize = questions.iter().map(|question| engines.sqlite.ask(question).0.len()).sum();
        let requests: Vec<_> = questions.iter().map(|question| access.question(question)).collect();
        agree(&mut engines.product, &requests, rows).await;
        let scripts = |clients| vec![Script { requests: requests.clone() }; clients];
        let mut figures = WholePath::default();
        for round in 0..rounds {
            eprintln!("reads, {name}: round {} of {rounds}", round + 1);
            figures.bare.0.push(synced.reads(&engines.sqlite, &questions, lasts));
            let (rate, processor) = engines.product.drive(scripts(1), lasts).await;
            figures.one.0.push(rate);
            figures.one_processor.0.push(processor);
            let (rate, processor) = engines.product.drive(scripts(CLIENTS), lasts).await;
            figures.many.0.push(rate);
            figures.many_processor.0.push(processor);
            if let Some(cluster) = &stands.cluster {
                figures.postgres.0.push(recorded_reads(cluster, &questions, CLIENTS, lasts).await);
            }
        }
        println!("## read under a grant: {name}; {:.1} rows a page\n", rows as f64 / questions.len() as f64);
        figures.print();
    }
}

/// Reads a second, and the server's processor time of one in milliseconds.
#[derive(Default)]
struct WholePath {
    bare: Series,
    one: Series,
    one_processor: Series,
    many: Series,
    many_processor: Series,
    postgres: Series,
}

impl WholePath {
    fn print(&self) {
        line("bare SQLite query plus one fdatasync", "/s", &self.bare);
        line("Vouchsafe over HTTP, 1 client", "/s", &self.one);
        line("Vouchsafe over HTTP, 32 clients", "/s", &self.many);
        if !self.postgres.0.is_empty() {
            line("PostgreSQL, query and audit insert, 32 clients", "/s", &self.postgres);
        }
        println!(
            "processor time of the server a read: {:.2} ms with 1 client, {:.2} ms with 32\n",
            self.one_processor.median(),
            self.many_processor.median()
        );
        let over = self.bare.over(&self.one);
        judged("time of one read over bare query plus fdatasync", "x", &over, Goal::AtMost(3.0));
        if !self.postgres.0.is_empty() {
            let over = self.many.over(&self.postgres);
            judged(
                "32 clients: reads over PostgreSQL's with the audit insert",
                "x",
                &over,
                Goal::AtLeast(5.0),
            );
        }
        println!();
    }
}

/// Every read must find what the bare query finds.
async fn agree(product: &mut Product, requests: &[Vec<u8>], expected: usize) {
    let mut found = 0;
    for request in requests {
        found += product.rows_of(request).await;
    }
    assert_eq!(found, expected, "the product's reads and bare SQLite's find another number of rows");
}

/// What masking and record add to the same page of the own tenant, by rows returned and by rows stored.
async fn added_cost(
    engines: &mut Engines,
    tenants: &[(Stored, &Access)],
    count: usize,
    rounds: usize,
    lasts: Duration,
) {
    println!("## what masking and the durable read record add, 1 client, p50\n");
    println!(
        "{:>10} {:>6}   {:>21}   {:>21}   added",
        "stored", "rows", "own tenant, unmasked", "under a grant"
    );
    let mut at_fifty = Vec::new();
    for (stored, access) in tenants {
        let in_all = if *stored == Stored::All { count } else { count / SMALLER };
        for rows in PAGES.into_iter().filter(|rows| *rows <= in_all) {
            eprintln!("reads: what is added to {rows} rows of {in_all}");
            let pair = [engines.product.own_page(*stored, rows), access.page(rows)];
            for request in &pair {
                assert_eq!(engines.product.rows_of(request).await, rows, "a page is not full");
            }
            let [own, masked] = pairs(&mut engines.product, &pair, rounds, lasts).await;
            let added = masked.medians().less(&own.medians());
            let shown = |series: &Series| {
                let (median, min, max) = series.summary();
                format!("{median:.3} ({min:.3} - {max:.3})")
            };
            println!(
                "{in_all:>10} {rows:>6}   {:>21}   {:>21}   {} ms",
                shown(&own.medians()),
                shown(&masked.medians()),
                shown(&added)
            );
            if rows == PAGE {
                at_fifty.push((in_all, added));
            }
        }
    }
    println!();
    for (stored, added) in at_fifty {
        judged(&format!("added to 50 rows, {stored} stored"), "ms", &added, Goal::Below(ADDED_MS));
    }
}

/// Times both requests in turn, one after the other.
async fn pairs(product: &mut Product, pair: &[Vec<u8>; 2], rounds: usize, lasts: Duration) -> [Times; 2] {
    let mut times: [Times; 2] = Default::default();
    for _ in 0..rounds {
        let begun = Instant::now();
        let mut round: [Vec<f64>; 2] = Default::default();
        while round[0].is_empty() || (round[0].len() < PAIRS_MAX && begun.elapsed() < lasts) {
            for (request, round) in pair.iter().zip(&mut round) {
                round.push(product.time(request).await);
            }
        }
        for (times, round) in times.iter_mut().zip(round) {
            times.push(round);
        }
    }
    times
}

/// A file that is made durable after every read: the least that a durable record can cost.
struct Synced(File);

impl Synced {
    fn beside(stands: &Stands) -> Self {
        Self(File::create(stands.file.path.with_file_name("synced")).unwrap())
    }

    /// Reads a second, each with its sync.
    fn reads(&mut self, sqlite: &Sqlite, questions: &[Question], lasts: Duration) -> f64 {
        let begun = Instant::now();
        let mut reads = 0u32;
        for question in questions.iter().cycle() {
            if begun.elapsed() >= lasts {
                break;
            }
            let rows = sqlite.ask(question).0.len();
            self.0.write_all(&rows.to_le_bytes()).unwrap();
            self.0.sync_data().unwrap();
            reads += 1;
        }
        f64::from(reads) / begun.elapsed().as_secs_f64()
    }
}
