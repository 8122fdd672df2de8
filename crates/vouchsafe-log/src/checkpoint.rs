//! Checkpoints: what a log says of itself, as a signed note (C2SP `tlog-checkpoint`).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::Hash;
use crate::note::{Note, NoteError, Signed, Signer, VerifierKey};

/// A tree head: `origin`, size and root, a line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: a URL without scheme, and the name of the log's key.
    pub origin: String,
    /// Entries of the log.
    pub size: u64,
    /// Root of its tree (RFC 6962).
    pub root: Hash,
    /// Further lines. We write none.
    pub extensions: Vec<String>,
}

/// Why something is no checkpoint, or proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It is no note, or not signed as it should be.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A line is not what it should be.
    #[error("line {line} of the checkpoint is no {expected}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What it should be.
        expected: &'static str,
    },
    /// It is of another log.
    #[error("the checkpoint is of `{0}`")]
    OtherLog(String),
}

impl fmt::Display for Checkpoint {
    /// The text that is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root))?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    /// Reads the text of a note.
    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let wrong = |line, expected| CheckpointError::Line { line, expected };
        let mut lines = text.strip_suffix('\n').unwrap_or_default().split('\n');
        let origin = lines.next().filter(|line| !line.is_empty()).ok_or(wrong(1, "origin"))?;
        let size = lines.next().and_then(decimal).ok_or(wrong(2, "tree size"))?;
        let root = lines.next().and_then(hash).ok_or(wrong(3, "root hash"))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        match extensions.iter().position(String::is_empty) {
            Some(empty) => Err(wrong(empty + 4, "extension line")),
            None => Ok(Self { origin: origin.to_owned(), size, root, extensions }),
        }
    }
}

impl Checkpoint {
    /// The checkpoint, signed.
    ///
    /// # Errors
    /// [`CheckpointError::OtherLog`] if the key has another name than the origin; [`NoteError`] if the origin cannot
    /// stand in a note.
    pub fn signed(&self, signer: &Signer) -> Result<Note, CheckpointError> {
        if signer.verifier().name() != self.origin {
            return Err(CheckpointError::OtherLog(self.origin.clone()));
        }
        let mut note = Note::new(self.to_string())?;
        signer.sign(&mut note, 0);
        Ok(note)
    }

    /// The checkpoint of a note, if the log's key has signed it; and who of `witnesses` has as well.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn verified<'k>(
        note: &Note,
        log: &VerifierKey,
        witnesses: &'k [VerifierKey],
    ) -> Result<(Self, Vec<Signed<'k>>), CheckpointError> {
        note.verify(std::slice::from_ref(log))?;
        let checkpoint: Self = note.text().parse()?;
        if checkpoint.origin != log.name() {
            return Err(CheckpointError::OtherLog(checkpoint.origin));
        }
        let cosigned = match note.verify(witnesses) {
            Err(NoteError::Unknown) => Vec::new(),
            cosigned => cosigned?,
        };
        Ok((checkpoint, cosigned))
    }
}

/// A number without sign and leading zeros.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

/// A hash in base64.
pub(crate) fn hash(text: &str) -> Option<Hash> {
    BASE64.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::KeyKind;
    use crate::tree::empty_root;

    fn log() -> Signer {
        Signer::new("vouchsafe.example/log/7", KeyKind::Log, &[1; 32]).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        let origin = log().verifier().name().to_owned();
        Checkpoint { origin, size: 0, root: empty_root(), extensions: Vec::new() }
    }

    /// The checkpoint that the specification of cosignatures shows.
    #[test]
    fn the_published_checkpoint_is_read() {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        let note = format!(
            "{text}\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
        );
        let note: Note = note.parse().unwrap();
        let read: Checkpoint = note.text().parse().unwrap();
        assert_eq!((read.size, read.to_string().as_str()), (20_852_163, text));
        // A witness's signature is a time and 64 bytes.
        let lengths: Vec<_> = note.signatures().iter().map(|line| line.signature.len()).collect();
        assert_eq!(lengths, [64, 72]);
    }

    #[test]
    fn the_bytes_of_a_signed_checkpoint_stay_as_they_are() {
        let note = checkpoint().signed(&log()).unwrap();
        assert_eq!(note.to_string(), include_str!("../tests/golden/empty.checkpoint"));
        assert_eq!(Checkpoint::verified(&note, log().verifier(), &[]).unwrap().0, checkpoint());
    }

    #[test]
    fn a_checkpoint_of_another_log_is_refused() {
        let other = Signer::new("vouchsafe.example/log/8", KeyKind::Log, &[1; 32]).unwrap();
        assert!(matches!(checkpoint().signed(&other), Err(CheckpointError::OtherLog(_))));
        let mut note = Note::new(checkpoint().to_string()).unwrap();
        other.sign(&mut note, 0);
        let read = |key: &VerifierKey| Checkpoint::verified(&note, key, &[]).map(drop);
        assert_eq!(read(log().verifier()), Err(NoteError::Unknown.into()));
        assert!(matches!(read(other.verifier()), Err(CheckpointError::OtherLog(_))));
    }

    #[test]
    fn malformed_checkpoints_name_the_line() {
        let root = BASE64.encode(empty_root());
        for (text, line) in [
            (String::new(), 1),
            ("\n1\n".to_owned(), 1),
            (format!("a\n01\n{root}\n"), 2),
            (format!("a\n+1\n{root}\n"), 2),
            (format!("a\n18446744073709551616\n{root}\n"), 2),
            ("a\n1\nAAAA\n".to_owned(), 3),
            ("a\n1\n".to_owned(), 3),
            (format!("a\n1\n{root}\n\n"), 4),
        ] {
            let read = text.parse::<Checkpoint>();
            assert!(
                matches!(read, Err(CheckpointError::Line { line: found, .. }) if found == line),
                "{text:?}: {read:?}"
            );
        }
    }
}
