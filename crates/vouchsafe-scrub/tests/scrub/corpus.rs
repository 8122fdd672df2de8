use crate::clean;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};

fn corpus(folder: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(folder)
}

/// Every way in which a secret may stand in a file that looks clean.
fn encodings(secret: &str) -> Vec<String> {
    let mut all = vec![secret.to_owned(), secret.chars().rev().collect(), secret.replace('/', "\\/")];
    let percent = secret.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte))
        } else {
            write!(out, "%{byte:02X}").unwrap()
        }
        out
    });
    all.push(percent.replace('%', "%25"));
    all.push(percent);
    all.push(secret.bytes().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").unwrap();
        out
    }));
    for shift in 0..3 {
        // Where the secret starts in a group of three decides its letters; the ends depend on its neighbours.
        let padded = [vec![b' '; shift], secret.as_bytes().to_vec()].concat();
        for packed in [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            let end = packed.len().saturating_sub(3);
            all.push(packed[4.min(end)..end].to_owned());
        }
    }
    all.retain(|text| text.len() >= 8);
    all
}

#[test]
fn no_planted_secret_survives_in_any_encoding() {
    let manifest = fs::read_to_string(corpus("manifest.tsv")).unwrap();
    let mut planted: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for line in manifest.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let (file, kind, secret) = (fields.next().unwrap(), fields.next().unwrap(), fields.next().unwrap());
        planted.entry(file).or_default().push((kind, secret));
    }
    let files = fs::read_dir(corpus("planted")).unwrap().count();
    assert_eq!(planted.len(), files, "every file has a planted secret");
    assert!(files >= 60, "{files} files");
    let mut survived = String::new();
    for (file, secrets) in &planted {
        let bytes = fs::read(corpus("planted").join(file)).unwrap();
        let (out, report) = match clean(file, &bytes) {
            Ok(done) => done,
            Err(refusal) => {
                writeln!(survived, "{refusal}").unwrap();
                continue;
            }
        };
        let out = String::from_utf8(out).unwrap();
        for (kind, secret) in secrets {
            if encodings(secret).iter().any(|text| out.contains(text.as_str())) {
                writeln!(survived, "{file}: {kind} {secret}").unwrap();
            }
        }
        let told = format!("{report:?}");
        assert!(
            secrets.iter().all(|(_, secret)| !told.contains(secret)),
            "{file}: the report tells a secret"
        );
        let (again, second) = clean(file, out.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(again).unwrap(), out, "{file}: cleaned twice");
        assert_eq!(second.total(), 0, "{file}: {second:?}");
    }
    assert!(survived.is_empty(), "survived:\n{survived}");
}

#[test]
fn innocent_files_pass_as_they_are() {
    // The figure stands in docs/SCRUBBER.md.
    const FALSE_POSITIVES: u64 = 1;
    let (mut files, mut total, mut told) = (0, 0, String::new());
    for entry in fs::read_dir(corpus("innocent")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let bytes = fs::read(&path).unwrap();
        let (out, report) = clean(name, &bytes).unwrap_or_else(|refusal| panic!("{refusal}"));
        for finding in &report.findings {
            writeln!(told, "{}: {} {}", finding.path, finding.place, finding.kind).unwrap();
        }
        if report.total() == 0 {
            assert!(out == bytes, "{name}: changed without a finding");
        }
        files += 1;
        total += report.total();
    }
    assert!(files >= 20, "{files} files");
    assert_eq!(total, FALSE_POSITIVES, "false positives:\n{told}");
}
