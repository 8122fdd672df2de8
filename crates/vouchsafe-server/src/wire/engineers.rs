//! The provider's engineers.

use vouchsafe_api::engineer as wire;
use vouchsafe_core::engineer::{
    EngineerChange, EngineerProfile, LoadCaps, Weekday, WorkingHours, WorkingSpan,
};
use vouchsafe_core::id::UserId;
use vouchsafe_core::personal::Personal;
use vouchsafe_store::DeskEngineer;

use super::{FromWire as _, ToWire as _};

/// An engineer.
pub(crate) fn engineer(one: DeskEngineer) -> wire::Engineer {
    let open_cases = one.critical.saturating_add(one.moderate).saturating_add(one.minimal);
    let person = one.person;
    let EngineerProfile { languages, clearances, conflicts, hours, caps } = person.profile;
    let caps =
        caps.map(|LoadCaps { critical, moderate, minimal }| wire::LoadCaps { critical, moderate, minimal });
    wire::Engineer {
        id: person.id,
        display_name: person.display_name.text().to_owned(),
        account_enabled: person.active,
        region: person.location,
        declared_expertise: person.expertise,
        languages,
        clearances,
        conflicts,
        hours: hours.map(working_hours),
        load_caps: caps,
        open_cases,
        last_assigned_date_time: one.last_assigned,
    }
}

fn working_hours(hours: WorkingHours) -> wire::WorkingHours {
    let span = |span: WorkingSpan| wire::WorkingSpan {
        weekday: span.weekday.to_wire(),
        from: span.from,
        until: span.until,
    };
    wire::WorkingHours {
        time_zone: hours.time_zone,
        week: hours.week.into_iter().map(span).collect(),
        days_off: hours.days_off.text().split_whitespace().map(str::to_owned).collect(),
    }
}

/// What a body changes of a profile; absent members stay.
pub(crate) fn change(old: &EngineerProfile, body: wire::UpdateEngineer, of: UserId) -> EngineerChange {
    let span = |span: wire::WorkingSpan| WorkingSpan {
        weekday: Weekday::from_wire(span.weekday),
        from: span.from,
        until: span.until,
    };
    let hours = |hours: wire::WorkingHours| WorkingHours {
        time_zone: hours.time_zone,
        week: hours.week.into_iter().map(span).collect(),
        days_off: Personal::new(of, hours.days_off.join(" ")),
    };
    let caps = |wire::LoadCaps { critical, moderate, minimal }| LoadCaps { critical, moderate, minimal };
    let profile = EngineerProfile {
        languages: body.languages.unwrap_or_else(|| old.languages.clone()),
        clearances: body.clearances.unwrap_or_else(|| old.clearances.clone()),
        conflicts: body.conflicts.unwrap_or_else(|| old.conflicts.clone()),
        hours: body.hours.map_or_else(|| old.hours.clone(), |given| given.map(hours)),
        caps: body.load_caps.map_or(old.caps, |given| given.map(caps)),
    };
    EngineerChange {
        active: body.account_enabled,
        location: body.region,
        expertise: body.declared_expertise,
        profile: Some(profile),
    }
}
