//! `vouchsafe tokens`

use clap::{Args, Subcommand};
use vouchsafe_client::api::api_token::{ApiToken, CreateApiToken};
use vouchsafe_client::id::{TokenId, UserId};
use vouchsafe_client::time::Timestamp;

use crate::argument::Listing;
use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum Tokens {
    /// List your tokens; everybody's if you may manage them
    List(Listing),
    /// Make a token for yourself, or for a service account; its text is printed once
    Make(Make),
    /// End a token at once
    Revoke {
        /// Id of the token (tok_…)
        id: TokenId,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Make {
    /// What it is called
    name: String,
    /// A resource action that it is limited to, one of your own; repeat for more
    #[arg(long = "scope", value_name = "ACTION", required = true)]
    scopes: Vec<String>,
    /// When it ends by itself (RFC 3339), within a year
    #[arg(long, value_name = "TIME")]
    expires: Timestamp,
    /// The service account that it is to speak for (usr_…)
    #[arg(long, value_name = "USER")]
    account: Option<UserId>,
}

impl Tokens {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let (client, out) = (&session.client, &session.out);
        match self {
            Self::List(listing) => list(session, &listing).await,
            Self::Make(Make { name, scopes, expires, account }) => {
                let body = CreateApiToken {
                    display_name: name,
                    scopes,
                    expires_date_time: expires,
                    user_id: account,
                };
                // The text alone, so that it can be piped to where it is needed.
                out.answer(&client.create_api_token(&body).await?, |made| {
                    made.token.clone().unwrap_or_default()
                })
            }
            Self::Revoke { id } => {
                out.answer(&client.revoke_api_token(id).await?, |token| format!("{} is ended.", token.id))
            }
        }
    }
}

async fn list(session: &Session, listing: &Listing) -> Result<(), Failure> {
    let pages = session.client.api_tokens(&listing.query(None));
    let header = ["Id", "Name", "Account", "Scopes", "Ends", "Last used", "State"];
    let out = &session.out;
    let row = |table: &mut Table, token: &ApiToken| {
        table.row([
            token.id.to_string(),
            token.display_name.clone(),
            token.user_id.to_string(),
            token.scopes.as_ref().map_or_else(|| "all".to_owned(), |scopes| scopes.join(", ")),
            out.time(token.expires_date_time),
            token.last_used_date_time.map_or_else(|| "never".to_owned(), |at| out.time(at)),
            if token.revoked_date_time.is_some() { "ended" } else { "" }.to_owned(),
        ]);
    };
    session.list(pages, listing.all, &header, row).await.map(drop)
}
