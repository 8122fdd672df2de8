//! The list of files and functions that are longer than their cap for now. It only shrinks.

use std::collections::BTreeMap;
use std::fmt;

use super::size::Oversize;
use super::{EXCEPTIONS_FILE, Finding, Rule};
use crate::Failure;

const HEADER: &str = "\
# Files and functions that are longer than their cap for now: `path lines` or `path::function lines`.
# Entries only get smaller and go away; `cargo xtask tidy --shrink` does that.
";

/// What may be how long.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Exceptions {
    /// Key to (lines allowed, line in the list).
    entries: BTreeMap<String, (usize, usize)>,
}

impl Exceptions {
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let mut entries = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let place = index + 1;
            let malformed = || format!("{EXCEPTIONS_FILE}:{place}: want `path lines`, found `{line}`");
            let (key, lines) = line.rsplit_once(' ').ok_or_else(malformed)?;
            let lines = lines.parse().map_err(|_| malformed())?;
            entries.insert(key.trim().to_owned(), (lines, place));
        }
        Ok(Self { entries })
    }

    /// Says what is longer than its cap and its entry, and which entries are too generous.
    pub(super) fn judge(&self, oversize: &[Oversize]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for one in oversize {
            let allowed = self.entries.get(&one.key).map_or(0, |(lines, _)| *lines);
            if one.lines > allowed {
                findings.push(one.finding.clone());
            }
        }
        for (key, (allowed, place)) in &self.entries {
            let actual = oversize.iter().filter(|one| one.key == *key).map(|one| one.lines).max();
            let what = match actual {
                None => format!("`{key}` keeps its cap now, or is gone"),
                Some(actual) if actual < *allowed => {
                    format!("`{key}` has {actual} lines, the list allows {allowed}")
                }
                Some(_) => continue,
            };
            findings.push(Finding::new(EXCEPTIONS_FILE, *place, Rule::StaleException, what));
        }
        findings
    }

    /// The list with each entry lowered to what is true; none is added or raised.
    pub(super) fn shrunk(&self, oversize: &[Oversize]) -> Self {
        let lowered = self.entries.iter().filter_map(|(key, (allowed, place))| {
            let actual = oversize.iter().filter(|one| one.key == *key).map(|one| one.lines).max()?;
            Some((key.clone(), (actual.min(*allowed), *place)))
        });
        Self { entries: lowered.collect() }
    }
}

impl fmt::Display for Exceptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(HEADER)?;
        for (key, (lines, _)) in &self.entries {
            writeln!(formatter, "{key} {lines}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(key: &str, lines: usize) -> Oversize {
        let finding = Finding::new(key, 601, Rule::FileLength, "long");
        Oversize { key: key.to_owned(), lines, finding }
    }

    fn rules(list: &str, oversize: &[Oversize]) -> Vec<Rule> {
        let exceptions = Exceptions::parse(list).expect("a list");
        exceptions.judge(oversize).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn an_entry_covers_its_file_and_no_more() {
        assert_eq!(rules("a.rs 700\n", &[long("a.rs", 700)]), []);
        assert_eq!(rules("a.rs 700\n", &[long("a.rs", 701)]), [Rule::FileLength]);
        assert_eq!(rules("", &[long("a.rs", 601)]), [Rule::FileLength]);
    }

    #[test]
    fn a_generous_entry_is_found() {
        assert_eq!(rules("# why\na.rs 700\n", &[long("a.rs", 650)]), [Rule::StaleException]);
        assert_eq!(rules("a.rs 700\n", &[]), [Rule::StaleException]);
    }

    #[test]
    fn shrinking_lowers_and_removes_but_never_raises() {
        let exceptions = Exceptions::parse("a.rs 700\nb.rs 800\nc.rs 900\n").expect("a list");
        let shrunk = exceptions.shrunk(&[long("a.rs", 650), long("b.rs", 850)]);
        assert_eq!(shrunk.to_string(), format!("{HEADER}a.rs 650\nb.rs 800\n"));
    }

    #[test]
    fn a_malformed_entry_is_named() {
        let failure = Exceptions::parse("a.rs\n").expect_err("no number");
        assert!(failure.to_string().contains("tidy-exceptions.txt:1"), "{failure}");
    }
}
