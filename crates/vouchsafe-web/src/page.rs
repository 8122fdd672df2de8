//! The pages: one module each, with its view and the function that renders it.

mod access_list;
mod access_policy;
mod access_request;
mod account;
mod account_links;
mod api_reference;
mod api_tokens;
mod approved_access;
mod ask_collection;
mod ask_for_access;
mod audit_entry;
mod audit_log;
mod case;
mod choose_person;
mod close_support_request;
mod confirm;
mod data_collection;
mod data_collections;
mod desk;
mod engineer;
mod engineers;
mod enter;
mod home;
mod identity_providers;
mod landing;
mod new_support_request;
mod people;
mod problem;
mod problem_codes;
mod problem_types;
mod queue;
mod read;
mod reads;
mod reassign;
mod roles;
mod sign_in_as;
mod sign_in_record;
mod sign_ins;
mod signed_out;
mod support_request;
mod support_requests;

pub use access_list::{AccessListView, access_history, pending_requests};
pub use access_policy::{AccessPolicyForm, AccessPolicyView, PolicyLine, access_policy};
pub use access_request::{
    AccessRequestSide, AccessRequestView, DataAccess, Decision, DecisionForm, PreviewPart, PreviewView,
    access_request,
};
pub use account::{AccountView, PasskeyRow, SessionRow, account};
pub use account_links::{AccountLinksView, LinkRow, LinkState, OfferView, account_links};
pub use api_reference::{
    ApiReferenceView, Operation, OperationGroup, Parameter, ResponseLine, api_reference,
};
pub use api_tokens::{ApiTokensView, TokenRow, TokenState, api_tokens};
pub use approved_access::{ApprovedAccessView, approved_access};
pub use ask_collection::{AskCollectionView, ask_collection};
pub use ask_for_access::{AskForAccessView, ask_for_access};
pub use audit_entry::{AuditEntryView, ModifiedProperty, audit_entry};
pub use audit_log::{AuditFilter, AuditLogView, AuditRow, audit_log};
pub use case::{CaseAccess, CaseView, RevealForm, case};
pub use choose_person::{ChoosePersonView, PersonChoice, TenantPeople, choose_person};
pub use close_support_request::{CloseSupportRequestView, close_support_request};
pub use confirm::{Act, ConfirmView, confirm};
pub use data_collection::{
    CollectedEntryView, CollectedFileView, CollectionPart, CustomersPart, DataCollectionView, data_collection,
};
pub use data_collections::{DataCollectionsView, data_collections};
pub use desk::{DeskView, desk};
pub use engineer::{EngineerAccountView, EngineerForm, EngineerPageView, engineer, engineer_account};
pub use engineers::{EngineerRow, EngineersView, engineers};
pub use enter::{ElsewhereView, EnrolView, EnterView, enrol, enter};
pub use home::{HomeView, RecoveredView, home};
pub use identity_providers::{
    IdentityProviderView, IdentityProvidersView, ProviderForm, ProviderRow, identity_provider,
    identity_providers,
};
pub use landing::{LandingView, landing};
pub use new_support_request::{NewSupportRequestForm, NewSupportRequestView, new_support_request};
pub use people::{PassView, PeopleView, PersonActs, PersonRow, PersonView, pass, people, person};
pub use problem::{ProblemView, not_found, problem};
pub use problem_codes::{ProblemCode, ProblemCodesView, problem_codes};
pub use problem_types::{
    NewProblemTypeForm, ProblemTypeRow, ProblemTypeView, ProblemTypesView, problem_type, problem_types,
};
pub use queue::{QueueView, queue};
pub use read::{ReadProperty, ReadView, read};
pub use reads::{ReadRow, ReadsView, reads};
pub use reassign::{EngineerChoice, EngineerFigures, ReassignKind, ReassignView, reassign};
pub use roles::{ApproverRow, ApproversView, AssignForm, AssignmentRow, RolesView, roles};
pub use sign_in_as::{SignInAsView, sign_in_as};
pub use sign_in_record::{PolicyResult, SignInRecordView, SignInSection, sign_in_record};
pub use sign_ins::{SignInFilter, SignInPage, SignInRow, SignInsState, SignInsView, sign_ins};
pub use signed_out::{SignedOutView, signed_out};
pub use support_request::{AssignmentView, NamedTenant, SupportRequestView, support_request};
pub use support_requests::{SupportRequestsView, support_requests};
