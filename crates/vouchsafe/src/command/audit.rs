//! `vouchsafe audit`

use clap::Subcommand;
use vouchsafe_client::api::audit::{DirectoryAudit, Initiator};
use vouchsafe_client::id::EntryId;

use crate::argument::Listing;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// List entries
    List(Listing),
    /// Show one entry in full
    Show {
        /// Id of the entry (aud_…)
        id: EntryId,
    },
}

impl Audit {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let (client, out) = (&session.client, &session.out);
        match self {
            Self::List(listing) => list(session, &listing).await,
            Self::Show { id } => {
                out.thing(&client.directory_audit(id).await?, |entry| properties(out, entry))
            }
        }
    }
}

async fn list(session: &Session, listing: &Listing) -> Result<(), Failure> {
    let pages = session.client.directory_audits(&listing.query(None));
    let row = |table: &mut Table, entry: &DirectoryAudit| {
        let target = entry.target_resources.first().map(|target| target.id.clone());
        table.row([
            entry.id.to_string(),
            session.out.time(entry.activity_date_time),
            entry.activity_display_name.clone(),
            entry.result.to_string(),
            initiator(&entry.initiated_by),
            target.unwrap_or_default(),
        ]);
    };
    session
        .list(pages, listing.all, &["Id", "When", "Activity", "Result", "By", "Target"], row)
        .await
        .map(drop)
}

fn properties(out: &Output, entry: &DirectoryAudit) -> Table {
    let targets = entry.target_resources.iter().map(|target| {
        let changes = target.modified_properties.iter().map(|change| {
            let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "—".to_owned());
            format!(
                "\n  {}: {} → {}",
                change.display_name,
                value(&change.old_value),
                value(&change.new_value)
            )
        });
        format!("{} {}{}", target.kind, target.id, changes.collect::<String>())
    });
    let details = entry.additional_details.iter().map(|detail| format!("{}: {}", detail.key, detail.value));
    Table::properties([
        ("Id", entry.id.to_string()),
        ("When", out.time(entry.activity_date_time)),
        ("Category", entry.category.clone()),
        ("Activity", entry.activity_display_name.clone()),
        ("Result", format!("{} {}", entry.result, entry.result_reason)),
        ("By", initiator(&entry.initiated_by)),
        ("Targets", targets.collect::<Vec<_>>().join("\n")),
        ("Details", details.collect::<Vec<_>>().join("\n")),
        ("Correlation", entry.correlation_id.clone()),
    ])
}

fn initiator(initiator: &Initiator) -> String {
    let person =
        initiator.user.as_ref().map(|user| user.display_name.clone().unwrap_or_else(|| user.id.clone()));
    let program = || initiator.app.as_ref().and_then(|app| app.display_name.clone());
    person.or_else(program).unwrap_or_default()
}
