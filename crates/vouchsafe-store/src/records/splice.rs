//! Ids are random, so that no packing makes them small: what stands in the row as sixteen bytes is left out of the JSON
//! before it is packed, and put back after. A mark stands in its place, a byte that JSON cannot hold.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use uuid::Uuid;

/// The byte after the last mark; a tab, which JSON can hold.
pub(super) const MARKS_END: u8 = 0x08;

/// Where the first hyphen of a UUID stands.
const FIRST_HYPHEN: usize = 8;

/// An id or another reference as it is stored: a UUID in sixteen bytes, anything else as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Key {
    Uuid([u8; 16]),
    Text(String),
}

impl Key {
    /// The stored form of a folded text.
    pub(super) fn new(text: &str) -> Self {
        let mut lower = Uuid::encode_buffer();
        match Uuid::try_parse(text) {
            Ok(uuid) if uuid.as_hyphenated().encode_lower(&mut lower) == text => {
                Self::Uuid(uuid.into_bytes())
            }
            Ok(_) | Err(_) => Self::Text(text.to_owned()),
        }
    }

    /// The stored form in a column.
    pub(super) fn read(value: ValueRef<'_>) -> Option<Self> {
        match value {
            ValueRef::Blob(bytes) => bytes.try_into().ok().map(Self::Uuid),
            ValueRef::Text(text) => String::from_utf8(text.to_vec()).ok().map(Self::Text),
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => None,
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Uuid(bytes) => write!(f, "{}", Uuid::from_bytes(*bytes).as_hyphenated()),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl ToSql for Key {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Uuid(bytes) => ValueRef::Blob(bytes),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// Whether a text holds a byte that is a mark. No JSON does.
pub(super) fn has_mark(text: &str) -> bool {
    text.bytes().any(|byte| byte < MARKS_END)
}

/// Leaves the UUIDs out of the text, wherever they stand; each is marked by its place among the keys.
pub(super) fn cut(text: &str, keys: &[Option<&Key>], cut: &mut Vec<u8>) {
    cut.clear();
    cut.extend_from_slice(text.as_bytes());
    let mut buffer = Uuid::encode_buffer();
    for (mark, key) in (1..MARKS_END).zip(keys) {
        let Some(Key::Uuid(bytes)) = key else { continue };
        let needle = Uuid::from_bytes(*bytes).as_hyphenated().encode_lower(&mut buffer).as_bytes();
        let (mut from, mut to) = (0, 0);
        while let Some(found) = cut.get(from..).and_then(|rest| find(rest, needle)) {
            cut.copy_within(from..from + found, to);
            to += found;
            if let Some(place) = cut.get_mut(to) {
                *place = mark;
            }
            to += 1;
            from += found + needle.len();
        }
        if from > 0 {
            let rest = cut.len() - from;
            cut.copy_within(from.., to);
            cut.truncate(to + rest);
        }
    }
}

/// Where a UUID first stands. Hyphens are rare, so its first one is looked for; a general search would take longer to
/// prepare than this takes to run.
fn find(text: &[u8], uuid: &[u8]) -> Option<usize> {
    let hyphens = memchr::memchr_iter(b'-', text);
    let mut starts = hyphens.filter_map(|hyphen| hyphen.checked_sub(FIRST_HYPHEN));
    starts.find(|start| text.get(*start..).is_some_and(|rest| rest.starts_with(uuid)))
}

/// Puts back what [`cut`] left out.
pub(super) fn join(cut: &[u8], keys: &[Option<Key>], joined: &mut Vec<u8>) {
    joined.clear();
    let mut buffer = Uuid::encode_buffer();
    let mut rest = cut;
    while let Some(found) = rest.iter().position(|byte| *byte < MARKS_END) {
        let (before, after) = rest.split_at(found);
        joined.extend_from_slice(before);
        let Some((mark, after)) = after.split_first() else { break };
        if let Some(Some(Key::Uuid(bytes))) = keys.get(usize::from(*mark).wrapping_sub(1)) {
            let uuid = Uuid::from_bytes(*bytes);
            joined.extend_from_slice(uuid.as_hyphenated().encode_lower(&mut buffer).as_bytes());
        }
        rest = after;
    }
    joined.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_a_uuid_in_lower_case_is_sixteen_bytes() {
        let text = "11111111-aaaa-4111-8111-111111111111";
        assert!(matches!(Key::new(text), Key::Uuid(_)));
        for other in [
            text.to_uppercase(),
            text.replace('-', ""),
            format!("{{{text}}}"),
            String::new(),
            "s1".to_owned(),
        ] {
            assert_eq!(Key::new(&other), Key::Text(other.clone()));
            assert_eq!(Key::new(&other).to_string(), other);
        }
        assert_eq!(Key::new(text).to_string(), text);
    }

    proptest! {
        #[test]
        fn what_is_cut_comes_back(parts in prop::collection::vec(prop_oneof![
            Just("11111111-aaaa-4111-8111-111111111111".to_owned()),
            Just("22222222-aaaa-4111-8111-111111111111".to_owned()),
            Just("11111111-".to_owned()),
            "[ -~\\t\\nä]{0,12}",
        ], 0..12)) {
            let text = parts.concat();
            let keys = ["11111111-aaaa-4111-8111-111111111111", "text", "22222222-aaaa-4111-8111-111111111111"]
                .map(|text| Some(Key::new(text)));
            let borrowed: Vec<_> = keys.iter().map(Option::as_ref).collect();
            let (mut without, mut whole) = (Vec::new(), Vec::new());
            cut(&text, &borrowed, &mut without);
            join(&without, &keys, &mut whole);
            prop_assert_eq!(String::from_utf8(whole).unwrap(), text);
        }
    }
}
