//! What a client presents to say which client it is.

use super::AuthMethod;
use crate::guessing::ClientAddress;
use crate::secret::ClientSecret;

/// What a request presents to authenticate its client (RFC 6749 §2.3). Nothing of it is checked
/// yet.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Credentials {
    /// The id of the client that it claims to be.
    pub client_id: String,
    /// The secret that proves it; none for [`AuthMethod::None`].
    pub secret: Option<ClientSecret>,
    /// Where in the request they were.
    pub method: AuthMethod,
    /// The address that the request came from. Without it, wrong secrets are not counted: see
    /// [`guessing`](crate::guessing).
    pub address: Option<ClientAddress>,
}

impl Credentials {
    /// Adds the address that they came from, by which wrong secrets are counted. Default: none.
    #[must_use]
    pub fn with_address(self, address: impl Into<Option<ClientAddress>>) -> Self {
        Self {
            address: address.into(),
            ..self
        }
    }
}
