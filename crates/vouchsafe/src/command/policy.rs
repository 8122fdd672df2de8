//! `vouchsafe policy`

use clap::{ArgAction, Args, Subcommand};
use vouchsafe_client::api::policy::{
    DecisionAssurance, SupportAccessPolicy, UpdateApprovalRules, UpdateEngineerRules,
    UpdateSupportAccessPolicy,
};
use vouchsafe_client::id::UserId;
use vouchsafe_client::time::Duration;

use crate::argument::word;
use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Show the rules
    Show,
    /// Change rules; what is not named stays
    Set(Set),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Set {
    /// How long a request waits for a decision, such as P4D
    #[arg(long, value_name = "DURATION")]
    pending_expiry: Option<Duration>,
    /// The longest access that can be approved
    #[arg(long, value_name = "DURATION")]
    max_duration: Option<Duration>,
    /// Whether cases carry the consent property
    #[arg(long, value_name = "true|false", action = ArgAction::Set)]
    consent_offered: Option<bool>,
    /// How long consent lasts
    #[arg(long, value_name = "DURATION")]
    consent_duration: Option<Duration>,
    /// How long a grant may lie unused before it pauses
    #[arg(long, value_name = "DURATION")]
    idle_pause: Option<Duration>,
    /// How many votes decide
    #[arg(long, value_name = "N")]
    required_approvals: Option<u32>,
    /// The only people whose votes count (usr_…); repeat for more, empty for everyone with the permission
    #[arg(long = "approver", value_name = "USER")]
    approvers: Option<Vec<IdOrNobody>>,
    /// How sure the service must be who decides
    #[arg(long, value_name = "LEVEL", value_parser = word!(DecisionAssurance))]
    decision_assurance: Option<DecisionAssurance>,
    /// Whether the support-ticket permission includes the narrow ones
    #[arg(long, value_name = "true|false", action = ArgAction::Set)]
    ticket_umbrella: Option<bool>,
    /// Whether a grant passes to the next engineer
    #[arg(long, value_name = "true|false", action = ArgAction::Set)]
    inherit_on_reassign: Option<bool>,
    /// Region an engineer must work in; repeat for more, empty for any
    #[arg(long = "region", value_name = "REGION")]
    regions: Option<Vec<String>>,
    /// Clearance an engineer must hold; repeat for more, empty for none
    #[arg(long = "clearance", value_name = "CLEARANCE")]
    clearances: Option<Vec<String>>,
    /// Engineer who may never read (usr_…); repeat for more, empty for nobody
    #[arg(long = "exclude-engineer", value_name = "USER")]
    excluded_engineers: Option<Vec<IdOrNobody>>,
}

/// An id, or the empty text that clears a list.
#[derive(Debug, Clone, Copy)]
struct IdOrNobody(Option<UserId>);

impl std::str::FromStr for IdOrNobody {
    type Err = <UserId as std::str::FromStr>::Err;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() { Ok(Self(None)) } else { text.parse().map(|id| Self(Some(id))) }
    }
}

impl Policy {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let policy = match self {
            Self::Show => session.client.support_access_policy().await?,
            Self::Set(set) => session.client.update_support_access_policy(&set.body(), None).await?,
        };
        session.out.thing(&policy, properties)
    }
}

impl Set {
    fn body(self) -> UpdateSupportAccessPolicy {
        let ids = |list: Vec<IdOrNobody>| list.into_iter().filter_map(|id| id.0).collect::<Vec<_>>();
        let texts = |list: Vec<String>| list.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        let approvals =
            UpdateApprovalRules { required: self.required_approvals, approver_ids: self.approvers.map(ids) };
        let engineers = UpdateEngineerRules {
            regions: self.regions.map(texts),
            clearances: self.clearances.map(texts),
            excluded_engineer_ids: self.excluded_engineers.map(ids),
        };
        UpdateSupportAccessPolicy {
            pending_expiry: self.pending_expiry,
            max_duration: self.max_duration,
            consent_offered: self.consent_offered,
            consent_duration: self.consent_duration,
            idle_pause: self.idle_pause,
            approvals: (approvals != UpdateApprovalRules::default()).then_some(approvals),
            decision_assurance: self.decision_assurance,
            ticket_umbrella: self.ticket_umbrella,
            inherit_on_reassign: self.inherit_on_reassign,
            engineer_rules: (engineers != UpdateEngineerRules::default()).then_some(engineers),
            assertion: None,
        }
    }
}

fn properties(policy: &SupportAccessPolicy) -> Table {
    let ids = |list: &[UserId], none: &str| match list {
        [] => none.to_owned(),
        list => list.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    };
    let texts = |list: &[String], none: &str| if list.is_empty() { none.to_owned() } else { list.join(", ") };
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let engineers = &policy.engineer_rules;
    Table::properties([
        ("A request waits", policy.pending_expiry.to_string()),
        ("Longest access", policy.max_duration.to_string()),
        ("Consent offered", yes(policy.consent_offered)),
        ("Consent lasts", policy.consent_duration.to_string()),
        ("Pause when unused", policy.idle_pause.to_string()),
        ("Votes needed", policy.approvals.required.to_string()),
        ("Approvers", ids(&policy.approvals.approver_ids, "everyone with the permission")),
        ("Decision assurance", policy.decision_assurance.to_string()),
        ("Ticket permission covers all", yes(policy.ticket_umbrella)),
        ("Grants pass to the next engineer", yes(policy.inherit_on_reassign)),
        ("Regions", texts(&engineers.regions, "any")),
        ("Clearances", texts(&engineers.clearances, "none")),
        ("Excluded engineers", ids(&engineers.excluded_engineer_ids, "nobody")),
    ])
}
