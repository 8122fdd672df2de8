//! The entries of a log for a SIEM, oldest first, from where the last run got.
//!
//! Entries become visible in the order of their places in the log, so the place after the last one that was written is
//! all that a cursor has to hold.

use std::path::Path;

use serde::{Deserialize, Serialize};
use vouchsafe_client::Answer;
use vouchsafe_client::api::audit::DirectoryAudit;
use vouchsafe_client::api::collection::Collection;
use vouchsafe_client::api::query::{MAX_TOP, OrderBy, QueryOptions};

use super::ocsf;
use super::raw::{older, raw};
use super::sink::Sink;
use crate::command::export::Shape;
use crate::config;
use crate::failure::Failure;
use crate::session::Session;

/// How far an export got.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cursor {
    /// The tenant whose log it is.
    tenant: String,
    /// `graph` or `ocsf`.
    format: String,
    /// The place of the next entry.
    next: u64,
    /// The file that was written to; empty for the standard output.
    pub(super) file: String,
    /// How long that file was.
    pub(super) bytes: u64,
}

/// The key under which an entry's place in the log stands in its details.
const SEQUENCE: &str = "sequence";

/// Writes what is new.
pub(crate) async fn export(
    session: &Session,
    shape: Shape,
    since: Option<&Path>,
    to: &Path,
) -> Result<(), Failure> {
    let tenant = session.client.me().await?.body.tenant_id.to_string();
    let mut cursor = match since {
        Some(path) => config::load::<Cursor>(path)?,
        None => Cursor::default(),
    };
    cursor.goes_on(&tenant, shape)?;
    let mut sink = Sink::open(to, since.is_some().then_some(&cursor))?;
    let mut written = 0_u64;
    let query = QueryOptions {
        filter: Some(format!("{SEQUENCE} ge {}", cursor.next)),
        orderby: vec![OrderBy { path: SEQUENCE.to_owned(), descending: false }],
        top: MAX_TOP,
        ..QueryOptions::default()
    };
    let mut pages = session.client.directory_audits(&query);
    while let Some(page) = pages.next().await? {
        let (text, next) = lines(&page, shape, &tenant, cursor.next)?;
        sink.write(text.as_bytes())?;
        written += u64::try_from(page.body.value.len()).unwrap_or(u64::MAX);
        cursor.next = next;
        if let Some(path) = since {
            // The entries are on disk before the cursor says so; what was written after it is cut off next time.
            (cursor.file, cursor.bytes) = sink.settled()?;
            config::save(path, &cursor)?;
        }
    }
    sink.finish()?;
    if to == Path::new("-") {
        return Ok(());
    }
    session.out.note(&format!("{}: {written} entries", to.display()))
}

impl Cursor {
    /// Whether it belongs to this export; a new one is made to.
    fn goes_on(&mut self, tenant: &str, shape: Shape) -> Result<(), Failure> {
        let format = match shape {
            Shape::Graph => "graph",
            Shape::Ocsf => "ocsf",
        };
        if self.tenant.is_empty() {
            (self.tenant, self.format) = (tenant.to_owned(), format.to_owned());
        }
        if self.tenant != tenant {
            return Err(Failure::Usage(format!(
                "the cursor is of the tenant {}, not of {tenant}",
                self.tenant
            )));
        }
        if self.format != format {
            return Err(Failure::Usage(format!("the cursor is of an export in the shape {}", self.format)));
        }
        Ok(())
    }
}

/// A page as lines, and the place after its last entry.
fn lines(
    page: &Answer<Collection<DirectoryAudit>>,
    shape: Shape,
    tenant: &str,
    mut next: u64,
) -> Result<(String, u64), Failure> {
    let mut text = String::new();
    for (entry, raw) in page.body.value.iter().zip(raw(page)?) {
        let place = place(entry).filter(|place| *place >= next).ok_or_else(older)?;
        next = place + 1;
        match shape {
            // As the server wrote it, with what this program does not know of.
            Shape::Graph => text.push_str(&raw),
            Shape::Ocsf => text.push_str(&ocsf::event(entry, tenant, place).to_string()),
        }
        text.push('\n');
    }
    Ok((text, next))
}

/// The place of an entry in its log.
pub(crate) fn place(entry: &DirectoryAudit) -> Option<u64> {
    let detail = entry.additional_details.iter().find(|detail| detail.key == SEQUENCE)?;
    detail.value.parse().ok()
}
