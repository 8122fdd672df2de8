//! Setting up tenants, people and tokens; and a tenant's own settings.

use serde::{Deserialize, Serialize};

use crate::audit::{Activity, Event, Initiator};
use crate::decided::{Context, Decided, Draft, Write};
use crate::decision::{SignedPolicy, assured_lowering};
use crate::id::{TenantId, TokenId, UserId};
use crate::permission::Permissions;
use crate::permit::{ChangePolicy, SetUp};
use crate::person::Person;
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::role::Assignment;
use crate::tenant::{SupportAccessPolicy, Tenant};
use crate::time::Timestamp;

/// An account with its roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The account.
    pub person: Person,
    /// Its roles, each once; those whose time is over may still be among them.
    pub roles: Vec<Assignment>,
}

impl Account {
    /// Ids of the roles that it holds at this instant.
    pub fn held(&self, now: Timestamp) -> impl Iterator<Item = &str> {
        self.roles.iter().filter(move |one| one.is_held(now)).map(|one| one.role.as_str())
    }
}

/// Two accounts that are one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountLink {
    /// One tenant.
    pub tenant: TenantId,
    /// The account there.
    pub user: UserId,
    /// The other tenant.
    pub other_tenant: TenantId,
    /// The account there.
    pub other_user: UserId,
}

/// What is kept of an API token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// Its id.
    pub id: TokenId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Whom it speaks for.
    pub user: UserId,
    /// What its maker calls it; empty for one that the service made.
    pub name: Personal,
    /// SHA-256 of its random bytes.
    pub hash: [u8; 32],
    /// What it is limited to; all that the account may do without it.
    pub scopes: Option<Permissions>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// When it was ended.
    pub revoked: Option<Timestamp>,
    /// When it was last used, to the hour before.
    pub last_used: Option<Timestamp>,
}

/// Sets a tenant up.
///
/// # Errors
/// [`Rejection::Invalid`] for settings out of their bounds.
pub fn create_tenant(tenant: Tenant, cx: &Context) -> Result<Decided<SetUp>, Rejection> {
    tenant.policy.check()?;
    let id = tenant.id;
    let mut draft = Draft::new(cx);
    draft
        .entry(id, Activity::TenantCreated, id, None)
        .event(Event::TenantCreated { display_name: tenant.display_name.clone() })
        .put(Write::Tenant(Box::new(tenant)));
    Ok(draft.decided(id))
}

/// Adds an account.
pub fn add_user(account: Account, cx: &Context) -> Decided<SetUp> {
    let tenant = account.person.tenant;
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant, Activity::UserAdded, account.person.id, None)
        .event(Event::UserAdded {
            user: Box::new(account.person.clone()),
            roles: account.roles.iter().map(|one| one.role.clone()).collect(),
        })
        .put(Write::Account(Box::new(account)));
    draft.decided(tenant)
}

/// Declares two accounts to be one person, in the logs of both tenants.
pub fn link_accounts(link: AccountLink, cx: &Context) -> Decided<SetUp> {
    let AccountLink { tenant, user, other_tenant, other_user } = link;
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant, Activity::AccountsLinked, user, None)
        .event(Event::AccountsLinked { user, other_tenant, other_user })
        .put(Write::Link(Box::new(link)))
        .entry(other_tenant, Activity::AccountsLinked, other_user, None)
        .event(Event::AccountsLinked { user: other_user, other_tenant: tenant, other_user: user });
    draft.decided(tenant)
}

/// Makes an API token.
pub fn issue_token(token: TokenRecord, cx: &Context) -> Decided<SetUp> {
    let tenant = token.tenant;
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant, Activity::TokenIssued, token.id, None)
        .event(Event::TokenIssued { user: token.user, expires: token.expires, scopes: None })
        .put(Write::Token(Box::new(token)));
    draft.decided(tenant)
}

/// Ends an API token at once.
pub fn revoke_token(token: TokenRecord, cx: &Context) -> Decided<SetUp> {
    let tenant = token.tenant;
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant, Activity::TokenRevoked, token.id, None)
        .event(Event::TokenRevoked { user: token.user })
        .put(Write::Token(Box::new(TokenRecord { revoked: Some(cx.now), ..token })));
    draft.decided(tenant)
}

/// How many people of a tenant could vote under the settings that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PossibleVoters {
    /// On access requests.
    pub approvers: usize,
    /// On a *yes* to the consent question.
    pub consenters: usize,
}

/// Changes a tenant's own settings. An approval rule that nobody could meet is refused. To lower `decisionAssurance` is a
/// decision of its own, as sure as the level before asks: where that is a signature, `signed` is one over the new settings.
///
/// # Errors
/// [`Rejection::Invalid`] names the setting that is out of its bounds, or cannot be met; [`Rejection::AssuranceRequired`].
pub fn change_policy(
    tenant: &Tenant,
    policy: SupportAccessPolicy,
    possible: PossibleVoters,
    signed: Option<SignedPolicy>,
    cx: &Context,
) -> Result<Decided<ChangePolicy>, Rejection> {
    policy.check()?;
    let by = match &cx.initiator {
        Initiator::User(person) => Some(person.id),
        Initiator::Service => None,
    };
    assured_lowering((tenant.id, &tenant.policy), &policy, by, signed.as_ref())?;
    if policy.approvals != tenant.policy.approvals {
        can_be_met(&policy, possible)?;
    }
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant.id, Activity::PolicyUpdated, tenant.id, None)
        .event(Event::PolicyChanged { policy: Box::new(policy.clone()) })
        .put(Write::Tenant(Box::new(Tenant { policy, ..tenant.clone() })));
    if let Some(signed) = signed {
        draft.event(Event::PolicySigned { decision: Box::new(signed) });
    }
    Ok(draft.decided(tenant.id))
}

fn can_be_met(policy: &SupportAccessPolicy, possible: PossibleVoters) -> Result<(), Rejection> {
    let required = usize::try_from(policy.approvals.required).unwrap_or(usize::MAX);
    let short = |what: &str, there: usize| {
        let message = format!("asks for {required} people who may {what}, but there are {there}");
        Err(Rejection::invalid("approvals/required", message))
    };
    if possible.approvers < required {
        return short("approve access", possible.approvers);
    }
    if policy.consent_offered && possible.consenters < required {
        return short("consent", possible.consenters);
    }
    Ok(())
}
