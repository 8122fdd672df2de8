//! `vouchsafe access`

mod ask;

use clap::{Args, Subcommand};
use vouchsafe_client::api::access_request::{AccessRequest, ApproveAccessRequest, NarrowTo, Refuse};
use vouchsafe_client::api::preview::Preview;
use vouchsafe_client::api::scope::{DataCategory, Scope};
use vouchsafe_client::id::AccessRequestId;
use vouchsafe_client::time::Duration;

use crate::argument::{Listing, ScopeLimits, categories, filter_words, word};
use crate::command::grants::ended_words;
use crate::command::read::list_reads;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum Access {
    /// List support access requests of your side
    List(List),
    /// Show one in full
    Show {
        /// Id of the request (sar_…)
        id: AccessRequestId,
    },
    /// Ask a tenant for access to its diagnostic data
    Ask(ask::Ask),
    /// Look at what a pending request would show; your tenant's log says that you looked
    Preview {
        /// Id of the request (sar_…)
        id: AccessRequestId,
    },
    /// Approve, as asked or less
    Approve(Approve),
    /// Reject; the engineer may ask you to collect the data instead
    Reject {
        /// Id of the request (sar_…)
        id: AccessRequestId,
        /// Why, for your own tenant's record
        #[arg(long)]
        reason: Option<String>,
    },
    /// Withdraw an approval; access ends at once
    Revoke {
        /// Id of the request (sar_…)
        id: AccessRequestId,
        /// Why, for your own tenant's record
        #[arg(long)]
        reason: Option<String>,
    },
    /// Take back your own question, or give up your access
    Cancel {
        /// Id of the request (sar_…)
        id: AccessRequestId,
    },
    /// Show what was read under it
    Reads {
        /// Id of the request (sar_…)
        id: AccessRequestId,
        #[command(flatten)]
        listing: Listing,
    },
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those that wait for a decision
    #[arg(long, group = "which")]
    pending: bool,
    /// Only those that hold now
    #[arg(long, group = "which")]
    approved: bool,
    /// Everything that is kept (the default)
    #[arg(long, group = "which")]
    history: bool,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// Id of the request (sar_…)
    id: AccessRequestId,
    /// For your own tenant's record
    #[arg(long)]
    comment: Option<String>,
    /// Approve only this category; repeat for more
    #[arg(long = "category", value_name = "CATEGORY", value_parser = word!(DataCategory))]
    categories: Vec<DataCategory>,
    /// Approve a shorter time, such as PT4H
    #[arg(long)]
    duration: Option<Duration>,
    #[command(flatten)]
    limits: ScopeLimits,
}

impl Access {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let (client, out) = (&session.client, &session.out);
        match self {
            Self::List(list) => list.run(session).await,
            Self::Show { id } => {
                out.thing(&client.access_request(id).await?, |request| properties(out, request))
            }
            Self::Ask(ask) => ask.run(session).await,
            Self::Preview { id } => {
                out.thing(&client.preview_access(id).await?, |preview| preview_words(out, preview))
            }
            Self::Approve(approve) => approve.run(session).await,
            Self::Reject { id, reason } => {
                let answer = client.reject_access(id, &Refuse { reason }).await?;
                out.answer(&answer, |request| {
                    format!(
                        "{} is {}. Resolution may take longer; the engineer may ask you to collect the data.",
                        request.id, request.status
                    )
                })
            }
            Self::Revoke { id, reason } => {
                let answer = client.revoke_access(id, &Refuse { reason }).await?;
                out.answer(&answer, |ended| ended_words(out, ended))
            }
            Self::Cancel { id } => {
                let answer = client.cancel_access(id).await?;
                out.answer(&answer, |request| format!("{} is {}.", request.id, request.status))
            }
            Self::Reads { id, listing } => {
                list_reads(session, client.access_reads(id, &listing.query(None)), listing.all).await
            }
        }
    }
}

impl List {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let condition = match (self.pending, self.approved) {
            (true, _) => Some("status eq 'pending'"),
            (false, true) => Some("status in ('approved','live','paused')"),
            (false, false) => None,
        };
        let pages = session.client.access_requests(&self.listing.query(condition));
        let header = ["Id", "Case", "Status", "Side", "Tenant", "Engineer", "Categories", "Ends"];
        let row = |table: &mut Table, request: &AccessRequest| {
            let scope = request.approved.as_ref().unwrap_or(&request.requested);
            table.row([
                request.id.to_string(),
                request.support_request_number.clone(),
                request.status.to_string(),
                request.side.map(|side| side.to_string()).unwrap_or_default(),
                request.resource_tenant_id.to_string(),
                request.requested_by.display_name.clone(),
                categories(&scope.data_categories),
                session.out.time_or(request.expires_date_time.value().copied(), ""),
            ]);
        };
        session.list(pages, self.listing.all, &header, row).await.map(drop)
    }
}

impl Approve {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let data_categories = (!self.categories.is_empty()).then_some(self.categories);
        let narrow_to = NarrowTo { data_categories, duration: self.duration, filter: self.limits.filter() };
        let narrow_to = (narrow_to != NarrowTo::default()).then_some(narrow_to);
        let body = ApproveAccessRequest { comment: self.comment, narrow_to, assertion: None };
        let answer = session.client.approve_access(self.id, &body).await?;
        session.out.answer(&answer, |request| {
            let votes = request.approvals.as_ref().map(|votes| (votes.given.len(), votes.required));
            let votes =
                votes.map(|(given, required)| format!(" {given} of {required} votes.")).unwrap_or_default();
            let scope = request
                .approved
                .as_ref()
                .map(|scope| format!(" Approved: {}.", scope_words(&session.out, scope)));
            format!("{} is {}.{votes}{}", request.id, request.status, scope.unwrap_or_default())
        })
    }
}

fn properties(out: &Output, request: &AccessRequest) -> Table {
    let engineer = &request.requested_by;
    let known = [engineer.display_name.as_str(), &engineer.employer, &engineer.location];
    let engineer: Vec<&str> = known.into_iter().filter(|text| !text.is_empty()).collect();
    let votes = request.approvals.as_ref();
    Table::properties([
        ("Id", request.id.to_string()),
        ("Case", format!("{} ({})", request.support_request_number, request.support_request_id)),
        ("Status", request.status.to_string()),
        ("Side", request.side.map(|side| side.to_string()).unwrap_or_default()),
        ("Data of", request.resource_tenant_id.to_string()),
        ("Engineer", engineer.join(", ")),
        ("Reason", request.reason_code.to_string()),
        ("Justification", request.justification.clone()),
        ("Requested", scope_words(out, &request.requested)),
        ("Approved", request.approved.as_ref().map(|scope| scope_words(out, scope)).unwrap_or_default()),
        (
            "Votes",
            votes.map(|votes| format!("{} of {}", votes.given.len(), votes.required)).unwrap_or_default(),
        ),
        ("Grant", request.grant_id.value().map(ToString::to_string).unwrap_or_default()),
        ("Extends", request.linked_to.map(|id| id.to_string()).unwrap_or_default()),
        ("Asked", out.time(request.created_date_time)),
        ("Ends", out.time_or(request.expires_date_time.value().copied(), "with the case at the latest")),
    ])
}

fn preview_words(out: &Output, preview: &Preview) -> Table {
    let counts = preview.counts.iter().map(|count| format!("{} {}", count.records, count.data_category));
    let span = preview.first_date_time.zip(preview.last_date_time);
    Table::properties([
        ("Records", preview.records.to_string()),
        ("Of these", counts.collect::<Vec<_>>().join(", ")),
        ("People", preview.people.to_string()),
        (
            "Events",
            span.map(|(first, last)| format!("{} to {}", out.time(first), out.time(last)))
                .unwrap_or_default(),
        ),
    ])
}

fn scope_words(out: &Output, scope: &Scope) -> String {
    let filter = filter_words(out, scope.filter.as_ref());
    let filter = if filter.is_empty() { filter } else { format!(", {filter}") };
    format!("{} for {}{filter}", categories(&scope.data_categories), scope.duration)
}
