//! The table of routes: what the server must answer for the pages to work.

/// How a route is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Shows a page.
    Get,
    /// Does something, then redirects to a page.
    Post,
}

/// One route of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// How it is asked.
    pub method: Method,
    /// The path, with `{name}` for a segment that varies.
    pub pattern: &'static str,
    /// The form's field names (POST) or the query options (GET), in the order of the page.
    pub fields: &'static [&'static str],
    /// The function of [`crate::page`] that renders it, or what it does.
    pub purpose: &'static str,
}

impl Route {
    /// Whether a path without its query belongs to this route.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let mut pattern = self.pattern.split('/');
        let mut given = path.split('/');
        loop {
            match (pattern.next(), given.next()) {
                (None, None) => return true,
                (Some(want), Some(got)) if want == got => {}
                (Some(want), Some(got)) if want.starts_with('{') && !got.is_empty() => {}
                (Some(_) | None, Some(_)) | (Some(_), None) => return false,
            }
        }
    }
}

const fn get(pattern: &'static str, fields: &'static [&'static str], purpose: &'static str) -> Route {
    Route { method: Method::Get, pattern, fields, purpose }
}

const fn post(pattern: &'static str, fields: &'static [&'static str], purpose: &'static str) -> Route {
    Route { method: Method::Post, pattern, fields, purpose }
}

const POLICY: &[&str] = &[
    "version",
    "pendingExpiry",
    "maxDuration",
    "consentOffered",
    "consentDuration",
    "idlePause",
    "approvals.required",
    "approvals.approverIds",
    "ticketUmbrella",
    "inheritOnReassign",
    "engineerRules.regions",
    "engineerRules.excludedEngineerIds",
];
const SCOPE_OF_COLLECTING: &[&str] =
    &["idempotencyKey", "tenantId", "dataCategories", "dataFrom", "dataTo", "instructions"];
const SCOPE_OF_APPROVAL: &[&str] =
    &["version", "assertion", "dataCategories", "duration", "dataFrom", "dataTo", "users", "comment"];
const SCOPE_OF_ASKING: &[&str] = &[
    "idempotencyKey",
    "resourceTenantId",
    "dataCategories",
    "reasonCode",
    "justification",
    "duration",
    "dataFrom",
    "dataTo",
    "users",
];
const NEW_SUPPORT_REQUEST: &[&str] = &[
    "idempotencyKey",
    "title",
    "description",
    "severity",
    "service",
    "problemType",
    "allowAdvancedDiagnostics",
    "contact.name",
    "contact.email",
    "contact.language",
    "contact.timeZone",
    "resourceTenantIds",
];
const AUDIT_FILTER: &[&str] = &["category", "activityDisplayName", "initiatedBy", "from", "to", "$skiptoken"];
const SIGN_IN_FILTER: &[&str] =
    &["from", "to", "user", "appDisplayName", "ipAddress", "result", "errorCode", "$skiptoken"];
const ENGINEER: &[&str] = &[
    "version",
    "declaredExpertise",
    "languages",
    "region",
    "clearances",
    "conflicts",
    "hours",
    "timeZone",
    "week",
    "daysOff",
    "capCritical",
    "capModerate",
    "capMinimal",
];
const NEW_ASSIGNMENT: &[&str] = &["idempotencyKey", "principalId", "roleDefinitionId", "duration"];
const NEW_TOKEN: &[&str] = &["idempotencyKey", "displayName", "scopes", "expiresDateTime"];
const NEW_PROVIDER: &[&str] = &[
    "idempotencyKey",
    "displayName",
    "issuer",
    "clientId",
    "clientSecret",
    "scope",
    "claimsMapping.userPrincipalName",
    "claimsMapping.groups",
    "requiredClaims",
    "justInTimeAccounts",
    "roleMappings",
];
const PROVIDER: &[&str] = &[
    "version",
    "displayName",
    "clientSecret",
    "scope",
    "claimsMapping.userPrincipalName",
    "claimsMapping.groups",
    "requiredClaims",
    "justInTimeAccounts",
    "roleMappings",
    "isEnabled",
];
/// Sent as `multipart/form-data`.
const MESSAGE: &[&str] = &["idempotencyKey", "body", "file"];
const PAGED: &[&str] = &["$skiptoken"];

/// Every route of the pages. Style sheets are under `/assets/{name}`, see [`crate::asset`].
pub const ROUTES: &[Route] = &[
    get("/", &[], "home"),
    get("/demo", &[], "choose_person"),
    get("/demo/sign-in/{userId}", &[], "sign_in_as"),
    post("/demo/sign-in/{userId}", &[], "signs in as this person"),
    post("/sign-out", &[], "ends the session, then /signed-out"),
    get("/signed-out", &[], "signed_out"),
    get("/sign-in", &[], "enter"),
    post("/sign-in", &[], "the way in again: passkeys need the script"),
    get("/sign-in/with/{tenantId}/{id}", &["returnTo"], "to an identity provider"),
    get(
        "/sign-in/with/{tenantId}/{id}/callback",
        &["code", "state", "iss", "error"],
        "back from it, then home",
    ),
    get("/enrol", &[], "enrol"),
    post("/enrol", &["pass", "name"], "enrolling again: passkeys need the script"),
    get("/account", &[], "account"),
    post("/account", &["name"], "the account again: passkeys need the script"),
    post("/account/passkeys/remove", &["credential"], "removes one of the own passkeys"),
    post("/account/sessions/end", &["sessionId"], "ends one of the own sessions"),
    post("/account/sessions/end-others", &[], "ends all other own sessions"),
    get("/account/links", PAGED, "account_links"),
    post("/account/links", &[], "makes an offer, then account_links with its code"),
    post("/account/links/look", &["code"], "account_links with whose offer the code is of"),
    post("/account/links/accept", &["code"], "accepts an offer"),
    post("/account/links/{id}/agree", &[], "the person agrees to a link"),
    post("/account/links/{id}/confirm", &[], "confirms a link for the own organisation"),
    post("/account/links/{id}/remove", &[], "ends a link"),
    get("/people", &[], "people"),
    post("/people", &["idempotencyKey", "displayName", "userPrincipalName"], "invites somebody"),
    get("/people/{id}", &[], "person"),
    post("/people/{id}", &["version", "displayName"], "changes a name"),
    post("/people/{id}/enable", &["version", "accountEnabled"], "enables or disables an account"),
    post("/people/{id}/delete", &["version"], "deletes an account"),
    post("/people/{id}/pass", &["idempotencyKey"], "pass"),
    post("/people/{id}/passkeys/remove", &["credential"], "removes a passkey"),
    get("/docs", &[], "api_reference"),
    get("/docs/problems", &[], "problem_codes"),
    get("/assets/{name}", &[], "asset"),
    get("/attachments/{id}/{messageId}/{name}", &[], "a file of a message, as a download"),
    get("/support-requests", PAGED, "support_requests"),
    post("/support-requests", NEW_SUPPORT_REQUEST, "opens a support request"),
    get("/support-requests/new", &[], "new_support_request"),
    get("/support-requests/{id}", &[], "support_request"),
    post("/support-requests/{id}/consent", &["version", "allowAdvancedDiagnostics"], "sets consent"),
    post("/support-requests/{id}/consent/approve", &["version", "assertion"], "votes for a waiting consent"),
    post("/support-requests/{id}/consent/renew", &["version", "assertion"], "votes to renew a consent"),
    post("/support-requests/{id}/consent/reject", &["version"], "votes against a waiting consent"),
    post("/support-requests/{id}/messages", MESSAGE, "writes a message"),
    post("/support-requests/{id}/resource-tenants", &["resourceTenantId"], "names a resource tenant"),
    get("/support-requests/{id}/close", &[], "close_support_request"),
    post("/support-requests/{id}/close", &["version", "resolution"], "closes"),
    post("/support-requests/{id}/reopen", &["version"], "opens again"),
    get("/access-requests/pending", PAGED, "pending_requests"),
    get("/access-requests/approved", PAGED, "approved_access"),
    get("/access-requests/history", PAGED, "access_history"),
    get("/access-requests/{id}", &[], "access_request"),
    post("/access-requests/{id}/preview", &[], "access_request, with what it would reach"),
    post("/access-requests/{id}/approve", SCOPE_OF_APPROVAL, "approves, narrowed or not"),
    post("/access-requests/{id}/reject", &["version", "reason"], "rejects"),
    get("/access-requests/{id}/revoke", &[], "confirm, with Act::WithdrawApproval"),
    post("/access-requests/{id}/revoke", &["reason"], "withdraws an approval"),
    post("/access-requests/{id}/cancel", &[], "withdraws a request (engineer), then the case"),
    get("/access-requests/{id}/reads", PAGED, "reads"),
    get("/grants/remove-all", &["supportRequestId"], "confirm, with Act::RemoveAll"),
    post("/grants/remove-all", &["supportRequestId", "reason"], "removes all support access"),
    get("/grants/{id}/remove", &[], "confirm, with Act::RemoveAccess"),
    post("/grants/{id}/remove", &["reason"], "removes one access"),
    post("/grants/{id}/confirm", &[], "lets a paused access go on"),
    post("/reveals/{id}/approve", &[], "lets a masked value show for a while"),
    post("/reveals/{id}/reject", &[], "keeps a value masked"),
    get("/grants/{id}/reads", PAGED, "reads"),
    get("/reads/{id}", &[], "read"),
    get("/audit-log", AUDIT_FILTER, "audit_log"),
    get("/audit-log/{id}", &[], "audit_entry"),
    get("/audit-log/{id}/receipt", &[], "the proof file, as a download"),
    get("/settings/support-access", &[], "access_policy"),
    post("/settings/support-access", POLICY, "changes the settings"),
    post(
        "/settings/support-access/assurance",
        &["version", "decisionAssurance", "assertion"],
        "changes how sure the service must be who decides",
    ),
    get("/settings/roles", PAGED, "roles"),
    post("/settings/roles", NEW_ASSIGNMENT, "gives a role"),
    post("/settings/roles/take-back", &["assignmentId"], "takes a role back"),
    get("/settings/api-tokens", PAGED, "api_tokens"),
    post("/settings/api-tokens", NEW_TOKEN, "makes a token, then api_tokens with its text"),
    post("/settings/api-tokens/{id}/end", &[], "ends a token"),
    get("/settings/identity-providers", &[], "identity_providers"),
    post("/settings/identity-providers", NEW_PROVIDER, "sets an identity provider up"),
    get("/settings/identity-providers/{id}", &[], "identity_provider"),
    post("/settings/identity-providers/{id}", PROVIDER, "changes an identity provider"),
    post("/settings/identity-providers/{id}/delete", &["version"], "takes an identity provider away"),
    get("/desk", PAGED, "desk"),
    get("/desk/{id}", &[], "case"),
    get("/desk/{id}/ask", &[], "ask_for_access"),
    post("/desk/{id}/ask", SCOPE_OF_ASKING, "asks for access"),
    post("/desk/{id}/messages", MESSAGE, "writes a message"),
    post("/desk/{id}/reveals", &["grantId", "property", "value", "justification"], "asks to see a value"),
    get("/desk/{id}/close", &[], "close_support_request"),
    post("/desk/{id}/close", &["version", "resolution"], "closes"),
    post("/desk/{id}/reopen", &[], "proposes to open it again"),
    get("/desk/{id}/assign", &[], "reassign"),
    post("/desk/{id}/assign", &["version", "engineerId", "reason"], "hands over"),
    get("/desk/{id}/collect", &[], "ask_collection"),
    post("/desk/{id}/collect", SCOPE_OF_COLLECTING, "asks to collect data"),
    get("/data-collections", PAGED, "data_collections"),
    get("/data-collections/{id}", &[], "data_collection"),
    get("/data-collections/{id}/download/{name}", &[], "a file as it is, as a download"),
    get("/data-collections/{id}/download/{name}/{entry}", &[], "a file in an archive, as a download"),
    post("/data-collections/{id}/files", &["file"], "takes files in, as `multipart/form-data`"),
    post("/data-collections/{id}/files/remove", &["name"], "takes a file out"),
    post("/data-collections/{id}/submit", &["version"], "sends it"),
    post("/data-collections/{id}/decline", &["version", "reason"], "declines"),
    post("/data-collections/{id}/messages", MESSAGE, "writes a message"),
    post("/data-collections/{id}/accept", &["version"], "says that nothing is missing"),
    post("/data-collections/{id}/return", &["version", "reason"], "gives it back"),
    post("/data-collections/{id}/cancel", &["version"], "takes the wish back"),
    get("/desk/{id}/{tenantId}/collections/{collectionId}/sign-ins", SIGN_IN_FILTER, "sign_ins"),
    get("/desk/{id}/{tenantId}/collections/{collectionId}/sign-ins/{recordId}", &[], "sign_in_record"),
    get("/desk/{id}/{tenantId}/sign-ins", SIGN_IN_FILTER, "sign_ins"),
    get("/desk/{id}/{tenantId}/sign-ins/{recordId}", &[], "sign_in_record"),
    get("/queue", PAGED, "queue"),
    get("/queue/{id}/assign", &[], "reassign"),
    post("/queue/{id}/assign", &["version", "engineerId", "reason"], "reassigns"),
    get("/engineers", &[], "engineers"),
    get("/engineers/{id}", &[], "engineer"),
    post("/engineers/{id}", ENGINEER, "changes what assignment knows of an engineer"),
    get("/problem-types", &[], "problem_types"),
    post("/problem-types", &["idempotencyKey", "parent", "displayName", "id"], "adds a kind of problem"),
    get("/problem-types/{id}", &[], "problem_type"),
    post("/problem-types/{id}", &["version", "displayName"], "renames a kind of problem"),
    post(
        "/problem-types/{id}/retire",
        &["version", "retired"],
        "retires a kind of problem, or brings it back",
    ),
    get("/engineers/{id}/account", &[], "engineer_account"),
    post("/engineers/{id}/account", &["version", "accountEnabled"], "disables or enables the account"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_takes_one_segment_for_each_name() {
        let route = get("/desk/{id}/{tenantId}/sign-ins", &[], "");
        assert!(route.matches("/desk/sr_1/t/sign-ins"));
        assert!(!route.matches("/desk/sr_1/sign-ins"));
        assert!(!route.matches("/desk//t/sign-ins"));
        assert!(!route.matches("/desk/sr_1/t/sign-ins/x"));
    }

    #[test]
    fn no_route_is_listed_twice() {
        for (at, route) in ROUTES.iter().enumerate() {
            let twin =
                ROUTES.iter().skip(at + 1).find(|o| o.method == route.method && o.pattern == route.pattern);
            assert_eq!(twin, None);
        }
    }
}
