//! Tests of compressed sources.

use std::io::Write as _;

use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zstd_frame(text: &[u8]) -> Vec<u8> {
    zstd::encode_all(text, 3).unwrap()
}

/// What is read before the end or an error, and the error.
fn read(source: impl BufRead, limit: u64) -> (Vec<u8>, String) {
    let mut read = Vec::new();
    let result = expanded_within(source, limit).and_then(|mut source| source.read_to_end(&mut read));
    (read, result.err().map(|error| error.to_string()).unwrap_or_default())
}

#[test]
fn streams_expand_however_many_members_they_have() {
    let skippable = [&[0x5A, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 9, 9][..], &zstd_frame(b"ab")].concat();
    for (source, expected) in [
        (b"".to_vec(), &b""[..]),
        (b"\x1f".to_vec(), b"\x1f"),
        (b"plain".to_vec(), b"plain"),
        (gzip(b"ab"), b"ab"),
        ([gzip(b"ab"), gzip(b""), gzip(b"cd")].concat(), b"abcd"),
        (zstd_frame(b"ab"), b"ab"),
        ([zstd_frame(b"ab"), zstd_frame(b"cd")].concat(), b"abcd"),
        (skippable, b"ab"),
        (gzip(&zstd_frame(b"ab")), &zstd_frame(b"ab")),
    ] {
        assert_eq!(read(&source[..], 100), (expected.to_vec(), String::new()));
        assert_eq!(read(BufReader::with_capacity(1, &source[..]), 100), (expected.to_vec(), String::new()));
    }
}

#[test]
fn a_bomb_is_stopped_at_the_limit() {
    for (bomb, format) in [(gzip(&[0; 1_000_000]), "gzip"), (zstd_frame(&[0; 1_000_000]), "zstd")] {
        assert!(bomb.len() < 2_000);
        let (read, error) = read(&bomb[..], 500_000);
        assert!(read.len() <= 500_000);
        assert_eq!(error, format!("the {format} stream expands to more than 500000 bytes"));
    }
    assert_eq!(read(&gzip(b"abc")[..], 3).1, "");
}

#[test]
fn a_stream_that_is_cut_off_or_damaged_says_so() {
    let text: Vec<u8> = (0..20_000u32).flat_map(u32::to_le_bytes).collect();
    for (whole, format) in [(gzip(&text), "gzip"), (zstd_frame(&text), "zstd")] {
        for cut in [5, whole.len() / 2, whole.len() - 1] {
            let (read, error) = read(&whole[..cut], u64::MAX);
            assert!(text.starts_with(&read));
            assert_eq!(error, format!("the {format} stream is cut off"), "{cut} of {}", whole.len());
        }
    }
    let mut wrong = gzip(&text);
    let checksum = wrong.len() - 5;
    wrong[checksum] ^= 1;
    assert!(read(&wrong[..], u64::MAX).1.starts_with("the gzip stream is damaged ("));
    let (all, error) = read(&[gzip(b"ab"), b"rubbish, and long".to_vec()].concat()[..], 100);
    assert!(all == b"ab" && error.starts_with("the gzip stream is damaged ("), "{error}");
    let mut wrong = zstd_frame(&text);
    wrong[30] ^= 0xFF;
    assert!(read(&wrong[..], u64::MAX).1.starts_with("the zstd stream is damaged ("));
}

#[test]
fn errors_of_the_source_stay_its_own() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::new(io::ErrorKind::UnexpectedEof, "cable"))
        }
    }
    for begun in [gzip(&[7; 9_000]), zstd_frame(&[7; 9_000])] {
        let source = BufReader::new(Cursor::new(begun[..begun.len() - 4].to_vec()).chain(Failing));
        assert_eq!(read(source, u64::MAX).1, "cable");
    }
}

proptest! {
    #[test]
    fn damage_anywhere_is_an_error_or_harmless(at in 0usize..4_000, flip in 1u8.., is_gzip in any::<bool>()) {
        let text: Vec<u8> = (0..3_000u32).flat_map(|n| (n * n).to_le_bytes()).collect();
        let mut source = if is_gzip { gzip(&text) } else { zstd_frame(&text) };
        let at = at % source.len();
        source[at] ^= flip;
        let (read, error) = read(&source[..], 1_000_000);
        // zstd as its tools write it has no checksum, gzip has.
        prop_assert!(!is_gzip || at < 10 || !error.is_empty() || read == text);
        prop_assert!(read.len() <= 1_000_000);
    }
}
