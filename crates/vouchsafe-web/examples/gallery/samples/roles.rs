//! Samples of the pages about roles and tokens.

use vouchsafe_web::page::{
    self, ApiTokensView, ApproverRow, ApproversView, AssignForm, AssignmentRow, RolesView, TokenRow,
    TokenState,
};
use vouchsafe_web::{FormErrors, Section};

use super::{Sample, asked, choices, customer, hostile, later, manager_chrome, text, wrong};

pub(crate) fn samples() -> Vec<Sample> {
    let nobody = ApproversView { people: Vec::new(), required: 1, suffice: false };
    let few = ApproversView { required: 2, suffice: false, ..approvers("Alva Nygård") };
    let refused = wrong(&[("duration", "Choose one of the lengths that are offered.")]);
    let form = AssignForm { errors: refused, ..form() };
    let no_scopes = wrong(&[("scopes", "Tick at least one.")]);
    vec![
        Sample { name: "roles", html: page::roles(&roles("Alva Nygård")) },
        Sample { name: "roles-hostile", html: page::roles(&roles(&hostile())) },
        Sample {
            name: "roles-nobody",
            html: page::roles(&RolesView {
                approvers: Some(nobody),
                assignments: Vec::new(),
                form: None,
                ..roles("")
            }),
        },
        Sample {
            name: "roles-too-few",
            html: page::roles(&RolesView { approvers: Some(few), ..roles("Alva Nygård") }),
        },
        Sample {
            name: "roles-wrong",
            html: page::roles(&RolesView { form: Some(form), ..roles("Alva Nygård") }),
        },
        Sample {
            name: "roles-provider",
            html: page::roles(&RolesView {
                chrome: manager_chrome(),
                approvers: None,
                form: None,
                ..roles("Mei Tanaka")
            }),
        },
        Sample { name: "api-tokens", html: page::api_tokens(&tokens("Nightly export")) },
        Sample { name: "api-tokens-hostile", html: page::api_tokens(&tokens(&hostile())) },
        Sample {
            name: "api-tokens-made",
            html: page::api_tokens(&ApiTokensView {
                made: Some(text("vst_AAAA")),
                ..tokens("Nightly export")
            }),
        },
        Sample {
            name: "api-tokens-wrong",
            html: page::api_tokens(&ApiTokensView { errors: no_scopes, ..tokens("Nightly export") }),
        },
        Sample {
            name: "api-tokens-empty",
            html: page::api_tokens(&ApiTokensView {
                rows: Vec::new(),
                scopes: Vec::new(),
                older_href: None,
                ..tokens("")
            }),
        },
    ]
}

fn approvers(name: &str) -> ApproversView {
    let row = |name: &str, until| ApproverRow {
        name: text(name),
        user_principal_name: text("alva.nygard@fjordline.example"),
        roles: vec![text("Service Support Administrator"), text("Helpdesk Administrator")],
        until,
    };
    ApproversView { people: vec![row(name, None), row("Bo Lind", Some(later()))], required: 1, suffice: true }
}

fn form() -> AssignForm {
    AssignForm {
        idempotency_key: text("0a1b"),
        people: choices(&[("usr_1", "Alva Nygård"), ("usr_2", "Bo Lind")], "usr_1"),
        roles: choices(&[("62e90394", "Global Administrator"), ("rol_1", "Night desk")], "rol_1"),
        durations: choices(&[("", "Until I take it back"), ("P1D", "1 day")], ""),
        errors: FormErrors::default(),
    }
}

fn roles(name: &str) -> RolesView {
    let row = |id: &str, role: &str, until| AssignmentRow {
        id: text(id),
        name: text(name),
        role: text(role),
        until,
    };
    RolesView {
        chrome: customer(Some(Section::Approvers), 0),
        approvers: Some(approvers(name)),
        assignments: vec![
            row("62e90394.usr_1", "Global Administrator", None),
            row("rol_1.usr_1", name, Some(later())),
        ],
        older_href: Some(text("/settings/roles?$skiptoken=x")),
        form: Some(form()),
    }
}

fn tokens(name: &str) -> ApiTokensView {
    let row = |id: &str, state, scopes, last_used| TokenRow {
        id: text(id),
        name: text(name),
        account: text(name),
        scopes,
        expires: later(),
        last_used,
        state,
    };
    let read = vec![text("vouchsafe.support/accessRequests/read")];
    ApiTokensView {
        chrome: customer(Some(Section::ApiTokens), 0),
        made: None,
        rows: vec![
            row("tok_1", TokenState::Good, read, Some(asked())),
            row("tok_2", TokenState::Expired, Vec::new(), None),
            row("tok_3", TokenState::Ended, Vec::new(), None),
        ],
        older_href: Some(text("/settings/api-tokens?$skiptoken=x")),
        idempotency_key: text("0a1b"),
        name: text(name),
        scopes: choices(
            &[("vouchsafe.support/accessRequests/read", "vouchsafe.support/accessRequests/read")],
            "",
        ),
        durations: choices(&[("P30D", "30 days"), ("P90D", "90 days")], "P30D"),
        errors: FormErrors::default(),
    }
}
