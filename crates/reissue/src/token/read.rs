//! The claims of access tokens (RFC 9068 §2.2), read in the same way from every format.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess};

use super::confirmation::ConfirmationWire;
use crate::clock::Timestamp;

/// The claims of an authentic access token: owned where they are returned, borrowed where they are
/// only compared.
#[derive(Debug, Deserialize)]
pub(crate) struct ReadClaims<'a> {
    #[serde(borrow)]
    pub(crate) iss: Cow<'a, str>,
    pub(crate) sub: String,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) aud: Vec<String>,
    pub(crate) client_id: String,
    #[serde(deserialize_with = "time")]
    pub(crate) iat: Timestamp,
    #[serde(deserialize_with = "time")]
    pub(crate) exp: Timestamp,
    #[serde(default, deserialize_with = "some_time")]
    pub(crate) nbf: Option<Timestamp>,
    pub(crate) jti: String,
    #[serde(default, borrow)]
    pub(crate) scope: Cow<'a, str>,
    #[serde(default)]
    pub(crate) sid: Option<&'a str>,
    #[serde(default)]
    pub(crate) cnf: Option<ConfirmationWire>,
    #[serde(default)]
    pub(crate) auth_time: Option<u64>,
    #[serde(default)]
    pub(crate) acr: Option<String>,
}

impl<'a> ReadClaims<'a> {
    /// Reads the claims; `None` for anything but a JSON object with the claims of an access token.
    pub(crate) fn parse(payload: &'a [u8]) -> Option<Self> {
        // The deserializer would accept an array too.
        if !payload.starts_with(b"{") {
            return None;
        }
        serde_json::from_slice(payload).ok()
    }
}

/// Reads an audience: a string, or an array of strings (RFC 7519 §4.1.3).
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct Visitor;

    impl<'de> de::Visitor<'de> for Visitor {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string or an array of strings")
        }

        fn visit_str<E: de::Error>(self, one: &str) -> Result<Vec<String>, E> {
            Ok(vec![one.to_owned()])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut many: A) -> Result<Vec<String>, A::Error> {
            let mut all = Vec::new();
            while let Some(one) = many.next_element()? {
                all.push(one);
            }
            Ok(all)
        }
    }

    deserializer.deserialize_any(Visitor)
}

fn some_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    time(deserializer).map(Some)
}

/// Reads a time, as a number or as text.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    struct Visitor;

    impl de::Visitor<'_> for Visitor {
        type Value = Timestamp;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("seconds since the epoch, or the RFC 3339 text of PASETO")
        }

        fn visit_u64<E: de::Error>(self, secs: u64) -> Result<Timestamp, E> {
            Ok(Timestamp::from_secs(secs))
        }

        #[cfg(feature = "paseto")]
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
            let time: jiff::Timestamp = text.parse().map_err(E::custom)?;
            let secs = u64::try_from(time.as_second()).map_err(E::custom)?;
            Ok(Timestamp::from_secs(secs))
        }
    }

    deserializer.deserialize_any(Visitor)
}

/// The largest leeway of a [bearer layer](crate::bearer::BearerLayer::with_leeway).
pub(crate) const MAX_LEEWAY: Duration = Duration::from_secs(60);
