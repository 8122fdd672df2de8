//! Whose votes count: rights, names and links as they are now.

use std::collections::BTreeSet;

use vouchsafe_core::id::{TenantId, UserId};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::setup::PossibleVoters;
use vouchsafe_core::tenant::{SupportAccessPolicy, Tenant};
use vouchsafe_core::vote::Standing;
use vouchsafe_store::{Session, StoreError};

use crate::AppError;

/// Most accounts that are followed as one person's.
const LINKED_MAX: usize = 64;

/// Every account of the person whose account this is, itself among them.
pub(crate) async fn accounts_of(
    session: &mut Session,
    tenant: TenantId,
    user: UserId,
) -> Result<BTreeSet<(TenantId, UserId)>, StoreError> {
    let mut known = BTreeSet::from([(tenant, user)]);
    let mut unseen = vec![(tenant, user)];
    while let Some((tenant, user)) = unseen.pop() {
        for linked in session.links(tenant, user).await? {
            if known.len() < LINKED_MAX && known.insert(linked) {
                unseen.push(linked);
            }
        }
    }
    // Whoever signs in as somebody of the provider does is that one, linked or not. Nothing follows from it but that nobody of
    // the provider decides for a customer: claims link no accounts.
    let provider = session.provider();
    if tenant != provider {
        let theirs = session.same_identity_in(provider, (tenant, user)).await?;
        known.extend(theirs.into_iter().map(|user| (provider, user)));
    }
    Ok(known)
}

/// Whether the person has an account of the provider.
pub(crate) async fn works_for_provider(
    session: &mut Session,
    tenant: TenantId,
    user: UserId,
) -> Result<bool, StoreError> {
    let provider = session.provider();
    let accounts = accounts_of(session, tenant, user).await?;
    Ok(tenant != provider && accounts.iter().any(|(of, _)| *of == provider))
}

/// What is known of these votes of a tenant (whose each is, and whether it was signed), in their order, at the moment when
/// `by` votes.
pub(crate) async fn standing(
    session: &mut Session,
    owner: &Tenant,
    votes: Vec<(UserId, bool)>,
    permission: Permission,
    by: UserId,
) -> Result<Standing, AppError> {
    let provider = session.provider();
    let mut standing = Standing::default();
    let mut people: BTreeSet<(TenantId, UserId)> = BTreeSet::new();
    for (voter, signed) in votes {
        let accounts = accounts_of(session, owner.id, voter).await?;
        if accounts.contains(&(owner.id, by)) {
            standing.own.insert(voter);
        }
        let Some((caller, _)) = session.caller(owner.id, voter).await? else { continue };
        let may = caller.person.active
            && caller.permissions.allow(permission)
            && owner.policy.approvals.admits(voter)
            && owner.policy.decision_assurance.accepts(signed)
            && !accounts.iter().any(|(of, _)| *of == provider);
        if may && people.is_disjoint(&accounts) {
            people.extend(accounts);
            standing.counting.insert(voter);
        }
    }
    Ok(standing)
}

/// How many people of a tenant could vote under these settings.
pub(crate) async fn possible_voters(
    session: &mut Session,
    tenant: TenantId,
    policy: &SupportAccessPolicy,
) -> Result<PossibleVoters, AppError> {
    let (mut approvers, mut consenters) = (Counted::default(), Counted::default());
    for account in session.accounts(tenant).await? {
        let person = &account.person;
        let permissions = session.permissions_of(&account, policy.ticket_umbrella).await?;
        if !person.active || !policy.approvals.admits(person.id) {
            continue;
        }
        if works_for_provider(session, tenant, person.id).await? {
            continue;
        }
        let accounts = accounts_of(session, tenant, person.id).await?;
        if permissions.allow(Permission::ApproveAccess) {
            approvers.count(&accounts);
        }
        if permissions.allow(Permission::Consent) {
            consenters.count(&accounts);
        }
    }
    Ok(PossibleVoters { approvers: approvers.people, consenters: consenters.people })
}

/// People, each counted once.
#[derive(Default)]
struct Counted {
    seen: BTreeSet<(TenantId, UserId)>,
    people: usize,
}

impl Counted {
    fn count(&mut self, accounts: &BTreeSet<(TenantId, UserId)>) {
        self.people += usize::from(self.seen.is_disjoint(accounts));
        self.seen.extend(accounts);
    }
}
