//! What commands print and send.

use crate::fake::{FakeServer, Reply};
use crate::program::Program;

const CASE: &str = "sr_018bcfe5680077078707070707070701";
const ACCESS: &str = "sar_018bcfe5680077078707070707070702";
const GRANT: &str = "grt_018bcfe5680077078707070707070705";
const TENANT: &str = "0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11";

const REQUEST: &str = r#"{"id":"sr_018bcfe5680077078707070707070701","number":"2611230040001234","tenantId":"0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11","title":"Cannot \u001b[2J sign in","description":"Since Monday","severity":"moderate","service":"identity","problemType":"signIn/conditionalAccess","status":"open","stage":"waitingForEngineer","assignedTo":{"id":"usr_018bcfe5680077078707070707070703","displayName":"Ines Duarte"},"allowAdvancedDiagnostics":true,"consent":{"status":"given","approvals":{"required":1,"given":[]},"grantId":"grt_018bcfe5680077078707070707070705","expiresDateTime":"2026-12-23T08:00:00Z"},"contact":{"name":"Alex","email":"alex@contoso.example","language":"en","timeZone":"Europe/Berlin"},"resourceTenantIds":[],"resolution":null,"createdDateTime":"2026-07-23T08:00:00Z","closedDateTime":null}"#;
const ACCESS_REQUEST: &str = r#"{"id":"sar_018bcfe5680077078707070707070702","supportRequestId":"sr_018bcfe5680077078707070707070701","supportRequestNumber":"2611230040001234","side":"supportRequestTenant","status":"pending","resourceTenantId":"0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11","requestedBy":{"id":"usr_018bcfe5680077078707070707070703","displayName":"Ines Duarte","employer":"Vouchsafe","location":"PT"},"reasonCode":"troubleshooting","justification":"Sign-ins fail since Monday.","requested":{"dataCategories":["signInLogs"],"filter":{"users":["alex@contoso.example"]},"duration":"PT8H"},"approved":null,"approvals":{"required":1,"given":[]},"linkedTo":null,"createdDateTime":"2026-11-23T08:00:00Z"}"#;

fn page(item: &str, next: &str) -> String {
    format!(r#"{{"@odata.context":"c","value":[{item}]{next}}}"#)
}

#[test]
fn a_list_is_tab_separated_in_a_pipe() {
    let next = r#","@odata.nextLink":"/v1.0/support/requests?$skiptoken=x""#;
    let server = FakeServer::start(vec![Reply::json(&page(REQUEST, next))]);
    let ran = Program::signed_in("list", &server).run(&[
        "requests",
        "list",
        "--filter",
        "status eq 'open'",
        "--top",
        "5",
    ]);
    assert_eq!((ran.code, ran.err.as_str()), (0, "There is more: add --all, or narrow it with --filter.\n"));
    insta::assert_snapshot!(ran.out, @"
    Id	Number	Status	Severity	Title	Engineer	Consent	Opened
    sr_018bcfe5680077078707070707070701	2611230040001234	waitingForEngineer	moderate	Cannot \u{fffd}[2J sign in	Ines Duarte	given	2026-07-23 10:00 CEST
    ");
    assert_eq!(
        server.asked()[0].line,
        "GET /v1.0/support/requests?$filter=status%20eq%20%27open%27&$top=5 HTTP/1.1"
    );
}

#[test]
fn json_is_what_the_server_said_page_by_page() {
    let pages = [
        page("{\"id\" : 1.50}", r#","@odata.nextLink":"/v1.0/auditLogs/signIns?$skiptoken=x""#),
        page("", ""),
    ];
    let server = FakeServer::start(pages.iter().map(|text| Reply::json(text)).collect());
    let ran = Program::signed_in("json", &server).run(&["sign-ins", "list", "--all", "-o", "json"]);
    assert_eq!((ran.code, ran.out), (0, format!("{}\n{}\n", pages[0], pages[1])));
}

#[test]
fn one_case_in_full() {
    let server = FakeServer::start(vec![Reply::json(REQUEST)]);
    let ran = Program::signed_in("show", &server).run(&["requests", "show", CASE]);
    insta::assert_snapshot!(ran.out);
}

#[test]
fn one_access_request_in_full() {
    let server = FakeServer::start(vec![Reply::json(ACCESS_REQUEST)]);
    let ran = Program::signed_in("access-show", &server).run(&["access", "show", ACCESS]);
    insta::assert_snapshot!(ran.out);
}

#[test]
fn lists_of_access_requests_are_conditions() {
    let replies = (0..3).map(|_| Reply::json(&page(ACCESS_REQUEST, ""))).collect();
    let server = FakeServer::start(replies);
    let program = Program::signed_in("access-list", &server);
    assert_eq!(program.run(&["access", "list", "--pending"]).code, 0);
    assert_eq!(program.run(&["access", "list", "--approved", "--filter", "side eq 'both' or true"]).code, 0);
    assert_eq!(program.run(&["access", "list", "--history"]).code, 0);
    let lines: Vec<String> =
        server.asked().into_iter().map(|asked| asked.line.replace("%20", " ").replace("%27", "'")).collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    GET /v1.0/support/accessRequests?$filter=status eq 'pending' HTTP/1.1
    GET /v1.0/support/accessRequests?$filter=%28status in %28'approved'%2C'live'%2C'paused'%29%29 and %28side eq 'both' or true%29 HTTP/1.1
    GET /v1.0/support/accessRequests HTTP/1.1
    ");
}

#[test]
fn an_approval_can_be_narrower() {
    let server = FakeServer::start(vec![Reply::json(ACCESS_REQUEST), Reply::json(ACCESS_REQUEST)]);
    let program = Program::signed_in("approve", &server);
    assert_eq!(program.run(&["access", "approve", ACCESS]).code, 0);
    let narrow = [
        "access",
        "approve",
        ACCESS,
        "--category",
        "signInLogs",
        "--duration",
        "PT1H",
        "--user",
        "a@b.example",
    ];
    assert_eq!(program.run(&narrow).code, 0);
    let asked = server.asked();
    assert_eq!(asked[0].body, "{}");
    assert_eq!(
        asked[1].body,
        r#"{"narrowTo":{"dataCategories":["signInLogs"],"duration":"PT1H","filter":{"users":["a@b.example"]}}}"#
    );
}

#[test]
fn acts_send_what_was_typed() {
    let ended = r#"{"id":"grt_018bcfe5680077078707070707070705","status":"revoked","readsEndedDateTime":"2026-11-23T08:00:00Z","decisionsEndBy":"2026-11-23T08:01:00Z"}"#;
    let me = r#"{"id":"usr_018bcfe5680077078707070707070704","displayName":"Alex","userPrincipalName":"alex@contoso.example","tenantId":"0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11","roles":[],"allowedActions":[]}"#;
    let policy = r#"{"pendingExpiry":"P4D","maxDuration":"P30D","consentOffered":true,"consentDuration":"P30D","idlePause":"P7D","approvals":{"required":2,"approverIds":[]},"decisionAssurance":"token","ticketUmbrella":true,"inheritOnReassign":true,"engineerRules":{"regions":[],"clearances":[],"excludedEngineerIds":[]}}"#;
    let replies = [ended, REQUEST, REQUEST, me, REQUEST, ACCESS_REQUEST, policy];
    let server = FakeServer::start(replies.into_iter().map(Reply::json).collect());
    let program = Program::signed_in("acts", &server);
    let mut printed = String::new();
    let runs: [&[&str]; 6] = [
        &["grants", "remove", GRANT, "--reason", "done"],
        &["requests", "consent", CASE, "no"],
        &["requests", "close", CASE, "--resolution", "resolved"],
        &[
            "requests",
            "open",
            "--title",
            "T",
            "--description",
            "-",
            "--problem-type",
            "signIn",
            "--allow-advanced-diagnostics",
            "no",
            "--resource-tenant",
            TENANT,
        ],
        &[
            "access",
            "ask",
            "--case",
            CASE,
            "--tenant",
            TENANT,
            "--category",
            "signInLogs",
            "--justification",
            "To find the cause of it.",
        ],
        &["policy", "set", "--required-approvals", "2", "--approver", "", "--ticket-umbrella", "false"],
    ];
    for arguments in runs {
        let ran = program.run_with(arguments, "From the standard input\n");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
        printed.push_str(&ran.out);
    }
    for asked in server.asked() {
        printed.push_str(&format!("{} {}\n", asked.line, asked.body));
    }
    insta::assert_snapshot!(printed);
}

#[test]
fn a_read_names_its_record() {
    let headers = "content-type: application/json\r\nvouchsafe-grant: grt_018bcfe5680077078707070707070705\r\nvouchsafe-read: rd_018bcfe5680077078707070707070706\r\n";
    let record = r#"{"id":"a","createdDateTime":"2026-11-23T08:00:00Z","userPrincipalName":"p~1","appDisplayName":"Portal","ipAddress":"203.0.113.0/24~7f3k","status":{"errorCode":50126,"failureReason":null}}"#;
    let server = FakeServer::start(vec![Reply(200, headers, page(record, ""))]);
    let program = Program::signed_in("read", &server);
    let ran = program.run(&["read", "sign-ins", "--case", CASE, "--tenant", TENANT, "--grant", GRANT]);
    assert_eq!(ran.code, 0);
    insta::assert_snapshot!(format!("{}{}", ran.out, ran.err), @"
    Id	When	User	App	Address	Error	Reason
    a	2026-11-23 09:00 CET	p~1	Portal	203.0.113.0/24~7f3k	50126	
    The customer sees this as rd_018bcfe5680077078707070707070706, grant grt_018bcfe5680077078707070707070705.
    ");
    assert_eq!(server.asked()[0].header("vouchsafe-grant"), Some(GRANT));
}

#[test]
fn an_import_lists_what_was_rejected() {
    let report = r#"{"id":"imp_018bcfe5680077078707070707070707","received":4,"imported":1,"alreadyPresent":1,"rejected":2,"rejections":[{"line":3,"reason":"no id"}]}"#;
    let server = FakeServer::start(vec![Reply::json(report)]);
    let ran = Program::signed_in("import", &server).run_with(&["import", "-"], "{\"id\":\"a\"}\n");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!(ran.out, @"
    -: 4 received, 1 imported, 1 already present, 2 rejected (imp_018bcfe5680077078707070707070707)
      line 3: no id
      and 1 more
    ");
    assert_eq!(server.asked()[0].body, "{\"id\":\"a\"}\n");
    let ran = Program::new("import-none").env("VOUCHSAFE_TOKEN", "t").run(&[
        "import",
        "--server",
        "http://127.0.0.1:9",
        "/none",
    ]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (2, "vouchsafe: /none: No such file or directory (os error 2)\n")
    );
}

#[test]
fn problems_are_told_in_plain_words() {
    let problem = r#"{"type":"/docs/problems#unknownField","title":"The body has an unknown field","status":400,"detail":"See errors.","instance":"/v1.0/support/requests","code":"unknownField","error":{"code":"unknownField","message":"See errors."},"errors":[{"pointer":"/colour","message":"unknown field `colour`"}]}"#;
    let server = FakeServer::start(vec![Reply::problem(400, problem)]);
    let ran = Program::signed_in("problem", &server).run(&["requests", "reopen", CASE]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    insta::assert_snapshot!(ran.err, @"
    vouchsafe: The body has an unknown field. See errors.
      /colour: unknown field `colour` (request req-2)
    ");
}

#[test]
fn nobody_there_is_exit_code_3() {
    let server = FakeServer::start(vec![]);
    let program = Program::signed_in("unreachable", &server);
    let url = server.url.clone();
    let _ = server.asked();
    let ran = program.run(&["grants", "list"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    insta::assert_snapshot!(ran.err.replace(&url, "URL"), @"
    vouchsafe: cannot reach URL: Connection refused (os error 111)
      hint: check the address and your network; `--server` or VOUCHSAFE_SERVER names another server
    ");
}

#[test]
fn a_link_is_shown_with_what_to_know_of_it() {
    let pass = r#"{"id":"tap_018bcfe5680077078707070707070709","temporaryAccessPass":"vse_x","enrolmentUrl":"https://support.example/enrol#vse_x","startDateTime":"2026-11-23T08:00:00Z","lifetimeInMinutes":60,"isUsableOnce":true,"isRecovery":true}"#;
    let server = FakeServer::start(vec![Reply::json(pass)]);
    let ran = Program::signed_in("link", &server).run(&[
        "users",
        "link",
        "usr_018bcfe5680077078707070707070703",
        "--minutes",
        "60",
    ]);
    insta::assert_snapshot!(ran.out, @"
    https://support.example/enrol#vse_x
    It can be used once, within 60 minutes.
    The account had a passkey before: the new one signs no decision for 24 hours.
    ");
    assert_eq!(
        server.asked()[0].line,
        "POST /v1.0/users/usr_018bcfe5680077078707070707070703/authentication/temporaryAccessPassMethods HTTP/1.1"
    );
}

#[test]
fn resolved_requests_are_imported_with_what_is_wrong_in_them() {
    let result = r#"{"id":"imp_018bcfe5680077078707070707070704","received":3,"imported":1,"alreadyPresent":1,"rejected":1,"rejections":[{"line":4,"reason":"`title` is empty"}]}"#;
    let server = FakeServer::start(vec![Reply::json(result)]);
    let program = Program::signed_in("import-resolved", &server);
    let file = program.folder().join("resolved.csv");
    std::fs::write(&file, "id,createdDateTime,resolvedDateTime,title,engineer\n").unwrap();
    let ran = program.run(&["requests", "import", file.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.ends_with(
        "3 received, 1 imported, 1 already present, 1 rejected (imp_018bcfe5680077078707070707070704)\n  line 4: `title` is empty\n"
    ));
    assert_eq!(server.asked()[0].line, "POST /v1.0/support/resolvedRequests/import HTTP/1.1");
}

#[test]
fn a_problem_type_is_named_by_its_path() {
    let node = r#"{"id":"signIn/tokens","displayName":"Tokens","retired":true,"children":[]}"#;
    let server = FakeServer::start(vec![Reply::json(node)]);
    let ran = Program::signed_in("retire", &server).run(&["problem-types", "retire", "signIn/tokens"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "signIn/tokens is retired.\n"));
    let asked = &server.asked()[0];
    assert_eq!(asked.line, "PATCH /v1.0/support/problemTypes/signIn%2Ftokens HTTP/1.1");
    assert_eq!(asked.body, r#"{"retired":true}"#);
}

#[test]
fn a_consent_that_ends_soon_shows_what_was_read_and_is_renewed() {
    let renewal = r#""renewal":{"offeredSinceDateTime":"2026-12-16T08:00:00Z","approvals":{"required":2,"given":[]},"read":{"records":12,"dataCategories":["signInLogs"],"lastDateTime":"2026-12-01T08:00:00Z"}}"#;
    let soon = REQUEST.replace(
        r#""expiresDateTime":"2026-12-23T08:00:00Z"}"#,
        &format!(r#""expiresDateTime":"2026-12-23T08:00:00Z",{renewal}}}"#),
    );
    let server = FakeServer::start(vec![Reply::json(&soon), Reply::json(REQUEST)]);
    let program = Program::signed_in("renew", &server);
    let shown = program.run(&["requests", "show", CASE]);
    assert!(
        shown.out.contains("0 of 2 votes; 12 records read (signInLogs), last 2026-12-01 09:00 CET"),
        "{}",
        shown.out
    );
    let ran = program.run(&["requests", "consent", CASE, "renew"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "Consent of 2611230040001234: given.\n"));
    assert_eq!(server.asked()[1].line, format!("POST /v1.0/support/requests/{CASE}/consent/renew HTTP/1.1"));
}
