//! The tenant's own settings of support access, to read.

use axum::extract::State;
use vouchsafe_core::tenant::{Assurance, SupportAccessPolicy};
use vouchsafe_web::Section;
use vouchsafe_web::page::{self, AccessPolicyView, PolicyLine};

use super::answer::{Answer, page as show};
use super::moment::length;
use super::visitor::Visitor;
use crate::Server;

/// `/settings/support-access`
pub(crate) async fn policy(State(server): State<Server>, visitor: Visitor) -> Answer {
    visitor.of_customer()?;
    let policy = server.app.policy(visitor.who).await?;
    let chrome = visitor.chrome(Some(Section::Settings));
    show(page::access_policy(&AccessPolicyView { chrome, lines: lines(&policy) }))
}

fn lines(policy: &SupportAccessPolicy) -> Vec<PolicyLine> {
    let line = |label: &str, value: String, explanation: &str| PolicyLine {
        label: label.to_owned(),
        value,
        explanation: explanation.to_owned(),
    };
    let yes_no = |yes: bool| (if yes { "Yes" } else { "No" }).to_owned();
    let list = |list: &[String]| if list.is_empty() { "Any".to_owned() } else { list.join(", ") };
    let rules = &policy.engineer_rules;
    let approvers = if policy.approvals.approver_ids.is_empty() {
        "Everybody whose roles allow it".to_owned()
    } else {
        format!("{} named people", policy.approvals.approver_ids.len())
    };
    let assurance = match policy.decision_assurance {
        Assurance::Token => "A session or token",
        Assurance::StepUp => "A fresh sign-in",
        Assurance::Passkey => "A passkey",
    };
    vec![
        line(
            "Pending requests expire after",
            length(policy.pending_expiry),
            "Without a decision, a request ends by itself.",
        ),
        line("Longest access", length(policy.max_duration), "No approval can be longer."),
        line(
            "Consent with a support request",
            (if policy.consent_offered { "Offered" } else { "Not offered" }).to_owned(),
            "Whether people may allow advanced diagnostic information with a support request.",
        ),
        line(
            "Consent ends after",
            length(policy.consent_duration),
            "Even if the support request stays open.",
        ),
        line(
            "People who must approve",
            policy.approvals.required.to_string(),
            "How many have to agree before anything can be read.",
        ),
        line("Who may approve", approvers, "Besides the permission, which everybody needs."),
        line("How sure we must be who decides", assurance.to_owned(), "What a person must show to approve."),
        line(
            "Support-ticket roles cover support access",
            yes_no(policy.ticket_umbrella),
            "Whether the permission for support tickets includes consent, approval and removal.",
        ),
        line(
            "Access passes on at reassignment",
            yes_no(policy.inherit_on_reassign),
            "If the next engineer meets your rules; otherwise it ends.",
        ),
        line("Locations of engineers", list(&rules.regions), "Engineers elsewhere get no access."),
        line("Clearances of engineers", list(&rules.clearances), "Engineers without them get no access."),
        line(
            "Excluded engineers",
            rules.excluded_engineer_ids.len().to_string(),
            "They never work on your support requests.",
        ),
    ]
}
