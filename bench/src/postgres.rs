//! PostgreSQL as a peer: a state row and an audit row in one transaction, plain and with a hash chain under a lock,
//! driven by `pgbench` over a local socket. Optional: without its programs the ratios are left out.

mod cluster;

use std::path::Path;

pub(crate) use cluster::Cluster;

use crate::bare::Sample;

/// The tables, filled with `$document`.
const SETUP: &str = "CREATE TABLE state (id int PRIMARY KEY, version bigint, document bytea);
INSERT INTO state SELECT n, 0, '\\x$document' FROM generate_series(1, 10000) n;
CREATE TABLE audit (id bigserial PRIMARY KEY, state_id int, entry bytea, leaf bytea);
CREATE TABLE head (id int PRIMARY KEY, hash bytea); INSERT INTO head VALUES (1, '\\x00');";
const PLAIN: &str = "\\set id random(1, 10000)
BEGIN;
UPDATE state SET version = version + 1, document = '\\x$document' WHERE id = :id;
INSERT INTO audit (state_id, entry, leaf) VALUES (:id, '\\x$entry', '\\x$leaf');
COMMIT;
";
const CHAINED: &str = "\\set id random(1, 10000)
BEGIN;
SELECT hash FROM head WHERE id = 1 FOR UPDATE;
UPDATE state SET version = version + 1, document = '\\x$document' WHERE id = :id;
INSERT INTO audit (state_id, entry, leaf) SELECT :id, '\\x$entry', sha256(head.hash || '\\x$entry'::bytea) FROM head WHERE id = 1;
UPDATE head SET hash = sha256(hash || '\\x$entry'::bytea) WHERE id = 1;
COMMIT;
";

/// A PostgreSQL server with the rows of a lifecycle write.
pub(crate) struct Postgres(Cluster);

impl Postgres {
    /// Starts one in `folder` if the programs are there. It writes the documents and entries of the sample.
    pub(crate) fn start(folder: &Path, sample: &Sample) -> Option<Self> {
        let cluster = Cluster::start(&folder.join("postgres"), &[])?;
        let host = cluster.socket().to_str()?;
        let setup = with(SETUP, sample);
        cluster.run("psql", &["-h", host, "-U", "bench", "-d", "postgres", "-q", "-c", &setup])?;
        for (name, text) in [("plain.sql", PLAIN), ("chained.sql", CHAINED)] {
            std::fs::write(cluster.socket().join(name), with(text, sample)).ok()?;
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
            "bench",
            "postgres",
        ];
        let output = self.0.run("pgbench", &arguments).unwrap();
        let rate = output.lines().find_map(|line| line.strip_prefix("tps = "));
        rate.and_then(|rate| rate.split_whitespace().next()).unwrap().parse().unwrap()
    }
}

/// A script with the sample's bytes in hex.
fn with(script: &str, sample: &Sample) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (entry, leaf) = sample.entry();
    script
        .replace("$document", &hex(sample.document()))
        .replace("$entry", &hex(entry))
        .replace("$leaf", &hex(leaf))
}
