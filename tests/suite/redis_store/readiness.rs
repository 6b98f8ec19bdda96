//! What `ready` finds.

use reissue::store::{Store, contract};
use reissue_redis::RedisStore;
use reissue_tests::redis::RedisServer;

use super::harness::{Harness, builder, store};

async fn codes(store: &impl Store) -> Vec<&'static str> {
    let findings = store.ready().await.expect("it serves");
    findings.into_iter().map(|finding| finding.code).collect()
}

#[tokio::test]
async fn a_server_that_persists_and_never_evicts_has_no_findings() {
    let server = RedisServer::builder().config("appendonly yes").start();
    assert!(codes(&store(&server)).await.is_empty());
}

#[tokio::test]
async fn each_fault_is_found() {
    let server = RedisServer::builder()
        .config("maxmemory-policy allkeys-lru")
        .start();
    let store = store(&server);
    assert_eq!(codes(&store).await, ["eviction-policy", "no-persistence"]);
    server.cli(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    assert_eq!(codes(&store).await, ["no-persistence"]);
    server.cli(&["CONFIG", "SET", "save", "3600 1"]);
    assert!(codes(&store).await.is_empty());

    let rights = ["on", ">pw", "~*", "+@all", "-hset", "-config"];
    let words: Vec<&str> = ["ACL", "SETUSER", "poor"]
        .into_iter()
        .chain(rights)
        .collect();
    server.cli(&words);
    let store = builder(&server).with_username("poor").with_password("pw");
    let store = store.build().expect("a good configuration");
    let findings = store.ready().await.expect("it answers");
    assert_eq!(findings[0].code, "missing-rights");
    assert!(findings[0].detail.contains("HSET"), "{findings:?}");
    assert_eq!(findings[1].code, "persistence-unknown");

    server.cli(&["ACL", "SETUSER", "none", "on", ">pw", "~*", "+ping"]);
    let store = builder(&server).with_username("none").with_password("pw");
    let store = store.build().expect("a good configuration");
    let findings = store.ready().await.expect("it answers");
    assert_eq!(findings[0].code, "missing-rights");
    assert!(findings[0].detail.contains("EVAL"), "{findings:?}");
}

/// Those of `docs/operating.md`.
#[tokio::test]
async fn the_documented_rights_are_enough() {
    let server = RedisServer::builder().config("appendonly yes").start();
    let rights = "ACL SETUSER app on >pw ~test* +eval +evalsha +time +get +set +unlink +hget +hset \
        +hdel +hlen +hvals +hgetall +hscan +hrandfield +persist +pexpireat +pexpiretime \
        +info +config|get +wait";
    let words: Vec<&str> = rights.split_whitespace().collect();
    assert_eq!(server.cli(&words), "OK");
    let limited = RedisStore::connect(server.url())
        .with_username("app")
        .with_password("pw");
    let harness = Harness::with(limited, &server);
    contract::run(&harness).await;
    assert!(codes(&harness.store()).await.is_empty());
}
