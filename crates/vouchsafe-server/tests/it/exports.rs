//! The command line's exports against a whole server: packs, copies of logs, lines for a SIEM.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::house::Folder;
use crate::tour::{Demo, command_line};

/// The command line, signed in as somebody.
#[derive(Clone, Copy)]
struct Cli<'a> {
    program: &'a Path,
    folder: &'a Path,
    server: &'a str,
    token: &'a str,
}

impl Cli<'_> {
    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(self.program)
            .args(arguments)
            .current_dir(self.folder)
            .env("HOME", self.folder)
            .env("VOUCHSAFE_SERVER", self.server)
            .env("VOUCHSAFE_TOKEN", self.token)
            .env_remove("VOUCHSAFE_PROFILE")
            .output()
            .unwrap()
    }

    /// What it printed; it must have gone well.
    fn ok(&self, arguments: &[&str]) -> (String, String) {
        let Output { status, stdout, stderr } = self.run(arguments);
        let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        assert!(status.success(), "{arguments:?}: {out}{err}");
        (out, err)
    }
}

/// The cases that a log tells of, and what it has of each.
fn cases(lines: &str) -> BTreeSet<String> {
    let entries = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let cases = entries.filter_map(|entry| {
        let details = entry["additionalDetails"].as_array()?.clone();
        let detail = details.into_iter().find(|detail| detail["key"] == "supportRequestId")?;
        Some(detail["value"].as_str()?.to_owned())
    });
    cases.collect()
}

#[test]
fn every_case_of_the_demo_makes_a_pack_that_holds_and_every_log_a_copy() {
    let Some(commands) = command_line() else {
        println!("skipped: the command line cannot be built");
        return;
    };
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path()).unwrap();
    let _demo = Demo::start(folder.path());
    let world: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("demo.json")).unwrap()).unwrap();
    let (mut packs, mut reads) = (0, 0);
    read_something(&commands, folder.path(), &world);
    for name in ["Priya Nair", "Omar Haddad", "Yuki Tanabe"] {
        let people = world["people"].as_array().unwrap();
        let person = people.iter().find(|person| person["name"] == name).unwrap();
        let cli = Cli {
            program: &commands.join("vouchsafe"),
            folder: folder.path(),
            server: world["url"].as_str().unwrap(),
            token: person["token"].as_str().unwrap(),
        };
        let keys: Value = serde_json::from_str(&cli.ok(&["audit", "keys", "--output", "json"]).0).unwrap();
        let key = keys["value"][0]["verifierKey"].as_str().unwrap().to_owned();
        let (lines, _) = cli.ok(&["export", "audit"]);
        let (events, _) = cli.ok(&["export", "audit", "--format", "ocsf"]);
        assert_eq!(lines.lines().count(), events.lines().count());
        for case in cases(&lines) {
            let pack = format!("{}-{case}.zip", name.replace(' ', ""));
            cli.ok(&["export", "pack", "--support-request", &case, "--to", &pack]);
            let (told, _) = cli.ok(&["verify", &pack, "--key", &key]);
            assert!(told.contains("report.html says what the entries say"), "{told}");
            reads += u32::from(!told.contains("0 reads of 0 records"));
            packs += 1;
            // What is there stays.
            assert_eq!(
                cli.run(&["export", "pack", "--support-request", &case, "--to", &pack]).status.code(),
                Some(2)
            );
        }
        // Whoever may read the log alone.
        let mut tokens = world["tokens"].as_array().unwrap().iter();
        let reader =
            tokens.find(|token| token["purpose"] == "logReader" && token["tenantId"] == person["tenantId"]);
        let reader = Cli { token: reader.unwrap()["token"].as_str().unwrap(), ..cli };
        let case = cases(&lines).pop_first().unwrap();
        let pack = format!("{}-entries.zip", name.replace(' ', ""));
        reader.ok(&["export", "pack", "--support-request", &case, "--to", &pack]);
        let (told, _) = reader.ok(&["verify", &pack, "--key", &key]);
        assert!(told.contains("the pack has none of it"), "{told}");
        let copy = format!("{}-log", name.replace(' ', ""));
        cli.ok(&["export", "log", "--to", &copy]);
        let (_, told) = cli.ok(&["export", "log", "--to", &copy]);
        assert!(told.contains(", 0 tiles fetched"), "{told}");
        cli.ok(&["verify", &copy, "--key", &key]);
        tile(&folder.path().join(&copy));
        let output = cli.run(&["verify", &copy, "--key", &key]);
        assert_eq!(output.status.code(), Some(1), "an altered copy holds");
    }
    assert!(packs > 3 && reads > 0, "{packs} packs, {reads} of them with reads");
    let parts: Vec<PathBuf> =
        std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(!parts.iter().any(|path| path.to_string_lossy().contains(".part")), "{parts:?}");
}

/// Reads a little under every live grant of the demo's engineer, so that there is something to prove.
fn read_something(commands: &Path, folder: &Path, world: &Value) {
    let people = world["people"].as_array().unwrap();
    let engineer = people.iter().find(|person| person["name"] == "Ines Okafor").unwrap();
    let cli = Cli {
        program: &commands.join("vouchsafe"),
        folder,
        server: world["url"].as_str().unwrap(),
        token: engineer["token"].as_str().unwrap(),
    };
    let grants: Value = serde_json::from_str(&cli.ok(&["grants", "list", "--output", "json"]).0).unwrap();
    for grant in grants["value"].as_array().unwrap().iter().filter(|grant| grant["status"] == "live") {
        let text = |name: &str| grant[name].as_str().unwrap().to_owned();
        let (case, tenant) = (text("supportRequestId"), text("tenantId"));
        cli.ok(&["read", "sign-ins", "--case", &case, "--tenant", &tenant, "--top", "3"]);
    }
}

/// Flips a bit of the first tile of entries.
fn tile(copy: &Path) {
    let entries = copy.join("tile/entries");
    let mut path = std::fs::read_dir(&entries).unwrap().next().unwrap().unwrap().path();
    if path.is_dir() {
        path = std::fs::read_dir(&path).unwrap().next().unwrap().unwrap().path();
    }
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&path, bytes).unwrap();
}
