//! What a JWT says about itself.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::key::VerifyingKey;
use crate::token::VerifyError;

/// What a token says about itself, believed only as far as the key's signature goes. Members given
/// twice are refused (RFC 7515 §4), unknown ones ignored.
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
        // The deserializer would take an array for an object.
        if !json.starts_with(b"{") {
            return Err(VerifyError::Malformed);
        }
        serde_json::from_slice(json).map_err(|_| VerifyError::Malformed)
    }

    /// That it is the header of an access token by this key: `alg` is compared, never followed.
    pub(super) fn fits(&self, key: &VerifyingKey) -> bool {
        let is_access_token = TYPES.iter().any(|name| self.typ.eq_ignore_ascii_case(name));
        self.alg == key.algorithm().as_str() && is_access_token && self.crit.is_none()
    }
}

/// So that `"crit": null` is there, too.
fn present<'de, D>(deserializer: D) -> Result<Option<IgnoredAny>, D::Error>
where
    D: Deserializer<'de>,
{
    IgnoredAny::deserialize(deserializer).map(Some)
}

const TYPES: [&str; 2] = ["at+jwt", "application/at+jwt"];
