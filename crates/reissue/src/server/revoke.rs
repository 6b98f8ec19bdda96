//! Revocation on request of a client (RFC 7009).

use std::time::Duration;

use super::{ActiveToken, Server, ServerError};
use crate::client::AuthenticatedClient;
use crate::denial::Denial;
use crate::event::{Event, Requester};
use crate::secret::PresentedToken;
use crate::store::{Consume, Consumed, Revoke, Sid};
use crate::token::format::VerifyError;
use crate::token::read::MAX_LEEWAY;
use crate::token::refresh::NotARefreshToken;

impl Server {
    /// Revokes a token, if it is the client's own.
    ///
    /// A refresh token of any generation ends its session. An access token is revoked alone, and
    /// its session continues, unless the server is [built to end it](super::AccessTokenRevocation).
    /// From then on [`introspect`](Self::introspect) reports it as inactive, and a bearer layer
    /// [with the session check](crate::bearer::BearerLayer::with_session_check) denies it. A
    /// resource server that only verifies signatures accepts it until it expires.
    ///
    /// It is also a success if there is nothing to revoke, because the token is unknown, malformed,
    /// expired, revoked or another client's (RFC 7009 §2.2). A token whose key is not among those
    /// of this server is reported as [`Event::UnknownKey`].
    ///
    /// # Errors
    ///
    /// `temporarily_unavailable` if the store fails: the token may be active, and the client must
    /// try again. `unsupported_token_type` (RFC 7009 §2.2.1) for an access token, if the server is
    /// built [without revocation of access
    /// tokens](super::ServerBuilder::with_access_token_revocation).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the token active or revoked.
    pub async fn revoke(
        &self,
        client: &AuthenticatedClient,
        token: impl Into<PresentedToken>,
    ) -> Result<(), ServerError> {
        let revoked = self.try_revoke(client, &token.into()).await;
        self.reported(Requester::of(client), revoked)
    }

    /// Does the same without a report of a denial.
    pub(crate) async fn try_revoke(
        &self,
        client: &AuthenticatedClient,
        token: &PresentedToken,
    ) -> Result<(), ServerError> {
        let Some(found) = self.find_revocable(client, token.expose()) else {
            return Ok(());
        };
        if found.owner != client.id() {
            self.emit(&Event::ClientMismatch {
                client: client.id(),
                owner: &found.owner,
                sid: found.sid,
                address: client.address(),
            });
            return Ok(());
        }
        match (found.extent, found.sid) {
            (Extent::Session, Some(sid)) => {
                let ended = self.end_sessions(&found.subject, Revoke::One(sid)).await;
                ended.map(drop)
            }
            (Extent::AccessToken(consume), sid) => {
                self.revoke_access_token(client, &found.subject, sid, consume)
                    .await
            }
            (Extent::Session | Extent::Unsupported, _) => Err(Denial::TokenTypeUnsupported.into()),
        }
    }

    async fn revoke_access_token(
        &self,
        client: &AuthenticatedClient,
        subject: &str,
        sid: Option<Sid>,
        consume: Consume,
    ) -> Result<(), ServerError> {
        match self.shared.store.consume(consume).await? {
            Consumed::Already => {}
            Consumed::First => self.emit(&Event::AccessTokenRevoked {
                client: client.id(),
                subject,
                sid,
                address: client.address(),
            }),
        }
        Ok(())
    }

    /// Returns what there is to revoke for an authentic token that has not expired.
    fn find_revocable(&self, client: &AuthenticatedClient, token: &str) -> Option<Revocable> {
        let sealed = self.shared.refresh_tokens.open(token, self.now());
        let unopened = match sealed {
            Ok(opened) => {
                return Some(Revocable {
                    sid: Some(opened.secret.sid()),
                    owner: opened.client_id,
                    subject: opened.grant.subject,
                    extent: Extent::Session,
                });
            }
            Err(unopened) => unopened,
        };
        // Resource servers may accept the token for this long after it has expired.
        let read = self.read_access_token(token, MAX_LEEWAY);
        if let Err(error) = read {
            self.report_unknown_key(client, unopened, error);
        }
        let token = read.ok()??;
        Some(Revocable {
            extent: self.extent(&token),
            sid: token.sid,
            owner: token.client_id,
            subject: token.subject,
        })
    }

    fn extent(&self, token: &ActiveToken) -> Extent {
        if token.sid.is_some() && self.shared.access_token_revocation.ends_session() {
            return Extent::Session;
        }
        let id = token.id.as_deref().and_then(|id| self.revocation_id(id));
        let (Some(id), Some(end)) = (id, token.expires_at) else {
            return Extent::Unsupported;
        };
        Extent::AccessToken(Consume {
            id,
            lifetime: end.since(self.now()) + MAX_LEEWAY + CLOCK_SKEW,
            is_revocation: true,
        })
    }

    /// Reports a token that names a key which this server does not have: the key was removed too
    /// early or is not deployed yet, so a token that is valid elsewhere counts as malformed here.
    pub(super) fn report_unknown_key(
        &self,
        client: &AuthenticatedClient,
        sealed: NotARefreshToken,
        signed: VerifyError,
    ) {
        if sealed == NotARefreshToken::UnknownKey || signed == VerifyError::UnknownKey {
            self.emit(&Event::UnknownKey {
                client: client.id(),
                address: client.address(),
            });
        }
    }
}

/// The owner of a token, and what its revocation ends.
struct Revocable {
    owner: String,
    subject: String,
    sid: Option<Sid>,
    extent: Extent,
}

enum Extent {
    AccessToken(Consume),
    Session,
    Unsupported,
}

/// By how much the clocks of server, store and resource server may differ without a revoked token
/// becoming valid again.
const CLOCK_SKEW: Duration = Duration::from_secs(60);
