//! One person is one pseudonym in all kinds, can be found by it, and can be revealed.

use serde_json::{Value, json};

use super::super::*;
use super::{TARGETS, USER, key, mask};
use crate::filter::parse;
use crate::resource::Resource;

const UPN: &str = "Ada@contoso.example";

/// What the registry of a kind makes of a record, and how its properties were shown.
fn masked(
    kind: Resource,
    record: &Value,
    people: &People,
    revealed: &Revealed,
) -> (Value, Vec<PropertyRead>) {
    let key = key();
    let masker = Masker::new(kind.schema().masks, &key);
    let (mut masker, mut out) = (masker.with_people(people).with_revealed(revealed), Vec::new());
    masker.mask_json(&record.to_string(), None, &mut out).unwrap();
    (serde_json::from_slice(&out).unwrap(), masker.into_properties())
}

fn audit() -> Value {
    json!({
        "initiatedBy": { "user": { "displayName": "Ada", "userPrincipalName": UPN, "id": USER } },
        "targetResources": [
            { "displayName": "Ada", "id": USER, "type": "User", "userPrincipalName": UPN },
            { "displayName": "Everybody", "id": USER, "type": "Group" },
        ],
    })
}

#[test]
fn a_person_is_the_same_in_sign_ins_audits_and_users() {
    let person = json!(key().mask_id(IdSpace::Person, USER));
    let sign_in = json!({ "userDisplayName": "Ada", "userPrincipalName": UPN, "userId": USER });
    let user = json!({ "displayName": "Ada", "userPrincipalName": UPN, "mail": UPN, "givenName": "Ada", "id": USER });
    for (kind, record) in [(Resource::SignIn, sign_in), (Resource::User, user)] {
        let masked = mask(kind.schema().masks, &key(), &record).0;
        assert!(masked.as_object().unwrap().values().all(|value| *value == person), "{masked}");
    }
    let masked = mask(Resource::DirectoryAudit.schema().masks, &key(), &audit()).0;
    let user = json!({ "displayName": person, "userPrincipalName": person, "id": person });
    assert_eq!(masked["initiatedBy"]["user"], user);
    let target = json!({ "displayName": person, "id": person, "type": "User", "userPrincipalName": person });
    assert_eq!(masked["targetResources"][0], target);
    assert_eq!(masked["targetResources"][1]["id"], USER);
    assert_eq!(masked["targetResources"][1]["displayName"], token::text(&key(), "Everybody"));
}

#[test]
fn who_is_named_without_an_id_is_the_same_person_where_the_tenant_knows_who_it_is() {
    let mut people = People::default();
    people.insert(UPN, USER);
    people.insert("Somebody else", "ignored");
    people.insert(&UPN.to_lowercase(), "a later one");
    let person = json!(key().mask_id(IdSpace::Person, USER));
    let none = Revealed::default();
    let record =
        json!({ "userPrincipalName": "ADA@contoso.example", "userDisplayName": "Ada", "userId": "" });
    let (shown, _) = masked(Resource::SignIn, &record, &people, &none);
    assert_eq!((&shown["userPrincipalName"], &shown["userDisplayName"]), (&person, &person));
    let record = json!({ "mail": UPN, "otherMails": ["ada@contoso.example", "x@contoso.example"] });
    let (shown, _) = masked(Resource::User, &record, &people, &none);
    assert_eq!((&shown["mail"], &shown["otherMails"][0]), (&person, &person));
    assert_eq!(shown["otherMails"][1], token::user_principal_name(&key(), "x@contoso.example"));
    let record = json!({ "userPrincipalName": "bob@contoso.example" });
    let (shown, _) = masked(Resource::SignIn, &record, &people, &none);
    assert_eq!(shown["userPrincipalName"], token::user_principal_name(&key(), "bob@contoso.example"));

    let filter = parse(&format!("userDisplayName eq {person}").replace('"', "'")).unwrap();
    let rewritten =
        Rewriter::new(&crate::sign_in::MASKS, &key()).with_people(&people).filter(&filter).unwrap();
    assert_eq!(
        rewritten.filter.to_string(),
        format!("userId in ('{USER}', {person}) or userPrincipalName eq '{UPN}'").replace('"', "'")
    );
    assert_eq!(rewritten.typed, []);
}

#[test]
fn revealed_people_and_values_are_shown_and_nothing_else() {
    let (people, plain) = (People::default(), Revealed::default());
    let by_id = |id: &str| {
        let mut revealed = Revealed::default();
        revealed.insert(Class::Id(IdSpace::Person), id);
        revealed
    };
    let sign_in = json!({
        "userId": USER, "userPrincipalName": UPN, "userDisplayName": "Ada", "ipAddress": "2001:DB8::7", "id": USER,
        "deviceDetail": { "displayName": "ADAS-LAPTOP" }, "userAgent": "ADAS-LAPTOP 2",
    });
    let properties = |read: &[PropertyRead], wanted: Shown| -> Vec<String> {
        read.iter().filter(|read| read.shown == wanted).map(|read| read.name.clone()).collect()
    };
    let (shown, read) = masked(Resource::SignIn, &sign_in, &people, &by_id(&USER.to_uppercase()));
    for name in ["userId", "userPrincipalName", "userDisplayName"] {
        assert_eq!(shown[name], sign_in[name]);
    }
    assert_eq!(properties(&read, Shown::Revealed), ["userDisplayName", "userId", "userPrincipalName"]);
    assert_eq!(
        properties(&read, Shown::Masked),
        ["deviceDetail/displayName", "id", "ipAddress", "userAgent"]
    );
    let other = "2ad3fc79-1859-42fa-9011-6f8df2251b22";
    let policy = json!({ "conditions": { "users": { "excludeUsers": [USER, other] } } });
    let (shown, _) = masked(Resource::ConditionalAccessPolicy, &policy, &people, &by_id(USER));
    let expected = json!([USER, key().mask_id(IdSpace::Person, other)]);
    assert_eq!(shown["conditions"]["users"]["excludeUsers"], expected, "an id alone is the person too");

    let mut revealed = Revealed::default();
    revealed.insert(Class::Personal(Personal::Address), "2001:0db8:0:0::7");
    revealed.insert(Class::Personal(Personal::Text), "ADAS-LAPTOP");
    let (shown, read) = masked(Resource::SignIn, &sign_in, &people, &revealed);
    assert_eq!(
        (&shown["ipAddress"], &shown["deviceDetail"]),
        (&sign_in["ipAddress"], &sign_in["deviceDetail"])
    );
    assert_eq!(properties(&read, Shown::Revealed), ["deviceDetail/displayName", "ipAddress"]);

    let mut by_upn = Revealed::default();
    by_upn.insert(Class::Personal(Personal::UserPrincipalName), &UPN.to_uppercase());
    let (shown, _) = masked(Resource::DirectoryAudit, &audit(), &people, &by_upn);
    assert_eq!(shown["initiatedBy"], audit()["initiatedBy"]);
    assert_eq!(shown["targetResources"][0], audit()["targetResources"][0]);
    assert_ne!(shown["targetResources"][1], audit()["targetResources"][1]);
    let other = json!({ "userId": "2ad3fc79-1859-42fa-9011-6f8df2251b22", "userDisplayName": UPN });
    let (shown, read) = masked(Resource::SignIn, &other, &people, &by_upn);
    assert_ne!(shown["userDisplayName"], other["userDisplayName"], "a name beside another's id is no UPN");
    assert_eq!(properties(&read, Shown::Revealed), [""; 0]);
    let (shown, _) = masked(Resource::SignIn, &sign_in, &people, &plain);
    assert_eq!(shown, mask(&crate::sign_in::MASKS, &key(), &sign_in).0);
}

/// What finds the object of a path, and what was typed.
fn found(registry: &Registry, text: &str) -> String {
    match Rewriter::new(registry, &key()).id(text) {
        Ok(Rewritten { filter, typed }) => {
            let typed: Vec<String> =
                typed.iter().map(|one| format!("{}={}", one.property, one.value)).collect();
            format!("{filter} [{}]", typed.join(", "))
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn paths_take_ids_pseudonyms_and_names_of_people() {
    let masks = |kind: Resource| kind.schema().masks;
    let person = key().mask_id(IdSpace::Person, USER);
    let users = masks(Resource::User);
    assert_eq!(found(users, &person), format!("id in ('{USER}', '{person}') []"));
    assert!(found(users, USER).ends_with(&format!("'{USER}') [id={USER}]")));
    assert_eq!(found(users, UPN), format!("userPrincipalName eq '{UPN}' [userPrincipalName={UPN}]"));
    let token = token::user_principal_name(&key(), UPN);
    assert_eq!(found(users, &token), "userPrincipalName eq 'ada@contoso.example' []");
    assert_eq!(found(masks(Resource::Group), USER), format!("id eq '{USER}' []"));
    for (kind, space) in [
        (Resource::SignIn, IdSpace::SignIn),
        (Resource::DirectoryAudit, IdSpace::Event),
        (Resource::Device, IdSpace::Device),
    ] {
        let event = key().mask_id(space, "Directory_1_2");
        assert_eq!(found(masks(kind), &event), "id eq 'Directory_1_2' []", "{kind:?}");
        assert_eq!(found(masks(kind), "Directory_1_2"), "id eq 'Directory_1_2' [id=Directory_1_2]");
        let error = "`id`: this pseudonym cannot be looked up; give the whole value";
        assert_eq!(found(masks(kind), "masked~0123456789ab"), error);
    }
}

/// `filter` over the registry for tests as the store gets it, and the typed values.
fn rewritten(filter: &str) -> String {
    match Rewriter::new(&TARGETS, &key()).filter(&parse(filter).unwrap()) {
        Ok(Rewritten { filter, typed }) => format!("{filter} [{}]", typed.len()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn filters_on_what_depends_on_a_type_try_each_of_its_meanings() {
    let (person, device) = (key().mask_id(IdSpace::Person, USER), key().mask_id(IdSpace::Device, USER));
    let as_device = key().reveal_id(IdSpace::Device, &person).unwrap();
    let as_person = key().reveal_id(IdSpace::Person, &device).unwrap();
    let expected = format!("id in ('{USER}', '{person}', '{as_device}') [0]");
    assert_eq!(rewritten(&format!("id eq '{person}'")), expected);
    let expected = format!("id in ('{as_person}', '{device}', '{USER}') [0]");
    assert_eq!(rewritten(&format!("id eq '{device}'")), expected);
    assert!(rewritten(&format!("id eq '{USER}'")).ends_with("[1]"), "a group's id may be a person's");
    assert_eq!(rewritten("displayName eq 'Ada'"), "displayName eq 'Ada' [1]");
    assert!(rewritten("startswith(displayName, 'A')").contains("is masked"));
    let mail = token::user_principal_name(&key(), "x@contoso.example");
    assert_eq!(rewritten(&format!("mail eq '{mail}'")), "mail eq 'x@contoso.example' [0]");
    let led = format!("proxyAddresses/any(p: p eq 'SMTP:{mail}')");
    assert_eq!(rewritten(&led), "proxyAddresses/any(e1: e1 eq 'SMTP:x@contoso.example') [0]");
    let one_way = "`identities/issuerAssignedId`: this pseudonym cannot be looked up; give the whole value";
    assert_eq!(rewritten(&format!("identities/any(i: i/issuerAssignedId eq '{person}')")), one_way);
    assert_eq!(rewritten("mail ne null and id eq null"), "mail ne null and id eq null [0]");
    for filter in ["birthday eq null", "birthday ne null", "birthday eq '1815-12-10'", "birthday in (null)"] {
        assert!(rewritten(filter).starts_with("`birthday` is masked"), "{filter}");
    }
}
