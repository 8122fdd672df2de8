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

/// A value of a query option, percent-encoded (RFC 3986 section 2.1).
pub(crate) fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len() * 2), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}

/// Runs every script on a connection of its own for so long; gives answers a second. An answer other than 200 ends
/// the program. The load has a thread of its own, as that of another process would: on the server's threads each would
/// wake the other's.
pub(crate) async fn drive(address: SocketAddr, scripts: Vec<Script>, lasts: Duration) -> f64 {
    let load = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(all(address, scripts, lasts))
    };
    tokio::task::spawn_blocking(load).await.unwrap()
}

async fn all(address: SocketAddr, scripts: Vec<Script>, lasts: Duration) -> f64 {
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
    let mut connection = Connection::open(address).await;
    let mut answers = 0;
    for request in script.requests.iter().cycle() {
        if Instant::now() >= until {
            break;
        }
        let answer = connection.ask(request).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(answer.body));
        answers += 1;
    }
    answers
}

/// A connection that is kept alive.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What the server said.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(256 * 1024) }
    }

    /// Sends a request and waits for the whole answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Answer<'_> {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        let mut head = None;
        loop {
            assert!(self.stream.read_buf(&mut self.buffer).await.unwrap() > 0, "the server hung up");
            head = head.or_else(|| Head::find(&self.buffer));
            if let Some(Head { status, begins, ends }) = head
                && self.buffer.len() >= ends
            {
                return Answer { status, body: &self.buffer[begins..ends] };
            }
        }
    }
}

/// Status of an answer, and where its body begins and ends.
#[derive(Debug, Clone, Copy)]
struct Head {
    status: u16,
    begins: usize,
    ends: usize,
}

impl Head {
    fn find(bytes: &[u8]) -> Option<Self> {
        let length = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let text = std::str::from_utf8(&bytes[..length]).unwrap();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        let (_, body) = text.split_once("content-length: ").unwrap();
        let digits = body.find('\r').unwrap_or(body.len());
        let begins = length + 4;
        Some(Self { status, begins, ends: begins + body[..digits].parse::<usize>().unwrap() })
    }
}
