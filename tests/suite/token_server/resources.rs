//! What the example server protects and publishes.

use http::Request;
use http::header::AUTHORIZATION;

use super::process::TokenServer;

/// A request with an access token.
fn with(token: &str, request: http::request::Builder) -> http::request::Builder {
    request.header(AUTHORIZATION, format!("Bearer {token}"))
}

#[tokio::test]
async fn an_access_token_opens_the_sample_resource() {
    let server = TokenServer::demo();
    let login = server.login().await;
    let token = login.text("access_token");
    let answer = server.send(with(token, Request::get("/whoami")), "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json["sub"], "bshaffer");
    assert_eq!(answer.json["client_id"], "TestClient");

    let without = server.get("/whoami").await;
    assert_eq!(without.status, 401);
    let challenge = without.headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.starts_with("Bearer realm="), "{challenge}");
    let refresh_token = login.refresh_token();
    let wrong = server.send(with(refresh_token, Request::get("/whoami")), "");
    let challenge = wrong.await.headers["www-authenticate"].clone();
    assert!(challenge.to_str().unwrap().contains("invalid_token"));
}

#[tokio::test]
async fn a_user_sees_and_ends_sessions() {
    let server = TokenServer::demo();
    let (phone, laptop) = (server.login().await, server.login().await);
    let token = laptop.text("access_token");
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
    assert_eq!(server.refresh(laptop.refresh_token()).await.status, 200);
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
