//! Masked answers: what an engineer gets to see of what was found.

use std::collections::HashSet;

use serde_json::{Value, json};
use vouchsafe_core::grant::Grant;
use vouchsafe_core::id::ReadId;
use vouchsafe_core::read::PropertyRead;
use vouchsafe_diagnostics::mask::{InvalidJson, Masker, People, Select, Shown};
use vouchsafe_diagnostics::resource::Resource;
use vouchsafe_store::{StoreError, StoredRecord, Summary, SummaryBy, SummaryKey};

use super::asked::{Found, FoundRecords};
use super::{Looked, ReadQuery};
use crate::reveal::revealed;
use crate::{App, AppError};

/// Names that are looked up for one answer at most.
const NAMES_MAX: usize = 1_000;

/// An answer, ready to be put into a body.
#[derive(Debug, Clone)]
pub struct MaskedAnswer {
    /// The read record that will stand for it.
    pub read: ReadId,
    /// The grant that it rests on; none for a basic category.
    pub grant: Option<Grant>,
    /// The objects.
    pub records: MaskedRecords,
    /// The counts of a summary.
    pub counts: Vec<Count>,
    /// `$skiptoken` of the next page.
    pub next: Option<String>,
    /// `@odata.count`.
    pub total: Option<u64>,
    /// Whether there was anything.
    pub(super) found: bool,
    /// True ids of the objects, in order.
    pub(super) record_ids: Vec<String>,
}

/// Masked objects as JSON.
#[derive(Debug, Clone, Default)]
pub struct MaskedRecords {
    /// The objects with commas between them.
    json: Vec<u8>,
    /// Where each one ends.
    ends: Vec<usize>,
}

impl MaskedRecords {
    /// The objects with commas between them: the inside of a JSON array.
    #[must_use]
    pub fn joined(&self) -> &[u8] {
        &self.json
    }

    /// The objects one by one, as JSON.
    pub fn each(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|end| end + 1));
        starts.zip(&self.ends).filter_map(|(start, end)| self.json.get(start..*end))
    }

    /// The objects one by one, as values.
    pub fn values(&self) -> impl Iterator<Item = Value> {
        self.each().filter_map(|json| serde_json::from_slice(json).ok())
    }

    fn add(&mut self, masker: &mut Masker<'_>, json: &str, select: Option<&Select>) -> Result<(), AppError> {
        if !self.ends.is_empty() {
            self.json.push(b',');
        }
        masker.mask_json(json, select, &mut self.json).map_err(damaged)?;
        self.ends.push(self.json.len());
        Ok(())
    }
}

/// How many objects have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The value, masked; none where it is absent.
    pub key: Option<String>,
    /// What people know it by, masked.
    pub label: Option<String>,
    /// How many.
    pub count: u64,
}

fn damaged(error: InvalidJson) -> AppError {
    AppError::Internal(StoreError::Corrupt(format!("a stored record: {error}")))
}

impl App {
    /// Masks what was found, and names the properties that are shown.
    pub(super) async fn mask(
        &self,
        query: &ReadQuery,
        looked: &Looked,
        found: Found,
        read: ReadId,
    ) -> Result<(MaskedAnswer, Vec<PropertyRead>), AppError> {
        let schema = query.resource.schema();
        let people = match &found {
            Found::Records(page) => self.who_is_who(query, looked, page).await?,
            Found::Counts(..) => People::default(),
        };
        let revealed = revealed(&looked.reveals);
        let mut masker = Masker::new(schema.masks, &looked.key).with_people(&people).with_revealed(&revealed);
        let mut answer = MaskedAnswer {
            read,
            grant: looked.grant.clone(),
            records: MaskedRecords::default(),
            counts: Vec::new(),
            next: None,
            total: None,
            found: false,
            record_ids: Vec::new(),
        };
        match found {
            Found::Records(page) => {
                let select = query.select.as_ref().map(Select::new);
                for record in &page.records {
                    answer.records.add(&mut masker, &record.json, select.as_ref())?;
                }
                answer.next = page.next;
                (answer.total, answer.found) = (page.total, !page.records.is_empty());
                answer.record_ids = page.records.into_iter().map(|record| record.id).collect();
            }
            Found::Counts(by, summary) => {
                answer.found = summary.total > 0;
                answer.counts = counts(&mut masker, by, summary)?;
            }
        }
        let properties = masker.into_properties().into_iter();
        let read = properties.map(|p| PropertyRead {
            name: p.name,
            masked: p.shown != Shown::Plain,
            revealed: p.shown == Shown::Revealed,
        });
        Ok((answer, read.collect()))
    }

    /// The people whom records name without saying their ids, so that one person has one pseudonym. Sign-ins say them.
    async fn who_is_who(
        &self,
        query: &ReadQuery,
        looked: &Looked,
        page: &FoundRecords,
    ) -> Result<People, AppError> {
        let mut people = People::default();
        let resource = query.resource;
        if resource == Resource::SignIn || resource.schema().people.is_empty() {
            return Ok(people);
        }
        let names: HashSet<&str> = page.records.iter().flat_map(addresses).take(NAMES_MAX).collect();
        if names.is_empty() {
            return Ok(people);
        }
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        for (name, id) in self.store.person_directory(looked.records(query)?, &names).await? {
            people.insert(&name, &id);
        }
        Ok(people)
    }
}

/// The texts of a record that may be user principal names.
fn addresses(record: &StoredRecord) -> impl Iterator<Item = &str> {
    record.json.split('"').filter(|text| text.contains('@') && !text.contains(char::is_whitespace))
}

/// Counts with their values masked as the records would show them.
fn counts(masker: &mut Masker<'_>, by: SummaryBy, summary: Summary) -> Result<Vec<Count>, AppError> {
    let mut counts = Vec::with_capacity(summary.rows.len());
    for row in summary.rows {
        let key = match row.key {
            SummaryKey::Absent => None,
            SummaryKey::Hour(hour) => Some(hour.to_string()),
            SummaryKey::Number(number) => Some(number.to_string()),
            SummaryKey::Text(text) => Some(masked_key(masker, by, &text)?),
        };
        let label = match (by, row.label) {
            (SummaryBy::App, label) => label,
            (SummaryBy::ErrorCode, Some(label)) => Some(masked_text(
                masker,
                json!({ "status": { "failureReason": label } }),
                "/status/failureReason",
            )?),
            (SummaryBy::Hour | SummaryBy::User | SummaryBy::ErrorCode, _) => None,
        };
        counts.push(Count { key, label, count: row.count });
    }
    Ok(counts)
}

/// A value as a record of that value shows it.
fn masked_key(masker: &mut Masker<'_>, by: SummaryBy, text: &str) -> Result<String, AppError> {
    match by {
        SummaryBy::Hour | SummaryBy::ErrorCode | SummaryBy::App => Ok(text.to_owned()),
        SummaryBy::User if text.contains('@') => {
            masked_text(masker, json!({ "userPrincipalName": text }), "/userPrincipalName")
        }
        SummaryBy::User => masked_text(masker, json!({ "userId": text }), "/userId"),
    }
}

fn masked_text(masker: &mut Masker<'_>, record: Value, pointer: &str) -> Result<String, AppError> {
    let mut masked = Vec::new();
    masker.mask_json(&record.to_string(), None, &mut masked).map_err(damaged)?;
    let shown: Value = serde_json::from_slice(&masked).unwrap_or_default();
    Ok(shown.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned())
}
