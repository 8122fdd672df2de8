//! Samples of the customer's pages on access.

use vouchsafe_web::page::{
    self, AccessListView, AccessRequestSide, AccessRequestView, Act, ApprovedAccessView, ConfirmView,
    DataAccess, Decision, DecisionForm, HomeView, PreviewPart, PreviewView, RecoveredView,
};
use vouchsafe_web::{
    AccessRow, AccessStatus, CaseRef, Category, EngineerView, Fact, Flash, GrantRow, GrantSource,
    GrantStatus, Notice, PauseReason, ReadsSummary, ReasonCode, RevealRow, Section, SupportRequestRow,
    VoteView, VotesView, paths,
};

use super::request::row as request_row;
use super::{
    GRT, OTHER, S, SAR, Sample, asked, at, case, choices, customer, engineer, foreign_case, hostile,
    hostile_case, hostile_engineer, later, no_reads, one_vote, reads, scope, some_categories, text, ticked,
    wrong,
};

pub(crate) fn samples() -> Vec<Sample> {
    let mut samples = lists();
    samples.extend(requests());
    samples.extend(confirms());
    samples
}

fn lists() -> Vec<Sample> {
    vec![
        Sample { name: "home-empty", html: page::home(&home(Vec::new(), Vec::new(), 0)) },
        Sample { name: "home-one", html: page::home(&home(vec![grant()], vec![request_row()], 1)) },
        Sample { name: "home-many", html: page::home(&home(many_grants(), vec![request_row(); 3], 3)) },
        Sample {
            name: "home-nobody-can-approve",
            html: page::home(&HomeView {
                approvers_missing: true,
                recovered: recovered(),
                ..home(Vec::new(), Vec::new(), 0)
            }),
        },
        Sample { name: "home-no-access-rights", html: page::home(&home_without_rights()) },
        Sample { name: "pending-requests-empty", html: page::pending_requests(&pending(Vec::new())) },
        Sample { name: "pending-requests-one", html: page::pending_requests(&pending(vec![row()])) },
        Sample { name: "pending-requests-many", html: page::pending_requests(&pending(many_rows())) },
        Sample {
            name: "pending-requests-hostile",
            html: page::pending_requests(&pending(vec![hostile_row()])),
        },
        Sample { name: "approved-access-empty", html: page::approved_access(&approved_empty()) },
        Sample { name: "approved-access-many", html: page::approved_access(&approved()) },
        Sample { name: "access-history-empty", html: page::access_history(&history(Vec::new())) },
        Sample { name: "access-history-many", html: page::access_history(&history(ended_rows())) },
    ]
}

fn requests() -> Vec<Sample> {
    vec![
        Sample { name: "access-request-pending", html: page::access_request(&request()) },
        Sample { name: "access-request-signed", html: page::access_request(&request_signed()) },
        Sample { name: "access-request-previewed", html: page::access_request(&request_previewed()) },
        Sample { name: "access-request-wrong", html: page::access_request(&request_wrong()) },
        Sample { name: "access-request-for-other-tenant", html: page::access_request(&request_for_other()) },
        Sample {
            name: "access-request-for-other-approved",
            html: page::access_request(&request_for_other_approved()),
        },
        Sample {
            name: "access-request-from-other-tenant",
            html: page::access_request(&request_from_other()),
        },
        Sample { name: "access-request-live", html: page::access_request(&request_live()) },
        Sample { name: "access-request-paused", html: page::access_request(&request_paused()) },
        Sample { name: "access-request-rejected", html: page::access_request(&request_rejected()) },
        Sample { name: "access-request-completed", html: page::access_request(&request_completed()) },
        Sample { name: "access-request-not-yours", html: page::access_request(&request_not_yours()) },
        Sample { name: "access-request-hostile", html: page::access_request(&request_hostile()) },
    ]
}

fn confirms() -> Vec<Sample> {
    let remove_all = Act::RemoveAll { support_request_id: String::new(), count: 3 };
    let remove_case = Act::RemoveAll { support_request_id: text(S), count: 1 };
    let withdraw = Act::WithdrawApproval { access_request_id: text(SAR) };
    let hostile = ConfirmView {
        facts: vec![Fact { label: hostile(), value: hostile(), masked: false }],
        reason: hostile(),
        errors: wrong(&[("reason", "Use 2,000 characters at most.")]),
        ..confirm(Act::RemoveAccess { grant_id: text(GRT) })
    };
    vec![
        Sample {
            name: "confirm-remove-access",
            html: page::confirm(&confirm(Act::RemoveAccess { grant_id: text(GRT) })),
        },
        Sample { name: "confirm-remove-all", html: page::confirm(&confirm(remove_all)) },
        Sample { name: "confirm-remove-all-of-request", html: page::confirm(&confirm(remove_case)) },
        Sample { name: "confirm-withdraw-approval", html: page::confirm(&confirm(withdraw)) },
        Sample { name: "confirm-hostile", html: page::confirm(&hostile) },
    ]
}

fn confirm(act: Act) -> ConfirmView {
    let fact = |label: &str, value: &str| Fact { label: text(label), value: text(value), masked: false };
    ConfirmView {
        chrome: customer(Some(Section::ApprovedAccess), 0),
        act,
        facts: vec![
            fact("Who can read", "Rafael Ortiz, Lumen Cloud, Madrid, Spain"),
            fact("What", "Sign-in logs, Service configuration"),
            fact("Support request ID", "2611230040001234"),
        ],
        reason: String::new(),
        errors: wrong(&[]),
        cancel_href: paths::approved_access(),
    }
}

fn grant() -> GrantRow {
    GrantRow {
        id: text(GRT),
        source: GrantSource::AccessRequest,
        href: paths::access_request(SAR),
        case: case(),
        engineer: engineer(),
        categories: some_categories(),
        status: GrantStatus::Live,
        pause: None,
        since: asked(),
        until: Some(at("2026-11-30T09:20:00Z", "30 Nov 2026, 10:20 CET")),
        reveals: vec![RevealRow {
            id: text("rv_019a0f3f44447a8b9c0d1e2f3a4b5c6d"),
            property: text("userPrincipalName"),
            value: text("ola@fjordline.example"),
            justification: text("Is it the person who wrote to us?"),
            asked: asked(),
        }],
        reads: reads(),
        may_remove: true,
        may_confirm: true,
    }
}

fn many_grants() -> Vec<GrantRow> {
    vec![
        grant(),
        GrantRow {
            source: GrantSource::Consent,
            href: paths::support_request(S),
            categories: Category::ALL.into_iter().filter(|c| *c != Category::TenantProfile).collect(),
            status: GrantStatus::Paused,
            pause: Some(PauseReason::TooMuchRead),
            engineer: EngineerView {
                name: text("Ines Duarte"),
                employer: text("Lumen Cloud"),
                location: String::new(),
            },
            reads: no_reads(),
            until: None,
            ..grant()
        },
        GrantRow {
            source: GrantSource::Collection,
            href: String::new(),
            case: foreign_case(),
            reads: ReadsSummary { records: 1, people: Some(1), revealed: 2, ..reads() },
            may_remove: false,
            may_confirm: false,
            ..grant()
        },
        GrantRow { engineer: hostile_engineer(), case: hostile_case(), ..grant() },
    ]
}

fn recovered() -> Vec<RecoveredView> {
    let path = "/people/usr_0192f0d9a1b27c3d8e4f5a6b7c8d9e0f".to_owned();
    let name = "Uma Novak".to_owned();
    vec![
        RecoveredView { name, path: path.clone(), at: asked(), signs_from: Some(later()) },
        RecoveredView { name: hostile(), path, at: asked(), signs_from: None },
    ]
}

fn home(grants: Vec<GrantRow>, open_requests: Vec<SupportRequestRow>, waiting: u32) -> HomeView {
    HomeView {
        approvers_missing: false,
        recovered: Vec::new(),
        chrome: customer(Some(Section::Home), waiting),
        grants,
        may_see_access: true,
        open_requests,
        may_open: true,
    }
}

fn home_without_rights() -> HomeView {
    HomeView { may_see_access: false, may_open: false, ..home(Vec::new(), Vec::new(), 0) }
}

pub(crate) fn row() -> AccessRow {
    AccessRow {
        id: text(SAR),
        case: case(),
        engineer: engineer(),
        categories: some_categories(),
        status: AccessStatus::Pending,
        other_tenant_id: String::new(),
        asked: asked(),
        decide_by: Some(later()),
        ended: None,
    }
}

fn hostile_row() -> AccessRow {
    AccessRow { case: hostile_case(), engineer: hostile_engineer(), other_tenant_id: hostile(), ..row() }
}

fn many_rows() -> Vec<AccessRow> {
    vec![
        row(),
        AccessRow { other_tenant_id: text(OTHER), categories: vec![Category::AuditLogs], ..row() },
        AccessRow { case: foreign_case(), categories: vec![Category::DeviceRegistrationLogs], ..row() },
    ]
}

fn ended_row(status: AccessStatus) -> AccessRow {
    AccessRow { status, decide_by: None, ended: Some(later()), ..row() }
}

fn ended_rows() -> Vec<AccessRow> {
    vec![
        row(),
        AccessRow { ended: None, ..ended_row(AccessStatus::Approved) },
        ended_row(AccessStatus::Rejected),
        ended_row(AccessStatus::Expired),
        ended_row(AccessStatus::Cancelled),
        ended_row(AccessStatus::Revoked),
        ended_row(AccessStatus::Completed),
    ]
}

fn pending(rows: Vec<AccessRow>) -> AccessListView {
    let waiting = u32::try_from(rows.len()).unwrap_or(0);
    let older_href = (rows.len() > 2).then(|| format!("{}?$skiptoken=abc&x=1", paths::pending_requests()));
    AccessListView { chrome: customer(Some(Section::PendingRequests), waiting), rows, older_href }
}

fn history(rows: Vec<AccessRow>) -> AccessListView {
    AccessListView { chrome: customer(Some(Section::History), 0), rows, older_href: None }
}

fn approved_empty() -> ApprovedAccessView {
    ApprovedAccessView {
        chrome: customer(Some(Section::ApprovedAccess), 0),
        grants: Vec::new(),
        for_others: Vec::new(),
        ended: Vec::new(),
        may_remove_all: true,
        older_href: None,
    }
}

fn approved() -> ApprovedAccessView {
    let flash = Flash {
        notice: Notice::AccessRemoved,
        detail: text("Reads ended at 10:14:07 CET; decisions of other tools end by 10:14:09 CET."),
    };
    let mut view = ApprovedAccessView {
        grants: many_grants(),
        for_others: vec![AccessRow {
            other_tenant_id: text(OTHER),
            ended: None,
            ..ended_row(AccessStatus::Approved)
        }],
        ended: ended_rows().split_off(3),
        older_href: Some(format!("{}?$skiptoken=abc", paths::approved_access())),
        ..approved_empty()
    };
    view.chrome.flash = Some(flash);
    view
}

fn decision() -> DecisionForm {
    DecisionForm {
        version: text("3"),
        categories: ticked(&some_categories(), &some_categories()),
        durations: choices(
            &[("PT1H", "1 hour"), ("PT8H", "8 hours"), ("P1D", "1 day"), ("P7D", "7 days")],
            "P7D",
        ),
        data_from: text("2026-11-16T00:00"),
        ..DecisionForm::default()
    }
}

fn request() -> AccessRequestView {
    AccessRequestView {
        chrome: customer(Some(Section::PendingRequests), 1),
        id: text(SAR),
        case: case(),
        status: AccessStatus::Pending,
        engineer: engineer(),
        reason_code: ReasonCode::Troubleshooting,
        justification: text(
            "Sign-ins from the Oslo office fail with 53003 since Monday 08:00.\nI need the failed sign-ins and the \
             conditional access policies to see which policy blocks them.",
        ),
        requested: scope(),
        approved: None,
        agreed: None,
        votes: one_vote(),
        asked: asked(),
        decide_by: Some(later()),
        ended: None,
        side: AccessRequestSide::Both { access: None },
        preview: PreviewPart::Offered,
        decision: Decision::Open(Box::new(decision())),
    }
}

fn request_signed() -> AccessRequestView {
    let form = DecisionForm { signed: true, ..decision() };
    AccessRequestView { decision: Decision::Open(Box::new(form)), ..request() }
}

fn request_previewed() -> AccessRequestView {
    let shown = PreviewView {
        counts: vec![(Category::SignInLogs, 41), (Category::AuditLogs, 1)],
        people: 3,
        span: Some((asked(), later())),
        samples: vec![text("{\n  \"id\": \"5f0c1c56-9c1b-4b9e-c1a3-1c2d3e4f5a6b\"\n}")],
    };
    AccessRequestView { preview: PreviewPart::Shown(Box::new(shown)), ..request() }
}

fn request_wrong() -> AccessRequestView {
    let form = DecisionForm {
        categories: ticked(&some_categories(), &[]),
        data_from: text("2026-11-10T00:00"),
        data_to: text("2026-11-09T00:00"),
        users: choices(
            &[
                ("ola@fjordline.example", "ola@fjordline.example"),
                ("kari@fjordline.example", "kari@fjordline.example"),
            ],
            "ola@fjordline.example",
        ),
        comment: text("Only Oslo."),
        errors: wrong(&[
            ("dataCategories", "Tick at least one kind of data, or reject the request."),
            ("dataFrom", "Choose 16 Nov 2026 or later: the engineer asked for no older data."),
            ("users", "Tick at least one person."),
        ]),
        ..decision()
    };
    let mut view = AccessRequestView { decision: Decision::Open(Box::new(form)), ..request() };
    view.requested.users = vec![text("ola@fjordline.example"), text("kari@fjordline.example")];
    view
}

fn request_for_other() -> AccessRequestView {
    AccessRequestView {
        side: AccessRequestSide::SupportRequestTenant {
            resource_tenant_id: text(OTHER),
            may_withdraw: false,
        },
        ..request()
    }
}

fn request_for_other_approved() -> AccessRequestView {
    AccessRequestView {
        chrome: customer(Some(Section::ApprovedAccess), 0),
        side: AccessRequestSide::SupportRequestTenant { resource_tenant_id: text(OTHER), may_withdraw: true },
        status: AccessStatus::Approved,
        approved: Some(scope()),
        decide_by: None,
        preview: PreviewPart::Closed,
        decision: Decision::Closed,
        ..request()
    }
}

fn request_from_other() -> AccessRequestView {
    let given = vec![VoteView { name: text("Cara Haugen"), at: asked() }];
    let votes = VotesView { required: 2, given, mine: true };
    AccessRequestView {
        case: foreign_case(),
        votes,
        side: AccessRequestSide::ResourceTenant {
            asked_through: text("Aster Clinics"),
            automatic: false,
            access: None,
        },
        ..request()
    }
}

fn access() -> DataAccess {
    DataAccess {
        grant_id: text(GRT),
        status: GrantStatus::Live,
        pause: None,
        until: Some(at("2026-11-30T09:20:00Z", "30 Nov 2026, 10:20 CET")),
        ended: None,
        reads: reads(),
        may_remove: true,
        may_confirm: true,
    }
}

fn request_live() -> AccessRequestView {
    let mut view = AccessRequestView {
        chrome: customer(Some(Section::ApprovedAccess), 0),
        status: AccessStatus::Approved,
        approved: Some(scope()),
        votes: VotesView {
            required: 1,
            given: vec![VoteView { name: text("Alva Nygård"), at: asked() }],
            mine: false,
        },
        decide_by: None,
        preview: PreviewPart::Closed,
        decision: Decision::Closed,
        side: AccessRequestSide::Both { access: Some(access()) },
        ..request()
    };
    view.chrome.flash = Some(Flash { notice: Notice::RequestApproved, detail: String::new() });
    view
}

fn request_paused() -> AccessRequestView {
    let paused = DataAccess { status: GrantStatus::Paused, reads: no_reads(), ..access() };
    AccessRequestView {
        case: foreign_case(),
        side: AccessRequestSide::ResourceTenant {
            asked_through: text("Aster Clinics"),
            automatic: true,
            access: Some(paused),
        },
        ..request_live()
    }
}

fn request_rejected() -> AccessRequestView {
    let mut view = AccessRequestView {
        chrome: customer(Some(Section::PendingRequests), 0),
        status: AccessStatus::Rejected,
        decide_by: None,
        ended: Some(later()),
        preview: PreviewPart::Closed,
        decision: Decision::Closed,
        ..request()
    };
    view.chrome.flash = Some(Flash { notice: Notice::RequestRejected, detail: String::new() });
    view
}

fn request_completed() -> AccessRequestView {
    let over = DataAccess {
        status: GrantStatus::Ended,
        pause: None,
        until: None,
        ended: Some(later()),
        may_remove: false,
        may_confirm: false,
        ..access()
    };
    AccessRequestView {
        status: AccessStatus::Completed,
        ended: Some(later()),
        side: AccessRequestSide::Both { access: Some(over) },
        ..request_live()
    }
}

fn request_not_yours() -> AccessRequestView {
    let why = text("You have already approved. One more person in your organisation has to agree.");
    AccessRequestView { decision: Decision::NotYours(why), ..request_from_other() }
}

fn request_hostile() -> AccessRequestView {
    let form = DecisionForm {
        version: hostile(),
        users: choices(&[(&hostile(), &hostile())], ""),
        comment: hostile(),
        reason: hostile(),
        errors: wrong(&[("comment", &hostile()), ("reason", &hostile())]),
        ..decision()
    };
    let mut view = AccessRequestView {
        case: CaseRef { number: hostile(), title: hostile(), href: String::new() },
        engineer: hostile_engineer(),
        justification: hostile(),
        side: AccessRequestSide::ResourceTenant { asked_through: hostile(), automatic: true, access: None },
        decision: Decision::Open(Box::new(form)),
        ..request()
    };
    view.requested.users = vec![hostile()];
    view
}
