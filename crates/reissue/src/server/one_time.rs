//! Single-use ids for the application.

use std::time::Duration;

use super::{Server, ServerError};
use crate::event::Requester;
use crate::store::{Consume, Consumed, OneTimeId};

impl Server {
    /// Returns the single-use id of `value` for `purpose`, for example of an authorization code for
    /// `"code"`, at this server: servers that share a store have different ids. Purposes that begin
    /// with `reissue` are reserved.
    #[must_use]
    pub fn one_time_id(&self, purpose: &str, value: &[u8]) -> OneTimeId {
        OneTimeId::derive(&self.shared.issuer, purpose, value)
    }

    /// Consumes a single-use id of the application for `lifetime`: only one caller gets
    /// [`Consumed::First`].
    ///
    /// # Errors
    ///
    /// `temporarily_unavailable` if the store fails. The application must then treat the id as
    /// consumed.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the id consumed or not.
    pub async fn consume(
        &self,
        id: OneTimeId,
        lifetime: Duration,
    ) -> Result<Consumed, ServerError> {
        let consumed = self.try_consume(id, lifetime).await;
        self.reported(Requester::default(), consumed)
    }

    /// Returns whether a single-use id is consumed, and consumes nothing.
    ///
    /// # Errors
    ///
    /// `temporarily_unavailable` if the store fails.
    pub async fn is_consumed(&self, id: OneTimeId) -> Result<bool, ServerError> {
        let consumed = self.shared.store.is_consumed(id).await;
        self.reported(Requester::default(), consumed.map_err(ServerError::from))
    }

    pub(super) async fn try_consume(
        &self,
        id: OneTimeId,
        lifetime: Duration,
    ) -> Result<Consumed, ServerError> {
        let consume = Consume {
            id,
            lifetime,
            is_revocation: false,
        };
        Ok(self.shared.store.consume(consume).await?)
    }
}
