//! A whole log, from a server or from a folder.

use std::collections::VecDeque;
use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use vouchsafe_client::id::TenantId;
use vouchsafe_client::{Client, ClientError};
use vouchsafe_log::bundle::Bundle;
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::note::{Note, NoteError, VerifierKey};
use vouchsafe_log::policy::{Policy, PolicyError};
use vouchsafe_log::replay::Story;
use vouchsafe_log::tile::{Tile, TileError, TileKind};
use vouchsafe_log::whole::{LogCheck, Seen};

use super::known::KnownLog;
use super::{Report, Verifier, origin_of, policy_of};
use crate::failure::Failure;

/// How often a checkpoint without a quorum of witnesses is asked for again.
const QUORUM_ASKS: u32 = 12;
/// Pause before each time.
const QUORUM_PAUSE: Duration = Duration::from_millis(250);

/// Bytes of entries that are held to be read at the same time; more only if a single tile has more.
const ENTRIES_HELD: usize = 4 << 20;
/// Threads that read them at most.
const THREADS_MAX: usize = 16;

/// Where a log's checkpoint and tiles come from.
pub(crate) enum LogSource {
    /// A server.
    Server { client: Client, tenant: TenantId },
    /// A folder that holds `checkpoint` and `tile/…`.
    Folder(PathBuf),
}

impl LogSource {
    /// What lies there under this path.
    pub(crate) async fn get(&self, path: &str) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Server { client, tenant } if path == "checkpoint" => {
                Ok(client.log_checkpoint(*tenant).await?)
            }
            Self::Server { client, tenant } => Ok(client.log_tile(*tenant, path).await?),
            Self::Folder(folder) => {
                let path = folder.join(path);
                std::fs::read(&path).map_err(|source| Failure::File { path, source })
            }
        }
    }

    /// The newest checkpoint, signed by whomever.
    pub(crate) async fn checkpoint(&self) -> Result<Result<Note, NoteError>, Failure> {
        Ok(String::from_utf8_lossy(&self.get("checkpoint").await?).parse())
    }

    /// What the log is called where it comes from.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Server { client, tenant } => {
                format!("{}/log/{tenant}", client.server().trim_end_matches('/'))
            }
            Self::Folder(folder) => folder.display().to_string(),
        }
    }

    /// The keys that the source itself names.
    async fn keys(&self) -> Result<Vec<VerifierKey>, Failure> {
        let Self::Server { client, .. } = self else { return Ok(Vec::new()) };
        let keys = match client.log_keys().await {
            // Who may read the log's tiles need not be allowed to list its keys.
            Err(ClientError::Problem { .. }) => return Ok(Vec::new()),
            keys => keys?,
        };
        Ok(keys.body.value.iter().filter_map(|key| key.verifier_key.parse().ok()).collect())
    }
}

impl Verifier {
    /// Checks a log from its first entry to its last, and remembers it if it is sound.
    pub(crate) async fn log(
        &mut self,
        source: &LogSource,
        progress: impl Fn(u64, u64),
    ) -> Result<Report, Failure> {
        let mut report = Report::default();
        let note = match source.checkpoint().await? {
            Ok(note) => note,
            Err(error) => return Ok(report.broken(error)),
        };
        let origin = origin_of(&note).to_owned();
        let mut policy = self.policy_for(&origin);
        if policy.is_none() {
            policy = policy_of(&source.keys().await?);
            report.not_proven(
                "that the log's key is the one that others see: it came from the server itself. Compare it with what your \
                 vendor publishes, and give it with --key",
            );
        }
        let Some(policy) = policy else {
            return Ok(report.broken(format!("no key of the log {origin} is known: give it with --key")));
        };
        let note = match self.cosigned(source, &policy, note).await? {
            Ok(note) => note,
            Err(error) => return Ok(report.broken(error)),
        };
        let (checkpoint, key) = match policy.trusted(&note) {
            Ok((checkpoint, trusted)) => {
                report.signed(&checkpoint, &trusted);
                (checkpoint, trusted.log.to_string())
            }
            Err(error) => return Ok(report.broken(error)),
        };
        let before = self.known.get(&origin).cloned();
        let story = match self.walked(source, &checkpoint, before.as_ref(), progress).await? {
            Ok(story) => story,
            Err(fault) => return Ok(report.broken(fault)),
        };
        told(&mut report, &checkpoint, before.as_ref(), &story);
        let mut verifier_keys = before.map(|log| log.verifier_keys).unwrap_or_default();
        for known in story.verifier_keys.into_iter().chain([key]) {
            if !verifier_keys.contains(&known) {
                verifier_keys.push(known);
            }
        }
        let root = vouchsafe_log::hex(&checkpoint.root);
        self.known.remember(&origin, KnownLog { size: checkpoint.size, root, verifier_keys })?;
        Ok(report.sound())
    }

    /// The checkpoint, or a newer one, once a quorum of witnesses has signed it: they see a checkpoint a moment after it
    /// was published. One that lacks them to the end is given as it is.
    async fn cosigned(
        &self,
        source: &LogSource,
        policy: &Policy,
        mut note: Note,
    ) -> Result<Result<Note, NoteError>, Failure> {
        for _ in 0..QUORUM_ASKS {
            let lacks_witnesses = matches!(policy.trusted(&note), Err(PolicyError::NoQuorumOf(_)));
            if !lacks_witnesses || matches!(source, LogSource::Folder(_)) {
                break;
            }
            tokio::time::sleep(QUORUM_PAUSE).await;
            note = match source.checkpoint().await? {
                Ok(note) => note,
                Err(error) => return Ok(Err(error)),
            };
        }
        Ok(Ok(note))
    }

    /// Every tile, in order.
    async fn walked(
        &self,
        source: &LogSource,
        checkpoint: &Checkpoint,
        before: Option<&KnownLog>,
        progress: impl Fn(u64, u64),
    ) -> Result<Result<Story, String>, Failure> {
        // What is no root in the file of what was seen fits no log.
        let root = |log: &KnownLog| vouchsafe_log::unhex(&log.root).unwrap_or_default();
        let seen = before.map(|log| Seen { size: log.size, root: root(log) });
        let mut check = match LogCheck::new(checkpoint.clone(), seen) {
            Ok(check) => check.checking(super::signature::check),
            Err(fault) => return Ok(Err(fault.to_string())),
        };
        let mut ahead = VecDeque::new();
        while let Some(tile) = check.next_tile() {
            let taken = match tile.kind {
                TileKind::Hashes(_) => check.take(&self.tile(source, tile).await?),
                TileKind::Entries => {
                    if ahead.is_empty() {
                        ahead = self.bundles(source, &check).await?;
                    }
                    // There is one for each tile that is asked for.
                    let Some((tile, bundle)) = ahead.pop_front() else { break };
                    check.take_bundle(tile, bundle)
                }
            };
            if let Err(fault) = taken {
                return Ok(Err(fault.to_string()));
            }
            progress(check.taken(), checkpoint.size);
        }
        Ok(check.end().map_err(|fault| fault.to_string()))
    }

    /// The next tiles of entries, read and hashed on all processors.
    async fn bundles(
        &self,
        source: &LogSource,
        check: &LogCheck,
    ) -> Result<VecDeque<(Tile, Result<Bundle, TileError>)>, Failure> {
        let (mut tiles, mut held) = (Vec::new(), 0);
        for tile in check.next_bundles() {
            let bytes = self.tile(source, tile).await?;
            held += bytes.len();
            tiles.push((tile, bytes));
            if held >= ENTRIES_HELD {
                break;
            }
        }
        let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
        let threads = threads.min(NonZero::new(THREADS_MAX).unwrap_or(threads));
        Ok(Bundle::read_all(&tiles, check.wants_rules(), threads).into())
    }

    async fn tile(&self, source: &LogSource, tile: Tile) -> Result<Vec<u8>, Failure> {
        source.get(&tile.to_string()).await
    }
}

/// Says what was checked, and what a log alone cannot prove.
fn told(report: &mut Report, checkpoint: &Checkpoint, before: Option<&KnownLog>, story: &Story) {
    report.checked(format!(
        "all {} entries, numbered without a gap, and every tile lead to the checkpoint's root",
        checkpoint.size
    ));
    match before {
        Some(log) => report.checked(format!("it begins with the {} entries that were seen before", log.size)),
        None => report.not_proven(
            "that nobody was shown another history before: this is the first look at this log, which the next one rests on",
        ),
    }
    report.checked(format!(
        "{} reads of {} records rest each on a grant that was live and covered them",
        story.reads, story.records
    ));
    report.checked(format!(
        "{} grants began with an approval of what they allow; {} are open now",
        story.grants, story.open_grants
    ));
    report.checked(format!("no grant outlived its case, of {} cases", story.cases));
    if story.signed > 0 {
        report.checked(format!(
            "{} decisions are signed by passkeys that were enrolled before, each over what it decided",
            story.signed
        ));
    }
    if story.automatic > 0 {
        report.checked(format!(
            "{} approvals were recorded by the service for a person who had approved in another organisation",
            story.automatic
        ));
    }
    for place in &story.adopted {
        report
            .checked(format!("at entry {place} an operator let the log go on after the heads file was lost"));
    }
    if story.grants_of_other_cases > 0 {
        report.not_proven(format!(
            "when the cases of {} grants were closed: they belong to other organisations' logs",
            story.grants_of_other_cases
        ));
    }
    report.not_proven("that nothing was read without leaving an entry: no log can show what is not in it");
}
