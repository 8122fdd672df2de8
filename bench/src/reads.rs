//! A masked, recorded read of the newest 50 sign-ins of a week, beside the bare query on the same file plus one
//! `fdatasync`, which is the least that a durable read record can cost.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use vouchsafe_app::ListOptions;

use crate::http::{Script, drive, request};
use crate::rounds::{Series, line, ratio};
use crate::world::{Served, serve};

/// Measures and prints.
pub(crate) async fn run(folder: &Path, rounds: usize, seconds: u64, sign_ins: u64) {
    let lasts = Duration::from_secs(seconds);
    eprintln!("making {sign_ins} sign-ins a tenant");
    let served = serve(folder, sign_ins).await;
    let (path, token, tenant) = readable(&served).await;
    let script = |clients: usize| vec![Script { requests: vec![request("GET", &path, &token, "")] }; clients];
    let records = folder.join("vouchsafe/records").join(format!("{tenant}.sqlite"));
    let mut bare = BareRead::on(&records, &folder.join("synced"));
    drive(served.address, script(1), Duration::from_millis(300)).await;
    let mut figures: [Series; 3] = Default::default();
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        figures[0].0.push(bare.read(lasts));
        figures[1].0.push(drive(served.address, script(1), lasts).await);
        figures[2].0.push(drive(served.address, script(32), lasts).await);
    }
    println!(
        "read of 50 sign-ins, masked, with its durable read record; {sign_ins} in the file; {rounds} rounds of {seconds} s\n"
    );
    line("bare SQLite query plus one fdatasync", "/s", &figures[0]);
    line("Vouchsafe over HTTP, 1 client", "/s", &figures[1]);
    line("Vouchsafe over HTTP, 32 clients", "/s", &figures[2]);
    println!();
    ratio("time of one read / bare query plus fdatasync", &figures[0].over(&figures[1]), "<= 3");
}

/// The path of a page that an engineer may read, with the token, and the tenant.
async fn readable(served: &Served) -> (String, String, String) {
    for engineer in
        served.world.people.iter().filter(|person| person.roles.iter().any(|role| role == "Support Engineer"))
    {
        let grants = served.app.grants(engineer.who, &ListOptions::default()).await.unwrap();
        let found = grants
            .items
            .iter()
            .find(|view| view.grant.filter.is_none() && view.grant.access_request.is_some());
        if let Some(view) = found {
            let (case, tenant) = (view.grant.support_request, view.grant.tenant);
            let path = format!("/diagnostics/{case}/{tenant}/v1.0/auditLogs/signIns?$top=50");
            return (path, engineer.token.clone(), tenant.to_string());
        }
    }
    unreachable_world()
}

fn unreachable_world() -> (String, String, String) {
    eprintln!("the demo's world has no live grant");
    std::process::exit(1)
}

/// The same query on the same file, and the least durable record of it.
struct BareRead {
    connection: Connection,
    synced: File,
}

impl BareRead {
    fn on(records: &Path, synced: &Path) -> Self {
        Self { connection: Connection::open(records).unwrap(), synced: File::create(synced).unwrap() }
    }

    fn read(&mut self, lasts: Duration) -> f64 {
        let begun = Instant::now();
        let mut reads = 0u32;
        while begun.elapsed() < lasts {
            let sql = "SELECT id, json FROM sign_in ORDER BY created DESC, id DESC LIMIT $1";
            let mut statement = self.connection.prepare_cached(sql).unwrap();
            let rows = statement
                .query_map(params![50], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
            let bytes: usize =
                rows.unwrap().map(|row| row.map(|(id, json)| id.len() + json.len()).unwrap()).sum();
            self.synced.write_all(&bytes.to_le_bytes()).unwrap();
            self.synced.sync_data().unwrap();
            reads += 1;
        }
        f64::from(reads) / begun.elapsed().as_secs_f64()
    }
}
