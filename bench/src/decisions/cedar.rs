//! The same rule for Cedar: cases with engineer, categories and end, engineers that are active or not.

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use serde_json::{Value, json};

use super::memory::each;

const POLICY: &str = r#"permit(principal, action == Action::"read", resource) when {
    principal.active && resource.open && resource.engineer == principal
        && resource.categories.contains(context.category) && context.now < resource.until
};"#;
/// Questions of one measurement.
const QUESTIONS: usize = 20_000;
const ENGINEERS: usize = 200;

/// Policy, entities and requests, all ready.
pub(super) struct Cedar {
    policies: PolicySet,
    entities: Entities,
    requests: Vec<Request>,
}

fn uid(kind: &str, n: usize) -> EntityUid {
    format!("{kind}::\"{n}\"").parse().unwrap()
}

impl Cedar {
    pub(super) fn of(cases: usize) -> Self {
        let entity = |kind: &str, n: usize, attrs: Value| json!({ "uid": { "type": kind, "id": n.to_string() }, "attrs": attrs, "parents": [] });
        let mut all: Vec<Value> =
            (0..ENGINEERS).map(|n| entity("Engineer", n, json!({ "active": true }))).collect();
        all.extend((0..cases).map(|n| {
            let engineer = json!({ "__entity": { "type": "Engineer", "id": (n % ENGINEERS).to_string() } });
            entity(
                "Case",
                n,
                json!({ "open": true, "engineer": engineer, "categories": ["signInLogs"], "until": 100 }),
            )
        }));
        let requests = (0..QUESTIONS)
            .map(|n| {
                let case = n.wrapping_mul(617) % cases;
                let context = json!({ "category": "signInLogs", "now": 5 });
                let context = Context::from_json_value(context, None).unwrap();
                let (engineer, read) =
                    (uid("Engineer", case % ENGINEERS), "Action::\"read\"".parse().unwrap());
                Request::new(engineer, read, uid("Case", case), context, None).unwrap()
            })
            .collect();
        Self {
            policies: POLICY.parse().unwrap(),
            entities: Entities::from_json_value(Value::Array(all), None).unwrap(),
            requests,
        }
    }

    /// Nanoseconds of processor time for one decision.
    pub(super) fn decisions(&self) -> f64 {
        let authorizer = Authorizer::new();
        each(&self.requests, |request| {
            authorizer.is_authorized(request, &self.policies, &self.entities).decision() == Decision::Allow
        })
    }
}
