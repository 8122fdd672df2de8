//! Documents: an aggregate as JSON with its personal values sealed, and back.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value, json};
use vouchsafe_core::id::{TenantId, UserId};
use vouchsafe_core::personal::Personal;

use crate::canonical::{self, Gap, Order};
use crate::error::StoreError;
use crate::opened::{Document, SealedText, SealedTexts};
use crate::seal::{open, place, seal};
use crate::session::Session;

const SEALED: &str = "sealed";

/// One personal value found in a JSON tree.
pub(crate) struct Found<'a> {
    /// RFC 6901 pointer to the value.
    pub(crate) pointer: &'a str,
    pub(crate) person: UserId,
    /// The members of the marker object.
    pub(crate) inner: &'a Map<String, Value>,
}

/// Replaces every personal value of a tree by what `replace` gives for it.
pub(crate) fn replace_personal(
    value: &mut Value,
    replace: &mut impl FnMut(Found<'_>) -> Result<Value, StoreError>,
) -> Result<(), StoreError> {
    walk(value, &mut String::new(), replace)
}

fn walk(
    value: &mut Value,
    pointer: &mut String,
    replace: &mut impl FnMut(Found<'_>) -> Result<Value, StoreError>,
) -> Result<(), StoreError> {
    let length = pointer.len();
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                pointer.push_str(&format!("/{index}"));
                walk(item, pointer, replace)?;
                pointer.truncate(length);
            }
        }
        Value::Object(members) => {
            if let Some(Value::Object(inner)) = members.get(Personal::MARKER) {
                let person = person_of(inner)?;
                *value = replace(Found { pointer, person, inner })?;
                return Ok(());
            }
            for (name, member) in members.iter_mut() {
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                walk(member, pointer, replace)?;
                pointer.truncate(length);
            }
        }
    }
    Ok(())
}

fn person_of(inner: &Map<String, Value>) -> Result<UserId, StoreError> {
    let person = inner.get("person").and_then(Value::as_str).and_then(|text| text.parse().ok());
    person.ok_or_else(|| StoreError::Corrupt("a personal value names no person".to_owned()))
}

/// The people whose keys a tree needs.
pub(crate) fn people_in(value: &Value) -> Result<Vec<UserId>, StoreError> {
    let mut people = Vec::new();
    collect_people(value, &mut people)?;
    people.sort_unstable();
    people.dedup();
    Ok(people)
}

fn collect_people(value: &Value, people: &mut Vec<UserId>) -> Result<(), StoreError> {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        Value::Array(items) => items.iter().try_for_each(|item| collect_people(item, people))?,
        Value::Object(members) => match members.get(Personal::MARKER) {
            Some(Value::Object(inner)) => people.push(person_of(inner)?),
            Some(_) | None => members.values().try_for_each(|member| collect_people(member, people))?,
        },
    }
    Ok(())
}

/// What tells a document from the others of its tenant; with the pointer, the place that a value is sealed for.
fn id_of(document: &Value) -> String {
    document.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
}

impl Session {
    /// The stored form of an aggregate of `tenant`; keys of new people are made on the way.
    pub(crate) async fn sealed<T: Document>(
        &mut self,
        tenant: TenantId,
        row: &T,
    ) -> Result<Vec<u8>, StoreError> {
        let written = canonical::write(row, Order::AsTheyCome)?;
        for person in written.people() {
            self.ensure_key(tenant, person).await?;
        }
        let row_id = written.id.clone();
        let mut texts = Vec::new();
        let document = written.filled(|Gap { pointer, person, text, .. }, out| {
            let Some(text) = text.filter(|_| self.has_key(tenant, person)) else {
                return put(out, &json!({ Personal::MARKER: { "person": person, "text": null } }));
            };
            let place = row_id.clone() + &pointer;
            let sealed = match self.sealed_before(tenant, person, &place, &text) {
                Some(sealed) => sealed,
                None => self.seal_text(tenant, person, &text, &place)?,
            };
            // Neither an id nor base64 holds anything that JSON escapes.
            write!(out, r#"{{"{}":{{"person":"{person}","{SEALED}":"{sealed}"}}}}"#, Personal::MARKER)
                .map_err(|error| damaged(serde_json::Error::io(error)))?;
            texts.push(SealedText { tenant, person, place, text, sealed });
            Ok(())
        })?;
        self.remember_opened(tenant, &document, row.clone(), texts.into());
        Ok(document)
    }

    /// An aggregate from its stored form. Values of erased people come back empty.
    pub(crate) async fn opened<T: Document>(
        &mut self,
        tenant: TenantId,
        document: &[u8],
    ) -> Result<T, StoreError> {
        if let Some(row) = self.opened_before(tenant, document) {
            return Ok(row);
        }
        let mut value: Value = serde_json::from_slice(document).map_err(damaged)?;
        let mut erased = false;
        for person in people_in(&value)? {
            erased |= !self.find_key(tenant, person).await?;
        }
        let row_id = id_of(&value);
        let mut texts = Vec::new();
        replace_personal(&mut value, &mut |found| {
            let (person, place) = (found.person, format!("{row_id}{}", found.pointer));
            let sealed = found.inner.get(SEALED).and_then(Value::as_str);
            let text = match sealed {
                Some(sealed) => self.open_text(tenant, person, sealed, &place)?,
                None => None,
            };
            if let (Some(sealed), Some(text)) = (sealed, &text) {
                let sealed = sealed.to_owned();
                texts.push(SealedText { tenant, person, place, text: text.clone(), sealed });
            }
            Ok(json!({ Personal::MARKER: { "person": person, "text": text } }))
        })?;
        let row: T = serde_json::from_value(value).map_err(damaged)?;
        if !erased {
            self.remember_opened(tenant, document, row.clone(), SealedTexts::from(texts));
        }
        Ok(row)
    }

    /// Opens base64 text sealed for `what`; `None` once the person's key is gone.
    pub(crate) fn open_text(
        &self,
        tenant: TenantId,
        person: UserId,
        sealed: &str,
        what: &str,
    ) -> Result<Option<String>, StoreError> {
        let Ok(key) = self.loaded_key(tenant, person) else { return Ok(None) };
        let sealed = BASE64.decode(sealed).map_err(|_| StoreError::Corrupt("sealed text".to_owned()))?;
        let plain = open(&key, &sealed, &place(tenant, person, what))?;
        String::from_utf8(plain).map(Some).map_err(|_| StoreError::Corrupt("sealed text".to_owned()))
    }

    /// Seals text for `what` and encodes it.
    pub(crate) fn seal_text(
        &self,
        tenant: TenantId,
        person: UserId,
        text: &str,
        what: &str,
    ) -> Result<String, StoreError> {
        let key = self.loaded_key(tenant, person)?;
        Ok(BASE64.encode(seal(&key, text.as_bytes(), &place(tenant, person, what))?))
    }
}

/// Appends a small JSON value.
fn put(out: &mut Vec<u8>, value: &Value) -> Result<(), StoreError> {
    serde_json::to_writer(out, value).map_err(damaged)
}

/// A document that does not have the form this program writes.
pub(crate) fn damaged(error: serde_json::Error) -> StoreError {
    StoreError::Corrupt(format!("document: {error}"))
}
