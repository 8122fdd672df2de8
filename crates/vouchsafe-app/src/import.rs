//! Bringing diagnostic data in: streamed, in constant memory, idempotent by record id.

use std::collections::BTreeMap;
use std::io::BufRead;

use vouchsafe_core::id::ImportId;
use vouchsafe_core::permit::{Facts, ImportData, authorize};
use vouchsafe_core::read as rules;
use vouchsafe_diagnostics::import::{Imported, read};
use vouchsafe_diagnostics::record::Record;
use vouchsafe_store::RECORDS_PER_BATCH;

use crate::call::acting;
use crate::case::LOOK;
use crate::{App, AppError, Who};

/// Batches that wait between the thread that reads and the store.
const BATCHES_WAITING: usize = 1;
/// Refused records that the answer lists; all are counted.
pub(crate) const REJECTIONS_LISTED_MAX: usize = 1_000;
/// Other tenants that the answer names; further ones count as the last.
const OTHER_TENANTS_LISTED_MAX: usize = 100;

/// What came of an import.
#[derive(Debug, Clone)]
pub struct ImportReport {
    /// Its id.
    pub id: ImportId,
    /// Records that were in the file.
    pub received: u64,
    /// Records that are new.
    pub imported: u64,
    /// Records whose id was there.
    pub already_present: u64,
    /// Records that were refused.
    pub rejected: u64,
    /// The first thousand of them.
    pub rejections: Vec<Rejected>,
    /// How many records say that they are from another tenant, by what they say. They were imported all the same: the
    /// token decides whose they are.
    pub other_tenants: BTreeMap<String, u64>,
}

/// A record that was refused.
#[derive(Debug, Clone)]
pub struct Rejected {
    /// Line of the file where it begins, from 1 on.
    pub line: u64,
    /// Why.
    pub reason: String,
}

/// A step of the parsing thread.
enum Step {
    Batch { records: Vec<Record>, other_tenants: Vec<String> },
    Rejected(Rejected),
    Broken(String),
}

impl App {
    /// Imports diagnostic objects of any kind into the caller's tenant. What was read before a file breaks stays
    /// imported; sending the whole file again adds nothing twice.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] without the permission; [`AppError::BadImport`] if the format is not recognised or
    /// the file's outer structure breaks.
    pub async fn import(
        &self,
        who: Who,
        source: impl BufRead + Send + 'static,
    ) -> Result<ImportReport, AppError> {
        {
            let mut reader = self.store.read()?;
            let me = acting(&mut reader, who).await?;
            let facts = Facts::own_tenant(LOOK, &me.caller);
            drop(authorize::<ImportData>(facts, who.tenant).map_err(AppError::unhidden)?);
        }
        let (steps, mut coming) = tokio::sync::mpsc::channel(BATCHES_WAITING);
        let directory = who.tenant.to_string();
        let parsing = tokio::task::spawn_blocking(move || parse(source, &directory, &steps));
        let mut report = self.empty_report(who);
        let mut broken = None;
        let mut writer = self.store.record_writer(who.tenant).await?;
        while let Some(step) = coming.recv().await {
            match step {
                Step::Batch { records, other_tenants } => {
                    writer.add(records).await?;
                    other_tenants.into_iter().for_each(|tenant| report.other(tenant));
                }
                Step::Rejected(rejected) => {
                    report.rejected += 1;
                    if report.rejections.len() < REJECTIONS_LISTED_MAX {
                        report.rejections.push(rejected);
                    }
                }
                Step::Broken(reason) => broken = Some(reason),
            }
        }
        if parsing.await.is_err() {
            broken = Some("the file could not be read".to_owned());
        }
        let added = writer.finish().await?;
        (report.imported, report.already_present) = (added.imported, added.already_present);
        report.received = report.imported + report.already_present + report.rejected;
        if report.received > 0 {
            self.record_import(who, &report).await?;
        }
        match broken {
            Some(reason) if report.received > 0 => {
                let kept = report.imported + report.already_present;
                Err(AppError::BadImport(format!("{reason}; {kept} records before it are imported")))
            }
            Some(reason) => Err(AppError::BadImport(reason)),
            None => Ok(report),
        }
    }

    pub(crate) fn empty_report(&self, who: Who) -> ImportReport {
        let mut random = [0; 10];
        self.store.random(who.tenant, &mut random);
        let id = vouchsafe_core::id::Id::from_uuid(vouchsafe_core::id::uuid_v7(self.store.now(), random));
        ImportReport {
            id,
            received: 0,
            imported: 0,
            already_present: 0,
            rejected: 0,
            rejections: Vec::new(),
            other_tenants: BTreeMap::new(),
        }
    }

    async fn record_import(&self, who: Who, report: &ImportReport) -> Result<(), AppError> {
        let mut work = self.work_on([who.tenant].into()).await?;
        let me = acting(&mut work, who).await?;
        let permit = authorize::<ImportData>(Facts::own_tenant(work.id(), &me.caller), who.tenant)?;
        let ImportReport { imported, already_present, rejected, .. } = *report;
        let decided =
            rules::record_import(who.tenant, imported, already_present, rejected, &me.context(&work));
        work.record(permit, decided).await?;
        Ok(work.commit().await?)
    }
}

impl ImportReport {
    fn other(&mut self, tenant: String) {
        let listed = &mut self.other_tenants;
        let full = listed.len() >= OTHER_TENANTS_LISTED_MAX && !listed.contains_key(&tenant);
        let count = if full { listed.values_mut().last() } else { Some(listed.entry(tenant).or_default()) };
        if let Some(count) = count {
            *count += 1;
        }
    }
}

/// Reads the file on its own thread and hands batches over; stops when nobody listens any more.
fn parse(source: impl BufRead, directory: &str, steps: &tokio::sync::mpsc::Sender<Step>) {
    let (mut records, mut other_tenants) = (Vec::with_capacity(RECORDS_PER_BATCH), Vec::new());
    for item in read(source).of_directory(directory) {
        let step = match item {
            Ok(Imported::Record { record, foreign_tenant, .. }) => {
                records.push(*record);
                other_tenants.extend(foreign_tenant);
                if records.len() < RECORDS_PER_BATCH {
                    continue;
                }
                let records = std::mem::replace(&mut records, Vec::with_capacity(RECORDS_PER_BATCH));
                Step::Batch { records, other_tenants: std::mem::take(&mut other_tenants) }
            }
            Ok(Imported::Rejected { line, reason }) => Step::Rejected(Rejected { line, reason }),
            Err(error) => Step::Broken(error.to_string()),
        };
        if steps.blocking_send(step).is_err() {
            return;
        }
    }
    if !records.is_empty() {
        // Nobody listens: the caller has gone, and with it the import.
        let _ = steps.blocking_send(Step::Batch { records, other_tenants });
    }
}
