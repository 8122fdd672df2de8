//! The client against a server of canned replies.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod fake;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fake::{FakeServer, Reply};
use vouchsafe_client::api::problem::{Code, Problem};
use vouchsafe_client::api::query::QueryOptions;
use vouchsafe_client::{
    Client, ClientError, GraphError, GraphSource, ImportSource, MAX_PAGE_ATTEMPTS, Token,
};

const ME: &str = r#"{"id":"usr_018bcfe5680077078707070707070704","displayName":"Alex","userPrincipalName":"alex@contoso.example",
"tenantId":"0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11","roles":[],"allowedActions":[]}"#;

fn client(server: &FakeServer) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new(&server.url, Token::new("vst_secret").unwrap()).unwrap()
}

fn problem(code: Code) -> String {
    serde_json::to_string(&Problem::new(code, "Because.", "/v1.0/me")).unwrap()
}

#[tokio::test]
async fn an_answer_keeps_its_text_and_the_request_id() {
    let server = FakeServer::start(vec![Reply::json(ME)]);
    let me = client(&server).me().await.unwrap();
    assert_eq!(
        (me.body.display_name.as_str(), me.raw.as_str(), me.request_id.as_deref()),
        ("Alex", ME, Some("req-1"))
    );
    let asked = server.asked();
    assert_eq!(asked[0].line, "GET /v1.0/me HTTP/1.1");
    assert_eq!(asked[0].header("authorization"), Some("Bearer vst_secret"));
}

#[tokio::test]
async fn problems_and_foreign_bodies_are_told_apart() {
    let server = FakeServer::start(vec![
        Reply::problem(403, &problem(Code::NoLiveGrant)),
        Reply(502, "content-type: text/html\r\n", "<h1>Bad gateway</h1>".into()),
        Reply::json(r#"{"id":1}"#),
        Reply(302, "location: https://elsewhere.example/\r\n", String::new()),
    ]);
    let client = client(&server);
    let error = client.me().await.unwrap_err();
    assert_eq!(error.request_id(), Some("req-2"));
    assert!(matches!(error, ClientError::Problem { problem, .. } if problem.code == Code::NoLiveGrant));
    for status in [502, 200, 302] {
        let error = client.me().await.unwrap_err();
        assert!(
            matches!(error, ClientError::Unexpected { status: found, .. } if found == status),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn only_a_get_is_repeated_and_only_when_told_when() {
    let busy = || {
        Reply(503, "content-type: application/problem+json\r\nretry-after: 0\r\n", problem(Code::Unavailable))
    };
    let server = FakeServer::start(vec![busy(), busy(), Reply::json(ME), busy(), busy(), busy(), busy()]);
    let client = client(&server);
    assert!(client.me().await.is_ok());
    assert!(matches!(client.me().await, Err(ClientError::Problem { .. })));
    let id = "sr_018bcfe5680077078707070707070701".parse().unwrap();
    assert!(matches!(client.reopen_support_request(id).await, Err(ClientError::Problem { .. })));
    assert_eq!(
        server.asked()[6].line,
        "POST /v1.0/support/requests/sr_018bcfe5680077078707070707070701/reopen HTTP/1.1"
    );
}

#[tokio::test]
async fn pages_are_followed_on_the_same_server_under_the_same_grant() {
    let page =
        |ids: &str, next: &str| Reply::json(&format!(r#"{{"@odata.context":"c","value":[{ids}]{next}}}"#));
    let server = FakeServer::start(vec![
        page(r#"{"id":"a"}"#, r#","@odata.nextLink":"/diagnostics/x?$skiptoken=t""#),
        page(r#"{"id":"b"},{"id":"c"}"#, ""),
        page("", r#","@odata.nextLink":"https://elsewhere.example/x""#),
    ]);
    let client = client(&server);
    let case = "sr_018bcfe5680077078707070707070701".parse().unwrap();
    let tenant = "0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11".parse().unwrap();
    let grant = "grt_018bcfe5680077078707070707070705".parse().unwrap();
    let reader = client.case(case, tenant).under_grant(grant);
    let query = QueryOptions { filter: Some("status/errorCode ne 0".into()), ..QueryOptions::default() };
    let items = reader.sign_ins(&query).collect(2).await.unwrap();
    assert_eq!(items.iter().map(|item| item.text("id")).collect::<Vec<_>>(), ["a", "b"]);
    assert!(matches!(reader.sign_ins(&query).next().await, Err(ClientError::ForeignLink)));

    let asked = server.asked();
    let path =
        format!("/diagnostics/{case}/{tenant}/v1.0/auditLogs/signIns?$filter=status%2FerrorCode%20ne%200");
    assert_eq!(asked[0].line, format!("GET {path} HTTP/1.1"));
    assert_eq!(asked[1].line, "GET /diagnostics/x?$skiptoken=t HTTP/1.1");
    assert_eq!(asked[1].header("vouchsafe-grant"), Some(grant.to_string().as_str()));
}

#[tokio::test]
async fn ids_cannot_leave_their_path_segment() {
    let server = FakeServer::start(vec![Reply::json("{}")]);
    assert!(client(&server).sign_in("../../me?x#y").await.is_ok());
    assert_eq!(server.asked()[0].line, "GET /v1.0/auditLogs/signIns/..%2F..%2Fme%3Fx%23y HTTP/1.1");
}

#[tokio::test]
async fn an_import_is_sent_as_it_is_read() {
    let report = r#"{"id":"imp_018bcfe5680077078707070707070707","received":1,"imported":1,"alreadyPresent":0,"rejected":0,"rejections":[]}"#;
    let server = FakeServer::start(vec![Reply::json(report), Reply::json(report)]);
    let client = client(&server);
    let text = "{\"id\":\"a\"}\n".repeat(20_000);
    let sent = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&sent);
    let source = ImportSource::new(std::io::Cursor::new(text.clone())).unwrap().on_progress(move |bytes| {
        counter.fetch_add(bytes, Ordering::Relaxed);
    });
    assert_eq!(client.import(source).await.unwrap().body.imported, 1);
    client.import(ImportSource::new(&[0x1f, 0x8b, 8, 0, 0][..]).unwrap()).await.unwrap();

    let asked = server.asked();
    assert!(asked[0].body == text && sent.load(Ordering::Relaxed) == text.len() as u64);
    assert_eq!(
        (asked[0].header("content-encoding"), asked[1].header("content-encoding")),
        (None, Some("gzip"))
    );
}

#[tokio::test]
async fn nobody_there_is_an_error_of_its_own() {
    let server = FakeServer::start(vec![]);
    let client = client(&server);
    let _ = server.asked();
    assert!(matches!(client.me().await, Err(ClientError::Unreachable { .. })));
}

#[tokio::test]
async fn a_page_of_graph_is_asked_for_again_but_not_for_ever() {
    let busy = || Reply(503, "retry-after: 0\r\n", String::new());
    let page = r#"{"value":[{"id":"a"},{"id":"b", "n":1.50}]}"#;
    let server = FakeServer::start(vec![Reply::silence(), Reply::cut(page), busy(), Reply::json(page)]);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let source = GraphSource::new(&server.url, Token::new("own").unwrap()).unwrap();
    let mut pages = source.pages("users", None);
    assert_eq!(pages.next().await.unwrap().unwrap(), [r#"{"id":"a"}"#, r#"{"id":"b", "n":1.50}"#]);
    assert_eq!(pages.next().await.unwrap(), None);
    assert_eq!(server.asked().len(), 4);

    let server = FakeServer::start((0..MAX_PAGE_ATTEMPTS).map(|_| busy()).collect());
    let source = GraphSource::new(&server.url, Token::new("own").unwrap()).unwrap();
    let error = source.pages("users", None).next().await.unwrap_err();
    assert!(matches!(error, GraphError::Busy { status: 503, attempts: MAX_PAGE_ATTEMPTS }), "{error}");

    let long = Reply(429, "retry-after: 3600\r\n", String::new());
    let server = FakeServer::start(vec![long]);
    let source = GraphSource::new(&server.url, Token::new("own").unwrap()).unwrap();
    let error = source.pages("users", None).next().await.unwrap_err();
    assert!(matches!(error, GraphError::Busy { status: 429, attempts: 1 }), "{error}");
}
