//! From presented credentials to an authenticated client.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::slow::SlowHashes;
use super::{AuthMethod, Client, Credentials, ErasedClients, SecretHash};
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::secret::ClientSecret;

/// A client that has proved who it is, as far as it can: a [public](AuthMethod::None) one has only named itself.
///
/// The layer puts it into the request's extensions for the service that answers the other grants.
#[derive(Clone)]
pub struct AuthenticatedClient {
    client: Arc<Client>,
    is_proved: bool,
}

impl AuthenticatedClient {
    /// Says that the caller has authenticated the client, in a way that this crate does not see: mutual TLS, a call in
    /// process.
    #[must_use]
    pub fn trust(client: impl Into<Arc<Client>>) -> Self {
        Self {
            client: client.into(),
            is_proved: true,
        }
    }

    /// Returns whether the client has proved who it is. `false` for one that presented nothing but its id
    /// ([`AuthMethod::None`]): it could be anybody.
    #[must_use]
    pub fn is_proved(&self) -> bool {
        self.is_proved
    }
}

impl Deref for AuthenticatedClient {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl fmt::Debug for AuthenticatedClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AuthenticatedClient")
            .field(&self.id())
            .finish()
    }
}

/// Authenticates clients against a registry.
pub(crate) struct Authenticator {
    clients: Box<dyn ErasedClients>,
    slow_hashes: SlowHashes,
}

impl Authenticator {
    pub(crate) fn new(clients: Box<dyn ErasedClients>, slow_hashes: SlowHashes) -> Self {
        Self {
            clients,
            slow_hashes,
        }
    }

    pub(crate) fn clients(&self) -> &dyn ErasedClients {
        &*self.clients
    }

    /// The client that the credentials prove.
    ///
    /// Unknown clients, wrong secrets and disabled clients cost the same work, so that the time tells nothing.
    ///
    /// # Errors
    ///
    /// `invalid_client` (RFC 6749 §5.2); [`Denial::ClientsUnavailable`] with the cause of the registry as second part;
    /// [`Denial::SecretsBusy`].
    pub(crate) async fn authenticate(
        &self,
        credentials: Credentials,
        now: Timestamp,
    ) -> Result<AuthenticatedClient, (Denial, Option<super::ClientsError>)> {
        let is_proved = credentials.method != AuthMethod::None;
        let client = self
            .clients
            .find(&credentials.client_id)
            .await
            .map_err(|error| (Denial::ClientsUnavailable, Some(error)))?;
        let checks = Checks::plan(client.as_deref(), &credentials, self.clients.decoy(), now);
        let obstacle = checks.obstacle;
        let proved = match credentials.secret {
            Some(secret) => self
                .prove(checks, secret)
                .await
                .map_err(|denial| (denial, None))?,
            None => credentials.method == AuthMethod::None,
        };
        match (obstacle, client) {
            (None, Some(client)) if proved => Ok(AuthenticatedClient { client, is_proved }),
            (None, _) => Err((Denial::SecretWrong, None)),
            (Some(obstacle), _) => Err((obstacle, None)),
        }
    }

    async fn prove(&self, checks: Checks, secret: ClientSecret) -> Result<bool, Denial> {
        let proved = any_of(checks.fast.iter(), &secret);
        // With an obstacle in the way even the right secret is a failure, and costs what failures cost.
        let succeeds = proved && checks.obstacle.is_none();
        if succeeds || (checks.slow.is_empty() && checks.padding.is_empty()) {
            return Ok(proved);
        }
        self.slow_hashes
            .run(move || {
                let proved = any_of(checks.slow.iter(), &secret);
                // Whether a decoy matches must never matter: it may be the hash of another client.
                let _ = any_of(checks.padding.iter(), &secret);
                proved
            })
            .await
    }
}

/// Whether any of the hashes is of the secret. All are checked, so that the time does not tell which one it was.
fn any_of<'a>(hashes: impl Iterator<Item = &'a SecretHash>, secret: &ClientSecret) -> bool {
    hashes.fold(false, |found, hash| found | hash.verify(secret))
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator").finish_non_exhaustive()
    }
}

/// Which hashes to check a presented secret against, and what is in the way whatever they say.
#[derive(Debug)]
pub(super) struct Checks {
    /// Those of the client that cost next to nothing.
    pub(super) fast: Vec<SecretHash>,
    /// Those of the client that are slow on purpose.
    pub(super) slow: Vec<SecretHash>,
    /// Those that are checked for the time that it takes, and for nothing else.
    pub(super) padding: Vec<SecretHash>,
    pub(super) obstacle: Option<Denial>,
}

impl Checks {
    /// Every failure comes to the same number of slow hashes: those of the client, filled up with decoys. With an
    /// obstacle the hashes are checked all the same, and their result is not looked at.
    pub(super) fn plan(
        client: Option<&Client>,
        credentials: &Credentials,
        decoy: &[SecretHash],
        now: Timestamp,
    ) -> Self {
        let obstacle = match client {
            None => Some(Denial::ClientUnknown),
            Some(client) if !client.enabled => Some(Denial::ClientDisabled),
            Some(client) if !client.auth_methods.contains(&credentials.method) => {
                Some(match credentials.method {
                    AuthMethod::None => Denial::CredentialsMissing,
                    _ => Denial::ClientMethodNotAllowed,
                })
            }
            Some(_) => None,
        };
        let (slow, mut fast): (Vec<_>, Vec<_>) = client
            .into_iter()
            .flat_map(|client| &client.secrets)
            .filter(|(_, expires_at)| expires_at.is_none_or(|end| now < end))
            .map(|(hash, _)| hash.clone())
            .partition(SecretHash::is_slow);
        if obstacle.is_some() && fast.is_empty() {
            // No secret has this hash: SHA-256 maps none to zero, as far as anyone knows.
            fast.push(SecretHash::from_sha256([0; 32]));
        }
        let padding = decoy.iter().skip(slow.len()).cloned().collect();
        Self {
            fast,
            slow,
            padding,
            obstacle,
        }
    }
}
