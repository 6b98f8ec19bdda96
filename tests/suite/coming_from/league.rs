//! thephpleague/oauth2-server.

use std::time::Duration;

use reissue::client::Client;
use reissue::hook::{Decision, RefreshOverrides};
use reissue::{Lifetime, OfflineAccess, OnReuse, Policy, Rotation};
use reissue_tests::{
    Endpoint, assert_error, assert_ok, assert_refreshes, claims, confidential, form_encoded,
};

use super::rows::{
    DAY, HOUR, Host, TICK, assert_access_token_lives, assert_client_authentication,
    assert_error_codes, assert_extras, assert_foreign_tokens_are_denied, assert_grace,
    assert_grants, assert_one_new_token, assert_refresh_token_lives, assert_reuse_ends_the_session,
    assert_scopes, builder, is_active, with,
};

#[tokio::test]
async fn access_tokens_live_for_an_hour_or_as_configured() {
    let league = Policy::league();
    assert_access_token_lives(&league, HOUR).await;
    let two = league
        .to_builder()
        .with_access_ttl(HOUR * 2)
        .build()
        .unwrap();
    assert_access_token_lives(&two, HOUR * 2).await;
}

#[tokio::test]
async fn a_client_can_have_lifetimes_of_its_own() {
    let own = Policy::league()
        .to_builder()
        .with_access_ttl(Duration::from_secs(300))
        .build()
        .unwrap();
    let endpoint = builder(Policy::league())
        .client(confidential("web").with_policy(own))
        .build();
    assert_eq!(endpoint.login().await.json["expires_in"], 300);
    let other = endpoint
        .post_as("other", "grant_type=password&username=bob")
        .await;
    assert_eq!(other.json["expires_in"], 3_600);
}

#[tokio::test]
async fn refresh_tokens_live_for_30_days_or_as_configured() {
    let league = Policy::league();
    assert_refresh_token_lives(&league, DAY * 30).await;
    let week = league
        .to_builder()
        .with_idle_ttl(Lifetime::For(DAY * 7))
        .build()
        .unwrap();
    assert_refresh_token_lives(&week, DAY * 7).await;
}

/// Refreshes every 20 days for so long, and gives what became of the last one.
async fn refreshed_for(endpoint: &Endpoint, days: u32) -> String {
    let mut last = endpoint.login().await;
    for _ in 0..days / 20 {
        endpoint.clock.advance(DAY * 20);
        last = assert_refreshes(endpoint, last.refresh_token()).await;
    }
    endpoint.clock.advance(DAY * (days % 20) - TICK);
    last = assert_refreshes(endpoint, last.refresh_token()).await;
    endpoint.clock.advance(TICK);
    endpoint.refresh(last.refresh_token()).await.summary()
}

#[tokio::test]
async fn each_refresh_starts_the_month_again_until_90_days_are_over() {
    let endpoint = with(Policy::league());
    assert_eq!(refreshed_for(&endpoint, 90).await, "400 invalid_grant");
}

#[tokio::test]
async fn without_an_absolute_limit_a_session_goes_on_as_it_does_there() {
    let policy = Policy::league()
        .to_builder()
        .with_absolute_ttl(Lifetime::Unlimited)
        .build()
        .unwrap();
    assert_eq!(refreshed_for(&with(policy), 410).await, "200");
}

#[tokio::test]
async fn each_refresh_returns_a_new_token_and_accepts_the_old_one_within_grace_only() {
    let endpoint = with(Policy::league());
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_ne!(next.refresh_token(), login.refresh_token());
    assert_grace(Policy::league()).await;
}

#[tokio::test]
async fn without_grace_the_old_token_is_denied_at_once() {
    let policy = Policy::league()
        .to_builder()
        .with_grace(Duration::ZERO)
        .build()
        .unwrap();
    let endpoint = with(policy);
    let login = endpoint.login().await;
    assert_refreshes(&endpoint, login.refresh_token()).await;
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
}

#[tokio::test]
async fn an_old_token_that_comes_back_ends_the_session() {
    assert_reuse_ends_the_session(Policy::league()).await;
}

#[tokio::test]
async fn on_trial_an_old_token_is_only_reported() {
    let endpoint = with(
        Policy::league()
            .to_builder()
            .with_on_reuse(OnReuse::Report)
            .build()
            .unwrap(),
    );
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    endpoint.clock.advance(HOUR);
    endpoint.forget();
    assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_eq!(endpoint.events.take_names(), ["Reused", "Retried"]);
    assert_refreshes(&endpoint, next.refresh_token()).await;
}

#[tokio::test]
async fn old_tokens_can_stay_good_for_clients_with_a_secret() {
    let endpoint = with(
        Policy::league()
            .to_builder()
            .with_rotation(Rotation::Converge)
            .build()
            .unwrap(),
    );
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_refreshes(&endpoint, next.refresh_token()).await;
    endpoint.clock.advance(DAY);
    let again = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert!(is_active(&endpoint, again.refresh_token()).await);
    assert_eq!(endpoint.record("alice").await.unwrap().generation, 2);

    let app = Client::public("app");
    let converging = Policy::league()
        .to_builder()
        .with_rotation(Rotation::Converge)
        .build()
        .unwrap();
    assert_eq!(app.check(&converging).unwrap_err().key(), "client app");
}

#[tokio::test]
async fn two_requests_at_once_get_one_new_token() {
    assert_one_new_token(Policy::league()).await;
}

#[tokio::test]
async fn the_access_token_before_lives_until_it_expires() {
    let endpoint = with(Policy::league());
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    let before = login.text("access_token");
    assert!(is_active(&endpoint, before).await);
    // With the session it ends too, for those who ask.
    let form = format!("token={}", next.refresh_token());
    endpoint.revoke_as("web", &form).await;
    assert!(!is_active(&endpoint, before).await);
}

#[tokio::test]
async fn a_narrowed_scope_can_be_had_in_full_again() {
    assert_scopes(Policy::league()).await;
}

#[tokio::test]
async fn the_hook_has_the_last_word_on_scopes() {
    let endpoint = builder(Policy::league())
        .server(|server| {
            server.with_hook(Host(|refreshing| {
                let scope = if refreshing.client.id() == "web" {
                    "read"
                } else {
                    "read admin"
                };
                let scope = scope.parse().expect("it is well-formed");
                RefreshOverrides::default().with_scope(scope).into()
            }))
        })
        .build();
    let login = endpoint.login().await;
    let narrowed = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_eq!(narrowed.text("scope"), "read");

    let login = endpoint
        .post_as("other", "grant_type=password&username=bob")
        .await;
    let form = format!(
        "grant_type=refresh_token&refresh_token={}",
        login.refresh_token()
    );
    let widened = endpoint.post_as("other", &form).await;
    assert_error(&widened, 503, "temporarily_unavailable");
}

#[tokio::test]
async fn grants_of_a_user_bring_a_refresh_token_and_others_do_not() {
    let device = "urn:ietf:params:oauth:grant-type:device_code";
    assert_grants(
        Policy::league(),
        &["password", "authorization_code", device],
    )
    .await;
}

#[tokio::test]
async fn refresh_tokens_can_need_offline_access() {
    let endpoint = builder(
        Policy::league()
            .to_builder()
            .with_offline_access(OfflineAccess::Required)
            .build()
            .unwrap(),
    )
    .grant(|parameters| {
        let scope = parameters.get("scope").unwrap_or_default().parse();
        Ok(reissue::Grant::new("alice").with_scope(scope.expect("it is well-formed")))
    })
    .build();
    for (scope, brings) in [("read", false), ("read offline_access", true)] {
        let form = format!("grant_type=password&scope={}", form_encoded(scope));
        let response = endpoint.post(&form).await;
        assert_ok(&response);
        assert_eq!(response.json.get("refresh_token").is_some(), brings);
    }
}

#[tokio::test]
async fn extra_parameters_and_claims_are_at_login_and_at_every_refresh() {
    assert_extras(Policy::league()).await;
}

#[tokio::test]
async fn access_tokens_have_the_claims_of_rfc_9068() {
    let endpoint = with(Policy::league());
    let login = endpoint.login().await;
    let claims = claims(login.text("access_token"));
    assert_eq!(claims["aud"], "https://id.example");
    assert_eq!(claims["client_id"], "web");
    assert_eq!(claims["scope"], "openid read write");
    assert!(claims.get("scopes").is_none());
}

#[tokio::test]
async fn its_events_have_counterparts() {
    let endpoint = with(Policy::league());
    let login = endpoint.login().await;
    assert_eq!(endpoint.events.take_names(), ["Issued"]);
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_eq!(endpoint.events.take_names(), ["Refreshed"]);
    let form = format!(
        "grant_type=refresh_token&refresh_token={}",
        next.refresh_token()
    );
    endpoint.post_as("other", &form).await;
    assert_eq!(endpoint.events.take_names(), ["ClientMismatch", "Denied"]);
    endpoint
        .post_bare(&format!("{form}&client_id=web&client_secret=wrong"))
        .await;
    let refused = endpoint.events.take();
    assert!(refused[0].contains("SecretWrong"), "{refused:?}");
}

#[tokio::test]
async fn the_hook_can_deny_as_a_repository_can() {
    let endpoint = builder(Policy::league())
        .server(|server| server.with_hook(Host(|_| Decision::Deny)))
        .build();
    let login = endpoint.login().await;
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert!(is_active(&endpoint, login.refresh_token()).await);
}

#[tokio::test]
async fn clients_authenticate_in_the_header_or_in_the_body() {
    assert_client_authentication(Policy::league()).await;
}

#[tokio::test]
async fn errors_have_the_codes_of_version_9() {
    assert_error_codes(Policy::league()).await;
}

#[tokio::test]
async fn a_revoked_session_is_denied() {
    let endpoint = with(Policy::league());
    let one = endpoint.login().await;
    let form = format!("token={}", one.refresh_token());
    assert_eq!(endpoint.revoke_as("web", &form).await.status, 200);
    let other = endpoint.login().await;
    let ended = endpoint.server.revoke_sessions("alice", None).await;
    ended.unwrap();
    for login in [one, other] {
        let response = endpoint.refresh(login.refresh_token()).await;
        assert_error(&response, 400, "invalid_grant");
    }
}

#[tokio::test]
async fn refresh_tokens_that_it_issued_are_denied() {
    let encrypted = format!("def50200{}", "0a".repeat(300));
    assert_foreign_tokens_are_denied(Policy::league(), &[&encrypted]).await;
}
