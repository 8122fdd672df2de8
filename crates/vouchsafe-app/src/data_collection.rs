//! Data collections: the engineer asks, the customer collects, checks what was cleaned, and sends.

mod contents;
mod load;
mod pieces;
mod sweep;
mod upload;

use vouchsafe_core::attachment::are_kept;
use vouchsafe_core::data_collection::command::{self as rules, CollectionAsk};
use vouchsafe_core::data_collection::{CollectionState, DataCollection};
use vouchsafe_core::decided::Decided;
use vouchsafe_core::grant::Grant;
use vouchsafe_core::id::{DataCollectionId, SupportRequestId, TenantId};
use vouchsafe_core::permit::{
    Action, AskCollection, CancelCollection, DeclineCollection, Facts, PrepareCollection, ReadCollection,
    ReviewCollection, Scope, WriteCollectionMessage, authorize,
};
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::scope::{DataCategory, DataFilter};
use vouchsafe_core::support_request::SupportRequest;
use vouchsafe_core::time::Timestamp;
use vouchsafe_store::{Listed, Order, Session, Work};

use crate::attachment::Attaching;
use crate::call::{Acting, acting, finish, replayed, shown_after_commit, unchanged};
use crate::case::{LOOK, lost};
use crate::cursor::ListOptions;
use crate::view::{CollectionMessageView, CollectionView, Rows};
use crate::{App, AppError, Call, Who};
pub use pieces::{FileForm, FilePieces};
pub use upload::{BodyFault, UploadCommand, UploadRange, Uploaded};
pub(crate) use upload::{Cleaned, Place, Uploads, cleaned, kept};

/// What an engineer asks to have collected.
#[derive(Debug, Clone)]
pub struct CollectCommand {
    /// Whose data.
    pub tenant: TenantId,
    /// Which categories.
    pub data_categories: Vec<DataCategory>,
    /// The data's time range.
    pub filter: Option<DataFilter>,
    /// What to do.
    pub instructions: String,
}

impl App {
    /// Asks a tenant to collect data for a case.
    ///
    /// # Errors
    /// [`AppError`], as every use case here.
    pub async fn ask_collection(
        &self,
        call: &Call,
        id: SupportRequestId,
        command: CollectCommand,
    ) -> Result<CollectionView, AppError> {
        let (owner, provider) = (self.owner_of(call.who, id).await?, self.store.provider());
        let mut work = self.work_on([owner, command.tenant, provider].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let request = work.support_request(owner, id).await?.ok_or(AppError::NotFound)?;
        let facts = Facts::of_case(work.id(), &me.caller, &request, me.is_provider());
        let permit = authorize::<AskCollection>(facts, id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        let reached = command.tenant == owner || work.has_side(command.tenant, id).await?;
        let known = work.collections_of_case(&[owner, command.tenant, provider], id).await?;
        let ask = CollectionAsk {
            id: work.new_id(if reached { command.tenant } else { owner }),
            tenant: command.tenant,
            reached,
            open: known.iter().filter(|collection| collection.is_open()).count(),
            data_categories: command.data_categories,
            filter: command.filter,
            instructions: command.instructions,
        };
        let decided = rules::ask(&request, ask, &me.caller.person, &me.context(&work))?;
        let rows = Rows(work.record(permit, decided).await?);
        let collection = rows.collection().cloned().ok_or_else(lost)?;
        let seen = work.now();
        let view = shown(&mut work, collection, &request, false, seen).await?;
        finish(work, call, view).await
    }

    /// Collections: the own tenant's, or those of the engineer's cases.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn collections(
        &self,
        who: Who,
        options: &ListOptions,
    ) -> Result<Listed<CollectionView>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let scope = Scope::of_collections(&me.caller, me.tenant.kind)?;
        let query = options.understood("createdDateTime")?;
        let seen = reader.now();
        let listed = reader.list_collections(scope, &query).await?;
        let mut items = Vec::with_capacity(listed.items.len());
        for collection in listed.items {
            let request = case_of(&mut reader, &collection).await?;
            items.push(shown(&mut reader, collection, &request, !me.is_provider(), seen).await?);
        }
        Ok(Listed { items, next: listed.next, total: listed.total })
    }

    /// One collection.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn collection(&self, who: Who, id: DataCollectionId) -> Result<CollectionView, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let (collection, request) = found(&mut reader, &me, id).await?;
        let facts = Facts::of_collection(LOOK, &me.caller, &collection, &request, me.is_provider());
        drop(authorize::<ReadCollection>(facts, id)?);
        let seen = reader.now();
        shown(&mut reader, collection, &request, !me.is_provider(), seen).await
    }

    /// Messages about a collection, in order.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn collection_messages(
        &self,
        who: Who,
        id: DataCollectionId,
        options: &ListOptions,
    ) -> Result<Listed<CollectionMessageView>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let (collection, request) = found(&mut reader, &me, id).await?;
        let facts = Facts::of_collection(LOOK, &me.caller, &collection, &request, me.is_provider());
        drop(authorize::<ReadCollection>(facts, id)?);
        let mut query = options.understood("createdDateTime")?;
        if options.order_by.is_none() {
            query.order = Order::OldestFirst;
        }
        let listed = reader.list_collection_messages(collection.kept_by, id, &query).await?;
        let files_kept = are_kept(&request, reader.now());
        let view = |message| CollectionMessageView { message, support_request: request.id, files_kept };
        Ok(listed.map(view))
    }

    /// Adds a message about a collection, with files if some were taken in for it.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn write_collection_message(
        &self,
        call: &Call,
        id: DataCollectionId,
        body: &str,
        files: Option<Attaching>,
    ) -> Result<CollectionMessageView, AppError> {
        let (mut work, me, collection, request) = self.collection_at_work(call.who, id).await?;
        let facts = Facts::of_collection(work.id(), &me.caller, &collection, &request, me.is_provider());
        let permit = authorize::<WriteCollectionMessage>(facts, id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        let (message, attachments) = match &files {
            Some(files) => files.parts(),
            None => (work.new_id(collection.kept_by), Vec::new()),
        };
        let (by, open, cx) = (&me.caller.person, request.is_open(), me.context(&work));
        let decided = rules::write_message(&collection, open, message, body, attachments, by, &cx)?;
        if let Some(files) = &files {
            files.keep_key(&mut work, collection.kept_by, &request).await?;
        }
        let rows = Rows(work.record(permit, decided).await?);
        let message = rows.collection_message().cloned().ok_or_else(lost)?;
        let view = CollectionMessageView { message, support_request: request.id, files_kept: true };
        let view = finish(work, call, view).await?;
        files.into_iter().for_each(Attaching::recorded);
        Ok(view)
    }

    /// Takes a file out again.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn remove_file(
        &self,
        call: &Call,
        id: DataCollectionId,
        name: &str,
    ) -> Result<CollectionView, AppError> {
        let mut removed = None;
        let view = self
            .decide_collection::<PrepareCollection>(call, id, |known, _, open, me, work| {
                let file = known.file_named(name).ok_or(AppError::NotFound)?;
                removed = Some((known.tenant, file.number));
                Ok(rules::remove_file(known, open, file.number, &me.context(work))?)
            })
            .await?;
        if let Some((tenant, number)) = removed {
            self.forget_kept(tenant, id, number).await?;
        }
        Ok(view)
    }

    /// The tenant does not want to.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn decline_collection(
        &self,
        call: &Call,
        id: DataCollectionId,
        reason: Option<&str>,
    ) -> Result<CollectionView, AppError> {
        self.decide_collection::<DeclineCollection>(call, id, |known, grant, open, me, work| {
            still_open(open)?;
            Ok(rules::decline(known, grant, &me.caller.person, reason, &me.context(work))?)
        })
        .await
    }

    /// The engineer needs it no more.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn cancel_collection(
        &self,
        call: &Call,
        id: DataCollectionId,
    ) -> Result<CollectionView, AppError> {
        self.decide_collection::<CancelCollection>(call, id, |known, grant, open, me, work| {
            still_open(open)?;
            Ok(rules::cancel(known, grant, &me.context(work))?)
        })
        .await
    }

    /// The engineer has what is needed.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn accept_collection(
        &self,
        call: &Call,
        id: DataCollectionId,
    ) -> Result<CollectionView, AppError> {
        self.decide_collection::<ReviewCollection>(call, id, |known, _, open, me, work| {
            Ok(rules::accept(known, open, &me.context(work))?)
        })
        .await
    }

    /// The engineer needs more; what was sent can be read no more.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn return_collection(
        &self,
        call: &Call,
        id: DataCollectionId,
        reason: Option<&str>,
    ) -> Result<CollectionView, AppError> {
        self.decide_collection::<ReviewCollection>(call, id, |known, grant, open, me, work| {
            Ok(rules::give_back(known, grant, open, &me.caller.person, reason, &me.context(work))?)
        })
        .await
    }

    /// One act on a collection, which may end the grant of what was sent: permit, decision, record.
    async fn decide_collection<A: Action<Subject = DataCollectionId>>(
        &self,
        call: &Call,
        id: DataCollectionId,
        decide: impl FnOnce(&DataCollection, Option<&Grant>, bool, &Acting, &Work) -> Result<Decided<A>, AppError>,
    ) -> Result<CollectionView, AppError> {
        let (mut work, me, collection, request) = self.collection_at_work(call.who, id).await?;
        let facts = Facts::of_collection(work.id(), &me.caller, &collection, &request, me.is_provider());
        let permit = authorize::<A>(facts, id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        unchanged(call, collection.version)?;
        let grant = granted(&mut work, &collection).await?;
        let decided = decide(&collection, grant.as_ref(), request.is_open(), &me, &work)?;
        let rows = Rows(work.record(permit, decided).await?);
        let ended = rows.ended_grants();
        let collection = rows.collection().cloned().ok_or_else(lost)?;
        let seen = work.now();
        let view = shown(&mut work, collection, &request, !me.is_provider(), seen).await?;
        let view = finish(work, call, view).await?;
        if !ended.is_empty() {
            self.end_access(&ended).await;
            self.forget_submissions(id, None).await;
        }
        Ok(view)
    }

    /// A unit of work on a collection that the caller can find.
    async fn collection_at_work(
        &self,
        who: Who,
        id: DataCollectionId,
    ) -> Result<(Work, Acting, DataCollection, SupportRequest), AppError> {
        let keeper = {
            let mut reader = self.store.read()?;
            let me = acting(&mut reader, who).await?;
            found(&mut reader, &me, id).await?.0.kept_by
        };
        let mut work = self.work_on([keeper].into()).await?;
        let me = acting(&mut work, who).await?;
        let (collection, request) = found(&mut work, &me, id).await?;
        if collection.kept_by != keeper {
            // It reached its tenant between the two looks; the next try finds it there.
            return Err(AppError::Busy);
        }
        Ok((work, me, collection, request))
    }
}

/// Cases are asked whether they are open where the rule does not need to know more.
fn still_open(open: bool) -> Result<(), Rejection> {
    if open { Ok(()) } else { Err(Rejection::CaseClosed) }
}

/// A collection with its case: the own tenant's, or one of a case that the caller's provider serves.
pub(crate) async fn found(
    session: &mut Session,
    me: &Acting,
    id: DataCollectionId,
) -> Result<(DataCollection, SupportRequest), AppError> {
    let collection = if me.is_provider() {
        session.desk_collection(me.tenant.id, id).await?
    } else {
        session.collection(me.tenant.id, id).await?
    };
    let collection = collection.ok_or(AppError::NotFound)?;
    let request = case_of(session, &collection).await?;
    Ok((collection, request))
}

/// The grant of the last submission, if there was one.
async fn granted(session: &mut Session, collection: &DataCollection) -> Result<Option<Grant>, AppError> {
    match collection.grant {
        Some(grant) => Ok(session.grant(collection.tenant, grant).await?),
        None => Ok(None),
    }
}

async fn case_of(session: &mut Session, collection: &DataCollection) -> Result<SupportRequest, AppError> {
    let request = session.support_request(collection.support_tenant, collection.support_request).await?;
    request.ok_or_else(lost)
}

/// A collection as the caller may see it: the engineer sees files that were sent, and no others.
async fn shown(
    session: &mut Session,
    mut collection: DataCollection,
    request: &SupportRequest,
    own: bool,
    seen: Timestamp,
) -> Result<CollectionView, AppError> {
    let grant = granted(session, &collection).await?;
    let open = |grant: &Grant| grant.is_open_on_record() && seen < grant.expires;
    let readable = grant.filter(|grant| open(grant) && collection.is_open_to(grant.id));
    if !own && readable.is_none() {
        collection.files.clear();
    }
    if !collection.has_arrived() && !request.is_open() && collection.is_open() {
        collection.state = CollectionState::Cancelled { at: seen };
    }
    let grant = readable.map(|grant| grant.id);
    Ok(CollectionView { version: collection.version, own, grant, open: request.is_open(), collection, seen })
}
