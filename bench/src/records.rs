//! Diagnostic records beside bare SQLite, DuckDB and PostgreSQL on the same file (`quality.md`: read under a grant, text
//! search, summaries, disk, import).
//!
//! All that is made stays in a folder, so that a part can be measured again without loading again.

mod asking;
mod data;
mod draw;
mod duckdb;
mod engines;
mod loading;
mod loads;
mod postgres;
mod product;
mod question;
mod reading;
mod row;
mod sqlite;
mod stands;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;

use crate::machine::{Machine, keeps_data};
use asking::Section;
use engines::Engines;
use stands::Stands;

pub(crate) use postgres::load_as_client as load_postgres;
pub(crate) use product::serve_as_child as serve_product;
pub(crate) use sqlite::load as load_sqlite;

/// A part of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Loading with indexes
    Import,
    /// What the loaded databases take
    Disk,
    /// Filters that an index answers
    Queries,
    /// Text inside a week
    Search,
    /// Counts over 30 days
    Summaries,
    /// The whole path: masked, recorded, over HTTP
    Reads,
}

/// What to measure.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// Where everything is kept; must not be in memory only.
    pub(crate) folder: PathBuf,
    pub(crate) sign_ins: usize,
    pub(crate) rounds: usize,
    /// How long one round of one target may last.
    pub(crate) lasts: Duration,
    /// All parts if empty.
    pub(crate) only: Vec<Part>,
}

impl Wanted {
    fn has(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

/// Measures and prints.
pub(crate) async fn run(wanted: &Wanted) {
    let folder = wanted.folder.join(format!("records-{}", wanted.sign_ins));
    std::fs::create_dir_all(&folder).unwrap();
    if !keeps_data(&folder) {
        eprintln!("{} is in memory only: name a folder on a disk with --folder", folder.display());
        std::process::exit(2);
    }
    let folder = folder.canonicalize().unwrap();
    let file = data::sign_ins_file(&folder, wanted.sign_ins);
    let stands = Stands::find(&folder, file);
    let machine = Machine::watch();
    println!("diagnostic records: {} sign-ins, {} rounds\n", wanted.sign_ins, wanted.rounds);
    machine.print(&folder);
    stands.print();
    let rounds = if wanted.has(Part::Import) { wanted.rounds } else { 0 };
    let loads = stands.load(rounds);
    if wanted.has(Part::Import) {
        loads.print_import();
    }
    if wanted.has(Part::Disk) {
        loads.print_disk(&stands.file);
    }
    ask_and_read(wanted, &stands).await;
    println!();
    machine.print_end();
}

async fn ask_and_read(wanted: &Wanted, stands: &Stands) {
    let sections: Vec<Section> = [
        (Part::Queries, Section::Queries),
        (Part::Search, Section::Search),
        (Part::Summaries, Section::Summaries),
    ]
    .into_iter()
    .filter_map(|(part, section)| wanted.has(part).then_some(section))
    .collect();
    if sections.is_empty() && !wanted.has(Part::Reads) {
        return;
    }
    let mut engines = Engines::open(stands).await;
    for section in sections {
        asking::run(section, &mut engines, wanted.rounds, wanted.lasts).await;
    }
    if wanted.has(Part::Reads) {
        reading::run(&mut engines, stands, wanted.rounds, wanted.lasts).await;
    }
}

/// Where everything is kept unless a folder is named: beside what the build makes.
pub(crate) fn default_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench")
}
