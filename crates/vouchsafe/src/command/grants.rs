//! `vouchsafe grants`

use clap::{Args, Subcommand};
use vouchsafe_client::api::access_request::Refuse;
use vouchsafe_client::api::grant::{Ended, Grant, RemoveAllGrants, RemoveGrant};
use vouchsafe_client::api::reveal::{self as wire, CreateReveal};
use vouchsafe_client::id::{GrantId, RevealId, SupportRequestId};

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
    /// Let a paused grant on your data go on
    Confirm {
        /// Id of the grant (grt_…)
        id: GrantId,
    },
    /// Ask to see one masked value in clear (engineers)
    Reveal(Reveal),
    /// Show what engineers asked to see in clear under a grant
    Reveals {
        /// Id of the grant (grt_…)
        id: GrantId,
    },
    /// Let a masked value show in clear for 15 minutes
    ApproveReveal {
        /// Id of the reveal (rv_…)
        id: RevealId,
    },
    /// Keep a value masked
    RejectReveal {
        /// Id of the reveal (rv_…)
        id: RevealId,
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

#[derive(Debug, Args)]
pub(crate) struct Reveal {
    /// Id of the grant (grt_…)
    id: GrantId,
    /// Where the value stands, such as userPrincipalName
    #[arg(long)]
    property: String,
    /// The mask as it was shown, or a whole value
    #[arg(long)]
    value: String,
    /// Why, for the customer
    #[arg(long)]
    justification: Option<String>,
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
            Self::Confirm { id } => {
                let answer = client.confirm_grant(id).await?;
                out.answer(&answer, |grant| format!("{} is {}.", grant.id, grant.status))
            }
            Self::Reveal(Reveal { id, property, value, justification }) => {
                let body = CreateReveal { property, value, justification };
                let answer = client.ask_reveal(id, &body).await?;
                out.answer(&answer, |reveal| format!("Asked: {} is {}.", reveal.id, reveal.status))
            }
            Self::Reveals { id } => out.thing(&client.reveals(id).await?, |list| reveals(out, &list.value)),
            Self::ApproveReveal { id } => {
                let answer = client.approve_reveal(id).await?;
                out.answer(&answer, |reveal| {
                    let until = out.time(reveal.expires_date_time);
                    format!("{} is {}: the value shows until {until}.", reveal.id, reveal.status)
                })
            }
            Self::RejectReveal { id, reason } => {
                let answer = client.reject_reveal(id, &Refuse { reason }).await?;
                out.answer(&answer, |reveal| format!("{} is {}.", reveal.id, reveal.status))
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

fn reveals(out: &Output, list: &[wire::Reveal]) -> Table {
    let mut table = Table::new(&["Id", "Status", "Property", "Written as", "True value", "Ends"]);
    for reveal in list {
        table.row([
            reveal.id.to_string(),
            reveal.status.to_string(),
            reveal.property.clone(),
            reveal.shown.clone(),
            reveal.value.clone().unwrap_or_default(),
            out.time(reveal.expires_date_time),
        ]);
    }
    table
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
