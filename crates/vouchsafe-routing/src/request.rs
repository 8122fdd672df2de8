//! A support request as assignment sees it, and one that was resolved.

use jiff::Timestamp;
use serde::Serialize;

/// An engineer, by the 128 bits of the id that the caller uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct EngineerId(pub u128);

/// A tenant, by the 128 bits of the id that the caller uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct TenantId(pub u128);

/// How much a request hurts the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A question, or a fault with a way round it.
    Minimal,
    /// Work is hindered.
    Moderate,
    /// Work has stopped.
    Critical,
}

/// What is known of a support request when it is opened.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The title as the customer wrote it.
    pub title: &'a str,
    /// The description as the customer wrote it; may be empty.
    pub description: &'a str,
    /// Problem types as paths such as `signIn/conditionalAccess`; may be empty. The first one counts as the topic.
    pub problem_types: &'a [&'a str],
    /// Severity or priority in the deployment's own word; may be empty.
    pub priority: &'a str,
    /// When it was opened.
    pub opened: Timestamp,
}

/// A request that was resolved, as the model learns it.
#[derive(Debug, Clone, Copy)]
pub struct Resolved<'a> {
    /// The request as it was opened.
    pub request: Request<'a>,
    /// The number under which people mention it in later texts; may be empty.
    pub number: &'a str,
    /// Whose request it was. Only [`Explanation`](crate::Explanation) looks at it, to count *other* tenants.
    pub tenant: TenantId,
    /// Who resolved it.
    pub engineer: EngineerId,
    /// When it was closed.
    pub resolved: Timestamp,
    /// Whether it had been closed before and came back. Such a solution teaches half as much.
    pub reopened: bool,
}

/// Whether a problem type lies under another: a parent covers its children, and everything covers itself.
///
/// ```
/// # use vouchsafe_routing::covers;
/// assert!(covers("signIn", "signIn/conditionalAccess"));
/// assert!(!covers("signIn", "signInLogs"));
/// ```
#[must_use]
pub fn covers(parent: &str, problem_type: &str) -> bool {
    problem_type.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A problem type and its parents, the most specific first.
pub(crate) fn with_parents(problem_type: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(problem_type), |path| path.rsplit_once('/').map(|(parent, _)| parent))
        .filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_follow_their_child() {
        assert_eq!(with_parents("a/b/c").collect::<Vec<_>>(), ["a/b/c", "a/b", "a"]);
        assert_eq!(with_parents("").count(), 0);
        assert!(with_parents("a/b/c").all(|parent| covers(parent, "a/b/c")));
    }
}
