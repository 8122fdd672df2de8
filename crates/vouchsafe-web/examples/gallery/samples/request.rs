//! Samples of the customer's support requests.

use vouchsafe_web::page::{
    self, AssignmentView, CloseSupportRequestView, NamedTenant, NewSupportRequestForm, NewSupportRequestView,
    SupportRequestView, SupportRequestsView,
};
use vouchsafe_web::{
    AttachmentView, Author, Category, ConsentStatus, ConsentView, Flash, MessageView, Notice, ReadsSummary,
    RenewalView, Resolution, Section, Severity, Stage, SupportRequestRow, VoteView, VotesView, paths,
};

use super::access::row as access_row;
use super::{
    GRT, OTHER, S, Sample, asked, case, choices, customer, engineer_case, engineer_chrome, hostile,
    hostile_case, later, one_vote, reads, text, wrong,
};

pub(crate) fn samples() -> Vec<Sample> {
    vec![
        Sample { name: "support-requests-empty", html: page::support_requests(&list(Vec::new())) },
        Sample { name: "support-requests-many", html: page::support_requests(&list(rows())) },
        Sample { name: "new-support-request", html: page::new_support_request(&new_request()) },
        Sample { name: "new-support-request-wrong", html: page::new_support_request(&new_request_wrong()) },
        Sample { name: "support-request-open", html: page::support_request(&open()) },
        Sample { name: "support-request-new", html: page::support_request(&just_opened()) },
        Sample { name: "support-request-awaiting", html: page::support_request(&awaiting()) },
        Sample { name: "support-request-paused", html: page::support_request(&paused()) },
        Sample { name: "support-request-renewal", html: page::support_request(&renewal()) },
        Sample { name: "support-request-closed", html: page::support_request(&closed()) },
        Sample { name: "support-request-wrong", html: page::support_request(&wrong_message()) },
        Sample { name: "support-request-hostile", html: page::support_request(&open_hostile()) },
        Sample { name: "close-support-request", html: page::close_support_request(&close()) },
        Sample { name: "close-case-wrong", html: page::close_support_request(&close_case()) },
    ]
}

pub(crate) fn row() -> SupportRequestRow {
    SupportRequestRow {
        case: case(),
        tenant_name: text("Fjordline Logistics"),
        severity: Severity::Moderate,
        stage: Stage::InProgress,
        assigned_to: text("Rafael Ortiz"),
        opened: asked(),
        reassign_href: String::new(),
    }
}

pub(crate) fn rows() -> Vec<SupportRequestRow> {
    vec![
        row(),
        SupportRequestRow {
            severity: Severity::Critical,
            stage: Stage::WaitingForEngineer,
            assigned_to: String::new(),
            ..row()
        },
        SupportRequestRow { severity: Severity::Minimal, stage: Stage::WaitingForCustomer, ..row() },
        SupportRequestRow { stage: Stage::Closed, ..row() },
        SupportRequestRow { case: hostile_case(), tenant_name: hostile(), assigned_to: hostile(), ..row() },
    ]
}

fn list(rows: Vec<SupportRequestRow>) -> SupportRequestsView {
    let older_href = (!rows.is_empty()).then(|| format!("{}?$skiptoken=abc", paths::support_requests()));
    SupportRequestsView {
        chrome: customer(Some(Section::SupportRequests), 2),
        rows,
        may_open: true,
        older_href,
    }
}

fn advanced() -> Vec<Category> {
    Category::ALL.into_iter().filter(|category| *category != Category::TenantProfile).collect()
}

fn new_request() -> NewSupportRequestView {
    NewSupportRequestView {
        chrome: customer(Some(Section::SupportRequests), 0),
        consent_offered: true,
        consent_categories: advanced(),
        consent_duration: text("30 days"),
        form: NewSupportRequestForm {
            idempotency_key: text("019a0f3c-5d6e-7a8b-9c0d-1e2f3a4b5c6d"),
            title: String::new(),
            description: String::new(),
            severity: Severity::Moderate,
            services: choices(&[("identity", "Identity")], "identity"),
            problem_types: choices(
                &[
                    ("signIn/conditionalAccess", "Sign-in › Conditional access"),
                    ("signIn/mfa", "Sign-in › Multifactor authentication"),
                ],
                "signIn/conditionalAccess",
            ),
            allow_advanced_diagnostics: None,
            contact_name: text("Alva Nygård"),
            contact_email: text("alva@fjordline.example"),
            languages: choices(&[("en", "English"), ("nb", "Norsk bokmål")], "en"),
            contact_time_zone: text("Europe/Oslo"),
            resource_tenant_ids: String::new(),
            errors: wrong(&[]),
        },
    }
}

fn new_request_wrong() -> NewSupportRequestView {
    let mut view = new_request();
    view.form.title = hostile();
    view.form.description = hostile();
    view.form.resource_tenant_ids = text("not-an-id\n</textarea><script>alert(1)</script>");
    view.form.errors = wrong(&[
        ("title", "Use 200 characters at most."),
        ("allowAdvancedDiagnostics", "Choose yes or no."),
        ("contact.email", "Write an address such as name@example.com."),
        ("resourceTenantIds", "Write each tenant ID like 7b0c2c1e-52a4-4f7e-9a55-0d6f3f1c9e21, one a line."),
    ]);
    view
}

fn consent(status: ConsentStatus) -> ConsentView {
    ConsentView {
        signed: false,
        status,
        until: None,
        votes: one_vote(),
        grant_id: String::new(),
        reads: None,
        renewal: None,
        may_change: true,
        may_vote: false,
    }
}

pub(crate) fn assignment() -> AssignmentView {
    AssignmentView {
        engineer_name: text("Rafael Ortiz"),
        since: asked(),
        reason: text(
            "Has solved the most support requests about conditional access, and works in your hours.",
        ),
        evidence: vec![
            text("23 support requests about conditional access solved in the last 180 days."),
            text("Works 08:00–16:30 CET; speaks English and Spanish."),
        ],
    }
}

fn file(name: &str, removed: u64, kept: bool) -> AttachmentView {
    let href = kept.then(|| paths::attachment(S, "msg_1", name));
    AttachmentView { name: text(name), size: text("8.0 KiB"), removed, href }
}

pub(crate) fn messages(reader: Author, other: Author) -> Vec<MessageView> {
    vec![
        MessageView {
            author: Author::Service,
            name: text("Lumen Cloud"),
            at: asked(),
            body: text("Assigned to Rafael Ortiz."),
            files: Vec::new(),
        },
        MessageView {
            author: other,
            name: text("Rafael Ortiz"),
            at: asked(),
            body: text("Thank you for the report.\n\nCould you tell me whether the phones are affected too?"),
            files: Vec::new(),
        },
        MessageView {
            author: reader,
            name: text("Alva Nygård"),
            at: later(),
            body: text("Only laptops. Phones work."),
            files: vec![
                file("browser.har", 3, true),
                file("authenticator with a rather long name of 2026-11-23.log", 0, true),
                file("trace.zip", 1, false),
            ],
        },
    ]
}

fn open() -> SupportRequestView {
    SupportRequestView {
        chrome: customer(Some(Section::SupportRequests), 1),
        id: text(S),
        version: text("7"),
        number: text("2611230040001234"),
        title: text("People in Oslo cannot sign in since Monday"),
        description: text(
            "Since Monday 08:00, about 40 people in the Oslo office get “You cannot access this right now”.\n\nBergen works.",
        ),
        severity: Severity::Moderate,
        service: text("Identity"),
        problem_type: text("Sign-in › Conditional access"),
        stage: Stage::InProgress,
        origin: None,
        opened: asked(),
        closed: None,
        resolution: None,
        contact: text("Alva Nygård, alva@fjordline.example"),
        assignment: Some(assignment()),
        consent: ConsentView {
            until: Some(at_consent_end()),
            grant_id: text(GRT),
            reads: Some(reads()),
            ..consent(ConsentStatus::Given)
        },
        consent_categories: advanced(),
        consent_duration: text("30 days"),
        access_requests: vec![access_row()],
        may_remove_all: true,
        collections: vec![super::collection::row("Rafael Ortiz")],
        messages: messages(Author::You, Author::Support),
        idempotency_key: text("k1"),
        body: String::new(),
        may_manage: true,
        may_export: true,
        reopen_proposed: false,
        reopen_until: None,
        resource_tenants: vec![NamedTenant { id: text(OTHER) }],
        resource_tenant_id: String::new(),
        errors: wrong(&[]),
    }
}

/// At night, when the reader's day is not that of UTC: the longest that a moment gets.
fn at_consent_end() -> vouchsafe_web::TimeView {
    super::at("2026-12-23T23:14:07Z", "24 Dec 2026, 00:14 CET (23 Dec, 23:14 UTC)")
}

fn just_opened() -> SupportRequestView {
    let mut view = SupportRequestView {
        stage: Stage::WaitingForEngineer,
        assignment: None,
        consent: consent(ConsentStatus::None),
        access_requests: Vec::new(),
        may_remove_all: false,
        messages: Vec::new(),
        resource_tenants: Vec::new(),
        ..open()
    };
    view.chrome.flash = Some(Flash { notice: Notice::SupportRequestOpened, detail: String::new() });
    view
}

fn awaiting() -> SupportRequestView {
    let given = vec![VoteView { name: text("Alva Nygård"), at: asked() }];
    let votes = VotesView { required: 2, given, mine: false };
    SupportRequestView {
        consent: ConsentView { votes, may_vote: true, ..consent(ConsentStatus::AwaitingApproval) },
        ..open()
    }
}

fn paused() -> SupportRequestView {
    SupportRequestView {
        consent: ConsentView { grant_id: text(GRT), reads: Some(reads()), ..consent(ConsentStatus::Paused) },
        stage: Stage::WaitingForCustomer,
        ..open()
    }
}

fn renewal() -> SupportRequestView {
    let given = vec![VoteView { name: text("Alva Nygård"), at: asked() }];
    let renewal = RenewalView {
        over: false,
        categories: vec![text("Sign-in logs"), text("Directory objects")],
        reads: Some(ReadsSummary { href: String::new(), ..reads() }),
        votes: VotesView { required: 2, given, mine: false },
        may_renew: true,
    };
    SupportRequestView {
        consent: ConsentView {
            until: Some(at_consent_end()),
            grant_id: text(GRT),
            renewal: Some(renewal),
            ..consent(ConsentStatus::Given)
        },
        ..open()
    }
}

fn closed() -> SupportRequestView {
    SupportRequestView {
        stage: Stage::Closed,
        closed: Some(later()),
        resolution: Some(Resolution::Resolved),
        reopen_proposed: true,
        reopen_until: Some(at_consent_end()),
        consent: ConsentView { may_change: false, ..consent(ConsentStatus::None) },
        ..open()
    }
}

fn wrong_message() -> SupportRequestView {
    SupportRequestView {
        resource_tenant_id: text("not-an-id"),
        consent: consent(ConsentStatus::Expired),
        errors: wrong(&[
            ("body", "Write something before you send."),
            ("resourceTenantId", "Write the tenant ID like 7b0c2c1e-52a4-4f7e-9a55-0d6f3f1c9e21."),
        ]),
        ..open()
    }
}

fn open_hostile() -> SupportRequestView {
    let mut messages = messages(Author::You, Author::Support);
    messages.push(MessageView {
        author: Author::Support,
        name: hostile(),
        at: later(),
        body: hostile(),
        files: vec![file(&hostile(), 2, true)],
    });
    SupportRequestView {
        number: text("1"),
        title: hostile(),
        description: hostile(),
        service: hostile(),
        problem_type: hostile(),
        contact: hostile(),
        origin: Some(hostile()),
        body: hostile(),
        resource_tenant_id: hostile(),
        assignment: Some(AssignmentView { reason: hostile(), evidence: vec![hostile()], ..assignment() }),
        consent: ConsentView { may_change: false, ..consent(ConsentStatus::NotOffered) },
        consent_categories: Vec::new(),
        messages,
        ..open()
    }
}

fn close() -> CloseSupportRequestView {
    CloseSupportRequestView {
        chrome: customer(Some(Section::SupportRequests), 0),
        case: case(),
        action: paths::close_support_request(S),
        version: text("7"),
        reopen_within: text("14 days"),
        resolution: None,
        errors: wrong(&[]),
    }
}

fn close_case() -> CloseSupportRequestView {
    CloseSupportRequestView {
        chrome: engineer_chrome(Some(Section::Desk)),
        case: engineer_case(),
        action: paths::close_case(S),
        errors: wrong(&[("resolution", "Choose how it ends.")]),
        ..close()
    }
}
