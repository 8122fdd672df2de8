//! How fast records come in, how large they lie, and how fast they are found: `cargo bench -p vouchsafe-store --bench
//! records -- [RECORDS]`. Absolute figures of this machine; the ratios that count are in `bench/`.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "a benchmark reads the clock, prints, and stops at the first surprise"
)]

use std::time::Instant;

use vouchsafe_core::id::{Id as _, TenantId};
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::filter::parse;
use vouchsafe_diagnostics::record::{ColumnValue, Record};
use vouchsafe_diagnostics::resource::Resource;
use vouchsafe_store::{Options, RECORDS_PER_BATCH, Reach, RecordQuery, Store, SummaryBy, SummaryQuery};

/// Days that the sign-ins spread over.
const DAYS: u64 = 30;
const START: i64 = 1_792_000_000_000_000;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn uuid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            a >> 32,
            a >> 16 & 0xFFFF,
            a & 0xFFF,
            b >> 48 & 0xFFF,
            b & 0xFFFF_FFFF_FFFF
        )
    }
}

const APPS: [&str; 6] = [
    "Azure Portal",
    "Office 365 Exchange Online",
    "Microsoft Teams",
    "Payroll",
    "SharePoint Online",
    "Graph Explorer",
];
const ERRORS: [(i64, &str); 5] = [
    (50_126, "Error validating credentials due to invalid username or password."),
    (50_074, "Strong Authentication is required."),
    (53_003, "Access has been blocked by Conditional Access policies."),
    (
        50_053,
        "The account is locked because the user tried to sign in too many times with an incorrect user ID or password.",
    ),
    (
        50_076,
        "Due to a configuration change made by your administrator, you must use multi-factor authentication.",
    ),
];

/// A sign-in of one of `people`, of about 1,000 bytes.
fn sign_in(dice: &mut Dice, number: u64, records: u64, people: u64) -> Record {
    let micros =
        START + (number as i64) * ((DAYS * 86_400_000_000 / records) as i64) + dice.below(1_000) as i64;
    let at = Timestamp::from_micros(micros);
    let person = dice.below(people);
    let user = format!("{person:08x}-5a5a-4a5a-8a5a-0123456789ab");
    let upn = format!("user{person}@contoso.example");
    let name = format!("User Number {person}");
    let app = dice.below(APPS.len() as u64) as usize;
    let app_id = format!("{app:08x}-0000-4000-8000-00000000c000");
    let address = format!("203.0.{}.{}", person % 113, dice.below(200));
    let (code, reason) = if dice.below(100) < 82 { (0, "Other.") } else { ERRORS[dice.below(5) as usize] };
    let (id, correlation) = (dice.uuid(), dice.uuid());
    let interactive = dice.below(10) != 0;
    let json = format!(
        r#"{{"id":"{id}","createdDateTime":"{at}","userDisplayName":"{name}","userPrincipalName":"{upn}","userId":"{user}","appId":"{app_id}","appDisplayName":"{app_name}","ipAddress":"{address}","clientAppUsed":"Browser","correlationId":"{correlation}","conditionalAccessStatus":"success","isInteractive":{interactive},"riskDetail":"none","riskLevelAggregated":"none","riskLevelDuringSignIn":"none","riskState":"none","riskEventTypes_v2":[],"resourceDisplayName":"Microsoft Graph","resourceId":"00000003-0000-0000-c000-000000000000","status":{{"errorCode":{code},"failureReason":"{reason}","additionalDetails":null}},"deviceDetail":{{"deviceId":"","displayName":"","operatingSystem":"Windows 11","browser":"Edge {browser}.0.0","isCompliant":false,"isManaged":false,"trustType":""}},"location":{{"city":"City{city}","state":"","countryOrRegion":"DE","geoCoordinates":{{"altitude":null,"latitude":52.{city},"longitude":13.{city}}}}},"appliedConditionalAccessPolicies":[]}}"#,
        app_name = APPS[app],
        browser = 110 + person % 9,
        city = person % 97,
    );
    let text = |text: &str| ColumnValue::Text(text.to_lowercase());
    let schema = Resource::SignIn.schema();
    let mut values = vec![];
    for (place, column) in schema.columns.iter().enumerate() {
        let value = match column.path {
            "id" => text(&id),
            "correlationId" => text(&correlation),
            "userId" => text(&user),
            "userPrincipalName" => text(&upn),
            "userDisplayName" => text(&name),
            "ipAddress" => text(&address),
            "status/errorCode" => ColumnValue::Int(code),
            "appId" => text(&app_id),
            "appDisplayName" => text(APPS[app]),
            "resourceId" => text("00000003-0000-0000-c000-000000000000"),
            "resourceDisplayName" => text("Microsoft Graph"),
            "clientAppUsed" => text("Browser"),
            "conditionalAccessStatus" => text("success"),
            "isInteractive" => ColumnValue::Bool(interactive),
            _ => continue,
        };
        values.push((place, value));
    }
    Record {
        resource: Resource::SignIn,
        category: DataCategory::SignInLogs,
        id,
        at: Some(at),
        values,
        json,
        original: None,
    }
}

fn main() {
    let records: u64 = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(300_000);
    let people = (records / 200).max(100);
    let folder = std::env::temp_dir().join(format!("vouchsafe-bench-{}", std::process::id()));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&folder, Options::default()).unwrap();
        let tenant = TenantId::from_uuid(uuid::Uuid::from_u128(1));
        let ids = import(&store, tenant, records, people).await;
        let size = size(&folder);
        println!("disk: {:.0} bytes a record", size as f64 / records as f64);
        queries(&store, tenant, &ids).await;
    });
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Imports, with the making of the records left out of the time; gives some ids and correlations.
async fn import(store: &Store, tenant: TenantId, records: u64, people: u64) -> Vec<(String, String)> {
    let mut dice = Dice(7);
    let mut ids = Vec::new();
    let mut batches = Vec::new();
    let (mut bytes, mut made) = (0, 0);
    while made < records {
        let batch: Vec<_> =
            (0..RECORDS_PER_BATCH as u64).map(|n| sign_in(&mut dice, made + n, records, people)).collect();
        made += batch.len() as u64;
        bytes += batch.iter().map(|record| record.json.len()).sum::<usize>();
        let first = &batch[0];
        let correlation = first.values.iter().find_map(|(place, value)| match value {
            ColumnValue::Text(text) if *place == 1 => Some(text.clone()),
            ColumnValue::Text(_) | ColumnValue::Int(_) | ColumnValue::Bool(_) => None,
        });
        ids.push((first.id.clone(), correlation.unwrap_or_default()));
        batches.push(batch);
    }
    println!("{made} records, {} bytes each, {people} people", bytes / made as usize);
    let before = Instant::now();
    let cpu = cpu_seconds();
    let mut writer = store.record_writer(tenant).await.unwrap();
    for batch in batches {
        writer.add(batch).await.unwrap();
    }
    let handed = before.elapsed();
    let done = writer.finish().await.unwrap();
    let took = before.elapsed();
    assert_eq!(done.imported, made);
    println!(
        "import: {:.0}/s ({:.2} s, of which the end {:.2} s; {:.2} s of CPU), peak memory {} MB",
        made as f64 / took.as_secs_f64(),
        took.as_secs_f64(),
        (took - handed).as_secs_f64(),
        cpu_seconds() - cpu,
        peak_memory() / 1_024
    );
    ids
}

async fn queries(store: &Store, tenant: TenantId, ids: &[(String, String)]) {
    let week = ["2026-10-20T00:00:00Z", "2026-10-27T00:00:00Z"].map(|time| time.parse().unwrap());
    let in_week = Reach { data_from: Some(week[0]), data_to: Some(week[1]), ..Reach::everything() };
    let query = |filter: &str, reach: &Reach| RecordQuery {
        filter: Some(parse(filter).unwrap()),
        top: 50,
        ..RecordQuery::new(Resource::SignIn, reach.clone())
    };
    let all = Reach::everything();
    for (name, reach, filter) in [
        ("one by id", &all, "id eq '{id}'"),
        ("one by correlation", &all, "correlationId eq '{correlation}'"),
        ("a person's week, newest 50", &in_week, "userPrincipalName eq 'user{n}@contoso.example'"),
        ("an error's week, newest 50", &in_week, "status/errorCode eq 53003"),
        ("an address, newest 50", &all, "ipAddress eq '203.0.{n}.7'"),
        ("a network, newest 50", &all, "startswith(ipAddress, '203.0.{n}.')"),
        ("name contains, newest 50", &all, "contains(userDisplayName, 'number {n}')"),
        ("text in a week, newest 50", &in_week, "contains(status/failureReason, 'locked')"),
        ("rare text in a week", &in_week, "location/city eq 'City{n}' and status/errorCode eq 50053"),
        ("nothing asked, newest 50", &all, "id ne 'x'"),
    ] {
        let queries = ids.iter().enumerate().take(60).map(|(n, (id, correlation))| {
            let n = (n % 97).to_string();
            query(&filter.replace("{id}", id).replace("{correlation}", correlation).replace("{n}", &n), reach)
        });
        let mut times = Vec::new();
        let mut found = 0;
        for query in queries {
            let before = Instant::now();
            let page = store.records(tenant, query).await;
            times.push(before.elapsed());
            found += page.map_or(0, |page| page.records.len());
        }
        report(name, times, found);
    }
    for by in SummaryBy::ALL {
        let mut times = Vec::new();
        let mut found = 0;
        for _ in 0..10 {
            let query =
                SummaryQuery { resource: Resource::SignIn, by, filter: None, reach: all.clone(), top: 50 };
            let before = Instant::now();
            found += store.summary(tenant, query).await.unwrap().rows.len();
            times.push(before.elapsed());
        }
        report(&format!("summary of 30 days by {by:?}"), times, found);
    }
    let before = Instant::now();
    let extent = store.extent(tenant, &all).await;
    println!(
        "extent: {:.1} ms ({} people)",
        before.elapsed().as_secs_f64() * 1e3,
        extent.map_or(0, |e| e.people)
    );
}

fn report(name: &str, mut times: Vec<std::time::Duration>, found: usize) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    println!("{name}: p50 {:.3} ms, p99 {:.3} ms ({} found on average)", at(50), at(99), found / times.len());
}

fn size(folder: &std::path::Path) -> u64 {
    let files = std::fs::read_dir(folder.join("records")).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

/// Largest memory of this process, in KiB, the records that were made before included.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}
