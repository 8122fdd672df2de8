//! Samples of the ways in, the own account, and the people of a tenant.

use vouchsafe_web::page::{
    self, AccountLinksView, AccountView, ElsewhereView, EnrolView, EnterView, LinkRow, LinkState, OfferView,
    PassView, PasskeyRow, PeopleView, PersonActs, PersonRow, PersonView, SessionRow,
};
use vouchsafe_web::{Chrome, FormErrors, Section, paths};

use super::{Sample, asked, customer, hostile, later, text, wrong};

const USR: &str = "usr_019a0f3c5d6e7a8b9c0d1e2f3a4b5c6d";

pub(crate) fn samples() -> Vec<Sample> {
    vec![
        Sample { name: "enter", html: page::enter(&enter(true)) },
        Sample { name: "enter-without-passkeys", html: page::enter(&enter(false)) },
        Sample { name: "enrol", html: page::enrol(&EnrolView { chrome: Chrome::default(), offered: true }) },
        Sample { name: "account-links", html: page::account_links(&links(text("Alex Moreau"))) },
        Sample { name: "account-links-hostile", html: page::account_links(&links(hostile())) },
        Sample {
            name: "account-links-empty",
            html: page::account_links(&AccountLinksView {
                rows: Vec::new(),
                made: None,
                offer: None,
                ..links(text("x"))
            }),
        },
        Sample { name: "account", html: page::account(&account(text("Work phone"))) },
        Sample { name: "account-hostile", html: page::account(&account(hostile())) },
        Sample {
            name: "account-empty",
            html: page::account(&AccountView { passkeys: Vec::new(), ..account(text("x")) }),
        },
        Sample { name: "people-many", html: page::people(&people(text("Alva Nygård"))) },
        Sample { name: "people-hostile", html: page::people(&people(hostile())) },
        Sample {
            name: "people-wrong",
            html: page::people(&PeopleView {
                display_name: text("Uma"),
                user_principal_name: text("uma"),
                errors: wrong(&[("userPrincipalName", "The sign-in name must look like name@domain.")]),
                ..people(text("Alva Nygård"))
            }),
        },
        Sample { name: "person", html: page::person(&person(text("Bo Dahl"))) },
        Sample { name: "person-hostile", html: page::person(&person(hostile())) },
        Sample { name: "pass", html: page::pass(&pass(text("Bo Dahl"))) },
        Sample {
            name: "pass-shown-before",
            html: page::pass(&PassView { link: String::new(), ..pass(hostile()) }),
        },
    ]
}

fn enter(offered: bool) -> EnterView {
    let one = |name: &str| ElsewhereView { name: text(name), href: paths::sign_in_with("t", "idp_1") };
    EnterView {
        chrome: Chrome::default(),
        offered,
        elsewhere: if offered { vec![one("Lumen Cloud")] } else { Vec::new() },
    }
}

fn key(name: String) -> PasskeyRow {
    PasskeyRow {
        credential: text("AbC-123_x"),
        name,
        created: asked(),
        used: Some(later()),
        signs_from: None,
        removable: true,
    }
}

fn account(name: String) -> AccountView {
    let session = |id: &str, current| SessionRow {
        id: text(id),
        began: asked(),
        seen: later(),
        ends: later(),
        passkey: if current { name.clone() } else { String::new() },
        current,
    };
    AccountView {
        chrome: customer(Some(Section::Account), 0),
        user_principal_name: text("alva@fjordline.example"),
        offered: true,
        sessions: vec![session("ses_1", true), session("ses_2", false)],
        passkeys: vec![
            key(name),
            PasskeyRow { used: None, signs_from: Some(later()), ..key(text("Security key")) },
        ],
    }
}

fn row(name: String, enabled: bool) -> PersonRow {
    PersonRow {
        id: text(USR),
        name,
        user_principal_name: text("bo@fjordline.example"),
        roles: if enabled { vec![text("Security Reader"), text("Global Reader")] } else { Vec::new() },
        enabled,
        service: false,
    }
}

fn people(name: String) -> PeopleView {
    PeopleView {
        chrome: customer(Some(Section::People), 0),
        rows: vec![
            row(name, true),
            row(String::new(), false),
            PersonRow { service: true, ..row(text("Log export"), true) },
        ],
        may_invite: true,
        idempotency_key: text("k"),
        display_name: String::new(),
        user_principal_name: String::new(),
        errors: FormErrors::default(),
    }
}

fn person(name: String) -> PersonView {
    PersonView {
        chrome: customer(Some(Section::People), 0),
        person: row(name, true),
        version: 3,
        idempotency_key: text("k"),
        passkeys: vec![key(text("Work phone"))],
        acts: PersonActs { rename: true, enable: true, delete: true, sign_in: true },
        errors: FormErrors::default(),
    }
}

fn pass(name: String) -> PassView {
    PassView {
        chrome: customer(Some(Section::People), 0),
        name,
        person_href: paths::person(USR),
        link: text("https://support.example/enrol#vse_AbC"),
        expires: later(),
        recovery: true,
    }
}

fn links(name: String) -> AccountLinksView {
    let row = |state, shown: &str, account: &str| LinkRow {
        id: "lnk_0196f000000070000000000000000001".to_owned(),
        account: account.to_owned(),
        shown: shown.to_owned(),
        other_tenant: "8b1f0d5c-3f61-4b7e-9c3a-5f2f4c2f7d11".to_owned(),
        created: asked(),
        state,
        can_agree: state == LinkState::AwaitingAgreement,
        can_confirm: state == LinkState::AwaitingConfirmation,
        can_remove: state != LinkState::Ended,
    };
    AccountLinksView {
        chrome: customer(Some(Section::Account), 0),
        made: Some("vsl_made-once".to_owned()),
        offer: Some(OfferView {
            code: "vsl_typed".to_owned(),
            name: name.clone(),
            user_principal_name: "alex.moreau@fabrikam.example".to_owned(),
            tenant: "Fabrikam".to_owned(),
        }),
        rows: vec![
            row(LinkState::AwaitingAgreement, &name, ""),
            row(LinkState::AwaitingConfirmation, "", &name),
            row(LinkState::Active, &name, ""),
            row(LinkState::Ended, &name, ""),
        ],
        older_href: None,
        errors: FormErrors::default(),
    }
}
