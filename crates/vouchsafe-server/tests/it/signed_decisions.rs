//! Decisions that are signed by the approver's own passkey: asked for, given, proved by others, and forged in vain.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use http::Method;
use serde_json::{Value, json};
use vouchsafe_core::id::TenantId;
use vouchsafe_core::time::Duration;
use vouchsafe_log::replay::Replay;
use vouchsafe_log::replay::decision::Signature;
use vouchsafe_signin::passkey::{AssertionParts, verify_kept};
use vouchsafe_store::LogEntry;
use vouchsafe_testkit::authenticator::Authenticator;

use crate::house::*;
use crate::passkeys::Site;
use crate::tour::command_line;

const ORIGIN: &str = "https://support.example";

/// Yuki with a passkey, in a tenant that asks for it, and a request that waits for her.
async fn asked(site: &Site<'_>) -> (Authenticator, String) {
    let house = site.house;
    let mut key = Authenticator::new(1, ORIGIN);
    let yuki = house.who("Yuki Tanabe", Org::Adatum);
    let pass = site.app.first_pass(yuki, Duration::hours(1)).await.unwrap().expose();
    site.enrol(&pass, &mut key).await;
    let policy = Ask::patch("/v1.0/policies/supportAccess", &json!({ "decisionAssurance": "passkey" }));
    site.ok(YUKI, policy).await;
    (key, request(site, json!({ "users": ["lee@adatum.example", "kim@adatum.example"] })).await)
}

async fn request(site: &Site<'_>, filter: Value) -> String {
    let case = site.house.case(MARTA, PAYROLL).await;
    let ask = json!({
        "resourceTenantId": site.house.tenant(Org::Adatum).to_string(), "dataCategories": ["signInLogs", "auditLogs"],
        "reasonCode": "troubleshooting", "duration": "PT8H", "filter": filter,
        "justification": "The sign-in log should show which policy refuses them.",
    });
    let path = format!("/v1.0/support/requests/{case}/accessRequests");
    text(&site.ok(INES, Ask::post(path, &ask)).await["id"])
}

fn approve(id: &str, body: &Value) -> Ask {
    Ask::post(format!("/v1.0/support/accessRequests/{id}/approve"), body)
}

/// What a signer's browser makes of an `assuranceRequired` problem.
fn assertion(key: &mut Authenticator, problem: &Value) -> Value {
    let options = json!({ "rpId": "support.example", "challenge": problem["challenge"] });
    json!({ "challengeId": problem["challengeId"], "credential": key.sign(&options) })
}

/// A body with the assertion in it.
fn with(mut body: Value, assertion: Value) -> Value {
    body["assertion"] = assertion;
    body
}

/// The opened entries of a tenant's log, and their bytes.
async fn entries(house: &House, tenant: TenantId) -> Vec<(Value, Vec<u8>)> {
    let mut reader = house.app.store().read().unwrap();
    let found = reader.entries_from(tenant, 0, 10_000).await.unwrap();
    let opened = |entry: &LogEntry| {
        let mut opened = entry.entry.clone();
        for (place, opening) in &entry.openings {
            *opened.pointer_mut(place).unwrap() = json!(opening.text);
        }
        opened
    };
    found.into_iter().map(|entry| (opened(&entry), entry.bytes)).collect()
}

fn check(signature: &Signature<'_>) -> Result<(), String> {
    let parts = AssertionParts {
        credential: signature.credential.to_owned(),
        client_data: signature.client_data.to_owned(),
        authenticator_data: signature.authenticator_data.to_owned(),
        signature: signature.signature.to_owned(),
    };
    verify_kept(&parts, signature.public_key, signature.relying_party, &signature.challenge)
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_decision_is_signed_over_exactly_what_it_decides() {
    let house = House::new().await;
    let site = Site::of(&house);
    let (mut key, id) = asked(&site).await;
    let body =
        json!({ "narrowTo": { "dataCategories": ["signInLogs"] }, "comment": "As little as will do." });
    let problem = site.api(YUKI, approve(&id, &body)).await;
    assert_eq!(problem.verdict(), "403 assuranceRequired");
    let problem = problem.json();
    assert_eq!(
        problem["scope"]["dataCategories"],
        json!(["signInLogs"]),
        "what is signed is what is narrowed"
    );
    // Signed for less, sent for more; of another challenge; garbage.
    let narrow = assertion(&mut key, &problem);
    let wide = site.api(YUKI, approve(&id, &with(json!({}), narrow))).await;
    assert_eq!(wide.verdict(), "401 unauthenticated", "{}", wide.text());
    let mut other = assertion(&mut key, &problem);
    let fresh = site.api(YUKI, approve(&id, &body)).await.json();
    other["challengeId"] = fresh["challengeId"].clone();
    assert_eq!(
        site.api(YUKI, approve(&id, &with(body.clone(), other))).await.verdict(),
        "401 unauthenticated"
    );
    for wrong in [json!({}), json!({ "challengeId": "x" }), json!({ "challengeId": 1, "credential": {} })] {
        assert_eq!(
            site.api(YUKI, approve(&id, &with(body.clone(), wrong))).await.verdict(),
            "400 invalidRequest"
        );
    }
    // Somebody else's passkey, and one of another page.
    let mut martas = Authenticator::new(2, ORIGIN);
    let marta = house.who("Marta Kowal", Org::Adatum);
    let pass = site.app.first_pass(marta, Duration::hours(1)).await.unwrap().expose();
    site.enrol(&pass, &mut martas).await;
    let theirs = assertion(&mut martas, &fresh);
    assert_eq!(
        site.api(YUKI, approve(&id, &with(body.clone(), theirs))).await.verdict(),
        "401 unauthenticated"
    );
    "https://evil.example".clone_into(&mut key.origin);
    let elsewhere = assertion(&mut key, &fresh);
    ORIGIN.clone_into(&mut key.origin);
    assert_eq!(
        site.api(YUKI, approve(&id, &with(body.clone(), elsewhere))).await.verdict(),
        "401 unauthenticated"
    );
    // An assertion that signs somebody in is none that decides.
    let signed_in =
        json!({ "challengeId": fresh["challengeId"], "credential": key.sign(&site.options().await) });
    assert_eq!(
        site.api(YUKI, approve(&id, &with(body.clone(), signed_in))).await.verdict(),
        "401 unauthenticated"
    );
    // Too late.
    let late = assertion(&mut key, &fresh);
    house.clock.advance(Duration::minutes(5));
    assert_eq!(
        site.api(YUKI, approve(&id, &with(body.clone(), late))).await.verdict(),
        "401 unauthenticated"
    );
    // As it should be; and the same once more for another request.
    let problem = site.api(YUKI, approve(&id, &body)).await.json();
    let good = assertion(&mut key, &problem);
    let approved = site.ok(YUKI, approve(&id, &with(body.clone(), good.clone()))).await;
    assert_eq!(approved["status"], "approved");
    let second = request(&site, Value::Null).await;
    assert_eq!(site.api(YUKI, approve(&second, &with(body, good))).await.verdict(), "401 unauthenticated");
    // A rejection needs no signature: no is always safe.
    let reject = Ask::post(format!("/v1.0/support/accessRequests/{second}/reject"), &json!({}));
    assert_eq!(site.ok(YUKI, reject).await["status"], "rejected");
    replayed_and_forged(&house).await;
    by_another_library(&house).await;
}

/// The log alone proves it; and whoever changes one member of what was signed is found out.
async fn replayed_and_forged(house: &House) {
    let entries = entries(house, house.tenant(Org::Adatum)).await;
    let replay = |bytes: &[Vec<u8>]| {
        let mut replay = Replay::default().checking(check);
        bytes.iter().try_for_each(|bytes| replay.entry(bytes))?;
        replay.end()
    };
    let bytes: Vec<Vec<u8>> = entries.iter().map(|(_, bytes)| bytes.clone()).collect();
    let story = replay(&bytes).unwrap();
    assert_eq!((story.signed, story.unchecked_signatures), (1, 0));
    let place = bytes.iter().position(|bytes| contains(bytes, "decisionSigned")).unwrap();
    let original: Value = serde_json::from_slice(&bytes[place]).unwrap();
    let forged = |change: &dyn Fn(&mut Value)| {
        let mut entry = original.clone();
        change(&mut entry);
        let mut forged = bytes.clone();
        forged[place] = vouchsafe_log::canonical(&entry).unwrap();
        replay(&forged).unwrap_err().what
    };
    let of = |entry: &mut Value, kind: &str| {
        let events = entry["events"].as_array().unwrap();
        events.iter().position(|event| event["of"] == kind).unwrap()
    };
    // What was approved is widened, and what was signed with it or not.
    let widened = forged(&|entry| {
        let n = of(entry, "accessRequest");
        entry["events"][n]["event"]["approval"]["scope"]["dataCategories"] =
            json!(["auditLogs", "signInLogs"]);
        let n = of(entry, "grant");
        entry["events"][n]["event"]["grant"]["dataCategories"] = json!(["auditLogs", "signInLogs"]);
    });
    assert!(widened.contains("signed something else"), "{widened}");
    for (place, value) in [
        ("/scope/dataCategories", json!(["auditLogs", "signInLogs"])),
        ("/scope/duration", json!("P30D")),
        ("/scope/dataFrom", json!("2026-01-01T00:00:00Z")),
        ("/scope/usersDigest", json!("00")),
        ("/nonce", json!("x")),
        ("/userId", json!("usr_00000000000000000000000000000000")),
        ("/accessRequestId", json!("sar_00000000000000000000000000000000")),
    ] {
        let what = forged(&|entry| {
            let n = of(entry, "decisionSigned");
            *entry["events"][n]["decision"]["statement"].pointer_mut(place).unwrap() = value.clone();
        });
        assert!(what.contains("sign") || what.contains("somebody else"), "{place}: {what}");
    }
    // Left out, where the tenant asks for it.
    let unsigned = forged(&|entry| {
        let n = of(entry, "decisionSigned");
        entry["events"].as_array_mut().unwrap().remove(n);
    });
    assert!(unsigned.contains("without a signature"), "{unsigned}");
    // With another key than the one enrolled.
    let enrolled = bytes.iter().position(|bytes| contains(bytes, "passkeyAdded")).unwrap();
    let mut swapped = bytes.clone();
    let mut entry: Value = serde_json::from_slice(&swapped[enrolled]).unwrap();
    entry["events"][0]["passkey"]["publicKey"] = json!("AAAA");
    swapped[enrolled] = vouchsafe_log::canonical(&entry).unwrap();
    assert!(replay(&swapped).unwrap_err().what.contains("does not hold"));
}

fn contains(bytes: &[u8], part: &str) -> bool {
    String::from_utf8_lossy(bytes).contains(part)
}

/// The Python that has the packages of `tests/requirements.txt`.
fn python() -> Option<PathBuf> {
    let prepared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.test/python/bin/python");
    let python = std::env::var_os("VOUCHSAFE_PYTHON").map_or_else(|| PathBuf::from(prepared), PathBuf::from);
    let imports = Command::new(&python).args(["-c", "import webauthn"]).output();
    imports.is_ok_and(|output| output.status.success()).then_some(python)
}

/// A WebAuthn library that is not ours comes to the same, from the opened entries alone.
#[expect(clippy::print_stdout, reason = "says what was left out")]
async fn by_another_library(house: &House) {
    let Some(python) = python() else {
        println!("skipped: the package webauthn is not there (`./test --prepare`)");
        return;
    };
    let entries: Vec<Value> =
        entries(house, house.tenant(Org::Adatum)).await.into_iter().map(|(opened, _)| opened).collect();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/signed_decision.py");
    let mut checking =
        Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let given = json!({ "entries": entries, "origin": ORIGIN }).to_string();
    checking.stdin.take().unwrap().write_all(given.as_bytes()).unwrap();
    let output = checking.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("changes of one member break it"), "{said}");
}

#[tokio::test]
async fn a_recovered_passkey_decides_nothing_for_a_day() {
    let house = House::new().await;
    let site = Site::of(&house);
    let (_, id) = asked(&site).await;
    let mut recovered = Authenticator::new(3, ORIGIN);
    let yuki = house.who("Yuki Tanabe", Org::Adatum);
    let pass = site.app.first_pass(yuki, Duration::hours(1)).await.unwrap().expose();
    site.enrol(&pass, &mut recovered).await;
    // Every administrator is told, on the first page that opens, and nobody else.
    for (name, told) in [("Yuki Tanabe", true), ("Marta Kowal", false)] {
        let session = site.app.sign_in(house.who(name, Org::Adatum)).await.unwrap().expose();
        let cookie = format!("__Host-vouchsafe_session={session}");
        let page = site.page(Method::GET, "/", &cookie, "").await.text();
        assert_eq!(page.contains("enrolled a new passkey with a recovery link"), told, "{name}: {page}");
    }
    let try_it = async |key: &mut Authenticator| {
        let problem = site.api(YUKI, approve(&id, &json!({}))).await.json();
        let body = with(json!({}), assertion(key, &problem));
        site.api(YUKI, approve(&id, &body)).await.verdict()
    };
    assert_eq!(try_it(&mut recovered).await, "403 forbidden");
    house.clock.advance(Duration::hours(23));
    assert_eq!(try_it(&mut recovered).await, "403 forbidden");
    house.clock.advance(Duration::hours(1));
    assert_eq!(try_it(&mut recovered).await, "200");
}

#[tokio::test]
async fn signatures_are_asked_for_only_by_somebody_who_can_sign() {
    let house = House::new().await;
    let site = Site::of(&house);
    let policy = Ask::patch("/v1.0/policies/supportAccess", &json!({ "decisionAssurance": "passkey" }));
    let refused = site.api(YUKI, policy).await;
    assert!(refused.status == 400 && refused.text().contains("passkey of your own"), "{}", refused.text());
}

#[tokio::test]
async fn consent_is_signed_as_well_and_a_plain_yes_waits() {
    let house = House::new().await;
    let site = Site::of(&house);
    let (mut key, _) = asked(&site).await;
    let new = json!({
        "title": "Codes arrive late", "description": "Since this morning, for everyone.", "severity": "moderate",
        "service": "identity", "problemType": "signIn/conditionalAccess", "allowAdvancedDiagnostics": true,
        "contact": { "name": "Marta Kowal", "email": "marta.kowal@adatum.example" },
    });
    let case = site.ok(MARTA, Ask::post("/v1.0/support/requests", &new)).await;
    assert_eq!(case["consent"]["status"], "awaitingApproval", "a yes without a signature grants nothing");
    let path = format!("/v1.0/support/requests/{}/consent/approve", text(&case["id"]));
    let problem = site.api(YUKI, Ask::post(&path, &json!({}))).await;
    assert_eq!(problem.verdict(), "403 assuranceRequired");
    let body = with(json!({}), assertion(&mut key, &problem.json()));
    assert_eq!(site.ok(YUKI, Ask::post(&path, &body)).await["consent"]["status"], "given");
}

#[tokio::test]
async fn the_page_asks_what_to_sign_and_sends_it_with_the_form() {
    let house = House::new().await;
    let site = Site::of(&house);
    let (mut key, id) = asked(&site).await;
    let yuki = house.who("Yuki Tanabe", Org::Adatum);
    let cookie = format!("__Host-vouchsafe_session={}", site.app.sign_in(yuki).await.unwrap().expose());
    let page = site.page(Method::GET, &format!("/access-requests/{id}"), &cookie, "").await;
    assert!(page.header("content-security-policy").unwrap().contains("script-src 'self'"));
    assert!(page.text().contains(r#"data-passkey="decide""#));
    let form = "version=1&assertion=&dataCategories=signInLogs&duration=PT1H&users=lee%40adatum.example";
    let asked = json!({ "kind": "accessRequest", "id": id, "form": form });
    let asked = site.send("/passkeys/decide/options", &cookie, &asked).await;
    assert_eq!(asked.status, 200, "{}", asked.text());
    let asked = asked.json();
    let credential = key.sign(&asked["options"]);
    let answer = json!({ "challengeId": asked["challengeId"], "credential": credential }).to_string();
    let signed = form.replace("assertion=", &format!("assertion={}", encoded(&answer)));
    let path = format!("/access-requests/{id}/approve");
    let plain = site.page(Method::POST, &path, &cookie, form).await;
    assert_eq!(plain.status, 403, "without the signature nothing is decided");
    let wider = signed.replace("duration=PT1H", "duration=PT8H");
    assert_eq!(site.page(Method::POST, &path, &cookie, &wider).await.status, 401);
    assert_eq!(site.page(Method::POST, &path, &cookie, &signed).await.status, 303);
    let shown = site.ok(YUKI, Ask::get(format!("/v1.0/support/accessRequests/{id}"))).await;
    assert_eq!((&shown["status"], &shown["approved"]["duration"]), (&json!("approved"), &json!("PT1H")));
}

/// A vote given while a token was enough stops counting once the tenant asks for signatures, and each of several is signed.
#[tokio::test]
async fn votes_that_nobody_signed_stop_counting_once_signatures_are_asked_for() {
    let house = House::new().await;
    let site = Site::of(&house);
    let id = request(&site, Value::Null).await;
    let policy = |body: Value| Ask::patch("/v1.0/policies/supportAccess", &body);
    site.ok(YUKI, policy(json!({ "approvals": { "required": 2 } }))).await;
    let given = |shown: &Value| shown["approvals"]["given"].as_array().unwrap().len();
    assert_eq!(given(&site.ok(MARTA, approve(&id, &json!({}))).await), 1);
    let mut keys = [
        (YUKI, "Yuki Tanabe", Authenticator::new(1, ORIGIN)),
        (MARTA, "Marta Kowal", Authenticator::new(2, ORIGIN)),
    ];
    for (_, name, key) in &mut keys {
        let pass =
            site.app.first_pass(house.who(name, Org::Adatum), Duration::hours(1)).await.unwrap().expose();
        site.enrol(&pass, key).await;
    }
    site.ok(YUKI, policy(json!({ "decisionAssurance": "passkey" }))).await;
    let shown = site.ok(YUKI, Ask::get(format!("/v1.0/support/accessRequests/{id}"))).await;
    assert_eq!(given(&shown), 0, "nobody signed Marta's vote");
    let mut statuses = Vec::new();
    for (who, _, key) in &mut keys {
        let problem = site.api(*who, approve(&id, &json!({}))).await;
        assert_eq!(problem.verdict(), "403 assuranceRequired");
        let body = with(json!({}), assertion(key, &problem.json()));
        statuses.push(text(&site.ok(*who, approve(&id, &body)).await["status"]));
    }
    assert_eq!(
        statuses,
        ["pending", "approved"],
        "one signed vote is one, however many unsigned ones there were"
    );
    // The log shows both signatures, and without the earlier one the decision does not stand.
    let bytes: Vec<Vec<u8>> =
        entries(&house, house.tenant(Org::Adatum)).await.into_iter().map(|(_, bytes)| bytes).collect();
    let replay = |bytes: &[Vec<u8>]| {
        let mut replay = Replay::default().checking(check);
        bytes.iter().try_for_each(|bytes| replay.entry(bytes))?;
        replay.end()
    };
    assert_eq!(replay(&bytes).unwrap().signed, 2);
    let last = bytes.iter().rposition(|bytes| contains(bytes, "decisionSigned")).unwrap();
    let mut forged = bytes.clone();
    let mut entry: Value = serde_json::from_slice(&forged[last]).unwrap();
    let events = entry["events"].as_array_mut().unwrap();
    let approved = events.iter_mut().find(|event| event["of"] == "accessRequest").unwrap();
    approved["event"]["approval"]["earlier"][0]["by"] =
        json!(house.who("Noor Aziz", Org::Adatum).user.to_string());
    forged[last] = vouchsafe_log::canonical(&entry).unwrap();
    let what = replay(&forged).unwrap_err().what;
    assert!(what.contains("which was not signed"), "{what}");
}

/// The only approver says yes where it must be signed: the yes waits for that person's own signature.
#[tokio::test]
async fn whoever_said_yes_signs_it_afterwards() {
    let house = House::new().await;
    let site = Site::of(&house);
    let (mut key, _) = asked(&site).await;
    let case = house.case(YUKI, PAYROLL).await;
    let yes =
        Ask::patch(format!("/v1.0/support/requests/{case}"), &json!({ "allowAdvancedDiagnostics": true }));
    assert_eq!(site.ok(YUKI, yes).await["consent"]["status"], "awaitingApproval");
    let path = format!("/v1.0/support/requests/{case}/consent/approve");
    let problem = site.api(YUKI, Ask::post(&path, &json!({}))).await;
    assert_eq!(problem.verdict(), "403 assuranceRequired");
    let body = with(json!({}), assertion(&mut key, &problem.json()));
    assert_eq!(site.ok(YUKI, Ask::post(&path, &body)).await["consent"]["status"], "given");
    // Given anew, it is decided anew: the former signature is none for it.
    for (yes, status) in [(false, "none"), (true, "awaitingApproval")] {
        let set =
            Ask::patch(format!("/v1.0/support/requests/{case}"), &json!({ "allowAdvancedDiagnostics": yes }));
        assert_eq!(site.ok(YUKI, set).await["consent"]["status"], status);
    }
    assert_eq!(site.api(YUKI, Ask::post(&path, &body)).await.verdict(), "401 unauthenticated");
}

/// Whoever gets a pack of the case checks the signature with nothing but the log's key; the whole log says the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_pack_holds_what_its_signatures_are_checked_with() {
    let Some(commands) = command_line() else {
        println!("skipped: the command line cannot be built");
        return;
    };
    let house = House::new().await;
    let site = Site::of(&house);
    let (mut key, id) = asked(&site).await;
    let problem = site.api(YUKI, approve(&id, &json!({}))).await.json();
    let body = with(json!({}), assertion(&mut key, &problem));
    let case = text(&site.ok(YUKI, approve(&id, &body)).await["supportRequestId"]);
    for _ in 0..2 {
        house.app.publish().await.unwrap();
    }
    let (server, token) = (house.listen().await, house.token(YUKI).to_owned());
    let keys = site.ok(YUKI, Ask::get("/v1.0/auditLogs/logKeys")).await;
    let log_key = text(&keys["value"][0]["verifierKey"]);
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path()).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(commands.join("vouchsafe"));
        command.args(arguments).current_dir(folder.path()).env("HOME", folder.path());
        command
            .env("VOUCHSAFE_SERVER", &server)
            .env("VOUCHSAFE_TOKEN", &token)
            .env_remove("VOUCHSAFE_PROFILE");
        let output = tokio::task::block_in_place(|| command.output().unwrap());
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {out}{err}");
        out.into_owned()
    };
    run(&["export", "pack", "--support-request", &case, "--to", "case.zip"]);
    run(&["export", "log", "--to", "log"]);
    for what in ["case.zip", "log"] {
        let told = run(&["verify", what, "--key", &log_key]);
        assert!(told.contains("1 decisions are signed by passkeys"), "{what}: {told}");
    }
}

fn policy(body: &Value) -> Ask {
    Ask::patch("/v1.0/policies/supportAccess", body)
}

#[tokio::test]
async fn whoever_stole_an_administrators_token_cannot_switch_signatures_off() {
    let house = House::new().await;
    let site = Site::of(&house);
    let (mut key, id) = asked(&site).await;
    let lower = json!({ "decisionAssurance": "token" });
    let refused = async |body: &Value, verdict: &str| {
        let reply = site.api(YUKI, policy(body)).await;
        assert_eq!(reply.verdict(), verdict, "{body}: {}", reply.text());
        reply.json()
    };
    // Neither at once, nor step by step, nor hidden among others.
    refused(&json!({ "decisionAssurance": "stepUp" }), "403 assuranceRequired").await;
    refused(&json!({ "decisionAssurance": "token", "maxDuration": "P20D" }), "403 assuranceRequired").await;
    let problem = refused(&lower, "403 assuranceRequired").await;
    assert!(problem["challenge"].is_string() && problem.get("scope").is_none());
    // Nor with what a thief can have: an assertion that approved, one of somebody else, one over other settings.
    let approving = site.api(YUKI, approve(&id, &json!({}))).await.json();
    let of_approval = assertion(&mut key, &approving);
    refused(&with(lower.clone(), of_approval), "401 unauthenticated").await;
    let mut martas = Authenticator::new(2, ORIGIN);
    let marta = house.who("Marta Kowal", Org::Adatum);
    let pass = site.app.first_pass(marta, Duration::hours(1)).await.unwrap().expose();
    site.enrol(&pass, &mut martas).await;
    let theirs = assertion(&mut martas, &problem);
    refused(&with(lower.clone(), theirs), "401 unauthenticated").await;
    let wider = json!({ "decisionAssurance": "token", "maxDuration": "P20D" });
    let signed = assertion(&mut key, &problem);
    refused(&with(wider, signed.clone()), "401 unauthenticated").await;
    let still = site.ok(YUKI, Ask::get("/v1.0/policies/supportAccess")).await;
    assert_eq!(still["decisionAssurance"], "passkey");
    // What does not lower it needs no signature.
    site.ok(YUKI, policy(&json!({ "maxDuration": "P10D" }))).await;
    // Since then the signed settings are others.
    refused(&with(lower.clone(), signed), "401 unauthenticated").await;
    let problem = refused(&lower, "403 assuranceRequired").await;
    let good = assertion(&mut key, &problem);
    let lowered = site.ok(YUKI, policy(&with(lower.clone(), good.clone()))).await;
    assert_eq!(lowered["decisionAssurance"], "token");
    // Once raised again, the same signature does not lower it a second time.
    site.ok(YUKI, policy(&json!({ "decisionAssurance": "passkey" }))).await;
    refused(&with(lower, good), "401 unauthenticated").await;
    // The log proves it offline; without the signature, or over other settings, it does not hold.
    let entries = entries(&house, house.tenant(Org::Adatum)).await;
    let bytes: Vec<Vec<u8>> = entries.iter().map(|(_, bytes)| bytes.clone()).collect();
    let replay = |bytes: &[Vec<u8>]| {
        let mut replay = Replay::default().checking(check);
        bytes.iter().try_for_each(|bytes| replay.entry(bytes))?;
        replay.end()
    };
    assert_eq!(replay(&bytes).unwrap().signed, 1);
    let place = bytes.iter().position(|bytes| contains(bytes, "policySigned")).unwrap();
    let forged = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut entry: Value = serde_json::from_slice(&bytes[place]).unwrap();
        change(entry["events"].as_array_mut().unwrap());
        let mut forged = bytes.clone();
        forged[place] = vouchsafe_log::canonical(&entry).unwrap();
        replay(&forged).unwrap_err().what
    };
    let unsigned = forged(&|events| events.retain(|event| event["of"] != "policySigned"));
    assert!(unsigned.contains("nobody has signed"), "{unsigned}");
    let other = forged(&|events| {
        for event in events.iter_mut().filter(|event| event["of"] == "policyChanged") {
            event["policy"]["maxDuration"] = json!("P29D");
        }
    });
    assert!(other.contains("nobody has signed"), "{other}");
    let both = forged(&|events| {
        for event in events.iter_mut() {
            let place = if event["of"] == "policySigned" {
                "/decision/statement/policy/maxDuration"
            } else {
                "/policy/maxDuration"
            };
            if let Some(value) = event.pointer_mut(place) {
                *value = json!("P29D");
            }
        }
    });
    assert!(both.contains("does not hold"), "{both}");
}
