//! Bad requests to every route of the document. Each gets its exact status and code, says where the fault is, and
//! changes nothing.

use http::Method;
use serde_json::{Value, json};

use crate::contract::{Contract, Operation};
use crate::house::*;
use crate::rows::*;

/// What is to be refused, and how.
struct Bad {
    what: String,
    ask: Ask,
    verdicts: &'static [&'static str],
    /// JSON pointer or parameter that the answer must name.
    place: Option<String>,
}

const INVALID: &[&str] = &["400 invalidRequest"];
const MASKED: &[&str] = &["400 invalidRequest", "400 maskedProperty"];
const UNKNOWN_FIELD: &[&str] = &["400 unknownField"];
const UNKNOWN_OPTION: &[&str] = &["400 unknownQueryOption"];

impl Bad {
    fn new(what: impl Into<String>, ask: Ask, verdicts: &'static [&'static str]) -> Self {
        Self { what: what.into(), ask, verdicts, place: None }
    }

    fn at(self, place: impl Into<String>) -> Self {
        Self { place: Some(place.into()), ..self }
    }
}

/// Sends all of a row's bad requests; gives what was not as it should be.
async fn faults_of(house: &House, row: &Row, bad: Vec<Bad>) -> Vec<String> {
    let mut faults = Vec::new();
    let before = house.log_sizes().await;
    for Bad { what, ask, verdicts, place } in bad {
        let reply = house.send(row.by, ask).await;
        let named = place.as_ref().is_none_or(|place| {
            let first = &reply.json()["errors"][0];
            [&first["pointer"], &first["parameter"]].iter().any(|known| *known == place)
        });
        if !verdicts.contains(&reply.verdict().as_str()) || !named {
            let expected = format!("{verdicts:?} at {place:?}");
            faults.push(format!("{}: {what}: expected {expected}, got {}", row.operation, reply.text()));
        }
    }
    if house.log_sizes().await != before {
        faults.push(format!("{}: something was logged", row.operation));
    }
    faults
}

async fn try_all(make: impl Fn(&House, &Stage, &Operation, &Row) -> Vec<Bad>) {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let mut faults = Vec::new();
    let mut tried = 0;
    let before = house.snapshot().await;
    for operation in house.contract.operations() {
        let row = Row::of(operation);
        let bad = make(&house, &stage, operation, row);
        tried += bad.len();
        if !bad.is_empty() {
            faults.extend(faults_of(&house, row, bad).await);
        }
    }
    for (name, value) in house.snapshot().await {
        if before.get(&name) != Some(&value) {
            faults.push(format!("{name} changed"));
        }
    }
    assert!(faults.is_empty(), "{} of {tried}:\n{}", faults.len(), faults.join("\n"));
    assert!(tried > 50, "only {tried} bad requests");
}

#[tokio::test]
async fn bodies_that_are_not_the_described_json_are_refused_at_the_place() {
    try_all(|house, stage, operation, row| {
        let (Some(schema), Some(body)) = (operation.request_schema(), row.body) else { return Vec::new() };
        let good = body(stage);
        let errors = house.contract.errors(schema, &good);
        assert!(errors.is_empty(), "{}: the good body is not as described: {errors:?}", row.operation);
        let mut bad = broken_texts(stage, row, &good);
        for (pointer, member) in members(&house.contract, schema, "") {
            bad.extend(wrong_values(&house.contract, stage, row, &good, &pointer, &member));
        }
        bad
    })
    .await;
}

/// Texts that are no JSON, or not one object.
fn broken_texts(stage: &Stage, row: &Row, good: &Value) -> Vec<Bad> {
    let raw = |text: &str| row.good(stage).raw("application/json", text);
    let cut = good.to_string();
    let mut bad: Vec<Bad> =
        ["[]", "[{}]", "null", "true", "7", "\"text\"", "\u{feff}{}", "nul", "}", "{]", "["]
            .iter()
            .map(|text| Bad::new(format!("body {text:?}"), raw(text), INVALID).at(""))
            .collect();
    // Some of these name the unknown member before the text breaks.
    for text in ["{", "{\"a\":}", "{\"a\":1,}", "{} {}", "{'a':1}", "{\"a\":NaN}", "{\"\\ud800\":1}"] {
        let either = &["400 invalidRequest", "400 unknownField"];
        bad.push(Bad::new(format!("body {text:?}"), raw(text), either));
    }
    if cut.len() > 2 {
        bad.push(Bad::new("body cut off", raw(&cut[..cut.len() - 1]), INVALID));
    }
    bad.push(Bad::new(
        "not UTF-8",
        row.good(stage).raw("application/json", [0x7b, 0x22, 0xff, 0x22, 0x7d]),
        INVALID,
    ));
    bad.push(Bad::new("deep", raw(&"[".repeat(5_000)), INVALID));
    let unknown = |extra: Value| {
        let mut body = good.clone();
        body["unexpected"] = extra;
        row.good(stage).json(&body)
    };
    for extra in [json!(1), json!(null), json!({ "a": [1] })] {
        bad.push(Bad::new("unknown member", unknown(extra), UNKNOWN_FIELD).at("/unexpected"));
    }
    let first = good.as_object().unwrap().iter().next();
    if let Some((name, value)) = first {
        let twice = format!("{{\"{name}\":{value},\"{name}\":{value}}}");
        bad.push(Bad::new("the same member twice", raw(&twice), INVALID).at(format!("/{name}")));
    }
    bad
}

/// The members of a body with their schemas, by JSON pointer, nested ones too.
fn members(contract: &Contract, schema: &Value, at: &str) -> Vec<(String, Value)> {
    let inner =
        schema["oneOf"].as_array().and_then(|options| options.iter().find(|one| one.get("$ref").is_some()));
    let schema = inner.unwrap_or(schema);
    let schema = contract.component(schema).unwrap_or(schema);
    let mut found = Vec::new();
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let pointer = format!("{at}/{name}");
        found.extend(members(contract, member, &pointer));
        if let Some(items) = member.get("items") {
            found.push((format!("{pointer}/0"), items.clone()));
        }
        found.push((pointer, member.clone()));
    }
    found
}

/// The good body with another value at one place; objects on the way are made, a list gets the value alone.
fn with(good: &Value, pointer: &str, value: Value) -> Value {
    let mut body = good.clone();
    let mut place = &mut body;
    for segment in pointer.split('/').skip(1) {
        place = match segment {
            "0" => {
                if place.as_array().is_none_or(Vec::is_empty) {
                    *place = json!([null]);
                }
                &mut place[0]
            }
            name => {
                if !place.is_object() {
                    *place = json!({});
                }
                &mut place[name]
            }
        };
    }
    *place = value;
    body
}

/// Values that the schema of a member does not admit.
fn wrong_values(
    contract: &Contract,
    stage: &Stage,
    row: &Row,
    good: &Value,
    pointer: &str,
    member: &Value,
) -> Vec<Bad> {
    let mut bad = Vec::new();
    for value in [
        json!(null),
        json!(true),
        json!(7),
        json!(-1),
        json!(1.5),
        json!("no such word"),
        json!([]),
        json!([[]]),
        json!([7]),
        json!({}),
    ] {
        if contract.errors(member, &value).is_empty() {
            continue;
        }
        let inside = value.as_array().is_some_and(|list| !list.is_empty()) && member.get("items").is_some();
        let missing = value == json!({}) && !members(contract, member, "").is_empty();
        let what = format!("{pointer} = {value}");
        let bad_one = Bad::new(what, row.good(stage).json(&with(good, pointer, value)), INVALID);
        bad.push(match (inside, missing) {
            (true, _) => bad_one.at(format!("{pointer}/0")),
            (_, true) => bad_one,
            (false, false) => bad_one.at(pointer),
        });
    }
    if !members(contract, member, "").is_empty() {
        let mut body = with(good, &format!("{pointer}/unexpected"), json!(1));
        if let Some(kept) = good.pointer(pointer).and_then(Value::as_object) {
            let place = body.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
            place.extend(kept.clone());
        }
        let ask = row.good(stage).json(&body);
        bad.push(Bad::new("unknown member inside", ask, UNKNOWN_FIELD).at(format!("{pointer}/unexpected")));
    }
    bad
}

#[tokio::test]
async fn values_out_of_their_bounds_are_refused_at_the_place() {
    try_all(|_, stage, _, row| {
        let Some(body) = row.body else { return Vec::new() };
        let good = body(stage);
        let mut bad = Vec::new();
        for (pointer, max) in row.limits {
            let long = match *pointer {
                "/contact/email" => {
                    format!("{}@adatum.example", "x".repeat(max + 1 - "@adatum.example".len()))
                }
                _ => "é".repeat(max + 1),
            };
            let ask = row.good(stage).json(&with(&good, pointer, json!(long)));
            bad.push(Bad::new(format!("{pointer} one too long"), ask, INVALID).at(*pointer));
            let control = with(&good, pointer, json!("aaaaaaaaaaaaaaaaaaaaaaaaaaaa\u{0}bbbbbb"));
            bad.push(
                Bad::new(format!("{pointer} with NUL"), row.good(stage).json(&control), INVALID).at(*pointer),
            );
        }
        for (pointer, value) in out_of_bounds(row.operation, stage) {
            let what = format!("{pointer} = {value}");
            bad.push(Bad::new(what, row.good(stage).json(&with(&good, pointer, value)), INVALID).at(pointer));
        }
        bad
    })
    .await;
}

/// Values of the right type that the rules refuse.
fn out_of_bounds(operation: &str, stage: &Stage) -> Vec<(&'static str, Value)> {
    let many: Vec<String> = (0..21).map(|n| format!("0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b{n:02}")).collect();
    let contact = [
        ("/contact/name", json!("")),
        ("/contact/email", json!("nobody")),
        ("/contact/email", json!("a b@adatum.example")),
        ("/contact/language", json!("e")),
        ("/contact/language", json!("en_GB")),
        ("/contact/timeZone", json!("Mars/Phobos")),
        ("/resourceTenantIds", json!(many)),
    ];
    match operation {
        "POST /v1.0/support/requests" => {
            let mut all = contact.to_vec();
            all.extend([
                ("/title", json!("  ")),
                ("/service", json!("mail")),
                ("/problemType", json!("signIn/nothing")),
                ("/resourceTenantId", json!("contoso")),
                ("/resourceTenantIds/0", json!("sr_018bcfe568007707870707070707070a")),
            ]);
            all
        }
        "PATCH /v1.0/support/requests/{id}" => contact.to_vec(),
        "PATCH /v1.0/policies/supportAccess" => vec![
            ("/maxDuration", json!("P31D")),
            ("/maxDuration", json!("PT1S")),
            ("/pendingExpiry", json!("PT5M")),
            ("/pendingExpiry", json!("P31D")),
            ("/consentDuration", json!("P400D")),
            ("/idlePause", json!("P31D")),
            ("/idlePause", json!("PT1H")),
            ("/approvals/required", json!(0)),
            ("/approvals/approverIds/0", json!("grt_018bcfe568007707870707070707070a")),
            ("/decisionAssurance", json!("passkey")),
        ],
        "POST /v1.0/support/requests/{id}/assign" => vec![
            ("/engineerId", json!("usr_018bcfe568007707870707070707070a")),
            ("/engineerId", json!("jonas")),
            ("/reason", json!(" ")),
        ],
        "POST /v1.0/support/requests/{id}/messages" => vec![("/body", json!("\n"))],
        "POST /v1.0/support/requests/{id}/accessRequests" => vec![
            ("/resourceTenantId", json!(stage.id("contoso"))),
            ("/dataCategories", json!([])),
            ("/justification", json!("Because I want to.")),
            ("/duration", json!("PT14M")),
            ("/duration", json!("P30DT1M")),
            ("/duration", json!("-PT8H")),
            ("/duration", json!("P1M")),
            ("/filter/dataFrom", json!("yesterday")),
            ("/filter/users", json!([])),
            ("/filter/users", json!(vec!["lee@adatum.example"; 101])),
            ("/filter/users/0", json!(" ")),
            ("/filter/users/0", json!("Lee Gu")),
            ("/filter/users/0", json!("e".repeat(257))),
        ],
        "POST /v1.0/support/accessRequests/{id}/approve" => vec![
            ("/narrowTo/duration", json!("PT9H")),
            ("/narrowTo/duration", json!("PT1M")),
            ("/narrowTo/dataCategories", json!([])),
            ("/narrowTo/dataCategories", json!(["signInLogs", "auditLogs"])),
        ],
        "POST /v1.0/roleManagement/directory/roleDefinitions" => vec![
            ("/displayName", json!(" ")),
            ("/rolePermissions/0/allowedResourceActions", json!([])),
            ("/rolePermissions/0/allowedResourceActions", json!(["vouchsafe.provider/requests/work"])),
            ("/rolePermissions/0/allowedResourceActions", json!(["vouchsafe.support/allEntities/allTasks"])),
        ],
        "PATCH /v1.0/roleManagement/directory/roleDefinitions/{id}" => {
            vec![(
                "/rolePermissions/0/allowedResourceActions",
                json!(["microsoft.directory/users/allProperties/allTasks"]),
            )]
        }
        "POST /v1.0/roleManagement/directory/roleAssignments" => vec![
            ("/principalId", json!("usr_018bcfe568007707870707070707070a")),
            ("/principalId", json!("noor")),
            ("/roleDefinitionId", json!("rol_018bcfe568007707870707070707070a")),
            // Support Engineer: a role for providers.
            ("/roleDefinitionId", json!("0d4b7a30-53f2-4d0e-9b1c-5d3b5c1a0011")),
            ("/directoryScopeId", json!("/administrativeUnits/x")),
            ("/endDateTime", json!("2020-01-01T00:00:00Z")),
            ("/endDateTime", json!("tomorrow")),
        ],
        "POST /v1.0/identityProviders" => vec![
            ("/displayName", json!(" ")),
            ("/issuer", json!("http://login.adatum.example")),
            ("/issuer", json!("https://login.adatum.example?x=1")),
            ("/issuer", json!("https://accounts.google.com?")),
            ("/clientId", json!("a b")),
            ("/clientSecret", json!("")),
            ("/clientSecret", json!("a\nb")),
            ("/scope", json!("profile")),
            ("/claimsMapping/groups", json!("")),
            ("/requiredClaims/0/value", json!(" ")),
            ("/roleMappings/0/roleDefinitionId", json!("rol_018bcfe568007707870707070707070a")),
            // Support Engineer: a role for providers.
            ("/roleMappings/0/roleDefinitionId", json!("0d4b7a30-53f2-4d0e-9b1c-5d3b5c1a0011")),
        ],
        "PATCH /v1.0/identityProviders/{id}" => {
            vec![("/displayName", json!("")), ("/clientSecret", json!("x".repeat(4_097)))]
        }
        "POST /v1.0/apiTokens" => vec![
            ("/displayName", json!("")),
            ("/scopes", json!([])),
            ("/scopes/0", json!("vouchsafe.provider/requests/work")),
            ("/scopes/0", json!("microsoft.azure.supportTickets/allEntities/allTasks")),
            ("/expiresDateTime", json!("2020-01-01T00:00:00Z")),
            ("/expiresDateTime", json!("2040-01-01T00:00:00Z")),
            ("/userId", json!("usr_018bcfe568007707870707070707070a")),
            ("/userId", json!(stage.id("noor"))),
        ],
        "POST /v1.0/support/grants/removeAll" => vec![("/supportRequestId", json!("payroll"))],
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn bodies_of_other_media_types_or_too_large_are_refused() {
    try_all(|_, stage, _, row| {
        let good = row.good(stage);
        if row.is_import() {
            return vec![Bad::new("br", good.with("content-encoding", "br"), &["415 unsupportedMediaType"])];
        }
        if row.body.is_none() {
            return Vec::new();
        }
        let mut bad = Vec::new();
        for media in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=utf-16",
            "application/jsonp",
            "json",
            "",
        ] {
            // A message may come as a form, with files; this is the beginning of none.
            let is_form = row.template().ends_with("/messages") && media.starts_with("multipart/");
            let refused = if is_form { INVALID } else { &["415 unsupportedMediaType"] };
            bad.push(Bad::new(media, good.clone().with("content-type", media), refused));
        }
        for coding in ["gzip", "identity", "br"] {
            let ask = good.clone().with("content-encoding", coding);
            bad.push(Bad::new(coding, ask, &["415 unsupportedMediaType"]));
        }
        let large = json!({ "reason": "x".repeat(256 * 1024) });
        bad.push(Bad::new("too large", good.json(&large), &["413 tooLarge"]));
        bad
    })
    .await;
}

#[tokio::test]
async fn query_options_that_a_route_does_not_take_are_refused_by_name() {
    try_all(|_, stage, operation, row| {
        if matches!(row.template(), "/healthz" | "/readyz") {
            return Vec::new();
        }
        let documented: Vec<&str> = operation.body["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let good = row.good(stage);
        let mut bad = Vec::new();
        for name in ["top", "$expand", "$search", "$skip", "$format", "q", "%24Top"] {
            let and = if good.path.contains('?') { '&' } else { '?' };
            let ask = Ask { path: format!("{}{and}{name}=1", good.path), ..good.clone() };
            let decoded = name.replace("%24", "$");
            bad.push(Bad::new(name, ask, UNKNOWN_OPTION).at(decoded));
        }
        for name in ["$filter", "$orderby", "$top", "$skiptoken", "$count", "$select"] {
            let taken = match row.takes {
                Takes::Nothing => false,
                Takes::Select => name == "$select",
                Takes::Counts => name == "$filter",
                Takes::All(_) | Takes::Objects => true,
            };
            assert_eq!(documented.contains(&name), taken, "{}: {name} in the document", row.operation);
            if !taken {
                let ask = good.clone().query(&[(name, "1")]);
                bad.push(Bad::new(name, ask, UNKNOWN_OPTION).at(name));
            }
        }
        bad
    })
    .await;
}

#[tokio::test]
async fn query_options_with_wrong_values_are_refused_by_name() {
    try_all(|_, stage, _, row| {
        let good = row.good(stage);
        let with = |name: &str, value: &str| good.clone().query(&[(name, value)]);
        let select =
            |value: &str| Bad::new(format!("$select={value}"), with("$select", value), INVALID).at("$select");
        let order = match row.takes {
            Takes::Nothing => return Vec::new(),
            Takes::Select => {
                return vec![select("noSuchProperty"), select(""), select("a b"), select("id,,id")];
            }
            Takes::Counts => {
                let by = |value: &str| {
                    let path = good.path.replace("by=hour", &format!("by={value}"));
                    Bad::new(format!("by={value}"), Ask { path, ..good.clone() }, INVALID).at("by")
                };
                return vec![by("day"), by(""), by("hour,app")];
            }
            Takes::All(order) => order,
            // What these can be ordered by is no mistake, and times of theirs are texts to a filter.
            Takes::Objects => "createdDateTime",
        };
        let deep = format!("{}id eq 'x'{}", "(".repeat(2_000), ")".repeat(2_000));
        let long = format!("id eq '{}'", "x".repeat(17_000));
        let (two, sideways) = (format!("{order},id"), format!("{order} sideways"));
        let quoted = format!("{order} ge '2026-11-01T00:00:00Z'");
        let text_function = format!("startswith({order},'2026')");
        let overflow = "OTk5OTk5OTk5OTk5OTk5OTk5OTl8fHg";
        let wrong = [
            ("$top", vec!["0", "1001", "-1", "ten", "", "1e2", "+5", "99999999999999999999"]),
            ("$count", vec!["yes", "1", "TRUE", ""]),
            ("$skiptoken", vec!["garbage", "!!!", "", "e30", overflow]),
            ("$orderby", vec!["noSuchProperty", "", &two, &sideways, "id", "1"]),
            ("$select", vec!["noSuchProperty", "", "id,noSuchProperty", "a b"]),
            (
                "$filter",
                vec![
                    "nonsense",
                    "",
                    "noSuchProperty eq 'x'",
                    "id eq",
                    "id eq 'x' and",
                    "id = 'x'",
                    "id eq 'x",
                    "id eq 7",
                    "contains(id)",
                    "id in ()",
                    "not",
                    "id eq 'x' or (id eq 'y'",
                    "endswith(id,7)",
                    "id gt null",
                    "x/any(y: y/z eq 'w')",
                    "id eq 'x' ; drop table",
                    "id eq true",
                    &deep,
                    &quoted,
                    &text_function,
                ],
            ),
        ];
        let mut bad: Vec<Bad> = wrong
            .iter()
            .flat_map(|(name, values)| values.iter().map(move |value| (*name, *value)))
            .filter(|(name, value)| {
                let fine = [("$orderby", "id"), ("$filter", &*quoted), ("$filter", &*text_function)];
                row.takes != Takes::Objects || !fine.contains(&(*name, *value))
            })
            .map(|(name, value)| {
                // A name that no sign-in has counts as masked where masks are.
                let masks =
                    row.template().starts_with("/diagnostics") && matches!(name, "$orderby" | "$filter");
                let verdicts = if masks { MASKED } else { INVALID };
                Bad::new(format!("{name}={value:.60}"), with(name, value), verdicts).at(name)
            })
            .collect();
        bad.push(Bad::new("$top twice", with("$top", "1").query(&[("$top", "2")]), INVALID).at("$top"));
        let ask = Ask { path: format!("{}?$filter=%zz", good.path), ..good.clone() };
        bad.push(Bad::new("broken escape", ask, INVALID).at("$filter"));
        bad.push(Bad::new("query too long", with("$filter", &long), INVALID));
        bad
    })
    .await;
}

#[tokio::test]
async fn malformed_conditions_and_keys_are_refused_by_name() {
    try_all(|_, stage, operation, row| {
        if !operation.mutates() || row.is_import() {
            return Vec::new();
        }
        let good = row.good(stage);
        let mut bad = Vec::new();
        for value in ["7", "\"x\"", "W/\"1\"", "\"1\", \"2\"", "\"-1\"", "\"\""] {
            bad.push(
                Bad::new(format!("If-Match {value}"), good.clone().with("if-match", value), INVALID)
                    .at("If-Match"),
            );
        }
        if row.method() == Method::POST {
            for value in ["", "with space", "tab\tinside", "schlüssel", &"k".repeat(256)] {
                let ask = good.clone().with("idempotency-key", value);
                bad.push(Bad::new(format!("key {value:?}"), ask, INVALID).at("Idempotency-Key"));
            }
        }
        bad
    })
    .await;
}

#[tokio::test]
async fn methods_that_a_route_does_not_know_are_refused_with_those_it_knows() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let operations = house.contract.operations();
    let before = house.snapshot().await;
    for row in rows() {
        let of_path: Vec<&Operation> =
            operations.iter().filter(|known| known.path == row.template()).collect();
        let mut known: Vec<String> = of_path.iter().map(|operation| operation.method.to_string()).collect();
        if known.iter().any(|method| method == "GET") {
            known.push("HEAD".to_owned());
        }
        known.sort();
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"] {
            if known.iter().any(|name| name == method) {
                continue;
            }
            let ask = Ask { method: method.parse().unwrap(), ..row.good(&stage) };
            let reply = house.send(row.by, ask).await;
            assert_eq!(reply.status, 405, "{method} {}: {}", row.template(), reply.text());
            let mut allowed: Vec<&str> = reply.header("allow").unwrap().split(',').map(str::trim).collect();
            allowed.sort_unstable();
            assert_eq!(allowed, known, "{method} {}", row.template());
        }
    }
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    for row in rows().filter(|row| row.method() == Method::GET) {
        let get = house.send(row.by, row.good(&stage)).await;
        let head = house.send(row.by, Ask { method: Method::HEAD, ..row.good(&stage) }).await;
        assert_eq!((head.status, head.bytes.len()), (get.status, 0), "{}", row.operation);
        for name in ["content-type", "content-length", "etag", "cache-control", "vouchsafe-grant"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {}", row.operation);
        }
    }
}
