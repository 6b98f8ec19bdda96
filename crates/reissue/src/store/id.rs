//! The names under which a store keeps things: digests and nonces, nothing that leads back to a
//! secret.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// The public name of a session: a digest of the family's secret, which it does not lead back to.
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
    /// Returns the session that these bytes name.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, for a store's key or field.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

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

/// The text is not 22 characters of canonical base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a session id is 22 characters of base64url")]
#[non_exhaustive]
pub struct InvalidSid;

/// The name under which a store keeps all families of a subject: a digest of issuer and subject.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectKey([u8; 16]);

impl SubjectKey {
    /// Returns the key of `subject` at the authorization server `issuer`.
    #[must_use]
    pub fn derive(issuer: &str, subject: &str) -> Self {
        Self(truncated(&digest(
            "reissue subject 1",
            &[issuer.as_bytes(), subject.as_bytes()],
        )))
    }

    /// Returns the bytes, for a store's key.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectKey({})", BASE64_URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// The name of something that may be used once: a digest of issuer, purpose and value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OneTimeId([u8; 32]);

impl OneTimeId {
    /// Returns the id of `value` for `purpose`, for example `"code"` or `"dpop-jti"`, at the
    /// authorization server `issuer`.
    ///
    /// The same value for two purposes, or at two issuers, has two ids: servers that share a store
    /// do not consume each other's. [`Server::one_time_id`](crate::Server::one_time_id) fills in
    /// the issuer.
    #[must_use]
    pub fn derive(issuer: &str, purpose: &str, value: &[u8]) -> Self {
        Self(digest(
            "reissue one-time id 1",
            &[issuer.as_bytes(), purpose.as_bytes(), value],
        ))
    }

    /// Returns the id that these bytes are.
    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, for a store's key.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for OneTimeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OneTimeId({})", BASE64_URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// Names one advance, so that a command delivered twice has the effect of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attempt([u8; 8]);

impl Attempt {
    /// Returns the attempt that these random bytes name.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, for a store's record.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

/// Returns SHA-256 over a domain and length-prefixed parts, so that no two lists of parts give the
/// same input.
pub(super) fn digest(domain: &str, parts: &[&[u8]]) -> [u8; 32] {
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

pub(super) fn truncated(digest: &[u8; 32]) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&digest[..16]);
    out
}
