//! Why a rule says no.

use crate::person::Person;
use crate::personal::Personal;
use crate::support_request::REASON_CHARS_MAX;

/// A command that the rules refuse. Each case is one that a caller can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// A value is outside its documented range or form.
    #[error("`{field}` {message}")]
    Invalid {
        /// Path of the field in the request.
        field: String,
        /// What is wrong, as the end of a sentence that starts with the field.
        message: String,
    },
    /// Someone of the caller's own tenant has decided.
    #[error("someone of your organisation has already decided")]
    Conflict,
    /// The caller's own side ended otherwise.
    #[error("this has already ended")]
    AlreadyEnded,
    /// The support request is closed.
    #[error("the support request is closed")]
    CaseClosed,
    /// The tenant asks for a stronger proof of who decides.
    #[error("this decision needs a stronger sign-in")]
    AssuranceRequired,
    /// As much of this is going on as may be; the text says what to wait for.
    #[error("{0}")]
    TooMany(String),
    /// The caller may see the thing but this rule forbids the act to this person.
    #[error("{0}")]
    Forbidden(&'static str),
}

impl Rejection {
    /// A value that is wrong, with where and why.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), message: message.into() }
    }
}

/// A reason or comment as typed, under its writer's key; nothing typed is none.
///
/// # Errors
/// [`Rejection::Invalid`] naming `field`, if it is too long.
pub(crate) fn remark(field: &str, text: Option<&str>, by: &Person) -> Result<Option<Personal>, Rejection> {
    let text = text_within(field, text.unwrap_or(""), 0, REASON_CHARS_MAX)?;
    Ok((!text.is_empty()).then(|| Personal::new(by.id, text)))
}

/// Checks that a text has between `min` and `max` characters once trimmed, and no control characters but line
/// breaks and tabs; gives the trimmed text.
///
/// # Errors
/// [`Rejection::Invalid`] naming `field`.
pub fn text_within(field: &str, text: &str, min: usize, max: usize) -> Result<String, Rejection> {
    let text = text.trim();
    let length = text.chars().count();
    if length < min || length > max {
        let bounds = if min == 0 {
            format!("must have at most {max} characters")
        } else {
            format!("must have {min} to {max} characters")
        };
        return Err(Rejection::invalid(field, bounds));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Rejection::invalid(field, "must not contain control characters"));
    }
    if text.chars().any(misleads) {
        return Err(Rejection::invalid(
            field,
            "must not contain characters that hide or turn what stands beside them",
        ));
    }
    Ok(text.to_owned())
}

/// Characters that show a text as another one than it is: they turn its direction (Unicode UAX 9, explicit formatting), or
/// are not seen at all. Joiners, which several scripts write with, do not.
fn misleads(c: char) -> bool {
    is_invisible(c) && !matches!(c, '\u{200c}'..='\u{200f}')
}

/// Characters that turn the direction of a text or cannot be seen.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
