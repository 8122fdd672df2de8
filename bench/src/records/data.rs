//! The sign-ins that every engine loads: one file, made once.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::generate::{Counts, MIN_PEOPLE, Plan, World};

/// The generator's seed; another one is another file.
const SEED: u64 = 5;
/// Days that the sign-ins spread over: what the summaries sum up, and as long as logs are kept by default.
const DAYS: u32 = 30;
/// The end of those days, 2026-11-01T00:00:00Z, in milliseconds: fixed, so that the same file comes out on every day.
const END_MS: i64 = 1_793_491_200_000;
/// Sign-ins of a person in those days, as in the data that the values to reach were measured on.
const SIGN_INS_A_PERSON: usize = 50;
/// The organisation that they belong to.
const TENANT: &str = "0f5d7c2e-8a14-4b69-9c3d-5e7a1b2c4d60";
/// How much is written at once, in bytes.
const BUFFER: usize = 1 << 20;

/// An NDJSON file of Graph `signIn` objects, oldest first.
#[derive(Debug, Clone)]
pub(crate) struct SignIns {
    pub(crate) path: PathBuf,
    pub(crate) count: usize,
    pub(crate) bytes: u64,
}

/// The file of so many sign-ins in the folder; made now if it is not there yet.
pub(crate) fn sign_ins_file(folder: &Path, count: usize) -> SignIns {
    let path = folder.join("sign-ins.ndjson");
    if !path.exists() {
        eprintln!("making {count} sign-ins");
        // Under another name until it is whole.
        let unfinished = folder.join("sign-ins.unfinished");
        write(&unfinished, count);
        std::fs::rename(&unfinished, &path).unwrap();
    }
    let bytes = path.metadata().unwrap().len();
    SignIns { path, count, bytes }
}

fn write(path: &Path, count: usize) {
    let plan = Plan {
        tenant: TENANT.parse().unwrap(),
        seed: SEED,
        domain: "contoso.example".to_owned(),
        people: (count / SIGN_INS_A_PERSON).max(MIN_PEOPLE),
        days: DAYS,
        end: Timestamp::from_millis(END_MS),
        counts: Counts { sign_ins: count as u64, ..Counts::default() },
    };
    let mut file = BufWriter::with_capacity(BUFFER, File::create(path).unwrap());
    let (world, mut line) = (World::new(plan).unwrap(), Vec::new());
    let mut events = world.events();
    while events.write_next(&mut line).is_some() {
        line.push(b'\n');
        file.write_all(&line).unwrap();
        line.clear();
    }
    file.into_inner().unwrap().sync_all().unwrap();
}

impl SignIns {
    /// Bytes of the first `count` lines.
    pub(crate) fn bytes_of_first(&self, count: usize) -> u64 {
        let mut lines = Lines::of(&self.path);
        let mut bytes = 0;
        for _ in 0..count {
            bytes += lines.next().map_or(0, |line| line.len() as u64 + 1);
        }
        bytes
    }
}

/// The lines of a file, one after the other in the same memory.
#[derive(Debug)]
pub(crate) struct Lines {
    reader: BufReader<File>,
    line: String,
}

impl Lines {
    pub(crate) fn of(path: &Path) -> Self {
        Self { reader: BufReader::with_capacity(BUFFER, File::open(path).unwrap()), line: String::new() }
    }

    /// The next line without its end.
    pub(crate) fn next(&mut self) -> Option<&str> {
        self.line.clear();
        (self.reader.read_line(&mut self.line).unwrap() > 0).then(|| self.line.trim_end())
    }
}
