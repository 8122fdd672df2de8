//! Files that come with a message: taken in one by one, cleaned of secrets like files of a collection, and recorded with the
//! message or not at all. Who may see the message may have them, until 28 days after the case was closed.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use vouchsafe_core::attachment::{self as rules, ATTACHMENT_BYTES_MAX, Attachment};
use vouchsafe_core::data_collection::KEPT_AFTER_CLOSURE;
use vouchsafe_core::id::{DataCollectionId, Id as _, MessageId, SupportRequestId, TenantId, uuid_v7};
use vouchsafe_core::permit::{
    Facts, PostMessage, ReadCollection, ReadConversation, WriteCollectionMessage, authorize,
};
use vouchsafe_core::personal::Personal;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::support_request::SupportRequest;
use vouchsafe_store::files::Folder;
use vouchsafe_store::seal::{Key, new_key};
use vouchsafe_store::{Session, Work};

use crate::call::{Acting, acting};
use crate::case::{LOOK, visible_case};
use crate::data_collection::{BodyFault, Cleaned, FileForm, FilePieces, Place, cleaned, found, kept};
use crate::live;
use crate::read::FileAnswer;
use crate::{App, AppError, Who};

/// Messages that one sweep looks at.
const SWEEP_MAX: u32 = 100;

/// Where messages stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversation {
    /// Of a support request.
    Request(SupportRequestId),
    /// About a data collection.
    Collection(DataCollectionId),
}

/// A conversation that the caller takes part in.
struct Part {
    me: Acting,
    request: SupportRequest,
    /// Whose rows its messages are.
    keeper: TenantId,
}

impl Part {
    async fn of(session: &mut Session, who: Who, of: Conversation, write: bool) -> Result<Self, AppError> {
        let me = acting(session, who).await?;
        let desk = me.is_provider();
        match of {
            Conversation::Request(id) => {
                let request = visible_case(session, &me, id).await?;
                let facts = Facts::of_case(LOOK, &me.caller, &request, desk);
                if write {
                    drop(authorize::<PostMessage>(facts, id)?);
                } else {
                    drop(authorize::<ReadConversation>(facts, id)?);
                }
                let keeper = request.tenant;
                Ok(Self { me, request, keeper })
            }
            Conversation::Collection(id) => {
                let (collection, request) = found(session, &me, id).await?;
                let facts = Facts::of_collection(LOOK, &me.caller, &collection, &request, desk);
                if write {
                    drop(authorize::<WriteCollectionMessage>(facts, id)?);
                } else {
                    drop(authorize::<ReadCollection>(facts, id)?);
                }
                Ok(Self { me, request, keeper: collection.kept_by })
            }
        }
    }
}

/// The files of a message that is being written. Dropped before it was recorded, they are deleted.
pub struct Attaching {
    app: App,
    who: Who,
    /// Whose row the message will be.
    keeper: TenantId,
    message: MessageId,
    key: Key,
    folder: Folder,
    files: Vec<Attachment>,
    /// Of every file, its name and what came, for telling one message from another.
    came: Sha256,
    _place: Place,
    recorded: bool,
}

impl App {
    /// Begins to take files in for a new message.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`]; [`Rejection::CaseClosed`]; [`AppError::Busy`].
    pub async fn attach(&self, who: Who, of: Conversation) -> Result<Attaching, AppError> {
        let mut reader = self.store.read()?;
        let part = Part::of(&mut reader, who, of, true).await?;
        if !part.request.is_open() {
            return Err(Rejection::CaseClosed.into());
        }
        let place = self.uploads.place(who.tenant)?;
        let mut random = [0; 10];
        self.store.random(part.keeper, &mut random);
        let message = MessageId::from_uuid(uuid_v7(self.store.now(), random));
        let key = new_key();
        let folder = self.store.files().attachments(part.keeper, message, key.clone());
        Ok(Attaching {
            app: self.clone(),
            who,
            keeper: part.keeper,
            message,
            key,
            folder,
            files: Vec::new(),
            came: Sha256::new(),
            _place: place,
            recorded: false,
        })
    }

    /// A file of a message, by its name, for everybody who may see the message.
    ///
    /// # Errors
    /// [`AppError::NotFound`], also once it was deleted; [`AppError::Busy`] while too many are read.
    pub async fn attachment(
        &self,
        who: Who,
        of: Conversation,
        message: MessageId,
        name: &str,
    ) -> Result<FileAnswer, AppError> {
        let mut reader = self.store.read()?;
        let part = Part::of(&mut reader, who, of, false).await?;
        let files = match of {
            Conversation::Request(id) => {
                reader.message(part.keeper, id, message).await?.map(|row| row.attachments)
            }
            Conversation::Collection(id) => {
                reader.collection_message(part.keeper, id, message).await?.map(|row| row.attachments)
            }
        };
        let wanted = |file: &Attachment| file.name.text() == name;
        let file = files.unwrap_or_default().into_iter().find(wanted).ok_or(AppError::NotFound)?;
        if !rules::are_kept(&part.request, reader.now()) {
            return Err(AppError::NotFound);
        }
        let key = reader.attachment_key(part.keeper, message).await?.ok_or(AppError::NotFound)?;
        drop(reader);
        let folder = self.store.files().attachments(part.keeper, message, key);
        // Whoever loses the case has no more of it at once.
        let live = (part.me.is_provider() && part.request.engineer() == Some(who.user)).then(|| {
            self.live.register(live::Basis {
                case: part.request.id,
                engineer: who.user,
                tenant: part.request.tenant,
                grant: None,
            })
        });
        let live = live.filter(|_| part.request.is_open());
        // Registered before this last look, so that no end of it can slip in between.
        let mut reader = self.store.read()?;
        drop(Part::of(&mut reader, who, of, false).await?);
        drop(reader);
        let pieces = FilePieces::of_file(&folder, &kept(file.number), self.uploads.reading()?).await?;
        let name = file.name.text().to_owned();
        Ok(FileAnswer { form: FileForm::of(&name), name, pieces, live, expires: None, read: None })
    }

    /// Deletes the files of messages whose cases were closed long enough ago, with their keys. Gives of how many messages.
    ///
    /// # Errors
    /// The first [`AppError`]; what was deleted of others stays so.
    pub async fn delete_attachments(&self) -> Result<usize, AppError> {
        let due = self.store.read()?.attachments_due(self.now() - KEPT_AFTER_CLOSURE, SWEEP_MAX).await?;
        let mut deleted = Ok(0);
        for (tenant, message) in due {
            let done = self.delete_attachments_of(tenant, message).await;
            deleted = deleted.and_then(|sum| done.map(|()| sum + 1));
        }
        deleted
    }

    async fn delete_attachments_of(&self, tenant: TenantId, message: MessageId) -> Result<(), AppError> {
        // First the files: what a crash leaves between is found again by its key.
        self.store.files().delete_attachments(tenant, message).await?;
        let mut work = self.store.work().await?;
        work.destroy_attachment_key(tenant, message).await?;
        Ok(work.commit().await?)
    }
}

impl Attaching {
    /// Takes one more file in, checks and cleans it.
    ///
    /// # Errors
    /// [`AppError::Rejected`] for its name or number; [`AppError::TooLarge`]; [`AppError::FileRefused`] for what cannot be cleaned,
    /// and for files that hold records: those are read with masks, as files of a data collection; [`AppError::BadUpload`].
    pub async fn take(
        &mut self,
        name: &str,
        declared: Option<&str>,
        body: mpsc::Receiver<Result<Bytes, BodyFault>>,
    ) -> Result<(), AppError> {
        let names: Vec<&str> = self.files.iter().map(|file| file.name.text()).chain([name]).collect();
        rules::check(names.into_iter())?;
        let number = u32::try_from(self.files.len()).unwrap_or(u32::MAX).saturating_add(1);
        let (from, to) = (format!("incoming/{number}"), kept(number));
        self.came.update(name.as_bytes());
        self.came.update([0]);
        self.came.update(receive(&self.folder, &from, body).await?);
        let _only = self.app.uploads.cleaner(self.who.tenant).await?;
        let clean = cleaned(&self.folder, (&from, &to), name.to_owned(), declared.map(str::to_owned)).await;
        self.folder.delete(&from).await?;
        let Cleaned { written, report, contents } = clean?;
        if contents.records > 0 {
            return Err(AppError::FileRefused(
                "it holds records, such as sign-ins, which are read with masks: send it in a data collection"
                    .to_owned(),
            ));
        }
        self.files.push(Attachment {
            number,
            name: Personal::new(self.who.user, name),
            bytes: written.bytes,
            sha256: vouchsafe_log::hex(&written.sha256),
            removed: report.counts.iter().map(|(kind, count)| (kind.name().to_owned(), *count)).collect(),
        });
        Ok(())
    }

    /// What came so far, to tell one message from another.
    #[must_use]
    pub fn fingerprint(&self) -> Vec<u8> {
        self.came.clone().finalize().to_vec()
    }

    /// The id of the message, and its files.
    pub(crate) fn parts(&self) -> (MessageId, Vec<Attachment>) {
        (self.message, self.files.clone())
    }

    /// Keeps the key with the message, in the unit of work that records it.
    ///
    /// # Errors
    /// [`AppError::Busy`] if the conversation has moved to another keeper meanwhile; the next try finds it there.
    pub(crate) async fn keep_key(
        &self,
        work: &mut Work,
        keeper: TenantId,
        request: &SupportRequest,
    ) -> Result<(), AppError> {
        if keeper != self.keeper {
            return Err(AppError::Busy);
        }
        if self.files.is_empty() {
            return Ok(());
        }
        Ok(work.keep_attachment_key(self.keeper, self.message, request, &self.key).await?)
    }

    /// The message is recorded, and its files stay.
    pub(crate) fn recorded(mut self) {
        self.recorded = true;
    }
}

impl std::fmt::Debug for Attaching {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Nothing of the key.
        f.debug_struct("Attaching").field("message", &self.message).finish_non_exhaustive()
    }
}

impl Drop for Attaching {
    fn drop(&mut self) {
        if self.recorded {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let (app, keeper, message) = (self.app.clone(), self.keeper, self.message);
        runtime.spawn(async move {
            // Nobody may know whether the message was recorded: its key says so. Without a key nobody can read the files, and
            // deleting them only makes room.
            let known = match app.store.read() {
                Ok(mut reader) => reader.attachment_key(keeper, message).await,
                Err(error) => Err(error),
            };
            let deleted = match known {
                Ok(Some(_)) => Ok(()),
                Ok(None) => app.store.files().delete_attachments(keeper, message).await,
                Err(error) => Err(error),
            };
            if let Err(error) = deleted {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "files of a message that was not recorded could not be deleted"
                );
            }
        });
    }
}

/// Stores what comes; gives its hash.
async fn receive(
    folder: &Folder,
    place: &str,
    mut body: mpsc::Receiver<Result<Bytes, BodyFault>>,
) -> Result<[u8; 32], AppError> {
    let mut writer = folder.write(place).await?;
    while let Some(piece) = body.recv().await {
        let piece = piece.map_err(|fault| {
            AppError::BadUpload(match fault {
                BodyFault::Silent => "nothing came for a while".to_owned(),
                BodyFault::Broken(reason) => reason,
            })
        })?;
        let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        if writer.received().saturating_add(length) > ATTACHMENT_BYTES_MAX {
            return Err(AppError::TooLarge(format!(
                "a file of a message may have at most {ATTACHMENT_BYTES_MAX} bytes: send what is larger in a data collection"
            )));
        }
        writer.write(&piece).await?;
    }
    Ok(writer.finish().await?.sha256)
}
