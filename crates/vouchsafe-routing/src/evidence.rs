//! Who resolved how much under which problem type, and for how many tenants: what an explanation may rest on.

use std::collections::BTreeMap;

use crate::request::{EngineerId, Resolved, TenantId, with_parents};

/// Other tenants that a topic needs before solved cases alone may name it.
pub const TENANTS_MIN: usize = 5;

/// What an engineer has resolved under a problem type for other tenants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Resolved requests of other tenants.
    pub cases: u64,
    /// Different ones among those tenants.
    pub tenants: usize,
}

/// Counts per engineer, problem type and tenant. A request counts under its first problem type and that type's parents.
#[derive(Debug, Clone, Default)]
pub(crate) struct Evidence {
    by_topic: BTreeMap<String, TopicEvidence>,
}

#[derive(Debug, Clone, Default)]
struct TopicEvidence {
    cases: u64,
    by_engineer: BTreeMap<EngineerId, BTreeMap<TenantId, u64>>,
}

impl Evidence {
    pub(crate) fn learn(&mut self, case: &Resolved<'_>) {
        let Some(problem_type) = case.request.problem_types.first() else { return };
        for topic in with_parents(problem_type) {
            if !self.by_topic.contains_key(topic) {
                self.by_topic.insert(topic.to_owned(), TopicEvidence::default());
            }
            if let Some(evidence) = self.by_topic.get_mut(topic) {
                evidence.cases += 1;
                *evidence.by_engineer.entry(case.engineer).or_default().entry(case.tenant).or_default() += 1;
            }
        }
    }

    pub(crate) fn tally(&self, engineer: EngineerId, topic: &str, tenant: TenantId) -> Tally {
        let tenants = self.by_topic.get(topic).and_then(|evidence| evidence.by_engineer.get(&engineer));
        let others = tenants.into_iter().flatten().filter(|(other, _)| **other != tenant);
        others.fold(Tally::default(), |tally, (_, cases)| Tally {
            cases: tally.cases + cases,
            tenants: tally.tenants + 1,
        })
    }

    pub(crate) fn under(&self, topic: &str) -> u64 {
        self.by_topic.get(topic).map_or(0, |evidence| evidence.cases)
    }
}
