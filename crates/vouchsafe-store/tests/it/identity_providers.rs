//! Identity providers: what is kept of them and of who comes from them, on either database.

use vouchsafe_core::audit::Initiator;
use vouchsafe_core::id::{IdentityProviderId, TenantId, UserId};
use vouchsafe_core::identity_provider::arrival::{Arrival, KnownHere, arrive};
use vouchsafe_core::identity_provider::{self as rules, Around, IdentityProvider, NewProvider, ProviderText};
use vouchsafe_core::permit::{Facts, KeepIdentity, ManageIdentityProviders, authorize, for_service};
use vouchsafe_core::person::Person;
use vouchsafe_core::tenant::TenantKind;
use vouchsafe_core::time::Duration;
use vouchsafe_store::{PageSession, SessionIdentity, Work};

use crate::folder::{Home, id, person, tenant};
use crate::life::mighty;

const ISSUER: &str = "https://id.example";

fn new(n: u8) -> NewProvider {
    let client_id = format!("client-{n}");
    NewProvider { id: id(u64::from(n)), issuer: ISSUER.to_owned(), client_id, secret: Some(vec![n; 40]) }
}

fn named(name: &str) -> ProviderText {
    ProviderText { display_name: name.to_owned(), just_in_time: true, ..ProviderText::default() }
}

/// Records a decision about the identity providers of `by`'s tenant.
async fn decide(
    work: &mut Work,
    by: &Person,
    decision: impl FnOnce(
        Around<'_>,
        &vouchsafe_core::decided::Context,
    ) -> vouchsafe_core::decided::Decided<ManageIdentityProviders>,
) {
    let (tenant, admin) = (by.tenant, mighty(by));
    let others = work.identity_providers(tenant).await.unwrap();
    let around = Around { tenant: (tenant, TenantKind::Customer), others: &others, roles: &[] };
    let cx = work.context(Initiator::User(Box::new(by.clone())));
    let permit = authorize(Facts::own_tenant(work.id(), &admin), tenant).unwrap();
    work.record(permit, decision(around, &cx)).await.unwrap();
}

async fn arrives(work: &mut Work, provider: &IdentityProvider, subject: &str, new_id: UserId) -> UserId {
    let owner = work.tenant(provider.tenant).await.unwrap().unwrap();
    let name = format!("{subject}@{}", owner.verified_domains[0]);
    let arrival = Arrival { subject, user_name: Some(&name), display_name: Some("Uma Iyer"), groups: None };
    let known =
        KnownHere { tenant: &owner, linked: None, named: None, named_is_linked: false, roles: &[], new_id };
    let cx = work.context(Initiator::Service);
    let (user, decided) = arrive(provider, arrival, known, &cx).unwrap();
    work.record(for_service::<KeepIdentity>(work.id(), provider.tenant), decided).await.unwrap();
    user
}

/// What a tenant does with its identity providers; every activity about them.
pub(crate) async fn of_identity_providers(home: &Home, ada: &Person) {
    let s = ada.tenant;
    let mut work = home.store.work().await.unwrap();
    work.lock([s]).await.unwrap();
    decide(&mut work, ada, |around, cx| rules::define(new(1), named("Sign-in"), around, cx).unwrap()).await;
    let made = work.identity_provider(s, id(1)).await.unwrap().unwrap();
    assert_eq!((made.version, made.secret.as_deref()), (1, Some([1; 40].as_slice())));
    decide(&mut work, ada, |around, cx| rules::change(&made, named("Other"), None, around, cx).unwrap())
        .await;
    let changed = work.identity_provider(s, id(1)).await.unwrap().unwrap();
    assert_eq!((changed.version, changed.display_name.as_str(), changed.secret), (2, "Other", made.secret));
    let provider = work.identity_provider(s, id(1)).await.unwrap().unwrap();
    arrives(&mut work, &provider, "uma", id(95)).await;
    decide(&mut work, ada, |_, cx| rules::delete(&provider, cx)).await;
    assert!(work.identity_providers(s).await.unwrap().is_empty());
    work.commit().await.unwrap();
}

fn session(
    tenant: TenantId,
    n: u8,
    at: IdentityProviderId,
    subject: &[u8],
    sid: Option<&[u8]>,
) -> PageSession {
    let now = vouchsafe_core::time::Timestamp::from_millis(crate::folder::START_MILLIS);
    let identity = SessionIdentity { provider: at, subject: subject.to_vec(), sid: sid.map(<[u8]>::to_vec) };
    PageSession {
        id: id(u64::from(n)),
        tenant,
        user: id(95),
        hash: [n; 32],
        credential: None,
        created: now,
        seen: now,
        expires: now + Duration::hours(12),
        identity: Some(identity),
    }
}

/// The sessions that are open, by their number.
async fn open(home: &Home, tenant: TenantId) -> Vec<u8> {
    let mut reader = home.store.read().unwrap();
    let mut open = Vec::new();
    for n in 1..10 {
        if let Some(found) = reader.page_session(tenant, [n; 32]).await.unwrap() {
            assert!(found.identity.is_some());
            open.push(n);
        }
    }
    open
}

#[tokio::test]
async fn people_are_found_by_subject_and_their_sessions_end_with_their_identity_provider() {
    let home = Home::new();
    let (s, other) = (tenant(1, TenantKind::Customer), tenant(2, TenantKind::Customer));
    let ada = person(s.id, 1, "Ada");
    for tenant in [&s, &other] {
        home.add_tenant(tenant.clone()).await.unwrap();
    }
    home.add_person(ada.clone(), &["62e90394-69f5-4237-9190-012177145e10"]).await.unwrap();
    let eve = person(other.id, 2, "Eve");
    home.add_person(eve.clone(), &["62e90394-69f5-4237-9190-012177145e10"]).await.unwrap();
    let hash = |subject: &str| home.store.master().identity_hash(ISSUER, subject);
    let mut work = home.store.work().await.unwrap();
    work.lock([s.id, other.id]).await.unwrap();
    for (by, n) in [(&ada, 1), (&ada, 2), (&eve, 3)] {
        decide(&mut work, by, |around, cx| rules::define(new(n), named("Sign-in"), around, cx).unwrap())
            .await;
    }
    let first = work.identity_provider(s.id, id(1)).await.unwrap().unwrap();
    let theirs = work.identity_provider(other.id, id(3)).await.unwrap().unwrap();
    arrives(&mut work, &first, "uma", id(95)).await;
    arrives(&mut work, &theirs, "uma", id(96)).await;
    // One subject of one issuer in two tenants: two accounts, and that they are one is known.
    assert_eq!(work.identity_owner(s.id, id(1), &hash("uma")).await.unwrap(), Some(id(95)));
    assert_eq!(work.identity_owner(s.id, id(2), &hash("uma")).await.unwrap(), None);
    assert_eq!(work.identity_owner(s.id, id(1), &hash("eve")).await.unwrap(), None);
    assert!(work.has_identity(s.id, id(1), id(95)).await.unwrap());
    assert!(!work.has_identity(s.id, id(2), id(95)).await.unwrap());
    assert_eq!(work.same_identity_in(other.id, (s.id, id(95))).await.unwrap(), [id(96)]);
    assert_eq!(work.same_identity_in(other.id, (s.id, ada.id)).await.unwrap(), []);
    let uma = hash("uma");
    for (n, at, sid) in
        [(1, 1, Some(b"a")), (2, 1, Some(b"b")), (3, 1, None), (4, 2, Some(b"a")), (5, 1, Some(b"c"))]
    {
        let sid = sid.map(<[u8; 1]>::as_slice);
        work.open_session(&session(s.id, n, id(at), &uma, sid)).await.unwrap();
    }
    work.commit().await.unwrap();
    assert_eq!(open(&home, s.id).await, [1, 2, 3, 4, 5]);
    let mut work = home.store.work().await.unwrap();
    work.close_sessions_of_sid(s.id, id(1), b"a", None).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(open(&home, s.id).await, [2, 3, 4, 5]);
    // Of those that did not say in which they began nobody knows that they did not end.
    let mut work = home.store.work().await.unwrap();
    work.close_sessions_of_sid(s.id, id(1), b"b", Some(&uma)).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(open(&home, s.id).await, [4, 5]);
    let mut work = home.store.work().await.unwrap();
    work.close_sessions_of_subject(s.id, id(1), &uma).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(open(&home, s.id).await, [4]);
    let mut work = home.store.work().await.unwrap();
    work.lock([s.id]).await.unwrap();
    let second = work.identity_provider(s.id, id(2)).await.unwrap().unwrap();
    let disabled = ProviderText { enabled: false, ..second.text() };
    decide(&mut work, &ada, |around, cx| rules::change(&second, disabled, None, around, cx).unwrap()).await;
    decide(&mut work, &ada, |_, cx| rules::delete(&first, cx)).await;
    assert_eq!(work.identity_owner(s.id, id(1), &uma).await.unwrap(), None);
    work.commit().await.unwrap();
    assert!(open(&home, s.id).await.is_empty());
}

#[test]
fn what_is_sealed_opens_for_its_own_identity_provider_alone() {
    let home = Home::new();
    let (master, s, other) =
        (home.store.master(), tenant(1, TenantKind::Customer).id, tenant(2, TenantKind::Customer).id);
    let secret = master.seal_client_secret(s, id(1), "s3cret").unwrap();
    assert_eq!(master.open_client_secret(s, id(1), &secret).unwrap().as_str(), "s3cret");
    let flow = master.seal_sign_in(s, id(1), b"flow").unwrap();
    assert_eq!(master.open_sign_in(s, id(1), &flow).unwrap(), b"flow");
    for (tenant, at) in [(s, 2), (other, 1)] {
        assert!(master.open_client_secret(tenant, id(at), &secret).is_err());
        assert!(master.open_sign_in(tenant, id(at), &flow).is_err());
    }
    assert!(master.open_sign_in(s, id(1), &secret).is_err());
}
