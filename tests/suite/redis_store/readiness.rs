//! What `ready` finds.

use std::time::Duration;

use reissue::Timestamp;
use reissue::store::Store;
use reissue::store::contract::{self, Harness};
use reissue_redis::RedisStore;

use super::server::{Answer, Server};

async fn codes(store: &impl Store) -> Vec<&'static str> {
    let findings = store.ready().await.expect("it serves");
    findings.into_iter().map(|finding| finding.code).collect()
}

#[tokio::test]
async fn a_server_that_persists_and_never_evicts_has_no_findings() {
    let server = Server::with(&["--appendonly", "yes"]);
    assert!(codes(&server.store()).await.is_empty());
}

#[tokio::test]
async fn each_fault_is_found() {
    let server = Server::with(&["--maxmemory-policy", "allkeys-lru"]);
    let store = server.store();
    assert_eq!(codes(&store).await, ["eviction-policy", "no-persistence"]);
    server.ask(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    assert_eq!(codes(&store).await, ["no-persistence"]);
    server.ask(&["CONFIG", "SET", "save", "3600 1"]);
    assert!(codes(&store).await.is_empty());

    let rights = ["on", ">pw", "~*", "+@all", "-hset", "-config"];
    let words: Vec<&str> = ["ACL", "SETUSER", "poor"]
        .into_iter()
        .chain(rights)
        .collect();
    server.ask(&words);
    let store = server.builder().with_username("poor").with_password("pw");
    let store = store.build().expect("a good configuration");
    let findings = store.ready().await.expect("it answers");
    assert_eq!(findings[0].code, "missing-rights");
    assert!(findings[0].detail.contains("HSET"), "{findings:?}");
    assert_eq!(findings[1].code, "persistence-unknown");

    server.ask(&["ACL", "SETUSER", "none", "on", ">pw", "~*", "+ping"]);
    let store = server.builder().with_username("none").with_password("pw");
    let store = store.build().expect("a good configuration");
    let findings = store.ready().await.expect("it answers");
    assert_eq!(findings[0].code, "missing-rights");
    assert!(findings[0].detail.contains("EVAL"), "{findings:?}");
}

/// Those of `docs/operating.md`.
#[tokio::test]
async fn the_documented_rights_are_enough() {
    let server = Server::with(&["--appendonly", "yes"]);
    let rights = "ACL SETUSER app on >pw ~test* +eval +evalsha +time +get +set +unlink +hget +hset \
        +hdel +hlen +hvals +hgetall +hscan +hrandfield +persist +pexpireat +pexpiretime \
        +info +config|get +wait";
    let words: Vec<&str> = rights.split_whitespace().collect();
    assert_eq!(server.ask(&words), Answer::Text(b"OK".to_vec()));
    contract::run(&LimitedUser(&server)).await;
    let store = LimitedUser(&server).store().await;
    assert!(codes(&store).await.is_empty());
}

struct LimitedUser<'a>(&'a Server);

impl Harness for LimitedUser<'_> {
    type Store = RedisStore;

    async fn store(&self) -> RedisStore {
        let builder = self.0.builder().with_username("app").with_password("pw");
        builder.build().expect("a good configuration")
    }

    async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    async fn now(&self) -> Timestamp {
        self.0.now()
    }
}
