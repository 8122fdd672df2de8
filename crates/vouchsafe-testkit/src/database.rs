//! Which database the tests run on: the embedded one, or a schema of their own on a PostgreSQL server.

use std::fmt::Write as _;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::Path;

use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls};
use vouchsafe_store::{Database, PostgresUrl};

/// The file of a folder that names its schema.
const NAME: &str = "schema-of-the-test";

/// Whether this run of the tests is one on PostgreSQL: `VOUCHSAFE_TEST_DATABASE` says `postgres`.
#[must_use]
pub fn on_postgres() -> bool {
    std::env::var("VOUCHSAFE_TEST_DATABASE").is_ok_and(|name| name == "postgres")
}

/// The database of a store in this folder, the same again when it is opened anew.
#[must_use]
pub fn database(folder: &Path) -> Database {
    if on_postgres() { Database::Postgres(Box::new(schema(folder))) } else { Database::Embedded }
}

/// The schema that belongs to a folder.
#[must_use]
pub fn schema(folder: &Path) -> PostgresUrl {
    let name = schema_name(folder).unwrap_or_else(|| name_schema(folder));
    PostgresUrl::parse(&server()).and_then(|url| url.in_schema(&name)).unwrap()
}

/// Runs a statement in the schema of a folder; gives the number of rows changed.
pub fn execute(folder: &Path, statement: &str, values: &[&str]) -> u64 {
    let path = format!("SET search_path TO {}", schema_name(folder).unwrap());
    on_server(async |client| {
        client.batch_execute(&path).await.unwrap();
        let values: Vec<_> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        client.execute(statement, &values).await.unwrap()
    })
}

/// Writes `to` wherever `from` stands in a column of a folder's schema that holds text, or the bytes of one; gives the number of
/// rows changed.
pub fn rewrite(folder: &Path, (table, column): (&str, &str), from: &str, to: &str) -> u64 {
    let (read, written) = match column {
        "document" => (
            format!("convert_from({column}, 'UTF8')"),
            format!("convert_to(replace(convert_from({column}, 'UTF8'), $1, $2), 'UTF8')"),
        ),
        _ => (column.to_owned(), format!("replace({column}, $1, $2)")),
    };
    let change = format!("UPDATE {table} SET {column} = {written} WHERE strpos({read}, $1) > 0");
    execute(folder, &change, &[from, to])
}

/// What somebody changes in a database who can write to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// A bit of an entry's bytes.
    Entry,
    /// A bit of its leaf hash.
    Leaf,
    /// A bit of its sealed openings.
    Openings,
    /// A bit of the published root of every log.
    Root,
    /// The whole entry goes.
    Gone,
}

impl Damage {
    /// All there is.
    pub const ALL: [Self; 5] = [Self::Entry, Self::Leaf, Self::Openings, Self::Root, Self::Gone];

    /// Does it to the entry with this leaf hash, in the schema of a folder.
    pub fn to(self, folder: &Path, leaf: &[u8; 32]) {
        let change = match self {
            Self::Entry => {
                "UPDATE audit_entry SET entry = set_byte(entry, 60, get_byte(entry, 60) # 1) WHERE encode(leaf, 'hex') = $1"
            }
            Self::Leaf => {
                "UPDATE audit_entry SET leaf = set_byte(leaf, 20, get_byte(leaf, 20) # 8) WHERE encode(leaf, 'hex') = $1"
            }
            Self::Openings => {
                "UPDATE audit_entry SET openings = set_byte(openings, 20, get_byte(openings, 20) # 8) WHERE encode(leaf, 'hex') = $1"
            }
            Self::Root => {
                "UPDATE log_checkpoint SET root = set_byte(root, 3, get_byte(root, 3) # 1) WHERE length($1) = 64"
            }
            Self::Gone => "DELETE FROM audit_entry WHERE encode(leaf, 'hex') = $1",
        };
        assert!(execute(folder, change, &[&vouchsafe_log::hex(leaf)]) > 0, "{self:?}");
    }
}

/// Every value of every column of a folder's schema that is a text or bytes, one after the other.
#[must_use]
pub fn all_bytes(folder: &Path) -> Vec<u8> {
    let name = schema_name(folder).unwrap();
    on_server(async |client| {
        let mut all = Vec::new();
        for table in tables(client, &name).await {
            let whole = format!("SELECT * FROM {name}.{table}");
            for row in client.query(&whole, &[]).await.unwrap() {
                for (column, described) in row.columns().iter().enumerate() {
                    if *described.type_() == tokio_postgres::types::Type::BYTEA {
                        all.extend(row.get::<_, Option<Vec<u8>>>(column).unwrap_or_default());
                    } else if *described.type_() == tokio_postgres::types::Type::TEXT {
                        all.extend(row.get::<_, Option<String>>(column).unwrap_or_default().into_bytes());
                    }
                }
            }
        }
        all
    })
}

/// Gives a folder that was copied from another a schema of its own, with all that the other's holds.
pub(crate) fn copied(folder: &Path) {
    let Some(from) = schema_name(folder) else { return };
    let to = name_schema(folder);
    on_server(async |client| {
        let mut script = format!("BEGIN; CREATE SCHEMA {to};");
        for table in tables(client, &from).await {
            write!(
                script,
                "CREATE TABLE {to}.{table} (LIKE {from}.{table} INCLUDING ALL);
                 INSERT INTO {to}.{table} SELECT * FROM {from}.{table};"
            )
            .unwrap();
        }
        script.push_str("COMMIT");
        client.batch_execute(&script).await.unwrap();
    });
}

/// The server that `VOUCHSAFE_TEST_POSTGRES` names.
fn server() -> String {
    std::env::var("VOUCHSAFE_TEST_POSTGRES").expect("VOUCHSAFE_TEST_POSTGRES names a PostgreSQL server")
}

fn schema_name(folder: &Path) -> Option<String> {
    std::fs::read_to_string(folder.join(NAME)).ok()
}

fn name_schema(folder: &Path) -> String {
    use std::os::unix::fs::OpenOptionsExt as _;
    let random = RandomState::new().build_hasher().finish();
    let name = format!("test_{}_{random:016x}", std::process::id());
    std::fs::create_dir_all(folder).unwrap();
    let mut private = std::fs::OpenOptions::new();
    private.write(true).create(true).truncate(true).mode(0o600);
    std::io::Write::write_all(&mut private.open(folder.join(NAME)).unwrap(), name.as_bytes()).unwrap();
    name
}

async fn tables(client: &Client, schema: &str) -> Vec<String> {
    let named = "SELECT tablename::text FROM pg_tables WHERE schemaname = $1 ORDER BY 1";
    client.query(named, &[&schema]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// Does something on a connection, on a thread of its own: some callers are within a runtime that is not to wait.
fn on_server<T: Send>(act: impl AsyncFnOnce(&Client) -> T + Send) -> T {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&server(), NoTls).await.unwrap();
            let connection = tokio::spawn(connection);
            let done = act(&client).await;
            drop(client);
            connection.await.unwrap().unwrap();
            done
        })
    };
    std::thread::scope(|scope| scope.spawn(run).join().unwrap())
}
