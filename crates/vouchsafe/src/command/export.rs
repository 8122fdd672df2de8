//! `vouchsafe export`

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use vouchsafe_client::id::SupportRequestId;

use crate::export;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    /// Take everything that your tenant's log says of one case with you, in one zip
    ///
    /// The evidence pack holds the support request, access requests, decisions, grants, reads with their record ids, the
    /// policy, every audit entry with its receipt, and a page to read (report.html). `vouchsafe verify FILE` checks it
    /// without a server. Needs an account that may see the support request and read the audit log, such as a Global
    /// Administrator's.
    Pack {
        /// The case (sr_…)
        #[arg(long, value_name = "ID")]
        support_request: SupportRequestId,
        /// File to write; without it, ID.zip in this folder
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Copy your tenant's log into a folder that `vouchsafe verify` accepts
    ///
    /// Writes the checkpoint and every tile (C2SP tlog-tiles). Run it again to bring the folder up to date: what is
    /// there already is not fetched again.
    Log {
        /// The folder; it is made if there is none
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Write the entries of your tenant's audit log, oldest first, one JSON object a line
    ///
    /// With --since, only what came in after the last run: the file keeps how far it got, and is made if there is none.
    /// Together with --to, an interrupted run leaves neither a gap nor a duplicate; without --to, the entries that were
    /// printed last may come again.
    Audit {
        /// Shape of the entries: Microsoft Graph directoryAudit, or OCSF 1.8.0
        #[arg(long, value_enum, default_value_t = Shape::Graph)]
        format: Shape,
        /// File that keeps how far the last run got
        #[arg(long, value_name = "CURSOR-FILE")]
        since: Option<PathBuf>,
        /// File to write, compressed if its name ends in .gz or .zst; with --since, plain text that is appended to
        #[arg(long, value_name = "FILE", default_value = "-")]
        to: PathBuf,
    },
}

/// Shape of exported entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shape {
    /// Microsoft Graph `directoryAudit`, as the server answers.
    Graph,
    /// Open Cybersecurity Schema Framework.
    Ocsf,
}

impl Export {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::Pack { support_request, to } => export::pack::export(session, support_request, to).await,
            Self::Log { to } => export::log::export(session, &to).await,
            Self::Audit { format, since, to } => {
                export::audit::export(session, format, since.as_deref(), &to).await
            }
        }
    }
}
