//! Access tokens as JWT: issued here, verified in [`verifier`].

mod header;
mod key_with_header;
mod verifier;

pub use verifier::JwtVerifier;

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use self::key_with_header::KeyWithHeader;
use super::format::{
    AccessTokenFormat, AccessTokenVerifier, IssueError, MAX_TOKEN_LENGTH, TimeFormat, VerifyError,
};
use crate::clock::Timestamp;
use crate::key::{Algorithm, KeyRing, SigningKey};

/// Access tokens as JSON Web Tokens (RFC 9068), signed with `EdDSA`, `ES256` or `RS256`.
///
/// The header is `{"alg":…,"kid":…,"typ":"at+jwt"}`. [`JwtVerifier`] describes how tokens are
/// verified.
///
/// ```
/// use reissue::Timestamp;
/// use reissue::key::{Algorithm, KeyRing, SigningKey};
/// use reissue::token::{AccessTokenFormat, Jwt, AccessTokenVerifier};
///
/// let keys = KeyRing::new(SigningKey::generate(Algorithm::EdDsa)?);
/// let tokens = Jwt::new(keys);
///
/// let now = Timestamp::from_secs(1_800_000_000);
/// let token = tokens.issue(br#"{"sub":"alice"}"#, now)?;
/// assert_eq!(tokens.verify(&token, now)?, br#"{"sub":"alice"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Jwt {
    keys: KeyRing<KeyWithHeader<SigningKey>>,
    verifier: JwtVerifier,
}

impl Jwt {
    /// Returns a format that signs with the active key of the ring, and verifies with every key of
    /// it.
    #[must_use]
    pub fn new(keys: KeyRing<SigningKey>) -> Self {
        let verifying = keys.clone().map(|key| key.verifying_key());
        Self {
            keys: keys.map(KeyWithHeader::signing),
            verifier: JwtVerifier::new(verifying),
        }
    }

    /// Returns a verifier of the same tokens that has only the public keys, for resource servers in
    /// this process.
    #[must_use]
    pub fn verifier(&self) -> JwtVerifier {
        self.verifier.clone()
    }
}

impl AccessTokenVerifier for Jwt {
    fn verify(&self, token: &str, now: Timestamp) -> Result<Vec<u8>, VerifyError> {
        self.verifier.verify(token, now)
    }
}

impl AccessTokenFormat for Jwt {
    fn issue(&self, payload: &[u8], now: Timestamp) -> Result<String, IssueError> {
        let KeyWithHeader { key, header } = self.keys.active_at(now);
        if payload.len() > MAX_TOKEN_LENGTH {
            return Err(IssueError::TooLong);
        }
        let signed_length = header.len() + 1 + encoded_length(payload.len());
        let mut token = String::with_capacity(signed_length + 1 + LONGEST_USUAL_SIGNATURE);
        token.push_str(header);
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = key.sign(token.as_bytes()).map_err(IssueError::Sign)?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        if token.len() > MAX_TOKEN_LENGTH {
            return Err(IssueError::TooLong);
        }
        Ok(token)
    }

    fn times(&self) -> TimeFormat {
        TimeFormat::NumericDate
    }

    fn jwks(&self, now: Timestamp) -> Option<String> {
        Some(self.verifier.to_jwks(now))
    }

    fn algorithms(&self, now: Timestamp) -> Vec<Algorithm> {
        self.verifier.algorithms(now)
    }
}

impl fmt::Debug for Jwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Jwt").field(&self.verifier).finish()
    }
}

const fn encoded_length(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// The length with an RSA key of 2048 bits. A larger key costs one reallocation.
const LONGEST_USUAL_SIGNATURE: usize = encoded_length(256);

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;
