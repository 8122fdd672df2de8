//! `vouchsafe read`

use clap::{Args, Subcommand};
use vouchsafe_client::api::read::Read;
use vouchsafe_client::id::{DataCollectionId, GrantId, SupportRequestId, TenantId};
use vouchsafe_client::{Answer, CaseReader, Pages};

use crate::argument::Listing;
use crate::command::sign_ins::{list_sign_ins, show_sign_in};
use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum ReadData {
    /// Read sign-ins, masked, within the scope of a grant
    SignIns {
        #[command(flatten)]
        source: Source,
        #[command(flatten)]
        listing: Listing,
        /// Show only the sign-in with this id, in full
        #[arg(long, conflicts_with_all = ["filter", "order_by", "top", "all"])]
        id: Option<String>,
    },
}

/// Whose data is read, and what for.
#[derive(Debug, Args)]
pub(crate) struct Source {
    /// The case it is for (sr_…)
    #[arg(long, value_name = "CASE")]
    case: SupportRequestId,
    /// Whose data
    #[arg(long, value_name = "TENANT")]
    tenant: TenantId,
    /// Read under this grant only (grt_…)
    #[arg(long, value_name = "GRANT")]
    grant: Option<GrantId>,
    /// Read what the customer collected and sent (dc_…), not the customer's data
    #[arg(long, value_name = "COLLECTION")]
    collection: Option<DataCollectionId>,
}

impl ReadData {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::SignIns { source, listing: _, id: Some(id) } => {
                let answer = source.reader(session).sign_in(&id).await?;
                show_sign_in(session, &answer)?;
                note_read(session, Some(&answer))
            }
            Self::SignIns { source, listing, id: None } => {
                let pages = source.reader(session).sign_ins(&listing.query(None));
                let last = list_sign_ins(session, pages, listing.all).await?;
                note_read(session, last.as_ref())
            }
        }
    }
}

impl Source {
    fn reader(&self, session: &Session) -> CaseReader {
        let reader = session.client.case(self.case, self.tenant);
        let reader = match self.collection {
            Some(collection) => reader.in_collection(collection),
            None => reader,
        };
        match self.grant {
            Some(grant) => reader.under_grant(grant),
            None => reader,
        }
    }
}

/// Prints read records.
pub(super) async fn list_reads(session: &Session, pages: Pages<Read>, all: bool) -> Result<(), Failure> {
    let row = |table: &mut Table, read: &Read| {
        let masked = read.properties.iter().filter(|property| property.masked).count();
        table.row([
            read.id.to_string(),
            session.out.time(read.date_time),
            read.engineer.display_name.clone(),
            read.count.to_string(),
            read.query.clone(),
            format!("{masked} of {}", read.properties.len()),
        ]);
    };
    session.list(pages, all, &["Id", "When", "Engineer", "Records", "Query", "Masked"], row).await.map(drop)
}

/// Says that the customer sees this read.
fn note_read<T>(session: &Session, answer: Option<&Answer<T>>) -> Result<(), Failure> {
    let Some((read, grant)) = answer.and_then(|answer| answer.read.zip(answer.grant.as_deref())) else {
        return Ok(());
    };
    session.out.note(&format!("The customer sees this as {read}, grant {grant}."))
}
