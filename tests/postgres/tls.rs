//! TLS, and whom it trusts.

use reissue::store::Store;
use reissue_postgres::{PostgresStore, PostgresStoreErrorKind};
use reissue_tests::postgres::PostgresServer;
use reissue_tests::redis::Certificate;

use super::harness::{build, kind, migrated};

#[tokio::test]
async fn certificates_are_verified_where_that_is_asked_for() {
    let certificate = Certificate::for_localhost();
    let roots = std::fs::read(certificate.certificate()).expect("it was made");
    let server = PostgresServer::builder().tls(&certificate).start();
    let url = |host: &str, mode: &str| {
        let url = server.url().replace("127.0.0.1", host);
        PostgresStore::builder(format!("{url}?sslmode={mode}"))
    };
    let encrypted = "select count(*) from pg_stat_ssl s join pg_stat_activity a using (pid) \
        where s.ssl and a.application_name = 'reissue'";

    migrated(url("127.0.0.1", "disable")).await;
    assert_eq!(server.value(encrypted).await, "0");
    for mode in ["prefer", "require"] {
        let store = build(url("127.0.0.1", mode));
        assert_eq!(store.ready().await.expect("it serves"), []);
        assert_ne!(server.value(encrypted).await, "0", "{mode}");
    }

    for mode in ["verify-ca", "verify-full"] {
        let store = build(url("localhost", mode));
        let ready = store.ready().await;
        assert_eq!(kind(ready), PostgresStoreErrorKind::Tls, "authority");
        let trusting = url("localhost", mode).with_root_certificates(roots.clone());
        assert_eq!(build(trusting).ready().await.expect("it serves"), []);
        let file = certificate.certificate();
        let by_file = server.url().replace("127.0.0.1", "localhost");
        let by_file = format!("{by_file}?sslmode={mode}&sslrootcert={}", file.display());
        let by_file = build(PostgresStore::builder(by_file));
        assert_eq!(by_file.ready().await.expect("it serves"), []);
    }
    let strict = url("127.0.0.1", "require").with_root_certificates(roots);
    let ready = build(strict).ready().await;
    assert_eq!(kind(ready), PostgresStoreErrorKind::Tls, "another name");
}

#[tokio::test]
async fn a_server_without_tls_is_told() {
    let server = PostgresServer::start();
    let url = format!("{}?sslmode=require", server.url());
    let store = build(PostgresStore::builder(url));
    assert_eq!(kind(store.ready().await), PostgresStoreErrorKind::Tls);
}
