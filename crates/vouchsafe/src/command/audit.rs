//! `vouchsafe audit`

use std::io::Write as _;
use std::path::PathBuf;

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
    /// Keep the proof that an entry stands in your tenant's log; `vouchsafe verify` checks it without a server
    Receipt {
        /// Id of the entry (aud_…)
        id: EntryId,
        /// Where to write it; without it, ID.tlog-proof in this folder, and - for the standard output
        #[arg(long, short = 'f', value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// List the keys that your tenant's log is signed with, for `vouchsafe verify --key`
    Keys,
}

impl Audit {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let (client, out) = (&session.client, &session.out);
        match self {
            Self::List(listing) => list(session, &listing).await,
            Self::Show { id } => {
                out.thing(&client.directory_audit(id).await?, |entry| properties(out, entry))
            }
            Self::Receipt { id, file } => receipt(session, id, file).await,
            Self::Keys => out.thing(&client.log_keys().await?, |keys| {
                let mut table = Table::new(&["Id", "Made", "Signs until", "Verifier key"]);
                for key in &keys.value {
                    let until = out.time_or(key.signs_until_date_time, "—");
                    table.row([
                        key.id.clone(),
                        out.time(key.created_date_time),
                        until,
                        key.verifier_key.clone(),
                    ]);
                }
                table
            }),
        }
    }
}

/// Writes a receipt to a new file, or to the standard output.
async fn receipt(session: &Session, id: EntryId, file: Option<PathBuf>) -> Result<(), Failure> {
    let bytes = session.client.receipt(id).await?;
    let path = file.unwrap_or_else(|| PathBuf::from(format!("{id}.tlog-proof")));
    if path.as_os_str() == "-" {
        return session.out.line(String::from_utf8_lossy(&bytes).trim_end());
    }
    let written = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
    let written = written.and_then(|mut file| file.write_all(&bytes));
    written.map_err(|source| Failure::File { path: path.clone(), source })?;
    session.out.line(&format!("Wrote {}.", path.display()))
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
