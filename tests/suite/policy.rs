//! Lifetimes and rotation: presets, and what differs from the default.

use std::time::Duration;

use reissue::client::Client;
use reissue::{KeepResponse, Lifetime, OnReuse, Policy, Rotation};
use reissue_tests::{Endpoint, Verb, assert_error, assert_refreshes, confidential};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);
const TICK: Duration = Duration::from_millis(1);
pub(crate) const NONE: Rotation = Rotation::Keep(KeepResponse::Omit);
pub(crate) const SAME: Rotation = Rotation::Keep(KeepResponse::Repeat);

fn with(policy: Policy) -> Endpoint {
    // The one public client of the endpoint may have no other than this.
    let app = Client::public("app").with_policy(Policy::default());
    Endpoint::builder().client(app).policy(policy).build()
}

/// Asserts that a session lives for `idle` without a refresh, and not longer.
async fn assert_idle(policy: &Policy, idle: Duration) {
    for (waited, expected) in [(idle - TICK, "200"), (idle, "400 invalid_grant")] {
        let endpoint = with(policy.clone());
        let login = endpoint.login().await;
        endpoint.clock.advance(waited);
        let response = endpoint.refresh(login.refresh_token()).await;
        assert_eq!(response.summary(), expected, "{policy:?}");
    }
}

#[tokio::test]
async fn league_is_an_hour_and_a_month_and_rotates() {
    let endpoint = with(Policy::league());
    let login = endpoint.login().await;
    assert_eq!(login.json["expires_in"], 3_600);
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_ne!(next.refresh_token(), login.refresh_token());
    assert_idle(&Policy::league(), DAY * 30).await;
}

#[tokio::test]
async fn bshaffer_is_an_hour_and_14_days_and_returns_no_new_refresh_token() {
    let endpoint = with(Policy::bshaffer());
    let login = endpoint.login().await;
    assert_eq!(login.json["expires_in"], 3_600);
    for _ in 0..3 {
        endpoint.clock.advance(HOUR);
        let response = assert_refreshes(&endpoint, login.refresh_token()).await;
        assert!(response.json.get("refresh_token").is_none());
        assert_eq!(response.json["expires_in"], 3_600);
    }
    assert_idle(&Policy::bshaffer(), DAY * 14).await;
}

#[tokio::test]
async fn bshaffer_with_always_issue_new_refresh_token_rotates() {
    let policy = Policy::bshaffer()
        .to_builder()
        .with_rotation(Rotation::Rotate)
        .build()
        .unwrap();
    let endpoint = with(policy.clone());
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_ne!(next.refresh_token(), login.refresh_token());
    assert_idle(&policy, DAY * 14).await;
}

#[tokio::test]
async fn wso2_is_an_hour_and_a_day_and_renews_with_a_new_expiry() {
    let endpoint = with(Policy::wso2());
    let mut last = endpoint.login().await;
    assert_eq!(last.json["expires_in"], 3_600);
    for _ in 0..3 {
        endpoint.clock.advance(DAY - HOUR);
        let next = assert_refreshes(&endpoint, last.refresh_token()).await;
        assert_ne!(next.refresh_token(), last.refresh_token());
        last = next;
    }
    assert_idle(&Policy::wso2(), DAY).await;
}

#[tokio::test]
async fn wso2_without_renewal_returns_the_same_token_until_its_expiry() {
    let policy = Policy::wso2()
        .to_builder()
        .with_rotation(SAME)
        .build()
        .unwrap();
    let endpoint = with(policy.clone());
    let login = endpoint.login().await;
    for _ in 0..23 {
        endpoint.clock.advance(HOUR);
        let response = assert_refreshes(&endpoint, login.refresh_token()).await;
        assert_eq!(response.refresh_token(), login.refresh_token());
    }
    endpoint.clock.advance(HOUR);
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert_idle(&policy, DAY).await;
}

#[tokio::test]
async fn keeping_the_token_never_writes_to_the_store() {
    for (rotation, answered) in [(NONE, false), (SAME, true)] {
        let endpoint = with(Policy::builder().with_rotation(rotation).build().unwrap());
        let login = endpoint.login().await;
        let before = endpoint.record("alice").await.unwrap();
        for _ in 0..5 {
            endpoint.forget();
            let response = assert_refreshes(&endpoint, login.refresh_token()).await;
            assert_eq!(endpoint.store.take_calls(), [Verb::Load]);
            assert_eq!(response.json.get("refresh_token").is_some(), answered);
        }
        assert_eq!(endpoint.record("alice").await, Some(before));
    }
}

#[tokio::test]
async fn a_kept_token_is_denied_once_its_session_is_revoked() {
    for rotation in [NONE, SAME] {
        let endpoint = with(Policy::builder().with_rotation(rotation).build().unwrap());
        let login = endpoint.login().await;
        endpoint
            .server
            .revoke_sessions("alice", None)
            .await
            .unwrap();
        let response = endpoint.refresh(login.refresh_token()).await;
        assert_error(&response, 400, "invalid_grant");
    }
}

#[tokio::test]
async fn a_kept_token_follows_an_amended_grant() {
    for rotation in [NONE, SAME] {
        let endpoint = with(Policy::builder().with_rotation(rotation).build().unwrap());
        let login = endpoint.login().await;
        let sid = endpoint.server.sessions("alice").await.unwrap()[0].sid;
        endpoint
            .server
            .amend_session("alice", sid, |grant| grant.scope = "read".parse().unwrap())
            .await
            .unwrap();
        for _ in 0..2 {
            let response = assert_refreshes(&endpoint, login.refresh_token()).await;
            assert_eq!(response.text("scope"), "read");
        }
    }
}

#[tokio::test]
async fn converging_returns_the_current_generation_for_any_superseded_token() {
    let endpoint = with(
        Policy::builder()
            .with_rotation(Rotation::Converge)
            .build()
            .unwrap(),
    );
    let first = endpoint.login().await;
    let second = assert_refreshes(&endpoint, first.refresh_token()).await;
    let third = assert_refreshes(&endpoint, second.refresh_token()).await;
    endpoint.clock.advance(DAY);
    endpoint.forget();
    for stale in [&first, &second] {
        let response = assert_refreshes(&endpoint, stale.refresh_token()).await;
        let body = format!("token={}", response.refresh_token());
        let seen = endpoint.introspect_as("web", &body).await;
        assert_eq!(seen.json["active"], true);
    }
    assert_eq!(endpoint.events.take_names(), ["Retried", "Retried"]);
    assert_eq!(endpoint.record("alice").await.unwrap().generation, 2);
    assert_refreshes(&endpoint, third.refresh_token()).await;
}

#[tokio::test]
async fn on_trial_reuse_is_reported_and_accepted() {
    let endpoint = with(
        Policy::builder()
            .with_on_reuse(OnReuse::Report)
            .build()
            .unwrap(),
    );
    let first = endpoint.login().await;
    let second = assert_refreshes(&endpoint, first.refresh_token()).await;
    let third = assert_refreshes(&endpoint, second.refresh_token()).await;
    endpoint.clock.advance(HOUR);
    for stale in [&first, &second] {
        endpoint.forget();
        assert_refreshes(&endpoint, stale.refresh_token()).await;
        let events = endpoint.events.take();
        assert!(events[0].starts_with("Reused"), "{events:?}");
        assert!(events[0].contains("end: Kept"), "{events:?}");
        assert!(events[1].starts_with("Retried"), "{events:?}");
    }
    assert_eq!(endpoint.record("alice").await.unwrap().generation, 2);
    assert_refreshes(&endpoint, third.refresh_token()).await;
}

#[tokio::test]
async fn a_client_can_have_a_policy_of_its_own() {
    let own = Policy::builder()
        .with_rotation(SAME)
        .with_access_ttl(Duration::from_secs(30))
        .build()
        .unwrap();
    let endpoint = Endpoint::builder()
        .client(confidential("web").with_policy(own))
        .build();
    let login = endpoint.login().await;
    assert_eq!(login.json["expires_in"], 30);
    let response = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_eq!(response.refresh_token(), login.refresh_token());
    let other = endpoint
        .post_as("other", "grant_type=password&username=bob")
        .await;
    assert_eq!(other.json["expires_in"], 600);
}

#[tokio::test]
async fn a_session_without_limits_never_ends() {
    let policy = Policy::builder()
        .with_idle_ttl(Lifetime::Unlimited)
        .with_absolute_ttl(Lifetime::Unlimited)
        .build()
        .unwrap();
    let endpoint = with(policy);
    let login = endpoint.login().await;
    endpoint.clock.advance(DAY * 3_650);
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_eq!(next.json["expires_in"], 600);
    let body = format!("token={}", next.refresh_token());
    let seen = endpoint.introspect_as("web", &body).await;
    assert_eq!(seen.json["active"], true);
    assert!(seen.json.get("exp").is_none());
}

#[tokio::test]
async fn jitter_shortens_access_tokens_within_its_bound() {
    let policy = Policy::builder()
        .with_access_jitter(Duration::from_secs(60))
        .build()
        .unwrap();
    let endpoint = with(policy);
    let mut lifetimes = Vec::new();
    for _ in 0..40 {
        let login = endpoint.login().await;
        lifetimes.push(login.json["expires_in"].as_u64().unwrap());
    }
    assert!(
        lifetimes.iter().all(|ttl| (540..=600).contains(ttl)),
        "{lifetimes:?}"
    );
    lifetimes.sort_unstable();
    lifetimes.dedup();
    assert!(lifetimes.len() > 1, "{lifetimes:?}");
}

/// Broken once: a lifetime set after the jitter was not compared with it, and tokens were born
/// expired.
#[test]
fn jitter_must_leave_a_second_in_whatever_order_it_is_set() {
    let (short, long) = (Duration::from_secs(30), Duration::from_secs(60));
    let jitter_last = Policy::builder()
        .with_access_ttl(short)
        .with_access_jitter(long)
        .build();
    assert_eq!(jitter_last.unwrap_err().key(), "access_jitter");
    let jitter_first = Policy::builder()
        .with_access_jitter(long)
        .with_access_ttl(short)
        .build();
    assert_eq!(jitter_first.unwrap_err().key(), "access_jitter");
}
