//! Making the files of a bundle from Microsoft Graph, or from what speaks like it, with the customer's own credentials.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};

use vouchsafe_client::{ClientError, GraphError, GraphPages, GraphSource, Token};
use vouchsafe_diagnostics::record::Record;
use vouchsafe_diagnostics::resource::Resource;

use super::bundle::Bundle;
use super::masks::{Key, Masks, Wanted};
use super::prepare::Counts;
use crate::failure::Failure;
use crate::output::Output;

/// Where Graph is.
pub(crate) const GRAPH: &str = "https://graph.microsoft.com/v1.0";
/// What holds the token.
const TOKEN_VARIABLE: &str = "VOUCHSAFE_GRAPH_TOKEN";
/// Kinds of this product, which Graph does not have, lie below this.
const OURS: &str = "vouchsafe/";
/// Bytes of one file that is fetched; what a collection takes is no more.
const FETCHED_BYTES_MAX: u64 = 512 << 20;

/// The source at `base`, with the token of the environment, else of the first line of the standard input.
pub(crate) fn open(out: &Output, base: &str) -> Result<GraphSource, Failure> {
    let token = match std::env::var(TOKEN_VARIABLE).ok().filter(|token| !token.trim().is_empty()) {
        Some(token) => token,
        None => {
            out.note(&format!("The token for {base} (or set {TOKEN_VARIABLE}):"))?;
            let mut line = String::new();
            io::stdin().read_line(&mut line).map_err(Failure::Local)?;
            line
        }
    };
    let token =
        Token::new(token).map_err(|_| Failure::Usage(format!("the token for {base} is not one word")))?;
    GraphSource::new(base, token).map_err(|error| {
        if let ClientError::InvalidServer { reason, .. } = error {
            Failure::Usage(format!("`{base}` cannot be read from: {reason}"))
        } else {
            error.into()
        }
    })
}

impl Bundle {
    /// Adds what was asked for, a file for each kind. A kind that the source refuses is noted.
    pub(crate) async fn add_graph(
        &mut self,
        out: &Output,
        source: &GraphSource,
        key: Option<&Key>,
        wanted: &Wanted,
    ) -> Result<(), Failure> {
        for kind in wanted.kinds() {
            let path = kind.schema().path;
            if path.starts_with(OURS) {
                self.notes.push(format!("{path}: not there; it comes from files only."));
                continue;
            }
            out.note(&format!("Reading {path} …"))?;
            let pages = source.pages(path, wanted.graph_filter(kind).as_deref());
            match self.fetch(kind, pages, key, wanted).await? {
                Ok(counts) => {
                    self.add_draft(&format!("{}.ndjson", path.replace('/', "-")), counts, key.is_some())?
                }
                // Without a licence, or a permission, for this kind.
                Err(GraphError::Refused { status: status @ (400 | 403 | 404) }) => {
                    self.notes.push(format!("{path}: refused by the source ({status})."));
                }
                Err(error) => return Err(failure(path, error)),
            }
        }
        Ok(())
    }

    /// Writes the records of a kind to the draft.
    async fn fetch(
        &self,
        kind: Resource,
        mut pages: GraphPages,
        key: Option<&Key>,
        wanted: &Wanted,
    ) -> Result<Result<Counts, GraphError>, Failure> {
        let draft = self.draft();
        let failed = |source| Failure::File { path: draft.clone(), source };
        let mut output = BufWriter::new(File::create(&draft).map_err(failed)?);
        let (mut counts, mut masks, mut written) = (Counts::default(), Masks::new(key), 0_u64);
        loop {
            let objects = match pages.next().await {
                Ok(Some(objects)) => objects,
                Ok(None) => break,
                Err(error) => return Ok(Err(error)),
            };
            for object in objects {
                match Record::from_graph(kind, &object) {
                    Ok(record) if wanted.takes(&record) => {
                        counts.kept += 1;
                        let line = masks.line(&record)?;
                        written += u64::try_from(line.len()).unwrap_or(u64::MAX);
                        output.write_all(&line).map_err(failed)?;
                    }
                    Ok(_) => counts.outside += 1,
                    Err(_) => counts.rejected += 1,
                }
            }
            if written > FETCHED_BYTES_MAX {
                let path = kind.schema().path;
                let most = FETCHED_BYTES_MAX;
                return Err(Failure::Usage(format!(
                    "{path} has more than {most} bytes; ask for a shorter time"
                )));
            }
        }
        output.flush().map_err(failed)?;
        Ok(Ok(counts))
    }
}

fn failure(path: &str, error: GraphError) -> Failure {
    match error {
        GraphError::Client(error) => error.into(),
        GraphError::Refused { status: 401 } => {
            Failure::Usage(format!("{path}: the source does not take the token; get a new one"))
        }
        GraphError::Refused { .. } | GraphError::Busy { .. } | GraphError::NotJson(_) => {
            Failure::Usage(format!("{path}: {error}. Nothing was sent"))
        }
    }
}
