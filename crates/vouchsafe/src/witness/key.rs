//! The file with a witness's key: one line, `PRIVATE+KEY+<name>+<id in hex>+<base64 of kind and seed>`, as the tools
//! of Go's `sumdb/note` write it. Only its owner may read it.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use vouchsafe_log::note::{KeyKind, Signer, VerifierKey};

use crate::config::{only_its_owner_reads, write_private};
use crate::failure::Failure;

/// Bytes of the file at most.
const FILE_BYTES_MAX: u64 = 1_024;
const PREFIX: &str = "PRIVATE+KEY+";
const SEED_BYTES: usize = 32;

/// Makes a new key of this name. A file that is there stays.
pub(crate) fn create(path: &Path, name: &str) -> Result<VerifierKey, Failure> {
    let mut seed = [0; SEED_BYTES];
    #[expect(clippy::disallowed_methods, reason = "this is the edge where randomness is read")]
    getrandom::fill(&mut seed).map_err(|error| Failure::Local(std::io::Error::other(error.to_string())))?;
    let signer =
        Signer::new(name, KeyKind::Witness, &seed).map_err(|error| Failure::Usage(error.to_string()))?;
    let bytes = [&[KeyKind::Witness as u8], seed.as_slice()].concat();
    let id = vouchsafe_log::hex(&signer.verifier().id());
    let text = format!("{PREFIX}{name}+{id}+{}\n", BASE64.encode(bytes));
    write_private(path, &text).map_err(|source| Failure::File { path: path.to_owned(), source })?;
    Ok(signer.verifier().clone())
}

/// Reads a key.
pub(crate) fn load(path: &Path) -> Result<Signer, Failure> {
    let failed = |source| Failure::File { path: path.to_owned(), source };
    let about = std::fs::metadata(path).map_err(failed)?;
    if !only_its_owner_reads(&about) {
        return Err(Failure::Usage(format!(
            "{}: others may read this key; take that right from them (chmod 600)",
            path.display()
        )));
    }
    let wrong = || Failure::Usage(format!("{} holds no key of a witness", path.display()));
    if about.len() > FILE_BYTES_MAX {
        return Err(wrong());
    }
    read(&std::fs::read_to_string(path).map_err(failed)?).ok_or_else(wrong)
}

fn read(text: &str) -> Option<Signer> {
    let (name, rest) = text.trim_end().strip_prefix(PREFIX)?.split_once('+')?;
    let (id, key) = rest.split_once('+')?;
    let bytes = BASE64.decode(key).ok()?;
    let (kind, seed) = bytes.split_first()?;
    let seed: &[u8; SEED_BYTES] = seed.try_into().ok()?;
    let signer = Signer::new(name, KeyKind::Witness, seed).ok()?;
    let fits = *kind == KeyKind::Witness as u8 && vouchsafe_log::hex(&signer.verifier().id()) == id;
    fits.then_some(signer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_key_is_none() {
        let signer = Signer::new("w.example", KeyKind::Witness, &[3; 32]).unwrap();
        let id = vouchsafe_log::hex(&signer.verifier().id());
        let key = BASE64.encode([[4].as_slice(), [3; 32].as_slice()].concat());
        let whole = format!("PRIVATE+KEY+w.example+{id}+{key}\n");
        assert_eq!(read(&whole).unwrap().verifier(), signer.verifier());
        let of_log = BASE64.encode([[1].as_slice(), [3; 32].as_slice()].concat());
        for other in [
            whole.replace("PRIVATE", "PUBLIC"),
            whole.replace("w.example", "v.example"),
            whole.replace(&id, "00000000"),
            whole.replace(&key, &of_log),
            whole.replace(&key, ""),
            String::new(),
        ] {
            assert!(read(&other).is_none(), "{other}");
        }
    }
}
