//! The credentials that a client presents.

use super::AuthMethod;
use crate::guessing::ClientAddress;
use crate::secret::ClientSecret;

/// The credentials of a request (RFC 6749 §2.3), not checked yet.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Credentials {
    /// The claimed id of the client.
    pub client_id: String,
    /// The secret that proves it; none for [`AuthMethod::None`].
    pub secret: Option<ClientSecret>,
    /// The method: where in the request they were.
    pub method: AuthMethod,
    /// The address that the request came from. Without it, wrong secrets are not counted: see
    /// [`guessing`](crate::guessing).
    pub address: Option<ClientAddress>,
}

impl Credentials {
    /// Adds the address that the request came from, by which wrong secrets are counted. Default:
    /// none.
    #[must_use]
    pub fn with_address(self, address: impl Into<Option<ClientAddress>>) -> Self {
        Self {
            address: address.into(),
            ..self
        }
    }
}
