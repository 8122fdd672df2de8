//! What the customer reads about an assignment, and what it may rest on.

use std::fmt;

use serde::Serialize;

use crate::evidence::{TENANTS_MIN, Tally};
use crate::request::with_parents;
use crate::staff::Engineer;

/// First count of the band *many*, and of *very many*.
const MANY: u64 = 10;
const VERY_MANY: u64 = 50;

/// A count of solved cases, told no finer than this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Band {
    /// Below 10. None at all is told apart from nothing: that there was a first one is another customer's matter.
    Some,
    /// 10 to 49.
    Many,
    /// 50 and more.
    VeryMany,
}

impl Band {
    /// The band of a count.
    #[must_use]
    pub fn of(cases: u64) -> Self {
        match cases {
            0..MANY => Self::Some,
            MANY..VERY_MANY => Self::Many,
            VERY_MANY.. => Self::VeryMany,
        }
    }
}

impl fmt::Display for Band {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::Some => "some (below 10)",
            Self::Many => "many (10 to 49)",
            Self::VeryMany => "very many (50 or more)",
        })
    }
}

/// A problem type that speaks for the engineer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Topic {
    /// The request's problem type or one of its parents.
    pub problem_type: String,
    /// Whether the engineer's declared expertise covers it.
    pub declared: bool,
    /// Cases under it that the engineer has solved for other tenants.
    pub solved: Band,
}

/// Why this engineer, in what every customer may know.
///
/// Frozen at assignment. It is a function of the engineer's declared expertise, the request's problem type and, per
/// topic, the band of the count and whether at least [`TENANTS_MIN`] other tenants stand behind it. So two histories
/// of other tenants in the same bands give the same bytes. It names no load, no date, no text and no tenant, and no
/// word of a description: such a word could itself be another customer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// What speaks for the engineer, the most specific first; may be empty.
    pub topics: Vec<Topic>,
    /// Whether the engineer was on shift.
    pub on_shift: bool,
}

impl Explanation {
    /// The explanation for an engineer and a problem type. `tally` gives what the engineer has solved under a problem
    /// type for tenants other than the request's.
    #[must_use]
    pub fn new(
        engineer: &Engineer,
        problem_type: &str,
        on_shift: bool,
        tally: impl Fn(&str) -> Tally,
    ) -> Self {
        let topics = with_parents(problem_type).filter_map(|topic| {
            let declared = engineer.declares(topic);
            let tally = tally(topic);
            (declared || tally.tenants >= TENANTS_MIN).then(|| Topic {
                problem_type: topic.to_owned(),
                declared,
                solved: Band::of(tally.cases),
            })
        });
        Self { topics: topics.collect(), on_shift }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_have_the_published_edges() {
        let bands = [0, 9, 10, 49, 50, u64::MAX].map(Band::of);
        assert_eq!(bands, [Band::Some, Band::Some, Band::Many, Band::Many, Band::VeryMany, Band::VeryMany]);
    }
}
