//! Short text of bits: five a character, without letters that look like digits.

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const BITS_PER_CHAR: u32 = 5;

/// The lowest `chars` × 5 bits.
pub(super) fn encode_bits(bits: u128, chars: u32) -> String {
    (0..chars).rev().map(|at| char_of((bits >> (at * BITS_PER_CHAR)) & 31)).collect()
}

/// The bits of the text; at most 25 characters.
pub(super) fn decode_bits(text: &str) -> Option<u128> {
    if text.len() > 25 {
        return None;
    }
    text.bytes().try_fold(0, |bits, byte| Some(bits << BITS_PER_CHAR | u128::from(value_of(byte)?)))
}

/// Whole bytes; the last character is filled with zeros.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut bits, mut count) = (0u128, 0);
    for &byte in bytes {
        bits = (bits << 8 | u128::from(byte)) & 0xFFFF;
        count += 8;
        while count >= BITS_PER_CHAR {
            count -= BITS_PER_CHAR;
            text.push(char_of((bits >> count) & 31));
        }
    }
    if count > 0 {
        text.push(char_of((bits << (BITS_PER_CHAR - count)) & 31));
    }
    text
}

/// Undoes [`encode`].
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut count) = (0u32, 0);
    for byte in text.bytes() {
        bits = (bits << BITS_PER_CHAR | value_of(byte)?) & 0xFFFF;
        count += BITS_PER_CHAR;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xFF).ok()?);
        }
    }
    Some(bytes)
}

fn char_of(value: u128) -> char {
    usize::try_from(value).ok().and_then(|at| ALPHABET.get(at)).map_or('0', |&byte| char::from(byte))
}

fn value_of(byte: u8) -> Option<u32> {
    let at = ALPHABET.iter().position(|&known| known == byte)?;
    u32::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bits_undo_each_other() {
        for length in 0u8..40 {
            let bytes: Vec<u8> = (0..length).map(|at| at.wrapping_mul(37).wrapping_add(length)).collect();
            assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
        assert_eq!(encode_bits(0xF_FFFF, 4), "zzzz");
        assert_eq!(decode_bits("7f3k"), Some(0b00111_01111_00011_10011));
        assert_eq!(encode_bits(0b00111_01111_00011_10011, 4), "7f3k");
        assert_eq!((decode_bits("7f3u"), decode("l"), decode_bits(&"0".repeat(26))), (None, None, None));
    }
}
