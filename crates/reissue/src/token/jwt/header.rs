//! The header of a JWT.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::key::VerifyingKey;
use crate::token::VerifyError;

/// The header of a token, which is trusted only once the signature was verified. Repeated members
/// are an error (RFC 7515 §4), unknown ones are ignored.
#[derive(Deserialize)]
pub(super) struct Header<'a> {
    #[serde(borrow)]
    alg: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) kid: Cow<'a, str>,
    #[serde(borrow)]
    typ: Cow<'a, str>,
    #[serde(default, deserialize_with = "present")]
    crit: Option<IgnoredAny>,
}

impl<'a> Header<'a> {
    pub(super) fn parse(json: &'a [u8]) -> Result<Self, VerifyError> {
        // The deserializer would accept an array too.
        if !json.starts_with(b"{") {
            return Err(VerifyError::Malformed);
        }
        serde_json::from_slice(json).map_err(|_| VerifyError::Malformed)
    }

    /// Returns whether this is the header of an access token of this key. `alg` is only compared
    /// with the key's algorithm.
    pub(super) fn fits(&self, key: &VerifyingKey) -> bool {
        let is_access_token = TYPES.iter().any(|name| self.typ.eq_ignore_ascii_case(name));
        self.alg == key.algorithm().as_str() && is_access_token && self.crit.is_none()
    }
}

/// Reads any value, so that `"crit": null` counts as present.
fn present<'de, D>(deserializer: D) -> Result<Option<IgnoredAny>, D::Error>
where
    D: Deserializer<'de>,
{
    IgnoredAny::deserialize(deserializer).map(Some)
}

const TYPES: [&str; 2] = ["at+jwt", "application/at+jwt"];
