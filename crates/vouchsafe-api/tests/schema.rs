//! Golden OpenAPI schemas of the wire types.

use utoipa::OpenApi;
use vouchsafe_api::{
    access_request, account, audit, collection::Collection, grant, import, message, policy, problem,
    problem_type, read, record, support_request,
};

#[derive(OpenApi)]
#[openapi(components(schemas(
    account::Me,
    Collection<account::Organization>,
    Collection<record::GraphRecord>,
    support_request::SupportRequest,
    support_request::CreateSupportRequest,
    support_request::UpdateSupportRequest,
    support_request::CloseSupportRequest,
    support_request::NoArguments,
    support_request::AssignSupportRequest,
    support_request::ApproveConsent,
    support_request::RejectConsent,
    support_request::Assignment,
    message::Message,
    message::CreateMessage,
    problem_type::ProblemType,
    problem_type::CreateProblemType,
    problem_type::UpdateProblemType,
    access_request::AccessRequest,
    access_request::CreateAccessRequest,
    access_request::ApproveAccessRequest,
    access_request::Refuse,
    grant::Grant,
    grant::Ended,
    grant::RemoveGrant,
    grant::RemoveAllGrants,
    read::Read,
    read::CreateRead,
    policy::SupportAccessPolicy,
    policy::UpdateSupportAccessPolicy,
    audit::DirectoryAudit,
    import::ImportResult,
    problem::Problem,
)))]
struct Document;

#[test]
fn schemas_are_pinned() {
    let components = Document::openapi().components.unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&components.schemas).unwrap());
}
