//! Who may call what: every route, as every kind of caller, against what was reviewed. Each caller has a world of its own, so
//! that nobody's success changes another's answer. `200`, `201` and `204` are what the route is for; a `409` or `400` is the
//! answer of a rule, behind the permission.

use std::fmt::Write as _;

use http::Method;
use serde_json::json;
use vouchsafe_core::time::Duration;

use crate::house::*;
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

/// Holds verdicts against the ones that were reviewed.
fn as_reviewed(caller: &str, verdicts: &str) {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/matrix"));
    let file = folder.join(format!("{caller}.txt"));
    if std::env::var("VOUCHSAFE_GOLDEN").is_ok_and(|value| value == "update") {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(file, verdicts).unwrap();
        return;
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    let first = reviewed.lines().zip(verdicts.lines()).find(|(reviewed, now)| reviewed != now);
    assert!(
        reviewed == verdicts,
        "{caller} may do other things than before (first {first:?}); if that is meant, run with VOUCHSAFE_GOLDEN=update"
    );
}

macro_rules! matrix {
    ($($name:ident: $verdicts:expr;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                as_reviewed(stringify!($name), &$verdicts.await);
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
        let (house, stage) = staged().await;
        for name in ["payroll", "laptops", "closing", "handed", "gathering", "consented"] {
            let path = format!("/v1.0/support/requests/{}/assign", stage.id(name));
            let body = json!({ "engineerId": stage.id("jonas"), "reason": "Somebody else takes it." });
            let reply = house.send(RUTH, Ask::post(path, &body)).await;
            assert!(matches!(reply.status, 200 | 400), "{name}: {}", reply.text());
        }
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
