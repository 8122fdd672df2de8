//! What came of loading, beside what was to be reached.

use serde::{Deserialize, Serialize};

use super::data::SignIns;
use super::engines::Engine;
use super::loading::Load;
use crate::rounds::{Goal, Series, judged};

/// What came of one load.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Loaded {
    pub(crate) load: Load,
    /// Bytes on disk, indexes included, once all is in the database's own files.
    pub(crate) disk: u64,
    /// What was loaded, and by what.
    pub(crate) of: String,
}

/// What came of all loads.
#[derive(Debug, Default)]
pub(crate) struct Loads(pub(crate) Vec<(Engine, Vec<Loaded>)>);

impl Loads {
    fn series(&self, engine: Engine, figure: impl Fn(&Loaded) -> f64) -> Option<Series> {
        let (_, loads) = self.0.iter().find(|(of, _)| *of == engine)?;
        Some(Series(loads.iter().map(figure).collect()))
    }

    /// Prints what loading took.
    pub(crate) fn print_import(&self) {
        println!("## import, with indexes\n");
        for (engine, loads) in &self.0 {
            let rate = Series(loads.iter().map(|loaded| loaded.load.rate()).collect());
            let (median, min, max) = rate.summary();
            let processor =
                Series(loads.iter().map(|loaded| loaded.load.processor_seconds).collect()).median();
            let memory = loads.iter().filter_map(|loaded| loaded.load.peak_memory).max();
            let memory = memory.map_or("(server)".to_owned(), |bytes| format!("{} MB", bytes / 1_000_000));
            println!(
                "{:<14} {median:>9.0} rows/s ({min:.0} - {max:.0})   processor {processor:>7.1} s   memory {memory}",
                engine.name()
            );
        }
        println!();
        let rate = |engine| self.series(engine, |loaded| loaded.load.rate());
        let Some(ours) = rate(Engine::Product) else { return };
        for (peer, goal) in [(Engine::DuckDb, Goal::AtLeast(1.6)), (Engine::Postgres, Goal::AtLeast(3.0))] {
            if let Some(theirs) = rate(peer) {
                judged(&format!("import: rows/s over {}", peer.name()), "x", &ours.over(&theirs), goal);
            }
        }
        let memory = |loaded: &Loaded| loaded.load.peak_memory.unwrap_or_default() as f64 / 1e6;
        let memory = self.series(Engine::Product, memory).unwrap();
        judged("import: memory of the server's process", "MB", &memory, Goal::AtMost(200.0));
        println!();
    }

    /// Prints what the databases take on disk.
    pub(crate) fn print_disk(&self, file: &SignIns) {
        println!("## disk, indexes included\n");
        println!("{:<14} {:>9.1} MB", "the file", file.bytes as f64 / 1e6);
        for (engine, _) in &self.0 {
            let disk = self.series(*engine, |loaded| loaded.disk as f64 / 1e6).unwrap().median();
            println!(
                "{:<14} {disk:>9.1} MB   {:>5.0} bytes a record",
                engine.name(),
                disk * 1e6 / file.count as f64
            );
        }
        println!();
        let disk = |engine| self.series(engine, |loaded| loaded.disk as f64).unwrap();
        let over = disk(Engine::Product).over(&disk(Engine::Sqlite));
        judged("disk: over bare SQLite", "x", &over, Goal::AtMost(0.35));
        println!();
    }
}
