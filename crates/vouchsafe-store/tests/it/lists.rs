//! Lists: filters, paging, order. Whatever a caller writes into a filter is data.

use std::collections::BTreeSet;
use std::fmt::Display;

use vouchsafe_core::grant::Grant;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::permit::{Facts, ReadLog, ReadReads, Scope, authorize};
use vouchsafe_core::setup;
use vouchsafe_core::support_request::SupportRequest;
use vouchsafe_core::tenant::TenantKind;
use vouchsafe_diagnostics::filter::{Filter, parse};
use vouchsafe_store::{ListQuery, LogEntry, Order, ReadsOf, Session, StoreError};

use crate::folder::{Home, id, person, token};
use crate::life::{everything, mighty, two_live_grants};
use crate::world::{support, tenant_id};

pub(crate) fn filter(text: &str) -> Option<Filter> {
    Some(parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}")))
}

pub(crate) fn names<T, I: Display>(items: &[T], id: impl Fn(&T) -> I) -> BTreeSet<String> {
    items.iter().map(|item| id(item).to_string()).collect()
}

fn where_(text: &str) -> ListQuery {
    ListQuery { filter: filter(text), ..everything() }
}

/// The reach of a tenant's own people.
pub(crate) fn own(tenant: TenantId) -> Scope {
    let caller = mighty(&person(tenant, 1, "Reader"));
    let facts = Facts::own_tenant(vouchsafe_core::permit::WorkId(0), &caller);
    Scope::of_tenant(authorize::<ReadLog>(facts, tenant).unwrap())
}

fn desk() -> Scope {
    let caller = mighty(&person(crate::world::provider(), 1, "Manager"));
    Scope::of_cases(&caller, TenantKind::Provider).unwrap()
}

#[test]
fn every_filter_property_of_every_list_finds_what_it_names_and_nothing_else() {
    let world = two_live_grants();
    world.sink.runtime.block_on(async {
        let mut reader = world.sink.home.store.read().unwrap();
        let now = world.now;
        let case = world.case(0).unwrap().request;
        let engineer = case.engineer().unwrap();
        for (yes, no) in [
            (format!("id eq '{}'", case.id), "id eq 'sr_0'".to_owned()),
            (format!("number eq '{}'", case.number), "number eq '1'".to_owned()),
            (format!("tenantId eq '{}'", case.tenant), format!("tenantId ne '{}'", case.tenant)),
            ("status eq 'open'".to_owned(), "status eq 'closed'".to_owned()),
            (format!("stage eq '{}'", case.stage), format!("not (stage eq '{}')", case.stage)),
            ("severity in ('moderate', 'critical')".to_owned(), "severity eq 'minimal'".to_owned()),
            ("startswith(problemType, 'signIn/')".to_owned(), "endswith(problemType, 'signIn')".to_owned()),
            (format!("assignedTo/id eq '{engineer}'"), "assignedTo/id eq null".to_owned()),
            (format!("createdDateTime le {}", case.created), format!("createdDateTime gt {}", case.created)),
            ("closedDateTime eq null".to_owned(), format!("closedDateTime le {now}")),
        ] {
            for scope in [own(support()), desk()] {
                let found = reader.list_cases(scope, &where_(&yes)).await.unwrap().items;
                assert_eq!(
                    names(&found, |case: &SupportRequest| case.id),
                    [case.id.to_string()].into(),
                    "{yes}"
                );
                assert!(reader.list_cases(scope, &where_(&no)).await.unwrap().items.is_empty(), "{no}");
            }
            assert!(
                reader.list_cases(own(tenant_id(1)), &where_(&yes)).await.unwrap().items.is_empty(),
                "{yes}"
            );
        }
        let side = world.sides.values().find(|side| side.tenant == tenant_id(1)).unwrap();
        let end = side.approval().unwrap().expires.unwrap();
        for (yes, no) in [
            (format!("id eq '{}'", side.id), "id lt ''".to_owned()),
            (format!("supportRequestId eq '{}'", case.id), "supportRequestId eq null".to_owned()),
            (
                format!("resourceTenantId eq '{}'", side.tenant),
                format!("resourceTenantId eq '{}'", support()),
            ),
            ("side eq 'resourceTenant'".to_owned(), "side eq 'both'".to_owned()),
            ("status eq 'approved'".to_owned(), "status eq 'expired'".to_owned()),
            (format!("createdDateTime ge {}", side.created), format!("createdDateTime lt {}", side.created)),
            (format!("endedDateTime ge {end}"), format!("endedDateTime lt {end}")),
        ] {
            let found = reader.list_sides(side.tenant, &where_(&yes), now).await.unwrap().items;
            assert_eq!(found, std::slice::from_ref(side), "{yes}");
            assert!(
                reader.list_sides(side.tenant, &where_(&no), now).await.unwrap().items.is_empty(),
                "{no}"
            );
        }
        let ask = world.asks.iter().find(|ask| ask.id == side.id).unwrap();
        for (yes, no) in [
            (format!("id eq '{}'", ask.id), "id eq 'x'".to_owned()),
            (
                format!("id eq '{}' and supportRequestId eq '{}'", ask.id, case.id),
                "supportRequestId eq 'x'".to_owned(),
            ),
            (
                format!("resourceTenantId eq '{}'", ask.resource_tenant),
                format!("resourceTenantId eq '{}'", tenant_id(2)),
            ),
            (format!("status eq 'live' and id eq '{}'", ask.id), "status eq 'paused'".to_owned()),
            (format!("createdDateTime eq {}", ask.created), format!("createdDateTime gt {now}")),
        ] {
            for engineer in [None, Some(engineer)] {
                let provider = crate::world::provider();
                let found = reader.list_asks(provider, engineer, &where_(&yes), now).await.unwrap().items;
                assert_eq!(names(&found, |ask| ask.id), [ask.id.to_string()].into(), "{yes}");
                assert!(
                    reader.list_asks(provider, engineer, &where_(&no), now).await.unwrap().items.is_empty(),
                    "{no}"
                );
            }
        }
        assert!(
            reader
                .list_asks(crate::world::provider(), Some(id(77)), &everything(), now)
                .await
                .unwrap()
                .items
                .is_empty()
        );
        let grant = world.grants.values().find(|grant| grant.tenant == tenant_id(1)).unwrap();
        for (yes, no) in [
            (format!("id eq '{}'", grant.id), "id eq 'x'".to_owned()),
            (format!("tenantId eq '{}'", grant.tenant), format!("tenantId eq '{}'", tenant_id(2))),
            (
                format!("supportRequestId eq '{}' and id eq '{}'", case.id, grant.id),
                "supportRequestId eq 'x'".to_owned(),
            ),
            (format!("accessRequestId eq '{}'", side.id), "accessRequestId eq null".to_owned()),
            (format!("source eq 'accessRequest' and id eq '{}'", grant.id), "source eq 'consent'".to_owned()),
            (format!("status eq 'live' and id eq '{}'", grant.id), "status eq 'ended'".to_owned()),
            (format!("expiresDateTime ge {}", grant.expires), format!("expiresDateTime lt {now}")),
        ] {
            for scope in [own(grant.tenant), desk()] {
                let found = reader.list_grants(scope, &where_(&yes), now).await.unwrap().items;
                assert_eq!(names(&found, |grant: &Grant| grant.id), [grant.id.to_string()].into(), "{yes}");
                assert!(reader.list_grants(scope, &where_(&no), now).await.unwrap().items.is_empty(), "{no}");
            }
        }
        assert!(
            reader
                .list_grants(own(grant.tenant), &everything(), grant.expires)
                .await
                .unwrap()
                .items
                .is_empty()
        );
        assert!(reader.list_grants(own(tenant_id(2)), &everything(), now).await.unwrap().items.is_empty());
        let log = reader.entries_from(side.tenant, 0, 100).await.unwrap();
        let approved =
            log.iter().find(|entry| entry.text("/activityDisplayName") == Some("Access approved")).unwrap();
        let at = approved.text("/activityDateTime").unwrap();
        let by = approved.text("/initiatedBy/user/id").unwrap();
        let whole = |text: &str| format!("activityDisplayName eq 'Access approved' and {text}");
        for (yes, no) in [
            (format!("id eq '{}'", approved.text("/id").unwrap()), "id eq 'x'".to_owned()),
            (
                "activityDisplayName eq 'Approval approved'".to_owned(),
                "activityDisplayName eq 'x'".to_owned(),
            ),
            (whole("category eq 'MicrosoftSupportAccessManagement'"), "category eq 'Policy'".to_owned()),
            (whole("result eq 'success'"), "result eq 'failure'".to_owned()),
            (
                format!("correlationId eq '{}'", approved.text("/correlationId").unwrap()),
                "correlationId eq null".to_owned(),
            ),
            (whole("loggedByService eq 'Core Directory'"), "loggedByService ne 'Core Directory'".to_owned()),
            (format!("initiatedBy/user/id eq '{by}'"), "initiatedBy/user/id eq 'x'".to_owned()),
            (
                "initiatedBy/app/displayName eq null".to_owned(),
                "initiatedBy/app/displayName eq 'Vouchsafe' and activityDisplayName eq 'Access approved'"
                    .to_owned(),
            ),
            (
                whole(&format!("targetResources/any(t: t/id eq '{}')", side.id)),
                "targetResources/any(t: t/id eq 'x')".to_owned(),
            ),
            (format!("activityDateTime ge {at}"), format!("activityDateTime gt {at}")),
        ] {
            let found = reader.list_entries(own(side.tenant), false, &where_(&yes)).await.unwrap().items;
            assert_eq!(
                names(&found, |entry: &LogEntry| entry.sequence),
                [approved.sequence.to_string()].into(),
                "{yes}"
            );
            assert!(
                reader.list_entries(own(side.tenant), false, &where_(&no)).await.unwrap().items.is_empty(),
                "{no}"
            );
        }
        let reads = |of| (own_reads(side.tenant), of);
        let (scope, of) = reads(ReadsOf::Grant(grant.id));
        assert!(
            reader
                .list_reads(scope, of, &where_("id eq 'x' or dateTime ge 2026-01-01T00:00:00Z"))
                .await
                .unwrap()
                .items
                .is_empty()
        );
    });
}

fn own_reads(tenant: TenantId) -> Scope {
    let caller = mighty(&person(tenant, 1, "Reader"));
    let facts = Facts::own_tenant(vouchsafe_core::permit::WorkId(0), &caller);
    Scope::of_tenant(authorize::<ReadReads>(facts, tenant).unwrap())
}

const INJECTIONS: [&str; 9] =
    ["''; DROP TABLE audit_entry; --", "x'' OR ''1''=''1", "''", "%", "_", "$1", "?1", "\\", "\u{0}"];

#[tokio::test]
async fn sql_in_a_filter_is_data() {
    let home = Home::new();
    home.add_person(person(id(1), 1, "Ada"), &[]).await.unwrap();
    let mut reader = home.store.read().unwrap();
    let all = reader.list_entries(own(id(1)), false, &everything()).await.unwrap().items.len();
    assert_eq!(all, 1);
    for text in INJECTIONS {
        for query in [
            format!("activityDisplayName eq '{text}'"),
            format!("startswith(activityDisplayName, '{text}')"),
            format!("contains(targetResources/id, '{text}')"),
            format!("endswith(category, '{text}')"),
            format!("result in ('{text}', '{text}')"),
            format!("initiatedBy/user/userPrincipalName eq '{text}'"),
        ] {
            // Some of it is no filter at all; what is one finds nothing.
            let Ok(filter) = parse(&query) else { continue };
            let query_ = ListQuery { filter: Some(filter), count: true, ..everything() };
            let found = reader.list_entries(own(id(1)), false, &query_).await;
            let found = found.unwrap_or_else(|error| panic!("{query}: {error}"));
            // `_` and `%` are characters like others; ids do hold a `_`.
            let holds = query.contains("contains") && text == "_";
            assert_eq!(found.items.len(), usize::from(holds), "{query}");
        }
    }
    drop(reader);
    let mut reader = home.store.read().unwrap();
    assert_eq!(reader.list_entries(own(id(1)), false, &everything()).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn an_unknown_property_a_wrong_type_and_free_text_are_refused_by_name() {
    let home = Home::new();
    let mut reader = home.store.read().unwrap();
    for (text, path) in [
        ("nothing eq 'x'", "nothing"),
        ("document eq 'x'", "document"),
        ("activityDateTime eq 'x'", "activityDateTime"),
        ("category eq 5", "category"),
        ("contains(initiatedBy/user/displayName, 'a')", "initiatedBy/user/displayName"),
        ("initiatedBy/user/userPrincipalName gt 'a'", "initiatedBy/user/userPrincipalName"),
        ("contains(activityDateTime, 'a')", "activityDateTime"),
    ] {
        let refused = reader.list_entries(own(id(1)), false, &where_(text)).await;
        assert!(
            matches!(&refused, Err(StoreError::Refused(refusal)) if refusal.path == path),
            "{text}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn entries_are_found_by_the_names_of_people_however_many_match() {
    let home = Home::new();
    let people = 1_100;
    home.set_up(&[id(1)], |cx| setup::issue_token(token(id(1), 1), cx)).await.unwrap();
    // One unit of work for all: this is about the filter.
    let mut work = home.store.work().await.unwrap();
    work.lock([id(1)]).await.unwrap();
    let ada = person(id(1), 1, "Ada");
    let cx = work.context(vouchsafe_core::audit::Initiator::User(Box::new(ada)));
    for n in 1..=people {
        let name = if n % 2 == 0 { "Ada" } else { "Albert" };
        let account = setup::Account { person: person(id(1), n, name), roles: Vec::new() };
        let permit = vouchsafe_core::permit::for_service(work.id(), id(1));
        work.record(permit, setup::add_user(account, &cx)).await.unwrap();
    }
    work.commit().await.unwrap();
    let mut reader = home.store.read().unwrap();
    let mut count = async |text: &str| {
        let query = ListQuery { count: true, top: 1, ..where_(text) };
        reader.list_entries(own(id(1)), false, &query).await.unwrap().total.unwrap()
    };
    assert_eq!(count("startswith(initiatedBy/user/displayName, 'A')").await, people);
    assert_eq!(count("initiatedBy/user/displayName eq 'ALBERT'").await, people);
    assert_eq!(count("initiatedBy/user/displayName eq 'Ada'").await, 0);
    assert_eq!(count("initiatedBy/user/displayName ne 'Albert'").await, 1);
    assert_eq!(count("initiatedBy/user/userPrincipalName in ('albert.1@example.com', 'x')").await, people);
    assert_eq!(count("not startswith(initiatedBy/user/userPrincipalName, 'a')").await, 1);
}

/// All pages from the first on, while `meanwhile` happens between them.
async fn paged(home: &Home, order: Order, top: u32, mut meanwhile: impl AsyncFnMut()) -> Vec<u64> {
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let query = ListQuery { order, top, after, ..everything() };
        let page = home.store.read().unwrap().list_entries(own(id(1)), false, &query).await.unwrap();
        assert!(page.items.len() <= usize::try_from(top).unwrap());
        seen.extend(page.items.iter().map(|entry| entry.sequence));
        meanwhile().await;
        match page.next {
            Some(next) => after = Some(next),
            None => return seen,
        }
    }
}

#[tokio::test]
async fn paging_while_others_write_neither_repeats_nor_hides() {
    for order in [Order::NewestFirst, Order::OldestFirst] {
        let home = Home::new();
        let mut added = 0;
        let mut add = async |home: &Home| {
            added += 1;
            home.set_up(&[id(1)], |cx| setup::issue_token(token(id(1), added), cx)).await.unwrap();
            if added % 3 == 0 {
                home.clock.advance(vouchsafe_core::time::Duration::minutes(1));
            }
        };
        for _ in 0..20 {
            add(&home).await;
        }
        let mut left = 6;
        let seen = paged(&home, order, 3, async || {
            if left > 0 {
                left -= 1;
                add(&home).await;
                add(&home).await;
            }
        })
        .await;
        let distinct: BTreeSet<u64> = seen.iter().copied().collect();
        assert_eq!(distinct.len(), seen.len(), "an entry came twice: {seen:?}");
        assert!((0..20).all(|n| distinct.contains(&n)), "an entry is missing: {seen:?}");
        let mut sorted = seen.clone();
        sorted.sort_unstable();
        if order == Order::NewestFirst {
            sorted.reverse();
        }
        assert_eq!(seen, sorted, "entries of one instant come in the order of the log");
    }
}

#[tokio::test]
async fn a_page_that_ends_with_the_list_has_no_next() {
    let home = Home::new();
    for n in 0..4 {
        home.set_up(&[id(1)], |cx| setup::issue_token(token(id(1), n), cx)).await.unwrap();
    }
    let mut reader = home.store.read().unwrap();
    for (top, next) in [(3, true), (4, false), (5, false)] {
        let query = ListQuery { top, count: true, ..everything() };
        let page = reader.list_entries(own(id(1)), false, &query).await.unwrap();
        assert_eq!((page.next.is_some(), page.total), (next, Some(4)), "{top}");
    }
}

#[test]
fn who_may_read_the_lifecycle_only_sees_nothing_else() {
    let world = two_live_grants();
    world.sink.runtime.block_on(async {
        let mut reader = world.sink.home.store.read().unwrap();
        let session: &mut Session = &mut reader;
        let only = session.list_entries(own(support()), true, &everything()).await.unwrap().items;
        let all = session.list_entries(own(support()), false, &everything()).await.unwrap().items;
        assert!(only.len() < all.len() && !only.is_empty());
        assert!(only.iter().all(|entry| entry.text("/category") == Some("SupportAccessManagement")));
    });
}
