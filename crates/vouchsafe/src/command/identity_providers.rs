//! `vouchsafe identity-providers`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use vouchsafe_client::api::identity_provider::{
    ClaimsMapping, ClientSecret, CreateIdentityProvider, IdentityProvider, RequiredClaim, RoleMapping,
    UpdateIdentityProvider,
};
use vouchsafe_client::id::IdentityProviderId;

use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum IdentityProviders {
    /// List the identity providers at which people of your tenant sign in
    List,
    /// Show one in full, with the addresses to register with it
    Show {
        /// Id of the identity provider (idp_…)
        id: IdentityProviderId,
    },
    /// Set one up
    Add(Box<Add>),
    /// Change one; what is not named stays
    Change(Box<Change>),
    /// Take one away; whoever signed in with it is signed out
    Delete {
        /// Id of the identity provider (idp_…)
        id: IdentityProviderId,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// What people read when they sign in
    name: String,
    /// The issuer, to the letter; it cannot be changed later
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// What it calls this service; it cannot be changed later
    #[arg(long, value_name = "ID")]
    client_id: String,
    #[command(flatten)]
    rest: Rest,
}

#[derive(Debug, Args)]
pub(crate) struct Change {
    /// Id of the identity provider (idp_…)
    id: IdentityProviderId,
    /// What people read when they sign in
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    rest: Rest,
    /// Whether people can sign in with it
    #[arg(long, value_name = "true|false", action = clap::ArgAction::Set)]
    enabled: Option<bool>,
}

/// What can be chosen anew.
#[derive(Debug, Args)]
struct Rest {
    /// File that holds the client's secret
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    /// What is asked for, such as "openid profile email"
    #[arg(long)]
    scope: Option<String>,
    /// The claim that holds the sign-in name
    #[arg(long, value_name = "CLAIM")]
    name_claim: Option<String>,
    /// The claim that holds the groups
    #[arg(long, value_name = "CLAIM")]
    groups_claim: Option<String>,
    /// A claim that a token must have; repeat for all of them
    #[arg(long = "require", value_name = "CLAIM=VALUE", value_parser = required)]
    required: Option<Vec<RequiredClaim>>,
    /// A group whose people hold a role; repeat for all of them
    #[arg(long = "group", value_name = "GROUP=ROLE-ID", value_parser = mapping)]
    groups: Option<Vec<RoleMapping>>,
    /// Whether people without an account get one when they come
    #[arg(long, value_name = "true|false", action = clap::ArgAction::Set)]
    just_in_time: Option<bool>,
}

fn required(text: &str) -> Result<RequiredClaim, String> {
    let (claim, value) = text.split_once('=').ok_or("write CLAIM=VALUE")?;
    Ok(RequiredClaim { claim: claim.to_owned(), value: value.to_owned() })
}

fn mapping(text: &str) -> Result<RoleMapping, String> {
    // A group's name may hold the sign, a role's id does not.
    let (group, role) = text.rsplit_once('=').ok_or("write GROUP=ROLE-ID")?;
    Ok(RoleMapping { group: group.to_owned(), role_definition_id: role.to_owned() })
}

impl Rest {
    fn update(self, name: Option<String>, enabled: Option<bool>) -> Result<UpdateIdentityProvider, Failure> {
        let claims = ClaimsMapping { user_principal_name: self.name_claim, groups: self.groups_claim };
        let named = claims.user_principal_name.is_some() || claims.groups.is_some();
        Ok(UpdateIdentityProvider {
            display_name: name,
            client_secret: self.client_secret_file.as_deref().map(secret).transpose()?,
            scope: self.scope,
            claims_mapping: named.then_some(claims),
            required_claims: self.required,
            just_in_time_accounts: self.just_in_time,
            role_mappings: self.groups,
            is_enabled: enabled,
        })
    }
}

/// A secret is never an argument: those are seen by everybody on the machine.
fn secret(path: &Path) -> Result<ClientSecret, Failure> {
    let text =
        std::fs::read_to_string(path).map_err(|source| Failure::File { path: path.to_owned(), source })?;
    Ok(ClientSecret(text.trim().to_owned()))
}

impl IdentityProviders {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let (client, out) = (&session.client, &session.out);
        match self {
            Self::List => out.thing(&client.identity_providers().await?, |list| table(&list.value)),
            Self::Show { id } => out.thing(&client.identity_provider(id).await?, properties),
            Self::Add(add) => {
                let Add { name, issuer, client_id, rest } = *add;
                let update = rest.update(None, None)?;
                let body = CreateIdentityProvider {
                    display_name: name,
                    issuer,
                    client_id,
                    client_secret: update.client_secret,
                    scope: update.scope,
                    claims_mapping: update.claims_mapping,
                    required_claims: update.required_claims,
                    just_in_time_accounts: update.just_in_time_accounts,
                    role_mappings: update.role_mappings,
                    is_enabled: None,
                };
                out.thing(&client.create_identity_provider(&body).await?, properties)
            }
            Self::Change(change) => {
                let Change { id, name, rest, enabled } = *change;
                let body = rest.update(name, enabled)?;
                out.thing(&client.update_identity_provider(id, &body, None).await?, properties)
            }
            Self::Delete { id } => {
                client.delete_identity_provider(id).await?;
                out.note(&format!("{id} is gone."))
            }
        }
    }
}

fn table(providers: &[IdentityProvider]) -> Table {
    let mut table = Table::new(&["Id", "Name", "Issuer", "Client", "Sign-in"]);
    for provider in providers {
        let sign_in = if provider.is_enabled { "enabled" } else { "disabled" };
        table.row([
            provider.id.to_string(),
            provider.display_name.clone(),
            provider.issuer.clone(),
            provider.client_id.clone(),
            sign_in.to_owned(),
        ]);
    }
    table
}

fn properties(provider: &IdentityProvider) -> Table {
    let yes = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
    let claims = &provider.claims_mapping;
    let required = provider.required_claims.iter().map(|one| format!("{}={}", one.claim, one.value));
    let groups = provider.role_mappings.iter().map(|one| format!("{}={}", one.group, one.role_definition_id));
    Table::properties([
        ("Id", provider.id.to_string()),
        ("Name", provider.display_name.clone()),
        ("Issuer", provider.issuer.clone()),
        ("Client", provider.client_id.clone()),
        ("Secret known", yes(provider.has_client_secret)),
        ("Scope", provider.scope.clone()),
        ("Claim with the sign-in name", claims.user_principal_name.clone().unwrap_or_default()),
        ("Claim with the groups", claims.groups.clone().unwrap_or_default()),
        ("Required claims", required.collect::<Vec<_>>().join("\n")),
        ("Groups that give roles", groups.collect::<Vec<_>>().join("\n")),
        ("Makes accounts", yes(provider.just_in_time_accounts)),
        ("People can sign in", yes(provider.is_enabled)),
        ("Sign-in address", provider.sign_in_url.clone()),
        ("Redirect URI", provider.redirect_uri.clone()),
        ("Back-channel logout URI", provider.backchannel_logout_uri.clone()),
    ])
}
