use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::Client;
use crate::guessing::ClientAddress;

/// An authenticated client. A [public](super::AuthMethod::None) one has no credentials and only
/// gives its id.
///
/// The layer inserts it into the request's extensions, for the service that handles the other
/// grants.
///
/// ```
/// use reissue::client::{AuthenticatedClient, Client};
///
/// let client = AuthenticatedClient::trust(Client::public("app"));
/// assert_eq!(client.id(), "app");
/// ```
#[derive(Clone)]
pub struct AuthenticatedClient {
    client: Arc<Client>,
    is_proved: bool,
    address: Option<ClientAddress>,
}

impl AuthenticatedClient {
    pub(super) fn new(
        client: Arc<Client>,
        is_proved: bool,
        address: Option<ClientAddress>,
    ) -> Self {
        Self {
            client,
            is_proved,
            address,
        }
    }

    /// Returns a client that the caller has authenticated by other means, such as mutual TLS or a
    /// call within the process.
    #[must_use]
    pub fn trust(client: impl Into<Arc<Client>>) -> Self {
        Self {
            client: client.into(),
            is_proved: true,
            address: None,
        }
    }

    /// Adds the address that the request came from, for [events](crate::event::Event). Default:
    /// that of the [credentials](super::Credentials::with_address), or none.
    #[must_use]
    pub fn with_address(self, address: impl Into<Option<ClientAddress>>) -> Self {
        Self {
            address: address.into(),
            ..self
        }
    }

    /// Returns the address that the request came from, if the application
    /// [provides it](crate::guessing).
    #[must_use]
    pub fn address(&self) -> Option<ClientAddress> {
        self.address
    }

    /// Returns whether the client has proved who it is. `false` for one that presented nothing but
    /// its id ([`AuthMethod::None`](super::AuthMethod::None)).
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
