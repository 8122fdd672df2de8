//! Links in the documents lead somewhere.

use std::path::Path;

use super::{Finding, Rule};
use crate::Failure;

/// A link with the line it stands on.
type Link = (usize, String);

/// Checks every Markdown file among `paths`.
pub(super) fn check(root: &Path, paths: &[String]) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    for path in paths.iter().filter(|path| path.ends_with(".md")) {
        let text = std::fs::read_to_string(root.join(path)).map_err(|cause| format!("{path}: {cause}"))?;
        for (line, target) in links(&text) {
            if !resolves(root, path, &text, &target) {
                findings.push(Finding::new(path, line, Rule::BrokenLink, format!("`{target}`")));
            }
        }
    }
    Ok(findings)
}

/// Targets of links and images: `[a](target)`, `[a]: target`, `src="target"`, `href="target"`. Code is left out.
fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for (line, prose) in prose(text) {
        for start in ["](", "src=\"", "href=\""] {
            let end = if start == "](" { [')', ' '] } else { ['"', '"'] };
            for rest in prose.split(start).skip(1) {
                links.extend(rest.split(end).next().map(|target| (line, target.to_owned())));
            }
        }
        let definition = prose.trim_start().strip_prefix('[').and_then(|rest| rest.split_once("]: "));
        if let Some((name, target)) = definition
            && !name.starts_with('^')
        {
            links.push((line, target.trim().to_owned()));
        }
    }
    links
}

/// Lines outside of fenced code, without the code inside of them.
fn prose(text: &str) -> Vec<(usize, String)> {
    let mut fenced = false;
    let mut prose = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let outside_code: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
            prose.push((index + 1, outside_code));
        }
    }
    prose
}

fn resolves(root: &Path, path: &str, text: &str, target: &str) -> bool {
    let elsewhere =
        ["http://", "https://", "mailto:", "data:"].iter().any(|scheme| target.starts_with(scheme));
    if elsewhere {
        return true;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    if file.is_empty() {
        return has_heading(text, anchor);
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let place = root.join(folder).join(file);
    if !place.exists() {
        return false;
    }
    let anchored = !anchor.is_empty() && file.ends_with(".md");
    !anchored || std::fs::read_to_string(place).is_ok_and(|text| has_heading(&text, anchor))
}

fn has_heading(text: &str, anchor: &str) -> bool {
    let named = [format!("id=\"{anchor}\""), format!("name=\"{anchor}\"")];
    named.iter().any(|name| text.contains(name))
        || text.lines().filter(|line| line.starts_with('#')).any(|line| slug(line) == anchor)
}

/// The anchor that a heading gets.
fn slug(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().chars().filter_map(|here| match here {
        ' ' => Some('-'),
        '-' | '_' => Some(here),
        _ if here.is_alphanumeric() => Some(here),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_every_form_are_seen_but_not_code() {
        let text = "[a](x.md) ![b](y.png \"title\")\n\n[c]: z.md\n`[d](no.md)`\n```\n[e](no.md)\n```\n<img src=\"w.png\">\n";
        let expected = [(1, "x.md"), (1, "y.png"), (3, "z.md"), (8, "w.png")];
        assert_eq!(links(text), expected.map(|(line, target)| (line, target.to_owned())));
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let text = "# The house\n";
        assert!(resolves(root, "README.md", text, "Cargo.toml"));
        assert!(resolves(root, "src/README.md", text, "../Cargo.toml"));
        assert!(resolves(root, "README.md", text, "https://example.com/nothing"));
        assert!(resolves(root, "README.md", text, "#the-house"));
        assert!(!resolves(root, "README.md", text, "missing.md"));
        assert!(!resolves(root, "README.md", text, "#the-garden"));
    }

    #[test]
    fn a_broken_link_is_reported_with_its_line() {
        let root = std::env::temp_dir().join(format!("xtask-documents-{}", std::process::id()));
        std::fs::create_dir_all(&root).expect("a folder");
        std::fs::write(root.join("README.md"), "# A\n\n[gone](gone.md)\n").expect("a file");
        let findings = check(&root, &["README.md".to_owned()]).expect("a check");
        std::fs::remove_dir_all(&root).expect("removed");
        assert_eq!(findings, [Finding::new("README.md", 3, Rule::BrokenLink, "`gone.md`")]);
    }

    #[test]
    fn a_heading_becomes_an_anchor() {
        assert_eq!(slug("## SQLite and PostgreSQL, *measured*"), "sqlite-and-postgresql-measured");
    }
}
