//! `rediss://`, with an authority of our own.

use std::path::Path;
use std::process::Command;

use reissue::store::Store;
use reissue_redis::{RedisStore, RedisStoreErrorKind as Kind};
use reissue_tests::redis::{RedisServer, free_port};

use super::{family, generation, kind, sid};

#[tokio::test]
async fn a_server_is_trusted_if_its_authority_is() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    certificate(directory.path());
    let file = |name: &str| directory.path().join(name).display().to_string();
    let port = free_port();
    let _server = RedisServer::builder()
        .config(format!("tls-port {port}"))
        .config(format!("tls-cert-file {}", file("cert.pem")))
        .config(format!("tls-key-file {}", file("key.pem")))
        .config(format!("tls-ca-cert-file {}", file("cert.pem")))
        .config("tls-auth-clients no")
        .start();
    let roots = std::fs::read(file("cert.pem")).expect("a certificate");
    let connect = |host: &str| RedisStore::connect(format!("rediss://{host}:{port}"));

    let trusting = connect("localhost").with_root_certificates(roots.clone());
    let trusting = trusting.build().expect("a good configuration");
    trusting.create(family(sid(1))).await.expect("it serves");
    assert_eq!(generation(&trusting, sid(1)).await, 0);

    let wary = connect("localhost").build().expect("a good configuration");
    assert_eq!(
        kind(wary.create(family(sid(2))).await),
        Kind::ConnectionLost
    );
    let elsewhere = connect("127.0.0.1").with_root_certificates(roots);
    let elsewhere = elsewhere.build().expect("a good configuration");
    assert_eq!(
        kind(elsewhere.create(family(sid(2))).await),
        Kind::ConnectionLost,
        "the certificate is for another name"
    );
    let bad = connect("localhost").with_client_certificate("no", "PEM");
    assert!(bad.build().is_err());
}

/// For `localhost`, signed by itself.
fn certificate(directory: &Path) {
    let made = Command::new("openssl")
        .current_dir(directory)
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args(["-subj", "/CN=localhost", "-keyout", "key.pem"])
        .args(["-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-out", "cert.pem"])
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{made:?}");
}
