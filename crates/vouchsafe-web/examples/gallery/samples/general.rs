//! Samples of the pages before, after and around a session.

use vouchsafe_web::page::{
    self, AccessPolicyForm, AccessPolicyView, ApiReferenceView, ChoosePersonView, LandingView, Operation,
    OperationGroup, Parameter, PersonChoice, PolicyLine, ProblemCode, ProblemCodesView, ProblemView,
    ResponseLine, SignInAsView, SignedOutView, TenantPeople,
};
use vouchsafe_web::{Chrome, Section, paths};

use super::{Sample, choices, customer, engineer_chrome, hostile, text, wrong};

pub(crate) fn samples() -> Vec<Sample> {
    vec![
        Sample { name: "choose-person-many", html: page::choose_person(&choose()) },
        Sample {
            name: "choose-person-empty",
            html: page::choose_person(&ChoosePersonView { chrome: demo(), tenants: Vec::new() }),
        },
        Sample { name: "choose-person-hostile", html: page::choose_person(&choose_hostile()) },
        Sample { name: "sign-in-as", html: page::sign_in_as(&sign_in_as()) },
        Sample { name: "signed-out", html: page::signed_out(&signed_out(false)) },
        Sample { name: "signed-out-timed-out", html: page::signed_out(&signed_out(true)) },
        Sample {
            name: "signed-out-without-sign-in",
            html: page::signed_out(&SignedOutView { sign_in_href: String::new(), ..signed_out(false) }),
        },
        Sample { name: "landing", html: page::landing(&landing()) },
        Sample {
            name: "landing-hostile",
            html: page::landing(&LandingView { lead: hostile(), links: Vec::new(), ..landing() }),
        },
        Sample { name: "problem-codes", html: page::problem_codes(&problem_codes()) },
        Sample { name: "problem", html: page::problem(&problem()) },
        Sample { name: "problem-hostile", html: page::problem(&problem_hostile()) },
        Sample { name: "not-found", html: page::not_found(&customer(None, 0)) },
        Sample { name: "not-found-signed-out", html: page::not_found(&Chrome::default()) },
        Sample { name: "access-policy", html: page::access_policy(&policy()) },
        Sample {
            name: "access-policy-empty",
            html: page::access_policy(&AccessPolicyView { lines: Vec::new(), ..policy() }),
        },
        Sample { name: "access-policy-form", html: page::access_policy(&policy_form()) },
        Sample { name: "api-reference", html: page::api_reference(&reference()) },
        Sample {
            name: "api-reference-empty",
            html: page::api_reference(&ApiReferenceView {
                chrome: Chrome::default(),
                groups: Vec::new(),
                ..reference()
            }),
        },
    ]
}

fn demo() -> Chrome {
    Chrome { demo: true, ..Chrome::default() }
}

fn person(id: &str, name: &str, role: &str, hint: &str) -> PersonChoice {
    PersonChoice {
        user_id: text(id),
        name: text(name),
        user_principal_name: format!("{}@fjordline.example", id.trim_start_matches("usr_")),
        roles: vec![text(role)],
        hint: text(hint),
    }
}

fn choose() -> ChoosePersonView {
    let customer = TenantPeople {
        name: text("Fjordline Logistics"),
        is_provider: false,
        people: vec![
            person(
                "usr_alva",
                "Alva Nygård",
                "Service Support Administrator",
                "Approve or reject what waits.",
            ),
            person(
                "usr_bo",
                "Bo Lindqvist",
                "Security Reader",
                "Look at the audit log and at what was read.",
            ),
            person("usr_cara", "Cara Haugen", "Global Administrator", ""),
        ],
    };
    let provider = TenantPeople {
        name: text("Lumen Cloud"),
        is_provider: true,
        people: vec![
            person("usr_rafael", "Rafael Ortiz", "Support Engineer", "Read sign-ins under a live approval."),
            person("usr_mei", "Mei Tanaka", "Support Manager", "Reassign support requests."),
        ],
    };
    ChoosePersonView { chrome: demo(), tenants: vec![customer, provider] }
}

fn choose_hostile() -> ChoosePersonView {
    let somebody = PersonChoice {
        user_id: text("usr_x"),
        name: hostile(),
        user_principal_name: hostile(),
        roles: vec![hostile(), hostile()],
        hint: hostile(),
    };
    let tenant = TenantPeople { name: hostile(), is_provider: false, people: vec![somebody] };
    ChoosePersonView { chrome: demo(), tenants: vec![tenant] }
}

fn sign_in_as() -> SignInAsView {
    let person = person("usr_alva", "Alva Nygård", "Service Support Administrator", "Approve what waits.");
    SignInAsView { chrome: demo(), person, tenant_name: text("Fjordline Logistics") }
}

fn signed_out(timed_out: bool) -> SignedOutView {
    SignedOutView { chrome: demo(), timed_out, sign_in_href: paths::demo() }
}

fn landing() -> LandingView {
    LandingView {
        chrome: customer(Some(Section::Home), 0),
        lead: text("Your roles let you read your organisation’s audit log."),
        links: vec![(text("Audit log"), paths::audit_log())],
    }
}

fn problem_codes() -> ProblemCodesView {
    let code = ProblemCode {
        code: text("noLiveGrant"),
        status: 403,
        title: text("No live grant covers this"),
        meaning: text("Ask for access, or wait until the tenant of the data has approved."),
    };
    let worse = ProblemCode { code: text("other"), title: hostile(), meaning: hostile(), ..code.clone() };
    ProblemCodesView { chrome: Chrome::default(), codes: vec![code, worse] }
}

fn problem() -> ProblemView {
    ProblemView {
        chrome: customer(None, 1),
        title: text("Too many requests"),
        detail: text("Wait a minute, then try again."),
        status: 429,
        code: text("tooManyRequests"),
        request_id: text("019a0f3c-5d6e-7a8b-9c0d-1e2f3a4b5c6d"),
        back_href: String::new(),
    }
}

fn problem_hostile() -> ProblemView {
    ProblemView {
        chrome: Chrome::default(),
        title: hostile(),
        detail: hostile(),
        request_id: hostile(),
        back_href: paths::desk(),
        ..problem()
    }
}

fn line(label: &str, value: &str, explanation: &str) -> PolicyLine {
    PolicyLine { label: text(label), value: text(value), explanation: text(explanation) }
}

fn policy() -> AccessPolicyView {
    AccessPolicyView {
        chrome: customer(Some(Section::Settings), 0),
        lines: vec![
            line("Pending requests expire after", "4 days", "Without a decision, a request ends by itself."),
            line("Longest access", "30 days", "No approval can be longer."),
            line("Consent with a support request", "Offered", "Whether people may answer yes or no."),
            line("Consent ends after", "30 days", "Even if the support request stays open."),
            line("Access pauses after", "7 days", "Without a read. It goes on when you confirm."),
            line("People who must approve", "1", "How many have to agree before anything can be read."),
            line("How sure we must be who decides", "Passkey", "What a person must show to approve."),
            line("Access passes on at reassignment", "Yes", "If the next engineer meets your rules."),
        ],
        form: None,
    }
}

fn policy_form() -> AccessPolicyView {
    let days = |chosen| choices(&[("P1D", "1 day"), ("P7D", "7 days"), ("P30D", "30 days")], chosen);
    let yes_no = |chosen| choices(&[("true", "Yes"), ("false", "No")], chosen);
    let form = AccessPolicyForm {
        version: text("12"),
        pending_expiry: days("P7D"),
        max_duration: days("P30D"),
        consent_offered: yes_no("true"),
        consent_duration: days("P30D"),
        idle_pause: days("P7D"),
        required: choices(&[("1", "1"), ("2", "2"), ("3", "3")], "2"),
        approvers: choices(&[("usr_a", "Alva Nygård"), ("usr_b", "Cara Haugen")], "usr_a"),
        ticket_umbrella: yes_no("true"),
        inherit_on_reassign: yes_no("false"),
        regions: hostile(),
        excluded: String::new(),
        assurance: choices(&[("token", "A session or token"), ("passkey", "A passkey")], "passkey"),
        signed: true,
        errors: wrong(&[(
            "approvals.required",
            "The rule asks for 2 people who may approve access, but there is 1.",
        )]),
    };
    AccessPolicyView { form: Some(Box::new(form)), ..policy() }
}

fn reference() -> ApiReferenceView {
    let approve = Operation {
        id: text("approve-access-request"),
        method: text("POST"),
        path: text("/v1.0/support/accessRequests/{id}/approve"),
        summary: text("Approves a support access request, narrowed or not."),
        description: text("Below the tenant's assurance the answer is 403 assuranceRequired."),
        parameters: vec![
            Parameter {
                name: text("id"),
                place: text("path"),
                required: true,
                description: text("The sar_ id."),
            },
            Parameter {
                name: text("narrowTo"),
                place: text("body"),
                required: false,
                description: String::new(),
            },
        ],
        responses: vec![
            ResponseLine { status: text("200"), description: text("The request, as decided.") },
            ResponseLine { status: text("409"), description: text("conflict or alreadyEnded.") },
        ],
    };
    let hostile = Operation {
        id: text("hostile"),
        method: text("GET"),
        path: hostile(),
        summary: hostile(),
        description: hostile(),
        parameters: Vec::new(),
        responses: Vec::new(),
    };
    let support = OperationGroup { id: text("support"), name: text("Support"), operations: vec![approve] };
    let other = OperationGroup { id: text("other"), name: text("Other"), operations: vec![hostile] };
    ApiReferenceView {
        chrome: engineer_chrome(Some(Section::ApiReference)),
        version: text("1.0"),
        openapi_href: text("/openapi.json"),
        groups: vec![support, other],
    }
}
