//! Pseudonyms of values that are no UUIDs.
//!
//! Ids and UPNs must be accepted back, so they are enciphered; other texts are hashed and cannot be turned back.

use super::MaskKey;
use super::base32;

const ID: &str = "id~";
const PERSON: &str = "person~";
const TEXT: &str = "masked~";
const KEY: &str = "key~";

/// What leads a mail address in `proxyAddresses`.
const MAIL_PROTOCOLS: [&str; 2] = ["smtp", "sip"];

/// Label of the space that UPNs without a user id are enciphered in.
const UPN_LABEL: &str = "userPrincipalName";

/// Length of a hashed token, in characters of five bits: two of a million texts are alike once in two million grants.
const HASH_CHARS: u32 = 12;
/// Longest text that is enciphered, in bytes; a longer one is hashed.
const MAX_ENCIPHERED_BYTES: usize = 128;
/// Enciphered texts are filled up to a multiple of this, in bytes, so that their length says little.
const BLOCK_BYTES: usize = 16;
/// Zeros that tell a token of this key from any other text, in bytes.
const CHECK_BYTES: usize = 4;
/// Rounds of the permutation (a Feistel network; Luby and Rackoff need four).
const ROUNDS: u8 = 6;

/// The token of an id.
pub(super) fn id(key: &MaskKey, label: &str, id: &str) -> String {
    enciphered(key, label, id).map_or_else(|| hashed(key, ID, label, id), |token| format!("{ID}{token}"))
}

/// The id of a token.
pub(super) fn reveal_id(key: &MaskKey, label: &str, token: &str) -> Option<String> {
    deciphered(key, label, token.strip_prefix(ID)?)
}

/// The token of a person of whom only the UPN is known.
pub(super) fn user_principal_name(key: &MaskKey, upn: &str) -> String {
    let upn = upn.to_lowercase();
    enciphered(key, UPN_LABEL, &upn)
        .map_or_else(|| hashed(key, PERSON, UPN_LABEL, &upn), |token| format!("{PERSON}{token}"))
}

/// The UPN of such a person.
pub(super) fn reveal_user_principal_name(key: &MaskKey, token: &str) -> Option<String> {
    deciphered(key, UPN_LABEL, token.strip_prefix(PERSON)?)
}

/// The token of a person of whom only the display name is known.
pub(super) fn person_name(key: &MaskKey, name: &str) -> String {
    hashed(key, PERSON, "displayName", &name.to_lowercase())
}

/// The token of a telephone number.
pub(super) fn phone(key: &MaskKey, number: &str) -> String {
    hashed(key, TEXT, "phone", &folded_phone(number))
}

/// A telephone number without spaces and punctuation, which do not count.
pub(super) fn folded_phone(number: &str) -> String {
    number.chars().filter(|c| c.is_alphanumeric() || matches!(c, '+' | '*')).collect()
}

/// The protocol with its colon, if there is one, and the address of a mail address as directories write it, such as
/// `SMTP:ada@contoso.example`.
pub(super) fn mail_parts(text: &str) -> (&str, &str) {
    match text.split_once(':') {
        Some((protocol, address)) if MAIL_PROTOCOLS.iter().any(|p| protocol.eq_ignore_ascii_case(p)) => {
            text.split_at(text.len() - address.len())
        }
        _ => ("", text),
    }
}

/// The token of any other text.
pub(super) fn text(key: &MaskKey, text: &str) -> String {
    hashed(key, TEXT, "text", text)
}

/// The token of a member name.
pub(super) fn key_name(key: &MaskKey, name: &str) -> String {
    hashed(key, KEY, "key", name)
}

/// Whether the text has the form of a token.
pub(super) fn is_token(text: &str) -> bool {
    [ID, PERSON, TEXT, KEY].iter().any(|prefix| text.starts_with(prefix))
}

fn hashed(key: &MaskKey, prefix: &str, label: &str, text: &str) -> String {
    let hash = key.token_bytes(&[b"hash", label.as_bytes(), text.as_bytes()]);
    let bits = hash.iter().take(8).fold(0u128, |bits, &byte| bits << 8 | u128::from(byte));
    format!("{prefix}{}", base32::encode_bits(bits, HASH_CHARS))
}

fn enciphered(key: &MaskKey, label: &str, text: &str) -> Option<String> {
    if text.len() > MAX_ENCIPHERED_BYTES {
        return None;
    }
    let mut block = vec![u8::try_from(text.len()).ok()?];
    block.extend_from_slice(text.as_bytes());
    block.resize((block.len() + CHECK_BYTES).next_multiple_of(BLOCK_BYTES), 0);
    for round in 0..ROUNDS {
        mix(key, label, round, &mut block);
    }
    Some(base32::encode(&block))
}

fn deciphered(key: &MaskKey, label: &str, token: &str) -> Option<String> {
    let mut block = base32::decode(token)?;
    let longest = (MAX_ENCIPHERED_BYTES + 1 + CHECK_BYTES).next_multiple_of(BLOCK_BYTES);
    if block.is_empty() || block.len() > longest || !block.len().is_multiple_of(BLOCK_BYTES) {
        return None;
    }
    for round in (0..ROUNDS).rev() {
        mix(key, label, round, &mut block);
    }
    let (&length, rest) = block.split_first()?;
    let (text, filling) = rest.split_at_checked(usize::from(length))?;
    let intact = filling.len() >= CHECK_BYTES && filling.iter().all(|&byte| byte == 0);
    if intact { String::from_utf8(text.to_vec()).ok() } else { None }
}

/// One round: adds to one half what the key makes of the other. It undoes itself.
fn mix(key: &MaskKey, label: &str, round: u8, block: &mut [u8]) {
    let (left, right) = block.split_at_mut(block.len() / 2);
    let (target, source) = if round.is_multiple_of(2) { (left, right) } else { (right, left) };
    for (part, bytes) in (0u8..).zip(target.chunks_mut(32)) {
        let pad = key.token_bytes(&[b"round", label.as_bytes(), &[round, part], source]);
        for (byte, pad) in bytes.iter_mut().zip(pad.iter()) {
            *byte ^= pad;
        }
    }
}
