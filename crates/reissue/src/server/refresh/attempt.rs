//! What every step of a refresh knows.

use crate::client::AuthenticatedClient;
use crate::clock::Timestamp;
use crate::event::SessionRef;
use crate::policy::Policy;
use crate::server::{RefreshRequest, Server, ServerError};
use crate::store::Revoke;
use crate::token::refresh::Opened;

/// One refresh with one decrypted token.
pub(super) struct RefreshAttempt<'a> {
    pub(super) server: &'a Server,
    pub(super) client: &'a AuthenticatedClient,
    pub(super) request: &'a RefreshRequest,
    pub(super) policy: &'a Policy,
    pub(super) session: SessionRef<'a>,
    pub(super) token: &'a Opened,
    pub(super) now: Timestamp,
}

impl RefreshAttempt<'_> {
    /// Ends the session.
    pub(super) async fn end_session(&self) -> Result<(), ServerError> {
        let SessionRef { subject, sid, .. } = self.session;
        let ended = self.server.end_sessions(subject, Revoke::One(sid)).await;
        ended.map(drop)
    }
}
