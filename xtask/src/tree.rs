//! The files of the checkout, without what is built or installed.

use std::collections::BTreeMap;
use std::path::Path;

use crate::Failure;

/// Folders that hold nothing a person wrote.
const LEFT_OUT: [&str; 4] = [".git", ".test", "node_modules", "target"];

/// Paths of all files below `root`, relative to it, with `/`, sorted.
pub(crate) fn files(root: &Path) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    walk(root, "", &mut found)?;
    found.sort();
    Ok(found)
}

/// The contents of all files below `root`, to compare the tree with itself later.
pub(crate) fn contents(root: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut contents = BTreeMap::new();
    for path in files(root)? {
        let bytes = std::fs::read(root.join(&path)).map_err(|cause| format!("{path}: {cause}"))?;
        contents.insert(path, bytes);
    }
    Ok(contents)
}

/// Paths that differ between two states of the tree, each with what happened to it.
pub(crate) fn changes(
    before: &BTreeMap<String, Vec<u8>>,
    after: &BTreeMap<String, Vec<u8>>,
) -> Vec<(String, &'static str)> {
    let mut changes = Vec::new();
    for (path, bytes) in after {
        match before.get(path) {
            None => changes.push((path.clone(), "new")),
            Some(old) if old != bytes => changes.push((path.clone(), "changed")),
            Some(_) => {}
        }
    }
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    changes.extend(gone.map(|path| (path.clone(), "gone")));
    changes.sort();
    changes
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Result<(), Failure> {
    let entries = std::fs::read_dir(folder).map_err(|cause| format!("{}: {cause}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        let path = format!("{prefix}{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), &format!("{path}/"), found)?;
        } else if kind.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_names_new_changed_and_gone_files() {
        let state = |files: &[(&str, &str)]| -> BTreeMap<String, Vec<u8>> {
            files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
        };
        let before = state(&[("a", "1"), ("b", "1"), ("c", "1")]);
        let after = state(&[("a", "1"), ("b", "2"), ("d", "1")]);
        let expected = [("b", "changed"), ("c", "gone"), ("d", "new")];
        let expected = expected.map(|(path, what)| (path.to_owned(), what));
        assert_eq!(changes(&before, &after), expected);
    }
}
