//! Files with and without records, alone and packed in every way.

use std::io::Write as _;

use super::*;

const LOG: &str = "2026-10-01T09:00:00Z nothing to see here\n";
const SIGN_INS: &str = r##"{"value":[{"@odata.type":"#microsoft.graph.signIn","id":"11111111-1111-4111-8111-111111111111","createdDateTime":"2026-10-01T09:00:00Z","userPrincipalName":"a@example.com","status":{"errorCode":0}}]}"##;

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn tarred(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, *content).unwrap();
    }
    archive.into_inner().unwrap()
}

fn gzipped(content: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(content).unwrap();
    packed.finish().unwrap()
}

fn of(content: impl Into<Vec<u8>>) -> (u64, Vec<(u32, String, u64)>) {
    let found = Contents::of(Cursor::new(content.into())).unwrap();
    (found.records, found.others)
}

#[test]
fn what_holds_no_record_is_read_whole_however_it_is_packed() {
    let both: &[(&str, &[u8])] = &[("a.log", LOG.as_bytes()), ("b/c.txt", b"")];
    for content in [
        LOG.as_bytes().to_vec(),
        Vec::new(),
        br#"{"log":{"version":"1.2","entries":[]}}"#.to_vec(),
        zipped(both),
        zipped(&[]),
        tarred(both),
        gzipped(LOG.as_bytes()),
        gzipped(&tarred(both)),
        zstd::encode_all(LOG.as_bytes(), 3).unwrap(),
    ] {
        assert_eq!(of(content), (0, Vec::new()));
    }
}

#[test]
fn records_are_found_however_they_are_packed_and_the_rest_is_named() {
    let entries: &[(&str, &[u8])] = &[("in.json", SIGN_INS.as_bytes()), ("b/c.log", LOG.as_bytes())];
    assert_eq!(of(SIGN_INS), (1, Vec::new()));
    assert_eq!(of(gzipped(SIGN_INS.as_bytes())), (1, Vec::new()));
    let rest = |path: &str| (1, vec![(2, path.to_owned(), LOG.len() as u64)]);
    for packed in [zipped(entries), tarred(entries), gzipped(&tarred(entries))] {
        assert_eq!(of(packed), rest("b/c.log"));
    }
    let tgz = gzipped(&tarred(entries));
    assert_eq!(of(zipped(&[("x.tgz", &tgz)])), rest("x.tgz!/b/c.log"));
    assert_eq!(of(tarred(&[("x.zip", &zipped(entries))])), rest("x.zip!/b/c.log"));
    let packed = gzipped(LOG.as_bytes());
    let found = of(zipped(&[("in.json", SIGN_INS.as_bytes()), ("c.log.gz", &packed)]));
    assert_eq!(found, rest("c.log"));
}

#[test]
fn a_file_that_is_found_by_its_place_is_the_one_that_was_named() {
    let entries: &[(&str, &[u8])] = &[("in.json", SIGN_INS.as_bytes()), ("b/c.log", LOG.as_bytes())];
    let mut seen = Vec::new();
    let ended = each_file(Cursor::new(gzipped(&tarred(entries))), &mut |file| {
        if file.number != 2 {
            return Ok(ControlFlow::Continue(()));
        }
        file.content.read_to_end(&mut seen)?;
        Ok(ControlFlow::Break(()))
    });
    assert_eq!((ended.unwrap(), seen.as_slice()), (ControlFlow::Break(()), LOG.as_bytes()));
}
