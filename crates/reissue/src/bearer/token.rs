//! What a verified access token says.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use serde_json::Value;

use crate::clock::Timestamp;
use crate::grant::{Claim, Confirmation, Scope};
use crate::store::Sid;
use crate::token::payload::from_json;

/// What a verified access token says (RFC 9068 §2.2): in the extensions of every request that
/// [`BearerLayer`](super::BearerLayer) lets through.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct VerifiedToken {
    /// Whose it is (`sub`); the client itself, for `client_credentials`.
    pub subject: String,
    /// The client that it was issued to.
    pub client_id: String,
    /// What it may be used for.
    pub scope: Scope,
    /// Where it may be used (`aud`): here, and perhaps elsewhere.
    pub audience: Vec<String>,
    /// Its id (`jti`).
    pub id: String,
    /// The session that it was issued in, if any.
    pub sid: Option<Sid>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// The key that it is bound to, which the request has proved to have.
    pub confirmation: Option<Confirmation>,
    /// When the subject authenticated, if the token says so.
    pub auth_time: Option<Timestamp>,
    /// How the subject authenticated, if the token says so.
    pub acr: Option<String>,
    pub(super) payload: Bytes,
}

impl VerifiedToken {
    /// Any claim by its name: those that the host added, for example with
    /// [`Grant::with_claim`](crate::Grant::with_claim), are found here only. `None` if there is none, or if it is neither
    /// a flag, a whole number, a text nor a list of these.
    ///
    /// The payload is read anew each time.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<Claim> {
        let mut claims: BTreeMap<String, Value> = serde_json::from_slice(&self.payload).ok()?;
        claims.remove(name).and_then(from_json)
    }
}

impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedToken")
            .field("subject", &self.subject)
            .field("client_id", &self.client_id)
            .field("scope", &self.scope)
            .field("sid", &self.sid)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
