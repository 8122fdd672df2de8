//! What masking costs: a sign-in of about one kilobyte, and a page of fifty. The goal of `quality.md` leaves the page
//! two milliseconds for masking and the read record together.
//!
//! `cargo bench -p vouchsafe-diagnostics --bench mask`

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use vouchsafe_diagnostics::mask::{MaskKey, Masker, Registry, Select};
use vouchsafe_diagnostics::resource::Resource;

/// Sign-ins on a page.
const PAGE: usize = 50;

/// A sign-in as Graph lists it, one of many of a person.
fn sign_in(number: usize) -> String {
    let (person, device) = (number % 7, number % 5);
    format!(
        r##"{{"id":"cfb68155-70f5-4e28-b046-0a3a7086c{number:03}","createdDateTime":"2026-11-23T09:14:07Z",
"userDisplayName":"Ada Example {person}","userPrincipalName":"ada.{person}@contoso.example",
"userId":"9b117c67-170e-4aed-9702-658b3fddc88{person}","appId":"c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
"appDisplayName":"Azure Portal","ipAddress":"203.0.113.{device}","clientAppUsed":"Browser",
"correlationId":"f9ff9ee8-d565-478b-bc95-8b4f0d468{number:03}","conditionalAccessStatus":"notApplied","isInteractive":true,
"riskDetail":"none","riskLevelAggregated":"none","riskLevelDuringSignIn":"none","riskState":"none",
"riskEventTypes_v2":[],"resourceDisplayName":"Microsoft Graph","resourceId":"00000003-0000-0000-c000-000000000000",
"status":{{"errorCode":50126,"failureReason":"Invalid username or password or Invalid on-premise username or password.","additionalDetails":null}},
"deviceDetail":{{"deviceId":"6de5a4f1-36cb-4b34-a1ce-2c4dc0b5ff8{device}","displayName":"LAPTOP-{device}","operatingSystem":"Windows 11","browser":"Edge 131.0.0","isCompliant":false,"isManaged":false,"trustType":""}},
"location":{{"city":"Berlin","state":"Berlin","countryOrRegion":"DE","geoCoordinates":{{"altitude":null,"latitude":52.52,"longitude":13.4}}}},
"appliedConditionalAccessPolicies":[]}}"##
    )
    .replace('\n', "")
}

fn masks(c: &mut Criterion) {
    let registry: &Registry = Resource::SignIn.schema().masks;
    let key = MaskKey::derive(b"a secret of the tenant", "grt_1");
    let one = sign_in(0);
    let page: Vec<String> = (0..PAGE).map(sign_in).collect();
    let mut group = c.benchmark_group("mask");

    group.throughput(Throughput::Bytes(one.len() as u64));
    group.bench_function("parse only, one record by serde_json", |b| {
        b.iter(|| serde_json::from_str::<serde_json::Value>(black_box(&one)));
    });
    group.bench_function("one record, cold", |b| {
        let cold = || (Masker::new(registry, &key), Vec::with_capacity(2 * one.len()));
        b.iter_batched_ref(
            cold,
            |(masker, out)| masker.mask_json(black_box(&one), None, out),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("one record, warm", |b| {
        let (mut masker, mut out) = (Masker::new(registry, &key), Vec::new());
        b.iter(|| {
            out.clear();
            masker.mask_json(black_box(&one), None, &mut out)
        });
    });
    group.bench_function("one record, warm, three properties selected", |b| {
        let (mut masker, mut out) = (Masker::new(registry, &key), Vec::new());
        let select = Select::new(["id", "userPrincipalName", "status"]);
        b.iter(|| {
            out.clear();
            masker.mask_json(black_box(&one), Some(&select), &mut out)
        });
    });

    group.throughput(Throughput::Bytes(page.iter().map(|record| record.len() as u64).sum()));
    group.bench_function("page of 50 with its properties", |b| {
        b.iter(|| {
            let (mut masker, mut out) = (Masker::new(registry, &key), Vec::new());
            for record in black_box(&page) {
                let _ = masker.mask_json(record, None, &mut out);
            }
            (out, masker.into_properties())
        });
    });
    group.finish();
}

criterion_group!(benches, masks);
criterion_main!(benches);
