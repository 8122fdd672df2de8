//! Bare SQLite: the same rows of a lifecycle write, without anything around them (WAL, `synchronous=FULL`).

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

/// As the store has it.
const CHECKPOINT_PAGES: u32 = 8_000;
/// As the store has it.
const CACHE_KIB: i64 = 32 * 1_024;

/// Columns of a request that a write changes, in the order of the product's statement, and then the others.
const REQUEST: &str = "status, stage, severity, assigned_to, closed_at, consent_expires_at, document, tenant_id, id, version, number, problem_type, created_at, origin, external_id";
/// How many of them a write changes.
const REQUEST_CHANGED: usize = 7;
/// Columns of an entry that are the same in all entries of the sample.
const ENTRY: &str = "activity, category, result, correlation_id, initiator, entry, openings, leaf";
/// Columns of the provider's row of a request.
const DESK: &str = "tenant_id, id, support_tenant, assigned_to, status, created_at, severity";

/// What one lifecycle write of Vouchsafe writes, taken from its database: the very ids and bytes.
pub(crate) struct Sample {
    schema: String,
    pub(crate) tenant: String,
    provider: String,
    /// The requests that are written to, each a row of [`REQUEST`].
    requests: Vec<Vec<Value>>,
    /// The provider's rows of these, each of [`DESK`].
    desk: Vec<Vec<Value>>,
    /// An entry's row, of [`ENTRY`].
    entry: Vec<Value>,
    /// Topic and subject of the two outbox items, the tenant's and the provider's.
    notices: [(String, String); 2],
}

impl Sample {
    /// Looks at a Vouchsafe database in which some requests were written to.
    pub(crate) fn of(state: &Path) -> Self {
        let model = Connection::open(state).unwrap();
        let rows = |sql: &str| -> Vec<Vec<Value>> {
            let mut statement = model.prepare(sql).unwrap();
            let columns = statement.column_count();
            let row = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column)).collect();
            statement.query_map([], row).unwrap().map(Result::unwrap).collect()
        };
        let text = |value: &Value| if let Value::Text(text) = value { text.clone() } else { String::new() };
        let schema = rows("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'");
        let written = "(SELECT target FROM audit_entry WHERE activity = 'Support request updated')";
        let requests =
            rows(&format!("SELECT {REQUEST} FROM support_request WHERE id IN {written} ORDER BY id"));
        let desk = rows(&format!("SELECT {DESK} FROM desk_case WHERE id IN {written} ORDER BY id"));
        let entry = rows(&format!(
            "SELECT {ENTRY} FROM audit_entry WHERE activity = 'Support request updated' LIMIT 1"
        ));
        let notice = |topic: &str| {
            let row = rows(&format!(
                "SELECT tenant_id, topic, subject FROM outbox WHERE topic = '{topic}' LIMIT 1"
            ));
            (text(&row[0][0]), (text(&row[0][1]), text(&row[0][2])))
        };
        let ((tenant, own), (provider, notice_of_desk)) =
            (notice("Support request updated"), notice("supportRequestChanged"));
        let schema = schema.iter().map(|row| text(&row[0])).collect::<Vec<_>>().join(";");
        assert_eq!(requests.len(), desk.len(), "each request is on the desk");
        Self {
            schema,
            tenant,
            provider,
            requests,
            desk,
            entry: entry[0].clone(),
            notices: [own, notice_of_desk],
        }
    }

    /// A request's document.
    pub(crate) fn document(&self) -> &[u8] {
        bytes(&self.requests[0][REQUEST_CHANGED - 1])
    }

    /// An entry's bytes, and its leaf.
    pub(crate) fn entry(&self) -> (&[u8], &[u8]) {
        let [.., entry, _, leaf] = self.entry.as_slice() else { panic!("an entry has too few columns") };
        (bytes(entry), bytes(leaf))
    }

    /// The openings that stand beside an entry.
    pub(crate) fn openings(&self) -> &[u8] {
        self.entry.iter().rev().nth(1).map_or(&[], bytes)
    }

    /// How many requests are written to.
    pub(crate) fn requests(&self) -> usize {
        self.requests.len()
    }

    /// The provider's tenant.
    pub(crate) fn provider(&self) -> &str {
        &self.provider
    }

    /// Topic and subject of the two outbox items.
    pub(crate) fn notices(&self) -> [(&str, &str); 2] {
        self.notices.each_ref().map(|(topic, subject)| (topic.as_str(), subject.as_str()))
    }

    /// An entry's correlation id.
    pub(crate) fn correlation(&self) -> &str {
        if let Value::Text(id) = &self.entry[3] { id } else { panic!("an entry has no correlation id") }
    }

    /// These tables and their indexes, in PostgreSQL's types.
    pub(crate) fn schema_for_postgres(&self, tables: &[&str]) -> String {
        let ours = self.schema.split(';').filter(|statement| {
            let about = |table: &&str| {
                [format!("TABLE {table} ("), format!(" ON {table} (")]
                    .iter()
                    .any(|text| statement.contains(text))
            };
            tables.iter().any(about)
        });
        ours.collect::<Vec<_>>()
            .join(";")
            .replace("STRICT, WITHOUT ROWID", "")
            .replace("STRICT", "")
            .replace("BLOB", "bytea")
            .replace("INTEGER", "bigint")
    }
}

fn bytes(value: &Value) -> &[u8] {
    if let Value::Blob(bytes) = value { bytes } else { panic!("{value:?} should be bytes") }
}

/// A database of its own, with the schema, the settings and the rows of Vouchsafe's.
pub(crate) struct Bare {
    connection: Connection,
    sample: Sample,
    sequence: i64,
}

impl Bare {
    pub(crate) fn like(sample: Sample, path: &Path) -> Self {
        let connection = Connection::open(path).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        connection.pragma_update(None, "synchronous", "FULL").unwrap();
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES).unwrap();
        connection.pragma_update(None, "cache_size", -CACHE_KIB).unwrap();
        connection.execute_batch(&sample.schema).unwrap();
        let tables = [("support_request", REQUEST, &sample.requests), ("desk_case", DESK, &sample.desk)];
        for (table, columns, rows) in tables {
            for row in rows {
                let marks: Vec<String> = (1..=row.len()).map(|n| format!("${n}")).collect();
                let sql = format!("INSERT INTO {table} ({columns}) VALUES ({})", marks.join(", "));
                connection.execute(&sql, params_from_iter(row)).unwrap();
            }
        }
        connection.execute("INSERT INTO log_head VALUES ($1, 0)", [&sample.tenant]).unwrap();
        Self { connection, sample, sequence: 0 }
    }

    /// Writes for so long in transactions of `group` units; gives units a second.
    pub(crate) fn write(&mut self, group: usize, lasts: Duration) -> f64 {
        let begun = Instant::now();
        let mut units = 0u32;
        while begun.elapsed() < lasts {
            self.connection.prepare_cached("BEGIN IMMEDIATE").unwrap().execute([]).unwrap();
            let before = self.sequence;
            for _ in 0..group {
                self.unit();
                units += 1;
            }
            let head = "UPDATE log_head SET size = $1 WHERE tenant_id = $2 AND size = $3";
            self.run(head, params![self.sequence, self.sample.tenant, before]);
            self.connection.prepare_cached("COMMIT").unwrap().execute([]).unwrap();
        }
        f64::from(units) / begun.elapsed().as_secs_f64()
    }

    fn run(&self, sql: &str, parameters: &[&dyn rusqlite::ToSql]) {
        self.connection.prepare_cached(sql).unwrap().execute(parameters).unwrap();
    }

    fn unit(&mut self) {
        let sequence = self.sequence;
        self.sequence += 1;
        let Sample { tenant, provider, requests, entry, notices, .. } = &self.sample;
        let number = usize::try_from(sequence).unwrap();
        let request = &requests[number % requests.len()];
        let target = &request[8];
        // As the load does it: each request gets another severity every time it is written to.
        let severity = ["minimal", "moderate", "critical"][number / requests.len() % 3];
        self.run(
            "UPDATE support_request SET version = version + 1, status = $1, stage = $2, severity = $3, assigned_to = $4, closed_at = $5, consent_expires_at = $6, document = $7 WHERE tenant_id = $8 AND id = $9",
            params![request[0], request[1], severity, request[3], request[4], request[5], request[6], tenant, target],
        );
        self.run(
            "UPDATE desk_case SET severity = $1 WHERE tenant_id = $2 AND id = $3",
            params![severity, provider, target],
        );
        let id = format!("aud_{sequence:032x}");
        // The entry is about the request that changes: so are its places in the indexes by target and by request.
        self.run(
            "INSERT INTO audit_entry (tenant_id, sequence, id, activity_at, activity, category, result, correlation_id, initiator, target, support_request, entry, openings, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            params![tenant, sequence, id, sequence, entry[0], entry[1], entry[2], entry[3], entry[4], target, target, entry[5], entry[6], entry[7]],
        );
        let [(topic, subject), (desk_topic, desk_subject)] = notices;
        let id = format!("obx_{sequence:032x}");
        let outbox =
            "INSERT INTO outbox (tenant_id, id, topic, subject, created_at) VALUES ($1, $2, $3, $4, $5)";
        self.run(outbox, params![tenant, id, topic, subject, sequence]);
        self.run(outbox, params![provider, id, desk_topic, desk_subject, sequence]);
    }
}
