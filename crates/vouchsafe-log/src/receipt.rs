//! Receipts: that an entry stands in a log, in one file (C2SP `tlog-proof`).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::checkpoint::{Checkpoint, CheckpointError, decimal, hash};
use crate::note::{Note, NoteError};
use crate::policy::{Policy, PolicyError, Trusted};
use crate::tree::{PROOF_HASHES_MAX, ProofError, verify_inclusion};
use crate::{Hash, leaf_hash};

/// The first line.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The proof that the entry at `index` stands in the tree of a checkpoint. Usually kept as `.tlog-proof`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What the format leaves to whoever makes it, and what nobody may trust: it is not signed. We leave it out.
    pub extra: Option<Vec<u8>>,
    /// Place of the entry, from 0.
    pub index: u64,
    /// The inclusion proof, leaf side first.
    pub path: Vec<Hash>,
    /// The checkpoint as it was signed.
    pub checkpoint: Note,
}

/// Why something is no receipt, or proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// A line is not what it should be.
    #[error("line {line} of the receipt is no {expected}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What it should be.
        expected: &'static str,
    },
    /// The checkpoint is none.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The policy does not trust the checkpoint.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The entry does not stand in the checkpoint's tree.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl From<NoteError> for ReceiptError {
    fn from(error: NoteError) -> Self {
        Self::Checkpoint(error.into())
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", BASE64.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", BASE64.encode(hash)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for Receipt {
    type Err = ReceiptError;

    fn from_str(text: &str) -> Result<Self, ReceiptError> {
        let wrong = |line, expected| ReceiptError::Line { line, expected };
        let (head, checkpoint) = text.split_once("\n\n").ok_or(wrong(1, "tlog-proof of version 1"))?;
        let mut lines = head.split('\n').zip(1usize..).peekable();
        if lines.next().map(|(line, _)| line) != Some(HEADER) {
            return Err(wrong(1, "tlog-proof of version 1"));
        }
        let extra = lines.next_if(|(line, _)| line.starts_with("extra "));
        let extra = extra.map(|(line, _)| {
            let bytes = line.strip_prefix("extra ").and_then(|text| BASE64.decode(text).ok());
            bytes.ok_or(wrong(2, "extra data"))
        });
        let extra = extra.transpose()?;
        let (line, number) = lines.next().unwrap_or_default();
        let index = line.strip_prefix("index ").and_then(decimal);
        let index = index.ok_or(wrong(number.max(2), "index"))?;
        let mut path = Vec::new();
        for (line, number) in lines {
            if path.len() >= PROOF_HASHES_MAX {
                return Err(wrong(number, "end of the proof"));
            }
            path.push(hash(line).ok_or(wrong(number, "hash"))?);
        }
        Ok(Self { extra, index, path, checkpoint: checkpoint.parse()? })
    }
}

impl Receipt {
    /// Checks that these entry bytes stand in the log at the receipt's place, and that the policy trusts the checkpoint.
    /// Nothing is asked of anybody.
    ///
    /// # Errors
    /// [`ReceiptError`] with the first thing that is wrong.
    pub fn verify<'p>(
        &self,
        entry: &[u8],
        policy: &'p Policy,
    ) -> Result<(Checkpoint, Trusted<'p>), ReceiptError> {
        let (checkpoint, trusted) = policy.trusted(&self.checkpoint)?;
        verify_inclusion(&leaf_hash(entry), self.index, checkpoint.size, &self.path, &checkpoint.root)?;
        Ok((checkpoint, trusted))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::note::{KeyKind, Signer};
    use crate::tree::{Frontier, inclusion_proof};

    const ORIGIN: &str = "vouchsafe.example/log/7";

    fn log() -> Signer {
        Signer::new(ORIGIN, KeyKind::Log, &[1; 32]).unwrap()
    }

    fn policy() -> Policy {
        format!("log {}\nquorum none\n", log().verifier()).parse().unwrap()
    }

    /// A receipt for one of some entries, `entry-0`, `entry-1` and so on.
    fn receipt(size: u64, index: u64) -> Receipt {
        let (mut tree, mut nodes) = (Frontier::default(), std::collections::HashMap::new());
        for number in 0..size {
            for node in tree.append(leaf_hash(format!("entry-{number}").as_bytes())) {
                nodes.insert((node.level, node.index), node.hash);
            }
        }
        let path = inclusion_proof(index, size, &|level, index| nodes.get(&(level, index)).copied()).unwrap();
        let checkpoint =
            Checkpoint { origin: ORIGIN.to_owned(), size, root: tree.root(), extensions: Vec::new() };
        Receipt { extra: None, index, path, checkpoint: checkpoint.signed(&log()).unwrap() }
    }

    #[test]
    fn the_bytes_of_a_receipt_stay_as_they_are() {
        let receipt = receipt(11, 4);
        assert_eq!(receipt.to_string(), include_str!("../tests/golden/entry-4-of-11.tlog-proof"));
        assert_eq!(receipt.to_string().parse(), Ok(receipt.clone()));
        assert_eq!(receipt.verify(b"entry-4", &policy()).unwrap().0.size, 11);
    }

    #[test]
    fn malformed_receipts_name_the_line() {
        let whole = receipt(11, 4).to_string();
        let other = |from: &str, to: &str| whole.replacen(from, to, 1).parse::<Receipt>().unwrap_err();
        assert!(matches!(other("@v1", "@v2"), ReceiptError::Line { line: 1, .. }));
        assert!(matches!(other("index 4", "index 04"), ReceiptError::Line { line: 2, .. }));
        assert!(matches!(other("index 4\n", "extra ?\nindex 4\n"), ReceiptError::Line { line: 2, .. }));
        assert!(matches!(other("index 4\n", "index 4\nAAAA\n"), ReceiptError::Line { line: 3, .. }));
        // An empty line too early makes the rest of the proof a part of the checkpoint, which nobody has signed.
        let early: Receipt = whole.replacen("index 4\n", "index 4\n\n", 1).parse().unwrap();
        assert!(early.verify(b"entry-4", &policy()).is_err());
        let hash = format!("index 4\n{}", format!("{}\n", BASE64.encode([0; 32])).repeat(PROOF_HASHES_MAX));
        assert!(matches!(other("index 4\n", &hash), ReceiptError::Line { .. }));
    }

    proptest! {
        #![proptest_config(crate::cases(256))]

        #[test]
        fn a_receipt_proves_its_entry_and_no_other(size in 1u64..60, index in any::<prop::sample::Index>(), other in any::<prop::sample::Index>()) {
            let index = index.index(size as usize) as u64;
            let mut extended = receipt(size, index);
            extended.extra = Some(vec![1, 2, 3]);
            let read: Receipt = extended.to_string().parse().unwrap();
            prop_assert_eq!(&read, &extended);
            let other = other.index(size as usize) as u64;
            let proved = read.verify(format!("entry-{other}").as_bytes(), &policy()).is_ok();
            prop_assert_eq!(proved, other == index);
        }

        #[test]
        fn any_flipped_bit_of_a_receipt_is_found(size in 2u64..40, at in any::<prop::sample::Index>(), bit in 0u8..8) {
            let whole = receipt(size, size / 2).to_string();
            let mut bytes = whole.clone().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let read = String::from_utf8(bytes).ok().and_then(|text| text.parse::<Receipt>().ok());
            let entry = format!("entry-{}", size / 2);
            prop_assert!(read.is_none_or(|receipt| receipt.verify(entry.as_bytes(), &policy()).is_err()));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "(?s).{0,200}") {
            let _ = text.parse::<Receipt>();
            let _ = format!("{HEADER}\n{text}").parse::<Receipt>();
        }
    }
}
