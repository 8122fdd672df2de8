//! What a witness is asked, and what it may answer (C2SP `tlog-witness`).
//!
//! A witness keeps the newest head that it has seen of each log, and signs a checkpoint only if that checkpoint's tree
//! begins with it. So whoever demands its signature is never shown a history that contradicts one shown to others.
//!
//! A request is `old <size>`, the consistency proof from that size with a hash a line, an empty line, and the checkpoint.
//! [`Witness::decide`] says what follows from it; that its outcome is durable before anybody is answered is the caller's
//! part, under a lock that lets no second request of the log in between.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use crate::checkpoint::{Checkpoint, CheckpointError, decimal, hash};
use crate::note::{KeyKind, Note, NoteError, SignatureLine, Signer, VerifierKey};
use crate::tree::{ProofError, empty_root, verify_consistency};
use crate::whole::Seen;
use crate::{Hash, hex};

/// Hashes of a request's proof at most.
pub const WITNESS_PROOF_MAX: usize = 63;
/// Bytes of a request at most: a proof, and a checkpoint with sixteen signatures, post-quantum ones among them.
pub const REQUEST_BYTES_MAX: usize = 128 * 1_024;
/// Bytes of an answer at most.
pub const ANSWER_BYTES_MAX: usize = 64 * 1_024;
/// Where a request goes, below the witness's address.
pub const ADD_CHECKPOINT: &str = "add-checkpoint";
/// Content type of the answer that says which size the witness has seen.
pub const SIZE_CONTENT_TYPE: &str = "text/x.tlog.size";

/// A request to sign a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size that the witness has signed last, as far as whoever asks knows; 0 if none.
    pub old: u64,
    /// The proof that the checkpoint's tree begins with the one of that size.
    pub proof: Vec<Hash>,
    /// The checkpoint, signed by the log.
    pub checkpoint: Note,
}

/// Why a text is no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The request is longer than [`REQUEST_BYTES_MAX`].
    #[error("the request is too long")]
    TooLong,
    /// A line is not what it should be.
    #[error("line {line} of the request is no {expected}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What it should be.
        expected: &'static str,
    },
    /// The checkpoint is none.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl From<NoteError> for RequestError {
    fn from(error: NoteError) -> Self {
        Self::Checkpoint(error.into())
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", BASE64.encode(hash)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for AddCheckpoint {
    type Err = RequestError;

    fn from_str(text: &str) -> Result<Self, RequestError> {
        let wrong = |line, expected| RequestError::Line { line, expected };
        if text.len() > REQUEST_BYTES_MAX {
            return Err(RequestError::TooLong);
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or(wrong(1, "request"))?;
        let mut lines = head.split('\n').zip(1usize..);
        let old = lines.next().and_then(|(line, _)| line.strip_prefix("old ")).and_then(decimal);
        let old = old.ok_or(wrong(1, "old size"))?;
        let mut proof = Vec::new();
        for (line, number) in lines {
            if proof.len() >= WITNESS_PROOF_MAX {
                return Err(wrong(number, "end of the proof"));
            }
            proof.push(hash(line).ok_or(wrong(number, "hash"))?);
        }
        Ok(Self { old, proof, checkpoint: checkpoint.parse()? })
    }
}

/// Why a witness does not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request is none, or its checkpoint.
    #[error(transparent)]
    Malformed(#[from] RequestError),
    /// The size that was signed last is said to be larger than the checkpoint's.
    #[error("the old size {old} is beyond the checkpoint's {size}")]
    OldBeyond {
        /// The old size.
        old: u64,
        /// The checkpoint's.
        size: u64,
    },
    /// No known key of the log has signed, or a known one wrongly.
    #[error("the checkpoint is not trusted: {0}")]
    Untrusted(NoteError),
    /// The witness does not know the log.
    #[error("the log is not known here")]
    UnknownLog,
    /// Another size was signed last: this one.
    #[error("{0} is the size that was seen last")]
    OldSize(u64),
    /// The checkpoint's tree does not begin with what was signed last.
    #[error("the checkpoint does not follow from what was seen last: {0}")]
    NotConsistent(ProofError),
}

impl Refusal {
    /// The HTTP status that says so.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::OldBeyond { .. } => 400,
            Self::Untrusted(_) => 403,
            Self::UnknownLog => 404,
            Self::OldSize(_) => 409,
            Self::NotConsistent(_) => 422,
        }
    }

    /// The body of the answer: the size alone where another one was seen last, else a line for people.
    #[must_use]
    pub fn body(&self) -> String {
        match self {
            Self::OldSize(size) => format!("{size}\n"),
            Self::Malformed(_)
            | Self::OldBeyond { .. }
            | Self::Untrusted(_)
            | Self::UnknownLog
            | Self::NotConsistent(_) => format!("{self}\n"),
        }
    }
}

/// Which logs a witness looks at, and the key that it signs with.
#[derive(Debug)]
pub struct Witness {
    signer: Signer,
    logs: Vec<VerifierKey>,
}

/// A checkpoint that follows from what was seen before. Only such a one can be signed, and only once its head is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consistent {
    checkpoint: Checkpoint,
    note: Note,
}

impl Consistent {
    /// The origin of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.checkpoint.origin
    }

    /// What the witness has seen from now on.
    #[must_use]
    pub fn head(&self) -> Seen {
        Seen { size: self.checkpoint.size, root: self.checkpoint.root }
    }

    /// The checkpoint with the signatures of the log's known keys.
    #[must_use]
    pub fn note(&self) -> &Note {
        &self.note
    }
}

impl Witness {
    /// A witness of these logs. A log may have several keys, in turn.
    ///
    /// # Errors
    /// [`NoteError::Key`] if the signer's key is no witness's, or a log's is none.
    pub fn new(signer: Signer, logs: Vec<VerifierKey>) -> Result<Self, NoteError> {
        let wrong = |key: &VerifierKey| Err(NoteError::Key(key.to_string()));
        if signer.verifier().kind() != KeyKind::Witness {
            return wrong(signer.verifier());
        }
        match logs.iter().find(|log| log.kind() != KeyKind::Log) {
            Some(log) => wrong(log),
            None => Ok(Self { signer, logs }),
        }
    }

    /// The key that its signatures are checked with.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        self.signer.verifier()
    }

    /// The origin that a request is about, if the witness knows it: what was seen of it is asked for next.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], [`Refusal::UnknownLog`].
    pub fn origin<'r>(&self, request: &'r AddCheckpoint) -> Result<&'r str, Refusal> {
        let _: Checkpoint = request.checkpoint.text().parse().map_err(RequestError::from)?;
        let origin = request.checkpoint.text().lines().next().unwrap_or_default();
        if self.logs.iter().any(|log| log.name() == origin) { Ok(origin) } else { Err(Refusal::UnknownLog) }
    }

    /// Whether a request's checkpoint follows from the newest head that was seen of its log. The order of the checks is
    /// the specification's.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn decide(&self, request: &AddCheckpoint, seen: Option<Seen>) -> Result<Consistent, Refusal> {
        let origin = self.origin(request)?;
        let keys: Vec<VerifierKey> = self.logs.iter().filter(|log| log.name() == origin).cloned().collect();
        let AddCheckpoint { old, proof, checkpoint: note } = request;
        note.verify(&keys).map_err(Refusal::Untrusted)?;
        let checkpoint: Checkpoint = note.text().parse().map_err(RequestError::from)?;
        let size = checkpoint.size;
        if *old > size {
            return Err(Refusal::OldBeyond { old: *old, size });
        }
        let seen = seen.unwrap_or(Seen { size: 0, root: empty_root() });
        if *old != seen.size {
            return Err(Refusal::OldSize(seen.size));
        }
        if size == 0 && checkpoint.root != empty_root() {
            return Err(Refusal::NotConsistent(ProofError::OtherRoot));
        }
        verify_consistency((seen.size, &seen.root), (size, &checkpoint.root), proof)
            .map_err(Refusal::NotConsistent)?;
        Ok(Consistent { checkpoint, note: note.only_by(&keys) })
    }

    /// Signs at `time`, in seconds since 1970. Gives the checkpoint with the log's signatures and this one behind them, and
    /// this one alone, which is the answer.
    #[must_use]
    pub fn cosign(&self, consistent: &Consistent, time: u64) -> (Note, String) {
        let mut note = consistent.note.clone();
        // A time of 0 means none in the format.
        self.signer.sign(&mut note, time.max(1));
        let line = note.signatures().last().map(SignatureLine::to_string).unwrap_or_default();
        (note, line)
    }
}

/// Below a witness's address, where its newest checkpoint of a log can be read.
#[must_use]
pub fn checkpoint_path(origin: &str) -> String {
    format!("{}/checkpoint", origin_name(origin))
}

/// What a log is called in paths: the SHA-256 of its origin, in hex.
#[must_use]
pub fn origin_name(origin: &str) -> String {
    hex(&Sha256::digest(origin))
}

/// Why an answer brings no signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Declined {
    /// The witness has signed this size last.
    #[error("the witness has seen {0} entries")]
    Seen(u64),
    /// It has refused, with this status.
    #[error("the witness answered {0}")]
    Status(u16),
    /// The answer holds no right signature of the witness.
    #[error("the answer holds no signature of the witness: {0}")]
    Signature(NoteError),
}

/// The signature line that a witness has answered with, checked against the checkpoint that it was asked to sign.
///
/// # Errors
/// [`Declined`].
pub fn read_answer(
    status: u16,
    body: &str,
    checkpoint: &Note,
    witness: &VerifierKey,
) -> Result<SignatureLine, Declined> {
    match status {
        200 => {}
        409 => {
            let size = body.strip_suffix('\n').and_then(decimal);
            return Err(size.map_or(Declined::Status(status), Declined::Seen));
        }
        _ => return Err(Declined::Status(status)),
    }
    let bare = Note::new(checkpoint.text().to_owned()).map_err(Declined::Signature)?;
    let mut outcome = NoteError::Unknown;
    for line in body.lines() {
        // Lines of other keys of the witness, and of kinds that are not known here, are passed over.
        let Ok(line) = line.parse::<SignatureLine>() else { continue };
        let mut note = bare.clone();
        note.add(line.clone());
        match note.verify(std::slice::from_ref(witness)) {
            Ok(signed) if signed.iter().all(|signed| signed.time.is_some_and(|time| time > 0)) => {
                return Ok(line);
            }
            Ok(_) => outcome = NoteError::Wrong(line.name),
            Err(NoteError::Unknown) => {}
            Err(error) => outcome = error,
        }
    }
    Err(Declined::Signature(outcome))
}

#[cfg(test)]
mod tests;
