//! Which tokens are good, and which are not.

use std::convert::Infallible;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use reissue::bearer::{BearerDenial, BearerLayer, VerifiedToken};
use reissue::key::{Algorithm, KeyRing};
use reissue::token::{AccessTokenFormat as _, PasetoLocal, PasetoPublic, VerifyError};
use reissue::{Clock as _, Grant, Json, Keys, Timestamp};
use reissue_tests::Endpoint;
use serde_json::json;
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::{API, Api, ISSUER, ask, bearing, payload};
use crate::tokens::{sealing, signing};

#[tokio::test]
async fn a_good_token_of_every_algorithm_passes() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256] {
        let api = Api::signed_with(signing(algorithm));
        let outcome = api.ask(&api.token(&json!({}))).await;
        outcome.assert_passed();
        assert_eq!(outcome.response.body, "alice");
    }
}

#[tokio::test]
async fn the_service_gets_the_claims_of_the_token() {
    let api = Api::new();
    let token = api.token(&json!({
        "aud": [API, "https://other.example"],
        "sid": "AAECAwQFBgcICQoLDA0ODw",
        "auth_time": 1_799_999_000,
        "acr": "urn:mfa",
        "tenant": "blue",
        "level": 3,
        "roles": ["a", "b"],
        "map": {"a": [1.5, null], "b": {"c": u64::MAX}},
    }));
    let seen = seen(&api.layer, bearing(&token)).await;
    assert_eq!(seen.subject, "alice");
    assert_eq!(seen.client_id, "web");
    assert_eq!(seen.scope.as_str(), "read write");
    assert_eq!(seen.audience, [API, "https://other.example"]);
    assert_eq!(seen.id, "one of many");
    assert_eq!(seen.sid.unwrap().to_string(), "AAECAwQFBgcICQoLDA0ODw");
    assert_eq!(seen.issued_at, Timestamp::from_secs(1_800_000_000));
    assert_eq!(seen.expires_at, Timestamp::from_secs(1_800_000_600));
    assert_eq!(seen.auth_time, Some(Timestamp::from_secs(1_799_999_000)));
    assert_eq!(seen.acr.as_deref(), Some("urn:mfa"));
    assert_eq!(seen.confirmation, None);
    assert_eq!(seen.claim("tenant"), Some(&Json::from("blue")));
    assert_eq!(seen.claim("level"), Some(&Json::from(3)));
    assert_eq!(seen.claim("roles"), Some(&Json::from(vec!["a", "b"])));
    let map = seen.claim("map").unwrap();
    assert_eq!(map.get("a"), Some(&Json::from([Some(1.5), None])));
    let inner = map.get("b").and_then(|inner| inner.get("c"));
    assert_eq!(inner.and_then(Json::as_u64), Some(u64::MAX));
    assert_eq!(seen.claim("missing"), None);
}

#[tokio::test]
async fn claims_are_parsed_once_for_all_clones_of_a_token() {
    let api = Api::new();
    let seen = seen(&api.layer, bearing(&api.token(&json!({"tenant": "blue"})))).await;
    let clone = seen.clone();
    let first = clone.claim("tenant").unwrap();
    assert!(std::ptr::eq(first, seen.claim("tenant").unwrap()));
    assert_eq!(seen.claim("iss"), Some(&Json::from(ISSUER)));
}

#[tokio::test]
async fn claims_that_are_not_good_are_denied() {
    let api = Api::new();
    for (claims, denial) in [
        (
            json!({"iss": "https://id.example/"}),
            BearerDenial::IssuerMismatch,
        ),
        (
            json!({"iss": "https://ID.example"}),
            BearerDenial::IssuerMismatch,
        ),
        (
            json!({"aud": "https://other.example"}),
            BearerDenial::AudienceMismatch,
        ),
        (
            json!({"aud": ["https://api.example/"]}),
            BearerDenial::AudienceMismatch,
        ),
        (json!({"aud": []}), BearerDenial::AudienceMismatch),
        (json!({"exp": 1_800_000_000}), BearerDenial::Expired),
        (json!({"exp": 0}), BearerDenial::Expired),
        (json!({"nbf": 1_800_000_001}), BearerDenial::NotYetValid),
        (json!({"scope": "write"}), BearerDenial::ScopeInsufficient),
        (json!({"scope": null}), BearerDenial::ScopeInsufficient),
        (json!({"scope": "READ"}), BearerDenial::ScopeInsufficient),
    ] {
        api.ask(&api.token(&claims)).await.assert_denied(denial);
    }
}

#[tokio::test]
async fn claims_that_are_missing_or_of_another_type_are_denied() {
    let api = Api::new();
    for name in ["iss", "sub", "aud", "client_id", "iat", "exp", "jti"] {
        let outcome = api.ask(&api.token(&json!({ name: null }))).await;
        outcome.assert_denied(BearerDenial::ClaimsMalformed);
        let outcome = api.ask(&api.token(&json!({ name: {} }))).await;
        outcome.assert_denied(BearerDenial::ClaimsMalformed);
    }
    for claims in [
        json!({"aud": [API, 1]}),
        json!({"exp": -1}),
        json!({"exp": "tomorrow"}),
        json!({"nbf": false}),
        json!({"scope": ["read"]}),
        json!({"scope": "read  write"}),
        json!({"sid": "short"}),
        json!({"cnf": {}}),
        json!({"cnf": {"jwk": {}}}),
        json!({"cnf": {"jkt": "a", "x5t#S256": "b"}}),
    ] {
        let outcome = api.ask(&api.token(&claims)).await;
        outcome.assert_denied(BearerDenial::ClaimsMalformed);
    }
    for payload in ["", "[]", "null", "{", r#"{"iss":"a","iss":"b"}"#] {
        let sealed = api.issuer.issue(payload.as_bytes(), api.clock.now());
        let token = sealed.unwrap();
        api.ask(&token)
            .await
            .assert_denied(BearerDenial::ClaimsMalformed);
    }
}

#[tokio::test]
async fn a_token_is_good_to_the_last_millisecond() {
    let api = Api::new();
    let token = api.token(&json!({"nbf": 1_800_000_000}));
    api.ask(&token).await.assert_passed();
    api.clock.step_back(Duration::from_millis(1));
    api.ask(&token)
        .await
        .assert_denied(BearerDenial::NotYetValid);
    api.clock.advance(Duration::from_secs(600));
    api.ask(&token).await.assert_passed();
    api.clock.advance(Duration::from_millis(1));
    api.ask(&token).await.assert_denied(BearerDenial::Expired);
}

#[tokio::test]
async fn the_leeway_counts_at_both_ends() {
    let api = Api::new();
    let layer = api
        .layer
        .clone()
        .with_leeway(Duration::from_secs(5))
        .unwrap();
    let token = api.token(&json!({"nbf": 1_800_000_000}));
    api.clock.step_back(Duration::from_secs(5));
    ask(&layer, bearing(&token)).await.assert_passed();
    api.clock.step_back(Duration::from_millis(1));
    let early = ask(&layer, bearing(&token)).await;
    early.assert_denied(BearerDenial::NotYetValid);
    api.clock.advance(Duration::from_secs(610));
    ask(&layer, bearing(&token)).await.assert_passed();
    api.clock.advance(Duration::from_millis(1));
    ask(&layer, bearing(&token))
        .await
        .assert_denied(BearerDenial::Expired);
}

#[tokio::test]
async fn a_token_that_was_tampered_with_is_denied() {
    let api = Api::new();
    let token = api.token(&json!({}));
    for at in 0..token.len() {
        let other = if &token[at..=at] == "A" { "B" } else { "A" };
        let tampered = format!("{}{other}{}", &token[..at], &token[at + 1..]);
        let outcome = api.ask(&tampered).await;
        assert_eq!(outcome.response.status, 401, "{tampered}");
    }
    // Other claims under the same signature.
    let (header, rest) = token.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let claims = BASE64_URL_SAFE_NO_PAD.encode(payload(&json!({"sub": "mallory"})));
    let outcome = api.ask(&format!("{header}.{claims}.{signature}")).await;
    outcome.assert_denied(BearerDenial::Unverified(VerifyError::Invalid));
}

#[tokio::test]
async fn another_algorithm_or_type_than_the_keys_is_denied() {
    let api = Api::new();
    let kid = api.key.key_id();
    for (alg, typ) in [
        ("none", "at+jwt"),
        ("HS256", "at+jwt"),
        ("ES256", "at+jwt"),
        ("EdDSA", "JWT"),
        ("EdDSA", "dpop+jwt"),
        ("EdDSA", "logout+jwt"),
    ] {
        let header = json!({"alg": alg, "kid": kid, "typ": typ}).to_string();
        let token = format!(
            "{}.{}",
            BASE64_URL_SAFE_NO_PAD.encode(header),
            BASE64_URL_SAFE_NO_PAD.encode(payload(&json!({})))
        );
        let signature = api.key.sign(token.as_bytes()).unwrap();
        let signature = BASE64_URL_SAFE_NO_PAD.encode(signature);
        let outcome = api.ask(&format!("{token}.{signature}")).await;
        outcome.assert_denied(BearerDenial::Unverified(VerifyError::Invalid));
    }
}

#[tokio::test]
async fn a_token_of_an_unknown_key_is_denied() {
    let api = Api::new();
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let stranger = Api::signed_with(signing(algorithm));
        let outcome = api.ask(&stranger.token(&json!({}))).await;
        outcome.assert_denied(BearerDenial::Unverified(VerifyError::UnknownKey));
    }
}

#[tokio::test]
async fn a_refresh_token_is_no_access_token() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let layer = BearerLayer::for_server(&endpoint.server);
    ask(&layer, bearing(login.text("access_token")))
        .await
        .assert_passed();
    let outcome = ask(&layer, bearing(login.refresh_token())).await;
    outcome.assert_denied(BearerDenial::Unverified(VerifyError::Malformed));
    // Not even if one key seals both.
    let key = sealing();
    let format = PasetoLocal::new(KeyRing::new(key.clone()), "access tokens of id.example");
    let keys = Keys::new(format, KeyRing::new(key));
    let endpoint = Endpoint::builder().keys(keys).build();
    let login = endpoint.login().await;
    let layer = BearerLayer::for_server(&endpoint.server);
    ask(&layer, bearing(login.text("access_token")))
        .await
        .assert_passed();
    let outcome = ask(&layer, bearing(login.refresh_token())).await;
    assert_eq!(outcome.response.status, 401);
}

#[tokio::test]
async fn paseto_tokens_pass_like_any_other() {
    let format = PasetoPublic::new(KeyRing::new(signing(Algorithm::EdDsa))).unwrap();
    let verifier = format.verifier();
    let endpoint = Endpoint::builder()
        .keys(Keys::new(format, KeyRing::new(sealing())))
        .build();
    let login = endpoint.login().await;
    let layer = BearerLayer::new(verifier, ISSUER, ISSUER)
        .unwrap()
        .with_clock(endpoint.clock.clone());
    ask(&layer, bearing(login.text("access_token")))
        .await
        .assert_passed();
    endpoint.clock.advance(Duration::from_secs(600));
    let outcome = ask(&layer, bearing(login.text("access_token"))).await;
    outcome.assert_denied(BearerDenial::Expired);
}

#[tokio::test]
async fn a_token_for_one_resource_is_not_good_at_another() {
    let endpoint = Endpoint::builder()
        .grant(|_| {
            let resource = "https://api.example".parse();
            Ok(Grant::new("alice").with_resource(resource.expect("it is well-formed")))
        })
        .build();
    let login = endpoint.login().await;
    let outcome = ask(
        &BearerLayer::for_server(&endpoint.server),
        bearing(login.text("access_token")),
    )
    .await;
    outcome.assert_denied(BearerDenial::AudienceMismatch);
    let api = BearerLayer::new(endpoint.server.clone(), ISSUER, API)
        .unwrap()
        .with_clock(endpoint.clock.clone());
    ask(&api, bearing(login.text("access_token")))
        .await
        .assert_passed();
}

/// What the service behind the layer finds in the extensions.
async fn seen(layer: &BearerLayer, request: Request<Full<Bytes>>) -> VerifiedToken {
    let service = layer.layer(service_fn(async |request: Request<Full<Bytes>>| {
        let mut response = Response::new(Full::<Bytes>::default());
        let token = request.extensions().get::<VerifiedToken>().unwrap();
        response.extensions_mut().insert(token.clone());
        Ok::<_, Infallible>(response)
    }));
    let Ok(response) = service.oneshot(request).await;
    response.extensions().get().cloned().unwrap()
}
