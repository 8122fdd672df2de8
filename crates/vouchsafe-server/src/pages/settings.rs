//! The tenant's own settings of support access: to read, and to change for who may.

use axum::extract::State;
use http::StatusCode;
use vouchsafe_app::{AppError, version_of};
use vouchsafe_core::id::UserId;
use vouchsafe_core::permission::Permission;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::setup::Account;
use vouchsafe_core::tenant::{Assurance, SupportAccessPolicy};
use vouchsafe_core::time::Duration;
use vouchsafe_core::vote::REQUIRED_MAX;
use vouchsafe_web::page::{self, AccessPolicyForm, AccessPolicyView, PolicyLine};
use vouchsafe_web::{Choice, FormErrors, Notice, Section, paths};

use super::answer::{Answer, Failure, page_with, scripted_if};
use super::complaint::{Trouble, trouble, wrong};
use super::form::{Fields, Form};
use super::moment::length;
use super::visitor::Visitor;
use crate::Server;

/// `/settings/support-access`
pub(crate) async fn policy(State(server): State<Server>, visitor: Visitor) -> Answer {
    let view = view(&server, &visitor, None, FormErrors::default()).await?;
    scripted_if(view.form.as_ref().is_some_and(|form| form.signed), page::access_policy(&view))
}

/// `POST /settings/support-access`
pub(crate) async fn change(State(server): State<Server>, visitor: Visitor, form: Form) -> Answer {
    visitor.of_customer()?;
    let changed = match changed(server.app.policy(visitor.who).await?, &form.fields) {
        Ok(changed) => changed,
        Err(errors) => return again(&server, &visitor, &form.fields, errors).await,
    };
    match server.app.change_policy(&form.versioned(visitor.who), |_| changed).await {
        Ok(_) => Ok(visitor.moved(&paths::access_policy(), Notice::SettingsSaved)),
        Err(error) => match trouble(error, "approvals.required")? {
            Trouble::Over(notice) => Ok(visitor.moved(&paths::access_policy(), notice)),
            Trouble::Form(errors) => again(&server, &visitor, &form.fields, errors).await,
        },
    }
}

/// `POST /settings/support-access/assurance`: signed, where decisions are and this asks for less.
pub(crate) async fn change_assurance(State(server): State<Server>, visitor: Visitor, form: Form) -> Answer {
    visitor.of_customer()?;
    match assured(&server, &visitor, &form).await {
        Ok(()) => Ok(visitor.moved(&paths::access_policy(), Notice::SettingsSaved)),
        Err(AppError::Assurance(_)) => Ok(visitor.moved(&paths::access_policy(), Notice::PasskeyNeedsScript)),
        Err(error) => match trouble(error, "decisionAssurance")? {
            Trouble::Over(notice) => Ok(visitor.moved(&paths::access_policy(), notice)),
            Trouble::Form(errors) => {
                let view = view(&server, &visitor, None, errors).await?;
                page_with(StatusCode::BAD_REQUEST, page::access_policy(&view))
            }
        },
    }
}

/// What that form does; also asked before it is sent, for what has to be signed.
pub(crate) async fn assured(server: &Server, visitor: &Visitor, form: &Form) -> Result<(), AppError> {
    let assurance = match form.fields.text("decisionAssurance") {
        "token" => Assurance::Token,
        "stepUp" => Assurance::StepUp,
        "passkey" => Assurance::Passkey,
        _ => return Err(Rejection::invalid("decisionAssurance", "must be one of the choices").into()),
    };
    let change = |old| SupportAccessPolicy { decision_assurance: assurance, ..old };
    let signed = form.fields.signed();
    server.app.change_policy_signed(&form.versioned(visitor.who), signed.as_ref(), change).await.map(drop)
}

async fn again(server: &Server, visitor: &Visitor, fields: &Fields, errors: FormErrors) -> Answer {
    let view = view(server, visitor, Some(fields), errors).await?;
    page_with(StatusCode::BAD_REQUEST, page::access_policy(&view))
}

async fn view(
    server: &Server,
    visitor: &Visitor,
    typed: Option<&Fields>,
    errors: FormErrors,
) -> Result<AccessPolicyView, Failure> {
    visitor.of_customer()?;
    let policy = server.app.policy(visitor.who).await?;
    let form = if visitor.may(Permission::ManagePolicy) {
        let approvers = server.app.approvers(visitor.who).await?;
        Some(Box::new(form(&policy, &approvers, typed, errors)))
    } else {
        None
    };
    let chrome = visitor.chrome(Some(Section::Settings));
    Ok(AccessPolicyView { chrome, lines: lines(&policy), form })
}

/// The settings with what the form says of them.
fn changed(old: SupportAccessPolicy, fields: &Fields) -> Result<SupportAccessPolicy, FormErrors> {
    let duration = |name: &str| {
        fields.text(name).parse::<Duration>().map_err(|_| wrong(name, "Choose one of the lengths."))
    };
    let yes_no = |name: &str| match fields.text(name) {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(wrong(name, "Choose yes or no.")),
    };
    let ids = |name: &str, texts: &mut dyn Iterator<Item = &str>| {
        let id = |text: &str| {
            text.parse::<UserId>().map_err(|_| wrong(name, "Write IDs such as usr_…, one a line."))
        };
        texts.map(id).collect::<Result<Vec<UserId>, FormErrors>>()
    };
    let mut new = old;
    new.pending_expiry = duration("pendingExpiry")?;
    new.max_duration = duration("maxDuration")?;
    new.consent_offered = yes_no("consentOffered")?;
    new.consent_duration = duration("consentDuration")?;
    new.idle_pause = duration("idlePause")?;
    let required = fields.text("approvals.required").parse();
    new.approvals.required = required.map_err(|_| wrong("approvals.required", "Choose how many."))?;
    new.approvals.approver_ids = ids("approvals.approverIds", &mut fields.all("approvals.approverIds"))?;
    new.ticket_umbrella = yes_no("ticketUmbrella")?;
    new.inherit_on_reassign = yes_no("inheritOnReassign")?;
    let regions = fields.text("engineerRules.regions").lines().map(str::trim);
    new.engineer_rules.regions = regions.filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let excluded = "engineerRules.excludedEngineerIds";
    new.engineer_rules.excluded_engineer_ids = ids(excluded, &mut fields.lines(excluded))?;
    Ok(new)
}

fn form(
    policy: &SupportAccessPolicy,
    approvers: &[Account],
    typed: Option<&Fields>,
    errors: FormErrors,
) -> AccessPolicyForm {
    let text = |name: &str, otherwise: String| typed.map_or(otherwise, |fields| fields.text(name).to_owned());
    let days = |name: &str, all: &[Duration], now: Duration| lengths(all, now, &text(name, now.to_string()));
    let yes_no = |name: &str, now: bool| {
        let chosen = text(name, now.to_string());
        [("true", "Yes"), ("false", "No")].map(|(value, label)| choice(value, label, &chosen)).to_vec()
    };
    let [hour, day, week, month] =
        [Duration::hours(1), Duration::days(1), Duration::days(7), Duration::days(30)];
    let required = text("approvals.required", policy.approvals.required.to_string());
    let (regions, excluded) = (&policy.engineer_rules.regions, &policy.engineer_rules.excluded_engineer_ids);
    let excluded: Vec<String> = excluded.iter().map(ToString::to_string).collect();
    AccessPolicyForm {
        version: version_of(policy).to_string(),
        pending_expiry: days(
            "pendingExpiry",
            &[hour, day, Duration::days(4), week, month],
            policy.pending_expiry,
        ),
        max_duration: days("maxDuration", &[hour, Duration::hours(8), day, week, month], policy.max_duration),
        consent_offered: yes_no("consentOffered", policy.consent_offered),
        consent_duration: days(
            "consentDuration",
            &[day, week, Duration::days(14), month],
            policy.consent_duration,
        ),
        idle_pause: days("idlePause", &[day, Duration::days(3), week, month], policy.idle_pause),
        required: (1..=REQUIRED_MAX)
            .map(|number| choice(&number.to_string(), &number.to_string(), &required))
            .collect(),
        approvers: approvers.iter().map(|account| approver(account, policy, typed)).collect(),
        ticket_umbrella: yes_no("ticketUmbrella", policy.ticket_umbrella),
        inherit_on_reassign: yes_no("inheritOnReassign", policy.inherit_on_reassign),
        regions: text("engineerRules.regions", regions.join("\n")),
        excluded: text("engineerRules.excludedEngineerIds", excluded.join("\n")),
        assurance: assurances(policy.decision_assurance),
        signed: policy.decision_assurance > Assurance::Token,
        errors,
    }
}

fn assurances(now: Assurance) -> Vec<Choice> {
    let all = [(Assurance::Token, "token"), (Assurance::StepUp, "stepUp"), (Assurance::Passkey, "passkey")];
    let one = |(assurance, value): (Assurance, &str)| Choice {
        value: value.to_owned(),
        label: shown(assurance).to_owned(),
        hint: String::new(),
        selected: assurance == now,
    };
    all.map(one).into()
}

const fn shown(assurance: Assurance) -> &'static str {
    match assurance {
        Assurance::Token => "A session or token",
        Assurance::StepUp => "A fresh sign-in",
        Assurance::Passkey => "A passkey",
    }
}

fn choice(value: &str, label: &str, chosen: &str) -> Choice {
    Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        hint: String::new(),
        selected: value == chosen,
    }
}

/// Lengths to choose from, the present one among them.
fn lengths(all: &[Duration], now: Duration, chosen: &str) -> Vec<Choice> {
    let mut offered: Vec<Duration> = all.iter().copied().chain([now]).collect();
    offered.sort_unstable();
    offered.dedup();
    offered.into_iter().map(|each| choice(&each.to_string(), &length(each), chosen)).collect()
}

fn approver(account: &Account, policy: &SupportAccessPolicy, typed: Option<&Fields>) -> Choice {
    let person = &account.person;
    let id = person.id.to_string();
    let ticked = match typed {
        Some(fields) => fields.all("approvals.approverIds").any(|ticked| ticked == id),
        None => policy.approvals.approver_ids.contains(&person.id),
    };
    Choice {
        value: id,
        label: person.display_name.text().to_owned(),
        hint: person.user_principal_name.text().to_owned(),
        selected: ticked,
    }
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
    let assurance = shown(policy.decision_assurance);
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
            "Access pauses after",
            length(policy.idle_pause),
            "Without a read. It goes on when you confirm.",
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
