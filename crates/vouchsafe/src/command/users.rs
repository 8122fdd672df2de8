//! `vouchsafe users`: the people of the own tenant.

use clap::Subcommand;
use vouchsafe_client::api::user::{
    CreateTemporaryAccessPass, InviteUser, TemporaryAccessPass, UpdateUser, User,
};
use vouchsafe_client::id::UserId;

use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum Users {
    /// List the people and service accounts of your tenant
    List,
    /// Invite somebody: an account without a role and without a way in
    Invite {
        /// The person's name
        #[arg(long)]
        name: String,
        /// Sign-in name; it ends in a domain of your organisation
        #[arg(long)]
        user_principal_name: String,
    },
    /// Change a person's name
    Rename {
        /// Id of the account (usr_…)
        id: UserId,
        /// The name from now on
        #[arg(long)]
        name: String,
    },
    /// Disable an account: it is signed out at once and can do nothing
    Disable {
        /// Id of the account (usr_…)
        id: UserId,
    },
    /// Enable an account again
    Enable {
        /// Id of the account (usr_…)
        id: UserId,
    },
    /// Make a one-time link with which a person enrols a passkey; it is shown once
    Link {
        /// Id of the account (usr_…)
        id: UserId,
        /// For how many minutes it can be used; a day without it
        #[arg(long, value_name = "N")]
        minutes: Option<u32>,
    },
    /// List a person's passkeys
    Passkeys {
        /// Id of the account (usr_…)
        id: UserId,
    },
    /// Erase a person of your tenant for good
    ///
    /// Destroys the key that the person's name, address and texts are sealed under: here, and in the tenant's log, whose
    /// entries stay and can still be verified. Ends the person's tokens and sessions. Backups are out of reach. Who decided
    /// on access is kept for a year.
    Erase {
        /// Id of the account (usr_…)
        id: UserId,
        /// Say that you mean it: this cannot be undone
        #[arg(long, required = true)]
        yes: bool,
    },
}

impl Users {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let (client, out) = (&session.client, &session.out);
        match self {
            Self::List => out.thing(&client.users().await?, |list| users(&list.value)),
            Self::Invite { name: display_name, user_principal_name } => {
                let body = InviteUser { display_name, user_principal_name, account_enabled: true };
                out.answer(&client.invite_user(&body).await?, |user| format!("{} is invited.", user.id))
            }
            Self::Rename { id, name } => {
                let body = UpdateUser { display_name: Some(name), ..UpdateUser::default() };
                let answer = client.update_user(id, &body).await?;
                out.answer(&answer, |user| format!("{} is called {}.", user.id, user.display_name))
            }
            Self::Disable { id } => enable(session, id, false).await,
            Self::Enable { id } => enable(session, id, true).await,
            Self::Link { id, minutes } => {
                let body = CreateTemporaryAccessPass { lifetime_in_minutes: minutes };
                out.answer(&client.create_temporary_access_pass(id, &body).await?, link)
            }
            Self::Passkeys { id } => out.thing(&client.fido2_methods(id).await?, |list| {
                let mut table = Table::new(&["Id", "Name", "Enrolled", "Last used", "Signs decisions from"]);
                for key in &list.value {
                    table.row([
                        key.id.clone(),
                        key.display_name.clone(),
                        out.time(key.created_date_time),
                        out.time_or(key.last_used_date_time, "never"),
                        out.time(key.signs_from_date_time),
                    ]);
                }
                table
            }),
            Self::Erase { id, .. } => {
                let answer = session.client.erase_user(id).await?;
                let at = session.out.time(answer.body.erased_date_time);
                session.out.answer(&answer, |erased| format!("{} was erased at {at}.", erased.id))
            }
        }
    }
}

async fn enable(session: &Session, id: UserId, enabled: bool) -> Result<(), Failure> {
    let body = UpdateUser { account_enabled: Some(enabled), ..UpdateUser::default() };
    let answer = session.client.update_user(id, &body).await?;
    let word = if enabled { "enabled" } else { "disabled" };
    session.out.answer(&answer, |user| format!("{} is {word}.", user.id))
}

fn users(list: &[User]) -> Table {
    let mut table = Table::new(&["Id", "Name", "Sign-in name", "Roles", "Account"]);
    for user in list {
        let account = if user.account_enabled { "enabled" } else { "disabled" };
        table.row([
            user.id.to_string(),
            user.display_name.clone(),
            user.user_principal_name.clone(),
            user.roles.join(", "),
            account.to_owned(),
        ]);
    }
    table
}

/// The link, and what to know of it.
fn link(pass: &TemporaryAccessPass) -> String {
    let shown_before = "The link was shown before, and is not shown again.";
    let link = pass.enrolment_url.as_deref().unwrap_or(shown_before);
    let recovery = if pass.is_recovery {
        "\nThe account had a passkey before: the new one signs no decision for 24 hours."
    } else {
        ""
    };
    format!("{link}\nIt can be used once, within {} minutes.{recovery}", pass.lifetime_in_minutes)
}
