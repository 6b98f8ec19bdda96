//! The public id of a session, and digests for ids.

use std::fmt;
use std::str::FromStr;

#[cfg(feature = "issue")]
use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// The public id of a session: a digest of the family's secret, from which the secret cannot be
/// computed.
///
/// Safe in claims, logs, session lists and URLs. Written as 22 characters of base64url.
///
/// ```
/// use reissue::Sid;
///
/// let sid: Sid = "AAECAwQFBgcICQoLDA0ODw".parse().unwrap();
/// assert_eq!(sid.to_string(), "AAECAwQFBgcICQoLDA0ODw");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sid([u8; 16]);

impl Sid {
    /// Returns the id with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, for a store's key or field.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    #[cfg(feature = "issue")]
    pub(crate) fn of_secret(secret: &[u8; 16]) -> Self {
        Self(truncated(&digest("reissue sid 1", &[secret])))
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 22];
        let written = BASE64_URL_SAFE_NO_PAD
            .encode_slice(self.0, &mut text)
            .map_err(|_| fmt::Error)?;
        f.write_str(std::str::from_utf8(&text[..written]).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sid({self})")
    }
}

impl FromStr for Sid {
    type Err = InvalidSid;

    fn from_str(text: &str) -> Result<Self, InvalidSid> {
        if text.len() != 22 {
            return Err(InvalidSid);
        }
        let bytes = BASE64_URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| InvalidSid)?;
        bytes.try_into().map(Self).map_err(|_| InvalidSid)
    }
}

/// The error for a text that is not 22 characters of canonical base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a session id is 22 characters of base64url")]
#[non_exhaustive]
pub struct InvalidSid;

/// Returns the SHA-256 of a domain and length-prefixed parts, so that different lists of parts
/// never have the same input.
#[cfg(feature = "issue")]
pub(crate) fn digest(domain: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(domain.as_bytes());
    for part in parts {
        context.update(&(part.len() as u64).to_le_bytes());
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

#[cfg(feature = "issue")]
pub(crate) fn truncated(digest: &[u8; 32]) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&digest[..16]);
    out
}
