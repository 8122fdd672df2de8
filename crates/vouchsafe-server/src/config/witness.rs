//! `[[log.witness]]`: who is asked to sign the checkpoints of logs.

use std::collections::BTreeSet;

use serde::Deserialize;
use vouchsafe_core::id::TenantId;
use vouchsafe_log::note::{KeyKind, VerifierKey};

use crate::upstream::address;

/// Witnesses at most: each is one more signature line of every checkpoint.
const WITNESSES_MAX: usize = 16;

/// A witness (C2SP `tlog-witness`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witness {
    /// What operators call it, in this server's messages.
    pub name: String,
    /// What `add-checkpoint` is below.
    pub url: String,
    /// The key that its signatures are checked with: `NAME+ID+KEY`, as `vouchsafe witness init` prints it.
    pub verifier_key: String,
    /// Tenants whose logs it is asked about; all without it.
    pub tenants: Option<BTreeSet<TenantId>>,
}

impl Witness {
    /// The key.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence.
    pub(crate) fn key(&self) -> Result<VerifierKey, &'static str> {
        let key: Result<VerifierKey, _> = self.verifier_key.parse();
        let key = key.map_err(|_| "is no verifier key: NAME+ID+KEY")?;
        match key.kind() {
            KeyKind::Witness => Ok(key),
            KeyKind::Log => Err("is the key of a log, not of a witness"),
        }
    }
}

/// Checks all sections, as far as that needs no network.
pub(super) fn check(witnesses: &[Witness]) -> Result<(), String> {
    if witnesses.len() > WITNESSES_MAX {
        return Err(format!("[[log.witness]]: more than {WITNESSES_MAX}"));
    }
    let mut keys = BTreeSet::new();
    for (place, witness) in witnesses.iter().enumerate() {
        let wrong = |message: String| format!("[[log.witness]] {}: {message}", place + 1);
        if witness.name.trim().is_empty() {
            return Err(wrong("`name` is empty".to_owned()));
        }
        address::parse(&witness.url).map_err(|why| wrong(format!("`url` {why}")))?;
        let key = witness.key().map_err(|why| wrong(format!("`verifier_key` {why}")))?;
        if !keys.insert(key.name().to_owned()) {
            return Err(wrong(format!("another witness has a key with the name `{}`", key.name())));
        }
        if witness.tenants.as_ref().is_some_and(BTreeSet::is_empty) {
            return Err(wrong("`tenants` names none; leave it out for all".to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use vouchsafe_log::note::Signer;

    use super::*;

    fn verifier_key(kind: KeyKind) -> String {
        Signer::new("witness.example/w", kind, &[3; 32]).unwrap().verifier().to_string()
    }

    fn good() -> String {
        format!(
            r#"
            name = "customer"
            url = "https://witness.example/w"
            verifier_key = "{}"
            tenants = ["5f0a1c1e-7d64-4c9a-9a51-3f6f3b1f2a10"]
            "#,
            verifier_key(KeyKind::Witness)
        )
    }

    fn complaint(old: &str, new: &str, copies: usize) -> String {
        let one: Witness = toml::from_str(&good().replace(old, new)).unwrap();
        check(&vec![one; copies]).err().unwrap_or_default()
    }

    #[test]
    fn every_mistake_is_named_with_its_section() {
        assert_eq!(complaint("", "", 1), "");
        let (ours, logs) = (verifier_key(KeyKind::Witness), verifier_key(KeyKind::Log));
        for (old, new, said) in [
            ("\"customer\"", "\" \"", "[[log.witness]] 1: `name` is empty"),
            ("https://", "http://", "[[log.witness]] 1: `url` must be https://"),
            (ours.as_str(), "x+y+z", "`verifier_key` is no verifier key"),
            (ours.as_str(), logs.as_str(), "`verifier_key` is the key of a log"),
            ("[\"5f0a1c1e-7d64-4c9a-9a51-3f6f3b1f2a10\"]", "[]", "`tenants` names none"),
        ] {
            let found = complaint(old, new, 1);
            assert!(found.contains(said), "{said}: {found}");
        }
        assert!(
            complaint("", "", 2).starts_with("[[log.witness]] 2: another witness has a key with the name")
        );
        assert_eq!(complaint("", "", WITNESSES_MAX + 1), "[[log.witness]]: more than 16");
        assert_eq!(complaint("https://witness.example", "http://127.0.0.1:9000", 1), "");
    }

    #[test]
    fn unknown_members_are_refused() {
        let text = good().replace("tenants", "tenant");
        assert!(toml::from_str::<Witness>(&text).unwrap_err().to_string().contains("tenant"));
    }
}
