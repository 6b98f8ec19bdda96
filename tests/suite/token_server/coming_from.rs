//! The rows of `docs/coming-from.md` that are about keys of the configuration file.

use super::process::{LOGIN, TOKEN, TokenServer};

async fn expires_in(server: &TokenServer) -> u64 {
    let login = server.login().await;
    login.json["expires_in"].as_u64().expect("it is a number")
}

/// For how many seconds a refresh token is good, as introspection says.
async fn refresh_token_lifetime(server: &TokenServer) -> u64 {
    let login = server.login().await;
    let seen = server.introspect(login.refresh_token()).await;
    let time = |name: &str| seen[name].as_u64().expect("it is a number");
    time("exp") - time("iat")
}

#[tokio::test]
async fn intervals_of_league_are_read_as_they_are() {
    let policy = "preset = \"league\"\naccess_ttl = \"PT2H\"\nidle_ttl = \"P1M\"";
    let server = TokenServer::with(&format!("[policy]\n{policy}"));
    assert_eq!(expires_in(&server).await, 2 * 3_600);
    assert_eq!(refresh_token_lifetime(&server).await, 30 * 86_400);
}

#[tokio::test]
async fn validity_periods_of_wso2_are_read_as_they_are() {
    let policy = "preset = \"wso2\"\naccess_ttl = \"1800s\"\nidle_ttl = \"86400s\"";
    let server = TokenServer::with(&format!("[policy]\n{policy}"));
    assert_eq!(expires_in(&server).await, 1_800);
    assert_eq!(refresh_token_lifetime(&server).await, 86_400);
}

#[tokio::test]
async fn lifetimes_of_the_presets_are_theirs() {
    for (preset, idle) in [
        ("league", 30 * 86_400),
        ("bshaffer", 1_209_600),
        ("wso2", 86_400),
    ] {
        let server = TokenServer::with(&format!("[policy]\npreset = \"{preset}\""));
        assert_eq!(expires_in(&server).await, 3_600, "{preset}");
        assert_eq!(refresh_token_lifetime(&server).await, idle, "{preset}");
    }
}

#[tokio::test]
async fn always_issue_new_refresh_token_is_a_key() {
    for (value, rotates) in [("true", true), ("false", false)] {
        let server = TokenServer::with(&format!(
            "[policy]\npreset = \"bshaffer\"\nalways_issue_new_refresh_token = {value}"
        ));
        let login = server.login().await;
        let response = server.refresh(login.refresh_token()).await;
        assert_eq!(response.json["refresh_token"].is_string(), rotates);
    }
}

#[tokio::test]
async fn renew_refresh_token_is_a_key_of_server_and_application() {
    for (value, renews) in [("true", true), ("false", false)] {
        let key = format!("renew_refresh_token = {value}");
        let of_server = format!("[policy]\npreset = \"wso2\"\n{key}");
        let mine = format!(
            "[policy]\npreset = \"wso2\"\n[[clients]]\nid = \"mine\"\nsecret = \"s\"\n\
             grants = [\"password\", \"refresh_token\"]\nscope = \"read\"\n[clients.policy]\n{key}"
        );
        for (config, credentials) in [
            (of_server, "client_id=TestClient&client_secret=TestSecret"),
            (mine, "client_id=mine&client_secret=s"),
        ] {
            let server = TokenServer::with(&config);
            let login = server.post(TOKEN, &format!("{LOGIN}&{credentials}")).await;
            let token = login.refresh_token();
            let form = format!("grant_type=refresh_token&refresh_token={token}&{credentials}");
            let response = server.post(TOKEN, &form).await;
            assert_eq!(response.refresh_token() != token, renews, "{config}");
        }
    }
}

#[tokio::test]
async fn revoking_an_access_token_ends_the_session_if_configured() {
    for (value, ends) in [("true", true), ("false", false)] {
        let config = format!("[tokens]\naccess_token_revokes_session = {value}");
        let server = TokenServer::with(&config);
        let login = server.login().await;
        let form = format!("token={}", login.text("access_token"));
        let revoked = server.post_as_client("/oauth2/revoke", &form).await;
        assert_eq!(revoked.summary(), "200", "{revoked:?}");
        let seen = server.introspect(login.refresh_token()).await;
        assert_eq!(seen["active"], !ends, "{value}");
    }
}

#[tokio::test]
async fn credentials_in_the_body_can_be_forbidden() {
    let server = TokenServer::with(
        "[[clients]]\nid = \"mine\"\nsecret = \"s\"\ngrants = [\"password\"]\n\
         auth_methods = [\"client_secret_basic\"]",
    );
    let form = format!("{LOGIN}&client_id=mine&client_secret=s");
    let response = server.post(TOKEN, &form).await;
    assert_eq!(response.summary(), "401 invalid_client");
}
