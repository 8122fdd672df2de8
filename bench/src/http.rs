//! A load generator of its own, as light as can be: prepared request bytes, keep-alive, just enough of HTTP/1.1 to
//! find the end of an answer.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One client's requests, sent in turn.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) requests: Vec<Vec<u8>>,
}

/// A request's bytes.
pub(crate) fn request(method: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    let body_headers = if body.is_empty() {
        String::new()
    } else {
        format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len())
    };
    format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n{body_headers}\r\n{body}")
        .into_bytes()
}

/// Runs every script on a connection of its own for so long; gives answers a second. An answer other than 200 ends
/// the program.
pub(crate) async fn drive(address: SocketAddr, scripts: Vec<Script>, lasts: Duration) -> f64 {
    let begun = Instant::now();
    let clients: Vec<_> =
        scripts.into_iter().map(|script| tokio::spawn(client(address, script, begun + lasts))).collect();
    let mut answers = 0;
    for client in clients {
        answers += client.await.unwrap();
    }
    f64::from(answers) / begun.elapsed().as_secs_f64()
}

async fn client(address: SocketAddr, script: Script, until: Instant) -> u32 {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = Vec::with_capacity(256 * 1024);
    let mut answers = 0;
    for request in script.requests.iter().cycle() {
        if Instant::now() >= until {
            break;
        }
        stream.write_all(request).await.unwrap();
        buffer.clear();
        answer(&mut stream, &mut buffer).await;
        answers += 1;
    }
    answers
}

async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    let mut end = None;
    loop {
        assert!(stream.read_buf(buffer).await.unwrap() > 0, "the server hung up");
        if end.is_none() {
            let text = std::str::from_utf8(buffer).unwrap();
            end = text.find("\r\n\r\n").map(|head| {
                assert!(text.starts_with("HTTP/1.1 200"), "{text}");
                let (_, length) = text[..head].split_once("content-length: ").unwrap();
                let digits = length.find('\r').unwrap_or(length.len());
                head + 4 + length[..digits].parse::<usize>().unwrap()
            });
        }
        if end.is_some_and(|end| buffer.len() >= end) {
            return;
        }
    }
}
