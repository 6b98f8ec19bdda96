//! PKCE (RFC 7636) with `S256` only: `plain` proves nothing to whoever saw the request.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reissue::ClientSecret;
use reissue::client::SecretHash;
use serde::{Deserialize, Serialize};

/// The SHA-256 of a verifier that only the client knows yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Challenge(String);

impl Challenge {
    /// Parses a challenge: 43 characters of base64url (RFC 7636 §4.2).
    pub(super) fn parse(text: &str) -> Option<Self> {
        digest(text).map(|_| Self(text.to_owned()))
    }

    /// Returns whether the challenge was made of a verifier, in constant time.
    pub(super) fn is_met_by(&self, verifier: &Verifier) -> bool {
        digest(&self.0).is_some_and(|digest| SecretHash::from_sha256(digest).verify(&verifier.0))
    }
}

/// The proof that a code is redeemed by whoever asked for it.
pub(crate) struct Verifier(ClientSecret);

impl Verifier {
    /// Parses a verifier: 43 to 128 unreserved characters (RFC 7636 §4.1).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        ((43..=128).contains(&text.len()) && text.bytes().all(is_unreserved))
            .then(|| Self(ClientSecret::new(text)))
    }
}

fn digest(text: &str) -> Option<[u8; 32]> {
    if text.len() != 43 {
        return None;
    }
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests;
