//! The plain function, for everything that is no tower service.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Request};
use reissue::bearer::{AccessRequest, BearerDenial, BearerLayer};
use reissue::token::VerifyError;
use reissue::{Confirmation, Scope};
use reissue_tests::{Endpoint, TestResponse};
use serde_json::json;

use super::{Api, ask, bearing};
use crate::bearer::sessions::{login, revoke};

#[tokio::test]
async fn it_takes_and_denies_what_the_layer_does() {
    let api = Api::new();
    let good = api.token(&json!({}));
    let late = api.token(&json!({"exp": 1_800_000_000}));
    let scopeless = api.token(&json!({"scope": "write"}));
    for token in [&good, &late, &scopeless, "garbage", ""] {
        let layered = ask(&api.layer, bearing(token)).await;
        let verified = api.layer.verify(&bearing(token)).await;
        assert_eq!(api.layer.verify(bearing(token).headers()).await, verified);
        let (parts, _) = bearing(token).into_parts();
        assert_eq!(api.layer.verify(&parts).await, verified);
        let at_once = api.layer.verify_without_store(bearing(token).headers());
        assert_eq!(at_once, verified);
        match verified {
            Ok(token) => assert_eq!(token.subject, layered.response.body),
            Err(denied) => {
                assert_eq!(Some(denied.denial()), layered.denial);
                let response = TestResponse::read(denied.to_response()).await;
                assert_eq!(response.wire(), layered.response.wire());
            }
        }
    }
    let denied = api.layer.verify(&HeaderMap::new()).await.unwrap_err();
    assert_eq!(denied.denial(), BearerDenial::CredentialsMissing);
}

#[tokio::test]
async fn a_key_can_be_given_that_was_proved_elsewhere() {
    let api = Api::new();
    let token = api.token(&json!({"cnf": {"x5t#S256": "the certificate"}}));
    let request = bearing(&token);
    let x5t = |thumbprint: &str| Confirmation::X5tS256(thumbprint.to_owned());
    let verify = |proved: &Confirmation| {
        let request = AccessRequest::new(request.headers()).with_confirmation(proved);
        api.layer.verify_without_store(request)
    };
    assert_eq!(verify(&x5t("the certificate")).unwrap().subject, "alice");
    let denied = verify(&x5t("another")).unwrap_err();
    assert_eq!(denied.denial(), BearerDenial::KeyMismatch);
    let denied = api.layer.verify(&request).await.unwrap_err();
    assert_eq!(denied.denial(), BearerDenial::KeyMismatch);
}

#[tokio::test]
async fn a_scope_can_be_required_beside_that_of_the_layer() {
    let api = Api::new();
    let request = bearing(&api.token(&json!({})));
    let verify = |scope: &str| {
        let scope: Scope = scope.parse().unwrap();
        let request = AccessRequest::from(&request).with_scope(&scope);
        api.layer.verify_without_store(request)
    };
    assert!(verify("write").is_ok());
    let denied = verify("write admin").unwrap_err();
    assert_eq!(
        denied.challenge().unwrap(),
        r#"Bearer realm="https://api.example", error="insufficient_scope", scope="admin write""#
    );
}

#[tokio::test]
async fn a_token_can_come_in_a_message() {
    let api = Api::new();
    let verify = |token: &str| {
        let verified = api
            .layer
            .verify_without_store(AccessRequest::from_token(token));
        verified.map_err(|denied| denied.denial())
    };
    assert_eq!(verify(&api.token(&json!({}))).unwrap().subject, "alice");
    for (token, denial) in [
        ("", BearerDenial::CredentialsMissing),
        ("a b", BearerDenial::CredentialsMalformed),
        ("garbage", BearerDenial::Unverified(VerifyError::Malformed)),
    ] {
        assert_eq!(verify(token), Err(denial));
    }
    // Without a scheme there is no wrong one, but the key must be proved all the same.
    let bound = api.token(&json!({"cnf": {"jkt": "the key"}}));
    assert_eq!(verify(&bound), Err(BearerDenial::KeyMismatch));
    let key = Confirmation::Jkt("the key".to_owned());
    let request = AccessRequest::from_token(&bound).with_confirmation(&key);
    assert!(api.layer.verify_without_store(request).is_ok());
}

#[tokio::test]
async fn it_checks_the_session_if_it_may_wait() {
    let endpoint = Endpoint::new();
    let (token, sid) = login(&endpoint).await;
    let layer = BearerLayer::for_server(&endpoint.server).with_session_check();
    assert!(layer.verify(&bearing(&token)).await.is_ok());
    revoke(&endpoint, sid).await;
    let denied = layer.verify(&bearing(&token)).await.unwrap_err();
    assert_eq!(denied.denial(), BearerDenial::SessionMissing);
    endpoint.forget();
    assert!(layer.verify_without_store(&bearing(&token)).is_ok());
    assert_eq!(endpoint.store.take_calls(), []);
}

#[test]
fn debug_shows_no_token() {
    let mut headers = HeaderMap::new();
    let secret = HeaderValue::from_static("Bearer planted");
    headers.insert(AUTHORIZATION, secret);
    let bare = Request::new(());
    let requests = [
        AccessRequest::new(&headers),
        AccessRequest::from_token("planted"),
        AccessRequest::from(&bare),
    ];
    assert!(!format!("{requests:?}").contains("planted"));
}
