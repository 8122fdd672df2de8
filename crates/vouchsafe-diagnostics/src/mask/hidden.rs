//! What a masked value truly is, for who asks its tenant to show it.

use super::key::MaskKey;
use super::registry::Registry;
use super::rewrite::{MaskError, Rewriter};
use crate::filter::{Filter, Literal, Op, Path};

/// A value that can be asked for: the property that holds it truly, and what it truly is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// Path of the property: that of the person's id where a name was written as its pseudonym.
    pub path: String,
    /// The true value.
    pub value: String,
}

/// Why a value cannot be asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotHidden {
    /// There is nothing to reveal.
    #[error("is not masked")]
    Plain,
    /// The pseudonym of a text that cannot be turned back.
    #[error("cannot be turned back: ask for the id beside it, such as `userId`, or write the whole value")]
    OneWay,
    /// Not one value.
    #[error("must be one value: a pseudonym as it was shown, or a whole value")]
    NotOne,
}

/// What a value that was shown at `path` under this key truly is. A whole value is itself.
///
/// # Errors
/// [`NotHidden`].
pub fn hidden(registry: &Registry, key: &MaskKey, path: &str, shown: &str) -> Result<Hidden, NotHidden> {
    if registry.class(path).is_always_plain() {
        return Err(NotHidden::Plain);
    }
    let property: Path = path.parse().map_err(|_| NotHidden::NotOne)?;
    let value = Literal::String(shown.to_owned());
    let asked = Filter::Compare { path: property, op: Op::Eq, value };
    // The rules of filters say what a text that stands for a value means; a reveal must mean the same.
    let found = Rewriter::new(registry, key).filter(&asked).map_err(|error| match error {
        MaskError::OneWay { .. } => NotHidden::OneWay,
        MaskError::MaskedProperty { .. } | MaskError::Address { .. } => NotHidden::NotOne,
    })?;
    let typed = !found.typed.is_empty();
    match found.filter {
        Filter::Compare { path, op: Op::Eq, value: Literal::String(value) } => {
            Ok(Hidden { path: path.to_string(), value })
        }
        // Either what it is the pseudonym of, or what it says itself; what was typed means itself.
        Filter::In { path, values } => {
            let value = if typed { values.last() } else { values.first() };
            match value {
                Some(Literal::String(value)) => Ok(Hidden { path: path.to_string(), value: value.clone() }),
                Some(Literal::Null | Literal::Bool(_) | Literal::Int(_) | Literal::Time(_)) | None => {
                    Err(NotHidden::NotOne)
                }
            }
        }
        Filter::And(..)
        | Filter::Or(..)
        | Filter::Not(_)
        | Filter::Compare { .. }
        | Filter::Text { .. }
        | Filter::Any { .. } => Err(NotHidden::NotOne),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::mask::{Masker, Revealed, Shown};
    use crate::sign_in::MASKS;

    const USER: &str = "26be570a-ae82-4189-b4e2-a37c6808512d";

    fn record() -> Value {
        json!({
            "id": "66ea54eb-6301-4ee5-be62-ff5a759b0100", "userId": USER, "userDisplayName": "Lee Gu",
            "userPrincipalName": "lee@adatum.example", "ipAddress": "203.0.113.9", "userAgent": "Lynx",
        })
    }

    fn shown(revealed: &Revealed) -> (Value, Vec<String>) {
        let key = MaskKey::derive(b"secret", "grant");
        let mut masker = Masker::new(&MASKS, &key).with_revealed(revealed);
        let mut shown = Vec::new();
        masker.mask_json(&record().to_string(), None, &mut shown).unwrap();
        let read = masker.into_properties().into_iter();
        let names = read.filter(|property| property.shown == Shown::Revealed).map(|property| property.name);
        (serde_json::from_slice(&shown).unwrap(), names.collect())
    }

    fn asked(path: &str, shown: &str) -> Result<Hidden, NotHidden> {
        hidden(&MASKS, &MaskKey::derive(b"secret", "grant"), path, shown)
    }

    #[test]
    fn a_revealed_person_shows_id_upn_and_name_and_nothing_else() {
        let (masked, none) = shown(&Revealed::default());
        assert!(none.is_empty() && masked["userId"] != USER);
        for at in ["userId", "userPrincipalName", "userDisplayName"] {
            let found = asked(at, masked[at].as_str().unwrap()).unwrap();
            assert_eq!(found, Hidden { path: "userId".to_owned(), value: USER.to_owned() });
            let mut revealed = Revealed::default();
            revealed.insert(MASKS.class(&found.path), &found.value);
            let (clear, names) = shown(&revealed);
            for name in ["userId", "userPrincipalName", "userDisplayName"] {
                assert_eq!(clear[name], record()[name]);
            }
            assert_eq!(names, ["userDisplayName", "userId", "userPrincipalName"]);
            for name in ["id", "ipAddress", "userAgent"] {
                assert_eq!(clear[name], masked[name]);
            }
        }
    }

    #[test]
    fn one_value_shows_and_others_of_its_kind_do_not() {
        let (masked, _) = shown(&Revealed::default());
        let found = asked("ipAddress", masked["ipAddress"].as_str().unwrap()).unwrap();
        assert_eq!(found, Hidden { path: "ipAddress".to_owned(), value: "203.0.113.9".to_owned() });
        let mut revealed = Revealed::default();
        revealed.insert(MASKS.class(&found.path), &found.value);
        assert_eq!(shown(&revealed).0["ipAddress"], "203.0.113.9");
        let mut other = Revealed::default();
        other.insert(MASKS.class("ipAddress"), "203.0.113.8");
        other.insert(MASKS.class("userAgent"), "203.0.113.9");
        assert_eq!(shown(&other).0, masked);
    }

    #[test]
    fn what_is_plain_one_way_or_not_one_value_cannot_be_asked_for() {
        let (masked, _) = shown(&Revealed::default());
        assert_eq!(asked("appDisplayName", "Payroll"), Err(NotHidden::Plain));
        assert_eq!(asked("userAgent", masked["userAgent"].as_str().unwrap()), Err(NotHidden::OneWay));
        assert_eq!(asked("ipAddress", "203.0.113.0/24"), Err(NotHidden::NotOne));
        let whole = Hidden { path: "userAgent".to_owned(), value: "Lynx".to_owned() };
        assert_eq!(asked("userAgent", "Lynx"), Ok(whole));
        assert_eq!(asked("userId", USER).unwrap().value, USER);
    }
}
