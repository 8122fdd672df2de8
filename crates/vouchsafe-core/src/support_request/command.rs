//! What people do to support requests: open, update, consent, talk, reopen. Closing and reassigning touch every
//! access of the case and live in [`crate::case`].

mod consent;

use icu_locale_core::Locale;

use consent::answer_consent;
pub use consent::{approve_consent, may_agree, may_renew, reject_consent, renew_consent};
pub(crate) use consent::{end_consent, expire_consent};

use super::{
    Amount, Assignment, BODY_CHARS_MAX, Contact, EXTERNAL_ID_CHARS_MAX, Ground, Message, ORIGIN_CHARS_MAX,
    Origin, REOPEN_WITHIN, RESOURCE_TENANTS_MAX, RequestState, Severity, Stage, SupportRequest,
    SupportRequestEvent, TITLE_CHARS_MAX,
};
use crate::attachment::{self, Attachment};
use crate::audit::Activity;
use crate::consent::Consent;
use crate::decided::{Context, Decided, Draft, Write};
use crate::grant::Grant;
use crate::id::{GrantId, MessageId, SupportRequestId, TenantId, UserId};
use crate::pace::Extent;
use crate::permit::{
    Action, AskConsent, DecideConsent, EnterRequest, OpenRequest, PostMessage, ProposeReopen, ReopenRequest,
    UpdateRequest,
};
use crate::person::Person;
use crate::personal::Personal;
use crate::problem_type::ProblemTypes;
use crate::rejection::{Rejection, text_within};
use crate::tenant::{SupportAccessPolicy, Tenant, TenantKind};
use crate::vote::Standing;

/// What a customer writes to open a request.
#[derive(Debug, Clone)]
pub struct NewRequest {
    /// One line, 1 to 200 characters.
    pub title: String,
    /// 0 to 10,000 characters.
    pub description: String,
    /// How much it hurts.
    pub severity: Severity,
    /// `identity` is the only service yet.
    pub service: String,
    /// Id of a problem type that is offered.
    pub problem_type: String,
    /// Whom to talk to.
    pub contact: Option<NewContact>,
    /// Tenants whose data the engineer may ask for besides the opener's.
    pub resource_tenants: Vec<TenantId>,
}

/// A contact as typed.
#[derive(Debug, Clone)]
pub struct NewContact {
    /// 1 to 200 characters.
    pub name: String,
    /// An address with one `@`, at most 320 characters.
    pub email: String,
    /// BCP 47, such as `en`.
    pub language: String,
    /// IANA time zone, such as `Europe/Berlin`.
    pub time_zone: String,
}

/// What the unit of work gives a new request: its ids, and the engineer that the rule chose.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The request's id.
    pub id: SupportRequestId,
    /// Sixteen random decimal digits, the first not 0.
    pub number: String,
    /// The chosen engineer, or nobody.
    pub engineer: Option<Chosen>,
    /// What the opener says of consent, and whether that alone is enough.
    pub consent: Answer,
    /// What a request can be filed under.
    pub problem_types: ProblemTypes,
}

/// The engineer that assignment chose, and what spoke for him or her.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// Who.
    pub person: Person,
    /// Why, as every customer may know it.
    pub grounds: Vec<Ground>,
}

/// An answer to *Allow collection of advanced diagnostic information*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// No.
    No,
    /// Yes, from someone who may consent: it makes this grant, over so much data.
    Yes(GrantId, Extent),
    /// Yes, from someone whose vote is not enough.
    YesIfApproved,
}

/// Opens a request for `opener`, assigned at once if there is an engineer.
///
/// # Errors
/// [`Rejection::Invalid`] names the first bad field; [`Rejection::Forbidden`] if consent is switched off.
pub fn open(
    new: NewRequest,
    opening: Opening,
    opener: &Person,
    policy: &SupportAccessPolicy,
    cx: &Context,
) -> Result<Decided<OpenRequest>, Rejection> {
    let Opening { id, number, engineer, consent, problem_types } = opening;
    problem_types.must_be_offered(&new.problem_type)?;
    let request = begun(new, (id, number), opener.tenant, None, opener, cx)?;
    let mut draft = Draft::new(cx);
    opened(&mut draft, &request, engineer, &problem_types, cx);
    let nobody = Standing::default();
    answer_consent(&mut draft, &request, consent, opener.id, &nobody, false, policy, cx)?;
    Ok(draft.decided(request.id))
}

/// What the provider's intake writes for a case that came by phone, by mail or from another ticket system.
#[derive(Debug, Clone)]
pub struct NewFromElsewhere {
    /// The request. It names no resource tenants: only S does.
    pub new: NewRequest,
    /// The other system or way in, 1 to 64 characters.
    pub origin: String,
    /// What the case is called there: 1 to 128 visible ASCII characters, no `@`.
    pub external_id: String,
}

/// Enters a case that came from elsewhere for `tenant`, assigned at once if there is an engineer. It carries no consent
/// property. That a tenant is none is told only once everything else is right: nobody can look for tenants without
/// leaving a case with each one found, in its sight and in its log.
///
/// # Errors
/// [`Rejection::Invalid`] names the first bad field; `tenantId` if there is no such customer.
pub fn enter(
    entered: NewFromElsewhere,
    opening: Opening,
    intake: &Person,
    tenant: (TenantId, Option<&Tenant>),
    cx: &Context,
) -> Result<(Origin, Decided<EnterRequest>), Rejection> {
    let NewFromElsewhere { new, origin, external_id } = entered;
    let origin = checked_origin(&origin, &external_id)?;
    if !new.resource_tenants.is_empty() {
        let message = "are for the customer to name";
        return Err(Rejection::invalid("resourceTenantIds", message));
    }
    let (tenant, known) = tenant;
    let Opening { id, number, engineer, consent: _, problem_types } = opening;
    problem_types.must_be_offered(&new.problem_type)?;
    let request = begun(new, (id, number), tenant, Some(origin.clone()), intake, cx)?;
    if !known.is_some_and(|known| known.kind == TenantKind::Customer) {
        return Err(Rejection::invalid("tenantId", "is not a tenant that you serve"));
    }
    let mut draft = Draft::new(cx);
    opened(&mut draft, &request, engineer, &problem_types, cx);
    Ok((origin, draft.decided(request.id)))
}

fn checked_origin(name: &str, external_id: &str) -> Result<Origin, Rejection> {
    let name = text_within("origin", name, 1, ORIGIN_CHARS_MAX)?;
    let external_id = text_within("externalId", external_id, 1, EXTERNAL_ID_CHARS_MAX)?;
    if !external_id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'@') {
        return Err(Rejection::invalid("externalId", "must consist of visible ASCII characters without `@`"));
    }
    Ok(Origin { name, external_id })
}

/// A request as it begins, every text checked.
fn begun(
    new: NewRequest,
    (id, number): (SupportRequestId, String),
    tenant: TenantId,
    origin: Option<Origin>,
    opener: &Person,
    cx: &Context,
) -> Result<SupportRequest, Rejection> {
    let me = |text: String| Personal::new(opener.id, text);
    if new.service != "identity" {
        return Err(Rejection::invalid("service", "must be `identity`"));
    }
    Ok(SupportRequest {
        id,
        tenant,
        number,
        title: me(text_within("title", &new.title, 1, TITLE_CHARS_MAX)?),
        description: me(text_within("description", &new.description, 0, BODY_CHARS_MAX)?),
        severity: new.severity,
        service: new.service,
        problem_type: new.problem_type,
        contact: new.contact.map(|contact| checked_contact(contact, opener.id)).transpose()?,
        opened_by: opener.id,
        origin,
        created: cx.now,
        resource_tenants: grown(tenant, &[], new.resource_tenants)?,
        assignment: None,
        stage: Stage::WaitingForEngineer,
        state: RequestState::Open,
        consent: Consent::None,
        version: 0,
    })
}

/// Tells that a request was opened, and who works on it.
fn opened(
    draft: &mut Draft<'_>,
    request: &SupportRequest,
    engineer: Option<Chosen>,
    types: &ProblemTypes,
    cx: &Context,
) {
    draft
        .entry(request.tenant, Activity::SupportRequestCreated, request.id, Some(request.id))
        .support_request(None, SupportRequestEvent::Opened { request: Box::new(request.clone()) });
    if let Some(chosen) = engineer {
        let assignment = explained(chosen, request, types, cx);
        draft
            .entry(request.tenant, Activity::SupportRequestAssigned, request.id, Some(request.id))
            .by_service(true)
            .support_request(Some(request), SupportRequestEvent::Assigned { assignment });
    }
}

/// Why this engineer, in words that say nothing of load or of other customers.
pub(crate) fn explained(
    chosen: Chosen,
    request: &SupportRequest,
    types: &ProblemTypes,
    cx: &Context,
) -> Assignment {
    let Chosen { person: engineer, grounds } = chosen;
    let name = engineer.display_name.text();
    let declared = grounds.iter().find(|ground| ground.declared);
    let reason = match (declared, grounds.first()) {
        (Some(ground), _) => {
            let topic = types.name(&ground.problem_type);
            format!("{name} has declared expertise in {topic}.")
        }
        (None, Some(ground)) => {
            let topic = types.name(&ground.problem_type);
            let amount = match ground.solved {
                Amount::Some => "some",
                Amount::Many => "many",
                Amount::VeryMany => "very many",
            };
            format!("{name} has solved {amount} problems in {topic}.")
        }
        (None, None) => {
            let topic = types.name(&request.problem_type);
            format!("{name} is available for problems in {topic}.")
        }
    };
    Assignment {
        engineer: engineer.id,
        display_name: engineer.display_name.clone(),
        since: cx.now,
        reason: Personal::new(engineer.id, format!("{reason} On shift when it was assigned.")),
        grounds,
    }
}

/// What PATCH can change; absent parts stay.
#[derive(Debug, Clone, Default)]
pub struct RequestChange {
    /// New severity.
    pub severity: Option<Severity>,
    /// New contact.
    pub contact: Option<NewContact>,
    /// The whole list from now on; it may only grow.
    pub resource_tenants: Option<Vec<TenantId>>,
    /// A new answer to the consent question.
    pub consent: Option<Answer>,
    /// What is known of the votes on a *yes* that waits.
    pub standing: Standing,
}

/// Changes a request. `A` is [`UpdateRequest`], or [`AskConsent`] or [`DecideConsent`] when the consent property
/// is part of it. Nothing changed is nothing recorded.
///
/// # Errors
/// [`Rejection::CaseClosed`], [`Rejection::Invalid`], [`Rejection::Forbidden`] if consent is switched off.
pub fn update<A: Action<Subject = SupportRequestId> + MayUpdate>(
    request: &SupportRequest,
    consent_grant: Option<&Grant>,
    change: RequestChange,
    by: &Person,
    policy: &SupportAccessPolicy,
    cx: &Context,
) -> Result<Decided<A>, Rejection> {
    open_only(request)?;
    let mut draft = Draft::new(cx);
    let severity = change.severity.filter(|severity| *severity != request.severity);
    let contact = change.contact.map(|contact| checked_contact(contact, by.id)).transpose()?;
    let contact = contact.filter(|contact| request.contact.as_ref() != Some(contact));
    let known = request.resource_tenants.as_slice();
    let all = change
        .resource_tenants
        .map_or_else(|| Ok(known.to_vec()), |list| grown(request.tenant, known, list))?;
    let resource_tenants: Vec<TenantId> = all.into_iter().filter(|tenant| !known.contains(tenant)).collect();
    if severity.is_some() || contact.is_some() || !resource_tenants.is_empty() {
        draft
            .entry(request.tenant, Activity::SupportRequestUpdated, request.id, Some(request.id))
            .support_request(
                Some(request),
                SupportRequestEvent::Updated { severity, contact, resource_tenants },
            );
    }
    match change.consent {
        None => {}
        Some(Answer::No) => end_consent(&mut draft, request, consent_grant, None, cx),
        Some(answer @ (Answer::Yes(..) | Answer::YesIfApproved)) => {
            // A former *yes* whose time is over gives way to this one; its end is told first.
            expire_consent(&mut draft, request, consent_grant, cx);
            answer_consent(&mut draft, request, answer, by.id, &change.standing, false, policy, cx)?;
        }
    }
    Ok(draft.decided(request.id))
}

/// The actions that [`update`] may decide for.
pub trait MayUpdate {}
impl MayUpdate for UpdateRequest {}
impl MayUpdate for AskConsent {}
impl MayUpdate for DecideConsent {}

/// Adds a message to the conversation of an open request.
///
/// # Errors
/// [`Rejection::CaseClosed`], [`Rejection::Invalid`].
pub fn post_message(
    request: &SupportRequest,
    id: MessageId,
    body: &str,
    attachments: Vec<Attachment>,
    from: &Person,
    cx: &Context,
) -> Result<Decided<PostMessage>, Rejection> {
    open_only(request)?;
    attachment::check(attachments.iter().map(|file| file.name.text()))?;
    let body = Personal::new(from.id, text_within("body", body, 1, BODY_CHARS_MAX)?);
    let from_engineer = from.tenant != request.tenant;
    let message = Message {
        id,
        tenant: request.tenant,
        support_request: request.id,
        from: from.id,
        from_name: from.display_name.clone(),
        from_engineer,
        created: cx.now,
        body: body.clone(),
        attachments: attachments.clone(),
    };
    let mut draft = Draft::new(cx);
    draft
        .entry(request.tenant, Activity::MessageAdded, request.id, Some(request.id))
        .support_request(
            Some(request),
            SupportRequestEvent::MessageAdded { message: id, body, from_engineer, attachments },
        )
        .put(Write::Message(Box::new(message)));
    Ok(draft.decided(request.id))
}

/// Opens a closed request again, within 14 days. Consent starts at *no*; no grant comes back.
///
/// # Errors
/// [`Rejection::Conflict`] if it is open; [`Rejection::AlreadyEnded`] after the time.
pub fn reopen(request: &SupportRequest, cx: &Context) -> Result<Decided<ReopenRequest>, Rejection> {
    reopenable(request, cx)?;
    let mut draft = Draft::new(cx);
    draft
        .entry(request.tenant, Activity::SupportRequestReopened, request.id, Some(request.id))
        .support_request(Some(request), SupportRequestEvent::Reopened);
    Ok(draft.decided(request.id))
}

/// The engineer proposes to open it again; it takes effect when S reopens.
///
/// # Errors
/// As [`reopen`].
pub fn propose_reopen(request: &SupportRequest, cx: &Context) -> Result<Decided<ProposeReopen>, Rejection> {
    reopenable(request, cx)?;
    let mut draft = Draft::new(cx);
    draft
        .entry(request.tenant, Activity::SupportRequestReopenProposed, request.id, Some(request.id))
        .support_request(Some(request), SupportRequestEvent::ReopenProposed);
    Ok(draft.decided(request.id))
}

fn reopenable(request: &SupportRequest, cx: &Context) -> Result<(), Rejection> {
    match request.state {
        RequestState::Open => Err(Rejection::Conflict),
        RequestState::Closed { at, .. } if cx.now > at + REOPEN_WITHIN => Err(Rejection::AlreadyEnded),
        RequestState::Closed { .. } => Ok(()),
    }
}

pub(crate) fn open_only(request: &SupportRequest) -> Result<(), Rejection> {
    if request.is_open() { Ok(()) } else { Err(Rejection::CaseClosed) }
}

/// The list of resource tenants with `known` first; it may only grow, without S itself and without repetition.
fn grown(own: TenantId, known: &[TenantId], wanted: Vec<TenantId>) -> Result<Vec<TenantId>, Rejection> {
    if !known.iter().all(|tenant| wanted.contains(tenant)) {
        return Err(Rejection::invalid(
            "resourceTenantIds",
            "may only grow: repeat every tenant already named",
        ));
    }
    let mut list = known.to_vec();
    for tenant in wanted {
        if tenant != own && !list.contains(&tenant) {
            list.push(tenant);
        }
    }
    if list.len() > RESOURCE_TENANTS_MAX {
        return Err(Rejection::invalid(
            "resourceTenantIds",
            format!("may name at most {RESOURCE_TENANTS_MAX} tenants"),
        ));
    }
    Ok(list)
}

fn checked_contact(contact: NewContact, owner: UserId) -> Result<Contact, Rejection> {
    let name = text_within("contact/name", &contact.name, 1, 200)?;
    let email = text_within("contact/email", &contact.email, 3, 320)?;
    let plausible = email.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !email.contains(char::is_whitespace)
    });
    if !plausible {
        return Err(Rejection::invalid("contact/email", "must be an e-mail address"));
    }
    let language = text_within("contact/language", &contact.language, 2, 35)?;
    let not_a_tag = |_| Rejection::invalid("contact/language", "must be a BCP 47 language tag such as `en`");
    let language = Locale::try_from_str(&language).map_err(not_a_tag)?.to_string();
    let time_zone = text_within("contact/timeZone", &contact.time_zone, 1, 64)?;
    if jiff::tz::TimeZone::get(&time_zone).is_err() {
        return Err(Rejection::invalid(
            "contact/timeZone",
            "must be an IANA time zone such as `Europe/Berlin`",
        ));
    }
    Ok(Contact { name: Personal::new(owner, name), email: Personal::new(owner, email), language, time_zone })
}
