//! `vouchsafe verify`

use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;
use vouchsafe_client::{Client, Token};
use vouchsafe_log::note::VerifierKey;
use vouchsafe_log::policy::Policy;

use crate::cli::Global;
use crate::failure::Failure;
use crate::output::Output;
use crate::pack::PACK_BYTES_MAX;
use crate::session::token_for;
use crate::verify::known::Known;
use crate::verify::{LogSource, Report, Verifier};

/// Bytes of a receipt or policy at most.
const FILE_BYTES_MAX: u64 = 16 * 1_024 * 1_024;

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A receipt, an evidence pack (zip), a folder with a log's checkpoint and tiles, or the address of a log (https://HOST/log/TENANT)
    #[arg(value_name = "FILE|DIR|URL")]
    target: String,
    /// Verifier key of the log, as your vendor publishes it; may be given several times
    #[arg(long = "key", value_name = "KEY")]
    keys: Vec<VerifierKey>,
    /// Trust policy (C2SP tlog-policy): which logs are known, and which witnesses must have seen a checkpoint
    #[arg(long, value_name = "FILE", conflicts_with = "keys")]
    policy: Option<PathBuf>,
    /// File that keeps what was seen of each log, for the next time
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
}

impl Verify {
    pub(crate) async fn run(self, global: &Global) -> Result<(), Failure> {
        let out = Output::new(global.output);
        let policy = self.policy.as_deref().map(policy).transpose()?;
        let known = Known::load(self.state.as_deref())?;
        let mut verifier = Verifier { policy, keys: self.keys, known };
        let path = Path::new(&self.target);
        let report: Report = if let Some(source) = log_source(global, &self.target)? {
            checked(&mut verifier, &source).await?
        } else if is_zip(path)? {
            let failed = |source| Failure::File { path: path.to_owned(), source };
            let file = std::fs::File::open(path).map_err(failed)?;
            if file.metadata().map_err(failed)?.len() > PACK_BYTES_MAX {
                return Err(Failure::Usage(format!(
                    "{} is larger than {PACK_BYTES_MAX} bytes",
                    path.display()
                )));
            }
            verifier.pack(BufReader::new(file))
        } else {
            verifier.receipt(&text(path)?)
        };
        report.print(&out, &self.target)
    }
}

async fn checked(verifier: &mut Verifier, source: &LogSource) -> Result<Report, Failure> {
    let bar = indicatif::ProgressBar::new(0);
    bar.set_message(source.name());
    let report = verifier.log(source, |taken, size| {
        bar.set_length(size);
        bar.set_position(taken);
    });
    let report = report.await;
    bar.finish_and_clear();
    report
}

/// A log by its address or its folder; none if it is neither.
pub(crate) fn log_source(global: &Global, target: &str) -> Result<Option<LogSource>, Failure> {
    let path = Path::new(target);
    if target.starts_with("https://") || target.starts_with("http://") {
        server(global, target).map(Some)
    } else {
        Ok(path.is_dir().then(|| LogSource::Folder(path.to_owned())))
    }
}

/// A log's address: the server's, `/log/`, and the tenant. Its token goes to that server only.
fn server(global: &Global, address: &str) -> Result<LogSource, Failure> {
    let wrong = || Failure::Usage(format!("`{address}` is no address of a log: https://HOST/log/TENANT"));
    let (server, tenant) = address.trim_end_matches('/').rsplit_once("/log/").ok_or_else(wrong)?;
    let tenant = tenant.parse().map_err(|_| wrong())?;
    let client = Client::new(server, Token::new(token_for(global, server)?)?)?;
    Ok(LogSource::Server { client, tenant })
}

/// Whether a file begins as a zip does (APPNOTE 4.3.7; an empty one begins with its end, 4.3.16).
fn is_zip(path: &Path) -> Result<bool, Failure> {
    let mut start = [0; 4];
    let file = std::fs::File::open(path);
    let read = file.and_then(|file| file.take(4).read(&mut start));
    read.map_err(|source| Failure::File { path: path.to_owned(), source })?;
    Ok(matches!(&start, b"PK\x03\x04" | b"PK\x05\x06"))
}

fn policy(path: &Path) -> Result<Policy, Failure> {
    text(path)?.parse().map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))
}

/// A text file of bounded size.
fn text(path: &Path) -> Result<String, Failure> {
    let failed = |source| Failure::File { path: path.to_owned(), source };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > FILE_BYTES_MAX {
        return Err(Failure::Usage(format!("{} is larger than {FILE_BYTES_MAX} bytes", path.display())));
    }
    std::fs::read_to_string(path).map_err(failed)
}
