//! Identity providers: where a tenant's people sign in besides their passkeys (`product.md`, promise 9).
//!
//! An identity provider says who somebody is, and may say what they may do. So whoever may give any role of the tenant may
//! set one up, and nobody else; every change is an entry of the tenant's log. A provider's own stand in its configuration
//! file, where whoever operates the service looks after them.

pub mod arrival;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::id::{IdentityProviderId, TenantId};
use crate::permit::ManageIdentityProviders;
use crate::rejection::{Rejection, text_within};
use crate::role::custom::CustomRole;
use crate::role::manage::Role;
use crate::tenant::TenantKind;
use crate::time::Timestamp;

/// Identity providers of one tenant.
pub const PROVIDERS_MAX: usize = 10;
/// Characters of a name.
pub const NAME_CHARS_MAX: usize = 100;
/// Characters of an issuer's address.
pub const ISSUER_CHARS_MAX: usize = 1_000;
/// Characters of a client's id, of a claim's name, of a claim's value and of a group.
pub const TEXT_CHARS_MAX: usize = 300;
/// Characters of all that is asked for.
pub const SCOPE_CHARS_MAX: usize = 500;
/// Bytes of a client's secret.
pub const SECRET_BYTES_MAX: usize = 4_096;
/// Claims that may be asked for.
pub const REQUIRED_CLAIMS_MAX: usize = 10;
/// Groups that may stand for roles.
pub const ROLE_MAPPINGS_MAX: usize = 100;
/// What is asked for if nothing else is said.
pub const SCOPE: &str = "openid profile email";
/// Which claim is the sign-in name if nothing else is said.
pub const USER_NAME_CLAIM: &str = "preferred_username";
/// Which claim holds groups if nothing else is said.
pub const GROUPS_CLAIM: &str = "groups";

/// Issuers at which anybody in the world may have an account: one of theirs says nothing of where somebody works.
const OPEN_TO_ALL: &[&str] = &[
    "https://accounts.google.com",
    "https://appleid.apple.com",
    "https://gitlab.com",
    // Microsoft's tenant of personal accounts.
    "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
];

/// An issuer of OpenID Connect that a tenant trusts to say who its people are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityProvider {
    /// Its id.
    pub id: IdentityProviderId,
    /// Whose it is.
    pub tenant: TenantId,
    /// What people read on its button. It names an organisation, not a person.
    pub display_name: String,
    /// The issuer, to the letter. It never changes, nor does the client: what it says of people rests on both.
    pub issuer: String,
    /// Who this service is there.
    pub client_id: String,
    /// What is asked for, with spaces between.
    pub scope: String,
    /// The claim that holds the sign-in name of the account here.
    pub user_name_claim: String,
    /// The claim that holds the groups.
    pub groups_claim: String,
    /// What a token must say for its person to be let in.
    pub required_claims: Vec<RequiredClaim>,
    /// Whether people without an account get one when they come.
    pub just_in_time: bool,
    /// Which groups stand for which roles.
    pub role_mappings: Vec<RoleMapping>,
    /// Whether anybody can sign in with it.
    pub enabled: bool,
    /// When it was set up.
    pub created: Timestamp,
    /// The client's secret, sealed under the master key; none for a client without one.
    #[serde(skip)]
    pub secret: Option<Vec<u8>>,
    /// Row version; 0 before it is stored.
    #[serde(skip)]
    pub version: u64,
}

/// A claim that a token must have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequiredClaim {
    /// Its name, such as `hd`.
    pub claim: String,
    /// What it must be, or hold.
    pub value: String,
}

/// A group whose people hold a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleMapping {
    /// The group, as the claim has it.
    pub group: String,
    /// Template id of a built-in role, or the `rol_` id of one of the tenant's own.
    pub role: String,
}

/// What of an identity provider can be chosen, and chosen anew.
#[derive(Debug, Clone)]
pub struct ProviderText {
    /// 1 to [`NAME_CHARS_MAX`] characters.
    pub display_name: String,
    /// Words with spaces between; `openid` among them.
    pub scope: String,
    /// The claim that holds the sign-in name.
    pub user_name_claim: String,
    /// The claim that holds the groups.
    pub groups_claim: String,
    /// At most [`REQUIRED_CLAIMS_MAX`].
    pub required_claims: Vec<RequiredClaim>,
    /// Whether people without an account get one.
    pub just_in_time: bool,
    /// At most [`ROLE_MAPPINGS_MAX`].
    pub role_mappings: Vec<RoleMapping>,
    /// Whether anybody can sign in with it.
    pub enabled: bool,
}

impl Default for ProviderText {
    fn default() -> Self {
        Self {
            display_name: String::new(),
            scope: SCOPE.to_owned(),
            user_name_claim: USER_NAME_CLAIM.to_owned(),
            groups_claim: GROUPS_CLAIM.to_owned(),
            required_claims: Vec::new(),
            just_in_time: false,
            role_mappings: Vec::new(),
            enabled: true,
        }
    }
}

/// Which issuer, and who this service is there.
#[derive(Debug, Clone)]
pub struct NewProvider {
    /// Its id.
    pub id: IdentityProviderId,
    /// The issuer; whoever calls has found it to be an address that can be asked.
    pub issuer: String,
    /// The client's id.
    pub client_id: String,
    /// The client's secret, sealed.
    pub secret: Option<Vec<u8>>,
}

/// What the rules look at besides.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The tenant and its kind.
    pub tenant: (TenantId, TenantKind),
    /// Its identity providers so far.
    pub others: &'a [IdentityProvider],
    /// Its own roles.
    pub roles: &'a [CustomRole],
}

impl IdentityProvider {
    /// What of it can be chosen anew.
    #[must_use]
    pub fn text(&self) -> ProviderText {
        ProviderText {
            display_name: self.display_name.clone(),
            scope: self.scope.clone(),
            user_name_claim: self.user_name_claim.clone(),
            groups_claim: self.groups_claim.clone(),
            required_claims: self.required_claims.clone(),
            just_in_time: self.just_in_time,
            role_mappings: self.role_mappings.clone(),
            enabled: self.enabled,
        }
    }

    /// One of the provider's configuration file, held against the same rules.
    ///
    /// # Errors
    /// [`Rejection::Invalid`] names the field.
    pub fn configured(
        tenant: TenantId,
        new: NewProvider,
        text: ProviderText,
        since: Timestamp,
    ) -> Result<Self, Rejection> {
        let around = Around { tenant: (tenant, TenantKind::Provider), others: &[], roles: &[] };
        let NewProvider { id, issuer, client_id, secret } = new;
        checked(blank(id, issuer, &client_id, secret, around, since)?, text, around)
    }
}

/// Sets an identity provider up.
///
/// # Errors
/// [`Rejection::Invalid`] names the field; [`Rejection::Conflict`] for a client that is there already;
/// [`Rejection::Forbidden`] for the provider, whose own are in its configuration file.
pub fn define(
    new: NewProvider,
    text: ProviderText,
    around: Around<'_>,
    cx: &Context,
) -> Result<Decided<ManageIdentityProviders>, Rejection> {
    of_customer(around)?;
    if around.others.len() >= PROVIDERS_MAX {
        let message = format!("would be one more than the {PROVIDERS_MAX} that an organisation may have");
        return Err(Rejection::invalid("issuer", message));
    }
    let NewProvider { id, issuer, client_id, secret } = new;
    if around.others.iter().any(|other| other.issuer == issuer && other.client_id == client_id.trim()) {
        return Err(Rejection::Conflict);
    }
    let provider = checked(blank(id, issuer, &client_id, secret, around, cx.now)?, text, around)?;
    let secret = provider.secret.is_some();
    Ok(written(Activity::IdentityProviderAdded, provider, secret, cx))
}

/// Changes an identity provider. `secret` is a new one, sealed; without it the old one stays. Who signed in with it is signed
/// out once nobody can any more. Nothing changed is nothing recorded.
///
/// # Errors
/// As [`define`].
pub fn change(
    provider: &IdentityProvider,
    text: ProviderText,
    secret: Option<Vec<u8>>,
    around: Around<'_>,
    cx: &Context,
) -> Result<Decided<ManageIdentityProviders>, Rejection> {
    of_customer(around)?;
    let anew = secret.is_some();
    let secret = secret.or_else(|| provider.secret.clone());
    let changed = checked(IdentityProvider { secret, ..provider.clone() }, text, around)?;
    if changed == *provider {
        return Ok(Draft::new(cx).decided(provider.tenant));
    }
    Ok(written(Activity::IdentityProviderChanged, changed, anew, cx))
}

/// Takes an identity provider away. Who signed in with it is signed out, and nobody's account is linked with it any more.
pub fn delete(provider: &IdentityProvider, cx: &Context) -> Decided<ManageIdentityProviders> {
    let mut draft = Draft::new(cx);
    draft
        .entry(provider.tenant, Activity::IdentityProviderDeleted, provider.id, None)
        .event(Event::IdentityProviderDeleted { provider: provider.id })
        .put(Write::IdentityProviderGone(Box::new(provider.clone())));
    draft.decided(provider.tenant)
}

fn of_customer(around: Around<'_>) -> Result<(), Rejection> {
    match around.tenant.1 {
        TenantKind::Customer => Ok(()),
        TenantKind::Provider => {
            Err(Rejection::Forbidden("the provider's own identity providers are in its configuration file"))
        }
    }
}

fn written(
    activity: Activity,
    provider: IdentityProvider,
    secret_changed: bool,
    cx: &Context,
) -> Decided<ManageIdentityProviders> {
    let tenant = provider.tenant;
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant, activity, provider.id, None)
        .event(Event::IdentityProviderDefined { provider: Box::new(provider.clone()), secret_changed })
        .put(Write::IdentityProvider(Box::new(provider)));
    draft.decided(tenant)
}

/// One of which nothing is chosen yet but what stays.
fn blank(
    id: IdentityProviderId,
    issuer: String,
    client_id: &str,
    secret: Option<Vec<u8>>,
    around: Around<'_>,
    created: Timestamp,
) -> Result<IdentityProvider, Rejection> {
    if issuer.chars().count() > ISSUER_CHARS_MAX {
        return Err(Rejection::invalid("issuer", format!("must have at most {ISSUER_CHARS_MAX} characters")));
    }
    let ProviderText { scope, user_name_claim, groups_claim, .. } = ProviderText::default();
    Ok(IdentityProvider {
        id,
        tenant: around.tenant.0,
        display_name: String::new(),
        issuer,
        client_id: word("clientId", client_id)?,
        scope,
        user_name_claim,
        groups_claim,
        required_claims: Vec::new(),
        just_in_time: false,
        role_mappings: Vec::new(),
        enabled: true,
        created,
        secret,
        version: 0,
    })
}

/// The identity provider with this text, if it is in order.
fn checked(
    provider: IdentityProvider,
    text: ProviderText,
    around: Around<'_>,
) -> Result<IdentityProvider, Rejection> {
    let display_name = text_within("displayName", &text.display_name, 1, NAME_CHARS_MAX)?;
    let scope = text_within("scope", &text.scope, 1, SCOPE_CHARS_MAX)?;
    let words: Vec<&str> = scope.split_whitespace().collect();
    if !words.contains(&"openid") {
        return Err(Rejection::invalid("scope", "must hold `openid`"));
    }
    if !scope.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Err(Rejection::invalid("scope", "must be words with spaces between them"));
    }
    let required_claims = required(text.required_claims)?;
    if required_claims.is_empty() && OPEN_TO_ALL.contains(&provider.issuer.trim_end_matches('/')) {
        let message = "must hold what tells your people from everybody else who has an account there, such as `hd` with your domain at Google";
        return Err(Rejection::invalid("requiredClaims", message));
    }
    Ok(IdentityProvider {
        display_name,
        scope: words.join(" "),
        user_name_claim: word("claimsMapping/userPrincipalName", &text.user_name_claim)?,
        groups_claim: word("claimsMapping/groups", &text.groups_claim)?,
        required_claims,
        just_in_time: text.just_in_time,
        role_mappings: mappings(text.role_mappings, around)?,
        enabled: text.enabled,
        ..provider
    })
}

fn required(claims: Vec<RequiredClaim>) -> Result<Vec<RequiredClaim>, Rejection> {
    if claims.len() > REQUIRED_CLAIMS_MAX {
        return Err(Rejection::invalid("requiredClaims", format!("must hold at most {REQUIRED_CLAIMS_MAX}")));
    }
    let mut checked = BTreeSet::new();
    for (at, RequiredClaim { claim, value }) in claims.into_iter().enumerate() {
        let claim = word(&format!("requiredClaims/{at}/claim"), &claim)?;
        let value = text_within(&format!("requiredClaims/{at}/value"), &value, 1, TEXT_CHARS_MAX)?;
        checked.insert(RequiredClaim { claim, value });
    }
    Ok(checked.into_iter().collect())
}

fn mappings(mappings: Vec<RoleMapping>, around: Around<'_>) -> Result<Vec<RoleMapping>, Rejection> {
    if mappings.len() > ROLE_MAPPINGS_MAX {
        return Err(Rejection::invalid("roleMappings", format!("must hold at most {ROLE_MAPPINGS_MAX}")));
    }
    let mut checked = BTreeSet::new();
    for (at, RoleMapping { group, role }) in mappings.into_iter().enumerate() {
        let group = text_within(&format!("roleMappings/{at}/group"), &group, 1, TEXT_CHARS_MAX)?;
        let known = Role::find(&role, around.roles);
        let given = match known {
            Some(Role::BuiltIn(built_in)) => built_in.is_for(around.tenant.1),
            Some(Role::Custom(_)) => true,
            None => false,
        };
        if !given {
            let field = format!("roleMappings/{at}/roleDefinitionId");
            return Err(Rejection::invalid(field, "names no role that your organisation can give"));
        }
        checked.insert(RoleMapping { group, role });
    }
    Ok(checked.into_iter().collect())
}

/// A text without spaces in it.
fn word(field: &str, text: &str) -> Result<String, Rejection> {
    let text = text_within(field, text, 1, TEXT_CHARS_MAX)?;
    if text.contains(char::is_whitespace) {
        return Err(Rejection::invalid(field, "must not contain spaces"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
