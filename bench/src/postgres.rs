//! PostgreSQL as a peer: a state row and an audit row in one transaction, plain and with a hash chain under a lock,
//! driven by `pgbench` over a local socket. Optional: without its programs the ratios are left out.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::bare::Sample;

/// The tables, filled with `$document`.
const SETUP: &str = "CREATE TABLE state (id int PRIMARY KEY, version bigint, document bytea);
INSERT INTO state SELECT n, 0, '\\x$document' FROM generate_series(1, 10000) n;
CREATE TABLE audit (id bigserial PRIMARY KEY, state_id int, entry bytea, leaf bytea);
CREATE TABLE head (id int PRIMARY KEY, hash bytea); INSERT INTO head VALUES (1, '\\x00');";
const PLAIN: &str = "\\set id random(1, 10000)
BEGIN;
UPDATE state SET version = version + 1, document = '\\x$document' WHERE id = :id;
INSERT INTO audit (state_id, entry, leaf) VALUES (:id, '\\x$entry', '\\x$leaf');
COMMIT;
";
const CHAINED: &str = "\\set id random(1, 10000)
BEGIN;
SELECT hash FROM head WHERE id = 1 FOR UPDATE;
UPDATE state SET version = version + 1, document = '\\x$document' WHERE id = :id;
INSERT INTO audit (state_id, entry, leaf) SELECT :id, '\\x$entry', sha256(head.hash || '\\x$entry'::bytea) FROM head WHERE id = 1;
UPDATE head SET hash = sha256(hash || '\\x$entry'::bytea) WHERE id = 1;
COMMIT;
";

/// A PostgreSQL server of our own, ended with the program.
pub(crate) struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<&'static str>,
}

impl Postgres {
    /// Starts one in `folder` if the programs are there. It writes the documents and entries of the sample.
    pub(crate) fn start(folder: &Path, sample: &Sample) -> Option<Self> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        let newest = versions.filter_map(Result::ok).map(|entry| entry.path().join("bin")).max()?;
        let postgres =
            Self { programs: newest, folder: folder.join("postgres"), user: is_root().then_some("postgres") };
        std::fs::create_dir_all(&postgres.folder).ok()?;
        if let Some(user) = postgres.user {
            let owned = Command::new("chown").arg(user).arg(&postgres.folder).status().ok()?;
            let passable = Command::new("chmod").arg("o+x").arg(folder).status().ok()?;
            if !owned.success() || !passable.success() {
                return None;
            }
        }
        let data = postgres.folder.join("data");
        postgres.run("initdb", &["-D", data.to_str()?, "-A", "trust", "-U", "bench"])?;
        let options =
            format!("-k {} -c listen_addresses='' -c max_connections=100", postgres.folder.display());
        let log = postgres.folder.join("log");
        postgres
            .run("pg_ctl", &["-D", data.to_str()?, "-o", &options, "-l", log.to_str()?, "-w", "start"])?;
        postgres.run(
            "psql",
            &[
                "-h",
                postgres.folder.to_str()?,
                "-U",
                "bench",
                "-d",
                "postgres",
                "-q",
                "-c",
                &with(SETUP, sample),
            ],
        )?;
        for (name, text) in [("plain.sql", PLAIN), ("chained.sql", CHAINED)] {
            std::fs::write(postgres.folder.join(name), with(text, sample)).ok()?;
        }
        Some(postgres)
    }

    /// Transactions a second without a chain.
    pub(crate) fn plain(&mut self, clients: u32, seconds: u64) -> f64 {
        self.bench("plain.sql", clients, seconds)
    }

    /// Transactions a second with a chain under a lock.
    pub(crate) fn chained(&mut self, clients: u32, seconds: u64) -> f64 {
        self.bench("chained.sql", clients, seconds)
    }

    fn bench(&self, script: &str, clients: u32, seconds: u64) -> f64 {
        let (clients, seconds) = (clients.to_string(), seconds.to_string());
        let script = self.folder.join(script);
        let host = self.folder.to_str().unwrap();
        let arguments = [
            "-n",
            "-M",
            "prepared",
            "-c",
            &clients,
            "-j",
            "2",
            "-T",
            &seconds,
            "-f",
            script.to_str().unwrap(),
            "-h",
            host,
            "-U",
            "bench",
            "postgres",
        ];
        let output = self.run("pgbench", &arguments).unwrap();
        let rate = output.lines().find_map(|line| line.strip_prefix("tps = "));
        rate.and_then(|rate| rate.split_whitespace().next()).unwrap().parse().unwrap()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Option<String> {
        let path = self.programs.join(program);
        let mut command = match self.user {
            Some(user) => {
                let mut command = Command::new("setpriv");
                command.arg(format!("--reuid={user}")).arg("--clear-groups").arg(&path);
                command
            }
            None => Command::new(&path),
        };
        // The server that pg_ctl starts keeps its output: it must not be a pipe that we wait for.
        let command = command.args(arguments).stdin(Stdio::null()).current_dir("/").stderr(Stdio::inherit());
        if program == "pg_ctl" {
            return command.stdout(Stdio::null()).status().ok()?.success().then(String::new);
        }
        let output = command.output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        if self
            .run("pg_ctl", &["-D", data.to_str().unwrap_or_default(), "-m", "immediate", "-w", "stop"])
            .is_none()
        {
            eprintln!("the PostgreSQL of this run could not be stopped");
        }
    }
}

/// A script with the sample's bytes in hex.
fn with(script: &str, sample: &Sample) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (entry, leaf) = sample.entry();
    script
        .replace("$document", &hex(sample.document()))
        .replace("$entry", &hex(entry))
        .replace("$leaf", &hex(leaf))
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}
