use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::header::Header;
use super::key_with_header::KeyWithHeader;
use crate::clock::Timestamp;
use crate::key::{Algorithm, KeyRing, VerifyingKey, set_of};
use crate::token::format::{AccessTokenVerifier, MAX_TOKEN_LENGTH, VerifyError};

/// A verifier of access tokens that are JSON Web Tokens (RFC 9068), with public keys.
///
/// A token is verified with the key that its `kid` names and the algorithm of that key (RFC 8725
/// §3.1). The `alg` of the token must match it, so neither `none` nor a confusion of algorithms is
/// possible. `typ` must be `at+jwt` or `application/at+jwt` in any letter case (RFC 9068 §4). A
/// token with `crit` is denied, because no extension is supported (RFC 7515 §4.1.11).
///
/// ```
/// use reissue::Timestamp;
/// use reissue::key::{Algorithm, KeyRing, SigningKey};
/// use reissue::token::{AccessTokenFormat, Jwt, JwtVerifier, AccessTokenVerifier};
///
/// // The authorization server publishes its keys.
/// let now = Timestamp::from_secs(1_800_000_000);
/// let tokens = Jwt::new(KeyRing::new(SigningKey::generate(Algorithm::Es256)?));
/// let published = tokens.jwks(now).expect("JWT has public keys");
///
/// // The resource server reads them.
/// let verifier = JwtVerifier::new(KeyRing::from_jwks(&published)?);
/// let token = tokens.issue(br#"{"sub":"alice"}"#, now)?;
/// assert_eq!(verifier.verify(&token, now)?, br#"{"sub":"alice"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct JwtVerifier {
    keys: KeyRing<KeyWithHeader<VerifyingKey>>,
}

impl JwtVerifier {
    /// Returns a verifier of tokens that any key of the ring signed.
    #[must_use]
    pub fn new(keys: KeyRing<VerifyingKey>) -> Self {
        Self {
            keys: keys.map(KeyWithHeader::verifying),
        }
    }

    pub(super) fn to_jwks(&self, now: Timestamp) -> String {
        set_of(self.keys.iter_at(now).map(|keyed| keyed.key.to_jwk()))
    }

    pub(super) fn algorithms(&self, now: Timestamp) -> Vec<Algorithm> {
        let mut algorithms = Vec::new();
        for keyed in self.keys.iter_at(now) {
            let algorithm = keyed.key.algorithm();
            if !algorithms.contains(&algorithm) {
                algorithms.push(algorithm);
            }
        }
        algorithms
    }

    fn key_of(&self, header: &str, now: Timestamp) -> Result<&VerifyingKey, VerifyError> {
        // Tokens of this crate have a fixed header for each key, which needs no parser.
        let own = self.keys.iter_at(now).find(|own| own.header == header);
        if let Some(keyed) = own {
            return Ok(&keyed.key);
        }
        let header = BASE64_URL_SAFE_NO_PAD
            .decode(header)
            .map_err(|_| VerifyError::Malformed)?;
        let header = Header::parse(&header)?;
        let key = self
            .keys
            .iter_at(now)
            .map(|keyed| &keyed.key)
            .find(|key| key.key_id() == header.kid)
            .ok_or(VerifyError::UnknownKey)?;
        if header.fits(key) {
            Ok(key)
        } else {
            Err(VerifyError::Invalid)
        }
    }
}

impl AccessTokenVerifier for JwtVerifier {
    fn verify(&self, token: &str, now: Timestamp) -> Result<Vec<u8>, VerifyError> {
        if token.len() > MAX_TOKEN_LENGTH {
            return Err(VerifyError::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(VerifyError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(VerifyError::Malformed)?;
        let key = self.key_of(header, now)?;
        let mut buffer = [0; LONGEST_SIGNATURE];
        let length = BASE64_URL_SAFE_NO_PAD
            .decode_slice(signature, &mut buffer)
            .map_err(|_| VerifyError::Malformed)?;
        key.verify(signed.as_bytes(), &buffer[..length])
            .map_err(|_| VerifyError::Invalid)?;
        // A fourth part fails here, because its dot is not base64url.
        BASE64_URL_SAFE_NO_PAD
            .decode(payload)
            .map_err(|_| VerifyError::Malformed)
    }
}

impl fmt::Debug for JwtVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|keyed| &keyed.key))
            .finish()
    }
}

/// The length with an RSA key of 8192 bits, rounded up to groups of three as the decoder requires.
const LONGEST_SIGNATURE: usize = 1_024 + 2;
