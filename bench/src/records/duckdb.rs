//! DuckDB, by its Python package: `peers/duckdb_peer.py`. Optional.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};

use super::loading::{Load, load_by};
use super::question::{Bound, Dialect, Question, Rows};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/duckdb_peer.py");
/// Names the Python that has DuckDB.
const PYTHON_VARIABLE: &str = "VOUCHSAFE_BENCH_PYTHON";
const PYTHON_DEFAULT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../.test/python/bin/python");

/// A Python that can run DuckDB.
#[derive(Debug)]
pub(crate) struct Python {
    program: PathBuf,
    /// DuckDB's version.
    pub(crate) version: String,
}

impl Python {
    /// The one of the environment variable, or of the checkout's own environment; `None` if DuckDB is not in it.
    pub(crate) fn find() -> Option<Self> {
        let program = std::env::var_os(PYTHON_VARIABLE).map_or_else(|| PYTHON_DEFAULT.into(), PathBuf::from);
        let output = Command::new(&program).args([SCRIPT, "version"]).stderr(Stdio::null()).output().ok()?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(Self { program, version })
    }

    /// Loads the file into a new database.
    pub(crate) fn load(&self, file: &Path, database: &Path) -> Load {
        load_by(&self.program, &[Path::new(SCRIPT), Path::new("load"), file, database])
    }

    /// Opens a loaded database.
    pub(crate) fn serve(&self, database: &Path) -> DuckDb {
        let mut process = Command::new(&self.program)
            .args([Path::new(SCRIPT), Path::new("serve"), database])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let questions = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        DuckDb { process, questions: Some(questions), answers }
    }
}

/// A loaded database in a process of its own.
#[derive(Debug)]
pub(crate) struct DuckDb {
    process: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

#[derive(Deserialize)]
struct Answered {
    milliseconds: f64,
    rows: Rows,
}

impl DuckDb {
    /// Asks; the rows, and how many milliseconds it took by the script's own clock.
    pub(crate) fn ask(&mut self, question: &Question) -> (Rows, f64) {
        let (sql, values) = question.sql(Dialect::DuckDb);
        let values: Vec<Value> = values
            .into_iter()
            .map(|value| match value {
                Bound::Text(text) => text.into(),
                Bound::Int(int) => int.into(),
            })
            .collect();
        let questions = self.questions.as_mut().unwrap();
        writeln!(questions, "{}", json!({ "sql": sql, "values": values })).unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let answered: Answered = serde_json::from_str(&line).unwrap();
        (answered.rows, answered.milliseconds)
    }
}

impl Drop for DuckDb {
    fn drop(&mut self) {
        // Without questions the script ends.
        drop(self.questions.take());
        let _ = self.process.wait();
    }
}
