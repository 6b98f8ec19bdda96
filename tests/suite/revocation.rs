//! Revocation (RFC 7009).

use std::time::Duration;

use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reissue_tests::{
    Answer, Endpoint, Fault, Verb, assert_error, assert_ok, assert_refreshes, basic, basic_of,
    form, form_of_web,
};

async fn revoke(endpoint: &Endpoint, token: &str) -> Answer {
    endpoint.revoke_as("web", &format!("token={token}")).await
}

#[track_caller]
fn assert_revoked(answer: &Answer) {
    assert_eq!(
        answer.wire(),
        "200 OK\ncache-control: no-store\npragma: no-cache\n\n"
    );
}

#[tokio::test]
async fn a_refresh_token_of_any_generation_revokes_the_family() {
    for generation in 0..3 {
        let endpoint = Endpoint::new();
        let mut answers = vec![endpoint.login().await];
        for _ in 0..2 {
            let last = answers.last().unwrap().refresh_token();
            let next = assert_refreshes(&endpoint, last).await;
            answers.push(next);
        }
        endpoint.clock.advance(Duration::from_secs(120));
        endpoint.forget();
        let token = answers[generation].refresh_token();
        assert_revoked(&revoke(&endpoint, token).await);
        assert_eq!(endpoint.store.take_calls(), [Verb::Revoke]);
        assert_eq!(endpoint.events.take_names(), ["Revoked"]);
        for answer in &answers {
            let refused = endpoint.refresh(answer.refresh_token()).await;
            assert_error(&refused, 400, "invalid_grant");
            for token in [answer.refresh_token(), answer.text("access_token")] {
                let seen = endpoint
                    .introspect_as("web", &format!("token={token}"))
                    .await;
                assert_eq!(seen.body, r#"{"active":false}"#);
            }
        }
    }
}

#[tokio::test]
async fn revocation_leaves_the_other_sessions_of_the_subject_alone() {
    let endpoint = Endpoint::new();
    let laptop = endpoint.login().await;
    let phone = endpoint.login().await;
    assert_revoked(&revoke(&endpoint, laptop.refresh_token()).await);
    assert_refreshes(&endpoint, phone.refresh_token()).await;
}

#[tokio::test]
async fn a_public_client_revokes_its_own_tokens() {
    let endpoint = Endpoint::new();
    let login = endpoint
        .post_bare("grant_type=password&username=alice&client_id=app")
        .await;
    let body = format!("client_id=app&token={}", login.refresh_token());
    assert_revoked(&endpoint.call_revocation(form(body)).await);
    assert_eq!(endpoint.record("alice").await, None);
}

#[tokio::test]
async fn an_access_token_is_200_and_the_family_lives_on() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    endpoint.forget();
    assert_revoked(&revoke(&endpoint, login.text("access_token")).await);
    assert_eq!(endpoint.store.take_calls(), []);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn an_access_token_revokes_the_family_if_so_configured() {
    let endpoint = Endpoint::builder()
        .server(|server| server.with_revocation_by_access_token(true))
        .build();
    let login = endpoint.login().await;
    let body = format!("token={}", login.text("access_token"));
    assert_revoked(&endpoint.revoke_as("other", &body).await);
    assert!(endpoint.record("alice").await.is_some());
    assert_revoked(&endpoint.revoke_as("web", &body).await);
    assert_eq!(endpoint.record("alice").await, None);
}

#[tokio::test]
async fn the_hint_makes_no_difference() {
    let endpoint = Endpoint::new();
    for hint in ["refresh_token", "access_token", "id_token", "x", ""] {
        let login = endpoint.login().await;
        let body = format!("token_type_hint={hint}&token={}", login.refresh_token());
        assert_revoked(&endpoint.revoke_as("web", &body).await);
        assert_eq!(endpoint.record("alice").await, None, "{hint}");
    }
}

#[tokio::test]
async fn what_is_no_live_token_is_200() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let token = login.refresh_token();
    let changed = token.replace("v4.local.", "v4.local.A");
    let stranger = Endpoint::new().login().await;
    for token in [
        "garbage",
        &changed,
        stranger.refresh_token(),
        stranger.text("access_token"),
        &"A".repeat(60_000),
    ] {
        assert_revoked(&revoke(&endpoint, token).await);
    }
    let login = endpoint.refresh(token).await;
    assert_ok(&login);
    assert_revoked(&revoke(&endpoint, token).await);
    assert_revoked(&revoke(&endpoint, token).await);
    let expired = endpoint.login().await;
    endpoint.clock.advance(Duration::from_secs(91 * 24 * 3_600));
    assert_revoked(&revoke(&endpoint, expired.refresh_token()).await);
    assert_revoked(&revoke(&endpoint, expired.text("access_token")).await);
}

#[tokio::test]
async fn the_token_of_another_client_is_200_and_stays_active() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    endpoint.forget();
    let body = format!("token={}", login.refresh_token());
    assert_revoked(&endpoint.revoke_as("other", &body).await);
    assert_eq!(endpoint.store.take_calls(), []);
    assert_eq!(endpoint.events.take_names(), ["ClientMismatch"]);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn without_client_authentication_nothing_is_revoked() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    endpoint.forget();
    let body = format!("token={}", login.refresh_token());
    for authorization in [
        None,
        Some(basic("nobody")),
        Some(basic_of("web:wrong")),
        Some(HeaderValue::from_static("Bearer x")),
    ] {
        let mut request = form(body.clone());
        if let Some(authorization) = authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization);
        }
        let answer = endpoint.call_revocation(request).await;
        assert_error(&answer, 401, "invalid_client");
    }
    assert_eq!(endpoint.store.take_calls(), []);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn a_missing_or_repeated_token_is_malformed() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    endpoint.forget();
    let token = login.refresh_token();
    for body in [
        String::new(),
        "token=".to_owned(),
        format!("refresh_token={token}"),
        format!("token={token}&token={token}"),
        format!("token={token}&token_type_hint=a&token_type_hint=a"),
    ] {
        let answer = endpoint.revoke_as("web", &body).await;
        assert_error(&answer, 400, "invalid_request");
    }
    assert_eq!(endpoint.store.take_calls(), []);
    assert_refreshes(&endpoint, token).await;
}

#[tokio::test]
async fn a_revocation_that_could_not_be_stored_is_503() {
    let endpoint = Endpoint::new();
    for fault in [Fault::Before, Fault::After] {
        let login = endpoint.login().await;
        endpoint.store.plan(fault);
        let answer = revoke(&endpoint, login.refresh_token()).await;
        assert_error(&answer, 503, "temporarily_unavailable");
        assert_revoked(&revoke(&endpoint, login.refresh_token()).await);
        assert_eq!(endpoint.record("alice").await, None);
    }
}

#[tokio::test]
async fn the_revocation_endpoint_takes_posted_forms_only() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let body = format!("token={}", login.refresh_token());

    let mut get = form_of_web(body.clone());
    *get.method_mut() = Method::GET;
    let answer = endpoint.call_revocation(get).await;
    assert_error(&answer, 405, "invalid_request");

    let mut json = form_of_web(body.clone());
    let value = HeaderValue::from_static("application/json");
    json.headers_mut().insert(CONTENT_TYPE, value);
    let answer = endpoint.call_revocation(json).await;
    assert_error(&answer, 400, "invalid_request");

    let mut large = body;
    large.push_str(&format!("&x={}", "x".repeat(64 * 1024)));
    let answer = endpoint.call_revocation(form_of_web(large)).await;
    assert_error(&answer, 413, "invalid_request");
    assert_refreshes(&endpoint, login.refresh_token()).await;
}
