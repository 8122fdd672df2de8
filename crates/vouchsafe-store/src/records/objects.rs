//! Objects that are no events: replaced when they come anew.

use rusqlite::{Connection, OptionalExtension as _};

use super::coder::Coded;
use super::events::Added;
use super::groups::Bound;
use super::layout;
use super::packing::Unpacker;
use crate::error::StoreError;

const FIND: &str = "SELECT packing, json FROM object WHERE kind = ? AND id = ?";
const FORGET: &str = "DELETE FROM object_value WHERE kind = ? AND id = ?";
const PUT: &str =
    "INSERT OR REPLACE INTO object (kind, id, category, packing, json, original) VALUES (?, ?, ?, ?, ?, ?)";
const PUT_VALUE: &str = "INSERT OR IGNORE INTO object_value (kind, path, value, id) VALUES (?, ?, ?, ?)";

/// Adds an object or replaces it; one that is there with the same text stays.
pub(super) fn put(connection: &Connection, unpacker: &Unpacker, coded: &Coded) -> Result<Added, StoreError> {
    let layout = layout::of(coded.resource);
    let kind = layout.name.as_str();
    let id = coded.id.to_string();
    let found = connection
        .prepare_cached(FIND)?
        .query_row((kind, &id), |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))
        .optional()?;
    if let Some((packing, json)) = found {
        let (mut old, mut new) = (Vec::new(), Vec::new());
        unpacker.unpack(connection, packing, &json, &mut old)?;
        unpacker.unpack(connection, coded.packing, &coded.json, &mut new)?;
        if old == new {
            return Ok(Added { imported: 0, already_present: 1 });
        }
        connection.prepare_cached(FORGET)?.execute((kind, &id))?;
    }
    connection.prepare_cached(PUT)?.execute((
        kind,
        &id,
        coded.category,
        coded.packing,
        &coded.json,
        &coded.original,
    ))?;
    let mut put_value = connection.prepare_cached(PUT_VALUE)?;
    for (column, value) in &coded.values {
        let path = layout.schema.columns.get(*column).map_or("", |column| column.path);
        put_value.execute((kind, path, Bound(Some(value)), &id))?;
    }
    Ok(Added { imported: 1, already_present: 0 })
}
