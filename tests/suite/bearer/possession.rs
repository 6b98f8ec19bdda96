//! Tokens that are bound to a key (RFC 8705 §3, RFC 9449 §7).

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request};
use http_body_util::Full;
use insta::assert_snapshot;
use reissue::Confirmation;
use reissue::bearer::BearerDenial;
use serde_json::json;

use super::{Api, Outcome, ask, bearing, one_of};

fn presented(scheme: &str, token: &str, proved: Option<Confirmation>) -> Request<Full<Bytes>> {
    let mut request = bearing("");
    let value = HeaderValue::try_from(format!("{scheme} {token}")).unwrap();
    request.headers_mut().insert(AUTHORIZATION, value);
    if let Some(proved) = proved {
        request.extensions_mut().insert(proved);
    }
    request
}

async fn present(api: &Api, scheme: &str, token: &str, proved: Option<Confirmation>) -> Outcome {
    ask(&api.layer, presented(scheme, token, proved)).await
}

#[tokio::test]
async fn a_dpop_token_passes_with_the_proof_of_its_key_only() {
    let api = Api::new();
    let token = api.token(&json!({"cnf": {"jkt": "the key"}}));
    let jkt = |key: &str| Some(Confirmation::Jkt(key.to_owned()));
    let mut wires = Vec::new();
    for scheme in ["DPoP", "dpop"] {
        let outcome = present(&api, scheme, &token, jkt("the key")).await;
        outcome.assert_passed();
        let certificate = Some(Confirmation::X5tS256("the key".to_owned()));
        for proved in [None, jkt("another key"), certificate] {
            let outcome = present(&api, scheme, &token, proved).await;
            outcome.assert_denied(BearerDenial::KeyMismatch);
            wires.push(outcome.response.wire());
        }
    }
    assert_snapshot!(one_of(&wires), @r#"
    401 Unauthorized
    cache-control: no-store
    www-authenticate: DPoP realm="https://api.example", error="invalid_token"
    "#);
}

/// RFC 9449 §7.2: a downgrade.
#[tokio::test]
async fn a_dpop_token_is_no_bearer_token() {
    let api = Api::new();
    let token = api.token(&json!({"cnf": {"jkt": "the key"}}));
    for proved in [None, Some(Confirmation::Jkt("the key".to_owned()))] {
        let outcome = present(&api, "Bearer", &token, proved).await;
        outcome.assert_denied(BearerDenial::KeyMismatch);
    }
}

#[tokio::test]
async fn a_bearer_token_is_no_dpop_token() {
    let api = Api::new();
    let token = api.token(&json!({}));
    let proved = Some(Confirmation::Jkt("some key".to_owned()));
    let outcome = present(&api, "DPoP", &token, proved.clone()).await;
    outcome.assert_denied(BearerDenial::KeyMismatch);
    // What else was proved does not matter to a token that is bound to nothing.
    present(&api, "Bearer", &token, proved)
        .await
        .assert_passed();
}

#[tokio::test]
async fn a_token_of_a_certificate_passes_with_that_certificate_only() {
    let api = Api::new();
    let token = api.token(&json!({"cnf": {"x5t#S256": "the certificate"}}));
    let x5t = |thumbprint: &str| Some(Confirmation::X5tS256(thumbprint.to_owned()));
    let outcome = present(&api, "Bearer", &token, x5t("the certificate")).await;
    outcome.assert_passed();
    for proved in [None, x5t("another")] {
        let outcome = present(&api, "Bearer", &token, proved).await;
        outcome.assert_denied(BearerDenial::KeyMismatch);
    }
}
