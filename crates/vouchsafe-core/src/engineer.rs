//! What assignment must know of an engineer: languages, clearances, working hours, load caps and conflicts.

use serde::{Deserialize, Serialize};

use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::id::{TenantId, UserId};
use crate::passkey::CredentialsEnd;
use crate::permit::ManageStaff;
use crate::personal::Personal;
use crate::problem_type::ProblemTypes;
use crate::rejection::Rejection;
use crate::setup::Account;

/// Entries of each list of a profile but the days off: languages, clearances, conflicts, spans, declared problem types.
pub const PROFILE_LIST_MAX: usize = 50;
/// Days off that a profile can hold.
pub const DAYS_OFF_MAX: usize = 1_000;
/// Characters of a language, a clearance or a zone.
pub const PROFILE_TEXT_MAX: usize = 100;

/// An engineer as the provider keeps him or her for assignment. What is not stated bars nobody: no languages, any
/// language; no hours, always on shift; no caps, any load.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EngineerProfile {
    /// Languages spoken, BCP 47 primary tags in small letters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Clearances held, in the provider's own words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clearances: Vec<String>,
    /// Tenants that the engineer must have nothing to do with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<TenantId>,
    /// Working hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<WorkingHours>,
    /// How many cases may be open when one more comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caps: Option<LoadCaps>,
}

/// Working hours of a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkingHours {
    /// IANA time zone, such as `Europe/Berlin`.
    pub time_zone: String,
    /// The spans; an empty week is never on shift.
    pub week: Vec<WorkingSpan>,
    /// Days without work, `YYYY-MM-DD` each, parted by blanks: they tell of a person's life, so they are sealed.
    pub days_off: Personal,
}

/// A span of working time. If `until` is not after `from`, it lies on the next day; equal times are a whole day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkingSpan {
    /// The day on which it begins.
    pub weekday: Weekday,
    /// `HH:MM` by the clock of the zone.
    pub from: String,
    /// `HH:MM` by the clock of the zone.
    pub until: String,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

/// An engineer who has this many cases open gets no further one of that severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadCaps {
    /// For a critical request.
    pub critical: u32,
    /// For a moderate one.
    pub moderate: u32,
    /// For a minimal one.
    pub minimal: u32,
}

impl EngineerProfile {
    /// Whether nothing is stated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Checks the bounds of every list and text.
    ///
    /// # Errors
    /// [`Rejection::Invalid`] names the first field that is out of them.
    pub fn check(&self) -> Result<(), Rejection> {
        let spans = self.hours.as_ref().map_or(0, |hours| hours.week.len());
        let lists = [
            ("languages", self.languages.len()),
            ("clearances", self.clearances.len()),
            ("conflicts", self.conflicts.len()),
            ("hours/week", spans),
        ];
        for (field, length) in lists {
            if length > PROFILE_LIST_MAX {
                return Err(Rejection::invalid(
                    field,
                    format!("must have at most {PROFILE_LIST_MAX} entries"),
                ));
            }
        }
        for (field, texts) in [("languages", &self.languages), ("clearances", &self.clearances)] {
            let fits = |text: &String| !text.is_empty() && text.chars().count() <= PROFILE_TEXT_MAX;
            if !texts.iter().all(fits) {
                let bounds = format!("must be texts of 1 to {PROFILE_TEXT_MAX} characters");
                return Err(Rejection::invalid(field, bounds));
            }
        }
        let small = |text: &String| text.chars().all(|letter| letter.is_ascii_lowercase());
        if !self.languages.iter().all(small) {
            return Err(Rejection::invalid(
                "languages",
                "must be primary tags in small letters, such as `en`",
            ));
        }
        let days = self.hours.as_ref().map_or(0, |hours| hours.days_off.text().split_whitespace().count());
        if days > DAYS_OFF_MAX {
            return Err(Rejection::invalid("hours/daysOff", format!("must be at most {DAYS_OFF_MAX}")));
        }
        Ok(())
    }
}

/// What the provider changes of an engineer; absent parts stay.
#[derive(Debug, Clone, Default)]
pub struct EngineerChange {
    /// Whether the account may do anything.
    pub active: Option<bool>,
    /// Where the engineer works: customers see it, and hold their rules against it.
    pub location: Option<String>,
    /// Declared problem types, the whole list from now on.
    pub expertise: Option<Vec<String>>,
    /// The profile from now on.
    pub profile: Option<EngineerProfile>,
}

/// Changes an engineer's account. Nothing changed is nothing recorded. Nobody disables the own account: who would
/// undo it?
///
/// # Errors
/// [`Rejection::Invalid`] names the field.
pub fn change(
    account: &Account,
    change: EngineerChange,
    types: &ProblemTypes,
    by: UserId,
    cx: &Context,
) -> Result<Decided<ManageStaff>, Rejection> {
    let old = &account.person;
    let mut person = old.clone();
    if let Some(expertise) = change.expertise {
        if expertise.len() > PROFILE_LIST_MAX {
            let bounds = format!("must have at most {PROFILE_LIST_MAX} entries");
            return Err(Rejection::invalid("declaredExpertise", bounds));
        }
        if let Some(unknown) = expertise.iter().find(|id| types.find(id).is_none()) {
            return Err(Rejection::invalid(
                "declaredExpertise",
                format!("`{unknown}` is not a known problem type"),
            ));
        }
        person.expertise = expertise;
    }
    if let Some(location) = change.location {
        if location.chars().count() > PROFILE_TEXT_MAX {
            let bounds = format!("must have at most {PROFILE_TEXT_MAX} characters");
            return Err(Rejection::invalid("region", bounds));
        }
        person.location = location;
    }
    if let Some(profile) = change.profile {
        profile.check()?;
        person.profile = profile;
    }
    if let Some(active) = change.active {
        if !active && old.id == by {
            return Err(Rejection::invalid("accountEnabled", "nobody disables the own account"));
        }
        person.active = active;
    }
    let mut draft = Draft::new(cx);
    if (&person.location, &person.expertise, &person.profile) != (&old.location, &old.expertise, &old.profile)
    {
        let event = Event::EngineerChanged {
            user: old.id,
            location: person.location.clone(),
            expertise: person.expertise.clone(),
            profile: Box::new(person.profile.clone()),
        };
        draft.entry(old.tenant, Activity::UserUpdated, old.id, None).event(event);
    }
    if person.active != old.active {
        let activity = if person.active { Activity::AccountEnabled } else { Activity::AccountDisabled };
        let event = Event::AccountEnabled { user: old.id, enabled: person.active };
        draft.entry(old.tenant, activity, old.id, None).event(event);
        if !person.active {
            draft.put(Write::CredentialsEnd(Box::new(CredentialsEnd::signed_out(old))));
        }
    }
    if person != *old {
        draft.put(Write::Account(Box::new(Account { person, roles: account.roles.clone() })));
    }
    Ok(draft.decided(old.tenant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_held_to_its_bounds() {
        assert!(EngineerProfile::default().check().is_ok());
        let profile = |languages: &[&str]| EngineerProfile {
            languages: languages.iter().map(|&language| language.to_owned()).collect(),
            ..EngineerProfile::default()
        };
        assert!(profile(&["de", "en"]).check().is_ok());
        assert!(profile(&["DE"]).check().is_err());
        assert!(profile(&[""]).check().is_err());
        assert!(profile(&["en"; PROFILE_LIST_MAX + 1]).check().is_err());
    }
}
