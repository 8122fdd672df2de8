//! Openings: the values that an entry commits to, with their salts, sealed beside it.
//!
//! Format of the column: for each person in turn the 16 bytes of the person's id, a length of four bytes, and so many
//! bytes sealed under that person's key. Sealed is a list: for each value the length of its pointer in two bytes, the
//! pointer, 32 bytes of salt, the length of the text in four bytes, the text. Numbers are big-endian. One sealing per
//! person and entry, not per value: a nonce, a tag and a place each would be most of what there is.

use std::collections::BTreeMap;

use uuid::Uuid;
use vouchsafe_core::id::{EntryId, Id as _, TenantId, UserId};
use vouchsafe_log::SALT_BYTES;
use vouchsafe_log::opening::Opening;

use crate::error::StoreError;
use crate::seal::{open, place, seal};
use crate::session::Session;

/// A value that an entry commits to.
pub(crate) struct Committed {
    pub(crate) pointer: String,
    pub(crate) person: UserId,
    pub(crate) salt: [u8; SALT_BYTES],
    pub(crate) text: String,
}

impl Session {
    /// The column of an entry's openings. The people's keys are loaded.
    pub(crate) fn sealed_openings(
        &self,
        tenant: TenantId,
        entry: EntryId,
        mut committed: Vec<Committed>,
    ) -> Result<Vec<u8>, StoreError> {
        committed.sort_by_key(|value| value.person);
        let mut column = Vec::new();
        for values in committed.chunk_by(|a, b| a.person == b.person) {
            let Some(person) = values.first().map(|value| value.person) else { continue };
            let key = self.loaded_key(tenant, person)?;
            let sealed = seal(&key, &listed(values)?, &place(tenant, person, &entry.to_string()))?;
            column.extend_from_slice(person.uuid().as_bytes());
            column.extend_from_slice(&length::<u32>(sealed.len())?.to_be_bytes());
            column.extend_from_slice(&sealed);
        }
        Ok(column)
    }

    /// The texts of an entry's openings by pointer, as far as the people's keys still exist. What is missing was
    /// erased: the entry says where it stood.
    pub(crate) async fn opened_openings(
        &mut self,
        tenant: TenantId,
        entry: EntryId,
        mut column: &[u8],
    ) -> Result<BTreeMap<String, Opening>, StoreError> {
        let mut openings = BTreeMap::new();
        while !column.is_empty() {
            let person = UserId::from_uuid(Uuid::from_bytes(taken(&mut column)?));
            let size = u32::from_be_bytes(taken(&mut column)?);
            let sealed = part(&mut column, size)?;
            if self.find_key(tenant, person).await? {
                let key = self.loaded_key(tenant, person)?;
                let values = open(&key, sealed, &place(tenant, person, &entry.to_string()))?;
                unlist(&values, &mut openings)?;
            }
        }
        Ok(openings)
    }
}

/// The values of one person, as they are sealed.
fn listed(values: &[Committed]) -> Result<Vec<u8>, StoreError> {
    let mut list = Vec::new();
    for Committed { pointer, salt, text, .. } in values {
        list.extend_from_slice(&length::<u16>(pointer.len())?.to_be_bytes());
        list.extend_from_slice(pointer.as_bytes());
        list.extend_from_slice(salt);
        list.extend_from_slice(&length::<u32>(text.len())?.to_be_bytes());
        list.extend_from_slice(text.as_bytes());
    }
    Ok(list)
}

/// Reads what [`listed`] made.
fn unlist(mut list: &[u8], openings: &mut BTreeMap<String, Opening>) -> Result<(), StoreError> {
    while !list.is_empty() {
        let size = u16::from_be_bytes(taken(&mut list)?);
        let pointer = text(part(&mut list, u32::from(size))?)?;
        let salt = taken(&mut list)?;
        let size = u32::from_be_bytes(taken(&mut list)?);
        openings.insert(pointer, Opening { salt, text: text(part(&mut list, size)?)? });
    }
    Ok(())
}

fn taken<const N: usize>(from: &mut &[u8]) -> Result<[u8; N], StoreError> {
    let (taken, rest) = from.split_first_chunk().ok_or_else(damaged)?;
    *from = rest;
    Ok(*taken)
}

fn part<'a>(from: &mut &'a [u8], size: u32) -> Result<&'a [u8], StoreError> {
    let size = usize::try_from(size).map_err(|_| damaged())?;
    let (part, rest) = from.split_at_checked(size).ok_or_else(damaged)?;
    *from = rest;
    Ok(part)
}

fn text(bytes: &[u8]) -> Result<String, StoreError> {
    String::from_utf8(bytes.to_vec()).map_err(|_| damaged())
}

fn length<N: TryFrom<usize>>(length: usize) -> Result<N, StoreError> {
    N::try_from(length).map_err(|_| StoreError::Corrupt("a committed value is too long".to_owned()))
}

fn damaged() -> StoreError {
    StoreError::Corrupt("the openings of an entry".to_owned())
}
