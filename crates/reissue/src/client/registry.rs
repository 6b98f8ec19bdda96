//! The registry of clients: the trait, and one in memory.

use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::{AuthMethod, Client, SecretHash};
use crate::config::ConfigError;
use crate::grant::GrantType;
use crate::policy::Policy;

/// A registry of clients, which finds them by id.
///
/// # Cancel safety
///
/// The futures are dropped when the connection closes; dropping one must leave no partial change.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a registry of clients",
    note = "use `reissue::client::ClientMap`, or implement `Clients`"
)]
pub trait Clients: Send + Sync + 'static {
    /// Returns the client with this id; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`ClientsError`] if the registry fails: the response is `503`, and the client may try again.
    fn find(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Option<Arc<Client>>, ClientsError>> + Send;

    /// Returns decoy hashes, which are verified for unknown clients so that these take as long as
    /// wrong secrets: as many slow hashes as the client with the most of them has, with the same
    /// parameters.
    ///
    /// Default: none, which fits registries without argon2id secrets.
    fn decoy(&self) -> &[SecretHash] {
        &[]
    }

    /// Returns the ways in which clients may authenticate, for the server's metadata (RFC 8414 §2).
    ///
    /// Default: every method that the server supports, for registries that cannot list their
    /// clients.
    fn auth_methods(&self) -> Vec<AuthMethod> {
        AuthMethod::ALL.to_vec()
    }

    /// Returns the grant types that clients may use, for the server's metadata (RFC 8414 §2).
    ///
    /// Default: `refresh_token` only, for registries that cannot list their clients.
    fn grant_types(&self) -> Vec<GrantType> {
        vec![GrantType::REFRESH_TOKEN]
    }

    /// Checks the configuration of all clients. Called once, when the server is built.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] that names the client. See [`Client::check`].
    fn check(&self, default: &Policy) -> Result<(), ConfigError> {
        let _ = default;
        Ok(())
    }
}

/// A registry of clients in memory.
///
/// ```
/// use reissue::client::{Client, ClientMap};
///
/// let clients = ClientMap::new([Client::public("app")]).unwrap();
/// assert!(ClientMap::new([Client::public("app"), Client::public("app")]).is_err());
/// # drop(clients);
/// ```
#[derive(Clone, Default)]
pub struct ClientMap {
    clients: HashMap<String, Arc<Client>>,
    decoy: Vec<SecretHash>,
}

impl ClientMap {
    /// Returns a registry of these clients.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] if two clients have the same id.
    pub fn new(clients: impl IntoIterator<Item = Client>) -> Result<Self, ConfigError> {
        let mut map = Self::default();
        for client in clients {
            let slow: Vec<SecretHash> = client
                .secrets
                .iter()
                .map(|(hash, _)| hash)
                .filter(|hash| hash.is_slow())
                .cloned()
                .collect();
            if slow.len() > map.decoy.len() {
                map.decoy = slow;
            }
            if let Some(twin) = map.clients.insert(client.id().to_owned(), Arc::new(client)) {
                return Err(ConfigError::new(
                    format!("client {}", twin.id()),
                    "an id of its own",
                ));
            }
        }
        Ok(map)
    }

    fn enabled(&self) -> impl Iterator<Item = &Client> {
        let clients = self.clients.values().map(|client| &**client);
        clients.filter(|client| client.is_enabled())
    }
}

impl Clients for ClientMap {
    async fn find(&self, id: &str) -> Result<Option<Arc<Client>>, ClientsError> {
        Ok(self.clients.get(id).cloned())
    }

    fn decoy(&self) -> &[SecretHash] {
        &self.decoy
    }

    fn auth_methods(&self) -> Vec<AuthMethod> {
        let used = |method: &AuthMethod| {
            self.enabled()
                .any(|client| client.auth_methods.contains(method))
        };
        AuthMethod::ALL.into_iter().filter(used).collect()
    }

    fn grant_types(&self) -> Vec<GrantType> {
        let all: BTreeSet<&GrantType> = self.enabled().flat_map(Client::grant_types).collect();
        all.into_iter().cloned().collect()
    }

    fn check(&self, default: &Policy) -> Result<(), ConfigError> {
        self.clients
            .values()
            .try_for_each(|client| client.check(default))
    }
}

impl fmt::Debug for ClientMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.clients.keys()).finish()
    }
}

/// A failure of the registry of clients, or of a [`SecretVerifier`](super::SecretVerifier).
#[derive(Debug)]
pub struct ClientsError(Box<dyn Error + Send + Sync>);

impl ClientsError {
    /// Returns an error with this cause. The cause must contain no secret, because it appears in
    /// events.
    #[must_use]
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for ClientsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client registry failed")
    }
}

impl Error for ClientsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.0.as_ref())
    }
}

type Found<'a> =
    Pin<Box<dyn Future<Output = Result<Option<Arc<Client>>, ClientsError>> + Send + 'a>>;

/// The object-safe form of [`Clients`].
pub(crate) trait ErasedClients: Send + Sync {
    fn find<'a>(&'a self, id: &'a str) -> Found<'a>;

    fn decoy(&self) -> &[SecretHash];

    fn auth_methods(&self) -> Vec<AuthMethod>;

    fn grant_types(&self) -> Vec<GrantType>;

    fn check(&self, default: &Policy) -> Result<(), ConfigError>;
}

impl<C> ErasedClients for C
where
    C: Clients,
{
    fn find<'a>(&'a self, id: &'a str) -> Found<'a> {
        Box::pin(Clients::find(self, id))
    }

    fn decoy(&self) -> &[SecretHash] {
        Clients::decoy(self)
    }

    fn auth_methods(&self) -> Vec<AuthMethod> {
        Clients::auth_methods(self)
    }

    fn grant_types(&self) -> Vec<GrantType> {
        Clients::grant_types(self)
    }

    fn check(&self, default: &Policy) -> Result<(), ConfigError> {
        Clients::check(self, default)
    }
}
