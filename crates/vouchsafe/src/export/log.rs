//! A tenant's log in a folder: the checkpoint and all of its tiles, as `vouchsafe verify` reads them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use vouchsafe_client::id::TenantId;
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::note::Note;
use vouchsafe_log::tile::{TILE_WIDTH, Tile, TileKind, read_entries, read_hashes};

use crate::failure::Failure;
use crate::session::Session;

/// Name of the checkpoint in the folder.
const CHECKPOINT: &str = "checkpoint";

/// Brings the folder up to the newest checkpoint. That is written last: until then the folder is what it was.
pub(crate) async fn export(session: &Session, folder: &Path) -> Result<(), Failure> {
    let tenant = session.client.me().await?.body.tenant_id;
    let bytes = session.client.log_checkpoint(tenant).await?;
    let newest = claimed(&bytes)?;
    let before = known(folder)?;
    if let Some(before) = before.filter(|before| before.origin != newest.origin || before.size > newest.size)
    {
        return Err(Failure::Usage(format!(
            "{} holds {} entries of {}; the server shows {} of {}. Keep the folder as it is, and name another",
            folder.display(),
            before.size,
            before.origin,
            newest.size,
            newest.origin
        )));
    }
    let bar = indicatif::ProgressBar::new(newest.size.div_ceil(TILE_WIDTH));
    let fetched = tiles(session, tenant, folder, newest.size, &bar).await;
    bar.finish_and_clear();
    let fetched = fetched?;
    write(&folder.join(CHECKPOINT), &bytes)?;
    for tile in Tile::of_tree(newest.size) {
        forget_narrower(folder, tile)?;
    }
    session.out.note(&format!("{}: {} entries, {fetched} tiles fetched", folder.display(), newest.size))?;
    session.out.note(&format!("Check it with: vouchsafe verify {}", folder.display()))
}

/// Fetches the tiles that are not there; says how many that were.
async fn tiles(
    session: &Session,
    tenant: TenantId,
    folder: &Path,
    size: u64,
    bar: &indicatif::ProgressBar,
) -> Result<u64, Failure> {
    let mut fetched = 0;
    for tile in Tile::of_tree(size) {
        let path = folder.join(tile.to_string());
        if !is_there(&path, tile)? {
            let bytes = session.client.log_tile(tenant, &tile.to_string()).await?;
            if !is_whole(tile, &bytes) {
                return Err(Failure::Usage(format!("the server's {tile} is no tile of that width")));
            }
            write(&path, &bytes)?;
            fetched += 1;
        }
        if tile.kind == TileKind::Entries {
            bar.inc(1);
        }
    }
    Ok(fetched)
}

/// What a checkpoint claims, without belief: `vouchsafe verify` checks its signature.
fn claimed(bytes: &[u8]) -> Result<Checkpoint, Failure> {
    let note: Result<Note, _> = String::from_utf8_lossy(bytes).parse();
    let claimed = note
        .map_err(|error| error.to_string())
        .and_then(|note| note.text().parse::<Checkpoint>().map_err(|error| error.to_string()));
    claimed.map_err(|error| Failure::Usage(format!("the checkpoint cannot be read: {error}")))
}

fn known(folder: &Path) -> Result<Option<Checkpoint>, Failure> {
    let path = folder.join(CHECKPOINT);
    match fs::read(&path) {
        Ok(bytes) => claimed(&bytes).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Failure::File { path, source }),
    }
}

fn is_there(path: &Path, tile: Tile) -> Result<bool, Failure> {
    match fs::read(path) {
        Ok(bytes) => Ok(is_whole(tile, &bytes)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(false)
        }
        Err(source) => Err(Failure::File { path: path.to_owned(), source }),
    }
}

fn is_whole(tile: Tile, bytes: &[u8]) -> bool {
    match tile.kind {
        TileKind::Entries => read_entries(tile.width, bytes).is_ok(),
        TileKind::Hashes(_) => read_hashes(tile.width, bytes).is_ok(),
    }
}

/// Removes what was published of a tile when the log was smaller.
fn forget_narrower(folder: &Path, tile: Tile) -> Result<(), Failure> {
    let widest = Tile { width: 256, ..tile };
    let narrow = PathBuf::from(format!("{}.p", folder.join(widest.to_string()).display()));
    let keep = folder.join(tile.to_string());
    let failed = |source| Failure::File { path: narrow.clone(), source };
    let Ok(listed) = fs::read_dir(&narrow) else { return Ok(()) };
    if u64::from(tile.width) == TILE_WIDTH {
        return fs::remove_dir_all(&narrow).map_err(failed);
    }
    for file in listed {
        let path = file.map_err(failed)?.path();
        if path != keep {
            fs::remove_file(&path).map_err(failed)?;
        }
    }
    Ok(())
}

/// Writes a file under another name first, so that none is ever half there.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |source| Failure::File { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let draft = path.with_file_name(name);
    fs::write(&draft, bytes).and_then(|()| fs::rename(&draft, path)).map_err(failed)
}
