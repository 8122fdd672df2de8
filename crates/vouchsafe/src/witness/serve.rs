//! The witness over HTTP: `POST /add-checkpoint`, and `GET /<SHA-256 of the origin>/checkpoint` for whoever compares.
//!
//! Two routes: hyper is enough. TLS is the business of a proxy in front. Bodies, connections and waits are bounded.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use vouchsafe_log::witness::{
    ADD_CHECKPOINT, AddCheckpoint, REQUEST_BYTES_MAX, Refusal, SIZE_CONTENT_TYPE, Witness,
};

use super::{State, now};
use crate::failure::Failure;
use crate::output::Output;

/// Connections at the same time; more wait.
const CONNECTIONS_MAX: usize = 256;
/// How long the head of a request may take, and a connection lie idle.
const HEAD_TIME_MAX: Duration = Duration::from_secs(30);
/// How long its body may take.
const BODY_TIME_MAX: Duration = Duration::from_secs(10);
/// Pause after a connection could not be accepted, say because too many files are open.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// A witness with what it has seen.
#[derive(Debug)]
pub(crate) struct Serving {
    witness: Witness,
    /// One lock for asking and keeping: no second request comes in between.
    state: Mutex<State>,
    out: Output,
}

/// An answer without its frame.
struct Answer {
    status: StatusCode,
    content_type: HeaderValue,
    body: String,
}

impl Answer {
    fn new(status: StatusCode, body: impl Into<String>) -> Self {
        Self { status, content_type: PLAIN, body: body.into() }
    }

    fn refusal(refusal: &Refusal) -> Self {
        let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let size = HeaderValue::from_static(SIZE_CONTENT_TYPE);
        let content_type = if matches!(refusal, Refusal::OldSize(_)) { size } else { PLAIN };
        Self { status, content_type, body: refusal.body() }
    }
}

impl Serving {
    /// A witness that keeps its state there.
    pub(crate) fn new(witness: Witness, state: State, out: Output) -> Self {
        Self { witness, state: Mutex::new(state), out }
    }

    /// Signs a checkpoint if it follows, once it is kept.
    fn add_checkpoint(&self, body: &[u8]) -> Answer {
        let request = std::str::from_utf8(body).ok().map(str::parse::<AddCheckpoint>);
        let request = match request {
            None => return Answer::new(StatusCode::BAD_REQUEST, "the request is no text\n"),
            Some(Err(error)) => return Answer::refusal(&error.into()),
            Some(Ok(request)) => request,
        };
        self.decided(&request).unwrap_or_else(|error| self.failed(&error))
    }

    fn decided(&self, request: &AddCheckpoint) -> Result<Answer, std::io::Error> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let origin = match self.witness.origin(request) {
            Ok(origin) => origin,
            Err(refusal) => return Ok(Answer::refusal(&refusal)),
        };
        match self.witness.decide(request, state.seen(origin)?) {
            Err(refusal) => Ok(Answer::refusal(&refusal)),
            Ok(consistent) => {
                let (note, line) = self.witness.cosign(&consistent, now());
                state.keep(consistent.origin(), &note)?;
                Ok(Answer::new(StatusCode::OK, line))
            }
        }
    }

    /// The newest checkpoint that was signed of a log.
    fn checkpoint(&self, name: &str) -> Answer {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.checkpoint(name) {
            Ok(Some(note)) => Answer::new(StatusCode::OK, note.to_string()),
            Ok(None) => Answer::new(StatusCode::NOT_FOUND, "nothing was signed of this log\n"),
            Err(error) => self.failed(&error),
        }
    }

    /// What is wrong here is told to whoever runs the witness, and nothing is signed.
    fn failed(&self, error: &std::io::Error) -> Answer {
        // With nowhere left to complain, the answer has to say it.
        let _ = self.out.note(&format!("nothing was signed: {error}"));
        Answer::new(StatusCode::INTERNAL_SERVER_ERROR, "the witness is in trouble\n")
    }
}

/// Answers until it is asked to stop. Every answer rests on what is durable, so it may be ended at any time.
pub(crate) async fn serve(listener: TcpListener, serving: Serving) -> Result<(), Failure> {
    let serving = Arc::new(serving);
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let accepting = async {
        // It is never closed.
        while let Ok(place) = Arc::clone(&places).acquire_owned().await {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let serving = Arc::clone(&serving);
                    tokio::spawn(async move {
                        connection(stream, serving).await;
                        drop(place);
                    });
                }
                Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
            }
        }
    };
    tokio::select! {
        () = accepting => Ok(()),
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

async fn connection(stream: TcpStream, serving: Arc<Serving>) {
    let service = service_fn(move |request| respond(request, Arc::clone(&serving)));
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .serve_connection(TokioIo::new(stream), service);
    // Whoever hangs up in the middle gets no answer, which is no matter of ours.
    let _ = served.await;
}

async fn respond(
    request: Request<Incoming>,
    serving: Arc<Serving>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut allowed = None;
    let path = request.uri().path().to_owned();
    let answer = if path.strip_prefix('/') == Some(ADD_CHECKPOINT) {
        if request.method() == Method::POST {
            asked(request, serving).await
        } else {
            allowed = Some("POST");
            Answer::new(StatusCode::METHOD_NOT_ALLOWED, "ask with POST\n")
        }
    } else if let Some(name) = name_of(&path).map(str::to_owned) {
        if request.method() == Method::GET {
            blocking(move || serving.checkpoint(&name)).await
        } else {
            allowed = Some("GET");
            Answer::new(StatusCode::METHOD_NOT_ALLOWED, "ask with GET\n")
        }
    } else {
        Answer::new(StatusCode::NOT_FOUND, "there is nothing here\n")
    };
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() = answer.status;
    response.headers_mut().insert(CONTENT_TYPE, answer.content_type);
    if let Some(method) = allowed {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(method));
    }
    Ok(response)
}

/// The name of the log whose checkpoint is asked for: 64 digits in lower case, so that no path leads elsewhere.
fn name_of(path: &str) -> Option<&str> {
    let name = path.strip_prefix('/')?.strip_suffix("/checkpoint")?;
    let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    (name.len() == 64 && name.bytes().all(is_digit)).then_some(name)
}

async fn asked(request: Request<Incoming>, serving: Arc<Serving>) -> Answer {
    let body = Limited::new(request.into_body(), REQUEST_BYTES_MAX).collect();
    match tokio::time::timeout(BODY_TIME_MAX, body).await {
        Err(_) => Answer::new(StatusCode::REQUEST_TIMEOUT, "the request took too long\n"),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Answer::new(StatusCode::PAYLOAD_TOO_LARGE, "the request is too long\n")
        }
        Ok(Err(_)) => Answer::new(StatusCode::BAD_REQUEST, "the request has no end\n"),
        Ok(Ok(body)) => {
            let body = body.to_bytes();
            blocking(move || serving.add_checkpoint(&body)).await
        }
    }
}

/// Off the async thread: it waits for the disk.
async fn blocking(act: impl FnOnce() -> Answer + Send + 'static) -> Answer {
    let trouble = |_| Answer::new(StatusCode::INTERNAL_SERVER_ERROR, "the witness is in trouble\n");
    tokio::task::spawn_blocking(act).await.unwrap_or_else(trouble)
}
