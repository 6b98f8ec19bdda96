//! Copies of a database that is in use.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use reissue_sqlite::{SqliteStoreErrorKind, backup};

use crate::support::{Folder, generation, log_in, open, refresh};

#[tokio::test]
async fn a_copy_has_everything_up_to_its_moment() {
    let folder = Folder::new();
    let store = folder.store();
    for number in 0..100 {
        log_in(&store, number).await;
    }
    refresh(&store, 0, 0).await;
    let copy = folder.file("copy.db");
    backup(folder.database(), &copy).unwrap();
    refresh(&store, 0, 1).await;
    log_in(&store, 100).await;

    let mode = fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let copy = open(&copy);
    assert_eq!(generation(&copy, 0).await, Some(1));
    assert_eq!(generation(&copy, 99).await, Some(0));
    assert_eq!(generation(&copy, 100).await, None);
    refresh(&copy, 0, 1).await;
}

#[tokio::test]
async fn a_copy_can_be_made_while_sessions_are_written() {
    let folder = Folder::new();
    let store = folder.store();
    let copy = folder.file("copy.db");
    let database = folder.database();
    let (file, made) = (
        copy.clone(),
        tokio::task::spawn_blocking(move || backup(database, copy)),
    );
    for number in 0..500 {
        log_in(&store, number).await;
    }
    made.await.unwrap().unwrap();
    // As many as there were, without a gap.
    let copy = open(&file);
    let mut missing = false;
    for number in 0..500 {
        let is_there = generation(&copy, number).await.is_some();
        assert!(!(missing && is_there), "{number}");
        missing |= !is_there;
    }
}

#[tokio::test]
async fn a_restored_copy_serves_in_the_place_of_the_database() {
    let folder = Folder::new();
    let store = folder.store();
    log_in(&store, 1).await;
    let copy = folder.file("copy.db");
    backup(folder.database(), &copy).unwrap();
    log_in(&store, 2).await;
    // As an operator does who does not know that the server should be stopped first.
    for name in ["sessions.db", "sessions.db-wal", "sessions.db-shm"] {
        fs::remove_file(folder.file(name)).unwrap();
    }
    fs::rename(&copy, folder.database()).unwrap();
    assert_eq!(generation(&store, 1).await, Some(0));
    assert_eq!(generation(&store, 2).await, None);
    refresh(&store, 1, 0).await;
}

#[test]
fn a_link_in_the_place_of_the_unfinished_copy_is_not_followed() {
    let folder = Folder::new();
    drop(folder.store());
    let other = folder.file("other");
    fs::write(&other, "mine").unwrap();
    std::os::unix::fs::symlink(&other, folder.file("copy.db.part")).unwrap();
    backup(folder.database(), folder.file("copy.db")).unwrap();
    assert_eq!(fs::read_to_string(&other).unwrap(), "mine");
    assert!(
        fs::symlink_metadata(folder.file("copy.db"))
            .unwrap()
            .is_file()
    );
}

#[test]
fn nothing_is_overwritten_and_nothing_else_is_copied() {
    let folder = Folder::new();
    let copy = folder.file("copy.db");
    assert!(
        backup(folder.database(), &copy).is_err(),
        "there is no database"
    );

    drop(folder.store());
    fs::write(&copy, "mine").unwrap();
    assert!(backup(folder.database(), &copy).is_err());
    assert_eq!(fs::read_to_string(&copy).unwrap(), "mine");

    let other = folder.file("other.db");
    let connection = rusqlite::Connection::open(&other).unwrap();
    connection.execute_batch("create table mine (x)").unwrap();
    let error = backup(&other, folder.file("second.db")).unwrap_err();
    assert_eq!(error.kind(), SqliteStoreErrorKind::OtherDatabase);
    assert!(!folder.file("second.db").exists());
}
