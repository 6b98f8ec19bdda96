//! Access tokens: claims (RFC 9068) and formats.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pasetors::keys::AsymmetricPublicKey;
use pasetors::token::UntrustedToken;
use pasetors::version4::{LocalToken, PublicToken, V4};
use pasetors::{Local, Public};
use reissue::Keys;
use reissue::key::{Algorithm, KeyRing};
use reissue::token::{Jwt, PasetoLocal, PasetoPublic};
use reissue_tests::{Endpoint, assert_error, assert_refreshes, claims, jwt_part};
use serde_json::{Value, json};

use crate::tokens::{sealing, signing};

#[tokio::test]
async fn an_access_token_has_the_claims_of_rfc_9068() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256] {
        let key = signing(algorithm);
        let keys = Keys::new(Jwt::new(KeyRing::new(key.clone())), KeyRing::new(sealing()));
        let endpoint = Endpoint::builder()
            .keys(keys)
            .server(|server| server.with_audience("https://api.example"))
            .build();
        let login = endpoint.login().await;
        let token = login.text("access_token");
        assert_eq!(
            jwt_part(token, 0),
            json!({"alg": algorithm.as_str(), "kid": key.key_id(), "typ": "at+jwt"})
        );
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
        key.verifying_key()
            .verify(signed.as_bytes(), &signature)
            .unwrap();

        let mut claims = claims(token);
        let sid = endpoint.server.sessions("alice").await.unwrap()[0].sid;
        let id = claims["jti"].take();
        assert_eq!(id.as_str().unwrap().len(), 22, "128 random bits");
        assert_eq!(
            claims,
            json!({
                "iss": "https://id.example",
                "sub": "alice",
                "aud": "https://api.example",
                "client_id": "web",
                "iat": 1_800_000_000,
                "exp": 1_800_000_600,
                "jti": null,
                "scope": "openid read write",
                "sid": sid.to_string(),
            })
        );
    }
}

#[tokio::test]
async fn no_two_access_tokens_have_one_id() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let mut ids = vec![claims(login.text("access_token"))["jti"].to_string()];
    for _ in 0..20 {
        let response = assert_refreshes(&endpoint, login.refresh_token()).await;
        ids.push(claims(response.text("access_token"))["jti"].to_string());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 21);
}

/// The claims of `alice` in PASETO: times as text.
#[track_caller]
fn assert_paseto_claims(payload: &str) {
    let claims: Value = serde_json::from_str(payload).expect("the payload is JSON");
    assert_eq!(claims["iss"], "https://id.example");
    assert_eq!(claims["sub"], "alice");
    assert_eq!(claims["client_id"], "web");
    assert_eq!(claims["scope"], "openid read write");
    assert_eq!(claims["iat"], "2027-01-15T08:00:00Z");
    assert_eq!(claims["exp"], "2027-01-15T08:10:00Z");
    assert!(claims["sid"].is_string() && claims["jti"].is_string());
}

#[tokio::test]
async fn access_tokens_can_be_paseto_public() {
    let key = signing(Algorithm::EdDsa);
    let format = PasetoPublic::new(KeyRing::new(key.clone())).unwrap();
    let endpoint = Endpoint::builder()
        .keys(Keys::new(format, KeyRing::new(sealing())))
        .build();
    let login = endpoint.login().await;
    let response = assert_refreshes(&endpoint, login.refresh_token()).await;
    let token = response.text("access_token");

    let paserk = key.verifying_key().to_paserk().unwrap();
    let encoded = paserk.strip_prefix("k4.public.").unwrap();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(encoded).unwrap();
    let public = AsymmetricPublicKey::<V4>::from(&bytes).unwrap();
    let untrusted = UntrustedToken::<Public, V4>::try_from(token).unwrap();
    let trusted = PublicToken::verify(&public, &untrusted, None, None).unwrap();
    assert_paseto_claims(trusted.payload());

    let seen = endpoint
        .introspect_as("web", &format!("token={token}"))
        .await;
    assert_eq!(seen.json["active"], true);
    assert_eq!(seen.json["exp"], 1_800_000_600);
    let response = endpoint.refresh(token).await;
    assert_error(&response, 400, "invalid_grant");
}

#[tokio::test]
async fn access_tokens_can_be_paseto_local_and_never_pass_for_refresh_tokens() {
    // One key for both is unwise; the purpose keeps them apart all the same.
    let key = sealing();
    let format = PasetoLocal::new(KeyRing::new(key.clone()), "access tokens of id.example");
    let endpoint = Endpoint::builder()
        .keys(Keys::new(format, KeyRing::new(key.clone())))
        .build();
    let login = endpoint.login().await;
    let token = login.text("access_token");

    let exposed = key.expose_paserk();
    let encoded = exposed.expose().strip_prefix("k4.local.").unwrap();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(encoded).unwrap();
    let symmetric = pasetors::keys::SymmetricKey::<V4>::from(&bytes).unwrap();
    let untrusted = UntrustedToken::<Local, V4>::try_from(token).unwrap();
    let assertion = Some(b"access tokens of id.example".as_slice());
    let trusted = LocalToken::decrypt(&symmetric, &untrusted, None, assertion).unwrap();
    assert_paseto_claims(trusted.payload());

    let seen = endpoint
        .introspect_as("web", &format!("token={token}"))
        .await;
    assert_eq!(seen.json["active"], true);
    endpoint.forget();
    let response = endpoint.refresh(token).await;
    assert_error(&response, 400, "invalid_grant");
    assert_eq!(endpoint.store.take_calls(), []);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}
