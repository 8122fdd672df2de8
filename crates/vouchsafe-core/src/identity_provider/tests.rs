use super::arrival::*;
use super::*;
use crate::audit::Initiator;
use crate::id::{Id as _, UserId, uuid_v7};
use crate::people::{self, NewUser};
use crate::role::{Assignment, by_name};
use crate::setup::Account;
use crate::tenant::{SupportAccessPolicy, Tenant};
use crate::time::Duration;

fn tenant(kind: TenantKind) -> Tenant {
    Tenant {
        id: TenantId::from_uuid(uuid_v7(Timestamp::from_millis(5), [5; 10])),
        kind,
        display_name: "Contoso".to_owned(),
        verified_domains: vec!["contoso.example".to_owned()],
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

fn new(n: u8) -> NewProvider {
    NewProvider {
        id: IdentityProviderId::from_uuid(uuid_v7(Timestamp::from_millis(9), [n; 10])),
        issuer: "https://id.contoso.example".to_owned(),
        client_id: format!("client-{n}"),
        secret: Some(vec![n]),
    }
}

fn named() -> ProviderText {
    ProviderText { display_name: "Contoso sign-in".to_owned(), ..ProviderText::default() }
}

fn around(others: &[IdentityProvider]) -> Around<'_> {
    Around { tenant: (tenant(TenantKind::Customer).id, TenantKind::Customer), others, roles: &[] }
}

fn provider_of(decided: &Decided<ManageIdentityProviders>) -> IdentityProvider {
    let row =
        |write: &Write| if let Write::IdentityProvider(row) = write { Some((**row).clone()) } else { None };
    decided.writes().iter().find_map(row).unwrap()
}

fn defined(text: ProviderText) -> IdentityProvider {
    provider_of(&define(new(1), text, around(&[]), &cx()).unwrap())
}

fn role(name: &str) -> String {
    by_name(name).unwrap().template_id.to_owned()
}

fn mapping(group: &str, name: &str) -> RoleMapping {
    RoleMapping { group: group.to_owned(), role: role(name) }
}

#[test]
fn what_is_wrong_with_one_is_named() {
    let claim = |claim: &str, value: &str| RequiredClaim { claim: claim.to_owned(), value: value.to_owned() };
    let text = |change: &dyn Fn(&mut ProviderText)| {
        let mut text = named();
        change(&mut text);
        text
    };
    let wrong = [
        ("displayName", text(&|text| text.display_name = " ".to_owned())),
        ("scope", text(&|text| text.scope = "profile".to_owned())),
        ("scope", text(&|text| text.scope = "openid pröfile".to_owned())),
        ("claimsMapping/userPrincipalName", text(&|text| text.user_name_claim = String::new())),
        ("claimsMapping/groups", text(&|text| text.groups_claim = "a b".to_owned())),
        ("requiredClaims", text(&|text| text.required_claims = vec![claim("a", "b"); 11])),
        ("requiredClaims/0/claim", text(&|text| text.required_claims = vec![claim("", "b")])),
        (
            "requiredClaims/1/value",
            text(&|text| text.required_claims = vec![claim("a", "b"), claim("a", "")]),
        ),
        ("roleMappings/0/group", text(&|text| text.role_mappings = vec![mapping("", "Global Reader")])),
        (
            "roleMappings/0/roleDefinitionId",
            text(&|text| text.role_mappings = vec![mapping("a", "Support Engineer")]),
        ),
    ];
    for (field, text) in wrong {
        let said = define(new(1), text, around(&[]), &cx()).unwrap_err();
        assert!(
            matches!(&said, Rejection::Invalid { field: named, .. } if named == field),
            "{field}: {said}"
        );
    }
    let client = NewProvider { client_id: "a b".to_owned(), ..new(1) };
    let said = define(client, named(), around(&[]), &cx()).unwrap_err();
    assert!(matches!(said, Rejection::Invalid { field, .. } if field == "clientId"));
}

#[test]
fn an_issuer_that_knows_everybody_must_say_where_somebody_works() {
    let google = || NewProvider { issuer: "https://accounts.google.com".to_owned(), ..new(1) };
    let said = define(google(), named(), around(&[]), &cx()).unwrap_err();
    assert!(matches!(said, Rejection::Invalid { field, .. } if field == "requiredClaims"));
    let hd = RequiredClaim { claim: "hd".to_owned(), value: "contoso.example".to_owned() };
    let text = ProviderText { required_claims: vec![hd], ..named() };
    assert!(define(google(), text, around(&[]), &cx()).is_ok());
}

#[test]
fn a_secret_stands_in_no_entry_and_stays_until_there_is_another() {
    let decided = define(new(7), named(), around(&[]), &cx()).unwrap();
    let events = serde_json::to_string(&decided.entries()[0].events).unwrap();
    assert!(events.contains("\"secretChanged\":true") && !events.contains("\"secret\":"), "{events}");
    let first = provider_of(&decided);
    let all = [first.clone()];
    let renamed = ProviderText { display_name: "Other".to_owned(), ..first.text() };
    let changed = provider_of(&change(&first, renamed, None, around(&all), &cx()).unwrap());
    assert_eq!((changed.display_name.as_str(), changed.secret), ("Other", Some(vec![7])));
    let anew = provider_of(&change(&first, first.text(), Some(vec![8]), around(&all), &cx()).unwrap());
    assert_eq!(anew.secret, Some(vec![8]));
    assert!(change(&first, first.text(), None, around(&all), &cx()).unwrap().entries().is_empty());
}

#[test]
fn a_customer_has_a_few_and_the_provider_none_in_its_database() {
    let first = defined(named());
    let all = [first.clone()];
    assert_eq!(define(new(1), named(), around(&all), &cx()).unwrap_err(), Rejection::Conflict);
    assert!(define(new(2), named(), around(&all), &cx()).is_ok());
    let many = vec![first.clone(); PROVIDERS_MAX];
    assert!(matches!(define(new(2), named(), around(&many), &cx()), Err(Rejection::Invalid { .. })));
    let provider = Around { tenant: (first.tenant, TenantKind::Provider), others: &[], roles: &[] };
    assert!(matches!(define(new(2), named(), provider, &cx()), Err(Rejection::Forbidden(_))));
    assert!(matches!(change(&first, named(), None, provider, &cx()), Err(Rejection::Forbidden(_))));
    let engineers = ProviderText { role_mappings: vec![mapping("support", "Support Engineer")], ..named() };
    assert!(IdentityProvider::configured(first.tenant, new(3), engineers, cx().now).is_ok());
}

fn account(n: u8, roles: Vec<Assignment>) -> Account {
    let new = NewUser {
        id: user(n),
        display_name: "Uma".to_owned(),
        user_principal_name: "uma@contoso.example".to_owned(),
        active: true,
    };
    Account { person: people::newcomer(new, &tenant(TenantKind::Customer)).unwrap(), roles }
}

struct Came {
    user: UserId,
    activities: Vec<&'static str>,
    roles: Option<Vec<Assignment>>,
}

fn came(
    provider: &IdentityProvider,
    groups: Option<&[&str]>,
    (linked, named, taken): (Option<&Account>, Option<&Account>, bool),
) -> Result<Came, Rejection> {
    let tenant = tenant(TenantKind::Customer);
    let arrival = Arrival {
        subject: "s-1",
        user_name: Some("uma@contoso.example"),
        display_name: Some("Uma Iyer"),
        groups,
    };
    let known =
        KnownHere { tenant: &tenant, linked, named, named_is_linked: taken, roles: &[], new_id: user(9) };
    let (user, decided) = arrive(provider, arrival, known, &cx())?;
    let row = |write: &Write| if let Write::Account(row) = write { Some(row.roles.clone()) } else { None };
    Ok(Came {
        user,
        activities: decided.entries().iter().map(|entry| entry.activity.name()).collect(),
        roles: decided.writes().iter().find_map(row),
    })
}

#[test]
fn an_account_is_found_once_by_name_and_then_by_subject() {
    let provider = defined(named());
    let uma = account(1, Vec::new());
    let first = came(&provider, None, (None, Some(&uma), false)).unwrap();
    assert_eq!((first.user, first.activities), (user(1), vec!["Add external identity"]));
    // Linked: the name is not looked at, whosoever it is by now.
    let other = account(2, Vec::new());
    let again = came(&provider, None, (Some(&uma), Some(&other), true)).unwrap();
    assert_eq!((again.user, again.activities), (user(1), Vec::<&str>::new()));
    // Somebody else has got the name at the issuer.
    assert!(matches!(came(&provider, None, (None, Some(&uma), true)), Err(Rejection::Forbidden(_))));
}

#[test]
fn nobody_gets_an_account_unless_the_tenant_says_so_nor_into_a_disabled_one() {
    let provider = defined(named());
    assert!(matches!(came(&provider, None, (None, None, false)), Err(Rejection::Forbidden(_))));
    let open = defined(ProviderText { just_in_time: true, ..named() });
    let made = came(&open, None, (None, None, false)).unwrap();
    assert_eq!((made.user, made.activities), (user(9), vec!["Add user", "Add external identity"]));
    let mut disabled = account(1, Vec::new());
    disabled.person.active = false;
    let mut gone = account(1, Vec::new());
    gone.person.deleted = Some(cx().now);
    let mut service = account(1, Vec::new());
    service.person.kind = crate::person::PersonKind::Service;
    for account in [disabled, gone, service] {
        for known in [(Some(&account), None, false), (None, Some(&account), false)] {
            assert!(matches!(came(&open, None, known), Err(Rejection::Forbidden(_))));
        }
    }
}

#[test]
fn groups_give_and_take_what_has_an_end_and_nothing_else() {
    let mappings = vec![mapping("admins", "Global Administrator"), mapping("readers", "Global Reader")];
    let provider = defined(ProviderText { role_mappings: mappings, ..named() });
    let now = cx().now;
    let limited = |name: &str, days| Assignment { role: role(name), ends: Some(now + Duration::days(days)) };
    let step = |roles: Vec<Assignment>, groups: Option<&[&str]>| {
        let uma = account(1, roles);
        let came = came(&provider, groups, (Some(&uma), None, false)).unwrap();
        (came.activities, came.roles)
    };
    let (given, roles) = step(Vec::new(), Some(&["readers", "others"]));
    assert_eq!(given, ["Add member to role"]);
    assert_eq!(roles.unwrap(), [limited("Global Reader", 30)]);
    // Still a member: renewed only once half of the time is over.
    assert_eq!(step(vec![limited("Global Reader", 20)], Some(&["readers"])).0, Vec::<&str>::new());
    let (renewed, roles) = step(vec![limited("Global Reader", 10)], Some(&["readers"]));
    assert_eq!((renewed, roles.unwrap()), (vec!["Add member to role"], vec![limited("Global Reader", 30)]));
    // No longer a member; in another group; the issuer does not say.
    assert_eq!(
        step(vec![limited("Global Reader", 20)], Some(&[])),
        (vec!["Remove member from role"], Some(Vec::new()))
    );
    let (moved, roles) = step(vec![limited("Global Reader", 20)], Some(&["admins"]));
    assert_eq!(moved, ["Remove member from role", "Add member to role"]);
    assert_eq!(roles.unwrap(), [limited("Global Administrator", 30)]);
    assert_eq!(step(vec![limited("Global Reader", 20)], None), (Vec::new(), None));
    // What an administrator gave for good, or what no group stands for, is left alone.
    let lasting = Assignment::lasting(role("Global Reader"));
    assert_eq!(step(vec![lasting.clone()], Some(&[])), (Vec::new(), None));
    assert_eq!(step(vec![lasting], Some(&["readers"])), (Vec::new(), None));
    assert_eq!(step(vec![limited("Security Reader", 2)], Some(&[])), (Vec::new(), None));
}
