use proptest::prelude::*;

use super::*;
use crate::audit::Initiator;
use crate::id::{Id as _, TenantId, uuid_v7};
use crate::role;
use crate::tenant::SupportAccessPolicy;
use crate::time::Timestamp;

fn tenant(kind: TenantKind) -> Tenant {
    Tenant {
        id: TenantId::from_uuid(uuid_v7(Timestamp::from_millis(5), [5; 10])),
        kind,
        display_name: "Contoso".to_owned(),
        verified_domains: vec!["contoso.example".to_owned(), "Contoso.test".to_owned()],
        created: Timestamp::from_millis(5),
        policy: SupportAccessPolicy::default(),
        retention: crate::retention::Retention::default(),
    }
}

fn cx() -> Context {
    let provider = TenantId::from_uuid(uuid_v7(Timestamp::from_millis(1), [1; 10]));
    Context { now: Timestamp::from_millis(1_000_000), initiator: Initiator::Service, provider }
}

fn user(n: u8) -> UserId {
    UserId::from_uuid(uuid_v7(Timestamp::from_millis(9), [n; 10]))
}

fn new(name: &str) -> NewUser {
    let user_principal_name = name.to_owned();
    NewUser { id: user(1), display_name: "Uma".to_owned(), user_principal_name, active: true }
}

fn account_of(writes: &[Write]) -> Account {
    let account = |write: &Write| if let Write::Account(row) = write { Some((**row).clone()) } else { None };
    writes.iter().find_map(account).unwrap()
}

fn invited() -> Account {
    account_of(invite(new("uma@contoso.example"), &tenant(TenantKind::Customer), &cx()).unwrap().writes())
}

fn rights(roles: &[&str]) -> Permissions {
    Permissions::of(roles.iter().flat_map(|name| role::by_name(name).unwrap().actions.iter().copied()), true)
}

fn caller(n: u8, roles: &[&str]) -> Caller {
    let person = Person { id: user(n), ..invited().person };
    Caller { person, permissions: rights(roles) }
}

#[test]
fn sign_in_names_end_in_a_domain_of_the_tenant() {
    let owner = tenant(TenantKind::Customer);
    for good in ["uma@contoso.example", "uma.x+1@CONTOSO.EXAMPLE", "u@contoso.test"] {
        let decided = invite(new(good), &owner, &cx()).unwrap();
        assert!(account_of(decided.writes()).roles.is_empty(), "an invitation gives no role");
    }
    let long = format!("{}@contoso.example", "a".repeat(UPN_CHARS_MAX));
    for wrong in [
        "",
        "uma",
        "@contoso.example",
        "uma@",
        "uma@other.example",
        "a b@contoso.example",
        "uma@x@contoso.example",
        &long,
    ] {
        let refused = invite(new(wrong), &owner, &cx()).unwrap_err();
        assert!(
            matches!(&refused, Rejection::Invalid { field, .. } if field == "userPrincipalName"),
            "{wrong}"
        );
    }
}

#[test]
fn who_is_deleted_has_no_role_and_no_way_in_and_stays_so() {
    let admin = caller(2, &["Global Administrator"]);
    let decided = delete(&invited(), &admin, &rights(&[]), &cx()).unwrap();
    let ends = |write: &Write| matches!(write, Write::CredentialsEnd(end) if end.all);
    assert!(decided.writes().iter().any(ends));
    let gone = account_of(decided.writes());
    assert!(!gone.person.active && gone.roles.is_empty());
    assert_eq!(enable(&gone, true, &admin, &rights(&[]), &cx()).unwrap_err(), Rejection::AlreadyEnded);
    assert_eq!(rename(&gone, "Ute", &cx()).unwrap_err(), Rejection::AlreadyEnded);
    assert_eq!(delete(&gone, &admin, &rights(&[]), &cx()).unwrap_err(), Rejection::AlreadyEnded);
}

#[test]
fn nobody_ends_the_own_account() {
    let me = caller(1, &["Global Administrator"]);
    assert!(matches!(enable(&invited(), false, &me, &me.permissions, &cx()), Err(Rejection::Forbidden(_))));
    assert!(matches!(delete(&invited(), &me, &me.permissions, &cx()), Err(Rejection::Forbidden(_))));
}

#[test]
fn the_same_name_and_state_are_nothing_recorded() {
    let admin = caller(2, &["Global Administrator"]);
    assert!(rename(&invited(), " Uma ", &cx()).unwrap().entries().is_empty());
    assert!(enable(&invited(), true, &admin, &rights(&[]), &cx()).unwrap().entries().is_empty());
}

proptest! {
    /// Whatever roles two people have: one acts on the other only if the other may do nothing that the first may not.
    #[test]
    fn nobody_acts_on_somebody_who_may_do_more(
        mine in proptest::sample::subsequence(role::built_in().iter().map(|r| r.display_name).collect::<Vec<_>>(), 0..4),
        theirs in proptest::sample::subsequence(role::built_in().iter().map(|r| r.display_name).collect::<Vec<_>>(), 0..4),
    ) {
        let (me, other) = (caller(2, &mine), rights(&theirs));
        let more = other.iter().any(|permission| !me.permissions.allow(permission));
        prop_assert_eq!(enable(&invited(), false, &me, &other, &cx()).is_err(), more);
        prop_assert_eq!(delete(&invited(), &me, &other, &cx()).is_err(), more);
    }
}
