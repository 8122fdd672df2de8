//! The right engineer, over HTTP: who is disabled or loses a case reads nothing more, the case finds its next engineer,
//! and no customer learns anything of another one from why it got whom.

use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use crate::house::*;
use crate::rows::*;

/// All engineers of the demo.
const ENGINEERS: [Somebody; 4] = [INES, JONAS, MEERA, TOMAS];

fn name(who: Somebody) -> &'static str {
    let Somebody::Person(name, _) = who else { panic!("a feed has no name") };
    name
}

fn engineer_path(house: &House, who: Somebody) -> String {
    format!("/v1.0/support/engineers/{}", house.who(name(who), Org::Provider).user)
}

async fn change(house: &House, who: Somebody, body: Value) -> Value {
    house.ok(DMITRI, Ask::patch(engineer_path(house, who), &body)).await
}

/// Takes an engineer off shift for good, or puts one on it for the whole week.
async fn shift(house: &House, who: Somebody, on: bool) {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let days: &[&str] = if on { &days } else { &[] };
    let span = |day: &&str| json!({ "weekday": day, "from": "00:00", "until": "00:00" });
    let week: Vec<_> = days.iter().map(span).collect();
    change(house, who, json!({ "hours": { "timeZone": "Europe/Dublin", "week": week } })).await;
}

/// Who works on a case, as its customer reads it.
async fn assigned(house: &House, case: &str) -> Option<String> {
    let path = format!("/v1.0/support/requests/{case}/assignment");
    let assignment = house.ok(MARTA, Ask::get(path)).await;
    assignment["assignedTo"]["displayName"].as_str().map(str::to_owned)
}

/// How a case was taken from its engineer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loss {
    Disabled,
    Reassigned,
}

/// Everything that an engineer may try on a case, with what comes of it.
async fn everything(house: &House, stage: &Stage, next_link: &str) -> Vec<(String, String)> {
    let case = stage.id("payroll");
    let base = house.base(case, Org::Adatum);
    let message = json!({ "body": "One more question." });
    let tries = [
        Ask::get(format!("{base}/auditLogs/signIns")),
        Ask::get(format!("{base}/auditLogs/signIns?$count=true")),
        Ask::get(format!("{base}/auditLogs/signIns/summary?by=hour")),
        Ask::get(format!("{base}/auditLogs/signIns/{}", stage.id("masked"))),
        Ask::get(format!("{base}/organization")),
        Ask::get(next_link),
        Ask::get(format!("/v1.0/support/requests/{case}")),
        Ask::get(format!("/v1.0/support/requests/{case}/messages")),
        Ask::post(format!("/v1.0/support/requests/{case}/messages"), &message),
        Ask::post(format!("/v1.0/support/requests/{case}/accessRequests"), &asking(stage)),
    ];
    let mut outcomes = Vec::new();
    for ask in tries {
        let line = format!("{} {}", ask.method, ask.path);
        outcomes.push((line, house.send(INES, ask).await.verdict()));
    }
    outcomes
}

fn asking(stage: &Stage) -> Value {
    json!({
        "resourceTenantId": stage.id("adatum"), "dataCategories": ["signInLogs"], "reasonCode": "troubleshooting",
        "justification": "The sign-in log should show which policy refuses them.", "duration": "PT8H",
    })
}

#[tokio::test]
async fn who_is_disabled_or_loses_the_case_reads_nothing_more_and_the_next_engineer_goes_on() {
    for loss in [Loss::Disabled, Loss::Reassigned] {
        let house = House::new().await;
        let stage = Stage::set(&house).await;
        let case = stage.id("payroll");
        let sign_ins = format!("{}/auditLogs/signIns", house.base(case, Org::Adatum));
        let page = house.ok(INES, Ask::get(format!("{sign_ins}?$top=5"))).await;
        let next_link = text(&page["@odata.nextLink"]).replace(&format!("http://{HOST}"), "");
        for (line, verdict) in everything(&house, &stage, &next_link).await {
            assert!(verdict.starts_with('2'), "before: {line}: {verdict}");
        }
        let mut under_way = house.begin(INES, &format!("{sign_ins}?$top=1000")).await;
        assert!(under_way.frame().await.unwrap().is_ok());

        match loss {
            Loss::Disabled => drop(change(&house, INES, json!({ "accountEnabled": false })).await),
            Loss::Reassigned => {
                let body = json!({ "engineerId": stage.id("jonas"), "reason": "Ines is away." });
                let path = format!("/v1.0/support/requests/{case}/assign");
                drop(house.ok(RUTH, Ask::post(path, &body)).await);
            }
        }

        assert!(under_way.frame().await.unwrap().is_err(), "{loss:?}: the answer went on");
        let verdict = match loss {
            Loss::Disabled => "401 tokenRevoked",
            Loss::Reassigned => "404 notFound",
        };
        for (line, found) in everything(&house, &stage, &next_link).await {
            assert_eq!(found, verdict, "{loss:?}: {line}");
        }
        let next = assigned(&house, case).await.unwrap();
        let next = ENGINEERS.into_iter().find(|one| name(*one) == next).unwrap();
        assert_ne!(next, INES);
        // Adatum lets access pass on.
        house.ok(next, Ask::get(&sign_ins)).await;
    }
}

#[tokio::test]
async fn every_open_case_of_who_is_disabled_has_its_next_engineer_at_once() {
    let house = House::new().await;
    drop(Stage::set(&house).await);
    let ines = house.who("Ines Okafor", Org::Provider).user.to_string();
    let hers = || async {
        let all = house.list(RUTH, "/v1.0/support/requests").await;
        all.iter()
            .filter(|case| case["status"] == "open" && case["assignedTo"]["id"] == ines.as_str())
            .count()
    };
    assert!(hers().await > 1);
    change(&house, INES, json!({ "accountEnabled": false })).await;
    assert_eq!(hers().await, 0);
    let all = house.list(RUTH, "/v1.0/support/requests").await;
    assert!(all.iter().all(|case| case["status"] == "closed" || case["assignedTo"]["id"].is_string()));
    let again = change(&house, INES, json!({ "accountEnabled": true })).await;
    assert_eq!((&again["accountEnabled"], &again["openCases"]), (&json!(true), &json!(0)));
    // The tokens from before stay ended.
    house.refused(INES, Ask::get("/v1.0/me"), "401 tokenRevoked").await;
}

#[tokio::test]
async fn with_nobody_eligible_cases_wait_in_the_queue_and_are_assigned_when_somebody_becomes_eligible() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let case = stage.id("payroll");
    for engineer in [JONAS, MEERA, TOMAS] {
        shift(&house, engineer, false).await;
    }
    change(&house, INES, json!({ "accountEnabled": false })).await;
    let new = house.ok(MARTA, Ask::post("/v1.0/support/requests", &new_case(&stage))).await;
    let new = text(&new["id"]);
    for waiting in [case, &new] {
        assert_eq!(assigned(&house, waiting).await, None);
    }
    house.app.route_waiting().await.unwrap();
    assert_eq!(assigned(&house, case).await, None);
    // The manager sees them and why; the customer sees that they wait.
    let ranking = house.ok(RUTH, Ask::get(format!("/v1.0/support/requests/{case}/assignment"))).await;
    for one in ranking["ranking"].as_array().unwrap() {
        assert_ne!(one["obstacles"], json!([]), "{one}");
    }
    let sign_ins = format!("{}/auditLogs/signIns", house.base(case, Org::Adatum));
    for engineer in [JONAS, MEERA, TOMAS] {
        house.refused(engineer, Ask::get(&sign_ins), "404 notFound").await;
    }

    shift(&house, JONAS, true).await;
    house.app.route_waiting().await.unwrap();
    for waiting in [case, &new] {
        assert_eq!(assigned(&house, waiting).await.as_deref(), Some("Jonas Lindqvist"));
    }
    house.ok(JONAS, Ask::get(&sign_ins)).await;
}

/// A word that stands nowhere else.
const MARK: &str = "Zebrafinch";

/// Opens and resolves requests of Contoso and Fabrikam with `mark` in all that they can write; gives their numbers.
async fn others(house: &House, mark: &str, of_contoso: usize, of_fabrikam: usize) -> Vec<String> {
    let mut numbers = Vec::new();
    let mut history = vec![ALEX; of_contoso];
    history.extend(vec![OMAR; of_fabrikam]);
    for by in history {
        let body = json!({
            "title": format!("{mark} title"), "description": format!("{mark} description"), "severity": "moderate",
            "service": "identity", "problemType": "signIn/conditionalAccess", "allowAdvancedDiagnostics": false,
            "contact": { "name": format!("{mark} Contact"), "email": format!("{mark}@contoso.example") },
        });
        let case = house.ok(by, Ask::post("/v1.0/support/requests", &body)).await;
        let path = format!("/v1.0/support/requests/{}", text(&case["id"]));
        let message = json!({ "body": format!("{mark} message") });
        house.ok(by, Ask::post(format!("{path}/messages"), &message)).await;
        // All of them are solved by the same engineer, whoever got them.
        let jonas = house.who("Jonas Lindqvist", Org::Provider).user.to_string();
        if case["assignedTo"]["id"] != jonas.as_str() {
            let hand_over = json!({ "engineerId": jonas, "reason": format!("{mark} reason") });
            house.ok(RUTH, Ask::post(format!("{path}/assign"), &hand_over)).await;
        }
        house.ok(by, Ask::post(format!("{path}/close"), &json!({ "resolution": "resolved" }))).await;
        numbers.push(text(&case["number"]));
    }
    numbers
}

#[tokio::test]
async fn no_answer_explanation_or_error_of_a_customer_holds_a_mark_of_another_one() {
    let house = House::new().await;
    // First: what others had solved would give the stage's cases to other engineers.
    let stage = Stage::set(&house).await;
    let mut marks = others(&house, MARK, 4, 3).await;
    marks.push(MARK.to_owned());
    for who in [INES, MEERA, TOMAS] {
        shift(&house, who, false).await;
    }
    let opened = house.ok(MARTA, Ask::post("/v1.0/support/requests", &new_case(&stage))).await;
    let own = text(&opened["id"]);
    let foreign = house.list(ALEX, "/v1.0/support/requests").await;
    let foreign = foreign.iter().find(|case| case["title"].as_str().unwrap().contains(MARK)).unwrap();
    let foreign = text(&foreign["id"]);
    let mut seen = 0;
    for who in [YUKI, MARTA, NOOR, BEN] {
        let mut asks = vec![
            Ask::get(format!("/v1.0/support/requests/{own}/assignment")),
            Ask::get(format!("/v1.0/support/requests/{own}")),
        ];
        for operation in house.contract.operations() {
            let row = Row::of(operation);
            if operation.mutates() && !row.template().ends_with("/requests") {
                // What is another's, of every kind: an error.
                let ids: Vec<_> = row.ids.iter().map(|_| foreign.clone()).collect();
                let ask = Ask::new(row.method(), row.path(&ids));
                asks.push(match row.body {
                    Some(body) => ask.json(&body(&stage)),
                    None => ask,
                });
            } else if !operation.mutates() {
                asks.push(row.good(&stage));
                let ids: Vec<_> = row.ids.iter().map(|_| foreign.clone()).collect();
                asks.push(Ask::new(row.method(), row.path(&ids)));
            }
        }
        for ask in asks {
            let line = format!("{} {}", ask.method, ask.path);
            let answer = house.send(who, ask).await.text();
            for mark in &marks {
                assert!(!answer.contains(mark.as_str()), "{who:?} {line}: {mark} in {answer}");
            }
            seen += 1;
        }
    }
    assert!(seen > 300, "{seen}");
    // The manager does see them, or the test could not fail.
    let path = format!("/v1.0/support/requests/{foreign}");
    let answer = house.send(RUTH, Ask::get(path)).await.text();
    assert!(marks.iter().filter(|mark| answer.contains(mark.as_str())).count() >= 2);
}

/// What a customer reads of a new request and of why it got whom, without what is drawn anew for each request.
async fn told(of_contoso: usize, of_fabrikam: usize, mark: &str) -> String {
    let house = House::new().await;
    others(&house, mark, of_contoso, of_fabrikam).await;
    for who in [INES, MEERA, TOMAS] {
        shift(&house, who, false).await;
    }
    let body = json!({
        "title": "Codes arrive late", "description": "Since this morning.", "severity": "moderate",
        "service": "identity", "problemType": "signIn/conditionalAccess", "allowAdvancedDiagnostics": false,
        "contact": { "name": "Marta Kowal", "email": "marta.kowal@adatum.example" },
    });
    let opened = house.ok(MARTA, Ask::post("/v1.0/support/requests", &body)).await;
    let path = format!("/v1.0/support/requests/{}", text(&opened["id"]));
    let shown = house.ok(MARTA, Ask::get(&path)).await;
    let why = house.ok(MARTA, Ask::get(format!("{path}/assignment"))).await;
    assert_eq!(why["assignedTo"]["displayName"], "Jonas Lindqvist");
    let mut told = json!([shown, why]);
    without_drawn(&mut told);
    told.to_string()
}

fn without_drawn(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let drawn = ["id", "number", "supportRequestId", "tenantId"].contains(&name.as_str());
                if (drawn || name.ends_with("DateTime")) && member.is_string() {
                    *member = json!("drawn");
                }
                without_drawn(member);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_drawn),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[tokio::test]
async fn two_histories_of_other_tenants_in_the_same_bands_give_a_customer_the_same_bytes() {
    let few = told(1, 0, "Quokka").await;
    assert_eq!(few, told(3, 5, MARK).await);
    assert!(!few.contains("Quokka"));
}

#[tokio::test]
async fn resolved_requests_of_another_system_come_in_by_the_manager_and_rank_engineers() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let table = |rows: usize| {
        let row = |n: usize| {
            format!(
                "OLD-{n},2025-01-07T08:00:00Z,2025-01-08T09:00:00Z,Codes arrive late,jonas.lindqvist@northwind.example\n"
            )
        };
        let rows: String = (0..rows).map(row).collect();
        format!("id,createdDateTime,resolvedDateTime,title,engineer\n{rows}")
    };
    let import = |table: String| {
        Ask::new(http::Method::POST, "/v1.0/support/resolvedRequests/import").raw("text/csv", table)
    };
    for who in [MARTA, NOOR] {
        house.refused(who, import(table(1)), "403 forbidden").await;
    }
    for who in [INES, DMITRI] {
        house.refused(who, import(table(1)), "403 forbidden").await;
    }
    let learned = async || {
        while house.app.learn_resolved().await.unwrap() > 0 {}
        let path = format!("/v1.0/support/requests/{}/assignment", stage.id("payroll"));
        let assignment = house.ok(RUTH, Ask::get(path)).await;
        let ranking = assignment["ranking"].as_array().unwrap().clone();
        let jonas = ranking.iter().find(|one| one["engineer"]["id"] == stage.id("jonas")).unwrap();
        jonas["learned"].as_f64().unwrap()
    };
    let before = learned().await;
    let report = house.ok(RUTH, import(table(40))).await;
    assert_eq!(
        (&report["received"], &report["imported"], &report["alreadyPresent"], &report["rejected"]),
        (&json!(40), &json!(40), &json!(0), &json!(0))
    );
    assert!(learned().await > before);
    let again = house.ok(RUTH, import(table(41) + "OLD-99,x,y,z,w\n")).await;
    assert_eq!(
        (&again["imported"], &again["alreadyPresent"], &again["rejected"]),
        (&json!(1), &json!(40), &json!(1))
    );
    assert_eq!(again["rejections"][0]["line"], 43);
    for table in ["", "id,title\n", "<html>"] {
        let problem = house.refused(RUTH, import(table.to_owned()), "400 invalidRequest").await;
        assert!(text(&problem["detail"]).starts_with("Line 1: "), "{problem}");
    }
    let coded = import(table(1)).with("content-encoding", "br");
    house.refused(RUTH, coded, "415 unsupportedMediaType").await;
}

const PROBLEM_TYPES: &str = "/v1.0/support/problemTypes";

/// What happens to a new case of Marta's that is filed under a type: its number, or what is wrong.
async fn file_under(house: &House, stage: &Stage, problem_type: &str) -> Result<Value, String> {
    let mut body = new_case(stage);
    body["problemType"] = json!(problem_type);
    let reply = house.send(MARTA, Ask::post("/v1.0/support/requests", &body)).await;
    let answer = reply.json();
    if reply.status == 201 { Ok(answer) } else { Err(answer.to_string()) }
}

#[tokio::test]
async fn the_provider_adds_renames_and_retires_problem_types_and_old_cases_keep_theirs() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let new = json!({ "id": "signIn/tokens", "displayName": "Tokens" });
    house.refused(MARTA, Ask::post(PROBLEM_TYPES, &new), "403 forbidden").await;
    house.refused(INES, Ask::post(PROBLEM_TYPES, &new), "403 forbidden").await;
    let added = house.ok(RUTH, Ask::post(PROBLEM_TYPES, &new)).await;
    assert_eq!(
        added,
        json!({ "id": "signIn/tokens", "displayName": "Tokens", "retired": false, "children": [] })
    );
    house.refused(DMITRI, Ask::post(PROBLEM_TYPES, &new), "409 conflict").await;
    let case = file_under(&house, &stage, "signIn/tokens").await.unwrap();

    let path = format!("{PROBLEM_TYPES}/signIn%2Ftokens");
    let seen = house.send(RUTH, Ask::get(&path)).await;
    let etag = seen.header("etag").unwrap().to_owned();
    let rename = json!({ "displayName": "Keys and tokens" });
    house.ok(DMITRI, Ask::patch(&path, &rename).with("if-match", &etag)).await;
    let retire = json!({ "retired": true });
    house.refused(DMITRI, Ask::patch(&path, &retire).with("if-match", &etag), "412 preconditionFailed").await;
    let retired = house.ok(RUTH, Ask::patch(&path, &retire)).await;
    assert_eq!((&retired["displayName"], &retired["retired"]), (&json!("Keys and tokens"), &json!(true)));
    let told = file_under(&house, &stage, "signIn/tokens").await.unwrap_err();
    assert!(told.contains("is not offered any more"), "{told}");
    let kept = house.ok(MARTA, Ask::get(format!("/v1.0/support/requests/{}", text(&case["id"])))).await;
    assert_eq!(kept["problemType"], "signIn/tokens");
    house.ok(RUTH, Ask::patch(&path, &json!({ "retired": false }))).await;
    file_under(&house, &stage, "signIn/tokens").await.unwrap();

    let group = file_under(&house, &stage, "signIn").await.unwrap_err();
    assert!(group.contains("such as `signIn/conditionalAccess`"), "{group}");
    let unknown = file_under(&house, &stage, "signIn/else").await.unwrap_err();
    assert!(unknown.contains("is not a known problem type"), "{unknown}");
    let log = house.list(DMITRI, "/v1.0/auditLogs/directoryAudits").await;
    let told: Vec<&str> = log.iter().map(|entry| entry["activityDisplayName"].as_str().unwrap()).collect();
    for activity in ["Add problem type", "Update problem type", "Retire problem type"] {
        assert!(told.contains(&activity), "{activity}: {told:?}");
    }
}
