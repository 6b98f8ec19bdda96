//! Revocation on request of a client (RFC 7009).

use super::Server;
use crate::client::AuthenticatedClient;
use crate::denial::Denial;
use crate::event::Event;
use crate::store::{Revoke, Sid};

impl Server {
    /// Revokes the session of a token, if it is the client's own.
    ///
    /// A refresh token of any generation ends its session, an access token only if the server is
    /// [so configured](super::ServerBuilder::with_revocation_by_access_token). Nothing to revoke is success too: a token that is unknown,
    /// garbage, expired, revoked or another client's (RFC 7009 §2.2).
    ///
    /// # Errors
    ///
    /// `temporarily_unavailable` if the store fails: the session may live on, the client must ask again.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the session alive or revoked.
    pub async fn revoke(&self, client: &AuthenticatedClient, token: &str) -> Result<(), Denial> {
        let Some((owner, subject, sid)) = self.session_of(token) else {
            return Ok(());
        };
        if owner != client.id() {
            self.emit(&Event::ClientMismatch {
                client: client.id(),
                owner: &owner,
                sid,
            });
            return Ok(());
        }
        let count = self
            .shared
            .store
            .revoke(self.subject_key(&subject), Revoke::One(sid))
            .await
            .map_err(|error| self.store_failed(&error))?;
        self.emit(&Event::Revoked {
            subject: &subject,
            sid: Some(sid),
            count,
        });
        Ok(())
    }

    /// Client, subject and session of an authentic token that ends its session when it is revoked.
    fn session_of(&self, token: &str) -> Option<(String, String, Sid)> {
        if let Ok(opened) = self.shared.refresh_tokens.open(token, self.now()) {
            return Some((opened.client_id, opened.grant.subject, opened.secret.sid()));
        }
        if !self.shared.revoke_with_access_token {
            return None;
        }
        let active = self.read_access_token(token)?;
        Some((active.client_id, active.subject, active.sid?))
    }
}
