//! Disks that are full or read-only, on a small file system of the tests' own.

use std::path::{Path, PathBuf};

use reissue::store::Store as _;
use reissue_sqlite::SqliteStoreErrorKind;
use reissue_tests::SmallDisk;

use crate::support::{generation, kind, log_in, open, refresh, rotation, session};

#[tokio::test]
async fn on_a_full_disk_nothing_is_lost_and_clients_are_told() {
    let Some(disk) = SmallDisk::mount("4m") else {
        return;
    };
    let store = open(&database(&disk));
    log_in(&store, 0).await;
    refresh(&store, 0, 0).await;
    disk.fill();
    // The log has room in pages that it has already, for a while.
    let mut created = 1;
    let error = loop {
        match store.create(session(created)).await {
            Ok(_) => created += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(kind(&error), SqliteStoreErrorKind::DiskFull);
    let error = store.ready().await.unwrap_err();
    assert_eq!(kind(&error), SqliteStoreErrorKind::DiskFull);
    assert_eq!(generation(&store, 0).await, Some(1));
    assert_eq!(generation(&store, created).await, None);

    disk.free();
    for number in 0..created {
        assert!(generation(&store, number).await.is_some(), "{number}");
    }
    log_in(&store, created).await;
    refresh(&store, 0, 1).await;
    drop(store);
    assert_eq!(generation(&open(&database(&disk)), 0).await, Some(2));
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_is_a_finding() {
    let Some(disk) = SmallDisk::mount("4m") else {
        return;
    };
    let store = open(&database(&disk));
    assert_eq!(store.ready().await.unwrap(), []);
    disk.fill();
    disk.free_some(100_000);
    let findings = store.ready().await.unwrap();
    let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["disk-nearly-full"]);
}

#[tokio::test]
async fn a_disk_that_becomes_read_only_is_an_error_until_it_is_not() {
    let Some(disk) = SmallDisk::mount("4m") else {
        return;
    };
    let store = open(&database(&disk));
    log_in(&store, 1).await;
    drop(store);
    wait_until_closed(&disk.path().join("sessions.db-wal"));
    disk.remount("ro");
    let error = reissue_sqlite::SqliteStore::open(database(&disk)).unwrap_err();
    let kind = error.kind();
    assert!(
        matches!(
            kind,
            SqliteStoreErrorKind::ReadOnly | SqliteStoreErrorKind::CannotOpen
        ),
        "{error}"
    );
    disk.remount("rw");
    let store = open(&database(&disk));
    refresh(&store, 1, 0).await;
    assert!(store.advance(rotation(1, 1)).await.is_ok());
}

fn database(disk: &SmallDisk) -> PathBuf {
    disk.path().join("sessions.db")
}

fn wait_until_closed(log: &Path) {
    for _ in 0..10_000 {
        if !log.exists() {
            return;
        }
        std::thread::park_timeout(std::time::Duration::from_millis(1));
    }
    panic!("the database was not closed");
}
