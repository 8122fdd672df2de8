//! Who looks at a page: the session's account, what it may do, and what surrounds each page for it.

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, header};
use vouchsafe_app::view::MeView;
use vouchsafe_app::{AppError, ListOptions, Who};
use vouchsafe_core::id::TenantId;
use vouchsafe_core::permission::Permission;
use vouchsafe_core::problem_type::ProblemTypes;
use vouchsafe_core::tenant::{Assurance, TenantKind};
use vouchsafe_core::time::Timestamp;
use vouchsafe_web::{Chrome, Flash, Notice, Section, SignedIn, navigation, paths};

use super::answer::{Failure, see};
use super::cookies::Cookies;
use super::moment;
use crate::Server;

/// Random bytes of a form's key.
const KEY_BYTES: usize = 16;

/// The person of a session.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) who: Who,
    pub(crate) me: MeView,
    /// What support requests are filed under.
    pub(crate) problem_types: ProblemTypes,
    waiting: u32,
    flash: Option<Flash>,
    cookies: Cookies,
    demo: bool,
}

/// What a person may see, beyond single permissions (`vouchsafe_core::permit`). It decides what is linked to; use
/// cases decide what is shown.
const SEES_CASES: &[Permission] = &[
    Permission::ManageRequests,
    Permission::Consent,
    Permission::ReadAccessRequests,
    Permission::ApproveAccess,
    Permission::RemoveAccess,
];
const SEES_ACCESS: &[Permission] =
    &[Permission::ReadAccessRequests, Permission::ApproveAccess, Permission::RemoveAccess];
const SEES_LOG: &[Permission] = &[Permission::ReadAuditLog, Permission::ApproveAccess];
const SEES_POLICY: &[Permission] = &[
    Permission::ManageRequests,
    Permission::ReadAccessRequests,
    Permission::ApproveAccess,
    Permission::ReadAuditLog,
];
const SEES_ROLES: &[Permission] = &[
    Permission::ManageRoles,
    Permission::ManageRequests,
    Permission::ReadAccessRequests,
    Permission::ApproveAccess,
    Permission::ReadAuditLog,
];

impl Visitor {
    /// The person of the session that the request belongs to; `None` without a session.
    pub(crate) async fn of(server: &Server, headers: &HeaderMap) -> Result<Option<Self>, AppError> {
        let cookies = Cookies::of(&server.settings);
        let Some(secret) = cookies.session(headers) else { return Ok(None) };
        let found = match server.app.session(&secret).await {
            Ok(who) => server.app.me(who).await.map(|me| (who, me)),
            Err(error) => Err(error),
        };
        let (who, me) = match found {
            Ok(found) => found,
            Err(AppError::Unauthenticated) => return Ok(None),
            Err(error) => return Err(error),
        };
        let (flash, demo) = (cookies.notice(headers), server.settings.demo);
        let problem_types = server.app.problem_types(who).await?;
        let mut visitor = Self { who, me, problem_types, waiting: 0, flash, cookies, demo };
        visitor.waiting = visitor.count_waiting(server).await?;
        Ok(Some(visitor))
    }

    /// How many requests wait for this person's decision.
    async fn count_waiting(&self, server: &Server) -> Result<u32, AppError> {
        if self.is_provider() || self.me.works_for_provider || !self.may(Permission::ApproveAccess) {
            return Ok(0);
        }
        let filter = Some("status eq 'pending'".to_owned());
        let pending = ListOptions { filter, top: 1, count: true, ..ListOptions::default() };
        let listed = server.app.access_requests(self.who, &pending).await?;
        Ok(u32::try_from(listed.total.unwrap_or_default()).unwrap_or(u32::MAX))
    }

    pub(crate) fn is_provider(&self) -> bool {
        self.me.tenant.kind == TenantKind::Provider
    }

    /// Whether the person's roles allow this now.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.me.allowed.contains(&permission)
    }

    /// Whether the person's decisions are signed with a passkey.
    pub(crate) fn signs(&self) -> bool {
        self.me.tenant.policy.decision_assurance > Assurance::Token
    }

    /// Whether the person may let a paused access go on.
    pub(crate) fn may_confirm(&self) -> bool {
        self.may_any(&[Permission::ApproveAccess, Permission::RemoveAccess])
    }

    fn may_any(&self, permissions: &[Permission]) -> bool {
        permissions.iter().any(|permission| self.may(*permission))
    }

    pub(crate) fn sees_cases(&self) -> bool {
        self.may_any(SEES_CASES)
    }

    pub(crate) fn sees_access(&self) -> bool {
        self.may_any(SEES_ACCESS)
    }

    pub(crate) fn sees_log(&self) -> bool {
        self.may_any(SEES_LOG)
    }

    /// Customers' pages are not the provider's.
    pub(crate) fn of_customer(&self) -> Result<(), Failure> {
        if self.is_provider() { Err(Failure::not_found()) } else { Ok(()) }
    }

    /// The provider's pages are not customers'.
    pub(crate) fn of_provider(&self) -> Result<(), Failure> {
        if self.is_provider() { Ok(()) } else { Err(Failure::not_found()) }
    }

    /// What surrounds a page of this section.
    pub(crate) fn chrome(&self, current: Option<Section>) -> Chrome {
        Chrome {
            signed_in: Some(SignedIn {
                person_name: self.me.person.display_name.text().to_owned(),
                tenant_name: self.me.tenant.display_name.clone(),
                roles: self.me.roles.clone(),
            }),
            navigation: navigation(&self.sections(), current, self.waiting),
            waiting: self.waiting,
            flash: self.flash.clone(),
            time_zone: moment::zone(),
            demo: self.demo,
        }
    }

    /// Whether the person keeps the provider's desk in order: engineers, and what requests are filed under.
    pub(crate) fn keeps_desk(&self) -> bool {
        self.may_any(&[Permission::ManageQueue, Permission::ManageProvider])
    }

    fn sections(&self) -> Vec<Section> {
        let (log, policy) = (self.sees_log(), self.may_any(SEES_POLICY));
        let people = self.may(Permission::ReadUsers);
        let (roles, tokens) = (self.may_any(SEES_ROLES), !self.me.allowed.is_empty());
        let all = if self.is_provider() {
            vec![
                (Section::Home, !self.may(Permission::WorkRequests) && !self.may(Permission::ManageQueue)),
                (Section::Desk, self.may(Permission::WorkRequests)),
                (Section::Queue, self.may(Permission::ManageQueue)),
                (Section::Engineers, self.keeps_desk()),
                (Section::ProblemTypes, self.keeps_desk()),
                (Section::AuditLog, log),
                (Section::Settings, false),
                (Section::People, people),
                (Section::Account, true),
                (Section::IdentityProviders, self.may(Permission::ManageRoles)),
                (Section::Roles, self.may(Permission::ManageRoles)),
                (Section::ApiTokens, tokens),
                (Section::ApiReference, true),
            ]
        } else {
            vec![
                (Section::Home, true),
                (Section::SupportRequests, self.sees_cases()),
                (Section::PendingRequests, self.sees_access()),
                (Section::ApprovedAccess, self.sees_access()),
                (Section::History, self.sees_access()),
                (Section::DataCollections, self.may(Permission::ManageCollections)),
                (Section::AuditLog, log),
                (Section::Settings, policy),
                (Section::IdentityProviders, self.may(Permission::ManageRoles)),
                (Section::People, people),
                (Section::Account, true),
                (Section::Approvers, roles),
                (Section::ApiTokens, tokens),
            ]
        };
        all.into_iter().filter(|(_, shown)| *shown).map(|(section, _)| section).collect()
    }

    /// After a form: the page at `to` says what was done.
    pub(crate) fn moved(&self, to: &str, notice: Notice) -> Response {
        self.told(to, notice, None)
    }

    /// After access was ended: the page at `to` says from when on nothing more can be read.
    pub(crate) fn moved_ended(&self, to: &str, notice: Notice, ended: Timestamp) -> Response {
        self.told(to, notice, Some(ended))
    }

    fn told(&self, to: &str, notice: Notice, ended: Option<Timestamp>) -> Response {
        let mut response = see(to);
        response.headers_mut().append(header::SET_COOKIE, self.cookies.tell(notice, ended));
        response
    }

    /// A key for one form, so that sending it twice does its act once.
    pub(crate) fn fresh_key(&self, server: &Server) -> String {
        fresh(server, self.who.tenant)
    }
}

fn fresh(server: &Server, tenant: TenantId) -> String {
    let mut random = [0; KEY_BYTES];
    server.app.store().random(tenant, &mut random);
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl FromRequestParts<Server> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        let sign_in = if server.settings.demo { paths::demo() } else { paths::enter() };
        Self::of(server, &parts.headers).await?.ok_or(Failure::Elsewhere(sign_in))
    }
}

/// What surrounds pages that need no session.
#[derive(Debug, Clone)]
pub(crate) struct Surrounding(pub(crate) Option<Visitor>, bool);

impl Surrounding {
    pub(crate) fn chrome(&self, current: Option<Section>) -> Chrome {
        match &self.0 {
            Some(visitor) => visitor.chrome(current),
            None => Chrome { demo: self.1, ..Chrome::default() },
        }
    }

    /// Of a request; a session that cannot be looked up is as none.
    pub(crate) async fn of(server: &Server, headers: &HeaderMap) -> Self {
        let visitor = Visitor::of(server, headers).await.unwrap_or_default();
        Self(visitor, server.settings.demo)
    }
}

impl FromRequestParts<Server> for Surrounding {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        Ok(Self::of(server, &parts.headers).await)
    }
}
