//! JSON packed with zstd and a dictionary per kind, which is trained on the kind's first records and kept in the file.
//!
//! Records are deleted in time, dictionaries are not. So a dictionary learns from samples whose personal values are
//! left empty: it knows the shape of a record and what the organisation's records have in common, and nobody in them.

use std::cell::RefCell;
use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use vouchsafe_diagnostics::mask::{Class, Registry};
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::CParameter;

use crate::error::StoreError;

/// Level of compression: what packs fast enough for an import.
const LEVEL: i32 = 3;
/// Largest dictionary, in bytes.
const DICTIONARY_BYTES_MAX: usize = 64 * 1024;
/// Records that a dictionary is trained on at least; of fewer, zstd learns nothing.
pub(super) const SAMPLES_MIN: usize = 200;
/// Records that a dictionary is trained on at most.
pub(super) const SAMPLES_MAX: usize = 2_000;
/// The bytes that every zstd frame begins with; they are not stored.
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// Largest record, unpacked, in bytes: what importers take, and an original of a few times that.
const UNPACKED_BYTES_MAX: usize = 16 * 1024 * 1024;
/// What packs without a dictionary.
pub(super) const PLAIN: i64 = 0;

/// Packs the texts of one kind.
pub(super) struct Packer {
    /// Id of the dictionary, or [`PLAIN`].
    pub(super) id: i64,
    compressor: Compressor<'static>,
}

impl Packer {
    /// # Errors
    /// [`StoreError::Corrupt`] if zstd takes no such dictionary.
    pub(super) fn new(id: i64, dictionary: &[u8]) -> Result<Self, StoreError> {
        let mut compressor =
            Compressor::with_dictionary(LEVEL, dictionary).map_err(|error| failed(&error))?;
        // The row says which dictionary it is.
        compressor.set_parameter(CParameter::DictIdFlag(false)).map_err(|error| failed(&error))?;
        Ok(Self { id, compressor })
    }

    /// The packed form of bytes.
    pub(super) fn pack(&mut self, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut packed = self.compressor.compress(bytes).map_err(|error| failed(&error))?;
        packed.drain(..MAGIC.len().min(packed.len()));
        packed.shrink_to_fit();
        Ok(packed)
    }
}

/// Unpacks what a file holds; keeps the dictionaries that it has met.
#[derive(Default)]
pub(super) struct Unpacker {
    known: RefCell<HashMap<i64, Decompressor<'static>>>,
    frame: RefCell<Vec<u8>>,
}

impl std::fmt::Debug for Unpacker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unpacker")
    }
}

impl Unpacker {
    /// Unpacks into `bytes`, which is emptied first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for what is not packed like this.
    pub(super) fn unpack(
        &self,
        connection: &Connection,
        packing: i64,
        packed: &[u8],
        bytes: &mut Vec<u8>,
    ) -> Result<(), StoreError> {
        let mut known = self.known.borrow_mut();
        let decompressor = match known.entry(packing) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => {
                let dictionary = dictionary(connection, packing)?;
                entry.insert(Decompressor::with_dictionary(&dictionary).map_err(|error| failed(&error))?)
            }
        };
        let mut frame = self.frame.borrow_mut();
        frame.clear();
        frame.extend_from_slice(&MAGIC);
        frame.extend_from_slice(packed);
        let size = Decompressor::upper_bound(&frame).filter(|size| *size <= UNPACKED_BYTES_MAX);
        let size = size.ok_or_else(|| StoreError::Corrupt("a packed record has no size".to_owned()))?;
        bytes.clear();
        bytes.reserve(size);
        decompressor.decompress_to_buffer(&frame, bytes).map_err(|error| failed(&error))?;
        Ok(())
    }
}

fn dictionary(connection: &Connection, id: i64) -> Result<Vec<u8>, StoreError> {
    if id == PLAIN {
        return Ok(Vec::new());
    }
    let sql = "SELECT dictionary FROM packing WHERE id = ?";
    let found = connection.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?;
    found.ok_or_else(|| StoreError::Corrupt(format!("there is no packing {id}")))
}

/// The newest dictionary of a kind.
pub(super) fn newest(connection: &Connection, kind: &str) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
    let sql = "SELECT id, dictionary FROM packing WHERE kind = ? ORDER BY id DESC LIMIT 1";
    Ok(connection.prepare_cached(sql)?.query_row([kind], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// Trains a dictionary of a kind on some of its records and keeps it; `None` if there is nothing to learn.
pub(super) fn train<'r>(
    connection: &Connection,
    kind: &str,
    masks: &Registry,
    records: impl Iterator<Item = &'r str>,
) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
    let samples: Vec<Vec<u8>> = records.filter_map(|json| impersonal(masks, json)).collect();
    let Ok(dictionary) = zstd::dict::from_samples(&samples, DICTIONARY_BYTES_MAX) else {
        tracing::debug!(kind, "nothing to train a dictionary on");
        return Ok(None);
    };
    let sql = "INSERT INTO packing (kind, dictionary) VALUES (?, ?)";
    connection.prepare_cached(sql)?.execute((kind, &dictionary))?;
    Ok(Some((connection.last_insert_rowid(), dictionary)))
}

/// The JSON with every personal value left empty, members in their order; `None` if it is no JSON.
fn impersonal(masks: &Registry, json: &str) -> Option<Vec<u8>> {
    let mut written = Vec::with_capacity(json.len());
    let mut reader = serde_json::Deserializer::from_str(json);
    Emptied { masks, path: &mut String::new(), written: &mut written }.deserialize(&mut reader).ok()?;
    Some(written)
}

/// Writes what it reads, personal values left empty.
struct Emptied<'a> {
    masks: &'a Registry,
    /// Path of the value that is read.
    path: &'a mut String,
    written: &'a mut Vec<u8>,
}

impl Emptied<'_> {
    fn scalar<E: serde::de::Error>(self, value: &serde_json::Value, empty: &[u8]) -> Result<(), E> {
        if self.masks.class(self.path) == Class::Plain {
            serde_json::to_writer(self.written, value).map_err(E::custom)
        } else {
            self.written.extend_from_slice(empty);
            Ok(())
        }
    }
}

impl<'de> DeserializeSeed<'de> for Emptied<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Emptied<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: serde::de::Error>(self, flag: bool) -> Result<(), E> {
        self.scalar(&flag.into(), b"null")
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<(), E> {
        self.scalar(&number.into(), b"0")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<(), E> {
        self.scalar(&number.into(), b"0")
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<(), E> {
        self.scalar(&number.into(), b"0")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.scalar(&text.into(), b"\"\"")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.written.extend_from_slice(b"null");
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Self { masks, path, written } = self;
        let mut before = b'[';
        loop {
            let mark = written.len();
            written.push(before);
            let item = Emptied { masks, path: &mut *path, written: &mut *written };
            if items.next_element_seed(item)?.is_none() {
                written.truncate(mark);
                break;
            }
            before = b',';
        }
        if before == b'[' {
            written.push(before);
        }
        written.push(b']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self { masks, path, written } = self;
        let outer = path.len();
        let mut before = b'{';
        while let Some(name) = members.next_key::<String>()? {
            written.push(std::mem::replace(&mut before, b','));
            serde_json::to_writer(&mut *written, &name).map_err(serde::de::Error::custom)?;
            written.push(b':');
            if outer > 0 {
                path.push('/');
            }
            path.push_str(&name);
            members.next_value_seed(Emptied { masks, path: &mut *path, written: &mut *written })?;
            path.truncate(outer);
        }
        if before == b'{' {
            written.push(before);
        }
        written.push(b'}');
        Ok(())
    }
}

fn failed(error: &std::io::Error) -> StoreError {
    StoreError::Corrupt(format!("packing: {error}"))
}

#[cfg(test)]
mod tests {
    use vouchsafe_diagnostics::resource::Resource;

    use super::*;

    #[test]
    fn samples_hold_no_personal_value_and_keep_the_order() {
        let json = r#"{"userPrincipalName":"ada@x","appDisplayName":"Azure Portal","location":{"city":"Bern","countryOrRegion":"CH"},"unknown":[1,{"a":"b"},[]],"status":{"errorCode":5},"riskEventTypes_v2":["x"],"empty":{},"isInteractive":true,"mfaDetail":null}"#;
        let sample = impersonal(Resource::SignIn.schema().masks, json).unwrap();
        assert_eq!(
            String::from_utf8(sample).unwrap(),
            r#"{"userPrincipalName":"","appDisplayName":"Azure Portal","location":{"city":"","countryOrRegion":"CH"},"unknown":[0,{"a":""},[]],"status":{"errorCode":5},"riskEventTypes_v2":["x"],"empty":{},"isInteractive":true,"mfaDetail":null}"#
        );
        assert_eq!(impersonal(Resource::SignIn.schema().masks, "{"), None);
    }
}
