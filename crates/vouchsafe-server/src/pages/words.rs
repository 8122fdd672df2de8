//! From the rules' vocabularies to the pages' own, word by word. A word that one side lacks does not compile.

use vouchsafe_core as core;
use vouchsafe_web as web;

use core::problem_type::ProblemTypes;
use core::support_request::{Amount, Ground, RequestState};
use web::{Category, ScopeView};

use super::moment;

/// A value of the rules as its word on the pages.
pub(crate) trait ToPage {
    /// The pages' enum.
    type Word;
    /// The same word.
    fn to_page(&self) -> Self::Word;
}

macro_rules! words {
    ($($core:ident::$module:ident::$name:ident => $word:ident { $($variant:ident),+ })+) => {$(
        impl ToPage for $core::$module::$name {
            type Word = web::$word;
            fn to_page(&self) -> web::$word {
                match self { $(Self::$variant => web::$word::$variant,)+ }
            }
        }
    )+};
}

words! {
    core::support_request::Severity => Severity { Critical, Moderate, Minimal }
    core::support_request::Stage => Stage { WaitingForEngineer, InProgress, WaitingForCustomer }
    core::support_request::Resolution => Resolution { Resolved, Withdrawn, Duplicate, NotReproducible }
    core::consent::ConsentStatus => ConsentStatus { None, AwaitingApproval, Given, Paused, Expired, NotOffered }
    core::access_request::ReasonCode => ReasonCode { Troubleshooting, Reproduction, VerifyFix, SecurityInvestigation }
    core::access_request::SideStatus => AccessStatus {
        Pending, Approved, Rejected, Expired, Cancelled, Revoked, Completed
    }
    core::access_request::EngineerStatus => EngineerStatus { Pending, Live, Paused, Ended }
    core::grant::GrantStatus => GrantStatus { Live, Paused, Ended }
    core::pace::PauseReason => PauseReason { Idle, TooMuchRead }
    core::grant::GrantSource => GrantSource { Consent, AccessRequest, Collection }
    core::scope::DataCategory => Category {
        TenantProfile, DirectoryObjects, ServiceConfiguration, SignInLogs, AuditLogs, DeviceRegistrationLogs,
        ClientLogs, HealthTelemetry
    }
}

/// What speaks for an engineer, in a line. The least band says nothing beside declared expertise.
pub(crate) fn ground(ground: &Ground, types: &ProblemTypes) -> String {
    let topic = types.path(&ground.problem_type);
    let solved = match ground.solved {
        Amount::Some => "some (fewer than 10)",
        Amount::Many => "many (10 to 49)",
        Amount::VeryMany => "very many (50 or more)",
    };
    match (ground.declared, ground.solved) {
        (true, Amount::Some) => format!("Declared expertise in {topic}."),
        (true, Amount::Many | Amount::VeryMany) => {
            format!("Declared expertise in {topic}, with {solved} cases solved for others.")
        }
        (false, _) => format!("Has solved {solved} cases in {topic} for others."),
    }
}

/// Categories in the pages' order.
pub(crate) fn categories(list: &[core::scope::DataCategory]) -> Vec<Category> {
    let known: Vec<Category> = list.iter().map(ToPage::to_page).collect();
    Category::ALL.into_iter().filter(|category| known.contains(category)).collect()
}

/// What an access covers.
pub(crate) fn scope(scope: &core::scope::Scope) -> ScopeView {
    let filter = scope.filter.clone().unwrap_or_default();
    ScopeView {
        categories: categories(&scope.data_categories),
        duration: moment::length(scope.duration),
        data_from: filter.data_from.map(moment::moment),
        data_to: filter.data_to.map(moment::moment),
        users: filter.users.iter().flatten().map(|user| user.text().to_owned()).collect(),
    }
}

/// Where a support request stands.
pub(crate) fn stage(request: &core::support_request::SupportRequest) -> web::Stage {
    match request.state {
        RequestState::Open => request.stage.to_page(),
        RequestState::Closed { .. } => web::Stage::Closed,
    }
}

/// When and how a support request was closed.
pub(crate) fn closure(
    request: &core::support_request::SupportRequest,
) -> Option<(core::time::Timestamp, web::Resolution)> {
    match &request.state {
        RequestState::Open => None,
        RequestState::Closed { at, resolution, .. } => Some((*at, resolution.to_page())),
    }
}

/// Where a support request came from that was not opened here.
pub(crate) fn origin(request: &core::support_request::SupportRequest) -> Option<String> {
    request.origin.as_ref().map(|origin| format!("{}, {}", origin.name, origin.external_id))
}

/// Whether the engineer of a closed support request proposes to open it again.
pub(crate) fn reopen_proposed(request: &core::support_request::SupportRequest) -> bool {
    matches!(request.state, RequestState::Closed { reopen_proposed: true, .. })
}

/// The name of a service.
pub(crate) fn service(id: &str) -> String {
    if id == "identity" { "Identity".to_owned() } else { id.to_owned() }
}

/// A text as an OData string: what stands in it can end it in no way.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_ends_nothing() {
        assert_eq!(quoted("O'Hara' or true or '"), "'O''Hara'' or true or '''");
    }
}
