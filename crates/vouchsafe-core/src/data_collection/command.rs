//! What people do to a data collection, and what closing the case does.

use super::{
    CollectedFile, CollectionEvent, CollectionMessage, CollectionState, DataCollection, FILE_NAME_CHARS_MAX,
    FILES_MAX, GRANTED_FOR, KEPT_AFTER_CLOSURE, OPEN_MAX, TEXT_CHARS_MAX,
};
use crate::attachment::{self, Attachment};
use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::grant::{Grant, GrantEnd, GrantEvent, GrantSource, GrantState};
use crate::id::{DataCollectionId, GrantId, MessageId, TenantId};
use crate::pace::{Extent, Usage};
use crate::permit::{
    AskCollection, CancelCollection, DeclineCollection, PrepareCollection, RecordCollection,
    ReviewCollection, SubmitCollection, WriteCollectionMessage,
};
use crate::person::Person;
use crate::personal::Personal;
use crate::rejection::{Rejection, is_invisible, remark, text_within};
use crate::scope::{DataCategory, DataFilter};
use crate::support_request::command::open_only;
use crate::support_request::{RequestState, SupportRequest};
use crate::tenant::SupportAccessPolicy;
use crate::time::Timestamp;

/// What an engineer asks the customer to collect.
#[derive(Debug, Clone)]
pub struct CollectionAsk {
    /// The id of the new collection.
    pub id: DataCollectionId,
    /// Whose data.
    pub tenant: TenantId,
    /// Whether that tenant may know of the case: it opened it, or a side of it has been there.
    pub reached: bool,
    /// Collections of the case that are open.
    pub open: usize,
    /// What kinds of data, at least one.
    pub data_categories: Vec<DataCategory>,
    /// The time range, if not all.
    pub filter: Option<DataFilter>,
    /// What to do, 1 to 10,000 characters.
    pub instructions: String,
}

/// Asks a tenant to collect data. What is answered is the same whether that tenant is there.
///
/// # Errors
/// [`Rejection::CaseClosed`]; [`Rejection::Invalid`] names the field.
pub fn ask(
    request: &SupportRequest,
    ask: CollectionAsk,
    by: &Person,
    cx: &Context,
) -> Result<Decided<AskCollection>, Rejection> {
    open_only(request)?;
    if ask.tenant != request.tenant && !request.resource_tenants.contains(&ask.tenant) {
        return Err(Rejection::invalid("tenantId", "was not named by the customer for this support request"));
    }
    if ask.open >= OPEN_MAX {
        return Err(Rejection::invalid("tenantId", format!("must wait: {OPEN_MAX} collections are open")));
    }
    let mut data_categories = ask.data_categories;
    data_categories.sort_unstable();
    data_categories.dedup();
    if data_categories.is_empty() {
        return Err(Rejection::invalid("dataCategories", "must name at least one category"));
    }
    if let Some(DataFilter { data_from: Some(from), data_to: Some(to), .. }) = &ask.filter
        && from >= to
    {
        return Err(Rejection::invalid("filter/dataTo", "must be later than `dataFrom`"));
    }
    if ask.filter.as_ref().is_some_and(|filter| filter.users.is_some()) {
        return Err(Rejection::invalid(
            "filter/users",
            "is not offered here: name people in the instructions",
        ));
    }
    let instructions = text_within("instructions", &ask.instructions, 1, TEXT_CHARS_MAX)?;
    let kept_by = if ask.reached { ask.tenant } else { cx.provider };
    let collection = DataCollection {
        id: ask.id,
        tenant: ask.tenant,
        kept_by,
        support_request: request.id,
        support_tenant: request.tenant,
        support_request_number: request.number.clone(),
        engineer: by.card(),
        data_categories,
        filter: ask.filter.filter(|filter| *filter != DataFilter::default()),
        instructions: Personal::new(by.id, instructions),
        created: cx.now,
        state: CollectionState::Requested,
        files: Vec::new(),
        grant: None,
        deleted: None,
        version: 0,
    };
    let mut draft = Draft::new(cx);
    draft.entry(kept_by, Activity::CollectionRequested, ask.id, Some(request.id));
    put(&mut draft, None, CollectionEvent::Requested { collection: Box::new(collection) });
    Ok(draft.decided(request.id))
}

/// The collection reaches its tenant, whose side of the case has come into being.
///
/// # Errors
/// [`Rejection::Conflict`] if it has arrived.
pub fn deliver(waiting: &DataCollection, cx: &Context) -> Result<Decided<RecordCollection>, Rejection> {
    if waiting.has_arrived() || waiting.state != CollectionState::Requested {
        return Err(Rejection::Conflict);
    }
    let collection = DataCollection { kept_by: waiting.tenant, version: 0, ..waiting.clone() };
    let mut draft = Draft::new(cx);
    draft
        .entry(waiting.tenant, Activity::CollectionRequested, waiting.id, Some(waiting.support_request))
        .by_service(false);
    put(&mut draft, None, CollectionEvent::Requested { collection: Box::new(collection) });
    Ok(draft.decided(waiting.id))
}

/// Checks the name of a file: no path, nothing hidden, nothing that a system could take for something else.
///
/// # Errors
/// [`Rejection::Invalid`].
pub fn file_name(name: &str) -> Result<&str, Rejection> {
    let fits = (1..=FILE_NAME_CHARS_MAX).contains(&name.chars().count());
    let plain = !name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|'])
        && !name.chars().any(|c| c.is_control() || is_invisible(c));
    if !fits || !plain || name.starts_with('.') || name.trim() != name || name.ends_with('.') {
        let message = format!(
            "must be 1 to {FILE_NAME_CHARS_MAX} characters without slashes or other characters that file systems \
             do not take, and must not begin or end with a dot or a space"
        );
        return Err(Rejection::invalid("name", message));
    }
    Ok(name)
}

/// Whether a file of this name may be put in now.
///
/// # Errors
/// [`Rejection`].
pub fn may_add(collection: &DataCollection, request_open: bool, name: &str) -> Result<(), Rejection> {
    open_collection(collection, request_open)?;
    let name = file_name(name)?;
    match collection.file_named(name) {
        Some(known) if known.name.text() != name => {
            Err(Rejection::invalid("name", "differs from that of another file only in its letters' case"))
        }
        None if collection.files.len() >= FILES_MAX => {
            Err(Rejection::invalid("name", format!("is one too many: at most {FILES_MAX} files")))
        }
        Some(_) | None => Ok(()),
    }
}

/// Puts a file in that was checked and cleaned; one of the same name gives way.
///
/// # Errors
/// As [`may_add`].
pub fn add_file(
    collection: &DataCollection,
    request_open: bool,
    file: CollectedFile,
    cx: &Context,
) -> Result<Decided<PrepareCollection>, Rejection> {
    may_add(collection, request_open, file.name.text())?;
    let mut draft = Draft::new(cx);
    entry(&mut draft, collection, Activity::CollectionInPreparation);
    put(&mut draft, Some(collection), CollectionEvent::FileAdded { file: Box::new(file) });
    Ok(draft.decided(collection.id))
}

/// Takes a file out again.
///
/// # Errors
/// [`Rejection`].
pub fn remove_file(
    collection: &DataCollection,
    request_open: bool,
    number: u32,
    cx: &Context,
) -> Result<Decided<PrepareCollection>, Rejection> {
    open_collection(collection, request_open)?;
    let mut draft = Draft::new(cx);
    entry(&mut draft, collection, Activity::CollectionInPreparation);
    put(&mut draft, Some(collection), CollectionEvent::FileRemoved { number });
    Ok(draft.decided(collection.id))
}

/// What submitting must know.
#[derive(Debug)]
pub struct Submission<'a> {
    /// Whether the case is open.
    pub request_open: bool,
    /// The grant of the submission before, if there was one.
    pub before: Option<&'a Grant>,
    /// The id of the new grant.
    pub grant: GrantId,
    /// How much the files hold.
    pub extent: Extent,
    /// The tenant's settings.
    pub policy: &'a SupportAccessPolicy,
}

/// Whether the collection may be sent now, given the grant of the submission before. Asked before its files are loaded,
/// which takes long, and once more by [`submit`].
///
/// # Errors
/// As [`submit`].
pub fn may_submit(
    collection: &DataCollection,
    request_open: bool,
    before: Option<&Grant>,
    now: Timestamp,
) -> Result<(), Rejection> {
    if !request_open {
        return Err(Rejection::CaseClosed);
    }
    let readable = before.is_some_and(|grant| grant.is_open_on_record() && now < grant.expires);
    match collection.state {
        CollectionState::Declined { .. } | CollectionState::Cancelled { .. } => {
            return Err(Rejection::AlreadyEnded);
        }
        CollectionState::Submitted { .. } | CollectionState::Accepted { .. } if readable => {
            return Err(Rejection::Conflict);
        }
        CollectionState::Requested
        | CollectionState::InPreparation
        | CollectionState::Returned { .. }
        | CollectionState::Submitted { .. }
        | CollectionState::Accepted { .. } => {}
    }
    if collection.deleted.is_some() {
        return Err(Rejection::AlreadyEnded);
    }
    if collection.files.is_empty() {
        return Err(Rejection::invalid("files", "must hold at least one file"));
    }
    Ok(())
}

/// Sends the collection: the engineer of the case may read it as it is now, and nothing else, until it is given back or
/// the case is closed. Whoever took that access away, or whose case was opened again, may send the same once more while
/// it is kept.
///
/// # Errors
/// [`Rejection::CaseClosed`]; [`Rejection::Conflict`] if it is with the engineer; [`Rejection::AlreadyEnded`];
/// [`Rejection::Invalid`] without any file.
pub fn submit(
    collection: &DataCollection,
    submission: &Submission<'_>,
    by: &Person,
    cx: &Context,
) -> Result<Decided<SubmitCollection>, Rejection> {
    may_submit(collection, submission.request_open, submission.before, cx.now)?;
    let expires = cx.now + GRANTED_FOR;
    let grant = Grant {
        id: submission.grant,
        tenant: collection.tenant,
        support_request: collection.support_request,
        access_request: None,
        collection: Some(collection.id),
        source: GrantSource::Collection,
        data_categories: DataCategory::ALL.to_vec(),
        filter: None,
        people: None,
        extent: submission.extent,
        records_max: submission.extent.allowance(),
        idle_pause: submission.policy.idle_pause,
        created: cx.now,
        expires,
        state: GrantState::Live,
        usage: Usage::default(),
        version: 0,
    };
    let mut draft = Draft::new(cx);
    entry(&mut draft, collection, Activity::CollectionSubmitted);
    end_before(&mut draft, submission.before, cx);
    draft.grant(None, GrantEvent::Given { grant: Box::new(grant) });
    let submitted = CollectionEvent::Submitted { by: by.id, at: cx.now, grant: submission.grant, expires };
    put(&mut draft, Some(collection), submitted);
    Ok(draft.decided(collection.id))
}

/// The tenant does not want to. `before` is the grant of the submission before, which ends if it has not.
///
/// # Errors
/// [`Rejection`].
pub fn decline(
    collection: &DataCollection,
    before: Option<&Grant>,
    by: &Person,
    reason: Option<&str>,
    cx: &Context,
) -> Result<Decided<DeclineCollection>, Rejection> {
    open_collection(collection, true)?;
    let reason = remark("reason", reason, by)?;
    let mut draft = Draft::new(cx);
    entry(&mut draft, collection, Activity::CollectionDeclined);
    end_before(&mut draft, before, cx);
    put(&mut draft, Some(collection), CollectionEvent::Declined { by: by.id, at: cx.now, reason });
    Ok(draft.decided(collection.id))
}

/// The engineer needs it no more. `before` is as for [`decline`].
///
/// # Errors
/// [`Rejection::AlreadyEnded`].
pub fn cancel(
    collection: &DataCollection,
    before: Option<&Grant>,
    cx: &Context,
) -> Result<Decided<CancelCollection>, Rejection> {
    open_collection(collection, true)?;
    let mut draft = Draft::new(cx);
    cancel_into(&mut draft, collection, cx);
    end_before(&mut draft, before, cx);
    Ok(draft.decided(collection.id))
}

/// The engineer has what is needed.
///
/// # Errors
/// [`Rejection::Conflict`] for a collection that is not waiting for this.
pub fn accept(
    collection: &DataCollection,
    request_open: bool,
    cx: &Context,
) -> Result<Decided<ReviewCollection>, Rejection> {
    submitted_only(collection, request_open)?;
    let mut draft = Draft::new(cx);
    entry(&mut draft, collection, Activity::CollectionAccepted);
    put(&mut draft, Some(collection), CollectionEvent::Accepted { at: cx.now });
    Ok(draft.decided(collection.id))
}

/// The engineer needs more, and reads no more of it meanwhile: the tenant may put files in now, and none of them is
/// anybody's before it is sent again. `grant` is the one of the submission that is given back.
///
/// # Errors
/// As [`accept`]; [`Rejection::Invalid`] for an over-long reason.
pub fn give_back(
    collection: &DataCollection,
    grant: Option<&Grant>,
    request_open: bool,
    by: &Person,
    reason: Option<&str>,
    cx: &Context,
) -> Result<Decided<ReviewCollection>, Rejection> {
    submitted_only(collection, request_open)?;
    let reason = remark("reason", reason, by)?;
    let mut draft = Draft::new(cx);
    entry(&mut draft, collection, Activity::CollectionReturned);
    end_before(&mut draft, grant, cx);
    put(&mut draft, Some(collection), CollectionEvent::Returned { at: cx.now, reason });
    Ok(draft.decided(collection.id))
}

/// Adds a message.
///
/// # Errors
/// [`Rejection::CaseClosed`]; [`Rejection::Invalid`].
pub fn write_message(
    collection: &DataCollection,
    request_open: bool,
    id: MessageId,
    body: &str,
    attachments: Vec<Attachment>,
    from: &Person,
    cx: &Context,
) -> Result<Decided<WriteCollectionMessage>, Rejection> {
    if !request_open {
        return Err(Rejection::CaseClosed);
    }
    attachment::check(attachments.iter().map(|file| file.name.text()))?;
    let body = Personal::new(from.id, text_within("body", body, 1, TEXT_CHARS_MAX)?);
    let message = CollectionMessage {
        id,
        tenant: collection.kept_by,
        collection: collection.id,
        from: from.id,
        from_name: from.display_name.clone(),
        from_engineer: from.tenant != collection.tenant,
        created: cx.now,
        body: body.clone(),
        attachments: attachments.clone(),
    };
    let mut draft = Draft::new(cx);
    entry(&mut draft, collection, Activity::CollectionMessageAdded);
    draft.event(Event::DataCollection {
        id: collection.id,
        event: CollectionEvent::MessageAdded { message: id, body, attachments },
    });
    draft.put(Write::CollectionMessage(Box::new(message)));
    Ok(draft.decided(collection.id))
}

/// Records that the files are gone for good: the case was closed long enough ago.
///
/// # Errors
/// [`Rejection::AlreadyEnded`] if they are gone, [`Rejection::Conflict`] before the time.
pub fn record_deletion(
    collection: &DataCollection,
    request: &SupportRequest,
    cx: &Context,
) -> Result<Decided<RecordCollection>, Rejection> {
    if collection.deleted.is_some() {
        return Err(Rejection::AlreadyEnded);
    }
    if !is_due(request, cx) {
        return Err(Rejection::Conflict);
    }
    let mut draft = Draft::new(cx);
    entry(&mut draft, collection, Activity::CollectionDeleted).by_service(false);
    put(&mut draft, Some(collection), CollectionEvent::Deleted { at: cx.now });
    Ok(draft.decided(collection.id))
}

/// Whether the case was closed so long ago that its files go.
fn is_due(request: &SupportRequest, cx: &Context) -> bool {
    match request.state {
        RequestState::Open => false,
        RequestState::Closed { at, .. } => cx.now >= at + KEPT_AFTER_CLOSURE,
    }
}

/// Closing the case cancels what is open.
pub(crate) fn close_into(draft: &mut Draft<'_>, collection: &DataCollection, cx: &Context) {
    if collection.has_arrived() && collection.is_open() {
        cancel_into(draft, collection, cx);
    }
}

fn cancel_into(draft: &mut Draft<'_>, collection: &DataCollection, cx: &Context) {
    entry(draft, collection, Activity::CollectionCancelled);
    put(draft, Some(collection), CollectionEvent::Cancelled { at: cx.now });
}

/// Ends the grant of a submission that counts no more.
fn end_before(draft: &mut Draft<'_>, before: Option<&Grant>, cx: &Context) {
    if let Some(before) = before.filter(|before| before.is_open_on_record()) {
        draft.grant(Some(before), GrantEvent::Ended { at: cx.now, how: GrantEnd::Completed });
    }
}

fn open_collection(collection: &DataCollection, request_open: bool) -> Result<(), Rejection> {
    if !request_open {
        return Err(Rejection::CaseClosed);
    }
    match collection.state {
        CollectionState::Requested | CollectionState::InPreparation | CollectionState::Returned { .. } => {
            Ok(())
        }
        CollectionState::Submitted { .. } | CollectionState::Accepted { .. } => Err(Rejection::Conflict),
        CollectionState::Declined { .. } | CollectionState::Cancelled { .. } => Err(Rejection::AlreadyEnded),
    }
}

fn submitted_only(collection: &DataCollection, request_open: bool) -> Result<(), Rejection> {
    if !request_open {
        return Err(Rejection::CaseClosed);
    }
    match collection.state {
        CollectionState::Submitted { .. } => Ok(()),
        CollectionState::Declined { .. } | CollectionState::Cancelled { .. } => Err(Rejection::AlreadyEnded),
        CollectionState::Requested
        | CollectionState::InPreparation
        | CollectionState::Accepted { .. }
        | CollectionState::Returned { .. } => Err(Rejection::Conflict),
    }
}

fn entry<'d, 'c>(
    draft: &'d mut Draft<'c>,
    collection: &DataCollection,
    activity: Activity,
) -> &'d mut Draft<'c> {
    draft.entry(collection.kept_by, activity, collection.id, Some(collection.support_request))
}

fn put(draft: &mut Draft<'_>, collection: Option<&DataCollection>, event: CollectionEvent) {
    if let Some(next) = DataCollection::evolve(collection.cloned(), &event) {
        draft.tell_provider("dataCollectionChanged", next.id.to_string());
        draft.event(Event::DataCollection { id: next.id, event });
        draft.put(Write::DataCollection(Box::new(next)));
    }
}

#[cfg(test)]
mod tests;
