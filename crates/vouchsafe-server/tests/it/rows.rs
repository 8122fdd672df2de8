//! One row for each route: who may call it, on what, with which body. A route of the document without a row fails.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use http::Method;
use serde_json::{Value, json};
use vouchsafe_app::{Call, Who};
use vouchsafe_core::audit::Initiator;
use vouchsafe_core::pace;
use vouchsafe_core::permit::{RecordPause, for_service};
use vouchsafe_core::time::Duration;
use vouchsafe_diagnostics::resource::{Resource, Shape};
use vouchsafe_signin::passkey::RelyingParty;
use vouchsafe_store::edge::{Clock as _, SystemClock};
use vouchsafe_testkit::authenticator::Authenticator;

use crate::contract::Operation;
use crate::house::*;

/// Query options that a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    Select,
    /// All of a list; the property that `$orderby` takes.
    All(&'static str),
    /// All of a list that can be ordered by several properties.
    Objects,
    /// What to count by, and a filter.
    Counts,
}

/// Text members with the most characters that they may have.
type Limits = &'static [(&'static str, usize)];

pub(crate) struct Row {
    /// `GET /v1.0/me`.
    pub(crate) operation: &'static str,
    pub(crate) by: Somebody,
    /// Names of things of the [`Stage`] for the placeholders of the path.
    pub(crate) ids: &'static [&'static str],
    pub(crate) takes: Takes,
    pub(crate) body: Option<fn(&Stage) -> Value>,
    pub(crate) limits: Limits,
    /// What a good call answers.
    pub(crate) answers: &'static str,
    /// Whose logs get an entry from a good call.
    pub(crate) logs: &'static [Org],
}

const fn look(operation: &'static str, by: Somebody, ids: &'static [&'static str], takes: Takes) -> Row {
    Row { operation, by, ids, takes, body: None, limits: &[], answers: "200", logs: &[] }
}

const fn act(
    operation: &'static str,
    by: Somebody,
    ids: &'static [&'static str],
    body: fn(&Stage) -> Value,
    limits: Limits,
    logs: &'static [Org],
) -> Row {
    Row { operation, by, ids, takes: Takes::Nothing, body: Some(body), limits, answers: "200", logs }
}

const CREATED: Takes = Takes::All("createdDateTime");
const REASON: Limits = &[("/reason", 2_000)];
const CONTACT: Limits =
    &[("/contact/name", 200), ("/contact/email", 320), ("/contact/language", 35), ("/contact/timeZone", 64)];
const NEW_CASE: Limits = &[
    ("/title", 200),
    ("/description", 10_000),
    ("/contact/name", 200),
    ("/contact/email", 320),
    ("/contact/language", 35),
    ("/contact/timeZone", 64),
];
const NEW_PROVIDER: Limits = &[
    ("/displayName", 100),
    ("/clientId", 300),
    ("/claimsMapping/userPrincipalName", 300),
    ("/claimsMapping/groups", 300),
    ("/requiredClaims/0/claim", 300),
    ("/requiredClaims/0/value", 300),
    ("/roleMappings/0/group", 300),
];
/// Global Reader.
const GLOBAL_READER: &str = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
/// Service Support Administrator.
pub(crate) const SUPPORT_ADMINISTRATOR: &str = "f023fd81-a637-4b56-95fd-791ac0226033";
const ADATUM: &[Org] = &[Org::Adatum];

fn nothing(_: &Stage) -> Value {
    json!({})
}

fn reason(_: &Stage) -> Value {
    json!({ "reason": "No longer needed." })
}

pub(crate) fn new_case(_: &Stage) -> Value {
    json!({
        "title": "Codes arrive late", "description": "Since this morning, for everyone.", "severity": "moderate",
        "service": "identity", "problemType": "signIn/conditionalAccess", "allowAdvancedDiagnostics": false,
        "contact": { "name": "Marta Kowal", "email": "marta.kowal@adatum.example" },
    })
}

fn ask(stage: &Stage) -> Value {
    json!({
        "resourceTenantId": stage.id("adatum"), "dataCategories": ["signInLogs"], "reasonCode": "troubleshooting",
        "justification": "The sign-in log should show which policy refuses them.", "duration": "PT8H",
    })
}

fn collect(stage: &Stage) -> Value {
    json!({
        "tenantId": stage.id("adatum"), "dataCategories": ["signInLogs"], "filter": {},
        "instructions": "Please export the sign-ins of the night shift.",
    })
}

pub(crate) fn new_role(name: &str) -> Value {
    json!({
        "displayName": name, "description": "Reads what support asks for.",
        "rolePermissions": [{ "allowedResourceActions": ["vouchsafe.support/accessRequests/read", "microsoft.directory/auditLogs/allProperties/read"] }],
    })
}

pub(crate) fn new_identity_provider(client: &str) -> Value {
    json!({
        "displayName": "Adatum sign-in", "issuer": "https://login.adatum.example", "clientId": client,
        "clientSecret": "s3cret", "scope": "openid profile", "justInTimeAccounts": true,
        "claimsMapping": { "userPrincipalName": "upn", "groups": "groups" },
        "requiredClaims": [{ "claim": "hd", "value": "adatum.example" }],
        "roleMappings": [{ "group": "desk", "roleDefinitionId": SUPPORT_ADMINISTRATOR }],
    })
}

pub(crate) fn new_token(name: &str) -> Value {
    // Before the tokens of the demo end.
    let expires = SystemClock.now() + Duration::days(20);
    json!({
        "displayName": name, "scopes": ["vouchsafe.support/accessRequests/read"],
        "expiresDateTime": expires,
    })
}

fn change(_: &Stage) -> Value {
    let contact =
        json!({ "name": "Yuki", "email": "yuki@adatum.example", "language": "en", "timeZone": "UTC" });
    json!({ "severity": "minimal", "contact": contact })
}

/// The rows of every kind of diagnostic object, read for a case with consent.
static READS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let row = |path: &str, ids: &[&'static str], takes| {
        let operation = format!("GET /diagnostics/{{supportRequestId}}/{{tenantId}}/v1.0/{path}");
        look(operation.leak(), INES, ids.to_vec().leak(), takes)
    };
    let mut rows = vec![row("auditLogs/signIns/summary", &["consented", "adatum"], Takes::Counts)];
    for schema in Resource::ALL.map(Resource::schema) {
        let takes = match schema.shape {
            Shape::Events { time } => Takes::All(time),
            Shape::Objects => Takes::Objects,
            Shape::Singleton => Takes::Select,
        };
        rows.push(row(schema.path, &["consented", "adatum"], takes));
        if schema.shape != Shape::Singleton {
            let one = format!("{}/{{id}}", schema.path);
            rows.push(row(&one, &["consented", "adatum", schema.path], Takes::Select));
        }
    }
    let collected = |row: &Row| {
        let path = row.operation.replacen("{tenantId}", "{tenantId}/collections/{dataCollectionId}", 1);
        let mut ids = vec!["gathering", "adatum", "collected"];
        ids.extend(row.ids.iter().skip(2).map(|name| collected_name(name)));
        look(path.leak(), INES, ids.leak(), row.takes)
    };
    let collected: Vec<Row> = rows.iter().map(collected).collect();
    rows.extend(collected);
    rows
});

/// What an object of the stage's collection is called.
fn collected_name(name: &str) -> &'static str {
    format!("collected {name}").leak()
}

/// The rows of all routes.
pub(crate) fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().chain(READS.iter())
}

const ROWS: &[Row] = &[
    Row { by: YUKI, ..look("GET /healthz", YUKI, &[], Takes::Nothing) },
    look("GET /readyz", YUKI, &[], Takes::Nothing),
    look("GET /v1.0/me", YUKI, &[], Takes::Nothing),
    look("GET /v1.0/organization", YUKI, &[], Takes::Nothing),
    look("GET /v1.0/events", YUKI, &[], Takes::Nothing),
    look("GET /v1.0/policies/supportAccess", YUKI, &[], Takes::Nothing),
    act(
        "PATCH /v1.0/policies/supportAccess",
        YUKI,
        &[],
        |_| json!({ "maxDuration": "P20D", "approvals": {}, "engineerRules": {} }),
        &[],
        ADATUM,
    ),
    look("GET /v1.0/policies/diagnosticRetention", YUKI, &[], Takes::Nothing),
    act(
        "PATCH /v1.0/policies/diagnosticRetention",
        YUKI,
        &[],
        |_| json!({ "signInLogs": "P20D" }),
        &[],
        ADATUM,
    ),
    look("GET /v1.0/support/requests", MARTA, &[], CREATED),
    Row { answers: "201", ..act("POST /v1.0/support/requests", MARTA, &[], new_case, NEW_CASE, ADATUM) },
    look("GET /v1.0/support/requests/{id}", MARTA, &["payroll"], Takes::Nothing),
    act("PATCH /v1.0/support/requests/{id}", MARTA, &["payroll"], change, CONTACT, ADATUM),
    act("POST /v1.0/support/requests/{id}/consent/approve", YUKI, &["agreeing"], nothing, &[], ADATUM),
    act("POST /v1.0/support/requests/{id}/consent/reject", YUKI, &["disagreeing"], reason, &[], ADATUM),
    act("POST /v1.0/support/requests/{id}/consent/renew", MARTA, &["renewable"], nothing, &[], ADATUM),
    look("GET /v1.0/support/problemTypes", MARTA, &[], Takes::Nothing),
    look("GET /v1.0/support/problemTypes/{id}", MARTA, &["problemType"], Takes::Nothing),
    Row {
        answers: "201",
        ..act(
            "POST /v1.0/support/problemTypes",
            RUTH,
            &[],
            |_| json!({ "id": "signIn/tokens", "displayName": "Tokens" }),
            &[("/displayName", 100)],
            &[Org::Provider],
        )
    },
    act(
        "PATCH /v1.0/support/problemTypes/{id}",
        RUTH,
        &["problemType"],
        |_| json!({ "displayName": "Conditions of access" }),
        &[("/displayName", 100)],
        &[Org::Provider],
    ),
    act(
        "POST /v1.0/support/requests/{id}/close",
        MARTA,
        &["closing"],
        |_| json!({ "resolution": "resolved" }),
        &[],
        ADATUM,
    ),
    act("POST /v1.0/support/requests/{id}/reopen", MARTA, &["closed"], nothing, &[], ADATUM),
    act(
        "POST /v1.0/support/requests/{id}/assign",
        INES,
        &["handed"],
        |stage| json!({ "engineerId": stage.id("jonas"), "reason": "End of my shift." }),
        REASON,
        ADATUM,
    ),
    look("GET /v1.0/support/requests/{id}/assignment", MARTA, &["payroll"], Takes::Nothing),
    look("GET /v1.0/support/engineers", DMITRI, &[], Takes::Nothing),
    look("GET /v1.0/support/engineers/{id}", DMITRI, &["jonas"], Takes::Nothing),
    act(
        "PATCH /v1.0/support/engineers/{id}",
        DMITRI,
        &["jonas"],
        |_| json!({ "languages": ["de", "en"] }),
        &[],
        &[Org::Provider],
    ),
    Row {
        logs: &[Org::Provider],
        ..look("POST /v1.0/support/resolvedRequests/import", RUTH, &[], Takes::Nothing)
    },
    look("GET /v1.0/support/requests/{id}/messages", MARTA, &["payroll"], CREATED),
    Row {
        answers: "201",
        ..act(
            "POST /v1.0/support/requests/{id}/messages",
            MARTA,
            &["payroll"],
            |_| json!({ "body": "It is better now." }),
            &[("/body", 10_000)],
            ADATUM,
        )
    },
    Row {
        answers: "201",
        ..act(
            "POST /v1.0/support/requests/{id}/accessRequests",
            INES,
            &["payroll"],
            ask,
            &[("/justification", 2_000)],
            ADATUM,
        )
    },
    Row {
        answers: "201",
        ..act(
            "POST /v1.0/support/requests/{id}/dataCollections",
            INES,
            &["payroll"],
            collect,
            &[("/instructions", 10_000)],
            ADATUM,
        )
    },
    look("GET /v1.0/support/dataCollections", YUKI, &[], CREATED),
    look("GET /v1.0/support/dataCollections/{id}", YUKI, &["collecting"], Takes::Nothing),
    look("GET /v1.0/support/dataCollections/{id}/messages", YUKI, &["collecting"], CREATED),
    Row {
        answers: "201",
        ..act(
            "POST /v1.0/support/dataCollections/{id}/messages",
            YUKI,
            &["collecting"],
            |_| json!({ "body": "Where do I find it?" }),
            &[("/body", 10_000)],
            ADATUM,
        )
    },
    Row {
        answers: "201",
        logs: ADATUM,
        ..look(
            "PUT /v1.0/support/dataCollections/{id}/files/{name}",
            YUKI,
            &["collecting", "file"],
            Takes::Nothing,
        )
    },
    look(
        "GET /v1.0/support/requests/{id}/messages/{messageId}/attachments/{name}",
        MARTA,
        &["payroll", "attached", "log"],
        Takes::Nothing,
    ),
    look(
        "GET /v1.0/support/dataCollections/{id}/messages/{messageId}/attachments/{name}",
        YUKI,
        &["traced", "attachedToCollection", "log"],
        Takes::Nothing,
    ),
    look("GET /v1.0/support/dataCollections/{id}/files/{name}", INES, &["traced", "log"], Takes::Nothing),
    look(
        "GET /v1.0/support/dataCollections/{id}/files/{name}/entries/{entry}",
        INES,
        &["traced", "bundle", "log"],
        Takes::Nothing,
    ),
    act(
        "DELETE /v1.0/support/dataCollections/{id}/files/{name}",
        YUKI,
        &["emptied", "file"],
        nothing,
        &[],
        ADATUM,
    ),
    act("POST /v1.0/support/dataCollections/{id}/submit", YUKI, &["sending"], nothing, &[], ADATUM),
    act("POST /v1.0/support/dataCollections/{id}/decline", YUKI, &["declined"], reason, REASON, ADATUM),
    act("POST /v1.0/support/dataCollections/{id}/cancel", INES, &["uncollected"], nothing, &[], ADATUM),
    act("POST /v1.0/support/dataCollections/{id}/accept", INES, &["accepted"], nothing, &[], ADATUM),
    act("POST /v1.0/support/dataCollections/{id}/return", INES, &["returned"], reason, REASON, ADATUM),
    look("GET /v1.0/support/accessRequests", YUKI, &[], CREATED),
    look("GET /v1.0/support/accessRequests/{id}", YUKI, &["live"], Takes::Nothing),
    act(
        "POST /v1.0/support/accessRequests/{id}/approve",
        YUKI,
        &["approving"],
        |_| json!({ "comment": "For today.", "narrowTo": { "duration": "PT4H", "filter": {} } }),
        &[("/comment", 2_000)],
        ADATUM,
    ),
    act("POST /v1.0/support/accessRequests/{id}/reject", YUKI, &["rejecting"], reason, REASON, ADATUM),
    act("POST /v1.0/support/accessRequests/{id}/revoke", YUKI, &["revoking"], reason, REASON, ADATUM),
    act("POST /v1.0/support/accessRequests/{id}/cancel", INES, &["cancelling"], nothing, &[], ADATUM),
    look("GET /v1.0/support/accessRequests/{id}/reads", YUKI, &["live"], Takes::All("dateTime")),
    look("GET /v1.0/support/accessRequests/{id}/preview", YUKI, &["previewing"], Takes::Nothing),
    look("GET /v1.0/support/grants", YUKI, &[], CREATED),
    look("GET /v1.0/support/grants/{id}", YUKI, &["grant"], Takes::Nothing),
    act("POST /v1.0/support/grants/{id}/remove", YUKI, &["removing"], reason, REASON, ADATUM),
    act("POST /v1.0/support/grants/{id}/confirm", YUKI, &["paused"], nothing, &[], ADATUM),
    look("GET /v1.0/support/grants/{id}/reads", YUKI, &["grant"], Takes::All("dateTime")),
    look("GET /v1.0/support/grants/{id}/reveals", YUKI, &["grant"], Takes::Nothing),
    Row {
        answers: "201",
        ..act(
            "POST /v1.0/support/grants/{id}/reveals",
            INES,
            &["grant"],
            |_| json!({ "property": "userId", "value": "26be570a-ae82-4189-b4e2-a37c6808512d" }),
            &[("/property", 256), ("/value", 2_048), ("/justification", 2_000)],
            ADATUM,
        )
    },
    act("POST /v1.0/support/reveals/{id}/approve", YUKI, &["showing"], nothing, &[], ADATUM),
    act("POST /v1.0/support/reveals/{id}/reject", YUKI, &["hiding"], reason, REASON, ADATUM),
    act("POST /v1.0/support/grants/removeAll", OMAR, &[], reason, REASON, &[Org::Fabrikam]),
    look("GET /v1.0/users", YUKI, &[], Takes::Nothing),
    Row {
        answers: "201",
        ..act(
            "POST /v1.0/users",
            YUKI,
            &[],
            |_| json!({ "displayName": "Ole Berg", "userPrincipalName": "ole@adatum.example" }),
            &[("/displayName", 200)],
            ADATUM,
        )
    },
    look("GET /v1.0/users/{id}", YUKI, &["renamed"], Takes::Nothing),
    act(
        "PATCH /v1.0/users/{id}",
        YUKI,
        &["renamed"],
        |_| json!({ "displayName": "Rena M. Novak" }),
        &[("/displayName", 200)],
        ADATUM,
    ),
    Row { answers: "204", ..act("DELETE /v1.0/users/{id}", YUKI, &["leaving"], nothing, &[], ADATUM) },
    Row {
        answers: "201",
        ..act(
            "POST /v1.0/users/{id}/authentication/temporaryAccessPassMethods",
            YUKI,
            &["renamed"],
            |_| json!({ "lifetimeInMinutes": 60 }),
            &[],
            ADATUM,
        )
    },
    look("GET /v1.0/users/{id}/authentication/fido2Methods", YUKI, &["keyed"], Takes::Nothing),
    Row {
        answers: "204",
        ..act(
            "DELETE /v1.0/users/{id}/authentication/fido2Methods/{methodId}",
            YUKI,
            &["keyed", "passkey"],
            nothing,
            &[],
            ADATUM,
        )
    },
    act("POST /v1.0/users/{id}/erase", YUKI, &["ben"], nothing, &[], ADATUM),
    look("GET /v1.0/roleManagement/directory/roleDefinitions", NOOR, &[], Takes::Nothing),
    look("GET /v1.0/roleManagement/directory/roleDefinitions/{id}", NOOR, &["role"], Takes::Nothing),
    Row {
        answers: "201",
        ..act(
            "POST /v1.0/roleManagement/directory/roleDefinitions",
            YUKI,
            &[],
            |_| new_role("Day desk"),
            &[("/displayName", 256), ("/description", 1_024)],
            ADATUM,
        )
    },
    act(
        "PATCH /v1.0/roleManagement/directory/roleDefinitions/{id}",
        YUKI,
        &["role"],
        |_| json!({ "description": "Whoever is on call.", "rolePermissions": [{ "allowedResourceActions": ["vouchsafe.support/accessRequests/read"] }] }),
        &[("/description", 1_024)],
        ADATUM,
    ),
    Row {
        answers: "204",
        logs: ADATUM,
        ..look(
            "DELETE /v1.0/roleManagement/directory/roleDefinitions/{id}",
            YUKI,
            &["unheld"],
            Takes::Nothing,
        )
    },
    look("GET /v1.0/roleManagement/directory/roleAssignments", NOOR, &[], CREATED),
    look("GET /v1.0/roleManagement/directory/roleAssignments/{id}", NOOR, &["assignment"], Takes::Nothing),
    Row {
        answers: "201",
        ..act(
            "POST /v1.0/roleManagement/directory/roleAssignments",
            YUKI,
            &[],
            |stage| json!({ "principalId": stage.id("noor"), "roleDefinitionId": stage.id("role") }),
            &[],
            ADATUM,
        )
    },
    Row {
        answers: "204",
        logs: ADATUM,
        ..look(
            "DELETE /v1.0/roleManagement/directory/roleAssignments/{id}",
            YUKI,
            &["assignment"],
            Takes::Nothing,
        )
    },
    look("GET /v1.0/identityProviders", NOOR, &[], Takes::Nothing),
    look("GET /v1.0/identityProviders/{id}", NOOR, &["identityProvider"], Takes::Nothing),
    Row {
        answers: "201",
        ..act(
            "POST /v1.0/identityProviders",
            YUKI,
            &[],
            |_| new_identity_provider("day"),
            NEW_PROVIDER,
            ADATUM,
        )
    },
    act(
        "PATCH /v1.0/identityProviders/{id}",
        YUKI,
        &["identityProvider"],
        |_| json!({ "displayName": "Other", "clientSecret": "another", "requiredClaims": [{ "claim": "hd", "value": "adatum.example" }] }),
        &[("/displayName", 100), ("/requiredClaims/0/claim", 300), ("/requiredClaims/0/value", 300)],
        ADATUM,
    ),
    Row {
        answers: "204",
        logs: ADATUM,
        ..look("DELETE /v1.0/identityProviders/{id}", YUKI, &["leftProvider"], Takes::Nothing)
    },
    look("GET /v1.0/accountLinks", YUKI, &[], CREATED),
    look("GET /v1.0/accountLinks/{id}", YUKI, &["confirmedLink"], Takes::Nothing),
    Row { answers: "201", ..act("POST /v1.0/accountLinks", MARTA, &[], nothing, &[], ADATUM) },
    act("POST /v1.0/accountLinks/{id}/confirm", YUKI, &["confirmedLink"], nothing, &[], ADATUM),
    Row {
        answers: "204",
        logs: ADATUM,
        ..look("DELETE /v1.0/accountLinks/{id}", YUKI, &["leftLink"], Takes::Nothing)
    },
    look("GET /v1.0/apiTokens", YUKI, &[], CREATED),
    Row {
        answers: "201",
        ..act("POST /v1.0/apiTokens", YUKI, &[], |_| new_token("Export"), &[("/displayName", 256)], ADATUM)
    },
    act("POST /v1.0/apiTokens/{id}/revoke", YUKI, &["token"], nothing, &[], ADATUM),
    look("GET /v1.0/auditLogs/directoryAudits", NOOR, &[], Takes::All("activityDateTime")),
    look("GET /v1.0/auditLogs/directoryAudits/{id}", NOOR, &["entry"], Takes::Nothing),
    look("GET /v1.0/auditLogs/directoryAudits/{id}/receipt", NOOR, &["entry"], Takes::Nothing),
    look("GET /v1.0/auditLogs/logKeys", NOOR, &[], Takes::Nothing),
    look("GET /log/{tenantId}/checkpoint", NOOR, &["adatum"], Takes::Nothing),
    look("GET /log/{tenantId}/tile/{tile}", NOOR, &["adatum", "tile"], Takes::Nothing),
    look("GET /v1.0/auditLogs/signIns", NOOR, &[], CREATED),
    look("GET /v1.0/auditLogs/signIns/{id}", NOOR, &["signIn"], Takes::Select),
    Row {
        logs: ADATUM,
        ..look("POST /v1.0/diagnostics/import", Somebody::Feed(Org::Adatum), &[], Takes::Nothing)
    },
];

impl Row {
    /// The row of an operation.
    pub(crate) fn of(operation: &Operation) -> &'static Self {
        let name = operation.name();
        let found = rows().find(|row| row.operation == name);
        found.unwrap_or_else(|| panic!("{name} has no row in tests/it/rows.rs"))
    }

    pub(crate) fn template(&self) -> &'static str {
        self.operation.split_once(' ').unwrap().1
    }

    pub(crate) fn method(&self) -> Method {
        self.operation.split_once(' ').unwrap().0.parse().unwrap()
    }

    pub(crate) fn is_import(&self) -> bool {
        self.template().ends_with("/import") || self.method() == Method::PUT
    }

    /// The path with these ids in it, and with what it cannot do without.
    pub(crate) fn path(&self, ids: &[String]) -> String {
        let mut ids = ids.iter();
        let fill = |segment: &str| match segment.starts_with('{') {
            true => ids.next().unwrap().clone(),
            false => segment.to_owned(),
        };
        let path = self.template().split('/').map(fill).collect::<Vec<_>>().join("/");
        if self.takes == Takes::Counts { format!("{path}?by=hour") } else { path }
    }

    pub(crate) fn ids(&self, stage: &Stage) -> Vec<String> {
        self.ids.iter().map(|name| stage.id(name).to_owned()).collect()
    }

    /// A call that is right.
    pub(crate) fn good(&self, stage: &Stage) -> Ask {
        let ask = Ask::new(self.method(), self.path(&self.ids(stage)));
        match self.body {
            Some(body) => ask.json(&body(stage)),
            None if self.is_import() && self.template().contains("resolvedRequests") => {
                ask.raw("text/csv", PAST_REQUEST)
            }
            None if self.is_import() => ask.raw("application/octet-stream", SIGN_IN),
            None => ask,
        }
    }
}

/// A sign-in that no tenant has.
pub(crate) const SIGN_IN: &str = r#"{"id":"66ea54eb-6301-4ee5-be62-ff5a759b0100","createdDateTime":"2026-10-01T09:00:00Z","userId":"26be570a-ae82-4189-b4e2-a37c6808512d","userPrincipalName":"lee@adatum.example"}"#;

/// A request that Ines resolved before.
pub(crate) const PAST_REQUEST: &str = "id,createdDateTime,resolvedDateTime,title,engineer\nOLD-1,2025-01-07T08:00:00Z,2025-01-08T09:00:00Z,Prompted twice,ines.okafor@northwind.example\n";

/// Pauses a grant, as if too much had been read under it.
pub(crate) async fn pause(house: &House, org: Org, grant: &str) {
    let tenant = house.tenant(org);
    let mut work = house.app.store().work().await.unwrap();
    work.lock([tenant]).await.unwrap();
    let grant = work.grant(tenant, grant.parse().unwrap()).await.unwrap().unwrap();
    let permit = for_service::<RecordPause>(work.id(), grant.id);
    let decided = pace::pause(&grant, &work.context(Initiator::Service)).unwrap();
    work.record(permit, decided).await.unwrap();
    work.commit().await.unwrap();
}

/// The demo's things by name, with a few more so that the rows do not get into each other's way.
pub(crate) struct Stage(BTreeMap<&'static str, String>);

impl Stage {
    pub(crate) fn id(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_else(|| panic!("the stage has no {name}"))
    }

    /// Lets a name stand for another thing.
    pub(crate) fn put(&mut self, name: &'static str, id: String) {
        self.0.insert(name, id);
    }

    pub(crate) async fn set(house: &House) -> Self {
        let mut stage = Self(BTreeMap::new());
        stage.0.insert("adatum", house.tenant(Org::Adatum).to_string());
        stage.0.insert("contoso", house.tenant(Org::Contoso).to_string());
        stage.0.insert("problemType", "signIn%2FconditionalAccess".to_owned());
        stage.0.insert("jonas", house.who("Jonas Lindqvist", Org::Provider).user.to_string());
        for (name, who, title) in [
            ("payroll", MARTA, PAYROLL),
            ("laptops", MARTA, LAPTOPS),
            ("prompts", ALEX, PROMPTS),
            ("portal", ALEX, PORTAL),
            ("connector", OMAR, CONNECTOR),
        ] {
            stage.0.insert(name, house.case(who, title).await);
        }
        stage.cases(house).await;
        stage.access(house).await;
        stage.logs(house).await;
        stage.collections(house).await;
        stage.people(house).await;
        stage
    }

    /// People for the rows about people, one of them with a passkey.
    async fn people(&mut self, house: &House) {
        for (name, first) in [("renamed", "Rena"), ("leaving", "Leo"), ("keyed", "Kaja")] {
            let upn = format!("{}@adatum.example", first.to_lowercase());
            let new = json!({ "displayName": format!("{first} Novak"), "userPrincipalName": upn });
            let invited = house.ok(YUKI, Ask::post("/v1.0/users", &new)).await;
            self.0.insert(name, text(&invited["id"]));
        }
        self.links(house).await;
        let origin = "https://vouchsafe.example";
        let app = house.app.clone().with_passkeys(RelyingParty::at(origin).unwrap());
        let who = Who::of(house.tenant(Org::Adatum), self.id("keyed").parse().unwrap());
        let pass = app.first_pass(who, Duration::hours(1)).await.unwrap().expose();
        let mut key = Authenticator::new(5, origin);
        let made = key.create(&app.enrol_options(&pass).await.unwrap().options);
        app.enrol_by_pass(&pass, "Phone", &made).await.unwrap();
        self.0.insert("passkey", key.credential());
    }

    /// A link that waits for Adatum alone to confirm it, and an offer.
    async fn links(&mut self, house: &House) {
        let call = |name, org| Call::from(house.who(name, org));
        let marta = call("Marta Kowal", Org::Adatum);
        let offer = house.app.offer_link(&marta).await.unwrap();
        let code = offer.code.unwrap().expose();
        house.app.accept_link(&call("Priya Nair", Org::Contoso), &code).await.unwrap();
        house.app.agree_to_link(&marta, offer.record.id).await.unwrap();
        self.0.insert("confirmedLink", offer.record.id.to_string());
        let left = house.app.offer_link(&call("Yuki Tanabe", Org::Adatum)).await.unwrap();
        self.0.insert("leftLink", left.record.id.to_string());
    }

    async fn collections(&mut self, house: &House) {
        self.0.insert("file", "objects.ndjson".to_owned());
        let path = format!("/v1.0/support/requests/{}/dataCollections", self.id("gathering"));
        let names = [
            "collecting",
            "declined",
            "uncollected",
            "emptied",
            "sending",
            "accepted",
            "returned",
            "collected",
            "traced",
        ];
        let mut objects = String::new();
        let live = house.base(self.id("consented"), Org::Adatum);
        for schema in Resource::ALL.map(Resource::schema) {
            let page = house.ok(INES, Ask::get(format!("{live}/{}", schema.path))).await;
            let one = if schema.shape == Shape::Singleton { &page } else { &page["value"][0] };
            objects.push_str(&format!("{one}\n"));
        }
        for (n, name) in names.into_iter().enumerate() {
            let asked = text(&house.ok(INES, Ask::post(&path, &collect(self))).await["id"]);
            let collection = format!("/v1.0/support/dataCollections/{asked}");
            self.0.insert(name, asked);
            if name == "traced" {
                self.files(house, &collection).await;
            }
            if n >= 3 {
                let file = Ask::new(Method::PUT, format!("{collection}/files/objects.ndjson"));
                let content = if name == "collected" { objects.as_str() } else { SIGN_IN };
                house.ok(YUKI, file.raw("application/octet-stream", content)).await;
            }
            if n >= 5 {
                house.ok(YUKI, Ask::post(format!("{collection}/submit"), &json!({}))).await;
            }
        }
        let request = format!("/v1.0/support/requests/{}", self.id("payroll"));
        let collection = format!("/v1.0/support/dataCollections/{}", self.id("traced"));
        for (name, of) in [("attached", request), ("attachedToCollection", collection)] {
            let path = format!("{of}/messages");
            let sent =
                house.ok(YUKI, crate::attachments::form(&path, "Here.", &[("trace.log", b"x\n")])).await;
            self.0.insert(name, text(&sent["id"]));
        }
        let (case, tenant) = (self.id("gathering"), self.id("adatum"));
        let base = format!("/diagnostics/{case}/{tenant}/collections/{}/v1.0", self.id("collected"));
        for schema in Resource::ALL.map(Resource::schema) {
            if schema.shape != Shape::Singleton {
                let page = house.ok(INES, Ask::get(format!("{base}/{}?$top=1", schema.path))).await;
                let id = text(&page["value"][0]["id"]);
                self.0.insert(collected_name(schema.path), id);
            }
        }
    }

    /// A log, and an archive with a record and a log.
    async fn files(&mut self, house: &House, collection: &str) {
        self.0.insert("log", "trace.log".to_owned());
        self.0.insert("bundle", "bundle.zip".to_owned());
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, content) in [("sign-in.json", SIGN_IN), ("trace.log", "nothing\n")] {
            archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut archive, content.as_bytes()).unwrap();
        }
        let bundle = archive.finish().unwrap().into_inner();
        for (name, content) in [("trace.log", b"nothing\n".to_vec()), ("bundle.zip", bundle)] {
            let file = Ask::new(Method::PUT, format!("{collection}/files/{name}"));
            house.ok(YUKI, file.raw("application/octet-stream", content)).await;
        }
    }

    async fn cases(&mut self, house: &House) {
        for name in ["closing", "closed", "handed", "gathering"] {
            let case = house.ok(MARTA, Ask::post("/v1.0/support/requests", &new_case(self))).await;
            self.0.insert(name, text(&case["id"]));
        }
        let mut consented = new_case(self);
        consented["allowAdvancedDiagnostics"] = json!(true);
        let case = house.ok(MARTA, Ask::post("/v1.0/support/requests", &consented)).await;
        self.0.insert("consented", text(&case["id"]));
        // A yes can be renewed in its last week.
        for (lasts, opens) in [("P5D", true), ("P30D", false)] {
            let policy = json!({ "consentDuration": lasts });
            house.ok(YUKI, Ask::patch("/v1.0/policies/supportAccess", &policy)).await;
            if opens {
                let case = house.ok(MARTA, Ask::post("/v1.0/support/requests", &consented)).await;
                self.0.insert("renewable", text(&case["id"]));
            }
        }
        // Where two must agree, a yes waits for the second.
        for (required, opens) in [(2, &["agreeing", "disagreeing"][..]), (1, &[])] {
            let policy = json!({ "approvals": { "required": required } });
            house.ok(YUKI, Ask::patch("/v1.0/policies/supportAccess", &policy)).await;
            for name in opens {
                let case = house.ok(MARTA, Ask::post("/v1.0/support/requests", &consented)).await;
                self.0.insert(name, text(&case["id"]));
            }
        }
        let close = format!("/v1.0/support/requests/{}/close", self.id("closed"));
        house.ok(MARTA, Ask::post(close, &json!({ "resolution": "resolved" }))).await;
    }

    async fn access(&mut self, house: &House) {
        let payroll = self.id("payroll").to_owned();
        let grant = house.grant_of(YUKI, &payroll).await;
        let live = house.ok(YUKI, Ask::get(format!("/v1.0/support/grants/{grant}"))).await;
        self.0.insert("live", text(&live["accessRequestId"]));
        self.0.insert("grant", grant);
        let path = format!("/v1.0/support/requests/{payroll}/accessRequests");
        for name in ["approving", "rejecting", "cancelling", "previewing", "revoking", "removing", "paused"] {
            let asked = house.ok(INES, Ask::post(&path, &ask(self))).await;
            self.0.insert(name, text(&asked["id"]));
        }
        for name in ["revoking", "removing", "paused"] {
            let path = format!("/v1.0/support/accessRequests/{}/approve", self.id(name));
            let approved = house.ok(YUKI, Ask::post(path, &json!({}))).await;
            if name != "revoking" {
                self.0.insert(name, text(&approved["grantId"]));
            }
        }
        pause(house, Org::Adatum, self.id("paused")).await;
        for name in ["showing", "hiding"] {
            let path = format!("/v1.0/support/grants/{}/reveals", self.id("grant"));
            let body =
                json!({ "property": "correlationId", "value": "26be570a-ae82-4189-b4e2-a37c6808512d" });
            let asked = house.ok(INES, Ask::post(path, &body)).await;
            self.0.insert(name, text(&asked["id"]));
        }
        let requests = house.list(ALEX, "/v1.0/support/accessRequests").await;
        let pending = requests.iter().find(|request| request["status"] == "pending").unwrap();
        self.0.insert("contosoRequest", text(&pending["id"]));
        let tomas = house.list(TOMAS, "/v1.0/support/accessRequests").await;
        self.0.insert("tomasRequest", text(&tomas[0]["id"]));
        self.0.insert("fabrikamGrant", house.grant_of(OMAR, self.id("connector")).await);
    }

    async fn logs(&mut self, house: &House) {
        self.0.insert("adatum", house.tenant(Org::Adatum).to_string());
        self.0.insert("ben", house.who("Ben Carver", Org::Adatum).user.to_string());
        self.0.insert("noor", house.who("Noor Aziz", Org::Adatum).user.to_string());
        let management = "/v1.0/roleManagement/directory";
        for name in ["role", "unheld"] {
            let role =
                house.ok(YUKI, Ask::post(format!("{management}/roleDefinitions"), &new_role(name))).await;
            self.0.insert(name, text(&role["id"]));
        }
        // It allows Noor nothing that she may not do anyhow, so nobody misses it when it is taken back.
        let body = json!({ "principalId": self.id("noor"), "roleDefinitionId": GLOBAL_READER });
        let held = house.ok(YUKI, Ask::post(format!("{management}/roleAssignments"), &body)).await;
        self.0.insert("assignment", text(&held["id"]));
        for name in ["identityProvider", "leftProvider"] {
            let body = new_identity_provider(name);
            let provider = house.ok(YUKI, Ask::post("/v1.0/identityProviders", &body)).await;
            self.0.insert(name, text(&provider["id"]));
        }
        let token = house.ok(YUKI, Ask::post("/v1.0/apiTokens", &new_token("Report"))).await;
        self.0.insert("token", text(&token["id"]));
        self.0.insert("tile", "entries/000.p/3".to_owned());
        for (name, who, path) in [
            ("entry", NOOR, "/v1.0/auditLogs/directoryAudits"),
            ("signIn", NOOR, "/v1.0/auditLogs/signIns"),
            ("contosoEntry", SAM, "/v1.0/auditLogs/directoryAudits"),
            ("contosoSignIn", SAM, "/v1.0/auditLogs/signIns"),
        ] {
            let page = house.ok(who, Ask::get(path).query(&[("$top", "1")])).await;
            self.0.insert(name, text(&page["value"][0]["id"]));
        }
        let base = house.base(self.id("payroll"), Org::Adatum);
        let page = house.ok(INES, Ask::get(format!("{base}/auditLogs/signIns?$top=1"))).await;
        self.0.insert("masked", text(&page["value"][0]["id"]));
        let base = house.base(self.id("consented"), Org::Adatum);
        for schema in Resource::ALL.map(Resource::schema) {
            if schema.shape != Shape::Singleton {
                let page = house.ok(INES, Ask::get(format!("{base}/{}?$top=1", schema.path))).await;
                self.0.insert(schema.path, text(&page["value"][0]["id"]));
            }
        }
    }
}
