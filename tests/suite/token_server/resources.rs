//! What the example server protects and publishes.

use http::Request;
use http::header::AUTHORIZATION;

use reissue_tests::TestResponse;

use super::process::{LOGIN, TOKEN, TokenServer};

/// A request with an access token.
fn with(token: &str, request: http::request::Builder) -> http::request::Builder {
    request.header(AUTHORIZATION, format!("Bearer {token}"))
}

#[tokio::test]
async fn an_access_token_opens_the_sample_resource() {
    let server = TokenServer::demo();
    let login = server.login().await;
    let token = login.text("access_token");
    let response = server.send(with(token, Request::get("/whoami")), "").await;
    assert_eq!(response.status, 200, "{response:?}");
    assert_eq!(response.json["sub"], "bshaffer");
    assert_eq!(response.json["client_id"], "TestClient");

    let without = server.get("/whoami").await;
    assert_eq!(without.status, 401);
    let challenge = without.headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.starts_with("Bearer realm="), "{challenge}");
    let refresh_token = login.refresh_token();
    let wrong = server.send(with(refresh_token, Request::get("/whoami")), "");
    let challenge = wrong.await.headers["www-authenticate"].clone();
    assert!(challenge.to_str().unwrap().contains("invalid_token"));
}

/// A login at the client that may see and end sessions.
async fn account(server: &TokenServer) -> TestResponse {
    let form = format!("{LOGIN}&client_id=demo-account");
    let response = server.post(TOKEN, &form).await;
    assert_eq!(response.summary(), "200", "{response:?}");
    response
}

#[tokio::test]
async fn a_user_sees_and_ends_sessions() {
    let server = TokenServer::demo();
    let (phone, account) = (server.login().await, account(&server).await);
    let token = account.text("access_token");
    let listed = server
        .send(with(token, Request::get("/sessions")), "")
        .await;
    let sessions = listed.json["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2, "{listed:?}");
    let other = sessions.iter().find(|session| session["current"] == false);
    let path = format!("/sessions/{}", other.unwrap()["sid"].as_str().unwrap());

    let ended = server.send(with(token, Request::delete(path)), "").await;
    assert_eq!(ended.status, 204, "{ended:?}");
    let refused = server.refresh(phone.refresh_token()).await;
    assert_eq!(refused.summary(), "400 invalid_grant");
    let stale = with(phone.text("access_token"), Request::get("/whoami"));
    assert_eq!(server.send(stale, "").await.status, 401, "ended at once");
    let form = format!(
        "grant_type=refresh_token&refresh_token={}&client_id=demo-account",
        account.refresh_token()
    );
    assert_eq!(server.post(TOKEN, &form).await.status, 200);
}

/// Broken once: any token did, whatever the user had let its client do.
#[tokio::test]
async fn sessions_are_for_tokens_with_the_scope_for_them() {
    let server = TokenServer::demo();
    let login = server.login().await;
    let own = server
        .post_as_client(TOKEN, "grant_type=client_credentials")
        .await;
    for token in [login.text("access_token"), own.text("access_token")] {
        for request in [
            Request::get("/sessions"),
            Request::delete("/sessions"),
            Request::delete("/sessions/others"),
        ] {
            let response = server.send(with(token, request), "").await;
            assert_eq!(response.status, 403, "{response:?}");
            let challenge = response.headers["www-authenticate"].to_str().unwrap();
            assert!(
                challenge.ends_with(r#"error="insufficient_scope", scope="sessions""#),
                "{challenge}"
            );
        }
    }
    assert_eq!(server.refresh(login.refresh_token()).await.status, 200);
    let asked = format!("{LOGIN}&scope=read+sessions");
    let asked = server.post_as_client(TOKEN, &asked).await;
    assert_eq!(asked.summary(), "400 invalid_scope", "not this client's");
}

#[tokio::test]
async fn a_revoked_access_token_is_denied_at_once() {
    let server = TokenServer::demo();
    let login = server.login().await;
    let own = server
        .post_as_client(TOKEN, "grant_type=client_credentials")
        .await;
    for token in [login.text("access_token"), own.text("access_token")] {
        let whoami = || with(token, Request::get("/whoami"));
        assert_eq!(server.send(whoami(), "").await.status, 200);
        let form = format!("token={token}");
        let revoked = server.post_as_client("/oauth2/revoke", &form).await;
        assert_eq!(revoked.status, 200);
        assert_eq!(server.send(whoami(), "").await.status, 401);
        let seen = server.introspect(token).await;
        assert_eq!(seen, serde_json::json!({"active": false}));
    }
    assert_eq!(server.refresh(login.refresh_token()).await.status, 200);
}

#[tokio::test]
async fn a_public_client_introspects_nothing() {
    let server = TokenServer::demo();
    let account = account(&server).await;
    let form = format!(
        "client_id=demo-account&token={}",
        account.text("access_token")
    );
    let response = server.post("/oauth2/introspect", &form).await;
    assert_eq!(response.summary(), "401 invalid_client");
    let metadata = server.get("/.well-known/oauth-authorization-server").await;
    assert_eq!(
        metadata.json["introspection_endpoint_auth_methods_supported"],
        serde_json::json!(["client_secret_basic", "client_secret_post"])
    );
}

#[tokio::test]
async fn metadata_and_keys_are_published() {
    let server = TokenServer::demo();
    let metadata = server.get("/.well-known/oauth-authorization-server").await;
    assert_eq!(metadata.status, 200, "{metadata:?}");
    let issuer = metadata.text("issuer");
    assert_eq!(
        metadata.json["token_endpoint"],
        format!("{issuer}/oauth2/token")
    );
    assert_eq!(
        metadata.json["grant_types_supported"],
        serde_json::json!([
            "authorization_code",
            "client_credentials",
            "password",
            "refresh_token"
        ])
    );
    let names_issuer = &metadata.json["authorization_response_iss_parameter_supported"];
    assert_eq!(*names_issuer, true, "RFC 9207 §3");
    let keys = server.get("/.well-known/jwks.json").await;
    assert_eq!(keys.json["keys"][0]["crv"], "Ed25519", "{keys:?}");
    assert!(keys.json["keys"][0].get("d").is_none());
}
