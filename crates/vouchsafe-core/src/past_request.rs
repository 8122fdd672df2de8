//! Requests that were resolved before Vouchsafe came, which the provider brings in so that assignment learns from them
//! (`routing.md`). They are the provider's own: no tenant's case, nothing that anybody works on.

use serde::{Deserialize, Serialize};

use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::id::{TenantId, UserId};
use crate::permit::ImportPast;
use crate::personal::Personal;
use crate::rejection::{Rejection, text_within};
use crate::support_request::{BODY_CHARS_MAX, EXTERNAL_ID_CHARS_MAX, Severity, TITLE_CHARS_MAX};
use crate::time::Timestamp;

/// Components of a past request that are looked at; further ones teach nothing.
const COMPONENTS_MAX: usize = 16;
/// Characters of a component.
const COMPONENT_CHARS_MAX: usize = 128;
/// Words that other systems have for what stands still.
const CRITICAL: [&str; 6] = ["critical", "blocker", "urgent", "highest", "emergency", "p1"];
/// Words that other systems have for what troubles little.
const MINIMAL: [&str; 6] = ["minimal", "minor", "trivial", "low", "lowest", "p4"];

/// A resolved request of the time before.
///
/// Its texts are sealed under the key of whoever resolved it: what it teaches is about that person, and goes with him or
/// her.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PastRequest {
    /// What it is called in the system that it comes from.
    pub id: String,
    /// The provider.
    pub tenant: TenantId,
    /// One line.
    pub title: Personal,
    /// What was wrong, as far as a request here may say it.
    pub description: Personal,
    /// What it was filed under there: ids of problem types, or words of the other system.
    pub problem_types: Vec<String>,
    /// How much it hurt.
    pub severity: Severity,
    /// Who resolved it.
    pub engineer: UserId,
    /// When it was opened.
    pub created: Timestamp,
    /// When it was resolved.
    pub resolved: Timestamp,
}

/// A past request as another system writes it.
#[derive(Debug, Clone, Default)]
pub struct PastText<'a> {
    /// 1 to 128 visible ASCII characters.
    pub id: &'a str,
    /// RFC 3339.
    pub created: &'a str,
    /// RFC 3339.
    pub resolved: &'a str,
    /// A word for how much it hurt; what is not known is moderate.
    pub priority: &'a str,
    /// What it was filed under, separated by commas; may be empty.
    pub component: &'a str,
    /// 1 character or more; what is beyond 200 is cut off.
    pub title: &'a str,
    /// What is beyond 10,000 characters is cut off.
    pub description: &'a str,
}

impl PastRequest {
    /// A past request from its texts.
    ///
    /// # Errors
    /// [`Rejection::Invalid`] names the first part that is wrong.
    pub fn read(
        text: &PastText<'_>,
        tenant: TenantId,
        engineer: UserId,
        now: Timestamp,
    ) -> Result<Self, Rejection> {
        let id = text_within("id", text.id, 1, EXTERNAL_ID_CHARS_MAX)?;
        if !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Rejection::invalid("id", "must consist of visible ASCII characters"));
        }
        let time = |field: &str, text: &str| {
            text.trim().parse().map_err(|error| Rejection::invalid(field, format!("is {error}")))
        };
        let created: Timestamp = time("createdDateTime", text.created)?;
        let resolved: Timestamp = time("resolvedDateTime", text.resolved)?;
        if resolved < created {
            return Err(Rejection::invalid("resolvedDateTime", "is before `createdDateTime`"));
        }
        if resolved > now {
            return Err(Rejection::invalid("resolvedDateTime", "is not over yet"));
        }
        let title = cut(text.title, TITLE_CHARS_MAX);
        if title.is_empty() {
            return Err(Rejection::invalid("title", "is empty"));
        }
        let components = text.component.split(',').map(|one| cut(one, COMPONENT_CHARS_MAX));
        let components = components.filter(|one| !one.is_empty()).map(str::to_owned);
        Ok(Self {
            id,
            tenant,
            title: Personal::new(engineer, title),
            description: Personal::new(engineer, cut(text.description, BODY_CHARS_MAX)),
            problem_types: components.take(COMPONENTS_MAX).collect(),
            severity: severity_of(text.priority),
            engineer,
            created,
            resolved,
        })
    }
}

/// The beginning of a trimmed text.
fn cut(text: &str, max: usize) -> &str {
    let text = text.trim();
    text.char_indices().nth(max).map_or(text, |(end, _)| text.get(..end).unwrap_or(text).trim_end())
}

/// What another system's word for the priority means here.
fn severity_of(priority: &str) -> Severity {
    let word = priority.trim().to_ascii_lowercase();
    if CRITICAL.contains(&word.as_str()) {
        Severity::Critical
    } else if MINIMAL.contains(&word.as_str()) {
        Severity::Minimal
    } else {
        Severity::Moderate
    }
}

/// Takes past requests in that are new, and records how many were there already or were refused beside them.
pub fn take_in(
    provider: TenantId,
    new: Vec<PastRequest>,
    already_present: u64,
    rejected: u64,
    cx: &Context,
) -> Decided<ImportPast> {
    let imported = u64::try_from(new.len()).unwrap_or(u64::MAX);
    let mut draft = Draft::new(cx);
    draft.entry(provider, Activity::PastRequestsImported, provider, None).event(Event::Imported {
        imported,
        already_present,
        rejected,
    });
    for past in new {
        draft.put(Write::PastRequest(Box::new(past)));
    }
    draft.decided(provider)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Id as _, uuid_v7};

    fn read<'a>(change: impl FnOnce(&mut PastText<'a>)) -> Result<PastRequest, String> {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let mut text = PastText {
            id: "HBASE-688",
            created: "2007-11-06T05:45:00Z",
            resolved: "2007-11-06T20:47:00Z",
            title: "Method throws",
            ..PastText::default()
        };
        change(&mut text);
        let engineer = UserId::from_uuid(uuid_v7(now, [1; 10]));
        PastRequest::read(&text, TenantId::from_uuid(uuid_v7(now, [2; 10])), engineer, now)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(read(|_| {}).is_ok());
        let wrong = |change: fn(&mut PastText<'static>)| read(change).unwrap_err();
        assert!(wrong(|text| text.id = "").starts_with("`id`"));
        assert!(wrong(|text| text.id = "a b").starts_with("`id`"));
        assert!(wrong(|text| text.created = "yesterday").starts_with("`createdDateTime` is not an RFC 3339"));
        assert_eq!(
            wrong(|text| text.resolved = "2007-11-06T05:44:00Z"),
            "`resolvedDateTime` is before `createdDateTime`"
        );
        assert_eq!(
            wrong(|text| text.resolved = "2099-01-01T00:00:00Z"),
            "`resolvedDateTime` is not over yet"
        );
        assert_eq!(wrong(|text| text.title = " "), "`title` is empty");
    }

    #[test]
    fn words_of_other_systems_are_understood_and_long_texts_cut() {
        let severity = |priority: &'static str| read(|text| text.priority = priority).unwrap().severity;
        assert_eq!(severity("Blocker"), Severity::Critical);
        assert_eq!(severity(" trivial"), Severity::Minimal);
        assert_eq!((severity("Major"), severity("")), (Severity::Moderate, Severity::Moderate));
        let filed = read(|text| text.component = "master, ,signIn/conditionalAccess").unwrap().problem_types;
        assert_eq!(filed, ["master", "signIn/conditionalAccess"]);
        let long = "ü".repeat(BODY_CHARS_MAX + 1);
        let kept = read(|text| text.description = &long).unwrap().description;
        assert_eq!(kept.text().chars().count(), BODY_CHARS_MAX);
    }
}
