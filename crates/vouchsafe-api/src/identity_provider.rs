//! Identity providers, after Graph's `openIdConnectProvider`.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::IdentityProviderId;
use vouchsafe_core::time::Timestamp;

use crate::body::{not_null, not_null_object, not_null_objects};

/// An issuer of OpenID Connect at which people of the tenant sign in. Its secret is never shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityProvider {
    /// Its id.
    #[schema(value_type = String, example = "idp_018bcfe568007707870707070707070a")]
    pub id: IdentityProviderId,
    /// What people read on its button.
    pub display_name: String,
    /// The issuer, to the letter.
    pub issuer: String,
    /// Who this service is there.
    pub client_id: String,
    /// Whether a secret of this service there is known.
    pub has_client_secret: bool,
    /// What is asked for, with spaces between.
    pub scope: String,
    /// Which claims are looked at.
    pub claims_mapping: ClaimsMapping,
    /// What a token must say for its person to be let in.
    pub required_claims: Vec<RequiredClaim>,
    /// Whether people without an account get one when they come.
    pub just_in_time_accounts: bool,
    /// Which groups stand for which roles.
    pub role_mappings: Vec<RoleMapping>,
    /// Whether anybody can sign in with it.
    pub is_enabled: bool,
    /// Where people sign in with it: a link for them, and the *initiate login URI* at the issuer.
    pub sign_in_url: String,
    /// Where the issuer sends people back to: to be registered there.
    pub redirect_uri: String,
    /// Where the issuer says that somebody has signed out: to be registered there.
    pub backchannel_logout_uri: String,
    /// When it was set up.
    #[schema(value_type = String, format = DateTime)]
    pub created_date_time: Timestamp,
}

/// Which claims of a token are looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClaimsMapping {
    /// The claim that holds the sign-in name; `preferred_username` without it. `email` counts only where `email_verified` is true.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub user_principal_name: Option<String>,
    /// The claim that holds the groups; `groups` without it.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub groups: Option<String>,
}

/// A claim that a token must have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequiredClaim {
    /// Its name, such as `hd`.
    pub claim: String,
    /// What it must be, or hold.
    pub value: String,
}

/// A group whose people hold a role, for 30 days after each sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleMapping {
    /// The group, as the claim has it.
    pub group: String,
    /// A role that people of the tenant can hold.
    pub role_definition_id: String,
}

/// A secret on its way in. It is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientSecret(pub String);

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret")
    }
}

/// Body of `POST /identityProviders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateIdentityProvider {
    /// What people read on its button, up to 100 characters.
    pub display_name: String,
    /// The issuer, to the letter: `https`, up to 1,000 characters. It cannot be changed.
    pub issuer: String,
    /// Who this service is there, up to 300 characters. It cannot be changed.
    pub client_id: String,
    /// Its secret there; without it the client is a public one, kept by PKCE alone.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub client_secret: Option<ClientSecret>,
    /// What is asked for, `openid` among it; `openid profile email` without it.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub scope: Option<String>,
    /// Which claims are looked at.
    #[serde(default, deserialize_with = "not_null_object", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = ClaimsMapping, required = false)]
    pub claims_mapping: Option<ClaimsMapping>,
    /// What a token must say for its person to be let in, up to 10.
    #[serde(default, deserialize_with = "not_null_objects", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub required_claims: Option<Vec<RequiredClaim>>,
    /// Whether people without an account get one when they come; false without it.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub just_in_time_accounts: Option<bool>,
    /// Which groups stand for which roles, up to 100.
    #[serde(default, deserialize_with = "not_null_objects", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub role_mappings: Option<Vec<RoleMapping>>,
    /// Whether anybody can sign in with it; true without it.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub is_enabled: Option<bool>,
}

/// Body of `PATCH /identityProviders/{id}`. Absent members stay as they are; null is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateIdentityProvider {
    /// What people read on its button, up to 100 characters.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub display_name: Option<String>,
    /// A new secret of this service there.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub client_secret: Option<ClientSecret>,
    /// What is asked for, `openid` among it.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub scope: Option<String>,
    /// Which claims are looked at; an absent one stays as it is.
    #[serde(default, deserialize_with = "not_null_object", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = ClaimsMapping, required = false)]
    pub claims_mapping: Option<ClaimsMapping>,
    /// All that a token must say from now on, up to 10.
    #[serde(default, deserialize_with = "not_null_objects", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub required_claims: Option<Vec<RequiredClaim>>,
    /// Whether people without an account get one when they come.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub just_in_time_accounts: Option<bool>,
    /// All groups that stand for roles from now on, up to 100.
    #[serde(default, deserialize_with = "not_null_objects", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub role_mappings: Option<Vec<RoleMapping>>,
    /// Whether anybody can sign in with it. Whoever did is signed out once nobody can.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub is_enabled: Option<bool>,
}
