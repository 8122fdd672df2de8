//! `vouchsafe roles`

use clap::{Args, Subcommand};
use vouchsafe_client::api::role::{
    CreateRoleAssignment, CreateRoleDefinition, RoleAssignment, RoleDefinition, RolePermission,
    UpdateRoleDefinition,
};
use vouchsafe_client::id::UserId;
use vouchsafe_client::time::Timestamp;

use crate::argument::Listing;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum Roles {
    /// List the roles that people of your tenant can hold
    List,
    /// Show one role in full
    Show {
        /// Id of the role
        id: String,
    },
    /// Define a role of your own
    Define(Define),
    /// Change a role of your own, for everybody who holds it; what is not named stays
    Change(Change),
    /// Take a role of your own away; nobody may hold it any more
    Delete {
        /// Id of the role (rol_…)
        id: String,
    },
    /// Show who holds which role now
    Holders(Listing),
    /// Give somebody a role
    Assign {
        /// Id of the account (usr_…)
        user: UserId,
        /// Id of the role
        role: String,
        /// From when on it is held no more, by itself (RFC 3339)
        #[arg(long, value_name = "TIME")]
        until: Option<Timestamp>,
    },
    /// Take a role back, at once
    Unassign {
        /// Id of the assignment, as `roles holders` shows it
        id: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Define {
    /// Its name
    name: String,
    /// A resource action that it allows; repeat for more
    #[arg(long = "action", value_name = "ACTION", required = true)]
    actions: Vec<String>,
    /// What it is for
    #[arg(long)]
    description: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Change {
    /// Id of the role (rol_…)
    id: String,
    /// Its name from now on
    #[arg(long)]
    name: Option<String>,
    /// A resource action that it allows; repeat for all of them
    #[arg(long = "action", value_name = "ACTION")]
    actions: Option<Vec<String>>,
    /// What it is for
    #[arg(long)]
    description: Option<String>,
    /// Whether it can be given to people; who holds it keeps it
    #[arg(long, value_name = "true|false", action = clap::ArgAction::Set)]
    enabled: Option<bool>,
}

impl Roles {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let (client, out) = (&session.client, &session.out);
        match self {
            Self::List => out.thing(&client.role_definitions().await?, |list| table(&list.value)),
            Self::Show { id } => out.thing(&client.role_definition(&id).await?, properties),
            Self::Define(Define { name, actions, description }) => {
                let role_permissions = vec![RolePermission { allowed_resource_actions: actions }];
                let body = CreateRoleDefinition {
                    display_name: name,
                    description,
                    is_enabled: None,
                    role_permissions,
                };
                out.answer(&client.create_role_definition(&body).await?, |role| {
                    format!("{} is {}.", role.display_name, role.id)
                })
            }
            Self::Change(Change { id, name, actions, description, enabled }) => {
                let role_permissions =
                    actions.map(|actions| vec![RolePermission { allowed_resource_actions: actions }]);
                let body = UpdateRoleDefinition {
                    display_name: name,
                    description,
                    is_enabled: enabled,
                    role_permissions,
                };
                out.thing(&client.update_role_definition(&id, &body, None).await?, properties)
            }
            Self::Delete { id } => {
                client.delete_role_definition(&id).await?;
                out.note(&format!("{id} is gone."))
            }
            Self::Holders(listing) => holders(session, &listing).await,
            Self::Assign { user, role, until } => {
                let body = CreateRoleAssignment {
                    principal_id: user,
                    role_definition_id: role,
                    directory_scope_id: None,
                    end_date_time: until,
                };
                out.answer(&client.create_role_assignment(&body).await?, |held| {
                    let until = held.end_date_time.map_or_else(
                        || "until it is taken back".to_owned(),
                        |at| format!("until {}", out.time(at)),
                    );
                    format!("{} holds {} {until}.", held.principal_id, held.role_definition_id)
                })
            }
            Self::Unassign { id } => {
                client.delete_role_assignment(&id).await?;
                out.note(&format!("{id} is taken back."))
            }
        }
    }
}

fn table(roles: &[RoleDefinition]) -> Table {
    let mut table = Table::new(&["Id", "Name", "Kind", "Actions"]);
    for role in roles {
        let kind = match (role.is_built_in, role.is_enabled) {
            (true, _) => "built in",
            (false, true) => "own",
            (false, false) => "own, not enabled",
        };
        let actions =
            role.role_permissions.iter().map(|one| one.allowed_resource_actions.len()).sum::<usize>();
        table.row([role.id.clone(), role.display_name.clone(), kind.to_owned(), actions.to_string()]);
    }
    table
}

fn properties(role: &RoleDefinition) -> Table {
    let actions: Vec<&str> = role
        .role_permissions
        .iter()
        .flat_map(|one| one.allowed_resource_actions.iter().map(String::as_str))
        .collect();
    Table::properties([
        ("Id", role.id.clone()),
        ("Name", role.display_name.clone()),
        ("Description", role.description.clone()),
        ("Comes with the product", if role.is_built_in { "yes" } else { "no" }.to_owned()),
        ("Can be given", if role.is_enabled { "yes" } else { "no" }.to_owned()),
        ("Allows", actions.join("\n")),
    ])
}

async fn holders(session: &Session, listing: &Listing) -> Result<(), Failure> {
    let pages = session.client.role_assignments(&listing.query(None));
    let until = |out: &Output, held: &RoleAssignment| held.end_date_time.map(|at| out.time(at));
    let row = |table: &mut Table, held: &RoleAssignment| {
        table.row([
            held.id.clone(),
            held.principal_id.to_string(),
            held.role_definition_id.clone(),
            until(&session.out, held).unwrap_or_default(),
        ]);
    };
    session.list(pages, listing.all, &["Id", "Account", "Role", "Ends"], row).await.map(drop)
}
