use std::sync::mpsc;

use vouchsafe_core::id::{Id as _, uuid_v7};
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::record::Record;
use vouchsafe_diagnostics::resource::Resource;

use super::*;
use crate::records::Reach;
use crate::store::Options;

/// Counts for ever, unless stopped.
const ENDLESS: &str =
    "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT COUNT(*) FROM c";

fn tenant() -> TenantId {
    TenantId::from_uuid(uuid_v7(Timestamp::from_millis(1), [1; 10]))
}

async fn store() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), Options::default()).unwrap();
    let record =
        Record::from_graph(Resource::SignIn, r#"{"id":"s1","createdDateTime":"2026-11-23T09:00:00Z"}"#)
            .unwrap();
    store.import_records(tenant(), vec![record]).await.unwrap();
    // Leaves an open connection, so that the next query begins at once.
    assert!(store.record(tenant(), Resource::SignIn, "s1", &Reach::everything()).await.unwrap().is_some());
    store.records.limit = tokio::time::Duration::from_millis(1);
    (store, folder)
}

#[tokio::test]
async fn a_query_that_runs_too_long_is_stopped_and_its_connection_serves_the_next() {
    let (mut store, _folder) = store().await;
    let slow = store
        .with_records(tenant().into(), |view| {
            sqlite::query(view.unwrap().connection, ENDLESS, &[])?;
            Ok(())
        })
        .await;
    assert!(matches!(slow, Err(StoreError::TooSlow)), "{slow:?}");
    let kept = store.records.idle.lock().unwrap()[&tenant().into()].len();
    assert_eq!(kept, 1);
    store.records.limit = tokio::time::Duration::from_secs(1_000_000);
    assert!(store.record(tenant(), Resource::SignIn, "s1", &Reach::everything()).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_whose_caller_hung_up_is_stopped() {
    let (mut store, _folder) = store().await;
    store.records.limit = tokio::time::Duration::from_secs(1_000_000);
    let (started, start) = mpsc::channel();
    let (ended, end) = mpsc::channel();
    let query = store.with_records(tenant().into(), move |view| {
        started.send(()).unwrap();
        let result = sqlite::query(view.unwrap().connection, ENDLESS, &[]);
        ended.send(matches!(result, Err(StoreError::TooSlow))).unwrap();
        Ok(())
    });
    let mut query = Box::pin(query);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(query.as_mut().poll(&mut context).is_pending());
    start.recv().unwrap();
    drop(query);
    assert!(tokio::task::spawn_blocking(move || end.recv()).await.unwrap().unwrap());
}
