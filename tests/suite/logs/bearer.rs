//! What the bearer layer logs of a denied request, and what it does not.

use std::time::Duration;

use http::Request;
use http::header::AUTHORIZATION;
use reissue::bearer::BearerLayer;
use reissue_tests::{Endpoint, TestKeys};

use super::evidence::capture;

#[tokio::test]
async fn a_denial_is_logged_with_its_reason_and_without_the_token() {
    let (evidence, guard) = capture();
    let keys = TestKeys::generate();
    let endpoint = Endpoint::builder().keys(keys.keys()).build();
    let login = endpoint.login().await;
    let (token, refresh_token) = (login.text("access_token"), login.refresh_token());
    evidence.token_texts(&keys, token, Some(refresh_token));
    evidence.secret("planted-in-a-header");
    let layer = BearerLayer::for_server(&endpoint.server).with_session_check();
    let scope = "admin".parse().unwrap();
    let admin = layer.clone().with_scope(scope);
    let request = |value: &str| {
        let request = Request::builder().header(AUTHORIZATION, value);
        request.body(()).unwrap()
    };
    let bearing = |token: &str| request(&format!("Bearer {token}"));
    let forged = format!("{}AAAA", &token[..token.len() - 4]);
    let mut denials = vec![
        (layer.verify(&Request::new(())).await, "credentials_missing"),
        (
            layer.verify(&request("Basic planted-in-a-header")).await,
            "credentials_missing",
        ),
        (
            layer.verify(&bearing("planted-in-a-header two")).await,
            "credentials_malformed",
        ),
        (
            layer.verify(&bearing("planted-in-a-header")).await,
            "token_malformed",
        ),
        (layer.verify(&bearing(&forged)).await, "token_invalid"),
        (
            layer.verify(&bearing(refresh_token)).await,
            "token_malformed",
        ),
        (admin.verify(&bearing(token)).await, "scope_insufficient"),
        (
            layer.verify(&request(&format!("DPoP {token}"))).await,
            "key_mismatch",
        ),
    ];
    let verified = layer.verify(&bearing(token)).await.unwrap();
    evidence.note(&verified);
    endpoint.clock.advance(Duration::from_secs(600));
    denials.push((layer.verify(&bearing(token)).await, "expired"));
    drop(guard);
    for (verified, name) in denials {
        let denied = verified.unwrap_err();
        assert_eq!(denied.denial().name(), name);
        let line = format!(r#"access denied reason="{name}""#);
        assert!(evidence.holds(line.as_bytes()), "{line} was not logged");
        evidence.error(&denied);
    }
    for line in [
        "DEBUG reissue::bearer: access denied reason=\"expired\" client=\"web\"",
        "INFO reissue::bearer: access denied reason=\"scope_insufficient\" client=\"web\"",
        "WARN reissue::bearer: access denied reason=\"key_mismatch\" client=\"web\"",
    ] {
        assert!(evidence.holds(line.as_bytes()), "{line} was not logged");
    }
    evidence.holds_no_secret();
}
