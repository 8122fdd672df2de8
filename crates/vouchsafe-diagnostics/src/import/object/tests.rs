//! The quick way and the slow one say the same of everything.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Objects of every kind, and what is nearly one.
fn objects() -> Vec<String> {
    let mixed = include_str!("../samples/mixed.ndjson").lines().map(str::to_owned);
    let odd = [
        json!({ "id": "1", "createdDateTime": "2026-11-23T09:00:00Z", "userId": "u", "status": { "errorCode": -7 } }),
        json!({ "id": "1", "createdDateTime": "2026-11-23T09:00:00Z", "userId": "u", "status": [] }),
        json!({ "id": "1", "createdDateTime": "2026-11-23T09:00:00Z", "userId": "u", "isInteractive": "true" }),
        json!({ "id": "1", "createdDateTime": "2026-11-23T09:00:00Z", "userId": "u", "appId": "a\0b" }),
        json!({ "id": "1", "createdDateTime": "2026-11-23T09:00:00Z", "userId": "u", "appId": "w".repeat(2_000) }),
        json!({ "id": "", "createdDateTime": "2026-11-23T09:00:00Z", "userId": "" }),
        json!({ "id": 1, "createdDateTime": null, "userId": "u" }),
        json!({ "id": "1", "createdDateTime": "soon", "userId": "u" }),
        json!({ "id": "1", "createdDateTime": "2026-11-23T09:00:00Z", "userId": "u", "TimeGenerated": "x" }),
        json!({ "id": "1", "activityDateTime": "2026-11-23T09:00:00Z", "targetResources": [[{ "id": "a" }], null, { "id": ["b"] }] }),
        json!({ "id": "1", "activityDateTime": "2026-11-23T09:00:00Z", "targetResources": { "id": "a" }, "loggedByService": 7 }),
        json!({ "@odata.type": null, "id": "1", "createdDateTime": "2026-11-23T09:00:00Z", "userId": "u" }),
        json!({ "@odata.context": "https://x/$metadata#users/$entity", "id": "1", "createdDateTime": "2026-11-23T09:00:00Z", "userId": "u" }),
        json!({ "category": "SignInLogs", "time": "2026-11-23T09:00:00Z", "properties": { "id": "1" } }),
    ];
    let texts = [
        r#"{"id":"1","id":"2","createdDateTime":"2026-11-23T09:00:00Z","userId":"u"}"#,
        r#"{"id":"1","createdDateTime":"2026-11-23T09:00:00Z","userId":"u","status":{"errorCode":1,"errorCode":2}}"#,
        r#"{"id":"1","createdDateTime":"2026-11-23T09:00:00Z","userId":"u","status":{"errorCode":-0}}"#,
        r#"{"id":"1","createdDateTime":"2026-11-23T09:00:00Z","userId":"u","status":{"errorCode":5.0}}"#,
        r#"{"id":"1","createdDateTime":"2026-11-23T09:00:00Z","userId":"u","x":1e999}"#,
        r#"{"id":"1","createdDateTime":"2026-11-23T09:00:00Z","userId":"u","x":[1e3,123456789012345678901234567890]}"#,
        r#"{ "\u0069d" : "\u0031", "createdDateTime":"2026-11-23T09:00:00Z", "userId":"\ud83d\ude00" }"#,
        r#"{"id":"1","createdDateTime":"2026-11-23T09:00:00Z","userId":"\ud83d"}"#,
        r#"{"id":"1","createdDateTime":"2026-11-23T09:00:00Z","userId":"u"} x"#,
        "[]",
        "7",
        "",
    ];
    let deep = format!(
        r#"{{"id":"1","userId":"u","createdDateTime":"2026-11-23T09:00:00Z","x":{}{}}}"#,
        "[".repeat(90),
        "]".repeat(90)
    );
    let too_deep = deep.replace("[[", "[[[").replace("]]", "]]]");
    let odd = odd.iter().map(Value::to_string);
    mixed.chain(odd).chain(texts.map(str::to_owned)).chain([deep, too_deep]).collect()
}

fn assert_same(text: &str, page: Option<Resource>) {
    let objects = || Objects::of(Some("0c1d2e3f-0000-4000-8000-0000000000fe".to_owned()));
    let closely = objects().closely(text, page);
    let kind = closely.as_ref().map_or(Resource::DirectoryAudit, |taken| taken.record.resource);
    let closely = format!("{closely:?}");
    for expected in [Resource::SignIn, Resource::Device, kind] {
        let mut objects = objects();
        objects.expect(expected);
        assert_eq!(format!("{:?}", objects.read(text, page)), closely, "{expected:?} expected: {text}");
    }
}

#[test]
fn both_ways_say_the_same() {
    let objects = objects();
    for text in &objects {
        for page in
            [None, Some(Resource::SignIn), Some(Resource::User), Some(Resource::CrossTenantAccessPolicy)]
        {
            assert_same(text, page);
        }
    }
    // The order of members is remembered from one object to the next.
    let mut in_a_row = Objects::default();
    for text in objects.iter().chain(&objects) {
        let mut alone = Objects::default();
        assert_eq!(format!("{:?}", in_a_row.read(text, None)), format!("{:?}", alone.read(text, None)));
    }
}

#[test]
fn what_is_as_it_should_be_goes_the_quick_way() {
    let mut quick = 0;
    for text in include_str!("../samples/mixed.ndjson").lines() {
        let Ok(taken) = Objects::default().read(text, None) else { continue };
        let mut objects = Objects::default();
        objects.expect(taken.record.resource);
        let found = objects.quickly(text, None);
        assert_eq!(found.map(|taken| taken.record), Some(taken.record), "{text}");
        quick += 1;
    }
    assert_eq!(quick, 11);
}

#[test]
fn a_page_tells_the_kind_before_the_members_do() {
    let text = r#"{"id":"1","displayName":"x"}"#;
    for kind in [Resource::User, Resource::Group, Resource::NamedLocation] {
        for _ in 0..2 {
            let read = Objects::default().read(text, Some(kind)).map(|taken| taken.record.resource);
            assert_eq!(read.ok(), Some(kind));
        }
    }
}

proptest! {
    #[test]
    fn both_ways_say_the_same_of_damaged_objects(
        which in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        change in prop_oneof![
            Just(String::new()),
            "[\\[\\]{},:\"\\\\ a0-9e.-]{1,3}",
            Just(r#","id":"2""#.to_owned()),
            Just(r#""status":{"errorCode":9},"#.to_owned()),
            Just("null".to_owned()),
        ],
        removed in 0usize..12,
    ) {
        let objects = objects();
        let text = which.get(&objects);
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let from = cut.index(places.len());
        let to = (from + removed).min(places.len() - 1);
        let changed = format!("{}{change}{}", &text[..places[from]], &text[places[to]..]);
        assert_same(&changed, None);
        assert_same(&changed, Some(Resource::SignIn));
    }
}
