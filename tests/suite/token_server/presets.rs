//! The systems that people come from: lifetimes, and what becomes of a refresh token.

use reissue_tests::TestResponse;

use super::process::{LOGIN, TOKEN, TokenServer};

#[tokio::test]
async fn rfc9700_rotates_for_ten_minutes_each() {
    let (login, refreshed) = login_and_refresh("preset = \"rfc9700\"").await;
    assert_eq!(login.json["expires_in"], 600);
    assert_ne!(login.refresh_token(), refreshed.refresh_token());
}

#[tokio::test]
async fn league_rotates_for_an_hour_each() {
    let (login, refreshed) = login_and_refresh("preset = \"league\"").await;
    assert_eq!(login.json["expires_in"], 3600);
    assert_ne!(login.refresh_token(), refreshed.refresh_token());
}

#[tokio::test]
async fn bshaffer_keeps_the_refresh_token_and_does_not_repeat_it() {
    let (login, refreshed) = login_and_refresh("preset = \"bshaffer\"").await;
    assert_eq!(login.json["expires_in"], 3600);
    assert!(refreshed.json["refresh_token"].is_null(), "{refreshed:?}");
}

#[tokio::test]
async fn bshaffer_rotates_if_it_always_issues_a_new_refresh_token() {
    let policy = "preset = \"bshaffer\"\nalways_issue_new_refresh_token = true";
    let (login, refreshed) = login_and_refresh(policy).await;
    assert_ne!(login.refresh_token(), refreshed.refresh_token());
}

#[tokio::test]
async fn wso2_rotates_for_an_hour_each() {
    let (login, refreshed) = login_and_refresh("preset = \"wso2\"").await;
    assert_eq!(login.json["expires_in"], 3600);
    assert_ne!(login.refresh_token(), refreshed.refresh_token());
}

#[tokio::test]
async fn wso2_returns_the_same_refresh_token_if_it_does_not_renew() {
    let policy = "preset = \"wso2\"\nrenew_refresh_token = false";
    let (login, refreshed) = login_and_refresh(policy).await;
    assert_eq!(login.refresh_token(), refreshed.refresh_token());
}

#[tokio::test]
async fn keys_override_the_preset_and_a_client_overrides_both() {
    let policy = "preset = \"league\"\naccess_ttl = \"PT2H\"";
    let (login, _) = login_and_refresh(policy).await;
    assert_eq!(login.json["expires_in"], 7200);

    let own = "[[clients]]\nid = \"app\"\npublic = true\ngrants = [\"password\"]\n\
               [clients.policy]\naccess_ttl = \"90s\"";
    let server = TokenServer::with(&format!("[policy]\n{policy}\n{own}"));
    let form = format!("{LOGIN}&client_id=app");
    let login = server.post(TOKEN, &form).await;
    assert_eq!(login.json["expires_in"], 90);
}

#[tokio::test]
async fn a_kept_refresh_token_works_again_and_again() {
    let server = TokenServer::with("[policy]\npreset = \"bshaffer\"");
    let login = server.login().await;
    for _ in 0..3 {
        assert_eq!(server.refresh(login.refresh_token()).await.summary(), "200");
    }
}

#[tokio::test]
async fn without_grace_a_second_use_ends_the_session() {
    let server = TokenServer::with("[policy]\ngrace = \"0s\"");
    let login = server.login().await;
    let refreshed = server.refresh(login.refresh_token()).await;
    let reused = server.refresh(login.refresh_token()).await;
    assert_eq!(reused.summary(), "400 invalid_grant");
    let revoked = server.refresh(refreshed.refresh_token()).await;
    assert_eq!(revoked.summary(), "400 invalid_grant");
}

async fn login_and_refresh(policy: &str) -> (TestResponse, TestResponse) {
    let server = TokenServer::with(&format!("[policy]\n{policy}"));
    let login = server.login().await;
    let refreshed = server.refresh(login.refresh_token()).await;
    assert_eq!(refreshed.summary(), "200", "{refreshed:?}");
    (login, refreshed)
}
