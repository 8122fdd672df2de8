//! Signing in, and where tokens go.

use crate::fake::{FakeServer, Reply};
use crate::program::Program;

const ME: &str = r#"{"id":"usr_018bcfe5680077078707070707070704","displayName":"Alex","userPrincipalName":"alex@contoso.example","tenantId":"0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11","roles":["Service Support Administrator"],"allowedActions":["microsoft.azure.supportTickets/allEntities/allTasks"]}"#;

#[test]
fn a_token_is_stored_for_its_server_only() {
    let server = FakeServer::start(vec![Reply::json(ME), Reply::json(ME)]);
    let program = Program::new("login");
    let ran = program.run_with(&["login", "--server", &server.url], "vst_one\n");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "Signed in as Alex (alex@contoso.example).\n"),
        "{}",
        ran.err
    );

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(program.config()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    let ran = program.run(&["whoami", "--output", "json"]);
    assert_eq!((ran.code, ran.out.trim_end()), (0, ME));
    let asked = server.asked();
    assert!(asked.iter().all(|asked| asked.header("authorization") == Some("Bearer vst_one")));

    let ran = program.run(&["whoami", "--server", "http://127.0.0.1:9"]);
    assert_eq!(ran.code, 4);
    insta::assert_snapshot!(ran.err, @"
    vouchsafe: not signed in to http://127.0.0.1:9
      hint: run `vouchsafe login --server http://127.0.0.1:9`, or set VOUCHSAFE_TOKEN
    ");
}

#[test]
fn profiles_are_kept_apart() {
    let servers =
        [FakeServer::start(vec![Reply::json(ME)]), FakeServer::start(vec![Reply::json(ME), Reply::json(ME)])];
    let program = Program::new("profiles");
    for (server, name) in servers.iter().zip(["one", "two"]) {
        let token = format!("vst_{name}");
        assert_eq!(program.run_with(&["login", "--server", &server.url, "--profile", name], &token).code, 0);
    }
    assert_eq!(program.run(&["whoami", "--profile", "two"]).code, 0);
    let [one, two] = servers.map(FakeServer::asked);
    assert_eq!(one[0].header("authorization"), Some("Bearer vst_one"));
    assert_eq!(two[1].header("authorization"), Some("Bearer vst_two"));
    let ran = program.run(&["whoami", "--profile", "three"]);
    assert_eq!((ran.code, ran.err.as_str()), (2, "vouchsafe: there is no profile `three`\n"));
    let ran = program.run(&["whoami"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
}

#[test]
fn a_refused_token_is_not_stored() {
    let problem = r#"{"type":"/docs/problems#tokenRevoked","title":"The token was revoked","status":401,"detail":"Get another one.","instance":"/v1.0/me","code":"tokenRevoked","error":{"code":"tokenRevoked","message":"Get another one."}}"#;
    let server = FakeServer::start(vec![Reply::problem(401, problem)]);
    let program = Program::new("refused");
    let ran = program.run_with(&["login", "--server", &server.url], "vst_secret");
    assert_eq!((ran.code, ran.out.as_str(), program.config().exists()), (4, "", false));
    assert!(!ran.err.contains("vst_secret"));
    insta::assert_snapshot!(ran.err, @"
    vouchsafe: The token was revoked. Get another one. (request req-2)
      hint: get a new token and run `vouchsafe login` again
    ");
}

#[test]
fn a_broken_configuration_does_not_show_its_tokens() {
    let program = Program::new("broken");
    std::fs::create_dir_all(program.config().parent().unwrap()).unwrap();
    std::fs::write(program.config(), "[profiles.default]\nserver = \"x\"\ntoken = \"vst_secret\" oops\n")
        .unwrap();
    let ran = program.run(&["whoami"]);
    assert!(ran.code == 2 && !ran.err.contains("vst_secret"), "{}", ran.err);
}

#[test]
fn plain_http_to_another_machine_is_refused() {
    let program = Program::new("plain-http").env("VOUCHSAFE_TOKEN", "vst_secret");
    let ran = program.run(&["whoami", "--server", "http://support.example"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("use https://"), "{}", ran.err);
}
