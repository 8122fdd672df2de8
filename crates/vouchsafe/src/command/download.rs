//! `vouchsafe collections download`

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;
use sha2::{Digest as _, Sha256};
use vouchsafe_client::id::DataCollectionId;

use crate::destination::Destination;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Args)]
pub(crate) struct Download {
    /// Id of the data collection (dc_…)
    id: DataCollectionId,
    /// Name of the file, as `vouchsafe collections show` has it
    name: String,
    /// Path of a file without records in an archive that also holds records
    #[arg(long, value_name = "PATH")]
    entry: Option<String>,
    /// File to write; - writes to the standard output; without it, its own name in this folder
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

impl Download {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let path = match &self.to {
            Some(path) => path.clone(),
            None => own_name(self.entry.as_deref().unwrap_or(&self.name))?,
        };
        // What was told before the bytes came says whether they are the ones.
        let collection = session.client.data_collection(self.id).await?.body;
        let known = collection.files.iter().find(|file| file.name == self.name && self.entry.is_none());
        let mut destination = Destination::open_as_it_is(&path, self.force)?;
        let (mut hash, mut bytes, mut failed) = (Sha256::new(), 0u64, None);
        let take = |piece: &[u8]| {
            hash.update(piece);
            bytes = bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            match destination.write(piece) {
                Ok(()) => ControlFlow::Continue(()),
                Err(failure) => {
                    failed = Some(failure);
                    ControlFlow::Break(())
                }
            }
        };
        session.client.download(self.id, (&self.name, self.entry.as_deref()), take).await?;
        if let Some(failure) = failed {
            return Err(failure);
        }
        let found = vouchsafe_log::hex(&hash.finalize());
        if known.is_some_and(|known| known.sha256 != found) {
            let fault = "its bytes are not those that the collection names".to_owned();
            return Err(Failure::DoesNotHold { name: self.name, fault });
        }
        destination.finish()?;
        if path.as_os_str() == "-" {
            return Ok(());
        }
        session.out.line(&format!("Wrote {}, {bytes} bytes.", path.display()))
    }
}

/// The last part of a name that a server told, which must lead nowhere else.
pub(crate) fn own_name(told: &str) -> Result<PathBuf, Failure> {
    let last = told.rsplit(['/', '\\']).next().unwrap_or_default();
    if last.is_empty() || last.starts_with('.') || last.chars().any(char::is_control) {
        return Err(Failure::Usage(
            "say with --to where to write it: its own name is none for a file".to_owned(),
        ));
    }
    Ok(PathBuf::from(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_told_name_leads_nowhere() {
        for (told, kept) in [("a.log", "a.log"), ("../../a.log", "a.log"), ("x\\a.log", "a.log")] {
            assert_eq!(own_name(told).unwrap(), PathBuf::from(kept));
        }
        for told in ["..", "a/", ".bashrc", "a\nb", ""] {
            assert!(own_name(told).is_err(), "{told}");
        }
    }
}
