//! `vouchsafe sign-ins`

use clap::Subcommand;
use vouchsafe_client::Answer;
use vouchsafe_client::Pages;
use vouchsafe_client::api::record::GraphRecord;
use vouchsafe_client::time::Timestamp;

use crate::argument::Listing;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum SignIns {
    /// List sign-ins
    List(Listing),
    /// Show one sign-in in full
    Show {
        /// Id of the sign-in
        id: String,
    },
}

impl SignIns {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::List(listing) => {
                list_sign_ins(session, session.client.sign_ins(&listing.query(None)), listing.all)
                    .await
                    .map(drop)
            }
            Self::Show { id } => show_sign_in(session, &session.client.sign_in(&id).await?),
        }
    }
}

/// Prints sign-ins, masked or not.
pub(super) async fn list_sign_ins(
    session: &Session,
    pages: Pages<GraphRecord>,
    all: bool,
) -> Result<Option<Answer<()>>, Failure> {
    let row = |table: &mut Table, record: &GraphRecord| {
        table.row([
            record.text("id"),
            local_time(&session.out, &record.text("createdDateTime")),
            record.text("userPrincipalName"),
            record.text("appDisplayName"),
            record.text("ipAddress"),
            record.text("status/errorCode"),
            record.text("status/failureReason"),
        ]);
    };
    session.list(pages, all, &["Id", "When", "User", "App", "Address", "Error", "Reason"], row).await
}

/// Prints every member of one sign-in.
pub(super) fn show_sign_in(session: &Session, answer: &Answer<GraphRecord>) -> Result<(), Failure> {
    session.out.thing(answer, |record| {
        let mut table = Table::new(&["Property", "Value"]);
        for (name, value) in &record.0 {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            table.row([name.clone(), text]);
        }
        table
    })
}

/// A time of a record for people; as it is if it is none (a mask cuts it to the day).
fn local_time(out: &Output, text: &str) -> String {
    text.parse::<Timestamp>().map_or_else(|_| text.to_owned(), |at| out.time(at))
}
