//! The demo with requests as the documentation of other systems has them.

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};

use super::process::{LOGIN, PARTIES, TOKEN, TokenServer, write_config};

#[tokio::test]
async fn the_requests_of_bshaffers_documentation_work() {
    let server = TokenServer::demo();
    let login = server.login().await;
    assert_eq!(login.text("token_type"), "Bearer");
    let refreshed = server.refresh(login.refresh_token()).await;
    assert_eq!(refreshed.summary(), "200", "{refreshed:?}");

    let granted = server
        .post_as_client(TOKEN, "grant_type=client_credentials")
        .await;
    assert_eq!(granted.summary(), "200", "{granted:?}");
    assert!(granted.json["refresh_token"].is_null(), "RFC 6749 §4.4.3");
}

#[tokio::test]
async fn the_requests_of_leagues_documentation_work() {
    let server = TokenServer::demo();
    let credentials = "client_id=TestClient&client_secret=TestSecret";
    let form =
        format!("grant_type=password&{credentials}&scope=read&username=alex&password=whisky");
    let login = server.post("/access_token", &form).await;
    assert_eq!(login.summary(), "200", "{login:?}");
    assert_eq!(login.text("scope"), "read");
    let token = login.refresh_token();
    let form = format!("grant_type=refresh_token&refresh_token={token}&{credentials}&scope=read");
    let refreshed = server.post("/access_token", &form).await;
    assert_eq!(refreshed.summary(), "200", "{refreshed:?}");
}

#[tokio::test]
async fn a_public_client_logs_in_and_refreshes() {
    let server = TokenServer::demo();
    let login = server
        .post(TOKEN, &format!("{LOGIN}&client_id=demo-app"))
        .await;
    assert_eq!(login.summary(), "200", "{login:?}");
    let token = login.refresh_token();
    let form = format!("grant_type=refresh_token&client_id=demo-app&refresh_token={token}");
    assert_eq!(server.post(TOKEN, &form).await.summary(), "200");
    let form = "grant_type=client_credentials&client_id=demo-app";
    assert_eq!(
        server.post(TOKEN, form).await.summary(),
        "400 unauthorized_client"
    );
}

#[tokio::test]
async fn failed_logins_are_denied_alike() {
    let argon2 = argon2id("correct horse");
    let server = TokenServer::with(&format!(
        "[[users]]\nname = \"slow\"\npassword_argon2 = \"{argon2}\""
    ));
    let slow = server
        .post_as_client(
            TOKEN,
            "grant_type=password&username=slow&password=correct+horse",
        )
        .await;
    assert_eq!(slow.summary(), "200", "{slow:?}");

    let mut bodies = Vec::new();
    for (username, password) in [
        ("bshaffer", "wrong"),
        ("slow", "wrong"),
        ("nobody", "brent123"),
        ("gone", "brent123"),
        ("gone", "wrong"),
    ] {
        let form = format!("grant_type=password&username={username}&password={password}");
        let response = server.post_as_client(TOKEN, &form).await;
        assert_eq!(response.summary(), "400 invalid_grant", "{username}");
        bodies.push(response.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "nothing tells them apart");
}

#[tokio::test]
async fn what_cannot_be_granted_is_denied_with_its_own_code() {
    let server = TokenServer::with("");
    for (form, says) in [
        ("", "400 invalid_request"),
        (
            "grant_type=password&username=bshaffer",
            "400 invalid_request",
        ),
        (
            "grant_type=password&password=brent123",
            "400 invalid_request",
        ),
        ("grant_type=authorization_code", "400 unauthorized_client"),
        ("grant_type=implicit", "400 unsupported_grant_type"),
    ] {
        let response = server.post_as_client(TOKEN, form).await;
        assert_eq!(response.summary(), says, "{form}");
    }
    for (more, says) in [
        ("scope=admin", "400 invalid_scope"),
        ("scope=read++write", "400 invalid_scope"),
        ("resource=https://api.example", "400 invalid_target"),
    ] {
        let response = server
            .post_as_client(TOKEN, &format!("{LOGIN}&{more}"))
            .await;
        assert_eq!(response.summary(), says, "{more}");
    }
    let response = server.post(TOKEN, LOGIN).await;
    assert_eq!(response.summary(), "401 invalid_client");
    assert!(response.headers.contains_key("www-authenticate"));
}

#[tokio::test]
async fn a_narrowed_refresh_leaves_the_refresh_token_whole() {
    let server = TokenServer::demo();
    let login = server.login().await;
    let token = login.refresh_token();
    let form = format!("grant_type=refresh_token&refresh_token={token}&scope=read");
    let narrowed = server.post_as_client(TOKEN, &form).await;
    assert_eq!(narrowed.text("scope"), "read");
    let whole = server.refresh(narrowed.refresh_token()).await;
    assert_eq!(whole.text("scope"), "openid read write");
}

#[tokio::test]
async fn a_revoked_session_is_gone_everywhere() {
    let server = TokenServer::demo();
    let login = server.login().await;
    let token = login.refresh_token();
    assert_eq!(server.introspect(token).await["active"], true);
    let form = format!("token={token}");
    let revoked = server.post_as_client("/oauth2/revoke", &form).await;
    assert_eq!(revoked.status, 200);
    assert_eq!(server.refresh(token).await.summary(), "400 invalid_grant");
    assert_eq!(server.introspect(token).await["active"], false);
}

#[tokio::test]
async fn offline_access_is_required_if_the_policy_requires_it() {
    let parties = PARTIES.replace("openid read", "openid offline_access read");
    let folder = tempfile::tempdir().expect("a folder");
    let config = format!("[policy]\noffline_access = true\n{parties}");
    let file = write_config(folder.path(), &config);
    let server = TokenServer::with_file(&file);
    let online = server
        .post_as_client(TOKEN, &format!("{LOGIN}&scope=read"))
        .await;
    assert!(online.json["refresh_token"].is_null(), "{online:?}");
    let form = format!("{LOGIN}&scope=read+offline_access");
    let offline = server.post_as_client(TOKEN, &form).await;
    assert!(offline.json["refresh_token"].is_string(), "{offline:?}");
}

/// The argon2id hash of a password, with parameters that are quick.
fn argon2id(password: &str) -> String {
    let params = Params::new(64, 1, 1, None).expect("they are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password.as_bytes(), b"salt of the test")
        .expect("it can be hashed")
        .to_string()
}
