//! What `ready` finds.

use reissue::store::{Store, contract};
use reissue::{Clock as _, SystemClock};
use reissue_redis::RedisStore;
use reissue_tests::Proxy;
use reissue_tests::proxy::named;
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
    let findings = store.ready().await.expect("it responds");
    assert_eq!(findings[0].code, "missing-rights");
    assert!(findings[0].detail.contains("HSET"), "{findings:?}");
    assert_eq!(findings[1].code, "persistence-unknown");

    server.cli(&["ACL", "SETUSER", "none", "on", ">pw", "~*", "+ping"]);
    let store = builder(&server).with_username("none").with_password("pw");
    let store = store.build().expect("a good configuration");
    let findings = store.ready().await.expect("it responds");
    assert_eq!(findings[0].code, "missing-rights");
    assert!(findings[0].detail.contains("EVAL"), "{findings:?}");
}

#[tokio::test]
async fn a_server_of_the_last_major_version_is_too_old() {
    let server = RedisServer::builder().config("appendonly yes").start();
    let proxy = Proxy::start(server.port());
    let store = RedisStore::builder(proxy.url()).build();
    let store = store.expect("a good configuration");
    assert!(codes(&store).await.is_empty());
    proxy.reply(info_of_version("6.2.14"), named("INFO"));
    let findings = store.ready().await.expect("it responds");
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].code, "server-too-old");
    assert!(findings[0].detail.contains("6.2.14"), "{findings:?}");
    proxy.heal();
    proxy.reply(info_of_version("7.0.0"), named("INFO"));
    assert!(codes(&store).await.is_empty());
}

#[tokio::test]
async fn a_clock_that_differs_by_more_than_is_allowed_is_found() {
    let server = RedisServer::builder().config("appendonly yes").start();
    let proxy = Proxy::start(server.port());
    let with_skew = |seconds| {
        let store = RedisStore::builder(proxy.url())
            .with_max_clock_skew(std::time::Duration::from_secs(seconds));
        store.build().expect("a good configuration")
    };
    for (ahead, direction) in [(60, "ahead of"), (-60, "behind")] {
        proxy.reply(time_ahead_by(ahead), named("TIME"));
        let findings = with_skew(30).ready().await.expect("it responds");
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].code, "clock-skew");
        assert!(findings[0].detail.contains(direction), "{findings:?}");
        assert!(codes(&with_skew(90)).await.is_empty());
        proxy.heal();
        assert!(codes(&with_skew(30)).await.is_empty());
    }
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
    let limited = RedisStore::builder(server.url())
        .with_username("app")
        .with_password("pw");
    let harness = Harness::with(limited, &server);
    contract::run(&harness).await;
    assert!(codes(&harness.store()).await.is_empty());
}

/// The reply of a server that persists and never evicts.
pub(crate) fn info_of_version(version: &str) -> String {
    let info =
        format!("redis_version:{version}\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n");
    format!("${}\r\n{info}\r\n", info.len())
}

/// The reply of a server whose clock is ahead of ours.
pub(crate) fn time_ahead_by(seconds: i64) -> String {
    let now = SystemClock.now().as_millis() / 1_000;
    let theirs = now.saturating_add_signed(seconds).to_string();
    format!("*2\r\n${}\r\n{theirs}\r\n$1\r\n0\r\n", theirs.len())
}
