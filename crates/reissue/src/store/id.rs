//! Identifiers in a store: digests and nonces, from which no secret can be computed.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::sid::{digest, truncated};

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

    /// Returns the key with these bytes, for a store that reads its keys back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
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

    /// Returns the id with these bytes, for a store that reads its keys back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
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

/// The identifier of one advance, so that a command that is delivered twice takes effect once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attempt([u8; 8]);

impl Attempt {
    /// Returns the attempt with these random bytes.
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
