//! What is wrong with a form, in words beside its fields; and refusals that the next page explains better.

use vouchsafe_app::AppError;
use vouchsafe_core::id::UserId;
use vouchsafe_core::personal::Personal;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::scope::users_typed;
use vouchsafe_core::time::Timestamp;
use vouchsafe_web::{FieldError, FormErrors, Notice};

use super::answer::Failure;
use super::form::Fields;
use super::moment::typed;
use crate::problem::sentence;

/// How a form that was refused goes on.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Show it again with what is wrong.
    Form(FormErrors),
    /// Its time is over: show the thing as it is now, and say so.
    Over(Notice),
}

/// Sorts a refusal. `first` is the field beside which stands what concerns the form as a whole.
///
/// # Errors
/// What has a page of its own: nothing here, not allowed, not available.
pub(crate) fn trouble(error: AppError, first: &str) -> Result<Trouble, Failure> {
    Ok(match error {
        AppError::Rejected(Rejection::Invalid { field, message }) => Trouble::Form(invalid(&field, &message)),
        AppError::Rejected(Rejection::TooMany(message)) => Trouble::Form(wrong(first, &sentence(&message))),
        AppError::Rejected(Rejection::Conflict) => Trouble::Over(Notice::AlreadyDecided),
        AppError::Rejected(Rejection::AlreadyEnded) => Trouble::Over(Notice::AlreadyEnded),
        AppError::Rejected(Rejection::CaseClosed) => Trouble::Over(Notice::CaseClosed),
        AppError::Stale => Trouble::Over(Notice::PageWasOld),
        AppError::IdempotencyMismatch => Trouble::Form(wrong(
            first,
            "You sent this form before with other words. Send it again if you mean it a second time.",
        )),
        error @ (AppError::Unauthenticated
        | AppError::TokenExpired
        | AppError::TokenRevoked
        | AppError::NotFound
        | AppError::Forbidden
        | AppError::Rejected(Rejection::AssuranceRequired | Rejection::Forbidden(_))
        | AppError::Assurance(_)
        | AppError::NoRead(_)
        | AppError::BadQuery { .. }
        | AppError::Masked(_)
        | AppError::MaskedOrder(_)
        | AppError::TooCostly
        | AppError::TooManyTyped { .. }
        | AppError::Upstream(_)
        | AppError::SignIn(_)
        | AppError::BadImport(_)
        | AppError::TooLarge(_)
        | AppError::FileRefused(_)
        | AppError::BadUpload(_)
        | AppError::Stalled(_)
        | AppError::Busy
        | AppError::Unavailable(_)
        | AppError::Internal(_)) => return Err(error.into()),
    })
}

/// What is wrong with a file, beside its field.
///
/// # Errors
/// What has a page of its own.
pub(crate) fn refused_file(name: &str, error: AppError) -> Result<String, Failure> {
    if let AppError::FileRefused(said) | AppError::TooLarge(said) | AppError::BadUpload(said) = &error {
        return Ok(format!("{name} was not taken: {}.", said.trim_end_matches('.')));
    }
    let why = match trouble(error, "file")? {
        Trouble::Over(notice) => notice.text().to_owned(),
        Trouble::Form(errors) => errors.items.into_iter().map(|error| error.message).collect(),
    };
    Ok(format!("{name} was not taken. {why}"))
}

/// One thing that is wrong.
pub(crate) fn wrong(field: &str, message: &str) -> FormErrors {
    FormErrors::from(vec![FieldError { field: field.to_owned(), message: message.to_owned() }])
}

/// The time in a form's field; none for nothing.
///
/// # Errors
/// What is wrong beside the field.
pub(crate) fn time(fields: &Fields, name: &str) -> Result<Option<Timestamp>, FormErrors> {
    typed(fields.text(name)).map_err(|_| wrong(name, "Write a date and a time, such as 2026-11-23T09:00."))
}

/// The people of a form's `users`: one a line, or one a tick. Nobody is no limit.
///
/// # Errors
/// What is wrong beside the field; `path` is what the contract calls it.
pub(crate) fn users(
    fields: &Fields,
    path: &str,
    writer: UserId,
) -> Result<Option<Vec<Personal>>, FormErrors> {
    let lines = fields.all("users").flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty());
    let texts: Vec<String> = lines.map(str::to_owned).collect();
    if texts.is_empty() {
        return Ok(None);
    }
    match users_typed(path, &texts, writer) {
        Ok(users) => Ok(Some(users)),
        Err(Rejection::Invalid { field, message }) => Err(invalid(&field, &message)),
        Err(other) => Err(wrong("users", &other.to_string())),
    }
}

fn invalid(path: &str, message: &str) -> FormErrors {
    let field = field_of(path);
    let text = match (field.as_str(), label(&field)) {
        ("dataTo", _) => "Choose a time after the first one.".to_owned(),
        ("dataFrom", _) => "Choose a time range inside the one that was asked for.".to_owned(),
        ("dataCategories", _) => "Tick at least one, and none that was not asked for.".to_owned(),
        ("users", _) if message.contains("not asked for") => "Tick at least one.".to_owned(),
        ("users", _) => {
            "Write object IDs or user principal names, one a line and 100 at most, without spaces.".to_owned()
        }
        ("duration", _) => "Choose one of the lengths that are offered.".to_owned(),
        ("contact.email", _) => "Write an e-mail address, such as ada@contoso.example.".to_owned(),
        ("contact.timeZone", _) => "Write a time zone such as Europe/Berlin or UTC.".to_owned(),
        (_, Some(label)) => format!("{label} {}.", message.replace('`', "")),
        (_, None) => format!("`{path}` {message}."),
    };
    wrong(&field, &text)
}

/// The form's field for a path of the contract.
fn field_of(path: &str) -> String {
    let path = path.strip_prefix("narrowTo/").unwrap_or(path);
    match path.split_once('/') {
        Some((list @ ("requiredClaims" | "roleMappings"), _)) => list.to_owned(),
        Some(("filter", inner)) => inner.split('/').next().unwrap_or(inner).to_owned(),
        Some((outer, inner)) => format!("{outer}.{inner}"),
        None if path == "filter" => "dataFrom".to_owned(),
        None => path.to_owned(),
    }
}

/// What the field is called on its page, as the start of a sentence.
fn label(field: &str) -> Option<&'static str> {
    Some(match field {
        "title" => "The title",
        "description" => "The description",
        "service" => "The service",
        "problemType" => "The kind of problem",
        "contact.name" => "The name",
        "contact.email" => "The e-mail address",
        "contact.language" => "The language",
        "contact.timeZone" => "The time zone",
        "resourceTenantIds" => "The list of tenants",
        "resourceTenantId" => "The tenant",
        "justification" => "This explanation",
        "comment" => "The comment",
        "reason" => "The reason",
        "name" => "Its name",
        "code" | "decisionAssurance" => "This",
        "body" => "The message",
        "instructions" => "The description of what to collect",
        "tenantId" => "The tenant",
        "engineerId" => "This engineer",
        "property" => "This property",
        "displayName" => "The name",
        "scopes" | "requiredClaims" | "roleMappings" => "The list",
        "issuer" => "The issuer",
        "clientId" => "The client ID",
        "clientSecret" => "The secret",
        "scope" => "The scope",
        "claimsMapping.userPrincipalName" | "claimsMapping.groups" => "The claim",
        "id" => "The ID",
        "retired" => "This",
        "principalId" => "This person",
        "roleDefinitionId" => "This role",
        "value" => "This value",
        "approvals.required" => "The rule",
        "approvals.approverIds" => "The list of approvers",
        "pendingExpiry" | "maxDuration" | "consentDuration" | "idlePause" => "This length",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(field: &str, message: &str) -> (String, String) {
        let error = AppError::Rejected(Rejection::invalid(field, message));
        let Trouble::Form(errors) = trouble(error, "x").unwrap() else { panic!("a form") };
        let only = errors.items.into_iter().next().unwrap();
        (only.field, only.message)
    }

    #[test]
    fn fields_of_the_contract_are_fields_of_the_form() {
        assert_eq!(
            said("contact/email", "must be an e-mail address"),
            ("contact.email".to_owned(), "Write an e-mail address, such as ada@contoso.example.".to_owned())
        );
        assert_eq!(
            said("title", "must have 1 to 200 characters").1,
            "The title must have 1 to 200 characters."
        );
        assert_eq!(said("narrowTo/filter/dataTo", "must be later").0, "dataTo");
        assert_eq!(said("filter/users/3", "must have 1 to 256 characters").0, "users");
        assert_eq!(said("narrowTo/filter", "must lie inside").0, "dataFrom");
        assert_eq!(said("narrowTo/dataCategories", "must keep one").0, "dataCategories");
    }

    #[test]
    fn what_has_a_page_of_its_own_is_no_matter_of_the_form() {
        assert!(trouble(AppError::NotFound, "x").is_err());
        assert!(matches!(trouble(AppError::Stale, "x"), Ok(Trouble::Over(Notice::PageWasOld))));
    }
}
