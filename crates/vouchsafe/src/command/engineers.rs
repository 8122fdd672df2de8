//! `vouchsafe engineers`

use clap::{ArgAction, Args, Subcommand};
use vouchsafe_client::api::engineer::{
    Engineer, LoadCaps, UpdateEngineer, Weekday, WorkingHours, WorkingSpan,
};
use vouchsafe_client::id::{TenantId, UserId};

use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum Engineers {
    /// List the provider's engineers with what is open now
    List,
    /// Show what assignment knows of one
    Show {
        /// Id of the engineer (usr_…)
        id: UserId,
    },
    /// Change what assignment knows of one; what is not named stays
    Set(Box<Set>),
    /// End everything that an engineer may do, at once; open cases go to the next engineers
    Disable {
        /// Id of the engineer (usr_…)
        id: UserId,
    },
    /// Let an engineer work again; the cases of before do not come back
    Enable {
        /// Id of the engineer (usr_…)
        id: UserId,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Set {
    /// Id of the engineer (usr_…)
    id: UserId,
    #[command(flatten)]
    parts: Parts,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Parts {
    /// Where the engineer works; customers see it
    #[arg(long)]
    region: Option<String>,
    /// Declared problem type, such as signIn/conditionalAccess; repeat for more, empty for none
    #[arg(long = "expertise", value_name = "TYPE")]
    expertise: Option<Vec<String>>,
    /// Language spoken, such as en; repeat for more, empty for any
    #[arg(long = "language", value_name = "LANGUAGE")]
    languages: Option<Vec<String>>,
    /// Clearance held; repeat for more, empty for none
    #[arg(long = "clearance", value_name = "CLEARANCE")]
    clearances: Option<Vec<String>>,
    /// Tenant that the engineer must have nothing to do with; repeat for more, empty for none
    #[arg(long = "conflict", value_name = "TENANT")]
    conflicts: Option<Vec<IdOrNone>>,
    /// Time zone of the shifts, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", requires = "shifts", conflicts_with = "always")]
    time_zone: Option<String>,
    /// Working time, such as "monday 09:00-17:00"; repeat for more
    #[arg(long = "shift", value_name = "SPAN", requires = "time_zone", value_parser = span)]
    shifts: Option<Vec<WorkingSpan>>,
    /// Day without work, such as 2026-12-25; repeat for more
    #[arg(long = "day-off", value_name = "DATE", requires = "time_zone")]
    days_off: Option<Vec<String>>,
    /// Always on shift
    #[arg(long)]
    always: bool,
    /// With this many cases open, no further critical one; goes with the two others
    #[arg(long, value_name = "N", requires_all = ["cap_moderate", "cap_minimal"], conflicts_with = "no_caps")]
    cap_critical: Option<u32>,
    /// The same for moderate ones
    #[arg(long, value_name = "N", requires_all = ["cap_critical", "cap_minimal"])]
    cap_moderate: Option<u32>,
    /// The same for minimal ones
    #[arg(long, value_name = "N", requires_all = ["cap_critical", "cap_moderate"])]
    cap_minimal: Option<u32>,
    /// Any number of cases
    #[arg(long, action = ArgAction::SetTrue)]
    no_caps: bool,
}

/// An id, or the empty text that clears a list.
#[derive(Debug, Clone, Copy)]
struct IdOrNone(Option<TenantId>);

impl std::str::FromStr for IdOrNone {
    type Err = <TenantId as std::str::FromStr>::Err;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() { Ok(Self(None)) } else { text.parse().map(|id| Self(Some(id))) }
    }
}

/// Reads `monday 09:00-17:00`.
fn span(text: &str) -> Result<WorkingSpan, String> {
    let shape = || "write it as \"monday 09:00-17:00\"".to_owned();
    let (day, times) = text.split_once(' ').ok_or_else(shape)?;
    let (from, until) = times.split_once('-').ok_or_else(shape)?;
    let weekday = day.to_ascii_lowercase().parse::<Weekday>().map_err(|_| shape())?;
    Ok(WorkingSpan { weekday, from: from.trim().to_owned(), until: until.trim().to_owned() })
}

impl Engineers {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let (client, out) = (&session.client, &session.out);
        let enabled =
            |enabled| UpdateEngineer { account_enabled: Some(enabled), ..UpdateEngineer::default() };
        match self {
            Self::List => list(session).await,
            Self::Show { id } => out.thing(&client.engineer(id).await?, |one| properties(out, one)),
            Self::Set(set) => {
                let Set { id, parts } = *set;
                let changed = client.update_engineer(id, &parts.body(), None).await?;
                out.thing(&changed, |one| properties(out, one))
            }
            Self::Disable { id } => {
                let changed = client.update_engineer(id, &enabled(false), None).await?;
                out.answer(&changed, |one| {
                    format!(
                        "{} is disabled and can read nothing more. Open cases have moved on.",
                        one.display_name
                    )
                })
            }
            Self::Enable { id } => {
                let changed = client.update_engineer(id, &enabled(true), None).await?;
                out.answer(&changed, |one| format!("{} is enabled.", one.display_name))
            }
        }
    }
}

impl Parts {
    fn body(self) -> UpdateEngineer {
        let texts = |list: Vec<String>| list.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        let given = self.time_zone.map(|time_zone| WorkingHours {
            time_zone,
            week: self.shifts.unwrap_or_default(),
            days_off: self.days_off.unwrap_or_default(),
        });
        let caps = match (self.cap_critical, self.cap_moderate, self.cap_minimal) {
            (Some(critical), Some(moderate), Some(minimal)) => {
                Some(Some(LoadCaps { critical, moderate, minimal }))
            }
            _ => self.no_caps.then_some(None),
        };
        UpdateEngineer {
            account_enabled: None,
            region: self.region,
            declared_expertise: self.expertise.map(texts),
            languages: self.languages.map(texts),
            clearances: self.clearances.map(texts),
            conflicts: self.conflicts.map(|list| list.into_iter().filter_map(|id| id.0).collect()),
            hours: given.map(Some).or_else(|| self.always.then_some(None)),
            load_caps: caps,
        }
    }
}

async fn list(session: &Session) -> Result<(), Failure> {
    let header = ["Id", "Name", "Account", "Region", "Expertise", "Languages", "Open"];
    let row = |table: &mut Table, one: &Engineer| {
        table.row([
            one.id.to_string(),
            one.display_name.clone(),
            account(one).to_owned(),
            one.region.clone(),
            one.declared_expertise.join(", "),
            one.languages.join(", "),
            one.open_cases.to_string(),
        ]);
    };
    session.list(session.client.engineers(), true, &header, row).await.map(drop)
}

fn account(one: &Engineer) -> &'static str {
    if one.account_enabled { "enabled" } else { "disabled" }
}

fn properties(out: &Output, one: &Engineer) -> Table {
    let or = |list: &[String], none: &str| if list.is_empty() { none.to_owned() } else { list.join(", ") };
    let conflicts: Vec<String> = one.conflicts.iter().map(ToString::to_string).collect();
    let spans = |hours: &WorkingHours| {
        let spans = hours.week.iter().map(|span| format!("{} {}-{}", span.weekday, span.from, span.until));
        let spans: Vec<String> = spans.collect();
        format!("{}\n{}", hours.time_zone, or(&spans, "never")).replace(", ", "\n")
    };
    let caps = |caps: &LoadCaps| {
        format!("{} critical, {} moderate, {} minimal", caps.critical, caps.moderate, caps.minimal)
    };
    let days_off = one.hours.as_ref().map(|hours| hours.days_off.join(", ")).unwrap_or_default();
    Table::properties([
        ("Id", one.id.to_string()),
        ("Name", one.display_name.clone()),
        ("Account", account(one).to_owned()),
        ("Region", one.region.clone()),
        ("Expertise", or(&one.declared_expertise, "none declared")),
        ("Languages", or(&one.languages, "any")),
        ("Clearances", or(&one.clearances, "none")),
        ("Conflicts", or(&conflicts, "none")),
        ("Works", one.hours.as_ref().map_or_else(|| "always".to_owned(), spans)),
        ("Days off", days_off),
        ("Caps", one.load_caps.as_ref().map_or_else(|| "none".to_owned(), caps)),
        ("Open cases", one.open_cases.to_string()),
        ("Last assigned", out.time_or(one.last_assigned_date_time, "never")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_read_as_it_is_shown() {
        let monday = span("Monday 09:00-17:00").unwrap();
        assert_eq!(
            (monday.weekday, monday.from.as_str(), monday.until.as_str()),
            (Weekday::Monday, "09:00", "17:00")
        );
        for wrong in ["monday", "monday 09:00", "moonday 09:00-17:00", ""] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }
}
