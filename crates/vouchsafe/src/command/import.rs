//! `vouchsafe import`, and `vouchsafe requests import`

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use vouchsafe_client::ImportSource;
use vouchsafe_client::api::import::ImportResult;

use crate::failure::Failure;
use crate::session::Session;

/// What a file holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum What {
    /// Diagnostic data of the own tenant.
    DiagnosticData,
    /// Requests that were resolved elsewhere.
    ResolvedRequests,
}

/// The files of an import.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Files to import, one after the other; - is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Import {
    pub(crate) async fn run(self, what: What, session: &Session) -> Result<(), Failure> {
        for path in &self.files {
            let (source, bar) = open(path).map_err(|source| Failure::File { path: path.clone(), source })?;
            let progress = bar.clone();
            let source = source.on_progress(move |bytes| progress.inc(bytes));
            let answer = match what {
                What::DiagnosticData => session.client.import(source).await,
                What::ResolvedRequests => session.client.import_resolved_requests(source).await,
            };
            bar.finish_and_clear();
            session.out.answer(&answer?, |result| words(path, result))?;
        }
        Ok(())
    }
}

/// Opens a file and a progress bar over its length; the bar shows itself only on a terminal.
fn open(path: &Path) -> io::Result<(ImportSource, ProgressBar)> {
    if path == Path::new("-") {
        return Ok((ImportSource::new(io::stdin())?, ProgressBar::new_spinner()));
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    let bar = ProgressBar::new(metadata.len());
    let style = "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.set_message(path.display().to_string());
    Ok((ImportSource::new(file)?, bar))
}

fn words(path: &Path, result: &ImportResult) -> String {
    let mut words = format!(
        "{}: {} received, {} imported, {} already present, {} rejected ({})",
        path.display(),
        result.received,
        result.imported,
        result.already_present,
        result.rejected,
        result.id
    );
    for rejection in &result.rejections {
        words.push_str(&format!("\n  line {}: {}", rejection.line, rejection.reason));
    }
    let listed = u64::try_from(result.rejections.len()).unwrap_or(u64::MAX);
    if listed < result.rejected {
        words.push_str(&format!("\n  and {} more", result.rejected - listed));
    }
    words
}
