//! The desk's values in the words of `vouchsafe-routing`, which knows nothing of ours.

use std::collections::BTreeSet;

use vouchsafe_core::engineer::{EngineerProfile, LoadCaps, Weekday, WorkingHours, WorkingSpan};
use vouchsafe_core::id::{Id as _, TenantId, UserId};
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::support_request::Severity;
use vouchsafe_core::tenant::SupportAccessPolicy;
use vouchsafe_core::time::Timestamp;
use vouchsafe_routing::{
    self as routing, Caps, Demands, Engineer, EngineerId, OpenCases, Request, Shift, Span,
};
use vouchsafe_store::DeskEngineer;

use super::Asked;

/// The cap of who has none.
const NO_CAP: Caps = Caps { critical: u32::MAX, moderate: u32::MAX, minimal: u32::MAX };

pub(super) fn engineer(id: UserId) -> EngineerId {
    EngineerId(id.uuid().as_u128())
}

pub(super) fn tenant(id: TenantId) -> routing::TenantId {
    routing::TenantId(id.uuid().as_u128())
}

pub(super) fn timestamp(at: jiff::Timestamp) -> Timestamp {
    Timestamp::from_micros(at.as_microsecond())
}

pub(super) fn request<'a>(asked: &Asked<'a>, problem_types: &'a [&'a str]) -> Request<'a> {
    let priority = match asked.severity {
        Severity::Critical => "critical",
        Severity::Moderate => "moderate",
        Severity::Minimal => "minimal",
    };
    Request {
        title: asked.title,
        description: asked.description,
        problem_types,
        priority,
        opened: asked.opened.to_jiff(),
    }
}

/// What the case and the support request tenant's policy demand; no other tenant's.
pub(super) fn demands(asked: &Asked<'_>, policy: &SupportAccessPolicy) -> Demands {
    let rules = &policy.engineer_rules;
    Demands {
        tenant: tenant(asked.tenant),
        severity: match asked.severity {
            Severity::Critical => routing::Severity::Critical,
            Severity::Moderate => routing::Severity::Moderate,
            Severity::Minimal => routing::Severity::Minimal,
        },
        language: asked.language.and_then(primary_tag),
        regions: rules.regions.iter().cloned().collect(),
        clearances: rules.clearances.iter().cloned().collect(),
        excluded: rules.excluded_engineer_ids.iter().map(|id| engineer(*id)).collect(),
    }
}

/// The primary tag of a BCP 47 language, in small letters.
fn primary_tag(language: &str) -> Option<String> {
    let tag = language.split(['-', '_']).next()?.trim().to_ascii_lowercase();
    (!tag.is_empty()).then_some(tag)
}

/// An engineer for a request in `language`. What the profile does not state bars nobody.
pub(super) fn of(one: &DeskEngineer, language: Option<&str>) -> Engineer {
    let person = &one.person;
    let EngineerProfile { languages, clearances, conflicts, hours, caps } = &person.profile;
    let any = languages.is_empty().then_some(language).flatten().map(str::to_owned);
    Engineer {
        id: engineer(person.id),
        active: person.active,
        // Hours are checked when they are written; ones that are not understood put nobody on shift.
        shift: hours.as_ref().map_or_else(|| Ok(Shift::always()), shift).unwrap_or_else(|_| never()),
        languages: languages.iter().cloned().chain(any).collect(),
        clearances: clearances.iter().cloned().collect(),
        region: person.location.clone(),
        conflicts: conflicts.iter().map(|id| tenant(*id)).collect(),
        declared: person.expertise.clone(),
        open: OpenCases { critical: one.critical, moderate: one.moderate, minimal: one.minimal },
        caps: caps.map_or(NO_CAP, |LoadCaps { critical, moderate, minimal }| Caps {
            critical,
            moderate,
            minimal,
        }),
        last_assigned: one.last_assigned.map(Timestamp::to_jiff),
    }
}

fn never() -> Shift {
    Shift::new("UTC", Vec::new(), BTreeSet::new()).unwrap_or_else(|_| Shift::always())
}

/// Working hours as assignment reckons with them.
///
/// # Errors
/// [`Rejection::Invalid`] names the part that is not understood.
pub(super) fn shift(hours: &WorkingHours) -> Result<Shift, Rejection> {
    let week = hours.week.iter().map(span).collect::<Result<_, _>>()?;
    let day = |text: &str| {
        text.parse().map_err(|_| Rejection::invalid("hours/daysOff", format!("`{text}` is not a date")))
    };
    let days_off = hours.days_off.text().split_whitespace().map(day).collect::<Result<_, _>>()?;
    Shift::new(&hours.time_zone, week, days_off)
        .map_err(|error| Rejection::invalid("hours/timeZone", error.to_string()))
}

fn span(span: &WorkingSpan) -> Result<Span, Rejection> {
    let time = |text: &str| {
        jiff::civil::Time::strptime("%H:%M", text)
            .map_err(|_| Rejection::invalid("hours/week", format!("`{text}` is not a time such as `09:00`")))
    };
    let weekday = match span.weekday {
        Weekday::Monday => jiff::civil::Weekday::Monday,
        Weekday::Tuesday => jiff::civil::Weekday::Tuesday,
        Weekday::Wednesday => jiff::civil::Weekday::Wednesday,
        Weekday::Thursday => jiff::civil::Weekday::Thursday,
        Weekday::Friday => jiff::civil::Weekday::Friday,
        Weekday::Saturday => jiff::civil::Weekday::Saturday,
        Weekday::Sunday => jiff::civil::Weekday::Sunday,
    };
    Ok(Span { weekday, from: time(&span.from)?, until: time(&span.until)? })
}
