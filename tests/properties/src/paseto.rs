use std::sync::LazyLock;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Request, Response};
use http_body_util::Empty;
use reissue::Timestamp;
use reissue::bearer::{BearerLayer, VerifiedToken};
use reissue::key::KeyRing;
use reissue::token::{AccessTokenFormat, AccessTokenVerifier as _, PasetoLocal, PasetoPublic};
use reissue_tests::{ISSUER, ManualClock};
use serde_json::Value;
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::now::at_once;
use crate::{Outcome, keys};

/// Access tokens as PASETO: `input` is a token, or the claims of one if it begins with `{`. Claims
/// are sealed by the right keys and presented to an API, so that they are looked at.
///
/// # Panics
///
/// If anything but a token of the corpus opens, if a payload does not come back as it was sealed,
/// or if an API takes claims that are not for it.
#[must_use]
pub fn paseto(input: &[u8]) -> Outcome {
    let Ok(text) = std::str::from_utf8(input) else {
        return Outcome::Refused;
    };
    if text.starts_with('{') {
        return claims(text);
    }
    let opens =
        [PUBLIC.verify(text, now()), LOCAL.verify(text, now())].map(|opened| opened.is_ok());
    assert_eq!(
        opens,
        [text == ISSUED_PUBLIC, text == ISSUED_LOCAL],
        "{text}"
    );
    if opens.contains(&true) {
        Outcome::Accepted
    } else {
        Outcome::Refused
    }
}

fn claims(text: &str) -> Outcome {
    for envelope in [&*PUBLIC as &dyn AccessTokenFormat, &*LOCAL] {
        let Ok(token) = envelope.issue(text.as_bytes(), now()) else {
            return Outcome::Refused;
        };
        let opened = envelope
            .verify(&token, now())
            .expect("what was sealed opens");
        assert_eq!(opened, text.as_bytes());
    }
    let token = PUBLIC
        .issue(text.as_bytes(), now())
        .expect("it was sealed before");
    let Some(verified) = present(&token) else {
        return Outcome::Refused;
    };
    assert!(verified.expires_at > now());
    assert!(verified.audience.iter().any(|audience| audience == API));
    assert_eq!(verified.confirmation, None);
    // What is ignored may be deeper or greater than a `Value` can be.
    let Ok(claims) = serde_json::from_str::<Value>(text) else {
        return Outcome::Accepted;
    };
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["sub"], verified.subject);
    assert_eq!(claims["client_id"], verified.client_id);
    assert_eq!(claims.get("cnf").filter(|cnf| !cnf.is_null()), None);
    Outcome::Accepted
}

/// Shows a token to an API that knows the keys.
fn present(token: &str) -> Option<VerifiedToken> {
    let api = LAYER.layer(service_fn(async |request: Request<Empty<Bytes>>| {
        let verified = request.extensions().get::<VerifiedToken>().cloned();
        let mut response = Response::new(Empty::<Bytes>::new());
        response.extensions_mut().insert(verified);
        Ok::<_, std::convert::Infallible>(response)
    }));
    let request = Request::get("/")
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .body(Empty::new())
        .expect("a token is a header value");
    let Ok(mut response) = at_once(api.oneshot(request));
    response
        .extensions_mut()
        .remove::<Option<VerifiedToken>>()?
}

fn now() -> Timestamp {
    Timestamp::from_secs(1_800_000_000)
}

pub(super) static PUBLIC: LazyLock<PasetoPublic> = LazyLock::new(|| {
    PasetoPublic::new(KeyRing::new(keys::ed25519())).expect("the key is for EdDSA")
});

pub(super) static LOCAL: LazyLock<PasetoLocal> =
    LazyLock::new(|| PasetoLocal::new(KeyRing::new(keys::sealing()), ASSERTION));

static LAYER: LazyLock<BearerLayer> = LazyLock::new(|| {
    let keys = PUBLIC.verifier();
    BearerLayer::new(keys, ISSUER, API)
        .expect("issuer and audience are not empty")
        .with_clock(ManualClock::default())
});

const API: &str = "https://api.example";
const ASSERTION: &str = "access token of https://id.example";
const ISSUED_PUBLIC: &str = include_str!("../../fuzz/corpus/paseto/issued-public");
const ISSUED_LOCAL: &str = include_str!("../../fuzz/corpus/paseto/issued-local");
