//! A cluster of Redis, each of whose masters has a part.

use reissue::store::transfer::{CopyMode, copy};
use reissue::store::{MemoryStore, Store as _};
use reissue_redis::RedisStore;
use reissue_tests::redis::Cluster;

use super::between::copied;
use super::content;
use super::sessions::{assert_behaviour, fill, session};
use crate::harness::PATIENCE;

#[tokio::test]
async fn the_sessions_of_all_masters_are_copied() {
    let cluster = Cluster::start();
    let words: Vec<&str> = RIGHTS.split_whitespace().collect();
    for node in cluster.nodes() {
        node.cli(&words);
    }
    let redis = RedisStore::builder(cluster.url())
        .with_username("app")
        .with_password("pw")
        .with_response_timeout(PATIENCE)
        .with_connect_timeout(PATIENCE)
        .build()
        .expect("a good URL");
    let (memory, last) = (MemoryStore::new(), MemoryStore::new());
    fill(&memory).await;
    for number in 0..2_000 {
        let create = session(&format!("user {number}"));
        memory.create(create).await.expect("it serves");
    }
    copied(copy(&memory, &redis, CopyMode::Initial).await);
    let report = copied(copy(&redis, &last, CopyMode::Update).await);
    assert_eq!(report.removed, 0);
    let expected = content(&memory, 500).await;
    assert_eq!(content(&redis, 50).await.sessions, expected.sessions);
    assert_eq!(content(&last, 500).await.sessions, expected.sessions);
    assert_behaviour(&redis).await;
}

/// As the documentation lists them.
const RIGHTS: &str = "ACL SETUSER app on >pw ~reissue:* +eval +evalsha +time +get +set +unlink \
    +hget +hset +hdel +hlen +hvals +hgetall +hscan +hrandfield +persist +pexpireat +pexpiretime \
    +cluster|slots +cluster|myid +asking +scan";
