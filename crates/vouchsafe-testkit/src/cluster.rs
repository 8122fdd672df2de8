//! A PostgreSQL server of our own, and a standby that follows it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The one who may do everything in such a server.
pub const SUPERUSER: &str = "vouchsafe";

/// A running server with its data in a folder, reached by a socket in that folder; ended with the program.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<&'static str>,
}

impl Cluster {
    /// Starts one, if PostgreSQL's programs are there: on the data that the folder holds, or on new ones. `settings` are
    /// of the form `name=value`.
    #[must_use]
    pub fn start(folder: &Path, settings: &[&str]) -> Option<Self> {
        let cluster = Self::at(folder)?;
        let data = cluster.data();
        if !data.join("PG_VERSION").exists() {
            cluster.run(
                "initdb",
                &["-D", data.to_str()?, "-A", "trust", "-U", SUPERUSER, "--no-locale", "-E", "UTF8"],
            )?;
        }
        if data.join("postmaster.pid").exists() {
            // A run before was broken off; its server may live on.
            let _ = cluster.control(&["-m", "immediate", "stop"]);
        }
        cluster.launch(settings)?;
        Some(cluster)
    }

    /// Starts a standby of this server, which follows it from here on.
    #[must_use]
    pub fn standby(&self, folder: &Path, settings: &[&str]) -> Option<Self> {
        let cluster = Self::at(folder)?;
        let (host, data) = (self.folder.to_str()?, cluster.data());
        let copy = ["-h", host, "-U", SUPERUSER, "-D", data.to_str()?, "-R", "-X", "stream", "-c", "fast"];
        cluster.run("pg_basebackup", &[copy.as_slice(), &["-p", &self.port()]].concat())?;
        cluster.launch(settings)?;
        Some(cluster)
    }

    /// Lets no commit of this server be answered before its standby has it on disk, from when the standby says so.
    pub fn wait_for_standby(&self) {
        self.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.sql("SELECT pg_reload_conf()");
        while self.sql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") != "1" {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    /// Ends the server as a crash would: nothing is written any more, nobody is told.
    pub fn crash(&self) {
        self.control(&["-m", "immediate", "stop"]).unwrap();
    }

    /// Makes a standby the server that is written to.
    pub fn promote(&self) {
        self.control(&["promote"]).unwrap();
    }

    /// How many entries of all logs say this.
    #[must_use]
    pub fn entries(&self, activity: &str) -> u64 {
        self.sql(&format!("SELECT count(*) FROM audit_entry WHERE activity = '{activity}'")).parse().unwrap()
    }

    /// A place for one, which the unprivileged user may use.
    fn at(folder: &Path) -> Option<Self> {
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
        Some(cluster)
    }

    fn launch(&self, settings: &[&str]) -> Option<()> {
        let settings: String = settings.iter().map(|setting| format!(" -c {setting}")).collect();
        let options =
            format!("-k {} -c listen_addresses='' -c max_connections=100{settings}", self.folder.display());
        let log = self.folder.join("log");
        self.control(&["-o", &options, "-l", log.to_str()?, "start"])
    }

    /// The folder of its socket, which it may also read scripts from.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.folder
    }

    /// The process that all others are children of.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.told(0).parse().unwrap()
    }

    fn port(&self) -> String {
        self.told(3)
    }

    /// A line of what the server says of itself (PostgreSQL, `postmaster.pid`).
    fn told(&self, line: usize) -> String {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        file.lines().nth(line).unwrap().trim().to_owned()
    }

    /// The server's version.
    #[must_use]
    pub fn version(&self) -> String {
        let version = self.sql("SHOW server_version");
        version.split(' ').next().unwrap_or_default().to_owned()
    }

    /// What a table takes on disk, with its indexes and what is stored out of line, in bytes.
    #[must_use]
    pub fn table_bytes(&self, table: &str) -> u64 {
        self.sql(&format!("SELECT pg_total_relation_size('{table}')")).parse().unwrap()
    }

    /// The one value that a statement gives.
    fn sql(&self, statement: &str) -> String {
        let host = self.folder.to_str().unwrap();
        let port = self.port();
        let arguments = ["-h", host, "-p", &port, "-U", SUPERUSER, "-d", "postgres", "-At", "-c", statement];
        self.run("psql", &arguments).unwrap().trim().to_owned()
    }

    /// Runs one of PostgreSQL's programs; what it printed, unless it failed.
    #[must_use]
    pub fn run(&self, program: &str, arguments: &[&str]) -> Option<String> {
        let output = self.command(program, arguments).stderr(Stdio::inherit()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Where the server keeps its data.
    #[must_use]
    pub fn data(&self) -> PathBuf {
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
        // One that has crashed is not there any more.
        if self.data().join("postmaster.pid").exists() && self.control(&["-m", "fast", "stop"]).is_none() {
            eprintln!("the PostgreSQL of this run could not be stopped");
        }
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}
