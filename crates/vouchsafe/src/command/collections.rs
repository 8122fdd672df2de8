//! `vouchsafe collections`

use clap::{Args, Subcommand};
use vouchsafe_client::api::access_request::Refuse;
use vouchsafe_client::api::data_collection::{CreateDataCollection, DataCollection};
use vouchsafe_client::api::message::Message;
use vouchsafe_client::api::scope::{DataCategory, DataFilter};
use vouchsafe_client::id::{DataCollectionId, SupportRequestId, TenantId};
use vouchsafe_client::time::Timestamp;
use vouchsafe_client::{Answer, Conversation};

use super::attachments::{Saving, Writing, named};
use super::download::Download;
use crate::argument::{Listing, categories, filter_words, text, word};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum Collections {
    /// List those of your tenant; as an engineer, those of your cases
    List(Listing),
    /// Show one in full, with what was taken out of its files
    Show {
        /// Id of the data collection (dc_…)
        id: DataCollectionId,
    },
    /// Save a file that holds no records, such as a log, as it is
    Download(Download),
    /// Ask a customer to collect data (engineers)
    Ask(Box<Ask>),
    /// Show what was written about one
    Messages {
        /// Id of the data collection (dc_…)
        id: DataCollectionId,
        #[command(flatten)]
        listing: Listing,
    },
    /// Write to the other party about one
    Message {
        /// Id of the data collection (dc_…)
        id: DataCollectionId,
        #[command(flatten)]
        writing: Writing,
    },
    /// Save a file of a message
    Attachment {
        /// Id of the data collection (dc_…)
        id: DataCollectionId,
        #[command(flatten)]
        saving: Saving,
    },
    /// Send what has been uploaded to the engineer
    Submit {
        /// Id of the data collection (dc_…)
        id: DataCollectionId,
    },
    /// Say that your tenant does not want to collect
    Decline(Refusing),
    /// Say that you have what you need (engineers)
    Accept {
        /// Id of the data collection (dc_…)
        id: DataCollectionId,
    },
    /// Give it back because something is missing (engineers)
    Return(Refusing),
    /// Take the wish back (engineers)
    Cancel {
        /// Id of the data collection (dc_…)
        id: DataCollectionId,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Ask {
    /// The case (sr_…)
    #[arg(long, value_name = "ID")]
    case: SupportRequestId,
    /// Whose data: the case's tenant, or one that it named
    #[arg(long)]
    tenant: TenantId,
    /// Kind of data; repeat for more
    #[arg(long = "category", required = true, value_parser = word!(DataCategory))]
    categories: Vec<DataCategory>,
    /// Only events at or after this time (RFC 3339)
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    /// Only events before this time (RFC 3339)
    #[arg(long, value_name = "TIME")]
    to: Option<Timestamp>,
    /// What the customer should do; - reads it from the standard input
    #[arg(long, value_name = "TEXT")]
    instructions: String,
}

#[derive(Debug, Args)]
pub(crate) struct Refusing {
    /// Id of the data collection (dc_…)
    id: DataCollectionId,
    /// Why, for the other party
    #[arg(long)]
    reason: Option<String>,
}

impl Collections {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let (client, out) = (&session.client, &session.out);
        match self {
            Self::List(listing) => list(session, &listing).await,
            Self::Show { id } => show(out, &client.data_collection(id).await?),
            Self::Download(download) => download.run(session).await,
            Self::Ask(ask) => ask.run(session).await,
            Self::Messages { id, listing } => messages(session, id, &listing).await,
            Self::Message { id, writing } => writing.send(session, Conversation::Collection(id)).await,
            Self::Attachment { id, saving } => saving.save(session, Conversation::Collection(id)).await,
            Self::Submit { id } => tell(out, &client.submit_collection(id).await?),
            Self::Decline(Refusing { id, reason }) => {
                tell(out, &client.decline_collection(id, &Refuse { reason }).await?)
            }
            Self::Accept { id } => tell(out, &client.accept_collection(id).await?),
            Self::Return(Refusing { id, reason }) => {
                tell(out, &client.return_collection(id, &Refuse { reason }).await?)
            }
            Self::Cancel { id } => tell(out, &client.cancel_collection(id).await?),
        }
    }
}

impl Ask {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let filter = DataFilter { data_from: self.from, data_to: self.to, users: None };
        let body = CreateDataCollection {
            tenant_id: self.tenant,
            data_categories: self.categories,
            filter: (filter != DataFilter::default()).then_some(filter),
            instructions: text(self.instructions)?,
        };
        tell(&session.out, &session.client.ask_collection(self.case, &body).await?)
    }
}

fn tell(out: &Output, answer: &Answer<DataCollection>) -> Result<(), Failure> {
    out.answer(answer, |collection| format!("{} is {}.", collection.id, collection.status))
}

async fn list(session: &Session, listing: &Listing) -> Result<(), Failure> {
    let pages = session.client.data_collections(&listing.query(None));
    let header = ["Id", "Case", "Status", "Asked by", "Data", "Files", "Asked"];
    let row = |table: &mut Table, collection: &DataCollection| {
        table.row([
            collection.id.to_string(),
            collection.support_request_number.clone(),
            collection.status.to_string(),
            collection.requested_by.display_name.clone(),
            categories(&collection.data_categories),
            collection.files.len().to_string(),
            session.out.time(collection.created_date_time),
        ]);
    };
    session.list(pages, listing.all, &header, row).await.map(drop)
}

fn show(out: &Output, answer: &Answer<DataCollection>) -> Result<(), Failure> {
    out.thing(answer, |collection| {
        let files = collection.files.iter().map(|file| {
            let removed: Vec<String> = file.removed.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
            let removed = if removed.is_empty() { "nothing".to_owned() } else { removed.join(", ") };
            let records = match file.records {
                Some(0) => "no records, read as it is".to_owned(),
                Some(records) => format!("{records} records"),
                None => "records not counted".to_owned(),
            };
            let entries = file
                .entries
                .iter()
                .map(|entry| format!("\n  {}, {} bytes, no records, read as it is", entry.name, entry.bytes));
            let entries: String = entries.collect();
            format!("{}, {} bytes, {records}, taken out: {removed}{entries}", file.name, file.bytes)
        });
        let by = &collection.requested_by;
        Table::properties([
            ("Id", collection.id.to_string()),
            (
                "Support request",
                format!("{} ({})", collection.support_request_number, collection.support_request_id),
            ),
            ("Tenant", collection.tenant_id.to_string()),
            ("Status", collection.status.to_string()),
            ("Asked by", format!("{}, {}, {}", by.display_name, by.employer, by.location)),
            ("Data", categories(&collection.data_categories)),
            ("Range", filter_words(out, collection.filter.as_ref())),
            ("Instructions", collection.instructions.clone()),
            ("Files", files.collect::<Vec<_>>().join("\n")),
            ("Grant", collection.grant_id.map(|id| id.to_string()).unwrap_or_default()),
            ("Reason", collection.reason.clone().unwrap_or_default()),
            ("Asked", out.time(collection.created_date_time)),
            ("Deleted", out.time_or(collection.deleted_date_time, "")),
        ])
    })
}

async fn messages(session: &Session, id: DataCollectionId, listing: &Listing) -> Result<(), Failure> {
    let pages = session.client.collection_messages(id, &listing.query(None));
    let row = |table: &mut Table, message: &Message| {
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
