use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use rusqlite::Connection;

use super::ALL;
use crate::postgres::{PostgresUrl, set_up};

/// `$1` is a name to SQLite, which numbers parameters by their first use. Where the n-th is `$n`, values bound in order
/// are those that the other database's numbers mean.
#[test]
fn every_statement_prepares_and_its_placeholders_stand_in_the_order_of_their_numbers() {
    let connection = Connection::open_in_memory().unwrap();
    crate::migrate::run(&connection).unwrap();
    assert!(ALL.len() > 50);
    for (name, text) in ALL {
        let statement = connection.prepare(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        for n in 1..=statement.parameter_count() {
            assert_eq!(statement.parameter_index(&format!("${n}")).unwrap(), Some(n), "{name}: {text}");
        }
    }
}

/// Jobs over all tenants, and what belongs to none.
const OVER_ALL: [&str; 28] = [
    "SETTING",
    "SET_SETTING",
    "TAKE_LEASE",
    "DELETE_OLD_SESSIONS",
    "DELETE_OLD_CHALLENGES",
    "DELETE_OLD_ENROLMENTS",
    "TENANTS",
    "TENANTS_DUE",
    "LOGS_OF_DENIED",
    "LOGS_BEHIND",
    "CHECKPOINTS",
    "LOGS_TO_COSIGN",
    "DELETE_OLD_OUTBOX",
    "DELETE_OLD_ANSWERS",
    "TENANTS_IDLE",
    "TENANTS_WAITING",
    "ATTACHMENTS_DUE",
    "COLLECTIONS_DUE",
    "DELETE_OLD_TYPED_VALUES",
    "ASK_FOR_HEADS",
    "HEADS_QUESTIONS",
    "ANSWER_HEADS_QUESTION",
    "PUT_HEADS_ANSWER",
    "HEADS_ANSWERED",
    "HEADS_ANSWER",
    "DELETE_HEADS_QUESTION",
    "DELETE_OLD_HEADS_QUESTIONS",
    "DELETE_OLD_HEADS_ANSWERS",
];

#[test]
fn every_statement_names_its_tenant_or_is_a_known_job_over_all() {
    let without: BTreeSet<&str> = ALL
        .iter()
        .filter(|(_, text)| !text.contains("tenant_id = $") && !text.contains("(tenant_id"))
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(without, OVER_ALL.into());
}

/// A schema of its own with every migration, on the server that `VOUCHSAFE_TEST_POSTGRES` names, if it does.
async fn on_postgres() -> Option<(tokio_postgres::Client, String)> {
    let server = std::env::var("VOUCHSAFE_TEST_POSTGRES").ok()?;
    let schema = format!("test_{:016x}", RandomState::new().build_hasher().finish());
    let url = PostgresUrl::parse(&server).and_then(|url| url.in_schema(&schema)).unwrap();
    set_up(&url, |used| Ok(format!("{used}")), || "provider".to_owned()).unwrap();
    let (client, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("SET search_path TO {schema}")).await.unwrap();
    Some((client, schema))
}

/// Every statement that runs on PostgreSQL, by its name; those that only it has, by their text.
fn on_postgresql() -> impl Iterator<Item = (&'static str, &'static str)> {
    use super::postgres as only;
    let own = [
        only::LOCK_LOG_HEAD,
        only::KEEP_ACCOUNT,
        only::QUEUE_RESOLUTIONS,
        only::CLOCK,
        only::EPOCHS,
        only::NODE_JOINS,
        only::NODE_BEATS,
        only::NODES,
        only::NODE_IS_GONE,
        only::NODE_LEAVES,
        only::NOTIFY,
    ];
    ALL.iter().copied().chain(own.map(|text| (text, text)))
}

#[tokio::test]
async fn every_statement_prepares_on_postgresql() {
    let Some((client, _)) = on_postgres().await else { return };
    for (name, text) in on_postgresql() {
        let prepared = client.prepare(text).await;
        prepared.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_keys() {
    let Some((client, schema)) = on_postgres().await else { return };
    let mut there: BTreeMap<String, BTreeSet<(String, String, bool)>> = BTreeMap::new();
    let columns = "SELECT table_name::text, column_name::text, data_type::text, is_nullable::text = 'NO', collation_name::text FROM information_schema.columns WHERE table_schema = $1";
    for row in client.query(columns, &[&schema]).await.unwrap() {
        let (table, column, kind): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        if kind == "text" && table != "migration" {
            // Names sort by their bytes, whatever the server's language is.
            assert_eq!(row.get::<_, Option<String>>(4).as_deref(), Some("C"), "{table}.{column}");
        }
        there.entry(table).or_default().insert((column, kind, row.get(3)));
    }
    let keys = "SELECT t.relname::text, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid WHERE contype = 'p' AND connamespace = $1::text::regnamespace";
    let mut keys_there = BTreeMap::new();
    for row in client.query(keys, &[&schema]).await.unwrap() {
        let definition: String = row.get(1);
        keys_there.insert(row.get::<_, String>(0), definition.replace("PRIMARY KEY ", "").replace('"', ""));
    }
    let connection = Connection::open_in_memory().unwrap();
    crate::migrate::run(&connection).unwrap();
    let mut here = BTreeMap::new();
    let mut keys_here = BTreeMap::new();
    let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for table in tables {
        let mut described = connection.prepare(&format!("PRAGMA table_info({table})")).unwrap();
        let rows = described.query_map([], |row| {
            Ok((
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, bool>(3)?,
                row.get::<_, u32>(5)?,
            ))
        });
        let mut key = BTreeMap::new();
        let mut columns = BTreeSet::new();
        for (column, kind, required, place) in rows.unwrap().map(Result::unwrap) {
            let kind = match kind.as_str() {
                "INTEGER" => "bigint",
                "BLOB" => "bytea",
                "TEXT" => "text",
                other => panic!("{table}.{column} is a {other}"),
            };
            if place > 0 {
                key.insert(place, column.clone());
            }
            columns.insert((column, kind.to_owned(), required));
        }
        let key: Vec<String> = key.into_values().collect();
        keys_here.insert(table.clone(), format!("({})", key.join(", ")));
        here.insert(table, columns);
    }
    assert_eq!(there, here);
    assert_eq!(keys_there, keys_here);
    // What spreads tables over shards asks that every key leads with what they are spread by.
    let unique = "SELECT tablename::text, indexdef::text FROM pg_indexes WHERE schemaname = $1 AND indexdef LIKE '%UNIQUE%'";
    for row in client.query(unique, &[&schema]).await.unwrap() {
        let (table, definition): (String, String) = (row.get(0), row.get(1));
        let everywhere = REFERENCE_TABLES.contains(&table.as_str());
        assert!(everywhere || definition.contains("(tenant_id"), "{definition}");
    }
}

#[test]
fn no_statement_asks_for_what_distributed_relatives_of_postgresql_refuse() {
    for (name, text) in ALL {
        for refused in ["SKIP LOCKED", "nextval", "pg_advisory", "TRIGGER", "LISTEN"] {
            assert!(!text.contains(refused), "{name}: {refused}");
        }
    }
}

/// What PostgreSQL says of a transaction that it has given up, as it says it.
#[tokio::test]
async fn a_deadlock_and_a_serialization_failure_are_a_unit_of_work_that_was_given_up() {
    use crate::error::StoreError;
    let Some((client, _)) = on_postgres().await else { return };
    let told = async |code: &str| {
        let raise = format!("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$");
        StoreError::from(client.batch_execute(&raise).await.unwrap_err())
    };
    for code in ["40001", "40P01"] {
        assert!(matches!(told(code).await, StoreError::GivenUp(_)), "{code}");
    }
    for code in ["53100", "57P01"] {
        assert!(matches!(told(code).await, StoreError::Unavailable(_)), "{code}");
    }
}

/// Tables that belong to no tenant: every node of a distributed PostgreSQL would hold them whole.
const REFERENCE_TABLES: [&str; 6] =
    ["deployment", "heads_answer", "heads_question", "job_lease", "migration", "node"];

/// Statements that look into the rows of several tenants, and so into several shards. A collection is found by its id alone, wherever it is kept; epochs are asked of many
/// tenants at once.
const ACROSS_TENANTS: [&str; 2] = ["COLLECTION_KEEPERS", super::postgres::EPOCHS];

/// The names of the tables of a statement, each as often as it is read or written.
fn tables_of<'s>(text: &'s str, all: &BTreeSet<String>) -> Vec<&'s str> {
    let words: Vec<&str> =
        text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    let before = |word: &str| matches!(word, "FROM" | "JOIN" | "INTO" | "UPDATE");
    words.windows(2).filter(|pair| before(pair[0]) && all.contains(pair[1])).map(|pair| pair[1]).collect()
}

/// What a PostgreSQL that distributes rows by their tenant (Citus) asks of schema and statements: the tenant leads every
/// key, unique index and reference; each table of a statement is narrowed to the tenant; nothing rests on what is local to
/// one node.
#[test]
fn rows_could_be_distributed_by_their_tenant() {
    let connection = Connection::open_in_memory().unwrap();
    crate::migrate::run(&connection).unwrap();
    let texts = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let tables: BTreeSet<String> =
        texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            .into_iter()
            .collect();
    assert!(tables.len() > 25);
    assert_eq!(
        texts("SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view')"),
        Vec::<String>::new()
    );
    let mut distributed = tables.clone();
    for table in REFERENCE_TABLES {
        assert!(distributed.remove(table), "{table}");
    }
    for table in &distributed {
        let leads = texts(&format!("SELECT name FROM pragma_table_info('{table}') WHERE pk = 1"));
        assert_eq!(leads, ["tenant_id"], "the key of {table}");
        for index in texts(&format!("SELECT name FROM pragma_index_list('{table}') WHERE \"unique\" = 1")) {
            let leads = texts(&format!("SELECT name FROM pragma_index_info('{index}') WHERE seqno = 0"));
            assert_eq!(leads, ["tenant_id"], "{index} of {table}");
        }
        let references =
            texts(&format!("SELECT \"from\" FROM pragma_foreign_key_list('{table}') WHERE seq = 0"));
        assert!(references.iter().all(|column| column == "tenant_id"), "{table}: {references:?}");
    }
    let mut across = BTreeSet::new();
    for (name, text) in on_postgresql() {
        for word in ["advisory", "skip locked", "nextval", "serial", "currval", "lastval"] {
            assert!(!text.to_lowercase().contains(word), "{name}: {word}");
        }
        if OVER_ALL.contains(&name) {
            continue;
        }
        let read = tables_of(text, &distributed).len();
        let narrowed = text.matches("tenant_id = ").count() + text.matches("(tenant_id").count();
        if narrowed < read {
            across.insert(name);
        }
    }
    assert_eq!(across, ACROSS_TENANTS.into());
    for (name, text) in crate::migrate::missing(crate::migrate::Dialect::Postgres, &[]).unwrap() {
        let text = text.to_uppercase();
        // A column may be called a sequence.
        for word in ["SERIAL", "CREATE SEQUENCE", "NEXTVAL", "AS IDENTITY", "TRIGGER", "FUNCTION", "ADVISORY"]
        {
            assert!(!text.contains(word), "{name}: {word}");
        }
    }
}
