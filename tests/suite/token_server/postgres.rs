//! Several servers with the same keys on one Postgres are one.

use std::path::Path;

use http::Request;
use reissue_tests::postgres::PostgresServer;
use reissue_tests::{ISSUER, TestKeys};

use super::process::TokenServer;

/// A configuration that several servers can share. Patient, since the machine may be busy.
fn shared(url: &str, folder: &Path) -> String {
    let keys = TestKeys::generate();
    let pem = folder.join("key.pem");
    std::fs::write(&pem, keys.signing.to_pem().unwrap().expose()).unwrap();
    format!(
        "listen = \"127.0.0.1:0\"\nissuer = \"{ISSUER}\"\nstore = \"{url}\"\n\
         [logins]\naddress = \"connection\"\n\
         [postgres]\nresponse_timeout = \"20s\"\n\
         [tokens]\nsigning_keys = [{pem:?}]\nseal_keys = [\"{}\"]",
        keys.sealing.expose_paserk().expose(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_on_postgres_go_on_at_any_server_and_outlive_all_of_them() {
    let postgres = PostgresServer::start();
    let folder = tempfile::tempdir().unwrap();
    let config = shared(&postgres.url(), folder.path());
    // Both create the tables.
    let (one, two) = (TokenServer::with(&config), TokenServer::with(&config));
    let login = one.login().await;
    let first = two.refresh(login.refresh_token()).await;
    assert_eq!(first.summary(), "200", "{first:?}");
    let late = one.refresh(login.refresh_token()).await;
    assert_eq!(late.summary(), "200", "{late:?}");
    one.stop("KILL");
    two.stop("KILL");

    let three = TokenServer::with(&config);
    let second = three.refresh(first.refresh_token()).await;
    assert_eq!(second.summary(), "200", "{second:?}");
    let form = format!("token={}", second.refresh_token());
    let revoked = three.post_as_client("/oauth2/revoke", &form).await;
    assert_eq!(revoked.summary(), "200", "{revoked:?}");
    assert_eq!(
        three.refresh(second.refresh_token()).await.summary(),
        "400 invalid_grant"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_starts_before_its_database_serves_when_that_is_there() {
    let postgres = PostgresServer::start();
    postgres.kill();
    let folder = tempfile::tempdir().unwrap();
    let server = TokenServer::with(&shared(&postgres.url(), folder.path()));
    let ready = server.send(Request::get("/readyz"), "").await;
    assert_eq!(ready.status, 503, "{ready:?}");
    postgres.restart();
    server.logged_to("store: the tables are there");
    server.login().await;
}
