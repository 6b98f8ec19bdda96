//! Every response of RFC 6750 §3, byte for byte.

use http::header::AUTHORIZATION;
use http::{HeaderValue, Request};
use http_body_util::Full;
use insta::assert_snapshot;
use reissue::bearer::BearerDenial;
use reissue::{ConfigError, token::VerifyError};
use serde_json::json;

use super::{API, Api, ISSUER, ask, bearing, one_of};
use crate::bearer::BearerLayer;

#[tokio::test]
async fn a_request_without_a_token_gets_a_challenge() {
    let api = Api::new();
    let request = || Request::get("/whoami");
    let mut wires = Vec::new();
    for request in [
        request(),
        request().header(AUTHORIZATION, "Basic d2ViOnNlY3JldA=="),
        request().header(AUTHORIZATION, "Bearerish token"),
        request().header(AUTHORIZATION, ""),
    ] {
        let outcome = ask(&api.layer, request.body(Full::default()).unwrap()).await;
        outcome.assert_denied(BearerDenial::CredentialsMissing);
        wires.push(outcome.response.wire());
    }
    assert_snapshot!(one_of(&wires), @r#"
    401 Unauthorized
    cache-control: no-store
    www-authenticate: Bearer realm="https://api.example"
    "#);
}

#[tokio::test]
async fn a_malformed_header_is_an_invalid_request() {
    let api = Api::new();
    let good = api.token(&json!({}));
    let mut wires = Vec::new();
    for header in [
        "Bearer".to_owned(),
        "bearer ".to_owned(),
        format!("Bearer {good} {good}"),
        format!("Bearer {good}, Basic d2Vi"),
        format!("Bearer \"{good}\""),
        format!("Bearer\t{good}"),
        "Bearer ==".to_owned(),
        "Bearer é".to_owned(),
    ] {
        let mut request = bearing("");
        let value = HeaderValue::from_bytes(header.as_bytes()).unwrap();
        request.headers_mut().insert(AUTHORIZATION, value);
        let outcome = ask(&api.layer, request).await;
        if header.starts_with("Bearer\t") {
            // A tab is part of the scheme's name, which is unknown then.
            outcome.assert_denied(BearerDenial::CredentialsMissing);
            continue;
        }
        outcome.assert_denied(BearerDenial::CredentialsMalformed);
        wires.push(outcome.response.wire());
    }
    assert_snapshot!(one_of(&wires), @r#"
    400 Bad Request
    cache-control: no-store
    www-authenticate: Bearer realm="https://api.example", error="invalid_request"
    "#);
}

#[tokio::test]
async fn two_headers_are_an_invalid_request() {
    let api = Api::new();
    let good = api.token(&json!({}));
    for second in [format!("Bearer {good}"), "Basic d2Vi".to_owned()] {
        let mut request = bearing(&good);
        let second = HeaderValue::try_from(second).unwrap();
        request.headers_mut().append(AUTHORIZATION, second);
        let outcome = ask(&api.layer, request).await;
        outcome.assert_denied(BearerDenial::CredentialsRepeated);
        assert_eq!(outcome.response.status, 400);
        assert_eq!(
            outcome.response.headers["www-authenticate"],
            r#"Bearer realm="https://api.example", error="invalid_request""#
        );
    }
}

#[tokio::test]
async fn a_bad_token_is_an_invalid_token() {
    let api = Api::new();
    let outcome = api.ask("garbage").await;
    outcome.assert_denied(BearerDenial::Unverified(VerifyError::Malformed));
    assert_snapshot!(outcome.response.wire(), @r#"
    401 Unauthorized
    cache-control: no-store
    www-authenticate: Bearer realm="https://api.example", error="invalid_token"
    "#);
}

#[tokio::test]
async fn a_token_without_the_scope_gets_a_challenge_that_names_it() {
    let api = Api::new();
    let wants_more = api.layer.clone().with_scope("write admin".parse().unwrap());
    let outcome = ask(&wants_more, bearing(&api.token(&json!({})))).await;
    outcome.assert_denied(BearerDenial::ScopeInsufficient);
    assert_snapshot!(outcome.response.wire(), @r#"
    403 Forbidden
    cache-control: no-store
    www-authenticate: Bearer realm="https://api.example", error="insufficient_scope", scope="admin write"
    "#);
    // The layer that it was cloned from still requires the same scope.
    api.ask(&api.token(&json!({}))).await.assert_passed();
}

#[tokio::test]
async fn the_scheme_is_known_in_any_case_and_with_any_spaces() {
    let api = Api::new();
    let good = api.token(&json!({}));
    for scheme in ["bearer ", "BEARER ", "BeArEr   "] {
        let mut request = bearing("");
        let value = HeaderValue::try_from(format!("{scheme}{good}")).unwrap();
        request.headers_mut().insert(AUTHORIZATION, value);
        ask(&api.layer, request).await.assert_passed();
    }
}

/// RFC 6750 §2.2 and §2.3: not for new services.
#[tokio::test]
async fn tokens_in_body_and_query_are_never_read() {
    let api = Api::new();
    let good = api.token(&json!({}));
    let request = Request::post(format!("/whoami?access_token={good}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Full::from(format!("access_token={good}")))
        .unwrap();
    let outcome = ask(&api.layer, request).await;
    outcome.assert_denied(BearerDenial::CredentialsMissing);
}

#[tokio::test]
async fn the_realm_can_be_chosen() {
    let api = Api::new();
    let layer = api.layer.clone().with_realm("the API").unwrap();
    let outcome = ask(&layer, Request::new(Full::default())).await;
    let challenge = &outcome.response.headers["www-authenticate"];
    assert_eq!(challenge, r#"Bearer realm="the API""#);
}

#[test]
fn what_a_challenge_cannot_contain_is_an_error_of_the_configuration() {
    let layer = |issuer: &str, audience: &str| {
        let keys = Api::new().issuer.verifier();
        BearerLayer::new(keys, issuer, audience)
    };
    let key_of = |built: Result<BearerLayer, ConfigError>| built.unwrap_err().key().to_owned();
    assert_eq!(key_of(layer("", API)), "issuer");
    assert_eq!(key_of(layer(ISSUER, "")), "audience");
    assert_eq!(key_of(layer(ISSUER, "a\"b")), "audience");
    let layer = layer(ISSUER, API).unwrap();
    assert_eq!(key_of(layer.clone().with_realm("a\r\nb")), "realm");
    let long = BearerLayer::MAX_LEEWAY + std::time::Duration::from_millis(1);
    assert_eq!(key_of(layer.with_leeway(long)), "leeway");
}
