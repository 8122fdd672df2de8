//! Which engineer a new support request goes to: the plain rule of the first release.
//!
//! Active engineers whom the support request tenant accepts and whose declared expertise holds the problem type;
//! among them the one with the fewest open cases; among those the smallest id.

use crate::id::UserId;

/// What the rule must know of one engineer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The engineer.
    pub engineer: UserId,
    /// Whether the account is active.
    pub active: bool,
    /// Whether the support request tenant's engineer rules accept the engineer.
    pub accepted: bool,
    /// Declared expertise: problem type ids. A parent holds its children.
    pub expertise: Vec<String>,
    /// Cases open now.
    pub open_cases: u64,
}

/// The engineer for a problem type, or nobody.
#[must_use]
pub fn choose(problem_type: &str, candidates: &[Candidate]) -> Option<UserId> {
    candidates
        .iter()
        .filter(|candidate| candidate.active && candidate.accepted)
        .filter(|candidate| candidate.expertise.iter().any(|declared| holds(declared, problem_type)))
        .min_by_key(|candidate| (candidate.open_cases, candidate.engineer))
        .map(|candidate| candidate.engineer)
}

fn holds(declared: &str, problem_type: &str) -> bool {
    problem_type.strip_prefix(declared).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Id, uuid_v7};
    use crate::time::Timestamp;

    fn candidate(n: u8, expertise: &str, open_cases: u64) -> Candidate {
        Candidate {
            engineer: UserId::from_uuid(uuid_v7(Timestamp::from_millis(1), [n; 10])),
            active: true,
            accepted: true,
            expertise: vec![expertise.to_owned()],
            open_cases,
        }
    }

    #[test]
    fn expertise_then_load_then_id() {
        let expert_busy = candidate(1, "signIn", 3);
        let expert_free = candidate(2, "signIn/conditionalAccess", 1);
        let expert_free_later = candidate(3, "signIn/conditionalAccess", 1);
        let stranger = candidate(4, "signIn/conditional", 0);
        let all = [expert_busy.clone(), expert_free_later, expert_free.clone(), stranger];
        assert_eq!(choose("signIn/conditionalAccess", &all), Some(expert_free.engineer));
        assert_eq!(choose("signIn/passwordReset", &all), Some(expert_busy.engineer));
        assert_eq!(choose("devices", &all), None);
    }

    #[test]
    fn inactive_and_unaccepted_engineers_get_nothing() {
        let mut inactive = candidate(1, "signIn", 0);
        inactive.active = false;
        let mut unaccepted = candidate(2, "signIn", 0);
        unaccepted.accepted = false;
        assert_eq!(choose("signIn", &[inactive, unaccepted]), None);
    }
}
