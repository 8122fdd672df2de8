//! The heads file: size and root of every log as they were published, outside of the database and of its backups
//! (`evidence.md`, *Format*). It is written and synced before a checkpoint is served, so that a database that has lost
//! entries is found by comparing the two, and never goes on with another history.
//!
//! A line each: tenant id, size, and root in base64, separated by spaces; the last line of a tenant counts. A crash may
//! leave the last line unfinished: it was not synced, so what it says was not published.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use vouchsafe_core::id::TenantId;
use vouchsafe_log::Hash;

use crate::error::StoreError;

mod peer;

/// Superseded lines that a file may have beside one for each tenant before it is written anew.
const LINES_SPARE: usize = 10_000;

/// A published head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Entries.
    pub size: u64,
    /// Root of the tree.
    pub root: Hash,
}

/// The open heads file.
#[derive(Debug)]
pub struct Heads {
    path: PathBuf,
    file: File,
    heads: BTreeMap<TenantId, Head>,
    lines: usize,
    /// Whether a write failed: what the file holds is then known only after it was written anew.
    in_doubt: bool,
}

impl Heads {
    /// Opens the file; none if there is no such file.
    ///
    /// # Errors
    /// [`StoreError::File`]; [`StoreError::Corrupt`] names the line that cannot be read.
    pub fn open(path: &Path) -> Result<Option<Self>, StoreError> {
        let file = match OpenOptions::new().read(true).append(true).open(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(|source| failed(path, source))?,
        };
        let mut opened =
            Self { path: path.to_owned(), file, heads: BTreeMap::new(), lines: 0, in_doubt: false };
        let mut text = String::new();
        opened.file.read_to_string(&mut text).map_err(|source| failed(path, source))?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        for line in text.get(..whole).unwrap_or_default().lines() {
            opened.lines += 1;
            let (tenant, head) = read(line)
                .ok_or_else(|| StoreError::Corrupt(format!("line {} of {}", opened.lines, path.display())))?;
            opened.heads.insert(tenant, head);
        }
        if whole < text.len() {
            opened.rewrite()?;
        }
        Ok(Some(opened))
    }

    /// Makes a file that holds these heads, in place of the one that may be there.
    ///
    /// # Errors
    /// [`StoreError::File`].
    pub fn create(path: &Path, heads: BTreeMap<TenantId, Head>) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
        }
        let file = written(path, &heads)?;
        Ok(Self { path: path.to_owned(), file, lines: heads.len(), heads, in_doubt: false })
    }

    /// What was published of a tenant's log.
    #[must_use]
    pub fn get(&self, tenant: TenantId) -> Option<Head> {
        self.heads.get(&tenant).copied()
    }

    /// Every published head.
    pub fn iter(&self) -> impl Iterator<Item = (TenantId, Head)> + '_ {
        self.heads.iter().map(|(tenant, head)| (*tenant, *head))
    }

    /// Writes down what is about to be published. After it, the file says so whatever happens.
    ///
    /// # Errors
    /// [`StoreError::File`]; then nothing of it may be published.
    pub fn advance(&mut self, heads: &[(TenantId, Head)]) -> Result<(), StoreError> {
        if self.in_doubt || self.lines > self.heads.len() + LINES_SPARE {
            self.rewrite()?;
        }
        let mut text = String::new();
        for (tenant, head) in heads {
            push_line(&mut text, *tenant, *head);
        }
        self.in_doubt = true;
        let synced = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
        synced.map_err(|source| failed(&self.path, source))?;
        self.in_doubt = false;
        self.lines += heads.len();
        self.heads.extend(heads.iter().copied());
        Ok(())
    }

    fn rewrite(&mut self) -> Result<(), StoreError> {
        self.file = written(&self.path, &self.heads)?;
        self.file.seek(SeekFrom::End(0)).map_err(|source| failed(&self.path, source))?;
        self.lines = self.heads.len();
        self.in_doubt = false;
        Ok(())
    }
}

/// A new file with a line for each head, durable and in its place.
fn written(path: &Path, heads: &BTreeMap<TenantId, Head>) -> Result<File, StoreError> {
    let failed = |source| failed(path, source);
    let mut text = String::new();
    for (tenant, head) in heads {
        push_line(&mut text, *tenant, *head);
    }
    let draft = path.with_extension("new");
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&draft)
        .map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    std::fs::rename(&draft, path).map_err(failed)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(file)
}

fn push_line(text: &mut String, tenant: TenantId, head: Head) {
    text.push_str(&format!("{tenant} {} {}\n", head.size, BASE64.encode(head.root)));
}

fn read(line: &str) -> Option<(TenantId, Head)> {
    let mut words = line.split(' ');
    let (tenant, size, root) = (words.next()?, words.next()?, words.next()?);
    let root = BASE64.decode(root).ok()?.try_into().ok()?;
    words.next().is_none().then_some((tenant.parse().ok()?, Head { size: size.parse().ok()?, root }))
}

fn failed(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::File { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use vouchsafe_core::id::Id as _;

    use super::*;

    fn tenant(number: u128) -> TenantId {
        TenantId::from_uuid(Uuid::from_u128(number))
    }

    fn head(size: u64) -> Head {
        Head { size, root: [u8::try_from(size % 256).unwrap(); 32] }
    }

    #[test]
    fn what_was_advanced_is_there_after_opening_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("heads");
        assert!(Heads::open(&path).unwrap().is_none());
        let mut heads = Heads::create(&path, BTreeMap::new()).unwrap();
        heads.advance(&[(tenant(1), head(3)), (tenant(2), head(1))]).unwrap();
        heads.advance(&[(tenant(1), head(5))]).unwrap();
        drop(heads);
        let again = Heads::open(&path).unwrap().unwrap();
        let all: Vec<_> = again.iter().collect();
        assert_eq!(all, [(tenant(1), head(5)), (tenant(2), head(1))]);
    }

    #[test]
    fn an_unfinished_last_line_is_as_if_it_was_never_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("heads");
        let mut heads = Heads::create(&path, BTreeMap::new()).unwrap();
        heads.advance(&[(tenant(1), head(3))]).unwrap();
        heads.advance(&[(tenant(1), head(4))]).unwrap();
        drop(heads);
        let whole = std::fs::read(&path).unwrap();
        let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        for cut in first..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let mut heads = Heads::open(&path).unwrap().unwrap();
            assert_eq!(heads.get(tenant(1)), Some(head(3)), "cut at {cut}");
            heads.advance(&[(tenant(1), head(9))]).unwrap();
            drop(heads);
            assert_eq!(Heads::open(&path).unwrap().unwrap().get(tenant(1)), Some(head(9)));
        }
    }

    #[test]
    fn a_damaged_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("heads");
        let mut heads = Heads::create(&path, BTreeMap::new()).unwrap();
        heads.advance(&[(tenant(1), head(3)), (tenant(2), head(3))]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap().replacen(" 3 ", " x ", 1);
        std::fs::write(&path, text).unwrap();
        let error = Heads::open(&path).unwrap_err().to_string();
        assert!(error.contains("line 1"), "{error}");
    }

    #[test]
    fn many_lines_are_written_anew_and_say_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("heads");
        let mut heads = Heads::create(&path, BTreeMap::new()).unwrap();
        let many: Vec<_> = (0..=LINES_SPARE as u64 + 1).map(|size| (tenant(1), head(size))).collect();
        heads.advance(&many).unwrap();
        heads.advance(&[(tenant(2), head(7))]).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
        heads.advance(&[(tenant(2), head(8))]).unwrap();
        drop(heads);
        let again = Heads::open(&path).unwrap().unwrap();
        assert_eq!(again.get(tenant(1)), Some(head(LINES_SPARE as u64 + 1)));
        assert_eq!(again.get(tenant(2)), Some(head(8)));
    }
}
