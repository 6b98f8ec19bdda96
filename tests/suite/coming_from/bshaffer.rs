//! bshaffer/oauth2-server-php.

use reissue::client::{AuthMethod, Client};
use reissue::{GrantType, Lifetime, Policy, Rotation};
use reissue_tests::{
    SECRET, assert_error, assert_ok, assert_refreshes, confidential, form, form_encoded,
};

use super::rows::{
    DAY, HOUR, SECOND, TICK, assert_access_token_lives, assert_client_authentication,
    assert_error_codes, assert_extras, assert_foreign_tokens_are_denied, assert_grace,
    assert_grants, assert_one_new_token, assert_refresh_token_lives, assert_reuse_ends_the_session,
    assert_scopes, builder, is_active, with,
};

/// `always_issue_new_refresh_token`.
fn always_new() -> Policy {
    Policy::bshaffer()
        .to_builder()
        .with_rotation(Rotation::Rotate)
        .build()
        .unwrap()
}

#[tokio::test]
async fn access_tokens_live_for_3600_seconds_or_as_configured() {
    let bshaffer = Policy::bshaffer();
    assert_access_token_lives(&bshaffer, HOUR).await;
    let half = bshaffer
        .to_builder()
        .with_access_ttl(HOUR / 2)
        .build()
        .unwrap();
    assert_access_token_lives(&half, HOUR / 2).await;
}

#[tokio::test]
async fn refresh_tokens_live_for_14_days_or_as_configured() {
    let bshaffer = Policy::bshaffer();
    assert_refresh_token_lives(&bshaffer, DAY * 14).await;
    let month = bshaffer
        .to_builder()
        .with_idle_ttl(Lifetime::For(DAY * 28))
        .build()
        .unwrap();
    assert_refresh_token_lives(&month, DAY * 28).await;
}

#[tokio::test]
async fn a_lifetime_of_0_is_never() {
    let policy = Policy::bshaffer()
        .to_builder()
        .with_idle_ttl(Lifetime::Unlimited)
        .with_absolute_ttl(Lifetime::Unlimited)
        .build();
    let endpoint = with(policy.unwrap());
    let login = endpoint.login().await;
    endpoint.clock.advance(DAY * 3_650);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn the_token_is_kept_and_not_repeated_in_the_response() {
    let endpoint = with(Policy::bshaffer());
    let login = endpoint.login().await;
    for _ in 0..13 {
        endpoint.clock.advance(DAY);
        let response = assert_refreshes(&endpoint, login.refresh_token()).await;
        assert!(response.json.get("refresh_token").is_none());
    }
    // Using it does not make it live longer.
    endpoint.clock.advance(DAY - TICK);
    assert_refreshes(&endpoint, login.refresh_token()).await;
    endpoint.clock.advance(TICK);
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
}

#[tokio::test]
async fn always_issuing_a_new_one_starts_the_14_days_again() {
    let endpoint = with(always_new());
    let mut last = endpoint.login().await;
    for _ in 0..3 {
        endpoint.clock.advance(DAY * 14 - SECOND);
        let next = assert_refreshes(&endpoint, last.refresh_token()).await;
        assert_ne!(next.refresh_token(), last.refresh_token());
        last = next;
    }
    assert_refresh_token_lives(&always_new(), DAY * 14).await;
    assert_grace(always_new()).await;
}

#[tokio::test]
async fn old_tokens_can_stay_good_for_clients_with_a_secret() {
    let endpoint = with(
        Policy::bshaffer()
            .to_builder()
            .with_rotation(Rotation::Converge)
            .build()
            .unwrap(),
    );
    let login = endpoint.login().await;
    for _ in 0..3 {
        endpoint.clock.advance(HOUR);
        let response = assert_refreshes(&endpoint, login.refresh_token()).await;
        assert!(is_active(&endpoint, response.refresh_token()).await);
    }
    assert_eq!(endpoint.record("alice").await.unwrap().generation, 1);
}

#[tokio::test]
async fn two_requests_at_once_get_one_new_token() {
    assert_one_new_token(always_new()).await;
}

#[tokio::test]
async fn an_old_token_that_comes_back_ends_the_session() {
    assert_reuse_ends_the_session(always_new()).await;
}

#[tokio::test]
async fn a_public_client_gets_a_new_token_each_time() {
    let app = Client::public("app").with_grant_types([GrantType::PASSWORD]);
    let error = app.check(&Policy::bshaffer()).unwrap_err();
    assert_eq!(error.key(), "client app");
    let endpoint = builder(Policy::bshaffer())
        .client(app.with_policy(always_new()))
        .build();
    let login = endpoint
        .post_bare("grant_type=password&username=alice&client_id=app")
        .await;
    let form = format!(
        "grant_type=refresh_token&client_id=app&refresh_token={}",
        login.refresh_token()
    );
    let next = endpoint.post_bare(&form).await;
    assert_ok(&next);
    assert_ne!(next.refresh_token(), login.refresh_token());
}

#[tokio::test]
async fn a_narrowed_scope_can_be_had_in_full_again() {
    assert_scopes(Policy::bshaffer()).await;
    assert_scopes(always_new()).await;
}

#[tokio::test]
async fn grants_of_a_user_bring_a_refresh_token_and_others_do_not() {
    let grants = ["password", "authorization_code"];
    assert_grants(Policy::bshaffer(), &grants).await;
}

#[tokio::test]
async fn an_assertion_brings_one_if_the_client_may_refresh() {
    let assertion = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    assert_grants(Policy::bshaffer(), &[assertion]).await;
    let endpoint = builder(Policy::bshaffer())
        .client(
            confidential("web")
                .with_grant_types([GrantType::JWT_BEARER])
                .without_refresh_token(),
        )
        .build();
    let form = format!("grant_type={}&username=alice", form_encoded(assertion));
    let response = endpoint.post(&form).await;
    assert_ok(&response);
    assert!(response.json.get("refresh_token").is_none());
}

#[tokio::test]
async fn extra_parameters_and_claims_are_at_login_and_at_every_refresh() {
    assert_extras(Policy::bshaffer()).await;
}

#[tokio::test]
async fn what_its_storage_gets_is_an_event() {
    let endpoint = with(always_new());
    let login = endpoint.login().await;
    assert_refreshes(&endpoint, login.refresh_token()).await;
    let form = format!("token={}", login.refresh_token());
    endpoint.revoke_as("web", &form).await;
    assert_eq!(
        endpoint.events.take_names(),
        ["Issued", "Refreshed", "Revoked"]
    );
}

#[tokio::test]
async fn clients_authenticate_in_the_header_or_in_the_body() {
    assert_client_authentication(Policy::bshaffer()).await;
}

#[tokio::test]
async fn a_client_can_be_kept_from_sending_its_secret_in_the_body() {
    let endpoint = builder(Policy::bshaffer())
        .client(confidential("web").with_auth_methods([AuthMethod::ClientSecretBasic]))
        .build();
    let login = endpoint.post("grant_type=refresh_token").await;
    assert_error(&login, 400, "invalid_request");
    let form = format!(
        "grant_type=refresh_token&client_id=web&client_secret={}",
        form_encoded(SECRET)
    );
    assert_error(&endpoint.post_bare(&form).await, 401, "invalid_client");
}

#[tokio::test]
async fn errors_have_the_codes_of_the_rfc() {
    assert_error_codes(Policy::bshaffer()).await;
}

#[tokio::test]
async fn revocation_needs_the_client_and_returns_an_empty_body() {
    let endpoint = with(Policy::bshaffer());
    let login = endpoint.login().await;
    let body = format!("token={}&token_type_hint=other", login.refresh_token());
    let anybody = endpoint.call_revocation(form(body.clone())).await;
    assert_error(&anybody, 401, "invalid_client");
    assert_refreshes(&endpoint, login.refresh_token()).await;

    let revoked = endpoint.revoke_as("web", &body).await;
    assert_eq!(revoked.status, 200);
    assert!(revoked.body.is_empty());
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
}

#[tokio::test]
async fn refresh_tokens_that_it_issued_are_denied() {
    let hex = "3466725278b4f4a9b1ef6c1cd0d8b2f4e5f3a0c1";
    assert_foreign_tokens_are_denied(Policy::bshaffer(), &[hex]).await;
}
