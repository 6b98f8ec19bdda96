//! What becomes of a refresh token: current, superseded within grace and after it, expired,
//! another's.

use std::time::Duration;

use reissue::Policy;
use reissue_tests::{Endpoint, Fault, TestResponse, Verb, assert_error, assert_refreshes, claims};

const GRACE: Duration = Duration::from_secs(60);
const TICK: Duration = Duration::from_millis(1);

pub(crate) async fn generation(endpoint: &Endpoint) -> u64 {
    endpoint
        .record("alice")
        .await
        .expect("she is logged in")
        .generation
}

/// Whether a refresh token is the current one, by introspection, which changes nothing.
pub(crate) async fn is_current(endpoint: &Endpoint, token: &str) -> bool {
    let response = endpoint
        .introspect_as("web", &format!("token={token}"))
        .await;
    response.json["active"] == true
}

#[tokio::test]
async fn the_current_token_advances_the_generation_once() {
    let endpoint = Endpoint::new();
    let mut token = endpoint.login().await.refresh_token().to_owned();
    for expected in 1..=5 {
        endpoint.forget();
        let response = assert_refreshes(&endpoint, &token).await;
        assert_eq!(endpoint.store.take_calls(), [Verb::Advance]);
        assert_eq!(generation(&endpoint).await, expected);
        assert_ne!(response.refresh_token(), token);
        response.refresh_token().clone_into(&mut token);
    }
}

#[tokio::test]
async fn the_previous_token_within_grace_gets_the_same_new_generation() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let first = assert_refreshes(&endpoint, login.refresh_token()).await;
    endpoint.clock.advance(GRACE - TICK);
    endpoint.forget();
    let second = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_eq!(endpoint.store.take_calls(), [Verb::Advance]);
    assert_eq!(endpoint.events.take_names(), ["Retried"]);
    assert_eq!(generation(&endpoint).await, 1);
    assert!(is_current(&endpoint, first.refresh_token()).await);
    assert!(is_current(&endpoint, second.refresh_token()).await);
    // Either of them is the new token, and there is one more generation to come, not two.
    assert_refreshes(&endpoint, second.refresh_token()).await;
    assert_refreshes(&endpoint, first.refresh_token()).await;
    assert_eq!(generation(&endpoint).await, 2);
}

#[tokio::test]
async fn a_retry_does_not_move_the_deadline() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    assert_refreshes(&endpoint, login.refresh_token()).await;
    let before = endpoint.record("alice").await.unwrap();
    for _ in 0..3 {
        endpoint.clock.advance(GRACE / 4);
        assert_refreshes(&endpoint, login.refresh_token()).await;
    }
    let after = endpoint.record("alice").await.unwrap();
    assert_eq!(after.deadline, before.deadline);
    assert_eq!(after.rotated_at, before.rotated_at);
    // Nor does it prolong grace.
    endpoint.clock.advance(GRACE / 4);
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
}

#[tokio::test]
async fn a_refresh_moves_the_idle_deadline() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let before = endpoint.record("alice").await.unwrap();
    endpoint.clock.advance(GRACE);
    assert_refreshes(&endpoint, login.refresh_token()).await;
    let after = endpoint.record("alice").await.unwrap();
    assert_eq!(
        after.deadline,
        before.deadline.map(|deadline| deadline + GRACE)
    );
}

#[tokio::test]
async fn the_previous_token_over_the_retry_cap_is_denied_and_the_family_unchanged() {
    let endpoint = Endpoint::builder()
        .policy(Policy::builder().with_retry_cap(3).build().unwrap())
        .build();
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    for _ in 0..3 {
        assert_refreshes(&endpoint, login.refresh_token()).await;
    }
    endpoint.forget();
    for _ in 0..3 {
        let response = endpoint.refresh(login.refresh_token()).await;
        assert_error(&response, 400, "invalid_grant");
    }
    assert_eq!(endpoint.events.take_names()[..2], ["Superseded", "Denied"]);
    let next = assert_refreshes(&endpoint, next.refresh_token()).await;
    assert_refreshes(&endpoint, next.refresh_token()).await;
}

#[tokio::test]
async fn the_previous_token_after_grace_revokes_the_family() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    endpoint.clock.advance(GRACE);
    endpoint.forget();
    let reused = endpoint.refresh(login.refresh_token()).await;
    assert_error(&reused, 400, "invalid_grant");
    assert_eq!(
        endpoint.events.take_names(),
        ["Revoked", "Reused", "Denied"]
    );
    assert_all_revoked(&endpoint, &[&login, &next]).await;
}

#[tokio::test]
async fn two_behind_within_its_own_grace_gets_the_current_generation() {
    let endpoint = Endpoint::new();
    let first = endpoint.login().await;
    let second = assert_refreshes(&endpoint, first.refresh_token()).await;
    let third = assert_refreshes(&endpoint, second.refresh_token()).await;
    endpoint.clock.advance(GRACE - TICK);
    for behind in [&first, &second] {
        let response = assert_refreshes(&endpoint, behind.refresh_token()).await;
        assert!(is_current(&endpoint, response.refresh_token()).await);
    }
    assert!(is_current(&endpoint, third.refresh_token()).await);
    assert_refreshes(&endpoint, third.refresh_token()).await;
}

#[tokio::test]
async fn two_behind_after_grace_revokes_the_family() {
    let endpoint = Endpoint::new();
    let first = endpoint.login().await;
    let second = assert_refreshes(&endpoint, first.refresh_token()).await;
    let third = assert_refreshes(&endpoint, second.refresh_token()).await;
    endpoint.clock.advance(GRACE);
    let response = endpoint.refresh(first.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert_all_revoked(&endpoint, &[&first, &second, &third]).await;
}

#[tokio::test]
async fn reuse_leaves_the_other_sessions_of_the_subject_alone() {
    let endpoint = Endpoint::new();
    let laptop = endpoint.login().await;
    let phone = endpoint.login().await;
    assert_refreshes(&endpoint, laptop.refresh_token()).await;
    endpoint.clock.advance(GRACE);
    let response = endpoint.refresh(laptop.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert_refreshes(&endpoint, phone.refresh_token()).await;
}

#[tokio::test]
async fn reuse_that_could_not_be_stopped_is_503_and_noticed_again() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    endpoint.clock.advance(GRACE);
    endpoint.store.plan_success();
    endpoint.store.plan(Fault::Before);
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 503, "temporarily_unavailable");
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert_all_revoked(&endpoint, &[&login, &next]).await;
}

async fn assert_all_revoked(endpoint: &Endpoint, responses: &[&TestResponse]) {
    assert_eq!(endpoint.record("alice").await, None);
    for response in responses {
        for token in [response.refresh_token(), response.text("access_token")] {
            assert!(!is_current(endpoint, token).await, "{response:?}");
        }
        let refused = endpoint.refresh(response.refresh_token()).await;
        assert_error(&refused, 400, "invalid_grant");
    }
}

#[tokio::test]
async fn a_token_expires_when_it_was_idle_for_too_long() {
    let idle = Duration::from_secs(30 * 24 * 3_600);
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    endpoint.clock.advance(idle - TICK);
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    endpoint.clock.advance(idle);
    let response = endpoint.refresh(next.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert_eq!(endpoint.record("alice").await, None);
}

#[tokio::test]
async fn a_session_ends_however_often_it_is_refreshed() {
    let day = Duration::from_secs(24 * 3_600);
    let endpoint = Endpoint::new();
    let mut last = endpoint.login().await;
    for _ in 0..6 {
        endpoint.clock.advance(day * 15 - TICK);
        last = assert_refreshes(&endpoint, last.refresh_token()).await;
    }
    // 90 days less six ticks: no access token outlives the session.
    assert_eq!(last.json["expires_in"], 1);
    endpoint.clock.advance(TICK * 6);
    let response = endpoint.refresh(last.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
}

#[tokio::test]
async fn an_access_token_does_not_outlive_its_session() {
    let policy = Policy::builder()
        .with_absolute_ttl(reissue::Lifetime::For(Duration::from_secs(900)))
        .build()
        .unwrap();
    let endpoint = Endpoint::builder().policy(policy).build();
    let login = endpoint.login().await;
    assert_eq!(login.json["expires_in"], 600);
    endpoint.clock.advance(Duration::from_secs(800));
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_eq!(next.json["expires_in"], 100);
    let claims = claims(next.text("access_token"));
    assert_eq!(
        claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(),
        100
    );
}

#[tokio::test]
async fn the_token_of_another_client_is_denied_and_the_family_unchanged() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    endpoint.clock.advance(GRACE);
    endpoint.forget();
    // The superseded one, too: or anybody could log others out.
    for token in [login.refresh_token(), next.refresh_token()] {
        let body = format!("grant_type=refresh_token&refresh_token={token}");
        assert_error(
            &endpoint.post_as("other", &body).await,
            400,
            "invalid_grant",
        );
        let body = format!("{body}&client_id=app");
        assert_error(&endpoint.post_bare(&body).await, 400, "invalid_grant");
    }
    assert_eq!(endpoint.store.take_calls(), []);
    assert_eq!(
        endpoint.events.take_names(),
        ["ClientMismatch", "Denied"].repeat(4)
    );
    assert_refreshes(&endpoint, next.refresh_token()).await;
}
