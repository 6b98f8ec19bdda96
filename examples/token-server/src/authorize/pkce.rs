//! PKCE (RFC 7636), `S256` only: `plain` is no proof to anybody who has seen the authorization request.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reissue::ClientSecret;
use reissue::client::SecretHash;
use serde::{Deserialize, Serialize};

/// The SHA-256 of a verifier that nobody but the client knows yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Challenge(String);

impl Challenge {
    /// RFC 7636 §4.2: 43 characters of base64url.
    pub(super) fn parse(text: &str) -> Option<Self> {
        digest(text).map(|_| Self(text.to_owned()))
    }

    /// Whether the verifier is the one that the challenge was made of. Takes as long for every wrong one.
    pub(super) fn is_met_by(&self, verifier: &Verifier) -> bool {
        digest(&self.0).is_some_and(|digest| SecretHash::from_sha256(digest).verify(&verifier.0))
    }
}

/// What proves that whoever redeems a code is who asked for it.
pub(crate) struct Verifier(ClientSecret);

impl Verifier {
    /// RFC 7636 §4.1: 43 to 128 unreserved characters.
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
