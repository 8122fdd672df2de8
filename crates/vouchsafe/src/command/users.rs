//! `vouchsafe users`

use clap::Subcommand;
use vouchsafe_client::id::UserId;

use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Subcommand)]
pub(crate) enum Users {
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
        match self {
            Self::Erase { id, .. } => {
                let answer = session.client.erase_user(id).await?;
                let at = session.out.time(answer.body.erased_date_time);
                session.out.answer(&answer, |erased| format!("{} was erased at {at}.", erased.id))
            }
        }
    }
}
