//! Conditions on people's names in a log. Names stand there only as commitments, so a condition on them becomes one on
//! ids, by opening the tenant's own people (`evidence.md`, *Erasure*).

use vouchsafe_core::audit::{Activity, AuditCategory};
use vouchsafe_core::id::TenantId;
use vouchsafe_diagnostics::filter::{Filter, Literal, Op, Path, TextFunction};

use crate::error::{QueryRefusal, StoreError};
use crate::session::Session;

impl Session {
    /// Turns conditions on committed names of people into conditions on ids, by opening the tenant's own people
    /// (`evidence.md`, *Erasure*).
    pub(super) async fn with_people(
        &mut self,
        tenant: TenantId,
        filter: Filter,
    ) -> Result<Filter, StoreError> {
        let mut people = Vec::new();
        if mentions_people(&filter) {
            for account in self.accounts(tenant).await? {
                let person = account.person;
                let (name, upn) = (person.display_name.text(), person.user_principal_name.text());
                people.push((person.id.to_string(), name.to_lowercase(), upn.to_lowercase()));
            }
        }
        Ok(resolved(filter, &people)?)
    }
}

const UPN: &str = "initiatedBy/user/userPrincipalName";
const NAME: &str = "initiatedBy/user/displayName";

fn mentions_people(filter: &Filter) -> bool {
    match filter {
        Filter::And(a, b) | Filter::Or(a, b) => mentions_people(a) || mentions_people(b),
        Filter::Not(inner) => mentions_people(inner),
        Filter::Compare { path, .. } | Filter::In { path, .. } | Filter::Text { path, .. } => {
            matches!(path.as_str(), UPN | NAME)
        }
        Filter::Any { .. } => false,
    }
}

/// People as (id, lower-case name, lower-case sign-in name).
type People = [(String, String, String)];

fn resolved(filter: Filter, people: &People) -> Result<Filter, QueryRefusal> {
    let both = |a: Filter, b: Filter| -> Result<_, QueryRefusal> {
        Ok((Box::new(resolved(a, people)?), Box::new(resolved(b, people)?)))
    };
    Ok(match filter {
        Filter::And(a, b) => {
            let (a, b) = both(*a, *b)?;
            Filter::And(a, b)
        }
        Filter::Or(a, b) => {
            let (a, b) = both(*a, *b)?;
            Filter::Or(a, b)
        }
        Filter::Not(inner) => Filter::Not(Box::new(resolved(*inner, people)?)),
        Filter::Any { path, filter } => Filter::Any { path, filter },
        Filter::Compare { path, op, value: Literal::String(text) } if matches!(path.as_str(), UPN | NAME) => {
            let found = initiated_by(people, path.as_str(), |name| name == text.to_lowercase())?;
            match op {
                Op::Eq => found,
                Op::Ne => Filter::Not(Box::new(found)),
                Op::Gt | Op::Ge | Op::Lt | Op::Le => return Err(people_only(path.as_str())),
            }
        }
        Filter::In { path, values } if matches!(path.as_str(), UPN | NAME) => {
            let wanted: Vec<String> =
                values.iter().filter_map(text_of).map(|text| text.to_lowercase()).collect();
            initiated_by(people, path.as_str(), |name| wanted.iter().any(|wanted| wanted == name))?
        }
        Filter::Text { function: TextFunction::StartsWith, path, text }
            if matches!(path.as_str(), UPN | NAME) =>
        {
            initiated_by(people, path.as_str(), |name| name.starts_with(&text.to_lowercase()))?
        }
        Filter::Text { path, .. } | Filter::Compare { path, .. } if matches!(path.as_str(), UPN | NAME) => {
            return Err(people_only(path.as_str()));
        }
        Filter::Compare { path, op, value: Literal::String(text) } => {
            let text = canonical_value(path.as_str(), text);
            Filter::Compare { path, op, value: Literal::String(text) }
        }
        Filter::In { path, values } => {
            let canonical = |value| match value {
                Literal::String(text) => Literal::String(canonical_value(path.as_str(), text)),
                Literal::Null | Literal::Bool(_) | Literal::Int(_) | Literal::Time(_) => value,
            };
            let values = values.into_iter().map(canonical).collect();
            Filter::In { path, values }
        }
        Filter::Compare { path, op, value } => Filter::Compare { path, op, value },
        Filter::Text { function, path, text } => Filter::Text { function, path, text },
    })
}

/// Entra's own category and its activity names of 2023 find ours.
fn canonical_value(path: &str, text: String) -> String {
    match path {
        "category" => AuditCategory::canonical(&text).to_owned(),
        "activityDisplayName" => Activity::named(&text).map_or(text, |activity| activity.name().to_owned()),
        _ => text,
    }
}

fn text_of(value: &Literal) -> Option<&str> {
    if let Literal::String(text) = value { Some(text) } else { None }
}

fn initiated_by(people: &People, path: &str, is: impl Fn(&str) -> bool) -> Result<Filter, QueryRefusal> {
    let matching = people.iter().filter(|(_, name, upn)| is(if path == UPN { upn } else { name }));
    let mut values: Vec<Literal> = matching.map(|(id, ..)| Literal::String(id.clone())).collect();
    if values.is_empty() {
        // Nobody has this name: an id that no one has.
        values.push(Literal::String(String::new()));
    }
    let path: Path = "initiatedBy/user/id".parse().map_err(|_| people_only(path))?;
    Ok(Filter::In { path, values })
}

fn people_only(path: &str) -> QueryRefusal {
    QueryRefusal { path: path.to_owned(), message: "takes `eq`, `in` and `startswith` only".to_owned() }
}
