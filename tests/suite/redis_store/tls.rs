//! `rediss://`, with an authority of our own.

use std::fs;

use reissue::store::Store;
use reissue_redis::{RedisStore, RedisStoreErrorKind as Kind};
use reissue_tests::redis::{Certificate, RedisServer, free_port};

use super::{family, generation, kind, sid};

#[tokio::test]
async fn a_server_is_trusted_if_its_authority_is() {
    let certificate = Certificate::for_localhost();
    let port = free_port();
    let _server = RedisServer::builder().tls(port, &certificate).start();
    let roots = fs::read(certificate.certificate()).expect("a certificate");
    let connect = |host: &str| RedisStore::builder(format!("rediss://{host}:{port}"));

    let trusting = connect("localhost").with_root_certificates(roots.clone());
    let trusting = trusting.build().expect("a good configuration");
    trusting.create(family(sid(1))).await.expect("it serves");
    assert_eq!(generation(&trusting, sid(1)).await, 0);

    let other = fs::read(Certificate::for_localhost().certificate()).expect("a certificate");
    for (why, wary) in [
        ("nobody is known to trust", connect("localhost")),
        (
            "somebody else is trusted",
            connect("localhost").with_root_certificates(other),
        ),
        (
            "the certificate is for another name",
            connect("127.0.0.1").with_root_certificates(roots),
        ),
    ] {
        let wary = wary.build().expect("a good configuration");
        assert_eq!(kind(wary.create(family(sid(2))).await), Kind::Tls, "{why}");
    }
}

#[tokio::test]
async fn a_server_that_asks_for_a_certificate_gets_it() {
    let certificate = Certificate::for_localhost();
    let port = free_port();
    let server = RedisServer::builder().tls(port, &certificate);
    let _server = server.config("tls-auth-clients yes").start();
    let roots = fs::read(certificate.certificate()).expect("a certificate");
    let key = fs::read(certificate.key()).expect("a key");
    let url = format!("rediss://localhost:{port}");

    let known = RedisStore::builder(&url)
        .with_root_certificates(roots.clone())
        .with_client_certificate(roots.clone(), key);
    let known = known.build().expect("a good configuration");
    known.create(family(sid(1))).await.expect("it serves");
    let unknown = RedisStore::builder(&url).with_root_certificates(roots);
    let unknown = unknown.build().expect("a good configuration");
    let refused = kind(unknown.create(family(sid(2))).await);
    // In TLS 1.3 the server learns last that there is no certificate. What we sent meanwhile lies
    // unread when it hangs up, and the reset that follows may overtake its reason.
    assert!(
        matches!(refused, Kind::Tls | Kind::ConnectionLost),
        "{refused:?}"
    );
}

#[test]
fn what_is_no_certificate_is_refused_by_name() {
    let connect = || RedisStore::builder("rediss://localhost");
    let key = |builder: reissue_redis::RedisStoreBuilder| {
        let refused = builder.build().expect_err("it must be refused");
        refused.key().to_owned()
    };
    for roots in [
        "",
        "no PEM",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        assert_eq!(
            key(connect().with_root_certificates(roots)),
            "root certificates"
        );
    }
    let client = connect().with_client_certificate("no", "PEM");
    assert_eq!(key(client), "client certificate");
}
