//! `VerifiedToken`: the claims of a verified access token.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::access_denied::AccessDenied;
use super::denial::BearerDenial;
use super::reporter::{DeniedRequest, Reporter};
use crate::clock::Timestamp;
use crate::grant::{Confirmation, Scope};
use crate::guessing::ClientAddress;
use crate::json::{self, Json};
use crate::sid::Sid;
use crate::token::TokenType;

/// The claims of a verified access token (RFC 9068 §2.2).
///
/// [`BearerLayer`](super::BearerLayer) inserts it into the extensions of every request that it
/// passes on.
#[derive(Clone)]
#[non_exhaustive]
pub struct VerifiedToken {
    /// The subject (`sub`): a user, or the client itself for `client_credentials`.
    pub subject: String,
    /// The client that it was issued to.
    pub client_id: String,
    /// What it may be used for.
    pub scope: Scope,
    /// Where it may be used (`aud`): this API, and perhaps others.
    pub audience: Vec<String>,
    /// Its id (`jti`).
    pub id: String,
    /// The session that it was issued in, if any.
    pub sid: Option<Sid>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// The key that it is bound to; the request has proved its possession.
    pub confirmation: Option<Confirmation>,
    /// When the subject authenticated, if the token contains it.
    pub auth_time: Option<Timestamp>,
    /// How the subject authenticated (`acr`), if the token contains it.
    pub acr: Option<String>,
    pub(super) payload: Arc<Payload>,
    pub(super) reporter: Arc<Reporter>,
}

/// The claims as text, and parsed once one of them is looked up by name.
pub(super) struct Payload {
    bytes: Vec<u8>,
    claims: OnceLock<BTreeMap<String, Json>>,
}

impl VerifiedToken {
    /// Returns a claim by its name: any claim of the token, also those that the application added
    /// with [`Grant::with_claim`](crate::Grant::with_claim).
    ///
    /// `None` if there is none of that name, and for a token whose claims are not
    /// [read](Json::parse): with two members of one name, or deeper than [`Json::MAX_DEPTH`].
    ///
    /// The first call parses all claims. Later calls, also on clones of the token, parse nothing.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&Json> {
        self.payload.claims().get(name)
    }

    /// Requires the token to have all of a scope.
    ///
    /// For rules that depend on the request; for a whole route use
    /// [`BearerLayer::with_scope`](super::BearerLayer::with_scope).
    ///
    /// # Errors
    ///
    /// [`AccessDenied`] if the token lacks a part of it: `403` with `insufficient_scope`, the
    /// layer's realm and the scope. The denial is reported like those of the layer.
    pub fn require_scope(&self, required: &Scope) -> Result<(), AccessDenied> {
        if self.scope.contains_all(required) {
            Ok(())
        } else {
            Err(self.deny_for(BearerDenial::ScopeInsufficient, required, None))
        }
    }

    /// Returns the session that the token was issued in.
    ///
    /// # Errors
    ///
    /// [`AccessDenied`] if it belongs to none: `403`. The denial is reported like those of the
    /// layer.
    pub fn require_session(&self) -> Result<Sid, AccessDenied> {
        let denied = || self.deny(BearerDenial::SessionRequired, None);
        self.sid.ok_or_else(denied)
    }

    pub(super) fn deny(
        &self,
        denial: BearerDenial,
        address: Option<ClientAddress>,
    ) -> AccessDenied {
        self.deny_for(denial, &Scope::empty(), address)
    }

    fn deny_for(
        &self,
        denial: BearerDenial,
        scope: &Scope,
        address: Option<ClientAddress>,
    ) -> AccessDenied {
        let denied = DeniedRequest {
            denial,
            client_id: Some(&self.client_id),
            sid: self.sid,
            address,
        };
        let scheme = TokenType::of(self.confirmation.as_ref());
        self.reporter.deny(&denied, scheme, scope)
    }
}

impl Payload {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            claims: OnceLock::new(),
        }
    }

    fn claims(&self) -> &BTreeMap<String, Json> {
        self.claims.get_or_init(|| {
            // One level more for the object of all claims.
            match json::read(&self.bytes, Json::MAX_DEPTH + 1) {
                Some(Json::Object(claims)) => claims,
                _ => BTreeMap::new(),
            }
        })
    }
}

/// Compares the claims, whichever layer verified them.
impl PartialEq for VerifiedToken {
    fn eq(&self, other: &Self) -> bool {
        // All other fields are read from the payload.
        self.payload.bytes == other.payload.bytes
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
