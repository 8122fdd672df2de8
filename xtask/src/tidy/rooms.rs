//! The rooms of the house: who may depend on whom, and which room owns which outside crate.
//!
//! The table is ARCHITECTURE.md's drawing, as code. Change both in one commit, with the reason.

use std::path::Path;

use cargo_metadata::{DependencyKind, MetadataCommand};

use super::manifests;
use super::{Finding, Rule};
use crate::Failure;

/// A crate of the workspace and what it may use.
struct Room {
    name: &'static str,
    layer: u8,
    /// Rooms it may depend on. `vouchsafe-core` need not be named from layer 1 on: ids and time are everyone's.
    uses: &'static [&'static str],
    /// Rooms that only its tests may use, besides `uses` and the test kit.
    tests_use: &'static [&'static str],
    /// No IO, no async, no clock, no randomness.
    pure: bool,
}

const CORE: &str = "vouchsafe-core";
const TESTKIT: &str = "vouchsafe-testkit";
/// Tasks: it uses no room and no room uses it.
const XTASK: &str = "xtask";
/// Measures the whole house beside its peers, so it may open every door and brings the peers along. No room uses it.
const BENCH: &str = "vouchsafe-bench";

const ROOMS: [Room; 15] = [
    Room { name: CORE, layer: 0, uses: &[], tests_use: &[], pure: true },
    Room { name: "vouchsafe-log", layer: 0, uses: &[], tests_use: &[], pure: true },
    Room { name: "vouchsafe-routing", layer: 0, uses: &[], tests_use: &[], pure: true },
    Room { name: "vouchsafe-scrub", layer: 0, uses: &[], tests_use: &[], pure: true },
    // The one edge inside a layer: records carry the ids and times of core.
    Room { name: "vouchsafe-diagnostics", layer: 0, uses: &[CORE], tests_use: &[], pure: true },
    Room { name: "vouchsafe-api", layer: 1, uses: &[], tests_use: &[], pure: true },
    Room { name: "vouchsafe-web", layer: 1, uses: &[], tests_use: &[], pure: true },
    Room { name: "vouchsafe-signin", layer: 1, uses: &[], tests_use: &[], pure: false },
    Room {
        name: "vouchsafe-store",
        layer: 1,
        uses: &["vouchsafe-log", "vouchsafe-diagnostics"],
        tests_use: &[],
        pure: false,
    },
    Room {
        name: "vouchsafe-app",
        layer: 2,
        // signin: who is calling is part of every use case, and a token's check reads the store in the same unit of work.
        uses: &[
            "vouchsafe-store",
            "vouchsafe-log",
            "vouchsafe-diagnostics",
            "vouchsafe-routing",
            "vouchsafe-scrub",
            "vouchsafe-signin",
        ],
        tests_use: &[],
        pure: false,
    },
    Room {
        name: "vouchsafe-client",
        layer: 2,
        uses: &["vouchsafe-api", "vouchsafe-log"],
        tests_use: &[],
        pure: false,
    },
    Room {
        name: "vouchsafe-server",
        layer: 3,
        uses: &[
            "vouchsafe-app",
            "vouchsafe-api",
            "vouchsafe-web",
            "vouchsafe-signin",
            "vouchsafe-store",
            "vouchsafe-log",
            "vouchsafe-diagnostics",
            "vouchsafe-scrub",
        ],
        // The server is tested with the client people use, and the log it serves with the verifier.
        tests_use: &["vouchsafe-client", "vouchsafe-log"],
        pure: false,
    },
    Room {
        name: "vouchsafe",
        layer: 3,
        // diagnostics: it makes up data, and masks data before it leaves the house, with no server at hand. signin: it checks
        // the signatures of decisions.
        uses: &[
            "vouchsafe-client",
            "vouchsafe-log",
            "vouchsafe-signin",
            "vouchsafe-api",
            "vouchsafe-diagnostics",
            "vouchsafe-scrub",
        ],
        tests_use: &[],
        pure: false,
    },
    Room {
        name: TESTKIT,
        layer: 3,
        uses: &[
            "vouchsafe-api",
            "vouchsafe-app",
            "vouchsafe-client",
            "vouchsafe-diagnostics",
            "vouchsafe-log",
            "vouchsafe-routing",
            "vouchsafe-signin",
            "vouchsafe-store",
        ],
        tests_use: &[],
        pure: false,
    },
    Room { name: XTASK, layer: 3, uses: &[], tests_use: &[], pure: false },
];

/// Outside crates that belong to some rooms only.
const OWNED: [(&[&str], &[&str]); 10] = [
    // The test kit makes and copies the schemas that tests run in.
    (&["tokio-postgres"], &["vouchsafe-store", TESTKIT]),
    (
        &["rusqlite", "libsqlite3-sys", "postgres-types", "deadpool", "deadpool-postgres"],
        &["vouchsafe-store"],
    ),
    (&["axum", "axum-extra", "tower-http", "utoipa-axum"], &["vouchsafe-server"]),
    // The command line answers two routes as a witness; the server has axum.
    (&["hyper", "hyper-util"], &["vouchsafe", "vouchsafe-server"]),
    (&["askama", "askama_derive"], &["vouchsafe-web"]),
    (&["reqwest"], &["vouchsafe-client", "vouchsafe-signin", "vouchsafe-server", "vouchsafe-store"]),
    (&["getrandom", "rand"], &["vouchsafe-store", "vouchsafe-server", "vouchsafe"]),
    (&["clap"], &["vouchsafe-server", "vouchsafe", XTASK]),
    (&["comfy-table", "indicatif"], &["vouchsafe"]),
    (&["cargo_metadata"], &[XTASK]),
];

/// Outside crates that only tests may use (the test kit is one).
const FOR_TESTS: [&str; 4] = ["insta", "jsonschema", "proptest", "trybuild"];

/// What a pure room may not even have at hand.
const IMPURE: [&str; 10] = [
    "async-stream",
    "async-trait",
    "futures",
    "futures-util",
    "getrandom",
    "rand",
    "reqwest",
    "rusqlite",
    "tokio",
    "tokio-util",
];

/// A crate of the workspace as its manifest says.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: String,
    /// Path of its Cargo.toml below the root.
    pub(super) manifest: String,
    pub(super) dependencies: Vec<Dependency>,
}

/// One line of a manifest's dependencies.
#[derive(Debug)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) for_tests: bool,
    pub(super) line: usize,
}

/// Reads the workspace graph. Needs no network.
pub(super) fn load(root: &Path) -> Result<Vec<Member>, Failure> {
    let metadata = MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec()?;
    let mut members = Vec::new();
    for package in metadata.workspace_packages() {
        let text = std::fs::read_to_string(&package.manifest_path)?;
        let dependencies = package.dependencies.iter().map(|dependency| {
            let for_tests = dependency.kind == DependencyKind::Development;
            let line = manifests::line_of_dependency(&text, &dependency.name, for_tests);
            Dependency { name: dependency.name.clone(), for_tests, line }
        });
        let manifest = package.manifest_path.strip_prefix(root).unwrap_or(&package.manifest_path);
        members.push(Member {
            name: package.name.to_string(),
            manifest: manifest.to_string(),
            dependencies: dependencies.collect(),
        });
    }
    Ok(members)
}

/// Every dependency that the table does not allow.
pub(super) fn check(members: &[Member]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in members.iter().filter(|member| member.name != BENCH) {
        let Some(room) = room(&member.name) else {
            findings.push(Finding::new(
                &member.manifest,
                1,
                Rule::UnknownCrate,
                format!("`{}`", member.name),
            ));
            continue;
        };
        for dependency in &member.dependencies {
            let broken = if members.iter().any(|other| other.name == dependency.name) {
                inner(room, dependency)
            } else {
                outer(room, dependency)
            };
            findings.extend(
                broken.map(|(rule, what)| Finding::new(&member.manifest, dependency.line, rule, what)),
            );
        }
    }
    findings
}

/// The name of the crate whose room is pure and holds this file.
pub(super) fn pure_room_of(path: &str) -> Option<&'static str> {
    let (name, inside) = path.strip_prefix("crates/")?.split_once('/')?;
    // An example is a program of its own that uses the room from outside.
    if inside.starts_with("examples/") {
        return None;
    }
    room(name).filter(|room| room.pure).map(|room| room.name)
}

fn room(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

/// A dependency on another room.
fn inner(room: &Room, dependency: &Dependency) -> Option<(Rule, String)> {
    let name = dependency.name.as_str();
    let core_is_everyones = name == CORE && room.layer > 0 && room.name != XTASK;
    let allowed = core_is_everyones
        || room.uses.contains(&name)
        || (dependency.for_tests && (name == TESTKIT || room.tests_use.contains(&name)));
    if allowed {
        return None;
    }
    let kind = if dependency.for_tests { "'s tests may not use" } else { " may not depend on" };
    Some((Rule::CrateGraph, format!("`{}`{kind} `{name}`", room.name)))
}

/// A dependency on a crate from outside.
fn outer(room: &Room, dependency: &Dependency) -> Option<(Rule, String)> {
    let name = dependency.name.as_str();
    if room.pure && !dependency.for_tests && IMPURE.contains(&name) {
        return Some((Rule::PureCrate, format!("`{}` may not depend on `{name}`", room.name)));
    }
    if FOR_TESTS.contains(&name) && !dependency.for_tests && room.name != TESTKIT {
        return Some((Rule::ExternalCrate, format!("`{name}` is for tests: move it to [dev-dependencies]")));
    }
    let (_, owners) = OWNED.iter().find(|(names, _)| names.contains(&name))?;
    if owners.contains(&room.name) {
        return None;
    }
    Some((Rule::ExternalCrate, format!("`{name}` belongs to {}", owners.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workspace of every room, in which `name` depends on `dependency`.
    fn workspace(name: &str, dependency: &str, for_tests: bool) -> Vec<Member> {
        let member = |room: &Room| {
            let dependency = Dependency { name: dependency.to_owned(), for_tests, line: 7 };
            Member {
                name: room.name.to_owned(),
                manifest: format!("crates/{}/Cargo.toml", room.name),
                dependencies: if room.name == name { vec![dependency] } else { Vec::new() },
            }
        };
        ROOMS.iter().map(member).collect()
    }

    fn found(name: &str, dependency: &str) -> Vec<Rule> {
        check(&workspace(name, dependency, false)).into_iter().map(|finding| finding.rule).collect()
    }

    fn found_in_tests(name: &str, dependency: &str) -> Vec<Rule> {
        check(&workspace(name, dependency, true)).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn the_table_only_goes_down() {
        for room in &ROOMS {
            for used in room.uses {
                let below = super::room(used).map(|used| used.layer);
                let exception = (room.name, *used) == ("vouchsafe-diagnostics", CORE);
                assert!(below.is_some_and(|below| below < room.layer) || exception, "{} → {used}", room.name);
            }
        }
    }

    #[test]
    fn a_room_may_use_what_the_table_names() {
        for room in &ROOMS {
            for used in room.uses {
                assert_eq!(found(room.name, used), [], "{} → {used}", room.name);
            }
        }
        assert_eq!(found("vouchsafe-client", CORE), []);
    }

    #[test]
    fn a_forbidden_edge_is_found_with_its_line() {
        let findings = check(&workspace("vouchsafe-web", "vouchsafe-store", false));
        let [finding] = findings.as_slice() else { panic!("{findings:?}") };
        assert_eq!((finding.rule, finding.line), (Rule::CrateGraph, 7));
        assert_eq!(finding.file, "crates/vouchsafe-web/Cargo.toml");
        assert_eq!(found(CORE, "vouchsafe-log"), [Rule::CrateGraph]);
        assert_eq!(found("vouchsafe-log", CORE), [Rule::CrateGraph]);
        assert_eq!(found("vouchsafe", "vouchsafe-server"), [Rule::CrateGraph]);
        assert_eq!(found(XTASK, CORE), [Rule::CrateGraph]);
    }

    #[test]
    fn the_test_kit_is_for_tests() {
        assert_eq!(found("vouchsafe-server", TESTKIT), [Rule::CrateGraph]);
        assert_eq!(found_in_tests("vouchsafe-server", TESTKIT), []);
        assert_eq!(found_in_tests("vouchsafe-server", "vouchsafe-client"), []);
        assert_eq!(found_in_tests("vouchsafe-web", "vouchsafe-client"), [Rule::CrateGraph]);
    }

    #[test]
    fn an_owned_crate_elsewhere_is_found() {
        assert_eq!(found("vouchsafe-store", "rusqlite"), []);
        for (names, owners) in OWNED {
            for name in names {
                for room in ROOMS.iter().filter(|room| !owners.contains(&room.name)) {
                    assert_eq!(found(room.name, name).len(), 1, "{} → {name}", room.name);
                }
            }
        }
    }

    #[test]
    fn a_pure_room_has_no_runtime() {
        assert_eq!(found("vouchsafe-log", "tokio"), [Rule::PureCrate]);
        assert_eq!(found("vouchsafe-web", "getrandom"), [Rule::PureCrate]);
        assert_eq!(found("vouchsafe-app", "tokio"), []);
        assert_eq!(found_in_tests("vouchsafe-api", "tokio"), []);
    }

    #[test]
    fn test_tools_stay_in_tests() {
        assert_eq!(found("vouchsafe-app", "proptest"), [Rule::ExternalCrate]);
        assert_eq!(found_in_tests("vouchsafe-app", "proptest"), []);
        assert_eq!(found(TESTKIT, "proptest"), []);
    }

    #[test]
    fn the_measuring_program_may_use_everything_and_nobody_may_use_it() {
        let member = |name: &str, dependency: &str| Member {
            name: name.to_owned(),
            manifest: "Cargo.toml".to_owned(),
            dependencies: vec![Dependency { name: dependency.to_owned(), for_tests: false, line: 1 }],
        };
        assert_eq!(check(&[member(BENCH, "rusqlite"), member("vouchsafe-store", "rusqlite")]), []);
        let rules: Vec<Rule> = check(&[member(BENCH, "vouchsafe-app"), member("vouchsafe-app", BENCH)])
            .into_iter()
            .map(|finding| finding.rule)
            .collect();
        assert_eq!(rules, [Rule::CrateGraph]);
    }

    #[test]
    fn a_crate_without_a_room_is_found() {
        let stranger = Member {
            name: "vouchsafe-extra".to_owned(),
            manifest: "crates/vouchsafe-extra/Cargo.toml".to_owned(),
            dependencies: Vec::new(),
        };
        let rules: Vec<Rule> = check(&[stranger]).into_iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, [Rule::UnknownCrate]);
    }

    #[test]
    fn a_file_knows_whether_its_room_is_pure() {
        assert_eq!(pure_room_of("crates/vouchsafe-core/src/id.rs"), Some(CORE));
        assert_eq!(pure_room_of("crates/vouchsafe-server/src/main.rs"), None);
    }
}
