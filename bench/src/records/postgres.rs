//! PostgreSQL with the same table and indexes, loaded by `COPY`, asked by prepared statements. Optional.

use std::collections::HashMap;
use std::path::Path;
use std::pin::pin;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::SinkExt as _;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, CopyInSink, NoTls, Statement};

use super::data::Lines;
use super::loading::{Load, Loader, load_by_self};
use super::question::{Bound, Dialect, Question, Rows};
use super::row::{INDEXES, Row, TABLE};
use crate::machine::processor_seconds;
use vouchsafe_testkit::cluster::Cluster;

/// As in the measurements that the values to reach come from; the rest as PostgreSQL is installed.
pub(crate) const SETTINGS: [&str; 1] = ["shared_buffers=2GB"];
/// How much is sent to `COPY` at once, in bytes.
const PIECE: usize = 1 << 20;
/// How long the server's own processes may take to end after their connection has.
const ENDED_WITHIN: Duration = Duration::from_millis(500);

const READ_RECORDS: &str = "CREATE TABLE IF NOT EXISTS read_record (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, read_at TIMESTAMPTZ NOT NULL DEFAULT now(), engineer TEXT NOT NULL, query TEXT NOT NULL, record_ids TEXT[] NOT NULL, bytes BIGINT NOT NULL)";
const INSERT_READ: &str =
    "INSERT INTO read_record (engineer, query, record_ids, bytes) VALUES ('engineer', $1, $2, $3)";

/// Loads the file into a new table by a loader of its own. The processor time is the loader's and the server's.
pub(crate) fn load(cluster: &Cluster, file: &Path) -> Load {
    let before = processor_seconds(cluster.process());
    let mut load = load_by_self(&[Path::new("load-postgres"), file, cluster.socket()]);
    // What a server process took counts once it has ended.
    std::thread::sleep(ENDED_WITHIN);
    load.processor_seconds += processor_seconds(cluster.process()) - before;
    load.peak_memory = None;
    load
}

/// The loader: all rows by one `COPY`, then the indexes; prints what it took.
pub(crate) async fn load_as_client(file: &Path, socket: &Path) {
    let client = connect(socket).await;
    client.batch_execute("DROP TABLE IF EXISTS sign_in, read_record").await.unwrap();
    let loader = Loader::begin();
    client.batch_execute(TABLE).await.unwrap();
    let mut sink = pin!(client.copy_in::<_, Bytes>("COPY sign_in FROM STDIN").await.unwrap());
    let (mut rows, mut piece) = (0, String::with_capacity(PIECE * 2));
    let mut lines = Lines::of(file);
    while let Some(line) = lines.next() {
        copy_row(&Row::read(line), &mut piece);
        rows += 1;
        if piece.len() >= PIECE {
            send(&mut sink, &mut piece).await;
        }
    }
    send(&mut sink, &mut piece).await;
    sink.finish().await.unwrap();
    for index in INDEXES {
        client.batch_execute(index).await.unwrap();
    }
    loader.end(rows);
    client.batch_execute("ANALYZE; CHECKPOINT").await.unwrap();
}

async fn send(sink: &mut std::pin::Pin<&mut CopyInSink<Bytes>>, piece: &mut String) {
    sink.send(Bytes::copy_from_slice(piece.as_bytes())).await.unwrap();
    piece.clear();
}

/// A row in the text form of `COPY`.
fn copy_row(row: &Row<'_>, out: &mut String) {
    let number = |number: i64| Some(number.to_string());
    let (created, error) = (number(row.created), row.error_code.and_then(number));
    let columns = [
        Some(row.id.as_ref()),
        created.as_deref(),
        row.user_id.as_deref(),
        row.upn.as_deref(),
        row.app_id.as_deref(),
        row.app.as_deref(),
        row.ip.as_deref(),
        row.correlation_id.as_deref(),
        error.as_deref(),
        Some(row.json),
    ];
    for (at, column) in columns.into_iter().enumerate() {
        if at > 0 {
            out.push('\t');
        }
        match column {
            Some(text) => escaped(text, out),
            None => out.push_str("\\N"),
        }
    }
    out.push('\n');
}

/// A line of NDJSON holds no line ends and no tabs; a backslash is doubled.
fn escaped(text: &str, out: &mut String) {
    for (at, part) in text.split('\\').enumerate() {
        if at > 0 {
            out.push_str("\\\\");
        }
        out.push_str(part);
    }
}

/// Opens a connection, which a task of its own serves.
async fn connect(socket: &Path) -> Client {
    let mut config = tokio_postgres::Config::new();
    config.host_path(socket).user(vouchsafe_testkit::cluster::SUPERUSER).dbname("postgres");
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A connection to a loaded database.
pub(crate) struct Postgres {
    client: Client,
    prepared: HashMap<String, Statement>,
}

impl Postgres {
    pub(crate) async fn on(cluster: &Cluster) -> Self {
        Self { client: connect(cluster.socket()).await, prepared: HashMap::new() }
    }

    /// Asks; the rows, and how many milliseconds it took until the last one was there.
    pub(crate) async fn ask(&mut self, question: &Question) -> (Rows, f64) {
        let (sql, values) = question.sql(Dialect::Postgres);
        let statement = self.prepare(&sql).await;
        let begun = Instant::now();
        let rows = self.client.query(&statement, &bound(&values)).await.unwrap();
        let took = begun.elapsed().as_secs_f64() * 1e3;
        (rows.iter().map(|row| (row.get(0), row.get(1))).collect(), took)
    }

    async fn prepare(&mut self, sql: &str) -> Statement {
        if let Some(statement) = self.prepared.get(sql) {
            return statement.clone();
        }
        let statement = self.client.prepare(sql).await.unwrap();
        self.prepared.insert(sql.to_owned(), statement.clone());
        statement
    }
}

fn bound(values: &[Bound]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// Reads a second of so many clients, each read followed by the insert of its record, durable before the next.
pub(crate) async fn recorded_reads(
    cluster: &Cluster,
    questions: &[Question],
    clients: usize,
    lasts: Duration,
) -> f64 {
    connect(cluster.socket()).await.batch_execute(READ_RECORDS).await.unwrap();
    let mut connections = Vec::with_capacity(clients);
    for client in 0..clients {
        let mut questions = questions.to_vec();
        let first = client % questions.len();
        questions.rotate_left(first);
        connections.push((connect(cluster.socket()).await, questions));
    }
    let begun = Instant::now();
    let tasks: Vec<_> = connections
        .into_iter()
        .map(|(client, questions)| tokio::spawn(read_and_record(client, questions, begun + lasts)))
        .collect();
    let mut reads = 0;
    for task in tasks {
        reads += task.await.unwrap();
    }
    f64::from(reads) / begun.elapsed().as_secs_f64()
}

async fn read_and_record(client: Client, questions: Vec<Question>, until: Instant) -> u32 {
    let sql = questions[0].sql(Dialect::Postgres).0;
    let select = client.prepare(&sql).await.unwrap();
    let insert =
        client.prepare_typed(INSERT_READ, &[Type::TEXT, Type::TEXT_ARRAY, Type::INT8]).await.unwrap();
    let mut reads = 0;
    for question in questions.iter().cycle() {
        if Instant::now() >= until {
            break;
        }
        let values = question.sql(Dialect::Postgres).1;
        let rows = client.query(&select, &bound(&values)).await.unwrap();
        let ids: Vec<&str> = rows.iter().map(|row| row.get(0)).collect();
        let bytes: usize = rows.iter().map(|row| row.get::<_, &str>(2).len()).sum();
        let query = format!("{values:?}");
        client.execute(&insert, &[&query, &ids, &(bytes as i64)]).await.unwrap();
        reads += 1;
    }
    reads
}

impl ToSql for Bound {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut bytes::BytesMut,
    ) -> Result<tokio_postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Text(text) => text.to_sql(kind, out),
            Self::Int(int) => int.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::TEXT, Type::INT8].contains(kind)
    }

    tokio_postgres::types::to_sql_checked!();
}
