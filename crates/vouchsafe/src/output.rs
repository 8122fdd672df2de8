//! The only place that writes to the standard streams.

use std::io::{self, IsTerminal, Write};

use jiff::tz::TimeZone;
use vouchsafe_client::Answer;
use vouchsafe_client::time::Timestamp;

use crate::cli::Format;
use crate::failure::Failure;
use crate::table::Table;

/// Writes results to the standard output and notes to the standard error stream.
#[derive(Debug)]
pub(crate) struct Output {
    format: Format,
    zone: TimeZone,
    width: Option<u16>,
}

impl Output {
    /// An output as the options and the terminal ask for.
    pub(crate) fn new(format: Format) -> Self {
        let width = io::stdout().is_terminal().then(|| console::Term::stdout().size().1);
        Self { format, zone: TimeZone::system(), width }
    }

    /// Whether results go out as JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// An instant for people, in their time zone.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        at.to_jiff().to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
    }

    /// An instant that may be missing.
    pub(crate) fn time_or(&self, at: Option<Timestamp>, missing: &str) -> String {
        at.map_or_else(|| missing.to_owned(), |at| self.time(at))
    }

    /// The name of the time zone, if it has one.
    pub(crate) fn zone_name(&self) -> Option<&str> {
        self.zone.iana_name()
    }

    /// The answer to an act: JSON as it came, or what `words` make of it.
    pub(crate) fn answer<T>(
        &self,
        answer: &Answer<T>,
        words: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if self.is_json() { self.json(&answer.raw) } else { self.line(&words(&answer.body)) }
    }

    /// One thing in full: JSON as it came, or a table of its properties.
    pub(crate) fn thing<T>(&self, answer: &Answer<T>, rows: impl FnOnce(&T) -> Table) -> Result<(), Failure> {
        if self.is_json() { self.json(&answer.raw) } else { self.table(&rows(&answer.body)) }
    }

    /// A JSON text as the server sent it, on a line of its own.
    pub(crate) fn json(&self, raw: &str) -> Result<(), Failure> {
        write(&mut io::stdout().lock(), raw.trim_end())
    }

    /// A table: fitted to the terminal, or tab-separated if the output goes elsewhere.
    pub(crate) fn table(&self, table: &Table) -> Result<(), Failure> {
        write(&mut io::stdout().lock(), &table.render(self.width))
    }

    /// A line of the result.
    pub(crate) fn line(&self, text: &str) -> Result<(), Failure> {
        write(&mut io::stdout().lock(), &plain(text))
    }

    /// A line beside the result, for people only.
    pub(crate) fn note(&self, text: &str) -> Result<(), Failure> {
        write(&mut io::stderr().lock(), &plain(text))
    }
}

/// A text that cannot steer a terminal: control characters and direction overrides are replaced. Texts come from
/// people of other organisations.
pub(crate) fn plain(text: &str) -> String {
    let harmless = |c: char| match c {
        '\n' => '\n',
        '\t' => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(harmless).collect()
}

fn write(stream: &mut impl Write, text: &str) -> Result<(), Failure> {
    stream.write_all(text.as_bytes()).and_then(|()| stream.write_all(b"\n")).map_err(Failure::Local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_steer_the_terminal() {
        assert_eq!(plain("a\x1b[2Jb\u{9b}c\u{202e}d\te\n"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d e\n");
    }
}
