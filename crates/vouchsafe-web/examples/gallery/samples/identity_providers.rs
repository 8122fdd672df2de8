//! Samples of the pages about identity providers.

use vouchsafe_web::page::{self, IdentityProviderView, IdentityProvidersView, ProviderForm, ProviderRow};
use vouchsafe_web::{FormErrors, Section};

use super::{Sample, customer, hostile, manager_chrome, text, wrong};

pub(crate) fn samples() -> Vec<Sample> {
    let refused = wrong(&[
        ("issuer", "The issuer must be https://HOST[:PORT][/PATH]."),
        ("requiredClaims", "Write a claim, = and its value, one a line."),
        ("roleMappings", "`Helper` is no role of your organisation."),
    ]);
    vec![
        Sample { name: "identity-providers", html: page::identity_providers(&all("Fjordline sign-in")) },
        Sample { name: "identity-providers-hostile", html: page::identity_providers(&all(&hostile())) },
        Sample {
            name: "identity-providers-wrong",
            html: page::identity_providers(&IdentityProvidersView {
                form: Some(ProviderForm { errors: refused, ..form("") }),
                ..all("Fjordline sign-in")
            }),
        },
        Sample {
            name: "identity-providers-vendor",
            html: page::identity_providers(&IdentityProvidersView {
                chrome: manager_chrome(),
                rows: Vec::new(),
                form: None,
                in_file: true,
            }),
        },
        Sample { name: "identity-provider", html: page::identity_provider(&one("Fjordline sign-in")) },
        Sample { name: "identity-provider-hostile", html: page::identity_provider(&one(&hostile())) },
    ]
}

fn row(id: &str, name: &str, enabled: bool) -> ProviderRow {
    ProviderRow {
        id: text(id),
        name: text(name),
        issuer: text("https://login.fjordline.example/realms/staff"),
        client_id: text("vouchsafe"),
        has_secret: enabled,
        enabled,
    }
}

fn form(version: &str) -> ProviderForm {
    ProviderForm {
        idempotency_key: text("0a1b"),
        version: text(version),
        display_name: text("Fjordline sign-in"),
        issuer: text("https://login.fjordline.example/realms/staff"),
        client_id: text("vouchsafe"),
        scope: text("openid profile email"),
        user_name_claim: text("preferred_username"),
        groups_claim: text("groups"),
        required_claims: text("hd = fjordline.example"),
        just_in_time: true,
        role_mappings: text("approvers = Service Support Administrator"),
        enabled: true,
        errors: FormErrors::default(),
    }
}

fn all(name: &str) -> IdentityProvidersView {
    IdentityProvidersView {
        chrome: customer(Some(Section::IdentityProviders), 0),
        rows: vec![row("idp_1", name, true), row("idp_2", name, false)],
        form: Some(ProviderForm { display_name: text(name), ..form("") }),
        in_file: false,
    }
}

fn one(name: &str) -> IdentityProviderView {
    let at = |rest: &str| format!("https://support.example/sign-in/with/t/idp_1{rest}");
    IdentityProviderView {
        chrome: customer(Some(Section::IdentityProviders), 0),
        row: row("idp_1", name, true),
        sign_in_url: at(""),
        redirect_uri: at("/callback"),
        logout_uri: at("/logout"),
        form: Some(ProviderForm { display_name: text(name), ..form("7") }),
    }
}
