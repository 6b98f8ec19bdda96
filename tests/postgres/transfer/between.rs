//! From one kind of store to the next, and back to where it began.

use reissue::store::transfer::{CopyError, CopyMode, CopyReport, Transfer, copy};
use reissue::store::{MemoryStore, Store};
use reissue_tests::redis::RedisServer;

use super::sessions::{MANY, assert_behaviour, fill};
use super::{content, redis, sqlite};
use crate::harness;

#[tokio::test]
async fn sessions_in_every_state_go_through_all_stores_unchanged() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let server = RedisServer::start();
    let memory = MemoryStore::new();
    let sqlite = sqlite(folder.path());
    let postgres = harness::store().await;
    let redis = redis(&server);
    let last = MemoryStore::new();
    fill(&memory).await;
    let expected = content(&memory, 500).await;
    assert_eq!(expected.sessions.len() as u64, MANY + 8);
    assert_eq!(expected.one_time_ids.len(), 2);

    initial(&memory, &sqlite).await;
    initial(&sqlite, &postgres).await;
    initial(&postgres, &redis).await;
    initial(&redis, &last).await;
    // The pages of each store, also small ones.
    let (of_sqlite, of_postgres) = (content(&sqlite, 7).await, content(&postgres, 7).await);
    for there in [
        &of_sqlite,
        &of_postgres,
        &content(&redis, 7).await,
        &content(&last, 7).await,
    ] {
        assert_eq!(there.sessions, expected.sessions);
        for (id, expires_at) in &expected.one_time_ids {
            assert_eq!(there.one_time_ids.get(id), Some(expires_at));
        }
    }

    assert_behaviour(&sqlite).await;
    assert_behaviour(&postgres).await;
    assert_behaviour(&redis).await;
    assert_behaviour(&last).await;
}

/// Copies twice: the second time, nothing is left to do.
async fn initial(from: &(impl Store + Transfer), to: &(impl Store + Transfer)) {
    let report = copied(copy(from, to, CopyMode::Initial).await);
    assert!(report.sessions.added > MANY, "{report:?}");
    let again = copied(copy(from, to, CopyMode::Update).await);
    assert_eq!(
        again.sessions.unchanged,
        again.sessions.total(),
        "{again:?}"
    );
    assert_eq!(again.removed, 0);
}

#[tokio::test]
async fn thousands_of_sessions_take_many_pages() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let server = RedisServer::start();
    let memory = MemoryStore::new();
    for number in 0..5_000_u32 {
        let name = format!("user {}", number / 2);
        let mut create = super::sessions::session(&name);
        create.sid = super::sessions::numbered(number.into());
        memory.create(create).await.expect("it serves");
    }
    let expected = content(&memory, 500).await;
    let sqlite = sqlite(folder.path());
    let postgres = harness::store().await;
    let redis = redis(&server);
    copied(copy(&memory, &redis, CopyMode::Initial).await);
    copied(copy(&redis, &postgres, CopyMode::Initial).await);
    copied(copy(&postgres, &sqlite, CopyMode::Initial).await);
    assert_eq!(content(&sqlite, 100).await.sessions, expected.sessions);
}

#[tokio::test]
async fn the_same_store_by_another_handle_is_recognised() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let server = RedisServer::start();
    let same = copy(
        &sqlite(folder.path()),
        &sqlite(folder.path()),
        CopyMode::Update,
    )
    .await;
    assert!(matches!(same, Err(CopyError::SameStore)), "{same:?}");
    let builder = harness::builder();
    let one = harness::migrated(builder.clone()).await;
    let same = copy(&one, &harness::build(builder), CopyMode::Update).await;
    assert!(matches!(same, Err(CopyError::SameStore)), "{same:?}");
    let store = || reissue_redis::RedisStore::builder(server.url()).build();
    let (one, other) = (store().expect("a good URL"), store().expect("a good URL"));
    let same = copy(&one, &other, CopyMode::Update).await;
    assert!(matches!(same, Err(CopyError::SameStore)), "{same:?}");
}

#[tokio::test]
async fn a_store_that_fails_is_named() {
    let server = RedisServer::start();
    let (memory, redis) = (MemoryStore::new(), redis(&server));
    drop(server);
    let failed = copy(&memory, &redis, CopyMode::Initial).await;
    assert!(
        matches!(failed, Err(CopyError::Target { .. })),
        "{failed:?}"
    );
    let failed = copy(&redis, &memory, CopyMode::Initial).await;
    assert!(
        matches!(failed, Err(CopyError::Source { .. })),
        "{failed:?}"
    );
}

#[tokio::test]
async fn a_copy_that_has_failed_midway_is_completed_by_an_update() {
    let server = RedisServer::builder().config("maxmemory 5mb").start();
    let (memory, redis) = (MemoryStore::new(), redis(&server));
    for number in 0..2_000 {
        let mut create = super::sessions::session(&format!("user {number}"));
        create.details = vec![7; 4_000].into();
        memory.create(create).await.expect("it serves");
    }
    let report = match copy(&memory, &redis, CopyMode::Initial).await {
        Err(CopyError::Target { report, .. }) => report,
        other => panic!("there is no room: {other:?}"),
    };
    assert!((1..2_000).contains(&report.sessions.added), "{report:?}");

    server.cli(&["CONFIG", "SET", "maxmemory", "0"]);
    let expected = content(&memory, 500).await;
    let so_far = content(&redis, 500).await.sessions;
    assert!(
        so_far
            .iter()
            .all(|(key, entry)| expected.sessions[key] == *entry)
    );
    let rest = copied(copy(&memory, &redis, CopyMode::Update).await);
    assert_eq!(rest.sessions.unchanged, so_far.len() as u64);
    assert_eq!(content(&redis, 500).await.sessions, expected.sessions);
}

pub(super) fn copied(result: Result<CopyReport, CopyError>) -> CopyReport {
    result.expect("both serve")
}
