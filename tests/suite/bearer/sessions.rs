//! Tokens of sessions that have ended.

use std::time::Duration;

use reissue::bearer::{BearerDenial, BearerLayer, SessionCache};
use reissue::{AccessTokenRevocation, Sid};
use reissue_tests::{Endpoint, Fault, Verb, assert_refreshes, claims};

use super::{ask, bearing, one_of};

pub(super) async fn login(endpoint: &Endpoint) -> (String, Sid) {
    let token = endpoint.login().await.text("access_token").to_owned();
    let sid = claims(&token)["sid"].as_str().unwrap().parse().unwrap();
    (token, sid)
}

pub(super) async fn revoke(endpoint: &Endpoint, sid: Sid) {
    let server = &endpoint.server;
    assert!(server.revoke_session("alice", sid).await.unwrap());
}

async fn revoke_token(endpoint: &Endpoint, token: &str) {
    let response = endpoint.revoke_as("web", &format!("token={token}")).await;
    assert_eq!(response.status, 200);
}

#[tokio::test]
async fn without_the_check_a_token_outlives_its_session_and_no_store_is_asked() {
    let endpoint = Endpoint::new();
    let (token, sid) = login(&endpoint).await;
    revoke(&endpoint, sid).await;
    endpoint.forget();
    let layer = BearerLayer::for_server(&endpoint.server);
    ask(&layer, bearing(&token)).await.assert_passed();
    assert_eq!(endpoint.store.take_calls(), []);
}

#[tokio::test]
async fn with_the_check_a_token_ends_with_its_session() {
    let endpoint = Endpoint::new();
    let (token, sid) = login(&endpoint).await;
    let layer = BearerLayer::for_server(&endpoint.server).with_session_check();
    endpoint.forget();
    for _ in 0..2 {
        let outcome = ask(&layer, bearing(&token)).await;
        outcome.assert_passed();
        assert_eq!(outcome.response.body, "alice");
    }
    let looked_up = [Verb::Load, Verb::IsConsumed];
    assert_eq!(endpoint.store.take_calls(), looked_up.repeat(2));
    revoke(&endpoint, sid).await;
    let outcome = ask(&layer, bearing(&token)).await;
    outcome.assert_denied(BearerDenial::SessionMissing);
    assert_eq!(
        outcome.response.headers["www-authenticate"],
        r#"Bearer realm="https://id.example", error="invalid_token""#
    );
}

#[tokio::test]
async fn what_is_denied_anyway_costs_no_store_call() {
    let endpoint = Endpoint::new();
    let (token, _) = login(&endpoint).await;
    let layer = BearerLayer::for_server(&endpoint.server).with_session_check();
    endpoint.forget();
    ask(&layer, bearing("garbage")).await;
    let wants_more = layer.clone().with_scope("admin".parse().unwrap());
    let outcome = ask(&wants_more, bearing(&token)).await;
    outcome.assert_denied(BearerDenial::ScopeInsufficient);
    endpoint.clock.advance(Duration::from_secs(600));
    ask(&layer, bearing(&token))
        .await
        .assert_denied(BearerDenial::Expired);
    assert_eq!(endpoint.store.take_calls(), []);
}

#[tokio::test]
async fn a_token_without_a_session_is_looked_up_too() {
    let endpoint = Endpoint::new();
    let issued = endpoint.post("grant_type=client_credentials").await;
    let token = issued.text("access_token");
    let layer = BearerLayer::for_server(&endpoint.server).with_session_check();
    endpoint.forget();
    let outcome = ask(&layer, bearing(token)).await;
    outcome.assert_passed();
    assert_eq!(outcome.response.body, "web");
    assert_eq!(endpoint.store.take_calls(), [Verb::IsConsumed]);
    revoke_token(&endpoint, token).await;
    let outcome = ask(&layer, bearing(token)).await;
    outcome.assert_denied(BearerDenial::TokenRevoked);
    assert_eq!(
        outcome.response.headers["www-authenticate"],
        r#"Bearer realm="https://id.example", error="invalid_token""#
    );
}

#[tokio::test]
async fn without_revocation_of_access_tokens_only_sessions_are_looked_up() {
    let endpoint = Endpoint::builder()
        .server(|server| server.with_access_token_revocation(AccessTokenRevocation::Unsupported))
        .build();
    let (token, _) = login(&endpoint).await;
    let issued = endpoint.post("grant_type=client_credentials").await;
    let layer = BearerLayer::for_server(&endpoint.server).with_session_check();
    endpoint.forget();
    ask(&layer, bearing(&token)).await.assert_passed();
    assert_eq!(endpoint.store.take_calls(), [Verb::Load]);
    let issued = issued.text("access_token");
    ask(&layer, bearing(issued)).await.assert_passed();
    assert_eq!(endpoint.store.take_calls(), []);
}

#[tokio::test]
async fn a_revoked_token_is_denied_and_others_of_its_session_are_not() {
    let endpoint = Endpoint::new();
    let first = endpoint.login().await;
    let second = assert_refreshes(&endpoint, first.refresh_token()).await;
    let (first, second) = (first.text("access_token"), second.text("access_token"));
    let layer = BearerLayer::for_server(&endpoint.server).with_session_check();
    revoke_token(&endpoint, first).await;
    let outcome = ask(&layer, bearing(first)).await;
    outcome.assert_denied(BearerDenial::TokenRevoked);
    ask(&layer, bearing(second)).await.assert_passed();
    // Without the check it is good until it expires.
    let unchecked = BearerLayer::for_server(&endpoint.server);
    ask(&unchecked, bearing(first)).await.assert_passed();
}

#[tokio::test]
async fn a_revoked_token_passes_for_no_longer_than_the_cache_remembers() {
    let endpoint = Endpoint::new();
    let first = endpoint.login().await;
    let second = assert_refreshes(&endpoint, first.refresh_token()).await;
    let issued = endpoint.post("grant_type=client_credentials").await;
    let age = Duration::from_secs(5);
    let layer = BearerLayer::for_server(&endpoint.server).with_cached_session_check(cache(age));
    let (first, second) = (first.text("access_token"), second.text("access_token"));
    let issued = issued.text("access_token");
    // The session is remembered, by the other token.
    ask(&layer, bearing(second)).await.assert_passed();
    revoke_token(&endpoint, first).await;
    let outcome = ask(&layer, bearing(first)).await;
    outcome.assert_denied(BearerDenial::TokenRevoked);

    ask(&layer, bearing(issued)).await.assert_passed();
    revoke_token(&endpoint, issued).await;
    revoke_token(&endpoint, second).await;
    endpoint.clock.advance(age - Duration::from_millis(1));
    ask(&layer, bearing(issued)).await.assert_passed();
    ask(&layer, bearing(second)).await.assert_passed();
    endpoint.clock.advance(Duration::from_millis(1));
    for token in [issued, second] {
        let outcome = ask(&layer, bearing(token)).await;
        outcome.assert_denied(BearerDenial::TokenRevoked);
    }
}

#[tokio::test]
async fn with_a_failing_store_it_is_not_known_whether_a_token_is_good() {
    let endpoint = Endpoint::new();
    let (token, _) = login(&endpoint).await;
    let age = Duration::from_secs(5);
    let layer = BearerLayer::for_server(&endpoint.server).with_cached_session_check(cache(age));
    let mut wires = Vec::new();
    for fault in [Fault::Before, Fault::After] {
        endpoint.store.plan(fault);
        let outcome = ask(&layer, bearing(&token)).await;
        outcome.assert_denied(BearerDenial::StoreUnavailable);
        wires.push(outcome.response.wire());
    }
    insta::assert_snapshot!(one_of(&wires), @r#"
    503 Service Unavailable
    cache-control: no-store
    content-type: application/json
    pragma: no-cache
    retry-after: 1

    {"error":"temporarily_unavailable","error_description":"The server is unavailable now. Try again."}
    "#);
    // A failure is not remembered.
    ask(&layer, bearing(&token)).await.assert_passed();
}

#[tokio::test]
async fn the_result_of_the_store_is_cached_for_the_configured_time() {
    let endpoint = Endpoint::new();
    let (token, sid) = login(&endpoint).await;
    let age = Duration::from_secs(5);
    let layer = BearerLayer::for_server(&endpoint.server).with_cached_session_check(cache(age));
    ask(&layer, bearing(&token)).await.assert_passed();
    revoke(&endpoint, sid).await;
    endpoint.forget();
    endpoint.clock.advance(age - Duration::from_millis(1));
    // Clones share the memory.
    ask(&layer.clone(), bearing(&token)).await.assert_passed();
    assert_eq!(endpoint.store.take_calls(), []);
    endpoint.clock.advance(Duration::from_millis(1));
    let outcome = ask(&layer, bearing(&token)).await;
    outcome.assert_denied(BearerDenial::SessionMissing);
    let looked_up = [Verb::Load, Verb::IsConsumed];
    assert_eq!(endpoint.store.take_calls(), looked_up);
    // That it is gone is remembered too.
    let outcome = ask(&layer, bearing(&token)).await;
    outcome.assert_denied(BearerDenial::SessionMissing);
    assert_eq!(endpoint.store.take_calls(), []);
}

#[tokio::test]
async fn a_clock_that_steps_back_makes_no_word_count_longer() {
    let endpoint = Endpoint::new();
    let (token, sid) = login(&endpoint).await;
    let age = Duration::from_secs(5);
    let layer = BearerLayer::for_server(&endpoint.server).with_cached_session_check(cache(age));
    ask(&layer, bearing(&token)).await.assert_passed();
    revoke(&endpoint, sid).await;
    endpoint.clock.step_back(Duration::from_secs(60));
    let outcome = ask(&layer, bearing(&token)).await;
    outcome.assert_denied(BearerDenial::SessionMissing);
}

#[test]
fn the_cache_is_bounded_in_age_and_size() {
    let long = SessionCache::MAX_AGE + Duration::from_millis(1);
    let too_old = SessionCache::new().with_max_age(long);
    assert_eq!(too_old.unwrap_err().key(), "max_age");
    let too_small = SessionCache::new().with_max_tokens(0);
    assert_eq!(too_small.unwrap_err().key(), "max_tokens");
}

fn cache(max_age: Duration) -> SessionCache {
    let cache = SessionCache::new().with_max_age(max_age).unwrap();
    cache.with_max_tokens(10).unwrap()
}
