//! A server that answers a fixed list of replies, one connection each, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

/// A request as it came in.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A reply: status, extra header lines, body.
pub(crate) struct Reply(pub(crate) u16, pub(crate) &'static str, pub(crate) String);

impl Reply {
    pub(crate) fn json(body: &str) -> Self {
        Self(200, "content-type: application/json; charset=utf-8\r\nx-request-id: req-1\r\n", body.to_owned())
    }

    /// An answer that breaks off.
    pub(crate) fn cut(body: &str) -> Self {
        Self(200, CUT, body.to_owned())
    }

    /// No answer: the connection is closed once the question is there.
    pub(crate) fn silence() -> Self {
        Self(0, "", String::new())
    }

    pub(crate) fn problem(status: u16, body: &str) -> Self {
        Self(status, "content-type: application/problem+json\r\nx-request-id: req-2\r\n", body.to_owned())
    }
}

/// Headers of an answer that is longer than what comes of it.
const CUT: &str = "content-type: application/json\r\nx-cut: yes\r\n";
/// What is missing of it.
const MISSING_BYTES: usize = 100;

pub(crate) struct FakeServer {
    pub(crate) url: String,
    thread: JoinHandle<Vec<Asked>>,
}

impl FakeServer {
    pub(crate) fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let thread = std::thread::spawn(move || {
            let serve = |reply: Reply| answer(listener.accept().unwrap().0, &reply);
            replies.into_iter().map(serve).collect()
        });
        Self { url, thread }
    }

    /// What was asked, once every reply has been given.
    pub(crate) fn asked(self) -> Vec<Asked> {
        self.thread.join().unwrap()
    }
}

fn answer(stream: TcpStream, &Reply(status, headers, ref body): &Reply) -> Asked {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = || {
        let mut text = String::new();
        reader.read_line(&mut text).unwrap();
        text.trim_end().to_owned()
    };
    let request_line = line();
    let headers_in: Vec<(String, String)> = std::iter::repeat_with(&mut line)
        .take_while(|text| !text.is_empty())
        .map(|text| text.split_once(": ").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap())
        .collect();
    let length =
        headers_in.iter().find(|(name, _)| name == "content-length").map(|(_, n)| n.parse().unwrap());
    let mut body_in = Vec::new();
    if let Some(length) = length {
        reader.take(length).read_to_end(&mut body_in).unwrap();
    } else if headers_in.iter().any(|(name, _)| name == "transfer-encoding") {
        read_chunks(&mut reader, &mut body_in);
    }
    let mut stream = stream;
    let asked = Asked {
        line: request_line,
        headers: headers_in,
        body: String::from_utf8_lossy(&body_in).into_owned(),
    };
    if status == 0 {
        return asked;
    }
    let length = body.len() + if headers == CUT { MISSING_BYTES } else { 0 };
    let head =
        format!("HTTP/1.1 {status} X\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).unwrap();
    asked
}

fn read_chunks(reader: &mut impl BufRead, body: &mut Vec<u8>) {
    loop {
        let mut size = String::new();
        reader.read_line(&mut size).unwrap();
        let size = u64::from_str_radix(size.trim(), 16).unwrap();
        reader.take(size).read_to_end(body).unwrap();
        reader.read_line(&mut String::new()).unwrap();
        if size == 0 {
            return;
        }
    }
}
