//! Keys of a resource server: in process, published, replaced.

use std::sync::{Arc, PoisonError, RwLock};

use http::Request;
use http_body_util::BodyExt as _;
use reissue::bearer::{BearerDenial, BearerLayer};
use reissue::key::{Algorithm, KeyRing, VerifyingKey};
use reissue::token::{
    AccessTokenFormat as _, AccessTokenVerifier, Jwt, JwtVerifier, PasetoPublic, PasetoVerifier,
    VerifyError,
};
use reissue::{Clock as _, JwksEndpoint, Keys, Server, Timestamp};
use reissue_tests::{Endpoint, ManualClock};
use serde_json::json;
use tower::ServiceExt as _;

use super::{API, Api, ISSUER, ask, bearing, layer, payload};
use crate::tokens::{sealing, signing};

async fn published(server: &Server) -> String {
    let request = Request::get("/").body(()).unwrap();
    let Ok(response) = JwksEndpoint::new(server.clone()).oneshot(request).await;
    let Ok(body) = response.into_body().collect().await;
    String::from_utf8(body.to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn the_published_keys_are_all_that_an_api_needs() {
    let paseto = PasetoPublic::new(KeyRing::new(signing(Algorithm::EdDsa))).unwrap();
    let jwt = Jwt::new(KeyRing::new(signing(Algorithm::Es256)));
    let jwt = Endpoint::builder().keys(Keys::new(jwt, KeyRing::new(sealing())));
    let paseto = Endpoint::builder().keys(Keys::new(paseto, KeyRing::new(sealing())));
    let (jwt, paseto) = (jwt.build(), paseto.build());
    let keys = KeyRing::from_jwks(&published(&jwt.server).await).unwrap();
    let jwt_layer = BearerLayer::new(JwtVerifier::new(keys), ISSUER, ISSUER).unwrap();
    let keys = KeyRing::from_jwks(&published(&paseto.server).await).unwrap();
    let keys = PasetoVerifier::new(keys).unwrap();
    let paseto_layer = BearerLayer::new(keys, ISSUER, ISSUER).unwrap();
    for (endpoint, layer) in [(&jwt, jwt_layer), (&paseto, paseto_layer)] {
        let layer = layer.with_clock(endpoint.clock.clone());
        let login = endpoint.login().await;
        let outcome = ask(&layer, bearing(login.text("access_token"))).await;
        outcome.assert_passed();
        for other in [&jwt, &paseto] {
            let login = other.login().await;
            let outcome = ask(&layer, bearing(login.text("access_token"))).await;
            assert_eq!(
                outcome.response.status == 200,
                std::ptr::eq(other, endpoint)
            );
        }
    }
}

#[tokio::test]
async fn a_replaced_key_is_honoured_until_its_moment() {
    let [old, new] = [0, 1].map(|_| signing(Algorithm::EdDsa));
    let clock = ManualClock::default();
    let end = Timestamp::from_secs(1_800_000_300);
    let before = Jwt::new(KeyRing::new(old.clone()));
    let ring = KeyRing::new(new.clone())
        .with_retired_until(old, end)
        .unwrap();
    let after = Jwt::new(ring);
    let guard = layer(after.verifier(), &clock);
    let (first, second) = (
        before.issue(&payload(&json!({})), clock.now()).unwrap(),
        after.issue(&payload(&json!({})), clock.now()).unwrap(),
    );
    ask(&guard, bearing(&first)).await.assert_passed();
    ask(&guard, bearing(&second)).await.assert_passed();
    clock.advance(std::time::Duration::from_secs(300));
    let outcome = ask(&guard, bearing(&first)).await;
    outcome.assert_denied(BearerDenial::Unverified(VerifyError::UnknownKey));
    ask(&guard, bearing(&second)).await.assert_passed();
    // An API that has read the set before keeps the old key; one that reads it now does not get it.
    let now = KeyRing::from_jwks(&after.jwks(clock.now()).unwrap()).unwrap();
    let ids: Vec<_> = now.iter().map(VerifyingKey::key_id).collect();
    assert_eq!(ids, [new.key_id()]);
}

#[tokio::test]
async fn keys_can_change_while_the_api_runs() {
    struct Fetched(RwLock<JwtVerifier>);

    impl AccessTokenVerifier for Fetched {
        fn verify(&self, token: &str, now: Timestamp) -> Result<Vec<u8>, VerifyError> {
            let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
            keys.verify(token, now)
        }
    }

    let (old, new) = (Api::new(), Api::new());
    let fetched = Arc::new(Fetched(RwLock::new(old.issuer.verifier())));
    let layer = BearerLayer::new(fetched.clone(), ISSUER, API).unwrap();
    let layer = layer.with_clock(ManualClock::default());
    let token = new.token(&json!({}));
    let outcome = ask(&layer, bearing(&token)).await;
    outcome.assert_denied(BearerDenial::Unverified(VerifyError::UnknownKey));
    *fetched.0.write().unwrap() = new.issuer.verifier();
    ask(&layer, bearing(&token)).await.assert_passed();
}
