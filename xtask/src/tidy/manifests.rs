//! What the manifests must say: why each dependency is there, its version once, the lints everywhere.

use std::path::Path;

use super::{Finding, Rule};
use crate::Failure;

/// Checks every Cargo.toml among `paths`.
pub(super) fn check(root: &Path, paths: &[String]) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    for path in paths.iter().filter(|path| *path == "Cargo.toml" || path.ends_with("/Cargo.toml")) {
        let text = std::fs::read_to_string(root.join(path)).map_err(|cause| format!("{path}: {cause}"))?;
        if path == "Cargo.toml" {
            findings.extend(dependencies_without_reason(path, &text));
        } else {
            findings.extend(member(path, &text));
        }
    }
    Ok(findings)
}

/// The line of a dependency, counted from 1; 1 when it cannot be found.
pub(super) fn line_of_dependency(text: &str, name: &str, for_tests: bool) -> usize {
    let wanted = |section: &str| section.ends_with("dependencies") && section.contains("dev-") == for_tests;
    entries(text).find(|entry| wanted(entry.section) && entry.key == name).map_or(1, |entry| entry.line)
}

/// `name = …` in some section.
struct Entry<'a> {
    section: &'a str,
    /// The part of the key before the first dot.
    key: &'a str,
    /// The whole line.
    text: &'a str,
    line: usize,
}

/// Entries that start a line. Continued lines of an array have no `=` outside of quotes, or start with a quote or bracket.
fn entries(text: &str) -> impl Iterator<Item = Entry<'_>> {
    let mut section = "";
    text.lines().enumerate().filter_map(move |(index, text)| {
        let line = text.trim();
        if let Some(header) = line.strip_prefix('[') {
            section = header.split(']').next().unwrap_or_default();
            return None;
        }
        let (key, _) = line.split_once('=')?;
        let key = key.split('.').next()?.trim();
        let named = key.starts_with(|first: char| first.is_alphanumeric());
        named.then_some(Entry { section, key, text: line, line: index + 1 })
    })
}

fn dependencies_without_reason(path: &str, text: &str) -> Vec<Finding> {
    entries(text)
        .filter(|entry| entry.section == "workspace.dependencies")
        .filter(|entry| !entry.text.contains("path = \"crates/"))
        .filter(|entry| reason(entry.text).is_none())
        .map(|entry| {
            Finding::new(path, entry.line, Rule::DependencyWithoutReason, format!("`{}`", entry.key))
        })
        .collect()
}

/// The comment at the end of a line, if it says something.
fn reason(line: &str) -> Option<&str> {
    let mut quoted = false;
    let start = line.char_indices().find(|(_, here)| {
        quoted ^= *here == '"';
        *here == '#' && !quoted
    });
    let comment = line.get(start?.0 + 1..)?.trim();
    (!comment.is_empty()).then_some(comment)
}

fn member(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let inherits = entries(text).any(|entry| {
        (entry.section == "lints" && entry.text.replace(' ', "").starts_with("workspace=true"))
            || entry.text.replace(' ', "").starts_with("lints.workspace=true")
    });
    if !inherits {
        findings.push(Finding::new(path, 1, Rule::LintsNotInherited, "the workspace's lints are off here"));
    }
    let own_version = |entry: &Entry<'_>| {
        entry.section.ends_with("dependencies") && !entry.text.replace(' ', "").contains("workspace=true")
    };
    let versions = entries(text)
        .filter(own_version)
        .map(|entry| Finding::new(path, entry.line, Rule::VersionInCrate, format!("`{}`", entry.key)));
    findings.extend(versions);
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(findings: &[Finding]) -> Vec<(usize, Rule)> {
        findings.iter().map(|finding| (finding.line, finding.rule)).collect()
    }

    #[test]
    fn a_dependency_needs_a_reason() {
        let text = "[workspace.dependencies]\nown = { path = \"crates/own\" }\na = \"1\"\nb = \"1\" # why\nc = \"#1\"\nd = \"1\" #\n[profile.dev]\ndebug = 1\n";
        let rule = Rule::DependencyWithoutReason;
        assert_eq!(
            lines(&dependencies_without_reason("Cargo.toml", text)),
            [(3, rule), (5, rule), (6, rule)]
        );
    }

    #[test]
    fn a_member_has_no_versions_of_its_own() {
        let text = "[lints]\nworkspace = true\n[dependencies]\na.workspace = true\nb = { workspace = true }\nc = \"1\"\n";
        assert_eq!(lines(&member("crates/a/Cargo.toml", text)), [(6, Rule::VersionInCrate)]);
    }

    #[test]
    fn a_member_inherits_the_lints() {
        assert_eq!(
            lines(&member("crates/a/Cargo.toml", "[package]\nname = \"a\"\n")),
            [(1, Rule::LintsNotInherited)]
        );
        assert_eq!(lines(&member("crates/a/Cargo.toml", "lints.workspace = true\n")), []);
    }

    #[test]
    fn a_dependency_is_found_in_its_section() {
        let text = "[dependencies]\na.workspace = true\n[dev-dependencies]\na = { workspace = true }\nab.workspace = true\n";
        assert_eq!(line_of_dependency(text, "a", false), 2);
        assert_eq!(line_of_dependency(text, "a", true), 4);
        assert_eq!(line_of_dependency(text, "ab", true), 5);
    }
}
