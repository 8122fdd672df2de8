//! Who may call what: every route, as every kind of caller, against what was reviewed. Each caller has a world of its own, so
//! that nobody's success changes another's answer. `200`, `201` and `204` are what the route is for; a `409` or `400` is the
//! answer of a rule, behind the permission.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use http::Method;
use serde_json::json;
use vouchsafe_core::time::Duration;

use crate::house::*;
use crate::reviewed::{as_reviewed, folder};
use crate::rows::*;

const ASSIGNMENTS: &str = "/v1.0/roleManagement/directory/roleAssignments";
const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
const PRIVILEGED_ROLE_ADMINISTRATOR: &str = "e8611ab8-c189-46e8-94e1-60213ab1f814";

/// Calls every route with this token, in the order of the rows; gives the verdicts.
async fn verdicts(house: &House, stage: &Stage, token: Option<&str>) -> String {
    let mut text = String::new();
    for row in rows() {
        let ask = row.good(stage);
        let ask = match token {
            Some(token) => ask.bearer(token),
            None => ask,
        };
        let reply = house.raw(ask).await;
        writeln!(text, "{:<22} {}", reply.verdict(), row.operation).unwrap();
    }
    text
}

async fn staged() -> (House, Stage) {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    (house, stage)
}

async fn of(who: Somebody) -> String {
    let (house, stage) = staged().await;
    verdicts(&house, &stage, Some(house.token(who))).await
}

/// Gives Ben, who has no role, one.
async fn give_ben(house: &House, stage: &Stage, role: &str, lasts: Duration) {
    use vouchsafe_store::edge::Clock as _;
    let ends = house.clock.now() + lasts;
    let body = json!({ "principalId": stage.id("ben"), "roleDefinitionId": role, "endDateTime": ends });
    house.ok(YUKI, Ask::post(ASSIGNMENTS, &body)).await;
}

/// Makes a case Ines's, if it is not, and then Jonas's.
async fn hand_over(house: &House, stage: &Stage, name: &str) {
    let case = format!("/v1.0/support/requests/{}", stage.id(name));
    let ines = house.who("Ines Okafor", Org::Provider).user.to_string();
    for engineer in [&ines, stage.id("jonas")] {
        let seen = house.ok(RUTH, Ask::get(&case)).await;
        if seen["assignedTo"]["id"] != engineer {
            let body = json!({ "engineerId": engineer, "reason": "Somebody else takes it." });
            let handed = house.ok(RUTH, Ask::post(format!("{case}/assign"), &body)).await;
            assert_eq!(handed["assignedTo"]["id"], engineer, "{name}");
        }
    }
}

macro_rules! matrix {
    ($($name:ident: $verdicts:expr;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let caller = stringify!($name);
                let what = format!("{caller} may do other things than before");
                as_reviewed(&format!("matrix/{caller}.txt"), &$verdicts.await, &what);
            }
        )*
    };
}

matrix! {
    nobody: async {
        let (house, stage) = staged().await;
        verdicts(&house, &stage, None).await
    };
    administrator_of_another_customer: of(PRIYA);
    without_a_role: of(BEN);
    global_administrator: of(YUKI);
    service_support_administrator: of(MARTA);
    security_reader: of(NOOR);
    data_feed: of(Somebody::Feed(Org::Adatum));
    assigned_engineer: of(INES);
    engineer_not_assigned: of(JONAS);
    support_manager: of(RUTH);
    provider_administrator: of(DMITRI);
    intake: of(Somebody::Intake);
    privileged_role_administrator: async {
        let (house, stage) = staged().await;
        give_ben(&house, &stage, PRIVILEGED_ROLE_ADMINISTRATOR, Duration::hours(1)).await;
        verdicts(&house, &stage, Some(house.token(BEN))).await
    };
    administrator_whose_role_has_ended: async {
        let (house, stage) = staged().await;
        give_ben(&house, &stage, GLOBAL_ADMINISTRATOR, Duration::minutes(10)).await;
        house.clock.advance(Duration::minutes(10));
        verdicts(&house, &stage, Some(house.token(BEN))).await
    };
    disabled_engineer: async {
        let (house, stage) = staged().await;
        let path = format!("/v1.0/support/engineers/{}", house.who("Ines Okafor", Org::Provider).user);
        house.ok(DMITRI, Ask::patch(path, &json!({ "accountEnabled": false }))).await;
        verdicts(&house, &stage, Some(house.token(INES))).await
    };
    former_engineer: async {
        let (house, mut stage) = staged().await;
        // A closed case cannot be handed over: another one is, and closed then.
        let closing = house.ok(MARTA, Ask::post("/v1.0/support/requests", &new_case(&stage))).await;
        stage.put("closed", text(&closing["id"]));
        for name in [
            "payroll", "closing", "handed", "gathering", "consented", "renewable", "agreeing", "disagreeing", "closed",
        ] {
            hand_over(&house, &stage, name).await;
        }
        let close = format!("/v1.0/support/requests/{}/close", stage.id("closed"));
        house.ok(MARTA, Ask::post(close, &json!({ "resolution": "resolved" }))).await;
        verdicts(&house, &stage, Some(house.token(INES))).await
    };
    token_that_may_only_see_access_requests: async {
        let (house, stage) = staged().await;
        let made = house.ok(YUKI, Ask::post("/v1.0/apiTokens", &new_token("Narrow"))).await;
        verdicts(&house, &stage, Some(made["token"].as_str().unwrap())).await
    };
    token_that_was_ended: async {
        let (house, stage) = staged().await;
        let made = house.ok(YUKI, Ask::post("/v1.0/apiTokens", &new_token("Ended"))).await;
        let end = Ask::new(Method::POST, format!("/v1.0/apiTokens/{}/revoke", text(&made["id"])));
        house.ok(YUKI, end.json(&json!({}))).await;
        verdicts(&house, &stage, Some(made["token"].as_str().unwrap())).await
    };
}

/// Callers who work for the provider.
const PROVIDERS: [&str; 7] = [
    "assigned_engineer",
    "disabled_engineer",
    "engineer_not_assigned",
    "former_engineer",
    "intake",
    "provider_administrator",
    "support_manager",
];

/// What only the case's or the data's tenant does.
const DECISIONS: [&str; 9] =
    ["approve", "reject", "renew", "revoke", "remove", "removeAll", "confirm", "submit", "decline"];

/// Acts that have a rule of their own, with the reason.
fn is_apart(operation: &str) -> bool {
    // "404 for others", api.md says.
    operation.ends_with("/preview")
        // Who reads the audit log sees read records, of requests and grants that it does not list.
        || operation.ends_with("/reads")
        // Refused by the role before the id is looked at, the same for every id.
        || operation.contains("/roleManagement/")
        || operation.contains("/identityProviders/")
        // A link is its person's own; the rows name those of two people.
        || operation.contains("/accountLinks/")
}

/// What the reviewed files must say whatever the product does: they were written by it.
#[test]
fn what_was_reviewed_is_as_the_specification_says() {
    let (mut callers, mut wrong) = (BTreeSet::new(), Vec::new());
    for file in std::fs::read_dir(folder().join("matrix")).unwrap() {
        let path = file.unwrap().path();
        let caller = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let verdicts: BTreeMap<&str, &str> =
            text.lines().map(|line| (line[22..].trim(), line[..22].trim())).collect();
        for (operation, verdict) in &verdicts {
            let why = fault(&caller, operation, verdict, &verdicts);
            wrong.extend(why.map(|why| format!("{caller}: {verdict} {operation}: {why}")));
        }
        callers.insert(caller);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(callers.len(), 18, "a file of no caller, or a caller without one: {callers:?}");
    assert!(PROVIDERS.iter().all(|caller| callers.contains(*caller)));
}

/// What is wrong with a verdict, whatever the product does.
fn fault(caller: &str, operation: &str, verdict: &str, verdicts: &BTreeMap<&str, &str>) -> Option<String> {
    let status = &verdict[..3];
    let wrong = |is_wrong: bool, why: &str| is_wrong.then(|| why.to_owned());
    let path = operation.split_once(' ').unwrap().1;
    if path.starts_with("/diagnostics/") {
        let reads = caller == "assigned_engineer";
        return wrong(reads != (status == "200"), "the assigned engineer alone reads diagnostic data");
    }
    let is_decision = operation.starts_with("POST ") && DECISIONS.contains(&path.rsplit('/').next().unwrap());
    if is_decision && PROVIDERS.contains(&caller) && status.starts_with('2') {
        return Some("that is the customer's alone".to_owned());
    }
    let Some((before, after)) = path.split_once("{id}") else {
        let is_plain = path.starts_with("/v1.0/") && !path.contains("{tenantId}");
        return wrong(is_plain && status == "404", "an address without an id is no secret");
    };
    let thing = format!("GET {before}{{id}}");
    let is_act = !after.is_empty() || !operation.starts_with("GET ");
    let seen = verdicts.get(thing.as_str()).filter(|_| is_act && !is_apart(operation))?;
    // api.md: a hidden thing is 404, a forbidden act on a visible thing 403.
    wrong((*seen == "404 notFound") != (status == "404"), &format!("and {seen} for {thing}"))
}
