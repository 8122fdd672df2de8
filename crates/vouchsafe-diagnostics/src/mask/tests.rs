//! Tests of masks.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::filter::parse;
use crate::sign_in::MASKS;

mod people;
mod promise;
mod same_as_tree;
mod tree_masker;

const USER: &str = "9b117c67-170e-4aed-9702-658b3fddc889";

fn key() -> MaskKey {
    MaskKey::derive(b"a secret of the tenant", "grt_1")
}

fn other_key() -> MaskKey {
    MaskKey::derive(b"a secret of the tenant", "grt_2")
}

fn sign_in() -> Value {
    json!({
        "@odata.type": "#microsoft.graph.signIn",
        "id": "cfb68155-70f5-4e28-b046-0a3a7086c401",
        "createdDateTime": "2026-11-23T09:14:07.1834512Z",
        "userId": USER,
        "userPrincipalName": "Ada@contoso.example",
        "userDisplayName": "Ada Example",
        "appId": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
        "appDisplayName": "Azure Portal",
        "ipAddress": "203.0.113.77",
        "correlationId": "f9ff9ee8-d565-478b-bc95-8b4f0d468fe1",
        "originalRequestId": "cfb68155-70f5-4e28-b046-0a3a7086c401",
        "isInteractive": true,
        "conditionalAccessStatus": "success",
        "status": { "errorCode": 50126, "failureReason": "Invalid username or password or Invalid on-premise username or password.",
            "additionalDetails": "Ada called the help desk" },
        "deviceDetail": { "deviceId": "", "displayName": "ADAS-LAPTOP", "operatingSystem": "Windows 11", "isManaged": true },
        "location": { "city": "Azor", "countryOrRegion": "IL", "geoCoordinates": { "latitude": 32.0, "longitude": 34.8 } },
        "mfaDetail": { "authMethod": "Phone call", "authDetail": "+1 *** *** 42" },
        "appliedConditionalAccessPolicies": [{ "displayName": "Require MFA", "result": "success", "owner": "ada" }],
        "riskEventTypes_v2": ["unfamiliarFeatures"],
        "resourceTenantId": "2ad3fc79-1859-42fa-9011-6f8df2251b22",
        "homeTenantId": "2ad3fc79-1859-42fa-9011-6f8df2251b22",
        "uniqueTokenIdentifier": "Rwt5bGhGNESIJ0k4pJEQAA",
        "lastPasswordChange": "2026-11-01T13:14:15+02:00",
        "birthday": "1815-12-10",
        "newFlag": true, "newNumber": 12, "newNull": null, "newEmpty": "",
        "newObject": { "ada@contoso.example": { "inner": ["x", 1] }, "4915112345678": {}, "note": "hello" },
    })
}

#[test]
fn a_sign_in_is_masked_as_documented() {
    let (masked, read) = mask(&MASKS, &key(), &sign_in());
    let read: Vec<String> = read
        .into_iter()
        .map(|PropertyRead { name, shown }| {
            format!("{} {name}", if shown == Shown::Plain { "plain " } else { "masked" })
        })
        .collect();
    insta::assert_snapshot!("sign_in", format!("{masked:#}\n\n{}", read.join("\n")));
}

#[test]
fn the_registry_is_in_order() {
    assert!(MASKS.entries().is_sorted_by(|a, b| a.0 < b.0));
    for column in &crate::sign_in::COLUMNS {
        assert!(MASKS.known(column.path).is_some(), "{}", column.path);
    }
}

#[test]
fn a_person_has_one_pseudonym_under_a_grant_and_another_under_the_next() {
    let (masked, _) = mask(&MASKS, &key(), &sign_in());
    let pseudonym = masked["userId"].as_str().unwrap();
    assert_eq!(masked["userPrincipalName"], pseudonym);
    assert_eq!(masked["userDisplayName"], pseudonym);
    assert_eq!(key().mask_id(IdSpace::Person, &USER.to_uppercase()), pseudonym);
    assert_eq!(masked["id"], masked["originalRequestId"]);
    assert_eq!(masked["homeTenantId"], masked["resourceTenantId"]);
    assert_ne!(mask(&MASKS, &other_key(), &sign_in()).0["userId"], pseudonym);
    assert_ne!(MaskKey::derive(b"another", "grt_1").mask_id(IdSpace::Person, USER), pseudonym);

    let person = |id: &str, upn: &str, name: &str| {
        let record = json!({ "userId": id, "userPrincipalName": upn, "userDisplayName": name });
        mask(&MASKS, &key(), &record).0
    };
    let nil = "00000000-0000-0000-0000-000000000000";
    let without_id = person(nil, "Bob@contoso.example", "Bob");
    assert_eq!(without_id["userId"], nil);
    assert!(without_id["userPrincipalName"].as_str().unwrap().starts_with("person~"));
    assert_eq!(without_id["userPrincipalName"], without_id["userDisplayName"]);
    assert_eq!(without_id["userPrincipalName"], person("", "bob@CONTOSO.example", "")["userPrincipalName"]);
    assert!(person("", "", "Bob")["userDisplayName"].as_str().unwrap().starts_with("person~"));
    assert_eq!(format!("{:?}", key()), "MaskKey(…)");
}

/// A kind with the classes that sign-ins have no use for.
static TARGETS: Registry = Registry::new(
    &[
        ("birthday", Class::Personal(Personal::Hidden)),
        ("displayName", Class::Switch(&TARGET_NAME)),
        ("id", Class::Switch(&TARGET_ID)),
        ("identities/issuerAssignedId", Class::Personal(Personal::Mail)),
        ("mail", Class::Personal(Personal::Mail)),
        ("mobilePhone", Class::Personal(Personal::Phone)),
        ("proxyAddresses", Class::Personal(Personal::Mail)),
        ("type", Class::Plain),
        ("userPrincipalName", Class::Personal(Personal::UserPrincipalName)),
    ],
    |_| false,
);

static TARGET_ID: Switch = Switch {
    member: "type",
    cases: &[
        ("User", Class::Id(IdSpace::Person)),
        ("Device", Class::Id(IdSpace::Device)),
        ("Group", Class::Plain),
    ],
    otherwise: Class::UNKNOWN,
};

static TARGET_NAME: Switch = Switch {
    member: "type",
    cases: &[("User", Class::Personal(Personal::PersonName)), ("Policy", Class::Plain)],
    otherwise: Class::UNKNOWN,
};

#[test]
fn a_member_beside_it_can_say_what_a_property_holds() {
    let target = |kind: Value| {
        let upn = "Ada@contoso.example";
        let target = json!({ "type": kind, "id": USER, "displayName": "Ada", "userPrincipalName": upn });
        mask(&TARGETS, &key(), &target).0
    };
    let person = key().mask_id(IdSpace::Person, USER);
    let user = target(json!("user"));
    assert_eq!(
        (&user["id"], &user["displayName"], &user["userPrincipalName"]),
        (&json!(person), &json!(person), &json!(person))
    );
    assert_eq!(target(json!("Device"))["id"], key().mask_id(IdSpace::Device, USER));
    assert_eq!(target(json!("Group"))["id"], USER);
    assert_eq!(target(json!("Group"))["displayName"], token::text(&key(), "Ada"));
    assert_eq!(target(json!("Policy"))["displayName"], "Ada");
    for kind in [json!(["User"]), json!(null), json!("else"), json!({ "type": "Group" })] {
        assert_eq!(target(kind)["id"], token::text(&key(), USER));
    }
}

#[test]
fn a_mail_address_that_is_the_upn_is_the_person() {
    let user = json!({
        "type": "User", "id": USER, "userPrincipalName": "Ada@contoso.example", "mail": "ada@CONTOSO.example",
        "proxyAddresses": ["SMTP:ada@contoso.example", "smtp:countess@contoso.example", "X500:/o=x"],
        "identities": [{ "issuerAssignedId": "ada@contoso.example" }],
        "mobilePhone": "+49 (151) 123-45", "birthday": "1815-12-10",
    });
    let masked = mask(&TARGETS, &key(), &user).0;
    let person = key().mask_id(IdSpace::Person, USER);
    let other = token::user_principal_name(&key(), "countess@contoso.example");
    assert_eq!(masked["mail"], person);
    assert_eq!(masked["identities"][0]["issuerAssignedId"], person);
    assert_eq!(masked["proxyAddresses"][0], format!("SMTP:{person}"));
    assert_eq!(masked["proxyAddresses"][1], format!("smtp:{other}"));
    assert!(masked["proxyAddresses"][2].as_str().unwrap().starts_with("person~"));
    assert_eq!(masked["birthday"], Value::Null);
    let of_groups = json!({ "birthday": [{ "year": "1815-12-10" }] });
    assert_eq!(mask(&TARGETS, &key(), &of_groups).0, json!({ "birthday": null }));
    assert_eq!(masked["mobilePhone"], token::phone(&key(), "+4915112345"));
}

#[test]
fn addresses_show_their_network_and_tags_lead_back() {
    for (address, network, folded) in [
        ("203.0.113.77", "203.0.113.0/24~", "203.0.113.77"),
        ("::ffff:203.0.113.77", "203.0.113.0/24~", "203.0.113.77"),
        ("2001:DB8:1:2::9", "2001:db8:1::/48~", "2001:0db8:0001:0002:0000:0000:0000:0009"),
        ("2001:db8::9", "2001:db8::/48~", "2001:0db8:0000:0000:0000:0000:0000:0009"),
    ] {
        let masked = address::mask(&key(), address).unwrap();
        assert!(masked.starts_with(network) && !masked.contains("77"), "{masked}");
        assert_eq!(address::read(&key(), &masked), address::Typed::Tagged(Some(folded.to_owned())));
        assert_ne!(address::read(&other_key(), &masked), address::Typed::Tagged(Some(folded.to_owned())));
        assert_ne!(address::mask(&other_key(), address).unwrap(), masked);
    }
    let tags: BTreeSet<_> =
        (0..=255).filter_map(|host| address::mask(&key(), &format!("192.0.2.{host}"))).collect();
    assert_eq!(tags.len(), 256, "every host has its own tag");
    assert_eq!(address::mask(&key(), "not an address"), None);
}

/// `filter` as the store gets it, and the typed values.
fn rewritten(filter: &str) -> String {
    match Rewriter::new(&MASKS, &key()).filter(&parse(filter).unwrap()) {
        Ok(Rewritten { filter, typed }) => {
            let typed: Vec<String> =
                typed.iter().map(|one| format!("{}={}", one.property, one.value)).collect();
            format!("{filter} [{}]", typed.join(", "))
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn filters_turn_pseudonyms_back_and_name_typed_values() {
    let person = key().mask_id(IdSpace::Person, USER);
    let upn = token::user_principal_name(&key(), "bob@contoso.example");
    let on_person = format!("userId in ('{USER}', '{person}') []");
    for property in ["userId", "userPrincipalName", "userDisplayName"] {
        assert_eq!(rewritten(&format!("{property} eq '{person}'")), on_person);
        assert_eq!(
            rewritten(&format!("{property} eq '{upn}'")),
            "userPrincipalName eq 'bob@contoso.example' []"
        );
    }
    let typed = rewritten(&format!("userId eq '{USER}'"));
    assert!(
        typed.starts_with("userId in ('") && typed.ends_with(&format!("', '{USER}') [userId={USER}]")),
        "{typed}"
    );
    assert_eq!(
        rewritten(
            "userPrincipalName in ('a@b.example', 'A@b.example', 'a@b.example') and not (userDisplayName eq 'Ada')"
        ),
        "userPrincipalName in ('a@b.example', 'A@b.example', 'a@b.example') and not (userDisplayName eq 'Ada') \
         [userPrincipalName=a@b.example, userPrincipalName=A@b.example, userDisplayName=Ada]"
    );
    let sign_in = key().mask_id(IdSpace::SignIn, "Rwt5bGhGNESIJ0k4pJEQAA");
    assert_eq!(rewritten(&format!("id eq '{sign_in}'")), "id eq 'Rwt5bGhGNESIJ0k4pJEQAA' []");
    assert_eq!(rewritten("userId eq null or id in (null)"), "userId eq null or id eq null []");
    for plain in [
        "createdDateTime ge 2026-11-23T00:00:00Z and status/errorCode ne 0",
        "startswith(appDisplayName, 'A') or contains(clientAppUsed, 'x')",
        "appliedConditionalAccessPolicies/any(e1: e1/result ne 'success')",
        "status/failureReason eq 'Other.'",
    ] {
        assert_eq!(rewritten(plain), format!("{plain} []"));
    }
}

#[test]
fn filters_on_addresses_take_networks_tags_and_whole_addresses() {
    let tagged = address::mask(&key(), "203.0.113.77").unwrap();
    let tagged6 = address::mask(&key(), "2001:db8:1::9").unwrap();
    assert_eq!(
        rewritten(&format!(
            "ipAddress in ('{tagged}', '198.51.100.0/24', '192.0.2.1', '{tagged6}', '2001:db8:1::/48')"
        )),
        "ipAddress in ('203.0.113.77', '192.0.2.1', '2001:0db8:0001:0000:0000:0000:0000:0009') \
         or startswith(ipAddress, '198.51.100.') or startswith(ipAddress, '2001:0db8:0001:') [ipAddress=192.0.2.1]"
    );
    assert_eq!(rewritten("ipAddress eq '203.0.113.0/24~zzzz'"), "ipAddress eq '203.0.113.0/24~zzzz' []");
    let refused = "`ipAddress` takes a whole address, a network /24 or /48, or a network with its tag";
    for form in
        ["203.0.113.7/24", "203.0.0.0/16", "2001:db8::/32", "203.0.113.0/24x", "~7f3k", "/", "203.0.113.7/32"]
    {
        assert_eq!(rewritten(&format!("ipAddress eq '{form}'")), refused, "{form}");
    }
}

#[test]
fn filters_that_would_undo_masks_are_refused() {
    let refused = |path: &str| {
        format!("`{path}` is masked: only `eq` and `in` with whole values or pseudonyms are allowed")
    };
    for op in ["ne", "gt", "ge", "lt", "le"] {
        assert_eq!(rewritten(&format!("userId {op} 'a'")), refused("userId"));
        assert_eq!(
            rewritten(&format!("location/geoCoordinates/latitude {op} 5")),
            refused("location/geoCoordinates/latitude")
        );
    }
    for function in ["startswith", "endswith", "contains"] {
        assert_eq!(rewritten(&format!("a eq 1 or {function}(ipAddress, '203')")), refused("ipAddress"));
        assert_eq!(rewritten(&format!("not {function}(unknown/path, '')")), refused("unknown/path"));
    }
    let inside = "authenticationDetails/any(d: startswith(d/authenticationMethodDetail, '+49'))";
    assert_eq!(rewritten(inside), refused("authenticationDetails/authenticationMethodDetail"));
    assert_eq!(rewritten("unknown eq 5"), "unknown eq 5 [unknown=5]");
    let one_way = token::text(&key(), "ADAS-LAPTOP");
    for property in ["deviceDetail/displayName", "userPrincipalName", "userId", "id", "ipAddress"] {
        let expected = format!("`{property}`: this pseudonym cannot be looked up; give the whole value");
        assert_eq!(rewritten(&format!("{property} eq '{one_way}'")), expected);
    }
    assert!(check_order(&MASKS, "createdDateTime").is_ok());
    assert!(check_order(&MASKS, "userDisplayName").is_err() && check_order(&MASKS, "unknown").is_err());
}

#[test]
fn ordinary_ids_have_pseudonyms_that_are_told_apart() {
    let reading = key().read_id(IdSpace::Person, USER);
    assert!(reading.typed && reading.ids.contains(&USER.to_owned()));
    let pseudonym = key().mask_id(IdSpace::Person, USER);
    let reading = key().read_id(IdSpace::Person, &pseudonym);
    assert!(!reading.typed && reading.ids.first().is_some_and(|id| id == USER));
    assert_eq!(key().read_id(IdSpace::SignIn, "x"), IdReading { ids: vec!["x".to_owned()], typed: true });
    assert_ne!(key().mask_id(IdSpace::Device, USER), pseudonym, "spaces are apart");
}

#[test]
fn deep_values_end_in_null() {
    let deep = |levels| (0..levels).fold(Value::from("secret"), |inner, _| Value::Array(vec![inner]));
    let (masked, _) = mask(&MASKS, &key(), &deep(100));
    assert!(masked.to_string().contains("null") && !masked.to_string().contains("secret"));
    let (json, key, mut out) = (deep(500).to_string(), key(), b"before".to_vec());
    let masked = Masker::new(&MASKS, &key).mask_json(&json, None, &mut out);
    assert!(masked.is_err() && out == b"before");
}

fn uuid_text() -> impl Strategy<Value = String> {
    any::<u128>().prop_map(|bits| uuid::Uuid::from_u128(bits).to_string())
}

/// A value of any type, in which every text holds the marker.
fn planted(marker: &'static str) -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just(marker.to_owned()),
        "[a-zA-Z0-9@. ]{0,12}".prop_map(move |more| format!("{more}{marker}{more}")),
    ];
    let leaf = prop_oneof![
        text.clone().prop_map(Value::from),
        Just(json!(987_654_321)),
        Just(json!(98_765.432_1)),
        Just(json!(true)),
        Just(Value::Null),
    ];
    leaf.prop_recursive(3, 12, 3, move |inner| {
        let name = prop_oneof![text.clone(), "[a-z]{1,6}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Markers that are no identifiers, so that they must not survive as member names either.
const MARKER: &str = "mark-€-er";

proptest! {
    #[test]
    fn types_stay(value in planted(MARKER)) {
        fn same(a: &Value, b: &Value) -> bool {
            match (a, b) {
                (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
                (Value::Object(a), Value::Object(b)) => a.len() == b.len(),
                (Value::String(_), Value::String(_)) => true,
                (_, Value::Null) => !(a.is_string() || a.is_array() || a.is_object()),
                _ => false,
            }
        }
        let (masked, _) = mask(&MASKS, &key(), &json!({ "unknown": value }));
        prop_assert!(same(&value, &masked["unknown"]), "{}", masked);
    }

    #[test]
    fn ids_come_back(id in prop_oneof![uuid_text(), "[a-zA-Z0-9_-]{1,60}", "\\PC{1,30}"]) {
        for space in [IdSpace::SignIn, IdSpace::Correlation, IdSpace::Device] {
            let pseudonym = key().mask_id(space, &id);
            prop_assert_eq!(crate::form::is_uuid(&pseudonym), crate::form::is_uuid(&id));
            prop_assert_eq!(key().reveal_id(space, &pseudonym), Some(id.clone()));
            prop_assert_ne!(&pseudonym, &id);
            if !crate::form::is_uuid(&id) {
                prop_assert_eq!(other_key().reveal_id(space, &pseudonym), None);
            }
        }
    }

    #[test]
    fn addresses_come_back(bits in any::<u128>(), four in any::<u32>()) {
        for text in [std::net::Ipv6Addr::from_bits(bits).to_string(), std::net::Ipv4Addr::from_bits(four).to_string()] {
            let masked = address::mask(&key(), &text).unwrap();
            let folded = crate::sign_in::Fold::Address.apply(&text);
            prop_assert_eq!(address::read(&key(), &masked), address::Typed::Tagged(Some(folded)));
        }
    }

    #[test]
    fn any_typed_text_is_rewritten_or_refused(text in "\\PC{0,40}|(id|person|masked)~[0-9a-z]{0,60}|[0-9.:/~a-f]{0,30}") {
        for path in ["id", "userId", "userPrincipalName", "userDisplayName", "ipAddress", "correlationId", "x/y"] {
            let value = crate::filter::Literal::String(text.clone());
            let filter = crate::filter::Filter::Compare { path: path.parse().unwrap(), op: crate::filter::Op::Eq, value };
            let _ = Rewriter::new(&MASKS, &key()).filter(&filter);
            let _ = Rewriter::new(&TARGETS, &key()).filter(&filter);
            let _ = Rewriter::new(&TARGETS, &key()).id(&text);
        }
    }
}

/// What a customer masked before it was sent is still a record, keeps its networks, and is masked once more.
#[test]
fn what_is_masked_already_can_be_read_and_masked_again() {
    let (first, _) = mask(&MASKS, &other_key(), &sign_in());
    let record = crate::record::Record::from_graph(crate::resource::Resource::SignIn, &first.to_string());
    assert!(record.is_ok(), "{record:?}");
    let (second, _) = mask(&MASKS, &key(), &first);
    assert_eq!(second["ipAddress"], first["ipAddress"]);
    for name in ["id", "userId", "userPrincipalName", "userDisplayName", "correlationId"] {
        assert_ne!(second[name], first[name], "{name}");
        assert_ne!(second[name], sign_in()[name], "{name}");
    }
    // Only what is masked to the letter stays.
    for other in
        ["203.0.113.0/24~", "203.0.113.7/24~ab12", "203.0.113.0/24~AB12", "203.0.113.0/24~Ada!", "a/24~ab12"]
    {
        let (shown, _) = mask(&MASKS, &key(), &json!({ "ipAddress": other }));
        assert!(shown["ipAddress"].as_str().unwrap().starts_with("masked~"), "{other}: {shown}");
    }
}
