//! Signed notes: text with signatures under it (C2SP `signed-note`), and cosignatures (C2SP `tlog-cosignature`).
//!
//! A note is a text that ends in a newline, an empty line, and signature lines `— <key name> <base64>`, where the bytes
//! are the key's id (4) and the signature. Two kinds of keys are known, both Ed25519 (RFC 8032): a log's, which signs the
//! text, and a witness's, which signs the text with the time at which it saw it. Signatures of other keys are ignored.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature as Ed25519Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// Bytes of a note at most. A post-quantum signature can have 5,000.
pub const NOTE_BYTES_MAX: usize = 1_000_000;
/// Signatures of a note that are looked at; verifiers must accept at least 16.
pub const SIGNATURES_MAX: usize = 64;
/// Characters of a key's name at most.
pub const NAME_CHARS_MAX: usize = 255;
/// What a signature line begins with: an em dash and a space.
const LINE_START: &str = "— ";
const KEY_BYTES: usize = 32;
const SIGNATURE_BYTES: usize = 64;

/// Why something is no note, no key, or proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The note is longer than [`NOTE_BYTES_MAX`] or has more than [`SIGNATURES_MAX`] signatures.
    #[error("the note is too long")]
    TooLong,
    /// The note holds a control character.
    #[error("the note holds a control character in line {0}")]
    Control(usize),
    /// There is no empty line before the signatures, or no signature.
    #[error("the note has no signatures")]
    NoSignatures,
    /// A line after the text is no signature.
    #[error("signature line {0} is malformed")]
    Line(usize),
    /// A text that is to be signed does not end in a newline.
    #[error("the text does not end in a newline")]
    Text,
    /// The name of a key is empty, too long, or holds a space or a plus.
    #[error("`{0}` cannot be the name of a key")]
    Name(String),
    /// The text is no key, or of a kind that is not known here.
    #[error("`{0}` is no verifier key of a known kind")]
    Key(String),
    /// A signature of a known key is wrong: then nothing of the note is trusted.
    #[error("the signature of `{0}` is wrong")]
    Wrong(String),
    /// No known key has signed.
    #[error("no known key has signed")]
    Unknown,
}

/// What a key's signatures say; the byte is the signature type of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// A log's, over the text.
    Log = 0x01,
    /// A witness's, over the text and a time.
    Witness = 0x04,
}

/// A key that signatures are checked with: `<name>+<id in hex>+<base64 of kind and public key>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: KeyKind,
    key: VerifyingKey,
}

impl VerifierKey {
    /// A key of this name.
    ///
    /// # Errors
    /// [`NoteError::Name`], or [`NoteError::Key`] if the bytes are no point of the curve.
    pub fn new(name: &str, kind: KeyKind, public: &[u8; KEY_BYTES]) -> Result<Self, NoteError> {
        check_name(name)?;
        let key = VerifyingKey::from_bytes(public).map_err(|_| NoteError::Key(name.to_owned()))?;
        Ok(Self { name: name.to_owned(), kind, key })
    }

    /// The key's name: a log's origin, or what a witness calls itself.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its signatures say.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The public key (RFC 8032).
    #[must_use]
    pub fn public(&self) -> &[u8; KEY_BYTES] {
        self.key.as_bytes()
    }

    /// The first four bytes of `SHA-256(name ‖ newline ‖ kind ‖ public key)`.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let hash: crate::Hash = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', self.kind as u8])
            .chain_update(self.key.as_bytes())
            .finalize()
            .into();
        let [a, b, c, d, ..] = hash;
        [a, b, c, d]
    }

    /// Whether a signature line is this key's, by name and id.
    fn made(&self, line: &SignatureLine) -> bool {
        line.name == self.name && line.key_id == self.id()
    }

    /// Checks a signature; gives a witness's time.
    fn check(&self, text: &str, signature: &[u8]) -> Option<Option<u64>> {
        let (time, signature) = match self.kind {
            KeyKind::Log => (None, signature),
            KeyKind::Witness => {
                let (time, signature) = signature.split_first_chunk()?;
                (Some(u64::from_be_bytes(*time)), signature)
            }
        };
        if time.is_some_and(|time| time > i64::MAX.unsigned_abs()) {
            return None;
        }
        let signature: &[u8; SIGNATURE_BYTES] = signature.try_into().ok()?;
        let signature = Ed25519Signature::from_bytes(signature);
        self.key.verify_strict(message(time, text).as_bytes(), &signature).ok()?;
        Some(time)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key: Vec<u8> = [&[self.kind as u8], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, crate::hex(&self.id()), BASE64.encode(key))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let wrong = || NoteError::Key(text.chars().take(NAME_CHARS_MAX).collect());
        let (name, rest) = text.split_once('+').ok_or_else(wrong)?;
        let (id, key) = rest.split_once('+').ok_or_else(wrong)?;
        let bytes = BASE64.decode(key).map_err(|_| wrong())?;
        let (kind, public) = bytes.split_first().ok_or_else(wrong)?;
        let kind = match kind {
            0x01 => KeyKind::Log,
            0x04 => KeyKind::Witness,
            _ => return Err(wrong()),
        };
        let key = Self::new(name, kind, public.try_into().map_err(|_| wrong())?)?;
        if crate::hex(&key.id()) == id { Ok(key) } else { Err(wrong()) }
    }
}

/// A key that signs. Its secret is wiped when dropped, and never printed.
pub struct Signer {
    verifier: VerifierKey,
    secret: SigningKey,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.verifier.name)
    }
}

impl Signer {
    /// A key of this name from the 32 bytes of its seed (RFC 8032 section 5.1.5).
    ///
    /// # Errors
    /// [`NoteError::Name`].
    pub fn new(name: &str, kind: KeyKind, seed: &[u8; KEY_BYTES]) -> Result<Self, NoteError> {
        let secret = SigningKey::from_bytes(seed);
        let verifier = VerifierKey::new(name, kind, secret.verifying_key().as_bytes())?;
        Ok(Self { verifier, secret })
    }

    /// The key that its signatures are checked with.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Adds a signature. A witness's says that it saw the text at `time`, in seconds since 1970; a log's says no time.
    pub fn sign(&self, note: &mut Note, time: u64) {
        let time = match self.verifier.kind {
            KeyKind::Log => None,
            KeyKind::Witness => Some(time),
        };
        let signature = self.secret.sign(message(time, &note.text).as_bytes()).to_bytes();
        let mut bytes = time.map(|time| time.to_be_bytes().to_vec()).unwrap_or_default();
        bytes.extend_from_slice(&signature);
        let name = self.verifier.name.clone();
        note.signatures.push(SignatureLine { name, key_id: self.verifier.id(), signature: bytes });
    }
}

/// What is signed: the text, for a witness under a header that no text of a log can be taken for.
fn message(time: Option<u64>, text: &str) -> String {
    match time {
        None => text.to_owned(),
        Some(time) => format!("cosignature/v1\ntime {time}\n{text}"),
    }
}

/// A signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine {
    /// The key's name.
    pub name: String,
    /// The key's id.
    pub key_id: [u8; 4],
    /// The signature; a witness's begins with the time.
    pub signature: Vec<u8>,
}

/// A text with its signatures. What it says counts only once [`Note::verify`] has said who signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<SignatureLine>,
}

/// A signature that was found to be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed<'k> {
    /// By which key.
    pub key: &'k VerifierKey,
    /// When, in seconds since 1970; for a witness.
    pub time: Option<u64>,
}

impl Note {
    /// A text that is not signed yet.
    ///
    /// # Errors
    /// [`NoteError::Text`], [`NoteError::Control`], [`NoteError::TooLong`].
    pub fn new(text: String) -> Result<Self, NoteError> {
        check_text(&text)?;
        if text.ends_with('\n') { Ok(Self { text, signatures: Vec::new() }) } else { Err(NoteError::Text) }
    }

    /// The text, to its final newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, right or wrong.
    #[must_use]
    pub fn signatures(&self) -> &[SignatureLine] {
        &self.signatures
    }

    /// The same text with those signature lines alone that name one of these keys.
    #[must_use]
    pub fn only_by(&self, keys: &[VerifierKey]) -> Self {
        let named = |line: &&SignatureLine| keys.iter().any(|key| key.made(line));
        Self { text: self.text.clone(), signatures: self.signatures.iter().filter(named).cloned().collect() }
    }

    /// Adds a signature line that came from elsewhere, say a witness.
    pub fn add(&mut self, line: SignatureLine) {
        if !self.signatures.contains(&line) {
            self.signatures.push(line);
        }
    }

    /// Who of these keys has signed.
    ///
    /// # Errors
    /// [`NoteError::Wrong`] if a signature of one of them is wrong, [`NoteError::Unknown`] if none has signed.
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<Vec<Signed<'k>>, NoteError> {
        let mut signed: Vec<Signed<'k>> = Vec::new();
        for line in &self.signatures {
            let Some(key) = keys.iter().find(|key| key.made(line)) else { continue };
            let time =
                key.check(&self.text, &line.signature).ok_or_else(|| NoteError::Wrong(line.name.clone()))?;
            if signed.iter().all(|known| known.key != key) {
                signed.push(Signed { key, time });
            }
        }
        if signed.is_empty() { Err(NoteError::Unknown) } else { Ok(signed) }
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.key_id.as_slice(), &self.signature].concat();
        writeln!(f, "{LINE_START}{} {}", self.name, BASE64.encode(bytes))
    }
}

impl FromStr for SignatureLine {
    type Err = NoteError;

    /// Reads a line without its newline.
    fn from_str(line: &str) -> Result<Self, NoteError> {
        let wrong = NoteError::Line(1);
        let (name, bytes) =
            line.strip_prefix(LINE_START).and_then(|rest| rest.split_once(' ')).ok_or(wrong.clone())?;
        check_name(name)?;
        let bytes = BASE64.decode(bytes).map_err(|_| wrong.clone())?;
        match bytes.split_first_chunk() {
            Some((key_id, signature)) if !signature.is_empty() => {
                Ok(Self { name: name.to_owned(), key_id: *key_id, signature: signature.to_vec() })
            }
            Some(_) | None => Err(wrong),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| line.fmt(f))
    }
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, NoteError> {
        check_text(note)?;
        // The last empty line separates; the text keeps its own newline.
        let end = note.rfind("\n\n").ok_or(NoteError::NoSignatures)? + 1;
        let (text, lines) = note.split_at_checked(end).ok_or(NoteError::NoSignatures)?;
        let lines = lines.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n'));
        let lines = lines.ok_or(NoteError::NoSignatures)?;
        if lines.split('\n').count() > SIGNATURES_MAX {
            return Err(NoteError::TooLong);
        }
        let signatures = lines
            .split('\n')
            .zip(1..)
            .map(|(line, number)| line.parse().map_err(|_: NoteError| NoteError::Line(number)));
        Ok(Self { text: text.to_owned(), signatures: signatures.collect::<Result<_, _>>()? })
    }
}

/// Notes are UTF-8 without control characters but the newline.
fn check_text(text: &str) -> Result<(), NoteError> {
    if text.len() > NOTE_BYTES_MAX {
        return Err(NoteError::TooLong);
    }
    let control = text.bytes().position(|byte| byte < b' ' && byte != b'\n');
    control.map_or(Ok(()), |at| {
        let lines = text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        Err(NoteError::Control(lines + 1))
    })
}

fn check_name(name: &str) -> Result<(), NoteError> {
    let fits = (1..=NAME_CHARS_MAX).contains(&name.chars().count());
    let plain = !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+');
    if fits && plain { Ok(()) } else { Err(NoteError::Name(name.chars().take(NAME_CHARS_MAX).collect())) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The key and note of Go's `golang.org/x/mod/sumdb/note`, where the format comes from.
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    const SEED: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

    fn witness() -> Signer {
        Signer::new("witness.example/w1", KeyKind::Witness, &[9; 32]).unwrap()
    }

    #[test]
    fn the_published_note_is_accepted_and_made_again() {
        let key: VerifierKey = KEY.parse().unwrap();
        assert_eq!(key.to_string(), KEY);
        let note: Note = NOTE.parse().unwrap();
        assert_eq!(note.to_string(), NOTE);
        let keys = [key];
        assert_eq!(note.verify(&keys).unwrap(), [Signed { key: &keys[0], time: None }]);
        let seed = BASE64.decode(SEED).unwrap();
        let signer = Signer::new("PeterNeumann", KeyKind::Log, seed[1..].try_into().unwrap()).unwrap();
        let mut ours = Note::new(note.text().to_owned()).unwrap();
        signer.sign(&mut ours, 0);
        assert_eq!(ours.to_string(), NOTE);
    }

    #[test]
    fn a_cosignature_says_when() {
        let mut note = Note::new("example.com/log\n1\nroot\n".to_owned()).unwrap();
        witness().sign(&mut note, 1_679_315_147);
        let keys = [witness().verifier().clone()];
        let read: Note = note.to_string().parse().unwrap();
        assert_eq!(read.verify(&keys).unwrap()[0].time, Some(1_679_315_147));
        // A cosignature is none of the same key as a log's, and the other way round.
        let as_log = [VerifierKey::new("witness.example/w1", KeyKind::Log, keys[0].public()).unwrap()];
        assert_eq!(read.verify(&as_log), Err(NoteError::Unknown));
    }

    #[test]
    fn a_wrong_signature_of_a_known_key_spoils_the_note_and_an_unknown_one_does_not() {
        let mut note: Note = NOTE.parse().unwrap();
        witness().sign(&mut note, 5);
        let known: Vec<VerifierKey> = vec![KEY.parse().unwrap()];
        assert_eq!(note.verify(&known).unwrap().len(), 1);
        let mut both = known.clone();
        both.push(witness().verifier().clone());
        assert_eq!(note.verify(&both).unwrap().len(), 2);
        note.signatures[1].signature[3] ^= 1;
        assert_eq!(note.verify(&known).unwrap().len(), 1);
        assert_eq!(note.verify(&both), Err(NoteError::Wrong("witness.example/w1".to_owned())));
        assert_eq!(note.verify(&both[2..]), Err(NoteError::Unknown));
    }

    #[test]
    fn malformed_notes_say_what_is_wrong() {
        let read = |text: &str| text.parse::<Note>().unwrap_err();
        assert_eq!(read("text\n"), NoteError::NoSignatures);
        assert_eq!(read("text\n\n"), NoteError::NoSignatures);
        assert_eq!(read("text\n\n— name AAAAAAA="), NoteError::NoSignatures);
        assert_eq!(read("text\r\n\n— name AAAAAAA=\n"), NoteError::Control(1));
        assert_eq!(read("text\n\n- name AAAAAAA=\n"), NoteError::Line(1));
        assert_eq!(read("text\n\n— name AAAAAAA=\n— na+me AAAAAAA=\n"), NoteError::Line(2));
        assert_eq!(read("text\n\n— name AAAA\n"), NoteError::Line(1));
        assert_eq!(read(&format!("text\n\n{}", "— name AAAAAAA=\n".repeat(65))), NoteError::TooLong);
        for key in ["", "name", "name+c74f20a3", "name+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"]
        {
            assert!(matches!(key.parse::<VerifierKey>(), Err(NoteError::Key(_))), "{key}");
        }
        // A text may hold empty lines of its own.
        assert_eq!("a\n\nb\n\n— name AAAAAAA=\n".parse::<Note>().unwrap().text(), "a\n\nb\n");
    }

    proptest! {
        #![proptest_config(crate::cases(256))]

        #[test]
        fn any_flipped_bit_of_a_signed_note_is_found(at in any::<prop::sample::Index>(), bit in 0u8..8) {
            let mut bytes = NOTE.as_bytes().to_vec();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let keys: Vec<VerifierKey> = vec![KEY.parse().unwrap()];
            let accepted = String::from_utf8(bytes).ok().and_then(|text| text.parse::<Note>().ok());
            prop_assert!(accepted.is_none_or(|note| note.verify(&keys).is_err()));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "(?s).{0,200}") {
            let _ = text.parse::<Note>();
            let _ = text.parse::<VerifierKey>();
            let _ = text.parse::<SignatureLine>();
        }
    }
}
