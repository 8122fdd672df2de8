//! What witnesses have signed, against the log that they have signed.

use vouchsafe_core::id::TenantId;
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::note::{Note, SignatureLine, VerifierKey};
use vouchsafe_store::{Published, Reader};

use super::FsckReport;
use crate::AppError;

/// Each stored cosignature: of this log as far as the log goes, by the witness whose it is said to be, and, where the key is
/// known, right.
pub(super) async fn cosigned(
    reader: &mut Reader,
    tenant: TenantId,
    published: &Published,
    witnesses: &[VerifierKey],
    report: &mut FsckReport,
) -> Result<(), AppError> {
    let origin = published.note.text().lines().next().unwrap_or_default().to_owned();
    for stored in reader.cosignatures(tenant).await? {
        let by = &stored.witness;
        if stored.head.size > published.head.size {
            let size = stored.head.size;
            report.fault(tenant, format_args!("{by} has signed {size} entries, more than were published"));
            continue;
        }
        let edge = reader.frontier(tenant, stored.head.size).await;
        if edge.is_ok_and(|edge| edge.root() != stored.head.root) {
            let size = stored.head.size;
            report.fault(tenant, format_args!("its first {size} entries are not those that {by} has signed"));
            continue;
        }
        let checkpoint = Checkpoint {
            origin: origin.clone(),
            size: stored.head.size,
            root: stored.head.root,
            extensions: Vec::new(),
        };
        if let Err(what) = one(&checkpoint, by, &stored.line, witnesses) {
            report.fault(tenant, format_args!("the cosignature of {by} {what}"));
        }
    }
    Ok(())
}

fn one(checkpoint: &Checkpoint, by: &str, line: &str, witnesses: &[VerifierKey]) -> Result<(), &'static str> {
    let line: SignatureLine = line.trim_end().parse().map_err(|_| "is no signature line")?;
    if line.name != by {
        return Err("names another witness");
    }
    let keys: Vec<VerifierKey> = witnesses.iter().filter(|key| key.name() == by).cloned().collect();
    if keys.is_empty() {
        return Ok(());
    }
    let mut note = Note::new(checkpoint.to_string()).map_err(|_| "is of no checkpoint")?;
    note.add(line);
    note.verify(&keys).map(drop).map_err(|_| "is wrong")
}
