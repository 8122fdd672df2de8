//! An engineer's profile as the fields of a form, and back.

use vouchsafe_core::engineer::{
    EngineerChange, EngineerProfile, LoadCaps, Weekday, WorkingHours, WorkingSpan,
};
use vouchsafe_core::id::{TenantId, UserId};
use vouchsafe_core::person::Person;
use vouchsafe_core::personal::Personal;
use vouchsafe_web::page::EngineerForm;
use vouchsafe_web::{FieldError, FormErrors};

use crate::pages::complaint::wrong;
use crate::pages::form::Fields;

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("Monday", Weekday::Monday),
    ("Tuesday", Weekday::Tuesday),
    ("Wednesday", Weekday::Wednesday),
    ("Thursday", Weekday::Thursday),
    ("Friday", Weekday::Friday),
    ("Saturday", Weekday::Saturday),
    ("Sunday", Weekday::Sunday),
];

/// What is known of an engineer, without expertise and version.
pub(super) fn form(person: &Person) -> EngineerForm {
    let EngineerProfile { languages, clearances, conflicts, hours, caps } = &person.profile;
    let cap = |of: fn(&LoadCaps) -> u32| caps.as_ref().map(|caps| of(caps).to_string()).unwrap_or_default();
    let ids: Vec<String> = conflicts.iter().map(ToString::to_string).collect();
    let mut form = EngineerForm {
        version: String::new(),
        region: person.location.clone(),
        expertise: Vec::new(),
        languages: languages.join(", "),
        clearances: clearances.join("\n"),
        conflicts: ids.join("\n"),
        has_hours: hours.is_some(),
        time_zone: String::new(),
        week: String::new(),
        days_off: String::new(),
        cap_critical: cap(|caps| caps.critical),
        cap_moderate: cap(|caps| caps.moderate),
        cap_minimal: cap(|caps| caps.minimal),
        errors: FormErrors::default(),
    };
    if let Some(WorkingHours { time_zone, week, days_off }) = hours {
        time_zone.clone_into(&mut form.time_zone);
        form.week = week.iter().map(line).collect::<Vec<_>>().join("\n");
        form.days_off = days_off.text().split_whitespace().collect::<Vec<_>>().join("\n");
    }
    form
}

fn line(span: &WorkingSpan) -> String {
    let day = WEEKDAYS.iter().find(|(_, day)| *day == span.weekday).map_or("", |(name, _)| name);
    format!("{day} {}-{}", span.from, span.until)
}

/// What was typed, to show again.
pub(super) fn typed(form: &mut EngineerForm, fields: &Fields) {
    let texts = [
        ("region", &mut form.region),
        ("languages", &mut form.languages),
        ("clearances", &mut form.clearances),
        ("conflicts", &mut form.conflicts),
        ("timeZone", &mut form.time_zone),
        ("week", &mut form.week),
        ("daysOff", &mut form.days_off),
        ("capCritical", &mut form.cap_critical),
        ("capModerate", &mut form.cap_moderate),
        ("capMinimal", &mut form.cap_minimal),
    ];
    for (name, text) in texts {
        fields.text(name).clone_into(text);
    }
    form.has_hours = fields.text("hours") == "week";
}

/// The change that a form asks for.
///
/// # Errors
/// What is wrong, beside its field.
pub(super) fn change(
    fields: &Fields,
    old: &EngineerProfile,
    of: UserId,
) -> Result<EngineerChange, FormErrors> {
    let lines = |name| fields.text(name).lines().map(str::trim).filter(|line| !line.is_empty());
    let conflicts = fields.lines("conflicts").map(|id| id.to_lowercase().parse::<TenantId>());
    let conflicts: Vec<TenantId> = conflicts.collect::<Result<_, _>>().map_err(|_| {
        wrong(
            "conflicts",
            "Write a tenant ID a line: 36 characters, such as 7b0c2c1e-52a4-4f7e-9a55-0d6f3f1c9e21.",
        )
    })?;
    let hours = match fields.text("hours") {
        "always" => None,
        "week" => Some(working_hours(fields, of)?),
        _ => old.hours.clone(),
    };
    let profile = EngineerProfile {
        languages: fields.lines("languages").map(str::to_ascii_lowercase).collect(),
        clearances: lines("clearances").map(str::to_owned).collect(),
        conflicts,
        hours,
        caps: caps(fields)?,
    };
    Ok(EngineerChange {
        active: None,
        location: Some(fields.text("region").trim().to_owned()),
        expertise: Some(fields.all("declaredExpertise").map(str::to_owned).collect()),
        profile: Some(profile),
    })
}

fn working_hours(fields: &Fields, of: UserId) -> Result<WorkingHours, FormErrors> {
    let lines = fields.text("week").lines().map(str::trim).filter(|line| !line.is_empty());
    let week = lines.map(span).collect::<Option<Vec<_>>>();
    let week = week.ok_or_else(|| wrong("week", "Write each span as: Monday 09:00-17:00."))?;
    let days_off = fields.lines("daysOff").collect::<Vec<_>>().join(" ");
    let time_zone = fields.text("timeZone").trim().to_owned();
    Ok(WorkingHours { time_zone, week, days_off: Personal::new(of, days_off) })
}

/// `Monday 09:00-17:00`, in any case and with a dash of any length.
fn span(line: &str) -> Option<WorkingSpan> {
    let (day, times) = line.split_once(char::is_whitespace)?;
    let (_, weekday) = WEEKDAYS.iter().find(|(name, _)| name.eq_ignore_ascii_case(day))?;
    let (from, until) = times.split_once(['-', '\u{2013}', '\u{2014}'])?;
    Some(WorkingSpan { weekday: *weekday, from: from.trim().to_owned(), until: until.trim().to_owned() })
}

fn caps(fields: &Fields) -> Result<Option<LoadCaps>, FormErrors> {
    let names = ["capCritical", "capModerate", "capMinimal"];
    if names.iter().all(|name| fields.some(name).is_none()) {
        return Ok(None);
    }
    let cap = |name: &str| {
        let number = fields.some(name).and_then(|text| text.parse().ok());
        number.ok_or_else(|| wrong(name, "Write a whole number in all three, or leave all three empty."))
    };
    let [critical, moderate, minimal] = names;
    Ok(Some(LoadCaps { critical: cap(critical)?, moderate: cap(moderate)?, minimal: cap(minimal)? }))
}

/// What the rules say against a profile, beside the fields of the form.
pub(super) fn beside_fields(errors: FormErrors) -> FormErrors {
    let beside = |error: FieldError| {
        let (field, message) = match error.field.rsplit(['/', '.']).next().unwrap_or_default() {
            "week" => ("week", "Write each span as: Monday 09:00-17:00, 50 at most."),
            "timeZone" => ("timeZone", "Write a time zone of the IANA list, such as Europe/Berlin."),
            "daysOff" => ("daysOff", "Write each day as 2026-12-25, 1,000 at most."),
            "languages" => ("languages", "Use two-letter codes, such as: en, de."),
            "clearances" => ("clearances", "Use 100 characters a line and 50 lines at most."),
            "conflicts" => ("conflicts", "Use 50 tenant IDs at most."),
            "region" => ("region", "Use 100 characters at most."),
            _ => return error,
        };
        FieldError { field: field.to_owned(), message: message.to_owned() }
    };
    errors.items.into_iter().map(beside).collect::<Vec<_>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_they_are_shown_and_as_people_write_them() {
        let monday =
            WorkingSpan { weekday: Weekday::Monday, from: "09:00".to_owned(), until: "17:00".to_owned() };
        assert_eq!(span(&line(&monday)), Some(monday.clone()));
        assert_eq!(span("monday  09:00 \u{2013} 17:00"), Some(monday));
        assert_eq!(span("Moonday 09:00-17:00"), None);
        assert_eq!(span("Monday 09:00"), None);
    }
}
