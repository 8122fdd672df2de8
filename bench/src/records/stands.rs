//! Where the product and its peers keep their data, and how each is loaded.

use std::path::{Path, PathBuf};

use super::data::SignIns;
use super::duckdb::Python;
use super::engines::Engine;
use super::loading::load_by_self;
use super::loads::{Loaded, Loads};
use super::postgres;
use super::product;
use crate::machine::bytes_on_disk;
use vouchsafe_testkit::cluster::Cluster;

/// Where engines keep their data, and those that are on this machine.
#[derive(Debug)]
pub(crate) struct Stands {
    folder: PathBuf,
    /// What is loaded.
    pub(crate) file: SignIns,
    /// The Python with DuckDB.
    pub(crate) python: Option<Python>,
    /// PostgreSQL, running.
    pub(crate) cluster: Option<Cluster>,
}

impl Stands {
    /// Looks which engines there are; starts PostgreSQL.
    pub(crate) fn find(folder: &Path, file: SignIns) -> Self {
        let cluster = Cluster::start(&folder.join(Engine::Postgres.folder()), &postgres::SETTINGS);
        Self { folder: folder.to_owned(), file, python: Python::find(), cluster }
    }

    /// Prints which engines are there, with their versions.
    pub(crate) fn print(&self) {
        let duckdb = match &self.python {
            Some(python) => format!("DuckDB {} (2 threads)", python.version),
            None => "DuckDB not found (VOUCHSAFE_BENCH_PYTHON): left out".to_owned(),
        };
        let postgres = match &self.cluster {
            Some(cluster) => format!("PostgreSQL {} ({})", cluster.version(), postgres::SETTINGS.join(" ")),
            None => "PostgreSQL not found: left out".to_owned(),
        };
        println!("SQLite {} (WAL, synchronous=FULL); {duckdb}; {postgres}", rusqlite::version());
        println!(
            "the file: {} sign-ins, {:.0} MB, {} bytes each\n",
            self.file.count,
            self.file.bytes as f64 / 1e6,
            self.file.bytes / self.file.count as u64
        );
    }

    /// The engines that are there.
    pub(crate) fn there(&self) -> impl Iterator<Item = Engine> + '_ {
        Engine::ALL.into_iter().filter(|engine| match engine {
            Engine::Sqlite | Engine::Product => true,
            Engine::DuckDb => self.python.is_some(),
            Engine::Postgres => self.cluster.is_some(),
        })
    }

    /// What an engine keeps.
    pub(crate) fn folder(&self, engine: Engine) -> PathBuf {
        self.folder.join(engine.folder())
    }

    /// The file of SQLite or DuckDB.
    pub(crate) fn database(&self, engine: Engine) -> PathBuf {
        self.folder(engine).join("sign-ins.db")
    }

    /// Loads every engine `rounds` times, in turn; those that were never loaded once in any case.
    pub(crate) fn load(&self, rounds: usize) -> Loads {
        let mut loads = Loads::default();
        for engine in self.there() {
            if rounds == 0 {
                loads.0.push((engine, vec![self.kept(engine).unwrap_or_else(|| self.load_one(engine))]));
            } else {
                loads.0.push((engine, Vec::new()));
            }
        }
        for round in 0..rounds {
            eprintln!("import: round {} of {rounds}", round + 1);
            for (engine, loaded) in &mut loads.0 {
                loaded.push(self.load_one(*engine));
            }
        }
        loads
    }

    /// Loads an engine anew and notes what came of it.
    fn load_one(&self, engine: Engine) -> Loaded {
        eprintln!("loading {}", engine.name());
        let _ = std::fs::remove_file(self.note(engine));
        if engine != Engine::Postgres {
            let _ = std::fs::remove_dir_all(self.folder(engine));
            std::fs::create_dir_all(self.folder(engine)).unwrap();
        }
        let database = self.database(engine);
        let (load, disk) = match engine {
            Engine::Sqlite => (
                load_by_self(&[Path::new("load-sqlite"), &self.file.path, &database]),
                bytes_on_disk(&database),
            ),
            Engine::DuckDb => {
                let load = self.python.as_ref().unwrap().load(&self.file.path, &database);
                (load, bytes_on_disk(&database))
            }
            Engine::Postgres => {
                let cluster = self.cluster.as_ref().unwrap();
                (postgres::load(cluster, &self.file.path), cluster.table_bytes("sign_in"))
            }
            Engine::Product => product::load(&self.folder(engine), &self.file),
        };
        assert_eq!(load.rows, self.file.count as u64, "{} loaded another number of rows", engine.name());
        let loaded = Loaded { load, disk, of: self.source(engine) };
        std::fs::write(self.note(engine), serde_json::to_vec(&loaded).unwrap()).unwrap();
        loaded
    }

    /// What is noted of the last load, if that was of the same file, and for the product by the same program.
    fn kept(&self, engine: Engine) -> Option<Loaded> {
        let noted = std::fs::read(self.note(engine)).ok()?;
        let loaded: Loaded = serde_json::from_slice(&noted).ok()?;
        (loaded.of == self.source(engine)).then_some(loaded)
    }

    fn note(&self, engine: Engine) -> PathBuf {
        self.folder.join(format!("{}.json", engine.folder()))
    }

    fn source(&self, engine: Engine) -> String {
        let file = format!("{} bytes", self.file.bytes);
        if engine != Engine::Product {
            return file;
        }
        let program = std::env::current_exe().unwrap().metadata().unwrap().modified().unwrap();
        format!("{file} {program:?}")
    }
}
