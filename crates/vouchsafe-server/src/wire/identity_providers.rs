//! Identity providers.

use vouchsafe_api::identity_provider::{
    ClaimsMapping, ClientSecret, CreateIdentityProvider, IdentityProvider, RequiredClaim, RoleMapping,
    UpdateIdentityProvider,
};
use vouchsafe_app::ProviderCommand;
use vouchsafe_core::identity_provider as core;
use vouchsafe_core::identity_provider::ProviderText;
use vouchsafe_web::paths;
use zeroize::Zeroizing;

/// An identity provider, with its addresses at this service.
pub(crate) fn provider(base: &str, row: core::IdentityProvider) -> IdentityProvider {
    let (tenant, id) = (row.tenant.to_string(), row.id.to_string());
    let required = |one: core::RequiredClaim| RequiredClaim { claim: one.claim, value: one.value };
    let mapping = |one: core::RoleMapping| RoleMapping { group: one.group, role_definition_id: one.role };
    IdentityProvider {
        id: row.id,
        display_name: row.display_name,
        issuer: row.issuer,
        client_id: row.client_id,
        has_client_secret: row.secret.is_some(),
        scope: row.scope,
        claims_mapping: ClaimsMapping {
            user_principal_name: Some(row.user_name_claim),
            groups: Some(row.groups_claim),
        },
        required_claims: row.required_claims.into_iter().map(required).collect(),
        just_in_time_accounts: row.just_in_time,
        role_mappings: row.role_mappings.into_iter().map(mapping).collect(),
        is_enabled: row.enabled,
        sign_in_url: format!("{base}{}", paths::sign_in_with(&tenant, &id)),
        redirect_uri: format!("{base}{}", paths::sign_in_callback(&tenant, &id)),
        backchannel_logout_uri: format!("{base}{}", paths::back_channel_logout(&tenant, &id)),
        created_date_time: row.created,
    }
}

/// What a new one is to be.
pub(crate) fn new_provider(body: CreateIdentityProvider) -> ProviderCommand {
    let rest = UpdateIdentityProvider {
        display_name: Some(body.display_name),
        client_secret: None,
        scope: body.scope,
        claims_mapping: body.claims_mapping,
        required_claims: body.required_claims,
        just_in_time_accounts: body.just_in_time_accounts,
        role_mappings: body.role_mappings,
        is_enabled: body.is_enabled,
    };
    ProviderCommand {
        issuer: body.issuer,
        client_id: body.client_id,
        client_secret: body.client_secret.map(secret),
        text: changed_provider(ProviderText::default(), rest),
    }
}

/// A secret, to be wiped once it is sealed.
pub(crate) fn secret(ClientSecret(text): ClientSecret) -> Zeroizing<String> {
    Zeroizing::new(text)
}

/// What one is to be from now on.
pub(crate) fn changed_provider(old: ProviderText, body: UpdateIdentityProvider) -> ProviderText {
    let claims = body.claims_mapping.unwrap_or(ClaimsMapping { user_principal_name: None, groups: None });
    let required = |one: RequiredClaim| core::RequiredClaim { claim: one.claim, value: one.value };
    let mapping = |one: RoleMapping| core::RoleMapping { group: one.group, role: one.role_definition_id };
    ProviderText {
        display_name: body.display_name.unwrap_or(old.display_name),
        scope: body.scope.unwrap_or(old.scope),
        user_name_claim: claims.user_principal_name.unwrap_or(old.user_name_claim),
        groups_claim: claims.groups.unwrap_or(old.groups_claim),
        required_claims: match body.required_claims {
            Some(all) => all.into_iter().map(required).collect(),
            None => old.required_claims,
        },
        just_in_time: body.just_in_time_accounts.unwrap_or(old.just_in_time),
        role_mappings: match body.role_mappings {
            Some(all) => all.into_iter().map(mapping).collect(),
            None => old.role_mappings,
        },
        enabled: body.is_enabled.unwrap_or(old.enabled),
    }
}
