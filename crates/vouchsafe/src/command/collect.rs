//! `vouchsafe collect`

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use indicatif::ProgressBar;
use vouchsafe_client::api::data_collection::DataCollection;
use vouchsafe_client::api::problem::Code;
use vouchsafe_client::id::DataCollectionId;
use vouchsafe_client::{Answer, ClientError, Upload};

use crate::argument::{categories, filter_words};
use crate::collect::bundle::{Bundle, Prepared};
use crate::collect::graph::{self, GRAPH};
use crate::collect::masks::{Key, Wanted};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::table::Table;

/// How often an upload goes on after a cut.
const CUTS_MAX: u32 = 5;
/// How long to wait after one: the server may still be taking in what came before it.
const AFTER_CUT: Duration = Duration::from_secs(1);

/// `vouchsafe collect`
#[derive(Debug, Args)]
pub(crate) struct Collect {
    /// Id of the data collection (dc_…)
    id: DataCollectionId,
    /// Exports, logs, HAR files and archives
    #[arg(value_name = "FILE", required_unless_present_any = ["graph", "resume"], conflicts_with = "resume")]
    files: Vec<PathBuf>,
    /// Read what was asked for from Microsoft Graph, or from the address of what speaks like it
    ///
    /// The token is read from VOUCHSAFE_GRAPH_TOKEN, else from the first line of the standard input.
    #[arg(long, value_name = "URL", num_args = 0..=1, require_equals = true, default_missing_value = GRAPH)]
    graph: Option<String>,
    /// Send records as they are: neither masked nor narrowed to what was asked for
    #[arg(long)]
    as_is: bool,
    /// Keep the key of the masks in this file, and use it again: a value then has the same pseudonym each time
    #[arg(long, value_name = "KEYFILE", conflicts_with = "as_is")]
    mask_key: Option<PathBuf>,
    /// Prepare the files in this folder [default: vouchsafe-ID here]
    #[arg(long, value_name = "FOLDER")]
    bundle: Option<PathBuf>,
    /// Send what an earlier run has prepared, from where its upload was cut
    #[arg(long, conflicts_with_all = ["graph", "as_is", "mask_key"])]
    resume: bool,
    /// Send without asking
    #[arg(long)]
    yes: bool,
    /// Upload the files, and leave it to somebody else to submit them
    #[arg(long)]
    no_submit: bool,
}

impl Collect {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let asked = session.client.data_collection(self.id).await?;
        show_wish(&session.out, &asked.body)?;
        let folder = self.bundle.clone().unwrap_or_else(|| PathBuf::from(format!("vouchsafe-{}", self.id)));
        let bundle = self.prepared(&session.out, &folder, &asked.body).await?;
        show_files(&session.out, &bundle)?;
        if bundle.files.is_empty() {
            bundle.delete();
            return Err(Failure::Usage("there is nothing to send".to_owned()));
        }
        if !self.yes && !confirmed(&session.out, &asked.body, bundle.files.len())? {
            return session.out.note(&format!(
                "Nothing was sent. Look at it in {0}; `vouchsafe collect {1} --resume` sends it, deleting {0} forgets it.",
                bundle.folder().display(),
                self.id
            ));
        }
        let mut last = asked;
        for file in &bundle.files {
            last = self.send(session, &bundle, file, last).await?;
        }
        if !self.no_submit {
            last = session.client.submit_collection(self.id).await?;
        }
        bundle.delete();
        session.out.answer(&last, |collection| {
            format!("{} is {}, with {} files.", collection.id, collection.status, collection.files.len())
        })
    }

    /// What is ready to be sent. What could not be prepared leaves nothing behind.
    async fn prepared(&self, out: &Output, folder: &Path, asked: &DataCollection) -> Result<Bundle, Failure> {
        if self.resume {
            return Bundle::open(folder, self.id);
        }
        let mut bundle = Bundle::create(folder)?;
        match self.prepare(out, &mut bundle, asked).await.and_then(|()| bundle.seal(self.id)) {
            Ok(()) => Ok(bundle),
            Err(failure) => {
                bundle.delete();
                Err(failure)
            }
        }
    }

    async fn prepare(
        &self,
        out: &Output,
        bundle: &mut Bundle,
        asked: &DataCollection,
    ) -> Result<(), Failure> {
        let wanted = Wanted::of(asked);
        let key = match self.as_is {
            true => None,
            false => Some(Key::open(self.mask_key.as_deref(), self.id)?),
        };
        if let Some(base) = &self.graph {
            let source = graph::open(out, base)?;
            bundle.add_graph(out, &source, key.as_ref(), &wanted).await?;
        }
        for path in &self.files {
            bundle.add_file(path, key.as_ref(), &wanted)?;
        }
        Ok(())
    }

    /// Sends one file, and goes on after a cut. What is there already is not sent again.
    async fn send(
        &self,
        session: &Session,
        bundle: &Bundle,
        file: &Prepared,
        last: Answer<DataCollection>,
    ) -> Result<Answer<DataCollection>, Failure> {
        if last.body.files.iter().any(|there| there.name == file.name && there.sha256 == file.sha256) {
            return Ok(last);
        }
        let mut from = 0;
        if self.resume {
            match self.place(session, file).await? {
                Upload::More(next) => from = next,
                Upload::Done(answer) => return Ok(*answer),
            }
        }
        let path = bundle.path(&file.name);
        let bar = ProgressBar::new(file.bytes);
        bar.set_message(file.name.clone());
        for cuts in 0.. {
            let reader = opened_at(&path, from)?;
            let progress = bar.clone();
            bar.set_position(from);
            let to = (from, file.bytes);
            let tell = move |bytes| progress.inc(bytes);
            let sent = match session.client.upload(self.id, &file.name, to, reader, tell).await {
                Err(ClientError::Unreachable { .. }) if cuts < CUTS_MAX => self.place(session, file).await?,
                sent => sent?,
            };
            match sent {
                Upload::Done(answer) => {
                    bar.finish_and_clear();
                    return Ok(*answer);
                }
                Upload::More(next) => from = next,
            }
            if cuts >= CUTS_MAX {
                break;
            }
        }
        Err(Failure::Usage(format!("{} was cut off too often; --resume goes on with it", file.name)))
    }

    /// Where the upload of a file goes on: at its beginning if what is there is of another file.
    async fn place(&self, session: &Session, file: &Prepared) -> Result<Upload, Failure> {
        let mut tries = 0;
        loop {
            tokio::time::sleep(if tries == 0 { Duration::ZERO } else { AFTER_CUT }).await;
            tries += 1;
            match session.client.upload_place(self.id, &file.name).await {
                Ok(Upload::More(next)) => return Ok(Upload::More(if next <= file.bytes { next } else { 0 })),
                Err(error) if tries < CUTS_MAX && passes(&error) => {}
                done => return Ok(done?),
            }
        }
    }
}

/// Whether waiting helps.
fn passes(error: &ClientError) -> bool {
    match error {
        ClientError::Problem { problem, .. } => problem.code == Code::Unavailable,
        ClientError::Unreachable { .. } => true,
        ClientError::Unexpected { .. }
        | ClientError::AnswerTooLarge { .. }
        | ClientError::InvalidServer { .. }
        | ClientError::InvalidToken
        | ClientError::Tls { .. }
        | ClientError::ForeignLink => false,
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

fn show_wish(out: &Output, asked: &DataCollection) -> Result<(), Failure> {
    let range = filter_words(out, asked.filter.as_ref());
    out.note(&format!(
        "{} asks for {}{}{range}, for support request {}:\n  {}\n",
        asked.requested_by.display_name,
        categories(&asked.data_categories),
        if range.is_empty() { "" } else { " " },
        asked.support_request_number,
        asked.instructions.replace('\n', "\n  ")
    ))
}

fn show_files(out: &Output, bundle: &Bundle) -> Result<(), Failure> {
    let mut table = Table::new(&["File", "Bytes", "What it is", "Secrets taken out"]);
    for file in &bundle.files {
        let counts: Vec<String> =
            file.removed.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let removed = if counts.is_empty() { "none found".to_owned() } else { counts.join(", ") };
        table.row([file.name.clone(), file.bytes.to_string(), file.about.clone(), removed]);
    }
    out.note("This would be sent:")?;
    out.note(&table.render(console::Term::stderr().size_checked().map(|(_, width)| width)))?;
    for place in bundle.files.iter().flat_map(|file| &file.places) {
        out.note(&format!("  taken out: {place}"))?;
    }
    for note in &bundle.notes {
        out.note(&format!("  {note}"))?;
    }
    out.note(&format!("It lies in {}.", bundle.folder().display()))
}

/// Asks. What is no yes is no.
fn confirmed(out: &Output, asked: &DataCollection, files: usize) -> Result<bool, Failure> {
    let what = if files == 1 { "this file".to_owned() } else { format!("these {files} files") };
    out.note(&format!("Send {what} for support request {}? [y/N]", asked.support_request_number))?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(Failure::Local)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
