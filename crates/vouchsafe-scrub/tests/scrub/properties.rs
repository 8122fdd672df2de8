use crate::clean;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use flate2::{Compression, write::DeflateEncoder};
use proptest::prelude::*;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write as _};
use vouchsafe_scrub::{Limits, Source, scrub};

/// Words and marks that stand around a secret.
fn prose() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9 .:/()-]{0,40}"
}

/// A secret with the ways in which it may be written.
fn planted() -> impl Strategy<Value = (String, String)> {
    ("[A-Za-z0-9]{20,40}", 0..14_usize).prop_map(|(body, way)| {
        let secret = format!("Zq7{body}9K");
        let text = match way {
            0 => format!("Authorization: Bearer {secret}"),
            1 => format!("password={secret}"),
            2 => format!("\"client_secret\": \"{secret}\""),
            3 => format!("https://u:{secret}@host.example/x"),
            4 => format!("https://h.example/?a=1&access_token={secret}&b=2"),
            5 => format!("Cookie: a=1; b={secret}"),
            6 => format!("<password>{secret}</password>"),
            7 => format!(" {} ", STANDARD.encode(format!("{{\"password\":\"{secret}\"}}"))),
            8 => format!("next=https%3A%2F%2Fh.example%2F%3Fapi_key%3D{secret}%26x"),
            9 => format!("Server=a;Database=b;Password={secret};Encrypt=True"),
            10 => format!("{{\\\"refresh_token\\\":\\\"{secret}\\\"}}"),
            11 => format!("-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----"),
            12 => format!("name=\"x-api-key\" value=\"{secret}\""),
            _ => format!("password:\n   {secret}"),
        };
        (secret, text)
    })
}

/// Reads a few bytes at a time.
struct Dribble(Cursor<Vec<u8>>, usize);

impl Read for Dribble {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(self.1);
        self.0.read(&mut buffer[..length])
    }
}

impl Seek for Dribble {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("VOUCHSAFE_LONG").is_some_and(|value| value != "0") { 20_000 } else { 300 }))]

    #[test]
    fn a_planted_secret_never_survives_in_a_text(before in proptest::collection::vec(prose(), 0..4), head in prose(), (secret, text) in planted(), tail in prose(), step in 1..9_usize) {
        let file = format!("{}\n{head} {text} {tail}\n", before.join("\n")).into_bytes();
        let (out, _) = clean("a.log", &file).unwrap();
        let shown = String::from_utf8(out.clone()).unwrap();
        prop_assert!(!shown.contains(&secret), "{shown}");
        prop_assert!(!shown.contains(&STANDARD.encode(&secret)[..16]), "{shown}");
        // Pieces do not matter.
        let mut pieces = Vec::new();
        scrub(Source { name: "a.log", declared: None }, Dribble(Cursor::new(file), step), &mut pieces, &Limits::default()).unwrap();
        prop_assert_eq!(&pieces, &out);
        // Twice is once.
        let (again, _) = clean("a.log", &out).unwrap();
        prop_assert_eq!(String::from_utf8(again).unwrap(), shown);
    }

    #[test]
    fn a_planted_secret_never_survives_in_json(keys in proptest::collection::vec("[a-z]{1,8}", 1..5), head in prose(), (secret, text) in planted(), list in any::<bool>()) {
        let mut value = serde_json::Value::String(format!("{head} {text}"));
        for key in &keys {
            value = if list { serde_json::json!([1, { key.as_str(): value }]) } else { serde_json::json!({ key.as_str(): value, "N": 1 }) };
        }
        let file = value.to_string().into_bytes();
        let (out, report) = clean("a.json", &file).unwrap();
        let shown = String::from_utf8(out.clone()).unwrap();
        prop_assert!(!shown.contains(&secret), "{shown}");
        prop_assert!(report.total() > 0);
        prop_assert_eq!(clean("a.json", &out).unwrap().0, out);
    }

    #[test]
    fn bytes_of_any_kind_are_cleaned_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600), name in prop_oneof!["a\\.(json|har|csv|log|zip|tar|gz|zst|exe)"], magic in 0..5_usize) {
        let heads: [&[u8]; 5] = [b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1F\x8B\x08\0", b"\x28\xB5\x2F\xFD"];
        let _ = clean(&name, &[heads[magic], &bytes].concat());
    }
}

#[test]
fn an_id_that_begins_like_deflated_data_is_left_alone() {
    // Of the random ids in millions of sign-ins one unpacks to `pw=` and a letter or two before it breaks off.
    let deflated = |text: &str| {
        let mut writer = DeflateEncoder::new(Vec::new(), Compression::best());
        writer.write_all(text.as_bytes()).unwrap();
        writer.finish().unwrap()
    };
    let id = URL_SAFE_NO_PAD.encode([&deflated("pw=4711x")[..], &[0x5A; 12]].concat());
    let whole = URL_SAFE_NO_PAD.encode(deflated("password=tulip-tulip-tulip-tulip"));
    for (value, is_left) in
        [(id.as_str(), true), ("70773d34-3731-4178-8a5a-5a5a5a5a5a5a", true), (&whole, false)]
    {
        let file = format!("{{\"uniqueTokenIdentifier\":\"{value}\"}}");
        let (_, report) = clean("a.json", file.as_bytes()).unwrap();
        assert_eq!(report.total() == 0, is_left, "{value}: {report:?}");
    }
}
