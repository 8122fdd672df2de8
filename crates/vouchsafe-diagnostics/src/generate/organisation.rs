//! What an organisation has besides people: apps, groups, policies, and the change that caused the incident.

use uuid::Uuid;

use super::DAY;
use super::catalogue::{APPS, AppSpec, DAEMONS, DEPARTMENTS, IDENTITIES, OFFICES, PAYROLL, RESOURCES};
use super::dice::Dice;
use super::people::{Company, Person};

/// Members of a project group, about.
const TEAM: usize = 14;

/// An app of the organisation, with its objects.
#[derive(Debug)]
pub(super) struct App {
    pub(super) spec: &'static AppSpec,
    /// The id that sign-ins name.
    pub(super) id: Uuid,
    /// Id of the application object; of use for the organisation's own apps alone.
    pub(super) application: Uuid,
    /// Id of the service principal.
    pub(super) principal: Uuid,
    /// Seconds since 1970.
    pub(super) created: i64,
}

/// All apps by what they are for.
#[derive(Debug)]
pub(super) struct Apps {
    pub(super) payroll: App,
    pub(super) everyday: [App; APPS.len()],
    pub(super) resources: [App; RESOURCES.len()],
    pub(super) daemons: [App; DAEMONS.len()],
    pub(super) identities: [App; IDENTITIES.len()],
}

impl Apps {
    pub(super) fn draw(dice: &mut Dice, company: Company<'_>) -> Self {
        let mut app = |spec: &'static AppSpec| App {
            spec,
            id: spec.id.unwrap_or_else(|| dice.uuid()),
            application: dice.uuid(),
            principal: dice.uuid(),
            created: dice.between(company.start - 1_500 * DAY, company.start - 30 * DAY),
        };
        Self {
            payroll: app(&PAYROLL),
            everyday: APPS.each_ref().map(&mut app),
            resources: RESOURCES.each_ref().map(&mut app),
            daemons: DAEMONS.each_ref().map(&mut app),
            identities: IDENTITIES.each_ref().map(&mut app),
        }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &App> {
        let people = std::iter::once(&self.payroll).chain(&self.everyday).chain(&self.resources);
        people.chain(&self.daemons).chain(&self.identities)
    }

    /// Whether it is an identity that the platform keeps, which has no application object.
    pub(super) fn is_managed_identity(&self, app: &App) -> bool {
        self.identities.iter().any(|identity| identity.id == app.id)
    }
}

/// Whom a group holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    Everyone,
    Administrators,
    Department(usize),
    Office(usize),
    Guests,
    /// People whose number leaves this remainder by the number of teams.
    Team(usize),
}

/// A group.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) rule: Rule,
    pub(super) created: i64,
}

/// Groups and how their members are found.
#[derive(Debug)]
pub(super) struct Groups {
    pub(super) list: Vec<Group>,
    teams: usize,
}

impl Groups {
    pub(super) fn draw(dice: &mut Dice, company: Company<'_>, people: usize) -> Self {
        let teams = people.div_ceil(TEAM);
        let mut list = Vec::new();
        let mut add = |name: String, rule| {
            let created = dice.between(company.start - 900 * DAY, company.start - DAY);
            list.push(Group { id: dice.uuid(), name, rule, created });
        };
        add("All Employees".to_owned(), Rule::Everyone);
        add("Directory Administrators".to_owned(), Rule::Administrators);
        add("Guests".to_owned(), Rule::Guests);
        for (at, (_, department)) in DEPARTMENTS.iter().enumerate() {
            add(department.name.to_owned(), Rule::Department(at));
        }
        for (at, office) in OFFICES.iter().enumerate() {
            add(format!("Office {}", office.place.city), Rule::Office(at));
        }
        for at in 0..teams {
            add(format!("Project {:03}", at + 1), Rule::Team(at));
        }
        Self { list, teams }
    }

    /// The project group of a person.
    pub(super) fn team_of(&self, person: &Person) -> Option<&Group> {
        let first = self.list.len().checked_sub(self.teams)?;
        self.list.get(first + person.number % self.teams.max(1))
    }

    /// How many members a group has.
    pub(super) fn members(&self, group: &Group, people: &[Person]) -> usize {
        let rule = group.rule;
        let (first, step) = match rule {
            Rule::Team(at) => (at, self.teams.max(1)),
            Rule::Everyone | Rule::Administrators | Rule::Department(_) | Rule::Office(_) | Rule::Guests => {
                (0, 1)
            }
        };
        people.iter().skip(first).step_by(step).filter(|person| holds(rule, person)).count()
    }
}

fn holds(rule: Rule, person: &Person) -> bool {
    match rule {
        Rule::Everyone => person.partner.is_none(),
        Rule::Administrators => person.is_administrator,
        Rule::Department(at) => {
            person.partner.is_none()
                && DEPARTMENTS
                    .get(at)
                    .is_some_and(|(_, department)| std::ptr::eq(department, person.department))
        }
        Rule::Office(at) => person.partner.is_none() && person.office == at,
        Rule::Guests => person.partner.is_some(),
        Rule::Team(_) => true,
    }
}

/// Ids of the conditional access policies and what they refer to.
#[derive(Debug)]
pub(super) struct Access {
    pub(super) mfa: Uuid,
    pub(super) payroll: Uuid,
    pub(super) compliant: Uuid,
    pub(super) legacy: Uuid,
    pub(super) administrators: Uuid,
    /// One named location per office; that of the new office is left out.
    pub(super) locations: [Uuid; OFFICES.len()],
    pub(super) countries: Uuid,
}

impl Access {
    pub(super) fn draw(dice: &mut Dice) -> Self {
        Self {
            mfa: dice.uuid(),
            payroll: dice.uuid(),
            compliant: dice.uuid(),
            legacy: dice.uuid(),
            administrators: dice.uuid(),
            locations: std::array::from_fn(|_| dice.uuid()),
            countries: dice.uuid(),
        }
    }
}
