//! Everything that the loaders give, as text: two states are the same exactly if their texts are.

use std::fmt::Write as _;

use vouchsafe_core::access_request::AccessSide;
use vouchsafe_core::grant::Grant;
use vouchsafe_core::id::{SupportRequestId, TenantId};
use vouchsafe_core::permission::{Permission, Permissions};
use vouchsafe_core::permit::{Caller, Facts, ReadLog, Scope, WorkId, authorize};
use vouchsafe_core::support_request::SupportRequest;
use vouchsafe_core::tenant::TenantKind;
use vouchsafe_core::time::Timestamp;
use vouchsafe_store::{ListQuery, LogEntry, Order, Reader, ReadsOf};

use crate::cast::{CAST, NOBODY, PROVIDER, Tenant};
use crate::world::World;

/// A list query for everything, oldest first.
#[must_use]
pub fn everything() -> ListQuery {
    ListQuery { filter: None, order: Order::OldestFirst, top: 100_000, after: None, count: true }
}

/// Somebody of a tenant who may see all that can be seen there.
pub(crate) async fn mighty(world: &World, reader: &mut Reader, tenant: Tenant) -> Caller {
    let member = CAST.iter().find(|member| member.tenant == tenant).unwrap();
    let who = world.who(member.name);
    let person = reader.account(who.tenant, who.user).await.unwrap().unwrap().person;
    let all = Permission::ALL.iter().map(|permission| permission.action());
    Caller { person, permissions: Permissions::of(all, true) }
}

/// Every case of a customer.
pub async fn cases(world: &World, reader: &mut Reader, tenant: Tenant) -> Vec<SupportRequest> {
    let caller = mighty(world, reader, tenant).await;
    let scope = Scope::of_cases(&caller, TenantKind::Customer).unwrap();
    reader.list_cases(scope, &everything()).await.unwrap().items
}

/// Every record of an access request of a tenant.
pub async fn sides(world: &World, reader: &mut Reader, tenant: Tenant) -> Vec<AccessSide> {
    let now = reader.now();
    reader.list_sides(world.tenant(tenant), &everything(), now).await.unwrap().items
}

/// Ids of the cases of all customers.
pub async fn all_cases(world: &World, reader: &mut Reader) -> Vec<SupportRequestId> {
    let mut found = Vec::new();
    for owner in 0..PROVIDER {
        found.extend(cases(world, reader, owner).await.into_iter().map(|case| case.id));
    }
    found
}

/// Every grant of a tenant for these cases, ended ones too.
pub async fn grants(
    world: &World,
    reader: &mut Reader,
    tenant: Tenant,
    cases: &[SupportRequestId],
) -> Vec<Grant> {
    let mut found = Vec::new();
    for case in cases {
        found.extend(reader.grants_of_case(world.tenant(tenant), *case).await.unwrap());
    }
    found.sort_by_key(|grant| grant.id);
    found
}

/// A tenant's whole log.
pub async fn log(reader: &mut Reader, tenant: TenantId) -> Vec<LogEntry> {
    reader.entries_from(tenant, 0, 1_000_000).await.unwrap()
}

/// The whole state.
pub async fn of(world: &World) -> String {
    let mut reader = world.app.store().read().unwrap();
    let reader = &mut reader;
    let mut text = String::new();
    for place in 0..=NOBODY {
        let tenant = world.tenant(place);
        writeln!(text, "tenant {:?}", reader.tenant(tenant).await.unwrap()).unwrap();
        if place == NOBODY {
            continue;
        }
        for account in reader.accounts(tenant).await.unwrap() {
            let links = reader.links(tenant, account.person.id).await.unwrap();
            writeln!(text, "account {account:?} {links:?}").unwrap();
        }
        if place != PROVIDER {
            customer(world, reader, place, &mut text).await;
        }
        for entry in log(reader, tenant).await {
            writeln!(text, "entry {entry:?}").unwrap();
        }
    }
    let (now, provider) = (reader.now(), world.tenant(PROVIDER));
    writeln!(text, "asks {:?}", reader.list_asks(provider, None, &everything(), now).await.unwrap()).unwrap();
    let denied = reader.logs_of_denied(Timestamp::from_micros(i64::MAX)).await.unwrap();
    writeln!(text, "denied {denied:?}").unwrap();
    text
}

async fn customer(world: &World, reader: &mut Reader, place: Tenant, text: &mut String) {
    let tenant = world.tenant(place);
    for case in cases(world, reader, place).await {
        let messages = reader.messages(tenant, case.id, "", 1_000).await.unwrap();
        let desk = reader.desk_case(world.tenant(PROVIDER), case.id).await.unwrap();
        writeln!(text, "case {case:?} {messages:?} {desk:?}").unwrap();
    }
    for side in sides(world, reader, place).await {
        writeln!(text, "side {side:?}").unwrap();
    }
    let caller = mighty(world, reader, place).await;
    let all = all_cases(world, reader).await;
    for grant in grants(world, reader, place, &all).await {
        let permit = authorize::<ReadLog>(Facts::own_tenant(WorkId(0), &caller), tenant).unwrap();
        let of = ReadsOf::Grant(grant.id);
        let reads = reader.list_reads(Scope::of_tenant(permit), of, &everything()).await.unwrap();
        writeln!(text, "grant {grant:?} {reads:?}").unwrap();
    }
}
