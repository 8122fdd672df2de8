//! Rules about what stands in a source file.

use std::path::Path;

use super::rooms;
use super::rust_file::RustFile;
use super::{Finding, Rule};
use crate::Failure;

const STORE: &str = "crates/vouchsafe-store/";

/// What a pure room's code does not do. Its tests may. Threads that end before their function does are no more than arithmetic side by side.
const IMPURE_CODE: [&str; 11] = [
    "async fn ",
    ".await",
    "std::env::",
    "std::fs",
    "std::process",
    "thread::sleep",
    "thread::spawn",
    "SystemTime",
    "TcpListener",
    "TcpStream",
    "UdpSocket",
];

/// Ends of files that people write text in.
const TEXT: [&str; 11] =
    [".css", ".html", ".js", ".json", ".md", ".mjs", ".rs", ".sh", ".sql", ".toml", ".yml"];

/// Checks one Rust source.
pub(super) fn check(source: &RustFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(crate_docs(source));
    findings.extend(lines_of_code(source));
    findings.extend(sql(source));
    findings
}

/// Files that must not exist where they are.
pub(super) fn misplaced_files(paths: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for path in paths {
        if path.ends_with("/mod.rs") && !path.contains("/tests/") {
            findings.push(Finding::new(path, 1, Rule::ModFile, "`mod.rs`"));
        }
        if path.ends_with(".sql") && path.starts_with("crates/") && !path.starts_with(STORE) {
            findings.push(Finding::new(path, 1, Rule::SqlOutsideStore, "a file of SQL"));
        }
    }
    findings
}

/// Marks of unfinished work in any text.
pub(super) fn unfinished_text(root: &Path, paths: &[String]) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    for path in paths.iter().filter(|path| TEXT.iter().any(|end| path.ends_with(end))) {
        let text = std::fs::read_to_string(root.join(path)).map_err(|cause| format!("{path}: {cause}"))?;
        findings.extend(unfinished_marks(path, &text));
    }
    Ok(findings)
}

fn unfinished_marks(path: &str, text: &str) -> Vec<Finding> {
    // Written apart, so that this file does not find itself.
    let marks = [concat!("FIX", "ME"), concat!("XX", "X")];
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let words = line.split(|here: char| !here.is_alphanumeric());
        for word in words.filter(|word| marks.contains(word)) {
            findings.push(Finding::new(path, index + 1, Rule::Unfinished, format!("`{word}`")));
        }
    }
    findings
}

fn crate_docs(source: &RustFile) -> Option<Finding> {
    let top = ["src/lib.rs", "src/main.rs"].iter().any(|end| source.path.ends_with(end));
    let first = source.lines.iter().map(|line| line.trim()).find(|line| !line.is_empty());
    let documented =
        first.is_some_and(|line| line.strip_prefix("//!").is_some_and(|text| !text.trim().is_empty()));
    (top && !documented)
        .then(|| Finding::new(&source.path, 1, Rule::CrateDocs, "the crate does not say what it is"))
}

fn lines_of_code(source: &RustFile) -> Vec<Finding> {
    let pure = rooms::pure_room_of(&source.path);
    let mut findings = Vec::new();
    for (index, code) in source.code.iter().enumerate() {
        let line = index + 1;
        let mut found = |rule, what: String| findings.push(Finding::new(&source.path, line, rule, what));
        for name in ["todo!", "unimplemented!"] {
            if calls(code, name) {
                found(Rule::Unfinished, format!("`{name}`"));
            }
        }
        if calls(code, "dbg!") {
            found(Rule::DebugOutput, "`dbg!`".to_owned());
        }
        let spaceless: String = code.chars().filter(|here| !here.is_whitespace()).collect();
        if ["#[allow(", "#![allow("].iter().any(|start| spaceless.contains(start))
            || (spaceless.contains("cfg_attr(") && spaceless.contains(",allow("))
        {
            found(Rule::AllowAttribute, "`allow`".to_owned());
        }
        if let Some(room) = pure
            && !source.in_test(line)
        {
            for name in IMPURE_CODE.iter().filter(|name| code.contains(*name)) {
                found(Rule::PureCrate, format!("`{}` in `{room}`", name.trim()));
            }
        }
    }
    findings
}

/// Whether the macro `name` is called, and not one whose name ends like it.
fn calls(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(position, _)| {
        let before = code.get(..position).and_then(|before| before.chars().next_back());
        !before.is_some_and(|before| before.is_alphanumeric() || before == '_')
    })
}

fn sql(source: &RustFile) -> Vec<Finding> {
    // The test kit makes, copies and damages the schemas that tests run in.
    let speaks = [STORE, "crates/vouchsafe-testkit/"].iter().any(|room| source.path.starts_with(room));
    let ours = source.path.starts_with("crates/") && !speaks;
    let literals = source.strings.iter().filter(|(_, text)| ours && is_sql(text));
    literals
        .map(|(line, _)| Finding::new(&source.path, *line, Rule::SqlOutsideStore, "SQL in a string"))
        .collect()
}

fn is_sql(text: &str) -> bool {
    // A keyword alone is a word; with something after it, it is a statement.
    let starts = |word: &str| {
        text.match_indices(word).any(|(position, _)| {
            let before = text.get(..position).and_then(|before| before.chars().next_back());
            let after = text.get(position + word.len()..).is_some_and(|after| !after.trim().is_empty());
            after && !before.is_some_and(char::is_alphanumeric)
        })
    };
    let update = text.split_once("UPDATE ").is_some_and(|(_, rest)| rest.contains(" SET "));
    starts("SELECT ") || starts("INSERT INTO ") || starts("DELETE FROM ") || update
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(usize, Rule)> {
        let findings = check(&RustFile::new(path, text));
        findings.into_iter().map(|finding| (finding.line, finding.rule)).collect()
    }

    const APP: &str = "crates/vouchsafe-app/src/read.rs";
    const CORE: &str = "crates/vouchsafe-core/src/grant.rs";

    #[test]
    fn unfinished_macros_are_found_outside_comments_and_strings() {
        assert_eq!(found(APP, "fn f() {\n    todo!()\n}\n"), [(2, Rule::Unfinished)]);
        assert_eq!(found(APP, "fn f() { unimplemented!(\"later\") }"), [(1, Rule::Unfinished)]);
        assert_eq!(found(APP, "// todo!()\nconst A: &str = \"todo!()\";\nmy_todo!();\n"), []);
    }

    #[test]
    fn marks_of_unfinished_work_are_found_in_any_text() {
        let text = format!("a\n# {}: b\n", concat!("FIX", "ME"));
        let findings = unfinished_marks("docs/a.md", &text);
        assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [2]);
        assert_eq!(unfinished_marks("a.rs", concat!("XX", "XX-XX", "XX")), []);
    }

    #[test]
    fn debug_output_is_found() {
        assert_eq!(found(APP, "fn f() { dbg!(1); }"), [(1, Rule::DebugOutput)]);
    }

    #[test]
    fn allow_is_found_in_every_form() {
        assert_eq!(found(APP, "#[allow(dead_code)]\nfn f() {}\n"), [(1, Rule::AllowAttribute)]);
        assert_eq!(found(APP, "#![ allow(dead_code) ]\n"), [(1, Rule::AllowAttribute)]);
        assert_eq!(
            found(APP, "#[cfg_attr(test, allow(dead_code))]\nfn f() {}\n"),
            [(1, Rule::AllowAttribute)]
        );
        assert_eq!(found(APP, "#[expect(dead_code, reason = \"a\")]\nfn f() { allow(1) }\n"), []);
    }

    #[test]
    fn sql_is_found_outside_the_store() {
        let selects = "const A: &str = \"SELECT id FROM t\";\n";
        assert_eq!(found(APP, selects), [(1, Rule::SqlOutsideStore)]);
        assert_eq!(found(APP, "f(r#\"INSERT INTO t VALUES (1)\"#)"), [(1, Rule::SqlOutsideStore)]);
        assert_eq!(found(APP, "f(\"UPDATE t SET a = 1\")"), [(1, Rule::SqlOutsideStore)]);
        assert_eq!(found("crates/vouchsafe-store/src/t.rs", selects), []);
        assert_eq!(found(APP, "f(\"SELECT \")"), []);
        assert_eq!(found(APP, "/// SELECT is not here.\nf(\"Select one, then UPDATE it\")"), []);
    }

    #[test]
    fn files_of_sql_and_mod_files_are_found_where_they_must_not_be() {
        let paths = [
            "crates/vouchsafe-app/src/read/mod.rs",
            "crates/vouchsafe-app/a.sql",
            "crates/vouchsafe-store/a.sql",
        ];
        let findings = misplaced_files(&paths.map(str::to_owned));
        let rules: Vec<Rule> = findings.into_iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, [Rule::ModFile, Rule::SqlOutsideStore]);
    }

    #[test]
    fn a_crate_says_what_it_is() {
        assert_eq!(found("crates/a/src/lib.rs", "mod b;\n"), [(1, Rule::CrateDocs)]);
        assert_eq!(found("crates/a/src/lib.rs", "//!\nmod b;\n"), [(1, Rule::CrateDocs)]);
        assert_eq!(found("crates/a/src/lib.rs", "//! A.\nmod b;\n"), []);
        assert_eq!(found("crates/a/src/b.rs", "mod c;\n"), []);
    }

    #[test]
    fn a_pure_room_does_no_io() {
        assert_eq!(found(CORE, "async fn f() {}\n"), [(1, Rule::PureCrate)]);
        assert_eq!(found(CORE, "use std::fs;\n"), [(1, Rule::PureCrate)]);
        assert_eq!(found(CORE, "#[cfg(test)]\nmod tests { use std::fs; }\n"), []);
        assert_eq!(found(APP, "async fn f() {}\n"), []);
    }
}
