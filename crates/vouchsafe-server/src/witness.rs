//! Witnesses over HTTP, and the job that asks each of them (C2SP `tlog-witness`).
//!
//! A witness gets the tenant's id, the number of entries and hashes: nothing that an entry says. Redirects are not
//! followed, answers are read up to a size, and no round takes longer than a witness is given.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use reqwest::{Response, Url};
use tokio::sync::watch;
use vouchsafe_app::App;
use vouchsafe_app::witness::{Carrying, Cause, Courier, Witness, WitnessAnswer};
use vouchsafe_log::witness::{ADD_CHECKPOINT, ANSWER_BYTES_MAX, AddCheckpoint};

use crate::config;
use crate::upstream::{address, client};

/// How long one answer may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// After how long a witness that cannot be reached is tried again first; each later time is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// After how long at most.
const WAIT_MAX: Duration = Duration::from_secs(300);
/// After how long logs that were refused are looked at again where nothing new is published.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Why a witness cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum WitnessSetupError {
    /// A setting is wrong.
    #[error("`{name}` {message}")]
    Setting {
        /// Which.
        name: &'static str,
        /// What is wrong with it, as the end of a sentence.
        message: &'static str,
    },
    /// The system's certificates cannot be read.
    #[error("TLS cannot be set up")]
    Tls(#[source] reqwest::Error),
}

/// The witnesses of a configuration. Nothing is sent yet.
///
/// # Errors
/// [`WitnessSetupError`].
pub fn connect(configured: &[config::Witness]) -> Result<Vec<Witness>, WitnessSetupError> {
    configured.iter().map(connect_one).collect()
}

fn connect_one(configured: &config::Witness) -> Result<Witness, WitnessSetupError> {
    let wrong = |name| move |message| WitnessSetupError::Setting { name, message };
    let mut url = address::parse(&configured.url).map_err(wrong("url"))?;
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push(ADD_CHECKPOINT);
    }
    let http = client(&url).map_err(WitnessSetupError::Tls)?;
    let key = configured.key().map_err(wrong("verifier_key"))?;
    let courier = Arc::new(HttpCourier { url, http });
    Ok(Witness::new(configured.name.clone(), key, configured.tenants.clone(), courier))
}

#[derive(Debug)]
struct HttpCourier {
    url: Url,
    http: reqwest::Client,
}

impl Courier for HttpCourier {
    fn carry<'a>(&'a self, request: &'a AddCheckpoint) -> Carrying<'a> {
        Box::pin(async move {
            let asking = async {
                let response = self.http.post(self.url.clone()).body(request.to_string()).send().await?;
                let status = response.status();
                // It is in trouble itself, or busy; that says nothing of the log.
                if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
                    return Err(format!("it answered {}", status.as_u16()).into());
                }
                Ok(WitnessAnswer { status: status.as_u16(), body: text(response).await? })
            };
            tokio::time::timeout(ANSWER_TIME_MAX, asking).await.unwrap_or_else(|late| Err(late.into()))
        })
    }
}

/// Reads an answer up to its size.
async fn text(mut response: Response) -> Result<String, Cause> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await? {
        if bytes.len() + piece.len() > ANSWER_BYTES_MAX {
            return Err(format!("its answer has more than {ANSWER_BYTES_MAX} bytes").into());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(String::from_utf8(bytes)?)
}

/// Offers one witness every new checkpoint until the end. A witness that cannot be reached is left alone for longer each
/// time; publishing does not wait for it.
pub async fn offer(app: App, witness: Arc<Witness>, mut stopped: watch::Receiver<bool>) {
    let mut published = app.published();
    let mut wait = FIRST_WAIT;
    loop {
        published.mark_unchanged();
        let pause = match app.offer(&witness).await {
            Ok(_) => {
                wait = FIRST_WAIT;
                None
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, seconds = wait.as_secs(), "a witness is asked again later");
                wait = (wait * 2).min(WAIT_MAX);
                Some(wait / 2)
            }
        };
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            // The application, and with it the sender, lives as long as this does.
            _ = published.changed(), if pause.is_none() => {}
            () = tokio::time::sleep(pause.unwrap_or(LOOK_AGAIN)) => {}
        }
    }
}
