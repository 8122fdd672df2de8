//! Reading a file of a data collection as it is: one that holds no records, such as a log. The same read as any other, under
//! the grant of the collection; but what is read is one file, and nothing of it is masked, because nobody knows what a log
//! says. Its own tenant may have it back at any time, to see what was left of it.

use vouchsafe_core::data_collection::{CollectedFile, DataCollection};
use vouchsafe_core::effective::{Basis, ReadRefusal, basis};
use vouchsafe_core::grant::Grant;
use vouchsafe_core::id::{DataCollectionId, GrantId, ReadId};
use vouchsafe_core::permit::{Facts, PrepareCollection, ReadData, authorize};
use vouchsafe_core::personal::Personal;
use vouchsafe_core::read::{self as rules, PropertyRead, ReadRecord};
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::time::Timestamp;
use vouchsafe_store::Session;

use super::refused::{RefusedRead, code_of};
use super::{Target, case_and_grants};
use crate::call::{Acting, acting};
use crate::case::LOOK;
use crate::data_collection::{FileForm, FilePieces, found, kept};
use crate::live::{self, LiveAnswer};
use crate::{App, AppError, Who};

/// What a log or trace counts as (`lifecycle.md`, *Effective access*).
const CATEGORY: DataCategory = DataCategory::ClientLogs;
/// The only property that a file has.
const CONTENT: &str = "content";

/// Which file is wanted.
#[derive(Debug, Clone)]
pub struct FileQuery {
    /// Of which collection.
    pub collection: DataCollectionId,
    /// Its name.
    pub name: String,
    /// The path of a file in it, if it is an archive.
    pub entry: Option<String>,
    /// The grant to use, if the engineer named one.
    pub grant: Option<GrantId>,
}

/// A file that may be sent.
#[derive(Debug)]
pub struct FileAnswer {
    /// What to save it as.
    pub name: String,
    /// What it is.
    pub form: FileForm,
    /// Its bytes.
    pub pieces: FilePieces,
    /// Says when sending must stop; none for the reader's own.
    pub live: Option<LiveAnswer>,
    /// When access ends by itself.
    pub expires: Option<Timestamp>,
    /// The read that it was, recorded before its first byte; none where nothing has to be recorded.
    pub read: Option<FileRead>,
}

/// The read of a file.
#[derive(Debug, Clone, Copy)]
pub struct FileRead {
    /// The grant it rests on.
    pub grant: GrantId,
    /// The read record.
    pub id: ReadId,
}

/// A file, or one in an archive, that may be read as it is.
struct Chosen {
    number: u32,
    /// Its place in the archive and its bytes.
    entry: Option<(u32, u64)>,
    /// What to save it as.
    name: String,
    /// How the query is written down, under the key of whoever gave the file its name.
    query: Personal,
    id: String,
}

impl Chosen {
    /// # Errors
    /// [`Rejection::Forbidden`] for what holds records; [`AppError::NotFound`].
    fn of(collection: &DataCollection, query: &FileQuery) -> Result<Self, AppError> {
        let file = collection.file_named(&query.name).ok_or(AppError::NotFound)?;
        let id = format!("{}/{}", collection.id, file.number);
        let under = file.name.person();
        let name = file.name.text();
        let Some(wanted) = &query.entry else {
            if !file.is_read_as_it_is() {
                return Err(holds_records(file).into());
            }
            let query = Personal::new(under, format!("files/{name}"));
            return Ok(Self { number: file.number, entry: None, name: name.to_owned(), query, id });
        };
        let entry = file.entry_named(wanted).ok_or(AppError::NotFound)?;
        let last = wanted.rsplit('/').next().unwrap_or_default();
        Ok(Self {
            number: file.number,
            entry: Some((entry.number, entry.bytes)),
            name: last.to_owned(),
            query: Personal::new(under, format!("files/{name}/entries/{wanted}")),
            id: format!("{id}/{}", entry.number),
        })
    }
}

fn holds_records(file: &CollectedFile) -> Rejection {
    Rejection::Forbidden(match file.records {
        Some(_) => {
            "the file holds records: they are read with masks and filters, like live data, and not as the file is"
        }
        None => "nobody has looked for records in this file yet: the customer must put it in again",
    })
}

impl App {
    /// A file of a collection that holds no records: for the engineer of the case under the collection's live grant, recorded
    /// before the first byte leaves; for whoever collects for its tenant at any time.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::NoRead`] without the live grant; [`Rejection::Forbidden`] for a file that holds
    /// records; [`AppError::Busy`] while too many are read.
    pub async fn read_file(&self, who: Who, query: &FileQuery) -> Result<FileAnswer, AppError> {
        let (target, own) = {
            let mut reader = self.store.read()?;
            let me = acting(&mut reader, who).await?;
            let (collection, request) = found(&mut reader, &me, query.collection).await?;
            if !me.is_provider() {
                let facts = Facts::of_collection(LOOK, &me.caller, &collection, &request, false);
                drop(authorize::<PrepareCollection>(facts, collection.id)?);
            }
            let target =
                Target { case: request.id, tenant: collection.tenant, collection: Some(collection.id) };
            (target, (!me.is_provider()).then_some(collection))
        };
        if let Some(collection) = own {
            let file = collection.file_named(&query.name).ok_or(AppError::NotFound)?;
            // Its own tenant may see records as they are, too.
            let chosen = Chosen::of(&collection, query);
            let (number, entry, name) = match (chosen, &query.entry) {
                (Ok(chosen), _) => (chosen.number, chosen.entry, chosen.name),
                (Err(AppError::Rejected(_)), None) => (file.number, None, file.name.text().to_owned()),
                (Err(error), _) => return Err(error),
            };
            let pieces = self.pieces(target, number, entry).await?;
            let form = FileForm::of(&name);
            return Ok(FileAnswer { form, name, pieces, live: None, expires: None, read: None });
        }
        let (reason, error) = match self.file_for_engineer(who, query, target).await {
            Ok(answer) => return Ok(answer),
            Err(Refused::Otherwise(error)) => return Err(error),
            Err(Refused::Read(refusal)) => (code_of(refusal), refusal.into()),
            Err(Refused::Hidden(error)) => ("notFound", error),
        };
        self.note_refusal(who, RefusedRead { target, category: CATEGORY, reason }).await?;
        Err(error)
    }

    async fn file_for_engineer(
        &self,
        who: Who,
        query: &FileQuery,
        target: Target,
    ) -> Result<FileAnswer, Refused> {
        let mut reader = self.store.read()?;
        let now = reader.now();
        let me = acting(&mut reader, who).await?;
        let (grant, collection) = permitted(&mut reader, &me, target, query.grant, now).await?;
        drop(reader);
        let chosen = Chosen::of(&collection, query)?;
        // Registered before everything is checked for the last time, so that no end of it can slip in between.
        let live = self.live.register(live::Basis {
            case: target.case,
            engineer: who.user,
            tenant: target.tenant,
            grant: Some(grant.id),
        });
        let pieces = self.pieces(target, chosen.number, chosen.entry).await?;
        let read = self.new_read_id(target.tenant);
        let record = ReadRecord {
            id: read,
            tenant: target.tenant,
            support_request: target.case,
            grant: Some(grant.id),
            access_request: None,
            engineer: me.caller.person.card(),
            at: now,
            category: CATEGORY,
            query: chosen.query,
            typed: Vec::new(),
            record_ids: vec![chosen.id],
            properties: vec![PropertyRead { name: CONTENT.to_owned(), masked: false, revealed: false }],
            bytes: pieces.left(),
        };
        self.record_file_read(who, query, target, record).await?;
        Ok(FileAnswer {
            form: FileForm::of(&chosen.name),
            name: chosen.name,
            pieces,
            live: Some(live),
            expires: Some(grant.expires),
            read: Some(FileRead { grant: grant.id, id: read }),
        })
    }

    /// The transaction of the read: checks everything again at its own time and writes the record.
    async fn record_file_read(
        &self,
        who: Who,
        query: &FileQuery,
        target: Target,
        record: ReadRecord,
    ) -> Result<(), Refused> {
        let mut work = self.work_on([target.tenant].into()).await?;
        let me = acting(&mut work, who).await?;
        let now = work.now();
        let (grant, collection) = permitted(&mut work, &me, target, record.grant, now).await?;
        if Chosen::of(&collection, query)?.id != record.record_ids.concat() {
            return Err(Refused::Otherwise(AppError::NotFound));
        }
        let (case, _) = case_and_grants(&mut work, &me, target).await?;
        let permit = authorize::<ReadData>(Facts::of_case(work.id(), &me.caller, &case, true), target.case)?;
        let record = ReadRecord { at: now, ..record };
        let root = vouchsafe_log::hex(&vouchsafe_log::root(record.record_ids.iter().map(String::as_bytes)));
        let mut work = self.in_pace(work, Some(&grant), &record).await?;
        let decided = rules::record(record, root, &me.context(&work));
        work.record(permit, decided).await.map_err(AppError::from)?;
        Ok(work.commit().await.map_err(AppError::from)?)
    }

    /// The bytes of a kept file, or of one in it.
    async fn pieces(
        &self,
        target: Target,
        number: u32,
        entry: Option<(u32, u64)>,
    ) -> Result<FilePieces, AppError> {
        let place = self.uploads.reading()?;
        let collection = target.collection.ok_or(AppError::NotFound)?;
        let folder = self.folder(target.tenant, collection).await?;
        match entry {
            None => FilePieces::of_file(&folder, &kept(number), place).await,
            Some(entry) => FilePieces::of_entry(&folder, &kept(number), entry, place).await,
        }
    }
}

/// Why a file is not read: for want of access, which is written down, or otherwise.
enum Refused {
    Read(ReadRefusal),
    /// It is not this engineer's case.
    Hidden(AppError),
    Otherwise(AppError),
}

impl<E: Into<AppError>> From<E> for Refused {
    fn from(error: E) -> Self {
        let error = error.into();
        if let AppError::NoRead(refusal) = error { Self::Read(refusal) } else { Self::Otherwise(error) }
    }
}

/// The live grant of what was sent, and the collection, for the engineer of the case alone.
async fn permitted(
    session: &mut Session,
    me: &Acting,
    target: Target,
    named: Option<GrantId>,
    now: Timestamp,
) -> Result<(Grant, DataCollection), Refused> {
    let id = target.collection.ok_or(AppError::NotFound)?;
    let (case, grants) = case_and_grants(session, me, target).await?;
    let facts = Facts::of_case(LOOK, &me.caller, &case, true);
    if let Err(denied) = authorize::<ReadData>(facts, target.case) {
        return Err(Refused::Hidden(denied.into()));
    }
    let grant = match basis(&case, target.tenant, target.collection, &[CATEGORY], &grants, named, now)? {
        Basis::Grant(grant) => grant.clone(),
        Basis::Basic => return Err(ReadRefusal::NoLiveGrant.into()),
    };
    let (collection, _) = found(session, me, id).await?;
    Ok((grant, collection))
}
