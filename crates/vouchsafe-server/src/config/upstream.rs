//! `[[upstream]]`: where a tenant's data is read live.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Deserialize;
use vouchsafe_core::id::TenantId;
use vouchsafe_diagnostics::resource::Resource;

use crate::upstream::address;

/// A Graph-compatible API, and which kinds of one tenant's objects are read from it instead of from imported data.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// Whose data it has.
    pub tenant_id: TenantId,
    /// What the paths of kinds are below, such as `https://graph.microsoft.com/v1.0`.
    pub base_url: String,
    /// Token endpoint (RFC 6749 section 3.2), such as `https://login.microsoftonline.com/TENANT/oauth2/v2.0/token`.
    pub token_url: String,
    /// Who this server is there.
    pub client_id: String,
    /// File that holds the secret, and nothing else but white space around it.
    pub client_secret_file: PathBuf,
    /// What is asked for, such as `https://graph.microsoft.com/.default`.
    pub scope: String,
    /// Paths of the kinds, such as `auditLogs/signIns`.
    pub kinds: Vec<String>,
}

impl Upstream {
    /// The kinds. Unknown ones, which [`check`] refuses, are left out.
    pub(crate) fn resources(&self) -> impl Iterator<Item = Resource> {
        self.kinds.iter().filter_map(|kind| Resource::at_path(kind))
    }
}

/// Checks all sections, as far as that needs no file and no network.
pub(super) fn check(upstreams: &[Upstream]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for (place, upstream) in upstreams.iter().enumerate() {
        let wrong = |message: String| format!("[[upstream]] {}: {message}", place + 1);
        for (name, url) in [("base_url", &upstream.base_url), ("token_url", &upstream.token_url)] {
            address::parse(url).map_err(|why| wrong(format!("`{name}` {why}")))?;
        }
        for (name, text) in [("client_id", &upstream.client_id), ("scope", &upstream.scope)] {
            if text.trim().is_empty() {
                return Err(wrong(format!("`{name}` is empty")));
            }
        }
        if upstream.kinds.is_empty() {
            return Err(wrong(format!("`kinds` names none: {}", known_kinds())));
        }
        for kind in &upstream.kinds {
            let resource = Resource::at_path(kind);
            let unknown = || wrong(format!("`kinds` has `{kind}`, which is none of {}", known_kinds()));
            if !seen.insert((upstream.tenant_id, resource.ok_or_else(unknown)?)) {
                let tenant = upstream.tenant_id;
                return Err(wrong(format!("`{kind}` of tenant {tenant} has a source already")));
            }
        }
    }
    Ok(())
}

fn known_kinds() -> String {
    let known: Vec<_> = Resource::ALL.iter().map(|kind| format!("`{}`", kind.schema().path)).collect();
    known.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        tenant_id = "5f0a1c1e-7d64-4c9a-9a51-3f6f3b1f2a10"
        base_url = "https://graph.microsoft.com/v1.0"
        token_url = "https://login.microsoftonline.com/common/oauth2/v2.0/token"
        client_id = "vouchsafe"
        client_secret_file = "secret"
        scope = "https://graph.microsoft.com/.default"
        kinds = ["auditLogs/signIns", "users"]
    "#;

    fn complaint(changes: &[(&str, &str)], copies: usize) -> String {
        let text = changes.iter().fold(GOOD.to_owned(), |text, (old, new)| text.replace(old, new));
        let one: Upstream = toml::from_str(&text).unwrap();
        check(&vec![one; copies]).err().unwrap_or_default()
    }

    #[test]
    fn every_mistake_is_named_with_its_section() {
        assert_eq!(complaint(&[], 1), "");
        for (old, new, said) in [
            ("https://graph", "http://graph", "[[upstream]] 1: `base_url` must be https://"),
            ("https://login", "ftp://login", "[[upstream]] 1: `token_url` must be https://"),
            ("https://login", "https://me:secret@login", "`token_url` must hold no user name"),
            ("/v1.0", "/v1.0?x=1", "`base_url` must have neither"),
            ("\"vouchsafe\"", "\" \"", "`client_id` is empty"),
            ("https://graph.microsoft.com/.default", "", "`scope` is empty"),
            ("[\"auditLogs/signIns\", \"users\"]", "[]", "`kinds` names none: `auditLogs/signIns`"),
            ("\"users\"", "\"Users\"", "`kinds` has `Users`, which is none of"),
            ("\"users\"", "\"auditLogs/signIns\"", "has a source already"),
        ] {
            let found = complaint(&[(old, new)], 1);
            assert!(found.contains(said), "{said}: {found}");
            assert!(!found.contains("secret@"), "{found}");
        }
        assert!(complaint(&[], 2).starts_with("[[upstream]] 2: `auditLogs/signIns` of tenant 5f0a1c1e"));
        assert_eq!(complaint(&[("https://graph.microsoft.com/v1", "http://127.0.0.1:8081/v1")], 1), "");
    }

    #[test]
    fn unknown_members_are_refused() {
        let text = GOOD.replace("scope =", "scopes =");
        assert!(toml::from_str::<Upstream>(&text).unwrap_err().to_string().contains("scopes"));
    }
}
