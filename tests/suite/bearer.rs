//! The bearer layer: which requests reach an API, and the responses to all others (RFC 6750).

mod challenges;
mod keys;
mod optional;
mod possession;
mod reports;
mod service;
mod sessions;
mod tokens;
mod verify;

use std::convert::Infallible;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Request, Response};
use http_body_util::Full;
use reissue::Clock as _;
use reissue::bearer::{BearerDenial, BearerLayer, VerifiedToken};
use reissue::key::{Algorithm, KeyRing, SigningKey};
use reissue::token::{AccessTokenFormat as _, Jwt, JwtVerifier};
use reissue_tests::{ManualClock, TestResponse};
use serde_json::{Value, json};
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::tokens::signing;

const ISSUER: &str = "https://id.example";
const API: &str = "https://api.example";

/// An API that requires `read`, its clock, and the keys of its issuer.
struct Api {
    layer: BearerLayer,
    clock: ManualClock,
    issuer: Jwt,
    key: SigningKey,
}

impl Api {
    fn new() -> Self {
        Self::signed_with(signing(Algorithm::EdDsa))
    }

    fn signed_with(key: SigningKey) -> Self {
        let clock = ManualClock::default();
        let issuer = Jwt::new(KeyRing::new(key.clone()));
        Self {
            layer: layer(issuer.verifier(), &clock),
            clock,
            issuer,
            key,
        }
    }

    /// A token of the issuer with the usual claims, but these.
    fn token(&self, others: &Value) -> String {
        let payload = payload(others);
        self.issuer.issue(&payload, self.clock.now()).unwrap()
    }

    async fn ask(&self, token: &str) -> Outcome {
        ask(&self.layer, bearing(token)).await
    }
}

/// What an API responded, and why.
struct Outcome {
    response: TestResponse,
    denial: Option<BearerDenial>,
}

impl Outcome {
    #[track_caller]
    fn assert_passed(&self) {
        assert_eq!(self.response.summary(), "200", "{:?}", self.denial);
    }

    #[track_caller]
    fn assert_denied(&self, denial: BearerDenial) {
        assert_eq!(self.denial, Some(denial), "{:?}", self.response);
        assert_eq!(self.response.status, denial.status());
    }
}

fn layer(keys: JwtVerifier, clock: &ManualClock) -> BearerLayer {
    BearerLayer::new(keys, ISSUER, API)
        .unwrap()
        .with_clock(clock.clone())
        .with_scope("read".parse().unwrap())
}

/// The usual claims, changed; `null` is left out.
fn payload(others: &Value) -> Vec<u8> {
    let mut claims = json!({
        "iss": ISSUER,
        "sub": "alice",
        "aud": API,
        "client_id": "web",
        "iat": 1_800_000_000,
        "exp": 1_800_000_600,
        "jti": "one of many",
        "scope": "read write",
    });
    let members = claims.as_object_mut().unwrap();
    for (name, value) in others.as_object().unwrap() {
        members.insert(name.clone(), value.clone());
    }
    members.retain(|_, value| !value.is_null());
    claims.to_string().into_bytes()
}

fn bearing(token: &str) -> Request<Full<Bytes>> {
    Request::get("/whoami")
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .body(Full::default())
        .unwrap()
}

async fn ask<T>(layer: &BearerLayer<T>, request: Request<Full<Bytes>>) -> Outcome {
    let Ok(response) = layer.layer(service_fn(whoami)).oneshot(request).await;
    let denial = response.extensions().get().copied();
    Outcome {
        response: TestResponse::read(response).await,
        denial,
    }
}

async fn whoami(request: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Infallible> {
    let token = request.extensions().get::<VerifiedToken>();
    let token = token.expect("the layer sets it");
    Ok(Response::new(Full::from(token.subject.clone())))
}

/// The one response that all of these are.
#[track_caller]
pub(crate) fn one_of(wires: &[String]) -> &str {
    assert!(
        wires.windows(2).all(|pair| pair[0] == pair[1]),
        "{wires:#?}"
    );
    &wires[0]
}
