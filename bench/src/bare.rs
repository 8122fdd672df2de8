//! Bare SQLite: the same rows of a lifecycle write, without anything around them (WAL, `synchronous=FULL`).

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

/// The rows that one lifecycle write of Vouchsafe touches, taken from its database.
pub(crate) struct Bare {
    connection: Connection,
    document: Vec<u8>,
    entry: Vec<u8>,
    openings: Vec<u8>,
    sequence: i64,
}

impl Bare {
    /// Copies the schema and one row of each kind from a Vouchsafe database.
    pub(crate) fn like(state: &Path, path: &Path) -> Self {
        let model = Connection::open(state).unwrap();
        let connection = Connection::open(path).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        connection.pragma_update(None, "synchronous", "FULL").unwrap();
        let mut statement = model
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
            .unwrap();
        let schema: Vec<String> =
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        connection.execute_batch(&schema.join(";")).unwrap();
        let one = |sql: &str| -> Vec<u8> { model.query_row(sql, [], |row| row.get(0)).unwrap() };
        let document = one("SELECT document FROM support_request WHERE status = 'open' LIMIT 1");
        let entry = one("SELECT entry FROM audit_entry WHERE activity = 'Support request updated' LIMIT 1");
        let openings =
            one("SELECT openings FROM audit_entry WHERE activity = 'Support request updated' LIMIT 1");
        connection
            .execute(
                "INSERT INTO support_request VALUES ('t', 'sr', 1, 'n', 'open', 's', 'minimal', 'p', 'e', 1, NULL, NULL, $1)",
                params![document],
            )
            .unwrap();
        connection.execute("INSERT INTO desk_case VALUES ('p', 'sr', 't', 'e', 'open', 1)", []).unwrap();
        connection.execute("INSERT INTO log_head VALUES ('t', 0)", []).unwrap();
        Self { connection, document, entry, openings, sequence: 0 }
    }

    /// Writes for so long in transactions of `group` units; gives units a second.
    pub(crate) fn write(&mut self, group: usize, lasts: Duration) -> f64 {
        let begun = Instant::now();
        let mut units = 0u32;
        while begun.elapsed() < lasts {
            self.connection.prepare_cached("BEGIN IMMEDIATE").unwrap().execute([]).unwrap();
            for _ in 0..group {
                self.unit();
                units += 1;
            }
            self.connection.prepare_cached("COMMIT").unwrap().execute([]).unwrap();
        }
        f64::from(units) / begun.elapsed().as_secs_f64()
    }

    fn unit(&mut self) {
        let sequence = self.sequence;
        self.sequence += 1;
        let run = |sql: &str, parameters: &[&dyn rusqlite::ToSql]| {
            self.connection.prepare_cached(sql).unwrap().execute(parameters).unwrap();
        };
        run(
            "UPDATE support_request SET version = version + 1, severity = 'minimal', document = $1 WHERE tenant_id = 't' AND id = 'sr' AND version = $2",
            params![self.document, sequence + 1],
        );
        run(
            "INSERT INTO desk_case VALUES ('p', 'sr', 't', 'e', 'open', 1) ON CONFLICT (tenant_id, id) DO UPDATE SET assigned_to = excluded.assigned_to",
            params![],
        );
        let id = format!("aud_{sequence:032x}");
        run(
            "INSERT INTO audit_entry (tenant_id, sequence, id, activity_at, activity, category, result, correlation_id, initiator, target, entry, openings, leaf) VALUES ('t', $1, $2, $1, 'Support request updated', 'SupportRequestManagement', 'success', $2, $2, $2, $3, $4, $5)",
            params![sequence, id, self.entry, self.openings, vec![7u8; 32]],
        );
        run(
            "UPDATE log_head SET size = $1 WHERE tenant_id = 't' AND size = $2",
            params![sequence + 1, sequence],
        );
        for tenant in ["t", "p"] {
            run(
                "INSERT INTO outbox (tenant_id, id, topic, subject, created_at) VALUES ($1, $2, 'Support request updated', $2, $3)",
                params![tenant, id, sequence],
            );
        }
    }
}
