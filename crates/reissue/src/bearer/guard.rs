//! `Guard`: the verification that a layer, its services and `verify` share.

use std::sync::Arc;

use super::access_denied::AccessDenied;
use super::denial::BearerDenial;
use super::lookup::Lookup;
use super::reporter::{DeniedRequest, Reporter};
use super::request::AccessRequest;
use super::rules::{Failure, Rules};
use super::session_check::SessionCheck;
use super::token::VerifiedToken;
use crate::clock::{Clock, Timestamp};
use crate::grant::Scope;
use crate::token::TokenType;
use crate::token::format::AccessTokenVerifier;

/// How tokens are verified.
#[derive(Clone)]
pub(super) struct Guard {
    pub(super) keys: Arc<dyn AccessTokenVerifier>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) rules: Rules,
    pub(super) reporter: Arc<Reporter>,
    pub(super) sessions: Option<Arc<SessionCheck>>,
    pub(super) token_is_optional: bool,
}

/// The result of all checks that need no store.
pub(super) enum Checked {
    /// There is no token, and none is required. Contains the denial for a handler that requires
    /// one.
    Anonymous(AccessDenied),
    Denied(AccessDenied),
    /// Valid, except that the store has to be read.
    LookUp(Lookup),
    Verified(VerifiedToken),
}

impl Guard {
    pub(super) fn new(
        keys: impl AccessTokenVerifier,
        clock: impl Clock,
        rules: Rules,
        reporter: Reporter,
    ) -> Self {
        Self {
            keys: Arc::new(keys),
            clock: Arc::new(clock),
            rules,
            reporter: Arc::new(reporter),
            sessions: None,
            token_is_optional: false,
        }
    }

    /// Runs all checks of a request that need no store.
    pub(super) fn check(self: &Arc<Self>, request: &AccessRequest<'_>) -> Checked {
        let now = self.clock.now();
        let token = match self.verify(request, now) {
            Ok(token) => token,
            Err(Unverified::Anonymous(denied)) => return Checked::Anonymous(denied),
            Err(Unverified::Denied(denied)) => return Checked::Denied(denied),
        };
        let Some(sessions) = &self.sessions else {
            return Checked::Verified(token);
        };
        let Some(key) = sessions.key(&token) else {
            return Checked::Verified(token);
        };
        let address = request.address;
        match sessions.cached(key, now) {
            Some(Ok(())) => Checked::Verified(token),
            Some(Err(denial)) => Checked::Denied(token.deny(denial, address)),
            None => {
                let sessions = sessions.clone();
                Checked::LookUp(Lookup::new(async move {
                    match sessions.look_up(&token, address, key, now).await {
                        Ok(()) => Ok(token),
                        Err(denial) => Err(token.deny(denial, address)),
                    }
                }))
            }
        }
    }

    /// Runs all checks that need no store, and no session check.
    pub(super) fn verify(
        &self,
        request: &AccessRequest<'_>,
        now: Timestamp,
    ) -> Result<VerifiedToken, Unverified> {
        let credentials = match request.credentials() {
            Ok(credentials) => credentials,
            Err(BearerDenial::CredentialsMissing) if self.token_is_optional => {
                let missing = BearerDenial::CredentialsMissing;
                let denied =
                    self.reporter
                        .access_denied(missing, TokenType::Bearer, &Scope::empty());
                return Err(Unverified::Anonymous(denied));
            }
            Err(denial) => return Err(self.deny(&denial.into(), TokenType::Bearer, request)),
        };
        let scheme = credentials.scheme.unwrap_or(TokenType::Bearer);
        self.rules
            .verify(&*self.keys, &credentials, request, now, &self.reporter)
            .map_err(|failure| self.deny(&failure, scheme, request))
    }

    fn deny(
        &self,
        failure: &Failure,
        scheme: TokenType,
        request: &AccessRequest<'_>,
    ) -> Unverified {
        let denied = DeniedRequest {
            denial: failure.denial,
            client_id: failure.client_id.as_deref(),
            sid: failure.sid,
            address: request.address,
        };
        Unverified::Denied(self.reporter.deny(&denied, scheme, &failure.scope))
    }
}

/// A request without a valid token.
pub(super) enum Unverified {
    Anonymous(AccessDenied),
    Denied(AccessDenied),
}

impl Unverified {
    pub(super) fn into_denied(self) -> AccessDenied {
        match self {
            Self::Anonymous(denied) | Self::Denied(denied) => denied,
        }
    }
}
