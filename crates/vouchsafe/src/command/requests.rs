//! `vouchsafe requests`

mod open;

use clap::Subcommand;
use vouchsafe_client::Conversation;
use vouchsafe_client::api::support_request::{
    ApproveConsent, AssignSupportRequest, CloseSupportRequest, Consent, ConsentRenewal, ConsentStatus,
    RejectConsent, Resolution, SupportRequest, UpdateSupportRequest,
};
use vouchsafe_client::id::{SupportRequestId, UserId};

use crate::argument::{Listing, word};
use crate::command::attachments::{Saving, Writing, named};
use crate::command::import::{Import, What};
use crate::command::problem_types;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum Requests {
    /// List the cases that you may see
    List(Listing),
    /// List the open cases of all customers, or those that wait for an engineer (managers)
    Queue {
        /// Only those that have no engineer
        #[arg(long)]
        waiting: bool,
        #[command(flatten)]
        listing: Listing,
    },
    /// Show one case in full
    Show {
        /// Id of the case (sr_…)
        id: SupportRequestId,
    },
    /// Open a case
    Open(Box<open::Open>),
    /// Close a case; every access of it ends
    Close {
        /// Id of the case (sr_…)
        id: SupportRequestId,
        /// How it ended
        #[arg(long, value_parser = word!(Resolution))]
        resolution: Resolution,
    },
    /// Reopen a case within 14 days
    Reopen {
        /// Id of the case (sr_…)
        id: SupportRequestId,
    },
    /// Hand a case to another engineer
    Assign {
        /// Id of the case (sr_…)
        id: SupportRequestId,
        /// Who takes over (usr_…)
        #[arg(long, value_name = "USER")]
        to: UserId,
        /// Why, for the record
        #[arg(long)]
        reason: String,
    },
    /// Show who works on a case, since when, and why
    Assignment {
        /// Id of the case (sr_…)
        id: SupportRequestId,
    },
    /// Show how every engineer ranks for a case, with the figures (managers)
    Ranking {
        /// Id of the case (sr_…)
        id: SupportRequestId,
    },
    /// Write to the other party
    Message {
        /// Id of the case (sr_…)
        id: SupportRequestId,
        #[command(flatten)]
        writing: Writing,
    },
    /// Save a file of a message
    Attachment {
        /// Id of the case (sr_…)
        id: SupportRequestId,
        #[command(flatten)]
        saving: Saving,
    },
    /// Show the conversation
    Messages {
        /// Id of the case (sr_…)
        id: SupportRequestId,
        #[command(flatten)]
        listing: Listing,
    },
    /// Give, withhold or vote on the collection of advanced diagnostic information
    Consent {
        /// Id of the case (sr_…)
        id: SupportRequestId,
        /// yes and no set the property; approve and reject vote on a yes that waits for more votes; renew votes to renew one
        /// that ends within 7 days or has ended
        answer: Answer,
        /// Why, with reject
        #[arg(long)]
        reason: Option<String>,
    },
    /// Show the tree of problem types
    Types,
    /// Import requests that were resolved in another system, for assignment to learn from (managers)
    ///
    /// CSV with the columns id, createdDateTime, resolvedDateTime, title, engineer (id or user principal name) and, if
    /// known, priority, component, description; as it is, or compressed with gzip or zstd. Best in order of resolution.
    /// Importing a file again adds nothing twice.
    Import(Import),
}

/// An answer about consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Answer {
    Yes,
    No,
    Approve,
    Reject,
    Renew,
}

impl Requests {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let (client, out) = (&session.client, &session.out);
        match self {
            Self::List(listing) => list(session, &listing, None).await,
            Self::Queue { waiting, listing } => {
                let condition =
                    if waiting { "status eq 'open' and assignedTo/id eq null" } else { "status eq 'open'" };
                list(session, &listing, Some(condition)).await
            }
            Self::Show { id } => out.thing(&client.support_request(id).await?, |case| properties(out, case)),
            Self::Open(open) => open.run(session).await,
            Self::Close { id, resolution } => {
                let closed = client.close_support_request(id, &CloseSupportRequest { resolution }).await?;
                out.answer(&closed, |case| format!("Closed {}. Every access of it has ended.", case.number))
            }
            Self::Reopen { id } => {
                let reopened = client.reopen_support_request(id).await?;
                out.answer(&reopened, |case| {
                    format!("{} is {}. Consent is no again.", case.number, case.status)
                })
            }
            Self::Assign { id, to, reason } => {
                let body = AssignSupportRequest { engineer_id: to, reason };
                let assigned = client.assign_support_request(id, &body).await?;
                out.answer(&assigned, |case| format!("{} is with {}.", case.number, engineer(case)))
            }
            Self::Assignment { id } => assignment(session, id).await,
            Self::Ranking { id } => ranking(session, id).await,
            Self::Message { id, writing } => writing.send(session, Conversation::Request(id)).await,
            Self::Attachment { id, saving } => saving.save(session, Conversation::Request(id)).await,
            Self::Messages { id, listing } => messages(session, id, &listing).await,
            Self::Consent { id, answer, reason } => consent(session, id, answer, reason).await,
            Self::Types => problem_types::list(session).await,
            Self::Import(import) => import.run(What::ResolvedRequests, session).await,
        }
    }
}

async fn list(session: &Session, listing: &Listing, condition: Option<&str>) -> Result<(), Failure> {
    let pages = session.client.support_requests(&listing.query(condition));
    let header = ["Id", "Number", "Status", "Severity", "Title", "Engineer", "Consent", "Opened"];
    let row = |table: &mut Table, case: &SupportRequest| {
        let stage = case.stage.map_or(case.status.as_str(), |stage| stage.as_str());
        table.row([
            case.id.to_string(),
            case.number.clone(),
            stage.to_owned(),
            case.severity.to_string(),
            case.title.clone(),
            engineer(case),
            case.consent.status.to_string(),
            session.out.time(case.created_date_time),
        ]);
    };
    session.list(pages, listing.all, &header, row).await.map(drop)
}

fn properties(out: &Output, case: &SupportRequest) -> Table {
    let tenants: Vec<String> = case.resource_tenant_ids.iter().map(ToString::to_string).collect();
    let contact = &case.contact;
    let votes = &case.consent.approvals;
    Table::properties([
        ("Id", case.id.to_string()),
        ("Number", case.number.clone()),
        ("Tenant", case.tenant_id.to_string()),
        ("Title", case.title.clone()),
        ("Description", case.description.clone()),
        ("Severity", case.severity.to_string()),
        ("Service", case.service.clone()),
        ("Problem type", case.problem_type.clone()),
        ("Status", case.status.to_string()),
        ("Stage", case.stage.map(|stage| stage.to_string()).unwrap_or_default()),
        ("Engineer", engineer(case)),
        ("Advanced diagnostics", if case.allow_advanced_diagnostics { "yes" } else { "no" }.to_owned()),
        ("Consent", case.consent.status.to_string()),
        (
            "Consent votes",
            votes
                .as_ref()
                .map(|votes| format!("{} of {}", votes.given.len(), votes.required))
                .unwrap_or_default(),
        ),
        ("Consent ends", out.time_or(case.consent.expires_date_time, "")),
        ("Consent renewal", case.consent.renewal.as_ref().map(|one| renewal(out, one)).unwrap_or_default()),
        (
            "Contact",
            format!("{} <{}>, {}, {}", contact.name, contact.email, contact.language, contact.time_zone),
        ),
        ("Resource tenants", tenants.join("\n")),
        ("Opened", out.time(case.created_date_time)),
        ("Closed", out.time_or(case.closed_date_time, "")),
        ("Resolution", case.resolution.map(|resolution| resolution.to_string()).unwrap_or_default()),
    ])
}

/// What there is to know before a renewal.
fn renewal(out: &Output, renewal: &ConsentRenewal) -> String {
    let votes = format!("{} of {} votes", renewal.approvals.given.len(), renewal.approvals.required);
    let Some(read) = &renewal.read else { return votes };
    let categories: Vec<String> = read.data_categories.iter().map(ToString::to_string).collect();
    let from = if categories.is_empty() { String::new() } else { format!(" ({})", categories.join(", ")) };
    let last = read.last_date_time.map(|last| format!(", last {}", out.time(last))).unwrap_or_default();
    format!("{votes}; {} records read{from}{last}", read.records)
}

async fn assignment(session: &Session, id: SupportRequestId) -> Result<(), Failure> {
    let out = &session.out;
    let assignment = session.client.assignment(id).await?;
    out.thing(&assignment, |assignment| {
        let grounds = assignment.evidence.iter().map(|ground| {
            let amount = ground.amount.map(|amount| format!(": {amount}")).unwrap_or_default();
            format!("{} ({}{amount})", ground.topic, ground.source)
        });
        let engineer = assignment.assigned_to.as_ref().map(|person| person.display_name.clone());
        Table::properties([
            ("Engineer", engineer.unwrap_or_else(|| "nobody yet".to_owned())),
            ("Since", out.time_or(assignment.since_date_time, "")),
            ("Why", assignment.reason.clone()),
            ("Grounds", grounds.collect::<Vec<_>>().join("\n")),
        ])
    })
}

async fn ranking(session: &Session, id: SupportRequestId) -> Result<(), Failure> {
    let assignment = session.client.assignment(id).await?;
    session.out.thing(&assignment, |assignment| {
        let header =
            ["Id", "Engineer", "Score", "Expertise", "Learned", "Declared", "Open", "Not eligible because"];
        let mut table = Table::new(&header);
        for one in assignment.ranking.iter().flatten() {
            table.row([
                one.engineer.id.to_string(),
                one.engineer.display_name.clone(),
                format!("{:.2}", one.score),
                format!("{:.0} %", one.expertise * 100.0),
                format!("{:.0} %", one.learned * 100.0),
                if one.declared { "yes" } else { "no" }.to_owned(),
                one.open_cases.to_string(),
                one.obstacles.join("; "),
            ]);
        }
        table
    })
}

async fn messages(session: &Session, id: SupportRequestId, listing: &Listing) -> Result<(), Failure> {
    let pages = session.client.messages(id, &listing.query(None));
    let row = |table: &mut Table, message: &vouchsafe_client::api::message::Message| {
        let sender = message.sender.as_ref().map(|person| person.display_name.clone());
        table.row([
            session.out.time(message.created_date_time),
            sender.unwrap_or_else(|| message.party.to_string()),
            message.party.to_string(),
            message.body.clone(),
            named(message),
        ]);
    };
    session.list(pages, listing.all, &["Sent", "From", "For", "Text", "Files"], row).await.map(drop)
}

async fn consent(
    session: &Session,
    id: SupportRequestId,
    answer: Answer,
    reason: Option<String>,
) -> Result<(), Failure> {
    if reason.is_some() && answer != Answer::Reject {
        return Err(Failure::Usage("--reason goes with `reject` only".to_owned()));
    }
    let set = |yes| UpdateSupportRequest {
        allow_advanced_diagnostics: Some(yes),
        ..UpdateSupportRequest::default()
    };
    let client = &session.client;
    let case = match answer {
        Answer::Yes => client.update_support_request(id, &set(true), None).await?,
        Answer::No => client.update_support_request(id, &set(false), None).await?,
        Answer::Approve => client.approve_consent(id, &ApproveConsent::default()).await?,
        Answer::Renew => client.renew_consent(id, &ApproveConsent::default()).await?,
        Answer::Reject => client.reject_consent(id, &RejectConsent { reason }).await?,
    };
    session.out.answer(&case, |case| {
        let Consent { status, approvals, .. } = &case.consent;
        let waiting = *status == ConsentStatus::AwaitingApproval;
        let tally = approvals.as_ref().filter(|_| waiting);
        let votes = tally.map(|votes| format!(", {} of {} votes", votes.given.len(), votes.required));
        format!("Consent of {}: {status}{}.", case.number, votes.unwrap_or_default())
    })
}

fn engineer(case: &SupportRequest) -> String {
    case.assigned_to.as_ref().map_or_else(|| "nobody yet".to_owned(), |person| person.display_name.clone())
}
