//! The one place that reports denials, to the log and to the application's hook.

use std::fmt;
use std::sync::Arc;

use super::access_denied::AccessDenied;
use super::denial::BearerDenial;
use crate::grant::Scope;
use crate::guessing::ClientAddress;
use crate::sid::Sid;
use crate::token::TokenType;

/// A denied request, as [`BearerLayer::with_denial_hook`](super::BearerLayer::with_denial_hook)
/// reports it. It contains no token and no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeniedRequest<'a> {
    /// The reason.
    pub denial: BearerDenial,
    /// The client that the token was issued to, if the token is authentic and of the issuer.
    pub client_id: Option<&'a str>,
    /// The session that the token was issued in, if the token is authentic and of the issuer.
    pub sid: Option<Sid>,
    /// The address of the request, if the application [sets it](crate::guessing).
    pub address: Option<ClientAddress>,
}

/// The realm of responses, and the hook that denials are reported to.
#[derive(Clone)]
pub(super) struct Reporter {
    pub(super) realm: Arc<str>,
    pub(super) hook: Option<DenialHook>,
}

/// The hook of an application.
pub(super) type DenialHook = Arc<dyn Fn(&DeniedRequest<'_>) + Send + Sync>;

impl Reporter {
    pub(super) fn new(realm: &str) -> Self {
        Self {
            realm: realm.into(),
            hook: None,
        }
    }

    /// Reports a denial, and returns the response for the client.
    pub(super) fn deny(
        &self,
        denied: &DeniedRequest<'_>,
        scheme: TokenType,
        scope: &Scope,
    ) -> AccessDenied {
        #[cfg(feature = "tracing")]
        log::write(denied);
        if let Some(hook) = &self.hook {
            hook(denied);
        }
        self.access_denied(denied.denial, scheme, scope)
    }

    /// Returns the response for the client, without a report.
    pub(super) fn access_denied(
        &self,
        denial: BearerDenial,
        scheme: TokenType,
        scope: &Scope,
    ) -> AccessDenied {
        AccessDenied {
            denial,
            scheme,
            realm: self.realm.clone(),
            scope: scope.clone(),
        }
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reporter")
            .field("realm", &self.realm)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "tracing")]
mod log {
    use tracing::field::display;
    use tracing::{debug, error, info, warn};

    use super::DeniedRequest;
    use crate::bearer::denial::BearerDenial;

    /// Logs a denial with `tracing`. The first two reasons are common, so they have the lowest
    /// level.
    pub(super) fn write(denied: &DeniedRequest<'_>) {
        let reason = denied.denial.name();
        let client = denied.client_id;
        let sid = denied.sid.map(display);
        let address = denied.address.map(display);
        match denied.denial {
            BearerDenial::CredentialsMissing | BearerDenial::Expired => {
                debug!(target: TARGET, reason, client, sid, address, "access denied");
            }
            BearerDenial::KeyMismatch => {
                warn!(target: TARGET, reason, client, sid, address, "access denied");
            }
            BearerDenial::StoreUnavailable => {
                error!(target: TARGET, reason, client, sid, address, "access denied");
            }
            _ => info!(target: TARGET, reason, client, sid, address, "access denied"),
        }
    }

    const TARGET: &str = "reissue::bearer";
}
