//! `vouchsafe collect`

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::ProgressBar;
use vouchsafe_client::api::data_collection::DataCollection;
use vouchsafe_client::id::DataCollectionId;
use vouchsafe_client::{Answer, ClientError, Upload};
use vouchsafe_scrub::{Limits, Report, Source, scrub};

use crate::argument::categories;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::table::Table;

/// How often an upload goes on after a cut.
const CUTS_MAX: u32 = 5;
/// Places that are shown of one file.
const PLACES_SHOWN: usize = 20;
/// Random bytes in the name of the folder of cleaned files.
const FOLDER_BYTES: usize = 8;

/// `vouchsafe collect`
#[derive(Debug, Args)]
pub(crate) struct Collect {
    /// Id of the data collection (dc_…)
    id: DataCollectionId,
    /// Exports, logs, HAR files and archives
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Send without asking
    #[arg(long)]
    yes: bool,
    /// Put the files in, and leave it to somebody else to send them
    #[arg(long)]
    keep: bool,
    /// Go on where an earlier upload of the same files was cut
    #[arg(long)]
    resume: bool,
}

/// A file that is ready to be sent.
struct Cleaned {
    name: String,
    path: PathBuf,
    bytes: u64,
    report: Report,
}

/// A folder that goes with the command.
struct Workshop(PathBuf);

impl Workshop {
    fn open() -> Result<Self, Failure> {
        let mut random = [0; FOLDER_BYTES];
        getrandom::fill(&mut random).map_err(|error| Failure::Local(io::Error::other(error)))?;
        let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = std::env::temp_dir().join(format!("vouchsafe-collect-{name}"));
        let made = made_private(&path);
        made.map_err(|source| Failure::File { path: path.clone(), source })?;
        Ok(Self(path))
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What stays is clean of secrets, and in a folder of the person's own.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(unix)]
fn made_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn made_private(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

impl Collect {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let asked = session.client.data_collection(self.id).await?;
        show_wish(&session.out, &asked.body)?;
        let workshop = Workshop::open()?;
        let mut cleaned = Vec::new();
        for (number, path) in self.files.iter().enumerate() {
            cleaned.push(clean(path, &workshop.0.join(number.to_string()))?);
        }
        show_files(&session.out, &cleaned)?;
        if !self.yes && !confirmed(&session.out, &asked.body, cleaned.len())? {
            return session.out.note("Nothing was sent.");
        }
        let mut last = asked;
        for file in &cleaned {
            last = self.send(session, file).await?;
        }
        if !self.keep {
            last = session.client.submit_collection(self.id).await?;
        }
        session.out.answer(&last, |collection| {
            format!("{} is {}, with {} files.", collection.id, collection.status, collection.files.len())
        })
    }

    /// Sends one file, and goes on after a cut.
    async fn send(&self, session: &Session, file: &Cleaned) -> Result<Answer<DataCollection>, Failure> {
        let (mut from, mut cuts) = (0, 0);
        if self.resume {
            match session.client.upload_place(self.id, &file.name).await? {
                Upload::More(next) if next <= file.bytes => from = next,
                Upload::More(_) => {}
                Upload::Done(answer) => return Ok(*answer),
            }
        }
        let bar = ProgressBar::new(file.bytes);
        bar.set_message(file.name.clone());
        loop {
            let reader = opened_at(&file.path, from)?;
            let progress = bar.clone();
            bar.set_position(from);
            let to = (from, file.bytes);
            let tell = move |bytes| progress.inc(bytes);
            from = match session.client.upload(self.id, &file.name, to, reader, tell).await {
                Ok(Upload::Done(answer)) => {
                    bar.finish_and_clear();
                    return Ok(*answer);
                }
                Ok(Upload::More(next)) => next,
                Err(ClientError::Unreachable { .. }) if cuts < CUTS_MAX => {
                    match session.client.upload_place(self.id, &file.name).await? {
                        Upload::More(next) => next,
                        Upload::Done(answer) => return Ok(*answer),
                    }
                }
                Err(error) => return Err(error.into()),
            };
            cuts += 1;
        }
    }
}

fn opened_at(path: &Path, from: u64) -> Result<File, Failure> {
    let open = || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        Ok(file)
    };
    open().map_err(|source| Failure::File { path: path.to_owned(), source })
}

/// Cleans a file of secrets, as the server does once more.
fn clean(path: &Path, to: &Path) -> Result<Cleaned, Failure> {
    let failed = |source| Failure::File { path: path.to_owned(), source };
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| Failure::Usage(format!("{} has no plain name", path.display())))?;
    let input = BufReader::new(File::open(path).map_err(failed)?);
    let mut output = BufWriter::new(File::create(to).map_err(failed)?);
    let report = scrub(Source { name, declared: None }, input, &mut output, &Limits::default());
    let report = report.map_err(|refusal| Failure::Usage(format!("{}: {refusal}", path.display())))?;
    output.flush().map_err(failed)?;
    let bytes = fs::metadata(to).map_err(failed)?.len();
    Ok(Cleaned { name: name.to_owned(), path: to.to_owned(), bytes, report })
}

fn show_wish(out: &Output, asked: &DataCollection) -> Result<(), Failure> {
    out.note(&format!(
        "{} asks for {}, for support request {}:\n{}\n",
        asked.requested_by.display_name,
        categories(&asked.data_categories),
        asked.support_request_number,
        asked.instructions
    ))
}

fn show_files(out: &Output, files: &[Cleaned]) -> Result<(), Failure> {
    let mut table = Table::new(&["File", "Bytes", "Taken out"]);
    for file in files {
        let counts = file.report.counts.iter().map(|(kind, count)| format!("{count} {}", kind.name()));
        let counts: Vec<String> = counts.collect();
        let removed = if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") };
        table.row([file.name.clone(), file.bytes.to_string(), removed]);
    }
    out.note(&table.render(None))?;
    for finding in files.iter().flat_map(|file| file.report.findings.iter().take(PLACES_SHOWN)) {
        out.note(&format!("  {}, {}: {}", finding.path, finding.place, finding.kind.name()))?;
    }
    Ok(())
}

/// Asks. What is no terminal, or no yes, is no.
fn confirmed(out: &Output, asked: &DataCollection, files: usize) -> Result<bool, Failure> {
    out.note(&format!("Send {files} files for support request {}? [y/N]", asked.support_request_number))?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(Failure::Local)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
