//! Sealed texts, which only this server can write and read, until they expire.

use std::time::Duration;

use reissue::Timestamp;
use reissue::key::{KeyRing, SymmetricKey};
use reissue::token::{AccessTokenFormat as _, AccessTokenVerifier as _, IssueError, PasetoLocal};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Seals content for one purpose, as PASETO `v4.local`.
///
/// The keys are those that seal refresh tokens, which all nodes have already. The implicit
/// assertion names purpose and issuer, so nothing that was sealed for another purpose opens here,
/// nor there. A sealed text has one spelling, and no two are equal.
pub(super) struct Sealer(PasetoLocal);

impl Sealer {
    pub(super) fn new(keys: KeyRing<SymmetricKey>, purpose: &str, issuer: &str) -> Self {
        let assertion = serde_json::json!(["token-server", 1, purpose, issuer]);
        Self(PasetoLocal::new(keys, assertion.to_string()))
    }

    /// Seals content that is valid for `ttl`.
    pub(super) fn seal<T>(
        &self,
        content: T,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<String, IssueError>
    where
        T: Serialize,
    {
        let ends = (now + ttl).as_millis();
        let payload =
            serde_json::to_vec(&Sealed { ends, content }).map_err(|_| IssueError::NotText)?;
        self.0.issue(&payload, now)
    }

    /// Opens a sealed text; `None` for any other text, and for one that has expired.
    pub(super) fn open<T>(&self, text: &str, now: Timestamp) -> Option<T>
    where
        T: DeserializeOwned,
    {
        let payload = self.0.verify(text, now).ok()?;
        let sealed: Sealed<T> = serde_json::from_slice(&payload).ok()?;
        (now < Timestamp::from_millis(sealed.ends)).then_some(sealed.content)
    }
}

#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    /// Milliseconds.
    ends: u64,
    content: T,
}

#[cfg(test)]
mod tests;
