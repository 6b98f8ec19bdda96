use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reissue::Timestamp;
use reissue::key::{KeyRing, SigningKey};
use reissue::token::{AccessTokenVerifier as _, Jwt, JwtVerifier};
use serde_json::Value;

use crate::{Outcome, keys};

/// Access tokens as JWT: `input` is a token, or a header of one if it begins with `{`. Headers are
/// signed by the right keys, so that they are looked at.
///
/// # Panics
///
/// If anything but a token of the corpus opens, or a header opens that does not name its key, its
/// algorithm and its type.
#[must_use]
pub fn jws(input: &[u8]) -> Outcome {
    if input.starts_with(b"{") {
        let opened = SIGNING.each_ref().map(|key| opens_with_header(key, input));
        return outcome(opened.contains(&true));
    }
    let Ok(token) = std::str::from_utf8(input) else {
        return Outcome::Refused;
    };
    let opens = open(token).is_some();
    assert_eq!(opens, ISSUED.contains(&token), "{token}");
    outcome(opens)
}

fn opens_with_header(key: &SigningKey, header: &[u8]) -> bool {
    let signed = format!(
        "{}.{}",
        BASE64_URL_SAFE_NO_PAD.encode(header),
        BASE64_URL_SAFE_NO_PAD.encode(PAYLOAD)
    );
    let signature = key.sign(signed.as_bytes()).expect("the key signs");
    let token = format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature));
    let Some(payload) = open(&token) else {
        return false;
    };
    assert_eq!(payload, PAYLOAD);
    // What is ignored may be deeper or greater than a `Value` can be.
    let Ok(header) = serde_json::from_slice::<Value>(header) else {
        return true;
    };
    assert_eq!(header["alg"], key.algorithm().as_str());
    assert_eq!(header["kid"], key.key_id());
    let kind = header["typ"].as_str().expect("a header has a type");
    let kind = kind.to_ascii_lowercase();
    assert!(["at+jwt", "application/at+jwt"].contains(&kind.as_str()));
    assert_eq!(header.get("crit"), None);
    true
}

fn open(token: &str) -> Option<Vec<u8>> {
    let now = Timestamp::from_secs(1_800_000_000);
    VERIFIER.verify(token, now).ok()
}

fn outcome(opened: bool) -> Outcome {
    if opened {
        Outcome::Accepted
    } else {
        Outcome::Refused
    }
}

/// RSA signs too slowly for a fuzzer; its tokens are verified like the others.
static SIGNING: LazyLock<[SigningKey; 2]> = LazyLock::new(|| [keys::ed25519(), keys::p256()]);

static VERIFIER: LazyLock<JwtVerifier> = LazyLock::new(|| {
    let ring = KeyRing::new(keys::ed25519())
        .with_retired(keys::p256())
        .and_then(|ring| ring.with_retired(keys::rsa()))
        .expect("the keys differ");
    Jwt::new(ring).verifier()
});

/// What the tokens say.
pub(super) const PAYLOAD: &[u8] = br#"{"sub":"alice"}"#;

/// An ES256 signature has a twin that verifies as well (`s` and the order minus `s`), which takes
/// more than luck to find.
const ISSUED: [&str; 3] = [
    include_str!("../../fuzz/corpus/jws/issued-eddsa"),
    include_str!("../../fuzz/corpus/jws/issued-es256"),
    include_str!("../../fuzz/corpus/jws/issued-rs256"),
];
