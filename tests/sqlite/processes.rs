//! Other users of the same file.

use std::time::Duration;

use reissue::store::Store as _;
use reissue_sqlite::{SqliteStore, SqliteStoreErrorKind};
use rusqlite::Connection;

use crate::support::{Folder, generation, kind, log_in, refresh, rotation};

#[tokio::test]
async fn two_processes_serve_the_same_sessions_and_the_second_reports_it() {
    let folder = Folder::new();
    let first = folder.store();
    let second = folder.store();
    log_in(&first, 1).await;
    for from in (0..20).step_by(2) {
        refresh(&second, 1, from).await;
        refresh(&first, 1, from + 1).await;
    }
    assert_eq!(generation(&second, 1).await, Some(20));
    assert_eq!(first.ready().await.unwrap(), []);
    let findings = second.ready().await.unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, "second-process");

    drop(first);
    for _ in 0..10_000 {
        if second.ready().await.unwrap().is_empty() {
            return;
        }
    }
    panic!("the first one is gone, and still reported");
}

#[tokio::test]
async fn a_lock_that_is_held_for_too_long_is_an_error_that_changes_nothing() {
    let folder = Folder::new();
    let store = SqliteStore::builder(folder.database())
        .with_response_timeout(Duration::from_millis(400))
        .build()
        .unwrap();
    log_in(&store, 1).await;
    let other = Connection::open(folder.database()).unwrap();
    other.execute_batch("begin immediate").unwrap();
    let error = store.advance(rotation(1, 0)).await.unwrap_err();
    assert_eq!(kind(&error), SqliteStoreErrorKind::Locked);
    // Whoever only looks does not need the lock.
    assert_eq!(generation(&store, 1).await, Some(0));
    other.execute_batch("rollback").unwrap();
    refresh(&store, 1, 0).await;
}

#[tokio::test]
async fn more_operations_than_may_wait_fail_at_once() {
    let folder = Folder::new();
    let store = SqliteStore::builder(folder.database())
        .with_concurrency(4)
        .with_response_timeout(Duration::from_secs(4))
        .build()
        .unwrap();
    log_in(&store, 1).await;
    let other = Connection::open(folder.database()).unwrap();
    other.execute_batch("begin immediate").unwrap();
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.advance(rotation(1, 0)).await })
        })
        .collect();
    let mut overloaded = 0;
    for task in tasks {
        let error = task.await.unwrap().unwrap_err();
        overloaded += u32::from(kind(&error) == SqliteStoreErrorKind::Overloaded);
    }
    // Four wait, and the thread has taken some already.
    assert!(overloaded >= 16, "{overloaded}");
    other.execute_batch("rollback").unwrap();
    refresh(&store, 1, 0).await;
}
