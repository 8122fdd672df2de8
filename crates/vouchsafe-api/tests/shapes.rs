//! Golden texts of every shape: what the contract shows must read and write back byte for byte.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use serde::Serialize;
use serde::de::DeserializeOwned;
use vouchsafe_api::access_request::{AccessRequest, ApproveAccessRequest, CreateAccessRequest};
use vouchsafe_api::account::{Me, Organization};
use vouchsafe_api::audit::DirectoryAudit;
use vouchsafe_api::body;
use vouchsafe_api::collection::Collection;
use vouchsafe_api::disclosed::Disclosed;
use vouchsafe_api::grant::{Ended, EndedId, Grant, RemoveAllGrants};
use vouchsafe_api::import::ImportResult;
use vouchsafe_api::message::Message;
use vouchsafe_api::policy::{SupportAccessPolicy, UpdateSupportAccessPolicy};
use vouchsafe_api::problem_type::ProblemType;
use vouchsafe_api::read::Read;
use vouchsafe_api::record::GraphRecord;
use vouchsafe_api::support_request::{Assignment, CreateSupportRequest, SupportRequest};

/// Reads the text and writes it again; members must come out in the same order with the same values.
fn golden<T: DeserializeOwned + Serialize>(text: &str) -> T {
    let value: T = serde_json::from_str(text).unwrap();
    let compact: Box<serde_json::value::RawValue> = serde_json::from_str(text).unwrap();
    let expected: String = compact.get().lines().map(str::trim_start).collect();
    assert_eq!(serde_json::to_string(&value).unwrap(), expected);
    value
}

const ACCESS_REQUEST: &str = r#"{"id":"sar_018bcfe5680077078707070707070702","supportRequestId":"sr_018bcfe5680077078707070707070701",
"supportRequestNumber":"2611230040001234","side":"both","status":"approved","resourceTenantId":"0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11",
"requestedBy":{"id":"usr_018bcfe5680077078707070707070703","displayName":"Ines Duarte","employer":"Vouchsafe","location":"PT"},
"reasonCode":"troubleshooting","justification":"Sign-ins fail since Monday.",
"requested":{"dataCategories":["signInLogs","auditLogs"],"filter":null,"duration":"PT8H"},
"approved":{"dataCategories":["signInLogs"],"filter":{"dataFrom":"2026-11-20T00:00:00Z","users":["alex@contoso.example"]},"duration":"PT4H"},
"approvals":{"required":1,"given":[{"userId":"usr_018bcfe5680077078707070707070704","dateTime":"2026-11-23T09:00:00Z"}]},
"grantId":"grt_018bcfe5680077078707070707070705","linkedTo":null,"createdDateTime":"2026-11-23T08:00:00Z","expiresDateTime":"2026-11-23T13:00:00Z"}"#;

#[test]
fn support_request() {
    golden::<SupportRequest>(
        r#"{"id":"sr_018bcfe5680077078707070707070701","number":"2611230040001234","tenantId":"0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11",
        "title":"Cannot sign in","description":"Since Monday","severity":"moderate","service":"identity","problemType":"signIn/conditionalAccess",
        "status":"open","stage":"waitingForEngineer","assignedTo":{"id":"usr_018bcfe5680077078707070707070703","displayName":"Ines Duarte"},
        "allowAdvancedDiagnostics":true,"consent":{"status":"none","approvals":{"required":1,"given":[]},"grantId":null,"expiresDateTime":null},
        "contact":{"name":"Alex","email":"alex@contoso.example","language":"en","timeZone":"Europe/Berlin"},"resourceTenantIds":[],
        "resolution":null,"createdDateTime":"2026-11-23T08:00:00Z","closedDateTime":null}"#,
    );
    golden::<Assignment>(
        r#"{"supportRequestId":"sr_018bcfe5680077078707070707070701","assignedTo":null,"sinceDateTime":null,"reason":"Waits in the queue",
        "evidence":[{"topic":"signIn/conditionalAccess","source":"solvedCases","amount":"many"},
        {"topic":"signIn","source":"declaredExpertise","amount":null}]}"#,
    );
    golden::<Message>(
        r#"{"id":"msg_018bcfe5680077078707070707070701","supportRequestId":"sr_018bcfe5680077078707070707070701",
        "sender":{"id":"usr_018bcfe5680077078707070707070703","displayName":"Ines Duarte"},"party":"engineer","body":"Hello","attachments":[],
        "createdDateTime":"2026-11-23T08:00:00Z"}"#,
    );
    golden::<ProblemType>(
        r#"{"id":"signIn","displayName":"Sign-in","retired":false,"children":[{"id":"signIn/conditionalAccess","displayName":"Conditional access","retired":true,"children":[]}]}"#,
    );
}

#[test]
fn resource_tenants_come_in_either_form_but_not_both() {
    let required = r#""title":"t","description":"d","severity":"minimal","service":"identity","problemType":"signIn",
        "allowAdvancedDiagnostics":false,"contact":{"name":"A","email":"a@b.example"}"#;
    let tenants = |members: &str| {
        let body = format!("{{{required}{members}}}");
        let request: CreateSupportRequest = body::parse(body.as_bytes()).unwrap();
        let contact = request.contact.as_ref().unwrap();
        assert_eq!((contact.language.as_str(), contact.time_zone.as_str()), ("en", "UTC"));
        assert!(!request.is_from_elsewhere());
        request.resource_tenants().map(|list| list.len())
    };
    let id = "0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11";
    assert_eq!(tenants(""), Some(0));
    assert_eq!(tenants(&format!(r#","resourceTenantId":"{id}""#)), Some(1));
    assert_eq!(tenants(&format!(r#","resourceTenantIds":["{id}","{id}"]"#)), Some(2));
    assert_eq!(tenants(&format!(r#","resourceTenantId":"{id}","resourceTenantIds":[]"#)), None);
}

#[test]
fn access_request_and_what_one_side_never_sees() {
    let mut request: AccessRequest = golden(ACCESS_REQUEST);
    assert!(request.grant_id.value().is_some() && request.expires_date_time.value().is_some());

    request.grant_id = Disclosed::Shown(None);
    let json = serde_json::to_value(&request).unwrap();
    assert!(json.get("grantId").is_some_and(serde_json::Value::is_null));
    assert_eq!(serde_json::from_value::<AccessRequest>(json).unwrap(), request);

    request.grant_id = Disclosed::Withheld;
    request.expires_date_time = Disclosed::Withheld;
    let json = serde_json::to_value(&request).unwrap();
    assert!(json.get("grantId").is_none() && json.get("expiresDateTime").is_none());
    assert_eq!(serde_json::from_value::<AccessRequest>(json).unwrap(), request);
}

#[test]
fn access_request_bodies() {
    golden::<CreateAccessRequest>(
        r#"{"resourceTenantId":"0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11","dataCategories":["signInLogs"],"reasonCode":"verifyFix",
        "justification":"To see that the change helped.","duration":"PT15M","filter":{"dataTo":"2026-11-23T08:00:00Z"}}"#,
    );
    golden::<ApproveAccessRequest>("{}");
    golden::<ApproveAccessRequest>(
        r#"{"comment":"ok","narrowTo":{"dataCategories":["signInLogs"],"duration":"PT1H","filter":{"users":[]}},"assertion":{"id":"x"}}"#,
    );
}

#[test]
fn grant_and_its_end() {
    golden::<Grant>(
        r#"{"id":"grt_018bcfe5680077078707070707070705","status":"live","tenantId":"0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11",
        "supportRequestId":"sr_018bcfe5680077078707070707070701","accessRequestId":null,"source":"consent","dataCategories":["signInLogs"],
        "filter":null,"expiresDateTime":"2026-12-23T08:00:00Z"}"#,
    );
    let ended: Ended = golden(
        r#"{"id":"sar_018bcfe5680077078707070707070702","status":"revoked","readsEndedDateTime":"2026-11-23T08:00:00.5Z",
        "decisionsEndBy":"2026-11-23T08:00:10Z"}"#,
    );
    assert!(matches!(ended.id, EndedId::AccessRequest(_)));
    assert_eq!(body::parse(b""), Ok(RemoveAllGrants::default()));
}

#[test]
fn read_and_import() {
    golden::<Read>(
        r#"{"id":"rd_018bcfe5680077078707070707070706","grantId":"grt_018bcfe5680077078707070707070705",
        "engineer":{"id":"usr_018bcfe5680077078707070707070703","displayName":"Ines Duarte"},"dateTime":"2026-11-23T08:00:00Z",
        "query":"auditLogs/signIns?$top=2","recordIds":["a","b"],"properties":[{"name":"userPrincipalName","masked":true}],"count":2,"bytes":512}"#,
    );
    golden::<ImportResult>(
        r#"{"id":"imp_018bcfe5680077078707070707070707","received":56,"imported":55,"alreadyPresent":0,"rejected":1,
        "rejections":[{"line":1,"reason":"no id"}]}"#,
    );
}

#[test]
fn account_and_policy() {
    golden::<Me>(
        r#"{"id":"usr_018bcfe5680077078707070707070704","displayName":"Alex","userPrincipalName":"alex@contoso.example",
        "tenantId":"0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11","roles":["Service Support Administrator"],
        "allowedActions":["microsoft.azure.supportTickets/allEntities/allTasks"]}"#,
    );
    golden::<Collection<Organization>>(
        r#"{"@odata.context":"/v1.0/$metadata#organization","@odata.count":1,"value":[{"id":"0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11",
        "displayName":"Contoso","verifiedDomains":[{"name":"contoso.example","isDefault":true}],"createdDateTime":"2026-11-23T08:00:00Z"}],
        "@odata.nextLink":"/v1.0/organization?$skiptoken=x"}"#,
    );
    golden::<SupportAccessPolicy>(
        r#"{"pendingExpiry":"P4D","maxDuration":"P30D","consentOffered":true,"consentDuration":"P30D","idlePause":"P7D",
        "approvals":{"required":1,"approverIds":[]},"decisionAssurance":"token","ticketUmbrella":true,"inheritOnReassign":true,
        "engineerRules":{"regions":[],"clearances":[],"excludedEngineerIds":[]}}"#,
    );
    golden::<UpdateSupportAccessPolicy>("{}");
    golden::<UpdateSupportAccessPolicy>(
        r#"{"idlePause":"P1D","approvals":{"required":2},"engineerRules":{"regions":["EU"]}}"#,
    );
}

#[test]
fn directory_audit() {
    golden::<DirectoryAudit>(
        r#"{"id":"aud_018bcfe5680077078707070707070708","category":"SupportAccessManagement",
        "correlationId":"5b0d8f0e-2f7d-4e0a-8d55-3a1c5b1f7a90","result":"success","resultReason":"","activityDisplayName":"Access approved",
        "activityDateTime":"2026-11-23T09:14:07.183451Z","loggedByService":"Core Directory","operationType":"Add",
        "initiatedBy":{"user":null,"app":{"appId":null,"displayName":"Support Access Service","servicePrincipalId":null,"servicePrincipalName":null}},
        "targetResources":[{"id":"sar_018bcfe5680077078707070707070702","displayName":null,"type":"Other","userPrincipalName":null,"groupType":null,
        "modifiedProperties":[{"displayName":"Status","oldValue":null,"newValue":"approved"}]}],
        "additionalDetails":[{"key":"automatic","value":"true"}]}"#,
    );
}

#[test]
fn imported_records_are_read_by_path() {
    let record: GraphRecord =
        serde_json::from_str(r#"{"id":"1","status":{"errorCode":50126},"location":null,"list":[1]}"#)
            .unwrap();
    let texts =
        ["id", "status/errorCode", "status", "location/city", "list", "none"].map(|path| record.text(path));
    assert_eq!(texts, ["1", "50126", "", "", "", ""]);
}
