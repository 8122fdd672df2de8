//! A PostgreSQL server of our own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A running server with its data in a folder, reached by a socket in that folder; ended with the program.
#[derive(Debug)]
pub(crate) struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<&'static str>,
}

impl Cluster {
    /// Starts one, if PostgreSQL's programs are there: on the data that the folder holds, or on new ones. `settings` are
    /// of the form `name=value`.
    pub(crate) fn start(folder: &Path, settings: &[&str]) -> Option<Self> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        let programs = versions.filter_map(Result::ok).map(|entry| entry.path().join("bin")).max()?;
        std::fs::create_dir_all(folder).ok()?;
        let folder = folder.canonicalize().ok()?;
        let cluster = Self { programs, folder, user: is_root().then_some("postgres") };
        if let Some(user) = cluster.user {
            let owned = Command::new("chown").arg(user).arg(&cluster.folder).status().ok()?;
            let passable = Command::new("chmod").arg("o+x").arg(cluster.folder.parent()?).status().ok()?;
            if !owned.success() || !passable.success() {
                return None;
            }
        }
        let data = cluster.data();
        if !data.join("PG_VERSION").exists() {
            cluster.run(
                "initdb",
                &["-D", data.to_str()?, "-A", "trust", "-U", "bench", "--no-locale", "-E", "UTF8"],
            )?;
        }
        if data.join("postmaster.pid").exists() {
            // A run before was broken off; its server may live on.
            let _ = cluster.control(&["-m", "immediate", "stop"]);
        }
        let settings: String = settings.iter().map(|setting| format!(" -c {setting}")).collect();
        let options = format!(
            "-k {} -c listen_addresses='' -c max_connections=100{settings}",
            cluster.folder.display()
        );
        let log = cluster.folder.join("log");
        cluster.control(&["-o", &options, "-l", log.to_str()?, "start"])?;
        Some(cluster)
    }

    /// The folder of its socket, which it may also read scripts from.
    pub(crate) fn socket(&self) -> &Path {
        &self.folder
    }

    /// The process that all others are children of.
    pub(crate) fn process(&self) -> u32 {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        file.lines().next().unwrap().parse().unwrap()
    }

    /// The server's version.
    pub(crate) fn version(&self) -> String {
        let version = self.sql("SHOW server_version");
        version.split(' ').next().unwrap_or_default().to_owned()
    }

    /// What a table takes on disk, with its indexes and what is stored out of line, in bytes.
    pub(crate) fn table_bytes(&self, table: &str) -> u64 {
        self.sql(&format!("SELECT pg_total_relation_size('{table}')")).parse().unwrap()
    }

    /// The one value that a statement gives.
    fn sql(&self, statement: &str) -> String {
        let host = self.folder.to_str().unwrap();
        let arguments = ["-h", host, "-U", "bench", "-d", "postgres", "-At", "-c", statement];
        self.run("psql", &arguments).unwrap().trim().to_owned()
    }

    /// Runs one of PostgreSQL's programs; what it printed, unless it failed.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> Option<String> {
        let output = self.command(program, arguments).stderr(Stdio::inherit()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Where the server keeps its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn control(&self, arguments: &[&str]) -> Option<()> {
        let mut command = self.command("pg_ctl", &["-D", self.data().to_str()?, "-w"]);
        // The server that pg_ctl starts keeps its output: it must not be a pipe that we wait for.
        let status = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::inherit()).status();
        status.ok()?.success().then_some(())
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let path = self.programs.join(program);
        let mut command = match self.user {
            Some(user) => {
                let mut command = Command::new("setpriv");
                command.arg(format!("--reuid={user}")).arg("--clear-groups").arg(&path);
                command
            }
            None => Command::new(&path),
        };
        command.args(arguments).stdin(Stdio::null()).current_dir("/");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.control(&["-m", "fast", "stop"]).is_none() {
            eprintln!("the PostgreSQL of this run could not be stopped");
        }
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}
