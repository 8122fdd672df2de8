//! People and passkeys on their way out.

use vouchsafe_api::user::{Fido2Method, TemporaryAccessPass, User};
use vouchsafe_app::PassView;
use vouchsafe_core::passkey::PasskeyRecord;
use vouchsafe_core::person::PersonKind;
use vouchsafe_core::role;
use vouchsafe_core::setup::Account;
use vouchsafe_core::time::Timestamp;

/// Names of the roles that somebody holds at this instant; one of the tenant's own stands by its id.
pub(crate) fn role_names(account: &Account, now: Timestamp) -> Vec<String> {
    let name = |id: &str| role::by_template_id(id).map_or(id, |role| role.display_name).to_owned();
    account.held(now).map(name).collect()
}

pub(crate) fn user(account: &Account, now: Timestamp) -> User {
    let person = &account.person;
    User {
        id: person.id,
        display_name: person.display_name.text().to_owned(),
        user_principal_name: person.user_principal_name.text().to_owned(),
        account_enabled: person.active,
        is_service_account: person.kind == PersonKind::Service,
        roles: role_names(account, now),
    }
}

/// A pass; `secret` only the first time.
pub(crate) fn pass(view: &PassView, secret: Option<String>, base: &str) -> TemporaryAccessPass {
    let minutes = (view.expires.as_micros() - view.created.as_micros()) / 60_000_000;
    TemporaryAccessPass {
        id: view.id,
        enrolment_url: secret.as_deref().map(|secret| enrolment_url(base, secret)),
        temporary_access_pass: secret,
        start_date_time: view.created,
        lifetime_in_minutes: u32::try_from(minutes).unwrap_or(u32::MAX),
        is_usable_once: true,
        is_recovery: view.recovery,
    }
}

/// The link that enrols. The secret stands behind the `#`, which browsers send to nobody.
pub(crate) fn enrolment_url(base: &str, secret: &str) -> String {
    format!("{base}{}#{secret}", vouchsafe_web::paths::enrol())
}

pub(crate) fn passkey(record: PasskeyRecord) -> Fido2Method {
    let passkey = record.passkey;
    Fido2Method {
        id: passkey.credential,
        display_name: passkey.name.text().to_owned(),
        created_date_time: passkey.created,
        last_used_date_time: record.last_used,
        signs_from_date_time: passkey.signs_from,
        public_key: passkey.public_key,
    }
}
