//! PostgreSQL as a peer: the rows of a lifecycle write with the same tables and indexes, one transaction each, plain and
//! with a hash chain under a lock, driven by `pgbench` over a local socket. Optional: without its programs the ratios
//! are left out.

use std::path::Path;

use vouchsafe_testkit::cluster::{Cluster, SUPERUSER};

use crate::bare::Sample;

/// The tables of a lifecycle write.
const TABLES: [&str; 5] = ["support_request", "desk_case", "audit_entry", "outbox", "log_head"];
/// Rows for the writes.
const SETUP: &str = "CREATE SEQUENCE place;
INSERT INTO support_request (tenant_id, id, version, number, status, stage, severity, problem_type, created_at, document)
SELECT '$tenant', 'sr_' || lpad(n::text, 32, '0'), 1, n, 'open', 'waitingForEngineer', 'moderate', '', n, '\\x$document'
FROM generate_series(1, $cases) n;
INSERT INTO desk_case (tenant_id, id, support_tenant, status, created_at, severity)
SELECT '$provider', 'sr_' || lpad(n::text, 32, '0'), '$tenant', 'open', n, 'moderate' FROM generate_series(1, $cases) n;
INSERT INTO log_head (tenant_id, size) VALUES ('$tenant', 0);
ALTER TABLE log_head ADD hash bytea NOT NULL DEFAULT '\\x00';";
const UPDATE: &str = "UPDATE support_request SET version = version + 1, status = 'open', stage = 'waitingForEngineer', severity = (ARRAY['minimal', 'moderate', 'critical'])[:severity], document = '\\x$document' WHERE tenant_id = '$tenant' AND id = 'sr_' || lpad(:id::text, 32, '0');
UPDATE desk_case SET severity = (ARRAY['minimal', 'moderate', 'critical'])[:severity] WHERE tenant_id = '$provider' AND id = 'sr_' || lpad(:id::text, 32, '0');";
/// What a transaction draws: one of the cases, and a severity.
const DRAWN: &str = "\\set id random(1, $cases)\n\\set severity random(1, 3)\n";
const OUTBOX: &str = "INSERT INTO outbox (tenant_id, id, topic, subject, created_at) VALUES ('$tenant', 'obx_' || lpad(currval('place')::text, 32, '0'), '$topic', '$subject', currval('place'));
INSERT INTO outbox (tenant_id, id, topic, subject, created_at) VALUES ('$provider', 'obx_' || lpad(currval('place')::text, 32, '0'), '$deskTopic', '$deskSubject', currval('place'));";
const ENTRY: &str = "INSERT INTO audit_entry (tenant_id, sequence, id, activity_at, activity, category, result, correlation_id, initiator, target, support_request, entry, openings, leaf)
SELECT '$tenant', place, 'aud_' || lpad(place::text, 32, '0'), place, 'Support request updated', 'SupportRequestManagement', 'success', '$correlation', NULL, 'sr_' || lpad(:id::text, 32, '0'), 'sr_' || lpad(:id::text, 32, '0'), '\\x$entry', '\\x$openings', $leaf FROM (SELECT nextval('place') AS place) next";

fn plain() -> String {
    let entry = ENTRY.replace("$leaf", "'\\x$bytes'::bytea");
    format!("{DRAWN}BEGIN;\n{UPDATE}\n{entry};\n{OUTBOX}\nCOMMIT;\n")
}

fn chained() -> String {
    let entry = ENTRY.replace("$leaf", "sha256(log_head.hash || '\\x$entry'::bytea)");
    let entry = format!("{entry}, log_head WHERE tenant_id = '$tenant'");
    let head = "UPDATE log_head SET size = size + 1, hash = sha256(hash || '\\x$entry'::bytea) WHERE tenant_id = '$tenant';";
    format!(
        "{DRAWN}BEGIN;\nSELECT hash FROM log_head WHERE tenant_id = '$tenant' FOR UPDATE;\n{UPDATE}\n{entry};\n{head}\n{OUTBOX}\nCOMMIT;\n"
    )
}

/// A PostgreSQL server with the rows of a lifecycle write.
pub(crate) struct Postgres(Cluster);

impl Postgres {
    /// Starts one in `folder` if the programs are there. It writes the documents and entries of the sample.
    pub(crate) fn start(folder: &Path, sample: &Sample) -> Option<Self> {
        let cluster = Cluster::start(&folder.join("postgres"), &[])?;
        let host = cluster.socket().to_str()?;
        let setup = format!("{};{}", sample.schema_for_postgres(&TABLES), with(SETUP, sample));
        cluster.run("psql", &["-h", host, "-U", SUPERUSER, "-d", "postgres", "-q", "-c", &setup])?;
        for (name, text) in [("plain.sql", plain()), ("chained.sql", chained())] {
            std::fs::write(cluster.socket().join(name), with(&text, sample)).ok()?;
        }
        Some(Self(cluster))
    }

    /// Transactions a second without a chain.
    pub(crate) fn plain(&mut self, clients: u32, seconds: u64) -> f64 {
        self.bench("plain.sql", clients, seconds)
    }

    /// Transactions a second with a chain under a lock.
    pub(crate) fn chained(&mut self, clients: u32, seconds: u64) -> f64 {
        self.bench("chained.sql", clients, seconds)
    }

    fn bench(&self, script: &str, clients: u32, seconds: u64) -> f64 {
        let (clients, seconds) = (clients.to_string(), seconds.to_string());
        let script = self.0.socket().join(script);
        let host = self.0.socket().to_str().unwrap();
        let arguments = [
            "-n",
            "-M",
            "prepared",
            "-c",
            &clients,
            "-j",
            "2",
            "-T",
            &seconds,
            "-f",
            script.to_str().unwrap(),
            "-h",
            host,
            "-U",
            SUPERUSER,
            "postgres",
        ];
        let output = self.0.run("pgbench", &arguments).unwrap();
        let rate = output.lines().find_map(|line| line.strip_prefix("tps = "));
        rate.and_then(|rate| rate.split_whitespace().next()).unwrap().parse().unwrap()
    }
}

/// A script with the sample's values, its bytes in hex.
fn with(script: &str, sample: &Sample) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (entry, leaf) = sample.entry();
    let [(topic, subject), (desk_topic, desk_subject)] = sample.notices();
    script
        .replace("$tenant", &sample.tenant)
        .replace("$provider", sample.provider())
        .replace("$cases", &sample.requests().to_string())
        .replace("$document", &hex(sample.document()))
        .replace("$entry", &hex(entry))
        .replace("$openings", &hex(sample.openings()))
        .replace("$bytes", &hex(leaf))
        .replace("$correlation", sample.correlation())
        .replace("$topic", topic)
        .replace("$subject", subject)
        .replace("$deskTopic", desk_topic)
        .replace("$deskSubject", desk_subject)
}
