//! Several servers with the same keys on one Redis are one.

use std::time::Instant;

use reissue_tests::proxy::named;
use reissue_tests::redis::RedisServer;
use reissue_tests::{ISSUER, Proxy, TestKeys};
use serde_json::json;

use super::process::TokenServer;
use crate::redis_store::{info_of_version, time_ahead_by};

/// A configuration that several servers can share.
fn shared(redis: &RedisServer, folder: &std::path::Path) -> String {
    shared_with(&TestKeys::generate(), &redis.url(), folder)
}

/// The same with keys that the test knows. Patient, since the machine may be busy.
pub(super) fn shared_with(keys: &TestKeys, store: &str, folder: &std::path::Path) -> String {
    let patient = "response_timeout = \"20s\"\nconnect_timeout = \"20s\"";
    configured(keys, store, patient, folder)
}

/// The same, with this under `[redis]`.
pub(super) fn configured(
    keys: &TestKeys,
    store: &str,
    redis: &str,
    folder: &std::path::Path,
) -> String {
    let pem = folder.join("key.pem");
    std::fs::write(&pem, keys.signing.to_pem().unwrap().expose()).unwrap();
    format!(
        "listen = \"127.0.0.1:0\"\nissuer = \"{ISSUER}\"\nstore = \"{store}\"\n\
         [logins]\naddress = \"connection\"\n\
         [redis]\n{redis}\n\
         [tokens]\nsigning_keys = [{pem:?}]\nseal_keys = [\"{}\"]",
        keys.sealing.expose_paserk().expose(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_on_at_any_server_and_outlives_all_of_them() {
    let redis = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let config = shared(&redis, folder.path());
    let (one, two) = (TokenServer::with(&config), TokenServer::with(&config));

    let login = one.login().await;
    let first = two.refresh(login.refresh_token()).await;
    assert_eq!(first.summary(), "200", "{first:?}");
    let second = one.refresh(first.refresh_token()).await;
    assert_eq!(second.summary(), "200", "{second:?}");
    // A late tab at the other server is no thief yet, and gets the current generation.
    let late = two.refresh(login.refresh_token()).await;
    assert_eq!(late.summary(), "200", "{late:?}");

    assert!(one.stop("TERM").status.success());
    assert!(two.stop("TERM").status.success());
    let three = TokenServer::with(&config);
    let third = three.refresh(second.refresh_token()).await;
    assert_eq!(third.summary(), "200", "{third:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_and_log_tell_what_is_wrong_with_redis() {
    let redis = RedisServer::start();
    redis.cli(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    let folder = tempfile::tempdir().unwrap();
    let server = TokenServer::with(&shared(&redis, folder.path()));
    server.logged_to("eviction-policy");
    let ready = server.get("/readyz").await;
    assert_eq!(ready.status, 200);
    let findings = ready.json["findings"].as_array().unwrap();
    let has = |code: &str| findings.contains(&json!({ "code": code }));
    assert!(
        has("eviction-policy") && has("no-persistence"),
        "{findings:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_too_old_or_has_another_time_is_reported_at_the_start_and_by_readiness() {
    let redis = RedisServer::start();
    let proxy = Proxy::start(redis.port());
    proxy.reply(info_of_version("6.2.14"), named("INFO"));
    proxy.reply(time_ahead_by(3_600), named("TIME"));
    let folder = tempfile::tempdir().unwrap();
    let config = shared_with(&TestKeys::generate(), &proxy.url(), folder.path());
    let server = TokenServer::with(&config);
    let log = server.logged_to("server-too-old");
    assert!(log.contains("store: clock-skew: "), "{log}");
    assert!(log.contains("6.2.14"), "{log}");
    let ready = server.get("/readyz").await;
    assert_eq!(ready.status, 200);
    let findings = ready.json["findings"].as_array().unwrap();
    let codes: Vec<_> = findings.iter().map(|finding| &finding["code"]).collect();
    assert_eq!(codes, ["clock-skew", "server-too-old"]);
    // The path is open: what is worth knowing to an attacker is in the log only.
    for secret in ["6.2", "127.0.0.1", &proxy.url()] {
        assert!(!ready.wire().contains(secret), "{}", ready.wire());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_asks_redis_at_most_once_a_second() {
    let redis = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let server = TokenServer::with(&shared(&redis, folder.path()));
    assert_eq!(server.get("/readyz").await.status, 200);
    let before = redis.command_stats("info");
    let began = Instant::now();
    for _ in 0..200 {
        assert_eq!(server.get("/readyz").await.status, 200);
    }
    let asked = redis.command_stats("info") - before;
    // `command_stats` asks itself.
    assert!(asked <= began.elapsed().as_secs() + 2, "{asked} times");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_redis_is_down_clients_keep_their_tokens() {
    let redis = RedisServer::builder().durable().start();
    let folder = tempfile::tempdir().unwrap();
    let server = TokenServer::with(&shared(&redis, folder.path()));
    let login = server.login().await;

    redis.kill();
    let refused = server.refresh(login.refresh_token()).await;
    assert_eq!(refused.summary(), "503 temporarily_unavailable");
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(server.get("/readyz").await.status, 503);
    assert_eq!(server.get("/healthz").await.status, 200);

    redis.restart();
    let mut response = server.refresh(login.refresh_token()).await;
    for _ in 0..50 {
        if response.status == 200 {
            break;
        }
        assert_eq!(response.summary(), "503 temporarily_unavailable");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        response = server.refresh(login.refresh_token()).await;
    }
    assert_eq!(response.summary(), "200", "{response:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_that_no_replica_has_is_not_confirmed() {
    let redis = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let durable = "[redis]\nrevocation_replicas = 1\nrevocation_within = \"100ms\"";
    let config = shared(&redis, folder.path()).replace("[redis]", durable);
    let server = TokenServer::with(&config);
    let login = server.login().await;
    let form = format!("token={}", login.refresh_token());
    let revoked = server.post_as_client("/oauth2/revoke", &form).await;
    assert_eq!(revoked.summary(), "503 temporarily_unavailable");
    // It has taken effect on the master all the same.
    let refused = server.refresh(login.refresh_token()).await;
    assert_eq!(refused.summary(), "400 invalid_grant");
}
