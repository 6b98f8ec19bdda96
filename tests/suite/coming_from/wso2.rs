//! WSO2 Identity Server.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reissue::hook::Decision;
use reissue::{AccessTokenRevocation, KeepResponse, Lifetime, Policy, Rotation, Sid};
use reissue_tests::{assert_error, assert_ok, assert_refreshes, claims, confidential};

use super::rows::{
    DAY, HOUR, Host, SECOND, TICK, assert_access_token_lives, assert_client_authentication,
    assert_error_codes, assert_extras, assert_foreign_tokens_are_denied, assert_grace,
    assert_grants, assert_one_new_token, assert_refresh_token_lives, assert_reuse_ends_the_session,
    assert_scopes, builder, is_active, with,
};

/// `renew_refresh_token = false`.
fn not_renewed() -> Policy {
    Policy::wso2()
        .to_builder()
        .with_rotation(Rotation::Keep(KeepResponse::Repeat))
        .build()
        .unwrap()
}

#[tokio::test]
async fn access_tokens_live_for_3600_seconds_or_as_configured() {
    let wso2 = Policy::wso2();
    assert_access_token_lives(&wso2, HOUR).await;
    let half = wso2.to_builder().with_access_ttl(HOUR / 2).build().unwrap();
    assert_access_token_lives(&half, HOUR / 2).await;
}

#[tokio::test]
async fn refresh_tokens_live_for_86400_seconds_or_as_configured() {
    assert_refresh_token_lives(&Policy::wso2(), DAY).await;
    assert_refresh_token_lives(&not_renewed(), DAY).await;
    let week = Policy::wso2()
        .to_builder()
        .with_idle_ttl(Lifetime::For(DAY * 7))
        .build();
    assert_refresh_token_lives(&week.unwrap(), DAY * 7).await;
}

#[tokio::test]
async fn a_renewed_token_has_a_new_expiry() {
    let endpoint = with(Policy::wso2());
    let mut last = endpoint.login().await;
    for _ in 0..5 {
        endpoint.clock.advance(DAY - SECOND);
        let next = assert_refreshes(&endpoint, last.refresh_token()).await;
        assert_ne!(next.refresh_token(), last.refresh_token());
        last = next;
    }
}

#[tokio::test]
async fn a_renewed_token_can_keep_the_first_expiry() {
    let policy = Policy::wso2()
        .to_builder()
        .with_absolute_ttl(Lifetime::For(DAY))
        .build();
    let endpoint = with(policy.unwrap());
    let login = endpoint.login().await;
    endpoint.clock.advance(DAY - TICK);
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_ne!(next.refresh_token(), login.refresh_token());
    endpoint.clock.advance(TICK);
    let response = endpoint.refresh(next.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
}

#[tokio::test]
async fn a_token_that_is_not_renewed_is_repeated_until_its_expiry() {
    let endpoint = with(not_renewed());
    let login = endpoint.login().await;
    for _ in 0..23 {
        endpoint.clock.advance(HOUR);
        let response = assert_refreshes(&endpoint, login.refresh_token()).await;
        assert_eq!(response.refresh_token(), login.refresh_token());
    }
    endpoint.clock.advance(HOUR);
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
}

#[tokio::test]
async fn an_application_can_renew_where_the_server_does_not() {
    let endpoint = builder(not_renewed())
        .client(confidential("web").with_policy(Policy::wso2()))
        .build();
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_ne!(next.refresh_token(), login.refresh_token());
}

#[tokio::test]
async fn a_lost_response_is_repeated_within_the_window() {
    assert_grace(Policy::wso2()).await;
}

#[tokio::test]
async fn using_the_new_token_does_not_keep_the_window_open() {
    let policy = Policy::wso2()
        .to_builder()
        .with_grace(Duration::from_secs(60))
        .build()
        .unwrap();
    let endpoint = with(policy);
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    endpoint.clock.advance(Duration::from_secs(59));
    // A slow tab gets the current one, as long as its own window is open.
    let last = assert_refreshes(&endpoint, next.refresh_token()).await;
    assert_refreshes(&endpoint, login.refresh_token()).await;
    endpoint.clock.advance(Duration::from_secs(1));
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    let response = endpoint.refresh(last.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
}

#[tokio::test]
async fn the_window_has_a_limit_of_repetitions() {
    let endpoint = with(
        Policy::wso2()
            .to_builder()
            .with_retry_cap(2)
            .build()
            .unwrap(),
    );
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    for _ in 0..2 {
        assert_refreshes(&endpoint, login.refresh_token()).await;
    }
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert_refreshes(&endpoint, next.refresh_token()).await;
}

#[tokio::test]
async fn an_old_token_that_comes_back_ends_the_session() {
    assert_reuse_ends_the_session(Policy::wso2()).await;
}

#[tokio::test]
async fn two_requests_at_once_get_one_new_token() {
    assert_one_new_token(Policy::wso2()).await;
}

#[tokio::test]
async fn each_login_is_a_session_with_tokens_of_its_own() {
    let endpoint = with(Policy::wso2());
    let one = endpoint.login().await;
    let other = endpoint.login().await;
    assert_ne!(one.text("access_token"), other.text("access_token"));
    assert_ne!(one.refresh_token(), other.refresh_token());
    let form = format!("token={}", one.refresh_token());
    endpoint.revoke_as("web", &form).await;
    assert_refreshes(&endpoint, other.refresh_token()).await;
}

#[tokio::test]
async fn the_access_token_before_lives_until_it_expires_and_is_in_no_header() {
    let endpoint = with(Policy::wso2());
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert!(is_active(&endpoint, login.text("access_token")).await);
    assert!(!next.headers.contains_key("DeactivatedAccessToken"));
}

#[tokio::test]
async fn a_narrowed_scope_can_be_had_in_full_again() {
    assert_scopes(Policy::wso2()).await;
    assert_scopes(not_renewed()).await;
}

#[tokio::test]
async fn grants_of_a_user_bring_a_refresh_token_and_others_do_not() {
    let grants = [
        "password",
        "authorization_code",
        "urn:ietf:params:oauth:grant-type:saml2-bearer",
    ];
    assert_grants(Policy::wso2(), &grants).await;
}

#[tokio::test]
async fn extra_parameters_and_claims_are_at_login_and_at_every_refresh() {
    assert_extras(Policy::wso2()).await;
}

#[tokio::test]
async fn what_an_interceptor_denies_before_a_renewal_the_hook_denies() {
    let endpoint = builder(Policy::wso2())
        .server(|server| {
            server.with_hook(Host(|refreshing| match refreshing.grant.subject.as_str() {
                "alice" => Decision::DenyAndRevoke,
                _ => Decision::allow(),
            }))
        })
        .build();
    let login = endpoint.login().await;
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert!(!is_active(&endpoint, login.refresh_token()).await);
    let bob = endpoint.post("grant_type=password&username=bob").await;
    assert_refreshes(&endpoint, bob.refresh_token()).await;
}

#[tokio::test]
async fn a_locked_user_is_denied_until_unlocked() {
    static LOCKED: AtomicBool = AtomicBool::new(true);
    let endpoint = builder(Policy::wso2())
        .server(|server| {
            server.with_hook(Host(|_| match LOCKED.load(Ordering::SeqCst) {
                true => Decision::Deny,
                false => Decision::allow(),
            }))
        })
        .build();
    let login = endpoint.login().await;
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    LOCKED.store(false, Ordering::SeqCst);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn a_session_ends_with_the_users_login_when_the_application_ends_it() {
    let endpoint = with(Policy::wso2());
    let here = endpoint.login().await;
    let there = endpoint.login().await;
    let sid = claims(here.text("access_token"))["sid"].clone();
    let sid: Sid = sid.as_str().and_then(|sid| sid.parse().ok()).unwrap();
    endpoint.server.revoke_session("alice", sid).await.unwrap();
    assert!(!is_active(&endpoint, here.text("access_token")).await);
    let response = endpoint.refresh(here.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert_refreshes(&endpoint, there.refresh_token()).await;
}

#[tokio::test]
async fn what_an_interceptor_gets_afterwards_is_an_event() {
    let endpoint = with(Policy::wso2());
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    let form = format!("token={}", next.refresh_token());
    endpoint.revoke_as("web", &form).await;
    endpoint.login().await;
    let all = endpoint.server.revoke_sessions("alice", None).await;
    all.unwrap();
    assert_eq!(
        endpoint.events.take_names(),
        ["Issued", "Refreshed", "Revoked", "Issued", "Revoked"]
    );
}

#[tokio::test]
async fn clients_authenticate_in_the_header_or_in_the_body() {
    assert_client_authentication(Policy::wso2()).await;
}

#[tokio::test]
async fn errors_have_the_codes_of_the_rfc() {
    assert_error_codes(Policy::wso2()).await;
}

#[tokio::test]
async fn revoking_an_access_token_ends_the_session_if_that_is_wanted() {
    for also in [false, true] {
        let revocation = if also {
            AccessTokenRevocation::EndsSession
        } else {
            AccessTokenRevocation::RevokesToken
        };
        let endpoint = builder(Policy::wso2())
            .server(move |server| server.with_access_token_revocation(revocation))
            .build();
        let login = endpoint.login().await;
        let form = format!("token={}", login.text("access_token"));
        assert_eq!(endpoint.revoke_as("web", &form).await.status, 200);
        let response = endpoint.refresh(login.refresh_token()).await;
        if also {
            assert_error(&response, 400, "invalid_grant");
        } else {
            assert_ok(&response);
        }
    }
}

#[tokio::test]
async fn revoking_a_refresh_token_ends_the_access_token_too() {
    let endpoint = with(Policy::wso2());
    let login = endpoint.login().await;
    // `callback` asked for JSONP there.
    let form = format!("token={}&callback=package.mine", login.refresh_token());
    let revoked = endpoint.revoke_as("web", &form).await;
    assert_eq!(revoked.status, 200);
    assert!(revoked.body.is_empty());
    assert!(!is_active(&endpoint, login.text("access_token")).await);
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
}

#[tokio::test]
async fn refresh_tokens_that_it_issued_are_denied() {
    let uuid = "3426ff78-62a5-32fa-be6e-74ab69d4cbf4";
    assert_foreign_tokens_are_denied(Policy::wso2(), &[uuid]).await;
}
