//! Authentication of clients (RFC 6749 §2.3).

use super::error::{Claimed, Detail};
use super::{Server, ServerError};
use crate::client::{AuthenticatedClient, Credentials, Failure};
use crate::denial::Denial;
use crate::event::Requester;

impl Server {
    /// Returns the client that the credentials prove (RFC 6749 §2.3).
    ///
    /// Wrong secrets are [counted](crate::guessing), if the credentials have an
    /// [address](Credentials::with_address).
    ///
    /// # Errors
    ///
    /// `invalid_client`; `temporarily_unavailable` if the registry fails or too many secrets are
    /// being checked.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may count a guess, and changes nothing else.
    pub async fn authenticate(
        &self,
        credentials: Credentials,
    ) -> Result<AuthenticatedClient, ServerError> {
        let requester = Requester {
            address: credentials.address,
            ..Requester::default()
        };
        let authenticated = self.try_authenticate(credentials).await;
        self.reported(requester, authenticated)
    }

    /// The same, without a report.
    pub(crate) async fn try_authenticate(
        &self,
        credentials: Credentials,
    ) -> Result<AuthenticatedClient, ServerError> {
        let authenticator = &self.shared.authenticator;
        let authenticated = authenticator.authenticate(credentials, self.now()).await;
        authenticated.map_err(|failure| match failure {
            Failure::Denied {
                denial,
                reason,
                claimed,
            } => {
                let claimed = claimed.map_or(Claimed::Unregistered, Claimed::Registered);
                ServerError::detailed(denial, Detail::Unauthenticated { claimed, reason })
            }
            Failure::Unavailable(error) => ServerError::caused(Denial::ClientsUnavailable, error),
        })
    }
}
