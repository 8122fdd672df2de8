//! Bringing in what was resolved before, in another system: streamed, idempotent by id, for assignment to learn from.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use vouchsafe_core::id::{TenantId, UserId};
use vouchsafe_core::past_request::{self as rules, PastRequest, PastText};
use vouchsafe_core::permit::{Facts, ImportPast, authorize};
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::import::{CsvRow, CsvRows};

use crate::call::acting;
use crate::case::LOOK;
use crate::import::REJECTIONS_LISTED_MAX;
use crate::{App, AppError, ImportReport, Rejected, Who};

/// Rows that are taken in with one entry of the log.
const ROWS_AT_ONCE: usize = 256;
/// Batches that wait between the thread that reads and the store.
const BATCHES_WAITING: usize = 1;
/// What a file must have, in any order.
const NEEDED: [&str; 5] = ["id", "createdDateTime", "resolvedDateTime", "title", "engineer"];
/// What it may have besides.
const OPTIONAL: [&str; 3] = ["priority", "component", "description"];

/// Rows of the file that came together.
#[derive(Default)]
struct Batch {
    rows: Vec<PastRequest>,
    rejected: Vec<Rejected>,
    /// Why the file cannot be read on.
    broken: Option<String>,
}

/// What rows are read by.
struct Reading {
    provider: TenantId,
    now: Timestamp,
    /// The engineers, by id and by name, in small letters.
    engineers: BTreeMap<String, UserId>,
}

impl App {
    /// Takes requests in that were resolved elsewhere: a table (RFC 4180) with the columns `id`, `createdDateTime`,
    /// `resolvedDateTime`, `title`, `engineer` and, if known, `priority`, `component`, `description`. An engineer is an
    /// account of this provider, disabled or not, by id or user principal name. What was read before a file breaks stays;
    /// sending the whole file again adds nothing twice. Assignment learns in the order in which the rows come.
    ///
    /// # Errors
    /// [`AppError::NotFound`] or [`AppError::Forbidden`] for everybody but the provider's managers;
    /// [`AppError::BadImport`] for a file without these columns, and where its structure breaks.
    pub async fn import_resolved(
        &self,
        who: Who,
        source: impl BufRead + Send + 'static,
    ) -> Result<ImportReport, AppError> {
        let reading = self.past_reading(who).await?;
        let (batches, mut coming) = tokio::sync::mpsc::channel(BATCHES_WAITING);
        let parsing = tokio::task::spawn_blocking(move || read(source, &reading, &batches));
        let mut report = self.empty_report(who);
        let mut broken = None;
        while let Some(batch) = coming.recv().await {
            broken = batch.broken.clone();
            self.take_in_past(who, batch, &mut report).await?;
        }
        if parsing.await.is_err() {
            broken = Some("the file could not be read".to_owned());
        }
        report.received = report.imported + report.already_present + report.rejected;
        match broken {
            Some(reason) if report.received > 0 => {
                let kept = report.imported + report.already_present;
                Err(AppError::BadImport(format!("{reason}; {kept} requests before it are imported")))
            }
            Some(reason) => Err(AppError::BadImport(reason)),
            None => Ok(report),
        }
    }

    async fn past_reading(&self, who: Who) -> Result<Reading, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let facts = Facts::own_tenant(LOOK, &me.caller);
        drop(authorize::<ImportPast>(facts, who.tenant).map_err(AppError::unhidden)?);
        let mut engineers = BTreeMap::new();
        for engineer in reader.desk_engineers(who.tenant).await? {
            let person = engineer.person;
            engineers.insert(person.user_principal_name.text().to_lowercase(), person.id);
            engineers.insert(person.id.to_string(), person.id);
        }
        // The name of everybody who was erased.
        engineers.remove("");
        Ok(Reading { provider: who.tenant, now: reader.now(), engineers })
    }

    /// Writes what is new of a batch, and what came of it into the log.
    async fn take_in_past(&self, who: Who, batch: Batch, report: &mut ImportReport) -> Result<(), AppError> {
        let Batch { rows, rejected, .. } = batch;
        if rows.is_empty() && rejected.is_empty() {
            return Ok(());
        }
        let mut work = self.work_on([who.tenant].into()).await?;
        let me = acting(&mut work, who).await?;
        let facts = Facts::own_tenant(work.id(), &me.caller);
        let permit = authorize::<ImportPast>(facts, who.tenant).map_err(AppError::unhidden)?;
        let (mut seen, mut new, mut already_present) = (BTreeSet::new(), Vec::new(), 0);
        for row in rows {
            if seen.contains(&row.id) || work.has_past_request(who.tenant, &row.id).await? {
                already_present += 1;
            } else {
                seen.insert(row.id.clone());
                new.push(row);
            }
        }
        let imported = u64::try_from(new.len()).unwrap_or(u64::MAX);
        let refused = u64::try_from(rejected.len()).unwrap_or(u64::MAX);
        let decided = rules::take_in(who.tenant, new, already_present, refused, &me.context(&work));
        work.record(permit, decided).await?;
        work.commit().await?;
        report.imported += imported;
        report.already_present += already_present;
        report.rejected += refused;
        let room = REJECTIONS_LISTED_MAX.saturating_sub(report.rejections.len());
        report.rejections.extend(rejected.into_iter().take(room));
        Ok(())
    }
}

/// Reads the file on its own thread and hands batches over; stops when nobody listens any more.
fn read(source: impl BufRead, reading: &Reading, batches: &tokio::sync::mpsc::Sender<Batch>) {
    let mut batch = Batch::default();
    let told = read_rows(source, |line, row| {
        match row.and_then(|row| reading.request(&row)) {
            Ok(request) => batch.rows.push(request),
            Err(reason) => batch.rejected.push(Rejected { line, reason }),
        }
        let full = batch.rows.len() + batch.rejected.len() >= ROWS_AT_ONCE;
        !full || batches.blocking_send(std::mem::take(&mut batch)).is_ok()
    });
    batch.broken = told.err();
    // Nobody listens: the caller has gone, and with it the import.
    let _ = batches.blocking_send(batch);
}

/// The cells of one row, by the names of their columns.
type Cells = BTreeMap<String, String>;

/// Hands each row over with its line, or why it has none, until the taker has enough.
///
/// # Errors
/// Why the file cannot be read on.
fn read_rows(
    source: impl BufRead,
    mut take: impl FnMut(u64, Result<Cells, String>) -> bool,
) -> Result<(), String> {
    let mut rows = CsvRows::new(source).map_err(|error| error.to_string())?;
    let Some(header) = rows.next() else {
        return Err(format!("line 1: the file has no header: it needs {}", list(&NEEDED)));
    };
    let columns = columns(header.map_err(|error| error.to_string())?)?;
    for row in rows {
        let CsvRow { line, cells } = row.map_err(|error| error.to_string())?;
        let row = cells.map_err(str::to_owned).and_then(|cells| match cells.len() == columns.len() {
            true => Ok(columns.iter().cloned().zip(cells).collect()),
            false => Err(format!("the row has {} cells instead of {}", cells.len(), columns.len())),
        });
        if !take(line, row) {
            break;
        }
    }
    Ok(())
}

/// The columns that a header names.
fn columns(header: CsvRow) -> Result<Vec<String>, String> {
    let CsvRow { line, cells } = header;
    let columns: Vec<String> = cells
        .map_err(|reason| format!("line {line}: {reason}"))?
        .iter()
        .map(|name| name.trim().to_owned())
        .collect();
    if let Some(missing) = NEEDED.iter().find(|needed| !columns.iter().any(|column| column == *needed)) {
        return Err(format!("line {line}: there is no column `{missing}`: the file needs {}", list(&NEEDED)));
    }
    for (place, column) in columns.iter().enumerate() {
        if !NEEDED.contains(&column.as_str()) && !OPTIONAL.contains(&column.as_str()) {
            return Err(format!(
                "line {line}: `{column}` is no column of such a file: besides there may be {}",
                list(&OPTIONAL)
            ));
        }
        if columns.iter().take(place).any(|earlier| earlier == column) {
            return Err(format!("line {line}: there are two columns `{column}`"));
        }
    }
    Ok(columns)
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl Reading {
    fn request(&self, row: &Cells) -> Result<PastRequest, String> {
        let cell = |name: &str| row.get(name).map_or("", String::as_str);
        let name = cell("engineer").trim();
        let engineer = self.engineers.get(&name.to_lowercase()).ok_or_else(|| {
            "`engineer` is neither the id nor the user principal name of an engineer".to_owned()
        })?;
        let text = PastText {
            id: cell("id"),
            created: cell("createdDateTime"),
            resolved: cell("resolvedDateTime"),
            priority: cell("priority"),
            component: cell("component"),
            title: cell("title"),
            description: cell("description"),
        };
        PastRequest::read(&text, self.provider, *engineer, self.now).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rows = Vec<(u64, Result<Cells, String>)>;

    fn told(file: &str) -> Result<Rows, String> {
        let mut rows = Vec::new();
        read_rows(file.as_bytes(), |line, row| {
            rows.push((line, row));
            true
        })
        .map(|()| rows)
    }

    #[test]
    fn a_file_needs_its_columns_and_has_no_others() {
        let header = "title,id,engineer,createdDateTime,resolvedDateTime";
        assert!(told("").unwrap_err().contains("no header"));
        assert!(told("id,title\n").unwrap_err().contains("no column `createdDateTime`"));
        assert!(told(&format!("{header},customer\n")).unwrap_err().contains("`customer` is no column"));
        assert!(told(&format!("{header},title\n")).unwrap_err().contains("two columns `title`"));
        let rows = told(&format!("{header}\nslow,1,eve,a,b\nshort,2\n")).unwrap();
        assert_eq!(rows[0].1.as_ref().unwrap()["engineer"], "eve");
        assert_eq!(rows[1], (3, Err("the row has 2 cells instead of 5".to_owned())));
        assert!(told(&format!("{header}\n\"open")).unwrap_err().contains("never closed"));
    }
}
