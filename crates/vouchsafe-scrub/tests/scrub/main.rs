//! What the scrubber promises, of files made for it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod archives;
mod corpus;
mod properties;

use std::io::Cursor;
use vouchsafe_scrub::{Limits, Refusal, Report, Source, scrub};

fn clean(name: &str, bytes: &[u8]) -> Result<(Vec<u8>, Report), Refusal> {
    let mut out = Vec::new();
    let report = scrub(Source { name, declared: None }, Cursor::new(bytes), &mut out, &Limits::default())?;
    Ok((out, report))
}
