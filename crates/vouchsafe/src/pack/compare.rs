//! Holding what is claimed against what is proven, member by member.

use serde_json::Value;
use vouchsafe_log::opening::COMMITMENT;

/// The first place where a claim differs from what is proven. Members of the claim that nothing is known of are added to
/// `open`; null and absent are the same; an erased value admits every claim.
pub(crate) fn differs(claim: &Value, proven: &Value, at: &str, open: &mut Vec<String>) -> Option<String> {
    if proven.get(COMMITMENT).is_some() {
        open.push(at.to_owned());
        return None;
    }
    match (claim, proven) {
        (Value::Object(claim), Value::Object(proven)) => {
            for (name, value) in claim {
                let at = if at.is_empty() { name.clone() } else { format!("{at}/{name}") };
                let found = match proven.get(name) {
                    Some(proven) => differs(value, proven, &at, open),
                    None if value.is_null() => None,
                    None => {
                        open.push(at);
                        None
                    }
                };
                if found.is_some() {
                    return found;
                }
            }
            // What is proven must not be left out either.
            let missing = proven.iter().find(|(name, value)| !value.is_null() && !claim.contains_key(*name));
            missing.map(|(name, _)| if at.is_empty() { name.clone() } else { format!("{at}/{name}") })
        }
        (Value::Array(claims), Value::Array(proven)) => {
            if claims.len() != proven.len() {
                return Some(at.to_owned());
            }
            let mut pairs = claims.iter().zip(proven).enumerate();
            pairs.find_map(|(place, (claim, proven))| differs(claim, proven, &format!("{at}/{place}"), open))
        }
        (claim, proven) => (claim != proven).then(|| at.to_owned()),
    }
}

/// Whether every item of `claims` is one of `proven`.
pub(crate) fn all_among(claims: &Value, proven: &Value) -> bool {
    let (Some(claims), Some(proven)) = (claims.as_array(), proven.as_array()) else { return false };
    claims.iter().all(|claim| proven.contains(claim))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(claim: &Value, proven: &Value) -> (Option<String>, Vec<String>) {
        let mut open = Vec::new();
        (differs(claim, proven, "", &mut open), open)
    }

    #[test]
    fn a_difference_is_named_and_what_nothing_is_known_of_is_told() {
        let proven = json!({ "a": { "b": [1, { "c": "x" }], "gone": { COMMITMENT: "00" } }, "d": null });
        let claim =
            json!({ "a": { "b": [1, { "c": "x" }], "gone": "Anna" }, "new": 1, "d": null, "e": null });
        assert_eq!(found(&claim, &proven), (None, vec!["a/gone".to_owned(), "new".to_owned()]));
        let other = json!({ "a": { "b": [1, { "c": "y" }], "gone": "Anna" } });
        assert_eq!(found(&other, &proven).0.as_deref(), Some("a/b/1/c"));
        let longer = json!({ "a": { "b": [1, { "c": "x" }, 2], "gone": "Anna" } });
        assert_eq!(found(&longer, &proven).0.as_deref(), Some("a/b"));
        assert_eq!(found(&json!({ "a": { "gone": "Anna" } }), &proven).0.as_deref(), Some("a/b"));
        assert_eq!(found(&json!({ "a": proven["a"], "d": 1 }), &proven).0.as_deref(), Some("d"));
    }
}
