//! Every address of the web pages, in one place: the server routes exactly these, the templates link to exactly these.
//!
//! A page has an address of its own and can be bookmarked; a form posts to the address named here and the server
//! answers with a redirect (303) to a page. `{…}` in a pattern stands for one path segment.

mod route;

pub use route::{Method, ROUTES, Route};

/// The customer's home: what is waiting, who can read what now.
#[must_use]
pub fn home() -> String {
    "/".to_owned()
}

/// Demo: choose the person to sign in as.
#[must_use]
pub fn demo() -> String {
    "/demo".to_owned()
}

/// Demo: the page with the one button that signs in as this person (GET), and what the button does (POST).
#[must_use]
pub fn demo_sign_in(user_id: &str) -> String {
    format!("/demo/sign-in/{}", segment(user_id))
}

/// Ends the session (POST).
#[must_use]
pub fn sign_out() -> String {
    "/sign-out".to_owned()
}

/// What is shown after the session ended.
#[must_use]
pub fn signed_out() -> String {
    "/signed-out".to_owned()
}

/// The way in, with a passkey (GET). The script does the rest; without it the form leads here again (POST).
#[must_use]
pub fn enter() -> String {
    "/sign-in".to_owned()
}

/// Sends the browser to an identity provider of a tenant (GET).
#[must_use]
pub fn sign_in_with(tenant_id: &str, id: &str) -> String {
    format!("/sign-in/with/{}/{}", segment(tenant_id), segment(id))
}

/// Where an identity provider sends the browser back to (GET).
#[must_use]
pub fn sign_in_callback(tenant_id: &str, id: &str) -> String {
    format!("/sign-in/with/{}/{}/callback", segment(tenant_id), segment(id))
}

/// Where an identity provider says that somebody has signed out there (POST, from its server).
#[must_use]
pub fn back_channel_logout(tenant_id: &str, id: &str) -> String {
    format!("/sign-in/with/{}/{}/logout", segment(tenant_id), segment(id))
}

/// Enrolling a passkey with a one-time pass (GET); without the script the form leads here again (POST).
#[must_use]
pub fn enrol() -> String {
    "/enrol".to_owned()
}

/// The own passkeys and sessions (GET); without the script the form that adds a passkey leads here again (POST).
#[must_use]
pub fn account() -> String {
    "/account".to_owned()
}

/// Removes one of the own passkeys (POST).
#[must_use]
pub fn remove_own_passkey() -> String {
    "/account/passkeys/remove".to_owned()
}

/// Ends one of the own sessions (POST).
#[must_use]
pub fn end_session() -> String {
    "/account/sessions/end".to_owned()
}

/// Ends all of the own sessions but this one (POST).
#[must_use]
pub fn end_other_sessions() -> String {
    "/account/sessions/end-others".to_owned()
}

/// Links of the own account, and of others' for who confirms them (GET), and making an offer (POST).
#[must_use]
pub fn account_links() -> String {
    "/account/links".to_owned()
}

/// Shows whose offer a code is of (POST).
#[must_use]
pub fn look_at_account_link() -> String {
    "/account/links/look".to_owned()
}

/// Accepts an offer with its code (POST).
#[must_use]
pub fn accept_account_link() -> String {
    "/account/links/accept".to_owned()
}

/// Says that the other account of a link is one's own (POST).
#[must_use]
pub fn agree_to_account_link(id: &str) -> String {
    format!("/account/links/{}/agree", segment(id))
}

/// Confirms a link for the own organisation (POST).
#[must_use]
pub fn confirm_account_link(id: &str) -> String {
    format!("/account/links/{}/confirm", segment(id))
}

/// Ends a link (POST).
#[must_use]
pub fn remove_account_link(id: &str) -> String {
    format!("/account/links/{}/remove", segment(id))
}

/// The tenant's people (GET), and inviting somebody (POST).
#[must_use]
pub fn people() -> String {
    "/people".to_owned()
}

/// One of the people (GET), and changing the name (POST).
#[must_use]
pub fn person(id: &str) -> String {
    format!("/people/{}", segment(id))
}

/// Enables or disables somebody's account (POST).
#[must_use]
pub fn enable_person(id: &str) -> String {
    format!("/people/{}/enable", segment(id))
}

/// Deletes somebody's account (POST).
#[must_use]
pub fn delete_person(id: &str) -> String {
    format!("/people/{}/delete", segment(id))
}

/// Makes a one-time pass for somebody, and shows it (POST).
#[must_use]
pub fn pass_for(id: &str) -> String {
    format!("/people/{}/pass", segment(id))
}

/// Removes a passkey of somebody (POST).
#[must_use]
pub fn remove_passkey_of(id: &str) -> String {
    format!("/people/{}/passkeys/remove", segment(id))
}

/// The API reference.
#[must_use]
pub fn docs() -> String {
    "/docs".to_owned()
}

/// Every kind of problem that the API answers with; each code is an anchor.
#[must_use]
pub fn problem_codes() -> String {
    "/docs/problems".to_owned()
}

/// The customer's support requests (GET), and opening one (POST).
#[must_use]
pub fn support_requests() -> String {
    "/support-requests".to_owned()
}

/// The form that opens a support request.
#[must_use]
pub fn new_support_request() -> String {
    "/support-requests/new".to_owned()
}

/// One support request, as its customer sees it.
#[must_use]
pub fn support_request(id: &str) -> String {
    format!("/support-requests/{}", segment(id))
}

/// Sets *Allow collection of advanced diagnostic information* (POST).
#[must_use]
pub fn consent(id: &str) -> String {
    format!("/support-requests/{}/consent", segment(id))
}

/// A further vote for a consent that waits for approval (POST).
#[must_use]
pub fn approve_consent(id: &str) -> String {
    format!("/support-requests/{}/consent/approve", segment(id))
}

/// The vote against a consent that waits for approval (POST).
#[must_use]
pub fn reject_consent(id: &str) -> String {
    format!("/support-requests/{}/consent/reject", segment(id))
}

/// Adds a message of the customer to the conversation (POST).
#[must_use]
pub fn messages(id: &str) -> String {
    format!("/support-requests/{}/messages", segment(id))
}

/// A file of a message, of a support request or a data collection.
#[must_use]
pub fn attachment(of: &str, message_id: &str, name: &str) -> String {
    format!("/attachments/{}/{}/{}", segment(of), segment(message_id), segment(name))
}

/// Names one more tenant whose data the case is about (POST).
#[must_use]
pub fn resource_tenants(id: &str) -> String {
    format!("/support-requests/{}/resource-tenants", segment(id))
}

/// Asks before closing (GET) and closes (POST) a support request, for its customer.
#[must_use]
pub fn close_support_request(id: &str) -> String {
    format!("/support-requests/{}/close", segment(id))
}

/// Proposes to open a closed case again (POST).
#[must_use]
pub fn propose_reopen(id: &str) -> String {
    format!("/desk/{}/reopen", segment(id))
}

/// Opens a closed support request again (POST).
#[must_use]
pub fn reopen_support_request(id: &str) -> String {
    format!("/support-requests/{}/reopen", segment(id))
}

/// Support access requests that wait for this tenant.
#[must_use]
pub fn pending_requests() -> String {
    "/access-requests/pending".to_owned()
}

/// Live access, and access that ended within the last 30 days.
#[must_use]
pub fn approved_access() -> String {
    "/access-requests/approved".to_owned()
}

/// Every support access request that retention still holds.
#[must_use]
pub fn access_history() -> String {
    "/access-requests/history".to_owned()
}

/// One support access request, as the caller's side sees it.
#[must_use]
pub fn access_request(id: &str) -> String {
    format!("/access-requests/{}", segment(id))
}

/// Approves, narrowed or not (POST).
#[must_use]
pub fn approve(id: &str) -> String {
    format!("/access-requests/{}/approve", segment(id))
}

/// Rejects (POST).
#[must_use]
pub fn reject(id: &str) -> String {
    format!("/access-requests/{}/reject", segment(id))
}

/// Asks before withdrawing (GET) and withdraws (POST) an approval.
#[must_use]
pub fn revoke(id: &str) -> String {
    format!("/access-requests/{}/revoke", segment(id))
}

/// Withdraws a request, for the engineer who asked (POST).
#[must_use]
pub fn cancel(id: &str) -> String {
    format!("/access-requests/{}/cancel", segment(id))
}

/// What was read under one access request.
#[must_use]
pub fn access_request_reads(id: &str) -> String {
    format!("/access-requests/{}/reads", segment(id))
}

/// Asks before removing (GET) and removes (POST) one access.
#[must_use]
pub fn remove_grant(id: &str) -> String {
    format!("/grants/{}/remove", segment(id))
}

/// Asks before removing (GET) and removes (POST) all support access.
#[must_use]
pub fn remove_all() -> String {
    "/grants/remove-all".to_owned()
}

/// Asks before removing all support access of one support request (GET; the POST goes to [`remove_all`]).
#[must_use]
pub fn remove_all_of(support_request_id: &str) -> String {
    format!("/grants/remove-all?supportRequestId={}", segment(support_request_id))
}

/// Shows what a pending request would reach (POST: each look is recorded).
#[must_use]
pub fn preview(id: &str) -> String {
    format!("/access-requests/{}/preview", segment(id))
}

/// Lets a paused access go on (POST).
#[must_use]
pub fn confirm_grant(id: &str) -> String {
    format!("/grants/{}/confirm", segment(id))
}

/// Asks to see a masked value (POST, engineer).
#[must_use]
pub fn ask_reveal(support_request_id: &str) -> String {
    format!("/desk/{}/reveals", segment(support_request_id))
}

/// Lets a masked value show for a while (POST).
#[must_use]
pub fn approve_reveal(id: &str) -> String {
    format!("/reveals/{}/approve", segment(id))
}

/// Keeps a value masked (POST).
#[must_use]
pub fn reject_reveal(id: &str) -> String {
    format!("/reveals/{}/reject", segment(id))
}

/// What was read under one grant, consent included.
#[must_use]
pub fn grant_reads(id: &str) -> String {
    format!("/grants/{}/reads", segment(id))
}

/// One read record: which records, which fields.
#[must_use]
pub fn read(id: &str) -> String {
    format!("/reads/{}", segment(id))
}

/// The tenant's audit log.
#[must_use]
pub fn audit_log() -> String {
    "/audit-log".to_owned()
}

/// One audit entry.
#[must_use]
pub fn audit_entry(id: &str) -> String {
    format!("/audit-log/{}", segment(id))
}

/// The proof file of one audit entry (a download).
#[must_use]
pub fn receipt(id: &str) -> String {
    format!("/audit-log/{}/receipt", segment(id))
}

/// The tenant's own settings of support access (GET), and a change of them (POST).
#[must_use]
pub fn access_policy() -> String {
    "/settings/support-access".to_owned()
}

/// Changes how sure the service must be who decides (POST).
#[must_use]
pub fn decision_assurance() -> String {
    "/settings/support-access/assurance".to_owned()
}

/// Who can approve and who holds which role (GET), and giving a role (POST).
#[must_use]
pub fn roles() -> String {
    "/settings/roles".to_owned()
}

/// Takes a role back (POST).
#[must_use]
pub fn take_role_back() -> String {
    "/settings/roles/take-back".to_owned()
}

/// API tokens (GET), and making one (POST).
#[must_use]
pub fn api_tokens() -> String {
    "/settings/api-tokens".to_owned()
}

/// Identity providers (GET), and setting one up (POST).
#[must_use]
pub fn identity_providers() -> String {
    "/settings/identity-providers".to_owned()
}

/// One identity provider (GET), and changing it (POST).
#[must_use]
pub fn identity_provider(id: &str) -> String {
    format!("/settings/identity-providers/{}", segment(id))
}

/// Takes an identity provider away (POST).
#[must_use]
pub fn delete_identity_provider(id: &str) -> String {
    format!("/settings/identity-providers/{}/delete", segment(id))
}

/// Ends an API token (POST).
#[must_use]
pub fn end_api_token(id: &str) -> String {
    format!("/settings/api-tokens/{}/end", segment(id))
}

/// The engineer's support requests.
#[must_use]
pub fn desk() -> String {
    "/desk".to_owned()
}

/// One support request, as its engineer sees it.
#[must_use]
pub fn case(id: &str) -> String {
    format!("/desk/{}", segment(id))
}

/// The form that asks for access (GET), and asking (POST).
#[must_use]
pub fn ask(id: &str) -> String {
    format!("/desk/{}/ask", segment(id))
}

/// Adds a message of the engineer to the conversation (POST).
#[must_use]
pub fn case_messages(id: &str) -> String {
    format!("/desk/{}/messages", segment(id))
}

/// Asks before closing (GET) and closes (POST) a support request, for its engineer.
#[must_use]
pub fn close_case(id: &str) -> String {
    format!("/desk/{}/close", segment(id))
}

/// The form that hands a support request over (GET), and handing over (POST), for its engineer.
#[must_use]
pub fn hand_over(id: &str) -> String {
    format!("/desk/{}/assign", segment(id))
}

/// Sign-ins of one tenant, read under the case.
#[must_use]
pub fn sign_ins(id: &str, tenant_id: &str) -> String {
    format!("/desk/{}/{}/sign-ins", segment(id), segment(tenant_id))
}

/// One sign-in, read under the case.
#[must_use]
pub fn sign_in(id: &str, tenant_id: &str, record_id: &str) -> String {
    format!("/desk/{}/{}/sign-ins/{}", segment(id), segment(tenant_id), segment(record_id))
}

/// The form that asks to collect data (GET), and asking (POST).
#[must_use]
pub fn ask_collection(id: &str) -> String {
    format!("/desk/{}/collect", segment(id))
}

/// Sign-ins in a data collection, read under the case.
#[must_use]
pub fn collected_sign_ins(id: &str, tenant_id: &str, collection_id: &str) -> String {
    let (id, tenant, collection) = (segment(id), segment(tenant_id), segment(collection_id));
    format!("/desk/{id}/{tenant}/collections/{collection}/sign-ins")
}

/// One sign-in in a data collection.
#[must_use]
pub fn collected_sign_in(id: &str, tenant_id: &str, collection_id: &str, record_id: &str) -> String {
    format!("{}/{}", collected_sign_ins(id, tenant_id, collection_id), segment(record_id))
}

/// What support asked the customer to collect.
#[must_use]
pub fn data_collections() -> String {
    "/data-collections".to_owned()
}

/// One data collection.
#[must_use]
pub fn data_collection(id: &str) -> String {
    format!("/data-collections/{}", segment(id))
}

/// A file of a data collection, as it is.
#[must_use]
pub fn collected_file(id: &str, name: &str) -> String {
    format!("/data-collections/{}/download/{}", segment(id), segment(name))
}

/// A file in an archive of a data collection, as it is.
#[must_use]
pub fn collected_entry(id: &str, name: &str, entry: &str) -> String {
    format!("{}/{}", collected_file(id, name), segment(entry))
}

/// Does something with a data collection (POST): `files`, `files/remove`, `submit`, `decline`, `messages`, `accept`, `return`
/// or `cancel`.
#[must_use]
pub fn data_collection_act(id: &str, act: &str) -> String {
    format!("/data-collections/{}/{act}", segment(id))
}

/// The manager's queue.
#[must_use]
pub fn queue() -> String {
    "/queue".to_owned()
}

/// The form that reassigns a support request (GET), and reassigning (POST), for the manager.
#[must_use]
pub fn reassign(id: &str) -> String {
    format!("/queue/{}/assign", segment(id))
}

/// The provider's engineers.
#[must_use]
pub fn engineers() -> String {
    "/engineers".to_owned()
}

/// One engineer (GET), and changing what assignment knows of him or her (POST).
#[must_use]
pub fn engineer(id: &str) -> String {
    format!("/engineers/{}", segment(id))
}

/// Asks before disabling or enabling an engineer's account (GET), and does it (POST).
#[must_use]
pub fn engineer_account(id: &str) -> String {
    format!("/engineers/{}/account", segment(id))
}

/// The kinds of problems (GET), and adding one (POST).
#[must_use]
pub fn problem_types() -> String {
    "/problem-types".to_owned()
}

/// One kind of problem (GET), and renaming it (POST).
#[must_use]
pub fn problem_type(id: &str) -> String {
    format!("/problem-types/{}", segment(id))
}

/// Retires a kind of problem, or brings it back (POST).
#[must_use]
pub fn retire_problem_type(id: &str) -> String {
    format!("/problem-types/{}/retire", segment(id))
}

/// Renews the yes to advanced diagnostic information (POST).
#[must_use]
pub fn renew_consent(id: &str) -> String {
    format!("/support-requests/{}/consent/renew", segment(id))
}

/// Percent-encodes all but the unreserved characters (RFC 3986 section 2.3), so that an id stays one segment.
fn segment(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_one_segment() {
        assert_eq!(access_request("sar_01"), "/access-requests/sar_01");
        assert_eq!(read("../a b?c#d"), "/reads/..%2Fa%20b%3Fc%23d");
        assert_eq!(demo_sign_in("ü"), "/demo/sign-in/%C3%BC");
    }
}
