//! One access request of two tenants, in each of its states, for the people of both: what each may see and do, route by route, against what
//! was reviewed. Every act is tried in a world of its own once one has succeeded.

use std::fmt::Write as _;

use http::Method;
use serde_json::{Value, json};

use crate::house::*;
use crate::reviewed::as_reviewed;

/// The people of S, of R, and of neither.
const CALLERS: [(&str, Somebody); 6] = [
    ("approver of S", PRIYA),
    ("reader of S", SAM),
    ("approver of R", OMAR),
    ("reader of R", GRETA),
    ("the engineer", INES),
    ("another customer", YUKI),
];

/// How far the request has come.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Asked,
    ApprovedByS,
    Live,
    RevokedByS,
    RemovedByR,
}

const STATES: [(State, &str); 5] = [
    (State::Asked, "asked: waits for S, and R knows nothing"),
    (State::ApprovedByS, "approved by S: waits for R"),
    (State::Live, "approved by both"),
    (State::RevokedByS, "taken back by S"),
    (State::RemovedByR, "ended by R"),
];

/// What is tried, and whether it changes anything.
const TRIED: [(&str, bool); 19] = [
    ("GET /v1.0/support/requests/{case}", false),
    ("GET /v1.0/support/requests/{case}/messages", false),
    ("GET /v1.0/support/requests/{case}/assignment", false),
    ("GET /v1.0/support/accessRequests", false),
    ("GET /v1.0/support/accessRequests/{request}", false),
    ("GET /v1.0/support/accessRequests/{request}/reads", false),
    ("GET /v1.0/support/grants", false),
    ("GET /v1.0/support/grants/{grant}", false),
    ("GET /v1.0/support/grants/{grant}/reads", false),
    ("GET /v1.0/support/grants/{grant}/reveals", false),
    ("GET /diagnostics/{case}/{R}/v1.0/auditLogs/signIns", false),
    ("GET /v1.0/support/accessRequests/{request}/preview", true),
    ("POST /v1.0/support/accessRequests/{request}/approve", true),
    ("POST /v1.0/support/accessRequests/{request}/reject", true),
    ("POST /v1.0/support/accessRequests/{request}/revoke", true),
    ("POST /v1.0/support/accessRequests/{request}/cancel", true),
    ("POST /v1.0/support/grants/{grant}/confirm", true),
    ("POST /v1.0/support/grants/{grant}/remove", true),
    ("POST /v1.0/support/requests/{case}/close", true),
];

/// A world with the request in one state.
struct Scene {
    house: House,
    case: String,
    request: String,
    grant: String,
}

impl Scene {
    async fn of(state: State) -> Self {
        let house = House::new().await;
        let case = house.case(ALEX, PORTAL).await;
        let requests = house.list(PRIYA, "/v1.0/support/accessRequests").await;
        let pending = requests.iter().find(|request| request["status"] == "pending").unwrap();
        assert_eq!(
            (&pending["side"], &pending["supportRequestId"]),
            (&json!("supportRequestTenant"), &json!(case))
        );
        let request = text(&pending["id"]);
        let engineer = house.ok(INES, Ask::get(format!("/v1.0/support/accessRequests/{request}"))).await;
        assert_eq!(engineer["requestedBy"]["displayName"], "Ines Okafor");
        // Before there is a grant, the id of none.
        let mut scene =
            Self { house, case, request, grant: "grt_018bcfe568007707870707070707070a".to_owned() };
        if state != State::Asked {
            scene.act(PRIYA, "approve").await;
        }
        if matches!(state, State::Live | State::RevokedByS | State::RemovedByR) {
            scene.grant = text(&scene.act(OMAR, "approve").await["grantId"]);
            let read =
                format!("/diagnostics/{}/{}/v1.0/auditLogs/signIns?$top=1", scene.case, scene.resource());
            scene.house.ok(INES, Ask::get(read)).await;
        }
        match state {
            State::RevokedByS => drop(scene.act(PRIYA, "revoke").await),
            State::RemovedByR => {
                let remove = format!("/v1.0/support/grants/{}/remove", scene.grant);
                scene.house.ok(OMAR, Ask::post(remove, &json!({}))).await;
            }
            State::Asked | State::ApprovedByS | State::Live => {}
        }
        scene
    }

    fn resource(&self) -> String {
        self.house.tenant(Org::Fabrikam).to_string()
    }

    async fn act(&self, who: Somebody, act: &str) -> Value {
        let path = format!("/v1.0/support/accessRequests/{}/{act}", self.request);
        self.house.ok(who, Ask::post(path, &json!({}))).await
    }

    /// What somebody hears; of a list also whether the request, or its grant, is in it.
    async fn verdict(&self, who: Somebody, operation: &str) -> String {
        let (method, path) = operation.split_once(' ').unwrap();
        let path = path
            .replace("{case}", &self.case)
            .replace("{request}", &self.request)
            .replace("{grant}", &self.grant)
            .replace("{R}", &self.resource());
        let body = if path.ends_with("/close") { json!({ "resolution": "resolved" }) } else { json!({}) };
        let ask = if method == "GET" { Ask::new(Method::GET, path) } else { Ask::post(path, &body) };
        let reply = self.house.send(who, ask).await;
        let verdict = reply.verdict();
        if verdict != "200"
            || !matches!(operation.rsplit('/').next(), Some("accessRequests" | "grants" | "reads"))
        {
            return verdict;
        }
        let found = reply.json()["value"].as_array().unwrap().iter().any(|item| {
            item["id"] == *self.request || item["id"] == *self.grant || item["grantId"] == *self.grant
        });
        format!("{verdict} {}", if found { "shown" } else { "without it" })
    }
}

#[tokio::test]
async fn each_side_of_a_request_sees_and_does_what_was_reviewed() {
    let mut table = String::new();
    for (state, name) in STATES {
        let mut columns = Vec::new();
        for (_, who) in CALLERS {
            let mut scene = Scene::of(state).await;
            let mut column = Vec::new();
            for (operation, changes) in TRIED {
                let verdict = scene.verdict(who, operation).await;
                if changes && verdict.starts_with('2') {
                    scene = Scene::of(state).await;
                }
                column.push(verdict);
            }
            columns.push(column);
        }
        writeln!(table, "## {name}\n").unwrap();
        let heads: Vec<String> = CALLERS.iter().map(|(caller, _)| format!("{caller:<18}")).collect();
        writeln!(table, "{:<53} {}", "", heads.join(" ").trim_end()).unwrap();
        for (n, (operation, _)) in TRIED.iter().enumerate() {
            let verdicts: Vec<String> = columns.iter().map(|column| format!("{:<18}", column[n])).collect();
            writeln!(table, "{operation:<53} {}", verdicts.join(" ").trim_end()).unwrap();
        }
        table.push('\n');
    }
    as_reviewed("two_tenants.txt", &table, "who may see or do what has changed");
}
