//! `[sign_in]`: identity providers of the provider's own people, and which networks those of all tenants may lie in.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Deserialize;
use vouchsafe_core::identity_provider::{ProviderText, RequiredClaim, RoleMapping};
use vouchsafe_core::role;
use vouchsafe_signin::oidc;

use crate::issuers::network::Networks;

/// Signing in at identity providers.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Networks that identity providers may lie in besides the internet, such as `10.1.0.0/16`. Tenants name their identity
    /// providers themselves: what lies in these networks can be asked by any of them.
    #[serde(default)]
    pub networks: Networks,
    /// Where the provider's own people sign in.
    #[serde(default, rename = "identity_provider")]
    pub providers: Vec<ProviderSection>,
}

/// An identity provider of the provider's own people.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSection {
    /// What it is called here: accounts are linked with it by this name.
    pub name: String,
    /// What people read on its button.
    pub display_name: String,
    /// The issuer, to the letter.
    pub issuer: String,
    /// Who this service is there.
    pub client_id: String,
    /// File that holds the secret, and nothing else but white space around it.
    pub client_secret_file: Option<PathBuf>,
    /// What is asked for.
    pub scope: Option<String>,
    /// The claim that holds the sign-in name.
    pub user_name_claim: Option<String>,
    /// The claim that holds the groups.
    pub groups_claim: Option<String>,
    /// What a token must say.
    #[serde(default)]
    pub required_claims: Vec<RequiredClaim>,
    /// Whether people without an account get one when they come.
    #[serde(default)]
    pub just_in_time_accounts: bool,
    /// Which groups stand for which built-in roles, by name.
    #[serde(default)]
    pub role_mappings: Vec<NamedMapping>,
}

/// A group and the name of a built-in role.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedMapping {
    /// The group, as the claim has it.
    pub group: String,
    /// The name of the role, such as `Support Engineer`.
    pub role: String,
}

impl ProviderSection {
    /// What of it can be chosen.
    ///
    /// # Errors
    /// A role that is none.
    pub(crate) fn text(&self) -> Result<ProviderText, String> {
        let or = ProviderText::default();
        let mapping = |one: &NamedMapping| {
            let unknown = || format!("`role_mappings` has `{}`, which is no role of the product", one.role);
            let role = role::by_name(&one.role).ok_or_else(unknown)?.template_id.to_owned();
            Ok(RoleMapping { group: one.group.clone(), role })
        };
        Ok(ProviderText {
            display_name: self.display_name.clone(),
            scope: self.scope.clone().unwrap_or(or.scope),
            user_name_claim: self.user_name_claim.clone().unwrap_or(or.user_name_claim),
            groups_claim: self.groups_claim.clone().unwrap_or(or.groups_claim),
            required_claims: self.required_claims.clone(),
            just_in_time: self.just_in_time_accounts,
            role_mappings: self.role_mappings.iter().map(mapping).collect::<Result<_, String>>()?,
            enabled: or.enabled,
        })
    }
}

/// Checks all sections, as far as that needs no file and no network.
pub(super) fn check(sign_in: &SignIn) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for (place, section) in sign_in.providers.iter().enumerate() {
        let wrong = |message: String| format!("[[sign_in.identity_provider]] {}: {message}", place + 1);
        let name = &section.name;
        let is_name = (1..=40).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_name {
            return Err(wrong("`name` must have 1 to 40 of a-z, 0-9 and -".to_owned()));
        }
        if !seen.insert(name) {
            return Err(wrong(format!("`name` `{name}` is there already")));
        }
        oidc::address(&section.issuer, false).map_err(|why| wrong(format!("`issuer` {why}")))?;
        section.text().map_err(wrong)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        networks = ["10.1.0.0/16"]
        [[identity_provider]]
        name = "staff"
        display_name = "Staff"
        issuer = "https://id.vendor.example"
        client_id = "vouchsafe"
        role_mappings = [{ group = "support", role = "Support Engineer" }]
    "#;

    fn complaint(old: &str, new: &str) -> String {
        let text = GOOD.replace(old, new);
        match toml::from_str::<SignIn>(&text) {
            Ok(sign_in) => check(&sign_in).err().unwrap_or_default(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn every_mistake_is_named_with_its_section() {
        assert_eq!(complaint("", ""), "");
        for (old, new, said) in [
            ("\"staff\"", "\"Our Staff\"", "[[sign_in.identity_provider]] 1: `name` must have"),
            ("https://id", "http://id", "`issuer` must be https://"),
            ("Support Engineer", "Engineer", "`role_mappings` has `Engineer`"),
            ("10.1.0.0/16", "10.1.0.0", "a network is written like"),
            ("client_id", "client", "client"),
        ] {
            let found = complaint(old, new);
            assert!(found.contains(said), "{said}: {found}");
        }
        let twice = format!("{GOOD}{}", &GOOD[GOOD.find("[[").unwrap()..]);
        let found = check(&toml::from_str(&twice).unwrap()).unwrap_err();
        assert!(
            found.starts_with("[[sign_in.identity_provider]] 2: `name` `staff` is there already"),
            "{found}"
        );
    }
}
