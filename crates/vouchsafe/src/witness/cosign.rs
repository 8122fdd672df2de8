//! Signing once, with no server of one's own: the log is looked at where it lies, and the same decision is taken as by a
//! witness that is asked over HTTP.

use std::cell::RefCell;
use std::collections::BTreeMap;

use vouchsafe_log::Hash;
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::note::Note;
use vouchsafe_log::tile::{Tile, TileNodes, read_hashes};
use vouchsafe_log::tree::consistency_proof;
use vouchsafe_log::witness::{AddCheckpoint, Witness};

use super::{State, now};
use crate::failure::Failure;
use crate::verify::LogSource;

/// Tiles that a proof may need at most: two for each level of hashes and side of the tree, and then some.
const PROOF_TILES_MAX: usize = 64;

/// Signs the newest checkpoint of a log if it follows from the last one that was signed. It is kept before it is given.
pub(crate) async fn cosign(source: &LogSource, witness: &Witness, state: &State) -> Result<Note, Failure> {
    let broken = |fault: String| Failure::DoesNotHold { name: source.name(), fault };
    let note = source.checkpoint().await?.map_err(|error| broken(error.to_string()))?;
    let checkpoint: Checkpoint = note
        .text()
        .parse()
        .map_err(|error: vouchsafe_log::checkpoint::CheckpointError| broken(error.to_string()))?;
    let mut request = AddCheckpoint { old: 0, proof: Vec::new(), checkpoint: note };
    let origin = witness.origin(&request).map_err(|refusal| broken(refusal.to_string()))?.to_owned();
    let seen = state.seen(&origin).map_err(Failure::Local)?;
    request.old = seen.map_or(0, |seen| seen.size);
    if request.old > checkpoint.size {
        let fault =
            format!("it has {} entries, but had {} when it was last signed", checkpoint.size, request.old);
        return Err(broken(fault));
    }
    request.proof = proof(source, request.old, checkpoint.size).await?;
    let consistent = witness.decide(&request, seen).map_err(|refusal| broken(refusal.to_string()))?;
    let (note, _) = witness.cosign(&consistent, now());
    state.keep(consistent.origin(), &note).map_err(Failure::Local)?;
    Ok(note)
}

/// The proof that the log begins with its first `old` entries, from the tiles that it needs.
async fn proof(source: &LogSource, old: u64, size: u64) -> Result<Vec<Hash>, Failure> {
    let broken = |fault: String| Failure::DoesNotHold { name: source.name(), fault };
    let mut tiles: BTreeMap<Tile, Vec<Hash>> = BTreeMap::new();
    loop {
        let lacking = RefCell::new(None);
        let tile = |tile: Tile| {
            let known = tiles.get(&tile).cloned();
            if known.is_none() {
                lacking.borrow_mut().get_or_insert(tile);
            }
            known
        };
        let made = consistency_proof(old, size, &TileNodes { size, tile });
        match (made, lacking.into_inner()) {
            (Ok(proof), _) => return Ok(proof),
            (Err(_), Some(tile)) if tiles.len() < PROOF_TILES_MAX => {
                let bytes = source.get(&tile.to_string()).await?;
                let hashes =
                    read_hashes(tile.width, &bytes).map_err(|error| broken(format!("{tile}: {error}")))?;
                tiles.insert(tile, hashes);
            }
            (Err(error), _) => return Err(broken(error.to_string())),
        }
    }
}
