//! `vouchsafe grants`

use clap::Subcommand;
use vouchsafe_client::api::grant::{Ended, Grant, RemoveAllGrants, RemoveGrant};
use vouchsafe_client::id::{GrantId, SupportRequestId};

use crate::argument::{Listing, categories, filter_words};
use crate::command::read::list_reads;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum Grants {
    /// List what is live or paused
    List(Listing),
    /// Show one in full
    Show {
        /// Id of the grant (grt_…)
        id: GrantId,
    },
    /// End a grant on your data at once
    Remove {
        /// Id of the grant (grt_…)
        id: GrantId,
        /// Why, for your own tenant's record
        #[arg(long)]
        reason: Option<String>,
    },
    /// End every grant on your data at once
    RemoveAll {
        /// Only those of this case (sr_…)
        #[arg(long, value_name = "CASE")]
        case: Option<SupportRequestId>,
        /// Why, for your own tenant's record
        #[arg(long)]
        reason: Option<String>,
    },
    /// Show what was read under a grant
    Reads {
        /// Id of the grant (grt_…)
        id: GrantId,
        #[command(flatten)]
        listing: Listing,
    },
}

impl Grants {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let (client, out) = (&session.client, &session.out);
        match self {
            Self::List(listing) => list(session, &listing).await,
            Self::Show { id } => out.thing(&client.grant(id).await?, |grant| properties(out, grant)),
            Self::Remove { id, reason } => {
                let answer = client.remove_grant(id, &RemoveGrant { reason }).await?;
                out.answer(&answer, |ended| ended_words(out, ended))
            }
            Self::RemoveAll { case, reason } => {
                let answer =
                    client.remove_all_grants(&RemoveAllGrants { support_request_id: case, reason }).await?;
                out.answer(&answer, |list| {
                    let lines = list.value.iter().map(|ended| ended_words(out, ended));
                    let lines: Vec<String> = lines.chain([format!("{} ended.", list.value.len())]).collect();
                    lines.join("\n")
                })
            }
            Self::Reads { id, listing } => {
                list_reads(session, client.grant_reads(id, &listing.query(None)), listing.all).await
            }
        }
    }
}

/// When the end of an access holds, in words.
pub(super) fn ended_words(out: &Output, ended: &Ended) -> String {
    format!(
        "{} is {}. Nothing can be read since {}; other tools stop by {}.",
        ended.id,
        ended.status,
        out.time(ended.reads_ended_date_time),
        out.time(ended.decisions_end_by)
    )
}

async fn list(session: &Session, listing: &Listing) -> Result<(), Failure> {
    let pages = session.client.grants(&listing.query(None));
    let header = ["Id", "Status", "Source", "Case", "Tenant", "Categories", "Ends"];
    let row = |table: &mut Table, grant: &Grant| {
        table.row([
            grant.id.to_string(),
            grant.status.to_string(),
            grant.source.to_string(),
            grant.support_request_id.to_string(),
            grant.tenant_id.to_string(),
            categories(&grant.data_categories),
            session.out.time(grant.expires_date_time),
        ]);
    };
    session.list(pages, listing.all, &header, row).await.map(drop)
}

fn properties(out: &Output, grant: &Grant) -> Table {
    Table::properties([
        ("Id", grant.id.to_string()),
        ("Status", grant.status.to_string()),
        ("Source", grant.source.to_string()),
        ("Case", grant.support_request_id.to_string()),
        ("Access request", grant.access_request_id.map(|id| id.to_string()).unwrap_or_default()),
        ("Data of", grant.tenant_id.to_string()),
        ("Categories", categories(&grant.data_categories)),
        ("Filter", filter_words(out, grant.filter.as_ref())),
        ("Ends", out.time(grant.expires_date_time)),
    ])
}
