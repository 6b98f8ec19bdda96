//! A copy that is made again, after the source has changed.

use reissue::store::transfer::{CopyError, CopyMode, Transfer, copy};
use reissue::store::{Advanced, MemoryStore, Revoke, Store};
use reissue_tests::redis::RedisServer;

use super::between::copied;
use super::sessions::{PLAIN, ROTATED, UNLIMITED, advance, fill, load, rotation, session, sid};
use super::{content, redis, sqlite};
use crate::harness::{self, subject_of};

#[tokio::test]
async fn an_update_of_sqlite_brings_over_every_change() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    assert_update(&MemoryStore::new(), &sqlite(folder.path())).await;
}

#[tokio::test]
async fn an_update_of_postgres_brings_over_every_change() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    assert_update(&sqlite(folder.path()), &harness::store().await).await;
}

#[tokio::test]
async fn an_update_of_redis_brings_over_every_change() {
    let server = RedisServer::start();
    assert_update(&harness::store().await, &redis(&server)).await;
}

#[tokio::test]
async fn an_update_of_another_redis_brings_over_every_change() {
    let (one, other) = (RedisServer::start(), RedisServer::start());
    assert_update(&redis(&one), &redis(&other)).await;
}

async fn assert_update(from: &(impl Store + Transfer), to: &(impl Store + Transfer)) {
    fill(from).await;
    copied(copy(from, to, CopyMode::Initial).await);

    let revoked = from
        .revoke(subject_of(PLAIN), Revoke::One(sid(PLAIN)))
        .await;
    assert_eq!(revoked.expect("it serves"), 1);
    for (name, generation) in [(ROTATED, 16), (UNLIMITED, 0)] {
        assert_eq!(
            advance(from, rotation(name, generation)).await,
            Advanced::Done
        );
    }
    from.create(session("new")).await.expect("it serves");

    let refused = copy(from, to, CopyMode::Initial).await;
    assert!(matches!(refused, Err(CopyError::NotEmpty)), "{refused:?}");
    assert!(load(to, PLAIN).await.is_some(), "nothing has changed");

    let report = copied(copy(from, to, CopyMode::Update).await);
    let sessions = report.sessions;
    assert_eq!((report.removed, sessions.changed), (1, 2), "{report:?}");
    assert_eq!(load(to, PLAIN).await, None);
    assert_eq!(
        content(from, 50).await.sessions,
        content(to, 50).await.sessions
    );
    // The last response was lost.
    assert_eq!(advance(to, rotation(ROTATED, 16)).await, Advanced::Done);
    assert_eq!(load(to, ROTATED).await.expect("it lives").generation, 17);
}
