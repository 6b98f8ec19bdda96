use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::envelope::{Envelope, MAX_TOKEN_LENGTH, OpenError, SealError, Times};
use crate::key::{KeyRing, SigningKey};

/// Access tokens as JSON Web Tokens (RFC 9068), signed with `EdDSA`, `ES256` or `RS256`.
///
/// The header is `{"alg":…,"kid":…,"typ":"at+jwt"}`. A token is opened by the one key that its `kid` names and by the
/// algorithm of that key (RFC 8725 §3.1): what the token claims about its algorithm is compared, never followed, so
/// there is no `none` and no confusion of keys. `typ` must be `at+jwt` or `application/at+jwt` in any case
/// (RFC 9068 §4), and `crit` is refused, because no extension is understood (RFC 7515 §4.1.11).
///
/// ```
/// use reissue::key::{Algorithm, KeyRing, SigningKey};
/// use reissue::token::{Envelope, Jwt};
///
/// let keys = KeyRing::new(SigningKey::generate(Algorithm::EdDsa)?);
/// let tokens = Jwt::new(keys);
///
/// let token = tokens.seal(br#"{"sub":"alice"}"#)?;
/// assert_eq!(tokens.open(&token)?, br#"{"sub":"alice"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Jwt {
    keys: KeyRing<Headed>,
}

impl Jwt {
    /// Signs with the active key of the ring; every key of it opens.
    #[must_use]
    pub fn new(keys: KeyRing<SigningKey>) -> Self {
        Self {
            keys: keys.map(Headed::new),
        }
    }
}

impl Envelope for Jwt {
    fn seal(&self, payload: &[u8]) -> Result<String, SealError> {
        let Headed { key, header } = self.keys.active();
        if payload.len() > MAX_TOKEN_LENGTH {
            return Err(SealError::TooLong);
        }
        let signed_length = header.len() + 1 + encoded_length(payload.len());
        let mut token = String::with_capacity(signed_length + 1 + LONGEST_USUAL_SIGNATURE);
        token.push_str(header);
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = key.sign(token.as_bytes()).map_err(SealError::Sign)?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        if token.len() > MAX_TOKEN_LENGTH {
            return Err(SealError::TooLong);
        }
        Ok(token)
    }

    fn open(&self, token: &str) -> Result<Vec<u8>, OpenError> {
        if token.len() > MAX_TOKEN_LENGTH {
            return Err(OpenError::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(OpenError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(OpenError::Malformed)?;
        let header = decode(header)?;
        let key = self.key_of(&Header::parse(&header)?)?;
        key.verifying_key()
            .verify(signed.as_bytes(), &decode(signature)?)
            .map_err(|_| OpenError::Invalid)?;
        // A fourth part would be a dot in here, which is not base64url.
        decode(payload)
    }

    fn times(&self) -> Times {
        Times::NumericDate
    }
}

impl Jwt {
    fn key_of(&self, header: &Header<'_>) -> Result<&SigningKey, OpenError> {
        let key = self
            .keys
            .iter()
            .map(|headed| &headed.key)
            .find(|key| key.key_id() == header.kid)
            .ok_or(OpenError::UnknownKey)?;
        let is_access_token = TYPES
            .iter()
            .any(|name| header.typ.eq_ignore_ascii_case(name));
        if header.alg != key.algorithm().as_str() || !is_access_token || header.crit.is_some() {
            return Err(OpenError::Invalid);
        }
        Ok(key)
    }
}

impl fmt::Debug for Jwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|headed| &headed.key))
            .finish()
    }
}

/// A key with the header of its tokens, encoded once.
struct Headed {
    key: SigningKey,
    header: String,
}

impl Headed {
    fn new(key: SigningKey) -> Self {
        let header = format!(
            r#"{{"alg":"{}","kid":"{}","typ":"at+jwt"}}"#,
            key.algorithm(),
            key.key_id()
        );
        Self {
            key,
            header: BASE64_URL_SAFE_NO_PAD.encode(header),
        }
    }
}

/// What a token says about itself, believed only as far as the key's signature goes. Members given twice are refused
/// (RFC 7515 §4), unknown ones ignored.
#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    alg: Cow<'a, str>,
    #[serde(borrow)]
    kid: Cow<'a, str>,
    #[serde(borrow)]
    typ: Cow<'a, str>,
    #[serde(default, deserialize_with = "present")]
    crit: Option<IgnoredAny>,
}

impl<'a> Header<'a> {
    fn parse(json: &'a [u8]) -> Result<Self, OpenError> {
        // The deserializer would take an array for an object.
        if !json.starts_with(b"{") {
            return Err(OpenError::Malformed);
        }
        serde_json::from_slice(json).map_err(|_| OpenError::Malformed)
    }
}

/// So that `"crit": null` is there, too.
fn present<'de, D>(deserializer: D) -> Result<Option<IgnoredAny>, D::Error>
where
    D: Deserializer<'de>,
{
    IgnoredAny::deserialize(deserializer).map(Some)
}

/// Canonical base64url without padding: one spelling for one value.
fn decode(part: &str) -> Result<Vec<u8>, OpenError> {
    BASE64_URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| OpenError::Malformed)
}

const fn encoded_length(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

const TYPES: [&str; 2] = ["at+jwt", "application/at+jwt"];

/// Of an RSA key of 2048 bits. A larger key's costs one reallocation.
const LONGEST_USUAL_SIGNATURE: usize = encoded_length(256);

#[cfg(test)]
mod tests;
