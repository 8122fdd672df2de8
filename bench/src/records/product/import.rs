//! Importing over HTTP, and what it takes.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Instant;

use serde_json::Value;

use super::Stored;
use super::records;
use super::server::Started;
use crate::machine::{bytes_on_disk, peak_memory, processor_seconds};
use crate::records::data::SignIns;
use crate::records::loading::Load;

/// Largest body of one import, in bytes: below the product's own limit.
const BODY_MAX: u64 = 4 << 30;
/// Longest line that a cut between two bodies looks through, in bytes.
const LINE_MAX: usize = 1 << 20;

/// Imports the file into a new folder's first tenant; what it took of the server, and the bytes on disk.
pub(crate) fn load(folder: &Path, file: &SignIns) -> (Load, u64) {
    let started = Started::on(folder);
    let server = started.process();
    let before = processor_seconds(server);
    let begun = Instant::now();
    let rows = send(started.address(), &started.side(Stored::All).feed, &file.path, file.bytes);
    let seconds = begun.elapsed().as_secs_f64();
    let load = Load {
        rows,
        seconds,
        processor_seconds: processor_seconds(server) - before,
        peak_memory: Some(peak_memory(server)),
    };
    drop(started);
    checkpoint(&records(folder));
    (load, bytes_on_disk(&records(folder)))
}

/// Sends the first bytes of the file, in as many requests as it needs; how many records were in it.
pub(super) fn send(address: SocketAddr, token: &str, path: &Path, bytes: u64) -> u64 {
    let mut file = File::open(path).unwrap();
    let (mut from, mut records) = (0, 0);
    while from < bytes {
        let length = whole_lines(&mut file, from, bytes - from);
        file.seek(SeekFrom::Start(from)).unwrap();
        records += send_one(address, token, &file, length);
        from += length;
    }
    records
}

/// How many bytes of the rest one request takes: up to the end of a line.
fn whole_lines(file: &mut File, from: u64, rest: u64) -> u64 {
    if rest <= BODY_MAX {
        return rest;
    }
    let mut end = vec![0; LINE_MAX];
    file.seek(SeekFrom::Start(from + BODY_MAX - LINE_MAX as u64)).unwrap();
    file.read_exact(&mut end).unwrap();
    let cut = end.iter().rposition(|byte| *byte == b'\n').unwrap();
    BODY_MAX - LINE_MAX as u64 + cut as u64 + 1
}

fn send_one(address: SocketAddr, token: &str, file: &File, length: u64) -> u64 {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /v1.0/diagnostics/import HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\ncontent-type: application/x-ndjson\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    // From file to socket inside the kernel, so that sending costs the server's cores little.
    std::io::copy(&mut file.take(length), &mut stream).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let body: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body["rejected"], 0, "{body}");
    body["received"].as_u64().unwrap()
}

/// Brings what stands in write-ahead logs into the files, as for every engine before its disk is measured.
fn checkpoint(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            checkpoint(&path);
        } else if path.extension().is_some_and(|extension| extension == "sqlite") {
            let connection = rusqlite::Connection::open(&path).unwrap();
            connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        }
    }
}
