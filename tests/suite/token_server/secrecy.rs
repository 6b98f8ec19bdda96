//! No token and no secret in the log, however much is logged.

use super::process::{TOKEN, TokenServer, program};

#[tokio::test]
async fn nothing_secret_is_logged_at_trace() {
    let mut demo = program();
    demo.args(["--listen", "127.0.0.1:0", "--store", "memory:"])
        .env("RUST_LOG", "trace");
    let server = TokenServer::start(&mut demo, None);
    let login = server.login().await;
    let refreshed = server.refresh(login.refresh_token()).await;
    let wrong = "grant_type=password&username=bshaffer&password=planted-password";
    server.post_as_client(TOKEN, wrong).await;
    let wrong = "grant_type=password&client_id=TestClient&client_secret=planted-secret";
    server.post(TOKEN, wrong).await;
    server
        .get("/oauth2/token?refresh_token=planted-query")
        .await;
    server.introspect(refreshed.text("access_token")).await;
    let form = format!("token={}", refreshed.refresh_token());
    server.post_as_client("/oauth2/revoke", &form).await;

    let logged = server.stop("TERM").stderr;
    assert!(logged.contains("session issued"), "{logged}");
    for secret in [
        login.refresh_token(),
        login.text("access_token"),
        refreshed.refresh_token(),
        refreshed.text("access_token"),
        "TestSecret",
        "VGVzdENsaWVudDpUZXN0U2VjcmV0",
        "brent123",
        "planted",
    ] {
        assert!(!logged.contains(secret), "{secret} is in the log: {logged}");
    }
}
