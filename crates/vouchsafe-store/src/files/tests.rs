use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use object_store::memory::InMemory;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;
use vouchsafe_core::id::Id as _;

use super::*;
use crate::seal::new_key;

fn folder(objects: Arc<dyn ObjectStore>, key: Key) -> Folder {
    let uuid = uuid::Uuid::from_u128(7);
    Files { objects }.folder(TenantId::from_uuid(uuid), DataCollectionId::from_uuid(uuid), key)
}

fn fresh() -> Folder {
    folder(Arc::new(InMemory::new()), new_key())
}

fn content(bytes: u64) -> Vec<u8> {
    (0..bytes).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect()
}

async fn store(folder: &Folder, file: &str, content: &[u8]) -> Written {
    let mut writer = folder.write(file).await.unwrap();
    for part in content.chunks(100_003) {
        writer.write(part).await.unwrap();
    }
    writer.finish().await.unwrap()
}

async fn all(folder: &Folder, file: &str) -> Result<Vec<u8>, StoreError> {
    let (mut reader, mut found) = (folder.read(file).await?, Vec::new());
    while let Some(piece) = reader.next().await? {
        found.extend(piece);
    }
    Ok(found)
}

async fn objects(folder: &Folder) -> Vec<ObjectPath> {
    let mut found: Vec<_> =
        folder.objects.list(None).map_ok(|object| object.location).try_collect().await.unwrap();
    found.sort();
    found
}

#[tokio::test]
async fn files_of_every_length_come_back_with_their_hash() {
    let folder = fresh();
    for bytes in [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, 2 * PIECE_BYTES + 9] {
        let (file, content) = (bytes.to_string(), content(bytes));
        let written = store(&folder, &file, &content).await;
        assert_eq!(written, Written { bytes, sha256: Sha256::digest(&content).into() });
        assert_eq!(folder.held(&file).await.unwrap(), Held { bytes, complete: true });
        assert!(all(&folder, &file).await.unwrap() == content, "{bytes}");
    }
}

#[tokio::test]
async fn an_upload_that_was_cut_goes_on_after_its_last_whole_piece() {
    let (folder, content) = (fresh(), content(3 * PIECE_BYTES + 5));
    let mut writer = folder.write("a").await.unwrap();
    writer.write(&content[..usize::try_from(2 * PIECE_BYTES).unwrap() + 17]).await.unwrap();
    drop(writer);
    assert!(matches!(folder.read("a").await, Err(StoreError::Corrupt(_))));
    let held = folder.held("a").await.unwrap();
    assert_eq!(held, Held { bytes: 2 * PIECE_BYTES, complete: false });
    let mut writer = folder.write("a").await.unwrap();
    writer.write(&content[usize::try_from(held.bytes).unwrap()..]).await.unwrap();
    let written = writer.finish().await.unwrap();
    assert_eq!(written.sha256, <[u8; 32]>::from(Sha256::digest(&content)));
    assert!(all(&folder, "a").await.unwrap() == content);
    assert!(folder.write("a").await.is_err(), "a whole file takes nothing more");
}

#[tokio::test]
async fn a_pause_keeps_a_full_piece() {
    let folder = fresh();
    let mut writer = folder.write("a").await.unwrap();
    writer.write(&content(PIECE_BYTES)).await.unwrap();
    assert_eq!(writer.stored(), 0);
    assert_eq!(writer.pause().await.unwrap(), PIECE_BYTES);
    assert_eq!(folder.held("a").await.unwrap(), Held { bytes: PIECE_BYTES, complete: false });
}

#[tokio::test]
async fn nothing_stands_in_clear_and_every_changed_piece_is_found() {
    let folder = fresh();
    let content = [b"marker".as_slice(), &content(2 * PIECE_BYTES)].concat();
    store(&folder, "secret name.har", &content).await;
    let places = objects(&folder).await;
    assert_eq!(places.len(), 3);
    for place in &places {
        assert!(!place.as_ref().contains("secret"), "{place}");
        let before = folder.objects.get(place).await.unwrap().bytes().await.unwrap();
        assert!(!before.windows(6).any(|window| window == b"marker"));
        let mut changed = before.to_vec();
        changed[1_000.min(before.len() - 1)] ^= 1;
        folder.objects.put(place, changed.into()).await.unwrap();
        assert!(all(&folder, "secret name.har").await.is_err(), "{place} changed");
        folder.objects.put(place, before.into()).await.unwrap();
    }
    assert!(all(&folder, "secret name.har").await.unwrap() == content);
}

#[tokio::test]
async fn pieces_cannot_be_swapped_dropped_or_made_the_last() {
    let (folder, content) = (fresh(), content(2 * PIECE_BYTES + 9));
    store(&folder, "a", &content).await;
    let places = objects(&folder).await;
    let [first, second, last] = places.as_slice() else { panic!("{places:?}") };
    let kept = folder.objects.get(second).await.unwrap().bytes().await.unwrap();
    folder.objects.copy(first, second).await.unwrap();
    assert!(all(&folder, "a").await.is_err(), "swapped");
    folder.objects.put(second, kept.into()).await.unwrap();
    assert!(all(&folder, "a").await.is_ok());
    folder.objects.delete(last).await.unwrap();
    assert!(folder.read("a").await.is_err(), "its end is gone");
    folder.objects.rename(second, &ObjectPath::from(format!("{second}-last"))).await.unwrap();
    assert!(all(&folder, "a").await.is_err(), "another piece in the place of the last");
}

#[tokio::test]
async fn one_file_or_one_key_never_opens_another() {
    let memory: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let one = folder(Arc::clone(&memory), new_key());
    store(&one, "a", b"first").await;
    let other = folder(memory, new_key());
    assert_eq!(other.held("a").await.unwrap(), Held::default());
    let from = one.file_path("a").join("00000000-last");
    one.objects.copy(&from, &other.file_path("a").join("00000000-last")).await.unwrap();
    one.objects.copy(&from, &one.file_path("b").join("00000000-last")).await.unwrap();
    assert!(all(&other, "a").await.is_err());
    assert!(all(&one, "b").await.is_err());
}

#[tokio::test]
async fn what_is_deleted_is_gone() {
    let (folder, home) = (fresh(), uuid::Uuid::from_u128(7));
    store(&folder, "a", b"first").await;
    store(&folder, "b", b"second").await;
    assert_eq!(folder.bytes().await.unwrap(), 11);
    folder.delete("a").await.unwrap();
    folder.delete("a").await.unwrap();
    assert_eq!(folder.bytes().await.unwrap(), 6);
    let files = Files { objects: Arc::clone(&folder.objects) };
    files.delete(TenantId::from_uuid(home), DataCollectionId::from_uuid(home)).await.unwrap();
    assert_eq!(objects(&folder).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_blocks_reads_anywhere_and_writes() {
    let home = tempfile::tempdir().unwrap();
    let files = Files::in_folder(&home.path().join("files")).unwrap();
    let id = uuid::Uuid::from_u128(7);
    let folder = files.folder(TenantId::from_uuid(id), DataCollectionId::from_uuid(id), new_key());
    let (writer, runtime) = (folder.write("a").await.unwrap(), Handle::current());
    let expected = content(2 * PIECE_BYTES + 9);
    let content = expected.clone();
    let writer = tokio::task::spawn_blocking(move || {
        let mut writer = PieceWriter::new(writer, runtime);
        writer.write_all(&content).unwrap();
        writer.into_inner()
    });
    writer.await.unwrap().finish().await.unwrap();
    let mut reader = folder.read("a").await.unwrap().blocking(Handle::current());
    let reading = tokio::task::spawn_blocking(move || {
        let mut end = Vec::new();
        let at = reader.seek(SeekFrom::End(-20)).unwrap();
        reader.read_to_end(&mut end).unwrap();
        let mut whole = Vec::new();
        reader.seek(SeekFrom::Start(0)).unwrap();
        reader.read_to_end(&mut whole).unwrap();
        (at, end, whole)
    });
    let (at, end, whole) = reading.await.unwrap();
    assert!(end == expected[usize::try_from(at).unwrap()..] && whole == expected);
}
