use std::sync::LazyLock;

use pasetors::keys::SymmetricKey;
use pasetors::version4::{LocalToken, V4};
use reissue::{Denial, RefreshRequest, RefreshToken};
use reissue_tests::{Engine, ISSUER, TestKeys, Verb, trusted};
use serde_json::{Value, json};

use crate::now::at_once;
use crate::{Outcome, keys};

/// Refresh tokens: `input` is a token, or the payload of one if it begins with `{`. Payloads are
/// sealed by the right key, so that they are looked at. The store knows none of their sessions.
///
/// # Panics
///
/// If anything but the token of the corpus opens, in anything but its one spelling; if what is
/// inside is taken for less than it must be; or if a token of no session is good for anything.
#[must_use]
pub fn refresh_token(input: &[u8]) -> Outcome {
    let Ok(text) = std::str::from_utf8(input) else {
        return Outcome::Refused;
    };
    let opens = if text.starts_with('{') {
        let opens = opens(&seal(text));
        // What is ignored may be deeper or greater than a `Value` can be.
        if opens && let Ok(payload) = serde_json::from_str::<Value>(text) {
            let secret = payload["s"].as_str().expect("there is a secret");
            assert_eq!(secret.len(), 22, "it is of 128 bits");
            assert!(payload["g"].is_u64() && payload["i"].is_u64());
            assert!(payload["u"].is_string() && !payload["a"].is_null());
        }
        opens
    } else {
        let opens = opens(text);
        assert_eq!(opens, text == ISSUED, "{text}");
        opens
    };
    if opens {
        Outcome::Accepted
    } else {
        Outcome::Refused
    }
}

fn opens(token: &str) -> bool {
    let request = RefreshRequest::new(RefreshToken::new(token));
    let refreshed = at_once(ENGINE.server.refresh(&trusted("web"), request));
    let denial = refreshed
        .expect_err("there is no session to refresh")
        .denial();
    let opens = !matches!(denial, Denial::TokenMalformed | Denial::TokenKeyUnknown);
    let calls = ENGINE.store.take_calls();
    // The last generation that there can be has no successor, so it is only looked up.
    let allowed: &[Verb] = if opens {
        &[Verb::Advance, Verb::Load]
    } else {
        &[]
    };
    assert!(calls.iter().all(|call| allowed.contains(call)), "{calls:?}");
    drop(ENGINE.events.take());
    opens
}

/// A token of a new session.
pub(super) fn issue() -> String {
    at_once(ENGINE.login())
}

/// By `pasetors`, and not by the code under test.
fn seal(payload: &str) -> String {
    let assertion = json!(["reissue", 1, "refresh", ISSUER]).to_string();
    let key = SymmetricKey::<V4>::from(&ENGINE.keys.sealing_bytes()).expect("the key is one");
    let footer = ENGINE.keys.sealing.short_id();
    LocalToken::encrypt(
        &key,
        payload.as_bytes(),
        Some(footer.as_bytes()),
        Some(assertion.as_bytes()),
    )
    .expect("there is something to seal")
}

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::with_keys(TestKeys::new(keys::ed25519(), keys::sealing())));

const ISSUED: &str = include_str!("../../fuzz/corpus/refresh_token/issued");
