//! Files that are none of the store's, and files that go away.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use reissue::store::Store as _;
use reissue_sqlite::{SqliteStore, SqliteStoreErrorKind};

use crate::support::{Folder, generation, kind, log_in, refresh, rotation, session, sid, subject};

#[test]
fn a_new_database_is_readable_by_its_owner_only() {
    let folder = Folder::new();
    let _store = folder.store();
    for name in ["sessions.db", "sessions.db-lock", "sessions.db-wal"] {
        let mode = fs::metadata(folder.file(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_file_that_is_no_database_is_not_touched() {
    let folder = Folder::new();
    let text = "a diary, and longer than the header of a database. ".repeat(10);
    fs::write(folder.database(), &text).unwrap();
    let error = SqliteStore::open(folder.database()).unwrap_err();
    assert_eq!(error.kind(), SqliteStoreErrorKind::NotADatabase);
    assert_eq!(fs::read_to_string(folder.database()).unwrap(), text);
}

#[test]
fn a_database_of_another_application_is_not_touched() {
    let folder = Folder::new();
    let connection = rusqlite::Connection::open(folder.database()).unwrap();
    connection
        .execute_batch("create table contact (name text)")
        .unwrap();
    drop(connection);
    let before = fs::read(folder.database()).unwrap();
    let error = SqliteStore::open(folder.database()).unwrap_err();
    assert_eq!(error.kind(), SqliteStoreErrorKind::OtherDatabase);
    assert_eq!(fs::read(folder.database()).unwrap(), before);
}

#[test]
fn a_database_of_a_newer_version_is_named_and_not_touched() {
    let folder = Folder::new();
    drop(folder.store());
    wait_until_closed(&folder);
    let connection = rusqlite::Connection::open(folder.database()).unwrap();
    connection.pragma_update(None, "user_version", 7).unwrap();
    connection.close().unwrap();
    let before = fs::read(folder.database()).unwrap();
    let error = SqliteStore::open(folder.database()).unwrap_err();
    assert_eq!(error.kind(), SqliteStoreErrorKind::NewerVersion);
    let says = "the database is of a newer version: version 7; expected at most 1";
    assert_eq!(error.to_string(), says);
    assert_eq!(fs::read(folder.database()).unwrap(), before);
}

#[test]
fn a_folder_that_is_not_there_or_not_writable_is_an_error_at_the_start() {
    let folder = Folder::new();
    for path in [
        folder.file("missing/sessions.db"),
        // Not even root may create a file there.
        "/proc/sessions.db".into(),
        folder.path().to_owned(),
    ] {
        let error = SqliteStore::open(&path).unwrap_err();
        assert_eq!(error.kind(), SqliteStoreErrorKind::CannotOpen, "{path:?}");
    }
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    let folder = Folder::new();
    let builder = SqliteStore::builder(folder.database());
    for (built, name) in [
        (
            builder
                .clone()
                .with_response_timeout(Duration::ZERO)
                .build(),
            "response timeout",
        ),
        (builder.clone().with_concurrency(0).build(), "concurrency"),
    ] {
        let error = built.unwrap_err();
        assert_eq!(error.kind(), SqliteStoreErrorKind::Setting);
        assert!(error.to_string().contains(name), "{error}");
    }
    assert!(!folder.database().exists());
}

/// What was returned must be in the file that the next start opens.
#[tokio::test]
async fn a_database_that_was_deleted_serves_nothing_until_it_is_back() {
    let folder = Folder::new();
    let store = folder.store();
    log_in(&store, 1).await;
    let away = folder.file("away");
    fs::create_dir(&away).unwrap();
    let names = ["sessions.db", "sessions.db-wal", "sessions.db-shm"];
    for name in names {
        fs::rename(folder.file(name), away.join(name)).unwrap();
    }
    for _ in 0..2 {
        let error = store.advance(rotation(1, 0)).await.unwrap_err();
        assert_eq!(kind(&error), SqliteStoreErrorKind::FileMissing);
        let error = store.create(session(2)).await.unwrap_err();
        assert_eq!(kind(&error), SqliteStoreErrorKind::FileMissing);
        let error = store.load(subject(1), sid(1)).await.unwrap_err();
        assert_eq!(kind(&error), SqliteStoreErrorKind::FileMissing);
        let error = store.ready().await.unwrap_err();
        assert_eq!(kind(&error), SqliteStoreErrorKind::FileMissing);
    }
    assert!(
        !folder.database().exists(),
        "an empty one would log everyone out"
    );

    for name in names {
        // SQLite removed the log when it closed the file.
        let _ = fs::rename(away.join(name), folder.file(name));
    }
    assert_eq!(generation(&store, 1).await, Some(0));
    refresh(&store, 1, 0).await;
}

#[tokio::test]
async fn a_damaged_database_is_an_error_and_no_missing_session() {
    let folder = Folder::new();
    let store = folder.store();
    for number in 0..2_000 {
        log_in(&store, number).await;
    }
    drop(store);
    wait_until_closed(&folder);
    let mut bytes = fs::read(folder.database()).unwrap();
    // The header and the first page stay.
    for byte in &mut bytes[3 * 4096..] {
        *byte = 0xa5;
    }
    fs::write(folder.database(), bytes).unwrap();
    let store = folder.store();
    let mut errors = 0;
    for number in 0..100 {
        match store.load(subject(number), sid(number)).await {
            Ok(found) => assert!(found.is_some(), "a session that exists must not be missing"),
            Err(error) => {
                errors += 1;
                assert_eq!(kind(&error), SqliteStoreErrorKind::Corrupt);
            }
        }
    }
    assert!(errors > 0);
}

/// One page is damaged, and the sweep of what has expired comes across it.
#[tokio::test]
async fn a_damaged_page_fails_only_those_whose_sessions_are_on_it() {
    let folder = Folder::new();
    let store = folder.store();
    for number in 0..2_000 {
        log_in(&store, number).await;
    }
    drop(store);
    wait_until_closed(&folder);
    let mut bytes = fs::read(folder.database()).unwrap();
    let leaves = bytes.chunks_exact_mut(4096).filter(|page| page[0] == LEAF);
    let mut leaves: Vec<_> = leaves.collect();
    let middle = leaves.len() / 2;
    leaves[middle].fill(0xa5);
    fs::write(folder.database(), bytes).unwrap();

    let store = folder.store();
    let mut intact = Vec::new();
    for number in 0..2_000 {
        match store.load(subject(number), sid(number)).await {
            Ok(found) => {
                assert!(found.is_some());
                intact.push(number);
            }
            Err(error) => assert_eq!(kind(&error), SqliteStoreErrorKind::Corrupt),
        }
    }
    assert!((1_000..2_000).contains(&intact.len()), "{}", intact.len());
    // Each write looks at a few rows: together they look at every row. What grows may move to a
    // page beside its own, which may be the damaged one.
    let mut failed = 0;
    for number in intact {
        if let Err(error) = store.advance(rotation(number, 0)).await {
            assert_eq!(kind(&error), SqliteStoreErrorKind::Corrupt);
            failed += 1;
        }
    }
    assert!(failed < 150, "{failed}");
    let findings = store.ready().await.unwrap();
    let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["sweep-failed"]);
}

/// The first byte of a page with rows of a table without rowids.
const LEAF: u8 = 0x0a;

/// The thread closes the database after the store was dropped.
fn wait_until_closed(folder: &Folder) {
    let log = folder.file("sessions.db-wal");
    for _ in 0..10_000 {
        if !log.exists() {
            return;
        }
        std::thread::yield_now();
        std::thread::park_timeout(Duration::from_millis(1));
    }
    panic!("the database was not closed");
}
