//! `vouchsafe account-links`

use clap::Subcommand;
use vouchsafe_client::api::account_link::{AccountLink, AccountLinkStatus, CreateAccountLink};
use vouchsafe_client::id::AccountLinkId;

use crate::argument::Listing;
use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum AccountLinks {
    /// List your links; everybody's if you may manage roles
    List(Listing),
    /// Show one
    Show {
        /// Id of the link (lnk_…)
        id: AccountLinkId,
    },
    /// Offer to link your account with another of yours; the code to accept it with is printed once
    Offer,
    /// Accept an offer with its code, for your account; you then agree on the pages, signed in to either account
    Accept {
        /// The code (vsl_…)
        code: String,
    },
    /// Confirm a link of somebody's account for your tenant
    Confirm {
        /// Id of the link (lnk_…)
        id: AccountLinkId,
    },
    /// End a link, for both tenants
    Remove {
        /// Id of the link (lnk_…)
        id: AccountLinkId,
    },
}

impl AccountLinks {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let (client, out) = (&session.client, &session.out);
        match self {
            Self::List(listing) => list(session, &listing).await,
            Self::Show { id } => out.answer(&client.account_link(id).await?, said),
            Self::Offer => {
                // The code alone, so that it can be piped to where it is needed.
                let made = client.create_account_link(&CreateAccountLink::default()).await?;
                out.answer(&made, |made| made.code.clone().unwrap_or_default())
            }
            Self::Accept { code } => {
                let body = CreateAccountLink { code: Some(code) };
                out.answer(&client.create_account_link(&body).await?, said)
            }
            Self::Confirm { id } => out.answer(&client.confirm_account_link(id).await?, said),
            Self::Remove { id } => {
                client.delete_account_link(id).await?;
                out.note(&format!("{id} is removed."))
            }
        }
    }
}

fn said(link: &AccountLink) -> String {
    format!("{}: {}.", link.id, words(link.status))
}

fn words(status: AccountLinkStatus) -> &'static str {
    match status {
        AccountLinkStatus::Offered => "offered",
        AccountLinkStatus::AwaitingAgreement => "the person must agree on the pages",
        AccountLinkStatus::AwaitingConfirmation => "your tenant must confirm",
        AccountLinkStatus::AwaitingOther => "waits for the other side",
        AccountLinkStatus::Active => "active",
        AccountLinkStatus::Ended => "ended",
    }
}

async fn list(session: &Session, listing: &Listing) -> Result<(), Failure> {
    let pages = session.client.account_links(&listing.query(None));
    let header = ["Id", "Account", "Other tenant", "Other account", "Status", "Made"];
    let out = &session.out;
    let row = |table: &mut Table, link: &AccountLink| {
        table.row([
            link.id.to_string(),
            link.user_id.to_string(),
            link.other_tenant_id.map(|id| id.to_string()).unwrap_or_default(),
            link.other_user_id.map(|id| id.to_string()).unwrap_or_default(),
            words(link.status).to_owned(),
            out.time(link.created_date_time),
        ]);
    };
    session.list(pages, listing.all, &header, row).await.map(drop)
}
