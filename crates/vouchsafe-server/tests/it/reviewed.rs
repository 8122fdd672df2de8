//! Texts that somebody has reviewed, in files under `tests/golden`.

use std::path::{Path, PathBuf};

/// The folder of these files.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Holds what is so now against the reviewed file; with `VOUCHSAFE_GOLDEN=update` it is written there instead. `what` says what
/// has changed if it is not the same.
pub(crate) fn as_reviewed(file: &str, now: &str, what: &str) {
    let path = folder().join(file);
    if std::env::var("VOUCHSAFE_GOLDEN").is_ok_and(|value| value == "update") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, now).unwrap();
        return;
    }
    let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
    let first = reviewed.lines().zip(now.lines()).enumerate().find(|(_, (reviewed, now))| reviewed != now);
    assert!(
        reviewed == now,
        "{what} (first at {first:?}); if that is meant, run the test with VOUCHSAFE_GOLDEN=update"
    );
}
