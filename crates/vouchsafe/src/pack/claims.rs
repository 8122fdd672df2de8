//! What a pack claims about a case, held against what its entries say.

use serde_json::{Value, json};
use vouchsafe_client::api::access_request::AccessRequest;
use vouchsafe_client::api::grant::Grant;
use vouchsafe_client::api::policy::SupportAccessPolicy;
use vouchsafe_client::api::support_request::SupportRequest;
use vouchsafe_client::time::{Duration, Timestamp};

use super::compare::differs;
use super::story::{Case, Granted, Side, Story, kind};

/// How far the clocks of the server and of the machine that made the pack may be apart.
const CLOCKS_APART: Duration = Duration::minutes(10);

/// What was found: how many claims hold, and what nothing is known of.
#[derive(Debug, Default)]
pub(crate) struct Held {
    pub(crate) claims: u64,
    pub(crate) open: Vec<String>,
    /// The pack has nothing of what the server said of the case.
    pub(crate) entries_alone: bool,
}

impl Held {
    /// Holds one claim against what is proven; `name` says whose it is.
    fn hold(&mut self, name: &str, claim: &Value, proven: &Value) -> Result<(), String> {
        let mut open = Vec::new();
        if let Some(place) = differs(claim, proven, "", &mut open) {
            return Err(format!("{name}: `{place}` is not what the entries say"));
        }
        self.open.extend(open);
        self.claims += 1;
        Ok(())
    }

    fn word(&mut self, name: &str, member: &str, claim: &Value, admitted: &[&str]) -> Result<(), String> {
        let claimed = claim.get(member).and_then(Value::as_str).unwrap_or_default();
        self.claims += 1;
        match admitted.contains(&claimed) {
            true => Ok(()),
            false => Err(format!(
                "{name}: `{member}` is `{claimed}`, but the entries say `{}`",
                admitted.join("` or `")
            )),
        }
    }
}

/// A claim without the members that are looked at apart.
fn without(claim: &Value, members: &[&str]) -> Value {
    let mut rest = claim.clone();
    if let Some(object) = rest.as_object_mut() {
        object.retain(|name, _| !members.contains(&name.as_str()));
    }
    rest
}

fn shaped<T: serde::de::DeserializeOwned>(name: &str, claim: &Value) -> Result<T, String> {
    serde_json::from_value(claim.clone()).map_err(|error| format!("{name}: {error}"))
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

impl Story {
    /// The support request as the server showed it.
    pub(crate) fn hold_case(&self, claim: &Value, at: Timestamp, held: &mut Held) -> Result<(), String> {
        let name = "supportRequest.json";
        shaped::<SupportRequest>(name, claim)?;
        let Some(case) = &self.case else {
            return Err(format!("{name}: no entry says that the case was opened"));
        };
        let request = &case.request;
        let member = |name: &str| request.get(name).cloned().unwrap_or_default();
        let engineer = request.get("assignment").filter(|assignment| !assignment.is_null());
        let engineer = engineer.map(|assignment| {
            json!({ "id": assignment.get("engineer"), "displayName": assignment.get("displayName") })
        });
        let (closed, resolution) = case.closed.clone().unwrap_or_default();
        let mut proven = json!({
            "id": member("id"), "number": member("number"), "tenantId": member("tenant"), "title": member("title"),
            "description": member("description"), "severity": member("severity"), "service": member("service"),
            "problemType": member("problemType"), "assignedTo": engineer,
            "resourceTenantIds": member("resourceTenants"), "createdDateTime": member("created"),
            "origin": request.pointer("/origin/name"), "externalId": request.pointer("/origin/externalId"),
            "closedDateTime": closed, "resolution": resolution,
            "status": if case.closed.is_some() { "closed" } else { "open" },
        });
        if let (Some(contact), Some(members)) =
            (request.get("contact").filter(|contact| !contact.is_null()), proven.as_object_mut())
        {
            members.insert("contact".to_owned(), contact.clone());
        }
        held.hold(name, &without(claim, &["consent", "allowAdvancedDiagnostics"]), &proven)?;
        hold_consent(name, case, claim, at, held)
    }

    /// An access request as the server showed it.
    pub(crate) fn hold_request(&self, claim: &Value, at: Timestamp, held: &mut Held) -> Result<(), String> {
        let request: AccessRequest = shaped("accessRequests.ndjson", claim)?;
        let name = request.id.to_string();
        let Some(Side { side, approval, end }) = self.requests.get(&name) else {
            return Err(format!("{name}: no entry says that it was asked"));
        };
        let member = |name: &str| side.get(name).cloned().unwrap_or_default();
        let approved = |name: &str| approval.as_ref().and_then(|approval| approval.get(name)).cloned();
        let given = approval
            .as_ref()
            .map(|approval| json!([{ "userId": approval.get("by"), "dateTime": approval.get("at") }]));
        let mut proven = json!({
            "id": name, "supportRequestId": member("supportRequest"),
            "supportRequestNumber": member("supportRequestNumber"), "side": member("side"),
            "resourceTenantId": member("resourceTenant"), "requestedBy": member("requestedBy"),
            "reasonCode": member("reasonCode"), "justification": member("justification"),
            "requested": member("requested"), "approved": approved("scope"),
            "approvals": { "given": given.unwrap_or_else(|| json!([])) },
            "linkedTo": member("linkedTo"), "createdDateTime": member("created"),
        });
        let expires = approved("expires").filter(|expires| !expires.is_null());
        let expires = expires.unwrap_or_else(|| member("pendingUntil"));
        if let Some(members) = proven.as_object_mut().filter(|_| member("side") != "supportRequestTenant") {
            members.insert("grantId".to_owned(), approved("grant").unwrap_or_default());
            members.insert("expiresDateTime".to_owned(), expires.clone());
        }
        held.hold(&name, &without(claim, &["status"]), &proven)?;
        let stands = if approval.is_some() { "approved" } else { "pending" };
        // One side's approval of another's data has no end of its own.
        let ends = time(&expires)
            .filter(|_| approval.is_none() || approved("expires").is_some_and(|end| !end.is_null()));
        let admitted: Vec<&str> = match (end, ends) {
            (Some(end), _) => vec![kind(end)],
            (None, Some(end)) if at > end + CLOCKS_APART => vec!["expired"],
            (None, Some(end)) if at + CLOCKS_APART > end => vec![stands, "expired"],
            (None, _) => vec![stands],
        };
        held.word(&name, "status", claim, &admitted)
    }

    /// A grant as the server showed it.
    pub(crate) fn hold_grant(&self, claim: &Value, at: Timestamp, held: &mut Held) -> Result<(), String> {
        let claimed: Grant = shaped("grants.ndjson", claim)?;
        let name = claimed.id.to_string();
        let Some(Granted { grant, paused, end }) = self.grants.get(&name) else {
            return Err(format!("{name}: no entry says that it was given"));
        };
        let member = |name: &str| grant.get(name).cloned().unwrap_or_default();
        let proven = json!({
            "id": name, "tenantId": member("tenant"), "supportRequestId": member("supportRequest"),
            "accessRequestId": member("accessRequest"), "source": member("source"),
            "dataCategories": member("dataCategories"), "filter": member("filter"),
            "expiresDateTime": member("expires"),
        });
        held.hold(&name, &without(claim, &["status"]), &proven)?;
        let stands = if *paused { "paused" } else { "live" };
        let idle: Option<Duration> = member("idlePause").as_str().and_then(|text| text.parse().ok());
        // A pause for want of use is computed, and recorded later.
        let may_be_idle =
            time(&member("created")).zip(idle).is_some_and(|(from, idle)| at + CLOCKS_APART > from + idle);
        let admitted: Vec<&str> = match time(&member("expires")) {
            _ if end.is_some() => vec!["ended"],
            Some(end) if at > end + CLOCKS_APART => vec!["ended"],
            Some(end) if at + CLOCKS_APART > end => vec![stands, "ended"],
            Some(_) | None if may_be_idle => vec![stands, "paused"],
            Some(_) | None => vec![stands],
        };
        held.word(&name, "status", claim, &admitted)
    }

    /// The settings as the server showed them.
    pub(crate) fn hold_policy(&self, claim: &Value, held: &mut Held) -> Result<(), String> {
        shaped::<SupportAccessPolicy>("policy.json", claim)?;
        match &self.policy {
            Some(proven) => held.hold("policy.json", claim, proven),
            None => {
                held.open.push("policy.json: no entry changed the settings".to_owned());
                Ok(())
            }
        }
    }
}

/// The property *Allow collection of advanced diagnostic information*.
fn hold_consent(
    name: &str,
    case: &Case,
    claim: &Value,
    at: Timestamp,
    held: &mut Held,
) -> Result<(), String> {
    let consent = claim.get("consent").unwrap_or(&Value::Null);
    let event = case.consent.as_ref();
    let expires = event.and_then(|event| time(event.get("expires")?));
    let admitted: &[&str] = match event.map(kind) {
        Some("consentGiven") if expires.is_some_and(|expires| at > expires + CLOCKS_APART) => {
            &["expired", "notOffered"]
        }
        Some("consentGiven") if expires.is_some_and(|expires| at + CLOCKS_APART < expires) => {
            &["given", "paused"]
        }
        Some("consentGiven") => &["given", "paused", "expired", "notOffered"],
        Some("consentAwaiting") => &["awaitingApproval"],
        Some("consentExpired") => &["expired", "notOffered"],
        Some(_) | None => &["none", "notOffered"],
    };
    held.word(&format!("{name}: consent"), "status", consent, admitted)?;
    let status = consent.get("status").and_then(Value::as_str).unwrap_or_default();
    let is_yes = matches!(status, "awaitingApproval" | "given" | "paused");
    if claim.get("allowAdvancedDiagnostics") != Some(&Value::Bool(is_yes)) {
        return Err(format!("{name}: `allowAdvancedDiagnostics` is not what the entries say"));
    }
    let given = event.filter(|event| kind(event) == "consentGiven");
    for (member, proven) in [("grantId", "grant"), ("expiresDateTime", "expires")] {
        let claimed = consent.get(member).filter(|claimed| !claimed.is_null());
        let proven = given.and_then(|event| event.get(proven));
        if claimed.is_some() && claimed != proven {
            return Err(format!("{name}: `consent/{member}` is not what the entries say"));
        }
    }
    let votes = consent.pointer("/approvals/given").and_then(Value::as_array).into_iter().flatten();
    for vote in votes {
        let proven = given.is_some_and(|event| {
            vote.get("userId") == event.get("by") && vote.get("dateTime") == event.get("at")
        });
        if !proven {
            return Err(format!("{name}: `consent/approvals` is not what the entries say"));
        }
    }
    Ok(())
}
