//! The engine of an authorization server.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::{AccessTokenRevocation, Keys, ServerBuilder, ServerError};
use crate::client::{Authenticator, Client, Clients, ErasedClients};
use crate::clock::{Clock, Timestamp};
use crate::event::Event;
use crate::grant::Grant;
use crate::key::Algorithm;
use crate::policy::{Policy, Rotation};
use crate::server::hook::{ErasedHook, ErasedIntrospectionHook};
use crate::store::{ErasedStore, Finding, SessionLimit, Store, SubjectKey};
use crate::token::format::{AccessTokenFormat, AccessTokenVerifier, VerifyError};
use crate::token::refresh::RefreshTokens;

/// The engine of an authorization server: issuance, refresh, revocation, introspection and
/// sessions. Clones are cheap and share it.
///
/// [`RefreshLayer`](crate::RefreshLayer) serves it as a token endpoint. It can also be called
/// directly, behind gRPC or in a test:
///
/// ```
/// use reissue::client::{AuthenticatedClient, Client, ClientMap};
/// use reissue::store::MemoryStore;
/// use reissue::{Grant, GrantType, Keys, RefreshRequest, Server};
///
/// # fn block_on<F: Future>(future: F) -> F::Output {
/// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// #     let mut future = std::pin::pin!(future);
/// #     loop {
/// #         if let std::task::Poll::Ready(done) = future.as_mut().poll(&mut context) {
/// #             return done;
/// #         }
/// #     }
/// # }
/// # block_on(async {
/// let clients = ClientMap::new([Client::public("app")])?;
/// let store = MemoryStore::new();
/// let server = Server::builder("https://id.example", Keys::generate(), clients, store).build()?;
///
/// let app = AuthenticatedClient::trust(Client::public("app"));
/// let login = server.issue(&app, GrantType::PASSWORD, Grant::new("alice")).await?;
/// let first = login.refresh_token.expect("app may use the refresh grant");
/// let tokens = server.refresh(&app, RefreshRequest::new(first)).await?;
/// assert!(tokens.refresh_token.is_some());
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Server {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) realm: String,
    pub(super) access_tokens: Box<dyn AccessTokenFormat>,
    pub(super) refresh_tokens: RefreshTokens,
    pub(super) authenticator: Authenticator,
    pub(super) store: Box<dyn ErasedStore>,
    pub(super) hook: Option<Box<dyn ErasedHook>>,
    pub(super) introspection_hook: Option<Box<dyn ErasedIntrospectionHook>>,
    pub(super) events: Vec<EventFunction>,
    pub(super) clock: Box<dyn Clock>,
    pub(super) policy: Policy,
    pub(super) session_limit: Option<SessionLimit>,
    pub(super) access_token_revocation: AccessTokenRevocation,
}

impl Server {
    /// Returns a builder for the server of `issuer`, the URL that names it (RFC 8414 §2).
    pub fn builder(
        issuer: impl Into<String>,
        keys: Keys,
        clients: impl Clients,
        store: impl Store,
    ) -> ServerBuilder {
        ServerBuilder::new(issuer.into(), keys, clients, store)
    }

    /// Returns the URL that names this server (RFC 8414 §2).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    /// Returns the realm of `WWW-Authenticate`.
    #[must_use]
    pub fn realm(&self) -> &str {
        &self.shared.realm
    }

    /// Returns the policy of clients that have none of their own.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.shared.policy
    }

    /// Returns findings about the configuration of the store, if the store can serve now.
    ///
    /// A service that consumes something before it returns a grant, such as a code, can call this
    /// first.
    ///
    /// # Errors
    ///
    /// `temporarily_unavailable` if the store cannot serve. It is not reported as an event.
    pub async fn ready(&self) -> Result<Vec<Finding>, ServerError> {
        Ok(self.shared.store.ready().await?)
    }

    /// Returns the JWK Set (RFC 7517 §5) of the keys that access tokens verify with now; `None` if
    /// the format has no public keys. [`JwksEndpoint`](crate::JwksEndpoint) serves it.
    #[must_use]
    pub fn jwks(&self) -> Option<String> {
        self.shared.access_tokens.jwks(self.now())
    }

    /// Returns the algorithms that access tokens are signed with, if they are JWTs.
    pub(crate) fn algorithms(&self) -> Vec<Algorithm> {
        self.shared.access_tokens.algorithms(self.now())
    }

    pub(crate) fn clients(&self) -> &dyn ErasedClients {
        self.shared.authenticator.clients()
    }

    /// Returns the `aud` of access tokens whose grant names no resource.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.shared.audience
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    pub(super) fn subject_key(&self, subject: &str) -> SubjectKey {
        SubjectKey::derive(&self.shared.issuer, subject)
    }

    /// Returns the policy for tokens of this grant to this client.
    ///
    /// An application's own registry may not check its clients when the server is built, so the
    /// tokens of a public client that are not bound to a key are always rotated, whatever its
    /// policy (RFC 9700 §2.2.2).
    pub(super) fn policy_for<'a>(&'a self, client: &'a Client, grant: &Grant) -> Cow<'a, Policy> {
        let policy = client.policy().unwrap_or(&self.shared.policy);
        let bound = client.is_confidential() || grant.confirmation.is_some();
        if bound || policy.rotation() == Rotation::Rotate {
            Cow::Borrowed(policy)
        } else {
            Cow::Owned(policy.rotating())
        }
    }
}

/// Verifies its own access tokens, so that a bearer layer in the same process needs no keys.
impl AccessTokenVerifier for Server {
    fn verify(&self, token: &str, now: Timestamp) -> Result<Vec<u8>, VerifyError> {
        self.shared.access_tokens.verify(token, now)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("issuer", &self.shared.issuer)
            .field("policy", &self.shared.policy)
            .finish_non_exhaustive()
    }
}

/// A function that is called with every event.
pub(super) type EventFunction = Box<dyn Fn(&Event<'_>) + Send + Sync>;
