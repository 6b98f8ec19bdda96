//! Authorization codes, which are sealed grants.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reissue::key::{KeyRing, SymmetricKey};
use reissue::store::OneTimeId;
use reissue::token::IssueError;
use reissue::{Denial, Grant, Timestamp};
use serde::{Deserialize, Serialize};

use super::pkce::Verifier;
use super::request::Asked;
use super::sealer::Sealer;

/// Issues and redeems codes. Clones share the keys.
///
/// Everything is in the code, so any node with the keys can redeem it, and the store is used only
/// then.
#[derive(Clone)]
pub(crate) struct Codes {
    sealer: Arc<Sealer>,
    issuer: Arc<str>,
    ttl: Duration,
}

impl Codes {
    pub(crate) fn new(keys: KeyRing<SymmetricKey>, issuer: &str, ttl: Duration) -> Self {
        Self {
            sealer: Arc::new(Sealer::new(keys, "code", issuer)),
            issuer: issuer.into(),
            ttl,
        }
    }

    /// Returns a code for what a user has just agreed to.
    pub(super) fn issue(
        &self,
        asked: Asked,
        username: &str,
        now: Timestamp,
    ) -> Result<String, IssueError> {
        let agreed = Agreed {
            asked,
            username: username.to_owned(),
            auth_time: now.as_secs(),
        };
        self.sealer.seal(agreed, now, self.ttl)
    }

    /// Returns the grant of a code (RFC 6749 §4.1.3, RFC 7636 §4.6).
    ///
    /// Every mistake gets the same error and leaves the code valid: only its client with its
    /// verifier can use it up.
    pub(crate) fn redeem(
        &self,
        code: &str,
        client_id: &str,
        redirect_uri: &str,
        verifier: &str,
        now: Timestamp,
    ) -> Result<Grant, Denial> {
        let Agreed {
            asked,
            username,
            auth_time,
        } = self.sealer.open(code, now).ok_or(Denial::GrantRejected)?;
        let verifier = Verifier::parse(verifier).ok_or(Denial::GrantRejected)?;
        if asked.client_id != client_id
            || asked.redirect.as_str() != redirect_uri
            || !asked.challenge.is_met_by(&verifier)
        {
            return Err(Denial::GrantRejected);
        }
        let scope = asked.scope.parse().map_err(|_| Denial::GrantRejected)?;
        let id = OneTimeId::derive(&self.issuer, "code", code.as_bytes());
        Ok(Grant::new(username)
            .with_scope(scope)
            .with_auth_time(Timestamp::from_secs(auth_time))
            .with_single_use_id(id))
    }
}

impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Codes")
            .field("ttl", &self.ttl)
            .finish_non_exhaustive()
    }
}

/// The content of a code.
#[derive(Serialize, Deserialize)]
struct Agreed {
    asked: Asked,
    username: String,
    /// Seconds.
    auth_time: u64,
}
