//! Records as they are sent: only those that were asked for, masked as an engineer would see live data.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use vouchsafe_client::api::data_collection::DataCollection;
use vouchsafe_client::api::scope::{DataCategory, DataFilter};
use vouchsafe_client::id::DataCollectionId;
use vouchsafe_diagnostics::mask::{MaskKey, Masker};
use vouchsafe_diagnostics::record::Record;
use vouchsafe_diagnostics::resource::{Resource, Shape};

use crate::config;
use crate::failure::Failure;

/// Bytes of the secret that pseudonyms come from.
const SECRET_BYTES: usize = 32;
/// Member that names the type of an object.
const TYPE: &str = "@odata.type";

/// What an engineer asked for.
pub(crate) struct Wanted {
    categories: Vec<DataCategory>,
    range: DataFilter,
}

impl Wanted {
    pub(crate) fn of(asked: &DataCollection) -> Self {
        Self { categories: asked.data_categories.clone(), range: asked.filter.clone().unwrap_or_default() }
    }

    /// The kinds that may hold something of it.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = Resource> {
        Resource::ALL.into_iter().filter(|kind| {
            let held = kind.schema().categories;
            self.categories.iter().any(|asked| held.iter().any(|held| held.name() == asked.as_str()))
        })
    }

    /// Whether a record was asked for. What has no time is not limited by time.
    pub(crate) fn takes(&self, record: &Record) -> bool {
        let asked = self.categories.iter().any(|asked| asked.as_str() == record.category.name());
        let from = self.range.data_from.is_none_or(|from| record.at.is_none_or(|at| at >= from));
        let to = self.range.data_to.is_none_or(|to| record.at.is_none_or(|at| at < to));
        asked && from && to
    }

    /// The time range as a `$filter` of Graph for a kind.
    pub(crate) fn graph_filter(&self, kind: Resource) -> Option<String> {
        let Shape::Events { time } = kind.schema().shape else { return None };
        let from = self.range.data_from.map(|from| format!("{time} ge {from}"));
        let to = self.range.data_to.map(|to| format!("{time} lt {to}"));
        let parts: Vec<String> = from.into_iter().chain(to).collect();
        (!parts.is_empty()).then(|| parts.join(" and "))
    }
}

/// The key of the pseudonyms of a collection.
pub(crate) struct Key(MaskKey);

impl Key {
    /// A key from a secret of `file`, which is made if it is not there; from a secret that is forgotten without it.
    pub(crate) fn open(file: Option<&Path>, id: DataCollectionId) -> Result<Self, Failure> {
        let secret = match file {
            Some(path) => kept_secret(path)?,
            None => new_secret()?,
        };
        Ok(Self(MaskKey::derive(secret.as_bytes(), &id.to_string())))
    }
}

/// A secret in hexadecimal.
#[expect(clippy::disallowed_methods, reason = "this is the edge where randomness is read")]
fn new_secret() -> Result<String, Failure> {
    let mut secret = [0; SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(|error| Failure::Local(std::io::Error::other(error)))?;
    Ok(vouchsafe_log::hex(&secret))
}

fn kept_secret(path: &Path) -> Result<String, Failure> {
    let failed = |source| Failure::File { path: path.to_owned(), source };
    if !path.exists() {
        let secret = new_secret()?;
        config::write_private(path, &format!("{secret}\n")).map_err(failed)?;
        return Ok(secret);
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    let text = text.trim();
    let is_secret = text.len() == SECRET_BYTES * 2 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let usage = || Failure::Usage(format!("{} holds no key of masks: 64 hexadecimal digits", path.display()));
    if is_secret { Ok(text.to_owned()) } else { Err(usage()) }
}

/// Writes records, masked if there is a key.
pub(crate) struct Masks<'k> {
    key: Option<&'k MaskKey>,
    by_kind: BTreeMap<Resource, Masker<'k>>,
}

impl<'k> Masks<'k> {
    pub(crate) fn new(key: Option<&'k Key>) -> Self {
        Self { key: key.map(|key| &key.0), by_kind: BTreeMap::new() }
    }

    /// The line of a record; it names its type, so that nobody has to guess it.
    pub(crate) fn line(&mut self, record: &Record) -> Result<Vec<u8>, Failure> {
        let mut line = Vec::new();
        let kind = record.resource;
        if let Some(key) = self.key {
            let masks = kind.schema().masks;
            let masker = self.by_kind.entry(kind).or_insert_with(|| Masker::new(masks, key));
            masker
                .mask_json(&record.json, None, &mut line)
                .map_err(|error| Failure::Usage(format!("a record cannot be masked: {error}")))?;
        } else {
            // Exports may spread an object over several lines.
            let object: Box<serde_json::value::RawValue> = serde_json::from_str(&record.json)
                .map_err(|error| Failure::Usage(format!("a record is no JSON: {error}")))?;
            line.extend(
                object.get().bytes().map(|byte| if byte == b'\n' || byte == b'\r' { b' ' } else { byte }),
            );
        }
        if !record.json.contains(TYPE)
            && let Some(rest) = line.strip_prefix(b"{").filter(|rest| *rest != b"}")
        {
            let typed = format!("{{\"{TYPE}\":\"#{}\",", kind.schema().graph_type);
            line = [typed.as_bytes(), rest].concat();
        }
        line.push(b'\n');
        Ok(line)
    }
}
