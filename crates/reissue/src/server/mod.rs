//! The engine: issue, refresh, revoke, introspect, sessions. No HTTP, no runtime.

mod access_token;
mod builder;
pub mod hook;
mod introspect;
mod issue;
mod join;
pub mod judge;
mod keys;
mod mint;
mod redeem;
mod refresh;
mod request;
mod revoke;
mod sessions;

pub use self::builder::ServerBuilder;
pub use self::introspect::{ActiveToken, Introspection};
pub use self::keys::Keys;
pub use self::mint::{TokenType, Tokens};
pub use self::request::RefreshRequest;
pub use self::sessions::{Amended, Session};

pub(crate) use self::access_token::{MAX_LEEWAY, TokenStatus};

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::client::{
    AuthenticatedClient, Authenticator, Client, Clients, Credentials, ErasedClients, Failure,
};
use crate::clock::{Clock, Timestamp};
use crate::denial::Denial;
use crate::event::{ClaimedClient, Event, Events};
use crate::grant::Grant;
use crate::guessing::ClientAddress;
use crate::key::Algorithm;
use crate::policy::{Policy, Rotation};
use crate::server::hook::{ErasedHook, ErasedIntrospectionHook};
use crate::store::{
    Consume, Consumed, ErasedStore, Finding, OneTimeId, SessionLimit, Store, StoreError, SubjectKey,
};
use crate::token::envelope::{Envelope, Open, OpenError};
use crate::token::refresh::RefreshTokens;

/// An authorization server's engine: one for all requests, cheap to clone.
///
/// [`RefreshLayer`](crate::RefreshLayer) puts it behind a token endpoint. It can as well be called directly, behind gRPC or
/// in a test:
///
/// ```
/// use reissue::client::{AuthenticatedClient, Client, ClientMap};
/// use reissue::store::MemoryStore;
/// use reissue::{Grant, Keys, RefreshRequest, Server};
///
/// # fn block_on<F: Future>(future: F) -> F::Output {
/// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// #     let mut future = std::pin::pin!(future);
/// #     loop { if let std::task::Poll::Ready(done) = future.as_mut().poll(&mut context) { return done } }
/// # }
/// # block_on(async {
/// let clients = ClientMap::new([Client::public("app")])?;
/// let server = Server::builder("https://id.example", Keys::generate(), clients, MemoryStore::new()).build()?;
///
/// let app = AuthenticatedClient::trust(Client::public("app"));
/// let login = server.issue(&app, "password", Grant::new("alice")).await?;
/// let first = login.refresh_token.expect("app may use the refresh grant");
/// let tokens = server.refresh(&app, RefreshRequest::new(first)).await?;
/// assert!(tokens.refresh_token.is_some());
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Server {
    shared: Arc<Shared>,
}

struct Shared {
    issuer: String,
    audience: String,
    realm: String,
    access_tokens: Box<dyn Envelope>,
    refresh_tokens: RefreshTokens,
    authenticator: Authenticator,
    store: Box<dyn ErasedStore>,
    hook: Option<Box<dyn ErasedHook>>,
    introspection_hook: Option<Box<dyn ErasedIntrospectionHook>>,
    events: Vec<Box<dyn Events>>,
    clock: Box<dyn Clock>,
    policy: Policy,
    session_limit: Option<SessionLimit>,
    revoke_with_access_token: bool,
    revokes_access_tokens: bool,
}

impl Server {
    /// Starts to configure the server of `issuer`: the URL that names it (RFC 8414 §2).
    pub fn builder(
        issuer: impl Into<String>,
        keys: Keys,
        clients: impl Clients,
        store: impl Store,
    ) -> ServerBuilder {
        ServerBuilder::new(issuer.into(), keys, clients, store)
    }

    /// The URL that names this server.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    /// The realm of `WWW-Authenticate`.
    #[must_use]
    pub fn realm(&self) -> &str {
        &self.shared.realm
    }

    /// The policy of clients that have none of their own.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.shared.policy
    }

    /// Returns the client that the credentials prove (RFC 6749 §2.3).
    ///
    /// Wrong secrets are [counted](crate::guessing), if the credentials have an
    /// [address](crate::client::Credentials::with_address).
    ///
    /// # Errors
    ///
    /// `invalid_client`, or `temporarily_unavailable` if that cannot be told now.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may count a guess, and changes nothing else.
    pub async fn authenticate(
        &self,
        credentials: Credentials,
    ) -> Result<AuthenticatedClient, Denial> {
        let address = credentials.address;
        let authenticator = &self.shared.authenticator;
        let authenticated = authenticator.authenticate(credentials, self.now()).await;
        authenticated.map_err(|failure| match failure {
            Failure::Denied {
                denial,
                reason,
                claimed,
            } => {
                let claimed = match &claimed {
                    Some(client) => ClaimedClient::Registered(client.id()),
                    None => ClaimedClient::Unregistered,
                };
                self.unauthenticated(claimed, reason, address);
                denial
            }
            Failure::Unavailable(error) => {
                let denial = self.failed(Denial::ClientsUnavailable, &error);
                self.refused(None, denial)
            }
        })
    }

    /// Returns the single-use id of `value` for `purpose`, for example of an authorization code for `"code"`, at this
    /// server: servers that share a store have different ids. Purposes that begin with `reissue` are taken.
    #[must_use]
    pub fn one_time_id(&self, purpose: &str, value: &[u8]) -> OneTimeId {
        OneTimeId::derive(&self.shared.issuer, purpose, value)
    }

    /// Consumes a single-use id of the application for `lifetime`: [`Consumed::First`] for one caller only.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot tell; the id must then count as consumed.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the id consumed or not.
    pub async fn consume(&self, id: OneTimeId, lifetime: Duration) -> Result<Consumed, StoreError> {
        let consume = Consume {
            id,
            lifetime,
            is_revocation: false,
        };
        self.shared.store.consume(consume).await
    }

    /// Returns whether a single-use id is consumed, and consumes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot tell.
    pub async fn is_consumed(&self, id: OneTimeId) -> Result<bool, StoreError> {
        self.shared.store.is_consumed(id).await
    }

    /// Whether the store can serve now, and what an operator ought to know about how it is set up.
    ///
    /// A service that consumes something before it grants, such as a code, may ask first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot serve.
    pub async fn ready(&self) -> Result<Vec<Finding>, StoreError> {
        self.shared.store.ready().await
    }

    /// The JWK Set (RFC 7517 §5) of the keys that access tokens verify with now; `None` if the format has no public keys.
    /// [`JwksEndpoint`](crate::JwksEndpoint) serves it.
    #[must_use]
    pub fn jwks(&self) -> Option<String> {
        self.shared.access_tokens.jwks(self.now())
    }

    /// The algorithms that access tokens are signed with, if they are JWTs.
    pub(crate) fn algorithms(&self) -> Vec<Algorithm> {
        self.shared.access_tokens.algorithms(self.now())
    }

    pub(crate) fn clients(&self) -> &dyn ErasedClients {
        self.shared.authenticator.clients()
    }

    /// The `aud` of access tokens whose grant names no resource.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.shared.audience
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    fn emit(&self, event: &Event<'_>) {
        for sink in &self.shared.events {
            sink.emit(event);
        }
    }

    /// Tells the operator why; hands the reason back for the client.
    pub(crate) fn refused(&self, client: Option<&Client>, denial: Denial) -> Denial {
        self.emit(&Event::Refused {
            client: client.map(Client::id),
            denial,
        });
        denial
    }

    /// Reports a client that was not authenticated; hands the reason back for the client.
    pub(crate) fn unauthenticated(
        &self,
        client: ClaimedClient<'_>,
        denial: Denial,
        address: Option<ClientAddress>,
    ) -> Denial {
        self.emit(&Event::AuthenticationFailed {
            client,
            denial,
            address,
        });
        denial
    }

    /// A failed store is `503`, whatever was asked of it.
    pub(crate) fn store_failed(&self, error: &StoreError) -> Denial {
        self.failed(Denial::StoreUnavailable, error)
    }

    /// Reports what failed; hands the denial back for the client.
    fn failed(&self, denial: Denial, error: &(dyn Error + 'static)) -> Denial {
        self.emit(&Event::Failed { denial, error });
        denial
    }

    fn subject_key(&self, subject: &str) -> SubjectKey {
        SubjectKey::derive(&self.shared.issuer, subject)
    }

    /// The policy for tokens of this grant to this client.
    ///
    /// Registries of the host's own are not checked when the server is built: a public client without a key is
    /// rotated, whatever its policy says (RFC 9700 §2.2.2).
    fn policy_for<'a>(&'a self, client: &'a Client, grant: &Grant) -> Cow<'a, Policy> {
        let policy = client.policy().unwrap_or(&self.shared.policy);
        let bound = client.is_confidential() || grant.confirmation.is_some();
        if bound || policy.rotation() == Rotation::Rotate {
            Cow::Borrowed(policy)
        } else {
            Cow::Owned(policy.clone().with_rotation(Rotation::Rotate))
        }
    }
}

/// Opens its own access tokens: a bearer layer in the same process needs no other keys.
impl Open for Server {
    fn open(&self, token: &str, now: Timestamp) -> Result<Vec<u8>, OpenError> {
        self.shared.access_tokens.open(token, now)
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

#[cfg(test)]
mod tests;
