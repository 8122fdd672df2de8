//! Files of messages: sending them along, and saving them.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::Args;
use vouchsafe_client::api::message::{CreateMessage, Message};
use vouchsafe_client::id::MessageId;
use vouchsafe_client::{Conversation, NewAttachment};

use super::download::own_name;
use crate::argument::text;
use crate::destination::Destination;
use crate::failure::Failure;
use crate::session::Session;

/// Bytes of a file that the server would take.
const FILE_BYTES_MAX: u64 = 25 << 20;

#[derive(Debug, Args)]
pub(crate) struct Writing {
    /// The text; - reads it from the standard input
    text: String,
    /// File to send along, cleaned of secrets by the server; repeat for more, at most 5 of 25 MiB
    #[arg(long = "attach", value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Writing {
    pub(crate) async fn send(self, session: &Session, to: Conversation) -> Result<(), Failure> {
        let body = text(self.text)?;
        let client = &session.client;
        let sent = if self.files.is_empty() {
            match to {
                Conversation::Request(id) => client.send_message(id, &CreateMessage { body }).await?,
                Conversation::Collection(id) => {
                    client.send_collection_message(id, &CreateMessage { body }).await?
                }
            }
        } else {
            let files: Vec<_> = self.files.iter().map(|path| file(path)).collect::<Result<_, _>>()?;
            client.send_message_with_files(to, &body, &files).await?
        };
        session.out.answer(&sent, |message| {
            let removed: u64 = message.attachments.iter().flat_map(|file| file.removed.values()).sum();
            match message.attachments.len() {
                0 => format!("Sent {}.", message.id),
                1 => format!("Sent {}, with a file; {removed} secrets taken out.", message.id),
                files => format!("Sent {}, with {files} files; {removed} secrets taken out.", message.id),
            }
        })
    }
}

#[derive(Debug, Args)]
pub(crate) struct Saving {
    /// Id of the message (msg_…)
    message: MessageId,
    /// Name of the file, as the conversation has it
    name: String,
    /// File to write; - writes to the standard output; without it, its own name in this folder
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

impl Saving {
    pub(crate) async fn save(self, session: &Session, of: Conversation) -> Result<(), Failure> {
        let path = match &self.to {
            Some(path) => path.clone(),
            None => own_name(&self.name)?,
        };
        let mut destination = Destination::open_as_it_is(&path, self.force)?;
        let (mut bytes, mut failed) = (0u64, None);
        let take = |piece: &[u8]| {
            bytes = bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            match destination.write(piece) {
                Ok(()) => ControlFlow::Continue(()),
                Err(failure) => {
                    failed = Some(failure);
                    ControlFlow::Break(())
                }
            }
        };
        session.client.attachment(of, self.message, &self.name, take).await?;
        if let Some(failure) = failed {
            return Err(failure);
        }
        destination.finish()?;
        if path.as_os_str() == "-" {
            return Ok(());
        }
        session.out.line(&format!("Wrote {}, {bytes} bytes.", path.display()))
    }
}

/// The files of a message, for a table: under which message they are saved, and their names.
pub(crate) fn named(message: &Message) -> String {
    if message.attachments.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = message.attachments.iter().map(|file| file.name.as_str()).collect();
    format!("{}: {}", message.id, names.join(", "))
}

fn file(path: &Path) -> Result<NewAttachment, Failure> {
    let failed = |source| Failure::File { path: path.to_owned(), source };
    let name = path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    let name = name.ok_or_else(|| Failure::Usage(format!("{} is no name of a file", path.display())))?;
    if std::fs::metadata(path).map_err(failed)?.len() > FILE_BYTES_MAX {
        let reason = format!("{} is larger than 25 MiB: send it in a data collection", path.display());
        return Err(Failure::Usage(reason));
    }
    Ok(NewAttachment { name, bytes: std::fs::read(path).map_err(failed)? })
}
