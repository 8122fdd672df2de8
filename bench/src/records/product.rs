//! The product, as it is shipped: a server in a process of its own, spoken to over HTTP alone, by the contract of
//! `api.md`. All that this benchmark knows of it is here and in the modules below.

mod access;
mod import;
mod path;
mod server;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

pub(crate) use access::Access;
pub(crate) use import::load;
pub(crate) use server::serve_as_child;

use self::server::{Side, Started};
use super::data::SignIns;
use super::question::{Question, Rows};
use crate::http::{Connection, Script, drive, request};
use crate::machine::processor_seconds;

/// Of so many stored records the second tenant has one: to see what grows with rows stored.
pub(crate) const SMALLER: usize = 10;

/// A running server with the sign-ins in it.
#[derive(Debug)]
pub(crate) struct Product {
    started: Started,
    connection: Connection,
    counting: Option<Access>,
}

/// One of the two tenants with sign-ins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    /// All of the file.
    All,
    /// One of [`SMALLER`].
    Part,
}

impl Product {
    /// Starts a server on a folder that was loaded before.
    pub(crate) async fn on(folder: &Path) -> Self {
        let started = Started::on(folder);
        let connection = Connection::open(started.address()).await;
        Self { started, connection, counting: None }
    }

    /// Imports the beginning of the file into the second tenant, if it is not there yet.
    pub(crate) fn import_part(&self, file: &SignIns) {
        let bytes = file.bytes_of_first(file.count / SMALLER);
        import::send(self.started.address(), &self.side(Stored::Part).feed, &file.path, bytes);
    }

    /// Runs the scripts for so long; answers a second, and the server's processor time of one in milliseconds.
    pub(crate) async fn drive(&self, scripts: Vec<Script>, lasts: Duration) -> (f64, f64) {
        let server = self.started.process();
        let (before, begun) = (processor_seconds(server), Instant::now());
        let rate = drive(self.started.address(), scripts, lasts).await;
        let answers = rate * begun.elapsed().as_secs_f64();
        (rate, (processor_seconds(server) - before) * 1e3 / answers)
    }

    fn side(&self, stored: Stored) -> &Side {
        self.started.side(stored)
    }

    /// Asks; the rows, and how many milliseconds it took until the whole answer was there. Lists are asked for as the
    /// tenant's own reader, unmasked and without a record. Counts are there under a grant only, with their record.
    /// `None` if the product refuses, as it does what takes too long.
    pub(crate) async fn ask(&mut self, question: &Question) -> Option<(Rows, f64)> {
        let request = if question.counts() {
            self.counting().await.question(question)
        } else {
            let path = format!("/v1.0{}", path::of(question));
            request("GET", &path, &self.side(Stored::All).reader, "")
        };
        let begun = Instant::now();
        let answer = self.connection.ask(&request).await;
        let took = begun.elapsed().as_secs_f64() * 1e3;
        if answer.status != 200 {
            eprintln!("refused: {question:?}: {}", String::from_utf8_lossy(answer.body));
            return None;
        }
        let body: Value = serde_json::from_slice(answer.body).unwrap();
        Some((path::rows(question, &body), took))
    }

    /// The access under which counts are asked for; got at the first.
    async fn counting(&mut self) -> &Access {
        if self.counting.is_none() {
            self.counting = Some(Access::to(self, Stored::All).await);
        }
        self.counting.as_ref().unwrap()
    }

    /// A page of so many newest as the tenant's own reader.
    pub(crate) fn own_page(&self, stored: Stored, rows: usize) -> Vec<u8> {
        request("GET", &format!("/v1.0{}", path::newest(rows)), &self.side(stored).reader, "")
    }

    /// Sends a request and waits for its answer; how many milliseconds it took.
    pub(crate) async fn time(&mut self, request: &[u8]) -> f64 {
        let begun = Instant::now();
        let answer = self.connection.ask(request).await;
        let took = begun.elapsed().as_secs_f64() * 1e3;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(answer.body));
        took
    }

    /// How many records the answer to a request holds.
    pub(crate) async fn rows_of(&mut self, request: &[u8]) -> usize {
        let answer = self.connection.ask(request).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(answer.body));
        let body: Value = serde_json::from_slice(answer.body).unwrap();
        body["value"].as_array().map_or(0, Vec::len)
    }
}

/// Where the product keeps the records, in its folder.
fn records(folder: &Path) -> PathBuf {
    folder.join("vouchsafe/records")
}
