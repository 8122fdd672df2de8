//! What a run happened on: figures mean nothing without it (`performance.md`, *How the project's benchmark should be
//! built*).

use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Below this share of idle time before the start, a run is marked as busy.
const QUIET_IDLE_SHARE: f64 = 0.75;
/// How long the machine is watched before the start.
const WATCHED_FOR: Duration = Duration::from_secs(2);
/// Ticks of processor time a second in `/proc`: fixed by Linux for programs, whatever the kernel's own.
const TICKS_A_SECOND: f64 = 100.0;
/// File systems that keep nothing: a figure from them says nothing about durable writes.
const VOLATILE: [&str; 2] = ["tmpfs", "ramfs"];

/// The state of the machine before a run.
#[derive(Debug)]
pub(crate) struct Machine {
    idle: f64,
    load: String,
    begun: Processor,
}

impl Machine {
    /// Watches the machine for two seconds.
    pub(crate) fn watch() -> Self {
        let before = Processor::now();
        std::thread::sleep(WATCHED_FOR);
        let begun = Processor::now();
        Self { idle: begun.since(&before).idle_share(), load: load(), begun }
    }

    /// Prints machine, versions and state.
    pub(crate) fn print(&self, folder: &Path) {
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        println!("{}, {cores} cores, {}", processor_model(), said("uname", &["-sr"]));
        println!(
            "{} on {}; {}; commit {}; {}",
            folder.display(),
            file_system(folder),
            said("rustc", &["--version"]),
            said("git", &["describe", "--always", "--dirty"]),
            said("date", &["-u", "+%F %R UTC"]),
        );
        let state = if self.idle < QUIET_IDLE_SHARE { "BUSY: quote ratios only" } else { "quiet" };
        println!("before the start: {:.0} % idle, load average {} ({state})", self.idle * 100.0, self.load);
    }

    /// Prints what the neighbours took meanwhile.
    pub(crate) fn print_end(&self) {
        let share = Processor::now().since(&self.begun).steal_share();
        println!("at the end: load average {}; stolen by the hypervisor: {:.1} %", load(), share * 100.0);
    }
}

/// Whether what is written there stays.
pub(crate) fn keeps_data(folder: &Path) -> bool {
    !VOLATILE.contains(&file_system(folder).as_str())
}

/// Type of the file system that holds the folder.
fn file_system(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap();
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    let holding = mounts.lines().filter_map(|mount| {
        let mut fields = mount.split(' ').skip(1);
        let (at, kind) = (fields.next()?, fields.next()?);
        folder.starts_with(at).then_some((at.len(), kind))
    });
    holding.max_by_key(|(length, _)| *length).map_or_else(String::new, |(_, kind)| kind.to_owned())
}

/// Processor time of all cores since the machine started, in ticks.
#[derive(Debug)]
struct Processor {
    all: f64,
    idle: f64,
    steal: f64,
}

impl Processor {
    fn now() -> Self {
        let stat = std::fs::read_to_string("/proc/stat").unwrap();
        let ticks: Vec<f64> =
            stat.lines().next().unwrap().split_whitespace().skip(1).take(8).map(number).collect();
        Self { all: ticks.iter().sum(), idle: ticks[3] + ticks[4], steal: ticks[7] }
    }

    fn since(&self, before: &Self) -> Self {
        Self { all: self.all - before.all, idle: self.idle - before.idle, steal: self.steal - before.steal }
    }

    fn idle_share(&self) -> f64 {
        self.idle / self.all.max(1.0)
    }

    fn steal_share(&self) -> f64 {
        self.steal / self.all.max(1.0)
    }
}

/// Processor time of a process and of its children that have ended, in seconds.
pub(crate) fn processor_seconds(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name, in parentheses, may hold blanks. After it, utime is the 12th field, then stime, cutime, cstime.
    let fields = stat.rsplit_once(')').unwrap().1;
    fields.split_whitespace().skip(11).take(4).map(number).sum::<f64>() / TICKS_A_SECOND
}

/// The most memory that a process has held, in bytes.
pub(crate) fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// What the files of a folder, or a file, take on the disk, in bytes.
pub(crate) fn bytes_on_disk(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    const BLOCK: u64 = 512;
    let Ok(metadata) = std::fs::symlink_metadata(path) else { return 0 };
    if !metadata.is_dir() {
        return metadata.blocks() * BLOCK;
    }
    std::fs::read_dir(path).unwrap().map(|entry| bytes_on_disk(&entry.unwrap().path())).sum()
}

fn processor_model() -> String {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find(|line| line.starts_with("model name"));
    model.and_then(|line| line.split_once(": ")).map_or("processor unknown", |(_, name)| name).to_owned()
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").unwrap().split(' ').take(3).collect::<Vec<_>>().join(" ")
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

/// The first line that a program prints.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.ok().filter(|output| output.status.success());
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_else(|| format!("no {program}"))
}
