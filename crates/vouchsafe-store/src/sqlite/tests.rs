//! Group commit under cancellation, failure and load, on both kinds of runtime.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use proptest::prelude::*;
use tokio::runtime::{Builder, Runtime};

use super::*;

/// Nothing was appended to a log.
static NO_LOGS: BTreeMap<TenantId, u64> = BTreeMap::new();

/// A writer over two tables; a row of `child` without its parent makes the COMMIT fail, and nothing before it.
fn writer() -> SharedWriter {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "PRAGMA foreign_keys = ON;
             CREATE TABLE note (n INTEGER PRIMARY KEY) STRICT;
             CREATE TABLE child (n INTEGER REFERENCES note (n) DEFERRABLE INITIALLY DEFERRED) STRICT;",
        )
        .unwrap();
    SharedWriter::new(connection, Arc::default(), None).unwrap()
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

fn runtimes() -> [Runtime; 2] {
    [current_thread(), Builder::new_multi_thread().worker_threads(4).build().unwrap()]
}

fn note(unit: &mut Unit, n: i64) -> Result<u64, StoreError> {
    unit.execute("INSERT INTO note (n) VALUES ($1)", vec![Value::Int(n)])
}

async fn noted(writer: &SharedWriter, n: i64) -> Result<(), StoreError> {
    let mut unit = writer.begin().await?;
    note(&mut unit, n)?;
    unit.commit(&NO_LOGS).await
}

/// What is committed, and that nothing is left open.
async fn committed(writer: &SharedWriter) -> BTreeSet<i64> {
    let writer = writer.writer.lock().await;
    assert!(
        writer.connection.is_autocommit() && !writer.in_transaction && writer.group.is_empty(),
        "{writer:?}"
    );
    let rows = query(&writer.connection, "SELECT n FROM note", &[]).unwrap();
    rows.into_iter().map(|mut row| row.int(0).unwrap()).collect()
}

/// Waits until nothing is left open by those who hung up: another thread commits it.
async fn settled(writer: &SharedWriter) {
    while writer.writer.lock().await.in_transaction {
        tokio::task::yield_now().await;
    }
}

/// Polls once.
fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn failed(result: &Result<(), StoreError>) -> bool {
    matches!(result, Err(StoreError::CommitFailed(_)))
}

/// Two units of work in one group: the second waits for the writer while the first commits, and so does a third, whose
/// turn never comes, so that the first is not committed for itself.
async fn grouped(
    writer: &SharedWriter,
    first: i64,
    second: impl AsyncFnOnce(Unit) -> Result<(), StoreError>,
) -> [Result<(), StoreError>; 2] {
    let mut unit = writer.begin().await.unwrap();
    note(&mut unit, first).unwrap();
    let mut next = Box::pin(async { second(writer.begin().await?).await });
    let mut third = pin!(writer.begin());
    assert!(poll(next.as_mut()).is_pending() && poll(third.as_mut()).is_pending());
    let (second, first) = tokio::join!(next, unit.commit(&NO_LOGS));
    [first, second]
}

#[test]
fn everyone_who_is_answered_is_committed_on_either_runtime() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let writer = writer();
            let tasks: Vec<_> = (0..1_200)
                .map(|n| {
                    let writer = writer.clone();
                    tokio::spawn(async move { noted(&writer, n).await })
                })
                .collect();
            for task in tasks {
                task.await.unwrap().unwrap();
            }
            assert_eq!(committed(&writer).await, (0..1_200).collect());
        });
    }
}

#[test]
fn a_group_is_committed_once_and_both_are_told() {
    current_thread().block_on(async {
        let writer = writer();
        let results = grouped(&writer, 1, async |mut unit| {
            assert_eq!(unit.writer.as_ref().unwrap().group.len(), 1, "the first waits in the group");
            note(&mut unit, 2)?;
            unit.commit(&NO_LOGS).await
        })
        .await;
        assert!(results.iter().all(Result::is_ok), "{results:?}");
        assert_eq!(committed(&writer).await, [1, 2].into());
    });
}

#[test]
fn a_dropped_unit_leaves_nothing_and_its_group_goes_on() {
    current_thread().block_on(async {
        let writer = writer();
        drop(writer.begin().await.map(|mut unit| note(&mut unit, 1).unwrap()));
        assert_eq!(committed(&writer).await, [].into());
        let results = grouped(&writer, 2, async |mut unit| {
            note(&mut unit, 3)?;
            drop(unit);
            Ok(())
        })
        .await;
        assert!(results.iter().all(Result::is_ok), "{results:?}");
        assert_eq!(committed(&writer).await, [2].into());
    });
}

#[test]
fn a_failing_statement_of_one_member_does_not_harm_the_others() {
    current_thread().block_on(async {
        let writer = writer();
        let results = grouped(&writer, 1, async |mut unit| {
            note(&mut unit, 2)?;
            note(&mut unit, 2).map(drop)
        })
        .await;
        assert!(results[0].is_ok() && results[1].is_err(), "{results:?}");
        assert_eq!(committed(&writer).await, [1].into());
    });
}

#[test]
fn a_failed_commit_is_told_to_the_whole_group_and_nothing_of_it_stays() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let writer = writer();
            let results = grouped(&writer, 1, async |mut unit| {
                note(&mut unit, 2)?;
                unit.execute("INSERT INTO child (n) VALUES ($1)", vec![Value::Int(77)])?;
                unit.commit(&NO_LOGS).await
            })
            .await;
            assert!(results.iter().all(failed), "{results:?}");
            assert_eq!(committed(&writer).await, [].into());
            noted(&writer, 3).await.unwrap();
            assert_eq!(committed(&writer).await, [3].into());
        });
    }
}

#[test]
fn once_sqlite_gave_up_the_transaction_no_statement_runs_outside_of_one() {
    current_thread().block_on(async {
        let writer = writer();
        let results = grouped(&writer, 1, async |mut unit| {
            // What SQLite does by itself when the disk is full.
            unit.connection()?.execute_batch("ROLLBACK")?;
            assert!(matches!(note(&mut unit, 2), Err(StoreError::CommitFailed(_))));
            unit.commit(&NO_LOGS).await
        })
        .await;
        assert!(results[0].is_err() && results[1].is_err(), "{results:?}");
        assert_eq!(committed(&writer).await, [].into());
        noted(&writer, 3).await.unwrap();
        assert_eq!(committed(&writer).await, [3].into());
    });
}

#[test]
fn a_transaction_left_open_by_a_failed_rollback_is_undone_before_the_next_begins() {
    current_thread().block_on(async {
        let writer = writer();
        let mut unit = writer.begin().await.unwrap();
        note(&mut unit, 1).unwrap();
        // As `end` leaves it when its ROLLBACK fails.
        let mut guard = { unit }.writer.take().unwrap();
        guard.in_transaction = false;
        drop(guard);
        noted(&writer, 2).await.unwrap();
        assert_eq!(committed(&writer).await, [2].into());
    });
}

#[test]
fn a_group_commits_when_its_only_member_hangs_up() {
    for runtime in runtimes() {
        let writer = writer();
        runtime.block_on(async {
            let mut unit = writer.begin().await.unwrap();
            note(&mut unit, 1).unwrap();
            // Two wait, so that the group is left open for them.
            let mut next = pin!(writer.begin());
            let mut last = Box::pin(writer.begin());
            assert!(poll(next.as_mut()).is_pending() && poll(last.as_mut()).is_pending());
            {
                let mut commit = Box::pin(unit.commit(&NO_LOGS));
                assert!(poll(commit.as_mut()).is_pending());
            }
            drop(next.await);
            drop(last);
        });
        runtime.block_on(async {
            settled(&writer).await;
            assert_eq!(committed(&writer).await, [1].into());
        });
    }
}

#[test]
fn a_group_commits_even_if_its_members_hang_up_outside_of_a_runtime() {
    for held_by_another in [true, false] {
        let (runtime, writer) = (current_thread(), writer());
        let (commit, other, last) = runtime.block_on(async {
            let mut unit = writer.begin().await.unwrap();
            note(&mut unit, 1).unwrap();
            let mut next = Box::pin(writer.begin());
            let mut last = Box::pin(writer.begin());
            assert!(poll(next.as_mut()).is_pending() && poll(last.as_mut()).is_pending());
            let mut commit = Box::pin(unit.commit(&NO_LOGS));
            assert!(poll(commit.as_mut()).is_pending());
            (commit, next.await.unwrap(), last)
        });
        // Either the other unit of work ends last, or who waits for the commit goes last.
        if held_by_another {
            drop(commit);
            drop(last);
            drop(other);
        } else {
            drop(other);
            drop(last);
            drop(commit);
        }
        runtime.block_on(settled(&writer));
        assert_eq!(runtime.block_on(committed(&writer)), [1].into());
    }
}

#[test]
fn nobody_is_told_yes_if_the_log_was_not_synced_and_the_next_transaction_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    let connection = open_writer(&folder.path().join("notes.sqlite")).unwrap();
    connection.execute_batch("CREATE TABLE note (n INTEGER PRIMARY KEY) STRICT").unwrap();
    let writer = SharedWriter::new(connection, Arc::default(), None).unwrap();
    for runtime in runtimes() {
        runtime.block_on(async {
            // One alone, and two together; the numbers are new in each round.
            let taken = i64::try_from(committed(&writer).await.len()).unwrap();
            writer.disk.fail_next();
            assert!(failed(&noted(&writer, taken).await));
            noted(&writer, taken + 1).await.unwrap();
            writer.disk.fail_next();
            let results = grouped(&writer, taken + 2, async |mut unit| {
                note(&mut unit, taken + 3)?;
                unit.commit(&NO_LOGS).await
            })
            .await;
            assert!(results.iter().any(failed), "{results:?}");
            noted(&writer, taken + 4).await.unwrap();
        });
    }
}

#[test]
fn a_group_that_was_open_while_a_sync_failed_is_not_durable_by_a_later_one() {
    let folder = tempfile::tempdir().unwrap();
    let connection = open_writer(&folder.path().join("notes.sqlite")).unwrap();
    connection.execute_batch("CREATE TABLE note (n INTEGER PRIMARY KEY) STRICT").unwrap();
    let writer = SharedWriter::new(connection, Arc::default(), None).unwrap();
    for runtime in runtimes() {
        runtime.block_on(async {
            let taken = i64::try_from(committed(&writer).await.len()).unwrap();
            let results = grouped(&writer, taken, async |mut unit| {
                note(&mut unit, taken + 1)?;
                // What was committed before this group is lost meanwhile.
                writer.disk.fail_next();
                writer.disk.sync_alone(Vec::new());
                unit.commit(&NO_LOGS).await
            })
            .await;
            assert!(results.iter().all(failed), "{results:?}");
            noted(&writer, taken + 2).await.unwrap();
        });
    }
}

#[test]
fn a_reader_that_keeps_the_log_from_being_mended_makes_writers_wait_not_lie() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.sqlite");
    let connection = open_writer(&path).unwrap();
    connection.execute_batch("CREATE TABLE note (n INTEGER PRIMARY KEY) STRICT").unwrap();
    let writer = SharedWriter::new(connection, Arc::default(), None).unwrap();
    current_thread().block_on(async {
        noted(&writer, 1).await.unwrap();
        let reader = open(&path, false).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM note").unwrap();
        writer.disk.fail_next();
        assert!(failed(&noted(&writer, 2).await));
        assert!(failed(&noted(&writer, 3).await), "the log cannot be copied past the reader");
        reader.execute_batch("COMMIT").unwrap();
        noted(&writer, 4).await.unwrap();
        assert_eq!(committed(&writer).await, [1, 2, 4].into());
    });
}

/// What one client does, and after how many of its steps it hangs up.
#[derive(Debug, Clone)]
struct Client {
    commits: bool,
    yields: usize,
    hangs_up: Option<usize>,
}

fn clients() -> impl Strategy<Value = Vec<Client>> {
    let client = (prop::bool::weighted(0.8), 0usize..3, prop::option::of(0usize..12))
        .prop_map(|(commits, yields, hangs_up)| Client { commits, yields, hangs_up });
    prop::collection::vec(client, 1..24)
}

async fn run(writer: SharedWriter, n: i64, client: Client) -> Result<bool, StoreError> {
    let mut unit = writer.begin().await?;
    note(&mut unit, n)?;
    for _ in 0..client.yields {
        tokio::task::yield_now().await;
    }
    if client.commits {
        unit.commit(&NO_LOGS).await?;
    }
    Ok(client.commits)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn clients_that_hang_up_at_any_moment_lose_nobodys_commit_and_leave_nothing_open(clients in clients()) {
        for runtime in runtimes() {
            let writer = writer();
            runtime.block_on(async {
                let tasks: Vec<_> = clients
                    .iter()
                    .cloned()
                    .enumerate()
                    .map(|(n, client)| tokio::spawn(run(writer.clone(), i64::try_from(n).unwrap(), client)))
                    .collect();
                for step in 0..12 {
                    tokio::task::yield_now().await;
                    for (task, client) in tasks.iter().zip(&clients) {
                        if client.hangs_up == Some(step) {
                            task.abort();
                        }
                    }
                }
                let (mut surely, mut never) = (BTreeSet::new(), BTreeSet::new());
                for (n, (task, client)) in (0i64..).zip(tasks.into_iter().zip(&clients)) {
                    match task.await {
                        Ok(result) => drop(if result.unwrap() { surely.insert(n) } else { never.insert(n) }),
                        Err(aborted) => assert!(aborted.is_cancelled(), "{aborted}"),
                    }
                    if !client.commits {
                        never.insert(n);
                    }
                }
                settled(&writer).await;
                let found = committed(&writer).await;
                assert!(surely.is_subset(&found), "answered {surely:?}, committed {found:?}");
                assert!(never.is_disjoint(&found), "dropped {never:?}, committed {found:?}");
                noted(&writer, 1_000).await.unwrap();
            });
        }
    }
}
