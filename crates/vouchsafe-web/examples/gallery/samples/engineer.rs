//! Samples of the provider's pages.

use vouchsafe_web::page::{
    self, AskForAccessView, CaseAccess, CaseView, DeskView, EngineerAccountView, EngineerChoice,
    EngineerFigures, EngineerForm, EngineerPageView, EngineerRow, EngineersView, NewProblemTypeForm,
    PolicyResult, ProblemTypeRow, ProblemTypeView, ProblemTypesView, QueueView, ReassignKind, ReassignView,
    RevealForm, SignInFilter, SignInPage, SignInRecordView, SignInRow, SignInSection, SignInsState,
    SignInsView,
};
use vouchsafe_web::{
    Author, CaseRef, Category, Choice, EngineerStatus, Fact, Flash, FormErrors, Mark, Notice, ReasonCode,
    Resolution, Section, Severity, Stage, SupportRequestRow, paths,
};

use super::request::{assignment, messages, row, rows};
use super::{
    GRT, OTHER, S, SAR, Sample, asked, at, choices, engineer_case, engineer_chrome, hostile, later,
    manager_chrome, some_categories, text, ticked, wrong,
};

pub(crate) fn samples() -> Vec<Sample> {
    vec![
        Sample { name: "desk-empty", html: page::desk(&desk(Vec::new(), Vec::new())) },
        Sample { name: "desk-many", html: page::desk(&desk(rows(), vec![closed_row()])) },
        Sample { name: "case-open", html: page::case(&case()) },
        Sample { name: "case-empty", html: page::case(&case_empty()) },
        Sample { name: "case-closed", html: page::case(&case_closed()) },
        Sample { name: "case-hostile", html: page::case(&case_hostile()) },
        Sample { name: "ask-for-access", html: page::ask_for_access(&ask()) },
        Sample { name: "ask-for-access-wrong", html: page::ask_for_access(&ask_wrong()) },
        Sample { name: "sign-ins-many", html: page::sign_ins(&sign_ins(sign_in_rows())) },
        Sample { name: "sign-ins-empty", html: page::sign_ins(&sign_ins(Vec::new())) },
        Sample { name: "sign-ins-wrong", html: page::sign_ins(&sign_ins_wrong()) },
        Sample {
            name: "sign-ins-collected",
            html: page::sign_ins(&SignInsView {
                collection: Some(text(super::DC)),
                ..sign_ins(sign_in_rows())
            }),
        },
        Sample {
            name: "sign-ins-collected-no-access",
            html: page::sign_ins(&SignInsView { collection: Some(text(super::DC)), ..sign_ins_no_access() }),
        },
        Sample {
            name: "sign-in-record-collected",
            html: page::sign_in_record(&SignInRecordView { collection: Some(text(super::DC)), ..record() }),
        },
        Sample { name: "sign-ins-no-access", html: page::sign_ins(&sign_ins_no_access()) },
        Sample { name: "sign-in-record", html: page::sign_in_record(&record()) },
        Sample { name: "sign-in-record-hostile", html: page::sign_in_record(&record_hostile()) },
        Sample { name: "queue-empty", html: page::queue(&queue(Vec::new())) },
        Sample { name: "queue-many", html: page::queue(&queue(rows())) },
        Sample { name: "reassign", html: page::reassign(&reassign()) },
        Sample {
            name: "reassign-empty",
            html: page::reassign(&ReassignView { engineers: Vec::new(), ..reassign() }),
        },
        Sample { name: "engineers", html: page::engineers(&engineers()) },
        Sample { name: "problem-types", html: page::problem_types(&problem_types()) },
        Sample { name: "problem-type", html: page::problem_type(&problem_type()) },
        Sample {
            name: "problem-type-retired",
            html: page::problem_type(&ProblemTypeView {
                retired: true,
                retired_above: text("Sign-in"),
                has_finer: false,
                ..problem_type()
            }),
        },
        Sample {
            name: "engineers-empty",
            html: page::engineers(&EngineersView { rows: Vec::new(), ..engineers() }),
        },
        Sample { name: "engineer", html: page::engineer(&engineer()) },
        Sample { name: "engineer-wrong", html: page::engineer(&engineer_wrong()) },
        Sample { name: "engineer-disable", html: page::engineer_account(&account(true)) },
        Sample { name: "engineer-enable", html: page::engineer_account(&account(false)) },
        Sample { name: "hand-over-wrong", html: page::reassign(&hand_over()) },
    ]
}

fn closed_row() -> SupportRequestRow {
    SupportRequestRow { stage: Stage::Closed, ..row() }
}

fn desk(open: Vec<SupportRequestRow>, closed: Vec<SupportRequestRow>) -> DeskView {
    DeskView { chrome: engineer_chrome(Some(Section::Desk)), open, closed, older_href: None }
}

fn access(status: EngineerStatus, tenant: &str) -> CaseAccess {
    CaseAccess {
        access_request_id: text(SAR),
        tenant_id: text(OTHER),
        tenant: text(tenant),
        categories: some_categories(),
        until: (status == EngineerStatus::Live).then(later),
        can_read_sign_ins: status == EngineerStatus::Live,
        may_cancel: status != EngineerStatus::Ended,
        status,
    }
}

fn case() -> CaseView {
    CaseView {
        chrome: engineer_chrome(Some(Section::Desk)),
        back: Section::Desk,
        id: text(S),
        number: text("2611230040001234"),
        title: text("People in Oslo cannot sign in since Monday"),
        description: text(
            "Since Monday 08:00, about 40 people in the Oslo office get an error.\n\nBergen works.",
        ),
        tenant_name: text("Fjordline Logistics"),
        severity: Severity::Critical,
        service: text("Identity"),
        problem_type: text("Sign-in › Conditional access"),
        stage: Stage::InProgress,
        may_propose_reopen: false,
        reopen_proposed: false,
        origin: None,
        opened: asked(),
        closed: None,
        resolution: None,
        contact: text("Alva Nygård, alva@fjordline.example, English, Europe/Oslo"),
        assignment: Some(assignment()),
        access: vec![
            access(EngineerStatus::Live, "Fjordline Logistics"),
            access(EngineerStatus::Pending, OTHER),
            access(EngineerStatus::Paused, "Fjordline Logistics"),
            access(EngineerStatus::Ended, OTHER),
        ],
        collections: vec![super::collection::row("Fjordline Logistics")],
        reveal: Some(RevealForm {
            grants: choices(&[(GRT, "Fjordline Logistics")], GRT),
            property: String::new(),
            value: String::new(),
            justification: String::new(),
        }),
        messages: messages(Author::Customer, Author::You),
        idempotency_key: text("k2"),
        body: String::new(),
        may_work: true,
        errors: wrong(&[]),
    }
}

fn case_empty() -> CaseView {
    let mut view = CaseView { access: Vec::new(), messages: Vec::new(), assignment: None, ..case() };
    view.chrome.flash = Some(Flash { notice: Notice::AccessAsked, detail: String::new() });
    view
}

fn case_closed() -> CaseView {
    CaseView {
        stage: Stage::Closed,
        closed: Some(later()),
        resolution: Some(Resolution::Withdrawn),
        access: vec![access(EngineerStatus::Ended, "Fjordline Logistics")],
        may_work: false,
        ..case()
    }
}

fn case_hostile() -> CaseView {
    CaseView {
        title: hostile(),
        description: hostile(),
        tenant_name: hostile(),
        contact: hostile(),
        body: hostile(),
        access: vec![access(EngineerStatus::Live, &hostile())],
        errors: wrong(&[("body", "Use 20,000 characters at most.")]),
        ..case()
    }
}

fn reasons(selected: &str) -> Vec<Choice> {
    let pairs: Vec<(&str, &str)> =
        ReasonCode::ALL.iter().map(|reason| (reason.value(), reason.label())).collect();
    choices(&pairs, selected)
}

fn ask() -> AskForAccessView {
    let all: Vec<Category> = Category::ALL.into_iter().filter(|c| *c != Category::TenantProfile).collect();
    AskForAccessView {
        chrome: engineer_chrome(Some(Section::Desk)),
        id: text(S),
        case: engineer_case(),
        idempotency_key: text("k3"),
        tenants: choices(&[("t1", "Fjordline Logistics"), (OTHER, OTHER)], "t1"),
        categories: ticked(&all, &[]),
        reasons: reasons("troubleshooting"),
        justification: String::new(),
        durations: choices(
            &[("PT8H", "8 hours"), ("P1D", "1 day"), ("P7D", "7 days"), ("P30D", "30 days")],
            "P7D",
        ),
        data_from: String::new(),
        data_to: String::new(),
        users: None,
        errors: wrong(&[]),
    }
}

fn ask_wrong() -> AskForAccessView {
    AskForAccessView {
        justification: hostile(),
        users: Some(hostile()),
        data_from: text("2026-11-23T00:00"),
        data_to: text("2026-11-22T00:00"),
        errors: wrong(&[
            ("resourceTenantId", "Choose a tenant."),
            ("dataCategories", "Tick at least one."),
            ("justification", "Write between 20 and 2,000 characters."),
            ("duration", "Choose how long."),
            ("dataTo", "Choose a time after the first one."),
        ]),
        ..ask()
    }
}

fn sign_in(failed: bool) -> SignInRow {
    SignInRow {
        id: text("66ea54eb-6301-4ee5-be62-ff5a759b0100"),
        at: at("2026-11-23T08:41:12Z", "23 Nov 2026, 09:41:12 CET"),
        user: text("6501ecbb-bbea-b247-e0ae-98373146ed91"),
        user_href: format!("{}?user=6501ecbb-bbea-b247-e0ae-98373146ed91", paths::sign_ins(S, OTHER)),
        app: text("Office 365 SharePoint Online"),
        ip_address: text("203.0.113.0/24~7f3k"),
        location: text("Oslo, NO"),
        succeeded: !failed,
        error_code: text(if failed { "53003" } else { "" }),
        failure_reason: text(if failed {
            "Access has been blocked by conditional access policies."
        } else {
            ""
        }),
        conditional_access: text(if failed { "Failure" } else { "Success" }),
    }
}

fn sign_in_rows() -> Vec<SignInRow> {
    vec![
        sign_in(true),
        sign_in(false),
        SignInRow { location: String::new(), ..sign_in(true) },
        sign_in_hostile(),
    ]
}

fn sign_in_hostile() -> SignInRow {
    SignInRow {
        user: hostile(),
        user_href: String::new(),
        app: hostile(),
        location: hostile(),
        failure_reason: hostile(),
        ..sign_in(true)
    }
}

fn sign_ins(rows: Vec<SignInRow>) -> SignInsView {
    let older_href = (!rows.is_empty()).then(|| format!("{}?$skiptoken=abc", paths::sign_ins(S, OTHER)));
    SignInsView {
        chrome: engineer_chrome(Some(Section::Desk)),
        id: text(S),
        case: engineer_case(),
        tenant_id: text(OTHER),
        tenant: text("Fjordline Logistics"),
        collection: None,
        filter: SignInFilter {
            results: choices(&[("", "All"), ("success", "Success"), ("failure", "Failure")], ""),
            ..SignInFilter::default()
        },
        state: SignInsState::Readable(SignInPage {
            status: EngineerStatus::Live,
            until: Some(later()),
            grant_id: text(GRT),
            read_id: text("rd_019a0f3f33337a8b9c0d1e2f3a4b5c6d"),
            rows,
            older_href,
        }),
    }
}

fn sign_ins_wrong() -> SignInsView {
    let mut view = sign_ins(Vec::new());
    view.filter.user = hostile();
    view.filter.error_code = text("abc");
    view.filter.errors = wrong(&[("errorCode", "Write a number, such as 53003.")]);
    view
}

fn sign_ins_no_access() -> SignInsView {
    SignInsView { state: SignInsState::NoAccess, tenant: hostile(), ..sign_ins(Vec::new()) }
}

fn record() -> SignInRecordView {
    let fact =
        |label: &str, value: &str, masked: bool| Fact { label: text(label), value: text(value), masked };
    let device = SignInSection {
        title: text("Device"),
        facts: vec![
            fact("Name", "device-9k2m", true),
            fact("Operating system", "Windows 11", false),
            fact("Browser", "Edge 141.0", false),
            fact("Managed", "", false),
        ],
    };
    let policy = |name: &str, result: &str, mark: Mark, controls: &str| PolicyResult {
        name: text(name),
        result: text(result),
        mark,
        controls: text(controls),
    };
    SignInRecordView {
        chrome: engineer_chrome(Some(Section::Desk)),
        id: text(S),
        case: engineer_case(),
        tenant_id: text(OTHER),
        tenant: text("Fjordline Logistics"),
        collection: None,
        sign_in: sign_in(true),
        sections: vec![device],
        policies: vec![
            policy("Block outside named locations", "Failure", Mark::Refused, "Block"),
            policy("Require multifactor authentication", "Success", Mark::Done, "Multifactor authentication"),
            policy("Guests", "Not applied", Mark::Ended, ""),
        ],
        read_id: text("rd_019a0f4044447a8b9c0d1e2f3a4b5c6d"),
    }
}

fn record_hostile() -> SignInRecordView {
    let section = SignInSection {
        title: hostile(),
        facts: vec![Fact { label: hostile(), value: hostile(), masked: true }],
    };
    let policy =
        PolicyResult { name: hostile(), result: text("Failure"), mark: Mark::Refused, controls: hostile() };
    SignInRecordView {
        sign_in: sign_in_hostile(),
        sections: vec![section],
        policies: vec![policy],
        ..record()
    }
}

fn queue(rows: Vec<SupportRequestRow>) -> QueueView {
    let rows: Vec<SupportRequestRow> =
        rows.into_iter().map(|row| SupportRequestRow { reassign_href: paths::reassign(S), ..row }).collect();
    let (waiting, rows) = rows.into_iter().partition(|row| row.assigned_to.is_empty());
    QueueView { chrome: manager_chrome(), waiting, rows, older_href: None }
}

fn reassign() -> ReassignView {
    let choice = |id: &str, name: &str, hint: &str, available: bool| EngineerChoice {
        id: text(id),
        name: text(name),
        hint: text(hint),
        figures: Some(figures(id)),
        available,
        selected: false,
    };
    ReassignView {
        chrome: manager_chrome(),
        case: CaseRef { href: paths::case(S), ..engineer_case() },
        kind: ReassignKind::Manager,
        action: paths::reassign(S),
        version: text("7"),
        assigned_to: text("Rafael Ortiz"),
        engineers: vec![
            choice("usr_ines", "Ines Duarte", "Declared expertise: Conditional Access.", true),
            choice("usr_kofi", "Kofi Mensah", "", true),
            choice("usr_lena", "Lena Brandt", "Not eligible: not on shift.", false),
        ],
        reason: String::new(),
        errors: wrong(&[]),
    }
}

fn figures(id: &str) -> EngineerFigures {
    let first = id == "usr_ines";
    EngineerFigures {
        score: text(if first { "-0.94" } else { "-2.71" }),
        expertise: text(if first { "64 %" } else { "9 %" }),
        learned: text(if first { "58 %" } else { "11 %" }),
        declared: first,
        open_cases: text("3"),
        last_assigned: first.then(later),
    }
}

fn engineers() -> EngineersView {
    let row = |name: &str, enabled: bool| EngineerRow {
        name: text(name),
        href: paths::engineer("usr_ines"),
        enabled,
        region: text("Ireland"),
        expertise: vec![text("Conditional Access"), text("Single sign-on to an application")],
        languages: text("en, pt"),
        hours: text("5 spans a week, Europe/Dublin"),
        open_cases: text("3"),
    };
    let plain = EngineerRow {
        href: String::new(),
        region: String::new(),
        expertise: Vec::new(),
        languages: String::new(),
        hours: text("Always"),
        ..row("Kofi Mensah", true)
    };
    let rows = vec![row("Ines Duarte", true), row("Lena Brandt", false), plain];
    EngineersView { chrome: manager_chrome(), rows }
}

fn problem_types() -> ProblemTypesView {
    let row = |id: &str, name: &str, above: &[&str], offered: bool, retired: bool| ProblemTypeRow {
        id: text(id),
        name: text(name),
        above: above.iter().copied().map(text).collect(),
        offered,
        retired,
    };
    ProblemTypesView {
        chrome: manager_chrome(),
        rows: vec![
            row("signIn", "Sign-in", &[], false, false),
            row("signIn/conditionalAccess", "Conditional Access", &["Sign-in"], true, false),
            row("signIn/tokens", "<b>Tokens</b> & keys", &["Sign-in"], false, true),
        ],
        form: NewProblemTypeForm {
            idempotency_key: text("9f2c"),
            parents: choices(&[("", "Nothing: a group of its own"), ("signIn", "Sign-in")], "signIn"),
            id: text("to kens"),
            name: text("Tokens"),
            errors: wrong(&[("id", "The ID must be one word.")]),
        },
    }
}

fn problem_type() -> ProblemTypeView {
    ProblemTypeView {
        chrome: manager_chrome(),
        id: text("signIn/tokens"),
        version: text("7"),
        name: text("Tokens"),
        typed: text("Tokens and keys"),
        retired: false,
        retired_above: String::new(),
        has_finer: true,
        errors: FormErrors::default(),
    }
}

fn engineer() -> EngineerPageView {
    EngineerPageView {
        chrome: manager_chrome(),
        id: text("usr_ines"),
        name: text("Ines Duarte"),
        enabled: true,
        own: false,
        open_cases: text("3"),
        form: EngineerForm {
            version: text("7"),
            region: text("Ireland"),
            expertise: choices(
                &[("signIn", "Sign-in"), ("signIn/conditionalAccess", "Conditional Access")],
                "signIn",
            ),
            languages: text("en, pt"),
            clearances: text("EU personnel"),
            conflicts: String::new(),
            has_hours: true,
            time_zone: text("Europe/Dublin"),
            week: text("Monday 09:00-17:00\nTuesday 09:00-17:00"),
            days_off: text("2026-12-25"),
            cap_critical: text("4"),
            cap_moderate: text("8"),
            cap_minimal: text("12"),
            errors: wrong(&[]),
        },
    }
}

fn engineer_wrong() -> EngineerPageView {
    let page = engineer();
    let errors = wrong(&[
        ("languages", "Use two-letter codes, such as: en, de."),
        ("week", "Write each span as: Monday 09:00-17:00."),
    ]);
    let form = EngineerForm { region: hostile(), week: hostile(), errors, ..page.form };
    EngineerPageView { name: hostile(), enabled: false, own: true, form, ..page }
}

fn account(enabled: bool) -> EngineerAccountView {
    EngineerAccountView {
        chrome: manager_chrome(),
        id: text("usr_ines"),
        name: text("Ines Duarte"),
        version: text("7"),
        enabled,
        open_cases: text("3"),
    }
}

fn hand_over() -> ReassignView {
    let reassign = reassign();
    let engineers = reassign.engineers.into_iter();
    let engineers = engineers.map(|engineer| EngineerChoice { figures: None, ..engineer }).collect();
    ReassignView {
        engineers,
        kind: ReassignKind::HandOver,
        action: paths::hand_over(S),
        assigned_to: String::new(),
        reason: hostile(),
        errors: wrong(&[("engineerId", "Choose an engineer."), ("reason", "Use 2,000 characters at most.")]),
        chrome: engineer_chrome(Some(Section::Desk)),
        case: reassign.case,
        version: reassign.version,
    }
}
