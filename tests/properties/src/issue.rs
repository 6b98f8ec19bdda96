//! The tokens of the corpora.

use reissue::Timestamp;
use reissue::key::KeyRing;
use reissue::token::{AccessTokenFormat as _, Jwt};

use crate::{jws, keys, paseto, refresh_token};

/// Fresh tokens by the code under test, each with the file of the corpus that it is for. Needed
/// when a format changes: a token of the corpus is the one that opens.
///
/// # Panics
///
/// If none can be made.
#[must_use]
pub fn issued() -> Vec<(&'static str, String)> {
    let jwt = |key| Jwt::new(KeyRing::new(key)).issue(jws::PAYLOAD, NOW);
    let payload = jws::PAYLOAD;
    let sealed = "a token can be made";
    vec![
        ("jws/issued-eddsa", jwt(keys::ed25519()).expect(sealed)),
        ("jws/issued-es256", jwt(keys::p256()).expect(sealed)),
        ("jws/issued-rs256", jwt(keys::rsa()).expect(sealed)),
        (
            "paseto/issued-local",
            paseto::LOCAL.issue(payload, NOW).expect(sealed),
        ),
        (
            "paseto/issued-public",
            paseto::PUBLIC.issue(payload, NOW).expect(sealed),
        ),
        ("refresh_token/issued", refresh_token::issue()),
    ]
}

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
