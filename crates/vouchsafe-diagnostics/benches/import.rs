//! What reading costs: sign-ins as lines, beside what `serde_json` takes to only check the same lines, and to build a
//! tree of each. `quality.md` asks for an import of 1.6 times DuckDB's 97,000 rows a second; reading is to leave nearly
//! all of that time to storage.
//!
//! `cargo bench -p vouchsafe-diagnostics --bench import`

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::de::IgnoredAny;
use serde_json::Value;
use vouchsafe_diagnostics::import::{Imported, read};

/// Sign-ins of a source.
const SIGN_INS: usize = 20_000;

/// A sign-in of 0.6 kB, as a log that was cut to what is asked for has it.
fn short(out: &mut String, n: usize) {
    let (person, app, device) = (n % 5_003, n % 31, n % 199);
    let code = if n.is_multiple_of(7) { 50_126 } else { 0 };
    let _ = writeln!(
        out,
        r#"{{"id":"cfb68155-70f5-4e28-b046-{n:012x}","createdDateTime":"2026-11-23T09:{:02}:{:02}Z","userDisplayName":"Ada Example {person}","userPrincipalName":"ada.{person}@contoso.example","userId":"9b117c67-170e-4aed-9702-{person:012x}","appId":"c44b4083-3bb0-49c1-b47d-{app:012x}","appDisplayName":"Portal {app}","ipAddress":"203.0.113.{device}","clientAppUsed":"Browser","correlationId":"f9ff9ee8-d565-478b-bc95-{n:012x}","conditionalAccessStatus":"notApplied","isInteractive":true,"status":{{"errorCode":{code}}},"location":{{"city":"Berlin","countryOrRegion":"DE"}}}}"#,
        n / 60 % 60,
        n % 60,
    );
}

/// A sign-in of 1.5 kB, as Graph lists it.
fn whole(out: &mut String, n: usize) {
    short(out, n);
    out.truncate(out.trim_end().len() - 1);
    let device = n % 199;
    let _ = writeln!(
        out,
        r#","riskDetail":"none","riskLevelAggregated":"none","riskLevelDuringSignIn":"none","riskState":"none","riskEventTypes_v2":[],"resourceDisplayName":"Microsoft Graph","resourceId":"00000003-0000-0000-c000-000000000000","userAgent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0","resourceTenantId":"2ad3fc79-1859-42fa-9011-6f8df2251b22","homeTenantId":"2ad3fc79-1859-42fa-9011-6f8df2251b22","deviceDetail":{{"deviceId":"6de5a4f1-36cb-4b34-a1ce-{device:012x}","displayName":"LAPTOP-{device}","operatingSystem":"Windows 11","browser":"Edge 131.0.0","isCompliant":false,"isManaged":false,"trustType":""}},"appliedConditionalAccessPolicies":[{{"id":"defb835a-eb9f-4346-a2ca-7a9184867bf1","displayName":"Exchange Online Requires Compliant Device","enforcedGrantControls":[],"enforcedSessionControls":[],"result":"notEnabled"}}],"signInEventTypes":["interactiveUser"]}}"#
    );
}

fn source(line: fn(&mut String, usize)) -> String {
    let mut source = String::new();
    for n in 0..SIGN_INS {
        line(&mut source, n);
    }
    source
}

/// Reads a source; all of its records are taken.
fn all(source: &[u8]) {
    let taken = read(source).filter(|item| matches!(black_box(item), Ok(Imported::Record { .. })));
    assert_eq!(taken.count(), SIGN_INS);
}

fn import(criterion: &mut Criterion) {
    for (name, line) in [("short", short as fn(&mut String, usize)), ("whole", whole)] {
        let source = source(line);
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(SIGN_INS as u64));
        group.bench_function("imported", |bencher| bencher.iter(|| all(source.as_bytes())));
        group.bench_function("only checked by serde_json", |bencher| {
            bencher.iter(|| {
                for line in source.lines() {
                    black_box(serde_json::from_str::<IgnoredAny>(line)).ok();
                }
            });
        });
        group.bench_function("as trees of serde_json", |bencher| {
            bencher.iter(|| {
                for line in source.lines() {
                    black_box(serde_json::from_str::<Value>(line)).ok();
                }
            });
        });
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        let written = gzip.write_all(source.as_bytes()).and_then(|()| gzip.finish());
        if let Ok(gzip) = written {
            group.bench_function("imported from gzip", |bencher| bencher.iter(|| all(&gzip)));
        }
        if let Ok(zstd) = zstd::encode_all(source.as_bytes(), 3) {
            group.bench_function("imported from zstd", |bencher| bencher.iter(|| all(&zstd)));
        }
        group.finish();
    }
}

criterion_group!(benches, import);
criterion_main!(benches);
