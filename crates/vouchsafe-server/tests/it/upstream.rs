//! A second Vouchsafe as the live source of the first: the same reads, masks and records as of stored data.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Form;
use axum::response::IntoResponse as _;
use axum::routing::post;
use http::StatusCode;
use serde_json::{Value, json};
use vouchsafe_app::upstream::Upstreams;
use vouchsafe_server::bootstrap;
use vouchsafe_server::config::{self, Config};
use vouchsafe_server::serve::{self, ServeError};
use vouchsafe_server::upstream::connect;
use vouchsafe_store::edge::{Clock, SystemClock};

use crate::house::*;

pub(crate) const CLIENT: &str = "vouchsafe-first";
pub(crate) const SECRET: &str = "correct horse+battery&staple";
const SCOPE: &str = "https://source.example/.default";
pub(crate) const SIGN_INS: &str = "auditLogs/signIns";

/// A token endpoint that knows one client and gives it this token; it counts how often.
pub(crate) async fn token_endpoint(token: &str) -> (String, Arc<AtomicU32>) {
    let (token, given) = (token.to_owned(), Arc::new(AtomicU32::new(0)));
    let count = Arc::clone(&given);
    let grant = move |Form(form): Form<HashMap<String, String>>| async move {
        let right = [
            ("grant_type", "client_credentials"),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("scope", SCOPE),
        ];
        let right: HashMap<_, _> =
            right.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        if form != right {
            let told = json!({ "error": "invalid_client", "error_description": form["client_secret"] });
            return (StatusCode::UNAUTHORIZED, told.to_string()).into_response();
        }
        count.fetch_add(1, Ordering::SeqCst);
        let told = json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 });
        told.to_string().into_response()
    };
    let url = listen(axum::Router::new().route("/token", post(grant))).await;
    (format!("{url}/token"), given)
}

/// The source of these kinds of an organisation, as a configuration says it.
pub(crate) fn source(
    house: &House,
    org: Org,
    base_url: &str,
    token_url: &str,
    secret: &str,
    kinds: &[&str],
) -> Upstreams {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path()).unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, format!("{secret}\n")).unwrap();
    let configured = config::Upstream {
        tenant_id: house.tenant(org),
        base_url: base_url.to_owned(),
        token_url: token_url.to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret_file: file,
        scope: SCOPE.to_owned(),
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    connect(&[configured], &clock).unwrap()
}

struct Pair {
    first: House,
    signs: String,
    grant: String,
    /// All of the source's own records, newest first.
    own: Vec<Value>,
}

/// The first one reads Adatum's sign-ins from the second one, with the token of an auditor there.
async fn pair() -> Pair {
    let second = House::new().await;
    let (token_url, _) = token_endpoint(second.token(NOOR)).await;
    let own = second.list(NOOR, "/v1.0/auditLogs/signIns").await;
    let first = House::new().await;
    let base_url = format!("{}/v1.0", second.listen().await);
    let live = source(&first, Org::Adatum, &base_url, &token_url, SECRET, &[SIGN_INS]);
    let first = first.reading(live);
    // The second one's folder has to last as long as it is asked.
    std::mem::forget(second);
    let case = first.case(MARTA, PAYROLL).await;
    let grant = first.grant_of(YUKI, &case).await;
    let signs = format!("{}/{SIGN_INS}", first.base(&case, Org::Adatum));
    Pair { first, signs, grant, own }
}

impl Pair {
    /// All pages of a list, and how many there were.
    async fn pages(&self, options: &[(&str, &str)]) -> (Vec<Value>, usize) {
        let (mut seen, mut pages) = (Vec::new(), 0);
        let mut next = Some(Ask::get(&self.signs).query(options));
        while let Some(ask) = next {
            let page = self.first.ok(INES, ask).await;
            seen.extend(page["value"].as_array().unwrap().clone());
            pages += 1;
            let link = page["@odata.nextLink"].as_str();
            next = link.map(|link| Ask::get(link.replace(&format!("http://{HOST}"), "")));
        }
        (seen, pages)
    }

    async fn last_record(&self) -> Value {
        let path = format!("/v1.0/support/grants/{}/reads", self.grant);
        self.first.ok(YUKI, Ask::get(path).query(&[("$top", "1")])).await["value"][0].clone()
    }
}

fn times(records: &[Value]) -> Vec<String> {
    records.iter().map(|record| text(&record["createdDateTime"])).collect()
}

#[tokio::test]
async fn pages_come_from_the_source_masked_and_recorded_with_true_ids() {
    let pair = pair().await;
    let (seen, pages) = pair.pages(&[("$top", "30")]).await;
    assert_eq!(times(&seen), times(&pair.own), "all of them, newest first, without gaps and repeats");
    assert_eq!(pages, pair.own.len().div_ceil(30));
    let last = pair.last_record().await;
    let ids: Vec<_> = pair.own.iter().skip((pages - 1) * 30).map(|own| own["id"].clone()).collect();
    assert_eq!(last["recordIds"], json!(ids), "true ids for the customer");
    assert_eq!(last["query"], "/auditLogs/signIns?$top=30&$skiptoken=…");
    let shown = serde_json::to_string(&seen).unwrap();
    for own in &pair.own {
        for member in ["id", "userId", "userPrincipalName", "userDisplayName", "correlationId"] {
            let Some(value) = own[member].as_str().filter(|value| value.len() > 3) else { continue };
            assert!(!shown.contains(value), "{member} {value} is readable");
        }
    }
    for (own, seen) in pair.own.iter().zip(&seen) {
        assert_eq!(own["status"]["errorCode"], seen["status"]["errorCode"]);
        assert_eq!(own.as_object().unwrap().len(), seen.as_object().unwrap().len());
    }
    let reply = pair.first.send(INES, Ask::get(&pair.signs).query(&[("$top", "1")])).await;
    assert_eq!(reply.header("vouchsafe-grant"), Some(pair.grant.as_str()));
    assert_eq!(reply.header("vouchsafe-read"), pair.last_record().await["id"].as_str());
    let link = text(&reply.json()["@odata.nextLink"]);
    assert!(link.starts_with(&format!("http://{HOST}/diagnostics/")), "{link}");
}

#[tokio::test]
async fn filters_mean_the_same_as_on_stored_data() {
    let pair = pair().await;
    let (all, _) = pair.pages(&[("$top", "1000")]).await;
    let place =
        pair.own.iter().position(|own| own["userId"] != "" && own["status"]["errorCode"] != 0).unwrap();
    let (true_one, one) = (&pair.own[place], &all[place]);
    let some_time = text(&pair.own[pair.own.len() / 3]["createdDateTime"]);
    let app = text(&true_one["appDisplayName"]);
    let word = app.split(' ').next().unwrap().to_lowercase();
    type Holds<'a> = Box<dyn Fn(&Value) -> bool + 'a>;
    let of_person: fn(&Value, &Value) -> bool = |a, b| a["userId"] == b["userId"];
    let cases: Vec<(String, Holds<'_>)> = vec![
        ("status/errorCode ne 0".to_owned(), Box::new(|own| own["status"]["errorCode"] != 0)),
        (format!("status/errorCode eq {}", true_one["status"]["errorCode"]), {
            Box::new(|own| own["status"]["errorCode"] == true_one["status"]["errorCode"])
        }),
        (format!("userId eq '{}'", text(&one["userId"])), Box::new(|own| of_person(own, true_one))),
        (format!("userPrincipalName eq '{}'", text(&true_one["userPrincipalName"])), {
            Box::new(|own| own["userPrincipalName"] == true_one["userPrincipalName"])
        }),
        (format!("contains(appDisplayName, '{word}')"), {
            Box::new(|own| text(&own["appDisplayName"]).to_lowercase().contains(&word))
        }),
        (
            format!("createdDateTime lt {some_time}"),
            Box::new(|own| text(&own["createdDateTime"]) < some_time),
        ),
        (format!("not (userId eq '{}') and createdDateTime ge {some_time}", text(&one["userId"])), {
            Box::new(|own| !of_person(own, true_one) && text(&own["createdDateTime"]) >= some_time)
        }),
        ("createdDateTime lt 2001-01-01T00:00:00Z".to_owned(), Box::new(|_| false)),
    ];
    for (filter, holds) in &cases {
        let expected: Vec<_> = pair.own.iter().filter(|own| holds(own)).cloned().collect();
        for top in ["7", "1000"] {
            let (seen, _) = pair.pages(&[("$filter", filter), ("$top", top)]).await;
            assert_eq!(times(&seen), times(&expected), "{filter} by {top}");
        }
    }
    let record = pair.last_record().await;
    assert_eq!((&record["recordIds"], &record["count"]), (&json!([]), &json!(0)), "an empty read is one too");
    for (filter, code) in [
        ("startswith(userPrincipalName,'a')", "400 maskedProperty"),
        ("shoeSize eq 41", "400 invalidRequest"),
        ("status/errorCode eq 'x'", "400 invalidRequest"),
    ] {
        pair.first.refused(INES, Ask::get(&pair.signs).query(&[("$filter", filter)]), code).await;
    }
}

#[tokio::test]
async fn one_object_is_found_by_its_pseudonym_and_by_its_true_id() {
    let pair = pair().await;
    let page = pair.first.ok(INES, Ask::get(&pair.signs).query(&[("$top", "3")])).await;
    let (seen, own) = (&page["value"][2], &pair.own[2]);
    for id in [&seen["id"], &own["id"]] {
        let one = pair.first.ok(INES, Ask::get(format!("{}/{}", pair.signs, text(id)))).await;
        assert_eq!((&one["id"], &one["createdDateTime"]), (&seen["id"], &own["createdDateTime"]));
        assert!(text(&one["@odata.context"]).contains("/diagnostics/"), "{one}");
        assert_eq!(pair.last_record().await["recordIds"], json!([own["id"]]));
    }
    let nobody = "018bcfe5-6800-4777-b078-70707070707a";
    for id in [nobody, "%2e%2e", "..%2f..%2fusers", "x%3Fy"] {
        let reply = pair.first.send(INES, Ask::get(format!("{}/{id}", pair.signs))).await;
        assert_eq!(reply.verdict(), "404 notFound", "{id}");
        let record = pair.last_record().await;
        assert_eq!(
            (reply.header("vouchsafe-read"), &record["recordIds"]),
            (record["id"].as_str(), &json!([]))
        );
    }
}

#[tokio::test]
async fn access_about_some_people_shows_their_rows_of_the_source_and_is_not_counted_beforehand() {
    let pair = pair().await;
    let first = &pair.first;
    let person = pair.own.iter().find(|own| own["userId"] != "").unwrap();
    let expected: Vec<_> = pair.own.iter().filter(|own| own["userId"] == person["userId"]).cloned().collect();
    let case = first.case(MARTA, PAYROLL).await;
    let path = format!("/v1.0/support/requests/{case}/accessRequests");
    for named in ["userId", "userPrincipalName"] {
        let body = json!({
            "resourceTenantId": first.tenant(Org::Adatum), "dataCategories": ["signInLogs"],
            "filter": { "users": [text(&person[named]).to_uppercase(), "nobody@adatum.example"] },
            "reasonCode": "troubleshooting", "duration": "PT8H",
            "justification": "The sign-in log should show which policy refuses them.",
        });
        let id = text(&first.ok(INES, Ask::post(&path, &body)).await["id"]);
        let request = format!("/v1.0/support/accessRequests/{id}");
        let problem = first.refused(YUKI, Ask::get(format!("{request}/preview")), "400 invalidRequest").await;
        assert!(text(&problem["detail"]).contains("read live from its source"), "{problem}");
        let approved = first.ok(YUKI, Ask::post(format!("{request}/approve"), &json!({}))).await;
        let ask = Ask::get(&pair.signs).query(&[("$top", "1000")]);
        let page = first.ok(INES, ask.with("vouchsafe-grant", text(&approved["grantId"]))).await;
        assert_eq!(times(page["value"].as_array().unwrap()), times(&expected), "by {named}");
    }
}

#[tokio::test]
async fn what_a_live_source_does_not_answer_is_refused_by_name() {
    let pair = pair().await;
    let signs = &pair.signs;
    for (ask, parameter) in [
        (Ask::get(signs).query(&[("$count", "true")]), "$count"),
        (Ask::get(signs).query(&[("$orderby", "createdDateTime asc")]), "$orderby"),
        (Ask::get(format!("{signs}/summary?by=hour")), "by"),
    ] {
        let problem = pair.first.refused(INES, ask, "400 invalidRequest").await;
        assert_eq!(problem["errors"][0]["parameter"], parameter);
        assert!(text(&problem["detail"]).contains("read live from its source"), "{problem}");
    }
    let newest = Ask::get(signs).query(&[("$orderby", "createdDateTime desc"), ("$top", "2")]);
    let page = pair.first.ok(INES, newest).await;
    assert_eq!(times(page["value"].as_array().unwrap()), times(&pair.own[..2]));
    // Other kinds of the same tenant, and other tenants, are read from what is stored.
    let organization = signs.replace(SIGN_INS, "organization");
    pair.first.ok(INES, Ask::get(organization).query(&[("$count", "true")])).await;
}

#[tokio::test]
async fn a_token_is_fetched_once_and_wrong_credentials_are_the_operators_matter() {
    let second = House::new().await;
    let (token_url, given) = token_endpoint(second.token(NOOR)).await;
    let base_url = format!("{}/v1.0", second.listen().await);
    let first = House::new().await;
    let live = source(&first, Org::Adatum, &base_url, &token_url, SECRET, &[SIGN_INS]);
    let first = first.reading(live);
    let case = first.case(MARTA, PAYROLL).await;
    let signs = format!("{}/{SIGN_INS}", first.base(&case, Org::Adatum));
    for _ in 0..3 {
        first.ok(INES, Ask::get(&signs).query(&[("$top", "1")])).await;
    }
    assert_eq!(given.load(Ordering::SeqCst), 1);
    let wrong = source(&first, Org::Adatum, &base_url, &token_url, "wr0ng-secret", &[SIGN_INS]);
    let first = first.reading(wrong);
    let problem = first.refused(INES, Ask::get(&signs), "503 unavailable").await;
    assert!(text(&problem["detail"]).contains("credentials"), "{problem}");
    assert!(!problem.to_string().contains("wr0ng-secret") && !problem.to_string().contains("invalid_client"));
}

#[tokio::test]
async fn a_server_with_a_source_of_nobody_does_not_start() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path()).unwrap();
    let secret = folder.path().join("secret");
    let file = folder.path().join("vouchsafe.toml");
    let write = |kinds: &str| {
        let data = folder.path().join("data");
        let text = format!(
            r#"
            listen = "127.0.0.1:0"
            public_url = "https://support.example"
            [database]
            url = "sqlite:{}"
            [bootstrap]
            intake = true
            provider = {{ display_name = "N", domain = "n.example", person = "D H", user_principal_name = "d@n.example" }}
            tenant = {{ display_name = "C", domain = "c.example", person = "P N", user_principal_name = "p@c.example" }}
            [[upstream]]
            tenant_id = "5f0a1c1e-7d64-4c9a-9a51-3f6f3b1f2a10"
            base_url = "https://graph.example/v1.0"
            token_url = "https://login.example/token"
            client_id = "x"
            client_secret_file = "{}"
            scope = "y"
            kinds = {kinds}
            "#,
            data.display(),
            secret.display()
        );
        std::fs::write(&file, text).unwrap();
    };
    write(r#"["auditLogs/signins"]"#);
    let complaint = Config::read(&file).unwrap_err().to_string();
    assert!(
        complaint.contains("[[upstream]] 1: `kinds` has `auditLogs/signins`, which is none of"),
        "{complaint}"
    );
    write(r#"["auditLogs/signIns"]"#);
    let mut config = Config::read(&file).unwrap();
    let made = bootstrap::run(&config).await.unwrap();
    let names: Vec<&str> = made.iter().map(|token| token.organization.as_str()).collect();
    assert_eq!(names, ["N", "C", "Case intake"]);
    assert_eq!(made[2].tenant, made[0].tenant);
    let refused = serve::run(config.clone()).await.unwrap_err();
    assert!(matches!(refused, ServeError::NoCustomer(_)), "{refused}");
    let customer = made.iter().find(|token| token.organization == "C").unwrap().tenant;
    config.upstreams[0].tenant_id = customer;
    let refused = serve::run(config.clone()).await.unwrap_err().to_string();
    assert!(refused.contains("`client_secret_file`: cannot read"), "{refused}");
    std::fs::write(&secret, " \n").unwrap();
    let refused = serve::run(config).await.unwrap_err().to_string();
    assert!(refused.contains("must hold the secret and nothing else"), "{refused}");
}
