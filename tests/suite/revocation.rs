//! Revocation (RFC 7009).

use std::convert::Infallible;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response};
use reissue::bearer::{BearerDenial, BearerLayer};
use reissue::key::{KeyRing, SymmetricKey};
use reissue::store::OneTimeId;
use reissue::token::PasetoLocal;
use reissue::{AccessTokenRevocation, Keys};
use reissue_tests::{
    Endpoint, Fault, TestResponse, Verb, assert_error, assert_ok, assert_refreshes, basic,
    basic_of, claims, form, form_of_web,
};
use tower::{Layer as _, ServiceExt as _, service_fn};

async fn revoke(endpoint: &Endpoint, token: &str) -> TestResponse {
    endpoint.revoke_as("web", &format!("token={token}")).await
}

/// Whether introspection says anything but exactly `{"active":false}`.
async fn is_active(endpoint: &Endpoint, token: &str) -> bool {
    let seen = endpoint
        .introspect_as("web", &format!("token={token}"))
        .await;
    assert_eq!(seen.summary(), "200", "{seen:?}");
    let is_active = seen.json["active"] == true;
    assert!(is_active || seen.body == r#"{"active":false}"#, "{seen:?}");
    is_active
}

/// Why an API denies a token.
async fn denial<T>(api: &BearerLayer<T>, token: &str) -> Option<BearerDenial> {
    let inner =
        service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(String::new())));
    let request = Request::builder()
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .body(())
        .unwrap();
    let Ok(response) = api.layer(inner).oneshot(request).await;
    response.extensions().get().copied()
}

#[track_caller]
fn assert_revoked(response: &TestResponse) {
    assert_eq!(
        response.wire(),
        "200 OK\ncache-control: no-store\npragma: no-cache\n\n"
    );
}

#[tokio::test]
async fn a_refresh_token_of_any_generation_revokes_the_family() {
    for generation in 0..3 {
        let endpoint = Endpoint::new();
        let mut responses = vec![endpoint.login().await];
        for _ in 0..2 {
            let last = responses.last().unwrap().refresh_token();
            let next = assert_refreshes(&endpoint, last).await;
            responses.push(next);
        }
        endpoint.clock.advance(Duration::from_secs(120));
        endpoint.forget();
        let token = responses[generation].refresh_token();
        assert_revoked(&revoke(&endpoint, token).await);
        assert_eq!(endpoint.store.take_calls(), [Verb::Revoke]);
        assert_eq!(endpoint.events.take_names(), ["Revoked"]);
        for response in &responses {
            let refused = endpoint.refresh(response.refresh_token()).await;
            assert_error(&refused, 400, "invalid_grant");
            for token in [response.refresh_token(), response.text("access_token")] {
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
async fn an_access_token_is_revoked_and_the_family_lives_on() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    endpoint.forget();
    let token = login.text("access_token");
    assert_revoked(&revoke(&endpoint, token).await);
    assert_eq!(endpoint.store.take_calls(), [Verb::Consume]);
    assert_eq!(endpoint.events.take_names(), ["AccessTokenRevoked"]);
    assert!(!is_active(&endpoint, token).await);
    assert!(is_active(&endpoint, next.text("access_token")).await);
    assert!(is_active(&endpoint, next.refresh_token()).await);
    assert_refreshes(&endpoint, next.refresh_token()).await;
    assert!(!is_active(&endpoint, token).await);

    endpoint.forget();
    assert_revoked(&revoke(&endpoint, token).await);
    assert_eq!(endpoint.events.take_names().len(), 0, "nothing changed");
}

#[tokio::test]
async fn an_access_token_without_a_session_is_revoked() {
    let endpoint = Endpoint::new();
    let issued = endpoint.post("grant_type=client_credentials").await;
    let other = endpoint.post("grant_type=client_credentials").await;
    let (token, other) = (issued.text("access_token"), other.text("access_token"));
    assert!(is_active(&endpoint, token).await);
    assert_revoked(&revoke(&endpoint, token).await);
    assert!(!is_active(&endpoint, token).await);
    assert!(is_active(&endpoint, other).await);
}

/// A clock that stands still leaves room for resource servers that take expired tokens for a while.
#[tokio::test]
async fn a_revoked_access_token_stays_revoked_for_as_long_as_anybody_may_take_it() {
    let endpoint = Endpoint::new();
    let leeway = BearerLayer::MAX_LEEWAY;
    let api = BearerLayer::for_server(&endpoint.server)
        .with_session_check()
        .with_leeway(leeway)
        .unwrap();
    let (early, late) = (endpoint.login().await, endpoint.login().await);
    let (early, late) = (early.text("access_token"), late.text("access_token"));
    assert_revoked(&revoke(&endpoint, early).await);
    endpoint.clock.advance(Duration::from_secs(600));
    assert_eq!(denial(&api, late).await, None, "within the leeway");
    assert_revoked(&revoke(&endpoint, late).await);
    for token in [early, late] {
        assert_eq!(denial(&api, token).await, Some(BearerDenial::TokenRevoked));
    }
    endpoint.clock.advance(leeway - Duration::from_millis(1));
    for token in [early, late] {
        assert_eq!(denial(&api, token).await, Some(BearerDenial::TokenRevoked));
    }
    endpoint.clock.advance(Duration::from_millis(1));
    assert_eq!(denial(&api, early).await, Some(BearerDenial::Expired));
    endpoint.forget();
    assert_revoked(&revoke(&endpoint, early).await);
    assert_eq!(endpoint.store.take_calls(), [], "nothing to revoke");
}

#[tokio::test]
async fn without_revocation_of_access_tokens_the_client_gets_an_error() {
    let endpoint = Endpoint::builder()
        .server(|server| server.with_access_token_revocation(AccessTokenRevocation::Unsupported))
        .build();
    let login = endpoint.login().await;
    let own = endpoint.post("grant_type=client_credentials").await;
    endpoint.forget();
    let tokens = [login.text("access_token"), own.text("access_token")];
    for token in tokens {
        let response = revoke(&endpoint, token).await;
        assert_error(&response, 400, "unsupported_token_type");
        let body = format!("token={token}");
        assert_revoked(&endpoint.revoke_as("other", &body).await);
    }
    assert_eq!(endpoint.store.take_calls(), []);
    endpoint.forget();
    for token in tokens {
        assert!(is_active(&endpoint, token).await);
    }
    assert_eq!(endpoint.store.take_calls(), [Verb::Load], "no ids");
    assert_revoked(&revoke(&endpoint, login.refresh_token()).await);
}

#[tokio::test]
async fn without_revocation_of_access_tokens_their_sessions_can_end_with_them() {
    let endpoint = Endpoint::builder()
        .server(|server| {
            server.with_access_token_revocation(AccessTokenRevocation::EndsSessionOnly)
        })
        .build();
    let login = endpoint.login().await;
    assert_revoked(&revoke(&endpoint, login.text("access_token")).await);
    assert_eq!(endpoint.record("alice").await, None);
    let own = endpoint.post("grant_type=client_credentials").await;
    let response = revoke(&endpoint, own.text("access_token")).await;
    assert_error(&response, 400, "unsupported_token_type");
}

#[tokio::test]
async fn an_access_token_without_a_session_is_revoked_where_others_end_theirs() {
    let endpoint = Endpoint::builder()
        .server(|server| server.with_access_token_revocation(AccessTokenRevocation::EndsSession))
        .build();
    let own = endpoint.post("grant_type=client_credentials").await;
    assert_revoked(&revoke(&endpoint, own.text("access_token")).await);
    assert!(!is_active(&endpoint, own.text("access_token")).await);
}

#[tokio::test]
async fn the_access_token_of_another_client_stays_active() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let own = endpoint.post("grant_type=client_credentials").await;
    endpoint.forget();
    for token in [login.text("access_token"), own.text("access_token")] {
        let body = format!("token={token}");
        assert_revoked(&endpoint.revoke_as("other", &body).await);
    }
    assert_eq!(endpoint.store.take_calls(), []);
    assert_eq!(endpoint.events.take_names(), ["ClientMismatch"; 2]);
    assert!(is_active(&endpoint, login.text("access_token")).await);
    assert!(is_active(&endpoint, own.text("access_token")).await);
}

#[tokio::test]
async fn an_access_token_whose_revocation_could_not_be_stored_is_503() {
    let endpoint = Endpoint::new();
    for fault in [Fault::Before, Fault::After] {
        let login = endpoint.login().await;
        let token = login.text("access_token");
        endpoint.store.plan(fault);
        let response = revoke(&endpoint, token).await;
        assert_error(&response, 503, "temporarily_unavailable");
        assert_revoked(&revoke(&endpoint, token).await);
        assert!(!is_active(&endpoint, token).await);
    }
}

/// Broken once: it was 200 without a word, while the token lived on at the nodes that have its key.
#[tokio::test]
async fn a_token_of_an_unknown_key_is_200_and_an_event() {
    let endpoint = Endpoint::new();
    let elsewhere = Endpoint::new().login().await;
    for token in [elsewhere.refresh_token(), elsewhere.text("access_token")] {
        endpoint.forget();
        assert_revoked(&revoke(&endpoint, token).await);
        assert_eq!(
            endpoint.events.take(),
            [r#"UnknownKey { client: "web", address: None }"#]
        );
        assert!(!is_active(&endpoint, token).await);
        assert_eq!(
            endpoint.events.take(),
            [r#"UnknownKey { client: "web", address: None }"#]
        );
    }
    assert_revoked(&revoke(&endpoint, "garbage").await);
    assert_eq!(endpoint.events.take_names().len(), 0);
}

/// A `v4.local` access token is no refresh token of an unknown key.
#[tokio::test]
async fn an_access_token_with_a_key_of_its_own_is_no_unknown_key() {
    let local = |key: SymmetricKey| PasetoLocal::new(KeyRing::new(key), "api");
    let key = || SymmetricKey::generate().unwrap();
    let endpoint = Endpoint::builder()
        .keys(Keys::new(local(key()), KeyRing::new(key())))
        .build();
    let login = endpoint.login().await;
    let token = login.text("access_token");
    assert!(is_active(&endpoint, token).await);
    endpoint.forget();
    assert_revoked(&revoke(&endpoint, token).await);
    assert_eq!(endpoint.events.take_names(), ["AccessTokenRevoked"]);
    assert!(!is_active(&endpoint, token).await);
    assert_eq!(endpoint.events.take_names().len(), 0);
}

/// Two servers that share a store revoke nothing of each other.
#[tokio::test]
async fn the_ids_of_revoked_tokens_are_the_issuers_own() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let token = login.text("access_token");
    let jti = claims(token)["jti"].as_str().unwrap().to_owned();
    let id = OneTimeId::derive(
        "https://other.example",
        "reissue access token",
        jti.as_bytes(),
    );
    let day = Duration::from_secs(24 * 3_600);
    endpoint.server.consume(id, day).await.unwrap();
    assert!(is_active(&endpoint, token).await);
    let id = endpoint
        .server
        .one_time_id("reissue access token", jti.as_bytes());
    endpoint.server.consume(id, day).await.unwrap();
    assert!(!is_active(&endpoint, token).await);
}

#[tokio::test]
async fn an_access_token_revokes_the_family_if_so_configured() {
    let endpoint = Endpoint::builder()
        .server(|server| server.with_access_token_revocation(AccessTokenRevocation::EndsSession))
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
        let response = endpoint.call_revocation(request).await;
        assert_error(&response, 401, "invalid_client");
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
        let response = endpoint.revoke_as("web", &body).await;
        assert_error(&response, 400, "invalid_request");
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
        let response = revoke(&endpoint, login.refresh_token()).await;
        assert_error(&response, 503, "temporarily_unavailable");
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
    let response = endpoint.call_revocation(get).await;
    assert_error(&response, 405, "invalid_request");

    let mut json = form_of_web(body.clone());
    let value = HeaderValue::from_static("application/json");
    json.headers_mut().insert(CONTENT_TYPE, value);
    let response = endpoint.call_revocation(json).await;
    assert_error(&response, 400, "invalid_request");

    let mut large = body;
    large.push_str(&format!("&x={}", "x".repeat(64 * 1024)));
    let response = endpoint.call_revocation(form_of_web(large)).await;
    assert_error(&response, 413, "invalid_request");
    assert_refreshes(&endpoint, login.refresh_token()).await;
}
