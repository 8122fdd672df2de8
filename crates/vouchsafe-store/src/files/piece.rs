//! One piece of a file: its name, and how it is sealed.

use crate::error::StoreError;
use crate::seal::{Key, OVERHEAD_BYTES, open, seal};

/// Bytes of every piece but the last, before sealing. One piece is what an upload or a reader holds in memory.
pub const PIECE_BYTES: u64 = 1 << 20;

/// Ends the name of the last piece.
const LAST: &str = "-last";

/// Which piece of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// From 0 on.
    pub(super) number: u64,
    /// Whether the file ends with it.
    pub(super) last: bool,
}

impl Piece {
    /// Its name in the store: objects are listed in order of it.
    pub(super) fn name(self) -> String {
        format!("{:08x}{}", self.number, if self.last { LAST } else { "" })
    }

    /// The piece with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let (number, last) = name.strip_suffix(LAST).map_or((name, false), |number| (number, true));
        u64::from_str_radix(number, 16).ok().map(|number| Self { number, last })
    }

    pub(super) fn seal(self, key: &Key, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        seal(key, plain, &self.place())
    }

    pub(super) fn open(self, key: &Key, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        open(key, sealed, &self.place())
    }

    fn place(self) -> String {
        format!("piece {} {}", self.number, if self.last { "last" } else { "more" })
    }
}

/// How many bytes a sealed piece holds.
pub(super) fn plain_bytes(sealed: u64) -> u64 {
    sealed.saturating_sub(OVERHEAD_BYTES)
}
