//! What of a filter is sent to a source: never less than what the filter admits, in words that Graph knows.
//!
//! A source may compare texts, absent values and addresses in its own way, so only comparisons that every way
//! understands alike are sent, made wider where that is needed: `lt` on a time becomes `le`, which is all that Graph's
//! sign-ins know. All the rest is looked at here, object by object.

use vouchsafe_diagnostics::filter::{Filter, Literal, Op, Path, TextFunction};
use vouchsafe_diagnostics::resource::{Column, Fold, Schema, Shape, Stored};

/// Longest filter that is sent, in characters: it has to fit into an address.
const FILTER_CHARS_MAX: usize = 1_500;

/// A filter for a source.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Narrowing {
    /// The filter; none asks for everything.
    pub(crate) filter: Option<Filter>,
    /// Whether nearly all that it admits will be shown.
    pub(crate) is_tight: bool,
}

/// What to ask for objects that a filter and a range of time admit: the narrowest first, the wider ones for a source
/// that refuses it. Empty where no object can be admitted.
pub(crate) fn narrowings(schema: &Schema, filter: Option<&Filter>, times: Option<&Filter>) -> Vec<Narrowing> {
    let wide = |filter: Option<&Filter>| filter.map(|filter| wider(schema, filter, &Path::element()));
    let (own, times) = (wide(filter), wide(times));
    let plain = own.is_none();
    let both = own.into_iter().chain(times.clone()).reduce(Wider::and);
    let mut all: Vec<Narrowing> = Vec::new();
    for (asked, is_all) in [(both, true), (times.clone(), plain), (None, plain && times.is_none())] {
        let (filter, is_tight) = match asked {
            Some(Wider::Nothing) => return Vec::new(),
            Some(Wider::Only { filter, is_tight }) => (Some(filter), is_tight && is_all),
            Some(Wider::Everything) => (None, false),
            None => (None, is_all),
        };
        let fits = filter.as_ref().is_none_or(|filter| filter.to_string().len() <= FILTER_CHARS_MAX);
        if fits && all.iter().all(|known| known.filter != filter) {
            all.push(Narrowing { filter, is_tight });
        }
    }
    all
}

/// A condition that holds wherever another does.
#[derive(Debug, Clone, PartialEq)]
enum Wider {
    Everything,
    Only { filter: Filter, is_tight: bool },
    Nothing,
}

impl Wider {
    fn tight(filter: Filter) -> Self {
        Self::Only { filter, is_tight: true }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, _) | (_, Self::Nothing) => Self::Nothing,
            (Self::Everything, Self::Everything) => Self::Everything,
            (Self::Everything, Self::Only { filter, .. }) | (Self::Only { filter, .. }, Self::Everything) => {
                Self::Only { filter, is_tight: false }
            }
            (Self::Only { filter: a, is_tight: x }, Self::Only { filter: b, is_tight: y }) => {
                Self::Only { filter: a.and(b), is_tight: x && y }
            }
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Everything, _) | (_, Self::Everything) => Self::Everything,
            (Self::Nothing, one) | (one, Self::Nothing) => one,
            (Self::Only { filter: a, is_tight: x }, Self::Only { filter: b, is_tight: y }) => {
                Self::Only { filter: a.or(b), is_tight: x && y }
            }
        }
    }
}

fn wider(schema: &Schema, filter: &Filter, outer: &Path) -> Wider {
    match filter {
        Filter::And(a, b) => wider(schema, a, outer).and(wider(schema, b, outer)),
        Filter::Or(a, b) => wider(schema, a, outer).or(wider(schema, b, outer)),
        // What is wider than a condition is narrower than its contrary.
        Filter::Not(_) => Wider::Everything,
        Filter::Any { path, filter } => match wider(schema, filter, &outer.join(path)) {
            Wider::Only { filter, is_tight } => {
                Wider::Only { filter: Filter::Any { path: path.clone(), filter: Box::new(filter) }, is_tight }
            }
            Wider::Everything => Wider::Everything,
            Wider::Nothing => Wider::Nothing,
        },
        Filter::Compare { path, op, value } if is_time(schema, &outer.join(path)) => since(path, *op, value),
        Filter::Compare { path, op: Op::Eq, value } => equal(schema, path, outer, value),
        Filter::Compare { .. } => Wider::Everything,
        Filter::In { path, values } => {
            let each = values.iter().map(|value| equal(schema, path, outer, value));
            each.reduce(Wider::or).unwrap_or(Wider::Nothing)
        }
        Filter::Text { function: TextFunction::StartsWith, path, text } => {
            let alike = column(schema, path, outer).is_some_and(|column| match column.fold {
                Fold::Lower => true,
                Fold::Address => is_in_dots(text),
                Fold::None | Fold::Id => false,
            });
            if alike && !text.is_empty() { Wider::tight(filter.clone()) } else { Wider::Everything }
        }
        Filter::Text { function: TextFunction::EndsWith | TextFunction::Contains, .. } => Wider::Everything,
    }
}

fn is_time(schema: &Schema, path: &Path) -> bool {
    matches!(schema.shape, Shape::Events { time } if time == path.as_str())
}

/// A comparison of the time of an event.
fn since(path: &Path, op: Op, value: &Literal) -> Wider {
    let op = match op {
        Op::Gt | Op::Ge => Op::Ge,
        Op::Lt | Op::Le => Op::Le,
        // A source may keep times less exactly than they are asked for.
        Op::Eq | Op::Ne => return Wider::Everything,
    };
    Wider::tight(Filter::Compare { path: path.clone(), op, value: value.clone() })
}

/// A property that has this value.
fn equal(schema: &Schema, path: &Path, outer: &Path, value: &Literal) -> Wider {
    let Some(column) = column(schema, path, outer) else { return Wider::Everything };
    let alike = match (value, column.fold) {
        (Literal::String(text), Fold::Address) => is_in_dots(text),
        (Literal::String(text), Fold::None | Fold::Id | Fold::Lower) => !text.is_empty(),
        (Literal::Int(_) | Literal::Bool(_), _) => true,
        (Literal::Null | Literal::Time(_), _) => false,
    };
    let compared = Filter::Compare { path: path.clone(), op: Op::Eq, value: value.clone() };
    if alike { Wider::tight(compared) } else { Wider::Everything }
}

/// The column at a path; one below an array only from inside an `any`.
fn column(schema: &Schema, path: &Path, outer: &Path) -> Option<&'static Column> {
    let full = outer.join(path);
    let found = schema.columns.iter().find(|column| column.path == full.as_str())?;
    (found.stored != Stored::Each || !outer.as_str().is_empty()).then_some(found)
}

/// Whether it is an address of IPv4, or the beginning of one: there is one way to write it.
fn is_in_dots(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

#[cfg(test)]
mod tests {
    use vouchsafe_diagnostics::filter::parse;
    use vouchsafe_diagnostics::resource::Resource;

    use super::*;

    /// Each filter that is asked, with `!` before those that are not tight; `*` asks for everything.
    fn asked(resource: Resource, filter: &str, times: &str) -> Vec<String> {
        let parsed = |text: &str| (!text.is_empty()).then(|| parse(text).unwrap());
        let all = narrowings(resource.schema(), parsed(filter).as_ref(), parsed(times).as_ref());
        let shown = |one: Narrowing| {
            let text = one.filter.map_or_else(|| "*".to_owned(), |filter| filter.to_string());
            if one.is_tight { text } else { format!("!{text}") }
        };
        all.into_iter().map(shown).collect()
    }

    #[test]
    fn what_every_source_understands_alike_is_sent() {
        let times = "createdDateTime ge 2026-11-01T00:00:00Z and createdDateTime lt 2026-12-01T00:00:00Z";
        let sent = "createdDateTime ge 2026-11-01T00:00:00Z and createdDateTime le 2026-12-01T00:00:00Z";
        assert_eq!(
            asked(Resource::SignIn, "status/errorCode eq 50126", times),
            [format!("status/errorCode eq 50126 and ({sent})"), format!("!{sent}"), "!*".to_owned()]
        );
        assert_eq!(asked(Resource::SignIn, "", times), [sent, "!*"]);
        assert_eq!(asked(Resource::SignIn, "", ""), ["*"]);
        assert_eq!(
            asked(Resource::SignIn, "userId in ('a', 'b')", ""),
            ["userId eq 'a' or userId eq 'b'", "!*"]
        );
        assert_eq!(
            asked(Resource::SignIn, "startswith(ipAddress, '203.0.113.')", ""),
            ["startswith(ipAddress, '203.0.113.')", "!*"]
        );
        let target = "targetResources/any(e1: e1/id eq 'a')";
        assert_eq!(asked(Resource::DirectoryAudit, target, ""), [target, "!*"]);
    }

    #[test]
    fn what_a_source_may_understand_otherwise_is_looked_at_here() {
        for filter in [
            "not (status/errorCode eq 0)",
            "status/errorCode ne 0",
            "userId eq null",
            "userId eq ''",
            "contains(appDisplayName, 'o')",
            "ipAddress eq '2001:db8::1'",
            "startswith(ipAddress, '2001:0db8:')",
            "createdDateTime eq 2026-11-01T00:00:00Z",
            "isInteractive eq true or contains(appDisplayName, 'o')",
            "location/city gt 'B'",
        ] {
            assert_eq!(asked(Resource::SignIn, filter, ""), ["!*"], "{filter}");
        }
        assert_eq!(asked(Resource::DirectoryAudit, "targetResources/id eq 'a'", ""), ["!*"]);
        assert_eq!(
            asked(Resource::SignIn, "status/errorCode ne 0 and appId eq 'a'", ""),
            ["!appId eq 'a'", "!*"]
        );
    }

    #[test]
    fn an_empty_choice_asks_nothing_and_a_long_one_is_not_sent() {
        let schema = Resource::SignIn.schema();
        let path: Path = "userId".parse().unwrap();
        let nobody = Filter::In { path: path.clone(), values: Vec::new() };
        assert_eq!(narrowings(schema, Some(&nobody), None), []);
        let crowd = (0..100).map(|n| Literal::String(format!("{n:036}")));
        let crowd = Filter::In { path, values: crowd.collect() };
        assert_eq!(narrowings(schema, Some(&crowd), None), [Narrowing { filter: None, is_tight: false }]);
    }
}
