//! Reading a JSON request body, with errors that say where.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_path_to_error::Segment;

use crate::problem::{Code, Pointer};

/// Reads the JSON body of a request.
///
/// An empty body reads as `{}`, so that acts without required fields need none.
///
/// # Errors
/// [`BodyError`] names the first thing that is wrong by JSON pointer.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, BodyError> {
    let bytes = if bytes.trim_ascii().is_empty() { b"{}" } else { bytes };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let Object(value) =
        serde_path_to_error::deserialize(&mut json).map_err(|error| BodyError::locate(&error))?;
    json.end().map_err(|error| BodyError::at_root(plain_message(&error)))?;
    Ok(value)
}

/// Why a body could not be read. Holds nothing that the caller did not send or the contract does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyError {
    /// `unknownField` or `invalidRequest`.
    pub code: Code,
    /// JSON pointer (RFC 6901) of the member that is wrong; empty for the whole body.
    pub pointer: String,
    /// What is wrong there, in words.
    pub message: String,
}

impl BodyError {
    /// The error as an entry of [`crate::problem::Problem::errors`].
    #[must_use]
    pub fn to_pointer(&self) -> Pointer {
        Pointer { pointer: Some(self.pointer.clone()), parameter: None, message: self.message.clone() }
    }

    fn at_root(message: String) -> Self {
        Self { code: Code::InvalidRequest, pointer: String::new(), message }
    }

    fn locate(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let message = plain_message(error.inner());
        let unknown = message.starts_with("unknown field");
        let mut pointer = String::new();
        for segment in error.path() {
            match segment {
                Segment::Seq { index } => push_segment(&mut pointer, &index.to_string()),
                Segment::Map { key } => push_segment(&mut pointer, key),
                Segment::Enum { .. } | Segment::Unknown => {}
            }
        }
        let parent_only = ["missing field `", "duplicate field `"];
        if let Some(name) = parent_only.iter().find_map(|lead| quoted_after(&message, lead)) {
            push_segment(&mut pointer, name);
        }
        let code = if unknown { Code::UnknownField } else { Code::InvalidRequest };
        Self { code, pointer, message }
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => f.write_str(&self.message),
            pointer => write!(f, "{pointer}: {}", self.message),
        }
    }
}

impl std::error::Error for BodyError {}

/// A word that is not one of a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownWord {
    /// The words that would have been right.
    pub expected: &'static [&'static str],
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not one of {}", self.expected.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

/// Reads a member of a PATCH body that may be absent but not null: absent is `None`, null is an error.
///
/// Use with `#[serde(default, deserialize_with = "…")]`.
pub(crate) fn not_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// Reads a member that must be a JSON object.
pub(crate) fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Object::deserialize(deserializer).map(|Object(value)| value)
}

/// Reads a list of JSON objects.
pub(crate) fn objects<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list = Vec::<Object<T>>::deserialize(deserializer)?;
    Ok(list.into_iter().map(|Object(value)| value).collect())
}

/// Reads a member of a PATCH body that must be a list of JSON objects if present.
pub(crate) fn not_null_objects<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    objects(deserializer).map(Some)
}

/// Reads a member of a PATCH body that must be a JSON object if present.
pub(crate) fn not_null_object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    object(deserializer).map(Some)
}

/// Reads a member that is a JSON object, null or absent.
pub(crate) fn optional_object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.map(|Object(value)| value))
}

/// Reads a member of a PATCH body that may be absent, a JSON object, or null: absent is `None`, null is `Some(None)`.
#[expect(clippy::option_option, reason = "absent and null are two things in a PATCH")]
pub(crate) fn nullable_object<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    optional_object(deserializer).map(Some)
}

/// A struct that is read from a JSON object only. On its own, serde would take an array of the values too, so
/// that `[]` would pass for a filter without limits.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData)).map(Self)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members))
    }
}

/// serde_json appends the position in the text; the pointer says it better.
fn plain_message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if error.is_data() {
        match text.rfind(" at line ") {
            Some(end) => text.get(..end).unwrap_or(&text).to_owned(),
            None => text,
        }
    } else {
        text
    }
}

fn push_segment(pointer: &mut String, segment: &str) {
    pointer.push('/');
    pointer.push_str(&segment.replace('~', "~0").replace('/', "~1"));
}

fn quoted_after<'a>(message: &'a str, lead: &str) -> Option<&'a str> {
    message.strip_prefix(lead)?.split('`').next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access_request::{ApproveAccessRequest, CreateAccessRequest};
    use crate::support_request::{CloseSupportRequest, UpdateSupportRequest};

    fn failure<T: DeserializeOwned + fmt::Debug>(json: &str) -> String {
        let error = parse::<T>(json.as_bytes()).unwrap_err();
        format!("{} {error}", error.code)
    }

    #[test]
    fn errors_name_the_member() {
        let close = failure::<CloseSupportRequest>;
        assert_eq!(
            close(r#"{"resolution":"fixed"}"#),
            "invalidRequest /resolution: unknown variant `fixed`, expected one of `resolved`, `withdrawn`, \
             `duplicate`, `notReproducible`"
        );
        assert_eq!(
            close(r#"{"resolution":"resolved","x/y":1}"#),
            "unknownField /x~1y: unknown field `x/y`, expected `resolution`"
        );
        assert_eq!(close(""), "invalidRequest /resolution: missing field `resolution`");
        assert_eq!(close("[\"resolved\"]"), "invalidRequest invalid type: sequence, expected an object");
        assert!(close("{").starts_with("invalidRequest EOF while parsing"));
        assert!(close(r#"{"resolution":"resolved"} 1"#).starts_with("invalidRequest trailing characters"));
        assert_eq!(
            close(r#"{"resolution":"resolved","resolution":"resolved"}"#),
            "invalidRequest /resolution: duplicate field `resolution`"
        );
    }

    #[test]
    fn null_is_not_absence_in_a_patch() {
        assert!(parse::<UpdateSupportRequest>(b"{}").unwrap().severity.is_none());
        assert!(
            failure::<UpdateSupportRequest>(r#"{"severity":null}"#).starts_with("invalidRequest /severity: ")
        );
        assert!(
            failure::<UpdateSupportRequest>(r#"{"contact":{"name":"A","email":"a@b.example","phone":""}}"#)
                .starts_with("unknownField /contact/phone: unknown field `phone`")
        );
    }

    #[test]
    fn objects_are_not_written_as_arrays() {
        assert_eq!(
            failure::<ApproveAccessRequest>(r#"{"narrowTo":{"filter":[]}}"#),
            "invalidRequest /narrowTo/filter: invalid type: sequence, expected an object"
        );
        assert_eq!(
            failure::<ApproveAccessRequest>(r#"{"narrowTo":[]}"#),
            "invalidRequest /narrowTo: invalid type: sequence, expected an object"
        );
        assert_eq!(
            parse::<ApproveAccessRequest>(br#"{"narrowTo":null}"#),
            Ok(ApproveAccessRequest::default())
        );
    }

    #[test]
    fn errors_inside_lists_count_from_zero() {
        let json = r#"{"resourceTenantId":"0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11",
            "dataCategories":["signInLogs","mail"]}"#;
        assert!(
            failure::<CreateAccessRequest>(json)
                .starts_with("invalidRequest /dataCategories/1: unknown variant")
        );
        let json = r#"{"resourceTenantId":"contoso"}"#;
        assert!(
            failure::<CreateAccessRequest>(json).starts_with("invalidRequest /resourceTenantId: not an id")
        );
    }
}
