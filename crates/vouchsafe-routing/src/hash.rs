//! Keys of features: a hash that is the same on every machine and in every run.

/// Offset basis and prime of FNV-1a, 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>).
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// What a key stands for; equal texts of two kinds get different keys.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Word = 1,
    Gram = 2,
    Mark = 3,
    ProblemType = 4,
    Hour = 5,
    Bias = 6,
}

/// The key of a text of a kind.
pub(crate) fn key(kind: Kind, characters: impl IntoIterator<Item = char>) -> u64 {
    let start = (BASIS ^ kind as u64).wrapping_mul(PRIME);
    mix(characters.into_iter().fold(start, |hash, here| (hash ^ u64::from(here)).wrapping_mul(PRIME)))
}

/// Spreads every bit over the whole word, so that any of them may serve as a bucket: the finaliser of SplitMix64
/// (Steele, Lea, Flood 2014).
pub(crate) fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// The bucket of a key among `1 << bits`; `bits` is at most 32.
pub(crate) fn bucket(key: u64, bits: u32) -> u32 {
    (key & ((1 << bits) - 1)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_pinned_and_kinds_differ() {
        assert_eq!(key(Kind::Word, "consent".chars()), key(Kind::Word, "consent".chars()));
        assert_ne!(key(Kind::Word, "consent".chars()), key(Kind::Mark, "consent".chars()));
        assert_eq!(bucket(0x1_0003, 16), 3);
    }
}
