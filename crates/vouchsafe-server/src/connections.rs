//! Connections: taken, answered, and ended. Whoever does not say what is wanted is not waited for without end; how long a
//! body may be silent is the business of [`idle_body`](crate::idle_body).

use std::io::ErrorKind;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tower::ServiceExt as _;

/// How long the head of a request may take, and so how long a connection may lie idle between two requests: longer than proxies
/// keep one, so that none sends a request into a connection that ends just then.
pub(crate) const HEAD_TIME_MAX: Duration = Duration::from_secs(75);
/// Pause after a connection could not be taken, such as without a free descriptor.
const ACCEPT_AGAIN: Duration = Duration::from_secs(1);

/// Answers on a listener until it is asked to stop; then takes no more connections and ends once open requests are answered.
pub(crate) async fn answer(
    listener: TcpListener,
    router: Router,
    head_time: Duration,
    mut stopped: watch::Receiver<bool>,
) {
    // Made whole once; as it is, that would be done for every connection anew.
    let router = router.with_state::<()>(());
    // Each connection holds one; nothing is ever sent.
    let (open, mut ended) = mpsc::channel::<()>(1);
    loop {
        let accepted = tokio::select! {
            () = asked_to_end(&mut stopped) => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let (router, stopped, open) = (router.clone(), stopped.clone(), open.clone());
                tokio::spawn(async move {
                    connection(stream, router, head_time, stopped).await;
                    drop(open);
                });
            }
            Err(error) if is_of_caller(error.kind()) => {}
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
    drop((listener, open));
    ended.recv().await;
}

/// Waits until the server is to stop, or nobody is left who could say so.
async fn asked_to_end(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Whether the caller has gone before the connection was taken.
fn is_of_caller(error: ErrorKind) -> bool {
    matches!(error, ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

async fn connection(
    stream: TcpStream,
    router: Router,
    head_time: Duration,
    mut stopped: watch::Receiver<bool>,
) {
    let service = service_fn(move |request: http::Request<Incoming>| router.clone().oneshot(request));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_time)
        .serve_connection(TokioIo::new(stream), service);
    let mut served = std::pin::pin!(served);
    let result = tokio::select! {
        result = served.as_mut() => result,
        () = asked_to_end(&mut stopped) => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = result {
        // Whoever hangs up in the middle, or never says what is wanted, gets no answer.
        tracing::debug!(%error, "a connection ended");
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{SocketAddr, TcpStream};

    use axum::routing::get;

    use super::*;

    /// Far longer than anything here takes: a test that waits in vain fails.
    const FOR_EVER: Duration = Duration::from_secs(60);

    /// What comes back for these bytes until the server ends the connection.
    async fn said(address: SocketAddr, bytes: &'static str) -> String {
        let talk = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(FOR_EVER)).unwrap();
            stream.write_all(bytes.as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        });
        talk.await.unwrap()
    }

    #[tokio::test]
    async fn who_does_not_finish_a_head_is_not_waited_for_and_a_stop_lets_none_wait() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let router = Router::new().route("/", get(async || "here"));
        let head_time = Duration::from_millis(50);
        let serving = tokio::spawn(answer(listener, router, head_time, stopped));
        let half = said(address, "GET / HTTP/1.1\r\nHost: here\r\nX: ").await;
        assert!(!half.contains("200 OK"), "{half}");
        // Also the one that is waited for after a whole request.
        let whole = said(address, "GET / HTTP/1.1\r\nHost: here\r\n\r\nGET / HT").await;
        assert!(whole.starts_with("HTTP/1.1 200 OK") && whole.contains("here"), "{whole}");
        stop.send_replace(true);
        tokio::time::timeout(FOR_EVER, serving).await.unwrap().unwrap();
        assert!(TcpStream::connect(address).is_err());
    }
}
